// Package workbook reads tables from Excel workbooks (.xlsx, .xlsm, .xlsb).
//
// It knows the file: parts, styles, shared strings, sheets and cells. What a header means and
// how a text becomes a number stand in package source. Rows stream, so memory grows with the
// shared strings only.
//
// Its keys in a table's declaration, beside those of source.Options:
//
//	workbook: data/raw/orders.xlsx        # or a list; * ? [ ] match several files, in order of name
//	sheets: Orders                        # one sheet,
//	sheets: [January, {name: Feb, month: 2, header_row: 5}]   # several, in this order,
//	sheets: {pattern: "^[A-Z]", month: locale}                # or the visible ones whose name matches
//	range: Orders                         # only the cells of an Excel table, of a defined name,
//	range: Sheet1!B5:H200                 # or of a place; B5:H200, B:H, 5:200 go with sheets
//	fill_merged: [order_date, customer]   # merged cells: the value goes to every row that they cover
//
// A mapping under sheets has name, names or pattern; month: a number, a mapping of sheet names
// to numbers, or "locale" for the month names of the table's locale; and header_row,
// merge_header_rows and data_start_row where these sheets differ from the table. Without sheets
// the workbook must have one visible sheet. Hidden sheets are read only when they are named.
// The sheet with which an annotated copy lists its marks is never read.
//
// The first row of a range is the header, unless header_row says otherwise; rows count from the
// top of the sheet all the same, and _row and the names of cells are the sheet's. The totals of an
// Excel table are no data, and one that shows no header has its columns by name. A name that a
// sheet keeps for itself is meant where that sheet is chosen.
//
// A merged cell has its value in its first cell only, and so it is read: to repeat an amount
// would count it twice. A warning tells of merged cells that span rows of data. fill_merged says
// what they mean: the columns whose value is meant for every row, true for all columns, down or
// across for one direction, false for none. A row in which only filled cells stand is blank, and
// the patterns of skip_rows and stop_rows do not see them.
package workbook

import (
	"context"
	"errors"
	"iter"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Source reads workbooks. The zero value is ready.
type Source struct{}

// Options documents the driver's keys.
func (Source) Options() []source.Option {
	return []source.Option{
		{Name: "workbook", Kind: "text or list", Doc: "the workbook's path from the project's root, or several; * ? [ ] match several files"},
		{Name: "sheets", Kind: "text, list or mapping", Doc: "sheets to read: names, or {pattern, month, header_row …}; without it the only visible sheet"},
		{Name: "range", Kind: "text", Doc: "only these cells: a defined name, an Excel table, Sheet1!B5:H200, or B5:H200 of each sheet; its first row is the header"},
		{Name: source.FillMerged, Kind: "list, text or boolean", Doc: "columns whose merged cells give their value to every row they cover; true for all, down, across, or false (default: the first row only)"},
	}
}

// Monthly reports whether the declaration gives sheets a month.
func (Source) Monthly(t *manifest.ExtractTable) bool {
	rules, err := readSheetRules(t)
	if err != nil {
		return false
	}
	for _, r := range rules {
		if r.month > 0 || r.months != nil || r.monthByLocale {
			return true
		}
	}
	return false
}

// Inputs gives the workbooks with their hashes.
func (Source) Inputs(ctx context.Context, r source.Request) ([]source.Input, error) {
	return source.FileInputs(ctx, r, "workbook", diag.MissingWorkbook, endings...)
}

//nolint:gochecknoglobals // a constant list
var endings = []string{".xlsx", ".xlsm", ".xlsb"}

// Check reads the keys of the driver.
func (Source) Check(t *manifest.ExtractTable) error {
	var l diag.List
	if _, err := readSheetRules(t); err != nil {
		l.Add(err)
	}
	if _, err := readWanted(t); err != nil {
		l.Add(err)
	}
	if _, err := readFilling(t); err != nil {
		l.Add(err)
	}
	if v, ok := t.Options.Get("workbook"); !ok || len(source.Texts(v)) == 0 {
		l = append(l, noWorkbook(t))
	}
	return l.Err()
}

func noWorkbook(t *manifest.ExtractTable) *diag.Diagnostic {
	return diag.Errorf(diag.MissingKey, t.Pos, "table %s names no workbook", t.Table).WithHint("add workbook: path/to/file.xlsx")
}

// Read gives the chosen sheets of every workbook.
func (Source) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		p, err := newPicker(r.Table)
		var files []source.File
		if err == nil {
			files, err = source.Files(ctx, r, "workbook", diag.MissingWorkbook, endings...)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		for _, f := range files {
			if !readBook(ctx, f, p, yield) {
				return
			}
		}
		if err := p.missing(); err != nil {
			yield(nil, err)
		}
	}
}

func readBook(ctx context.Context, file source.File, p *picker, yield func(*source.Section, error) bool) bool {
	b, err := openBook(file.Path)
	if err != nil {
		yield(nil, bookError(p.t, file.Name, err))
		return false
	}
	defer b.close()
	chosen, err := p.choose(file.Name, b)
	if err != nil {
		if d := (*diag.Diagnostic)(nil); !errors.As(err, &d) {
			err = bookError(p.t, file.Name, err)
		}
		yield(nil, err)
		return false
	}
	for _, w := range p.overlooked(file.Name, b.sheets, chosen) {
		if !yield(nil, w) {
			return false
		}
	}
	for _, c := range chosen {
		if !yieldSheet(ctx, p, file.Name, b, c, yield) {
			return false
		}
	}
	return true
}

// bookError places what is wrong with a file.
func bookError(t *manifest.ExtractTable, file string, err error) error {
	var d *diag.Diagnostic
	switch {
	case !errors.As(err, &d):
		return diag.Errorf(diag.BadFile, t.OptionAt("workbook"), "%s is no readable workbook: %v", file, err).WithErr(err).WithHint(saveAnew)
	default:
		d.Pos = t.OptionAt("workbook")
		d.Msg = file + " " + d.Msg
		return err
	}
}

func yieldSheet(ctx context.Context, p *picker, path string, b *book, c choice, yield func(*source.Section, error) bool) bool {
	s, v, err := openSheet(p, path, b, c)
	if err != nil {
		return yield(nil, sheetError(p.t, path, c.sheet.name, err))
	}
	defer v.close()
	whole, last := false, 0
	s.Rows = func(yieldRow func(source.Row, error) bool) {
		for ctx.Err() == nil {
			row, err := v.next()
			if err != nil {
				yieldRow(source.Row{}, sheetError(p.t, path, c.sheet.name, err))
				return
			}
			if whole = row == nil; whole {
				return
			}
			if last = row.Number; !yieldRow(*row, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yieldRow(source.Row{}, err)
		}
	}
	if !yield(s, nil) {
		return false
	}
	if (whole || last > 0) && ctx.Err() == nil && !p.filling.asked {
		before := 0
		if !whole {
			before = last
		}
		if err := v.unfilled(p.t, b, c.sheet, s.Label(), before); err != nil {
			return yield(nil, err)
		}
	}
	return true
}

// openSheet gives the section of a chosen sheet, without its rows, and the view on them.
func openSheet(p *picker, path string, b *book, c choice) (*source.Section, *view, error) {
	v := &view{area: c.area, layout: layoutOf(p.t, c.rule, c.area)}
	s := &source.Section{
		File: path, Sheet: c.sheet.name, Month: c.month, Layout: c.rule.layout,
		Pos: p.t.OptionAt("sheets"), Date1904: b.date1904,
	}
	if c.area != nil {
		s.Layout = v.layout
		if c.area.fields != nil {
			s.Fields = append(make([]string, c.area.FirstCol-1), c.area.fields...)
		}
	}
	var err error
	if last := v.layout.HeaderRow + v.layout.HeaderRows - 1; v.layout.HeaderRows > 1 {
		// The rows below may turn out to be the header: they are looked at too.
		if s.Merges, err = b.merges(c.sheet, func(m source.Range) bool { return m.FirstRow <= last+nearHeader }); err != nil {
			return nil, nil, err
		}
	}
	if p.filling.down || p.filling.across {
		if v.filler, err = b.newFiller(c.sheet, p.filling, v.layout.DataRow); err != nil {
			return nil, nil, err
		}
	}
	if v.rows, err = b.openRows(c.sheet); err != nil {
		return nil, nil, err
	}
	s.HiddenColumns = v.hiddenColumns()
	return s, v, nil
}

// nearHeader is how many rows below a header are searched for another when it does not fit.
const nearHeader = 100

func sheetError(t *manifest.ExtractTable, path, sheet string, err error) error {
	return diag.Errorf(diag.BadFile, t.OptionAt("workbook"), "%s, sheet %q cannot be read: %v", path, sheet, err).
		WithErr(err).WithHint(saveAnew)
}
