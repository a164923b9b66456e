// Package deck turns a deck of Markdown and a report into a Document, which renderers draw: as PPTX
// (deck/pptx), as web slides and print pages (deck/slides). A document is complete: a renderer opens no file,
// asks no database and decides nothing but looks.
package deck

import (
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
	Step  int // appears at this click; 0 at once
}
