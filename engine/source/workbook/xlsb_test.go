package workbook_test

import (
	"encoding/binary"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"atlas/engine/diag"
)

// record is one record of a binary part.
func record(id int, fields ...any) string {
	var b []byte
	le := binary.LittleEndian
	for _, f := range fields {
		switch f := f.(type) {
		case byte:
			b = append(b, f)
		case uint16:
			b = le.AppendUint16(b, f)
		case int:
			b = le.AppendUint32(b, uint32(f))
		case float64:
			b = le.AppendUint64(b, math.Float64bits(f))
		case []byte:
			b = append(b, f...)
		case string:
			u := utf16.Encode([]rune(f))
			b = le.AppendUint32(b, uint32(len(u)))
			for _, x := range u {
				b = le.AppendUint16(b, x)
			}
		}
	}
	var head []byte
	if head = append(head, byte(id)); id >= 0x80 {
		head = []byte{byte(id&0x7f | 0x80), byte(id >> 7)}
	}
	n := len(b)
	for n >= 0x80 {
		head = append(head, byte(n&0x7f|0x80))
		n >>= 7
	}
	return string(append(append(head, byte(n)), b...))
}

// row begins a row, counted from 0.
func row(n int, hidden bool) string {
	flags := byte(0)
	if hidden {
		flags = 0x10
	}
	return record(0, n, 0, uint16(300), byte(0), flags, byte(0), 0)
}

func join(records ...string) string { return strings.Join(records, "") }

// binaryBook is a binary workbook of two sheets, the second hidden.
func binaryBook(sheet string) parts {
	rel := func(id, kind, target string) string {
		return `<Relationship Id="` + id + `" Type="http://x/` + kind + `" Target="` + target + `"/>`
	}
	area := func(pair uint16, r1, r2 int, c1, c2 uint16) []byte {
		b := binary.LittleEndian.AppendUint16([]byte{0x3B}, pair)
		b = binary.LittleEndian.AppendUint32(b, uint32(r1))
		b = binary.LittleEndian.AppendUint32(b, uint32(r2))
		return binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, c1), c2)
	}
	name := func(flags, sheet int, name string, formula []byte) string {
		return record(39, flags, byte(0), sheet, name, len(formula), formula, 0)
	}
	return parts{
		"_rels/.rels":                `<Relationships>` + rel("r", "officeDocument", "xl/workbook.bin") + `</Relationships>`,
		"xl/workbook.xml":            "",
		"xl/_rels/workbook.xml.rels": "",
		"xl/_rels/workbook.bin.rels": `<Relationships>` + rel("rId1", "worksheet", "worksheets/sheet1.bin") + rel("rId2", "worksheet", "worksheets/sheet2.bin") + rel("s", "styles", "styles.bin") + rel("t", "sharedStrings", "sharedStrings.bin") + `</Relationships>`,
		"xl/workbook.bin": join(record(131), record(153, 0, 0, "ThisWorkbook"), record(143), record(156, 0, 1, "rId1", "S1"), record(156, 1, 2, "rId2", "It's hidden"), record(144),
			record(353), record(357), record(355, "other"), record(362, 4, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1), record(354),
			name(0, -1, "Data", area(0, 1, 2, 0, 1)), name(0, -1, "Far", area(1, 1, 2, 0, 1)), name(0, -1, "Elsewhere", area(2, 1, 2, 0, 1)), name(0, -1, "Both", area(3, 1, 2, 0, 1)),
			name(0, -1, "Again", []byte{0x23, 1, 0, 0, 0}), name(1, -1, "Secret", area(0, 1, 2, 0, 1)), name(0, 1, "Own", area(1, 0, 1, 0, 0)), name(0, -1, "Rate", []byte{0x1F, 0, 0, 0, 0, 0, 0, 0, 0}),
			name(0, -1, "Sum", []byte{0x19, 0x10, 0, 0}), name(0, -1, "Gone", []byte{0x3D, 0, 0}), name(0, -1, "Two", append([]byte{0x29, 0, 0}, append(area(0, 1, 2, 0, 1), 0x10)...)), record(132)),
		"xl/styles.bin":        join(record(615, 2), record(44, uint16(164), "dd/mm/yyyy"), record(44, uint16(165), "[h]:mm"), record(616), record(626, 1), record(47, uint16(0), uint16(14), 0), record(627), record(617, 4), record(47, uint16(0), uint16(0), 0), record(47, uint16(0), uint16(164), 0), record(47, uint16(0), uint16(165), 0), record(47, uint16(0), uint16(14), 0), record(618)),
		"xl/sharedStrings.bin": join(record(159, 3, 3), record(19, byte(0), "shared 🙂"), record(19, byte(1), "rich", 1, 0), record(19, byte(0), ""), record(160)),
		"xl/worksheets/sheet1.bin": join(record(129), record(390), record(60, 1, 2, 2000, 0, uint16(1)), record(60, 3, 3, 2000, 0, uint16(0)), record(391), record(145)) + sheet +
			join(record(146), record(177, 1), record(176, 1, 3, 0, 0), record(178), record(130)),
		"xl/worksheets/sheet2.bin":            join(record(129), record(145), row(0, false), record(6, 0, 0, "A1"), row(1, false), record(6, 0, 0, "A2"), record(6, 1, 0, "B2"), row(2, false), record(6, 0, 0, "A3"), record(146), record(130)),
		"xl/worksheets/_rels/sheet2.bin.rels": `<Relationships>` + rel("x", "table", "../tables/table1.bin") + rel("y", "table", "../tables/table2.bin") + `</Relationships>`,
		"xl/tables/table1.bin":                join(record(343, 0, 2, 0, 0, 0, 1, 1, 1, 0, make([]byte, 28), "Inner", "Shown", "", "", "", ""), record(347, 1, 0, make([]byte, 16), "n", "Column")),
		"xl/tables/table2.bin":                join(record(343, 1, 2, 0, 0, 0, 2, 0, 0, 0, make([]byte, 28), "Bare", "Bare", "", "", "", ""), record(347, 1, 0, make([]byte, 16), "n", "Column")),
	}
}

func TestBinary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsb")
	const date, span = 1, 2
	binaryBook(join(
		row(0, false), record(7, 0, 0, 0), record(7, 1, 0, 1), record(7, 2, 0, 2), record(6, 3, 0, "own"), record(62, 4, 0, byte(1), "rich", 1, 0), record(1, 5, date), record(999, "unknown"),
		row(2, true), record(2, 0, 0, 46056<<2|2), record(2, 1, 0, 123456<<2|3), record(2, 2, 0, int(math.Float64bits(0.5)>>32)), record(5, 3, 0, 0.1+0.2), record(5, 4, 0, 1e300), record(5, 5, 0, math.NaN()), record(2, 6, 0, int(uint32(0xFFFFFFFF&(-5<<2|2)))),
		row(3, false), record(2, 0, date, 46056<<2|2), record(5, 1, date, 46056.5), record(5, 2, span, 1.5), record(4, 3, 0, byte(1)), record(3, 4, 0, byte(0x2A)), record(2, 5, 3, 46056<<2|2), record(2, 6, 99, 7<<2|2),
		row(4, false), record(8, 0, 0, "text", uint16(0), 2, []byte{0, 0}), record(9, 1, date, 46056.0, uint16(0), 0), record(10, 2, 0, byte(0), uint16(0)), record(11, 3, 0, byte(0x07), uint16(0)), record(8, 5, 0, "", uint16(0)),
		row(5, false), record(2, 1, 0, 1<<2|2), record(13, 0, 2<<2|2), record(12, 0), record(16, date, 46056.0), record(17, 0, "short"), record(18, 0, 0), record(15, 0, byte(1)), record(14, 0, byte(0x24)),
	)).write(t, path)
	got, err := dump(t, path, "sheets", []any{"S1", "it's hidden"}, "fill_merged", false)
	want := `S1 A1 text "shared 🙂"
S1 B1 text "rich"
S1 D1 text "own"
S1 E1 text "rich"
S1 A3 a number "46056" hidden
S1 B3 a number "1234.56" hidden
S1 C3 a number "0.5" hidden
S1 D3 a number "0.3" hidden
S1 E3 a number "1` + strings.Repeat("0", 300) + `" hidden
S1 F3 an error "NaN" hidden
S1 G3 a number "-5" hidden
S1 A4 a date "2026-02-03"
S1 B4 a date "2026-02-03 12:00:00"
S1 C4 a time "36:00:00"
S1 D4 a boolean "true"
S1 E4 an error "#N/A"
S1 F4 a date "2026-02-03"
S1 G4 a number "7"
S1 A5 text "text"
S1 B5 a date "2026-02-03"
S1 C5 a boolean "false"
S1 D5 an error "#DIV/0!"
S1 B6 a number "1"
S1 C6 a number "2"
S1 E6 a date "2026-02-03"
S1 F6 text "short"
S1 G6 text "shared 🙂"
S1 H6 a boolean "true"
S1 I6 an error "#NUM!"
It's hidden A1 text "A1"
It's hidden A2 text "A2"
It's hidden B2 text "B2"
It's hidden A3 text "A3"
`
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	old := binaryBook(join(row(0, false), record(2, 0, date, 44594<<2|2)))
	old["xl/workbook.bin"] = strings.Replace(old["xl/workbook.bin"], record(153, 0, 0, "ThisWorkbook"), record(153, 1, 0, "ThisWorkbook"), 1)
	old.write(t, path)
	if got, err := dump(t, path, "fill_merged", false); err != nil || got != "S1 A1 a date \"2026-02-03\"\n" {
		t.Errorf("1904: %q, %v", got, err)
	}
}

func TestBinaryRanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsb")
	cells := func(names ...string) string {
		out := ""
		for i, n := range names {
			out += record(6, i, 0, n)
		}
		return out
	}
	binaryBook(join(row(0, false), cells("A1", "B1"), row(1, false), cells("A2", "B2"), row(2, false), record(1, 0, 0), record(6, 1, 0, "B3"), row(3, false), record(6, 1, 0, "B4"))).write(t, path)
	for _, c := range []struct{ name, want string }{
		{"Data", "S1 header 2+1 data 3 A2 B2 B3"},
		{"Again", "S1 header 2+1 data 3 A2 B2 B3"},
		{"Far", "It's hidden header 2+1 data 3 A2 B2 A3"},
		{"Own", "It's hidden header 1+1 data 2 A1 A2"},
		{"Shown", "It's hidden header 1+1 data 2 A1 A2"},
		{"Inner", "It's hidden header 1+1 data 2 A1 A2"},
		{"Bare", `It's hidden header 2+1 data 2 fields ["Column"] A2 A3`},
		{"Elsewhere", "points to another workbook"},
		{"Both", "points to several sheets"},
		{"Rate", "is a constant"},
		{"Sum", "is a formula"},
		{"Gone", "cells that were deleted"},
		{"Two", "points to several areas"},
		{"Secret", "has no range Secret"},
	} {
		if got := seen(t, path, "range", c.name); got != c.want && (strings.Contains(c.want, "header") || !strings.Contains(got, c.want)) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if got := seen(t, path, "fill_merged", true, "sheets", "S1"); got != "S1 header 0+0 data 0 A1 B1 A2 B2 A3←A2 B3 A4←A2 B4" {
		t.Errorf("merged cells: %s", got)
	}
}

// TestBinaryHostile wants clear errors of damaged binary parts.
func TestBinaryHostile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsb")
	for _, c := range []struct{ sheet, want string }{
		{join(row(1, false), row(1, false)), "row 2 follows row 2"},
		{row(1<<20, false), "row 1048577 follows row 0"},
		{join(row(0, false), record(2, 1<<14, 0, 2)), "no such column"},
		{join(row(0, false), record(2, -2, 0, 2)), "no such column"},
		{join(row(0, false), record(2, 0, 0)), "shorter than what it should hold"},
		{join(row(0, false), record(5, 0, 0, 2)), "shorter than what it should hold"},
		{join(row(0, false), record(6, 0, 0, 1<<30)), "shorter than what it should hold"},
		{join(row(0, false), record(6, 0)), "shorter than what it should hold"},
		{join(row(0, false), record(7, 0, 0, 99)), "cell A1: there is no shared string 99"},
		{join(row(0, false), "\x06\xff\xff\xff\x7f"), "shorter than what it should hold"},
		{join(row(0, false), "\x86"), "unexpected EOF"},
		{strings.Repeat(record(2, 0, 0, 2), 10), "nothing"},
	} {
		binaryBook(c.sheet).write(t, path)
		_, err := dump(t, path, "fill_merged", false)
		var d *diag.Diagnostic
		if c.want == "nothing" && err == nil {
			continue
		}
		if !errors.As(err, &d) || !strings.Contains(d.Msg, c.want) || d.Hint == "" {
			t.Errorf("%q: %v", c.want, err)
		}
	}
	whole := binaryBook(join(row(0, false), record(7, 0, 0, 0)))
	for name, text := range whole {
		if !strings.HasSuffix(name, ".bin") {
			continue
		}
		for n := 0; n < len(text); n += 1 + len(text)/40 {
			for _, change := range []string{text[:n], text[:n] + "\xff" + text[min(n+1, len(text)):], text[:n] + "\xff\xff\xff\xff" + text[n:]} {
				damaged := parts{}
				for k, v := range whole {
					damaged[k] = v
				}
				damaged[name] = change + " "
				damaged.write(t, path)
				_, _ = dump(t, path) // whatever it says, it ends
				_ = seen(t, path, "range", "Data")
			}
		}
	}
}
