package compile

import (
	"strings"

	"atlas/engine/jinja"
)

// table is a query's result as templates see it: agate's Table, with rows and columns by number
// and by name.
type table struct {
	names []string
	types []string // agate's names: Integer, Number, Text …
	rows  []*tableRow
}

// tableRow is one row.
type tableRow struct {
	t      *table
	values jinja.Tuple
}

// tableColumn is one column.
type tableColumn struct {
	t     *table
	index int
}

// newTable makes a table; repeated names get a number, as dbt gives them.
func newTable(names []string) *table {
	t := &table{names: make([]string, len(names))}
	seen := map[string]int{}
	for i, name := range names {
		seen[name]++
		if seen[name] > 1 {
			name += "_" + itoa(seen[name])
		}
		t.names[i] = name
		t.types = append(t.types, "Integer")
	}
	return t
}

func (t *table) add(values jinja.Tuple) { t.rows = append(t.rows, &tableRow{t: t, values: values}) }

func (t *table) index(name string) int {
	for i, n := range t.names {
		if n == name {
			return i
		}
	}
	return -1
}

// Len is the number of rows.
func (t *table) Len() int { return len(t.rows) }

// Iter walks the rows.
func (t *table) Iter() []jinja.Value { return t.rowValues() }

func (t *table) rowValues() []jinja.Value {
	out := make([]jinja.Value, len(t.rows))
	for i, r := range t.rows {
		out[i] = r
	}
	return out
}

// Item gives a row by number.
func (t *table) Item(key jinja.Value) (jinja.Value, bool) { return indexed(t.rowValues(), key) }

func indexed(items []jinja.Value, key jinja.Value) (jinja.Value, bool) {
	var n int64
	switch key := key.(type) {
	case int64:
		n = key
	case decimal:
		v, _ := key.Int()
		whole, ok := v.(int64)
		if !ok {
			return nil, false
		}
		n = whole
	default:
		return nil, false
	}
	if n < 0 {
		n += int64(len(items))
	}
	if n < 0 || n >= int64(len(items)) {
		return nil, false
	}
	return items[n], true
}

// String is agate's summary of the columns.
func (t *table) String() string {
	names, types := append([]string{"column"}, t.names...), append([]string{"data_type"}, t.types...)
	return textTable([][]string{names, types}, true)
}

// Repr is the summary's short form.
func (t *table) Repr() string { return "<agate.table.Table object>" }

// Attr gives agate's attributes and methods.
func (t *table) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "columns":
		return &tableSequence{t: t, columns: true}, true
	case "rows":
		return &tableSequence{t: t}, true
	case "column_names":
		return stringTuple(t.names), true
	case "column_types":
		return stringTuple(t.types), true
	case "print_table", "print_json", "print_csv", "print_structure":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return nil, t.print(c, name) }), true
	case "select", "exclude":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return t.pick(c, name == "select") }), true
	case "limit":
		return jinja.Func(t.limit), true
	case "rename":
		return jinja.Func(t.rename), true
	case "where":
		return jinja.Func(t.where), true
	case "order_by":
		return jinja.Func(t.orderBy), true
	case "distinct":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return t.distinct(), nil }), true
	}
	return nil, false
}

func stringTuple(items []string) jinja.Tuple {
	out := make(jinja.Tuple, len(items))
	for i, s := range items {
		out[i] = s
	}
	return out
}

// tableSequence is table.rows and table.columns: a sequence that knows keys.
type tableSequence struct {
	t       *table
	columns bool
}

// Iter walks rows or columns.
func (s *tableSequence) Iter() []jinja.Value {
	if !s.columns {
		return s.t.rowValues()
	}
	out := make([]jinja.Value, len(s.t.names))
	for i := range s.t.names {
		out[i] = &tableColumn{s.t, i}
	}
	return out
}

// Len counts rows or columns.
func (s *tableSequence) Len() int {
	if s.columns {
		return len(s.t.names)
	}
	return len(s.t.rows)
}

// Item gives one by number, or a column by name.
func (s *tableSequence) Item(key jinja.Value) (jinja.Value, bool) {
	if name, ok := stringOf(key); ok {
		i := s.t.index(name)
		if !s.columns || i < 0 {
			return nil, false
		}
		return &tableColumn{s.t, i}, true
	}
	return indexed(s.Iter(), key)
}

// Repr lists the items.
func (s *tableSequence) Repr() string {
	return "<agate.MappedSequence: " + jinja.Repr(jinja.Tuple(s.Iter())) + ">"
}

// String lists the items.
func (s *tableSequence) String() string { return s.Repr() }

// Attr gives the methods of a mapped sequence.
func (s *tableSequence) Attr(name string) (jinja.Value, bool) {
	keys := jinja.Tuple{}
	if s.columns {
		keys = stringTuple(s.t.names)
	}
	if v, ok := mappedMethod(name, keys, s.Iter(), s.Item); ok {
		return v, true
	}
	return s.Item(name)
}

// firstFew is a tuple's text with at most five values, as agate prints sequences.
func firstFew(values []jinja.Value) string {
	if len(values) <= 5 {
		return jinja.Repr(jinja.Tuple(values))
	}
	text := jinja.Repr(jinja.Tuple(values[:5]))
	return text[:len(text)-1] + ", ...)"
}

// mappedMethod gives keys, values, items, get and dict.
func mappedMethod(name string, keys jinja.Tuple, values []jinja.Value, item func(jinja.Value) (jinja.Value, bool)) (jinja.Value, bool) {
	fn := func(f func() jinja.Value) (jinja.Value, bool) {
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return f(), nil }), true
	}
	switch name {
	case "keys":
		return fn(func() jinja.Value { return keys })
	case "values":
		return fn(func() jinja.Value { return jinja.Tuple(values) })
	case "items":
		return fn(func() jinja.Value {
			out := &jinja.List{}
			for i := range keys {
				out.Items = append(out.Items, jinja.Tuple{keys[i], values[i]})
			}
			return out
		})
	case "dict":
		return fn(func() jinja.Value {
			d := jinja.NewDict()
			for i := range keys {
				d.Set(keys[i], values[i])
			}
			return d
		})
	case "get":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("key", "default?")
			if err != nil {
				return nil, err
			}
			if v, ok := item(args[0]); ok {
				return v, nil
			}
			if args[1] == jinja.Missing {
				return nil, nil
			}
			return args[1], nil
		}), true
	}
	return nil, false
}

// Iter walks the row's values.
func (r *tableRow) Iter() []jinja.Value { return r.values }

// Len counts the row's values.
func (r *tableRow) Len() int { return len(r.values) }

// Item gives a value by number or column name.
func (r *tableRow) Item(key jinja.Value) (jinja.Value, bool) {
	if name, ok := stringOf(key); ok {
		i := r.t.index(name)
		if i < 0 {
			return nil, false
		}
		return r.values[i], true
	}
	return indexed(r.values, key)
}

// Attr gives a row's methods, then its values by column name.
func (r *tableRow) Attr(name string) (jinja.Value, bool) {
	if v, ok := mappedMethod(name, stringTuple(r.t.names), r.values, r.Item); ok {
		return v, true
	}
	return r.Item(name)
}

// Repr lists the values.
func (r *tableRow) Repr() string { return "<agate.Row: " + firstFew(r.values) + ">" }

// String lists the values.
func (r *tableRow) String() string { return r.Repr() }

// Equal compares values, with tuples and lists too.
func (r *tableRow) Equal(other jinja.Value) bool {
	switch o := other.(type) {
	case *tableRow:
		return jinja.Equal(r.values, o.values)
	case jinja.Tuple:
		return jinja.Equal(r.values, o)
	case *jinja.List:
		return jinja.Equal(r.values, jinja.Tuple(o.Items))
	}
	return false
}

// HashKey compares rows by their values.
func (r *tableRow) HashKey() any { return "row:" + jinja.Repr(r.values) }

func (c *tableColumn) values() jinja.Tuple {
	out := make(jinja.Tuple, len(c.t.rows))
	for i, r := range c.t.rows {
		out[i] = r.values[c.index]
	}
	return out
}

// Iter walks the column's values.
func (c *tableColumn) Iter() []jinja.Value { return c.values() }

// Len counts the column's values.
func (c *tableColumn) Len() int { return len(c.t.rows) }

// Item gives a value by row number.
func (c *tableColumn) Item(key jinja.Value) (jinja.Value, bool) { return indexed(c.values(), key) }

// Repr lists the values.
func (c *tableColumn) Repr() string { return "<agate.Column: " + firstFew(c.values()) + ">" }

// String lists the values.
func (c *tableColumn) String() string { return c.Repr() }

// Equal compares values.
func (c *tableColumn) Equal(other jinja.Value) bool {
	o, ok := other.(*tableColumn)
	return ok && jinja.Equal(c.values(), o.values())
}

// Attr gives agate's attributes and methods.
func (c *tableColumn) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "name":
		return c.t.names[c.index], true
	case "index":
		return int64(c.index), true
	case "data_type":
		return c.t.types[c.index], true
	case "values_distinct", "values_without_nulls", "values_without_nulls_sorted", "values_sorted":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return c.chosen(name), nil }), true
	}
	return mappedMethod(name, jinja.Tuple{}, c.values(), c.Item)
}

func (c *tableColumn) chosen(name string) jinja.Tuple {
	out := jinja.Tuple{}
	seen := jinja.NewDict()
	for _, v := range c.values() {
		if v == nil && strings.Contains(name, "without_nulls") {
			continue
		}
		if _, dup := seen.Get(v); dup && name == "values_distinct" {
			continue
		}
		seen.Set(v, true)
		out = append(out, v)
	}
	if strings.HasSuffix(name, "sorted") {
		sortValues(out, func(v jinja.Value) jinja.Value { return v })
	}
	return out
}
