package jinja

// Set is Python's set. It keeps the order in which its members were first added, so that output
// does not depend on chance.
type Set struct{ d *Dict }

// NewSet makes a set of the items; an item that cannot be hashed is an error.
func NewSet(items []Value) (*Set, error) {
	s := &Set{NewDict()}
	for _, x := range items {
		if err := s.d.put(x, nil); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func newDictOf(items []Value) *Dict {
	d := NewDict()
	for _, x := range items {
		d.Set(x, nil)
	}
	return d
}

// Has reports whether v is a member.
func (s *Set) Has(v Value) bool {
	_, ok := s.d.Get(v)
	return ok
}

// Iter gives the members.
func (s *Set) Iter() []Value { return s.d.Keys() }

// Len is the number of members.
func (s *Set) Len() int { return s.d.Len() }

// TypeName is the Python type.
func (s *Set) TypeName() string { return "set" }

// String prints the set as Python does.
func (s *Set) String() string {
	if s.Len() == 0 {
		return "set()"
	}
	b := append([]byte{}, '{')
	return string(append(appendReprs(b, s.Iter(), 0), '}'))
}

// Equal compares members.
func (s *Set) Equal(other Value) bool {
	o, ok := other.(*Set)
	return ok && s.Len() == o.Len() && s.within(o)
}

func (s *Set) within(o *Set) bool {
	for _, x := range s.Iter() {
		if !o.Has(x) {
			return false
		}
	}
	return true
}

// Compare orders sets by inclusion, where one includes the other.
func (s *Set) Compare(other Value) (int, bool) {
	o, ok := other.(*Set)
	switch {
	case !ok:
		return 0, false
	case s.Equal(o):
		return 0, true
	case s.within(o):
		return -1, true
	case o.within(s):
		return 1, true
	}
	return 0, false
}

// Arith is set difference; the other operators have no place in a template's grammar.
func (s *Set) Arith(op string, other Value, reflected bool) (Value, bool, error) {
	items, err := iterate(other)
	if _, isSet := other.(*Set); op != "-" || err != nil || !isSet {
		if _, isView := other.(*dictView); op != "-" || !isView {
			return nil, false, nil
		}
	}
	a, b := s, &Set{newDictOf(items)}
	if reflected {
		a, b = b, a
	}
	return a.minus(b), true, nil
}

func (s *Set) minus(o *Set) *Set {
	out := &Set{NewDict()}
	for _, x := range s.Iter() {
		if !o.Has(x) {
			out.d.Set(x, nil)
		}
	}
	return out
}

func (s *Set) and(o *Set) *Set {
	out := &Set{NewDict()}
	for _, x := range s.Iter() {
		if o.Has(x) {
			out.d.Set(x, nil)
		}
	}
	return out
}

func (s *Set) or(o *Set) *Set {
	out := &Set{s.d.Copy()}
	for _, x := range o.Iter() {
		out.d.Set(x, nil)
	}
	return out
}

// Attr gives the methods of set.
func (s *Set) Attr(name string) (Value, bool) {
	if fn := s.change(name); fn != nil {
		return fn, true
	}
	var combine func(acc, o *Set) *Set
	switch name {
	case "union":
		combine = (*Set).or
	case "intersection":
		combine = (*Set).and
	case "difference":
		combine = (*Set).minus
	case "symmetric_difference":
		combine = func(a, b *Set) *Set { return a.minus(b).or(b.minus(a)) }
	case "issubset", "issuperset", "isdisjoint":
		return s.relation(name), true
	case "copy":
		combine = (*Set).or
	default:
		return nil, false
	}
	return Func(func(c *Call) (Value, error) {
		acc := &Set{s.d.Copy()}
		for _, arg := range c.Args {
			items, err := iterate(arg)
			if err != nil {
				return nil, err
			}
			acc = combine(acc, &Set{newDictOf(items)})
		}
		return acc, nil
	}), true
}

func (s *Set) relation(name string) Func {
	return func(c *Call) (Value, error) {
		v, err := one(c, "set."+name)
		if err != nil {
			return nil, err
		}
		items, err := iterate(v)
		if err != nil {
			return nil, err
		}
		o := &Set{newDictOf(items)}
		switch name {
		case "issubset":
			return s.within(o), nil
		case "issuperset":
			return o.within(s), nil
		default:
			return s.and(o).Len() == 0, nil
		}
	}
}

// change gives the methods that change the set.
func (s *Set) change(name string) Func {
	switch name {
	case "add":
		return func(c *Call) (Value, error) {
			v, err := one(c, "set.add")
			if err != nil {
				return nil, err
			}
			return nil, s.d.put(v, nil)
		}
	case "update":
		return func(c *Call) (Value, error) {
			for _, arg := range c.Args {
				items, err := iterate(arg)
				if err != nil {
					return nil, err
				}
				for _, x := range items {
					if err := s.d.put(x, nil); err != nil {
						return nil, err
					}
				}
			}
			return nil, nil
		}
	case "remove", "discard":
		return func(c *Call) (Value, error) {
			v, err := one(c, "set."+name)
			if err != nil {
				return nil, err
			}
			if name == "remove" && !s.Has(v) {
				return nil, opErrorf("the set has no member %s", Repr(v))
			}
			s.d.Delete(v)
			return nil, nil
		}
	case "pop":
		return func(*Call) (Value, error) {
			if s.Len() == 0 {
				return nil, opErrorf("pop from an empty set")
			}
			k := s.d.entries[0].key
			s.d.Delete(k)
			return k, nil
		}
	case "clear":
		return func(*Call) (Value, error) {
			s.d.clear()
			return nil, nil
		}
	}
	return nil
}
