package pptx

import (
	"context"
	"fmt"
	"io"
	"path"
	"strings"

	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// Fill writes a template filled with a document. A template is a .pptx that somebody made; what is to
// be filled stands in it as people write in PowerPoint:
//
//   - {{ … }} and {% … %} in any text: of slides, notes, tables, groups, charts, SmartArt, layouts and
//     masters, and in alternative texts. They see what a slide in Markdown sees: period, entity, unit,
//     data, figure(), fmt(), _(), report. The text takes the looks of the run that the tag begins in;
//     quotes may be curly. A statement whose end is in another paragraph encloses whole paragraphs, one
//     whose end is in another cell of a table whole rows, from that of its beginning to that of its end;
//     a paragraph or row that holds nothing else goes. A set is good for its text box or table.
//   - The first line of a shape's alternative text, or its name: chart:BLOCK puts the block's data into
//     the native chart there (series by name, then by kind and order; looks, axes and formats stay; the
//     workbook is written anew), table:BLOCK its lines into the table (first row the header's looks, the
//     next the rows', a bold last one the sums'), text:BLOCK its text into the text there, image:BLOCK
//     and image:brand:logo a picture in its own proportions; block:BLOCK, and any of these on another
//     shape, draws the block in the shape's place. BLOCK@SECTION takes it of a section. Further lines are
//     the alternative text. LibreOffice loses alternative texts of charts and tables: there, use the name.
//   - A paragraph of the notes that begins with "atlas:" says what becomes of the slide: each=unit|group|
//     section makes one of it for each, when="expression" leaves it out, section=CODE says what it is
//     about, drop never shows it, keep shows it though nothing on it is filled, slides puts the deck's own
//     slides in its place, alone leaves them out.
//
// The deck's own slides stand where slides says. A template that fills none of its slides lends its
// looks: its slides are examples and go. A slide takes the layout that the deck's layouts: names, or
// that has the name of the slide's layout, or that is of the kind (Title Slide for a cover, Title and
// Content, Two Content, Title Only). A region stands in the place of its name on that layout, in the
// n-th if there are as many places as regions, or else on the grid of the deck's layout within the room
// for content. What is drawn takes the colours and fonts of the template's theme.
//
// Mistakes name the template, the slide by its number there, and the shape. Nothing is written if the
// list has an error.
func Fill(ctx context.Context, w io.Writer, template []byte, d *deck.Document, o Options) (diag.List, error) {
	p, list, err := fill(ctx, template, d, o)
	if err != nil || p == nil {
		return list, err
	}
	_, err = p.WriteTo(w)
	return list, err
}

// filler is one filling of a template.
type filler struct {
	doc    *deck.Document
	opt    Options
	pkg    *Package
	file   string                 // the template's, as shown
	main   string                 // the presentation's part
	root   *node                  // what it holds
	scopes map[string]*deck.Scope // by section
	flaws  map[string]bool        // what the template was not right in before
	said   map[string]bool        // mistakes that were told
	read   map[string]*node       // layouts and masters, by part
	diags  diag.List
	slides []*slideFill
	writer *writer // draws blocks

	layouts []*templateLayout
	chosen  map[string]*templateLayout // by the name of a deck's layout
}

// slideFill is one slide of the filled presentation.
type slideFill struct {
	*filler
	number  int // in the template, from 1
	part    string
	id      string // of the list of slides
	from    string // the id of the slide that it was copied from
	section string
	rule    directive
	notes   string
	page    page            // what is shown, for the list of sources
	lastID  int             // the highest id of a shape
	touched map[*node]bool  // bodies whose text is new
	layout  *templateLayout // of a deck's own slide; nil of the template's
}

func fill(ctx context.Context, template []byte, d *deck.Document, o Options) (*Package, diag.List, error) {
	f := &filler{doc: d, opt: o, file: or(o.TemplateFile, "template.pptx"), scopes: map[string]*deck.Scope{}}
	if err := f.open(template); err != nil {
		f.add(err)
		return nil, f.diags, nil
	}
	f.brandDocument()
	f.plan()
	if f.diags.Err() != nil {
		return nil, f.diags, nil
	}
	for i, s := range f.slides {
		if err := ctx.Err(); err != nil {
			return nil, f.diags, fmt.Errorf("fill the template: %w", err)
		}
		var err error
		if s.layout != nil {
			err = s.drawDeckSlide(ctx, i+1)
		} else {
			err = s.fill(ctx)
		}
		if err != nil {
			return nil, f.diags, err
		}
	}
	f.masters()
	f.finish()
	f.diags = append(f.diags, f.writer.diags...)
	f.check()
	if f.diags.Err() != nil {
		return nil, f.diags, nil
	}
	return f.pkg, f.diags, nil
}

// brandDocument takes the template's colours, and makes what draws blocks with them.
func (f *filler) brandDocument() {
	d := *f.doc
	d.Theme, d.Dark = f.brand(), false
	f.doc = &d
	f.writer = newWriter(f.doc, f.opt)
	f.writer.pkg = f.pkg
	f.writer.images = f.numbered("ppt/media")
	f.writer.charts = max(f.numbered("ppt/charts"), f.numbered("ppt/embeddings"))
}

// add notes what is wrong, in the template.
func (f *filler) add(err error) {
	for _, d := range diag.From(err) {
		if d.Pos.IsZero() {
			d.Pos.File = f.file
		}
		f.diags = append(f.diags, d)
	}
}

// open reads the template and finds the presentation in it.
func (f *filler) open(template []byte) error {
	p, err := OpenPackage(template)
	if err != nil {
		return err
	}
	f.pkg, f.main = p, p.Related("", RelDocument)
	kind := p.ContentType(f.main)
	switch {
	case f.main == "":
		return damaged("it names no presentation")
	case strings.Contains(kind, "wordprocessingml"):
		return diag.Errorf(diag.BadFile, diag.Pos{}, "the template is a Word document").WithHint("Name a .pptx presentation.")
	case strings.Contains(kind, "spreadsheetml") || strings.Contains(kind, "ms-excel"):
		return diag.Errorf(diag.BadFile, diag.Pos{}, "the template is a workbook").WithHint("Name a .pptx presentation.")
	}
	if f.root, err = parseXML(p.Part(f.main)); err != nil {
		return damaged("%s does not parse", f.main).WithErr(err)
	}
	if f.root.name != "p:presentation" {
		return damaged("%s is no presentation", f.main)
	}
	f.flaws = map[string]bool{}
	for _, d := range Validate(p) {
		f.flaws[flaw(d)] = true
	}
	return nil
}

// check warns of what is not right in the result and was in the template: programs write many
// things that PowerPoint forgives, and those are not the filling's.
func (f *filler) check() {
	for _, d := range Validate(f.pkg) {
		if !f.flaws[flaw(d)] {
			d.Severity = diag.Warning
			f.add(d)
		}
	}
}

// flaw is a finding without the part that it is in, for copies have the same.
func flaw(d *diag.Diagnostic) string {
	_, what, ok := strings.Cut(d.Msg, ": ")
	if !ok {
		return d.Msg
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, what)
}

// tree reads a part of the package.
func (f *filler) tree(part string) (*node, error) {
	body := f.pkg.Part(part)
	if body == nil {
		return nil, damaged("%s is missing", part)
	}
	root, err := parseXML(body)
	if err != nil {
		return nil, damaged("%s does not parse: %v", part, err).WithErr(err)
	}
	return root, nil
}

// save writes a part back.
func (f *filler) save(part string, root *node) { f.pkg.SetPart(part, "", root.part()) }

// fail notes a mistake on the slide, in a shape if there is one.
func (s *slideFill) fail(shape string, err error) {
	for _, d := range diag.From(err) {
		c := *d
		c.Pos = diag.Pos{File: s.file}
		c.Msg = s.where(shape) + c.Msg
		if s.said[c.Msg] {
			continue // of another copy of the slide
		}
		if s.said == nil {
			s.filler.said = map[string]bool{}
		}
		s.said[c.Msg] = true
		s.diags = append(s.diags, &c)
	}
}

func (s *slideFill) failf(code diag.Code, shape, hint, format string, args ...any) {
	d := diag.Errorf(code, diag.Pos{}, format, args...)
	d.Hint = hint
	s.fail(shape, d)
}

func (s *slideFill) where(shape string) string {
	at := path.Base(s.part)
	if s.number > 0 {
		at = fmt.Sprintf("slide %d", s.number)
	}
	if shape != "" {
		at += `, "` + shape + `"`
	}
	return at + ": "
}

// state is a render of texts of this slide.
func (s *slideFill) state(ctx context.Context) *jinja.State {
	return &jinja.State{Ctx: ctx, Macros: s.opt.Macros, Vars: s.scope(), Undefined: jinja.UndefinedStrict}
}

// scope is what the slide's section shows to templates: what slides in Markdown see.
func (s *slideFill) scope() jinja.Scope {
	if s.doc.Report == nil {
		return jinja.Vars{}
	}
	v := s.scopes[s.section]
	if v == nil {
		v = deck.NewScope(s.doc.Report, s.report(s.section), s.doc.Format, s.opt.Translations, s.opt.Spec)
		s.scopes[s.section] = v
	}
	return v
}

// prose takes the marks of figures out of a rendered text and notes the figures as shown on the slide.
func (s *slideFill) prose(text string) string {
	scope := s.scopes[s.section]
	if scope == nil {
		return text
	}
	p := scope.Prose(text)
	for _, q := range p.Figures {
		s.page.prose = append(s.page.prose, q.Figure)
	}
	return p.Text
}

// fill fills the slide: its texts, those of its notes and charts, then the shapes that are bound to
// blocks. Texts come first, so that no value is ever read as a template.
func (s *slideFill) fill(ctx context.Context) error {
	root, err := s.tree(s.part)
	if err != nil {
		s.add(err)
		return nil
	}
	s.page.slide = &deck.Slide{ID: fmt.Sprintf("%d of %s", s.number, s.file), Pos: diag.Pos{File: s.file}}
	root.walk(func(n *node) bool {
		if n.name == "p:cNvPr" {
			s.lastID = max(s.lastID, int(n.int("id")))
		}
		return true
	})
	s.fillTexts(ctx, root, "")
	for _, r := range s.pkg.Rels(s.part) {
		if !r.External && s.pkg.Has(r.Target) && ownTexts(r.Type) {
			s.fillPart(ctx, r.Target, partWord(r.Type))
		}
	}
	if err := s.bind(ctx, root); err != nil {
		return fmt.Errorf("fill slide %d of %s: %w", s.number, s.file, err)
	}
	s.fitTexts(root)
	uniqueIDs(root, s.lastID)
	s.save(s.part, root)
	if err := s.sourcesInto(); err != nil {
		s.fail("notes", err)
	}
	return nil
}

// uniqueIDs gives shapes whose id another has already one of their own: some programs write them so,
// and PowerPoint repairs the file then.
func uniqueIDs(root *node, last int) {
	seen := map[string]bool{}
	root.walk(func(n *node) bool {
		if n.name == "p:cNvPr" {
			if id := n.attr("id"); seen[id] || n.int("id") <= 0 {
				last++
				n.setInt("id", int64(last))
			}
			seen[n.attr("id")] = true
		}
		return true
	})
}

// ownTexts reports parts of a slide that hold texts of it: notes, charts, drawings of SmartArt.
func ownTexts(relType string) bool {
	switch path.Base(relType) {
	case "notesSlide", "chart", "chartEx", "diagramData", "diagramDrawing":
		return true
	}
	return false
}

// partWord is what messages call a part of a slide.
func partWord(relType string) string {
	switch base := path.Base(relType); {
	case base == "notesSlide":
		return "notes"
	case strings.HasPrefix(base, "diagram"):
		return "SmartArt"
	default:
		return "chart"
	}
}

func (s *slideFill) fillPart(ctx context.Context, part, word string) {
	if !strings.Contains(string(s.pkg.Part(part)), "{") { // tags may be torn over runs
		return
	}
	root, err := s.tree(part)
	if err != nil {
		s.add(err)
		return
	}
	s.fillTexts(ctx, root, word)
	s.save(part, root)
}

// masters fills the texts of masters and layouts, with the names of the total.
func (f *filler) masters() {
	for _, name := range f.pkg.Names() {
		if dir := path.Base(path.Dir(name)); dir == "slideMasters" || dir == "slideLayouts" {
			s := &slideFill{filler: f, part: name}
			s.fillPart(context.Background(), name, "")
		}
	}
}
