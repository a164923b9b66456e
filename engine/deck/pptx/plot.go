package pptx

import (
	"math"
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// plot is a chart made ready: what series it has, how each looks, what is labelled.
type plot struct {
	w      *writer
	ink    ink
	block  *block.Block
	chart  *block.Chart
	box    deck.Box
	m      markup
	names  []string // of the categories, or of a scatter's points
	series []*plotSeries
	legend legendKind
	share  float64 // of the width that the plot takes, for labels at its right end
	steps  *waterfallSteps
	across *plotSeries   // a scatter's x
	sizes  *plotSeries   // of bubbles
	beside []*plotSeries // columns of the sheet that are not drawn
	texts  []*plotText   // columns of texts
	axis   axisNames
	order  []int // of the drawn series, as they are written
}

type legendKind int

const (
	noLegend legendKind = iota
	legendTop
	legendRight
)

// plotKind is the element that a series is drawn in.
type plotKind string

const (
	barPlot      plotKind = "c:barChart"
	linePlot     plotKind = "c:lineChart"
	areaPlot     plotKind = "c:areaChart"
	piePlot      plotKind = "c:pieChart"
	doughnutPlot plotKind = "c:doughnutChart"
	scatterPlot  plotKind = "c:scatterChart"
	bubblePlot   plotKind = "c:bubbleChart"
)

// plotSeries is one series as it is drawn.
type plotSeries struct {
	label   string
	column  int // of the sheet, from 1: B
	kind    plotKind
	right   bool
	values  []float64 // NaN is a gap
	figures []*block.Figure
	look    look
	code    string // of the sheet, marked with the language
	shown   string // the same as the formatter knows it; "" writes each value in the series' format
	axis    string // the code of its axis, which has one unit; "" is code
	format  string
	labels  labelling
	end     bool      // its name stands at its last point
	formula []string  // of the cells, "" is a value
	ranged  *plotText // labels are the texts of other cells
	hidden  []bool    // which points go without a label; nil is none
	points  []look    // of single points; nil takes the series'
}

// plotText is cells whose texts are labels.
type plotText struct {
	column int
	texts  []string
	header string  // of the column; "" is a column that something else fills
	size   float64 // of their type; 0 is that of other labels
	color  string  // "" is that of other labels
	below  bool    // they stand below their points
}

type labelling int

const (
	noLabels labelling = iota
	allLabels
	lastLabel
)

// look is how a series is painted.
type look struct {
	fill    string // token; "" none
	line    string
	width   float64
	dash    string
	pattern string
	marker  bool
}

// newPlot decides what series a chart has and how they look.
func newPlot(c *canvas, b *block.Block, box deck.Box) *plot {
	k := c.ink
	k.flat = true
	x := &plot{w: c.writer, ink: k, block: b, chart: b.Chart, box: box, share: 1}
	for _, l := range b.Chart.Categories {
		x.names = append(x.names, sheetText(or(l.Text, c.doc.Format.Format(l.Value, ""))))
	}
	switch b.Chart.Type {
	case block.ScatterChart:
		x.scatter()
	case block.WaterfallChart:
		x.waterfall()
	default:
		x.plain()
	}
	return x
}

// settle says what stands where: labels, legend, names of categories.
func (x *plot) settle() {
	x.shares()
	x.settleLabels()
	x.hideSmall()
	x.settleLegend()
	x.settleNames()
	x.settleTexts()
}

// settleTexts labels series with texts where no code of numbers writes them as they are written
// elsewhere: values of very different sizes.
func (x *plot) settleTexts() {
	for _, p := range x.series {
		if p.shown != "" || p.labels == noLabels || p.end || p.ranged != nil || p.kind != barPlot && p.kind != linePlot {
			continue
		}
		texts := &plotText{column: x.freeColumn(), header: sheetText(p.label + " (text)")}
		hidden := make([]bool, len(p.values))
		for i := range p.values {
			texts.texts = append(texts.texts, x.labelText(p, i))
			hidden[i] = i < len(p.hidden) && p.hidden[i] || p.labels == lastLabel && i != lastPoint(p)
		}
		p.hidden, p.ranged = hidden, texts
		x.texts = append(x.texts, texts)
	}
}

// plain takes the chart's series as they are.
func (x *plot) plain() {
	for i := range x.chart.Series {
		s := &x.chart.Series[i]
		p := &plotSeries{label: sheetText(or(s.Label, s.Column)), column: len(x.series) + 2, kind: x.kindOf(s), right: s.Right}
		p.format = or(s.Format, x.sideFormat(s.Right))
		for j := range x.names {
			v := math.NaN()
			var f *block.Figure
			if j < len(s.Values) {
				f = &s.Values[j]
				v = drawn(f.Value)
			}
			p.values, p.figures = append(p.values, v), append(p.figures, f)
		}
		p.look = x.lookOf(i, p.kind)
		x.pointLooks(s, p)
		if s.Labels || x.chart.Labels == "all" && len(x.chart.Series) == 1 {
			p.labels = allLabels
			if x.chart.Labels == "last" {
				p.labels = lastLabel
			}
		}
		if x.chart.Labels == "none" || p.kind == areaPlot {
			p.labels = noLabels
		}
		x.series = append(x.series, p)
	}
	x.setCodes(x.series...)
}

// drawn is a value as a chart can show it; NaN, a gap, for what is no number.
func drawn(v block.Value) float64 {
	if n, ok := block.ToFloat(v); ok && !math.IsInf(n, 0) {
		return n
	}
	return math.NaN()
}

func (x *plot) sideFormat(right bool) string { //nolint:revive // which axis
	if right {
		return or(x.chart.RightFormat, x.chart.Format)
	}
	return x.chart.Format
}

// setCodes settles the format codes of series: one unit for all that share an axis and a format.
func (x *plot) setCodes(series ...*plotSeries) {
	for _, p := range series {
		most := 0.0
		for _, q := range series {
			if q.right != p.right || q.format != p.format {
				continue
			}
			for _, v := range q.values {
				if !math.IsNaN(v) {
					most = math.Max(most, math.Abs(v))
				}
			}
		}
		p.shown = x.w.doc.Format.CodeFor(p.format, most)
		p.code = x.localCode(p.shown)
		p.axis = p.code
		if slices.ContainsFunc(series, func(q *plotSeries) bool { return q.right == p.right && q.format == p.format && x.blurred(q, most) }) { // each value takes its own unit, as far as a code can say so
			p.shown, p.code = "", x.localCode(x.w.doc.Format.Code(p.format))
		}
	}
}

// blurred reports a series with values that the unit of the largest would write as others.
func (x *plot) blurred(p *plotSeries, largest float64) bool {
	return slices.ContainsFunc(p.values, func(v float64) bool { return !math.IsNaN(v) && x.w.doc.Format.Blurs(p.format, largest, v) })
}

// localCode marks a code with the report's language: its separators are that language's wherever
// the program heeds the mark.
func (x *plot) localCode(code string) string {
	id := languageIDs()[x.w.lang]
	if id == "" || code == "General" || code == "@" || code == "" {
		return or(code, "General")
	}
	parts := strings.Split(code, ";")
	for i, p := range parts {
		if strings.HasPrefix(p, "[>") || strings.HasPrefix(p, "[<") {
			end := strings.IndexByte(p, ']') + 1
			parts[i] = p[:end] + "[$-" + id + "]" + p[end:]
			continue
		}
		parts[i] = "[$-" + id + "]" + p
	}
	return strings.Join(parts, ";")
}

// languageIDs are the numbers by which Office knows languages that write numbers unlike English.
func languageIDs() map[string]string {
	return map[string]string{"id-ID": "421", "de-DE": "407", "nl-NL": "413", "fr-FR": "40C"}
}

// kindOf is the element that draws a series.
func (x *plot) kindOf(s *block.Series) plotKind {
	switch x.chart.Type {
	case block.LineChart:
		return linePlot
	case block.AreaChart:
		return areaPlot
	case block.PieChart:
		return piePlot
	case block.DoughnutChart:
		return doughnutPlot
	case block.ComboChart:
		switch s.Type {
		case block.LineChart:
			return linePlot
		case block.AreaChart:
			return areaPlot
		default:
		}
	default:
	}
	return barPlot
}

// horizontal reports bars from left to right.
func (x *plot) horizontal() bool {
	return x.chart.Type == block.BarChart || x.chart.Horizontal && (x.chart.Type == block.StackedChart || x.chart.Type == block.GroupedChart)
}

func (x *plot) stacked() bool {
	return x.chart.Stacked() || x.chart.Type == block.WaterfallChart
}

// lookOf paints the i-th series by its scenario, or as a category.
func (x *plot) lookOf(i int, kind plotKind) look {
	as := x.chart.Scenario(i)
	token := string(as)
	edge := look{}
	switch as {
	case "":
		n := x.chart.Category(i)
		token = block.CategoryToken(n)
		if n > block.MostColors { // its neighbour may be as grey
			edge = look{line: "surface", width: 0.75}
		}
	case block.Actual, block.Previous, block.Target, block.Forecast:
		token = "scenario-" + token
	case block.Variance:
		token = "good" // of columns, whose points say which
		if kind == linePlot {
			token = "scenario-actual"
		}
	}
	if kind == linePlot {
		l := look{line: token, width: 2.25, marker: lonely(x.chart.Series[i].Values)}
		switch as {
		case block.Target:
			l.dash, l.width = "sysDash", 1.5
		case block.Forecast:
			l.dash = "dash"
		case block.Previous:
			l.width = 1.75
		default:
		}
		return l
	}
	switch as {
	case block.Target:
		return look{line: token, width: 1.25}
	case block.Forecast:
		return look{fill: token, pattern: "wdUpDiag", line: token, width: 0.75}
	default:
		edge.fill = token
		return edge
	}
}

// lonely reports a point between gaps, which a line alone would not show.
func lonely(values []block.Figure) bool {
	has := func(i int) bool {
		if i < 0 || i >= len(values) {
			return false
		}
		_, ok := block.ToFloat(values[i].Value)
		return ok
	}
	for i := range values {
		if has(i) && !has(i-1) && !has(i+1) {
			return true
		}
	}
	return false
}

// pointLooks paints single points: parts of a pie, and variances by their sign.
func (x *plot) pointLooks(s *block.Series, p *plotSeries) {
	switch {
	case p.kind == piePlot || p.kind == doughnutPlot:
		for i := range p.values {
			p.points = append(p.points, look{fill: block.CategoryToken(i + 1), line: "surface", width: 1.5})
		}
	case s.As == block.Variance && p.kind == barPlot:
		for _, v := range p.values {
			token := "bad"
			switch {
			case v == 0:
				token = "scenario-previous"
			case (v > 0) != s.Invert:
				token = "good"
			}
			p.points = append(p.points, look{fill: token})
		}
	}
}

// labelText is what a label shows, for measuring.
func (x *plot) labelText(p *plotSeries, i int) string {
	if p.ranged != nil {
		return p.ranged.texts[i]
	}
	if x.percent() && p.kind == linePlot && i >= 0 && i < len(p.values) && !math.IsNaN(p.values[i]) {
		return x.w.doc.Format.Format(math.Round(p.values[i]*100)/100, or(p.shown, p.format))
	}
	if i < len(p.figures) && p.figures[i] != nil {
		return x.w.doc.Format.Format(p.figures[i].Value, or(p.shown, p.format))
	}
	return ""
}

const (
	plotLabel   = 10.0 // points, of labels at points
	legendSpace = 0.3
)

// settleLabels takes labels away where they would not stand beside one another: then an axis tells.
func (x *plot) settleLabels() {
	if len(x.names) == 0 || x.chart.Type == block.PieChart || x.chart.Type == block.DoughnutChart || x.chart.Type == block.ScatterChart {
		return
	}
	bars := 0
	for _, p := range x.series {
		if p.kind == barPlot && p.ranged == nil && p.look != (look{}) {
			bars++
		}
	}
	if x.horizontal() && !x.stacked() && bars > 1 && x.box.H*0.75/float64(len(x.names)*bars) < plotLabel*1.05/pointsIn {
		x.onlyActual()
	}
	for _, p := range x.series {
		if p.labels == allLabels && p.kind == linePlot && len(x.series) > 1 && x.chart.Type == block.LineChart {
			p.labels = lastLabel // lines cross one another's values
		}
		if p.labels != allLabels {
			continue
		}
		room := x.box.W * 0.97 / float64(len(x.names))
		need := 0.0
		for i := range p.values {
			need = math.Max(need, x.w.text.width(x.labelText(p, i), plotLabel, regular))
		}
		if x.horizontal() {
			room, need = x.box.H*0.9/float64(len(x.names)), plotLabel*lineHeight/pointsIn
		}
		switch {
		case x.stacked() && x.steps == nil && p.kind == barPlot && !x.horizontal():
			room /= 1 + barGap
		case x.chart.Type == block.ComboChart && p.kind == barPlot:
			room *= 0.6 / float64(max(bars, 1)) // they stand inside
		case p.kind == barPlot && !x.stacked() && bars > 1:
			room = room * 0.85 / float64(bars) * 1.35 // labels may reach over their neighbours' ends a little
		}
		if need > room*1.02 {
			p.labels = noLabels
			if p.kind == linePlot || p.kind == areaPlot {
				p.labels = lastLabel
			}
		}
	}
}

// onlyActual keeps the labels of what came in, where those of all bars would stand on one another.
func (x *plot) onlyActual() {
	for i, p := range x.series {
		if i >= len(x.chart.Series) || x.chart.Scenario(i) != block.Actual {
			p.labels = noLabels
		}
	}
}

// settleLegend says where the names of series stand: at the ends of lines where there is room, else
// above.
func (x *plot) settleLegend() {
	named := 0
	lines := true
	for _, p := range x.series {
		if p.label != "" {
			named++
		}
		lines = lines && p.kind == linePlot
	}
	switch {
	case x.chart.Type == block.PieChart: // names stand at the parts
	case x.chart.Type == block.DoughnutChart:
		x.legend = legendRight
	case x.chart.Type == block.ScatterChart || x.chart.Type == block.WaterfallChart || named < 2:
	case lines && x.endsApart():
		widest := 0.0
		for _, p := range x.series {
			p.end = true
			text := p.label
			if p.labels == lastLabel || p.labels == allLabels {
				text += " " + x.labelText(p, lastPoint(p))
			}
			widest = math.Max(widest, x.w.text.width(text, plotLabel, regular))
		}
		x.share = 1 - math.Min((widest+0.12)/x.box.W, 0.4)
	default:
		x.legend = legendTop
	}
}

func lastPoint(p *plotSeries) int {
	for i := len(p.values) - 1; i >= 0; i-- {
		if !math.IsNaN(p.values[i]) {
			return i
		}
	}
	return -1
}

// endsApart reports lines whose last points leave room for their names.
func (x *plot) endsApart() bool {
	_, high := x.bounds(nil)
	low, ok := x.lowest(axis{series: x.series})
	if !ok {
		low, _ = x.bounds(nil)
	}
	if !(high > low) || len(x.series) > 6 {
		return false
	}
	var ends []float64
	for _, p := range x.series {
		i := lastPoint(p)
		if i < 0 || i < len(p.values)-1-len(p.values)/4 || p.right {
			return false
		}
		ends = append(ends, (p.values[i]-low)/(high-low)*x.box.H*0.8)
	}
	for i, a := range ends {
		for _, b := range ends[:i] {
			if math.Abs(a-b) < plotLabel*lineHeight/pointsIn {
				return false
			}
		}
	}
	return true
}

// bounds are the least and largest values of the series that keep says; nil keeps all. Stacks count
// as their sums.
func (x *plot) bounds(keep func(*plotSeries) bool) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	up, down := make([]float64, len(x.names)), make([]float64, len(x.names))
	for _, p := range x.series {
		if keep != nil && !keep(p) {
			continue
		}
		for i, v := range p.values {
			if math.IsNaN(v) {
				continue
			}
			if x.stacked() && p.kind == barPlot && i < len(up) {
				if v >= 0 {
					up[i] += v
				} else {
					down[i] += v
				}
				low, high = math.Min(low, down[i]), math.Max(high, up[i])
				continue
			}
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	return low, high
}
