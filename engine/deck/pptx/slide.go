package pptx

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/diag"
)

// page is one slide of the presentation: a slide of the document, or what did not fit on it.
type page struct {
	slide  *deck.Slide
	layout *layoutPart
	part   string
	number int // of the slide's pages, from 1
	of     int
	left   int // rows that no page holds, of the last one
	places []place
	shown  []*block.Block // blocks on it, for the notes
	prose  []block.Figure // figures of its texts
	stale  []string       // why blocks on it are older than their sources
}

// place is a region of a page with what stands in it.
type place struct {
	region string
	index  int // of the layout's placeholder; 0 has none
	align  string
	box    deck.Box
	items  []placed
	scale  float64
}

// placed is one piece with the click that shows it.
type placed struct {
	piece
	step int
}

// plan decides which pages there are and what stands where on them, before anything is drawn: a
// link to a slide has to know its part.
func (w *writer) plan() {
	for i := range w.doc.Slides {
		s := &w.doc.Slides[i]
		w.pages = append(w.pages, w.planSlide(s)...)
	}
	w.finishLayouts()
	for i, p := range w.pages {
		p.part = "ppt/slides/slide" + strconv.Itoa(i+1) + ".xml"
		if p.number == 1 {
			w.slideParts[p.slide.ID] = p.part
		}
	}
}

// planSlide gives the pages of a slide: one, and more if a table is longer than its place.
func (w *writer) planSlide(s *deck.Slide) []*page {
	l := w.useLayout(s.Layout)
	first := &page{slide: s, layout: l, number: 1}
	pages := []*page{first}
	for _, content := range s.Regions {
		first.places = append(first.places, w.placeOf(l, content))
	}
	w.makeRoom(first.places)
	for i := range first.places {
		p := &first.places[i]
		var rest []placed
		p.scale, rest = w.fit(s, p)
		for len(rest) > 0 && len(pages) < deck.MaxPages {
			next := place{region: p.region, align: "top", box: deck.BodyBox(l.Layout), items: rest}
			next.scale, rest = w.fit(s, &next)
			pages = append(pages, &page{slide: s, layout: l, number: len(pages) + 1, places: []place{next}})
		}
		w.leftOut(pages, rest)
	}
	return counted(pages)
}

// leftOut tells of rows that no page holds.
func (w *writer) leftOut(pages []*page, rest []placed) {
	if n := w.rows(rest); n > 0 {
		last := pages[len(pages)-1]
		last.left += n
		w.diags.Add(deck.RowsLeftOut(last.slide, n))
	}
}

// counted tells pages how many they are.
func counted(pages []*page) []*page {
	for _, p := range pages {
		p.of = len(pages)
	}
	return pages
}

// makeRoom lets a region that is too low for what stands in it push down those below, as far as they
// have room to give: charts and pictures take what is left.
func (w *writer) makeRoom(places []place) {
	for i := range places {
		a := &places[i]
		_, need := w.heights(a.items, a.box, 1)
		short := need - a.box.H
		if short <= slack {
			continue
		}
		var below []*place
		for j := range places {
			b := &places[j]
			if b.box.Y > a.box.Y+a.box.H-slack && b.box.X < a.box.X+a.box.W && a.box.X < b.box.X+b.box.W {
				_, least := w.heights(b.items, deck.Box{W: b.box.W}, 0.86)
				short = min(short, b.box.H-least)
				below = append(below, b)
			}
		}
		if len(below) == 0 || short <= 0 {
			continue
		}
		a.box.H += short
		for _, b := range below {
			b.box.Y, b.box.H = b.box.Y+short, b.box.H-short
		}
	}
}

func (w *writer) placeOf(l *layoutPart, content deck.Content) place {
	p := place{region: content.Region, align: "top", box: deck.BodyBox(l.Layout)}
	for i, r := range l.Regions {
		if r.Name == content.Region {
			p.index, p.align, p.box = firstRegion+i, or(r.Align, "top"), deck.RegionBox(l.Layout, r)
		}
	}
	for _, item := range content.Items {
		for _, piece := range w.pieces(item) {
			p.items = append(p.items, placed{piece, item.Step})
		}
	}
	return p
}

// drawPage writes one slide with its notes.
func (w *writer) drawPage(ctx context.Context, index int) error {
	p := w.pages[index]
	c := w.canvas(p.part, ink{palette: w.palette, surface: p.layout.Surface})
	c.page = p
	w.pkg.AddRel(p.part, RelLayout, p.layout.part)
	m := &c.m
	m.start("p:sld", spaces()...)
	m.start("p:cSld", "name", w.pageName(p))
	c.background(p.layout.Surface)
	var err error
	c.tree(func() {
		c.head()
		for i := range p.places {
			if e := c.drawPlace(ctx, &p.places[i]); e != nil && err == nil {
				err = e
			}
		}
		c.foot(index + 1)
	})
	if err != nil {
		return fmt.Errorf("draw slide %s: %w", p.slide.ID, err)
	}
	m.end()
	m.start("p:clrMapOvr")
	m.leaf("a:masterClrMapping")
	m.end()
	c.timing()
	m.end()
	w.pkg.SetPart(p.part, slideType, m.bytes())
	w.notes(index)
	return nil
}

// pageOf is what the title says of the pages that a slide goes on over.
func (p *page) pageOf(d *deck.Document) string { return deck.PageOf(d.Format, p.number, p.of, p.left) }

func (w *writer) pageName(p *page) string {
	if p.number > 1 {
		return p.slide.ID + "-" + strconv.Itoa(p.number)
	}
	return p.slide.ID
}

// head writes title and subtitle. A slide whose layout has no title keeps it out of sight, above
// its edge: outlines and readers of screens need one.
func (c *canvas) head() {
	p := c.page
	text := p.slide.Title.Text + p.pageOf(c.doc)
	if text == "" {
		text = or(c.doc.Title, p.slide.ID)
		if p.layout.Title != "none" && p.slide.Title.IsZero() && p.slide.Subtitle.IsZero() {
			c.hiddenTitle(text)
			return
		}
	}
	if p.layout.Title == "none" {
		c.hiddenTitle(text)
		return
	}
	c.title(text)
}

func (c *canvas) hiddenTitle(text string) {
	b := deck.Box{X: deck.Margin, Y: -0.8, W: deck.StageWidth - 2*deck.Margin, H: 0.6}
	c.shape(shape{name: "Title", box: b, holder: "title", alt: text, text: []paragraph{plain(span{text: text, size: deck.SubtitleSize})}})
}

// titleSizes are the sizes that a long title is tried in.
func titleSizes(largest float64) []float64 {
	return []float64{largest, largest * 0.857, largest * 0.715, largest * 0.6}
}

func (c *canvas) title(text string) {
	p := c.page
	sub := p.slide.Subtitle.Text
	head := deck.HeadBox(p.layout.Layout)
	kind, subKind, largest, anchor, most := "title", "body", deck.TitleSize, "t", 2
	if p.layout.middle() {
		kind, subKind, largest, anchor, most = "ctrTitle", "subTitle", deck.CoverSize, "b", 4
	}
	size, lines := largest, 1
	for i, s := range titleSizes(largest) {
		size = s
		lines = c.lines(plain(span{text: text, size: s, weight: semibold, heading: true}), head.W)
		if lines <= most {
			break
		}
		if i == len(titleSizes(largest))-1 {
			c.overflow("the title is longer than %d lines", most)
		}
	}
	height := float64(lines) * size * lineHeight * titleSpacing / pointsIn
	titleBox, rest := cutTop(head, height, 0.03)
	subBox, _ := cutTop(rest, subtitleHeight, 0)
	if p.layout.middle() {
		subLines := c.lines(plain(span{text: sub, size: deck.SubtitleSize}), head.W)
		subH := float64(subLines) * subtitleHeight
		top := head.Y + (head.H-height-0.15-subH)/2
		titleBox = deck.Box{X: head.X, Y: top, W: head.W, H: height}
		subBox = deck.Box{X: head.X, Y: top + height + 0.15, W: head.W, H: subH}
	}
	c.figures(p.slide.Title)
	c.shape(shape{
		name: "Title", box: titleBox, holder: kind, alt: c.proseAlt(text, p.slide.Title), body: body{anchor: anchor},
		text: []paragraph{plain(span{text: text, size: size, weight: semibold, heading: true, color: "text"})},
	})
	if sub == "" {
		return
	}
	subSize := c.oneLine(sub, deck.SubtitleSize, head.W, regular)
	c.figures(p.slide.Subtitle)
	c.shape(shape{
		name: "Subtitle", box: subBox, holder: subKind, index: subtitleIndex, alt: c.proseAlt(sub, p.slide.Subtitle),
		text: []paragraph{plain(span{text: sub, size: subSize, color: "muted"})},
	})
}

// oneLine gives the size at which a text stands in one line, not below the labels' size.
func (w *writer) oneLine(text string, size, width float64, weight fontWeight) float64 {
	for ; size > deck.LabelSize; size-- {
		if w.text.width(text, size, weight) <= width {
			break
		}
	}
	return size
}

// foot writes footnote, footer and number.
func (c *canvas) foot(number int) {
	p := c.page
	c.step = 0
	if note := p.slide.Footnote; !note.IsZero() || len(p.stale) > 0 {
		b := footnoteBox()
		if c.doc.Footer.IsZero() {
			b.W += footerWidth
		}
		var text []paragraph
		if len(p.stale) > 0 {
			text = append(text, plain(span{text: c.shortened(staleSign+strings.Join(p.stale, " · "), deck.FootnoteSize, b.W-0.05), size: deck.FootnoteSize, color: "warning"}))
		}
		if !note.IsZero() {
			text = append(text, plain(span{text: note.Text, size: deck.FootnoteSize, color: "muted"}))
		}
		if need := c.textHeight(text, b.W); need > b.H+0.02 {
			b.Y, b.H = b.Y+b.H-min(need, b.H+deck.FootGap), min(need, b.H+deck.FootGap)
			if need > b.H+0.02 {
				c.overflow("the footnote has more than %d lines", int(b.H*pointsIn/deck.FootnoteSize/lineHeight))
			}
		}
		c.figures(note)
		c.shape(shape{name: "Footnote", box: b, holder: "body", index: footnoteIndex, alt: c.proseAlt(strings.TrimSpace(strings.Join(p.stale, " · ")+" "+note.Text), note), text: text, body: body{anchor: "b"}})
	}
	if p.layout.middle() {
		return
	}
	if f := c.doc.Footer; !f.IsZero() {
		size := c.oneLine(f.Text, deck.FootnoteSize, footerWidth, regular)
		c.shape(shape{
			name: "Footer", box: footerBox(), holder: "ftr", index: footerIndex, alt: f.Text, body: body{anchor: "b"},
			text: []paragraph{{align: "r", spans: []span{{text: f.Text, size: size, color: "muted"}}}},
		})
	}
	c.slideNumber(number)
}

func (c *canvas) slideNumber(number int) {
	m := &c.m
	m.start("p:sp")
	m.start("p:nvSpPr")
	c.named(c.id(), "Slide Number", strconv.Itoa(number))
	m.start("p:cNvSpPr")
	m.leaf("a:spLocks", "noGrp", true)
	m.end()
	m.start("p:nvPr")
	c.placeholderRef("sldNum", numberIndex)
	m.end()
	m.end()
	m.leaf("p:spPr")
	m.start("p:txBody")
	m.leaf("a:bodyPr")
	m.leaf("a:lstStyle")
	m.start("a:p")
	m.start("a:fld", "id", guid("slidenum"), "type", "slidenum")
	c.runProperties("a:rPr", span{size: deck.FootnoteSize, color: "muted"})
	m.full("a:t", strconv.Itoa(number))
	m.end()
	m.end()
	m.end()
	m.end()
}

// drawPlace draws what stands in a region, from top to bottom.
func (c *canvas) drawPlace(ctx context.Context, p *place) error {
	heights, total := c.heights(p.items, p.box, p.scale)
	y := p.box.Y
	switch free := p.box.H - total; {
	case free <= 0:
	case p.align == "middle":
		y += free / 2
	case p.align == "bottom":
		y += free
	}
	for i, item := range p.items {
		c.step = item.step
		b := deck.Box{X: p.box.X, Y: y, W: p.box.W, H: heights[i]}
		holder := 0
		if len(p.items) == 1 {
			holder = p.index
		}
		if err := item.draw(ctx, c, spot{box: b, scale: p.scale, holder: holder}); err != nil {
			return err
		}
		y += heights[i] + itemGap
	}
	c.step = 0
	return nil
}

// overflow says what does not fit on the slide being drawn.
func (c *canvas) overflow(format string, args ...any) { c.tooMuch(c.page.slide, format, args...) }

func (w *writer) tooMuch(s *deck.Slide, format string, args ...any) {
	w.diags = append(w.diags, diag.Warnf(diag.DoesNotFit, s.Pos, "slide %s: %s", s.ID, fmt.Sprintf(format, args...)).
		WithHint("shorten it, or spread it over two slides"))
}

// figures remembers the figures of a text for the notes' list of sources.
func (c *canvas) figures(p block.Prose) {
	for _, q := range p.Figures {
		c.page.prose = append(c.page.prose, q.Figure)
	}
}

// proseAlt is the alternative text of a text with figures: the text, and where they are from.
func (c *canvas) proseAlt(text string, p block.Prose) string {
	figures := make([]block.Figure, len(p.Figures))
	for i, q := range p.Figures {
		figures[i] = q.Figure
	}
	return text + marks(figures)
}

// marks gives " [block ID · query KEY]" for each place that figures are from.
func marks(figures []block.Figure) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, f := range figures {
		if m := mark(f.Origin.Block, f.Origin.Query); m != "" && !seen[m] {
			seen[m] = true
			b.WriteString(m)
		}
	}
	return b.String()
}

func mark(id, query string) string {
	switch {
	case id == "" && query == "":
		return ""
	case query == "":
		return " [block " + id + "]"
	case id == "":
		return " [query " + query + "]"
	default:
		return " [block " + id + " · query " + query + "]"
	}
}

// blockMark is the mark of a block's own data.
func blockMark(b *block.Block) string {
	if b.Data == nil {
		return mark(b.ID, "")
	}
	return mark(b.ID, b.Data.Query)
}
