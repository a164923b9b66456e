package source

import (
	"fmt"
	"strconv"
	"strings"
)

// limit is a condition on a number of rows: "> 0", ">= 5", "> 1%" of all rows.
type limit struct {
	op      string
	n       float64
	percent bool
}

// parseLimit reads a limit; empty is "> 0".
func parseLimit(s string) (limit, error) {
	text := strings.ReplaceAll(s, " ", "")
	if text == "" {
		return limit{op: ">"}, nil
	}
	var l limit
	for _, op := range []string{">=", "<=", "!=", "==", ">", "<", "="} {
		if t, ok := strings.CutPrefix(text, op); ok {
			l.op, text = op, t
			break
		}
	}
	text, l.percent = strings.CutSuffix(text, "%")
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || l.op == "" || n < 0 {
		return limit{}, fmt.Errorf("%q is no limit: write > 0, >= 10 or > 1%%", s)
	}
	l.n = n
	return l, nil
}

// holds reports whether so many rows, of so many in all, meet the condition.
func (l limit) holds(rows, all int64) bool {
	x, n := float64(rows), l.n
	if l.percent {
		x, n = 100*x, n*float64(all)
	}
	switch l.op {
	case ">":
		return x > n
	case ">=":
		return x >= n
	case "<":
		return x < n
	case "<=":
		return x <= n
	case "!=":
		return x != n
	default:
		return x == n
	}
}
