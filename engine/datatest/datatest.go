// Package datatest runs data tests: queries that select the rows which should not be there.
//
// Generic tests are macros (`{% test %}`), the built-in ones too; singular tests are files of
// SQL. The package wraps their query, counts, and decides between pass, warn and fail by
// severity, warn_if and error_if, as dbt does. It knows nothing of what is tested.
package datatest

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/run"
)

// Stage runs the nodes of kind test.
type Stage struct {
	Compiler      *compile.Compiler
	Dialect       adapter.Dialect
	StoreFailures *bool                                                         // --store-failures; nil leaves it to the config
	Wrote         func(n *manifest.Node, c *compile.Compiled, ran string) error // keeps compiled SQL; nil for none
}

// Policy is how a test's count becomes a status.
type Policy struct {
	FailCalc string // SQL over the failing rows that gives the count
	WarnIf   string // SQL that follows the count: "!= 0", "> 10"
	ErrorIf  string
	Severity string // "error" or "warn", lower case
	Limit    int64  // rows looked at, 0 for all
	Store    bool   // keep the failing rows in a relation
	StoreAs  string // "table" or "view"
}

// PolicyOf reads a test's config.
func PolicyOf(c manifest.Config, store *bool) (Policy, error) {
	p := Policy{
		FailCalc: or(c.String("fail_calc"), "count(*)"),
		WarnIf:   or(c.String("warn_if"), "!= 0"),
		ErrorIf:  or(c.String("error_if"), "!= 0"),
		Severity: strings.ToLower(or(c.String("severity"), "error")),
		StoreAs:  strings.ToLower(c.String("store_failures_as")),
	}
	if p.Severity != "error" && p.Severity != "warn" {
		return p, fmt.Errorf("severity %q is neither error nor warn", p.Severity)
	}
	if text := c.String("limit"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return p, fmt.Errorf("limit %q is not a whole number", text)
		}
		p.Limit = n
	}
	p.Store = c.Bool("store_failures", false)
	if store != nil && !hasStore(c) {
		p.Store = *store
	}
	switch p.StoreAs {
	case "table", "view":
		p.Store = true
	case "ephemeral":
		p.Store = false
	case "":
		p.StoreAs = "table"
	default:
		return p, fmt.Errorf("store_failures_as %q is not one of table, view, ephemeral", p.StoreAs)
	}
	return p, nil
}

func hasStore(c manifest.Config) bool {
	v, ok := c.Get("store_failures")
	return ok && v != nil
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// Judge turns the two answers of the warehouse into a status, by dbt's rules.
func (p Policy) Judge(shouldWarn, shouldError bool) run.Status {
	switch {
	case p.Severity == "error" && shouldError:
		return run.Fail
	case shouldWarn:
		return run.Warn
	default:
		return run.Pass
	}
}

// CountSQL wraps a test's query into one that gives failures, should_warn, should_error.
func (p Policy) CountSQL(query string) string {
	limit := ""
	if p.Limit > 0 {
		limit = fmt.Sprintf("\n  limit %d", p.Limit)
	}
	return fmt.Sprintf(`select
  %s as failures,
  %s %s as should_warn,
  %s %s as should_error
from (
%s%s
) dbt_internal_test`, p.FailCalc, p.FailCalc, p.WarnIf, p.FailCalc, p.ErrorIf, query, limit)
}

// Do runs one test.
func (s Stage) Do(ctx context.Context, env run.Env, n *manifest.Node) run.Outcome {
	policy, err := PolicyOf(n.Config, s.StoreFailures)
	if err != nil {
		return failure(diag.Errorf(diag.BadConfig, n.Pos, "test %s: %v", n.Name, err))
	}
	compiled, err := s.Compiler.Compile(ctx, n, env.Session)
	if err != nil {
		return failure(err)
	}
	out := run.Outcome{SQL: compiled.SQL, Compiled: env.Clock(), Rows: -1}
	query := compiled.SQL
	if policy.Store {
		if err := s.store(ctx, env.Session, n, policy, query); err != nil {
			return s.refused(out, n, compiled, query, err)
		}
		out.Relation = n.Relation
		query = "select * from " + s.Dialect.Relation(n.Relation)
	}
	out.Ran = policy.CountSQL(query)
	if s.Wrote != nil {
		if err := s.Wrote(n, compiled, out.Ran); err != nil {
			return failure(err)
		}
	}
	count, warn, fail, err := ask(ctx, env.Session, out.Ran)
	if err != nil {
		return s.refused(out, n, compiled, out.Ran, err)
	}
	out.Status = policy.Judge(warn, fail)
	if out.Status == run.Pass {
		return out // as dbt has it, a test that passes has no failures, whatever it counted
	}
	out.Failures = count
	out.Message = fmt.Sprintf("%d %s", count, plural(count, "row", "rows"))
	if out.Status == run.Fail {
		out.Sample = sample(ctx, env.Session, query)
	}
	return out
}

// sampled is how many failing rows are shown.
const sampled = 3

// sample gives the first failing rows for people to look at. A test that has failed needs no
// second reason, so an error here gives none.
func sample(ctx context.Context, session adapter.Session, query string) *run.Sample {
	rows, err := session.Query(ctx, fmt.Sprintf("select * from (\n%s\n) dbt_internal_test\nlimit %d", query, sampled))
	if err != nil {
		return nil
	}
	defer rows.Close()
	s := &run.Sample{Columns: rows.Columns()}
	for rows.Next() {
		s.Rows = append(s.Rows, append([]any(nil), rows.Values()...))
	}
	if rows.Err() != nil {
		return nil
	}
	return s
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func failure(err error) run.Outcome {
	return run.Outcome{Status: run.Error, Err: err, Rows: -1}
}

func (s Stage) refused(out run.Outcome, n *manifest.Node, c *compile.Compiled, statement string, err error) run.Outcome {
	out.Status, out.Err = run.Error, err
	var refused *adapter.Error
	if errors.As(err, &refused) {
		out.Err = s.Compiler.Locate(n, c, refused, statement)
	}
	return out
}

// store keeps the failing rows, swapped in by one transaction.
func (s Stage) store(ctx context.Context, session adapter.Session, n *manifest.Node, p Policy, query string) (err error) {
	if p.Limit > 0 {
		query = fmt.Sprintf("select * from (\n%s\n) dbt_internal_test\nlimit %d", query, p.Limit)
	}
	if _, err := session.Exec(ctx, s.Dialect.CreateSchema(n.Relation.Database, n.Relation.Schema)); err != nil {
		return err
	}
	if err := session.Begin(ctx); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = session.Rollback(context.WithoutCancel(ctx))
		}
	}()
	old, err := session.Relation(ctx, n.Relation)
	if err != nil {
		return err
	}
	if old != nil {
		if _, err := session.Exec(ctx, s.Dialect.Drop(*old)); err != nil {
			return err
		}
	}
	create := s.Dialect.CreateTableAs(n.Relation, query, adapter.TableOptions{})
	if p.StoreAs == "view" {
		create = s.Dialect.CreateView(n.Relation, query)
	}
	if _, err := session.Exec(ctx, create); err != nil {
		return err
	}
	return session.Commit(ctx)
}

// ask runs the counting query.
func ask(ctx context.Context, session adapter.Session, sql string) (count int64, warn, fail bool, err error) {
	rows, err := session.Query(ctx, sql)
	if err != nil {
		return 0, false, false, err
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		v := rows.Values()
		if len(v) != 3 {
			return 0, false, false, fmt.Errorf("the test's count has %d columns, not 3", len(v))
		}
		count, err = toCount(v[0])
		warn, fail = toBool(v[1]), toBool(v[2])
	}
	if err := rows.Err(); err != nil {
		return 0, false, false, err
	}
	if n != 1 {
		return 0, false, false, fmt.Errorf("fail_calc gives %d rows, not one: it must be an aggregate, as count(*) or sum(amount)", n)
	}
	return count, warn, fail, err
}

// toBool reads what warn_if and error_if make of the count. As in dbt a number other than zero is
// true; null, the count of no rows, is not.
func toBool(v any) bool {
	if b, ok := v.(bool); ok {
		return b
	}
	n, err := toCount(v)
	return err == nil && n != 0
}

// toCount reads a fail_calc's value; no rows may give null, which is none.
func toCount(v any) (int64, error) {
	switch v := v.(type) {
	case nil:
		return 0, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case int64:
		return v, nil
	case float64:
		return int64(v), nil
	case *big.Int:
		return v.Int64(), nil
	case adapter.Decimal:
		f, err := strconv.ParseFloat(string(v), 64)
		return int64(f), err
	default:
		return 0, fmt.Errorf("fail_calc gives %v, which is not a number", v)
	}
}
