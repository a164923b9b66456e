package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"atlas/engine/diag"
)

// What a PDF's creator says about who made it of the document.
const (
	PrintedByChromium      = "Atlas, printed by Chromium"
	ConvertedByLibreOffice = "Atlas, converted by LibreOffice"
)

// Info is what a PDF says about itself.
type Info struct {
	Title    string
	Author   string
	Subject  string
	Creator  string    // PrintedByChromium or ConvertedByLibreOffice; "" is filled in by who makes it
	Language string    // "id-ID"
	Date     time.Time // of creation: the report's, not the clock's, so that the same report gives the same bytes
}

// SetInfo gives the PDF with its information dictionary, its XMP metadata and its language set,
// by an update at its end as the format has it; its producer stays. Dates and identifiers that
// the maker wrote by the clock are blanked. A file that is no PDF is an error.
func SetInfo(pdf []byte, info Info) ([]byte, error) {
	f, err := readTail(bytes.Clone(pdf))
	if err != nil {
		return nil, err
	}
	producer := ""
	infoRef := f.ref("Info")
	if old, at := f.object(infoRef); old != nil {
		producer = text(entry(old, "Producer"))
		blank(f.data[at : at+len(old)])
	} else {
		infoRef = reference{number: f.size}
		f.size++
	}
	f.forgetID()
	f.renumberTags()
	u := &update{f: f, out: f.data, offsets: map[int]int{}}
	if len(u.out) > 0 && u.out[len(u.out)-1] != '\n' {
		u.out = append(u.out, '\n')
	}
	u.add(infoRef, infoDict(info, producer))
	if root, _ := f.object(f.ref("Root")); root != nil {
		metadata := reference{number: f.size}
		f.size++
		packet := xmp(info, producer)
		u.add(metadata, fmt.Sprintf("<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream", len(packet), packet))
		u.add(f.ref("Root"), catalog(root, metadata, info))
	}
	return u.finish(infoRef), nil
}

// renumberTags counts the names of a printed page's tags anew, in their order and width: they are
// numbers of the browser's nodes, some of which come and go with the time that a page takes to load.
func (f *file) renumberTags() {
	seen := map[string]bool{}
	for _, m := range tagName.FindAllSubmatch(f.data, -1) {
		seen[string(m[1])] = true
	}
	rank := make(map[string]int, len(seen))
	for i, name := range slices.Sorted(maps.Keys(seen)) { // all of one width: their order is that of numbers
		rank[name] = i + 1
	}
	for _, at := range tagName.FindAllSubmatchIndex(f.data, -1) {
		name := f.data[at[2]:at[3]]
		copy(name, fmt.Sprintf("%0*d", len(name), rank[string(name)]))
	}
}

// reference names an object of a PDF.
type reference struct{ number, generation int }

// file is a PDF of which the end has been read.
type file struct {
	data    []byte
	start   int    // offset of the last cross-reference section
	stream  bool   // the section is a stream, not a table
	trailer []byte // its dictionary with << and >>, a part of data
	size    int
}

var (
	startxref = regexp.MustCompile(`startxref\s+(\d+)\s+%%EOF\s*$`)
	refText   = regexp.MustCompile(`^(\d+)\s+(\d+)\s+R`)
	head      = regexp.MustCompile(`^(\d+)\s+(\d+)\s+obj`)
	// The maker's identifiers of a run: of the trailer, and LibreOffice's checksum.
	tagName = regexp.MustCompile(`\(node(\d{8})\)`)
	hexText = regexp.MustCompile(`<[0-9A-Fa-f]*>`)
)

func readTail(data []byte) (*file, error) {
	bad := func(what string) error {
		return diag.Errorf(diag.BadDocument, diag.Pos{}, "the PDF %s", what)
	}
	m := startxref.FindSubmatchIndex(data[max(0, len(data)-1024):])
	if !bytes.HasPrefix(data, []byte("%PDF-")) || m == nil {
		return nil, bad("is none, or is cut off")
	}
	from := max(0, len(data)-1024)
	start, err := strconv.Atoi(string(data[from+m[2] : from+m[3]]))
	if err != nil || start >= len(data) {
		return nil, bad("has a cross-reference outside of itself")
	}
	f := &file{data: data, start: start}
	rest := data[start:]
	at := 0
	switch {
	case bytes.HasPrefix(rest, []byte("xref")):
		if at = bytes.Index(rest, []byte("trailer")); at < 0 {
			return nil, bad("has no trailer")
		}
	case head.Match(rest):
		f.stream = true
	default:
		return nil, bad("has no cross-reference where it says")
	}
	if f.trailer = dictAt(rest[at:]); f.trailer == nil {
		return nil, bad("has no trailer")
	}
	if f.size, err = strconv.Atoi(string(entry(f.trailer, "Size"))); err != nil {
		return nil, bad("does not tell its size")
	}
	return f, nil
}

// ref reads a reference of the trailer.
func (f *file) ref(key string) reference {
	m := refText.FindSubmatch(entry(f.trailer, key))
	if m == nil {
		return reference{}
	}
	number, _ := strconv.Atoi(string(m[1]))
	generation, _ := strconv.Atoi(string(m[2]))
	return reference{number, generation}
}

// object gives the dictionary of an object and its offset; nil for one that is compressed.
func (f *file) object(r reference) ([]byte, int) {
	if r.number == 0 {
		return nil, 0
	}
	name := []byte(fmt.Sprintf("\n%d %d obj", r.number, r.generation))
	at := bytes.LastIndex(f.data, name)
	if at < 0 {
		return nil, 0
	}
	at += len(name)
	d := dictAt(f.data[at:])
	if d == nil {
		return nil, 0
	}
	return d, at + bytes.Index(f.data[at:], d[:2])
}

// forgetID zeroes identifiers that change from run to run.
func (f *file) forgetID() {
	for _, key := range []string{"ID", "DocChecksum"} {
		value := entry(f.trailer, key)
		for _, m := range hexText.FindAllIndex(value, -1) {
			for i := m[0] + 1; i < m[1]-1; i++ {
				value[i] = '0'
			}
		}
		if key == "DocChecksum" && bytes.HasPrefix(value, []byte("/")) {
			for i := 1; i < len(value); i++ {
				value[i] = '0'
			}
		}
	}
}

// blank empties a dictionary in place.
func blank(dict []byte) {
	for i := 2; i < len(dict)-2; i++ {
		dict[i] = ' '
	}
}

// update is what is appended to a PDF.
type update struct {
	f       *file
	out     []byte
	offsets map[int]int
	refs    []reference
}

func (u *update) add(r reference, body string) {
	u.offsets[r.number] = len(u.out)
	u.refs = append(u.refs, r)
	u.out = fmt.Appendf(u.out, "%d %d obj\n%s\nendobj\n", r.number, r.generation, body)
}

// finish writes the cross-reference of what was added, in the form that the file has.
func (u *update) finish(info reference) []byte {
	f := u.f
	start := len(u.out)
	sum := sha256.Sum256(u.out)
	id := fmt.Sprintf("%X", sum[:16])
	root := f.ref("Root")
	keys := fmt.Sprintf("/Root %d %d R\n/Info %d %d R\n/ID [<%s> <%s>]\n/Prev %d", root.number, root.generation, info.number, info.generation, id, id, f.start)
	if !f.stream {
		u.out = append(u.out, "xref\n"...)
		for _, r := range u.refs {
			u.out = fmt.Appendf(u.out, "%d 1\n%010d %05d n \n", r.number, u.offsets[r.number], r.generation)
		}
		u.out = fmt.Appendf(u.out, "trailer\n<</Size %d\n%s>>\n", f.size, keys)
	} else {
		own := reference{number: f.size}
		u.offsets[own.number] = start
		u.refs = append(u.refs, own)
		var index strings.Builder
		var table []byte
		for _, r := range u.refs {
			fmt.Fprintf(&index, "%d 1 ", r.number)
			at := u.offsets[r.number]
			table = append(table, 1, byte(at>>24), byte(at>>16), byte(at>>8), byte(at), byte(r.generation>>8), byte(r.generation))
		}
		u.out = fmt.Appendf(u.out, "%d 0 obj\n<</Type /XRef\n/Size %d\n%s\n/W [1 4 2]\n/Index [%s]\n/Length %d>>\nstream\n%s\nendstream\nendobj\n",
			own.number, f.size+1, keys, strings.TrimSpace(index.String()), len(table), table)
	}
	return fmt.Appendf(u.out, "startxref\n%d\n%%%%EOF\n", start)
}

func infoDict(info Info, producer string) string {
	var b strings.Builder
	b.WriteString("<<")
	for _, e := range [][2]string{
		{"Title", info.Title}, {"Author", info.Author}, {"Subject", info.Subject}, {"Creator", info.Creator}, {"Producer", producer},
	} {
		if e[1] != "" {
			fmt.Fprintf(&b, "/%s %s\n", e[0], textString(e[1]))
		}
	}
	if !info.Date.IsZero() {
		date := info.Date.UTC().Format("20060102150405")
		fmt.Fprintf(&b, "/CreationDate (D:%s+00'00')\n/ModDate (D:%s+00'00')", date, date)
	}
	b.WriteString(">>")
	return b.String()
}

// catalog gives the root dictionary with metadata, language, and the title shown by viewers.
func catalog(root []byte, metadata reference, info Info) string {
	keep := root
	for _, key := range []string{"Metadata", "Lang", "ViewerPreferences"} {
		keep = without(keep, key)
	}
	lang := ""
	if info.Language != "" {
		lang = "\n/Lang " + textString(info.Language)
	}
	return fmt.Sprintf("%s\n/Metadata %d 0 R%s\n/ViewerPreferences <</DisplayDocTitle true>>>>", bytes.TrimSuffix(keep, []byte(">>")), metadata.number, lang)
}

// xmp gives the metadata packet; it says the same as the information dictionary.
func xmp(info Info, producer string) string {
	var b strings.Builder
	e := func(s string) string {
		var out strings.Builder
		_ = xml.EscapeText(&out, []byte(s))
		return out.String()
	}
	b.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">" +
		"<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">")
	write := func(before, value, after string) {
		if value != "" {
			b.WriteString(before + e(value) + after)
		}
	}
	write(`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">`, info.Title, `</rdf:li></rdf:Alt></dc:title>`)
	write(`<dc:creator><rdf:Seq><rdf:li>`, info.Author, `</rdf:li></rdf:Seq></dc:creator>`)
	write(`<dc:description><rdf:Alt><rdf:li xml:lang="x-default">`, info.Subject, `</rdf:li></rdf:Alt></dc:description>`)
	write(`<dc:language><rdf:Bag><rdf:li>`, info.Language, `</rdf:li></rdf:Bag></dc:language>`)
	write(`<xmp:CreatorTool>`, info.Creator, `</xmp:CreatorTool>`)
	write(`<pdf:Producer>`, producer, `</pdf:Producer>`)
	if !info.Date.IsZero() {
		date := info.Date.UTC().Format(time.RFC3339)
		b.WriteString("<xmp:CreateDate>" + date + "</xmp:CreateDate><xmp:ModifyDate>" + date + "</xmp:ModifyDate>")
	}
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return b.String()
}

// textString writes a text as PDF has it: in ASCII, or in UTF-16.
func textString(s string) string {
	ascii := true
	for _, r := range s {
		ascii = ascii && r >= ' ' && r < 0x7f
	}
	if ascii {
		return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
	}
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}

// text reads a text string.
func text(raw []byte) string {
	switch {
	case len(raw) < 2:
		return ""
	case raw[0] == '<':
		return hexString(raw)
	}
	var b []byte
	for i := 1; i < len(raw)-1; i++ {
		if raw[i] == '\\' && i+1 < len(raw)-1 {
			i++
		}
		b = append(b, raw[i])
	}
	return utf(b)
}

func hexString(raw []byte) string {
	var b []byte
	digits := raw[1 : len(raw)-1]
	for i := 0; i+1 < len(digits); i += 2 {
		n, err := strconv.ParseUint(string(digits[i:i+2]), 16, 8)
		if err != nil {
			return ""
		}
		b = append(b, byte(n))
	}
	return utf(b)
}

func utf(b []byte) string {
	if !bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return string(bytes.ToValidUTF8(b, nil))
	}
	var units []uint16
	for i := 2; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}
