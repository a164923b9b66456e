package pptx

import (
	"math"

	"atlas/engine/block"
)

// scatter draws points: one series, or bubbles where points have a size. The sheet: A name, B x, C y,
// D size.
func (x *plot) scatter() {
	points := x.chart.Points
	kind := scatterPlot
	for i := range points {
		if points[i].Size != nil {
			kind = bubblePlot
		}
	}
	label := x.chart.CategoryLabel
	column := func(n int, name, format string, pick func(*block.Point) *block.Figure) *plotSeries {
		p := &plotSeries{label: sheetText(name), column: n, kind: kind, format: format, look: look{fill: "scenario-actual"}}
		for i := range points {
			f := pick(&points[i])
			v := math.NaN()
			if f != nil {
				v = drawn(f.Value)
			}
			p.values, p.figures = append(p.values, v), append(p.figures, f)
		}
		x.setCodes(p)
		return p
	}
	name := ""
	format := x.chart.Format
	if len(x.chart.Series) > 0 {
		s := &x.chart.Series[0]
		name, format = or(s.Label, s.Column), or(s.Format, format)
	}
	xFormat := ""
	if len(points) > 0 {
		xFormat = points[0].X.Format
		format = or(format, points[0].Y.Format)
	}
	x.names = x.names[:0]
	for i := range points {
		x.names = append(x.names, sheetText(points[i].Name))
	}
	x.across = column(2, or(label, "x"), or(xFormat, x.chart.Format), func(p *block.Point) *block.Figure { return &p.X })
	up := column(3, or(name, "y"), format, func(p *block.Point) *block.Figure { return &p.Y })
	if kind == bubblePlot {
		x.sizes = column(4, "size", "", func(p *block.Point) *block.Figure { return p.Size })
	}
	if len(points) <= mostNames && x.chart.Labels != "none" {
		up.labels = allLabels
		up.ranged = &plotText{column: 1, texts: x.names}
	}
	x.series = append(x.series, up)
}

// mostNames is how many points of a scatter have their names beside them.
const mostNames = 25
