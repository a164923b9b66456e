package duckdb

import (
	"context"
	"errors"
	"strings"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
)

// transaction is what the session knows of its transaction, whoever began it. DuckDB does not
// tell, and it aborts a transaction that is begun twice.
type transaction struct {
	open    bool
	suspect bool // a statement failed since it began: DuckDB may have aborted it
}

// Begin opens a transaction; within one it does nothing.
func (s *session) Begin(ctx context.Context) error {
	_, err := s.begin(ctx)
	return err
}

// begin reports whether it opened the transaction.
func (s *session) begin(ctx context.Context) (began bool, err error) {
	err = s.locked(func() error {
		if s.tx.open {
			return nil
		}
		began = true
		_, err := s.run(ctx, "begin transaction", forCount, nil)
		return err
	})
	return began && err == nil, err
}

// Commit ends the transaction; without one it does nothing. A transaction that an error aborted
// is rolled back, and that is an error: DuckDB itself would call it a success.
func (s *session) Commit(ctx context.Context) error {
	return s.locked(func() error {
		if !s.tx.open {
			return nil
		}
		_, err := s.run(ctx, "commit", forCount, nil)
		return err
	})
}

// Rollback undoes the transaction; without one it does nothing. It runs even when ctx is
// cancelled, since that is when it is wanted.
func (s *session) Rollback(ctx context.Context) error {
	return s.locked(func() error {
		if !s.tx.open {
			return nil
		}
		_, err := s.run(context.WithoutCancel(ctx), "rollback", forCount, nil)
		if says(err, "no transaction is active") {
			return nil
		}
		return err
	})
}

func says(err error, text string) bool {
	return err != nil && strings.Contains(err.Error(), text)
}

// mayEnd refuses to commit an aborted transaction, and rolls it back.
func (s *session) mayEnd(word string) error {
	if word != "commit" || !s.tx.open || !s.tx.suspect {
		return nil
	}
	if message := s.quick("select 1"); !strings.Contains(message, "aborted") {
		return nil
	}
	s.quick("rollback")
	s.tx = transaction{}
	return &adapter.Error{
		Kind: adapter.OtherError, Msg: "the transaction was aborted by an earlier error and has been rolled back",
		Err: errors.New("commit of an aborted transaction"),
	}
}

// quick runs a statement of the driver's own and gives DuckDB's message, if it fails.
func (s *session) quick(sql string) string {
	var res binding.Result
	defer binding.DestroyResult(&res)
	if binding.Query(s.conn, sql, &res) == binding.StateError {
		return binding.ResultError(&res)
	}
	return ""
}

// ended notes what a transaction statement did.
func (s *session) ended(word string, err error) {
	switch {
	case word == "begin" && err == nil:
		s.tx = transaction{open: true}
	case word == "rollback" || word == "commit":
		if err != nil && word == "commit" {
			// A commit that fails leaves nothing behind.
			s.quick("rollback")
		}
		s.tx = transaction{}
	}
}

// transactionWords walks the transaction statements of a text in order.
type transactionWords struct {
	sql   string
	found []string
	read  bool
}

// next gives "begin", "commit" or "rollback" for the text's next transaction statement.
func (w *transactionWords) next() string {
	if !w.read {
		w.read = true
		for _, word := range firstWords(w.sql) {
			switch strings.ToLower(word) {
			case "begin", "start":
				w.found = append(w.found, "begin")
			case "commit", "end":
				w.found = append(w.found, "commit")
			case "rollback", "abort":
				w.found = append(w.found, "rollback")
			}
		}
	}
	if len(w.found) == 0 {
		return ""
	}
	word := w.found[0]
	w.found = w.found[1:]
	return word
}
