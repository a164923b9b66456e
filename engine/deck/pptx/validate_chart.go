package pptx

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// chart looks at the axes, series and labels of a chart.
func (v *validator) chart(part string, root *node) {
	plot := root.child("c:chart", "c:plotArea")
	if plot == nil {
		v.failf(part, "the chart has no plot")
		return
	}
	axes, used := v.axes(part, plot)
	seen := map[string]bool{}
	orders := map[string]bool{}
	for _, group := range plot.kids {
		if !strings.HasSuffix(group.name, "Chart") {
			continue
		}
		v.groupAxes(part, group, axes, used)
		for _, s := range group.children("c:ser") {
			for list, name := range map[*map[string]bool]string{&seen: "c:idx", &orders: "c:order"} {
				n := s.child(name).attr("val")
				if (*list)[n] {
					v.failf(part, "two series have the %s %s", strings.TrimPrefix(name, "c:"), n)
				}
				(*list)[n] = true
			}
			v.caches(part, s)
		}
		v.positions(part, group)
	}
	for id := range axes {
		if !used[id] {
			v.failf(part, "no series uses the axis %s", id)
		}
	}
}

// axes reads the axes of a chart; each has a partner that crosses it in turn.
func (v *validator) axes(part string, plot *node) (axes map[string]*node, used map[string]bool) {
	axes, used = map[string]*node{}, map[string]bool{}
	for _, n := range plot.kids {
		if !strings.HasSuffix(n.name, "Ax") {
			continue
		}
		id := n.child("c:axId").attr("val")
		if axes[id] != nil {
			v.failf(part, "two axes have the id %s", id)
		}
		axes[id] = n
	}
	for id, n := range axes {
		partner := axes[n.child("c:crossAx").attr("val")]
		switch {
		case partner == nil:
			v.failf(part, "the axis %s crosses an axis that is not there", id)
		case n.name != "c:serAx" && partner.child("c:crossAx").attr("val") != id:
			v.failf(part, "the axis %s crosses one that does not cross it", id)
		}
	}
	return axes, used
}

// groupAxes looks whether a group of series has the axes of its kind.
func (v *validator) groupAxes(part string, group *node, axes map[string]*node, used map[string]bool) {
	ids := group.children("c:axId")
	want := 2
	switch group.name {
	case "c:pieChart", "c:pie3DChart", "c:doughnutChart", "c:ofPieChart":
		want = 0
	case "c:bar3DChart", "c:line3DChart", "c:area3DChart", "c:surfaceChart", "c:surface3DChart":
		want = len(ids)
	}
	if len(ids) != want {
		v.failf(part, "<%s> has %d axes, not %d", group.name, len(ids), want)
		return
	}
	values := 0
	for i, id := range ids {
		n := axes[id.attr("val")]
		if n == nil {
			v.failf(part, "<%s> uses an axis %s that is not there", group.name, id.attr("val"))
			continue
		}
		used[id.attr("val")] = true
		if n.name == "c:valAx" {
			values++
		}
		if want == 2 && i == 1 && n.child("c:crossAx").attr("val") != ids[0].attr("val") {
			v.failf(part, "the axes of <%s> do not cross one another", group.name)
		}
	}
	need := 1
	if group.name == "c:scatterChart" || group.name == "c:bubbleChart" {
		need = 2
	}
	if want == 2 && values != need {
		v.failf(part, "<%s> has %d value axes, not %d", group.name, values, need)
	}
}

// labelPlaces are the places that labels of a kind of chart may have.
func labelPlaces(group *node) string {
	switch group.name {
	case "c:barChart":
		if g := group.child("c:grouping").attr("val"); g == "stacked" || g == "percentStacked" {
			return "ctr inEnd inBase"
		}
		return "ctr inEnd inBase outEnd"
	case "c:lineChart", "c:scatterChart", "c:bubbleChart":
		return "t b l r ctr"
	case "c:pieChart":
		return "bestFit ctr inEnd outEnd"
	case "c:ofPieChart":
		return "bestFit ctr inEnd outEnd"
	}
	return "" // areas, rings and webs have one place
}

func (v *validator) positions(part string, group *node) {
	places := strings.Fields(labelPlaces(group))
	group.walk(func(n *node) bool {
		if n.name != "c:dLblPos" {
			return true
		}
		for _, p := range places {
			if n.attr("val") == p {
				return true
			}
		}
		v.failf(part, "labels of <%s> have no place %q", group.name, n.attr("val"))
		return true
	})
}

// caches looks whether as many points are cached as their cells are.
func (v *validator) caches(part string, series *node) {
	for _, c := range cachesOf(series) {
		_, _, from, to, err := cellsOf(c.ref)
		if err != nil {
			continue // several columns, a name: programs other than this one write those
		}
		if c.count != to-from+1 {
			v.failf(part, "%s are %d cells and %d points are cached", c.ref, to-from+1, c.count)
		}
		for at := range c.points {
			if at < 0 || at >= c.count {
				v.failf(part, "the point %d of %s is beyond its cells", at, c.ref)
			}
		}
	}
}

// cache is the points of cells as the chart has them.
type cache struct {
	ref    string
	count  int
	points map[int]string
	number bool
}

func cachesOf(series *node) []cache {
	var out []cache
	series.walk(func(n *node) bool {
		if n.name != "c:strRef" && n.name != "c:numRef" {
			return true
		}
		c := cache{ref: n.child("c:f").words(), points: map[int]string{}, number: n.name == "c:numRef"}
		held := n.child("c:strCache")
		if c.number {
			held = n.child("c:numCache")
		}
		if held == nil {
			return false
		}
		c.count = int(held.child("c:ptCount").int("val"))
		for _, pt := range held.children("c:pt") {
			text := pt.child("c:v").words()
			if !c.number {
				text = unescaped(text)
			}
			c.points[int(pt.int("idx"))] = text
		}
		out = append(out, c)
		return false
	})
	return out
}

// workbook looks whether a chart's workbook holds what the chart has cached.
func (v *validator) workbook(part string, root *node) {
	id := root.child("c:externalData").attr("r:id")
	if id == "" {
		return
	}
	name, ok := v.pkg.Target(part, id)
	if !ok {
		return // linked, or told already
	}
	book, err := excelize.OpenReader(bytes.NewReader(v.pkg.Part(name)))
	if err != nil {
		v.failf(part, "the workbook of the chart does not open: %v", err)
		return
	}
	defer func() { _ = book.Close() }() // it was read from memory
	root.walk(func(n *node) bool {
		if n.name != "c:ser" {
			return true
		}
		for _, c := range cachesOf(n) {
			v.cells(part, book, c)
		}
		return false
	})
}

// cells compares cached points to their cells.
func (v *validator) cells(part string, book *excelize.File, c cache) {
	sheet, column, from, _, err := cellsOf(c.ref)
	if err != nil {
		return
	}
	for i := range c.count {
		cell := column + strconv.Itoa(from+i)
		got, err := book.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			v.failf(part, "the workbook has no cell %s!%s", sheet, cell)
			return
		}
		if want := c.points[i]; !sameValue(got, want, c.number) {
			v.failf(part, "%s!%s of the workbook is %q and the chart has %q", sheet, cell, got, want)
		}
	}
}

func sameValue(a, b string, number bool) bool { //nolint:revive // texts are compared as they are
	if a == b || !number {
		return a == b
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && math.Abs(x-y) <= 1e-9*math.Max(math.Abs(x), math.Abs(y))
}
