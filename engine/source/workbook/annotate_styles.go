package workbook

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// shade is how a cell is coloured.
type shade uint8

// The shades, the stronger the later.
const (
	plainShade shade = iota
	warnRow          // belongs to a row that a warning is about
	errorRow         // … an error
	warnCell         // is what a warning is about
	errorCell        // … an error
	shades           // how many there are
)

const (
	maxCellXfs   = 65_400 // cell styles; Excel stops at 65,490
	noFillColor  = `indexed="64"`
	patternStart = `<patternFill patternType="solid"><fgColor rgb="`
)

// rgb gives a shade's colour. Each is a step beside the ones that people choose from palettes, so
// that a fill of exactly this colour is known to be a mark when the copy comes back.
func (s shade) rgb() string {
	return [shades]string{"", "FFFFF6D8", "FFFFE6E9", "FFFFEB9B", "FFFFC8CD"}[s]
}

// shadeOf recognises the fill of a mark, and what the cell was filled with before: the colour's
// attributes. A solid fill shows its foreground only, so the former colour is kept in the
// background, where spreadsheet programs carry it along.
func shadeOf(fill []byte) (s shade, before string) {
	c := cutBytes(fill)
	for {
		p, err := c.next()
		if err != nil {
			return s, before
		}
		switch {
		case p.is(startTag, "patternFill") && string(attrOf(p.raw, "patternType")) != "solid":
			return plainShade, ""
		case p.is(startTag, "fgColor"):
			rgb := strings.ToUpper(string(attrOf(p.raw, "rgb")))
			for i := warnRow; i < shades; i++ {
				if i.rgb() == rgb {
					s = i
				}
			}
		case p.is(startTag, "bgColor"):
			before = colorOf(p.raw)
		}
	}
}

// colorOf gives the attributes of a colour's tag in one spelling; "" is no colour of its own.
func colorOf(tag []byte) string {
	var b strings.Builder
	for _, name := range []string{"rgb", "theme", "indexed", "tint"} {
		if v := attrOf(tag, name); v != nil {
			fmt.Fprintf(&b, ` %s="%s"`, name, v)
		}
	}
	color := strings.TrimPrefix(b.String(), " ")
	if color == noFillColor || color == `indexed="65"` {
		return ""
	}
	return color
}

// solidColor gives the colour of a solid fill, "" of any other.
func solidColor(fill []byte) string {
	c := cutBytes(fill)
	for {
		p, err := c.next()
		if err != nil || p.is(startTag, "patternFill") && string(attrOf(p.raw, "patternType")) != "solid" {
			return ""
		}
		if p.is(startTag, "fgColor") {
			return colorOf(p.raw)
		}
	}
}

// styles is the styles part while cell styles are added to it.
type styles struct {
	*document
	trust    bool // the former colours that fills carry are true
	keys     []string
	restored map[int]int
	marked   map[markedStyle]int
	full     bool // there was no room for another style
}

type markedStyle struct {
	style int
	shade shade
}

// styleOrder gives the children of the root in the schema's order.
func styleOrder() []string {
	return []string{
		"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst",
	}
}

// readStyleSheet takes the part apart and adds what every cell style needs.
func readStyleSheet(part []byte) (*styles, error) {
	d, err := readDocument(part)
	if err != nil {
		return nil, err
	}
	d.counted = true
	st := &styles{document: d, restored: map[int]int{}, marked: map[markedStyle]int{}}
	for _, x := range []struct{ block, item string }{
		{"fonts", `<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>`},
		{"fills", `<fill><patternFill patternType="none"/></fill>`},
		{"borders", `<border><left/><right/><top/><bottom/><diagonal/></border>`},
		{"cellStyleXfs", `<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>`},
		{"cellXfs", `<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>`},
	} {
		if b := st.need(x.block, styleOrder()); len(b.items) == 0 {
			st.add(x.block, x.item)
		}
	}
	if len(st.block("fills").items) < 2 { // the second is given to everybody as gray
		st.add("fills", `<fill><patternFill patternType="gray125"/></fill>`)
	}
	return st, nil
}

// add appends an item, written without a prefix, to a block and gives its index; an item that is
// there already is used again.
func (st *styles) add(block, item string) int {
	return st.block(block).add([]byte(withPrefix(item, st.prefix)))
}

// key gives everything of a cell style but its fill.
func (st *styles) key(style int) string {
	xfs := st.block("cellXfs").items
	for i := len(st.keys); i < len(xfs); i++ {
		st.keys = append(st.keys, xfKey(xfs[i]))
	}
	return st.keys[style]
}

// hasMarks reports whether any cell style has the fill of a mark.
func (st *styles) hasMarks() bool {
	return slices.ContainsFunc(st.block("cellXfs").items, func(xf []byte) bool {
		s, _ := shadeOf(st.fillOf(xf))
		return s != plainShade
	})
}

// fillOf gives the fill of a cell style.
func (st *styles) fillOf(xf []byte) []byte {
	fills := st.block("fills").items
	if id := number(attrOf(xf, "fillId")); id > 0 && id < len(fills) {
		return fills[id]
	}
	return nil
}

// restore gives the style that a cell had before it was marked; of others, their own.
func (st *styles) restore(style int) int {
	xfs := st.block("cellXfs")
	if style < 0 || style >= len(xfs.items) {
		return style
	}
	if before, ok := st.restored[style]; ok {
		return before
	}
	xf := xfs.items[style]
	s, color := shadeOf(st.fillOf(xf))
	if s == plainShade {
		st.restored[style] = style
		return style
	}
	if !st.trust {
		color = ""
	}
	before := -1
	for i, x := range xfs.items {
		if st.key(i) == st.key(style) && sameFill(st.fillOf(x), color) {
			before = i
			break
		}
	}
	if before < 0 {
		before = xfs.addXf(setAttr(nil, xf[:xfTag(xf)], "fillId", strconv.Itoa(st.colorFill(color))), xf)
	}
	st.restored[style] = before
	return before
}

func sameFill(fill []byte, color string) bool {
	if s, _ := shadeOf(fill); s != plainShade {
		return false
	}
	return solidColor(fill) == color && (color != "" || fill == nil || bytes.Contains(fill, []byte(`"none"`)))
}

// colorFill gives the fill of a colour.
func (st *styles) colorFill(color string) int {
	if color == "" {
		return 0
	}
	fills := st.block("fills")
	for i, x := range fills.items {
		if sameFill(x, color) {
			return i
		}
	}
	return st.add("fills", `<fill><patternFill patternType="solid"><fgColor `+color+`/><bgColor `+noFillColor+`/></patternFill></fill>`)
}

// mark gives the style of a cell of that style when it is marked.
func (st *styles) mark(style int, s shade) int {
	xfs := st.block("cellXfs")
	style = st.restore(max(0, style))
	if style >= len(xfs.items) {
		style = 0 // a style that the workbook does not have shows as the first
	}
	key := markedStyle{style, s}
	if m, ok := st.marked[key]; ok {
		return m
	}
	if len(xfs.items) >= maxCellXfs {
		st.full = true
		return style
	}
	xf := xfs.items[style]
	before := solidColor(st.fillOf(xf))
	if before == "" {
		before = noFillColor
	}
	fill := st.add("fills", `<fill>`+patternStart+s.rgb()+`"/><bgColor `+before+`/></patternFill></fill>`)
	n := xfTag(xf)
	tag := setAttr(nil, xf[:n], "fillId", strconv.Itoa(fill))
	m := xfs.addXf(setAttr(nil, tag, "applyFill", "1"), xf)
	st.marked[key] = m
	return m
}

// addXf appends a cell style with that tag and the content of xf.
func (b *block) addXf(tag, xf []byte) int { return b.add(append(tag, xf[xfTag(xf):]...)) }

// xfTag gives the length of an item's start tag.
func xfTag(xf []byte) int {
	p, err := cutBytes(xf).next()
	if err != nil {
		return len(xf)
	}
	return len(p.raw)
}

// xfKey gives everything of a cell style but its fill, in one spelling.
func xfKey(xf []byte) string {
	var parts []string
	c := cutBytes(xf)
	for {
		p, err := c.next()
		if err != nil {
			return strings.Join(parts, " ")
		}
		if p.kind != startTag {
			continue
		}
		n := len(p.fullName()) + 1
		s := &scanner{attrs: bytes.TrimRight(p.raw[n:len(p.raw)-1], "/")}
		var attrs []string
		for {
			name, value, ok, err := s.attr()
			if !ok || err != nil {
				break
			}
			if string(name) != "fillId" && string(name) != "applyFill" {
				attrs = append(attrs, string(name)+"="+string(value))
			}
		}
		slices.Sort(attrs)
		parts = append(parts, string(p.name()), strings.Join(attrs, ","))
	}
}
