package jinja

import "atlas/engine/diag"

// expr is a node that has a value.
type expr interface {
	eval(f *frame) (Value, error)
	// span tells where the node stands, for errors.
	span() (off, end int32)
}

// constExpr is a literal.
type constExpr struct {
	off, end int32
	v        Value
}

func (n *constExpr) eval(*frame) (Value, error) { return n.v, nil }
func (n *constExpr) span() (int32, int32)       { return n.off, n.end }

// nameExpr is a variable: slot of the frame that is up functions away.
type nameExpr struct {
	name   string
	off    int32
	slot   int32
	up     uint8
	global bool // no scope of the template sets it
}

func (n *nameExpr) span() (int32, int32) { return n.off, n.off + int32(len(n.name)) }

func (n *nameExpr) eval(f *frame) (Value, error) {
	if n.up == 0 {
		v := f.slots[n.slot]
		if m, ok := v.(*slotMark); ok {
			return f.unmarked(n, m), nil
		}
		return v, nil
	}
	v := n.raw(f)
	if m, ok := v.(*slotMark); ok {
		return f.unmarked(n, m), nil
	}
	return v, nil
}

// raw gives what the slot holds, marks included.
func (n *nameExpr) raw(f *frame) Value {
	g := f
	for i := n.up; i > 0; i-- {
		if g = g.parent; g == nil {
			return unresolved
		}
	}
	if g.slots == nil {
		return unresolved
	}
	return g.slots[n.slot]
}

// unmarked gives the value of a variable that has none of its own yet.
func (f *frame) unmarked(n *nameExpr, m *slotMark) Value {
	if m.unresolved {
		if v, ok := f.lookup(n.name); ok {
			if n.up == 0 {
				f.slots[n.slot] = v
			}
			return v
		}
	}
	return &Undefined{Name: n.name, mode: f.st.Undefined}
}

// lookup finds a name outside the template's own variables.
func (f *frame) lookup(name string) (Value, bool) {
	st := f.st
	for e := f.env; e != nil; e = e.outer {
		if e.root != nil && e.root != f {
			if v, ok := e.root.exported(name); ok {
				return v, true
			}
		}
		if e.ns != nil {
			if v, ok := e.ns.Lookup(name); ok {
				return v, true
			}
		}
	}
	if st.Macros != nil && (f.env == nil || f.env.ns == nil) {
		if v, ok := st.Macros.Lookup(name); ok {
			return v, true
		}
	}
	if st.Vars != nil {
		if v, ok := st.Vars.Lookup(name); ok {
			return v, true
		}
	}
	if name == "self" && f.env != nil && f.env.blocks != nil {
		return &selfObject{f: f}, true
	}
	return languageGlobal(name)
}

// exported gives a variable set at the top level of the frame's template.
func (f *frame) exported(name string) (Value, bool) {
	for _, e := range f.fn.exports {
		if e.name == name {
			v := f.slots[e.slot]
			_, marked := v.(*slotMark)
			return v, !marked
		}
	}
	return nil, false
}

// assign sets a variable.
func (n *nameExpr) assign(f *frame, v Value) error {
	f.slots[n.slot] = v
	return nil
}

// target is what set, for and with assign to.
type target interface {
	assign(f *frame, v Value) error
}

// tupleTarget unpacks a value.
type tupleTarget struct {
	off, end int32
	items    []target
}

func (t *tupleTarget) assign(f *frame, v Value) error {
	items, err := iterate(v)
	if err != nil {
		return f.at(t.off, t.end, opErrorf("cannot unpack non-iterable %s object", typeName(v)))
	}
	if len(items) < len(t.items) {
		return f.at(t.off, t.end, opErrorf("not enough values to unpack (expected %d, got %d)", len(t.items), len(items)))
	}
	if len(items) > len(t.items) {
		return f.at(t.off, t.end, opErrorf("too many values to unpack (expected %d)", len(t.items)))
	}
	for i, item := range t.items {
		if err := item.assign(f, items[i]); err != nil {
			return err
		}
	}
	return nil
}

// attrTarget sets an attribute of a namespace.
type attrTarget struct {
	name *nameExpr
	attr string
}

func (t *attrTarget) assign(f *frame, v Value) error {
	obj, err := t.name.eval(f)
	if err != nil {
		return err
	}
	ns, ok := obj.(*namespace)
	if !ok {
		off, end := t.name.span()
		d := f.errorAt(off, end, diag.TemplateRuntime, "cannot assign attribute on non-namespace object")
		d.Hint = "make it with namespace(" + t.attr + "=…)"
		return d
	}
	ns.vars.Set(t.attr, v)
	return nil
}
