package compile

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// ResultInfo is one node's result, for on-run-end hooks.
type ResultInfo struct {
	Node     *manifest.Node
	Status   string // dbt's word: success, error, skipped, pass, fail, warn
	Message  string
	Failures *int64 // of a test
	Rows     int64  // changed; -1 if unknown
	Seconds  float64
	Thread   string
	SQL      string // compiled
	Timing   []Timing
}

// Timing is when one part of a node's work began and ended: "compile", "execute".
type Timing struct {
	Name               string
	Started, Completed time.Time
}

// ResultsValue makes `results` of on-run-end hooks. Hand it to RenderRunHook under that name.
func ResultsValue(list []ResultInfo) any {
	out := &jinja.List{}
	for i := range list {
		out.Items = append(out.Items, resultObject{&list[i]})
	}
	return out
}

// resultObject is dbt's RunResult.
type resultObject struct{ r *ResultInfo }

// Attr gives dbt's attributes.
func (o resultObject) Attr(name string) (jinja.Value, bool) {
	r := o.r
	switch name {
	case "node":
		d := describeNode(r.Node, true)
		if r.SQL != "" {
			d.Set("compiled_code", r.SQL)
		}
		return record{d}, true
	case "unique_id":
		return string(r.Node.ID), true
	case "status":
		return r.Status, true
	case "message":
		return optional(namePart(r.Message)), true
	case "failures":
		return intOrNone(r.Failures), true
	case "execution_time":
		return r.Seconds, true
	case "thread_id":
		return r.Thread, true
	case "timing":
		return timings(r.Timing), true
	case "adapter_response":
		d := newDict().set("_message", "OK")
		if r.Rows >= 0 {
			d.set("rows_affected", r.Rows)
		}
		return d.Dict, true
	case "compiled_code":
		return r.SQL, true
	case "to_dict":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return o.dict(), nil }), true
	case "error", "skip", "fail", "warn":
		return r.Status == name || name == "skip" && r.Status == "skipped", true
	}
	return nil, false
}

func timings(list []Timing) *jinja.List {
	out := &jinja.List{}
	for _, t := range list {
		out.Items = append(out.Items, record{newDict().set("name", t.Name).set("started_at", isoZulu(t.Started)).
			set("completed_at", isoZulu(t.Completed)).Dict})
	}
	return out
}

func isoZulu(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// record is an object of dbt's that knows to_dict: its keys are attributes, and items as well.
type record struct{ d *jinja.Dict }

// Attr gives a key's value, or to_dict and get.
func (r record) Attr(name string) (jinja.Value, bool) {
	if v, ok := r.d.GetStr(name); ok {
		return v, true
	}
	switch name {
	case "to_dict":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return r.d.Copy(), nil }), true
	case "get":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("key", "default?")
			if err != nil {
				return nil, err
			}
			if v, ok := r.d.Get(args[0]); ok {
				return v, nil
			}
			return orMissing(args[1]), nil
		}), true
	}
	return nil, false
}

// Item gives a key's value.
func (r record) Item(key jinja.Value) (jinja.Value, bool) { return r.d.Get(key) }

// Contains reports whether there is such a key.
func (r record) Contains(key jinja.Value) bool {
	_, ok := r.d.Get(key)
	return ok
}

// Iter lists the keys.
func (r record) Iter() []jinja.Value { return r.d.Keys() }

// Dict gives the keys and values.
func (r record) Dict() *jinja.Dict { return r.d }

// String prints like a dict.
func (r record) String() string { return jinja.Str(r.d) }

func orMissing(v jinja.Value) jinja.Value {
	if v == jinja.Missing {
		return nil
	}
	return v
}

func (o resultObject) dict() *jinja.Dict {
	d := jinja.NewDict()
	for _, name := range []string{"status", "timing", "thread_id", "execution_time", "adapter_response", "message", "failures", "node", "unique_id"} {
		v, _ := o.Attr(name)
		d.Set(name, v)
	}
	return d
}

// loadSeed is load_agate_table(): the rows of the seed's file, with types guessed as agate does.
func (f *frame) loadSeed(c *jinja.Call) (jinja.Value, error) {
	if f.node.Seed == nil {
		return nil, f.errorf(c, diag.BadCall, "load_agate_table() is for seeds; %s is a %s", f.node.Name, f.node.Kind)
	}
	file, err := os.Open(f.node.Seed.File)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // read only
	r := csv.NewReader(file)
	r.LazyQuotes = true
	if d := f.node.Config.String("delimiter"); d != "" {
		r.Comma = []rune(d)[0]
	}
	records, err := r.ReadAll()
	if err != nil {
		return nil, f.errorf(c, diag.BadFile, "%s does not read as CSV: %v", f.node.Path, err)
	}
	if len(records) == 0 {
		return newTable(nil), nil
	}
	records[0][0] = strings.TrimPrefix(records[0][0], "\ufeff")
	return guessTable(records, mapOf(f.node.Config, "column_types")), nil
}

func guessTable(records [][]string, asText *manifest.Map) *table {
	t := newTable(records[0])
	kinds := make([]string, len(t.names))
	for i, name := range t.names {
		kinds[i] = "Text"
		if _, forced := asText.Get(name); !forced {
			kinds[i] = guessKind(records[1:], i)
		}
		t.types[i] = kinds[i]
	}
	for _, record := range records[1:] {
		values := make(jinja.Tuple, len(t.names))
		for i := range values {
			if i < len(record) {
				values[i] = guessed(record[i], kinds[i])
			}
		}
		t.add(values)
	}
	return t
}

func isNull(s string) bool { return s == "" || strings.EqualFold(s, "null") }

func guessKind(records [][]string, i int) string {
	number, boolean, date, filled := true, true, true, false
	for _, r := range records {
		if i >= len(r) || isNull(r[i]) {
			continue
		}
		filled = true
		f, err := strconv.ParseFloat(strings.ReplaceAll(r[i], ",", ""), 64)
		number = number && err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
		boolean = boolean && (strings.EqualFold(r[i], "true") || strings.EqualFold(r[i], "false"))
		date = date && len(r[i]) == 10 && dateLike(r[i])
	}
	switch {
	case !filled:
		return "Integer"
	case number:
		return "Number"
	case boolean:
		return "Boolean"
	case date:
		return "Date"
	default:
		return "Text"
	}
}

func guessed(s, kind string) jinja.Value {
	if isNull(s) {
		return nil
	}
	switch kind {
	case "Number":
		if d, ok := parseDecimal(strings.ReplaceAll(s, ",", "")); ok {
			return d
		}
	case "Boolean":
		return strings.EqualFold(s, "true")
	}
	return s
}

// dateLike reports text that begins like an ISO date.
func dateLike(s string) bool {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	for _, digits := range []string{s[:4], s[5:7], s[8:10]} {
		if _, err := strconv.Atoi(digits); err != nil {
			return false
		}
	}
	return true
}
