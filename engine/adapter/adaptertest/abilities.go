package adaptertest

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

func testReadOnly(t *testing.T, e *env) {
	w, s := e.start(t)
	exec(t, s, e.d.CreateTableAs(e.rel("t"), "select 1 as id", adapter.TableOptions{}))
	if err := errors.Join(s.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	ro, err := e.a.Open(t.Context(), e.target, adapter.OpenOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ro.Close() })
	reader := e.session(t, ro)
	if n := e.count(t, reader, "t"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if _, err := reader.Exec(t.Context(), "insert into "+e.sql("t")+" values (2)"); err == nil {
		t.Error("a read-only warehouse takes an insert")
	}
}

func testCSV(t *testing.T, e *env) {
	_, s := e.start(t)
	l, ok := s.(adapter.CSVLoader)
	if !ok {
		t.Skip("the driver reads no CSV files itself")
	}
	ctx := t.Context()
	columns := e.table(t, s, "t", "id", "integer", "Full Name", "text", "paid", "decimal(18,2)", "day", "date", "ok", "boolean")
	exec(t, s, e.d.AddColumn(e.rel("t"), adapter.Column{Name: "entity", Type: e.d.Type("text")}))
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	path := write("it's [1]*.csv", "\ufeffday,PAID,extra,id,\"full name\",ok\n2026-02-28,1250000.50,x,1,\"a \"\"b\"\", c\",true\n,,,2,\"two\nlines\",false\n")
	o := adapter.CSVOptions{Constants: []adapter.Constant{{Column: "entity", Value: "O'Neil"}}}
	n, err := l.LoadCSV(ctx, e.rel("t"), columns, path, o)
	if err != nil || n != 2 {
		t.Fatalf("LoadCSV: %d, %v", n, err)
	}
	day := time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)
	want := [][]any{
		{int64(1), `a "b", c`, adapter.Decimal("1250000.50"), day, true, "O'Neil"},
		{int64(2), "two\nlines", nil, nil, false, "O'Neil"},
	}
	if got := query(t, s, "select * from "+e.sql("t")+" order by id"); !reflect.DeepEqual(got, want) {
		t.Errorf("loaded %v, want %v", got, want)
	}
	bare := write("bare.csv", "7;N/A;1.5;01.02.2026;true\n")
	o = adapter.CSVOptions{NoHeader: true, Delimiter: ";", Nulls: []string{"N/A"}, DateFormat: "%d.%m.%Y"}
	if n, err := l.LoadCSV(ctx, e.rel("t"), columns, bare, o); err != nil || n != 1 {
		t.Fatalf("LoadCSV without header: %d, %v", n, err)
	}
	if got := query(t, s, "select id, \"Full Name\", day from "+e.sql("t")+" where id = 7"); !reflect.DeepEqual(got, [][]any{{int64(7), nil, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}}) {
		t.Errorf("loaded %v", got)
	}
	before := e.count(t, s, "t")
	head := "id,full name,paid,day,ok\n"
	bad := []struct {
		text, column string
		row          int64
	}{
		{head + "1,a,1.5,2026-01-01,true\n2,b,abc,2026-01-01,true\n", "paid", 3},
		{head + "1,a,1.5,2026-13-01,true\n", "day", 2},
		{head + "1,a,1.5,2026-01-01\n", "", 2},
		{"id,paid,day,ok\n1,1.5,2026-01-01,true\n", "Full Name", 1},
		{"id,ID,full name,paid,day,ok\n", "ID", 1},
	}
	for _, c := range bad {
		_, err := l.LoadCSV(ctx, e.rel("t"), columns, write("bad.csv", c.text), adapter.CSVOptions{})
		var row *adapter.RowError
		if !errors.As(err, &row) || row.Row != c.row || row.Column != c.column {
			t.Errorf("%q: %v", c.text, err)
		}
	}
	if _, err := l.LoadCSV(ctx, e.rel("t"), columns, filepath.Join(t.TempDir(), "no.csv"), adapter.CSVOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if n := e.count(t, s, "t"); n != before {
		t.Errorf("refused loads leave %d rows", n-before)
	}
}

func testExport(t *testing.T, e *env) {
	_, s := e.start(t)
	x, ok := s.(adapter.Exporter)
	if !ok {
		t.Skip("the driver writes no files")
	}
	path := filepath.Join(t.TempDir(), "it's.csv")
	n, err := x.Export(t.Context(), "select 1 as id, 'a;b' as name -- done\n;", path, adapter.ExportOptions{})
	if err != nil || n != 1 {
		t.Fatalf("Export: %d, %v", n, err)
	}
	raw, err := os.ReadFile(path)
	if err != nil || string(raw) != "id,name\n1,a;b\n" {
		t.Errorf("the file is %q, %v", raw, err)
	}
	if _, err := x.Export(t.Context(), "select 1", path, adapter.ExportOptions{Format: "clay tablet"}); err == nil || !strings.Contains(err.Error(), "clay tablet") {
		t.Errorf("an unknown format: %v", err)
	}
}

func testCopy(t *testing.T, e *env) {
	_, s := e.start(t)
	c, ok := s.(adapter.FileCopier)
	if !ok {
		t.Skip("the driver copies no relations into files")
	}
	exec(t, s, e.d.CreateTableAs(e.rel("a"), "select 1 as id", adapter.TableOptions{}))
	exec(t, s, e.d.CreateView(e.rel("b"), "select id + 1 as id from "+e.sql("a")))
	path := filepath.Join(t.TempDir(), "copy.duckdb")
	if err := c.CopyTo(t.Context(), path, []manifest.Relation{e.rel("a"), e.rel("b")}); err != nil {
		t.Fatal(err)
	}
	if err := c.CopyTo(t.Context(), path, nil); err == nil {
		t.Error("CopyTo writes over a file")
	}
	target := e.target
	target.Options = target.Options.Clone()
	target.Options.Set("path", path)
	reader := e.session(t, (&env{a: e.a, target: target}).open(t))
	if got := query(t, reader, "select * from "+e.d.Relation(manifest.Relation{Schema: e.target.Schema, Name: "b"})); !reflect.DeepEqual(got, [][]any{{int64(2)}}) {
		t.Errorf("the copy gives %v", got)
	}
	broken := filepath.Join(t.TempDir(), "broken.duckdb")
	if err := c.CopyTo(t.Context(), broken, []manifest.Relation{e.rel("no_such")}); err == nil {
		t.Error("CopyTo of a missing relation: no error")
	}
	if _, err := os.Stat(broken); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a failed copy leaves its file: %v", err)
	}
}

func testCheckpoint(t *testing.T, e *env) {
	_, s := e.start(t)
	c, ok := s.(adapter.Checkpointer)
	if !ok {
		t.Skip("the driver has no checkpoints")
	}
	e.table(t, s, "t", "id", "integer")
	if err := c.Checkpoint(t.Context()); err != nil {
		t.Error(err)
	}
}
