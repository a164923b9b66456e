package pptx

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"image"
	_ "image/jpeg" // pictures of reports
	_ "image/png"
	"strconv"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/diag"
)

// picture is an image as it stands in the package: its part, that of its SVG, and its measures.
type picture struct {
	part   string
	vector string // "" if it is none
	width  float64
	height float64
}

// pictureScale is pixels of the fallback a pixel of an SVG; a small drawing is scaled up until its
// longer side has pictureSide, for it may stand large on a slide.
const (
	pictureScale = 8.0 / 3 // 192 an inch of a chart
	pictureSide  = 960.0
)

// svgExtension is how PowerPoint names an SVG beside its picture.
const (
	svgExtension = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
	svgSpace     = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
)

// picture adds an image to the package, once; nil with a reason if it cannot be shown.
func (w *writer) picture(data []byte) (*picture, string) {
	key := fmt.Sprintf("%x", sha256.Sum256(data))
	if p := w.pictures[key]; p != nil {
		return p, ""
	}
	p, problem := w.addPicture(data)
	if p != nil {
		w.pictures[key] = p
	}
	return p, problem
}

func (w *writer) addPicture(data []byte) (*picture, string) {
	if width, height, ok := svgSize(data); ok {
		if w.opt.PNG == nil {
			return nil, "there is nothing at hand that draws SVG"
		}
		png, err := w.opt.PNG(data, max(pictureScale, pictureSide/max(width, height, 1)))
		if err != nil {
			return nil, err.Error()
		}
		part := w.mediaPart("png", png)
		vector := w.mediaPart("svg", data)
		return &picture{part: part, vector: vector, width: width, height: height}, ""
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "it is no PNG, JPEG or SVG"
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, "it has no size"
	}
	return &picture{part: w.mediaPart(format, data), width: float64(config.Width), height: float64(config.Height)}, ""
}

func (w *writer) mediaPart(format string, data []byte) string {
	w.images++
	part := "ppt/media/image" + strconv.Itoa(w.images) + "." + format
	kind := map[string]string{"png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml"}[format]
	w.pkg.SetPart(part, kind, data)
	return part
}

// svgSize reads the measures of an SVG from its root; false if it is none.
func svgSize(data []byte) (width, height float64, ok bool) {
	if !bytes.Contains(data[:min(len(data), 4096)], []byte("<svg")) {
		return 0, 0, false
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	for {
		t, err := d.Token()
		if err != nil {
			return 0, 0, false
		}
		start, isStart := t.(xml.StartElement)
		if !isStart {
			continue
		}
		if start.Name.Local != "svg" {
			return 0, 0, false
		}
		var box []string
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "width":
				width = length(a.Value)
			case "height":
				height = length(a.Value)
			case "viewBox":
				box = strings.FieldsFunc(a.Value, func(r rune) bool { return r == ' ' || r == ',' })
			}
		}
		if (width <= 0 || height <= 0) && len(box) == 4 {
			width, height = length(box[2]), length(box[3])
		}
		if width <= 0 || height <= 0 {
			width, height = 300, 150
		}
		return width, height, true
	}
}

func length(s string) float64 {
	s = strings.TrimRight(strings.TrimSpace(s), "ptxincme")
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return v
}

// image writes a picture into a box, in its own proportions.
func (c *canvas) image(name, alt string, p *picture, b deck.Box) {
	m := &c.m
	id := c.id()
	m.start("p:pic")
	m.start("p:nvPicPr")
	c.named(id, name, alt)
	m.start("p:cNvPicPr")
	m.leaf("a:picLocks", "noChangeAspect", true)
	m.end()
	m.leaf("p:nvPr")
	m.end()
	m.start("p:blipFill")
	m.start("a:blip", "r:embed", c.pkg.AddRel(c.part, RelImage, p.part))
	if p.vector != "" {
		m.start("a:extLst")
		m.start("a:ext", "uri", svgExtension)
		m.leaf("asvg:svgBlip", "xmlns:asvg", svgSpace, "r:embed", c.pkg.AddRel(c.part, RelImage, p.vector))
		m.end()
		m.end()
	}
	m.end()
	m.start("a:stretch")
	m.leaf("a:fillRect")
	m.end()
	m.end()
	m.start("p:spPr")
	transform(m, "a:xfrm", b)
	m.start("a:prstGeom", "prst", "rect")
	m.leaf("a:avLst")
	m.end()
	m.end()
	m.end()
	c.appear(id, nil)
}

// logo writes the brand's logo on a layout, in the upper right corner.
func (c *canvas) logo(l *layoutPart) {
	data := c.doc.Theme.Logo
	if onDark(c.palette[or(l.Surface, "surface")]) && len(c.doc.Theme.LogoDark) > 0 {
		data = c.doc.Theme.LogoDark
	}
	if len(data) == 0 {
		return
	}
	p, problem := c.picture(data)
	if p == nil {
		c.warnOnce("the brand's logo is left out: %s", problem)
		return
	}
	b := fitInto(deck.LogoBox(), p.width/p.height)
	b.X, b.Y = deck.LogoBox().X+deck.LogoBox().W-b.W, deck.LogoBox().Y
	c.image("Logo", or(c.doc.Theme.Label, c.doc.Theme.Name), p, b)
}

// warnOnce says something that is about no slide.
func (w *writer) warnOnce(format string, args ...any) {
	d := diag.Warnf(diag.BadFile, diag.Pos{}, format, args...)
	for _, old := range w.diags {
		if old.Msg == d.Msg {
			return
		}
	}
	w.diags = append(w.diags, d)
}

// imagePiece is a picture with its caption.
type imagePiece struct {
	block   *block.Block // nil in a text
	file    string
	caption string
	alt     string
}

func (p imagePiece) height(w *writer, width, scale float64) float64 {
	return 1 + p.captionHeight(w, width)
}
func (p imagePiece) stretch() float64 { return 1 }

func (p imagePiece) captionHeight(w *writer, width float64) float64 {
	if p.caption == "" {
		return 0
	}
	return w.textHeight(p.captionText(), width) + frameGap
}

func (p imagePiece) captionText() []paragraph {
	return []paragraph{plain(span{text: p.caption, size: deck.LabelSize, color: "muted"})}
}

func (p imagePiece) draw(_ context.Context, c *canvas, s spot) error {
	name, from := "Picture", ""
	if p.block != nil {
		name, from = p.block.Name, blockMark(p.block)
	}
	b := s.box
	if h := p.captionHeight(c.writer, b.W); h > 0 {
		var foot deck.Box
		foot, b = cutBottom(b, h-frameGap, frameGap)
		c.textBox(name+" caption", p.caption+from, foot, "b", p.captionText())
	}
	data, ok := c.doc.Media[p.file]
	if p.file == "brand:logo" {
		data, ok = c.doc.Theme.Logo, len(c.doc.Theme.Logo) > 0
	}
	if !ok {
		c.notShown(b, p.file, "it is not among the document's pictures")
		return nil
	}
	pic, problem := c.picture(data)
	if pic == nil {
		c.notShown(b, p.file, problem)
		return nil
	}
	alt := or(p.alt, p.caption)
	if p.block != nil {
		alt = or(alt, c.doc.Format.Word(block.WordImage)) + from
	} // in Markdown, a picture without a text is decoration
	c.image(name, alt, pic, fitInto(b, pic.width/pic.height))
	return nil
}

// notShown draws a place where a picture should be, and tells why it is not.
func (c *canvas) notShown(b deck.Box, file, why string) {
	s := c.page.slide
	c.diags = append(c.diags, diag.Warnf(diag.BadFile, s.Pos, "slide %s: the picture %s is left out: %s", s.ID, file, why).
		WithHint("name a PNG, JPEG or SVG file below the project"))
	c.shape(shape{
		name: "Missing picture", alt: file + ": " + why, box: b, fill: "panel", body: body{anchor: "ctr"},
		text: []paragraph{{align: "ctr", spans: []span{{text: file, size: deck.LabelSize, color: "muted"}}}},
	})
}

// onDark reports a dark background.
func onDark(hex string) bool { return contrastWhite(hex) > 4.5 }
