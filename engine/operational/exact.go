package operational

import (
	"strconv"
	"strings"

	"atlas/engine/diag"
)

// A column that SQLite counts as numeric turns the digits of an exact number into a binary one,
// which keeps fifteen of them. More would be lost without a word, so they are refused.

// numericColumns gives the places in a row whose columns turn text into numbers, by SQLite's rules
// of affinity: the words in a column's declared type decide.
func (w *work) numericColumns() []int {
	t := w.cat.table(w.p.Table)
	if t == nil {
		return nil
	}
	var out []int
	for i, name := range w.p.Columns {
		c, ok := t.Column(name)
		if !ok {
			continue
		}
		switch declared := strings.ToUpper(c.Type.Raw); {
		case strings.Contains(declared, "INT"):
			out = append(out, i)
		case declared == "", strings.Contains(declared, "CHAR"), strings.Contains(declared, "CLOB"), strings.Contains(declared, "TEXT"), strings.Contains(declared, "BLOB"), declared == "ANY":
		default:
			out = append(out, i)
		}
	}
	return out
}

// exact refuses a number that its column would not keep to the last digit.
func (w *work) exact(row []any, numeric []int) error {
	for _, i := range numeric {
		text, ok := row[i].(string)
		if !ok || keepsDigits(text) {
			continue
		}
		return diag.Errorf(diag.BadPublication, w.p.Pos, "publication %s: the row with %s has %s %s, of which the store's column keeps fifteen digits", w.p.Name, w.keyOf(row), w.p.Columns[i], text).
			WithHint("declare the column as text, or publish it in smaller units; nothing was published")
	}
	return nil
}

// keepsDigits reports whether a numeric column keeps a number's digits; a text that is no number
// is kept as it is.
func keepsDigits(text string) bool {
	whole, frac, _ := strings.Cut(strings.TrimLeft(text, "+-"), ".")
	whole, frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if len(whole)+len(frac) <= 15 {
		return true
	}
	for _, r := range whole + frac {
		if r < '0' || r > '9' {
			return true
		}
	}
	if frac == "" {
		_, err := strconv.ParseInt(text[:len(text)-len(strings.TrimLeft(text, "+-"))]+whole, 10, 64)
		return err == nil
	}
	return whole == "" && len(strings.TrimLeft(frac, "0")) <= 15
}
