package pptx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"

	"atlas/engine/diag"
)

// What a file may hold at most. A real presentation is far below; a bomb is not unpacked.
const (
	maxParts    = 20_000
	maxPart     = 128 << 20 // of one part, unpacked
	maxXML      = 48 << 20  // of one part of XML
	maxUnpacked = 512 << 20
)

// OpenPackage reads an Office file. What is none, is encrypted, damaged or made to fill the memory is a
// *diag.Diagnostic without a position that says which of these it is and what to do.
func OpenPackage(file []byte) (*Package, error) {
	if err := notZip(file); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, damaged("its table of contents cannot be read").WithErr(err)
	}
	if len(z.File) > maxParts {
		return nil, tooLarge("it holds %d files", len(z.File))
	}
	p := NewPackage()
	raw := map[string]*part{}
	names := []string{}
	left := int64(maxUnpacked)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		x, err := unpack(f, &left)
		if err != nil {
			return nil, err
		}
		if raw[key(x.name)] != nil {
			return nil, damaged("it holds %s twice", x.name)
		}
		raw[key(x.name)] = x
		names = append(names, x.name)
	}
	types := raw["[content_types].xml"]
	if types == nil {
		return nil, otherZip(raw)
	}
	if err := p.fill(raw, names, types.body); err != nil {
		return nil, err
	}
	return p, nil
}

// notZip tells what a file is that does not begin as a zip does.
func notZip(file []byte) error {
	switch {
	case len(file) == 0:
		return diag.Errorf(diag.BadFile, diag.Pos{}, "the presentation is an empty file").WithHint("Save it again from PowerPoint as .pptx.")
	case bytes.HasPrefix(file, []byte("PK\x03\x04")):
		return nil
	case bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if bytes.Contains(file, utf16le("EncryptedPackage")) {
			return diag.Errorf(diag.BadFile, diag.Pos{}, "the presentation is encrypted with a password").
				WithHint("Save it without a password: in PowerPoint File, Info, Protect Presentation, Encrypt with Password, and clear it.")
		}
		return diag.Errorf(diag.BadFile, diag.Pos{}, "the presentation is in the old .ppt format").WithHint("Open it in PowerPoint or LibreOffice and save it as .pptx.")
	default:
		return diag.Errorf(diag.BadFile, diag.Pos{}, "the file is no .pptx presentation").WithHint("Save it as .pptx (PowerPoint Presentation).")
	}
}

// utf16le gives a text as compound files write names.
func utf16le(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

func otherZip(raw map[string]*part) error {
	if m := raw["mimetype"]; m != nil && bytes.Contains(m.body, []byte("opendocument")) {
		return diag.Errorf(diag.BadFile, diag.Pos{}, "the file is an OpenDocument file, not a .pptx presentation").WithHint("Open it in LibreOffice and save it as .pptx.")
	}
	return diag.Errorf(diag.BadFile, diag.Pos{}, "the file is a zip archive, not a .pptx presentation").WithHint("Save it as .pptx (PowerPoint Presentation).")
}

func damaged(format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(diag.BadFile, diag.Pos{}, "the presentation is damaged: "+format, args...).
		WithHint("Open it in PowerPoint, let it repair the file, and save it again; or take a fresh copy.")
}

func tooLarge(format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(diag.BadFile, diag.Pos{}, "the presentation is too large: "+format, args...).
		WithHint("A presentation may unpack to %d MB, one part of XML to %d MB; make pictures and videos in it smaller.", maxUnpacked>>20, maxXML>>20)
}

// unpack reads one file of the archive, never more than is left. A name that leads elsewhere is
// read as the name below the package that it ends in: nothing is ever written to a disk under it.
func unpack(f *zip.File, left *int64) (*part, error) {
	name := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, `\`, "/")), "/")
	limit := int64(maxPart)
	if e := strings.ToLower(path.Ext(name)); e == ".xml" || e == ".rels" || e == ".vml" {
		limit = maxXML
	}
	limit = min(limit, *left)
	if f.Flags&1 != 0 {
		return nil, diag.Errorf(diag.BadFile, diag.Pos{}, "the presentation is a zip archive with a password").WithHint("Save it again from PowerPoint without a password.")
	}
	if f.UncompressedSize64 > uint64(limit) {
		return nil, tooLarge("%s unpacks to %d MB", name, f.UncompressedSize64>>20)
	}
	in, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, damaged("%s is packed in a way that no presentation is", name).WithErr(err)
	}
	if err != nil {
		return nil, damaged("%s cannot be read", name).WithErr(err)
	}
	defer func() { _ = in.Close() }() // it is read from memory
	body, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, damaged("%s cannot be unpacked", name).WithErr(err)
	}
	if int64(len(body)) > limit {
		return nil, tooLarge("%s unpacks to more than %d MB", name, limit>>20)
	}
	*left -= int64(len(body))
	return &part{name: name, body: body}, nil
}

type typesFile struct {
	Default []struct {
		Extension   string `xml:",attr"`
		ContentType string `xml:",attr"`
	}
	Override []struct {
		PartName    string `xml:",attr"`
		ContentType string `xml:",attr"`
	}
}

type relsFile struct {
	Relationship []struct {
		ID         string `xml:"Id,attr"`
		Type       string `xml:",attr"`
		Target     string `xml:",attr"`
		TargetMode string `xml:",attr"`
	}
}

// fill makes parts and relationships of the archive's files.
func (p *Package) fill(raw map[string]*part, names []string, types []byte) error {
	var t typesFile
	if err := xml.Unmarshal(types, &t); err != nil {
		return damaged("[Content_Types].xml does not parse").WithErr(err)
	}
	for _, d := range t.Default {
		p.defaults[strings.ToLower(d.Extension)] = d.ContentType
	}
	named := map[string]string{}
	for _, o := range t.Override {
		named[key(o.PartName)] = o.ContentType
	}
	var rels []string
	for _, name := range names {
		x := raw[key(name)]
		if key(name) == "[content_types].xml" {
			continue
		}
		if dir, base := path.Split(key(name)); strings.HasSuffix(dir, "_rels/") && strings.HasSuffix(base, ".rels") {
			rels = append(rels, name)
			continue
		}
		if x.kind = named[key(name)]; x.kind == "" {
			x.kind = p.typeByEnding(name)
		}
		p.parts[key(name)] = x
	}
	for _, name := range rels {
		if err := p.readRels(name, raw[key(name)].body); err != nil {
			return err
		}
	}
	return nil
}

func (p *Package) readRels(name string, body []byte) error {
	var list relsFile
	if err := xml.Unmarshal(body, &list); err != nil {
		return damaged("%s does not parse", name).WithErr(err)
	}
	dir, base := path.Split(name)
	from := strings.TrimPrefix(path.Join("/", path.Dir(strings.TrimSuffix(dir, "/")), base[:len(base)-len(".rels")]), "/")
	seen := map[string]bool{}
	for _, r := range list.Relationship {
		if r.ID == "" || seen[r.ID] {
			return damaged("%s names the relationship %q twice", name, r.ID)
		}
		seen[r.ID] = true
		if strings.HasPrefix(r.Type, "http://purl.oclc.org/ooxml/") {
			return diag.Errorf(diag.BadFile, diag.Pos{}, "the presentation is a Strict Open XML Presentation").
				WithHint("Save it in PowerPoint as PowerPoint Presentation (.pptx).")
		}
		x := Rel{ID: r.ID, Type: r.Type, Target: r.Target, External: strings.EqualFold(r.TargetMode, "External")}
		if !x.External {
			x.Target = resolve(from, r.Target)
			if at := p.named(x.Target); at != nil {
				x.Target = at.name
			}
		}
		p.rels[key(from)] = append(p.rels[key(from)], x)
	}
	return nil
}

// named finds a part by the name that a relationship uses: as it is, or with its escapes undone.
func (p *Package) named(target string) *part {
	if at := p.parts[key(target)]; at != nil {
		return at
	}
	plain, err := url.PathUnescape(target)
	if err != nil {
		return nil
	}
	return p.parts[key(plain)]
}
