package jinja

import "sort"

// listMethod finds a method of list.
func listMethod(name string) method {
	switch name {
	case "append":
		return listAppend
	case "extend":
		return listExtend
	case "insert":
		return listInsert
	case "pop":
		return listPop
	case "remove":
		return listRemove
	case "index":
		return seqIndex
	case "count":
		return seqCount
	case "sort":
		return listSort
	case "reverse":
		return listReverse
	case "clear":
		return listClear
	case "copy":
		return listCopy
	}
	return nil
}

// tupleMethod finds a method of tuple.
func tupleMethod(name string) method {
	switch name {
	case "index":
		return seqIndex
	case "count":
		return seqCount
	}
	return nil
}

// one gives the only argument of a method.
func one(c *Call, name string) (Value, error) {
	if len(c.Args) != 1 || len(c.Kwargs) > 0 {
		return nil, callErrorf("%s() takes exactly one argument (%d given)", name, len(c.Args)+len(c.Kwargs))
	}
	return c.Args[0], nil
}

func none(c *Call, name string) error {
	if len(c.Args)+len(c.Kwargs) > 0 {
		return callErrorf("%s() takes no arguments (%d given)", name, len(c.Args)+len(c.Kwargs))
	}
	return nil
}

func listAppend(recv Value, c *Call) (Value, error) {
	v, err := one(c, "list.append")
	if err != nil {
		return nil, err
	}
	l := recv.(*List)
	l.Items = append(l.Items, v)
	return nil, nil
}

func listExtend(recv Value, c *Call) (Value, error) {
	v, err := one(c, "list.extend")
	if err != nil {
		return nil, err
	}
	items, err := iterate(v)
	if err != nil {
		return nil, err
	}
	l := recv.(*List)
	l.Items = append(l.Items, items...)
	return nil, nil
}

func listInsert(recv Value, c *Call) (Value, error) {
	if len(c.Args) != 2 {
		return nil, callErrorf("insert expected 2 arguments, got %d", len(c.Args))
	}
	i, ok := index(c.Args[0])
	if !ok {
		return nil, opErrorf("'%s' object cannot be interpreted as an integer", typeName(c.Args[0]))
	}
	l := recv.(*List)
	if i < 0 {
		i = max(0, i+len(l.Items))
	}
	i = min(i, len(l.Items))
	l.Items = append(l.Items, nil)
	copy(l.Items[i+1:], l.Items[i:])
	l.Items[i] = c.Args[1]
	return nil, nil
}

func listPop(recv Value, c *Call) (Value, error) {
	l := recv.(*List)
	if len(l.Items) == 0 {
		return nil, opErrorf("pop from empty list")
	}
	i := len(l.Items) - 1
	if len(c.Args) > 0 {
		k, ok := index(c.Args[0])
		if !ok {
			return nil, opErrorf("'%s' object cannot be interpreted as an integer", typeName(c.Args[0]))
		}
		if i = k; i < 0 {
			i += len(l.Items)
		}
	}
	if i < 0 || i >= len(l.Items) {
		return nil, opErrorf("pop index out of range")
	}
	v := l.Items[i]
	l.Items = append(l.Items[:i], l.Items[i+1:]...)
	return v, nil
}

func listRemove(recv Value, c *Call) (Value, error) {
	v, err := one(c, "list.remove")
	if err != nil {
		return nil, err
	}
	l := recv.(*List)
	for i, x := range l.Items {
		if Equal(x, v) {
			l.Items = append(l.Items[:i], l.Items[i+1:]...)
			return nil, nil
		}
	}
	return nil, opErrorf("list.remove(x): x not in list")
}

func seqIndex(recv Value, c *Call) (Value, error) {
	if len(c.Args) == 0 {
		return nil, callErrorf("index expected at least 1 argument, got 0")
	}
	items, _ := iterate(recv)
	start, stop := 0, len(items)
	if len(c.Args) > 1 {
		if i, ok := index(c.Args[1]); ok {
			start = clampIndex(i, len(items), 0, len(items))
		}
	}
	if len(c.Args) > 2 {
		if i, ok := index(c.Args[2]); ok {
			stop = clampIndex(i, len(items), 0, len(items))
		}
	}
	for i := start; i < stop; i++ {
		if Equal(items[i], c.Args[0]) {
			return int64(i), nil
		}
	}
	return nil, opErrorf("%s is not in %s", Repr(c.Args[0]), typeName(recv))
}

func seqCount(recv Value, c *Call) (Value, error) {
	v, err := one(c, "count")
	if err != nil {
		return nil, err
	}
	items, _ := iterate(recv)
	n := int64(0)
	for _, x := range items {
		if Equal(x, v) {
			n++
		}
	}
	return n, nil
}

func listSort(recv Value, c *Call) (Value, error) {
	l := recv.(*List)
	reverse, _ := c.Kwarg("reverse")
	key, _ := c.Kwarg("key")
	keys := l.Items
	if key != nil {
		keys = make([]Value, len(l.Items))
		for i, x := range l.Items {
			k, err := c.callBack(key, x)
			if err != nil {
				return nil, err
			}
			keys[i] = k
		}
	}
	sorted, err := sortBy(l.Items, keys, Truth(reverse))
	if err != nil {
		return nil, err
	}
	l.Items = sorted
	return nil, nil
}

func listReverse(recv Value, c *Call) (Value, error) {
	l := recv.(*List)
	for i, j := 0, len(l.Items)-1; i < j; i, j = i+1, j-1 {
		l.Items[i], l.Items[j] = l.Items[j], l.Items[i]
	}
	return nil, none(c, "list.reverse")
}

func listClear(recv Value, c *Call) (Value, error) {
	recv.(*List).Items = nil
	return nil, none(c, "list.clear")
}

func listCopy(recv Value, c *Call) (Value, error) {
	l := recv.(*List)
	return &List{append([]Value(nil), l.Items...)}, none(c, "list.copy")
}

// sortBy gives items in the order of their keys; equal ones keep their order, reversed or not.
func sortBy(items, keys []Value, reverse bool) ([]Value, error) {
	at := make([]int, len(items))
	for i := range at {
		at[i] = i
	}
	var failed error
	sort.SliceStable(at, func(i, j int) bool {
		a, b := keys[at[i]], keys[at[j]]
		if reverse {
			a, b = b, a
		}
		c, ok, err := order(a, b)
		if err != nil && failed == nil {
			if e, isOp := err.(*opError); isOp && e.msg == "" { //nolint:errorlint // order's own error is never wrapped
				err = opErrorf("'<' not supported between instances of '%s' and '%s'", typeName(b), typeName(a))
			}
			failed = err
		}
		return ok && c < 0
	})
	if failed != nil {
		return nil, failed
	}
	out := make([]Value, len(items))
	for i, k := range at {
		out[i] = items[k]
	}
	return out, nil
}
