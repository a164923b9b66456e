package chart_test

import (
	"fmt"
	"time"

	"atlas/engine/block"
)

// sample makes blocks of neutral data for goldens, pictures and benchmarks.
type sample struct {
	f *block.Formatter
}

func figures(column string, format string, values ...any) []block.Figure {
	var out []block.Figure
	for i, v := range values {
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		out = append(out, block.Figure{Value: v, Format: format, Origin: block.Origin{Query: "orders", Row: fmt.Sprintf("n=%d", i), Column: column}})
	}
	return out
}

func labels(texts ...string) []block.Label {
	var out []block.Label
	for _, t := range texts {
		out = append(out, block.Label{Value: t, Text: t})
	}
	return out
}

func (s sample) months(n int) []block.Label {
	var out []block.Label
	for i := range n {
		d := time.Date(2026, time.Month(i+1), 1, 0, 0, 0, 0, time.UTC)
		_, short := s.f.MonthName(int(d.Month()))
		out = append(out, block.Label{Value: d, Text: short})
	}
	return out
}

func millions(values ...float64) []any {
	var out []any
	for _, v := range values {
		if v == 0 {
			out = append(out, nil)
			continue
		}
		out = append(out, block.Number(fmt.Sprintf("%.2f", v*1e6)))
	}
	return out
}

func chartBlock(name string, c block.Chart) *block.Block {
	return &block.Block{ID: name, Name: name, Kind: block.ChartOf, Chart: &c, Alt: "Sample " + name}
}

func ser(label string, as block.Scenario, kind block.ChartType, format string, values ...any) block.Series {
	return block.Series{Column: label, Label: label, As: as, Type: kind, Format: format, Labels: true, Values: figures(label, format, values...)}
}

// all gives at least one block of each type, by name.
func (s sample) all() []*block.Block {
	actual := millions(812, 845, 901, 780, 960, 1015, 990, 1040, 0, 1105, 1150, 1240)
	previous := millions(760, 790, 805, 815, 850, 880, 905, 910, 925, 960, 980, 1010)
	target := millions(800, 830, 860, 890, 920, 950, 980, 1010, 1040, 1070, 1100, 1130)
	const money = "money_compact"
	teams := labels("North", "South and coast", "Department of international orders and returns", "Wholesale", "Online shop", "Other")
	out := []*block.Block{
		chartBlock("column", block.Chart{Type: block.ColumnChart, Time: true, Labels: "all", Format: money, Categories: s.months(12), Series: []block.Series{ser("Net sales", block.Actual, block.ColumnChart, money, actual...)}}),
		chartBlock("bar", block.Chart{Type: block.BarChart, Labels: "all", Format: money, Categories: teams, Series: []block.Series{ser("Net sales", "", block.BarChart, money, millions(5120, 3904, 2210, 1180, 640, 310)...)}}),
		chartBlock("grouped", block.Chart{Type: block.GroupedChart, Time: true, Labels: "all", Format: money, Categories: s.months(4), Series: []block.Series{
			ser("Previous year", block.Previous, block.ColumnChart, money, previous[:4]...), ser("Actual", block.Actual, block.ColumnChart, money, append(append([]any{}, actual[:3]...), nil)...),
			ser("Forecast", block.Forecast, block.ColumnChart, money, nil, nil, nil, block.Number("930000000.00")), ser("Target", block.Target, block.ColumnChart, money, target[:4]...),
		}}),
		chartBlock("stacked", block.Chart{Type: block.StackedChart, Time: true, Labels: "all", Format: money, Categories: s.months(6), Series: []block.Series{
			ser("Shop", "", block.ColumnChart, money, millions(410, 430, 445, 460, 455, 480)...), ser("Online", "", block.ColumnChart, money, millions(210, 230, 245, 260, 290, 320)...),
			ser("Wholesale", "", block.ColumnChart, money, millions(110, 90, 85, 60, 15, 12)...),
		}}),
		chartBlock("stacked-percent", block.Chart{Type: block.StackedChart, Horizontal: true, Percent: true, Labels: "all", Categories: teams[:4], Series: []block.Series{
			ser("Paid", "", block.BarChart, "integer", 410, 230, 145, 60), ser("Open", "", block.BarChart, "integer", 90, 130, 45, 20), ser("Late", "", block.BarChart, "integer", 12, 30, 25, 22),
		}}),
		chartBlock("line", block.Chart{Type: block.LineChart, Time: true, Labels: "last", Format: money, Categories: s.months(12), Series: []block.Series{
			ser("Actual", block.Actual, block.LineChart, money, actual...), ser("Previous year", block.Previous, block.LineChart, money, previous...), ser("Target", block.Target, block.LineChart, money, target...),
		}}),
		chartBlock("area", block.Chart{Type: block.AreaChart, Time: true, Labels: "none", Format: "integer", Categories: s.months(12), Series: []block.Series{
			ser("Orders", "", block.AreaChart, "integer", 1200, 1310, 1290, 1405, 1500, 1480, 1610, 1705, 1690, 1820, 1900, 2010),
		}}),
		chartBlock("combo", block.Chart{Type: block.ComboChart, Time: true, Labels: "all", Format: money, Categories: s.months(12), Series: []block.Series{
			{Column: "sales", Label: "Net sales", As: block.Actual, Type: block.ColumnChart, Values: figures("sales", money, actual...)},
			{Column: "share", Label: "Share of returns", As: "category-2", Type: block.LineChart, Right: true, Labels: true, Format: "percent", Values: figures("share", "percent", 0.052, 0.049, 0.055, 0.061, 0.048, 0.045, 0.047, 0.044, 0.043, 0.041, 0.044, 0.039)},
		}}),
		chartBlock("variance", block.Chart{Type: block.ColumnChart, Time: true, Labels: "all", Format: "change", Categories: s.months(8), Series: []block.Series{
			ser("Change", block.Variance, block.ColumnChart, "change", 0.052, -0.049, 0.155, 0.061, -0.148, 0.0, nil, 0.044),
		}}),
		chartBlock("variance-bars", block.Chart{Type: block.BarChart, Labels: "all", Format: "+compact", Categories: teams, Series: []block.Series{
			{Column: "cost", Label: "Costs", As: block.Variance, Invert: true, Type: block.BarChart, Labels: true, Values: figures("cost", "+compact", 520000, 140000, -80000, -330000, 12000, -1200)},
		}}),
		chartBlock("waterfall", block.Chart{Type: block.WaterfallChart, Labels: "all", Format: money, Categories: labels("2025", "Price", "Volume", "Returns", "New shops", "Currency", "2026"), Totals: []bool{true, false, false, false, false, false, true}, Series: []block.Series{
			ser("Net sales", "", block.WaterfallChart, money, millions(5200, 420, 310, -280, 650, -120, 6180)...),
		}}),
		chartBlock("pie", block.Chart{Type: block.PieChart, Labels: "all", Categories: labels("Shop", "Online", "Wholesale and partners"), Series: []block.Series{ser("Orders", "", block.PieChart, "integer", 5400, 3100, 820)}}),
		chartBlock("doughnut", block.Chart{Type: block.DoughnutChart, Labels: "all", Format: money, Categories: labels("New", "Returning"), Series: []block.Series{ser("Net sales", "", block.PieChart, money, millions(820, 1450)...)}}),
		chartBlock("funnel", block.Chart{Type: block.FunnelChart, Labels: "all", Categories: labels("Visits", "Baskets", "Orders", "Paid", "Repeated within a year"), Series: []block.Series{ser("People", "", block.FunnelChart, "integer", 48200, 12100, 5400, 5120, 940)}}),
		chartBlock("gauge", block.Chart{Type: block.GaugeChart, Labels: "all", Min: ptr(0), Max: ptr(1.2), Target: &figures("goal", "percent", 0.95)[0], Series: []block.Series{ser("Reached", "", block.GaugeChart, "percent", 0.874)}}),
		chartBlock("scatter", s.points()),
		chartBlock("sankey", block.Chart{Type: block.SankeyChart, Labels: "all", Format: "integer", Series: []block.Series{{Column: "people", Label: "People"}}, Links: []block.Link{
			link("Search", "Shop", 3200), link("Search", "Online", 5400), link("Friends", "Online", 1900), link("Friends", "Shop", 800), link("Adverts", "Online", 900),
			link("Online", "Paid", 6100), link("Online", "Left", 2100), link("Shop", "Paid", 3600), link("Shop", "Left", 400),
		}}),
		chartBlock("heatmap", s.heat()),
		chartBlock("treemap", block.Chart{Type: block.TreemapChart, Labels: "all", Format: money, Series: []block.Series{{Column: "sales", Label: "Net sales"}}, Tree: []block.Branch{
			branch("Food", 0, branch("Fruit", 420), branch("Bread", 380), branch("Cheese and dairy", 150)), branch("Home", 0, branch("Garden", 510), branch("Kitchen", 130), branch("Light", 20)),
			branch("Books", 260), branch("Gifts", 90),
		}}),
	}
	return out
}

func ptr(v float64) *float64 { return &v }

func link(from, to string, v int) block.Link {
	return block.Link{From: from, To: to, Value: figures("people", "integer", v)[0]}
}

func branch(name string, v float64, children ...block.Branch) block.Branch {
	for _, c := range children {
		x, _ := block.ToFloat(c.Value.Value)
		v += x / 1e6
	}
	return block.Branch{Name: name, Value: figures("sales", "money_compact", millions(v)...)[0], Children: children}
}

func (s sample) points() block.Chart {
	c := block.Chart{Type: block.ScatterChart, Labels: "all", CategoryLabel: "Visits", Series: []block.Series{{Column: "orders", Label: "Orders"}}}
	for i, n := range []string{"North", "South", "East", "West", "Harbour", "Old town", "Station", "Airport", "Mall", "Village"} {
		size := figures("area", "integer", 20+(i*37)%90)[0]
		c.Points = append(c.Points, block.Point{Name: n, X: figures("visits", "integer", 900+(i*713)%2900)[0], Y: figures("orders", "integer", 120+(i*271)%800)[0], Size: &size})
	}
	return c
}

func (s sample) heat() block.Chart {
	c := block.Chart{Type: block.HeatmapChart, Labels: "all", Format: "integer", Categories: s.months(12)}
	for r, name := range []string{"North", "South and coast", "East", "International orders"} {
		c.Rows = append(c.Rows, block.Label{Value: name, Text: name})
		var values []any
		for i := range 12 {
			if r == 2 && i == 5 {
				values = append(values, nil)
				continue
			}
			values = append(values, 12+(r*97+i*53)%160)
		}
		c.Series = append(c.Series, ser(name, "", block.HeatmapChart, "integer", values...))
	}
	return c
}
