package pptx

import (
	"sort"
	"strconv"

	"atlas/engine/deck"
	"atlas/engine/manifest"
)

// Indexes of placeholders on layouts; those of regions follow firstRegion in the layout's order.
const (
	subtitleIndex = 13
	footnoteIndex = 14
	footerIndex   = 11
	numberIndex   = 12
	firstRegion   = 20
)

const (
	titleSpacing   = 0.92 // of lines of a title
	subtitleHeight = deck.SubtitleSize * lineHeight / pointsIn
	numberWidth    = 0.5
	footerWidth    = 3.6
)

// layoutPart is a layout as it stands in the package.
type layoutPart struct {
	manifest.Layout
	part  string
	title deck.Box // of two lines, or where the middle is
	sub   deck.Box
}

// middle reports a layout whose title stands in the middle of the slide.
func (l *layoutPart) middle() bool { return l.Title == "middle" }

// masterAndLayouts writes the master, its theme, and a layout for each that the document has and a slide uses.
func (w *writer) masterAndLayouts() {
	name := or(w.doc.Theme.Label, w.doc.Theme.Name, "Atlas")
	w.pkg.SetPart(masterTheme, themeType, themePart(w.doc, name))
	w.pkg.SetPart(notesTheme, themeType, themePart(w.doc, name))
	for i, l := range w.layouts {
		l.part = "ppt/slideLayouts/slideLayout" + strconv.Itoa(i+1) + ".xml"
	}
	c := w.canvas(masterPart, ink{palette: w.palette})
	m := &c.m
	m.start("p:sldMaster", spaces()...)
	m.start("p:cSld")
	m.start("p:bg")
	m.start("p:bgRef", "idx", 1001)
	m.val("a:schemeClr", "bg1")
	m.end()
	m.end()
	c.tree(func() {
		standard := &layoutPart{}
		standard.place()
		c.titlePlaceholders(standard)
		c.placeholder(holder{kind: "body", index: 1, name: "Body", box: deck.BodyBox(manifest.Layout{}), prompt: "Text", anchor: "t", size: deck.BodySize, color: "text"})
		c.footPlaceholders("ftr", "sldNum")
	})
	m.end()
	colorMap(m, w.doc.Dark)
	m.start("p:sldLayoutIdLst")
	for i, l := range w.layouts {
		m.leaf("p:sldLayoutId", "id", strconv.Itoa(firstMasterID+1+i), "r:id", w.pkg.AddRel(masterPart, RelLayout, l.part))
	}
	m.end()
	w.textStyles(m)
	m.end()
	w.pkg.AddRel(masterPart, RelTheme, masterTheme)
	w.pkg.SetPart(masterPart, masterType, m.bytes())
	for _, l := range w.layouts {
		w.layout(l)
	}
	w.notesMaster()
}

// useLayout gives the layout of a slide, made at its first use.
func (w *writer) useLayout(name string) *layoutPart {
	if l := w.byLayout[name]; l != nil {
		return l
	}
	l := &layoutPart{Layout: w.doc.Layouts[name]}
	l.Name = or(l.Name, name, "default")
	if len(l.Regions) == 0 && l.Title != "middle" {
		l.Regions = []manifest.Region{{Name: "default", W: 12, H: 12}}
	}
	l.place()
	w.byLayout[name] = l
	w.layouts = append(w.layouts, l)
	return l
}

// finishLayouts gives the layouts their order: by name, so that a slide more does not turn all around.
func (w *writer) finishLayouts() {
	sort.SliceStable(w.layouts, func(i, j int) bool { return w.layouts[i].Name < w.layouts[j].Name })
}

// place says where title and subtitle stand if the title has two lines.
func (l *layoutPart) place() {
	head := deck.HeadBox(l.Layout)
	if l.middle() {
		half := head.H / 2
		l.title = deck.Box{X: head.X, Y: head.Y + half - 1.5, W: head.W, H: 1.5}
		l.sub = deck.Box{X: head.X, Y: head.Y + half + 0.15, W: head.W, H: 0.6}
		return
	}
	l.title, l.sub = headBoxes(head, 2)
}

// headBoxes gives the places of a title of some lines and the subtitle below it.
func headBoxes(head deck.Box, lines int) (title, sub deck.Box) {
	height := float64(lines) * deck.TitleSize * lineHeight * titleSpacing / pointsIn
	title, rest := cutTop(head, height, 0.03)
	sub, _ = cutTop(rest, subtitleHeight, 0)
	return title, sub
}

// layout writes one layout: named places that people find in PowerPoint when they add a slide.
func (w *writer) layout(l *layoutPart) {
	c := w.canvas(l.part, ink{palette: w.palette, surface: l.Surface})
	m := &c.m
	attrs := append(spaces(), "preserve", true)
	if l.middle() {
		attrs = append(attrs, "type", "title")
	} else {
		attrs = append(attrs, "userDrawn", true)
	}
	m.start("p:sldLayout", attrs...)
	m.start("p:cSld", "name", l.Name)
	c.background(l.Surface)
	c.tree(func() {
		if !l.coversLogo() {
			c.logo(l)
		}
		if l.Title != "none" {
			c.titlePlaceholders(l)
		}
		for i, r := range l.Regions {
			c.placeholder(holder{
				index: firstRegion + i, name: r.Name, box: deck.RegionBox(l.Layout, r), prompt: r.Name,
				anchor: anchorOf(r.Align), size: deck.BodySize, color: "text",
			})
		}
		c.placeholder(holder{kind: "body", index: footnoteIndex, name: "Footnote", box: footnoteBox(), prompt: "Footnote", anchor: "b", size: deck.FootnoteSize, color: "muted"})
		if !l.middle() {
			c.footPlaceholders("ftr", "sldNum")
		}
	})
	m.end()
	m.start("p:clrMapOvr")
	m.leaf("a:masterClrMapping")
	m.end()
	m.end()
	w.pkg.AddRel(l.part, RelMaster, masterPart)
	w.pkg.SetPart(l.part, layoutType, m.bytes())
}

// coversLogo reports a layout without a title whose regions stand where the logo does.
func (l *layoutPart) coversLogo() bool {
	logo := deck.LogoBox()
	for _, r := range l.Regions {
		b := deck.RegionBox(l.Layout, r)
		if l.Title == "none" && b.X < logo.X+logo.W && logo.X < b.X+b.W && b.Y < logo.Y+logo.H && logo.Y < b.Y+b.H {
			return true
		}
	}
	return false
}

// background writes a surface other than the master's; slides say it again, for programs that do not
// take it from their layout.
func (c *canvas) background(surface string) {
	if surface == "" || surface == "surface" {
		return
	}
	m := &c.m
	m.start("p:bg")
	m.start("p:bgPr")
	ink{palette: c.palette}.fill(m, surface)
	m.leaf("a:effectLst")
	m.end()
	m.end()
}

func anchorOf(align string) string {
	switch align {
	case "middle":
		return "ctr"
	case "bottom":
		return "b"
	default:
		return "t"
	}
}

func footnoteBox() deck.Box {
	b := deck.FootBox()
	b.W -= numberWidth + footerWidth + 0.2
	return b
}

func footerBox() deck.Box {
	b := deck.FootBox()
	return deck.Box{X: b.X + b.W - numberWidth - footerWidth, Y: b.Y, W: footerWidth, H: b.H}
}

func numberBox() deck.Box {
	b := deck.FootBox()
	return deck.Box{X: b.X + b.W - numberWidth, Y: b.Y, W: numberWidth, H: b.H}
}

// holder is one placeholder of a layout or the master.
type holder struct {
	kind   string // of placeholders: "title", "body", "ftr" …; "" takes anything
	index  int    // 0 writes none
	name   string
	box    deck.Box
	prompt string
	field  string // the prompt is a field of that type
	anchor string
	align  string
	size   float64
	weight fontWeight
	color  string
}

func (c *canvas) titlePlaceholders(l *layoutPart) {
	kind, size, anchor, sub := "title", deck.TitleSize, "t", "body"
	if l.middle() {
		kind, size, anchor, sub = "ctrTitle", deck.CoverSize, "b", "subTitle"
	}
	c.placeholder(holder{kind: kind, name: "Title", box: l.title, prompt: "Title", anchor: anchor, size: size, weight: semibold, color: "text"})
	if c.part != masterPart {
		c.placeholder(holder{kind: sub, index: subtitleIndex, name: "Subtitle", box: l.sub, prompt: "Subtitle", anchor: "t", size: deck.SubtitleSize, color: "muted"})
	}
}

func (c *canvas) footPlaceholders(footer, number string) {
	c.placeholder(holder{kind: footer, index: footerIndex, name: "Footer", box: footerBox(), prompt: c.doc.Footer.Text, anchor: "b", align: "r", size: deck.FootnoteSize, color: "muted"})
	c.placeholder(holder{kind: number, index: numberIndex, name: "Slide Number", box: numberBox(), prompt: "‹#›", field: "slidenum", anchor: "b", align: "r", size: deck.FootnoteSize, color: "muted"})
}

func (c *canvas) placeholder(h holder) {
	m := &c.m
	m.start("p:sp")
	m.start("p:nvSpPr")
	m.leaf("p:cNvPr", "id", c.id(), "name", h.name)
	m.start("p:cNvSpPr")
	m.leaf("a:spLocks", "noGrp", true)
	m.end()
	m.start("p:nvPr")
	c.placeholderRef(h.kind, h.index)
	m.end()
	m.end()
	m.start("p:spPr")
	transform(m, "a:xfrm", h.box)
	m.start("a:prstGeom", "prst", "rect")
	m.leaf("a:avLst")
	m.end()
	m.end()
	m.start("p:txBody")
	m.start("a:bodyPr", "lIns", 0, "tIns", 0, "rIns", 0, "bIns", 0, "rtlCol", false, "anchor", h.anchor)
	m.leaf("a:normAutofit")
	m.end()
	c.holderStyle(h)
	m.start("a:p")
	if h.field != "" {
		m.start("a:fld", "id", guid(h.field), "type", h.field)
		m.leaf("a:rPr", "lang", c.lang)
		m.full("a:t", h.prompt)
		m.end()
	} else if h.prompt != "" {
		m.start("a:r")
		m.leaf("a:rPr", "lang", c.lang)
		m.full("a:t", h.prompt)
		m.end()
	}
	m.end()
	m.end()
	m.end()
}

// holderStyle says how texts in a placeholder look: bullets of body texts are the master's.
func (c *canvas) holderStyle(h holder) {
	m := &c.m
	m.start("a:lstStyle")
	attrs := []any{}
	if h.index < firstRegion && h.kind != "body" || h.index == subtitleIndex || h.index == footnoteIndex {
		attrs = append(attrs, "marL", 0, "indent", 0)
	}
	if h.align != "" {
		attrs = append(attrs, "algn", h.align)
	}
	m.start("a:lvl1pPr", attrs...)
	if len(attrs) > 0 {
		m.leaf("a:buNone")
	}
	m.start("a:defRPr", "sz", int(h.size*unitsText), "b", h.weight == semibold)
	c.ink.fill(m, h.color)
	font := "+mn-lt"
	if h.weight == semibold {
		font = "+mj-lt"
	}
	m.leaf("a:latin", "typeface", font)
	m.end()
	m.end()
	m.end()
}

func (c *canvas) placeholderRef(kind string, index int) {
	attrs := []any{}
	if kind != "" {
		attrs = append(attrs, "type", kind)
	}
	switch kind {
	case "ftr", "sldNum":
		attrs = append(attrs, "sz", "quarter")
	}
	if index > 0 {
		attrs = append(attrs, "idx", index)
	}
	c.m.leaf("p:ph", attrs...)
}

// textStyles is the type of titles, bodies and the rest.
func (w *writer) textStyles(m *markup) {
	k := ink{palette: w.palette}
	m.start("p:txStyles")
	m.start("p:titleStyle")
	m.start("a:lvl1pPr", "algn", "l", "defTabSz", perInch, "rtl", false, "eaLnBrk", true, "latinLnBrk", false, "hangingPunct", true)
	m.start("a:lnSpc")
	m.val("a:spcPct", int(titleSpacing*100000))
	m.end()
	m.start("a:spcBef")
	m.val("a:spcPct", 0)
	m.end()
	m.leaf("a:buNone")
	styleRun(m, k, deck.TitleSize, "text", "+mj", semibold)
	m.end()
	m.end()
	m.start("p:bodyStyle")
	for level := range 5 {
		m.start("a:lvl"+strconv.Itoa(level+1)+"pPr", "marL", inches(indentStep*float64(level+1)), "indent", -inches(indentStep), "algn", "l", "defTabSz", perInch)
		m.start("a:spcBef")
		m.val("a:spcPts", int(paragraphGap*unitsText))
		m.end()
		m.leaf("a:buFont", "typeface", "Arial")
		m.leaf("a:buChar", "char", "•")
		styleRun(m, k, deck.BodySize, "text", "+mn", regular)
		m.end()
	}
	m.end()
	m.start("p:otherStyle")
	m.start("a:lvl1pPr", "marL", 0, "algn", "l", "defTabSz", perInch)
	styleRun(m, k, deck.BodySize, "text", "+mn", regular)
	m.end()
	m.end()
	m.end()
}

func styleRun(m *markup, k ink, size float64, color, font string, weight fontWeight) {
	m.start("a:defRPr", "sz", int(size*unitsText), "b", weight == semibold, "kern", 1200)
	k.fill(m, color)
	m.leaf("a:latin", "typeface", font+"-lt")
	m.leaf("a:ea", "typeface", font+"-ea")
	m.leaf("a:cs", "typeface", font+"-cs")
	m.end()
}
