package source

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"atlas/engine/manifest"
)

// yamlWriter writes block YAML; package project alone reads it.
type yamlWriter struct{ b strings.Builder }

func (w *yamlWriter) line(depth int, format string, args ...any) {
	w.b.WriteString(strings.Repeat("  ", depth) + fmt.Sprintf(format, args...) + "\n")
}

// column writes what stands under a column's name.
func (w *yamlWriter) column(c manifest.ExtractColumn) {
	if len(c.Headers) > 0 {
		w.line(5, "headers: %s", flow(c.Headers))
	}
	w.line(5, "type: %s", scalar(either([]string{c.Type}, "text")[0]))
	if c.From != "" {
		w.line(5, "from: %s", c.From)
	}
	for _, f := range []struct {
		key string
		on  bool
	}{{"required", c.Required}, {"not_null", c.NotNull}, {"unique", c.Unique}} {
		if f.on {
			w.line(5, "%s: true", f.key)
		}
	}
	for _, f := range []struct {
		key string
		v   any
	}{{"default", c.Default}, {"scale", c.Scale}, {"values", c.Values}} {
		switch v := f.v.(type) {
		case nil:
		case string:
			if v != "" {
				w.line(5, "%s: %s", f.key, quoted(v))
			}
		case []any:
			if len(v) > 0 {
				w.line(5, "%s: %s", f.key, jsonOf(v))
			}
		default:
			w.line(5, "%s: %s", f.key, jsonOf(v))
		}
	}
	if c.Description != "" {
		w.line(5, "description: %s", quoted(c.Description))
	}
	for _, m := range []struct {
		key   string
		words map[string]string
	}{{"units", c.Units}, {"map", c.Map}} {
		if len(m.words) == 0 {
			continue
		}
		w.line(5, "%s:", m.key)
		keys := slices.SortedFunc(maps.Keys(m.words), func(a, b string) int {
			return strings.Compare(m.words[a]+"\x00"+a, m.words[b]+"\x00"+b)
		})
		for _, k := range keys {
			w.line(6, "%s: %s", quoted(k), scalar(m.words[k]))
		}
	}
}

var plainScalar = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)

// scalar writes a text as YAML reads it back, without quotes where that is safe.
func scalar(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return quoted(s)
	}
	if plainScalar.MatchString(s) || s != "" && len(s) < 10 && allDigits(s) && s[0] != '0' || strings.HasPrefix(s, "decimal(") {
		if strings.Contains(s, "(") {
			return quoted(s)
		}
		return s
	}
	return quoted(s)
}

// quoted writes a text in double quotes: JSON's are YAML's. Templates in a text stay text.
func quoted(s string) string {
	if strings.Contains(s, "{{") || strings.Contains(s, "{%") || strings.Contains(s, "{#") {
		s = strings.NewReplacer("{{", "{ {", "{%", "{ %", "{#", "{ #").Replace(s)
	}
	return jsonOf(s)
}

func jsonOf(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func flow(list []string) string {
	if len(list) == 1 {
		return "[" + quoted(list[0]) + "]"
	}
	q := make([]string, len(list))
	for i, s := range list {
		q[i] = quoted(s)
	}
	return "[" + strings.Join(q, ", ") + "]"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
