package pptx

import (
	"math"

	"atlas/engine/deck"
)

// emu is the unit of drawings: 914,400 an inch, 12,700 a point.
type emu = int64

const (
	perInch   = 914400
	perPoint  = 12700
	pointsIn  = 72.0 // points an inch
	unitsText = 100  // sizes of type are hundredths of a point
)

func inches(v float64) emu { return emu(math.Round(v * perInch)) }
func points(v float64) emu { return emu(math.Round(v * perPoint)) }

// inset gives a box made smaller on all sides.
func inset(b deck.Box, by float64) deck.Box {
	return deck.Box{X: b.X + by, Y: b.Y + by, W: max(b.W-2*by, 0), H: max(b.H-2*by, 0)}
}

// cutTop gives the upper part of a box and what is left of it below a gap.
func cutTop(b deck.Box, height, gap float64) (top, rest deck.Box) {
	height = min(height, b.H)
	top = deck.Box{X: b.X, Y: b.Y, W: b.W, H: height}
	used := min(height+gap, b.H)
	return top, deck.Box{X: b.X, Y: b.Y + used, W: b.W, H: b.H - used}
}

// cutBottom gives the lower part of a box and what is left of it above a gap.
func cutBottom(b deck.Box, height, gap float64) (bottom, rest deck.Box) {
	height = min(height, b.H)
	bottom = deck.Box{X: b.X, Y: b.Y + b.H - height, W: b.W, H: height}
	return bottom, deck.Box{X: b.X, Y: b.Y, W: b.W, H: max(b.H-height-gap, 0)}
}

// fitInto gives the largest box of an aspect (width to height) inside of another, in its middle.
func fitInto(b deck.Box, aspect float64) deck.Box {
	if aspect <= 0 || b.W <= 0 || b.H <= 0 {
		return b
	}
	w, h := b.W, b.W/aspect
	if h > b.H {
		w, h = b.H*aspect, b.H
	}
	return deck.Box{X: b.X + (b.W-w)/2, Y: b.Y + (b.H-h)/2, W: w, H: h}
}

// transform writes the place of a shape.
func transform(m *markup, element string, b deck.Box) {
	m.start(element)
	m.leaf("a:off", "x", inches(b.X), "y", inches(b.Y))
	m.leaf("a:ext", "cx", inches(b.W), "cy", inches(b.H))
	m.end()
}
