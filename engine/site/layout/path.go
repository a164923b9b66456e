package layout

import (
	"math"
	"strconv"
)

// Path gives the edge as an SVG path: smooth between layers, straight through them.
func (d *Drawing) Path(r Route) string {
	b := make([]byte, 0, 96)
	b = append(b, 'M')
	b = point(b, r.Start)
	at := r.Start
	if c := d.Columns[d.Boxes[r.From].Layer]; r.From != r.To && at.X < c.X+c.W {
		at.X = c.X + c.W // past wider boxes of the layer before it bends
		b = number(append(b, 'H'), at.X)
	}
	for _, p := range r.Passes {
		c := d.Columns[p.Layer]
		b = curve(b, at, Point{c.X, p.Y})
		at = Point{c.X + c.W, p.Y}
		b = append(b, 'H')
		b = number(b, at.X)
	}
	b = curve(b, at, r.End)
	return string(b)
}

func curve(b []byte, from, to Point) []byte {
	if from.Y == to.Y {
		return number(append(b, 'H'), to.X)
	}
	bend := (to.X - from.X) / 2
	b = append(b, 'C')
	b = point(b, Point{from.X + bend, from.Y})
	b = append(b, ' ')
	b = point(b, Point{to.X - bend, to.Y})
	b = append(b, ' ')
	return point(b, to)
}

func point(b []byte, p Point) []byte {
	b = number(b, p.X)
	b = append(b, ',')
	return number(b, p.Y)
}

func number(b []byte, v float64) []byte {
	return strconv.AppendFloat(b, math.Round(v*10)/10, 'f', -1, 64)
}
