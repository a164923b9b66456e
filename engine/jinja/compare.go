package jinja

import (
	"strings"
)

// compareExpr is a < b <= c …
type compareExpr struct {
	l   expr
	ops []compareOp
}

type compareOp struct {
	op tokenKind // tokEq … tokGe, or tokName for in, tokTilde for not in
	r  expr
}

// The kinds that stand for "in" and "not in".
const (
	opIn    = tokName
	opNotIn = tokTilde
)

func (n *compareExpr) span() (int32, int32) { return spanOf(n.l, n.ops[len(n.ops)-1].r) }

func (n *compareExpr) eval(f *frame) (Value, error) {
	l, err := n.l.eval(f)
	if err != nil {
		return nil, err
	}
	ok := true
	for i := range n.ops {
		r, err := n.ops[i].r.eval(f)
		if err != nil {
			return nil, err
		}
		if ok, err = compareValues(n.ops[i].op, l, r); err != nil {
			return nil, f.atNode(n, err)
		}
		if !ok {
			return false, nil
		}
		l = r
	}
	return ok, nil
}

func compareValues(op tokenKind, l, r Value) (bool, error) {
	switch op {
	case tokEq, tokNe:
		if u, ok := l.(*Undefined); ok && u.mode == UndefinedStrict {
			return false, u.misuse()
		}
		return Equal(l, r) == (op == tokEq), nil
	case opIn, opNotIn:
		ok, err := contains(r, l)
		return ok == (op == opIn), err
	}
	c, ordered, err := order(l, r)
	if err != nil {
		if e, ok := err.(*opError); ok && e.msg == "" { //nolint:errorlint // order's own error is never wrapped
			return false, opErrorf("'%s' not supported between instances of '%s' and '%s'", compareName(op), typeName(l), typeName(r))
		}
		return false, err
	}
	if !ordered {
		return false, nil
	}
	switch op {
	case tokLt:
		return c < 0, nil
	case tokLe:
		return c <= 0, nil
	case tokGt:
		return c > 0, nil
	default:
		return c >= 0, nil
	}
}

func compareName(op tokenKind) string {
	switch op {
	case tokLt:
		return "<"
	case tokLe:
		return "<="
	case tokGt:
		return ">"
	default:
		return ">="
	}
}

// order compares two values. ordered is false for NaN. An error without text means the types
// cannot be compared.
func order(l, r Value) (c int, ordered bool, err error) {
	if x, y, kind := numberPair(l, r); kind != numNone {
		c, ordered = compareNumbers(x, y, kind)
		return c, ordered, nil
	}
	if a, ok := text(l); ok {
		if b, ok := text(r); ok {
			return strings.Compare(a, b), true, nil
		}
	}
	switch a := l.(type) {
	case *List:
		if b, ok := r.(*List); ok {
			return orderItems(a.Items, b.Items)
		}
	case Tuple:
		if b, ok := r.(Tuple); ok {
			return orderItems(a, b)
		}
	case Comparer:
		if c, ok := a.Compare(r); ok {
			return c, true, nil
		}
	case *Undefined:
		return 0, false, a.misuse()
	}
	if u, ok := r.(*Undefined); ok {
		return 0, false, u.misuse()
	}
	if b, ok := r.(Comparer); ok {
		if c, ok := b.Compare(l); ok {
			return -c, true, nil
		}
	}
	return 0, false, &opError{code: "AT0202"}
}

func orderItems(a, b []Value) (int, bool, error) {
	for i := range min(len(a), len(b)) {
		if Equal(a[i], b[i]) {
			continue
		}
		c, ok, err := order(a[i], b[i])
		if e, isOp := err.(*opError); isOp && e.msg == "" { //nolint:errorlint // order's own error is never wrapped
			err = opErrorf("'<' not supported between instances of '%s' and '%s'", typeName(a[i]), typeName(b[i]))
		}
		return c, ok, err
	}
	return len(a) - len(b), true, nil
}

// Equal is Python's ==.
func Equal(a, b Value) bool {
	switch x := a.(type) {
	case string:
		y, ok := text(b)
		return ok && x == y
	case Markup:
		y, ok := text(b)
		return ok && string(x) == y
	case nil:
		return b == nil
	case *List:
		y, ok := b.(*List)
		return ok && (x == y || equalItems(x.Items, y.Items))
	case Tuple:
		y, ok := b.(Tuple)
		return ok && equalItems(x, y)
	case *Dict:
		y, ok := b.(*Dict)
		return ok && equalDicts(x, y)
	case *Undefined:
		_, ok := b.(*Undefined)
		return ok
	case Equaler:
		return x.Equal(b)
	}
	if x, y, kind := numberPair(a, b); kind != numNone {
		c, ordered := compareNumbers(x, y, kind)
		return ordered && c == 0
	}
	if y, ok := b.(Equaler); ok {
		return y.Equal(a)
	}
	return identical(a, b)
}

func equalItems(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalDicts(a, b *Dict) bool {
	if a == b {
		return true
	}
	if a.Len() != b.Len() {
		return false
	}
	for k, v := range a.All() {
		w, ok := b.Get(k)
		if !ok || !Equal(v, w) {
			return false
		}
	}
	return true
}

// contains is item in container.
func contains(container, item Value) (bool, error) {
	switch c := container.(type) {
	case string:
		return textContains(c, item)
	case Markup:
		return textContains(string(c), item)
	case *List:
		return containsItem(c.Items, item), nil
	case Tuple:
		return containsItem(c, item), nil
	case *Dict:
		if err := hashable(item); err != nil {
			return false, err
		}
		_, ok := c.Get(item)
		return ok, nil
	case *Set:
		return c.Has(item), nil
	case *rangeValue:
		return c.has(item), nil
	case Container:
		return c.Contains(item), nil
	}
	items, err := iterate(container)
	if err != nil {
		if u, ok := container.(*Undefined); ok {
			return false, u.misuse()
		}
		return false, opErrorf("argument of type '%s' is not iterable", typeName(container))
	}
	return containsItem(items, item), nil
}

func textContains(s string, item Value) (bool, error) {
	t, ok := text(item)
	if !ok {
		if u, ok := item.(*Undefined); ok {
			return false, u.misuse()
		}
		return false, opErrorf("'in <string>' requires string as left operand, not %s", typeName(item))
	}
	return strings.Contains(s, t), nil
}

func containsItem(items []Value, item Value) bool {
	for _, x := range items {
		if Equal(x, item) {
			return true
		}
	}
	return false
}
