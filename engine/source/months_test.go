package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/manifest"
	"atlas/engine/source"
)

// TestMonthsByDate validates a table whose sheets have no month: rows go by their dates.
func TestMonthsByDate(t *testing.T) {
	root, s := t.TempDir(), session(t)
	table := csvTable(t, root, "paid_on,ordered_on,n\n05/01/2026,1/2/2026,-1\n,46056,x\n06/01/2026,besok,-3\n,,-4\n", []any{"month_column", "ordered_on"},
		"paid_on date", "ordered_on date", "n integer")
	table.Snapshot = "data/clean/acme-2026-t.csv"
	table.OnBadCell = "null"
	table.Checks = []manifest.Check{{Name: "negative", SQL: "n >= 0", Message: "The number is negative.", ErrorIf: ">= 75%", WarnIf: "!= 3"}}
	o := options(root)
	extract(t, table, o)
	load(t, s, table, source.LoadOptions{Root: root, Dialect: loadOptions(root, "").Dialect})
	v := validateOptions(root)
	v.Scope, v.Report = nil, filepath.Join(root, "reports")
	var tables []string
	v.Progress = func(p source.Progress) { tables = append(tables, p.Table) }
	r, err := source.Validate(t.Context(), s, []*manifest.ExtractTable{table}, v)
	if err != nil {
		t.Fatal(err)
	}
	want := "data/invalid/acme-2026-00-t.csv data/invalid/acme-2026-02-t.csv"
	if got := strings.Join(r.Exports, " "); got != want {
		t.Errorf("exports: %s, want %s", got, want)
	}
	if got := read(t, root, "data/invalid/acme-2026-02-t.csv"); !strings.Contains(got, "warn,bad_cell,\"n \"\"x\"\" is not a number.\",in.csv,,3,") {
		t.Errorf("the row of February:\n%s", got)
	}
	if got := read(t, root, "data/invalid/acme-2026-00-t.csv"); !strings.Contains(got, "error,bad_cell;negative,\"ordered_on \"\"besok\"\" is not a date. The number is negative.\",in.csv,,4,B4 C4,2026-01-06,,-3\n") {
		t.Errorf("rows without a month:\n%s", got)
	}
	if r.Path != "reports/acme-2026-t.json" && r.Path != "reports/acme-2026.json" {
		t.Errorf("path: %s", r.Path)
	}
	if c := r.Tables[0].Checks[0]; c.Found != 2 || c.Name != "bad_cell" {
		t.Errorf("bad cells: %+v", c)
	}
	// 3 of 4 rows are 75 %: the check fails.
	if c := r.Tables[0].Checks[1]; c.Status != source.Fail || c.Found != 3 {
		t.Errorf("limit: %+v", c)
	}
	if strings.Join(tables, " ") != "t" {
		t.Errorf("progress: %q", tables)
	}
	table.Checks[0].ErrorIf = "> 75%" // not above 75 %, and exactly the 3 that do not warn
	if r, err = source.Validate(t.Context(), s, []*manifest.ExtractTable{table}, v); err != nil || r.Tables[0].Checks[1].Status != source.Pass {
		t.Errorf("below the limit: %+v, %v", r.Tables[0].Checks[1], err)
	}
}

func TestManyFiles(t *testing.T) {
	root := t.TempDir()
	table := csvTable(t, root, "a\n0\n", []any{"csv", []any{"parts/*.csv", "in.csv"}}, "a integer")
	if err := os.MkdirAll(filepath.Join(root, "parts"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"b.csv": "a\n2\n", "a.csv": "a;x\n1;\n", "~$a.csv": "lock", ".hidden.csv": "no"} {
		if err := os.WriteFile(filepath.Join(root, "parts", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	extract(t, table, options(root))
	want := "a,_file,_sheet,_row\n1,parts/a.csv,,2\n2,parts/b.csv,,2\n0,in.csv,,2\n"
	if got := read(t, root, "out/t.csv"); got != want {
		t.Errorf("snapshot:\n%s", got)
	}
	if err := os.WriteFile(filepath.Join(root, "parts", "c.csv"), []byte("a\n3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := extract(t, table, options(root)); !r.Changed || !strings.Contains(r.Warnings.Error(), "parts/c.csv is not in out/t.csv") {
		t.Errorf("a new file: %v", r.Warnings)
	}
}

func TestLoadBesideAView(t *testing.T) {
	root, s := t.TempDir(), session(t)
	writeSnapshot(t, root, snapshot)
	if _, err := s.Exec(t.Context(), "create schema raw; create view raw.orders as select 1 as a"); err != nil {
		t.Fatal(err)
	}
	_, err := source.Load(t.Context(), s, orders(), loadOptions(root, "ACME"))
	if err == nil || !strings.Contains(err.Error(), "raw.orders is a view, where load keeps a table") {
		t.Errorf("a view of that name: %v", err)
	}
	table := orders()
	table.Columns[1].Name = "entity_code"
	if _, err := source.Load(t.Context(), s, table, loadOptions(root, "ACME")); err == nil || !strings.Contains(err.Error(), "column entity_code has the name of a scope column") {
		t.Errorf("a scope column: %v", err)
	}
	o := loadOptions(root, "ACME")
	o.Mode = "upsert"
	if _, err := source.Load(t.Context(), s, orders(), o); err == nil || !strings.Contains(err.Error(), `replace, append or merge, not "upsert"`) {
		t.Errorf("an unknown mode: %v", err)
	}
}
