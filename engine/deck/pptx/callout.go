package pptx

import (
	"context"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
)

const (
	calloutPad  = 0.16
	calloutLine = 0.06 // the coloured line at its left
)

// calloutPiece is a text that stands out: on a panel, beside a line in the colour of what it says.
type calloutPiece struct {
	block *block.Block
	text  block.RichText
}

// calloutColor is the token of a callout's style.
func calloutColor(style string) string {
	switch style {
	case "good", "bad", "warning":
		return style
	}
	return "accent"
}

// calloutSign says the style to those who do not see its colour.
func calloutSign(style string) string {
	switch style {
	case "good":
		return "✓ "
	case "bad":
		return "✕ "
	case "warning":
		return "⚠ "
	}
	return ""
}

func (p calloutPiece) at(scale float64) []paragraph {
	var out []paragraph
	style := p.block.Callout.Style
	if t := p.block.Callout.Title; !t.IsZero() {
		out = append(out, plain(span{text: calloutSign(style) + t.Text, size: scaled(deck.BodySize, scale), weight: semibold, color: calloutColor(style)}))
	}
	for _, q := range p.text.Paragraphs {
		if q.Kind != block.HTML && q.Kind != block.Picture && q.Kind != block.Grid {
			out = append(out, richParagraph(q, scaled(deck.BodySize, scale)))
		}
	}
	return out
}

func (p calloutPiece) height(w *writer, width, scale float64) float64 {
	return w.textHeight(p.at(scale), width-2*calloutPad-calloutLine) + 2*calloutPad
}

func (p calloutPiece) stretch() float64 { return 0 }

func (p calloutPiece) draw(_ context.Context, c *canvas, s spot) error {
	x := p.block.Callout
	runFigures(c, p.text.Paragraphs)
	c.figures(x.Title)
	alt := strings.TrimSpace(x.Title.Text+"\n"+paragraphsText(p.text.Paragraphs)) + blockMark(p.block)
	panel, line := s.box, s.box
	line.W = calloutLine
	c.group(p.block.Name, alt, s.box, func() {
		c.shape(shape{
			name: "Callout", alt: alt, box: panel, fill: "panel", text: p.at(s.scale),
			body: body{anchor: "ctr", margins: [4]float64{calloutPad + calloutLine, calloutPad, calloutPad, calloutPad}},
		})
		c.shape(shape{name: "Line", box: line, fill: calloutColor(x.Style)})
	})
	return nil
}

// progressPiece is bars of values against their targets, a row each.
type progressPiece struct{ block *block.Block }

const (
	progressRow  = 0.3
	progressBar  = 0.13
	progressGap  = 0.16
	progressMost = 1.25 // of the target, that a bar shows
)

func (p progressPiece) height(_ *writer, _, scale float64) float64 {
	return float64(len(p.block.Progress)) * progressRow * scale
}

func (p progressPiece) stretch() float64 { return 0 }

// columns gives the widths of labels and of values.
func (p progressPiece) columns(w *writer, width, scale float64) (labels, values float64) {
	for i := range p.block.Progress {
		b := &p.block.Progress[i]
		labels = max(labels, w.textWidth(plain(span{text: b.Label, size: scaled(tableSize, scale)})))
		values = max(values, w.textWidth(plain(span{text: p.value(w, b), size: scaled(tableSize, scale), weight: semibold})))
	}
	return min(labels+0.05, width*0.4), min(values+0.05, width*0.4)
}

// value is the text at the end of a row: "1,250 of 1,400" needs no word in any language: "1,250 / 1,400".
func (p progressPiece) value(w *writer, b *block.Bar) string {
	text := w.doc.Format.Format(b.Value.Value, b.Value.Format)
	if b.Target != nil {
		text += " / " + w.doc.Format.Format(b.Target.Value, or(b.Target.Format, b.Value.Format))
	}
	return text
}

func (p progressPiece) draw(_ context.Context, c *canvas, s spot) error {
	bars := p.block.Progress
	labels, values := p.columns(c.writer, s.box.W, s.scale)
	row := progressRow * s.scale
	whole := 1.0
	for i := range bars {
		whole = max(whole, min(bars[i].Share, progressMost))
	}
	room := s.box.W - labels - values - 2*progressGap
	size := scaled(tableSize, s.scale)
	for i := range bars {
		b := &bars[i]
		y := s.box.Y + float64(i)*row
		share := c.doc.Format.Format(b.Share, "percent")
		alt := b.Label + ": " + p.value(c.writer, b) + " (" + share + ")" + mark(or(b.Value.Origin.Block, p.block.ID), b.Value.Origin.Query)
		line := deck.Box{X: s.box.X, Y: y, W: s.box.W, H: row}
		c.group(b.Label, alt, line, func() {
			c.textBox("Label", b.Label, deck.Box{X: s.box.X, Y: y, W: labels, H: row}, "ctr", []paragraph{plain(span{text: b.Label, size: size, color: "text"})})
			track := deck.Box{X: s.box.X + labels + progressGap, Y: y + (row-progressBar)/2, W: room / whole, H: progressBar}
			c.shape(shape{name: "Target", box: track, fill: "rule"})
			if filled := min(max(b.Share, 0), whole); filled > 0 {
				reached := track
				reached.W = room * filled / whole
				c.shape(shape{name: "Reached", box: reached, fill: "scenario-actual"})
			}
			if b.Share > 1 {
				c.shape(shape{name: "Target mark", box: deck.Box{X: track.X + track.W - 0.01, Y: track.Y - 0.04, W: 0.02, H: progressBar + 0.08}, fill: "text"})
			}
			right := deck.Box{X: s.box.X + s.box.W - values, Y: y, W: values, H: row}
			c.textBox("Value", p.value(c.writer, b), right, "ctr", []paragraph{{align: "r", spans: []span{{text: p.value(c.writer, b), size: size, weight: semibold, color: "text"}}}})
		})
	}
	return nil
}
