package adapter

import (
	"context"
	"fmt"

	"atlas/engine/manifest"
)

// The interfaces of this file are optional abilities of a driver. A caller finds them by
// assertion and has another way where they are absent:
//
//	if l, ok := session.(adapter.CSVLoader); ok { … }

// ForeignOpener is an adapter that can read foreign data without its target's database.
type ForeignOpener interface {
	// OpenForeign opens a warehouse that holds nothing and whose sessions are Scanners. It has the
	// target's extensions, secrets and settings, and holds none of its files.
	OpenForeign(ctx context.Context, t Target) (Warehouse, error)
}

// Versioner is an adapter that knows the version of its warehouse.
type Versioner interface {
	// Version gives the warehouse's own version, "v1.5.6".
	Version() string
}

// Checker is an adapter that can judge a target without opening it.
type Checker interface {
	// Check gives the target's mistakes as a diag.List (warnings among them), or nil.
	Check(t Target) error
}

// Matcher is a dialect that has regular expressions.
type Matcher interface {
	// Matches spells the condition that a text, an expression, matches a pattern from its first
	// character to its last.
	Matches(text, pattern string) string
}

// Checkpointer is a session that can write its log into the main file, so that the file alone
// is complete and may be copied.
type Checkpointer interface {
	Checkpoint(ctx context.Context) error
}

// Progresser is a session that knows how far its running statement is. It may be called from
// another goroutine than the session's own.
type Progresser interface {
	// Progress gives the share done, from 0 to 1; negative where nobody can tell.
	Progress() float64
}

// CSVLoader is a session that reads CSV files itself, much faster than Load.
type CSVLoader interface {
	// LoadCSV appends a file's rows to an existing table and gives their number. Columns names
	// the columns to load with the types to read them as; the file's other columns are skipped.
	// With a header, columns are found by name without case, else they stand in the file's order.
	// A cell that does not have its column's type gives *RowError, with the line of the file.
	LoadCSV(ctx context.Context, rel manifest.Relation, columns []Column, path string, o CSVOptions) (int64, error)
}

// CSVOptions say how a CSV file is written. The zero value is RFC 4180 with a header, ISO dates
// and empty cells for null.
type CSVOptions struct {
	NoHeader        bool
	Delimiter       string     // "" is a comma
	Quote, Escape   string     // "" is a double quote
	Nulls           []string   // texts that mean null; none is the empty cell
	DateFormat      string     // strptime format; "" is ISO
	TimestampFormat string     // strptime format; "" is ISO
	Constants       []Constant // columns that the file lacks, the same in every row
	// Guess leaves quote, escape and the form of dates to the warehouse's own reader, which looks
	// at the file, and takes all of the file's columns in the table's order. Only the delimiter
	// and the header are heeded.
	Guess bool
}

// Constant is a column with one value for every row of a load.
type Constant struct {
	Column string
	Value  any
}

// Exporter is a session that writes the result of a query to a file.
type Exporter interface {
	// Export writes to path, replacing what is there, and gives the rows written.
	Export(ctx context.Context, query, path string, o ExportOptions) (int64, error)
}

// ExportOptions choose the file's format.
type ExportOptions struct {
	Format      string // "csv", "parquet" or "json"; "" goes by the path's ending
	Compression string // the format's own name for it: "zstd", "gzip"; "" is the format's default
	Delimiter   string // csv only; "" is a comma
}

// FileCopier is a session that writes relations into a new database file, for readers that
// must not open the file that a build writes.
type FileCopier interface {
	// CopyTo writes the relations as tables of the same schema and name; views become tables.
	// The file must not exist. The file is complete, and no longer open, when CopyTo returns nil.
	CopyTo(ctx context.Context, path string, relations []manifest.Relation) error
}

// RowError is a row of a load that the table cannot take.
type RowError struct {
	Row    int64  // from 1; in a file the line, header included; 0 unknown
	Column string // "" if the row as a whole is wrong
	Err    error
}

// Error gives row, column and reason.
func (e *RowError) Error() string {
	switch {
	case e.Row == 0 && e.Column == "":
		return e.Err.Error()
	case e.Row == 0:
		return fmt.Sprintf("column %q: %v", e.Column, e.Err)
	case e.Column == "":
		return fmt.Sprintf("row %d: %v", e.Row, e.Err)
	default:
		return fmt.Sprintf("row %d, column %q: %v", e.Row, e.Column, e.Err)
	}
}

// Unwrap gives the reason.
func (e *RowError) Unwrap() error { return e.Err }
