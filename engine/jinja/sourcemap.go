package jinja

import (
	"sort"
	"unicode/utf8"

	"atlas/engine/diag"
)

// recorder notes, while a mapped render runs, where each piece of the output comes from.
type recorder struct {
	pieces []piece
	base   int // macro calls under way when the render began
}

// piece is a run of output bytes, up to the start of the next one.
type piece struct {
	start   int
	t       *Template
	off     int32
	literal bool // text of the template: off moves with the bytes
	stack   []site
}

func (r *recorder) text(f *frame, start int, off int32)  { r.add(f, start, off, true) }
func (r *recorder) value(f *frame, start int, off int32) { r.add(f, start, off, false) }

func (r *recorder) add(f *frame, start int, off int32, literal bool) {
	r.cut(start)
	p := piece{start: start, t: f.fn.t, off: off, literal: literal}
	if stack := f.st.stack[r.base:]; len(stack) > 0 {
		p.stack = append([]site(nil), stack...)
	}
	r.pieces = append(r.pieces, p)
}

// cut forgets what begins at start or later.
func (r *recorder) cut(start int) {
	n := len(r.pieces)
	for n > 0 && r.pieces[n-1].start >= start {
		n--
	}
	r.pieces = r.pieces[:n]
}

// cut forgets output from n on.
func (b *buffer) cut(n int) {
	b.b = b.b[:n]
	if b.rec != nil {
		b.rec.cut(n)
	}
}

// SourceMap tells where the bytes of a rendered text came from.
type SourceMap struct {
	text   string
	pieces []piece
}

// RenderMapped gives the text and a map from its bytes to the places they came from.
func (t *Template) RenderMapped(st *State) (string, *SourceMap, error) {
	rec := &recorder{base: len(st.stack)}
	buf := &buffer{b: make([]byte, 0, len(t.src)+len(t.src)/4+64), rec: rec}
	if err := t.render(st, buf); err != nil {
		return "", nil, err
	}
	m := &SourceMap{text: buf.text(), pieces: rec.pieces}
	return m.text, m, nil
}

func (m *SourceMap) find(offset int) *piece {
	i := sort.Search(len(m.pieces), func(i int) bool { return m.pieces[i].start > offset })
	if i == 0 {
		return nil
	}
	return &m.pieces[i-1]
}

// Pos is the place in the outermost template that the byte at that offset came from. Text that a
// macro wrote maps to the outermost call.
func (m *SourceMap) Pos(offset int) diag.Pos {
	p := m.find(offset)
	switch {
	case p == nil:
		return diag.Pos{}
	case len(p.stack) > 0:
		return p.stack[0].place()
	}
	return m.place(p, offset)
}

// Len is how many runes wide the call or print is that Pos gives for the byte; 1 for literal text.
func (m *SourceMap) Len(offset int) int {
	p := m.find(offset)
	if p == nil || len(p.stack) == 0 || p.stack[0].t == nil {
		return 1
	}
	return p.stack[0].t.width(int(p.stack[0].off), int(p.stack[0].end))
}

// place is where in its own template the byte of a piece came from.
func (m *SourceMap) place(p *piece, offset int) diag.Pos {
	if !p.literal {
		return p.t.pos(int(p.off))
	}
	at := int(p.off) + min(offset, len(m.text)) - p.start
	for at > int(p.off) && at < len(p.t.src) && !utf8.RuneStart(p.t.src[at]) {
		at--
	}
	return p.t.pos(at)
}

// Stack gives the places inside macros that lead to the byte, innermost first; empty when the
// byte was written by the template itself.
func (m *SourceMap) Stack(offset int) []diag.Note {
	p := m.find(offset)
	if p == nil || len(p.stack) == 0 {
		return nil
	}
	notes := []diag.Note{{Pos: m.place(p, offset), Msg: "written by macro " + p.stack[len(p.stack)-1].macro}}
	return append(notes, stackNotes(p.stack)...)
}
