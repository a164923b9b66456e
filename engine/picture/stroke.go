package picture

import "math"

// pen is how lines are drawn.
type pen struct {
	width  float64
	cap    string // butt, round, square
	join   string // miter, round, bevel
	miter  float64
	dash   []float64
	offset float64
}

// stroke gives polygons that cover lines drawn with a pen. All turn the same way, so that together
// they cover what any of them does.
func stroke(lines []line, p pen, fine float64) [][]point {
	s := stroker{pen: p, fine: fine}
	for _, l := range lines {
		l.points = distinct(l)
		if dash := usable(p.dash); dash != nil {
			for _, piece := range dashed(l, dash, p.offset) {
				s.line(piece)
			}
			continue
		}
		s.line(l)
	}
	return s.out
}

type stroker struct {
	pen
	fine float64
	out  [][]point
}

// distinct drops points on top of one another.
func distinct(l line) []point {
	var out []point
	for _, p := range l.points {
		if len(out) == 0 || !p.near(out[len(out)-1]) {
			out = append(out, p)
		}
	}
	if l.closed && len(out) > 1 && out[0].near(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	return out
}

// add takes a polygon, turned the common way.
func (s *stroker) add(p ...point) {
	area := 0.0
	for i, a := range p {
		area += a.cross(p[(i+1)%len(p)])
	}
	if area < 0 {
		for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
			p[i], p[j] = p[j], p[i]
		}
	}
	s.out = append(s.out, p)
}

func (s *stroker) line(l line) {
	n := len(l.points)
	r := s.width / 2
	if n == 0 {
		return
	}
	if n == 1 {
		switch s.cap {
		case "round":
			s.round(l.points[0])
		case "square":
			c := l.points[0]
			s.add(point{c.x - r, c.y - r}, point{c.x + r, c.y - r}, point{c.x + r, c.y + r}, point{c.x - r, c.y + r})
		}
		return
	}
	last := n - 1
	if l.closed && n > 2 {
		last = n
	}
	for i := range last {
		a, b := l.points[i], l.points[(i+1)%n]
		dir := b.minus(a).times(1 / b.minus(a).length())
		if last == n-1 && s.cap == "square" {
			if i == 0 {
				a = a.minus(dir.times(r))
			}
			if i == last-1 {
				b = b.plus(dir.times(r))
			}
		}
		side := point{-dir.y, dir.x}.times(r)
		s.add(a.plus(side), b.plus(side), b.minus(side), a.minus(side))
		if i+1 < last || last == n {
			s.joint(a, b, l.points[(i+2)%n])
		}
	}
	if last == n-1 && s.cap == "round" {
		s.round(l.points[0])
		s.round(l.points[n-1])
	}
}

// joint fills the corner at b.
func (s *stroker) joint(a, b, c point) {
	r := s.width / 2
	d1 := b.minus(a).times(1 / b.minus(a).length())
	d2 := c.minus(b).times(1 / c.minus(b).length())
	turn := d1.cross(d2)
	straight := d1.x*d2.x + d1.y*d2.y
	if math.Abs(turn) < 1e-9 && straight > 0 {
		return
	}
	if s.join == "round" {
		s.round(b)
		return
	}
	sign := 1.0
	if turn > 0 {
		sign = -1
	}
	p := b.plus(point{-d1.y, d1.x}.times(sign * r))
	q := b.plus(point{-d2.y, d2.x}.times(sign * r))
	s.add(b, p, q)
	if cosine := math.Sqrt(math.Max(0, (1+straight)/2)); s.join == "miter" && cosine > 1e-6 && 1/cosine <= s.miter {
		middle := p.plus(q).times(0.5).minus(b)
		if l := middle.length(); l > 1e-9 {
			s.add(p, b.plus(middle.times(r/cosine/l)), q)
		}
	}
}

// round covers a circle.
func (s *stroker) round(c point) {
	o := outline{fine: s.fine}
	o.ellipse(c.x, c.y, s.width/2, s.width/2)
	s.add(o.lines[0].points...)
}

// usable gives a dash pattern that goes on, nil for a solid line.
func usable(dash []float64) []float64 {
	sum := 0.0
	for _, d := range dash {
		if d < 0 || math.IsNaN(d) {
			return nil
		}
		sum += d
	}
	if sum < 1e-3 {
		return nil
	}
	if len(dash)%2 == 1 {
		dash = append(append([]float64(nil), dash...), dash...)
	}
	return dash
}

// most dashes of one line: more are not seen.
const mostDashes = 20000

// dashed cuts a line into the pieces of a pattern.
func dashed(l line, dash []float64, offset float64) []line {
	points := l.points
	if l.closed && len(points) > 1 {
		points = append(append([]point(nil), points...), points[0])
	}
	sum := 0.0
	for _, d := range dash {
		sum += d
	}
	offset = math.Mod(offset, sum)
	if offset < 0 {
		offset += sum
	}
	k := 0
	for offset >= dash[k] {
		offset -= dash[k]
		k = (k + 1) % len(dash)
	}
	left := dash[k] - offset
	var out []line
	var piece []point
	for i := 0; i+1 < len(points) && len(out) < mostDashes; i++ {
		a, b := points[i], points[i+1]
		length := b.minus(a).length()
		at := 0.0
		if k%2 == 0 && len(piece) == 0 {
			piece = append(piece, a)
		}
		for left <= length-at && len(out) < mostDashes {
			at += left
			p := a.between(b, at/length)
			if k%2 == 0 {
				out = append(out, line{points: append(piece, p)})
				piece = nil
			} else {
				piece = []point{p}
			}
			k = (k + 1) % len(dash)
			left = dash[k]
		}
		left -= length - at
		if k%2 == 0 {
			piece = append(piece, b)
		}
	}
	if len(piece) > 1 {
		out = append(out, line{points: piece})
	}
	return out
}
