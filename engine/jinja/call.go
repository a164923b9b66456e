package jinja

import (
	"atlas/engine/diag"
)

// Call is one call of a Callable.
type Call struct {
	// State is the caller's render.
	State *State
	// Pos is where the call stands.
	Pos diag.Pos
	// Name is the callee as written ("adapter.dispatch"), or empty.
	Name string
	// Args are the positional arguments.
	Args []Value
	// Kwargs are the keyword arguments in order.
	Kwargs []Kwarg

	frame *frame // the calling frame, if a template calls
}

// Kwarg is one keyword argument.
type Kwarg struct {
	Name  string
	Value Value
}

// Kwarg gives the keyword argument of that name.
func (c *Call) Kwarg(name string) (Value, bool) {
	for i := range c.Kwargs {
		if c.Kwargs[i].Name == name {
			return c.Kwargs[i].Value, true
		}
	}
	return nil, false
}

// Arg gives positional argument i or else the keyword argument of that name.
func (c *Call) Arg(i int, name string) (Value, bool) {
	if i < len(c.Args) {
		return c.Args[i], true
	}
	return c.Kwarg(name)
}

// Bind matches the arguments against parameter names; "name?" is optional and gives Missing when
// left out. Unknown, repeated, missing and surplus arguments are errors with code BadCall.
func (c *Call) Bind(params ...string) ([]Value, error) {
	v, err := c.bind(params...)
	return v, c.place(err)
}

// Errorf makes a *diag.Diagnostic at the call, with the macro stack as notes.
func (c *Call) Errorf(code diag.Code, format string, args ...any) error {
	d := diag.Errorf(code, c.Pos, format, args...)
	d.Len = c.width()
	if c.State != nil && !c.Pos.IsZero() {
		d.Notes = append(d.Notes, c.State.Stack()...)
	}
	return d
}

// width is a guess at the width of the call: its name.
func (c *Call) width() int {
	if c.Name == "" {
		return 1
	}
	return runeCount(c.Name)
}

func (c *Call) diagnostic(code diag.Code, msg string) *diag.Diagnostic {
	d := diag.Errorf(code, c.Pos, "%s", msg)
	d.Len = c.width()
	if c.State != nil && !c.Pos.IsZero() {
		d.Notes = append(d.Notes, c.State.Stack()...)
	}
	return d
}

// Call calls another value with the same render, from the same place: a macro, a caller, a function.
func (c *Call) Call(callee Value, args []Value, kwargs []Kwarg) (Value, error) {
	return Invoke(c.State, callee, args, kwargs, c.Pos)
}

// callBack calls a value that was given as an argument.
func (c *Call) callBack(callee Value, args ...Value) (Value, error) {
	return Invoke(c.State, callee, args, nil, c.Pos)
}

// callee is the function's name for error texts.
func (c *Call) callee() string {
	if c.Name == "" {
		return "the function"
	}
	return c.Name + "()"
}

// bind is Bind with errors that have no place yet.
func (c *Call) bind(params ...string) ([]Value, error) {
	out := make([]Value, len(params))
	if len(c.Args) > len(params) {
		return nil, callErrorf("%s takes at most %s (%d given)", c.callee(), plural(int64(len(params)), "argument"), len(c.Args))
	}
	used := 0
	for i, p := range params {
		optional := p[len(p)-1] == '?'
		if optional {
			p = p[:len(p)-1]
		}
		kw, named := c.Kwarg(p)
		if named {
			used++
		}
		switch {
		case i < len(c.Args) && named:
			return nil, callErrorf("%s got two values for argument '%s'", c.callee(), p)
		case i < len(c.Args):
			out[i] = c.Args[i]
		case named:
			out[i] = kw
		case optional:
			out[i] = Missing
		default:
			return nil, callErrorf("%s needs the argument '%s'", c.callee(), p)
		}
	}
	if used < len(c.Kwargs) {
		return nil, c.unknownKwarg(params)
	}
	return out, nil
}

func (c *Call) unknownKwarg(params []string) error {
	names := make([]string, len(params))
	for i, p := range params {
		if p[len(p)-1] == '?' {
			p = p[:len(p)-1]
		}
		names[i] = p
	}
	for _, kw := range c.Kwargs {
		known := false
		for _, n := range names {
			known = known || n == kw.Name
		}
		if !known {
			return &opError{
				code: diag.BadCall, msg: c.callee() + " got an unknown argument '" + kw.Name + "'",
				hint: diag.DidYouMean(kw.Name, names),
			}
		}
	}
	return callErrorf("%s got an argument twice", c.callee())
}

// Invoke calls a macro or function from Go. A macro gives its text, or the value of its return().
func Invoke(st *State, callee Value, args []Value, kwargs []Kwarg, pos diag.Pos) (Value, error) {
	c := &Call{State: st, Pos: pos, Args: args, Kwargs: kwargs}
	switch fn := callee.(type) {
	case *Undefined:
		return nil, c.place(fn.misuse())
	case Callable:
		v, err := fn.Call(c)
		return v, c.place(err)
	}
	return nil, c.Errorf(diag.BadCall, "'%s' object is not callable", typeName(callee))
}

func plural(n int64, what string) string {
	if n != 1 && n != -1 {
		what += "s"
	}
	return Str(n) + " " + what
}
