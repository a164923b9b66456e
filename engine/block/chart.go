package block

import "strconv"

// ChartType is how a chart draws its data.
type ChartType string

// The types of chart. Time runs left to right in columns, lines and areas; structure top to bottom
// in bars.
const (
	BarChart       ChartType = "bar"
	ColumnChart    ChartType = "column"
	StackedChart   ChartType = "stacked"
	GroupedChart   ChartType = "grouped"
	LineChart      ChartType = "line"
	AreaChart      ChartType = "area"
	ComboChart     ChartType = "combo"
	PieChart       ChartType = "pie"
	DoughnutChart  ChartType = "doughnut"
	ScatterChart   ChartType = "scatter"
	WaterfallChart ChartType = "waterfall"
	FunnelChart    ChartType = "funnel"
	SankeyChart    ChartType = "sankey"
	HeatmapChart   ChartType = "heatmap"
	TreemapChart   ChartType = "treemap"
	GaugeChart     ChartType = "gauge"
)

// ChartTypes lists the types with what each is for.
func ChartTypes() [][2]string {
	return [][2]string{
		{"bar", "structure: bars from top to bottom, by value"},
		{"column", "time: columns from left to right"},
		{"stacked", "parts of a whole over time; horizontal: true for structure"},
		{"grouped", "scenarios beside one another"},
		{"line", "time, many points"},
		{"area", "time, a volume"},
		{"combo", "columns and a line; series say type:"},
		{"pie", "two or three parts"},
		{"doughnut", "two or three parts, the whole in the middle"},
		{"scatter", "two measures of many things; size: and name: are columns"},
		{"waterfall", "how one value became another; total: is the column that tells totals"},
		{"funnel", "stages that lose some"},
		{"sankey", "flows; from: and to: are columns"},
		{"heatmap", "a measure over two categories; category: and to: are columns"},
		{"treemap", "parts of parts; path: are columns from outer to inner"},
		{"gauge", "one value between min: and max:, with a target"},
	}
}

// Chart is a chart of its block's Data. Columns are named; values are those of the data. Rows have
// been sorted, limited and split already: a renderer draws what is there, in order.
type Chart struct {
	Type          ChartType `json:"type"`
	Categories    []Label   `json:"categories,omitempty"` // one a point, in order
	Series        []Series  `json:"series"`
	Horizontal    bool      `json:"horizontal,omitempty"`
	Percent       bool      `json:"percent,omitempty"`
	Time          bool      `json:"time,omitempty"` // categories are points in time
	Labels        string    `json:"labels"`         // "all", "none", "last": resolved, never "auto"
	Format        string    `json:"format,omitempty"`
	RightFormat   string    `json:"right_format,omitempty"`
	CategoryLabel string    `json:"category_label,omitempty"` // of the category column, or the x axis of a scatter
	Rows          []Label   `json:"rows,omitempty"`           // heatmap: the y categories; Series[i] is row i
	Links         []Link    `json:"links,omitempty"`          // sankey
	Tree          []Branch  `json:"tree,omitempty"`           // treemap
	Points        []Point   `json:"points,omitempty"`         // scatter
	Totals        []bool    `json:"totals,omitempty"`         // waterfall: which categories are totals
	Min           *float64  `json:"min,omitempty"`
	Max           *float64  `json:"max,omitempty"`
	Target        *Figure   `json:"target,omitempty"` // gauge
	Ratio         float64   `json:"ratio,omitempty"`
}

// Stacked reports series that stand on one another: they are parts of a whole. Areas do where none of
// them is a scenario or a line.
func (c *Chart) Stacked() bool {
	if c.Type == StackedChart || c.Percent {
		return true
	}
	if c.Type != AreaChart || len(c.Series) < 2 {
		return false
	}
	for i := range c.Series {
		if c.Series[i].As != "" || c.Series[i].Type == LineChart {
			return false
		}
	}
	return true
}

// Scenario is what the i-th series stands for: a series alone is actual; "" is coloured as a category.
func (c *Chart) Scenario(i int) Scenario {
	if as := c.Series[i].As; as != "" || len(c.Series) > 1 {
		return as
	}
	return Actual
}

// Category is the number of the i-th series among those that are coloured as categories, from 1; 0 if
// it is none of them.
func (c *Chart) Category(i int) int {
	if c.Scenario(i) != "" {
		return 0
	}
	n := 1
	for k := range i {
		if c.Scenario(k) == "" {
			n++
		}
	}
	return n
}

// MostColors is how many categories eyes tell apart; further ones are grey.
const MostColors = 7

// CategoryToken is the theme's token for the n-th category, from 1.
func CategoryToken(n int) string {
	if n > MostColors {
		return "scenario-" + string(Previous)
	}
	return "category-" + strconv.Itoa(n)
}

// Label is a category with its text in the report's language.
type Label struct {
	Value Value  `json:"value"`
	Text  string `json:"text"`
}

// Scenario is what a series stands for; it decides how it is drawn in every medium.
type Scenario string

// The scenarios; other values of Series.As are tokens of the theme.
const (
	Actual   Scenario = "actual"   // solid dark
	Previous Scenario = "previous" // solid light grey
	Target   Scenario = "target"   // outlined, no fill
	Forecast Scenario = "forecast" // hatched
	Variance Scenario = "variance" // green good, red bad
)

// Scenarios lists the scenarios with how each is drawn.
func Scenarios() [][2]string {
	return [][2]string{
		{string(Actual), "solid dark"},
		{string(Previous), "solid light grey"},
		{string(Target), "outlined, no fill"},
		{string(Forecast), "hatched"},
		{string(Variance), "green good, red bad"},
	}
}

// Series is one measure of a chart.
type Series struct {
	Column string    `json:"column"`
	Label  string    `json:"label"`
	Type   ChartType `json:"type"`         // column, bar, line, area …: resolved
	As     Scenario  `json:"as,omitempty"` // "" is coloured as a category
	Right  bool      `json:"right,omitempty"`
	Format string    `json:"format,omitempty"`
	Labels bool      `json:"labels,omitempty"` // values stand at its points
	Invert bool      `json:"invert,omitempty"` // less is better
	Values []Figure  `json:"values,omitempty"` // one a category; a nil value is a gap
}

// Link is one flow of a sankey.
type Link struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Value Figure `json:"value"`
}

// Branch is one part of a treemap; inner ones have Children and the sum of them.
type Branch struct {
	Name     string   `json:"name"`
	Value    Figure   `json:"value"`
	Children []Branch `json:"children,omitempty"`
}

// Point is one point of a scatter.
type Point struct {
	Name string  `json:"name,omitempty"`
	X    Figure  `json:"x"`
	Y    Figure  `json:"y"`
	Size *Figure `json:"size,omitempty"`
}
