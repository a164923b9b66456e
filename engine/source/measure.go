package source

import (
	"fmt"
	"math/big"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// measure says how the numbers of a column are counted: in thousands, with units behind them.
type measure struct {
	scale decimal
	units []unit // longest text first, so that "kg" is not read as "g"
}

type unit struct {
	text   string // folded
	factor decimal
}

// newMeasure reads scale: and units: of a column; nil where it has neither.
func newMeasure(t *manifest.ExtractTable, c *manifest.ExtractColumn, ty colType) (*measure, diag.List) {
	if c.Scale == "" && len(c.Units) == 0 {
		return nil, nil
	}
	var l diag.List
	m := &measure{scale: decimal{whole: "1"}}
	if !ty.number() {
		l = append(l, diag.Errorf(diag.BadValue, c.Pos, "column %s of table %s is %s: scale and units are for numbers", c.Name, t.Table, ty))
	}
	factor := func(key, text string) decimal {
		d, ok := parsePlain(text)
		if !ok || d.whole == "" && d.frac == "" {
			l = append(l, diag.Errorf(diag.BadValue, c.Pos, "column %s: %s must be a number other than 0, not %q", c.Name, key, text))
		}
		return d
	}
	if c.Scale != "" {
		m.scale = factor("scale", c.Scale)
	}
	for text, f := range c.Units {
		m.units = append(m.units, unit{Fold(text), factor("the unit "+text, f)})
	}
	sort.Slice(m.units, func(i, j int) bool {
		a, b := m.units[i].text, m.units[j].text
		return len(a) > len(b) || len(a) == len(b) && a < b
	})
	return m, l
}

// cut takes the unit off a text. A number without one counts by the column's scale.
func (m *measure) cut(text string) (number string, factor decimal) {
	trimmed := strings.TrimSpace(text)
	for _, u := range m.units {
		if rest, ok := cutFolded(trimmed, u.text); ok && strings.ContainsAny(rest, "0123456789") {
			return rest, u.factor
		}
	}
	return text, m.scale
}

// cutFolded takes a folded unit off the end of a text, or off its beginning.
func cutFolded(text, unit string) (rest string, ok bool) {
	runes := []rune(text)
	for n := 1; n < len(runes); n++ {
		tail := runes[len(runes)-n:]
		if Fold(string(tail)) == unit && !letterOrDigit(runes[len(runes)-n-1], tail[0]) {
			return strings.TrimSpace(string(runes[:len(runes)-n])), true
		}
		head := runes[:n]
		if Fold(string(head)) == unit && !letterOrDigit(runes[n], head[n-1]) {
			return strings.TrimSpace(string(runes[n:])), true
		}
	}
	return "", false
}

// letterOrDigit reports whether two neighbours belong to one word, so that a unit cannot end between them.
func letterOrDigit(a, b rune) bool {
	letter := func(r rune) bool {
		return strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", r) || r > 127
	}
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	return letter(a) && letter(b) || digit(a) && digit(b)
}

// times multiplies exactly.
func (d decimal) times(o decimal) decimal {
	a, _ := new(big.Int).SetString("0"+d.whole+d.frac, 10)
	b, _ := new(big.Int).SetString("0"+o.whole+o.frac, 10)
	scale := len(d.frac) + len(o.frac)
	digits := a.Mul(a, b).String()
	if n := scale + 1 - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	return newDecimal(d.neg != o.neg, digits[:len(digits)-scale], digits[len(digits)-scale:])
}

// decimalOf reads a cell's number in the column's measure.
func (c *converter) decimalOf(cell Cell) (decimal, error) {
	if c.measure == nil {
		return c.decimal(cell)
	}
	factor := c.measure.scale
	if cell.Kind == Text {
		cell.Text, factor = c.measure.cut(cell.Text)
	}
	d, err := c.decimal(cell)
	if err != nil {
		if cell.Kind == Text && len(c.measure.units) > 0 {
			return d, fmt.Errorf("%w in the units of its column", err)
		}
		return d, err
	}
	return d.times(factor), nil
}
