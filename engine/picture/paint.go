package picture

import (
	"math"
	"sort"
	"strings"
)

// shader gives the colour of a pixel.
type shader func(x, y int) color

// box is the extent of a shape in its own units.
type box struct{ x, y, w, h float64 }

func boxOf(lines []line) box {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, l := range lines {
		for _, q := range l.points {
			lo = point{math.Min(lo.x, q.x), math.Min(lo.y, q.y)}
			hi = point{math.Max(hi.x, q.x), math.Max(hi.y, q.y)}
		}
	}
	if lo.x > hi.x {
		return box{}
	}
	return box{lo.x, lo.y, hi.x - lo.x, hi.y - lo.y}
}

// shade resolves a paint: a colour, or a gradient or pattern of the file. nil paints nothing.
func (p *painter) shade(paint string, opacity float64, st state, b box, depth int) shader {
	paint = strings.TrimSpace(paint)
	if rest, ok := strings.CutPrefix(paint, "url("); ok {
		id, after, _ := strings.Cut(rest, ")")
		n := p.ids[strings.Trim(strings.TrimSpace(id), `"'#`)]
		if n != nil {
			switch n.name {
			case "linearGradient", "radialGradient":
				return p.gradient(n, opacity, st, b)
			case "pattern":
				return p.pattern(n, opacity, st, b, depth)
			}
		}
		paint = strings.TrimSpace(after) // the fallback
	}
	c, ok := readColor(paint, st.style.color)
	if !ok || c[3]*opacity == 0 {
		return nil
	}
	solid := premultiplied(c, opacity)
	return func(int, int) color { return solid }
}

// inherited looks an attribute up in an element and those that its href leads to.
func (p *painter) inherited(n *node, key string) string {
	for range 10 {
		if n == nil {
			break
		}
		if v, ok := n.attr[key]; ok {
			return v
		}
		n = p.ids[strings.TrimPrefix(n.attr["href"], "#")]
	}
	return ""
}

// stop is one colour of a gradient.
type stop struct {
	at float64
	c  color
}

func (p *painter) stops(n *node, opacity float64, current string) []stop {
	for range 10 {
		if n == nil {
			return nil
		}
		var out []stop
		for _, c := range n.children {
			if c.name != "stop" {
				continue
			}
			s := initial().of(c, p.rules, 1)
			rgba, ok := readColor(s.stop, current)
			if !ok {
				continue
			}
			at := share(c.attr["offset"])
			if len(out) > 0 {
				at = math.Max(at, out[len(out)-1].at)
			}
			out = append(out, stop{at, premultiplied(rgba, s.stopOpacity*opacity)})
		}
		if len(out) > 0 {
			return out
		}
		n = p.ids[strings.TrimPrefix(n.attr["href"], "#")]
	}
	return nil
}

func colorAt(stops []stop, t float64) color {
	i := sort.Search(len(stops), func(i int) bool { return stops[i].at > t })
	switch {
	case i == 0:
		return stops[0].c
	case i == len(stops):
		return stops[i-1].c
	}
	a, b := stops[i-1], stops[i]
	f := float32((t - a.at) / (b.at - a.at))
	var out color
	for k := range out {
		out[k] = a.c[k] + (b.c[k]-a.c[k])*f
	}
	return out
}

func (p *painter) gradient(n *node, opacity float64, st state, b box) shader {
	stops := p.stops(n, opacity, st.style.color)
	if len(stops) == 0 {
		return nil
	}
	user := p.inherited(n, "gradientUnits") == "userSpaceOnUse"
	m := st.matrix
	wx, wy := 1.0, 1.0
	if user {
		wx, wy = st.width, st.height
	} else {
		if b.w == 0 || b.h == 0 {
			last := stops[len(stops)-1].c
			return func(int, int) color { return last }
		}
		m = m.mul(matrix{b.w, 0, 0, b.h, b.x, b.y})
	}
	back, ok := m.mul(transform(p.inherited(n, "gradientTransform"))).invert()
	if !ok {
		return nil
	}
	value := func(key, missing string, whole float64) float64 {
		v := p.inherited(n, key)
		if v == "" {
			v = missing
		}
		return length(v, whole)
	}
	where := p.radial(value, wx, wy)
	if n.name == "linearGradient" {
		a := point{value("x1", "0%", wx), value("y1", "0%", wy)}
		d := point{value("x2", "100%", wx), value("y2", "0%", wy)}.minus(a)
		square := d.x*d.x + d.y*d.y
		where = func(q point) float64 {
			if square == 0 {
				return 1
			}
			q = q.minus(a)
			return (q.x*d.x + q.y*d.y) / square
		}
	}
	spread := spreading(p.inherited(n, "spreadMethod"))
	return func(x, y int) color {
		return colorAt(stops, spread(where(back.apply(point{float64(x) + 0.5, float64(y) + 0.5}))))
	}
}

func (p *painter) radial(value func(key, missing string, whole float64) float64, wx, wy float64) func(point) float64 {
	c := point{value("cx", "50%", wx), value("cy", "50%", wy)}
	r := value("r", "50%", math.Sqrt((wx*wx+wy*wy)/2))
	f := c
	if fx := value("fx", "-1e9", wx); fx != -1e9 {
		f.x = fx
	}
	if fy := value("fy", "-1e9", wy); fy != -1e9 {
		f.y = fy
	}
	if d := f.minus(c); r > 0 && d.length() > r*0.99 { // the focus stays inside
		f = c.plus(d.times(r * 0.99 / d.length()))
	}
	return func(q point) float64 {
		if r <= 0 {
			return 1
		}
		// the circle that q lies on: where the ray from the focus meets the outer one
		d, e := q.minus(f), f.minus(c)
		a, b2, c2 := d.x*d.x+d.y*d.y, d.x*e.x+d.y*e.y, e.x*e.x+e.y*e.y-r*r
		if a == 0 {
			return 0
		}
		return a / (math.Sqrt(math.Max(0, b2*b2-a*c2)) - b2)
	}
}

func spreading(method string) func(float64) float64 {
	switch method {
	case "repeat":
		return func(t float64) float64 { return t - math.Floor(t) }
	case "reflect":
		return func(t float64) float64 {
			t = math.Mod(math.Abs(t), 2)
			if t > 1 {
				return 2 - t
			}
			return t
		}
	default:
		return func(t float64) float64 { return math.Min(1, math.Max(0, t)) }
	}
}

// tileDetail is how many pixels of a tile one pixel of the picture looks at, across and down.
const tileDetail = 4

// mostTile bounds a tile's side in pixels.
const mostTile = 2048

// pattern draws one tile and repeats it.
func (p *painter) pattern(n *node, opacity float64, st state, b box, depth int) shader {
	w, h := length(p.inherited(n, "width"), 1), length(p.inherited(n, "height"), 1)
	x, y := length(p.inherited(n, "x"), 1), length(p.inherited(n, "y"), 1)
	if p.inherited(n, "patternUnits") != "userSpaceOnUse" {
		x, y, w, h = b.x+x*b.w, b.y+y*b.h, w*b.w, h*b.h
	}
	if w <= 0 || h <= 0 || p.open[n] {
		return nil
	}
	p.open[n] = true
	defer delete(p.open, n)
	m := st.matrix.mul(transform(p.inherited(n, "patternTransform")))
	back, ok := m.invert()
	if !ok {
		return nil
	}
	detail := math.Min(m.grows()*tileDetail, math.Min(mostTile/w, mostTile/h))
	tw, th := max(1, int(math.Round(w*detail))), max(1, int(math.Round(h*detail)))
	if !p.afford(tw, th) {
		return nil
	}
	tile := newLayer(tw, th)
	inner := state{style: initial(), matrix: matrix{float64(tw) / w, 0, 0, float64(th) / h, -x * float64(tw) / w, -y * float64(th) / h}, width: w, height: h}
	if box, ok := n.viewBox(); ok {
		inner.matrix = fitBox(box, float64(tw), float64(th), n.attr["preserveAspectRatio"])
	}
	source := n
	for i := 0; i < 10 && source != nil && len(source.children) == 0; i++ {
		source = p.ids[strings.TrimPrefix(source.attr["href"], "#")]
	}
	if source == nil {
		return nil
	}
	inner.style = inner.style.of(n, p.rules, w)
	for _, c := range source.children {
		p.element(tile, c, inner, depth+1)
	}
	return tiled(tile, back, box{x, y, w, h}, float32(opacity))
}

// tiled looks a pixel up in a tile that repeats in all directions.
func tiled(tile *layer, back matrix, b box, opacity float32) shader {
	return func(px, py int) color {
		var sum color
		for i := range tileDetail * tileDetail {
			q := back.apply(point{float64(px) + (float64(i%tileDetail)+0.5)/tileDetail, float64(py) + (float64(i/tileDetail)+0.5)/tileDetail})
			u, v := (q.x-b.x)/b.w, (q.y-b.y)/b.h
			tx, ty := int((u-math.Floor(u))*float64(tile.w)), int((v-math.Floor(v))*float64(tile.h))
			c := tile.pix[4*(min(ty, tile.h-1)*tile.w+min(tx, tile.w-1)):][:4]
			for k := range sum {
				sum[k] += c[k]
			}
		}
		return sum.times(opacity / (tileDetail * tileDetail))
	}
}
