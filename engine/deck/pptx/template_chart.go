package pptx

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"atlas/engine/block"
)

// chartFill puts the data of a block into a chart that someone made: its type, colours, axes and
// labels stay, its series and categories become the block's.
type chartFill struct {
	root *node
	plot *plot // the block's data as a chart of its own would have it
}

// series is one c:ser with the group (c:barChart, c:lineChart) that it stands in.
type series struct {
	node  *node
	group *node
}

// bindable says why a block cannot be shown by a chart of a template, "" if it can.
func bindable(b *block.Block) string {
	if b.Kind != block.ChartOf || b.Chart == nil {
		return fmt.Sprintf("block %s is no chart but a %s", b.Name, b.Kind)
	}
	switch b.Chart.Type {
	case block.WaterfallChart, block.FunnelChart, block.SankeyChart, block.HeatmapChart, block.TreemapChart, block.GaugeChart:
		return fmt.Sprintf("block %s is a %s, which no chart of a template can show", b.Name, b.Chart.Type)
	default:
		return ""
	}
}

func (c *chartFill) fill() error {
	plot := c.root.child("c:chart", "c:plotArea")
	if plot == nil {
		return errors.New("the chart has no plot area")
	}
	var all []series
	for _, g := range plot.kids {
		if strings.HasSuffix(g.name, "Chart") && strings.HasPrefix(g.name, "c:") {
			for _, n := range g.children("c:ser") {
				all = append(all, series{n, g})
			}
		}
	}
	if len(all) == 0 {
		return errors.New("the chart has no series to take the looks of")
	}
	sort.SliceStable(all, func(i, j int) bool {
		return all[i].node.child("c:order").int("val") < all[j].node.child("c:order").int("val")
	})
	if c.plot.across != nil {
		c.scatter(all)
	} else {
		c.categories(all)
	}
	c.dropEmpty(plot)
	c.plainDates(plot)
	c.axisFormats(plot)
	c.titles(len(all))
	if d := c.root.child("c:date1904"); d != nil {
		d.set("val", "0")
	}
	return nil
}

// categories gives the series of a chart of categories their values.
func (c *chartFill) categories(all []series) {
	matched := c.match(all)
	index := int64(0)
	for _, s := range all {
		index = max(index, s.node.child("c:idx").int("val"))
	}
	keep := map[*node]bool{}
	for i := range c.plot.series {
		s := matched[i]
		if s.node == nil {
			base := c.baseOf(all, c.plot.series[i])
			index++
			s = series{node: c.another(base.node, index), group: base.group}
			base.group.insertAfterLast(s.node, "c:ser")
		}
		keep[s.node] = true
		s.node.child("c:order").setInt("val", int64(i))
		c.write(s.node, c.plot.series[i])
		matched[i] = s
	}
	for _, s := range all {
		if !keep[s.node] {
			s.group.drop(func(k *node) bool { return k == s.node })
		}
	}
}

// match finds the series of the template that each series of the block is shown by: one of the same
// name, else the next of the same kind, else the next.
func (c *chartFill) match(all []series) []series {
	out := make([]series, len(c.plot.series))
	used := map[*node]bool{}
	try := func(fits func(s series, p *plotSeries) bool) {
		for i := range c.plot.series {
			if out[i].node != nil {
				continue
			}
			for _, s := range all {
				if !used[s.node] && fits(s, c.plot.series[i]) {
					out[i], used[s.node] = s, true
					break
				}
			}
		}
	}
	try(func(s series, p *plotSeries) bool {
		name := strings.TrimSpace(unescaped(s.node.child("c:tx").find("c:v").words()))
		return strings.EqualFold(name, p.label) || strings.EqualFold(name, c.column(p))
	})
	try(func(s series, p *plotSeries) bool { return sameKind(s.group, p) })
	kinds := map[plotKind]bool{}
	for _, s := range all {
		kinds[kindOf(s.group)] = true
	}
	try(func(_ series, p *plotSeries) bool { return !kinds[p.kind] })
	return out
}

// baseOf is the series whose looks a further one takes.
func (c *chartFill) baseOf(all []series, p *plotSeries) series {
	for i := len(all) - 1; i >= 0; i-- {
		if sameKind(all[i].group, p) {
			return all[i]
		}
	}
	return all[len(all)-1]
}

// column is the name of the column that a series shows.
func (c *chartFill) column(p *plotSeries) string {
	if i := p.column - 2; i >= 0 && i < len(c.plot.chart.Series) {
		return c.plot.chart.Series[i].Column
	}
	return ""
}

// kindOf is how a group draws; what stands in space is as what lies flat.
func kindOf(group *node) plotKind {
	return plotKind(strings.Replace(group.name, "3DChart", "Chart", 1))
}

func sameKind(group *node, p *plotSeries) bool { return kindOf(group) == p.kind }

// another gives a series like one, in the next colour of the theme.
func (c *chartFill) another(of *node, index int64) *node {
	n := of.clone()
	n.child("c:idx").setInt("val", index)
	n.dropNamed("c:extLst", "c:dPt", "c:trendline", "c:errBars")
	color := "accent" + strconv.FormatInt(index%6+1, 10)
	n.child("c:spPr").walk(func(x *node) bool {
		if x.name == "a:solidFill" {
			clr := x.make("schemeClr")
			clr.attrs = []attribute{{"val", "val", color}}
			x.kids = []*node{clr}
		}
		return true
	})
	return n
}

// write puts name, categories and values of a series into its element.
func (c *chartFill) write(n *node, p *plotSeries) {
	names := c.plot.names
	c.name(n, p)
	code := n.child("c:val").find("c:formatCode").words()
	n.dropNamed("c:cat", "c:val")
	n.insert(c.text("c:cat", sheetRef(1, 2, len(names)+1), names), afterValues...)
	n.insert(c.numbers("c:val", p, code), afterValues...)
	if format := n.child("c:dLbls", "c:numFmt"); format.attr("formatCode") == "General" {
		format.set("formatCode", p.code)
	}
	c.trim(n, len(names))
}

// name puts the name of a series into its element.
func (c *chartFill) name(n *node, p *plotSeries) {
	n.dropNamed("c:tx")
	n.insert(c.text("c:tx", sheetRef(p.column, 1, 1), []string{p.label}), afterName...)
}

// The elements that follow the name and the values of a series, in the order of the schema.
//
//nolint:gochecknoglobals // compiled constants
var (
	afterName = []string{
		"c:spPr", "c:invertIfNegative", "c:pictureOptions", "c:marker", "c:explosion", "c:dPt", "c:dLbls", "c:trendline", "c:errBars",
		"c:cat", "c:val", "c:xVal", "c:yVal", "c:bubbleSize", "c:bubble3D", "c:shape", "c:smooth", "c:extLst",
	}
	afterValues = []string{"c:shape", "c:smooth", "c:bubbleSize", "c:bubble3D", "c:extLst"}
)

// trim takes away what said something of single points that are not there any more, or not the same:
// their colours beyond the last point, labels written by hand, ranges of labels.
func (c *chartFill) trim(n *node, count int) {
	beyond := func(k *node) bool {
		return k.child("c:idx") != nil && k.child("c:idx").int("val") >= int64(count)
	}
	n.drop(func(k *node) bool {
		return k.name == "c:dPt" && beyond(k) || k.name == "c:errBars" && k.find("c:f") != nil // cells of the old workbook
	})
	n.child("c:dLbls").drop(func(k *node) bool { return k.name == "c:dLbl" && (beyond(k) || k.child("c:tx") != nil) })
	if ext := n.child("c:extLst"); ext != nil {
		ext.drop(func(k *node) bool { return strings.Contains(flat(k), "datalabelsRange") })
		if len(ext.children("c:ext")) == 0 {
			n.dropNamed("c:extLst")
		}
	}
}

// flat gives the names of what is in an element.
func flat(n *node) string {
	var b strings.Builder
	n.walk(func(x *node) bool {
		b.WriteString(x.name + " ")
		return true
	})
	return b.String()
}

// text gives an element with texts of the workbook and their copies.
func (c *chartFill) text(name, ref string, texts []string) *node {
	n := c.make(name)
	r := c.make("c:strRef")
	cache := c.make("c:strCache")
	cache.kids = append(cache.kids, c.make("c:ptCount", "val", strconv.Itoa(len(texts))))
	for i, t := range texts {
		cache.kids = append(cache.kids, c.point(i, escaped(strings.Map(visible, t))))
	}
	r.kids = []*node{c.words("c:f", ref), cache}
	n.kids = []*node{r}
	return n
}

// numbers gives an element with numbers of the workbook and their copies; a gap is none. A format
// code that the template has stays.
func (c *chartFill) numbers(name string, p *plotSeries, code string) *node {
	if code == "" || code == "General" {
		code = p.code
	}
	n := c.make(name)
	r := c.make("c:numRef")
	cache := c.make("c:numCache")
	cache.kids = append(cache.kids, c.words("c:formatCode", or(code, "General")), c.make("c:ptCount", "val", strconv.Itoa(len(p.values))))
	for i, v := range p.values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			cache.kids = append(cache.kids, c.point(i, number(v)))
		}
	}
	r.kids = []*node{c.words("c:f", sheetRef(p.column, 2, len(p.values)+1)), cache}
	n.kids = []*node{r}
	return n
}

func (c *chartFill) point(i int, text string) *node {
	pt := c.make("c:pt", "idx", strconv.Itoa(i))
	pt.kids = []*node{c.words("c:v", text)}
	return pt
}

// make gives an element with the prefix that the part uses for charts.
func (c *chartFill) make(name string, pairs ...string) *node {
	return c.root.make(strings.TrimPrefix(name, "c:"), pairs...)
}

func (c *chartFill) words(name, text string) *node {
	n := c.make(name)
	n.setWords(text)
	return n
}

// scatter gives the first series of a chart of points the block's; others have nothing to show.
func (c *chartFill) scatter(all []series) {
	first, up := all[0], c.plot.series[0]
	for _, s := range all[1:] {
		s.group.drop(func(k *node) bool { return k == s.node })
	}
	n := first.node
	c.name(n, up)
	xCode, yCode := n.child("c:xVal").find("c:formatCode").words(), n.child("c:yVal").find("c:formatCode").words()
	n.dropNamed("c:xVal", "c:yVal", "c:cat", "c:val")
	n.insert(c.numbers("c:xVal", c.plot.across, xCode), afterValues...)
	n.insert(c.numbers("c:yVal", up, yCode), afterValues...)
	if kindOf(first.group) == bubblePlot {
		n.dropNamed("c:bubbleSize")
		n.insert(c.sizes(len(up.values)), "c:bubble3D", "c:extLst")
	}
	c.trim(n, len(up.values))
}

// sizes gives the sizes of bubbles, all alike if the block has none.
func (c *chartFill) sizes(count int) *node {
	if c.plot.sizes != nil {
		return c.numbers("c:bubbleSize", c.plot.sizes, "")
	}
	n, lit := c.make("c:bubbleSize"), c.make("c:numLit")
	lit.kids = append(lit.kids, c.words("c:formatCode", "General"), c.make("c:ptCount", "val", strconv.Itoa(count)))
	for i := range count {
		lit.kids = append(lit.kids, c.point(i, "1"))
	}
	n.kids = []*node{lit}
	return n
}

// dropEmpty takes away groups without series, the axes that none but they used, and series that
// are hidden.
func (c *chartFill) dropEmpty(plot *node) {
	used, axes := map[string]bool{}, map[string]bool{}
	for _, a := range plot.kids {
		if strings.HasSuffix(a.name, "Ax") {
			axes[a.child("c:axId").attr("val")] = true
		}
	}
	plot.drop(func(k *node) bool {
		return strings.HasSuffix(k.name, "Chart") && len(k.children("c:ser")) == 0
	})
	for _, g := range plot.kids {
		if !strings.HasSuffix(g.name, "Chart") {
			continue
		}
		g.drop(func(k *node) bool { return k.name == "c:axId" && !axes[k.attr("val")] }) // some programs name axes that are not there
		for _, id := range g.children("c:axId") {
			used[id.attr("val")] = true
		}
		g.child("c:extLst").drop(func(k *node) bool { return strings.Contains(flat(k), "filtered") })
		if ext := g.child("c:extLst"); ext != nil && len(ext.children("c:ext")) == 0 {
			g.dropNamed("c:extLst")
		}
		g.inOrder()
	}
	plot.drop(func(k *node) bool {
		return strings.HasSuffix(k.name, "Ax") && !used[k.child("c:axId").attr("val")]
	})
}

// inOrder brings the series of a group into the order of their numbers.
func (n *node) inOrder() {
	list := n.children("c:ser")
	sort.SliceStable(list, func(i, j int) bool { return list[i].child("c:order").int("val") < list[j].child("c:order").int("val") })
	next := 0
	for i, k := range n.kids {
		if k.name == "c:ser" {
			n.kids[i] = list[next]
			next++
		}
	}
}

// plainDates makes axes of dates plain: the categories are texts in the report's language.
func (c *chartFill) plainDates(plot *node) {
	for _, a := range plot.children("c:dateAx") {
		a.raw, a.name = beside(a.raw, "catAx"), "c:catAx"
		a.dropNamed("c:baseTimeUnit", "c:majorUnit", "c:majorTimeUnit", "c:minorUnit", "c:minorTimeUnit", "c:auto", "c:numFmt")
		a.insert(c.make("c:auto", "val", "0"), "c:lblAlgn", "c:lblOffset", "c:noMultiLvlLbl", "c:extLst")
	}
}

// axisFormats gives axes whose numbers have no format the one of the values on them.
func (c *chartFill) axisFormats(plot *node) {
	for _, g := range plot.kids {
		for _, id := range g.children("c:axId") {
			for _, a := range plot.children("c:valAx") {
				if a.child("c:axId").attr("val") == id.attr("val") {
					c.axisFormat(g, a)
				}
			}
		}
	}
}

func (c *chartFill) axisFormat(group, axis *node) {
	values := group.find("c:val")
	if across := axis.child("c:axPos").attr("val"); values == nil && (across == "b" || across == "t") {
		values = group.find("c:xVal")
	} else if values == nil {
		values = group.find("c:yVal")
	}
	code := values.find("c:formatCode").words()
	format := axis.child("c:numFmt")
	if code == "" || code == "General" || format != nil && format.attr("formatCode") != "General" {
		return
	}
	if format == nil {
		format = c.make("c:numFmt")
		axis.insert(format, "c:majorTickMark", "c:minorTickMark", "c:tickLblPos", "c:spPr", "c:txPr", "c:crossAx")
	}
	format.set("formatCode", code)
	format.set("sourceLinked", "0")
}

// titles keeps a chart that had a legend for several series from getting the name of the one that
// is left as its title.
func (c *chartFill) titles(before int) {
	chart := c.root.child("c:chart")
	if chart.child("c:title") != nil || before < 2 || len(c.plot.series) > 1 {
		return
	}
	if d := chart.child("c:autoTitleDeleted"); d != nil {
		d.set("val", "1")
		return
	}
	chart.insert(c.make("c:autoTitleDeleted", "val", "1"), "c:pivotFmts", "c:view3D", "c:floor", "c:sideWall", "c:backWall", "c:plotArea")
}

// embed names the workbook that the chart's data is in.
func (c *chartFill) embed(id string) {
	e := c.root.child("c:externalData")
	if e == nil {
		e = c.make("c:externalData")
		e.kids = []*node{c.make("c:autoUpdate", "val", "0")}
		e.set("r:id", id)
		c.root.insert(e, "c:printSettings", "c:userShapes", "c:extLst")
		if c.root.attr("xmlns:r") == "" {
			c.root.set("xmlns:r", relationSpace)
		}
	}
	e.set("r:id", id)
}

// insertAfterLast puts a child behind the last one of a name.
func (n *node) insertAfterLast(x *node, name string) {
	at := len(n.kids)
	for i, k := range n.kids {
		if k.name == name {
			at = i + 1
		}
	}
	n.kids = append(n.kids[:at], append([]*node{x}, n.kids[at:]...)...)
}
