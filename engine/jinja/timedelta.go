package jinja

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Delta is Python's timedelta.
type Delta struct{ us int64 }

const usPerDay = 24 * 3600 * 1_000_000

// NewDelta makes a timedelta.
func NewDelta(d time.Duration) *Delta { return &Delta{d.Microseconds()} }

// Duration gives the length; very long ones do not fit and are cut.
func (d *Delta) Duration() time.Duration {
	const most = math.MaxInt64 / 1000
	return time.Duration(max(-most, min(most, d.us))) * time.Microsecond
}

// floorDiv rounds down, as Python does.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func makeDelta(c *Call) (Value, error) {
	units := []struct {
		name string
		us   float64
	}{
		{"days", usPerDay},
		{"seconds", 1e6},
		{"microseconds", 1},
		{"milliseconds", 1e3},
		{"minutes", 60e6},
		{"hours", 3600e6},
		{"weeks", 7 * usPerDay},
	}
	total := 0.0
	whole := int64(0)
	for i, u := range units {
		v, ok := c.Arg(i, u.name)
		if !ok {
			continue
		}
		n := looseNumber(v)
		switch n.kind {
		case numNone:
			if x, ok := v.(*Undefined); ok {
				return nil, x.misuse()
			}
			return nil, opErrorf("unsupported type for timedelta %s component: %s", u.name, typeName(v))
		case numInt:
			if math.Abs(float64(n.i)*u.us) > math.MaxInt64/4 {
				return nil, opErrorf("the timedelta is too large")
			}
			whole += n.i * int64(u.us)
		default:
			total += n.float() * u.us
		}
	}
	for _, kw := range c.Kwargs {
		known := false
		for _, u := range units {
			known = known || u.name == kw.Name
		}
		if !known {
			return nil, callErrorf("'%s' is an invalid keyword argument for timedelta", kw.Name)
		}
	}
	return &Delta{whole + int64(math.RoundToEven(total))}, nil
}

func deltaClass(name string) (Value, bool) {
	switch name {
	case "resolution":
		return &Delta{1}, true
	}
	return nil, false
}

// parts gives days, seconds and microseconds as Python normalizes them.
func (d *Delta) parts() (days, seconds, us int64) {
	days = floorDiv(d.us, usPerDay)
	rest := d.us - days*usPerDay
	return days, rest / 1e6, rest % 1e6
}

// TypeName is the Python type.
func (d *Delta) TypeName() string { return "datetime.timedelta" }

// Truth is false for no time at all.
func (d *Delta) Truth() bool { return d.us != 0 }

// String prints the timedelta as Python does.
func (d *Delta) String() string {
	days, s, us := d.parts()
	out := fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	if us != 0 {
		out += fmt.Sprintf(".%06d", us)
	}
	switch days {
	case 0:
		return out
	case 1, -1:
		return fmt.Sprintf("%d day, %s", days, out)
	}
	return fmt.Sprintf("%d days, %s", days, out)
}

// Repr is Python's repr.
func (d *Delta) Repr() string {
	days, s, us := d.parts()
	var parts []string
	for _, p := range []struct {
		name string
		n    int64
	}{{"days", days}, {"seconds", s}, {"microseconds", us}} {
		if p.n != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", p.name, p.n))
		}
	}
	if parts == nil {
		parts = []string{"0"}
	}
	return "datetime.timedelta(" + strings.Join(parts, ", ") + ")"
}

// HashKey makes timedeltas dict keys by value.
func (d *Delta) HashKey() any { return "delta " + fmt.Sprint(d.us) }

// Equal compares lengths.
func (d *Delta) Equal(other Value) bool {
	o, ok := other.(*Delta)
	return ok && d.us == o.us
}

// Compare orders timedeltas.
func (d *Delta) Compare(other Value) (int, bool) {
	o, ok := other.(*Delta)
	if !ok {
		return 0, false
	}
	return int(max(-1, min(1, d.us-o.us))), true
}

// Arith adds and subtracts timedeltas, multiplies and divides them.
func (d *Delta) Arith(op string, other Value, reflected bool) (Value, bool, error) {
	if op == "neg" {
		return &Delta{-d.us}, true, nil
	}
	if o, ok := other.(*Delta); ok {
		return d.withDelta(op, o, reflected)
	}
	n := looseNumber(other)
	switch {
	case n.kind == numNone:
	case op == "*" && n.kind == numInt:
		return &Delta{d.us * n.i}, true, nil
	case op == "*":
		return &Delta{int64(math.RoundToEven(float64(d.us) * n.float()))}, true, nil
	case reflected:
	case (op == "/" || op == "//") && n.float() == 0:
		return nil, true, opErrorf("integer division or modulo by zero")
	case op == "/":
		return &Delta{int64(math.RoundToEven(float64(d.us) / n.float()))}, true, nil
	case op == "//" && n.kind == numInt:
		return &Delta{floorDiv(d.us, n.i)}, true, nil
	}
	return nil, false, nil
}

func (d *Delta) withDelta(op string, o *Delta, reflected bool) (Value, bool, error) {
	a, b := d.us, o.us
	if reflected {
		a, b = b, a
	}
	switch {
	case op == "+":
		return &Delta{a + b}, true, nil
	case op == "-":
		return &Delta{a - b}, true, nil
	case op != "/" && op != "//" && op != "%":
		return nil, false, nil
	case b == 0:
		return nil, true, opErrorf("integer division or modulo by zero")
	case op == "/":
		return float64(a) / float64(b), true, nil
	case op == "//":
		return floorDiv(a, b), true, nil
	}
	return &Delta{a - floorDiv(a, b)*b}, true, nil
}

// Attr gives the parts and total_seconds.
func (d *Delta) Attr(name string) (Value, bool) {
	days, s, us := d.parts()
	switch name {
	case "days":
		return days, true
	case "seconds":
		return s, true
	case "microseconds":
		return us, true
	case "total_seconds":
		return Func(func(*Call) (Value, error) { return float64(d.us) / 1e6, nil }), true
	}
	return nil, false
}
