package jinja

import "atlas/engine/diag"

func filterMap(c *Call) (Value, error) {
	if !Truth(c.Args[0]) {
		return NewIterator("generator", nil), nil // Jinja asks nothing of a false value, not even None
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	out := make([]Value, 0, len(items))
	if len(c.Args) == 1 {
		attr, ok := c.Kwarg("attribute")
		if !ok {
			return nil, callErrorf("map requires a filter argument")
		}
		for _, kw := range c.Kwargs {
			if kw.Name != "attribute" && kw.Name != "default" {
				return nil, callErrorf("Unexpected keyword argument '%s'", kw.Name)
			}
		}
		def, given := c.Kwarg("default")
		path := newAttrPath(c, attr, def, given)
		for _, x := range items {
			v, err := path.of(x)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return NewIterator("generator", out), nil
	}
	fn, name, err := c.filterArg(1)
	if err != nil {
		return nil, err
	}
	inner := c.State.borrow(c.frame)
	defer c.State.giveBack(inner)
	inner.Name = name
	for _, x := range items {
		inner.Args = append(append(inner.Args[:0], x), c.Args[2:]...)
		inner.Kwargs = append(inner.Kwargs[:0], c.Kwargs...)
		v, err := fn(inner)
		if err != nil {
			inner.Name = ""
			return nil, err
		}
		out = append(out, v)
	}
	inner.Name = ""
	return NewIterator("generator", out), nil
}

// filterArg finds the filter that argument i names.
func (c *Call) filterArg(i int) (filterFunc, string, error) {
	name, ok := text(c.Args[i])
	if !ok {
		return nil, "", callErrorf("a filter's name must be a string, not %s", typeName(c.Args[i]))
	}
	fn := filterNamed(name)
	if fn == nil {
		return nil, "", &opError{
			code: diag.TemplateRuntime, msg: "No filter named '" + name + "'.", hint: diag.DidYouMean(name, filterNames()),
		}
	}
	return fn, name, nil
}

func filterSelect(c *Call) (Value, error)     { return selected(c, true, false) }
func filterReject(c *Call) (Value, error)     { return selected(c, false, false) }
func filterSelectAttr(c *Call) (Value, error) { return selected(c, true, true) }
func filterRejectAttr(c *Call) (Value, error) { return selected(c, false, true) }

// selected keeps the items for which a test (or plain truth) says want; byAttr tests an attribute.
func selected(c *Call, want, byAttr bool) (Value, error) {
	if !Truth(c.Args[0]) {
		return NewIterator("generator", nil), nil
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	at := 1
	path := &attrPath{}
	if byAttr {
		if len(c.Args) < 2 {
			return nil, callErrorf("Missing parameter for attribute name")
		}
		path = newAttrPath(c, c.Args[1], nil, false)
		at = 2
	}
	var test testFunc
	if len(c.Args) > at {
		if test, err = c.testArg(at); err != nil {
			return nil, err
		}
	}
	var out []Value
	inner := c.State.borrow(c.frame)
	defer c.State.giveBack(inner)
	for _, x := range items {
		v, err := path.of(x)
		if err != nil {
			return nil, err
		}
		ok := false
		if test == nil {
			ok = Truth(v)
		} else {
			inner.Args = append(append(inner.Args[:0], v), c.Args[at+1:]...)
			inner.Kwargs = append(inner.Kwargs[:0], c.Kwargs...)
			if ok, err = test(inner); err != nil {
				return nil, err
			}
		}
		if ok == want {
			out = append(out, x)
		}
	}
	return NewIterator("generator", out), nil
}

func (c *Call) testArg(i int) (testFunc, error) {
	name, ok := text(c.Args[i])
	if !ok {
		return nil, callErrorf("a test's name must be a string, not %s", typeName(c.Args[i]))
	}
	fn := testNamed(name)
	if fn == nil {
		return nil, &opError{
			code: diag.TemplateRuntime, msg: "No test named '" + name + "'.", hint: diag.DidYouMean(name, testNames()),
		}
	}
	return fn, nil
}
