package picture

import (
	"math"
	"strings"
)

// matrix maps a point: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

func identity() matrix { return matrix{1, 0, 0, 1, 0, 0} }

// mul gives the matrix that applies n first, then m.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

func (m matrix) apply(p point) point {
	return point{m[0]*p.x + m[2]*p.y + m[4], m[1]*p.x + m[3]*p.y + m[5]}
}

// invert gives the way back; false if there is none.
func (m matrix) invert() (matrix, bool) {
	d := m[0]*m[3] - m[1]*m[2]
	if d == 0 || math.IsNaN(d) || math.IsInf(d, 0) {
		return identity(), false
	}
	return matrix{
		m[3] / d, -m[1] / d, -m[2] / d, m[0] / d,
		(m[2]*m[5] - m[3]*m[4]) / d, (m[1]*m[4] - m[0]*m[5]) / d,
	}, true
}

// grows tells by how much the matrix enlarges, roughly.
func (m matrix) grows() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

// transform reads a list of transforms.
func transform(s string) matrix {
	m := identity()
	for {
		name, rest, ok := strings.Cut(s, "(")
		if !ok {
			return m
		}
		args, after, ok := strings.Cut(rest, ")")
		if !ok {
			return m
		}
		m = m.mul(oneTransform(strings.Trim(name, " \t\r\n,"), numbers(args)))
		s = after
	}
}

func oneTransform(name string, a []float64) matrix {
	at := func(i int, missing float64) float64 {
		if i < len(a) {
			return a[i]
		}
		return missing
	}
	switch name {
	case "matrix":
		if len(a) == 6 {
			return matrix(a)
		}
	case "translate":
		return matrix{1, 0, 0, 1, at(0, 0), at(1, 0)}
	case "scale":
		return matrix{at(0, 1), 0, 0, at(1, at(0, 1)), 0, 0}
	case "rotate":
		sin, cos := math.Sincos(at(0, 0) * math.Pi / 180)
		x, y := at(1, 0), at(2, 0)
		return matrix{1, 0, 0, 1, x, y}.mul(matrix{cos, sin, -sin, cos, 0, 0}).mul(matrix{1, 0, 0, 1, -x, -y})
	case "skewX":
		return matrix{1, 0, math.Tan(at(0, 0) * math.Pi / 180), 1, 0, 0}
	case "skewY":
		return matrix{1, math.Tan(at(0, 0) * math.Pi / 180), 0, 1, 0, 0}
	}
	return identity()
}

// fitBox maps a view box into a room as preserveAspectRatio says.
func fitBox(box [4]float64, w, h float64, how string) matrix {
	sx, sy := w/box[2], h/box[3]
	fields := strings.Fields(how)
	align, slice := "xMidYMid", false
	if len(fields) > 0 {
		align = fields[0]
		slice = len(fields) > 1 && fields[1] == "slice"
	}
	if align == "none" {
		return matrix{sx, 0, 0, sy, -box[0] * sx, -box[1] * sy}
	}
	s := math.Min(sx, sy)
	if slice {
		s = math.Max(sx, sy)
	}
	dx, dy := (w-box[2]*s)/2, (h-box[3]*s)/2
	switch {
	case strings.HasPrefix(align, "xMin"):
		dx = 0
	case strings.HasPrefix(align, "xMax"):
		dx = w - box[2]*s
	}
	switch {
	case strings.HasSuffix(align, "YMin"):
		dy = 0
	case strings.HasSuffix(align, "YMax"):
		dy = h - box[3]*s
	}
	return matrix{s, 0, 0, s, dx - box[0]*s, dy - box[1]*s}
}
