package jinja

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

func filterInt(c *Call) (Value, error) {
	if err := c.limit("default", "base"); err != nil {
		return nil, err
	}
	base, err := c.optInt(2, "base", 10)
	if err != nil {
		return nil, err
	}
	v := c.Args[0]
	def := c.opt(1, "default", int64(0))
	if u, ok := v.(*Undefined); ok {
		return nil, u.misuse()
	}
	if s, ok := text(v); ok {
		if n, ok := intFromText(s, base); ok {
			return n, nil
		}
		f, ok := floatFromText(s)
		if !ok {
			return def, nil
		}
		v = f
	}
	n := looseNumber(v)
	switch n.kind {
	case numNone:
		return def, nil
	case numFloat:
		if math.IsNaN(n.f) || math.IsInf(n.f, 0) {
			return def, nil
		}
		if o, ok := v.(Number); ok {
			if i, ok := o.Int(); ok {
				return i, nil
			}
		}
		b, _ := big.NewFloat(n.f).Int(nil)
		return normal(b), nil
	}
	return normal(n.big()), nil
}

// intFromText is Python's int(text, base).
func intFromText(s string, base int) (Value, bool) {
	s = strings.TrimFunc(s, isSpace)
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return nil, false
	}
	if len(digits) > 2 && digits[0] == '0' {
		switch p := digits[1] | 0x20; {
		case p == 'x' && base == 16, p == 'o' && base == 8, p == 'b' && base == 2:
			digits = strings.TrimPrefix(digits[2:], "_")
		}
	}
	if base != 0 {
		digits = strings.ReplaceAll(digits, "_", "")
	}
	if base < 0 || base == 1 || base > 36 {
		return nil, false
	}
	b, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return nil, false
	}
	if s[0] == '-' {
		b.Neg(b)
	}
	return normal(b), true
}

// floatFromText is Python's float(text).
func floatFromText(s string) (float64, bool) {
	s = strings.TrimFunc(s, isSpace)
	lower := strings.TrimLeft(strings.ToLower(s), "+-")
	if strings.HasPrefix(lower, "0x") || strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

func filterFloat(c *Call) (Value, error) {
	if err := c.limit("default"); err != nil {
		return nil, err
	}
	v := c.Args[0]
	if u, ok := v.(*Undefined); ok {
		return nil, u.misuse()
	}
	if s, ok := text(v); ok {
		if f, ok := floatFromText(s); ok {
			return f, nil
		}
	} else if n := looseNumber(v); n.kind != numNone {
		return n.float(), nil
	}
	return c.opt(1, "default", 0.0), nil
}

func filterAbs(c *Call) (Value, error) {
	n := looseNumber(c.Args[0])
	switch {
	case n.kind == numNone:
		if u, ok := c.Args[0].(*Undefined); ok {
			return nil, u.misuse()
		}
		return nil, opErrorf("bad operand type for abs(): '%s'", typeName(c.Args[0]))
	case n.kind == numFloat:
		if a, ok := c.Args[0].(Arither); ok {
			return absObject(a, n.f)
		}
		return math.Abs(n.f), nil
	case n.big().Sign() < 0:
		return negNumber(n), nil
	}
	return normal(n.big()), nil
}

// absObject is abs() of an object with arithmetic of its own.
func absObject(a Arither, f float64) (Value, error) {
	if f >= 0 {
		return a, nil
	}
	v, ok, err := a.Arith("neg", nil, false)
	if !ok {
		return math.Abs(f), err
	}
	return v, err
}

func filterRound(c *Call) (Value, error) {
	if err := c.limit("precision", "method"); err != nil {
		return nil, err
	}
	precision, err := c.optInt(1, "precision", 0)
	if err != nil {
		return nil, err
	}
	n := looseNumber(c.Args[0])
	if n.kind == numNone {
		if u, ok := c.Args[0].(*Undefined); ok {
			return nil, u.misuse()
		}
		return nil, opErrorf("type %s doesn't define __round__ method", typeName(c.Args[0]))
	}
	scale := math.Pow(10, float64(precision))
	switch how := Str(c.opt(2, "method", "common")); how {
	case "common":
		if n.kind != numFloat {
			return roundInt(n, precision), nil
		}
		return roundFloat(n.f, precision), nil
	case "ceil":
		return math.Ceil(n.float()*scale) / scale, nil
	case "floor":
		return math.Floor(n.float()*scale) / scale, nil
	}
	return nil, opErrorf("method must be common, ceil or floor")
}

// roundFloat is Python's round(f, precision): to the nearest, halves to even.
func roundFloat(f float64, precision int) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) || precision > 300 {
		return f
	}
	if precision >= 0 {
		r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', precision, 64), 64)
		return r
	}
	scale := math.Pow(10, float64(-precision))
	return math.RoundToEven(f/scale) * scale
}

func roundInt(n number, precision int) Value {
	b := n.big()
	if precision >= 0 {
		return normal(b)
	}
	if precision < -1000 {
		return int64(0)
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-precision)), nil)
	q, m := floorDivBig(b, scale)
	twice := new(big.Int).Lsh(m, 1)
	if c := twice.Cmp(scale); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return normal(q.Mul(q, scale))
}

func filterFileSize(c *Call) (Value, error) {
	if err := c.limit("binary"); err != nil {
		return nil, err
	}
	v := c.Args[0]
	n := looseNumber(v)
	if s, ok := text(v); ok {
		f, ok := floatFromText(s)
		if !ok {
			return nil, opErrorf("could not convert string to float: %s", Repr(s))
		}
		n = number{kind: numFloat, f: f}
	}
	if n.kind == numNone {
		return nil, opErrorf("float() argument must be a string or a real number, not '%s'", typeName(v))
	}
	size := n.float()
	base, units := 1000.0, []string{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"}
	if Truth(c.opt(1, "binary", false)) {
		base, units = 1024.0, []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"}
	}
	switch {
	case size == 1:
		return "1 Byte", nil
	case size < base:
		return strconv.FormatInt(int64(size), 10) + " Bytes", nil
	}
	for i, name := range units {
		unit := math.Pow(base, float64(i+2))
		if size < unit || i == len(units)-1 {
			return strconv.FormatFloat(base*size/unit, 'f', 1, 64) + " " + name, nil
		}
	}
	return nil, nil
}
