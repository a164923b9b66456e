package workbook

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"atlas/engine/diag"
)

// Limits of a sheet, which are Excel's own.
const (
	maxColumns = 1 << 14
	maxRows    = 1 << 20
)

// book is an open workbook.
type book struct {
	*archive
	file     *os.File
	main     string   // its main part
	binary   bool     // its parts are records, not XML
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
	index  int    // among all sheets, charts too
	hidden bool
}

// openBook opens a workbook and reads everything but the sheets. What is wrong with the file is
// a *diag.Diagnostic whose message follows the file's name.
func openBook(name string) (*book, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b := &book{file: f}
	if err := b.read(); err != nil {
		b.close()
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			return nil, d
		}
		return nil, badFile("is no readable workbook: %v", err).WithErr(err).WithHint(saveAnew)
	}
	return b, nil
}

func badFile(format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(diag.BadFile, diag.Pos{}, format, args...)
}

func (b *book) close() {
	b.strings.close()
	b.file.Close()
}

func (b *book) read() error {
	info, err := b.file.Stat()
	if err != nil {
		return err
	}
	if err := checkKind(b.file, info.Size()); err != nil {
		return err
	}
	if b.archive, err = readArchive(b.file, info.Size()); err != nil {
		return err
	}
	if b.main, err = b.mainPart(); err != nil {
		return err
	}
	if b.rels, err = b.relations(b.main); err != nil {
		return err
	}
	workbook, styles, strs := b.readWorkbook, b.readStyles, b.readStrings
	if b.binary {
		workbook, styles, strs = b.readBinaryWorkbook, b.readBinaryStyles, b.readBinaryStrings
	}
	if err := workbook(b.main); err != nil {
		return err
	}
	// A workbook may name styles and strings that it does not have; a cell that needs one tells.
	if part := b.related("styles"); part != "" {
		if err := styles(part); err != nil {
			return err
		}
	}
	if part := b.related("sharedStrings"); part != "" {
		return strs(part)
	}
	return nil
}

// related gives the part of that kind which the main part names, "" if there is none.
func (b *book) related(kind string) string {
	part := ""
	for _, r := range b.rels {
		if r.kind == kind && b.has(r.target) && (part == "" || r.target < part) {
			part = r.target
		}
	}
	return part
}

// mainPart finds the part that lists the sheets.
func (b *book) mainPart() (string, error) {
	rels, err := b.relations("")
	if err != nil && !errors.Is(err, errNoPart) {
		return "", err
	}
	main := ""
	for _, r := range rels {
		if r.kind == "officeDocument" {
			main = r.target
		}
	}
	for _, usual := range []string{"xl/workbook.xml", "xl/workbook.bin"} {
		if main == "" && b.has(usual) {
			main = usual
		}
	}
	switch {
	case main != "":
		b.binary = strings.HasSuffix(strings.ToLower(main), ".bin")
		return main, nil
	case b.has("content.xml"):
		return "", badFile("is an OpenDocument spreadsheet").WithHint("save it as .xlsx")
	case b.has("Index/Document.iwa"), b.has("Index.zip"):
		return "", badFile("is a spreadsheet of Apple Numbers").WithHint("export it as Excel (.xlsx)")
	default:
		return "", badFile("is an archive, but no workbook").WithHint("save it as .xlsx")
	}
}

func (b *book) readWorkbook(main string) error {
	n := 0
	return b.elements(main, func(s *scanner) error {
		switch string(s.name) {
		case "workbookPr":
			if v := s.get("date1904"); v != "" { // an extension has an element of the same name
				b.date1904 = truth(v)
			}
		case "sheet":
			if r := b.rels[s.get("id")]; r.kind == "worksheet" {
				b.sheets = append(b.sheets, &sheet{
					name: s.get("name"), part: r.target, index: n,
					hidden: s.get("state") == "hidden" || s.get("state") == "veryHidden",
				})
			}
			if n++; n > maxParts {
				return errors.New("it has absurdly many sheets")
			}
		case "definedName":
			if s.get("name") == findingsName { // the list of marks in an annotated copy is no data
				at := number([]byte(s.get("localSheetId")))
				b.sheets = slices.DeleteFunc(b.sheets, func(x *sheet) bool { return x.index == at })
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
			if err == nil && !inCells && len(custom) < maxStyles {
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
			return b.addStyle(custom, id)
		}
		return nil
	})
}

// maxStyles bounds the styles of a workbook, and its formats; Excel stops at 65,490.
const maxStyles = 1 << 20

// addStyle notes what the next cell style makes of a number.
func (b *book) addStyle(custom map[int]class, format int) error {
	if len(b.classes) >= maxStyles {
		return errors.New("it has absurdly many styles")
	}
	c, ok := custom[format]
	if !ok {
		c = builtinClass(format)
	}
	b.classes = append(b.classes, c)
	return nil
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

// unescape replaces _xHHHH_, with which workbooks write characters that XML cannot hold. Half of a
// surrogate pair is none.
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
		b, s = append(b, s[:i]...), s[i:]
		r, n := escaped(s)
		if low, m := escaped(s[n:]); utf16.IsSurrogate(r) && m > 0 {
			r, n = utf16.DecodeRune(r, low), n+m
		}
		if n == 0 || utf16.IsSurrogate(r) || r == utf8.RuneError {
			b, s = append(b, "_x"...), s[2:]
			continue
		}
		b, s = utf8.AppendRune(b, r), s[n:]
	}
}

// escaped reads _xHHHH_ at the start of s and says how long it is; 0 if it is not there.
func escaped(s []byte) (rune, int) {
	if len(s) < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_' {
		return 0, 0
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	if err != nil {
		return 0, 0
	}
	return rune(n), 7
}
