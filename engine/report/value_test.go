package report_test

import (
	"context"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// TestValuesAreNoSyntax: what rows hold is shown as it is, in Markdown and in titles.
func TestValuesAreNoSyntax(t *testing.T) {
	const hostile = "**x** <b>[a](b)"
	src := rows{"names": {Columns: []report.Column{{Name: "name", Type: block.Text}}, Values: [][]block.Value{{hostile}}}}
	quoted := text("*Of* {{ data.names.first.name }} and {{ figure('names.name') }}")
	r := &manifest.Report{
		Name: "names", Node: "report.shop.names", Title: text("{{ data.names.first.name }}"),
		Data: []manifest.ReportData{{Name: "names", Query: &manifest.Query{SQL: "names"}}},
		Blocks: []manifest.ReportBlock{
			{Name: "story", Text: &quoted, Title: quoted},
			{Name: "note", Callout: &manifest.ReportCallout{Text: quoted}},
			{Name: "maybe", When: text("data.names.first.name == '" + hostile + "' and [] == []"), Text: &quoted},
			{Name: "never", When: text("{{ [] }}"), Text: &quoted},
		},
	}
	out, found, err := report.Assemble(context.Background(), options(t, r), src)
	if err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	want := "Of " + hostile + " and " + hostile
	for name, p := range map[string]block.Prose{"story": *out.Total.Blocks["story"].Text, "note": out.Total.Blocks["note"].Callout.Text, "maybe": *out.Total.Blocks["maybe"].Text} {
		if got := block.Markdown(p).Plain(); got != want || len(p.Figures) != 1 || strings.ContainsFunc(p.Text, func(r rune) bool { return r >= 0xe000 && r < 0xf000 }) {
			t.Errorf("%s: %q of %q", name, got, p.Text)
		}
	}
	if got := out.Total.Blocks["story"].Title.Text; got != "*Of* "+hostile+" and "+hostile || out.Meta.Title != hostile || out.Total.Blocks["never"] != nil {
		t.Errorf("%q, %q", got, out.Meta.Title)
	}
}
