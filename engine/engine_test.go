package engine_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"sync"
	"testing"

	"atlas/engine"
	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
	"atlas/engine/project"
	"atlas/engine/run"
)

// The test binary is also the other process: it runs the project in the folder until it is
// killed in the middle of a statement.
const runVariable = "ATLAS_TEST_RUN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(runVariable); dir != "" {
		if err := runUntilKilled(dir); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const profiles = "p:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, schema: main, threads: 8}\n"

// write makes a project of files, name and content by turns.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	all := append([]string{"atlas_project.yml", "name: shop\nprofile: p\n", "profiles.yml", profiles}, files...)
	for i := 0; i < len(all); i += 2 {
		put(t, dir, all[i], all[i+1])
	}
	return dir
}

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func options(dir string) project.Options {
	return project.Options{Dir: dir, Env: func(string) (string, bool) { return "", false }}
}

func load(t *testing.T, o project.Options) *engine.Workspace {
	t.Helper()
	w, problems := engine.New().Load(t.Context(), o)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return w
}

func selected(t *testing.T, w *engine.Workspace) []*manifest.Node {
	t.Helper()
	nodes, problems := w.Select(graph.Query{})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return nodes
}

// build runs everything and expects it to succeed.
func build(t *testing.T, w *engine.Workspace) *engine.Report {
	t.Helper()
	r, err := w.Run(t.Context(), engine.RunOptions{Command: "build", Nodes: selected(t, w)})
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range r.Results {
		if res.Status.Failed() {
			t.Errorf("%s: %s: %v", res.Node.ID, res.Status, res.Err)
		}
	}
	return r
}

// ask gives the rows of SQL with templates, a line each.
func ask(t *testing.T, w *engine.Workspace, sql string) string {
	t.Helper()
	rows, err := w.Show(t.Context(), engine.ShowOptions{Inline: sql, Limit: -1, Open: adapter.OpenOptions{}})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var lines []string
	for _, row := range rows.Rows {
		lines = append(lines, strings.Trim(fmt.Sprint(row), "[]"))
	}
	return strings.Join(lines, "\n")
}

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ target, want string }{
		{"target", ""},
		{"./target/", ""},
		{"made/deep", ""},
		{"never_made", ""},
		{".", "is the project itself"},
		{"target/..", "is the project itself"},
		{"../outside", "lies outside the project"},
		{"target/../../outside", "lies outside the project"},
		{"/", "lies outside the project"},
		{"models", "holds the project's models"},
		{"src", "holds the project's src/seeds"},
		{"models/staging", "is part of the project's models"},
		{"inward", ""}, // a link: it goes, what it points to stays
		{"outward", ""},
		{"outward/sub", "lies outside the project"},
		{"outward/not_there/deeper", "lies outside the project"},
		{"inward/staging", "is part of the project's models"},
		{"linked_macros_are_here", "holds the project's macros"},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "project")
			put(t, dir, "atlas_project.yml", "name: shop\nprofile: p\nseed-paths: [src/seeds]\nclean-targets: [target, '"+tt.target+"']\n")
			for _, name := range []string{
				"target/x", "made/deep/x", "models/staging/a.sql", "src/seeds/s.csv", "linked_macros_are_here/m.sql", "profiles.yml",
			} {
				put(t, dir, name, profiles)
			}
			put(t, top, "outside/sub/x", "x")
			for link, to := range map[string]string{"outward": "../outside", "inward": "models", "macros": "linked_macros_are_here"} {
				if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
					t.Skip("this system has no links:", err)
				}
			}
			would, err := engine.New().Clean(t.Context(), options(dir), true)
			if tt.want == "" && (err != nil || len(would) == 0) {
				t.Fatalf("dry, it gives %v, %v", would, err)
			}
			removed, err := engine.New().Clean(t.Context(), options(dir), false)
			gone := func(path string) bool {
				_, err := os.Lstat(filepath.Join(dir, path))
				return os.IsNotExist(err)
			}
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) || len(removed) > 0 || gone("target") {
					t.Errorf("it removes %v and says %v, want %s", removed, err, tt.want)
				}
			} else if err != nil || !reflect.DeepEqual(removed, would) || !gone(tt.target) {
				t.Errorf("it removes %v, %v; dry it said %v", removed, err, would)
			}
			for _, kept := range []string{"../outside/sub/x", "models/staging/a.sql", "src/seeds/s.csv", "linked_macros_are_here/m.sql", "atlas_project.yml"} {
				if gone(kept) {
					t.Errorf("%s is gone", kept)
				}
			}
		})
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	dir := write(t, "models/orders.sql", "select i from range(5) t(i)",
		"models/o.yml", "models:\n- name: orders\n  columns:\n  - name: i\n    data_tests: [{not_null: {name: filled}}]\n"+
			"unit_tests:\n- {name: counted, model: orders, given: [], expect: {format: sql, rows: 'select i from range(5) t(i)'}}\n"+
			"sources:\n- {name: raw, schema: main, tables: [{name: orders}]}\n",
		"packages.yml", "packages: [{local: lib}]\n",
		"lib/atlas_project.yml", "name: lib\nmodels: {+schema: lib}\n", "lib/models/orders.sql", "select 'lib' as i")
	w := load(t, options(dir))
	build(t, w)
	show := func(name string, limit int, failures bool) (*engine.Rows, error) {
		return w.Show(t.Context(), engine.ShowOptions{Name: name, Limit: limit, Failures: failures})
	}
	for range 20 { // the order of a map must not show
		_, err := show("orders", 5, false)
		d := diag.From(err)[0]
		if d.Msg != "2 nodes are named orders" || d.Hint != "name it by its ID, for example model.lib.orders" || len(d.Notes) != 2 || d.Notes[1].Msg != "model.shop.orders" {
			t.Fatalf("two of one name give %v, %q, %v", err, d.Hint, d.Notes)
		}
	}
	for limit, want := range map[int][2]int{-1: {5, 0}, 0: {0, 1}, 4: {4, 1}, 5: {5, 0}, 6: {5, 0}} {
		rows, err := show("model.shop.orders", limit, false)
		if err != nil || len(rows.Rows) != want[0] || rows.More != (want[1] == 1) {
			t.Errorf("limit %d gives %+v, %v", limit, rows, err)
		}
	}
	if rows, err := show("raw.orders", 5, false); err != nil || rows.Title != "orders" {
		t.Errorf("a source gives %v, %v", rows, err)
	}
	if rows, err := show("filled", 5, true); err != nil || len(rows.Rows) != 0 {
		t.Errorf("a test gives %v, %v", rows, err)
	}
	for name, failures := range map[string]bool{"ordres": false, "filled": false, "counted": false, "model.shop.orders": true} {
		if _, err := show(name, 5, failures); err == nil || diag.From(err)[0].Code != diag.NothingMatches || diag.From(err)[0].Hint == "" {
			t.Errorf("%s, failures %v, gives %v", name, failures, err)
		}
	}
}

// TestRunsGiveTheSameArtifacts compares two runs of one project, but for times, threads and ids.
func TestRunsGiveTheSameArtifacts(t *testing.T) {
	t.Parallel()
	dir := write(t, "models/a.sql", "select 1 as id", "models/b.sql", "{{ config(materialized='table') }} select * from {{ ref('a') }}",
		"models/m.yml", "models:\n- name: b\n  columns:\n  - name: id\n    data_tests: [unique, {accepted_values: {arguments: {values: [2]}, config: {severity: warn}}}]\n",
		"seeds/s.csv", "x\n1\n")
	var runs []map[string]any
	for range 2 {
		build(t, load(t, options(dir)))
		all := map[string]any{}
		for _, name := range []string{"manifest.json", "run_results.json"} {
			text, err := os.ReadFile(filepath.Join(dir, "target", name))
			if err != nil {
				t.Fatal(err)
			}
			var v any
			if err := json.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			all[name] = timeless(v)
		}
		runs = append(runs, all)
	}
	for name := range runs[0] {
		a, _ := json.MarshalIndent(runs[0][name], "", " ")
		b, _ := json.MarshalIndent(runs[1][name], "", " ")
		if string(a) != string(b) {
			t.Errorf("%s differs: %s", name, firstDifference(string(a), string(b)))
		}
	}
	results := runs[0]["run_results.json"].(map[string]any)["results"].([]any)
	if len(results) != 5 {
		t.Errorf("there are %d results", len(results))
	}
}

// timeless takes the times, threads and ids of an invocation out of an artifact, and sorts its
// results, which stand in the order in which they ended.
func timeless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			switch k {
			case "generated_at", "created_at", "run_started_at", "invocation_id", "invocation_started_at", "started_at", "completed_at", "execution_time", "elapsed_time", "thread_id":
				delete(v, k)
			case "results":
				list, _ := x.([]any)
				sort.Slice(list, func(i, j int) bool {
					return list[i].(map[string]any)["unique_id"].(string) < list[j].(map[string]any)["unique_id"].(string)
				})
				timeless(x)
			default:
				timeless(x)
			}
		}
	case []any:
		for _, x := range v {
			timeless(x)
		}
	}
	return v
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: %s | %s", i+1, x[i], y[i])
		}
	}
	return "one is longer"
}

// TestManyModelsInParallel builds 200 models with 8 threads, five times: nothing conflicts.
func TestManyModelsInParallel(t *testing.T) {
	t.Parallel()
	files := []string{}
	for i := range 200 {
		way := []string{"view", "table", "incremental", "table"}[i%4]
		from := "select 1 as n"
		if i >= 10 {
			from = fmt.Sprintf("select n from {{ ref('m%d') }} union all select 1 from {{ ref('m%d') }}", i-10, i/2)
		}
		schema := []string{"one", "two"}[i%2]
		files = append(files, fmt.Sprintf("models/m%d.sql", i),
			fmt.Sprintf("{{ config(materialized='%s', schema='%s', unique_key='n') }} select max(n) as n from (%s)", way, schema, from))
	}
	w := load(t, options(write(t, files...)))
	for range 5 {
		r := build(t, w)
		if r.Count(run.Success) != 200 {
			t.Fatalf("%d of 200 succeed", r.Count(run.Success))
		}
	}
	if got := ask(t, w, "select count(*) from information_schema.tables where table_name like 'm%'"); got != "200" {
		t.Errorf("%s relations are there", got)
	}
}

// TestCancelledRun is Ctrl-C in the middle of a statement: what stood there stands there still,
// and run_results.json tells what became of every node.
func TestCancelledRun(t *testing.T) {
	t.Parallel()
	dir := write(t, "models/a.sql", "{{ config(materialized='table') }} select 1 as g",
		"models/b.sql", "{{ config(materialized='table') }} select g from {{ ref('a') }}",
		"models/c.sql", "select g from {{ ref('b') }}")
	build(t, load(t, options(dir)))
	put(t, dir, "models/b.sql", "{{ config(materialized='table') }} select sum(x.range * y.range) as g from {{ ref('a') }}, range(10000000) x, range(10000000) y")
	w := load(t, options(dir))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	report, err := w.Run(ctx, engine.RunOptions{Command: "run", Nodes: selected(t, w), Observe: func(e run.Event) {
		if e.Kind == run.Started && e.Node.Name == "b" {
			go cancel()
		}
	}})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "target", "run_results.json"))
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Results []struct {
			ID     string `json:"unique_id"`
			Status string `json:"status"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range written.Results {
		got = append(got, r.ID+" "+r.Status)
	}
	sort.Strings(got)
	if want := []string{"model.shop.a success", "model.shop.b error", "model.shop.c skipped"}; !reflect.DeepEqual(got, want) {
		t.Errorf("written is %v, want %v", got, want)
	}
	for _, res := range report.Results {
		if res.Node.Name == "b" && diag.From(res.Err)[0].Code != diag.Interrupted {
			t.Errorf("b ends with %v", res.Err)
		}
	}
	if rows := ask(t, w, "select (select count(*) from main.b), (select g from main.c)"); rows != "1 1" {
		t.Errorf("what is left is %s", rows)
	}
}

// runUntilKilled is the other process: it says when model slow has begun, and never ends by itself.
func runUntilKilled(dir string) error {
	w, problems := engine.New().Load(context.Background(), options(dir))
	if err := problems.Err(); err != nil {
		return err
	}
	nodes, problems := w.Select(graph.Query{})
	if err := problems.Err(); err != nil {
		return err
	}
	r, err := w.Run(context.Background(), engine.RunOptions{Command: "run", Nodes: nodes, Log: func(_, msg string) { fmt.Println(msg) }})
	if err != nil {
		return err
	}
	return fmt.Errorf("it ended: %v", r.Results[len(r.Results)-1].Err)
}

// TestKilledRun kills a run while a model is built, once before its statement and once when the
// new table is already in the old one's place and not committed. What is left is whole, and the
// next run gives the rows of one that nobody killed.
func TestKilledRun(t *testing.T) {
	t.Parallel()
	const endless = "select sum(x.range * y.range) as n from range(100000000) x, range(100000000) y"
	const slow = "{{ config(materialized='table') }} select sum(n) as n from {{ ref('first') }}"
	for name, killed := range map[string]string{
		"in the statement": "{{ config(materialized='table') }} {% if execute %}{{ log('ready', info=true) }}{% endif %}" + endless,
		"before commit":    "{{ config(materialized='table', post_hook=\"{{ log('ready', info=true) }}" + endless + "\") }} select -1 as n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t,
				"models/first.sql", "{{ config(materialized='incremental', unique_key='i') }} select i, i * 2 as n from range(1000) t(i)",
				"models/slow.sql", slow, "models/last.sql", "select n from {{ ref('slow') }}", "seeds/s.csv", "x\n1\n2\n")
			build(t, load(t, options(dir)))
			const question = "select (select count(*) from main.first), (select sum(n) from main.first), (select n from main.slow), (select n from main.last)"
			want := ask(t, load(t, options(dir)), question)
			put(t, dir, "models/slow.sql", killed)
			killInTheMiddle(t, dir)
			w := load(t, options(dir))
			if got := ask(t, w, question); got != want {
				t.Errorf("after the kill the rows are %s, want %s", got, want)
			}
			if got := ask(t, w, "select count(*) from information_schema.tables where table_name like '%atlas%'"); got != "0" {
				t.Errorf("%s relations under construction are left", got)
			}
			put(t, dir, "models/slow.sql", slow)
			w = load(t, options(dir))
			build(t, w)
			if got := ask(t, w, question); got != want {
				t.Errorf("the next run gives %s, want %s", got, want)
			}
		})
	}
}

// killInTheMiddle has the other process run the project and kills it when it says that it is there.
func killInTheMiddle(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), runVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Errorf("the other process says %q, %v", line, err)
	}
	if _, err := load(t, options(dir)).Open(t.Context(), adapter.OpenOptions{}); err == nil || diag.From(err)[0].Code != diag.WarehouseLocked {
		t.Errorf("a held database gives %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait()
}

// TestScopesDoNotMix builds two entities of one project folder at the same time, with a folder of
// artifacts each and with one for both, in which whole files replace whole files.
func TestScopesDoNotMix(t *testing.T) {
	t.Parallel()
	t.Run("own targets", func(t *testing.T) { buildScopes(t, "target-NORTH", "target-SOUTH") })
	t.Run("one target", func(t *testing.T) { buildScopes(t, "target", "target") })
}

func buildScopes(t *testing.T, targets ...string) {
	dir := write(t,
		"atlas_project.yml", "name: shop\nprofile: p\nscope:\n  entity: {values: [NORTH, SOUTH]}\n",
		"profiles.yml", "p:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: \"shop-{{ var('entity') | lower }}.duckdb\", schema: main, threads: 2}\n",
		"models/a.sql", "{{ config(materialized='table') }} select '{{ var('entity') }}' as entity from range(10)",
		"models/b.sql", "select distinct entity from {{ ref('a') }}")
	entities := []string{"NORTH", "SOUTH"}
	spaces := make([]*engine.Workspace, len(entities))
	for i, entity := range entities {
		o := options(dir)
		o.Scope, o.TargetPath = map[string]string{"entity": entity}, targets[i]
		spaces[i] = load(t, o)
	}
	for range 5 {
		var building sync.WaitGroup
		for _, w := range spaces {
			nodes := selected(t, w)
			building.Go(func() {
				r, err := w.Run(context.Background(), engine.RunOptions{Command: "run", Nodes: nodes})
				if err != nil || r.Failed() {
					t.Errorf("it ends with %v", err)
				}
			})
		}
		building.Wait()
	}
	for i, entity := range entities {
		if got := ask(t, spaces[i], "select entity, (select count(*) from {{ ref('a') }}) from {{ ref('b') }}"); got != entity+" 10" {
			t.Errorf("%s holds %s", entity, got)
		}
		text, err := os.ReadFile(filepath.Join(dir, targets[i], "compiled", "shop", "models", "a.sql"))
		if err != nil || targets[0] != targets[1] && !strings.Contains(string(text), "'"+entity+"'") {
			t.Errorf("%s compiled %s (%v)", entity, text, err)
		}
		for _, name := range []string{"manifest.json", "run_results.json"} {
			text, err := os.ReadFile(filepath.Join(dir, targets[i], name))
			if err != nil || !json.Valid(text) {
				t.Errorf("%s is no JSON (%v)", name, err)
			}
		}
		left, err := filepath.Glob(filepath.Join(dir, targets[i], ".*"))
		if err != nil || len(left) > 0 {
			t.Errorf("half-written artifacts are left: %v (%v)", left, err)
		}
	}
}
