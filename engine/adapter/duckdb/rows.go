package duckdb

import (
	"context"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
)

// rows reads a result chunk by chunk. While it streams it holds the connection's only open
// result; the session takes the rest of it over before it runs another statement.
type rows struct {
	s       *session
	ctx     context.Context //nolint:containedctx // the query's, which governs the fetches too
	sql     string
	columns []adapter.Column
	kinds   []*kind

	result  binding.Result
	ended   bool // DuckDB has no more chunks
	held    []binding.DataChunk
	chunk   binding.DataChunk
	vectors []vector
	next    uint64
	size    uint64
	values  []any
	err     error
	closed  bool
}

// Columns gives the result's columns.
func (r *rows) Columns() []adapter.Column { return r.columns }

// Next reads the next row.
func (r *rows) Next() bool {
	if r.err != nil || r.closed {
		return false
	}
	for r.next >= r.size {
		if !r.advance() {
			return false
		}
	}
	for i := range r.vectors {
		v, err := r.vectors[i].value(r.next)
		if err != nil {
			r.err = &adapter.Error{Kind: adapter.OtherError, Msg: err.Error(), Name: r.columns[i].Name, Err: err}
			return false
		}
		r.values[i] = v
	}
	r.next++
	return true
}

// advance opens the next chunk; false at the end and on errors.
func (r *rows) advance() bool {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	if r.closed {
		return false
	}
	binding.DestroyDataChunk(&r.chunk)
	r.next, r.size = 0, 0
	if err := r.ctx.Err(); err != nil {
		r.err = &adapter.Error{Kind: adapter.InterruptError, Msg: "interrupted", Err: err}
		return false
	}
	if len(r.held) > 0 {
		r.chunk, r.held = r.held[0], r.held[1:]
	} else if !r.fetch(r.ctx) {
		return false
	}
	r.size = uint64(binding.DataChunkGetSize(r.chunk))
	r.vectors = r.vectors[:0]
	for i, k := range r.kinds {
		r.vectors = append(r.vectors, openVector(binding.DataChunkGetVector(r.chunk, binding.IdxT(i)), k))
	}
	return true
}

// fetch takes one chunk from DuckDB into r.chunk.
func (r *rows) fetch(ctx context.Context) bool {
	if r.ended {
		return false
	}
	interruptible(ctx, r.s.conn, func() { r.chunk = binding.FetchChunk(r.result) })
	if r.chunk.Ptr != nil {
		return true
	}
	r.ended = true
	if msg := binding.ResultError(&r.result); msg != "" {
		r.err = sqlError(ctx, r.sql, msg)
		r.s.tx.suspect = r.s.tx.open
	}
	return false
}

// hold takes all that is left out of DuckDB, so that the connection is free. The session's lock
// is held by the caller.
func (r *rows) hold() {
	current := r.chunk
	r.chunk = binding.DataChunk{}
	for r.err == nil && r.fetch(r.ctx) {
		r.held = append(r.held, r.chunk)
		r.chunk = binding.DataChunk{}
	}
	r.chunk = current
	r.ended = true
}

// Values gives the row; the slice is used again by Next, the values are not.
func (r *rows) Values() []any { return r.values }

// Err gives the error that ended the rows early.
func (r *rows) Err() error { return r.err }

// Close ends the query. It may be called more than once.
func (r *rows) Close() error {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.close()
	return nil
}

func (r *rows) close() {
	if r.closed {
		return
	}
	r.closed = true
	binding.DestroyDataChunk(&r.chunk)
	for i := range r.held {
		binding.DestroyDataChunk(&r.held[i])
	}
	r.held, r.vectors, r.size = nil, nil, 0
	binding.DestroyResult(&r.result)
	delete(r.s.open, r)
}
