package workbook

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/source"
)

const usualComments = 2000

// Annotate copies a workbook with marks: marked cells are coloured and commented, and a sheet in
// the last place lists all marks. Only the parts that this concerns are written anew; all others
// are copied as they are packed. Sheets stream; styles, comments and the texts that list the
// parts are held in memory.
//
// What an earlier copy was marked with goes: cells get the fill back that they had (a pattern or
// a gradient comes back as no fill, and so does every fill after LibreOffice has saved the copy),
// comments by Atlas disappear, and what was added to a person's comment is cut off again.
func (Source) Annotate(ctx context.Context, in, out string, marks []source.Mark, o source.AnnotateOptions) (*source.Annotated, error) {
	if ext := strings.ToLower(filepath.Ext(in)); ext != ".xlsx" && ext != ".xlsm" {
		return nil, badFile("is no workbook that can be marked").WithHint("save it as .xlsx: marks go into .xlsx and .xlsm only")
	}
	f, err := os.Open(in)
	if err != nil {
		return nil, err
	}
	a := &annotation{book: &book{file: f}, marks: marks, o: o, report: &source.Annotated{}}
	defer a.close()
	if err = a.prepare(); err == nil {
		err = a.save(ctx, out)
	}
	var d *diag.Diagnostic
	switch {
	case err == nil:
		return a.report, nil
	case errors.As(err, &d):
		return nil, d
	case ctx.Err() != nil:
		return nil, ctx.Err()
	default:
		return nil, badFile("cannot be marked: %v", err).WithErr(err).WithHint(saveAnew)
	}
}

// annotation is the making of one copy.
type annotation struct {
	*book
	zip    *zip.Reader
	marks  []source.Mark
	o      source.AnnotateOptions
	report *source.Annotated
	ns     dialect

	workbook, relations, types *document
	listed                     []listed
	findings                   int // which of them is the list of marks
	st                         *styles
	styles                     string // its part
	sheets                     []*sheetPlan
	order                      []int // of the marks in the list
	placed                     []int // by mark: its sheet, or -1

	skip map[string]bool   // parts, folded, that are not copied
	now  map[string][]byte // parts, folded, whose new bytes are known
}

// sheetPlan is what is to be done with one sheet.
type sheetPlan struct {
	listed
	spots    []spot
	unselect bool
	rels     *document
	editor   *sheetEditor

	notes      *comments // nil where the sheet has no comments and gets none
	notesPart  string
	newPart    bool   // the comments part is a new one
	drawing    string // part for a new drawing
	drawingRel string // and its relation
}

// prepare reads everything but the rows, and decides what is to be done.
func (a *annotation) prepare() error {
	info, err := a.file.Stat()
	if err != nil {
		return err
	}
	if err := checkKind(a.file, info.Size()); err != nil {
		return err
	}
	if a.archive, err = readArchive(a.file, info.Size()); err != nil {
		return err
	}
	if a.zip, err = zip.NewReader(a.file, info.Size()); err != nil {
		return err
	}
	if a.main, err = a.mainPart(); err != nil {
		return err
	}
	if a.binary {
		return badFile("is in the binary format .xlsb, which cannot be annotated").WithHint("save the workbook as .xlsx")
	}
	if strings.HasSuffix(strings.ToLower(a.main), ".bin") {
		return badFile("is in the binary format .xlsb, which cannot be marked").WithHint("save the workbook as .xlsx")
	}
	if a.rels, err = a.book.relations(a.main); err != nil {
		return err
	}
	a.skip, a.now = map[string]bool{}, map[string][]byte{}
	for _, step := range []func() error{a.readLists, a.readStyleSheet, a.planSheets, a.planNotes, a.planList, a.dropSignatures} {
		if err := step(); err != nil {
			return err
		}
	}
	a.now[foldPart(a.main)] = a.workbook.bytes()
	a.now[foldPart(relationsOf(a.main))] = a.relations.bytes()
	a.now[foldPart(contentTypes)] = a.types.bytes()
	return nil
}

const contentTypes = "[Content_Types].xml"

// readLists reads the parts that list the others.
func (a *annotation) readLists() (err error) {
	if a.workbook, err = a.document(a.main, ""); err != nil {
		return err
	}
	if a.relations, err = a.document(relationsOf(a.main), noRelations); err != nil {
		return err
	}
	if a.types, err = a.document(contentTypes, xmlHead+`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`); err != nil {
		return err
	}
	a.ns = dialectOf(a.workbook.root)
	a.listed, a.findings = readSheets(a.workbook, a.rels)
	if len(a.listed) == 0 {
		return errors.New("it lists no sheets")
	}
	return nil
}

func (a *annotation) readStyleSheet() error {
	a.styles = a.related("styles")
	if a.styles == "" {
		a.styles = path.Join(path.Dir(a.main), "styles.xml")
		a.relations.relate("atlasStyles", a.ns.relations+"/styles", relative(a.main, a.styles))
		a.types.typed(a.styles, spreadsheetType+"styles+xml")
	}
	part, err := a.part(a.styles)
	if err == nil {
		if part == nil {
			part = []byte(xmlHead + `<styleSheet xmlns="` + a.ns.main + `"></styleSheet>`)
		}
		a.st, err = readStyleSheet(part)
	}
	if err != nil {
		return fmt.Errorf("part %s: %w", a.styles, err)
	}
	// LibreOffice writes backgrounds of its own into every solid fill. A list under its first
	// part's name shows that nobody has saved the copy since.
	app, err := a.part("docProps/app.xml")
	if err != nil {
		app = nil
	}
	untouched := a.findings < 0 || path.Base(a.listed[a.findings].part) == listPart
	a.st.trust = untouched || !bytes.Contains(app, []byte("LibreOffice"))
	a.skip[foldPart(a.styles)] = true
	return nil
}

const (
	listPart        = "atlasFindings.xml"
	spreadsheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// planSheets brings the marks to their sheets, in order.
func (a *annotation) planSheets() error {
	a.placed, a.order = make([]int, len(a.marks)), make([]int, len(a.marks))
	for i := range a.marks {
		a.order[i] = i
		if a.placed[i] = a.place(&a.marks[i]); a.placed[i] < 0 {
			a.report.Unplaced++
		}
	}
	slices.SortStableFunc(a.order, func(i, j int) int {
		x, y := &a.marks[i], &a.marks[j]
		if c := cmp.Compare(uint(a.placed[i]), uint(a.placed[j])); c != 0 { // those without a place come last
			return c
		}
		if a.placed[i] < 0 {
			return cmp.Compare(x.Sheet, y.Sheet)
		}
		return cmp.Or(x.Row-y.Row, x.Col-y.Col)
	})
	a.sheets = make([]*sheetPlan, len(a.listed))
	restore := a.st.hasMarks()
	for i, l := range a.listed {
		a.sheets[i] = &sheetPlan{listed: l}
		if i == a.findings {
			continue
		}
		if err := a.planSheet(i, restore); err != nil {
			return fmt.Errorf("sheet %q: %w", l.name, err)
		}
	}
	return nil
}

// place finds a mark's sheet.
func (a *annotation) place(m *source.Mark) int {
	if m.Row < 1 || m.Row > maxRows || m.Col < 0 || m.Col > maxColumns {
		return -1
	}
	fits := func(same func(string, string) bool) int {
		return slices.IndexFunc(a.listed, func(l listed) bool { return l.kind == "worksheet" && a.has(l.part) && same(l.name, m.Sheet) })
	}
	i := fits(func(x, y string) bool { return x == y })
	if i < 0 {
		i = fits(sameName)
	}
	if i == a.findings {
		return -1
	}
	return i
}

// planSheet gathers the spots of one sheet and finds out whether its part must be written anew.
func (a *annotation) planSheet(at int, restore bool) error {
	p := a.sheets[at]
	if !a.has(p.part) {
		return nil
	}
	first, _ := slices.BinarySearchFunc(a.order, at, func(m, at int) int { return cmp.Compare(uint(a.placed[m]), uint(at)) })
	for _, i := range a.order[first:] {
		if a.placed[i] != at {
			break
		}
		p.spots = append(p.spots, spotOf(&a.marks[i], i))
	}
	if err := a.mergeSpots(p); err != nil {
		return err
	}
	selected, err := a.selected(p.part)
	if err != nil {
		return err
	}
	p.unselect = selected
	if len(p.spots) > 0 || selected || restore && p.kind == "worksheet" {
		p.editor = &sheetEditor{st: a.st, spots: p.spots, restore: restore, unselect: selected}
		a.skip[foldPart(p.part)] = true
	}
	return nil
}

func spotOf(m *source.Mark, i int) spot {
	s := spot{row: m.Row, col: m.Col, error: m.Severity == "error", marks: []int{i}}
	if m.Col == 0 {
		for _, c := range m.Cols {
			if c >= 1 && c <= maxColumns {
				s.cols = append(s.cols, c)
			}
		}
	}
	return s
}

// mergeSpots moves marks inside merged ranges to the cell that shows them.
func (a *annotation) mergeSpots(p *sheetPlan) error {
	if len(p.spots) == 0 {
		return nil
	}
	byRow := func(s spot, row int) int { return cmp.Compare(s.row, row) }
	touched := func(m source.Range) bool {
		i, _ := slices.BinarySearchFunc(p.spots, m.FirstRow, byRow)
		return i < len(p.spots) && p.spots[i].row <= m.LastRow
	}
	merges, err := a.merges(&sheet{part: p.part}, touched)
	if err != nil {
		return err
	}
	moved := false
	for _, m := range merges {
		i, _ := slices.BinarySearchFunc(p.spots, m.FirstRow, byRow)
		for ; i < len(p.spots) && p.spots[i].row <= m.LastRow; i++ {
			s := &p.spots[i]
			if s.col >= m.FirstCol && s.col <= m.LastCol {
				// The row stays for now, for the search goes by it.
				s.col, s.top = m.FirstCol, m.FirstRow
				moved = true
			}
		}
	}
	if !moved {
		return nil
	}
	for i := range p.spots {
		if s := &p.spots[i]; s.top > 0 {
			s.row = s.top
		}
	}
	slices.SortStableFunc(p.spots, func(x, y spot) int { return cmp.Or(x.row-y.row, x.col-y.col) })
	return nil
}

// selected reports whether a sheet is marked as a selected one. Two selected sheets are a group,
// and what is typed into one goes into the other.
func (a *annotation) selected(part string) (bool, error) {
	is := false
	err := a.elements(part, func(s *scanner) error {
		switch string(s.name) {
		case "sheetView":
			is = is || truth(s.get("tabSelected"))
		case "sheetData", "drawing":
			return errStop
		}
		return nil
	})
	return is, err
}

// planList makes room for the list of marks among the sheets.
func (a *annotation) planList() error {
	if a.findings < 0 {
		a.findings = len(a.listed)
		l := listed{
			name: freeName(cmp.Or(a.o.Title, "Atlas findings"), a.listed),
			part: a.freePart("worksheets/"+strings.TrimSuffix(listPart, ".xml"), ".xml"), kind: "worksheet",
		}
		id := a.relations.relate("atlasFindings", a.ns.relations+"/worksheet", relative(a.main, l.part))
		addSheet(a.workbook, a.ns, l.name, id)
		a.listed = append(a.listed, l)
	}
	l := a.listed[a.findings]
	a.report.Sheet = l.name
	a.types.typed(l.part, spreadsheetType+"worksheet+xml")
	a.skip[foldPart(l.part)] = true
	a.skip[foldPart(relationsOf(l.part))] = true
	showSheet(a.workbook, a.findings)
	listed := min(len(a.marks), listRoom)
	a.report.Unlisted = len(a.marks) - listed
	nameFindings(a.workbook, a.findings, l.name, fmt.Sprintf("$A$%d:$F$%d", listHead, listHead+listed), fmt.Sprintf("$%d:$%d", listHead, listHead))
	return nil
}

// freePart makes a part's name, beside the main part, that the archive does not have.
func (a *annotation) freePart(stem, ending string) string {
	name := path.Join(path.Dir(a.main), stem+ending)
	for i := 2; a.has(name) || a.skip[foldPart(name)]; i++ {
		name = path.Join(path.Dir(a.main), stem+strconv.Itoa(i)+ending)
	}
	return name
}

// dropSignatures leaves out digital signatures, which no longer hold.
func (a *annotation) dropSignatures() error {
	const rootRels = "_rels/.rels"
	d, err := a.document(rootRels, noRelations)
	if err != nil {
		return err
	}
	before := len(d.blocks)
	d.remove(func(b *block) bool { return strings.Contains(attrText(b.open, "Type"), "/digital-signature/") })
	if len(d.blocks) == before {
		return nil
	}
	const folder = "_xmlsignatures/"
	for name := range a.files {
		if strings.HasPrefix(name, folder) {
			a.skip[name] = true
		}
	}
	a.types.remove(func(b *block) bool {
		return strings.HasPrefix(foldPart(attrText(b.open, "PartName")), folder)
	})
	a.now[rootRels] = d.bytes()
	a.report.Notes = append(a.report.Notes, "The copy has no digital signature: a changed file does not keep it.")
	return nil
}
