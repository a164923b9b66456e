package project

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed schemas/*.json
var schemaFiles embed.FS

// Schemas names the JSON Schemas that the binary carries, one a kind of YAML file.
func Schemas() []string {
	return []string{"deck", "extract", "packages", "profiles", "project", "properties", "publications", "reports", "selectors", "slide"}
}

// Schema gives the text of a JSON Schema by its name; nil if there is none.
func Schema(name string) []byte {
	text, err := schemaFiles.ReadFile("schemas/" + name + ".json")
	if err != nil {
		return nil
	}
	return text
}

// rule is a JSON Schema in the form that validate walks: it judges YAML nodes where they stand, so
// that no file is converted to plain values only to be checked, and a command that reads two files
// does not wait for a schema library to start. The keywords are those that the embedded schemas
// use; tests hold the verdicts against a JSON Schema library's.
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
	pattern    *regexp.Regexp
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

// ruleOf gives the rule of a schema, made on first use.
func ruleOf(name string) *rule { return compiledRules[name]() }

//nolint:gochecknoglobals // made once from embedded files, never changed
var compiledRules = func() map[string]func() *rule {
	m := map[string]func() *rule{}
	for _, name := range Schemas() {
		m[name] = sync.OnceValue(func() *rule { return makeRule(name, Schema(name)) })
	}
	return m
}()

// makeRule reads a schema. The embedded schemas are part of the program: one that cannot be read
// is a mistake of the program.
func makeRule(name string, text []byte) *rule {
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		panic(fmt.Sprintf("schema %s: %v", name, err))
	}
	defs, _ := doc["$defs"].(map[string]any)
	m := &ruleMaker{name: name, defs: defs, made: map[string]*rule{}}
	return m.make(doc)
}

// ruleMaker turns schemas into rules; made keeps those of $defs, which may refer to one another.
type ruleMaker struct {
	name string
	defs map[string]any
	made map[string]*rule
}

func (m *ruleMaker) fail(format string, args ...any) {
	panic("schema " + m.name + ": " + fmt.Sprintf(format, args...))
}

func (m *ruleMaker) make(v any) *rule {
	schema, ok := v.(map[string]any)
	if !ok {
		m.fail("%v is no schema", v)
	}
	if ref, ok := schema["$ref"].(string); ok {
		if len(schema) > 1 {
			m.fail("keywords beside $ref: %s", ref)
		}
		return m.ref(ref)
	}
	r := &rule{}
	m.fill(r, schema)
	return r
}

func (m *ruleMaker) ref(ref string) *rule {
	name := strings.TrimPrefix(ref, "#/$defs/")
	if r, ok := m.made[name]; ok {
		return r
	}
	schema, ok := m.defs[name].(map[string]any)
	if !ok {
		m.fail("no %s", ref)
	}
	if inner, ok := schema["$ref"].(string); ok {
		return m.ref(inner)
	}
	r := &rule{}
	m.made[name] = r
	m.fill(r, schema)
	return r
}

func (m *ruleMaker) fill(r *rule, schema map[string]any) {
	r.plain = true
	for key, v := range schema {
		switch key {
		case "$schema", "$id", "$defs", "title":
			continue
		case "description":
			r.about, _ = v.(string)
			continue
		case "deprecated":
			r.deprecated, _ = v.(bool)
			continue
		case "type":
			r.types = m.types(v)
		case "enum":
			r.enum, _ = v.([]any)
		case "properties":
			m.properties(r, v)
		case "additionalProperties":
			if allowed, isBool := v.(bool); isBool {
				r.closed = !allowed
			} else {
				r.additional = m.make(v)
			}
		case "required":
			for _, x := range v.([]any) {
				r.required = append(r.required, x.(string))
			}
		case "items":
			r.items = m.make(v)
		case "anyOf":
			for _, x := range v.([]any) {
				r.anyOf = append(r.anyOf, m.make(x))
			}
		case "pattern":
			r.pattern = regexp.MustCompile(v.(string))
		case "minLength":
			r.minLength = int(v.(float64))
		case "minProperties":
			r.minProps = int(v.(float64))
		case "minimum":
			f := v.(float64)
			r.min = &f
		case "maximum":
			f := v.(float64)
			r.max = &f
		default:
			m.fail("the keyword %q is not known here", key)
		}
		r.plain = false
	}
}

func (m *ruleMaker) properties(r *rule, v any) {
	props, _ := v.(map[string]any)
	r.props = make(map[string]*rule, len(props))
	for name, sub := range props {
		r.props[name] = m.make(sub)
		r.names = append(r.names, name)
	}
	slices.Sort(r.names)
}

func (m *ruleMaker) types(v any) typeSet {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var set typeSet
	for _, x := range list {
		switch x {
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
		default:
			m.fail("no type %v", x)
		}
	}
	return set
}
