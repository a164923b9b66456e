package source

import (
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
	return l
}
