package graph

import (
	"maps"
	"slices"

	"atlas/engine/manifest"
)

// Set is a set of nodes.
type Set map[manifest.ID]bool

// NewSet makes a set of the given nodes.
func NewSet(ids ...manifest.ID) Set {
	s := make(Set, len(ids))
	for _, id := range ids {
		s[id] = true
	}
	return s
}

// Has reports whether the set holds the node; a nil set holds none.
func (s Set) Has(id manifest.ID) bool { return s[id] }

// Sorted gives the members ordered by ID.
func (s Set) Sorted() []manifest.ID { return slices.Sorted(maps.Keys(s)) }

// Ordered gives the members in the manifest's build order: parents before children.
func (s Set) Ordered(m *manifest.Manifest) []manifest.ID {
	out := make([]manifest.ID, 0, len(s))
	for _, id := range m.Order {
		if s[id] {
			out = append(out, id)
		}
	}
	return out
}
