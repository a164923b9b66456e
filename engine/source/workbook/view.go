package workbook

import (
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// rows are the rows of one sheet, of either format.
type rows interface {
	next() (*source.Row, error)   // nil after the last
	hiddenColumns() map[int]bool  // known once the rows are opened
	mergedRanges() []source.Range // known once the last row is read
	close()
}

// view is what a table sees of a sheet's rows: the cells of a range only, merged cells filled.
type view struct {
	rows
	area   *area // nil sees everything
	layout source.Layout
	filler *filler
}

// next gives the next row that is seen.
func (v *view) next() (*source.Row, error) {
	for {
		row, err := v.rows.next()
		if row == nil || err != nil {
			return nil, err
		}
		if v.filler != nil {
			if err := v.filler.fill(row); err != nil {
				return nil, err
			}
		}
		if v.area == nil {
			return row, nil
		}
		header := v.area.fields == nil && row.Number >= v.layout.HeaderRow && row.Number < v.layout.HeaderRow+v.layout.HeaderRows
		switch {
		case row.Number > v.area.LastRow && row.Number >= v.layout.HeaderRow+v.layout.HeaderRows:
			return nil, nil
		case row.Number >= v.area.FirstRow && row.Number <= v.area.LastRow || header:
			v.crop(row)
			return row, nil
		}
	}
}

// crop empties the cells beside the range; those in it keep their columns.
func (v *view) crop(row *source.Row) {
	row.Cells = row.Cells[:min(len(row.Cells), v.area.LastCol)]
	clear(row.Cells[:min(len(row.Cells), v.area.FirstCol-1)])
}

// layoutOf says where header and data of a sheet are, in rows of the sheet. A range's first row is
// the header unless the declaration gives one.
func layoutOf(t *manifest.ExtractTable, r *sheetRule, a *area) source.Layout {
	option := func(key string) int {
		v, _ := t.Options.Get(key)
		n, err := source.Count(v)
		if err != nil {
			return 0 // not given; a mistake is reported elsewhere
		}
		return n
	}
	first := 1
	if a != nil {
		first = a.FirstRow
	}
	l := source.Layout{HeaderRow: option("header_row"), HeaderRows: option("merge_header_rows"), DataRow: option("data_start_row")}
	own := r.layout
	if own.HeaderRow > 0 || own.HeaderRows > 0 {
		l.DataRow = 0
	}
	l.HeaderRow = firstOf(own.HeaderRow, l.HeaderRow, first)
	l.HeaderRows = firstOf(own.HeaderRows, l.HeaderRows, 1)
	l.DataRow = firstOf(own.DataRow, l.DataRow, max(first, l.HeaderRow+l.HeaderRows))
	if a != nil && a.fields != nil {
		l.DataRow = a.FirstRow
	}
	return l
}

func firstOf(list ...int) int {
	for _, n := range list {
		if n > 0 {
			return n
		}
	}
	return 0
}
