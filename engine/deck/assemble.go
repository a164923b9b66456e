package deck

import (
	"context"
	"path"
	"sort"
	"strconv"
	"strings"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/report"
	"atlas/engine/theme"
)

// Options say what a document is made with.
type Options struct {
	Theme        *theme.Theme
	Format       *block.Formatter // nil goes by the report's locale
	Layouts      []manifest.Layout
	Translations manifest.Translations
	Spec         *manifest.Report // the report's declaration; nil if only report.json is there
	// ReadFile gives a file below the project; what is not there is fs.ErrNotExist.
	ReadFile func(path string) ([]byte, error)
	// Files lists the pictures of the project, for "did you mean"; it may be nil.
	Files func() []string
}

// Assemble makes a document of a deck and a report. A mistake in a slide is told in the list, with
// its place, and stands in the slide's Problem; the other slides are whole.
func Assemble(ctx context.Context, d *manifest.Deck, r *report.Report, o Options) (*Document, diag.List) {
	a := &assembly{ctx: ctx, deck: d, report: r, o: o, missing: map[string]*diag.Diagnostic{}, ids: map[string]bool{}, folder: path.Dir(d.File)}
	if a.folder == "." || d.File == "" {
		a.folder = ""
	}
	if a.o.Theme == nil {
		a.o.Theme = theme.Default()
	}
	if a.o.Format == nil {
		f, err := block.NewFormatter(r.Meta.Locale, r.Meta.Currency)
		if err != nil {
			a.diags.Add(err)
			f = &block.Formatter{Locale: r.Meta.Locale, Currency: r.Meta.Currency}
		}
		a.o.Format = f
	}
	a.doc = &Document{
		Node: string(d.Node), Name: d.Name, Title: r.Meta.Title, Locale: r.Meta.Locale, Dark: d.Dark, Theme: a.o.Theme, Format: a.o.Format, Report: r,
		Layouts: map[string]manifest.Layout{}, Media: map[string][]byte{},
	}
	a.texts()
	for i := range d.Slides {
		if err := ctx.Err(); err != nil {
			a.diags.Add(err)
			break
		}
		a.slides(&d.Slides[i])
	}
	a.diags.Sort()
	return a.doc, a.diags
}

// assembly is one document under way.
type assembly struct {
	ctx     context.Context //nolint:containedctx // an assembly is one call of Assemble
	deck    *manifest.Deck
	report  *report.Report
	o       Options
	doc     *Document
	diags   diag.List
	missing map[string]*diag.Diagnostic // pictures that cannot be read
	ids     map[string]bool
	folder  string // the deck's
}

// texts renders what belongs to the whole deck.
func (a *assembly) texts() {
	sc := a.scope(nil)
	title, err := a.render(a.deck.Title, sc)
	a.diags.Add(err)
	if t := strings.TrimSpace(title.Text); t != "" {
		a.doc.Title = t
	}
	a.doc.Footer, err = a.render(a.deck.Footer, sc)
	a.diags.Add(err)
	a.trace(a.doc.Footer.Figures, string(a.deck.Node))
}

func (a *assembly) scope(s *report.Section) *Scope {
	sc := NewScope(a.report, s, a.o.Format, a.o.Translations, a.o.Spec)
	sc.vars["deck"] = dict(a.deck.Front)
	sc.own.OnWarning(func(d *diag.Diagnostic) { a.diags.Add(d) })
	return sc
}

func dict(m *manifest.Map) *jinja.Dict {
	d := jinja.NewDict()
	for _, k := range m.Keys() {
		v, _ := m.Get(k)
		d.Set(k, jinja.FromGo(v))
	}
	return d
}

func (a *assembly) state(sc *Scope) *jinja.State {
	return &jinja.State{Ctx: a.ctx, Vars: sc, Undefined: jinja.UndefinedStrict}
}

// options are those of templates whose text is Markdown.
func options(pos diag.Pos) jinja.Options {
	return jinja.Options{Start: pos, Autoescape: true, Escape: block.Literal}
}

// render gives a short text: its Markdown is read, and only the words stay.
func (a *assembly) render(t manifest.Template, sc *Scope) (block.Prose, error) {
	if strings.TrimSpace(t.Text) == "" {
		return block.Prose{}, nil
	}
	tmpl, err := jinja.Parse(t.Pos.File, t.Text, options(t.Pos))
	if err != nil {
		return block.Prose{}, err
	}
	sc.reads(tmpl)
	text, err := tmpl.Render(a.state(sc))
	if err != nil {
		return block.Prose{}, err
	}
	p, _ := line(strings.TrimSpace(text), sc.Take())
	return p, nil
}

// sections gives the sections that a slide is made for.
func (a *assembly) sections(s *manifest.Slide) ([]*report.Section, error) {
	var out []*report.Section
	units := func() {
		for _, code := range a.report.Meta.Scope {
			if u := a.report.Units[code]; u != nil && !u.Group {
				out = append(out, u)
			}
		}
	}
	groups := func() {
		for _, code := range sortedKeys(a.report.Units) {
			if u := a.report.Units[code]; u.Group {
				out = append(out, u)
			}
		}
	}
	switch s.Each {
	case "":
		code := ""
		if v, ok := s.Front.Get("section"); ok && v != nil {
			code = jinja.Str(jinja.FromGo(v))
		}
		sec := sectionOf(a.report, code)
		if sec == nil {
			return nil, diag.Errorf(diag.BadScope, s.Pos, "the report has no section %q", code).
				WithHint("%s", near(code, sortedKeys(a.report.Units), "it has "))
		}
		return []*report.Section{sec}, nil
	case "unit":
		units()
	case "group":
		groups()
	case "section":
		units()
		groups()
	default:
		return nil, diag.Errorf(diag.BadValue, s.Pos, "each: %s is nothing that a slide can be made for", s.Each).
			WithHint("%s", near(s.Each, []string{"unit", "group", "section"}, "it is one of "))
	}
	return out, nil
}

// slides makes the slides of one declaration.
func (a *assembly) slides(s *manifest.Slide) {
	sections, err := a.sections(s)
	if err != nil {
		a.add(s, Slide{}, nil, diag.From(err))
		return
	}
	tmpl, parseErr := jinja.Parse(s.Body.Pos.File, s.Body.Text, options(s.Body.Pos))
	for _, sec := range sections {
		sc := a.scope(sec)
		sc.vars["slide"] = dict(s.Front)
		shown, err := a.when(s, sc)
		if err == nil && !shown {
			continue
		}
		var found diag.List
		found.Add(err)
		found.Add(parseErr)
		var out Slide
		if found.Err() == nil {
			out, found = a.slide(s, tmpl, sc)
		}
		a.add(s, out, sec, found)
	}
}

// when tells whether a slide's condition holds: an expression, or a template that gives a word.
func (a *assembly) when(s *manifest.Slide, sc *Scope) (bool, error) {
	text := strings.TrimSpace(s.When.Text)
	if text == "" {
		return true, nil
	}
	if strings.Contains(text, "{{") || strings.Contains(text, "{%") {
		tmpl, err := jinja.Parse(s.When.Pos.File, s.When.Text, jinja.Options{Start: s.When.Pos})
		if err != nil {
			return false, err
		}
		word, err := tmpl.Render(a.state(sc))
		return report.Truth(word), err
	}
	x, err := jinja.ParseExpr(s.When.Pos.File, s.When.Text, jinja.Options{Start: s.When.Pos})
	if err != nil {
		return false, err
	}
	v, err := x.Eval(a.state(sc))
	sc.Take()
	return err == nil && jinja.Truth(v), err
}

// add puts a slide into the document, with what is wrong with it.
func (a *assembly) add(s *manifest.Slide, out Slide, sec *report.Section, found diag.List) {
	out.Node, out.Pos, out.Front = string(s.Node), s.Pos, s.Front
	name := s.Name
	if sec != nil {
		out.Section = sec.Code
		if s.Each != "" {
			name += "-" + sec.Code
		}
	}
	out.ID = a.id(name)
	if v, ok := s.Front.Get("class"); ok {
		out.Class = classes(v)
	}
	if out.Layout == "" {
		out.Layout = manifest.DefaultLayout
		a.layout(out.Layout)
	}
	if found.Err() != nil {
		out.Problem = problem(found)
	}
	a.diags = append(a.diags, found...)
	a.doc.Slides = append(a.doc.Slides, out)
}

// problem writes what is wrong with a slide, each mistake with its place.
func problem(found diag.List) string {
	var b strings.Builder
	for _, d := range found {
		if d.Severity != diag.Error {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if !d.Pos.IsZero() {
			b.WriteString(d.Pos.String() + ": ")
		}
		b.WriteString(d.Msg)
		if d.Hint != "" {
			b.WriteString("\n  " + d.Hint)
		}
	}
	return b.String()
}

// id makes an address of a name that no other slide has.
func (a *assembly) id(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	base := strings.Trim(b.String(), "-")
	if base == "" {
		base = "slide"
	}
	id := base
	for n := 2; a.ids[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	a.ids[id] = true
	return id
}

func classes(v any) string {
	var words []string
	switch v := v.(type) {
	case string:
		words = strings.Fields(v)
	case []any:
		for _, x := range v {
			if s, ok := x.(string); ok {
				words = append(words, strings.Fields(s)...)
			}
		}
	}
	return strings.Join(words, " ")
}

// layout finds a layout by name and keeps it in the document; the project's come before the built-in.
func (a *assembly) layout(name string) (manifest.Layout, []string) {
	if name == "" {
		name = manifest.DefaultLayout
	}
	if l, ok := a.doc.Layouts[name]; ok {
		return l, nil
	}
	var names []string
	for _, list := range [][]manifest.Layout{a.o.Layouts, manifest.BuiltinLayouts()} {
		for _, l := range list {
			if l.Name == name {
				a.doc.Layouts[name] = l
				return l, nil
			}
			names = append(names, l.Name)
		}
	}
	sort.Strings(names)
	return manifest.Layout{}, names
}

func (a *assembly) trace(figures []block.Quoted, node string) {
	for i := range figures {
		if figures[i].Figure.Origin.Block == "" {
			figures[i].Figure.Origin.Block = node
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
