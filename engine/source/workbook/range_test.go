package workbook_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/workbook"
)

// grid is a sheet of rows × cols cells with their names as texts.
func grid(rows, cols int) string {
	var b strings.Builder
	for r := 1; r <= rows; r++ {
		fmt.Fprintf(&b, `<row r="%d">`, r)
		for c := 1; c <= cols; c++ {
			name := source.CellName(r, c)
			fmt.Fprintf(&b, `<c r="%s" t="str"><v>%s</v></c>`, name, name)
		}
		b.WriteString(`</row>`)
	}
	return `<worksheet><sheetData>` + b.String() + `</sheetData></worksheet>`
}

// seen reads a workbook and gives its sections with the names of the cells that are seen.
func seen(t *testing.T, path string, options ...any) string {
	t.Helper()
	table := &manifest.ExtractTable{Table: "t", Options: manifest.NewMap(append([]any{"workbook", filepath.Base(path)}, options...)...)}
	var out []string
	for s, err := range (workbook.Source{}).Read(t.Context(), source.Request{Root: filepath.Dir(path), Table: table}) {
		if err != nil {
			return err.Error()
		}
		out = append(out, fmt.Sprintf("%s header %d+%d data %d", s.Sheet, s.Layout.HeaderRow, s.Layout.HeaderRows, s.Layout.DataRow))
		if s.Fields != nil {
			out = append(out, fmt.Sprintf("fields %q", s.Fields))
		}
		for row, err := range s.Rows {
			if err != nil {
				return err.Error()
			}
			for i, c := range row.Cells {
				if c.Kind == source.Empty {
					continue
				}
				if name := source.CellName(row.Number, i+1); c.Merged {
					out = append(out, name+"←"+c.Text)
				} else if c.Text != name {
					t.Errorf("%s has the text of %s", name, c.Text)
				} else {
					out = append(out, name)
				}
			}
		}
	}
	return strings.Join(out, " ")
}

func TestTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	rel := func(n int) string {
		return fmt.Sprintf(`<Relationship Id="t%d" Type="http://x/table" Target="../tables/table%d.xml"/>`, n, n)
	}
	parts{
		"xl/worksheets/sheet1.xml":            grid(6, 4),
		"xl/worksheets/sheet2.xml":            grid(3, 3),
		"xl/worksheets/_rels/sheet1.xml.rels": `<Relationships>` + rel(1) + rel(2) + `</Relationships>`,
		"xl/tables/table1.xml":                `<table name="Inner" displayName="With_totals" ref="B2:C5" totalsRowCount="1"><tableColumns><tableColumn name="x"/></tableColumns></table>`,
		"xl/tables/table2.xml":                `<x:table xmlns:x="x" displayName="Bare" ref="B3:C4" headerRowCount="0"><x:tableColumns><x:tableColumn name="One"/><x:tableColumn name="a_x000a_b"/></x:tableColumns></x:table>`,
		"xl/workbook.xml": `<workbook xmlns:r="r"><sheets><sheet name="Chart" r:id="none"/><sheet name="S1" r:id="rId1"/><sheet name="S2" r:id="rId2"/></sheets><definedNames>
			<definedName name="Local" localSheetId="2">S2!$A$1:$B$2</definedName><definedName name="Hidden" hidden="1">S1!$A$1:$B$2</definedName>
			<definedName name="_xlnm.Print_Area" localSheetId="1">S1!$B$2:$B$3</definedName><definedName name="Plain">S2!<!-- x -->A1:<![CDATA[A3]]></definedName></definedNames></workbook>`,
	}.write(t, path)
	for _, c := range []struct{ name, want string }{
		{"with_totals", "S1 header 2+1 data 3 B2 C2 B3 C3 B4 C4"},
		{"Inner", "S1 header 2+1 data 3 B2 C2 B3 C3 B4 C4"},
		{"Bare", `S1 header 3+1 data 3 fields ["" "One" "a\nb"] B3 C3 B4 C4`},
		{"Local", "S2 header 1+1 data 2 A1 B1 A2 B2"},
		{"Print_Area", "S1 header 2+1 data 3 B2 B3"},
		{"Plain", "S2 header 1+1 data 2 A1 A2 A3"},
		{"Hidden", "a.xlsx has no range Hidden  [AT0608]"},
		{"S2!B2:C9", "S2 header 2+1 data 3 B2 C2 B3 C3"},
	} {
		if got := seen(t, path, "range", c.name); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	want := "S1 header 1+1 data 5 A1 D1 B1 C1 B5 C5 B6 C6"
	want = strings.Replace(want, "A1 D1 B1 C1", "B1 C1", 1)
	if got := seen(t, path, "range", "S1!B5:C6", "header_row", int64(1)); got != want {
		t.Errorf("a header above the range:\n%s\nwant\n%s", got, want)
	}
}

func TestMergedCells(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	merged := func(refs ...string) string {
		s := strings.TrimSuffix(grid(1, 2)+"", "</sheetData></worksheet>") + `<row r="2"><c r="A2" t="str"><v>A2</v></c></row><row r="3"/><row r="5"><c r="B5" t="str"><v>B5</v></c></row></sheetData><mergeCells>`
		for _, ref := range refs {
			s += `<mergeCell ref="` + ref + `"/>`
		}
		return s + `</mergeCells></worksheet>`
	}
	for _, c := range []struct {
		fill any
		refs []string
		want string
	}{
		{true, []string{"A2:A5"}, "A1 B1 A2 A3←A2 A5←A2 B5"},
		{true, []string{"A2:C3"}, "A1 B1 A2 B2←A2 C2←A2 A3←A2 B3←A2 C3←A2 B5"},
		{"down", []string{"A2:C3"}, "A1 B1 A2 A3←A2 B5"},
		{"across", []string{"A2:C3"}, "A1 B1 A2 B2←A2 C2←A2 B5"},
		{true, []string{"A1:A5"}, "A1 B1 A2 B5"},                            // begins in the header
		{true, []string{"A4:A5", "C2:C5"}, "A1 B1 A2 B5"},                   // nothing to give
		{true, []string{"B5:B5", "nonsense", ""}, "A1 B1 A2 B5"},            // no ranges
		{true, []string{"A2:B5"}, "A1 B1 A2 B2←A2 A3←A2 B3←A2 A5←A2 B5←A2"}, // what hides under it is not seen
	} {
		parts{"xl/worksheets/sheet1.xml": merged(c.refs...)}.write(t, path)
		if got := seen(t, path, "fill_merged", c.fill); got != "S1 header 0+0 data 0 "+c.want {
			t.Errorf("%v %v:\n%s\nwant\n%s", c.fill, c.refs, got, c.want)
		}
	}
	// A comment that looks like the end of the rows does not lead astray.
	parts{"xl/worksheets/sheet1.xml": strings.Replace(merged("A2:A5"), "<row r=\"3\"/>", "<row r=\"3\"/><!-- </sheetData> <a <b -->", 1)}.write(t, path)
	if got := seen(t, path, "fill_merged", true); !strings.Contains(got, "A5←A2") {
		t.Errorf("a comment: %s", got)
	}
	for _, v := range []any{"sideways", int64(3)} {
		if got := seen(t, path, "fill_merged", v); !strings.Contains(got, "fill_merged cannot be") {
			t.Errorf("%v: %s", v, got)
		}
	}
	overlap := make([]string, 1<<14+2)
	for i := range overlap {
		overlap[i] = "A2:B1048576"
	}
	parts{"xl/worksheets/sheet1.xml": merged(overlap...)}.write(t, path)
	if got := seen(t, path, "fill_merged", true); !strings.Contains(got, "overlap") {
		t.Errorf("overlapping ranges: %.200s", got)
	}
}
