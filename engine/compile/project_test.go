package compile_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// bench is a loaded project with an open warehouse.
type bench struct {
	t *testing.T
	p *project.Project
	c *compile.Compiler
	m *manifest.Manifest
	w adapter.Warehouse
	s adapter.Session
}

// openProject loads the project in dir, which it copies first, and opens its DuckDB.
func openProject(t *testing.T, dir string) *bench {
	t.Helper()
	work := t.TempDir()
	copyTree(t, dir, work)
	return loadProject(t, work)
}

// loadProject loads the project in dir where it is.
func loadProject(t *testing.T, dir string) *bench {
	t.Helper()
	ctx := context.Background()
	p, diags := project.Load(ctx, project.Options{
		Dir: dir, ProfilesDir: dir, Vars: testVars(t),
		Env: func(string) (string, bool) { return "", false },
	})
	mustBeClean(t, diags)
	a := duckdb.New()
	c, err := compile.New(p, a, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, diags := project.Parse(ctx, p, c)
	mustBeClean(t, diags)
	mustBeClean(t, graph.Resolve(m))
	c.SetManifest(m)
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
	return &bench{t, p, c, m, w, s}
}

// testVars are --vars from ATLAS_TEST_VARS.
func testVars(t *testing.T) *manifest.Map {
	t.Helper()
	vars, err := project.ParseVars(os.Getenv("ATLAS_TEST_VARS"))
	if err != nil {
		t.Fatal(err)
	}
	return vars
}

// writeProject makes a project of a txtar-like list: name, text, name, text …
func writeProject(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	all := append([]string{
		"dbt_project.yml", "name: demo\nversion: '1'\nprofile: demo\n",
		"profiles.yml", "demo: {target: dev, outputs: {dev: {type: duckdb, path: demo.duckdb, schema: main}}}\n",
	}, files...)
	for i := 0; i+1 < len(all); i += 2 {
		path := filepath.Join(dir, filepath.FromSlash(all[i]))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(all[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mustBeClean(t *testing.T, list diag.List) {
	t.Helper()
	if err := list.Err(); err != nil {
		var b strings.Builder
		for _, d := range list {
			diag.Fprint(&b, d, diag.Style{})
		}
		t.Fatal(b.String())
	}
}

func (b *bench) exec(sql string) {
	b.t.Helper()
	if _, err := b.s.Exec(context.Background(), sql); err != nil {
		b.t.Fatalf("%v\n%s", err, sql)
	}
}

func (b *bench) node(id string) *manifest.Node {
	b.t.Helper()
	n := b.m.Nodes[manifest.ID(id)]
	if n == nil {
		b.t.Fatalf("no node %s", id)
	}
	return n
}

func (b *bench) compile(id string) *compile.Compiled {
	b.t.Helper()
	out, err := b.c.Compile(context.Background(), b.node(id), b.s)
	if err != nil {
		b.t.Fatal(show(err))
	}
	return out
}

func show(err error) string {
	var b strings.Builder
	for _, d := range diag.From(err) {
		diag.Fprint(&b, d, diag.Style{})
	}
	return b.String()
}

// build makes a node's table from its compiled SQL.
func (b *bench) build(id string) {
	b.t.Helper()
	n := b.node(id)
	d := duckdb.New().Dialect()
	b.exec(d.CreateSchema(n.Relation.Database, n.Relation.Schema))
	b.exec(d.CreateTableAs(n.Relation, b.compile(id).SQL, adapter.TableOptions{Replace: true}))
}
