package compile

import (
	"sort"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// Compiled is a node's SQL.
type Compiled struct {
	// SQL is the statement, with the CTEs of ephemeral parents.
	SQL string
	// Body is the same without those CTEs.
	Body string
	// CTEs are the ephemeral parents, in the order in which they stand in SQL.
	CTEs []CTE
	// Header is the config sql_header, or what `call set_sql_header` gave: statements to run
	// before. "" if none.
	Header string
	// Config is the node's config with what the template set while it ran.
	Config manifest.Config
	// Relation is where the node is built: `this`.
	Relation manifest.Relation

	parts []part
}

// CTE is one ephemeral parent.
type CTE struct {
	ID  manifest.ID
	SQL string // `__dbt__cte__name as ( … )`
}

// part says where a stretch of SQL came from.
type part struct {
	start, end int // in SQL
	offset     int // of start in the text that the map describes
	source     *jinja.SourceMap
	node       *manifest.Node
}

// At gives the template position that the byte of SQL at that offset came from, and the macro
// calls that wrote it, innermost first. The position is zero where no template wrote the byte.
func (c *Compiled) At(offset int) (diag.Pos, []diag.Note) {
	i := sort.Search(len(c.parts), func(i int) bool { return c.parts[i].end > offset })
	if i == len(c.parts) || c.parts[i].start > offset || c.parts[i].source == nil {
		return diag.Pos{}, nil
	}
	at := offset - c.parts[i].start + c.parts[i].offset
	return c.parts[i].source.Pos(at), c.parts[i].source.Stack(at)
}
