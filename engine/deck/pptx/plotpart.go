package pptx

import (
	"cmp"
	"math"
	"slices"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/deck"
)

// ringShare is the width of a ring to that of its doughnut.
const ringShare = 0.22

// pieRoom is the share of the width that labels at one side of a pie may take.
const pieRoom = 0.3

// settleParts says which parts of a pie or doughnut are labelled: those whose label finds room. A
// doughnut's legend names the others.
func (x *plot) settleParts() {
	for _, p := range x.series {
		switch p.kind {
		case piePlot:
			x.settlePie(p)
		case doughnutPlot:
			x.settleRing(p)
		default:
		}
	}
}

// settleRing hides the shares that are wider than their part of the ring.
func (x *plot) settleRing(p *plotSeries) {
	side := ringBox(x.box).W
	text := x.w.text.width("00\u00a0%", plotLabel, semibold)
	round := math.Pi * side * (1 - ringShare) // the ring's length in its middle
	p.hidden = make([]bool, len(p.values))
	sum := sumOf(p.values)
	for i, v := range p.values {
		p.hidden[i] = x.chart.Labels == "none" || side*ringShare < text || !(v*round >= text*sum)
	}
}

func sumOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum += v
		}
	}
	return sum
}

// settlePie cuts names that are longer than the room beside a pie, and of many parts hides the labels
// that would stand on those of larger ones.
func (x *plot) settlePie(p *plotSeries) {
	room := x.box.W * pieRoom
	share := 0.0
	if x.chart.Labels != "none" {
		share = x.w.text.width(" 00.0\u00a0%", deck.LabelSize, semibold)
	}
	names := chart.Names{Names: x.names, Width: func(s string) float64 { return x.w.text.width(s, deck.LabelSize, semibold) }}
	many := len(p.values) > block.MostColors
	lines := 2
	if many {
		lines = 1
	}
	short := names.Wrap(room-share, lines)
	if !slices.Equal(short, x.names) {
		x.shorten(short)
	}
	named := chart.NamedParts(p.values)
	p.hidden = make([]bool, len(p.values))
	for i := range p.hidden {
		p.hidden[i] = !named[i]
	}
	if many {
		x.axis.radius = math.Max(0.2, math.Min(x.box.H/2-0.28, x.box.W/2-room-0.1))
		x.apart(p, short, share)
	}
}

// apart hides labels beside a pie that would stand on those of larger parts.
func (x *plot) apart(p *plotSeries, names []string, share float64) {
	var order []int
	for i := range p.values {
		if !p.hidden[i] {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.values[b], p.values[a]) })
	var taken []deck.Box
	for _, i := range order {
		b := x.partLabel(p, i, x.w.text.width(names[i], deck.LabelSize, semibold)+share)
		if slices.ContainsFunc(taken, func(o deck.Box) bool {
			return b.X < o.X+o.W && o.X < b.X+b.W && b.Y < o.Y+o.H && o.Y < b.Y+b.H
		}) {
			p.hidden[i] = true
			continue
		}
		taken = append(taken, b)
	}
}

// partLabel is where a label stands outside of its part, from the middle of the pie.
func (x *plot) partLabel(p *plotSeries, i int, width float64) deck.Box {
	before := sumOf(p.values[:i])
	turn := 2 * math.Pi * (before + p.values[i]/2) / sumOf(p.values)
	height := deck.LabelSize * lineHeight * 1.15 / pointsIn
	across, down := math.Sin(turn), -math.Cos(turn)
	far := x.axis.radius + 0.06
	return deck.Box{X: across*(far+width/2) - width/2, Y: down*(far+height/2) - height/2, W: width, H: height}
}
