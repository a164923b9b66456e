package project

import (
	"strings"
	"unicode/utf8"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// blockKinds are the keys of a report's block of which it has exactly one.
//
//nolint:gochecknoglobals // a constant table
var blockKinds = []string{"heading", "text", "kpi", "table", "chart", "image", "columns", "callout", "progress"}

// blocks reads what stands under blocks: of a report.
func (r *reportReader) blocks(out *reportDraft, of *draft, list *node) {
	seen := map[string]diag.Pos{}
	for _, n := range list.elements() {
		name := n.get("name").str()
		dup := r.twice(seen, "block", name, textPos(n.get("name"), r.file.Shown))
		b := r.reportBlock(out, of, n, name)
		if dup {
			out.twice = append(out.twice, b)
		} else {
			out.blocks = append(out.blocks, b)
		}
	}
	for _, b := range out.blocks {
		for _, m := range b.says.blocks {
			if m.name == b.spec.Name {
				r.diags.Add(m.mark(diag.Errorf(diag.Cycle, diag.Pos{}, "the block %q stands in itself", m.name)))
			}
		}
	}
}

// blockReader reads one block; says gathers what it names.
type blockReader struct {
	*reportReader
	d    *draft
	spec *manifest.ReportBlock
	says *mentions
}

func (r *reportReader) reportBlock(out *reportDraft, of *draft, n *node, name string) *blockDraft {
	spec := &manifest.ReportBlock{
		Pos: textPos(n.get("name"), r.file.Shown), Name: name, Sections: n.get("sections").strings(), When: r.template(n.get("when")), Data: n.get("data").str(),
		Title: r.template(n.get("title")), Subtitle: r.template(n.get("subtitle")), Note: r.template(n.get("note")),
		Alt: r.template(n.get("alt")), Empty: r.template(n.get("empty")),
	}
	d := r.newDraft(r.file, manifest.BlockKind, name)
	d.static, d.yaml = true, of.yaml
	owner := *of.node.Exposure
	owner.Type, owner.Label = "analysis", orText(labelOf(spec.Title.Text), name)
	d.node.Exposure = &owner
	d.place(spec.Pos, sumOf(n), "report", out.spec.Name, name)
	spec.Node = d.node.ID
	b := &blockDraft{draft: d, spec: spec}
	br := &blockReader{reportReader: r, d: d, spec: spec, says: &b.says}
	br.blockData(out, n)
	for _, t := range []manifest.Template{spec.Title, spec.Subtitle, spec.Note, spec.Alt, spec.Empty} {
		br.words(t)
	}
	b.says.add(r.shown(d, spec.When, expressionText))
	br.kind(n)
	return b
}

// words notes what a text of the block calls and names.
func (b *blockReader) words(t manifest.Template) manifest.Template {
	b.says.add(b.shown(b.d, t, plainText))
	return t
}

// blockData reads which data a block shows: one of the report's, or a query of its own.
func (b *blockReader) blockData(out *reportDraft, n *node) {
	data, query := n.get("data"), n.get("query")
	if data != nil {
		b.says.data = append(b.says.data, mention{name: data.str(), pos: textPos(data, b.file.Shown)})
	}
	switch {
	case query == nil:
		for _, key := range []string{"key", "fields"} {
			if n.get(key) != nil {
				b.diags.Add(diag.Errorf(diag.BadValue, b.pos(n.key(key)), "%s: belongs to a query, and this block has none", key).
					WithLen(len(key)).WithHint("write it in the entry of the data that the block shows"))
			}
		}
		return
	case data != nil:
		b.diags.Add(diag.Errorf(diag.BadValue, b.pos(n.key("query")), "a block has data or query, one of them").WithLen(len("query")).
			WithHint("data names one of the report's data, query is data of the block's own"))
		return
	}
	b.spec.Data = b.spec.Name
	b.addData(out, b.d, n, &manifest.ReportData{
		Pos: b.spec.Pos, Name: b.spec.Name, Sections: b.spec.Sections, Query: b.query(query),
		Key: n.get("key").strings(), Columns: b.reportColumns(n.get("fields")),
	})
}

// kind reads the one key that says what the block is.
func (b *blockReader) kind(n *node) {
	var has []string
	for _, key := range blockKinds {
		if n.key(key) != nil {
			has = append(has, key)
		}
	}
	if len(has) != 1 {
		what := "nothing"
		if len(has) > 1 {
			what = strings.Join(has, " and ")
		}
		b.diags.Add(diag.Errorf(diag.BadValue, b.spec.Pos, "a block has one of %s; %q has %s", strings.Join(blockKinds, ", "), b.spec.Name, what).
			WithLen(utf8.RuneCountInString(b.spec.Name)))
		return
	}
	v := n.get(has[0])
	switch has[0] {
	case "heading":
		t := b.words(b.template(v))
		b.spec.Heading = &t
	case "text":
		t := b.words(b.template(v))
		b.spec.Text = &t
	case "kpi":
		for _, x := range v.list() {
			b.spec.KPI = append(b.spec.KPI, b.kpi(x))
		}
	case "table":
		b.needsData(n, "table")
		b.spec.Table = b.reportTable(v)
	case "chart":
		b.needsData(n, "chart")
		b.spec.Chart = b.reportChart(v)
	case "image":
		b.spec.Image = b.image(v)
	case "columns":
		b.beside(v)
	case "callout":
		b.callout(v)
	default:
		b.needsData(n, "progress")
		b.progress(v)
	}
}

func (b *blockReader) needsData(n *node, kind string) {
	if n.get("data") == nil && n.get("query") == nil {
		b.diags.Add(diag.Errorf(diag.MissingKey, b.spec.Pos, "the %s %q has no data", kind, b.spec.Name).WithLen(utf8.RuneCountInString(b.spec.Name)).
			WithHint("name one of the report's with data:, or write a query:"))
	}
}

// column notes a column of the block's data; "" if the key is absent.
func (b *blockReader) column(n *node) string {
	return b.columnOf("", n, "")
}

// columnOf notes a column of some data; a prefix, the minus of an order, is no part of it.
func (b *blockReader) columnOf(data string, n *node, prefix string) string {
	if n.isNull() {
		return ""
	}
	name, pos := n.str(), textPos(n, b.file.Shown)
	if rest, cut := strings.CutPrefix(name, prefix); cut && prefix != "" {
		name = rest
		pos.Col += utf8.RuneCountInString(prefix)
	}
	if orText(data, b.spec.Data) == "" {
		b.diags.Add(diag.Errorf(diag.MissingKey, pos, "the block %q has no data that %q could be a column of", b.spec.Name, name).WithLen(utf8.RuneCountInString(name)).
			WithHint("give the block data:, or name the cell in full: {data: …, column: %s}", name))
	}
	b.says.columns = append(b.says.columns, columnMention{data: data, column: mention{name: name, pos: pos}})
	return n.str()
}

// columns notes a list of columns of the block's data.
func (b *blockReader) columnList(n *node) []string {
	var out []string
	for _, x := range n.list() {
		out = append(out, b.column(x))
	}
	return out
}

// cell reads one value: the name of a column of the block's data, or data, column and row.
func (b *blockReader) cell(n *node) *manifest.Cell {
	if n.isNull() {
		return nil
	}
	c := &manifest.Cell{Pos: textPos(n, b.file.Shown)}
	if n.kind != mapNode {
		c.Column = b.column(n)
		return c
	}
	if data := n.get("data"); !data.isNull() {
		c.Data = data.str()
		b.says.data = append(b.says.data, mention{name: c.Data, pos: textPos(data, b.file.Shown)})
	}
	c.Column = b.columnOf(c.Data, n.get("column"), "")
	if row := n.get("row"); row != nil && row.kind == mapNode {
		c.Row = map[string]string{}
		for i, k := range row.keys {
			b.columnOf(c.Data, k, "")
			c.Row[k.text] = row.items[i].str()
		}
	}
	return c
}

func (b *blockReader) kpi(n *node) manifest.ReportKPI {
	k := manifest.ReportKPI{
		Pos: b.pos(n), Label: b.words(b.template(n.get("label"))), Format: b.format(n.get("format")), Target: b.cell(n.get("target")),
	}
	if c := b.cell(n.get("value")); c != nil {
		k.Value = *c
	}
	for _, x := range n.get("compare").list() {
		c := manifest.ReportCompare{
			Pos: b.pos(x), Label: b.words(b.template(x.get("label"))), To: b.cell(x.get("to")), Value: b.cell(x.get("value")),
			As: x.get("as").str(), Format: b.format(x.get("format")), Invert: b.truth(x.get("invert")),
		}
		if (c.To == nil) == (c.Value == nil) {
			b.diags.Add(diag.Errorf(diag.BadValue, c.Pos, "a comparison has to or value, one of them").
				WithHint("to: the figure it is compared to; value: a change that the query computes"))
		}
		k.Compare = append(k.Compare, c)
	}
	switch s := n.get("spark"); {
	case s.isNull():
	case s.kind == mapNode:
		k.Spark = &manifest.ReportSpark{Data: s.get("data").str()}
		if data := s.get("data"); !data.isNull() {
			b.says.data = append(b.says.data, mention{name: k.Spark.Data, pos: textPos(data, b.file.Shown)})
		}
		k.Spark.Column = b.columnOf(k.Spark.Data, s.get("column"), "")
	default:
		k.Spark = &manifest.ReportSpark{Column: b.column(s)}
	}
	return k
}

func (b *blockReader) reportTable(n *node) *manifest.ReportTable {
	t := &manifest.ReportTable{
		GroupBy: b.column(n.get("group_by")), TotalLabel: b.words(b.template(n.get("total_label"))), Totals: n.get("totals").str(),
		Limit: wholeOf(n.get("limit")), Sort: b.columnOf("", n.get("sort"), "-"),
	}
	seen := map[string]diag.Pos{}
	for _, c := range n.get("columns").elements() {
		x := manifest.ReportTableColumn{Pos: textPos(c, b.file.Shown)}
		if c.kind == mapNode {
			x = b.tableColumn(c)
		} else {
			x.Name = b.column(c)
		}
		b.twice(seen, "column", x.Name, x.Pos)
		t.Columns = append(t.Columns, x)
	}
	return t
}

func (b *blockReader) tableColumn(c *node) manifest.ReportTableColumn {
	name := c.get("name")
	x := manifest.ReportTableColumn{
		Pos: textPos(name, b.file.Shown), Name: name.str(), Label: b.words(b.template(c.get("label"))), Format: b.format(c.get("format")), Total: c.get("total").str(),
		Of: b.columnList(c.get("of")), Bar: b.truth(c.get("bar")), Invert: b.truth(c.get("invert")), Width: numberOf(c.get("width")),
	}
	b.column(name)
	if x.Total == "share" != (len(x.Of) > 0) || len(x.Of) != 0 && len(x.Of) != 2 {
		b.diags.Add(diag.Errorf(diag.BadValue, x.Pos, "a total that is a share names two columns with of, and no other total has any").
			WithLen(utf8.RuneCountInString(x.Name)).WithHint("total: share, of: [part, whole]"))
	}
	for _, s := range c.get("style").list() {
		rule := manifest.Rule{Pos: textPos(s, b.file.Shown), Type: s.str()}
		if s.kind == mapNode {
			rule = manifest.Rule{Pos: textPos(s.get("type"), b.file.Shown), Type: s.get("type").str(), Style: s.get("style").str()}
		}
		// a type that is no condition is none of the schema's, which has told it
		if rule.Style == "" && strings.TrimLeft(rule.Type, "<>=") != rule.Type {
			b.diags.Add(diag.Errorf(diag.MissingKey, rule.Pos, "the condition %q has no style", rule.Type).WithLen(utf8.RuneCountInString(rule.Type)).
				WithHint(`{type: "%s", style: bad}`, rule.Type))
		}
		x.Style = append(x.Style, rule)
	}
	return x
}

// numberOf gives a number; 0 if the key is absent.
func numberOf(n *node) float64 {
	switch v := n.value().(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	default:
		return 0
	}
}

func pointerTo(n *node) *float64 {
	if n.isNull() {
		return nil
	}
	v := numberOf(n)
	return &v
}

// chartNeeds are the keys that a chart of a type cannot do without, besides its type.
func chartNeeds(kind string) []string {
	switch kind {
	case "scatter":
		return []string{"category", "series"}
	case "heatmap":
		return []string{"category", "to", "series"}
	case "sankey":
		return []string{"from", "to", "series"}
	case "treemap":
		return []string{"path", "series"}
	case "gauge":
		return []string{"series"}
	default:
		return []string{"category", "series"}
	}
}

func (b *blockReader) reportChart(n *node) *manifest.ReportChart {
	c := &manifest.ReportChart{
		Type: n.get("type").str(), Category: b.column(n.get("category")), Split: b.column(n.get("split")), Horizontal: b.truth(n.get("horizontal")),
		Percent: b.truth(n.get("percent")), Labels: n.get("labels").str(), Format: b.format(n.get("format")), Sort: n.get("sort").str(),
		Limit: wholeOf(n.get("limit")), From: b.column(n.get("from")), To: b.column(n.get("to")), Path: b.columnList(n.get("path")),
		Size: b.column(n.get("size")), Name: b.column(n.get("name")), Total: b.column(n.get("total")),
		Min: pointerTo(n.get("min")), Max: pointerTo(n.get("max")), Target: b.cell(n.get("target")), Ratio: numberOf(n.get("ratio")),
	}
	for _, s := range n.get("series").list() {
		x := manifest.ReportSeries{Pos: textPos(s, b.file.Shown)}
		if s.kind == mapNode {
			x = manifest.ReportSeries{
				Pos: textPos(s.get("column"), b.file.Shown), Column: b.column(s.get("column")), Label: b.words(b.template(s.get("label"))), Type: s.get("type").str(),
				As: s.get("as").str(), Right: s.get("axis").str() == "right", Format: b.format(s.get("format")), Invert: b.truth(s.get("invert")),
			}
		} else {
			x.Column = b.column(s)
		}
		c.Series = append(c.Series, x)
	}
	for _, key := range chartNeeds(c.Type) {
		if len(n.get(key).list()) == 0 {
			b.diags.Add(diag.Errorf(diag.MissingKey, b.pos(n.get("type")), "a %s needs the key %q", chartWords(c.Type), key).WithLen(len(c.Type)).
				WithHint("atlas help schemas reports says what it names"))
		}
	}
	if c.Split != "" && len(c.Series) > 1 {
		b.diags.Add(diag.Errorf(diag.BadValue, b.pos(n.get("split")), "split makes series of one measure, and the chart has %d", len(c.Series)).
			WithHint("keep one column under series:"))
	}
	return c
}

// chartWords names a type of chart for people.
func chartWords(kind string) string {
	switch kind {
	case "scatter", "waterfall", "funnel", "sankey", "heatmap", "treemap", "gauge":
		return kind
	default:
		return kind + " chart"
	}
}

func (b *blockReader) image(n *node) *manifest.ReportImage {
	if n.kind != mapNode {
		return &manifest.ReportImage{File: b.words(b.template(n))}
	}
	return &manifest.ReportImage{File: b.words(b.template(n.get("file"))), Caption: b.words(b.template(n.get("caption")))}
}

// beside reads blocks that stand beside one another.
func (b *blockReader) beside(list *node) {
	for _, n := range list.elements() {
		c, names := manifest.ReportColumnOf{}, n
		if n.kind == mapNode {
			c.Width, names = numberOf(n.get("width")), n.get("blocks")
		}
		for _, x := range names.list() {
			c.Blocks = append(c.Blocks, x.str())
			b.says.blocks = append(b.says.blocks, mention{name: x.str(), pos: textPos(x, b.file.Shown)})
		}
		b.spec.Columns = append(b.spec.Columns, c)
	}
	if len(b.spec.Columns) == 0 {
		b.diags.Add(diag.Errorf(diag.MissingKey, b.spec.Pos, "the block %q has no columns", b.spec.Name).WithLen(utf8.RuneCountInString(b.spec.Name)).
			WithHint("columns: [{blocks: [a, b]}, {blocks: [c]}]: names of the report's blocks"))
	}
}

func (b *blockReader) callout(n *node) {
	c := &manifest.ReportCallout{Style: "info"}
	if n.kind != mapNode {
		c.Text = b.words(b.template(n))
	} else {
		c.Style = orText(n.get("style").str(), c.Style)
		c.Title, c.Text = b.words(b.template(n.get("title"))), b.words(b.template(n.get("text")))
	}
	b.spec.Callout = c
}

func (b *blockReader) progress(n *node) {
	p := &manifest.ReportProgress{
		Label: b.column(n.get("label")), Value: b.column(n.get("value")), Target: b.column(n.get("target")),
		Format: b.format(n.get("format")), Sort: n.get("sort").str(), Limit: wholeOf(n.get("limit")),
	}
	switch strings.TrimPrefix(p.Sort, "-") {
	case "", "label", "value", "target":
	default:
		b.columnOf("", n.get("sort"), "-")
	}
	b.spec.Progress = p
}
