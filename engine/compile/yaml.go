package compile

import (
	"sort"
	"strconv"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// fromYAML is fromyaml(text, default).
func (f *frame) fromYAML(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("value", "default?")
	if err != nil {
		return nil, err
	}
	s, ok := stringOf(args[0])
	if !ok {
		return orMissing(args[1]), nil
	}
	v, err := decodeYAML(s)
	if err != nil {
		return orMissing(args[1]), nil
	}
	return toValue(v), nil
}

func orMissing(v jinja.Value) jinja.Value {
	if v == jinja.Missing {
		return nil
	}
	return v
}

// toYAML is toyaml(value, default, sort_keys): block style, as PyYAML writes it.
func (f *frame) toYAML(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("value", "default?", "sort_keys?")
	if err != nil {
		return nil, err
	}
	if u, ok := args[0].(*jinja.Undefined); ok {
		return nil, f.errorf(c, diag.UndefinedName, "'%s' is undefined", u.Name)
	}
	var b strings.Builder
	writeYAML(&b, toData(args[0]), 0, args[2] != jinja.Missing && jinja.Truth(args[2]))
	text := b.String()
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
		if _, isMap := args[0].(*jinja.Dict); !isMap {
			text += "...\n"
		}
	}
	return text, nil
}

func writeYAML(b *strings.Builder, v any, depth int, sorted bool) {
	indent := strings.Repeat("  ", depth)
	switch v := v.(type) {
	case *manifest.Map:
		if v.Len() == 0 {
			b.WriteString("{}")
			return
		}
		keys := v.Keys()
		if sorted {
			keys = append([]string(nil), keys...)
			sort.Strings(keys)
		}
		for _, k := range keys {
			x, _ := v.Get(k)
			b.WriteString(indent + yamlScalar(k) + ":")
			writeEntry(b, x, depth, sorted)
		}
	case []any:
		if len(v) == 0 {
			b.WriteString("[]")
			return
		}
		for _, x := range v {
			b.WriteString(indent + "-")
			if m, ok := x.(*manifest.Map); ok && m.Len() > 0 {
				var inner strings.Builder
				writeYAML(&inner, m, depth+1, sorted)
				b.WriteString(" " + strings.TrimPrefix(inner.String(), indent+"  "))
				continue
			}
			writeEntry(b, x, depth, sorted)
		}
	default:
		b.WriteString(yamlScalar(v))
	}
}

// writeEntry writes what follows a key or a dash. Lists in mappings stand at the mapping's own
// depth, as PyYAML has it.
func writeEntry(b *strings.Builder, x any, depth int, sorted bool) {
	switch y := x.(type) {
	case *manifest.Map:
		if y.Len() > 0 {
			b.WriteByte('\n')
			writeYAML(b, y, depth+1, sorted)
			return
		}
	case []any:
		if len(y) > 0 {
			b.WriteByte('\n')
			writeYAML(b, y, depth, sorted)
			return
		}
	}
	b.WriteByte(' ')
	writeYAML(b, x, depth, sorted)
	b.WriteByte('\n')
}

// yamlScalar spells a scalar, in quotes where it would be read as something else.
func yamlScalar(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return jinja.Repr(v)
	case string:
		if plainYAML(v) {
			return v
		}
		if strings.ContainsAny(v, "\n\t\"") || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' }) {
			return strconv.Quote(v)
		}
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	default:
		return jinja.Str(v)
	}
}

func plainYAML(s string) bool {
	if s == "" || s != strings.TrimSpace(s) || strings.Contains(s, ": ") || strings.Contains(s, " #") ||
		strings.HasSuffix(s, ":") || strings.ContainsAny(s, "\n\t\"") {
		return false
	}
	if strings.ContainsRune("-?:,[]{}#&*!|>'%@`\"", rune(s[0])) && !(s[0] == '-' && len(s) > 1 && s[1] != ' ' && !isNumberText(s)) {
		return false
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return false
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "~":
		return false
	}
	return !isNumberText(s) && !dateLike(s)
}

func isNumberText(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// dateLike reports text that YAML would read as a date.
func dateLike(s string) bool {
	return len(s) >= 10 && s[4] == '-' && s[7] == '-' && isNumberText(s[:4]) && isNumberText(s[5:7])
}

// decodeYAML reads YAML in the manifest's terms.
func decodeYAML(s string) (any, error) { return projectYAML(s) }
