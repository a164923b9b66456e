package manifest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Config is a node's merged configuration: dbt's open set of keys, in dbt's spelling
// ("pre-hook", "materialized", "unique_key"). The zero Config is empty.
type Config struct{ m *Map }

// NewConfig wraps a map; nil gives an empty config.
func NewConfig(m *Map) Config { return Config{m: m} }

// Map gives the keys and values; the caller must not change them.
func (c Config) Map() *Map { return c.m }

// Get gives the value of a key.
func (c Config) Get(key string) (any, bool) { return c.m.Get(key) }

// String gives a key's value as text; absent and null give "".
func (c Config) String(key string) string {
	v, _ := c.m.Get(key)
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// Bool gives a key's truth, or def when it is absent or null.
func (c Config) Bool(key string, def bool) bool {
	v, _ := c.m.Get(key)
	switch v := v.(type) {
	case bool:
		return v
	case string:
		switch strings.ToLower(v) {
		case "true", "yes", "on", "1":
			return true
		case "false", "no", "off", "0", "":
			return false
		}
	case int64:
		return v != 0
	}
	return def
}

// Strings gives a key's value as a list: a single string is a list of one.
func (c Config) Strings(key string) []string {
	v, _ := c.m.Get(key)
	return toStrings(v)
}

func toStrings(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
		return out
	default:
		return nil
	}
}

// Materialized gives how the node persists; "" where the config does not say.
func (c Config) Materialized() string { return c.String("materialized") }

// Enabled is true unless the config says otherwise.
func (c Config) Enabled() bool { return c.Bool("enabled", true) }

// Hook is one pre- or post-hook.
type Hook struct {
	SQL         string
	Transaction bool // run inside the model's transaction
}

// Hooks gives the hooks under "pre-hook" or "post-hook", in order.
func (c Config) Hooks(key string) []Hook {
	v, _ := c.m.Get(key)
	list, ok := v.([]any)
	if !ok && v != nil {
		list = []any{v}
	}
	var hooks []Hook
	for _, x := range list {
		switch x := x.(type) {
		case string:
			hooks = append(hooks, textHook(x))
		case *Map:
			h := NewConfig(x)
			hooks = append(hooks, Hook{SQL: h.String("sql"), Transaction: h.Bool("transaction", true)})
		}
	}
	return hooks
}

// textHook reads a hook given as text: SQL, or the JSON that before_begin and after_commit give.
func textHook(text string) Hook {
	var h struct {
		SQL         *string `json:"sql"`
		Transaction *bool   `json:"transaction"`
	}
	if json.Unmarshal([]byte(text), &h) != nil || h.SQL == nil {
		return Hook{SQL: text, Transaction: true}
	}
	return Hook{SQL: *h.SQL, Transaction: h.Transaction == nil || *h.Transaction}
}

// Merge lays over on top of c and gives the result; neither is changed. Most keys are
// replaced; tags and hooks are added to, and mappings that dbt merges are merged key by key.
func (c Config) Merge(over Config) Config {
	out := c.m.Clone()
	for _, key := range over.m.Keys() {
		name := CanonicalKey(key)
		v, _ := over.m.Get(key)
		old, had := out.Get(name)
		switch {
		case !had:
			if name == "tags" {
				v = anyList(toStrings(v))
			}
			out.Set(name, cloneValue(v))
		case name == "tags":
			out.Set(name, appendUnique(toStrings(old), toStrings(v)))
		case name == "pre-hook" || name == "post-hook":
			out.Set(name, append(asList(old), asList(cloneValue(v))...))
		case mergedKeys[name]:
			out.Set(name, mergeMaps(old, v))
		default:
			out.Set(name, cloneValue(v))
		}
	}
	return Config{m: out}
}

// mergedKeys are the mappings that dbt merges instead of replacing.
//
//nolint:gochecknoglobals // a constant table
var mergedKeys = map[string]bool{
	"meta": true, "docs": true, "quoting": true, "column_types": true,
	"contract": true, "grants": true,
}

// CanonicalKey gives dbt's spelling of a config key: pre_hook and "pre-hook" are one.
func CanonicalKey(key string) string {
	switch key {
	case "pre_hook":
		return "pre-hook"
	case "post_hook":
		return "post-hook"
	default:
		return key
	}
}

func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

func anyList(s []string) []any {
	out := make([]any, len(s))
	for i := range s {
		out[i] = s[i]
	}
	return out
}

func appendUnique(a, b []string) []any {
	seen := map[string]bool{}
	var out []any
	for _, s := range append(append([]string(nil), a...), b...) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func mergeMaps(old, v any) any {
	a, okA := old.(*Map)
	b, okB := v.(*Map)
	if !okA || !okB {
		return cloneValue(v)
	}
	out := a.Clone()
	for _, k := range b.Keys() {
		x, _ := b.Get(k)
		if name, added := strings.CutPrefix(k, "+"); added {
			prev, _ := out.Get(name)
			out.Set(name, append(asList(prev), asList(x)...))
			continue
		}
		out.Set(k, cloneValue(x))
	}
	return out
}
