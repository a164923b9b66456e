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
func (c *Call) Bind(params ...string) ([]Value, error) { return bindParams(c, params) }

// Errorf makes a *diag.Diagnostic at the call, with the macro stack as notes.
func (c *Call) Errorf(code diag.Code, format string, args ...any) error {
	d := diag.Errorf(code, c.Pos, format, args...)
	if c.State != nil {
		d.Notes = append(d.Notes, c.State.Stack()...)
	}
	return d
}

func bindParams(c *Call, params []string) ([]Value, error) {
	out := make([]Value, len(params))
	if len(c.Args) > len(params) {
		return nil, c.Errorf(diag.BadCall, "%s() takes at most %d arguments (%d given)", c.Name, len(params), len(c.Args))
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
		case i < len(c.Args):
			if named {
				return nil, c.Errorf(diag.BadCall, "%s() got two values for argument '%s'", c.Name, p)
			}
			out[i] = c.Args[i]
		case named:
			out[i] = kw
		case optional:
			out[i] = Missing
		default:
			return nil, c.Errorf(diag.BadCall, "%s() needs the argument '%s'", c.Name, p)
		}
	}
	if used < len(c.Kwargs) {
		return nil, unknownKwarg(c, params)
	}
	return out, nil
}

func unknownKwarg(c *Call, params []string) error {
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
			err := c.Errorf(diag.BadCall, "%s() got an unknown argument '%s'", c.Name, kw.Name)
			if d, ok := err.(*diag.Diagnostic); ok { //nolint:errorlint // made two lines above
				d.Hint = diag.DidYouMean(kw.Name, names)
			}
			return err
		}
	}
	return c.Errorf(diag.BadCall, "%s() got an argument twice", c.Name)
}

// Invoke calls a macro or function from Go. A macro gives its text, or the value of its return().
func Invoke(st *State, callee Value, args []Value, kwargs []Kwarg, pos diag.Pos) (Value, error) {
	c := &Call{State: st, Pos: pos, Args: args, Kwargs: kwargs}
	fn, ok := callee.(Callable)
	if !ok {
		return nil, c.Errorf(diag.BadCall, "a value of type %T cannot be called", callee)
	}
	return fn.Call(c)
}
