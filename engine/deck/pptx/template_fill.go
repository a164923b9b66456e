package pptx

import (
	"context"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// fillTexts renders the texts of a part: each table as one script, each other body of text as one.
// Word is what messages call what is in no shape.
func (s *slideFill) fillTexts(ctx context.Context, root *node, word string) {
	s.fillInside(ctx, root, word)
}

func (s *slideFill) fillInside(ctx context.Context, n *node, shape string) {
	if c := properties(n); c != nil {
		shape = c.attr("name")
		s.fillAlt(ctx, c, shape)
	}
	if n.name == "a:tbl" {
		s.fillTable(ctx, n, shape)
		return
	}
	if n.first("a:p") != nil {
		s.fillBody(ctx, n, shape)
		return
	}
	for _, k := range n.kids {
		if k.name != "" {
			s.fillInside(ctx, k, shape)
		}
	}
	if n.name == "p:graphicFrame" {
		fitFrame(n)
	}
}

// properties gives the element that holds the name of a shape, nil of what is none.
func properties(n *node) *node {
	switch n.name {
	case "p:sp", "p:pic", "p:graphicFrame", "p:cxnSp", "p:grpSp":
		for _, k := range n.kids {
			if strings.HasPrefix(k.name, "p:nv") {
				return k.child("p:cNvPr")
			}
		}
	}
	return nil
}

// fillAlt renders tags in the alternative text.
func (s *slideFill) fillAlt(ctx context.Context, c *node, shape string) {
	for _, name := range []string{"descr", "title"} {
		text := c.attr(name)
		if !jinja.HasTags(text) {
			continue
		}
		body := c.make("txBody")
		p := &node{raw: "a:p", name: "a:p"}
		p.kids = []*node{{raw: "a:r", name: "a:r", kids: []*node{{raw: "a:t", name: "a:t", kids: []*node{{text: text}}}}}}
		body.kids = []*node{p}
		s.fillBody(ctx, body, shape)
		c.set(name, body.words())
	}
}

// tagged reports whether one of the paragraphs holds a tag.
func tagged(paras []*node) bool {
	for _, p := range paras {
		var text strings.Builder
		for _, r := range p.children("a:r") {
			text.WriteString(r.child("a:t").words())
		}
		if jinja.HasTags(text.String()) {
			return true
		}
	}
	return false
}

func (s *slideFill) fillBody(ctx context.Context, body *node, shape string) {
	paras := body.children("a:p")
	if !tagged(paras) {
		return
	}
	x := &script{}
	if d := x.add(paras...); d != nil {
		s.fail(shape, d)
		return
	}
	_, built, ok := s.run(ctx, x, shape)
	if ok {
		setParagraphs(body, built)
		s.touch(body)
	}
}

// run renders a script and builds what it gives.
func (s *slideFill) run(ctx context.Context, x *script, shape string) (rows, paras []*node, ok bool) {
	out, err := x.render(s.state(ctx))
	if err != nil {
		s.fail(shape, err)
		return nil, nil, false
	}
	if strings.ContainsRune(out, '\ue003') {
		s.failf(diag.BadCall, shape, "Write block:NAME as the alternative text of a shape: the block is drawn in its place.", "a text cannot hold a block")
		return nil, nil, false
	}
	b := &builder{protos: x.protos}
	rows, paras = b.build(s.prose(out))
	return rows, paras, true
}

// fillTable renders a table: rows between a statement and its end are repeated or left out.
func (s *slideFill) fillTable(ctx context.Context, table *node, shape string) {
	rows := table.children("a:tr")
	x := &script{rows: len(rows)}
	any := false
	for i, row := range rows {
		bare := &node{raw: row.raw, name: row.name, attrs: row.attrs}
		if ext := row.child("a:extLst"); ext != nil {
			bare.kids = []*node{ext}
		}
		for j, cell := range row.children("a:tc") {
			body := cell.child("a:txBody")
			if body == nil {
				body = &node{raw: "a:txBody", name: "a:txBody", kids: []*node{{raw: "a:bodyPr", name: "a:bodyPr"}, {raw: "a:p", name: "a:p"}}}
				cell.kids = append([]*node{body}, cell.kids...)
			}
			paras := body.children("a:p")
			any = any || tagged(paras)
			first := len(x.units)
			if d := x.add(paras...); d != nil {
				s.fail(shape, d)
				return
			}
			for k, u := range x.units[first:] {
				u.row, u.cell = i, j
				u.cellStart, u.rowStart = k == 0, k == 0 && j == 0
				u.rowProto, u.cellProto = bare, cell
			}
		}
	}
	if !any {
		return
	}
	built, _, ok := s.run(ctx, x, shape)
	if !ok {
		return
	}
	for _, row := range built {
		if len(row.children("a:tc")) != len(table.child("a:tblGrid").children("a:gridCol")) {
			s.failf(diag.BadValue, shape, "Every row has to have all cells of the table.", "a row of the filled table has %d cells", len(row.children("a:tc")))
			return
		}
	}
	if len(built) == 0 {
		s.failf(diag.BadValue, shape, "Keep a row outside of the loop, a header for instance.", "nothing of the table is left")
		return
	}
	table.dropNamed("a:tr")
	for _, row := range built {
		table.insert(row, "a:extLst")
	}
}

// fitFrame gives the frame of a table the height of its rows.
func fitFrame(frame *node) {
	table := frame.child("a:graphic", "a:graphicData", "a:tbl")
	ext := frame.child("p:xfrm", "a:ext")
	if table == nil || ext == nil {
		return
	}
	var height int64
	for _, row := range table.children("a:tr") {
		height += row.int("h")
	}
	if height > 0 {
		ext.setInt("cy", height)
	}
}
