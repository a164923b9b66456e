package deck_test

import (
	"context"
	"io/fs"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/manifest"
)

func TestDefaultDeck(t *testing.T) {
	r := sampleReport()
	heading := block.Prose{Text: "How **it** went"}
	r.Total.Blocks["head"] = &block.Block{ID: "head", Name: "head", Kind: block.Title, Heading: &heading}
	r.Total.Blocks["pair's"] = &block.Block{ID: "pair", Name: "pair's", Kind: block.Columns, Columns: []block.Column{{Blocks: []string{"story"}, Of: []*block.Block{r.Total.Blocks["story"]}}}}
	r.Total.Blocks["key_figures"] = &block.Block{ID: "kpi", Name: "key_figures", Kind: block.KPIs}
	r.Total.Blocks["last"] = &block.Block{ID: "last", Name: "last", Kind: block.Title, Heading: &block.Prose{Text: "The end"}}
	spec := &manifest.Report{Blocks: []manifest.ReportBlock{{Name: "last"}, {Name: "head"}, {Name: "pair's"}, {Name: "key_figures"}, {Name: "revenue_by_month"}, {Name: "story"}, {Name: "left_out"}}}
	read := func(string) ([]byte, error) { return []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), nil }
	doc, found := deck.Assemble(context.Background(), deck.Default(r, spec), r, deck.Options{Spec: spec, ReadFile: read})
	want := `cover (cover): Acme · February 2026
last (section): The end
head (default): How **it** went
  default: [pair]
key-figures (kpis): Key figures
  kpis: [kpi]
  default: [revenue_by_month]
unit-n (section) of N: North / February 2026
revenue-by-month-n (default) of N: North by month / Rp
  default: [revenue_by_month@N]
`
	if got := outline(doc); got != want || len(found) > 0 {
		t.Errorf("have\n%s\nwant\n%s\n%v", got, want, found)
	}
	doc, found = deck.Assemble(context.Background(), deck.Default(r, nil), r, deck.Options{ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
	if len(doc.Slides) != 6 || len(found) != 1 {
		t.Errorf("%d slides, %v", len(doc.Slides), found)
	}
}
