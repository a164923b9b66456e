package pptx_test

import (
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/deck/pptx"
	"atlas/engine/manifest"
	"atlas/engine/report"
	"atlas/engine/theme"
)

func figureOf(v block.Value, format, query, column string) block.Figure {
	return block.Figure{Value: v, Format: format, Origin: block.Origin{Query: query, Row: "#1", Column: column}}
}

// section makes the data and blocks of one section of the test's report.
func sectionOf(code, label string, factor int64) *report.Section {
	q := func(name string) string {
		if code == "" {
			return name
		}
		return name + "@" + code
	}
	id := func(name string) string { return q(name) }
	revenue := &block.Data{
		Name: "revenue", Query: q("revenue"), Key: []string{"period"},
		Columns: []block.Field{{Name: "period", Type: block.Date, Label: "Period"}, {Name: "amount", Type: block.Decimal, Label: "Amount", Format: "money"}},
		Rows:    [][]block.Value{{time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), block.Number("1250000000.00")}},
	}
	programs := &block.Data{
		Name: "programs", Query: q("programs"), Key: []string{"name"},
		Columns: []block.Field{
			{Name: "name", Type: block.Text, Label: "Program"},
			{Name: "amount", Type: block.Decimal, Label: "Amount", Format: "money"},
			{Name: "share", Type: block.Decimal, Label: "Share", Format: "percent"},
		},
	}
	lines := []block.Line{}
	for i, name := range []string{"Apples & Pears", "{{ period.label }}", "<b>Bananas</b>", "Cherries"} {
		amount := block.Number([]string{"800000000", "300000000", "-150000000.5", "0"}[i])
		share := block.Number([]string{"0.64", "0.24", "0.12", "0"}[i])
		programs.Rows = append(programs.Rows, []block.Value{name, amount, share})
		style := ""
		if i == 2 {
			style = "bad"
		}
		lines = append(lines, block.Line{Kind: block.RowLine, Cells: []block.Cell{
			{Figure: figureOf(name, "", programs.Query, "name")}, {Figure: figureOf(amount, "money", programs.Query, "amount"), Style: style}, {Figure: figureOf(share, "percent", programs.Query, "share")},
		}})
	}
	lines = append(lines, block.Line{Kind: block.TotalLine, Cells: []block.Cell{{Figure: figureOf("Total", "", "", "")}, {Figure: figureOf(block.Number("950000000"), "money", programs.Query, "amount")}, {}}})
	months := []block.Label{{Text: "Jan 2026"}, {Text: "Feb 2026"}, {Text: "Mar 2026"}, {Text: "Apr 2026"}}
	values := func(base ...int64) []block.Figure {
		var out []block.Figure
		for _, v := range base {
			if v < 0 {
				out = append(out, block.Figure{Format: "money_compact"})
				continue
			}
			out = append(out, figureOf(v*factor*1_000_000, "money_compact", revenue.Query, "amount"))
		}
		return out
	}
	blocks := []*block.Block{
		{Name: "revenue_by_month", Kind: block.ChartOf, Data: revenue, Title: block.Prose{Text: "Revenue by month"}, Alt: "Revenue rises", Chart: &block.Chart{
			Type: block.ColumnChart, Categories: months, Labels: "none", Format: "money_compact", Time: true,
			Series: []block.Series{
				{Column: "previous", Label: "Last year", Type: block.ColumnChart, As: block.Previous, Values: values(100, 110, 120, -1)},
				{Column: "amount", Label: "This year", Type: block.ColumnChart, As: block.Actual, Values: values(120, 125, 118, 140)},
			},
		}},
		{Name: "combo", Kind: block.ChartOf, Data: revenue, Chart: &block.Chart{
			Type: block.ComboChart, Categories: months, Labels: "none", Format: "money_compact", RightFormat: "percent",
			Series: []block.Series{
				{Column: "amount", Label: "Amount", Type: block.ColumnChart, Values: values(120, 125, 118, 140)},
				{Column: "share", Label: "Achieved", Type: block.LineChart, Right: true, Format: "percent", Values: []block.Figure{figureOf(0.9, "percent", "", ""), figureOf(1.1, "percent", "", ""), figureOf(0.7, "percent", "", ""), figureOf(1.0, "percent", "", "")}},
			},
		}},
		{Name: "mix", Kind: block.ChartOf, Data: programs, Chart: &block.Chart{
			Type: block.PieChart, Categories: []block.Label{{Text: "Apples & Pears"}, {Text: "Bananas"}}, Labels: "all", Format: "percent",
			Series: []block.Series{{Column: "share", Label: "Share", Type: block.PieChart, Values: []block.Figure{figureOf(0.64, "percent", programs.Query, "share"), figureOf(0.36, "percent", programs.Query, "share")}}},
		}},
		{Name: "points", Kind: block.ChartOf, Data: programs, Chart: &block.Chart{
			Type: block.ScatterChart, Labels: "none", CategoryLabel: "Share", Series: []block.Series{{Column: "amount", Label: "Amount", Type: block.ScatterChart}},
			Points: []block.Point{{Name: "A", X: figureOf(0.5, "percent", "", ""), Y: figureOf(int64(10), "integer", "", "")}, {Name: "B", X: figureOf(0.7, "percent", "", ""), Y: figureOf(int64(12), "integer", "", "")}, {Name: "C", X: figureOf(0.9, "percent", "", ""), Y: figureOf(int64(7), "integer", "", "")}},
		}},
		{Name: "programs", Kind: block.TableOf, Data: programs, Table: &block.Table{
			Columns: []block.TableColumn{{Name: "name", Label: "Program", Left: true}, {Name: "amount", Label: "Amount", Unit: "Rp", Format: "money"}, {Name: "share", Label: "Share", Format: "percent"}},
			Lines:   lines,
		}},
		{Name: "figures", Kind: block.KPIs, Data: revenue, KPI: []block.KPI{
			{Label: "Revenue", Figure: figureOf(block.Number("1250000000"), "money_compact", revenue.Query, "amount"), Compare: []block.Compare{{Label: "to target", Figure: figureOf(0.08, "change", revenue.Query, "amount"), Verdict: block.Good}}},
			{Label: "Orders", Figure: figureOf(int64(412), "integer", revenue.Query, "orders")},
		}},
		{Name: "story", Kind: block.TextKind, Text: &block.Prose{Text: "Revenue is **high**.\n\n- first point\n- second *point*\n\n1. one\n2. two"}},
		{Name: "nothing", Kind: block.ChartOf, Data: revenue, Empty: "No orders in this period", Title: block.Prose{Text: "Nothing"}, Chart: &block.Chart{Type: block.ColumnChart}},
		{Name: "steps", Kind: block.ChartOf, Data: revenue, Chart: &block.Chart{Type: block.WaterfallChart, Categories: months[:2], Totals: []bool{true, false}, Series: []block.Series{{Column: "amount", Label: "Amount", Values: values(10, 5)}}}},
	}
	s := &report.Section{Code: code, Label: label, Data: map[string]*block.Data{"revenue": revenue, "programs": programs}, Blocks: map[string]*block.Block{}}
	for _, b := range blocks {
		b.ID = id(b.Name)
		s.Blocks[b.Name] = b
	}
	return s
}

func acmeDocument(t testing.TB) *deck.Document {
	t.Helper()
	f, err := block.NewFormatter("en-US", "$")
	if err != nil {
		t.Fatal(err)
	}
	th := theme.Default()
	th.Logo = []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="160" height="40"><rect width="160" height="40" fill="#0B5C8A"/></svg>`)
	return &deck.Document{
		Name: "monthly", Title: "Monthly review", Locale: "en-US", Theme: th, Format: f,
		Report: &report.Report{
			Meta: report.Meta{
				Report: "review", Title: "Review", Entity: "acme", EntityLabel: "Acme Inc", Period: "2026-02", PeriodLabel: "February 2026", Type: "monthly",
				Start: "2026-02-01", End: "2026-02-28", GeneratedAt: "2026-03-01T07:00:00Z", Locale: "en-US", Currency: "$", Scope: []string{"N", "S"},
			},
			Queries: map[string]report.Query{"revenue": {Relations: []report.Relation{{Name: "main.orders", LoadedAt: "2026-03-01 07:00"}}}},
			Total:   *sectionOf("", "All", 3),
			Units:   map[string]*report.Section{"N": sectionOf("N", "North", 1), "S": sectionOf("S", "South", 2)},
		},
	}
}

func fillOptions() pptx.Options {
	return pptx.Options{TemplateFile: "brand.pptx", PNG: func([]byte, float64) ([]byte, error) { return tinyPNG, nil }}
}

// tinyPNG is a PNG.
var tinyPNG = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

// withSlides gives the document slides of its own.
func withSlides(d *deck.Document) *deck.Document {
	text := func(s string) deck.Item {
		r := block.Markdown(block.Prose{Text: s})
		return deck.Item{Text: &r}
	}
	of := func(name string) deck.Item { return deck.Item{Block: d.Report.Total.Blocks[name]} }
	prose := func(s string) block.Prose { return block.Prose{Text: s} }
	d.Layouts = map[string]manifest.Layout{
		"cover":           {Name: "cover", Title: "middle"},
		"default":         {Name: "default", Regions: []manifest.Region{{Name: "default", W: 12, H: 12}}},
		"two-columns":     {Name: "two-columns", Regions: []manifest.Region{{Name: "default", W: 6, H: 12}, {Name: "right", X: 6, W: 6, H: 12}}},
		"chart-and-notes": {Name: "chart-and-notes", Regions: []manifest.Region{{Name: "default", W: 8, H: 12}, {Name: "notes", X: 8, W: 4, H: 12}}},
		"kpis":            {Name: "kpis", Regions: []manifest.Region{{Name: "kpis", W: 12, H: 4}, {Name: "default", Y: 4, W: 12, H: 8}}},
	}
	d.Footer = prose("Acme Inc · February 2026")
	d.Slides = []deck.Slide{
		{ID: "cover", Layout: "cover", Title: prose("Acme Inc"), Subtitle: prose("February 2026"), Notes: prose("Say **hello**.")},
		{ID: "text", Layout: "default", Title: prose("Revenue is 8 % above target"), Regions: []deck.Content{{Region: "default", Items: []deck.Item{text("A paragraph with **bold** words.\n\n- first\n- second\n  - inner\n\n1. one\n2. two")}}}, Footnote: prose("Net of discounts.")},
		{ID: "chart", Layout: "chart-and-notes", Title: prose("Revenue by month, and what it means for the year that has begun so well"), Subtitle: prose("Net revenue, million"), Regions: []deck.Content{
			{Region: "default", Items: []deck.Item{of("revenue_by_month")}}, {Region: "notes", Items: []deck.Item{text("- one\n- two")}},
		}},
		{ID: "columns", Layout: "two-columns", Title: prose("Two columns"), Regions: []deck.Content{
			{Region: "default", Items: []deck.Item{of("programs")}}, {Region: "right", Items: []deck.Item{of("mix")}},
		}},
		{ID: "kpis", Layout: "kpis", Title: prose("Key figures"), Regions: []deck.Content{
			{Region: "kpis", Items: []deck.Item{of("figures")}}, {Region: "default", Items: []deck.Item{of("combo")}},
		}, Notes: prose("Read the figures.")},
	}
	return d
}
