package chart

import (
	"math"
	"slices"

	"atlas/engine/block"
)

// otherEnd marks the names of targets where flows run in circles, so that both ends can be drawn.
const otherEnd = "\u200b"

// sankey draws flows from left to right. Flows that run in a circle are drawn from a left to a right
// row of the same names.
func (p *plot) sankey() dict {
	links := make([]block.Link, 0, len(p.c.Links))
	for _, l := range p.c.Links {
		if v, ok := number(l.Value); ok && v > 0 {
			links = append(links, l)
		}
	}
	if len(links) == 0 {
		return p.message(p.f.Null())
	}
	depth, acyclic := depths(links)
	if !acyclic {
		for i := range links {
			links[i].To += otherEnd
		}
		depth, _ = depths(links)
	}
	deepest := 0
	for _, d := range depth {
		deepest = max(deepest, d)
	}
	nodes, right := p.flowNodes(links, depth, deepest)
	var data []any
	for _, l := range links {
		v, _ := number(l.Value)
		item := p.item(v, l.Value, p.write(l.Value))
		item["source"], item["target"] = l.From, l.To
		item["title"] = plainName(l.From) + " → " + plainName(l.To)
		data = append(data, item)
	}
	o := p.base()
	o["series"] = []any{dict{
		"type": "sankey", "left": 1, "right": right, "top": 6, "bottom": 6, "nodeWidth": 12, "nodeGap": 12, "nodeAlign": "justify", "draggable": false,
		"layoutIterations": 32, "data": nodes, "links": data, "emphasis": dict{"disabled": true},
		"lineStyle": dict{"color": "source", "opacity": 0.32, "curveness": 0.5},
		"label":     dict{"show": true, "position": "right", "distance": 5, "formatter": "@tag", "fontSize": labelSize, "color": p.color("text"), "fontFamily": p.t.Text.Families()},
	}}
	return o
}

func plainName(s string) string {
	if n := len(s) - len(otherEnd); n >= 0 && s[n:] == otherEnd {
		return s[:n]
	}
	return s
}

// flowNodes gives the ends of flows with their names and sums, and the room that the last ones' names
// take at the right.
func (p *plot) flowNodes(links []block.Link, depth map[string]int, deepest int) (nodes []any, right float64) {
	in, out := map[string]float64{}, map[string]float64{}
	var names []string
	for _, l := range links {
		v, _ := number(l.Value)
		out[l.From] += v
		in[l.To] += v
		for _, n := range []string{l.From, l.To} {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	format := p.c.Format
	if format == "" {
		format = links[0].Value.Format
	}
	column := (p.w - 20) / float64(max(1, deepest+1))
	first := 0
	for _, n := range names {
		color := p.color("scenario-actual")
		if depth[n] == 0 {
			first++
			color = p.category(first)
		}
		sum := math.Max(in[n], out[n])
		value := p.f.Format(shortFloat(sum), format)
		last := out[n] == 0
		room := column - 24
		if last {
			room = math.Min(p.w*0.3, column*1.2)
		}
		tag := p.cut(plainName(n), math.Max(30, room-p.width("  "+value, labelSize)), labelSize) + "  " + value
		if p.c.Labels == "none" {
			tag = p.cut(plainName(n), math.Max(30, room), labelSize)
		}
		if last {
			right = math.Max(right, p.width(tag, labelSize)+8)
		}
		nodes = append(nodes, dict{"name": n, "tag": tag, "text": value, "title": plainName(n), "itemStyle": dict{"color": color, "borderWidth": 0}})
	}
	return nodes, right
}

// depths gives how many flows lead to each name at most; false if flows run in a circle.
func depths(links []block.Link) (map[string]int, bool) {
	depth := map[string]int{}
	next := map[string][]string{}
	waiting := map[string]int{}
	for _, l := range links {
		next[l.From] = append(next[l.From], l.To)
		waiting[l.To]++
		waiting[l.From] += 0
	}
	var ready []string
	for _, l := range links { // in the order of the data
		if waiting[l.From] == 0 && !slices.Contains(ready, l.From) {
			ready = append(ready, l.From)
		}
	}
	seen := 0
	for ; seen < len(ready); seen++ {
		for _, to := range next[ready[seen]] {
			depth[to] = max(depth[to], depth[ready[seen]]+1)
			if waiting[to]--; waiting[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	return depth, seen == len(waiting)
}

// treemap draws parts of parts as areas; outer parts have colours, inner ones shades of them.
func (p *plot) treemap() dict {
	var data []any
	for i, b := range p.c.Tree {
		if d := p.branch(b, p.category(i+1), b.Name); d != nil {
			data = append(data, d)
		}
	}
	if data == nil {
		return p.message(p.f.Null())
	}
	o := p.base()
	gap := dict{"borderColor": p.color("surface"), "borderWidth": 2, "gapWidth": 2}
	o["series"] = []any{dict{
		"type": "treemap", "left": 0, "right": 0, "top": 0, "bottom": 0, "roam": false, "nodeClick": false, "breadcrumb": dict{"show": false}, "sort": "desc",
		"emphasis": dict{"disabled": true}, "data": data, "squareRatio": 1.2, "visibleMin": 1, "childrenVisibleMin": 1,
		"label": dict{"show": true, "position": []any{5, 5}, "formatter": "@fit", "fontSize": labelSize, "lineHeight": lineStep, "fontFamily": p.t.Text.Families(), "overflow": "none"},
		"upperLabel": dict{
			"show": true, "height": labelSize + 8, "formatter": "@fit", "fontSize": labelSize, "fontWeight": 600, "color": p.color("text"), "padding": []int{0, 2},
			"fontFamily": p.t.Text.Families(), "overflow": "none",
		},
		"itemStyle": gap,
		"levels": []any{
			dict{"itemStyle": dict{"borderWidth": 0, "gapWidth": 4, "borderColor": p.color("surface")}, "upperLabel": dict{"show": false}},
			dict{"itemStyle": dict{"borderWidth": 0, "gapWidth": 2, "borderColor": p.color("surface"), "borderColorSaturation": nil}},
		},
	}}
	return o
}

// branch gives one part with its parts; nil if it has no size.
func (p *plot) branch(b block.Branch, color, path string) dict {
	v, ok := number(b.Value)
	if !ok || v <= 0 {
		return nil
	}
	text := p.write(b.Value)
	d := p.item(v, b.Value, text)
	d["name"], d["title"] = b.Name, path
	d["fits"] = p.fits(b.Name, text)
	d["itemStyle"] = dict{"color": color}
	d["label"] = dict{"color": p.over(color)}
	var children []any
	for i, c := range b.Children {
		shade := color
		if n := len(b.Children); n > 1 {
			shade = p.shade(color, 0.36*float64(i)/float64(n-1))
		}
		if child := p.branch(c, shade, path+" › "+c.Name); child != nil {
			children = append(children, child)
		}
	}
	if children != nil {
		d["children"] = children
		d["fits"] = p.fitsAbove(b.Name, text)
	}
	return d
}

// fits gives what may be written in an area, fullest first, each with the room it takes; a figure is
// written whole or not at all.
func (p *plot) fits(name, value string) []any {
	one := func(text string, lines float64) dict {
		return dict{"text": text, "width": math.Ceil(math.Max(p.width(name, labelSize), p.width(value, labelSize)*boolFloat(lines > 1))) + 16, "height": lines*lineStep + 4}
	}
	out := []any{}
	if p.c.Labels != "none" {
		out = append(out, one(name+"\n"+value, 2))
	}
	out = append(out, one(name, 1))
	for _, share := range []float64{0.6, 0.35} {
		short := p.cut(name, p.width(name, labelSize)*share, labelSize)
		if len([]rune(short)) > 4 {
			out = append(out, dict{"text": short, "width": math.Ceil(p.width(short, labelSize)) + 16, "height": lineStep + 4})
		}
	}
	return out
}

// fitsAbove is fits for the line above inner areas.
func (p *plot) fitsAbove(name, value string) []any {
	var out []any
	for _, text := range []string{name + "  " + value, name, p.cut(name, p.t.Measure(name, labelSize, true)*0.6, labelSize)} {
		if text == name+"  "+value && p.c.Labels == "none" {
			continue
		}
		out = append(out, dict{"text": text, "width": math.Ceil(p.t.Measure(text, labelSize, true)) + 12, "height": labelSize})
	}
	return out
}

func boolFloat(b bool) float64 { return float64(boolIndex(b)) }
