package pptx_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/deck/pptx"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// one is a document of one slide with some blocks in its only region.
func (s sample) one(list ...*block.Block) *deck.Document {
	d := s.document(false)
	d.Slides = []deck.Slide{{ID: "x", Layout: "default", Title: block.Prose{Text: "Title"}, Pos: diag.Pos{File: "d.md", Line: 3}, Regions: []deck.Content{blocks("default", list...)}}}
	return d
}

// valid renders a document that may have something to say about, and gives what it says.
func valid(t *testing.T, d *deck.Document) diag.List {
	t.Helper()
	var b bytes.Buffer
	list, err := pptx.Render(t.Context(), &b, d, options())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range pptx.Validate(opened(t, b.Bytes())) {
		t.Error(x)
	}
	for _, x := range list {
		if x.Severity == diag.Error {
			t.Error(x)
		}
	}
	return list
}

func TestOddDocuments(t *testing.T) {
	s := newSample(t, "en-US")
	chart := func(kind block.ChartType, edit func(*block.Chart)) *block.Block {
		b := s.single(kind, block.Actual, "all")
		edit(b.Chart)
		return b
	}
	for name, d := range map[string]*deck.Document{
		"nothing":         {},
		"no slides":       func() *deck.Document { d := s.document(false); d.Slides = nil; return d }(),
		"no layouts":      func() *deck.Document { d := s.document(true); d.Layouts = nil; return d }(),
		"no report":       func() *deck.Document { d := s.document(false); d.Report = nil; return d }(),
		"same ids":        func() *deck.Document { d := s.one(); d.Slides = append(d.Slides, d.Slides[0]); return d }(),
		"no title at all": func() *deck.Document { d := s.one(s.kpis()); d.Slides[0].Title = block.Prose{}; return d }(),
		"layout untitled": func() *deck.Document {
			d := s.one(s.kpis())
			d.Layouts["default"] = manifest.Layout{Title: "none"}
			return d
		}(),
		"unknown surface": func() *deck.Document {
			d := s.one(s.kpis())
			d.Layouts["default"] = manifest.Layout{Surface: "nope"}
			return d
		}(),
		"accent surface": func() *deck.Document {
			d := s.one(s.kpis(), s.variance())
			d.Layouts["default"] = manifest.Layout{Surface: "accent"}
			return d
		}(),
		"region elsewhere": func() *deck.Document { d := s.one(s.kpis()); d.Slides[0].Regions[0].Region = "nowhere"; return d }(),
		"empty blocks": s.one(&block.Block{Kind: block.KPIs}, &block.Block{Kind: block.TableOf, Table: &block.Table{}}, &block.Block{Kind: block.ChartOf}, &block.Block{Kind: block.Columns},
			&block.Block{Kind: block.ProgressKind}, &block.Block{Kind: block.CalloutKind, Callout: &block.Callout{}}, &block.Block{Kind: "odd"}, &block.Block{Kind: block.TextKind, Text: &block.Prose{}}),
		"charts without data": s.one(chart(block.ColumnChart, func(c *block.Chart) { c.Series = nil }), chart(block.LineChart, func(c *block.Chart) { c.Categories = nil }),
			chart(block.WaterfallChart, func(c *block.Chart) { c.Series = nil }), chart(block.PieChart, func(c *block.Chart) { c.Series[0].Values = nil }), chart(block.ScatterChart, func(*block.Chart) {}), chart("odd", func(*block.Chart) {})),
		"odd numbers": s.one(chart(block.ColumnChart, func(c *block.Chart) {
			c.Series[0].Values = values("money_compact", "x", math.Inf(1), math.NaN(), block.Number("1e400"), "text", true, 7)
		}), chart(block.LineChart, func(c *block.Chart) { c.Series[0].Values = values("", "x", -5, 1e300, -1e300) }),
			chart(block.PieChart, func(c *block.Chart) { c.Series[0].Values = values("", "x", -5, 0, 0) }), chart(block.WaterfallChart, func(c *block.Chart) { c.Series[0].Values = values("integer", "x", 5, -20, nil, 40, math.Inf(-1)) })),
		"signs": func() *deck.Document {
			d := s.one(s.table(1), s.single(block.BarChart, block.Actual, "all"))
			bad := "a\x00b\x1f<&>\"'\u2028\ufffe\U0001F600" + "\xff"
			d.Slides[0].Title.Text, d.Title, d.Footer.Text, d.Slides[0].ID = bad, bad, bad, bad
			b := d.Slides[0].Regions[0].Items[1].Block
			b.Name, b.ID, b.Alt, b.Chart.Series[0].Label, b.Chart.Categories[0].Text = bad, bad, bad, bad, bad
			d.Slides[0].Notes.Text = bad
			return d
		}(),
		"not a picture": func() *deck.Document {
			b := s.block("pic", block.ImageOf)
			b.Image = &block.Image{File: "img/pixel.png"}
			d := s.one(b)
			d.Media["img/pixel.png"] = []byte("<svg")
			return d
		}(),
		"ragged table": func() *deck.Document {
			b := s.table(0)
			b.Table.Lines[1].Cells = b.Table.Lines[1].Cells[:1]
			b.Table.Lines[2].Cells = append(b.Table.Lines[2].Cells, block.Cell{}, block.Cell{})
			return s.one(b)
		}(),
		"much of all": func() *deck.Document {
			much := strings.Repeat("much text ", 20_000)
			b, table, progress := s.single(block.BarChart, block.Actual, "all"), s.table(1), s.progress()
			b.Chart.Categories[0].Text, b.Chart.Series[0].Label, b.Stale = much, much, much
			table.Table.Lines[1].Cells[0].Value, progress.Progress[0].Label = much, much
			d := s.one(b, table, progress, s.kpis())
			d.Slides[0].Title.Text, d.Slides[0].Subtitle.Text, d.Footer.Text = much, much, much
			return d
		}(),
		"long words": func() *deck.Document {
			d := s.one(s.callout("good"))
			d.Slides[0].Title.Text = strings.Repeat("Donaudampfschifffahrt", 30)
			return d
		}(),
	} {
		t.Run(name, func(t *testing.T) { valid(t, d) })
	}
}

func TestWhatDoesNotFitIsTold(t *testing.T) {
	s := newSample(t, "en-US")
	long := &block.RichText{}
	for range 60 {
		long.Paragraphs = append(long.Paragraphs, block.Paragraph{Kind: block.Plain, Runs: []block.Run{{Text: strings.Repeat("many words that fill a line ", 8)}}})
	}
	d := s.one()
	d.Slides[0].Regions = []deck.Content{{Region: "default", Items: []deck.Item{{Text: long}}}}
	d.Slides[0].Title.Text = strings.Repeat("a title that says too much ", 12)
	list := valid(t, d)
	if len(list) != 2 || list[0].Pos.Line != 3 || !strings.Contains(list.Error(), "holds more than fits") || !strings.Contains(list.Error(), "the title is longer") {
		t.Errorf("it said %v", list)
	}
}

func TestLongTablesGoOn(t *testing.T) {
	s := newSample(t, "en-US")
	got := 0
	p := opened(t, render(t, s.one(s.table(100))))
	for _, name := range p.Names() {
		if strings.HasPrefix(name, "ppt/slides/slide") && bytes.Contains(p.Part(name), []byte("<a:tbl>")) {
			got++
		}
	}
	if got != 10 {
		t.Errorf("the table stands on %d slides", got)
	}
}

// TestRowsThatNoPageHoldsAreTold: a table ends after so many pages, and both the last and a warning
// say how many rows there are besides.
func TestRowsThatNoPageHoldsAreTold(t *testing.T) {
	d := newSample(t, "en-US").one(newSample(t, "en-US").table(1000))
	list := valid(t, d)
	var b bytes.Buffer
	if _, err := pptx.Render(t.Context(), &b, d, options()); err != nil {
		t.Fatal(err)
	}
	p, slides, rows := opened(t, b.Bytes()), 0, 0
	for _, name := range p.Names() {
		if n := bytes.Count(p.Part(name), []byte("<a:tr ")); strings.HasPrefix(name, "ppt/slides/slide") && n > 0 {
			slides, rows = slides+1, rows+n-1
		}
	}
	left := len(d.Slides[0].Regions[0].Items[0].Block.Table.Lines) - rows
	last := string(p.Part(fmt.Sprintf("ppt/slides/slide%d.xml", slides)))
	if slides != deck.MaxPages || len(list) != 1 || list[0].Pos.Line != 3 || !strings.Contains(list[0].Msg, fmt.Sprintf("%d of its rows are left out", left)) || !strings.Contains(last, fmt.Sprintf("(40/40; and %d more)", left)) {
		t.Errorf("%d slides, %d rows, %d left: %v", slides, rows, left, list)
	}
}

// TestRowsThatNoPageHoldsAreNotMeasuredAgain: each page measures what it may hold, not all that follows.
func TestRowsThatNoPageHoldsAreNotMeasuredAgain(t *testing.T) {
	s := newSample(t, "en-US")
	work := func(rows int) float64 {
		d := s.one(s.table(rows))
		return testing.AllocsPerRun(1, func() {
			if _, err := pptx.Render(t.Context(), io.Discard, d, options()); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := work(1_000), work(5_000)
	t.Logf("%.0f and %.0f allocations", few, many)
	if many > 2.5*few {
		t.Errorf("five times the rows take %.1f times the work", many/few)
	}
}

// TestPictureWithoutATextIsDecoration: as on the web, nobody is read that there is one.
func TestPictureWithoutATextIsDecoration(t *testing.T) {
	s := newSample(t, "en-US")
	for alt, want := range map[string]string{"A map": `name="Picture" descr="A map"`, "": `adec:decorative`} {
		d := s.one()
		text, _ := block.ReadMarkdown("!["+alt+"](img/pixel.png)", nil)
		d.Slides[0].Regions = []deck.Content{{Region: "default", Items: []deck.Item{{Text: &text}}}}
		p := opened(t, render(t, d))
		slide := string(p.Part("ppt/slides/slide1.xml"))
		_, pic, found := strings.Cut(slide, "<p:pic>")
		pic, _, _ = strings.Cut(pic, "</p:pic>")
		if !found || !strings.Contains(pic, want) || strings.Contains(pic, "descr=") != (alt != "") {
			t.Errorf("%q: %s", alt, pic)
		}
	}
}

// TestBarsOfAPageKeepTheScale: equal values have bars of equal length, on whatever page they stand.
func TestBarsOfAPageKeepTheScale(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.table(40) // the largest is on the first page alone
	for i := range b.Table.Lines {
		for j := range b.Table.Lines[i].Cells {
			b.Table.Lines[i].Cells[j].Bar = 0
		}
	}
	b.Table.Lines[1].Cells[1].Bar = 1
	pages := b.Table.Lines[2:]
	for i := range pages {
		pages[i].Cells[1].Bar = 0.25
	}
	p := opened(t, render(t, s.one(b)))
	lengths, slides := map[string]int{}, 0
	bar := regexp.MustCompile(`name="Bar"[^>]*>.*?<a:ext cx="(\d+)"`)
	for _, name := range p.Names() {
		if found := bar.FindAllSubmatch(p.Part(name), -1); strings.HasPrefix(name, "ppt/slides/slide") && len(found) > 0 {
			slides++
			for _, m := range found {
				lengths[string(m[1])]++
			}
		}
	}
	if slides < 2 || len(lengths) != 2 {
		t.Errorf("%d slides have bars of these lengths: %v", slides, lengths)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var b bytes.Buffer
	if _, err := pptx.Render(ctx, &b, newSample(t, "en-US").document(false), options()); !errors.Is(err, context.Canceled) || b.Len() > 0 {
		t.Errorf("a cancelled run wrote %d bytes and gave %v", b.Len(), err)
	}
}
