package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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
