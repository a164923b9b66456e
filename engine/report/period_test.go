package report_test

import (
	"strings"
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/report"
)

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		code, year, month, kind string
		want                    string // code start end type previous previous_year
	}{
		{"2026-02", "", "", "", "2026-02 2026-02-01 2026-02-28 monthly 2026-01 2025-02"},
		{"2024-2", "", "", "monthly", "2024-02 2024-02-01 2024-02-29 monthly 2024-01 2023-02"},
		{"", "2026", "1", "", "2026-01 2026-01-01 2026-01-31 monthly 2025-12 2025-01"},
		{"2026-q1", "", "", "", "2026-Q1 2026-01-01 2026-03-31 quarterly 2025-Q4 2025-Q1"},
		{"2026Q4", "", "", "", "2026-Q4 2026-10-01 2026-12-31 quarterly 2026-Q3 2025-Q4"},
		{"", "2026", "1-3", "quarterly", "2026-Q1 2026-01-01 2026-03-31 quarterly 2025-Q4 2025-Q1"},
		{"", "2026", "1-3", "", "2026-01..2026-03 2026-01-01 2026-03-31 range 2025-10..2025-12 2025-01..2025-03"},
		{"", "2026", "1 - 12", "yearly", "2026 2026-01-01 2026-12-31 yearly 2025 2025"},
		{"2026", "", "", "", "2026 2026-01-01 2026-12-31 yearly 2025 2025"},
		{"", "2026", "", "yearly", "2026 2026-01-01 2026-12-31 yearly 2025 2025"},
		{"2025-11..2026-02", "", "", "", "2025-11..2026-02 2025-11-01 2026-02-28 range 2025-07..2025-10 2024-11..2025-02"},
		{"2026-05..07", "", "", "", "2026-05..2026-07 2026-05-01 2026-07-31 range 2026-02..2026-04 2025-05..2025-07"},
		{"2026-02", "", "", "range", "2026-02..2026-02 2026-02-01 2026-02-28 range 2026-01..2026-01 2025-02..2025-02"},
	} {
		p, err := report.PeriodOf(c.code, c.year, c.month, c.kind)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		got := strings.Join([]string{
			p.Code(), p.Start.Format(time.DateOnly), p.End().Format(time.DateOnly), string(p.Type), p.Previous().Code(), p.PreviousYear().Code(),
		}, " ")
		if got != c.want {
			t.Errorf("%+v:\n%s\n%s", c, got, c.want)
		}
		again, err := report.PeriodOf(p.Code(), "", "", string(p.Type))
		if err != nil || again != p {
			t.Errorf("%s is read as %v, %v", p.Code(), again, err)
		}
	}
}

func TestPeriodsThatAreNone(t *testing.T) {
	for _, c := range [][4]string{
		{"", "", "", ""},
		{"", "", "2", ""},
		{"2026-13", "", "", ""},
		{"2026-00", "", "", ""},
		{"2026-Q5", "", "", ""},
		{"26-02", "", "", ""},
		{"2026-03..2026-01", "", "", ""},
		{"2026-02", "", "", "quarterly"},
		{"", "2026", "2-4", "quarterly"},
		{"", "2026", "", "quarterly"},
		{"", "2026", "", "monthly"},
		{"", "2026", "2", "yearly"},
		{"2026-02", "", "", "weekly"},
		{"", "2026", "a-b", ""},
		{"0000-01", "", "", ""},
		{"2026-99999999999999999999", "", "", ""},
		{"soon", "", "", ""},
	} {
		if p, err := report.PeriodOf(c[0], c[1], c[2], c[3]); err == nil {
			t.Errorf("%v is %v", c, p)
		}
	}
}

func TestLabelsOfPeriods(t *testing.T) {
	for _, c := range [][5]string{
		{"2026-05", "Mei 2026", "Mei 2026", "May 2026", "May 2026"},
		{"2026-08", "Agustus 2026", "Agu 2026", "August 2026", "Aug 2026"},
		{"2026-Q1", "Kuartal 1 2026", "K1 2026", "Q1 2026", "Q1 2026"},
		{"2026", "2026", "2026", "2026", "2026"},
		{"2026-01..2026-03", "Januari–Maret 2026", "Jan–Mar 2026", "January–March 2026", "Jan–Mar 2026"},
		{"2025-12..2026-01", "Desember 2025 – Januari 2026", "Des 2025 – Jan 2026", "December 2025 – January 2026", "Dec 2025 – Jan 2026"},
	} {
		p, err := report.ParsePeriod(c[0])
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range []string{"id-ID", "en-US"} {
			f, err := block.NewFormatter(l, "")
			if err != nil {
				t.Fatal(err)
			}
			if label, short := plain(p.Label(f)), plain(p.Short(f)); label != c[1+2*i] || short != c[2+2*i] {
				t.Errorf("%s in %s: %q, %q", c[0], l, label, short)
			}
		}
	}
}

// plain makes the spaces that keep lines together ordinary.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func FuzzPeriod(f *testing.F) {
	for _, s := range []string{"2026-02", "2026-Q1", "2026", "2026-01..2026-03", "2026-1..3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := report.ParsePeriod(s)
		if err != nil {
			return
		}
		if again, err := report.ParsePeriod(p.Code()); err != nil || again != p {
			t.Errorf("%q is %+v, whose code %q is read as %+v, %v", s, p, p.Code(), again, err)
		}
		if !p.Start.Before(p.After()) || p.Previous().After() != p.Start {
			t.Errorf("%q: %+v", s, p)
		}
	})
}
