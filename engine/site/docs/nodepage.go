package docs

import (
	"context"
	"html/template"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"atlas/engine/manifest"
)

// nodeBody is what a node's page shows.
type nodeBody struct {
	N           *node
	Description template.HTML
	Facts       []fact
	Columns     []column
	MoreColumns []column // of which only the names are shown
	LeftColumns int      // beyond those
	Described   int
	Mini        template.HTML
	Tests       []testRow
	Tally       tally
	Raw         code
	Compiled    code
	Extracts    []extractView
	Config      []setting
	Meta        []setting
	Macros      []*macro
	Parents     []*node
	Children    []*node
	Sections    []crumb // for the list of contents
}

// fact is one line about a node. Href, Links and Mono refine how the value is drawn.
type fact struct {
	Name, Value string
	Href        string
	Class       string
	Tags        []string
}

// testRow is a test on its node's page with what can be unfolded.
type testRow struct {
	*test
	SQL []template.HTML
}

// code is a listing; Full is the address of the whole text when the page shows only its start.
type code struct {
	Lines []template.HTML
	Full  string
	Total int
}

// pageLimit is how heavy a page may get, in bytes.
const pageLimit = 290_000

// testLimit is how many tests a node's page lists.
const testLimit = 120

// limits say how much of everything a page shows.
type limits struct {
	code      int // bytes of highlighted code in one listing
	tests     int // bytes of tests' SQL
	columns   int // bytes of columns with all that is known of them
	names     int // further columns by name
	relatives int // parents or children listed
}

func fullLimits() limits {
	return limits{code: 80_000, tests: 40_000, columns: 80_000, names: 400, relatives: 200}
}

func (l limits) half() limits {
	return limits{l.code / 2, l.tests / 2, l.columns / 2, l.names / 2, l.relatives / 2}
}

// nodePages writes the nodes' pages, several at a time: they do not depend on one another.
func (r *renderer) nodePages(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, n := range r.nodes {
		g.Go(func() error { return r.nodePage(ctx, n) })
	}
	return g.Wait()
}

func (r *renderer) nodePage(ctx context.Context, n *node) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	crumbs := []crumb{{n.Group.Name, n.Group.Href()}}
	if n.Folder != "" && n.Folder != n.Group.Name {
		crumbs = append(crumbs, crumb{strings.TrimPrefix(n.Folder, n.Group.Name+"/"), ""})
	}
	for l := fullLimits(); ; l = l.half() {
		b, err := r.nodeBody(ctx, n, l)
		if err != nil {
			return err
		}
		html, err := r.render(n.Href, "node", &page{Title: n.Label, Active: n.Group.Key, Crumbs: crumbs, Body: b})
		if err != nil {
			return err
		}
		if len(html) <= pageLimit || l.code < 5000 {
			return r.w.File(n.Href, html)
		}
	}
}

func (r *renderer) nodeBody(ctx context.Context, n *node, l limits) (*nodeBody, error) {
	b := &nodeBody{N: n, Description: r.md.html(n.Description), Columns: r.columns(n), Tally: tallyOf(n.Tests)}
	for _, c := range b.Columns {
		if c.Summary != "" {
			b.Described++
		}
	}
	b.limitColumns(l)
	b.Facts = r.facts(n, b)
	if len(n.Parents)+len(n.Children) > 0 {
		g, err := r.mini(ctx, n)
		if err != nil {
			return nil, err
		}
		b.Mini = g.svg("../", "Direct neighbours of "+n.Label)
	}
	var err error
	if hasCode(n.Kind) {
		if b.Raw, err = r.listing(n.Raw, true, l.code, "code/"+baseName(n.Href)+".sql.txt", r.linkerFor(n)); err != nil {
			return nil, err
		}
		if b.Compiled, err = r.listing(r.in.Compiled[n.ID], false, l.code, "code/"+baseName(n.Href)+".compiled.sql.txt", nil); err != nil {
			return nil, err
		}
	}
	b.Tests = r.testRows(n, l.tests)
	b.Extracts = extractViews(n, r.in.Scope)
	b.Config = settings(n.Config.Map(), "tags", "meta", "enabled", "materialized", "docs", "column_types", "alias")
	b.Meta = settings(n.Meta)
	for _, id := range n.Macros {
		for _, m := range r.macros {
			if m.ID == id {
				b.Macros = append(b.Macros, m)
			}
		}
	}
	b.Parents = n.Parents[:min(len(n.Parents), l.relatives)]
	b.Children = n.Children[:min(len(n.Children), l.relatives)]
	b.contents()
	return b, nil
}

// hasCode reports a kind whose nodes are SQL with templates.
func hasCode(k manifest.Kind) bool {
	return k == manifest.BlockKind || k != manifest.Seed && k != manifest.Source && !k.Shows()
}

func baseName(href string) string {
	return strings.TrimSuffix(href[strings.LastIndexByte(href, '/')+1:], ".html")
}

// facts are the lines at the top of a node's page.
func (r *renderer) facts(n *node, b *nodeBody) []fact {
	var out []fact
	add := func(name, value string) {
		if value != "" {
			out = append(out, fact{Name: name, Value: value})
		}
	}
	if n.Exposure != nil {
		e := n.Exposure
		if n.Kind == manifest.Exposure {
			add("Type", e.Type)
		}
		add("Maturity", e.Maturity)
		add("Owner", e.OwnerName)
		if e.OwnerEmail != "" {
			out = append(out, fact{Name: "E-mail", Value: e.OwnerEmail, Href: "mailto:" + e.OwnerEmail})
		}
		if e.URL != "" {
			out = append(out, fact{Name: "Address", Value: strings.TrimPrefix(strings.TrimPrefix(e.URL, "https://"), "http://"), Href: e.URL})
		}
	}
	if n.Kind == manifest.Model || n.Kind == manifest.Snapshot {
		mat := n.Config.Materialized()
		if mat == "" && n.Kind == manifest.Model {
			mat = "view"
		}
		add("Built as", mat)
	}
	if !n.Relation.IsZero() && n.Exposure == nil {
		out = append(out, fact{Name: "In the warehouse", Value: n.Relation.String(), Class: "mono"})
	}
	if rows := rowCount(n); rows >= 0 {
		add("Rows", grouped(rows))
	}
	if n.Catalog != nil {
		add("Size", bytesText(n.Catalog.Bytes))
	}
	if len(n.Tests) > 0 {
		class := "s-good"
		switch {
		case b.Tally.Fail > 0:
			class = "s-bad"
		case b.Tally.Warn > 0:
			class = "s-warn"
		case !b.Tally.Known():
			class = ""
		}
		out = append(out, fact{Name: "Tests", Value: sign(b.Tally) + b.Tally.String(), Class: class, Href: "#tests"})
	}
	if n.Result != nil {
		text := statusText(n.Result)
		if n.Result.Elapsed > 0 {
			text += ", " + seconds(n.Result.Elapsed)
		}
		if !n.Result.At.IsZero() {
			text += ", " + stamp(n.Result.At)
		}
		out = append(out, fact{Name: "Last build", Value: text, Class: statusClass(n.Result)})
	}
	add("Owner", ownerOf(n, r.in.Manifest))
	if n.Group.Kind == manifest.Model {
		add("Group", n.Node.Group)
		if n.Access != "" && n.Access != "protected" {
			add("Access", n.Access)
		}
	}
	if n.Version != "" && n.LatestVersion != "" && n.Version != n.LatestVersion {
		add("Version", n.Version+", the latest is "+n.LatestVersion)
	}
	add("Goes away", n.DeprecationDate)
	if n.Package != r.in.Manifest.Project {
		add("Package", n.Package)
	}
	if n.Source != nil {
		add("Loaded by", n.Source.Loader)
		add("Freshness by", n.Source.LoadedAtField)
		add("Freshness", strings.Join(settingTexts(settings(n.Source.Freshness)), "; "))
	}
	if len(n.Tags) > 0 {
		out = append(out, fact{Name: "Tags", Tags: n.Tags})
	}
	out = append(out, fact{Name: "Declared at", Value: placeOf(n.Node), Class: "mono"})
	return out
}

// sign is the sign of the worst outcome.
func sign(t tally) string {
	switch {
	case t.Fail > 0:
		return "✗ "
	case t.Warn > 0:
		return "! "
	case t.Pass > 0:
		return "✓ "
	default:
		return ""
	}
}

func settingTexts(list []setting) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Key + " " + s.Value
	}
	return out
}

// ownerOf looks in meta and in the node's group.
func ownerOf(n *node, m *manifest.Manifest) string {
	if n.Exposure != nil {
		return ""
	}
	if v, ok := n.Meta.Get("owner"); ok {
		return plainValue(v)
	}
	if g := m.Groups[n.Node.Group]; g != nil {
		owner := g
		if v, ok := g.Get("owner"); ok {
			o, ok := v.(*manifest.Map)
			if !ok {
				return plainValue(v)
			}
			owner = o
		}
		for _, k := range []string{"name", "email"} {
			if v, ok := owner.Get(k); ok {
				return plainValue(v)
			}
		}
	}
	return ""
}

func placeOf(n *manifest.Node) string {
	place := n.Pos.String()
	if place == "" {
		place = n.Path
	}
	if p := n.PatchPos.String(); p != "" && p != place {
		place += ", " + p
	}
	return place
}

// linkerFor resolves calls in a node's template to pages.
func (s *site) linkerFor(n *node) linker {
	return func(name string, args []string) string {
		switch {
		case name == "source" && len(args) == 2:
			for _, p := range n.Parents {
				if p.Source != nil && p.Source.SourceName == args[0] && p.Name == args[1] {
					return "../" + p.Href
				}
			}
		case name == "ref" && len(args) > 0:
			for _, p := range n.Parents {
				if p.Source == nil && p.Name == args[len(args)-1] {
					return "../" + p.Href
				}
			}
		default:
			if m := s.byName[name]; m != nil {
				return "../" + m.Href
			}
		}
		return ""
	}
}

// listing highlights code; of what is too long for a page the rest stands in a file of its own.
func (r *renderer) listing(src string, jinja bool, budget int, file string, link linker) (code, error) {
	if strings.TrimSpace(src) == "" {
		return code{}, nil
	}
	lines := highlight(src, jinja, link)
	c := code{Total: len(lines)}
	size := 0
	for i, l := range lines {
		if size += len(l) + 8; size > budget {
			c.Lines, c.Full = lines[:i], file
			return c, r.w.File(file, []byte(src))
		}
	}
	c.Lines = lines
	return c, nil
}

func (r *renderer) testRows(n *node, budget int) []testRow {
	var rows []testRow
	for _, t := range n.Tests[:min(testLimit, len(n.Tests))] {
		row := testRow{test: t}
		if sql := strings.TrimSpace(r.in.Compiled[t.ID]); sql != "" && t.Test != nil && t.Test.Generic && len(sql) < 4000 {
			lines := highlight(sql, false, nil)
			for _, l := range lines {
				budget -= len(l) + 8
			}
			if budget > 0 {
				row.SQL = lines
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// contents lists the page's sections for the margin.
func (b *nodeBody) contents() {
	for _, s := range []struct {
		text, id string
		shown    bool
	}{
		{"Lineage", "lineage", b.Mini != ""},
		{"Columns", "columns", len(b.Columns) > 0},
		{"Tests", "tests", len(b.Tests) > 0},
		{"Where rows come from", "extraction", len(b.Extracts) > 0},
		{"Code", "code", len(b.Raw.Lines)+len(b.Compiled.Lines) > 0},
		{"Depends on", "depends-on", len(b.Parents) > 0},
		{"Used by", "used-by", len(b.Children) > 0},
		{"Macros", "macros", len(b.Macros) > 0},
		{"Settings", "settings", len(b.Config)+len(b.Meta) > 0},
	} {
		if s.shown {
			b.Sections = append(b.Sections, crumb{s.text, "#" + s.id})
		}
	}
}

// ColumnTotal counts the columns, shown in full or not.
func (b *nodeBody) ColumnTotal() int { return len(b.Columns) + len(b.MoreColumns) + b.LeftColumns }

// limitColumns keeps the table of columns within its budget; of the rest names are shown.
func (b *nodeBody) limitColumns(l limits) {
	size := 0
	for i, c := range b.Columns {
		size += 140 + 2*len(c.Name) + len(c.Type) + len(c.Description)
		for _, t := range c.Tests {
			size += 120 + len(t.Label) + len(t.Anchor)
		}
		if size > l.columns && i > 0 {
			rest := b.Columns[i:]
			b.Columns, b.MoreColumns = b.Columns[:i], rest[:min(l.names, len(rest))]
			b.LeftColumns = len(rest) - len(b.MoreColumns)
			return
		}
	}
}
