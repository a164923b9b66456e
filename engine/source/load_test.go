package source_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// session opens an empty database.
func session(t *testing.T) adapter.Session {
	t.Helper()
	w, err := duckdb.New().Open(t.Context(), adapter.Target{
		Type: "duckdb", Root: t.TempDir(), Options: manifest.NewMap("path", "test.duckdb"),
	}, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), w.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// plainSession hides the optional abilities of a session.
type plainSession struct{ adapter.Session }

func loadOptions(root, entity string) source.LoadOptions {
	return source.LoadOptions{
		Root: root, Dialect: duckdb.New().Dialect(), Now: clock,
		Scope: []source.ScopeColumn{{"entity_code", "text", entity}, {"source_year", "integer", int64(2026)}},
	}
}

func load(t *testing.T, s adapter.Session, table *manifest.ExtractTable, o source.LoadOptions) *source.LoadResult {
	t.Helper()
	r, err := source.Load(t.Context(), s, table, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// query gives rows as lines of values.
func query(t *testing.T, s adapter.Session, sql string) string {
	t.Helper()
	rows, err := s.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		fmt.Fprintln(&b, rows.Values()...)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const snapshot = `ordered_on,customer,total,sheet_month,_file,_sheet,_row
2026-01-01," Budi ",1250000.00,1,raw/orders.xlsx,Januari,5
2026-01-03,"SITI
x",-250000.00,1,raw/orders.xlsx,Januari,6
,,100.00,2,raw/orders.xlsx,Februari,5
`

func writeSnapshot(t *testing.T, root, text string) {
	t.Helper()
	path := filepath.Join(root, "data/clean/acme-2026-orders.csv")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const all = `select ordered_on::text, customer, total::text, entity_code, source_year, sheet_month, _file, _sheet, _row, _loaded_at::text
from raw.orders order by entity_code, _sheet, _row`

func TestLoad(t *testing.T) {
	for _, way := range []string{"csv", "rows"} {
		t.Run(way, func(t *testing.T) {
			root, s := t.TempDir(), session(t)
			if way == "rows" {
				s = plainSession{s}
			}
			writeSnapshot(t, root, snapshot)
			r := load(t, s, orders(), loadOptions(root, "ACME"))
			if r.Rows != 3 || r.Total != 3 || r.Deleted != 0 || !r.Created {
				t.Errorf("first load: %+v", r)
			}
			want := `<nil> <nil> 100.00 ACME 2026 2 raw/orders.xlsx Februari 5 2026-11-24 06:00:00
2026-01-01  Budi  1250000.00 ACME 2026 1 raw/orders.xlsx Januari 5 2026-11-24 06:00:00
2026-01-03 SITI
x -250000.00 ACME 2026 1 raw/orders.xlsx Januari 6 2026-11-24 06:00:00
`
			if got := query(t, s, all); got != want {
				t.Errorf("rows:\n%s\nwant:\n%s", got, want)
			}
			load(t, s, orders(), loadOptions(root, "OTHER"))
			r = load(t, s, orders(), loadOptions(root, "ACME"))
			if r.Rows != 3 || r.Total != 3 || r.Deleted != 3 || r.Created {
				t.Errorf("second load: %+v", r)
			}
			if got := query(t, s, "select entity_code, count(*) from raw.orders group by 1 order by 1"); got != "ACME 3\nOTHER 3\n" {
				t.Errorf("scopes: %s", got)
			}
		})
	}
}

func TestLoadMonth(t *testing.T) {
	root, s := t.TempDir(), session(t)
	writeSnapshot(t, root, snapshot)
	o := loadOptions(root, "ACME")
	o.Month, o.Mode = 2, source.Append
	for i, want := range []int64{1, 0} {
		if r := load(t, s, orders(), o); r.Rows != want || r.Total != 1 {
			t.Errorf("append of month 2, run %d: %+v", i+1, r)
		}
	}
	o.Month = 1
	if r := load(t, s, orders(), o); r.Rows != 2 || r.Total != 3 {
		t.Errorf("append of month 1: %+v", r)
	}
	writeSnapshot(t, root, strings.ReplaceAll(snapshot, "1250000.00", "1.00"))
	o.Mode = source.Replace
	for range 2 {
		if r := load(t, s, orders(), o); r.Rows != 2 || r.Deleted != 2 || r.Total != 3 {
			t.Errorf("replace of month 1: %+v", r)
		}
	}
	if got := query(t, s, "select sum(total)::text from raw.orders"); got != "-249899.00\n" {
		t.Errorf("sum: %s", got)
	}
	byDate := orders()
	writeSnapshot(t, root, "ordered_on,customer,total,_file,_sheet,_row\n2026-03-09,x,5,f,s,9\n,y,6,f,s,10\n")
	o.Month = 3
	if r := load(t, s, byDate, o); r.Rows != 1 || r.Total != 4 {
		t.Errorf("month of the date column: %+v", r)
	}
	byDate.Columns = byDate.Columns[1:]
	if _, err := source.Load(t.Context(), s, byDate, o); err == nil || !strings.Contains(err.Error(), "cannot be loaded by month") {
		t.Errorf("a table without months: %v", err)
	}
}

func TestLoadColumns(t *testing.T) {
	root, s := t.TempDir(), session(t)
	writeSnapshot(t, root, snapshot)
	load(t, s, orders(), loadOptions(root, "ACME"))

	wider := orders()
	wider.Columns = append(wider.Columns, manifest.ExtractColumn{Name: "paid", Type: "boolean", Pos: diag.Pos{File: "sources/acme.yml", Line: 13}})
	_, err := source.Load(t.Context(), s, wider, loadOptions(root, "ACME"))
	if err == nil || !strings.Contains(err.Error(), "sources/acme.yml:13: column paid is not in data/clean/acme-2026-orders.csv") {
		t.Errorf("a column that the snapshot lacks: %v", err)
	}
	writeSnapshot(t, root, "ordered_on,customer,total,paid,_file,_sheet,_row\n2026-03-09,x,5.00,true,f,s,9\n")
	r := load(t, s, wider, loadOptions(root, "ACME"))
	if strings.Join(r.Added, " ") != "paid" || r.Total != 1 {
		t.Errorf("a new column: %+v", r)
	}

	wider.Columns[2].Type = "integer"
	writeSnapshot(t, root, "ordered_on,customer,total,paid,_file,_sheet,_row\n2026-03-09,x,5,true,f,s,9\n")
	if r = load(t, s, wider, loadOptions(root, "ACME")); !r.Rebuilt || r.Total != 1 || len(r.Warnings) != 1 {
		t.Errorf("another type, one scope: %+v", r)
	}
	load(t, s, wider, loadOptions(root, "OTHER"))
	wider.Columns[2].Type = "boolean"
	_, err = source.Load(t.Context(), s, wider, loadOptions(root, "ACME"))
	if err == nil || !strings.Contains(err.Error(), "column total is boolean here, but raw.orders has it as BIGINT") {
		t.Errorf("another type, two scopes: %v", err)
	}
	if got := query(t, s, "select count(*) from raw.orders"); got != "2\n" {
		t.Errorf("rows after a refused load: %s", got)
	}
}

func TestLoadLeavesTheOldRows(t *testing.T) {
	for _, way := range []string{"csv", "rows"} {
		t.Run(way, func(t *testing.T) {
			root, s := t.TempDir(), session(t)
			if way == "rows" {
				s = plainSession{s}
			}
			writeSnapshot(t, root, snapshot)
			load(t, s, orders(), loadOptions(root, "ACME"))
			writeSnapshot(t, root, snapshot+"2026-02-30,x,1,2,raw/orders.xlsx,Februari,6\n")
			_, err := source.Load(t.Context(), s, orders(), loadOptions(root, "ACME"))
			if err == nil || !strings.Contains(err.Error(), "data/clean/acme-2026-orders.csv:6") {
				t.Errorf("a bad date: %v", err)
			}
			if got := query(t, s, "select count(*) from raw.orders"); got != "3\n" {
				t.Errorf("rows: %s", got)
			}
		})
	}
	root, s := t.TempDir(), session(t)
	_, err := source.Load(t.Context(), s, orders(), loadOptions(root, "ACME"))
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Code != diag.MissingSnapshot {
		t.Errorf("no snapshot: %v", err)
	}
}
