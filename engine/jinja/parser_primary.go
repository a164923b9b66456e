package jinja

import (
	"math/big"
	"strconv"
	"strings"
)

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
	keys, values := len(p.keys), len(p.exprs)
	for p.tok.kind != tokRBrace {
		if len(p.keys) > keys {
			p.expect(tokComma, "or '}' in the dict")
			if p.tok.kind == tokRBrace {
				break
			}
		}
		k := p.expression()
		p.keys = append(p.keys, k)
		p.expect(tokColon, "after a key of the dict")
		v := p.expression()
		p.exprs = append(p.exprs, v)
	}
	n.keys, n.values = cut(&p.keys, keys), cut(&p.exprs, values)
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
