package jinja

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// attrPath is an attribute named in a filter: "a.b.0".
type attrPath struct {
	parts []Value
	def   Value
	given bool // there is a default
	mode  UndefinedMode
	frame *frame
}

func newAttrPath(c *Call, attr, def Value, given bool) *attrPath {
	p := &attrPath{def: def, given: given && def != nil, mode: c.mode(), frame: c.frame}
	s, ok := text(attr)
	if !ok {
		if attr != nil {
			p.parts = []Value{attr}
		}
		return p
	}
	for _, part := range strings.Split(s, ".") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil && isDigit(part[0]) {
			p.parts = append(p.parts, n)
		} else {
			p.parts = append(p.parts, part)
		}
	}
	return p
}

func (p *attrPath) of(v Value) (Value, error) {
	for _, part := range p.parts {
		var err error
		if v, err = getItem(p.mode, v, part); err != nil {
			return nil, err
		}
		if _, undefined := v.(*Undefined); undefined && p.given {
			v = p.def
		}
	}
	return v, nil
}

// items gives the values of a filter's sequence.
func (c *Call) items() ([]Value, error) { return iterate(c.Args[0]) }

func filterJoin(c *Call) (Value, error) {
	if err := c.limit("d", "attribute"); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	sep := c.opt(1, "d", "")
	var path *attrPath
	if attr := c.opt(2, "attribute", nil); attr != nil {
		path = newAttrPath(c, attr, nil, false)
	}
	buf := c.State.borrowBuffer()
	defer c.State.giveBackBuffer(buf)
	values := items
	if path != nil {
		values = make([]Value, len(items))
		for i, x := range items {
			if values[i], err = path.of(x); err != nil {
				return nil, err
			}
		}
	}
	markup := false
	if c.autoescape() {
		_, markup = sep.(Markup)
		for _, v := range values {
			if _, ok := v.(Markup); ok {
				markup = true
			}
		}
	}
	for i, v := range values {
		if u, ok := v.(*Undefined); ok && u.mode == UndefinedStrict {
			return nil, u.misuse()
		}
		if i > 0 {
			buf.b = c.appendJoined(buf.b, sep, markup)
		}
		buf.b = c.appendJoined(buf.b, v, markup)
	}
	return soft(string(buf.b), markup), nil
}

func (c *Call) appendJoined(b []byte, v Value, markup bool) []byte {
	if markup {
		return append(b, c.frame.escaped(v)...)
	}
	return appendStr(b, v)
}

func filterLength(c *Call) (Value, error) {
	if err := c.limit(); err != nil {
		return nil, err
	}
	n, err := length(c.Args[0])
	return int64(n), err
}

func filterList(c *Call) (Value, error) {
	if err := c.limit(); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	return &List{append([]Value(nil), items...)}, nil
}

func filterFirst(c *Call) (Value, error) {
	if it, ok := c.Args[0].(*Iterator); ok {
		if v, ok := it.pull(); ok {
			return v, nil
		}
		return c.noItem("First"), nil
	}
	items, err := c.items()
	if err != nil || len(items) > 0 {
		return at(items, 0), err
	}
	return c.noItem("First"), nil
}

func filterLast(c *Call) (Value, error) {
	items, err := c.items()
	if err != nil || len(items) > 0 {
		return at(items, len(items)-1), err
	}
	return c.noItem("Last"), nil
}

func filterRandom(c *Call) (Value, error) {
	items, err := c.items()
	if err != nil || len(items) > 0 {
		return at(items, rand.IntN(max(1, len(items)))), err
	}
	return c.noItem("Random"), nil
}

func at(items []Value, i int) Value {
	if i >= 0 && i < len(items) {
		return items[i]
	}
	return nil
}

func (c *Call) noItem(which string) Value {
	hint := "No " + strings.ToLower(which) + " item, sequence was empty."
	return &Undefined{Hint: hint, mode: c.mode()}
}

// folded gives the key by which texts are compared without case.
func folded(v Value, sensitive bool) Value {
	if s, ok := text(v); ok && !sensitive {
		return strings.ToLower(s)
	}
	return v
}

func filterSort(c *Call) (Value, error) {
	if err := c.limit("reverse", "case_sensitive", "attribute"); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	sensitive := Truth(c.opt(2, "case_sensitive", false))
	keys, err := c.sortKeys(items, c.opt(3, "attribute", nil), sensitive)
	if err != nil {
		return nil, err
	}
	sorted, err := sortBy(items, keys, Truth(c.opt(1, "reverse", false)))
	return &List{sorted}, err
}

// sortKeys gives what items are sorted by: themselves, an attribute, or several ("a,b").
func (c *Call) sortKeys(items []Value, attr Value, sensitive bool) ([]Value, error) {
	var paths []*attrPath
	if s, ok := text(attr); ok {
		for _, part := range strings.Split(s, ",") {
			paths = append(paths, newAttrPath(c, part, nil, false))
		}
	} else {
		paths = append(paths, newAttrPath(c, attr, nil, false))
	}
	keys := make([]Value, len(items))
	for i, x := range items {
		key := make(Tuple, len(paths))
		for k, p := range paths {
			v, err := p.of(x)
			if err != nil {
				return nil, err
			}
			key[k] = folded(v, sensitive)
		}
		if keys[i] = key; len(paths) == 1 {
			keys[i] = key[0]
		}
	}
	return keys, nil
}

func filterUnique(c *Call) (Value, error) {
	if err := c.limit("case_sensitive", "attribute"); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	path := newAttrPath(c, c.opt(2, "attribute", nil), nil, false)
	sensitive := Truth(c.opt(1, "case_sensitive", false))
	seen := NewDict()
	var out []Value
	for _, x := range items {
		key, err := path.of(x)
		if err != nil {
			return nil, err
		}
		key = folded(key, sensitive)
		if err := hashable(key); err != nil {
			return nil, err
		}
		if _, ok := seen.Get(key); !ok {
			seen.Set(key, nil)
			out = append(out, x)
		}
	}
	return NewIterator("generator", out), nil
}

func filterMin(c *Call) (Value, error) { return extreme(c, -1) }
func filterMax(c *Call) (Value, error) { return extreme(c, 1) }

func extreme(c *Call, sign int) (Value, error) {
	if err := c.limit("case_sensitive", "attribute"); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return &Undefined{Hint: "No aggregated item, sequence was empty.", mode: c.mode()}, nil
	}
	keys, err := c.sortKeys(items, c.opt(2, "attribute", nil), Truth(c.opt(1, "case_sensitive", false)))
	if err != nil {
		return nil, err
	}
	best := 0
	for i := 1; i < len(items); i++ {
		op := tokLt
		if sign > 0 {
			op = tokGt
		}
		better, err := compareValues(op, keys[i], keys[best])
		if err != nil {
			return nil, err
		}
		if better {
			best = i
		}
	}
	return items[best], nil
}

func filterSum(c *Call) (Value, error) {
	if err := c.limit("attribute", "start"); err != nil {
		return nil, err
	}
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	path := newAttrPath(c, c.opt(1, "attribute", nil), nil, false)
	total := c.opt(2, "start", int64(0))
	for _, x := range items {
		v, err := path.of(x)
		if err != nil {
			return nil, err
		}
		if total, err = arith(tokAdd, total, v); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func filterReverse(c *Call) (Value, error) {
	if s, ok := text(c.Args[0]); ok {
		r := []rune(s)
		for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
			r[i], r[j] = r[j], r[i]
		}
		return like(c.Args[0], string(r)), nil
	}
	items, err := c.items()
	if err != nil {
		return nil, opErrorf("argument must be iterable")
	}
	out := make([]Value, len(items))
	for i, x := range items {
		out[len(items)-1-i] = x
	}
	return NewIterator("list_reverseiterator", out), nil
}
