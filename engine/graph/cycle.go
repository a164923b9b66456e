package graph

import (
	"fmt"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// cycles reports each knot of nodes that depend on one another by its shortest cycle.
func (r *resolver) cycles(at map[manifest.ID]int32) {
	parents := make([][]int32, len(r.nodes))
	for i, n := range r.nodes {
		for _, p := range n.DependsOn {
			if j, ok := at[p]; ok {
				parents[i] = append(parents[i], j)
			}
		}
	}
	for _, knot := range knots(parents) {
		r.problems = append(r.problems, r.cycleProblem(shortestCycle(parents, knot)))
	}
}

// cycleProblem describes a cycle: each node refers to the next, the last to the first.
func (r *resolver) cycleProblem(cycle []int32) *diag.Diagnostic {
	nodes := make([]*manifest.Node, len(cycle))
	shown := make([]string, 0, len(cycle)+1)
	for i, c := range cycle {
		nodes[i] = r.nodes[c]
		shown = append(shown, displayName(nodes[i]))
	}
	shown = append(shown, displayName(nodes[0]))
	next := func(i int) *manifest.Node { return nodes[(i+1)%len(nodes)] }
	pos := r.refPos(nodes[0], next(0))
	if len(nodes) == 1 {
		return diag.Errorf(diag.Cycle, pos, "%s refers to itself", label(nodes[0])).
			WithLen(len(nodes[0].Name)).
			WithHint("use {{ this }} for the model's own relation, inside an incremental model")
	}
	d := diag.Errorf(diag.Cycle, pos, "%d nodes depend on one another: %s", len(nodes), strings.Join(shown, " → ")).
		WithLen(len(next(0).Name))
	for i, n := range nodes {
		d = d.WithNote(r.refPos(n, next(i)), "%s refers to %s", label(n), displayName(next(i)))
	}
	return d.WithHint("remove one of these references, or move what both sides need into a model of its own")
}

// refPos gives the place where a node first refers to another.
func (r *resolver) refPos(n, target *manifest.Node) diag.Pos {
	for _, ref := range n.Refs {
		if f := r.lookup.ref(n.Package, ref); f.node == target {
			return orPos(ref.Pos, n)
		}
	}
	return n.Pos
}

// knots gives the strongly connected components that hold a cycle, each sorted, by first member.
// It is Tarjan's algorithm with its own stack, for graphs deeper than the goroutine's.
func knots(parents [][]int32) [][]int32 {
	t := &tarjan{parents: parents, num: make([]int32, len(parents)), low: make([]int32, len(parents)), on: newBits(len(parents))}
	for i := range parents {
		if t.num[i] == 0 {
			t.visit(int32(i))
		}
	}
	slices.SortFunc(t.found, func(a, b []int32) int { return int(a[0] - b[0]) })
	return t.found
}

type tarjan struct {
	parents  [][]int32
	num, low []int32
	on       bits
	count    int32
	stack    []int32
	found    [][]int32
}

type frame struct {
	node int32
	next int
}

func (t *tarjan) visit(root int32) {
	work := []frame{t.enter(root)}
	for len(work) > 0 {
		f := &work[len(work)-1]
		if f.next < len(t.parents[f.node]) {
			p := t.parents[f.node][f.next]
			f.next++
			switch {
			case t.num[p] == 0:
				work = append(work, t.enter(p))
			case t.on.has(p):
				t.low[f.node] = min(t.low[f.node], t.num[p])
			}
			continue
		}
		t.leave(f.node)
		work = work[:len(work)-1]
		if len(work) > 0 {
			up := work[len(work)-1].node
			t.low[up] = min(t.low[up], t.low[f.node])
		}
	}
}

func (t *tarjan) enter(i int32) frame {
	t.count++
	t.num[i], t.low[i] = t.count, t.count
	t.stack = append(t.stack, i)
	t.on.set(i)
	return frame{node: i}
}

func (t *tarjan) leave(i int32) {
	if t.low[i] != t.num[i] {
		return
	}
	k := slices.Index(t.stack, i)
	group := slices.Clone(t.stack[k:])
	t.stack = t.stack[:k]
	for _, g := range group {
		t.on[g>>6] &^= 1 << (uint(g) & 63)
	}
	if len(group) > 1 || slices.Contains(t.parents[i], i) {
		slices.Sort(group)
		t.found = append(t.found, group)
	}
}

// shortestCycle gives a shortest cycle through the knot's first member that has one, following
// parents: each node depends on the next.
func shortestCycle(parents [][]int32, knot []int32) []int32 {
	in := map[int32]bool{}
	for _, k := range knot {
		in[k] = true
	}
	var best []int32
	for _, start := range knot[:min(len(knot), 50)] {
		if c := cycleThrough(parents, in, start); best == nil || len(c) < len(best) {
			best = c
		}
	}
	if best == nil {
		panic(fmt.Sprintf("graph: no cycle in a knot of %d nodes", len(knot)))
	}
	return best
}

func cycleThrough(parents [][]int32, in map[int32]bool, start int32) []int32 {
	from := map[int32]int32{}
	queue := []int32{start}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, p := range parents[i] {
			if p == start {
				path := []int32{i}
				for i != start {
					i = from[i]
					path = append(path, i)
				}
				slices.Reverse(path)
				return path
			}
			if _, seen := from[p]; in[p] && !seen {
				from[p] = i
				queue = append(queue, p)
			}
		}
	}
	return nil
}
