package pptx

import (
	"math"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
)

// mostLines is how many lines stand behind a chart.
const mostLines = 4

// axes writes the axes: a pair for each side that series use.
func (x *plot) axes() {
	switch x.chart.Type {
	case block.PieChart, block.DoughnutChart:
		return
	case block.ScatterChart:
		x.valueAxis(axis{id: categoryAxis, cross: valueAxis, position: "b", lines: false, series: []*plotSeries{x.across}, title: x.across.label})
		x.valueAxis(axis{id: valueAxis, cross: categoryAxis, position: "l", lines: true, series: x.series, title: x.series[0].label})
		return
	default:
	}
	x.categoryAxis(categoryAxis, valueAxis, false)
	x.valueAxis(x.leftAxis())
	if right := x.side(true); len(right) > 0 {
		x.categoryAxis(rightCategoryAxis, rightValueAxis, true)
		x.valueAxis(axis{id: rightValueAxis, cross: rightCategoryAxis, position: "r", series: right, hidden: x.labelled(right), right: true})
	}
}

func (x *plot) side(right bool) []*plotSeries { //nolint:revive // which axes
	var out []*plotSeries
	for _, p := range x.series {
		if p.right == right {
			out = append(out, p)
		}
	}
	return out
}

func (x *plot) valueSide() string {
	if x.horizontal() {
		return "b"
	}
	return "l"
}

// labelled reports that values of an axis stand at its points, so that the axis need not.
func (x *plot) labelled(series []*plotSeries) bool {
	if x.stacked() && x.chart.Type != block.WaterfallChart {
		for _, p := range series {
			if p.labels != allLabels {
				return false
			}
		}
		return true
	}
	for _, p := range series {
		if p.labels == allLabels {
			return true
		}
	}
	return false
}

func (x *plot) valuesLabelled() bool { return x.labelled(x.side(false)) }

// axis is a value axis to write.
type axis struct {
	id, cross int
	position  string
	lines     bool
	hidden    bool
	right     bool
	series    []*plotSeries
	title     string
}

func (x *plot) categoryAxis(id, cross int, hidden bool) { //nolint:revive // the right pair's is not seen
	m := &x.m
	m.start("c:catAx")
	m.val("c:axId", id)
	m.start("c:scaling")
	orientation := "minMax"
	if x.horizontal() {
		orientation = "maxMin" // the first stands on top
	}
	m.val("c:orientation", orientation)
	m.end()
	m.val("c:delete", hidden)
	position := "b"
	if x.horizontal() {
		position = "l"
	}
	m.val("c:axPos", position)
	m.leaf("c:numFmt", "formatCode", "General", "sourceLinked", false)
	m.val("c:majorTickMark", "none")
	m.val("c:minorTickMark", "none")
	names := "low"
	if x.axis.under != nil {
		names = "none"
	}
	m.val("c:tickLblPos", names)
	m.start("c:spPr")
	m.leaf("a:noFill")
	x.ink.line(m, "muted", 0.75)
	m.end()
	wrap := wrapped
	if x.axis.every > 1 {
		wrap = thinned
	}
	x.textProperties("muted", x.axis.size, regular, wrap)
	m.val("c:crossAx", cross)
	m.val("c:crosses", "autoZero")
	m.val("c:auto", false)
	m.val("c:lblAlgn", "ctr")
	m.val("c:lblOffset", 60)
	if x.axis.every > 1 {
		m.val("c:tickLblSkip", x.axis.every)
	}
	m.val("c:noMultiLvlLbl", true)
	m.end()
}

func (x *plot) valueAxis(a axis) {
	m := &x.m
	m.start("c:valAx")
	m.val("c:axId", a.id)
	x.scaling(a)
	m.val("c:delete", a.hidden)
	m.val("c:axPos", a.position)
	if a.lines && !a.hidden && !x.horizontal() { // bars have no vertical grid
		m.start("c:majorGridlines")
		m.start("c:spPr")
		x.ink.line(m, "rule", 0.75)
		m.end()
		m.end()
	}
	if a.title != "" {
		x.axisTitle(a.title, a.position == "l")
	}
	m.leaf("c:numFmt", "formatCode", x.axisCode(a), "sourceLinked", false)
	m.val("c:majorTickMark", "none")
	m.val("c:minorTickMark", "none")
	m.val("c:tickLblPos", "nextTo")
	m.start("c:spPr")
	m.leaf("a:noFill")
	x.ink.line(m, "", 0)
	m.end()
	x.textProperties("muted", deck.LabelSize, regular, wrapped)
	m.val("c:crossAx", a.cross)
	crosses := "autoZero"
	switch {
	case a.right || x.horizontal():
		crosses = "max"
	case x.chart.Type == block.ScatterChart:
		crosses = "min" // at zero its labels would stand among the points
	}
	m.val("c:crosses", crosses)
	between := "between"
	if x.chart.Type == block.ScatterChart || x.onlyLines(a.series) {
		between = "midCat"
	}
	m.val("c:crossBetween", between)
	if unit := x.unitOf(a); unit > 0 {
		m.val("c:majorUnit", unit)
	}
	m.end()
}

// onlyLines reports an axis without columns: its lines may begin at the edge.
func (x *plot) onlyLines(series []*plotSeries) bool {
	for _, p := range x.series {
		if p.kind != areaPlot && p.kind != linePlot {
			return false
		}
	}
	return len(series) > 0 && x.chart.Type == block.AreaChart
}

// scaling writes the bounds that are not the program's to choose: bars begin at zero.
func (x *plot) scaling(a axis) {
	m := &x.m
	m.start("c:scaling")
	m.val("c:orientation", "minMax")
	if x.chart.Max != nil && !a.right {
		m.val("c:max", *x.chart.Max)
	} else if x.percent() && !a.right {
		m.val("c:max", 1)
	}
	if low, ok := x.lowest(a); ok {
		m.val("c:min", low)
	} else if x.axis.under != nil && !a.right {
		m.val("c:min", x.floor())
	}
	m.end()
}

// lowest is where an axis begins, if that is not the program's to choose: at zero for columns and for
// values that reach near it, else at a round number below the least.
func (x *plot) lowest(a axis) (float64, bool) {
	if x.chart.Min != nil && !a.right {
		return *x.chart.Min, true
	}
	low, high := x.boundsOf(a)
	if !(high >= low) || low < 0 || high <= 0 {
		return 0, false
	}
	if zeroBased(a.series) || low < 0.5*high {
		return 0, true
	}
	unit := roundUnit((high - low) / mostLines)
	return floorTo(low-0.3*(high-low), unit), true
}

// floorTo is the next multiple of a unit below a value, not below zero.
func floorTo(v, unit float64) float64 {
	if unit <= 0 || math.IsNaN(unit) {
		return 0
	}
	steps := math.Floor(v / unit)
	return math.Max(0, steps*unit)
}

// boundsOf are the least and largest values of an axis.
func (x *plot) boundsOf(a axis) (low, high float64) {
	if len(a.series) == 1 && a.series[0] == x.across {
		low, high = math.Inf(1), math.Inf(-1)
		for _, v := range x.across.values {
			if !math.IsNaN(v) {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
		return low, high
	}
	return x.bounds(func(p *plotSeries) bool { return has(a.series, p) })
}

func has(list []*plotSeries, p *plotSeries) bool {
	for _, q := range list {
		if p == q {
			return true
		}
	}
	return false
}

func zeroBased(series []*plotSeries) bool {
	for _, p := range series {
		if p.kind == barPlot || p.kind == areaPlot {
			return true
		}
	}
	return false
}

// unitOf is the distance of lines: a round number that gives at most four.
func (x *plot) unitOf(a axis) float64 {
	if x.percent() && !a.right {
		return 0.25
	}
	low, high := x.boundsOf(a)
	if from, ok := x.lowest(a); ok {
		low = from
	} else if zeroBased(a.series) {
		low, high = math.Min(low, 0), math.Max(high, 0)
	}
	if !(high > low) || math.IsInf(high, 0) || math.IsInf(low, 0) {
		return 0
	}
	most := float64(mostLines)
	if x.horizontal() && x.box.W < narrow {
		most /= 2 // values that touch would be turned
	}
	return roundUnit((high - low) / most)
}

// narrow is the width in inches below which bars have fewer values below them.
const narrow = 7.0

// axisCode is the format of an axis: without decimals where its lines stand at whole numbers.
func (x *plot) axisCode(a axis) string {
	if x.percent() && !a.right {
		return x.localCode(x.shareCode())
	}
	if len(a.series) == 0 {
		return "General"
	}
	p := a.series[0]
	low, high := x.boundsOf(a)
	scale := 1.0
	if block.IsShare(p.format) {
		scale = 0.01
	} else if power, _ := x.w.doc.Format.Unit(p.format, math.Max(math.Abs(low), math.Abs(high))); power != 0 {
		scale = math.Pow(10, float64(power))
	}
	steps := x.unitOf(a) / scale
	if steps <= 0 || math.Abs(steps-math.Round(steps)) > 1e-9 {
		return or(p.axis, p.code)
	}
	return strings.NewReplacer("0.00", "0", "0.0", "0").Replace(or(p.axis, p.code))
}

// roundUnit is the next of 1, 2, 2.5, 5 and their tenfolds.
func roundUnit(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, step := range []float64{1, 2, 2.5, 5, 10} {
		if step*power >= v*0.999 {
			return step * power
		}
	}
	return 10 * power
}

func (x *plot) axisTitle(text string, upright bool) { //nolint:revive // it stands at the left
	m := &x.m
	m.start("c:title")
	m.start("c:tx")
	m.start("c:rich")
	if upright {
		m.leaf("a:bodyPr", "rot", -5400000, "vert", "horz")
	} else {
		m.leaf("a:bodyPr")
	}
	m.leaf("a:lstStyle")
	m.start("a:p")
	m.start("a:pPr")
	x.runDefaults("a:defRPr", "muted", deck.LabelSize, regular)
	m.end()
	m.start("a:r")
	x.runDefaults("a:rPr", "muted", deck.LabelSize, regular)
	m.full("a:t", text)
	m.end()
	m.end()
	m.end()
	m.end()
	m.val("c:overlay", false)
	m.end()
}
