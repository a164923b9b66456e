package docs

import (
	"html/template"
	"strings"

	"atlas/engine/manifest"
)

// column is one row of a node's table of columns.
type column struct {
	Name, Type  string
	Description template.HTML
	Summary     string
	Tags        []string
	Meta        []setting
	Tests       []*test
	Missing     bool // described, but not in the warehouse
	Key         bool // part of the primary key
	Anchor      string
}

// columns merges what the project says with what the warehouse says. The warehouse's order
// leads; what only the project names comes after.
func (s *site) columns(n *node) []column {
	// Filled once for all before pages are rendered side by side: the search data needs them.
	if n.cols == nil {
		n.cols = s.mergeColumns(n)
	}
	return n.cols
}

func (s *site) mergeColumns(n *node) []column {
	described := n.Columns
	if len(described) == 0 {
		described = extracted(n)
	}
	byName := map[string]manifest.Column{}
	for _, c := range described {
		byName[strings.ToLower(c.Name)] = c
	}
	out := []column{}
	done := map[string]bool{}
	if n.Catalog != nil {
		for _, c := range n.Catalog.Columns {
			key := strings.ToLower(c.Name)
			done[key] = true
			d := byName[key]
			text := d.Description
			if text == "" {
				text = c.Comment
			}
			out = append(out, s.column(n, c.Name, c.Type, text, d))
		}
	}
	known := len(out) > 0
	for _, d := range described {
		if key := strings.ToLower(d.Name); !done[key] {
			done[key] = true
			c := s.column(n, d.Name, d.DataType, d.Description, d)
			c.Missing = known
			out = append(out, c)
		}
	}
	return out
}

func (s *site) column(n *node, name, typ, text string, d manifest.Column) column {
	c := column{
		Name: name, Type: strings.ToLower(typ), Description: s.md.html(text), Summary: s.md.plain(text),
		Tags: d.Tags, Meta: settings(d.Meta), Anchor: "column-" + slug(strings.ToLower(name)),
	}
	for _, t := range n.Tests {
		if strings.EqualFold(strings.Trim(t.Column, `"`), name) {
			c.Tests = append(c.Tests, t)
		}
	}
	for _, k := range n.PrimaryKey {
		c.Key = c.Key || strings.EqualFold(k, name)
	}
	return c
}

// extracted gives the columns that a source's extraction declares.
func extracted(n *node) []manifest.Column {
	if n.Source == nil || len(n.Source.Extract) == 0 {
		return nil
	}
	var out []manifest.Column
	index := map[string]int{}
	for _, e := range n.Source.Extract {
		for _, c := range e.Columns {
			i, ok := index[c.Name]
			if !ok {
				index[c.Name] = len(out)
				out = append(out, manifest.Column{Name: c.Name, Description: c.Description, DataType: c.Type, Pos: c.Pos})
			} else if out[i].Description == "" {
				out[i].Description = c.Description
			}
		}
	}
	return out
}

// setting is a key and value of a configuration.
type setting struct{ Key, Value string }

func settings(m *manifest.Map, without ...string) []setting {
	var out []setting
	for _, k := range m.Keys() {
		skip := false
		for _, w := range without {
			skip = skip || w == k
		}
		v, _ := m.Get(k)
		if text := plainValue(v); !skip && v != nil && text != "" {
			out = append(out, setting{k, text})
		}
	}
	return out
}
