package workbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"atlas/engine/source"
)

// rowBuilder puts the cells of a row together.
type rowBuilder struct {
	b     *book
	row   source.Row
	text  []byte // texts of the row's cells, one after the other
	spans []span // of each cell in text
	value []byte // of the cell that is read
}

// span is where a cell's text stands in the row's; a cell that has its text from elsewhere has none.
type span struct{ start, end int }

// begin starts a row.
func (r *rowBuilder) begin(number int, hidden bool) {
	r.row = source.Row{Number: number, Hidden: hidden, Cells: r.row.Cells[:0]}
	r.text, r.spans = r.text[:0], r.spans[:0]
}

// finish gives the cells their texts, which share one string.
func (r *rowBuilder) finish() {
	all := string(r.text)
	for i, sp := range r.spans {
		if sp.end > sp.start {
			r.row.Cells[i].Text = all[sp.start:sp.end]
		}
	}
}

// put stores a cell; its text, if any, is appended to the row's.
func (r *rowBuilder) put(col int, c source.Cell, text []byte) {
	for len(r.row.Cells) < col {
		r.row.Cells = append(r.row.Cells, source.Cell{})
		r.spans = append(r.spans, span{})
	}
	start := len(r.text)
	r.text = append(r.text, text...)
	r.row.Cells[col-1], r.spans[col-1] = c, span{start, len(r.text)}
}

// putText stores a text, if it is one.
func (r *rowBuilder) putText(col int, text []byte) {
	if len(text) > 0 {
		r.put(col, source.Cell{Kind: source.Text}, text)
	}
}

// putShared stores the shared string of that number.
func (r *rowBuilder) putShared(col, i int) error {
	text, view, err := r.b.strings.get(i)
	switch {
	case err != nil:
		return err
	case text != "":
		r.put(col, source.Cell{Kind: source.Text, Text: text}, nil)
	default:
		r.putText(col, view)
	}
	return nil
}

// putNumber stores a number as its style shows it; text is as the file has it.
func (r *rowBuilder) putNumber(col, style int, text []byte) {
	if style >= 0 && style < len(r.b.classes) && r.b.classes[style] != plain {
		if f, ok := serial(text); ok {
			if c, ok := r.styled(r.b.classes[style], f); ok {
				if c.Kind == source.Date {
					c.Text = string(text)
				}
				r.put(col, c, nil)
				return
			}
		}
	}
	r.put(col, source.Cell{Kind: source.Number}, text)
}

// serial reads a number of days, which mostly is a whole one.
func serial(text []byte) (float64, bool) {
	if n := number(text); n >= 0 {
		return float64(n), true
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil
}

// styled gives the time that a number is shown as; ok is false where the number is none: a style
// makes no date of -1.2, and 0, which an empty cell gives a formula, is no day of the calendar.
func (r *rowBuilder) styled(c class, f float64) (cell source.Cell, ok bool) {
	if c == duration || c == clock && f > -1 && f < 1 {
		if math.Abs(f) > maxDays || math.IsNaN(f) {
			return source.Cell{}, false
		}
		return source.Cell{Kind: source.Clock, Text: clockText(f)}, true
	}
	t, err := source.SerialTime(f, r.b.date1904)
	return source.Cell{Kind: source.Date, Time: t}, err == nil
}

const maxDays = 1e9 // of a duration

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
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, v); err == nil {
			return source.Cell{Kind: source.Date, Text: v, Time: t.UTC().Round(time.Millisecond)}
		}
	}
	if t, err := time.Parse("15:04:05", strings.TrimSuffix(strings.TrimPrefix(v, "T"), "Z")); err == nil {
		return source.Cell{Kind: source.Clock, Text: clockText(t.Sub(t.Truncate(24*time.Hour)).Hours() / 24)}
	}
	return source.Cell{Kind: source.Broken, Text: v}
}
