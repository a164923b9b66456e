package report

import (
	"slices"
	"strings"
	"time"

	"atlas/engine/block"
)

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// sortRows orders rows by a value each, equal ones as they were. Missing values are last either way.
func sortRows(order []int, key func(int) block.Value, desc bool) { //nolint:revive // the direction of an order
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := key(i), key(j)
		switch {
		case a == nil && b == nil:
			return 0
		case a == nil:
			return 1
		case b == nil:
			return -1
		case desc:
			return compareValues(b, a)
		default:
			return compareValues(a, b)
		}
	})
}

// compareValues orders values of one column: numbers by size, times by time, the rest as text.
func compareValues(a, b block.Value) int {
	if x, ok := block.Exact(a); ok {
		if y, ok := block.Exact(b); ok {
			return x.Cmp(y)
		}
	}
	if x, ok := a.(time.Time); ok {
		if y, ok := b.(time.Time); ok {
			return x.Compare(y)
		}
	}
	return strings.Compare(block.PlainText(a), block.PlainText(b))
}
