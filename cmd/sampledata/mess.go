package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// monthNames are the months as the workbooks write them.
var monthNames = []string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}

// monthShort are the months' short forms; August is Agt, Agu or Ags with different writers.
var monthShort = []string{"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nov", "Des"}

// dateMix says how often a workbook writes its dates in which way; the rest are dd/mm/yyyy text.
type dateMix struct{ serial, long, bare float64 }

// messyDate writes one day in one of the ways of the workbook: an Excel serial with a date format,
// a serial that somebody formatted as a plain number, "3 Februari 2026", "3 Feb 2026", or the text
// "03/02/2026" (with dashes at times).
func messyDate(d dice, mix dateMix, t time.Time) cell {
	switch d.weighted([]float64{mix.serial, mix.bare, mix.long, max(0, 1-mix.serial-mix.bare-mix.long)}) {
	case 0:
		return cell{v: t, style: styleDate}
	case 1:
		return cell{v: serial(t)}
	case 2:
		if d.chance(0.2) {
			return text(fmt.Sprintf("%d %s %d", t.Day(), monthShort[t.Month()-1], t.Year()))
		}
		return text(fmt.Sprintf("%d %s %d", t.Day(), monthNames[t.Month()-1], t.Year()))
	}
	if d.chance(0.1) {
		return text(t.Format("02-01-2006"))
	}
	return text(t.Format("02/01/2006"))
}

// serial is Excel's day number in the 1900 system.
func serial(t time.Time) int64 {
	return int64(t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

// moneyMix says how often a workbook writes amounts as text: with Rp, with Rp and the ",-" of a
// cheque, or with two decimals; the rest are numbers.
type moneyMix struct{ rp, cheque, decimals float64 }

// messyMoney writes an amount as a number, as "Rp 1.250.000", as "Rp1.250.000,-", or as
// "1.250.000,00". Negative text stands in parentheses, as accountants write it: "(250.000)".
func messyMoney(d dice, mix moneyMix, amount int64) cell {
	s := dots(amount)
	negative := func(x string) cell {
		if amount < 0 {
			return text("(" + x + ")")
		}
		return text(x)
	}
	switch d.weighted([]float64{mix.rp, mix.cheque, mix.decimals, max(0, 1-mix.rp-mix.cheque-mix.decimals)}) {
	case 0:
		return negative("Rp " + s)
	case 1:
		return negative("Rp" + s + ",-")
	case 2:
		return negative(s + ",00")
	}
	return cell{v: amount, style: styleMoney}
}

// dots writes the digits of an amount, without its sign, in groups of three.
func dots(amount int64) string {
	s := strings.TrimPrefix(strconv.FormatInt(amount, 10), "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// parenthesised writes a discount as accountants do, as a negative in parentheses: "(250.000)" text,
// or the number −250000 under a format that shows it so.
func parenthesised(d dice, amount int64) cell {
	if d.chance(0.5) {
		return text("(" + dots(amount) + ")")
	}
	return cell{v: -amount, style: styleParens}
}

// messyPercent writes a percentage as the number 0.1 under a percent format, or as the text "10%" or
// "10 %".
func messyPercent(d dice, percent int) cell {
	switch d.IntN(4) {
	case 0:
		return text(fmt.Sprintf("%d%%", percent))
	case 1:
		return text(fmt.Sprintf("%d %%", percent))
	}
	return cell{v: float64(percent) / 100, style: stylePercent}
}

// messyPhone writes a national number (without its leading zero) in one of six formats: local with
// dashes, local with spaces, plain local, international with a plus, international without, and a
// number cell that lost its zero. Now and then a second number follows behind a slash.
func messyPhone(d dice, n string) cell {
	local := "0" + n
	switch d.IntN(6) {
	case 0:
		return text(local[:4] + "-" + local[4:8] + "-" + local[8:])
	case 1:
		return text(local[:4] + " " + local[4:8] + " " + local[8:])
	case 2:
		if d.chance(0.08) {
			return text(local + " / 0811" + n[len(n)-6:])
		}
		return text(local)
	case 3:
		return text("+62 " + n[:3] + "-" + n[3:7] + "-" + n[7:])
	case 4:
		return text("62" + n)
	}
	v, _ := strconv.ParseInt(n, 10, 64) // n is digits by construction
	return cell{v: v}
}

// brokenPhone is a number that is too short to be one.
func brokenPhone(d dice) cell { return text(fmt.Sprintf("08%02d-%02d", d.IntN(100), d.IntN(100))) }

// messyName writes a name in proper, upper or lower case, with stray spaces before, after and
// between words, a non-breaking one among them.
func messyName(d dice, name string) cell {
	if name == "" {
		return cell{}
	}
	switch d.weighted([]float64{70, 14, 8}) {
	case 1:
		name = strings.ToUpper(name)
	case 2:
		name = strings.ToLower(name)
	}
	switch d.weighted([]float64{80, 6, 6, 5, 2}) {
	case 1:
		name += " "
	case 2:
		name = " " + name
	case 3:
		name = strings.Replace(name, " ", "  ", 1)
	case 4:
		name += "\u00a0"
	}
	return text(name)
}

// messySchool writes a school or company under one of its spellings, in some case; nil stays
// blank.
func messySchool(d dice, s *school) cell {
	if s == nil {
		return cell{}
	}
	if d.chance(0.55) {
		return text(s.name)
	}
	spelling := pick(d, s.spellings)
	if d.chance(0.4) {
		return text(strings.ToUpper(spelling))
	}
	return text(spelling)
}

// messyLabel writes a label in its own case, in upper or lower case, or with a trailing space.
func messyLabel(d dice, label string) cell {
	switch d.weighted([]float64{84, 7, 5, 4}) {
	case 1:
		label = strings.ToUpper(label)
	case 2:
		label = strings.ToLower(label)
	case 3:
		label += " "
	}
	return text(label)
}

// errorCell is a formula that failed: a lookup without a hit, a reference to a deleted column, a
// division by zero. Its value, the error, is written by typeCached.
func errorCell(d dice) cell {
	return pick(d, []cell{
		{formula: `VLOOKUP("x",$A$1:$B$2,2,FALSE)`},
		{formula: `#REF!*2`},
		{formula: `1/0`},
	})
}
