package pptx

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// shareCode is how shares are written in a chart: without decimals.
func (x *plot) shareCode() string {
	return strings.ReplaceAll(x.w.doc.Format.Code("percent"), "0.0", "0")
}

// percent reports a chart whose columns all reach a hundred percent.
func (x *plot) percent() bool { return x.grouping("") == "percentStacked" }

// shares labels the columns of a percent chart with their shares. The workbook has them as formulas,
// beside the amounts that people change.
func (x *plot) shares() {
	if !x.percent() {
		return
	}
	var bars []*plotSeries
	for _, p := range x.series {
		if p.kind == barPlot {
			bars = append(bars, p)
		}
	}
	if len(bars) == 0 {
		x.shareLines()
		return
	}
	code := x.shareCode()
	for _, p := range bars {
		q := &plotSeries{label: sheetText(p.label + " %"), column: x.freeColumn(), code: x.localCode(code), formula: make([]string, len(p.values))}
		p.ranged = &plotText{column: q.column}
		for i, v := range p.values {
			share, text, all := math.NaN(), "", x.amountAt(i)
			if !math.IsNaN(v) && all > 0 {
				share = v / all
				text = x.w.doc.Format.Format(math.Round(share*100)/100, code)
				q.formula[i] = shareFormula(p.column, i+2, bars)
			}
			q.values = append(q.values, share)
			p.ranged.texts = append(p.ranged.texts, text)
		}
		x.beside = append(x.beside, q)
	}
}

// shareLines draws the shares of lines: no program makes them of amounts.
func (x *plot) shareLines() {
	lines := slices.DeleteFunc(slices.Clone(x.series), func(p *plotSeries) bool { return p.kind != linePlot })
	sums := make([]float64, len(x.names))
	for _, p := range lines {
		for i, v := range p.values {
			if !math.IsNaN(v) {
				sums[i] += math.Abs(v)
			}
		}
	}
	amounts := make([]*plotSeries, len(lines))
	for i, p := range lines {
		amount := *p
		amounts[i] = &amount
		x.beside = append(x.beside, &amount)
	}
	for n, p := range lines {
		p.column, p.figures, p.format, p.shown = x.freeColumn(), nil, "percent", x.shareCode()
		p.code = x.localCode(p.shown)
		p.axis = p.code
		p.formula, p.values = make([]string, len(p.values)), slices.Clone(p.values)
		for i, v := range p.values {
			if math.IsNaN(v) || sums[i] == 0 {
				p.values[i] = math.NaN()
				continue
			}
			p.values[i] = v / sums[i]
			p.formula[i] = shareFormula(amounts[n].column, i+2, amounts)
		}
	}
}

// shareFormula is a cell's part of its row's amounts.
func shareFormula(column, row int, of []*plotSeries) string {
	sum := make([]string, len(of))
	for i, p := range of {
		sum[i] = "ABS(" + sheetCell(p.column, row) + ")"
	}
	return fmt.Sprintf("%s/(%s)", sheetCell(column, row), strings.Join(sum, "+"))
}

// freeColumn is the first column of the sheet that holds nothing yet.
func (x *plot) freeColumn() int {
	last := 1
	for _, p := range x.sheetSeries() {
		last = max(last, p.column)
	}
	for _, t := range x.texts {
		last = max(last, t.column)
	}
	return last + 1
}

// amountAt is the sum of the columns of a category, whatever their signs.
func (x *plot) amountAt(i int) float64 {
	sum := 0.0
	for _, p := range x.series {
		if p.kind == barPlot && i < len(p.values) && !math.IsNaN(p.values[i]) {
			sum += math.Abs(p.values[i])
		}
	}
	return sum
}

// barGap is the room between the columns of a stack to their width.
const barGap = 0.55

// plotHeight is about the height of a plot between a legend and the names of categories, in inches.
func (x *plot) plotHeight() float64 { return math.Max(x.box.H-0.62, x.box.H/2) }

// hideSmall leaves out the labels of those parts of stacks that are smaller than the label.
func (x *plot) hideSmall() {
	if !x.stacked() || x.steps != nil || len(x.names) == 0 {
		return
	}
	low, high := x.bounds(func(p *plotSeries) bool { return p.kind == barPlot })
	whole := math.Max(high, 0) - math.Min(low, 0)
	for _, p := range x.series {
		if p.kind != barPlot || p.labels == noLabels {
			continue
		}
		p.hidden = make([]bool, len(p.values))
		for i, v := range p.values {
			of := whole
			if x.percent() {
				of = x.amountAt(i)
			}
			length, text := math.Abs(v)/of, x.w.text.width(x.labelText(p, i), plotLabel, regular)
			wide, tall := x.box.W*0.95/float64(len(x.names))/(1+barGap), length*x.plotHeight()
			if x.horizontal() {
				wide, tall = length*x.box.W*0.75, x.box.H*0.85/float64(len(x.names))/(1+barGap)
			}
			p.hidden[i] = !(wide >= text+0.04 && tall >= plotLabel*1.15/pointsIn) || p.labels == lastLabel && i != lastPoint(p)
		}
	}
}
