package spreadsheet

import (
	"fmt"
	"math"

	"github.com/xuri/excelize/v2"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// chart is a native chart, bound to the cells of a table. It stands over empty cells.
type chart struct {
	book   *book
	decl   *manifest.ChartBlock
	from   *table
	labels []string // of the series; "" takes the column's header cell
	width  int
	height int
}

func (b *book) chart(s *sheet, d *manifest.Block) (content, error) {
	c := &chart{book: b, decl: d.Chart, from: b.tables[d.Chart.From], width: d.Chart.Width, height: d.Chart.Height}
	if c.from == nil {
		return nil, diag.Errorf(diag.UnknownRef, d.Pos, "chart: no table is named %q", d.Chart.From)
	}
	if c.width == 0 {
		c.width = 760
	}
	if c.height == 0 {
		c.height = 300
	}
	for _, x := range d.Chart.Series {
		label, err := b.text(x.Label, s.facts)
		if err != nil {
			return nil, err
		}
		c.labels = append(c.labels, label)
	}
	return c, nil
}

func (c *chart) size() (int, int) {
	return int(math.Ceil(float64(c.height)/pixelsRow)) + 1, max(c.width/(12*pixelsChar), 1)
}

func (c *chart) row(int) (line, error) { return line{height: 15}, nil }

func (c *chart) kind(t string) excelize.ChartType {
	switch {
	case t == "bar" && c.decl.Stacked:
		return excelize.BarStacked
	case t == "bar":
		return excelize.Bar
	case t == "line":
		return excelize.Line
	case t == "area" && c.decl.Stacked:
		return excelize.AreaStacked
	case t == "area":
		return excelize.Area
	case t == "pie":
		return excelize.Pie
	case c.decl.Stacked:
		return excelize.ColStacked
	default:
		return excelize.Col
	}
}

// draw adds the chart. Series of other types than the chart's are charts of their own over it.
func (c *chart) draw(s *sheet, x *item) error {
	if c.from.rows.rows == 0 {
		return nil
	}
	var parts []*excelize.Chart
	keys := map[string]*excelize.Chart{}
	for i, d := range c.decl.Series {
		t := or(d.Type, c.decl.Type)
		key := fmt.Sprint(t, d.Secondary)
		p := keys[key]
		if p == nil {
			p = c.part(t, d)
			keys[key] = p
			parts = append(parts, p)
		}
		p.Series = append(p.Series, c.series(i, t))
	}
	at := cellName(x.column, x.row+len(x.title))
	if err := c.book.file.AddChart(s.name, at, parts[0], parts[1:]...); err != nil {
		return fmt.Errorf("chart of %s: %w", c.decl.From, err)
	}
	return nil
}

func (c *chart) part(t string, d manifest.ChartSeries) *excelize.Chart {
	theme := c.book.decl.Theme
	font := excelize.Font{Family: c.book.styles.font(), Size: 9, Color: color(theme, "muted", "")}
	code := formatCode(c.decl.Format, c.book.decl.Currency)
	if col, _ := c.from.find(d.Column); code == "" && col != nil {
		code = col.code
	}
	gap, none := uint(60), excelize.LineOptions{Type: excelize.LineNone}
	p := &excelize.Chart{
		Type: c.kind(t), Dimension: excelize.ChartDimension{Width: uint(c.width), Height: uint(c.height)},
		Format: excelize.GraphicOptions{Positioning: "oneCell"}, Border: none, ShowBlanksAs: "gap", GapWidth: &gap,
		Legend: excelize.ChartLegend{Position: "top", Font: &font},
		XAxis:  excelize.ChartAxis{Font: font, ReverseOrder: t == "bar"},
		YAxis:  excelize.ChartAxis{Font: font, MajorGridLines: !c.decl.Labels && !d.Secondary, NumFmt: excelize.ChartNumFmt{CustomNumFmt: code}, Secondary: d.Secondary, None: c.decl.Labels},
	}
	if c.decl.Labels {
		p.PlotArea.ShowVal = true
		p.PlotArea.NumFmt = excelize.ChartNumFmt{CustomNumFmt: code}
	}
	if len(c.decl.Series) == 1 && t != "pie" {
		p.Legend.Position = "none"
	}
	if t == "column" || t == "bar" || t == "area" {
		zero := 0.0
		if c.least() >= 0 {
			p.YAxis.Minimum = &zero
		}
	}
	return p
}

// least is the smallest value of the series.
func (c *chart) least() float64 {
	least := 0.0
	for _, d := range c.decl.Series {
		if col, i := c.from.find(d.Column); col != nil {
			least = min(least, c.from.columnSums(col, i).min)
		}
	}
	return least
}

// hatched stands for a hatched fill until the file is put together: excelize knows none for series.
const hatched = "FEFDF1"

// series draws one column in the notation of scenarios: what is solid, the past light, a plan as
// an outline.
func (c *chart) series(i int, t string) excelize.ChartSeries {
	d := c.decl.Series[i]
	theme := c.book.decl.Theme
	_, column := c.from.find(d.Column)
	_, category := c.from.find(c.decl.Category)
	name := quoteSheet(c.from.sheet.name) + "!" + fixedName(c.from.left+column, c.from.top)
	if c.labels[i] != "" {
		name = c.labels[i]
	}
	as := or(d.As, []string{"actual", "previous", "accent", "good", "warn", "muted"}[i%6])
	paint := color(theme, as, "actual")
	solid := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{paint}}
	out := excelize.ChartSeries{Name: name, Categories: c.from.cells(category), Values: c.from.cells(column), Fill: solid}
	switch {
	case t == "line":
		out.Line = excelize.LineOptions{Type: excelize.LineSolid, Fill: solid, Width: 2}
		out.Marker = excelize.ChartMarker{Symbol: "none"}
		if as == "target" || as == "forecast" {
			out.Line.Dash = excelize.LineDashDash
			out.Line.Width = 1.5
		}
	case as == "target":
		out.Fill = excelize.Fill{Type: "pattern"}
		out.Line = excelize.LineOptions{Type: excelize.LineSolid, Fill: solid, Width: 1}
	case as == "forecast":
		out.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{hatched}}
		out.Line = excelize.LineOptions{Type: excelize.LineSolid, Fill: solid, Width: 1, Dash: excelize.LineDashDash}
	default:
		out.Line = excelize.LineOptions{Type: excelize.LineNone}
	}
	return out
}
