package pptx

import (
	"context"
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// piece is something that stands in a region: it knows how high it is in a width, and draws itself.
type piece interface {
	// height is what it takes, in inches, with its type scaled; stretch is its share of room that is
	// left over, 0 if it takes none.
	height(w *writer, width, scale float64) float64
	stretch() float64
	draw(ctx context.Context, c *canvas, s spot) error
}

// breaking is a piece that can be continued on another page.
type breaking interface {
	// split gives what fits into a height and what is left of it; false if nothing of it fits.
	split(w *writer, width, height, scale float64) (fits, rest piece, ok bool)
	rows(w *writer) int
}

// fewRows is how many rows are rather made smaller than torn apart.
const fewRows = 12

func (w *writer) rows(items []placed) int {
	sum := 0
	for _, item := range items {
		if b, ok := item.piece.(breaking); ok {
			sum += b.rows(w)
		}
	}
	return sum
}

// spot is where a piece is drawn.
type spot struct {
	box    deck.Box
	scale  float64
	holder int // index of the layout's placeholder that it fills; 0 fills none
}

// itemGap is the space between things that stand below one another.
const itemGap = 0.2

// scales are what the type of a region is shrunk by, one after the other, until all of it fits;
// nothing becomes smaller than a footnote.
func scales() []float64 { return []float64{1, 0.93, 0.86, 0.79} }

// scaled is a size of type, not below the smallest.
func scaled(size, scale float64) float64 {
	s := size * scale
	return max(float64(int(s*2+0.5))/2, min(size, deck.FootnoteSize))
}

// heights gives the height of each piece in a box, room that is left over shared out, and their sum
// with the gaps between them.
func (w *writer) heights(items []placed, b deck.Box, scale float64) ([]float64, float64) {
	out := make([]float64, len(items))
	total, weight := 0.0, 0.0
	for i, item := range items {
		out[i] = item.height(w, b.W, scale)
		total += out[i]
		weight += item.stretch()
	}
	if len(items) > 1 {
		total += itemGap * float64(len(items)-1)
	}
	if free := b.H - total; free > 0 && weight > 0 {
		for i, item := range items {
			out[i] += free * item.stretch() / weight
		}
		total = b.H
	}
	return out, total
}

// slack is what measures may be off by.
const slack = 0.02

// fit finds the scale at which a region's pieces stand in it. What a table has too much is taken off
// the place and given back for the next page; what else is too much is told.
func (w *writer) fit(s *deck.Slide, p *place) (float64, []placed) {
	list := scales()
	smallest := list[len(list)-1]
	if p.align == "middle" && quotes(p.items) {
		list = append([]float64{1.5, 1.25}, list...)
	}
	for len(list) > 1 && w.tooWide(p.items, p.box.W, list[0]) {
		list = list[1:]
	}
	readable, tried := min(list[0], 1), false
	for _, scale := range list {
		if _, total := w.heights(p.items, p.box, scale); total <= p.box.H+slack {
			return scale, nil
		}
		if scale < 0.9 && !tried && w.rows(p.items) > fewRows { // a long table goes on rather than being hard to read
			tried = true
			if rest := w.cut(p, readable); rest != nil {
				return readable, rest
			}
		}
	}
	if rest := w.cut(p, readable); rest != nil {
		return readable, rest
	}
	_, total := w.heights(p.items, p.box, smallest)
	w.tooMuch(s, "region %s holds more than fits: %.2f inches of %.2f", or(p.region, "default"), total, p.box.H)
	return smallest, nil
}

// quotes reports a quotation that has a place to itself: it may be large.
func quotes(items []placed) bool {
	for _, item := range items {
		if _, ok := item.piece.(quotePiece); ok {
			return true
		}
	}
	return false
}

// cut takes off a place what a table has too much, and what follows it; nil if there is none.
func (w *writer) cut(p *place, scale float64) []placed {
	for i, item := range p.items {
		b, ok := item.piece.(breaking)
		if !ok {
			continue
		}
		room := p.box.H
		for _, other := range p.items[:i] {
			room -= other.height(w, p.box.W, scale) + itemGap
		}
		fits, rest, ok := b.split(w, p.box.W, room, scale)
		if !ok {
			continue
		}
		left := append([]placed{{rest, 0}}, p.items[i+1:]...)
		p.items = append(append([]placed(nil), p.items[:i]...), placed{fits, item.step})
		return left
	}
	return nil
}

// broad is a piece that needs some width: a table.
type broad interface {
	least(w *writer, scale float64) float64
}

func (w *writer) tooWide(items []placed, width, scale float64) bool {
	for _, item := range items {
		if x, ok := item.piece.(broad); ok && x.least(w, scale) > width+slack {
			return true
		}
	}
	return false
}

// pieces gives what an item is drawn as.
func (w *writer) pieces(item deck.Item) []piece {
	switch {
	case item.Block != nil:
		return []piece{w.blockPiece(item.Block)}
	case item.Text != nil:
		return w.richPieces(*item.Text, "")
	default:
		return nil
	}
}

// blockPiece is a block with its title, subtitle and note around it.
func (w *writer) blockPiece(b *block.Block) piece {
	f := framed{block: b}
	switch {
	case b.Empty != "":
		f.inner = emptyPiece{b}
	case b.Kind == block.Title && b.Heading != nil:
		return headingPiece{b}
	case b.Kind == block.TextKind && b.Text != nil:
		f.inner = stack(w.richPieces(w.markdown(*b.Text), blockMark(b)))
	case b.Kind == block.KPIs:
		f.inner = kpiPiece{b}
	case b.Kind == block.TableOf && b.Table != nil:
		f.inner = newTable(b)
	case b.Kind == block.ChartOf && b.Chart != nil && hasData(b.Chart):
		f.inner = chartPiece{b}
	case b.Kind == block.ImageOf && b.Image != nil:
		f.inner = imagePiece{block: b, file: b.Image.File, caption: b.Image.Caption, alt: b.Alt}
	case b.Kind == block.Columns:
		f.inner = w.columnsPiece(b)
	case b.Kind == block.CalloutKind && b.Callout != nil:
		f.inner = calloutPiece{block: b, text: w.markdown(b.Callout.Text)}
	case b.Kind == block.ProgressKind:
		f.inner = progressPiece{b}
	default:
		f.inner = emptyPiece{b}
	}
	return f
}

// framed is a block's inside with the texts around it.
type framed struct {
	block *block.Block
	inner piece
}

func (f framed) stretch() float64 { return f.inner.stretch() }

func (f framed) above(scale float64) []paragraph {
	var ps []paragraph
	if t := f.block.Title; !t.IsZero() {
		spans := []span{{text: t.Text, size: scaled(deck.BodySize, scale), weight: semibold, color: "text"}}
		if f.block.Stale != "" {
			spans = append(spans, span{text: " " + strings.TrimSpace(staleSign), size: scaled(deck.BodySize, scale), color: "warning"})
		}
		ps = append(ps, paragraph{spans: spans})
	}
	if t := f.block.Subtitle; !t.IsZero() {
		ps = append(ps, plain(span{text: t.Text, size: scaled(deck.LabelSize, scale), color: "muted"}))
	}
	return ps
}

// staleSign stands before why figures are older than their sources, and behind their block's title.
const staleSign = "⚠ "

// below is a block's note, and why it is stale where no footnote says so.
func (f framed) below(w *writer) []paragraph {
	var ps []paragraph
	if f.block.Stale != "" && !w.footed {
		ps = append(ps, plain(span{text: staleSign + f.block.Stale, size: deck.FootnoteSize, color: "warning"}))
	}
	if t := f.block.Note; !t.IsZero() {
		ps = append(ps, plain(span{text: t.Text, size: deck.FootnoteSize, color: "muted"}))
	}
	return ps
}

const frameGap = 0.1

func (f framed) around(w *writer, width, scale float64) (above, below float64) {
	if ps := f.above(scale); len(ps) > 0 {
		above = w.textHeight(ps, width) + frameGap
	}
	if ps := f.below(w); len(ps) > 0 {
		below = w.textHeight(ps, width) + frameGap
	}
	return above, below
}

func (f framed) height(w *writer, width, scale float64) float64 {
	above, below := f.around(w, width, scale)
	return above + f.inner.height(w, width, scale) + below
}

func (f framed) draw(ctx context.Context, c *canvas, s spot) error {
	b := f.block
	c.page.shown = append(c.page.shown, b)
	if b.Stale != "" && c.footed && !slices.Contains(c.page.stale, b.Stale) {
		c.page.stale = append(c.page.stale, b.Stale)
	}
	above, below := f.around(c.writer, s.box.W, s.scale)
	inner := s
	if above > 0 {
		var top deck.Box
		top, inner.box = cutTop(inner.box, above-frameGap, frameGap)
		c.figures(b.Title)
		c.figures(b.Subtitle)
		alt := strings.TrimSpace(b.Title.Text + " " + b.Subtitle.Text)
		c.textBox(b.Name+" title", alt+blockMark(b), top, "t", f.above(s.scale))
	}
	var bottom deck.Box
	if below > 0 {
		bottom, inner.box = cutBottom(inner.box, below-frameGap, frameGap)
	}
	if above > 0 || below > 0 {
		inner.holder = 0
	}
	if err := f.inner.draw(ctx, c, inner); err != nil {
		return err
	}
	if below > 0 {
		c.figures(b.Note)
		c.textBox(b.Name+" note", strings.TrimSpace(b.Stale+" "+b.Note.Text)+blockMark(b), bottom, "b", f.below(c.writer))
	}
	return nil
}

func (f framed) split(w *writer, width, height, scale float64) (fits, rest piece, ok bool) {
	inner, ok := f.inner.(breaking)
	if !ok {
		return nil, nil, false
	}
	above, below := f.around(w, width, scale)
	a, b, ok := inner.split(w, width, height-above-below, scale)
	if !ok {
		return nil, nil, false
	}
	return framed{f.block, a}, framed{f.block, b}, true
}

func (f framed) rows(w *writer) int {
	if b, ok := f.inner.(breaking); ok {
		return b.rows(w)
	}
	return 0
}

func (f framed) least(w *writer, scale float64) float64 {
	if x, ok := f.inner.(broad); ok {
		return x.least(w, scale)
	}
	return 0
}

// stack is pieces below one another.
type stack []piece

func (l stack) items() []placed {
	out := make([]placed, len(l))
	for i, p := range l {
		out[i] = placed{p, 0}
	}
	return out
}

func (l stack) height(w *writer, width, scale float64) float64 {
	_, total := w.heights(l.items(), deck.Box{W: width}, scale)
	return total
}

func (l stack) stretch() float64 {
	sum := 0.0
	for _, p := range l {
		sum += p.stretch()
	}
	return sum
}

func (l stack) draw(ctx context.Context, c *canvas, s spot) error {
	heights, _ := c.heights(l.items(), s.box, s.scale)
	y := s.box.Y
	for i, p := range l {
		next := spot{box: deck.Box{X: s.box.X, Y: y, W: s.box.W, H: heights[i]}, scale: s.scale}
		if len(l) == 1 {
			next.holder = s.holder
		}
		if err := p.draw(ctx, c, next); err != nil {
			return err
		}
		y += heights[i] + itemGap
	}
	return nil
}

// columnsPiece is blocks beside one another.
type columnsPiece struct {
	widths []float64 // shares
	of     []stack
}

func (w *writer) columnsPiece(b *block.Block) piece {
	p := columnsPiece{}
	sum := 0.0
	for _, col := range b.Columns {
		sum += max(col.Width, 0)
	}
	for _, col := range b.Columns {
		share := 1 / float64(len(b.Columns))
		if sum > 0 {
			share = max(col.Width, 0) / sum
		}
		var inner stack
		for _, x := range col.Of {
			inner = append(inner, w.blockPiece(x))
		}
		p.widths, p.of = append(p.widths, share), append(p.of, inner)
	}
	return p
}

const columnGap = 0.35

func (p columnsPiece) width(i int, whole float64) float64 {
	return p.widths[i] * (whole - columnGap*float64(len(p.of)-1))
}

func (p columnsPiece) height(w *writer, width, scale float64) float64 {
	most := 0.0
	for i, col := range p.of {
		most = max(most, col.height(w, p.width(i, width), scale))
	}
	return most
}

func (p columnsPiece) stretch() float64 {
	most := 0.0
	for _, col := range p.of {
		most = max(most, col.stretch())
	}
	return min(most, 1)
}

func (p columnsPiece) draw(ctx context.Context, c *canvas, s spot) error {
	x := s.box.X
	for i, col := range p.of {
		width := p.width(i, s.box.W)
		if err := col.draw(ctx, c, spot{box: deck.Box{X: x, Y: s.box.Y, W: width, H: s.box.H}, scale: s.scale}); err != nil {
			return err
		}
		x += width + columnGap
	}
	return nil
}
