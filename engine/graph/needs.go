package graph

import (
	"container/heap"
	"slices"

	"atlas/engine/manifest"
)

// BuildNeeds gives, for every selected node, the selected nodes that must be done before it may
// start. A path through nodes that are not selected counts: of a → b → c with b left out, c
// still needs a.
//
// With withTests, as `build` runs, a data test holds up what lies below everything it tests: a
// node waits for a test if it descends from all of the test's parents, so no cycle can come
// about. A unit test then runs before its model, as soon as the model's parents are done.
// Without, tests are only leaves.
func BuildNeeds(m *manifest.Manifest, selected Set, withTests bool) map[manifest.ID][]manifest.ID {
	x := newIndex(m)
	chosen := newBits(len(x.nodes))
	for i, n := range x.nodes {
		if selected[n.ID] {
			chosen.set(int32(i))
		}
	}
	p := &planner{index: x, chosen: chosen, parents: x.parents, withTests: withTests}
	if withTests {
		p.addTestEdges()
	}
	return p.needs()
}

type planner struct {
	index     *index
	chosen    bits
	parents   [][]int32
	withTests bool
}

// addTestEdges makes nodes wait for the selected tests of what is above them.
func (p *planner) addTestEdges() {
	x := p.index
	p.parents = slices.Clone(x.parents)
	groups := map[string][]int32{} // tests of several nodes, by those nodes
	sets := map[string][]int32{}
	for i, n := range x.nodes {
		if !p.chosen.has(int32(i)) || n.Kind != manifest.Test {
			continue
		}
		switch tested := x.parents[i]; len(tested) {
		case 0:
		case 1:
			for _, c := range x.children[tested[0]] {
				if waits(x.nodes[c]) {
					p.wait(c, int32(i))
				}
			}
		default:
			key := setKey(tested)
			groups[key] = append(groups[key], int32(i))
			sets[key] = tested
		}
	}
	w := newMeeting(x)
	for key, tests := range groups {
		for _, c := range w.below(sets[key]) {
			for _, t := range tests {
				p.wait(c, t)
			}
		}
	}
	p.unitTestsFirst()
}

// unitTestsFirst turns the edge between a model and its selected unit tests around.
func (p *planner) unitTestsFirst() {
	for i, n := range p.index.nodes {
		if n.Kind != manifest.UnitTest || !p.chosen.has(int32(i)) || len(p.index.parents[i]) == 0 {
			continue
		}
		model := p.index.parents[i][0]
		p.parents[i] = slices.DeleteFunc(slices.Clone(p.parents[model]), func(j int32) bool {
			return p.index.nodes[j].Kind == manifest.UnitTest
		})
		p.wait(model, int32(i))
	}
}

func (p *planner) wait(node, parent int32) {
	p.parents[node] = append(slices.Clip(p.parents[node]), parent)
}

// waits reports whether a node is held up by tests above it.
func waits(n *manifest.Node) bool {
	return n.Kind != manifest.Test && n.Kind != manifest.UnitTest && !n.Kind.Shows() && n.Kind != manifest.Source
}

func setKey(set []int32) string {
	sorted := slices.Sorted(slices.Values(set))
	key := make([]byte, 0, 4*len(sorted))
	for _, i := range sorted {
		key = append(key, byte(i), byte(i>>8), byte(i>>16), byte(i>>24))
	}
	return string(key)
}

// meeting finds where the descendants of several nodes first meet.
type meeting struct {
	index *index
	mask  []bits // per node, which of the given nodes are above it; nil when untouched
}

func newMeeting(x *index) *meeting {
	return &meeting{index: x, mask: make([]bits, len(x.nodes))}
}

// below gives the first nodes that descend from all of set: nodes whose own parents do not.
func (w *meeting) below(set []int32) []int32 {
	var queue numbers // in topological order, so that a mask is complete when its node is reached
	var touched, found []int32
	touch := func(i int32) bits {
		if w.mask[i] == nil {
			w.mask[i] = newBits(len(set))
			touched = append(touched, i)
			heap.Push(&queue, i)
		}
		return w.mask[i]
	}
	full := newBits(len(set))
	for k, i := range set {
		full.set(int32(k))
		touch(i)
	}
	for len(queue) > 0 {
		i := heap.Pop(&queue).(int32)
		mask := w.mask[i]
		if mask.equal(full) {
			found = append(found, i)
			continue // what is below waits through it
		}
		own := mask
		if k := slices.Index(set, i); k >= 0 {
			own = mask.clone()
			own.set(int32(k))
		}
		for _, c := range w.index.children[i] {
			if waits(w.index.nodes[c]) {
				touch(c).or(own)
			}
		}
	}
	for _, i := range touched {
		w.mask[i] = nil
	}
	return found
}

// needs contracts the graph to the chosen nodes.
func (p *planner) needs() map[manifest.ID][]manifest.ID {
	x := p.index
	through := make([][]int32, len(x.nodes)) // of nodes not chosen: the chosen ones nearest above
	out := map[manifest.ID][]manifest.ID{}
	seen := newBits(len(x.nodes))
	order := p.order()
	matters := p.leadsToChosen(order)
	for _, i := range order {
		if !matters.has(i) {
			continue
		}
		if one := p.parents[i]; len(one) == 1 && !p.chosen.has(i) && !p.chosen.has(one[0]) {
			through[i] = through[one[0]]
			continue
		}
		var above []int32
		for _, j := range p.parents[i] {
			near := through[j]
			if p.chosen.has(j) {
				near = []int32{j}
			}
			for _, k := range near {
				if k != i && !seen.has(k) {
					seen.set(k)
					above = append(above, k)
				}
			}
		}
		for _, k := range above {
			seen[k>>6] &^= 1 << (uint(k) & 63)
		}
		if !p.chosen.has(i) {
			through[i] = above
			continue
		}
		ids := make([]manifest.ID, len(above))
		for k, j := range above {
			ids[k] = x.nodes[j].ID
		}
		out[x.nodes[i].ID] = ids
	}
	return out
}

// leadsToChosen gives the chosen nodes and those above one.
func (p *planner) leadsToChosen(order []int32) bits {
	matters := p.chosen.clone()
	for k := len(order) - 1; k >= 0; k-- {
		if i := order[k]; matters.has(i) {
			for _, j := range p.parents[i] {
				matters.set(j)
			}
		}
	}
	return matters
}

// order sorts the nodes so that each comes after its parents, extra ones included: a data test
// right after the last node it tests, a unit test right before its model.
func (p *planner) order() []int32 {
	x := p.index
	key := make([]int64, len(x.nodes))
	for i, n := range x.nodes {
		key[i] = int64(i)*4 + 1
		if len(x.parents[i]) == 0 {
			continue
		}
		switch n.Kind {
		case manifest.Test:
			key[i] = int64(slices.Max(x.parents[i]))*4 + 2
		case manifest.UnitTest:
			if p.withTests && p.chosen.has(int32(i)) {
				key[i] = int64(x.parents[i][0]) * 4
			}
		default: // in its own place
		}
	}
	order := make([]int32, len(x.nodes))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		if key[a] != key[b] {
			if key[a] < key[b] {
				return -1
			}
			return 1
		}
		return int(a - b)
	})
	return order
}
