package pptx

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"atlas/engine/deck"
)

// canvas is one part being drawn: a slide, a layout, the master or notes.
type canvas struct {
	*writer
	m        markup
	part     string
	ink      ink
	ids      int
	step     int // click at which what is drawn now appears
	timeline []effect
	page     *page
}

func (w *writer) canvas(part string, k ink) *canvas {
	return &canvas{writer: w, part: part, ink: k, ids: 1}
}

// id gives the next shape id; the tree itself has 1.
func (c *canvas) id() int {
	c.ids++
	return c.ids
}

// tree writes the tree of shapes around what draw writes.
func (c *canvas) tree(draw func()) {
	m := &c.m
	m.start("p:spTree")
	m.start("p:nvGrpSpPr")
	m.leaf("p:cNvPr", "id", 1, "name", "")
	m.leaf("p:cNvGrpSpPr")
	m.leaf("p:nvPr")
	m.end()
	m.start("p:grpSpPr")
	noTransform(m)
	m.end()
	draw()
	m.end()
}

func noTransform(m *markup) {
	m.start("a:xfrm")
	m.leaf("a:off", "x", 0, "y", 0)
	m.leaf("a:ext", "cx", 0, "cy", 0)
	m.leaf("a:chOff", "x", 0, "y", 0)
	m.leaf("a:chExt", "cx", 0, "cy", 0)
	m.end()
}

// shapeKind is what a shape is to PowerPoint.
type shapeKind int

const (
	figureShape shapeKind = iota
	textShape             // a text box
)

// shape is one drawn shape, with or without text.
type shape struct {
	name   string
	alt    string // "" marks it as decoration
	box    deck.Box
	preset string // of PowerPoint's shapes: "rect" if empty
	adjust int    // first adjustment of the preset, in 1/100,000; 0 keeps its own
	path   func(m *markup)
	fill   string // token
	line   string // token
	width  float64
	text   []paragraph
	body   body
	kind   shapeKind
	holder string // type of a placeholder
	index  int    // of a placeholder
}

// shape writes a shape and gives its id.
func (c *canvas) shape(s shape) int {
	m := &c.m
	id := c.id()
	m.start("p:sp")
	m.start("p:nvSpPr")
	c.named(id, s.name, s.alt)
	switch {
	case s.holder != "" || s.index > 0:
		m.start("p:cNvSpPr")
		m.leaf("a:spLocks", "noGrp", true)
		m.end()
		m.start("p:nvPr")
		c.placeholderRef(s.holder, s.index)
		m.end()
	case s.kind == textShape:
		m.leaf("p:cNvSpPr", "txBox", true)
		m.leaf("p:nvPr")
	default:
		m.leaf("p:cNvSpPr")
		m.leaf("p:nvPr")
	}
	m.end()
	m.start("p:spPr")
	transform(m, "a:xfrm", s.box)
	if s.path != nil {
		s.path(m)
	} else {
		m.start("a:prstGeom", "prst", or(s.preset, "rect"))
		m.start("a:avLst")
		if s.adjust > 0 {
			m.leaf("a:gd", "name", "adj", "fmla", fmt.Sprintf("val %d", s.adjust))
		}
		m.end()
		m.end()
	}
	c.ink.fill(m, s.fill)
	c.ink.line(m, s.line, s.width)
	m.end()
	if s.text != nil {
		if s.body.anchor == "" {
			s.body.anchor = "t"
		}
		c.textBody("p:txBody", s.body, s.text)
	} else {
		m.start("p:txBody")
		m.leaf("a:bodyPr")
		m.leaf("a:lstStyle")
		m.start("a:p")
		m.leaf("a:endParaRPr", "lang", c.lang)
		m.end()
		m.end()
	}
	m.end()
	c.appear(id, s.text)
	return id
}

// named writes id, name and alternative text of a shape; one without is marked as decoration, so
// that nobody is read what says nothing.
func (c *canvas) named(id int, name, alt string) {
	m := &c.m
	attrs := []any{"id", id, "name", name}
	if alt != "" {
		attrs = append(attrs, "descr", alt)
	}
	m.start("p:cNvPr", attrs...)
	if alt == "" {
		m.start("a:extLst")
		m.start("a:ext", "uri", "{C183D7F6-B498-43B3-948B-1728B52AA6E4}")
		m.leaf("adec:decorative", "xmlns:adec", "http://schemas.microsoft.com/office/drawing/2017/decorative", "val", 1)
		m.end()
		m.end()
	}
	m.end()
}

// group writes shapes that belong together: they move as one, and are read as one.
func (c *canvas) group(name, alt string, b deck.Box, draw func()) int {
	m := &c.m
	id := c.id()
	m.start("p:grpSp")
	m.start("p:nvGrpSpPr")
	c.named(id, name, alt)
	m.leaf("p:cNvGrpSpPr")
	m.leaf("p:nvPr")
	m.end()
	m.start("p:grpSpPr")
	m.start("a:xfrm")
	m.leaf("a:off", "x", inches(b.X), "y", inches(b.Y))
	m.leaf("a:ext", "cx", inches(b.W), "cy", inches(b.H))
	m.leaf("a:chOff", "x", inches(b.X), "y", inches(b.Y))
	m.leaf("a:chExt", "cx", inches(b.W), "cy", inches(b.H))
	m.end()
	m.end()
	step := c.step
	c.step = 0 // the group appears, not its parts
	draw()
	c.step = step
	m.end()
	c.appear(id, nil)
	return id
}

// guid makes an id of PowerPoint's form out of a text: the same text gives the same id.
func guid(of string) string {
	h := sha256.Sum256([]byte(of))
	return strings.ToUpper(fmt.Sprintf("{%x-%x-%x-%x-%x}", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16]))
}

// polyline is a path through points of a box, each 0 to 1 of its width and height from the upper
// left; NaN breaks it.
func polyline(xs, ys []float64, b deck.Box) func(m *markup) {
	w, h := inches(b.W), inches(b.H)
	return func(m *markup) {
		m.start("a:custGeom")
		for _, e := range []string{"a:avLst", "a:gdLst", "a:ahLst", "a:cxnLst"} {
			m.leaf(e)
		}
		m.leaf("a:rect", "l", "0", "t", "0", "r", "r", "b", "b")
		m.start("a:pathLst")
		m.start("a:path", "w", w, "h", h, "fill", "none")
		pen := false
		for i := range xs {
			if ys[i] != ys[i] {
				pen = false
				continue
			}
			verb := "a:lnTo"
			if !pen {
				verb = "a:moveTo"
			}
			pen = true
			m.start(verb)
			m.leaf("a:pt", "x", emu(xs[i]*float64(w)), "y", emu(ys[i]*float64(h)))
			m.end()
		}
		m.end()
		m.end()
		m.end()
	}
}
