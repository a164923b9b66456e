package project

import (
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// FromYAML is dbt's fromyaml(text, default=none): the value of a YAML text, or the default when
// it does not parse.
func FromYAML(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("value", "default?")
	if err != nil {
		return nil, err
	}
	root, diags := parseYAML("fromyaml", []byte(jinja.Str(args[0])))
	if diags.Err() != nil {
		if args[1] == jinja.Missing {
			return nil, nil
		}
		return args[1], nil
	}
	return templateValue(root), nil
}

// templateValue gives a node as fromyaml does: an unquoted date is a date, where the manifest has text.
func templateValue(n *node) jinja.Value {
	switch {
	case n == nil:
		return nil
	case n.kind == mapNode:
		d := jinja.NewDict()
		for i, k := range n.keys {
			d.Set(k.text, templateValue(n.items[i]))
		}
		return d
	case n.kind == listNode:
		l := jinja.NewList()
		for _, x := range n.items {
			l.Items = append(l.Items, templateValue(x))
		}
		return l
	}
	if t, err := time.Parse(time.DateOnly, n.text); err == nil && !n.quoted {
		return jinja.NewDate(t.Year(), int(t.Month()), t.Day())
	}
	return jinja.FromGo(n.value())
}

// ToYAML is dbt's toyaml(value, default=none, sort_keys=false): a value as block-style YAML.
func ToYAML(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("value", "default?", "sort_keys?")
	if err != nil {
		return nil, err
	}
	v := goValue(args[0])
	sorted := args[2] != jinja.Missing && jinja.Truth(args[2])
	text, err := yaml.MarshalWithOptions(yamlValue(v, sorted), yaml.IndentSequence(false), yaml.UseSingleQuote(true))
	if err != nil {
		if args[1] == jinja.Missing {
			return nil, nil
		}
		return args[1], nil
	}
	return string(text), nil
}

// ParseYAML reads YAML text, such as --vars or --args, into the manifest's terms. File names it
// in diagnostics.
func ParseYAML(file, text string) (any, diag.List) {
	root, diags := parseYAML(file, []byte(text))
	return root.value(), diags
}

// ParseVars reads the text of --vars: a YAML or JSON mapping.
func ParseVars(text string) (*manifest.Map, error) {
	if strings.TrimSpace(text) == "" {
		return &manifest.Map{}, nil
	}
	v, diags := ParseYAML("--vars", text)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	m, ok := v.(*manifest.Map)
	if !ok {
		return nil, diag.Errorf(diag.BadValue, diag.Pos{File: "--vars"}, "--vars must be a mapping, not %s", describeValue(v)).
			WithHint(`write --vars '{name: value}'`)
	}
	return m, nil
}

func describeValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case []any:
		return "a list"
	case string:
		return `the text "` + v + `"`
	default:
		return "a single value"
	}
}

// yamlValue converts to what the YAML library writes in order.
func yamlValue(v any, sorted bool) any {
	switch v := v.(type) {
	case *manifest.Map:
		keys := append([]string(nil), v.Keys()...)
		if sorted {
			sortStrings(keys)
		}
		out := yaml.MapSlice{}
		for _, k := range keys {
			x, _ := v.Get(k)
			out = append(out, yaml.MapItem{Key: k, Value: yamlValue(x, sorted)})
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = yamlValue(v[i], sorted)
		}
		return out
	default:
		return v
	}
}
