package main

import (
	"strconv"
	"strings"
)

// column is one column of a sheet of rows T: its header, over two rows if top is set, and how a row
// is written in it.
type column[T any] struct {
	top, head string
	hidden    bool
	write     func(T) cell
}

// scribe is the person who keeps one workbook: with habits for dates and money of his own.
type scribe struct {
	b        *entityYear
	d        dice
	dates    dateMix
	money    moneyMix
	textRows float64 // how many rows have their amounts as text; the others have numbers and formulas
	asText   bool    // whether the row at hand is such a row
	row      int     // running number in the sheet
}

func newScribe(b *entityYear, table string) *scribe {
	return &scribe{b: b, d: newDice(b.key() + "/" + table)}
}

// label writes a code under one of its labels of the year.
func (s *scribe) label(labels []string) cell {
	i := s.b.year % len(labels)
	if s.d.chance(0.15) {
		i = s.d.IntN(len(labels))
	}
	if labels[i] == "" {
		return cell{}
	}
	return messyLabel(s.d, labels[i])
}

// amount writes money as the row at hand has it.
func (s *scribe) amount(v int64) cell {
	if s.asText {
		return messyMoney(s.d, s.money, v)
	}
	return cell{v: v, style: styleMoney}
}

// program writes a program, or something that is none.
func (s *scribe) program(p program, f flaw) cell {
	if f == unknownProgram {
		return text(pick(s.d, strangePrograms[s.b.plan.entity]))
	}
	return s.label(programLabels[p.code])
}

func (s *scribe) phone(who *person, f flaw) cell {
	if f == invalidPhone {
		return brokenPhone(s.d)
	}
	return messyPhone(s.d, who.phone)
}

// The columns of transactions.

func (s *scribe) number() func(*order) cell {
	return func(*order) cell { s.row++; return cell{v: int64(s.row)} }
}

func (s *scribe) receipt(o *order) cell { return text(o.receipt) }

func (s *scribe) date(o *order) cell {
	if o.flaw == invalidDate {
		return text(impossibleDay(s.d, o.date))
	}
	return messyDate(s.d, s.dates, o.date)
}

func (s *scribe) name(o *order) cell       { return messyName(s.d, o.name) }
func (s *scribe) orderPhone(o *order) cell { return s.phone(o.who, o.flaw) }
func (s *scribe) orderSchool(o *order) cell {
	return messySchool(s.d, o.school)
}
func (s *scribe) orderProgram(o *order) cell { return s.program(o.program, o.flaw) }
func (s *scribe) class(o *order) cell        { return text(o.class) }
func (s *scribe) unit(o *order) cell         { return s.label(unitLabels[o.unit]) }
func (s *scribe) channel(o *order) cell      { return s.label(channelLabels[o.channel]) }
func (s *scribe) method(o *order) cell       { return s.label(methodLabels[o.method]) }
func (s *scribe) note(o *order) cell         { return text(o.note) }
func (s *scribe) participants(o *order) cell { return cell{v: int64(o.participants)} }

func (s *scribe) registration(o *order) cell {
	if o.registration == 0 {
		return pick(s.d, []cell{{}, text("-"), {v: int64(0), style: styleMoney}})
	}
	return s.amount(o.registration)
}

func (s *scribe) course(o *order) cell { return s.amount(o.course) }

// pricePerHead is a column that no source asks for.
func (s *scribe) pricePerHead(o *order) cell {
	return cell{v: o.course / int64(o.participants), style: styleMoney}
}

// contract writes the course fee as participants times price, a formula over the named cells.
func (s *scribe) contract(formula string) func(*order) cell {
	return func(o *order) cell {
		if s.asText {
			return s.amount(o.course)
		}
		return cell{v: o.course, formula: formula, style: styleMoney}
	}
}

func (s *scribe) discount(o *order) cell {
	if o.discount == 0 {
		return pick(s.d, []cell{{}, text("-"), {v: int64(0), style: styleMoney}})
	}
	return s.amount(o.discount)
}

func (s *scribe) negativeDiscount(o *order) cell {
	if o.discount == 0 {
		return cell{}
	}
	return s.plainly(parenthesised(s.d, o.discount))
}

// plainly makes the rest of a row plain where a cell is text, because a formula could not reckon
// with it.
func (s *scribe) plainly(x cell) cell {
	if _, isText := x.v.(string); isText {
		s.asText = true
	}
	return x
}

func (s *scribe) percent(o *order) cell {
	if o.percent == 0 {
		return cell{}
	}
	return s.plainly(messyPercent(s.d, o.percent))
}

// total writes the total: as a formula with its value, as a number, or as text; wrong or broken
// where the row has that flaw.
func (s *scribe) total(formula string) func(*order) cell {
	return func(o *order) cell {
		switch {
		case o.flaw == missingTotal:
			return errorCell(s.d)
		case o.flaw == totalMismatch || formula == "" || s.asText:
			return s.amount(o.total)
		}
		return cell{v: o.total, formula: formula, style: styleMoney}
	}
}

// oldCode is a hidden left-over that no source asks for.
func (s *scribe) oldCode(o *order) cell { return text("X" + strings.ToUpper(o.class)) }

// writeOrders writes rows below the header; a duplicate repeats the cells of the row above it. Now
// and then an empty row stands between.
func (s *scribe) writeOrders(sh *sheet, cols []column[*order], orders []*order) {
	var last []cell
	for _, o := range orders {
		if !o.duplicate {
			s.asText = s.d.chance(s.textRows)
			last = make([]cell, len(cols))
			for i, c := range cols {
				if c.write != nil {
					last[i] = c.write(o)
				}
			}
		}
		if s.d.chance(0.012) {
			sh.blank(1)
		}
		sh.add(last...)
	}
}

// writeHeader writes the header of the columns at the sheet's next row, over two rows if any column
// has a top: the top is merged over its columns, and a column without one is merged downwards.
func writeHeader[T any](sh *sheet, cols []column[T]) {
	tops, heads := make([]cell, len(cols)), make([]cell, len(cols))
	two := false
	for i, c := range cols {
		if c.hidden {
			sh.hide = append(sh.hide, i+1)
		}
		two = two || c.top != ""
		heads[i] = cell{v: c.head, style: styleHeader}
		if c.head == "" {
			heads[i] = cell{}
		}
	}
	if !two {
		sh.add(heads...)
		return
	}
	row := len(sh.rows) + 1
	for i := 0; i < len(cols); i++ {
		if cols[i].top == "" {
			tops[i], heads[i] = heads[i], cell{}
			if cols[i].head != "" {
				sh.merges = append(sh.merges, [2]string{at(i+1, row), at(i+1, row+1)})
			}
			continue
		}
		tops[i] = cell{v: cols[i].top, style: styleHeader}
		j := i
		for j+1 < len(cols) && cols[j+1].top == cols[i].top {
			j++
		}
		if j > i {
			sh.merges = append(sh.merges, [2]string{at(i+1, row), at(j+1, row)})
		}
		i = j
	}
	sh.add(tops...)
	sh.add(heads...)
}

// at names a cell: column 3, row 7 is "C7". Columns go up to Z.
func at(col, row int) string { return string(rune('A'+col-1)) + strconv.Itoa(row) }
