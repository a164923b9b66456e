package pptx

import (
	"bytes"
	"strconv"
	"strings"
)

// markup writes XML. Elements are opened and closed in pairs, so that what it writes is well-formed
// whatever texts stand in it.
type markup struct {
	buf  bytes.Buffer
	open []string
	tag  bool // the last start tag is not closed yet
}

// start opens an element; pairs are its attributes: a name, a value (string, int, int64 or bool).
func (m *markup) start(name string, pairs ...any) {
	m.endTag()
	m.buf.WriteByte('<')
	m.buf.WriteString(name)
	m.attributes(pairs)
	m.open = append(m.open, name)
	m.tag = true
}

// end closes the innermost open element.
func (m *markup) end() {
	name := m.open[len(m.open)-1]
	m.open = m.open[:len(m.open)-1]
	if m.tag {
		m.buf.WriteString("/>")
		m.tag = false
		return
	}
	m.buf.WriteString("</")
	m.buf.WriteString(name)
	m.buf.WriteByte('>')
}

// leaf writes an element without content.
func (m *markup) leaf(name string, pairs ...any) {
	m.start(name, pairs...)
	m.end()
}

// val writes an element whose only content is its attribute val.
func (m *markup) val(name string, v any) { m.leaf(name, "val", v) }

// text writes characters.
func (m *markup) text(s string) {
	m.endTag()
	m.buf.WriteString(escape(clean(s)))
}

// full writes an element with a text.
func (m *markup) full(name, text string, pairs ...any) {
	m.start(name, pairs...)
	m.text(text)
	m.end()
}

// raw writes what is XML already.
func (m *markup) raw(s string) {
	m.endTag()
	m.buf.WriteString(s)
}

// bytes gives what was written as a whole part.
func (m *markup) bytes() []byte {
	return append([]byte(xmlHead), m.buf.Bytes()...)
}

func (m *markup) endTag() {
	if m.tag {
		m.buf.WriteByte('>')
		m.tag = false
	}
}

func (m *markup) attributes(pairs []any) {
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		m.buf.WriteByte(' ')
		m.buf.WriteString(name)
		m.buf.WriteString(`="`)
		switch v := pairs[i+1].(type) {
		case string:
			m.buf.WriteString(escape(clean(v)))
		case int:
			m.buf.WriteString(strconv.Itoa(v))
		case int64:
			m.buf.WriteString(strconv.FormatInt(v, 10))
		case float64:
			m.buf.WriteString(number(v))
		case bool:
			if v {
				m.buf.WriteByte('1')
			} else {
				m.buf.WriteByte('0')
			}
		}
		m.buf.WriteByte('"')
	}
}

// clean leaves out what neither XML nor a cell can hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
}

// number writes a value as XML and a cell of a workbook hold it alike.
func number(v float64) string { return strconv.FormatFloat(v+0, 'f', -1, 64) } // + 0 takes the sign off zero
