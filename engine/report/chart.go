package report

import (
	"slices"
	"strings"
	"time"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// fewPoints is how many points a chart can have and still be labelled at every one.
const fewPoints = 14

// chartMaker makes a chart of the rows of a block.
type chartMaker struct {
	*maker
	decl     *manifest.ReportChart
	chart    *block.Chart
	kind     block.ChartType
	category int // column; -1 none
	measures []measure
	notDrawn []named // negative values of a chart of parts
}

// measure is one series as declared, with its column.
type measure struct {
	decl   manifest.ReportSeries
	column int
	label  string
	format string
}

// point is one category with a figure for each series.
type point struct {
	label  block.Label
	values []block.Figure
	total  bool
}

func (m *maker) chart() error {
	d := m.decl.Chart
	c := &chartMaker{maker: m, decl: d, kind: block.ChartType(d.Type), category: -1}
	c.chart = &block.Chart{
		Type: c.kind, Horizontal: d.Horizontal || c.kind == block.BarChart, Percent: d.Percent, Labels: "none",
		Min: d.Min, Max: d.Max, Ratio: d.Ratio, Series: []block.Series{},
	}
	m.out.Chart = c.chart
	if d.Category != "" {
		if c.category = m.column(d.Category, "category", m.decl.Pos); c.category < 0 {
			return nil
		}
		f := m.data.Columns[c.category]
		c.chart.CategoryLabel = f.Label
		c.chart.Time = isTimeColumn(m.data, c.category) && c.kind != block.ScatterChart
	}
	if ok, err := c.findMeasures(); err != nil || !ok {
		return err
	}
	c.formats()
	switch c.kind {
	case block.SankeyChart:
		return c.sankey()
	case block.TreemapChart:
		return c.treemap()
	case block.ScatterChart:
		return c.scatter()
	case block.HeatmapChart:
		return c.heatmap()
	case block.GaugeChart:
		return c.gauge()
	default:
		return c.categories()
	}
}

// isTimeColumn reports a column of points in time: by its type, its format, or because all of its
// texts are such.
func isTimeColumn(data *block.Data, column int) bool {
	f := data.Columns[column]
	if f.Type == block.Date || f.Type == block.Timestamp || block.IsTime(f.Format) {
		return true
	}
	if f.Type != block.Text || len(data.Rows) == 0 {
		return false
	}
	for _, row := range data.Rows {
		if s, ok := row[column].(string); !ok || len(s) < 7 {
			return false
		}
		if _, ok := block.MomentOf(row[column]); !ok {
			return false
		}
	}
	return true
}

func (c *chartMaker) findMeasures() (bool, error) {
	ok := true
	for _, s := range c.decl.Series {
		x := measure{decl: s, column: c.column(s.Column, "series", s.Pos)}
		if x.column < 0 {
			ok = false
			continue
		}
		f := c.data.Columns[x.column]
		label, err := c.label(c.place, c.maker.decl.Node, s.Label, "")
		if err != nil {
			return false, err
		}
		x.label, x.format = or(label, f.Label), or(s.Format, f.Format)
		c.measures = append(c.measures, x)
	}
	return ok && len(c.measures) > 0, nil
}

// formats says how the axes are written.
func (c *chartMaker) formats() {
	c.chart.Format = c.decl.Format
	for _, x := range c.measures {
		if x.decl.Right {
			c.chart.RightFormat = or(c.chart.RightFormat, x.format)
		} else {
			c.chart.Format = or(c.chart.Format, x.format)
		}
	}
	c.chart.Format = or(c.chart.Format, c.chart.RightFormat)
}

// figure gives the value of a measure in a row, in the chart's format.
func (c *chartMaker) figure(row int, x measure) block.Figure {
	f := c.data.Figure(row, x.column)
	f.Format = x.format
	return f
}

// labelAt gives a value as a category.
func (c *chartMaker) labelAt(row, column int) block.Label {
	f := c.data.Columns[column]
	v := c.data.Rows[row][column]
	return block.Label{Value: v, Text: c.format.Format(v, f.Format)}
}

// categories is for all charts of categories and series.
func (c *chartMaker) categories() error {
	if c.category < 0 {
		return nil // Check has reported it
	}
	series, points, ok := c.plainPoints()
	if c.decl.Split != "" {
		series, points, ok = c.splitPoints(c.decl.Split)
	}
	if !ok {
		return nil
	}
	if c.kind == block.PieChart || c.kind == block.DoughnutChart || c.kind == block.FunnelChart {
		points = c.parts(points)
	}
	points = c.arranged(series, points)
	c.shortMonths(points)
	c.fill(series, points)
	c.labels()
	return nil
}

// parts leaves points out whose value is negative: no part of a whole is less than nothing. They are
// told below the chart and in the warnings.
func (c *chartMaker) parts(points []point) []point {
	var kept []point
	for _, p := range points {
		if len(p.values) > 0 && negative(p.values[0].Value) {
			c.notDrawn = append(c.notDrawn, named{p.label.Text, p.values[0]})
			continue
		}
		kept = append(kept, p)
	}
	c.tellNotDrawn()
	return kept
}

// positive gives the rows whose measure is not negative, for charts that draw areas by rows.
func (c *chartMaker) positive(x measure, name func(row int) string) []int {
	var rows []int
	for row := range c.data.Rows {
		if f := c.figure(row, x); negative(f.Value) {
			c.notDrawn = append(c.notDrawn, named{name(row), f})
			continue
		}
		rows = append(rows, row)
	}
	c.tellNotDrawn()
	return rows
}

// named is a figure with what it is of.
type named struct {
	name   string
	figure block.Figure
}

func negative(v block.Value) bool {
	r, ok := block.Exact(v)
	return ok && r.Sign() < 0
}

// tellNotDrawn adds what a chart cannot draw to its note, each value traced.
func (c *chartMaker) tellNotDrawn() {
	if len(c.notDrawn) == 0 {
		return
	}
	note := &c.out.Note
	if note.Text != "" {
		note.Text += " "
	}
	note.Text += c.format.Word(block.WordNotDrawn) + ": "
	var names []string
	for i, x := range c.notDrawn {
		if i > 0 {
			note.Text += ", "
		}
		if i == maxTold {
			rest := c.format.Word(block.WordMore, len(c.notDrawn)-i)
			note.Text, names = note.Text+rest, append(names, rest)
			break
		}
		names = append(names, x.name)
		note.Text += block.Unmarked(x.name) + " "
		text := c.format.Format(x.figure.Value, x.figure.Format)
		x.figure.Origin.Block = c.out.ID
		note.Figures = append(note.Figures, block.Quoted{At: len(note.Text), Length: len(text), Figure: x.figure})
		note.Text += text
	}
	c.diags.Add(diag.Warnf(diag.BadValue, c.maker.decl.Pos, "%s: negative values are no parts of a whole and are not drawn: %s", c.out.ID, strings.Join(names, ", ")).
		WithHint("they stand in the chart's note; a bar or waterfall chart draws them"))
}

// shortMonths leaves the year out where months follow one another: it stands at the first, and where
// it changes, behind a space at which a line may break.
func (c *chartMaker) shortMonths(points []point) {
	if c.category < 0 || c.data.Columns[c.category].Format != "month" || len(points) < 2 {
		return
	}
	texts := make([]string, len(points))
	var last time.Time
	for i, p := range points {
		t, ok := p.label.Value.(time.Time)
		if !ok || !t.After(last) {
			return
		}
		_, texts[i] = c.format.MonthName(int(t.Month()))
		if t.Year() != last.Year() {
			texts[i] += " " + t.Format("2006")
		}
		last = t
	}
	for i := range points {
		points[i].label.Text = texts[i]
	}
}

// plainPoints takes a point of each row.
func (c *chartMaker) plainPoints() ([]block.Series, []point, bool) {
	series := make([]block.Series, len(c.measures))
	for i, x := range c.measures {
		series[i] = c.series(x, x.label)
	}
	flag := -1
	if c.decl.Total != "" {
		if flag = c.column(c.decl.Total, "total", c.maker.decl.Pos); flag < 0 {
			return nil, nil, false
		}
	}
	points := make([]point, len(c.data.Rows))
	for row := range c.data.Rows {
		points[row].label = c.labelAt(row, c.category)
		for _, x := range c.measures {
			points[row].values = append(points[row].values, c.figure(row, x))
		}
		points[row].total = flag >= 0 && truthy(c.data.Rows[row][flag])
	}
	if c.kind == block.WaterfallChart {
		runningTotals(points)
	}
	return series, points, true
}

func truthy(v block.Value) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return Truth(v)
	default:
		r, ok := block.Exact(v)
		return ok && r.Sign() != 0
	}
}

// runningTotals fills in totals of a waterfall that the query leaves empty.
func runningTotals(points []point) {
	var steps []block.Value
	for i := range points {
		f := &points[i].values[0]
		switch {
		case points[i].total && f.Value == nil:
			f.Value = total("sum", steps)
		case points[i].total:
			steps = []block.Value{f.Value}
		default:
			steps = append(steps, f.Value)
		}
	}
}

// splitPoints makes a series of each value of the split column.
func (c *chartMaker) splitPoints(by string) ([]block.Series, []point, bool) {
	split := c.column(by, "split", c.maker.decl.Pos)
	if split < 0 {
		return nil, nil, false
	}
	x := c.measures[0]
	var series []block.Series
	var points []point
	names, places := map[string]int{}, map[string]int{}
	type at struct{ point, series int }
	rows := map[at]int{}
	for row := range c.data.Rows {
		name, category := c.labelAt(row, split), c.labelAt(row, c.category)
		i, known := names[block.PlainText(name.Value)]
		if !known {
			i = len(series)
			names[block.PlainText(name.Value)] = i
			series = append(series, c.series(x, name.Text))
		}
		j, known := places[block.PlainText(category.Value)]
		if !known {
			j = len(points)
			places[block.PlainText(category.Value)] = j
			points = append(points, point{label: category})
		}
		if _, twice := rows[at{j, i}]; twice {
			c.diags.Add(diag.Errorf(diag.BadKey, c.maker.decl.Pos, "%s: two rows have %s %q and %s %q", c.out.Name, c.decl.Category, category.Text, by, name.Text).
				WithHint("group the query by both columns"))
			return nil, nil, false
		}
		rows[at{j, i}] = row
	}
	for j := range points {
		for i := range series {
			f := block.Figure{Format: x.format, Origin: block.Origin{Query: c.data.Query, Column: c.data.Columns[x.column].Name}}
			if row, there := rows[at{j, i}]; there {
				f = c.figure(row, x)
			}
			points[j].values = append(points[j].values, f)
		}
	}
	return series, points, true
}

func (c *chartMaker) series(x measure, label string) block.Series {
	return block.Series{
		Column: c.data.Columns[x.column].Name, Label: label, Type: c.seriesType(x), As: block.Scenario(x.decl.As),
		Right: x.decl.Right, Format: x.format, Invert: x.decl.Invert,
	}
}

// seriesType resolves how a series is drawn.
func (c *chartMaker) seriesType(x measure) block.ChartType {
	switch c.kind {
	case block.ComboChart:
		if x.decl.Type != "" {
			return block.ChartType(x.decl.Type)
		}
		if x.decl.Right {
			return block.LineChart
		}
		return block.ColumnChart
	case block.StackedChart, block.GroupedChart:
		if c.decl.Horizontal {
			return block.BarChart
		}
		return block.ColumnChart
	case block.WaterfallChart:
		return block.ColumnChart
	default:
		return c.kind
	}
}

// arranged sorts and limits the points.
func (c *chartMaker) arranged(series []block.Series, points []point) []point {
	order := c.decl.Sort
	if order == "" {
		order = c.usualOrder()
	}
	if by, desc := strings.CutPrefix(order, "-"); by == "value" {
		points = sortPoints(points, func(p *point) block.Value { return c.size(series, p) }, desc)
	}
	n := c.decl.Limit
	if n <= 0 || n >= len(points) {
		return points
	}
	if c.chart.Time {
		return points[len(points)-n:] // the newest; older ones are not "other"
	}
	rest := point{label: block.Label{Text: c.format.Word(block.WordOther)}}
	for i := range series {
		f := block.Figure{Format: series[i].Format, Origin: block.Origin{Query: c.data.Query, Row: "other", Column: series[i].Column}}
		if !block.IsShare(series[i].Format) {
			var values []block.Value
			for _, p := range points[n:] {
				values = append(values, p.values[i].Value)
			}
			f.Value = total("sum", values)
		}
		rest.values = append(rest.values, f)
	}
	return append(points[:n:n], rest)
}

// usualOrder is by value where size is the message: bars and parts. What has an order of its own
// keeps it.
func (c *chartMaker) usualOrder() string {
	if c.chart.Time {
		return "none"
	}
	switch c.kind {
	case block.BarChart, block.PieChart, block.DoughnutChart:
		return "-value"
	default: // a waterfall and a funnel have an order of their own, however they lie
		if c.decl.Horizontal && (c.kind == block.StackedChart || c.kind == block.GroupedChart || c.kind == block.ComboChart) {
			return "-value"
		}
		return "none"
	}
}

func sortPoints(points []point, key func(*point) block.Value, desc bool) []point { //nolint:revive // the direction of an order
	order := seq(len(points))
	sortRows(order, func(i int) block.Value { return key(&points[i]) }, desc)
	out := make([]point, len(points))
	for i, j := range order {
		out[i] = points[j]
	}
	return out
}

// size gives what a point is sorted by: the whole of a stack, else the actual series or the first.
func (c *chartMaker) size(series []block.Series, p *point) block.Value {
	if c.kind == block.StackedChart {
		var values []block.Value
		for _, f := range p.values {
			values = append(values, f.Value)
		}
		return total("sum", values)
	}
	return p.values[leading(series)].Value
}

// leading is the series that a chart is about: the actual one, else the first.
func leading(series []block.Series) int {
	return max(0, slices.IndexFunc(series, func(s block.Series) bool { return s.As == block.Actual }))
}

func (c *chartMaker) fill(series []block.Series, points []point) {
	anyTotal := false
	for _, p := range points {
		c.chart.Categories = append(c.chart.Categories, p.label)
		c.chart.Totals = append(c.chart.Totals, p.total)
		anyTotal = anyTotal || p.total
		for i := range series {
			series[i].Values = append(series[i].Values, p.values[i])
		}
	}
	if !anyTotal {
		c.chart.Totals = nil
	}
	c.chart.Series = series
}

// labels says where values stand at the points: at all of few, at the actual series' where there
// are several scenarios, at the last of lines.
func (c *chartMaker) labels() {
	series := c.chart.Series
	points := len(c.chart.Categories)
	only := -1
	labels := c.decl.Labels
	if labels == "" || labels == "auto" {
		switch {
		case c.kind == block.LineChart || c.kind == block.AreaChart:
			labels = "last"
		case points*len(series) <= fewPoints && c.kind != block.ComboChart:
			labels = "all"
		case points <= fewPoints && (c.kind == block.ComboChart || slices.ContainsFunc(series, func(s block.Series) bool { return s.As == block.Actual })):
			labels, only = "all", leading(series)
		default:
			labels = "none"
		}
	}
	c.chart.Labels = labels
	for i := range series {
		series[i].Labels = labels != "none" && (only < 0 || only == i)
	}
}
