package pptx

import (
	"strconv"
	"strings"
)

// PowerPoint shrinks a text that is to fit its shape while somebody types; a text that was filled in
// waits for that. So the scale is written as PowerPoint would: by these steps, with lines a little
// closer together.
func fitSteps() []float64 { return []float64{1, 0.925, 0.85, 0.775, 0.7, 0.625, 0.55, 0.475, 0.4} }

func lineReduction(scale float64) float64 {
	switch {
	case scale == 1:
		return 0
	case scale > 0.9:
		return 0.1
	default:
		return 0.2
	}
}

// fitTexts shrinks the texts that were filled in, of shapes that are to shrink and have more text than
// room.
func (s *slideFill) fitTexts(root *node) {
	root.walk(func(n *node) bool {
		if n.name == "p:sp" && (s.layout != nil || s.touched[n.child("p:txBody")]) {
			s.fitText(n)
		}
		return n.name != "p:sp"
	})
}

// touch remembers that the text of a body is new.
func (s *slideFill) touch(body *node) {
	if s.touched == nil {
		s.touched = map[*node]bool{}
	}
	s.touched[body] = true
}

func (s *slideFill) fitText(sp *node) {
	body := sp.child("p:txBody")
	if body == nil {
		return
	}
	up := s.holders(sp)
	if !shrinks(sp, up) {
		return
	}
	box, ok := s.boxOf(sp)
	if !ok {
		return
	}
	width, height := box.W-s.insets(sp, up, "lIns", "rIns", 91440), box.H-s.insets(sp, up, "tIns", "bIns", 45720)
	if width <= 0 || height <= 0 {
		return
	}
	steps := fitSteps()
	scale := steps[len(steps)-1]
	for _, step := range steps {
		if s.needs(sp, body, up, width, step) <= height+slack {
			scale = step
			break
		}
	}
	pr := body.child("a:bodyPr")
	fit := pr.child("a:normAutofit")
	if fit == nil {
		fit = pr.make("normAutofit")
		pr.insert(fit, "a:scene3d", "a:sp3d", "a:flatTx", "a:extLst")
	}
	fit.unset("fontScale")
	fit.unset("lnSpcReduction")
	if scale < 1 {
		fit.setInt("fontScale", int64(scale*100_000+0.5))
		fit.setInt("lnSpcReduction", int64(lineReduction(scale)*100_000+0.5))
	}
}

// holders gives the placeholders that a shape takes its looks of: the layout's, the master's.
func (s *slideFill) holders(sp *node) []*node {
	ph := placeholder(sp)
	if ph == nil {
		return nil
	}
	var out []*node
	layout := s.pkg.Related(s.part, RelLayout)
	for _, part := range []string{layout, s.pkg.Related(layout, RelMaster)} {
		root := s.looks(part)
		if root == nil {
			continue
		}
		var found *node
		root.walk(func(x *node) bool {
			if found == nil && x.name == "p:sp" {
				if of := placeholder(x); of != nil && (sameHolder(of, ph) || part != layout && masterKind(of) == masterKind(ph)) {
					found = x
				}
			}
			return found == nil
		})
		if found != nil {
			out = append(out, found)
		}
	}
	return out
}

// masterKind is the kind of placeholder of a master that others follow.
func masterKind(ph *node) string {
	switch kind := holderKind(ph); kind {
	case "title", "dt", "ftr", "sldNum":
		return kind
	default:
		return "body"
	}
}

// looks reads a layout or master once.
func (f *filler) looks(part string) *node {
	if part == "" {
		return nil
	}
	if n, ok := f.read[part]; ok {
		return n
	}
	if f.read == nil {
		f.read = map[string]*node{}
	}
	n, err := f.tree(part)
	if err != nil {
		n = nil
	}
	f.read[part] = n
	return n
}

// shrinks reports whether a shape's text is to shrink, by itself or by what it follows.
func shrinks(sp *node, up []*node) bool {
	for _, n := range append([]*node{sp}, up...) {
		pr := n.child("p:txBody", "a:bodyPr")
		switch {
		case pr == nil:
		case pr.child("a:normAutofit") != nil:
			return true
		case pr.child("a:noAutofit") != nil || pr.child("a:spAutoFit") != nil:
			return false
		}
	}
	return false
}

// insets gives the sum of two insets of a shape's text, in inches.
func (s *slideFill) insets(sp *node, up []*node, a, b string, usual int64) float64 {
	sum := int64(0)
	for _, name := range []string{a, b} {
		v := usual
		for _, n := range append([]*node{sp}, up...) {
			if pr := n.child("p:txBody", "a:bodyPr"); pr.attr(name) != "" {
				v = pr.int(name)
				break
			}
		}
		sum += v
	}
	return float64(sum) / perInch
}

// needs is the height of a shape's text at a scale.
func (s *slideFill) needs(sp, body *node, up []*node, width, scale float64) float64 {
	sum := 0.0
	for _, p := range body.children("a:p") {
		size := s.sizeOf(sp, p, up) * scale
		indent := float64(p.child("a:pPr").int("marL")) / perInch
		var text strings.Builder
		for _, k := range p.kids {
			if k.name == "a:br" {
				text.WriteByte('\n')
			} else {
				text.WriteString(k.words())
			}
		}
		lines := 0
		for _, line := range strings.Split(text.String(), "\n") {
			lines += max(s.writer.lines(plain(span{text: line, size: size}), max(width-indent, 0.5)), 1)
		}
		sum += float64(lines) * size * lineHeight * (1 - lineReduction(scale)) / pointsIn
	}
	return sum
}

// sizeOf is the size of a paragraph's type in points: its runs', or that of its level in the styles
// that the shape follows.
func (s *slideFill) sizeOf(sp, p *node, up []*node) float64 {
	largest := int64(0)
	for _, r := range p.children("a:r") {
		largest = max(largest, r.child("a:rPr").int("sz"))
	}
	if largest > 0 {
		return float64(largest) / unitsText
	}
	level := "a:lvl" + strconv.FormatInt(min(max(p.child("a:pPr").int("lvl"), 0), 8)+1, 10) + "pPr"
	for _, n := range append([]*node{sp}, up...) {
		if sz := n.child("p:txBody", "a:lstStyle", level, "a:defRPr").int("sz"); sz > 0 {
			return float64(sz) / unitsText
		}
	}
	style := "p:otherStyle"
	if ph := placeholder(sp); ph != nil {
		style = "p:bodyStyle"
		if holderKind(ph) == "title" {
			style = "p:titleStyle"
		}
	}
	master := s.looks(s.pkg.Related(s.pkg.Related(s.part, RelLayout), RelMaster))
	for _, styles := range []*node{master.child("p:txStyles", style), s.root.child("p:defaultTextStyle")} {
		if sz := styles.child(level, "a:defRPr").int("sz"); sz > 0 {
			return float64(sz) / unitsText
		}
	}
	return 18
}
