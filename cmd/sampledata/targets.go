package main

import (
	"math"
	"slices"
)

// target is one row of the targets sheet: a measure of a unit, or of one program of it, month by month.
type target struct {
	unit    string
	program string // "" for the unit as a whole
	metric  string // "revenue" or "students"
	months  [12]int64
	total   int64 // as written
	growth  int   // percent against the year before, as written
	flaw    flaw
}

// setTargets derives what management asked for from the year's own shape: the season of the plan at
// an ambition of its own a unit, so that some units beat their target and others do not.
func (b *entityYear) setTargets() {
	d := newDice(b.key() + "/targets")
	revenue, students := map[string]int64{}, map[string]int64{}
	var units []string
	for _, p := range b.look.programsOf(b.plan.entity) {
		if !slices.Contains(units, p.unit) {
			units = append(units, p.unit)
		}
	}
	for _, o := range b.orders {
		revenue[o.program.unit] += o.net()
	}
	for _, e := range b.enrolments {
		students[e.program.unit]++
		students[e.program.code]++
	}
	for _, u := range units {
		ambition := 0.9 + 0.16*d.Float64()
		b.addTarget(u, "", "revenue", float64(revenue[u])*ambition, 500_000, 5+d.IntN(10), b.revenueShape())
		b.addTarget(u, "", "students", float64(students[u])*ambition, 1, 5+d.IntN(10), b.plan.season)
	}
	for _, p := range b.look.programsOf(b.plan.entity) {
		b.addTarget(p.unit, p.code, "students", float64(students[p.code])*(0.9+0.2*d.Float64()), 1, 5+d.IntN(10), b.plan.season)
	}
}

// revenueShape is how revenue spreads over the year: people pay again in the months after they came,
// so later months carry more than the season alone says.
func (b *entityYear) revenueShape() [12]float64 {
	shape, sum, all := b.plan.season, 0.0, 0.0
	for _, s := range shape {
		all += s
	}
	for i, s := range shape {
		sum += s
		shape[i] = s * (0.55 + 0.9*sum/all)
	}
	return shape
}

// addTarget spreads a year's amount over twelve months by a shape.
func (b *entityYear) addTarget(unit, program, metric string, amount float64, step int64, growth int, shape [12]float64) {
	t := &target{unit: unit, program: program, metric: metric, growth: growth}
	busy := 0.0
	for _, s := range shape[:b.months] {
		busy += s
	}
	for i, s := range shape {
		t.months[i] = max(round(int64(math.Round(amount*s/busy)), step), step)
		t.total += t.months[i]
	}
	b.targets = append(b.targets, t)
}
