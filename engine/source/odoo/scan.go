package odoo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// scanner walks through JSON. It differs from encoding/json in three ways: it keeps numbers to the
// letter, it makes no value for what nobody asks for, and it lets NaN and Infinity pass, which
// Python writes and JSON does not have.
type scanner struct {
	b []byte
	i int
}

var errJSON = errors.New("the answer is no JSON, or was cut off")

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// peek gives the next byte that is no space; 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.i >= len(s.b) {
		return 0
	}
	return s.b[s.i]
}

// take passes over c.
func (s *scanner) take(c byte) error {
	if s.peek() != c {
		return errJSON
	}
	s.i++
	return nil
}

// value passes over one value and gives its bytes. Depth needs no stack: only the kinds of the
// open brackets are kept.
func (s *scanner) value() ([]byte, error) {
	s.space()
	start := s.i
	var open []byte
	for {
		switch c := s.peek(); c {
		case '{', '[':
			s.i++
			if s.peek() == c+2 { // the bracket that closes it
				s.i++
				break
			}
			open = append(open, c)
			if c == '{' {
				if err := s.key(); err != nil {
					return nil, err
				}
			}
			continue
		case '"':
			if err := s.quoted(); err != nil {
				return nil, err
			}
		default:
			if err := s.word(); err != nil {
				return nil, err
			}
		}
		for len(open) > 0 {
			last := open[len(open)-1]
			c := s.peek()
			if c == last+2 {
				s.i++
				open = open[:len(open)-1]
				continue
			}
			if c != ',' {
				return nil, errJSON
			}
			s.i++
			if last == '{' {
				if err := s.key(); err != nil {
					return nil, err
				}
			}
			break
		}
		if len(open) == 0 {
			return s.b[start:s.i], nil
		}
	}
}

// key passes over a key of an object and its colon.
func (s *scanner) key() error {
	s.space()
	if err := s.quoted(); err != nil {
		return err
	}
	return s.take(':')
}

func (s *scanner) quoted() error {
	if s.i >= len(s.b) || s.b[s.i] != '"' {
		return errJSON
	}
	for i := s.i + 1; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '"':
			s.i = i + 1
			return nil
		case c == '\\':
			i++
		case c < ' ':
			return errJSON
		}
	}
	return errJSON
}

// word passes over a number or one of the words of JSON and Python.
func (s *scanner) word() error {
	start := s.i
	for s.i < len(s.b) {
		c := s.b[s.i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.' {
			s.i++
			continue
		}
		break
	}
	switch w := string(s.b[start:s.i]); w {
	case "true", "false", "null", "NaN", "Infinity", "-Infinity":
		return nil
	default:
		if _, err := strconv.ParseFloat(w, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
			return errJSON
		}
		return nil
	}
}

// object calls f with each key and value of an object.
func (s *scanner) object(f func(key string, value []byte) error) error {
	if err := s.take('{'); err != nil {
		return err
	}
	if s.peek() == '}' {
		s.i++
		return nil
	}
	for {
		s.space()
		at := s.i
		if err := s.quoted(); err != nil {
			return err
		}
		key, err := unquote(s.b[at:s.i])
		if err != nil {
			return err
		}
		if err := s.take(':'); err != nil {
			return err
		}
		value, err := s.value()
		if err != nil {
			return err
		}
		if err := f(key, value); err != nil {
			return err
		}
		if s.peek() == '}' {
			s.i++
			return nil
		}
		if err := s.take(','); err != nil {
			return err
		}
	}
}

// element gives the next value of an array whose bracket has been taken; ok is false after the last.
func (s *scanner) element() (value []byte, ok bool, err error) {
	switch s.peek() {
	case ']':
		s.i++
		return nil, false, nil
	case ',':
		s.i++
	}
	value, err = s.value()
	return value, err == nil, err
}

// whole checks that nothing follows.
func (s *scanner) whole() error {
	if s.peek() != 0 || s.i < len(s.b) {
		return errJSON
	}
	return nil
}

// unquote gives the text of a quoted string.
func unquote(b []byte) (string, error) {
	inner := b[1 : len(b)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), nil
	}
	var out string
	if err := json.Unmarshal(b, &out); err != nil {
		return "", errJSON
	}
	return out, nil
}

// number reads a whole number.
func number(b []byte) (int64, error) {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no whole number", clip(b))
	}
	return n, nil
}

func clip(b []byte) string {
	if len(b) > 40 {
		return string(b[:40]) + "…"
	}
	return string(b)
}
