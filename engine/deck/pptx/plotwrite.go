package pptx

import (
	"fmt"
	"math"
	"strconv"

	"atlas/engine/deck"
)

// Ids of axes: a pair on the left, a pair on the right.
const (
	categoryAxis      = 500001
	valueAxis         = 500002
	rightCategoryAxis = 500003
	rightValueAxis    = 500004
)

// dataSheet is the first sheet of a chart's workbook.
const dataSheet = "data"

// write gives the part of a chart; rel is the relationship to its workbook.
func (x *plot) write(rel string) []byte {
	m := &x.m
	m.start("c:chartSpace", "xmlns:c", chartSpace, "xmlns:a", drawingSpace, "xmlns:r", relationSpace)
	m.val("c:date1904", false)
	m.val("c:lang", x.w.lang)
	m.val("c:roundedCorners", false)
	m.start("c:chart")
	m.val("c:autoTitleDeleted", true)
	m.start("c:plotArea")
	x.layout()
	x.groups()
	x.axes()
	m.start("c:spPr")
	m.leaf("a:noFill")
	x.ink.line(m, "", 0)
	m.end()
	m.end()
	x.writeLegend()
	m.val("c:plotVisOnly", true)
	m.val("c:dispBlanksAs", "gap")
	m.end()
	m.start("c:spPr")
	m.leaf("a:noFill")
	x.ink.line(m, "", 0)
	m.end()
	x.textProperties("muted", deck.LabelSize, regular, wrapped)
	m.start("c:externalData", "r:id", rel)
	m.val("c:autoUpdate", false)
	m.end()
	m.end()
	return m.bytes()
}

// layout places the plot by hand where something stands beside it.
func (x *plot) layout() {
	m := &x.m
	switch {
	case x.legend == legendRight:
		b := ringBox(x.box)
		x.manual((b.X-x.box.X)/x.box.W, (b.Y-x.box.Y)/x.box.H, b.W/x.box.W, b.H/x.box.H)
	case x.axis.radius > 0:
		w, h := 2*x.axis.radius/x.box.W, 2*x.axis.radius/x.box.H
		x.manual((1-w)/2, (1-h)/2, w, h)
	case x.share < 1 || x.axis.under != nil:
		left := x.leftRoom()
		head, foot := 0.06, (0.14+float64(x.axis.lines)*0.2)/x.box.H
		if x.legend == legendTop {
			head = math.Max(head, 0.34/x.box.H)
		}
		x.manual(left, head, x.share-left-x.rightRoom(), 0.98-head-foot)
	default:
		m.leaf("c:layout")
	}
}

// ringBox is where a doughnut stands in its chart: at the left, its names beside it.
func ringBox(b deck.Box) deck.Box {
	side := math.Min(b.W*0.55, b.H*0.94)
	return deck.Box{X: b.X + b.W*0.02, Y: b.Y + (b.H-side)/2, W: side, H: side}
}

// leftRoom is the share of the width that the labels of the value axis take.
func (x *plot) leftRoom() float64 {
	if x.valuesLabelled() {
		return 0.02
	}
	return x.axisRoom(x.leftAxis().series)
}

// rightRoom is the same at the right.
func (x *plot) rightRoom() float64 {
	right := x.side(true)
	if len(right) == 0 || x.labelled(right) {
		return 0
	}
	return x.axisRoom(right)
}

func (x *plot) axisRoom(series []*plotSeries) float64 {
	widest := 0.0
	for _, p := range series {
		for i := range p.values {
			widest = math.Max(widest, x.w.text.width(x.labelText(p, i), deck.LabelSize, regular))
		}
	}
	return math.Min((widest+0.15)/x.box.W, 0.3)
}

func (x *plot) manual(left, top, width, height float64) {
	m := &x.m
	m.start("c:layout")
	m.start("c:manualLayout")
	m.val("c:layoutTarget", "inner")
	m.val("c:xMode", "edge")
	m.val("c:yMode", "edge")
	for _, v := range []struct {
		name  string
		share float64
	}{{"c:x", left}, {"c:y", top}, {"c:w", width}, {"c:h", height}} {
		m.val(v.name, strconv.FormatFloat(v.share, 'f', 4, 64))
	}
	m.end()
	m.end()
}

// groups writes the elements that draw: one for each kind and side, in the order of the series.
func (x *plot) groups() {
	type group struct {
		kind  plotKind
		right bool
	}
	var order []group
	by := map[group][]int{}
	for i, p := range x.drawnSeries() {
		g := group{p.kind, p.right}
		if by[g] == nil {
			order = append(order, g)
		}
		by[g] = append(by[g], i)
	}
	for _, kind := range []plotKind{areaPlot, barPlot, linePlot, piePlot, doughnutPlot, scatterPlot, bubblePlot} { // lines stand above areas and columns
		for _, g := range order {
			if g.kind == kind {
				x.group(g.kind, g.right, by[g])
			}
		}
	}
}

func (x *plot) group(kind plotKind, right bool, series []int) { //nolint:revive // which axes
	m := &x.m
	m.start(string(kind))
	switch kind {
	case barPlot:
		direction := "col"
		if x.horizontal() {
			direction = "bar"
		}
		m.val("c:barDir", direction)
		m.val("c:grouping", x.grouping("clustered"))
	case linePlot:
		m.val("c:grouping", "standard")
	case areaPlot:
		m.val("c:grouping", x.grouping("standard"))
	case scatterPlot:
		m.val("c:scatterStyle", "lineMarker")
	default:
	}
	m.val("c:varyColors", kind == piePlot || kind == doughnutPlot)
	x.order = append(x.order, series...)
	for _, i := range series {
		x.writeSeries(i)
	}
	x.groupEnd(kind, len(series))
	if kind != piePlot && kind != doughnutPlot {
		a, b := categoryAxis, valueAxis
		if right {
			a, b = rightCategoryAxis, rightValueAxis
		}
		m.val("c:axId", a)
		m.val("c:axId", b)
	}
	m.end()
}

func (x *plot) grouping(plain string) string {
	switch {
	case x.chart.Percent:
		return "percentStacked"
	case x.stacked():
		return "stacked"
	}
	return plain
}

// groupEnd writes what follows the series of a group, before its axes.
func (x *plot) groupEnd(kind plotKind, series int) {
	m := &x.m
	switch kind {
	case barPlot:
		gap, overlap := 55, 0
		if x.stacked() {
			overlap = 100
		} else if series > 1 {
			gap, overlap = 70, -5
		}
		m.val("c:gapWidth", gap)
		m.val("c:overlap", overlap)
	case linePlot:
		m.val("c:marker", true)
	case piePlot:
		m.val("c:firstSliceAng", 0)
	case doughnutPlot:
		m.val("c:firstSliceAng", 0)
		m.val("c:holeSize", 56)
	case bubblePlot:
		m.val("c:bubbleScale", 60)
		m.val("c:showNegBubbles", false)
	default:
	}
}

func (x *plot) writeSeries(i int) {
	m := &x.m
	p := x.drawnSeries()[i]
	m.start("c:ser")
	m.val("c:idx", i)
	m.val("c:order", i)
	m.start("c:tx")
	x.stringRef(sheetRef(p.column, 1, 1), []string{p.label})
	m.end()
	if p.kind == piePlot || p.kind == doughnutPlot {
		x.points(p)
		x.labels(p)
		x.categories()
		x.valuesOf("c:val", p)
		x.seriesExtension(p)
		m.end()
		return
	}
	x.shapeProperties(p.look, p.kind)
	switch p.kind {
	case barPlot, bubblePlot:
		m.val("c:invertIfNegative", false)
	case linePlot, scatterPlot:
		x.marker(p)
	default:
	}
	x.points(p)
	x.labels(p)
	switch p.kind {
	case scatterPlot, bubblePlot:
		x.valuesOf("c:xVal", x.across)
		x.valuesOf("c:yVal", p)
		if p.kind == bubblePlot {
			x.valuesOf("c:bubbleSize", x.sizes)
			m.val("c:bubble3D", false)
		} else {
			m.val("c:smooth", false)
		}
	default:
		x.categories()
		x.valuesOf("c:val", p)
		if p.kind == linePlot {
			m.val("c:smooth", false)
		}
	}
	x.seriesExtension(p)
	m.end()
}

// shapeProperties paints a series or a point.
func (x *plot) shapeProperties(l look, kind plotKind) {
	m := &x.m
	m.start("c:spPr")
	switch {
	case kind == scatterPlot:
		x.ink.line(m, "", 0)
		m.end()
		return
	case kind == linePlot && l.line == "":
		x.ink.line(m, "", 0)
		m.end()
		return
	case kind == linePlot:
	case l.pattern != "":
		m.start("a:pattFill", "prst", l.pattern)
		m.start("a:fgClr")
		x.ink.color(m, l.fill)
		m.end()
		m.start("a:bgClr")
		x.ink.color(m, "surface")
		m.end()
		m.end()
	case kind == bubblePlot && l.fill != "":
		m.start("a:solidFill")
		m.start("a:srgbClr", "val", x.ink.hex(l.fill))
		m.val("a:alpha", 70000)
		m.end()
		m.end()
	default:
		x.ink.fill(m, l.fill)
	}
	if l.line == "" {
		x.ink.line(m, "", 0)
	} else {
		m.start("a:ln", "w", points(l.width), "cap", "rnd")
		x.ink.fill(m, l.line)
		if l.dash != "" {
			m.val("a:prstDash", l.dash)
		}
		m.leaf("a:round")
		m.end()
	}
	m.end()
}

func (x *plot) marker(p *plotSeries) {
	m := &x.m
	m.start("c:marker")
	switch {
	case p.kind == scatterPlot:
		m.val("c:symbol", "circle")
		m.val("c:size", 8)
		x.shapeProperties(look{fill: p.look.fill}, barPlot)
	case p.look.marker:
		m.val("c:symbol", "circle")
		m.val("c:size", 5)
		x.shapeProperties(look{fill: p.look.line}, barPlot)
	default:
		m.val("c:symbol", "none")
	}
	m.end()
}

// points paints the points that look unlike their series.
func (x *plot) points(p *plotSeries) {
	m := &x.m
	for i, l := range p.points {
		if math.IsNaN(p.values[i]) {
			continue
		}
		m.start("c:dPt")
		m.val("c:idx", i)
		if p.kind == barPlot {
			m.val("c:invertIfNegative", false)
		}
		m.val("c:bubble3D", false)
		x.shapeProperties(l, p.kind)
		m.end()
	}
	if at := lastPoint(p); p.kind == linePlot && p.end && at >= 0 && !p.look.marker {
		m.start("c:dPt")
		m.val("c:idx", at)
		m.start("c:marker")
		m.val("c:symbol", "circle")
		m.val("c:size", 6)
		x.shapeProperties(look{fill: p.look.line}, barPlot)
		m.end()
		m.val("c:bubble3D", false)
		x.shapeProperties(p.look, linePlot)
		m.end()
	}
}

func (x *plot) categories() {
	m := &x.m
	m.start("c:cat")
	if short := x.axis.short; short != nil {
		x.stringRef(sheetRef(short.column, 2, len(short.texts)+1), short.texts)
	} else {
		x.stringRef(sheetRef(1, 2, len(x.names)+1), x.names)
	}
	m.end()
}

func (x *plot) stringRef(ref string, texts []string) {
	m := &x.m
	m.start("c:strRef")
	m.full("c:f", ref)
	m.start("c:strCache")
	m.val("c:ptCount", len(texts))
	for i, t := range texts {
		m.start("c:pt", "idx", i)
		m.full("c:v", escaped(t))
		m.end()
	}
	m.end()
	m.end()
}

// valuesOf writes values as the sheet has them; gaps are no points.
func (x *plot) valuesOf(element string, p *plotSeries) {
	m := &x.m
	m.start(element)
	m.start("c:numRef")
	m.full("c:f", sheetRef(p.column, 2, len(p.values)+1))
	m.start("c:numCache")
	m.full("c:formatCode", p.code)
	m.val("c:ptCount", len(p.values))
	for i, v := range p.values {
		if math.IsNaN(v) {
			continue
		}
		m.start("c:pt", "idx", i)
		m.full("c:v", number(v))
		m.end()
	}
	m.end()
	m.end()
	m.end()
}

// sheetRef names cells of a column of the data sheet, from a row to another.
func sheetRef(column, from, to int) string {
	c := sheetColumn(column)
	if from == to {
		return fmt.Sprintf("%s!$%s$%d", dataSheet, c, from)
	}
	return fmt.Sprintf("%s!$%s$%d:$%s$%d", dataSheet, c, from, c, to)
}

func sheetColumn(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// textProperties writes the type of an element's texts: level, and labels in one line.
func (x *plot) textProperties(color string, size float64, weight fontWeight, wrap wrapping) {
	m := &x.m
	m.start("c:txPr")
	switch wrap {
	case unwrapped:
		m.leaf("a:bodyPr", "rot", 0, "vert", "horz", "wrap", "none")
	case thinned:
		m.leaf("a:bodyPr", "vert", "horz")
	default:
		m.leaf("a:bodyPr", "rot", 0, "vert", "horz")
	}
	m.leaf("a:lstStyle")
	m.start("a:p")
	m.start("a:pPr")
	x.runDefaults("a:defRPr", color, size, weight)
	m.end()
	m.leaf("a:endParaRPr", "lang", x.w.lang)
	m.end()
	m.end()
}

func (x *plot) runDefaults(element, color string, size float64, weight fontWeight) {
	m := &x.m
	m.start(element, "sz", int(size*unitsText), "b", weight == semibold)
	x.ink.fill(m, color)
	m.leaf("a:latin", "typeface", "+mn-lt")
	m.end()
}
