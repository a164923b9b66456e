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

// Names gives the names in the scope, for "did you mean".
func (v Vars) Names() []string {
	names := make([]string, 0, len(v))
	for n := range v {
		names = append(names, n)
	}
	return names
}

// State is one render: what the template may see, and what happens while it runs. It serves one
// goroutine; make a new one, or reuse it after the render has ended. The zero State renders with
// nothing but the language's own globals.
type State struct {
	// Ctx cancels the render between calls and loop rounds; nil never does.
	Ctx context.Context //nolint:containedctx // a State is one render, no longer than its context
	// Macros is the macro namespace of the template being rendered; it is asked before Vars.
	Macros Scope
	// Vars holds render-time names. Bound macros see their own namespace first, then these.
	Vars Scope
	// Undefined says what may be done with an undefined value.
	Undefined UndefinedMode
	// MaxDepth limits how deep macro calls may nest; 0 means 400.
	MaxDepth int

	stack    []site // macro calls under way, outermost first
	depth    int
	ticks    int
	returned Value // what return() was given, while its signal travels
	calls    []*Call
	frames   []*frame
	buffers  []*buffer
}

// site is a macro call under way: where it stands, in a template or (called from Go) at pos.
type site struct {
	macro    string
	t        *Template
	off, end int32
	pos      diag.Pos
}

func (s *site) place() diag.Pos {
	if s.t != nil {
		return s.t.pos(int(s.off))
	}
	return s.pos
}

// Stack gives the macro calls under way, innermost first, as notes for a diagnostic.
func (st *State) Stack() []diag.Note {
	if len(st.stack) == 0 {
		return nil
	}
	return stackNotes(st.stack)
}

// maxNotes is how many calls a diagnostic names; of deeper stacks it shows both ends.
const maxNotes = 12

func stackNotes(stack []site) []diag.Note {
	notes := make([]diag.Note, 0, len(stack))
	for i := len(stack) - 1; i >= 0; i-- {
		if skip := len(stack) - maxNotes; skip > 0 && len(notes) == maxNotes/2 {
			notes = append(notes, diag.Note{Msg: "… " + plural(int64(skip), "more call")})
			i -= skip - 1
			continue
		}
		msg := "in macro " + stack[i].macro + ", called from here"
		if i > 0 {
			msg = "in macro " + stack[i].macro + ", called from macro " + stack[i-1].macro
		}
		notes = append(notes, diag.Note{Pos: stack[i].place(), Msg: msg})
	}
	return notes
}

// borrow gives an empty Call for a callee that does not keep it.
func (st *State) borrow(f *frame) *Call {
	if n := len(st.calls); n > 0 {
		c := st.calls[n-1]
		st.calls = st.calls[:n-1]
		c.frame = f
		return c
	}
	return &Call{State: st, Args: make([]Value, 0, 4), Kwargs: make([]Kwarg, 0, 2), frame: f}
}

func (st *State) giveBack(c *Call) {
	clear(c.Args)
	clear(c.Kwargs)
	c.Args, c.Kwargs = c.Args[:0], c.Kwargs[:0]
	st.calls = append(st.calls, c)
}

// newFrame gives a frame for a call of fn.
func (st *State) newFrame(fn *function, parent *frame, e *env) *frame {
	var f *frame
	if n := len(st.frames); n > 0 {
		f = st.frames[n-1]
		st.frames = st.frames[:n-1]
	} else {
		f = &frame{}
	}
	f.st, f.fn, f.parent, f.env = st, fn, parent, e
	if cap(f.slots) < fn.nslots {
		f.slots = make([]Value, fn.nslots)
	}
	f.slots = f.slots[:fn.nslots]
	copy(f.slots, fn.initial)
	for i := range fn.aliases {
		f.slots[fn.aliases[i].slot] = fn.aliases[i].from.raw(f)
	}
	return f
}

// dropFrame takes back a frame that nothing refers to any more.
func (st *State) dropFrame(f *frame) {
	if !f.fn.closed {
		return
	}
	clear(f.slots)
	f.parent, f.env, f.out = nil, nil, nil
	st.frames = append(st.frames, f)
}

func (st *State) borrowBuffer() *buffer {
	if n := len(st.buffers); n > 0 {
		b := st.buffers[n-1]
		st.buffers = st.buffers[:n-1]
		return b
	}
	return &buffer{b: make([]byte, 0, 256)}
}

func (st *State) giveBackBuffer(b *buffer) {
	b.b = b.b[:0]
	st.buffers = append(st.buffers, b)
}
