// Package adaptertest is the conformance suite of adapter.Adapter: what callers rely on, checked
// on the real warehouse. A driver's test calls Run.
package adaptertest

import (
	"errors"
	"iter"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// Run checks an adapter. Target gives a fresh, empty database each time, whose default schema is
// target.Schema; it is opened more than once.
func Run(t *testing.T, a adapter.Adapter, target func(t *testing.T) adapter.Target) {
	t.Helper()
	cases := []struct {
		name string
		run  func(t *testing.T, e *env)
	}{
		{"open", testOpen},
		{"exec counts rows", testExec},
		{"query streams", testQuery},
		{"values round trip", testValues},
		{"literals cannot escape", testLiterals},
		{"parameters are counted", testParameters},
		{"odd identifiers", testIdentifiers},
		{"canonical types", testTypes},
		{"relations", testRelations},
		{"columns change", testAlter},
		{"describe", testDescribe},
		{"load", testLoad},
		{"load refuses", testLoadErrors},
		{"errors have kind and place", testErrors},
		{"constraints", testConstraints},
		{"transactions", testTransactions},
		{"ddl rolls back", testDDL},
		{"swap is atomic", testSwap},
		{"transactions without begin", testIdle},
		{"conflict", testConflict},
		{"temporary tables are private", testTemporary},
		{"cancel", testCancel},
		{"parallel sessions", testParallel},
		{"close", testClose},
		{"read only", testReadOnly},
		{"load csv", testCSV},
		{"export", testExport},
		{"foreign data", testForeign},
		{"fetch", testFetch},
		{"copy", testCopy},
		{"checkpoint", testCheckpoint},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.run(t, &env{a: a, d: a.Dialect(), target: target(t)})
		})
	}
}

// env is what a case works with.
type env struct {
	a      adapter.Adapter
	d      adapter.Dialect
	target adapter.Target
}

// open gives a warehouse that the test closes.
func (e *env) open(t *testing.T) adapter.Warehouse {
	t.Helper()
	w, err := e.a.Open(t.Context(), e.target, adapter.OpenOptions{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return w
}

// session gives a session of w that the test closes.
func (e *env) session(t *testing.T, w adapter.Warehouse) adapter.Session {
	t.Helper()
	s, err := w.Session(t.Context())
	if err != nil {
		t.Fatalf("Session: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close of a session: %v", err)
		}
	})
	return s
}

// start opens the target and a session with the schema in place.
func (e *env) start(t *testing.T) (adapter.Warehouse, adapter.Session) {
	t.Helper()
	w := e.open(t)
	s := e.session(t, w)
	exec(t, s, e.d.CreateSchema(e.database(), e.target.Schema))
	return w, s
}

func (e *env) database() string { return e.a.Database(e.target) }

// rel names a relation of the target's schema.
func (e *env) rel(name string) manifest.Relation {
	return manifest.Relation{Database: e.database(), Schema: e.target.Schema, Name: name}
}

// sql gives the quoted name of such a relation.
func (e *env) sql(name string) string { return e.d.Relation(e.rel(name)) }

// table makes a table with columns of canonical types: "id", "integer", "name", "text".
func (e *env) table(t *testing.T, s adapter.Session, name string, pairs ...string) []adapter.Column {
	t.Helper()
	var columns []adapter.Column
	for i := 0; i < len(pairs); i += 2 {
		columns = append(columns, adapter.Column{Name: pairs[i], Type: e.d.Type(pairs[i+1])})
	}
	exec(t, s, e.d.CreateTable(e.rel(name), columns))
	return columns
}

func exec(t *testing.T, s adapter.Session, sql string, args ...any) int64 {
	t.Helper()
	n, err := s.Exec(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("Exec: %v\n%s", err, sql)
	}
	return n
}

// query reads a whole result.
func query(t *testing.T, s adapter.Session, sql string, args ...any) [][]any {
	t.Helper()
	r, err := s.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("Query: %v\n%s", err, sql)
	}
	var out [][]any
	for r.Next() {
		out = append(out, append([]any(nil), r.Values()...))
	}
	if err := errors.Join(r.Err(), r.Close()); err != nil {
		t.Fatalf("rows: %v\n%s", err, sql)
	}
	return out
}

// one reads a result of one cell.
func one(t *testing.T, s adapter.Session, sql string, args ...any) any {
	t.Helper()
	rows := query(t, s, sql, args...)
	if len(rows) != 1 || len(rows[0]) != 1 {
		t.Fatalf("want one cell, got %v\n%s", rows, sql)
	}
	return rows[0][0]
}

// count gives the number of a table's rows.
func (e *env) count(t *testing.T, s adapter.Session, name string) int64 {
	t.Helper()
	n, ok := one(t, s, "select count(*) from "+e.sql(name)).(int64)
	if !ok {
		t.Fatal("count(*) is no int64")
	}
	return n
}

// refused runs a statement that must fail and gives its error.
func refused(t *testing.T, s adapter.Session, sql string, args ...any) *adapter.Error {
	t.Helper()
	r, err := s.Query(t.Context(), sql, args...)
	if err == nil {
		for r.Next() {
		}
		err = errors.Join(r.Err(), r.Close())
	}
	var e *adapter.Error
	if !errors.As(err, &e) {
		t.Fatalf("want *adapter.Error, got %T %v\n%s", err, err, sql)
	}
	return e
}

// each makes the rows of a load.
func each(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
