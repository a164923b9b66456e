package compile

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// readTable runs a query and gives its rows as templates see them.
func readTable(ctx context.Context, s adapter.Session, sql string, limit int64) (*table, error) {
	rows, err := s.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // a failure to close says nothing that Err does not
	columns := rows.Columns()
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	t := newTable(names)
	for rows.Next() {
		if limit > 0 && int64(len(t.rows)) >= limit {
			break
		}
		values := make(jinja.Tuple, len(columns))
		for i, v := range rows.Values() {
			var kind string
			values[i], kind = cell(v, columns[i].Type)
			if kind != "" {
				t.types[i] = kind
			}
		}
		t.add(values)
	}
	return t, rows.Err()
}

// cell gives a value as dbt's agate tables hold it, and agate's name of its type; "" for null.
func cell(v any, columnType string) (jinja.Value, string) {
	switch v := v.(type) {
	case nil:
		return nil, ""
	case bool:
		return v, "Boolean"
	case int64, *big.Int:
		return v, "Integer"
	case float64:
		if strings.EqualFold(columnType, "float") {
			v = float64(float32(v)) // Python shows a single as the double that it is
		}
		d, ok := parseDecimal(jinja.Repr(v))
		if !ok {
			return v, "Number"
		}
		return d, "Number"
	case adapter.Decimal:
		d, ok := parseDecimal(string(v))
		if !ok {
			return string(v), "Text"
		}
		return d, "Number"
	case time.Time:
		if strings.EqualFold(columnType, "date") {
			return dateValue(v), "Date"
		}
		return timeValue(v, hasZone(columnType)), "DateTime"
	case string:
		return v, "Text"
	case []byte:
		return bytesText(v), "Text"
	case []any, *manifest.Map:
		return pythonJSON(v), "Text"
	default:
		return fmt.Sprint(v), "Text"
	}
}

func hasZone(columnType string) bool {
	t := strings.ToUpper(columnType)
	return strings.HasSuffix(t, "WITH TIME ZONE") || t == "TIMESTAMPTZ"
}

// bytesText is str() of Python's bytes.
func bytesText(b []byte) string {
	var out strings.Builder
	out.WriteString("b'")
	for _, c := range b {
		switch {
		case c == '\'' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\r':
			out.WriteString(`\r`)
		case c == '\t':
			out.WriteString(`\t`)
		case c < ' ' || c > '~':
			fmt.Fprintf(&out, `\x%02x`, c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('\'')
	return out.String()
}

// pythonJSON is json.dumps of plain Go data: a space after commas and colons, ASCII only.
func pythonJSON(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		if v {
			return "true"
		}
		return "false"
	case int64:
		return fmt.Sprint(v)
	case *big.Int:
		return v.String()
	case float64:
		return jinja.Repr(v)
	case adapter.Decimal:
		return string(v)
	case string:
		return asciiJSON(v)
	case time.Time:
		return asciiJSON(isoTime(v))
	case []byte:
		return asciiJSON(bytesText(v))
	case []any:
		items := make([]string, len(v))
		for i, x := range v {
			items[i] = pythonJSON(x)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case *manifest.Map:
		items := make([]string, 0, v.Len())
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			items = append(items, asciiJSON(k)+": "+pythonJSON(x))
		}
		return "{" + strings.Join(items, ", ") + "}"
	default:
		return asciiJSON(fmt.Sprint(v))
	}
}

func isoTime(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02T15:04:05.999999")
}

func asciiJSON(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""` // a string always encodes
	}
	var out strings.Builder
	for _, r := range strings.TrimSuffix(b.String(), "\n") {
		switch {
		case r < 0x80:
			out.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

// toValue makes a Value of manifest data, deeply copied.
func toValue(v any) jinja.Value { return jinja.FromGo(v) }

// toData makes manifest data of a Value.
func toData(v jinja.Value) any {
	return plain(jinja.ToGo(v, func() jinja.MapBuilder { return &manifest.Map{} }))
}

// plain turns the objects that ToGo passes on into data.
func plain(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		return v
	case *manifest.Map:
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			v.Set(k, plain(x))
		}
		return v
	case decimal:
		if n, ok := v.Int(); ok && v.integral() {
			return n
		}
		f, _ := v.Float()
		return f
	case jinja.Object:
		return jinja.Str(v)
	case jinja.Callable:
		return jinja.Str(v)
	default:
		return v
	}
}

// dateValue is a date object.
func dateValue(t time.Time) jinja.Value { return jinja.NewDate(t.Year(), int(t.Month()), t.Day()) }

// timeValue is a datetime object, naive unless aware.
func timeValue(t time.Time, aware bool) jinja.Value { return jinja.NewDateTime(t, aware) }
