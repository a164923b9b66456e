package pptx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"sort"
	"strings"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// WriteTo writes the package: the same parts give the same bytes. The list of types comes first,
// then the package's relationships, then the parts by name, each followed by its relationships.
func (p *Package) WriteTo(w io.Writer) (int64, error) {
	out := &counter{w: w}
	z := zip.NewWriter(out)
	if err := p.writeParts(z); err != nil {
		return out.n, fmt.Errorf("write the presentation: %w", err)
	}
	if err := z.Close(); err != nil {
		return out.n, fmt.Errorf("write the presentation: %w", err)
	}
	return out.n, nil
}

func (p *Package) writeParts(z *zip.Writer) error {
	if err := writeEntry(z, "[Content_Types].xml", p.typesXML()); err != nil {
		return err
	}
	for _, name := range append([]string{""}, p.Names()...) {
		if name != "" {
			if err := writeEntry(z, name, p.Part(name)); err != nil {
				return err
			}
		}
		rels := p.rels[key(name)]
		if len(rels) == 0 {
			continue
		}
		if err := writeEntry(z, relsName(name), relsXML(name, rels)); err != nil {
			return err
		}
	}
	return nil
}

// writeEntry writes one file of the package, without a time. What is compressed already is stored.
func writeEntry(z *zip.Writer, name string, body []byte) error {
	method := zip.Deflate
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".xlsx", ".webp", ".mp4", ".m4a", ".mp3":
		method = zip.Store
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}

// typesXML lists the types of parts: by ending where all parts of that ending have one type that is
// no XML, else by name.
func (p *Package) typesXML() []byte {
	byEnding := map[string]string{"rels": relsType, "xml": "application/xml"}
	mixed := map[string]bool{}
	for _, x := range p.parts {
		ending := strings.ToLower(strings.TrimPrefix(path.Ext(x.name), "."))
		if old, ok := byEnding[ending]; ok && old != x.kind && ending != "xml" && ending != "rels" {
			mixed[ending] = true
		} else if !ok && ending != "" {
			byEnding[ending] = x.kind
		}
	}
	for ending := range mixed {
		delete(byEnding, ending)
	}
	var b bytes.Buffer
	b.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`)
	endings := make([]string, 0, len(byEnding))
	for ending := range byEnding {
		endings = append(endings, ending)
	}
	sort.Strings(endings)
	for _, ending := range endings {
		b.WriteString(`<Default Extension="` + escape(ending) + `" ContentType="` + escape(byEnding[ending]) + `"/>`)
	}
	for _, name := range p.Names() {
		kind := p.ContentType(name)
		if byEnding[strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))] != kind {
			b.WriteString(`<Override PartName="/` + escape(name) + `" ContentType="` + escape(kind) + `"/>`)
		}
	}
	b.WriteString(`</Types>`)
	return b.Bytes()
}

func relsXML(from string, rels []Rel) []byte {
	var b bytes.Buffer
	b.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range rels {
		target, mode := relative(from, r.Target), ""
		if r.External {
			target, mode = r.Target, ` TargetMode="External"`
		}
		b.WriteString(`<Relationship Id="` + escape(r.ID) + `" Type="` + escape(r.Type) + `" Target="` + escape(target) + `"` + mode + `/>`)
	}
	b.WriteString(`</Relationships>`)
	return b.Bytes()
}

// escape makes a text fit for XML, in elements and attributes; characters that XML forbids are
// replaced.
func escape(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r == '<' || r == '>' || r == '&' || r == '"' || r == '\'' || r >= 0xfffd
	}) {
		return s
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
