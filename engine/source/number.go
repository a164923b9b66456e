package source

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// decimal is an exact number: the digits before and after the point.
type decimal struct {
	neg         bool
	whole, frac string // digits only; whole has no leading zero, frac no trailing one
}

// maxDigits bounds the digits that a number may have, so that "1e999999999" stays a mistake.
const maxDigits = 400

func newDecimal(neg bool, whole, frac string) decimal {
	d := decimal{neg, strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")}
	if d.whole == "" && d.frac == "" {
		d.neg = false
	}
	return d
}

// parsePlain reads a number as software writes it: "-1250000.5", "1.5E-7".
func parsePlain(s string) (decimal, bool) {
	neg := false
	switch {
	case strings.HasPrefix(s, "-"):
		neg, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	exp := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > maxDigits || n < -maxDigits {
			return decimal{}, false
		}
		exp, s = n, s[:i]
	}
	whole, frac, _ := strings.Cut(s, ".")
	if whole+frac == "" || !allDigits(whole) || !allDigits(frac) || len(s) > maxDigits {
		return decimal{}, false
	}
	return newDecimal(neg, whole, frac).shift(exp), true
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// shift multiplies by ten to the n.
func (d decimal) shift(n int) decimal {
	for ; n > 0; n-- {
		if d.frac == "" {
			d.whole += strings.Repeat("0", n)
			break
		}
		d.whole, d.frac = d.whole+d.frac[:1], d.frac[1:]
	}
	for ; n < 0; n++ {
		if d.whole == "" {
			d.frac = strings.Repeat("0", -n) + d.frac
			break
		}
		d.whole, d.frac = d.whole[:len(d.whole)-1], d.whole[len(d.whole)-1:]+d.frac
	}
	return newDecimal(d.neg, d.whole, d.frac)
}

// round keeps so many digits after the point, half away from zero, and reports whether any was lost.
func (d decimal) round(scale int) (decimal, bool) {
	if len(d.frac) <= scale {
		return d, false
	}
	up := d.frac[scale] >= '5'
	digits := []byte("0" + d.whole + d.frac[:scale])
	for i := len(digits) - 1; up && i >= 0; i-- {
		if digits[i] < '9' {
			digits[i]++
			up = false
		} else {
			digits[i] = '0'
		}
	}
	n := len(digits) - scale
	return newDecimal(d.neg, string(digits[:n]), string(digits[n:])), true
}

// String gives the number in plain digits: "-1250000.5", "0".
func (d decimal) String() string {
	s := d.whole
	if s == "" {
		s = "0"
	}
	if d.frac != "" {
		s += "." + d.frac
	}
	if d.neg {
		s = "-" + s
	}
	return s
}

// noisy reports whether what a number has beyond so many digits after the point is only the noise
// of binary arithmetic: less than a millionth of the last digit kept, as 1234567.1-1234567 leaves
// it. People do not type such digits, and spreadsheets rarely show them.
func (d decimal) noisy(scale int) bool {
	if len(d.frac) < scale+noiseDigits {
		return false
	}
	rest := d.frac[scale : scale+noiseDigits]
	return strings.Trim(rest, "0") == "" || strings.Trim(rest, "9") == ""
}

const noiseDigits = 6

// fixed gives the number with exactly so many digits after the point; it must have no more.
func (d decimal) fixed(scale int) string {
	if scale == 0 {
		return d.String()
	}
	frac := d.frac + strings.Repeat("0", scale-len(d.frac))
	return decimal{d.neg, d.whole, frac}.String()
}

// cellNumber reads the text of a Number cell. Spreadsheets store binary fractions with up to 17
// digits and show 15, so 0.30000000000000004 is 0.3 here; whole numbers are kept to the last digit.
func cellNumber(text string) (decimal, bool) {
	d, ok := parsePlain(text)
	if !ok || d.frac == "" || len(d.whole) > 15 || len(d.whole)+len(strings.TrimLeft(d.frac, "0")) <= 15 {
		return d, ok
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return d, ok
	}
	return parsePlain(strconv.FormatFloat(f, 'e', 14, 64))
}

// plainNumber gives a Number cell as text: without exponent and without binary noise.
func plainNumber(text string) string {
	if d, ok := cellNumber(text); ok {
		return d.String()
	}
	return text
}

var errNotNumber = errors.New("is not a number")

// parseNumber reads a number as people of the locale write it: grouped, with a currency, a
// percent sign, a word for thousands or millions, with a minus before or after it or in
// parentheses. Where the locale's reading fails, the opposite meaning of point and comma is
// taken only if the text can mean nothing else ("1,250,000.00", "1250000.50").
func (l *Locale) parseNumber(s string) (decimal, error) {
	if len(s) > 2*maxDigits {
		return decimal{}, errNotNumber
	}
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.ReplaceAll(s, "−", "-")
	body, neg, err := l.stripSigns(s)
	if err != nil {
		return decimal{}, err
	}
	shift := 0
	if t, ok := strings.CutSuffix(body, "%"); ok {
		body, shift = trimSpace(t), -2
	} else {
		body, shift = l.stripScale(body)
	}
	d, ok := l.parseBody(body)
	if !ok {
		return decimal{}, errNotNumber
	}
	if neg {
		d = newDecimal(!d.neg, d.whole, d.frac)
	}
	return d.shift(shift), nil
}

// stripSigns takes minus signs, parentheses and currency words off both ends, in any order.
func (l *Locale) stripSigns(s string) (body string, neg bool, err error) {
	minus, currency := 0, 0
	for range 8 {
		s = stripNoCents(trimSpace(s))
		n := len(s)
		switch {
		case n > 1 && s[0] == '(' && s[n-1] == ')':
			s, minus = s[1:n-1], minus+1
		case n > 1 && s[0] == '-':
			s, minus = s[1:], minus+1
		case n > 1 && s[n-1] == '-':
			s, minus = s[:n-1], minus+1
		case n > 1 && s[0] == '+':
			s = s[1:]
		default:
			t := l.stripCurrency(s)
			if t == s {
				if minus > 1 || currency > 1 {
					return "", false, errNotNumber
				}
				return s, minus == 1, nil
			}
			s, currency = t, currency+1
		}
	}
	return "", false, errNotNumber
}

// stripNoCents takes off the dash that stands for no cents: "Rp 1.250.000,-".
func stripNoCents(s string) string {
	for _, dash := range []string{",--", ".--", ",-", ".-", ",="} {
		if t, ok := strings.CutSuffix(s, dash); ok && endsWithDigit(t) {
			return t
		}
	}
	return s
}

func (l *Locale) stripCurrency(s string) string {
	for _, w := range l.money {
		if t, ok := strings.CutPrefix(s, w); ok && !startsWithLetter(t) {
			if endsWithLetter(w) {
				t = strings.TrimPrefix(t, ".") // "Rp."
			}
			return t
		}
		if t, ok := strings.CutSuffix(s, w); ok && t != "" && !endsWithLetter(t) {
			return t
		}
	}
	return s
}

func (l *Locale) stripScale(s string) (string, int) {
	i := strings.LastIndexFunc(s, func(r rune) bool { return unicode.IsDigit(r) })
	if i < 0 || i+1 == len(s) {
		return s, 0
	}
	if n, ok := l.scales[strings.TrimSuffix(trimSpace(s[i+1:]), ".")]; ok {
		return s[:i+1], n
	}
	return s, 0
}

func (l *Locale) parseBody(s string) (decimal, bool) {
	if d, _, ok := readGrouped(s, l.decimal, l.group); ok {
		return d, true
	}
	dec, grp := '.', ','
	if l.decimal == '.' {
		dec, grp = ',', '.'
	}
	d, groups, ok := readGrouped(s, dec, grp)
	if !ok {
		return decimal{}, false
	}
	hasDecimal := strings.ContainsRune(s, dec)
	ungroupedLong := groups == 0 && hasDecimal && len(d.whole) > 3 && !strings.HasSuffix(s[:max(0, len(s)-3)], string(dec))
	if groups > 1 || (groups == 1 && hasDecimal) || ungroupedLong {
		return d, true
	}
	return decimal{}, false
}

// readGrouped reads digits with the given signs and counts the group signs. Groups have three
// digits; white space and apostrophes group too, but one number groups in one way.
func readGrouped(s string, dec, grp rune) (d decimal, groups int, ok bool) {
	whole, frac := s, ""
	if i := strings.IndexRune(s, dec); i >= 0 {
		whole, frac = s[:i], s[i+len(string(dec)):]
		if frac == "" || !allDigits(frac) {
			return d, 0, false
		}
	}
	var digits strings.Builder
	var sign rune
	run := 0
	for _, r := range whole {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
			run++
		case r == grp || r == '\'' || r == '’' || unicode.IsSpace(r):
			if unicode.IsSpace(r) {
				r = ' '
			}
			if run == 0 || (groups == 0 && run > 3) || (groups > 0 && (run != 3 || r != sign)) {
				return d, 0, false
			}
			sign, run, groups = r, 0, groups+1
		default:
			return d, 0, false
		}
	}
	if (groups > 0 && run != 3) || digits.Len()+len(frac) == 0 {
		return d, 0, false
	}
	return newDecimal(false, digits.String(), frac), groups, true
}

// fit brings a number to the precision and scale of a decimal column.
func (d decimal) fit(precision, scale int) (text string, rounded bool, err error) {
	r, rounded := d.round(scale)
	if len(r.whole) > precision-scale {
		return "", false, fmt.Errorf("has more than %d digits before the point", precision-scale)
	}
	return r.fixed(scale), rounded, nil
}

// trimSpace trims white space, no-break spaces among it.
func trimSpace(s string) string { return strings.TrimFunc(s, unicode.IsSpace) }

func startsWithLetter(s string) bool {
	for _, r := range s {
		return unicode.IsLetter(r)
	}
	return false
}

func endsWithLetter(s string) bool {
	rs := []rune(s)
	return len(rs) > 0 && unicode.IsLetter(rs[len(rs)-1])
}
