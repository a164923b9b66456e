package project

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// deckDraft is a deck while it is read, before its report is known.
type deckDraft struct {
	spec   *manifest.Deck
	file   *File
	node   *manifest.Node
	report mention
	brand  mention
	slides []*slideDraft
	says   mentions // of the deck's own texts
}

// slideDraft is one slide of a deck.
type slideDraft struct {
	node   *manifest.Node
	layout mention
	slots  []mention
	says   mentions
}

// deckKeys are the keys of the front matter at a deck's head that are not its first slide's.
//
//nolint:gochecknoglobals // a constant table
var deckKeys = []string{"report", "title", "label", "brand", "template", "layouts", "dark", "footer", "description", "owner", "config"}

// slideKeys are the keys of a slide that Atlas reads; others are for layouts. At a deck's head, title
// is the document's.
//
//nolint:gochecknoglobals // a constant table
var slideKeys = []string{"layout", "name", "each", "section", "when", "title", "image", "background", "class"}

var (
	deckName   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	slotLine   = regexp.MustCompile(`^::([A-Za-z_][A-Za-z0-9_-]*)::[ \t]*$`)
	headReport = regexp.MustCompile(`(?m)^["']?report["']?[ \t]*:`)
	headLine   = regexp.MustCompile(`(?m)^#[ \t]+(.+?)[ \t#]*$`)
)

// readDeck reads a Markdown file of report-paths. One that does not begin with front matter is no
// deck, but something to read for people.
func (ps *parsing) readDeck(f *File) fileResult {
	var res fileResult
	text, err := ps.p.files.read(f)
	if err != nil {
		res.diags.Add(err)
		return res
	}
	parts, found, ok := splitDeck(f.Shown, text)
	if f.Package.Paths.ReportsUnsaid && (parts == nil || !headReport.MatchString(parts.head)) {
		return res // another tool's page
	}
	res.diags.Add(found)
	if !ok || parts == nil {
		return res
	}
	r := ps.reportReader(f, text, &res)
	r.known = r.slideNames()
	res.drafts = r.deck(parts, text)
	return res
}

// front reads one front matter; nil if it does not parse or breaks its schema, which is reported.
// Keys that Atlas does not know are for layouts; one that looks like a known one is asked about.
func (r *reportReader) front(text string, line int, schema string) (*node, bool) {
	root, found := parseYAML(r.file.Shown, []byte(text))
	for _, d := range found {
		d.Pos.Line += line - 1
	}
	root.shift(int32(line-1), map[*node]bool{})
	r.diags.Add(found)
	if found.Err() != nil {
		return nil, false
	}
	if root == nil {
		root = &node{kind: mapNode, line: int32(line), col: 1} // empty
	}
	if root.kind != mapNode {
		r.diags.Add(diag.Errorf(diag.BadYAML, root.pos(r.file.Shown), "front matter must be a mapping, not %s", root.describe()).
			WithHint("write key: value, one a line; or, if this is text, leave a line empty above it"))
		return nil, false
	}
	judged := validate(r.file.Shown, root, ruleOf(schema), strict)
	r.diags.Add(judged)
	known := slideKeys
	if schema == "deck" {
		known = slices.Concat(deckKeys, slideKeys)
	}
	for _, k := range root.keys {
		if c := k.text[:min(1, len(k.text))]; c != strings.ToLower(c) {
			r.diags.Add(diag.Warnf(diag.UnknownKey, r.pos(k), "%q is read as a key of the slide's front matter, and is not shown", k.text).
				WithLen(utf8.RuneCountInString(k.text)).WithHint("if it is text, leave a line empty above it"))
			continue
		}
		near, ok := diag.Nearest(k.text, known)
		if !ok || slices.Contains(known, k.text) || slices.ContainsFunc(judged, func(d *diag.Diagnostic) bool { return d.Pos == r.pos(k) }) {
			continue
		}
		r.diags.Add(diag.Warnf(diag.UnknownKey, r.pos(k), "the key %q means nothing to Atlas; layouts of the project may use it", k.text).
			WithLen(utf8.RuneCountInString(k.text)).WithHint("did you mean %q?", near))
	}
	return root, judged.Err() == nil
}

// shift moves a tree down by lines: it stands in a file that is no YAML as a whole.
func (n *node) shift(by int32, done map[*node]bool) {
	if n == nil || done[n] {
		return // of an alias
	}
	done[n] = true
	n.line += by
	for _, k := range n.keys {
		k.shift(by, done)
	}
	for _, x := range n.items {
		x.shift(by, done)
	}
}

// deck reads a deck and gives its node and its slides'.
func (r *reportReader) deck(parts *deckText, text string) []*draft {
	head, fine := r.front(parts.head, 2, "deck")
	if head == nil {
		return nil
	}
	name := fileName(r.file.Path)
	at := diag.Pos{File: r.file.Shown, Line: 1, Col: 1}
	if !deckName.MatchString(name) {
		r.diags.Add(diag.Errorf(diag.BadFile, at, "a deck is named after its file, and %q is no name", name).
			WithHint("rename the file: letters, digits, _ and -"))
		return nil
	}
	spec := &manifest.Deck{
		Pos: at, Name: name, File: r.file.Shown, Report: head.get("report").str(), Label: head.get("label").str(), Title: r.template(head.get("title")),
		Brand: r.template(head.get("brand")), Template: head.get("template").str(), Dark: r.truth(head.get("dark")), Footer: r.template(head.get("footer")),
		Front: head.mapping(),
	}
	r.fileBelow(head.get("template"), "the template", ".pptx", ".potx")
	d := r.showing(head, manifest.DeckKind, name, orText(spec.Label, labelOf(spec.Title.Text), name))
	d.place(at, checksum(text), "deck", name)
	d.node.Raw, d.node.RawPos = strings.TrimSpace(text), at
	spec.Node = d.node.ID
	out := &deckDraft{
		spec: spec, file: r.file, node: d.node, brand: r.brandMention(head.get("brand")),
		report: mention{name: spec.Report, pos: textPos(head.get("report"), r.file.Shown)},
	}
	for _, t := range []manifest.Template{spec.Title, spec.Brand, spec.Footer} {
		if parsed, ok := r.parseText(t, plainText); ok {
			r.checkNames(parsed)
			out.says.add(r.mentionsOf(parsed))
		}
	}
	drafts := []*draft{d}
	seen := map[string]diag.Pos{}
	for i := range parts.slides {
		front, ok := r.slideFront(head, parts, i)
		fine = fine && ok
		if s := r.slide(out, d, front, &parts.slides[i], seen); s != nil {
			drafts = append(drafts, s)
		}
	}
	if len(spec.Slides) == 0 && fine {
		r.diags.Add(diag.Errorf(diag.BadSlide, at, "the deck %q has no slides", name).WithHint("a slide is Markdown below a line of three dashes: ---"))
	}
	if spec.Report != "" {
		r.out.decks = append(r.out.decks, out)
	}
	return drafts
}

// slideFront gives the front matter of a slide; the first one's is part of the deck's.
func (r *reportReader) slideFront(head *node, parts *deckText, i int) (*node, bool) {
	if i > 0 {
		return r.front(parts.slides[i].front, parts.slides[i].frontLine, "slide")
	}
	own := &node{kind: mapNode, line: head.line, col: head.col}
	for j, k := range head.keys {
		if !slices.Contains(deckKeys, k.text) {
			own.keys, own.items = append(own.keys, k), append(own.items, head.items[j])
		}
	}
	return own, true
}

// slide reads one slide; nil if there is nothing on it, or no front matter that can be read.
func (r *reportReader) slide(out *deckDraft, of *draft, front *node, s *slideText, seen map[string]diag.Pos) *draft {
	if front == nil || len(front.keys) == 0 && strings.TrimSpace(s.body) == "" {
		return nil
	}
	number := len(out.spec.Slides) + 1
	spec := manifest.Slide{
		Pos: diag.Pos{File: r.file.Shown, Line: s.line, Col: 1}, Name: front.get("name").str(), Layout: orText(front.get("layout").str(), manifest.DefaultLayout),
		Each: front.get("each").str(), When: r.template(front.get("when")), Front: front.mapping(), Body: r.body(s),
	}
	at := textPos(front.get("name"), r.file.Shown)
	if spec.Name == "" {
		spec.Name, at = "slide-"+strconv.Itoa(number), spec.Pos
	}
	dup := r.twice(seen, "slide", spec.Name, at)
	d := r.newDraft(r.file, manifest.SlideKind, spec.Name)
	d.static, d.yaml = true, of.yaml
	owner := *of.node.Exposure
	owner.Label = orText(headingOf(spec.Body.Text), spec.Name)
	d.node.Exposure = &owner
	d.place(spec.Pos, checksum(s.front+"\n---\n"+s.body), "deck", out.spec.Name, spec.Name)
	d.node.Raw, d.node.RawPos = spec.Body.Text, spec.Body.Pos
	spec.Node = d.node.ID
	draft := &slideDraft{node: d.node, layout: mention{name: spec.Layout, pos: textPos(front.get("layout"), r.file.Shown)}, slots: r.slots(spec.Body)}
	for _, t := range []struct {
		text manifest.Template
		kind textKind
	}{{spec.When, expressionText}, {spec.Body, plainText}} {
		if parsed, ok := r.parseText(t.text, t.kind); ok {
			r.checkNames(parsed)
			draft.says.add(r.mentionsOf(parsed))
		}
	}
	out.slides = append(out.slides, draft)
	if dup {
		return nil // what it says is checked all the same
	}
	out.spec.Slides = append(out.spec.Slides, spec)
	return d
}

// body is a slide's Markdown without empty lines around it, and where it begins.
func (r *reportReader) body(s *slideText) manifest.Template {
	lines := strings.Split(strings.TrimRight(s.body, " \t\n"), "\n")
	at := s.bodyLine
	for len(lines) > 1 && strings.TrimSpace(lines[0]) == "" {
		lines, at = lines[1:], at+1
	}
	return manifest.Template{Text: strings.Join(lines, "\n"), Pos: diag.Pos{File: r.file.Shown, Line: at, Col: 1}}
}

// headingOf is the title of a slide that can stand without being rendered.
func headingOf(body string) string {
	if m := headLine.FindStringSubmatch(body); m != nil {
		return labelOf(m[1])
	}
	return ""
}

// slots gives the slots that stand in a body, outside of code and comments.
func (r *reportReader) slots(body manifest.Template) []mention {
	var out []mention
	scan := &bodyScanner{shown: r.file.Shown, diags: &diag.List{}}
	for i, line := range strings.Split(body.Text, "\n") {
		if scan.inside(line, i) {
			continue
		}
		if m := slotLine.FindStringSubmatch(line); m != nil {
			pos := body.Pos
			pos.Line, pos.Col = pos.Line+i, len("::")+1
			out = append(out, mention{name: m[1], pos: pos})
		}
	}
	return out
}

// attachDecks finds the reports that decks present and files the decks, in the order of their names.
func (a *assembly) attachDecks() {
	for _, f := range a.reports {
		for _, d := range f.decks {
			if a.m.Nodes[d.node.ID] == d.node {
				a.attachDeck(f.file, d)
			}
		}
	}
	slices.SortFunc(a.m.Decks, func(x, y *manifest.Deck) int { return strings.Compare(x.Name, y.Name) })
}

func (a *assembly) attachDeck(f *File, d *deckDraft) {
	a.m.Decks = append(a.m.Decks, d.spec)
	a.checkBrand(d.brand)
	a.dress(d.node, d.spec.Brand.Text)
	for _, s := range d.slides {
		a.checkLayout(s)
		d.node.Uses = append(d.node.Uses, s.node.ID)
	}
	report := a.reportOf(d)
	if report == nil {
		return
	}
	d.node.Uses = append(d.node.Uses, report.node.ID)
	r := &reportReader{reader: a.reader(f, &a.diags)}
	r.checkMentions(report, "", &d.says)
	for _, s := range d.slides {
		r.checkMentions(report, "", &s.says)
		s.node.Uses = slideUses(report, s)
	}
}

// reportOf finds the report of a deck: of its package, then of any.
func (a *assembly) reportOf(d *deckDraft) *reportDraft {
	var names []string
	var other, off *reportDraft
	for _, f := range a.reports {
		for _, r := range f.reports {
			enabled := a.m.Nodes[r.node.ID] == r.node
			switch {
			case !enabled:
				if r.spec.Name == d.spec.Report {
					off = r
				}
			case r.spec.Name == d.spec.Report && r.node.Package == d.node.Package:
				return r
			case r.spec.Name == d.spec.Report:
				other = r
			}
			if enabled {
				names = append(names, r.spec.Name)
			}
		}
	}
	if other != nil {
		return other
	}
	if off != nil && !off.node.Config.Enabled() {
		a.diags.Add(d.report.mark(diag.Errorf(diag.DisabledRef, diag.Pos{}, "the deck %q presents the report %q, which is disabled", d.spec.Name, d.spec.Report)).
			WithNote(off.spec.Pos, "it is switched off by its configuration").WithHint("switch the deck off, too: config: {enabled: false}"))
		return nil
	}
	if a.unreadReports() {
		return nil
	}
	a.diags.Add(unknown(d.report, diag.UnknownRef, names, "declare it under reports: in a file of report-paths", "there is no report %q", d.spec.Report))
	return nil
}

// slideUses gives what a slide depends on: the blocks that it names, and those that show the data
// that it names; the whole report if it names none or computes a name.
func slideUses(report *reportDraft, s *slideDraft) []manifest.ID {
	whole := []manifest.ID{report.node.ID}
	if s.says.whole {
		return whole
	}
	var out []manifest.ID
	add := func(id manifest.ID) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, m := range s.says.blocks {
		for _, b := range report.blocks {
			if b.spec.Name == m.name {
				add(b.node.ID)
			}
		}
	}
	for _, name := range s.says.dataNames() {
		shown := false
		for _, b := range report.blocks {
			if b.spec.Data == name {
				add(b.node.ID)
				shown = true
			}
		}
		if x := report.find(name); x != nil && !shown {
			s.node.Refs = mergeRefs(s.node.Refs, x.found.Refs)
			s.node.Sources = mergeSources(s.node.Sources, x.found.Sources)
		}
	}
	if len(out)+len(s.node.Refs)+len(s.node.Sources) == 0 {
		return whole
	}
	return out
}

// checkBrand reports a brand that does not exist.
func (a *assembly) checkBrand(m mention) {
	var names []string
	for _, b := range a.m.Brands {
		names = append(names, b.Name)
	}
	if m.name != "" && !slices.Contains(names, m.name) && !a.unreadReports() {
		a.diags.Add(unknown(m, diag.UnknownRef, names, "declare it under brands: in a file of report-paths", "there is no brand %q", m.name))
	}
}

// dress makes how a report or deck looks a part of what it is: where its brand is another, so is it.
// Which brand a template names is not known here, so that any may be meant.
func (a *assembly) dress(n *manifest.Node, brand string) {
	for _, b := range a.m.Brands {
		if b.Name == brand || jinja.HasTags(brand) {
			look := *b
			look.Pos = diag.Pos{}
			n.Checksum = checksum(n.Checksum + "\n" + jsonOf(look))
		}
	}
}

// checkLayout reports a layout that does not exist, and slots that it has no region for.
func (a *assembly) checkLayout(s *slideDraft) {
	l, ok := a.m.Layout(s.layout.name)
	if !ok && a.unreadReports() {
		return
	}
	if !ok {
		var names []string
		for _, x := range append(slices.Clone(a.m.Layouts), manifest.BuiltinLayouts()...) {
			if !slices.Contains(names, x.Name) {
				names = append(names, x.Name)
			}
		}
		d := unknown(s.layout, diag.UnknownRef, names, "", "there is no layout %q", s.layout.name)
		if d.Hint == "" {
			d.Hint = "there are " + strings.Join(names, ", ")
		}
		a.diags.Add(d)
		return
	}
	if l.Pos != (diag.Pos{}) { // the project's own
		l.Pos = diag.Pos{}
		s.node.Checksum = checksum(s.node.Checksum + "\n" + jsonOf(l))
	}
	names := slices.Clone(slotNames)
	for _, g := range l.Regions {
		names = append(names, g.Name)
	}
	for _, m := range s.slots {
		if !slices.Contains(names, m.name) {
			a.diags.Add(unknown(m, diag.BadSlide, names, "", "the layout %q has no slot %q", l.Name, m.name))
		}
	}
}
