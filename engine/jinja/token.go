package jinja

import "strconv"

// tokenKind tells tokens apart.
type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokData
	tokBlockBegin
	tokBlockEnd
	tokVarBegin
	tokVarEnd
	tokName
	tokString
	tokInt
	tokFloat
	tokAdd
	tokSub
	tokMul
	tokDiv
	tokFloorDiv
	tokMod
	tokPow
	tokTilde
	tokEq
	tokNe
	tokLt
	tokLe
	tokGt
	tokGe
	tokAssign
	tokDot
	tokComma
	tokColon
	tokSemicolon
	tokPipe
	tokLParen
	tokRParen
	tokLBracket
	tokRBracket
	tokLBrace
	tokRBrace
)

// token is a piece of source; text is its characters (a name, or the text of data).
type token struct {
	kind tokenKind
	off  int32
	end  int32
	text string
}

// is reports whether the token is that keyword or name.
func (t *token) is(name string) bool { return t.kind == tokName && t.text == name }

// String describes the token for an error text.
func (t *token) String() string {
	switch t.kind {
	case tokEOF:
		return "the end of the template"
	case tokData:
		return "text"
	case tokVarBegin:
		return "'{{'"
	case tokVarEnd:
		return "'}}'"
	case tokBlockBegin:
		return "'{%'"
	case tokBlockEnd:
		return "'%}'"
	case tokString:
		return "the string " + clip(t.text)
	case tokName:
		return "'" + t.text + "'"
	default:
		return "'" + t.text + "'"
	}
}

// String describes the kind for an error text.
func (k tokenKind) String() string {
	switch k {
	case tokEOF:
		return "the end of the template"
	case tokVarEnd:
		return "'}}'"
	case tokBlockEnd:
		return "'%}'"
	case tokName:
		return "a name"
	case tokString:
		return "a string"
	case tokInt, tokFloat:
		return "a number"
	case tokAssign:
		return "'='"
	case tokComma:
		return "','"
	case tokColon:
		return "':'"
	case tokLParen:
		return "'('"
	case tokRParen:
		return "')'"
	case tokRBracket:
		return "']'"
	case tokRBrace:
		return "'}'"
	default:
		return "token " + strconv.Itoa(int(k))
	}
}

func clip(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
