package datatest

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/compile"
	"atlas/engine/manifest"
	"atlas/engine/run"
)

// UnitStage runs the nodes of kind unit_test: a model over given rows against expected ones.
type UnitStage struct {
	Compiler *compile.Compiler
	Wrote    func(n *manifest.Node, c *compile.Compiled, ran string) error // keeps the SQL; nil for none
}

// Do runs one unit test. Rows are compared as a bag: their order means nothing, their number does.
func (s UnitStage) Do(ctx context.Context, env run.Env, n *manifest.Node) run.Outcome {
	u, err := s.Compiler.UnitTest(ctx, n, env.Session)
	if err != nil {
		return failure(err)
	}
	out := run.Outcome{SQL: u.SQL, Ran: u.SQL, Compiled: env.Clock(), Rows: -1}
	if s.Wrote != nil {
		if err := s.Wrote(n, u.Compiled, out.Ran); err != nil {
			return failure(err)
		}
	}
	diff, err := compareRows(ctx, env.Session, u.SQL)
	if err != nil {
		out.Status, out.Err = run.Error, err
		var refused *adapter.Error
		if errors.As(err, &refused) {
			out.Err = s.Compiler.Locate(u.Model, u.Compiled, refused, u.SQL)
		}
		return out
	}
	out.Status = run.Pass
	if len(diff.Rows) > 0 {
		rows := int64(len(diff.Rows))
		out.Status, out.Failures, out.Sample = run.Fail, 1, diff // dbt counts the test, not its rows
		out.Message = fmt.Sprintf("%d %s", rows, plural(rows, "row differs", "rows differ"))
	}
	return out
}

// compareRows runs a query whose column actual_or_expected says which side a row is on, and gives
// the rows that only one side has; their first column says which.
func compareRows(ctx context.Context, session adapter.Session, sql string) (*run.Sample, error) {
	rows, err := session.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns := rows.Columns()
	side := -1
	diff := &run.Sample{Columns: []adapter.Column{{Name: "only", Type: "VARCHAR"}}}
	for i, c := range columns {
		if strings.EqualFold(c.Name, "actual_or_expected") {
			side = i
			continue
		}
		diff.Columns = append(diff.Columns, c)
	}
	if side < 0 {
		return nil, errors.New("the unit test's query has no column actual_or_expected")
	}
	type entry struct {
		balance int // rows that are actual, less those that are expected
		values  []any
	}
	seen := map[string]*entry{}
	for rows.Next() {
		var values []any
		actual := false
		for i, v := range rows.Values() {
			if i == side {
				actual = fmt.Sprint(v) == "actual"
				continue
			}
			values = append(values, v)
		}
		key := keyOf(values)
		e := seen[key]
		if e == nil {
			e = &entry{values: values}
			seen[key] = e
		}
		if actual {
			e.balance++
		} else {
			e.balance--
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(seen))
	for k := range seen {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		e := seen[k]
		which := "actual"
		if e.balance < 0 {
			which = "expected"
		}
		for range max(e.balance, -e.balance) {
			diff.Rows = append(diff.Rows, append([]any{which}, e.values...))
		}
	}
	return diff, nil
}

// keyOf gives a text that two rows share if and only if their values are the same.
func keyOf(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = keyOf(v[i])
		}
		return "[" + strings.Join(parts, ",") + "]"
	case *manifest.Map:
		parts := make([]string, 0, v.Len())
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			parts = append(parts, strconv.Quote(k)+":"+keyOf(x))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case *big.Int:
		return v.String()
	case float64:
		return fmt.Sprintf("%#v", v+0) // minus zero is zero
	case time.Time:
		return "t" + v.Format(time.RFC3339Nano)
	default:
		return fmt.Sprintf("%#v", v)
	}
}
