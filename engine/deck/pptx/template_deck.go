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

// deckSlides makes pages of the document's own slides on layouts of the template.
func (f *filler) deckSlides() []*slideFill {
	if len(f.doc.Slides) == 0 {
		return nil
	}
	f.layouts = f.layoutsOf()
	f.chosen = map[string]*templateLayout{}
	var out []*slideFill
	for i := range f.doc.Slides {
		s := &f.doc.Slides[i]
		l := f.layoutFor(s.Layout, s.Pos)
		if l == nil {
			f.add(diag.Errorf(diag.BadFile, diag.Pos{}, "the template has no layouts to put slides on").WithHint("Save it again from PowerPoint with its master."))
			return nil
		}
		for _, p := range f.planSlide(s, l) {
			x := &slideFill{filler: f, section: s.Section, layout: l, page: *p}
			x.part = f.pkg.NewName("ppt/slides/slide#.xml")
			f.pkg.SetPart(x.part, slideType, []byte("<p:sld/>")) // takes the name
			if p.number == 1 {
				f.writer.slideParts[s.ID] = x.part
			}
			out = append(out, x)
		}
	}
	return out
}

// planSlide gives the pages of one slide: what stands where, and what goes on the next page.
func (f *filler) planSlide(s *deck.Slide, l *templateLayout) []*page {
	w := f.writer
	own := w.useLayout(s.Layout)
	first := &page{slide: s, layout: own, number: 1}
	pages := []*page{first}
	for _, content := range s.Regions {
		p := f.placeOf(s, own, l, content)
		var rest []placed
		p.scale, rest = w.fit(s, &p)
		first.places = append(first.places, p)
		for len(rest) > 0 && len(pages) < deck.MaxPages {
			next := place{region: content.Region, align: "top", box: l.room(s, own.middle()), items: rest}
			next.scale, rest = w.fit(s, &next)
			pages = append(pages, &page{slide: s, layout: own, number: len(pages) + 1, places: []place{next}})
		}
		w.leftOut(pages, rest)
	}
	return counted(pages)
}

// placeOf is where a region stands: in the place of the template's layout that has its name, in the
// n-th place if there are as many as regions, else where the deck's layout has it, within the room
// that the template's layout leaves for content.
func (f *filler) placeOf(s *deck.Slide, own *layoutPart, l *templateLayout, content deck.Content) place {
	room := l.room(s, own.middle())
	p := place{region: content.Region, align: "top", box: room}
	h := l.holder(own, s, content.Region)
	for _, r := range own.Regions {
		if r.Name == content.Region && !own.middle() {
			p.align, p.box = or(r.Align, "top"), inBody(room, r)
		}
	}
	if h != nil {
		p.box = below(h.box, room)
		if kind := h.ph.attr("type"); kind == "" || kind == "obj" {
			p.index = int(h.ph.int("idx"))
		}
	}
	for _, item := range content.Items {
		for _, piece := range f.writer.pieces(item) {
			p.items = append(p.items, placed{piece, item.Step})
		}
	}
	return p
}

// holder finds the place of the template's layout for a region.
func (l *templateLayout) holder(own *layoutPart, s *deck.Slide, region string) *templateHolder {
	for _, h := range l.content {
		if plainName(h.name) == plainName(region) {
			return h
		}
	}
	if len(l.content) == 1 && len(s.Regions) == 1 {
		return l.content[0]
	}
	if len(l.content) != len(own.Regions) {
		return nil
	}
	for i, r := range own.Regions {
		if r.Name == region {
			return l.content[i]
		}
	}
	return nil
}

// drawDeckSlide writes a page of a deck's slide on the template's layout.
func (s *slideFill) drawDeckSlide(ctx context.Context, number int) error {
	p := &s.page
	c := s.writer.canvas(s.part, s.ink())
	c.page = p
	s.pkg.AddRel(s.part, RelLayout, s.layout.part)
	m := &c.m
	m.start("p:sld", spaces()...)
	m.start("p:cSld", "name", s.writer.pageName(p))
	var err error
	c.tree(func() {
		s.head(c)
		for i := range p.places {
			if e := s.drawRegion(ctx, c, &p.places[i]); e != nil && err == nil {
				err = e
			}
		}
		s.foot(c, number)
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
	s.pkg.SetPart(s.part, slideType, m.bytes())
	root, err := s.tree(s.part)
	if err != nil {
		return err
	}
	s.fitTexts(root)
	s.save(s.part, root)
	if !p.slide.Notes.IsZero() && p.number == 1 {
		if err := s.speak(); err != nil {
			return err
		}
	}
	return s.sourcesInto()
}

// head writes title and subtitle into the places of the layout, in its looks.
func (s *slideFill) head(c *canvas) {
	p := &s.page
	text := p.slide.Title.Text
	if text == "" {
		text = or(s.doc.Title, p.slide.ID)
	}
	text += p.pageOf(s.doc)
	c.figures(p.slide.Title)
	if s.layout.title == nil || p.layout.Title == "none" || p.slide.Title.IsZero() && p.slide.Subtitle.IsZero() {
		c.hiddenTitle(text)
	} else {
		s.holderText(c, s.layout.title, "Title", c.proseAlt(text, p.slide.Title), text)
	}
	sub := p.slide.Subtitle
	if sub.IsZero() {
		return
	}
	c.figures(sub)
	switch {
	case s.layout.sub != nil:
		s.holderText(c, s.layout.sub, "Subtitle", c.proseAlt(sub.Text, sub), sub.Text)
	case p.layout.middle() && len(s.layout.content) > 0 && len(p.places) == 0:
		s.holderText(c, s.layout.content[0], "Subtitle", c.proseAlt(sub.Text, sub), sub.Text)
	default:
		b := s.layout.body
		b.H = subtitleHeight
		c.textBox("Subtitle", c.proseAlt(sub.Text, sub), b, "t", []paragraph{plain(span{text: sub.Text, size: deck.SubtitleSize, color: "muted"})})
	}
}

// room is what a layout leaves for the content of a slide: less by its subtitle if the layout has no
// place for one.
func (l *templateLayout) room(s *deck.Slide, middle bool) deck.Box { //nolint:revive // where the title stands
	b := l.body
	if !s.Subtitle.IsZero() && l.sub == nil && !middle {
		_, b = cutTop(b, subtitleHeight, itemGap)
	}
	return b
}

// below gives what of a box is in the room for content.
func below(b, room deck.Box) deck.Box {
	if b.Y < room.Y {
		b.Y, b.H = room.Y, max(b.H-(room.Y-b.Y), 0)
	}
	return b
}

// holderText fills a place of the layout with one line of text; place and looks are the layout's.
func (s *slideFill) holderText(c *canvas, h *templateHolder, name, alt, text string) {
	m := &c.m
	m.start("p:sp")
	m.start("p:nvSpPr")
	c.named(c.id(), name, alt)
	m.start("p:cNvSpPr")
	m.leaf("a:spLocks", "noGrp", true)
	m.end()
	m.start("p:nvPr")
	c.holderRef(h)
	m.end()
	m.end()
	m.leaf("p:spPr")
	m.start("p:txBody")
	m.start("a:bodyPr")
	if h.ph.attr("type") != "ftr" {
		m.leaf("a:normAutofit")
	}
	m.end()
	m.leaf("a:lstStyle")
	for _, line := range strings.Split(text, "\n") {
		m.start("a:p")
		m.start("a:r")
		m.start("a:rPr", "lang", c.lang)
		if h.ph.attr("type") == "ftr" { // LibreOffice does not take the layout's font for a footer
			m.leaf("a:latin", "typeface", "+mn-lt")
		}
		m.end()
		m.full("a:t", strings.Map(visible, line))
		m.end()
		m.end()
	}
	m.end()
	m.end()
}

// holderRef names a place of the layout as the layout itself does.
func (c *canvas) holderRef(h *templateHolder) {
	var attrs []any
	for _, name := range []string{"type", "orient", "sz", "idx"} {
		if v := h.ph.attr(name); v != "" {
			attrs = append(attrs, name, v)
		}
	}
	c.m.leaf("p:ph", attrs...)
}

// drawRegion draws what stands in a region. Text alone that has a place on the layout takes the
// layout's looks; all else is drawn as on other slides.
func (s *slideFill) drawRegion(ctx context.Context, c *canvas, p *place) error {
	h := s.layout.holder(s.page.layout, s.page.slide, p.region)
	text := s.onlyText(p.region)
	if h == nil || text == nil || s.page.number > 1 {
		return c.drawPlace(ctx, p)
	}
	id := c.id()
	body := &node{raw: "p:txBody", name: "p:txBody"}
	body.kids = []*node{{raw: "a:bodyPr", name: "a:bodyPr", kids: []*node{{raw: "a:normAutofit", name: "a:normAutofit"}}}, {raw: "a:lstStyle", name: "a:lstStyle"}, {raw: "a:p", name: "a:p"}}
	s.setRich(body, *text, true)
	if h.ph.attr("type") == "body" || h.ph.attr("type") == "" {
		s.clicks(c, id, body, *text)
	}
	m := &c.m
	m.start("p:sp")
	m.start("p:nvSpPr")
	c.named(id, or(h.name, p.region), plainWords(body))
	m.start("p:cNvSpPr")
	m.leaf("a:spLocks", "noGrp", true)
	m.end()
	m.start("p:nvPr")
	c.holderRef(h)
	m.end()
	m.end()
	if b := below(h.box, s.layout.room(s.page.slide, s.page.layout.middle())); b != h.box {
		m.start("p:spPr")
		transform(m, "a:xfrm", b)
		m.end()
	} else {
		m.leaf("p:spPr")
	}
	m.raw(body.alone())
	m.end()
	return nil
}

// onlyText gives the text of a region that holds nothing else.
func (s *slideFill) onlyText(region string) *block.RichText {
	for _, content := range s.page.slide.Regions {
		if content.Region != region || len(content.Items) != 1 || content.Items[0].Text == nil || content.Items[0].Step > 0 {
			continue
		}
		for _, p := range content.Items[0].Text.Paragraphs {
			if p.Kind == block.Grid || p.Kind == block.Picture || p.Kind == block.HTML {
				return nil
			}
		}
		return content.Items[0].Text
	}
	return nil
}

// clicks notes which paragraphs appear at which click.
func (s *slideFill) clicks(c *canvas, id int, body *node, text block.RichText) {
	at := 0
	for i := range text.Paragraphs {
		p := &text.Paragraphs[i]
		if len(p.Runs) == 0 && p.Raw == "" {
			continue
		}
		if p.Step > 0 {
			c.timeline = append(c.timeline, effect{step: p.Step, shape: id, paragraph: at, kind: ofText})
		}
		at++
	}
}

func plainWords(body *node) string {
	var lines []string
	for _, p := range body.children("a:p") {
		lines = append(lines, p.words())
	}
	return strings.Join(lines, "\n")
}

// alone gives the XML of an element alone.
func (n *node) alone() string {
	return strings.TrimPrefix(string(n.part()), xmlHead)
}

// foot writes the footnote above the foot of the layout, and the layout's own footer and number.
func (s *slideFill) foot(c *canvas, number int) {
	p := &s.page
	c.step = 0
	if note := p.slide.Footnote; !note.IsZero() {
		text := []paragraph{plain(span{text: note.Text, size: deck.FootnoteSize, color: "muted"})}
		b := s.layout.body
		need := c.textHeight(text, b.W)
		b.Y, b.H = b.Y+b.H, need
		c.figures(note)
		c.textBox("Footnote", c.proseAlt(note.Text, note), b, "t", text)
	}
	for _, h := range s.layout.foot {
		switch {
		case h.ph.attr("type") == "ftr" && !s.doc.Footer.IsZero():
			s.holderText(c, h, "Footer", s.doc.Footer.Text, s.doc.Footer.Text)
		case h.ph.attr("type") == "sldNum":
			s.holderNumber(c, h, number)
		}
	}
}

func (s *slideFill) holderNumber(c *canvas, h *templateHolder, number int) {
	m := &c.m
	m.start("p:sp")
	m.start("p:nvSpPr")
	c.named(c.id(), "Slide Number", strconv.Itoa(number))
	m.start("p:cNvSpPr")
	m.leaf("a:spLocks", "noGrp", true)
	m.end()
	m.start("p:nvPr")
	c.holderRef(h)
	m.end()
	m.end()
	m.leaf("p:spPr")
	m.start("p:txBody")
	m.leaf("a:bodyPr")
	m.leaf("a:lstStyle")
	m.start("a:p")
	m.start("a:fld", "id", guid("slidenum"), "type", "slidenum")
	m.leaf("a:rPr", "lang", c.lang)
	m.full("a:t", strconv.Itoa(number))
	m.end()
	m.end()
	m.end()
	m.end()
}

// speak writes what the speaker says into the notes.
func (s *slideFill) speak() error {
	s.newNotes()
	root, err := s.tree(s.notes)
	if err != nil {
		return err
	}
	for _, sp := range root.child("p:cSld", "p:spTree").children("p:sp") {
		if placeholder(sp).attr("type") == "body" {
			s.setRich(sp.child("p:txBody"), s.writer.markdown(s.page.slide.Notes), false)
		}
	}
	s.save(s.notes, root)
	return nil
}
