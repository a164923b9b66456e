package jinja

import (
	"fmt"
	"strings"
	"time"
)

// DateTime is Python's datetime.
type DateTime struct {
	t     time.Time
	zone  *zone // nil for one without time zone
	naive bool
}

// NewDateTime makes a datetime. An aware one keeps t's offset; a naive one its wall clock.
func NewDateTime(t time.Time, aware bool) *DateTime {
	if !aware {
		return naive(t)
	}
	_, offset := t.Zone()
	return &DateTime{t: t, zone: fixedZone(offset)}
}

// naive gives a datetime of t's wall clock, without a time zone.
func naive(t time.Time) *DateTime {
	y, m, d := t.Date()
	us := t.Nanosecond() / 1000 * 1000
	return &DateTime{t: time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), us, time.UTC), naive: true}
}

// Time gives the instant; a naive datetime's wall clock is taken for UTC.
func (d *DateTime) Time() time.Time { return d.t }

// Aware reports whether the datetime has a time zone.
func (d *DateTime) Aware() bool { return !d.naive }

// TypeName is the Python type.
func (d *DateTime) TypeName() string { return "datetime.datetime" }

// String is the ISO form with a space.
func (d *DateTime) String() string { return d.iso(" ", "auto") }

func (d *DateTime) iso(sep, spec string) string {
	s := isoDate(d.t) + sep + isoClock(d.sinceMidnight(), spec)
	if d.naive {
		return s
	}
	return s + isoOffset(d.offset())
}

func (d *DateTime) sinceMidnight() time.Duration {
	return clockTime(d.t.Hour(), d.t.Minute(), d.t.Second(), d.t.Nanosecond()/1000)
}

func (d *DateTime) clock() *Time { return &Time{d.sinceMidnight()} }

// offset is the distance from UTC in seconds.
func (d *DateTime) offset() int {
	_, o := d.t.Zone()
	return o
}

func isoOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	s := fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf(":%02d", seconds%60)
	}
	return s
}

// Repr is Python's repr.
func (d *DateTime) Repr() string {
	y, m, day := d.t.Date()
	parts := append([]string{fmt.Sprint(y), fmt.Sprint(int(m)), fmt.Sprint(day)}, clockParts(d.sinceMidnight())...)
	if !d.naive {
		parts = append(parts, "tzinfo="+d.zone.Repr())
	}
	return "datetime.datetime(" + strings.Join(parts, ", ") + ")"
}

// HashKey makes datetimes dict keys by value.
func (d *DateTime) HashKey() any {
	if d.naive {
		return "naive " + d.String()
	}
	return "instant " + fmt.Sprint(d.t.UnixMicro())
}

// Equal compares datetimes; a naive one is never equal to an aware one.
func (d *DateTime) Equal(other Value) bool {
	o, ok := other.(*DateTime)
	return ok && d.naive == o.naive && d.t.Equal(o.t)
}

// Compare orders datetimes of one sort.
func (d *DateTime) Compare(other Value) (int, bool) {
	o, ok := other.(*DateTime)
	if !ok || d.naive != o.naive {
		return 0, false
	}
	return d.t.Compare(o.t), true
}

// Format is what "{:%Y}".format does.
func (d *DateTime) Format(spec string) (string, error) {
	if spec == "" {
		return d.String(), nil
	}
	return strftime(d, spec), nil
}

func (d *DateTime) with(t time.Time) *DateTime { return &DateTime{t: t, zone: d.zone, naive: d.naive} }

// Arith adds and subtracts timedeltas, and subtracts datetimes.
func (d *DateTime) Arith(op string, other Value, reflected bool) (Value, bool, error) {
	switch o := other.(type) {
	case *Delta:
		switch {
		case op == "+":
			return d.with(addMicros(d.t, o.us)), true, nil
		case op == "-" && !reflected:
			return d.with(addMicros(d.t, -o.us)), true, nil
		}
	case *DateTime:
		if op != "-" {
			return nil, false, nil
		}
		if d.naive != o.naive {
			return nil, true, opErrorf("can't subtract offset-naive and offset-aware datetimes")
		}
		us := d.t.UnixMicro() - o.t.UnixMicro()
		if reflected {
			us = -us
		}
		return &Delta{us}, true, nil
	}
	return nil, false, nil
}

func addMicros(t time.Time, us int64) time.Time {
	return t.AddDate(0, 0, int(us/usPerDay)).Add(time.Duration(us%usPerDay) * time.Microsecond)
}

// Attr gives the parts and methods of the datetime.
func (d *DateTime) Attr(name string) (Value, bool) {
	if v, ok := dayAttr(d.t, name); ok {
		return v, true
	}
	switch name {
	case "hour":
		return int64(d.t.Hour()), true
	case "minute":
		return int64(d.t.Minute()), true
	case "second":
		return int64(d.t.Second()), true
	case "microsecond":
		return int64(d.t.Nanosecond() / 1000), true
	case "fold":
		return int64(0), true
	case "tzinfo":
		if d.naive {
			return nil, true
		}
		return d.zone, true
	}
	if fn := d.method(name); fn != nil {
		return fn, true
	}
	return nil, false
}

func (d *DateTime) method(name string) Func {
	switch name {
	case "date":
		return func(*Call) (Value, error) { return newDate(d.t), nil }
	case "time", "timetz":
		return func(*Call) (Value, error) { return d.clock(), nil }
	case "strftime":
		return strftimeMethod(d)
	case "isoformat":
		return d.isoMethod
	case "timestamp":
		return func(*Call) (Value, error) {
			t := d.t
			if d.naive {
				t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.Local)
			}
			return float64(t.UnixMicro()) / 1e6, nil
		}
	case "replace":
		return func(c *Call) (Value, error) {
			return replaced(c, d, []string{"year", "month", "day", "hour", "minute", "second", "microsecond"})
		}
	case "astimezone":
		return d.astimezone
	case "utcoffset":
		return func(*Call) (Value, error) {
			if d.naive {
				return nil, nil
			}
			return &Delta{int64(d.offset()) * 1e6}, nil
		}
	case "dst":
		return func(*Call) (Value, error) {
			if d.naive {
				return nil, nil
			}
			return d.zone.dst(d.t), nil
		}
	case "tzname":
		return func(*Call) (Value, error) {
			if d.naive {
				return nil, nil
			}
			return d.zoneName(), nil
		}
	}
	return nil
}

func (d *DateTime) zoneName() string {
	name, _ := d.t.Zone()
	return name
}

func (d *DateTime) isoMethod(c *Call) (Value, error) {
	sep, spec := "T", "auto"
	if v, ok := c.Arg(0, "sep"); ok {
		sep = Str(v)
	}
	if v, ok := c.Arg(1, "timespec"); ok {
		spec = Str(v)
	}
	return d.iso(sep, spec), nil
}

func (d *DateTime) astimezone(c *Call) (Value, error) {
	t := d.t
	if d.naive {
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.Local)
	}
	v, ok := c.Arg(0, "tz")
	if !ok || v == nil {
		return NewDateTime(t.Local(), true), nil
	}
	z, ok := v.(*zone)
	if !ok {
		return nil, opErrorf("tz argument must be an instance of tzinfo")
	}
	return z.at(t), nil
}

// replaced is replace(): the parts named by the arguments change.
func replaced(c *Call, d *DateTime, names []string) (*DateTime, error) {
	have := map[string]int{
		"year": d.t.Year(), "month": int(d.t.Month()), "day": d.t.Day(), "hour": d.t.Hour(),
		"minute": d.t.Minute(), "second": d.t.Second(), "microsecond": d.t.Nanosecond() / 1000,
	}
	for i, name := range names {
		n, err := intArg(c, i, name, have[name])
		if err != nil {
			return nil, err
		}
		have[name] = n
	}
	t := time.Date(have["year"], time.Month(have["month"]), have["day"], have["hour"], have["minute"], have["second"], have["microsecond"]*1000, d.t.Location())
	if t.Day() != have["day"] || int(t.Month()) != have["month"] {
		return nil, opErrorf("day is out of range for month")
	}
	out := d.with(t)
	if tz, ok := c.Kwarg("tzinfo"); ok {
		wall := naive(t)
		if tz == nil {
			return wall, nil
		}
		z, ok := tz.(*zone)
		if !ok {
			return nil, opErrorf("tzinfo argument must be None or of a tzinfo subclass, not type '%s'", typeName(tz))
		}
		return z.stamp(wall.t), nil
	}
	return out, nil
}

// asDate gives the day of a date or datetime.
func asDate(v Value) (time.Time, bool) {
	switch v := v.(type) {
	case *Date:
		return v.t, true
	case *DateTime:
		return v.t, true
	}
	return time.Time{}, false
}
