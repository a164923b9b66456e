package compile

import (
	"fmt"
	"strconv"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// column is dbt's Column as dbt-duckdb has it.
type column struct {
	name, dtype      string
	charSize         *int64
	precision, scale *int64
}

// Attr gives dbt's attributes and methods.
func (c *column) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "column", "name":
		return c.name, true
	case "dtype":
		return c.dtype, true
	case "char_size":
		return intOrNone(c.charSize), true
	case "numeric_precision":
		return intOrNone(c.precision), true
	case "numeric_scale":
		return intOrNone(c.scale), true
	case "quoted":
		return `"` + c.name + `"`, true
	case "data_type", "expanded_data_type":
		return c.dataType(), true
	case "fields":
		fields := &jinja.List{}
		for _, f := range c.fields() {
			fields.Items = append(fields.Items, f)
		}
		return fields, true
	}
	return c.method(name)
}

func (c *column) method(name string) (jinja.Value, bool) {
	tests := map[string]func() bool{
		"is_string": c.isString, "is_numeric": c.isNumeric, "is_integer": c.isInteger, "is_float": c.isFloat,
		"is_number": func() bool { return c.isInteger() || c.isNumeric() || c.isFloat() },
		"is_struct": c.isStruct,
	}
	if test, ok := tests[name]; ok {
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return test(), nil }), true
	}
	switch name {
	case "string_size":
		return jinja.Func(func(call *jinja.Call) (jinja.Value, error) {
			if !c.isString() {
				return nil, call.Errorf(diag.BadCall, "string_size() of column %s, which is %s and not text", c.name, c.dtype)
			}
			return c.stringSize(), nil
		}), true
	case "can_expand_to":
		return jinja.Func(func(call *jinja.Call) (jinja.Value, error) {
			args, err := call.Bind("other_column")
			if err != nil {
				return nil, err
			}
			other, ok := args[0].(*column)
			return ok && c.isString() && other.isString() && other.stringSize() > c.stringSize(), nil
		}), true
	case "literal":
		return jinja.Func(func(call *jinja.Call) (jinja.Value, error) {
			args, err := call.Bind("value")
			if err != nil {
				return nil, err
			}
			return jinja.Str(args[0]) + "::" + c.dataType(), nil
		}), true
	case "flatten":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) {
			out := &jinja.List{}
			for _, f := range c.flatten() {
				out.Items = append(out.Items, f)
			}
			return out, nil
		}), true
	}
	return columnClass{}.Attr(name)
}

// String is Python's text of a dataclass.
func (c *column) String() string { return c.Repr() }

// Repr is Python's text of a dataclass.
func (c *column) Repr() string {
	return fmt.Sprintf("DuckDBColumn(column=%s, dtype=%s, char_size=%s, numeric_precision=%s, numeric_scale=%s, fields=[])",
		jinja.Repr(c.name), jinja.Repr(c.dtype), jinja.Repr(intOrNone(c.charSize)),
		jinja.Repr(intOrNone(c.precision)), jinja.Repr(intOrNone(c.scale)))
}

// Equal compares all fields.
func (c *column) Equal(other jinja.Value) bool {
	o, ok := other.(*column)
	return ok && c.name == o.name && c.dtype == o.dtype && same(c.charSize, o.charSize) &&
		same(c.precision, o.precision) && same(c.scale, o.scale)
}

func same(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

func intOrNone(n *int64) jinja.Value {
	if n == nil {
		return nil
	}
	return *n
}

func (c *column) is(types ...string) bool {
	for _, t := range types {
		if strings.EqualFold(c.dtype, t) {
			return true
		}
	}
	return false
}

func (c *column) isString() bool { return c.is("text", "character varying", "character", "varchar") }

func (c *column) isNumeric() bool { return c.is("numeric", "decimal") }

func (c *column) isFloat() bool { return c.is("real", "float", "float4", "float8", "double") }

func (c *column) isInteger() bool {
	return c.is("tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint",
		"int1", "int2", "int4", "int8", "short", "int", "signed", "long")
}

func (c *column) isStruct() bool { return strings.HasPrefix(strings.ToLower(c.dtype), "struct") }

func (c *column) stringSize() int64 {
	if c.dtype == "text" || c.charSize == nil {
		return 256
	}
	return *c.charSize
}

func (c *column) dataType() string {
	switch {
	case c.isString():
		return fmt.Sprintf("character varying(%d)", c.stringSize())
	case c.isNumeric() && c.precision != nil && c.scale != nil:
		return fmt.Sprintf("%s(%d,%d)", c.dtype, *c.precision, *c.scale)
	default:
		return c.dtype
	}
}

// fields are the fields of a struct.
func (c *column) fields() []*column {
	if len(c.dtype) < 8 || !strings.EqualFold(c.dtype[:7], "struct(") || !strings.HasSuffix(c.dtype, ")") {
		return nil
	}
	var out []*column
	for _, field := range splitTop(c.dtype[7 : len(c.dtype)-1]) {
		name, dtype := splitField(field)
		out = append(out, &column{name: name, dtype: dtype})
	}
	return out
}

// splitField parts a struct's field at the space after its name, which may be quoted.
func splitField(field string) (name, dtype string) {
	quoted := false
	for i := range len(field) {
		switch {
		case field[i] == '"':
			quoted = !quoted
		case field[i] == ' ' && !quoted:
			return field[:i], field[i+1:]
		}
	}
	return field, ""
}

// splitTop parts a list at the commas that stand in no parentheses.
func splitTop(s string) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(s[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(s[from:]))
}

// flatten gives the column, or the leaves of a struct with dotted names.
func (c *column) flatten() []*column {
	if !c.isStruct() {
		return []*column{c}
	}
	var out []*column
	for _, f := range c.fields() {
		for _, leaf := range f.flatten() {
			out = append(out, &column{name: c.name + "." + leaf.name, dtype: leaf.dtype})
		}
	}
	return out
}

// columnClass is api.Column.
type columnClass struct{}

// Call makes a column: api.Column(name, dtype, char_size, numeric_precision, numeric_scale).
func (columnClass) Call(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("column", "dtype", "char_size?", "numeric_precision?", "numeric_scale?")
	if err != nil {
		return nil, err
	}
	out := &column{name: jinja.Str(args[0]), dtype: jinja.Str(args[1])}
	for i, to := range []**int64{&out.charSize, &out.precision, &out.scale} {
		if n, ok := args[i+2].(int64); ok {
			*to = &n
		}
	}
	return out, nil
}

// Attr gives the class's methods.
func (k columnClass) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "create":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("name", "label_or_dtype")
			if err != nil {
				return nil, err
			}
			return &column{name: jinja.Str(args[0]), dtype: translateType(jinja.Str(args[1]))}, nil
		}), true
	case "translate_type":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("dtype")
			if err != nil {
				return nil, err
			}
			return translateType(jinja.Str(args[0])), nil
		}), true
	case "string_type":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("size")
			if err != nil {
				return nil, err
			}
			return "character varying(" + jinja.Str(args[0]) + ")", nil
		}), true
	case "numeric_type":
		return jinja.Func(numericType), true
	case "from_description":
		return jinja.Func(fromDescription), true
	}
	return nil, false
}

// translateType is dbt's table of labels, which has one entry.
func translateType(t string) string {
	if strings.EqualFold(t, "string") {
		return "TEXT"
	}
	return t
}

func numericType(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("dtype", "precision", "scale")
	if err != nil {
		return nil, err
	}
	if args[1] == nil || args[2] == nil {
		return args[0], nil
	}
	return fmt.Sprintf("%s(%s,%s)", jinja.Str(args[0]), jinja.Str(args[1]), jinja.Str(args[2])), nil
}

// fromDescription reads "varchar(20)" or "numeric(18,2)".
func fromDescription(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name", "raw_data_type")
	if err != nil {
		return nil, err
	}
	raw := jinja.Str(args[1])
	out := &column{name: jinja.Str(args[0]), dtype: raw}
	open := strings.IndexByte(raw, '(')
	shut := strings.IndexByte(raw, ')')
	if open < 0 || shut < open {
		return out, nil
	}
	out.dtype = raw[:open]
	var sizes []*int64
	for _, s := range strings.Split(raw[open+1:shut], ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		if err != nil {
			return nil, c.Errorf(diag.BadValue, "the data type %q does not say a size in numbers", raw)
		}
		sizes = append(sizes, &n)
	}
	switch len(sizes) {
	case 1:
		out.charSize = sizes[0]
	case 2:
		out.precision, out.scale = sizes[0], sizes[1]
	}
	return out, nil
}
