// Package adapter is the contract with a warehouse: a dialect, its capabilities and sessions.
//
// A driver (adapter/duckdb …) fills it in and passes adaptertest. Callers ask for capabilities,
// never for a dialect's name. The package knows no node, no template and no file of the project.
package adapter

import (
	"context"
	"fmt"
	"iter"

	"atlas/engine/manifest"
)

// Target is one output of a profile, rendered.
type Target struct {
	Profile string
	Name    string        // "dev"
	Type    string        // adapter's name: "duckdb"
	Schema  string        // default schema of models
	Threads int           // 0 leaves it to the machine
	Root    string        // project folder, against which relative paths stand
	Options *manifest.Map // every key of the output, rendered; the driver reads its own
}

// OpenOptions are the wishes of one run.
type OpenOptions struct {
	ReadOnly bool
	WaitLock func(holder Holder) bool // called about once a second while another process holds the database; false gives up. Nil never waits.
}

// Holder is the process that holds a database.
type Holder struct {
	PID     int
	Command string
}

// Adapter is one kind of warehouse.
type Adapter interface {
	Dialect() Dialect
	Caps() Caps
	// Database gives the name of the database that a target means, without opening it.
	Database(t Target) string
	// Open connects. A database held by another process gives *LockError.
	Open(ctx context.Context, t Target, o OpenOptions) (Warehouse, error)
}

// Warehouse is an open database. It may be used by many goroutines.
type Warehouse interface {
	// Session opens a connection with its own transaction and temporary tables.
	Session(ctx context.Context) (Session, error)
	Close() error
}

// Session is one connection; one goroutine uses it at a time. Cancelling ctx interrupts the
// running statement and leaves the session usable after a rollback. A statement that the
// warehouse refuses gives *Error.
type Session interface {
	// Exec runs one or several statements and gives the rows that the last one changed, -1 if unknown.
	Exec(ctx context.Context, sql string, args ...any) (int64, error)
	// Query runs a statement and streams its rows.
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
	// Load appends rows to an existing table, values in the order of columns. It gives the rows written.
	Load(ctx context.Context, rel manifest.Relation, columns []Column, rows iter.Seq2[[]any, error]) (int64, error)
	// Relations lists the tables and views of a schema; a missing schema is empty.
	Relations(ctx context.Context, database, schema string) ([]RelationInfo, error)
	// Relation finds one table or view, matching without case; nil if absent. It is cheap, and
	// may give the name in the spelling asked for.
	Relation(ctx context.Context, rel manifest.Relation) (*RelationInfo, error)
	// Columns gives a relation's columns in order; none if it is absent.
	Columns(ctx context.Context, rel manifest.Relation) ([]Column, error)
	// Describe gives the columns that a query would have, without running it.
	Describe(ctx context.Context, sql string) ([]Column, error)
	Begin(ctx context.Context) error
	Commit(ctx context.Context) error
	Rollback(ctx context.Context) error
	Close() error
}

// Rows streams the result of a query. Values are nil, bool, int64, *big.Int, float64, string,
// Decimal, time.Time, []byte, []any and *manifest.Map. Dates and timestamps are time.Time in UTC
// (a timestamp without zone keeps its wall clock, one with zone its instant); times of day,
// intervals, infinite dates, enums, UUIDs, bit strings and JSON are strings as the warehouse
// prints them. A statement that runs on the session while rows are open does not disturb them.
type Rows interface {
	Columns() []Column
	Next() bool
	Values() []any // valid until the next call of Next
	Err() error
	Close() error
}

// Decimal is an exact number as text ("1250000.00"), so that money never passes through a float.
type Decimal string

// Scanner is a session that can read data of other systems.
type Scanner interface {
	// Scan streams what a foreign thing holds, with the names and types of its columns.
	Scan(ctx context.Context, f Foreign) (Rows, error)
	// Fetch copies a remote file (https, s3 …) to a local path.
	Fetch(ctx context.Context, address, path string, options map[string]string) error
}

// Foreign names data that a warehouse reads from elsewhere. Errors about it never show Secrets.
type Foreign struct {
	Format  string            // "parquet"; or a kind of database: "sqlite", "postgres", "mysql", "duckdb"
	Path    string            // file or pattern of files; of a database its file or address
	Secrets map[string]string // parts of the address that no message may show: user, password …
	Options map[string]string // host, port, database …, as the warehouse's reader of that format knows them
	Table   string            // of a database: what to read, "schema.table"; or
	Query   string            // a query in the database's own words
	Order   string            // column that the rows are wanted in the order of, nulls first; "" is any order
	From    string            // with Order: only rows that have at least this value there, or none; "" is all
}

// RelationType tells tables from views.
type RelationType string

// The types of relation.
const (
	Table    RelationType = "table"
	View     RelationType = "view"
	External RelationType = "external"
)

// RelationInfo is a relation that exists.
type RelationInfo struct {
	manifest.Relation
	Type RelationType
}

// Column is a column as the warehouse has it; Type is in the warehouse's spelling ("DECIMAL(18,2)").
type Column struct {
	Name string
	Type string
}

// Caps is what a warehouse can do.
type Caps struct {
	TxDDL         bool // create, rename and drop are transactional
	AtomicReplace bool // create or replace is atomic
	Merge         bool // merge into
	Catalogs      bool // three-part names
	InProcess     bool // no server: one process at a time may write
}

// Dialect spells SQL. All its methods are pure.
type Dialect interface {
	Name() string
	Quote(identifier string) string
	Relation(r manifest.Relation) string
	Literal(v any) string // for statements that take no parameters; quotes and escapes
	CreateSchema(database, schema string) string
	CreateTableAs(r manifest.Relation, query string, o TableOptions) string
	CreateView(r manifest.Relation, query string) string
	CreateTable(r manifest.Relation, columns []Column) string
	Drop(r RelationInfo) string
	Rename(r RelationInfo, newName string) string
	AddColumn(r manifest.Relation, c Column) string
	DropColumn(r manifest.Relation, name string) string
	AlterColumn(r manifest.Relation, c Column) string
	Comment(r RelationInfo, text string) string
	CommentColumn(r RelationInfo, column, text string) string
	// Type gives the warehouse's spelling of a canonical type: "text", "integer", "decimal(18,2)",
	// "float", "boolean", "date", "timestamp".
	Type(canonical string) string
}

// TableOptions modify create table as.
type TableOptions struct {
	Temporary bool
	Replace   bool
}

// ErrorKind says what a refused statement died of.
type ErrorKind string

// The kinds of error.
const (
	SyntaxError     ErrorKind = "syntax"
	CatalogError    ErrorKind = "catalog" // unknown relation or function
	BinderError     ErrorKind = "binder"  // unknown column, wrong types
	ConstraintError ErrorKind = "constraint"
	ConversionError ErrorKind = "conversion"
	InterruptError  ErrorKind = "interrupt"
	ConflictError   ErrorKind = "conflict" // another transaction changed the same thing
	OtherError      ErrorKind = "other"
)

// Error is a statement that the warehouse refused.
type Error struct {
	Kind       ErrorKind
	Msg        string   // the warehouse's words, first line, without its prefix and without the snippet
	Hint       string   // the warehouse's further lines, if they say more than Candidates
	Line, Col  int      // place in the statement, from 1, columns in runes; 0 unknown
	Name       string   // the unknown column, relation or function, if the warehouse names one
	Candidates []string // names that the warehouse proposes instead
	Err        error
}

// Error gives the warehouse's message.
func (e *Error) Error() string { return e.Msg }

// Unwrap gives the driver's error.
func (e *Error) Unwrap() error { return e.Err }

// LockError is a database that another process holds.
type LockError struct {
	Path   string
	Holder Holder
	Err    error
}

// Error names the file and the holder.
func (e *LockError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("%s is held by another process", e.Path)
	}
	return fmt.Sprintf("%s is held by %s (pid %d)", e.Path, e.Holder.Command, e.Holder.PID)
}

// Unwrap gives the driver's error.
func (e *LockError) Unwrap() error { return e.Err }
