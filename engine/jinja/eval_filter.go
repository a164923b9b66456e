package jinja

// filterFunc is a filter; its first argument is the value it is applied to. It must not keep the
// Call or its slices.
type filterFunc func(c *Call) (Value, error)

// filterExpr is x|name(…).
type filterExpr struct {
	callArgs
	x        expr
	name     string
	fn       filterFunc
	off, end int32
	at       int32 // where the name stands
}

func (n *filterExpr) span() (int32, int32) { return n.off, n.end }

func (n *filterExpr) eval(f *frame) (Value, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	c := f.st.borrow(f)
	c.Args = append(c.Args, v)
	if len(n.args)+len(n.kwargs) > 0 || n.star != nil || n.dstar != nil {
		err = n.fill(f, c, nil)
	}
	if err == nil {
		c.Name = n.name
		v, err = n.fn(c)
		c.Name = ""
	}
	f.st.giveBack(c)
	if err != nil {
		return nil, f.at(n.at, n.end, err)
	}
	return v, nil
}

// testFunc is a test; its first argument is the value that is tested.
type testFunc func(c *Call) (bool, error)

// testExpr is x is name(…).
type testExpr struct {
	callArgs
	x        expr
	name     string
	fn       testFunc
	off, end int32
}

func (n *testExpr) span() (int32, int32) { return n.off, n.end }

func (n *testExpr) eval(f *frame) (Value, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	c := f.st.borrow(f)
	c.Args = append(c.Args, v)
	if len(n.args)+len(n.kwargs) > 0 || n.star != nil || n.dstar != nil {
		err = n.fill(f, c, nil)
	}
	ok := false
	if err == nil {
		ok, err = n.fn(c)
	}
	f.st.giveBack(c)
	if err != nil {
		return nil, f.at(n.off, n.end, err)
	}
	return ok, nil
}
