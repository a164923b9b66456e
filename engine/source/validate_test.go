package source_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

func validateOptions(root string) source.ValidateOptions {
	return source.ValidateOptions{
		Root: root, Dialect: duckdb.New().Dialect(), Now: clock,
		Scope: loadOptions(root, "ACME").Scope,
	}
}

// checkedOrders declares checks over the messy workbook.
func checkedOrders() *manifest.ExtractTable {
	t := messyOrders()
	at := diag.Pos{File: "sources/acme.yml", Line: 30, Col: 11}
	t.Columns[1].NotNull = true
	t.Columns[1].Unique = true
	t.Columns[1].Values = []any{" Budi ", "SITI"}
	t.Checks = []manifest.Check{
		{Pos: at, Name: "negative_total", SQL: "total >= 0", Message: "The total is negative.", ErrorIf: "> 5"},
		{Pos: at, Name: "large_total", SQL: "total < 1000000 -- a comment", Message: "The total is large.", Severity: "warn", WarnIf: "> 50%"},
		{Pos: at, Name: "wrong_month", SQL: "extract(month from ordered_on) = sheet_month", Message: "The date is of another month."},
		{Pos: at, Name: "duplicate", SQL: "row_number() over (partition by total order by _row) = 1", Message: "The same total stands above."},
	}
	return t
}

func TestValidate(t *testing.T) {
	root, s := t.TempDir(), session(t)
	messy(t, root)
	table := checkedOrders()
	extract(t, table, options(root))
	load(t, s, table, loadOptions(root, "ACME"))
	load(t, s, table, loadOptions(root, "OTHER")) // its rows are nobody's duplicates

	stale := filepath.Join(root, "data/invalid/acme-2026-07-orders.csv")
	if err := os.WriteFile(stale, []byte("x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	e := []*manifest.ExtractTable{table}
	r, err := source.Validate(t.Context(), s, e, validateOptions(root))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range r.Tables[0].Checks {
		lines = append(lines, c.Name+" "+c.Status)
	}
	want := "rejected warn, not_null_customer fail, unique_customer pass, accepted_values_customer pass, negative_total warn, large_total pass, wrong_month pass, duplicate pass"
	if got := strings.Join(lines, ", "); got != want {
		t.Errorf("checks:\n%s\nwant:\n%s", got, want)
	}
	if r.Summary != (source.Summary{Checks: 8, Pass: 5, Warn: 2, Fail: 1, BelowLimit: 1, Findings: 5, Rejected: 2}) {
		t.Errorf("summary: %+v", r.Summary)
	}
	wantCSV := `severity,reason_codes,reasons,_file,_sheet,_row,cells,ordered_on,customer,total
warn,large_total,The total is large.,raw/orders.xlsx,Januari,5,D5,2026-01-01," Budi ",1250000.00
error,negative_total,The total is negative.,raw/orders.xlsx,Januari,6,D6,2026-01-03,SITI,-250000.00
warn,rejected,"ordered_on ""31/02/2026"" is no day of the calendar: February 2026 has 28 days.",raw/orders.xlsx,Januari,9,A9,31/02/2026,Joko,100
warn,rejected,"total ""seratus"" is not a number.",raw/orders.xlsx,Januari,10,D10,04/01/2026,Ani,seratus
`
	if got := read(t, root, "data/invalid/acme-2026-01-orders.csv"); got != wantCSV {
		t.Errorf("QA export:\n%s\nwant:\n%s", got, wantCSV)
	}
	if len(r.Exports) != 2 {
		t.Errorf("exports: %q", r.Exports)
	}
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a stale export is still there: %v", err)
	}
	var report struct {
		Summary struct{ Fail int }
		Tables  []struct {
			Checks []struct{ Findings []map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(read(t, root, "target/validation/acme-2026.json")), &report); err != nil {
		t.Fatal(err)
	}
	if f := report.Tables[0].Checks[1].Findings; report.Summary.Fail != 1 || len(f) != 1 || f[0]["sheet"] != "FEBRUARI " {
		t.Errorf("report: %+v", report)
	}

	o := validateOptions(root)
	o.Month = 2
	r, err = source.Validate(t.Context(), s, e, o)
	if err != nil || r.Summary.Findings != 1 || r.Tables[0].Rows != 1 || len(r.Exports) != 1 {
		t.Errorf("month 2: %+v, %v", r, err)
	}
	if read(t, root, "data/invalid/acme-2026-01-orders.csv") != wantCSV {
		t.Error("validating month 2 touched month 1")
	}
}

func TestValidateReportsBrokenChecks(t *testing.T) {
	root, s := t.TempDir(), session(t)
	messy(t, root)
	table := checkedOrders()
	e := []*manifest.ExtractTable{table}
	_, err := source.Validate(t.Context(), s, e, validateOptions(root))
	if err == nil || !strings.Contains(err.Error(), "sources/acme.yml:3:9: raw.orders is not loaded") {
		t.Errorf("not loaded: %v", err)
	}
	extract(t, table, options(root))
	load(t, s, table, loadOptions(root, "OTHER"))
	_, err = source.Validate(t.Context(), s, e, validateOptions(root))
	if err == nil || !strings.Contains(err.Error(), "raw.orders has no rows of this scope") {
		t.Errorf("another scope is loaded: %v", err)
	}
	load(t, s, table, loadOptions(root, "ACME"))
	table.Checks = []manifest.Check{
		{Name: "a", SQL: "totl > 0"},
		{Name: "b", SQL: "total >\n> 0"},
		{Name: "c", SQL: "total > 0", ErrorIf: "many"},
		{Name: "d", SQL: "nosuch(total)"},
		{Name: "e", SQL: "total > 0", Severity: "fatal"},
		{SQL: "1 = 1"},
	}
	_, err = source.Validate(t.Context(), s, e, validateOptions(root))
	var l diag.List
	if !errors.As(err, &l) || len(l) != 6 {
		t.Fatalf("broken checks: %v", err)
	}
	if l[0].Hint != `did you mean "total"?` || l[0].Code != diag.UnknownColumn {
		t.Errorf("unknown column: %+v", l[0])
	}
	for _, d := range l {
		t.Log(d, "|", d.Hint)
	}
}

func TestQAFilesWithoutAScope(t *testing.T) {
	root := t.TempDir()
	table := csvTable(t, root, "a\nx\n", nil, "a integer")
	table.Snapshot = "data/clean/t.csv"
	extract(t, table, options(root))
	s := session(t)
	load(t, s, table, source.LoadOptions{Root: root, Dialect: loadOptions(root, "").Dialect, Now: clock})
	o := validateOptions(root)
	o.Scope = nil
	v, err := source.Validate(t.Context(), s, []*manifest.ExtractTable{table}, o)
	if err != nil {
		t.Fatal(err)
	}
	if v.Path != "target/validation/report.json" || len(v.Exports) != 1 || v.Exports[0] != "data/invalid/00-t.csv" {
		t.Errorf("%s, %q", v.Path, v.Exports)
	}
}
