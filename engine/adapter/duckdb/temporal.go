package duckdb

import (
	"fmt"
	"math"
	"strings"
	"time"

	binding "github.com/duckdb/duckdb-go-bindings"
)

const (
	infinity    = "infinity"
	negInfinity = "-infinity"
	microsDay   = 24 * 60 * 60 * 1_000_000
)

// temporal gives a date, time or interval; see adapter.Rows for which become time.Time.
func (v *vector) temporal(row uint64) any {
	switch v.kind.id {
	case binding.TypeDate:
		return dateOf(at[int32](v, row))
	case binding.TypeTimestamp, binding.TypeTimestampTZ:
		return instant(at[int64](v, row), time.UnixMicro)
	case binding.TypeTimestampS:
		return instant(at[int64](v, row), func(n int64) time.Time { return time.Unix(n, 0) })
	case binding.TypeTimestampMS:
		return instant(at[int64](v, row), time.UnixMilli)
	case binding.TypeTimestampNS:
		return instant(at[int64](v, row), func(n int64) time.Time { return time.Unix(0, n) })
	case binding.TypeTime:
		return clock(at[int64](v, row)*1000, 6)
	case binding.TypeTimeNS:
		return clock(at[int64](v, row), 9)
	case binding.TypeTimeTZ:
		bits := at[uint64](v, row)
		// The lower 24 bits count down from +15:59:59.
		offset := int(57599 - int64(bits&0xffffff))
		return clock(int64(bits>>24)*1000, 6) + zone(offset)
	default:
		return intervalText(at[interval](v, row))
	}
}

func dateOf(days int32) any {
	switch days {
	case math.MaxInt32:
		return infinity
	case -math.MaxInt32:
		return negInfinity
	}
	return time.Date(1970, 1, 1+int(days), 0, 0, 0, 0, time.UTC)
}

func instant(n int64, from func(int64) time.Time) any {
	switch n {
	case math.MaxInt64:
		return infinity
	case -math.MaxInt64:
		return negInfinity
	}
	return from(n).UTC()
}

// clock spells a time of day, without trailing zeros of its fraction.
func clock(nanos int64, digits int) string {
	s := nanos / 1_000_000_000
	out := fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
	if frac := nanos % 1_000_000_000; frac != 0 {
		out += "." + strings.TrimRight(fmt.Sprintf("%09d", frac)[:digits], "0")
	}
	return out
}

func zone(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	out := fmt.Sprintf("%s%02d", sign, seconds/3600)
	if seconds%3600 != 0 {
		out += fmt.Sprintf(":%02d", seconds/60%60)
	}
	if seconds%60 != 0 {
		out += fmt.Sprintf(":%02d", seconds%60)
	}
	return out
}

// intervalText spells an interval as DuckDB prints it: "1 year 2 months 3 days 04:05:06".
func intervalText(i interval) string {
	var parts []string
	unit := func(n int32, name string) {
		if n == 0 {
			return
		}
		if n != 1 && n != -1 {
			name += "s"
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, name))
	}
	unit(i.months/12, "year")
	unit(i.months%12, "month")
	unit(i.days, "day")
	if i.micros != 0 || len(parts) == 0 {
		micros, sign := i.micros, ""
		if micros < 0 {
			micros, sign = -micros, "-"
		}
		s := micros / 1_000_000
		text := fmt.Sprintf("%s%02d:%02d:%02d", sign, s/3600, s/60%60, s%60)
		if frac := micros % 1_000_000; frac != 0 {
			text += "." + strings.TrimRight(fmt.Sprintf("%06d", frac), "0")
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}
