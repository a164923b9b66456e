// Package builtin lists the source drivers that come with the engine.
package builtin

import (
	"atlas/engine/registry"
	"atlas/engine/source"
	"atlas/engine/source/csv"
	"atlas/engine/source/database"
	"atlas/engine/source/jsonfile"
	"atlas/engine/source/odoo"
	"atlas/engine/source/parquet"
	"atlas/engine/source/rest"
	"atlas/engine/source/workbook"
)

// Sources gives a registry of the built-in drivers.
func Sources() *registry.Registry[source.Source] {
	r := registry.New[source.Source]("source driver")
	r.Add("csv", csv.Source{})
	r.Add("database", database.Source{})
	r.Add("json", jsonfile.Source{})
	r.Add("odoo", &odoo.Source{})
	r.Add("parquet", parquet.Source{})
	r.Add("rest", &rest.Source{})
	r.Add("workbook", workbook.Source{})
	return r
}
