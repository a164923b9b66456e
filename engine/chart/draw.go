package chart

import (
	"math"

	"atlas/engine/block"
	"atlas/engine/theme"
)

func contrast(a, b string) float64 { return theme.Contrast(a[1:], b[1:]) }

// axes writes grid and axes.
func (fr *frame) axes(o dict) {
	o["grid"] = dict{"left": fr.before, "right": fr.after, "top": fr.top, "bottom": fr.bottom, "outerBoundsMode": "none"}
	names, size := fr.columnNames(), labelSize
	inverse := false
	if fr.horizontal {
		all, small, every := fr.barNames()
		names, size, inverse = make([]string, len(all)), small, true
		for i := range all {
			if i%every == 0 {
				names[i] = all[i]
			}
		}
	}
	margin := 6.0
	if fr.negative {
		margin += fr.labelRoom()
	}
	category := dict{
		"type": "category", "data": fr.categories, "inverse": inverse, "boundaryGap": !fr.edge(),
		"axisTick": dict{"show": false}, "splitLine": dict{"show": false},
		"axisLine": dict{"show": !fr.negative, "onZero": false, "lineStyle": dict{"color": fr.base0(), "width": 1}},
		"axisLabel": dict{
			"interval": 0, "formatter": "@texts", "texts": names, "fontSize": size, "color": fr.color("muted"), "margin": margin, "rotate": 0,
			"lineHeight": size + 2, "fontFamily": fr.t.Text.Families(),
		},
	}
	left := fr.valueAxis(fr.left, false)
	if fr.horizontal {
		left["splitLine"] = dict{"show": false}
		category["axisLabel"].(dict)["color"] = fr.color("text")
		o["yAxis"], o["xAxis"] = category, left
		return
	}
	o["xAxis"] = category
	values := []any{left}
	if fr.right != nil {
		values = append(values, fr.valueAxis(*fr.right, true))
	}
	o["yAxis"] = values
}

// labelRoom is what labels of negative bars take between plot and names.
func (fr *frame) labelRoom() float64 {
	if fr.c.Labels != "all" && fr.c.Labels != "last" {
		return 0
	}
	if !fr.horizontal {
		return fr.size + 4
	}
	w := 0.0
	for _, s := range fr.series {
		for i := range s.texts {
			if s.labels && s.values[i] < 0 {
				w = math.Max(w, fr.width(s.label(i), fr.size)+6)
			}
		}
	}
	return w
}

// base0 is the colour of the line that bars stand on.
func (p *plot) base0() string { return p.between("surface", "text", 0.45) }

func (fr *frame) valueAxis(s scale, right bool) dict { //nolint:revive // right is the axis' side
	shown := !fr.bare && !(right && fr.lifted)
	lines := shown && !right && !fr.lifted
	margin := 6.0
	if right {
		margin += fr.push
	}
	return dict{
		"type": "value", "min": s.min, "max": s.max, "interval": s.step, "show": shown,
		"axisLine": dict{"show": false}, "axisTick": dict{"show": false},
		"splitLine": dict{"show": lines, "lineStyle": dict{"color": fr.color("rule"), "width": 1}},
		"axisLabel": dict{"formatter": "@texts", "texts": s.texts, "fontSize": labelSize, "color": fr.color("muted"), "margin": margin, "fontFamily": fr.t.Text.Families()},
	}
}

// draw writes the series.
func (fr *frame) draw(o dict) {
	var out []any
	for i := range fr.series {
		s := &fr.series[i]
		var d dict
		if s.kind == block.ColumnChart {
			d = fr.columnSeries(s)
		} else {
			d = fr.lineSeries(s, i)
		}
		d["name"] = s.Label
		d["emphasis"] = dict{"disabled": true}
		if s.Right {
			d["yAxisIndex"] = 1
		}
		if fr.stacked && s.kind != block.LineChart {
			d["stack"] = "all"
		}
		if i == 0 && fr.negative {
			d["markLine"] = fr.crossLines(7, fr.base0(), 0)
		}
		if i == 0 && fr.lifted {
			d["markLine"] = fr.crossLines(1, fr.color("rule"), fr.left.values()[1:]...)
		}
		out = append(out, d)
	}
	if fr.names {
		out = append(out, fr.nameSeries())
	}
	if fr.stacked && (fr.c.Labels == "all" || fr.c.Labels == "last") {
		out = append(out, fr.totalSeries())
	}
	if gaps := fr.gapSeries(); gaps != nil {
		out = append(out, gaps)
	}
	o["series"] = out
}

// columnSeries draws one series as bars.
func (fr *frame) columnSeries(s *series) dict {
	var data []any
	last := s.last()
	for i, v := range s.values {
		if math.IsNaN(v) {
			data = append(data, dict{"value": nil, "text": fr.f.Null(), "origin": s.Values[i].Origin})
			continue
		}
		item := fr.item(s.drawn[i], s.Values[i], s.texts[i])
		if s.As == block.Variance {
			item["itemStyle"] = dict{"color": fr.verdict(v, s.Invert)}
		}
		if label := fr.columnLabel(s, i, last); label != nil {
			item["tag"], item["label"] = fr.labelText(*s, i), label
		}
		data = append(data, item)
	}
	return dict{
		"type": "bar", "data": data, "itemStyle": s.style.bar(), "barMaxWidth": widestBar, "barCategoryGap": percent(1 - bandFill), "barGap": "10%",
		"label": dict{"show": false, "formatter": "@tag", "fontSize": fr.size, "color": fr.color("text")},
		"z":     3,
	}
}

func percent(share float64) string { return formatFloat(math.Round(share*100)) + "%" }

// columnLabel places the label of one bar; nil leaves it out.
func (fr *frame) columnLabel(s *series, i, last int) dict {
	if !s.labels || fr.c.Labels == "none" || fr.c.Labels == "" || fr.c.Labels == "last" && i != last {
		return nil
	}
	if fr.stacked && len(fr.series) > 1 {
		text := fr.labelText(*s, i)
		length := math.Abs(s.drawn[i]) / (fr.left.max - fr.left.min)
		high, wide := length*fr.plotHeight(), fr.thickness()
		if fr.horizontal {
			high, wide = fr.thickness(), length*fr.plotWidth()
		}
		if high < fr.size+3 || wide < fr.width(text, fr.size)+4 {
			return nil
		}
		label := dict{"show": true, "position": "inside", "color": s.style.on}
		if s.style.hatched {
			label["backgroundColor"], label["padding"] = fr.color("surface"), []int{1, 3}
		}
		return label
	}
	position := "top"
	switch {
	case fr.horizontal && s.values[i] < 0:
		position = "left"
	case fr.horizontal:
		position = "right"
	case s.values[i] < 0:
		position = "bottom"
	}
	color := fr.color("text")
	if s.As == block.Variance && s.values[i] != 0 {
		color = fr.verdict(s.values[i], s.Invert)
	}
	label := dict{"show": true, "position": position, "distance": 3, "color": color}
	if fr.bars() < len(fr.series) && !fr.stacked && !fr.lifted { // a line may cross it
		label["backgroundColor"], label["padding"] = fr.color("surface"), []int{1, 2}
	}
	return label
}

// lineSeries draws one series as a line or area.
func (fr *frame) lineSeries(s *series, k int) dict {
	var data []any
	last := s.last()
	for i, v := range s.values {
		if math.IsNaN(v) {
			data = append(data, dict{"value": nil, "text": fr.f.Null(), "origin": s.Values[i].Origin})
			continue
		}
		item := fr.item(s.drawn[i], s.Values[i], s.texts[i])
		alone := (i == 0 || math.IsNaN(s.values[i-1])) && (i == len(s.values)-1 || math.IsNaN(s.values[i+1]))
		if alone || i == last && fr.c.Labels == "last" && s.labels {
			item["symbolSize"] = 6
		}
		if fr.lineLabel(s, i, last) && fr.linePlace(k, i) != "" {
			item["tag"] = s.label(i)
			label := dict{"show": true, "position": fr.linePlace(k, i), "distance": 4, "color": fr.readable(s.style.line)}
			if !fr.edge() && !fr.lifted { // it may stand on a column
				label["backgroundColor"], label["padding"] = fr.color("surface"), []int{1, 3}
			}
			item["label"] = label
		}
		data = append(data, item)
	}
	line := dict{"color": s.style.line, "width": s.style.width, "cap": "butt", "join": "round"}
	if s.style.dash != nil {
		line["type"] = s.style.dash
	}
	out := dict{
		"type": "line", "data": data, "lineStyle": line, "itemStyle": dict{"color": s.style.line}, "connectNulls": false,
		"showSymbol": true, "showAllSymbol": true, "symbol": "circle", "symbolSize": 0.01, "clip": false, "z": 5,
		"label": dict{"show": false, "formatter": "@tag", "fontSize": fr.size, "color": fr.color("text")},
	}
	if s.kind == block.AreaChart {
		opacity := 0.18
		if fr.stacked {
			opacity = 0.85
		}
		out["areaStyle"] = dict{"color": s.style.line, "opacity": opacity}
		if s.style.hatched {
			out["areaStyle"] = dict{"color": fr.color("surface"), "opacity": 1, "decal": hatching(s.style.line)}
		}
	}
	return out
}

// linePlace is the side of a point that its label stands on; "" where there is no room.
func (fr *frame) linePlace(k, i int) string {
	switch {
	case fr.c.Labels == "last" && fr.edge():
		return "right"
	case fr.sides != nil && fr.c.Labels == "all":
		return fr.sides[[2]int{k, i}]
	default:
		return "top"
	}
}

// lineLabel reports that a point of a line is labelled. A last point's value stands in its name.
func (fr *frame) lineLabel(s *series, i, last int) bool {
	switch {
	case !s.labels:
		return false
	case fr.c.Labels == "all":
		return (last-i)%max(1, fr.thin) == 0
	case fr.c.Labels == "last":
		return i == last && !fr.names
	default:
		return false
	}
}

// gapSeries says so where no series has a value and values are labelled: missing is not zero.
func (fr *frame) gapSeries() dict {
	if fr.c.Labels != "all" || fr.edge() {
		return nil
	}
	var data []any
	for i := range fr.categories {
		gap := true
		for _, s := range fr.series {
			gap = gap && (i >= len(s.values) || math.IsNaN(s.values[i]))
		}
		if !gap {
			continue
		}
		at := math.Max(fr.left.min, math.Min(0, fr.left.max))
		value := []any{i, at}
		if fr.horizontal {
			value = []any{at, i}
		}
		data = append(data, dict{"value": value, "tag": fr.f.Null()})
	}
	if data == nil {
		return nil
	}
	position := "top"
	if fr.horizontal {
		position = "right"
	}
	return dict{
		"type": "scatter", "data": data, "symbolSize": 1, "itemStyle": dict{"color": "transparent", "opacity": 1}, "silent": true, "tooltip": dict{"show": false}, "z": 8,
		"label": dict{"show": true, "position": position, "distance": 2, "formatter": "@tag", "fontSize": fr.size, "color": fr.color("muted")},
	}
}

// crossLines draws lines across the plot at values.
func (p *plot) crossLines(z int, color string, values ...float64) dict {
	axis := "yAxis"
	if p.c.Type == block.BarChart || p.c.Horizontal {
		axis = "xAxis"
	}
	var data []any
	for _, v := range values {
		data = append(data, dict{axis: v})
	}
	return dict{
		"silent": true, "symbol": "none", "label": dict{"show": false}, "animation": false, "z": z,
		"lineStyle": dict{"type": "solid", "color": color, "width": 1}, "data": data,
	}
}
