package block

import (
	"strconv"
	"strings"
	"time"
)

// moment writes a point in time. Texts such as 2026-02, 2026-Q1 and 2026-02-03 are points in time
// too, and so are whole numbers of months and years.
func (f *Formatter) moment(v Value, s shape) (string, bool) {
	if n, ok := v.(int64); ok {
		switch {
		case s == yearShape:
			return strconv.FormatInt(n, 10), true
		case s == monthShape && n >= 1 && n <= 12:
			return f.locale().short[n-1], true
		}
	}
	t, ok := MomentOf(v)
	if !ok {
		return "", false
	}
	switch s {
	case monthShape:
		return f.Month(t), true
	case quarterShape:
		return f.Quarter(t), true
	case yearShape:
		return strconv.Itoa(t.Year()), true
	case datetimeShape:
		return f.datetime(t), true
	default:
		return f.Date(t), true
	}
}

func (f *Formatter) datetime(t time.Time) string { return f.Date(t) + space + t.Format("15:04") }

// MomentOf reads a value as a point in time: a time, a text such as 2026-02-03, 2026-02, 2026-Q1 or
// 2026, or a whole number such as 202602 or 2026. False for anything else.
func MomentOf(v Value) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v, true
	case int64:
		return numberMoment(v)
	case string:
		return textMoment(strings.TrimSpace(v))
	default:
		return time.Time{}, false
	}
}

func numberMoment(n int64) (time.Time, bool) {
	switch {
	case n >= 1000 && n <= 9999:
		return time.Date(int(n), 1, 1, 0, 0, 0, 0, time.UTC), true
	case n >= 100001 && n <= 999912 && n%100 >= 1 && n%100 <= 12:
		return time.Date(int(n/100), time.Month(n%100), 1, 0, 0, 0, 0, time.UTC), true
	}
	return time.Time{}, false
}

func textMoment(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006", time.DateTime, "2006-01-02T15:04:05", time.RFC3339} {
		if len(s) != len(layout) && layout != time.RFC3339 {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	year, quarter, ok := strings.Cut(strings.ToUpper(s), "-Q")
	if !ok || len(year) != 4 || len(quarter) != 1 || quarter < "1" || quarter > "4" {
		return time.Time{}, false
	}
	y, err := strconv.Atoi(year)
	if err != nil || y < 1000 {
		return time.Time{}, false
	}
	return time.Date(y, time.Month(3*int(quarter[0]-'1')+1), 1, 0, 0, 0, 0, time.UTC), true
}
