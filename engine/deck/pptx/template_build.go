package pptx

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// builder makes paragraphs and rows of a rendered script.
type builder struct {
	protos []*node

	rows  []*node
	paras []*node // of the body or cell under way
	cell  *node
	used  map[*node]int

	para  *node
	maybe bool
	run   *node
	text  strings.Builder
}

// build reads a rendered script. It gives a table's rows, or a body's paragraphs.
func (b *builder) build(rendered string) (rows, paras []*node) {
	b.used = map[*node]int{}
	for len(rendered) > 0 {
		i := strings.IndexRune(rendered, markStart)
		if i < 0 {
			break
		}
		b.write(rendered[:i])
		rendered = rendered[i+utf8.RuneLen(markStart):]
		j := strings.IndexRune(rendered, markEnd)
		if j < 1 {
			break
		}
		b.mark(rendered[0], rendered[1:j])
		rendered = rendered[j+utf8.RuneLen(markEnd):]
	}
	b.endParagraph()
	b.endCell()
	return b.rows, b.paras
}

func (b *builder) write(text string) {
	if b.run != nil {
		b.text.WriteString(text)
	}
}

func (b *builder) mark(letter byte, number string) {
	var proto *node
	if letter != closeMark {
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n >= len(b.protos) {
			return // a value that looks like a mark
		}
		proto = b.protos[n]
	}
	b.endRun()
	switch letter {
	case rowMark:
		b.endParagraph()
		b.endCell()
		b.rows = append(b.rows, b.row(proto))
	case cellMark:
		b.endParagraph()
		b.endCell()
		if len(b.rows) > 0 {
			b.cell = proto.clone()
			b.rows[len(b.rows)-1].insert(b.cell, "a:extLst")
		}
	case paraMark, maybeMark:
		b.endParagraph()
		b.para = &node{raw: proto.raw, name: proto.name, attrs: proto.attrs}
		b.maybe = letter == maybeMark
		if pr := proto.child("a:pPr"); pr != nil {
			b.para.kids = append(b.para.kids, pr.clone())
		}
		if end := proto.child("a:endParaRPr"); end != nil {
			b.para.kids = append(b.para.kids, end.clone())
		}
	case runMark:
		if b.para != nil {
			b.run = proto
		}
	case thingMark:
		if b.para != nil {
			b.para.insert(proto.clone(), "a:endParaRPr")
		}
	case closeMark:
		b.endParagraph()
	}
}

// row gives a row without cells. Identities that PowerPoint gave to a row are the first one's alone.
func (b *builder) row(proto *node) *node {
	row := &node{raw: proto.raw, name: proto.name, attrs: append([]attribute(nil), proto.attrs...)}
	if ext := proto.child("a:extLst"); ext != nil && b.used[proto] == 0 {
		row.kids = append(row.kids, ext.clone())
	}
	b.used[proto]++
	return row
}

func (b *builder) endRun() {
	if b.run == nil {
		return
	}
	text := b.text.String()
	for i, line := range strings.Split(strings.ReplaceAll(text, "\n", "\v"), "\v") {
		line = strings.Map(visible, line)
		if i > 0 {
			b.para.insert(lineBreak(b.run), "a:endParaRPr")
		}
		if line != "" {
			b.para.insert(runOf(b.run, line), "a:endParaRPr")
		}
	}
	if b.para != nil && b.para.child("a:r") == nil && b.para.child("a:endParaRPr") == nil {
		if pr := b.run.child("a:rPr"); pr != nil { // an empty paragraph is as high as its text was
			end := pr.clone()
			end.raw, end.name = beside(pr.raw, "endParaRPr"), "a:endParaRPr"
			b.para.kids = append(b.para.kids, end)
		}
	}
	b.run = nil
	b.text.Reset()
}

// visible drops what XML or a paragraph cannot hold.
func visible(r rune) rune {
	if r == '\t' || !unicode.IsControl(r) && r != utf8.RuneError {
		return r
	}
	return -1
}

// runOf gives a run with the looks of another.
func runOf(proto *node, text string) *node {
	r := &node{raw: proto.raw, name: proto.name, attrs: proto.attrs}
	for _, k := range proto.kids {
		if k.name != "a:t" && k.name != "" {
			r.kids = append(r.kids, k.clone())
		}
	}
	t := proto.make("t")
	t.setWords(text)
	r.kids = append(r.kids, t)
	return r
}

func lineBreak(run *node) *node {
	br := run.make("br")
	if pr := run.child("a:rPr"); pr != nil {
		br.kids = append(br.kids, pr.clone())
	}
	return br
}

func (b *builder) endParagraph() {
	b.endRun()
	if b.para == nil {
		return
	}
	shown := b.para.child("a:r") != nil || b.para.child("a:fld") != nil || b.para.child("a:br") != nil
	if shown || !b.maybe {
		b.paras = append(b.paras, b.para)
	}
	b.para = nil
}

// endCell puts the paragraphs of a cell into it.
func (b *builder) endCell() {
	if b.cell == nil {
		return
	}
	setParagraphs(b.cell.child("a:txBody"), b.paras)
	b.cell, b.paras = nil, nil
}

// setParagraphs gives a body new paragraphs; it never stays without one.
func setParagraphs(body *node, paras []*node) {
	if body == nil {
		return
	}
	if len(paras) == 0 {
		var empty *node
		if p := body.child("a:p"); p != nil {
			empty = &node{raw: p.raw, name: p.name, attrs: p.attrs}
			for _, k := range p.kids {
				if k.name == "a:pPr" || k.name == "a:endParaRPr" {
					empty.kids = append(empty.kids, k.clone())
				}
			}
		} else {
			empty = &node{raw: "a:p", name: "a:p"}
		}
		paras = []*node{empty}
	}
	body.dropNamed("a:p")
	body.kids = append(body.kids, paras...)
}
