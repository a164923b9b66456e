package project

import (
	"math"
	"strconv"
	"strings"
)

// isNullText reports the spellings of null.
func isNullText(s string) bool {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// resolveScalar gives the value of an unquoted scalar by YAML 1.1, which dbt's reader follows:
// yes, on and their like are truth values, 0o and 0x and 1_000 are numbers, 1e3 is text, a date
// stays text in ISO form.
func resolveScalar(s string) any {
	if isNullText(s) {
		return nil
	}
	switch s {
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON":
		return true
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF":
		return false
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
	default:
		return s
	}
	if v, ok := parseInt(s); ok {
		return v
	}
	if v, ok := parseFloat(s); ok {
		return v
	}
	return s
}

// parseInt reads YAML 1.1's integers: decimal, 0x, 0b, leading-zero octal, and base sixty (1:30).
func parseInt(s string) (any, bool) {
	sign, digits := 1, s
	if s[0] == '-' || s[0] == '+' {
		if s[0] == '-' {
			sign = -1
		}
		digits = s[1:]
	}
	if digits == "" {
		return nil, false
	}
	base := 10
	switch {
	case digits == "0":
	case strings.HasPrefix(digits, "0x"):
		base, digits = 16, digits[2:]
	case strings.HasPrefix(digits, "0b"):
		base, digits = 2, digits[2:]
	case digits[0] == '0':
		base, digits = 8, digits[1:]
	case strings.Contains(digits, ":"):
		return parseSexagesimal(sign, digits)
	}
	if strings.HasPrefix(digits, "_") && base == 10 {
		return nil, false
	}
	digits = strings.ReplaceAll(digits, "_", "")
	for i := range len(digits) {
		if !isDigit(digits[i], base) {
			return nil, false
		}
	}
	if digits == "" {
		return nil, false
	}
	n, err := strconv.ParseInt(digits, base, 64)
	if err != nil {
		f, err := strconv.ParseFloat(digits, 64)
		return float64(sign) * f, err == nil && base == 10
	}
	return int64(sign) * n, true
}

func isDigit(c byte, base int) bool {
	switch {
	case c >= '0' && c <= '9':
		return int(c-'0') < base
	case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		return base == 16
	default:
		return false
	}
}

func parseSexagesimal(sign int, s string) (any, bool) {
	total := int64(0)
	for i, part := range strings.Split(s, ":") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil || part[0] == '-' || part[0] == '+' || (i > 0 && (n > 59 || len(part) > 2)) {
			return nil, false
		}
		total = total*60 + n
	}
	return int64(sign) * total, true
}

// parseFloat reads a number with a point; an exponent needs its sign, as in YAML 1.1.
func parseFloat(s string) (any, bool) {
	body, sign := s, 1.0
	if s[0] == '-' || s[0] == '+' {
		if s[0] == '-' {
			sign = -1
		}
		body = s[1:]
	}
	switch body {
	case ".inf", ".Inf", ".INF":
		return math.Inf(int(sign)), true
	case ".nan", ".NaN", ".NAN":
		return math.NaN(), true
	}
	if !strings.Contains(body, ".") || strings.Contains(body, ":") || body[0] == '.' && body != s {
		return nil, false
	}
	if e := strings.IndexAny(body, "eE"); e >= 0 && (e+1 >= len(body) || (body[e+1] != '-' && body[e+1] != '+')) {
		return nil, false
	}
	for i := range len(body) {
		if c := body[i]; !isDigit(c, 10) && c != '.' && c != '_' && c != 'e' && c != 'E' && c != '-' && c != '+' {
			return nil, false
		}
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(body, "_", ""), 64)
	if err != nil {
		return nil, false
	}
	return sign * f, true
}
