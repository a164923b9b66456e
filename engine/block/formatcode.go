package block

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Code gives the Excel format code of a format, for native charts and workbooks; a code of the
// project's own is given as it is. Compact forms are codes for values of all sizes; CodeFor gives
// one unit for a whole column.
func (f *Formatter) Code(format string) string {
	n, ok := formatNamed(format)
	if !ok {
		return format
	}
	if n.shape == compactShape {
		return f.compactCode(n)
	}
	code := n.code
	code = strings.ReplaceAll(code, "%", f.percentCode())
	if n.shape == pointsShape {
		code = strings.ReplaceAll(code, "pp", f.locale().points)
	}
	return f.moneyCode(plusCode(code, n, strings.HasPrefix(format, "+")))
}

// CodeFor is Code for values up to a size: compact forms take the unit of the largest, so that one
// column or axis has one unit. The sign of the largest does not matter.
func (f *Formatter) CodeFor(format string, largest Value) string {
	n, ok := formatNamed(format)
	r, number := Exact(largest)
	if !ok || !number || n.shape != compactShape {
		return f.Code(format)
	}
	scale, suffix, decimals := f.unit(r, n)
	part := "¤" + digitCode(decimals) + strings.Repeat(",", scale/3)
	if suffix != "" {
		part += `"` + suffix + `"`
	}
	code := f.sided(part, n)
	switch { // zero is zero, of no unit
	case scale > 0 && n.money:
		code += ";¤0"
	case scale > 0:
		code += ";0"
	}
	return f.moneyCode(plusCode(code, n, n.signed))
}

// Blurs reports that CodeFor would write a value so coarsely beside the largest that it is another:
// more than a tenth off.
func (f *Formatter) Blurs(format string, largest, v Value) bool {
	power, _ := f.Unit(format, largest)
	r, ok := Exact(v)
	if power == 0 || !ok || r.Sign() == 0 {
		return false
	}
	x, _ := r.Float64()
	x = math.Abs(x) / math.Pow10(power)
	return math.Abs(math.Round(x*10)/10-x) > x/10
}

// Unit says what the numbers of a compact column stand for, where one unit serves up to the largest:
// the power of ten and its word, "jt"; "" for ones.
func (f *Formatter) Unit(format string, largest Value) (power int, word string) {
	n, ok := formatNamed(format)
	r, number := Exact(largest)
	if !ok || !number || n.shape != compactShape {
		return 0, ""
	}
	scale, suffix, _ := f.unit(r, n)
	return scale, strings.TrimPrefix(suffix, space)
}

// sided gives a code with its negative part, and takes the currency's place off where it has none.
func (f *Formatter) sided(part string, n namedFormat) string {
	if !n.money {
		part = strings.TrimPrefix(part, "¤")
	}
	return part + ";" + minusCode + part
}

// plusCode gives the code of a format with a plus before what is above zero.
func plusCode(code string, n namedFormat, plus bool) string { //nolint:revive // one caller has it from the format's name
	if !plus || strings.HasPrefix(code, "+") || !n.numeric() {
		return code
	}
	positive, rest, _ := strings.Cut(code, ";")
	negative, zero, own := strings.Cut(rest, ";")
	if !own {
		zero = positive
	}
	return `"+"` + positive + ";" + negative + ";" + zero
}

// compactCode tells three sizes apart, as many as a code can: thousands of millions, millions and
// the rest.
func (f *Formatter) compactCode(n namedFormat) string {
	l := f.locale()
	sign := ""
	if n.signed {
		sign = `"+"`
	}
	part := func(i int) string {
		s := sign + "¤#,##0.0" + strings.Repeat(",", i+1) + `"` + space + l.compact[i] + `"`
		if !n.money {
			s = strings.Replace(s, "¤", "", 1)
		}
		return s
	}
	rest := "¤#,##0"
	if !n.money {
		rest = "#,##0"
	}
	return f.moneyCode("[>=999950000]" + part(2) + ";[>=999950]" + part(1) + ";" + rest)
}

func digitCode(decimals int) string {
	if decimals == 0 {
		return "#,##0"
	}
	return "#,##0." + strings.Repeat("0", decimals)
}

func (f *Formatter) percentCode() string {
	if p := strings.TrimSuffix(f.locale().percent, "%"); p != "" {
		return `"` + p + `"%`
	}
	return "%"
}

// moneyCode puts the currency for ¤, in front or behind the digits as the language has it.
func (f *Formatter) moneyCode(code string) string {
	if !strings.Contains(code, "¤") {
		return code
	}
	sign := strings.ReplaceAll(f.Currency, `"`, "")
	if sign == "" {
		return strings.ReplaceAll(code, "¤", "")
	}
	if !f.locale().after {
		return strings.ReplaceAll(code, "¤", `"`+sign+strings.ReplaceAll(currencySpace(sign), space, " ")+`"`)
	}
	parts := strings.Split(code, ";")
	for i, p := range parts {
		if strings.Contains(p, "¤") {
			parts[i] = strings.Replace(p, "¤", "", 1) + `"` + space + sign + `"`
		}
	}
	return strings.Join(parts, ";")
}

// coded writes a value by a format code, as far as codes are common: digits with groups and
// decimals, a scale by commas, percent, texts in front and behind, a part for negatives and one for
// zero.
func (f *Formatter) coded(v Value, code string) string {
	r, ok := Exact(v)
	if !ok {
		if t, isTime := MomentOf(v); isTime && strings.Trim(code, "dmyhs :/-,.") == "" {
			return f.dated(t, code)
		}
		return f.plain(v)
	}
	parts := sections(code)
	part, own := parts[0], false
	switch {
	case r.Sign() < 0 && len(parts) > 1:
		part, own = parts[1], true
	case r.Sign() == 0 && len(parts) > 2:
		part = parts[2]
	}
	p, ok := parseCode(part)
	if !ok {
		return f.plain(v)
	}
	return f.byPart(r, p, own)
}

func (f *Formatter) byPart(r *big.Rat, p codePart, own bool) string { //nolint:revive // own: the part writes its sign itself
	scale := 3 * p.commas
	if p.percent {
		scale -= 2
	}
	digits := round(r, scale, p.decimals)
	if p.grouped {
		digits = f.grouped(digits)
	} else {
		digits = strings.Replace(digits, ".", f.locale().decimal, 1)
	}
	out := p.before + digits + p.after
	if r.Sign() < 0 && !own && strings.ContainsAny(digits, "123456789") {
		out = minusSign + out
	}
	return strings.ReplaceAll(out, "-", minusSign)
}

// codePart is one part of a format code.
type codePart struct {
	before, after string
	decimals      int
	commas        int // each divides by a thousand
	grouped       bool
	percent       bool
}

// sections splits a code at its semicolons outside of quotes.
func sections(code string) []string {
	var out []string
	quoted, from := false, 0
	for i := 0; i < len(code); i++ {
		switch {
		case code[i] == '"':
			quoted = !quoted
		case code[i] == ';' && !quoted:
			out = append(out, code[from:i])
			from = i + 1
		}
	}
	return append(out, code[from:])
}

func parseCode(s string) (codePart, bool) {
	var p codePart
	var digits strings.Builder
	text := func(t string) {
		if digits.Len() == 0 {
			p.before += t
		} else {
			p.after += t
		}
	}
	r := []rune(s)
	for i := 0; i < len(r); i++ {
		switch c := r[i]; {
		case c == '"':
			end := i + 1
			for end < len(r) && r[end] != '"' {
				end++
			}
			text(string(r[i+1 : min(end, len(r))]))
			i = end
		case c == '\\' && i+1 < len(r):
			i++
			text(string(r[i]))
		case strings.ContainsRune("#0,.?", c) && p.after == "":
			digits.WriteRune(c)
		case c == '%':
			p.percent = true
			text("%")
		case c == '_' || c == '*': // a space as wide as the next sign, or filling
			i++
		case c == '[': // a colour or a condition
			for i < len(r) && r[i] != ']' {
				i++
			}
		case strings.ContainsRune("dmyhsDMYHSGE@", c):
			return p, false
		default:
			text(string(c))
		}
	}
	d := digits.String()
	for strings.HasSuffix(d, ",") {
		d, p.commas = d[:len(d)-1], p.commas+1
	}
	whole, fraction, _ := strings.Cut(d, ".")
	p.grouped, p.decimals = strings.Contains(whole, ","), len(fraction)
	return p, d != "" && p.decimals <= 30
}

// dated writes a point in time by a code of d, m, y, h and s.
func (f *Formatter) dated(t time.Time, code string) string {
	var b strings.Builder
	hours := false
	for i := 0; i < len(code); {
		n := 1
		for i+n < len(code) && code[i+n] == code[i] {
			n++
		}
		switch code[i] {
		case 'h':
			hours = true
			b.WriteString(padded(t.Hour(), n))
		case 's':
			b.WriteString(padded(t.Second(), n))
		case 'm':
			b.WriteString(f.minuteOrMonth(t, n, hours))
		case 'd':
			b.WriteString(padded(t.Day(), min(n, 2)))
		case 'y':
			b.WriteString(padded(t.Year()%pow(10, max(n, 2)), max(n, 2)))
		default:
			b.WriteString(code[i : i+n])
		}
		i += n
	}
	return strings.ReplaceAll(b.String(), " ", space)
}

func (f *Formatter) minuteOrMonth(t time.Time, n int, hours bool) string { //nolint:revive // an m after hours is minutes
	name, short := f.MonthName(int(t.Month()))
	switch {
	case hours:
		return padded(t.Minute(), n)
	case n == 3:
		return short
	case n > 3:
		return name
	default:
		return padded(int(t.Month()), n)
	}
}

func padded(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, width-len(s))) + s
}

func pow(base, n int) int {
	out := 1
	for range min(n, 4) {
		out *= base
	}
	return out
}
