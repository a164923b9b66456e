package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jsonInput is the text, with the place in it.
type jsonInput struct {
	in       io.Reader
	buf      []byte
	pos, end int
	base     int64 // offset of buf
	line     int
	lineAt   int64 // offset of the line's beginning
	start    int64 // offset of the record's beginning
	first    bool  // of a list nothing has been read
	err      error
}

func (in *jsonInput) at() int64 { return in.base + int64(in.pos) }

func (in *jsonInput) fail(format string, args ...any) *JSONError {
	e := &JSONError{Line: in.line, Col: int(in.at()-in.lineAt) + 1, Msg: fmt.Sprintf(format, args...)}
	if in.err != nil && !errors.Is(in.err, io.EOF) && in.pos == in.end {
		e.Err, e.Msg = in.err, "the reading ended: "+in.err.Error()
	}
	return e
}

// what tells a byte to people.
func (in *jsonInput) what(c byte) string {
	switch {
	case c == 0 && in.pos == in.end:
		return "the end of the text"
	case c < ' ' || c == 0x7f:
		return fmt.Sprintf("the control character %#02x", c)
	case c == '\'':
		return "a single quote"
	}
	word := in.buf[in.pos:min(in.end, in.pos+24)]
	if i := bytes.IndexAny(word, ",:{}[]\n\r\t \""); i > 0 {
		word = word[:i]
	} else if i == 0 {
		word = word[:1]
	}
	return strconv.Quote(strings.ToValidUTF8(string(word), "\uFFFD"))
}

// fill reads more; false at the end.
func (in *jsonInput) fill() bool {
	if in.err != nil {
		return false
	}
	if in.buf == nil {
		in.buf = make([]byte, 1<<16)
	}
	in.base += int64(in.end)
	in.pos, in.end = 0, 0
	for range 100 {
		in.end, in.err = in.in.Read(in.buf)
		if in.base == 0 && in.end >= 3 && bytes.HasPrefix(in.buf, []byte("\xef\xbb\xbf")) {
			in.pos, in.lineAt = 3, 3
		}
		if in.end > 0 {
			return true
		}
		if in.err != nil {
			return false
		}
	}
	in.err = io.ErrNoProgress
	return false
}

// peek gives the next byte that is no blank; 0 at the end.
func (in *jsonInput) peek() byte {
	for {
		for in.pos < in.end {
			switch c := in.buf[in.pos]; c {
			case '\n':
				in.pos++
				in.line++
				in.lineAt = in.at()
			case ' ', '\t', '\r':
				in.pos++
			default:
				return c
			}
		}
		if !in.fill() {
			return 0
		}
	}
}

func (in *jsonInput) tooLong() error {
	if in.at()-in.start > maxJSONRecord {
		return in.fail("one record is longer than %d MB", maxJSONRecord>>20)
	}
	return nil
}

// run gives the bytes of a quoted text up to the next that needs a look.
func (in *jsonInput) run() []byte {
	b := in.buf[in.pos:in.end]
	for i, c := range b {
		if c == '"' || c == '\\' || c < ' ' {
			in.pos += i
			return b[:i]
		}
	}
	in.pos = in.end
	return b
}

// pass copies a quoted text as it stands.
func (in *jsonInput) pass(out *[]byte) error {
	put := func(b ...byte) {
		if out != nil {
			*out = append(*out, b...)
		}
	}
	in.pos++
	put('"')
	for {
		put(in.run()...)
		if in.pos == in.end {
			if out != nil {
				if err := in.tooLong(); err != nil {
					return err
				}
			}
			if !in.fill() {
				return in.fail("the text ends inside quotes")
			}
			continue
		}
		switch c := in.buf[in.pos]; c {
		case '"':
			in.pos++
			put('"')
			return nil
		case '\\':
			var scratch [8]byte
			put('\\')
			in.pos++
			_, raw, err := in.escape(scratch[:0])
			if err != nil {
				return err
			}
			put(raw...)
		default:
			return in.control(c)
		}
	}
}

func (in *jsonInput) control(c byte) error {
	if c == '\n' {
		return in.fail("the line ends inside quotes")
	}
	return in.fail("the control character %#02x stands inside quotes", c)
}

// quoted appends a quoted text, unescaped, to out.
func (in *jsonInput) quoted(out []byte) ([]byte, error) {
	in.pos++
	high := rune(-1) // the first half of a pair
	for {
		b := in.run()
		if len(b) > 0 && high >= 0 {
			out, high = utf8.AppendRune(out, utf8.RuneError), -1
		}
		out = append(out, b...)
		if in.pos == in.end {
			if err := in.tooLong(); err != nil {
				return out, err
			}
			if !in.fill() {
				return out, in.fail("the text ends inside quotes")
			}
			continue
		}
		switch c := in.buf[in.pos]; c {
		case '"':
			in.pos++
			if high >= 0 {
				out = utf8.AppendRune(out, utf8.RuneError)
			}
			return out, nil
		case '\\':
			in.pos++
			var scratch [8]byte
			r, _, err := in.escape(scratch[:0])
			if err != nil {
				return out, err
			}
			switch {
			case high >= 0 && r >= 0xdc00 && r < 0xe000:
				out, high = utf8.AppendRune(out, (high-0xd800)<<10|(r-0xdc00)+0x10000), -1
				continue
			case high >= 0:
				out, high = utf8.AppendRune(out, utf8.RuneError), -1
			}
			if r >= 0xd800 && r < 0xdc00 {
				high = r
				continue
			}
			out = utf8.AppendRune(out, r)
		default:
			return out, in.control(c)
		}
	}
}

// escape reads what follows a backslash: the sign that it means, and its letters.
func (in *jsonInput) escape(raw []byte) (rune, []byte, error) {
	next := func() (byte, bool) {
		if in.pos == in.end && !in.fill() {
			return 0, false
		}
		in.pos++
		return in.buf[in.pos-1], true
	}
	c, ok := next()
	raw = append(raw, c)
	if !ok {
		return 0, raw, in.fail("the text ends inside quotes")
	}
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), raw, nil
	}
	if c != 'u' {
		return 0, raw, in.fail(`a backslash stands before %q, which means nothing`, c)
	}
	var r rune
	for range 4 {
		c, ok := next()
		raw = append(raw, c)
		d := strings.IndexByte("0123456789abcdefABCDEF", c)
		if d > 15 {
			d -= 6
		}
		if !ok || d < 0 {
			return 0, raw, in.fail(`\u wants four hexadecimal digits`)
		}
		r = r<<4 | rune(d)
	}
	return r, raw, nil
}

// word appends a number or one of the words of JSON and Python to out.
func (in *jsonInput) word(out []byte) ([]byte, error) {
	c := in.peek()
	line, at := in.line, in.at()
	for in.pos < in.end || in.fill() {
		c := in.buf[in.pos]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.' || c == '_' {
			if out = append(out, c); len(out) > 2*maxDigits {
				break
			}
			in.pos++
			continue
		}
		break
	}
	switch string(out) {
	case "true", "false", "null", "NaN", "Infinity", "-Infinity":
		return out, nil
	case "":
		return out, in.fail("a value was expected, but %s stands here", in.what(c))
	}
	if !jsonNumber(out) {
		e := in.fail("%s is no value of JSON", strconv.Quote(clip(string(out), 40)))
		e.Line, e.Col = line, int(at-in.lineAt)+1
		return out, e
	}
	return out, nil
}

// jsonNumber reports whether a word is a number as JSON writes it.
func jsonNumber(b []byte) bool {
	digits := func() int {
		n := 0
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		b = b[n:]
		return n
	}
	b = bytes.TrimPrefix(b, []byte("-"))
	zero := len(b) > 1 && b[0] == '0'
	if n := digits(); n == 0 || zero && n > 1 {
		return false
	}
	if len(b) > 0 && b[0] == '.' {
		if b = b[1:]; digits() == 0 {
			return false
		}
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		b = b[1:]
		if len(b) > 0 && slices.Contains([]byte("+-"), b[0]) {
			b = b[1:]
		}
		if digits() == 0 {
			return false
		}
	}
	return len(b) == 0
}
