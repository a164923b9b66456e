package slides

import (
	"slices"
	"strings"

	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// ownLayout draws a slide by a layout of the project: a template of HTML that sees the slide's front
// matter as slide, its title and subtitle, what stands in regions by name, and the document.
func (b *builder) ownLayout(own Source, s slide, layout manifest.Layout) (string, error) {
	t, err := b.template(own)
	if err != nil {
		return "", err
	}
	regions, shown := jinja.NewDict(), map[string]string{}
	for _, c := range s.Regions {
		box := deck.BodyBox(layout)
		for _, r := range layout.Regions {
			if r.Name == c.Region {
				box = deck.RegionBox(layout, r)
			}
		}
		shown[c.Region] = b.items(content(s.Regions, c.Region), box)
		regions.Set(c.Region, jinja.Markup(shown[c.Region]))
	}
	front := jinja.NewDict()
	if s.Front != nil {
		for _, k := range s.Front.Keys() {
			v, _ := s.Front.Get(k)
			front.Set(k, jinja.FromGo(v))
		}
	}
	for _, e := range []struct {
		key   string
		value jinja.Value
	}{{"id", s.ID}, {"node", s.Node}, {"section", s.Section}, {"layout", s.Layout}, {"number", int64(s.Number)}, {"steps", int64(s.Steps)}} {
		front.Set(e.key, e.value)
	}
	document := jinja.NewDict()
	document.Set("title", b.title())
	document.Set("locale", b.doc.Locale)
	document.Set("footer", jinja.Markup(b.prose(b.doc.Footer)))
	document.Set("slides", int64(len(b.doc.Slides)))
	vars := jinja.Vars{
		"slide": front, "title": jinja.Markup(b.prose(s.Title)), "subtitle": jinja.Markup(b.prose(s.Subtitle)),
		"footnote": jinja.Markup(b.prose(s.Footnote)), "regions": regions, "document": document,
		"head": jinja.Markup(b.head(s, layout)), "foot": jinja.Markup(b.foot(s)),
		"logo": jinja.Markup(`<div class="slide-logo" aria-hidden="true"></div>`),
	}
	b.checkReads(own, t, vars)
	text, err := t.Render(&jinja.State{Vars: vars})
	if err != nil {
		return "", err
	}
	for _, c := range s.Regions {
		if html, left := shown[c.Region]; left && !strings.Contains(text, html) {
			b.problems.Add(diag.Warnf(diag.BadSlide, s.Pos, "slide %s: the layout %s does not show what stands in %s", s.ID, own.Path, c.Region).
				WithHint("{{ regions[\"%s\"] }} in the layout shows it", c.Region))
		}
		delete(shown, c.Region) // a region that is filled twice is told once
	}
	return text + "\n", nil
}

// checkReads warns, once a layout, of names that it reads and nobody gives.
func (b *builder) checkReads(own Source, t *jinja.Template, vars jinja.Vars) {
	if b.read[own.Path] {
		return
	}
	b.read[own.Path] = true
	known := append(jinja.Globals(), "loop", "caller", "varargs", "kwargs")
	for name := range jinja.Builtins(nil) {
		known = append(known, name)
	}
	for name := range vars {
		known = append(known, name)
	}
	slices.Sort(known)
	for _, r := range t.StaticReads() {
		if r.Global && !slices.Contains(known, r.Name) {
			b.problems.Add(diag.Warnf(diag.UndefinedName, r.Pos, "a layout sees no %q", r.Name).WithLen(r.Len).WithHint("%s", diag.DidYouMean(r.Name, known)))
		}
	}
}

// template reads a template of the project; include and import find its layouts and components.
func (b *builder) template(s Source) (*jinja.Template, error) {
	if t, ok := b.parsed[s.Path]; ok {
		return t, nil
	}
	t, err := jinja.Parse(s.Path, s.Text, jinja.Options{Start: diag.Pos{File: s.Path}, Autoescape: true, NoteReads: true, Load: b.load})
	if err != nil {
		return nil, err
	}
	b.parsed[s.Path] = t
	return t, nil
}

// load finds a component by its name: "card", "card.html", "components/card.html".
func (b *builder) load(name string) (*jinja.Template, error) {
	short := componentName(name)
	if s, ok := b.o.Components[short]; ok {
		return b.template(s)
	}
	if s, ok := b.o.Layouts[short]; ok {
		return b.template(s)
	}
	d := diag.Errorf(diag.UndefinedName, diag.Pos{}, "there is no component %s", name)
	names := make([]string, 0, len(b.o.Components))
	for n := range b.o.Components {
		names = append(names, n)
	}
	if d.Hint = diag.DidYouMean(short, names); d.Hint == "" {
		d.Hint = "components are files in components/ below a report path"
	}
	return nil, d
}

// componentName gives the name of a component without folder and ending.
func componentName(name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "components/"), "layouts/")
	return strings.TrimSuffix(name, ".html")
}
