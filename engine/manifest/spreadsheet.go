package manifest

import "atlas/engine/diag"

// Template is text that may hold templates, and where it stands. It is rendered when it is needed.
type Template struct {
	Text string
	Pos  diag.Pos
}

// Query is a piece of templated SQL of a YAML file, or the two sides of a comparison.
type Query struct {
	SQL        string
	Pos        diag.Pos
	Comparison *Comparison // the rows are the comparison's; SQL is "" then
}

// Workbook is a spreadsheet that Atlas writes. Its node is an exposure, whose dependencies are what
// its queries refer to.
type Workbook struct {
	Pos         diag.Pos
	Node        ID
	Name        string
	Description string
	Title       Template // of the document's properties; "" takes the name
	File        Template // path relative to the project's root
	Currency    string   // symbol of the format money: "Rp"
	Theme       Theme
	Facts       *Query // its first row's columns are facts.… in texts
	Sheets      []Sheet
}

// Theme is how a workbook looks: tokens of the renderer, such as accent, good and bad.
type Theme struct {
	Font   string
	Colors map[string]string // "0B6E4F"
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Pos             diag.Pos
	Name            Template
	Title, Subtitle Template
	Tab             string // token of the theme or colour
	Facts           *Query // as of the workbook, beside its
	FreezeHeader    bool   // the first table's header and all above stay in sight
	FreezeRow       int    // rows that stay in sight; 0 none
	FreezeColumn    int    // columns that stay in sight; 0 none
	Portrait        bool
	Blocks          []Block
}

// Block is one thing on a sheet. Exactly one of Table, Chart, Figures, Text and Index is set.
type Block struct {
	Pos     diag.Pos
	Name    string   // what charts and formulas call it; unique in the workbook
	At      string   // "B20", "right" of the block before it, or "" below all before it
	Title   Template // a line above
	Note    Template // a line below
	Table   *TableBlock
	Chart   *ChartBlock
	Figures []Figure
	Text    *Template
	Index   bool // links to the other sheets
}

// TableBlock is the rows of a query.
type TableBlock struct {
	Query       *Query
	Columns     []SheetColumn // empty takes the query's
	TotalLabel  Template      // "" is Total
	GroupBy     string        // column whose equal neighbours get a subtotal
	AutoFilter  bool          // a table of Excel with buttons to filter
	Empty       Template      // what stands there if there are no rows
	Conditional []Conditional
}

// SheetColumn is one column of a table: a column of the query, or a formula over others.
type SheetColumn struct {
	Pos        diag.Pos
	Name       string
	Label      Template // "" is made of the name
	Formula    string   // "=[revenue]/[target]"; "" takes the query's values
	FormulaPos diag.Pos
	Format     string // name of a format or a format code; "" goes by the type
	Width      float64
	Total      string // "" none, "sum" "average" "count" "min" "max", or "formula" for the column's own over the totals
	Wrap       bool
}

// Conditional colours cells by their values.
type Conditional struct {
	Pos    diag.Pos
	Column string
	Type   string // "data_bar", "color_scale", "icon", or a condition: "< 0", "= 'late'"
	Style  string // token of the theme: "good", "bad", …
}

// ChartBlock is a chart of a table of the workbook.
type ChartBlock struct {
	Type          string // "column", "bar", "line", "area", "pie"
	From          string // the table's block
	Category      string
	Series        []ChartSeries
	Width, Height int // pixels; 0 is the default
	Stacked       bool
	Labels        bool   // values stand at the data
	Format        string // of the value axis; "" is the first series' column's
}

// ChartSeries is one column of the table in a chart.
type ChartSeries struct {
	Pos       diag.Pos
	Column    string
	Label     Template // "" is the column's
	Type      string   // in place of the chart's: a combination
	As        string   // scenario: "actual", "previous", "target", "forecast", or a token of the theme
	Secondary bool     // an axis of its own, on the right
}

// Figure is one key figure with what it is compared to.
type Figure struct {
	Pos     diag.Pos
	Label   Template
	Value   Template // a formula, or text
	Format  string
	Compare []FigureNote
}

// FigureNote is one line under a key figure.
type FigureNote struct {
	Pos    diag.Pos
	Value  Template
	Label  Template
	Format string // "" is change
	Invert bool   // less is better
}

// Comparison holds the same measures as loaded and as modelled beside one another.
type Comparison struct {
	Pos         diag.Pos
	Node        ID
	Name        string
	Description string
	File        Template
	Key         []string
	Measures    []Measure
	Totals      string // column of the key whose values get a total row each; "" none
	Clean, Mart Query
}

// Measure is one column that both sides of a comparison give.
type Measure struct {
	Pos    diag.Pos
	Name   string
	Label  Template
	Format string
}

// CleanColumn names the column of the rows as they were loaded.
func (m Measure) CleanColumn() string { return "clean_" + m.Name }

// MartColumn is the measure as modelled.
func (m Measure) MartColumn() string { return "mart_" + m.Name }

// DifferenceColumn is mart less clean.
func (m Measure) DifferenceColumn() string { return "difference_" + m.Name }

// PercentageColumn is mart as a percentage of clean.
func (m Measure) PercentageColumn() string { return "percentage_" + m.Name }

// Templates calls yield for every text of the workbook that may hold templates, SQL among them.
func (b *Workbook) Templates(yield func(Template)) {
	some := func(list ...Template) {
		for _, t := range list {
			if t.Text != "" {
				yield(t)
			}
		}
	}
	query := func(q *Query) {
		if q != nil {
			some(Template{Text: q.SQL, Pos: q.Pos})
		}
	}
	some(b.Title, b.File)
	query(b.Facts)
	for i := range b.Sheets {
		s := &b.Sheets[i]
		some(s.Name, s.Title, s.Subtitle)
		query(s.Facts)
		for j := range s.Blocks {
			x := &s.Blocks[j]
			some(x.Title, x.Note)
			if x.Text != nil {
				some(*x.Text)
			}
			for _, f := range x.Figures {
				some(f.Label, f.Value)
				for _, n := range f.Compare {
					some(n.Value, n.Label)
				}
			}
			if x.Table != nil {
				query(x.Table.Query)
				some(x.Table.TotalLabel, x.Table.Empty)
				for _, c := range x.Table.Columns {
					some(c.Label)
				}
			}
			if x.Chart != nil {
				for _, c := range x.Chart.Series {
					some(c.Label)
				}
			}
		}
	}
}
