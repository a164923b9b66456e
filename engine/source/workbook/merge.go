package workbook

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Limits of the merged ranges of one sheet.
const (
	maxMerges = 1 << 20
	maxFilled = 1 << 26 // cells that get the value of another
)

// filling is where the value of a merged range goes: the key fill_merged.
type filling struct {
	asked  bool // the key is there
	down   bool // to the rows below,
	across bool // and to the columns to the right
}

// readFilling reads fill_merged: true, false, down, across or the columns that are filled, which
// source tells apart from the others.
func readFilling(t *manifest.ExtractTable) (filling, error) {
	v, ok := t.Options.Get(source.FillMerged)
	f := filling{asked: ok && v != nil}
	switch v := v.(type) {
	case nil:
		return f, nil
	case bool:
		f.down, f.across = v, v
		return f, nil
	case []any:
		f.down, f.across = true, true
		return f, nil
	case string:
		switch strings.ToLower(v) {
		case "down":
			f.down = true
			return f, nil
		case "across":
			f.across = true
			return f, nil
		}
	}
	return f, diag.Errorf(diag.BadValue, t.OptionAt(source.FillMerged), "fill_merged cannot be %v", v).
		WithHint("true, false, down, across, or a list of columns: [order_date, customer]")
}

// merges gives the merged ranges of a sheet that keep wants. They stand behind its rows, which are
// passed over as fast as they unpack.
func (b *book) merges(s *sheet, keep func(source.Range) bool) ([]source.Range, error) {
	if b.binary {
		return b.binaryMerges(s, keep)
	}
	var out []source.Range
	read := func(skip bool) error {
		out = out[:0]
		return b.elements(s.part, func(s *scanner) error {
			switch string(s.name) {
			case "sheetData":
				if skip && !s.pending {
					return s.skip("sheetData>")
				}
			case "mergeCell":
				if m, ok := parseRange(s.get("ref")); ok && keep(m) {
					out = append(out, m)
				}
			}
			return tooManyMerges(len(out))
		})
	}
	if err := read(true); err != nil {
		// A text or a comment that looks like the end of the rows leads astray.
		return out, read(false)
	}
	return out, nil
}

func tooManyMerges(n int) error {
	if n > maxMerges {
		return fmt.Errorf("it has more than %d merged ranges", maxMerges)
	}
	return nil
}

// filler gives the cells of merged ranges the values of the ranges' first cells, as rows pass by.
type filler struct {
	filling
	ranges []source.Range // that are still to come, in order
	active []filled       // that reach below the last row
	first  int            // row of data; ranges that begin above it are the header's
	count  int
}

type filled struct {
	source.Range
	cell source.Cell
}

func (b *book) newFiller(s *sheet, how filling, first int) (*filler, error) {
	ranges, err := b.merges(s, func(m source.Range) bool {
		return m.FirstRow >= first && (how.down && m.LastRow > m.FirstRow || how.across && m.LastCol > m.FirstCol)
	})
	slices.SortFunc(ranges, func(a, b source.Range) int { return cmp.Or(a.FirstRow-b.FirstRow, a.FirstCol-b.FirstCol) })
	return &filler{filling: how, ranges: ranges, first: first}, err
}

// fill fills one row.
func (f *filler) fill(row *source.Row) error {
	f.active = slices.DeleteFunc(f.active, func(m filled) bool { return m.LastRow < row.Number })
	for i := range f.active {
		f.put(row, &f.active[i])
	}
	for len(f.ranges) > 0 && f.ranges[0].FirstRow <= row.Number {
		m := filled{Range: f.ranges[0]}
		f.ranges = f.ranges[1:]
		if m.FirstRow < row.Number || m.FirstCol > len(row.Cells) || row.Cells[m.FirstCol-1].Kind == source.Empty {
			continue // nothing to give
		}
		m.cell = row.Cells[m.FirstCol-1]
		m.cell.Text = strings.Clone(m.cell.Text)
		m.cell.Merged = true
		if f.put(row, &m); f.down && m.LastRow > row.Number {
			f.active = append(f.active, m)
		}
	}
	if len(f.active) > maxColumns || f.count > maxFilled {
		return errors.New("its merged ranges overlap, or cover an absurd number of cells")
	}
	return nil
}

// put fills the cells of one range in a row.
func (f *filler) put(row *source.Row, m *filled) {
	from, to := m.FirstCol, m.FirstCol
	if f.across {
		to = m.LastCol
	}
	if row.Number == m.FirstRow {
		from++
	}
	for len(row.Cells) < to {
		row.Cells = append(row.Cells, source.Cell{})
	}
	for c := from; c <= to; c++ {
		row.Cells[c-1] = m.cell
		f.count++
	}
}

// unfilled warns of merged ranges that cover several rows of data when nobody said what they mean.
// Rows that were left at one of them, for it ends the data, give it as before; else that is zero.
func (v *view) unfilled(t *manifest.ExtractTable, b *book, s *sheet, where string, before int) error {
	merged := v.mergedRanges()
	switch {
	case before > 0:
		merged, _ = b.merges(s, func(m source.Range) bool {
			return m.FirstRow < before && (v.area == nil || inside(m, v.area.Range))
		})
	case v.area != nil: // the rows were left where the range ends
		merged, _ = b.merges(s, func(m source.Range) bool { return inside(m, v.area.Range) }) // a warning is not worth an error
	}
	n, example := 0, source.Range{}
	for _, m := range merged {
		if m.FirstRow < v.layout.DataRow || m.LastRow == m.FirstRow {
			continue
		}
		if n++; n == 1 {
			example = m
		}
	}
	if n == 0 {
		return nil
	}
	what := fmt.Sprintf("%s is one merged cell over several rows", rangeName(example))
	if n > 1 {
		what = fmt.Sprintf("%d merged cells span several rows, such as %s", n, rangeName(example))
	}
	return diag.Warnf(diag.MergedCells, t.OptionAt("sheets"), "%s: %s; only the first row has the value", where, what).
		WithHint("fill_merged: [columns] gives it to every row, fill_merged: false says that this is right")
}

func inside(m, area source.Range) bool {
	return m.FirstRow >= area.FirstRow && m.FirstRow <= area.LastRow && m.FirstCol >= area.FirstCol && m.FirstCol <= area.LastCol
}

func rangeName(r source.Range) string {
	from, to := source.CellName(r.FirstRow, r.FirstCol), source.CellName(r.LastRow, r.LastCol)
	if from == to {
		return from
	}
	return from + ":" + to
}
