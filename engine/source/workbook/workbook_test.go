package workbook_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/sourcetest"
	"atlas/engine/source/workbook"
)

func TestContract(t *testing.T) {
	sourcetest.Run(t, sourcetest.Driver{Source: workbook.Source{}, Write: func(t *testing.T, root string, rows [][]string) *manifest.ExtractTable {
		f := excelize.NewFile()
		for i, r := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SaveAs(filepath.Join(root, "people.xlsx")); err != nil {
			t.Fatal(err)
		}
		return &manifest.ExtractTable{Driver: "workbook", Options: manifest.NewMap("workbook", "people.xlsx")}
	}})
}

// parts are the files of a workbook; what is absent is filled in.
type parts map[string]string

// write puts a workbook of parts under root. Sheets are sheet1.xml, sheet2.xml … named S1, S2 …
func (p parts) write(t *testing.T, path string) {
	t.Helper()
	var sheets, rels strings.Builder
	for i := 1; p[fmt.Sprintf("xl/worksheets/sheet%d.xml", i)] != ""; i++ {
		fmt.Fprintf(&sheets, `<sheet name="S%d" sheetId="%d" r:id="rId%d"/>`, i, i, i)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="http://x/worksheet" Target="worksheets/sheet%d.xml"/>`, i, i)
	}
	full := parts{
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets>` + sheets.String() + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + rels.String() + `<Relationship Id="s" Type="http://x/styles" Target="styles.xml"/><Relationship Id="t" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet/>`,
		"xl/sharedStrings.xml":       `<sst/>`,
	}
	for name, text := range p {
		if full[name] = text; text == "" {
			delete(full, name)
		}
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range full {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// dump reads a workbook and gives its cells as lines "Sheet A1 kind text".
func dump(t *testing.T, path string, options ...any) (string, error) {
	t.Helper()
	table := &manifest.ExtractTable{
		Table: "t", Pos: diag.Pos{File: "s.yml", Line: 3},
		Options:   manifest.NewMap(append([]any{"workbook", filepath.Base(path)}, options...)...),
		OptionPos: map[string]diag.Pos{"workbook": {File: "s.yml", Line: 4}, "sheets": {File: "s.yml", Line: 5}},
	}
	var b strings.Builder
	for s, err := range (workbook.Source{}).Read(t.Context(), source.Request{Root: filepath.Dir(path), Table: table}) {
		if err != nil {
			return b.String(), err
		}
		for row, err := range s.Rows {
			if err != nil {
				return b.String(), err
			}
			hidden := ""
			if row.Hidden {
				hidden = " hidden"
			}
			for i, c := range row.Cells {
				if c.Kind == source.Empty {
					continue
				}
				fmt.Fprintf(&b, "%s %s %s %q%s\n", s.Sheet, source.CellName(row.Number, i+1), c.Kind, c.String(), hidden)
			}
		}
	}
	return b.String(), nil
}

func TestCells(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	parts{
		"xl/sharedStrings.xml": `<sst><si><t>plain &amp; simple</t></si><si><t xml:space="preserve"> spaces </t></si>
			<si><r><t>rich</t></r><r><rPr><b/></rPr><t xml:space="preserve"> text</t></r></si>
			<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si><si/><si><t>a_x000D_b_x005F_x000D_ _x20AC_ _xZZZZ_ _x</t></si><si><t><![CDATA[<x>]]></t></si></sst>`,
		"xl/styles.xml": `<styleSheet><numFmts count="4"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="[h]:mm"/>
			<numFmt numFmtId="166" formatCode="&quot;Rp&quot;\ #,##0"/><numFmt numFmtId="167" formatCode="[$-421]d mmmm yyyy;@"/></numFmts>
			<cellStyleXfs><xf numFmtId="14"/><xf numFmtId="14"/></cellStyleXfs>
			<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="22"/></cellXfs>
			<cellStyles><xf numFmtId="14"/></cellStyles></styleSheet>`,
		"xl/worksheets/sheet1.xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
			<x:worksheet xmlns:x="http://x"><x:cols><x:col min="2" max="3" hidden="1"/></x:cols><x:sheetData>
			<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="C1" t="s"><x:v>1</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c><x:c r="E1" t="s"><x:v>3</x:v></x:c><x:c r="F1" t="s"><x:v>4</x:v></x:c><x:c r="G1" t="s"><x:v>5</x:v></x:c><x:c r="H1" t="s"><x:v>6</x:v></x:c></x:row>
			<x:row r="3" hidden="1"><x:c r="A3"><x:v>1.5</x:v></x:c><x:c r="B3" s="5"><x:v>1250000</x:v></x:c><x:c r="C3" t="b"><x:v>1</x:v></x:c><x:c r="D3" t="e"><x:v>#N/A</x:v></x:c></x:row>
			<x:row><x:c s="1"><x:v>46056</x:v></x:c><x:c s="2"><x:v>46056.5</x:v></x:c><x:c s="3"><x:v>1.09375</x:v></x:c><x:c s="4"><x:v>0.354166666666667</x:v></x:c><x:c s="6"><x:v>46056</x:v></x:c><x:c s="1"><x:v>60</x:v></x:c><x:c s="7"><x:v>46056.354166666664</x:v></x:c><x:c s="99"><x:v>7</x:v></x:c><x:c s="4"><x:v>46056.25</x:v></x:c></x:row>
			<x:row r="5"><x:c r="A5"><x:f>1+1</x:f><x:v>2</x:v></x:c><x:c r="B5" t="str"><x:f>A1</x:f><x:v>text_x0041_</x:v></x:c><x:c r="C5"><x:f>B5</x:f></x:c><x:c r="D5" t="str"><x:f>D1</x:f><x:v></x:v></x:c><x:c r="E5" t="inlineStr"><x:is><x:r><x:t>in</x:t></x:r><x:r><x:t>line</x:t></x:r></x:is></x:c><x:c r="F5" t="d"><x:v>2026-02-03T08:30:00</x:v></x:c><x:c r="G5" s="1"/><x:c r="H5"><x:v> 12 </x:v></x:c><x:c r="I5"><x:v>1E-7</x:v></x:c><x:c r="J5"><x:f>A1</x:f><x:v/></x:c></x:row>
			</x:sheetData><x:mergeCells><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>`,
	}.write(t, path)
	got, err := dump(t, path)
	want := `S1 A1 text "plain & simple"
S1 C1 text " spaces "
S1 D1 text "rich text"
S1 E1 text "東京"
S1 G1 text "a\rb_x000D_ € _xZZZZ_ _x"
S1 H1 text "<x>"
S1 A3 a number "1.5" hidden
S1 B3 a number "1250000" hidden
S1 C3 a boolean "true" hidden
S1 D3 an error "#N/A" hidden
S1 A4 a date "2026-02-03"
S1 B4 a date "2026-02-03 12:00:00"
S1 C4 a time "26:15:00"
S1 D4 a time "8:30:00"
S1 E4 a date "2026-02-03"
S1 F4 a number "60"
S1 G4 a date "2026-02-03 08:30:00"
S1 H4 a number "7"
S1 I4 a date "2026-02-03 06:00:00"
S1 A5 a number "2"
S1 B5 text "textA"
S1 C5 an error "formula without a stored result"
S1 E5 text "inline"
S1 F5 a date "2026-02-03 08:30:00"
S1 H5 a number "12"
S1 I5 a number "0.0000001"
S1 J5 an error "formula without a stored result"
`
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant:\n%s", err, got, want)
	}
}

func TestDate1904(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	parts{
		"xl/workbook.xml":          `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="S1" r:id="rId1"/></sheets><extLst><ext><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>`,
		"xl/styles.xml":            `<styleSheet><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c s="1"><v>44594</v></c><c s="1"><v>60</v></c></row></sheetData></worksheet>`,
	}.write(t, path)
	got, err := dump(t, path)
	if want := "S1 A1 a date \"2026-02-03\"\nS1 B1 a date \"1904-03-01\"\n"; err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	sheet := func(data string) parts {
		return parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + data + `</sheetData></worksheet>`}
	}
	whole := filepath.Join(dir, "whole.xlsx")
	sheet(`<row><c><v>1</v></c></row>`).write(t, whole)
	b, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for want, content := range map[string]any{
		"is empty":                            []byte{},
		"is no workbook, or only part of one": b[:len(b)-30],
		"is in the old .xls format":           []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on"),
		"a.xlsx is no workbook":               []byte("a;b;c\n"),
		"is an OpenDocument spreadsheet":      parts{"_rels/.rels": `<Relationships/>`, "content.xml": "x", "xl/workbook.xml": ""},
		"is an archive, but no workbook":      parts{"_rels/.rels": `<Relationships/>`, "xl/workbook.xml": ""},
		"has no visible sheet":                parts{},
		"there is no shared string \"9\"":     sheet(`<row><c t="s"><v>9</v></c></row>`),
		"\"1A\" is no cell":                   sheet(`<row><c r="1A"><v>1</v></c></row>`),
		"\"XFE1\" is no cell":                 sheet(`<row><c r="XFE1"><v>1</v></c></row>`),
		"row 1 follows row 2":                 sheet(`<row r="2"/><row r="1"/>`),
		"row 9999999 follows row 0":           sheet(`<row r="9999999"/>`),
		"unexpected EOF":                      parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c><v>1`},
	} {
		path := filepath.Join(dir, "a.xlsx")
		switch c := content.(type) {
		case []byte:
			if err := os.WriteFile(path, c, 0o644); err != nil {
				t.Fatal(err)
			}
		case parts:
			c.write(t, path)
		}
		_, err := dump(t, path)
		var d *diag.Diagnostic
		if !errors.As(err, &d) || !strings.Contains(d.Msg, want) || d.Pos.Line != 4 || d.Hint == "" {
			t.Errorf("want %q: %+v", want, err)
		}
	}
}

// sheets writes a workbook with the named sheets; a name in parentheses is a hidden one.
func sheets(t *testing.T, names ...string) string {
	t.Helper()
	f := excelize.NewFile()
	for i, n := range names {
		name := strings.Trim(n, "()")
		if i == 0 {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellInt(name, "A1", int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	for i, n := range names {
		if strings.HasPrefix(n, "(") {
			f.SetActiveSheet((i + 1) % len(names))
			if err := f.SetSheetVisible(strings.Trim(n, "()"), false); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSheets(t *testing.T) {
	path := sheets(t, "Januari", "MARET ", "(Draf)", "Februari 2026", "Rekap")
	months := manifest.NewMap("Januari", int64(1), "Maret", int64(3))
	for _, c := range []struct {
		sheets any
		locale string
		want   string // sheet=month …, or a part of the error and the hint
	}{
		{"Rekap", "", "Rekap=0"},
		{"rekap ", "", "Rekap=0"},
		{[]any{"Rekap", "Draf", "Januari"}, "", "Rekap=0 Draf=0 Januari=0"},
		{[]any{manifest.NewMap("name", "Draf", "month", int64(12)), "Rekap"}, "", "Draf=12 Rekap=0"},
		{manifest.NewMap("pattern", "^(januari|maret)$", "month", months), "", "Januari=1 MARET =3"},
		{manifest.NewMap("names", []any{"Maret", "Januari"}, "month", months), "", "MARET =3 Januari=1"},
		{manifest.NewMap("pattern", "^[JMF]", "month", "locale"), "id-ID", "Januari=1 MARET =3 Februari 2026=2"},
		{manifest.NewMap("pattern", "."), "", `a.xlsx: the sheet "Draf" is hidden and was not read Januari=0 MARET =0 Februari 2026=0 Rekap=0`},
		{[]any{"Januari", manifest.NewMap("pattern", "i$")}, "", "Januari=0"},
		{manifest.NewMap("pattern", "^[JMF]", "month", months), "", `sheet "Februari 2026" is chosen but month does not say which month it is`},
		{manifest.NewMap("pattern", "^R", "month", "locale"), "id-ID", `its name has no month of id-ID`},
		{"Rekab", "", `has no sheet "Rekab" ~ did you mean "Rekap"? there are "Januari", "MARET ", "Draf" (hidden), "Februari 2026", "Rekap"`},
		{manifest.NewMap("pattern", "^Draf$"), "", `no visible sheet of a.xlsx matches ^Draf$ ~ there are`},
		{manifest.NewMap("pattern", "("), "", "is no regular expression"},
		{manifest.NewMap("month", int64(1)), "", "needs name, names or pattern"},
		{manifest.NewMap("name", "Rekap", "month", int64(13)), "", "a month is a number from 1 to 12, not 13"},
		{manifest.NewMap("name", "Rekap", "monat", int64(1)), "", `unknown key "monat"`},
		{manifest.NewMap("name", "Rekap", "header_row", "two"), "", "header_row must be a row number"},
		{[]any{}, "", "sheets is an empty list"},
		{nil, "", `has 4 sheets and table t does not say which to read ~ add sheets: "Januari", "MARET "`},
	} {
		table := &manifest.ExtractTable{Table: "t", Locale: c.locale, Options: manifest.NewMap("workbook", "a.xlsx")}
		if c.sheets != nil {
			table.Options.Set("sheets", c.sheets)
		}
		var got []string
		for s, err := range (workbook.Source{}).Read(t.Context(), source.Request{Root: filepath.Dir(path), Table: table}) {
			if err != nil {
				d := diag.From(err)[0]
				if d.Severity == diag.Warning {
					got = append(got, d.Msg)
					continue
				}
				got = []string{d.Msg + " ~ " + d.Hint}
				break
			}
			got = append(got, fmt.Sprintf("%s=%d", s.Sheet, s.Month))
		}
		if text := strings.Join(got, " "); text != c.want && !(strings.Contains(c.want, " ") && strings.Contains(text, c.want)) {
			t.Errorf("%v:\n%s\nwant %s", c.sheets, text, c.want)
		}
		monthly := (workbook.Source{}).Monthly(table)
		if strings.Contains(c.want, "=1 ") && !monthly {
			t.Errorf("%v is monthly", c.sheets)
		}
	}
}

// TestAgainstExcelize compares cell by cell with another reader, over everything that excelize writes.
func TestAgainstExcelize(t *testing.T) {
	f := excelize.NewFile()
	styles := []string{"General", "0.00%", "dd/mm/yyyy", "#,##0.00", `"Rp" #,##0;[Red]("Rp" #,##0)`, "@", "0.0E+00"}
	for i, format := range styles {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		for row := 1; row <= 40; row++ {
			cell := source.CellName(row*3, i*2+1)
			var v any
			switch row % 5 {
			case 0:
				v = float64(row) * 1234.5678
			case 1:
				v = row
			case 2:
				v = fmt.Sprintf(" text <%d> & \"more\"\n", row%7)
			case 3:
				v = row%2 == 0
			case 4:
				v = nil
			}
			if err := errors.Join(f.SetCellValue("Sheet1", cell, v), f.SetCellStyle("Sheet1", cell, cell, id)); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	table := &manifest.ExtractTable{Table: "t", Options: manifest.NewMap("workbook", "a.xlsx")}
	cells := map[string]source.Cell{}
	for s, err := range (workbook.Source{}).Read(t.Context(), source.Request{Root: filepath.Dir(path), Table: table}) {
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range s.Rows {
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range row.Cells {
				cells[source.CellName(row.Number, i+1)] = c
			}
		}
	}
	seen := 0
	for row := 1; row <= 121; row++ {
		for col := 1; col <= 14; col++ {
			name := source.CellName(row, col)
			want, err := f.GetCellValue("Sheet1", name, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			c := cells[name]
			got := c.Text
			if c.Kind == source.Bool {
				got = map[string]string{"true": "1", "false": "0"}[got]
				want = strings.NewReplacer("TRUE", "1", "FALSE", "0").Replace(want)
			}
			if got != want {
				t.Errorf("%s: %q, excelize has %q", name, got, want)
			}
			if want != "" {
				seen++
			}
			if col == 5 && c.Kind == source.Number {
				t.Errorf("%s is shown as a date and read as a number", name)
			}
			if col != 5 && c.Kind == source.Date {
				t.Errorf("%s is shown as a number and read as a date", name)
			}
		}
	}
	if seen != 7*32 {
		t.Errorf("%d cells compared", seen)
	}
}
