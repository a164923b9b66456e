package report

import (
	"math/big"
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

// sortKey is a value made ready to be compared many times.
type sortKey struct {
	value  block.Value
	number *big.Rat // nil if it is none
}

func newSortKey(v block.Value) sortKey {
	r, _ := block.Exact(v)
	return sortKey{v, r}
}

// compare orders values of one column: numbers by size, times by time, the rest as text.
func (k sortKey) compare(o sortKey) int {
	if k.number != nil && o.number != nil {
		return k.number.Cmp(o.number)
	}
	if x, ok := k.value.(time.Time); ok {
		if y, ok := o.value.(time.Time); ok {
			return x.Compare(y)
		}
	}
	return strings.Compare(block.PlainText(k.value), block.PlainText(o.value))
}

func compareValues(a, b block.Value) int { return newSortKey(a).compare(newSortKey(b)) }

// sortRows orders rows by a value each, equal ones as they were. Missing values are last either way.
// Key is asked for every number below len(order).
func sortRows(order []int, key func(int) block.Value, desc bool) { //nolint:revive // the direction of an order
	keys := make([]sortKey, len(order))
	for i := range keys {
		keys[i] = newSortKey(key(i))
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := keys[i], keys[j]
		switch {
		case a.value == nil && b.value == nil:
			return 0
		case a.value == nil:
			return 1
		case b.value == nil:
			return -1
		case desc:
			return b.compare(a)
		default:
			return a.compare(b)
		}
	})
}
