package source

import (
	"slices"
	"strconv"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Lookup finds where the values of a check's lookup stand: a relation of the warehouse, or the
// values themselves. The words are those of the declaration: "ref('units')", "raw.people".
type Lookup func(words, column string) (manifest.Relation, []string, error)

// LooksUp gives the words by which a check names another table, and the column that it looks in;
// "" where it names none.
func LooksUp(c manifest.Check) (words, column string) {
	m, _ := c.Rule.(*manifest.Map)
	if m == nil {
		return "", ""
	}
	switch c.Kind {
	case "lookup":
		cfg := manifest.NewConfig(m)
		return cfg.String("to"), or(cfg.String("column"), strings.Join(c.Columns, ""))
	case "reconcile":
		v, _ := m.Get("with")
		with, _ := v.(*manifest.Map)
		if with == nil {
			return "", ""
		}
		return manifest.NewConfig(with).String("table"), ""
	default:
		return "", ""
	}
}

func (k *kindReader) lookup(c manifest.Check, name string, ty colType) string {
	q := k.quote(name)
	values, isList := c.Rule.([]any)
	if isList {
		var list []string
		for _, v := range values {
			if v == nil { // a row without a value passes anyway
				continue
			}
			x, err := k.bound(v, ty)
			if err != nil {
				k.fail(c, "", "column %s is %s: %v", name, ty, err)
			}
			list = append(list, x)
		}
		if len(list) == 0 {
			k.fail(c, "lookup: [values], or {to: raw.people, column: code}", "the lookup has no values")
		}
		return q + " is null or " + q + " in (" + strings.Join(list, ", ") + ")"
	}
	m, ok := c.Rule.(*manifest.Map)
	if !ok {
		k.fail(c, "lookup: [values], or {to: raw.people, column: code}", "the lookup is neither a list nor a mapping")
		return ""
	}
	cfg := manifest.NewConfig(m)
	to, column := cfg.String("to"), or(cfg.String("column"), name)
	if k.look == nil || k.d == nil {
		return ""
	}
	rel, found, err := k.look(to, column)
	if err != nil {
		d := diag.From(err)
		for _, x := range d {
			k.fail(c, x.Hint, "%s", x.Msg)
		}
		return ""
	}
	if rel.IsZero() {
		return q + " is null or coalesce(" + q + " in (" + strings.Join(k.foreign(found, ty), ", ") + "), false)"
	}
	there := k.quote(column)
	if ty.base == "text" { // a text is compared with how the other table's values are written
		there = k.text(there)
	}
	return q + " is null or " + q + " in (select " + there + " from " + k.d.Relation(rel) + " where " + k.quote(column) + " is not null)"
}

// foreign spells values that another file has as text, as values of a type; what is none of the
// type equals nothing.
func (k *kindReader) foreign(values []string, ty colType) []string {
	plain := *k
	t := *k.t
	t.locale, _ = LookupLocale("") // the file is the project's own, not written by the source's people
	plain.t = &t
	list := []string{"null"}
	for _, v := range values {
		if x, err := plain.bound(v, ty); err == nil {
			list = append(list, x)
		}
	}
	return list
}

// reconcile compares sums of groups with another table's.
func (k *kindReader) reconcile(c manifest.Check, r *rule) {
	m, _ := c.Rule.(*manifest.Map)
	v, _ := m.Get("with")
	with, ok := v.(*manifest.Map)
	if !ok {
		k.fail(c, "reconcile: {sum: amount, by: [unit], with: {table: raw.totals, sum: total, by: [unit]}}", "it says nothing to compare with")
		return
	}
	left, right := manifest.NewConfig(m), manifest.NewConfig(with)
	by, to := left.Strings("by"), right.Strings("by")
	if len(to) == 0 {
		to = by
	}
	if len(by) != len(to) {
		k.fail(c, "", "there are %d columns to group by on one side and %d on the other", len(by), len(to))
		return
	}
	for _, name := range by {
		k.column(c, name)
	}
	tolerance := k.tolerance(c)
	if k.d == nil || k.look == nil {
		return
	}
	rel, _, err := k.look(right.String("table"), "")
	if err != nil || rel.IsZero() {
		k.fail(c, "name a raw table or a model that is built", "the table %s cannot be read", right.String("table"))
		return
	}
	r.columns = slices.Clone(by)
	r.groups = k.groupsSQL(left, right, by, to, rel, tolerance)
}

// ofScope is the condition of the scope's rows with its values in it.
func (k *kindReader) ofScope() string {
	parts := []string{"1 = 1"}
	for _, s := range k.scope {
		parts = append(parts, k.quote(s.Name)+" = "+k.literal(s.Value))
	}
	return strings.Join(parts, " and ")
}

func (k *kindReader) groupsSQL(left, right manifest.Config, by, to []string, rel manifest.Relation, tolerance string) string {
	side := func(from manifest.Relation, cfg manifest.Config, columns []string, scoped, files bool) string {
		var keys []string
		for i, c := range columns {
			keys = append(keys, k.text(k.quote(c))+" as k"+strconv.Itoa(i))
		}
		where := []string{}
		if w := cfg.String("where"); w != "" {
			where = append(where, "(\n"+w+"\n)")
		}
		if scoped {
			where = append(where, k.ofScope())
		}
		places := ""
		if files {
			places = ", min(" + k.quote(fileColumn) + ") as f, case when min(" + k.quote(sheetColumn) + ") = max(" + k.quote(sheetColumn) + ") then min(" + k.quote(sheetColumn) + ") end as s"
		}
		sql := "select " + strings.Join(append(keys, "sum(\n"+cfg.String("sum")+"\n) as total"), ", ") + places + "\nfrom " + k.d.Relation(from)
		if len(where) > 0 {
			sql += "\nwhere " + strings.Join(where, " and ")
		}
		for i := range columns {
			sql += map[bool]string{true: "\ngroup by ", false: ", "}[i == 0] + strconv.Itoa(i+1)
		}
		return sql
	}
	var on, keys []string
	for i := range by {
		n := strconv.Itoa(i)
		on, keys = append(on, "a.k"+n+" is not distinct from b.k"+n), append(keys, "coalesce(a.k"+n+", b.k"+n+")")
	}
	if len(on) == 0 {
		on = []string{"true"}
	}
	columns := append([]string{"a.f", "a.s", k.text("a.total"), k.text("b.total"), k.text("coalesce(a.total, 0) - coalesce(b.total, 0)")}, keys...)
	return "select " + strings.Join(columns, ", ") + "\nfrom (\n" + side(k.rel, left, by, true, true) + "\n) as a\nfull join (\n" +
		side(rel, right, to, !strings.Contains(right.String("table"), "("), false) + "\n) as b on " + strings.Join(on, " and ") +
		"\nwhere abs(coalesce(a.total, 0) - coalesce(b.total, 0)) > " + tolerance + "\norder by 1, 2, " + strings.Join(append(keys, "3"), ", ")
}
