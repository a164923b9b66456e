package duckdb

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
)

// toValue makes a parameter. A time.Time in UTC is a TIMESTAMP, in any other zone a TIMESTAMP
// WITH TIME ZONE: the reverse of what rows give. The result must be destroyed.
func toValue(a any) (binding.Value, error) {
	switch a := a.(type) {
	case nil:
		return binding.CreateNullValue(), nil
	case bool:
		return binding.CreateBool(a), nil
	case int:
		return binding.CreateInt64(int64(a)), nil
	case int32:
		return binding.CreateInt64(int64(a)), nil
	case int64:
		return binding.CreateInt64(a), nil
	case uint64:
		return binding.CreateUInt64(a), nil
	case float64:
		return binding.CreateDouble(a), nil
	case string:
		return binding.CreateVarcharLength(a, binding.IdxT(len(a))), nil
	case []byte:
		return binding.CreateBlob(a), nil
	case time.Time:
		if a.Location() == time.UTC {
			return binding.CreateTimestamp(binding.NewTimestamp(a.UnixMicro())), nil
		}
		return binding.CreateTimestampTZ(binding.NewTimestamp(a.UnixMicro())), nil
	case *big.Int:
		h, ok := hugeFrom(a)
		if !ok {
			return binding.Value{}, fmt.Errorf("%s does not fit a HUGEINT", a)
		}
		return binding.CreateHugeInt(binding.NewHugeInt(h.lower, int64(h.upper))), nil
	case adapter.Decimal:
		return decimalValue(a)
	case []string:
		list := make([]any, len(a))
		for i := range a {
			list[i] = a[i]
		}
		return listValue(list)
	case []any:
		return listValue(a)
	}
	return binding.Value{}, fmt.Errorf("a %T cannot be a parameter", a)
}

func decimalValue(d adapter.Decimal) (binding.Value, error) {
	n, scale, ok := parseDecimal(string(d))
	h, fits := hugeFrom(n)
	if !ok || !fits || scale > 38 {
		return binding.Value{}, fmt.Errorf("%q is no decimal number", string(d))
	}
	width := max(len(new(big.Int).Abs(n).String()), scale, 1)
	if width > 38 {
		return binding.Value{}, fmt.Errorf("%s has more than 38 digits", d)
	}
	return binding.CreateDecimal(binding.NewDecimal(uint8(width), uint8(scale), binding.NewHugeInt(h.lower, int64(h.upper)))), nil
}

// listValue makes a list; its elements must be of one type, nulls aside.
func listValue(list []any) (binding.Value, error) {
	values := make([]binding.Value, 0, len(list))
	defer func() {
		for i := range values {
			binding.DestroyValue(&values[i])
		}
	}()
	element := binding.CreateLogicalType(binding.TypeVarchar)
	found := ""
	for i, x := range list {
		v, err := toValue(x)
		if err != nil {
			return binding.Value{}, fmt.Errorf("element %d: %w", i+1, err)
		}
		values = append(values, v)
		if x == nil {
			continue
		}
		if found != "" {
			if t := fmt.Sprintf("%T", x); t != found {
				binding.DestroyLogicalType(&element)
				return binding.Value{}, fmt.Errorf("a list parameter mixes %s and %s", found, t)
			}
			continue
		}
		found = fmt.Sprintf("%T", x)
		binding.DestroyLogicalType(&element)
		element = typeOfValue(x)
	}
	defer binding.DestroyLogicalType(&element)
	return binding.CreateListValue(element, values), nil
}

func typeOfValue(x any) binding.LogicalType {
	switch x := x.(type) {
	case bool:
		return binding.CreateLogicalType(binding.TypeBoolean)
	case int, int32, int64:
		return binding.CreateLogicalType(binding.TypeBigInt)
	case uint64:
		return binding.CreateLogicalType(binding.TypeUBigInt)
	case float64:
		return binding.CreateLogicalType(binding.TypeDouble)
	case []byte:
		return binding.CreateLogicalType(binding.TypeBlob)
	case *big.Int:
		return binding.CreateLogicalType(binding.TypeHugeInt)
	case adapter.Decimal:
		return binding.CreateDecimalType(38, 10)
	case time.Time:
		if x.Location() == time.UTC {
			return binding.CreateLogicalType(binding.TypeTimestamp)
		}
		return binding.CreateLogicalType(binding.TypeTimestampTZ)
	case []any:
		child := binding.CreateLogicalType(binding.TypeVarchar)
		if len(x) > 0 {
			binding.DestroyLogicalType(&child)
			child = typeOfValue(x[0])
		}
		defer binding.DestroyLogicalType(&child)
		return binding.CreateListType(child)
	}
	return binding.CreateLogicalType(binding.TypeVarchar)
}

// hugeFrom splits a number into the two halves of a HUGEINT.
func hugeFrom(n *big.Int) (huge, bool) {
	if n == nil || n.BitLen() > 127 {
		return huge{}, false
	}
	lower, upper := new(big.Int), new(big.Int)
	upper.DivMod(n, new(big.Int).Lsh(big.NewInt(1), 64), lower)
	return huge{lower: lower.Uint64(), upper: uint64(upper.Int64())}, true
}

// parseDecimal reads "-12.50", "1e3" or "+7" exactly: n and scale such that the number is
// n / 10^scale.
func parseDecimal(s string) (n *big.Int, scale int, ok bool) {
	s = strings.TrimSpace(s)
	exp := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if _, err := fmt.Sscanf(s[i+1:]+" ", "%d ", &exp); err != nil || exp > 100 || exp < -100 {
			return nil, 0, false
		}
		s = s[:i]
	}
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = "-"
		}
		s = s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	digits := whole + frac
	if digits == "" || len(digits) > 120 {
		return nil, 0, false
	}
	for _, r := range digits {
		if r < '0' || r > '9' {
			return nil, 0, false
		}
	}
	n, ok = new(big.Int).SetString(sign+digits, 10)
	if !ok {
		return nil, 0, false
	}
	scale = len(frac) - exp
	if scale < 0 {
		n.Mul(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	return n, scale, true
}
