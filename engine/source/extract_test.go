package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/builtin"
)

// clock is the time of every extraction here.
func clock() time.Time { return time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC) }

// options extracts under root.
func options(root string) source.ExtractOptions {
	return source.ExtractOptions{Root: root, Drivers: builtin.Sources(), Now: clock}
}

// sheetOf writes rows into a sheet, from A1.
func sheetOf(t *testing.T, f *excelize.File, name string, rows ...[]any) {
	t.Helper()
	if _, err := f.NewSheet(name); err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if err := f.SetSheetRow(name, cell(t, 1, i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
}

func cell(t *testing.T, col, row int) string {
	t.Helper()
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// save writes a workbook under root, without the sheet that excelize begins with.
func save(t *testing.T, f *excelize.File, root, path string) {
	t.Helper()
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(full); err != nil {
		t.Fatal(err)
	}
}

// orders declares a table of three columns over the workbook raw/orders.xlsx.
func orders(options ...any) *manifest.ExtractTable {
	at := func(line int) diag.Pos { return diag.Pos{File: "sources/acme.yml", Line: line, Col: 9} }
	return &manifest.ExtractTable{
		Pos: at(3), Scope: map[string]string{"entity": "ACME", "year": "2026"},
		Source: "raw", Table: "orders", Driver: "workbook", Locale: "id-ID",
		Options:   manifest.NewMap(append([]any{"workbook", "raw/orders.xlsx"}, options...)...),
		OptionPos: map[string]diag.Pos{"workbook": at(4), "sheets": at(5)},
		Snapshot:  "data/clean/acme-2026-orders.csv",
		Columns: []manifest.ExtractColumn{
			{Pos: at(10), Name: "ordered_on", Headers: []string{"Tanggal", "Tgl."}, Type: "date", Required: true},
			{Pos: at(11), Name: "customer", Headers: []string{"Nama Pelanggan"}, Type: "text"},
			{Pos: at(12), Name: "total", Headers: []string{"Total (Rp)"}, Type: "decimal(18,2)", Required: true},
		},
	}
}

func read(t *testing.T, root, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func extract(t *testing.T, table *manifest.ExtractTable, o source.ExtractOptions) *source.ExtractResult {
	t.Helper()
	r, err := source.Extract(t.Context(), table, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// messy writes a workbook with a sheet a month, titles above two header rows, totals and notes.
func messy(t *testing.T, root string) {
	t.Helper()
	f := excelize.NewFile()
	sheetOf(t, f, "Januari",
		[]any{"LAPORAN"},
		[]any{},
		[]any{"Tgl", "Nama  pelanggan", "Biaya", nil, "Catatan"},
		[]any{nil, nil, "Diskon", "Total (Rp)", nil},
		[]any{46023, " Budi ", 0, "Rp 1.250.000", "lunas"},
		[]any{"3 Januari 2026", "SITI", nil, "(250.000)"},
		[]any{},
		[]any{"Subtotal", nil, nil, 1000000},
		[]any{"31/02/2026", "Joko", nil, 100},
		[]any{"04/01/2026", "Ani", nil, "seratus"},
		[]any{"Catatan: angka sementara"},
		[]any{"05/01/2026", "not read", nil, 1},
	)
	for _, m := range [][2]string{{"A3", "A4"}, {"B3", "B4"}, {"C3", "D3"}, {"E3", "E4"}} {
		if err := f.MergeCell("Januari", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	sheetOf(t, f, "FEBRUARI ",
		[]any{"x"}, []any{}, []any{"Tanggal", "Nama Pelanggan", "Biaya", nil}, []any{nil, nil, "Diskon", "Total (Rp)"},
		[]any{"2026-02-01", nil, nil, 99.999})
	if err := f.MergeCell("FEBRUARI ", "C3", "D3"); err != nil {
		t.Fatal(err)
	}
	sheetOf(t, f, "Maret")
	sheetOf(t, f, "Arsip", []any{"old"})
	if err := f.SetSheetVisible("Arsip", false); err != nil {
		t.Fatal(err)
	}
	save(t, f, root, "raw/orders.xlsx")
}

func messyOrders() *manifest.ExtractTable {
	table := orders(
		"sheets", manifest.NewMap("pattern", "^(Januari|Februari|Maret|Arsip)$",
			"month", manifest.NewMap("Januari", int64(1), "Februari", int64(2), "Maret", int64(3), "Arsip", int64(12))),
		"header_row", int64(3), "merge_header_rows", int64(2),
		"skip_rows", manifest.NewMap("blank", true, "matching", []any{"^(sub)?total"}),
		"stop_rows", manifest.NewMap("matching", "^catatan"))
	table.Columns[2].Headers = []string{"Biaya Total Rp"}
	return table
}

func TestExtract(t *testing.T) {
	root := t.TempDir()
	messy(t, root)
	r := extract(t, messyOrders(), options(root))

	want := `ordered_on,customer,total,sheet_month,_file,_sheet,_row
2026-01-01," Budi ",1250000.00,1,raw/orders.xlsx,Januari,5
2026-01-03,SITI,-250000.00,1,raw/orders.xlsx,Januari,6
2026-02-01,,100.00,2,raw/orders.xlsx,FEBRUARI ,5
`
	if got := read(t, root, "data/clean/acme-2026-orders.csv"); got != want {
		t.Errorf("snapshot:\n%s\nwant:\n%s", got, want)
	}
	if r.Counts != (source.Counts{Scanned: 6, Skipped: 1, Written: 3, Rejected: 2}) {
		t.Errorf("counts: %+v", r.Counts)
	}
	if r.Sections[0].StoppedAt != 11 || len(r.Sections) != 3 {
		t.Errorf("sections: %+v", r.Sections)
	}
	wantRejects := `action,column,value,reason,sheet_month,_file,_sheet,_row,cell,record
rejected,ordered_on,31/02/2026,is no day of the calendar: February 2026 has 28 days,1,raw/orders.xlsx,Januari,9,A9,"{""ordered_on"":""31/02/2026"",""customer"":""Joko"",""total"":""100""}"
rejected,total,seratus,is not a number,1,raw/orders.xlsx,Januari,10,D10,"{""ordered_on"":""04/01/2026"",""customer"":""Ani"",""total"":""seratus""}"
`
	if got := read(t, root, "data/invalid/acme-2026-orders-rejects.csv"); got != wantRejects {
		t.Errorf("rejects:\n%s\nwant:\n%s", got, wantRejects)
	}
	if got := r.Warnings.Error(); !strings.Contains(got, `sources/acme.yml:12:9: orders.xlsx · Januari: 1 cell in total holds no number, kept as rejects; the first is D10, "seratus", which is not a number`) {
		t.Errorf("warnings:\n%s", got)
	}
	if len(r.Unmapped) != 2 { // Biaya Diskon, Catatan
		t.Errorf("unmapped: %q", r.Unmapped)
	}
}

func TestExtractIsFrozen(t *testing.T) {
	root := t.TempDir()
	messy(t, root)
	first := extract(t, messyOrders(), options(root))
	again := extract(t, messyOrders(), options(root))
	if !again.Frozen || again.Changed || again.Counts != first.Counts || again.Rejects != first.Rejects {
		t.Errorf("second run: %+v", again)
	}

	meta := read(t, root, "data/clean/acme-2026-orders.csv.meta.json")
	later := options(root)
	later.Overwrite, later.Now = true, func() time.Time { return clock().Add(time.Hour) }
	extract(t, messyOrders(), later)
	if got := read(t, root, "data/clean/acme-2026-orders.csv.meta.json"); got != meta {
		t.Errorf("extracting the same anew changed its description:\n%s", got)
	}

	f := excelize.NewFile()
	sheetOf(t, f, "Januari", []any{"Tanggal", "Total (Rp)"}, []any{"01/01/2026", 1})
	save(t, f, root, "raw/orders.xlsx")
	changed := extract(t, messyOrders(), options(root))
	if !changed.Frozen || !changed.Changed || !strings.Contains(changed.Warnings.Error(), "raw/orders.xlsx has changed since") {
		t.Errorf("changed workbook: %+v", changed)
	}
	plain := orders()
	o := options(root)
	declared := extract(t, plain, o)
	if !declared.Changed || !strings.Contains(declared.Warnings.Error(), "the declaration of orders has changed") {
		t.Errorf("changed declaration: %+v", declared.Warnings)
	}
	o.Overwrite = true
	if over := extract(t, plain, o); over.Frozen || over.Written != 1 || over.Rejects != "" {
		t.Errorf("overwrite: %+v", over)
	}
	if _, err := os.Stat(filepath.Join(root, "data/invalid/acme-2026-orders-rejects.csv")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("old rejects are still there: %v", err)
	}
	if err := os.Remove(filepath.Join(root, "raw/orders.xlsx")); err != nil {
		t.Fatal(err)
	}
	if gone := extract(t, plain, options(root)); !gone.Frozen || gone.Changed || len(gone.Warnings) != 1 {
		t.Errorf("snapshot without its workbook: %+v", gone)
	}
}
