package spreadsheet

import (
	"math"
	"strings"

	"github.com/xuri/excelize/v2"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// The places that every sheet has in common.
const (
	firstColumn  = 2 // A is a margin
	firstRow     = 5 // below title, subtitle and the link back
	marginWidth  = 2.5
	defaultWidth = 10
	textWidth    = 110
	pixelsRow    = 20
	pixelsChar   = 7
)

// place gives every block its cells and every column its width. All that overlaps is told.
func (b *book) place() error {
	var l diag.List
	for i, s := range b.sheets {
		for j := range s.decl.Blocks {
			x, err := b.item(i, j)
			if err := mistake(&l, err); err != nil {
				return err
			}
			if x != nil {
				s.items = append(s.items, x)
			}
		}
		l = append(l, b.arrange(s)...)
	}
	return l.Err()
}

func (b *book) item(sheet, block int) (*item, error) {
	s := b.sheets[sheet]
	d := &s.decl.Blocks[block]
	x := &item{decl: d}
	for _, part := range []struct {
		to   *[]string
		from manifest.Template
	}{{&x.title, d.Title}, {&x.note, d.Note}} {
		text, err := b.text(part.from, s.facts)
		if err != nil {
			return nil, err
		}
		if text != "" {
			*part.to = lines(text, textWidth)
		}
	}
	var err error
	switch {
	case d.Table != nil:
		x.content = b.tables[blockKey(sheet, block, d)]
	case d.Chart != nil:
		x.content, err = b.chart(s, d)
	case d.Figures != nil:
		x.content, err = b.figures(s, d)
	case d.Text != nil:
		var text string
		text, err = b.text(*d.Text, s.facts)
		x.content = &prose{lines: lines(text, textWidth)}
	case d.Index:
		x.content = &index{book: b, own: s}
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, columns := x.content.size()
	x.height, x.width = rows+len(x.title)+len(x.note), columns
	return x, nil
}

// arrange places a sheet's blocks below or beside one another.
func (b *book) arrange(s *sheet) diag.List {
	var l diag.List
	next := firstRow
	if s.title == "" && s.subtitle == "" {
		next = 2
	}
	tables := 0
	for i, x := range s.items {
		switch at := x.decl.At; {
		case at == "right" && i > 0:
			before := s.items[i-1]
			x.row, x.column = before.row, before.column+before.width+1
		case at != "" && at != "right":
			x.column, x.row, _ = excelize.CellNameToCoordinates(at)
			x.fixed = true
		default:
			x.row, x.column = next, firstColumn
		}
		if t, ok := x.content.(*table); ok {
			t.top, t.left = x.row+len(x.title), x.column
			t.measure(s)
			if s.decl.FreezeHeader && s.freezeRow == 0 {
				s.freezeRow = t.top
			}
			s.headerRows = [2]int{t.top, t.top}
			if tables++; tables > 1 { // which of them a page shows cannot be told
				s.headerRows = [2]int{}
			}
		}
		if x.row+x.height-1 > maxRows || x.column+x.width-1 > maxColumns {
			l.Add(diag.Errorf(diag.BadValue, x.decl.Pos, "the block ends outside of the sheet").WithHint("a sheet takes %d rows", maxRows))
		}
		for _, other := range s.items[:i] {
			if x.overlaps(other) {
				l.Add(diag.Errorf(diag.BadValue, x.decl.Pos, "the block would stand on top of another, from %s", cellName(max(x.column, other.column), max(x.row, other.row))).
					WithNote(other.decl.Pos, "the other one").WithHint("leave at: out, or choose a cell outside of it"))
			}
		}
		next = max(next, x.row+x.height+1)
		s.rows = max(s.rows, x.row+x.height-1)
	}
	if s.decl.FreezeRow > 0 {
		s.freezeRow = s.decl.FreezeRow
	}
	s.freezeColumn = s.decl.FreezeColumn
	for _, x := range s.items {
		if list, ok := x.content.(*index); ok {
			s.widths[x.column] = max(s.widths[x.column], 22)
			for i := range list.others() {
				at := x.row + len(x.title) + i
				s.merges = append(s.merges, [2]string{cellName(x.column+1, at), cellName(x.column+indexColumns-1, at)})
			}
			for c := x.column + 1; c < x.column+indexColumns; c++ {
				s.widths[c] = max(s.widths[c], 14)
			}
		}
	}
	for _, x := range s.items {
		if f, ok := x.content.(*figures); ok {
			f.spread(s, x)
		}
	}
	return l
}

func (x *item) overlaps(o *item) bool {
	return x.row < o.row+o.height && o.row < x.row+x.height && x.column < o.column+o.width && o.column < x.column+x.width
}

// measure widens the sheet's columns to what a table holds.
func (t *table) measure(s *sheet) {
	for i, c := range t.columns {
		w := c.decl.Width
		if w == 0 {
			widest := c.widest
			if c.formula != nil {
				widest = 11
			}
			if c.decl.Total == "sum" {
				widest = max(widest, widthOf(c.sums.total("sum"), c.code))
			}
			longest := 0
			for _, word := range strings.Fields(c.label) {
				longest = max(longest, len([]rune(word)))
			}
			w = math.Min(math.Max(float64(max(widest, longest, (len([]rune(c.label))+1)/2))*1.08+3.2, 8), 48)
			if t.group == i {
				w = math.Max(w, float64(widest)*1.1+10)
			}
		}
		s.widths[t.left+i] = max(s.widths[t.left+i], w)
	}
}

func (s *sheet) width(column int) float64 {
	if column < firstColumn {
		return marginWidth
	}
	if w := s.widths[column]; w > 0 {
		return w
	}
	return defaultWidth
}

// prose is lines of text, which run over the cells beside them.
type prose struct{ lines []string }

func (p *prose) size() (int, int) { return len(p.lines), 1 }

func (p *prose) row(i int) (line, error) {
	return line{cells: []cell{{value: textual(p.lines[i]), look: look{}}}, height: 16}, nil
}

// index is links to the other sheets, with what they say.
type index struct {
	book *book
	own  *sheet
}

func (x *index) others() []*sheet {
	var out []*sheet
	for _, s := range x.book.sheets {
		if s != x.own {
			out = append(out, s)
		}
	}
	return out
}

// indexColumns are the columns that an index takes: the first for the link, the rest for what the sheet says.
const indexColumns = 8

func (x *index) size() (int, int) { return max(len(x.others()), 1), indexColumns }

func (x *index) row(i int) (line, error) {
	list := x.others()
	if i >= len(list) {
		return line{}, nil
	}
	s := list[i]
	about := s.title
	if s.subtitle != "" {
		about = strings.TrimSpace(about + "\n" + s.subtitle)
	}
	height := 20.0
	if strings.Contains(about, "\n") {
		height = 34
	}
	cells := []cell{
		{value: textual(s.name), look: look{token: "accent", underline: true, bottom: "rule"}},
		{value: textual(about), look: look{bottom: "rule", wrap: true}},
	}
	for range indexColumns - len(cells) {
		cells = append(cells, cell{look: look{bottom: "rule"}})
	}
	return line{height: height, cells: cells}, nil
}

// figures are key figures beside one another, each over some columns of the sheet.
type figures struct {
	book  *book
	sheet *sheet
	cards []card
	notes int
	spans []int // columns of each card
}

type card struct {
	label string
	value cell
	notes []cell
	signs []sign
}

// sign says how a comparison's colour goes; nothing for text.
type sign struct{ coloured, invert bool }

// cardWidth is how wide a card is at least, in characters.
const cardWidth = 24

func (b *book) figures(s *sheet, d *manifest.Block) (content, error) {
	f := &figures{book: b, sheet: s}
	for _, x := range d.Figures {
		c := card{}
		var err error
		if c.label, err = b.text(x.Label, s.facts); err != nil {
			return nil, err
		}
		code := formatCode(or(x.Format, "general"), b.decl.Currency)
		if c.value, err = b.figure(s, x.Value, look{code: code, bold: true, size: 18}); err != nil {
			return nil, err
		}
		for _, n := range x.Compare {
			label, err := b.text(n.Label, s.facts)
			if err != nil {
				return nil, err
			}
			code := formatCode(or(n.Format, "change"), b.decl.Currency)
			if label != "" {
				code = withLabel(code, label)
			}
			v, err := b.figure(s, n.Value, look{code: code, size: 9, token: "muted"})
			if err != nil {
				return nil, err
			}
			c.notes = append(c.notes, v)
			c.signs = append(c.signs, sign{coloured: v.expr != nil || v.value.kind == number, invert: n.Invert})
		}
		f.notes = max(f.notes, len(c.notes))
		f.cards = append(f.cards, c)
	}
	return f, nil
}

// withLabel puts words behind the number in every part of a format code.
func withLabel(code, label string) string {
	parts := strings.Split(code, ";")
	for i := range parts {
		parts[i] += `" ` + strings.ReplaceAll(label, `"`, "") + `"`
	}
	return strings.Join(parts, ";")
}

// figure makes the cell of a key figure: a formula, a number or a text.
func (b *book) figure(s *sheet, t manifest.Template, l look) (cell, error) {
	text, err := b.text(t, s.facts)
	if err != nil {
		return cell{}, err
	}
	text = strings.TrimSpace(text)
	if !isFormula(text) {
		v, exact := exactNumber(text)
		if !exact || text == "" {
			v = textual(text)
		}
		return cell{value: v, look: l}, nil
	}
	e, bad := parseFormula(text)
	if bad == nil {
		c := &checker{book: b.decl, blocks: map[string]*manifest.Block{}}
		c.book = b.resolved()
		c.names()
		bad = c.references(e, nil)
	}
	if bad != nil {
		return cell{}, bad.diagnostic(t.Pos)
	}
	return cell{value: result(e, &inRow{t: &table{book: b}}), expr: e, look: l}, nil
}

func (f *figures) size() (int, int) { return 2 + f.notes, max(len(f.cards), 1) * 2 }

// spread gives every card as many of the sheet's columns as it needs.
func (f *figures) spread(s *sheet, x *item) {
	at := x.column
	for range f.cards {
		n, w := 0, 0.0
		for w < cardWidth && n < 6 {
			w += s.width(at + n)
			n++
		}
		f.spans = append(f.spans, n)
		for r := range 2 + f.notes {
			row := x.row + len(x.title) + r
			if n > 1 {
				s.merges = append(s.merges, [2]string{cellName(at, row), cellName(at+n-1, row)})
			}
		}
		at += n
	}
	x.width = max(x.width, at-x.column)
}

func (f *figures) row(i int) (line, error) {
	out := line{height: []float64{18, 28}[min(i, 1)]}
	if i > 1 {
		out.height = 15
	}
	for k, c := range f.cards {
		x := cell{look: look{}}
		switch {
		case i == 0:
			x = cell{value: textual(c.label), look: look{size: 9, token: "muted", top: "accent", low: true}}
		case i == 1:
			x = c.value
		case i-2 < len(c.notes):
			x = c.notes[i-2]
		}
		if x.expr != nil {
			x.formula = f.book.formula(x.expr, nil, f.sheet, 0)
		}
		out.cells = append(out.cells, x)
		for range f.spans[k] - 1 {
			blank := cell{}
			if i == 0 {
				blank.look = x.look
			}
			out.cells = append(out.cells, blank)
		}
	}
	return out, nil
}
