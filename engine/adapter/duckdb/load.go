package duckdb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// Load appends rows through DuckDB's appender, within the session's transaction; outside one it
// makes its own, so that all rows or none are there. Go values and texts become the table's
// types: ISO dates and times, decimals rounded to the column's scale as DuckDB's casts do, JSON
// for nested columns. A value that does not fit gives *adapter.RowError.
func (s *session) Load(ctx context.Context, rel manifest.Relation, columns []adapter.Column, data iter.Seq2[[]any, error]) (int64, error) {
	found, err := s.Relation(ctx, rel)
	if err != nil {
		return 0, err
	}
	if found == nil || found.Type != adapter.Table {
		return 0, &adapter.Error{Kind: adapter.CatalogError, Msg: fmt.Sprintf("Table with name %s does not exist!", rel.Name), Name: rel.Name}
	}
	var n int64
	err = s.atomically(ctx, func() error {
		n, err = s.appendAll(ctx, found.Relation, columns, data)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// atomically runs f in the open transaction, or in one of its own.
func (s *session) atomically(ctx context.Context, f func() error) error {
	began, err := s.begin(ctx)
	if err != nil {
		return err
	}
	if err := f(); err != nil {
		if began {
			err = errors.Join(err, s.Rollback(ctx))
		}
		return err
	}
	if began {
		return s.Commit(ctx)
	}
	return nil
}

// appender fills chunks of one table. The session's lock is held where it calls DuckDB, not
// while the caller makes rows: those may come from a query on the same session.
type appender struct {
	s       *session
	handle  binding.Appender
	columns []adapter.Column
	kinds   []*kind
	types   []binding.LogicalType
	chunk   binding.DataChunk
	vectors []sink
	filled  uint64
	size    uint64
}

func (s *session) appendAll(ctx context.Context, rel manifest.Relation, columns []adapter.Column, data iter.Seq2[[]any, error]) (int64, error) {
	a := &appender{s: s, columns: columns, size: uint64(binding.VectorSize())}
	defer a.close()
	if err := s.locked(func() error { return a.create(ctx, rel) }); err != nil {
		return 0, err
	}
	var n int64
	for row, err := range data {
		if err != nil {
			return 0, err
		}
		n++
		if len(row) != len(columns) {
			return 0, &adapter.RowError{Row: n, Err: fmt.Errorf("it has %d values for %d columns", len(row), len(columns))}
		}
		for i, v := range row {
			if err := a.vectors[i].put(a.filled, v); err != nil {
				return 0, &adapter.RowError{Row: n, Column: columns[i].Name, Err: err}
			}
		}
		if a.filled++; a.filled == a.size {
			if err := s.locked(func() error { return a.send(ctx) }); err != nil {
				return 0, err
			}
		}
	}
	return n, s.locked(func() error { return a.finish(ctx) })
}

// create opens the appender on the table. Types that no chunk can be filled with from Go pass
// as text through an insert that casts them.
func (a *appender) create(ctx context.Context, rel manifest.Relation) error {
	a.s.detach()
	if binding.AppenderCreateExt(a.s.conn, rel.Database, rel.Schema, rel.Name, &a.handle) == binding.StateError {
		return a.failure(ctx)
	}
	casts := false
	for _, c := range a.columns {
		if binding.AppenderAddColumn(a.handle, c.Name) == binding.StateError {
			return &adapter.Error{Kind: adapter.BinderError, Msg: fmt.Sprintf("table %s has no column named %q", rel, c.Name), Name: c.Name}
		}
	}
	for i := range a.columns {
		t := binding.AppenderColumnType(a.handle, binding.IdxT(i))
		a.types = append(a.types, t)
		a.kinds = append(a.kinds, kindFrom(binding.AppenderColumnType(a.handle, binding.IdxT(i))))
		casts = casts || !a.kinds[i].native()
	}
	if casts {
		if err := a.createQuery(ctx, rel); err != nil {
			return err
		}
	}
	a.chunk = binding.CreateDataChunk(a.types)
	a.reopen()
	return nil
}

// createQuery opens an appender over an insert.
func (a *appender) createQuery(ctx context.Context, rel manifest.Relation) error {
	binding.AppenderDestroy(&a.handle)
	var names, exprs []string
	for i, k := range a.kinds {
		expr := fmt.Sprintf("c%d", i)
		if !k.native() {
			binding.DestroyLogicalType(&a.types[i])
			a.types[i] = binding.CreateLogicalType(binding.TypeVarchar)
			if k.nested() {
				expr += "::json"
			}
			expr += "::" + k.String()
			a.kinds[i] = &kind{id: binding.TypeVarchar}
		}
		names, exprs = append(names, quoteName(a.columns[i].Name)), append(exprs, expr)
	}
	sql := "insert into " + dialect{}.Relation(rel) + " (" + strings.Join(names, ", ") + ")\nselect " + strings.Join(exprs, ", ") + " from atlas_rows"
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i)
	}
	if binding.AppenderCreateQuery(a.s.conn, sql, a.types, "atlas_rows", names, &a.handle) == binding.StateError {
		return a.failure(ctx)
	}
	return nil
}

// reopen takes the addresses of the empty chunk.
func (a *appender) reopen() {
	a.filled = 0
	a.vectors = a.vectors[:0]
	for i, k := range a.kinds {
		a.vectors = append(a.vectors, openSink(binding.DataChunkGetVector(a.chunk, binding.IdxT(i)), k))
	}
}

// send appends the chunk; DuckDB writes it out when it has gathered enough.
func (a *appender) send(ctx context.Context) error {
	if a.filled == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return &adapter.Error{Kind: adapter.InterruptError, Msg: "interrupted", Err: err}
	}
	a.s.detach()
	binding.DataChunkSetSize(a.chunk, binding.IdxT(a.filled))
	var state binding.State
	interruptible(ctx, a.s.conn, func() { state = binding.AppendDataChunk(a.handle, a.chunk) })
	if state == binding.StateError {
		return a.failure(ctx)
	}
	binding.DataChunkReset(a.chunk)
	a.reopen()
	return nil
}

func (a *appender) finish(ctx context.Context) error {
	if err := a.send(ctx); err != nil {
		return err
	}
	var state binding.State
	interruptible(ctx, a.s.conn, func() { state = binding.AppenderFlush(a.handle) })
	if state == binding.StateError {
		return a.failure(ctx)
	}
	return nil
}

func (a *appender) failure(ctx context.Context) error {
	a.s.tx.suspect = a.s.tx.open
	data := binding.AppenderErrorData(a.handle)
	defer binding.DestroyErrorData(&data)
	return sqlError(ctx, "", binding.ErrorDataMessage(data))
}

// close lets go of everything. What was not flushed is thrown away first, since destroying an
// appender would write it.
func (a *appender) close() {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	binding.DestroyDataChunk(&a.chunk)
	if a.handle.Ptr != nil {
		binding.AppenderClear(a.handle)
		binding.AppenderDestroy(&a.handle)
	}
	for i := range a.types {
		binding.DestroyLogicalType(&a.types[i])
	}
}
