package source

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Cursor is how far an incremental reading is in a column that grows: a time of change, or a number.
// It is what Request.Keep stores; the zero Cursor is before everything.
type Cursor struct {
	At string `json:"at,omitempty"` // the greatest value up to which every record was read
}

// CursorOf gives the text of a cell as a cursor has it; "" where the cell cannot be one.
func CursorOf(c Cell) string {
	switch c.Kind {
	case Date:
		return c.Time.UTC().Format("2006-01-02 15:04:05.999999")
	case Number, Text:
		return strings.TrimSpace(c.Text)
	default:
		return ""
	}
}

// cursorLayouts are the forms of a time that a cursor may have.
//
//nolint:gochecknoglobals // a constant list
var cursorLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02",
}

// Back gives the value to read from, which is overlap before At where that is a time: records that
// were written meanwhile, by transactions that took long or clocks that are slow, are read again. A
// whole number goes back by none.
func (c Cursor) Back(overlap time.Duration) string {
	if c.At == "" || overlap <= 0 {
		return c.At
	}
	for _, layout := range cursorLayouts {
		if at, err := time.Parse(layout, c.At); err == nil {
			return at.Add(-overlap).Format(layout)
		}
	}
	return c.At
}

// ReadDuration reads a time as declarations write it: 30s, 10m, 24h, 7d.
func ReadDuration(v any) (time.Duration, error) {
	text := fmt.Sprint(v)
	d, err := time.ParseDuration(text)
	if n, days := strings.CutSuffix(text, "d"); days && err != nil {
		d, err = time.ParseDuration(n + "h")
		d *= 24
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%v is no time: write 30s, 10m, 24h or 7d", v)
	}
	return d, nil
}

// CursorLess reports whether a comes before b: as times or numbers where both are, else as texts.
func CursorLess(a, b string) bool {
	if a == "" || b == "" {
		return a == "" && b != ""
	}
	for _, layout := range cursorLayouts {
		at, err := time.Parse(layout, a)
		if err != nil {
			continue
		}
		if bt, err := time.Parse(layout, b); err == nil {
			return at.Before(bt)
		}
	}
	x, okA := new(big.Rat).SetString(a)
	y, okB := new(big.Rat).SetString(b)
	if okA && okB && len(a) < 64 && len(b) < 64 && !strings.ContainsAny(a+b, "eE") {
		return x.Cmp(y) < 0
	}
	return a < b
}
