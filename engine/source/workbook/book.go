package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"atlas/engine/diag"
)

// Limits of what one workbook may make the reader hold or go through; real files stay far below.
const (
	maxPart    = 8 << 30 // bytes of one unpacked part
	maxStrings = 1 << 30 // bytes of shared strings
	maxColumns = 1 << 14
	maxRows    = 1 << 20
)

// book is an open workbook.
type book struct {
	file     *os.File
	zip      *zip.Reader
	sheets   []*sheet // worksheets in their order
	date1904 bool
	classes  []class // by cell style
	strings  []string
	rels     map[string]relation
}

// sheet is one worksheet.
type sheet struct {
	name   string
	part   string // name of its part in the archive
	hidden bool
}

type relation struct{ kind, target string }

// openBook opens a workbook and reads everything but the sheets. What is wrong with the file is
// a *diag.Diagnostic whose message follows the file's name.
func openBook(name string) (*book, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b := &book{file: f}
	if err := b.read(); err != nil {
		f.Close()
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			return nil, d
		}
		return nil, badFile("is no readable workbook: %v", err).WithErr(err)
	}
	return b, nil
}

func badFile(format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(diag.BadFile, diag.Pos{}, format, args...)
}

func (b *book) close() { b.file.Close() }

func (b *book) read() error {
	info, err := b.file.Stat()
	if err != nil {
		return err
	}
	if err := b.checkKind(info.Size()); err != nil {
		return err
	}
	if b.zip, err = zip.NewReader(b.file, info.Size()); err != nil {
		return badFile("is no workbook, or only part of one: %v", err).WithHint("copy the file again, or save it anew as .xlsx")
	}
	main, err := b.mainPart()
	if err != nil {
		return err
	}
	if b.rels, err = b.readRels(main); err != nil {
		return err
	}
	if err := b.readWorkbook(main); err != nil {
		return err
	}
	for _, r := range b.rels {
		switch r.kind {
		case "styles":
			err = b.readStyles(r.target)
		case "sharedStrings":
			err = b.readStrings(r.target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkKind looks at the first bytes for files that are often taken for .xlsx.
func (b *book) checkKind(size int64) error {
	head := make([]byte, 8)
	n, err := b.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case size == 0:
		return badFile("is empty").WithHint("copy the file again")
	case bytes.HasPrefix(head[:n], []byte("\xD0\xCF\x11\xE0")):
		return badFile("is encrypted, or in the old .xls format").WithHint("remove the password, or save the workbook as .xlsx")
	case !bytes.HasPrefix(head[:n], []byte("PK")):
		return badFile("is no workbook").WithHint("save it as .xlsx; a text file is read by csv:")
	default:
		return nil
	}
}

// mainPart finds the part that lists the sheets.
func (b *book) mainPart() (string, error) {
	rels, err := b.readRels("")
	if err != nil {
		return "", err
	}
	for _, r := range rels {
		if r.kind == "officeDocument" && strings.HasSuffix(r.target, ".bin") {
			return "", badFile("is in the binary format .xlsb").WithHint("save the workbook as .xlsx")
		}
		if r.kind == "officeDocument" {
			return r.target, nil
		}
	}
	if b.part("content.xml") != nil {
		return "", badFile("is an OpenDocument spreadsheet").WithHint("save it as .xlsx")
	}
	return "", badFile("is an archive, but no workbook").WithHint("save it as .xlsx")
}

// part finds a part of the archive; names compare without case, as Excel does.
func (b *book) part(name string) *zip.File {
	for _, f := range b.zip.File {
		if f.Name == name {
			return f
		}
	}
	for _, f := range b.zip.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return f
		}
	}
	return nil
}

// open opens a part for reading; what it unpacks to is bounded.
func (b *book) open(name string) (io.ReadCloser, error) {
	f := b.part(name)
	if f == nil {
		return nil, fmt.Errorf("the part %s is missing", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open the part %s: %w", name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&boundedReader{r, maxPart}, r}, nil
}

// boundedReader fails when a part unpacks to more than is sane.
type boundedReader struct {
	r    io.Reader
	left int64
}

// Read reads from the part.
func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("a part unpacks to an absurd size")
	}
	return n, err
}

// elements calls on for every start element of a part and each time it returns false stops.
func (b *book) elements(name string, on func(d *xml.Decoder, e xml.StartElement) error) error {
	r, err := b.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	d := newDecoder(r)
	for {
		tok, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("part %s: %w", name, err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			if err := on(d, e); errors.Is(err, errStop) {
				return nil
			} else if err != nil {
				return fmt.Errorf("part %s: %w", name, err)
			}
		}
	}
}

var errStop = errors.New("stop")

func newDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.Strict = true
	return d
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// readRels reads the relations of a part; "" is the package itself.
func (b *book) readRels(of string) (map[string]relation, error) {
	dir, base := path.Split(of)
	out := map[string]relation{}
	err := b.elements(path.Join(dir, "_rels", base+".rels"), func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if strings.HasPrefix(target, "/") {
			target = strings.TrimPrefix(target, "/")
		} else {
			target = path.Join(dir, target)
		}
		out[attr(e, "Id")] = relation{path.Base(attr(e, "Type")), target}
		return nil
	})
	if err != nil && of == "" && b.part("_rels/.rels") == nil {
		return out, nil
	}
	return out, err
}

func (b *book) readWorkbook(main string) error {
	return b.elements(main, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			b.date1904 = truth(attr(e, "date1904"))
		case "sheet":
			id := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" { // r:id, whatever its prefix
					id = a.Value
				}
			}
			if r := b.rels[id]; r.kind == "worksheet" {
				b.sheets = append(b.sheets, &sheet{
					name: attr(e, "name"), part: r.target,
					hidden: attr(e, "state") == "hidden" || attr(e, "state") == "veryHidden",
				})
			}
		}
		return nil
	})
}

func truth(s string) bool { return s == "1" || s == "true" || s == "on" }

// readStyles finds out which cell styles show numbers as dates and times.
func (b *book) readStyles(name string) error {
	custom := map[int]class{}
	inCells := false
	return b.elements(name, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			id, err := strconv.Atoi(attr(e, "numFmtId"))
			if err == nil && !inCells {
				custom[id] = classify(attr(e, "formatCode"))
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			return errStop
		case "xf":
			if !inCells {
				return nil
			}
			id, _ := strconv.Atoi(attr(e, "numFmtId"))
			c, ok := custom[id]
			if !ok {
				c = builtinClass(id)
			}
			b.classes = append(b.classes, c)
		}
		return nil
	})
}

// readStrings reads the shared strings.
func (b *book) readStrings(name string) error {
	size := 0
	return b.elements(name, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := richText(d, "si")
		if size += len(s) + 16; size > maxStrings {
			return errors.New("the shared strings are absurdly large")
		}
		b.strings = append(b.strings, s)
		return err
	})
}

// richText reads the text of an element up to its end: plain or in runs, without the phonetic
// runs that East Asian texts carry beside it.
func richText(d *xml.Decoder, element string) (string, error) {
	var text strings.Builder
	inText, phonetic := false, false
	for {
		tok, err := d.RawToken()
		if err != nil {
			return "", unexpected(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch tok.Name.Local {
			case "t":
				inText = !phonetic
			case "rPh":
				phonetic = true
			}
		case xml.EndElement:
			switch tok.Name.Local {
			case "t":
				inText = false
			case "rPh":
				phonetic = false
			case element:
				return unescape(text.String()), nil
			}
		case xml.CharData:
			if inText {
				text.Write(tok)
			}
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// unescape replaces _xHHHH_, with which workbooks write characters that XML cannot hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		if len(s) >= i+7 && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				s = s[i+7:]
				continue
			}
		}
		b.WriteString("_x")
		s = s[i+2:]
	}
}
