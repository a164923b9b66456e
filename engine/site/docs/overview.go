package docs

import (
	"context"
	"fmt"
	"html/template"
	"strings"

	"atlas/engine/manifest"
)

// overviewBody is what the first page shows.
type overviewBody struct {
	Lead       template.HTML
	README     template.HTML
	Flow       template.HTML
	Groups     []*group
	Tests      tally
	Bar        []barPart
	Attention  []*test
	More       int
	Results    []bundle // what nothing else is built on, by folder
	Exposures  []*node
	Sources    []bundle // by source
	Described  int      // columns with a description
	Columns    int
	DescModels int
	Models     int
	Tested     int // models with a test
	LastRun    string
	Macros     int
}

// bundle is nodes under one heading, the first of them if there are many.
type bundle struct {
	Name, Description string
	Nodes             []*node
	More              int
}

// add puts a node under its heading; nodes of one heading come one after the other.
func add(list []bundle, name, description string, n *node) []bundle {
	k := len(list) - 1
	if k < 0 || list[k].Name != name {
		return append(list, bundle{name, description, []*node{n}, 0})
	}
	if len(list[k].Nodes) < bundleLimit {
		list[k].Nodes = append(list[k].Nodes, n)
	} else {
		list[k].More++
	}
	return list
}

// ResultCount counts the results.
func (b *overviewBody) ResultCount() int {
	n := 0
	for _, r := range b.Results {
		n += len(r.Nodes) + r.More
	}
	return n
}

// ResultCards gives the results if they are few enough for a card each.
func (b *overviewBody) ResultCards() []*node {
	if b.ResultCount() > overviewCards {
		return nil
	}
	var out []*node
	for _, r := range b.Results {
		out = append(out, r.Nodes...)
	}
	return out
}

// barPart is one coloured part of the bar of test outcomes, in hundredths of its width.
type barPart struct {
	Class, Label string
	X, W         float64
}

// How many entries the overview lists.
const (
	overviewCards     = 18
	overviewAttention = 6
	bundleLimit       = 24
)

func (r *renderer) overview(ctx context.Context) error {
	b := &overviewBody{Groups: r.groups, Tests: tallyOf(r.tests), Macros: len(r.macros)}
	flow, err := r.flow(ctx)
	if err != nil {
		return err
	}
	if len(flow.boxes) > 0 {
		b.Flow = flow.svg("", "How data flows through the project")
	}
	lead, rest := r.md.split(withoutTitle(r.in.README, r.title))
	b.Lead, b.README = r.md.html(lead), r.md.html(rest)
	b.Bar = testBar(b.Tests)
	for _, t := range r.tests {
		if u := urgency(t.Result); u <= 2 {
			if len(b.Attention) == overviewAttention {
				b.More++
				continue
			}
			b.Attention = append(b.Attention, t)
		}
	}
	r.entries(b)
	r.coverage(b)
	return r.page("index.html", "overview", &page{Title: "Overview", Active: "overview", Body: b})
}

// entries finds where to start reading: the last models, the exposures, the sources.
func (r *renderer) entries(b *overviewBody) {
	for i := len(r.groups) - 1; i >= 0; i-- {
		g := r.groups[i]
		if g.Kind != manifest.Model {
			continue
		}
		for _, n := range g.Nodes {
			if !isResult(n) {
				continue
			}
			name := n.Folder
			if name == "" {
				name = g.Name
			}
			b.Results = add(b.Results, name, "", n)
		}
	}
	for _, g := range r.groups {
		switch g.Kind {
		case manifest.Exposure, manifest.ReportKind, manifest.DeckKind:
			b.Exposures = append(b.Exposures, g.Nodes[:min(len(g.Nodes), overviewCards)]...)
		case manifest.Source:
			for _, n := range g.Nodes {
				b.Sources = add(b.Sources, n.Source.SourceName, r.md.plain(n.Source.SourceDescription), n)
			}
		default:
		}
	}
}

// isResult reports whether no model is built on a model that has parents.
func isResult(n *node) bool {
	if len(n.Parents) == 0 {
		return false
	}
	for _, c := range n.Children {
		if c.Kind == manifest.Model || c.Kind == manifest.Snapshot {
			return false
		}
	}
	return true
}

func (r *renderer) coverage(b *overviewBody) {
	var last Result
	for _, n := range r.nodes {
		if n.Result != nil && n.Result.At.After(last.At) {
			last = *n.Result
		}
		if n.Kind != manifest.Model {
			continue
		}
		b.Models++
		if n.Summary != "" {
			b.DescModels++
		}
		if len(n.Tests) > 0 {
			b.Tested++
		}
		for _, c := range r.columns(n) {
			b.Columns++
			if c.Summary != "" {
				b.Described++
			}
		}
	}
	b.LastRun = stamp(last.At)
}

// Percent writes how much of a whole, or "–" of nothing.
func (b *overviewBody) Percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%d %%", part*100/whole)
}

// testBar divides the width of a bar by outcomes. Every outcome that occurs is visible.
func testBar(t tally) []barPart {
	var parts []barPart
	x := 0.0
	for _, p := range []struct {
		n           int
		class, word string
	}{{t.Pass, "b-good", "pass"}, {t.Warn, "b-warn", "warn"}, {t.Fail, "b-bad", "fail"}, {t.Skipped + t.Unknown, "b-none", "not run"}} {
		if p.n == 0 {
			continue
		}
		w := max(1.5, 100*float64(p.n)/float64(t.Total))
		parts = append(parts, barPart{p.class, plural(p.n, "test") + " " + p.word, x, w})
		x += w
	}
	for i := range parts {
		parts[i].X *= 100 / x
		parts[i].W *= 100 / x
	}
	return parts
}

// withoutTitle drops a README's first heading when it only repeats the project's name.
func withoutTitle(readme, title string) string {
	readme = strings.TrimSpace(readme)
	first, rest, _ := strings.Cut(readme, "\n")
	if name, ok := strings.CutPrefix(first, "# "); ok && strings.EqualFold(strings.TrimSpace(name), strings.TrimSpace(title)) {
		return strings.TrimSpace(rest)
	}
	return readme
}

// lineageBody is what the lineage page shows before scripts run.
type lineageBody struct {
	Static template.HTML
	Whole  bool // Static is the whole graph, not the folders' flow
	Count  int
	Edges  int
}

// staticLimit is the size up to which the whole graph stands in the page itself.
const staticLimit = 220_000

func (r *renderer) lineagePage(ctx context.Context, g *graph) error {
	b := &lineageBody{Count: len(g.boxes), Edges: len(g.edges)}
	if svg := g.svg("", "Lineage of the whole project"); len(svg) <= staticLimit {
		b.Static, b.Whole = svg, true
	} else {
		flow, err := r.folderFlow(ctx)
		if err != nil {
			return err
		}
		b.Static = flow.svg("", "How data flows through the project's folders")
	}
	return r.page("lineage.html", "lineage", &page{
		Title: "Lineage", Active: "lineage", Body: b, Scripts: []string{"data/lineage.js", "assets/lineage.js"},
	})
}
