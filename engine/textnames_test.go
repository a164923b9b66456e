package engine_test

import (
	"slices"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// TestTextNames holds the names that parsing knows to those that texts are rendered with.
func TestTextNames(t *testing.T) {
	f, err := block.NewFormatter("en-US", "$")
	if err != nil {
		t.Fatal(err)
	}
	r := &report.Report{
		Meta:  report.Meta{Report: "review", Period: "2026-02", Type: "monthly", Start: "2026-02-01", End: "2026-02-28", Locale: "en-US"},
		Total: report.Section{Data: map[string]*block.Data{}, Blocks: map[string]*block.Block{}},
	}
	known := map[string]manifest.TextName{}
	for _, n := range manifest.TextNames() {
		known[n.Name] = n
	}
	own := report.NewNames(r, nil, f, nil).Vars()
	for name, v := range own {
		n, ok := known[name]
		if !ok || n.Slides {
			t.Errorf("texts of reports see %q, which parsing does not know", name)
		}
		if m, isMap := v.(*manifest.Map); isMap && name != "scope" && !slices.Equal(m.Keys(), n.Fields) {
			t.Errorf("%s has %v, and parsing knows %v", name, m.Keys(), n.Fields)
		}
	}
	for _, name := range deck.NewScope(r, nil, f, nil, nil).Names() {
		if _, ok := known[name]; !ok {
			t.Errorf("slides see %q, which parsing does not know", name)
		}
	}
	for name, n := range known {
		if _, ok := own[name]; !ok && !n.Slides {
			t.Errorf("parsing knows %q, which no text sees", name)
		}
	}
}
