package jinja

import (
	"math/big"
	"strconv"
	"strings"

	"atlas/engine/diag"
)

// maxNesting limits how deep expressions nest, so that hostile input cannot exhaust the stack.
const maxNesting = 200

// expression reads one expression, inline if included.
func (p *parser) expression() expr {
	p.nesting++
	if p.nesting > maxNesting {
		p.fail(p.tok.off, p.tok.end, "", "the expression is nested too deeply")
	}
	first := len(p.t.calls)
	x := p.or()
	for p.tok.is("if") {
		p.advance()
		p.conditional(first, len(p.t.calls))
		p.t.branching = true
		n := &condExpr{a: x}
		n.test = p.or()
		if p.skipName("else") {
			p.cond++
			n.b = p.expression()
			p.cond--
		}
		x = n
	}
	p.nesting--
	return x
}

// conditional marks the calls recorded in a range as ones that may not run.
func (p *parser) conditional(from, to int) {
	for i := from; i < to; i++ {
		p.t.calls[i].cond = true
	}
}

func (p *parser) or() expr {
	x := p.and()
	for p.tok.is("or") {
		p.advance()
		p.t.branching = true
		p.cond++
		x = &orExpr{x, p.and()}
		p.cond--
	}
	return x
}

func (p *parser) and() expr {
	x := p.not()
	for p.tok.is("and") {
		p.advance()
		p.t.branching = true
		p.cond++
		x = &andExpr{x, p.not()}
		p.cond--
	}
	return x
}

func (p *parser) not() expr {
	if p.tok.is("not") {
		p.nesting++
		if p.nesting > maxNesting {
			p.fail(p.tok.off, p.tok.end, "", "the expression is nested too deeply")
		}
		off := p.advance().off
		n := &notExpr{p.not(), off}
		p.nesting--
		return n
	}
	return p.compare()
}

func (p *parser) compare() expr {
	x := p.sum()
	var n *compareExpr
	for {
		op := p.tok.kind
		switch {
		case op >= tokEq && op <= tokGe:
			p.advance()
		case p.tok.is("in"):
			p.advance()
			op = opIn
		case p.tok.is("not"):
			if next := p.peek(); !next.is("in") {
				return p.compared(x, n)
			}
			p.advance()
			p.advance()
			op = opNotIn
		default:
			return p.compared(x, n)
		}
		if n == nil {
			n = &compareExpr{l: x}
		}
		n.ops = append(n.ops, compareOp{op, p.sum()})
	}
}

func (p *parser) compared(x expr, n *compareExpr) expr {
	if n == nil {
		return x
	}
	return n
}

func (p *parser) sum() expr {
	x := p.concat()
	for p.tok.kind == tokAdd || p.tok.kind == tokSub {
		op := p.advance().kind
		x = p.binary(op, x, p.concat())
	}
	return x
}

func (p *parser) binary(op tokenKind, l, r expr) expr {
	off, end := spanOf(l, r)
	return &binExpr{op, l, r, off, end}
}

func (p *parser) concat() expr {
	x := p.product()
	if p.tok.kind != tokTilde {
		return x
	}
	parts := []expr{x}
	for p.skip(tokTilde) {
		parts = append(parts, p.product())
	}
	off, end := spanOf(x, parts[len(parts)-1])
	return &concatExpr{parts, off, end}
}

func (p *parser) product() expr {
	x := p.power()
	for p.tok.kind >= tokMul && p.tok.kind <= tokMod {
		op := p.advance().kind
		x = p.binary(op, x, p.power())
	}
	return x
}

func (p *parser) power() expr {
	x := p.unary(true)
	for p.skip(tokPow) {
		x = p.binary(tokPow, x, p.unary(true))
	}
	return x
}

func (p *parser) unary(filters bool) expr {
	var x expr
	if k := p.tok.kind; k == tokSub || k == tokAdd {
		p.nesting++
		if p.nesting > maxNesting {
			p.fail(p.tok.off, p.tok.end, "", "the expression is nested too deeply")
		}
		off := p.advance().off
		inner := p.unary(false)
		_, end := inner.span()
		x = p.signed(k == tokSub, inner, off, end)
		p.nesting--
	} else {
		x = p.primary()
	}
	x = p.postfix(x)
	if filters {
		x = p.filtersAndTests(x)
	}
	return x
}

// signed folds the sign into a number.
func (p *parser) signed(neg bool, x expr, off, end int32) expr {
	if c, ok := x.(*constExpr); ok && neg {
		if n := toNumber(c.v); n.kind != numNone {
			return &constExpr{off, end, negNumber(n)}
		}
	}
	return &unaryExpr{neg, x, off, end}
}

func (p *parser) primary() expr {
	t := &p.tok
	switch t.kind {
	case tokName:
		return p.nameOrConst()
	case tokString:
		return p.str()
	case tokInt:
		tok := p.advance()
		return p.newConst(tok, parseInt(tok.text))
	case tokFloat:
		tok := p.advance()
		f, _ := strconv.ParseFloat(strings.ReplaceAll(tok.text, "_", ""), 64)
		return p.newConst(tok, f)
	case tokLParen:
		off := p.advance().off
		x := p.tuple(tupleRule{cond: true, parens: true, off: off})
		p.expect(tokRParen, "to close '('")
		if tu, ok := x.(*tupleExpr); ok && tu.off == off {
			tu.end = p.prevEnd
		}
		return x
	case tokLBracket:
		return p.list()
	case tokLBrace:
		return p.dict()
	}
	p.unexpected("expected an expression", "")
	return nil
}

func (p *parser) newConst(t token, v Value) expr {
	n := p.nodes.konst()
	n.off, n.end, n.v = t.off, t.end, v
	return n
}

func parseInt(s string) Value {
	if i, err := strconv.ParseInt(s, 0, 64); err == nil && (s[0] != '0' || len(s) == 1 || !isDigit(s[1])) {
		return i
	}
	clean := strings.ReplaceAll(s, "_", "")
	if i, err := strconv.ParseInt(clean, 10, 64); err == nil {
		return i
	}
	b, ok := new(big.Int).SetString(clean, 0)
	if !ok {
		return int64(0)
	}
	return normal(b)
}

func (p *parser) nameOrConst() expr {
	tok := p.advance()
	switch tok.text {
	case "true", "True":
		return p.newConst(tok, true)
	case "false", "False":
		return p.newConst(tok, false)
	case "none", "None":
		return p.newConst(tok, nil)
	}
	n := p.newName(tok)
	p.load(n)
	return n
}

func (p *parser) newName(tok token) *nameExpr {
	n := p.nodes.name()
	n.name, n.off = tok.text, tok.off
	return n
}

// str reads a string and the ones right behind it, which Python joins.
func (p *parser) str() expr {
	tok := p.advance()
	v := p.unquoted(tok)
	for p.tok.kind == tokString {
		next := p.advance()
		v += p.unquoted(next)
		tok.end = next.end
	}
	return p.newConst(tok, v)
}

func (p *parser) unquoted(tok token) string {
	v, problem := unquote(tok.text)
	if problem != "" {
		p.fail(tok.off, tok.end, "", "%s", problem)
	}
	return v
}

func (p *parser) list() expr {
	off := p.advance().off
	n := &listExpr{off: off}
	mark := len(p.exprs)
	for p.tok.kind != tokRBracket {
		if len(p.exprs) > mark {
			p.expect(tokComma, "or ']' in the list")
			if p.tok.kind == tokRBracket {
				break
			}
		}
		x := p.expression()
		p.exprs = append(p.exprs, x)
	}
	n.items = cut(&p.exprs, mark)
	p.advance()
	n.end = p.prevEnd
	return n
}

func (p *parser) dict() expr {
	off := p.advance().off
	n := &dictExpr{off: off}
	for p.tok.kind != tokRBrace {
		if len(n.keys) > 0 {
			p.expect(tokComma, "or '}' in the dict")
			if p.tok.kind == tokRBrace {
				break
			}
		}
		n.keys = append(n.keys, p.expression())
		p.expect(tokColon, "after a key of the dict")
		n.values = append(n.values, p.expression())
	}
	p.advance()
	n.end = p.prevEnd
	return n
}

// tupleRule says how a tuple may look in its place.
type tupleRule struct {
	cond   bool     // inline if allowed
	parens bool     // in parentheses: () is the empty tuple
	stop   []string // names that end it
	off    int32
}

// tuple reads an expression, or several with commas between them.
func (p *parser) tuple(rule tupleRule) expr {
	off := p.tok.off
	if rule.parens {
		off = rule.off
	}
	var items []expr
	var first expr
	isTuple := false
	for {
		if first != nil && isTuple && p.tupleEnds(rule) {
			break
		}
		if first == nil && p.tupleEnds(rule) {
			break
		}
		var x expr
		if rule.cond {
			x = p.expression()
		} else {
			x = p.or()
		}
		if first == nil {
			first = x
		}
		if isTuple || p.tok.kind == tokComma {
			items = append(items, x)
		}
		if !p.skip(tokComma) {
			break
		}
		isTuple = true
	}
	if !isTuple {
		if first != nil {
			return first
		}
		if !rule.parens {
			p.unexpected("expected an expression", "")
		}
	}
	return &tupleExpr{items, off, p.prevEnd}
}

func (p *parser) tupleEnds(rule tupleRule) bool {
	switch p.tok.kind {
	case tokVarEnd, tokBlockEnd, tokRParen:
		return true
	case tokName:
		for _, s := range rule.stop {
			if p.tok.text == s {
				return true
			}
		}
	}
	return false
}

// postfix reads attributes, items and calls.
func (p *parser) postfix(x expr) expr {
	for {
		switch p.tok.kind {
		case tokDot, tokLBracket:
			x = p.subscript(x)
		case tokLParen:
			x = p.call(x)
		default:
			return x
		}
	}
}

func (p *parser) filtersAndTests(x expr) expr {
	for {
		switch {
		case p.tok.kind == tokPipe:
			p.advance()
			x = p.filter(x)
		case p.tok.is("is"):
			x = p.test(x)
		case p.tok.kind == tokLParen:
			x = p.call(x)
		default:
			return x
		}
	}
}

func (p *parser) subscript(x expr) expr {
	off, _ := x.span()
	if p.advance().kind == tokDot {
		t := p.advance()
		switch t.kind {
		case tokName:
			n := p.nodes.attr()
			n.x, n.name, n.off, n.end = x, t.text, off, t.end
			return n
		case tokInt:
			return &itemExpr{x, p.newConst(t, parseInt(t.text)), off, t.end}
		}
		p.tok = t
		p.unexpected("expected a name or a number", "after '.'")
	}
	if p.tok.kind == tokRBracket {
		p.unexpected("expected an index or a key", "between '[' and ']'")
	}
	var key expr
	var parts []expr
	for p.tok.kind != tokRBracket {
		if key != nil {
			p.expect(tokComma, "or ']' in the subscript")
			if parts == nil {
				parts = []expr{key}
			}
			if p.tok.kind == tokRBracket {
				break
			}
		}
		from := p.tok.off
		s, isSlice := p.subscribed(x)
		if isSlice && (key != nil || p.tok.kind == tokComma) {
			p.fail(from, p.prevEnd, "", "a slice cannot stand beside other keys")
		}
		key = s
		if parts != nil {
			parts = append(parts, s)
		}
	}
	p.advance()
	if sl, ok := key.(*sliceExpr); ok && sl.x == x && sl.off < 0 {
		sl.off, sl.end = off, p.prevEnd
		return sl
	}
	if parts != nil {
		key = &tupleExpr{parts, off, p.prevEnd}
	}
	return &itemExpr{x, key, off, p.prevEnd}
}

// subscribed reads one key or a slice of x. A slice gets its place later.
func (p *parser) subscribed(x expr) (key expr, isSlice bool) {
	var low expr
	if p.tok.kind != tokColon {
		low = p.expression()
		if p.tok.kind != tokColon {
			return low, false
		}
	}
	p.advance()
	n := &sliceExpr{x: x, low: low, off: -1}
	if !p.sliceEnds() && p.tok.kind != tokColon {
		n.high = p.expression()
	}
	if p.skip(tokColon) && !p.sliceEnds() {
		n.step = p.expression()
	}
	return n, true
}

func (p *parser) sliceEnds() bool { return p.tok.kind == tokRBracket || p.tok.kind == tokComma }

// call reads the arguments of a call of fn.
func (p *parser) call(fn expr) expr {
	off, _ := fn.span()
	n := p.nodes.call()
	n.fn, n.off = fn, off
	n.name = p.dotted(fn)
	isReturn := n.name == "return"
	at := -1
	if n.name != "" && !isReturn {
		at = len(p.t.calls)
		p.t.calls = append(p.t.calls, callRecord{n, p.cond > 0})
	} else if !isReturn {
		p.t.dynamic = true
	}
	p.arguments(&n.callArgs)
	n.end = p.prevEnd
	if isReturn {
		return p.returned(n)
	}
	if at >= 0 && n.star != nil {
		p.t.dynamic = true
	}
	return n
}

func (p *parser) returned(n *callExpr) expr {
	p.t.dynamic = true
	if len(n.args) > 1 || len(n.kwargs) > 0 || n.star != nil || n.dstar != nil {
		p.fail(n.off, n.end, "return several values as a list", "return() takes one value")
	}
	r := &returnExpr{off: n.off, end: n.end}
	if len(n.args) == 1 {
		r.x = n.args[0]
	}
	return r
}

// dotted gives the source of a.b.c, or nothing for other expressions.
func (p *parser) dotted(x expr) string {
	switch n := x.(type) {
	case *nameExpr:
		return n.name
	case *attrExpr:
		base := p.dotted(n.x)
		if base == "" {
			return ""
		}
		// Usually written without spaces: then the name is a piece of the source.
		if s := p.t.src[n.off:n.end]; len(s) == len(base)+1+len(n.name) {
			return s
		}
		return base + "." + n.name
	}
	return ""
}

// arguments reads (a, b, c=d, *e, **f).
func (p *parser) arguments(a *callArgs) {
	p.expect(tokLParen, "")
	args, kwargs := len(p.exprs), len(p.kwargs)
	count := 0
	for p.tok.kind != tokRParen {
		if count > 0 {
			p.expect(tokComma, "or ')' in the arguments")
			if p.tok.kind == tokRParen {
				break
			}
		}
		count++
		p.argument(a, kwargs)
	}
	a.args, a.kwargs = cut(&p.exprs, args), cut(&p.kwargs, kwargs)
	p.advance()
}

// argument reads one of them; the keyword arguments of this call are stacked from mark on.
func (p *parser) argument(a *callArgs, mark int) {
	switch {
	case p.tok.kind == tokMul:
		t := p.advance()
		if a.star != nil || a.dstar != nil {
			p.fail(t.off, t.end, "", "invalid order of arguments: '*' must come once, before '**'")
		}
		a.star = p.expression()
	case p.tok.kind == tokPow:
		t := p.advance()
		if a.dstar != nil {
			p.fail(t.off, t.end, "", "'**' may stand only once")
		}
		a.dstar = p.expression()
	case p.tok.kind == tokName && p.peek().kind == tokAssign:
		name := p.advance()
		p.advance()
		if a.dstar != nil {
			p.fail(name.off, name.end, "", "keyword argument '%s' follows '**'", name.text)
		}
		x := p.expression()
		p.kwargs = append(p.kwargs, kwExpr{name.text, name.off, x})
	default:
		off := p.tok.off
		if a.star != nil || a.dstar != nil || len(p.kwargs) > mark {
			p.expression()
			p.fail(off, p.prevEnd, "put it before the arguments with names", "a positional argument follows keyword arguments")
		}
		x := p.expression()
		p.exprs = append(p.exprs, x)
	}
}

// filter reads a filter's name and arguments behind '|'.
func (p *parser) filter(x expr) expr {
	name := p.expect(tokName, "of a filter after '|'")
	full, end := p.dottedName(name)
	fn := filterNamed(full)
	if fn == nil {
		p.fail(name.off, end, diag.DidYouMean(full, filterNames()), "no filter is named '%s'", full)
	}
	off := name.off
	if x != nil {
		off, _ = x.span()
	}
	n := &filterExpr{x: x, name: full, fn: fn, off: off, at: name.off}
	if p.tok.kind == tokLParen {
		p.arguments(&n.callArgs)
	}
	n.end = p.prevEnd
	return n
}

// dottedName reads the rest of a.b.c.
func (p *parser) dottedName(first token) (string, int32) {
	name, end := first.text, first.end
	for p.tok.kind == tokDot {
		p.advance()
		part := p.expect(tokName, "after '.'")
		name += "." + part.text
		end = part.end
	}
	return name, end
}

// test reads what follows "is".
func (p *parser) test(x expr) expr {
	p.advance()
	off, _ := x.span()
	negated := p.skipName("not")
	name := p.expect(tokName, "of a test after 'is'")
	full, end := p.dottedName(name)
	fn := testNamed(full)
	if fn == nil {
		p.fail(name.off, end, diag.DidYouMean(full, testNames()), "no test is named '%s'", full)
	}
	n := &testExpr{x: x, name: full, fn: fn, off: off}
	switch p.tok.kind {
	case tokLParen:
		p.arguments(&n.callArgs)
	case tokName, tokString, tokInt, tokFloat, tokLBracket, tokLBrace:
		if p.tok.is("else") || p.tok.is("or") || p.tok.is("and") || p.tok.is("if") {
			break
		}
		if p.tok.is("is") {
			p.fail(p.tok.off, p.tok.end, "join the tests with 'and'", "tests cannot be chained with 'is'")
		}
		n.args = []expr{p.postfix(p.primary())}
	}
	n.end = p.prevEnd
	if negated {
		return &notExpr{n, off}
	}
	return n
}
