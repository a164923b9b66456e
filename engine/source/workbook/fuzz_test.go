package workbook_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/workbook"
)

// readAnything reads all that there is in a file, in every way that there is. It must end, soon,
// without a panic, and rows must come in order.
func readAnything(t *testing.T, b []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	all := manifest.NewMap("pattern", "", "month", "locale")
	for _, options := range [][]any{{"sheets", all}, {"sheets", "S1", "fill_merged", true, "merge_header_rows", int64(2)}, {"range", "Data"}, {"range", "Data", "sheets", "S1"}, {"range", "S1!B2:C9"}} {
		table := &manifest.ExtractTable{Table: "t", Locale: "en-US", Options: manifest.NewMap(append([]any{"workbook", "a.xlsx"}, options...)...)}
		for s, err := range (workbook.Source{}).Read(t.Context(), source.Request{Root: filepath.Dir(path), Table: table}) {
			if err != nil {
				continue
			}
			last := 0
			for row, err := range s.Rows {
				if err != nil {
					break
				}
				if row.Number <= last || len(row.Cells) > 1<<14 {
					t.Fatalf("row %d of %d cells follows row %d", row.Number, len(row.Cells), last)
				}
				last = row.Number
				for _, c := range row.Cells {
					_ = c.String()
				}
			}
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Fatalf("%d bytes take %s", len(b), took)
	}
}

// FuzzWorkbook gives the reader any file.
func FuzzWorkbook(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add(compound("Root Entry", "Workbook"))
	f.Fuzz(readAnything)
}

// FuzzParts gives the reader a sound archive with any parts in it, of either format.
func FuzzParts(f *testing.F) {
	names := [2][6]string{
		{"xl/_rels/workbook.xml.rels", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"},
		{"xl/_rels/workbook.bin.rels", "xl/workbook.bin", "xl/styles.bin", "xl/sharedStrings.bin", "xl/worksheets/sheet1.bin", "xl/tables/table1.bin"},
	}
	f.Add(false, `<Relationships><Relationship Id="a" Type="worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="styles" Target="styles.xml"/><Relationship Id="c" Type="sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		`<workbook><workbookPr date1904="1"/><sheets><sheet name="S1" id="a"/></sheets><definedNames><definedName name="Data" localSheetId="0">'S1'!$A$1:$B$3</definedName></definedNames></workbook>`,
		`<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[h]:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
		`<sst><si><t>a_x000D_</t></si><si><r><t>b</t></r></si></sst>`,
		`<worksheet><cols><col min="1" max="2" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c s="1"><v>46056</v></c></row><row><c t="inlineStr"><is><t>x</t></is></c><c s="2"><v>1.5</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`,
		`<table displayName="Data" ref="A1:B2" totalsRowCount="1"><tableColumn name="x"/></table>`)
	b := binaryBook(join(row(0, false), record(7, 0, 0, 0), record(6, 1, 0, "x"), row(1, true), record(2, 0, 1, 46056<<2|2), record(5, 1, 2, 1.5)))
	f.Add(true, b[names[1][0]], b[names[1][1]], b[names[1][2]], b[names[1][3]], b[names[1][4]], b[names[1][5]])
	f.Fuzz(func(t *testing.T, isBinary bool, rels, book, styles, strs, sheet, table string) {
		which, main := names[0], "xl/workbook.xml"
		if isBinary {
			which, main = names[1], "xl/workbook.bin"
		}
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		add := func(name, text string) {
			p, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err == nil {
				_, err = p.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		add("_rels/.rels", `<Relationships><Relationship Id="r" Type="officeDocument" Target="`+main+`"/></Relationships>`)
		for i, text := range []string{rels, book, styles, strs, sheet, table} {
			add(which[i], text)
		}
		add("xl/worksheets/_rels/"+filepath.Base(which[4])+".rels", `<Relationships><Relationship Id="t" Type="table" Target="../tables/`+filepath.Base(which[5])+`"/></Relationships>`)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		readAnything(t, b.Bytes())
	})
}
