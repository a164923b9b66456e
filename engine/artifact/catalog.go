package artifact

import (
	"io"

	"atlas/engine/manifest"
)

// CatalogTable is a relation as the warehouse has it.
type CatalogTable struct {
	NodeID   manifest.ID
	Relation manifest.Relation
	Type     string // "BASE TABLE", "VIEW"
	Comment  string
	Owner    string
	Columns  []CatalogColumn
	Stats    []CatalogStat
}

// CatalogColumn is a column of a relation, in the relation's order.
type CatalogColumn struct{ Name, Type, Comment string }

// CatalogStat is a figure about a relation.
type CatalogStat struct {
	ID, Label, Description string
	Value                  any // bool, number or text
}

// Catalog is catalog.json: what of the project exists in the warehouse.
type Catalog struct {
	Metadata Metadata
	Nodes    []CatalogTable
	Sources  []CatalogTable
	Errors   []string
}

// WriteCatalog writes catalog.json in dbt's version 1.
func WriteCatalog(w io.Writer, c Catalog) error {
	e := newEncoder(w)
	e.object()
	e.field("metadata").object()
	c.Metadata.encode(e, "catalog/v1")
	e.end()
	catalogTables(e, "nodes", c.Nodes)
	catalogTables(e, "sources", c.Sources)
	e.field("errors")
	if len(c.Errors) == 0 {
		e.null()
	} else {
		e.strings(c.Errors)
	}
	e.end()
	return e.flush()
}

// WriteCatalog writes the folder's catalog.json.
func (t Target) WriteCatalog(c Catalog) error {
	return WriteFile(t.Path(CatalogFile), func(w io.Writer) error { return WriteCatalog(w, c) })
}

func catalogTables(e *encoder, name string, tables []CatalogTable) {
	e.field(name).object()
	for i := range tables {
		tables[i].encode(e)
	}
	e.end()
}

func (t *CatalogTable) encode(e *encoder) {
	e.field(string(t.NodeID)).object()
	e.field("metadata").object()
	e.field("type").string(t.Type)
	e.field("schema").string(t.Relation.Schema)
	e.field("name").string(t.Relation.Name)
	e.field("database").stringOrNull(t.Relation.Database)
	e.field("comment").stringOrNull(t.Comment)
	e.field("owner").stringOrNull(t.Owner)
	e.end()
	e.field("columns").object()
	for i, c := range t.Columns {
		e.field(c.Name).object()
		e.field("type").string(c.Type)
		e.field("index").int(int64(i + 1))
		e.field("name").string(c.Name)
		e.field("comment").stringOrNull(c.Comment)
		e.end()
	}
	e.end()
	e.field("stats").object()
	for _, s := range t.Stats {
		e.field(s.ID).object()
		e.field("id").string(s.ID)
		e.field("label").string(s.Label)
		e.field("value").value(s.Value)
		e.field("include").bool(true)
		e.field("description").stringOrNull(s.Description)
		e.end()
	}
	e.field("has_stats").object() // dbt's documentation site asks for it
	e.field("id").string("has_stats")
	e.field("label").string("Has Stats?")
	e.field("value").bool(len(t.Stats) > 0)
	e.field("include").bool(false)
	e.field("description").string("whether the warehouse gave any figures")
	e.end()
	e.end()
	e.field("unique_id").string(string(t.NodeID))
	e.end()
}
