// Package registry holds the implementations of a contract by name.
//
// A registry is a value that the engine owns and a test can build afresh; nothing registers
// itself. Each contract's built-in implementations stand in one list in its builtin package.
package registry

import (
	"fmt"
	"sort"
	"strings"

	"atlas/engine/diag"
)

// Registry is a set of named implementations of one contract.
type Registry[T any] struct {
	what   string
	values map[string]T
}

// New makes an empty registry; what names the contract in error texts ("adapter").
func New[T any](what string) *Registry[T] {
	return &Registry[T]{what: what, values: map[string]T{}}
}

// Add registers v under name. Two implementations of one name are a mistake of the engine's,
// not of the user's, so Add panics.
func (r *Registry[T]) Add(name string, v T) {
	if _, ok := r.values[name]; ok {
		panic(fmt.Sprintf("registry: %s %q is registered twice", r.what, name))
	}
	r.values[name] = v
}

// Lookup gives the implementation of that name, or false.
func (r *Registry[T]) Lookup(name string) (T, bool) {
	v, ok := r.values[name]
	return v, ok
}

// Get gives the implementation of that name, or an error that lists what there is.
func (r *Registry[T]) Get(name string) (T, error) {
	v, ok := r.values[name]
	if ok {
		return v, nil
	}
	hint := diag.DidYouMean(name, r.Names())
	if hint != "" {
		hint += " "
	}
	return v, fmt.Errorf("no %s is named %q: %sthere are %s", r.what, name, hint, strings.Join(r.Names(), ", "))
}

// Names gives the registered names in order.
func (r *Registry[T]) Names() []string {
	names := make([]string, 0, len(r.values))
	for n := range r.values {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
