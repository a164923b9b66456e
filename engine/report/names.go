package report

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// Names is what templates see about one section of a report: period, unit, units, entity, scope,
// locale, currency and _(); texts see data, figure() and fmt() besides. It is made of the report
// alone, so that decks see the same as the report's own texts. It serves one goroutine.
type Names struct {
	report  *Report
	section *Section
	format  *block.Formatter
	words   manifest.Translations
	period  Period
	figures []block.Figure
	vars    map[string]any
	warned  func(*diag.Diagnostic) // nil where nobody listens
}

// NewNames gives the names of a section; nil is the total. Translations may be nil.
func NewNames(r *Report, s *Section, f *block.Formatter, t manifest.Translations) *Names {
	if s == nil {
		s = &r.Total
	}
	n := &Names{report: r, section: s, format: f, words: t}
	n.period, _ = r.Meta.period() // a report that was read has a period, or its texts have none
	n.vars = n.plain()
	n.vars["data"] = dataNames{n: n, cache: map[string]*dataRows{}}
	n.vars["figure"] = jinja.Func(n.figure)
	n.vars["fmt"] = jinja.Func(n.formatted)
	return n
}

// period reads the period that the report is about.
func (m Meta) period() (Period, error) {
	p, err := ParsePeriod(m.Period)
	if err != nil {
		return p, err
	}
	return p.as(PeriodType(m.Type), m.Period)
}

// OnWarning says who is told of figures that may not be the ones that are meant.
func (n *Names) OnWarning(warned func(*diag.Diagnostic)) { n.warned = warned }

// Vars gives the names for a template; the caller must not change the map.
func (n *Names) Vars() map[string]any { return n.vars }

// Prose reads a text that was rendered with the names: its figures are those that figure() gave since
// the last call.
func (n *Names) Prose(marked string) block.Prose {
	return block.PlainProse(marked, n.Take())
}

// Markdown reads a rendered text of Markdown in the same way.
func (n *Names) Markdown(marked string) block.Prose {
	return block.MarkdownProse(marked, n.Take())
}

// Take gives the figures that figure() gave since they were last taken, by the index of their marks.
func (n *Names) Take() []block.Figure {
	out := n.figures
	n.figures = nil
	return out
}

// Translate gives a text of the project in the report's language.
func (n *Names) Translate(s string) string { return translate(n.words, s) }

func translate(t manifest.Translations, s string) string {
	if out, ok := t[s]; ok {
		return out
	}
	return s
}

// plain gives the names that queries see too.
func (n *Names) plain() map[string]any {
	m := n.report.Meta
	units := make([]any, 0, len(m.Scope))
	for _, code := range m.Scope {
		if s := n.report.Units[code]; s != nil {
			units = append(units, n.unit(s))
		}
	}
	scope := &manifest.Map{}
	for _, k := range sortedKeys(m.ScopeValues) {
		scope.Set(k, m.ScopeValues[k])
	}
	out := map[string]any{
		"unit": n.unit(n.section), "units": units, "scope": scope,
		"entity": manifest.NewMap("code", m.Entity, "label", m.EntityLabel),
		"locale": m.Locale, "currency": m.Currency,
		"_": jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("text")
			if err != nil {
				return nil, err
			}
			// the project's own text: its syntax counts, and values that format() puts into it are made safe
			return jinja.Markup(n.Translate(jinja.Str(args[0]))), nil
		}),
	}
	if n.period.Months > 0 {
		out["period"] = n.period.named(n.format)
	}
	return out
}

// unit gives a section as templates see it.
func (n *Names) unit(s *Section) *manifest.Map {
	codes := n.report.codes(s)
	quoted, list := make([]string, len(codes)), make([]any, len(codes))
	for i, c := range codes {
		quoted[i], list[i] = "'"+strings.ReplaceAll(c, "'", "''")+"'", c
	}
	sql := strings.Join(quoted, ", ")
	if sql == "" {
		sql = "null" // a list that nothing is in, where a query says `in (…)`
	}
	return manifest.NewMap("code", s.Code, "label", s.Label, "codes", list, "sql", sql, "group", s.Group, "total", s.Code == "")
}

// codes gives the units that a section is about.
func (r *Report) codes(s *Section) []string {
	switch {
	case s.Code == "":
		return r.Meta.Scope
	case s.Group:
		return s.Members
	default:
		return []string{s.Code}
	}
}

// Data finds the data of a name for a section: its own, or the total's; nil if there is none.
func (r *Report) Data(s *Section, name string) *block.Data {
	if s != nil && s.Data[name] != nil {
		return s.Data[name]
	}
	return r.Total.Data[name]
}

// dataNames is `data` in a text.
type dataNames struct {
	n     *Names
	cache map[string]*dataRows
}

// Attr gives the rows of one query.
func (d dataNames) Attr(name string) (jinja.Value, bool) {
	if rows := d.cache[name]; rows != nil {
		return rows, true
	}
	data := d.n.report.Data(d.n.section, name)
	if data == nil {
		return nil, false
	}
	rows := &dataRows{data: data, rows: make([]jinja.Value, len(data.Rows))}
	for i := range data.Rows {
		rows.rows[i] = rows.dict(data.Rows[i])
	}
	d.cache[name] = rows
	return rows, true
}

// TypeName is what errors call it.
func (d dataNames) TypeName() string { return "report's data" }

// dataRows is the rows of one query in a text: a list of dicts, with first and last.
type dataRows struct {
	data *block.Data
	rows []jinja.Value
}

func (r *dataRows) dict(row []block.Value) *jinja.Dict {
	d := jinja.NewDict()
	for i, c := range r.data.Columns {
		if row == nil {
			d.Set(c.Name, nil)
		} else {
			d.Set(c.Name, templateValue(row[i]))
		}
	}
	return d
}

// Iter gives the rows.
func (r *dataRows) Iter() []jinja.Value { return r.rows }

// Len is the number of rows.
func (r *dataRows) Len() int { return len(r.rows) }

// Item gives a row by its place.
func (r *dataRows) Item(key jinja.Value) (jinja.Value, bool) {
	i, ok := key.(int64)
	if i < 0 {
		i += int64(len(r.rows))
	}
	if !ok || i < 0 || i >= int64(len(r.rows)) {
		return nil, false
	}
	return r.rows[i], true
}

// Attr gives first and last: a row of nothing where there are none.
func (r *dataRows) Attr(name string) (jinja.Value, bool) {
	switch {
	case name != "first" && name != "last":
		return nil, false
	case len(r.rows) == 0:
		return r.dict(nil), true
	case name == "first":
		return r.rows[0], true
	default:
		return r.rows[len(r.rows)-1], true
	}
}

// TypeName is what errors call it.
func (r *dataRows) TypeName() string { return "rows of " + r.data.Name }

// Repr is the rows inside a list.
func (r *dataRows) Repr() string { return jinja.Repr(jinja.NewList(r.rows...)) }

// String prints the rows.
func (r *dataRows) String() string { return r.Repr() }

// templateValue makes a value fit for arithmetic and comparisons in a text.
func templateValue(v block.Value) jinja.Value {
	switch v := v.(type) {
	case block.Number:
		r, ok := block.Exact(v)
		if !ok {
			return string(v)
		}
		if r.IsInt() {
			return jinja.FromGo(normalInt(r.Num()))
		}
		f, _ := r.Float64()
		return f
	case time.Time:
		return block.PlainText(v)
	case string:
		return block.Unmarked(v)
	default:
		return v
	}
}

func normalInt(n *big.Int) any {
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

// blockValue is the reverse of templateValue, for values that a text computed.
func blockValue(v jinja.Value) block.Value {
	switch v := v.(type) {
	case *big.Int:
		return block.Number(v.String())
	case *jinja.Date:
		return v.Time()
	case *jinja.DateTime:
		return v.Time()
	case nil, bool, int64, float64, string:
		return v
	case jinja.Markup:
		return string(v)
	case jinja.Number:
		if f, ok := v.Float(); ok {
			return f
		}
	}
	return jinja.Str(v)
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
