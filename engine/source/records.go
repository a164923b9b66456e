package source

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// lookAhead is how many rows are searched for the header when the declared row is not it.
const lookAhead = 60

// table is a declaration made ready for reading: rules, types and locale.
type table struct {
	*manifest.ExtractTable
	rules    *rules
	locale   *Locale
	types    []colType
	defaults []value
	maps     []map[string]string // folded source text → canonical text
	measures []*measure
	reject   bool
}

// prepare reads a declaration; every mistake in it is reported.
func prepare(t *manifest.ExtractTable) (*table, error) {
	var l diag.List
	out := &table{ExtractTable: t}
	var err error
	if out.rules, err = readRules(t); err != nil {
		l.Add(err)
	}
	if out.locale, err = LookupLocale(t.Locale); err != nil {
		l = append(l, diag.Errorf(diag.BadValue, t.OptionAt("locale"), "%v", err))
		out.locale, _ = LookupLocale("")
	}
	switch t.OnBadCell {
	case "", "reject":
		out.reject = true
	case "null":
	default:
		l = append(l, diag.Errorf(diag.BadValue, t.OptionAt("on_bad_cell"), "on_bad_cell is reject or null, not %q", t.OnBadCell))
	}
	switch t.Drift {
	case "", Discard, Evolve, Freeze:
	default:
		l = append(l, diag.Errorf(diag.BadValue, t.OptionAt("schema_drift"), "schema_drift is evolve, freeze or discard, not %q", t.Drift))
	}
	seen := map[string]bool{}
	for i := range t.Columns {
		l = append(l, out.prepareColumn(&t.Columns[i], seen)...)
	}
	return out, l.Err()
}

func (t *table) prepareColumn(c *manifest.ExtractColumn, seen map[string]bool) diag.List {
	var l diag.List
	low := strings.ToLower(c.Name)
	switch {
	case low == "":
		l = append(l, diag.Errorf(diag.MissingKey, c.Pos, "a column of table %s has no name", t.Table))
	case seen[low]:
		l = append(l, diag.Errorf(diag.DuplicateName, c.Pos, "table %s declares column %s twice", t.Table, c.Name))
	case reserved(low):
		l = append(l, diag.Errorf(diag.BadValue, c.Pos, "column name %s is taken: every raw table has its own %s", c.Name, low))
	}
	seen[low] = true
	ty, err := parseType(c.Type)
	if err != nil {
		l = append(l, diag.Errorf(diag.BadValue, c.Pos, "column %s: %v", c.Name, err))
	}
	if c.From != "" && c.From != fromSheet && c.From != fromNotes {
		l = append(l, diag.Errorf(diag.BadValue, c.Pos, "column %s: from is sheet or notes, not %q", c.Name, c.From))
	}
	m, found := newMeasure(t.ExtractTable, c, ty)
	l = append(l, found...)
	t.measures = append(t.measures, m)
	t.types = append(t.types, ty)
	def := value{null: true}
	if c.Default != nil {
		conv := &converter{locale: t.locale}
		if def, err = conv.convert(cellOf(c.Default), ty); err != nil {
			l = append(l, diag.Errorf(diag.BadValue, c.Pos, "column %s: its default %v %v", c.Name, c.Default, err))
		}
	}
	t.defaults = append(t.defaults, def)
	var words map[string]string
	if len(c.Map) > 0 {
		words = make(map[string]string, len(c.Map))
		for from, to := range c.Map {
			words[Fold(from)] = to
		}
	}
	t.maps = append(t.maps, words)
	return l
}

// takesNotes reports whether a column gathers the cells that no other takes.
func (t *table) takesNotes() bool {
	return slices.ContainsFunc(t.Columns, func(c manifest.ExtractColumn) bool { return c.From == fromNotes })
}

// indexOf gives a declared column's place.
func (t *table) indexOf(name string) int {
	return slices.IndexFunc(t.Columns, func(c manifest.ExtractColumn) bool { return c.Name == name })
}

// reserved names the columns that load adds to every raw table.
func reserved(name string) bool {
	switch name {
	case monthColumn, fileColumn, sheetColumn, rowColumn, loadedAtColumn, batchColumn, deletedColumn:
		return true
	default:
		return false
	}
}

// cellOf makes a cell of a value that YAML gave.
func cellOf(v any) Cell {
	switch v := v.(type) {
	case nil:
		return Cell{}
	case bool:
		return Cell{Kind: Bool, Text: strconv.FormatBool(v)}
	case int64, int, float64:
		return Cell{Kind: Number, Text: strings.ToUpper(fmt.Sprint(v))}
	default:
		return Cell{Kind: Text, Text: fmt.Sprint(v)}
	}
}

// BadCell is a cell that does not have its column's type.
type BadCell struct {
	File, Sheet string
	Row, Col    int    // from 1; Col is 0 where the value does not come from a cell
	Column      string // name of the declared column
	Value       string // as the file shows it
	Reason      string // words that follow the value: "is not a date"
}

// At gives the cell's place for people: "C12".
func (b BadCell) At() string {
	if b.Col == 0 {
		return fmt.Sprintf("row %d", b.Row)
	}
	return CellName(b.Row, b.Col)
}

// record is one row of data with its values in the order of the declared columns. It is valid
// until the next one.
type record struct {
	row    Row
	values []value
	bad    []BadCell
}

// scan reads one section.
type scan struct {
	t       *table
	s       *Section
	layout  Layout
	binding *binding
	conv    *converter
	texts   []string
	counts  Counts
	rounded []int64 // by column
	stopped int     // row where a stop rule ended the data; 0 if none did
	surplus surplus
}

// surplus are the cells right of the header's end, which no column can take: a delimiter inside a
// field that has no quotes, or a remark beside the table.
type surplus struct {
	rows  int64
	first string // "H12"
	text  string
}

// beyond notes a row that is wider than the header.
func (sc *scan) beyond(row Row) {
	for j := len(sc.texts); j < len(row.Cells); j++ {
		if row.Cells[j].Blank() || row.Cells[j].Merged {
			continue
		}
		if sc.surplus.rows++; sc.surplus.rows == 1 {
			sc.surplus.first, sc.surplus.text = CellName(row.Number, j+1), row.Cells[j].String()
		}
		return
	}
}

// Counts are the rows of one extraction. Scanned = Skipped + Written + Rejected always holds.
type Counts struct {
	Scanned  int64 `json:"scanned"`  // rows below the header, up to where the data ends
	Skipped  int64 `json:"skipped"`  // of them blank, hidden or matched by skip_rows or stop_rows
	Written  int64 `json:"written"`  // rows of the snapshot
	Rejected int64 `json:"rejected"` // rows kept out of the snapshot, in the rejects file
	Emptied  int64 `json:"emptied"`  // cells that were stored as null because they do not have their type
}

func (c *Counts) add(o Counts) {
	c.Scanned += o.Scanned
	c.Skipped += o.Skipped
	c.Written += o.Written
	c.Rejected += o.Rejected
	c.Emptied += o.Emptied
}

// records gives the rows of data of a section, converted.
func (sc *scan) records(ctx context.Context) iter.Seq2[*record, error] {
	return func(yield func(*record, error) bool) {
		next, stop := iter.Pull2(sc.s.Rows)
		defer stop()
		row, ok, err := sc.readHeader(next)
		if err != nil {
			yield(nil, err)
			return
		}
		rec := &record{values: make([]value, len(sc.t.Columns))}
		last, blanks := sc.layout.DataRow-1, 0
		for ; ok; row, err, ok = next() {
			if err != nil {
				yield(nil, err)
				return
			}
			if row.Number < sc.layout.DataRow {
				continue
			}
			if row.Number&1023 == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			blank := sc.blank(row)
			if gap := row.Number - last - 1; gap > 0 {
				blanks += gap
			}
			last = row.Number
			if sc.ends(row, blank, blanks) {
				sc.stopped = row.Number
				return
			}
			if blank {
				blanks++
			} else {
				blanks = 0
			}
			sc.counts.Scanned++
			if sc.skips(row, blank) {
				sc.counts.Skipped++
				continue
			}
			sc.convert(row, rec)
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// readHeader binds the columns and gives the first row after the header's.
func (sc *scan) readHeader(next func() (Row, error, bool)) (row Row, ok bool, err error) {
	if sc.s.Fields != nil {
		sc.texts = sc.s.Fields
		sc.layout = Layout{DataRow: max(1, sc.s.Layout.DataRow)}
		sc.bind()
		if l := sc.unbound(0); len(l) > 0 {
			return Row{}, false, l
		}
		row, err, ok = next()
		return row, ok, err
	}
	var before []Row // rows up to the header's end, kept for the hint
	rows := make([][]Cell, sc.layout.HeaderRows)
	for row, err, ok = next(); ok && err == nil && row.Number < sc.layout.HeaderRow+sc.layout.HeaderRows; row, err, ok = next() {
		kept := Row{Number: row.Number, Cells: append([]Cell(nil), row.Cells...)}
		before = append(before, kept)
		if i := row.Number - sc.layout.HeaderRow; i >= 0 {
			rows[i] = kept.Cells
		}
	}
	if err != nil || (!ok && len(before) == 0) { // an empty sheet has no rows and needs no header
		return Row{}, false, err
	}
	sc.texts = headerTexts(rows, sc.layout.HeaderRow, sc.s.Merges, sc.s.GuessMerges)
	sc.bind()
	if l := sc.unbound(0); len(l) > 0 {
		return Row{}, false, sc.unbound(sc.betterHeader(before, row, ok, next))
	}
	return row, ok, nil
}

func (sc *scan) bind() {
	sc.binding = bind(sc.t.ExtractTable, sc.texts, sc.s.HiddenColumns)
	sc.binding.unmapped = slices.DeleteFunc(sc.binding.unmapped, sc.t.rules.ignored)
}

// unbound reports what is wrong with the header: required columns that it lacks, and columns that
// nobody declared where schema_drift freezes the table.
func (sc *scan) unbound(better int) diag.List {
	l := sc.binding.missing(sc.t.ExtractTable, sc.s, sc.texts, sc.layout, better)
	if sc.t.Drift == Freeze && len(sc.binding.unmapped) > 0 && len(l) == 0 {
		l = append(l, diag.Errorf(diag.BadHeader, sc.t.OptionAt("schema_drift"), "%s has columns that table %s does not declare: %s",
			sc.s.Name(), sc.t.Table, quoteList(sc.binding.unmapped)).
			WithHint("declare them, name them under ignore_columns, or set schema_drift: evolve"))
	}
	return l
}

// betterHeader looks for a row that names more columns than the declared header row; 0 if none does.
func (sc *scan) betterHeader(rows []Row, row Row, ok bool, next func() (Row, error, bool)) int {
	var err error
	for ; ok && err == nil && row.Number <= lookAhead; row, err, ok = next() {
		rows = append(rows, Row{Number: row.Number, Cells: append([]Cell(nil), row.Cells...)})
	}
	best, most := 0, matches(sc.t.ExtractTable, sc.texts)
	for i := range rows {
		window := make([][]Cell, sc.layout.HeaderRows)
		for _, r := range rows[i:] {
			if k := r.Number - rows[i].Number; k < len(window) {
				window[k] = r.Cells
			}
		}
		n := matches(sc.t.ExtractTable, headerTexts(window, rows[i].Number, sc.s.Merges, sc.s.GuessMerges))
		if n > most {
			best, most = rows[i].Number, n
		}
	}
	return best
}

// blank reports whether no declared column has a value in the row.
func (sc *scan) blank(row Row) bool {
	for _, j := range sc.binding.at {
		if j >= 0 && j < len(row.Cells) && !row.Cells[j].Blank() && !row.Cells[j].Merged && !sc.conv.isEmpty(row.Cells[j]) {
			return false
		}
	}
	return true
}

// ends reports whether a stop rule ends the data before this row.
func (sc *scan) ends(row Row, blank bool, blanks int) bool {
	r := sc.t.rules
	if r.stopBlank > 0 && (blanks >= r.stopBlank || (blank && blanks+1 >= r.stopBlank)) {
		return true
	}
	return len(r.stop) > 0 && anyMatch(r.stop, firstText(row))
}

func (sc *scan) skips(row Row, blank bool) bool {
	r := sc.t.rules
	return (blank && r.skipBlank) || (row.Hidden && r.skipHidden) ||
		(len(r.skip) > 0 && anyMatch(r.skip, firstText(row)))
}

// firstText is the text of the first cell of the row that holds something.
func firstText(row Row) string {
	for _, c := range row.Cells {
		if !c.Blank() && !c.Merged {
			return strings.TrimSpace(c.String())
		}
	}
	return ""
}

// convert fills rec with the row's values; cells that do not have their type go to rec.bad and
// are null.
func (sc *scan) convert(row Row, rec *record) {
	rec.row, rec.bad = row, rec.bad[:0]
	if len(row.Cells) > len(sc.texts) && !sc.t.takesNotes() {
		sc.beyond(row)
	}
	for i := range sc.t.Columns {
		c := &sc.t.Columns[i]
		cell, col := Cell{}, 0
		switch j := sc.binding.at[i]; {
		case c.From == fromSheet:
			cell = Cell{Kind: Text, Text: sc.s.Sheet}
		case c.From == fromNotes:
			cell = Cell{Kind: Text, Text: sc.notes(row)}
		case j >= 0 && j < len(row.Cells):
			cell, col = row.Cells[j], j+1
			if cell.Merged && sc.t.rules.fill != nil && !sc.t.rules.fill[c.Name] {
				cell = Cell{}
			}
		}
		sc.conv.measure = sc.t.measures[i]
		v, err := sc.conv.convert(cell, sc.t.types[i])
		switch {
		case err != nil:
			rec.bad = append(rec.bad, BadCell{
				File: sc.s.File, Sheet: sc.s.Sheet, Row: row.Number, Col: col,
				Column: c.Name, Value: cell.String(), Reason: err.Error(),
			})
			v = value{null: true}
		case v.null:
			v = sc.t.defaults[i]
		case sc.t.maps[i] != nil:
			v.text = strings.TrimSpace(v.text)
			if to, ok := sc.t.maps[i][Fold(v.text)]; ok {
				v.text = to
			}
			v.null = v.text == ""
		}
		if v.rounded {
			sc.rounded[i]++
		}
		rec.values[i] = v
	}
}

// notes joins the texts of the row's cells that no column takes, each behind its header if it has one.
func (sc *scan) notes(row Row) string {
	var parts []string
	for j, c := range row.Cells {
		if c.Blank() || c.Merged || slices.Contains(sc.binding.at, j) {
			continue
		}
		text := strings.TrimSpace(c.String())
		if j < len(sc.texts) && sc.texts[j] != "" {
			if sc.t.rules.ignored(sc.texts[j]) {
				continue
			}
			text = sc.texts[j] + ": " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// newScan prepares the reading of a section.
func (t *table) newScan(s *Section) *scan {
	return &scan{
		t: t, s: s, layout: t.rules.layout.over(s.Layout),
		conv:    &converter{locale: t.locale, empty: t.rules.empty, date1904: s.Date1904},
		rounded: make([]int64, len(t.Columns)),
	}
}
