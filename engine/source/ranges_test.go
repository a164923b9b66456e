package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// snapshotRows gives the data of a snapshot without its header, the columns _file and _sheet cut out.
func snapshotRows(t *testing.T, root string) string {
	t.Helper()
	_, rows, _ := strings.Cut(read(t, root, "data/clean/acme-2026-orders.csv"), "\n")
	return strings.ReplaceAll(strings.ReplaceAll(rows, "raw/orders.xlsx,", ""), "\n", " ")
}

func warnings(r *source.ExtractResult) string {
	var out []string
	for _, w := range r.Warnings {
		out = append(out, w.Msg)
	}
	return strings.Join(out, "; ")
}

// TestNoise tells float noise, which nobody typed, from digits that a column cannot keep.
func TestNoise(t *testing.T) {
	for _, c := range []struct {
		cell, ty, want string
	}{
		{"0.30000000000000004", "decimal(18,2)", "0.30"},
		{"1234.5600000000001", "decimal(18,2)", "1234.56"},
		{"2.6749999999999998", "decimal(18,2)", "2.68"},
		{"0.100000000093132", "decimal(18,2)", "0.10"},
		{"99.999999999986", "decimal(18,2)", "100.00"},
		{"-1.005", "decimal(18,2)", "-1.01"},
		{"3.0000000000000004", "integer", "3"},
		{"2.9999999999999996", "integer", "3"},
		{"99.9999999999986", "integer", "100"},
		{"1.1E+3", "integer", "1100"},
		{"12345678901234567", "integer", "12345678901234567"},
		{"1234567890123456.5", "decimal(18,1)", "1234567890123456.5"},
		{"1E-300", "decimal(18,2)", "0.00"},
		{"0.1", "float", "0.1"},
		{"0.30000000000000004", "text", "0.3"},
		{"2.5", "integer", ""},
		{"100.000001", "integer", ""},
	} {
		got, _, err := source.Convert(number(c.cell), c.ty, "", false)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s in %s: %q, %v; want %q", c.cell, c.ty, got, err, c.want)
		}
	}
	for _, c := range []struct {
		value any
		lost  bool
	}{{0.1 + 0.2, false}, {1234567.1 - 1234567, false}, {1234.5600000000001, false}, {12.345, true}, {1.0 / 3, true}, {1e-9, false}, {1e-7, true}, {"0,3000000001", true}, {0.001, true}, {7, false}} {
		root := t.TempDir()
		f := excelize.NewFile()
		sheetOf(t, f, "S", []any{"Tanggal", "Nama Pelanggan", "Total (Rp)"}, []any{"2026-01-02", "Ada", c.value})
		save(t, f, root, "raw/orders.xlsx")
		if w := warnings(extract(t, orders(), options(root))); strings.Contains(w, "rounded") != c.lost {
			t.Errorf("%v: warnings %q", c.value, w)
		}
	}
}

// TestFillMerged holds merged cells to what fill_merged says, next to blank rows, totals and stop rules.
func TestFillMerged(t *testing.T) {
	root := t.TempDir()
	f := excelize.NewFile()
	sheetOf(t, f, "Mei",
		[]any{"Acme"},
		[]any{"Tanggal", "Nama Pelanggan", "Total (Rp)"},
		[]any{"2026-05-01", "Ada", 10},       // A3:A6, C3:C4
		[]any{nil, "Bo", nil},                // 4
		[]any{nil, nil, nil},                 // 5, blank but for what is filled
		[]any{nil, "Dé", 30},                 // 6
		[]any{"Subtotal", nil, 50},           // A7:B7
		[]any{"2026-05-02", "Eve", 1},        // A8:A9, B8:B9
		[]any{nil, nil, 2},                   // 9
		[]any{"Catatan", "2026-05-09", 1000}, // 10 ends the data
		[]any{"2026-05-09", "after", 1000},
	)
	for _, m := range [][2]string{{"A1", "C1"}, {"A3", "A6"}, {"C3", "C4"}, {"A7", "B7"}, {"A8", "A9"}, {"B8", "B9"}} {
		if err := f.MergeCell("Mei", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	save(t, f, root, "raw/orders.xlsx")
	base := []any{
		"header_row", int64(2), "skip_rows", mapOf("matching", []any{"^subtotal"}), "stop_rows", mapOf("matching", []any{"^catatan"}),
	}
	for _, c := range []struct {
		fill any
		want string
	}{
		{false, "2026-05-01,Ada,10.00,Mei,3 ,Bo,,Mei,4 ,Dé,30.00,Mei,6 2026-05-02,Eve,1.00,Mei,8 ,,2.00,Mei,9 "},
		{[]any{"ordered_on", "customer"}, "2026-05-01,Ada,10.00,Mei,3 2026-05-01,Bo,,Mei,4 2026-05-01,Dé,30.00,Mei,6 2026-05-02,Eve,1.00,Mei,8 2026-05-02,Eve,2.00,Mei,9 "},
		{true, "2026-05-01,Ada,10.00,Mei,3 2026-05-01,Bo,10.00,Mei,4 2026-05-01,Dé,30.00,Mei,6 2026-05-02,Eve,1.00,Mei,8 2026-05-02,Eve,2.00,Mei,9 "},
		{"down", "2026-05-01,Ada,10.00,Mei,3 2026-05-01,Bo,10.00,Mei,4 2026-05-01,Dé,30.00,Mei,6 2026-05-02,Eve,1.00,Mei,8 2026-05-02,Eve,2.00,Mei,9 "},
		{"across", "2026-05-01,Ada,10.00,Mei,3 ,Bo,,Mei,4 ,Dé,30.00,Mei,6 2026-05-02,Eve,1.00,Mei,8 ,,2.00,Mei,9 "},
	} {
		table := orders(append([]any{source.FillMerged, c.fill}, base...)...)
		table.OnBadCell = "null"
		r := extract(t, table, source.ExtractOptions{Root: root, Drivers: options(root).Drivers, Now: clock, Overwrite: true})
		if got := snapshotRows(t, root); got != c.want {
			t.Errorf("fill_merged %v:\n%s\nwant\n%s", c.fill, got, c.want)
		}
		if strings.Contains(warnings(r), "merged") {
			t.Errorf("fill_merged %v: %s", c.fill, warnings(r))
		}
	}
	table := orders(source.FillMerged, []any{"buyer"})
	if _, err := source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: options(root).Drivers, Now: clock, Overwrite: true}); err == nil || !strings.Contains(err.Error(), `there is no column "buyer"`) {
		t.Errorf("an unknown column: %v", err)
	}
	table = orders(base...) // the rows are left at a stop row, before the merged cells are known
	table.OnBadCell = "null"
	r := extract(t, table, source.ExtractOptions{Root: root, Drivers: options(root).Drivers, Now: clock, Overwrite: true})
	if w := warnings(r); !strings.Contains(w, "merged cells span several rows, such as A3:A6") {
		t.Errorf("nothing is said of merged cells above a stop row: %s", w)
	}
	table = orders(base[0], base[1])
	table.OnBadCell = "null"
	r = extract(t, table, source.ExtractOptions{Root: root, Drivers: options(root).Drivers, Now: clock, Overwrite: true})
	if w := warnings(r); !strings.Contains(w, "orders.xlsx · Mei: 4 merged cells span several rows, such as A3:A6; only the first row has the value") {
		t.Errorf("nothing is said of merged cells: %s", w)
	}
}

// rangesBook writes a workbook with names, tables and titles around the data.
func rangesBook(t *testing.T, root string) {
	t.Helper()
	f := excelize.NewFile()
	pad := func(row ...any) []any { return append([]any{nil, nil}, row...) }
	for i, name := range []string{"Orders", "Other's sheet"} {
		sheetOf(t, f, name,
			[]any{"Acme", "beside", "the table"},
			pad(), pad("Tanggal", "Nama Pelanggan", "Total (Rp)", "right"),
			pad("2026-05-01", fmt.Sprint("Ada", i), 10, "x"), pad("2026-05-02", fmt.Sprint("Bo", i), 20, "y"), pad(nil, "Sum", 30, "z"),
			[]any{"below", nil, "2026-06-01", "below", 99},
		)
	}
	yes := true
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	fail(f.AddTable("Orders", &excelize.Table{Range: "C3:E5", Name: "Sales", ShowHeaderRow: &yes}))
	for _, n := range []excelize.DefinedName{
		{Name: "May", RefersTo: "Orders!$C$3:$E$5"},
		{Name: "Quoted", RefersTo: "'Other''s sheet'!$C$3:$E$5"},
		{Name: "Body", RefersTo: "Orders!$C$4:$E$5"},
		{Name: "Columns", RefersTo: "Orders!$C:$E"},
		{Name: "ByTable", RefersTo: "Sales[#All]"},
		{Name: "ByName", RefersTo: "May"},
		{Name: "Two", RefersTo: "Orders!$C$3:$E$4,Orders!$C$5:$E$6"},
		{Name: "Away", RefersTo: "[1]Orders!$A$1:$B$2"},
		{Name: "Gone", RefersTo: "#REF!$A$1:$B$2"},
		{Name: "Sliding", RefersTo: "OFFSET(Orders!$C$3,0,0,COUNTA(Orders!$C:$C),3)"},
		{Name: "Rate", RefersTo: "0.11"},
		{Name: "Cell", RefersTo: "Orders!$C$3"},
		{Name: "Lost", RefersTo: "Nowhere!$A$1:$B$2"},
		{Name: "Loop", RefersTo: "Loop"},
		{Name: "Own", RefersTo: "Orders!$C$3:$E$4", Scope: "Orders"},
		{Name: "Own", RefersTo: "'Other''s sheet'!$C$3:$E$4", Scope: "Other's sheet"},
	} {
		fail(f.SetDefinedName(&n))
	}
	save(t, f, root, "raw/orders.xlsx")
}

func TestRanges(t *testing.T) {
	root := t.TempDir()
	rangesBook(t, root)
	const may = "2026-05-01,Ada0,10.00,Orders,4 2026-05-02,Bo0,20.00,Orders,5 "
	other := strings.NewReplacer("Ada0", "Ada1", "Bo0", "Bo1", "Orders", "Other's sheet")
	for _, c := range []struct {
		name    string
		options []any
		want    string // rows, or parts of the error
	}{
		{"May", nil, may},
		{"may", nil, may},
		{"=May", nil, may},
		{"Sales", nil, may},
		{"ByTable", nil, may},
		{"ByName", nil, may},
		{"Quoted", nil, other.Replace(may)},
		{"Orders!C3:E5", nil, may},
		{"'other''s sheet'!$C$3:$E$5", nil, other.Replace(may)},
		{"C3:E4", []any{"sheets", "Orders"}, "2026-05-01,Ada0,10.00,Orders,4 "},
		{"3:5", []any{"sheets", "Orders"}, may},
		{"C:E", []any{"sheets", "Orders", "header_row", int64(3), "stop_rows", mapOf("blank", int64(1), "matching", []any{"sum"})}, may},
		{"Columns", []any{"header_row", int64(3), "stop_rows", mapOf("matching", []any{"^sum"})}, may},
		{"Body", []any{"header_row", int64(3)}, may},
		{"May", []any{"data_start_row", int64(5)}, "2026-05-02,Bo0,20.00,Orders,5 "},
		{"Own", []any{"sheets", []any{"Other's sheet", "Orders"}}, "2026-05-01,Ada1,10.00,Other's sheet,4 2026-05-01,Ada0,10.00,Orders,4 "},
		{"May", []any{"sheets", "Orders"}, may},
		{"May", []any{"sheets", "Other's sheet"}, `the range May is on sheet "Orders", not on "Other's sheet"|leave out sheets`},
		{"Own", nil, `several sheets have a range Own of their own|"Orders", "Other's sheet"`},
		{"Mai", nil, `raw/orders.xlsx has no range Mai|did you mean "May"? there are`},
		{"Salse", nil, `has no range Salse|did you mean "Sales"?`},
		{"Two", nil, "points to several areas|range: Sheet1!B5:H200"},
		{"Away", nil, "points to another workbook"},
		{"Gone", nil, "cells that were deleted (#REF!)"},
		{"Sliding", nil, "is a formula, whose cells only Excel can tell"},
		{"Rate", nil, "is a constant, not a range"},
		{"Cell", nil, "is a single cell"},
		{"Lost", nil, "is on a sheet that is not there"},
		{"Loop", nil, "is no range of cells"},
		{"Sales[Total]", nil, "has no range Sales[Total]"},
		{"Order!C3:E5", nil, `has no sheet "Order"|did you mean "Orders"?`},
		{"Orders!C3:E5", []any{"sheets", "Orders"}, "names a sheet, and so does sheets"},
		{"B2", nil, "is a single cell"},
		{"A1:B2,C1:D2", nil, "points to several areas"},
		{"C3:E5", nil, "has 2 sheets and table orders does not say which to read"},
		{"Orders!XFE1:XFF2", nil, "is no range of cells"},
	} {
		table := orders(append([]any{"range", c.name}, c.options...)...)
		table.OptionPos["range"] = diag.Pos{File: "sources/acme.yml", Line: 6, Col: 16}
		_, err := source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: options(root).Drivers, Now: clock, Overwrite: true})
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			for _, part := range strings.Split(c.want, "|") {
				if !strings.Contains(d.Msg+" ~ "+d.Hint, part) || d.Pos.Line == 0 {
					t.Errorf("range %s %v: %v ~ %s\nwant %s", c.name, c.options, d, d.Hint, part)
				}
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := snapshotRows(t, root); got != c.want {
			t.Errorf("range %s %v:\n%s\nwant\n%s", c.name, c.options, got, c.want)
		}
	}
}

func mapOf(pairs ...any) *manifest.Map { return manifest.NewMap(pairs...) }
