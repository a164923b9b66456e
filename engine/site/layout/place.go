package layout

import (
	"math"
	"sort"
)

// place gives every item its y: four alignments after Brandes and Köpf, of which each item takes
// the mean of the two middle values.
func (g *layered) place(o Options) {
	conflicts := g.conflicts()
	ys := make([][]float64, 0, 4)
	best := 0
	heights := make([]float64, 0, 4)
	for _, rightward := range []bool{true, false} {
		for _, fromTop := range []bool{true, false} {
			y := g.compact(g.align(rightward, fromTop, conflicts), fromTop, o)
			ys = append(ys, y)
			lo, hi := extent(y)
			heights = append(heights, hi-lo)
			if heights[len(heights)-1] < heights[best] {
				best = len(heights) - 1
			}
		}
	}
	lo, hi := extent(ys[best])
	for k := range ys {
		l, h := extent(ys[k])
		shift := lo - l
		if k%2 == 1 {
			shift = hi - h
		}
		for i := range ys[k] {
			ys[k][i] += shift
		}
	}
	for i := range g.items {
		v := []float64{ys[0][i], ys[1][i], ys[2][i], ys[3][i]}
		sort.Float64s(v)
		g.items[i].y = (v[1] + v[2]) / 2
	}
}

func extent(y []float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range y {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

// conflicts marks steps that cross a step between two dummies: those give way, so that long
// edges stay straight.
func (g *layered) conflicts() map[[2]int]bool {
	marked := map[[2]int]bool{}
	for k := 1; k < len(g.layers); k++ {
		l := g.layers[k]
		k0, scan := -1, 0
		for p, i := range l {
			inner := g.innerLeft(i)
			if inner < 0 && p+1 < len(l) {
				continue
			}
			k1 := len(g.layers[k-1])
			if inner >= 0 {
				k1 = g.items[inner].pos
			}
			for ; scan <= p; scan++ {
				for _, u := range g.items[l[scan]].left {
					q := g.items[u].pos
					if (q < k0 || q > k1) && (g.items[u].node >= 0 || g.items[l[scan]].node >= 0) {
						marked[[2]int{u, l[scan]}] = true
					}
				}
			}
			k0 = k1
		}
	}
	return marked
}

// innerLeft gives the dummy to the left of a dummy, or -1.
func (g *layered) innerLeft(i int) int {
	it := g.items[i]
	if it.node >= 0 || len(it.left) == 0 || g.items[it.left[0]].node >= 0 {
		return -1
	}
	return it.left[0]
}

// align chains items with their middle neighbour in the layer before (rightward) or after.
// It gives the first item of each item's chain.
func (g *layered) align(rightward, fromTop bool, conflicts map[[2]int]bool) []int {
	root, next := make([]int, len(g.items)), make([]int, len(g.items))
	for i := range root {
		root[i], next[i] = i, i
	}
	for k := range g.layers {
		layer := g.layers[k]
		if !rightward {
			layer = g.layers[len(g.layers)-1-k]
		}
		last := -1
		if !fromTop {
			last = math.MaxInt
		}
		for p := range layer {
			v := layer[p]
			if !fromTop {
				v = layer[len(layer)-1-p]
			}
			last = g.alignOne(v, last, rightward, fromTop, conflicts, root, next)
		}
	}
	return root
}

func (g *layered) alignOne(v, last int, rightward, fromTop bool, conflicts map[[2]int]bool, root, next []int) int {
	near := g.items[v].right
	if rightward {
		near = g.items[v].left
	}
	if len(near) == 0 {
		return last
	}
	sorted := append([]int(nil), near...)
	sort.Slice(sorted, func(a, b int) bool { return g.items[sorted[a]].pos < g.items[sorted[b]].pos })
	m := float64(len(sorted)-1) / 2
	middles := []int{int(math.Floor(m)), int(math.Ceil(m))}
	if !fromTop {
		middles[0], middles[1] = middles[1], middles[0]
	}
	for _, mid := range middles {
		u := sorted[mid]
		step := [2]int{v, u}
		if rightward {
			step = [2]int{u, v}
		}
		p := g.items[u].pos
		free := p > last
		if !fromTop {
			free = p < last
		}
		if next[v] != v || conflicts[step] || !free {
			continue
		}
		next[u] = v
		root[v] = root[u]
		next[v] = root[v]
		last = p
	}
	return last
}

// link says how far below (or above) another chain a chain must stand.
type link struct {
	to  int
	gap float64
}

// compact gives every chain the least y that its neighbours above allow, then lets it sink
// towards those below. From the bottom it is the same, mirrored.
func (g *layered) compact(root []int, fromTop bool, o Options) []float64 {
	after, before := make([][]link, len(g.items)), make([][]link, len(g.items))
	for _, l := range g.layers {
		for p := 1; p < len(l); p++ {
			a, b := root[l[p-1]], root[l[p]]
			gap := g.gap(l[p-1], l[p], o)
			if !fromTop {
				a, b = b, a
			}
			after[a] = append(after[a], link{b, gap})
			before[b] = append(before[b], link{a, gap})
		}
	}
	order := g.chainOrder(root, before, after)
	y := make([]float64, len(g.items))
	for _, v := range order {
		for _, e := range before[v] {
			y[v] = max(y[v], y[e.to]+e.gap)
		}
	}
	for k := len(order) - 1; k >= 0; k-- {
		v := order[k]
		if len(after[v]) == 0 {
			continue
		}
		room := math.Inf(1)
		for _, e := range after[v] {
			room = min(room, y[e.to]-e.gap)
		}
		y[v] = max(y[v], room)
	}
	for i := range y {
		y[i] = y[root[i]]
	}
	if !fromTop {
		for i := range y {
			y[i] = -y[i]
		}
	}
	return y
}

// chainOrder sorts the chains so that each comes after those it must stand below.
func (g *layered) chainOrder(root []int, before, after [][]link) []int {
	wait := make([]int, len(g.items))
	var order []int
	for i := range g.items {
		wait[i] = len(before[i])
		if root[i] == i && wait[i] == 0 {
			order = append(order, i)
		}
	}
	for k := 0; k < len(order); k++ {
		for _, e := range after[order[k]] {
			if wait[e.to]--; wait[e.to] == 0 {
				order = append(order, e.to)
			}
		}
	}
	return order
}

// gap is the least distance between the centres of two neighbours in a layer.
func (g *layered) gap(a, b int, o Options) float64 {
	free := o.NodeGap
	if g.items[a].node < 0 && g.items[b].node < 0 {
		free = o.EdgeGap
	}
	return (g.items[a].height+g.items[b].height)/2 + free
}

// write puts the part into the drawing from y on and gives its height.
func (g *layered) write(d *Drawing, y float64, stretch bool) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, it := range g.items {
		lo, hi = min(lo, it.y-it.height/2), max(hi, it.y+it.height/2)
	}
	shift := y - lo
	for _, it := range g.items {
		if it.node < 0 {
			r := &d.Routes[it.edge]
			r.Passes = append(r.Passes, Pass{Layer: it.layer, Order: it.pos, Y: round(it.y + shift)})
			continue
		}
		b := &d.Boxes[it.node]
		b.Order = it.pos
		b.X = d.Columns[it.layer].X
		if stretch {
			b.W = d.Columns[it.layer].W
		}
		b.Y = round(it.y - it.height/2 + shift)
	}
	return hi - lo
}

// round keeps half units: finer places would only make files longer.
func round(v float64) float64 { return math.Round(v*2) / 2 }
