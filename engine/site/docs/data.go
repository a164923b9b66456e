package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"

	"atlas/engine/manifest"
)

// Data for scripts is JavaScript that sets one global: a page opened from disk may not read
// JSON. Rows are arrays, for size; the order of their fields is given here once.

// script writes `window.<name> = <value>;`.
func script(name string, v any) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "window.%s=", name)
	e := json.NewEncoder(&b)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write data for scripts: %w", err)
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), ';', '\n'), nil
}

// searchEntry is name, what it is, colour class, address, summary, tags, path, columns.
func (s *site) searchData() ([]byte, error) {
	var rows []any
	add := func(name, what, class, href, summary string, tags []string, path string, columns []any) {
		if tags == nil {
			tags = []string{}
		}
		if columns == nil {
			columns = []any{}
		}
		rows = append(rows, []any{name, what, class, href, clip(summary, 180), tags, path, columns})
	}
	for _, n := range s.nodes {
		var cols []any
		for _, c := range s.columns(n) {
			cols = append(cols, []any{c.Name, clip(c.Summary, 120)})
		}
		what := n.Group.Unit
		if n.Kind == manifest.Model {
			what = n.Group.Name
		}
		add(n.Label, what, n.Group.Class, n.Href, n.Summary, n.Tags, n.Path, cols)
	}
	for _, t := range s.tests {
		if t.Test != nil && t.Test.Generic && t.Href != "" {
			add(t.Name, "test", "k-test", t.Href, t.Label, t.Tags, t.Path, nil)
		}
	}
	for _, m := range s.macros {
		add(m.Name, "macro", "k-macro", m.Href, m.Summary, nil, m.Path, nil)
	}
	if rows == nil {
		rows = []any{}
	}
	return script("atlasSearch", rows)
}

// lineageData is the laid-out graph for lineage.js.
func (s *site) lineageData(g *graph, nodes []*node) ([]byte, error) {
	tagIndex := map[string]int{}
	tags := []string{}
	for _, n := range nodes {
		for _, t := range n.Tags {
			if _, ok := tagIndex[t]; !ok {
				tagIndex[t] = 0
				tags = append(tags, t)
			}
		}
	}
	sort.Strings(tags)
	for i, t := range tags {
		tagIndex[t] = i
	}
	groupIndex := map[*group]int{}
	groups := []any{}
	for _, x := range s.groups {
		if x.Nodes[0].inGraph() {
			groupIndex[x] = len(groups)
			groups = append(groups, []any{x.Name, x.Class, len(x.Nodes), x.Key})
		}
	}
	rows := []any{}
	for i, n := range nodes {
		own := []int{}
		for _, t := range n.Tags {
			own = append(own, tagIndex[t])
		}
		b, at := g.boxes[i], g.draw.Boxes[i]
		rows = append(rows, []any{
			string(n.ID), b.Label, b.Sub, groupIndex[n.Group], n.Folder, own, n.Href,
			at.Layer, at.X, at.Y, at.W, b.Mark, clip(n.Summary, 180), timing(n),
		})
	}
	edges := []any{}
	for _, r := range g.draw.Routes {
		ys := []float64{}
		for _, p := range r.Passes {
			ys = append(ys, p.Y)
		}
		edges = append(edges, []any{r.From, r.To, ys})
	}
	columns := []any{}
	for _, c := range g.draw.Columns {
		columns = append(columns, []any{c.X, c.W})
	}
	return script("atlasLineage", map[string]any{
		"nodes": rows, "edges": edges, "columns": columns, "groups": groups, "tags": tags,
		"width": g.draw.Width, "height": g.draw.Height, "box": boxHeight,
	})
}

// timing says how the node's last build went: "2,104 rows, 0.04s".
func timing(n *node) string {
	text := ""
	if rows := rowCount(n); rows >= 0 {
		text = plural(int(rows), "row")
	}
	if n.Result != nil && n.Result.Elapsed > 0 {
		if text != "" {
			text += ", "
		}
		text += "built in " + seconds(n.Result.Elapsed)
	}
	return text
}

// rowCount is what the warehouse or the last build says; -1 when neither does.
func rowCount(n *node) int64 {
	if n.Catalog != nil && n.Catalog.Rows >= 0 {
		return n.Catalog.Rows
	}
	if n.Result != nil && n.Result.Rows > 0 {
		return n.Result.Rows
	}
	return -1
}
