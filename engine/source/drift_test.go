package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// ordersCSV declares a table over orders.csv under a new root that holds the text.
func ordersCSV(t *testing.T, text string, options ...any) (string, *manifest.ExtractTable) {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "orders.csv"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return root, &manifest.ExtractTable{
		Source: "raw", Table: "orders", Driver: "csv", Snapshot: "clean/orders.csv",
		Options: manifest.NewMap(append([]any{"csv", "orders.csv"}, options...)...),
		Pos:     diag.Pos{File: "sources/orders.yml", Line: 3},
		Columns: []manifest.ExtractColumn{
			{Name: "id", Type: "integer", Required: true}, {Name: "amount", Type: "decimal(18,2)", Headers: []string{"Total"}},
		},
	}
}

func snapshotOf(t *testing.T, root string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "clean/orders.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const drifting = "id,Total,Paid by,Paid At,\"Größe %\",scratch\n1,5,card,x,7,?\n2,6,cash,,8,?\n"

func TestEvolve(t *testing.T) {
	root, table := ordersCSV(t, drifting, "ignore_columns", []any{"Scratch"})
	table.Drift = source.Evolve
	r, err := source.Extract(t.Context(), table, options(root))
	if err != nil || len(r.Unmapped) != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	want := "id,amount,paid_by,paid_at,große_percent,_file,_sheet,_row\n" +
		"1,5.00,card,x,7,orders.csv,,2\n2,6.00,cash,,8,orders.csv,,3\n"
	if got := snapshotOf(t, root); got != want {
		t.Errorf("snapshot:\n%s\nwant:\n%s", got, want)
	}
}

func TestFreeze(t *testing.T) {
	root, table := ordersCSV(t, drifting, "ignore_columns", []any{"Scratch"})
	table.Drift = source.Freeze
	_, err := source.Extract(t.Context(), table, options(root))
	if err == nil || !strings.Contains(err.Error(), `does not declare: "Paid by", "Paid At", "Größe %"`) {
		t.Errorf("a frozen table took new columns: %v", err)
	}
}

func TestNotesAndMeasures(t *testing.T) {
	root, table := ordersCSV(t, "id,Total,Weight,Memo,\n1,1.5,2 kg,late,call her\n2,2,\"500 g\",,\n3,1,3 lb,,\n4,2,7,,\n")
	table.Columns[1].Scale = "1000"
	table.OnBadCell = "null"
	table.Columns = append(table.Columns,
		manifest.ExtractColumn{Name: "weight", Type: "decimal(18,3)", Units: map[string]string{"kg": "1", "g": "0.001"}},
		manifest.ExtractColumn{Name: "notes", Type: "text", From: "notes"})
	if _, err := source.Extract(t.Context(), table, options(root)); err != nil {
		t.Fatal(err)
	}
	want := "id,amount,weight,notes,_file,_sheet,_row\n" +
		"1,1500.00,2.000,Memo: late; call her,orders.csv,,2\n" +
		"2,2000.00,0.500,,orders.csv,,3\n" +
		"3,1000.00,,,orders.csv,,4\n" +
		"4,2000.00,7.000,,orders.csv,,5\n"
	if got := snapshotOf(t, root); got != want {
		t.Errorf("snapshot:\n%s\nwant:\n%s", got, want)
	}
}

func TestRowsBeyondTheHeader(t *testing.T) {
	root, table := ordersCSV(t, "id,Total\n1,5,000,\n2,6\n")
	r, err := source.Extract(t.Context(), table, options(root))
	if err != nil || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Msg, `in 1 row cells stand right of the header's last column; the first is C2, "000"`) {
		t.Errorf("%v, %v", r.Warnings, err)
	}
}
