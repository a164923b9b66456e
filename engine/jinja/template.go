package jinja

import (
	"strings"
	"sync"
	"unicode/utf8"

	"atlas/engine/diag"
)

// Template is a parsed template: immutable, shared between goroutines.
type Template struct {
	name  string
	src   string
	opts  Options
	start diag.Pos
	fn    *function

	macros     []*MacroDef
	blocks     []*Block
	pageBlocks []*blockStmt
	calls      []callRecord
	reads      []readRecord // only with Options.NoteReads
	branching  bool         // it has if, for, and, or, inline if
	statements bool         // it has statements other than those and do
	dynamic    bool         // it calls something that is no dotted name, or returns
	includes   bool

	linesOnce sync.Once
	lines     []int // offsets at which lines begin
}

// Parse reads a template. The error is a *diag.Diagnostic.
func Parse(name, src string, o Options) (*Template, error) {
	t := newTemplate(name, src, o)
	p := newParser(t)
	if err := p.run(func() { p.template(t.fn) }); err != nil {
		return nil, err
	}
	return t, nil
}

func newTemplate(name, src string, o Options) *Template {
	if strings.IndexByte(src, '\r') >= 0 {
		src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	}
	if !o.KeepTrailingNewline {
		src = strings.TrimSuffix(src, "\n")
	}
	t := &Template{name: name, src: src, opts: o, start: o.Start}
	if t.start.File == "" {
		t.start.File = name
	}
	t.start.Line = max(1, t.start.Line)
	t.start.Col = max(1, t.start.Col)
	t.fn = &function{
		t: t, name: name, root: true,
		callerSlot: never, varargsSlot: never, kwargsSlot: never, superSlot: never,
	}
	return t
}

// run runs a reading function and gives the mistake it met.
func (p *parser) run(read func()) (err error) {
	defer func() {
		p.release()
		if r := recover(); r != nil {
			if _, ok := r.(bail); !ok {
				panic(r)
			}
			err = p.err
		}
	}()
	read()
	if p.err != nil {
		return p.err
	}
	return nil
}

// Name is the name the template was parsed under.
func (t *Template) Name() string { return t.name }

// Source is the text the template was parsed from, with plain newlines.
func (t *Template) Source() string { return t.src }

// Macros gives the top-level macro, test and materialization blocks in order.
func (t *Template) Macros() []*MacroDef { return t.macros }

// Blocks gives the top-level snapshot and docs blocks in order.
func (t *Template) Blocks() []*Block { return t.blocks }

// Render gives the template's text.
func (t *Template) Render(st *State) (string, error) {
	buf := &buffer{b: make([]byte, 0, len(t.src)+len(t.src)/4+64)}
	if err := t.render(st, buf); err != nil {
		return "", err
	}
	return buf.text(), nil
}

// render runs the template as the outermost one of a render.
func (t *Template) render(st *State, out *buffer) error {
	stack, depth := len(st.stack), st.depth
	_, err := t.run(st, nil, out)
	st.stack, st.depth = st.stack[:stack], depth
	return t.finish(err)
}

// finish turns a signal that nothing caught into an error.
func (t *Template) finish(err error) error {
	if err != nil && isReturn(err) {
		return diag.Errorf(diag.TemplateRuntime, t.pos(0), "return() is called outside a macro")
	}
	return err
}

// pos gives the place of an offset.
func (t *Template) pos(off int) diag.Pos {
	t.linesOnce.Do(t.indexLines)
	lo, hi := 0, len(t.lines)
	for lo+1 < hi {
		mid := (lo + hi) / 2
		if t.lines[mid] <= off {
			lo = mid
		} else {
			hi = mid
		}
	}
	col := 1 + utf8.RuneCountInString(t.src[t.lines[lo]:min(off, len(t.src))])
	p := t.start
	if lo == 0 {
		p.Col += col - 1
	} else {
		p.Line += lo
		p.Col = col
	}
	return p
}

func (t *Template) indexLines() {
	t.lines = append(make([]int, 0, 1+strings.Count(t.src, "\n")), 0)
	for i := 0; ; {
		n := strings.IndexByte(t.src[i:], '\n')
		if n < 0 {
			return
		}
		i += n + 1
		t.lines = append(t.lines, i)
	}
}

// width is the length of a span in runes, as far as it stands on one line.
func (t *Template) width(off, end int) int {
	if off >= len(t.src) || end <= off {
		return 1
	}
	s := t.src[off:min(end, len(t.src))]
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	return max(1, utf8.RuneCountInString(s))
}

// Expr is one parsed expression: immutable, shared between goroutines.
type Expr struct {
	t *Template
	x expr
}

// ParseExpr reads one expression, as it would stand between {{ and }}.
func ParseExpr(name, src string, o Options) (*Expr, error) {
	t := newTemplate(name, src, o)
	p := newParser(t)
	p.lex.mode = modeVar
	e := &Expr{t: t}
	err := p.run(func() {
		p.functions = append(p.functions, t.fn)
		p.push(t.fn)
		p.lex.balance = append(p.lex.balance, 0) // no end sign is looked for
		p.advance()
		e.x = p.tuple(tupleRule{cond: true})
		if p.tok.kind != tokEOF {
			p.fail(p.tok.off, p.tok.end, "", "expected the end of the expression, got %s", p.tok.String())
		}
		p.pop()
		p.resolve()
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Eval evaluates the expression.
func (e *Expr) Eval(st *State) (Value, error) {
	f := &frame{st: st, fn: e.t.fn, env: &env{}, auto: e.t.opts.Autoescape}
	f.slots = append([]Value(nil), e.t.fn.initial...)
	v, err := e.x.eval(f)
	if err != nil {
		return nil, e.t.finish(err)
	}
	return v, nil
}

// Calls lists the expression's calls, as Template.Calls does.
func (e *Expr) Calls() []StaticCall { return e.t.Calls() }
