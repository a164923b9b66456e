package project

import (
	"bytes"
	"embed"
	"fmt"
	"sort"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed schemas/*.json
var schemaFiles embed.FS

// Schemas names the JSON Schemas that the binary carries, one a kind of YAML file.
func Schemas() []string {
	return []string{"extract", "packages", "profiles", "project", "properties", "selectors"}
}

// Schema gives the text of a JSON Schema by its name; nil if there is none.
func Schema(name string) []byte {
	text, err := schemaFiles.ReadFile("schemas/" + name + ".json")
	if err != nil {
		return nil
	}
	return text
}

// CompileSchema gives a schema compiled by the JSON Schema library.
func CompileSchema(name string) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(name)))
	if err != nil {
		return nil, fmt.Errorf("read schema %s: %w", name, err)
	}
	c := jsonschema.NewCompiler()
	url := "https://atlas.invalid/schemas/" + name + ".json"
	if err := c.AddResource(url, doc); err != nil {
		return nil, fmt.Errorf("load schema %s: %w", name, err)
	}
	s, err := c.Compile(url)
	if err != nil {
		return nil, fmt.Errorf("compile schema %s: %w", name, err)
	}
	return s, nil
}

// rule is a compiled schema in the form that validate walks: it judges YAML nodes where they
// stand, so that no file is converted to plain values only to be checked. A test holds its
// verdicts against the library's.
type rule struct {
	types      typeSet // 0 allows every type
	enum       []any
	props      map[string]*rule
	names      []string // of props, sorted
	additional *rule    // for keys that props lacks; nil allows anything
	closed     bool     // no other keys
	required   []string
	items      *rule
	anyOf      []*rule
	pattern    jsonschema.Regexp
	patternSrc string
	minLength  int
	minProps   int
	min, max   *float64
	deprecated bool
	about      string // the schema's description
	plain      bool   // allows anything
}

// typeSet is a set of JSON types.
type typeSet uint8

const (
	tNull typeSet = 1 << iota
	tBool
	tInteger
	tNumber
	tString
	tArray
	tObject
)

// rules holds the rule of each schema, made on first use.
type rules struct {
	mu   sync.Mutex
	made map[string]*rule
}

//nolint:gochecknoglobals // made once from embedded files, never changed
var compiledRules = &rules{made: map[string]*rule{}}

func (r *rules) get(name string) *rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	if made, ok := r.made[name]; ok {
		return made
	}
	s, err := CompileSchema(name)
	if err != nil {
		panic(err) // the embedded schemas are part of the program
	}
	made := (&ruleMaker{seen: map[*jsonschema.Schema]*rule{}}).make(s)
	r.made[name] = made
	return made
}

// ruleMaker turns compiled schemas into rules; seen breaks cycles of references.
type ruleMaker struct{ seen map[*jsonschema.Schema]*rule }

func (m *ruleMaker) make(s *jsonschema.Schema) *rule {
	for s.Ref != nil {
		s = s.Ref
	}
	if r, ok := m.seen[s]; ok {
		return r
	}
	r := &rule{deprecated: s.Deprecated, about: s.Description}
	m.seen[s] = r
	if s.Bool != nil {
		r.plain = true
		return r
	}
	r.types = typesOf(s.Types)
	if s.Enum != nil {
		r.enum = s.Enum.Values
	}
	m.object(s, r)
	if s.Items2020 != nil {
		r.items = m.make(s.Items2020)
	}
	for _, sub := range s.AnyOf {
		r.anyOf = append(r.anyOf, m.make(sub))
	}
	if s.Pattern != nil {
		r.pattern, r.patternSrc = s.Pattern, s.Pattern.String()
	}
	if s.MinLength != nil {
		r.minLength = *s.MinLength
	}
	if s.Minimum != nil {
		f, _ := s.Minimum.Float64()
		r.min = &f
	}
	if s.Maximum != nil {
		f, _ := s.Maximum.Float64()
		r.max = &f
	}
	r.plain = r.types == 0 && r.enum == nil && r.props == nil && !r.closed && r.additional == nil &&
		r.required == nil && r.items == nil && r.anyOf == nil && r.pattern == nil
	return r
}

func (m *ruleMaker) object(s *jsonschema.Schema, r *rule) {
	r.required = s.Required
	if s.MinProperties != nil {
		r.minProps = *s.MinProperties
	}
	if len(s.Properties) > 0 {
		r.props = make(map[string]*rule, len(s.Properties))
		for name, sub := range s.Properties {
			r.props[name] = m.make(sub)
			r.names = append(r.names, name)
		}
		sort.Strings(r.names)
	}
	switch a := s.AdditionalProperties.(type) {
	case bool:
		r.closed = !a
	case *jsonschema.Schema:
		r.additional = m.make(a)
	}
}

func typesOf(t *jsonschema.Types) typeSet {
	if t == nil {
		return 0
	}
	var set typeSet
	for _, name := range t.ToStrings() {
		switch name {
		case "null":
			set |= tNull
		case "boolean":
			set |= tBool
		case "integer":
			set |= tInteger
		case "number":
			set |= tNumber | tInteger
		case "string":
			set |= tString
		case "array":
			set |= tArray
		case "object":
			set |= tObject
		}
	}
	return set
}
