package jinja

import (
	"strconv"
	"strings"
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

// or reads operands joined by "or". Most expressions are one operand, so it looks for that first;
// each level below takes the operand that was read already, if there is one.
func (p *parser) or() expr {
	var left expr
	if !p.tok.is("not") {
		left = p.unary(true)
		switch p.tok.kind {
		case tokVarEnd, tokBlockEnd, tokComma, tokColon, tokRParen, tokRBracket, tokRBrace:
			return left
		}
	}
	x := p.and(left)
	for p.tok.is("or") {
		p.advance()
		p.t.branching = true
		p.cond++
		x = &orExpr{x, p.and(nil)}
		p.cond--
	}
	return x
}

func (p *parser) and(left expr) expr {
	x := p.not(left)
	for p.tok.is("and") {
		p.advance()
		p.t.branching = true
		p.cond++
		x = &andExpr{x, p.not(nil)}
		p.cond--
	}
	return x
}

func (p *parser) not(left expr) expr {
	if left == nil && p.tok.is("not") {
		p.nesting++
		if p.nesting > maxNesting {
			p.fail(p.tok.off, p.tok.end, "", "the expression is nested too deeply")
		}
		off := p.advance().off
		n := &notExpr{p.not(nil), off}
		p.nesting--
		return n
	}
	return p.compare(left)
}

func (p *parser) compare(left expr) expr {
	x := p.sum(left)
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
		n.ops = append(n.ops, compareOp{op, p.sum(nil)})
	}
}

func (p *parser) compared(x expr, n *compareExpr) expr {
	if n == nil {
		return x
	}
	return n
}

func (p *parser) sum(left expr) expr {
	x := p.concat(left)
	for p.tok.kind == tokAdd || p.tok.kind == tokSub {
		op := p.advance().kind
		x = p.binary(op, x, p.concat(nil))
	}
	return x
}

func (p *parser) binary(op tokenKind, l, r expr) expr {
	off, end := spanOf(l, r)
	return &binExpr{op, l, r, off, end}
}

func (p *parser) concat(left expr) expr {
	x := p.product(left)
	if p.tok.kind != tokTilde {
		return x
	}
	parts := []expr{x}
	for p.skip(tokTilde) {
		parts = append(parts, p.product(nil))
	}
	off, end := spanOf(x, parts[len(parts)-1])
	return &concatExpr{parts, off, end}
}

func (p *parser) product(left expr) expr {
	x := p.power(left)
	for p.tok.kind >= tokMul && p.tok.kind <= tokMod {
		op := p.advance().kind
		x = p.binary(op, x, p.power(nil))
	}
	return x
}

func (p *parser) power(left expr) expr {
	x := left
	if x == nil {
		x = p.unary(true)
	}
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
