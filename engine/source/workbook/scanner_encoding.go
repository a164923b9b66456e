package workbook

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// newScanner begins a part. Workbooks are in UTF-8 or UTF-16; the Western single-byte encodings of
// careless writers are read too, where the part says that it has one.
func newScanner(r io.Reader) (*scanner, error) {
	s := &scanner{buf: make([]byte, 1<<15)}
	b := bufio.NewReaderSize(r, 128)
	s.r = b
	head, _ := b.Peek(128) // a shorter part has less
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		_, _ = b.Discard(3)
	case bytes.HasPrefix(head, []byte("\xFF\xFE")), bytes.HasPrefix(head, []byte("<\x00")):
		s.r = transform.NewReader(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case bytes.HasPrefix(head, []byte("\xFE\xFF")), bytes.HasPrefix(head, []byte("\x00<")):
		s.r = transform.NewReader(b, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	default:
		switch name := declaredEncoding(head); name {
		case "", "utf-8", "utf8", "us-ascii", "ascii", "utf-16": // a part that says UTF-16 and is not
		case "iso-8859-1", "latin1", "windows-1252", "cp1252":
			s.r = transform.NewReader(b, charmap.Windows1252.NewDecoder())
		default:
			return nil, fmt.Errorf("it is in the encoding %q, which workbooks never have", name)
		}
	}
	return s, nil
}

// declaredEncoding gives the encoding that <?xml … encoding="…"?> names, in lower case.
func declaredEncoding(head []byte) string {
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	end := bytes.Index(head, []byte("?>"))
	at := bytes.Index(head, []byte("encoding"))
	if at < 0 || end < at {
		return ""
	}
	rest := bytes.TrimLeft(head[at+len("encoding"):end], " \t\r\n=")
	if len(rest) < 2 {
		return ""
	}
	name, _, _ := bytes.Cut(rest[1:], rest[:1])
	return string(bytes.ToLower(name))
}
