package pptx

import (
	"math"
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/deck"
)

// axisNames is how the names of categories stand at their axis.
type axisNames struct {
	size   float64     // of their type
	every  int         // how many categories share a name
	short  *plotText   // names that are broken or cut, in cells of their own; nil takes the names themselves
	lines  int         // that names below the plot take
	under  *plotSeries // the unseen line that they are labels of; nil if they are the axis' own
	radius float64     // of a pie that stands among many names; 0 is the program's to choose
}

// thinned is for texts of an axis of which a program leaves out those that would overlap.
const thinned = unwrapped + 1

// settleNames decides how the names of categories stand: as the program's own axis where they fit, else
// cut or thinned out, never turned.
func (x *plot) settleNames() {
	x.axis = axisNames{size: deck.LabelSize, every: 1, lines: 1}
	switch {
	case len(x.names) == 0 || x.chart.Type == block.ScatterChart:
	case x.chart.Type == block.PieChart || x.chart.Type == block.DoughnutChart:
		x.settleParts()
	case x.horizontal():
		x.settleBeside()
	default:
		x.settleBelow()
	}
}

func (x *plot) measureName(text string) float64 {
	return x.w.text.width(text, deck.LabelSize, regular) * pointsIn
}

// settleBeside breaks or cuts the names of bars.
func (x *plot) settleBeside() {
	names := chart.Names{Names: x.names, Band: x.barsHeight() / float64(len(x.names)) * pointsIn, Width: x.measureName}
	texts, size, every := names.Beside(x.box.W*pointsIn*chart.BesideShare, deck.LabelSize)
	x.axis.size, x.axis.every = size, every
	if !slices.Equal(texts, x.names) {
		x.shorten(texts)
	}
}

// barsHeight is the height of a plot of bars, between its legend and the values below it.
func (x *plot) barsHeight() float64 {
	h := x.box.H * 0.96
	if x.legend == legendTop {
		h -= 0.3
	}
	if !x.valuesLabelled() {
		h -= 0.25
	}
	return math.Max(h, x.box.H/3)
}

// settleBelow lays out the names below columns and lines. An axis breaks names anywhere, and one
// program knows no axis with less names than points: names that do not fit are the labels of a line
// along the axis that is not seen.
func (x *plot) settleBelow() {
	n := float64(len(x.names))
	if x.atEdges() && n > 1 {
		n--
	}
	names := chart.Names{
		Names: x.names, Time: x.chart.Time, Chart: x.box.W * pointsIn, Width: x.measureName,
		Band: x.box.W * (x.share - x.leftRoom() - x.rightRoom()) / n * pointsIn,
	}
	texts := names.Below()
	if slices.Equal(texts, x.names) || !x.chart.Time && !slices.ContainsFunc(texts, func(s string) bool { return s == "" || strings.HasSuffix(s, "…") }) {
		return
	}
	p := &plotSeries{kind: linePlot, column: x.freeColumn(), labels: allLabels, code: "General", hidden: make([]bool, len(texts))}
	low := x.floor()
	for i, text := range texts {
		p.values = append(p.values, low)
		p.hidden[i] = text == ""
		x.axis.lines = max(x.axis.lines, 1+strings.Count(text, "\n"))
	}
	x.axis.under = p
	p.ranged = &plotText{column: x.freeColumn(), header: shownNames, texts: texts, size: deck.LabelSize, color: "muted", below: true}
	x.texts = append(x.texts, p.ranged)
}

// shownNames is the header of the names that stand in a chart.
const shownNames = "shown"

// shorten has other names in the chart than the categories', in cells of their own.
func (x *plot) shorten(names []string) {
	x.axis.short = &plotText{column: x.freeColumn(), header: shownNames, texts: names}
	x.texts = append(x.texts, x.axis.short)
}

// atEdges reports that the first and last points stand at the edges of the plot.
func (x *plot) atEdges() bool { return x.onlyLines(x.series) }

// floor is where the value axis begins that names stand below.
func (x *plot) floor() float64 {
	a := x.leftAxis()
	if low, ok := x.lowest(a); ok {
		return low
	}
	low, high := x.boundsOf(a)
	unit := x.unitOf(a)
	if !(high >= low) || unit <= 0 {
		return 0
	}
	from := math.Floor(low/unit) * unit
	if low < 0 && x.labelled(a.series) && low-from < (high-low)*0.08 { // the lowest label stands above the names
		from -= unit
	}
	return from
}

// leftAxis is the axis that most series have.
func (x *plot) leftAxis() axis {
	left := x.side(false)
	if len(left) == 0 {
		left = x.series
	}
	return axis{id: valueAxis, cross: categoryAxis, position: x.valueSide(), lines: true, series: left, hidden: x.labelled(left)}
}

// drawnSeries are the series with what else is drawn as one.
func (x *plot) drawnSeries() []*plotSeries {
	if x.axis.under == nil {
		return x.series
	}
	return append(slices.Clip(x.series), x.axis.under)
}

// brokenLabel writes a text of several lines: a paragraph each, since one program knows no other line
// end in labels.
func (x *plot) brokenLabel(text, color string, size float64) {
	m := &x.m
	for _, line := range strings.Split(text, "\n") {
		m.start("a:p")
		m.start("a:r")
		x.runDefaults("a:rPr", color, size, regular)
		m.full("a:t", line)
		m.end()
		m.end()
	}
}

// cellLabel writes the text of a cell, which programs that know such labels keep up to date.
func (x *plot) cellLabel(cell, text, color string, size float64) {
	m := &x.m
	m.start("a:p")
	m.start("a:fld", "id", guid("label "+cell), "type", "CELLRANGE")
	x.runDefaults("a:rPr", color, size, regular)
	m.full("a:t", text)
	m.end()
	m.end()
}
