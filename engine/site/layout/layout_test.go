package layout_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"atlas/engine/site/layout"
)

// random makes a layered graph without cycles, as projects are: most edges step one layer.
func random(n, m int, seed uint64) ([]layout.Node, []layout.Edge) {
	r := rand.New(rand.NewPCG(seed, 7))
	nodes := make([]layout.Node, n)
	for i := range nodes {
		nodes[i] = layout.Node{Width: 120 + float64(r.IntN(80)), Height: 40}
	}
	var edges []layout.Edge
	for len(edges) < m {
		to := 1 + r.IntN(n-1)
		from := max(0, to-1-r.IntN(max(1, n/6)))
		edges = append(edges, layout.Edge{From: from, To: to})
	}
	return nodes, edges
}

func draw(t testing.TB, nodes []layout.Node, edges []layout.Edge) *layout.Drawing {
	t.Helper()
	d, err := layout.Layout(t.Context(), nodes, edges, layout.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestInvariants(t *testing.T) {
	for seed := range uint64(40) {
		n := 2 + int(seed)*7
		nodes, edges := random(n, n*2, seed)
		d := draw(t, nodes, edges)
		for i, r := range d.Routes {
			if r.Edge != edges[i] {
				t.Fatalf("seed %d: route %d is not its edge", seed, i)
			}
			a, b := d.Boxes[r.From], d.Boxes[r.To]
			if a.Layer >= b.Layer {
				t.Fatalf("seed %d: edge %v does not point right", seed, r.Edge)
			}
			if len(r.Passes) != b.Layer-a.Layer-1 {
				t.Fatalf("seed %d: edge %v over %d layers has %d passes", seed, r.Edge, b.Layer-a.Layer, len(r.Passes))
			}
			for k, p := range r.Passes {
				if p.Layer != a.Layer+1+k {
					t.Fatalf("seed %d: pass %d of %v in layer %d", seed, k, r.Edge, p.Layer)
				}
			}
		}
		noOverlap(t, d, fmt.Sprint("seed ", seed))
	}
}

func noOverlap(t *testing.T, d *layout.Drawing, name string) {
	t.Helper()
	for i, a := range d.Boxes {
		if a.X < 0 || a.Y < 0 || a.X+a.W > d.Width || a.Y+a.H > d.Height {
			t.Fatalf("%s: box %d outside the drawing: %+v", name, i, a)
		}
		for j := i + 1; j < len(d.Boxes); j++ {
			b := d.Boxes[j]
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Fatalf("%s: boxes %d and %d overlap: %+v %+v", name, i, j, a, b)
			}
		}
	}
	for _, r := range d.Routes {
		for _, p := range r.Passes {
			for i, b := range d.Boxes {
				if b.Layer == p.Layer && p.Y > b.Y && p.Y < b.Y+b.H && len(d.Columns) > 0 && b.X == d.Columns[p.Layer].X {
					t.Fatalf("%s: edge %v runs through box %d", name, r.Edge, i)
				}
			}
		}
	}
}

func TestRanksAreOptimal(t *testing.T) {
	// A seed joined late stands beside its reader, not at the far left.
	nodes := make([]layout.Node, 6)
	for i := range nodes {
		nodes[i] = layout.Node{Width: 10, Height: 10}
	}
	nodes[0].Pin = layout.First
	edges := []layout.Edge{{0, 1}, {1, 2}, {2, 3}, {4, 5}, {5, 3}}
	d := draw(t, nodes, edges)
	want := []int{0, 1, 2, 3, 1, 2}
	for i, b := range d.Boxes {
		if b.Layer != want[i] {
			t.Errorf("node %d in layer %d, want %d", i, b.Layer, want[i])
		}
	}
}

func TestPins(t *testing.T) {
	nodes := []layout.Node{
		{Width: 10, Height: 10, Pin: layout.First},
		{Width: 10, Height: 10, Pin: layout.First},
		{Width: 10, Height: 10},
		{Width: 10, Height: 10},
		{Width: 10, Height: 10, Pin: layout.Last},
		{Width: 10, Height: 10, Pin: layout.Last},
	}
	d := draw(t, nodes, []layout.Edge{{0, 2}, {2, 3}, {3, 4}, {1, 3}, {2, 5}})
	want := []int{0, 0, 1, 2, 3, 3}
	for i, b := range d.Boxes {
		if b.Layer != want[i] {
			t.Errorf("node %d in layer %d, want %d", i, b.Layer, want[i])
		}
	}
}

func TestCrossingsVanishWhereTheyCan(t *testing.T) {
	// Two interleaved binary trees, given in the worst order.
	var nodes []layout.Node
	var edges []layout.Edge
	const n = 63
	for range 2 * n {
		nodes = append(nodes, layout.Node{Width: 10, Height: 10})
	}
	for tree := range 2 {
		for i := 1; i < n; i++ {
			edges = append(edges, layout.Edge{From: 2*((i-1)/2) + tree, To: 2*i + tree})
		}
	}
	edges = append(edges, layout.Edge{From: 0, To: 3})
	d := draw(t, nodes, edges)
	if d.Crossings != 0 {
		t.Errorf("%d crossings in a drawing that needs none", d.Crossings)
	}
}

func TestLongEdgesAreStraight(t *testing.T) {
	nodes := make([]layout.Node, 7)
	for i := range nodes {
		nodes[i] = layout.Node{Width: 50, Height: 30}
	}
	edges := []layout.Edge{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {0, 5}, {0, 6}}
	d := draw(t, nodes, edges)
	passes := d.Routes[5].Passes
	for _, p := range passes {
		if p.Y != passes[0].Y {
			t.Errorf("the long edge bends: %+v", passes)
		}
	}
}

func TestCycle(t *testing.T) {
	_, err := layout.Layout(t.Context(), make([]layout.Node, 3), []layout.Edge{{0, 1}, {1, 2}, {2, 0}}, layout.Options{})
	if !errors.Is(err, layout.ErrCycle) {
		t.Errorf("got %v", err)
	}
}

func TestEmptyAndBad(t *testing.T) {
	if d := draw(t, nil, nil); d.Width <= 0 {
		t.Errorf("empty drawing is %v wide", d.Width)
	}
	if _, err := layout.Layout(t.Context(), make([]layout.Node, 1), []layout.Edge{{0, 1}}, layout.Options{}); err == nil {
		t.Error("an edge to nowhere passed")
	}
}

func TestSameInputSameOutput(t *testing.T) {
	nodes, edges := random(300, 600, 3)
	a, b := draw(t, nodes, edges), draw(t, nodes, edges)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Error("two layouts of one graph differ")
	}
}

func BenchmarkLayout(b *testing.B) {
	for _, n := range []int{100, 1000, 5000} {
		nodes, edges := random(n, 2*n, 1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				d := draw(b, nodes, edges)
				b.ReportMetric(float64(d.Crossings), "crossings")
				b.ReportMetric(float64(len(d.Columns)), "layers")
			}
		})
	}
}
