package spreadsheet_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/spreadsheet"
)

// rows is a query's result in memory.
type rows struct {
	columns []adapter.Column
	values  [][]any
	at      int
	many    int // repeats the first row
}

func (r *rows) Columns() []adapter.Column { return r.columns }
func (r *rows) Err() error                { return nil }
func (r *rows) Close() error              { return nil }
func (r *rows) Next() bool {
	r.at++
	return r.at <= max(len(r.values), r.many)
}

func (r *rows) Values() []any {
	if r.many > 0 {
		return r.values[0]
	}
	return r.values[r.at-1]
}

// data gives the same rows to every query, and texts as they are.
type data struct{ rows rows }

func (d data) Columns(context.Context, *manifest.Query) ([]adapter.Column, error) {
	return d.rows.columns, nil
}

func (d data) Rows(context.Context, *manifest.Query) (adapter.Rows, error) {
	r := d.rows
	return &r, nil
}

func (d data) Text(_ context.Context, t manifest.Template, _ *manifest.Map) (string, error) {
	return t.Text, nil
}

func column(name, formula, total string) manifest.SheetColumn {
	return manifest.SheetColumn{Name: name, Formula: formula, Total: total}
}

func workbook(columns ...manifest.SheetColumn) *manifest.Workbook {
	return &manifest.Workbook{
		Name: "book", Currency: "Rp",
		Sheets: []manifest.Sheet{{
			Name: manifest.Template{Text: "It's"}, Title: manifest.Template{Text: "Title"},
			Blocks: []manifest.Block{{Name: "t", Table: &manifest.TableBlock{Query: &manifest.Query{}, Columns: columns}}},
		}},
	}
}

func render(t *testing.T, w *manifest.Workbook, d data) (*excelize.File, *spreadsheet.Result, []byte) {
	t.Helper()
	var b bytes.Buffer
	r, err := spreadsheet.Render(context.Background(), &b, w, d, spreadsheet.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, r, b.Bytes()
}

func TestHostileValuesStayWhatTheyAre(t *testing.T) {
	long := strings.Repeat("é", 40_000)
	values := []any{"=1+1", "+1", "-1", "@x", "a\x00b\x0bc", "_x0041_x0042_", " <&>\"' ", "line\nbreak", long, "مرحبا 日本 😀"}
	want := []string{"=1+1", "+1", "-1", "@x", "a\uFFFDb\uFFFDc", "_x0041_x0042_", " <&>\"' ", "line\nbreak", "", "مرحبا 日本 😀"}
	d := data{rows{columns: []adapter.Column{{Name: "v", Type: "VARCHAR"}}}}
	for _, v := range values {
		d.rows.values = append(d.rows.values, []any{v})
	}
	f, r, _ := render(t, workbook(column("v", "", "")), d)
	for i, w := range want {
		cell := fmt.Sprintf("B%d", 6+i)
		got, err := f.GetCellValue("It's", cell)
		if err != nil {
			t.Fatal(err)
		}
		if w == "" {
			if n := len([]rune(got)); n != 32_767 {
				t.Errorf("the long text has %d characters", n)
			}
			continue
		}
		if got != w {
			t.Errorf("%s: %q, not %q", cell, got, w)
		}
		if formula, _ := f.GetCellFormula("It's", cell); formula != "" {
			t.Errorf("%s became the formula %s", cell, formula)
		}
	}
	if len(r.Warnings) != 1 {
		t.Errorf("warnings: %v", r.Warnings)
	}
}

func TestNumbersAreExact(t *testing.T) {
	d := data{rows{columns: []adapter.Column{{Name: "n", Type: "DECIMAL(38,2)"}, {Name: "d", Type: "DATE"}}, values: [][]any{
		{adapter.Decimal("1234567890123.45"), time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)},
		{adapter.Decimal("12345678901234567.89"), time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC)},
		{adapter.Decimal("-0.10"), nil},
	}}}
	f, r, _ := render(t, workbook(column("n", "", "sum"), column("d", "", "")), d)
	for cell, want := range map[string]string{"B6": "1234567890123.45", "B7": "12345678901234567.89", "B8": "-0.10", "C6": "46056", "C7": "1850-01-01"} {
		if got, _ := f.GetCellValue("It's", cell, excelize.Options{RawCellValue: true}); got != want {
			t.Errorf("%s: %q, not %q", cell, got, want)
		}
	}
	if typ, _ := f.GetCellType("It's", "B7"); typ == excelize.CellTypeNumber {
		t.Error("a number of 19 digits is rounded")
	}
	if len(r.Warnings) != 1 {
		t.Errorf("warnings: %v", r.Warnings)
	}
}

// TestFormulasAgree compares the values that Atlas writes with those that excelize computes.
func TestFormulasAgree(t *testing.T) {
	formulas := []string{
		"=[a]/[b]-1", "=IF([b]=0,\"none\",[a]/[b])", "=[a]/[total.a]", "=-[a]^2+3%", "=ROUND([a]/3,2)", "=[a]&\"x\"", "=MOD([a],4)",
		"=IFERROR([a]/[b],0)", "=AND([a]>1,NOT([b]>1))", "=SUM([a],[b])*2", "=ABS([b]-[a])", "=INT([a]/2)", "=([a]+[b])*(1-[b])", "=MAX([a],[b])-MIN([a],[b])", "=IF([c]>\"a\",1,2)",
	}
	columns := []manifest.SheetColumn{column("a", "", "sum"), column("b", "", "sum"), column("c", "", "count")}
	for i, f := range formulas {
		columns = append(columns, column(fmt.Sprintf("f%d", i), f, ""))
	}
	columns[3].Total = "formula"
	d := data{rows{columns: []adapter.Column{{Name: "a", Type: "INTEGER"}, {Name: "b", Type: "DOUBLE"}, {Name: "c", Type: "VARCHAR"}}, values: [][]any{
		{int64(7), 2.5, "b"}, {int64(-3), 0.0, nil}, {int64(0), 1.25, "A"}, {int64(10), nil, ""},
	}}}
	f, _, _ := render(t, workbook(columns...), d)
	for row := 6; row <= 10; row++ {
		for col := 2; col < 2+len(columns); col++ {
			cell, _ := excelize.CoordinatesToCellName(col, row)
			formula, _ := f.GetCellFormula("It's", cell)
			if formula == "" {
				continue
			}
			got, _ := f.GetCellValue("It's", cell, excelize.Options{RawCellValue: true})
			want, err := f.CalcCellValue("It's", cell, excelize.Options{RawCellValue: true})
			if err != nil || got != want && !near(got, want) {
				t.Errorf("%s %s: %q, excelize computes %q %v", cell, formula, got, want, err)
			}
		}
	}
}

func near(a, b string) bool {
	var x, y float64
	if a == "1" && b == "TRUE" || a == "0" && b == "FALSE" {
		return true
	}
	if _, err := fmt.Sscan(a, &x); err != nil {
		return false
	}
	if _, err := fmt.Sscan(b, &y); err != nil {
		return false
	}
	return x-y < 1e-9 && y-x < 1e-9
}

func TestSameDataGivesTheSameBytes(t *testing.T) {
	d := data{rows{columns: []adapter.Column{{Name: "a", Type: "INTEGER"}}, values: [][]any{{int64(1)}, {int64(2)}}}}
	w := workbook(column("a", "", "sum"))
	w.Sheets[0].Blocks = append(w.Sheets[0].Blocks, manifest.Block{Chart: &manifest.ChartBlock{
		Type: "column", From: "t", Category: "a", Series: []manifest.ChartSeries{{Column: "a", As: "target"}, {Column: "a", As: "forecast"}, {Column: "a", Type: "line"}},
	}})
	_, _, first := render(t, w, d)
	for range 5 {
		if _, _, again := render(t, w, d); !bytes.Equal(first, again) {
			t.Fatal("the bytes differ")
		}
	}
}

func TestMistakesAreTold(t *testing.T) {
	cases := []struct{ name, formula, total, want string }{
		{"column", "=[amont]", "", `the table has no column "amont"`},
		{"function", "=SUMM([amount])", "", "there is no function SUMM here"},
		{"whole column", "=[t.amount]", "", "is a whole column"},
		{"no total", "=[total.amount]", "", `the column "amount" has no total`},
		{"total needs", "=[amount]*2", "formula", `needs a total of "amount"`},
		{"circle", "=[f]+1", "", "needs its own result"},
		{"open", "=([amount]", "", "a bracket is not closed"},
		{"bare", "=amount", "", "amount is no number"},
		{"deep", "=" + strings.Repeat("(", 500) + "1", "", "too deep"},
		{"signs", "=" + strings.Repeat("-", 500) + "1", "", "too deep"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := spreadsheet.Check(workbook(column("amount", "", ""), column("f", c.formula, c.total)))
			if len(l) == 0 || !strings.Contains(l[0].Msg, c.want) {
				t.Errorf("%v", l)
			}
		})
	}
}

func TestTooManyRows(t *testing.T) {
	d := data{rows{columns: []adapter.Column{{Name: "a", Type: "INTEGER"}}, values: [][]any{{int64(1)}}, many: 1_048_577}}
	_, err := spreadsheet.Render(context.Background(), io.Discard, workbook(column("a", "", "")), d, spreadsheet.Options{TempDir: t.TempDir()})
	if l := diag.From(err); len(l) != 1 || !strings.Contains(l[0].Msg, "more rows") {
		t.Errorf("%v", err)
	}
}

func BenchmarkRender100k(b *testing.B) {
	cols := []adapter.Column{{Name: "a", Type: "DECIMAL(18,2)"}, {Name: "b", Type: "BIGINT"}, {Name: "c", Type: "VARCHAR"}, {Name: "d", Type: "DATE"}}
	d := data{rows{columns: cols, many: 100_000, values: [][]any{{adapter.Decimal("1250000.50"), int64(12), "some text of a cell", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}}}}
	w := workbook(column("a", "", "sum"), column("b", "", "sum"), column("c", "", ""), column("d", "", ""), column("e", "=[a]/[b]", "formula"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := spreadsheet.Render(context.Background(), io.Discard, w, d, spreadsheet.Options{TempDir: b.TempDir()}); err != nil {
			b.Fatal(err)
		}
	}
}
