package block

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"atlas/engine/diag"
)

// Formatter writes values in one language: numbers, money, shares, dates. It is made by NewFormatter
// and may be used by many goroutines.
type Formatter struct {
	Locale   string // "id-ID", "en-US"
	Currency string // symbol of money: "Rp"

	lang *locale
}

// NewFormatter gives the formatter of a locale; an unknown one is an error that names the known.
func NewFormatter(locale, currency string) (*Formatter, error) {
	l, err := findLocale(locale)
	if err != nil {
		return nil, err
	}
	return &Formatter{Locale: l.tag, Currency: currency, lang: l}, nil
}

func (f *Formatter) locale() *locale {
	if f.lang != nil {
		return f.lang
	}
	if l, err := findLocale(f.Locale); err == nil {
		return l
	}
	return locales()[0]
}

// shape is what the values of a format look like.
type shape uint8

const (
	plainShape   shape = iota // as the value is
	numberShape               // digits, grouped
	compactShape              // the largest unit that leaves a whole part
	percentShape
	pointsShape
	dateShape
	monthShape
	quarterShape
	yearShape
	datetimeShape
	textShape
)

// namedFormat is one entry of the table of formats, for every medium.
type namedFormat struct {
	name     string
	shape    shape
	decimals int
	scale    int  // power of ten that one unit stands for
	money    bool // the currency stands at it
	signed   bool // a plus too; zero has none
	code     string
	doc      string
}

// minusCode is the true minus sign, as text of a format code.
const minusCode = `"` + minusSign + `"`

// namedFormats is the table. Codes are Excel's; money puts its currency for ¤.
func namedFormats() []namedFormat {
	return []namedFormat{
		{"general", plainShape, 0, 0, false, false, "General", "as the program sees fit; for years and codes"},
		{"integer", numberShape, 0, 0, false, false, "#,##0;" + minusCode + "#,##0", "1,250,000"},
		{"number", numberShape, 1, 0, false, false, "#,##0.0;" + minusCode + "#,##0.0", "1,250,000.5"},
		{"decimal", numberShape, 2, 0, false, false, "#,##0.00;" + minusCode + "#,##0.00", "1,250,000.50"},
		{"money", numberShape, 0, 0, true, false, "¤#,##0;" + minusCode + "¤#,##0", "Rp 1,250,000: the currency in front"},
		{"millions", numberShape, 1, 6, false, false, "#,##0.0,,;" + minusCode + "#,##0.0,,", "1.3, of 1,250,000"},
		{"money_millions", numberShape, 1, 6, true, false, "¤#,##0.0,,;" + minusCode + "¤#,##0.0,,", "Rp 1.3, of 1,250,000"},
		{"compact", compactShape, 1, 0, false, false, "", "1.3 M, of 1,250,000"},
		{"money_compact", compactShape, 1, 0, true, false, "", "Rp 1.3 M, of 1,250,000"},
		{"percent", percentShape, 1, 0, false, false, "0.0%;" + minusCode + "0.0%", "12.5%, of 0.125"},
		{"change", percentShape, 1, 0, false, true, "+0.0%;" + minusCode + "0.0%;0.0%", "+12.5%, of 0.125"},
		{"points", pointsShape, 1, 0, false, true, `+0.0%" pp";` + minusCode + `0.0%" pp";0.0%" pp"`, "+1.5 pp, of 0.015: a difference of shares"},
		{"difference", numberShape, 0, 0, false, true, "+#,##0;" + minusCode + "#,##0;0", "+1,250"},
		{"date", dateShape, 0, 0, false, false, "d mmm yyyy", "3 Feb 2026"},
		{"month", monthShape, 0, 0, false, false, "mmm yyyy", "Feb 2026"},
		{"quarter", quarterShape, 0, 0, false, false, "mmm yyyy", "Q1 2026; in a workbook the month"},
		{"year", yearShape, 0, 0, false, false, "yyyy", "2026, of a date"},
		{"datetime", datetimeShape, 0, 0, false, false, "d mmm yyyy hh:mm", "3 Feb 2026 14:30"},
		{"text", textShape, 0, 0, false, false, "@", "as written"},
	}
}

// Formats gives the named formats with an example each.
func Formats() [][2]string {
	var out [][2]string
	for _, f := range namedFormats() {
		out = append(out, [2]string{f.name, f.doc})
	}
	return out
}

// FormatNames lists the named formats. A plus in front of one writes the sign of what is above
// zero too: "+money_compact".
func FormatNames() []string {
	var out []string
	for _, f := range namedFormats() {
		out = append(out, f.name)
	}
	return out
}

func formatNamed(name string) (namedFormat, bool) {
	bare, plus := strings.CutPrefix(name, "+")
	for _, f := range namedFormats() {
		if f.name == bare {
			f.signed = f.signed || plus && f.numeric()
			return f, true
		}
	}
	return namedFormat{}, false
}

func (n namedFormat) numeric() bool {
	return n.shape == numberShape || n.shape == compactShape || n.shape == percentShape || n.shape == pointsShape
}

// CheckFormat says what is wrong with a format: it is neither a name nor a format code; nil if it is
// fine. The caller puts the place.
func CheckFormat(format string) *diag.Diagnostic {
	if _, known := formatNamed(format); known || !looksNamed(format) {
		return nil
	}
	d := diag.Errorf(diag.BadValue, diag.Pos{}, "there is no format %q", format)
	if d.Hint = diag.DidYouMean(strings.TrimPrefix(format, "+"), FormatNames()); d.Hint == "" {
		d.Hint = "there are " + strings.Join(FormatNames(), ", ") + ", and format codes such as #,##0.000"
	}
	return d
}

// looksNamed reports a format that is meant as a name: no code is made of letters alone that are no
// parts of a date.
func looksNamed(format string) bool {
	if format == "" || format == "General" || strings.Trim(format, "dmyhs") == "" {
		return false
	}
	return strings.Trim(strings.ToLower(format), "+abcdefghijklmnopqrstuvwxyz_") == ""
}

// IsMoney reports a format of money: values are kept exact in every file.
func IsMoney(format string) bool {
	n, ok := formatNamed(format)
	return ok && n.money
}

// IsShare reports a format of shares and changes, whose values do not add up.
func IsShare(format string) bool {
	n, ok := formatNamed(format)
	if !ok {
		return strings.Contains(format, "%")
	}
	return n.shape == percentShape || n.shape == pointsShape
}

// IsTime reports a format of points in time.
func IsTime(format string) bool {
	n, ok := formatNamed(format)
	return ok && n.shape >= dateShape && n.shape <= datetimeShape
}

// IsLeft reports a format whose values stand at the left: texts, and numbers that name something.
func IsLeft(format string) bool { return format == "text" || format == "@" || format == "general" }

// FormatOf gives the format that goes by a type.
func FormatOf(t Type) string {
	switch t {
	case Integer:
		return "integer"
	case Decimal:
		return "decimal"
	case Float:
		return "number"
	case Date:
		return "date"
	case Timestamp:
		return "datetime"
	case Text:
		return "text"
	default:
		return "general"
	}
}

// Null is what stands for a value that is missing.
func (f *Formatter) Null() string { return "–" }

// Format writes a value by a named format, or by a format code; "" goes by the value. A value that
// the format has no use for is written as it is; nil and NaN are Null.
func (f *Formatter) Format(v Value, format string) string {
	if v == nil {
		return f.Null()
	}
	if x, ok := v.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
		return f.unreal(x)
	}
	n, ok := formatNamed(format)
	if !ok {
		if format == "" || format == "General" {
			return f.plain(v)
		}
		return f.coded(v, format)
	}
	switch n.shape {
	case numberShape, compactShape, percentShape, pointsShape:
		if r, ok := Exact(v); ok {
			return f.number(r, n)
		}
	case dateShape, monthShape, quarterShape, yearShape, datetimeShape:
		if s, ok := f.moment(v, n.shape); ok {
			return s
		}
	case textShape:
		if s, ok := v.(string); ok {
			return s
		}
	default: // as the value is
	}
	return f.plain(v)
}

func (f *Formatter) unreal(x float64) string {
	switch {
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return minusSign + "∞"
	default:
		return f.Null()
	}
}

// plain writes a value as it is: numbers with all their digits and without groups.
func (f *Formatter) plain(v Value) string {
	switch v := v.(type) {
	case nil:
		return f.Null()
	case string:
		return v
	case bool:
		if v {
			return f.Word(WordYes)
		}
		return f.Word(WordNo)
	case time.Time:
		if IsDate(v) {
			return f.Date(v)
		}
		return f.datetime(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return f.unreal(v)
		}
		return f.digits(strconv.FormatFloat(v, 'f', -1, 64))
	case int64:
		return f.digits(strconv.FormatInt(v, 10))
	case Number:
		if _, ok := Exact(v); ok {
			return f.digits(string(v))
		}
		return string(v)
	default:
		return ""
	}
}

// digits puts the language's signs into plain digits.
func (f *Formatter) digits(s string) string {
	s, negative := strings.CutPrefix(s, "-")
	s = strings.Replace(s, ".", f.locale().decimal, 1)
	if negative {
		return minusSign + s
	}
	return s
}

func (f *Formatter) number(r *big.Rat, n namedFormat) string {
	l := f.locale()
	suffix, scale, decimals := "", n.scale, n.decimals
	switch n.shape {
	case percentShape:
		scale, suffix = -2, l.percent
	case pointsShape:
		scale, suffix = -2, space+l.points
	case compactShape:
		scale, suffix, decimals = f.unit(r, n)
	default: // as the table says
	}
	digits := round(r, scale, decimals)
	sign := ""
	switch {
	case !strings.ContainsAny(digits, "123456789"):
	case r.Sign() < 0:
		sign = minusSign
	case n.signed:
		sign = "+"
	}
	return sign + f.money(f.grouped(digits)+suffix, n.money)
}

// money puts the currency to a number.
func (f *Formatter) money(number string, money bool) string { //nolint:revive // the flag is the format's own
	switch {
	case !money || f.Currency == "":
		return number
	case f.locale().after:
		return number + space + f.Currency
	default:
		return f.Currency + currencySpace(f.Currency) + number
	}
}

// currencySpace is what stands between a currency in front and the number: nothing after a sign,
// a space after letters.
func currencySpace(currency string) string {
	r := []rune(currency)
	if strings.ContainsRune("$€£¥₩₫₹", r[len(r)-1]) {
		return ""
	}
	return space
}

// unit gives the power of ten that a compact number is written in. A value that rounding lifts to a
// thousand takes the next.
func (f *Formatter) unit(r *big.Rat, n namedFormat) (scale int, suffix string, decimals int) {
	l := f.locale()
	for i := len(l.compact) - 1; i >= 0; i-- {
		p := 3 * (i + 1)
		if l.compact[i] == "" || !reaches(r, p, n.decimals) {
			continue
		}
		return p, space + l.compact[i], n.decimals
	}
	if n.money || r.IsInt() {
		return 0, "", 0
	}
	return 0, "", n.decimals
}

// reaches reports a size that, rounded in the unit below, is at least ten to the power of p.
func reaches(r *big.Rat, p, decimals int) bool {
	limit := new(big.Rat).SetInt(pow10(p))
	below := p - 3 - decimals
	if p == 3 {
		below = 0 // written without decimals
	}
	half := new(big.Rat).SetFrac(pow10(max(below, 0)), big.NewInt(2))
	return new(big.Rat).Abs(r).Cmp(limit.Sub(limit, half)) >= 0
}

// round gives the digits of |r| / 10^scale with so many decimals, half away from zero.
func round(r *big.Rat, scale, decimals int) string {
	shift := decimals - scale
	x := new(big.Rat).Abs(r)
	if shift >= 0 {
		x.Mul(x, new(big.Rat).SetInt(pow10(shift)))
	} else {
		x.Quo(x, new(big.Rat).SetInt(pow10(-shift)))
	}
	twice := new(big.Int).Lsh(x.Num(), 1)
	q := twice.Add(twice, x.Denom())
	q.Quo(q, new(big.Int).Lsh(x.Denom(), 1))
	s := q.String()
	if decimals == 0 {
		return s
	}
	if len(s) <= decimals {
		s = strings.Repeat("0", decimals-len(s)+1) + s
	}
	return s[:len(s)-decimals] + "." + s[len(s)-decimals:]
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// grouped puts the language's signs between plain digits.
func (f *Formatter) grouped(s string) string {
	l := f.locale()
	whole, fraction, _ := strings.Cut(s, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(l.group)
		}
		b.WriteRune(c)
	}
	if fraction != "" {
		b.WriteString(l.decimal + fraction)
	}
	return b.String()
}

// Rounded gives a number as the exact text with at most so many decimals, half away from zero, and
// no zeros at the end that say nothing.
func Rounded(r *big.Rat, decimals int) Number {
	s := round(r, 0, decimals)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if r.Sign() < 0 && s != "0" {
		s = "-" + s
	}
	return Number(s)
}
