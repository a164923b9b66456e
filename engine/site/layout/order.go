package layout

import "sort"

// item is what stands in a layer: a node, or a dummy where an edge passes.
type item struct {
	node   int // index of the node; -1 for a dummy
	edge   int // index of the edge that passes; -1 for a node
	layer  int
	pos    int // place in its layer
	height float64
	left   []int // items in the layer before, joined by an edge; parallel edges repeat
	right  []int
	y      float64 // centre
}

// layered is one connected part with its edges cut into steps from layer to layer.
type layered struct {
	items  []item
	layers [][]int // items by layer, top to bottom
}

func newLayered(part []int, nodes []Node, edges []Edge, ranks []int) *layered {
	g := &layered{}
	of := map[int]int{}
	top := 0
	for _, n := range part {
		of[n] = len(g.items)
		g.items = append(g.items, item{node: n, edge: -1, layer: ranks[n], height: nodes[n].Height})
		top = max(top, ranks[n])
	}
	for i, e := range edges {
		from, ok := of[e.From]
		if !ok || e.From == e.To {
			continue
		}
		to := of[e.To]
		prev := from
		for r := ranks[e.From] + 1; r < ranks[e.To]; r++ {
			d := len(g.items)
			g.items = append(g.items, item{node: -1, edge: i, layer: r})
			g.join(prev, d)
			prev = d
		}
		g.join(prev, to)
	}
	g.layers = make([][]int, top+1)
	g.arrange()
	return g
}

func (g *layered) join(a, b int) {
	g.items[a].right = append(g.items[a].right, b)
	g.items[b].left = append(g.items[b].left, a)
}

// arrange gives the first order: depth first from the left, so that what belongs together
// stands together.
func (g *layered) arrange() {
	seen := make([]bool, len(g.items))
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		it := &g.items[i]
		it.pos = len(g.layers[it.layer])
		g.layers[it.layer] = append(g.layers[it.layer], i)
		for _, j := range it.right {
			visit(j)
		}
		for _, j := range it.left {
			visit(j)
		}
	}
	for layer := range g.layers {
		for i := range g.items {
			if g.items[i].layer == layer {
				visit(i)
			}
		}
	}
}

// order reduces crossings: sweeps to and fro by medians, then swaps of neighbours, keeping the
// best order seen.
func (g *layered) order(sweeps int) {
	best, bestCount := g.snapshot(), g.crossings()
	stale := 0
	for s := 0; s < sweeps && bestCount > 0 && stale < 8; s++ {
		g.sweep(s%2 == 0, s%4 < 2)
		g.transpose()
		if c := g.crossings(); c < bestCount {
			best, bestCount = g.snapshot(), c
			stale = 0
		} else {
			stale++
		}
	}
	g.restore(best)
}

func (g *layered) snapshot() [][]int {
	out := make([][]int, len(g.layers))
	for i, l := range g.layers {
		out[i] = append([]int(nil), l...)
	}
	return out
}

func (g *layered) restore(layers [][]int) {
	g.layers = layers
	for _, l := range layers {
		for p, i := range l {
			g.items[i].pos = p
		}
	}
}

// sweep orders each layer by its neighbours in the layer before it (rightward) or after it.
func (g *layered) sweep(rightward, median bool) {
	n := len(g.layers)
	for k := 1; k < n; k++ {
		layer := k
		if !rightward {
			layer = n - 1 - k
		}
		g.sortLayer(layer, rightward, median)
	}
}

func (g *layered) sortLayer(layer int, byLeft, median bool) {
	l := g.layers[layer]
	keys := make(map[int]float64, len(l))
	var movable []int
	for _, i := range l {
		near := g.items[i].right
		if byLeft {
			near = g.items[i].left
		}
		if len(near) == 0 {
			continue // stays where it is
		}
		movable = append(movable, i)
		if median {
			keys[i] = g.median(near)
		} else {
			keys[i] = g.mean(near)
		}
	}
	sort.SliceStable(movable, func(a, b int) bool { return keys[movable[a]] < keys[movable[b]] })
	next := 0
	for p, i := range l {
		if _, ok := keys[i]; ok {
			l[p] = movable[next]
			next++
		}
	}
	for p, i := range l {
		g.items[i].pos = p
	}
}

func (g *layered) positions(near []int) []int {
	p := make([]int, len(near))
	for k, i := range near {
		p[k] = g.items[i].pos
	}
	sort.Ints(p)
	return p
}

// median is the weighted median of Gansner and others: of two middles the one with its side
// more crowded weighs more.
func (g *layered) median(near []int) float64 {
	p := g.positions(near)
	m := len(p) / 2
	switch {
	case len(p)%2 == 1:
		return float64(p[m])
	case len(p) == 2:
		return float64(p[0]+p[1]) / 2
	}
	left, right := float64(p[m-1]-p[0]), float64(p[len(p)-1]-p[m])
	if left+right == 0 {
		return float64(p[m-1]+p[m]) / 2
	}
	return (float64(p[m-1])*right + float64(p[m])*left) / (left + right)
}

func (g *layered) mean(near []int) float64 {
	sum := 0
	for _, i := range near {
		sum += g.items[i].pos
	}
	return float64(sum) / float64(len(near))
}

// transpose swaps neighbours in a layer as long as that takes crossings away.
func (g *layered) transpose() {
	for round := 0; round < 4; round++ {
		better := false
		for _, l := range g.layers {
			for p := 0; p+1 < len(l); p++ {
				a, b := l[p], l[p+1]
				if g.pairCrossings(a, b) > g.pairCrossings(b, a) {
					l[p], l[p+1] = b, a
					g.items[b].pos, g.items[a].pos = p, p+1
					better = true
				}
			}
		}
		if !better {
			return
		}
	}
}

// pairCrossings counts crossings between the edges of a and b with a above b.
func (g *layered) pairCrossings(a, b int) int {
	return g.inversions(g.items[a].left, g.items[b].left) + g.inversions(g.items[a].right, g.items[b].right)
}

func (g *layered) inversions(upper, lower []int) int {
	if len(upper) == 0 || len(lower) == 0 {
		return 0
	}
	if len(upper)*len(lower) <= 64 {
		n := 0
		for _, i := range upper {
			for _, j := range lower {
				if g.items[i].pos > g.items[j].pos {
					n++
				}
			}
		}
		return n
	}
	u, l := g.positions(upper), g.positions(lower)
	n, k := 0, 0
	for _, p := range u {
		for k < len(l) && l[k] < p {
			k++
		}
		n += k
	}
	return n
}

// crossings counts all crossings of edges between neighbouring layers with a Fenwick tree.
func (g *layered) crossings() int {
	total := 0
	for k := 0; k+1 < len(g.layers); k++ {
		size := len(g.layers[k+1])
		tree := make([]int, size+1)
		seen := 0
		for _, i := range g.layers[k] {
			to := g.positions(g.items[i].right)
			for _, p := range to {
				// Edges before this one that end lower cross it.
				notLower := 0
				for q := p + 1; q > 0; q -= q & -q {
					notLower += tree[q]
				}
				total += seen - notLower
			}
			for _, p := range to {
				for q := p + 1; q <= size; q += q & -q {
					tree[q]++
				}
				seen++
			}
		}
	}
	return total
}
