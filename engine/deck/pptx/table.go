package pptx

import (
	"context"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/theme"
)

// noTableStyle is PowerPoint's own style without fills and lines: cells say theirs.
const noTableStyle = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"

// Measures of a table.
const (
	rowPad    = 0.055 // above and below the text of a cell
	cellPad   = 0.06  // at its sides
	tableSize = 12.0  // points, of rows
	barWidth  = 0.9   // inches, of bars beside numbers
	barLeast  = 0.35  // the same where it is narrow
	barMost   = 1.4   // and where it is wide
)

// textContrast is what text needs to be read on its ground.
const textContrast = 4.5

// grid is a table ready to draw: texts and looks, whatever it is made of.
type grid struct {
	name    string
	alt     string
	columns []gridColumn
	header  []paragraph
	rows    []gridRow
	need    *need
}

type gridColumn struct {
	left  bool
	fixed float64 // share that the project asks for; 0 goes by content
	bar   bool
	low   float64 // of the bars, of all rows: a table on several pages has one scale
	high  float64
}

type gridRow struct {
	kind  block.LineKind
	cells []gridCell
}

type gridCell struct {
	text  paragraph
	fill  string // token or colour
	bar   float64
	color string
}

// tablePiece is a table, or the part of one that stands on a page.
type tablePiece struct {
	grid  grid
	block *block.Block
}

// newTable makes the grid of a table block when it is first measured.
func newTable(b *block.Block) piece { return tableOf{b} }

// tableOf is a table block before it knows the writer's formats.
type tableOf struct{ block *block.Block }

func (t tableOf) piece(w *writer) tablePiece {
	if p := w.tables[t.block]; p != nil {
		return *p
	}
	p := &tablePiece{grid: w.tableGrid(t.block), block: t.block}
	w.tables[t.block] = p
	return *p
}

func (t tableOf) height(w *writer, width, scale float64) float64 {
	return t.piece(w).height(w, width, scale)
}
func (t tableOf) stretch() float64 { return 0 }
func (t tableOf) draw(ctx context.Context, c *canvas, s spot) error {
	return t.piece(c.writer).draw(ctx, c, s)
}

func (t tableOf) split(w *writer, width, height, scale float64) (fits, rest piece, ok bool) {
	return t.piece(w).split(w, width, height, scale)
}

// tableGrid makes a grid of a block's table.
func (w *writer) tableGrid(b *block.Block) grid {
	t := b.Table
	g := grid{name: b.Name, alt: or(b.Alt, b.Title.Text, w.doc.Format.Word(block.WordTable)) + blockMark(b), need: &need{}}
	for _, col := range t.Columns {
		label := col.Label
		if col.Unit != "" {
			label += " (" + col.Unit + ")"
		}
		g.columns = append(g.columns, gridColumn{left: col.Left, fixed: col.Width, bar: col.Bar})
		g.header = append(g.header, headerCell(label, col.Left))
	}
	for i := range t.Lines {
		g.rows = append(g.rows, w.tableRow(t, &t.Lines[i]))
		for j := range g.columns {
			v := g.rows[i].cells[j].bar
			g.columns[j].low, g.columns[j].high = min(g.columns[j].low, v), max(g.columns[j].high, v)
		}
	}
	return g
}

func headerCell(label string, left bool) paragraph { //nolint:revive // where texts stand
	p := plain(span{text: label, size: deck.LabelSize, weight: semibold, color: "muted"})
	if !left {
		p.align = "r"
	}
	return p
}

func (w *writer) tableRow(t *block.Table, line *block.Line) gridRow {
	row := gridRow{kind: line.Kind}
	weight := regular
	if line.Kind == block.TotalLine || line.Kind == block.SubtotalLine || line.Kind == block.GroupLine {
		weight = semibold
	}
	for i := range t.Columns {
		var cell gridCell
		if i < len(line.Cells) {
			x := &line.Cells[i]
			color := or(x.Style, "text")
			if line.Kind == block.OtherLine && x.Style == "" {
				color = "muted"
			}
			text := w.cellText(x, t.Columns[i], line.Kind, i)
			cell = gridCell{text: plain(span{text: text, size: tableSize, weight: weight, color: color}), bar: x.Bar, color: color}
			if x.Heat > 0 {
				cell.fill = theme.Mix(w.palette["surface"], w.palette["accent"], 0.3*x.Heat)
				if theme.Contrast(cell.fill, w.palette[color]) < textContrast {
					cell.text.spans[0].color = readable(ink{palette: w.palette}, cell.fill)
				}
			}
			if !t.Columns[i].Left {
				cell.text.align = "r"
			}
		}
		row.cells = append(row.cells, cell)
	}
	return row
}

// cellText is what a cell shows. Cells of a group's line and of totals that hold nothing stay empty.
func (w *writer) cellText(x *block.Cell, col block.TableColumn, kind block.LineKind, at int) string {
	if x.Value == nil && (kind != block.RowLine || at == 0) {
		return ""
	}
	return w.doc.Format.Format(x.Value, or(x.Format, col.Format))
}

// gridPiece is a table of a Markdown text.
func gridPiece(p block.Paragraph, from string) piece {
	g := grid{name: "Table", need: &need{}}
	var texts []string
	for i, cells := range p.Rows {
		var row gridRow
		for j, runs := range cells {
			align := "left"
			if j < len(p.Align) {
				align = or(p.Align[j], "left")
			}
			text := paragraph{spans: spansOf(runs, tableSize, "text"), align: map[string]string{"right": "r", "center": "ctr"}[align]}
			texts = append(texts, plainText(runs))
			if i == 0 {
				g.columns = append(g.columns, gridColumn{left: align != "right"})
				for k := range text.spans {
					text.spans[k].size, text.spans[k].weight, text.spans[k].color = deck.LabelSize, semibold, "muted"
				}
				g.header = append(g.header, text)
				continue
			}
			row.cells = append(row.cells, gridCell{text: text})
		}
		if i > 0 {
			for len(row.cells) < len(g.columns) {
				row.cells = append(row.cells, gridCell{})
			}
			row.kind, row.cells = block.RowLine, row.cells[:len(g.columns)]
			g.rows = append(g.rows, row)
		}
	}
	g.alt = strings.Join(texts, " | ") + from
	return tablePiece{grid: g}
}

func (t tablePiece) stretch() float64 { return 0 }

// need is what the columns of a table take at the type's own size: all its rows count, so that the
// columns stand alike on all pages.
type need struct {
	least, wanted []float64 // without and with room for bars and for texts in one line
	numbers       []float64 // of the widest text alone
}

// needs measures the columns, once.
func (t tablePiece) needs(w *writer) *need {
	g := t.grid
	if g.need.least != nil {
		return g.need
	}
	n := g.need
	for i, col := range g.columns {
		word, text := w.longestWord(g.header[i]), w.textWidth(g.header[i])
		least, wanted := max(word, text*0.36), max(word, text*0.6) // a header may take two lines, or three
		number := 0.0
		for _, row := range g.rows {
			if row.kind == block.GroupLine && i == 0 {
				continue
			}
			p := row.cells[i].text
			full := w.textWidth(p)
			wanted, number = max(wanted, full), max(number, full)
			if col.left {
				least = max(least, w.longestWord(p))
			} else {
				least = max(least, full)
			}
		}
		if col.bar {
			least, wanted = max(least, number+barLeast), max(wanted, number+barWidth)
		}
		n.least, n.wanted, n.numbers = append(n.least, least+2*cellPad+0.04), append(n.wanted, wanted+2*cellPad+0.06), append(n.numbers, number)
	}
	return n
}

func (w *writer) longestWord(p paragraph) float64 {
	most := 0.0
	for _, s := range p.spans {
		for _, word := range wordsOf(s.text) {
			most = max(most, w.spanWidth(s, strings.TrimRight(word, " ")))
		}
	}
	return most
}

// ratio is how much smaller than its own size the type of a table is at a scale.
func ratio(scale float64) float64 { return scaled(tableSize, scale) / tableSize }

// least is the width below which numbers would be broken.
func (t tablePiece) least(w *writer, scale float64) float64 {
	sum := 0.0
	for i, v := range t.needs(w).least {
		if t.grid.columns[i].fixed == 0 {
			sum += v * ratio(scale)
		}
	}
	return sum
}

func (t tablePiece) rows(*writer) int { return len(t.grid.rows) }

func (t tableOf) rows(*writer) int { return len(t.block.Table.Lines) }

func (t tableOf) least(w *writer, scale float64) float64 { return t.piece(w).least(w, scale) }

// widths shares the width among columns by what stands in them: where it is narrow, texts are broken
// before numbers are; where it is wide, all grow evenly.
func (t tablePiece) widths(w *writer, width, scale float64) []float64 {
	n := t.needs(w)
	columns := t.grid.columns
	out := make([]float64, len(columns))
	fixed, least, wanted := 0.0, 0.0, 0.0
	for i, col := range columns {
		if col.fixed > 0 {
			fixed += col.fixed
			continue
		}
		least, wanted = least+n.least[i]*ratio(scale), wanted+n.wanted[i]*ratio(scale)
	}
	unit := 1.0 // of the columns whose share the project says
	if most := 1 - min(least/width, 0.9); fixed > most {
		unit = most / fixed
	}
	room := width * (1 - fixed*unit)
	free := 0
	for _, col := range columns {
		if col.fixed == 0 {
			free++
		}
	}
	for i, col := range columns {
		a, b := n.least[i]*ratio(scale), n.wanted[i]*ratio(scale)
		switch {
		case col.fixed > 0:
			out[i] = width * col.fixed * unit
		case room >= wanted:
			out[i] = b + (room-wanted)/float64(free)
		case room >= least:
			out[i] = a + (b-a)*(room-least)/(wanted-least)
		default:
			out[i] = a * room / least
		}
	}
	return out
}

// resize gives a paragraph with its type scaled.
func resize(p paragraph, scale float64) paragraph {
	if scale == 1 {
		return p
	}
	spans := make([]span, len(p.spans))
	for i, s := range p.spans {
		s.size = scaled(s.size, scale)
		spans[i] = s
	}
	p.spans = spans
	return p
}

// tallest is the height beyond which a table is not measured, in inches: pages hold 7.5, and to measure
// tens of thousands of rows for each of them takes half a minute.
const tallest = 100

// rowHeights gives the heights of the header and of the rows down to the first that is lower than a
// height.
func (t tablePiece) rowHeights(w *writer, widths []float64, scale, within float64) []float64 {
	out := []float64{w.rowHeight(t.grid.header, widths, scale)}
	sum := out[0]
	var texts []paragraph
	for _, row := range t.grid.rows {
		if sum > within {
			break
		}
		h := tableSize*scale*lineHeight/pointsIn + 2*rowPad*scale // of a group, which spans the row
		if row.kind != block.GroupLine {
			texts = texts[:0]
			for j := range row.cells {
				texts = append(texts, row.cells[j].text)
			}
			h = w.rowHeight(texts, widths, scale)
		}
		out, sum = append(out, h), sum+h
	}
	return out
}

func (w *writer) rowHeight(cells []paragraph, widths []float64, scale float64) float64 {
	most := tableSize * scale * lineHeight / pointsIn
	for i, p := range cells {
		if len(p.spans) == 0 {
			continue
		}
		room := widths[i] - 2*cellPad
		most = max(most, w.textHeight([]paragraph{resize(p, scale)}, room))
	}
	return most + 2*rowPad*scale
}

func (t tablePiece) height(w *writer, width, scale float64) float64 {
	sum := 0.0
	for _, h := range t.rowHeights(w, t.widths(w, width, scale), scale, tallest) {
		sum += h
	}
	return sum
}

// split gives the rows that fit into a height, and the rest with the header again. The last rows are
// not left alone, and neither is a group's name.
func (t tablePiece) split(w *writer, width, height, scale float64) (fits, rest piece, ok bool) {
	heights := t.rowHeights(w, t.widths(w, width, scale), scale, height+slack)
	used, n := heights[0], 0
	for n+1 < len(heights) && used+heights[n+1] <= height+slack {
		used += heights[n+1]
		n++
	}
	if n == len(t.grid.rows) {
		n--
	}
	for n > 1 && (t.grid.rows[n-1].kind == block.GroupLine || isSum(t.grid.rows[n].kind)) {
		n--
	}
	if n < 1 || len(t.grid.rows) < 2 {
		return nil, nil, false
	}
	a, b := t, t
	a.grid.rows, b.grid.rows = t.grid.rows[:n], t.grid.rows[n:]
	return a, b, true
}

func isSum(k block.LineKind) bool { return k == block.TotalLine || k == block.SubtotalLine }
