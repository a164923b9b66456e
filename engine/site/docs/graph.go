package docs

import (
	"context"
	"fmt"
	"html"
	"html/template"
	"math"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"atlas/engine/manifest"
	"atlas/engine/site/layout"
)

// Sizes of a box in a graph, in pixels.
const (
	boxHeight   = 44
	boxMinWidth = 116
	boxMaxLabel = 34 // runes
	labelSize   = 13
	subSize     = 11
)

// box is one vertex of a drawn graph.
type box struct {
	Label, Sub string
	Class      string
	Href       string // from the site's root; "" is no link
	Title      string
	Mark       string // "✗" or "!" where tests found something
	Pin        layout.Pin
	Current    bool
}

// graph is boxes and arrows with their places.
type graph struct {
	boxes []box
	edges []layout.Edge
	draw  *layout.Drawing
}

func (g *graph) layout(ctx context.Context) error {
	regular, semibold := regularWidths(), semiboldWidths()
	nodes := make([]layout.Node, len(g.boxes))
	for i, b := range g.boxes {
		w := max(textWidth(clip(b.Label, boxMaxLabel), labelSize, &semibold), textWidth(b.Sub, subSize, &regular))
		if b.Mark != "" {
			w += 16
		}
		nodes[i] = layout.Node{Width: max(boxMinWidth, math.Ceil(w)+30), Height: boxHeight, Pin: b.Pin}
	}
	d, err := layout.Layout(ctx, nodes, g.edges, layout.Options{Stretch: true})
	if err != nil {
		return fmt.Errorf("lay out the lineage: %w", err)
	}
	g.draw = d
	return nil
}

// svg draws the graph; root leads from the page to the site's root.
func (g *graph) svg(root, label string) template.HTML {
	d := g.draw
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="graph" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="group" aria-label="%s">`,
		num(d.Width), num(d.Height), num(d.Width), num(d.Height), html.EscapeString(label))
	b.WriteString(`<g class="edges">`)
	for _, r := range d.Routes {
		fmt.Fprintf(&b, `<path d="%s"/>`, d.Path(r))
	}
	b.WriteString(`</g>`)
	for i, x := range g.boxes {
		g.svgBox(&b, x, d.Boxes[i], root)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // texts are escaped
}

func (g *graph) svgBox(b *strings.Builder, x box, at layout.Box, root string) {
	class := "gn " + x.Class
	if x.Current {
		class += " current"
	}
	tag := "g"
	if x.Href != "" {
		tag = "a"
		fmt.Fprintf(b, `<a href="%s" class="%s"`, html.EscapeString(root+x.Href), class)
	} else {
		fmt.Fprintf(b, `<g class="%s"`, class)
	}
	fmt.Fprintf(b, ` transform="translate(%s,%s)">`, num(at.X), num(at.Y))
	if t := x.Title; t != "" {
		fmt.Fprintf(b, `<title>%s</title>`, html.EscapeString(t))
	}
	fmt.Fprintf(b, `<rect width="%s" height="%s" rx="7"/><rect class="kb" x="7" y="10" width="4" height="%s" rx="2"/>`,
		num(at.W), num(at.H), num(at.H-20))
	fmt.Fprintf(b, `<text class="gl" x="19" y="19">%s</text>`, html.EscapeString(clip(x.Label, boxMaxLabel)))
	fmt.Fprintf(b, `<text class="gs" x="19" y="34">%s</text>`, html.EscapeString(x.Sub))
	if x.Mark != "" {
		class := "gm"
		if x.Mark == "!" {
			class = "gm warn"
		}
		fmt.Fprintf(b, `<text class="%s" x="%s" y="19">%s</text>`, class, num(at.W-18), html.EscapeString(x.Mark))
	}
	b.WriteString("</" + tag + ">")
}

func num(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// boxOf draws a node.
func boxOf(n *node) box {
	b := box{Label: n.Label, Sub: subLabel(n), Class: n.Group.Class, Href: n.Href, Title: clip(n.Summary, 160), Mark: markOf(n)}
	switch n.Kind {
	case manifest.Source:
		b.Pin = layout.First
	case manifest.Exposure:
		b.Pin = layout.Last
	default:
	}
	return b
}

// subLabel says what a node is: "source", "model · table".
func subLabel(n *node) string {
	switch n.Kind {
	case manifest.Model:
		mat := n.Config.Materialized()
		if mat == "" {
			mat = "view"
		}
		return n.Group.Name + " · " + mat
	case manifest.Exposure:
		if n.Exposure != nil && n.Exposure.Type != "" {
			return "exposure · " + n.Exposure.Type
		}
	default:
	}
	return n.Group.Unit
}

// markOf shows at a glance that a node or a test of it needs attention.
func markOf(n *node) string {
	if n.Result != nil && n.Result.Status == Errored {
		return "✗"
	}
	t := tallyOf(n.Tests)
	switch {
	case t.Fail > 0:
		return "✗"
	case t.Warn > 0:
		return "!"
	default:
		return ""
	}
}

// lineage is the graph of everything that is drawn, and the nodes in its order.
func (s *site) lineage(ctx context.Context) (*graph, []*node, error) {
	g := &graph{}
	index := map[*node]int{}
	var nodes []*node
	for _, n := range s.nodes {
		if n.inGraph() {
			index[n] = len(nodes)
			nodes = append(nodes, n)
			g.boxes = append(g.boxes, boxOf(n))
		}
	}
	for i, n := range nodes {
		for _, p := range n.Parents {
			if j, ok := index[p]; ok {
				g.edges = append(g.edges, layout.Edge{From: j, To: i})
			}
		}
	}
	return g, nodes, g.layout(ctx)
}

// miniLimit is how many neighbours a side a node's own graph shows.
const miniLimit = 9

// mini is a node with its direct neighbours.
func (s *site) mini(ctx context.Context, n *node) (*graph, error) {
	g := &graph{}
	index := map[*node]int{}
	add := func(x *node, pin layout.Pin) int {
		index[x] = len(g.boxes)
		b := boxOf(x)
		b.Pin, b.Current = pin, x == n
		if b.Current {
			b.Href = ""
		}
		g.boxes = append(g.boxes, b)
		return index[x]
	}
	centre := add(n, layout.Free)
	side := func(list []*node, anchor string, join func(int) layout.Edge) {
		for i, x := range list {
			if i == miniLimit-1 && len(list) > miniLimit {
				k := len(g.boxes)
				g.boxes = append(g.boxes, box{Label: fmt.Sprintf("%d more", len(list)-i), Sub: "listed below", Class: "k-more", Href: n.Href + anchor})
				g.edges = append(g.edges, join(k))
				return
			}
			g.edges = append(g.edges, join(add(x, layout.Free)))
		}
	}
	var parents []*node
	for _, p := range n.Parents {
		if p.inGraph() {
			parents = append(parents, p)
		}
	}
	side(parents, "#depends-on", func(k int) layout.Edge { return layout.Edge{From: k, To: centre} })
	side(n.Children, "#used-by", func(k int) layout.Edge { return layout.Edge{From: centre, To: k} })
	return g, g.layout(ctx)
}

// cluster is nodes drawn as one box.
type cluster struct {
	box   box
	nodes []*node
	depth float64
}

// flow is the graph of groups: which of them read from which.
func (s *site) flow(ctx context.Context) (*graph, error) {
	var list []*cluster
	for _, x := range s.groups {
		if flows(x) {
			list = append(list, &cluster{
				box: box{Label: x.Name, Sub: plural(len(x.Nodes), x.Unit), Class: x.Class, Href: x.Href()}, nodes: x.Nodes, depth: x.depth,
			})
		}
	}
	return s.clusters(ctx, list)
}

// folderLimit is how many folders are still drawn one by one.
const folderLimit = 80

// folderFlow is the same by folders, or by groups where there are too many folders.
func (s *site) folderFlow(ctx context.Context) (*graph, error) {
	var list []*cluster
	for _, x := range s.groups {
		for i := 0; i < len(x.Nodes) && flows(x); {
			j, sum := i, 0
			for j < len(x.Nodes) && x.Nodes[j].Folder == x.Nodes[i].Folder {
				sum += x.Nodes[j].depth
				j++
			}
			c := &cluster{nodes: x.Nodes[i:j], depth: float64(sum) / float64(j-i)}
			c.box = box{Label: x.Nodes[i].Folder, Sub: plural(j-i, x.Unit), Class: x.Class, Href: "lineage.html#folder=" + url.QueryEscape(x.Nodes[i].Folder)}
			if c.box.Label == "" {
				c.box.Label, c.box.Href = x.Name, x.Href()
			}
			list = append(list, c)
			i = j
		}
	}
	if len(list) > folderLimit {
		return s.flow(ctx)
	}
	g, err := s.clusters(ctx, list)
	if err != nil || len(g.edges) <= edgeLimit {
		return g, err
	}
	g.edges = withoutShortcuts(len(g.boxes), g.edges)
	return g, g.layout(ctx)
}

// edgeLimit is how many arrows a picture of folders carries; of more only those are drawn that
// no way over other folders replaces.
const edgeLimit = 40

// withoutShortcuts drops edges that longer ways replace.
func withoutShortcuts(n int, edges []layout.Edge) []layout.Edge {
	next := make([][]int, n)
	for _, e := range edges {
		next[e.From] = append(next[e.From], e.To)
	}
	var out []layout.Edge
	for _, e := range edges {
		seen := make([]bool, n)
		var stack []int
		for _, v := range next[e.From] {
			if v != e.To {
				stack = append(stack, v)
			}
		}
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[v] {
				continue
			}
			seen[v] = true
			stack = append(stack, next[v]...)
		}
		if !seen[e.To] {
			out = append(out, e)
		}
	}
	return out
}

func flows(g *group) bool { return g.Nodes[0].inGraph() && g.Kind != manifest.Analysis }

// clusters draws arrows between clusters whose nodes read one another. Clusters may read one
// another both ways, which nodes cannot: of two arrows the one that leads deeper is drawn.
func (s *site) clusters(ctx context.Context, list []*cluster) (*graph, error) {
	g := &graph{}
	index := map[*node]int{}
	for i, c := range list {
		switch c.nodes[0].Kind {
		case manifest.Source:
			c.box.Pin = layout.First
		case manifest.Exposure:
			c.box.Pin = layout.Last
		default:
		}
		g.boxes = append(g.boxes, c.box)
		for _, n := range c.nodes {
			index[n] = i
		}
	}
	seen := map[layout.Edge]bool{}
	for _, c := range list {
		for _, n := range c.nodes {
			for _, p := range n.Parents {
				from, drawn := index[p]
				e := layout.Edge{From: from, To: index[n]}
				deeper := list[e.From].depth < list[e.To].depth || list[e.From].depth == list[e.To].depth && e.From < e.To
				if !drawn || e.From == e.To || seen[e] || !deeper {
					continue
				}
				seen[e] = true
				g.edges = append(g.edges, e)
			}
		}
	}
	sort.Slice(g.edges, func(i, j int) bool {
		a, b := g.edges[i], g.edges[j]
		return a.From < b.From || a.From == b.From && a.To < b.To
	})
	return g, g.layout(ctx)
}
