package project

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"atlas/engine/manifest"
)

// plainJSON turns a tree into what the JSON Schema library judges.
func plainJSON(v any) any {
	switch v := v.(type) {
	case *manifest.Map:
		m := map[string]any{}
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			m[k] = plainJSON(x)
		}
		return m
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plainJSON(v[i])
		}
		return out
	default:
		return v
	}
}

// compileSchema compiles an embedded schema by the library.
func compileSchema(name string) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(name)))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	url := "https://atlas.invalid/schemas/" + name + ".json"
	if err := c.AddResource(url, doc); err != nil {
		return nil, err
	}
	return c.Compile(url)
}

func agree(t *testing.T, name string, s *jsonschema.Schema, tree *node) {
	t.Helper()
	ours := validate("x.yml", tree, ruleOf(name), strict)
	theirs := s.Validate(plainJSON(tree.value()))
	if (ours.Err() == nil) != (theirs == nil) {
		text := fmt.Sprint(plainJSON(tree.value()))
		t.Errorf("%s: the walker says %v, the library says %v, of:\n%s", name, ours.Err(), theirs, text)
	}
}

// TestValidateAgreesWithLibrary holds the walker to the library's verdicts, on real files and on
// thousands of changed ones.
func TestValidateAgreesWithLibrary(t *testing.T) {
	for _, name := range Schemas() {
		s, err := compileSchema(name)
		if err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob("testdata/schema/" + name + "*.yml")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files for schema %s: %v", name, err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tree, diags := parseYAML(file, src)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			if found := validate(file, tree, ruleOf(name), strict); len(found) > 0 {
				t.Errorf("%v", found)
			}
			rng := rand.New(rand.NewPCG(1, 2))
			for range 2000 {
				changed := copyTree(tree)
				for range 1 + rng.IntN(2) {
					mutate(rng, changed)
				}
				agree(t, name, s, changed)
				if t.Failed() {
					return
				}
			}
		}
	}
}

func copyTree(n *node) *node {
	out := *n
	out.keys, out.items = nil, nil
	for _, k := range n.keys {
		c := *k
		out.keys = append(out.keys, &c)
	}
	for _, x := range n.items {
		out.items = append(out.items, copyTree(x))
	}
	return &out
}

// mutate changes one random place of a tree.
func mutate(rng *rand.Rand, root *node) {
	var all []*node
	var walk func(n *node)
	walk = func(n *node) {
		all = append(all, n)
		for _, x := range n.items {
			walk(x)
		}
	}
	walk(root)
	n := all[rng.IntN(len(all))]
	values := []string{"", "x", "1", "0", "-3", "true", "1.5", "{{ x }}", "not_null", "private"}
	switch {
	case n.kind == mapNode && len(n.keys) > 0 && rng.IntN(3) > 0:
		i := rng.IntN(len(n.keys))
		switch rng.IntN(3) {
		case 0:
			n.keys = append(n.keys[:i:i], n.keys[i+1:]...)
			n.items = append(n.items[:i:i], n.items[i+1:]...)
		case 1:
			n.keys[i].text = "unheard_of"
		default:
			n.keys = append(n.keys, &node{text: fmt.Sprintf("more%d", rng.IntN(9)), quoted: true})
			n.items = append(n.items, &node{text: values[rng.IntN(len(values))]})
		}
	case n.kind == listNode && len(n.items) > 0 && rng.IntN(2) == 0:
		n.items = n.items[:len(n.items)-1]
	default:
		*n = node{text: values[rng.IntN(len(values))], quoted: rng.IntN(4) == 0}
		if rng.IntN(4) == 0 {
			n.kind, n.text = nodeKind(1+rng.IntN(2)), ""
		}
	}
}

func TestValidateMessages(t *testing.T) {
	tests := []struct {
		name, schema, src string
		strict            strictness
		want              []string
	}{
		{
			"unknown key warns", "properties", "models:\n  - name: a\n    descriptions: x\n", lenient,
			[]string{`warning x.yml:3:5: models: unknown key "descriptions"  [AT0103] did you mean "description"?`},
		},
		{
			"unknown key of ours", "extract", "extract:\n  locals: id\n  tables: []\n", strict,
			[]string{`error x.yml:2:3: extract: unknown key "locals"  [AT0103] did you mean "locale"?`},
		},
		{
			"config key outside config", "properties", "models:\n  - name: a\n    materialized: table\n", lenient,
			[]string{`warning x.yml:3:5: models: unknown key "materialized"  [AT0103] put "materialized" under config:`},
		},
		{
			"missing name", "properties", "models:\n  - description: x\n", lenient,
			[]string{`error x.yml:2:5: models: the key "name" is missing  [AT0105]`},
		},
		{
			"misspelt required key", "properties", "models:\n  - nme: x\n", lenient,
			[]string{`error x.yml:2:5: models: the key "name" is missing  [AT0105] rename "nme" to "name"`},
		},
		{
			"wrong type", "properties", "models:\n  name: x\n", lenient,
			[]string{`error x.yml:2:3: "models" must be a list, not a mapping  [AT0104]`},
		},
		{
			"wrong scalar", "properties", "models:\n  - name: a\n    config: {enabled: maybe}\n", lenient,
			[]string{`error x.yml:3:23: "enabled" must be true or false, not the text "maybe"  [AT0104]`},
		},
		{"template passes", "properties", "models:\n  - name: a\n    config: {enabled: \"{{ var('x') }}\"}\n", lenient, nil},
		{
			"enum", "properties", "exposures:\n  - {name: a, type: dashbord, owner: {name: x}}\n", lenient,
			[]string{`error x.yml:2:21: "type" cannot be the text "dashbord"  [AT0104] did you mean "dashboard"? (one of: dashboard, notebook, analysis, ml, application)`},
		},
		{
			"pattern", "project", "name: my-project\n", lenient,
			[]string{`error x.yml:1:7: "name" cannot be "my-project"  [AT0104] Letters, digits and underscores, not beginning with a digit.`},
		},
		{
			"range", "extract", "extract:\n  tables:\n    - {source: a, table: b, header_row: 0, columns: []}\n", strict,
			[]string{`error x.yml:3:41: "header_row" must be at least 1  [AT0104]`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree, diags := parseYAML("x.yml", []byte(tt.src))
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			found := validate("x.yml", tree, ruleOf(tt.schema), tt.strict)
			found.Sort()
			var got []string
			for _, d := range found {
				got = append(got, strings.TrimSpace(d.Severity.String()+" "+d.Error()+" "+d.Hint))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}
