// Package deck turns a deck of Markdown and a report into a Document, which renderers draw: as PPTX
// (deck/pptx), as web slides and print pages (deck/slides). A document is complete: a renderer opens no file,
// asks no database and decides nothing but looks.
package deck

import (
	"fmt"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
	"atlas/engine/theme"
)

// Document is a presentation, ready to draw.
type Document struct {
	Node    string // "deck.shop.monthly"
	Name    string
	Title   string
	Locale  string
	Dark    bool
	Footer  block.Prose
	Theme   *theme.Theme
	Format  *block.Formatter
	Report  *report.Report // what it was made of: queries, freshness
	Slides  []Slide
	Layouts map[string]manifest.Layout // every layout that a slide names, built-in ones among them
	Media   map[string][]byte          // pictures by the path that blocks and texts name
}

// Slide is one slide.
type Slide struct {
	ID       string // unique in the document, fit for an address: "revenue", "revenue-tm"
	Node     string // "slide.shop.monthly.revenue"
	Layout   string
	Section  string // code of the section that it is about; "" is the total
	Title    block.Prose
	Subtitle block.Prose
	Regions  []Content
	Footnote block.Prose
	Notes    block.Prose // Markdown, for the speaker
	Steps    int         // clicks before the next slide; 0 none
	Class    string      // of the web slide, from the front matter
	Front    *manifest.Map
	Pos      diag.Pos
	Problem  string // what is wrong with it, drawn in its place by slides dev; "" is fine
}

// Content is what stands in one region of the layout, from top to bottom.
type Content struct {
	Region string
	Items  []Item
}

// Item is a block, or text. Exactly one of the two is set. Steps of the text's paragraphs are clicks
// of the slide, as the item's own is; paragraphs without one appear with their item.
type Item struct {
	Block *block.Block
	Text  *block.RichText
	Step  int    // appears at this click; 0 at once
	Lines [2]int // of the block's table, from the first up to before the second; zero is all
}

// MaxPages bounds how many slides one slide becomes where its tables go on.
const MaxPages = 40

// PageOf is what the title of a slide says of the slides that a table goes on over: " (2/3)", and
// behind the last of too many, how many rows are left out.
func PageOf(f *block.Formatter, number, of, left int) string {
	if of < 2 {
		return ""
	}
	rest := ""
	if left > 0 {
		rest = "; " + f.Word(block.WordMore, left)
	}
	return fmt.Sprintf(" (%d/%d%s)", number, of, rest)
}

// RowsLeftOut says that a slide's table is longer than all the slides that it may go on over.
func RowsLeftOut(s *Slide, left int) *diag.Diagnostic {
	return diag.Warnf(diag.DoesNotFit, s.Pos, "slide %s: a table goes on over %d slides at most, and %d of its rows are left out", s.ID, MaxPages, left).
		WithHint("show the first rows with the block's limit:, which sums the others, and give the whole as a workbook")
}
