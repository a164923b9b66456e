// Package duckdb is the driver for DuckDB: a file or memory in this process, MotherDuck and
// DuckLake through their extensions.
//
// It speaks to DuckDB's C interface directly, since that keeps what database/sql loses: exact
// types, the order of fields, results that stream and the place of an error. One session is one
// connection; a database that two callers of one process open is one instance. The package
// knows SQL and files; it knows no node and no template.
package duckdb

import (
	"time"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
)

// Name is the adapter's name in profiles.
const Name = "duckdb"

// lockPoll is how often a database that another process holds is tried again.
const lockPoll = time.Second

// Adapter opens DuckDB databases. The zero value is not usable; New makes one.
type Adapter struct {
	poll time.Duration
}

// New makes the adapter.
func New() *Adapter { return &Adapter{poll: lockPoll} }

// Dialect gives DuckDB's SQL.
func (*Adapter) Dialect() adapter.Dialect { return dialect{} }

// Caps says what DuckDB can do.
func (*Adapter) Caps() adapter.Caps {
	return adapter.Caps{TxDDL: true, AtomicReplace: true, Merge: true, Catalogs: true, InProcess: true}
}

// Version gives DuckDB's version, "v1.5.6".
func (*Adapter) Version() string { return binding.LibraryVersion() }
