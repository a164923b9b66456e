package workbook

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"atlas/engine/source"
)

// The parts of a binary workbook are runs of records: a number of one or two bytes, a length of up
// to four, and as many bytes. These are the records that say what cells hold.
const (
	recRow           = 0
	recBlank         = 1
	recRk            = 2 // a number packed into four bytes
	recError         = 3
	recBool          = 4
	recReal          = 5
	recString        = 6
	recShared        = 7
	recFormulaString = 8
	recFormulaNumber = 9
	recFormulaBool   = 10
	recFormulaError  = 11
	recShortBlank    = 12 // the short ones stand right of the last cell
	recShortShared   = 18
	recSharedItem    = 19
	recName          = 39
	recFormat        = 44
	recStyle         = 47
	recColumns       = 60
	recRichString    = 62
	recSheetData     = 145
	recEndSheetData  = 146
	recBookProps     = 153
	recSheet         = 156
	recMerge         = 176
	recCellStyles    = 617
	recEndCellStyles = 618
)

// readBinaryWorkbook reads the list of sheets.
func (b *book) readBinaryWorkbook(main string) error {
	n := 0
	return b.eachRecord(main, func(r *records) error {
		switch r.id {
		case recBookProps:
			b.date1904 = r.data.u32()&1 == 1
		case recSheet:
			state := r.data.u32()
			r.data.u32() // a number of its own
			id, err := r.data.text(nil)
			if err != nil {
				return err
			}
			name, err := r.data.text(nil)
			if err != nil {
				return err
			}
			if to := b.rels[string(id)]; to.kind == "worksheet" {
				b.sheets = append(b.sheets, &sheet{name: string(name), part: to.target, index: n, hidden: state != 0})
			}
			if n++; n > maxParts {
				return errors.New("it has absurdly many sheets")
			}
		}
		return nil
	})
}

// readBinaryStyles finds out which cell styles show numbers as dates and times.
func (b *book) readBinaryStyles(name string) error {
	custom := map[int]class{}
	inCells := false
	return b.eachRecord(name, func(r *records) error {
		switch r.id {
		case recFormat:
			id := r.data.u16()
			code, err := r.data.text(nil)
			if err != nil {
				return err
			}
			custom[id] = classify(string(code)) // at most 65,536
		case recCellStyles:
			inCells = true
		case recEndCellStyles:
			return errStop
		case recStyle:
			if !inCells {
				return nil
			}
			r.data.u16() // its parent
			id := r.data.u16()
			return b.addStyle(custom, id)
		}
		return nil
	})
}

func (b *book) readBinaryStrings(name string) error {
	var text []byte
	err := b.eachRecord(name, func(r *records) error {
		if r.id != recSharedItem {
			return nil
		}
		r.data.u8() // whether runs of formats follow
		var err error
		if text, err = r.data.text(text[:0]); err != nil {
			return err
		}
		return b.strings.add(text)
	})
	if err != nil {
		return err
	}
	return b.strings.finish()
}

// binaryRows streams the rows of a sheet of a binary workbook.
type binaryRows struct {
	rowBuilder
	*records
	hidden map[int]bool
	last   int  // number of the last row
	ahead  bool // the next row's record is read
	done   bool
	merged []source.Range
}

func (b *book) openBinaryRows(s *sheet) (rows, error) {
	in, err := b.records(s.part)
	if err != nil {
		return nil, err
	}
	r := &binaryRows{rowBuilder: rowBuilder{b: b}, records: in, hidden: map[int]bool{}}
	for {
		err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			r.done = true
			return r, nil
		case err != nil:
			r.close()
			return nil, err
		case in.id == recSheetData:
			return r, nil
		case in.id == recColumns:
			low, high := in.data.u32()+1, in.data.u32()+1
			in.data.take(8) // width and style
			if in.data.u16()&1 == 0 {
				continue
			}
			for c := low; c <= min(high, maxColumns); c++ {
				r.hidden[c] = true
			}
		}
	}
}

func (r *binaryRows) close() { r.Close() }

func (r *binaryRows) hiddenColumns() map[int]bool { return r.hidden }

func (r *binaryRows) mergedRanges() []source.Range { return r.merged }

// next gives the next row that the file has, nil after the last.
func (r *binaryRows) next() (*source.Row, error) {
	if r.done {
		return nil, nil
	}
	for !r.ahead {
		if err := r.records.next(); err != nil {
			return nil, unexpected(err)
		}
		switch r.id {
		case recRow:
			r.ahead = true
		case recEndSheetData:
			r.done = true
			return nil, r.readTail()
		}
	}
	return r.readRow()
}

func (r *binaryRows) readRow() (*source.Row, error) {
	r.ahead = false
	n := r.data.u32() + 1
	r.data.take(7) // style, height, borders
	if n <= r.last || n > maxRows {
		return nil, fmt.Errorf("row %d follows row %d", n, r.last)
	}
	r.last = n
	r.begin(n, r.data.u8()&0x10 != 0)
	col := 0
	for {
		if err := r.records.next(); err != nil {
			return nil, unexpected(err)
		}
		switch {
		case r.id == recRow:
			r.ahead = true
		case r.id == recEndSheetData:
			r.done = true
			r.finish()
			return &r.row, r.readTail()
		case r.id >= recBlank && r.id <= recShortShared || r.id == recRichString:
			if err := r.readCell(&col); err != nil {
				return nil, fmt.Errorf("cell %s: %w", source.CellName(n, col), err)
			}
			continue
		default:
			continue
		}
		r.finish()
		return &r.row, nil
	}
}

// readCell reads the record of a cell; col is the last cell's column and becomes this one's.
func (r *binaryRows) readCell(col *int) error {
	kind := r.id
	if kind >= recShortBlank && kind <= recShortShared {
		kind -= recShortBlank - recBlank
		*col++
	} else {
		*col = r.data.u32() + 1
	}
	if *col < 1 || *col > maxColumns {
		return errors.New("there is no such column")
	}
	if len(r.data) < 4 {
		return errRecord
	}
	style := r.data.u32() & 0xffffff
	if need := binaryLength(kind); len(r.data) < need {
		return errRecord
	}
	switch kind {
	case recRk:
		r.putFloat(*col, style, unpack(uint32(r.data.u32())))
	case recReal, recFormulaNumber:
		r.putFloat(*col, style, r.data.real())
	case recBool, recFormulaBool:
		r.put(*col, source.Cell{Kind: source.Bool, Text: strconv.FormatBool(r.data.u8() != 0)}, nil)
	case recError, recFormulaError:
		r.put(*col, source.Cell{Kind: source.Broken, Text: errorText(r.data.u8())}, nil)
	case recShared:
		i := r.data.u32()
		if err := r.putShared(*col, i); err != nil {
			return fmt.Errorf("%w %d", err, i)
		}
	case recRichString:
		r.data.u8()
		return r.putBinaryText(*col)
	case recString, recFormulaString:
		return r.putBinaryText(*col)
	}
	return nil
}

// binaryLength says how many bytes a cell's value takes at least.
func binaryLength(kind int) int {
	switch kind {
	case recRk, recShared, recString, recFormulaString:
		return 4
	case recReal, recFormulaNumber:
		return 8
	case recBool, recError, recFormulaBool, recFormulaError:
		return 1
	case recRichString:
		return 5
	default:
		return 0
	}
}

func (r *binaryRows) putBinaryText(col int) error {
	var err error
	if r.value, err = r.data.text(r.value[:0]); err != nil {
		return err
	}
	if r.putText(col, r.value); len(r.text) > maxRowText {
		return errLongText
	}
	return nil
}

// putFloat stores a number with the digits that tell it from every other.
func (r *binaryRows) putFloat(col, style int, f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		r.put(col, source.Cell{Kind: source.Broken, Text: fmt.Sprint(f)}, nil)
		return
	}
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-5 || a >= 1e17) {
		format = 'E'
	}
	r.value = strconv.AppendFloat(r.value[:0], f, format, -1, 64)
	r.putNumber(col, style, r.value)
}

// unpack gives the number that four bytes hold: the upper half of a float or a whole number,
// either perhaps a hundred times too large.
func unpack(rk uint32) float64 {
	f := math.Float64frombits(uint64(rk&^3) << 32)
	if rk&2 != 0 {
		f = float64(int32(rk) >> 2)
	}
	if rk&1 != 0 {
		f /= 100
	}
	return f
}

func errorText(code int) string {
	switch code {
	case 0x00:
		return "#NULL!"
	case 0x07:
		return "#DIV/0!"
	case 0x0F:
		return "#VALUE!"
	case 0x17:
		return "#REF!"
	case 0x1D:
		return "#NAME?"
	case 0x24:
		return "#NUM!"
	case 0x2A:
		return "#N/A"
	case 0x2B:
		return "#GETTING_DATA"
	default:
		return fmt.Sprintf("error %d", code)
	}
}

// readTail reads what stands behind the rows, like that of the other format.
func (r *binaryRows) readTail() error {
	for {
		err := r.records.next()
		switch {
		case err != nil:
			return damaged(err)
		case r.id == recMerge && len(r.merged) < maxNoted:
			if m, ok := mergeRecord(r.data); ok {
				r.merged = append(r.merged, m)
			}
		}
	}
}

func mergeRecord(f fields) (source.Range, bool) {
	if len(f) < 16 {
		return source.Range{}, false
	}
	r1, r2, c1, c2 := f.u32()+1, f.u32()+1, f.u32()+1, f.u32()+1
	m := source.Range{FirstRow: r1, FirstCol: c1, LastRow: r2, LastCol: c2}
	return m, r1 <= r2 && c1 <= c2 && r2 <= maxRows && c2 <= maxColumns
}

// binaryMerges gives the merged ranges of a sheet that keep wants.
func (b *book) binaryMerges(s *sheet, keep func(source.Range) bool) ([]source.Range, error) {
	var out []source.Range
	err := b.eachRecord(s.part, func(r *records) error {
		if r.id != recMerge {
			return nil
		}
		if m, ok := mergeRecord(r.data); ok && keep(m) {
			out = append(out, m)
		}
		return tooManyMerges(len(out))
	})
	return out, err
}
