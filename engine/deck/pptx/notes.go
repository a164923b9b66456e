package pptx

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// A page of notes, in inches: the slide above, the text below.
const (
	notesWidth  = 7.5
	notesHeight = 10.0
)

func notesSlideBox() deck.Box {
	return deck.Box{X: 0.75, Y: 0.6, W: 6, H: 6 * deck.StageHeight / deck.StageWidth}
}

func notesTextBox() deck.Box {
	top := notesSlideBox()
	return deck.Box{X: 0.75, Y: top.Y + top.H + 0.3, W: 6, H: notesHeight - top.Y - top.H - 0.9}
}

// notesMaster writes the master of notes: always light, they are printed.
func (w *writer) notesMaster() {
	c := w.canvas(notesMasterPart, ink{palette: w.doc.Theme.Light})
	m := &c.m
	m.start("p:notesMaster", spaces()...)
	m.start("p:cSld")
	m.start("p:bg")
	m.start("p:bgPr")
	m.start("a:solidFill")
	m.val("a:srgbClr", "FFFFFF")
	m.end()
	m.leaf("a:effectLst")
	m.end()
	m.end()
	c.tree(func() {
		c.slideImage(2, notesSlideBox())
		c.notesHolder(notesTextBox())
	})
	m.end()
	colorMap(m, w.doc.Dark)
	m.start("p:notesStyle")
	m.start("a:lvl1pPr", "marL", 0, "algn", "l")
	m.start("a:defRPr", "sz", 1200)
	m.start("a:solidFill")
	m.val("a:srgbClr", "1F2328")
	m.end()
	m.leaf("a:latin", "typeface", "+mn-lt")
	m.end()
	m.end()
	m.end()
	m.end()
	w.pkg.AddRel(notesMasterPart, RelTheme, notesTheme)
	w.pkg.SetPart(notesMasterPart, notesMasterType, m.bytes())
}

func (c *canvas) slideImage(index int, b deck.Box) {
	m := &c.m
	m.start("p:sp")
	m.start("p:nvSpPr")
	m.leaf("p:cNvPr", "id", c.id(), "name", "Slide Image")
	m.start("p:cNvSpPr")
	m.leaf("a:spLocks", "noGrp", true, "noRot", true, "noChangeAspect", true)
	m.end()
	m.start("p:nvPr")
	attrs := []any{"type", "sldImg"}
	if index > 0 {
		attrs = append(attrs, "idx", index)
	}
	m.leaf("p:ph", attrs...)
	m.end()
	m.end()
	m.start("p:spPr")
	transform(m, "a:xfrm", b)
	m.start("a:prstGeom", "prst", "rect")
	m.leaf("a:avLst")
	m.end()
	m.leaf("a:noFill")
	m.start("a:ln", "w", 9525)
	m.start("a:solidFill")
	m.val("a:srgbClr", "C0C4CA")
	m.end()
	m.end()
	m.end()
	m.end()
}

func (c *canvas) notesHolder(b deck.Box) {
	m := &c.m
	m.start("p:sp")
	m.start("p:nvSpPr")
	m.leaf("p:cNvPr", "id", c.id(), "name", "Notes")
	m.start("p:cNvSpPr")
	m.leaf("a:spLocks", "noGrp", true)
	m.end()
	m.start("p:nvPr")
	m.leaf("p:ph", "type", "body", "sz", "quarter", "idx", 3)
	m.end()
	m.end()
	m.start("p:spPr")
	transform(m, "a:xfrm", b)
	m.start("a:prstGeom", "prst", "rect")
	m.leaf("a:avLst")
	m.end()
	m.end()
	m.start("p:txBody")
	m.leaf("a:bodyPr", "lIns", 0, "tIns", 0, "rIns", 0, "bIns", 0)
	m.leaf("a:lstStyle")
	m.leaf("a:p")
	m.end()
	m.end()
}

// notes writes the notes of a page: what the speaker says, then where the figures are from.
func (w *writer) notes(index int) {
	p := w.pages[index]
	var ps []paragraph
	if !p.slide.Notes.IsZero() {
		for _, q := range w.markdown(p.slide.Notes).Paragraphs {
			x := richParagraph(q, 12)
			for i := range x.spans {
				x.spans[i].color = ""
			}
			ps = append(ps, x)
		}
	}
	if sources := w.sources(p); len(sources) > 0 {
		ps = append(ps, paragraph{before: 12, spans: []span{{text: sourcesWord(w.lang), size: 10, weight: semibold}}})
		for _, s := range sources {
			ps = append(ps, paragraph{before: 2, spans: []span{{text: s, size: 10}}})
		}
	}
	if len(ps) == 0 {
		return
	}
	part := "ppt/notesSlides/notesSlide" + strconv.Itoa(index+1) + ".xml"
	c := w.canvas(part, ink{palette: w.doc.Theme.Light})
	m := &c.m
	m.start("p:notes", spaces()...)
	m.start("p:cSld")
	c.tree(func() {
		m.start("p:sp")
		m.start("p:nvSpPr")
		m.leaf("p:cNvPr", "id", c.id(), "name", "Slide Image")
		m.start("p:cNvSpPr")
		m.leaf("a:spLocks", "noGrp", true, "noRot", true, "noChangeAspect", true)
		m.end()
		m.start("p:nvPr")
		m.leaf("p:ph", "type", "sldImg")
		m.end()
		m.end()
		m.leaf("p:spPr")
		m.end()
		m.start("p:sp")
		m.start("p:nvSpPr")
		m.leaf("p:cNvPr", "id", c.id(), "name", "Notes")
		m.start("p:cNvSpPr")
		m.leaf("a:spLocks", "noGrp", true)
		m.end()
		m.start("p:nvPr")
		m.leaf("p:ph", "type", "body", "idx", 1)
		m.end()
		m.end()
		m.leaf("p:spPr")
		m.start("p:txBody")
		m.leaf("a:bodyPr")
		m.leaf("a:lstStyle")
		c.paragraphs(ps)
		m.end()
		m.end()
	})
	m.end()
	m.start("p:clrMapOvr")
	m.leaf("a:masterClrMapping")
	m.end()
	m.end()
	w.pkg.SetPart(part, notesType, m.bytes())
	w.pkg.AddRel(part, RelNoteMaster, notesMasterPart)
	w.pkg.AddRel(part, RelSlide, p.part)
	w.pkg.AddRel(p.part, RelNotes, part)
}

// sourcesWord heads the list of sources.
func sourcesWord(lang string) string {
	switch language, _, _ := strings.Cut(lang, "-"); language {
	case "id", "ms":
		return "Sumber"
	case "de":
		return "Quellen"
	case "nl":
		return "Bronnen"
	default:
		return "Sources"
	}
}

// sources lists where the figures of a page are from: block, query, relations and when they were loaded.
func (w *writer) sources(p *page) []string {
	type pair struct{ block, query string }
	var order []pair
	seen := map[pair]bool{}
	add := func(o block.Origin, fallback string) {
		x := pair{or(o.Block, fallback), o.Query}
		if x.query != "" && !seen[x] {
			seen[x] = true
			order = append(order, x)
		}
	}
	for _, b := range p.shown {
		if b.Data != nil {
			add(block.Origin{Query: b.Data.Query}, b.ID)
		}
		for f := range b.EachFigure {
			add(f.Origin, b.ID)
		}
	}
	for _, f := range p.prose {
		add(f.Origin, "")
	}
	out := make([]string, 0, len(order))
	for _, x := range order {
		line := "query " + x.query
		if x.block != "" {
			line = "block " + x.block + " · " + line
		}
		out = append(out, line+w.relations(x.query))
	}
	return out
}

// relations tells what a query reads: " · sales (2026-03-01 07:00)".
func (w *writer) relations(query string) string {
	if w.doc.Report == nil {
		return ""
	}
	q, ok := w.doc.Report.Queries[query]
	if !ok || len(q.Relations) == 0 {
		return ""
	}
	names := make([]string, 0, len(q.Relations))
	for _, r := range q.Relations {
		name := r.Name
		if r.LoadedAt != "" {
			name = fmt.Sprintf("%s (%s)", name, r.LoadedAt)
		}
		if r.Stale {
			name += " ⚠"
		}
		names = append(names, name)
	}
	sort.Strings(names)
	return " · " + strings.Join(names, ", ")
}
