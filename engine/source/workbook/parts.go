package workbook

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Limits of what an archive may make the reader go through; real workbooks stay far below.
const (
	maxParts     = 1 << 16
	maxPart      = 8 << 30   // bytes of one unpacked part
	largePart    = 100 << 20 // a part beyond this size is a bomb if it was packed better
	maxRatio     = 400       // than this; real sheets stay below 60
	absoluteRoot = "/"
)

// archive is the zip file of a workbook: parts by name.
type archive struct {
	files map[string]*zip.File // by folded name; nil where two files have that name
}

// readArchive reads the directory of a zip file of that size and refuses the tricks that real
// writers never need.
func readArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, badFile("is no workbook, or only part of one: %v", err).WithHint("copy the file again, or save it anew as .xlsx")
	}
	if len(z.File) > maxParts {
		return nil, badFile("is an archive of %d parts, which no workbook is", len(z.File)).WithHint(saveAnew)
	}
	if err := overlapping(z.File); err != nil {
		return nil, err
	}
	a := &archive{files: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := foldPart(f.Name)
		if strings.HasSuffix(name, "/") {
			continue
		}
		if _, twice := a.files[name]; twice {
			f = nil
		}
		a.files[name] = f
	}
	return a, nil
}

const saveAnew = "open the workbook in its program and save it again"

// overlapping refuses archives whose entries share bytes: so a few bytes would unpack many times.
func overlapping(files []*zip.File) error {
	type extent struct{ start, end int64 }
	var all []extent
	for _, f := range files {
		start, err := f.DataOffset()
		if err != nil {
			return badFile("is only part of a workbook: %v", err).WithHint("copy the file again")
		}
		if n := int64(f.CompressedSize64); n > 0 {
			all = append(all, extent{start, start + n})
		}
	}
	slices.SortFunc(all, func(a, b extent) int { return cmp.Compare(a.start, b.start) })
	for i := 1; i < len(all); i++ {
		if all[i].start < all[i-1].end {
			return badFile("is an archive whose parts overlap, which no workbook is").WithHint(saveAnew)
		}
	}
	return nil
}

// foldPart gives the name under which a part is found: without case, as Excel has it, and with
// slashes where a careless writer put backslashes.
func foldPart(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimPrefix(strings.TrimPrefix(name, "."), absoluteRoot)
}

// has reports whether there is a part of that name.
func (a *archive) has(name string) bool {
	_, ok := a.files[foldPart(name)]
	return ok
}

// errNoPart is wrapped by the errors of parts that are not there.
var errNoPart = errors.New("is missing")

// open opens a part for reading; what it unpacks to is bounded.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f, ok := a.files[foldPart(name)]
	if !ok { // relations are addresses, in which a space is %20
		if plain, err := url.PathUnescape(name); err == nil {
			f, ok = a.files[foldPart(plain)]
		}
	}
	switch {
	case !ok:
		return nil, fmt.Errorf("the part %s %w", name, errNoPart)
	case f == nil:
		return nil, fmt.Errorf("the archive has the part %s twice", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open the part %s: %w", name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&boundedReader{r: r, packed: int64(f.CompressedSize64)}, r}, nil
}

// boundedReader fails when a part unpacks to more than is sane. The sizes that the archive
// states are not believed: what comes out is counted.
type boundedReader struct {
	r         io.Reader
	packed, n int64
}

// Read reads from the part.
func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > maxPart || b.n > largePart && b.n/maxRatio > b.packed {
		return 0, fmt.Errorf("it unpacks to more than %d MB from %d KB, as a zip bomb does", b.n>>20, b.packed>>10)
	}
	return n, err
}

// relation is what one part says of another.
type relation struct{ kind, target string }

// relations reads the relations of a part by their ids; "" is the package itself.
func (a *archive) relations(of string) (map[string]relation, error) {
	dir, base := path.Split(of)
	out := map[string]relation{}
	err := a.elements(path.Join(dir, "_rels", base+".rels"), func(s *scanner) error {
		if string(s.name) != "Relationship" || s.get("TargetMode") == "External" {
			return nil
		}
		target := strings.ReplaceAll(s.get("Target"), `\`, "/")
		if !strings.HasPrefix(target, absoluteRoot) {
			target = path.Join(dir, target)
		}
		out[s.get("Id")] = relation{path.Base(s.get("Type")), strings.TrimPrefix(path.Clean(target), absoluteRoot)}
		if len(out) > maxParts {
			return errors.New("it has absurdly many relations")
		}
		return nil
	})
	return out, err
}

// elements calls on for every start tag of a part, until it gives errStop.
func (a *archive) elements(name string, on func(s *scanner) error) error {
	r, err := a.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	s, err := newScanner(r)
	if err == nil {
		err = s.each(on)
	}
	if err != nil && !errors.Is(err, errStop) {
		return fmt.Errorf("part %s: %w", name, err)
	}
	return nil
}

// each calls on for every start tag up to the end.
func (s *scanner) each(on func(s *scanner) error) error {
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && t == startTag {
			err = on(s)
		}
		if err != nil {
			return err
		}
	}
}

var errStop = errors.New("stop")

// checkKind looks at the first bytes for files that are often taken for .xlsx.
func checkKind(r io.ReaderAt, size int64) error {
	head := make([]byte, 512)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	switch {
	case size == 0:
		return badFile("is empty").WithHint("copy the file again")
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return compoundFile(r, head)
	case bytes.HasPrefix(head, []byte("PK")):
		return nil
	}
	d := badFile("is no workbook").WithHint("save it as .xlsx; a text file is read by csv:")
	switch low := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \r\n\t")); {
	case bytes.HasPrefix(low, []byte("<?xml")) && bytes.Contains(low, []byte("excel.sheet")):
		return badFile("is in the XML format of Excel 2003").WithHint("open it in Excel and save it as .xlsx")
	case bytes.HasPrefix(low, []byte("<")):
		return badFile("is a web page or an XML file, whatever its name says").WithHint("open it in Excel and save it as .xlsx")
	case bytes.HasPrefix(head, []byte("\x09\x08")), bytes.HasPrefix(head, []byte("\x09\x04")), bytes.HasPrefix(head, []byte("\x09\x02")):
		return badFile("is in a format of Excel from before 1997").WithHint("open it in Excel or LibreOffice and save it as .xlsx")
	case bytes.Count(head, []byte{0}) == len(head):
		return badFile("holds nothing but zeros: its copy or download failed").WithHint("copy the file again")
	}
	return d
}

// compoundFile tells apart what Excel packs into compound files: encrypted workbooks and those of
// the years up to 2003. It goes through the directory's first sectors, where the names stand.
func compoundFile(r io.ReaderAt, head []byte) error {
	old := badFile("is in the old .xls format").WithHint("open it in Excel or LibreOffice and save it as .xlsx")
	if len(head) < 512 {
		return old
	}
	sector := int64(1) << min(12, max(9, head[30]))
	first := int64(uint32(head[48]) | uint32(head[49])<<8 | uint32(head[50])<<16 | uint32(head[51])<<24)
	dir := make([]byte, 16*sector)
	n, err := r.ReadAt(dir, (first+1)*sector)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for at := 0; at+128 <= n; at += 128 {
		var name []byte
		for i := at; i+1 < at+64 && dir[i] != 0; i += 2 {
			name = append(name, dir[i])
		}
		switch string(name) {
		case "EncryptedPackage", "EncryptionInfo":
			return badFile("is encrypted with a password").WithHint("open it in Excel, remove the password (File, Info, Protect Workbook) and save it")
		case "WordDocument", "PowerPoint Document":
			return badFile("is no workbook but a document of another program").WithHint("save the workbook as .xlsx")
		}
	}
	return old
}
