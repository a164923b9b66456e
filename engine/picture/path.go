package picture

import "math"

type point struct{ x, y float64 }

func (p point) plus(q point) point    { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point   { return point{p.x - q.x, p.y - q.y} }
func (p point) times(f float64) point { return point{p.x * f, p.y * f} }
func (p point) length() float64       { return math.Hypot(p.x, p.y) }
func (p point) cross(q point) float64 { return p.x*q.y - p.y*q.x }
func (p point) near(q point) bool     { return math.Abs(p.x-q.x) < 1e-9 && math.Abs(p.y-q.y) < 1e-9 }

func (p point) between(q point, t float64) point { return point{p.x + (q.x-p.x)*t, p.y + (q.y-p.y)*t} }

// line is a row of points, closed or open.
type line struct {
	points []point
	closed bool
}

// outline gathers the lines of a shape, curves already broken into straight pieces.
type outline struct {
	lines []line
	fine  float64 // how far a piece may be off its curve, in the shape's units
}

func (o *outline) move(p point) { o.lines = append(o.lines, line{points: []point{p}}) }

func (o *outline) to(p point) {
	if len(o.lines) == 0 {
		o.move(p)
		return
	}
	last := &o.lines[len(o.lines)-1]
	if last.closed { // a path goes on from where it was closed
		o.move(last.points[0])
		last = &o.lines[len(o.lines)-1]
	}
	last.points = append(last.points, p)
}

func (o *outline) close() {
	if len(o.lines) > 0 {
		o.lines[len(o.lines)-1].closed = true
	}
}

func (o *outline) at() point {
	if len(o.lines) == 0 {
		return point{}
	}
	last := o.lines[len(o.lines)-1]
	if last.closed {
		return last.points[0]
	}
	return last.points[len(last.points)-1]
}

// pieces tells how many straight pieces a curve of that bend takes.
func (o *outline) pieces(bend float64) int {
	n := int(math.Ceil(math.Sqrt(bend / math.Max(o.fine, 1e-6))))
	return min(max(n, 1), 200)
}

func (o *outline) cube(b, c, d point) {
	a := o.at()
	bend := 0.75 * math.Max(a.minus(b.times(2)).plus(c).length(), b.minus(c.times(2)).plus(d).length())
	n := o.pieces(bend)
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		ab, bc, cd := a.between(b, t), b.between(c, t), c.between(d, t)
		o.to(ab.between(bc, t).between(bc.between(cd, t), t))
	}
}

func (o *outline) quad(b, c point) {
	a := o.at()
	o.cube(a.between(b, 2.0/3), c.between(b, 2.0/3), c)
}

// arc draws part of an ellipse as SVG describes it.
func (o *outline) arc(rx, ry, rotation float64, large, sweep bool, end point) { //nolint:revive // the flags are SVG's
	a := o.at()
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || a.near(end) {
		o.to(end)
		return
	}
	sin, cos := math.Sincos(rotation * math.Pi / 180)
	half := a.minus(end).times(0.5)
	x, y := cos*half.x+sin*half.y, -sin*half.x+cos*half.y
	if l := x*x/(rx*rx) + y*y/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	f := math.Sqrt(math.Max(0, (rx*rx*ry*ry-rx*rx*y*y-ry*ry*x*x)/(rx*rx*y*y+ry*ry*x*x)))
	if large == sweep {
		f = -f
	}
	cx, cy := f*rx*y/ry, -f*ry*x/rx
	middle := point{cos*cx - sin*cy + (a.x+end.x)/2, sin*cx + cos*cy + (a.y+end.y)/2}
	from := math.Atan2((y-cy)/ry, (x-cx)/rx)
	turn := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - from
	switch {
	case sweep && turn < 0:
		turn += 2 * math.Pi
	case !sweep && turn > 0:
		turn -= 2 * math.Pi
	}
	n := o.pieces(math.Max(rx, ry) * turn * turn / 8)
	for i := 1; i < n; i++ {
		s, c := math.Sincos(from + turn*float64(i)/float64(n))
		o.to(point{middle.x + cos*rx*c - sin*ry*s, middle.y + sin*rx*c + cos*ry*s})
	}
	o.to(end)
}

func (o *outline) ellipse(cx, cy, rx, ry float64) {
	o.move(point{cx + rx, cy})
	o.arc(rx, ry, 0, false, true, point{cx - rx, cy})
	o.arc(rx, ry, 0, false, true, point{cx + rx, cy})
	o.close()
}

func (o *outline) rect(x, y, w, h, rx, ry float64) {
	rx, ry = math.Min(rx, w/2), math.Min(ry, h/2)
	if rx <= 0 || ry <= 0 {
		o.lines = append(o.lines, line{points: []point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, closed: true})
		return
	}
	o.move(point{x + rx, y})
	o.to(point{x + w - rx, y})
	o.arc(rx, ry, 0, false, true, point{x + w, y + ry})
	o.to(point{x + w, y + h - ry})
	o.arc(rx, ry, 0, false, true, point{x + w - rx, y + h})
	o.to(point{x + rx, y + h})
	o.arc(rx, ry, 0, false, true, point{x, y + h - ry})
	o.to(point{x, y + ry})
	o.arc(rx, ry, 0, false, true, point{x + rx, y})
	o.close()
}

// path reads path data. It stops where the data is broken, as browsers do.
func (o *outline) path(d string) {
	r := pathReader{s: d, o: o}
	for {
		r.skip()
		if r.i >= len(r.s) {
			return
		}
		if c := r.s[r.i]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			r.command = c
			r.i++
		} else if r.command == 0 {
			return
		}
		if !r.step() {
			return
		}
	}
}

// pathReader reads path data command by command.
type pathReader struct {
	s       string
	i       int
	command byte
	last    point // control point of the last curve
	smooth  byte  // 'C' or 'Q' if last is one
	o       *outline
}

func (r *pathReader) skip() {
	for r.i < len(r.s) && (r.s[r.i] == ' ' || r.s[r.i] == ',' || r.s[r.i] == '\t' || r.s[r.i] == '\n' || r.s[r.i] == '\r') {
		r.i++
	}
}

// take reads n numbers.
func (r *pathReader) take(n int) ([]float64, bool) {
	out := make([]float64, n)
	for k := range out {
		r.skip()
		v, next, ok := scanNumber(r.s, r.i)
		if !ok {
			return nil, false
		}
		out[k], r.i = v, next
	}
	return out, true
}

// flag reads one digit, which may touch the next number.
func (r *pathReader) flag() (set, ok bool) {
	r.skip()
	if r.i >= len(r.s) || r.s[r.i] != '0' && r.s[r.i] != '1' {
		return false, false
	}
	r.i++
	return r.s[r.i-1] == '1', true
}

func (r *pathReader) step() bool {
	at := r.o.at()
	from := point{}
	upper := r.command &^ 0x20
	if r.command != upper {
		from = at
	}
	smooth := r.smooth
	r.smooth = 0
	counts := map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'T': 2, 'A': 3, 'Z': 0}
	n, known := counts[upper]
	if !known {
		return false
	}
	v, ok := r.take(n)
	if !ok {
		return false
	}
	p := func(i int) point { return point{v[i] + from.x, v[i+1] + from.y} }
	mirrored := func(kind byte) point {
		if smooth == kind {
			return at.times(2).minus(r.last)
		}
		return at
	}
	switch upper {
	case 'M':
		r.o.move(p(0))
		r.command = 'L' | r.command&0x20
	case 'L':
		r.o.to(p(0))
	case 'H':
		r.o.to(point{v[0] + from.x, at.y})
	case 'V':
		r.o.to(point{at.x, v[0] + from.y})
	case 'C':
		r.last, r.smooth = p(2), 'C'
		r.o.cube(p(0), p(2), p(4))
	case 'S':
		first := mirrored('C')
		r.last, r.smooth = p(0), 'C'
		r.o.cube(first, p(0), p(2))
	case 'Q':
		r.last, r.smooth = p(0), 'Q'
		r.o.quad(p(0), p(2))
	case 'T':
		r.last = mirrored('Q')
		r.smooth = 'Q'
		r.o.quad(r.last, p(0))
	case 'A':
		return r.arc(v, from)
	case 'Z':
		r.o.close()
		r.command = 0 // a number after it is an error
	}
	return true
}

func (r *pathReader) arc(v []float64, from point) bool {
	large, ok1 := r.flag()
	sweep, ok2 := r.flag()
	end, ok3 := r.take(2)
	if !ok1 || !ok2 || !ok3 {
		return false
	}
	r.o.arc(v[0], v[1], v[2], large, sweep, point{end[0] + from.x, end[1] + from.y})
	return true
}
