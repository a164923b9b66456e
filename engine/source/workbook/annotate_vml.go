package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// columnWidths knows how wide the columns of a sheet are, in pixels of a usual screen.
type columnWidths struct {
	standard float64 // in characters; 0 is the usual width
	runs     []widthRun
}

type widthRun struct {
	low, high int
	width     float64
}

func (w *columnWidths) set(low, high int, width float64) {
	w.runs = append(w.runs, widthRun{low, high, width})
}

// pixels gives the width of a column.
func (w *columnWidths) pixels(col int) int {
	width := w.standard
	for _, r := range w.runs {
		if r.low <= col && col <= r.high {
			if r.width <= 0 {
				return 0
			}
			width = r.width
		}
	}
	if width <= 0 {
		return 64
	}
	return int(width*7) + 5
}

const (
	boxWidth = 260 // pixels of a comment
	boxChars = 40  // characters that fit in a line of it
	boxLine  = 15  // pixels of a line
	maxLines = 24
)

// anchor gives the place of a comment's box right of its cell, as columns and rows with offsets.
func (w *columnWidths) anchor(row, col, lines int, rowHeight float64) string {
	height := 20
	if rowHeight > 5 {
		height = int(rowHeight * 4 / 3)
	}
	left, right, rest := col, col, boxWidth+12 // columns count from 0 here: col is the next one
	for right < maxColumns-1 {
		wide := w.pixels(right + 1)
		if rest < wide {
			break
		}
		rest -= wide
		right++
	}
	if right == maxColumns-1 {
		left, rest = max(0, col-5), 0
	}
	top := max(0, row-2)
	tall := 10 + boxLine*min(max(lines, 2), maxLines)
	return fmt.Sprintf("%d, 12, %d, 4, %d, %d, %d, %d", left, top, right, rest, top+tall/height, tall%height+4)
}

// drawing is the VML part of a sheet, which holds the boxes of its comments, and more.
type drawing struct {
	part   []byte
	shapes []vmlShape
	root   []byte
	end    int // where the root ends
}

type vmlShape struct {
	from, to int
	note     bool
	row, col int // from 1
}

const emptyDrawing = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>`

// readDrawing finds the boxes. The part may be XML that is not well-formed, as old programs wrote it.
func readDrawing(part []byte) (*drawing, error) {
	if part == nil {
		part = []byte(emptyDrawing)
	}
	d := &drawing{part: part, end: -1}
	c := cutBytes(part)
	depth, field := 0, ""
	var s vmlShape
	for {
		at := c.pos
		p, err := c.next()
		if err != nil {
			break
		}
		name := string(p.name())
		switch {
		case p.kind == startTag && d.root == nil:
			d.root = p.raw
			if p.empty {
				d.part = slices.Concat(part[:at], opened(p.raw), []byte("</"+string(p.fullName())+">"), part[c.pos:])
				d.end = at + len(opened(p.raw))
				return d, nil
			}
		case p.kind == startTag && name == "shape" && !p.empty:
			if depth++; depth == 1 {
				s = vmlShape{from: at}
			}
		case p.kind == endTag && name == "shape":
			if depth--; depth == 0 {
				s.to = c.pos
				d.shapes = append(d.shapes, s)
			}
		case p.kind == startTag && name == "ClientData":
			s.note = string(attrOf(p.raw, "ObjectType")) == "Note"
		case p.kind == startTag && (name == "Row" || name == "Column"):
			field = name
		case p.kind == charData && field != "":
			if n := number(bytes.TrimSpace(p.raw)); field == "Row" {
				s.row = n + 1
			} else {
				s.col = n + 1
			}
			field = ""
		}
		if p.kind == endTag {
			d.end = at
		}
	}
	if d.end < 0 {
		return nil, errors.New("the part holds no drawing")
	}
	return d, nil
}

// box is the box of a comment.
type box struct {
	row, col int
	anchor   string
}

var shapeNumber = regexp.MustCompile(`_x0000_s(\d{1,8})\b`) //nolint:gochecknoglobals // a constant

// edit takes out the boxes for which gone is true, adds new ones, and gives the part. block is
// the first block of 1,024 numbers that a drawing without any uses.
func (d *drawing) edit(gone func(row, col int) bool, boxes []box, block int) []byte {
	var out []byte
	pos := 0
	for _, s := range d.shapes {
		if s.note && gone(s.row, s.col) {
			out = append(out, d.part[pos:s.from]...)
			pos = s.to
		}
	}
	out = append(out, d.part[pos:d.end]...)
	if len(boxes) == 0 {
		return append(out, d.part[d.end:]...)
	}
	last := block * 1024
	for _, m := range shapeNumber.FindAllSubmatch(out, -1) {
		last = max(last, number(m[1]))
	}
	namespaces := ""
	for _, ns := range []struct{ prefix, name string }{{"v", "vml"}, {"o", "office:office"}, {"x", "office:excel"}} {
		if full := "urn:schemas-microsoft-com:" + ns.name; string(attrOf(d.root, "xmlns:"+ns.prefix)) != full {
			namespaces += fmt.Sprintf(` xmlns:%s="%s"`, ns.prefix, full)
		}
	}
	out = numberBlocks(out, namespaces, last+1, last+len(boxes))
	if !bytes.Contains(out, []byte(`"_x0000_t202"`)) {
		out = fmt.Appendf(out, `<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"%s>`+
			`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`, namespaces)
	}
	for i, b := range boxes {
		out = fmt.Appendf(out, `<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:59pt;margin-top:1pt;width:195pt;height:80pt;z-index:%d;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"%s>`+
			`<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>`+
			`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%s</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
			last+1+i, len(d.shapes)+i+1, namespaces, b.anchor, b.row-1, b.col-1)
	}
	return append(out, d.part[d.end:]...)
}

// numberBlocks says which blocks of 1,024 numbers the drawing uses.
func numberBlocks(part []byte, namespaces string, first, last int) []byte {
	c := cutBytes(part)
	var blocks []string
	for b := first >> 10; b <= last>>10; b++ {
		blocks = append(blocks, strconv.Itoa(b))
	}
	rootEnd := 0
	for {
		at := c.pos
		p, err := c.next()
		if err != nil {
			break
		}
		if p.kind == startTag && rootEnd == 0 {
			rootEnd = c.pos
		}
		if p.is(startTag, "idmap") {
			used := strings.Split(string(attrOf(p.raw, "data")), ",")
			for _, b := range blocks {
				if !slices.Contains(used, b) {
					used = append(used, b)
				}
			}
			tag := setAttr(nil, p.raw, "data", strings.Trim(strings.Join(used, ","), ","))
			return slices.Concat(part[:at], tag, part[c.pos:])
		}
	}
	layout := fmt.Sprintf(`<o:shapelayout v:ext="edit"%s><o:idmap v:ext="edit" data="%s"/></o:shapelayout>`, namespaces, strings.Join(blocks, ","))
	return slices.Concat(part[:rootEnd], []byte(layout), part[rootEnd:])
}

// grow makes the box of a person's comment tall enough for so many lines, and never smaller.
func (d *drawing) grow(row, col, lines int) {
	for i, s := range d.shapes {
		if !s.note || s.row != row || s.col != col {
			continue
		}
		shape := d.part[s.from:s.to]
		from := bytes.Index(shape, []byte("Anchor>"))
		if from < 0 {
			return
		}
		from += len("Anchor>")
		to := bytes.IndexByte(shape[from:], '<')
		if to < 0 {
			return
		}
		fields := strings.Split(string(shape[from:from+to]), ",")
		if len(fields) != 8 {
			return
		}
		top, bottom := number([]byte(strings.TrimSpace(fields[2]))), number([]byte(strings.TrimSpace(fields[6])))
		if need := top + 1 + min(lines, maxLines)*boxLine/20; top >= 0 && bottom >= 0 && bottom < need {
			fields[6] = " " + strconv.Itoa(need)
			d.replace(i, from, to, strings.Join(fields, ","))
		}
		return
	}
}

// replace puts a text in place of n bytes of a shape.
func (d *drawing) replace(shape, from, n int, text string) {
	at := d.shapes[shape].from + from
	d.part = slices.Concat(d.part[:at], []byte(text), d.part[at+n:])
	grown := len(text) - n
	d.shapes[shape].to += grown
	for i := shape + 1; i < len(d.shapes); i++ {
		d.shapes[i].from += grown
		d.shapes[i].to += grown
	}
	d.end += grown
}
