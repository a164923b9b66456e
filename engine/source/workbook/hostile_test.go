package workbook_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"atlas/engine/diag"
)

// sheetOf is a worksheet of rows.
func sheetOf(rows string) parts {
	return parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`}
}

// bytesOf gives a workbook of parts as a file's bytes.
func bytesOf(t *testing.T, p parts) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.xlsx")
	p.write(t, path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// compound is a compound file whose directory has the names.
func compound(names ...string) []byte {
	b := make([]byte, 512+512)
	copy(b, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	b[30] = 9 // sectors of 512 bytes
	for i, n := range names {
		for j, u := range utf16.Encode([]rune(n)) {
			binary.LittleEndian.PutUint16(b[512+128*i+2*j:], u)
		}
	}
	return b
}

// bomb is a workbook whose sheet is packed as tightly as can be.
func bomb(t *testing.T, part string, size int, unit string) []byte {
	t.Helper()
	p := sheetOf("")
	small := bytesOf(t, p)
	z, err := zip.NewReader(bytes.NewReader(small), int64(len(small)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, 9) })
	for _, f := range z.File {
		if f.Name != part {
			if err := w.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	f, err := w.Create(part)
	if err != nil {
		t.Fatal(err)
	}
	chunk := strings.Repeat(unit, 1<<20/len(unit))
	for n := 0; n < size; n += len(chunk) {
		if _, err := io.WriteString(f, chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// overlapped makes two entries of an archive share their bytes.
func overlapped(t *testing.T) []byte {
	t.Helper()
	b := bytesOf(t, parts{"xl/worksheets/sheet1.xml": grid(1, 1), "xl/worksheets/sheet2.xml": grid(1, 1)})
	central := []byte("PK\x01\x02")
	var first []byte
	for at := bytes.Index(b, central); at >= 0; {
		name := string(b[at+46 : at+46+int(binary.LittleEndian.Uint16(b[at+28:]))])
		offset := b[at+42 : at+46]
		switch name {
		case "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml":
			if first == nil {
				first = offset
			} else {
				copy(offset, first)
			}
		}
		next := bytes.Index(b[at+4:], central)
		if next < 0 {
			break
		}
		at += 4 + next
	}
	return b
}

// peak gives the most bytes of heap that were in use beside those before, and the time.
func peak(f func()) (uint64, time.Duration) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapInuse, uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	start := time.Now()
	f()
	close(done)
	<-stopped
	return most - min(most, before), time.Since(start)
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }

// TestHostile wants a clear error for every file that is none, in little memory and time.
func TestHostile(t *testing.T) {
	dir := t.TempDir()
	whole := bytesOf(t, sheetOf(`<row><c><v>1</v></c></row>`))
	many := new(bytes.Buffer)
	w := zip.NewWriter(many)
	for i := range 1<<16 + 1 {
		if _, err := w.Create(fmt.Sprintf("xl/%d.xml", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dtd := `<!DOCTYPE a [<!ENTITY b "` + repeat("&amp;", 1000) + `">]>`
	for _, c := range []struct {
		name    string
		content any
		want    string // part of the message
	}{
		{"encrypted", compound("Root Entry", "EncryptionInfo", "EncryptedPackage"), "is encrypted with a password"},
		{"old", compound("Root Entry", "Workbook"), "is in the old .xls format"},
		{"older", compound("Root Entry", "Book"), "is in the old .xls format"},
		{"cut compound file", compound("Root Entry")[:20], "is in the old .xls format"},
		{"word", compound("Root Entry", "WordDocument"), "a document of another program"},
		{"very old", []byte("\x09\x08\x10\x00\x00\x06\x05\x00"), "from before 1997"},
		{"web page", []byte("  <html><table><tr><td>1</td></tr></table></html>"), "is a web page"},
		{"2003 XML", []byte("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?><Workbook/>"), "XML format of Excel 2003"},
		{"zeros", make([]byte, 2000), "nothing but zeros"},
		{"numbers", parts{"_rels/.rels": "", "xl/workbook.xml": "", "Index/Document.iwa": "x"}, "Apple Numbers"},
		{"cut at the end", whole[:len(whole)-40], "only part of one"},
		{"cut in the middle", whole[:len(whole)/2], "only part of one"},
		{"cut at the start", whole[100:], "is no workbook"},
		{"many parts", many.Bytes(), "65537 parts"},
		{"overlap", overlapped(t), "whose parts overlap"},
		{"twice", parts{"xl/worksheets/sheet1.xml": grid(1, 1), "XL/worksheets/SHEET1.xml": grid(1, 1)}, "has the part xl/worksheets/sheet1.xml twice"},
		{"bomb of a sheet", bomb(t, "xl/worksheets/sheet1.xml", 120<<20, " "), "as a zip bomb does"},
		{"bomb of strings", bomb(t, "xl/sharedStrings.xml", 120<<20, "<si/>"), "as a zip bomb does"},
		{"bomb of styles", bomb(t, "xl/styles.xml", 120<<20, "<xf/>"), "as a zip bomb does"},
		{"bomb of relations", bomb(t, "xl/_rels/workbook.xml.rels", 120<<20, "<a/>"), "as a zip bomb does"},
		{"entities in a sheet", parts{"xl/worksheets/sheet1.xml": dtd + `<worksheet/>`}, "has a document type"},
		{"entities in the strings", parts{"xl/worksheets/sheet1.xml": "<worksheet/>", "xl/sharedStrings.xml": dtd + `<sst/>`}, "has a document type"},
		{"entities in the workbook", parts{"xl/workbook.xml": dtd + `<workbook/>`}, "has a document type"},
		{"entity", sheetOf(`<row><c t="str"><v>&b;</v></c></row>`), "there is no reference &b;"},
		{"endless reference", sheetOf(`<row><c t="str"><v>&` + repeat("b", 1<<21) + `</v></c></row>`), "reference"},
		{"long attribute", sheetOf(`<row x="` + repeat("y", 3<<20) + `"/>`), "a tag is absurdly long"},
		{"long name", sheetOf(`<` + repeat("y", 3<<20) + `/>`), "a tag is absurdly long"},
		{"long text", sheetOf(`<row><c t="str"><v>` + repeat("y", 3<<20) + `</v></c></row>`), "a text is absurdly long"},
		{"long CDATA", sheetOf(`<row><c t="str"><v><![CDATA[` + repeat("y", 3<<20) + `]]></v></c></row>`), "absurdly long"},
		{"long number", sheetOf(`<row><c><v>` + repeat("1", 3<<20) + `</v></c></row>`), "a text is absurdly long"},
		{"long row", sheetOf(`<row>` + repeat(`<c t="str"><v>`+repeat("y", 1<<19)+`</v></c>`, 200) + `</row>`), "a text is absurdly long"},
		{"endless row", sheetOf(`<row>` + repeat(`<c/>`, 20000) + `</row>`), "more than 16384 cells"},
		{"cut sheet", parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c><v>1</v></c></row><row>`}, "unexpected EOF"},
		{"cut tag", parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c r="A`}, "unexpected EOF"},
		{"cut comment", parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><!-- <row>`}, "unexpected EOF"},
		{"cut strings", parts{"xl/worksheets/sheet1.xml": `<worksheet/>`, "xl/sharedStrings.xml": `<sst><si><t>x`}, "unexpected EOF"},
		{"no such string", sheetOf(`<row><c t="s"><v>7</v></c></row>`), "no shared string"},
		{"negative string", sheetOf(`<row><c t="s"><v>-1</v></c></row>`), "no shared string"},
		{"string that is no number", sheetOf(`<row><c t="s"><v>one</v></c></row>`), "no shared string"},
		{"no strings", parts{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c r="B7" t="s"><v>0</v></c></row></sheetData></worksheet>`, "xl/sharedStrings.xml": ""}, "cell B7: there is no shared string"},
		{"rows turn back", sheetOf(`<row r="3"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row>`), "row 2 follows row 3"},
		{"row 0", sheetOf(`<row r="0"/>`), "row 0 follows row 0"},
		{"row -1", sheetOf(`<row r="-1"/>`), "row -1 follows row 0"},
		{"row x", sheetOf(`<row r="x"/>`), `"x" is no number of a row`},
		{"row 1048577", sheetOf(`<row r="1048577"/>`), "row 1048577 follows"},
		{"cell A0", sheetOf(`<row><c r="A0"><v>1</v></c></row>`), `"A0" is no cell`},
		{"cell A-1", sheetOf(`<row><c r="A-1"><v>1</v></c></row>`), `"A-1" is no cell`},
		{"cell XFE1", sheetOf(`<row><c r="XFE1"><v>1</v></c></row>`), `"XFE1" is no cell`},
		{"cell A1048577", sheetOf(`<row><c r="A1048577"><v>1</v></c></row>`), `is no cell`},
		{"Shift-JIS", parts{"xl/worksheets/sheet1.xml": `<?xml version="1.0" encoding="Shift_JIS"?><worksheet/>`}, `in the encoding "shift_jis"`},
		{"no sheet part", parts{"xl/workbook.xml": `<workbook xmlns:r="r"><sheets><sheet name="S" r:id="x"/></sheets></workbook>`, "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="x" Type="worksheet" Target="sheet9.xml"/></Relationships>`}, "the part xl/sheet9.xml is missing"},
		{"no relations", parts{"xl/_rels/workbook.xml.rels": ""}, "the part xl/_rels/workbook.xml.rels is missing"},
		{"outside", parts{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="x" Type="worksheet" Target="../../../etc/passwd"/></Relationships>`, "xl/workbook.xml": `<workbook><sheets><sheet name="S" id="x"/></sheets></workbook>`}, "is missing"},
		{"other file", parts{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="x" Type="worksheet" Target="file:///etc/passwd" TargetMode="External"/></Relationships>`, "xl/workbook.xml": `<workbook><sheets><sheet name="S" id="x"/></sheets></workbook>`}, "no visible sheet"},
	} {
		path := filepath.Join(dir, "a.xlsx")
		switch b := c.content.(type) {
		case []byte:
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
		case parts:
			b.write(t, path)
		}
		var err error
		memory, took := peak(func() { _, err = dump(t, path) })
		var d *diag.Diagnostic
		if !errors.As(err, &d) || !strings.Contains(d.Msg, c.want) || d.Pos.Line == 0 || d.Hint == "" {
			t.Errorf("%s: %v (%+v)\nwant %q", c.name, err, d, c.want)
		}
		if memory > 200<<20 || took > 20*time.Second {
			t.Errorf("%s takes %d MB and %s", c.name, memory>>20, took)
		}
		if d != nil && len(d.Msg) > 400 {
			t.Errorf("%s: a message of %d bytes", c.name, len(d.Msg))
		}
	}
}

// TestDamaged wants a flipped bit to be noticed, wherever it is in a part that is read.
func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	b := bytesOf(t, parts{"xl/worksheets/sheet1.xml": grid(50, 5)})
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			continue
		}
		start, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		for at := start; at < start+int64(f.CompressedSize64); at += 37 {
			damaged := bytes.Clone(b)
			damaged[at] ^= 4
			if err := os.WriteFile(path, damaged, 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := dump(t, path); err == nil {
				t.Errorf("a flipped bit at %d is not noticed", at-start)
			}
		}
	}
}

// TestDeep reads what nests absurdly deep, in no memory at all.
func TestDeep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	deep := repeat("<a>", 1<<20) + repeat("</a>", 1<<20)
	parts{"xl/worksheets/sheet1.xml": `<worksheet>` + deep + `<sheetData>` + deep + `<row><c><v>1</v></c>` + deep + `</row></sheetData>` + deep + `</worksheet>`}.write(t, path)
	memory, _ := peak(func() {
		if got, err := dump(t, path); err != nil || got != "S1 A1 a number \"1\"\n" {
			t.Errorf("%q, %v", got, err)
		}
	})
	if memory > 64<<20 {
		t.Errorf("%d MB", memory>>20)
	}
}
