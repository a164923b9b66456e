package pptx

import (
	"math"
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/theme"
)

// Extensions of labels that show other cells' texts.
const (
	labelsSpace    = "http://schemas.microsoft.com/office/drawing/2012/chart"
	labelExtension = "{CE6537A1-D6FC-4f65-9D91-7224C49458BB}"
	rangeExtension = "{02D57815-91ED-43cb-92C2-25804820EDAC}"
)

// labels writes the labels of a series' points.
func (x *plot) labels(p *plotSeries) {
	if p.labels == noLabels && !p.end && p.kind != piePlot && p.kind != doughnutPlot {
		return
	}
	m := &x.m
	m.start("c:dLbls")
	switch {
	case p.ranged != nil:
		x.rangedLabels(p)
	case p.kind == piePlot || p.kind == doughnutPlot:
		x.partLabels(p)
	case p.end || p.labels == lastLabel:
		x.endLabel(p)
	default:
		for i := range p.hidden {
			x.noLabel(p, i)
		}
		x.labelLook(p, labelPosition(x, p))
		x.shows(shown{value: true})
	}
	m.end()
}

// noLabel leaves the label of a point out, if it is one of those; true if it did.
func (x *plot) noLabel(p *plotSeries, i int) bool {
	if i >= len(p.hidden) || !p.hidden[i] || math.IsNaN(p.values[i]) {
		return false
	}
	m := &x.m
	m.start("c:dLbl")
	m.val("c:idx", i)
	m.val("c:delete", true)
	m.end()
	return true
}

// shown is what a label shows.
type shown struct{ value, series, percent, category bool }

func (x *plot) shows(s shown) {
	m := &x.m
	m.val("c:showLegendKey", false)
	m.val("c:showVal", s.value)
	m.val("c:showCatName", s.category)
	m.val("c:showSerName", s.series)
	m.val("c:showPercent", s.percent)
	m.val("c:showBubbleSize", false)
	if s.value && s.series || s.percent && s.category {
		m.full("c:separator", " ")
	}
}

// labelPosition is where labels stand; stacks have no place outside, areas and doughnuts none to choose.
func labelPosition(x *plot, p *plotSeries) string {
	switch p.kind {
	case barPlot:
		switch {
		case x.stacked():
			return "ctr"
		case x.chart.Type == block.ComboChart:
			return "inBase" // lines cross what stands higher
		}
		return "outEnd"
	case linePlot, scatterPlot, bubblePlot:
		return "t"
	case piePlot:
		return "outEnd"
	default:
		return ""
	}
}

// labelColor can be read where the label stands: inside of a stack on its fill, else on the surface.
func (x *plot) labelColor(p *plotSeries) string {
	inside := x.stacked() || x.chart.Type == block.ComboChart
	if p.kind != barPlot || !inside || p.look.fill == "" || p.look.pattern != "" {
		if p.end && theme.Contrast(x.ink.hex(p.look.line), x.ink.hex("surface")) >= 4.5 {
			return p.look.line
		}
		return "text"
	}
	return readable(x.ink, p.look.fill)
}

func (x *plot) labelLook(p *plotSeries, position string) {
	m := &x.m
	m.leaf("c:numFmt", "formatCode", p.code, "sourceLinked", false)
	m.start("c:spPr")
	m.leaf("a:noFill")
	x.ink.line(m, "", 0)
	m.end()
	x.textProperties(x.labelColor(p), plotLabel, regular, unwrapped)
	if position != "" {
		m.val("c:dLblPos", position)
	}
}

// endLabel labels the last point: with the name of its line, its value, or both.
func (x *plot) endLabel(p *plotSeries) {
	m := &x.m
	at := lastPoint(p)
	if at >= 0 {
		position := "t"
		if p.end {
			position = "r"
		}
		if p.kind == barPlot || p.kind == areaPlot {
			position = labelPosition(x, p)
		}
		m.start("c:dLbl")
		m.val("c:idx", at)
		x.labelLook(p, position)
		x.shows(shown{value: p.labels != noLabels, series: p.end})
		m.end()
	}
	if p.labels == allLabels {
		x.labelLook(p, labelPosition(x, p))
		x.shows(shown{value: true})
		return
	}
	x.shows(shown{})
}

// partLabels writes shares at the parts of a pie.
func (x *plot) partLabels(p *plotSeries) {
	m := &x.m
	for i := range p.values {
		if math.IsNaN(p.values[i]) || x.noLabel(p, i) || p.kind == piePlot {
			continue
		}
		m.start("c:dLbl")
		m.val("c:idx", i)
		x.partLook(p, readable(x.ink, block.CategoryToken(i+1)))
		m.end()
	}
	x.partLook(p, "text")
	m.val("c:showLeaderLines", false)
}

func (x *plot) partLook(p *plotSeries, color string) {
	m := &x.m
	code, size := x.w.doc.Format.Code("percent"), deck.LabelSize
	if p.kind == doughnutPlot {
		code, size = x.shareCode(), plotLabel
	}
	code = x.localCode(code)
	m.leaf("c:numFmt", "formatCode", code, "sourceLinked", false)
	m.start("c:spPr")
	m.leaf("a:noFill")
	x.ink.line(m, "", 0)
	m.end()
	x.textProperties(color, size, semibold, unwrapped)
	if p.kind == piePlot {
		m.val("c:dLblPos", "outEnd")
	}
	x.shows(shown{percent: x.chart.Labels != "none", category: p.kind == piePlot})
}

// rangedLabels writes the texts of other cells at the points: names of a scatter, changes of a
// waterfall. Programs that do not know them show the texts as they are.
func (x *plot) rangedLabels(p *plotSeries) {
	m := &x.m
	position := labelPosition(x, p)
	if p.kind == scatterPlot || p.kind == bubblePlot {
		position = "r"
	}
	color, size := or(p.ranged.color, x.labelColor(p)), p.ranged.size
	if size == 0 {
		size = plotLabel
	}
	if p.ranged.below {
		position = "b"
	}
	for i, v := range p.values {
		if math.IsNaN(v) || x.noLabel(p, i) || p.ranged.texts[i] == "" {
			continue
		}
		m.start("c:dLbl")
		m.val("c:idx", i)
		m.start("c:tx")
		m.start("c:rich")
		m.leaf("a:bodyPr", "wrap", "none")
		m.leaf("a:lstStyle")
		if text := p.ranged.texts[i]; strings.Contains(text, "\n") {
			x.brokenLabel(text, color, size)
		} else {
			x.cellLabel(sheetRef(p.ranged.column, i+2, i+2), text, color, size)
		}
		m.end()
		m.end()
		m.val("c:dLblPos", position)
		x.shows(shown{})
		m.start("c:extLst")
		m.start("c:ext", "uri", labelExtension, "xmlns:c15", labelsSpace)
		m.leaf("c15:dlblFieldTable")
		m.val("c15:showDataLabelsRange", true)
		m.end()
		m.end()
		m.end()
	}
	m.start("c:spPr")
	m.leaf("a:noFill")
	x.ink.line(m, "", 0)
	m.end()
	x.textProperties(color, size, regular, unwrapped)
	m.val("c:dLblPos", position)
	x.shows(shown{})
	m.start("c:extLst")
	m.start("c:ext", "uri", labelExtension, "xmlns:c15", labelsSpace)
	m.val("c15:showDataLabelsRange", true)
	m.end()
	m.end()
}

// seriesExtension names the cells that labels show.
func (x *plot) seriesExtension(p *plotSeries) {
	if p.ranged == nil || p.labels == noLabels {
		return
	}
	m := &x.m
	m.start("c:extLst")
	m.start("c:ext", "uri", rangeExtension, "xmlns:c15", labelsSpace)
	m.start("c15:datalabelsRange")
	m.full("c15:f", sheetRef(p.ranged.column, 2, len(p.ranged.texts)+1))
	m.start("c15:dlblRangeCache")
	m.val("c:ptCount", len(p.ranged.texts))
	for i, t := range p.ranged.texts {
		m.start("c:pt", "idx", i)
		m.full("c:v", escaped(t))
		m.end()
	}
	m.end()
	m.end()
	m.end()
	m.end()
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// writeLegend writes the names of series; those without a name are left out.
func (x *plot) writeLegend() {
	if x.legend == noLegend {
		return
	}
	m := &x.m
	position := "t"
	if x.legend == legendRight {
		position = "r"
	}
	m.start("c:legend")
	m.val("c:legendPos", position)
	drawn := x.drawnSeries()
	order := slices.Clone(x.order) // entries are counted as the series are written, those of the right axis last
	slices.SortStableFunc(order, func(a, b int) int { return boolOrder(drawn[a].right) - boolOrder(drawn[b].right) })
	for at, i := range order {
		if drawn[i].label == "" {
			m.start("c:legendEntry")
			m.val("c:idx", at)
			m.val("c:delete", true)
			m.end()
		}
	}
	m.val("c:overlay", false)
	x.textProperties("text", deck.LabelSize, regular, wrapped)
	m.end()
}
