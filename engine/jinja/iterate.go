package jinja

// iterate gives the items of a value that can be iterated. The slice must not be changed.
func iterate(v Value) ([]Value, error) {
	switch v := v.(type) {
	case *List:
		return v.Items, nil
	case Tuple:
		return v, nil
	case *Dict:
		return v.Keys(), nil
	case string:
		return runes(v), nil
	case Markup:
		return runes(string(v)), nil
	case *Undefined:
		if v.mode == UndefinedStrict {
			return nil, v.misuse()
		}
		return nil, nil
	case Iterable:
		return v.Iter(), nil
	}
	return nil, opErrorf("'%s' object is not iterable", typeName(v))
}

func runes(s string) []Value {
	out := make([]Value, 0, len(s))
	for _, r := range s {
		out = append(out, string(r))
	}
	return out
}

// length is len(v).
func length(v Value) (int, error) {
	switch v := v.(type) {
	case *List:
		return len(v.Items), nil
	case Tuple:
		return len(v), nil
	case *Dict:
		return v.Len(), nil
	case string:
		return runeCount(v), nil
	case Markup:
		return runeCount(string(v)), nil
	case *Undefined:
		if v.mode == UndefinedStrict {
			return 0, v.misuse()
		}
		return 0, nil
	case Sized:
		return v.Len(), nil
	}
	return 0, opErrorf("object of type '%s' has no len()", typeName(v))
}

// asDict gives a value as a dict: itself, or an Object with keys() and items.
func asDict(v Value) (*Dict, bool) {
	switch v := v.(type) {
	case *Dict:
		return v, true
	case Mapper:
		return v.Dict(), true
	}
	return nil, false
}

// Iterator is a value that can be walked once, like Python's generators: what map, select, zip
// and their like give.
type Iterator struct {
	kind  string
	items []Value
	next  int
}

// NewIterator makes an iterator over items; kind is how it prints ("<zip object>").
func NewIterator(kind string, items []Value) *Iterator {
	return &Iterator{kind: kind, items: items}
}

// Iter gives the items that are left, and uses them up.
func (it *Iterator) Iter() []Value {
	rest := it.items[it.next:]
	it.next = len(it.items)
	return rest
}

// pull gives the next item.
func (it *Iterator) pull() (Value, bool) {
	if it.next >= len(it.items) {
		return nil, false
	}
	it.next++
	return it.items[it.next-1], true
}

// Attr gives nothing but the name of its type.
func (it *Iterator) Attr(string) (Value, bool) { return nil, false }

// Truth is always true, as of every generator.
func (it *Iterator) Truth() bool { return true }

// TypeName is the Python type.
func (it *Iterator) TypeName() string { return it.kind }

// String prints the iterator as Python does, but for the address.
func (it *Iterator) String() string {
	if it.kind == "generator" {
		return "<generator object>"
	}
	return "<" + it.kind + " object>"
}
