package chart

import (
	"math"

	"atlas/engine/block"
)

// funnel draws stages as bars about a common middle, named at the left, with value and share of the
// first stage at the right.
func (p *plot) funnel() dict {
	fr := &frame{plot: p, size: labelSize, horizontal: true, bare: true}
	s := fr.read(0, p.c.Series[0])
	s.labels = true
	p.c.Labels = "all"
	first := 0.0
	for i, v := range s.values {
		if v < 0 { // fewer than none came through: there is nothing to draw
			s.values[i] = math.NaN()
			continue
		}
		if first == 0 && v > 0 {
			first = v
		}
		if i > 0 && first > 0 && !math.IsNaN(v) {
			s.texts[i] += " · " + p.f.Format(v/first, "percent")
		}
	}
	for _, l := range p.c.Categories {
		fr.categories = append(fr.categories, l.Text)
	}
	for len(fr.categories) < len(s.values) {
		fr.categories = append(fr.categories, "")
	}
	fr.series = []series{s}
	most := 0.0
	for _, v := range s.values {
		if !math.IsNaN(v) {
			most = math.Max(most, v)
		}
	}
	if most == 0 {
		most = 1
	}
	fr.left = scale{min: 0, max: most, step: most}
	fr.place()
	o := p.base()
	fr.axes(o)
	axis := o["yAxis"].(dict)
	axis["axisLine"] = dict{"show": false}
	o["series"] = fr.stages(s, most)
	return o
}

func (fr *frame) stages(s series, most float64) []any {
	var pad, bars []any
	for i, v := range s.values {
		if math.IsNaN(v) {
			pad = append(pad, dict{"value": nil})
			bars = append(bars, dict{"value": nil, "text": fr.f.Null(), "origin": s.Values[i].Origin})
			continue
		}
		pad = append(pad, dict{"value": (most - v) / 2})
		item := fr.item(v, s.Values[i], s.texts[i])
		item["tag"] = s.texts[i]
		item["title"] = fr.categories[i]
		bars = append(bars, item)
	}
	common := func(data []any, style dict) dict {
		return dict{"type": "bar", "stack": "stages", "data": data, "itemStyle": style, "barCategoryGap": "18%", "emphasis": dict{"disabled": true}, "z": 3}
	}
	hidden := common(pad, dict{"color": "transparent"})
	hidden["silent"], hidden["tooltip"] = true, dict{"show": false}
	shown := common(bars, s.style.bar())
	shown["name"] = s.Label
	shown["label"] = dict{"show": true, "position": "right", "distance": 5, "formatter": "@tag", "fontSize": fr.size, "color": fr.color("text")}
	return []any{hidden, shown}
}

// gauge draws one value on a half circle from min to max, with its target as a line across.
func (p *plot) gauge() dict {
	s := p.c.Series[0]
	var value block.Figure
	v, ok := 0.0, false
	for _, f := range s.Values {
		if v, ok = number(f); ok {
			value = f
			break
		}
	}
	if !ok {
		return p.message(p.f.Null())
	}
	lo, hi := p.gaugeEnds(v)
	format := p.formatOf(s)
	text := p.write(value, format)
	radius := math.Min(p.w*0.42, (p.h-2.6*labelSize-8)*0.92)
	radius = math.Max(radius, 20)
	thick := math.Max(8, radius*0.2)
	centre := []any{"50%", 8 + radius + math.Max(0, (p.h-radius-3.4*labelSize-8)/2)}
	o := p.base()
	item := p.item(math.Min(math.Max(v, lo), hi), value, text)
	item["title"] = s.Label
	main := dict{
		"type": "gauge", "startAngle": 180, "endAngle": 0, "min": lo, "max": hi, "radius": radius, "center": centre, "silent": false, "emphasis": dict{"disabled": true},
		"axisLine": dict{"lineStyle": dict{"width": thick, "color": []any{[]any{1, p.between("surface", "text", 0.12)}}}},
		"progress": dict{"show": true, "width": thick, "itemStyle": dict{"color": p.gaugeColor()}},
		"pointer":  dict{"show": false}, "axisTick": dict{"show": false}, "splitLine": dict{"show": false}, "anchor": dict{"show": false},
		"axisLabel": dict{"show": false}, "title": dict{"show": false}, "detail": dict{"show": false}, "data": []any{item},
	}
	size := math.Min(26, radius*0.34)
	for size > smallSize && p.t.Measure(text, size, true) > (radius-thick)*1.7 {
		size--
	}
	middle := p.w / 2
	ends := p.withoutZeros([]string{p.tick(lo, format, hi), p.tick(hi, format, hi)})
	base := centre[1].(float64)
	texts := []any{
		p.label(text, middle, base-size*0.62, size, 600, "text"),
		p.label(p.cut(s.Label, (radius-thick)*1.5, labelSize), middle, base-size*1.25-labelSize*0.7, labelSize, 400, "muted"),
		p.label(ends[0], middle-radius+thick/2, base+labelSize, labelSize, 400, "muted"),
		p.label(ends[1], middle+radius-thick/2, base+labelSize, labelSize, 400, "muted"),
	}
	out := []any{main}
	if target, note := p.gaugeTarget(lo, hi, radius, thick, centre); target != nil {
		out = append(out, target)
		texts = append(texts, p.label(note, middle, base+labelSize, labelSize, 400, "text"))
	}
	o["series"], o["graphic"] = out, texts
	return o
}

func (p *plot) gaugeColor() string {
	if as := string(p.c.Series[0].As); p.colors[as] != "" {
		return p.color(as)
	}
	return p.color("scenario-actual")
}

// gaugeEnds settles where the half circle starts and ends.
func (p *plot) gaugeEnds(v float64) (lo, hi float64) {
	lo, hi = math.Min(0, v), math.Max(v, 0)
	if p.c.Target != nil {
		if t, ok := number(*p.c.Target); ok {
			hi = math.Max(hi, t)
		}
	}
	if hi > lo {
		step := roundStep((hi - lo) / maxLines)
		lo, hi = math.Floor(lo/step+1e-9)*step, math.Ceil(hi/step-1e-9)*step
	} else {
		hi = lo + 1
	}
	if p.c.Min != nil {
		lo = *p.c.Min
	}
	if p.c.Max != nil {
		hi = *p.c.Max
	}
	if hi <= lo {
		hi = lo + 1
	}
	return lo, hi
}

// gaugeTarget is a second, unseen gauge whose pointer is the line of the target.
func (p *plot) gaugeTarget(lo, hi, radius, thick float64, centre []any) (target dict, note string) {
	if p.c.Target == nil {
		return nil, ""
	}
	t, ok := number(*p.c.Target)
	if !ok {
		return nil, ""
	}
	text := p.write(*p.c.Target, p.formatOf(p.c.Series[0]))
	item := p.item(math.Min(math.Max(t, lo), hi), *p.c.Target, text)
	long := thick + 14
	return dict{
		"type": "gauge", "startAngle": 180, "endAngle": 0, "min": lo, "max": hi, "radius": radius, "center": centre, "emphasis": dict{"disabled": true},
		"axisLine": dict{"show": false}, "progress": dict{"show": false}, "axisTick": dict{"show": false}, "splitLine": dict{"show": false},
		"axisLabel": dict{"show": false}, "title": dict{"show": false}, "detail": dict{"show": false}, "anchor": dict{"show": false},
		"pointer": dict{
			"show": true, "icon": "rect", "width": 3, "length": long, "offsetCenter": []any{0, -(radius - thick - 6)},
			"itemStyle": dict{"color": p.color("scenario-target"), "borderColor": p.color("surface"), "borderWidth": 1.5},
		},
		"data": []any{item},
	}, p.f.Word(block.WordTarget, text)
}

// label is a text at a place that belongs to no data.
func (p *plot) label(text string, x, y, size float64, weight int, token string) dict {
	return dict{"type": "text", "x": x, "y": y, "silent": true, "z": 10, "style": dict{
		"text": text, "fill": p.color(token), "fontSize": size, "fontWeight": weight, "fontFamily": p.t.Text.Families(), "textAlign": "center", "textVerticalAlign": "middle",
	}}
}
