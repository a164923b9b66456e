package source

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// A kind of check compiles to one condition over a row, which holds for a good row, and to words
// about a bad one. The conditions are set-based SQL through the dialect; values are its literals.

// CheckKinds documents the keys that say what a check is about, for help.
func CheckKinds() []Option {
	return []Option{
		{"sql", "text", "a condition that holds for a good row; a row where it is null passes"},
		{"not_null", "true", "the column has a value"},
		{"unique", "list", "no two rows have the same values in these columns; the first of them is good"},
		{"range", "mapping", "min and max belong to the range, above and below do not: {min: 0, below: 100}; dates too"},
		{"pattern", "text", "a regular expression that the whole text matches"},
		{"length", "mapping", "min and max characters"},
		{"type", "text", "the text can be read as this type in the table's locale: date, decimal(18,2) …"},
		{"lookup", "list or mapping", "the value is one of a list, or stands in a column elsewhere: {to: raw.people, column: code} or {to: \"ref('seed')\"}"},
		{"equals", "text", "the column is what the expression gives, but for tolerance: fee - discount"},
		{"period", "true or mapping", "the date lies in the scope's year and in its sheet's month: {year: source_year, month: sheet_month}"},
		{"reconcile", "mapping", "sums of groups are the sums of another table: {sum: amount, by: [unit], with: {table: raw.totals, sum: total, by: [unit]}}"},
	}
}

// rule is a check made ready for a table.
type rule struct {
	manifest.Check
	holds   string   // condition of a good row; "" where the kind is read in another way
	detail  string   // text expression about a bad row; "" where the message says all
	columns []string // that a finding is about, the first of them first
	parsed  colType  // of the kind type
	groups  string   // query of the kind reconcile
}

// kindReader compiles the checks of one table.
type kindReader struct {
	t     *table
	rel   manifest.Relation
	d     adapter.Dialect // nil: only the declaration is judged
	scope []ScopeColumn
	look  Lookup
	list  diag.List
}

// compile makes a check ready; its mistakes are gathered.
func (k *kindReader) compile(c manifest.Check) rule {
	r := rule{Check: c, columns: slices.Clone(c.Columns)}
	for _, name := range c.Columns {
		k.column(c, name)
	}
	switch c.Kind {
	case "", "sql":
		r.holds = c.SQL
		if len(r.columns) == 0 {
			r.columns = k.named(c.SQL)
		}
		if strings.TrimSpace(c.SQL) == "" {
			k.fail(c, "sql is a condition that holds for a good row, such as amount > 0", "sql is empty")
		}
	case "not_null":
		r.holds = k.each(c, func(name string, _ colType) string { return k.quote(name) + " is not null" })
	case "unique":
		k.unique(c, &r)
	case "range":
		r.holds = k.each(c, func(name string, ty colType) string { return k.ranged(c, name, ty) })
	case "pattern":
		r.holds = k.each(c, func(name string, _ colType) string { return k.pattern(c, name) })
	case "length":
		r.holds = k.each(c, func(name string, _ colType) string { return k.length(c, name) })
	case "type":
		k.typed(c, &r)
	case "lookup":
		r.holds = k.each(c, func(name string, ty colType) string { return k.lookup(c, name, ty) })
	case "equals":
		k.equals(c, &r)
	case "period":
		k.period(c, &r)
	case "reconcile":
		k.reconcile(c, &r)
	default:
		var names []string
		for _, o := range CheckKinds() {
			names = append(names, o.Name)
		}
		k.fail(c, or(diag.DidYouMean(c.Kind, names), "there are "+strings.Join(names, ", ")), "there is no check of the kind %q", c.Kind)
	}
	return r
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

func (k *kindReader) fail(c manifest.Check, hint, format string, args ...any) {
	pos := c.SQLPos
	if pos.IsZero() {
		pos = c.Pos
	}
	d := diag.Errorf(diag.BadValue, pos, "check %s: %s", c.Name, fmt.Sprintf(format, args...))
	d.Hint = hint
	k.list = append(k.list, d)
}

func (k *kindReader) quote(name string) string {
	if k.d == nil {
		return name
	}
	return k.d.Quote(name)
}

func (k *kindReader) literal(v any) string {
	if k.d == nil {
		return ""
	}
	return k.d.Literal(v)
}

// column finds a column of the raw table: a declared one, or one that every raw table has.
func (k *kindReader) column(c manifest.Check, name string) (colType, bool) {
	if i := k.t.indexOf(name); i >= 0 {
		return k.t.types[i], true
	}
	if i := slices.IndexFunc(k.scope, func(s ScopeColumn) bool { return s.Name == name }); i >= 0 || reserved(name) {
		return colType{base: "text"}, true
	}
	var names []string
	for i := range k.t.Columns {
		names = append(names, k.t.Columns[i].Name)
	}
	if _, near := diag.Nearest(name, names); k.d == nil && !near { // the scope's, or one that the source knows
		return colType{base: "text"}, true
	}
	d := diag.Errorf(diag.UnknownColumn, c.Pos, "check %s: table %s has no column %q", c.Name, k.t.Table, name)
	d.Hint = diag.DidYouMean(name, names)
	k.list = append(k.list, d)
	return colType{}, false
}

// each joins a condition on every column that the check names.
func (k *kindReader) each(c manifest.Check, condition func(name string, ty colType) string) string {
	if len(c.Columns) == 0 {
		k.fail(c, "add column: and the name of the column that is checked", "it names no column")
		return ""
	}
	var parts []string
	for _, name := range c.Columns {
		i := k.t.indexOf(name)
		ty := colType{base: "text"}
		if i >= 0 {
			ty = k.t.types[i]
		}
		parts = append(parts, "("+condition(name, ty)+")")
	}
	return strings.Join(parts, " and ")
}

func (k *kindReader) unique(c manifest.Check, r *rule) {
	names := Texts(c.Rule)
	if c.Rule == true {
		names = c.Columns
	}
	if len(names) == 0 {
		k.fail(c, "unique: [columns]", "unique names no columns")
		return
	}
	var nulls, by []string
	for _, name := range names {
		k.column(c, name)
		nulls, by = append(nulls, k.quote(name)+" is null"), append(by, k.quote(name))
	}
	over := " over (partition by " + strings.Join(by, ", ") + " order by " + k.quote(fileColumn) + ", " + k.quote(sheetColumn) + ", " + k.quote(rowColumn) + ")"
	r.holds = "(" + strings.Join(nulls, " and ") + ") or row_number()" + over + " = 1"
	text := func(column string) string { return "first_value(" + k.text(k.quote(column)) + ")" + over }
	r.detail = "'The same stands in row ' || " + text(rowColumn) + " || ' of ' || " + text(fileColumn) + " || coalesce(', sheet ' || nullif(" + text(sheetColumn) + ", ''), '') || '.'"
	if len(r.columns) == 0 {
		r.columns = names
	}
}

// text spells an expression as text.
func (k *kindReader) text(sql string) string {
	if k.d == nil {
		return sql
	}
	return "cast(" + sql + " as " + k.d.Type("text") + ")"
}

func (k *kindReader) ranged(c manifest.Check, name string, ty colType) string {
	m, ok := c.Rule.(*manifest.Map)
	if !ok || m.Len() == 0 {
		k.fail(c, "range: {min: 0, max: 100}", "the range has no bound")
		return ""
	}
	q := k.quote(name)
	parts := []string{}
	for _, b := range []struct{ key, op string }{{"min", ">="}, {"max", "<="}, {"above", ">"}, {"below", "<"}} {
		v, ok := m.Get(b.key)
		if !ok {
			continue
		}
		bound, err := k.bound(v, ty)
		if err != nil {
			k.fail(c, "", "%s: %v", b.key, err)
			continue
		}
		parts = append(parts, q+" "+b.op+" "+bound)
	}
	k.ordered(c, m)
	return q + " is null or (" + strings.Join(parts, " and ") + ")"
}

// ordered refuses bounds that nothing lies between.
func (k *kindReader) ordered(c manifest.Check, m *manifest.Map) {
	number := func(key string) (float64, bool) {
		v, ok := m.Get(key)
		if !ok {
			return 0, false
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(fmt.Sprint(v)), 64)
		return n, err == nil
	}
	low, isLow := number("min")
	high, isHigh := number("max")
	if isLow && isHigh && low > high {
		k.fail(c, "", "min is more than max: nothing passes")
	}
}

// bound spells a limit in the column's own type.
func (k *kindReader) bound(v any, ty colType) (string, error) {
	conv := &converter{locale: k.t.locale}
	x, err := conv.convert(cellOf(v), ty)
	if err != nil {
		return "", fmt.Errorf("%v %w", v, err)
	}
	switch {
	case ty.base == "text":
		return k.literal(x.text), nil
	case ty.number():
		return x.text, nil
	case k.d == nil:
		return "", nil
	default:
		return "cast(" + k.d.Literal(x.text) + " as " + k.d.Type(ty.String()) + ")", nil
	}
}

func (k *kindReader) pattern(c manifest.Check, name string) string {
	text := fmt.Sprint(c.Rule)
	if _, err := regexp.Compile(text); err != nil {
		k.fail(c, "", "%q is no regular expression: %v", text, err)
	}
	q := k.quote(name)
	m, ok := k.d.(adapter.Matcher)
	if !ok {
		if k.d != nil {
			k.fail(c, "write the check as sql", "this warehouse has no regular expressions")
		}
		return ""
	}
	return q + " is null or " + m.Matches(k.text(q), text)
}

func (k *kindReader) length(c manifest.Check, name string) string {
	m, _ := c.Rule.(*manifest.Map)
	q := "length(" + k.text(k.quote(name)) + ")"
	parts := []string{}
	for _, b := range []struct{ key, op string }{{"min", ">="}, {"max", "<="}} {
		v, ok := m.Get(b.key)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(fmt.Sprint(v)))
		if err != nil || n < 0 {
			k.fail(c, "", "%s: %v is no number of characters", b.key, v)
		}
		parts = append(parts, q+" "+b.op+" "+strconv.Itoa(n))
	}
	if len(parts) == 0 {
		k.fail(c, "length: {min: 2, max: 10}", "the length has no bound")
		return ""
	}
	k.ordered(c, m)
	return k.quote(name) + " is null or (" + strings.Join(parts, " and ") + ")"
}

func (k *kindReader) typed(c manifest.Check, r *rule) {
	var err error
	if r.parsed, err = parseType(fmt.Sprint(c.Rule)); err != nil {
		k.fail(c, "", "%v", err)
	}
	if len(c.Columns) == 0 {
		k.fail(c, "add column: and the name of the column that is checked", "it names no column")
	}
}

func (k *kindReader) tolerance(c manifest.Check) string {
	v, ok := c.Options.Get("tolerance")
	if !ok {
		return "0"
	}
	text := strings.TrimSpace(fmt.Sprint(v))
	if f, err := strconv.ParseFloat(text, 64); err != nil || f < 0 {
		k.fail(c, "", "tolerance must be a number from 0, not %q", text)
	}
	return text
}

func (k *kindReader) equals(c manifest.Check, r *rule) {
	expr := "\n" + fmt.Sprint(c.Rule) + "\n" // on lines of its own: it may end in a comment
	tolerance := k.tolerance(c)
	r.holds = k.each(c, func(name string, ty colType) string {
		q := k.quote(name)
		r.detail = "'Expected ' || " + k.text("("+expr+")") + " || ', found ' || " + k.text(q) + " || '.'"
		if ty.number() {
			return q + " is null or (" + expr + ") is null or abs(" + q + " - (" + expr + ")) <= " + tolerance
		}
		return q + " is null or (" + expr + ") is null or " + q + " = (" + expr + ")"
	})
	r.columns = append(r.columns, k.named(expr)...)
}

// period holds a date to the year of the scope and the month of its sheet.
func (k *kindReader) period(c manifest.Check, r *rule) {
	year, month := "", monthColumn
	for _, s := range k.scope {
		if s.Type == "integer" && year == "" {
			year = s.Name
		}
	}
	if m, ok := c.Rule.(*manifest.Map); ok {
		cfg := manifest.NewConfig(m)
		if v, ok := m.Get("year"); ok && v != true {
			year = cfg.String("year")
		}
		if v, ok := m.Get("month"); ok && v != true {
			month = cfg.String("month")
		}
		if v, _ := m.Get("year"); v == false {
			year = ""
		}
		if v, _ := m.Get("month"); v == false {
			month = ""
		}
	}
	r.holds = k.each(c, func(name string, ty colType) string {
		if ty.base != "date" && ty.base != "timestamp" && ty.base != "" {
			k.fail(c, "", "column %s is %s, not a date", name, ty)
		}
		q := k.quote(name)
		parts := []string{}
		if year != "" {
			k.column(c, year)
			parts = append(parts, "("+k.quote(year)+" is null or extract(year from "+q+") = "+k.quote(year)+")")
		}
		if month != "" {
			k.column(c, month)
			parts = append(parts, "("+k.quote(month)+" is null or extract(month from "+q+") = "+k.quote(month)+")")
		}
		if len(parts) == 0 {
			return "true"
		}
		return q + " is null or (" + strings.Join(parts, " and ") + ")"
	})
}

// named gives the declared columns that an expression names, in the order of their coming.
func (k *kindReader) named(sql string) []string {
	var out []string
	for _, word := range identifiers(sql) {
		for i := range k.t.Columns {
			if name := k.t.Columns[i].Name; strings.EqualFold(name, word) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// identifiers gives the words of SQL that may name columns: outside strings and comments.
func identifiers(sql string) []string {
	var out []string
	for i := 0; i < len(sql); {
		c := sql[i]
		switch {
		case strings.HasPrefix(sql[i:], "--"):
			i += upTo(sql[i:], "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			i += upTo(sql[i:], "*/")
		case c == '\'':
			i += 1 + upTo(sql[i+1:], "'")
		case c == '"':
			n := upTo(sql[i+1:], `"`)
			out = append(out, strings.TrimSuffix(sql[i+1:i+1+n], `"`))
			i += 1 + n
		case wordByte(c):
			n := 1
			for i+n < len(sql) && (wordByte(sql[i+n]) || sql[i+n] >= '0' && sql[i+n] <= '9') {
				n++
			}
			out = append(out, sql[i:i+n])
			i += n
		default:
			i++
		}
	}
	return out
}

func upTo(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i + len(end)
	}
	return len(s)
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
