package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"atlas/engine/source"
)

// rowReader streams the rows of one sheet.
type rowReader struct {
	rowBuilder
	part   io.ReadCloser
	s      *scanner
	hidden map[int]bool   // hidden columns
	last   int            // number of the last row
	col    int            // of the last cell
	stated bool           // the row's number is known
	ahead  bool           // the scanner stands at the start of the next row,
	ended  bool           // or behind the last
	merged []source.Range // the first merged ranges, once the rows are read
	done   bool
}

// openRows opens a sheet and reads what stands before its rows.
func (b *book) openRows(s *sheet) (rows, error) {
	if b.binary {
		return b.openBinaryRows(s)
	}
	part, err := b.open(s.part)
	if err != nil {
		return nil, err
	}
	r := &rowReader{rowBuilder: rowBuilder{b: b}, part: part, hidden: map[int]bool{}}
	if r.s, err = newScanner(part); err == nil {
		err = r.s.each(func(s *scanner) error {
			switch string(s.name) {
			case "col":
				r.hideColumns()
			case "sheetData":
				return errStop
			}
			return nil
		})
	}
	switch {
	case errors.Is(err, errStop):
		return r, nil
	case err != nil:
		part.Close()
		return nil, err
	}
	r.done = true
	return r, nil
}

func (r *rowReader) close() { r.part.Close() }

func (r *rowReader) hiddenColumns() map[int]bool { return r.hidden }

func (r *rowReader) mergedRanges() []source.Range { return r.merged }

func (r *rowReader) hideColumns() {
	if !truth(r.s.get("hidden")) {
		return
	}
	low, err1 := strconv.Atoi(r.s.get("min"))
	high, err2 := strconv.Atoi(r.s.get("max"))
	if err1 != nil || err2 != nil {
		return
	}
	for c := max(1, low); c <= min(high, maxColumns); c++ {
		r.hidden[c] = true
	}
}

// next gives the next row that the file has, nil after the last. The row is valid until the next call.
func (r *rowReader) next() (*source.Row, error) {
	if r.done {
		return nil, nil
	}
	if !r.ahead && !r.ended {
		if err := r.advance(); err != nil {
			return nil, err
		}
	}
	if r.ahead {
		r.ahead = false
		return r.readRow()
	}
	r.done = true
	return nil, r.readTail()
}

// advance goes to the start of the next row, or behind the last.
func (r *rowReader) advance() error {
	for {
		t, err := r.s.next()
		switch {
		case err != nil:
			return unexpected(err)
		case t == startTag && string(r.s.name) == "row":
			r.ahead = true
			return nil
		case t == endTag && string(r.s.name) == "sheetData":
			r.ended = true
			return nil
		}
	}
}

// readTail reads what stands behind the rows, so that the part's checksum is verified, and notes
// the merged ranges. Other faults there do no harm to the rows, which are complete.
func (r *rowReader) readTail() error {
	err := r.s.each(func(s *scanner) error {
		if string(s.name) == "mergeCell" && len(r.merged) < maxNoted {
			if m, ok := parseRange(s.get("ref")); ok {
				r.merged = append(r.merged, m)
			}
		}
		return nil
	})
	return damaged(err)
}

// damaged lets only that error pass which says that what was read is not what was written.
func damaged(err error) error {
	if errors.Is(err, zip.ErrChecksum) {
		return fmt.Errorf("the file is damaged: %w", err)
	}
	return nil
}

// maxNoted is how many merged ranges a warning looks at.
const maxNoted = 1000

// readRow reads a row. Rows without a number follow the last; where a writer got the number wrong,
// the first cell's reference tells it. Some writers begin the row anew for every cell.
func (r *rowReader) readRow() (*source.Row, error) {
	n := r.last + 1
	stated := r.s.get("r")
	if stated != "" {
		var err error
		if n, err = strconv.Atoi(stated); err != nil {
			return nil, fmt.Errorf("%q is no number of a row", stated)
		}
	}
	r.begin(n, truth(r.s.get("hidden")))
	r.col, r.stated = 0, stated != "" && n > r.last
	for {
		t, err := r.s.next()
		if err != nil {
			return nil, unexpected(err)
		}
		switch {
		case t == startTag && string(r.s.name) == "c":
			if err := r.readCell(); err != nil {
				return nil, err
			}
		case t == endTag && string(r.s.name) == "row":
			if err := r.advance(); err != nil {
				return nil, err
			}
			if r.ahead && stated != "" && r.s.get("r") == stated {
				r.ahead = false
				continue
			}
			if n = r.row.Number; n <= r.last || n > maxRows {
				return nil, fmt.Errorf("row %d follows row %d", n, r.last)
			}
			r.last = n
			r.finish()
			return &r.row, nil
		}
	}
}

// readCell reads a cell up to its end.
func (r *rowReader) readCell() error {
	col := r.col + 1 // a cell without a reference stands right of the last
	style, kind := -1, byte('n')
	for {
		name, value, ok, err := r.s.attr()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			var row int
			if row, col, ok = parseRef(value); !ok {
				return fmt.Errorf("%q is no cell", clipBytes(value))
			}
			if !r.stated && row > r.last {
				r.row.Number = row
			}
			r.stated = true
		case "s":
			style = number(value)
		case "t":
			kind = kindOf(value)
		}
	}
	if r.col = col; col > maxColumns {
		return fmt.Errorf("row %d has more than %d cells", r.row.Number, maxColumns)
	}
	has, err := r.readValue(kind)
	if err == nil {
		switch has {
		case inline:
			r.putText(col, r.value)
		case formulaOnly:
			r.put(col, source.Cell{Kind: source.Broken, Text: "formula without a stored result"}, nil)
		case valued:
			err = r.putValue(col, kind, style)
		case nothing:
		}
	}
	if err == nil && len(r.text) > maxRowText {
		err = errLongText
	}
	if err != nil {
		return fmt.Errorf("cell %s: %w", source.CellName(r.row.Number, col), err)
	}
	return nil
}

// maxRowText bounds the texts of one row.
const maxRowText = 16 << 20

// kindOf gives a letter for the type of a cell: number, shared string, text, boolean, error, date.
func kindOf(t []byte) byte {
	switch string(t) {
	case "str", "inlineStr":
		return 't'
	case "s", "b", "e", "d":
		return t[0]
	default:
		return 'n'
	}
}

// content is what a cell has in it.
type content uint8

const (
	nothing content = iota
	valued
	inline      // a text of its own
	formulaOnly // a formula whose result was never stored
)

// readValue reads a cell's value or text into r.value.
func (r *rowReader) readValue(kind byte) (content, error) {
	r.value = r.value[:0]
	if value, ok := r.s.bare(); ok {
		r.value = append(r.value, value...)
		return valued, nil
	}
	inValue, formula, has := false, false, nothing
	for {
		t, err := r.s.next()
		if err != nil {
			return 0, unexpected(err)
		}
		switch t {
		case startTag:
			switch string(r.s.name) {
			case "v":
				inValue, has = true, valued
			case "f":
				formula = true
			case "is":
				if r.value, err = r.s.richText("is", r.value[:0]); err != nil {
					return 0, err
				}
				has = inline
			}
		case endTag:
			switch string(r.s.name) {
			case "v":
				inValue = false
			case "c":
				if formula && len(r.value) == 0 && kind != 't' { // a text may well be empty
					has = formulaOnly
				}
				return has, nil
			}
		case charData:
			if inValue {
				r.value = append(r.value, r.s.text...)
			}
			if len(r.value) > maxText {
				return 0, errLongText
			}
		}
	}
}

// putValue types a stored value. What is no value of its type is a broken cell, which extraction
// reports with its place; only a missing string shows that the file itself is damaged.
func (r *rowReader) putValue(col int, kind byte, style int) error {
	if kind == 't' {
		r.putText(col, unescape(r.value))
		return nil
	}
	v := bytes.TrimSpace(r.value)
	if len(v) == 0 {
		return nil
	}
	switch kind {
	case 's':
		if err := r.putShared(col, number(v)); err != nil {
			return fmt.Errorf("%w %q", err, clipBytes(v))
		}
	case 'b':
		switch string(bytes.ToLower(v)) {
		case "1", "true":
			r.put(col, source.Cell{Kind: source.Bool, Text: "true"}, nil)
		case "0", "false":
			r.put(col, source.Cell{Kind: source.Bool, Text: "false"}, nil)
		default:
			r.put(col, source.Cell{Kind: source.Broken}, v)
		}
	case 'e':
		r.put(col, source.Cell{Kind: source.Broken}, v)
	case 'd':
		r.put(col, isoCell(string(v)), nil)
	default:
		if !isNumber(v) {
			r.put(col, source.Cell{Kind: source.Broken}, v)
			return nil
		}
		r.putNumber(col, style, v)
	}
	return nil
}

// number reads a small whole number; -1 if it is none.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<30 {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	if len(b) == 0 {
		return -1
	}
	return n
}

// isNumber reports whether b is a number as files store it: -1.5E-7.
func isNumber(b []byte) bool {
	i, digits := 0, 0
	if b[0] == '-' || b[0] == '+' {
		i++
	}
	for ; i < len(b) && (b[i] >= '0' && b[i] <= '9' || b[i] == '.'); i++ {
		if b[i] != '.' {
			digits++
		}
	}
	if digits == 0 || bytes.Count(b[:i], []byte{'.'}) > 1 {
		return false
	}
	if i < len(b) && (b[i] == 'E' || b[i] == 'e') {
		i++
		if i < len(b) && (b[i] == '-' || b[i] == '+') {
			i++
		}
		return i < len(b) && len(b)-i <= 4 && number(b[i:]) >= 0
	}
	return i == len(b)
}

// parseRef reads a reference like AB12 or $AB$12.
func parseRef(ref []byte) (row, col int, ok bool) {
	i := 0
	if len(ref) > 0 && ref[0] == '$' {
		i++
	}
	for ; i < len(ref); i++ {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		if col = col*26 + int(c-'a') + 1; col > maxColumns {
			return 0, 0, false
		}
	}
	if i < len(ref) && ref[i] == '$' {
		i++
	}
	row = number(ref[i:])
	return row, col, col > 0 && row > 0 && row <= maxRows
}

// parseRange reads "A1:B2" or "A1".
func parseRange(ref string) (source.Range, bool) {
	from, to, two := strings.Cut(ref, ":")
	if !two {
		to = from
	}
	r1, c1, ok1 := parseRef([]byte(from))
	r2, c2, ok2 := parseRef([]byte(to))
	return source.Range{FirstRow: min(r1, r2), FirstCol: min(c1, c2), LastRow: max(r1, r2), LastCol: max(c1, c2)}, ok1 && ok2
}
