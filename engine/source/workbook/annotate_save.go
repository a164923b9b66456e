package workbook

import (
	"archive/zip"
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atlas/engine/source"
)

// planNotes reads the comments that there are and decides where new ones go.
func (a *annotation) planNotes() error {
	boxes := false
	for i, p := range a.sheets {
		if i == a.findings || p.kind != "worksheet" || !a.has(p.part) {
			continue
		}
		if err := a.planSheetNotes(i, p); err != nil {
			return fmt.Errorf("sheet %q: %w", p.name, err)
		}
		boxes = boxes || p.drawing != ""
	}
	if boxes {
		a.types.typedEnding("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
	}
	return nil
}

func (a *annotation) planSheetNotes(i int, p *sheetPlan) error {
	rels, err := a.book.relations(p.part)
	if err != nil {
		rels = nil // a sheet need not have any
	}
	for _, r := range rels {
		if r.kind == "comments" && a.has(r.target) && (p.notesPart == "" || r.target < p.notesPart) {
			p.notesPart = r.target
		}
	}
	if p.notesPart == "" && len(p.spots) == 0 {
		return nil
	}
	part, err := a.part(cmp.Or(p.notesPart, "?"))
	if err != nil {
		return err
	}
	if p.notes, err = readComments(part, a.ns.main); err != nil {
		return fmt.Errorf("part %s: %w", p.notesPart, err)
	}
	if len(p.spots) == 0 && !p.notes.changed() {
		p.notes = nil
		return nil
	}
	if p.rels, err = a.document(relationsOf(p.part), noRelations); err != nil {
		return err
	}
	if p.notesPart == "" {
		p.newPart = true
		p.notesPart = a.freePart(fmt.Sprintf("comments%d", i+1), ".xml")
		p.rels.relate("atlasComments", a.ns.relations+"/comments", relative(p.part, p.notesPart))
		a.types.typed(p.notesPart, spreadsheetType+"comments+xml")
	}
	a.skip[foldPart(p.notesPart)] = true
	if p.editor == nil { // its comments go, its cells stay
		p.editor = &sheetEditor{st: a.st}
		a.skip[foldPart(p.part)] = true
	}
	// A sheet that turns out to have no drawing for comments gets this one.
	p.drawing = a.freePart(fmt.Sprintf("drawings/vmlDrawing%d", i+1), ".vml")
	a.skip[foldPart(p.drawing)] = true
	a.skip[foldPart(relationsOf(p.part))] = true
	fresh := &document{blocks: slices.Clone(p.rels.blocks)}
	p.drawingRel = fresh.relate("atlasDrawing", "", "")
	p.editor.drawing = fmt.Sprintf(`<legacyDrawing xmlns:r="%s" r:id="%s"/>`, a.ns.relations, p.drawingRel)
	// Which drawing a sheet has stands behind its rows; that part is written when they are.
	for _, r := range rels {
		if r.kind == "vmlDrawing" && a.has(r.target) {
			a.skip[foldPart(r.target)] = true
		}
	}
	return nil
}

// save writes the copy aside and renames it.
func (a *annotation) save(ctx context.Context, out string) error {
	source.Sweep(out)
	f, err := os.CreateTemp(filepath.Dir(out), "."+filepath.Base(out)+".*.part")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // it is gone if all went well
	defer f.Close()
	buffered := bufio.NewWriterSize(f, 1<<18)
	w := zip.NewWriter(buffered)
	if err := a.write(ctx, w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), out)
}

// write writes all parts: those that stay and the sheets in the order that they have, then what
// follows from the sheets.
func (a *annotation) write(ctx context.Context, w *zip.Writer) error {
	editors := map[string]*sheetPlan{}
	for _, p := range a.sheets {
		if p.editor != nil {
			editors[foldPart(p.part)] = p
		}
	}
	written := map[string]bool{}
	for _, f := range a.zip.File {
		name := foldPart(f.Name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b, known := a.now[name]
		p := editors[name]
		switch {
		case written[name] && (known || p != nil):
			return fmt.Errorf("the archive has the part %s twice", f.Name)
		case known:
			if err := writePart(w, f.Name, f.Modified, b); err != nil {
				return err
			}
		case p != nil:
			if err := a.writeSheet(ctx, w, f, p); err != nil {
				return fmt.Errorf("sheet %q: %w", p.name, err)
			}
		case a.skip[name], strings.HasSuffix(f.Name, "/") && f.CompressedSize64 > 0: // a folder holds nothing
			continue
		default:
			if err := w.Copy(f); err != nil {
				return err
			}
		}
		written[name] = true
	}
	for _, name := range []string{contentTypes, relationsOf(a.main)} { // that the file was missing
		if b := a.now[foldPart(name)]; !written[foldPart(name)] {
			if err := writePart(w, name, firstDay(), b); err != nil {
				return err
			}
		}
	}
	return a.writeRest(w, written)
}

// writeSheet copies a sheet's part with its marks.
func (a *annotation) writeSheet(ctx context.Context, w *zip.Writer, f *zip.File, p *sheetPlan) error {
	r, err := a.open(p.part)
	if err != nil {
		return err
	}
	defer r.Close()
	c, err := newCutter(r)
	if err != nil {
		return err
	}
	entry, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(entry, 1<<16)
	if err := p.editor.copy(ctx, c, buffered); err != nil {
		return err
	}
	a.report.Cells += p.editor.cells
	return buffered.Flush()
}

// writeRest writes comments, their boxes, styles and the list.
func (a *annotation) writeRest(w *zip.Writer, written map[string]bool) error {
	put := func(name string, b []byte) error {
		if f := a.files[foldPart(name)]; f != nil {
			name = f.Name
		}
		if written[foldPart(name)] {
			return nil // two sheets share it, which no program does
		}
		written[foldPart(name)] = true
		return writePart(w, name, firstDay(), b)
	}
	for i, p := range a.sheets {
		if p.notes == nil {
			continue
		}
		if err := a.writeNotes(i, p, put); err != nil {
			return fmt.Errorf("sheet %q: %w", p.name, err)
		}
	}
	list := a.list()
	list.addStyles(a.st)
	if err := put(a.styles, a.st.bytes()); err != nil {
		return err
	}
	entry, err := w.CreateHeader(&zip.FileHeader{Name: a.listed[a.findings].part, Method: zip.Deflate, Modified: firstDay()})
	if err != nil {
		return err
	}
	if err := list.write(entry); err != nil {
		return err
	}
	return a.copySkipped(w, written)
}

// copySkipped copies the drawings that were held back for a sheet that does not join them.
func (a *annotation) copySkipped(w *zip.Writer, written map[string]bool) error {
	for _, f := range a.zip.File {
		name := foldPart(f.Name)
		if strings.HasSuffix(name, ".vml") && a.skip[name] && !written[name] {
			if err := w.Copy(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeNotes writes the comments of one sheet with their boxes and relations.
func (a *annotation) writeNotes(i int, p *sheetPlan, put func(name string, b []byte) error) error {
	e := p.editor
	chosen := a.choose(e.notes)
	p.notes.put(chosen, func(n note) string { return noteRuns(a.noteTexts(n)) })
	a.report.Comments += len(chosen) - p.notes.left
	a.report.Uncommented += len(e.notes) - len(chosen) + p.notes.left
	if err := put(p.notesPart, p.notes.bytes()); err != nil {
		return err
	}
	part, fresh := a.drawingPart(p), false
	if part == "" && e.hasNotes {
		part, fresh = p.drawing, true
		kind := a.ns.relations + "/vmlDrawing"
		if e.notesID == "" {
			p.rels.relate(p.drawingRel, kind, relative(p.part, part))
		} else { // the sheet joins a drawing that is not there
			p.rels.remove(func(b *block) bool { return attrText(b.open, "Id") == e.notesID })
			p.rels.relate(e.notesID, kind, relative(p.part, part))
		}
	}
	if part != "" {
		b, err := a.boxes(i, p, part, fresh)
		if err == nil {
			err = put(part, b)
		}
		if err != nil {
			return fmt.Errorf("part %s: %w", part, err)
		}
	}
	return put(relationsOf(p.part), p.rels.bytes())
}

// drawingPart gives the part that the sheet joins as its legacyDrawing.
func (a *annotation) drawingPart(p *sheetPlan) string {
	if p.editor.notesID == "" {
		return ""
	}
	rels, err := a.book.relations(p.part)
	if r := rels[p.editor.notesID]; err == nil && a.has(r.target) {
		return r.target
	}
	return ""
}

// boxes gives the drawing with boxes for the new comments.
func (a *annotation) boxes(i int, p *sheetPlan, part string, fresh bool) ([]byte, error) {
	var old []byte
	if !fresh {
		var err error
		if old, err = a.part(part); err != nil {
			return nil, err
		}
	}
	d, err := readDrawing(old)
	if err != nil {
		return nil, err
	}
	e := p.editor
	wanted := p.notes.added
	if fresh { // comments that a writer left without boxes are shown too
		for ref := range p.notes.places {
			if row, col, ok := parseRef([]byte(ref)); ok && !slices.ContainsFunc(wanted, func(n note) bool { return n.row == row && n.col == col }) {
				wanted = append(wanted, note{row: row, col: col})
			}
		}
		slices.SortStableFunc(wanted, func(x, y note) int { return cmp.Or(x.row-y.row, x.col-y.col) })
	}
	for _, n := range p.notes.longer {
		d.grow(n.row, n.col, 3+noteLines(a.noteTexts(n), boxChars/2))
	}
	boxes := make([]box, len(wanted))
	for i, n := range wanted {
		boxes[i] = box{n.row, n.col, e.widths.anchor(n.row, n.col, noteLines(a.noteTexts(n), boxChars), e.rowHeight)}
	}
	gone := func(row, col int) bool { return p.notes.gone[source.CellName(row, col)] }
	return d.edit(gone, boxes, 2*i+1), nil
}

// choose gives the notes that become comments: all, or errors before warnings up to the limit.
func (a *annotation) choose(notes []note) []note {
	limit := int(a.o.Comments)
	if limit <= 0 {
		limit = usualComments
	}
	if len(notes) <= limit {
		return notes
	}
	errors := 0
	for _, n := range notes {
		if n.error {
			errors++
		}
	}
	warnings := max(0, limit-errors)
	var out []note
	for _, n := range notes {
		switch {
		case len(out) == limit:
			return out
		case n.error:
			out = append(out, n)
		case warnings > 0:
			out = append(out, n)
			warnings--
		}
	}
	return out
}

func (a *annotation) noteTexts(n note) []noteText {
	w := words(a.o)
	out := make([]noteText, len(n.marks))
	for i, m := range n.marks {
		word := w[1]
		if a.marks[m].Severity == "error" {
			word = w[0]
		}
		out[i] = noteText{a.marks[m].Code, a.marks[m].Message, word}
	}
	return out
}

// list makes the sheet of all marks.
func (a *annotation) list() *summary {
	s := &summary{ns: a.ns, o: a.o, marks: a.marks, order: a.order}
	for _, m := range a.marks {
		if m.Severity == "error" {
			s.errors++
		} else {
			s.warnings++
		}
	}
	s.place = func(i int) string {
		if a.placed[i] < 0 {
			return ""
		}
		m := &a.marks[i]
		col := m.Col
		if col == 0 {
			col = 1
			if cols := spotOf(m, i).cols; len(cols) > 0 {
				col = slices.Min(cols)
			}
		}
		return quoteSheet(a.listed[a.placed[i]].name) + "!" + source.CellName(m.Row, col)
	}
	if n := a.report.Uncommented; n > 0 {
		s.merely = append(s.merely, fmt.Sprintf("%d of the marked cells have no comment, for want of room or because a conversation is there: they are coloured and listed here.", n))
	}
	if n := a.report.Unplaced; n > 0 {
		s.merely = append(s.merely, fmt.Sprintf("%d of the lines below name a sheet or a cell that this workbook does not have.", n))
	}
	if n := a.report.Unlisted; n > 0 {
		s.merely = append(s.merely, fmt.Sprintf("%d more have no room in this list.", n))
	}
	if a.st.full {
		s.merely = append(s.merely, "The workbook has so many cell styles that some cells could not be coloured.")
	}
	s.merely = append(s.merely, a.report.Notes...)
	return s
}

func writePart(w *zip.Writer, name string, modified time.Time, b []byte) error {
	entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified})
	if err != nil {
		return err
	}
	_, err = entry.Write(b)
	return err
}

// firstDay is the time that new parts carry, so that copies of the same are the same.
func firstDay() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

var _ source.Annotator = Source{}
