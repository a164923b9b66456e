package pptx

import (
	"context"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// directive is what the notes of a template's slide say of it, in a paragraph that begins with
// "atlas:"; the paragraph does not show.
type directive struct {
	each    string // "unit", "group", "section"
	when    string // an expression
	section string // the one section that it is about
	keep    bool   // shown, though nothing on it is filled
	drop    bool   // never shown
	slides  bool   // slides of the deck stand in its place
	alone   bool   // the deck's own slides are left out on purpose
}

// plan reads which slides the template has and makes those that the presentation is to have.
func (f *filler) plan() {
	list := f.root.child("p:sldIdLst")
	var out []*slideFill
	number := 0
	for _, entry := range list.children("p:sldId") {
		number++
		part, ok := f.pkg.Target(f.main, entry.attr("r:id"))
		s := &slideFill{filler: f, number: number, part: part, id: entry.attr("id")}
		if !ok {
			f.add(damaged("slide %d is missing", number))
			continue
		}
		s.from = s.id
		s.notes = f.pkg.Related(part, RelNotes)
		s.readRule()
		out = append(out, s)
	}
	f.slides = f.arrange(out)
}

// arrange puts the slides in order. The template's that are filled stay where they are, and the
// deck's own come where the template says; a template that fills nothing lends its looks alone.
func (f *filler) arrange(of []*slideFill) []*slideFill {
	if len(f.doc.Slides) == 0 {
		var all []*slideFill
		for _, s := range of {
			all = append(all, s.expand()...)
		}
		return all
	}
	var before, after []*slideFill
	placed, alone, filled := false, false, false
	for _, s := range of {
		alone = alone || s.rule.alone
		switch {
		case s.rule.slides:
			placed = true
		case !s.fillable():
		case placed:
			after, filled = append(after, s.expand()...), filled || !s.rule.drop
		default:
			before, filled = append(before, s.expand()...), filled || !s.rule.drop
		}
	}
	if placed || !filled {
		return append(append(before, f.deckSlides()...), after...)
	}
	if !alone {
		f.add(diag.Warnf(diag.BadValue, diag.Pos{}, "the template fills slides of its own and does not say where the deck's %d slides stand: they are left out", len(f.doc.Slides)).
			WithHint("Add a slide with the notes “atlas: slides” to the template where they are to stand, or write “alone” in the directive of one of its slides."))
	}
	return before
}

// fillable reports whether a slide of the template is part of a deck that has slides of its own: it
// says so, or something on it is filled. The others are examples.
func (s *slideFill) fillable() bool {
	if s.rule != (directive{}) {
		return true
	}
	root, err := s.tree(s.part)
	if err != nil {
		return true
	}
	found := false
	root.walk(func(n *node) bool {
		if c := properties(n); c != nil {
			_, bound := readBinding(c)
			found = found || bound
		}
		found = found || tagged(n.children("a:p"))
		return !found
	})
	return found
}

// readRule finds the directive in the notes and takes it out of them.
func (s *slideFill) readRule() {
	if s.notes == "" {
		return
	}
	root, err := s.tree(s.notes)
	if err != nil {
		s.add(err)
		return
	}
	var body, line *node
	root.walk(func(n *node) bool {
		for _, p := range n.children("a:p") {
			if line == nil && strings.HasPrefix(strings.ToLower(strings.TrimSpace(p.words())), "atlas:") {
				body, line = n, p
			}
		}
		return line == nil
	})
	if line == nil {
		return
	}
	rule, d := parseRule(strings.TrimSpace(line.words())[len("atlas:"):])
	if d != nil {
		s.fail("notes", d)
		return
	}
	s.rule = rule
	var left []*node
	for _, p := range body.children("a:p") {
		if p != line {
			left = append(left, p)
		}
	}
	if len(left) == 0 {
		line.dropNamed("a:r", "a:br", "a:fld")
		left = []*node{line}
	}
	setParagraphs(body, left)
	s.save(s.notes, root)
}

// parseRule reads words and word=value, values in quotes if they hold spaces.
func parseRule(text string) (directive, *diag.Diagnostic) {
	var r directive
	const hint = `Write for instance: atlas: each=unit when="data.revenue | length > 0". Known are each=unit|group|section, when="…", section=CODE, keep, drop, slides, alone.`
	bad := func(format string, args ...any) (directive, *diag.Diagnostic) {
		d := diag.Errorf(diag.BadValue, diag.Pos{}, format, args...)
		d.Hint = hint
		return r, d
	}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		end := strings.IndexAny(text, " \t\u00a0=")
		if end < 0 {
			end = len(text)
		}
		word := strings.ToLower(text[:end])
		text = strings.TrimLeft(text[end:], " \t\u00a0")
		value := ""
		if strings.HasPrefix(text, "=") {
			var ok bool
			if value, text, ok = ruleValue(strings.TrimLeft(text[1:], " \t\u00a0")); !ok || value == "" {
				return bad("the directive's %s= has no value", word)
			}
		}
		switch word {
		case "each":
			if value != "unit" && value != "group" && value != "section" {
				return bad("a slide cannot be repeated for each %q", value)
			}
			r.each = value
		case "when":
			r.when = value
		case "section":
			r.section = value
		case "keep":
			r.keep = true
		case "drop":
			r.drop = true
		case "slides":
			r.slides = true
		case "alone":
			r.alone = true
		default:
			return bad("the directive says %q, which is not known", word)
		}
		if (word == "when" || word == "section") && value == "" {
			return bad("the directive's %s= has no value", word)
		}
	}
	return r, nil
}

// ruleValue reads a value: up to the next space, or in quotes, straight or curly.
func ruleValue(text string) (value, rest string, ok bool) {
	runes := []rune(text)
	if len(runes) == 0 {
		return "", "", false
	}
	quote := straight(runes[0])
	if quote == 0 {
		value, rest, _ = strings.Cut(text, " ")
		return value, rest, true
	}
	for i, r := range runes[1:] {
		if straight(r) == quote {
			return string(runes[1 : i+1]), string(runes[i+2:]), true
		}
	}
	return "", "", false
}

// expand gives the slides that one slide of the template becomes: none, itself, or a copy for each
// section after the first.
func (s *slideFill) expand() []*slideFill {
	sections := []string{s.rule.section}
	if s.rule.each != "" {
		sections = s.sections(s.rule.each)
	}
	if s.rule.section != "" && s.rule.section != "total" && s.report(s.rule.section) == nil {
		s.failf(diag.UnknownRef, "notes", diag.DidYouMean(s.rule.section, s.sections("section")), "the report has no section %q", s.rule.section)
		return nil
	}
	if s.rule.drop {
		return nil
	}
	var out []*slideFill
	for _, code := range sections {
		c := *s
		if c.section = code; code == "total" {
			c.section = ""
		}
		if c.rule.when != "" && !c.holds() {
			continue
		}
		out = append(out, &c)
	}
	for _, c := range out[min(1, len(out)):] {
		c.part = s.copySlide(s.part)
		c.notes = s.pkg.Related(c.part, RelNotes)
		c.id = ""
	}
	return out
}

// holds evaluates the slide's condition.
func (s *slideFill) holds() bool {
	source := (&tagSource{s.rule.when}).plain()
	e, err := jinja.ParseExpr("when", source, jinja.Options{})
	if err != nil {
		s.failRule(err)
		return false
	}
	v, err := e.Eval(s.state(context.Background()))
	if err != nil {
		s.failRule(err)
		return false
	}
	return jinja.Truth(v)
}

func (s *slideFill) failRule(err error) {
	for _, d := range diag.From(err) {
		c := *d
		c.Msg = "when: " + c.Msg
		s.fail("notes", &c)
	}
}

// tagSource is an expression as people type it in PowerPoint.
type tagSource struct{ text string }

// plain gives it with straight quotes.
func (t *tagSource) plain() string {
	if x, ok := readTag("{{"+t.text+"}}", 0, "}}"); ok {
		return x.source[2 : len(x.source)-2]
	}
	return t.text
}

// sections lists the codes of the report's sections of one kind, in the report's order.
func (f *filler) sections(each string) []string {
	r := f.doc.Report
	if r == nil {
		return nil
	}
	var units, groups []string
	seen := map[string]bool{}
	for _, code := range r.Meta.Scope {
		if s := r.Units[code]; s != nil && !s.Group {
			units, seen[code] = append(units, code), true
		}
	}
	var rest []string
	for code, s := range r.Units {
		if s != nil && !seen[code] {
			rest = append(rest, code)
		}
	}
	sort.Strings(rest)
	for _, code := range rest {
		if r.Units[code].Group {
			groups = append(groups, code)
		} else {
			units = append(units, code)
		}
	}
	switch each {
	case "unit":
		return units
	case "group":
		return groups
	default:
		return append(units, groups...)
	}
}
