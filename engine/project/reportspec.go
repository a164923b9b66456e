package project

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// reportDraft is a report while it is read. Its blocks' nodes are those of spec.Blocks, in order.
type reportDraft struct {
	spec   *manifest.Report
	file   *File
	node   *manifest.Node
	blocks []*blockDraft
	twice  []*blockDraft // blocks of a name that was there before: checked, and left out
	data   []*dataDraft
	brand  mention // of a brand that is named without a template
}

// dataDraft is one query of a report: what it refers to, and what columns it may give.
type dataDraft struct {
	spec  *manifest.ReportData
	found Captured
	words *columnWords
	sum   string // changes with what YAML says of it
}

// blockDraft is one block of a report.
type blockDraft struct {
	*draft
	spec *manifest.ReportBlock
	says mentions
}

func (d *reportDraft) find(name string) *dataDraft {
	for _, x := range d.data {
		if x.spec.Name == name {
			return x
		}
	}
	return nil
}

func (d *reportDraft) dataNames() []string {
	out := make([]string, len(d.data))
	for i, x := range d.data {
		out[i] = x.spec.Name
	}
	return out
}

func (d *reportDraft) blockNames() []string {
	out := make([]string, len(d.blocks))
	for i, b := range d.blocks {
		out[i] = b.spec.Name
	}
	return out
}

// report reads one entry under reports: and gives its node and its blocks'.
func (r *reportReader) report(n *node) []*draft {
	spec := &manifest.Report{
		Pos: textPos(n.get("name"), r.file.Shown), Name: n.get("name").str(), Description: n.get("description").str(), Title: r.template(n.get("title")),
		Periods: n.get("periods").strings(), Locales: r.locales(n.get("locales")), Currency: n.get("currency").str(),
		Brand: r.template(n.get("brand")), File: r.template(n.get("file")),
	}
	d := r.showing(n, manifest.ReportKind, spec.Name, orText(labelOf(spec.Title.Text), spec.Name))
	d.node.Exposure.Type = "dashboard"
	d.place(spec.Pos, sumOf(n), "report", spec.Name)
	spec.Node = d.node.ID
	out := &reportDraft{spec: spec, file: r.file, node: d.node, brand: r.brandMention(n.get("brand"))}
	for _, x := range n.get("data").elements() {
		r.addData(out, d, x, r.data(x))
	}
	r.blocks(out, d, n.get("blocks"))
	spec.Data = make([]manifest.ReportData, len(out.data))
	for i, x := range out.data {
		spec.Data[i] = *x.spec
	}
	spec.Blocks = make([]manifest.ReportBlock, len(out.blocks))
	for i, b := range out.blocks {
		spec.Blocks[i] = *b.spec
	}
	if len(out.data)+len(out.blocks) == 0 {
		r.diags.Add(diag.Errorf(diag.MissingKey, spec.Pos, "the report %q has neither data nor blocks", spec.Name).WithLen(len(spec.Name)).
			WithHint("atlas help schemas reports says what stands in a report"))
	}
	var own mentions
	for _, t := range []manifest.Template{spec.Title, spec.Brand, spec.File} {
		own.add(r.shown(d, t, plainText))
	}
	r.checkMentions(out, "", &own)
	r.linkReport(out, d)
	r.out.reports = append(r.out.reports, out)
	for _, b := range out.twice {
		r.checkMentions(out, b.spec.Data, &b.says)
	}
	drafts := []*draft{d}
	for _, b := range out.blocks {
		r.checkMentions(out, b.spec.Data, &b.says)
		r.linkBlock(out, b)
		drafts = append(drafts, b.draft)
	}
	return drafts
}

// place gives a node of reports its name in the graph: kind.package.names, found by dots as
// folder.names.
func (d *draft) place(pos diag.Pos, sum, folder string, names ...string) {
	n := d.node
	n.Pos, n.PatchPos, n.Checksum = pos, pos, sum
	n.ID = nodeID(n.Kind, n.Package, strings.Join(names, "."))
	n.FQN = append([]string{n.Package, folder}, names...)
}

// sumOf is a checksum of what YAML says, without regard to layout and comments.
func sumOf(n *node) string { return checksum(jsonOf(n.value())) }

// jsonOf gives data as JSON, for checksums.
func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// text reads what a text of a report calls and names.
func (r *reportReader) text(d *draft, t manifest.Template, kind textKind) mentions {
	parsed, ok := r.parseText(t, kind)
	if !ok {
		return mentions{}
	}
	return r.read(d, t, parsed)
}

// shown is text for what people are shown: a name that it does not see would be an empty place in it.
func (r *reportReader) shown(d *draft, t manifest.Template, kind textKind) mentions {
	parsed, ok := r.parseText(t, kind)
	if !ok {
		return mentions{}
	}
	r.checkNames(parsed)
	return r.read(d, t, parsed)
}

func (r *reportReader) read(d *draft, t manifest.Template, parsed textCalls) mentions {
	if parsed.tree != nil {
		r.refs(d, t, parsed.tree)
	}
	return r.mentionsOf(parsed)
}

// locales reads language tags in the spelling of the formatter.
func (r *reportReader) locales(n *node) []string {
	var out []string
	for _, x := range n.list() {
		f, err := block.NewFormatter(x.str(), "")
		if err != nil {
			for _, d := range diag.From(err) {
				d.Pos = textPos(x, r.file.Shown)
				r.diags.Add(d.WithLen(utf8.RuneCountInString(x.str())))
			}
			continue
		}
		if slices.Contains(out, f.Locale) {
			r.diags.Add(diag.Errorf(diag.DuplicateName, textPos(x, r.file.Shown), "the locale %s stands here twice", f.Locale).WithLen(utf8.RuneCountInString(x.str())))
			continue
		}
		out = append(out, f.Locale)
	}
	return out
}

// brandMention gives the name of a brand that is written without a template.
func (r *reportReader) brandMention(n *node) mention {
	if jinja.HasTags(n.str()) {
		return mention{}
	}
	return mention{name: n.str(), pos: textPos(n, r.file.Shown)}
}

// data reads one entry under data:.
func (r *reportReader) data(n *node) *manifest.ReportData {
	return &manifest.ReportData{
		Pos: textPos(n.get("name"), r.file.Shown), Name: n.get("name").str(), Sections: n.get("sections").strings(),
		Query: r.query(n.get("query")), Key: n.get("key").strings(), Columns: r.reportColumns(n.get("columns")),
	}
}

func (r *reportReader) reportColumns(n *node) []manifest.ReportColumn {
	var out []manifest.ReportColumn
	seen := map[string]diag.Pos{}
	for _, c := range n.elements() {
		x := manifest.ReportColumn{Pos: textPos(c, r.file.Shown), Name: c.str()}
		if c.kind == mapNode {
			x = manifest.ReportColumn{
				Pos: textPos(c.get("name"), r.file.Shown), Name: c.get("name").str(), Label: r.template(c.get("label")),
				Format: r.format(c.get("format")), Unit: r.template(c.get("unit")),
			}
		}
		r.twice(seen, "column", x.Name, x.Pos)
		out = append(out, x)
	}
	return out
}

// format reads the name of a format, or a format code.
func (r *reportReader) format(n *node) string {
	r.checkFormat(n.str(), textPos(n, r.file.Shown))
	return n.str()
}

// twice reports a name that stands twice in one list; it gives whether it does.
func (r *reportReader) twice(seen map[string]diag.Pos, what, name string, pos diag.Pos) bool {
	first, dup := seen[name]
	if dup {
		r.diags.Add(diag.Errorf(diag.DuplicateName, pos, "the %s %q stands here twice", what, name).
			WithNote(first, "the other one").WithLen(utf8.RuneCountInString(name)))
		return true
	}
	seen[name] = pos
	return false
}

// addData files a query of a report, or of one of its blocks, and finds what it refers to.
func (r *reportReader) addData(out *reportDraft, d *draft, n *node, spec *manifest.ReportData) {
	if spec.Query == nil || spec.Name == "" {
		return // its schema has told
	}
	if first := out.find(spec.Name); first != nil {
		r.diags.Add(diag.Errorf(diag.DuplicateName, spec.Pos, "the report %q has data %q twice", out.spec.Name, spec.Name).
			WithNote(first.spec.Pos, "the other one").WithLen(utf8.RuneCountInString(spec.Name)).
			WithHint("a query inside of a block is data that is named as the block"))
		return
	}
	// The query's own node is the block's or the report's: what it refers to is looked up from there.
	probe := &draft{node: d.node, file: d.file}
	says := r.text(probe, manifest.Template{Text: spec.Query.SQL, Pos: spec.Query.Pos}, plainText)
	for _, m := range append(says.data, says.blocks...) {
		r.diags.Add(m.mark(diag.Errorf(diag.UndefinedName, diag.Pos{}, "a query cannot see data of other queries")).
			WithHint("refer to relations with ref('…'), and join them in the query"))
	}
	for _, c := range spec.Columns {
		says.add(r.shown(probe, c.Label, plainText))
		says.add(r.shown(probe, c.Unit, plainText))
	}
	x := &dataDraft{spec: spec, found: probe.found, words: wordsOf(spec), sum: sumOf(n)}
	declared := &columnWords{words: x.words.words, any: x.words.any}
	for _, c := range spec.Columns {
		r.checkColumn(spec.Name, mention{name: c.Name, pos: c.Pos}, declared)
	}
	for _, k := range n.get("key").list() {
		r.checkColumn(spec.Name, mention{name: k.str(), pos: textPos(k, r.file.Shown)}, declared)
	}
	out.data = append(out.data, x)
}

// checkColumn reports a column that a query cannot give.
func (r *reportReader) checkColumn(data string, column mention, words *columnWords) {
	if column.name == "" || words.has(column.name) {
		return
	}
	r.diags.Add(unknown(column, diag.UnknownColumn, words.names(), "the query gives no column of that name",
		"the query of %q gives no column %q", data, column.name))
}

// checkMentions looks up what a block or a text names; own is the data of the block.
func (r *reportReader) checkMentions(d *reportDraft, own string, m *mentions) {
	for _, x := range m.data {
		r.checkData(d, x)
	}
	for _, c := range m.columns {
		name := orText(c.data, own)
		if name == "" {
			continue // reported where the block is read
		}
		x := d.find(name)
		if x == nil {
			if c.column.len > 0 { // figure('data.column'); elsewhere the data is a mention of its own
				at := c.column
				at.name, at.len = c.data, utf8.RuneCountInString(c.data)
				r.checkData(d, at)
			}
			continue
		}
		column := c.column
		if column.len > 0 { // figure('data.column'): point at the column
			column.pos.Col += utf8.RuneCountInString(c.data) + 1
			column.len = 0
		}
		r.checkColumn(name, column, x.words)
	}
	for _, x := range m.blocks {
		r.checkBlock(d, x)
	}
}

func (r *reportReader) checkData(d *reportDraft, m mention) {
	if d.find(m.name) == nil {
		r.diags.Add(unknown(m, diag.UnknownRef, d.dataNames(), "declare it under data: of the report", "the report %q has no data %q", d.spec.Name, m.name))
	}
}

func (r *reportReader) checkBlock(d *reportDraft, m mention) {
	if !slices.Contains(d.blockNames(), m.name) {
		r.diags.Add(unknown(m, diag.UnknownRef, d.blockNames(), "declare it under blocks: of the report", "the report %q has no block %q", d.spec.Name, m.name))
	}
}

// linkReport makes a report depend on its blocks, and on what the data that no block shows is from.
func (r *reportReader) linkReport(out *reportDraft, d *draft) {
	shown := map[string]bool{}
	for _, b := range out.blocks {
		d.node.Uses = append(d.node.Uses, b.node.ID)
		if b.says.whole {
			for _, x := range out.data {
				shown[x.spec.Name] = true
			}
		}
		shown[b.spec.Data] = true
		for _, name := range b.says.dataNames() {
			shown[name] = true
		}
	}
	for _, x := range out.data {
		if !shown[x.spec.Name] {
			d.found.add(x.found)
		}
	}
}

// linkBlock makes a block depend on what its data is from, and on the blocks that stand in it.
func (r *reportReader) linkBlock(out *reportDraft, b *blockDraft) {
	names := b.says.dataNames()
	if b.spec.Data != "" && !slices.Contains(names, b.spec.Data) {
		names = append([]string{b.spec.Data}, names...)
	}
	sums := []string{b.node.Checksum}
	for _, x := range out.data {
		if b.says.whole || slices.Contains(names, x.spec.Name) {
			b.found.add(x.found)
			sums = append(sums, x.sum)
		}
		if x.spec.Name == b.spec.Data {
			b.node.Raw, b.node.RawPos = x.spec.Query.SQL, x.spec.Query.Pos
		}
	}
	b.node.Checksum = checksum(strings.Join(sums, "\n"))
	for _, m := range b.says.blocks {
		if slices.Contains(out.blockNames(), m.name) && m.name != b.spec.Name {
			b.node.Uses = append(b.node.Uses, nodeID(manifest.BlockKind, b.node.Package, out.spec.Name+"."+m.name))
		}
	}
}
