package jinja

import (
	"time"
)

// class is a Python class as a template sees it: it can be called, and has attributes.
type class struct {
	name  string
	make  Func
	attrs func(name string) (Value, bool)
}

// Call makes an instance.
func (k *class) Call(c *Call) (Value, error) { return k.make(c) }

// Attr gives a class method or constant.
func (k *class) Attr(name string) (Value, bool) {
	if name == "__name__" {
		return k.name, true
	}
	if k.attrs == nil {
		return nil, false
	}
	return k.attrs(name)
}

// String prints the class as Python does.
func (k *class) String() string { return "<class '" + k.name + "'>" }

// TypeName is the Python type.
func (k *class) TypeName() string { return "type" }

// datetimeModule is modules.datetime.
func datetimeModule(clock func() time.Time) *Dict {
	d := NewDict()
	d.Set("date", &class{"datetime.date", makeDate, dateClass(clock)})
	d.Set("datetime", &class{"datetime.datetime", makeDateTime, datetimeClass(clock)})
	d.Set("time", &class{"datetime.time", makeTime, timeClass})
	d.Set("timedelta", &class{"datetime.timedelta", makeDelta, deltaClass})
	d.Set("tzinfo", &class{name: "datetime.tzinfo", make: func(*Call) (Value, error) { return pytzUTC(), nil }})
	return d
}

func dateClass(clock func() time.Time) func(string) (Value, bool) {
	return func(name string) (Value, bool) {
		switch name {
		case "today":
			return Func(func(*Call) (Value, error) { return newDate(clock().Local()), nil }), true
		case "fromisoformat":
			return Func(func(c *Call) (Value, error) {
				s, err := strArg(c, 0, "date_string")
				if err != nil {
					return nil, err
				}
				t, err := time.Parse("2006-01-02", s)
				if err != nil {
					if t, err = time.Parse("20060102", s); err != nil {
						return nil, opErrorf("Invalid isoformat string: %s", Repr(s))
					}
				}
				return newDate(t), nil
			}), true
		case "fromtimestamp":
			return Func(func(c *Call) (Value, error) {
				v, err := one(c, name)
				if err != nil {
					return nil, err
				}
				return newDate(fromSeconds(looseNumber(v).float()).Local()), nil
			}), true
		case "fromordinal":
			return Func(func(c *Call) (Value, error) {
				n, err := intArg(c, 0, "n", 1)
				return newDate(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n-1)), err
			}), true
		case "min":
			return newDate(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), true
		case "max":
			return newDate(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), true
		}
		return nil, false
	}
}

func datetimeClass(clock func() time.Time) func(string) (Value, bool) {
	return func(name string) (Value, bool) {
		switch name {
		case "now", "today":
			return Func(func(c *Call) (Value, error) {
				if tz, ok := c.Arg(0, "tz"); ok && tz != nil {
					z, ok := tz.(*zone)
					if !ok {
						return nil, opErrorf("tzinfo argument must be None or of a tzinfo subclass, not type '%s'", typeName(tz))
					}
					return z.at(clock()), nil
				}
				return naive(clock().Local()), nil
			}), true
		case "utcnow":
			return Func(func(*Call) (Value, error) { return naive(clock().UTC()), nil }), true
		case "strptime":
			return Func(datetimeStrptime), true
		case "fromisoformat":
			return Func(func(c *Call) (Value, error) {
				s, err := strArg(c, 0, "date_string")
				if err != nil {
					return nil, err
				}
				return parseISO(s)
			}), true
		case "fromtimestamp", "utcfromtimestamp":
			return Func(func(c *Call) (Value, error) {
				v, _ := c.Arg(0, "timestamp")
				t := fromSeconds(looseNumber(v).float())
				tz, _ := c.Arg(1, "tz")
				if z, ok := tz.(*zone); ok {
					return z.at(t), nil
				}
				if name == "utcfromtimestamp" {
					return naive(t.UTC()), nil
				}
				return naive(t.Local()), nil
			}), true
		case "combine":
			return Func(datetimeCombine), true
		case "min":
			return naive(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), true
		case "max":
			return naive(time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)), true
		}
		return nil, false
	}
}

func fromSeconds(s float64) time.Time {
	whole := int64(s)
	return time.Unix(whole, int64((s-float64(whole))*1e6)*1000)
}

func datetimeStrptime(c *Call) (Value, error) {
	s, err := strArg(c, 0, "date_string")
	if err != nil {
		return nil, err
	}
	format, err := strArg(c, 1, "format")
	if err != nil {
		return nil, err
	}
	return strptime(s, format)
}

func datetimeCombine(c *Call) (Value, error) {
	v, err := c.bind("date", "time", "tzinfo?")
	if err != nil {
		return nil, err
	}
	d, ok := asDate(v[0])
	t, isTime := v[1].(*Time)
	if !ok || !isTime {
		return nil, opErrorf("combine() needs a date and a time, not %s and %s", typeName(v[0]), typeName(v[1]))
	}
	y, m, day := d.Date()
	return naive(time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Add(t.since)), nil
}

// fields reads the integer parameters of a constructor, in order, with bounds and defaults.
func fields(c *Call, names []string, least, most []int, def []int) ([]int, error) {
	out := make([]int, len(names))
	for i, name := range names {
		v, ok := c.Arg(i, name)
		if !ok {
			if def[i] < 0 {
				return nil, callErrorf("the argument '%s' is missing", name)
			}
			out[i] = def[i]
			continue
		}
		n, ok := index(v)
		if !ok {
			if u, ok := v.(*Undefined); ok {
				return nil, u.misuse()
			}
			return nil, opErrorf("'%s' object cannot be interpreted as an integer", typeName(v))
		}
		if n < least[i] || n > most[i] {
			return nil, opErrorf("%s must be in %d..%d", name, least[i], most[i])
		}
		out[i] = n
	}
	return out, nil
}

func makeDate(c *Call) (Value, error) {
	f, err := fields(c, []string{"year", "month", "day"}, []int{1, 1, 1}, []int{9999, 12, 31}, []int{-1, -1, -1})
	if err != nil {
		return nil, err
	}
	t := time.Date(f[0], time.Month(f[1]), f[2], 0, 0, 0, 0, time.UTC)
	if t.Day() != f[2] {
		return nil, opErrorf("day is out of range for month")
	}
	return newDate(t), nil
}

func makeDateTime(c *Call) (Value, error) {
	f, err := fields(c,
		[]string{"year", "month", "day", "hour", "minute", "second", "microsecond"},
		[]int{1, 1, 1, 0, 0, 0, 0}, []int{9999, 12, 31, 23, 59, 59, 999999}, []int{-1, -1, -1, 0, 0, 0, 0})
	if err != nil {
		return nil, err
	}
	t := time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], f[6]*1000, time.UTC)
	if t.Day() != f[2] {
		return nil, opErrorf("day is out of range for month")
	}
	tz, ok := c.Arg(7, "tzinfo")
	if !ok || tz == nil {
		return naive(t), nil
	}
	z, ok := tz.(*zone)
	if !ok {
		return nil, opErrorf("tzinfo argument must be None or of a tzinfo subclass, not type '%s'", typeName(tz))
	}
	return z.stamp(t), nil
}

func makeTime(c *Call) (Value, error) {
	f, err := fields(c, []string{"hour", "minute", "second", "microsecond"},
		[]int{0, 0, 0, 0}, []int{23, 59, 59, 999999}, []int{0, 0, 0, 0})
	if err != nil {
		return nil, err
	}
	return &Time{clockTime(f[0], f[1], f[2], f[3])}, nil
}

func clockTime(h, m, s, us int) time.Duration {
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(us)*time.Microsecond
}

func timeClass(name string) (Value, bool) {
	switch name {
	case "min":
		return &Time{}, true
	case "max":
		return &Time{clockTime(23, 59, 59, 999999)}, true
	case "fromisoformat":
		return Func(func(c *Call) (Value, error) {
			s, err := strArg(c, 0, "time_string")
			if err != nil {
				return nil, err
			}
			v, err := parseISO("2000-01-01T" + s)
			if err != nil {
				return nil, opErrorf("Invalid isoformat string: %s", Repr(s))
			}
			return v.(*DateTime).clock(), nil
		}), true
	}
	return nil, false
}
