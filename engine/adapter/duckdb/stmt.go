package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
)

// interruptEvery is how often a cancelled statement is told again to stop: DuckDB forgets an
// interrupt that comes between two statements.
const interruptEvery = 20 * time.Millisecond

// interruptible runs call and interrupts the connection while ctx is cancelled. No interrupt
// can reach a later statement: it returns only after the interrupter has stopped.
func interruptible(ctx context.Context, conn binding.Connection, call func()) {
	if ctx.Done() == nil {
		call()
		return
	}
	done, stopped := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		tick := time.NewTicker(interruptEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			default:
				binding.Interrupt(conn)
			}
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	call()
	close(done)
	if !stop() {
		<-stopped
	}
}

// mode says what becomes of the last statement of a text.
type mode int

const (
	forCount  mode = iota // run, keep the number of rows changed
	forRows               // run, keep the result
	forSchema             // prepare only
)

// outcome is what the last statement gave.
type outcome struct {
	changed int64 // -1 unknown
	result  binding.Result
	columns []adapter.Column
	kinds   []*kind
}

// run executes every statement of a text in turn. Arguments belong to the last one.
func (s *session) run(ctx context.Context, sql string, m mode, args []any) (*outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, &adapter.Error{Kind: adapter.InterruptError, Msg: "interrupted", Err: err}
	}
	if i := strings.IndexByte(sql, 0); i >= 0 {
		line, col := lineCol(sql, i)
		return nil, &adapter.Error{Kind: adapter.SyntaxError, Msg: "the statement has a NUL character", Line: line, Col: col}
	}
	s.detach()
	var stmts binding.ExtractedStatements
	n := binding.ExtractStatements(s.conn, sql, &stmts)
	defer binding.DestroyExtracted(&stmts)
	if n == 0 {
		if msg := binding.ExtractStatementsError(stmts); msg != "" {
			return nil, sqlError(ctx, sql, msg)
		}
		if m == forCount {
			return &outcome{changed: -1}, nil
		}
		return nil, &adapter.Error{Kind: adapter.SyntaxError, Msg: "the statement is empty"}
	}
	if m == forSchema && n > 1 && len(firstWords(sql)) > 1 {
		// One statement may become several, PIVOT for one; several are no query.
		return nil, &adapter.Error{Kind: adapter.SyntaxError, Msg: "a query is one statement, and this text has several"}
	}
	words := &transactionWords{sql: sql}
	for i := range n - 1 {
		if _, err := s.runOne(ctx, words, stmts, i, forCount, nil); err != nil {
			return nil, err
		}
	}
	return s.runOne(ctx, words, stmts, n-1, m, args)
}

// runOne prepares, binds and executes the i-th statement of a text, and keeps account of the
// transaction.
func (s *session) runOne(ctx context.Context, words *transactionWords, stmts binding.ExtractedStatements, i binding.IdxT, m mode, args []any) (*outcome, error) {
	out, err := s.attempt(ctx, words, stmts, i, m, args)
	if err != nil && s.tx.open {
		s.tx.suspect = true
	}
	return out, err
}

func (s *session) attempt(ctx context.Context, words *transactionWords, stmts binding.ExtractedStatements, i binding.IdxT, m mode, args []any) (*outcome, error) {
	sql := words.sql
	var stmt binding.PreparedStatement
	var state binding.State
	interruptible(ctx, s.conn, func() {
		state = binding.PrepareExtractedStatement(s.conn, stmts, i, &stmt)
	})
	defer binding.DestroyPrepare(&stmt)
	if state == binding.StateError {
		return nil, sqlError(ctx, sql, binding.PrepareError(stmt))
	}
	if m == forSchema {
		return preparedColumns(stmt), nil
	}
	if err := bind(stmt, args); err != nil {
		return nil, err
	}
	if binding.PreparedStatementType(stmt) != binding.StatementTypeTransaction {
		return s.execute(ctx, sql, stmt, m)
	}
	word := words.next()
	if err := s.mayEnd(word); err != nil {
		return nil, err
	}
	out, err := s.execute(ctx, sql, stmt, m)
	s.ended(word, err)
	return out, err
}

// execute runs a bound statement. Flat results stream; results with nested columns are held by
// DuckDB, column by column, since only those come in the layout that the reader knows.
func (s *session) execute(ctx context.Context, sql string, stmt binding.PreparedStatement, m mode) (*outcome, error) {
	var pending binding.PendingResult
	var res binding.Result
	var state binding.State
	defer binding.DestroyPending(&pending)
	var message string
	interruptible(ctx, s.conn, func() {
		if m == forRows && streamable(stmt) {
			state = binding.PendingPreparedStreaming(stmt, &pending)
		} else {
			state = binding.PendingPrepared(stmt, &pending)
		}
		if state == binding.StateError {
			message = binding.PendingError(pending)
			return
		}
		if state = binding.ExecutePending(pending, &res); state == binding.StateError {
			message = binding.ResultError(&res)
		}
	})
	if state == binding.StateError {
		binding.DestroyResult(&res)
		return nil, sqlError(ctx, sql, message)
	}
	if m == forRows {
		return resultColumns(res), nil
	}
	defer binding.DestroyResult(&res)
	out := &outcome{changed: -1}
	if binding.ResultReturnType(res) == binding.ResultTypeChangedRows {
		out.changed = int64(binding.RowsChanged(&res))
	}
	return out, nil
}

func streamable(stmt binding.PreparedStatement) bool {
	if binding.PreparedStatementType(stmt) != binding.StatementTypeSelect {
		return false
	}
	for i := range binding.PreparedStatementColumnCount(stmt) {
		switch binding.PreparedStatementColumnType(stmt, i) {
		case binding.TypeList, binding.TypeArray, binding.TypeMap, binding.TypeStruct, binding.TypeUnion,
			binding.TypeVariant, binding.TypeInvalid, binding.TypeAny:
			return false
		}
	}
	return true
}

func resultColumns(res binding.Result) *outcome {
	out := &outcome{result: res, changed: -1}
	for i := range binding.ColumnCount(&res) {
		k := kindFrom(binding.ColumnLogicalType(&res, i))
		out.kinds = append(out.kinds, k)
		out.columns = append(out.columns, adapter.Column{Name: binding.ColumnName(&res, i), Type: k.String()})
	}
	return out
}

func preparedColumns(stmt binding.PreparedStatement) *outcome {
	out := &outcome{changed: -1}
	for i := range binding.PreparedStatementColumnCount(stmt) {
		k := kindFrom(binding.PreparedStatementColumnLogicalType(stmt, i))
		out.columns = append(out.columns, adapter.Column{Name: binding.PreparedStatementColumnName(stmt, i), Type: k.String()})
	}
	return out
}

// bind sets the statement's parameters in order.
func bind(stmt binding.PreparedStatement, args []any) error {
	n := int(binding.NParams(stmt))
	if n != len(args) {
		return &adapter.Error{Kind: adapter.BinderError, Msg: fmt.Sprintf("the statement has %d parameters and %d values were given", n, len(args))}
	}
	for i, a := range args {
		v, err := toValue(a)
		if err != nil {
			return &adapter.Error{Kind: adapter.ConversionError, Msg: fmt.Sprintf("parameter %d: %v", i+1, err), Err: err}
		}
		state := binding.BindValue(stmt, binding.IdxT(i+1), v)
		binding.DestroyValue(&v)
		if state == binding.StateError {
			msg := binding.PrepareError(stmt)
			return &adapter.Error{Kind: adapter.BinderError, Msg: fmt.Sprintf("parameter %d: %s", i+1, firstLine(msg)), Err: errors.New(msg)}
		}
	}
	return nil
}
