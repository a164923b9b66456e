package graph_test

import (
	"slices"
	"strings"
	"testing"

	"atlas/engine/graph"
	"atlas/engine/manifest"
)

// withReports is two models that are named as blocks are, a report of them and a deck.
func withReports(t *testing.T) *manifest.Manifest {
	t.Helper()
	m := manifest.New("shop")
	node := func(kind manifest.Kind, folder, names string, refs []string, uses ...manifest.ID) {
		parts := strings.Split(names, ".")
		n := &manifest.Node{
			ID: manifest.ID(string(kind) + ".shop." + names), Kind: kind, Package: "shop", Name: parts[len(parts)-1],
			FQN: append([]string{"shop", folder}, parts...), Path: folder + "/x", Raw: "select 1", Checksum: names, Uses: uses,
		}
		for _, r := range refs {
			n.Refs = append(n.Refs, manifest.Ref{Name: r})
		}
		if kind.Shows() {
			n.Exposure = &manifest.ExposureSpec{Type: "analysis"}
		}
		m.Nodes[n.ID] = n
	}
	node(manifest.Model, "marts", "raw_orders", nil)
	node(manifest.Model, "marts", "orders", []string{"raw_orders"})
	node(manifest.Model, "marts", "people", nil)
	node(manifest.Model, "report", "review", nil)
	node(manifest.BlockKind, "report", "review.orders", []string{"orders", "people"})
	node(manifest.BlockKind, "report", "review.people", []string{"people"})
	node(manifest.ReportKind, "report", "review", nil, "block.shop.review.orders", "block.shop.review.people")
	node(manifest.SlideKind, "deck", "monthly.cover", nil, "report.shop.review")
	node(manifest.SlideKind, "deck", "monthly.people", nil, "block.shop.review.people", "block.shop.review.gone")
	node(manifest.DeckKind, "deck", "monthly", nil, "slide.shop.monthly.cover", "slide.shop.monthly.people", "report.shop.review")
	if l := graph.Resolve(m); len(l) > 0 {
		t.Fatal(l)
	}
	return m
}

func TestSelectReports(t *testing.T) {
	m := withReports(t)
	tests := []struct{ selector, want string }{
		{"deck.monthly", "deck.monthly slide.monthly.cover slide.monthly.people"},
		{"shop.deck.monthly.cover", "slide.monthly.cover"},
		{"report.review.*", "block.review.orders block.review.people"},
		{"report.review", "block.review.orders block.review.people report.review model.review"},
		{"deck:monthly", "deck.monthly"},
		{"deck:shop.mon*", "deck.monthly"},
		{"report:review", "report.review"},
		{"block:people", "block.review.people"},
		{"block:review.*", "block.review.orders block.review.people"},
		{"slide:shop.monthly.cover", "slide.monthly.cover"},
		{"resource_type:slide", "slide.monthly.cover slide.monthly.people"},
		{"+slide:people", "model.people block.review.people slide.monthly.people"},
		{"+orders", "model.raw_orders model.orders"}, // not what the block of that name reads
		{"people", "model.people"},
		{"review", "model.review"},
		{"*o*le", "model.people"},
		{"people+", "model.people block.review.orders block.review.people report.review slide.monthly.cover slide.monthly.people deck.monthly"},
	}
	for _, tt := range tests {
		set, problems := graph.Select(m, graph.Query{Select: []string{tt.selector}})
		if problems.Err() != nil {
			t.Errorf("%s: %v", tt.selector, problems)
		}
		var got []string
		for _, id := range set.Sorted() {
			got = append(got, strings.Replace(string(id), ".shop.", ".", 1))
		}
		want := strings.Fields(tt.want)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s selects %v, not %v", tt.selector, got, want)
		}
	}
	all, _ := graph.Select(m, graph.Query{})
	if len(all) != len(m.Nodes) {
		t.Errorf("everything is %d of %d nodes", len(all), len(m.Nodes))
	}
	if _, problems := graph.Select(m, graph.Query{Select: []string{"monthly"}}); len(problems) != 1 || problems[0].Hint != `did you mean "deck:monthly"?` {
		t.Errorf("a bare name gives %v", problems)
	}
}

func TestReportsWaitForNothing(t *testing.T) {
	m := withReports(t)
	for id, n := range m.Nodes {
		if n.Executable() == n.Kind.Shows() {
			t.Errorf("%s: executable is %v", id, n.Executable())
		}
	}
	deck := m.Nodes["deck.shop.monthly"]
	if want := []manifest.ID{"slide.shop.monthly.cover", "slide.shop.monthly.people", "report.shop.review"}; !slices.Equal(deck.DependsOn, want) {
		t.Errorf("the deck depends on %v", deck.DependsOn)
	}
}

func TestChangedReports(t *testing.T) {
	m, earlier := withReports(t), withReports(t)
	for id, c := range graph.Compare(m, earlier) {
		if c.Modified() {
			t.Errorf("%s counts as changed: %+v", id, c)
		}
	}
	m.Nodes["slide.shop.monthly.cover"].Checksum = "other"
	m.Nodes["report.shop.review"].Description = "other"
	got := graph.Compare(m, earlier)
	if c := got["slide.shop.monthly.cover"]; !c.Body || c.Other {
		t.Errorf("the slide's change is %+v", c)
	}
	if c := got["report.shop.review"]; c.Body || !c.Other {
		t.Errorf("the report's change is %+v", c)
	}
	delete(earlier.Nodes, "block.shop.review.orders")
	if c := graph.Compare(m, earlier)["block.shop.review.orders"]; !c.New {
		t.Errorf("a new block's change is %+v", c)
	}
}
