package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

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
	strings  stringTable
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

// elements calls on for every start tag of a part, until it gives errStop.
func (b *book) elements(name string, on func(s *scanner) error) error {
	r, err := b.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	s := newScanner(r)
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && t == startTag {
			err = on(s)
		}
		if errors.Is(err, errStop) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("part %s: %w", name, err)
		}
	}
}

var errStop = errors.New("stop")

// readRels reads the relations of a part; "" is the package itself.
func (b *book) readRels(of string) (map[string]relation, error) {
	dir, base := path.Split(of)
	out := map[string]relation{}
	err := b.elements(path.Join(dir, "_rels", base+".rels"), func(s *scanner) error {
		if string(s.name) != "Relationship" || s.get("TargetMode") == "External" {
			return nil
		}
		target := s.get("Target")
		if strings.HasPrefix(target, "/") {
			target = strings.TrimPrefix(target, "/")
		} else {
			target = path.Join(dir, target)
		}
		out[s.get("Id")] = relation{path.Base(s.get("Type")), target}
		return nil
	})
	if err != nil && of == "" && b.part("_rels/.rels") == nil {
		return out, nil
	}
	return out, err
}

func (b *book) readWorkbook(main string) error {
	return b.elements(main, func(s *scanner) error {
		switch string(s.name) {
		case "workbookPr":
			b.date1904 = truth(s.get("date1904"))
		case "sheet":
			if r := b.rels[s.get("id")]; r.kind == "worksheet" {
				b.sheets = append(b.sheets, &sheet{
					name: s.get("name"), part: r.target,
					hidden: s.get("state") == "hidden" || s.get("state") == "veryHidden",
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
	return b.elements(name, func(s *scanner) error {
		switch string(s.name) {
		case "numFmt":
			id, err := strconv.Atoi(s.get("numFmtId"))
			if err == nil && !inCells {
				custom[id] = classify(s.get("formatCode"))
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			return errStop
		case "xf":
			if !inCells {
				return nil
			}
			id, _ := strconv.Atoi(s.get("numFmtId"))
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
	var text []byte
	return b.elements(name, func(s *scanner) error {
		if string(s.name) != "si" {
			return nil
		}
		var err error
		if text, err = s.richText("si", text[:0]); err != nil {
			return err
		}
		return b.strings.add(text)
	})
}

// stringTable holds the shared strings in one piece of memory.
type stringTable struct {
	text strings.Builder
	ends []uint32
}

func (t *stringTable) add(s []byte) error {
	if t.text.Len()+len(s)+8*len(t.ends) > maxStrings {
		return errors.New("the shared strings are absurdly large")
	}
	t.text.Write(s)
	t.ends = append(t.ends, uint32(t.text.Len()))
	return nil
}

// get gives the string of that number.
func (t *stringTable) get(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.text.String()[start:t.ends[i]], true
}

// richText appends to text the text of an element up to its end: plain or in runs, without the
// phonetic runs that East Asian texts carry beside it.
func (s *scanner) richText(element string, text []byte) ([]byte, error) {
	start := len(text)
	inText, phonetic := false, false
	for {
		t, err := s.next()
		if err != nil {
			return nil, unexpected(err)
		}
		switch t {
		case startTag:
			switch string(s.name) {
			case "t":
				inText = !phonetic
			case "rPh":
				phonetic = true
			}
		case endTag:
			switch string(s.name) {
			case "t":
				inText = false
			case "rPh":
				phonetic = false
			case element:
				return append(text[:start], unescape(text[start:])...), nil
			}
		case charData:
			if inText {
				text = append(text, s.text...)
			}
			if len(text)-start > maxText {
				return nil, errLongText
			}
		}
	}
}

// maxText bounds one cell's text; Excel stops at 32,767 characters.
const maxText = 1 << 20

var errLongText = errors.New("a text is absurdly long")

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// unescape replaces _xHHHH_, with which workbooks write characters that XML cannot hold.
func unescape(s []byte) []byte {
	if !bytes.Contains(s, []byte("_x")) {
		return s
	}
	var b []byte
	for {
		i := bytes.Index(s, []byte("_x"))
		if i < 0 {
			return append(b, s...)
		}
		b = append(b, s[:i]...)
		if len(s) >= i+7 && s[i+6] == '_' {
			if n, err := strconv.ParseUint(string(s[i+2:i+6]), 16, 16); err == nil {
				b = utf8.AppendRune(b, rune(n))
				s = s[i+7:]
				continue
			}
		}
		b = append(b, "_x"...)
		s = s[i+2:]
	}
}
