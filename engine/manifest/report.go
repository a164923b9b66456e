package manifest

import "atlas/engine/diag"

// Report is a report that the project declares: data of queries, and blocks that show it. Its node
// (kind ReportKind) depends on the nodes of its blocks (kind BlockKind), which depend on what their
// queries refer to. Every Template in it is rendered for one period, section and locale.
type Report struct {
	Pos         diag.Pos
	Node        ID
	Name        string
	Description string
	Title       Template // of the document; "" takes the name
	Periods     []string // "monthly", "quarterly", "yearly", "range"; empty is all of them
	Locales     []string // "id-ID", "en-US"; the first is the default; empty is en-US
	Currency    string   // symbol of the format money: "Rp"
	Brand       Template // name of a brand; "" takes the only one, or Atlas's own look
	File        Template // path below output/<period type>/ without ending; "" is {scope}-{period}[-{locale}]
	Data        []ReportData
	Blocks      []ReportBlock
}

// ReportData is one query of a report with what its columns mean.
type ReportData struct {
	Pos      diag.Pos
	Name     string
	Sections []string // of "total", "unit", "group": what it is asked for; empty is total alone
	Query    *Query
	Key      []string // columns that tell rows apart; a traced figure names them
	Columns  []ReportColumn
}

// ReportColumn says what a column of a query means.
type ReportColumn struct {
	Pos    diag.Pos
	Name   string
	Label  Template // "" is made of the name; looked up in the translations of the locale
	Format string   // name of a format of engine/block; "" goes by the type
	Unit   Template // "students", shown in headers
}

// ReportBlock is one thing that decks, pages and report.json show. Exactly one of the pointers is
// set, named after the block's kind.
type ReportBlock struct {
	Pos      diag.Pos
	Node     ID
	Name     string // unique in the report
	Sections []string
	When     Template // a condition: false leaves the block out
	Data     string   // name of a ReportData; an inline query: is one named as the block
	Title    Template
	Subtitle Template // what is measured: unit, period, scope
	Note     Template // a footnote
	Alt      Template // what is seen, for people who do not see it; "" is made from the data
	Empty    Template // what stands there if there are no rows

	Heading  *Template // kind title
	Text     *Template // kind text: Markdown
	KPI      []ReportKPI
	Table    *ReportTable
	Chart    *ReportChart
	Image    *ReportImage
	Columns  []ReportColumnOf
	Callout  *ReportCallout
	Progress *ReportProgress
}

// Cell names one value of a report's data: the column of a row.
type Cell struct {
	Pos    diag.Pos
	Data   string // "" is the block's
	Column string
	Row    map[string]string // key column → value; nil is the first row
}

// ReportKPI is one key figure.
type ReportKPI struct {
	Pos     diag.Pos
	Label   Template
	Value   Cell
	Format  string // "" is the column's
	Compare []ReportCompare
	Target  *Cell // drawn as a bar to the target
	Spark   *ReportSpark
}

// ReportCompare is one line under a key figure: value against To, or the change itself in Value.
type ReportCompare struct {
	Pos    diag.Pos
	Label  Template
	To     *Cell  // the figure compared to; the change is computed
	Value  *Cell  // a change that the query computed
	As     string // "change" (relative, the default), "difference", "points"
	Format string // "" by As
	Invert bool   // less is better: costs
}

// ReportSpark is a small line of the last values; the last point is marked.
type ReportSpark struct {
	Data, Column string
}

// ReportTable shows rows.
type ReportTable struct {
	Columns    []ReportTableColumn // empty takes the data's
	GroupBy    string              // column whose equal neighbours get a subtotal
	TotalLabel Template            // "" is Total, translated
	Totals     string              // "below" (default where a column has a total), "above", "none"
	Limit      int                 // rows shown; the rest is summed up as "other"; 0 all
	Sort       string              // column, "-column" for descending; "" as the query gives
}

// ReportTableColumn is one column of a table.
type ReportTableColumn struct {
	Pos    diag.Pos
	Name   string   // of the data
	Label  Template // "" is the data's
	Format string
	Total  string // "", "sum", "average", "count", "min", "max", "share" (of sums: Of names numerator and denominator)
	Of     []string
	Bar    bool    // a bar of the value's size behind or beside the number
	Invert bool    // less is better, for style change
	Style  []Rule  // conditional formats
	Width  float64 // share of the width; 0 by content
}

// Rule colours a value by a condition: "< 0" → "bad". "change" colours by sign, "scale" by size.
type Rule struct {
	Pos   diag.Pos
	Type  string // "< 0", ">= 0.9", "= 'late'", "change", "scale"
	Style string // token of the theme: "good", "bad", "muted", "accent"
}

// ReportChart is a chart of data.
type ReportChart struct {
	Type       string // of block.ChartTypes: "bar", "column", "stacked", "grouped", "line", …
	Category   string // column of the categories, the names of slices, or the x of a heatmap or scatter
	Series     []ReportSeries
	Split      string // column whose values become series of the one measure in Series
	Horizontal bool   // stacked and grouped as bars
	Percent    bool   // stacked to 100 %
	Labels     string // "auto", "all", "none", "last"
	Format     string
	Sort       string   // "value", "-value", "none" (default: bars by value descending, time as it comes)
	Limit      int      // categories shown; the rest is "other", last
	From, To   string   // sankey: columns of the two ends; heatmap: To is the y
	Path       []string // treemap: columns from outer to inner
	Size, Name string   // scatter: columns of the bubble's size and of the point's name
	Total      string   // waterfall: column that is true for totals
	Min, Max   *float64
	Target     *Cell   // gauge
	Ratio      float64 // width to height; 0 takes the room
}

// ReportSeries is one measure in a chart.
type ReportSeries struct {
	Pos    diag.Pos
	Column string
	Label  Template
	Type   string // in a combo: "column", "line", "area"
	As     string // scenario: "actual", "previous", "target", "forecast", "variance", or a token of the theme
	Right  bool   // an axis of its own, on the right
	Format string
	Invert bool
}

// ReportImage is a picture: a file below the project, or a logo of the brand ("brand:logo").
type ReportImage struct {
	File    Template
	Caption Template
}

// ReportColumnOf is one column of a block of columns.
type ReportColumnOf struct {
	Width  float64 // share; 0 is an equal one
	Blocks []string
}

// ReportCallout is a text that stands out.
type ReportCallout struct {
	Style string // "info", "good", "bad", "warning"
	Title Template
	Text  Template // Markdown
}

// ReportProgress is bars of values against their targets, a row each.
type ReportProgress struct {
	Label  string // column of names
	Value  string // column
	Target string // column; "" is 100 % of a share
	Format string
	Sort   string
	Limit  int
}

// Brand is how things look, as YAML says: tokens, fonts, logo.
type Brand struct {
	Pos      diag.Pos
	Name     string
	Label    string
	Colors   map[string]string // token → "0B5C8A"
	Dark     map[string]string // the same on a dark surface; missing ones are derived
	Font     string            // family of texts: "Inter"
	Heading  string            // family of titles; "" is Font
	Files    []string          // font files (.ttf, .otf) below the project
	Logo     string            // an SVG file below the project
	LogoDark string            // on dark surfaces; "" is Logo
}

// Translations are texts of one locale by the text as the project writes it.
type Translations map[string]string

// Deck is a presentation of a report: slides written in Markdown. Its node (kind DeckKind) depends
// on its slides' (kind SlideKind), which depend on the blocks they show.
type Deck struct {
	Pos      diag.Pos
	Node     ID
	Name     string // the file's, without ending
	File     string // shown path
	Report   string // name of the report
	Label    string
	Title    Template
	Brand    Template // "" is the report's
	Template string   // a .pptx below the project that PPTX exports fill; "" none
	Dark     bool     // shown dark unless the viewer asks otherwise
	Footer   Template
	Front    *Map // the whole front matter, for layouts of the project
	Slides   []Slide
}

// Slide is one slide as written; Each may make several of it.
type Slide struct {
	Pos    diag.Pos // of its separator
	Node   ID
	Name   string // unique in the deck; "slide-3" if it has none
	Layout string // name of a layout; "" is default
	Each   string // "unit", "group" or "section": once for each in the report's scope
	When   Template
	Front  *Map
	Body   Template // Markdown with templates, slots and notes in it
}

// Layout says where the parts of a slide stand, on a grid of 12 columns and 12 rows inside the
// margins, below the title. A web template of the same name may draw it otherwise.
type Layout struct {
	Pos     diag.Pos
	Name    string
	Title   string // "top" (default), "middle" for covers and sections, "none"
	Surface string // token of the background; "" is surface
	Regions []Region
}

// Region is one place for content on a layout; "default" takes what stands in no slot.
type Region struct {
	Name       string
	X, Y, W, H int    // in grid cells, from 0
	Align      string // "top" (default), "middle", "bottom"
}
