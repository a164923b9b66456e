package workbook

import (
	"encoding/xml"
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
	d      *xml.Decoder
	hidden map[int]bool // hidden columns
	row    source.Row
	last   int // number of the last row
	done   bool
}

// openRows opens a sheet and reads what stands before its rows.
func (b *book) openRows(s *sheet) (*rowReader, error) {
	part, err := b.open(s.part)
	if err != nil {
		return nil, err
	}
	r := &rowReader{b: b, part: part, d: newDecoder(part), hidden: map[int]bool{}}
	for {
		tok, err := r.d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			r.done = true
			return r, nil
		case err != nil:
			part.Close()
			return nil, err
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "col":
			r.hideColumns(e)
		case "sheetData":
			return r, nil
		}
	}
}

func (r *rowReader) close() { r.part.Close() }

func (r *rowReader) hideColumns(e xml.StartElement) {
	if !truth(attr(e, "hidden")) {
		return
	}
	low, err1 := strconv.Atoi(attr(e, "min"))
	high, err2 := strconv.Atoi(attr(e, "max"))
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
		tok, err := r.d.RawToken()
		if err != nil {
			return nil, unexpected(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Local == "row" {
				return r.readRow(tok)
			}
		case xml.EndElement:
			if tok.Name.Local == "sheetData" {
				r.done = true
			}
		}
	}
	return nil, nil
}

func (r *rowReader) readRow(e xml.StartElement) (*source.Row, error) {
	number := r.last + 1
	if s := attr(e, "r"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n <= r.last || n > maxRows {
			return nil, fmt.Errorf("row %q follows row %d", s, r.last)
		}
		number = n
	}
	r.last = number
	r.row = source.Row{Number: number, Hidden: truth(attr(e, "hidden")), Cells: r.row.Cells[:0]}
	for {
		tok, err := r.d.RawToken()
		if err != nil {
			return nil, unexpected(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Local != "c" {
				continue
			}
			col, err := r.column(attr(tok, "r"))
			if err != nil {
				return nil, err
			}
			c, err := r.readCell(tok)
			if err != nil {
				return nil, fmt.Errorf("cell %s: %w", source.CellName(number, col), err)
			}
			r.put(col, c)
		case xml.EndElement:
			if tok.Name.Local == "row" {
				return &r.row, nil
			}
		}
	}
}

func (r *rowReader) put(col int, c source.Cell) {
	for len(r.row.Cells) < col {
		r.row.Cells = append(r.row.Cells, source.Cell{})
	}
	r.row.Cells[col-1] = c
}

// column reads the letters of a reference; a cell without one stands right of the last.
func (r *rowReader) column(ref string) (int, error) {
	if ref == "" {
		return len(r.row.Cells) + 1, nil
	}
	_, col, ok := parseRef(ref)
	if !ok {
		return 0, fmt.Errorf("%q is no cell", ref)
	}
	return col, nil
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

// readCell reads a cell up to its end.
func (r *rowReader) readCell(e xml.StartElement) (source.Cell, error) {
	kind, style := attr(e, "t"), attr(e, "s")
	var value strings.Builder
	inValue, hasValue, formula := false, false, false
	text, hasText := "", false
	for {
		tok, err := r.d.RawToken()
		if err != nil {
			return source.Cell{}, unexpected(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch tok.Name.Local {
			case "v":
				inValue, hasValue = true, true
			case "f":
				formula = true
			case "is":
				if text, err = richText(r.d, "is"); err != nil {
					return source.Cell{}, err
				}
				hasText = true
			}
		case xml.EndElement:
			switch tok.Name.Local {
			case "v":
				inValue = false
			case "c":
				switch {
				case hasText:
					return textCell(text), nil
				case !hasValue && formula:
					return source.Cell{Kind: source.Broken, Text: "formula without a stored result"}, nil
				case !hasValue:
					return source.Cell{}, nil
				}
				return r.cell(kind, style, value.String())
			}
		case xml.CharData:
			if inValue {
				value.Write(tok)
			}
		}
	}
}

func textCell(s string) source.Cell {
	if s == "" {
		return source.Cell{}
	}
	return source.Cell{Kind: source.Text, Text: s}
}

// cell types a stored value.
func (r *rowReader) cell(kind, style, v string) (source.Cell, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil || i < 0 || i >= len(r.b.strings) {
			return source.Cell{}, fmt.Errorf("there is no shared string %q", v)
		}
		return textCell(r.b.strings[i]), nil
	case "str", "inlineStr":
		return textCell(unescape(v)), nil
	case "b":
		return source.Cell{Kind: source.Bool, Text: strconv.FormatBool(truth(strings.TrimSpace(v)))}, nil
	case "e":
		return source.Cell{Kind: source.Broken, Text: v}, nil
	case "d":
		return isoCell(v), nil
	}
	v = strings.TrimSpace(v)
	if v == "" {
		return source.Cell{}, nil
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return source.Cell{}, fmt.Errorf("%q is no number", v)
	}
	return r.styled(style, v, f), nil
}

// styled gives a number the kind that its style shows.
func (r *rowReader) styled(style, v string, f float64) source.Cell {
	number := source.Cell{Kind: source.Number, Text: v}
	i, err := strconv.Atoi(style)
	if err != nil || i < 0 || i >= len(r.b.classes) {
		return number
	}
	switch c := r.b.classes[i]; {
	case c == plain:
		return number
	case c == duration, c == clock && f > -1 && f < 1:
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
	err := b.elements(s.part, func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "mergeCell" {
			return nil
		}
		from, to, _ := strings.Cut(attr(e, "ref"), ":")
		r1, c1, ok1 := parseRef(from)
		r2, c2, ok2 := parseRef(to)
		if ok1 && ok2 && r1 <= firstRows {
			out = append(out, source.Range{FirstRow: r1, FirstCol: c1, LastRow: r2, LastCol: c2})
		}
		return nil
	})
	return out, err
}
