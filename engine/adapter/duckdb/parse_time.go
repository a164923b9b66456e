package duckdb

import (
	"fmt"
	"math"
	"strings"
	"time"

	binding "github.com/duckdb/duckdb-go-bindings"
)

// temporalNumber gives what DuckDB stores: days of a date, microseconds of a time, and of a
// timestamp the units its type counts. A column without zone takes a time.Time's wall clock,
// one with zone its instant. Texts are ISO 8601; for a column with zone they must name theirs.
func temporalNumber(id binding.Type, v any) (int64, error) {
	var t time.Time
	switch v := v.(type) {
	case time.Time:
		t = v
		if id != binding.TypeTimestampTZ {
			t = time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), v.Nanosecond(), time.UTC)
		}
	case string:
		if n, ok := infinite(id, v); ok {
			return n, nil
		}
		var err error
		if t, err = parseTime(id, strings.TrimSpace(v)); err != nil {
			return 0, err
		}
	default:
		return 0, fmt.Errorf("a %T is no date or time", v)
	}
	switch id {
	case binding.TypeDate:
		if t.Hour()+t.Minute()+t.Second()+t.Nanosecond() != 0 {
			return 0, fmt.Errorf("%s has a time of day", t.Format("2006-01-02 15:04:05"))
		}
		return floorDays(t.Unix()), nil
	case binding.TypeTime:
		return int64(t.Hour())*3600e6 + int64(t.Minute())*60e6 + int64(t.Second())*1e6 + int64(t.Nanosecond()/1000), nil
	case binding.TypeTimestampS:
		return t.Unix(), nil
	case binding.TypeTimestampMS:
		return t.UnixMilli(), nil
	case binding.TypeTimestampNS:
		if t.Year() < 1678 || t.Year() > 2261 {
			return 0, fmt.Errorf("%s is outside the years of TIMESTAMP_NS", t.Format(time.DateOnly))
		}
		return t.UnixNano(), nil
	default:
		return t.UnixMicro(), nil
	}
}

func floorDays(seconds int64) int64 {
	return int64(math.Floor(float64(seconds) / 86400))
}

func infinite(id binding.Type, text string) (int64, bool) {
	limit := int64(math.MaxInt64)
	if id == binding.TypeDate {
		limit = math.MaxInt32
	}
	switch strings.ToLower(text) {
	case infinity:
		return limit, id != binding.TypeTime
	case negInfinity:
		return -limit, id != binding.TypeTime
	}
	return 0, false
}

func parseTime(id binding.Type, s string) (time.Time, error) {
	if id == binding.TypeDate {
		if t, ok := parseDate(s); ok {
			return t, nil
		}
	}
	if id == binding.TypeTime {
		for _, layout := range []string{"15:04:05.999999999", "15:04"} {
			if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
				return t, nil
			}
		}
		return time.Time{}, errTime
	}
	if t, ok := parseStamp(s); ok && id != binding.TypeTimestampTZ {
		return t, nil
	}
	s = strings.Replace(s, "T", " ", 1)
	for _, layout := range []string{"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02 15:04", time.DateOnly} {
		t, err := time.ParseInLocation(layout, s, time.UTC)
		if err != nil {
			continue
		}
		if id == binding.TypeTimestampTZ {
			return time.Time{}, fmt.Errorf("%s names no time zone", show(s))
		}
		return t, nil
	}
	return time.Time{}, errTime
}

// parseStamp reads yyyy-mm-dd hh:mm:ss, with a T or a blank between, without the cost of
// time.Parse.
func parseStamp(s string) (time.Time, bool) {
	if len(s) != 19 || (s[10] != ' ' && s[10] != 'T') || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	day, ok := parseDate(s[:10])
	h, m, sec := number(s[11:13]), number(s[14:16]), number(s[17:])
	if !ok || h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 {
		return time.Time{}, false
	}
	return day.Add(time.Duration(h*3600+m*60+sec) * time.Second), true
}

// parseDate reads yyyy-mm-dd.
func parseDate(s string) (time.Time, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	y, m, d := number(s[:4]), number(s[5:7]), number(s[8:])
	if y < 0 || m < 1 || m > 12 || d < 1 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d
}

// number reads digits; -1 where there are others.
func number(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}
