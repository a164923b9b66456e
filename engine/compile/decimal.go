package compile

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"atlas/engine/jinja"
)

// decimal is Python's Decimal, as far as templates compute with query results: coefficient × 10^exp,
// rounded to 28 digits. It prints as Python prints it.
type decimal struct {
	special string // "NaN", "Infinity", "-Infinity"; the rest is then empty
	coef    *big.Int
	exp     int
}

const decimalDigits = 28

// parseDecimal reads a number as Python's Decimal does; false if the text is none.
func parseDecimal(s string) (decimal, bool) {
	switch strings.ToLower(s) {
	case "nan":
		return decimal{special: "NaN"}, true
	case "inf", "infinity", "+inf":
		return decimal{special: "Infinity"}, true
	case "-inf", "-infinity":
		return decimal{special: "-Infinity"}, true
	}
	exp := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if _, err := fmt.Sscanf(s[i+1:], "%d", &exp); err != nil {
			return decimal{}, false
		}
		s = s[:i]
	}
	if i := strings.IndexByte(s, '.'); i >= 0 {
		exp -= len(s) - i - 1
		s = s[:i] + s[i+1:]
	}
	n, ok := new(big.Int).SetString(s, 10)
	return decimal{coef: n, exp: exp}, ok
}

// String prints like Python: plain, or with an exponent when the number is large or tiny.
func (d decimal) String() string {
	if d.special != "" {
		return d.special
	}
	digits := new(big.Int).Abs(d.coef).String()
	sign := ""
	if d.coef.Sign() < 0 {
		sign = "-"
	}
	point := len(digits) + d.exp // digits before the point
	switch {
	case d.exp <= 0 && point > -6:
		if d.exp == 0 {
			return sign + digits
		}
		if point <= 0 {
			return sign + "0." + strings.Repeat("0", -point) + digits
		}
		return sign + digits[:point] + "." + digits[point:]
	default:
		body := digits[:1]
		if len(digits) > 1 {
			body += "." + digits[1:]
		}
		return fmt.Sprintf("%s%sE%+d", sign, body, point-1)
	}
}

// Repr is the number inside a list.
func (d decimal) Repr() string { return "Decimal('" + d.String() + "')" }

// Attr gives the methods that templates use.
func (d decimal) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "is_nan":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return d.special == "NaN", nil }), true
	case "normalize", "copy_abs", "__abs__":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) {
			if name == "normalize" {
				return d.normal(), nil
			}
			return d.abs(), nil
		}), true
	case "to_integral_value", "__int__":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) {
			v, _ := d.Int()
			return v, nil
		}), true
	}
	return nil, false
}

// Truth is false for zero.
func (d decimal) Truth() bool { return d.special != "" || d.coef.Sign() != 0 }

// HashKey equals that of an equal number.
func (d decimal) HashKey() any {
	if v, ok := d.Int(); ok && d.integral() {
		if n, ok := v.(int64); ok {
			return n
		}
	}
	return "decimal:" + d.normal().String()
}

func (d decimal) integral() bool {
	return d.special == "" && (d.exp >= 0 || d.normal().exp >= 0)
}

func (d decimal) normal() decimal {
	if d.special != "" || d.coef.Sign() == 0 {
		return decimal{special: d.special, coef: new(big.Int)}
	}
	coef, exp := new(big.Int).Set(d.coef), d.exp
	ten, rem := big.NewInt(10), new(big.Int)
	for {
		q, _ := new(big.Int).QuoRem(coef, ten, rem)
		if rem.Sign() != 0 {
			return decimal{coef: coef, exp: exp}
		}
		coef, exp = q, exp+1
	}
}

func (d decimal) abs() decimal {
	if d.special != "" {
		return decimal{special: strings.TrimPrefix(d.special, "-")}
	}
	return decimal{coef: new(big.Int).Abs(d.coef), exp: d.exp}
}

func (d decimal) negated() decimal {
	if d.special != "" {
		return decimal{special: map[string]string{"Infinity": "-Infinity", "-Infinity": "Infinity", "NaN": "NaN"}[d.special]}
	}
	return decimal{coef: new(big.Int).Neg(d.coef), exp: d.exp}
}

// TypeName is Python's name of the type.
func (d decimal) TypeName() string { return "Decimal" }

// Int is int(): the whole part. False for NaN and the infinities.
func (d decimal) Int() (jinja.Value, bool) {
	if d.special != "" {
		return nil, false
	}
	n := new(big.Int).Set(d.coef)
	if d.exp >= 0 {
		n.Mul(n, pow10(d.exp))
	} else {
		n.Quo(n, pow10(-d.exp))
	}
	if n.IsInt64() {
		return n.Int64(), true
	}
	return n, true
}

// Float is float().
func (d decimal) Float() (float64, bool) {
	if d.special != "" {
		f, _, err := big.ParseFloat(d.special, 10, 64, big.ToNearestEven)
		if err != nil {
			return 0, false
		}
		v, _ := f.Float64()
		return v, true
	}
	v, _ := d.rat().Float64()
	return v, true
}

func (d decimal) rat() *big.Rat {
	r := new(big.Rat).SetInt(d.coef)
	if d.exp >= 0 {
		return r.Mul(r, new(big.Rat).SetInt(pow10(d.exp)))
	}
	return r.Quo(r, new(big.Rat).SetInt(pow10(-d.exp)))
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// toDecimal takes what a Decimal may be combined with: whole numbers and Decimals.
func toDecimal(v jinja.Value) (decimal, bool) {
	switch v := v.(type) {
	case decimal:
		return v, true
	case bool:
		if v {
			return decimal{coef: big.NewInt(1)}, true
		}
		return decimal{coef: new(big.Int)}, true
	case int64:
		return decimal{coef: big.NewInt(v)}, true
	case *big.Int:
		return decimal{coef: v}, true
	}
	return decimal{}, false
}

// Equal compares by value, with floats too.
func (d decimal) Equal(other jinja.Value) bool {
	n, ok := d.Compare(other)
	return ok && n == 0
}

// Compare orders by value; false if the other is no number.
func (d decimal) Compare(other jinja.Value) (int, bool) {
	if f, ok := other.(float64); ok {
		mine, _ := d.Float()
		switch {
		case mine < f:
			return -1, true
		case mine > f:
			return 1, true
		}
		return 0, mine == f
	}
	o, ok := toDecimal(other)
	if !ok || d.special != "" || o.special != "" {
		return 0, ok && d.special == o.special && d.special != "NaN"
	}
	return d.rat().Cmp(o.rat()), true
}

// Arith computes with whole numbers and Decimals. Python refuses floats; here they make floats.
func (d decimal) Arith(op string, other jinja.Value, reflected bool) (jinja.Value, bool, error) {
	if op == "neg" {
		return d.negated(), true, nil
	}
	if f, ok := other.(float64); ok {
		mine, _ := d.Float()
		return floatArith(op, mine, f, reflected)
	}
	o, ok := toDecimal(other)
	if !ok || d.special != "" || o.special != "" {
		return nil, false, nil
	}
	a, b := d, o
	if reflected {
		a, b = o, d
	}
	switch op {
	case "+":
		return a.add(b), true, nil
	case "-":
		return a.add(decimal{coef: new(big.Int).Neg(b.coef), exp: b.exp}), true, nil
	case "*":
		return decimal{coef: new(big.Int).Mul(a.coef, b.coef), exp: a.exp + b.exp}.rounded(), true, nil
	case "/":
		if b.coef.Sign() == 0 {
			return nil, true, errDivision
		}
		return a.divide(b), true, nil
	case "//", "%":
		if b.coef.Sign() == 0 {
			return nil, true, errDivision
		}
		quotient := a.whole(b)
		if op == "//" {
			return quotient, true, nil
		}
		product := decimal{coef: new(big.Int).Neg(new(big.Int).Mul(quotient.coef, b.coef)), exp: b.exp}
		return a.add(product), true, nil
	}
	return nil, false, nil
}

var errDivision = errors.New("division by zero")

func floatArith(op string, mine, other float64, reflected bool) (jinja.Value, bool, error) {
	if reflected {
		mine, other = other, mine
	}
	switch op {
	case "+":
		return mine + other, true, nil
	case "-":
		return mine - other, true, nil
	case "*":
		return mine * other, true, nil
	case "/":
		if other == 0 {
			return nil, true, errDivision
		}
		return mine / other, true, nil
	}
	return nil, false, nil
}

func (d decimal) add(o decimal) decimal {
	exp := min(d.exp, o.exp)
	a := new(big.Int).Mul(d.coef, pow10(d.exp-exp))
	b := new(big.Int).Mul(o.coef, pow10(o.exp-exp))
	return decimal{coef: a.Add(a, b), exp: exp}.rounded()
}

// whole is the quotient cut towards zero, as Python's Decimal does.
func (d decimal) whole(o decimal) decimal {
	exp := min(d.exp, o.exp)
	a := new(big.Int).Mul(d.coef, pow10(d.exp-exp))
	b := new(big.Int).Mul(o.coef, pow10(o.exp-exp))
	return decimal{coef: a.Quo(a, b)}
}

// divide keeps as few decimals as the exact quotient needs, at most 28 digits in all.
func (d decimal) divide(o decimal) decimal {
	shift := decimalDigits + 1 + len(o.coef.String()) - len(d.coef.String())
	shift = max(shift, 0)
	num := new(big.Int).Mul(d.coef, pow10(shift))
	q, r := new(big.Int).QuoRem(num, o.coef, new(big.Int))
	out := decimal{coef: q, exp: d.exp - o.exp - shift}
	if r.Sign() != 0 {
		return out.rounded()
	}
	ideal := d.exp - o.exp
	ten, rem := big.NewInt(10), new(big.Int)
	for out.exp < ideal {
		q, _ := new(big.Int).QuoRem(out.coef, ten, rem)
		if rem.Sign() != 0 {
			break
		}
		out = decimal{coef: q, exp: out.exp + 1}
	}
	return out.rounded()
}

// rounded cuts to 28 digits, half to even.
func (d decimal) rounded() decimal {
	over := len(new(big.Int).Abs(d.coef).String()) - decimalDigits
	if over <= 0 {
		return d
	}
	unit := pow10(over)
	q, r := new(big.Int).QuoRem(d.coef, unit, new(big.Int))
	twice := new(big.Int).Abs(r)
	twice.Lsh(twice, 1)
	if cmp := twice.Cmp(unit); cmp > 0 || cmp == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(int64(d.coef.Sign())))
	}
	return decimal{coef: q, exp: d.exp + over}
}
