package manifest

import "atlas/engine/diag"

// Publication says what of the warehouse goes into one table of the operational store. Its node is
// an exposure, whose dependencies are what From, Query and Where refer to.
type Publication struct {
	Pos         diag.Pos
	Node        ID
	Name        string
	Description string
	From        *Template // "ref('orders')": the relation to read; or
	Query       *Query    // any SQL
	Where       Template  // a condition on the rows, over the relation's columns; empty takes all
	Table       string    // in the store
	Key         []string  // columns of the table that tell its rows apart
	Mode        string    // "upsert", "replace_month", "append"
	Columns     []PublishedColumn
	Scope       map[string]Template // column of the table → value of every row; nil takes the project's
	Period      *PublishedPeriod
}

// PublishedColumn is a column of the store's table and where its value comes from.
type PublishedColumn struct {
	Name string
	From string // column of the relation, or SQL over them; "" is the column of the same name
	Pos  diag.Pos
}

// PublishedPeriod names the columns of the store's table that say when a row is.
type PublishedPeriod struct {
	Pos         diag.Pos
	Column      string // a date; or
	Year, Month string // numbers
}
