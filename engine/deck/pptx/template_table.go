package pptx

import (
	"strconv"

	"atlas/engine/block"
	"atlas/engine/diag"
)

// tableFill is the rows of a template's table that show what kind of line.
type tableFill struct {
	*slideFill
	table  *node
	header *node // nil if there is none
	body   *node
	total  *node // nil: sums look like rows, bold
}

// bindTable gives a table the lines of a block: its first row is the header's pattern, the next one
// the rows', the last one the sums' if it is a total row or bold.
func (s *slideFill) bindTable(b *bound) error {
	table := b.node.child("a:graphic", "a:graphicData", "a:tbl")
	if b.block.Kind != block.TableOf || b.block.Table == nil {
		s.failf(diag.BadValue, b.shape, "Write block:"+b.name+" in its alternative text: the block is drawn in the shape's place.",
			"block %s is no table but a %s", b.block.Name, b.block.Kind)
		return nil
	}
	rows := table.children("a:tr")
	if len(rows) == 0 || len(b.block.Table.Columns) == 0 {
		s.failf(diag.BadValue, b.shape, "A table needs a row and a column.", "there is nothing to fill")
		return nil
	}
	t := &tableFill{slideFill: s, table: table}
	t.patterns(rows)
	t.columns(len(b.block.Table.Columns))
	t.fill(b.block.Table)
	fitFrame(b.node)
	s.describe(b)
	s.checkHeight(b)
	return nil
}

func (t *tableFill) patterns(rows []*node) {
	props := t.table.child("a:tblPr")
	flag := func(name string) bool { return props.attr(name) == "1" || props.attr(name) == "true" }
	if flag("firstRow") && len(rows) > 1 || props.attr("firstRow") == "" && len(rows) > 1 {
		t.header, rows = rows[0], rows[1:]
	}
	t.body = rows[0]
	last := rows[len(rows)-1]
	if len(rows) > 1 && (flag("lastRow") || isBold(last) && !isBold(t.body)) {
		t.total = last
	}
}

// isBold reports whether the first text of a row is.
func isBold(row *node) bool {
	r := row.find("a:rPr")
	return r.attr("b") == "1" || r.attr("b") == "true"
}

// columns brings the table to a number of columns: further ones are like the last one; all together
// they are as wide as before.
func (t *tableFill) columns(count int) {
	gridOf := t.table.child("a:tblGrid")
	cols := gridOf.children("a:gridCol")
	before := len(cols)
	if before == 0 || before == count {
		t.plainCells(count)
		return
	}
	var whole, sum int64
	for _, c := range cols {
		whole += c.int("w")
	}
	for len(cols) < count {
		c := cols[len(cols)-1].clone()
		c.dropNamed("a:extLst")
		cols = append(cols, c)
	}
	cols = cols[:count]
	for _, c := range cols {
		sum += c.int("w")
	}
	gridOf.dropNamed("a:gridCol")
	for _, c := range cols {
		if sum > 0 {
			c.setInt("w", c.int("w")*whole/sum)
		}
		gridOf.insert(c, "a:extLst")
	}
	t.plainCells(count)
}

// plainCells gives each pattern that many cells, none of them merged.
func (t *tableFill) plainCells(count int) {
	for _, row := range []*node{t.header, t.body, t.total} {
		if row == nil {
			continue
		}
		cells := row.children("a:tc")
		if len(cells) == 0 {
			cells = []*node{row.make("tc")}
		}
		for len(cells) < count {
			cells = append(cells, cells[len(cells)-1].clone())
		}
		row.dropNamed("a:tc")
		for _, c := range cells[:count] {
			for _, merge := range []string{"gridSpan", "rowSpan", "hMerge", "vMerge"} {
				c.unset(merge)
			}
			row.insert(c, "a:extLst")
		}
	}
}

func (t *tableFill) fill(of *block.Table) {
	var out []*node
	if t.header != nil {
		row := t.header.clone()
		for i, cell := range row.children("a:tc") {
			label := of.Columns[i].Label
			if u := of.Columns[i].Unit; u != "" {
				label += " (" + u + ")"
			}
			setCell(cell, templateCell{text: label, left: of.Columns[i].Left})
		}
		out = append(out, row)
	}
	for i := range of.Lines {
		out = append(out, t.line(of, &of.Lines[i]))
	}
	t.table.dropNamed("a:tr")
	for i, row := range out {
		if i > 1 {
			row.dropNamed("a:extLst") // an identity is one row's
		}
		t.table.insert(row, "a:extLst")
	}
}

func (t *tableFill) line(of *block.Table, line *block.Line) *node {
	pattern, bold := t.body, line.Kind != block.RowLine && line.Kind != block.OtherLine
	if t.total != nil && (line.Kind == block.TotalLine || line.Kind == block.SubtotalLine) {
		pattern, bold = t.total, false
	}
	row := pattern.clone()
	k := ink{palette: t.doc.Theme.Light}
	for i, cell := range row.children("a:tc") {
		x := templateCell{left: of.Columns[i].Left, bold: bold}
		if i < len(line.Cells) {
			c := &line.Cells[i]
			x.text = t.writer.cellText(c, of.Columns[i], line.Kind, i)
			if c.Style != "" && c.Style != "text" {
				x.color = k.hex(c.Style)
			}
		}
		setCell(cell, x)
	}
	return row
}

// templateCell is the text of a cell of a template's table.
type templateCell struct {
	text  string
	left  bool
	bold  bool
	color string // six digits; "" keeps the template's
}

// setCell writes a text into a cell with the looks of the text that was there.
func setCell(cell *node, x templateCell) {
	body := cell.child("a:txBody")
	if body == nil {
		body = cell.make("txBody")
		body.kids = []*node{cell.make("bodyPr"), cell.make("p")}
		cell.kids = append([]*node{body}, cell.kids...)
	}
	p := firstParagraph(body)
	run := firstRun(p)
	out := &node{raw: p.raw, name: p.name, attrs: p.attrs}
	if pr := p.child("a:pPr"); pr != nil {
		out.kids = append(out.kids, pr)
	}
	if !x.left {
		pr := out.child("a:pPr")
		if pr == nil {
			pr = p.make("pPr")
			out.kids = []*node{pr}
		}
		if pr.attr("algn") == "" {
			pr.set("algn", "r")
		}
	}
	if x.text != "" {
		r := runOf(run, x.text)
		paint(r, x)
		out.kids = append(out.kids, r)
	}
	if end := p.child("a:endParaRPr"); end != nil {
		out.kids = append(out.kids, end)
	}
	setParagraphs(body, []*node{out})
}

func firstParagraph(body *node) *node {
	if p := body.child("a:p"); p != nil {
		return p
	}
	return &node{raw: "a:p", name: "a:p"}
}

// firstRun gives the first run of a paragraph that holds text, or one with the looks that its end has.
func firstRun(p *node) *node {
	for _, r := range p.children("a:r") {
		if r.words() != "" {
			return r
		}
	}
	if r := p.child("a:r"); r != nil {
		return r
	}
	r := p.make("r")
	if end := p.child("a:endParaRPr"); end != nil {
		pr := end.clone()
		pr.raw, pr.name = beside(end.raw, "rPr"), "a:rPr"
		r.kids = []*node{pr}
	}
	return r
}

// paint makes a run bold or coloured.
func paint(r *node, x templateCell) {
	if !x.bold && x.color == "" {
		return
	}
	pr := r.child("a:rPr")
	if pr == nil {
		pr = r.make("rPr")
		r.kids = append([]*node{pr}, r.kids...)
	}
	if x.bold {
		pr.set("b", "1")
	}
	if x.color == "" {
		return
	}
	pr.dropNamed("a:noFill", "a:solidFill", "a:gradFill", "a:blipFill", "a:pattFill", "a:grpFill")
	clr := pr.make("srgbClr")
	clr.attrs = []attribute{{"val", "val", x.color}}
	fillOf := pr.make("solidFill")
	fillOf.kids = []*node{clr}
	at := 0
	for i, k := range pr.kids {
		if k.name == "a:ln" {
			at = i + 1
		}
	}
	pr.kids = append(pr.kids[:at], append([]*node{fillOf}, pr.kids[at:]...)...)
}

// checkHeight warns of a table that has become longer than the slide.
func (s *slideFill) checkHeight(b *bound) {
	xfrm := b.node.child("p:xfrm")
	bottom := xfrm.child("a:off").int("y") + xfrm.child("a:ext").int("cy")
	height := s.root.child("p:sldSz").int("cy")
	if height == 0 || bottom <= height || b.up == nil || b.up.name == "p:grpSp" {
		return
	}
	rows := len(b.node.find("a:tbl").children("a:tr"))
	d := diag.Warnf(diag.BadValue, diag.Pos{}, "the table of %s rows runs off the slide", strconv.Itoa(rows)).
		WithHint("Give the block a limit:, or the table lower rows or more room.")
	s.fail(b.shape, d)
}
