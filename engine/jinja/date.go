package jinja

import (
	"fmt"
	"strings"
	"time"
)

// Date is Python's date.
type Date struct{ t time.Time }

// NewDate makes a date.
func NewDate(year, month, day int) *Date {
	return newDate(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC))
}

func newDate(t time.Time) *Date {
	y, m, d := t.Date()
	return &Date{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// Time gives the date's midnight in UTC.
func (d *Date) Time() time.Time { return d.t }

// TypeName is the Python type.
func (d *Date) TypeName() string { return "datetime.date" }

// String is the ISO form.
func (d *Date) String() string { return isoDate(d.t) }

func isoDate(t time.Time) string {
	y, m, d := t.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

// Repr is Python's repr.
func (d *Date) Repr() string {
	y, m, day := d.t.Date()
	return fmt.Sprintf("datetime.date(%d, %d, %d)", y, m, day)
}

// HashKey makes dates dict keys by value.
func (d *Date) HashKey() any { return "date " + d.String() }

// Equal compares dates; a datetime is never equal to a date.
func (d *Date) Equal(other Value) bool {
	o, ok := other.(*Date)
	return ok && d.t.Equal(o.t)
}

// Compare orders dates.
func (d *Date) Compare(other Value) (int, bool) {
	o, ok := other.(*Date)
	if !ok {
		return 0, false
	}
	return d.t.Compare(o.t), true
}

// Format is what "{:%Y}".format does.
func (d *Date) Format(spec string) (string, error) {
	if spec == "" {
		return d.String(), nil
	}
	return strftime(naive(d.t), spec), nil
}

// Arith adds and subtracts timedeltas, and subtracts dates.
func (d *Date) Arith(op string, other Value, reflected bool) (Value, bool, error) {
	switch o := other.(type) {
	case *Delta:
		days := int(floorDiv(o.us, usPerDay))
		switch {
		case op == "+":
			return newDate(d.t.AddDate(0, 0, days)), true, nil
		case op == "-" && !reflected:
			return newDate(d.t.AddDate(0, 0, -days)), true, nil
		}
	case *Date:
		if op == "-" {
			diff := &Delta{d.t.Sub(o.t).Microseconds()}
			if reflected {
				diff.us = -diff.us
			}
			return diff, true, nil
		}
	}
	return nil, false, nil
}

// Attr gives the parts and methods of the date.
func (d *Date) Attr(name string) (Value, bool) {
	if v, ok := dayAttr(d.t, name); ok {
		return v, true
	}
	switch name {
	case "strftime":
		return strftimeMethod(naive(d.t)), true
	case "isoformat":
		return Func(func(*Call) (Value, error) { return d.String(), nil }), true
	case "replace":
		return Func(func(c *Call) (Value, error) {
			v, err := replaced(c, naive(d.t), []string{"year", "month", "day"})
			if err != nil {
				return nil, err
			}
			return newDate(v.t), nil
		}), true
	}
	return nil, false
}

// dayAttr gives what date and datetime have in common.
func dayAttr(t time.Time, name string) (Value, bool) {
	switch name {
	case "year":
		return int64(t.Year()), true
	case "month":
		return int64(t.Month()), true
	case "day":
		return int64(t.Day()), true
	case "weekday":
		return Func(func(*Call) (Value, error) { return int64((t.Weekday() + 6) % 7), nil }), true
	case "isoweekday":
		return Func(func(*Call) (Value, error) { return int64((t.Weekday()+6)%7 + 1), nil }), true
	case "toordinal":
		return Func(func(*Call) (Value, error) { return ordinal(t), nil }), true
	case "isocalendar":
		return Func(func(*Call) (Value, error) {
			y, w := t.ISOWeek()
			return &isoCalendar{int64(y), int64(w), int64((t.Weekday()+6)%7 + 1)}, nil
		}), true
	case "ctime":
		return Func(func(*Call) (Value, error) { return strftime(naive(t), "%a %b %e %H:%M:%S %Y"), nil }), true
	}
	return nil, false
}

func ordinal(t time.Time) int64 {
	y, m, d := t.Date()
	return (time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()-time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix())/86400 + 1
}

// isoCalendar is what isocalendar() gives.
type isoCalendar struct{ year, week, weekday int64 }

// Iter gives the three numbers.
func (i *isoCalendar) Iter() []Value { return []Value{i.year, i.week, i.weekday} }

// Len is three.
func (i *isoCalendar) Len() int { return 3 }

// Item gives a number by its position.
func (i *isoCalendar) Item(key Value) (Value, bool) {
	k, ok := index(key)
	if k < 0 {
		k += 3
	}
	if !ok || k < 0 || k > 2 {
		return nil, false
	}
	return i.Iter()[k], true
}

// Attr gives year, week and weekday.
func (i *isoCalendar) Attr(name string) (Value, bool) {
	switch name {
	case "year":
		return i.year, true
	case "week":
		return i.week, true
	case "weekday":
		return i.weekday, true
	}
	return nil, false
}

// String prints the numbers as Python does.
func (i *isoCalendar) String() string {
	return fmt.Sprintf("datetime.IsoCalendarDate(year=%d, week=%d, weekday=%d)", i.year, i.week, i.weekday)
}

// Time is Python's time of day.
type Time struct{ since time.Duration }

// TypeName is the Python type.
func (t *Time) TypeName() string { return "datetime.time" }

// String is the ISO form.
func (t *Time) String() string { return isoClock(t.since, "auto") }

// isoClock writes a time of day; spec is Python's timespec.
func isoClock(since time.Duration, spec string) string {
	h, m, s := int(since.Hours()), int(since.Minutes())%60, int(since.Seconds())%60
	us := int(since.Microseconds() % 1e6)
	switch spec {
	case "hours":
		return fmt.Sprintf("%02d", h)
	case "minutes":
		return fmt.Sprintf("%02d:%02d", h, m)
	case "milliseconds":
		return fmt.Sprintf("%02d:%02d:%02d.%03d", h, m, s, us/1000)
	case "seconds":
		us = 0
	}
	if us == 0 && spec != "microseconds" {
		return fmt.Sprintf("%02d:%02d:%02d", h, m, s)
	}
	return fmt.Sprintf("%02d:%02d:%02d.%06d", h, m, s, us)
}

// Repr is Python's repr.
func (t *Time) Repr() string {
	parts := clockParts(t.since)
	return "datetime.time(" + strings.Join(parts, ", ") + ")"
}

// clockParts gives hour and minute, and what follows them as far as it is not zero.
func clockParts(since time.Duration) []string {
	h, m, s := int(since.Hours()), int(since.Minutes())%60, int(since.Seconds())%60
	us := int(since.Microseconds() % 1e6)
	parts := []string{fmt.Sprint(h), fmt.Sprint(m)}
	if s != 0 || us != 0 {
		parts = append(parts, fmt.Sprint(s))
	}
	if us != 0 {
		parts = append(parts, fmt.Sprint(us))
	}
	return parts
}

// HashKey makes times dict keys by value.
func (t *Time) HashKey() any { return "time " + t.String() }

// Equal compares times.
func (t *Time) Equal(other Value) bool {
	o, ok := other.(*Time)
	return ok && t.since == o.since
}

// Compare orders times.
func (t *Time) Compare(other Value) (int, bool) {
	o, ok := other.(*Time)
	if !ok {
		return 0, false
	}
	return int(max(-1, min(1, t.since-o.since))), true
}

// Attr gives the parts and methods of the time.
func (t *Time) Attr(name string) (Value, bool) {
	day := naive(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).Add(t.since))
	switch name {
	case "hour", "minute", "second", "microsecond":
		return day.Attr(name)
	case "tzinfo":
		return nil, true
	case "strftime":
		return strftimeMethod(day), true
	case "isoformat":
		return Func(func(c *Call) (Value, error) {
			spec, _ := c.Arg(0, "timespec")
			s, _ := text(spec)
			return isoClock(t.since, s), nil
		}), true
	case "replace":
		return Func(func(c *Call) (Value, error) {
			v, err := replaced(c, day, []string{"hour", "minute", "second", "microsecond"})
			if err != nil {
				return nil, err
			}
			return v.clock(), nil
		}), true
	}
	return nil, false
}
