package jinja

import (
	"atlas/engine/diag"
)

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
			p.noteKey(x, t.text, t.end)
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
	if c, ok := key.(*constExpr); ok {
		if s, ok := c.v.(string); ok {
			p.noteKey(x, s, p.prevEnd)
		}
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
		if p.t.calls == nil {
			p.t.calls = make([]callRecord, 0, 8)
		}
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
