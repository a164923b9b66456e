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
