package html

import (
	"fmt"
	"math"
	"strings"

	"atlas/engine/block"
)

// kpis draws key figures: the value large, what it is compared to small below it.
func (d *drawer) kpis(list []block.KPI) {
	d.put(`<div class="kpis" role="list">` + "\n")
	for i := range list {
		d.kpi(&list[i])
	}
	d.put("</div>\n")
}

func (d *drawer) kpi(k *block.KPI) {
	d.put(`<div class="kpi" role="listitem">` + "\n")
	d.put(`<p class="kpi-label">`, esc(k.Label), "</p>\n")
	d.put(`<p class="kpi-value">`)
	d.figure(k.Figure, d.format(k.Figure))
	d.put("</p>\n")
	if len(k.Compare) > 0 {
		d.put(`<ul class="kpi-compare">`)
		for i := range k.Compare {
			d.compare(&k.Compare[i])
		}
		d.put("</ul>\n")
	}
	if k.Target != nil {
		d.target(k)
	}
	d.spark(k)
	d.put("</div>\n")
}

// compare draws a change: arrow, sign and colour say the same.
func (d *drawer) compare(c *block.Compare) {
	class, arrow, shown := "same", "", d.format(c.Figure)
	if v, ok := block.ToFloat(c.Value); ok && !math.IsNaN(v) {
		switch {
		case !strings.ContainsAny(shown, "123456789∞"): // what reads as nothing has no direction
			arrow = "■"
		case v > 0:
			arrow = "▲"
		default:
			arrow = "▼"
		}
	}
	if c.Verdict != "" {
		class = string(c.Verdict)
	}
	d.put("<li", attr("class", class), ">")
	if arrow != "" {
		d.put(`<span class="arrow" aria-hidden="true">`, arrow, "</span>")
	}
	d.put("<b>")
	d.figure(c.Figure, shown)
	d.put("</b> <span>", esc(c.Label), "</span></li>")
}

// percent is a share as a length.
func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		share = 0
	}
	return fmt.Sprintf("%.4g%%", math.Min(1, math.Max(0, share))*100)
}

// target draws a bar to the target, which has a line.
func (d *drawer) target(k *block.KPI) {
	whole := math.Max(1, k.Share)
	before, after, _ := strings.Cut(d.word(block.WordTarget, "\x00"), "\x00")
	d.put(`<div class="kpi-target"><span class="track" aria-hidden="true"><span class="fill`)
	if k.Share >= 1 {
		d.put(" reached")
	}
	d.put(`" style="width:`, percent(k.Share/whole), `"></span><span class="aim" style="left:`, percent(1/whole), `"></span></span>`)
	d.put(`<span class="kpi-aim">`, esc(before))
	d.figure(*k.Target, d.format(*k.Target))
	d.put(esc(after), "</span></div>\n")
}

const (
	sparkWidth  = 120.0
	sparkHeight = 28.0
	sparkInset  = 3.0
)

// spark draws the last values as a line; what is missing is a gap, the last point is marked.
func (d *drawer) spark(k *block.KPI) {
	var path strings.Builder
	low, high := math.Inf(1), math.Inf(-1)
	values := make([]float64, len(k.Spark))
	for i := range k.Spark {
		v, ok := block.ToFloat(k.Spark[i].Value)
		if !ok || math.IsInf(v, 0) {
			v = math.NaN()
		}
		values[i] = v
		if !math.IsNaN(v) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if len(values) < 2 || math.IsInf(low, 0) {
		return
	}
	x := func(i int) float64 {
		return sparkInset + float64(i)*(sparkWidth-2*sparkInset)/float64(len(values)-1)
	}
	y := func(v float64) float64 {
		if high == low {
			return sparkHeight / 2
		}
		return sparkHeight - sparkInset - (v-low)/(high-low)*(sparkHeight-2*sparkInset)
	}
	move := "M"
	first, last := -1, -1
	for i, v := range values {
		if math.IsNaN(v) {
			move = "M"
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", move, x(i), y(v))
		move = "L"
		if first < 0 {
			first = i
		}
		last = i
	}
	label := k.Label + ": " + d.word(block.WordTo, d.format(k.Spark[first]), d.format(k.Spark[last]))
	d.put(fmt.Sprintf(`<svg class="spark" viewBox="0 0 %g %g" role="img"%s><path d="%s"/><circle cx="%.1f" cy="%.1f" r="2.6"/></svg>`,
		sparkWidth, sparkHeight, attr("aria-label", label), path.String(), x(last), y(values[last])), "\n")
}
