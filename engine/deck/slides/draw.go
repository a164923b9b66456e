package slides

import (
	"fmt"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// block draws one block for a place of the given size.
func (b *builder) block(x *block.Block, box deck.Box) string {
	if x.Kind == block.ChartOf && x.Empty == "" {
		return fmt.Sprintf("<figure class=\"block\" data-block=\"%s\"><figcaption><h2 class=\"block-title\">%s</h2></figcaption><div class=\"chart\" data-chart=\"%s\"></div></figure>", esc(x.ID), b.prose(x.Title), esc(b.chart(x, box.W*72, box.H*72-20)))
	}
	return fmt.Sprintf("<div class=\"block\" data-block=\"%s\">%s</div>", esc(x.ID), esc(x.Name))
}

// text draws a text; its entries' steps count on from a step.
func (b *builder) text(t *block.RichText, step int) string {
	var w strings.Builder
	for _, p := range t.Paragraphs {
		s := ""
		if p.Step > 0 {
			s = fmt.Sprintf(" data-step=\"%d\"", step+p.Step)
		}
		fmt.Fprintf(&w, "<p%s>", s)
		for _, r := range p.Runs {
			if r.Figure != nil {
				w.WriteString(figure(*r.Figure, r.Text))
				continue
			}
			w.WriteString(esc(r.Text))
		}
		w.WriteString("</p>\n")
	}
	return w.String()
}
