package pptx

import (
	"strconv"

	"atlas/engine/block"
	"atlas/engine/diag"
)

// bindText writes a block's text into a shape, in the looks of the text that was there.
func (s *slideFill) bindText(b *bound) {
	body := b.node.child("p:txBody")
	if body == nil {
		s.failf(diag.BadValue, b.shape, "Use a text box or a placeholder.", "the shape holds no text")
		return
	}
	var text block.Prose
	switch {
	case b.block.Text != nil:
		text = *b.block.Text
	case b.block.Heading != nil:
		text = *b.block.Heading
	case b.block.Callout != nil:
		text = b.block.Callout.Text
	default:
		s.failf(diag.BadValue, b.shape, "Write block:"+b.name+" in its alternative text: the block is drawn in the shape's place.",
			"block %s is no text but a %s", b.block.Name, b.block.Kind)
		return
	}
	s.setRich(body, s.writer.markdown(text), placeholder(b.node) != nil)
	s.describe(b)
}

// setRich writes paragraphs into a body of text. In a placeholder the levels of lists are the
// layout's; elsewhere bullets are written.
func (s *slideFill) setRich(body *node, text block.RichText, holder bool) { //nolint:revive // where bullets are from
	base := firstParagraph(body)
	run := firstRun(base)
	var out []*node
	for i := range text.Paragraphs {
		p := &text.Paragraphs[i]
		if len(p.Runs) == 0 && p.Raw == "" {
			continue
		}
		n := &node{raw: base.raw, name: base.name}
		n.kids = append(n.kids, richProps(base, p, holder))
		if p.Raw != "" {
			n.kids = append(n.kids, runOf(run, p.Raw))
		}
		for _, r := range p.Runs {
			if r.Text != "" {
				n.kids = append(n.kids, richRun(run, r, p.Kind))
			}
			if r.Break {
				n.kids = append(n.kids, lineBreak(run))
			}
			if r.Figure != nil {
				s.page.prose = append(s.page.prose, *r.Figure)
			}
		}
		out = append(out, n)
	}
	setParagraphs(body, out)
	s.touch(body)
}

// richProps gives the properties of a paragraph: those of the first one that was there, and a level.
func richProps(base *node, p *block.Paragraph, holder bool) *node { //nolint:revive // where bullets are from
	pr := base.child("a:pPr").clone()
	if pr == nil {
		pr = base.make("pPr")
	}
	list := p.Kind == block.Bullet || p.Kind == block.Numbered
	if !list && !holder {
		return pr
	}
	pr.dropNamed("a:buNone", "a:buChar", "a:buAutoNum", "a:buBlip")
	mark := func(name string, pairs ...string) {
		pr.insert(pr.make(name, pairs...), "a:tabLst", "a:defRPr", "a:extLst")
	}
	if !list {
		pr.set("marL", "0")
		pr.set("indent", "0")
		mark("buNone")
		return pr
	}
	if p.Level > 0 {
		pr.set("lvl", strconv.Itoa(min(p.Level, 8)))
	}
	if p.Kind == block.Bullet && holder {
		return pr
	}
	step := 228600
	if holder {
		step *= 2 // texts of placeholders are large
	}
	pr.setInt("marL", int64(step*(p.Level+1)))
	pr.setInt("indent", int64(-step))
	if p.Kind == block.Numbered {
		mark("buAutoNum", "type", "arabicPeriod")
	} else {
		mark("buChar", "char", "•")
	}
	return pr
}

func richRun(proto *node, r block.Run, kind block.ParagraphKind) *node {
	n := runOf(proto, r.Text)
	if !r.Bold && !r.Italic && !r.Strike && kind != block.HeadingOf {
		return n
	}
	pr := n.child("a:rPr")
	if pr == nil {
		pr = n.make("rPr")
		n.kids = append([]*node{pr}, n.kids...)
	}
	if r.Bold || kind == block.HeadingOf {
		pr.set("b", "1")
	}
	if r.Italic {
		pr.set("i", "1")
	}
	if r.Strike {
		pr.set("strike", "sngStrike")
	}
	return n
}
