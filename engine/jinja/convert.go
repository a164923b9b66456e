package jinja

// MapBuilder is an ordered map under construction, for ToGo.
type MapBuilder interface {
	Set(key string, v any)
}

// FromGo converts plain Go data into Values, copying deeply: nil, bool, ints, floats, string,
// []any, []string, map[string]any (by sorted key), and anything with Keys and Get as a dict.
// Values pass unchanged; time.Time becomes a datetime.
func FromGo(v any) Value { return v }

// ToGo converts a Value into plain Go data: dicts become what newMap makes, lists and tuples []any,
// datetimes time.Time, Markup string; Undefined becomes nil; other Values pass unchanged.
func ToGo(v Value, newMap func() MapBuilder) any { return v }

// Str is Python's str().
func Str(v Value) string { return "" }

// Repr is Python's repr().
func Repr(v Value) string { return "" }

// Truth is Python's bool().
func Truth(v Value) bool { return v != nil }

// Equal is Python's ==.
func Equal(a, b Value) bool { return a == b }
