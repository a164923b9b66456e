package duckdb

import (
	"context"
	"errors"
	"fmt"
	"sync"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
)

// session is one connection. Its lock makes Close of the warehouse safe while a statement runs.
type session struct {
	w    *warehouse
	conn binding.Connection

	alive sync.Mutex // held while the connection is used outside of mu, and while it ends

	mu     sync.Mutex
	open   map[*rows]bool
	closed bool
	tx     transaction
}

var errClosed = errors.New("the session is closed")

// locked runs f with the session's lock, unless the session is closed.
func (s *session) locked(f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	return f()
}

// detach lets open rows keep their place while another statement runs.
func (s *session) detach() {
	for r := range s.open {
		r.hold()
	}
}

// Exec runs one or several statements.
func (s *session) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	changed := int64(-1)
	err := s.locked(func() error {
		out, err := s.run(ctx, sql, forCount, args)
		if err == nil {
			changed = out.changed
		}
		return err
	})
	return changed, err
}

// Query runs one or several statements and streams the rows of the last.
func (s *session) Query(ctx context.Context, sql string, args ...any) (adapter.Rows, error) {
	var r *rows
	err := s.locked(func() error {
		out, err := s.run(ctx, sql, forRows, args)
		if err != nil {
			return err
		}
		r = &rows{
			s: s, ctx: ctx, sql: sql, columns: out.columns, kinds: out.kinds, result: out.result,
			values: make([]any, len(out.columns)),
		}
		s.open[r] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Checkpoint writes the log into the database file.
func (s *session) Checkpoint(ctx context.Context) error {
	_, err := s.Exec(ctx, "checkpoint")
	return err
}

// Close rolls back what is open and disconnects. It may be called more than once.
func (s *session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	for r := range s.open {
		r.close()
	}
	s.alive.Lock()
	binding.Disconnect(&s.conn)
	s.alive.Unlock()
	s.w.forget(s)
	return nil
}

// Progress gives the share of the running statement that is done, negative where DuckDB cannot
// tell: before the statement has begun, and for pipelines whose size it does not know.
func (s *session) Progress() float64 {
	s.alive.Lock()
	defer s.alive.Unlock()
	if s.conn.Ptr == nil {
		return -1
	}
	p := binding.QueryProgress(s.conn)
	percent, _, _ := binding.QueryProgressTypeMembers(&p)
	if percent < 0 {
		return -1
	}
	return percent / 100
}

// interrupt stops the running statement.
func (s *session) interrupt() {
	s.alive.Lock()
	defer s.alive.Unlock()
	if s.conn.Ptr != nil {
		binding.Interrupt(s.conn)
	}
}

// rowsOf reads a whole result, for the driver's own small queries.
func (s *session) rowsOf(ctx context.Context, sql string, args ...any) ([][]any, error) {
	r, err := s.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	var out [][]any
	for r.Next() {
		out = append(out, append([]any(nil), r.Values()...))
	}
	return out, errors.Join(r.Err(), r.Close())
}

func str(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}
