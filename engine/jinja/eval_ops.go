package jinja

import (
	"strings"
)

// binExpr is an arithmetic operation.
type binExpr struct {
	op       tokenKind
	l, r     expr
	off, end int32
}

func (n *binExpr) span() (int32, int32) { return n.off, n.end }

func (n *binExpr) eval(f *frame) (Value, error) {
	l, err := n.l.eval(f)
	if err != nil {
		return nil, err
	}
	r, err := n.r.eval(f)
	if err != nil {
		return nil, err
	}
	if f.auto {
		l, r = f.escapeBeside(l, r)
	}
	v, err := arith(n.op, l, r)
	if err != nil {
		return nil, f.at(n.off, n.end, err)
	}
	return v, nil
}

func arith(op tokenKind, l, r Value) (Value, error) {
	if x, y, kind := numberPair(l, r); kind != numNone {
		return arithNumbers(op, x, y, kind)
	}
	if u, ok := l.(*Undefined); ok {
		return nil, u.misuse()
	}
	if _, ok := text(l); !ok || op != tokMod {
		if u, ok := r.(*Undefined); ok {
			return nil, u.misuse()
		}
	}
	switch op {
	case tokAdd:
		if v, ok := concatValues(l, r); ok {
			return v, nil
		}
	case tokMul:
		if v, ok, err := repeatValue(l, r); ok {
			return v, err
		}
	case tokMod:
		if s, ok := l.(string); ok {
			return percentFormat(s, r)
		}
		if m, ok := l.(Markup); ok {
			s, err := percentFormat(string(m), escapeOperand(r))
			if t, ok := s.(string); ok {
				return Markup(t), err
			}
			return s, err
		}
	}
	if a, ok := l.(Arither); ok {
		if v, ok, err := a.Arith(opName(op), r, false); ok {
			return v, err
		}
	}
	if a, ok := r.(Arither); ok {
		if v, ok, err := a.Arith(opName(op), l, true); ok {
			return v, err
		}
	}
	return nil, operandError(op, l, r)
}

func arithNumbers(op tokenKind, x, y number, kind numKind) (Value, error) {
	switch op {
	case tokAdd:
		return addNumbers(x, y, kind), nil
	case tokSub:
		return subNumbers(x, y, kind), nil
	case tokMul:
		return mulNumbers(x, y, kind), nil
	case tokDiv:
		return divNumbers(x, y)
	case tokFloorDiv:
		return floorDivNumbers(x, y, kind)
	case tokMod:
		return modNumbers(x, y, kind)
	default:
		return powNumbers(x, y, kind)
	}
}

// concatValues is + of two texts, lists or tuples.
func concatValues(l, r Value) (Value, bool) {
	switch a := l.(type) {
	case string:
		switch b := r.(type) {
		case string:
			return a + b, true
		case Markup:
			return Markup(escapeHTML(a)) + b, true
		}
	case Markup:
		switch b := r.(type) {
		case string:
			return a + Markup(escapeHTML(b)), true
		case Markup:
			return a + b, true
		}
	case *List:
		if b, ok := r.(*List); ok {
			items := make([]Value, 0, len(a.Items)+len(b.Items))
			return &List{append(append(items, a.Items...), b.Items...)}, true
		}
	case Tuple:
		if b, ok := r.(Tuple); ok {
			return append(append(make(Tuple, 0, len(a)+len(b)), a...), b...), true
		}
	}
	return nil, false
}

// maxRepeat keeps a repetition from filling the memory.
const maxRepeat = 1 << 28

// repeatValue is a text, list or tuple times an int, either way round.
func repeatValue(l, r Value) (Value, bool, error) {
	n, ok := index(r)
	if !ok {
		if n, ok = index(l); !ok {
			return nil, false, nil
		}
		l = r
	}
	n = max(n, 0)
	size := 0
	switch a := l.(type) {
	case string:
		size = len(a)
	case Markup:
		size = len(a)
	case *List:
		size = 16 * len(a.Items)
	case Tuple:
		size = 16 * len(a)
	default:
		return nil, false, nil
	}
	if size > 0 && n > maxRepeat/size {
		return nil, true, opErrorf("the repetition is too long")
	}
	switch a := l.(type) {
	case string:
		return strings.Repeat(a, n), true, nil
	case Markup:
		return Markup(strings.Repeat(string(a), n)), true, nil
	case *List:
		items := make([]Value, 0, n*len(a.Items))
		for range n {
			items = append(items, a.Items...)
		}
		return &List{items}, true, nil
	default:
		t := l.(Tuple)
		items := make(Tuple, 0, n*len(t))
		for range n {
			items = append(items, t...)
		}
		return items, true, nil
	}
}

func opName(op tokenKind) string {
	switch op {
	case tokAdd:
		return "+"
	case tokSub:
		return "-"
	case tokMul:
		return "*"
	case tokDiv:
		return "/"
	case tokFloorDiv:
		return "//"
	case tokMod:
		return "%"
	default:
		return "**"
	}
}

func operandError(op tokenKind, l, r Value) error {
	hint := ""
	err := &opError{code: "AT0202"}
	switch {
	case op == tokAdd && isText(l):
		err.msg = `can only concatenate str (not "` + typeName(r) + `") to str`
		hint = "~ joins anything as text"
	case op == tokAdd && isList(l):
		err.msg = `can only concatenate list (not "` + typeName(r) + `") to list`
	case op == tokAdd && isTuple(l):
		err.msg = `can only concatenate tuple (not "` + typeName(r) + `") to tuple`
	default:
		err.msg = "unsupported operand type(s) for " + strings.Replace(opName(op), "**", "** or pow()", 1) + ": '" + typeName(l) + "' and '" + typeName(r) + "'"
		if op == tokAdd && isText(r) {
			hint = "~ joins anything as text"
		}
	}
	err.hint = hint
	return err
}

func isText(v Value) bool  { _, ok := text(v); return ok }
func isList(v Value) bool  { _, ok := v.(*List); return ok }
func isTuple(v Value) bool { _, ok := v.(Tuple); return ok }

// unaryExpr is -x or +x.
type unaryExpr struct {
	neg      bool
	x        expr
	off, end int32
}

func (n *unaryExpr) span() (int32, int32) { return n.off, n.end }

func (n *unaryExpr) eval(f *frame) (Value, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	num := toNumber(v)
	if num.kind == numNone {
		if u, ok := v.(*Undefined); ok {
			return nil, f.at(n.off, n.end, u.misuse())
		}
		sign := "+"
		if n.neg {
			sign = "-"
		}
		if a, ok := v.(Arither); ok && n.neg {
			if v, ok, err := a.Arith("neg", nil, false); ok {
				return v, err
			}
		}
		return nil, f.at(n.off, n.end, opErrorf("bad operand type for unary %s: '%s'", sign, typeName(v)))
	}
	if n.neg {
		return negNumber(num), nil
	}
	if _, ok := v.(bool); ok {
		return num.i, nil
	}
	return v, nil
}

// concatExpr is a ~ b ~ c.
type concatExpr struct {
	parts    []expr
	off, end int32
}

func (n *concatExpr) span() (int32, int32) { return n.off, n.end }

func (n *concatExpr) eval(f *frame) (Value, error) {
	buf := f.st.borrowBuffer()
	defer f.st.giveBackBuffer(buf)
	var values [8]Value
	items := values[:0]
	markup := false
	for _, p := range n.parts {
		v, err := p.eval(f)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(Markup); ok {
			markup = true
		}
		if err := f.printable(v); err != nil {
			return nil, f.atNode(p, err)
		}
		items = append(items, v)
	}
	markup = markup && f.auto
	for _, v := range items {
		if m, ok := v.(Markup); ok || !markup {
			if ok {
				buf.write(string(m))
			} else {
				buf.b = appendStr(buf.b, v)
			}
			continue
		}
		buf.write(string(f.escaped(v)))
	}
	if markup {
		return Markup(buf.b), nil
	}
	return string(buf.b), nil
}

// andExpr is a and b.
type andExpr struct{ l, r expr }

func (n *andExpr) span() (int32, int32) { return spanOf(n.l, n.r) }

func (n *andExpr) eval(f *frame) (Value, error) {
	v, err := n.l.eval(f)
	if err != nil {
		return nil, err
	}
	if ok, err := f.truth(v, n.l); err != nil || !ok {
		return v, err
	}
	return n.r.eval(f)
}

// orExpr is a or b.
type orExpr struct{ l, r expr }

func (n *orExpr) span() (int32, int32) { return spanOf(n.l, n.r) }

func (n *orExpr) eval(f *frame) (Value, error) {
	v, err := n.l.eval(f)
	if err != nil {
		return nil, err
	}
	if ok, err := f.truth(v, n.l); err != nil || ok {
		return v, err
	}
	return n.r.eval(f)
}

func spanOf(l, r expr) (int32, int32) {
	off, _ := l.span()
	_, end := r.span()
	return off, end
}

// notExpr is not x.
type notExpr struct {
	x   expr
	off int32
}

func (n *notExpr) span() (int32, int32) {
	_, end := n.x.span()
	return n.off, end
}

func (n *notExpr) eval(f *frame) (Value, error) {
	v, err := n.x.eval(f)
	if err != nil {
		return nil, err
	}
	ok, err := f.truth(v, n.x)
	return !ok, err
}

// condExpr is a if test else b; without else, b is nil.
type condExpr struct {
	test, a, b expr
}

func (n *condExpr) span() (int32, int32) {
	if n.b != nil {
		return spanOf(n.a, n.b)
	}
	return spanOf(n.a, n.test)
}

func (n *condExpr) eval(f *frame) (Value, error) {
	v, err := n.test.eval(f)
	if err != nil {
		return nil, err
	}
	ok, err := f.truth(v, n.test)
	switch {
	case err != nil:
		return nil, err
	case ok:
		return n.a.eval(f)
	case n.b != nil:
		return n.b.eval(f)
	}
	return &Undefined{
		Hint: "the inline if-expression evaluated to false and no else section was defined",
		mode: f.st.Undefined,
	}, nil
}

// truth is bool(v); in strict mode an undefined value has none.
func (f *frame) truth(v Value, n expr) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case *Undefined:
		if v.mode == UndefinedStrict {
			return false, f.atNode(n, v.misuse())
		}
		return false, nil
	}
	return Truth(v), nil
}

// printable refuses an undefined value in strict mode.
func (f *frame) printable(v Value) error {
	if u, ok := v.(*Undefined); ok && u.mode == UndefinedStrict {
		return u.misuse()
	}
	return nil
}
