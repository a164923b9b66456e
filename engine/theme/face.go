package theme

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Face is one font file read: it measures texts and gives outlines. It may be used by many at once.
type Face struct {
	font   *sfnt.Font
	units  float64
	next   *Face // asked for characters that this one lacks; nil for none
	glyphs sync.Map
	kerns  sync.Map

	Family  string  // "Inter"
	Weight  int     // 400 is regular, 600 semibold
	Italic  bool    //
	Ascent  float64 // above the baseline, of the size
	Descent float64 // below it, positive
	Cap     float64 // height of capitals, of the size
}

// glyph is one character's place in a face.
type glyph struct {
	face    *Face
	index   sfnt.GlyphIndex
	advance float64 // of the size
}

// ParseFace reads a TrueType or OpenType file.
func ParseFace(data []byte) (*Face, error) {
	if len(data) >= 4 && (string(data[:4]) == "wOFF" || string(data[:4]) == "wOF2") {
		return nil, errors.New("is a web font; a .ttf or .otf file is needed")
	}
	f, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("is no TrueType or OpenType font: %w", err)
	}
	face := &Face{font: f, units: float64(f.UnitsPerEm())}
	var b sfnt.Buffer
	m, err := f.Metrics(&b, fixed.Int26_6(f.UnitsPerEm()), font.HintingNone)
	if err != nil {
		return nil, fmt.Errorf("has no metrics: %w", err)
	}
	face.Ascent, face.Descent = float64(m.Ascent)/face.units, float64(m.Descent)/face.units
	face.Cap = float64(m.CapHeight) / face.units
	if face.Cap <= 0 {
		face.Cap = 0.7
	}
	for _, id := range []sfnt.NameID{sfnt.NameIDTypographicFamily, sfnt.NameIDFamily} {
		if name, err := f.Name(&b, id); err == nil && name != "" {
			face.Family = name
			break
		}
	}
	face.Weight, face.Italic = styleOf(data)
	return face, nil
}

// styleOf reads weight and slant from the OS/2 table, which every font of this century has.
func styleOf(data []byte) (weight int, italic bool) {
	if len(data) < 12 {
		return 400, false
	}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			break
		}
		if string(data[at:at+4]) != "OS/2" {
			continue
		}
		start := int(binary.BigEndian.Uint32(data[at+8:]))
		if start < 0 || start+64 > len(data) {
			break
		}
		return int(binary.BigEndian.Uint16(data[start+4:])), data[start+63]&1 != 0
	}
	return 400, false
}

// Has reports whether the face itself has the character.
func (f *Face) Has(r rune) bool {
	g := f.glyph(r)
	return g.index != 0 && g.face == f
}

func (f *Face) glyph(r rune) glyph {
	if g, ok := f.glyphs.Load(r); ok {
		return g.(glyph)
	}
	var b sfnt.Buffer
	g := glyph{face: f, advance: missingWidth(r)}
	index, err := f.font.GlyphIndex(&b, r)
	switch {
	case err == nil && index != 0:
		adv, err := f.font.GlyphAdvance(&b, index, fixed.Int26_6(f.units), font.HintingNone)
		if err == nil {
			g.index, g.advance = index, float64(adv)/f.units
		}
	case f.next != nil:
		g = f.next.glyph(r)
	}
	f.glyphs.Store(r, g)
	return g
}

// missingWidth is what another font will take for a character that none of ours has.
func missingWidth(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
		return 0
	case r >= 0x2E80: // ideographs and pictures are square
		return 1
	default:
		return 0.56
	}
}

func (f *Face) kern(a, b sfnt.GlyphIndex) float64 {
	key := uint32(a)<<16 | uint32(b)
	if k, ok := f.kerns.Load(key); ok {
		return k.(float64)
	}
	var buf sfnt.Buffer
	out := 0.0
	if k, err := f.font.Kern(&buf, a, b, fixed.Int26_6(f.units), font.HintingNone); err == nil {
		out = float64(k) / f.units
	}
	f.kerns.Store(key, out)
	return out
}

// Measure gives the width of one line of text in the unit of size, kerned.
func (f *Face) Measure(text string, size float64) float64 {
	width := 0.0
	f.walk(text, func(g glyph, x float64) { width = x + g.advance })
	return width * size
}

// walk visits the glyphs of a text with their places, of the size.
func (f *Face) walk(text string, visit func(g glyph, x float64)) {
	x := 0.0
	var last glyph
	for _, r := range text {
		g := f.glyph(r)
		if last.index != 0 && g.index != 0 && last.face == g.face {
			x += g.face.kern(last.index, g.index)
		}
		visit(g, x)
		x += g.advance
		last = g
	}
}

// Op is a step of an outline.
type Op byte

// The steps: Move and Line take one point, Quad two, Cube three.
const (
	Move Op = iota
	Line
	Quad
	Cube
)

// Step is one step of an outline, with its points.
type Step struct {
	Op     Op
	Points [3][2]float64
}

// Outline gives the shapes of one line of text whose baseline starts at 0,0, y downwards, in the unit
// of size. Characters that no face has are left out.
func (f *Face) Outline(text string, size float64) []Step {
	var out []Step
	var b sfnt.Buffer
	f.walk(text, func(g glyph, x float64) {
		if g.index == 0 {
			return
		}
		segments, err := g.face.font.LoadGlyph(&b, g.index, fixed.Int26_6(g.face.units), nil)
		if err != nil {
			return
		}
		for _, s := range segments {
			step := Step{Op: Op(s.Op)}
			for i, p := range s.Args {
				step.Points[i] = [2]float64{(x + float64(p.X)/g.face.units) * size, float64(p.Y) / g.face.units * size}
			}
			out = append(out, step)
		}
	})
	return out
}

// weightGap tells how far a face is from a wanted weight.
func (f *Face) weightGap(weight int) float64 { return math.Abs(float64(f.Weight - weight)) }
