package pptx

import (
	"context"
	"math"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// Measures of a card, in inches and points.
const (
	cardPad      = 0.16
	cardGap      = 0.2
	cardMinWidth = 1.9
	cardValue    = 28.0
	cardBar      = 0.07
	cardSpark    = 0.42
	cardInside   = 0.1 // between the parts of a card
)

// kpiPiece is key figures as cards beside one another.
type kpiPiece struct{ block *block.Block }

// rows says how many cards stand beside one another, and how many rows of them there are.
func (p kpiPiece) rows(width float64) (columns, rows int) {
	n := len(p.block.KPI)
	if n == 0 {
		return 1, 0
	}
	most := max(int((width+cardGap)/(cardMinWidth+cardGap)), 1)
	rows = (n + most - 1) / most
	return (n + rows - 1) / rows, rows // as even as can be
}

func (p kpiPiece) cardWidth(width float64) float64 {
	columns, _ := p.rows(width)
	return (width - cardGap*float64(columns-1)) / float64(columns)
}

func (p kpiPiece) height(w *writer, width, scale float64) float64 {
	_, rows := p.rows(width)
	if rows == 0 {
		return 0
	}
	return float64(rows)*p.cardHeight(w, width, scale) + cardGap*float64(rows-1)
}

func (p kpiPiece) stretch() float64 { return 0 }

// cardHeight is the height of the highest card: all have the same.
func (p kpiPiece) cardHeight(w *writer, width, scale float64) float64 {
	inner := p.cardWidth(width) - 2*cardPad
	most := 0.0
	for i := range p.block.KPI {
		most = max(most, w.card(&p.block.KPI[i], inner, scale).height(scale))
	}
	return most
}

func (p kpiPiece) draw(_ context.Context, c *canvas, s spot) error {
	columns, rows := p.rows(s.box.W)
	if rows == 0 {
		return nil
	}
	width := p.cardWidth(s.box.W)
	height := min(p.cardHeight(c.writer, s.box.W, s.scale), (s.box.H-cardGap*float64(rows-1))/float64(rows)+slack)
	for i := range p.block.KPI {
		b := deck.Box{
			X: s.box.X + float64(i%columns)*(width+cardGap), Y: s.box.Y + float64(i/columns)*(height+cardGap), W: width, H: height,
		}
		c.card(p.block, i, b, s.scale)
	}
	return nil
}

// card is one key figure, measured.
type card struct {
	label, value paragraph
	compare      []paragraph
	heights      [3]float64 // of label, value, comparisons
	bar, spark   bool
}

func (w *writer) card(k *block.KPI, width, scale float64) card {
	label := scaled(deck.LabelSize, scale)
	out := card{label: plain(span{text: k.Label, size: label, color: "muted"}), bar: k.Target != nil, spark: hasPoints(k.Spark)}
	value := w.doc.Format.Format(k.Value, k.Format)
	size := cardValue * scale
	for size > deck.BodySize && w.heading.width(value, size, semibold) > width {
		size--
	}
	out.value = plain(span{text: value, size: size, weight: semibold, heading: true, color: "text"})
	for i := range k.Compare {
		out.compare = append(out.compare, w.comparison(&k.Compare[i], label))
	}
	out.heights = [3]float64{w.textHeight([]paragraph{out.label}, width), w.textHeight([]paragraph{out.value}, width), w.textHeight(out.compare, width)}
	return out
}

// comparison is a line below a key figure: arrow, change, what it is compared to.
func (w *writer) comparison(x *block.Compare, size float64) paragraph {
	color := verdictColor(x.Verdict)
	text := arrow(x.Value) + w.doc.Format.Format(x.Value, x.Format)
	return paragraph{before: 2, spans: []span{
		{text: text, size: size, weight: semibold, color: or(color, "text")},
		{text: "  " + x.Label, size: size, color: "muted"},
	}}
}

// arrow says the direction of a change, so that colour does not say it alone.
func arrow(v block.Value) string {
	r, ok := block.Exact(v)
	switch {
	case !ok || r.Sign() == 0:
		return ""
	case r.Sign() > 0:
		return "▲\u00a0"
	default:
		return "▼\u00a0"
	}
}

func verdictColor(v block.Verdict) string {
	switch v {
	case block.Good:
		return "good"
	case block.Bad:
		return "bad"
	}
	return ""
}

func (x card) height(scale float64) float64 {
	h := 2*cardPad + x.heights[0] + x.heights[1] + x.heights[2]
	if x.bar {
		h += cardBar + cardInside
	}
	if x.spark {
		h += sparkHeight(scale) + cardInside
	}
	return h
}

// card draws one key figure as a group.
func (c *canvas) card(b *block.Block, i int, box deck.Box, scale float64) {
	k := &b.KPI[i]
	inner := inset(box, cardPad)
	x := c.writer.card(k, inner.W, scale)
	origin := k.Origin.Query
	if origin == "" && b.Data != nil {
		origin = b.Data.Query
	}
	c.group(k.Label, c.kpiAlt(k)+mark(b.ID, origin), box, func() {
		texts := append([]paragraph{x.label, x.value}, x.compare...)
		c.shape(shape{name: "Card", box: box, preset: "roundRect", adjust: 4000, fill: "panel"})
		top := inner
		if !x.bar {
			c.textBox("Figure", c.kpiAlt(k), top, "t", texts)
		} else {
			head := x.heights[0] + x.heights[1]
			c.textBox("Figure", or(k.Label, "–"), deck.Box{X: top.X, Y: top.Y, W: top.W, H: head}, "t", texts[:2])
			bar := deck.Box{X: top.X, Y: top.Y + head + 0.03, W: top.W, H: cardBar}
			c.progressBar(k.Share, max(k.Share, 1), bar)
			if len(x.compare) > 0 {
				c.textBox("Comparisons", c.compareAlt(k), deck.Box{X: top.X, Y: bar.Y + cardBar + cardInside - 0.03, W: top.W, H: x.heights[2]}, "t", x.compare)
			}
		}
		if x.spark {
			h := sparkHeight(scale)
			c.spark(k.Spark, deck.Box{X: inner.X, Y: box.Y + box.H - cardPad - h, W: inner.W, H: h})
		}
	})
}

// kpiAlt tells a key figure in words.
func (c *canvas) kpiAlt(k *block.KPI) string {
	text := k.Label + ": " + c.doc.Format.Format(k.Value, k.Format)
	if compare := c.compareAlt(k); compare != "" {
		text += "; " + compare
	}
	if k.Target != nil {
		text += "; " + c.doc.Format.Word(block.WordTarget, c.doc.Format.Format(k.Target.Value, or(k.Target.Format, k.Format)))
	}
	return text
}

func (c *canvas) compareAlt(k *block.KPI) string {
	var lines []string
	for i := range k.Compare {
		x := &k.Compare[i]
		lines = append(lines, c.doc.Format.Format(x.Value, x.Format)+" "+x.Label)
	}
	return strings.Join(lines, "; ")
}

// sparkHeight gives way faster than type does.
func sparkHeight(scale float64) float64 { return max(cardSpark-1.2*(1-scale), 0.18) }

func hasPoints(spark []block.Figure) bool {
	n := 0
	for i := range spark {
		if _, ok := block.ToFloat(spark[i].Value); ok {
			n++
		}
	}
	return n > 1
}

// spark is a small line of the last values, the last one marked.
func (c *canvas) spark(values []block.Figure, b deck.Box) {
	low, high := math.Inf(1), math.Inf(-1)
	ys := make([]float64, len(values))
	xs := make([]float64, len(values))
	last := -1
	for i := range values {
		xs[i] = float64(i) / float64(max(len(values)-1, 1))
		v, ok := block.ToFloat(values[i].Value)
		if !ok {
			ys[i] = math.NaN()
			continue
		}
		ys[i], last = v, i
		low, high = min(low, v), max(high, v)
	}
	for i := range ys {
		if high > low {
			ys[i] = 1 - (ys[i]-low)/(high-low)
		} else if !math.IsNaN(ys[i]) {
			ys[i] = 0.5
		}
	}
	dot := 0.08
	line := deck.Box{X: b.X, Y: b.Y + dot/2, W: b.W - dot/2, H: b.H - dot}
	c.shape(shape{name: "Sparkline", box: line, path: polyline(xs, ys, line), line: "scenario-actual", width: 1.25})
	if last >= 0 {
		x, y := line.X+xs[last]*line.W, line.Y+ys[last]*line.H
		c.shape(shape{name: "Last", box: deck.Box{X: x - dot/2, Y: y - dot/2, W: dot, H: dot}, preset: "ellipse", fill: "accent"})
	}
}
