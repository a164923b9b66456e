package pptx_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"atlas/engine/deck/pptx"
)

func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(files[i+1]))
	}
	_ = z.Close()
	return b.Bytes()
}

const (
	types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="PNG" ContentType="image/png"/><Override PartName="/ppt/Slide1.xml" ContentType="x/slide"/></Types>`
	rel   = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="t" Target="%"/></Relationships>`
)

func rels(target string) string { return strings.Replace(rel, "%", target, 1) }

func TestPackageReadsWhatOthersWrite(t *testing.T) {
	p, err := pptx.OpenPackage(archive(t,
		`ppt\slide1.xml`, "<a/>", "[Content_Types].xml", types, "_rels/.rels", rels("/ppt/slide1.xml"),
		"ppt/_rels/slide1.xml.rels", rels("../Media/My%20Logo.png"), "media/my logo.png", "png", "folder/", ""))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Names(), " "); got != "media/my logo.png ppt/slide1.xml" {
		t.Errorf("names: %s", got)
	}
	if got := p.Related("", "t"); got != "ppt/slide1.xml" {
		t.Errorf("root leads to %q", got)
	}
	if got, ok := p.Target("PPT/slide1.xml", "a"); !ok || got != "media/my logo.png" {
		t.Errorf("slide leads to %q", got)
	}
	if got := p.ContentType("ppt/slide1.xml") + " " + p.ContentType("media/my logo.png"); got != "x/slide image/png" {
		t.Errorf("types: %s", got)
	}
}

func TestPackageWritesTheSameBytes(t *testing.T) {
	write := func() []byte {
		p := pptx.NewPackage()
		p.SetPart("ppt/slides/slide2.xml", "x/slide", []byte("<b/>"))
		p.SetPart("/ppt/slides/slide1.xml", "x/slide", []byte("<a/>"))
		p.SetPart("ppt/media/image1.png", "", []byte("png"))
		p.AddRel("", "t", "ppt/slides/slide1.xml")
		if a, b := p.AddRel("ppt/slides/slide1.xml", "i", "ppt/media/image1.png"), p.AddRel("ppt/slides/slide1.xml", "i", "ppt/media/image1.png"); a != b {
			t.Errorf("one relationship got two ids, %s and %s", a, b)
		}
		p.AddExternal("ppt/slides/slide1.xml", "l", "https://example.org/?a=1&b=2")
		var out bytes.Buffer
		n, err := p.WriteTo(&out)
		if err != nil || n != int64(out.Len()) {
			t.Fatalf("wrote %d of %d bytes: %v", n, out.Len(), err)
		}
		return out.Bytes()
	}
	a := write()
	if !bytes.Equal(a, write()) {
		t.Error("the same parts gave other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(a), int64(len(a)))
	if err != nil {
		t.Fatal(err)
	}
	if z.File[0].Name != "[Content_Types].xml" || z.File[1].Name != "_rels/.rels" {
		t.Errorf("order: %s, %s", z.File[0].Name, z.File[1].Name)
	}
	p, err := pptx.OpenPackage(a)
	if err != nil {
		t.Fatal(err)
	}
	got := p.Rels("ppt/slides/slide1.xml")
	if len(got) != 2 || got[0].Target != "ppt/media/image1.png" || !got[1].External || got[1].Target != "https://example.org/?a=1&b=2" {
		t.Errorf("read back: %+v", got)
	}
	p.Prune()
	if p.Has("ppt/slides/slide2.xml") || !p.Has("ppt/media/image1.png") {
		t.Errorf("after pruning: %v", p.Names())
	}
	p.RemoveRel("ppt/slides/slide1.xml", got[0].ID)
	p.Prune()
	if p.Has("ppt/media/image1.png") {
		t.Error("a picture that nothing shows is kept")
	}
}

func TestOpenPackageSaysWhatIsWrong(t *testing.T) {
	cut := archive(t, "[Content_Types].xml", types)
	ole := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...)
	wide := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "empty file"},
		{"text", []byte("hello"), "no .pptx"},
		{"old", ole, "old .ppt"},
		{"encrypted", append(append([]byte(nil), ole...), wide...), "encrypted with a password"},
		{"cut", cut[:len(cut)-10], "damaged: its table of contents"},
		{"zip", archive(t, "a.txt", "a"), "zip archive"},
		{"odp", archive(t, "mimetype", "application/vnd.oasis.opendocument.presentation"), "OpenDocument"},
		{"twice", archive(t, "[Content_Types].xml", types, "a.xml", "1", "/A.xml", "2"), "twice"},
		{"bad types", archive(t, "[Content_Types].xml", "<Types"), "[Content_Types].xml does not parse"},
		{"bad rels", archive(t, "[Content_Types].xml", types, "_rels/.rels", "<x"), "_rels/.rels does not parse"},
		{"strict", archive(t, "[Content_Types].xml", types, "_rels/.rels", strings.Replace(rels("a"), `"t"`, `"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"`, 1)), "Strict"},
		{"bomb", archive(t, "[Content_Types].xml", types, "a.xml", strings.Repeat(" ", 49<<20)), "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := pptx.OpenPackage(c.file)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func FuzzOpenPackage(f *testing.F) {
	f.Add(archive(f, "[Content_Types].xml", types, "_rels/.rels", rels("ppt/slide1.xml"), "ppt/slide1.xml", "<a/>"))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := pptx.OpenPackage(file)
		if err != nil {
			return
		}
		p.Prune()
		var out bytes.Buffer
		if _, err := p.WriteTo(&out); err != nil {
			t.Fatal(err)
		}
		if _, err := pptx.OpenPackage(out.Bytes()); err != nil {
			t.Fatalf("what was written does not open: %v", err)
		}
	})
}
