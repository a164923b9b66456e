package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// PeriodType is how long a period is.
type PeriodType string

// The types of period, which are also the folders that reports stand in.
const (
	Monthly   PeriodType = "monthly"
	Quarterly PeriodType = "quarterly"
	Yearly    PeriodType = "yearly"
	Range     PeriodType = "range"
)

// PeriodTypes lists the types.
func PeriodTypes() []string {
	return []string{string(Monthly), string(Quarterly), string(Yearly), string(Range)}
}

// Period is the time that a report is about: whole months, one after the other.
type Period struct {
	Type   PeriodType
	Start  time.Time // first day, UTC
	Months int
}

// Code gives "2026-02", "2026-Q1", "2026" or "2026-01..2026-03".
func (p Period) Code() string {
	switch p.Type {
	case Yearly:
		return p.Start.Format("2006")
	case Quarterly:
		return fmt.Sprintf("%d-Q%d", p.Start.Year(), quarterOf(p.Start))
	case Range:
		return p.Start.Format("2006-01") + ".." + p.last().Format("2006-01")
	default:
		return p.Start.Format("2006-01")
	}
}

func quarterOf(t time.Time) int { return (int(t.Month()) + 2) / 3 }

// last is the first day of the last month.
func (p Period) last() time.Time { return p.Start.AddDate(0, p.Months-1, 0) }

// End gives the last day.
func (p Period) End() time.Time { return p.After().AddDate(0, 0, -1) }

// After gives the day after the last.
func (p Period) After() time.Time { return p.Start.AddDate(0, p.Months, 0) }

// Year gives the year that the period lies in; 0 if it is in several.
func (p Period) Year() int {
	if p.Start.Year() != p.last().Year() {
		return 0
	}
	return p.Start.Year()
}

// Previous gives the period of the same length right before.
func (p Period) Previous() Period {
	p.Start = p.Start.AddDate(0, -p.Months, 0)
	return p
}

// PreviousYear gives the same period a year before.
func (p Period) PreviousYear() Period {
	p.Start = p.Start.AddDate(-1, 0, 0)
	return p
}

// Label gives the period in a language: "February 2026", "Q1 2026", "January–March 2026".
func (p Period) Label(f *block.Formatter) string {
	switch p.Type {
	case Yearly:
		return p.Start.Format("2006")
	case Quarterly:
		return f.LongQuarter(p.Start)
	case Range:
		return p.months(f.LongMonth, func(m int) string { name, _ := f.MonthName(m); return name })
	default:
		return f.LongMonth(p.Start)
	}
}

// Short gives the period in a few letters: "Feb 2026", "Jan–Mar 2026".
func (p Period) Short(f *block.Formatter) string {
	switch p.Type {
	case Yearly:
		return p.Start.Format("2006")
	case Quarterly:
		return f.Quarter(p.Start)
	case Range:
		return p.months(f.Month, func(m int) string { _, short := f.MonthName(m); return short })
	default:
		return f.Month(p.Start)
	}
}

func (p Period) months(whole func(time.Time) string, name func(int) string) string {
	switch {
	case p.Months == 1:
		return whole(p.Start)
	case p.Year() == 0:
		return whole(p.Start) + "\u00a0– " + whole(p.last())
	default:
		return name(int(p.Start.Month())) + "–" + whole(p.last())
	}
}

//nolint:gochecknoglobals // compiled constants
var (
	monthCode   = regexp.MustCompile(`^(\d{4})-(\d{1,2})$`)
	quarterCode = regexp.MustCompile(`^(\d{4})-?[Qq]([1-4])$`)
	rangeCode   = regexp.MustCompile(`^(\d{4})-(\d{1,2})\.\.(?:(\d{4})-)?(\d{1,2})$`)
)

// ParsePeriod reads "2026-02", "2026-Q1", "2026" or "2026-01..2026-03".
func ParsePeriod(s string) (Period, error) {
	text := strings.TrimSpace(s)
	if m := monthCode.FindStringSubmatch(text); m != nil {
		return monthsFrom(s, Monthly, m[1], m[2], "", m[2])
	}
	if m := quarterCode.FindStringSubmatch(text); m != nil {
		first := 3*int(m[2][0]-'1') + 1
		return monthsFrom(s, Quarterly, m[1], strconv.Itoa(first), "", strconv.Itoa(first+2))
	}
	if m := rangeCode.FindStringSubmatch(text); m != nil {
		return monthsFrom(s, Range, m[1], m[2], m[3], m[4])
	}
	if year, err := strconv.Atoi(text); err == nil && year >= 1000 && year <= 9999 {
		return Period{Type: Yearly, Start: monthStart(year, 1), Months: 12}, nil
	}
	return Period{}, badPeriod("%q is not a period", s)
}

func badPeriod(format string, args ...any) error {
	return diag.Errorf(diag.BadValue, diag.Pos{}, format, args...).
		WithHint("a month 2026-02, a quarter 2026-Q1, a year 2026, or months 2026-01..2026-03")
}

func monthStart(year, month int) time.Time {
	return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
}

// monthsFrom makes a period of the months from one to another, both in it.
func monthsFrom(shown string, t PeriodType, year, from, toYear, to string) (Period, error) {
	if toYear == "" {
		toYear = year
	}
	var n [4]int
	for i, s := range []string{year, from, toYear, to} {
		var err error
		if n[i], err = strconv.Atoi(s); err != nil {
			return Period{}, badPeriod("%q is not a period", shown)
		}
	}
	for _, m := range []int{n[1], n[3]} {
		if m < 1 || m > 12 {
			return Period{}, badPeriod("%q is not a period: there is no month %d", shown, m)
		}
	}
	if n[0] < 1000 || n[2] < 1000 {
		return Period{}, badPeriod("%q is not a period", shown)
	}
	p := Period{Type: t, Start: monthStart(n[0], n[1]), Months: (n[2]-n[0])*12 + n[3] - n[1] + 1}
	if p.Months < 1 {
		return Period{}, badPeriod("%q is not a period: it ends before it begins", shown)
	}
	return p, nil
}

// PeriodOf puts a period together from what a command line says: a period's code, or a year with a
// month ("2"), months ("1-3") or none; kind is "" or one of PeriodTypes, which the rest must fit.
func PeriodOf(code, year, month, kind string) (Period, error) {
	if kind != "" && !slices.Contains(PeriodTypes(), kind) {
		d := diag.Errorf(diag.BadValue, diag.Pos{}, "there is no type of period %q", kind)
		if d.Hint = diag.DidYouMean(kind, PeriodTypes()); d.Hint == "" {
			d.Hint = "there are " + strings.Join(PeriodTypes(), ", ")
		}
		return Period{}, d
	}
	if code == "" {
		if year == "" {
			return Period{}, diag.Errorf(diag.MissingKey, diag.Pos{}, "which period is the report about?").
				WithHint("for example --period 2026-02, or --year 2026 --month 2; quarters are 2026-Q1, years 2026, several months 2026-01..2026-03")
		}
		if month == "" && kind != "" && kind != string(Yearly) {
			return Period{}, diag.Errorf(diag.MissingKey, diag.Pos{}, "a %s report needs months besides the year %s", kind, year).
				WithHint("%s", monthsHint(kind, year))
		}
		code = year
		if month != "" {
			from, to, several := strings.Cut(month, "-")
			code = year + "-" + strings.TrimSpace(from)
			if several {
				code += ".." + strings.TrimSpace(to)
			}
		}
	}
	p, err := ParsePeriod(code)
	if err != nil {
		return p, err
	}
	return p.as(PeriodType(kind), code)
}

func monthsHint(kind, year string) string {
	switch PeriodType(kind) {
	case Quarterly:
		return "for example --month 1-3, or --period " + year + "-Q1"
	case Range:
		return "for example --month 1-3"
	default:
		return "for example --month 2"
	}
}

// as gives the period as one of a type, if it is that long.
func (p Period) as(kind PeriodType, code string) (Period, error) {
	if kind == "" || kind == p.Type {
		return p, nil
	}
	fits := map[PeriodType]bool{
		Monthly:   p.Months == 1,
		Quarterly: p.Months == 3 && p.Start.Month()%3 == 1,
		Yearly:    p.Months == 12 && p.Start.Month() == time.January,
		Range:     true,
	}
	if !fits[kind] {
		what := map[PeriodType]string{Monthly: "a month", Quarterly: "a quarter", Yearly: "a year"}[kind]
		d := diag.Errorf(diag.BadValue, diag.Pos{}, "%s is not %s, and the type is %s", code, what, kind)
		months := map[PeriodType]string{Monthly: "a month", Quarterly: "the months of a quarter"}[kind]
		d.Hint = "leave --type out, or give " + months + ": " + monthsHint(string(kind), strconv.Itoa(p.Start.Year()))
		if kind == Yearly {
			d.Hint = "leave --type out, or leave the month out"
		}
		if kind == Quarterly && p.Months == 1 && p.Start.Month() <= 4 {
			d.Hint = fmt.Sprintf("quarter %d is --period %d-Q%d", p.Start.Month(), p.Start.Year(), p.Start.Month())
		}
		return p, d
	}
	p.Type = kind
	return p, nil
}

// named gives a period as templates see it, and those that it is compared to.
func (p Period) named(f *block.Formatter) *manifest.Map {
	m := p.plain(f)
	m.Set("previous", p.Previous().plain(f))
	m.Set("previous_year", p.PreviousYear().plain(f))
	return m
}

func (p Period) plain(f *block.Formatter) *manifest.Map {
	var months []any
	for i := range p.Months {
		months = append(months, int64(p.Start.AddDate(0, i, 0).Month()))
	}
	last := p.last()
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	return manifest.NewMap(
		"type", string(p.Type), "code", p.Code(), "label", p.Label(f), "short", p.Short(f),
		"start", day(p.Start), "end", day(p.End()), "after", day(p.After()),
		"year", int64(last.Year()), "quarter", int64(quarterOf(last)), "month", int64(last.Month()),
		"months", months, "days", int64(p.After().Sub(p.Start).Hours()/24),
		"ytd_start", day(monthStart(last.Year(), 1)),
	)
}
