package jinja

import "math/big"

// attrExpr is x.name.
type attrExpr struct {
	x        expr
	name     string
	off, end int32
}

func (n *attrExpr) span() (int32, int32) { return n.off, n.end }

func (n *attrExpr) eval(f *frame) (Value, error) {
	obj, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	v, err := getAttr(f, obj, n.name)
	if err != nil {
		return nil, f.atNode(n.x, err)
	}
	return v, nil
}

// itemExpr is x[key].
type itemExpr struct {
	x, key   expr
	off, end int32
}

func (n *itemExpr) span() (int32, int32) { return n.off, n.end }

func (n *itemExpr) eval(f *frame) (Value, error) {
	obj, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	key, err := n.key.eval(f)
	if err != nil {
		return nil, err
	}
	v, err := getItem(f.st.Undefined, obj, key)
	if err != nil {
		return nil, f.atNode(n.x, err)
	}
	return v, nil
}

// sliceExpr is x[low:high:step]; any part may be nil.
type sliceExpr struct {
	x               expr
	low, high, step expr
	off, end        int32
}

func (n *sliceExpr) span() (int32, int32) { return n.off, n.end }

func (n *sliceExpr) eval(f *frame) (Value, error) {
	obj, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	var parts [3]Value
	for i, e := range [3]expr{n.low, n.high, n.step} {
		if e == nil {
			continue
		}
		if parts[i], err = e.eval(f); err != nil {
			return nil, err
		}
	}
	v, err := slice(obj, parts[0], parts[1], parts[2])
	if err != nil {
		return nil, f.at(n.off, n.end, err)
	}
	return v, nil
}

// getAttr is obj.name: an attribute or method first, then an item.
func getAttr(f *frame, obj Value, name string) (Value, error) {
	switch o := obj.(type) {
	case *Dict:
		if m := dictMethod(name); m != nil {
			return &boundMethod{recv: obj, name: name, fn: m}, nil
		}
		if v, ok := o.GetStr(name); ok {
			return v, nil
		}
		return f.undefinedAttr(obj, name), nil
	case *Undefined:
		return o.again(name)
	case Object:
		if v, ok := o.Attr(name); ok {
			return v, nil
		}
		if ix, ok := obj.(Indexer); ok {
			if v, ok := ix.Item(name); ok {
				return v, nil
			}
		}
		return f.undefinedAttr(obj, name), nil
	}
	if m := methodOf(obj, name); m != nil {
		return &boundMethod{recv: obj, name: name, fn: m}, nil
	}
	if v, ok := numberAttr(obj, name); ok {
		return v, nil
	}
	return f.undefinedAttr(obj, name), nil
}

// getItem is obj[key]: an item first, then an attribute.
func getItem(mode UndefinedMode, obj, key Value) (Value, error) {
	switch o := obj.(type) {
	case *Dict:
		if v, ok := o.Get(key); ok {
			return v, nil
		}
		if s, ok := text(key); ok {
			if m := dictMethod(s); m != nil {
				return &boundMethod{recv: obj, name: s, fn: m}, nil
			}
		}
		return undefinedItem(mode, obj, key), nil
	case *List:
		return seqItem(mode, obj, o.Items, key)
	case Tuple:
		return seqItem(mode, obj, o, key)
	case string:
		return strItem(mode, obj, o, key)
	case Markup:
		v, err := strItem(mode, obj, string(o), key)
		if s, ok := v.(string); ok {
			return Markup(s), err
		}
		return v, err
	case *Undefined:
		name, _ := text(key)
		return o.again(name)
	case Indexer:
		if v, ok := o.Item(key); ok {
			return v, nil
		}
	}
	if s, ok := text(key); ok {
		if o, ok := obj.(Object); ok {
			if v, ok := o.Attr(s); ok {
				return v, nil
			}
		} else if m := methodOf(obj, s); m != nil {
			return &boundMethod{recv: obj, name: s, fn: m}, nil
		}
	}
	return undefinedItem(mode, obj, key), nil
}

func seqItem(mode UndefinedMode, obj Value, items []Value, key Value) (Value, error) {
	if i, ok := index(key); ok {
		if i < 0 {
			i += len(items)
		}
		if i >= 0 && i < len(items) {
			return items[i], nil
		}
	} else if s, ok := text(key); ok {
		if m := methodOf(obj, s); m != nil {
			return &boundMethod{recv: obj, name: s, fn: m}, nil
		}
	}
	return undefinedItem(mode, obj, key), nil
}

func strItem(mode UndefinedMode, obj Value, s string, key Value) (Value, error) {
	i, ok := index(key)
	if !ok {
		if name, ok := text(key); ok {
			if m := methodOf(obj, name); m != nil {
				return &boundMethod{recv: obj, name: name, fn: m}, nil
			}
		}
		return undefinedItem(mode, obj, key), nil
	}
	if isASCII(s) {
		if i < 0 {
			i += len(s)
		}
		if i >= 0 && i < len(s) {
			return s[i : i+1], nil
		}
		return undefinedItem(mode, obj, key), nil
	}
	r := []rune(s)
	if i < 0 {
		i += len(r)
	}
	if i >= 0 && i < len(r) {
		return string(r[i]), nil
	}
	return undefinedItem(mode, obj, key), nil
}

// index gives a key as a position.
func index(key Value) (int, bool) {
	switch k := key.(type) {
	case int64:
		return int(k), true
	case bool:
		if k {
			return 1, true
		}
		return 0, true
	case Number:
		if i, ok := k.Int(); ok {
			n, ok := i.(int64)
			return int(n), ok
		}
	}
	return 0, false
}

// slice is obj[low:high:step]; nil parts are left out.
func slice(obj, low, high, step Value) (Value, error) {
	switch o := obj.(type) {
	case *List:
		items, err := sliceOf(o.Items, low, high, step)
		return &List{items}, err
	case Tuple:
		items, err := sliceOf([]Value(o), low, high, step)
		return Tuple(items), err
	case string:
		return sliceText(o, low, high, step)
	case Markup:
		s, err := sliceText(string(o), low, high, step)
		return Markup(s), err
	case *rangeValue:
		items, err := sliceOf(o.Iter(), low, high, step)
		return &List{items}, err
	case *Undefined:
		v, err := o.again(o.Name)
		return v, err
	}
	if _, ok := obj.(Indexer); ok {
		if it, ok := obj.(Iterable); ok {
			items, err := sliceOf(it.Iter(), low, high, step)
			return &List{items}, err
		}
	}
	return nil, opErrorf("'%s' object is not subscriptable", typeName(obj))
}

func sliceText(s string, low, high, step Value) (string, error) {
	if isASCII(s) && step == nil {
		a, b, _, err := sliceBounds(len(s), low, high, step)
		if err != nil || a >= b {
			return "", err
		}
		return s[a:b], nil
	}
	r, err := sliceOf([]rune(s), low, high, step)
	return string(r), err
}

func sliceOf[T any](items []T, low, high, step Value) ([]T, error) {
	a, b, by, err := sliceBounds(len(items), low, high, step)
	if err != nil {
		return nil, err
	}
	out := []T{}
	if by == 1 {
		if a < b {
			out = append(out, items[a:b]...)
		}
		return out, nil
	}
	for i := a; by > 0 && i < b || by < 0 && i > b; i += by {
		out = append(out, items[i])
	}
	return out, nil
}

// sliceBounds works as Python's slice.indices.
func sliceBounds(n int, low, high, step Value) (start, stop, by int, err error) {
	by = 1
	if step != nil {
		if by, err = sliceIndex(step); err != nil {
			return 0, 0, 0, err
		}
		if by == 0 {
			return 0, 0, 0, opErrorf("slice step cannot be zero")
		}
	}
	start, stop = 0, n
	least, most := 0, n
	if by < 0 {
		least, most = -1, n-1
		start, stop = most, least
	}
	if low != nil {
		if start, err = sliceIndex(low); err != nil {
			return 0, 0, 0, err
		}
		start = clampIndex(start, n, least, most)
	}
	if high != nil {
		if stop, err = sliceIndex(high); err != nil {
			return 0, 0, 0, err
		}
		stop = clampIndex(stop, n, least, most)
	}
	return start, stop, by, nil
}

func clampIndex(i, n, least, most int) int {
	if i < 0 {
		i += n
	}
	return max(least, min(i, most))
}

func sliceIndex(v Value) (int, error) {
	if i, ok := index(v); ok {
		return i, nil
	}
	if b, ok := v.(*big.Int); ok {
		if b.Sign() < 0 {
			return -1 << 60, nil
		}
		return 1 << 60, nil
	}
	if u, ok := v.(*Undefined); ok {
		return 0, u.misuse()
	}
	return 0, opErrorf("slice indices must be integers or None or have an __index__ method")
}
