package source

import (
	"fmt"
	"regexp"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// FillMerged is the key that says which columns take the value of a merged cell in every row that
// it covers. Drivers whose format has merged cells document it and mark them; see Cell.Merged.
const FillMerged = "fill_merged"

// Options documents the keys of a table's options that mean the same for every driver.
func Options() []Option {
	return []Option{
		{"header_row", "number", "first row of the header, counted from 1 (default 1)"},
		{"merge_header_rows", "number", "how many rows the header spans; their texts are joined by a space (default 1)"},
		{"data_start_row", "number", "first row of data (default: the row below the header)"},
		{"skip_rows", "mapping", "rows that are no data: blank (default true), hidden (default false), matching: patterns for the first cell that holds something"},
		{"stop_rows", "mapping", "where data ends: blank: so many blank rows in a run, matching: patterns for the first cell that holds something"},
		{"empty_values", "list", `texts that mean "no value", compared without case: ["-", "n/a"]`},
		{"ignore_columns", "list", "headers that are known and not wanted: they are no drift and no notes"},
		{"month_column", "text", "date column that says which month a row belongs to, where its sheet does not (default: the first date column)"},
	}
}

// rules are the generic options of one table, read.
type rules struct {
	layout      Layout
	skipBlank   bool
	skipHidden  bool
	skip        []*regexp.Regexp
	stopBlank   int
	stop        []*regexp.Regexp
	empty       map[string]bool
	ignore      map[string]bool // folded headers
	fill        map[string]bool // columns that take merged cells; nil lets every column
	monthColumn string
}

// readRules reads the generic options; every mistake is reported.
func readRules(t *manifest.ExtractTable) (*rules, error) {
	o := &optionReader{t: t}
	r := &rules{empty: map[string]bool{}, ignore: map[string]bool{}}
	r.layout = Layout{}.over(Layout{
		HeaderRow:  o.count("header_row", 1),
		HeaderRows: o.count("merge_header_rows", 1),
		DataRow:    o.count("data_start_row", 0),
	})
	if r.layout.DataRow < r.layout.HeaderRow+r.layout.HeaderRows {
		o.fail("data_start_row", "data_start_row %d is inside the header, which ends in row %d",
			r.layout.DataRow, r.layout.HeaderRow+r.layout.HeaderRows-1)
	}
	skip := o.mapping("skip_rows", "blank", "hidden", "matching")
	r.skipBlank = o.truth("skip_rows", skip, "blank", true)
	r.skipHidden = o.truth("skip_rows", skip, "hidden", false)
	r.skip = o.patterns("skip_rows", skip)
	stop := o.mapping("stop_rows", "blank", "matching")
	if v, ok := stop.Get("blank"); ok {
		n, isInt := v.(int64)
		if !isInt || n < 1 {
			o.fail("stop_rows", "stop_rows: blank must be a number of rows, not %v", v)
		}
		r.stopBlank = int(n)
	}
	r.stop = o.patterns("stop_rows", stop)
	for _, s := range o.texts("empty_values") {
		r.empty[strings.ToLower(strings.TrimSpace(s))] = true
	}
	for _, s := range o.texts("ignore_columns") {
		r.ignore[Fold(s)] = true
	}
	if v, ok := t.Options.Get(FillMerged); ok {
		r.fill = o.columns(FillMerged, v)
	}
	if v, ok := t.Options.Get("month_column"); ok {
		r.monthColumn = fmt.Sprint(v)
		if c := findColumn(t, r.monthColumn); c == nil || (c.Type != "date" && c.Type != "timestamp") {
			o.fail("month_column", "month_column must name a column of type date, not %q", r.monthColumn)
		}
	}
	return r, o.list.Err()
}

// ignored reports a header that the declaration does not want.
func (r *rules) ignored(header string) bool { return r.ignore[Fold(header)] }

// columns reads a list of declared columns; nil where the value is no list.
func (o *optionReader) columns(key string, v any) map[string]bool {
	list, isList := v.([]any)
	if !isList {
		return nil
	}
	out := map[string]bool{}
	for _, name := range Texts(list) {
		if out[name] = true; findColumn(o.t, name) == nil {
			o.fail(key, "%s: there is no column %q", key, name)
		}
	}
	return out
}

// dateColumn names the column that places a row in a month, "" if there is none.
func (r *rules) dateColumn(t *manifest.ExtractTable) string {
	if r.monthColumn != "" {
		return r.monthColumn
	}
	for _, c := range t.Columns {
		if ty, err := parseType(c.Type); err == nil && (ty.base == "date" || ty.base == "timestamp") {
			return c.Name
		}
	}
	return ""
}

func findColumn(t *manifest.ExtractTable, name string) *manifest.ExtractColumn {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// optionReader reads options and gathers what is wrong with them.
type optionReader struct {
	t    *manifest.ExtractTable
	list diag.List
}

func (o *optionReader) fail(key, format string, args ...any) {
	o.list = append(o.list, diag.Errorf(diag.BadValue, o.t.OptionAt(key), format, args...))
}

func (o *optionReader) count(key string, def int) int {
	v, ok := o.t.Options.Get(key)
	if !ok || v == nil {
		return def
	}
	n, err := Count(v)
	if err != nil {
		o.fail(key, "%s must be a row number from 1, not %v", key, v)
		return def
	}
	return n
}

// Count reads a whole number from 1 up, as YAML gives it.
func Count(v any) (int, error) {
	n, ok := v.(int64)
	if i, isInt := v.(int); isInt {
		n, ok = int64(i), true
	}
	if !ok || n < 1 || n > 1<<31 {
		return 0, fmt.Errorf("%v is not a whole number from 1", v)
	}
	return int(n), nil
}

func (o *optionReader) mapping(key string, known ...string) *manifest.Map {
	v, ok := o.t.Options.Get(key)
	if !ok || v == nil {
		return nil
	}
	m, isMap := v.(*manifest.Map)
	if !isMap {
		o.fail(key, "%s must be a mapping of %s", key, strings.Join(known, ", "))
		return nil
	}
	for _, k := range m.Keys() {
		if !contains(known, k) {
			o.fail(key, "%s has an unknown key %q: there are %s", key, k, strings.Join(known, ", "))
		}
	}
	return m
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (o *optionReader) truth(key string, m *manifest.Map, name string, def bool) bool {
	v, ok := m.Get(name)
	if !ok || v == nil {
		return def
	}
	b, isBool := v.(bool)
	if !isBool {
		o.fail(key, "%s: %s must be true or false, not %v", key, name, v)
		return def
	}
	return b
}

func (o *optionReader) patterns(key string, m *manifest.Map) []*regexp.Regexp {
	v, ok := m.Get("matching")
	if !ok || v == nil {
		return nil
	}
	var out []*regexp.Regexp
	for _, s := range Texts(v) {
		re, err := regexp.Compile("(?i)" + s)
		if err != nil {
			o.fail(key, "%s: the pattern %q is no regular expression: %v", key, s, err)
			continue
		}
		out = append(out, re)
	}
	return out
}

func (o *optionReader) texts(key string) []string {
	v, _ := o.t.Options.Get(key)
	return Texts(v)
}

// Texts reads a text or a list of them, as YAML gives it.
func Texts(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
		return out
	case []string:
		return v
	default:
		return []string{fmt.Sprint(v)}
	}
}

func anyMatch(res []*regexp.Regexp, s string) bool {
	for _, re := range res {
		if re.MatchString(s) {
			return true
		}
	}
	return false
}
