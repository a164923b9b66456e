package jinja

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonStyle is how values are written as JSON.
type jsonStyle struct {
	sortKeys bool
	indent   string // empty: on one line
	html     bool   // escape what could end a script element
	defStr   bool   // what JSON cannot hold is written as str()
}

// appendJSON writes v as Python's json.dumps does.
func (s *jsonStyle) append(b []byte, v Value, depth int) ([]byte, error) {
	if depth > maxReprDepth*4 {
		return b, opErrorf("Circular reference detected")
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case *big.Int:
		return v.Append(b, 10), nil
	case float64:
		return appendJSONFloat(b, v), nil
	case string:
		return s.str(b, v), nil
	case Markup:
		return s.str(b, string(v)), nil
	case *List:
		return s.array(b, v.Items, depth)
	case Tuple:
		return s.array(b, v, depth)
	case *group:
		return s.array(b, v.Iter(), depth)
	case JSONer:
		if x, ok := v.JSON(); ok {
			return s.append(b, x, depth+1)
		}
	}
	if d, ok := asDict(v); ok {
		return s.object(b, d, depth)
	}
	if s.defStr {
		return s.str(b, Str(v)), nil
	}
	return b, opErrorf("Object of type %s is not JSON serializable", typeName(v))
}

func appendJSONFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "NaN"...)
	case math.IsInf(f, 1):
		return append(b, "Infinity"...)
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...)
	}
	return appendFloat(b, f)
}

func (s *jsonStyle) newline(b []byte, depth int) []byte {
	if s.indent == "" {
		return b
	}
	return append(append(b, '\n'), strings.Repeat(s.indent, depth)...)
}

// separator is what stands between items.
func (s *jsonStyle) separator() string {
	if s.indent == "" {
		return ", "
	}
	return ","
}

func (s *jsonStyle) array(b []byte, items []Value, depth int) ([]byte, error) {
	if len(items) == 0 {
		return append(b, "[]"...), nil
	}
	b = append(b, '[')
	for i, x := range items {
		if i > 0 {
			b = append(b, s.separator()...)
		}
		var err error
		if b, err = s.append(s.newline(b, depth+1), x, depth+1); err != nil {
			return b, err
		}
	}
	return append(s.newline(b, depth), ']'), nil
}

func (s *jsonStyle) object(b []byte, d *Dict, depth int) ([]byte, error) {
	if d.Len() == 0 {
		return append(b, "{}"...), nil
	}
	keys := d.Keys()
	if s.sortKeys {
		sorted, err := sortBy(keys, keys, false)
		if err != nil {
			return b, err
		}
		keys = sorted
	}
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, s.separator()...)
		}
		name, err := jsonKey(k)
		if err != nil {
			return b, err
		}
		b = append(s.str(s.newline(b, depth+1), name), ": "...)
		v, _ := d.Get(k)
		if b, err = s.append(b, v, depth+1); err != nil {
			return b, err
		}
	}
	return append(s.newline(b, depth), '}'), nil
}

func jsonKey(k Value) (string, error) {
	switch k := k.(type) {
	case string:
		return k, nil
	case Markup:
		return string(k), nil
	case nil:
		return "null", nil
	case bool:
		return strconv.FormatBool(k), nil
	case int64, *big.Int:
		return Str(k), nil
	case float64:
		return string(appendJSONFloat(nil, k)), nil
	}
	return "", opErrorf("keys must be str, int, float, bool or None, not %s", typeName(k))
}

func (s *jsonStyle) str(b []byte, text string) []byte {
	b = append(b, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case s.html && (r == '<' || r == '>' || r == '&' || r == '\''), r < ' ', r >= utf8.RuneSelf && r < 0x10000:
			b = append(b, '\\', 'u')
			b = appendHex(b, r, 4)
		case r >= 0x10000:
			hi, lo := utf16.EncodeRune(r)
			b = append(b, '\\', 'u')
			b = appendHex(b, hi, 4)
			b = append(b, '\\', 'u')
			b = appendHex(b, lo, 4)
		default:
			b = append(b, byte(r))
		}
	}
	return append(b, '"')
}

func filterToJSON(c *Call) (Value, error) {
	if err := c.limit("indent"); err != nil {
		return nil, err
	}
	s := jsonStyle{sortKeys: true, html: true}
	switch n := c.opt(1, "indent", nil).(type) {
	case nil:
	case string:
		s.indent = n
	default:
		i, ok := index(n)
		if !ok {
			return nil, opErrorf("indent must be an int, not %s", typeName(n))
		}
		s.indent = strings.Repeat(" ", max(0, min(i, 64)))
	}
	if u, ok := c.Args[0].(*Undefined); ok {
		return nil, opErrorf("Object of type %s is not JSON serializable", typeName(u))
	}
	b, err := s.append(nil, c.Args[0], 0)
	return Markup(b), err
}

// parseJSON reads JSON as Python's json.loads does: objects keep their order.
func parseJSON(s string) (Value, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	v, err := decodeJSON(d)
	if err != nil {
		return nil, err
	}
	if d.More() {
		return nil, opErrorf("extra data after the JSON value")
	}
	return v, nil
}

func decodeJSON(d *json.Decoder) (Value, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return decodeJSONArray(d)
		}
		return decodeJSONObject(d)
	case json.Number:
		return jsonNumber(string(t)), nil
	}
	return t, nil
}

func jsonNumber(s string) Value {
	if !strings.ContainsAny(s, ".eE") {
		if b, ok := new(big.Int).SetString(s, 10); ok {
			return normal(b)
		}
	}
	f, _ := strconv.ParseFloat(s, 64)
	return f
}

func decodeJSONArray(d *json.Decoder) (Value, error) {
	l := &List{}
	for d.More() {
		v, err := decodeJSON(d)
		if err != nil {
			return nil, err
		}
		l.Items = append(l.Items, v)
	}
	_, err := d.Token()
	return l, err
}

func decodeJSONObject(d *json.Decoder) (Value, error) {
	out := NewDict()
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := decodeJSON(d)
		if err != nil {
			return nil, err
		}
		out.Set(k, v)
	}
	_, err := d.Token()
	return out, err
}
