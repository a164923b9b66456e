package html_test

import (
	"fmt"
	"testing"

	"atlas/engine/block"
)

func formatter(t testing.TB, locale string) *block.Formatter {
	t.Helper()
	f, err := block.NewFormatter(locale, "Rp")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func fig(v block.Value, format, column string) block.Figure {
	return block.Figure{Value: v, Format: format, Origin: block.Origin{Block: "sample", Query: "orders", Row: "unit=N", Column: column}}
}

func money(v float64) block.Value {
	if v == 0 {
		return nil
	}
	return block.Number(fmt.Sprintf("%.2f", v))
}

func words(locale string) func(en, id string) string {
	return func(en, id string) string {
		if locale == "id-ID" {
			return id
		}
		return en
	}
}

// samples are blocks of every kind, in a language.
func samples(t testing.TB, locale string) map[string]*block.Block {
	f, w := formatter(t, locale), words(locale)
	out := map[string]*block.Block{}
	add := func(name string, kind block.Kind, b block.Block) {
		b.ID, b.Name, b.Kind, b.Node = name, name, kind, "block.acme.review."+name
		out[name] = &b
	}
	text := func(s string) block.Prose { return block.Prose{Text: s} }

	var spark []block.Figure
	for i, v := range []float64{14, 15.5, 13, 16, 0, 17.5, 18, 16.8, 19, 20.4, 19.6, 21.6} {
		spark = append(spark, fig(money(v*1e8), "money_compact", fmt.Sprint("m", i)))
	}
	target := fig(block.Number("2000000000"), "money_compact", "target")
	orders := fig(int64(1240), "integer", "orders_target")
	add("kpis", block.KPIs, block.Block{KPI: []block.KPI{
		{
			Label: w("Net revenue", "Pendapatan bersih"), Figure: fig(block.Number("2160000000"), "money_compact", "net"), Target: &target, Share: 1.08, Spark: spark,
			Compare: []block.Compare{
				{Label: w("to target", "terhadap target"), Figure: fig(block.Number("0.08"), "change", "net/target"), Verdict: block.Good},
				{Label: w("to last year", "dari tahun lalu"), Figure: fig(block.Number("0.124"), "change", "growth"), Verdict: block.Good},
			},
		},
		{
			Label: w("Orders", "Pesanan"), Figure: fig(int64(942), "integer", "orders"), Target: &orders, Share: .76, Spark: spark[:7],
			Compare: []block.Compare{{Label: w("to target", "terhadap target"), Figure: fig(block.Number("-0.24"), "change", "orders/target"), Verdict: block.Bad}},
		},
		{
			Label: w("Cancelled", "Dibatalkan"), Figure: fig(block.Number("0.031"), "percent", "cancelled"),
			Compare: []block.Compare{
				{Label: w("to last year", "dari tahun lalu"), Figure: fig(block.Number("0.004"), "points", "cancelled/previous"), Verdict: block.Bad},
				{Label: w("to plan", "terhadap rencana"), Figure: fig(block.Number("0"), "points", "cancelled/plan")},
			},
		},
		{Label: w("Rating", "Penilaian"), Figure: fig(nil, "number", "rating"), Compare: []block.Compare{{Label: w("to last year", "dari tahun lalu"), Figure: fig(nil, "change", "x")}}},
	}})

	add("table", block.TableOf, block.Block{
		Title: text(w("North carries the month", "Utara menopang bulan ini")), Subtitle: text(w("Orders and revenue by shop, February 2026", "Pesanan dan pendapatan per toko, Februari 2026")),
		Note: text(w("Without returns after 28 February.", "Tanpa retur setelah 28 Februari.")), Table: sampleTable(w),
	})
	add("heat", block.TableOf, block.Block{Title: text(w("Share of repeat orders", "Porsi pesanan ulang")), Table: heatTable(w)})

	months := func(n int) []block.Label {
		var l []block.Label
		for i := range n {
			_, short := f.MonthName(i + 1)
			l = append(l, block.Label{Value: fmt.Sprintf("2026-%02d-01", i+1), Text: short})
		}
		return l
	}
	series := func(label string, as block.Scenario, kind block.ChartType, values ...float64) block.Series {
		s := block.Series{Column: "net", Label: label, Type: kind, As: as, Format: "money_compact"}
		for i, v := range values {
			s.Values = append(s.Values, fig(money(v*1e6), "money_compact", fmt.Sprint(as, i)))
		}
		return s
	}
	actual := series(w("Actual", "Realisasi"), block.Actual, block.ColumnChart, 1420, 1580, 1510, 1760, 1840, 1690)
	actual.Labels = true
	add("chart", block.ChartOf, block.Block{
		Title: text(w("Revenue grows since April", "Pendapatan naik sejak April")), Subtitle: text(w("Rp, net, 2026", "Rp, bersih, 2026")), Alt: w("Columns of six months", "Kolom enam bulan"),
		Chart: &block.Chart{
			Type: block.GroupedChart, Labels: "all", Time: true, Categories: months(6), CategoryLabel: w("Month", "Bulan"), Format: "money_compact",
			Series: []block.Series{
				series(w("Last year", "Tahun lalu"), block.Previous, block.ColumnChart, 1300, 1380, 1460, 1500, 1590, 1610), actual,
			},
		},
	})
	bars := series(w("Revenue", "Pendapatan"), block.Actual, block.BarChart, 980, 720, 460, 210, 95)
	bars.Labels = true
	var shops []block.Label
	for _, s := range []string{"North", "Harbour & Old Town", "East", "Station", "Airport"} {
		shops = append(shops, block.Label{Value: s, Text: s})
	}
	add("bars", block.ChartOf, block.Block{
		Title: text(w("Two shops make two thirds", "Dua toko membuat dua pertiga")), Subtitle: text("Rp"),
		Chart: &block.Chart{Type: block.BarChart, Labels: "all", Categories: shops, Format: "money_compact", Series: []block.Series{bars}},
	})
	add("progress", block.ProgressKind, block.Block{Title: text(w("New customers against target", "Pelanggan baru terhadap target")), Progress: sampleProgress()})
	for _, style := range []string{"info", "good", "bad", "warning"} {
		add("callout_"+style, block.CalloutKind, block.Block{Callout: &block.Callout{
			Style: style, Title: text(w("What this means", "Artinya")), Text: text(w("Orders fell, the **value of each** rose.", "Pesanan turun, **nilai tiap pesanan** naik.")),
		}})
	}
	add("text", block.TextKind, block.Block{Text: &block.Prose{Text: sampleText}})
	add("quote", block.TextKind, block.Block{Text: &block.Prose{Text: "> We sell fewer, better things.\n>\n> Ayu, head of sales"}})
	heading := text(w("How the month went", "Bagaimana bulan ini"))
	add("heading", block.Title, block.Block{Heading: &heading})
	add("image", block.ImageOf, block.Block{Image: &block.Image{File: "img/map.svg", Caption: w("Where the shops are", "Letak toko")}, Alt: "Map"})
	add("columns", block.Columns, block.Block{Columns: []block.Column{
		{Width: 2. / 3, Blocks: []string{"chart"}, Of: []*block.Block{out["chart"]}}, {Width: 1. / 3, Blocks: []string{"text"}, Of: []*block.Block{out["text"]}},
	}})
	add("empty", block.ChartOf, block.Block{Title: text(w("Revenue by channel", "Pendapatan per kanal")), Empty: f.Word(block.WordEmpty, w("February 2026", "Februari 2026")), Chart: &block.Chart{}})
	add("stale", block.KPIs, block.Block{Stale: f.Word(block.WordStale, "orders_by_day"), KPI: out["kpis"].KPI[1:3]})
	return out
}

func sampleTable(w func(en, id string) string) *block.Table {
	t := &block.Table{Columns: []block.TableColumn{
		{Name: "shop", Label: w("Shop", "Toko"), Left: true},
		{Name: "orders", Label: w("Orders", "Pesanan"), Format: "integer"},
		{Name: "net", Label: w("Net revenue", "Pendapatan bersih"), Unit: w("Rp million", "Rp juta"), Format: "millions", Bar: true},
		{Name: "reached", Label: w("Of target", "Dari target"), Format: "percent"},
		{Name: "change", Label: w("To last year", "Dari tahun lalu"), Format: "change"},
	}}
	row := func(kind block.LineKind, name string, orders int, net, bar, reached, change float64) {
		verdict := func(good bool) string {
			if good {
				return "good"
			}
			return "bad"
		}
		first := block.Cell{Figure: block.Figure{Value: name, Format: "text"}}
		if kind == block.GroupLine {
			t.Lines = append(t.Lines, block.Line{Kind: kind, Cells: []block.Cell{first}})
			return
		}
		cells := []block.Cell{
			first,
			{Figure: fig(int64(orders), "integer", "orders")},
			{Figure: fig(money(net*1e6), "millions", "net"), Bar: bar},
			{Figure: fig(reached, "percent", "reached"), Style: verdict(reached >= 1)},
			{Figure: fig(change, "change", "change"), Style: verdict(change >= 0)},
		}
		if kind == block.SubtotalLine {
			cells[3], cells[4] = block.Cell{}, block.Cell{}
		}
		t.Lines = append(t.Lines, block.Line{Kind: kind, Cells: cells})
	}
	row(block.GroupLine, w("Town", "Kota"), 0, 0, 0, 0, 0)
	row(block.RowLine, "North", 412, 980, 1, 1.12, .18)
	row(block.RowLine, "Harbour & Old Town", 301, 720, .73, 1.01, .06)
	row(block.SubtotalLine, w("Town", "Kota"), 713, 1700, 0, 0, 0)
	row(block.GroupLine, w("Around", "Sekitar"), 0, 0, 0, 0, 0)
	row(block.RowLine, "East", 180, 365, .37, .92, -.04)
	row(block.RowLine, "Station", 49, 95, .1, .58, -.21)
	row(block.SubtotalLine, w("Around", "Sekitar"), 229, 460, 0, 0, 0)
	row(block.TotalLine, "Total", 942, 2160, 0, 1.08, .124)
	return t
}

func heatTable(w func(en, id string) string) *block.Table {
	t := &block.Table{Columns: []block.TableColumn{{Name: "shop", Label: w("Shop", "Toko"), Left: true}}}
	for i := range 6 {
		t.Columns = append(t.Columns, block.TableColumn{Name: fmt.Sprint("m", i), Label: fmt.Sprint(i + 1), Format: "percent"})
	}
	t.Columns = append(t.Columns, block.TableColumn{Name: "d", Label: "Δ", Format: "difference", Bar: true})
	for n, shop := range []string{"North", "East", "Station"} {
		cells := []block.Cell{{Figure: block.Figure{Value: shop}}}
		for i := range 6 {
			heat := float64((n*5+i*3)%11) / 10
			cells = append(cells, block.Cell{Figure: fig(heat/2, "percent", "m"), Heat: heat})
		}
		bar := []float64{.8, -.4, .2}[n]
		cells = append(cells, block.Cell{Figure: fig(bar*100, "difference", "d"), Bar: bar})
		t.Lines = append(t.Lines, block.Line{Kind: block.RowLine, Cells: cells})
	}
	return t
}

func sampleProgress() []block.Bar {
	var out []block.Bar
	for _, b := range []struct {
		label         string
		value, target int64
	}{{"North", 148, 120}, {"Harbour & Old Town", 96, 100}, {"East", 61, 80}, {"Station", 12, 40}, {"Airport", 0, 25}} {
		target := fig(b.target, "integer", "target")
		out = append(out, block.Bar{Label: b.label, Value: fig(b.value, "integer", "value"), Target: &target, Share: float64(b.value) / float64(b.target)})
	}
	return out
}

const sampleText = `Orders fell by **4 %**, the value of each rose:

- North opened *evenings*
  - and sells [online](https://example.org)
- Station was closed for ten days

1. Keep the evenings
2. Ask for a fair at ` + "`Station`" + `

| Shop | Staff |
|:-----|------:|
| North | 12 |
| East | 7 |
`
