package picture

import (
	"image"
	"math"
	"sort"
)

// fineness is how many times a row of pixels is looked at; across, coverage is exact.
const fineness = 12

// mask is how much of each pixel of a rectangle is covered, 0 to 1.
type mask struct {
	x, y, w, h int
	a          []float32
}

func (m *mask) at(x, y int) float32 {
	x, y = x-m.x, y-m.y
	if x < 0 || y < 0 || x >= m.w || y >= m.h {
		return 0
	}
	return m.a[y*m.w+x]
}

// edge is one side of a polygon, from top to bottom.
type edge struct {
	top, bottom float64
	x, slope    float64 // at top
	dir         int
}

// fill covers polygons, closed as they are, within w by h pixels. With evenOdd holes are where an even
// number of sides is passed, else where the turns cancel out.
func fill(polygons [][]point, w, h int, evenOdd bool) *mask { //nolint:revive // evenOdd is SVG's fill-rule
	box := bounds(polygons, w, h)
	m := &mask{x: box.Min.X, y: box.Min.Y, w: box.Dx(), h: box.Dy()}
	if m.w <= 0 || m.h <= 0 {
		return &mask{}
	}
	m.a = make([]float32, m.w*m.h)
	edges := edgesOf(polygons, float64(m.y), float64(m.y+m.h))
	sort.Slice(edges, func(i, j int) bool { return edges[i].top < edges[j].top })
	row := make([]float32, m.w+2)
	var active []edge
	var cross []crossing
	next := 0
	for y := range m.h {
		clear(row)
		used := false
		for s := range fineness {
			at := float64(m.y+y) + (float64(s)+0.5)/fineness
			for next < len(edges) && edges[next].top <= at {
				active = append(active, edges[next])
				next++
			}
			cross = cross[:0]
			kept := active[:0]
			for _, e := range active {
				if e.bottom <= at {
					continue
				}
				kept = append(kept, e)
				cross = append(cross, crossing{e.x + (at-e.top)*e.slope - float64(m.x), e.dir})
			}
			active = kept
			if len(cross) > 1 {
				used = true
				cover(row, cross, float64(m.w), evenOdd)
			}
		}
		if used {
			sum := float32(0)
			line := m.a[y*m.w : (y+1)*m.w]
			for x := range line {
				sum += row[x]
				line[x] = min(1, max(0, sum/fineness))
			}
		}
	}
	return m
}

type crossing struct {
	x   float64
	dir int
}

// cover adds the spans between crossings to a row of differences.
func cover(row []float32, cross []crossing, w float64, evenOdd bool) { //nolint:revive // as in fill
	for i := 1; i < len(cross); i++ { // nearly sorted from row to row, and short
		for j := i; j > 0 && cross[j].x < cross[j-1].x; j-- {
			cross[j], cross[j-1] = cross[j-1], cross[j]
		}
	}
	winding := 0
	for i := 0; i+1 < len(cross); i++ {
		winding += cross[i].dir
		if winding == 0 || evenOdd && winding%2 == 0 {
			continue
		}
		from, to := math.Max(0, cross[i].x), math.Min(w, cross[i+1].x)
		if to > from {
			ramp(row, from, 1)
			ramp(row, to, -1)
		}
	}
}

// ramp starts (or ends) full coverage at x, which may be inside of a pixel.
func ramp(row []float32, x float64, sign float32) {
	i := int(x)
	part := float32(x - float64(i))
	row[i] += sign * (1 - part)
	row[i+1] += sign * part
}

func edgesOf(polygons [][]point, top, bottom float64) []edge {
	var out []edge
	for _, p := range polygons {
		for i, a := range p {
			b := p[(i+1)%len(p)]
			dir := 1
			if a.y > b.y {
				a, b, dir = b, a, -1
			}
			if a.y == b.y || b.y <= top || a.y >= bottom {
				continue
			}
			e := edge{top: a.y, bottom: b.y, x: a.x, slope: (b.x - a.x) / (b.y - a.y), dir: dir}
			if e.top < top {
				e.x += (top - e.top) * e.slope
				e.top = top
			}
			out = append(out, e)
		}
	}
	return out
}

// bounds gives the pixels that polygons may touch.
func bounds(polygons [][]point, w, h int) image.Rectangle {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, p := range polygons {
		for _, q := range p {
			if math.IsNaN(q.x) || math.IsNaN(q.y) {
				return image.Rectangle{}
			}
			lo = point{math.Min(lo.x, q.x), math.Min(lo.y, q.y)}
			hi = point{math.Max(hi.x, q.x), math.Max(hi.y, q.y)}
		}
	}
	if lo.x > hi.x {
		return image.Rectangle{}
	}
	within := func(v float64, most int) int { return int(math.Max(0, math.Min(float64(most), v))) }
	return image.Rect(within(math.Floor(lo.x), w), within(math.Floor(lo.y), h), within(math.Ceil(hi.x), w), within(math.Ceil(hi.y), h))
}

// layer is pixels in premultiplied colour.
type layer struct {
	w, h int
	pix  []float32 // r, g, b, a
}

func newLayer(w, h int) *layer { return &layer{w: w, h: h, pix: make([]float32, 4*w*h)} }

// color is a premultiplied colour.
type color [4]float32

func (c color) times(f float32) color { return color{c[0] * f, c[1] * f, c[2] * f, c[3] * f} }

// put lays a colour over a pixel.
func (l *layer) put(x, y int, c color) {
	p := l.pix[4*(y*l.w+x):][:4]
	rest := 1 - c[3]
	for i := range p {
		p[i] = c[i] + p[i]*rest
	}
}

// paint lays paint over what a mask covers.
func (l *layer) paint(m *mask, clip *mask, of func(x, y int) color) {
	for y := range m.h {
		for x := range m.w {
			a := m.a[y*m.w+x]
			if a == 0 {
				continue
			}
			if clip != nil {
				if a *= clip.at(m.x+x, m.y+y); a == 0 {
					continue
				}
			}
			l.put(m.x+x, m.y+y, of(m.x+x, m.y+y).times(a))
		}
	}
}

// lay puts a whole layer over this one, thinned.
func (l *layer) lay(over *layer, opacity float32, clip *mask) {
	for y := range l.h {
		for x := range l.w {
			p := over.pix[4*(y*l.w+x):][:4]
			if p[3] == 0 {
				continue
			}
			f := opacity
			if clip != nil {
				f *= clip.at(x, y)
			}
			l.put(x, y, color{p[0], p[1], p[2], p[3]}.times(f))
		}
	}
}

func (l *layer) image() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, l.w, l.h))
	for i := 0; i < len(l.pix); i += 4 {
		a := l.pix[i+3]
		if a <= 0 {
			continue
		}
		for k := range 3 {
			img.Pix[i+k] = byte(min(255, max(0, l.pix[i+k]/a*255+0.5)))
		}
		img.Pix[i+3] = byte(min(255, a*255+0.5))
	}
	return img
}
