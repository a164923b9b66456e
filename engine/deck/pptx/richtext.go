package pptx

import (
	"context"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// paragraphGap is the space between paragraphs, in points.
const paragraphGap = 6

// richPieces cuts a text into pieces: paragraphs that follow one another are one shape; code,
// quotes, tables and pictures are shapes of their own. from is the mark of what it is about.
func (w *writer) richPieces(t block.RichText, from string) []piece {
	var out []piece
	var run []block.Paragraph
	flush := func() {
		if len(run) > 0 {
			out = append(out, textPiece{run, from})
			run = nil
		}
	}
	for _, p := range t.Paragraphs {
		switch p.Kind {
		case block.Code, block.Quote:
			flush()
			if n := len(out); n > 0 && p.Kind == block.Quote {
				if q, ok := out[n-1].(quotePiece); ok {
					out[n-1] = quotePiece{append(q.paragraphs[:len(q.paragraphs):len(q.paragraphs)], p), from}
					continue
				}
			}
			if p.Kind == block.Code {
				out = append(out, codePiece{p, from})
			} else {
				out = append(out, quotePiece{[]block.Paragraph{p}, from})
			}
		case block.Grid:
			flush()
			out = append(out, gridPiece(p, from))
		case block.Picture:
			flush()
			out = append(out, imagePiece{file: p.Image, alt: plainText(p.Runs)})
		case block.HTML:
			flush() // the web's alone
		default:
			run = append(run, p)
		}
	}
	flush()
	return out
}

func plainText(runs []block.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
		if r.Break {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// markdown reads a text of a block.
func (w *writer) markdown(p block.Prose) block.RichText {
	return block.Markdown(p)
}

// spansOf gives the runs of a paragraph as spans.
func spansOf(runs []block.Run, size float64, color string) []span {
	out := make([]span, 0, len(runs))
	for _, r := range runs {
		s := span{text: r.Text, size: size, italic: r.Italic, strike: r.Strike, code: r.Code, link: r.Link, brk: r.Break, color: color}
		if r.Bold {
			s.weight = semibold
		}
		if s.code {
			s.size = size * 0.95
		}
		if r.Link != "" {
			s.color = ""
		}
		out = append(out, s)
	}
	return out
}

// bulletOf is the sign of a list's level.
func bulletOf(level int) string { return []string{"•", "–", "·"}[min(max(level, 0), 2)] }

// richParagraph gives a paragraph of a text at a size.
func richParagraph(p block.Paragraph, size float64) paragraph {
	out := paragraph{spans: spansOf(p.Runs, size, "text"), before: paragraphGap, step: p.Step}
	switch p.Kind {
	case block.Bullet:
		out.marker, out.level, out.before = bulletOf(p.Level), max(p.Level, 0), paragraphGap*0.75
	case block.Numbered:
		out.marker, out.level, out.number, out.before = "#", max(p.Level, 0), p.Number, paragraphGap*0.75
	case block.HeadingOf:
		out.before = paragraphGap * 1.5
		for i := range out.spans {
			out.spans[i].weight, out.spans[i].heading = semibold, true
			out.spans[i].size = size * headingScale(p.Level)
		}
	default:
	}
	return out
}

// headingScale is the size of a heading inside of a text to the text's.
func headingScale(level int) float64 {
	switch {
	case level <= 2:
		return deck.SubtitleSize / deck.BodySize
	default:
		return 1
	}
}

func runFigures(c *canvas, ps []block.Paragraph) []block.Figure {
	var out []block.Figure
	for _, p := range ps {
		for _, r := range p.Runs {
			if r.Figure != nil {
				out = append(out, *r.Figure)
			}
		}
	}
	c.page.prose = append(c.page.prose, out...)
	return out
}

func paragraphsText(ps []block.Paragraph) string {
	lines := make([]string, 0, len(ps))
	for _, p := range ps {
		if t := strings.TrimSpace(or(plainText(p.Runs), p.Raw)); t != "" {
			lines = append(lines, t)
		}
	}
	return strings.Join(lines, "\n")
}

// textPiece is paragraphs, headings and lists.
type textPiece struct {
	paragraphs []block.Paragraph
	from       string
}

func (t textPiece) at(scale float64) []paragraph {
	out := make([]paragraph, len(t.paragraphs))
	for i, p := range t.paragraphs {
		out[i] = richParagraph(p, scaled(deck.BodySize, scale))
	}
	return out
}

func (t textPiece) height(w *writer, width, scale float64) float64 {
	return w.textHeight(t.at(scale), width)
}

func (t textPiece) stretch() float64 { return 0 }

func (t textPiece) draw(_ context.Context, c *canvas, s spot) error {
	figures := runFigures(c, t.paragraphs)
	alt := paragraphsText(t.paragraphs) + or(t.from, marks(figures))
	c.shape(shape{name: "Text", alt: alt, box: s.box, text: t.at(s.scale), body: body{anchor: "t"}, kind: textShape, index: s.holder})
	return nil
}

// codePiece is lines in a typewriter's font on a panel.
type codePiece struct {
	paragraph block.Paragraph
	from      string
}

const codePad = 0.12

func (p codePiece) at(scale float64) []paragraph {
	text := strings.TrimRight(or(p.paragraph.Raw, plainText(p.paragraph.Runs)), "\n")
	return []paragraph{plain(span{text: strings.ReplaceAll(text, "\t", "    "), size: scaled(12, scale), code: true, color: "text"})}
}

func (p codePiece) height(w *writer, width, scale float64) float64 {
	return w.textHeight(p.at(scale), width-2*codePad) + 2*codePad
}

func (p codePiece) stretch() float64 { return 0 }

func (p codePiece) draw(_ context.Context, c *canvas, s spot) error {
	c.step = max(c.step, p.paragraph.Step)
	c.shape(shape{
		name: "Code", alt: or(p.paragraph.Raw, plainText(p.paragraph.Runs)) + p.from, box: s.box, fill: "panel", text: p.at(s.scale),
		body: body{anchor: "t", margins: [4]float64{codePad, codePad, codePad, codePad}}, kind: textShape,
	})
	return nil
}

// quotePiece is a quotation: larger, beside a line in the brand's colour.
type quotePiece struct {
	paragraphs []block.Paragraph
	from       string
}

const quoteIndent = 0.25

func (p quotePiece) at(scale float64) []paragraph {
	out := make([]paragraph, len(p.paragraphs))
	for i, q := range p.paragraphs {
		out[i] = paragraph{spans: spansOf(q.Runs, scaled(20, scale), "text"), before: paragraphGap, step: q.Step}
	}
	return out
}

func (p quotePiece) height(w *writer, width, scale float64) float64 {
	return w.textHeight(p.at(scale), width-quoteIndent)
}

func (p quotePiece) stretch() float64 { return 0 }

func (p quotePiece) draw(_ context.Context, c *canvas, s spot) error {
	figures := runFigures(c, p.paragraphs)
	bar := deck.Box{X: s.box.X, Y: s.box.Y, W: 0.05, H: s.box.H}
	text := deck.Box{X: s.box.X + quoteIndent, Y: s.box.Y, W: s.box.W - quoteIndent, H: s.box.H}
	alt := paragraphsText(p.paragraphs) + or(p.from, marks(figures))
	c.shape(shape{name: "Quote line", box: bar, fill: "accent"})
	c.textBox("Quote", alt, text, "t", p.at(s.scale))
	return nil
}

// headingPiece is a title inside of a slide.
type headingPiece struct{ block *block.Block }

func (p headingPiece) at(scale float64) []paragraph {
	ps := []paragraph{plain(span{text: p.block.Heading.Text, size: scaled(deck.SubtitleSize, scale), weight: semibold, heading: true, color: "text"})}
	if t := p.block.Subtitle; !t.IsZero() {
		ps = append(ps, plain(span{text: t.Text, size: scaled(deck.LabelSize, scale), color: "muted"}))
	}
	return ps
}

func (p headingPiece) height(w *writer, width, scale float64) float64 {
	return w.textHeight(p.at(scale), width)
}

func (p headingPiece) stretch() float64 { return 0 }

func (p headingPiece) draw(_ context.Context, c *canvas, s spot) error {
	c.page.shown = append(c.page.shown, p.block)
	c.figures(*p.block.Heading)
	c.figures(p.block.Subtitle)
	c.textBox(p.block.Name, c.proseAlt(p.block.Heading.Text, *p.block.Heading)+blockMark(p.block), s.box, "t", p.at(s.scale))
	return nil
}

// emptyPiece says that there is nothing to show, and why.
type emptyPiece struct{ block *block.Block }

func (p emptyPiece) height(*writer, float64, float64) float64 { return 0.9 }
func (p emptyPiece) stretch() float64 {
	if p.block.Kind == block.ChartOf || p.block.Kind == block.ImageOf {
		return 1
	}
	return 0
}

func (p emptyPiece) draw(_ context.Context, c *canvas, s spot) error {
	c.shape(shape{
		name: p.block.Name, alt: or(p.block.Empty, "–") + blockMark(p.block), box: s.box, fill: "panel",
		text: []paragraph{{align: "ctr", spans: []span{{text: or(p.block.Empty, "–"), size: deck.LabelSize, color: "muted"}}}},
		body: body{anchor: "ctr", margins: [4]float64{0.15, 0.1, 0.15, 0.1}},
	})
	return nil
}
