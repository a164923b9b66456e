package odoo

import (
	"bytes"
	"fmt"
	"time"

	"atlas/engine/source"
)

const (
	stampLayout = "2006-01-02 15:04:05" // of Odoo's datetimes, which are UTC
	dayLayout   = "2006-01-02"
)

// page gives the records of one answer, one after the other.
type page struct {
	m       *model
	s       scanner
	cells   []source.Cell
	id      int64
	written string // write_date of the record
}

func (m *model) page(b []byte) (*page, error) {
	p := &page{m: m, s: scanner{b: b}, cells: make([]source.Cell, len(m.names()))}
	if err := p.s.take('['); err != nil {
		return nil, m.c.unfit("gives something else than records of " + m.s.model)
	}
	return p, nil
}

// next reads one record; false after the last.
func (p *page) next() (bool, error) {
	b, ok, err := p.s.element()
	if err != nil || !ok {
		return false, err
	}
	clear(p.cells)
	p.id, p.written = 0, ""
	rec := scanner{b: b}
	err = rec.object(p.set)
	if err == nil && p.id <= 0 {
		err = fmt.Errorf("read %s: a record has no id", p.m.s.address())
	}
	return true, err
}

func (p *page) set(name string, b []byte) error {
	switch name {
	case "id":
		var err error
		if p.id, err = number(b); err != nil {
			return fmt.Errorf("read %s: the id %w", p.m.s.address(), err)
		}
	case "write_date":
		if b[0] == '"' {
			text, err := unquote(b)
			if err != nil {
				return err
			}
			p.written = text
		}
	}
	f := p.m.byName[name]
	if f == nil || f.at == 0 && name != "id" {
		return nil
	}
	c, err := f.cell(b)
	if err != nil {
		return err
	}
	p.cells[f.at] = c
	if f.nameAt >= 0 {
		p.cells[f.nameAt], err = second(b)
	}
	return err
}

// cell makes a cell of a value. Whatever is not as its field's type has it stays as it is, so that
// the conversion can say so.
func (f *field) cell(b []byte) (source.Cell, error) {
	switch {
	case bytes.Equal(b, []byte("null")):
		return source.Cell{}, nil
	case b[0] == 'f' || b[0] == 't':
		if f.Type == "boolean" {
			return source.Cell{Kind: source.Bool, Text: string(b)}, nil
		}
		if b[0] == 'f' { // Odoo's word for nothing
			return source.Cell{}, nil
		}
		return source.Cell{Kind: source.Text, Text: string(b)}, nil
	case f.Type == "many2one" && b[0] == '[':
		s := scanner{b: b, i: 1}
		id, ok, err := s.element()
		if !ok {
			return source.Cell{}, err
		}
		return source.Cell{Kind: source.Number, Text: string(id)}, nil
	case b[0] == '[' || b[0] == '{':
		return source.Cell{Kind: source.Text, Text: squeeze(b)}, nil
	case b[0] == '"':
		text, err := unquote(b)
		if err != nil {
			return source.Cell{}, err
		}
		return f.text(text), nil
	case bytes.HasSuffix(b, []byte("NaN")) || bytes.HasSuffix(b, []byte("Infinity")):
		return source.Cell{Kind: source.Broken, Text: string(b)}, nil
	default:
		return source.Cell{Kind: source.Number, Text: string(b)}, nil
	}
}

func (f *field) text(text string) source.Cell {
	layout := ""
	switch f.Type {
	case "datetime":
		layout = stampLayout
	case "date":
		layout = dayLayout
	default:
		return source.Cell{Kind: source.Text, Text: text}
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		return source.Cell{Kind: source.Text, Text: text}
	}
	return source.Cell{Kind: source.Date, Time: at}
}

// second gives the name in [id, "name"].
func second(b []byte) (source.Cell, error) {
	if b[0] != '[' {
		return source.Cell{}, nil
	}
	s := scanner{b: b, i: 1}
	if _, ok, err := s.element(); !ok || err != nil {
		return source.Cell{}, err
	}
	name, ok, err := s.element()
	if !ok || err != nil || name[0] != '"' {
		return source.Cell{}, err
	}
	text, err := unquote(name)
	return source.Cell{Kind: source.Text, Text: text}, err
}

// squeeze takes the space between the parts of JSON out, so that one value has one text.
func squeeze(b []byte) string {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch c := b[i]; c {
		case ' ', '\t', '\n', '\r':
		case '"':
			s := scanner{b: b, i: i}
			if s.quoted() != nil {
				return string(b)
			}
			out = append(out, b[i:s.i]...)
			i = s.i - 1
		default:
			out = append(out, c)
		}
	}
	return string(out)
}
