package jinja

import (
	"math/big"
	"strings"
)

// languageGlobal gives a name that every template knows.
func languageGlobal(name string) (Value, bool) {
	switch name {
	case "range":
		return Func(rangeFunc), true
	case "dict":
		return Func(dictFunc), true
	case "namespace":
		return Func(namespaceFunc), true
	case "cycler":
		return Func(cyclerFunc), true
	case "joiner":
		return Func(joinerFunc), true
	case "lipsum":
		return Func(lipsumFunc), true
	}
	return nil, false
}

// globalNames are the names of languageGlobal.
func globalNames() []string {
	return []string{"range", "dict", "namespace", "cycler", "joiner", "lipsum", "loop", "caller", "return"}
}

// knownNames lists the names that the frame can see, as far as its scopes tell.
func (f *frame) knownNames() []string {
	names := globalNames()
	add := func(s Scope) {
		if n, ok := s.(interface{ Names() []string }); ok {
			names = append(names, n.Names()...)
		}
	}
	for g := f; g != nil; g = g.parent {
		if g.fn != nil {
			for _, e := range g.fn.exports {
				names = append(names, e.name)
			}
		}
	}
	if f.env != nil && f.env.ns != nil {
		add(f.env.ns)
	} else if f.st.Macros != nil {
		add(f.st.Macros)
	}
	if f.st.Vars != nil {
		add(f.st.Vars)
	}
	return names
}

// rangeValue is Python's range.
type rangeValue struct{ start, stop, step int64 }

// maxRange keeps a range from filling the memory.
const maxRange = 1_000_000

func rangeFunc(c *Call) (Value, error) {
	if len(c.Args) == 0 || len(c.Args) > 3 || len(c.Kwargs) > 0 {
		return nil, callErrorf("range expected 1 to 3 arguments, got %d", len(c.Args)+len(c.Kwargs))
	}
	var n [3]int64
	for i, a := range c.Args {
		k, ok := index(a)
		if !ok {
			if u, ok := a.(*Undefined); ok {
				return nil, u.misuse()
			}
			return nil, opErrorf("'%s' object cannot be interpreted as an integer", typeName(a))
		}
		n[i] = int64(k)
	}
	r := &rangeValue{stop: n[0], step: 1}
	if len(c.Args) > 1 {
		r.start, r.stop = n[0], n[1]
	}
	if len(c.Args) > 2 {
		r.step = n[2]
	}
	if r.step == 0 {
		return nil, opErrorf("range() arg 3 must not be zero")
	}
	if r.Len() > maxRange {
		return nil, opErrorf("the range has %d items; at most %d are allowed", r.Len(), maxRange)
	}
	return r, nil
}

// Len is the number of items.
func (r *rangeValue) Len() int {
	switch {
	case r.step > 0 && r.start < r.stop:
		return int((r.stop-r.start-1)/r.step + 1)
	case r.step < 0 && r.start > r.stop:
		return int((r.start-r.stop-1)/-r.step + 1)
	}
	return 0
}

// Iter gives the items.
func (r *rangeValue) Iter() []Value {
	out := make([]Value, r.Len())
	for i := range out {
		out[i] = r.start + int64(i)*r.step
	}
	return out
}

func (r *rangeValue) has(v Value) bool {
	n := toNumber(v)
	if n.kind == numFloat && n.f == float64(int64(n.f)) {
		n = number{kind: numInt, i: int64(n.f)}
	}
	if n.kind != numInt || (n.i-r.start)%r.step != 0 {
		return false
	}
	i := (n.i - r.start) / r.step
	return i >= 0 && i < int64(r.Len())
}

// Item gives an item by its position.
func (r *rangeValue) Item(key Value) (Value, bool) {
	i, ok := index(key)
	if i < 0 {
		i += r.Len()
	}
	if !ok || i < 0 || i >= r.Len() {
		return nil, false
	}
	return r.start + int64(i)*r.step, true
}

// Attr gives start, stop and step.
func (r *rangeValue) Attr(name string) (Value, bool) {
	switch name {
	case "start":
		return r.start, true
	case "stop":
		return r.stop, true
	case "step":
		return r.step, true
	}
	return nil, false
}

// Equal compares the items.
func (r *rangeValue) Equal(other Value) bool {
	o, ok := other.(*rangeValue)
	return ok && equalItems(r.Iter(), o.Iter())
}

// TypeName is the Python type.
func (r *rangeValue) TypeName() string { return "range" }

// String prints the range as Python does.
func (r *rangeValue) String() string {
	s := "range(" + Str(r.start) + ", " + Str(r.stop)
	if r.step != 1 {
		s += ", " + Str(r.step)
	}
	return s + ")"
}

func dictFunc(c *Call) (Value, error) {
	d := NewDict()
	if len(c.Args) > 1 {
		return nil, callErrorf("dict expected at most 1 argument, got %d", len(c.Args))
	}
	for _, v := range c.Args {
		if u, ok := v.(*Undefined); ok && u.mode == UndefinedStrict {
			return nil, u.misuse()
		}
		if err := updateDict(d, v); err != nil {
			return nil, err
		}
	}
	for _, kw := range c.Kwargs {
		d.Set(kw.Name, kw.Value)
	}
	return d, nil
}

// namespace is what namespace() gives: an object whose attributes {% set ns.x = … %} can set.
type namespace struct{ vars *Dict }

func namespaceFunc(c *Call) (Value, error) {
	d, err := dictFunc(c)
	if err != nil {
		return nil, err
	}
	return &namespace{d.(*Dict)}, nil
}

// Attr gives an attribute.
func (n *namespace) Attr(name string) (Value, bool) { return n.vars.GetStr(name) }

// TypeName is the Python type.
func (n *namespace) TypeName() string { return "Namespace" }

// String prints the namespace as Jinja does.
func (n *namespace) String() string { return "<Namespace " + Repr(n.vars) + ">" }

// cycler gives its items in turn.
type cycler struct {
	items []Value
	at    int
}

func cyclerFunc(c *Call) (Value, error) {
	if len(c.Args) == 0 {
		return nil, callErrorf("at least one item has to be provided")
	}
	return &cycler{items: append([]Value(nil), c.Args...)}, nil
}

// Attr gives current, next and reset.
func (y *cycler) Attr(name string) (Value, bool) {
	switch name {
	case "current":
		return y.items[y.at], true
	case "next":
		return Func(func(*Call) (Value, error) {
			v := y.items[y.at]
			y.at = (y.at + 1) % len(y.items)
			return v, nil
		}), true
	case "reset":
		return Func(func(*Call) (Value, error) {
			y.at = 0
			return nil, nil
		}), true
	}
	return nil, false
}

func joinerFunc(c *Call) (Value, error) {
	var sep Value = ", "
	if v, ok := c.Arg(0, "sep"); ok {
		sep = v
	}
	used := false
	return Func(func(*Call) (Value, error) {
		if !used {
			used = true
			return "", nil
		}
		return sep, nil
	}), nil
}

// lipsumFunc gives filler text, the same every time.
func lipsumFunc(c *Call) (Value, error) {
	n := 5
	if v, ok := c.Arg(0, "n"); ok {
		if i, ok := index(v); ok {
			n = max(0, min(i, 100))
		}
	}
	const words = "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua."
	paragraphs := make([]string, n)
	for i := range paragraphs {
		paragraphs[i] = "<p>" + words + "</p>"
	}
	return Markup(strings.Join(paragraphs, "\n")), nil
}

// numberMethod finds a method of a number.
func numberMethod(recv Value, name string) method {
	_, isFloat := recv.(float64)
	switch {
	case name == "is_integer":
		return func(recv Value, c *Call) (Value, error) {
			f := toNumber(recv).float()
			return f == float64(int64(f)), none(c, name)
		}
	case name == "bit_length" && !isFloat:
		return func(recv Value, c *Call) (Value, error) {
			return int64(toNumber(recv).big().BitLen()), none(c, name)
		}
	case name == "conjugate":
		return func(recv Value, c *Call) (Value, error) { return recv, none(c, name) }
	}
	return nil
}

// numberAttr gives an attribute of a number.
func numberAttr(v Value, name string) (Value, bool) {
	n := toNumber(v)
	if n.kind == numNone {
		return nil, false
	}
	switch name {
	case "real":
		return v, true
	case "imag":
		return int64(0), true
	case "numerator":
		if n.kind != numFloat {
			return normal(new(big.Int).Set(n.big())), true
		}
	case "denominator":
		if n.kind != numFloat {
			return int64(1), true
		}
	}
	return nil, false
}
