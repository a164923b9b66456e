package pptx

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"atlas/engine/deck"
	"atlas/engine/diag"
)

// draw puts a block in the place of a shape, as a deck without a template shows it, in the colours
// and fonts of the template's theme.
func (s *slideFill) draw(ctx context.Context, b *bound) error {
	box, ok := s.boxOf(b.node)
	if !ok {
		s.failf(diag.BadValue, b.shape, "Move or resize it once in PowerPoint, then it has a place of its own.", "the shape has no place")
		return nil
	}
	p := s.writer.blockPiece(b.block)
	scale := 1.0
	for _, scale = range scales() {
		if p.height(s.writer, box.W, scale) <= box.H+slack {
			break
		}
	}
	if need := p.height(s.writer, box.W, scale); need > box.H+slack {
		s.fail(b.shape, diag.Warnf(diag.BadValue, diag.Pos{}, "block %s needs %.1f inches of height, the shape has %.1f", b.block.Name, need, box.H).
			WithHint("Make the shape larger, or the block shorter."))
	}
	c := s.canvas()
	if err := p.draw(ctx, c, spot{box: box, scale: scale}); err != nil {
		return fmt.Errorf("draw block %s: %w", b.block.Name, err)
	}
	return s.put(b, c)
}

// canvas gives a canvas on the slide whose shapes get ids of their own.
func (s *slideFill) canvas() *canvas {
	c := s.writer.canvas(s.part, s.ink())
	c.page = &s.page
	c.ids = s.lastID
	return c
}

// ink is the template's colours.
func (f *filler) ink() ink { return ink{palette: palette(f.doc), foreign: true} }

// put replaces a shape by what was drawn; the first of it takes the shape's id, for animations.
func (s *slideFill) put(b *bound, c *canvas) error {
	drawn, err := elements(c.m.buf.String())
	if err != nil {
		return fmt.Errorf("draw block %s: %w", b.name, err)
	}
	s.lastID = c.ids
	var kept []*node
	for _, n := range drawn {
		if n.name != "" {
			kept = append(kept, n)
		}
	}
	if len(kept) > 0 {
		if first := properties(kept[0]); first != nil {
			first.set("id", b.props.attr("id"))
		}
	}
	b.up.replace(b.node, kept...)
	return nil
}

// boxOf gives the place of a shape in inches, its own or that of the placeholder it fills.
func (s *slideFill) boxOf(n *node) (deck.Box, bool) {
	xfrm := n.child("p:xfrm")
	if xfrm == nil {
		xfrm = n.child("p:spPr", "a:xfrm")
	}
	if xfrm == nil {
		xfrm = n.child("p:grpSpPr", "a:xfrm")
	}
	if xfrm == nil {
		xfrm = s.inherited(n)
	}
	return boxOf(xfrm)
}

// boxOf reads a place in inches; false if there is none.
func boxOf(xfrm *node) (deck.Box, bool) {
	off, ext := xfrm.child("a:off"), xfrm.child("a:ext")
	if off == nil || ext == nil {
		return deck.Box{}, false
	}
	b := deck.Box{
		X: float64(off.int("x")) / perInch, Y: float64(off.int("y")) / perInch,
		W: float64(ext.int("cx")) / perInch, H: float64(ext.int("cy")) / perInch,
	}
	return b, b.W > 0 && b.H > 0
}

// placeholder gives the element that says which placeholder a shape fills, nil if it fills none.
func placeholder(n *node) *node {
	for _, k := range n.kids {
		if strings.HasPrefix(k.name, "p:nv") {
			return k.child("p:nvPr", "p:ph")
		}
	}
	return nil
}

// inherited gives the place that a placeholder has on the layout, or else on the master.
func (s *slideFill) inherited(n *node) *node {
	ph := placeholder(n)
	if ph == nil {
		return nil
	}
	layout := s.pkg.Related(s.part, RelLayout)
	for _, part := range []string{layout, s.pkg.Related(layout, RelMaster)} {
		if part == "" {
			continue
		}
		root, err := s.tree(part)
		if err != nil {
			continue
		}
		var found *node
		root.walk(func(x *node) bool {
			if found == nil && x.name == "p:sp" && sameHolder(placeholder(x), ph) && x.child("p:spPr", "a:xfrm") != nil {
				found = x.child("p:spPr", "a:xfrm")
			}
			return found == nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// sameHolder reports whether a placeholder of a layout or master is the one that a slide's fills.
func sameHolder(of, ph *node) bool {
	if of == nil {
		return false
	}
	if ph.attr("idx") != "" && of.attr("idx") != "" {
		return ph.attr("idx") == of.attr("idx")
	}
	return holderKind(of) == holderKind(ph)
}

// holderKind gives the type of a placeholder; titles in the middle are titles.
func holderKind(ph *node) string {
	switch kind := ph.attr("type"); kind {
	case "ctrTitle":
		return "title"
	case "":
		return "obj"
	default:
		return kind
	}
}

// bindImage puts a picture into a shape, in its own proportions.
func (s *slideFill) bindImage(b *bound, file string) error {
	data, ok := s.doc.Media[file]
	if file == "brand:logo" {
		data, ok = s.doc.Theme.Logo, len(s.doc.Theme.Logo) > 0
	}
	if file == "brand:logo-dark" {
		data, ok = s.doc.Theme.LogoDark, len(s.doc.Theme.LogoDark) > 0
	}
	if !ok {
		s.failf(diag.BadFile, b.shape, "Name a PNG, JPEG or SVG file below the project, or brand:logo.", "the picture %s is not there", file)
		return nil
	}
	pic, problem := s.writer.picture(data)
	if pic == nil {
		s.failf(diag.BadFile, b.shape, "", "the picture %s cannot be shown: %s", file, problem)
		return nil
	}
	box, ok := s.boxOf(b.node)
	if !ok {
		s.failf(diag.BadValue, b.shape, "Move or resize it once in PowerPoint, then it has a place of its own.", "the shape has no place")
		return nil
	}
	box = fitInto(box, pic.width/pic.height)
	alt := or(b.rest, s.doc.Theme.Label, s.doc.Theme.Name)
	if b.block != nil {
		alt = or(b.rest, b.block.Alt, b.block.Image.Caption, b.block.Name) + blockMark(b.block)
	}
	c := s.canvas()
	c.image(b.name, alt, pic, box)
	if b.node.name != "p:pic" {
		return s.put(b, c)
	}
	drawn, err := elements(c.m.buf.String())
	if err != nil || len(drawn) == 0 {
		return err
	}
	s.intoPicture(b, drawn[0], alt)
	return nil
}

// intoPicture changes the picture of a p:pic and keeps its frame, shadow, animation.
func (s *slideFill) intoPicture(b *bound, drawn *node, alt string) {
	fillOf, props := b.node.child("p:blipFill"), b.node.child("p:spPr")
	if fillOf == nil || props == nil {
		b.up.replace(b.node, drawn)
		return
	}
	blip := drawn.child("p:blipFill", "a:blip")
	blip.attrs = append(append([]attribute(nil), drawn.attrs...), blip.attrs...)
	fillOf.dropNamed("a:blip", "a:srcRect")
	fillOf.kids = append([]*node{blip}, fillOf.kids...)
	if fillOf.child("a:stretch") == nil {
		fillOf.dropNamed("a:tile")
		fillOf.kids = append(fillOf.kids, drawn.child("p:blipFill", "a:stretch"))
	}
	place := drawn.child("p:spPr", "a:xfrm")
	if old := props.child("a:xfrm"); old != nil {
		old.kids = place.kids
	} else {
		props.kids = append([]*node{place}, props.kids...)
	}
	b.props.set("descr", alt)
}

// sourcesInto writes where the slide's figures are from at the end of its notes.
func (s *slideFill) sourcesInto() error {
	lines := s.writer.sources(&s.page)
	if len(lines) == 0 {
		return nil
	}
	lines = append([]string{sourcesWord(s.writer.lang)}, lines...)
	if s.notes == "" {
		s.newNotes()
	}
	root, err := s.tree(s.notes)
	if err != nil {
		return err
	}
	var body *node
	root.walk(func(n *node) bool {
		if ph := placeholder(n); n.name == "p:sp" && ph != nil && ph.attr("type") == "body" && body == nil {
			body = n.child("p:txBody")
		}
		return body == nil
	})
	if body == nil {
		return nil // notes without a place for text: nothing is lost but the list
	}
	paras := body.children("a:p")
	for len(paras) > 0 && strings.TrimSpace(paras[len(paras)-1].words()) == "" {
		paras = paras[:len(paras)-1]
	}
	for i, line := range lines {
		p := body.make("p")
		p.raw, p.name = "a:p", "a:p"
		if old := body.child("a:p"); old != nil {
			p.raw = old.raw
		}
		r := p.make("r")
		pr := p.make("rPr", "lang", s.writer.lang, "sz", "1000")
		if i == 0 {
			pr.set("b", "1")
		}
		t := p.make("t")
		t.setWords(line)
		r.kids = []*node{pr, t}
		p.kids = []*node{r}
		paras = append(paras, p)
	}
	setParagraphs(body, paras)
	s.save(s.notes, root)
	return nil
}

// newNotes gives a slide empty notes.
func (s *slideFill) newNotes() {
	master := s.notesMaster()
	s.notes = s.pkg.NewName("ppt/notesSlides/notesSlide#.xml")
	body := `<p:notes ` + rootSpaces + `><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>` +
		`<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide Image"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>` +
		`<p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/>` +
		`<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp></p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>`
	s.pkg.SetPart(s.notes, notesType, []byte(xmlHead+body))
	s.pkg.AddRel(s.notes, RelNoteMaster, master)
	s.pkg.AddRel(s.notes, RelSlide, s.part)
	s.pkg.AddRel(s.part, RelNotes, s.notes)
}

// notesMaster gives the template's master of notes, made if it has none.
func (f *filler) notesMaster() string {
	if part := f.pkg.Related(f.main, RelNoteMaster); part != "" {
		return part
	}
	w := newWriter(f.doc, f.opt)
	w.notesMaster()
	master, theme := f.pkg.NewName("ppt/notesMasters/notesMaster#.xml"), f.pkg.NewName("ppt/theme/theme#.xml")
	f.pkg.SetPart(master, notesMasterType, w.pkg.Part(notesMasterPart))
	f.pkg.SetPart(theme, themeType, themePart(f.doc, "Notes"))
	f.pkg.AddRel(master, RelTheme, theme)
	list := f.root.make("notesMasterIdLst")
	id := list.make("notesMasterId", "r:id", f.pkg.AddRel(f.main, RelNoteMaster, master))
	list.kids = []*node{id}
	f.root.insert(list, "p:handoutMasterIdLst", "p:sldIdLst", "p:sldSz", "p:notesSz")
	return master
}

// numbered gives the highest number of the parts in a folder, so that new ones follow.
func (f *filler) numbered(folder string) int {
	most := 0
	for _, name := range f.pkg.Names() {
		if path.Dir(name) != folder {
			continue
		}
		base := strings.TrimSuffix(path.Base(name), path.Ext(name))
		n, err := strconv.Atoi(base[len(strings.TrimRight(base, "0123456789")):])
		if err == nil && n < 1<<30 {
			most = max(most, n)
		}
	}
	return most
}
