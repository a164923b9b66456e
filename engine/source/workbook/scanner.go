package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// token is what the scanner stands at.
type token uint8

const (
	startTag token = iota + 1 // of an element; an empty element is followed by its endTag
	endTag
	charData // a piece of text; one text may come in several pieces
)

// maxTag bounds one tag, so that hostile parts cannot fill the memory.
const maxTag = 1 << 20

// scanner reads the tags and texts of an XML part in one pass and bounded memory. It is made for
// the parts of workbooks: names lose their prefix, attributes are read on demand, comments and
// processing instructions are passed over, and document types, with which XML attacks begin,
// are refused. That elements are closed in order is not checked.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	eof      bool
	pending  bool // an empty element's endTag comes next

	name  []byte // of the tag, without prefix; valid until next, as are attributes and text
	attrs []byte // of the start tag, unread
	text  []byte // of charData
	plain []byte // text with its references resolved
}

// fill reads more bytes behind those that are unread; it makes room for a long tag.
func (s *scanner) fill() error {
	if s.eof {
		return io.ErrUnexpectedEOF
	}
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxTag {
			return errors.New("a tag is absurdly long")
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if errors.Is(err, io.EOF) {
			s.eof = true
			return nil
		}
		if err != nil || n > 0 {
			return err
		}
	}
	return io.ErrNoProgress
}

// next gives the next token, io.EOF after the last.
func (s *scanner) next() (token, error) {
	if s.pending {
		s.pending = false
		return endTag, nil
	}
	for {
		if s.pos == s.end {
			if s.eof {
				return 0, io.EOF
			}
			if err := s.fill(); err != nil {
				return 0, err
			}
			continue
		}
		if s.buf[s.pos] != '<' {
			return charData, s.readText()
		}
		if s.end-s.pos < 4 && !s.eof { // enough to tell what it is
			if err := s.fill(); err != nil {
				return 0, err
			}
			continue
		}
		if s.end-s.pos < 2 {
			return 0, io.ErrUnexpectedEOF
		}
		switch s.buf[s.pos+1] {
		case '/':
			return endTag, s.readEnd()
		case '?':
			if err := s.skip("?>"); err != nil {
				return 0, err
			}
		case '!':
			if t, err := s.readMarkup(); t != 0 || err != nil {
				return t, err
			}
		default:
			return startTag, s.readStart()
		}
	}
}

// readText reads text up to the next tag, or as much as there is in the buffer.
func (s *scanner) readText() error {
	for {
		b := s.buf[s.pos:s.end]
		i, special := textEnd(b)
		if i < 0 && !s.eof && len(b) < 1<<14 {
			if err := s.fill(); err != nil {
				return err
			}
			continue
		}
		if i < 0 {
			i = len(b)
			if amp := bytes.LastIndexByte(b, '&'); amp > 0 && i-amp < 16 && !s.eof {
				i = amp // do not cut a reference
			}
			if i > 1 && b[i-1] == '\r' && !s.eof {
				i-- // nor a line end
			}
		}
		s.pos += i
		if s.text = b[:i]; !special {
			return nil
		}
		var err error
		s.text, err = s.resolve(s.text)
		return err
	}
}

// bare takes the rest of a cell that is nothing but a short value, as nearly all are: from <v> to
// </c>. What is written in any other way is left to next.
func (s *scanner) bare() (value []byte, ok bool) {
	b := s.buf[s.pos:s.end]
	if s.pending || len(b) < 3 || b[0] != '<' || b[1] != 'v' || b[2] != '>' {
		return nil, false
	}
	end, special := textEnd(b[3:])
	if end += 3; end < 4 || special || !bytes.HasPrefix(b[end:], valueEnd) {
		return nil, false
	}
	s.pos += end + len(valueEnd)
	return b[3:end], true
}

//nolint:gochecknoglobals // a constant
var valueEnd = []byte("</v></c>")

// textEnd gives the place of the next tag, -1 if there is none, and whether the text before it
// has references or line ends in it. Most texts are shorter than a call to bytes.IndexByte is worth.
func textEnd(b []byte) (end int, special bool) {
	const short = 32
	for i, c := range b[:min(short, len(b))] {
		switch c {
		case '<':
			return i, special
		case '&', '\r':
			special = true
		}
	}
	if len(b) <= short {
		return -1, special
	}
	end = bytes.IndexByte(b[short:], '<')
	rest := b[short:]
	if end >= 0 {
		rest = rest[:end]
		end += short
	}
	return end, special || bytes.IndexByte(rest, '&') >= 0 || bytes.IndexByte(rest, '\r') >= 0
}

// resolve replaces character references, and line ends by LF, as XML asks; text without any is
// given as it stands.
func (s *scanner) resolve(b []byte) ([]byte, error) {
	if bytes.IndexByte(b, '\r') >= 0 {
		b = lineEnds(b)
	}
	amp := bytes.IndexByte(b, '&')
	if amp < 0 {
		return b, nil
	}
	out := s.plain[:0]
	for amp >= 0 {
		out = append(out, b[:amp]...)
		b = b[amp:]
		semi := bytes.IndexByte(b, ';')
		if semi < 0 {
			return nil, errors.New("an & begins no reference")
		}
		r, ok := reference(b[1:semi])
		if !ok {
			return nil, fmt.Errorf("there is no reference &%s;", clipBytes(b[1:semi]))
		}
		out = utf8.AppendRune(out, r)
		b = b[semi+1:]
		amp = bytes.IndexByte(b, '&')
	}
	s.plain = append(out, b...)
	return s.plain, nil
}

// lineEnds makes LF of CR LF and of CR, in place.
func lineEnds(b []byte) []byte {
	out := b[:0]
	for i, c := range b {
		if c != '\r' {
			out = append(out, c)
		} else if i+1 == len(b) || b[i+1] != '\n' {
			out = append(out, '\n')
		}
	}
	return out
}

func clipBytes(b []byte) []byte { return b[:min(len(b), 20)] }

func reference(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' || len(name) > 12 {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if name[1] == 'x' || name[1] == 'X' {
		digits, base = string(name[2:]), 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}

// tag gives the bytes of the tag at the position, from < to >. A > in a value of an attribute ends none.
func (s *scanner) tag() ([]byte, error) {
	for {
		b := s.buf[s.pos:s.end]
		end := bytes.IndexByte(b, '>')
		if end > 0 && (bytes.IndexByte(b[:end], '\'') >= 0 || bytes.Count(b[:end], quote)&1 == 1) {
			end = tagEnd(b)
		}
		if end > 0 {
			s.pos += end + 1
			return b[:end+1], nil
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

//nolint:gochecknoglobals // a constant
var quote = []byte{'"'}

// tagEnd finds the > that ends a tag with quotes of either kind; -1 if it is not there.
func tagEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '>':
			return i
		case '"', '\'':
			j := bytes.IndexByte(b[i+1:], b[i])
			if j < 0 {
				return -1
			}
			i += j + 1
		}
	}
	return -1
}

func (s *scanner) readStart() error {
	b, err := s.tag()
	if err != nil {
		return err
	}
	b = b[1 : len(b)-1]
	if n := len(b); n > 0 && b[n-1] == '/' {
		s.pending = true
		b = b[:n-1]
	}
	start, i := 0, 0
	for i < len(b) && !isSpace(b[i]) {
		if b[i] == ':' {
			start = i + 1
		}
		i++
	}
	if i == 0 {
		return errors.New("a tag has no name")
	}
	s.name, s.attrs = b[start:i], b[i:]
	return nil
}

// readEnd reads the end of an element, in which there are no quotes.
func (s *scanner) readEnd() error {
	for {
		b := s.buf[s.pos:s.end]
		start := 2
		for i := 2; i < len(b); i++ {
			switch b[i] {
			case '>':
				s.name = trim(b[start:i])
				s.pos += i + 1
				return nil
			case ':':
				start = i + 1
			}
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// readMarkup reads <![CDATA[, which is text, and passes over comments.
func (s *scanner) readMarkup() (token, error) {
	for s.end-s.pos < 9 && !s.eof {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	b := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		s.pos += 4
		return 0, s.skip("-->")
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		s.pos += 9
		for {
			b := s.buf[s.pos:s.end]
			if i := bytes.Index(b, []byte("]]>")); i >= 0 {
				s.text = b[:i]
				s.pos += i + 3
				return charData, nil
			}
			if err := s.fill(); err != nil {
				return 0, err
			}
		}
	default:
		return 0, errors.New("it has a document type, which workbooks never have")
	}
}

// skip passes over everything up to and including a mark.
func (s *scanner) skip(mark string) error {
	for {
		b := s.buf[s.pos:s.end]
		if i := bytes.Index(b, []byte(mark)); i >= 0 {
			s.pos += i + len(mark)
			return nil
		}
		s.pos += max(0, len(b)-len(mark)+1)
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// attr gives the next attribute of the start tag, without its name's prefix; ok is false after
// the last.
func (s *scanner) attr() (name, value []byte, ok bool, err error) {
	b := trimLeft(s.attrs)
	if len(b) == 0 {
		return nil, nil, false, nil
	}
	start, eq := 0, 0
	for eq < len(b) && b[eq] != '=' {
		if b[eq] == ':' {
			start = eq + 1
		}
		eq++
	}
	if eq == len(b) {
		return nil, nil, false, errors.New("an attribute has no value")
	}
	name = trim(b[start:eq])
	b = trimLeft(b[eq+1:])
	if len(b) < 2 || (b[0] != '"' && b[0] != '\'') {
		return nil, nil, false, errors.New("an attribute has no quotes")
	}
	end, special := 1, false
	for end < len(b) && b[end] != b[0] {
		if b[end] == '&' || b[end] == '\r' {
			special = true
		}
		end++
	}
	if end == len(b) {
		return nil, nil, false, errors.New("an attribute has no end")
	}
	s.attrs = b[end+1:]
	if value = b[1:end]; special {
		value, err = s.resolve(value)
	}
	return name, value, true, err
}

// get gives one attribute of the start tag as text; "" if it has none. It may be asked before
// any attribute is read with attr.
func (s *scanner) get(want string) string {
	saved := s.attrs
	defer func() { s.attrs = saved }()
	for {
		name, value, ok, err := s.attr()
		if !ok || err != nil {
			return ""
		}
		if string(name) == want {
			return string(value)
		}
	}
}

// local gives a name without its prefix.
func local(name []byte) []byte {
	return name[bytes.IndexByte(name, ':')+1:]
}

func trimLeft(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return b
}

// trim drops white space at the end; in names there is none before.
func trim(b []byte) []byte {
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
