package block

import (
	"math/big"
	"strconv"
	"time"
)

// Value is one value: nil, bool, int64, float64, Number (exact), string or time.Time in UTC.
type Value = any

// Number is an exact number as text: "1250000.00". Money never passes through a float.
type Number string

// ToFloat gives a number for drawing; false for what is none.
func ToFloat(v Value) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case Number:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil
	default:
		return 0, false
	}
}

// Exact gives a number as a fraction for sums and comparisons; false for what is none.
func Exact(v Value) (*big.Rat, bool) {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v), true
	case float64:
		r := new(big.Rat).SetFloat64(v)
		return r, r != nil
	case Number:
		return new(big.Rat).SetString(string(v))
	default:
		return nil, false
	}
}

// IsDate reports a time without a time of day.
func IsDate(t time.Time) bool {
	return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0
}
