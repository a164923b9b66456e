package slides

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Heights of a table's row in inches, as the style sheet sets it: easy to read (data-dense 2), and as
// dense as it gets (data-dense 3) with a border below each.
const (
	rowType     = 11.5 // points
	rowLine     = rowType * 1.3 / points
	rowPad      = 2*0.22*rowType/points + 1.0/pixels
	packedShare = 0.8 // of an easy row's height
	cellPad     = 2 * 0.4 * rowType / points
	barRoom     = 5.1 * rowType / points // left of a number with a bar
	fewRows     = 12                     // are set smaller rather than torn apart
	leastRows   = 3                      // of a table beside other things
)

// GoOn gives a deck whose tables go on over further slides where they are longer than their place, and
// a warning where even those do not hold them. A deck that it gave is left as it is. Layouts are the
// project's own, which place the slides that follow too.
func GoOn(d *deck.Document, layouts map[string]Source) (*deck.Document, diag.List) {
	g := &goingOn{doc: d, own: layouts, ids: map[string]bool{}}
	for i := range d.Slides {
		g.ids[d.Slides[i].ID] = true
	}
	for i := range d.Slides {
		g.slide(&d.Slides[i])
	}
	if len(g.out) == len(d.Slides) {
		return d, nil
	}
	out := *d
	out.Slides, out.Layouts = g.out, d.Layouts
	if g.layouts != nil {
		out.Layouts = g.layouts
	}
	return &out, g.diags
}

type goingOn struct {
	doc     *deck.Document
	own     map[string]Source
	ids     map[string]bool
	out     []deck.Slide
	layouts map[string]manifest.Layout
	diags   diag.List
}

// slide adds a slide, and those that its tables go on over.
func (g *goingOn) slide(s *deck.Slide) {
	layout := g.doc.Layouts[s.Layout]
	first := *s
	var more []deck.Slide
	left := 0
	for i, c := range s.Regions {
		box := deck.BodyBox(layout)
		for _, r := range layout.Regions {
			if r.Name == c.Region {
				box = deck.RegionBox(layout, r)
			}
		}
		here, rest, over := g.content(c, box, deck.MaxPages-1-len(more))
		if len(rest) == 0 && over == 0 {
			continue
		}
		if left += over; len(more) == 0 {
			first.Regions = slices.Clone(s.Regions)
		}
		first.Regions[i] = here
		for _, content := range rest {
			more = append(more, g.following(s, content))
		}
	}
	if left > 0 {
		g.diags.Add(deck.RowsLeftOut(s, left))
	}
	if len(more) == 0 {
		g.out = append(g.out, first)
		return
	}
	pages := append([]deck.Slide{first}, more...)
	for i := range pages {
		of := 0
		if i == len(pages)-1 {
			of = left
		}
		pages[i].Title.Text += deck.PageOf(g.doc.Format, i+1, len(pages), of)
	}
	g.out = append(g.out, pages...)
}

// following is a further slide with what a region had too much.
func (g *goingOn) following(s *deck.Slide, c deck.Content) deck.Slide {
	next := deck.Slide{Node: s.Node, Layout: s.Layout, Section: s.Section, Title: s.Title, Subtitle: s.Subtitle, Footnote: s.Footnote, Class: s.Class, Front: s.Front, Pos: s.Pos, Regions: []deck.Content{c}}
	for n := 2; next.ID == "" || g.ids[next.ID]; n++ {
		next.ID = fmt.Sprintf("%s-%d", s.ID, n)
	}
	g.ids[next.ID] = true
	if _, mine := g.own[s.Layout]; !mine {
		next.Layout = g.wide(s.Layout, c.Region)
	}
	return next
}

// wide gives a layout like another, with one region that takes all the room.
func (g *goingOn) wide(layout, region string) string {
	name := layout + "-" + region + "-goes-on"
	if g.layouts == nil {
		g.layouts = maps.Clone(g.doc.Layouts)
	}
	l := g.doc.Layouts[layout]
	l.Name, l.Regions = name, []manifest.Region{{Name: region, W: 12, H: 12}}
	g.layouts[name] = l
	return name
}

// content divides what stands in a region at its first long table: what stands here, what stands on
// further slides, at most so many, and how many rows no slide holds.
func (g *goingOn) content(c deck.Content, box deck.Box, most int) (here deck.Content, rest []deck.Content, left int) {
	for i := range c.Items {
		b := c.Items[i].Block
		if b == nil || b.Kind != block.TableOf || b.Table == nil || b.Empty != "" || c.Items[i].Lines != [2]int{} {
			continue
		}
		room := box.H - float64(len(c.Items)-1)*(blockGap+fixedRoom)
		cuts := g.cuts(b, box.W, room, most)
		if cuts == nil {
			continue
		}
		here = deck.Content{Region: c.Region, Items: append(slices.Clone(c.Items[:i]), deck.Item{Block: b, Step: c.Items[i].Step, Lines: cuts[0]})}
		for _, lines := range cuts[1:] {
			rest = append(rest, deck.Content{Region: c.Region, Items: []deck.Item{{Block: b, Lines: lines}}})
		}
		left = len(b.Table.Lines) - cuts[len(cuts)-1][1]
		after := c.Items[i+1:]
		if len(after) > 0 && len(rest) > 0 { // what follows the table follows its end
			end := &rest[len(rest)-1]
			end.Items = append(end.Items, after...)
			for j := range end.Items {
				end.Items[j].Step = 0
			}
		}
		return here, rest, left
	}
	return c, nil, 0
}

// cuts gives the lines of a table that stand on each slide; nil keeps it in one piece.
func (g *goingOn) cuts(b *block.Block, width, room float64, most int) [][2]int {
	sizes := map[*block.Block]deck.Box{}
	measure(b, deck.Box{W: width, H: room}, sizes)
	room = sizes[b].H
	lines := b.Table.Lines
	head, heights := g.heights(b.Table, width, (most+1)*30)
	whole := head
	for _, h := range heights {
		whole += h
	}
	if len(heights) == len(lines) && (whole*packedShare <= room || len(lines) <= fewRows && whole*packedShare*0.75 <= room) {
		return nil
	}
	room -= head
	var out [][2]int
	for from := 0; from < len(lines) && len(out) <= most; {
		if len(out) == 1 { // the pages that follow have the slide to themselves
			body := deck.BodyBox(manifest.Layout{})
			head, heights = g.heights(b.Table, body.W, len(heights))
			room = body.H - aroundOf(b) - head
		}
		to, used := from, 0.0
		for to < len(heights) && (used+heights[to] <= room || to-from < leastRows) {
			used += heights[to]
			to++
		}
		to = lastOf(lines, from, to)
		out = append(out, [2]int{from, to})
		from = to
	}
	return out
}

// aroundOf is the height of what stands around a block's table.
func aroundOf(b *block.Block) float64 {
	sizes := map[*block.Block]deck.Box{}
	measure(b, deck.Box{}, sizes)
	return -sizes[b].H
}

// lastOf moves the end of a page up where a group's name would stand alone below, or sums above.
func lastOf(lines []block.Line, from, to int) int {
	if to >= len(lines) {
		return len(lines)
	}
	end := to
	for end > from+1 && (lines[end-1].Kind == block.GroupLine || lines[end].Kind == block.TotalLine || lines[end].Kind == block.SubtotalLine) {
		end--
	}
	if end == from+1 {
		return to
	}
	return end
}

// heights gives the heights of the head and of lines, by how texts wrap in the room that numbers leave
// them; of the first lines only, so many as slides could hold.
func (g *goingOn) heights(t *block.Table, width float64, most int) (head float64, lines []float64) {
	shown := t.Lines[:min(len(t.Lines), most)]
	widest, texts, numbers := make([]float64, len(t.Columns)), 0.0, 0.0
	text := func(c *block.Cell) float64 {
		return g.doc.Theme.Measure(g.doc.Format.Format(c.Value, c.Format), rowType, true) / points
	}
	for i, col := range t.Columns {
		for _, word := range strings.Fields(col.Label) {
			widest[i] = math.Max(widest[i], g.doc.Theme.Measure(word, rowType, true)/points)
		}
		for j := range shown {
			if shown[j].Kind != block.GroupLine && i < len(shown[j].Cells) {
				widest[i] = math.Max(widest[i], text(&shown[j].Cells[i]))
			}
		}
		switch {
		case col.Left:
			texts += widest[i]
		case col.Bar:
			numbers += barRoom
			fallthrough
		default:
			numbers += widest[i]
		}
	}
	free := width - numbers - cellPad*float64(len(t.Columns))
	wrap := texts > free
	for i := range shown {
		high := 1.0
		for j := range shown[i].Cells {
			if wrap && j < len(t.Columns) && t.Columns[j].Left && shown[i].Kind != block.GroupLine {
				own := math.Max(free*widest[j]/texts, 0.5)
				high = math.Max(high, math.Ceil(text(&shown[i].Cells[j])*1.05/own))
			}
		}
		lines = append(lines, high*rowLine+rowPad)
	}
	return 1.5*rowLine + rowPad, lines
}
