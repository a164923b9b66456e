package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"atlas/engine/source"
)

// scanAll gives the tokens of a part, texts joined.
func scanAll(r io.Reader) (string, error) {
	var b strings.Builder
	s, err := newScanner(r)
	if err != nil {
		return "", err
	}
	text := false
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		if t != charData && text {
			b.WriteString("]")
			text = false
		}
		switch t {
		case startTag:
			fmt.Fprintf(&b, "<%s", s.name)
			for {
				name, value, ok, err := s.attr()
				if err != nil {
					return b.String(), err
				}
				if !ok {
					break
				}
				fmt.Fprintf(&b, " %s=%q", name, value)
			}
			b.WriteString(">")
		case endTag:
			b.WriteString("</>")
		case charData:
			if !text {
				b.WriteString("[")
			}
			text = true
			b.Write(s.text)
		}
	}
}

// oracle does the same with encoding/xml.
func oracle(r io.Reader) (string, error) {
	d := xml.NewDecoder(r)
	var b strings.Builder
	text := false
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		if c, ok := t.(xml.CharData); ok {
			if len(c) == 0 {
				continue
			}
			if !text {
				b.WriteString("[")
			}
			text = true
			b.Write(c)
			continue
		}
		_, comment := t.(xml.Comment)
		_, instruction := t.(xml.ProcInst)
		if text && !comment && !instruction {
			b.WriteString("]")
			text = false
		}
		switch t := t.(type) {
		case xml.StartElement:
			fmt.Fprintf(&b, "<%s", t.Name.Local)
			for _, a := range t.Attr {
				fmt.Fprintf(&b, " %s=%q", a.Name.Local, a.Value)
			}
			b.WriteString(">")
		case xml.EndElement:
			b.WriteString("</>")
		}
	}
}

// documents are parts that both readers read alike.
func documents() []string {
	return []string{
		`<?xml version="1.0" encoding="UTF-8"?><a x="1" y:z='"2>"'><b/>text &lt;&amp;&#65;&#x42;&quot;<!-- <c> --> more<![CDATA[<raw> & ]]>!</a >`,
		"<a\n\tx = '1'\n/>", "<x:a xmlns:x='u'>é東🙂</x:a>", "<a> \n </a>", "<a x='&lt;&#10;'/>", "",
		"<a>" + strings.Repeat("long text &amp; ", 20000) + "</a>",
		"<a x='" + strings.Repeat("long value ", 20000) + "'/>",
		"<a>" + strings.Repeat("<b c='d'>e</b>", 20000) + "</a>",
	}
}

func TestScanner(t *testing.T) {
	for _, doc := range documents() {
		want, err := oracle(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]io.Reader{
			"whole": strings.NewReader(doc), "halves": iotest.HalfReader(strings.NewReader(doc)), "late end": iotest.DataErrReader(strings.NewReader(doc)),
		} {
			if got, err := scanAll(r); err != nil || got != want {
				t.Errorf("%s: %.80q: %v\n%.300s\nwant\n%.300s", name, doc, err, got, want)
			}
		}
		if len(doc) < 1000 {
			if got, err := scanAll(iotest.OneByteReader(strings.NewReader(doc))); err != nil || got != want {
				t.Errorf("byte by byte: %.80q: %v\n%.300s\nwant\n%.300s", doc, err, got, want)
			}
		}
	}
	if got, err := scanAll(strings.NewReader("\xFE\xFF\x00<\x00a\x00>\x00\xE9\x00<\x00/\x00a\x00>")); err != nil || got != "<a>[é]</>" {
		t.Errorf("UTF-16: %q, %v", got, err)
	}
	if got, err := scanAll(strings.NewReader("\xEF\xBB\xBF<a/>")); err != nil || got != "<a></>" {
		t.Errorf("byte-order mark: %q, %v", got, err)
	}
}

func TestScannerRefuses(t *testing.T) {
	for doc, want := range map[string]string{
		"<a": "unexpected EOF", "<": "unexpected EOF", "<a x='": "unexpected EOF", "<!-- x": "unexpected EOF", "<![CDATA[x": "unexpected EOF", "<?xml": "unexpected EOF",
		"<!DOCTYPE a [<!ENTITY b 'c'>]>": "document type", "< a>": "no name", "<a x>": "no value", "<a x=1>": "no quotes",
		"<a>&bomb;</a>": "no reference &bomb;", "<a>&#x110000;</a>": "no reference", "<a>a & b</a>": "begins no reference",
		"<a x='" + strings.Repeat("y", maxTag) + "'>": "absurdly long",
	} {
		if _, err := scanAll(strings.NewReader(doc)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", doc, err, want)
		}
	}
	sheet := `<worksheet><sheetData><row><c t="str"><v>` + strings.Repeat("y", maxText+2) + `</v></c></row></sheetData></worksheet>`
	if err := readParts(sheet, ""); !errors.Is(err, errLongText) {
		t.Errorf("a long text: %v", err)
	}
	strs := `<sst><si><t>` + strings.Repeat("y", maxText+2) + `</t></si></sst>`
	if err := readParts("<worksheet/>", strs); !errors.Is(err, errLongText) {
		t.Errorf("a long shared string: %v", err)
	}
}

// readParts reads a workbook of one sheet to its end.
func readParts(sheetXML, stringsXML string) error {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range map[string]string{"sheet.xml": sheetXML, "strings.xml": stringsXML} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, text); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	a, err := readArchive(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return err
	}
	book := &book{archive: a, classes: []class{plain, date, clock, duration}}
	if err := book.readStrings("strings.xml"); err != nil {
		return err
	}
	sheet := &sheet{part: "sheet.xml"}
	if _, err := book.merges(sheet, func(source.Range) bool { return true }); err != nil {
		return err
	}
	rows, err := book.openRows(sheet)
	if err != nil {
		return err
	}
	defer rows.close()
	last := 0
	for {
		row, err := rows.next()
		if row == nil || err != nil {
			return err
		}
		if row.Number <= last || len(row.Cells) > maxColumns {
			return fmt.Errorf("row %d of %d cells follows row %d", row.Number, len(row.Cells), last)
		}
		last = row.Number
	}
}

// FuzzReader gives the reader any sheet and any strings: it must end, and never panic.
func FuzzReader(f *testing.F) {
	f.Add(`<worksheet><cols><col min="1" max="2" hidden="1"/></cols><sheetData><row r="2" hidden="1"><c r="B2" s="1"><v>46056</v></c><c t="s"><v>0</v></c>`+
		`<c t="inlineStr"><is><r><t>x</t></r></is></c><c t="e"><v>#N/A</v></c><c s="2"><v>0.5</v></c><c s="3"><v>1.5</v></c><c><f>A1</f></c><c t="d"><v>2026-02-03</v></c></row></sheetData>`+
		`<mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`, `<sst><si><t>a_x0041_</t><rPh><t>b</t></rPh></si></sst>`)
	f.Add(`<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1E-7</v></c></row></sheetData></worksheet>`, `<sst/>`)
	f.Fuzz(func(t *testing.T, sheet, strs string) {
		_ = readParts(sheet, strs)
	})
}

// FuzzScanner compares with encoding/xml: what that reads, the scanner reads alike.
func FuzzScanner(f *testing.F) {
	for _, doc := range documents() {
		if len(doc) < 1000 {
			f.Add(doc)
		}
	}
	f.Fuzz(func(t *testing.T, doc string) {
		want, err := oracle(strings.NewReader(doc))
		got, gotErr := scanAll(strings.NewReader(doc))
		switch {
		case err != nil || strings.Contains(doc, "<!") || strings.ContainsAny(doc, ":\r"):
			// comments inside names, prefixes and line ends are told apart differently
		case gotErr != nil:
			t.Fatalf("%q: %v, encoding/xml reads %s", doc, gotErr, want)
		case got != want:
			t.Fatalf("%q:\n%s\nencoding/xml:\n%s", doc, got, want)
		}
	})
}
