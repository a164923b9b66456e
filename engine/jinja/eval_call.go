package jinja

import (
	"context"

	"atlas/engine/diag"
)

// callArgs are the arguments of a call as written.
type callArgs struct {
	args   []expr
	kwargs []kwExpr
	star   expr // *args
	dstar  expr // **kwargs
}

// kwExpr is name=value.
type kwExpr struct {
	name string
	off  int32
	x    expr
}

// callExpr is fn(…).
type callExpr struct {
	callArgs
	fn       expr
	name     string // the callee, if it is a dotted name
	off, end int32
}

func (n *callExpr) span() (int32, int32) { return n.off, n.end }

func (n *callExpr) eval(f *frame) (Value, error) {
	v, _, err := n.call(f, nil, nil)
	return v, err
}

// call runs the call. If out is set and the callee is a macro, its text may go straight to out;
// direct tells that it did. The caller is the body of a call block, or nil.
func (n *callExpr) call(f *frame, caller Value, out *buffer) (v Value, direct bool, err error) {
	if a, ok := n.fn.(*attrExpr); ok {
		obj, err := a.x.eval(f)
		if err != nil {
			return nil, false, err
		}
		if _, isObject := obj.(Object); !isObject {
			if m := methodOf(obj, a.name); m != nil {
				v, err := n.callMethod(f, obj, m, caller)
				return v, false, err
			}
		}
		callee, err := getAttr(f, obj, a.name)
		if err != nil {
			return nil, false, f.atNode(a.x, err)
		}
		return n.callValue(f, callee, caller, out)
	}
	callee, err := n.fn.eval(f)
	if err != nil {
		return nil, false, err
	}
	return n.callValue(f, callee, caller, out)
}

func (n *callExpr) callMethod(f *frame, recv Value, m method, caller Value) (Value, error) {
	c := f.st.borrow(f)
	err := n.fill(f, c, caller)
	var v Value
	if err == nil {
		v, err = m(recv, c)
	}
	f.st.giveBack(c)
	if err != nil {
		return nil, f.at(n.off, n.end, err)
	}
	return v, nil
}

func (n *callExpr) callValue(f *frame, callee, caller Value, out *buffer) (Value, bool, error) {
	switch fn := callee.(type) {
	case *Macro:
		return n.callMacro(f, fn, caller, out)
	case *Undefined:
		if err := n.evalForEffect(f); err != nil {
			return nil, false, err
		}
		v, err := fn.again(fn.Name)
		if err != nil {
			return nil, false, n.unknown(f, fn, err)
		}
		return v, false, nil
	case Callable:
		c := &callBox{}
		c.Call.Args, c.Call.Kwargs = c.args[:0], c.kwargs[:0]
		if err := n.fill(f, &c.Call, caller); err != nil {
			return nil, false, err
		}
		c.State, c.Name, c.Pos = f.st, n.name, f.fn.t.pos(int(n.off))
		c.frame = f
		v, err := fn.Call(&c.Call)
		if err != nil {
			return nil, false, f.at(n.off, n.end, err)
		}
		return v, false, nil
	}
	return nil, false, f.at(n.off, n.end, &opError{code: diag.BadCall, msg: "'" + typeName(callee) + "' object is not callable"})
}

// evalForEffect evaluates the arguments of a call that cannot be made, as Python would.
func (n *callExpr) evalForEffect(f *frame) error {
	c := f.st.borrow(f)
	err := n.fill(f, c, nil)
	f.st.giveBack(c)
	return err
}

// unknown is the error of calling an undefined name.
func (n *callExpr) unknown(f *frame, u *Undefined, err error) error {
	err = f.atNode(n.fn, err)
	if d, ok := err.(*diag.Diagnostic); ok && d.Hint == "" && u.owner == "" { //nolint:errorlint // made just above
		d.Hint = diag.DidYouMean(u.Name, f.knownNames())
	}
	return err
}

// callBox is a Call with room for the usual number of arguments.
type callBox struct {
	Call
	args   [4]Value
	kwargs [3]Kwarg
}

// fill evaluates the arguments into c.
func (n *callArgs) fill(f *frame, c *Call, caller Value) error {
	for _, a := range n.args {
		v, err := a.eval(f)
		if err != nil {
			return err
		}
		c.Args = append(c.Args, v)
	}
	for i := range n.kwargs {
		v, err := n.kwargs[i].x.eval(f)
		if err != nil {
			return err
		}
		c.Kwargs = append(c.Kwargs, Kwarg{n.kwargs[i].name, v})
	}
	if caller != nil {
		c.Kwargs = append(c.Kwargs, Kwarg{"caller", caller})
	}
	if n.star != nil || n.dstar != nil {
		return n.spread(f, c)
	}
	return nil
}

// spread adds the arguments of *args and **kwargs.
func (n *callArgs) spread(f *frame, c *Call) error {
	if n.star != nil {
		v, err := n.star.eval(f)
		if err != nil {
			return err
		}
		items, err := iterate(v)
		if err != nil {
			return f.atNode(n.star, callErrorf("argument after * must be an iterable, not %s", typeName(v)))
		}
		c.Args = append(c.Args, items...)
	}
	if n.dstar == nil {
		return nil
	}
	v, err := n.dstar.eval(f)
	if err != nil {
		return err
	}
	d, ok := asDict(v)
	if !ok {
		return f.atNode(n.dstar, callErrorf("argument after ** must be a mapping, not %s", typeName(v)))
	}
	for k, v := range d.All() {
		name, ok := text(k)
		if !ok {
			return f.atNode(n.dstar, callErrorf("keywords must be strings"))
		}
		if _, twice := c.Kwarg(name); twice {
			return f.atNode(n.dstar, callErrorf("got multiple values for keyword argument '%s'", name))
		}
		c.Kwargs = append(c.Kwargs, Kwarg{name, v})
	}
	return nil
}

func (n *callExpr) callMacro(f *frame, m *Macro, caller Value, out *buffer) (Value, bool, error) {
	c := f.st.borrow(f)
	if err := n.fill(f, c, caller); err != nil {
		f.st.giveBack(c)
		return nil, false, err
	}
	f.st.stack = append(f.st.stack, site{macro: m.name, t: f.fn.t, off: n.off, end: n.end})
	v, direct, err := m.run(f.st, c.Args, c.Kwargs, out)
	f.st.giveBack(c)
	if err != nil {
		// The error is placed while the call is still on the stack only if it arose inside; one about
		// the arguments belongs to the call itself.
		f.st.stack = f.st.stack[:len(f.st.stack)-1]
		return nil, false, f.at(n.off, n.end, err)
	}
	f.st.stack = f.st.stack[:len(f.st.stack)-1]
	return v, direct, nil
}

// returnExpr is return(x).
type returnExpr struct {
	x        expr
	off, end int32
}

func (n *returnExpr) span() (int32, int32) { return n.off, n.end }

func (n *returnExpr) eval(f *frame) (Value, error) {
	var v Value
	if n.x != nil {
		var err error
		if v, err = n.x.eval(f); err != nil {
			return nil, err
		}
	}
	f.st.returned = v
	return nil, returnSignal
}

// tick notices from time to time that the render was cancelled.
func (st *State) tick() error {
	st.ticks++
	if st.ticks&63 != 0 || st.Ctx == nil {
		return nil
	}
	return context.Cause(st.Ctx)
}
