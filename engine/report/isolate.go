package report

import (
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// isolated refuses rows of another entity, and tells of rows of units that the report is not about: a
// query that forgets to restrict them gives such.
func (a *assembly) isolated(d *manifest.ReportData, data *block.Data) bool {
	s := a.o.Scope
	if s.Entity == "" {
		return true
	}
	if i := data.Index(s.Column); s.Column != "" && i >= 0 {
		for _, row := range data.Rows {
			if v := block.PlainText(row[i]); row[i] != nil && !strings.EqualFold(v, s.Entity) {
				a.diags.Add(diag.Errorf(diag.BadScope, d.Query.Pos, "%s gives rows of %s in a report about %s", d.Name, v, s.Entity).
					WithHint("restrict them in the query: where %s = '{{ entity.code }}'", s.Column))
				return false
			}
		}
	}
	for i := range data.Columns {
		if !a.unitsOf(d, data, i) {
			return false
		}
	}
	return true
}

// unitsOf looks at a column that holds codes of units and nothing else; false is one with units of
// another entity.
func (a *assembly) unitsOf(d *manifest.ReportData, data *block.Data, column int) bool {
	s, about := a.o.Scope, a.out.Meta.Scope
	var other, outside string
	for _, row := range data.Rows {
		code, ok := row[column].(string)
		switch {
		case row[column] == nil:
		case !ok:
			return true
		case slices.Contains(s.Others, code):
			other = or(other, code)
		case slices.Contains(about, code) || a.out.Units[code] != nil:
		case s.has(code):
			outside = or(outside, code)
		default:
			return true // it holds other things
		}
	}
	hint := "restrict them in the query: where " + data.Columns[column].Name + " in ({{ unit.sql }})"
	if other != "" {
		a.diags.Add(diag.Errorf(diag.BadScope, d.Query.Pos, "%s gives rows of %s, which is no unit of %s", d.Name, other, s.Entity).WithHint("%s", hint))
		return false
	}
	if outside != "" {
		a.diags.Add(diag.Warnf(diag.BadScope, d.Query.Pos, "%s gives rows of %s in a report about %s", d.Name, outside, strings.Join(about, ", ")).WithHint("%s", hint))
	}
	return true
}

// has reports a unit or group of the entity.
func (s Scope) has(code string) bool {
	return slices.ContainsFunc(s.Units, func(u Unit) bool { return u.Code == code }) ||
		slices.ContainsFunc(s.Groups, func(g Group) bool { return g.Code == code })
}
