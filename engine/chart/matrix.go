package chart

import (
	"math"
	"slices"

	"atlas/engine/block"
)

// heatmap draws a measure over two categories, darker for more.
func (p *plot) heatmap() dict {
	fr := &frame{plot: p, size: labelSize, bare: true}
	for _, l := range p.c.Categories {
		fr.categories = append(fr.categories, l.Text)
	}
	rows := make([]string, len(p.c.Series))
	range0 := span{}
	widest := 0.0
	for i, s := range p.c.Series {
		rows[i] = s.Label
		if i < len(p.c.Rows) {
			rows[i] = p.c.Rows[i].Text
		}
		for _, v := range s.Values {
			if x, ok := number(v); ok {
				range0.add(x)
				widest = math.Max(widest, p.width(p.write(v, p.formatOf(s)), labelSize))
			}
		}
		for len(fr.categories) < len(s.Values) {
			fr.categories = append(fr.categories, "")
		}
	}
	fr.series = []series{{kind: block.ColumnChart}} // names stand below the middle of their columns
	fr.top, fr.bottom, fr.after, fr.before = 2, 4, 2, 4
	fr.before += math.Min(p.widest(rows, labelSize), p.w*0.3) + 6
	for i := range rows {
		rows[i] = p.cut(rows[i], p.w*0.3, labelSize)
	}
	cell := fr.plotWidth() / float64(max(1, len(fr.categories)))
	high := (p.h - 30) / float64(max(1, len(rows)))
	for fr.size > smallSize && p.widest([]string{"0"}, fr.size)*widest/math.Max(1, p.width("0", labelSize)) > cell-4 {
		fr.size--
	}
	written := p.c.Labels != "none" && widest*fr.size/labelSize <= cell-2 && high >= fr.size+2
	o := p.base()
	if !written {
		fr.top += lineStep + 8
		o["graphic"] = p.colorKey(range0)
	}
	fr.bottom += fr.categoryHeight() + 4
	plain := func(names []string, more dict) dict {
		axis := dict{
			"type": "category", "data": names, "axisTick": dict{"show": false}, "axisLine": dict{"show": false}, "splitLine": dict{"show": false}, "splitArea": dict{"show": false},
			"axisLabel": dict{"interval": 0, "formatter": "@texts", "texts": names, "fontSize": labelSize, "color": p.color("muted"), "margin": 6, "fontFamily": p.t.Text.Families(), "lineHeight": labelSize + 2},
		}
		for k, v := range more {
			axis[k] = v
		}
		return axis
	}
	o["grid"] = dict{"left": fr.before, "right": fr.after, "top": fr.top, "bottom": fr.bottom, "outerBoundsMode": "none"}
	o["xAxis"] = plain(fr.columnNames(), nil)
	o["yAxis"] = plain(rows, dict{"inverse": true})
	o["series"] = []any{dict{
		"type": "heatmap", "data": p.cells(rows, fr.categories, range0, written), "emphasis": dict{"disabled": true}, "name": "",
		"itemStyle": dict{"borderColor": p.color("surface"), "borderWidth": 1.5},
		"label":     dict{"show": true, "formatter": "@tag", "fontSize": fr.size, "fontFamily": p.t.Text.Families()},
	}}
	return o
}

// cells gives the fields of a heat map with their colours.
func (p *plot) cells(rows, columns []string, s span, written bool) []any { //nolint:revive // written: labels fit
	var out []any
	for r, line := range p.c.Series {
		for c := range line.Values {
			f := line.Values[c]
			v, ok := number(f)
			text := p.write(f, p.formatOf(line))
			item := p.item([]any{c, r, v}, f, text)
			item["title"] = rows[r] + " · " + columns[c]
			color := p.color("panel")
			if ok {
				color = p.heat(v, s)
			} else {
				item["value"] = []any{c, r, 0}
			}
			item["itemStyle"] = dict{"color": color}
			item["label"] = dict{"color": p.over(color)}
			if written {
				item["tag"] = text
			}
			out = append(out, item)
		}
	}
	return out
}

// heat gives the colour of a value: more of the accent for more; below zero the second category's.
func (p *plot) heat(v float64, s span) string {
	lo, token := s.lo, "accent"
	if s.lo < 0 && s.hi > 0 {
		lo = 0
	}
	far := math.Max(math.Abs(s.hi-lo), math.Abs(s.lo-lo))
	if v < lo {
		token = "category-2"
	}
	share := 1.0
	if far > 0 {
		share = math.Abs(v-lo) / far
	}
	return p.between("surface", token, 0.08+0.84*share)
}

// colorKey says what the colours of a heat map mean, where values are not written.
func (p *plot) colorKey(s span) []any {
	format := p.formatOf(p.c.Series[0])
	from, to := p.f.Format(shortFloat(s.lo), format), p.f.Format(shortFloat(s.hi), format)
	x := p.w - p.width(to, labelSize) - 2
	out := []any{p.textAt(to, x, 8, labelSize, "muted")}
	const steps, wide = 10, 8.0
	x -= 6 + steps*wide
	for i := range steps {
		v := s.lo + (s.hi-s.lo)*(float64(i)+0.5)/steps
		out = append(out, dict{"type": "rect", "silent": true, "shape": dict{"x": x + float64(i)*wide, "y": 3, "width": wide, "height": 10}, "style": dict{"fill": p.heat(v, s)}})
	}
	return append(out, p.textAt(from, x-6-p.width(from, labelSize), 8, labelSize, "muted"))
}

// textAt is a text that starts at a place.
func (p *plot) textAt(text string, x, y, size float64, token string) dict {
	d := p.label(text, x, y, size, 400, token)
	d["style"].(dict)["textAlign"] = "left"
	return d
}

// scatter draws things by two measures, as large as a third says.
func (p *plot) scatter() dict {
	var xs, ys, sizes span
	for _, q := range p.c.Points {
		x, okX := number(q.X)
		y, okY := number(q.Y)
		if okX && okY {
			xs.add(x)
			ys.add(y)
		}
		if q.Size != nil {
			if v, ok := number(*q.Size); ok && v > 0 {
				sizes.add(v)
			}
		}
	}
	if !xs.any {
		return p.message(p.f.Null())
	}
	fr := &frame{plot: p, size: labelSize}
	x, y := p.pointScale(xs, p.c.Points[0].X.Format), p.pointScale(ys, p.c.Points[0].Y.Format)
	name := ""
	if len(p.c.Series) > 0 {
		name = p.c.Series[0].Label
	}
	fr.top, fr.bottom = lineStep+8, 2*lineStep+6
	fr.before = p.widest(y.texts, labelSize) + 8
	fr.after = math.Max(12, p.width(x.texts[len(x.texts)-1], labelSize)/2+2)
	o := p.base()
	o["grid"] = dict{"left": fr.before, "right": fr.after, "top": fr.top, "bottom": fr.bottom, "outerBoundsMode": "none"}
	bottom := fr.valueAxis(x, false)
	bottom["splitLine"] = dict{"show": false}
	bottom["axisLine"] = dict{"show": true, "onZero": false, "lineStyle": dict{"color": p.base0(), "width": 1}}
	o["xAxis"], o["yAxis"] = bottom, fr.valueAxis(y, false)
	across := p.cut(p.c.CategoryLabel, fr.plotWidth(), labelSize)
	o["graphic"] = []any{
		p.textAt(p.cut(name, p.w, labelSize), 0, 8, labelSize, "muted"),
		p.textAt(across, p.w-fr.after-p.width(across, labelSize), p.h-8, labelSize, "muted"),
	}
	o["series"] = []any{dict{
		"type": "scatter", "name": name, "data": fr.bubbles(x, y, sizes), "emphasis": dict{"disabled": true}, "clip": false,
		"itemStyle": dict{"color": p.color("scenario-actual"), "opacity": 0.72, "borderColor": p.color("surface"), "borderWidth": 1},
		"label":     dict{"show": false, "formatter": "@tag", "fontSize": labelSize, "color": p.color("text"), "fontFamily": p.t.Text.Families(), "opacity": 1, "distance": 3},
	}}
	return o
}

// pointScale lays an axis of a scatter; it starts at zero unless the points would be a clump.
func (p *plot) pointScale(s span, format string) scale {
	if s.lo > 0 && s.hi-s.lo > 0.5*s.hi || s.hi < 0 && s.hi-s.lo > -0.5*s.lo || s.lo == s.hi {
		s.fromZero()
	}
	return p.scaleOf(s.lo, s.hi, format, false)
}

// bubbles gives the points, largest first so that none is hidden, with names where they find room.
func (fr *frame) bubbles(x, y scale, sizes span) []any {
	type bubble struct {
		block.Point
		x, y, r float64
		item    dict
	}
	var list []bubble
	for _, q := range fr.c.Points {
		px, okX := number(q.X)
		py, okY := number(q.Y)
		if !okX || !okY {
			continue
		}
		r := 4.0
		text := fr.write(q.X) + " · " + fr.write(q.Y)
		if q.Size != nil {
			if v, ok := number(*q.Size); ok && v > 0 && sizes.hi > 0 {
				r = math.Max(3, math.Min(22, fr.h/12)*math.Sqrt(v/sizes.hi))
			}
			text += " · " + fr.write(*q.Size)
		}
		item := fr.item([]any{px, py}, q.Y, text)
		item["title"], item["symbolSize"], item["name"] = q.Name, math.Round(2*r*10)/10, q.Name
		list = append(list, bubble{
			Point: q, r: r, item: item,
			x: fr.before + (px-x.min)/(x.max-x.min)*fr.plotWidth(), y: fr.top + (y.max-py)/(y.max-y.min)*fr.plotHeight(),
		})
	}
	slices.SortStableFunc(list, func(a, b bubble) int { return int(math.Copysign(1, b.r-a.r)) * boolIndex(a.r != b.r) })
	var taken []room
	for _, b := range list {
		taken = append(taken, room{b.x - b.r, b.y - b.r, b.x + b.r, b.y + b.r})
	}
	var out []any
	for i := range list {
		b := &list[i]
		if b.Name != "" && fr.c.Labels != "none" && len(list) <= 200 {
			fr.nameBubble(b.item, b.Name, b.x, b.y, b.r, i, &taken)
		}
		out = append(out, b.item)
	}
	return out
}

// room is a rectangle that something takes.
type room struct{ left, top, right, bottom float64 }

func (r room) meets(o room) bool {
	return r.left < o.right && o.left < r.right && r.top < o.bottom && o.top < r.bottom
}

// nameBubble writes a name beside its point if there is room at one of its sides.
func (fr *frame) nameBubble(item dict, name string, x, y, r float64, own int, taken *[]room) {
	name = fr.cut(name, fr.w*0.25, labelSize)
	w, h := fr.width(name, labelSize), labelSize+1
	places := []struct {
		side string
		room
	}{
		{"right", room{x + r + 3, y - h/2, x + r + 3 + w, y + h/2}},
		{"left", room{x - r - 3 - w, y - h/2, x - r - 3, y + h/2}},
		{"top", room{x - w/2, y - r - 3 - h, x + w/2, y - r - 3}},
		{"bottom", room{x - w/2, y + r + 3, x + w/2, y + r + 3 + h}},
	}
	for _, p := range places {
		free := p.left >= fr.before && p.right <= fr.w && p.top >= fr.top-6 && p.bottom <= fr.h-fr.bottom
		for i, t := range *taken {
			free = free && (i == own || !p.meets(t))
		}
		if free {
			*taken = append(*taken, p.room)
			item["tag"], item["label"] = name, dict{"show": true, "position": p.side}
			return
		}
	}
}
