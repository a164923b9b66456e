package jinja

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// percentSpec is one %… of a format.
type percentSpec struct {
	left, plus, space, zero, alt bool
	width, precision             int
	hasPrecision                 bool
	conv                         byte
}

// percentFormatter is s % arg under way.
type percentFormatter struct {
	s    string
	args []Value
	next int
	dict *Dict
}

// percentFormat is Python's s % arg.
func percentFormat(s string, arg Value) (Value, error) {
	p := &percentFormatter{s: s, args: []Value{arg}}
	if t, ok := arg.(Tuple); ok {
		p.args = t
	} else if d, ok := asDict(arg); ok {
		p.dict = d
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		j := strings.IndexByte(s[i:], '%')
		if j < 0 {
			b.WriteString(s[i:])
			break
		}
		b.WriteString(s[i : i+j])
		n, err := p.directive(&b, i+j+1)
		if err != nil {
			return nil, err
		}
		i = n
	}
	if p.next < len(p.args) && p.dict == nil && !isList(arg) && !isUndefined(arg) {
		return nil, opErrorf("not all arguments converted during string formatting")
	}
	return b.String(), nil
}

// take gives the next positional argument.
func (p *percentFormatter) take() (Value, error) {
	if p.next >= len(p.args) {
		return nil, opErrorf("not enough arguments for format string")
	}
	p.next++
	return p.args[p.next-1], nil
}

// directive writes what stands behind the % before i, and gives where it ends.
func (p *percentFormatter) directive(b *strings.Builder, i int) (int, error) {
	var named Value
	isNamed := false
	if i < len(p.s) && p.s[i] == '(' {
		end := matching(p.s, i)
		if end < 0 {
			return 0, opErrorf("incomplete format key")
		}
		if p.dict == nil {
			return 0, opErrorf("format requires a mapping")
		}
		v, ok := p.dict.Get(p.s[i+1 : end])
		if !ok {
			return 0, opErrorf("the format has a key %s that the values lack", Repr(p.s[i+1:end]))
		}
		named, isNamed = v, true
		i = end + 1
	}
	spec, i, err := p.spec(i)
	if err != nil {
		return 0, err
	}
	if spec.conv == '%' {
		b.WriteByte('%')
		return i, nil
	}
	v := named
	if !isNamed {
		if v, err = p.take(); err != nil {
			return 0, err
		}
	}
	text, err := spec.format(v)
	if err != nil {
		return 0, err
	}
	b.WriteString(text)
	return i, nil
}

func matching(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// spec reads flags, width, precision and conversion at i.
func (p *percentFormatter) spec(i int) (percentSpec, int, error) {
	var f percentSpec
	s := p.s
flags:
	for ; i < len(s); i++ {
		switch s[i] {
		case '-':
			f.left = true
		case '+':
			f.plus = true
		case ' ':
			f.space = true
		case '0':
			f.zero = true
		case '#':
			f.alt = true
		default:
			break flags
		}
	}
	var err error
	if f.width, i, err = p.size(i); err != nil {
		return f, i, err
	}
	if f.width < 0 {
		f.left, f.width = true, -f.width
	}
	if i < len(s) && s[i] == '.' {
		f.hasPrecision = true
		if f.precision, i, err = p.size(i + 1); err != nil {
			return f, i, err
		}
		f.precision = max(0, f.precision)
	}
	for i < len(s) && (s[i] == 'l' || s[i] == 'h' || s[i] == 'L') {
		i++
	}
	if i >= len(s) {
		return f, i, opErrorf("incomplete format")
	}
	f.conv = s[i]
	return f, i + 1, nil
}

// maxPad keeps a width from filling the memory.
const maxPad = 1 << 20

func (p *percentFormatter) size(i int) (int, int, error) {
	if i < len(p.s) && p.s[i] == '*' {
		v, err := p.take()
		if err != nil {
			return 0, i, err
		}
		n, ok := index(v)
		if !ok {
			return 0, i, opErrorf("* wants int")
		}
		return max(-maxPad, min(n, maxPad)), i + 1, nil
	}
	n := 0
	for ; i < len(p.s) && isDigit(p.s[i]); i++ {
		n = min(n*10+int(p.s[i]-'0'), maxPad)
	}
	return n, i, nil
}

func (f *percentSpec) format(v Value) (string, error) {
	if u, ok := v.(*Undefined); ok && f.conv != 's' && f.conv != 'r' {
		return "", u.misuse()
	}
	switch f.conv {
	case 's', 'r', 'a':
		s := Str(v)
		if f.conv != 's' {
			s = Repr(v)
		}
		if f.hasPrecision {
			s = firstRunes(s, f.precision)
		}
		return f.pad("", s, false), nil
	case 'd', 'i', 'u', 'x', 'X', 'o':
		return f.formatInt(v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return f.formatFloat(v)
	case 'c':
		if s, ok := text(v); ok && runeCount(s) == 1 {
			return f.pad("", s, false), nil
		}
		if n, ok := index(v); ok && n >= 0 && n <= utf8.MaxRune {
			return f.pad("", string(rune(n)), false), nil
		}
		return "", opErrorf("%%c requires int or char")
	}
	return "", opErrorf("unsupported format character %s", Repr(string(f.conv)))
}

func firstRunes(s string, n int) string {
	if runeCount(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

func (f *percentSpec) formatInt(v Value) (string, error) {
	n := looseNumber(v)
	switch n.kind {
	case numNone:
		return "", opErrorf("%%%c format: a real number is required, not %s", f.conv, typeName(v))
	case numFloat:
		if f.conv == 'x' || f.conv == 'X' || f.conv == 'o' {
			return "", opErrorf("%%%c format: an integer is required, not float", f.conv)
		}
		if math.IsNaN(n.f) || math.IsInf(n.f, 0) {
			return "", opErrorf("cannot convert float %s to integer", Str(v))
		}
		b, _ := big.NewFloat(n.f).Int(nil)
		n = number{kind: numBig, b: b}
	}
	base := 10
	prefix := ""
	switch f.conv {
	case 'x', 'X':
		base, prefix = 16, "0x"
	case 'o':
		base, prefix = 8, "0o"
	}
	digits := n.big().Text(base)
	sign := f.sign(&digits)
	if f.conv == 'X' {
		digits, prefix = strings.ToUpper(digits), "0X"
	}
	if f.hasPrecision && len(digits) < f.precision {
		digits = strings.Repeat("0", f.precision-len(digits)) + digits
	}
	if f.alt {
		sign += prefix
	}
	return f.pad(sign, digits, true), nil
}

// sign cuts the minus off the digits and gives the sign to write.
func (f *percentSpec) sign(digits *string) string {
	switch {
	case strings.HasPrefix(*digits, "-"):
		*digits = (*digits)[1:]
		return "-"
	case f.plus:
		return "+"
	case f.space:
		return " "
	}
	return ""
}

func (f *percentSpec) formatFloat(v Value) (string, error) {
	n := looseNumber(v)
	if n.kind == numNone {
		return "", opErrorf("must be real number, not %s", typeName(v))
	}
	precision := 6
	if f.hasPrecision {
		precision = f.precision
	}
	digits := floatText(n.float(), f.conv, precision, f.alt)
	sign := f.sign(&digits)
	return f.pad(sign, digits, true), nil
}

// floatText writes a float in one of the styles e, f and g, as C's printf does.
func floatText(x float64, conv byte, precision int, alt bool) string {
	lower := conv | 0x20
	switch {
	case math.IsInf(x, 0) || math.IsNaN(x):
		s := strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(x, 'g', -1, 64)), "+")
		if conv != lower {
			s = strings.ToUpper(s)
		}
		return s
	case lower == 'g':
		return generalText(x, conv, max(1, precision), alt)
	}
	return strconv.FormatFloat(x, styleByte(conv), precision, 64)
}

func styleByte(conv byte) byte {
	if conv == 'F' {
		return 'f'
	}
	return conv
}

// generalText is the style g: the shorter of e and f, without trailing zeros.
func generalText(x float64, conv byte, precision int, alt bool) string {
	e := strconv.FormatFloat(x, 'e', precision-1, 64)
	exp, _ := strconv.Atoi(e[strings.IndexByte(e, 'e')+1:])
	var s string
	if exp < -4 || exp >= precision {
		mantissa, rest, _ := strings.Cut(e, "e")
		if !alt {
			mantissa = trimZeros(mantissa)
		}
		s = mantissa + "e" + rest
	} else if s = strconv.FormatFloat(x, 'f', precision-1-exp, 64); !alt {
		s = trimZeros(s)
	}
	if conv == 'G' {
		s = strings.ToUpper(s)
	}
	return s
}

func trimZeros(s string) string {
	if strings.IndexByte(s, '.') < 0 {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// pad brings sign and body to the width.
func (f *percentSpec) pad(sign, body string, numeric bool) string {
	n := f.width - runeCount(sign) - runeCount(body)
	switch {
	case n <= 0:
		return sign + body
	case f.left:
		return sign + body + strings.Repeat(" ", n)
	case f.zero && numeric:
		return sign + strings.Repeat("0", n) + body
	}
	return strings.Repeat(" ", n) + sign + body
}
