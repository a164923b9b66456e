package workbook_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"atlas/engine/diag"
	"atlas/engine/source"
	"atlas/engine/source/workbook"
)

// annotate copies a workbook with marks and gives the copy's path.
func annotate(t *testing.T, in string, marks []source.Mark, o source.AnnotateOptions) (string, *source.Annotated) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "copy.xlsx")
	done, err := (workbook.Source{}).Annotate(t.Context(), in, out, marks, o)
	if err != nil {
		t.Fatal(err)
	}
	return out, done
}

// readPart gives the text of one part.
func readPart(t *testing.T, path, name string) string {
	t.Helper()
	c := &copyCheck{t: t, where: path}
	f := c.zip(path)[name]
	if f == nil {
		t.Fatalf("%s has no part %s", path, name)
	}
	return string(content(t, f))
}

// orders makes a workbook with what people put into workbooks.
func orders(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	money, err := f.NewStyle(&excelize.Style{NumFmt: 4, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}, Font: &excelize.Font{Bold: true}})
	must(err)
	for row := 1; row <= 30; row++ {
		must(f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", row), &[]any{row, "a name", nil, row * 100}))
	}
	must(f.SetCellStyle("Sheet1", "D1", "D30", money))
	must(f.SetColStyle("Sheet1", "H", money))
	must(f.MergeCell("Sheet1", "A20", "B22"))
	must(f.AddComment("Sheet1", excelize.Comment{Cell: "A2", Author: "Ann", Text: "mine"}))
	must(f.AddTable("Sheet1", &excelize.Table{Range: "J1:K4"}))
	must(f.SetConditionalFormat("Sheet1", "D1:D30", []excelize.ConditionalFormatOptions{{Type: "data_bar", Criteria: "=", MinType: "min", MaxType: "max", BarColor: "#638EC6"}}))
	_, err = f.NewSheet("It's <2>")
	must(err)
	must(f.SetCellValue("It's <2>", "B2", "hidden"))
	must(f.SetSheetVisible("It's <2>", false))
	must(f.SetDefinedName(&excelize.DefinedName{Name: "Rate", RefersTo: "Sheet1!$D$1", Scope: "It's <2>"}))
	path := filepath.Join(t.TempDir(), "orders.xlsx")
	must(f.SaveAs(path))
	return path
}

func TestAnnotate(t *testing.T) {
	c := &copyCheck{t: t, path: orders(t), where: "orders.xlsx"}
	if why := c.run(); why != "" {
		t.Error(why)
	}
}

func TestAnnotateComments(t *testing.T) {
	in := orders(t)
	marks := []source.Mark{
		{Sheet: "Sheet1", Row: 2, Col: 1, Severity: "warn", Code: "odd_id", Message: "The id is odd."},
		{Sheet: "Sheet1", Row: 3, Col: 4, Severity: "warn", Code: "odd", Message: "Odd."},
		{Sheet: "Sheet1", Row: 3, Col: 4, Severity: "error", Code: "negative", Message: "It is negative.", Value: "-3"},
		{Sheet: "sheet1 ", Row: 21, Col: 2, Severity: "error", Code: "merged", Message: "Inside a merged range."},
		{Sheet: "Sheet1", Row: 5, Cols: []int{1, 2, 3, 4}, Severity: "error", Code: "twice", Message: "The row is there twice."},
		{Sheet: "Nowhere", Row: 5, Col: 1, Severity: "error", Code: "lost", Message: "No such sheet."},
	}
	first, done := annotate(t, in, marks, source.AnnotateOptions{})
	if want := (source.Annotated{Sheet: "Atlas findings", Cells: 7, Comments: 4, Unplaced: 1}); fmt.Sprint(*done) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", *done, want)
	}
	f, err := excelize.OpenFile(first)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetComments("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"A2 mine\n— Atlas —\nodd_id\nThe id is odd.\nWarning", "A20 — Atlas —\nmerged\nInside a merged range.\nError",
		"A5 — Atlas —\ntwice\nThe row is there twice.\nError", "D3 — Atlas —\nodd\nOdd.\nWarning\nnegative\nIt is negative.\nError",
	}
	if fmt.Sprintf("%q", texts(got)) != fmt.Sprintf("%q", want) {
		t.Errorf("%q", texts(got))
	}
	list, err := f.GetRows("Atlas findings")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, row := range list {
		lines = append(lines, strings.Join(row, "|"))
	}
	text := strings.Join(lines, "\n")
	for _, part := range []string{
		"4 errors and 2 warnings", "Error: lost 1  ·  merged 1  ·  negative 1  ·  twice 1\nWarning: odd 1  ·  odd_id 1", "Severity|Code|Message|Sheet|Cell|Value",
		"Error|negative|It is negative.|Sheet1|D3|-3", "Error|twice|The row is there twice.|Sheet1|5:5", "Error|lost|No such sheet.|Nowhere|A5",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the list has no %q:\n%s", part, text)
		}
	}
	if is, to, _ := f.GetCellHyperLink("Atlas findings", "E8"); !is || to != "'Sheet1'!D3" {
		t.Errorf("D3 is linked to %q, %v", to, is)
	}

	second, _ := annotate(t, in, marks, source.AnnotateOptions{})
	a, _ := os.ReadFile(first)
	b, _ := os.ReadFile(second)
	if !bytes.Equal(a, b) {
		t.Error("two copies of the same differ")
	}
}

// TestAnnotatedSource reads a copy as the source: it has one sheet of data.
func TestAnnotatedSource(t *testing.T) {
	f := excelize.NewFile()
	_ = f.SetCellValue("Sheet1", "A1", "Id")
	in := filepath.Join(t.TempDir(), "one.xlsx")
	if err := f.SaveAs(in); err != nil {
		t.Fatal(err)
	}
	out, _ := annotate(t, in, []source.Mark{{Sheet: "Sheet1", Row: 1, Col: 1, Code: "x", Message: "y"}}, source.AnnotateOptions{Title: "Sheet1"})
	got, err := dump(t, out)
	if want := "Sheet1 A1 text \"Id\"\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if again, done := annotate(t, out, nil, source.AnnotateOptions{}); done.Sheet != "Sheet1 (2)" || strings.Contains(readPart(t, again, "xl/workbook.xml"), "Atlas") {
		t.Errorf("the list is %q now", done.Sheet)
	}
}

func TestAnnotateLimit(t *testing.T) {
	var marks []source.Mark
	for i := range 6 {
		marks = append(marks, source.Mark{Sheet: "Sheet1", Row: i + 2, Col: 2, Severity: []string{"warn", "error"}[i%2], Code: "c", Message: "m"})
	}
	out, done := annotate(t, orders(t), marks, source.AnnotateOptions{Comments: 4, Words: [2]string{"Fehler", "Warnung"}})
	if done.Cells != 6 || done.Comments != 4 || done.Uncommented != 2 {
		t.Errorf("%+v", *done)
	}
	if n := strings.Count(readPart(t, out, "xl/comments1.xml"), "Fehler"); n != 3 {
		t.Errorf("%d of 3 errors have comments", n)
	}
	if !strings.Contains(readPart(t, out, "xl/worksheets/atlasFindings.xml"), "2 of the marked cells have no comment") {
		t.Error("the list does not say what has no comment")
	}
}

// TestAnnotateXML marks sheets as careless and careful programs write them.
func TestAnnotateXML(t *testing.T) {
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const join = `<legacyDrawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="atlasDrawing"/>`
	for name, c := range map[string]struct{ sheet, want string }{
		"no rows":        {`<worksheet ` + ns + `><sheetData/></worksheet>`, `<worksheet ` + ns + `><sheetData><row r="3"><c r="B3" s="1"/></row></sheetData>` + join + `</worksheet>`},
		"no references":  {`<worksheet ` + ns + `><sheetData><row/><row/><row><c><v>1</v></c><c t="b"><v>1</v></c><c/></row><row/></sheetData></worksheet>`, `<worksheet ` + ns + `><sheetData><row/><row/><row><c><v>1</v></c><c t="b" s="1"><v>1</v></c><c/></row><row/></sheetData>` + join + `</worksheet>`},
		"a prefix":       {`<x:worksheet xmlns:x="m"><x:sheetData><x:row r="3" spans="4:4"><x:c r="D3"/></x:row></x:sheetData><x:tableParts/></x:worksheet>`, `<x:worksheet xmlns:x="m"><x:sheetData><x:row r="3" spans="2:4"><x:c r="B3" s="1"/><x:c r="D3"/></x:row></x:sheetData><x:legacyDrawing` + strings.TrimPrefix(join, "<legacyDrawing") + `<x:tableParts/></x:worksheet>`},
		"a bare row":     {`<worksheet><dimension ref="C1:D2"/><sheetData><row r="2"/><row r="3" s="0" /><row r="9"/></sheetData><drawing/><extLst/></worksheet>`, `<worksheet><dimension ref="B1:D3"/><sheetData><row r="2"/><row r="3" s="0"><c r="B3" s="1"/></row><row r="9"/></sheetData><drawing/>` + join + `<extLst/></worksheet>`},
		"between rows":   {`<worksheet><sheetData><row r="2"/><row r="4"><c r="A4" s='7'/></row></sheetData></worksheet>`, `<worksheet><sheetData><row r="2"/><row r="3"><c r="B3" s="1"/></row><row r="4"><c r="A4" s='7'/></row></sheetData>` + join + `</worksheet>`},
		"odd attributes": {"<worksheet><sheetData><row\nr = '3' ><c s = '0' r='B3'><is><t>a>b</t></is></c><!-- <row> --></row></sheetData></worksheet>", "<worksheet><sheetData><row\nr = '3' ><c s = '1' r='B3'><is><t>a>b</t></is></c><!-- <row> --></row></sheetData>" + join + "</worksheet>"},
		"its own number": {`<worksheet><sheetData><row><c r="B3" t="s"><v>0</v></c></row></sheetData></worksheet>`, `<worksheet><sheetData><row><c r="B3" t="s" s="1"><v>0</v></c></row></sheetData>` + join + `</worksheet>`},
	} {
		t.Run(name, func(t *testing.T) {
			in := filepath.Join(t.TempDir(), "a.xlsx")
			parts{"xl/worksheets/sheet1.xml": c.sheet, "xl/sharedStrings.xml": `<sst><si><t>x</t></si></sst>`}.write(t, in)
			out, _ := annotate(t, in, []source.Mark{{Sheet: "S1", Row: 3, Col: 2, Severity: "error", Code: "c", Message: "m"}}, source.AnnotateOptions{})
			if got := readPart(t, out, "xl/worksheets/sheet1.xml"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := readPart(t, out, "xl/styles.xml"); !strings.Contains(got, `<fgColor rgb="FFFFC8CD"/>`) {
				t.Error(got)
			}
		})
	}
}

// TestAnnotateForgotten takes marks out of comments whose authors a program has forgotten.
func TestAnnotateForgotten(t *testing.T) {
	in := filepath.Join(t.TempDir(), "a.xlsx")
	parts{
		"xl/worksheets/sheet1.xml":            `<worksheet><sheetData/></worksheet>`,
		"xl/worksheets/_rels/sheet1.xml.rels": `<Relationships><Relationship Id="c" Type="http://x/comments" Target="../comments1.xml"/></Relationships>`,
		"xl/comments1.xml": `<comments><authors><author> </author></authors><commentList>` +
			`<comment ref="A1" authorId="0"><text><r><t>— Atlas —` + "\n" + `code</t></r><r><t>m</t></r></text></comment>` +
			`<comment ref="A2" authorId="0"><text><r><t>mine` + "\n" + `— Atlas —` + "\n" + `code</t></r></text></comment></commentList></comments>`,
	}.write(t, in)
	out, _ := annotate(t, in, nil, source.AnnotateOptions{})
	got := readPart(t, out, "xl/comments1.xml")
	if want := `<commentList><comment ref="A2" authorId="0"><text><r><t>mine</t></r></text></comment></commentList>`; !strings.Contains(got, want) {
		t.Error(got)
	}
}

// TestAnnotateConversation leaves a conversation as it is: a spreadsheet would not show what is added.
func TestAnnotateConversation(t *testing.T) {
	in := filepath.Join(t.TempDir(), "a.xlsx")
	const talk = `<comment ref="A1" authorId="0"><text><t>[Threaded comment]</t></text></comment>`
	parts{
		"xl/worksheets/sheet1.xml":            `<worksheet><sheetData/><legacyDrawing r:id="v"/></worksheet>`,
		"xl/worksheets/_rels/sheet1.xml.rels": `<Relationships><Relationship Id="c" Type="http://x/comments" Target="../comments1.xml"/><Relationship Id="v" Type="http://x/vmlDrawing" Target="../gone.vml"/></Relationships>`,
		"xl/comments1.xml":                    `<comments><authors><author>tc={1}</author></authors><commentList>` + talk + `</commentList></comments>`,
	}.write(t, in)
	out, done := annotate(t, in, []source.Mark{{Sheet: "S1", Row: 1, Col: 1, Code: "c"}, {Sheet: "S1", Row: 2, Col: 1, Code: "c"}}, source.AnnotateOptions{})
	if done.Cells != 2 || done.Comments != 1 || done.Uncommented != 1 || !strings.Contains(readPart(t, out, "xl/comments1.xml"), talk) {
		t.Errorf("%+v", *done)
	}
	// Its drawing was missing: both comments have boxes now.
	if got := readPart(t, out, "xl/drawings/vmlDrawing1.vml"); strings.Count(got, "<x:Row>") != 2 {
		t.Error(got)
	}
}

func TestAnnotateRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.csv": "x", "b.xlsb": "x", "c.xlsx": "", "d.xlsx": "PK\x03\x04 and no more", "e.xlsx": "<html>",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := (workbook.Source{}).Annotate(t.Context(), path, filepath.Join(dir, "out.xlsx"), nil, source.AnnotateOptions{})
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := filepath.Join(dir, "f.xlsx")
	parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1">`}.write(t, in)
	_, err := (workbook.Source{}).Annotate(t.Context(), in, in, []source.Mark{{Sheet: "S1", Row: 1, Col: 1}}, source.AnnotateOptions{})
	if err == nil || !strings.Contains(err.Error(), `sheet "S1"`) {
		t.Error(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*.tmp"))
	hidden, _ := filepath.Glob(filepath.Join(dir, ".annotated*"))
	if _, err := os.Stat(filepath.Join(dir, "out.xlsx")); err == nil || len(left)+len(hidden) > 0 {
		t.Error("a failed copy has left something", left, hidden)
	}
}
