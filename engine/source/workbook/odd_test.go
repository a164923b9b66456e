package workbook_test

import (
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// formatted is a workbook of one row of numbers, each in its format.
func formatted(cells ...[2]string) parts {
	var formats, styles, row strings.Builder
	esc := strings.NewReplacer(`&`, "&amp;", `"`, "&quot;", `<`, "&lt;")
	for i, c := range cells {
		id := string(rune('0'+i/10)) + string(rune('0'+i%10))
		formats.WriteString(`<numFmt numFmtId="2` + id + `" formatCode="` + esc.Replace(c[1]) + `"/>`)
		styles.WriteString(`<xf numFmtId="2` + id + `"/>`)
		row.WriteString(`<c s="` + id + `"><v>` + c[0] + `</v></c>`)
	}
	p := sheetOf(`<row>` + row.String() + `</row>`)
	p["xl/styles.xml"] = `<styleSheet><numFmts>` + formats.String() + `</numFmts><cellXfs>` + styles.String() + `</cellXfs></styleSheet>`
	return p
}

// utf16Of writes a text as UTF-16, with or without a mark.
func utf16Of(s string, order binary.AppendByteOrder, mark bool) string {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xFEFF)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// TestOddities reads what is unusual and allowed, or wrong and plain enough.
func TestOddities(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	one := `<worksheet><sheetData><row><c t="str"><v>é</v></c></row></sheetData></worksheet>`
	for _, c := range []struct {
		name string
		book parts
		want string // cells, without the sheet
	}{
		{
			"cells out of order, twice, wrong dimension",
			parts{"xl/worksheets/sheet1.xml": `<worksheet><dimension ref="Z99:ZZ1"/><sheetData><row r="1" spans="9:1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>`},
			`A1 a number "2"|C1 a number "3"`,
		},
		{"rows and cells without references", sheetOf(`<row><c><v>1</v></c><c s="1"/><c/><c><v>2</v></c></row><row/><row><c r="C3"/><c><v>3</v></c></row>`), `A1 a number "1"|D1 a number "2"|D3 a number "3"`},
		{"rows that only their cells number", sheetOf(`<row><c r="B5"><v>1</v></c></row><row r="5"><c r="A7"><v>2</v></c></row><row><c><v>3</v></c></row>`), `B5 a number "1"|A7 a number "2"|A8 a number "3"`},
		{"a row that begins anew for every cell", sheetOf(`<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row><row r="3"/>`), `A2 a number "1"|B2 a number "2"`},
		{"small letters and dollars", sheetOf(`<row r="1"><c r="$b$1"><v>1</v></c><c r="aa1"><v>2</v></c></row>`), `B1 a number "1"|AA1 a number "2"`},
		{
			"no numbers", sheetOf(`<row><c><v>NaN</v></c><c><v>Infinity</v></c><c><v>-INF</v></c><c><v>1,5</v></c><c><v>0x10</v></c><c><v>1E5000</v></c><c><v>.</v></c><c><v>1.2.3</v></c></row>`),
			`A1 an error "NaN"|B1 an error "Infinity"|C1 an error "-INF"|D1 an error "1,5"|E1 an error "0x10"|F1 a number "1E5000"|G1 an error "."|H1 an error "1.2.3"`,
		},
		{
			"numbers", sheetOf(`<row><c><v>+1</v></c><c><v>-.5</v></c><c><v>1.</v></c><c><v>1e3</v></c><c><v>1.7976931348623157E308</v></c><c t="n"><v>007</v></c><c t="new"><v>8</v></c><c><v></v></c></row>`),
			`A1 a number "1"|B1 a number "-0.5"|C1 a number "1"|D1 a number "1000"|E1 a number "179769313486231570` + strings.Repeat("0", 291) + `"|F1 a number "7"|G1 a number "8"`,
		},
		{
			"booleans", sheetOf(`<row><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="b"><v>TRUE</v></c><c t="b"><v>false</v></c><c t="b"><v>2</v></c><c t="b"><v/></c></row>`),
			`A1 a boolean "true"|B1 a boolean "false"|C1 a boolean "true"|D1 a boolean "false"|E1 an error "2"`,
		},
		{"errors", sheetOf(`<row><c t="e"><v>#DIV/0!</v></c><c t="e"><f>1/0</f><v>#REF!</v></c><c t="e"/></row>`), `A1 an error "#DIV/0!"|B1 an error "#REF!"`},
		{
			"formulas", sheetOf(`<row><c><f t="shared" ref="A1:A2" si="0">B1*2</f><v>4</v></c><c><f t="shared" si="0"/><v>6</v></c><c t="str"><f t="array" ref="C1">X()</f><v>text</v></c><c><f>NOW()</f></c><c t="str"><f>""</f><v></v></c><c t="b"><f>TRUE()</f><v>1</v></c><c><f><![CDATA[a<b]]></f><v>1</v></c></row>`),
			`A1 a number "4"|B1 a number "6"|C1 text "text"|D1 an error "formula without a stored result"|F1 a boolean "true"|G1 a number "1"`,
		},
		{
			"ISO dates", sheetOf(`<row><c t="d"><v>2026-02-03</v></c><c t="d"><v>2026-02-03T08:30:00Z</v></c><c t="d"><v>2026-02-03T23:59:59.9999999</v></c><c t="d"><v>08:30:00.4</v></c><c t="d"><v>tomorrow</v></c><c t="d"><v>2026-02-30</v></c><c t="d"/></row>`),
			`A1 a date "2026-02-03"|B1 a date "2026-02-03 08:30:00"|C1 a date "2026-02-04"|D1 a time "8:30:00"|E1 an error "tomorrow"|F1 an error "2026-02-30"`,
		},
		{
			"texts", sheetOf(`<row><c t="str"><v>a<!-- no -->b<?no no?>c<![CDATA[<d>]]>&#101;</v></c><c t="inlineStr"><is><t> in </t></is></c><c t="inlineStr"><is><t xml:space="preserve"> out </t></is></c><c t="inlineStr"><is><r><t>one</t></r><r><t/></r><r><t> two</t></r><rPh sb="0" eb="1"><t>ワン</t></rPh></is></c><c t="inlineStr"><is/></c><c t="str"><v>a` + "\r\nb\rc" + `&#13;d</v></c></row>`),
			`A1 text "abc<d>e"|B1 text " in "|C1 text " out "|D1 text "one two"|F1 text "a\nb\nc\rd"`,
		},
		{
			"shared texts",
			parts{
				"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v> 1 </v></c><c t="s"><v>2</v></c><c t="s"><v></v></c><c t="s"/></row></sheetData></worksheet>`,
				"xl/sharedStrings.xml":     `<sst count="-1" uniqueCount="99999999999"><si><t>a<!-- x -->b</t><extLst><ext><t2>no</t2></ext></extLst></si><si><t/></si><si><phoneticPr/><r><rPr><t2/></rPr><t>r</t></r></si></sst>`,
			},
			`A1 text "ab"|C1 text "r"`,
		},
		{"prefixes everywhere", parts{
			"_rels/.rels":              `<p:Relationships xmlns:p="p"><p:Relationship Id="r1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="xl/workbook.xml"/></p:Relationships>`,
			"xl/workbook.xml":          `<ns0:workbook xmlns:ns0="x" xmlns:ns1="r" conformance="strict"><ns0:workbookPr date1904="true"/><ns0:sheets><ns0:sheet name="S1" ns1:id="rId1"/></ns0:sheets></ns0:workbook>`,
			"xl/worksheets/sheet1.xml": `<ns0:worksheet xmlns:ns0="x"><ns0:sheetData><ns0:row ns0:r="2"><ns0:c ns0:r="B2" ns0:t="b"><ns0:v>1</ns0:v></ns0:c></ns0:row></ns0:sheetData></ns0:worksheet>`,
		}, `B2 a boolean "true"`},
		{"relative and backslashed targets", parts{
			"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="officeDocument" Target="./XL\Workbook.xml"/></Relationships>`,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="worksheet" Target="..\xl\worksheets\my%20sheet.xml"/></Relationships>`,
			"xl/workbook.xml":            `<workbook><sheets><sheet name="S1" id="rId1"/></sheets></workbook>`, `xl\worksheets\My sheet.xml`: grid(1, 1),
		}, `A1 text "A1"`},
		{"no rels of the package", parts{"_rels/.rels": "", "xl/worksheets/sheet1.xml": grid(1, 1)}, `A1 text "A1"`},
		{"no styles, no strings", parts{"xl/styles.xml": "", "xl/sharedStrings.xml": "", "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c s="5"><v>1</v></c></row></sheetData></worksheet>`}, `A1 a number "1"`},
		{"styles out of range", sheetOf(`<row><c s="99"><v>46056</v></c><c s="-1"><v>1</v></c><c s=""><v>2</v></c><c s="x"><v>3</v></c></row>`), `A1 a number "46056"|B1 a number "1"|C1 a number "2"|D1 a number "3"`},
		{"UTF-8 mark", parts{"xl/worksheets/sheet1.xml": "\xEF\xBB\xBF" + `<?xml version="1.0" encoding="utf-8"?>` + one}, `A1 text "é"`},
		{"UTF-16 LE", parts{"xl/worksheets/sheet1.xml": utf16Of(one, binary.LittleEndian, true)}, `A1 text "é"`},
		{"UTF-16 BE without a mark", parts{"xl/worksheets/sheet1.xml": utf16Of(one, binary.BigEndian, false)}, `A1 text "é"`},
		{"Latin-1", parts{"xl/worksheets/sheet1.xml": `<?xml version='1.0' encoding='ISO-8859-1'?>` + strings.ReplaceAll(one, "é", "\xe9")}, `A1 text "é"`},
		{"wrongly declared", parts{"xl/worksheets/sheet1.xml": `<?xml version="1.0" encoding="utf-16"?>` + one}, `A1 text "é"`},
		{"empty sheet", parts{"xl/worksheets/sheet1.xml": `<worksheet/>`}, ""},
		{"empty data", parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData/><mergeCells/></worksheet>`}, ""},
		{"damage behind the rows", parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="`}, `A1 a number "1"`},
		{
			"dates", formatted([2]string{"46056", `[$-421]dd mmmm yyyy`}, [2]string{"46056", `yyyy"年"m"月"d"日"`}, [2]string{"46056", `[$-F800]dddd\, mmmm dd\, yyyy`}, [2]string{"46056.5", `d/m/yy h:mm`}, [2]string{"46056", `[Red]dd.mm.yyyy;@`}, [2]string{"46056", `mmm-yy`}, [2]string{"46056", `e`}),
			`A1 a date "2026-02-03"|B1 a date "2026-02-03"|C1 a date "2026-02-03"|D1 a date "2026-02-03 12:00:00"|E1 a date "2026-02-03"|F1 a date "2026-02-03"|G1 a date "2026-02-03"`,
		},
		{
			"times", formatted([2]string{"0.35", `h:mm`}, [2]string{"1.5", `[h]:mm`}, [2]string{"1.5", `[mm]:ss`}, [2]string{"-0.25", `[h]:mm:ss`}, [2]string{"0.999999", `hh:mm AM/PM`}, [2]string{"46056.75", `h:mm`}, [2]string{"1E300", `[h]`}),
			`A1 a time "8:24:00"|B1 a time "36:00:00"|C1 a time "36:00:00"|D1 a time "-6:00:00"|E1 a time "24:00:00"|F1 a date "2026-02-03 18:00:00"|G1 a number "1` + strings.Repeat("0", 300) + `"`,
		},
		{
			"no dates", formatted([2]string{"0.125", `0.0%`}, [2]string{"0.5", `# ?/?`}, [2]string{"1234", `_-"Rp"* #,##0_-;-"Rp"* #,##0_-;_-"Rp"* "-"_-;_-@_-`}, [2]string{"1234", `0.00E+00`}, [2]string{"5", `"d"0`}, [2]string{"5", `0\d`}, [2]string{"5", `[Yellow]0`}, [2]string{"5", `General"days"`}, [2]string{"5", `0;"dd"`}, [2]string{"5", `[>=100]0;[<100]0.0`}, [2]string{"5", `[$€-2] #,##0`}, [2]string{"5", `#,##0\ "h"`}, [2]string{"5", `"unclosed`}),
			`A1 a number "0.125"|B1 a number "0.5"|C1 a number "1234"|D1 a number "1234"|E1 a number "5"|F1 a number "5"|G1 a number "5"|H1 a number "5"|I1 a number "5"|J1 a number "5"|K1 a number "5"|L1 a number "5"|M1 a number "5"`,
		},
		{
			"days that are none", formatted([2]string{"0", `dd/mm/yyyy`}, [2]string{"60", `dd/mm/yyyy`}, [2]string{"59", `dd/mm/yyyy`}, [2]string{"61", `dd/mm/yyyy`}, [2]string{"-1", `dd/mm/yyyy`}, [2]string{"2958465", `dd/mm/yyyy`}, [2]string{"2958466", `dd/mm/yyyy`}, [2]string{"1", `dd/mm/yyyy`}),
			`A1 a number "0"|B1 a number "60"|C1 a date "1900-02-28"|D1 a date "1900-03-01"|E1 a number "-1"|F1 a date "9999-12-31"|G1 a number "2958466"|H1 a date "1900-01-01"`,
		},
		{
			"rounding", formatted([2]string{"46056.354166666664", `d/m/yy h:mm`}, [2]string{"46056.999999999", `d/m/yy h:mm`}, [2]string{"46055.99999999999", `d/m/yy`}, [2]string{"46056.00000001", `d/m/yy h:mm:ss.000`}),
			`A1 a date "2026-02-03 08:30:00"|B1 a date "2026-02-04"|C1 a date "2026-02-03"|D1 a date "2026-02-03 00:00:00.001"`,
		},
	} {
		c.book.write(t, path)
		got, err := dump(t, path)
		got = strings.ReplaceAll(strings.TrimSuffix(strings.ReplaceAll(got, "S1 ", ""), "\n"), "\n", "|")
		if err != nil || got != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", c.name, err, strings.ReplaceAll(got, "|", "\n"), strings.ReplaceAll(c.want, "|", "\n"))
		}
	}
}
