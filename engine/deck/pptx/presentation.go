// Package pptx writes a deck as a presentation that people edit in PowerPoint: native texts, tables
// and charts with their workbooks, on a master made of the theme. It decides looks alone; what
// stands on a slide, and where a figure is from, is the document's.
package pptx

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/theme"
)

// Options are what Render cannot do itself.
type Options struct {
	// Template is a presentation to fill instead of a master made of the theme; nil makes one.
	Template []byte
	// TemplateFile is the template's path as shown in messages.
	TemplateFile string
	// Translations are what _() in the template's texts looks up.
	Translations manifest.Translations
	// Macros are the project's, for texts of the template; nil if there are none.
	Macros jinja.Scope
	// Front is the deck's front matter: its layouts: says which layout of the template a slide takes
	// whose layout has another name. It may be nil.
	Front *manifest.Map
	// Spec is the report's declaration: a block of it that a condition left out is no mistake of the
	// template. It may be nil.
	Spec *manifest.Report
	// SVG draws a chart that PowerPoint has no native kind for (funnel, sankey, heatmap, treemap,
	// gauge), with its width and height in points, so that its type is as large as that of native
	// charts. Nil leaves them out, with a warning.
	SVG func(ctx context.Context, b *block.Block, width, height float64) ([]byte, error)
	// PNG turns an SVG into the picture that readers without SVG see; scale is pixels of the
	// picture a pixel of the drawing. Nil leaves SVG pictures out, with a warning.
	PNG func(svg []byte, scale float64) ([]byte, error)
}

// Render writes a document as a .pptx file. The same document gives the same bytes. The list says
// what did not fit or could not be drawn, at the slide that it is about; the error is the world's.
func Render(ctx context.Context, out io.Writer, d *deck.Document, o Options) (diag.List, error) {
	p, list, err := Build(ctx, d, o)
	if err != nil || p == nil {
		return list, err
	}
	if _, err := p.WriteTo(out); err != nil {
		return list, err
	}
	return list, nil
}

// Build makes the package that Render writes; it is nil where a template has mistakes.
func Build(ctx context.Context, d *deck.Document, o Options) (*Package, diag.List, error) {
	d = complete(d)
	if len(o.Template) > 0 {
		return fill(ctx, o.Template, d, o)
	}
	w := newWriter(d, o)
	w.footed, w.together = true, true
	w.plan()
	w.masterAndLayouts()
	for i := range w.pages {
		if err := ctx.Err(); err != nil {
			return nil, w.diags, fmt.Errorf("draw the slides: %w", err)
		}
		if err := w.drawPage(ctx, i); err != nil {
			return nil, w.diags, err
		}
	}
	if err := w.writeBooks(); err != nil {
		return nil, w.diags, err
	}
	w.presentation()
	w.properties()
	w.diags = append(w.diags, check(w.pkg)...)
	w.diags.Sort()
	return w.pkg, w.diags, nil
}

// complete gives the document with a look and a language if it has none.
func complete(d *deck.Document) *deck.Document {
	full := *d
	if full.Theme == nil {
		full.Theme = theme.Default()
	}
	if full.Format == nil {
		full.Format = &block.Formatter{Locale: full.Locale}
	}
	if full.Locale == "" {
		full.Locale = or(full.Format.Locale, "en-US")
	}
	return &full
}

// writer holds a presentation while it is made.
type writer struct {
	doc        *deck.Document
	opt        Options
	pkg        *Package
	palette    theme.Palette
	text       face
	heading    face
	lang       string
	diags      diag.List
	together   bool          // workbooks of charts wait for one another
	books      []pendingBook // those that do
	layouts    []*layoutPart
	byLayout   map[string]*layoutPart
	pages      []*page
	slideParts map[string]string // slide id → part of its first page
	pictures   map[string]*picture
	charts     int
	images     int
	tables     map[*block.Block]*tablePiece
	footed     bool // what is stale is told in the footnote
}

func newWriter(d *deck.Document, o Options) *writer {
	return &writer{
		doc: d, opt: o, pkg: NewPackage(), palette: palette(d), lang: d.Locale,
		text: face{d.Theme.Text}, heading: face{d.Theme.Heading},
		byLayout: map[string]*layoutPart{}, slideParts: map[string]string{},
		pictures: map[string]*picture{}, tables: map[*block.Block]*tablePiece{},
	}
}

// Names of the parts that there is one of.
const (
	presentationPart = "ppt/presentation.xml"
	masterPart       = "ppt/slideMasters/slideMaster1.xml"
	notesMasterPart  = "ppt/notesMasters/notesMaster1.xml"
	masterTheme      = "ppt/theme/theme1.xml"
	notesTheme       = "ppt/theme/theme2.xml"

	masterType      = "application/vnd.openxmlformats-officedocument.presentationml.slideMaster+xml"
	layoutType      = "application/vnd.openxmlformats-officedocument.presentationml.slideLayout+xml"
	notesMasterType = "application/vnd.openxmlformats-officedocument.presentationml.notesMaster+xml"
	themeType       = "application/vnd.openxmlformats-officedocument.theme+xml"
	propsType       = "application/vnd.openxmlformats-officedocument.presentationml.presProps+xml"
	viewType        = "application/vnd.openxmlformats-officedocument.presentationml.viewProps+xml"
	tableStylesType = "application/vnd.openxmlformats-officedocument.presentationml.tableStyles+xml"
	coreType        = "application/vnd.openxmlformats-package.core-properties+xml"
	appType         = "application/vnd.openxmlformats-officedocument.extended-properties+xml"

	relPresProps   = officeRels + "presProps"
	relViewProps   = officeRels + "viewProps"
	relTableStyles = officeRels + "tableStyles"

	presentationSpace = "http://schemas.openxmlformats.org/presentationml/2006/main"
	relationSpace     = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	sectionsSpace     = "http://schemas.microsoft.com/office/powerpoint/2010/main"
)

// spaces opens a part of slides, masters or notes.
func spaces() []any {
	return []any{"xmlns:a", drawingSpace, "xmlns:r", relationSpace, "xmlns:p", presentationSpace}
}

// Ids of slides begin at 256, those of masters and layouts at 2^31; none may come twice.
const (
	firstSlideID  = 256
	firstMasterID = 2147483648
)

// presentation writes the part that lists slides, with what belongs to it.
func (w *writer) presentation() {
	m := &markup{}
	m.start("p:presentation", append(spaces(), "saveSubsetFonts", true)...)
	m.start("p:sldMasterIdLst")
	m.leaf("p:sldMasterId", "id", strconv.Itoa(firstMasterID), "r:id", w.pkg.AddRel(presentationPart, RelMaster, masterPart))
	m.end()
	m.start("p:notesMasterIdLst")
	m.leaf("p:notesMasterId", "r:id", w.pkg.AddRel(presentationPart, RelNoteMaster, notesMasterPart))
	m.end()
	if len(w.pages) > 0 {
		m.start("p:sldIdLst")
		for i, p := range w.pages {
			m.leaf("p:sldId", "id", firstSlideID+i, "r:id", w.pkg.AddRel(presentationPart, RelSlide, p.part))
		}
		m.end()
	}
	m.leaf("p:sldSz", "cx", inches(deck.StageWidth), "cy", inches(deck.StageHeight))
	m.leaf("p:notesSz", "cx", inches(notesWidth), "cy", inches(notesHeight))
	w.defaultText(m)
	w.sections(m)
	m.end()
	w.pkg.SetPart(presentationPart, documentType, m.bytes())
	w.pkg.AddRel("", RelDocument, presentationPart)
	w.pkg.AddRel(presentationPart, RelTheme, masterTheme)
	for _, p := range [][4]string{
		{"ppt/presProps.xml", propsType, relPresProps, `<p:presentationPr ` + rootSpaces + `/>`},
		{"ppt/viewProps.xml", viewType, relViewProps, `<p:viewPr ` + rootSpaces + `/>`},
		{"ppt/tableStyles.xml", tableStylesType, relTableStyles, `<a:tblStyleLst xmlns:a="` + drawingSpace + `" def="` + noTableStyle + `"/>`},
	} {
		w.pkg.SetPart(p[0], p[1], []byte(xmlHead+p[3]))
		w.pkg.AddRel(presentationPart, p[2], p[0])
	}
}

const rootSpaces = `xmlns:a="` + drawingSpace + `" xmlns:r="` + relationSpace + `" xmlns:p="` + presentationSpace + `"`

func (w *writer) defaultText(m *markup) {
	m.start("p:defaultTextStyle")
	m.start("a:defPPr")
	m.leaf("a:defRPr", "lang", w.lang)
	m.end()
	m.start("a:lvl1pPr", "marL", 0, "algn", "l")
	styleRun(m, ink{palette: w.palette}, deck.BodySize, "text", "+mn", regular)
	m.end()
	m.end()
}

// sections groups slides that follow one another and are about the same section.
func (w *writer) sections(m *markup) {
	type section struct {
		name  string
		pages []int
	}
	var list []section
	for i, p := range w.pages {
		if n := len(list); n > 0 && list[n-1].name == p.slide.Section {
			list[n-1].pages = append(list[n-1].pages, i)
			continue
		}
		list = append(list, section{p.slide.Section, []int{i}})
	}
	if len(list) < 2 {
		return
	}
	m.start("p:extLst")
	m.start("p:ext", "uri", "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}")
	m.start("p14:sectionLst", "xmlns:p14", sectionsSpace)
	for i, s := range list {
		m.start("p14:section", "name", w.sectionLabel(s.name), "id", guid(fmt.Sprintf("section %d %s", i, s.name)))
		m.start("p14:sldIdLst")
		for _, page := range s.pages {
			m.leaf("p14:sldId", "id", firstSlideID+page)
		}
		m.end()
		m.end()
	}
	m.end()
	m.end()
	m.end()
}

// sectionLabel is the name of a section in the report's language.
func (w *writer) sectionLabel(code string) string {
	r := w.doc.Report
	if r == nil {
		return or(code, w.doc.Name)
	}
	if code == "" {
		return or(r.Total.Label, r.Meta.EntityLabel, w.doc.Name, "–")
	}
	if s := r.Units[code]; s != nil {
		return or(s.Label, code)
	}
	return code
}

func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// properties writes who made the presentation, of what, and when its data was loaded: the clock is
// not asked.
func (w *writer) properties() {
	m := &markup{}
	m.start("cp:coreProperties", "xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
		"xmlns:dc", "http://purl.org/dc/elements/1.1/", "xmlns:dcterms", "http://purl.org/dc/terms/",
		"xmlns:dcmitype", "http://purl.org/dc/dcmitype/", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	m.full("dc:title", w.doc.Title)
	m.full("dc:creator", or(w.doc.Theme.Label, w.doc.Theme.Name, "Atlas"))
	if r := w.doc.Report; r != nil {
		m.full("dc:subject", r.Meta.PeriodLabel)
	}
	m.full("dc:language", w.lang)
	m.full("cp:lastModifiedBy", or(w.doc.Theme.Label, w.doc.Theme.Name, "Atlas"))
	if at := w.generatedAt(); at != "" {
		m.full("dcterms:created", at, "xsi:type", "dcterms:W3CDTF")
		m.full("dcterms:modified", at, "xsi:type", "dcterms:W3CDTF")
	}
	m.end()
	w.pkg.SetPart("docProps/core.xml", coreType, m.bytes())
	w.pkg.AddRel("", RelCore, "docProps/core.xml")
	a := &markup{}
	a.start("Properties", "xmlns", "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties")
	a.full("Application", "Atlas")
	a.full("PresentationFormat", "Widescreen")
	a.full("Slides", strconv.Itoa(len(w.pages)))
	a.end()
	w.pkg.SetPart("docProps/app.xml", appType, a.bytes())
	w.pkg.AddRel("", RelProperties, "docProps/app.xml")
}

// generatedAt is the report's time as the properties want it, "" if it has none.
func (w *writer) generatedAt() string {
	if w.doc.Report == nil {
		return ""
	}
	text := w.doc.Report.Meta.GeneratedAt
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Format("2006-01-02T15:04:05Z")
		}
	}
	return ""
}
