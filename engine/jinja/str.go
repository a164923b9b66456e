package jinja

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// text gives a string or Markup as a string.
func text(v Value) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Markup:
		return string(v), true
	}
	return "", false
}

// Str is Python's str().
func Str(v Value) string {
	switch v := v.(type) {
	case string:
		return v
	case Markup:
		return string(v)
	case Stringer:
		return v.String()
	}
	return string(appendStr(nil, v))
}

// Repr is Python's repr().
func Repr(v Value) string { return string(appendRepr(nil, v, 0)) }

// appendStr appends str(v).
func appendStr(b []byte, v Value) []byte {
	switch v := v.(type) {
	case string:
		return append(b, v...)
	case Markup:
		return append(b, v...)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case nil:
		return append(b, "None"...)
	case bool:
		if v {
			return append(b, "True"...)
		}
		return append(b, "False"...)
	case float64:
		return appendFloat(b, v)
	case *Undefined:
		return b
	case *big.Int:
		return v.Append(b, 10)
	case *List, Tuple, *Dict:
		return appendRepr(b, v, 0)
	case Stringer:
		return append(b, v.String()...)
	}
	return appendRepr(b, v, 0)
}

// maxReprDepth stops a list that holds itself.
const maxReprDepth = 64

func appendRepr(b []byte, v Value, depth int) []byte {
	if depth > maxReprDepth {
		return append(b, "..."...)
	}
	switch v := v.(type) {
	case string:
		return appendQuoted(b, v)
	case Markup:
		b = append(b, "Markup("...)
		b = appendQuoted(b, string(v))
		return append(b, ')')
	case *List:
		b = append(b, '[')
		b = appendReprs(b, v.Items, depth)
		return append(b, ']')
	case Tuple:
		b = append(b, '(')
		b = appendReprs(b, v, depth)
		if len(v) == 1 {
			b = append(b, ',')
		}
		return append(b, ')')
	case *Dict:
		return appendDict(b, v, depth)
	case *Undefined:
		return append(b, "Undefined"...)
	case int64, nil, bool, float64, *big.Int:
		return appendStr(b, v)
	case Reprer:
		return append(b, v.Repr()...)
	case Stringer:
		return append(b, v.String()...)
	case Callable:
		return append(b, "<function>"...)
	case Object:
		return append(b, "<object>"...)
	}
	return append(append(append(b, "<"...), typeName(v)...), '>')
}

func appendReprs(b []byte, items []Value, depth int) []byte {
	for i, item := range items {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendRepr(b, item, depth+1)
	}
	return b
}

func appendDict(b []byte, d *Dict, depth int) []byte {
	b = append(b, '{')
	first := true
	for k, v := range d.All() {
		if !first {
			b = append(b, ", "...)
		}
		first = false
		b = appendRepr(b, k, depth+1)
		b = append(b, ": "...)
		b = appendRepr(b, v, depth+1)
	}
	return append(b, '}')
}

// appendFloat writes a float as Python's repr does: the shortest text that reads back.
func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	case math.IsNaN(f):
		return append(b, "nan"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	for _, c := range b[start:] {
		if c == '.' {
			return b
		}
	}
	return append(b, ".0"...)
}

// appendQuoted writes a string as Python's repr does.
func appendQuoted(b []byte, s string) []byte {
	quote := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		quote = '"'
	}
	b = append(b, quote)
	for _, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < utf8.RuneSelf && r >= ' ' && r != 0x7f, r >= utf8.RuneSelf && unicode.IsPrint(r):
			b = utf8.AppendRune(b, r)
		case r < 0x100:
			b = append(b, '\\', 'x')
			b = appendHex(b, r, 2)
		case r < 0x10000:
			b = append(b, '\\', 'u')
			b = appendHex(b, r, 4)
		default:
			b = append(b, '\\', 'U')
			b = appendHex(b, r, 8)
		}
	}
	return append(b, quote)
}

func appendHex(b []byte, r rune, width int) []byte {
	s := strconv.FormatInt(int64(r), 16)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Truth is Python's bool().
func Truth(v Value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case nil:
		return false
	case string:
		return v != ""
	case int64:
		return v != 0
	case *List:
		return len(v.Items) > 0
	case *Dict:
		return v.Len() > 0
	case Tuple:
		return len(v) > 0
	case Markup:
		return v != ""
	case float64:
		return v != 0
	case *Undefined:
		return false
	case *big.Int:
		return v.Sign() != 0
	case Truther:
		return v.Truth()
	case Sized:
		return v.Len() > 0
	}
	return true
}

// typeName is the Python name of a value's type.
func typeName(v Value) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case Markup:
		return "Markup"
	case *List:
		return "list"
	case Tuple:
		return "tuple"
	case *Dict:
		return "dict"
	case *Undefined:
		return "Undefined"
	case *Macro:
		return "Macro"
	case Typed:
		return v.TypeName()
	case Func:
		return "function"
	case *boundMethod:
		return "builtin_function_or_method"
	}
	return "object"
}

// identical is Python's is.
func identical(a, b Value) bool {
	switch x := a.(type) {
	case Tuple:
		y, ok := b.(Tuple)
		return ok && len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
	case Func:
		return false
	case *big.Int:
		y, ok := b.(*big.Int)
		return ok && x.Cmp(y) == 0
	}
	ka, ok := hashKey(a)
	if !ok {
		ka = mustKey(a)
	}
	kb, ok := hashKey(b)
	if !ok {
		kb = mustKey(b)
	}
	return typeName(a) == typeName(b) && ka == kb
}
