// Package workbook reads tables from Excel workbooks (.xlsx, .xlsm).
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
//
// A mapping under sheets has name, names or pattern; month: a number, a mapping of sheet names
// to numbers, or "locale" for the month names of the table's locale; and header_row,
// merge_header_rows and data_start_row where these sheets differ from the table. Without sheets
// the workbook must have one visible sheet. Hidden sheets are read only when they are named.
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
var endings = []string{".xlsx", ".xlsm"}

// Check reads the keys of the driver.
func (Source) Check(t *manifest.ExtractTable) error {
	var l diag.List
	if _, err := readSheetRules(t); err != nil {
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
		rules, err := readSheetRules(r.Table)
		var files []source.File
		if err == nil {
			files, err = source.Files(ctx, r, "workbook", diag.MissingWorkbook, endings...)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		pick := &picker{t: r.Table, rules: rules, found: make([]int, len(rules))}
		for _, f := range files {
			if !readBook(ctx, r, f, pick, yield) {
				return
			}
		}
		if err := pick.missing(); err != nil {
			yield(nil, err)
		}
	}
}

func readBook(ctx context.Context, r source.Request, file source.File, pick *picker, yield func(*source.Section, error) bool) bool {
	path := file.Name
	b, err := openBook(file.Path)
	if err != nil {
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			d.Pos = r.Table.OptionAt("workbook")
			d.Msg = path + " " + d.Msg
		}
		yield(nil, err)
		return false
	}
	defer b.close()
	chosen, err := pick.choose(path, b.sheets)
	if err != nil {
		yield(nil, err)
		return false
	}
	for _, w := range pick.overlooked(path, b.sheets, chosen) {
		if !yield(nil, w) {
			return false
		}
	}
	for _, c := range chosen {
		if !yieldSheet(ctx, r.Table, path, b, c, yield) {
			return false
		}
	}
	return true
}

func yieldSheet(ctx context.Context, t *manifest.ExtractTable, path string, b *book, c choice, yield func(*source.Section, error) bool) bool {
	fail := func(err error) error { return sheetError(t, path, c.sheet.name, err) }
	s := &source.Section{
		File: path, Sheet: c.sheet.name, Month: c.month, Layout: c.rule.layout,
		Pos: t.OptionAt("sheets"), Date1904: b.date1904,
	}
	if headerRows(t, c.rule) > 1 {
		merges, err := b.merges(c.sheet)
		if err != nil {
			return yield(nil, fail(err))
		}
		s.Merges = merges
	}
	rows, err := b.openRows(c.sheet)
	if err != nil {
		return yield(nil, fail(err))
	}
	defer rows.close()
	s.HiddenColumns = rows.hidden
	s.Rows = func(yieldRow func(source.Row, error) bool) {
		for ctx.Err() == nil {
			row, err := rows.next()
			if err != nil {
				yieldRow(source.Row{}, fail(err))
				return
			}
			if row == nil || !yieldRow(*row, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yieldRow(source.Row{}, err)
		}
	}
	return yield(s, nil)
}

func sheetError(t *manifest.ExtractTable, path, sheet string, err error) error {
	return diag.Errorf(diag.BadFile, t.OptionAt("workbook"), "%s, sheet %q cannot be read: %v", path, sheet, err).
		WithErr(err).WithHint("open the workbook in its program and save it again")
}

func headerRows(t *manifest.ExtractTable, r *sheetRule) int {
	if r.layout.HeaderRows > 0 {
		return r.layout.HeaderRows
	}
	v, _ := t.Options.Get("merge_header_rows")
	n, err := source.Count(v)
	if err != nil {
		return 1
	}
	return n
}
