package chart

import (
	"math"
	"math/big"
	"strings"

	"atlas/engine/block"
)

// canName reports that the names of series fit beside their last points: of lines, areas and stacked
// columns that reach the right edge.
func (fr *frame) canName() bool {
	if len(fr.series) < 2 || fr.horizontal || fr.right != nil {
		return false
	}
	lines := fr.edge()
	if !lines && !fr.stacked || len(fr.series)*int(lineStep) > int(fr.h) {
		return false
	}
	for _, s := range fr.series {
		if s.Label == "" || fr.width(s.Label, labelSize) > fr.w*nameShare {
			return false
		}
		at := s.last()
		if at < 0 || fr.stacked && (at != len(fr.categories)-1 || s.values[at] <= 0) {
			return false
		}
		if at < len(fr.categories)-1 && fr.c.Labels != "none" && s.labels {
			return false // it would stand on other lines
		}
	}
	return true
}

// endTexts are the names at the last points, with their value where last values are labelled.
func (fr *frame) endTexts() []string {
	var out []string
	for _, s := range fr.series {
		text := s.Label
		if i := s.last(); fr.c.Labels == "last" && s.labels && !fr.stacked && i == len(fr.categories)-1 {
			text += "  " + s.label(i)
		}
		out = append(out, text)
	}
	return out
}

// nameSeries is an unseen series whose labels are the names of the others, moved apart.
func (fr *frame) nameSeries() dict {
	texts := fr.endTexts()
	var places, at []float64
	per := fr.plotHeight() / (fr.left.max - fr.left.min)
	below := 0.0
	for _, s := range fr.series {
		v := s.drawn[s.last()]
		if fr.stacked && s.kind != block.LineChart {
			v, below = below+v/2, below+v
		}
		at = append(at, v)
		places = append(places, fr.top+(fr.left.max-v)*per)
	}
	moved := spread(places, lineStep-1, labelSize/2, fr.h-labelSize/2)
	dx := 6.0
	if !fr.edge() {
		dx += fr.thickness() / 2
	}
	var data []any
	for i, s := range fr.series {
		color := s.style.line
		if fr.stacked && !s.style.border && !s.style.hatched {
			color = s.style.fill
		}
		if s.As == block.Previous || color == fr.color("scenario-previous") {
			color = fr.color("muted")
		}
		label := dict{"show": true, "position": "right", "distance": 0, "offset": []float64{dx, moved[i] - places[i]}, "formatter": "@tag", "fontSize": labelSize, "color": fr.readable(color)}
		data = append(data, dict{"value": []any{s.last(), at[i]}, "tag": texts[i], "label": label})
	}
	return dict{"type": "scatter", "data": data, "symbolSize": 1, "itemStyle": dict{"color": "transparent", "opacity": 1}, "silent": true, "tooltip": dict{"show": false}, "z": 9, "clip": false}
}

// readable gives a mark's colour if text can be read in it, else the colour of text.
func (p *plot) readable(color string) string {
	if len(color) == 7 && contrast(color, p.color("surface")) >= 4.5 {
		return color
	}
	return p.color("text")
}

// totals are the texts of the sums of stacked series, "" where there is none to show: negative
// values, one series, shares.
func (fr *frame) totals() []string {
	out := make([]string, len(fr.categories))
	if len(fr.series) < 2 || fr.c.Percent {
		return out
	}
	for i := range out {
		sum, parts := new(big.Rat), 0
		for _, s := range fr.series {
			if i >= len(s.values) || math.IsNaN(s.values[i]) || s.kind == block.LineChart {
				continue
			}
			v, ok := block.Exact(s.Values[i].Value)
			if !ok || v.Sign() < 0 {
				return make([]string, len(out))
			}
			sum.Add(sum, v)
			parts++
		}
		if parts > 0 {
			format := fr.formatOf(fr.series[0].Series)
			if fr.short != "" {
				format = fr.short
			}
			out[i] = fr.f.Format(exactNumber(sum), format)
		}
	}
	return out
}

// exactNumber writes a fraction with as many decimals as it has, at most eighteen.
func exactNumber(r *big.Rat) block.Number {
	if r.IsInt() {
		return block.Number(r.Num().String())
	}
	return block.Number(strings.TrimRight(r.FloatString(18), "0"))
}

// totalSeries is an unseen series whose labels are the sums of the stacks.
func (fr *frame) totalSeries() dict {
	texts := fr.totals()
	var data []any
	columns := make([]string, 0, len(fr.series))
	for _, s := range fr.series {
		columns = append(columns, s.Column)
	}
	for i, text := range texts {
		if text == "" || fr.c.Labels == "last" && i != len(texts)-1 {
			continue
		}
		sum := 0.0
		origin := block.Origin{Block: fr.b.ID, Column: strings.Join(columns, "+")}
		for _, s := range fr.series {
			if i < len(s.values) && !math.IsNaN(s.values[i]) && s.kind != block.LineChart {
				sum += s.values[i]
				origin.Query, origin.Row = s.Values[i].Origin.Query, s.Values[i].Origin.Row
			}
		}
		value := []any{i, sum}
		if fr.horizontal {
			value = []any{sum, i}
		}
		data = append(data, dict{"value": value, "tag": text, "text": text, "origin": origin})
	}
	position := "top"
	if fr.horizontal {
		position = "right"
	}
	return dict{
		"type": "scatter", "data": data, "symbolSize": 1, "itemStyle": dict{"color": "transparent", "opacity": 1}, "silent": true, "tooltip": dict{"show": false}, "z": 8, "clip": false,
		"label": dict{"show": true, "position": position, "distance": 3, "formatter": "@tag", "fontSize": fr.size, "color": fr.color("text"), "fontWeight": 600},
	}
}
