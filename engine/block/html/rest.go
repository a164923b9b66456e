package html

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"atlas/engine/block"
	"atlas/engine/theme"
)

// chart draws a chart: its picture, and the option for the page's script.
func (d *drawer) chart(b *block.Block) {
	alt := b.Alt
	if alt == "" {
		alt = b.Title.Text
	}
	var drawn Drawing
	if d.o.Chart != nil {
		var err error
		if drawn, err = d.o.Chart(b); err != nil && d.err == nil {
			d.err = fmt.Errorf("draw the chart %s: %w", b.ID, err)
			return
		}
	}
	style := ""
	if b.Chart.Ratio > 0 {
		style = fmt.Sprintf(` style="aspect-ratio:%.4g"`, b.Chart.Ratio)
	}
	d.put(`<div class="chart"`, attr("data-chart", drawn.Name))
	if drawn.Name == "" && d.o.Interactive && len(drawn.Option) > 0 {
		d.put(" data-chart")
	}
	d.put(style, ">")
	d.put(`<div class="chart-drawn" role="img"`, attr("aria-label", alt), ">")
	d.put(inline(drawn.SVG))
	d.put("</div>")
	if d.o.Interactive && len(drawn.Option) > 0 {
		var safe bytes.Buffer
		json.HTMLEscape(&safe, drawn.Option)
		d.put(`<script type="application/json" class="chart-option">`, safe.String(), "</script>")
	}
	d.put("</div>\n")
	if d.o.ChartData {
		d.chartData(b)
	}
}

// inline gives an SVG file as an element of a page.
func inline(svg []byte) string {
	s := string(svg)
	if i := strings.Index(s, "<svg"); i > 0 {
		s = s[i:]
	}
	return s
}

// chartData writes a chart's values as a table for those who do not see it.
func (d *drawer) chartData(b *block.Block) {
	const most = 400 // cells
	c := b.Chart
	if len(c.Categories) == 0 || len(c.Series) == 0 || len(c.Categories)*len(c.Series) > most || len(c.Rows) > 0 {
		return
	}
	d.put(`<table class="unseen"><thead><tr><th scope="col">`, esc(c.CategoryLabel), "</th>")
	for _, s := range c.Series {
		d.put(`<th scope="col">`, esc(s.Label), "</th>")
	}
	d.put("</tr></thead><tbody>")
	for i, label := range c.Categories {
		d.put(`<tr><th scope="row">`, esc(label.Text), "</th>")
		for _, s := range c.Series {
			d.put("<td>")
			if i < len(s.Values) {
				f := s.Values[i]
				if f.Format == "" {
					f.Format = s.Format
				}
				d.figure(f, d.format(f))
			}
			d.put("</td>")
		}
		d.put("</tr>")
	}
	d.put("</tbody></table>\n")
}

func (d *drawer) image(b *block.Block) {
	alt := b.Alt
	if alt == "" {
		alt = b.Image.Caption
	}
	d.picture(b.Image.File, alt)
	if b.Image.Caption != "" {
		d.put(`<p class="block-caption">`, esc(b.Image.Caption), "</p>")
	}
	d.put("\n")
}

// picture draws a picture of the project, or the brand's logo.
func (d *drawer) picture(file, alt string) {
	src := file
	switch {
	case strings.HasPrefix(file, "brand:"):
		src = d.logo()
	case d.o.Image != nil:
		src = d.o.Image(file)
	}
	if src == "" {
		d.put(`<span class="state state-empty">`, esc(file), "</span>")
		return
	}
	d.put(`<img src="`, esc(src), `" alt="`, esc(alt), `" loading="lazy" decoding="async">`)
}

func (d *drawer) logo() string {
	t := d.o.Theme
	if t == nil {
		t = theme.Default()
	}
	svg := t.Logo
	if d.o.Dark && len(t.LogoDark) > 0 {
		svg = t.LogoDark
	}
	if len(svg) == 0 {
		return ""
	}
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg)
}

func (d *drawer) columns(list []block.Column) {
	var widths []string
	for _, c := range list {
		w := c.Width
		if w <= 0 || math.IsNaN(w) || math.IsInf(w, 0) {
			w = 1 / float64(len(list))
		}
		widths = append(widths, fmt.Sprintf("minmax(0,%.4gfr)", w))
	}
	d.put(`<div class="columns" style="--columns:`, strings.Join(widths, " "), "\">\n")
	for _, c := range list {
		d.put(`<div class="column">` + "\n")
		for _, b := range c.Of {
			d.block(b)
		}
		d.put("</div>\n")
	}
	d.put("</div>\n")
}

func (d *drawer) callout(c *block.Callout) {
	style, mark := c.Style, "i"
	switch c.Style {
	case "good":
		mark = "✓"
	case "bad":
		mark = "×"
	case "warning":
		mark = "!"
	default:
		style = "info"
	}
	d.put("<div", attr("class", "callout callout-"+style), `><span class="mark" aria-hidden="true">`, mark, `</span><div class="callout-body">`)
	if !c.Title.IsZero() {
		d.put(`<p class="callout-title">`)
		d.prose(c.Title)
		d.put("</p>")
	}
	d.rich(block.Markdown(c.Text))
	d.put("</div></div>\n")
}

// progress draws bars to a target; the target is a line where a value goes beyond it.
func (d *drawer) progress(list []block.Bar) {
	whole := 1.0
	for _, b := range list {
		if !math.IsInf(b.Share, 0) {
			whole = math.Max(whole, b.Share)
		}
	}
	whole = math.Min(whole, 2) // one outlier must not make all others small
	d.put(`<div class="progress" role="list">` + "\n")
	for i := range list {
		d.progressRow(&list[i], whole)
	}
	d.put("</div>\n")
}

// progressRow draws one bar; without a target there is nothing to measure by.
func (d *drawer) progressRow(b *block.Bar, whole float64) {
	measured := b.Measured()
	d.put(`<div class="progress-row" role="listitem"><span class="progress-label">`, esc(b.Label), `</span><span class="track" aria-hidden="true">`)
	if measured {
		class := "fill"
		if b.Share >= 1 {
			class += " reached"
		}
		d.put("<span", attr("class", class), ` style="width:`, percent(b.Share/whole), `"></span><span class="aim" style="left:`, percent(1/whole), `"></span>`)
	}
	d.put(`</span><span class="progress-value">`)
	d.figure(b.Value, d.format(b.Value))
	if b.Target != nil && b.Target.Value != nil {
		d.put(` <span class="progress-target">/ `)
		d.figure(*b.Target, d.format(*b.Target))
		d.put("</span>")
	}
	d.put(`</span><span class="progress-share">`)
	switch {
	case d.o.Format == nil:
	case measured:
		d.put(esc(d.o.Format.Format(b.Share, "percent")))
	default:
		d.put(esc(d.o.Format.Null()))
	}
	d.put("</span></div>\n")
}
