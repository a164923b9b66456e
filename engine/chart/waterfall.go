package chart

import (
	"math"
	"slices"

	"atlas/engine/block"
)

// waterfall shows how one value became another: totals from zero, steps from where the last one ended.
func (p *plot) waterfall() dict {
	fr := &frame{plot: p, size: labelSize, stacked: false}
	s := fr.read(0, p.c.Series[0])
	s.labels = p.c.Labels != "none" && p.c.Labels != ""
	fr.horizontal = p.c.Horizontal
	for _, l := range p.c.Categories {
		fr.categories = append(fr.categories, l.Text)
	}
	for len(fr.categories) < len(s.values) {
		fr.categories = append(fr.categories, "")
	}
	for i := range s.texts { // steps are changes: both directions have a sign
		if total := i < len(p.c.Totals) && p.c.Totals[i]; !total && !math.IsNaN(s.values[i]) {
			s.texts[i] = p.f.Format(s.Values[i].Value, plus(p.formatOf(s.Series)))
		}
	}
	steps := p.steps(s)
	range0 := span{}
	range0.add(0)
	for _, st := range steps {
		range0.add(st.from)
		range0.add(st.to)
	}
	fr.series = []series{s}
	fr.negative = range0.lo < 0
	fr.bare = s.labels
	fr.left = fr.scaleOf(range0.lo, range0.hi, fr.formatOf(s.Series), fr.bare)
	if s.labels {
		fr.c.Labels = "all"
	}
	fr.place()
	if s.labels && !fr.fits() && fr.shortSteps() {
		fr.place()
		fr.fits()
	}
	s = fr.series[0]
	o := p.base()
	fr.axes(o)
	fr.unitNote(o)
	o["series"] = fr.steps4(s, steps)
	return o
}

// shortSteps writes the labels shorter, with signs for steps.
func (fr *frame) shortSteps() bool {
	if !fr.shorten() {
		return false
	}
	s := &fr.series[0]
	for i, v := range s.values {
		if total := i < len(fr.c.Totals) && fr.c.Totals[i]; !total && v > 0 {
			s.tags[i] = "+" + s.tags[i]
		}
	}
	return true
}

// step is one bar of a waterfall.
type step struct {
	from, to float64
	total    bool
	gap      bool
}

func (p *plot) steps(s series) []step {
	var out []step
	at := 0.0
	for i, v := range s.values {
		total := i < len(p.c.Totals) && p.c.Totals[i]
		switch {
		case math.IsNaN(v):
			out = append(out, step{from: at, to: at, gap: true})
		case total:
			out = append(out, step{to: v, total: true})
			at = v
		default:
			out = append(out, step{from: at, to: at + v})
			at += v
		}
	}
	return out
}

// steps4 draws the steps as four series: what lifts a bar, its part above zero, its part below, and
// the thin line from one to the next.
func (fr *frame) steps4(s series, steps []step) []any {
	var lift, up, down, link []any
	for i, st := range steps {
		lo, hi := math.Min(st.from, st.to), math.Max(st.from, st.to)
		base, above, below := 0.0, 0.0, 0.0
		switch {
		case lo >= 0:
			base, above = lo, hi-lo
		case hi <= 0:
			base, below = hi, lo-hi
		default:
			above, below = hi, lo
		}
		color := fr.color("scenario-actual")
		if !st.total {
			color = fr.verdict(st.to-st.from, s.Invert)
		}
		lift = append(lift, dict{"value": base})
		link = append(link, dict{"value": st.to})
		upItem := fr.item(above, s.Values[i], s.texts[i])
		downItem := fr.item(below, s.Values[i], s.texts[i])
		upItem["itemStyle"], downItem["itemStyle"] = dict{"color": color}, dict{"color": color}
		fr.stepLabel(s, i, st, upItem, downItem)
		up, down = append(up, upItem), append(down, downItem)
	}
	bar := func(name string, data []any, more dict) dict {
		out := dict{
			"type": "bar", "stack": "steps", "name": name, "data": data, "barMaxWidth": widestBar, "barCategoryGap": percent(1 - bandFill),
			"emphasis": dict{"disabled": true}, "z": 3, "label": dict{"show": false, "formatter": "@tag", "fontSize": fr.size},
		}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	hidden := dict{"itemStyle": dict{"color": "transparent"}, "silent": true, "tooltip": dict{"show": false}}
	if fr.negative {
		hidden["markLine"] = fr.crossLines(7, fr.base0(), 0)
	}
	out := []any{bar("", lift, hidden), bar(s.Label, up, nil), bar(s.Label, down, nil)}
	if !fr.horizontal { // steps of lines run to the right only
		out = append(out, dict{
			"type": "line", "data": link, "step": "end", "symbol": "none", "silent": true, "z": 2, "tooltip": dict{"show": false},
			"lineStyle": dict{"color": fr.base0(), "width": 1}, "emphasis": dict{"disabled": true},
		})
	}
	return out
}

// stepLabel puts the label where the step ends.
func (fr *frame) stepLabel(s series, i int, st step, up, down dict) {
	if !s.labels {
		return
	}
	text, color := s.label(i), fr.color("text")
	if !st.total && !st.gap && st.to != st.from {
		color = fr.verdict(st.to-st.from, s.Invert)
	}
	top, bottom := "top", "bottom"
	if fr.horizontal {
		top, bottom = "right", "left"
	}
	item, position := up, top
	if math.Max(st.from, st.to) <= 0 && math.Min(st.from, st.to) < 0 {
		item, position = down, bottom
	}
	item["tag"] = text
	item["label"] = dict{"show": true, "position": position, "distance": 3, "color": color}
}

// plus is the format with a sign for rises, too.
func plus(format string) string {
	if !slices.Contains(block.FormatNames(), format) {
		return format
	}
	return "+" + format
}
