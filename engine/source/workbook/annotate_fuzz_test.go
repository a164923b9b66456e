package workbook_test

import (
	"maps"
	"path/filepath"
	"testing"

	"atlas/engine/source"
	"atlas/engine/source/workbook"
)

// FuzzAnnotate marks any sheet: nothing panics, what could be read reads the same in the copy, and
// the copy can be marked again.
func FuzzAnnotate(f *testing.F) {
	f.Add(`<worksheet><dimension ref="A1"/><cols><col min="1" max="2" style="1" width="9"/></cols><sheetData><row r="2" spans="1:2" s="1" customFormat="1"><c r="B2" s="1"><v>4</v></c><c t="b"><v>1</v></c></row><row/></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells><tableParts/></worksheet>`,
		`<styleSheet><fills count="1"><fill/></fills><cellXfs><xf/><xf numFmtId="14"><alignment/></xf></cellXfs></styleSheet>`)
	f.Add(`<x:worksheet><x:sheetData/><x:legacyDrawing id="d"/></x:worksheet>`, `<x:styleSheet/>`)
	f.Fuzz(func(t *testing.T, sheet, styles string) {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "a.xlsx"), filepath.Join(dir, "b.xlsx")
		parts{"xl/worksheets/sheet1.xml": sheet, "xl/styles.xml": styles}.write(t, in)
		marks := []source.Mark{
			{Sheet: "S1", Row: 2, Col: 2, Severity: "error", Code: "c", Message: "m"},
			{Sheet: "S1", Row: 2, Code: "row"},
			{Sheet: "S1", Row: 3, Col: 16384, Code: "c"},
			{Sheet: "S1", Row: 1, Col: 1, Code: "c"},
		}
		before, err := readCells(t, in, "S1")
		_, failed := (workbook.Source{}).Annotate(t.Context(), in, out, marks, source.AnnotateOptions{})
		if err != nil || failed != nil {
			return
		}
		after, err := readCells(t, out, "S1")
		if err != nil || !maps.Equal(before, after) {
			t.Fatalf("%v, %v became %v", err, before, after)
		}
		if _, err := (workbook.Source{}).Annotate(t.Context(), out, out, marks, source.AnnotateOptions{}); err != nil {
			t.Fatal(err)
		}
	})
}
