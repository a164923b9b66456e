package datatest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/adapter/builtin"
	"atlas/engine/compile"
	"atlas/engine/datatest"
	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
	"atlas/engine/project"
	"atlas/engine/run"
)

func config(pairs ...any) manifest.Config { return manifest.NewConfig(manifest.NewMap(pairs...)) }

func TestPolicyOf(t *testing.T) {
	yes, no := true, false
	usual := datatest.Policy{FailCalc: "count(*)", WarnIf: "!= 0", ErrorIf: "!= 0", Severity: "error", StoreAs: "table"}
	with := func(change func(*datatest.Policy)) datatest.Policy {
		p := usual
		change(&p)
		return p
	}
	stored := with(func(p *datatest.Policy) { p.Store = true })
	view := with(func(p *datatest.Policy) { p.Store, p.StoreAs = true, "view" })
	tests := []struct {
		name   string
		config manifest.Config
		flag   *bool
		want   datatest.Policy
	}{
		{"nothing said", config(), nil, usual},
		{"severity in capitals", config("severity", "WARN"), nil, with(func(p *datatest.Policy) { p.Severity = "warn" })},
		{"all said", config("fail_calc", "sum(n)", "warn_if", "> 1", "error_if", "> 2", "limit", int64(5)), nil, with(func(p *datatest.Policy) {
			p.FailCalc, p.WarnIf, p.ErrorIf, p.Limit = "sum(n)", "> 1", "> 2", 5
		})},
		{"no limit", config("limit", nil), nil, usual},
		{"stored", config("store_failures", true), nil, stored},
		{"stored by the flag", config(), &yes, stored},
		{"the config wins over the flag", config("store_failures", false), &yes, usual},
		{"the config wins over the flag's no", config("store_failures", true), &no, stored},
		{"a config of nothing does not", config("store_failures", nil), &yes, stored},
		{"as view", config("store_failures_as", "view"), nil, view},
		{"as view, though not stored", config("store_failures_as", "VIEW", "store_failures", false), &no, view},
		{"as ephemeral", config("store_failures_as", "ephemeral", "store_failures", true), &yes, with(func(p *datatest.Policy) { p.StoreAs = "ephemeral" })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := datatest.PolicyOf(tt.config, tt.flag)
			if err != nil || got != tt.want {
				t.Errorf("the policy is %+v (%v), want %+v", got, err, tt.want)
			}
		})
	}
	for _, bad := range []manifest.Config{
		config("severity", "fatal"), config("limit", "many"), config("limit", "-1"), config("limit", 1.5), config("store_failures_as", "file"),
	} {
		if _, err := datatest.PolicyOf(bad, nil); err == nil {
			t.Errorf("%v is taken", bad.Map().Keys())
		}
	}
}

// TestJudge is dbt's table: an error only under severity error, else a warning, else a pass.
func TestJudge(t *testing.T) {
	tests := []struct {
		severity        string
		warn, errorText bool
		want            run.Status
	}{
		{"error", false, false, run.Pass},
		{"error", false, true, run.Fail},
		{"error", true, false, run.Warn},
		{"error", true, true, run.Fail},
		{"warn", false, false, run.Pass},
		{"warn", false, true, run.Pass}, // error_if means nothing under severity warn
		{"warn", true, false, run.Warn},
		{"warn", true, true, run.Warn},
	}
	for _, tt := range tests {
		if got := (datatest.Policy{Severity: tt.severity}).Judge(tt.warn, tt.errorText); got != tt.want {
			t.Errorf("severity %s, should_warn %v, should_error %v: %s, want %s", tt.severity, tt.warn, tt.errorText, got, tt.want)
		}
	}
}

func TestCountSQL(t *testing.T) {
	p, err := datatest.PolicyOf(config("limit", "7", "fail_calc", "sum(n)", "warn_if", ">1", "error_if", "between 2 and 3"), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(p.CountSQL("select 1 -- end")), " ")
	want := "select sum(n) as failures, sum(n) >1 as should_warn, sum(n) between 2 and 3 as should_error from ( select 1 -- end limit 7 ) dbt_internal_test"
	if got != want {
		t.Errorf("it is %s", got)
	}
	if !strings.Contains(p.CountSQL("select 1 -- end"), "-- end\n") {
		t.Error("a comment at the end of the query swallows what follows")
	}
}

// shop is a project with an open warehouse.
type shop struct {
	t        *testing.T
	m        *manifest.Manifest
	compiler *compile.Compiler
	dialect  adapter.Dialect
	session  adapter.Session
}

func open(t *testing.T, files ...string) *shop {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	files = append(files, "atlas_project.yml", "name: shop\nprofile: p\n",
		"profiles.yml", "p:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, schema: main}\n")
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	noEnv := func(string) (string, bool) { return "", false }
	a, err := builtin.Adapters().Get("duckdb")
	if err != nil {
		t.Fatal(err)
	}
	p, problems := project.Load(ctx, project.Options{Dir: dir, Env: noEnv, Database: a.Database})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	c, err := compile.New(p, a, compile.Options{Env: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	m, problems := project.Parse(ctx, p, c)
	if problems = append(problems, graph.Resolve(m)...); problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	c.SetManifest(m)
	c.SetRun(compile.NewRun("test"))
	w, err := a.Open(ctx, p.Target, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	s, err := w.Session(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &shop{t, m, c, a.Dialect(), s}
}

func (s *shop) exec(sql string) {
	s.t.Helper()
	if _, err := s.session.Exec(s.t.Context(), sql); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

// ask gives the rows of a query, a line each.
func (s *shop) ask(sql string) string {
	s.t.Helper()
	rows, err := s.session.Query(s.t.Context(), sql)
	if err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		lines = append(lines, strings.Trim(fmt.Sprint(rows.Values()), "[]"))
	}
	return strings.Join(lines, "\n")
}

func (s *shop) node(name string, over ...any) *manifest.Node {
	s.t.Helper()
	for _, n := range s.m.Nodes {
		if n.Name == name {
			node := *n
			node.Config = n.Config.Merge(config(over...))
			return &node
		}
	}
	s.t.Fatalf("no node is named %s", name)
	return nil
}

func (s *shop) test(name string, over ...any) run.Outcome {
	s.t.Helper()
	stage := datatest.Stage{Compiler: s.compiler, Dialect: s.dialect}
	return stage.Do(s.t.Context(), run.Env{Session: s.session, Clock: time.Now}, s.node(name, over...))
}

func TestDo(t *testing.T) {
	s := open(t, "tests/bad.sql", "select i, n from rows where i > 2 -- the odd ones")
	s.exec("create table rows as select i, (i * 1.5)::decimal(9,2) as n from range(6) t(i)") // 3, 4 and 5 fail
	tests := []struct {
		name     string
		config   []any
		status   run.Status
		failures int64
	}{
		{"three rows", nil, run.Fail, 3},
		{"a warning", []any{"severity", "warn"}, run.Warn, 3},
		{"few enough", []any{"error_if", "> 3"}, run.Warn, 3},
		{"few enough for both", []any{"error_if", "> 3", "warn_if", "> 3"}, run.Pass, 0},
		{"an error without a warning", []any{"warn_if", "> 3"}, run.Fail, 3},
		{"between", []any{"error_if", "between 3 and 4"}, run.Fail, 3},
		{"limit", []any{"limit", int64(2)}, run.Fail, 2},
		{"limit below the threshold", []any{"limit", int64(2), "error_if", "> 2", "warn_if", "> 2"}, run.Pass, 0},
		{"a decimal", []any{"fail_calc", "sum(n)"}, run.Fail, 18},
		{"a broken decimal", []any{"fail_calc", "max(n)"}, run.Fail, 7},
		{"a float", []any{"fail_calc", "avg(i)"}, run.Fail, 4},
		{"a huge number", []any{"fail_calc", "sum(i::hugeint)"}, run.Fail, 12},
		{"a boolean", []any{"fail_calc", "bool_or(i > 4)", "error_if", "= true", "warn_if", "= true"}, run.Fail, 1},
		{"null is none", []any{"fail_calc", "sum(n) filter (where i > 9)"}, run.Pass, 0},
		{"where", []any{"where", "i > 4"}, run.Fail, 3}, // a singular test looks at it only through its own text
		{"a condition that is a number", []any{"error_if", "- 3", "warn_if", "- 2"}, run.Warn, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := s.test("bad", tt.config...)
			if out.Err != nil || out.Status != tt.status || out.Failures != tt.failures {
				t.Errorf("it is %s with %d: %v; want %s with %d", out.Status, out.Failures, out.Err, tt.status, tt.failures)
			}
			if (out.Sample != nil) != (tt.status == run.Fail) {
				t.Errorf("the sample is %v", out.Sample)
			}
		})
	}
	for name, cfg := range map[string][]any{
		"no aggregate":   {"fail_calc", "i"},
		"no number":      {"fail_calc", "max('x')", "error_if", "= 'x'", "warn_if", "= 'x'"},
		"unknown column": {"fail_calc", "sum(nix)"},
		"severity":       {"severity", "bad"},
	} {
		if out := s.test("bad", cfg...); out.Status != run.Error || out.Err == nil {
			t.Errorf("%s: it is %s", name, out.Status)
		}
	}
	s.exec("delete from rows")
	if out := s.test("bad"); out.Status != run.Pass || out.Failures != 0 {
		t.Errorf("without rows it is %s with %d: %v", out.Status, out.Failures, out.Err)
	}
	if out := s.test("bad", "fail_calc", "i"); out.Status != run.Error {
		t.Errorf("a count of no rows is %s", out.Status)
	}
}

func TestWhere(t *testing.T) {
	s := open(t, "models/m.sql", "select 1 as a", "models/m.yml",
		"models:\n- name: m\n  columns:\n  - name: a\n    data_tests:\n    - not_null: {name: all_of_it}\n    - not_null: {name: some_of_it, config: {where: 'b > 0'}}\n")
	s.exec("create table m as select null::integer as a, 0 as b union all select 1, 1")
	if out := s.test("all_of_it"); out.Status != run.Fail || out.Failures != 1 {
		t.Errorf("it is %s: %v", out.Status, out.Err)
	}
	if out := s.test("some_of_it"); out.Status != run.Pass {
		t.Errorf("with where it is %s: %v", out.Status, out.Err)
	}
}

// TestStoreFailures has the kept rows replaced on every run, whatever they were kept as.
func TestStoreFailures(t *testing.T) {
	s := open(t, "tests/bad.sql", "select i from rows")
	rel := s.dialect.Relation(s.node("bad").Relation)
	for i, step := range []struct {
		as   string
		rows int
		more []any
		kept int
	}{{"table", 3, nil, 3}, {"table", 2, nil, 2}, {"view", 2, nil, 2}, {"view", 1, nil, 1}, {"table", 3, []any{"limit", int64(2)}, 2}, {"table", 0, nil, 0}} {
		s.exec(fmt.Sprintf("create or replace table rows as select i from range(%d) t(i)", step.rows))
		out := s.test("bad", append([]any{"store_failures_as", step.as}, step.more...)...)
		if out.Err != nil || out.Relation.IsZero() || out.Failures != int64(step.kept) {
			t.Fatalf("step %d: %s with %d: %v", i, out.Status, out.Failures, out.Err)
		}
		if got := s.ask("select count(*) from " + rel); got != fmt.Sprint(step.kept) {
			t.Errorf("step %d: %s rows are kept", i, got)
		}
		kind := map[string]string{"table": "BASE TABLE", "view": "VIEW"}[step.as]
		if got := s.ask("select table_type from information_schema.tables where table_name = 'bad'"); got != kind {
			t.Errorf("step %d: it is kept as %s", i, got)
		}
	}
	s.exec("create or replace table rows as select i from range(2) t(i)")
	s.test("bad", "store_failures", true)
	s.exec("drop table rows") // the test now fails, and what was kept stays
	if out := s.test("bad", "store_failures", true); out.Status != run.Error || len(diag.From(out.Err)) != 1 {
		t.Errorf("it is %s: %v", out.Status, out.Err)
	}
	if got := s.ask("select count(*) from " + rel); got != "2" {
		t.Errorf("%s rows are left", got)
	}
	s.exec("begin; rollback")
}

func TestUnitTestsCompareBags(t *testing.T) {
	const query = `select * from (values
  (1, 1.50::decimal(9,2), 'x', {'k': 1, 'l': [1, null]}, 1::hugeint, date '2024-01-05'),
  (1, 1.50, 'x', {'k': 1, 'l': [1, null]}, 1, '2024-01-05'),
  (null, null, null, null, null, null)) v(a, d, t, s, h, day)`
	row := "      - {a: 1, d: 1.5, t: x, h: 1, day: 2024-01-05}\n"
	null := "      - {a: null, d: null, t: null, h: null, day: null}\n"
	cases := map[string]struct {
		rows string
		want int64 // rows that differ
	}{
		"same":           {row + row + null, 0},
		"other_order":    {null + row + row, 0},
		"one_missing":    {row + null, 1},
		"one_too_many":   {row + row + row + null, 1},
		"null_missing":   {row + row, 1},
		"null_for_value": {row + row + "      - {a: null, d: null, t: '', h: null, day: null}\n", 2},
		"decimals":       {row + "      - {a: 1, d: 1.51, t: x, h: 1, day: 2024-01-05}\n" + null, 2},
		"none":           {"", 3},
	}
	var b strings.Builder
	b.WriteString("unit_tests:\n")
	for name, c := range cases {
		rows := c.rows
		if rows == "" {
			rows = "      []\n"
		}
		fmt.Fprintf(&b, "- name: %s\n  model: m\n  given: []\n  expect:\n    rows:\n%s", name, rows)
	}
	s := open(t, "models/m.sql", query, "models/u.yml", b.String(), "models/structs.sql", query,
		"models/v.yml", "unit_tests:\n- name: nested\n  model: structs\n  given: []\n  expect:\n    format: sql\n    rows: |\n      "+strings.ReplaceAll(query, "\n", "\n      ")+"\n")
	stage := datatest.UnitStage{Compiler: s.compiler}
	cases["nested"] = struct {
		rows string
		want int64
	}{"", 0}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out := stage.Do(t.Context(), run.Env{Session: s.session, Clock: time.Now}, s.node(name))
			want, failures := run.Pass, int64(0)
			if c.want > 0 {
				want, failures = run.Fail, 1 // dbt counts the test, not its rows
			}
			if out.Err != nil || out.Status != want || out.Failures != failures {
				t.Errorf("it is %s with %d failures: %v\n%v", out.Status, out.Failures, out.Err, out.Sample)
			}
			if c.want > 0 && (len(out.Sample.Rows) != int(c.want) || len(out.Sample.Rows[0]) != len(out.Sample.Columns)) {
				t.Errorf("the sample is %v, want %d rows", out.Sample, c.want)
			}
		})
	}
}
