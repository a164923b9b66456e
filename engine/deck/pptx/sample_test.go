package pptx_test

import (
	"bytes"
	"fmt"
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
	"atlas/engine/theme"
)

// words are the sample's texts in the two languages.
type words map[string]string

func indonesian() words {
	return words{
		"Orders": "Pesanan", "Revenue": "Pendapatan", "Net revenue": "Pendapatan bersih", "Target": "Target", "Last year": "Tahun lalu", "This year": "Tahun ini",
		"to target": "terhadap target", "to last year": "terhadap tahun lalu", "Product": "Produk", "Achievement": "Pencapaian", "Total": "Total",
		"Revenue is 8 % above target, carried by the North": "Pendapatan 8 % di atas target, ditopang oleh wilayah Utara",
		"Monthly review": "Tinjauan bulanan", "New customers": "Pelanggan baru", "Returns": "Pengembalian",
	}
}

// sample is a document with every kind of block.
type sample struct {
	t     testing.TB
	f     *block.Formatter
	words words
}

func (s sample) say(text string) string {
	if w := s.words[text]; w != "" {
		return w
	}
	return text
}

func newSample(t testing.TB, locale string) sample {
	t.Helper()
	f, err := block.NewFormatter(locale, "Rp")
	if err != nil {
		t.Fatal(err)
	}
	s := sample{t: t, f: f}
	if locale == "id-ID" {
		s.words = indonesian()
	}
	return s
}

func figure(v block.Value, format, query, row, column string) block.Figure {
	return block.Figure{Value: v, Format: format, Origin: block.Origin{Query: query, Row: row, Column: column}}
}

func months(f *block.Formatter, n int) []block.Label {
	names := []string{"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"}
	if f.Locale == "en-US" {
		names = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	}
	out := make([]block.Label, n)
	for i := range out {
		out[i] = block.Label{Value: fmt.Sprintf("2026-%02d-01", i+1), Text: names[i]}
	}
	return out
}

func values(format string, column string, list ...any) []block.Figure {
	out := make([]block.Figure, len(list))
	for i, v := range list {
		out[i] = figure(v, format, "revenue", fmt.Sprintf("period=2026-%02d-01", i+1), column)
		if n, ok := v.(int); ok {
			out[i].Value = int64(n)
		}
	}
	return out
}

func (s sample) block(name string, kind block.Kind) *block.Block {
	return &block.Block{
		ID: name, Node: "block.shop.review." + name, Name: name, Kind: kind, DataName: "revenue",
		Data: &block.Data{Name: "revenue", Query: "revenue", Key: []string{"period"}},
	}
}

func (s sample) kpis() *block.Block {
	b := s.block("figures", block.KPIs)
	spark := values("money_compact", "net", 810e6, 830e6, 790e6, 905e6, 880e6, nil, 960e6, 1010e6, 1180e6, 1150e6, 1240e6, 1312e6)
	target := figure(int64(1214e6), "money_compact", "revenue", "period=2026-02-01", "target")
	small := figure(int64(420), "integer", "people", "", "target")
	b.KPI = []block.KPI{
		{
			Label: s.say("Net revenue"), Figure: figure(block.Number("1312450000.00"), "money_compact", "revenue", "period=2026-02-01", "net"),
			Compare: []block.Compare{
				{Label: s.say("to target"), Figure: figure(0.081, "change", "revenue", "", "net/target"), Verdict: block.Good},
				{Label: s.say("to last year"), Figure: figure(0.124, "change", "revenue", "", "net/previous"), Verdict: block.Good},
			}, Target: &target, Share: 1.081, Spark: spark,
		},
		{
			Label: s.say("New customers"), Figure: figure(int64(388), "integer", "people", "", "customers"),
			Compare: []block.Compare{
				{Label: s.say("to target"), Figure: figure(-0.076, "change", "people", "", "customers/target"), Verdict: block.Bad},
				{Label: s.say("to last year"), Figure: figure(0.021, "change", "people", "", "x"), Verdict: block.Good},
			}, Target: &small, Share: 0.924, Spark: values("integer", "customers", 310, 325, 298, 340, 377, 365, 352, 381, 390, 402, 379, 388),
		},
		{
			Label: s.say("Returns"), Figure: figure(0.034, "percent", "revenue", "", "returns"),
			Compare: []block.Compare{{Label: s.say("to last year"), Figure: figure(0.006, "points", "revenue", "", "returns"), Verdict: block.Bad}},
			Spark:   values("percent", "returns", 0.028, 0.029, 0.027, 0.03, 0.031, 0.033, 0.03, 0.032, 0.029, 0.035, 0.033, 0.034),
		},
		{
			Label: s.say("Orders"), Figure: figure(int64(12845), "integer", "revenue", "", "orders"),
			Compare: []block.Compare{{Label: s.say("to last year"), Figure: figure(0.0, "change", "revenue", "", "orders")}},
		},
	}
	return b
}

func (s sample) scenarios(kind block.ChartType) *block.Block {
	b := s.block("by_month_"+string(kind), block.ChartOf)
	b.Title = block.Prose{Text: s.say("Net revenue")}
	b.Subtitle = block.Prose{Text: "Rp, Jan–Jun 2026"}
	b.Alt = "Revenue by month: highest Jun"
	b.Chart = &block.Chart{
		Type: kind, Categories: months(s.f, 6), Time: true, Labels: "all", Format: "money_compact",
		Series: []block.Series{
			{Column: "previous", Label: s.say("Last year"), Type: block.ColumnChart, As: block.Previous, Format: "money_compact", Values: values("money_compact", "previous", 790e6, 810e6, 845e6, 900e6, 930e6, 980e6)},
			{Column: "net", Label: s.say("This year"), Type: block.ColumnChart, As: block.Actual, Format: "money_compact", Labels: true, Values: values("money_compact", "net", 905e6, 880e6, nil, 1010e6, 1240e6, 1312e6)},
			{Column: "target", Label: s.say("Target"), Type: block.ColumnChart, As: block.Target, Format: "money_compact", Values: values("money_compact", "target", 900e6, 950e6, 1000e6, 1050e6, 1100e6, 1214e6)},
		},
	}
	return b
}

func (s sample) single(kind block.ChartType, as block.Scenario, labels string) *block.Block {
	b := s.block("single_"+string(kind), block.ChartOf)
	b.Title = block.Prose{Text: string(kind)}
	names := []string{"North", "Overseas and the islands", "South", "East", "Other"}
	b.Chart = &block.Chart{Type: kind, Labels: labels, Format: "money_compact", Series: []block.Series{
		{Column: "net", Label: s.say("Net revenue"), Type: kind, As: as, Format: "money_compact", Labels: labels == "all", Values: values("money_compact", "net", 512e6, 401e6, 188e6, 120e6, 91e6)},
	}}
	for _, n := range names {
		b.Chart.Categories = append(b.Chart.Categories, block.Label{Value: n, Text: n})
	}
	return b
}

func (s sample) stacked(percent bool) *block.Block {
	b := s.block("stacked", block.ChartOf)
	b.Title = block.Prose{Text: "Stacked"}
	b.Chart = &block.Chart{Type: block.StackedChart, Categories: months(s.f, 6), Time: true, Percent: percent, Labels: "all", Format: "integer", Series: []block.Series{
		{Column: "a", Label: "Online", Type: block.ColumnChart, Labels: true, Values: values("integer", "a", 120, 130, 128, 150, 162, 171)},
		{Column: "b", Label: "Stores", Type: block.ColumnChart, Labels: true, Values: values("integer", "b", 320, 310, 305, 290, 288, 270)},
		{Column: "c", Label: "Partners", Type: block.ColumnChart, Labels: true, Values: values("integer", "c", 80, 85, 90, 88, 97, 110)},
	}}
	return b
}

func (s sample) combo() *block.Block {
	b := s.block("combo", block.ChartOf)
	b.Title = block.Prose{Text: "Combo"}
	b.Chart = &block.Chart{Type: block.ComboChart, Categories: months(s.f, 6), Time: true, Labels: "all", Format: "money_compact", RightFormat: "percent", Series: []block.Series{
		{Column: "net", Label: s.say("Net revenue"), Type: block.ColumnChart, As: block.Actual, Labels: true, Values: values("money_compact", "net", 905e6, 880e6, 960e6, 1010e6, 1240e6, 1312e6)},
		{Column: "share", Label: s.say("Achievement"), Type: block.LineChart, Right: true, Format: "percent", Values: values("percent", "share", 0.91, 0.88, 0.97, 1.01, 1.12, 1.08)},
	}}
	return b
}

func (s sample) variance() *block.Block {
	b := s.block("variance", block.ChartOf)
	b.Title = block.Prose{Text: "Variance and forecast"}
	b.Chart = &block.Chart{Type: block.GroupedChart, Categories: months(s.f, 6), Time: true, Labels: "all", Format: "difference", Series: []block.Series{
		{Column: "v", Label: "Variance", Type: block.ColumnChart, As: block.Variance, Labels: true, Format: "difference", Values: values("difference", "v", 12, -8, 0, 15, -4, 22)},
		{Column: "f", Label: "Forecast", Type: block.ColumnChart, As: block.Forecast, Format: "difference", Values: values("difference", "f", nil, nil, nil, nil, 8, 12)},
	}}
	return b
}

func (s sample) waterfall() *block.Block {
	b := s.block("bridge", block.ChartOf)
	b.Title = block.Prose{Text: "Waterfall"}
	b.Chart = &block.Chart{
		Type: block.WaterfallChart, Labels: "all", Format: "integer", Totals: []bool{true, false, false, false, true},
		Series: []block.Series{{Column: "v", Label: "Orders", Type: block.ColumnChart, Format: "integer", Labels: true, Values: values("integer", "v", 1200, 340, -510, 120, 1150)}},
	}
	for _, n := range []string{"2025", "New", "Lost", "Price", "2026"} {
		b.Chart.Categories = append(b.Chart.Categories, block.Label{Value: n, Text: n})
	}
	return b
}

func (s sample) scatter(bubbles bool) *block.Block {
	b := s.block("scatter", block.ChartOf)
	b.Title = block.Prose{Text: "Scatter"}
	b.Chart = &block.Chart{Type: block.ScatterChart, Labels: "all", CategoryLabel: "Orders", Format: "percent", Series: []block.Series{{Column: "share", Label: "Share", Format: "percent"}}}
	for i, n := range []string{"North", "South", "East", "West", "Centre"} {
		p := block.Point{Name: n, X: figure(int64(100+i*37), "integer", "units", n, "orders"), Y: figure(0.4+float64((i*3)%5)/10, "percent", "units", n, "share")}
		if bubbles {
			size := figure(int64(10+i*15), "integer", "units", n, "size")
			p.Size = &size
		}
		b.Chart.Points = append(b.Chart.Points, p)
	}
	return b
}

// drawn are the charts that PowerPoint has no kind for.
func (s sample) drawn(kind block.ChartType) *block.Block {
	b := s.single(kind, "", "all")
	b.Name, b.ID = string(kind), string(kind)
	c := b.Chart
	f := func(v int64) block.Figure { return figure(v, "integer", "revenue", "", "net") }
	switch kind {
	case block.SankeyChart:
		c.Links = []block.Link{{From: "Web", To: "Order", Value: f(80)}, {From: "Shop", To: "Order", Value: f(40)}, {From: "Order", To: "Paid", Value: f(100)}, {From: "Order", To: "Open", Value: f(20)}}
	case block.HeatmapChart:
		c.Rows = []block.Label{{Value: "Mon", Text: "Mon"}, {Value: "Tue", Text: "Tue"}}
		c.Series = append(c.Series, c.Series[0])
		c.Series[1].Values = values("money_compact", "net", 100e6, 220e6, nil, 400e6, 91e6)
	case block.TreemapChart:
		c.Tree = []block.Branch{{Name: "North", Value: f(60), Children: []block.Branch{{Name: "Bicycles", Value: f(40)}, {Name: "Helmets", Value: f(20)}}}, {Name: "South", Value: f(30)}}
	case block.GaugeChart:
		low, high := 0.0, 1.5
		target := figure(1.0, "percent", "revenue", "", "target")
		c.Min, c.Max, c.Target, c.Format = &low, &high, &target, "percent"
		c.Series[0].Format, c.Series[0].Values = "percent", values("percent", "share", 1.08)
	}
	return b
}

func (s sample) table(rows int) *block.Block {
	b := s.block("products", block.TableOf)
	b.Title = block.Prose{Text: s.say("Product")}
	b.Note = block.Prose{Text: "Without cancelled orders."}
	t := &block.Table{Columns: []block.TableColumn{
		{Name: "product", Label: s.say("Product"), Left: true},
		{Name: "net", Label: s.say("Net revenue"), Format: "money", Bar: true},
		{Name: "target", Label: s.say("Target"), Format: "money"},
		{Name: "share", Label: s.say("Achievement"), Format: "percent"},
		{Name: "change", Label: s.say("to last year"), Format: "change"},
	}}
	cell := func(v block.Value, column, style string, bar float64) block.Cell {
		return block.Cell{Figure: figure(v, "", "products", column, column), Style: style, Bar: bar}
	}
	line := func(kind block.LineKind, name string, net, target float64, change block.Value, style string) {
		bar := 0.0
		if kind == block.RowLine {
			bar = net / 512e6
		}
		t.Lines = append(t.Lines, block.Line{Kind: kind, Cells: []block.Cell{
			cell(name, "product", "", 0), cell(block.Number(fmt.Sprintf("%.2f", net)), "net", "", bar), cell(block.Number(fmt.Sprintf("%.2f", target)), "target", "", 0),
			cell(net/target, "share", style, 0), cell(change, "change", style, 0),
		}})
	}
	group := func(name string) {
		cells := make([]block.Cell, 5)
		cells[0] = cell(name, "product", "", 0)
		t.Lines = append(t.Lines, block.Line{Kind: block.GroupLine, Cells: cells})
	}
	group("North")
	line(block.RowLine, "Bicycles & parts", 512e6, 480e6, 0.12, "good")
	line(block.RowLine, "Helmets <new>", 91e6, 100e6, -0.042, "bad")
	line(block.SubtotalLine, "North", 603e6, 580e6, 0.08, "")
	group("South")
	for i := range rows {
		line(block.RowLine, fmt.Sprintf("Article %d with a longer name", i+1), 20e6*float64(i%9+1), 21e6*float64(i%9+1), nil, "")
	}
	line(block.OtherLine, "Other", 12e6, 11e6, 0.01, "")
	line(block.TotalLine, s.say("Total"), 1312e6, 1214e6, 0.124, "good")
	b.Table = t
	return b
}

func (s sample) progress() *block.Block {
	b := s.block("done", block.ProgressKind)
	b.Title = block.Prose{Text: s.say("Achievement")}
	for i, n := range []string{"North", "South", "East and the islands", "West"} {
		target := figure(int64(400), "integer", "units", n, "target")
		share := []float64{1.12, 0.93, 0.41, 0}[i]
		b.Progress = append(b.Progress, block.Bar{Label: n, Value: figure(int64(share*400), "integer", "units", n, "people"), Target: &target, Share: share})
	}
	return b
}

func (s sample) callout(style string) *block.Block {
	b := s.block("note_"+style, block.CalloutKind)
	b.Callout = &block.Callout{Style: style, Title: block.Prose{Text: "Watch " + style}, Text: block.Prose{Text: "Three units are behind their target for the **second** month."}}
	return b
}

// richText has every kind of paragraph.
func richText() *block.RichText {
	f := figure(0.081, "change", "revenue", "period=2026-02-01", "net/target")
	f.Origin.Block = "figures"
	return &block.RichText{Paragraphs: []block.Paragraph{
		{Kind: block.HeadingOf, Level: 2, Runs: []block.Run{{Text: "What happened"}}},
		{Kind: block.Plain, Runs: []block.Run{{Text: "Revenue is "}, {Text: "8.1 %", Bold: true, Figure: &f}, {Text: " above target, "}, {Text: "see", Link: "https://example.com/a?b=1&c=2"}, {Text: " or "}, {Text: "struck", Strike: true}, {Text: " and "}, {Text: "code()", Code: true}, {Text: "."}}},
		{Kind: block.Bullet, Runs: []block.Run{{Text: "The North carried it: a longer line that has to be broken somewhere"}}},
		{Kind: block.Bullet, Level: 1, Runs: []block.Run{{Text: "with bicycles", Italic: true}}},
		{Kind: block.Bullet, Step: 1, Runs: []block.Run{{Text: "appears at a click"}}},
		{Kind: block.Numbered, Number: 1, Runs: []block.Run{{Text: "first"}}},
		{Kind: block.Numbered, Number: 2, Runs: []block.Run{{Text: "second, "}, {Text: "linked", Link: "#tables"}}},
	}}
}

func blocks(region string, list ...*block.Block) deck.Content {
	c := deck.Content{Region: region}
	for _, b := range list {
		c.Items = append(c.Items, deck.Item{Block: b})
	}
	return c
}

func layouts() map[string]manifest.Layout {
	return map[string]manifest.Layout{
		"cover":   {Name: "cover", Title: "middle", Surface: "accent"},
		"section": {Name: "section", Title: "middle"},
		"default": {Name: "default", Regions: []manifest.Region{{Name: "default", W: 12, H: 12}}},
		"halves":  {Name: "halves", Regions: []manifest.Region{{Name: "default", W: 6, H: 12}, {Name: "right", X: 6, W: 6, H: 12}}},
		"four": {Name: "four", Regions: []manifest.Region{
			{Name: "a", W: 6, H: 6}, {Name: "b", X: 6, W: 6, H: 6}, {Name: "c", Y: 6, W: 6, H: 6}, {Name: "d", X: 6, Y: 6, W: 6, H: 6},
		}},
		"kpis":            {Name: "kpis", Regions: []manifest.Region{{Name: "kpis", W: 12, H: 5}, {Name: "default", Y: 5, W: 12, H: 7}}},
		"chart-and-notes": {Name: "chart-and-notes", Regions: []manifest.Region{{Name: "default", W: 8, H: 12}, {Name: "notes", X: 8, W: 4, H: 12}}},
	}
}

// document has a slide for every block.
func (s sample) document(dark bool) *deck.Document {
	th := theme.Default()
	logo := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40"><rect width="40" height="40" rx="8" fill="#0B5C8A"/><text x="50" y="28" font-family="Inter, Liberation Sans" font-size="24" fill="#0B5C8A">Acme</text></svg>`)
	th.Logo, th.LogoDark = logo, bytes.ReplaceAll(logo, []byte("#0B5C8A"), []byte("#FFFFFF"))
	th.Label = "Acme"
	title := func(text string) block.Prose { return block.Prose{Text: text} }
	sub := title(s.say("Net revenue") + ", Rp · Feb 2026")
	gap := s.block("gap", block.ChartOf)
	gap.Empty, gap.Chart = "No data for Feb 2026", &block.Chart{Type: block.LineChart}
	pic := s.block("pic", block.ImageOf)
	pic.Image = &block.Image{File: "img/pixel.png", Caption: "A picture of one colour"}
	columns := s.block("pair", block.Columns)
	columns.Columns = []block.Column{{Width: 0.6, Of: []*block.Block{s.single(block.BarChart, block.Actual, "all")}}, {Width: 0.4, Of: []*block.Block{s.callout("warning"), s.callout("good")}}}
	d := &deck.Document{
		Node: "deck.shop.review", Name: "review", Title: "Acme · " + s.say("Monthly review"), Locale: s.f.Locale, Dark: dark, Footer: title("Acme · Feb 2026"),
		Theme: th, Format: s.f, Layouts: layouts(), Media: map[string][]byte{"img/pixel.png": pixel()},
		Report: &report.Report{
			Meta:  report.Meta{GeneratedAt: "2026-03-01T07:00:00Z", PeriodLabel: "February 2026", EntityLabel: "Acme", Locale: s.f.Locale},
			Total: report.Section{Label: "Acme"}, Units: map[string]*report.Section{"N": {Code: "N", Label: "North"}},
			Queries: map[string]report.Query{"revenue": {Relations: []report.Relation{{Name: "mart_revenue", LoadedAt: "2026-03-01 07:00"}}}, "products": {}, "units": {}, "people": {}},
		},
		Slides: []deck.Slide{
			{ID: "cover", Layout: "cover", Title: title("Acme"), Subtitle: title(s.say("Monthly review") + " · Feb 2026")},
			{ID: "figures", Layout: "kpis", Title: title(s.say("Revenue is 8 % above target, carried by the North")), Subtitle: sub, Footnote: title("Source: mart_revenue, as of 1 Mar 2026. Without cancelled orders."), Notes: title("Say this first."), Regions: []deck.Content{blocks("kpis", s.kpis()), blocks("default", s.scenarios(block.GroupedChart))}},
			{ID: "charts", Layout: "four", Title: title("Charts of time"), Subtitle: sub, Regions: []deck.Content{blocks("a", s.scenarios(block.LineChart)), blocks("b", s.stacked(false)), blocks("c", s.combo()), blocks("d", s.variance())}},
			{ID: "charts2", Layout: "four", Title: title("Charts of structure"), Subtitle: sub, Regions: []deck.Content{blocks("a", s.single(block.BarChart, block.Actual, "all")), blocks("b", s.single(block.PieChart, "", "all")), blocks("c", s.single(block.DoughnutChart, "", "all")), blocks("d", s.waterfall())}},
			{ID: "charts3", Layout: "four", Title: title("Charts of points and volumes"), Subtitle: sub, Regions: []deck.Content{blocks("a", s.scatter(false)), blocks("b", s.scatter(true)), blocks("c", s.scenarios(block.AreaChart)), blocks("d", s.stacked(true))}},
			{ID: "tables", Layout: "default", Title: title("Tables go on where they end, and a title that is long takes the second line of the two that it has"), Subtitle: sub, Regions: []deck.Content{blocks("default", s.table(18))}},
			{ID: "text", Layout: "halves", Section: "N", Title: title("Texts"), Subtitle: sub, Steps: 2, Regions: []deck.Content{{Region: "default", Items: []deck.Item{{Text: richText()}}}, {Region: "right", Items: []deck.Item{{Block: s.callout("bad")}, {Block: s.progress(), Step: 2}, {Text: &block.RichText{Paragraphs: []block.Paragraph{{Kind: block.Quote, Runs: []block.Run{{Text: "We never had such a month."}}}, {Kind: block.Code, Raw: "select 1\nfrom x"}, {Kind: block.Grid, Align: []string{"left", "right"}, Rows: [][][]block.Run{{{{Text: "Name"}}, {{Text: "Value"}}}, {{{Text: "a"}}, {{Text: "1"}}}}}}}}}}}},
			{ID: "columns", Layout: "default", Section: "N", Title: title("Columns beside one another"), Subtitle: sub, Regions: []deck.Content{blocks("default", columns)}},
			{ID: "others", Layout: "four", Section: "N", Title: title("Pictures and what is missing"), Subtitle: sub, Regions: []deck.Content{blocks("a", gap), blocks("b", pic), blocks("c", s.drawn(block.FunnelChart)), blocks("d", s.single(block.ColumnChart, block.Actual, "none"))}},
			{ID: "drawn", Layout: "four", Section: "N", Title: title("Charts that are drawn"), Subtitle: sub, Regions: []deck.Content{blocks("a", s.drawn(block.SankeyChart)), blocks("b", s.drawn(block.HeatmapChart)), blocks("c", s.drawn(block.TreemapChart)), blocks("d", s.drawn(block.GaugeChart))}},
			{ID: "end", Layout: "section", Section: "N", Title: title("Thank you"), Subtitle: title("reports@example.com")},
		},
	}
	for i := range d.Slides {
		d.Slides[i].Pos = diag.Pos{File: "reports/review.md", Line: 10 * (i + 1)}
		d.Slides[i].Node = "slide.shop.review." + d.Slides[i].ID
	}
	return d
}
