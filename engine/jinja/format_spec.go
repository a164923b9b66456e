package jinja

import (
	"math"
	"math/big"
	"strings"
	"unicode/utf8"
)

// formatSpec is what stands behind the colon in "{:>10,.2f}".
type formatSpec struct {
	fill      rune
	align     byte // '<', '>', '^', '=' or 0
	sign      byte
	alt, zero bool
	width     int
	group     byte
	precision int // -1 if none
	conv      byte
}

func parseFormatSpec(s string) (formatSpec, error) {
	f := formatSpec{fill: ' ', precision: -1}
	filled := false
	rest := s
	if r, n := utf8.DecodeRuneInString(rest); n > 0 && len(rest) > n && strings.IndexByte("<>^=", rest[n]) >= 0 {
		f.fill, f.align, filled = r, rest[n], true
		rest = rest[n+1:]
	} else if rest != "" && strings.IndexByte("<>^=", rest[0]) >= 0 {
		f.align = rest[0]
		rest = rest[1:]
	}
	if rest != "" && strings.IndexByte("+- ", rest[0]) >= 0 {
		f.sign = rest[0]
		rest = rest[1:]
	}
	if strings.HasPrefix(rest, "#") {
		f.alt = true
		rest = rest[1:]
	}
	if strings.HasPrefix(rest, "0") {
		f.zero = true
		if !filled {
			f.fill = '0'
		}
		if f.align == 0 {
			f.align = '='
		}
		rest = rest[1:]
	}
	f.width, rest = leadingInt(rest)
	f.width = max(0, f.width)
	if rest != "" && (rest[0] == ',' || rest[0] == '_') {
		f.group = rest[0]
		rest = rest[1:]
	}
	if strings.HasPrefix(rest, ".") {
		if f.precision, rest = leadingInt(rest[1:]); f.precision < 0 {
			return f, opErrorf("Format specifier missing precision")
		}
	}
	if len(rest) == 1 {
		f.conv = rest[0]
		rest = ""
	}
	if rest != "" {
		return f, opErrorf("Invalid format specifier '%s'", s)
	}
	return f, nil
}

// leadingInt reads digits; -1 if there are none.
func leadingInt(s string) (int, string) {
	n, i := -1, 0
	for ; i < len(s) && isDigit(s[i]); i++ {
		n = min(max(n, 0)*10+int(s[i]-'0'), maxPad)
	}
	return n, s[i:]
}

// formatValue is Python's format(v, spec).
func formatValue(v Value, spec string) (string, error) {
	if fm, ok := v.(Formatter); ok {
		return fm.Format(spec)
	}
	if spec == "" {
		return Str(v), nil
	}
	f, err := parseFormatSpec(spec)
	if err != nil {
		return "", err
	}
	n := looseNumber(v)
	switch n.kind {
	case numNone:
		s, ok := text(v)
		if !ok {
			return "", opErrorf("unsupported format string passed to %s.__format__", typeName(v))
		}
		return f.formatText(s)
	case numFloat:
		return f.formatFloat(n.f)
	default:
		return f.formatInt(n)
	}
}

func (f *formatSpec) formatText(s string) (string, error) {
	if f.conv != 0 && f.conv != 's' {
		return "", opErrorf("Unknown format code '%c' for object of type 'str'", f.conv)
	}
	if f.align == '=' && !f.zero {
		return "", opErrorf("'=' alignment not allowed in string format specifier")
	}
	if f.precision >= 0 {
		s = firstRunes(s, f.precision)
	}
	return f.pad("", s, '<'), nil
}

func (f *formatSpec) formatInt(n number) (string, error) {
	base, prefix := 10, ""
	switch f.conv {
	case 0, 'd', 'n':
	case 'x', 'X':
		base, prefix = 16, "0x"
	case 'o':
		base, prefix = 8, "0o"
	case 'b':
		base, prefix = 2, "0b"
	case 'c':
		return f.pad("", string(rune(n.i)), '<'), nil
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		return f.formatFloat(n.float())
	default:
		return "", opErrorf("Unknown format code '%c' for object of type 'int'", f.conv)
	}
	if f.precision >= 0 {
		return "", opErrorf("Precision not allowed in integer format specifier")
	}
	b := n.big()
	digits := new(big.Int).Abs(b).Text(base)
	if f.conv == 'X' {
		digits, prefix = strings.ToUpper(digits), "0X"
	}
	if !f.alt {
		prefix = ""
	}
	size := 3
	if base != 10 {
		size = 4
	}
	return f.number(b.Sign() < 0, prefix, digits, "", size), nil
}

func (f *formatSpec) formatFloat(x float64) (string, error) {
	precision := f.precision
	conv := f.conv
	suffix := ""
	var s string
	switch conv {
	case 0:
		if precision < 0 {
			s = string(appendFloat(nil, math.Abs(x)))
			break
		}
		s = floatText(math.Abs(x), 'g', max(1, precision), false)
		if !strings.ContainsAny(s, ".einf") {
			s += ".0"
		}
	case '%':
		if precision < 0 {
			precision = 6
		}
		s, suffix = floatText(math.Abs(x)*100, 'f', precision, f.alt), "%"
	case 'e', 'E', 'f', 'F', 'g', 'G', 'n':
		if precision < 0 {
			precision = 6
		}
		if conv == 'n' {
			conv = 'g'
		}
		s = floatText(math.Abs(x), conv, precision, f.alt)
	default:
		return "", opErrorf("Unknown format code '%c' for object of type 'float'", f.conv)
	}
	whole, frac := s, ""
	if i := strings.IndexAny(s, ".eE"); i >= 0 {
		whole, frac = s[:i], s[i:]
	}
	return f.number(math.Signbit(x) && !math.IsNaN(x), "", whole, frac+suffix, 3), nil
}

// number joins sign, prefix, grouped digits and the rest, and pads them.
func (f *formatSpec) number(negative bool, prefix, whole, rest string, size int) string {
	sign := ""
	switch {
	case negative:
		sign = "-"
	case f.sign == '+' || f.sign == ' ':
		sign = string(f.sign)
	}
	sign += prefix
	if f.group != 0 {
		if f.fill == '0' && f.align == '=' {
			for runeCount(sign)+len(grouped(whole, size, f.group))+len(rest) < f.width {
				next := "0" + whole
				if runeCount(sign)+len(grouped(next, size, f.group))+len(rest) > f.width {
					break
				}
				whole = next
			}
		}
		whole = grouped(whole, size, f.group)
	}
	return f.pad(sign, whole+rest, '>')
}

func grouped(digits string, size int, sep byte) string {
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%size == 0 {
			b.WriteByte(sep)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

func (f *formatSpec) pad(sign, body string, def byte) string {
	n := f.width - runeCount(sign) - runeCount(body)
	if n <= 0 {
		return sign + body
	}
	align := f.align
	if align == 0 || align == '=' && def == '<' {
		align = def
	}
	fill := string(f.fill)
	switch align {
	case '<':
		return sign + body + strings.Repeat(fill, n)
	case '^':
		return strings.Repeat(fill, n/2) + sign + body + strings.Repeat(fill, n-n/2)
	case '=':
		return sign + strings.Repeat(fill, n) + body
	}
	return strings.Repeat(fill, n) + sign + body
}
