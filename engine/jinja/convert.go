package jinja

import (
	"math/big"
	"sort"
	"time"
)

// MapBuilder is an ordered map under construction, for ToGo.
type MapBuilder interface {
	Set(key string, v any)
}

// orderedMap is an ordered map of Go values, such as the manifest's.
type orderedMap interface {
	Keys() []string
	Get(key string) (any, bool)
}

// FromGo converts plain Go data into Values, copying deeply: nil, bool, ints, floats, string,
// []any, []string, map[string]any (by sorted key), and anything with Keys and Get as a dict.
// A time.Time becomes a datetime: naive if it is in UTC, else with its offset. Values pass unchanged.
func FromGo(v any) Value {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, Markup, *List, Tuple, *Dict, *big.Int:
		return v
	case int:
		return int64(v)
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case uint32:
		return int64(v)
	case uint:
		return normal(new(big.Int).SetUint64(uint64(v)))
	case uint64:
		return normal(new(big.Int).SetUint64(v))
	case float32:
		return float64(v)
	case []byte:
		return string(v)
	case time.Time:
		return NewDateTime(v, v.Location() != time.UTC)
	case []any:
		items := make([]Value, len(v))
		for i, x := range v {
			items[i] = FromGo(x)
		}
		return &List{items}
	case []string:
		items := make([]Value, len(v))
		for i, x := range v {
			items[i] = x
		}
		return &List{items}
	case map[string]any:
		return fromMap(v)
	case map[string]string:
		m := make(map[string]any, len(v))
		for k, x := range v {
			m[k] = x
		}
		return fromMap(m)
	case orderedMap:
		d := NewDict()
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			d.Set(k, FromGo(x))
		}
		return d
	}
	return v
}

func fromMap(m map[string]any) Value {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	d := NewDict()
	for _, k := range keys {
		d.Set(k, FromGo(m[k]))
	}
	return d
}

// ToGo converts a Value into plain Go data: dicts become what newMap makes, lists, tuples, sets and
// iterators []any, datetimes time.Time, Markup string; Undefined becomes nil; other Values pass unchanged.
func ToGo(v Value, newMap func() MapBuilder) any {
	switch v := v.(type) {
	case Markup:
		return string(v)
	case *Undefined:
		return nil
	case *List:
		return itemsToGo(v.Items, newMap)
	case Tuple:
		return itemsToGo(v, newMap)
	case *Dict:
		m := newMap()
		for k, x := range v.All() {
			m.Set(Str(k), ToGo(x, newMap))
		}
		return m
	case *DateTime:
		return v.t
	case *Set:
		return itemsToGo(v.Iter(), newMap)
	case *dictView:
		return itemsToGo(v.Iter(), newMap)
	case *Iterator:
		return itemsToGo(v.Iter(), newMap)
	case *rangeValue:
		return itemsToGo(v.Iter(), newMap)
	}
	return v
}

func itemsToGo(items []Value, newMap func() MapBuilder) any {
	out := make([]any, len(items))
	for i, x := range items {
		out[i] = ToGo(x, newMap)
	}
	return out
}
