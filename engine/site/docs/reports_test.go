package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/manifest"
)

// TestReportsHavePages: reports, blocks, decks and slides are documented and drawn as exposures are.
func TestReportsHavePages(t *testing.T) {
	b := newBuilder("shop")
	orders := b.model("marts", "mart_orders", "table", "Orders.", "select 1")
	part := func(kind manifest.Kind, whole, name string, parents ...*manifest.Node) *manifest.Node {
		n := b.node(kind, whole+"."+name, "review.yml", "", parents...)
		n.Name, n.FQN, n.Exposure = name, []string{"shop", "x", whole, name}, &manifest.ExposureSpec{Type: "analysis", Label: name}
		return n
	}
	chart := part(manifest.BlockKind, "review", "chart", orders)
	chart.Raw = "select * from {{ ref('mart_orders') }}"
	review := b.node(manifest.ReportKind, "review", "review.yml", "What happened.", chart)
	review.Exposure = &manifest.ExposureSpec{Type: "dashboard", Label: "Business review", OwnerName: "Ada"}
	cover := part(manifest.SlideKind, "monthly", "cover", review)
	cover.Raw = "# A slide is no SQL"
	deck := b.node(manifest.DeckKind, "monthly", "monthly.md", "", cover, review)
	deck.Exposure = &manifest.ExposureSpec{Type: "analysis", Label: "Monthly"}
	dir := build(t, b.in)
	holds := func(file string, texts ...string) string {
		t.Helper()
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if !strings.Contains(string(got), text) {
				t.Errorf("%s lacks %q", file, text)
			}
		}
		return string(got)
	}
	holds("node/block.shop.review.chart.html", "Blocks", "mart_orders", `node/report.shop.review.html"`, "select")
	holds("node/report.shop.review.html", "Business review", "What happened.", "Ada")
	holds("node/deck.shop.monthly.html", "slide.shop.monthly.cover.html")
	if page := holds("node/slide.shop.monthly.cover.html", "review"); strings.Contains(page, "is no SQL") {
		t.Error("a slide's Markdown is shown as SQL")
	}
	holds("index.html", "Where results are used", "report · Ada", ">Monthly<")
	holds("data/lineage.js", "block.shop.review.chart", "deck.shop.monthly")
}
