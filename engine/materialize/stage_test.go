package materialize_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
	"atlas/engine/materialize"
	"atlas/engine/project"
	"atlas/engine/run"
)

// shop is a project with an open warehouse.
type shop struct {
	t         *testing.T
	m         *manifest.Manifest
	stage     materialize.Stage
	session   adapter.Session // the worker's
	other     adapter.Session // a reader's
	warehouse adapter.Warehouse
}

// open writes a project's files, name and content by turns, and opens its warehouse.
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
	a := duckdb(t)
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
	c.SetRun(compile.NewRun("run"))
	w, err := a.Open(ctx, p.Target, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	s := &shop{t: t, m: m, warehouse: w, stage: materialize.Stage{Compiler: c, Strategies: materialize.Builtin(), Adapter: a}}
	s.session, s.other = s.connect(), s.connect()
	return s
}

func (s *shop) connect() adapter.Session {
	s.t.Helper()
	session, err := s.warehouse.Session(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = session.Close() })
	return session
}

func (s *shop) exec(sql string) {
	s.t.Helper()
	if _, err := s.other.Exec(s.t.Context(), sql); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

// ask gives the rows of a query, a line each.
func (s *shop) ask(sql string) string {
	s.t.Helper()
	rows, err := s.other.Query(s.t.Context(), sql)
	if err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var words []string
		for _, v := range rows.Values() {
			words = append(words, fmt.Sprint(v))
		}
		lines = append(lines, strings.Join(words, " "))
	}
	if rows.Err() != nil {
		s.t.Fatalf("%s: %v", sql, rows.Err())
	}
	return strings.Join(lines, "\n")
}

// node gives a node by name, with further config laid over its own.
func (s *shop) node(name string, config ...any) *manifest.Node {
	s.t.Helper()
	for _, n := range s.m.Nodes {
		if n.Name == name {
			node := *n
			node.Config = n.Config.Merge(manifest.NewConfig(manifest.NewMap(config...)))
			return &node
		}
	}
	s.t.Fatalf("no node is named %s", name)
	return nil
}

func (s *shop) do(ctx context.Context, session adapter.Session, n *manifest.Node) run.Outcome {
	return s.stage.Do(ctx, run.Env{Session: session, Thread: "Thread-1", Clock: time.Now}, n)
}

// build builds a node and expects it to succeed.
func (s *shop) build(n *manifest.Node) run.Outcome {
	s.t.Helper()
	out := s.do(s.t.Context(), s.session, n)
	if out.Err != nil || out.Status != run.Success {
		s.t.Fatalf("%s: %s: %v", n.Name, out.Status, out.Err)
	}
	return out
}

// relations lists what stands in the schema, with its kind.
func (s *shop) relations() string {
	s.t.Helper()
	return s.ask("select table_name, table_type from information_schema.tables where table_schema = 'main' order by 1")
}

// watched is a session that calls before each statement; an error of it is the statement's.
type watched struct {
	adapter.Session
	before func(sql string) error
}

func (w watched) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	if err := w.before(sql); err != nil {
		return 0, err
	}
	return w.Session.Exec(ctx, sql, args...)
}

func (w watched) Commit(ctx context.Context) error {
	if err := w.before("commit"); err != nil {
		return err
	}
	return w.Session.Commit(ctx)
}

// ways are the ways to persist, each with what stands there before.
var ways = []struct {
	name, old string
	node      string
	config    []any
}{
	{"table over table", "create table m as select 1 as g from range(5)", "m", []any{"materialized", "table"}},
	{"table over view", "create view m as select 1 as g from range(5)", "m", []any{"materialized", "table"}},
	{"view over table", "create table m as select 1 as g from range(5)", "m", []any{"materialized", "view"}},
	{"view over view", "create view m as select 1 as g from range(5)", "m", []any{"materialized", "view"}},
	{"append", "create table m as select 1 as g from range(5)", "m", []any{"materialized", "incremental"}},
	{"delete+insert", "create table m as select 1 as g from range(5)", "m", []any{"materialized", "incremental", "unique_key", "g"}},
	{"merge", "create table m as select 1 as g from range(5)", "m", []any{"materialized", "incremental", "incremental_strategy", "merge", "unique_key", "g"}},
	{"full build", "create view m as select 1 as g from range(5)", "m", []any{"materialized", "incremental"}},
	{"seed", "create table s as select 1 as g from range(5)", "s", nil},
}

var wayFiles = []string{
	"models/m.sql", "select 2 as g from range(3)",
	"seeds/s.csv", "g\n2\n2\n2\n",
}

// TestNeverHalfBuilt looks from a second session before every statement of every way to build,
// and after the last: the old relation is seen until the new one is there, whole.
func TestNeverHalfBuilt(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			s := open(t, wayFiles...)
			s.exec(way.old)
			look := func() string {
				return s.relations() + ": " + s.ask("select g, count(*) from "+way.node+" group by 1 order by 1")
			}
			before, statements := look(), 0
			session := watched{s.session, func(sql string) error {
				statements++
				if got := look(); got != before {
					t.Errorf("before %q is seen\n%s\nwant\n%s", sql, got, before)
				}
				return nil
			}}
			out := s.do(t.Context(), session, s.node(way.node, way.config...))
			if out.Status != run.Success {
				t.Fatal(out.Err)
			}
			if after := look(); after == before || statements < 2 {
				t.Errorf("after %d statements is seen\n%s", statements, after)
			}
		})
	}
}

// TestBrokenAnywhere breaks every way to build at each of its statements, once by an error and
// once by a cancelled context: what stood there stands there still, and the session works on.
func TestBrokenAnywhere(t *testing.T) {
	broken := errors.New("broken")
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			s := open(t, wayFiles...)
			s.exec(way.old)
			look := func() string {
				return s.relations() + ": " + s.ask("select g, count(*) from "+way.node+" group by 1 order by 1")
			}
			before := look()
			n := s.node(way.node, way.config...)
			for at := 1; ; at++ {
				count := 0
				fail := func(error) {}
				session := watched{s.session, func(string) error {
					if count++; count == at {
						fail(broken)
						if at%2 == 0 {
							return broken
						}
					}
					return nil
				}}
				ctx, cancel := context.WithCancelCause(t.Context())
				if at%2 == 1 {
					fail = cancel
				}
				out := s.do(ctx, session, n)
				cancel(nil)
				if count < at {
					if out.Status != run.Success || at < 3 {
						t.Errorf("unbroken after %d statements it is %s: %v", count, out.Status, out.Err)
					}
					return
				}
				if out.Status == run.Success {
					t.Fatalf("broken at statement %d it succeeds", at)
				}
				if got := look(); got != before || !out.Kept {
					t.Fatalf("broken at statement %d leaves (kept %v)\n%s\nwant\n%s", at, out.Kept, got, before)
				}
				if _, err := s.session.Exec(t.Context(), "begin; rollback"); err != nil {
					t.Fatalf("broken at statement %d the session is left in a transaction: %v", at, err)
				}
			}
		})
	}
}

// TestReadersDuringRebuilds has a reader ask all the while.
func TestReadersDuringRebuilds(t *testing.T) {
	s := open(t, "models/m.sql", "{{ config(materialized='table') }} select i, (select max(g) from gen) as g from range(3000) t(i)")
	s.exec("create table gen as select 0 as g")
	n := s.node("m")
	s.build(n)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan struct{})
	var reading sync.WaitGroup
	reader := s.connect()
	reading.Go(func() {
		once := sync.OnceFunc(func() { close(first) })
		defer once()
		for ctx.Err() == nil {
			rows, err := reader.Query(t.Context(), "select count(*), count(distinct g) from m")
			if err != nil {
				t.Errorf("a reader is refused: %v", err)
				return
			}
			if !rows.Next() || rows.Values()[0] != int64(3000) || rows.Values()[1] != int64(1) {
				t.Errorf("a reader sees %v", rows.Values())
			}
			_ = rows.Close()
			once()
		}
	})
	<-first
	for range 30 {
		s.exec("update gen set g = g + 1")
		s.build(n)
	}
	cancel()
	reading.Wait()
	if got := s.ask("select distinct g from m"); got != "30" {
		t.Errorf("the last generation is %s", got)
	}
}

func TestRowsAndTypes(t *testing.T) {
	s := open(t, "models/m.sql", "select i as a from range(3) t(i)", "seeds/s.csv", "a\n1\n2\n")
	steps := []struct {
		name   string
		config []any
		rows   int64
		want   string // the relation and how many rows it has
	}{
		{"m", []any{"materialized", "view"}, -1, "VIEW 3"},
		{"m", []any{"materialized", "table"}, 3, "BASE TABLE 3"},
		{"m", []any{"materialized", "view"}, -1, "VIEW 3"},
		{"m", []any{"materialized", "incremental"}, 3, "BASE TABLE 3"},
		{"m", []any{"materialized", "incremental"}, 3, "BASE TABLE 6"},
		{"m", []any{"materialized", "incremental", "unique_key", "a"}, 3, "BASE TABLE 3"},
		{"m", []any{"materialized", "incremental", "unique_key", []any{"a"}}, 3, "BASE TABLE 3"},
		{"m", []any{"materialized", "incremental", "unique_key", "a", "incremental_strategy", "merge"}, 3, "BASE TABLE 3"},
		{"m", []any{"materialized", "incremental", "incremental_strategy", "merge"}, 3, "BASE TABLE 6"},
		{"m", []any{"materialized", "incremental", "full_refresh", true}, 3, "BASE TABLE 3"},
		{"m", []any{"materialized", "table", "indexes", []any{manifest.NewMap("columns", []any{"a"}, "unique", true)}}, 3, "BASE TABLE 3"},
		{"m", []any{"materialized", "table", "indexes", []any{manifest.NewMap("columns", []any{"a"}, "unique", true)}}, 3, "BASE TABLE 3"},
		{"m", []any{"materialized", "view"}, -1, "VIEW 3"},
		{"s", nil, 2, "BASE TABLE 2"},
		{"s", []any{"fast", false}, 2, "BASE TABLE 2"},
	}
	for i, step := range steps {
		out := s.build(s.node(step.name, step.config...))
		got := s.ask("select table_type, (select count(*) from " + step.name + ") from information_schema.tables where table_name = '" + step.name + "'")
		if got != step.want || out.Rows != step.rows {
			t.Errorf("step %d, %v: %s with %d rows told, want %s with %d", i+1, step.config, got, out.Rows, step.want, step.rows)
		}
	}
	if got := s.relations(); got != "m VIEW\ns BASE TABLE" {
		t.Errorf("what is left is\n%s", got)
	}
}

func TestHooks(t *testing.T) {
	hook := func(sql string, inside bool) *manifest.Map { return manifest.NewMap("sql", sql, "transaction", inside) }
	note := func(what string) string { return "insert into log values ('" + what + "')" }
	const refuse = "select error('refused')"
	tests := []struct {
		name      string
		query     string // "" is one that works
		pre, post []any
		ok        bool
		log, g    string // what is noted, and which m is there
		kept      bool
	}{
		{"all work", "", []any{hook(note("pre out"), false), note("pre in")}, []any{note("post in"), hook(note("post out"), false)}, true, "pre out,pre in,post in,post out", "2", false},
		{"pre outside fails", "", []any{hook(note("a"), false), hook(refuse, false)}, nil, false, "a", "1", true},
		{"pre inside fails", "", []any{hook(note("a"), false), note("b"), refuse}, nil, false, "a", "1", true},
		{"model fails", "select error('refused') as g", []any{hook(note("a"), false), note("b")}, nil, false, "a", "1", true},
		{"post inside fails", "", []any{note("a")}, []any{note("b"), refuse}, false, "", "1", true},
		{"post outside fails", "", []any{note("a")}, []any{note("b"), hook(refuse, false)}, false, "a,b", "2", false},
		{"a hook of nothing", "", []any{"{{ '' }}"}, []any{"  "}, true, "", "2", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			query := tt.query
			if query == "" {
				query = "select 2 as g"
			}
			s := open(t, "models/m.sql", query)
			s.exec("create table m as select 1 as g; create table log (what varchar)")
			out := s.do(t.Context(), s.session, s.node("m", "materialized", "table", "pre-hook", tt.pre, "post-hook", tt.post))
			if ok := out.Status == run.Success; ok != tt.ok || out.Kept != tt.kept {
				t.Errorf("it is %s, kept %v: %v", out.Status, out.Kept, out.Err)
			}
			if !tt.ok && tt.query == "" {
				mustDiagnose(t, out.Err, diag.WarehouseError, "a hook of m failed: ")
			}
			if got := strings.ReplaceAll(s.ask("select what from log"), "\n", ","); got != tt.log {
				t.Errorf("noted is %q, want %q", got, tt.log)
			}
			if got := s.ask("select g from m"); got != tt.g {
				t.Errorf("m has %s, want %s", got, tt.g)
			}
			if _, err := s.session.Exec(t.Context(), "begin; rollback"); err != nil {
				t.Errorf("the session is left in a transaction: %v", err)
			}
		})
	}
}

func TestPersistDocs(t *testing.T) {
	s := open(t, "models/m.sql", "select 1 as a, 2 as b, 3 as c",
		"models/m.yml", "models:\n- name: m\n  description: it's all\n  columns:\n  - {name: A, description: it's the first}\n  - {name: b}\n  - {name: missing, description: nowhere}\n")
	for _, way := range []string{"view", "table", "incremental", "incremental"} {
		s.build(s.node("m", "materialized", way, "persist_docs", manifest.NewMap("relation", true, "columns", true)))
		got := s.ask("select column_name, comment from duckdb_columns() where table_name = 'm' order by column_index")
		if want := "a it's the first\nb <nil>\nc <nil>"; got != want {
			t.Errorf("%s: the columns are described as\n%s", way, got)
		}
		got = s.ask("select comment from duckdb_tables() where table_name = 'm' union all select comment from duckdb_views() where view_name = 'm'")
		if got != "it's all" {
			t.Errorf("%s: the relation is described as %s", way, got)
		}
	}
	s.build(s.node("m", "materialized", "table"))
	if got := s.ask("select comment from duckdb_tables() where table_name = 'm'"); got != "<nil>" {
		t.Errorf("described unasked: %s", got)
	}
}

func TestUnknownMaterialization(t *testing.T) {
	s := open(t, "models/m.sql", "select 1 as a")
	out := s.do(t.Context(), s.session, s.node("m", "materialized", "tabel"))
	mustDiagnose(t, out.Err, diag.BadConfig, `no materialization is named "tabel"`)
	if out.Kept || out.Rows != -1 {
		t.Errorf("the outcome is %+v", out)
	}
}

// TestSeedsLoad holds every type that is inferred to values that the warehouse takes for it.
func TestSeedsLoad(t *testing.T) {
	s := open(t, "seeds/s.csv", "\ufeffi,e,f,d,u,t,h,z,b,x,big,n\r\n"+
		"1,1e5,1.5,2024-01-05,2024-1-5,2024-01-05 10:00:00,2024-01-05T10:00,2024-01-05T10:00:00Z,true,\"a, b\",2147483648,\r\n"+
		"3.0,2,.5,2024-02-29,2024-11-5,2024-01-05 1:2:3,2024-01-05T10:00:01.5,2024-01-05T10:00:00,FALSE,\"q\"\"\",-5,\r\n", "seeds/inches.csv", "n,x\n1,5'11\"\n2,\"a,b\"\n", "seeds/words.csv", "n,x\n1,a\n null ,NULL\n")
	want := "1 100000 1.5 2024-01-05 2024-01-05 2024-01-05 10:00:00 2024-01-05 10:00:00 2024-01-05 10:00:00 true a, b 2147483648\n" +
		"3 2 0.5 2024-02-29 2024-11-05 2024-01-05 01:02:03 2024-01-05 10:00:01.5 2024-01-05 10:00:00 false q\" -5"
	for _, fast := range []bool{true, false} {
		s.build(s.node("s", "fast", fast))
		if got := s.ask("select i, e, f, d::text, u::text, t::text, h::text, z::text, b, x, big from s order by i"); got != want {
			t.Errorf("fast %v: the rows are\n%s\nwant\n%s", fast, got, want)
		}
	}
	if got := s.ask("select count(n) from s"); got != "0" {
		t.Errorf("%s rows of nulls hold a value", got)
	}
	for _, fast := range []bool{true, false} {
		s.build(s.node("inches", "fast", fast))
		if got := s.ask("select n, x from inches order by n"); got != "1 5'11\"\n2 a,b" {
			t.Errorf("fast %v: a quote inside a value gives\n%s", fast, got)
		}
	}
	s.build(s.node("words", "fast", false)) // the fast reader knows no word for null, neither dbt's nor ours
	if got := s.ask("select n, x from words"); got != "1 a\n<nil> <nil>" {
		t.Errorf("the words for null are\n%s", got)
	}
}

// TestSeedErrorsSayTheLine gives both ways to load a value that its column cannot take.
func TestSeedErrorsSayTheLine(t *testing.T) {
	s := open(t, "seeds/s.csv", "a,b\n1,x\n2,y\nthree,x\n", "seeds/lines.csv", "a,b\n1,x\n2,\"y\nz\"\nthree,x\n")
	for name, line := range map[string]int{"s": 4, "s slowly": 4, "lines slowly": 5} {
		name, slowly := strings.CutSuffix(name, " slowly")
		out := s.do(t.Context(), s.session, s.node(name, "fast", !slowly, "column_types", manifest.NewMap("a", "integer")))
		mustDiagnose(t, out.Err, diag.BadCell, "seed "+name+": column a: ")
		if at := diag.From(out.Err)[0].Pos; at.File != "seeds/"+name+".csv" || at.Line != line {
			t.Errorf("slowly %v: the place is %s", slowly, at)
		}
	}
	if got := s.relations(); got != "" {
		t.Errorf("what is left is %s", got)
	}
}
