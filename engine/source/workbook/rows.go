package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"atlas/engine/source"
)

// rowReader streams the rows of one sheet.
type rowReader struct {
	b      *book
	part   io.ReadCloser
	s      *scanner
	hidden map[int]bool // hidden columns
	row    source.Row
	last   int // number of the last row
	done   bool

	text  []byte // texts of the row's cells, one after the other
	spans []span // of each cell in text
	value []byte // of the cell that is read
}

// span is where a cell's text stands in the row's; a cell that has its text from elsewhere has none.
type span struct{ start, end int }

// openRows opens a sheet and reads what stands before its rows.
func (b *book) openRows(s *sheet) (*rowReader, error) {
	part, err := b.open(s.part)
	if err != nil {
		return nil, err
	}
	r := &rowReader{b: b, part: part, s: newScanner(part), hidden: map[int]bool{}}
	for {
		t, err := r.s.next()
		switch {
		case errors.Is(err, io.EOF):
			r.done = true
			return r, nil
		case err != nil:
			part.Close()
			return nil, err
		case t != startTag:
			continue
		}
		switch string(r.s.name) {
		case "col":
			r.hideColumns()
		case "sheetData":
			return r, nil
		}
	}
}

func (r *rowReader) close() { r.part.Close() }

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
	for !r.done {
		t, err := r.s.next()
		if err != nil {
			return nil, unexpected(err)
		}
		switch {
		case t == startTag && string(r.s.name) == "row":
			return r.readRow()
		case t == endTag && string(r.s.name) == "sheetData":
			r.done = true
		}
	}
	return nil, nil
}

func (r *rowReader) readRow() (*source.Row, error) {
	number := r.last + 1
	if s := r.s.get("r"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n <= r.last || n > maxRows {
			return nil, fmt.Errorf("row %q follows row %d", s, r.last)
		}
		number = n
	}
	r.last = number
	r.row = source.Row{Number: number, Hidden: truth(r.s.get("hidden")), Cells: r.row.Cells[:0]}
	r.text, r.spans = r.text[:0], r.spans[:0]
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
			r.finish()
			return &r.row, nil
		}
	}
}

// finish gives the cells their texts, which share one string.
func (r *rowReader) finish() {
	all := string(r.text)
	for i, sp := range r.spans {
		if sp.end > sp.start {
			r.row.Cells[i].Text = all[sp.start:sp.end]
		}
	}
}

// put stores a cell; its text, if any, is appended to the row's.
func (r *rowReader) put(col int, c source.Cell, text []byte) {
	for len(r.row.Cells) < col {
		r.row.Cells = append(r.row.Cells, source.Cell{})
		r.spans = append(r.spans, span{})
	}
	start := len(r.text)
	r.text = append(r.text, text...)
	r.row.Cells[col-1], r.spans[col-1] = c, span{start, len(r.text)}
}

// readCell reads a cell up to its end.
func (r *rowReader) readCell() error {
	col := len(r.row.Cells) + 1 // a cell without a reference stands right of the last
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
			if col, ok = parseColumn(value); !ok {
				return fmt.Errorf("%q is no cell", value)
			}
		case "s":
			style = number(value)
		case "t":
			kind = kindOf(value)
		}
	}
	has, err := r.readValue(kind)
	if err != nil {
		return fmt.Errorf("cell %s: %w", source.CellName(r.row.Number, col), err)
	}
	switch has {
	case inline:
		r.putText(col, r.value)
	case formulaOnly:
		r.put(col, source.Cell{Kind: source.Broken, Text: "formula without a stored result"}, nil)
	case valued:
		if err := r.putValue(col, kind, style); err != nil {
			return fmt.Errorf("cell %s: %w", source.CellName(r.row.Number, col), err)
		}
	case nothing:
	}
	return nil
}

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

func (r *rowReader) putText(col int, text []byte) {
	if len(text) > 0 {
		r.put(col, source.Cell{Kind: source.Text}, text)
	}
}

// putValue types a stored value.
func (r *rowReader) putValue(col int, kind byte, style int) error {
	switch kind {
	case 's':
		text, ok := r.b.strings.get(number(bytes.TrimSpace(r.value)))
		if !ok {
			return fmt.Errorf("there is no shared string %q", r.value)
		}
		if text != "" {
			r.put(col, source.Cell{Kind: source.Text, Text: text}, nil)
		}
		return nil
	case 't':
		r.putText(col, unescape(r.value))
		return nil
	case 'b':
		r.put(col, source.Cell{Kind: source.Bool, Text: strconv.FormatBool(truth(string(bytes.TrimSpace(r.value))))}, nil)
		return nil
	case 'e':
		r.put(col, source.Cell{Kind: source.Broken}, r.value)
		return nil
	case 'd':
		r.put(col, isoCell(string(r.value)), nil)
		return nil
	}
	v := bytes.TrimSpace(r.value)
	if len(v) == 0 {
		return nil
	}
	if !isNumber(v) {
		return fmt.Errorf("%q is no number", v)
	}
	if style < 0 || style >= len(r.b.classes) || r.b.classes[style] == plain {
		r.put(col, source.Cell{Kind: source.Number}, v)
		return nil
	}
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil {
		return fmt.Errorf("%q is no number", v)
	}
	r.put(col, r.styled(r.b.classes[style], string(v), f), nil)
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

// parseColumn reads the column of a reference like AB12; the row is the row's own.
func parseColumn(ref []byte) (col int, ok bool) {
	i := 0
	for ; i < len(ref); i++ {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		if col = col*26 + int(c-'a') + 1; col > maxColumns {
			return 0, false
		}
	}
	return col, col > 0 && number(ref[i:]) > 0
}

// parseRef reads "AB12" or "$AB$12".
func parseRef(ref string) (row, col int, ok bool) {
	ref = strings.ReplaceAll(ref, "$", "")
	i := 0
	for ; i < len(ref); i++ {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		if col = col*26 + int(c-'a') + 1; col > maxColumns {
			return 0, 0, false
		}
	}
	row, err := strconv.Atoi(ref[i:])
	return row, col, err == nil && col > 0 && row > 0 && row <= maxRows
}

// styled gives a number the kind that its style shows it as.
func (r *rowReader) styled(c class, v string, f float64) source.Cell {
	if c == duration || c == clock && f > -1 && f < 1 {
		return source.Cell{Kind: source.Clock, Text: clockText(f)}
	}
	t, err := source.SerialTime(f, r.b.date1904)
	if err != nil {
		return source.Cell{Kind: source.Broken, Text: v + " shown as a date"}
	}
	return source.Cell{Kind: source.Date, Text: v, Time: t}
}

// clockText gives a part of a day as "8:30:00".
func clockText(f float64) string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	seconds := int64(math.Round(f * 86400))
	return fmt.Sprintf("%s%d:%02d:%02d", sign, seconds/3600, seconds/60%60, seconds%60)
}

// isoCell reads the value of a cell of type d: an ISO date.
func isoCell(v string) source.Cell {
	for _, layout := range []string{"2006-01-02T15:04:05.999Z07:00", "2006-01-02T15:04:05.999", "2006-01-02"} {
		if t, err := time.Parse(layout, v); err == nil {
			return source.Cell{Kind: source.Date, Text: v, Time: t.UTC()}
		}
	}
	return source.Cell{Kind: source.Broken, Text: v}
}

// merges gives the merged ranges of a sheet's first rows; they stand behind its rows.
func (b *book) merges(s *sheet) ([]source.Range, error) {
	const firstRows = 200
	var out []source.Range
	err := b.elements(s.part, func(s *scanner) error {
		if string(s.name) != "mergeCell" {
			return nil
		}
		from, to, _ := strings.Cut(s.get("ref"), ":")
		r1, c1, ok1 := parseRef(from)
		r2, c2, ok2 := parseRef(to)
		if ok1 && ok2 && r1 <= firstRows {
			out = append(out, source.Range{FirstRow: r1, FirstCol: c1, LastRow: r2, LastCol: c2})
		}
		return nil
	})
	return out, err
}
