package slides

import (
	"bytes"
	"strings"

	"atlas/engine/block"
	"atlas/engine/block/html"
	"atlas/engine/deck"
	"atlas/engine/diag"
)

const points = 72 // an inch

// block draws one block for a place of the given size; one that cannot be drawn says so there.
func (b *builder) block(it deck.Item, box deck.Box) string {
	x, o := it.Block, b.options()
	o.Lines = it.Lines
	sizes := map[*block.Block]deck.Box{}
	measure(x, box, sizes)
	o.Chart = func(c *block.Block) (html.Drawing, error) {
		size := sizes[c]
		return html.Drawing{Name: b.chart(c, size.W*points, size.H*points)}, nil
	}
	var w strings.Builder
	if err := html.Render(&w, x, o); err != nil {
		b.problems.Add(diag.Errorf(diag.BadSlide, diag.Pos{}, "the block %s cannot be drawn: %v", x.ID, err).WithErr(err))
		_ = html.WriteState(&w, html.Failed, err.Error(), "")
	}
	return eager(w.String())
}

// text draws a text; its entries' steps are clicks of the slide.
func (b *builder) text(t *block.RichText) string {
	var w strings.Builder
	_ = html.RichText(&w, *t, b.options())
	return eager(w.String())
}

// eager has pictures load at once: paper does not scroll.
func eager(page string) string { return strings.ReplaceAll(page, ` loading="lazy"`, "") }

func (b *builder) options() html.Options {
	return html.Options{
		Theme: b.doc.Theme, Format: b.doc.Format, Dark: b.doc.Dark, Steps: html.DataSteps, Heading: 2,
		Image: func(file string) string {
			data, ok := b.doc.Media[file]
			if !ok {
				return ""
			}
			return mediaName(file, data)
		},
	}
}

// Room that the parts of a block take beside what it shows, in inches; the style sheet of blocks says
// the same in pixels.
const (
	titleRoom    = 0.25
	subtitleRoom = 0.2
	noteRoom     = 0.2
	staleRoom    = 0.3
	blockGap     = 1.0 / 6
)

// measure gives the size that is left to each chart of a block in a place.
func measure(x *block.Block, box deck.Box, into map[*block.Block]deck.Box) {
	if !x.Title.IsZero() {
		box.H -= titleRoom
	}
	if !x.Subtitle.IsZero() {
		box.H -= subtitleRoom
	}
	if !x.Note.IsZero() {
		box.H -= noteRoom
	}
	if x.Stale != "" {
		box.H -= staleRoom
	}
	into[x] = box
	for _, c := range x.Columns {
		width := c.Width
		if width <= 0 {
			width = 1 / float64(len(x.Columns))
		}
		inner := deck.Box{W: box.W*width - deck.ColumnGap/2, H: (box.H - blockGap*float64(len(c.Of)-1)) / float64(max(1, len(c.Of)))}
		for _, y := range c.Of {
			measure(y, inner, into)
		}
	}
}

// stageCSS gives the style sheet of blocks without its rules for small windows: a slide keeps its
// measures and is scaled as a whole.
func stageCSS(css []byte) []byte {
	const small = "@media (max-width"
	for {
		from := bytes.Index(css, []byte(small))
		if from < 0 {
			return css
		}
		depth, to := 0, from
		for ; to < len(css); to++ {
			if css[to] == '{' {
				depth++
			}
			if css[to] == '}' {
				if depth--; depth == 0 {
					to++
					break
				}
			}
		}
		css = append(css[:from], css[to:]...)
	}
}
