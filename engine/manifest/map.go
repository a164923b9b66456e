package manifest

import (
	"bytes"
	"encoding/json"
)

// Map is a mapping that remembers the order of its keys, as YAML and Jinja's dicts do.
// Values are nil, bool, int64, float64, string, time.Time, []any and *Map. The zero Map is empty
// and ready; a nil *Map reads as empty.
type Map struct {
	keys   []string
	values []any          // beside keys
	index  map[string]int // place of each key; nil while there are few
}

// indexFrom is the size from which a Map keeps an index; below it, looking through the keys is as
// fast and a project's many small maps stay small.
const indexFrom = 12

// NewMap makes a map from alternating keys and values.
func NewMap(pairs ...any) *Map {
	m := &Map{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Set(pairs[i].(string), pairs[i+1])
	}
	return m
}

// Len is the number of keys.
func (m *Map) Len() int {
	if m == nil {
		return 0
	}
	return len(m.keys)
}

// Keys gives the keys in order; the caller must not change the slice.
func (m *Map) Keys() []string {
	if m == nil {
		return nil
	}
	return m.keys
}

// Get gives the value of a key.
func (m *Map) Get(key string) (any, bool) {
	if i := m.find(key); i >= 0 {
		return m.values[i], true
	}
	return nil, false
}

// find gives a key's place; -1 if there is none.
func (m *Map) find(key string) int {
	if m == nil {
		return -1
	}
	if m.index != nil {
		if i, ok := m.index[key]; ok {
			return i
		}
		return -1
	}
	for i, k := range m.keys {
		if k == key {
			return i
		}
	}
	return -1
}

// Set sets a key; a new key goes to the end.
func (m *Map) Set(key string, value any) {
	if i := m.find(key); i >= 0 {
		m.values[i] = value
		return
	}
	m.keys = append(m.keys, key)
	m.values = append(m.values, value)
	switch {
	case m.index != nil:
		m.index[key] = len(m.keys) - 1
	case len(m.keys) >= indexFrom:
		m.reindex()
	}
}

// Delete removes a key.
func (m *Map) Delete(key string) {
	i := m.find(key)
	if i < 0 {
		return
	}
	m.keys = append(m.keys[:i:i], m.keys[i+1:]...)
	m.values = append(m.values[:i:i], m.values[i+1:]...)
	if m.index != nil {
		m.reindex()
	}
}

func (m *Map) reindex() {
	m.index = make(map[string]int, len(m.keys))
	for i, k := range m.keys {
		m.index[k] = i
	}
}

// Clone copies the map, its nested maps and lists.
func (m *Map) Clone() *Map {
	out := &Map{}
	if m.Len() == 0 {
		return out
	}
	out.keys = append(make([]string, 0, len(m.keys)), m.keys...)
	out.values = make([]any, len(m.values))
	for i, v := range m.values {
		out.values[i] = cloneValue(v)
	}
	if len(out.keys) >= indexFrom {
		out.reindex()
	}
	return out
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case *Map:
		return v.Clone()
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = cloneValue(v[i])
		}
		return out
	default:
		return v
	}
}

// MarshalJSON writes the keys in order.
func (m *Map) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range m.Keys() {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.values[i])
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
