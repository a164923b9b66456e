package csv

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"atlas/engine/source"
)

// maxField bounds one field, so that a quote that never closes does not swallow the file.
const maxField = 16 << 20

// parser reads records as RFC 4180 has them and as software really writes them: any line end,
// ragged rows, quotes inside unquoted fields.
type parser struct {
	in               *bufio.Reader
	delimiter, quote rune
	line             int // line that is read
	cells            []source.Cell
	field            strings.Builder
	back             rune // read again next, if hasBack
	hasBack          bool
}

// next gives the cells of the next record; a blank line is a record without cells. They are
// valid until the next call. After the last it gives io.EOF.
func (p *parser) next() ([]source.Cell, error) {
	p.cells = p.cells[:0]
	if _, err := p.in.Peek(1); err != nil {
		return nil, err
	}
	for {
		text, end, err := p.readField()
		if err != nil {
			return nil, err
		}
		c := source.Cell{}
		if text != "" {
			c = source.Cell{Kind: source.Text, Text: text}
		}
		p.cells = append(p.cells, c)
		if end {
			return p.cells, nil
		}
	}
}

// readField reads one field; end is true if it was the record's last.
func (p *parser) readField() (text string, end bool, err error) {
	p.field.Reset()
	r, err := p.rune()
	if err == nil && r == p.quote {
		if err := p.quoted(); err != nil {
			return "", false, err
		}
		r, err = p.rune()
	}
	for ; ; r, err = p.rune() {
		switch {
		case errors.Is(err, io.EOF):
			return p.field.String(), true, nil
		case err != nil:
			return "", false, err
		case r == p.delimiter:
			return p.field.String(), false, nil
		case r == '\n':
			return p.field.String(), true, nil
		case p.field.Len() > maxField:
			return "", false, fmt.Errorf("line %d has a field of more than %d MiB", p.line, maxField>>20)
		}
		p.field.WriteRune(r)
	}
}

// quoted reads up to the closing quote; a doubled quote is one.
func (p *parser) quoted() error {
	start := p.line
	for {
		r, err := p.rune()
		switch {
		case errors.Is(err, io.EOF), err == nil && p.field.Len() > maxField:
			return fmt.Errorf("the quote that opens in line %d never closes", start)
		case err != nil:
			return err
		case r != p.quote:
			p.field.WriteRune(r)
			continue
		}
		again, err := p.rune()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if again != p.quote {
			p.back, p.hasBack = again, true
			return nil
		}
		p.field.WriteRune(p.quote)
	}
}

// rune reads one character; CR LF and a lone CR are LF.
func (p *parser) rune() (rune, error) {
	if p.hasBack {
		p.hasBack = false
		return p.back, nil
	}
	r, _, err := p.in.ReadRune()
	if err != nil {
		return 0, err
	}
	if r == '\r' {
		if next, err := p.in.Peek(1); err == nil && next[0] == '\n' {
			_, _, _ = p.in.ReadRune()
		}
		r = '\n'
	}
	if r == '\n' {
		p.line++
	}
	return r, nil
}

// sniff finds the delimiter of , ; tab | that splits each of the first lines most often.
func sniff(in *bufio.Reader, quote rune) rune {
	head, _ := in.Peek(1 << 14)
	lines := strings.FieldsFunc(string(head), func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) > 12 {
		lines = lines[:12]
	}
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		total := 0
		for _, l := range lines {
			total += countOutside(l, d, quote)
		}
		if total > most {
			best, most = d, total
		}
	}
	return best
}

func countOutside(line string, d, quote rune) int {
	n, inside := 0, false
	for _, r := range line {
		switch {
		case r == quote:
			inside = !inside
		case r == d && !inside:
			n++
		}
	}
	return n
}
