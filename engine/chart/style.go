package chart

import (
	"atlas/engine/block"
	"atlas/engine/theme"
)

// style is how one series is drawn.
type style struct {
	fill    string // "#123456", or "transparent"
	line    string
	border  bool // outlined
	hatched bool
	edge    string // set off from a neighbour that may have the same fill; "" is not
	dash    []int  // of lines
	width   float64
	on      string // colour of text on the fill
}

// styleOf gives the look of the i-th series by its scenario, or its colour as a category.
func (p *plot) styleOf(i int) style {
	as := p.c.Scenario(i)
	var out style
	switch as {
	case "":
		n := p.c.Category(i)
		c := p.category(n)
		out = style{fill: c, line: c, width: 2}
		if n > block.MostColors {
			out.edge = p.color("surface")
		}
	case block.Actual, block.Variance:
		c := p.color("scenario-actual")
		out = style{fill: c, line: c, width: 2.5}
	case block.Previous:
		c := p.color("scenario-previous")
		out = style{fill: c, line: c, width: 2}
	case block.Target:
		out = style{fill: "transparent", line: p.color("scenario-target"), border: true, dash: []int{2, 3}, width: 1.5}
	case block.Forecast:
		out = style{fill: p.color("surface"), line: p.color("scenario-forecast"), hatched: true, dash: []int{6, 4}, width: 2}
	default:
		c := p.color("scenario-actual")
		if p.colors[string(as)] != "" {
			c = p.color(string(as))
		}
		out = style{fill: c, line: c, width: 2}
	}
	out.on = p.color("text")
	if !out.border && !out.hatched {
		out.on = p.over(out.fill)
	}
	return out
}

// bar gives the style of a bar in the notation.
func (s style) bar() dict {
	out := dict{"color": s.fill}
	if s.border || s.hatched {
		out["borderColor"], out["borderWidth"] = s.line, 1.5
	}
	if s.edge != "" {
		out["borderColor"], out["borderWidth"] = s.edge, 1
	}
	if s.hatched {
		out["decal"] = hatching(s.line)
	}
	return out
}

// hatching is diagonal lines in a colour.
func hatching(color string) dict {
	return dict{"symbol": "rect", "color": color, "dashArrayX": []int{1, 0}, "dashArrayY": []int{2, 4}, "rotation": -0.7853981633974483, "symbolSize": 1}
}

// verdict gives the colour of a change: green is good, red is bad, whatever direction is welcome.
func (p *plot) verdict(v float64, invert bool) string { //nolint:revive // invert is the series' own property
	switch {
	case v == 0:
		return p.color("scenario-previous")
	case (v > 0) != invert:
		return p.color("good")
	default:
		return p.color("bad")
	}
}

// between mixes two colours of the theme for scales of size.
func (p *plot) between(from, to string, share float64) string {
	return "#" + theme.Mix(p.colors[from], p.colors[to], share)
}

// shade mixes a colour of the chart with the surface.
func (p *plot) shade(color string, share float64) string {
	return "#" + theme.Mix(color[1:], p.colors["surface"], share)
}
