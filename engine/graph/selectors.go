package graph

import (
	"atlas/engine/manifest"
)

// SelectorMap gives the project's selectors as manifest.json holds them: by name, each definition
// spelled out, with short forms made long and references to other selectors replaced.
func SelectorMap(selectors []Named) *manifest.Map {
	x := speller{}
	for _, s := range selectors {
		x[s.Name] = s.Definition
	}
	out := &manifest.Map{}
	for _, s := range selectors {
		m := manifest.NewMap("name", s.Name, "definition", x.spell(s.Definition, 0))
		if s.Description != "" {
			m.Set("description", s.Description)
		}
		if s.Default {
			m.Set("default", true)
		}
		out.Set(s.Name, m)
	}
	return out
}

// speller spells out definitions; it holds them all by name.
type speller map[string]any

// maxSelectorDepth ends a selector that refers to itself, which Select reports.
const maxSelectorDepth = 50

func (x speller) spell(v any, depth int) any {
	if depth > maxSelectorDepth {
		return v
	}
	switch v := v.(type) {
	case string:
		return spellText(v)
	case *manifest.Map:
		return x.spellMap(v, depth)
	default:
		return v
	}
}

func (x speller) spellMap(m *manifest.Map, depth int) any {
	if m.Len() == 1 {
		key := m.Keys()[0]
		v, _ := m.Get(key)
		if items, isList := v.([]any); isList && (key == "union" || key == "intersection" || key == "exclude") {
			list := make([]any, len(items))
			for i, item := range items {
				list[i] = x.spell(item, depth+1)
			}
			return manifest.NewMap(key, list)
		}
		return manifest.NewMap("method", key, "value", v)
	}
	c := manifest.NewConfig(m)
	if def, ok := x[c.String("value")]; ok && c.String("method") == selectorMethod {
		return x.spell(def, depth+1)
	}
	return m
}

// spellText spells out a definition written as on the command line; a malformed one stays text.
func spellText(text string) any {
	sp, problems := parseArgs("selectors.yml", []string{text}, Eager, false)
	if len(problems) > 0 {
		return text
	}
	return spellSpec(sp)
}

func spellSpec(sp *spec) any {
	if sp.op == leaf {
		return spellCriterion(sp.leaf)
	}
	if len(sp.parts) == 1 {
		return spellSpec(sp.parts[0])
	}
	list := make([]any, len(sp.parts))
	for i, p := range sp.parts {
		list[i] = spellSpec(p)
	}
	if sp.op == intersection {
		return manifest.NewMap("intersection", list)
	}
	return manifest.NewMap("union", list)
}

func spellCriterion(c *criterion) *manifest.Map {
	method := c.method
	for _, a := range c.args {
		method += "." + a
	}
	m := &manifest.Map{}
	if c.closure {
		m.Set("childrens_parents", true)
	}
	relatives := func(key string, levels int) {
		if levels == 0 {
			return
		}
		m.Set(key, true)
		if levels != unlimited {
			m.Set(key+"_depth", int64(levels))
		}
	}
	relatives("parents", c.parents)
	m.Set("method", method)
	m.Set("value", c.value)
	relatives("children", c.children)
	return m
}
