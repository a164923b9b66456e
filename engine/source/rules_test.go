package source_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
)

// csvTable declares a table over the given text, with the options and columns "name type".
func csvTable(t *testing.T, root, text string, options []any, columns ...string) *manifest.ExtractTable {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, "in.csv"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	table := &manifest.ExtractTable{
		Source: "raw", Table: "t", Driver: "csv", Locale: "id-ID", Snapshot: "out/t.csv",
		Options: manifest.NewMap(append([]any{"csv", "in.csv"}, options...)...),
	}
	for i, c := range columns {
		name, typ, _ := strings.Cut(c, " ")
		table.Columns = append(table.Columns, manifest.ExtractColumn{Name: name, Type: typ, Pos: diag.Pos{File: "s.yml", Line: 10 + i}})
	}
	return table
}

// lines gives the snapshot's rows without file and sheet.
func lines(t *testing.T, root string) string {
	t.Helper()
	return strings.ReplaceAll(read(t, root, "out/t.csv"), "in.csv,,", "")
}

func TestRows(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		options []any
		columns []string
		want    string
	}{
		"blank rows are skipped": {
			"a,b,note\n1,x,\n,,left over\n , ,\n2,y,\n", nil, []string{"a integer", "b text"}, "1,x,2\n2,y,5\n",
		},
		"blank rows are kept on demand": {
			"a,b\n1,x\n,\n2,y\n", []any{"skip_rows", manifest.NewMap("blank", false)}, []string{"a integer", "b text"}, "1,x,2\n,,3\n2,y,4\n",
		},
		"a run of blank rows ends the data": {
			"a\n1\n\n2\n\n\n3\n", []any{"stop_rows", manifest.NewMap("blank", int64(2))}, []string{"a integer"}, "1,2\n2,4\n",
		},
		"patterns see the first cell that holds something": {
			"a,b\n1,x\n,Sub Total\nTOTAL,9\n2,y\nnotes: none,\n3,z\n",
			[]any{"skip_rows", manifest.NewMap("matching", []any{"^total$", "^sub ?total"}), "stop_rows", manifest.NewMap("matching", "^notes")},
			[]string{"a text", "b text"},
			"1,x,2\n2,y,5\n",
		},
		"titles, two header rows and a units row": {
			"Report,,\n,,\nFee,,Name\nRegistration,Course,\n(Rp),(Rp),\n100,200,x\n",
			[]any{"header_row", int64(3), "merge_header_rows", int64(2), "data_start_row", int64(6)},
			[]string{"fee_registration integer", "fee_course integer", "name text"},
			"100,200,x,6\n",
		},
		"texts that mean nothing": {
			"a,b\nN/A,x\n1,-\nn/a,-\n", []any{"empty_values", []any{"n/a", "-"}}, []string{"a integer", "b text"}, ",x,2\n1,,3\n",
		},
		"order of columns is the declaration's": {
			"b,c,a\n1,2,3\n", nil, []string{"a integer", "b integer"}, "3,1,2\n",
		},
		"short rows": {
			"a,b,c\n1\n2,3\n", nil, []string{"a integer", "c text"}, "1,,2\n2,,3\n",
		},
	} {
		root := t.TempDir()
		extract(t, csvTable(t, root, c.text, c.options, c.columns...), options(root))
		_, got, _ := strings.Cut(lines(t, root), "\n")
		if got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, c.want)
		}
	}
}

func TestColumns(t *testing.T) {
	root := t.TempDir()
	table := csvTable(t, root, "Unit,Kota,Kota,Diskon (%),Diskon\nBahasa Inggris,Bandung,x,5%,10\n umum ,,,,-\nIPA,,,12,\n", nil,
		"unit text", "kota text", "discount_rate decimal(9,4)", "discount integer", "source_name text", "kind text")
	table.Columns[0].Map = map[string]string{"bahasa  inggris": "EN", "IPA": ""}
	table.Columns[2].Headers = []string{"Diskon %"}
	table.Columns[3].Headers = []string{"Diskon"}
	table.Columns[3].Default = int64(0)
	table.Columns[4].From = "sheet"
	table.Columns[5].Default = "unknown"
	r := extract(t, table, options(root))
	want := "unit,kota,discount_rate,discount,source_name,kind,_file,_sheet,_row\n" +
		"EN,Bandung,0.0500,10,,unknown,2\numum,,,0,,unknown,3\n,,12.0000,0,,unknown,4\n"
	if got := lines(t, root); got != want {
		t.Errorf("snapshot:\n%s\nwant:\n%s", got, want)
	}
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Msg, `the header has "Kota" twice, in columns B, C; column kota is read from B`) {
		t.Errorf("warnings: %v", r.Warnings)
	}
}

func TestBadCells(t *testing.T) {
	const text = "a,b\n1,2026-01-01\nx,never\n3,\n"
	root := t.TempDir()
	table := csvTable(t, root, text, nil, "a integer", "b date")
	table.OnBadCell = "null"
	r := extract(t, table, options(root))
	if r.Counts != (source.Counts{Scanned: 3, Written: 3, Emptied: 2}) || r.Rejects != "invalid/t-rejects.csv" {
		t.Errorf("null: %+v", r)
	}
	if got := lines(t, root); !strings.HasSuffix(got, "1,2026-01-01,2\n,,3\n3,,4\n") {
		t.Errorf("null:\n%s", got)
	}
	table.OnBadCell = "reject"
	o := options(root)
	o.Overwrite, o.Invalid = true, "qa"
	if r = extract(t, table, o); r.Counts != (source.Counts{Scanned: 3, Written: 2, Rejected: 1}) || r.Rejects != "qa/t-rejects.csv" {
		t.Errorf("reject: %+v", r)
	}
	if got := read(t, root, "qa/t-rejects.csv"); strings.Count(got, "\nrejected,") != 2 {
		t.Errorf("rejects:\n%s", got)
	}
}

func TestHeaderMistakes(t *testing.T) {
	root := t.TempDir()
	f := excelize.NewFile()
	sheetOf(t, f, "Data", []any{"LAPORAN"}, []any{"kota", "Bandung"}, []any{"Tanggal", "Nama Pelangan", "Jumlah (Rp)"}, []any{"01/02/2026", "x", 1})
	sheetOf(t, f, "Data 2", []any{"Tanggal", "Jumlah (Rp)"})
	sheetOf(t, f, "Kosong")
	save(t, f, root, "raw/orders.xlsx")

	find := func(table *manifest.ExtractTable) diag.List {
		t.Helper()
		_, err := source.Extract(t.Context(), table, options(root))
		if err == nil {
			t.Fatal("no error")
		}
		return diag.From(err)
	}
	// Every sheet's mistakes come at once.
	table := orders("sheets", []any{"Data", "Data 2", "Kosong"}, "header_row", int64(1))
	l := find(table)
	var got []string
	for _, d := range l {
		got = append(got, d.Pos.String()+" "+d.Msg+" ~ "+d.Hint+" ~ "+d.Notes[0].Msg)
	}
	want := []string{
		`sources/acme.yml:10:9 raw/orders.xlsx, sheet "Data" has no column "Tanggal" in its header (row 1) ~ row 3 looks like the header: set header_row: 3 ~ the header (row 1) of raw/orders.xlsx, sheet "Data" is: LAPORAN`,
		`sources/acme.yml:12:9 raw/orders.xlsx, sheet "Data" has no column "Total (Rp)" in its header (row 1) ~ row 3 looks like the header: set header_row: 3 ~ the header (row 1) of raw/orders.xlsx, sheet "Data" is: LAPORAN`,
		`sources/acme.yml:12:9 raw/orders.xlsx, sheet "Data 2" has no column "Total (Rp)" in its header (row 1) ~ headers that no column takes: "Jumlah (Rp)" ~ the header (row 1) of raw/orders.xlsx, sheet "Data 2" is: Tanggal │ Jumlah (Rp)`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	table = orders("sheets", "Data", "header_row", int64(3))
	table.Columns[2].Headers = []string{"Jumlah"}
	table.Columns[1].Required = true
	if l := find(table); len(l) != 2 || l[0].Hint != `the header has "Nama Pelangan": add it to the headers of customer` {
		t.Errorf("nearest header: %v, %q", l, l[0].Hint)
	}
	if entries, err := os.ReadDir(filepath.Join(root, "data/clean")); err == nil && len(entries) > 0 {
		t.Errorf("a failed extraction left %v", entries)
	}
}

func TestDeclarationMistakes(t *testing.T) {
	root := t.TempDir()
	table := csvTable(t, root, "a\n1\n", []any{
		"header_row", int64(0), "data_start_row", "x", "skip_rows", "blank", "stop_rows", manifest.NewMap("blank", "many", "matching", "("),
		"month_column", "a", "sheet", "Data", "delimeter", ";",
	}, "a whole", "a integer", "_row integer", "b integer")
	table.Locale, table.OnBadCell = "xx", "ignore"
	table.Columns[3].Default = "none"
	_, err := source.Extract(t.Context(), table, options(root))
	l := diag.From(err)
	for _, want := range []string{
		"header_row must be a row number from 1, not 0", "data_start_row must be a row number", "skip_rows must be a mapping",
		"stop_rows: blank must be a number of rows", `the pattern "(" is no regular expression`, "month_column must name a column of type date",
		`unknown key "sheet"`, `unknown key "delimeter"`, `"whole" is no column type`, "declares column a twice", "column name _row is taken",
		"its default none is not a number", `no locale is named "xx"`, "on_bad_cell is reject or null",
	} {
		if !strings.Contains(l.Error(), want) {
			t.Errorf("missing %q in:\n%s", want, l.Error())
		}
	}
	for _, d := range l {
		if strings.Contains(d.Msg, "delimeter") && d.Hint != `did you mean "delimiter"?` {
			t.Errorf("hint: %q", d.Hint)
		}
	}
	table.Driver = "workbok"
	if _, err := source.Extract(t.Context(), table, options(root)); err == nil || !strings.Contains(err.Error(), `did you mean "workbook"?`) {
		t.Errorf("unknown driver: %v", err)
	}
}

// broken is a source whose rows end in an error after a number of them.
type broken struct {
	after int
	err   error
	stop  context.CancelFunc
}

func (broken) Options() []source.Option            { return nil }
func (broken) Monthly(*manifest.ExtractTable) bool { return false }
func (broken) Inputs(context.Context, source.Request) ([]source.Input, error) {
	return nil, nil
}

func (b broken) Read(ctx context.Context, _ source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		yield(&source.Section{File: "api", Fields: []string{"a", "b"}, Rows: func(yield func(source.Row, error) bool) {
			for n := 1; n <= b.after; n++ {
				if !yield(source.Row{Number: n, Cells: []source.Cell{number("1"), text("x")}}, nil) {
					return
				}
			}
			if b.stop != nil {
				b.stop()
			}
			if err := errors.Join(b.err, ctx.Err()); err != nil {
				yield(source.Row{}, err)
			}
		}}, nil)
	}
}

func TestInterruptedExtraction(t *testing.T) {
	root := t.TempDir()
	table := csvTable(t, root, "", nil, "a integer", "b text")
	table.Driver, table.Options = "broken", nil
	run := func(ctx context.Context, b broken) (*source.ExtractResult, error) {
		r := registry.New[source.Source]("source driver")
		r.Add("broken", b)
		return source.Extract(ctx, table, source.ExtractOptions{Root: root, Drivers: r, Overwrite: true, Now: clock})
	}
	if _, err := run(t.Context(), broken{after: 2}); err != nil {
		t.Fatal(err)
	}
	whole := read(t, root, "out/t.csv") + read(t, root, "out/t.csv.meta.json")

	cut := errors.New("the line is cut")
	if _, err := run(t.Context(), broken{after: 5000, err: cut}); !errors.Is(err, cut) {
		t.Errorf("a cut line: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if _, err := run(ctx, broken{after: 5000, stop: stop}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled extraction: %v", err)
	}
	if got := read(t, root, "out/t.csv") + read(t, root, "out/t.csv.meta.json"); got != whole {
		t.Error("an interrupted extraction changed the snapshot")
	}
	entries, err := os.ReadDir(filepath.Join(root, "out"))
	if err != nil || len(entries) != 2 {
		t.Errorf("an interrupted extraction left %v, %v", entries, err)
	}
}

func TestEditedSnapshot(t *testing.T) {
	root := t.TempDir()
	table := csvTable(t, root, "a\n1\n", []any{"delimiter", ",", "header_row", int64(1)}, "a integer")
	extract(t, table, options(root))
	table.Options = manifest.NewMap("header_row", int64(1), "csv", "in.csv", "delimiter", ",")
	table.Columns[0].Description, table.Columns[0].Type = "A number.", "bigint"
	if r := extract(t, table, options(root)); !r.Frozen || r.Changed {
		t.Errorf("the same declaration in other words: %+v", r)
	}
	if err := os.WriteFile(filepath.Join(root, "out/t.csv"), []byte("a,_file,_sheet,_row\n2,in.csv,,2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := extract(t, table, options(root))
	if !r.Frozen || !r.Changed || !strings.Contains(r.Warnings.Error(), "out/t.csv was edited since") {
		t.Errorf("an edited snapshot: %+v", r)
	}
	if err := os.Remove(filepath.Join(root, "out/t.csv.meta.json")); err != nil {
		t.Fatal(err)
	}
	if r = extract(t, table, options(root)); !r.Frozen || r.Changed || r.Written != 1 {
		t.Errorf("a snapshot without meta: %+v", r)
	}
}

func TestLostHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		first, second string // texts of two files
		want          string // warnings, or the mistake
	}{
		"absent from all, nothing like it": {"id\n1\n", "id,remark\n2,x\n", ""},
		"absent from one, nothing left":    {"id,kota\n1,x\n", "id\n2\n", ""},
		"renamed in one":                   {"id,kota\n1,x\n", "id,asal\n2,y\n", `s.yml:11: column kota is empty in b.csv: the header lacks "kota"`},
		"mistyped in all":                  {"id,kotta\n1,x\n", "id,kotta\n2,y\n", `s.yml:11: column kota is empty in a.csv and 1 more: the header lacks "kota"`},
		"taken by another":                 {"id,kota\n1,x\n", "id,kota\n2,y\n", `b.csv: the header "Kota" is already read by column kota`},
	} {
		root := t.TempDir()
		table := csvTable(t, root, "", []any{"csv", []any{"a.csv", "b.csv"}}, "id integer", "kota text")
		for file, text := range map[string]string{"a.csv": c.first, "b.csv": c.second} {
			if err := os.WriteFile(filepath.Join(root, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if name == "taken by another" {
			table.Columns = append(table.Columns, manifest.ExtractColumn{Name: "town", Headers: []string{"Kota"}, Type: "text", Required: true})
		}
		r, err := source.Extract(t.Context(), table, options(root))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = r.Warnings.Error()
		}
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s:\n%s\nwant %s", name, got, c.want)
		}
	}
}

func TestAbandonedFilesAreSwept(t *testing.T) {
	root := t.TempDir()
	table := csvTable(t, root, "a\n1\n", nil, "a text")
	old, young := filepath.Join(root, "out", ".t.csv.1.part"), filepath.Join(root, "out", ".t.csv.2.part")
	if err := os.MkdirAll(filepath.Dir(old), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("a"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	extract(t, table, options(root))
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an abandoned file stays: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("a file that may be in use: %v", err)
	}
}
