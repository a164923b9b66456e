package picture

import (
	"math"
	"strings"

	"atlas/engine/theme"
)

// painter draws the elements of one file.
type painter struct {
	root  *node
	theme *theme.Theme
	ids   map[string]*node
	rules []rule
	steps int
	spent float64        // pixels that were looked at
	limit float64        // of spent
	open  map[*node]bool // patterns being drawn: none stands in itself
}

// afford counts pixels that will be looked at; false once a file has cost more than a picture may.
func (p *painter) afford(w, h int) bool {
	p.spent += float64(w) * float64(h)
	return p.spent <= p.limit
}

// mostSteps bounds what <use> may multiply.
const mostSteps = 100000

// state is what holds for an element: style, place, clip, and the size that percentages are of.
type state struct {
	style         style
	matrix        matrix
	clip          *mask
	width, height float64
}

// element draws one element and what is in it.
func (p *painter) element(on *layer, n *node, st state, depth int) {
	p.steps++
	if depth > deepest || p.steps > mostSteps {
		return
	}
	switch n.name {
	case "", "defs", "clipPath", "mask", "marker", "pattern", "linearGradient", "radialGradient", "style", "title", "desc", "metadata", "filter":
		return // drawn where others name them, or not at all
	}
	st.style = st.style.of(n, p.rules, math.Hypot(st.width, st.height)/math.Sqrt2)
	if st.style.none {
		return
	}
	st.matrix = st.matrix.mul(transform(n.attr["transform"]))
	if st.style.clip != "" && st.style.clip != "none" {
		st.clip = p.clip(on, st, depth)
	}
	if st.style.opacity < 1 {
		if !p.afford(2*on.w, on.h) {
			return
		}
		group := newLayer(on.w, on.h)
		opacity := float32(st.style.opacity)
		p.inside(group, n, st, depth)
		on.lay(group, opacity, nil)
		return
	}
	p.inside(on, n, st, depth)
}

// inside draws an element whose style and place are settled.
func (p *painter) inside(on *layer, n *node, st state, depth int) {
	switch n.name {
	case "svg", "symbol":
		p.viewport(on, n, st, depth)
	case "g", "a", "switch":
		p.children(on, n, st, depth)
	case "use":
		p.use(on, n, st, depth)
	case "text":
		p.text(on, n, st)
	case "image":
		p.image(on, n, st)
	default:
		o := outline{fine: 0.1 / math.Max(st.matrix.grows(), 1e-9)}
		if p.shape(&o, n, st) {
			p.lines(on, o.lines, st, depth)
		}
	}
}

// viewport draws an <svg>, the root's or one within.
func (p *painter) viewport(on *layer, n *node, st state, depth int) {
	w, h := st.width, st.height
	if n != p.root {
		if v := n.attr["width"]; v != "" {
			w = length(v, st.width)
		}
		if v := n.attr["height"]; v != "" {
			h = length(v, st.height)
		}
		st.matrix = st.matrix.mul(matrix{1, 0, 0, 1, length(n.attr["x"], st.width), length(n.attr["y"], st.height)})
		if !p.afford(2*on.w, on.h) {
			return
		}
		o := outline{}
		o.rect(0, 0, w, h, 0, 0)
		st.clip = both(st.clip, fill(mapped(o.lines, st.matrix), on.w, on.h, false))
	}
	st.width, st.height = w, h
	if box, ok := n.viewBox(); ok {
		st.matrix = st.matrix.mul(fitBox(box, w, h, n.attr["preserveAspectRatio"]))
		st.width, st.height = box[2], box[3]
	}
	p.children(on, n, st, depth)
}

// children draws what stands in an element; symbols are drawn where they are used.
func (p *painter) children(on *layer, n *node, st state, depth int) {
	for _, c := range n.children {
		if c.name != "symbol" {
			p.element(on, c, st, depth+1)
		}
	}
}

// use draws another element here.
func (p *painter) use(on *layer, n *node, st state, depth int) {
	target := p.ids[strings.TrimPrefix(n.attr["href"], "#")]
	if target == nil || target == p.root {
		return
	}
	st.matrix = st.matrix.mul(matrix{1, 0, 0, 1, length(n.attr["x"], st.width), length(n.attr["y"], st.height)})
	if target.name == "symbol" {
		if v := n.attr["width"]; v != "" {
			st.width = length(v, st.width)
		}
		if v := n.attr["height"]; v != "" {
			st.height = length(v, st.height)
		}
	}
	p.element(on, target, st, depth+1)
}

// shape gives the outline of a shape; false for what is none.
func (p *painter) shape(o *outline, n *node, st state) bool {
	get := func(key string, whole float64) float64 { return length(n.attr[key], whole) }
	w, h := st.width, st.height
	switch n.name {
	case "path":
		o.path(n.attr["d"])
	case "rect":
		rx, ry := get("rx", w), get("ry", h)
		if n.attr["rx"] == "" || n.attr["rx"] == "auto" {
			rx = ry
		}
		if n.attr["ry"] == "" || n.attr["ry"] == "auto" {
			ry = rx
		}
		if get("width", w) <= 0 || get("height", h) <= 0 {
			return false
		}
		o.rect(get("x", w), get("y", h), get("width", w), get("height", h), rx, ry)
	case "circle":
		r := get("r", math.Hypot(w, h)/math.Sqrt2)
		o.ellipse(get("cx", w), get("cy", h), r, r)
	case "ellipse":
		o.ellipse(get("cx", w), get("cy", h), get("rx", w), get("ry", h))
	case "line":
		o.move(point{get("x1", w), get("y1", h)})
		o.to(point{get("x2", w), get("y2", h)})
	case "polyline", "polygon":
		list := numbers(n.attr["points"])
		for i := 0; i+1 < len(list); i += 2 {
			if i == 0 {
				o.move(point{list[0], list[1]})
			} else {
				o.to(point{list[i], list[i+1]})
			}
		}
		if n.name == "polygon" {
			o.close()
		}
	default:
		return false
	}
	return len(o.lines) > 0
}

// lines fills and strokes an outline.
func (p *painter) lines(on *layer, lines []line, st state, depth int) {
	if st.style.hidden {
		return
	}
	b := boxOf(lines)
	filling := func() {
		if paint := p.shade(st.style.fill, st.style.fillOpacity, st, b, depth); paint != nil {
			p.cover(on, mapped(lines, st.matrix), st.style.evenOdd, st.clip, paint)
		}
	}
	stroking := func() {
		if st.style.pen.width <= 0 {
			return
		}
		paint := p.shade(st.style.stroke, st.style.strokeOpacity, st, b, depth)
		if paint == nil {
			return
		}
		p.cover(on, p.stroked(lines, st), false, st.clip, paint)
	}
	if st.style.strokeFirst {
		stroking()
		filling()
		return
	}
	filling()
	stroking()
}

// cover paints polygons.
func (p *painter) cover(on *layer, polygons [][]point, evenOdd bool, clip *mask, paint shader) { //nolint:revive // SVG's fill-rule
	if box := bounds(polygons, on.w, on.h); !p.afford(box.Dx(), box.Dy()) {
		return
	}
	on.paint(fill(polygons, on.w, on.h, evenOdd), clip, paint)
}

// stroked covers the lines with the pen, in pixels. Mirroring turns all pieces alike.
func (p *painter) stroked(lines []line, st state) [][]point {
	if st.style.nonScalingLine {
		return stroke(mappedLines(lines, st.matrix), st.style.pen, 0.1)
	}
	polygons := stroke(lines, st.style.pen, 0.1/math.Max(st.matrix.grows(), 1e-9))
	for _, poly := range polygons {
		for i := range poly {
			poly[i] = st.matrix.apply(poly[i])
		}
	}
	return polygons
}

func mapped(lines []line, m matrix) [][]point {
	out := make([][]point, 0, len(lines))
	for _, l := range lines {
		points := make([]point, len(l.points))
		for i, q := range l.points {
			points[i] = m.apply(q)
		}
		out = append(out, points)
	}
	return out
}

func mappedLines(lines []line, m matrix) []line {
	var out []line
	for i, points := range mapped(lines, m) {
		out = append(out, line{points, lines[i].closed})
	}
	return out
}

// clip gives what an element's clip path leaves of the clip so far.
func (p *painter) clip(on *layer, st state, depth int) *mask {
	id, _, _ := strings.Cut(strings.TrimPrefix(st.style.clip, "url("), ")")
	n := p.ids[strings.Trim(strings.TrimSpace(id), `"'#`)]
	if n == nil || n.name != "clipPath" || depth > deepest || !p.afford(2*on.w, on.h) {
		return st.clip
	}
	m := st.matrix.mul(transform(n.attr["transform"]))
	union := &mask{w: on.w, h: on.h, a: make([]float32, on.w*on.h)}
	for _, c := range n.children {
		inner := st
		inner.matrix = m.mul(transform(c.attr["transform"]))
		inner.style = st.style.of(c, p.rules, math.Hypot(st.width, st.height)/math.Sqrt2)
		shape := c
		if c.name == "use" {
			if shape = p.ids[strings.TrimPrefix(c.attr["href"], "#")]; shape == nil {
				continue
			}
			inner.matrix = inner.matrix.mul(matrix{1, 0, 0, 1, length(c.attr["x"], st.width), length(c.attr["y"], st.height)}).mul(transform(shape.attr["transform"]))
		}
		o := outline{fine: 0.1 / math.Max(inner.matrix.grows(), 1e-9)}
		if !p.shape(&o, shape, inner) {
			continue
		}
		part := fill(mapped(o.lines, inner.matrix), on.w, on.h, inner.style.clipEvenOdd)
		for y := range part.h {
			for x := range part.w {
				at := (part.y+y)*on.w + part.x + x
				union.a[at] = max(union.a[at], part.a[y*part.w+x])
			}
		}
	}
	return both(st.clip, union)
}

// both gives what is covered by two masks; nil covers all.
func both(a, b *mask) *mask {
	if a == nil {
		return b
	}
	out := &mask{x: b.x, y: b.y, w: b.w, h: b.h, a: make([]float32, len(b.a))}
	for y := range b.h {
		for x := range b.w {
			out.a[y*b.w+x] = b.a[y*b.w+x] * a.at(b.x+x, b.y+y)
		}
	}
	return out
}
