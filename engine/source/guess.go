package source

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"atlas/engine/manifest"
)

// Guess learns the types of fields from their cells, for sources that know names only. The zero
// Guess has seen nothing.
type Guess struct {
	fields []guessed
}

// guessed is what was seen of one field.
type guessed struct {
	texts, numbers, truths, others int64
	days, moments                  int64 // of the texts, those that are ISO dates, or dates with a time of day
	whole, frac                    int   // most digits before and after the point
	large, binary                  bool  // a number too large for an integer; one with an exponent
}

// Note takes the cells of one record.
func (g *Guess) Note(cells []Cell) {
	for len(g.fields) < len(cells) {
		g.fields = append(g.fields, guessed{})
	}
	for i := range cells {
		g.fields[i].note(&cells[i])
	}
}

func (f *guessed) note(c *Cell) {
	switch c.Kind {
	case Empty:
	case Bool:
		f.truths++
	case Number:
		f.numbers++
		f.number(c.Text)
	case Text:
		if strings.TrimSpace(c.Text) == "" {
			return
		}
		f.texts++
		if f.texts > f.days+f.moments+1 { // it is text already
			return
		}
		switch {
		case isDay(c.Text):
			f.days++
		case isMoment(c.Text):
			f.moments++
		}
	case Broken:
	default:
		f.others++
	}
}

func (f *guessed) number(text string) {
	if strings.ContainsAny(text, "eE") {
		f.binary = true
		return
	}
	text = strings.TrimPrefix(text, "-")
	whole, frac, _ := strings.Cut(text, ".")
	f.whole, f.frac = max(f.whole, len(whole)), max(f.frac, len(strings.TrimRight(frac, "0")))
	if len(whole) > 18 {
		if _, err := strconv.ParseInt(whole, 10, 64); err != nil {
			f.large = true
		}
	}
	if strings.Contains(text, ".") {
		f.frac = max(f.frac, 1)
	}
}

func isDay(s string) bool {
	if len(s) != len(dateLayout) || s[4] != '-' {
		return false
	}
	_, err := time.Parse(dateLayout, s)
	return err == nil
}

func isMoment(s string) bool {
	if len(s) < 16 || len(s) > 40 || s[4] != '-' || s[10] != 'T' && s[10] != ' ' {
		return false
	}
	b := []byte(s)
	b[10] = 'T'
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02T15:04:05Z0700"} {
		if _, err := time.Parse(layout, string(b)); err == nil {
			return true
		}
	}
	return false
}

// seen reports whether the field ever had a value.
func (f *guessed) seen() bool { return f.texts+f.numbers+f.truths+f.others > 0 }

// typ gives the type that takes all cells.
func (f *guessed) typ() string {
	kinds := 0
	for _, n := range []int64{f.texts, f.numbers, f.truths, f.others} {
		if n > 0 {
			kinds++
		}
	}
	switch {
	case kinds != 1 || f.others > 0:
		return "text"
	case f.truths > 0:
		return "boolean"
	case f.texts > 0:
		switch f.texts {
		case f.days:
			return "date"
		case f.days + f.moments:
			return "timestamp"
		default:
			return "text"
		}
	case f.binary:
		return "float"
	case f.frac == 0 && !f.large:
		return "integer"
	}
	scale := f.frac
	for _, usual := range []int{2, 4, 6, 9} { // so that the next record does not need another type
		if scale > 0 && scale <= usual {
			scale = usual
			break
		}
	}
	if f.whole+scale > 38 {
		scale = f.frac
	}
	if f.whole+scale > 38 {
		return "float"
	}
	return fmt.Sprintf("decimal(%d,%d)", max(18, min(38, f.whole+scale)), scale)
}

// Columns gives a column for every field, under the names that Identifier makes. A field that
// never had a value is text, unless it is only the place of fields a.b that have.
func (g *Guess) Columns(names []string) []manifest.ExtractColumn {
	out := make([]manifest.ExtractColumn, 0, len(names))
	for i, name := range names {
		var f guessed
		if i < len(g.fields) {
			f = g.fields[i]
		}
		if !f.seen() && hasPart(names, name) {
			continue
		}
		out = append(out, manifest.ExtractColumn{Name: Identifier(name), Headers: []string{name}, Type: f.typ()})
	}
	return out
}

func hasPart(names []string, name string) bool {
	for _, n := range names {
		if strings.HasPrefix(n, name+".") {
			return true
		}
	}
	return false
}
