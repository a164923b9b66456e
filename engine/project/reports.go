package project

import (
	"context"
	"fmt"
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
	workbooks   []*manifest.Workbook
	comparisons []*manifest.Comparison
	wanted      []wantedComparison

	reports      []*reportDraft
	decks        []*deckDraft
	brands       []*manifest.Brand
	layouts      []manifest.Layout
	translations []translation
}

// wantedComparison is a table whose rows are those of a comparison, found once all are read.
type wantedComparison struct {
	table *manifest.TableBlock
	name  string
	pos   diag.Pos
	node  *manifest.Node
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
	root, found := parseYAML(f.Shown, []byte(text))
	res.diags.Add(found)
	if found.Err() != nil || root == nil {
		return res
	}
	judged := validate(f.Shown, root, ruleOf("reports"), strict)
	res.diags.Add(judged)
	if slices.ContainsFunc(judged, func(d *diag.Diagnostic) bool { return d.Code == diag.MissingKey }) {
		return res
	}
	r := ps.reportReader(f, text, &res)
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
	return res
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
	known []string            // names that slides see, in a deck
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

func (r *reportReader) comparison(n *node) *draft {
	c := &manifest.Comparison{
		Pos: r.pos(n.get("name")), Name: n.get("name").str(), Description: n.get("description").str(), File: r.template(n.get("file")),
		Key: n.get("key").strings(), Totals: n.get("totals").str(), Clean: *r.query(n.get("clean")), Mart: *r.query(n.get("mart")),
	}
	seen := map[string]bool{}
	for _, k := range c.Key {
		seen[strings.ToLower(k)] = true
	}
	for _, m := range n.get("measures").elements() {
		x := manifest.Measure{Pos: r.pos(m)}
		if m.kind == mapNode {
			x.Name, x.Label, x.Format = m.get("name").str(), r.template(m.get("label")), m.get("format").str()
		} else {
			x.Name = m.str()
		}
		if seen[strings.ToLower(x.Name)] {
			r.diags.Add(diag.Errorf(diag.DuplicateName, x.Pos, "%q stands twice among key and measures", x.Name).WithLen(len(x.Name)))
		}
		seen[strings.ToLower(x.Name)] = true
		c.Measures = append(c.Measures, x)
	}
	if len(c.Key) == 0 || len(c.Measures) == 0 {
		r.diags.Add(diag.Errorf(diag.MissingKey, c.Pos, "the comparison %q needs a key and a measure", c.Name).
			WithHint("key: [year, month], measures: [amount]: columns that both queries give"))
	}
	if t := n.get("totals"); !t.isNull() && !containsText(c.Key, c.Totals) {
		r.diags.Add(diag.Errorf(diag.UnknownColumn, r.pos(t), "totals: %q is not a column of the key", c.Totals).
			WithHint("%s", orText(diag.DidYouMean(c.Totals, c.Key), "the key is "+strings.Join(c.Key, ", "))).WithLen(len(c.Totals)))
	}
	d := r.draft(n, "Comparison of "+c.Name, func(yield func(manifest.Template)) {
		for _, t := range []manifest.Template{c.File, {Text: c.Clean.SQL, Pos: c.Clean.Pos}, {Text: c.Mart.SQL, Pos: c.Mart.Pos}} {
			yield(t)
		}
	})
	c.Node = d.node.ID
	r.out.comparisons = append(r.out.comparisons, c)
	return d
}

func containsText(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (r *reportReader) workbook(n *node) *draft {
	w := &manifest.Workbook{
		Pos: r.pos(n.get("name")), Name: n.get("name").str(), Description: n.get("description").str(), Title: r.template(n.get("title")),
		File: r.template(n.get("file")), Currency: n.get("currency").str(), Facts: r.query(n.get("facts")), Theme: manifest.Theme{Colors: map[string]string{}},
	}
	if theme := n.get("theme"); theme != nil {
		for i, k := range theme.keys {
			r.colour(&w.Theme, k, theme.items[i])
		}
	}
	before := len(r.out.wanted)
	for _, s := range n.get("sheets").elements() {
		w.Sheets = append(w.Sheets, r.sheet(s))
	}
	if len(w.Sheets) == 0 {
		r.diags.Add(diag.Errorf(diag.MissingKey, w.Pos, "the workbook %q has no sheet", w.Name))
	}
	d := r.draft(n, orText(labelOf(w.Title.Text), w.Name), w.Templates)
	w.Node = d.node.ID
	for i := before; i < len(r.out.wanted); i++ {
		r.out.wanted[i].node = d.node
	}
	r.out.workbooks = append(r.out.workbooks, w)
	return d
}

// labelOf is a title that can stand without being rendered.
func labelOf(title string) string {
	if templated(title) {
		return ""
	}
	return title
}

// colour reads one entry of theme:, the font or a colour.
func (r *reportReader) colour(t *manifest.Theme, k, v *node) {
	if k.text == "font" {
		t.Font = v.str()
		return
	}
	hex := strings.TrimPrefix(v.str(), "#")
	if len(hex) != 6 || strings.Trim(strings.ToUpper(hex), "0123456789ABCDEF") != "" {
		r.diags.Add(diag.Errorf(diag.BadValue, r.pos(v), "%q is no colour", v.str()).WithHint(`six digits in quotes: "#0B6E4F"`))
		return
	}
	t.Colors[k.text] = strings.ToUpper(hex)
}

func (r *reportReader) sheet(n *node) manifest.Sheet {
	s := manifest.Sheet{
		Pos: r.pos(n.get("name")), Name: r.template(n.get("name")), Title: r.template(n.get("title")), Subtitle: r.template(n.get("subtitle")),
		Tab: n.get("tab").str(), Facts: r.query(n.get("facts")), Portrait: n.get("orientation").str() == "portrait",
	}
	if f := n.get("freeze"); f != nil && f.kind == mapNode {
		s.FreezeHeader = r.truth(f.get("header"))
		s.FreezeRow, s.FreezeColumn = wholeOf(f.get("row")), wholeOf(f.get("column"))
	} else {
		s.FreezeHeader = f.str() == "header"
	}
	for _, b := range n.get("blocks").elements() {
		s.Blocks = append(s.Blocks, r.block(b))
	}
	return s
}

func wholeOf(n *node) int {
	v, _ := n.value().(int64)
	return int(v)
}

// contents are the keys of a block of which it has exactly one.
//
//nolint:gochecknoglobals // a constant table
var contents = []string{"table", "chart", "kpi", "text", "index"}

func (r *reportReader) block(n *node) manifest.Block {
	b := manifest.Block{
		Pos: r.pos(n), Name: n.get("name").str(), At: n.get("at").str(), Title: r.template(n.get("title")), Note: r.template(n.get("note")),
	}
	var has []string
	for _, key := range contents {
		if n.get(key) != nil {
			has = append(has, key)
		}
	}
	if len(has) != 1 {
		what := "nothing"
		if len(has) > 1 {
			what = strings.Join(has, " and ")
		}
		r.diags.Add(diag.Errorf(diag.BadValue, b.Pos, "a block has one of %s; this one has %s", strings.Join(contents, ", "), what))
		return b
	}
	v := n.get(has[0])
	switch has[0] {
	case "table":
		b.Table = r.table(n, v)
	case "chart":
		b.Chart = r.chart(v)
	case "kpi":
		for _, x := range v.elements() {
			b.Figures = append(b.Figures, r.figure(x))
		}
	case "text":
		t := r.template(v)
		b.Text = &t
	default:
		b.Index = r.truth(v)
	}
	return b
}

func (r *reportReader) table(at, n *node) *manifest.TableBlock {
	t := &manifest.TableBlock{
		Query: r.query(n.get("query")), TotalLabel: r.template(n.get("totals")), GroupBy: n.get("group_by").str(),
		AutoFilter: r.truth(n.get("autofilter")), Empty: r.template(n.get("empty")),
	}
	if c := n.get("comparison"); !c.isNull() {
		r.out.wanted = append(r.out.wanted, wantedComparison{table: t, name: c.str(), pos: r.pos(c)})
	}
	if (t.Query == nil) == n.get("comparison").isNull() {
		r.diags.Add(diag.Errorf(diag.BadValue, r.pos(at), "a table has either query or comparison"))
	}
	seen := map[string]diag.Pos{}
	for _, c := range n.get("columns").elements() {
		x := manifest.SheetColumn{
			Pos: r.pos(c.get("name")), Name: c.get("name").str(), Label: r.template(c.get("label")), Formula: c.get("formula").str(),
			FormulaPos: r.template(c.get("formula")).Pos, Format: c.get("format").str(), Total: c.get("total").str(), Wrap: r.truth(c.get("wrap")),
		}
		switch v := c.get("width").value().(type) {
		case int64:
			x.Width = float64(v)
		case float64:
			x.Width = v
		}
		if first, dup := seen[x.Name]; dup {
			r.diags.Add(diag.Errorf(diag.DuplicateName, x.Pos, "the column %q stands here twice", x.Name).WithNote(first, "the other one"))
		}
		seen[x.Name] = x.Pos
		t.Columns = append(t.Columns, x)
	}
	for _, c := range n.get("conditional").elements() {
		t.Conditional = append(t.Conditional, manifest.Conditional{
			Pos: r.pos(c.get("column")), Column: c.get("column").str(), Type: c.get("type").str(), Style: c.get("style").str(),
		})
	}
	return t
}

func (r *reportReader) chart(n *node) *manifest.ChartBlock {
	size := n.get("size")
	c := &manifest.ChartBlock{
		Type: n.get("type").str(), From: n.get("from").str(), Category: n.get("category").str(), Stacked: r.truth(n.get("stacked")),
		Labels: r.truth(n.get("labels")), Format: n.get("format").str(), Width: wholeOf(size.get("width")), Height: wholeOf(size.get("height")),
	}
	for _, s := range n.get("series").elements() {
		x := manifest.ChartSeries{Pos: r.pos(s), Column: s.str()}
		if s.kind == mapNode {
			x = manifest.ChartSeries{
				Pos: r.pos(s.get("column")), Column: s.get("column").str(), Label: r.template(s.get("label")), Type: s.get("type").str(),
				As: s.get("as").str(), Secondary: s.get("axis").str() == "right",
			}
		}
		c.Series = append(c.Series, x)
	}
	return c
}

func (r *reportReader) figure(n *node) manifest.Figure {
	f := manifest.Figure{Pos: r.pos(n), Label: r.template(n.get("label")), Value: r.template(n.get("value")), Format: n.get("format").str()}
	for _, c := range n.get("compare").elements() {
		f.Compare = append(f.Compare, manifest.FigureNote{
			Pos: r.pos(c), Value: r.template(c.get("value")), Label: r.template(c.get("label")), Format: c.get("format").str(), Invert: r.truth(c.get("invert")),
		})
	}
	return f
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
			}
		}
	}
	sort.Slice(a.m.Reports, func(i, j int) bool { return a.m.Reports[i].Name < a.m.Reports[j].Name })
	a.attachDecks()
	a.unusedTranslations()
}

// attachWorkbooks files workbooks and comparisons, and gives the tables that show a comparison its
// query and columns.
func (a *assembly) attachWorkbooks() {
	byName := map[string]*manifest.Comparison{}
	var names []string
	enabled := func(id manifest.ID) bool { return a.m.Nodes[id] != nil }
	for _, f := range a.reports {
		for _, c := range f.comparisons {
			if enabled(c.Node) {
				byName[c.Name] = c
				names = append(names, c.Name)
				a.m.Comparisons = append(a.m.Comparisons, c)
			}
		}
		for _, w := range f.workbooks {
			if enabled(w.Node) {
				a.m.Workbooks = append(a.m.Workbooks, w)
			}
		}
	}
	sort.Slice(a.m.Comparisons, func(i, j int) bool { return a.m.Comparisons[i].Name < a.m.Comparisons[j].Name })
	sort.Slice(a.m.Workbooks, func(i, j int) bool { return a.m.Workbooks[i].Name < a.m.Workbooks[j].Name })
	for _, f := range a.reports {
		for _, want := range f.wanted {
			c := byName[want.name]
			if c == nil {
				bad := diag.Errorf(diag.UnknownRef, want.pos, "there is no comparison %q", want.name).WithLen(len(want.name))
				if bad.Hint = diag.DidYouMean(want.name, names); bad.Hint == "" {
					bad.Hint = "declare it under comparisons: in a file of report-paths"
				}
				a.diags.Add(bad)
				continue
			}
			showComparison(want.table, c)
			n := a.m.Nodes[c.Node]
			want.node.Refs = mergeRefs(want.node.Refs, n.Refs)
			want.node.Sources = mergeSources(want.node.Sources, n.Sources)
		}
	}
}

// showComparison makes a table show a comparison: both sides of each measure, with the difference
// and the percentage as formulas. Columns that the table declares itself stay as they are.
func showComparison(t *manifest.TableBlock, c *manifest.Comparison) {
	t.Query = &manifest.Query{Comparison: c, Pos: c.Pos}
	if len(t.Columns) > 0 {
		return
	}
	for _, k := range c.Key {
		t.Columns = append(t.Columns, manifest.SheetColumn{Pos: c.Pos, Name: k, Format: "general"})
	}
	for _, m := range c.Measures {
		label := m.Label
		if label.Text == "" {
			label.Text = strings.ReplaceAll(m.Name, "_", " ")
		}
		with := func(text string) manifest.Template {
			return manifest.Template{Text: fmt.Sprintf("%s, %s", label.Text, text), Pos: label.Pos}
		}
		format := orText(m.Format, "integer")
		t.Columns = append(t.Columns,
			manifest.SheetColumn{Pos: m.Pos, Name: m.CleanColumn(), Label: with("clean"), Format: format, Total: "sum"},
			manifest.SheetColumn{Pos: m.Pos, Name: m.MartColumn(), Label: with("mart"), Format: format, Total: "sum"},
			manifest.SheetColumn{
				Pos: m.Pos, Name: m.DifferenceColumn(), Label: with("difference"), Format: format, Total: "formula",
				Formula: "=[" + m.MartColumn() + "]-[" + m.CleanColumn() + "]", FormulaPos: m.Pos,
			},
			manifest.SheetColumn{
				Pos: m.Pos, Name: m.PercentageColumn(), Label: with("mart of clean"), Format: "percent", Total: "formula",
				Formula: "=[" + m.MartColumn() + "]/[" + m.CleanColumn() + "]", FormulaPos: m.Pos,
			})
	}
}
