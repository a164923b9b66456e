package hranatest

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

type stmt struct {
	SQL   *string `json:"sql"`
	SQLID *int    `json:"sql_id"`
	Args  []value `json:"args"`
	Named []struct {
		Name  string `json:"name"`
		Value value  `json:"value"`
	} `json:"named_args"`
	WantRows *bool `json:"want_rows"`
}

type batch struct {
	Steps []struct {
		Condition *condition `json:"condition"`
		Stmt      stmt       `json:"stmt"`
	} `json:"steps"`
}

type condition struct {
	Type  string       `json:"type"` // ok, error, not, and, or, is_autocommit
	Step  *int         `json:"step"`
	Cond  *condition   `json:"cond"`
	Conds []*condition `json:"conds"`
}

// value is a value of SQLite as the protocol writes it.
type value struct {
	Type   string `json:"type"` // null, integer, float, text, blob
	Value  any    `json:"value,omitempty"`
	Base64 string `json:"base64,omitempty"`
}

func (v value) plain() (any, error) {
	switch v.Type {
	case "null":
		return nil, nil
	case "integer":
		text, ok := v.Value.(string)
		if !ok {
			return nil, errors.New("an integer must be a string")
		}
		return strconv.ParseInt(text, 10, 64)
	case "float":
		f, ok := v.Value.(float64)
		if !ok {
			return nil, errors.New("a float must be a number")
		}
		return f, nil
	case "text":
		text, ok := v.Value.(string)
		if !ok {
			return nil, errors.New("a text must be a string")
		}
		return text, nil
	case "blob":
		return base64.StdEncoding.DecodeString(padded(v.Base64))
	default:
		return nil, fmt.Errorf("there is no type of value %q", v.Type)
	}
}

func padded(s string) string {
	if n := len(s) % 4; n > 0 && !strings.HasSuffix(s, "=") {
		s += strings.Repeat("=", 4-n)
	}
	return s
}

func valueOf(x any) value {
	switch x := x.(type) {
	case nil:
		return value{Type: "null"}
	case int64:
		return value{Type: "integer", Value: strconv.FormatInt(x, 10)}
	case bool:
		return value{Type: "integer", Value: map[bool]string{true: "1", false: "0"}[x]}
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return value{Type: "null"}
		}
		return value{Type: "float", Value: x}
	case []byte:
		return value{Type: "blob", Base64: base64.StdEncoding.EncodeToString(x)}
	case time.Time: // the driver reads columns declared as dates
		return value{Type: "text", Value: x.Format("2006-01-02 15:04:05")}
	default:
		return value{Type: "text", Value: fmt.Sprint(x)}
	}
}

type column struct {
	Name     string  `json:"name"`
	Decltype *string `json:"decltype"`
}

type result struct {
	Cols         []column  `json:"cols"`
	Rows         [][]value `json:"rows"`
	Affected     int64     `json:"affected_row_count"`
	LastInsert   *string   `json:"last_insert_rowid"`
	Replication  *string   `json:"replication_index"`
	RowsRead     int64     `json:"rows_read"`
	RowsWritten  int64     `json:"rows_written"`
	Milliseconds float64   `json:"query_duration_ms"`
}

// do answers one request of a stream.
func (st *stream) do(ctx context.Context, q request) (any, *fail) {
	switch q.Type {
	case "execute":
		if q.Stmt == nil {
			return nil, &fail{Message: "execute without a statement"}
		}
		r, err := st.execute(ctx, *q.Stmt)
		return map[string]any{"type": "execute", "result": r}, err
	case "batch":
		if q.Batch == nil {
			return nil, &fail{Message: "batch without steps"}
		}
		return map[string]any{"type": "batch", "result": st.batch(ctx, q.Batch)}, nil
	case "sequence":
		text, err := st.text(q.SQL, q.SQLID)
		if err != nil {
			return nil, err
		}
		if _, err := st.conn.ExecContext(ctx, text); err != nil {
			return nil, failure(err)
		}
		for _, part := range strings.Split(text, ";") {
			st.transactional(part)
		}
		return map[string]any{"type": "sequence"}, nil
	case "describe":
		text, err := st.text(q.SQL, q.SQLID)
		if err != nil {
			return nil, err
		}
		return st.describe(ctx, text)
	case "store_sql":
		if q.SQL == nil || q.SQLID == nil {
			return nil, &fail{Message: "store_sql without sql or sql_id"}
		}
		st.sqls[*q.SQLID] = *q.SQL
		return map[string]any{"type": "store_sql"}, nil
	case "close_sql":
		if q.SQLID != nil {
			delete(st.sqls, *q.SQLID)
		}
		return map[string]any{"type": "close_sql"}, nil
	case "get_autocommit":
		return map[string]any{"type": "get_autocommit", "is_autocommit": !st.open}, nil
	default:
		return nil, &fail{Message: "there is no request " + q.Type}
	}
}

func (st *stream) text(text *string, id *int) (string, *fail) {
	switch {
	case text != nil:
		return *text, nil
	case id != nil:
		if s, ok := st.sqls[*id]; ok {
			return s, nil
		}
		return "", &fail{Message: fmt.Sprintf("no SQL is stored as %d", *id), Code: "SQL_NOT_FOUND"}
	default:
		return "", &fail{Message: "a statement without SQL"}
	}
}

func failure(err error) *fail {
	code := "SQLITE_ERROR"
	if strings.Contains(err.Error(), "constraint") {
		code = "SQLITE_CONSTRAINT"
	}
	return &fail{Message: "SQLite error: " + err.Error(), Code: code}
}

func (st *stream) execute(ctx context.Context, s stmt) (*result, *fail) {
	text, bad := st.text(s.SQL, s.SQLID)
	if bad != nil {
		return nil, bad
	}
	args, err := s.arguments()
	if err != nil {
		return nil, failure(err)
	}
	before, err := st.number(ctx, "select total_changes()")
	if err != nil {
		return nil, failure(err)
	}
	start := time.Now()
	rows, err := st.conn.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, failure(err)
	}
	r, err := read(rows, s.WantRows == nil || *s.WantRows)
	if err != nil {
		return nil, failure(err)
	}
	st.transactional(text)
	after, err := st.number(ctx, "select total_changes()")
	if err != nil {
		return nil, failure(err)
	}
	if after != before {
		if r.Affected, err = st.number(ctx, "select changes()"); err != nil {
			return nil, failure(err)
		}
	}
	last, err := st.number(ctx, "select last_insert_rowid()")
	if err != nil {
		return nil, failure(err)
	}
	id := strconv.FormatInt(last, 10)
	r.LastInsert, r.RowsWritten = &id, after-before
	r.Milliseconds = float64(time.Since(start).Microseconds()) / 1000
	return r, nil
}

func (st *stream) number(ctx context.Context, query string) (n int64, err error) {
	err = st.conn.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

func (s *stmt) arguments() ([]any, error) {
	var args []any
	for _, a := range s.Args {
		v, err := a.plain()
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	for _, a := range s.Named {
		v, err := a.Value.plain()
		if err != nil {
			return nil, err
		}
		args = append(args, sql.Named(strings.TrimLeft(a.Name, ":@$"), v))
	}
	return args, nil
}

// read takes all rows; keep says whether they are wanted.
func read(rows *sql.Rows, keep bool) (*result, error) {
	r := &result{Cols: []column{}, Rows: [][]value{}}
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	for _, t := range types {
		c := column{Name: t.Name()}
		if d := t.DatabaseTypeName(); d != "" {
			c.Decltype = &d
		}
		r.Cols = append(r.Cols, c)
	}
	for rows.Next() {
		plain, into := make([]any, len(types)), make([]any, len(types))
		for i := range plain {
			into[i] = &plain[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		if r.RowsRead++; !keep {
			continue
		}
		row := make([]value, len(plain))
		for i, x := range plain {
			row[i] = valueOf(x)
		}
		r.Rows = append(r.Rows, row)
	}
	return r, errors.Join(rows.Err(), rows.Close())
}

// batch runs the steps whose conditions hold.
func (st *stream) batch(ctx context.Context, b *batch) any {
	results, fails := make([]*result, len(b.Steps)), make([]*fail, len(b.Steps))
	for i, step := range b.Steps {
		if step.Condition != nil && !st.holds(step.Condition, results, fails) {
			continue
		}
		results[i], fails[i] = st.execute(ctx, step.Stmt)
	}
	return map[string]any{"step_results": results, "step_errors": fails, "replication_index": nil}
}

func (st *stream) holds(c *condition, results []*result, fails []*fail) bool {
	at := func() bool { return c.Step != nil && *c.Step >= 0 && *c.Step < len(results) }
	switch c.Type {
	case "ok":
		return at() && results[*c.Step] != nil
	case "error":
		return at() && fails[*c.Step] != nil
	case "not":
		return c.Cond != nil && !st.holds(c.Cond, results, fails)
	case "and":
		for _, x := range c.Conds {
			if !st.holds(x, results, fails) {
				return false
			}
		}
		return true
	case "or":
		for _, x := range c.Conds {
			if st.holds(x, results, fails) {
				return true
			}
		}
		return false
	case "is_autocommit":
		return !st.open
	default:
		return false
	}
}

// describe tells what a statement takes and gives.
func (st *stream) describe(ctx context.Context, text string) (any, *fail) {
	_, err := st.conn.ExecContext(ctx, "explain "+text)
	if err != nil && !strings.Contains(err.Error(), "missing argument") {
		return nil, failure(err)
	}
	first := strings.ToLower(strings.Join(strings.Fields(text), " "))
	return map[string]any{"type": "describe", "result": map[string]any{
		"params": []any{}, "cols": []any{}, "is_explain": strings.HasPrefix(first, "explain"), "is_readonly": strings.HasPrefix(first, "select"),
	}}, nil
}
