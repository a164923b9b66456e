package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// truth collects what the generator meant, after the cleaning rules of project/README.md: the figures
// that the marts must give, to the rupiah.
type truth struct {
	revenue, programs, channels, schools, targets, defects, rows table
}

// table is one file of the truth: sums by key.
type table map[string]*sums

// sums is one row of a file. Which of its figures a file shows is the file's choice.
type sums struct {
	key                                 []string
	orders, participants, count, second int
	gross, discount, net                int64
	students                            map[string]bool
}

// at gives the row of a key, made when new.
func (t table) at(key ...any) *sums {
	parts := make([]string, len(key))
	for i, k := range key {
		parts[i] = fmt.Sprint(k)
	}
	id := strings.Join(parts, "\x00")
	if t[id] == nil {
		t[id] = &sums{key: parts, students: map[string]bool{}}
	}
	return t[id]
}

// add counts an entity-year in.
func (t *truth) add(b *entityYear) {
	if t.revenue == nil {
		*t = truth{table{}, table{}, table{}, table{}, table{}, table{}, table{}}
	}
	e, y := b.plan.entity, b.year
	for _, o := range b.orders {
		if !b.counts(o) {
			continue
		}
		program := o.program.code
		if o.flaw == unknownProgram {
			program = unknown
		}
		for _, row := range []*sums{
			t.revenue.at(e, y, o.month, o.unit), t.programs.at(e, y, o.month, o.unit, program), t.channels.at(e, y, o.month, o.channel),
			t.schools.at(e, y, o.month, schoolCode(o.school)),
		} {
			row.order(o)
		}
	}
	for _, n := range b.enrolments {
		if b.enrols(n) {
			program := n.program.code
			if n.flaw == unknownProgram {
				program = unknown
			}
			t.revenue.at(e, y, int(n.date.Month()), n.unit).count++
			t.programs.at(e, y, int(n.date.Month()), n.unit, program).count++
			t.channels.at(e, y, int(n.date.Month()), n.channel).count++
			t.schools.at(e, y, int(n.date.Month()), schoolCode(n.school)).count++
		}
	}
	for _, g := range b.targets {
		if g.flaw == foreignUnit || g.flaw == unreadable {
			continue
		}
		for i, v := range g.months {
			row := t.targets.at(e, y, i+1, g.unit, cmp.Or(g.program, "ALL"), g.metric)
			row.net = v
		}
	}
	t.countRows(b)
	t.countDefects(b)
}

// order counts an order in.
func (s *sums) order(o *order) {
	s.orders++
	s.participants += o.participants
	s.gross += o.gross()
	s.discount += o.discount
	s.net += o.net()
	s.students[identity(o)] = true
}

// schoolCode is the code under which the marts count a school.
func schoolCode(s *school) string {
	if s == nil {
		return unknown
	}
	return s.code
}

// counts tells whether an order is part of revenue: a row that is no repetition, has a positive
// amount, a unit of the entity and a month; the month is the sheet's where sheets are months, and
// else the date's, which must lie in the year.
func (b *entityYear) counts(o *order) bool {
	switch o.flaw {
	case negativeAmount, zeroAmount, foreignUnit:
		return false
	case invalidDate, dateOutOfPeriod:
		return b.monthSheets
	}
	return !o.duplicate
}

// enrols tells whether a registration counts: no repetition, not under a second spelling, a date in
// the year and a unit of the entity.
func (b *entityYear) enrols(e *enrolment) bool {
	switch e.flaw {
	case invalidDate, dateOutOfPeriod, foreignUnit:
		return false
	}
	return !e.duplicate
}

// identity is who paid: the phone number, or the name where the number is none.
func identity(o *order) string {
	if o.flaw == invalidPhone {
		return strings.ToLower(o.name)
	}
	return o.who.phone
}

func (t *truth) countRows(b *entityYear) {
	e, y := b.plan.entity, b.year
	t.rows.at(e, y, "transactions").count = len(b.orders)
	t.rows.at(e, y, "students").count = len(b.enrolments)
	targets := t.rows.at(e, y, "targets")
	for _, g := range b.targets {
		if g.flaw == unreadable {
			targets.second++
		} else {
			targets.count++
		}
	}
}

// countDefects counts the rows that a check of the source must find, by reason code.
func (t *truth) countDefects(b *entityYear) {
	e, y := b.plan.entity, b.year
	orders, students := names{}, names{}
	for _, o := range b.orders {
		if o.flaw != "" && (o.flaw != exactDuplicate || o.duplicate) {
			t.defects.at(e, y, "transactions", o.flaw).count++
		}
		t.countGaps(b, "transactions", o.channel, o.school)
		if o.flaw != invalidPhone {
			orders.note(o.who.phone, o.name)
		}
	}
	for _, n := range b.enrolments {
		if n.flaw != "" && n.flaw != secondSpelling && (n.flaw != exactDuplicate || n.duplicate) {
			t.defects.at(e, y, "students", n.flaw).count++
		}
		t.countGaps(b, "students", n.channel, n.school)
		if n.flaw != invalidPhone {
			students.note(n.who.phone, n.name)
		}
	}
	t.defects.at(e, y, "transactions", secondSpelling).count = orders.doubtful()
	t.defects.at(e, y, "students", secondSpelling).count = students.doubtful()
	for _, g := range b.targets {
		if g.flaw != "" {
			t.defects.at(e, y, "targets", g.flaw).count++
		}
	}
}

// countGaps counts what a row does not say.
func (t *truth) countGaps(b *entityYear, table, channel string, school *school) {
	if channel == unknown {
		t.defects.at(b.plan.entity, b.year, table, missingChannel).count++
	}
	if school == nil {
		t.defects.at(b.plan.entity, b.year, table, missingSchool).count++
	}
}

// names counts the rows of each name of a phone number.
type names map[string]map[string]int

func (n names) note(phone, name string) {
	if n[phone] == nil {
		n[phone] = map[string]int{}
	}
	n[phone][name]++
}

// doubtful counts the rows of phone numbers that have several names; no name is not a name.
func (n names) doubtful() int {
	rows := 0
	for _, byName := range n {
		several := len(byName)
		if byName[""] > 0 {
			several--
		}
		if several > 1 {
			for _, c := range byName {
				rows += c
			}
		}
	}
	return rows
}

// files gives the CSV files of the truth.
func (t *truth) files() map[string][]byte {
	return map[string][]byte{
		"revenue.csv": t.revenue.csv("entity_code,year_number,month_number,unit_code,orders,gross_revenue,discount_amount,net_revenue,students,participants,new_students",
			func(s *sums) []any {
				return []any{s.orders, rupiah(s.gross), rupiah(s.discount), rupiah(s.net), len(s.students), s.participants, s.count}
			}),
		"programs.csv": t.programs.csv("entity_code,year_number,month_number,unit_code,program_code,orders,net_revenue,students,new_students",
			func(s *sums) []any { return []any{s.orders, rupiah(s.net), len(s.students), s.count} }),
		"channels.csv": t.channels.csv("entity_code,year_number,month_number,channel_code,orders,net_revenue,students,new_students",
			func(s *sums) []any { return []any{s.orders, rupiah(s.net), len(s.students), s.count} }),
		"schools.csv": t.schools.csv("entity_code,year_number,month_number,school_code,orders,net_revenue,students,new_students",
			func(s *sums) []any { return []any{s.orders, rupiah(s.net), len(s.students), s.count} }),
		"targets.csv": t.targets.csv("entity_code,year_number,month_number,unit_code,program_code,metric,target_value",
			func(s *sums) []any { return []any{rupiah(s.net)} }),
		"defects.csv": t.defects.csv("entity_code,year_number,table_name,reason_code,row_count",
			func(s *sums) []any { return []any{s.count} }),
		"rows.csv": t.rows.csv("entity_code,year_number,table_name,loaded_rows,rejected_rows",
			func(s *sums) []any { return []any{s.count, s.second} }),
	}
}

// csv writes the table, sorted by key (numbers by value).
func (t table) csv(header string, figures func(*sums) []any) []byte {
	list := make([]*sums, 0, len(t))
	for _, s := range t {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *sums) int {
		return slices.CompareFunc(a.key, b.key, func(x, y string) int {
			return cmp.Or(cmp.Compare(leadingNumber(x), leadingNumber(y)), cmp.Compare(x, y))
		})
	})
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	records := [][]string{strings.Split(header, ",")}
	for _, s := range list {
		rec := slices.Clone(s.key)
		for _, f := range figures(s) {
			rec = append(rec, fmt.Sprint(f))
		}
		records = append(records, rec)
	}
	if err := w.WriteAll(records); err != nil {
		panic(err) // a buffer takes every byte
	}
	return buf.Bytes()
}

// leadingNumber is the number that a key part is, or 0 for a word.
func leadingNumber(s string) int {
	n := 0
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil {
		return 0
	}
	return n
}

// rupiah writes an amount as decimal(18,2) does.
func rupiah(amount int64) string { return fmt.Sprintf("%d.00", amount) }
