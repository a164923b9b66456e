package workbook

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// piece is a part of an XML document as its bytes stand: a tag, or what is between two tags.
type piece struct {
	kind  token  // startTag, endTag or charData; comments and instructions are charData here
	raw   []byte // valid until the next piece is cut
	empty bool   // <c/>: no end tag follows
}

// name gives a tag's name without its prefix.
func (p piece) name() []byte { return local(p.fullName()) }

// prefix gives "x:" of a tag x:c.
func (p piece) prefix() string {
	n := p.fullName()
	return string(n[:len(n)-len(local(n))])
}

func (p piece) fullName() []byte {
	if p.kind == charData {
		return nil
	}
	b := p.raw[1:]
	if p.kind == endTag {
		b = b[1:]
	}
	i := 0
	for i < len(b) && !isSpace(b[i]) && b[i] != '>' && b[i] != '/' {
		i++
	}
	return b[:i]
}

// is reports whether the piece is such a tag; the name has no prefix.
func (p piece) is(kind token, name string) bool { return p.kind == kind && string(p.name()) == name }

// cutter cuts an XML part into pieces that, put together, are the part again. It reads what the
// scanner reads; where that one gives meaning, this one keeps the bytes.
type cutter struct {
	r        io.Reader
	buf      []byte
	pos, end int
	eof      bool
}

// newCutter begins a part. Parts in other encodings than UTF-8 come out in UTF-8.
func newCutter(r io.Reader) (*cutter, error) {
	s, err := newScanner(r)
	if err != nil {
		return nil, err
	}
	return &cutter{r: s.r, buf: make([]byte, 1<<16)}, nil
}

// cutBytes begins a part that is in memory.
func cutBytes(b []byte) *cutter { return &cutter{buf: b, end: len(b), eof: true} }

// next gives the next piece, io.EOF after the last.
func (c *cutter) next() (piece, error) {
	for c.pos == c.end {
		if c.eof {
			return piece{}, io.EOF
		}
		if err := c.fill(); err != nil {
			return piece{}, err
		}
	}
	if c.buf[c.pos] != '<' {
		n := bytes.IndexByte(c.buf[c.pos:c.end], '<')
		if n < 0 {
			n = c.end - c.pos
		}
		return c.take(charData, n), nil
	}
	for c.end-c.pos < 9 && !c.eof {
		if err := c.fill(); err != nil {
			return piece{}, err
		}
	}
	b := c.buf[c.pos:c.end]
	switch {
	case len(b) < 3:
		return piece{}, io.ErrUnexpectedEOF
	case b[1] == '?':
		return c.upTo("?>")
	case bytes.HasPrefix(b, []byte("<!--")):
		return c.upTo("-->")
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		return c.upTo("]]>")
	case b[1] == '!':
		return piece{}, errors.New("it has a document type, which workbooks never have")
	default:
		return c.tag()
	}
}

func (c *cutter) take(kind token, n int) piece {
	p := piece{kind: kind, raw: c.buf[c.pos : c.pos+n : c.pos+n]}
	c.pos += n
	return p
}

// upTo takes what is no element, up to and including its end.
func (c *cutter) upTo(end string) (piece, error) {
	from := 0
	for {
		b := c.buf[c.pos:c.end]
		if i := bytes.Index(b[from:], []byte(end)); i >= 0 {
			return c.take(charData, from+i+len(end)), nil
		}
		from = max(0, len(b)-len(end))
		if err := c.fill(); err != nil {
			return piece{}, err
		}
	}
}

// tag takes the tag at the position.
func (c *cutter) tag() (piece, error) {
	from, quote := 1, byte(0)
	for {
		b := c.buf[c.pos:c.end]
		for i := from; i < len(b); i++ {
			switch {
			case quote != 0:
				n := bytes.IndexByte(b[i:], quote)
				if n < 0 {
					i = len(b)
					continue
				}
				i, quote = i+n, 0
			case b[i] == '"' || b[i] == '\'':
				quote = b[i]
			case b[i] == '>':
				if b[1] == '/' {
					return c.take(endTag, i+1), nil
				}
				p := c.take(startTag, i+1)
				p.empty = b[i-1] == '/'
				if len(p.fullName()) == 0 {
					return piece{}, errors.New("a tag has no name")
				}
				return p, nil
			}
		}
		from = len(b)
		if err := c.fill(); err != nil {
			return piece{}, err
		}
	}
}

// fill reads more bytes behind those that are not cut yet.
func (c *cutter) fill() error {
	if c.eof {
		return io.ErrUnexpectedEOF
	}
	if c.pos > 0 {
		c.end = copy(c.buf, c.buf[c.pos:c.end])
		c.pos = 0
	}
	if c.end == len(c.buf) {
		if len(c.buf) >= maxTag {
			return errors.New("a tag is absurdly long")
		}
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	}
	for range 100 {
		n, err := c.r.Read(c.buf[c.end:])
		c.end += n
		if errors.Is(err, io.EOF) {
			c.eof = true
			return nil
		}
		if err != nil || n > 0 {
			return err
		}
	}
	return io.ErrNoProgress
}

// attrAt finds the value of an attribute in a start tag; the name is without prefix unless it is
// given with one.
func attrAt(tag []byte, name string) (from, to int, ok bool) {
	i := 1
	for i < len(tag) && !isSpace(tag[i]) && tag[i] != '>' {
		i++
	}
	for i < len(tag) {
		eq := bytes.IndexByte(tag[i:], '=')
		if eq < 0 {
			return 0, 0, false
		}
		key := trim(trimLeft(tag[i : i+eq]))
		i += eq + 1
		for i < len(tag) && isSpace(tag[i]) {
			i++
		}
		if i >= len(tag) || tag[i] != '"' && tag[i] != '\'' {
			return 0, 0, false
		}
		end := bytes.IndexByte(tag[i+1:], tag[i])
		if end < 0 {
			return 0, 0, false
		}
		if string(key) == name || string(local(key)) == name && !bytes.HasPrefix(key, []byte("xmlns:")) {
			return i + 1, i + 1 + end, true
		}
		i += end + 2
	}
	return 0, 0, false
}

// attrOf gives the value of an attribute as it stands, nil if there is none.
func attrOf(tag []byte, name string) []byte {
	from, to, ok := attrAt(tag, name)
	if !ok {
		return nil
	}
	return tag[from:to]
}

// attrText gives the value of an attribute with its references resolved.
func attrText(tag []byte, name string) string {
	v := attrOf(tag, name)
	if bytes.IndexByte(v, '&') < 0 {
		return string(v)
	}
	text, err := (&scanner{}).resolve(bytes.Clone(v))
	if err != nil {
		return string(v)
	}
	return string(text)
}

// setAttr appends to out a start tag with one attribute changed or added; value needs no escapes.
func setAttr(out, tag []byte, name, value string) []byte {
	if from, to, ok := attrAt(tag, name); ok {
		out = append(out, tag[:from]...)
		out = append(out, value...)
		return append(out, tag[to:]...)
	}
	end := len(tag) - 1
	if tag[end-1] == '/' {
		end--
	}
	for isSpace(tag[end-1]) {
		end--
	}
	out = append(out, tag[:end]...)
	out = append(out, ' ')
	out = append(out, name...)
	out = append(out, '=', '"')
	out = append(out, value...)
	out = append(out, '"')
	return append(out, tag[end:]...)
}

// opened gives the start tag of an empty element's tag, so that something can be put inside.
func opened(tag []byte) []byte {
	return append(bytes.Clone(trim(tag[:len(tag)-2])), '>')
}

// xmlText escapes a text for an element or an attribute. What XML cannot hold becomes U+FFFD.
func xmlText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\r':
		case r < 0x20 && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF:
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cellText escapes a text for a cell: what looks like an escape of a character, as workbooks have
// them, is kept from becoming one.
func cellText(s string) string { return strings.ReplaceAll(xmlText(s), "_x", "_x005F_x") }

// clip shortens a text to n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
