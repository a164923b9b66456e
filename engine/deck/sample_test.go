package deck_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// sampleReport is a report of two shops, which have a name together.
func sampleReport() *report.Report {
	revenue := func(query string, rows ...[]block.Value) *block.Data {
		return &block.Data{
			Name: "revenue", Query: query, Key: []string{"month"}, Rows: rows,
			Columns: []block.Field{
				{Name: "month", Type: block.Date, Label: "Month"},
				{Name: "net", Type: block.Decimal, Label: "Net revenue", Format: "money_compact"},
				{Name: "target", Type: block.Decimal, Label: "Target", Format: "money_compact"},
				{Name: "shop", Type: block.Text, Label: "Shop"},
			},
		}
	}
	chart := func(id, title string, d *block.Data) *block.Block {
		return &block.Block{
			ID: id, Node: "block.acme.review.revenue_by_month", Name: "revenue_by_month", Kind: block.ChartOf, DataName: "revenue", Data: d,
			Title: block.Prose{Text: title}, Subtitle: block.Prose{Text: "Rp"},
			Chart: &block.Chart{Type: block.ColumnChart, Labels: "none", Series: []block.Series{{Column: "net", Label: "Net", Type: block.ColumnChart}}},
		}
	}
	total := revenue("revenue", []block.Value{"2026-02-01", block.Number("2160000000.00"), block.Number("2000000000.00"), hostile})
	north := revenue("revenue@N", []block.Value{"2026-02-01", block.Number("1000000.00"), block.Number("2000000.00"), "North"})
	return &report.Report{
		Meta: report.Meta{
			Report: "review", Title: "Acme · February 2026", Entity: "ACME", EntityLabel: "Acme & Sons", Period: "2026-02", PeriodLabel: "February 2026",
			Type: "monthly", Start: "2026-02-01", End: "2026-02-28", Locale: "en-US", Currency: "Rp", Scope: []string{"N", "S"},
		},
		Total: report.Section{
			Label: "All", Data: map[string]*block.Data{"revenue": total},
			Blocks: map[string]*block.Block{
				"revenue_by_month": chart("revenue_by_month", "Revenue by month", total),
				"story":            {ID: "story", Name: "story", Kind: block.TextKind, Text: &block.Prose{Text: "A *story* ![p](img/map.svg)"}},
			},
		},
		Units: map[string]*report.Section{
			"N": {
				Code: "N", Label: "North", Data: map[string]*block.Data{"revenue": north},
				Blocks: map[string]*block.Block{"revenue_by_month": chart("revenue_by_month@N", "North by month", north)},
			},
			"S":   {Code: "S", Label: "South", Data: map[string]*block.Data{"revenue": revenue("revenue@S")}, Blocks: map[string]*block.Block{}},
			"ALL": {Code: "ALL", Label: "Both", Group: true, Members: []string{"N", "S"}, Data: map[string]*block.Data{}, Blocks: map[string]*block.Block{}},
		},
	}
}

const hostile = "<script>alert(1)</script> **x** [a](b) ::step:: <!--"

// slideOf makes a slide of a body that begins at line 10 of a file.
func slideOf(name, layout, body string, front ...any) manifest.Slide {
	return manifest.Slide{
		Name: name, Layout: layout, Node: manifest.ID("slide.acme.monthly." + name), Pos: diag.Pos{File: "decks/monthly.md", Line: 5, Col: 1},
		Front: manifest.NewMap(front...), Body: manifest.Template{Text: body, Pos: diag.Pos{File: "decks/monthly.md", Line: 10, Col: 1}},
	}
}

func assemble(t testing.TB, slides ...manifest.Slide) (*deck.Document, diag.List) {
	t.Helper()
	d := &manifest.Deck{
		Name: "monthly", Node: "deck.acme.monthly", File: "decks/monthly.md", Front: manifest.NewMap("tone", "calm"),
		Title: manifest.Template{Text: "{{ report.title }}"}, Footer: manifest.Template{Text: "{{ entity.label }} · {{ period.label }}"}, Slides: slides,
	}
	return deck.Assemble(context.Background(), d, sampleReport(), deck.Options{
		Translations: manifest.Translations{"Net": "*Bersih*"},
		ReadFile: func(path string) ([]byte, error) {
			if path == "img/map.svg" || path == "decks/local.png" {
				return []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), nil
			}
			return nil, fs.ErrNotExist
		},
		Files: func() []string { return []string{"img/map.svg", "decks/local.png"} },
	})
}

// outline writes a document shortly.
func outline(d *deck.Document) string {
	var b strings.Builder
	for _, s := range d.Slides {
		b.WriteString(s.ID + " (" + s.Layout + ")")
		if s.Section != "" {
			b.WriteString(" of " + s.Section)
		}
		b.WriteString(": " + s.Title.Text)
		if s.Subtitle.Text != "" {
			b.WriteString(" / " + s.Subtitle.Text)
		}
		b.WriteByte('\n')
		for _, r := range s.Regions {
			for _, it := range r.Items {
				b.WriteString("  " + r.Region)
				if it.Step > 0 {
					b.WriteString(" @" + string(rune('0'+it.Step)))
				}
				if it.Block != nil {
					b.WriteString(": [" + it.Block.ID + "]\n")
					continue
				}
				b.WriteString(":")
				for _, p := range it.Text.Paragraphs {
					b.WriteString(" " + string(p.Kind))
					if p.Step > 0 {
						b.WriteString("@" + string(rune('0'+p.Step)))
					}
				}
				b.WriteString(" «" + strings.ReplaceAll(it.Text.Plain(), "\n", "|") + "»\n")
			}
		}
		for _, e := range [][2]string{{"footnote", s.Footnote.Text}, {"notes", s.Notes.Text}, {"problem", s.Problem}} {
			if e[1] != "" {
				b.WriteString("  " + e[0] + ": " + strings.ReplaceAll(e[1], "\n", "|") + "\n")
			}
		}
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}
