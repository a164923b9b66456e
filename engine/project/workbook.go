package project

import (
	"fmt"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// wantedComparison is a table whose rows are those of a comparison, found once all are read.
type wantedComparison struct {
	table *manifest.TableBlock
	name  string
	pos   diag.Pos
	node  *manifest.Node
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
	if jinja.HasTags(title) {
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
