package pptx

import (
	"context"
	"sort"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// progressPiece is bars of values against their targets, a row each. Where names and values leave no
// room for bars, the bars stand below them.
type progressPiece struct{ block *block.Block }

// Measures of a row, in inches.
const (
	progressRow  = 0.3
	progressTall = 0.44 // with the bar below
	progressBar  = 0.13
	progressGap  = 0.16
	progressMost = 1.25 // of the target, that a bar shows
	progressRoom = 1.2  // that a bar beside its name needs
)

// progressLook is how rows are drawn in a width.
type progressLook struct {
	size           float64 // points
	labels, values float64 // widths, in inches
	row            float64
	tall           bool
}

func (p progressPiece) look(w *writer, width, scale float64) progressLook {
	l := progressLook{size: scaled(tableSize, scale), row: progressRow * scale}
	for i := range p.block.Progress {
		b := &p.block.Progress[i]
		l.labels = max(l.labels, w.text.width(b.Label, l.size, regular)+0.05)
		l.values = max(l.values, w.text.width(p.value(w, b), l.size, semibold)+0.05)
	}
	if width-l.labels-l.values-2*progressGap < progressRoom*scale {
		l.tall, l.row = true, progressTall*scale
		l.labels = width - l.values - progressGap
	}
	return l
}

func (p progressPiece) height(w *writer, width, scale float64) float64 {
	return float64(len(p.block.Progress)) * p.look(w, width, scale).row
}

func (p progressPiece) stretch() float64 { return 0 }

// value is the text at the end of a row, the same in all languages: "1,250 / 1,400".
func (p progressPiece) value(w *writer, b *block.Bar) string {
	text := w.doc.Format.Format(b.Value.Value, b.Value.Format)
	if b.Target != nil {
		text += " / " + w.doc.Format.Format(b.Target.Value, or(b.Target.Format, b.Value.Format))
	}
	return text
}

func (p progressPiece) draw(_ context.Context, c *canvas, s spot) error {
	bars := p.block.Progress
	l := p.look(c.writer, s.box.W, s.scale)
	whole := 1.0
	for i := range bars {
		whole = max(whole, min(bars[i].Share, progressMost))
	}
	for i := range bars {
		b := &bars[i]
		row := deck.Box{X: s.box.X, Y: s.box.Y + float64(i)*l.row, W: s.box.W, H: l.row}
		value := p.value(c.writer, b)
		share := c.doc.Format.Null()
		if b.Measured() {
			share = c.doc.Format.Format(b.Share, "percent")
		}
		alt := b.Label + ": " + value + " (" + share + ")" + mark(or(b.Value.Origin.Block, p.block.ID), b.Value.Origin.Query)
		c.group(or(b.Label, "–"), alt, row, func() {
			text, bar := row, deck.Box{X: row.X + l.labels + progressGap, W: row.W - l.labels - l.values - 2*progressGap, Y: row.Y + (row.H-progressBar)/2, H: progressBar}
			if l.tall {
				text.H = l.size * lineHeight / pointsIn
				bar = deck.Box{X: row.X, Y: text.Y + text.H + 0.02, W: row.W, H: progressBar * s.scale}
			}
			left, right := text, text
			left.W = l.labels
			right.X, right.W = text.X+text.W-l.values, l.values
			label := c.shortened(b.Label, l.size, l.labels)
			c.textBox("Label", b.Label, left, "ctr", []paragraph{plain(span{text: label, size: l.size, color: "text"})})
			c.progressBar(b.Share, whole, bar)
			c.textBox("Value", value, right, "ctr", []paragraph{{align: "r", spans: []span{{text: value, size: l.size, weight: semibold, color: "text"}}}})
		})
	}
	return nil
}

// progressBar draws a share of the target; whole is the share that the box's width stands for.
func (c *canvas) progressBar(share, whole float64, b deck.Box) {
	track := b
	track.W = b.W / whole
	c.shape(shape{name: "Target", box: track, fill: "rule"})
	if filled := min(max(share, 0), whole); filled > 0 {
		reached := b
		reached.W = b.W * filled / whole
		c.shape(shape{name: "Reached", box: reached, fill: "scenario-actual"})
	}
	if share > 1 {
		c.shape(shape{name: "Target mark", box: deck.Box{X: track.X + track.W - 0.01, Y: b.Y - 0.04, W: 0.02, H: b.H + 0.08}, fill: "text"})
	}
}

// shortened cuts a text to a width, with an ellipsis; the whole of it is in its alternative text.
func (w *writer) shortened(text string, size, width float64) string {
	if w.text.width(text, size, regular) <= width {
		return text
	}
	letters := []rune(text)
	n := sort.Search(len(letters), func(i int) bool { return w.text.width(string(letters[:i+1])+"…", size, regular) > width })
	return string(letters[:max(n, 1)]) + "…"
}
