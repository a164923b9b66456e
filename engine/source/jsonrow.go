package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The bounds of a JSON text. A record is in memory as a whole, everything else passes through.
const (
	maxJSONRecord = 64 << 20 // bytes
	maxJSONDepth  = 256      // of brackets
	maxJSONFields = 4096     // different fields of all records
)

// JSONReader streams the records of a JSON text: the objects of a list, or objects one after the
// other (NDJSON). Objects in a record are taken apart into fields of their own, named a.b; lists
// stand as JSON text without blanks. Memory is that of one record, however long the text.
type JSONReader struct {
	// Names are the fields met so far; fields that are not among them are added as they come.
	Names []string
	// Single is the name of a list of objects in a text that is one record alone: it may be the
	// list that was meant. It is known after the last record.
	Single string

	in    jsonInput
	path  []string
	index map[string]int
	cells []Cell
	seen  []int // by field: the record that had it last
	count int
	open  int    // objects of the path that are entered
	list  bool   // records come from a list
	ended bool   // the text is over
	name  []byte // of the field that is read, with its path
	text  []byte // scratch
}

// JSONError is a text that is not what it should be.
type JSONError struct {
	Line, Col int // from 1, in bytes
	Msg       string
	Absent    []string // the names that stand where the path's next one is not
	Err       error    // of the reading below; nil if the text is at fault
}

// Error gives place and reason.
func (e *JSONError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Col, e.Msg)
}

// Unwrap gives the error of the reading below.
func (e *JSONError) Unwrap() error { return e.Err }

// JSONPath reads "data.items"; an empty text and "." are the top.
func JSONPath(text string) []string {
	text = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(text), "$"), ".")
	if text == "" {
		return nil
	}
	return strings.Split(text, ".")
}

// NewJSONReader reads the records that stand at the path; none is the top of the text. The names
// are fields that are known already, in the order in which cells are wanted.
func NewJSONReader(in io.Reader, path, names []string) *JSONReader {
	j := &JSONReader{in: jsonInput{in: in, line: 1}, path: path, index: map[string]int{}}
	for _, n := range names {
		j.field([]byte(n))
	}
	return j
}

// Next gives the next record, cells in the order of Names; io.EOF after the last. The cells are
// valid until the next call. Other errors are *JSONError.
func (j *JSONReader) Next() ([]Cell, error) {
	if j.ended {
		return nil, io.EOF
	}
	more, err := j.advance()
	if err != nil {
		return nil, err
	}
	if !more {
		j.ended = true
		return nil, io.EOF
	}
	clear(j.cells)
	j.count++
	j.in.start = j.in.at()
	if c := j.in.peek(); c != '{' {
		return nil, j.in.fail("a record should be an object in braces, but %s stands here", j.in.what(c))
	}
	j.name = j.name[:0]
	j.Single = ""
	if err := j.object(1); err != nil {
		return nil, err
	}
	if j.list || j.count > 1 {
		j.Single = ""
	}
	return j.cells, nil
}

// advance goes to the next record; false after the last.
func (j *JSONReader) advance() (bool, error) {
	in := &j.in
	for {
		if j.list {
			switch c := in.peek(); c {
			case ']':
				in.pos++
				j.list = false
				if err := j.leave(); err != nil {
					return false, err
				}
				if len(j.path) == 0 {
					return j.end()
				}
				continue
			case ',':
				if in.first {
					return false, in.fail("a record was expected, but %s stands here", in.what(c))
				}
				in.pos++
				if c := in.peek(); c == ']' {
					return false, in.fail("a record was expected behind the comma, but %s stands here", in.what(c))
				}
				return true, nil
			default:
				if !in.first {
					return false, in.fail("a comma or ] was expected behind a record, but %s stands here", in.what(c))
				}
				in.first = false
				return true, nil
			}
		}
		c := in.peek()
		switch {
		case c == 0 && errors.Is(in.err, io.EOF) && in.pos == in.end:
			return false, nil
		case len(j.path) > 0:
			if err := j.enter(); err != nil {
				return false, err
			}
		case c == '[' && j.count == 0:
			in.pos++
			j.list, in.first = true, true
		default:
			return true, nil
		}
	}
}

// end checks that nothing follows.
func (j *JSONReader) end() (bool, error) {
	c := j.in.peek()
	if c == 0 && errors.Is(j.in.err, io.EOF) && j.in.pos == j.in.end {
		return false, nil
	}
	return false, j.in.fail("the list has ended, but %s follows", j.in.what(c))
}

// enter goes down the path to its list.
func (j *JSONReader) enter() error {
	in := &j.in
	for j.open = 0; j.open < len(j.path); j.open++ {
		if c := in.peek(); c != '{' {
			return in.fail("%s should be an object in braces, but %s stands here", pathName(j.path[:j.open]), in.what(c))
		}
		in.pos++
		var others []string
		for first := true; ; first = false {
			key, more, err := j.key(first)
			if err != nil {
				return err
			}
			if !more {
				e := in.fail("%s has no %q", pathName(j.path[:j.open]), j.path[j.open])
				e.Absent = others
				return e
			}
			if string(key) == j.path[j.open] {
				break
			}
			if len(others) < 30 {
				others = append(others, string(key))
			}
			if err := j.value(nil, 1); err != nil {
				return err
			}
		}
	}
	switch c := in.peek(); c {
	case '[':
		in.pos++
		j.list, in.first = true, true
		return nil
	case 'n': // null is a list without records
		if err := j.value(nil, 1); err != nil {
			return err
		}
		return j.leave()
	default:
		return in.fail("%s should be a list of records, but %s stands here", pathName(j.path), in.what(c))
	}
}

// leave passes over what follows the list in the objects around it, so that a text that is cut off
// does not go unnoticed.
func (j *JSONReader) leave() error {
	for ; j.open > 0; j.open-- {
		for {
			_, more, err := j.key(false)
			if err != nil {
				return err
			}
			if !more {
				break
			}
			if err := j.value(nil, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

func pathName(path []string) string {
	if len(path) == 0 {
		return "the document"
	}
	return strings.Join(path, ".")
}

// key reads a name and its colon, or the brace that ends the object.
func (j *JSONReader) key(first bool) (key []byte, more bool, err error) {
	in := &j.in
	c := in.peek()
	switch {
	case c == '}':
		in.pos++
		return nil, false, nil
	case !first && c != ',':
		return nil, false, in.fail("a comma or } was expected, but %s stands here", in.what(c))
	case !first:
		in.pos++
		c = in.peek()
	}
	if c != '"' {
		return nil, false, in.fail("a name in double quotes was expected, but %s stands here", in.what(c))
	}
	if j.text, err = in.quoted(j.text[:0]); err != nil {
		return nil, false, err
	}
	if c := in.peek(); c != ':' {
		return nil, false, in.fail("a colon was expected behind the name, but %s stands here", in.what(c))
	}
	in.pos++
	return j.text, true, nil
}

// object reads the fields of a record, or of an object in it.
func (j *JSONReader) object(depth int) error {
	in := &j.in
	if depth > maxJSONDepth {
		return in.fail("brackets stand more than %d deep in one another", maxJSONDepth)
	}
	in.pos++
	prefix := len(j.name)
	for first := true; ; first = false {
		key, more, err := j.key(first)
		if err != nil || !more {
			return err
		}
		if j.name = j.name[:prefix]; prefix > 0 {
			j.name = append(j.name, '.')
		}
		j.name = append(j.name, key...)
		c := in.peek()
		if c == '{' {
			err = j.object(depth + 1)
		} else {
			err = j.put(c)
		}
		if err != nil {
			return err
		}
		j.name = j.name[:prefix]
	}
}

// put reads a value into its field.
func (j *JSONReader) put(c byte) error {
	i := j.field(j.name)
	if i < 0 {
		return j.in.fail("the records have more than %d different fields: their names seem to be data", maxJSONFields)
	}
	cell, err := j.cell(c)
	if err != nil {
		return err
	}
	if j.seen[i] == j.count && j.cells[i] != cell {
		cell = Cell{Kind: Broken, Text: fmt.Sprintf("%s and %s, the name stands twice", clip(j.cells[i].String(), 40), clip(cell.String(), 40))}
	}
	j.cells[i], j.seen[i] = cell, j.count
	return nil
}

// field gives a name's place, -1 if there are too many.
func (j *JSONReader) field(name []byte) int {
	if i, ok := j.index[string(name)]; ok {
		return i
	}
	if len(j.Names) >= maxJSONFields {
		return -1
	}
	n := string(name)
	j.index[n] = len(j.Names)
	j.Names = append(j.Names, n)
	j.cells = append(j.cells, Cell{})
	j.seen = append(j.seen, 0)
	return len(j.Names) - 1
}

// cell reads a value that is no object.
func (j *JSONReader) cell(c byte) (Cell, error) {
	in := &j.in
	var err error
	switch c {
	case '"':
		if j.text, err = in.quoted(j.text[:0]); err != nil {
			return Cell{}, err
		}
		return Cell{Kind: Text, Text: string(j.text)}, nil
	case '[':
		j.text = j.text[:0]
		if err := j.value(&j.text, 1); err != nil {
			return Cell{}, err
		}
		if len(j.text) > 1 && j.text[1] == '{' {
			j.Single = string(j.name)
		}
		return Cell{Kind: Text, Text: string(j.text)}, nil
	}
	if j.text, err = in.word(j.text[:0]); err != nil {
		return Cell{}, err
	}
	switch w := string(j.text); w {
	case "null":
		return Cell{}, nil
	case "true", "false":
		return Cell{Kind: Bool, Text: w}, nil
	case "NaN", "Infinity", "-Infinity": // Python writes them, though JSON has none
		return Cell{Kind: Broken, Text: w}, nil
	default:
		return Cell{Kind: Number, Text: w, Exact: true}, nil
	}
}

// value passes over a value, and writes it to out without blanks unless that is nil.
func (j *JSONReader) value(out *[]byte, depth int) error {
	in := &j.in
	put := func(c byte) {
		if in.pos++; out != nil {
			*out = append(*out, c)
		}
	}
	if depth > maxJSONDepth {
		return in.fail("brackets stand more than %d deep in one another", maxJSONDepth)
	}
	if out == nil {
		in.start = in.at()
	}
	c := in.peek()
	switch c {
	case '"':
		return in.pass(out)
	case '{', '[':
	default:
		var w [64]byte
		b, err := in.word(w[:0])
		if out != nil {
			*out = append(*out, b...)
		}
		return err
	}
	put(c)
	shut := c + 2
	for first := true; ; first = false {
		switch next := in.peek(); {
		case next == shut:
			put(shut)
			return nil
		case first:
		case next == ',':
			put(',')
		default:
			return in.fail("a comma or %c was expected, but %s stands here", shut, in.what(next))
		}
		if c == '{' {
			if next := in.peek(); next != '"' {
				return in.fail("a name in double quotes was expected, but %s stands here", in.what(next))
			}
			if err := in.pass(out); err != nil {
				return err
			}
			if next := in.peek(); next != ':' {
				return in.fail("a colon was expected behind the name, but %s stands here", in.what(next))
			}
			put(':')
		}
		if err := j.value(out, depth+1); err != nil {
			return err
		}
	}
}

// JSONValue gives the value at a path of a JSON text; ok is false where there is none. An object
// or a list is its JSON text.
func JSONValue(text []byte, path []string) (c Cell, ok bool, err error) {
	j := &JSONReader{in: jsonInput{in: bytes.NewReader(text), line: 1}, index: map[string]int{}}
	for _, name := range path {
		if j.in.peek() != '{' {
			return Cell{}, false, nil
		}
		j.in.pos++
		for first := true; ; first = false {
			key, more, err := j.key(first)
			if err != nil || !more {
				return Cell{}, false, err
			}
			if string(key) == name {
				break
			}
			if err := j.value(nil, 1); err != nil {
				return Cell{}, false, err
			}
		}
	}
	if j.in.peek() == '{' {
		var out []byte
		err := j.value(&out, 1)
		return Cell{Kind: Text, Text: string(out)}, err == nil, err
	}
	c, err = j.cell(j.in.peek())
	return c, err == nil, err
}
