package chart

import (
	"math/big"

	"atlas/engine/block"
)

// slice is one part of a whole.
type slice struct {
	number int // among all parts, from 1
	name   string
	value  float64
	text   string
	share  string
	block.Figure
}

// slices reads the parts of pies and funnels; negative and missing ones cannot be drawn.
func (p *plot) slices() (out []slice, sum *big.Rat) {
	s := p.c.Series[0]
	sum = new(big.Rat)
	for i, f := range s.Values {
		v, ok := number(f)
		if !ok || v < 0 {
			continue
		}
		name := ""
		if i < len(p.c.Categories) {
			name = p.c.Categories[i].Text
		}
		if exact, ok := block.Exact(f.Value); ok {
			sum.Add(sum, exact)
		}
		out = append(out, slice{number: i + 1, name: name, value: v, text: p.write(f, p.formatOf(s)), Figure: f})
	}
	whole, _ := sum.Float64()
	for i := range out {
		if whole > 0 {
			out[i].share = p.f.Format(out[i].value/whole, "percent")
		}
	}
	return out, sum
}

// leastPart is the share of a whole that is named where there are many parts.
const leastPart = 0.03

// NamedParts says which parts of a whole are named, in every medium: all of a few, and of many those
// that are large enough to be seen. A part that is no number has no name.
func NamedParts(values []float64) []bool {
	sum, parts := 0.0, 0
	for _, v := range values {
		if v > 0 {
			sum += v
			parts++
		}
	}
	out := make([]bool, len(values))
	for i, v := range values {
		out[i] = v >= 0 && (parts <= block.MostColors || v >= leastPart*sum)
	}
	return out
}

// pie draws the parts of a whole, named beside it; a doughnut has the whole in the middle.
func (p *plot) pie() dict {
	parts, sum := p.slices()
	if sum.Sign() == 0 {
		return p.message(p.f.Null())
	}
	o := p.base()
	labels := p.c.Labels != "none"
	room := p.w * 0.28
	values := make([]float64, len(parts))
	for i, s := range parts {
		values[i] = s.value
	}
	named := NamedParts(values)
	var data []any
	for i, s := range parts {
		color := p.category(s.number)
		item := p.item(s.value, s.Figure, s.text)
		item["name"] = s.name
		item["itemStyle"] = dict{"color": color}
		tag := join(p.wrap(s.name, room, labelSize, 2))
		if labels {
			tag += "\n" + s.text + " · " + s.share
		}
		item["tag"] = tag
		if !named[i] {
			item["label"], item["labelLine"] = dict{"show": false}, dict{"show": false}
		}
		data = append(data, item)
	}
	radius := min(p.h*0.4, p.w*0.5-room-30)
	radius = max(radius, 20)
	inner := 0.0
	if p.c.Type == block.DoughnutChart {
		inner = radius * 0.62
		text := p.f.Format(exactNumber(sum), p.formatOf(p.c.Series[0]))
		size := labelSize + 7
		for size > smallSize && p.width(text, size) > inner*1.7 {
			size--
		}
		style := p.text(size, "text")
		style["fontWeight"] = 600
		sub := p.text(labelSize, "muted")
		o["title"] = dict{
			"text": text, "subtext": p.f.Word(block.WordTotal), "left": "center", "top": "middle", "padding": 0, "itemGap": 2,
			"textStyle": style, "subtextStyle": sub,
		}
	}
	o["series"] = []any{dict{
		"type": "pie", "name": p.c.Series[0].Label, "radius": []any{inner, radius}, "center": []any{"50%", "50%"}, "startAngle": 90, "clockwise": true,
		"data": data, "emphasis": dict{"disabled": true}, "itemStyle": dict{"borderColor": p.color("surface"), "borderWidth": 1.5},
		"label":     dict{"show": true, "position": "outer", "formatter": "@tag", "fontSize": labelSize, "lineHeight": lineStep, "color": p.color("text")},
		"labelLine": dict{"length": 14, "length2": 6, "lineStyle": dict{"color": p.color("rule")}}, "avoidLabelOverlap": true,
	}}
	return o
}
