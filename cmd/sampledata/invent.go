package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// unknown is the code of what nobody wrote down.
const unknown = "UNKNOWN"

// plan is what an entity does in its years.
type plan struct {
	entity string
	years  []yearPlan
	season [12]float64 // how busy a month is
	growth map[string]float64
}

// yearPlan is the size of one entity-year.
type yearPlan struct {
	year             int
	months           int // months with business: 12, or 10 in a year still under way
	orders, students int
	monthSheets      bool // the transactions' sheets tell the month
	rates            bool // discounts are written as a percentage
	fees             bool // there is a registration fee
	receipts         bool // rows carry a receipt number
	unitSheets       bool // a sheet a unit: a row cannot name a wrong unit
}

// plans gives both entities. Growth shows in the counts and in prices; language courses peak with
// the school year (January, July), training with the budget year (October, November).
func plans() []plan {
	return []plan{
		{
			entity: "IONS",
			season: [12]float64{1.35, 1, .95, .8, .85, 1.2, 1.6, 1.25, .95, .9, .85, .7},
			growth: map[string]float64{"TM": .98, "WLC_ENGLISH": 1.04, "WLC_NON_ENGLISH": 1.12},
			years: []yearPlan{
				{year: 2023, months: 12, orders: 1380, students: 820, monthSheets: true, fees: true},
				{year: 2024, months: 12, orders: 1480, students: 880, fees: true, receipts: true},
				{year: 2025, months: 12, orders: 1590, students: 940, monthSheets: true, rates: true, fees: true, receipts: true},
				{year: 2026, months: 10, orders: 1420, students: 850, monthSheets: true, fees: true, receipts: true},
			},
		},
		{
			entity: "EPN",
			season: [12]float64{.5, .8, 1.1, .9, 1.1, 1, .8, 1, 1.2, 1.3, 1.4, .9},
			growth: map[string]float64{"EPN_TRAINING": 1.03, "EPN_CONSULTING": 1.08},
			years: []yearPlan{
				{year: 2023, months: 12, orders: 1350, students: 800, rates: true, receipts: true, unitSheets: true},
				{year: 2024, months: 12, orders: 1450, students: 860, receipts: true},
				{year: 2025, months: 12, orders: 1560, students: 930, monthSheets: true, rates: true, fees: true, receipts: true},
				{year: 2026, months: 10, orders: 1310, students: 790, fees: true, receipts: true},
			},
		},
	}
}

// order is one payment as it was meant, and what happened to it when it was written down.
type order struct {
	receipt      string
	date         time.Time
	month        int // of the sheet it stands in
	who          *person
	name         string  // as written
	school       *school // nil where nobody wrote it down
	program      program
	class        string
	unit         string // as written
	channel      string
	participants int
	registration int64 // rupiah
	course       int64
	discount     int64
	percent      int   // of the discount, where discounts are written as a percentage
	total        int64 // as written
	method       string
	note         string
	flaw         flaw
	duplicate    bool // a second copy of the row before it
}

// gross is the amount before discount.
func (o *order) gross() int64 { return o.registration + o.course }

// net is what the order brings: gross less discount, whatever the total on paper says.
func (o *order) net() int64 { return o.gross() - o.discount }

// enrolment is one student registered in a year.
type enrolment struct {
	number     string
	date       time.Time
	who        *person
	name       string  // as written
	school     *school // nil where nobody wrote it down
	program    program
	class      string
	unit       string // as written
	channel    string
	status     string
	attendance int // percent
	progress   int // percent
	score      int // tenths
	flaw       flaw
	duplicate  bool
}

// entityYear is everything that happened to an entity in a year.
type entityYear struct {
	look *lookups
	plan plan
	yearPlan
	orders     []*order
	enrolments []*enrolment
	targets    []*target
}

// key names the entity-year: "IONS/2026".
func (b *entityYear) key() string { return fmt.Sprintf("%s/%d", b.plan.entity, b.year) }

// invent makes the year's business: enrolments first, then what the enrolled paid, then targets.
func invent(look *lookups, people *people, p plan, y yearPlan) *entityYear {
	b := &entityYear{look: look, plan: p, yearPlan: y}
	known := slices.Clone(people.all)
	d := newDice(b.key() + "/enrolments")
	d.Shuffle(len(known), func(i, j int) { known[i], known[j] = known[j], known[i] })
	for range y.students {
		who := (*person)(nil)
		if len(known) > 0 && d.chance(0.25) {
			who, known = known[0], known[1:]
		} else {
			who = people.meet()
		}
		b.enrolments = append(b.enrolments, b.enrol(d, who))
	}
	slices.SortStableFunc(b.enrolments, func(x, y *enrolment) int { return x.date.Compare(y.date) })
	for i, e := range b.enrolments {
		e.number = fmt.Sprintf("%s%02d%04d", p.entity[:1], y.year%100, i+1)
	}
	b.payments()
	b.setTargets()
	return b
}

// enrol lets a person choose a program, a day and a channel.
func (b *entityYear) enrol(d dice, who *person) *enrolment {
	programs := b.look.programsOf(b.plan.entity)
	weights := make([]float64, len(programs))
	for i, p := range programs {
		weights[i] = p.weight * math.Pow(b.plan.growth[p.unit], float64(b.year-2023))
	}
	month := 1 + d.weighted(b.plan.season[:b.months])
	e := &enrolment{
		date: time.Date(b.year, time.Month(month), 1+d.IntN(daysIn(b.year, month)), 0, 0, 0, 0, time.UTC),
		who:  who, name: who.name, school: who.school, program: programs[d.weighted(weights)],
		channel: pick(d, b.look.channels[b.plan.entity]),
		status:  "active", attendance: 60 + d.IntN(41), progress: 5 * d.IntN(21), score: 550 + 5*d.IntN(90),
	}
	if d.chance(0.3) { // most come by the first channels of the list
		e.channel = b.look.channels[b.plan.entity][d.IntN(3)]
	}
	if d.chance(0.04) {
		e.channel = unknown
	}
	if d.chance(0.03) {
		e.school = nil
	}
	e.unit = e.program.unit
	e.class = fmt.Sprintf("%c-%d", 'A'+rune(d.IntN(5)), 1+d.IntN(4))
	switch {
	case b.year < 2026 && d.chance(0.72):
		e.status, e.progress = "completed", 100
	case d.chance(0.08):
		e.status = "dropped"
	case d.chance(0.05):
		e.status = "on_leave"
	}
	return e
}

// payments lets nearly all of the enrolled pay once on registration, and some again later.
func (b *entityYear) payments() {
	d := newDice(b.key() + "/payments")
	taken := map[string]bool{}
	add := func(e *enrolment, day time.Time, first bool) {
		id := e.who.phone + day.Format(time.DateOnly)
		if taken[id] || len(b.orders) == b.yearPlan.orders {
			return
		}
		taken[id] = true
		b.orders = append(b.orders, b.pay(d, e, day, first))
	}
	for _, e := range b.enrolments {
		if d.chance(0.95) {
			add(e, e.date, true)
		}
	}
	for len(b.orders) < b.yearPlan.orders {
		e := pick(d, b.enrolments)
		month := 1 + d.weighted(b.plan.season[:b.months])
		day := time.Date(b.year, time.Month(month), 1+d.IntN(daysIn(b.year, month)), 0, 0, 0, 0, time.UTC)
		if day.After(e.date) {
			add(e, day, false)
		}
	}
	slices.SortStableFunc(b.orders, func(x, y *order) int {
		return cmp.Or(x.date.Compare(y.date), cmp.Compare(x.who.phone, y.who.phone))
	})
	perMonth := map[int]int{}
	for _, o := range b.orders {
		perMonth[o.month]++
		if b.receipts {
			o.receipt = fmt.Sprintf("%s/%d/%02d/%04d", b.plan.entity, b.year, o.month, perMonth[o.month])
		}
	}
}

// pay makes one payment. Prices rise six percent a year and end on 50,000.
func (b *entityYear) pay(d dice, e *enrolment, day time.Time, first bool) *order {
	o := &order{
		date: day, month: int(day.Month()), who: e.who, name: e.who.name, school: e.who.school, program: e.program,
		class: e.class, unit: e.unit, channel: e.channel, participants: 1,
		course: round(b.price(e.program.price), 50_000),
		method: pick(d, []string{"cash", "transfer", "transfer", "qris", "debit"}),
	}
	if first && b.fees {
		o.registration = e.program.fee
	}
	if b.plan.entity == "EPN" {
		o.participants = 1 + d.IntN(6)
		o.course *= int64(o.participants)
	} else if d.chance(0.3) {
		o.course = o.course / 2 // an instalment
	}
	if d.chance(0.22) {
		o.percent = pick(d, []int{5, 10, 10, 15, 20})
		o.discount = o.gross() * int64(o.percent) / 100
		if !b.rates {
			o.percent, o.discount = 0, max(round(o.discount, 25_000), 25_000)
		}
	}
	if d.chance(0.08) {
		o.note = pick(d, []string{"lunas", "cicilan 1", "cicilan ke-2", "promo", "titip saudara", "bukti menyusul"})
	}
	if d.chance(0.03) {
		o.school = nil
	}
	o.total = o.net()
	return o
}

func (b *entityYear) price(of2026 int64) int64 {
	return int64(float64(of2026) / math.Pow(1.06, float64(2026-b.year)))
}

// round rounds an amount to a multiple of unit.
func round(amount, unit int64) int64 { return (amount + unit/2) / unit * unit }

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
