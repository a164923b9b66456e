package pptx

import (
	"context"
	"math"
	"strconv"

	"atlas/engine/block"
	"atlas/engine/deck"
)

const (
	tableURI   = "http://schemas.openxmlformats.org/drawingml/2006/table"
	mostColumn = 9 // columns that can be read on a slide
)

func (t tablePiece) draw(_ context.Context, c *canvas, s spot) error {
	g := &t.grid
	if len(g.columns) == 0 {
		return nil
	}
	if len(g.columns) > mostColumn {
		c.overflow("table %s has %d columns; more than %d are hard to read", g.name, len(g.columns), mostColumn)
	}
	if t.least(c.writer, s.scale) > s.box.W*1.02 {
		c.overflow("table %s is wider than its place", g.name)
	}
	widths := t.widths(c.writer, s.box.W, s.scale)
	heights := t.rowHeights(c.writer, widths, s.scale, math.Inf(1))
	box := s.box
	box.H = 0
	for _, h := range heights {
		box.H += h
	}
	m := &c.m
	id := c.id()
	m.start("p:graphicFrame")
	c.frameProperties(id, g.name, g.alt, s.holder)
	transform(m, "p:xfrm", box)
	m.start("a:graphic")
	m.start("a:graphicData", "uri", tableURI)
	m.start("a:tbl")
	m.start("a:tblPr", "firstRow", true)
	m.full("a:tableStyleId", noTableStyle)
	m.end()
	m.start("a:tblGrid")
	for _, w := range widths {
		m.leaf("a:gridCol", "w", inches(w))
	}
	m.end()
	t.headerRow(c, heights[0], s.scale)
	for i := range g.rows {
		t.row(c, i, heights[i+1], s.scale)
	}
	m.end()
	m.end()
	m.end()
	m.end()
	c.appear(id, nil)
	t.bars(c, box, widths, heights, s.scale)
	return nil
}

func (c *canvas) frameProperties(id int, name, alt string, holder int) {
	m := &c.m
	m.start("p:nvGraphicFramePr")
	c.named(id, name, alt)
	m.start("p:cNvGraphicFramePr")
	m.leaf("a:graphicFrameLocks", "noGrp", true)
	m.end()
	if holder > 0 {
		m.start("p:nvPr")
		c.placeholderRef("", holder)
		m.end()
	} else {
		m.leaf("p:nvPr")
	}
	m.end()
}

func (t tablePiece) headerRow(c *canvas, height, scale float64) {
	c.m.start("a:tr", "h", inches(height))
	for _, p := range t.grid.header {
		c.cell(cellLook{text: resize(p, scale), below: "muted", belowWidth: 1, scale: scale, anchor: "b"})
	}
	c.m.end()
}

// row writes one line: a light rule below it, a stronger one above sums.
func (t tablePiece) row(c *canvas, i int, height, scale float64) {
	row := t.grid.rows[i]
	c.m.start("a:tr", "h", inches(height))
	for j := range row.cells {
		cell := row.cells[j]
		look := cellLook{text: resize(cell.text, scale), fill: cell.fill, below: "rule", belowWidth: 0.5, scale: scale, anchor: "ctr"}
		switch {
		case row.kind == block.TotalLine:
			look.above, look.aboveWidth = "text", 1
			look.below, look.belowWidth = "", 0
		case row.kind == block.SubtotalLine:
			look.above, look.aboveWidth = "muted", 0.75
		case row.kind == block.GroupLine && j == 0:
			look.span = len(row.cells)
		case row.kind == block.GroupLine:
			look.merged = true
		}
		if i+1 < len(t.grid.rows) {
			switch t.grid.rows[i+1].kind {
			case block.TotalLine:
				look.below, look.belowWidth = "text", 1
			case block.SubtotalLine:
				look.below, look.belowWidth = "muted", 0.75
			default:
			}
		}
		c.cell(look)
	}
	c.m.end()
}

// cellLook is one cell as it is written.
type cellLook struct {
	text                   paragraph
	fill                   string
	above, below           string
	aboveWidth, belowWidth float64
	span                   int
	merged                 bool
	scale                  float64
	anchor                 string
}

func (c *canvas) cell(l cellLook) {
	m := &c.m
	attrs := []any{}
	if l.span > 1 {
		attrs = append(attrs, "gridSpan", strconv.Itoa(l.span))
	}
	if l.merged {
		attrs = append(attrs, "hMerge", true)
	}
	m.start("a:tc", attrs...)
	m.start("a:txBody")
	m.leaf("a:bodyPr")
	m.leaf("a:lstStyle")
	text := l.text
	if len(text.spans) == 0 {
		text.spans = nil
	}
	c.paragraphs([]paragraph{text})
	m.end()
	pad := rowPad * l.scale
	m.start("a:tcPr", "marL", inches(cellPad), "marR", inches(cellPad), "marT", inches(pad), "marB", inches(pad), "anchor", l.anchor)
	c.edge("a:lnL", "", 0)
	c.edge("a:lnR", "", 0)
	c.edge("a:lnT", l.above, l.aboveWidth)
	c.edge("a:lnB", l.below, l.belowWidth)
	c.ink.fill(m, l.fill)
	m.end()
	m.end()
}

// edge writes one line of a cell.
func (c *canvas) edge(element, token string, width float64) {
	m := &c.m
	if token == "" {
		m.start(element, "w", 0)
		m.leaf("a:noFill")
		m.end()
		return
	}
	m.start(element, "w", points(width), "cap", "flat", "cmpd", "sng", "algn", "ctr")
	c.ink.fill(m, token)
	m.val("a:prstDash", "solid")
	m.end()
}

// bars draws the bars of cells over the table, left of the numbers, in a group of their own.
func (t tablePiece) bars(c *canvas, box deck.Box, widths, heights []float64, scale float64) {
	x := box.X
	for j, col := range t.grid.columns {
		if col.bar {
			column := deck.Box{X: x, Y: box.Y, W: widths[j], H: box.H}
			room := min(widths[j]-2*cellPad-t.needs(c.writer).numbers[j]*ratio(scale)-0.08, barMost)
			t.columnBars(c, j, column, heights, room)
		}
		x += widths[j]
	}
}

func (t tablePiece) columnBars(c *canvas, j int, column deck.Box, heights []float64, room float64) {
	low, high := t.grid.columns[j].low, t.grid.columns[j].high
	if low == high || room <= 0 {
		return
	}
	axis := column.X + cellPad + room*(-low/(high-low))
	c.group(t.grid.name+" bars", "", column, func() {
		y := column.Y + heights[0]
		for i, row := range t.grid.rows {
			h := heights[i+1]
			if v := row.cells[j].bar; v != 0 {
				length := room * max(v, -v) / (high - low)
				bar := deck.Box{X: axis, Y: y + h*0.3, W: length, H: h * 0.4}
				if v < 0 {
					bar.X -= length
				}
				fill := "scenario-actual"
				if v < 0 {
					fill = "scenario-previous"
				}
				c.shape(shape{name: "Bar", box: bar, fill: fill})
			}
			y += h
		}
	})
}
