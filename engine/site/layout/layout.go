// Package layout draws directed graphs without cycles in layers from left to right, so that
// every edge points right, few edges cross and long edges run straight.
//
// It follows Sugiyama: ranks by network simplex (Gansner and others, 1993), order within a layer
// by medians and swaps with counted crossings (Barth and others, 2004), and positions by Brandes
// and Köpf (2001) with compaction over the graph of blocks. It knows boxes and edges only: no
// colours, no labels, no kinds of node. The same input always gives the same output.
package layout

import (
	"context"
	"errors"
	"fmt"
	"sort"
)

// ErrCycle is returned for a graph in which a node leads back to itself.
var ErrCycle = errors.New("the graph has a cycle")

// Pin holds a node to one side of the drawing.
type Pin int

// The pins. A pin that contradicts the edges (a First node with parents) is ignored.
const (
	Free  Pin = iota // wherever its edges are shortest
	First            // in the leftmost layer
	Last             // in a rightmost layer of its own kind
)

// Node is a box to place.
type Node struct {
	Width, Height float64
	Pin           Pin
}

// Edge joins two nodes, by index, and points from left to right.
type Edge struct{ From, To int }

// Options are distances in the drawing's units. Zero fields take the defaults.
type Options struct {
	LayerGap float64 // free width between layers; 64
	NodeGap  float64 // free height between boxes; 14
	EdgeGap  float64 // free height between edges that pass a layer; 8
	PartGap  float64 // free height between unconnected parts; 28
	Margin   float64 // free room around everything; 12
	Stretch  bool    // widen boxes to their layer's width
	Sweeps   int     // passes of crossing reduction; 24, fewer for very large graphs
}

// Point is a place in the drawing; y grows downwards.
type Point struct{ X, Y float64 }

// Box is a placed node: its top left corner, its size, and where it stands.
type Box struct {
	X, Y, W, H float64
	Layer      int // 0 is leftmost
	Order      int // place in the layer, from the top; passing edges count
}

// Column is the span of a layer.
type Column struct{ X, W float64 }

// Pass is where an edge runs through a layer that neither of its ends stands in.
type Pass struct {
	Layer, Order int
	Y            float64
}

// Route is a placed edge: its ends and the layers that it passes.
type Route struct {
	Edge
	Start, End Point
	Passes     []Pass
}

// Drawing is a finished layout. Boxes and Routes are in the order of the input.
type Drawing struct {
	Width, Height float64
	Boxes         []Box
	Routes        []Route
	Columns       []Column
	Crossings     int
}

// Layout places nodes and edges. An edge from a node to itself or one named twice is allowed and
// drawn; a longer cycle gives ErrCycle.
func Layout(ctx context.Context, nodes []Node, edges []Edge, o Options) (*Drawing, error) {
	o = o.withDefaults(len(nodes))
	for _, e := range edges {
		if e.From < 0 || e.To < 0 || e.From >= len(nodes) || e.To >= len(nodes) {
			return nil, fmt.Errorf("edge %d → %d: no such node among %d", e.From, e.To, len(nodes))
		}
	}
	ranks, err := rank(ctx, nodes, edges)
	if err != nil {
		return nil, err
	}
	d := &Drawing{Boxes: make([]Box, len(nodes)), Routes: make([]Route, len(edges))}
	for i, n := range nodes {
		d.Boxes[i] = Box{W: n.Width, H: n.Height, Layer: ranks[i]}
	}
	for i, e := range edges {
		d.Routes[i].Edge = e
	}
	d.columns(o)
	parts, single := components(len(nodes), edges)
	y := o.Margin
	for _, p := range parts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		g := newLayered(p, nodes, edges, ranks)
		g.order(o.Sweeps)
		d.Crossings += g.crossings()
		g.place(o)
		y += g.write(d, y, o.Stretch) + o.PartGap
	}
	d.singles(single, y, o)
	d.finish(o)
	return d, nil
}

func (o Options) withDefaults(n int) Options {
	set := func(v *float64, def float64) {
		if *v == 0 {
			*v = def
		}
	}
	set(&o.LayerGap, 64)
	set(&o.NodeGap, 14)
	set(&o.EdgeGap, 8)
	set(&o.PartGap, 28)
	set(&o.Margin, 12)
	if o.Sweeps == 0 {
		o.Sweeps = 24
		if n > 4000 {
			o.Sweeps = 8
		}
	}
	return o
}

// columns spreads the layers over x by their widest boxes. Nodes without edges do not count:
// they stand in rows of their own.
func (d *Drawing) columns(o Options) {
	alone := make([]bool, len(d.Boxes))
	for i := range alone {
		alone[i] = true
	}
	for _, r := range d.Routes {
		alone[r.From], alone[r.To] = false, false
	}
	layers := 0
	for i, b := range d.Boxes {
		if !alone[i] {
			layers = max(layers, b.Layer+1)
		}
	}
	d.Columns = make([]Column, layers)
	for i, b := range d.Boxes {
		if !alone[i] {
			d.Columns[b.Layer].W = max(d.Columns[b.Layer].W, b.W)
		}
	}
	x := o.Margin
	for i := range d.Columns {
		d.Columns[i].X = x
		x += d.Columns[i].W + o.LayerGap
	}
}

// singles sets the nodes without any edge in rows below y.
func (d *Drawing) singles(nodes []int, y float64, o Options) {
	right := 960.0
	if n := len(d.Columns); n > 0 {
		right = max(right, d.Columns[n-1].X+d.Columns[n-1].W)
	}
	x, tallest := o.Margin, 0.0
	for i, n := range nodes {
		b := &d.Boxes[n]
		if x > o.Margin && x+b.W > right {
			x, y, tallest = o.Margin, y+tallest+o.NodeGap, 0
		}
		b.X, b.Y, b.Layer, b.Order = x, y, 0, i
		x += b.W + o.NodeGap
		tallest = max(tallest, b.H)
	}
}

// finish sets the ends of edges and the size of the whole.
func (d *Drawing) finish(o Options) {
	for i := range d.Routes {
		r := &d.Routes[i]
		a, b := d.Boxes[r.From], d.Boxes[r.To]
		r.Start = Point{a.X + a.W, a.Y + a.H/2}
		r.End = Point{b.X, b.Y + b.H/2}
	}
	for _, b := range d.Boxes {
		d.Width = max(d.Width, b.X+b.W)
		d.Height = max(d.Height, b.Y+b.H)
	}
	for _, r := range d.Routes {
		for _, p := range r.Passes {
			d.Height = max(d.Height, p.Y)
		}
	}
	d.Width += o.Margin
	d.Height += o.Margin
}

// components gives the connected parts with more than one node, largest first, and the nodes
// that have no edge. Within a part nodes are in ascending order.
func components(n int, edges []Edge) (parts [][]int, single []int) {
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for _, e := range edges {
		a, b := find(e.From), find(e.To)
		if a != b {
			root[max(a, b)] = min(a, b)
		}
	}
	index := map[int]int{}
	var all [][]int
	for i := range n {
		r := find(i)
		k, ok := index[r]
		if !ok {
			k = len(all)
			index[r] = k
			all = append(all, nil)
		}
		all[k] = append(all[k], i)
	}
	for _, p := range all {
		if len(p) == 1 {
			single = append(single, p[0])
		} else {
			parts = append(parts, p)
		}
	}
	sort.SliceStable(parts, func(i, j int) bool { return len(parts[i]) > len(parts[j]) })
	return parts, single
}
