package main

import (
	"slices"
	"strings"
	"time"
)

// flaw is the defect of a row, by the reason code under which checks and models name it. A row has
// one flaw at most, so that the counts of the truth are exact.
type flaw string

// The defects of the workbooks. What the models do with each stands in project/README.md.
const (
	missingName     flaw = "missing_name"           // the name cell is empty
	invalidDate     flaw = "invalid_date"           // a day that does not exist: 31/02/2026, "32 Januari 2026"
	dateOutOfPeriod flaw = "date_out_of_period"     // a date outside the sheet's month, or outside the year
	negativeAmount  flaw = "negative_amount"        // a refund booked as a payment
	zeroAmount      flaw = "zero_amount"            // nothing was paid
	exactDuplicate  flaw = "duplicate_row"          // the same row twice
	unknownProgram  flaw = "unknown_program"        // a program that is not in the catalogue
	foreignUnit     flaw = "foreign_unit"           // a unit of the other entity
	totalMismatch   flaw = "total_mismatch"         // the total is not fees less discount
	missingTotal    flaw = "missing_total"          // an error cell where the total should be
	invalidPhone    flaw = "invalid_phone"          // a number too short to be one
	secondSpelling  flaw = "same_student_two_names" // one phone number under two names
	missingChannel  flaw = "missing_channel"        // nobody wrote down how the customer came; beside other flaws
	missingSchool   flaw = "missing_school"         // nobody wrote down the school; beside other flaws
	rateOutOfRange  flaw = "rate_out_of_range"      // an attendance of 135 %
	missingScore    flaw = "missing_score"          // an error cell where the score should be
	unreadable      flaw = "rejected"               // a row of error cells that the extraction keeps out
)

// spoil spreads the defects over a year's rows: a fixed number of each, every one on a row that has
// no other. Single-sheet workbooks have dates of another year where sheets a month have dates of
// another month.
func spoil(b *entityYear) {
	d := newDice(b.key() + "/flaws")
	b.spoilOrders(d)
	b.spoilEnrolments(d)
	b.spoilTargets(d)
	b.misspell(d)
}

// spoilOrders applies the defects of transactions.
func (b *entityYear) spoilOrders(d dice) {
	free := b.orders
	take := func(f flaw) *order {
		for {
			o := pick(d, free)
			if o.flaw == "" && o.who.altName == "" {
				o.flaw = f
				return o
			}
		}
	}
	for range 6 {
		take(missingName).name = ""
	}
	for range 5 {
		take(invalidDate)
	}
	for range 5 {
		o := take(dateOutOfPeriod)
		if b.monthSheets {
			o.date = o.date.AddDate(0, pick(d, []int{-2, -1, 1, 2, 3}), 0)
			if int(o.date.Month()) == o.month { // the overflow of a short month came back
				o.date = o.date.AddDate(0, 0, 40)
			}
		} else {
			o.date = o.date.AddDate(pick(d, []int{-10, -1, 1, 10}), 0, 0)
		}
	}
	for range 4 {
		o := take(negativeAmount)
		o.registration, o.discount, o.percent, o.course = 0, 0, 0, -o.course
		o.total, o.note = o.course, "refund"
	}
	for range 3 {
		o := take(zeroAmount)
		o.registration, o.course, o.discount, o.percent, o.total = 0, 0, 0, 0, 0
	}
	for range 5 {
		take(unknownProgram)
	}
	if !b.unitSheets {
		for range 4 {
			take(foreignUnit).unit = b.otherUnit(d)
		}
	}
	for i := range 6 {
		o := take(totalMismatch)
		o.total += []int64{50_000, -100_000, 9_000}[i%3]
	}
	for range 4 {
		take(missingTotal)
	}
	for range 4 {
		take(invalidPhone)
	}
	for range 6 {
		b.orders = repeatRow(b.orders, take(exactDuplicate), func(o order) *order { o.duplicate = true; return &o })
	}
}

// spoilEnrolments applies the defects of students.
func (b *entityYear) spoilEnrolments(d dice) {
	free := b.enrolments
	take := func(f flaw, spelled bool) *enrolment {
		for {
			e := pick(d, free)
			if e.flaw == "" && (e.who.altName != "") == spelled {
				e.flaw = f
				return e
			}
		}
	}
	for range 4 {
		take(missingName, false).name = ""
	}
	for range 4 {
		take(invalidDate, false)
	}
	for range 3 {
		e := take(dateOutOfPeriod, false)
		e.date = e.date.AddDate(pick(d, []int{-10, -1, 1, 10}), 0, 0)
	}
	for range 4 {
		take(unknownProgram, false)
	}
	for range 3 {
		take(foreignUnit, false).unit = b.otherUnit(d)
	}
	for range 3 {
		take(invalidPhone, false)
	}
	for range 3 {
		take(rateOutOfRange, false).attendance = 135
	}
	for range 3 {
		take(missingScore, false)
	}
	for range 5 {
		b.enrolments = repeatRow(b.enrolments, take(exactDuplicate, false), func(e enrolment) *enrolment { e.duplicate = true; return &e })
	}
	for range 8 {
		b.enrolments = repeatRow(b.enrolments, take(secondSpelling, true), func(e enrolment) *enrolment {
			e.duplicate, e.name, e.number = true, e.who.altName, e.number+"B"
			return &e
		})
	}
}

// spoilTargets gives two totals that do not add up, a row of the other entity and a row of error cells.
func (b *entityYear) spoilTargets(d dice) {
	for _, i := range []int{0, 3} {
		b.targets[i].flaw = totalMismatch
		b.targets[i].total += []int64{1_000_000, -5}[i/3]
	}
	foreign := *b.targets[2]
	foreign.flaw, foreign.unit = foreignUnit, b.otherUnit(d)
	broken := *b.targets[1]
	broken.flaw = unreadable
	b.targets = append(b.targets, &foreign, &broken)
}

// misspell writes every third payment of a person who has a second spelling under that one.
func (b *entityYear) misspell(d dice) {
	for _, o := range b.orders {
		if o.flaw == "" && o.who.altName != "" && d.chance(0.33) {
			o.name = o.who.altName
		}
	}
}

// otherUnit gives a unit that the entity does not have.
func (b *entityYear) otherUnit(d dice) string {
	if b.plan.entity == "IONS" {
		return pick(d, []string{"EPN_TRAINING", "EPN_CONSULTING"})
	}
	return pick(d, []string{"TM", "WLC_ENGLISH"})
}

// repeatRow puts a changed copy of a row right below it.
func repeatRow[T any](rows []*T, row *T, change func(T) *T) []*T {
	at := slices.Index(rows, row) + 1
	return slices.Insert(slices.Clone(rows), at, change(*row))
}

// impossibleDay writes a day that does not exist in the given month.
func impossibleDay(d dice, month time.Time) string {
	switch d.IntN(3) {
	case 0:
		return "31/02/" + month.Format("2006")
	case 1:
		return "45/" + month.Format("01/2006")
	}
	return strings.TrimSpace("32 " + monthNames[int(month.Month())-1] + month.Format(" 2006"))
}
