package source

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
)

// A Checker is a driver that can tell mistakes in a declaration without reading anything.
type Checker interface {
	Check(t *manifest.ExtractTable) error
}

// ResolveDriver fills in the driver of a table that does not name one: it is called as one of the
// table's own keys, workbook: or csv:.
func ResolveDriver(t *manifest.ExtractTable, drivers *registry.Registry[Source]) {
	if t.Driver != "" {
		return
	}
	names := drivers.Names()
	for _, key := range t.Options.Keys() {
		if contains(names, key) {
			t.Driver = key
			return
		}
	}
	t.Driver = "workbook"
}

// CheckDeclaration reports every mistake of a declaration that shows without its files and
// without the warehouse.
func CheckDeclaration(t *manifest.ExtractTable, drivers *registry.Registry[Source]) diag.List {
	driver, err := drivers.Get(t.Driver)
	if err != nil {
		return diag.List{diag.Errorf(diag.BadValue, t.OptionAt("driver"), "table %s: %v", t.Table, err)}
	}
	l := CheckOptions(t, driver)
	if _, err := prepare(t); err != nil {
		l.Add(err)
	}
	if _, knows := driver.(Describer); len(t.Columns) == 0 && !knows {
		l = append(l, noColumns(t))
	}
	l = append(l, checkNames(t, driver)...)
	if c, ok := driver.(Checker); ok {
		if err := c.Check(t); err != nil {
			l.Add(err)
		}
	}
	for _, c := range t.Checks {
		for _, s := range []string{c.WarnIf, c.ErrorIf} {
			if _, err := parseLimit(s); err != nil {
				l = append(l, diag.Errorf(diag.BadValue, c.Pos, "check %s: %v", c.Name, err))
			}
		}
	}
	return append(l, checkMistakes(t)...)
}

// checkMistakes reports what is wrong with the checks as they are declared.
func checkMistakes(t *manifest.ExtractTable) diag.List {
	k := &kindReader{t: &table{ExtractTable: t}}
	k.t.locale, _ = LookupLocale("")
	if l, err := LookupLocale(t.Locale); err == nil {
		k.t.locale = l
	}
	for i := range t.Columns {
		ty, _ := parseType(t.Columns[i].Type) // a mistake in it is reported elsewhere
		k.t.types = append(k.t.types, ty)
	}
	for _, c := range t.Checks {
		k.compile(c)
	}
	return k.list
}

// checkNames reports a table that has the name of load's own, and a key that names columns which
// the table does not have. Where a source finds columns itself they show with the snapshot only.
func checkNames(t *manifest.ExtractTable, driver Source) diag.List {
	var l diag.List
	if strings.EqualFold(t.Table, RejectsTable) {
		l = append(l, diag.Errorf(diag.BadValue, t.OptionAt("table"), "a table may not be named %s: load keeps the rows there that extract keeps out", t.Table).
			WithHint("call it %s", strings.TrimLeft(t.Table, "_")))
	}
	seen := map[string]bool{}
	var names []string
	for i := range t.Columns {
		names = append(names, t.Columns[i].Name)
	}
	if driver.Monthly(t) {
		names = append(names, monthColumn)
	}
	for _, k := range t.Key {
		switch {
		case seen[k]:
			l = append(l, diag.Errorf(diag.DuplicateName, t.OptionAt("key"), "the key of table %s names column %s twice", t.Table, k))
		case !contains(names, k) && len(t.Columns) > 0 && t.Drift != Evolve:
			l = append(l, diag.Errorf(diag.UnknownColumn, t.OptionAt("key"), "the key of table %s names a column %s, which it does not have", t.Table, k).
				WithHint("%s", either(nonEmpty(diag.DidYouMean(k, names)), "its columns are "+strings.Join(names, ", "))[0]))
		}
		seen[k] = true
	}
	return l
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
