// Package chart draws chart blocks: as an option of ECharts that a page draws, as SVG drawn here by
// the same program in a JavaScript runtime, and as PNG made of any SVG.
//
// It decides looks only: scenarios are drawn as the notation says, labels stand at the data, nothing
// overlaps. Values are written by block.Formatter; their exact texts and origins travel in the option.
// It knows no medium: PPTX, slides and pages take what they can show.
package chart

import (
	"encoding/json"
	"math"
	"slices"

	"atlas/engine/block"
	"atlas/engine/theme"
)

// Where nobody says how large a chart will be.
const (
	nominalWidth  = 640
	nominalHeight = 360
)

// Sizes of type, in the unit of the chart's width: points on slides, pixels on pages.
const (
	labelSize = 11.0
	smallSize = 9.0 // nothing is smaller
	lineStep  = 14.0
)

// dict is an object of the option.
type dict = map[string]any

// Option gives the ECharts option of a chart block as plain JSON, laid out for a usual size. Texts of
// the form "@name" where ECharts takes a function are resolved by Script. Each item of data is
// {value, text, origin}: what is drawn, what is written, where it is from.
func Option(b *block.Block, t *theme.Theme, dark bool, f *block.Formatter) json.RawMessage {
	return OptionFor(b, t, dark, f, nominalWidth, nominalHeight)
}

// OptionFor is Option for a known size: labels are broken, thinned or moved so that they fit.
func OptionFor(b *block.Block, t *theme.Theme, dark bool, f *block.Formatter, width, height float64) json.RawMessage {
	p := &plot{b: b, t: t, f: f, colors: t.Light, w: math.Max(width, 60), h: math.Max(height, 40)}
	if dark {
		p.colors = t.Dark
	}
	data, err := json.Marshal(p.option())
	if err != nil { // no value of ours is outside JSON; say so where it would be seen
		data, _ = json.Marshal(p.message(err.Error()))
	}
	return data
}

// plot is one chart being laid out.
type plot struct {
	b      *block.Block
	c      *block.Chart
	t      *theme.Theme
	f      *block.Formatter
	colors theme.Palette
	w, h   float64
}

func (p *plot) option() dict {
	if p.b.Empty != "" {
		return p.message(p.b.Empty)
	}
	if p.b.Chart == nil {
		return p.message(p.f.Null())
	}
	c := *p.b.Chart
	p.c = &c
	if !p.hasData() {
		return p.message(p.f.Null())
	}
	switch c.Type {
	case block.PieChart, block.DoughnutChart:
		return p.pie()
	case block.FunnelChart:
		return p.funnel()
	case block.GaugeChart:
		return p.gauge()
	case block.TreemapChart:
		return p.treemap()
	case block.SankeyChart:
		return p.sankey()
	case block.HeatmapChart:
		return p.heatmap()
	case block.ScatterChart:
		return p.scatter()
	case block.WaterfallChart:
		return p.waterfall()
	default:
		return p.cartesian()
	}
}

// hasData reports anything to draw.
func (p *plot) hasData() bool {
	switch p.c.Type {
	case block.SankeyChart:
		return len(p.c.Links) > 0
	case block.TreemapChart:
		return len(p.c.Tree) > 0
	case block.ScatterChart:
		return len(p.c.Points) > 0
	case block.PieChart, block.DoughnutChart, block.FunnelChart, block.GaugeChart, block.WaterfallChart: // of one series
		return len(p.c.Series) > 0 && hasValue(p.c.Series[0])
	default:
		return slices.ContainsFunc(p.c.Series, hasValue)
	}
}

func hasValue(s block.Series) bool {
	return slices.ContainsFunc(s.Values, func(f block.Figure) bool {
		_, ok := number(f)
		return ok
	})
}

// base is what all options share.
func (p *plot) base() dict {
	o := dict{
		"animation": false,
		"textStyle": p.text(labelSize, "text"),
		"tooltip": dict{
			"trigger": "item", "formatter": "@tip", "confine": true, "backgroundColor": p.color("panel"), "borderColor": p.color("rule"),
			"textStyle": p.text(labelSize, "text"), "axisPointer": dict{"type": "none"},
		},
	}
	if p.b.Alt != "" {
		o["aria"] = dict{"enabled": true, "label": dict{"description": p.b.Alt}, "decal": dict{"show": false}}
	}
	return o
}

// message draws a text alone: why there is no chart.
func (p *plot) message(text string) dict {
	o := p.base()
	style := p.text(labelSize+1, "muted")
	lines := p.wrap(text, p.w*0.8, labelSize+1, 4)
	o["title"] = dict{"text": join(lines), "left": "center", "top": "middle", "padding": 0, "textStyle": style}
	return o
}

// color gives a token's colour for ECharts.
func (p *plot) color(token string) string { return "#" + p.colors[token] }

func (p *plot) text(size float64, token string) dict {
	return dict{"fontFamily": p.t.Text.Families(), "fontSize": size, "color": p.color(token), "fontWeight": 400}
}

func (p *plot) width(text string, size float64) float64 { return p.t.Measure(text, size, false) }

// number gives a figure's value for drawing; false for a gap.
func number(f block.Figure) (float64, bool) {
	v, ok := block.ToFloat(f.Value)
	return v, ok && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// write gives a figure's text: its own format, else the series', else the chart's.
func (p *plot) write(f block.Figure, formats ...string) string {
	format := f.Format
	for i := 0; format == "" && i < len(formats); i++ {
		format = formats[i]
	}
	if format == "" {
		format = p.c.Format
	}
	return p.f.Format(f.Value, format)
}

// formatOf is the format of a series for its axis.
func (p *plot) formatOf(s block.Series) string {
	switch {
	case s.Format != "":
		return s.Format
	case s.Right && p.c.RightFormat != "":
		return p.c.RightFormat
	case p.c.Format != "":
		return p.c.Format
	}
	for _, v := range s.Values {
		if v.Format != "" {
			return v.Format
		}
	}
	return ""
}

// item is one point of data: what is drawn, what is written, where it is from.
func (p *plot) item(value any, f block.Figure, text string) dict {
	o := f.Origin
	if o.Block == "" {
		o.Block = p.b.ID
	}
	return dict{"value": value, "text": text, "origin": o}
}

// category gives the colour of the n-th category, from 1.
func (p *plot) category(n int) string { return p.color(block.CategoryToken(n)) }

// over gives the colour of text on a fill.
func (p *plot) over(fill string) string {
	for _, c := range []string{p.colors["surface"], p.colors["text"], "FFFFFF", "000000"} {
		if theme.Contrast(c, fill[1:]) >= 4.5 {
			return "#" + c
		}
	}
	return "#000000"
}
