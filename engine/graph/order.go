package graph

import (
	"container/heap"

	"atlas/engine/manifest"
)

// order sets Children and Order: parents first, ties by ID, so that the result depends on the
// project alone. Nodes on cycles are reported and come last.
func (r *resolver) order() {
	n := len(r.nodes)
	at := make(map[manifest.ID]int32, n)
	for i, x := range r.nodes {
		at[x.ID] = int32(i)
	}
	children, waiting := r.edges(at)
	r.m.Children = make(map[manifest.ID][]manifest.ID, n)
	for i, list := range children {
		if len(list) > 0 {
			ids := make([]manifest.ID, len(list))
			for k, c := range list {
				ids[k] = r.nodes[c].ID
			}
			r.m.Children[r.nodes[i].ID] = ids
		}
	}
	order := sortTopologically(children, waiting)
	r.m.Order = make([]manifest.ID, 0, n)
	for _, i := range order {
		r.m.Order = append(r.m.Order, r.nodes[i].ID)
	}
	if len(order) < n {
		r.cycles(at)
		r.m.Order = append(r.m.Order, r.unordered(order)...)
	}
}

// edges gives each node's children and how many parents it waits for. A dependency on a node
// that is gone (a disabled test's target) is none.
func (r *resolver) edges(at map[manifest.ID]int32) (children [][]int32, waiting []int32) {
	children, waiting = make([][]int32, len(r.nodes)), make([]int32, len(r.nodes))
	for i, n := range r.nodes {
		for _, p := range n.DependsOn {
			if j, ok := at[p]; ok {
				children[j] = append(children[j], int32(i))
				waiting[i]++
			}
		}
	}
	return children, waiting
}

func sortTopologically(children [][]int32, waiting []int32) []int32 {
	var ready numbers
	for i, w := range waiting {
		if w == 0 {
			ready = append(ready, int32(i))
		}
	}
	heap.Init(&ready)
	order := make([]int32, 0, len(waiting))
	for len(ready) > 0 {
		i := heap.Pop(&ready).(int32)
		order = append(order, i)
		for _, c := range children[i] {
			if waiting[c]--; waiting[c] == 0 {
				heap.Push(&ready, c)
			}
		}
	}
	return order
}

func (r *resolver) unordered(order []int32) []manifest.ID {
	done := newBits(len(r.nodes))
	for _, i := range order {
		done.set(i)
	}
	var rest []manifest.ID
	for i, n := range r.nodes {
		if !done.has(int32(i)) {
			rest = append(rest, n.ID)
		}
	}
	return rest
}

// numbers is a min-heap.
type numbers []int32

func (h numbers) Len() int           { return len(h) }
func (h numbers) Less(i, j int) bool { return h[i] < h[j] }
func (h numbers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push is heap.Interface's.
func (h *numbers) Push(x any) { *h = append(*h, x.(int32)) }

// Pop is heap.Interface's.
func (h *numbers) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
