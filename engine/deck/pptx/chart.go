package pptx

import (
	"context"
	"fmt"
	"math/big"
	"runtime"
	"strconv"

	"golang.org/x/sync/errgroup"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/diag"
)

const (
	chartURI   = "http://schemas.openxmlformats.org/drawingml/2006/chart"
	chartSpace = chartURI
	chartMin   = 1.5 // inches that a chart needs
)

// chartPiece is a chart: native where PowerPoint has its kind, else a drawing.
type chartPiece struct{ block *block.Block }

func (p chartPiece) height(_ *writer, width, scale float64) float64 {
	if r := p.block.Chart.Ratio; r > 0 {
		return width / r * scale
	}
	return chartMin * scale
}

func (p chartPiece) stretch() float64 {
	if p.block.Chart.Ratio > 0 {
		return 0
	}
	return 1
}

func (p chartPiece) draw(ctx context.Context, c *canvas, s spot) error {
	if !native(p.block.Chart.Type) {
		return p.drawing(ctx, c, s)
	}
	part, err := c.chartPart(p.block, s.box)
	if err != nil {
		return fmt.Errorf("chart %s: %w", p.block.Name, err)
	}
	m := &c.m
	id := c.id()
	m.start("p:graphicFrame")
	c.frameProperties(id, p.block.Name, chartAlt(c, p.block), s.holder)
	transform(m, "p:xfrm", s.box)
	m.start("a:graphic")
	m.start("a:graphicData", "uri", chartURI)
	m.leaf("c:chart", "xmlns:c", chartSpace, "r:id", c.pkg.AddRel(c.part, RelChart, part))
	m.end()
	m.end()
	m.end()
	p.whole(c, s)
	if c.step > 0 {
		c.timeline = append(c.timeline, effect{step: c.step, shape: id, paragraph: -1, kind: ofChart})
	}
	return nil
}

// whole writes the sum of a doughnut's parts into its middle.
func (p chartPiece) whole(c *canvas, s spot) {
	x := p.block.Chart
	if x.Type != block.DoughnutChart || len(x.Series) == 0 {
		return
	}
	sum := new(big.Rat)
	for i := range x.Series[0].Values {
		if r, ok := block.Exact(x.Series[0].Values[i].Value); ok {
			sum.Add(sum, r)
		}
	}
	format := or(x.Series[0].Format, x.Format)
	text := c.doc.Format.Format(block.Rounded(sum, 6), format)
	ring := ringBox(s.box)
	hole := deck.Box{X: ring.X + ring.W*0.28, Y: ring.Y + ring.H*0.35, W: ring.W * 0.44, H: ring.H * 0.3}
	size := 18 * s.scale
	for size > deck.FootnoteSize && c.heading.width(text, size, semibold) > hole.W {
		size--
	}
	c.textBox(p.block.Name+" total", c.doc.Format.Word(block.WordTotal)+" "+text+blockMark(p.block), hole, "ctr",
		[]paragraph{{align: "ctr", spans: []span{{text: text, size: size, weight: semibold, heading: true, color: "text"}}}})
}

// native reports a kind of chart that PowerPoint draws.
func native(t block.ChartType) bool {
	switch t {
	case block.FunnelChart, block.SankeyChart, block.HeatmapChart, block.TreemapChart, block.GaugeChart:
		return false
	default:
		return true
	}
}

// hasData reports that there is something to draw; drawings decide for themselves.
func hasData(c *block.Chart) bool {
	switch {
	case !native(c.Type):
		return true
	case c.Type == block.ScatterChart:
		return len(c.Points) > 0
	default:
		return len(c.Categories) > 0 && len(c.Series) > 0
	}
}

func chartAlt(c *canvas, b *block.Block) string {
	return or(b.Alt, b.Title.Text, c.doc.Format.Word(block.WordChart, string(b.Chart.Type))) + blockMark(b)
}

// drawing shows a chart as a picture: SVG, with pixels for readers without it.
func (p chartPiece) drawing(ctx context.Context, c *canvas, s spot) error {
	slide := c.page.slide
	leave := func(why string) {
		c.diags = append(c.diags, diag.Warnf(diag.BadSlide, slide.Pos, "slide %s: the %s chart %s is left out: %s", slide.ID, p.block.Chart.Type, p.block.Name, why))
		c.shape(shape{
			name: p.block.Name, alt: chartAlt(c, p.block), box: s.box, fill: "panel", body: body{anchor: "ctr"},
			text: []paragraph{{align: "ctr", spans: []span{{text: or(p.block.Title.Text, p.block.Name), size: deck.LabelSize, color: "muted"}}}},
		})
	}
	if c.opt.SVG == nil {
		leave("there is nothing at hand that draws it")
		return nil
	}
	svg, err := c.opt.SVG(ctx, p.block, s.box.W*pointsIn, s.box.H*pointsIn)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		leave(err.Error())
		return nil
	}
	pic, problem := c.picture(svg)
	if pic == nil {
		leave(problem)
		return nil
	}
	c.image(p.block.Name, chartAlt(c, p.block), pic, fitInto(s.box, pic.width/pic.height))
	return nil
}

// chartPart writes a chart with its workbook and gives the part's name.
func (c *canvas) chartPart(b *block.Block, box deck.Box) (string, error) {
	c.charts++
	n := strconv.Itoa(c.charts)
	part := "ppt/charts/chart" + n + ".xml"
	book := "ppt/embeddings/Microsoft_Excel_Sheet" + n + ".xlsx"
	x := newPlot(c, b, box)
	x.settle()
	if c.together {
		c.pkg.SetPart(book, workbookType, nil)
		c.books = append(c.books, pendingBook{part: book, plot: x})
	} else {
		data, err := x.workbook()
		if err != nil {
			return "", err
		}
		c.pkg.SetPart(book, workbookType, data)
	}
	rel := c.pkg.AddRel(part, RelPackage, book)
	c.pkg.SetPart(part, chartType, x.write(rel))
	return part, nil
}

// pendingBook is a chart's workbook that is written when all charts are drawn.
type pendingBook struct {
	part string
	plot *plot
}

// writeBooks writes the workbooks of charts, several at a time: they are the most of a
// presentation's work, and none knows of another.
func (w *writer) writeBooks() error {
	bodies := make([][]byte, len(w.books))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, b := range w.books {
		g.Go(func() (err error) {
			bodies[i], err = b.plot.workbook()
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, b := range w.books {
		w.pkg.SetPart(b.part, workbookType, bodies[i])
	}
	w.books = nil
	return nil
}
