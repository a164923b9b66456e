package jinja

import (
	"strings"

	"atlas/engine/diag"
)

// parser reads a template in one pass. It gives up at the first mistake.
type parser struct {
	lex     lexer
	t       *Template
	tok     token // current token
	ahead   token // the one after it, if peeked
	peeked  bool
	prevEnd int32 // end of the token before tok
	err     *diag.Diagnostic
	scope   *scope
	*scratch
	branches int       // depth of if bodies in the current scope
	cond     int       // depth of anything that may not run
	loops    int       // depth of for loops in the current function
	open     []openTag // blocks not closed yet, outermost first
	nesting  int       // depth of expressions
	nodes    arena
}

// openTag is a block whose end is awaited.
type openTag struct {
	name string
	off  int32
	ends string // what may come: "'elif', 'else' or 'endif'"
}

// bail is what a parser panics with to leave a deep mistake; Parse recovers it.
type bail struct{}

// newParser prepares a parser at the begin of the source.
func newParser(t *Template) *parser {
	p := &parser{t: t, scratch: scratchPool.Get().(*scratch)}
	p.lex = lexer{src: t.src, opts: &t.opts, balance: p.balance[:0]}
	return p
}

// advance moves to the next token and gives the one it leaves.
func (p *parser) advance() token {
	t := p.tok
	p.prevEnd = t.end
	if p.peeked {
		p.tok, p.peeked = p.ahead, false
	} else {
		p.tok = p.lex.next()
	}
	if p.lex.err != nil && p.tok.kind == tokEOF {
		e := p.lex.err
		p.failAt(int32(e.off), int32(e.end), "%s", e.msg).Hint = e.hint
		panic(bail{})
	}
	return t
}

// peek gives the token after the current one.
func (p *parser) peek() token {
	if !p.peeked {
		p.ahead, p.peeked = p.lex.next(), true
	}
	return p.ahead
}

// skip moves on if the current token is of that kind.
func (p *parser) skip(k tokenKind) bool {
	if p.tok.kind == k {
		p.advance()
		return true
	}
	return false
}

// skipName moves on if the current token is that keyword.
func (p *parser) skipName(name string) bool {
	if p.tok.is(name) {
		p.advance()
		return true
	}
	return false
}

// expect moves past a token of that kind or fails; context says what it is for.
func (p *parser) expect(k tokenKind, context string) token {
	if p.tok.kind != k {
		p.unexpected("expected "+k.String(), context)
	}
	return p.advance()
}

// failAt notes the mistake; the first one stays.
func (p *parser) failAt(off, end int32, format string, args ...any) *diag.Diagnostic {
	if p.err == nil {
		p.err = diag.Errorf(diag.TemplateSyntax, p.t.pos(int(off)), format, args...)
		p.err.Len = p.t.width(int(off), int(end))
		for i := len(p.open) - 1; i >= 0 && i >= len(p.open)-3; i-- {
			o := &p.open[i]
			p.err.Notes = append(p.err.Notes, diag.Note{Pos: p.t.pos(int(o.off)), Msg: "inside the '" + o.name + "' block opened here"})
		}
	}
	return p.err
}

// fail notes the mistake and leaves the parser.
func (p *parser) fail(off, end int32, hint, format string, args ...any) {
	d := p.failAt(off, end, format, args...)
	if d.Hint == "" {
		d.Hint = hint
	}
	panic(bail{})
}

// unexpected fails at the current token.
func (p *parser) unexpected(expected, context string) {
	t := &p.tok
	msg := expected
	if context != "" {
		msg += " " + context
	}
	hint := ""
	off, end := t.off, t.end
	switch {
	case t.kind == tokEOF && p.lex.mode != modeData:
		open := int32(p.lex.opened)
		sign, closing := "{{", "}}"
		if p.lex.mode == modeBlock {
			sign, closing = "{%", "%}"
		}
		p.fail(open, open+2, "", "this '%s' is never closed: expected '%s' before the end of the template", sign, closing)
	case t.kind == tokVarEnd && p.lex.mode == modeData, t.kind == tokBlockEnd:
	case t.kind == tokAssign:
		hint = "'==' compares; only {% set %} assigns"
	}
	p.fail(off, end, hint, "%s, got %s", msg, t.String())
}

// template reads the whole source as the body of fn.
func (p *parser) template(fn *function) {
	p.functions = append(p.functions, fn)
	p.push(fn)
	p.advance()
	fn.body = p.statements(nil)
	p.pop()
	p.resolve()
}

// statements reads text, prints and statements up to a statement whose name is one of ends, which
// becomes the current token; without ends, up to the end of the template.
func (p *parser) statements(ends []string) []stmt {
	mark := len(p.stmts)
	for {
		switch p.tok.kind {
		case tokEOF:
			if ends != nil {
				p.unclosed()
			}
			return cut(&p.stmts, mark)
		case tokData:
			t := p.advance()
			n := p.nodes.text()
			n.s, n.off = t.text, t.off
			p.stmts = append(p.stmts, n)
		case tokVarBegin:
			s := p.printed()
			p.stmts = append(p.stmts, s)
		case tokBlockBegin:
			p.advance()
			if p.tok.kind != tokName {
				p.unexpected("expected the name of a statement", "")
			}
			for _, e := range ends {
				if p.tok.text == e {
					return cut(&p.stmts, mark)
				}
			}
			if s := p.statement(); s != nil {
				p.stmts = append(p.stmts, s)
			}
		default:
			p.unexpected("expected text or a tag", "")
		}
	}
}

func (p *parser) unclosed() {
	o := p.open[len(p.open)-1]
	d := p.failAt(o.off, o.off+2, "the '%s' block is never closed: expected %s before the end of the template", o.name, o.ends)
	if len(d.Notes) > 0 {
		d.Notes = d.Notes[1:]
	}
	panic(bail{})
}

// begin notes an opened block; its tag starts at off.
func (p *parser) begin(name string, off int32, ends string) {
	p.open = append(p.open, openTag{name, off, ends})
}

func (p *parser) end() { p.open = p.open[:len(p.open)-1] }

// blockEnd moves past the end of a statement's tag. A colon before it, as Python has, is allowed.
func (p *parser) blockEnd(context string) {
	p.skip(tokColon)
	p.expect(tokBlockEnd, context)
}

// body reads the body of a block up to its one end tag, end tag included.
func (p *parser) body(name string, off int32, end string) []stmt {
	p.begin(name, off, "{% "+end+" %}")
	body := p.statements([]string{end})
	p.advance()
	p.blockEnd("after '" + end + "'")
	p.end()
	return body
}

// printed reads {{ x }}.
func (p *parser) printed() stmt {
	open := p.advance()
	if p.tok.kind == tokVarEnd {
		p.fail(open.off, p.tok.end, "write something to print, or remove the braces", "expected an expression, got '}}'")
	}
	x := p.tuple(tupleRule{cond: true})
	if p.tok.kind != tokVarEnd {
		p.badPrintEnd(open)
	}
	p.advance()
	n := p.nodes.output()
	n.x, n.off, n.end = x, open.off, p.prevEnd
	if c, ok := x.(*callExpr); ok {
		n.call = c
	} else if r, ok := x.(*returnExpr); ok {
		return &returnStmt{r}
	}
	return n
}

func (p *parser) badPrintEnd(open token) {
	t := &p.tok
	hint := ""
	switch t.kind {
	case tokName, tokString, tokInt, tokFloat:
		hint = "two values stand side by side: is an operator or a comma missing?"
	case tokAssign:
		hint = "'==' compares; only {% set %} assigns"
	case tokEOF:
		p.fail(open.off, open.off+2, "", "this '{{' is never closed: expected '}}' before the end of the template")
	}
	p.fail(t.off, t.end, hint, "expected '}}', got %s", t.String())
}

// statementNames are the statements the language knows, for "did you mean".
func statementNames() []string {
	return strings.Fields("for if block extends print macro include import from set with autoescape call filter do " +
		"break continue test data_test materialization snapshot docs raw elif else endif endfor endmacro endset " +
		"endcall endfilter endblock endwith endautoescape endtest enddata_test endmaterialization endsnapshot enddocs endraw")
}

// unknownTag fails at a statement that does not exist or stands in the wrong place.
func (p *parser) unknownTag() {
	t := &p.tok
	if len(p.open) > 0 {
		o := &p.open[len(p.open)-1]
		if strings.HasPrefix(t.text, "end") || t.text == "else" || t.text == "elif" {
			p.fail(t.off, t.end, "", "'%s' does not close the '%s' block: expected %s", t.text, o.name, o.ends)
		}
	} else if strings.HasPrefix(t.text, "end") || t.text == "else" || t.text == "elif" {
		p.fail(t.off, t.end, "", "'%s' without an open block", t.text)
	}
	p.fail(t.off, t.end, diag.DidYouMean(t.text, statementNames()), "unknown statement '%s'", t.text)
}
