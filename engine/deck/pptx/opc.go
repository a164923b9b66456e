package pptx

import (
	"path"
	"sort"
	"strconv"
	"strings"
)

// Types of relationships.
const (
	officeRels    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	packageRels   = "http://schemas.openxmlformats.org/package/2006/relationships/"
	RelDocument   = officeRels + "officeDocument"
	RelProperties = officeRels + "extended-properties"
	RelCore       = packageRels + "metadata/core-properties"
	RelMaster     = officeRels + "slideMaster"
	RelLayout     = officeRels + "slideLayout"
	RelSlide      = officeRels + "slide"
	RelNotes      = officeRels + "notesSlide"
	RelNoteMaster = officeRels + "notesMaster"
	RelTheme      = officeRels + "theme"
	RelChart      = officeRels + "chart"
	RelPackage    = officeRels + "package" // a workbook inside of a chart
	RelImage      = officeRels + "image"
	RelLink       = officeRels + "hyperlink"
	RelFont       = officeRels + "font"
)

// Types of parts.
const (
	documentType = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
	slideType    = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml"
	notesType    = "application/vnd.openxmlformats-officedocument.presentationml.notesSlide+xml"
	chartType    = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
	workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	relsType     = "application/vnd.openxmlformats-package.relationships+xml"
)

// Package is the parts of an Office file and what they say of one another. Parts are named without a
// leading slash ("ppt/slides/slide1.xml"); capitals do not count. "" names the package itself. All
// of it is in memory; it serves one goroutine.
type Package struct {
	parts    map[string]*part // by lower-case name
	rels     map[string][]Rel // by lower-case name of the part they are from
	defaults map[string]string
}

type part struct {
	name string
	kind string // content type
	body []byte
}

// Rel is a relationship of one part to another, or to an address outside.
type Rel struct {
	ID       string
	Type     string
	Target   string // a part's name, or an address if External
	External bool
}

// NewPackage gives an empty package.
func NewPackage() *Package {
	return &Package{
		parts: map[string]*part{}, rels: map[string][]Rel{},
		defaults: map[string]string{"rels": relsType, "xml": "application/xml"},
	}
}

func key(name string) string { return strings.ToLower(strings.TrimPrefix(name, "/")) }

// Part gives the content of a part, nil if there is none. It must not be changed.
func (p *Package) Part(name string) []byte {
	if x := p.parts[key(name)]; x != nil {
		return x.body
	}
	return nil
}

// Has reports whether there is a part of that name.
func (p *Package) Has(name string) bool { return p.parts[key(name)] != nil }

// ContentType gives the type of a part, "" if there is none.
func (p *Package) ContentType(name string) string {
	if x := p.parts[key(name)]; x != nil {
		return x.kind
	}
	return ""
}

// SetPart adds or replaces a part. The package keeps body; "" keeps the content type that the part
// has, or takes the one of its ending.
func (p *Package) SetPart(name, contentType string, body []byte) {
	name = strings.TrimPrefix(name, "/")
	if contentType == "" {
		if contentType = p.ContentType(name); contentType == "" {
			contentType = p.typeByEnding(name)
		}
	}
	p.parts[key(name)] = &part{name: name, kind: contentType, body: body}
}

// Remove takes a part and its relationships away. Relationships of others to it stay.
func (p *Package) Remove(name string) {
	delete(p.parts, key(name))
	delete(p.rels, key(name))
}

// Names lists the parts, sorted; relationships and the list of types are none.
func (p *Package) Names() []string {
	names := make([]string, 0, len(p.parts))
	for _, x := range p.parts {
		names = append(names, x.name)
	}
	sort.Strings(names)
	return names
}

// NewName gives the first free name of a pattern: "ppt/slides/slide#.xml" → "ppt/slides/slide7.xml".
func (p *Package) NewName(pattern string) string {
	for n := 1; ; n++ {
		if name := strings.Replace(pattern, "#", strconv.Itoa(n), 1); !p.Has(name) {
			return name
		}
	}
}

// AddRel relates a part to another and gives the relationship's id; one that exists already is
// given again.
func (p *Package) AddRel(from, relType, target string) string {
	return p.addRel(from, Rel{Type: relType, Target: strings.TrimPrefix(target, "/")})
}

// AddExternal relates a part to an address outside of the package, a link's.
func (p *Package) AddExternal(from, relType, url string) string {
	return p.addRel(from, Rel{Type: relType, Target: url, External: true})
}

func (p *Package) addRel(from string, r Rel) string {
	k := key(from)
	taken := map[string]bool{}
	for _, old := range p.rels[k] {
		if old.Type == r.Type && old.Target == r.Target && old.External == r.External {
			return old.ID
		}
		taken[old.ID] = true
	}
	for n := len(p.rels[k]) + 1; ; n++ {
		if r.ID = "rId" + strconv.Itoa(n); !taken[r.ID] {
			break
		}
	}
	p.rels[k] = append(p.rels[k], r)
	return r.ID
}

// RemoveRel takes one relationship of a part away.
func (p *Package) RemoveRel(from, id string) {
	kept := p.rels[key(from)][:0]
	for _, r := range p.rels[key(from)] {
		if r.ID != id {
			kept = append(kept, r)
		}
	}
	p.rels[key(from)] = kept
}

// Rels lists the relationships of a part, in the order in which they were made; of "" those of the
// package. Other parts are not changed through the list.
func (p *Package) Rels(from string) []Rel { return append([]Rel(nil), p.rels[key(from)]...) }

// Target gives the part that a relationship's id names; false if it names none.
func (p *Package) Target(from, id string) (string, bool) {
	for _, r := range p.rels[key(from)] {
		if r.ID == id && !r.External && p.Has(r.Target) {
			return p.parts[key(r.Target)].name, true
		}
	}
	return "", false
}

// Related gives the first part that a part relates to in that way, "" if there is none.
func (p *Package) Related(from, relType string) string {
	for _, r := range p.rels[key(from)] {
		if r.Type == relType && !r.External && p.Has(r.Target) {
			return p.parts[key(r.Target)].name
		}
	}
	return ""
}

// Prune takes away every part that nothing leads to, beginning at the package, and every
// relationship that leads to no part.
func (p *Package) Prune() {
	seen := map[string]bool{"": true}
	for queue := []string{""}; len(queue) > 0; queue = queue[1:] {
		kept := p.rels[queue[0]][:0]
		for _, r := range p.rels[queue[0]] {
			k := key(r.Target)
			if !r.External && p.parts[k] == nil {
				continue
			}
			kept = append(kept, r)
			if !r.External && !seen[k] {
				seen[k] = true
				queue = append(queue, k)
			}
		}
		p.rels[queue[0]] = kept
	}
	for k := range p.parts {
		if !seen[k] {
			delete(p.parts, k)
		}
	}
	for k := range p.rels {
		if !seen[k] {
			delete(p.rels, k)
		}
	}
}

// relsName is where the relationships of a part stand in the file.
func relsName(from string) string {
	dir, base := path.Split(from)
	return dir + "_rels/" + base + ".rels"
}

// resolve gives the name of the part that a target names, seen from a part.
func resolve(from, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return strings.TrimPrefix(path.Join("/", path.Dir(from), target), "/")
}

// relative writes the target as PowerPoint does: "../charts/chart1.xml".
func relative(from, target string) string {
	if from == "" {
		return target
	}
	a, b := strings.Split(path.Dir(from), "/"), strings.Split(target, "/")
	if path.Dir(from) == "." {
		a = nil
	}
	for len(a) > 0 && len(b) > 1 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return strings.Repeat("../", len(a)) + strings.Join(b, "/")
}

// typeByEnding is the type of parts that no list of types names.
func (p *Package) typeByEnding(name string) string {
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if kind := p.defaults[ending]; kind != "" {
		return kind
	}
	switch ending {
	case "png", "gif", "bmp", "webp":
		return "image/" + ending
	case "jpg", "jpeg":
		return "image/jpeg"
	case "svg":
		return "image/svg+xml"
	case "xlsx":
		return workbookType
	case "fntdata":
		return "application/x-fontdata"
	default:
		return "application/octet-stream"
	}
}

// setRel gives a part a relationship with the id that its content uses.
func (p *Package) setRel(from string, r Rel) { p.rels[key(from)] = append(p.rels[key(from)], r) }
