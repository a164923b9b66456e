package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer cuts a source into tokens, on demand and in one pass.
type lexer struct {
	src     string
	pos     int
	mode    lexMode
	opts    *Options
	balance []byte // closing brackets awaited, innermost last
	opened  int    // offset of the tag being read
	err     *lexError
}

type lexMode uint8

const (
	modeData lexMode = iota
	modeVar
	modeBlock
)

// lexError is a mistake found by the lexer.
type lexError struct {
	off, end int
	msg      string
	hint     string
}

// next gives the next token. After an error it gives the end of the template for ever.
func (l *lexer) next() token {
	if l.err != nil {
		return l.eof()
	}
	if l.mode == modeData {
		return l.data()
	}
	return l.inside()
}

func (l *lexer) eof() token {
	n := int32(len(l.src))
	return token{kind: tokEOF, off: n, end: n}
}

func (l *lexer) fail(off, end int, msg, hint string) token {
	l.err = &lexError{off, end, msg, hint}
	return l.eof()
}

// data reads text up to the next tag, or the tag's begin if no text is left before it.
func (l *lexer) data() token {
	for {
		start := l.pos
		at := nextTag(l.src, start)
		if at < 0 {
			if start == len(l.src) {
				return l.eof()
			}
			l.pos = len(l.src)
			return token{tokData, int32(start), int32(l.pos), l.src[start:]}
		}
		if text := l.textBefore(start, at); text != "" {
			l.pos = at
			// The tag is looked at again by the next call; what was cut from the text is skipped.
			return token{tokData, int32(start), int32(start + len(text)), text}
		}
		l.pos = at
		t, done := l.tag(at)
		if done {
			return t
		}
	}
}

// HasTags reports a text that is not its own result: it holds the beginning of a tag.
func HasTags(text string) bool { return nextTag(text, 0) >= 0 }

// nextTag finds the next "{{", "{%" or "{#".
func nextTag(src string, from int) int {
	for {
		i := strings.IndexByte(src[from:], '{')
		if i < 0 || from+i+1 >= len(src) {
			return -1
		}
		from += i
		switch src[from+1] {
		case '{', '%', '#':
			return from
		}
		from++
	}
}

// textBefore gives the text between start and the tag at at, cut as the tag's sign asks.
func (l *lexer) textBefore(start, at int) string {
	text := l.src[start:at]
	sign := byte(0)
	if at+2 < len(l.src) {
		sign = l.src[at+2]
	}
	if sign == '-' {
		return strings.TrimRightFunc(text, isSpace)
	}
	if l.opts.LstripBlocks && sign != '+' && l.src[at+1] != '{' {
		lineAt := strings.LastIndexByte(text, '\n') + 1
		if (lineAt > 0 || start == 0 || l.src[start-1] == '\n') && strings.TrimLeftFunc(text[lineAt:], isSpace) == "" {
			return text[:lineAt]
		}
	}
	return text
}

// tag reads the begin of the tag at at. Comments give no token; raw blocks give data.
func (l *lexer) tag(at int) (token, bool) {
	body := at + 2
	if body < len(l.src) && (l.src[body] == '-' || l.src[body] == '+') {
		body++
	}
	l.opened = at
	switch l.src[at+1] {
	case '#':
		return l.comment(at, body)
	case '{':
		l.pos, l.mode = body, modeVar
		return token{tokVarBegin, int32(at), int32(body), l.src[at:body]}, true
	}
	if end, trim, ok := l.rawBegin(body); ok {
		return l.raw(at, end, trim)
	}
	l.pos, l.mode = body, modeBlock
	return token{tokBlockBegin, int32(at), int32(body), l.src[at:body]}, true
}

func (l *lexer) comment(at, body int) (token, bool) {
	i := strings.Index(l.src[body:], "#}")
	if i < 0 {
		return l.fail(at, at+2, "this comment is never closed", `close it with "#}"`), true
	}
	end := body + i
	l.pos = end + 2
	switch {
	case end > body && l.src[end-1] == '-':
		l.skipSpace()
	case end > body && l.src[end-1] == '+':
	default:
		l.trimNewline()
	}
	return token{}, false
}

// rawBegin recognizes the rest of "{% raw %}" at body.
func (l *lexer) rawBegin(body int) (end int, trim, ok bool) {
	i := skipSpaces(l.src, body)
	if !strings.HasPrefix(l.src[i:], "raw") {
		return 0, false, false
	}
	i = skipSpaces(l.src, i+3)
	if i < len(l.src) && (l.src[i] == '-' || l.src[i] == '+') {
		trim = l.src[i] == '-'
		i++
	}
	if !strings.HasPrefix(l.src[i:], "%}") {
		return 0, false, false
	}
	return i + 2, trim, true
}

func (l *lexer) raw(open, start int, trim bool) (token, bool) {
	from := start
	for {
		i := strings.Index(l.src[from:], "{%")
		if i < 0 {
			return l.fail(open, start, "this raw block is never closed", `close it with "{% endraw %}"`), true
		}
		at := from + i
		end, sign, ok := endTag(l.src, at, "endraw")
		if !ok {
			from = at + 2
			continue
		}
		text := l.src[start:at]
		if trim {
			text = strings.TrimLeftFunc(text, isSpace)
			start = at - len(text)
		}
		switch {
		case l.src[at+2] == '-':
			text = strings.TrimRightFunc(text, isSpace)
		case l.opts.LstripBlocks && l.src[at+2] != '+':
			lineAt := strings.LastIndexByte(text, '\n') + 1
			if lineAt > 0 && strings.TrimLeftFunc(text[lineAt:], isSpace) == "" {
				text = text[:lineAt]
			}
		}
		l.pos = end
		l.afterBlock(sign)
		if text == "" {
			return token{}, false
		}
		return token{tokData, int32(start), int32(start + len(text)), text}, true
	}
}

// endTag recognizes a statement that is just that name at "{%", and tells its end and closing sign.
func endTag(src string, at int, name string) (end int, sign byte, ok bool) {
	i := at + 2
	if i < len(src) && (src[i] == '-' || src[i] == '+') {
		i++
	}
	i = skipSpaces(src, i)
	if !strings.HasPrefix(src[i:], name) {
		return 0, 0, false
	}
	i = skipSpaces(src, i+len(name))
	if i < len(src) && (src[i] == '-' || src[i] == '+') {
		sign = src[i]
		i++
	}
	if !strings.HasPrefix(src[i:], "%}") {
		return 0, 0, false
	}
	return i + 2, sign, true
}

// verbatim reads text up to a statement that is just that name, for docs blocks. The lexer must
// stand behind the opening tag.
func (l *lexer) verbatim(name string) (start, end int, ok bool) {
	start = l.pos
	for from := start; ; {
		i := strings.Index(l.src[from:], "{%")
		if i < 0 {
			return start, len(l.src), false
		}
		at := from + i
		if after, sign, found := endTag(l.src, at, name); found {
			l.pos = after
			l.mode = modeData
			l.afterBlock(sign)
			return start, at, true
		}
		from = at + 2
	}
}

// afterBlock drops what the closing sign of a statement asks to drop.
func (l *lexer) afterBlock(sign byte) {
	switch sign {
	case '-':
		l.skipSpace()
	case 0:
		l.trimNewline()
	}
}

func (l *lexer) trimNewline() {
	if l.opts.TrimBlocks && l.pos < len(l.src) && l.src[l.pos] == '\n' {
		l.pos++
	}
}

func (l *lexer) skipSpace() { l.pos = skipSpaces(l.src, l.pos) }

func skipSpaces(src string, i int) int {
	for i < len(src) {
		c := src[i]
		if c < utf8.RuneSelf {
			if !isASCIISpace(c) {
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(src[i:])
		if !isSpace(r) {
			break
		}
		i += n
	}
	return i
}

func isASCIISpace(c byte) bool {
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f)
}

// isSpace is Python's str.isspace.
func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIISpace(byte(r))
	}
	return unicode.IsSpace(r)
}
