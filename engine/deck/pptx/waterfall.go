package pptx

import (
	"fmt"
	"math"

	"atlas/engine/block"
)

// waterfall draws steps as stacked columns on a base that is not seen. In the workbook people change
// the value and the mark of totals; the rest are formulas.
//
// The sheet: A name, B value, C 1 for totals, D level, E base, F total, G up, H down, I up below
// zero, J down below zero, K top.
func (x *plot) waterfall() {
	if len(x.chart.Series) == 0 {
		return
	}
	s := &x.chart.Series[0]
	n := len(x.names)
	x.steps = &waterfallSteps{label: sheetText(or(s.Label, s.Column))}
	parts := make([]*plotSeries, 7)
	labels := []string{"", x.steps.label, "+", "−", "", "", ""}
	good, bad := "good", "bad"
	if s.Invert {
		good, bad = bad, good
	}
	looks := []look{{}, {fill: "scenario-actual"}, {fill: good}, {fill: bad}, {fill: good}, {fill: bad}, {}}
	for i := range parts {
		parts[i] = &plotSeries{label: labels[i], column: 5 + i, kind: barPlot, values: make([]float64, n), look: looks[i], formula: make([]string, n), figures: make([]*block.Figure, n)}
		parts[i].format = or(s.Format, x.chart.Format)
	}
	parts[6].kind = linePlot
	top := parts[6]
	level := 0.0
	largest := 0.0
	for i := range n {
		var f *block.Figure
		v := math.NaN()
		if i < len(s.Values) {
			f = &s.Values[i]
			v = drawn(f.Value)
		}
		total := i < len(x.chart.Totals) && x.chart.Totals[i]
		x.steps.add(v, total, f)
		before := level
		if math.IsNaN(v) {
			v = 0
		}
		if total {
			level = v
		} else {
			level += v
		}
		x.steps.levels = append(x.steps.levels, level)
		fillStep(parts, i, before, level, v, total)
		largest = math.Max(largest, math.Abs(v))
		stepFormulas(parts, i)
		top.values[i] = math.Max(level, before)
		if total {
			top.values[i] = math.Max(level, 0)
		}
	}
	x.steps.code = x.localCode(x.w.doc.Format.CodeFor(signedFormat(or(s.Format, x.chart.Format)), largest))
	for _, p := range parts {
		p.shown = x.w.doc.Format.CodeFor(p.format, largest)
		p.code = x.localCode(p.shown)
	}
	top.labels = allLabels
	top.ranged = &plotText{column: 2}
	for i := range n {
		text, format := "", or(s.Format, x.chart.Format)
		if !x.steps.totals[i] {
			format = signedFormat(format)
		}
		if f := x.steps.figures[i]; f != nil {
			text = x.w.doc.Format.Format(f.Value, format)
		}
		top.ranged.texts = append(top.ranged.texts, text)
	}
	for i, p := range parts {
		if (i == 4 || i == 5) && allZero(p.values) {
			continue
		}
		x.series = append(x.series, p)
	}
}

// waterfallSteps is what the sheet of a waterfall holds besides its series.
type waterfallSteps struct {
	label   string
	values  []float64
	totals  []bool
	levels  []float64
	figures []*block.Figure
	code    string
}

func (w *waterfallSteps) add(v float64, total bool, f *block.Figure) {
	w.values, w.totals, w.figures = append(w.values, v), append(w.totals, total), append(w.figures, f)
}

func signedFormat(format string) string {
	switch format {
	case "", "change", "points", "difference", "general", "text":
		return format
	}
	return "+" + format
}

func allZero(values []float64) bool {
	for _, v := range values {
		if v != 0 {
			return false
		}
	}
	return true
}

// fillStep gives the parts of one step: from a level to another. A step over zero has a part above
// and one below.
func fillStep(parts []*plotSeries, i int, before, after, v float64, total bool) {
	if total {
		parts[1].values[i] = after
		return
	}
	parts[0].values[i] = math.Max(0, math.Min(before, after)) + math.Min(0, math.Max(before, after))
	above := math.Abs(math.Max(0, after) - math.Max(0, before))
	below := -math.Abs(math.Min(0, after) - math.Min(0, before))
	side := 2
	if v < 0 {
		side = 3
	}
	switch {
	case above != 0:
		parts[side].values[i] = above
		parts[side+2].values[i] = below
	default:
		parts[side].values[i] = below
	}
}

// stepFormulas are the same as formulas of the sheet.
func stepFormulas(parts []*plotSeries, i int) {
	row := i + 2
	before := "0"
	if i > 0 {
		before = fmt.Sprintf("D%d", row-1)
	}
	at := func(format string) string { return fmt.Sprintf(format, row, before) }
	above := at("ABS(MAX(0,D%[1]d)-MAX(0,%[2]s))")
	below := at("-ABS(MIN(0,D%[1]d)-MIN(0,%[2]s))")
	side := fmt.Sprintf("IF(%[1]s<>0,%[1]s,%[2]s)", above, below)
	parts[0].formula[i] = at("IF(C%[1]d=1,0,MAX(0,MIN(%[2]s,D%[1]d))+MIN(0,MAX(%[2]s,D%[1]d)))")
	parts[1].formula[i] = fmt.Sprintf("IF(C%[1]d=1,D%[1]d,0)", row)
	parts[2].formula[i] = fmt.Sprintf("IF(AND(C%[1]d<>1,B%[1]d>=0),%[2]s,0)", row, side)
	parts[3].formula[i] = fmt.Sprintf("IF(AND(C%[1]d<>1,B%[1]d<0),%[2]s,0)", row, side)
	parts[4].formula[i] = fmt.Sprintf("IF(AND(C%[1]d<>1,B%[1]d>=0,%[2]s<>0),%[3]s,0)", row, above, below)
	parts[5].formula[i] = fmt.Sprintf("IF(AND(C%[1]d<>1,B%[1]d<0,%[2]s<>0),%[3]s,0)", row, above, below)
	parts[6].formula[i] = at("IF(C%[1]d=1,MAX(0,D%[1]d),MAX(D%[1]d,%[2]s))")
}

// levelFormula is the level after a step.
func levelFormula(i int) string {
	if i == 0 {
		return "B2"
	}
	return fmt.Sprintf("IF(C%[1]d=1,B%[1]d,D%[2]d+B%[1]d)", i+2, i+1)
}
