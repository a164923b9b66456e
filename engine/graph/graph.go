// Package graph links the nodes of a manifest and answers questions about the result: in what
// order to build, what waits for what, what a selector means, what changed since last time.
//
// It knows dbt's rules for references, access, selectors and state. It reads no file, renders no
// template and runs nothing: a previous state comes in through Previous.
package graph

import (
	mathbits "math/bits"
	"slices"

	"atlas/engine/manifest"
)

// index is a manifest's graph by number, in topological order: parents have smaller numbers.
type index struct {
	m        *manifest.Manifest
	nodes    []*manifest.Node
	at       map[manifest.ID]int32
	parents  [][]int32
	children [][]int32
}

// newIndex numbers the nodes of a resolved manifest.
func newIndex(m *manifest.Manifest) *index {
	x := &index{
		m:        m,
		nodes:    make([]*manifest.Node, 0, len(m.Order)),
		at:       make(map[manifest.ID]int32, len(m.Order)),
		parents:  make([][]int32, len(m.Order)),
		children: make([][]int32, len(m.Order)),
	}
	for _, id := range m.Order {
		x.at[id] = int32(len(x.nodes))
		x.nodes = append(x.nodes, m.Nodes[id])
	}
	for i, n := range x.nodes {
		for _, p := range n.DependsOn {
			if j, ok := x.at[p]; ok {
				x.parents[i] = append(x.parents[i], j)
				x.children[j] = append(x.children[j], int32(i))
			}
		}
	}
	return x
}

// bits is a set of node numbers.
type bits []uint64

func newBits(n int) bits             { return make(bits, (n+63)/64) }
func (b bits) has(i int32) bool      { return b[i>>6]&(1<<(uint(i)&63)) != 0 }
func (b bits) set(i int32)           { b[i>>6] |= 1 << (uint(i) & 63) }
func (b bits) clone() bits           { return slices.Clone(b) }
func (b bits) equal(other bits) bool { return slices.Equal(b, other) }

func (b bits) or(other bits) {
	for i, w := range other {
		b[i] |= w
	}
}

func (b bits) and(other bits) {
	for i, w := range other {
		b[i] &= w
	}
}

func (b bits) andNot(other bits) {
	for i, w := range other {
		b[i] &^= w
	}
}

func (b bits) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

// all calls f with every member, in order.
func (b bits) all(f func(int32)) {
	for w, word := range b {
		for word != 0 {
			bit := mathbits.TrailingZeros64(word)
			f(int32(w*64 + bit))
			word &= word - 1
		}
	}
}
