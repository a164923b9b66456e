package jinja

import (
	"strings"
	"time"
	_ "time/tzdata" // time zones must not depend on the machine
)

// zone is a time zone as pytz makes them: one named zone, or a fixed offset. A zone put into a
// datetime as it is (tzinfo=zone) stands for local mean time, as in pytz; localize and astimezone
// find the right offset.
type zone struct {
	name string
	loc  *time.Location
	mean int    // offset of local mean time in seconds, to the minute
	abbr string // its name
	kind zoneKind
}

type zoneKind uint8

const (
	zoneNamed zoneKind = iota
	zoneUTC
	zoneFixed
)

func pytzUTC() *zone { return &zone{name: "UTC", loc: time.UTC, abbr: "UTC", kind: zoneUTC} }

func fixedZone(offset int) *zone {
	if offset == 0 {
		return pytzUTC()
	}
	return &zone{loc: time.FixedZone("", offset), mean: offset, kind: zoneFixed}
}

// newZone finds a time zone by its name.
func newZone(name string) (*zone, bool) {
	if strings.EqualFold(name, "UTC") {
		return pytzUTC(), true
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, false
	}
	abbr, offset := time.Date(1800, 1, 1, 0, 0, 0, 0, loc).Zone()
	return &zone{name: name, loc: loc, mean: int(floorDiv(int64(offset)+30, 60)) * 60, abbr: abbr}, true
}

// at gives the datetime of an instant in the zone.
func (z *zone) at(t time.Time) *DateTime { return &DateTime{t: t.In(z.loc), zone: z} }

// stamp gives a wall clock in the zone as it is: local mean time for a named one.
func (z *zone) stamp(wall time.Time) *DateTime {
	loc := z.loc
	if z.kind == zoneNamed {
		loc = time.FixedZone(z.abbr, z.mean)
	}
	y, m, d := wall.Date()
	return &DateTime{t: time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), loc), zone: z}
}

// localize gives a wall clock in the zone with the offset that holds then.
func (z *zone) localize(c *Call) (Value, error) {
	v, ok := c.Arg(0, "dt")
	d, isTime := v.(*DateTime)
	if !ok || !isTime {
		return nil, opErrorf("localize() needs a datetime, not %s", typeName(v))
	}
	if !d.naive {
		return nil, opErrorf("Not naive datetime (tzinfo is already set)")
	}
	w := d.t
	y, m, day := w.Date()
	t := time.Date(y, m, day, w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), z.loc)
	if t.Hour() != w.Hour() || t.Minute() != w.Minute() {
		t = w.Add(-standardOffset(t)).In(z.loc) // a time that the clocks skipped: standard time, as pytz does
		_, off := t.Zone()
		t = w.Add(-time.Duration(off) * time.Second).In(z.loc)
	}
	return &DateTime{t: t, zone: z}, nil
}

// standardOffset is the offset without daylight saving near t.
func standardOffset(t time.Time) time.Duration {
	_, a := t.AddDate(0, -6, 0).Zone()
	_, b := t.AddDate(0, 6, 0).Zone()
	return time.Duration(min(a, b)) * time.Second
}

// dst is how much daylight saving holds at t.
func (z *zone) dst(t time.Time) Value {
	if !t.IsDST() {
		return &Delta{}
	}
	_, off := t.Zone()
	return &Delta{(time.Duration(off)*time.Second - standardOffset(t)).Microseconds()}
}

// TypeName is the Python type.
func (z *zone) TypeName() string { return "pytz.tzinfo" }

// String is the zone's name.
func (z *zone) String() string {
	switch z.kind {
	case zoneUTC:
		return "UTC"
	case zoneFixed:
		return "UTC" + isoOffset(z.mean)
	}
	return z.name
}

// Repr prints the zone as pytz does.
func (z *zone) Repr() string {
	switch z.kind {
	case zoneUTC:
		return "<UTC>"
	case zoneFixed:
		return "pytz.FixedOffset(" + Str(int64(z.mean/60)) + ")"
	}
	days, s, _ := (&Delta{int64(z.mean) * 1e6}).parts()
	clock := Str(s/3600) + ":" + isoClock(time.Duration(s)*time.Second, "auto")[3:]
	if days != 0 {
		clock = Str(days) + " day, " + clock
	} else {
		clock = "+" + clock
	}
	return "<DstTzInfo '" + z.name + "' " + z.abbr + clock + " STD>"
}

// HashKey makes zones dict keys by name.
func (z *zone) HashKey() any { return "zone " + z.String() }

// Equal compares zones by name.
func (z *zone) Equal(other Value) bool {
	o, ok := other.(*zone)
	return ok && z.String() == o.String()
}

// Attr gives the zone's name and methods.
func (z *zone) Attr(name string) (Value, bool) {
	switch name {
	case "zone":
		if z.kind == zoneFixed {
			return nil, true
		}
		return z.String(), true
	case "localize":
		return Func(z.localize), true
	case "normalize":
		return Func(func(c *Call) (Value, error) {
			v, _ := c.Arg(0, "dt")
			d, ok := v.(*DateTime)
			if !ok || d.naive {
				return nil, opErrorf("Naive time - no tzinfo set")
			}
			return z.at(d.t), nil
		}), true
	case "utcoffset", "tzname", "dst":
		return Func(func(c *Call) (Value, error) {
			v, _ := c.Arg(0, "dt")
			d, ok := v.(*DateTime)
			if !ok {
				return nil, nil
			}
			local, err := z.localize(&Call{Args: []Value{naive(d.t)}})
			if err != nil {
				return nil, err
			}
			return local.(*DateTime).method(name)(&Call{})
		}), true
	}
	return nil, false
}

// pytzModule is modules.pytz.
func pytzModule() *Dict {
	d := NewDict()
	d.Set("utc", pytzUTC())
	d.Set("UTC", pytzUTC())
	d.Set("timezone", Func(func(c *Call) (Value, error) {
		name, err := strArg(c, 0, "zone")
		if err != nil {
			return nil, err
		}
		z, ok := newZone(name)
		if !ok {
			return nil, opErrorf("no time zone is named %s", Repr(name))
		}
		return z, nil
	}))
	d.Set("FixedOffset", Func(func(c *Call) (Value, error) {
		n, err := intArg(c, 0, "minutes", 0)
		return fixedZone(n * 60), err
	}))
	return d
}
