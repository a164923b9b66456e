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

// inside reads a token between the signs of a tag.
func (l *lexer) inside() token {
	for {
		l.skipSpace()
		if l.pos >= len(l.src) {
			return l.eof()
		}
		if l.src[l.pos] != '#' || len(l.balance) == 0 && l.atEnd(l.pos+1) {
			break
		}
		l.lineComment()
	}
	if len(l.balance) == 0 {
		if t, ok := l.close(); ok {
			return t
		}
	}
	c := l.src[l.pos]
	switch {
	case c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
		return l.name()
	case '0' <= c && c <= '9':
		return l.number()
	case c == '\'' || c == '"':
		return l.str(c)
	case c >= utf8.RuneSelf:
		if r, _ := utf8.DecodeRuneInString(l.src[l.pos:]); unicode.IsLetter(r) {
			return l.name()
		}
	}
	return l.operator(c)
}

// lineComment skips a "#" comment, up to the end of the line or the tag.
func (l *lexer) lineComment() {
	for l.pos < len(l.src) && l.src[l.pos] != '\n' && (len(l.balance) > 0 || !l.atEnd(l.pos)) {
		l.pos++
	}
}

// atEnd reports whether the tag's end stands at i.
func (l *lexer) atEnd(i int) bool {
	if i+1 >= len(l.src) || l.src[i+1] != '}' {
		return false
	}
	if l.mode == modeVar {
		return l.src[i] == '}'
	}
	return l.src[i] == '%'
}

// close reads the end of the tag, if it stands here.
func (l *lexer) close() (token, bool) {
	at := l.pos
	sign := byte(0)
	if c := l.src[at]; c == '-' || c == '+' && l.mode == modeBlock {
		sign = c
		at++
	}
	if !l.atEnd(at) {
		return token{}, false
	}
	t := token{tokVarEnd, int32(l.pos), int32(at + 2), l.src[l.pos : at+2]}
	l.pos = at + 2
	if l.mode == modeBlock {
		t.kind = tokBlockEnd
		l.afterBlock(sign)
	} else if sign == '-' {
		l.skipSpace()
	}
	l.mode = modeData
	return t, true
}

func (l *lexer) name() token {
	start := l.pos
	i := start
	for i < len(l.src) {
		c := l.src[i]
		if c < utf8.RuneSelf {
			if c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
				i++
				continue
			}
			break
		}
		r, n := utf8.DecodeRuneInString(l.src[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) {
			break
		}
		i += n
	}
	l.pos = i
	return token{tokName, int32(start), int32(i), l.src[start:i]}
}

func (l *lexer) str(quote byte) token {
	start := l.pos
	for i := start + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case quote:
			l.pos = i + 1
			return token{tokString, int32(start), int32(l.pos), l.src[start:l.pos]}
		}
	}
	return l.fail(start, start+1, "this string is never closed", "close it with "+string(quote))
}

func (l *lexer) number() token {
	start := l.pos
	src := l.src
	if src[start] == '0' && start+1 < len(src) {
		if end := radixEnd(src, start); end > 0 {
			l.pos = end
			return token{tokInt, int32(start), int32(end), src[start:end]}
		}
	}
	i := digits(src, start)
	kind := tokInt
	if start == 0 || src[start-1] != '.' {
		if i+1 < len(src) && src[i] == '.' && isDigit(src[i+1]) {
			i = digits(src, i+1)
			kind = tokFloat
		}
		if i < len(src) && (src[i] == 'e' || src[i] == 'E') {
			j := i + 1
			if j < len(src) && (src[j] == '+' || src[j] == '-') {
				j++
			}
			if j < len(src) && isDigit(src[j]) {
				i = digits(src, j)
				kind = tokFloat
			}
		}
	}
	if kind == tokInt && src[start] == '0' {
		i = start + len(src[start:i]) - len(strings.TrimLeft(src[start:i], "0_"))
	}
	l.pos = i
	return token{kind, int32(start), int32(i), src[start:i]}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// digits skips digits with single underscores between them.
func digits(src string, i int) int {
	for i < len(src) && (isDigit(src[i]) || src[i] == '_' && i+1 < len(src) && isDigit(src[i+1])) {
		i++
	}
	return i
}

// radixEnd gives the end of a binary, octal or hexadecimal literal, or 0.
func radixEnd(src string, start int) int {
	var ok func(c byte) bool
	switch src[start+1] | 0x20 {
	case 'x':
		ok = func(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
	case 'b':
		ok = func(c byte) bool { return c == '0' || c == '1' }
	case 'o':
		ok = func(c byte) bool { return '0' <= c && c <= '7' }
	default:
		return 0
	}
	i := start + 2
	for i < len(src) && (ok(src[i]) || src[i] == '_' && i+1 < len(src) && ok(src[i+1])) {
		i++
	}
	if i == start+2 {
		return 0
	}
	return i
}

func (l *lexer) operator(c byte) token {
	start := l.pos
	kind, n := tokEOF, 1
	second := byte(0)
	if start+1 < len(l.src) {
		second = l.src[start+1]
	}
	switch c {
	case '+':
		kind = tokAdd
	case '-':
		kind = tokSub
	case '*':
		kind, n = pick(second == '*', tokPow, tokMul)
	case '/':
		kind, n = pick(second == '/', tokFloorDiv, tokDiv)
	case '%':
		kind = tokMod
	case '~':
		kind = tokTilde
	case '=':
		kind, n = pick(second == '=', tokEq, tokAssign)
	case '<':
		kind, n = pick(second == '=', tokLe, tokLt)
	case '>':
		kind, n = pick(second == '=', tokGe, tokGt)
	case '!':
		if second == '=' {
			kind, n = tokNe, 2
		}
	case '.':
		kind = tokDot
	case ',':
		kind = tokComma
	case ':':
		kind = tokColon
	case ';':
		kind = tokSemicolon
	case '|':
		kind = tokPipe
	default:
		return l.bracket(c)
	}
	if kind == tokEOF {
		return l.badChar()
	}
	l.pos = start + n
	return token{kind, int32(start), int32(l.pos), l.src[start:l.pos]}
}

func pick(two bool, long, short tokenKind) (tokenKind, int) {
	if two {
		return long, 2
	}
	return short, 1
}

func (l *lexer) bracket(c byte) token {
	start := l.pos
	var kind tokenKind
	switch c {
	case '(':
		kind = tokLParen
		l.balance = append(l.balance, ')')
	case '[':
		kind = tokLBracket
		l.balance = append(l.balance, ']')
	case '{':
		kind = tokLBrace
		l.balance = append(l.balance, '}')
	case ')', ']', '}':
		n := len(l.balance)
		if n == 0 {
			return l.fail(start, start+1, "unexpected '"+string(c)+"': no bracket is open", "")
		}
		if l.balance[n-1] != c {
			return l.fail(start, start+1, "unexpected '"+string(c)+"', expected '"+string(l.balance[n-1])+"'", "")
		}
		l.balance = l.balance[:n-1]
		switch c {
		case ')':
			kind = tokRParen
		case ']':
			kind = tokRBracket
		default:
			kind = tokRBrace
		}
	default:
		return l.badChar()
	}
	l.pos++
	return token{kind, int32(start), int32(l.pos), l.src[start:l.pos]}
}

func (l *lexer) badChar() token {
	r, n := utf8.DecodeRuneInString(l.src[l.pos:])
	hint := ""
	switch r {
	case '&':
		hint = `Jinja writes "and"`
	case '!':
		hint = `Jinja writes "not" and "!="`
	case '“', '”', '‘', '’':
		hint = "use straight quotes: ' or \""
	}
	return l.fail(l.pos, l.pos+n, "unexpected character "+Repr(string(r)), hint)
}
