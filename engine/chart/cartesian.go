package chart

import (
	"math"

	"atlas/engine/block"
)

// frame is the layout of a chart with axes: margins around the plot, what is written where.
type frame struct {
	*plot
	horizontal bool
	stacked    bool
	series     []series
	categories []string
	left       scale // the value axis
	right      *scale
	top        float64
	bottom     float64
	before     float64 // left margin
	after      float64 // right margin
	size       float64 // of value labels
	bare       bool    // values are labelled: neither axis nor lines
	negative   bool
	names      bool   // series are named at their ends
	unit       string // of shortened labels: "Rp M"
	short      string // their format code
	unitTop    float64
	thin       int               // every how many points of lines are labelled
	sides      map[[2]int]string // where labels of lines stand, by series and point; set if some collide
	push       float64           // what a last label takes between plot and right axis
	crowded    bool              // some points of lines go without a label
	lifted     bool              // the lines of the right axis stand above the columns
}

// series is one series with what will be written of it.
type series struct {
	block.Series
	kind   block.ChartType // column, line or area
	values []float64       // NaN is a gap
	drawn  []float64       // what is drawn: shares of percent charts
	texts  []string
	tags   []string // shorter labels, where texts do not fit
	labels bool
	style  style
}

// cartesian lays out bars, columns, lines, areas and their combinations.
func (p *plot) cartesian() dict {
	fr := &frame{plot: p, size: labelSize}
	fr.horizontal = p.c.Type == block.BarChart || p.c.Horizontal && p.c.Type != block.LineChart && p.c.Type != block.AreaChart && p.c.Type != block.ComboChart
	fr.stacked = p.c.Stacked()
	for i, s := range p.c.Series {
		s.Right = s.Right && !fr.horizontal && !fr.stacked // bars have one axis
		fr.series = append(fr.series, fr.read(i, s))
	}
	for _, l := range p.c.Categories {
		fr.categories = append(fr.categories, l.Text)
	}
	for _, s := range fr.series { // never fewer categories than values
		for len(fr.categories) < len(s.values) {
			fr.categories = append(fr.categories, "")
		}
	}
	if fr.stacked && p.c.Percent {
		fr.shares()
	}
	fr.decideLabels()
	fr.scales()
	legend := fr.margins()
	o := p.base()
	fr.axes(o)
	fr.draw(o)
	if legend != nil {
		o["legend"] = legend
	}
	fr.unitNote(o)
	return o
}

// unitNote says once what shortened labels are in.
func (fr *frame) unitNote(o dict) {
	if fr.unit == "" {
		return
	}
	o["graphic"] = []any{dict{
		"type": "text", "left": 0, "top": fr.unitTop, "silent": true,
		"style": dict{"text": fr.unit, "fill": fr.color("muted"), "fontSize": labelSize, "fontFamily": fr.t.Text.Families()},
	}}
}

// read takes a series' values and texts.
func (fr *frame) read(i int, s block.Series) series {
	out := series{Series: s, kind: block.ColumnChart, style: fr.styleOf(i)}
	kind := s.Type
	if kind == "" || kind == block.ComboChart {
		kind = fr.c.Type
	}
	if kind == block.LineChart || kind == block.AreaChart {
		out.kind = kind
	}
	format := fr.formatOf(s)
	for _, f := range s.Values {
		v, ok := number(f)
		if !ok {
			v = math.NaN()
		}
		out.values = append(out.values, v)
		text := fr.write(f, format)
		if s.As == block.Variance {
			text = arrow(v) + text
		}
		out.texts = append(out.texts, text)
	}
	out.drawn = out.values
	return out
}

// arrow says the direction of a change to those who do not see its colour.
func arrow(v float64) string {
	switch {
	case v > 0:
		return "▲\u00a0"
	case v < 0:
		return "▼\u00a0"
	default:
		return ""
	}
}

// shares turns the values of a percent chart into shares of their category's sum.
func (fr *frame) shares() {
	for i := range fr.categories {
		sum := 0.0
		for _, s := range fr.series {
			if i < len(s.values) && !math.IsNaN(s.values[i]) {
				sum += math.Abs(s.values[i])
			}
		}
		for k := range fr.series {
			s := &fr.series[k]
			if i >= len(s.values) {
				continue
			}
			if i == 0 {
				s.drawn = append([]float64(nil), s.values...)
			}
			if sum > 0 {
				s.drawn[i] = s.values[i] / sum
			}
		}
	}
}

// labelText is what stands at a point: the value, in percent charts its share.
func (fr *frame) labelText(s series, i int) string {
	if fr.c.Percent && fr.stacked {
		return fr.withoutZeros([]string{fr.f.Format(math.Round(s.drawn[i]*100)/100, "percent")})[0]
	}
	return s.label(i)
}

// label is what stands at a point.
func (s series) label(i int) string {
	if s.tags != nil {
		return s.tags[i]
	}
	return s.texts[i]
}

// decideLabels settles which series are labelled: those that ask for it, else all.
func (fr *frame) decideLabels() {
	if fr.horizontal && fr.c.Labels == "last" { // of bars the last is no special one
		fr.c.Labels = "none"
	}
	if fr.c.Labels == "" || fr.c.Labels == "none" {
		return
	}
	some := false
	for _, s := range fr.series {
		some = some || s.Labels
	}
	for i := range fr.series {
		fr.series[i].labels = fr.series[i].Labels || !some
	}
}

// labelled reports that every value is written, so that no axis is needed.
func (fr *frame) labelled() bool {
	if fr.c.Labels != "all" || fr.thin > 1 || fr.crowded {
		return false
	}
	for _, s := range fr.series {
		if !s.labels {
			return false
		}
	}
	return true
}

// scales settles what the value axes span.
func (fr *frame) scales() {
	fr.bare = fr.labelled()
	left, right := fr.spans()
	fr.negative = left.lo < 0 || right.lo < 0
	format, rightFormat := "", ""
	for _, s := range fr.series {
		switch {
		case s.Right && rightFormat == "":
			rightFormat = fr.formatOf(s.Series)
		case !s.Right && format == "":
			format = fr.formatOf(s.Series)
		}
	}
	if fr.c.Percent && fr.stacked {
		format = "percent"
	}
	fr.left = fr.scaleOf(left.lo, left.hi, format, fr.bare)
	if right.any {
		s := fr.scaleOf(right.lo, right.hi, rightFormat, fr.bare)
		fr.right = &s
		fr.lift(right)
	}
}

// lift puts labelled lines of the right axis above the columns of the left one, so that labels stand
// on nothing. Lines need no zero; the right axis is left out, since its values are labelled.
func (fr *frame) lift(right span) {
	fr.lifted = fr.c.Labels == "all" && !fr.negative
	for _, s := range fr.series {
		fr.lifted = fr.lifted && (s.kind == block.ColumnChart && !s.Right && !s.labels || s.kind == block.LineChart && s.Right && s.labels)
	}
	if !fr.lifted {
		return
	}
	const from, to = 0.74, 0.95 // of the height
	fr.left.max /= from - 0.06
	whole := math.Max(right.hi-right.lo, math.Abs(right.hi)/10+1e-12) / (to - from)
	fr.right.min = right.lo - from*whole
	fr.right.max = fr.right.min + whole
}

// spans gives the ranges of both axes. Bars, columns and areas start at zero; lines do too, unless
// they would be flat.
func (fr *frame) spans() (left, right span) {
	zero := [2]bool{}
	for _, s := range fr.series {
		to := &left
		if s.Right {
			to = &right
		}
		for _, v := range s.values {
			if !math.IsNaN(v) {
				to.add(v)
			}
		}
		if s.kind != block.LineChart {
			zero[boolIndex(s.Right)] = true
		}
	}
	if fr.stacked {
		left = fr.stackSpan()
		zero[0] = true
	}
	for i, s := range []*span{&left, &right} {
		flat := s.lo > 0 && s.hi-s.lo < 0.35*s.hi || s.hi < 0 && s.hi-s.lo < -0.35*s.lo
		if zero[i] || !flat {
			s.fromZero()
		}
	}
	if fr.c.Min != nil {
		left.lo = math.Min(left.lo, *fr.c.Min)
	}
	if fr.c.Max != nil {
		left.hi = math.Max(left.hi, *fr.c.Max)
	}
	return left, right
}

func boolIndex(b bool) int {
	if b {
		return 1
	}
	return 0
}

// stackSpan is the range of the sums of stacked series.
func (fr *frame) stackSpan() span {
	var out span
	for i := range fr.categories {
		up, down := 0.0, 0.0
		for _, s := range fr.series {
			switch {
			case i >= len(s.drawn) || math.IsNaN(s.drawn[i]) || s.kind == block.LineChart:
			case s.drawn[i] > 0:
				up += s.drawn[i]
			default:
				down += s.drawn[i]
			}
		}
		out.add(up)
		out.add(down)
	}
	return out
}
