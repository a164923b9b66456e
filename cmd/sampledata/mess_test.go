package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestDots(t *testing.T) {
	for amount, want := range map[int64]string{0: "0", 250: "250", 1_000: "1.000", 250_000: "250.000", 1_250_000: "1.250.000", -250_000: "250.000"} {
		if got := dots(amount); got != want {
			t.Errorf("dots(%d) = %q, want %q", amount, got, want)
		}
	}
}

func TestSerial(t *testing.T) {
	for day, want := range map[string]int64{"1900-03-01": 61, "2023-01-01": 44927, "2026-02-03": 46056} {
		d, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := serial(d); got != want {
			t.Errorf("serial(%s) = %d, want %d", day, got, want)
		}
	}
}

// TestPhonesKeepTheirNumber proves that all six formats say the same number.
func TestPhonesKeepTheirNumber(t *testing.T) {
	d := newDice("test/phones")
	digits := regexp.MustCompile(`[^0-9]`)
	formats := map[string]bool{}
	for range 500 {
		x := messyPhone(d, "81234567890")
		s, isText := x.v.(string)
		if !isText {
			s = strconv.FormatInt(x.v.(int64), 10)
		}
		formats[regexp.MustCompile(`[0-9]`).ReplaceAllString(s, "9")] = true
		got := digits.ReplaceAllString(strings.Split(s, "/")[0], "")
		got = strings.TrimPrefix(strings.TrimPrefix(got, "62"), "0")
		if got != "81234567890" {
			t.Fatalf("%q says %q", s, got)
		}
	}
	if len(formats) < 6 {
		t.Errorf("only %d formats: %v", len(formats), formats)
	}
}

// TestOneFlawARow proves that the counts of the truth cannot overlap: a row that is broken in one
// way is sound in every other.
func TestOneFlawARow(t *testing.T) {
	look, err := readLookups(project + "/seeds")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plans() {
		people := newPeople(look, p.entity)
		for _, y := range p.years {
			b := invent(look, people, p, y)
			spoil(b)
			for i, o := range b.orders {
				if o.gross() < 0 != (o.flaw == negativeAmount) {
					t.Errorf("%s: %q has gross %d", b.key(), o.flaw, o.gross())
				}
				if (o.total != o.net()) != (o.flaw == totalMismatch) {
					t.Errorf("%s: %q has total %d, net %d", b.key(), o.flaw, o.total, o.net())
				}
				if o.duplicate && b.orders[i-1].who != o.who {
					t.Errorf("%s: a duplicate does not stand below its first", b.key())
				}
				if b.counts(o) && (o.month < 1 || o.month > b.months) {
					t.Errorf("%s: an order counts in month %d", b.key(), o.month)
				}
			}
		}
	}
}
