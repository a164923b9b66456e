package slides_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/deck/pdf"
	"atlas/engine/deck/slides"
	"atlas/engine/diag"
)

// long is the sample with a table of so many rows in groups of seven, beside figures.
func long(t *testing.T, rows int) *deck.Document {
	t.Helper()
	d := sample(t)
	s := &d.Slides[2]
	s.Pos = diag.Pos{File: "reports/monthly.md", Line: 30}
	table := *s.Regions[1].Items[0].Block
	lines := []block.Line{}
	text := func(kind block.LineKind, name string, bar float64) {
		cells := []block.Cell{{Figure: block.Figure{Value: name}}}
		if kind != block.GroupLine {
			cells = append(cells, block.Cell{Figure: block.Figure{Value: block.Number("12.5"), Format: "money"}, Bar: bar}, block.Cell{})
		}
		lines = append(lines, block.Line{Kind: kind, Cells: cells})
	}
	for i := range rows {
		if i%7 == 0 {
			text(block.GroupLine, fmt.Sprintf("Group %d", i/7), 0)
		}
		bar := 0.5
		if i == 0 {
			bar = 1
		}
		text(block.RowLine, fmt.Sprintf("Row %d.", i), bar)
		if i%7 == 6 {
			text(block.SubtotalLine, fmt.Sprintf("Sum %d", i/7), 0)
		}
	}
	text(block.TotalLine, "Total of all", 0)
	table.Table = &block.Table{Columns: table.Table.Columns, Lines: lines}
	s.Regions[1].Items = []deck.Item{{Block: &table, Step: 1}, {Block: d.Slides[1].Regions[0].Items[0].Block}}
	s.Steps = 1
	return d
}

// TestLongTablesGoOn: each line stands on one slide and in order, no group's name or sum is left
// alone, bars keep their scale, and what followed the table follows its end.
func TestLongTablesGoOn(t *testing.T) {
	d := long(t, 100)
	on, told := slides.GoOn(d, nil)
	if len(told) > 0 || len(on.Slides) < len(d.Slides)+5 || len(d.Slides) != 4 {
		t.Fatalf("%d slides became %d: %v", len(d.Slides), len(on.Slides), told)
	}
	if again, _ := slides.GoOn(on, nil); again != on {
		t.Error("a deck that goes on is taken apart again")
	}
	lines := d.Slides[2].Regions[1].Items[0].Block.Table.Lines
	next, ids := 0, map[string]bool{}
	for i, s := range on.Slides {
		if ids[s.ID] {
			t.Errorf("two slides are %s", s.ID)
		}
		ids[s.ID] = true
		for _, r := range s.Regions {
			for _, it := range r.Items {
				if it.Lines == [2]int{} {
					continue
				}
				from, to := it.Lines[0], it.Lines[1]
				if from != next || to <= from {
					t.Errorf("slide %d has lines %d to %d after %d", i, from, to, next)
				}
				if k := lines[from].Kind; from > 0 && (k == block.TotalLine || k == block.SubtotalLine) || lines[to-1].Kind == block.GroupLine {
					t.Errorf("lines %d to %d are torn apart", from, to)
				}
				next = to
			}
		}
	}
	last := on.Slides[len(on.Slides)-2]
	if next != len(lines) || len(last.Regions[0].Items) != 2 || !strings.HasSuffix(last.Title.Text, fmt.Sprintf(" (%d/%[1]d)", len(on.Slides)-3)) {
		t.Errorf("%d of %d lines, last %+v", next, len(lines), last)
	}
	html := page(t, d, slides.Options{}, "index.html")
	for i := range 100 {
		if n := strings.Count(html, fmt.Sprintf("Row %d.", i)); n != 1 {
			t.Errorf("row %d stands on %d slides", i, n)
		}
	}
	widths := map[string]bool{}
	for _, m := range regexp.MustCompile(`<span class="cell-fill" class="[^"]*"|<span class="cell-fill[^>]*>`).FindAllString(html, -1) {
		widths[m] = true
	}
	if len(widths) != 2 { // the first row's, and that of all the others
		t.Errorf("bars are drawn as %v", widths)
	}
}

func TestWhatNoSlideHoldsIsTold(t *testing.T) {
	on, told := slides.GoOn(long(t, 3000), nil)
	last := on.Slides[len(on.Slides)-2]
	lines := last.Regions[0].Items[0].Lines
	left := 3000 + 429 + 428 + 1 - lines[1]
	if len(on.Slides) != 3+deck.MaxPages || len(told) != 1 || told[0].Pos.Line != 30 || !strings.Contains(told[0].Msg, fmt.Sprintf("%d of its rows are left out", left)) || !strings.Contains(last.Title.Text, fmt.Sprintf("(40/40; and %d more)", left)) {
		t.Errorf("%d slides, %q: %v", len(on.Slides), last.Title.Text, told)
	}
}

func TestShortTablesStay(t *testing.T) {
	d := long(t, 5)
	d.Slides[2].Regions[1].Items = d.Slides[2].Regions[1].Items[:1]
	if on, told := slides.GoOn(d, nil); on != d || told != nil {
		t.Errorf("%d slides: %v", len(on.Slides), told)
	}
}

// TestWhatIsHardToReadIsTold: the print page says what it made small, and cards give one another room.
func TestWhatIsHardToReadIsTold(t *testing.T) {
	needBrowser(t)
	d := sample(t)
	d.Slides[2].Pos = diag.Pos{File: "reports/monthly.md", Line: 30}
	kpis := d.Slides[2].Regions[0].Items[0].Block
	kpis.KPI = append(kpis.KPI, kpis.KPI...)
	for i := range kpis.KPI {
		kpis.KPI[i].Figure.Value, kpis.KPI[i].Figure.Format = block.Number("123456789012345678901234567890"), "money"
	}
	dir := filepath.Join(t.TempDir(), "deck")
	if _, err := slides.Build(t.Context(), dir, d, slides.Options{}); err != nil {
		t.Fatal(err)
	}
	said := ""
	if _, err := pdf.Print(t.Context(), pdf.PrintOptions{Env: os.LookupEnv, Page: filepath.Join(dir, "print.html"), Query: "clicks=1", Tells: func(s string) { said = s }}); err != nil {
		t.Fatal(err)
	}
	told := slides.Crowded(d, said)
	if len(told) != 1 || told[0].Pos.Line != 30 || !strings.Contains(told[0].Msg, "slide figures: region kpis is shown at ") {
		t.Errorf("%s gives %v", said, told)
	}
	if got := slides.Crowded(d, `"something else"`); got != nil {
		t.Error(got)
	}
}
