package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// UnmarshalJSON reads an object, keeping the order of its keys. Whole numbers become int64,
// others float64, objects *Map, arrays []any. Null leaves the map as it is.
func (m *Map) UnmarshalJSON(data []byte) error {
	p := jsonParser{data: data}
	v, err := p.value()
	if err != nil {
		return err
	}
	if p.space(); p.at < len(data) {
		return p.bad("end of the text")
	}
	if v == nil {
		return nil
	}
	got, ok := v.(*Map)
	if !ok {
		return fmt.Errorf("want a JSON object, have %T", v)
	}
	*m = *got
	return nil
}

// maxJSONDepth bounds nesting, as encoding/json does.
const maxJSONDepth = 10_000

// jsonParser reads ordered values. An earlier manifest holds some hundred thousand small
// objects, for which a json.Decoder each would take most of the time.
type jsonParser struct {
	data  []byte
	at    int
	depth int
}

func (p *jsonParser) bad(want string) error {
	return fmt.Errorf("JSON at byte %d: want %s", p.at, want)
}

func (p *jsonParser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// take skips white space and then one expected byte.
func (p *jsonParser) take(c byte) bool {
	p.space()
	if p.at < len(p.data) && p.data[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *jsonParser) value() (any, error) {
	p.space()
	if p.at >= len(p.data) {
		return nil, p.bad("a value")
	}
	switch c := p.data[p.at]; c {
	case '{', '[':
		if p.depth++; p.depth > maxJSONDepth {
			return nil, errors.New("JSON is nested too deeply")
		}
		defer func() { p.depth-- }()
		p.at++
		if c == '{' {
			return p.object()
		}
		return p.array()
	case '"':
		return p.text()
	case 't':
		return true, p.word("true")
	case 'f':
		return false, p.word("false")
	case 'n':
		return nil, p.word("null")
	default:
		return p.number()
	}
}

func (p *jsonParser) word(w string) error {
	if len(p.data)-p.at < len(w) || string(p.data[p.at:p.at+len(w)]) != w {
		return p.bad(w)
	}
	p.at += len(w)
	return nil
}

func (p *jsonParser) object() (any, error) {
	m := &Map{}
	if p.take('}') {
		return m, nil
	}
	for {
		p.space()
		key, err := p.text()
		if err != nil {
			return nil, err
		}
		if !p.take(':') {
			return nil, p.bad("a colon")
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		m.Set(key, v)
		if p.take('}') {
			return m, nil
		}
		if !p.take(',') {
			return nil, p.bad("a comma or }")
		}
	}
}

func (p *jsonParser) array() (any, error) {
	list := []any{}
	if p.take(']') {
		return list, nil
	}
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if p.take(']') {
			return list, nil
		}
		if !p.take(',') {
			return nil, p.bad("a comma or ]")
		}
	}
}

// text reads a string; one with escapes is left to encoding/json.
func (p *jsonParser) text() (string, error) {
	if p.at >= len(p.data) || p.data[p.at] != '"' {
		return "", p.bad("a string")
	}
	start, plain := p.at, true
	for p.at++; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; {
		case c == '\\':
			plain = false
			p.at++
		case c == '"':
			p.at++
			if plain {
				return string(p.data[start+1 : p.at-1]), nil
			}
			var s string
			err := json.Unmarshal(p.data[start:p.at], &s)
			return s, err
		case c < ' ' || c >= 0x80:
			plain = false
		}
	}
	return "", p.bad("the end of a string")
}

func (p *jsonParser) number() (any, error) {
	start := p.at
	for p.at < len(p.data) {
		switch c := p.data[p.at]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			p.at++
			continue
		}
		break
	}
	word := p.data[start:p.at]
	if !json.Valid(word) {
		p.at = start
		return nil, p.bad("a value")
	}
	if i, err := strconv.ParseInt(string(word), 10, 64); err == nil {
		return i, nil
	}
	return strconv.ParseFloat(string(word), 64)
}
