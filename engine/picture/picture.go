// Package picture turns SVG files into pixels: charts, logos and drawings for media that cannot show
// SVG. It draws shapes, texts in the theme's fonts, gradients, patterns, clips and opacity; filters,
// masks and animation it leaves out. It knows no chart and no document.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"

	"atlas/engine/theme"
)

// most is the largest picture, in pixels: more is a mistake in a size.
const most = 64 << 20

// ErrTooLarge is told of pictures that nobody means.
var ErrTooLarge = errors.New("the picture is too large")

// PNG draws an SVG file with so many pixels a unit of its size. The background is left transparent.
func PNG(svg []byte, scale float64, t *theme.Theme) ([]byte, error) {
	img, err := Draw(svg, scale, t)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.DefaultCompression}
	if err := e.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("write PNG: %w", err)
	}
	return b.Bytes(), nil
}

// Size gives the size that an SVG file says of itself, in its units.
func Size(svg []byte) (width, height float64, err error) {
	root, err := parse(svg)
	if err != nil {
		return 0, 0, err
	}
	width, height = root.size()
	return width, height, nil
}

// Draw is PNG as an image.
func Draw(svg []byte, scale float64, t *theme.Theme) (*image.NRGBA, error) {
	root, err := parse(svg)
	if err != nil {
		return nil, err
	}
	w, h := root.size()
	pw, ph := math.Ceil(w*scale-1e-6), math.Ceil(h*scale-1e-6)
	if !(pw >= 1 && ph >= 1) || pw*ph > most {
		return nil, fmt.Errorf("draw %gx%g at %g: %w", w, h, scale, ErrTooLarge)
	}
	p := &painter{root: root, theme: t, ids: map[string]*node{}, open: map[*node]bool{}, limit: 5e8 + 400*pw*ph}
	root.index(p.ids)
	p.rules = root.rules()
	c := newLayer(int(pw), int(ph))
	p.element(c, root, state{style: initial(), matrix: matrix{scale, 0, 0, scale, 0, 0}, width: w, height: h}, 0)
	return c.image(), nil
}
