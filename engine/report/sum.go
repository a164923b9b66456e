package report

import (
	"math/big"
	"strings"

	"atlas/engine/block"
)

// total sums values up, exact: "sum", "average", "count", "min" or "max" of those that are there;
// nil of none.
func total(how string, values []block.Value) block.Value {
	if how == "count" {
		n := int64(0)
		for _, v := range values {
			if v != nil {
				n++
			}
		}
		return n
	}
	if how == "min" || how == "max" {
		return extreme(values, how == "max")
	}
	sum, count, like := add(values)
	if count == 0 {
		return nil
	}
	if how == "average" {
		return exactNumber(sum.Quo(sum, big.NewRat(int64(count), 1)))
	}
	return likeValue(sum, like)
}

// add gives the exact sum of the numbers among values, how many there are, and one of them, the one
// with most digits after the point.
func add(values []block.Value) (sum *big.Rat, count int, like block.Value) {
	sum = new(big.Rat)
	for _, v := range values {
		r, ok := block.Exact(v)
		if !ok {
			continue
		}
		sum.Add(sum, r)
		count++
		if like == nil || decimalsOf(v) > decimalsOf(like) {
			like = v
		}
	}
	return sum, count, like
}

// likeValue gives a sum in the type of what was summed: whole numbers stay so, exact numbers keep
// their decimals.
func likeValue(sum *big.Rat, like block.Value) block.Value {
	switch like := like.(type) {
	case int64:
		if sum.IsInt() && sum.Num().IsInt64() {
			return sum.Num().Int64()
		}
		return block.Rounded(sum, 0)
	case float64:
		f, _ := sum.Float64()
		return f
	default:
		return block.Number(sum.FloatString(decimalsOf(like)))
	}
}

// decimalsOf counts the digits after the point of an exact number.
func decimalsOf(v block.Value) int {
	switch v := v.(type) {
	case block.Number:
		if r, ok := block.Exact(v); ok {
			if strings.ContainsAny(string(v), "eE") {
				return neededDigits(r)
			}
			return pointDigits(string(v))
		}
	case float64:
		return -1 // anything exact comes before it
	}
	return 0
}

func pointDigits(s string) int {
	for i := range len(s) {
		if s[i] == '.' {
			n := 0
			for j := i + 1; j < len(s) && s[j] >= '0' && s[j] <= '9'; j++ {
				n++
			}
			return n
		}
	}
	return 0
}

// neededDigits is for numbers with an exponent, whose text does not show them.
func neededDigits(r *big.Rat) int {
	n := 0
	den := new(big.Int).Set(r.Denom())
	ten, rem := big.NewInt(10), new(big.Int)
	scaled := big.NewInt(1)
	for n < 400 {
		if rem.Rem(scaled, den); rem.Sign() == 0 {
			return n
		}
		scaled.Mul(scaled, ten)
		n++
	}
	return n
}

func extreme(values []block.Value, most bool) block.Value { //nolint:revive // min or max
	var out block.Value
	for _, v := range values {
		if v == nil {
			continue
		}
		if out == nil || most == (compareValues(v, out) > 0) && compareValues(v, out) != 0 {
			out = v
		}
	}
	return out
}

// quotient divides the sums of two columns; nil if there is nothing to divide by.
func quotient(numerators, denominators []block.Value) block.Value {
	a, n, _ := add(numerators)
	b, m, _ := add(denominators)
	if n == 0 || m == 0 || b.Sign() == 0 {
		return nil
	}
	return exactNumber(a.Quo(a, b))
}
