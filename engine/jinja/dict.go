package jinja

import (
	"iter"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// smallDict is the size up to which a dict is searched from end to end instead of indexed.
const smallDict = 8

// Dict is Python's dict: it keeps the order in which keys were first set. Keys are any hashable
// Value; 1, 1.0 and True are one key. It is used by pointer.
type Dict struct {
	entries []dictEntry
	index   map[any]int
}

type dictEntry struct{ key, value Value }

// NewDict makes an empty dict.
func NewDict() *Dict { return &Dict{} }

// Len is the number of keys.
func (d *Dict) Len() int { return len(d.entries) }

// Get gives the value of a key.
func (d *Dict) Get(k Value) (Value, bool) {
	if i := d.find(k); i >= 0 {
		return d.entries[i].value, true
	}
	return nil, false
}

// GetStr gives the value of a string key without boxing it.
func (d *Dict) GetStr(k string) (Value, bool) {
	if d.index != nil {
		if i, ok := d.index[k]; ok {
			return d.entries[i].value, true
		}
		return nil, false
	}
	for i := range d.entries {
		if s, ok := d.entries[i].key.(string); ok {
			if s == k {
				return d.entries[i].value, true
			}
		} else if m, ok := d.entries[i].key.(Markup); ok && string(m) == k {
			return d.entries[i].value, true
		}
	}
	return nil, false
}

// Set sets a key; a new key goes to the end. An unhashable key (a list or dict) is compared by
// identity.
func (d *Dict) Set(k, v Value) {
	if i := d.find(k); i >= 0 {
		d.entries[i].value = v
		return
	}
	d.entries = append(d.entries, dictEntry{k, v})
	if d.index != nil {
		d.index[mustKey(k)] = len(d.entries) - 1
	} else if len(d.entries) > smallDict {
		d.reindex()
	}
}

// Delete removes a key, if it is there.
func (d *Dict) Delete(k Value) {
	i := d.find(k)
	if i < 0 {
		return
	}
	d.entries = append(d.entries[:i:i], d.entries[i+1:]...)
	d.index = nil
	if len(d.entries) > smallDict {
		d.reindex()
	}
}

// All walks keys and values in order. The dict must not change meanwhile.
func (d *Dict) All() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		for i := range d.entries {
			if !yield(d.entries[i].key, d.entries[i].value) {
				return
			}
		}
	}
}

// Keys gives the keys in order, in a new slice.
func (d *Dict) Keys() []Value {
	keys := make([]Value, len(d.entries))
	for i := range d.entries {
		keys[i] = d.entries[i].key
	}
	return keys
}

// Copy gives a new dict with the same keys and values.
func (d *Dict) Copy() *Dict {
	c := &Dict{entries: append([]dictEntry(nil), d.entries...)}
	if len(c.entries) > smallDict {
		c.reindex()
	}
	return c
}

func (d *Dict) clear() {
	d.entries, d.index = nil, nil
}

func (d *Dict) reindex() {
	d.index = make(map[any]int, 2*len(d.entries))
	for i := range d.entries {
		d.index[mustKey(d.entries[i].key)] = i
	}
}

func (d *Dict) find(k Value) int {
	if d.index != nil {
		if i, ok := d.index[mustKey(k)]; ok {
			return i
		}
		return -1
	}
	if s, ok := k.(string); ok {
		for i := range d.entries {
			if t, ok := d.entries[i].key.(string); ok && s == t {
				return i
			} else if t, ok := d.entries[i].key.(Markup); ok && s == string(t) {
				return i
			}
		}
		return -1
	}
	if len(d.entries) == 0 {
		return -1
	}
	want := mustKey(k)
	for i := range d.entries {
		if mustKey(d.entries[i].key) == want {
			return i
		}
	}
	return -1
}

type (
	noneKey  struct{}
	bigKey   string
	tupleKey string
	ptrKey   uintptr
)

func mustKey(v Value) any {
	k, ok := hashKey(v)
	if !ok {
		return ptrKey(reflect.ValueOf(v).Pointer())
	}
	return k
}

// hashKey maps equal hashable values to equal Go values; false for what Python cannot hash.
func hashKey(v Value) (any, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Markup:
		return string(v), true
	case nil:
		return noneKey{}, true
	case bool:
		if v {
			return int64(1), true
		}
		return int64(0), true
	case int64:
		return v, true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<62 {
			return int64(v), true
		}
		return v, true
	case *big.Int:
		return bigKey(v.String()), true
	case Tuple:
		return hashTuple(v)
	case *List, *Dict:
		return nil, false
	case Hasher:
		return v.HashKey(), true
	case Func:
		return ptrKey(reflect.ValueOf(v).Pointer()), true
	default:
		if !reflect.TypeOf(v).Comparable() {
			return nil, false
		}
		return v, true
	}
}

func hashTuple(t Tuple) (any, bool) {
	var b strings.Builder
	for _, item := range t {
		k, ok := hashKey(item)
		if !ok {
			return nil, false
		}
		var s string
		switch k := k.(type) {
		case string:
			s = "s" + k
		case int64:
			s = "i" + strconv.FormatInt(k, 10)
		case float64:
			s = "f" + strconv.FormatFloat(k, 'g', -1, 64)
		case noneKey:
			s = "n"
		case bigKey:
			s = "b" + string(k)
		case tupleKey:
			s = "t" + string(k)
		default:
			rv := reflect.ValueOf(k)
			if rv.Kind() == reflect.Pointer {
				s = "p" + strconv.FormatUint(uint64(rv.Pointer()), 16)
			} else {
				s = "o" + Repr(item)
			}
		}
		b.WriteString(strconv.Itoa(len(s)))
		b.WriteByte(':')
		b.WriteString(s)
	}
	return tupleKey(b.String()), true
}
