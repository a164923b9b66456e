package picture

import (
	"bytes"
	"encoding/base64"
	"image"
	_ "image/jpeg" // pictures inside of SVG files
	"image/png"
	"math"
	"strings"

	"atlas/engine/theme"
)

// chunk is a piece of text in one style that starts at a place.
type chunk struct {
	text  string
	style style
	width float64
	start bool // a new place is given: anchors count from here
	at    point
	shift point
}

// text draws a text element with its spans, each line anchored by itself.
func (p *painter) text(on *layer, n *node, st state) {
	var chunks []chunk
	at := point{first(n.attr["x"], st.width), first(n.attr["y"], st.height)}
	at = at.plus(point{first(n.attr["dx"], st.width), first(n.attr["dy"], st.height)})
	p.gather(&chunks, n, st.style, st)
	if len(chunks) == 0 {
		return
	}
	chunks[0].start, chunks[0].at = true, at
	trim(chunks)
	for i := range chunks {
		k := &chunks[i]
		k.width = p.font(k.style).Measure(k.text, k.style.size, k.style.bold) + k.style.letterSpacing*float64(len([]rune(k.text)))
	}
	cursor := point{}
	for i := 0; i < len(chunks); {
		end := i + 1
		width := chunks[i].width + chunks[i].shift.x
		for end < len(chunks) && !chunks[end].start {
			width += chunks[end].width + chunks[end].shift.x
			end++
		}
		if at := chunks[i].at; true {
			if !math.IsNaN(at.x) {
				cursor.x = at.x
			}
			if !math.IsNaN(at.y) {
				cursor.y = at.y
			}
		}
		switch chunks[i].style.anchor {
		case "middle":
			cursor.x -= width / 2
		case "end":
			cursor.x -= width
		}
		for ; i < end; i++ {
			cursor = cursor.plus(chunks[i].shift)
			p.run(on, chunks[i], cursor, st)
			cursor.x += chunks[i].width
		}
	}
}

func first(list string, whole float64) float64 {
	f := strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' })
	if len(f) == 0 {
		return 0
	}
	return length(f[0], whole)
}

// gather collects the pieces of a text element.
func (p *painter) gather(out *[]chunk, n *node, s style, st state) {
	for _, c := range n.children {
		switch c.name {
		case "":
			text := strings.Map(func(r rune) rune {
				if r == '\n' || r == '\t' || r == '\r' {
					return ' '
				}
				return r
			}, c.text)
			if !s.preserve {
				for strings.Contains(text, "  ") {
					text = strings.ReplaceAll(text, "  ", " ")
				}
			}
			if text != "" {
				*out = append(*out, chunk{text: text, style: s})
			}
		case "tspan", "a", "textPath":
			before := len(*out)
			p.gather(out, c, s.of(c, p.rules, st.width), st)
			if len(*out) == before {
				continue
			}
			k := &(*out)[before]
			k.shift = k.shift.plus(point{first(c.attr["dx"], st.width), first(c.attr["dy"], st.height)})
			if c.attr["x"] != "" || c.attr["y"] != "" {
				k.start, k.at = true, point{math.NaN(), math.NaN()}
				if c.attr["x"] != "" {
					k.at.x = first(c.attr["x"], st.width)
				}
				if c.attr["y"] != "" {
					k.at.y = first(c.attr["y"], st.height)
				}
			}
		}
	}
}

// trim takes the spaces at both ends off, which are the file's layout.
func trim(chunks []chunk) {
	if f := &chunks[0]; !f.style.preserve && strings.HasPrefix(f.text, " ") {
		f.text = strings.TrimLeft(f.text, " ")
	}
	if l := &chunks[len(chunks)-1]; !l.style.preserve {
		l.text = strings.TrimRight(l.text, " ")
	}
}

// font finds the theme's font for a style's families.
func (p *painter) font(s style) theme.Font {
	for _, name := range strings.Split(s.family, ",") {
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		for _, f := range []theme.Font{p.theme.Text, p.theme.Heading} {
			if strings.EqualFold(f.Family, name) {
				return f
			}
		}
	}
	return p.theme.Text
}

// run draws one piece of text.
func (p *painter) run(on *layer, c chunk, at point, st state) {
	face := p.font(c.style).Face(c.style.bold)
	switch c.style.baseline {
	case "central", "middle":
		at.y += c.style.size * (face.Ascent - face.Descent) / 2
	case "hanging", "text-before-edge", "text-top":
		at.y += c.style.size * face.Ascent
	case "text-after-edge", "text-bottom":
		at.y -= c.style.size * face.Descent
	}
	o := outline{fine: 0.05 / math.Max(st.matrix.grows(), 1e-9)}
	letters := []string{c.text}
	if c.style.letterSpacing != 0 {
		letters = strings.Split(c.text, "")
	}
	for _, text := range letters {
		trace(&o, face.Outline(text, c.style.size), at)
		at.x += face.Measure(text, c.style.size) + c.style.letterSpacing
	}
	st.style = c.style
	st.style.evenOdd = false
	p.lines(on, o.lines, st, 0)
}

func trace(o *outline, steps []theme.Step, at point) {
	for _, s := range steps {
		q := func(i int) point { return point{s.Points[i][0] + at.x, s.Points[i][1] + at.y} }
		switch s.Op {
		case theme.Move:
			o.close()
			o.move(q(0))
		case theme.Line:
			o.to(q(0))
		case theme.Quad:
			o.quad(q(0), q(1))
		case theme.Cube:
			o.cube(q(0), q(1), q(2))
		}
	}
	o.close()
}

// image draws a picture that stands in the file itself.
func (p *painter) image(on *layer, n *node, st state) {
	_, data, ok := strings.Cut(n.attr["href"], ";base64,")
	if !ok || !strings.HasPrefix(n.attr["href"], "data:image/") {
		return
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil {
		return
	}
	if c, err := png.DecodeConfig(bytes.NewReader(raw)); err == nil && c.Width*c.Height > most {
		return
	}
	src, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return
	}
	size := src.Bounds()
	w, h := length(n.attr["width"], st.width), length(n.attr["height"], st.height)
	if w <= 0 || h <= 0 {
		w, h = float64(size.Dx()), float64(size.Dy())
	}
	m := st.matrix.mul(matrix{1, 0, 0, 1, length(n.attr["x"], st.width), length(n.attr["y"], st.height)}).
		mul(fitBox([4]float64{0, 0, float64(size.Dx()), float64(size.Dy())}, w, h, n.attr["preserveAspectRatio"]))
	back, ok := m.invert()
	if !ok {
		return
	}
	o := outline{}
	o.rect(0, 0, float64(size.Dx()), float64(size.Dy()), 0, 0)
	on.paint(fill(mapped(o.lines, m), on.w, on.h, false), st.clip, func(x, y int) color {
		q := back.apply(point{float64(x) + 0.5, float64(y) + 0.5})
		px := min(max(int(q.x), 0), size.Dx()-1)
		py := min(max(int(q.y), 0), size.Dy()-1)
		r, g, b, a := src.At(size.Min.X+px, size.Min.Y+py).RGBA()
		return color{float32(r) / 65535, float32(g) / 65535, float32(b) / 65535, float32(a) / 65535}
	})
}
