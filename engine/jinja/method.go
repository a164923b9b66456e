package jinja

// method is a method of a built-in value.
type method func(recv Value, c *Call) (Value, error)

// boundMethod is a method taken from its value without being called yet.
type boundMethod struct {
	recv Value
	name string
	fn   method
}

// Call runs the method.
func (b *boundMethod) Call(c *Call) (Value, error) {
	v, err := b.fn(b.recv, c)
	return v, c.place(err)
}

// String is what str() of the method gives.
func (b *boundMethod) String() string {
	return "<built-in method " + b.name + " of " + typeName(b.recv) + " object>"
}

// Attr gives nothing: methods have no attributes a template would want.
func (b *boundMethod) Attr(name string) (Value, bool) {
	if name == "__name__" {
		return b.name, true
	}
	return nil, false
}

// methodOf finds a method of a value that is no dict and no Object.
func methodOf(recv Value, name string) method {
	switch recv.(type) {
	case string, Markup:
		return strMethod(name)
	case *List:
		return listMethod(name)
	case *Dict:
		return dictMethod(name)
	case Tuple:
		return tupleMethod(name)
	case int64, bool, float64:
		return numberMethod(recv, name)
	}
	return nil
}

// place gives err the place of the call, unless it has one.
func (c *Call) place(err error) error {
	if e, ok := err.(*opError); ok { //nolint:errorlint // an operation's own error is never wrapped
		d := c.diagnostic(e.code, e.msg)
		d.Hint = e.hint
		return d
	}
	return err
}
