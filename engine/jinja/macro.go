package jinja

import (
	"errors"
	"strconv"

	"atlas/engine/diag"
)

// defaultDepth is how deep macro calls nest when State.MaxDepth is not set.
const defaultDepth = 400

// MacroDef is a top-level macro-like block.
type MacroDef struct {
	// Kind is "macro", "test" or "materialization".
	Kind string
	// Name is as dbt registers it: "star", "test_not_null", "materialization_table_default".
	Name   string
	Params []Param
	Pos    diag.Pos
	// Source is the block's text, tags included.
	Source string
	// Adapter is a materialization's adapter ("default" if none was named), Languages its supported languages.
	Adapter   string
	Languages []string

	fn    *function
	calls []callRecord
}

// Param is one parameter of a macro.
type Param struct {
	Name       string
	HasDefault bool
	// DefaultText is the default's source text.
	DefaultText string
}

// Bind makes the macro callable; its body sees ns before the names of the render that calls it.
// Bind once per package and share the result.
func (d *MacroDef) Bind(ns Scope) *Macro {
	return &Macro{
		def: d, fn: d.fn, name: d.Name, auto: d.fn.t.opts.Autoescape,
		parent: &frame{fn: d.fn.parent},
		env:    &env{ns: ns},
	}
}

// Calls lists every call inside the macro whose callee is a name or a dotted name; all are Conditional.
func (d *MacroDef) Calls() []StaticCall { return staticCalls(d.fn.t, d.calls) }

// Macro is a macro that can be called: Callable, and an Object with the attributes name and
// arguments. A bound macro is immutable and shared between renders.
type Macro struct {
	def    *MacroDef // nil for the body of a call block
	fn     *function
	name   string
	auto   bool
	parent *frame // frame of the function it is written in
	env    *env
}

// Def gives the macro's definition; nil for the body of a call block.
func (m *Macro) Def() *MacroDef { return m.def }

// Name is the macro's name.
func (m *Macro) Name() string { return m.name }

// String is what str() of the macro gives.
func (m *Macro) String() string { return "<Macro '" + m.name + "'>" }

// Attr gives name, arguments, caller, catch_kwargs and catch_varargs.
func (m *Macro) Attr(name string) (Value, bool) {
	switch name {
	case "name":
		return m.name, true
	case "arguments":
		t := make(Tuple, len(m.fn.params))
		for i := range m.fn.params {
			t[i] = m.fn.params[i].name
		}
		return t, true
	case "caller":
		return m.fn.callerSlot >= 0, true
	case "catch_kwargs":
		return m.fn.kwargsSlot >= 0, true
	case "catch_varargs":
		return m.fn.varargsSlot >= 0, true
	}
	return nil, false
}

// Call runs the macro: it gives the text it wrote, or the value of its return().
func (m *Macro) Call(c *Call) (Value, error) {
	st := c.State
	if st == nil {
		st = &State{}
		c.State = st
	}
	st.stack = append(st.stack, site{macro: m.name, pos: c.Pos})
	v, _, err := m.run(st, c.Args, c.Kwargs, nil)
	st.stack = st.stack[:len(st.stack)-1]
	return v, c.place(err)
}

// run calls the macro. If out is set, the text goes there and direct is true, unless the macro
// returned a value.
func (m *Macro) run(st *State, args []Value, kwargs []Kwarg, out *buffer) (v Value, direct bool, err error) {
	if err := st.deeper(m); err != nil {
		return nil, false, err
	}
	f := st.newFrame(m.fn, m.parent, m.env)
	f.auto = m.auto
	buf := out
	if buf == nil {
		buf = st.borrowBuffer()
	}
	f.out = buf
	mark := len(buf.b)
	err = m.bind(f, args, kwargs)
	if err == nil {
		err = execAll(f, m.fn.body)
	}
	st.depth--
	switch {
	case err == nil:
		if out != nil {
			direct = true
		} else if m.auto {
			v = Markup(buf.b)
		} else {
			v = string(buf.b)
		}
	case isReturn(err) && m.catchesReturn():
		buf.cut(mark)
		v, st.returned, err = st.returned, nil, nil
	}
	if out == nil {
		st.giveBackBuffer(buf)
	}
	st.dropFrame(f)
	return v, direct, err
}

// catchesReturn is false for the body of a call block: return() crosses it.
func (m *Macro) catchesReturn() bool { return m.def != nil }

func isReturn(err error) bool {
	if err == error(returnSignal) { //nolint:errorlint // the quick case; wrapped ones below
		return true
	}
	return errors.Is(err, returnSignal)
}

// deeper counts a nested call and refuses bottomless recursion.
func (st *State) deeper(m *Macro) error {
	limit := st.MaxDepth
	if limit == 0 {
		limit = defaultDepth
	}
	if st.depth >= limit {
		return &opError{
			code: diag.TemplateRuntime,
			msg:  "macro '" + m.name + "' is called too deeply: more than " + strconv.Itoa(limit) + " calls inside one another",
			hint: "look for a macro that calls itself without an end",
		}
	}
	if err := st.tick(); err != nil {
		return err
	}
	st.depth++
	return nil
}

// bind puts the arguments into the frame's slots.
func (m *Macro) bind(f *frame, args []Value, kwargs []Kwarg) error {
	fn := m.fn
	n := min(len(args), len(fn.params))
	for i := range n {
		f.slots[fn.params[i].slot] = args[i]
	}
	used := 0
	if n < len(fn.params) || len(kwargs) > 0 {
		var err error
		if used, err = m.bindNamed(f, n, kwargs); err != nil {
			return err
		}
	}
	if len(args) > len(fn.params) {
		if fn.varargsSlot < 0 {
			return m.tooMany()
		}
		f.slots[fn.varargsSlot] = append(Tuple{}, args[n:]...)
	} else if fn.varargsSlot >= 0 {
		f.slots[fn.varargsSlot] = Tuple{}
	}
	return m.bindRest(f, n, used, kwargs)
}

func (m *Macro) tooMany() error {
	err := &opError{
		code: diag.BadCall,
		msg:  "macro '" + m.name + "' takes not more than " + strconv.Itoa(len(m.fn.params)) + " argument(s)",
	}
	return err
}

// bindNamed sets the parameters from n on, from keywords or defaults, and counts the keywords it took.
func (m *Macro) bindNamed(f *frame, n int, kwargs []Kwarg) (int, error) {
	fn := m.fn
	used := 0
	for i := n; i < len(fn.params); i++ {
		p := &fn.params[i]
		f.slots[p.slot] = unset
		for k := range kwargs {
			if kwargs[k].Name == p.name {
				f.slots[p.slot] = kwargs[k].Value
				used++
				break
			}
		}
	}
	for i := n; i < len(fn.params); i++ {
		p := &fn.params[i]
		if f.slots[p.slot] != Value(unset) {
			continue
		}
		if p.def == nil {
			f.slots[p.slot] = &Undefined{
				Name: p.name, Hint: "parameter '" + p.name + "' was not provided", mode: f.st.Undefined,
			}
			continue
		}
		v, err := p.def.eval(f)
		if err != nil {
			return 0, err
		}
		f.slots[p.slot] = v
	}
	return used, nil
}

// bindRest handles caller, kwargs and keywords that no parameter takes.
func (m *Macro) bindRest(f *frame, n, used int, kwargs []Kwarg) error {
	fn := m.fn
	if fn.callerSlot >= 0 {
		f.slots[fn.callerSlot] = &Undefined{Name: "caller", Hint: "No caller defined", mode: f.st.Undefined}
	}
	if used == len(kwargs) && fn.kwargsSlot < 0 {
		return nil
	}
	var rest *Dict
	if fn.kwargsSlot >= 0 {
		rest = NewDict()
		f.slots[fn.kwargsSlot] = rest
	}
	for _, kw := range kwargs {
		switch {
		case m.takes(n, kw.Name):
		case kw.Name == "caller" && fn.callerSlot >= 0:
			f.slots[fn.callerSlot] = kw.Value
		case rest != nil:
			rest.Set(kw.Name, kw.Value)
		default:
			return m.refuse(kw.Name, n)
		}
	}
	return nil
}

// takes reports whether the keyword went to a parameter from n on.
func (m *Macro) takes(n int, name string) bool {
	for i := n; i < len(m.fn.params); i++ {
		if m.fn.params[i].name == name {
			return true
		}
	}
	return false
}

func (m *Macro) refuse(name string, n int) error {
	e := &opError{code: diag.BadCall, msg: "macro '" + m.name + "' takes no keyword argument '" + name + "'"}
	names := make([]string, 0, len(m.fn.params))
	for i, p := range m.fn.params {
		names = append(names, p.name)
		if p.name == name && i < n {
			e.msg = "macro '" + m.name + "' got two values for argument '" + name + "'"
			return e
		}
	}
	if name == "caller" {
		e.msg = "macro '" + m.name + "' is called with a body, but never calls caller()"
		return e
	}
	e.hint = diag.DidYouMean(name, names)
	return e
}
