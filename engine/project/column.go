package project

import "atlas/engine/manifest"

// columns reads a columns: list.
func (r *reader) columns(list *node) []manifest.Column {
	items := list.elements()
	if len(items) == 0 {
		return nil
	}
	out := make([]manifest.Column, 0, len(items))
	for _, n := range items {
		if n.kind != mapNode || n.get("include") != nil {
			continue
		}
		out = append(out, r.column(n))
	}
	return out
}

func (r *reader) column(n *node) manifest.Column {
	c := manifest.Column{
		Name: r.str(n.get("name")), DataType: r.str(n.get("data_type")),
		Quote: r.truth(n.get("quote")), Pos: n.get("name").pos(r.file.Shown),
		Tags: r.texts(n.get("tags")),
	}
	c.Description, c.DocBlocks = r.description(n.get("description"))
	c.Meta, _ = r.value(n.get("meta")).(*manifest.Map)
	if cfg := n.get("config"); cfg != nil && cfg.kind == mapNode {
		c.Tags = appendNew(c.Tags, r.texts(cfg.get("tags"))...)
		if more, ok := r.value(cfg.get("meta")).(*manifest.Map); ok {
			c.Meta = overlay(c.Meta, more)
		}
	}
	c.Constraints = r.maps(n.get("constraints"))
	return c
}

// maps reads a list of mappings.
func (r *reader) maps(list *node) []*manifest.Map {
	var out []*manifest.Map
	for _, n := range list.elements() {
		if m, ok := r.value(n).(*manifest.Map); ok {
			out = append(out, m)
		}
	}
	return out
}

// overlay lays the keys of over on top of a copy of m.
func overlay(m, over *manifest.Map) *manifest.Map {
	out := m.Clone()
	for _, k := range over.Keys() {
		v, _ := over.Get(k)
		out.Set(k, v)
	}
	return out
}

// appendNew appends the texts that the list does not have.
func appendNew(list []string, more ...string) []string {
	for _, s := range more {
		found := false
		for _, x := range list {
			found = found || x == s
		}
		if !found {
			list = append(list, s)
		}
	}
	return list
}
