// Package block is what a report shows, free of any medium: titles, texts, key figures, tables,
// charts, pictures. A block holds its values, exact, with the place each came from; renderers (PPTX,
// slides, pages) draw it and compute nothing but looks.
//
// It knows numbers, money, dates and languages, and no SQL, no YAML, no file.
package block

// Kind is what a block is.
type Kind string

// The kinds of block.
const (
	Title        Kind = "title"
	TextKind     Kind = "text"
	KPIs         Kind = "kpi"
	TableOf      Kind = "table"
	ChartOf      Kind = "chart"
	ImageOf      Kind = "image"
	Columns      Kind = "columns"
	CalloutKind  Kind = "callout"
	ProgressKind Kind = "progress"
)

// Kinds lists the kinds with what each shows.
func Kinds() [][2]string {
	return [][2]string{
		{"heading", "a line above others"},
		{"text", "Markdown with figures in it"},
		{"kpi", "key figures: value, comparisons, target, a line of the last values"},
		{"table", "rows with totals and subtotals, conditional colours, bars"},
		{"chart", "one of the types below"},
		{"image", "a picture; brand:logo is the brand's"},
		{"columns", "other blocks beside one another"},
		{"callout", "a text that stands out"},
		{"progress", "bars of values against their targets"},
	}
}

// Block is one thing to show, with everything resolved. Exactly one of the pointers and lists after
// Data is set, by Kind.
type Block struct {
	ID       string `json:"id"`   // unique in a report: "revenue_chart", in a section "revenue_chart@TM"
	Node     string `json:"node"` // the node's id: "block.shop.monthly.revenue_chart"
	Name     string `json:"name"`
	Kind     Kind   `json:"kind"`
	Title    Prose  `json:"title,omitzero"`
	Subtitle Prose  `json:"subtitle,omitzero"`
	Note     Prose  `json:"note,omitzero"`
	Alt      string `json:"alt,omitempty"`
	Empty    string `json:"empty,omitempty"` // set if there is nothing to show: say this instead
	Stale    string `json:"stale,omitempty"` // set if its data is older than its sources: why
	DataName string `json:"data,omitempty"`  // name of Data in its section
	Data     *Data  `json:"-"`               // linked when a report is read

	Heading  *Prose   `json:"heading,omitempty"`
	Text     *Prose   `json:"text,omitempty"` // Markdown
	KPI      []KPI    `json:"kpi,omitempty"`
	Table    *Table   `json:"table,omitempty"`
	Chart    *Chart   `json:"chart,omitempty"`
	Image    *Image   `json:"image,omitempty"`
	Columns  []Column `json:"columns,omitempty"`
	Callout  *Callout `json:"callout,omitempty"`
	Progress []Bar    `json:"progress,omitempty"`
}

// Data is the result of one query for one section: what blocks are drawn from.
type Data struct {
	Name    string    `json:"-"`
	Query   string    `json:"query"` // key of the report's queries: "revenue", "revenue@TM"
	Key     []string  `json:"key,omitempty"`
	Columns []Field   `json:"columns"`
	Rows    [][]Value `json:"-"` // by position; encoded by package report, exact
}

// Field is one column of data.
type Field struct {
	Name   string `json:"name"`
	Type   Type   `json:"type"`
	Label  string `json:"label"`            // in the report's language
	Format string `json:"format,omitempty"` // name of a format, see Formats
	Unit   string `json:"unit,omitempty"`
}

// Type is what the values of a column are.
type Type string

// The types of columns. Decimal values are exact texts in JSON; so are all numbers of a column whose
// format is money.
const (
	Text      Type = "text"
	Integer   Type = "integer"
	Decimal   Type = "decimal"
	Float     Type = "float"
	Boolean   Type = "boolean"
	Date      Type = "date"
	Timestamp Type = "timestamp"
)

// Origin says which value of which row a shown figure is: enough to ask for it again.
type Origin struct {
	Block  string `json:"block,omitempty"` // Block.ID
	Query  string `json:"query"`           // key of the report's queries
	Row    string `json:"row,omitempty"`   // "period=2026-02-01,unit=TM": the key columns' values; "#3" without key; "total" of sums
	Column string `json:"column"`          // one column, or those a figure is computed from: "revenue/target"
}

// Figure is one value that is shown, and where it is from.
type Figure struct {
	Value  Value  `json:"value"`
	Format string `json:"format,omitempty"`
	Origin Origin `json:"origin"`
}

// Prose is a text with the figures that stand in it, so that each can be traced.
type Prose struct {
	Text    string   `json:"text"`
	Figures []Quoted `json:"figures,omitempty"`
}

// IsZero reports an empty text.
func (p Prose) IsZero() bool { return p.Text == "" }

// Quoted is a figure inside of a text.
type Quoted struct {
	At     int    `json:"at"`     // offset in bytes
	Length int    `json:"length"` // in bytes
	Figure Figure `json:"figure"`
}

// KPI is a key figure: the value large, comparisons small beside it.
type KPI struct {
	Label string `json:"label"`
	Figure
	Compare []Compare `json:"compare,omitempty"`
	Target  *Figure   `json:"target,omitempty"`
	Share   float64   `json:"share,omitempty"` // of the target reached, for its bar
	Spark   []Figure  `json:"spark,omitempty"` // oldest first; null is a gap
}

// Compare is a change beside a key figure.
type Compare struct {
	Label string `json:"label"`
	Figure
	Verdict Verdict `json:"verdict,omitempty"`
}

// Verdict says whether a change is welcome.
type Verdict string

// The verdicts; "" is neither.
const (
	Good Verdict = "good"
	Bad  Verdict = "bad"
)

// Table is rows with header, subtotals and totals.
type Table struct {
	Columns []TableColumn `json:"columns"`
	Lines   []Line        `json:"lines"`
}

// TableColumn is one column of a table.
type TableColumn struct {
	Name   string  `json:"name"`
	Label  string  `json:"label"`
	Unit   string  `json:"unit,omitempty"`
	Format string  `json:"format,omitempty"`
	Left   bool    `json:"left,omitempty"` // texts; numbers stand right
	Bar    bool    `json:"bar,omitempty"`
	Width  float64 `json:"width,omitempty"`
}

// LineKind is what a line of a table is.
type LineKind string

// The kinds of lines.
const (
	RowLine      LineKind = "row"
	GroupLine    LineKind = "group" // a name above its rows; the first cell alone
	SubtotalLine LineKind = "subtotal"
	TotalLine    LineKind = "total"
	OtherLine    LineKind = "other" // what a limit left out, summed
)

// Line is one line of a table; Cells are one a column.
type Line struct {
	Kind  LineKind `json:"kind"`
	Cells []Cell   `json:"cells"`
}

// Cell is one value of a table.
type Cell struct {
	Figure
	Style string  `json:"style,omitempty"` // token of the theme: good, bad, …
	Bar   float64 `json:"bar,omitempty"`   // length of its bar, -1 to 1 of the column's widest
	Heat  float64 `json:"heat,omitempty"`  // 0 to 1 of a colour scale
}

// Image is a picture.
type Image struct {
	File    string `json:"file"` // below the project; "brand:logo" is the brand's
	Caption string `json:"caption,omitempty"`
}

// Column is one column of a block of columns.
type Column struct {
	Width  float64  `json:"width"`  // share of the whole, they add up to 1
	Blocks []string `json:"blocks"` // names in the same section
	Of     []*Block `json:"-"`      // linked when a report is read
}

// Callout is a text that stands out.
type Callout struct {
	Style string `json:"style"` // "info", "good", "bad", "warning"
	Title Prose  `json:"title,omitzero"`
	Text  Prose  `json:"text"` // Markdown
}

// Bar is one row of a progress block.
type Bar struct {
	Label  string  `json:"label"`
	Value  Figure  `json:"value"`
	Target *Figure `json:"target,omitempty"`
	Share  float64 `json:"share"` // of the target, 1 is reached; may be more
}

// Measured reports a bar that has something to be measured by: a share of its own, or a target above
// zero.
func (b *Bar) Measured() bool {
	if b.Target == nil {
		return b.Value.Value != nil
	}
	t, ok := Exact(b.Target.Value)
	return ok && t.Sign() > 0 && b.Value.Value != nil
}
