package chart

import (
	"atlas/engine/picture"
	"atlas/engine/theme"
)

// PNG draws an SVG file, a chart's or any other, with so many pixels a unit of its size, for media that
// cannot show SVG. Texts are in Atlas's own font; PNGOf takes a theme's.
func PNG(svg []byte, scale float64) ([]byte, error) { return PNGOf(theme.Default(), svg, scale) }

// PNGOf is PNG with the fonts of a theme.
func PNGOf(t *theme.Theme, svg []byte, scale float64) ([]byte, error) {
	return picture.PNG(svg, scale, t)
}
