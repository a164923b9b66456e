package workbook

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"atlas/engine/diag"
	"atlas/engine/source"
)

// sketchedMerges is how far down merged ranges are looked at for a header.
const sketchedMerges = 200

// Sketches names the key that holds the driver's files, and their endings.
func (Source) Sketches() (option string, files []string) { return "workbook", endings }

// Sheets gives every sheet of a workbook, undeclared as it is. A hidden sheet has no rows.
func (Source) Sheets(ctx context.Context, file source.File) iter.Seq2[*source.Sheet, error] {
	return func(yield func(*source.Sheet, error) bool) {
		b, err := openBook(file.Path)
		if err != nil {
			var d *diag.Diagnostic
			if errors.As(err, &d) {
				d.Msg = file.Name + " " + d.Msg
			} else {
				err = fmt.Errorf("open %s: %w", file.Name, err)
			}
			yield(nil, err)
			return
		}
		defer b.close()
		for _, s := range b.sheets {
			if !sketchSheet(ctx, b, file.Name, s, yield) {
				return
			}
		}
	}
}

func sketchSheet(ctx context.Context, b *book, file string, s *sheet, yield func(*source.Sheet, error) bool) bool {
	sec := &source.Section{File: file, Sheet: s.name, Date1904: b.date1904, Rows: func(func(source.Row, error) bool) {}}
	if s.hidden {
		return yield(&source.Sheet{Section: sec, Hidden: true}, nil)
	}
	fail := func(err error) error {
		return diag.Errorf(diag.BadFile, diag.Pos{}, "%s, sheet %q cannot be read: %v", file, s.name, err).WithErr(err).WithHint(saveAnew)
	}
	var err error
	if sec.Merges, err = b.merges(s, func(m source.Range) bool { return m.FirstRow <= sketchedMerges }); err != nil {
		return yield(nil, fail(err))
	}
	rows, err := b.openRows(s)
	if err != nil {
		return yield(nil, fail(err))
	}
	defer rows.close()
	sec.HiddenColumns = rows.hiddenColumns()
	sec.Rows = func(yieldRow func(source.Row, error) bool) {
		for {
			row, err := rows.next()
			if err == nil {
				err = ctx.Err()
			} else {
				err = fail(err)
			}
			if err != nil {
				yieldRow(source.Row{}, err)
				return
			}
			if row == nil || !yieldRow(*row, nil) {
				return
			}
		}
	}
	return yield(&source.Sheet{Section: sec}, nil)
}
