package pptx

import (
	"strings"
	"unicode/utf8"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// span is a piece of text in one style.
type span struct {
	text    string
	size    float64 // points
	weight  fontWeight
	italic  bool
	strike  bool
	code    bool
	heading bool   // in the font of titles
	color   string // token; "" takes what the shape has
	link    string
	brk     bool // a line ends after it
}

// paragraph is one paragraph of a shape.
type paragraph struct {
	spans  []span
	align  string  // "l", "ctr", "r"; "" is left
	before float64 // points above it
	marker string  // bullet: a character; numbered: "#"
	number int
	level  int
	step   int
}

// indentStep is how far a level of a list stands in, in inches.
const indentStep = 0.22

func (p paragraph) indent() float64 {
	if p.marker == "" {
		return 0
	}
	return indentStep * float64(p.level+1)
}

// plain is a paragraph of one span.
func plain(s span) paragraph { return paragraph{spans: []span{s}} }

// size is the largest type in a paragraph.
func (p paragraph) size() float64 {
	size := 0.0
	for _, s := range p.spans {
		size = max(size, s.size)
	}
	return size
}

// faceOf is the font that a span is set in.
func (w *writer) faceOf(s span) face {
	if s.heading {
		return w.heading
	}
	return w.text
}

// codeWidth is the width of a letter of a typewriter to its size.
const codeWidth = 0.602

func (w *writer) spanWidth(s span, text string) float64 {
	if s.code {
		return codeWidth * float64(utf8.RuneCountInString(text)) * s.size / pointsIn
	}
	return w.faceOf(s).width(text, s.size, s.weight)
}

// lines counts the lines that a paragraph takes in a width in inches.
func (w *writer) lines(p paragraph, width float64) int {
	width -= p.indent()
	lines, at := 1, 0.0
	for _, s := range p.spans {
		for i, piece := range strings.Split(s.text, "\n") {
			if i > 0 {
				lines, at = lines+1, 0
			}
			for _, word := range wordsOf(piece) {
				full := w.spanWidth(s, word)
				if at > 0 && at+w.spanWidth(s, strings.TrimRight(word, " ")) > width {
					lines, at = lines+1, 0
				}
				for ; full > width && width > 0; full -= width { // a word longer than a line is broken
					lines++
				}
				at += full
			}
		}
		if s.brk {
			lines, at = lines+1, 0
		}
	}
	return lines
}

// textHeight is what paragraphs take in a width, in inches.
func (w *writer) textHeight(ps []paragraph, width float64) float64 {
	height := 0.0
	for i, p := range ps {
		if i > 0 {
			height += p.before / pointsIn
		}
		height += float64(w.lines(p, width)) * p.size() * lineHeight / pointsIn
	}
	return height
}

// textWidth is the widest line of paragraphs that are not broken.
func (w *writer) textWidth(p paragraph) float64 {
	sum := p.indent()
	for _, s := range p.spans {
		sum += w.spanWidth(s, s.text)
	}
	return sum
}

// body writes the text of a shape: its properties and its paragraphs.
type body struct {
	anchor  string // "t", "ctr", "b"
	margins [4]float64
	wrap    wrapping
}

type wrapping int

const (
	wrapped wrapping = iota
	unwrapped
)

func (c *canvas) textBody(element string, b body, ps []paragraph) {
	m := &c.m
	m.start(element)
	wrap := "square"
	if b.wrap == unwrapped {
		wrap = "none"
	}
	m.start("a:bodyPr", "wrap", wrap, "lIns", inches(b.margins[0]), "tIns", inches(b.margins[1]), "rIns", inches(b.margins[2]), "bIns", inches(b.margins[3]),
		"rtlCol", false, "anchor", b.anchor)
	m.leaf("a:noAutofit")
	m.end()
	m.leaf("a:lstStyle")
	c.paragraphs(ps)
	m.end()
}

// paragraphs writes paragraphs; a text has at least one.
func (c *canvas) paragraphs(ps []paragraph) {
	if len(ps) == 0 {
		c.m.leaf("a:p")
	}
	for i, p := range ps {
		c.paragraph(p, i == 0)
	}
}

func (c *canvas) paragraph(p paragraph, first bool) { //nolint:revive // the first one has nothing above it
	m := &c.m
	m.start("a:p")
	attrs := []any{}
	if p.marker != "" {
		attrs = append(attrs, "marL", inches(p.indent()), "indent", -inches(indentStep))
	} else {
		attrs = append(attrs, "marL", 0, "indent", 0)
	}
	if p.level > 0 {
		attrs = append(attrs, "lvl", min(p.level, 8))
	}
	if p.align != "" {
		attrs = append(attrs, "algn", p.align)
	}
	m.start("a:pPr", attrs...)
	before := p.before
	if first {
		before = 0
	}
	m.start("a:spcBef")
	m.val("a:spcPts", int(before*unitsText))
	m.end()
	c.bullet(p)
	m.end()
	for _, s := range p.spans {
		c.run(s)
	}
	if len(p.spans) == 0 {
		m.leaf("a:endParaRPr", "lang", c.lang)
	}
	m.end()
}

func (c *canvas) bullet(p paragraph) {
	m := &c.m
	switch p.marker {
	case "":
		m.leaf("a:buNone")
	case "#":
		m.leaf("a:buFont", "typeface", "+mj-lt")
		m.leaf("a:buAutoNum", "type", "arabicPeriod", "startAt", max(p.number, 1))
	default:
		m.leaf("a:buFont", "typeface", "Arial")
		m.leaf("a:buChar", "char", p.marker)
	}
}

// run writes a span: its lines with breaks between them.
func (c *canvas) run(s span) {
	for i, line := range strings.Split(s.text, "\n") {
		if i > 0 {
			c.lineBreak(s)
		}
		if line == "" {
			continue
		}
		c.m.start("a:r")
		c.runProperties("a:rPr", s)
		c.m.full("a:t", line)
		c.m.end()
	}
	if s.brk {
		c.lineBreak(s)
	}
}

func (c *canvas) lineBreak(s span) {
	c.m.start("a:br")
	s.link = ""
	c.runProperties("a:rPr", s)
	c.m.end()
}

func (c *canvas) runProperties(element string, s span) {
	m := &c.m
	attrs := []any{"lang", c.lang}
	if s.size > 0 {
		attrs = append(attrs, "sz", int(s.size*unitsText+0.5))
	}
	attrs = append(attrs, "b", s.weight == semibold)
	if s.italic {
		attrs = append(attrs, "i", true)
	}
	if s.strike {
		attrs = append(attrs, "strike", "sngStrike")
	}
	m.start(element, append(attrs, "dirty", false)...)
	if s.color != "" {
		c.ink.fill(m, s.color)
	}
	switch {
	case s.code:
		m.leaf("a:latin", "typeface", codeFont)
		m.leaf("a:cs", "typeface", codeFont)
	case s.heading:
		m.leaf("a:latin", "typeface", "+mj-lt")
	default:
		m.leaf("a:latin", "typeface", "+mn-lt")
	}
	c.hyperlink(s.link)
	m.end()
}

// codeFont is there wherever PowerPoint is, and LibreOffice has one of the same widths.
const codeFont = "Courier New"

// hyperlink writes what a click on a run opens: an address, or a slide of the document ("#name").
// Other addresses are left out: nobody wants a deck that starts programs.
func (c *canvas) hyperlink(link string) {
	link = block.SafeLink(link)
	if id, ok := strings.CutPrefix(link, "#"); ok {
		if part := c.slideParts[id]; part != "" {
			c.m.leaf("a:hlinkClick", "r:id", c.pkg.AddRel(c.part, RelSlide, part), "action", "ppaction://hlinksldjump")
		}
		return
	}
	if link != "" {
		c.m.leaf("a:hlinkClick", "r:id", c.pkg.AddExternal(c.part, RelLink, link))
	}
}

// textBox is a shape of text without fill; its box is that of the grid, so it has no margins.
func (c *canvas) textBox(name, alt string, b deck.Box, anchor string, ps []paragraph) int {
	return c.shape(shape{name: name, alt: alt, box: b, text: ps, body: body{anchor: anchor}, kind: textShape})
}
