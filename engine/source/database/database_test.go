package database_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
	"atlas/engine/source/database"
	"atlas/engine/source/sourcetest"
)

// scanner is a session with the warehouse that was opened for it.
type scanner struct {
	adapter.Session
	adapter.Scanner
	w adapter.Warehouse
}

func (s *scanner) Close() error { return errors.Join(s.Session.Close(), s.w.Close()) }

func open(ctx context.Context) (source.Scanner, error) {
	o := manifest.NewMap("config_options", manifest.NewMap("autoinstall_known_extensions", false), "settings", manifest.NewMap("custom_extension_repository", "http://127.0.0.1:1"))
	w, err := duckdb.New().OpenForeign(ctx, adapter.Target{Options: o})
	if err != nil {
		return nil, err
	}
	s, err := w.Session(ctx)
	if err != nil {
		return nil, err
	}
	return &scanner{Session: s, Scanner: s.(adapter.Scanner), w: w}, nil
}

// scanned is the driver with a warehouse.
type scanned struct{ database.Source }

func (d scanned) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	r.Scan = open
	return d.Source.Read(ctx, r)
}

func (d scanned) Describe(ctx context.Context, r source.Request) ([]manifest.ExtractColumn, error) {
	r.Scan = open
	return d.Source.Describe(ctx, r)
}

// exec runs statements in a database file.
func exec(t *testing.T, file string, statements ...string) {
	t.Helper()
	s, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := s.(*scanner).Session
	for _, sql := range append(append([]string{"attach '" + file + "' as w; use w"}, statements...), "use memory; detach w") {
		if _, err := w.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func row(values ...string) string {
	for i, v := range values {
		values[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return "(" + strings.Join(values, ", ") + ")"
}

// TestContract holds a table that is read whole, and one that is read from its cursor on.
func TestContract(t *testing.T) {
	for _, incremental := range []bool{false, true} {
		t.Run(fmt.Sprint("incremental ", incremental), func(t *testing.T) {
			var file string
			clock := 0
			d := sourcetest.Driver{
				Source: scanned{},
				Write: func(t *testing.T, root string, rows [][]string) *manifest.ExtractTable {
					file = filepath.Join(root, "shop.duckdb")
					sql := []string{"create table people(id text, Name text, Town text, Amount text, updated_at timestamp)"}
					for i, r := range rows[1:] {
						clock++
						sql = append(sql, fmt.Sprintf("insert into people select %d, *, timestamp '2026-01-01' + interval %d second from (values %s)", i, clock/3, row(r...)))
					}
					exec(t, file, sql...)
					o := manifest.NewMap("database", manifest.NewMap("type", "duckdb", "path", "shop.duckdb"), "read", "main.people", "ignore_columns", []any{"id", "updated_at"})
					table := &manifest.ExtractTable{Driver: "database", Options: o}
					if incremental {
						o.Set("cursor", "updated_at")
						o.Set("ignore_columns", []any{"updated_at"})
						table.Key = []string{"id"}
					}
					return table
				},
				Break: func(t *testing.T) {
					if err := os.Remove(file); err != nil {
						t.Fatal(err)
					}
				},
			}
			if incremental {
				d.Change = func(t *testing.T, rows [][]string, gone ...string) {
					for i, r := range rows {
						clock += 3
						at := fmt.Sprintf("timestamp '2026-01-01' + interval %d second", clock/3)
						exec(t, file,
							fmt.Sprintf("insert into people select coalesce((select max(id) from people where Name = '%s'), '%d'), *, %s from (values %s)", r[0], 1000+i, at, row(append([]string{}, r...)...)),
							fmt.Sprintf("delete from people where Name = '%s' and updated_at < %s", r[0], at))
					}
					for _, name := range gone {
						exec(t, file, "delete from people where Name = '"+name+"'")
					}
				}
			}
			sourcetest.Run(t, d)
		})
	}
}

func extract(t *testing.T, root string, table *manifest.ExtractTable) (*source.ExtractResult, string, error) {
	t.Helper()
	table.Source, table.Table, table.Driver, table.Snapshot = "raw", "t", "database", "clean/t.csv"
	table.Pos, table.Locale = diag.Pos{File: "sources/t.yml", Line: 3}, "id-ID"
	drivers := registry.New[source.Source]("source driver")
	drivers.Add("database", database.Source{})
	if err := source.CheckDeclaration(table, drivers).Err(); err != nil {
		return nil, "", err
	}
	r, err := source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: drivers, Scan: open})
	if err != nil {
		return nil, "", err
	}
	b, err := os.ReadFile(filepath.Join(root, "clean/t.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, row := range rows {
		out.WriteString(strings.Join(row, "|") + "\n")
	}
	return r, out.String(), nil
}

func TestQueryAndIncrements(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "shop.duckdb")
	exec(t, file, "create table orders as select i as id, (i * 10.5)::decimal(12,2) as paid, timestamp '2026-01-01' + interval (i) hour as changed from range(3) t(i)", "insert into orders values (9, 1, null)")
	table := &manifest.ExtractTable{Key: []string{"id"}, Options: manifest.NewMap(
		"database", manifest.NewMap("type", "duckdb", "path", "shop.duckdb"), "query", "with o as (from orders) select id, paid, changed from o -- all", "cursor", "changed")}
	r, got, err := extract(t, root, table)
	if err != nil || r.Merged == nil || !r.Merged.Whole || r.Merged.Total != 4 {
		t.Fatalf("%v %+v\n%s", diag.From(err), r, got)
	}
	if want := "id|paid|changed|_deleted_at|_file|_sheet|_row\n"; !strings.HasPrefix(got, want) || !strings.Contains(got, "\n2|21.00|2026-01-01 02:00:00||shop.duckdb#query||") {
		t.Errorf("%s", got)
	}
	exec(t, file, "update orders set paid = 99 where id = 0", "update orders set paid = 7, changed = timestamp '2026-01-01 01:55:00' where id = 1", "insert into orders values (10, 5, timestamp '2026-01-02')")
	r, got, err = extract(t, root, table)
	// That id 0 was changed cannot be seen: its cursor was not.
	if err != nil || r.Merged.Added != 1 || r.Merged.Replaced != 1 || r.Merged.Unchanged < 1 || r.Merged.Whole || !strings.Contains(got, "\n0|0.00|") || !strings.Contains(got, "\n1|7.00|") {
		t.Errorf("%v %+v\n%s", diag.From(err), r.Merged, got)
	}
}

func TestMistakes(t *testing.T) {
	root := t.TempDir()
	exec(t, filepath.Join(root, "shop.duckdb"), "create table orders(id integer)")
	if err := os.WriteFile(filepath.Join(root, "text.db"), []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	const password = "hunter'2-secret"
	shop := manifest.NewMap("type", "duckdb", "path", "shop.duckdb")
	hidden := &manifest.Secret{Text: "{{ env_var('PG') }}", Value: func() (string, error) { return password, nil }}
	for name, c := range map[string]struct {
		options *manifest.Map
		want    string
	}{
		"nothing":        {manifest.NewMap("database", nil), "does not say which database"},
		"type":           {manifest.NewMap("database", manifest.NewMap("type", "postgre"), "read", "t"), `there is no type "postgre" · did you mean "postgres"`},
		"key":            {manifest.NewMap("database", manifest.NewMap("type", "sqlite", "path", "a.db", "hots", "x"), "read", "t"), `type sqlite has no key "hots"`},
		"no host":        {manifest.NewMap("database", manifest.NewMap("type", "mysql", "database", "x"), "read", "t"), "host is missing"},
		"password":       {manifest.NewMap("database", manifest.NewMap("type", "mysql", "host", "h", "database", "x", "password", password), "read", "t"), "stands in the file"},
		"both":           {manifest.NewMap("database", shop, "read", "t", "query", "select 1"), "needs either a table to read or a query"},
		"neither":        {manifest.NewMap("database", shop), "needs either a table to read or a query"},
		"cursor no key":  {manifest.NewMap("database", shop, "read", "t", "cursor", "c"), "has a cursor and no key"},
		"file":           {manifest.NewMap("database", manifest.NewMap("type", "duckdb", "path", "shap.duckdb"), "read", "t"), `there is no database shap.duckdb · did you mean "shop.duckdb"`},
		"folder":         {manifest.NewMap("database", manifest.NewMap("type", "duckdb", "path", "no/shop.duckdb"), "read", "t"), "the folder no does not exist either"},
		"no table":       {manifest.NewMap("database", shop, "read", "main.order"), "Table with name order does not exist"},
		"bad query":      {manifest.NewMap("database", shop, "query", "selec 1"), "syntax error"},
		"writing query":  {manifest.NewMap("database", shop, "query", "drop table orders"), "syntax error"},
		"no database":    {manifest.NewMap("database", manifest.NewMap("type", "duckdb", "path", "text.db"), "read", "t"), "text.db#t cannot be read"},
		"no extension":   {manifest.NewMap("database", manifest.NewMap("type", "sqlite", "path", "text.db"), "read", "t"), "extensions: [sqlite]"},
		"no extension 2": {manifest.NewMap("database", manifest.NewMap("type", "postgres", "host", "h", "database", "x", "password", hidden), "read", "t"), "extensions: [postgres]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, got, err := extract(t, root, &manifest.ExtractTable{Options: c.options})
			l := diag.From(err)
			if err == nil || l[0].Pos.Line == 0 {
				t.Fatalf("%+v %s", l, got)
			}
			all := ""
			for _, d := range l {
				all += d.Msg + " · " + d.Hint + "\n"
			}
			if !strings.Contains(all, c.want) || strings.Contains(fmt.Sprintf("%+v", l), "2-secret") {
				t.Errorf("%s", all)
			}
		})
	}
}

func TestReadsOnly(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "shop.duckdb")
	exec(t, file, "create table orders as select i as id from range(100000) t(i)")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	table := &manifest.ExtractTable{Options: manifest.NewMap("database", manifest.NewMap("type", "duckdb", "path", "shop.duckdb"), "read", "orders")}
	r, _, err := extract(t, root, table)
	if err != nil || r.Written != 100000 {
		t.Fatalf("%v %+v", err, r)
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the database was changed: %v", err)
	}
	if r, _, err = extract(t, root, table); err != nil || !r.Frozen || r.Changed {
		t.Errorf("%v %+v", err, r)
	}
}
