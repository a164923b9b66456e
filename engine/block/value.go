package block

import (
	"math/big"
	"strconv"
	"strings"
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
		return exactText(strconv.FormatFloat(v, 'g', -1, 64)) // the decimal that people see
	case Number:
		return exactText(string(v))
	default:
		return nil, false
	}
}

// maxExponent keeps a number of a hostile file from filling the memory.
const maxExponent = 400

// exactText reads plain digits with a point, and an exponent of a sane size. Fractions and other
// bases are no numbers here.
func exactText(s string) (*big.Rat, bool) {
	if len(s) > 4096 || strings.Trim(s, "0123456789.+-eE") != "" {
		return nil, false
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if n, err := strconv.Atoi(s[i+1:]); err != nil || n > maxExponent || n < -maxExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// IsDate reports a time without a time of day.
func IsDate(t time.Time) bool {
	return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0
}
