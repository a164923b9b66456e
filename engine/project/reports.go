package project

import (
	"context"
	"regexp"
	"slices"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// reportsFile is what one file of report-paths declares.
type reportsFile struct {
	file        *File
	unread      bool // as a whole: what others name may stand in it
	workbooks   []*manifest.Workbook
	comparisons []*manifest.Comparison
	wanted      []wantedComparison

	reports      []*reportDraft
	decks        []*deckDraft
	brands       []*manifest.Brand
	layouts      []manifest.Layout
	translations []translation
}

// readReports reads and validates one YAML file of report-paths. Workbooks, comparisons, reports and
// their blocks are nodes: what they depend on is what their queries and texts refer to.
func (ps *parsing) readReports(f *File) fileResult {
	var res fileResult
	text, err := ps.p.files.read(f)
	if err != nil {
		res.diags.Add(err)
		return res
	}
	if f.Package.Paths.ReportsUnsaid && !declaresReports.MatchString(text) {
		return res // another tool's
	}
	root, found := parseYAML(f.Shown, []byte(text))
	res.diags.Add(found)
	switch {
	case found.Err() != nil:
		res.reports = &reportsFile{file: f, unread: true}
	case root != nil:
		ps.declared(f, text, root, &res)
	}
	return res
}

// declaresReports tells a file of Atlas's from those of other tools, one that does not parse too.
//
//nolint:gochecknoglobals // a compiled constant
var declaresReports = regexp.MustCompile(`(?m)^["']?(workbooks|comparisons|reports|brands|layouts|translations)["']?[ \t]*:`)

// declared reads what a file of report-paths declares.
func (ps *parsing) declared(f *File, text string, root *node, res *fileResult) {
	judged := validate(f.Shown, root, ruleOf("reports"), strict)
	res.diags.Add(judged)
	if slices.ContainsFunc(judged, func(d *diag.Diagnostic) bool { return d.Code == diag.MissingKey }) {
		res.reports = &reportsFile{file: f, unread: true}
		return
	}
	r := ps.reportReader(f, text, res)
	r.inReport = true
	r.known = r.slideNames()
	if judged.Err() == nil {
		for _, n := range root.get("comparisons").elements() {
			res.drafts = append(res.drafts, r.comparison(n))
		}
		for _, n := range root.get("workbooks").elements() {
			res.drafts = append(res.drafts, r.workbook(n))
		}
	}
	// What a wrong key or value leaves of a report is read on, so that all its mistakes are told at once.
	for _, n := range root.get("reports").elements() {
		res.drafts = append(res.drafts, r.report(n)...)
	}
	for _, n := range root.get("brands").elements() {
		r.out.brands = append(r.out.brands, r.brand(n))
	}
	for _, n := range root.get("layouts").elements() {
		r.out.layouts = append(r.out.layouts, r.layout(n))
	}
	r.translations(root.get("translations"))
}

// reportReader begins the reading of a file of report-paths.
func (ps *parsing) reportReader(f *File, text string, res *fileResult) *reportReader {
	r := &reportReader{reader: ps.reader(f, &res.diags), lines: strings.Split(text, "\n"), out: &reportsFile{file: f}, names: manifest.TextNames()}
	res.reports = r.out
	return r
}

// reportReader reads one file of reports; templates in it are kept, for they are rendered when
// the report is written.
type reportReader struct {
	*reader
	lines []string
	out   *reportsFile
	names []manifest.TextName // that texts see
	known []string            // names that texts see besides macros

	inReport bool // the texts are a report's, not a deck's
}

func (r *reportReader) template(n *node) manifest.Template {
	if n.isNull() {
		return manifest.Template{}
	}
	t := manifest.Template{Text: strings.TrimRight(n.str(), "\n"), Pos: textPos(n, r.file.Shown)}
	if r.isBlock(n) {
		t.Pos = diag.Pos{File: r.file.Shown, Line: int(n.line) + 1, Col: 1}
	}
	return t
}

// query reads SQL. That of a block scalar is indented again as it is in the file, so that places
// in it are places in the file.
func (r *reportReader) query(n *node) *manifest.Query {
	if n.isNull() {
		return nil
	}
	q := &manifest.Query{SQL: strings.TrimRight(n.str(), " \t\r\n"), Pos: textPos(n, r.file.Shown)}
	if !r.isBlock(n) {
		return q
	}
	indent := ""
	for _, l := range r.lines[n.line:] {
		if body := strings.TrimLeft(l, " "); strings.TrimSpace(body) != "" {
			indent = l[:len(l)-len(body)]
			break
		}
	}
	lines := strings.Split(q.SQL, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = indent + l
		}
	}
	q.SQL, q.Pos = strings.Join(lines, "\n"), diag.Pos{File: r.file.Shown, Line: int(n.line) + 1, Col: 1}
	return q
}

// isBlock reports a literal block scalar: `key: |`.
func (r *reportReader) isBlock(n *node) bool {
	if n.line < 1 || int(n.line) > len(r.lines) || n.col < 1 {
		return false
	}
	line := []rune(r.lines[n.line-1])
	return int(n.col) <= len(line) && line[n.col-1] == '|'
}

// draft makes the node of a workbook, comparison or publication.
func (r *reportReader) draft(n *node, label string, templates func(yield func(manifest.Template))) *draft {
	d := r.showing(n, manifest.Exposure, n.get("name").str(), label)
	d.node.Pos = r.pos(n.get("name"))
	d.node.PatchPos = d.node.Pos
	templates(func(t manifest.Template) { r.calls(d, t) })
	return d
}

// showing makes a node that shows data, with the description, owner and config of its entry.
func (r *reportReader) showing(n *node, kind manifest.Kind, name, label string) *draft {
	d := r.newDraft(r.file, kind, name)
	d.static = true
	d.node.Description = n.get("description").str()
	owner := n.get("owner")
	d.node.Exposure = &manifest.ExposureSpec{
		Type: "analysis", Label: label, OwnerName: owner.get("name").str(), OwnerEmail: owner.get("email").str(),
	}
	d.yaml, _ = r.entryConfig(n)
	return d
}

// calls finds what a text refers to.
func (r *reportReader) calls(d *draft, t manifest.Template) {
	if text, ok := r.parseText(t, plainText); ok {
		r.refs(d, t, text.tree)
	}
}

// refs finds what a text refers to, by its tree, or by rendering it where the tree cannot tell. What
// a text may refer to for one period or unit alone counts, too.
func (r *reportReader) refs(d *draft, t manifest.Template, tree *jinja.Template) {
	found, ok := r.macros.walk(d.node.Package, t.Text, tree)
	if !ok {
		var complete bool
		if found, complete = r.macros.literal(d.node.Package, t.Text, tree); !complete {
			found.add(r.rendered(d, t, tree))
		}
	}
	d.found.add(found)
}

// rendered finds what a text refers to by rendering it; what is known only when the report is made
// is undefined in it, which does no harm.
func (r *reportReader) rendered(d *draft, t manifest.Template, tree *jinja.Template) Captured {
	probe := *d.node
	probe.Raw, probe.RawPos = t.Text, t.Pos
	found, err := r.r.Capture(context.Background(), &probe, tree)
	if err == nil || d.node.Kind == manifest.Exposure {
		r.diags.Add(err)
		return found
	}
	for _, bad := range diag.From(err) {
		w := diag.Warnf(bad.Code, bad.Pos, "what this refers to cannot be told before it is rendered: %s", bad.Msg).WithLen(bad.Len)
		r.diags.Add(w.WithHint("say it in a comment: -- {{ ref('orders') }}"))
	}
	return found
}

// add takes what another text called.
func (c *Captured) add(o Captured) {
	c.Refs = mergeRefs(c.Refs, o.Refs)
	c.Sources = mergeSources(c.Sources, o.Sources)
	for _, m := range o.Macros {
		c.addMacro(m)
	}
}

// unreadReports tells that what nobody declares may stand in a file whose mistakes are told already.
func (a *assembly) unreadReports() bool {
	return slices.ContainsFunc(a.reports, func(f *reportsFile) bool { return f.unread })
}

// attachReports files what report-paths declare, in the order of names: what is shown and how it looks.
func (a *assembly) attachReports() {
	a.attachWorkbooks()
	a.attachLooks()
	for _, f := range a.reports {
		for _, r := range f.reports {
			if a.m.Nodes[r.node.ID] == r.node {
				a.m.Reports = append(a.m.Reports, r.spec)
				a.checkBrand(r.brand)
				a.dress(r.node, r.spec.Brand.Text)
			}
		}
	}
	sort.Slice(a.m.Reports, func(i, j int) bool { return a.m.Reports[i].Name < a.m.Reports[j].Name })
	a.attachDecks()
	a.unusedTranslations()
}
