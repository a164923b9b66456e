package slides_test

import (
	"testing"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/manifest"
	"atlas/engine/report"
	"atlas/engine/theme"
)

// sample is a deck with one of everything.
func sample(t testing.TB) *deck.Document {
	t.Helper()
	f, err := block.NewFormatter("en-US", "$")
	if err != nil {
		t.Fatal(err)
	}
	figure := func(query, row, column, format string, v block.Value) block.Figure {
		return block.Figure{Value: v, Format: format, Origin: block.Origin{Query: query, Row: row, Column: column}}
	}
	sales := &block.Data{
		Name: "sales", Query: "sales", Key: []string{"month"},
		Columns: []block.Field{{Name: "month", Type: block.Date, Label: "Month"}, {Name: "net", Type: block.Decimal, Label: "Net sales", Format: "money_compact"}},
	}
	bars := &block.Chart{Type: block.ColumnChart, Time: true, Labels: "all", Format: "money_compact", Series: []block.Series{
		{Column: "last_year", Label: "Last year", Type: block.ColumnChart, As: block.Previous},
		{Column: "net", Label: "This year", Type: block.ColumnChart, As: block.Actual, Labels: true},
	}}
	for i, m := range []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun"} {
		bars.Categories = append(bars.Categories, block.Label{Value: m, Text: m})
		row := "month=" + m
		bars.Series[0].Values = append(bars.Series[0].Values, figure("sales", row, "last_year", "money_compact", block.Number([]string{"1100000", "1210000", "1190000", "1300000", "1250000", "1400000"}[i])))
		bars.Series[1].Values = append(bars.Series[1].Values, figure("sales", row, "net", "money_compact", block.Number([]string{"1180000", "1250000.50", "1320000", "1290000", "1460000", "1540000"}[i])))
	}
	chart := &block.Block{ID: "sales_by_month", Node: "block.shop.review.sales_by_month", Name: "sales_by_month", Kind: block.ChartOf, Title: block.Prose{Text: "Net sales by month"}, DataName: "sales", Data: sales, Chart: bars, Alt: "Columns of net sales by month"}
	kpis := &block.Block{ID: "figures", Node: "block.shop.review.figures", Name: "figures", Kind: block.KPIs, DataName: "sales", Data: sales, KPI: []block.KPI{
		{Label: "Net sales", Figure: figure("sales", "month=Jun", "net", "money_compact", block.Number("1540000")), Compare: []block.Compare{{Label: "to last year", Figure: figure("sales", "month=Jun", "net/last_year", "change", 0.1), Verdict: block.Good}}},
		{Label: "Orders", Figure: figure("sales", "month=Jun", "orders", "integer", int64(1834)), Compare: []block.Compare{{Label: "to last year", Figure: figure("sales", "month=Jun", "orders/orders_before", "change", -0.021), Verdict: block.Bad}}},
		{Label: "Returned", Figure: figure("sales", "month=Jun", "returned", "percent", 0.034)},
	}}
	table := &block.Block{ID: "shops", Node: "block.shop.review.shops", Name: "shops", Kind: block.TableOf, Title: block.Prose{Text: "Shops"}, DataName: "sales", Data: sales, Table: &block.Table{
		Columns: []block.TableColumn{{Name: "shop", Label: "Shop", Left: true}, {Name: "net", Label: "Net sales", Format: "money", Bar: true}, {Name: "share", Label: "Share", Format: "percent"}},
		Lines: []block.Line{
			{Kind: block.RowLine, Cells: []block.Cell{{Figure: figure("sales", "shop=North", "shop", "text", "North")}, {Figure: figure("sales", "shop=North", "net", "money", block.Number("900000")), Bar: 1}, {Figure: figure("sales", "shop=North", "share", "percent", 0.58)}}},
			{Kind: block.RowLine, Cells: []block.Cell{{Figure: figure("sales", "shop=South", "shop", "text", "South <b>")}, {Figure: figure("sales", "shop=South", "net", "money", block.Number("640000")), Bar: .71}, {Figure: figure("sales", "shop=South", "share", "percent", 0.42), Style: "bad"}}},
			{Kind: block.TotalLine, Cells: []block.Cell{{Figure: block.Figure{Value: "Total"}}, {Figure: figure("sales", "total", "net", "money", block.Number("1540000"))}, {Figure: figure("sales", "total", "share", "percent", 1.0)}}},
		},
	}}
	quoted := func(before, shown, after string, fig block.Figure) block.Prose {
		return block.Prose{Text: before + shown + after, Figures: []block.Quoted{{At: len(before), Length: len(shown), Figure: fig}}}
	}
	md := func(s string) *block.RichText {
		text := block.Markdown(block.Prose{Text: s})
		return &text
	}
	layouts := map[string]manifest.Layout{}
	for _, l := range manifest.BuiltinLayouts() {
		layouts[l.Name] = l
	}
	growth := figure("sales", "month=Jun", "net/last_year", "change", 0.1)
	return &deck.Document{
		Node: "deck.shop.monthly", Name: "monthly", Title: "Shop review, June 2026", Locale: "en-US", Theme: theme.Default(), Format: f,
		Footer: block.Prose{Text: "Shop review"}, Layouts: layouts,
		Report: &report.Report{
			Meta: report.Meta{Title: "Shop review", PeriodLabel: "June 2026", GeneratedAt: "2026-07-02T06:10:00Z"},
			Queries: map[string]report.Query{"sales": {Node: "block.shop.review.sales_by_month", Rows: 6, SQL: "select month, net, last_year\nfrom shop.mart_sales\nwhere month <= date '2026-06-01'", Relations: []report.Relation{
				{Node: "model.shop.mart_sales", Name: "shop.mart_sales", LoadedAt: "2026-07-02T06:10:00Z"}, {Node: "model.shop.mart_targets", Name: "shop.mart_targets", LoadedAt: "2026-06-01T05:00:00Z", Stale: true},
			}}},
		},
		Slides: []deck.Slide{
			{ID: "cover", Node: "slide.shop.monthly.cover", Layout: "cover", Title: block.Prose{Text: "Shop review"}, Subtitle: block.Prose{Text: "June 2026"}, Notes: block.Prose{Text: "Welcome **everybody**.\n\n- be brief"}},
			{
				ID: "sales", Node: "slide.shop.monthly.sales", Layout: "chart-and-notes", Title: quoted("Sales are ", "10 %", " above last year, carried by the north", growth), Subtitle: block.Prose{Text: "Net sales, $ thousand · January to June 2026"},
				Regions:  []deck.Content{{Region: "default", Items: []deck.Item{{Block: chart}}}, {Region: "notes", Items: []deck.Item{{Text: md("* The north grew\n* The south did not\n* June was the best month")}, {Text: md("After the clicks"), Step: 4}}}},
				Footnote: block.Prose{Text: "Source: ledger, as of 2 July 2026. Returns are left out."}, Steps: 4, Notes: block.Prose{Text: "Explain the **north** first.\n\nThen wait for questions."},
			},
			{
				ID: "figures", Node: "slide.shop.monthly.figures", Layout: "kpis", Title: block.Prose{Text: "June was the best month of the year"}, Subtitle: block.Prose{Text: "All shops · June 2026"},
				Regions: []deck.Content{{Region: "kpis", Items: []deck.Item{{Block: kpis}}}, {Region: "default", Items: []deck.Item{{Block: table}}}},
			},
			{ID: "end", Node: "slide.shop.monthly.end", Layout: "end", Title: block.Prose{Text: "Thank you"}},
		},
	}
}
