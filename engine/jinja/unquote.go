package jinja

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unquote gives the value of a string literal, quotes included in lit. Escapes are Python's;
// unknown ones are kept with their backslash. The error text is empty when all is well.
func unquote(lit string) (value, problem string) {
	body := lit[1 : len(lit)-1]
	if strings.IndexByte(body, '\\') < 0 {
		return body, ""
	}
	var b strings.Builder
	b.Grow(len(body))
	for i := 0; i < len(body); {
		if body[i] != '\\' || i+1 >= len(body) {
			b.WriteByte(body[i])
			i++
			continue
		}
		n, problem := unescape(&b, body[i+1:])
		if problem != "" {
			return "", problem
		}
		i += 1 + n
	}
	return b.String(), ""
}

// unescape writes the value of the escape whose text after the backslash is s, and tells how
// many bytes of s it took.
func unescape(b *strings.Builder, s string) (int, string) {
	switch c := s[0]; c {
	case '\n':
	case '\\', '\'', '"':
		b.WriteByte(c)
	case 'a':
		b.WriteByte('\a')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'v':
		b.WriteByte('\v')
	case 'x':
		return hexEscape(b, s, 2)
	case 'u':
		return hexEscape(b, s, 4)
	case 'U':
		return hexEscape(b, s, 8)
	case 'N':
		return 0, "the escape \\N is not supported: write the character itself, or \\u with its number"
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := 1
		for n < 3 && n < len(s) && '0' <= s[n] && s[n] <= '7' {
			n++
		}
		v, _ := strconv.ParseUint(s[:n], 8, 32)
		b.WriteRune(rune(v))
		return n, ""
	default:
		b.WriteByte('\\')
		if c < utf8.RuneSelf {
			b.WriteByte(c)
			return 1, ""
		}
		// Jinja escapes what is not ASCII before it unescapes, so that the number comes out.
		r, n := utf8.DecodeRuneInString(s)
		b.WriteString(asciiEscape(r))
		return n, ""
	}
	return 1, ""
}

func hexEscape(b *strings.Builder, s string, width int) (int, string) {
	if len(s) < 1+width {
		return 0, "the escape \\" + s[:1] + " needs " + strconv.Itoa(width) + " hexadecimal digits"
	}
	v, err := strconv.ParseUint(s[1:1+width], 16, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, "the escape \\" + s[:1+width] + " is no character"
	}
	b.WriteRune(rune(v))
	return 1 + width, ""
}

func asciiEscape(r rune) string {
	switch {
	case r < 0x100:
		return "x" + string(appendHex(nil, r, 2))
	case r < 0x10000:
		return "u" + string(appendHex(nil, r, 4))
	}
	return "U" + string(appendHex(nil, r, 8))
}
