package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// rows answers queries whose text is a key of it; texts are rendered by Jinja alone.
type rows map[string]*report.Rows

func (r rows) Rows(ctx context.Context, node manifest.ID, q *manifest.Query, names map[string]any) (*report.Rows, error) {
	sql, err := r.Text(ctx, node, manifest.Template{Text: q.SQL, Pos: q.Pos}, names)
	if err != nil {
		return nil, err
	}
	sql = block.Unliteral(sql)
	key, _, _ := strings.Cut(sql, " ")
	found := r[key]
	if found == nil {
		return nil, diag.Errorf(diag.WarehouseError, q.Pos, "no rows for %s", sql)
	}
	out := *found
	out.SQL, out.Values = sql, nil
	for _, row := range found.Values {
		out.Values = append(out.Values, append([]block.Value(nil), row...))
	}
	return &out, nil
}

func (rows) Text(ctx context.Context, _ manifest.ID, t manifest.Template, names map[string]any) (string, error) {
	tpl, err := jinja.Parse("report.yml", t.Text, jinja.Options{Start: t.Pos, Autoescape: true, Escape: block.Literal})
	if err != nil {
		return "", err
	}
	vars := jinja.Vars{}
	for k, v := range names {
		vars[k] = jinja.FromGo(v)
	}
	return tpl.Render(&jinja.State{Ctx: ctx, Vars: vars})
}

func text(s string) manifest.Template {
	return manifest.Template{Text: s, Pos: diag.Pos{File: "reports/sales.yml", Line: 9, Col: 5}}
}

func column(name, label, format string) manifest.ReportColumn {
	return manifest.ReportColumn{Name: name, Label: text(label), Format: format, Pos: diag.Pos{File: "reports/sales.yml", Line: 3, Col: 7}}
}

func month(n int) time.Time { return time.Date(2026, time.Month(n), 1, 0, 0, 0, 0, time.UTC) }

// sales is rows of three months and two units.
func sales() rows {
	money := func(s string) block.Number { return block.Number(s) }
	return rows{
		"revenue": {
			Columns: []report.Column{
				{Name: "period", Type: block.Date},
				{Name: "unit_code", Type: block.Text},
				{Name: "net", Type: block.Decimal},
				{Name: "target", Type: block.Decimal},
				{Name: "orders", Type: block.Integer},
				{Name: "achieved", Type: block.Float},
			},
			Values: [][]block.Value{
				{month(1), "A", money("1000000.10"), money("900000.00"), int64(10), 1.1},
				{month(2), "A", money("1200000.20"), money("1300000.00"), int64(12), 0.92},
				{month(1), "B", money("300000.30"), money("300000.00"), int64(3), 1.0},
				{month(2), "B", nil, money("300000.00"), nil, nil},
			},
			Relations: []report.Relation{{Node: "model.shop.revenue", Name: "revenue", LoadedAt: "2026-03-01T08:00:00Z"}},
		},
		"empty": {Columns: []report.Column{{Name: "code", Type: block.Text}, {Name: "net", Type: block.Decimal}}},
	}
}

func cell(column string) *manifest.Cell { return &manifest.Cell{Column: column} }

// spec is a report with a block of every kind that rows have.
func spec() *manifest.Report {
	query := func(s string) *manifest.Query {
		return &manifest.Query{SQL: s, Pos: diag.Pos{File: "reports/sales.yml", Line: 5, Col: 1}}
	}
	heading, story := text("{{ entity.label }} · {{ period.label }}"), text("Revenue is **{{ figure('revenue.net', row={'unit_code': 'A', 'period': '2026-02-01'}, format='money_compact') }}**, {{ figure('revenue.net', to='target') }} to {{ _('target') }}.{% if data.revenue | length > 3 %} Four rows.{% endif %}")
	return &manifest.Report{
		Name: "sales", Node: "report.shop.sales", Currency: "Rp", Locales: []string{"id-ID", "en-US"}, Title: text("{{ entity.label }} {{ period.short }}"),
		Pos: diag.Pos{File: "reports/sales.yml", Line: 1, Col: 1},
		Data: []manifest.ReportData{
			{
				Name: "revenue", Sections: []string{"total", "unit", "group"}, Key: []string{"period", "unit_code"}, Query: query("revenue of {{ unit.sql }} in {{ period.code }}"),
				Columns: []manifest.ReportColumn{column("period", "", "month"), column("net", "Net revenue", "money"), column("target", "", "money"), column("achieved", "", "percent")},
			},
			{Name: "nothing", Query: query("empty")},
		},
		Blocks: []manifest.ReportBlock{
			{Name: "head", Heading: &heading},
			{Name: "story", Sections: []string{"total", "unit"}, Text: &story},
			{
				Name: "figures", Data: "revenue", KPI: []manifest.ReportKPI{{
					Label: text("Net revenue"), Value: manifest.Cell{Column: "net", Row: map[string]string{"period": "{{ period.start }}", "unit_code": "A"}}, Format: "money_compact",
					Target:  &manifest.Cell{Column: "target", Row: map[string]string{"period": "2026-02-01", "unit_code": "A"}},
					Compare: []manifest.ReportCompare{{Label: text("to target"), To: &manifest.Cell{Column: "target", Row: map[string]string{"period": "2026-02-01", "unit_code": "A"}}}, {To: cell("net"), As: "difference"}, {Value: cell("achieved"), As: "points", Invert: true}},
					Spark:   &manifest.ReportSpark{Column: "net"},
				}},
			},
			{
				Name: "rows", Data: "revenue", Title: text("By unit"), Table: &manifest.ReportTable{
					GroupBy: "unit_code", Sort: "-net",
					Columns: []manifest.ReportTableColumn{
						{Name: "period"},
						{Name: "net", Total: "sum", Bar: true},
						{Name: "target", Total: "sum"},
						{Name: "orders", Total: "average"},
						{Name: "achieved", Total: "share", Of: []string{"net", "target"}, Style: []manifest.Rule{{Type: "< 100%", Style: "bad"}, {Type: "scale"}}},
					},
				},
			},
			{Name: "top", Data: "revenue", Table: &manifest.ReportTable{Limit: 1, Sort: "-net", Totals: "above", Columns: []manifest.ReportTableColumn{{Name: "unit_code"}, {Name: "net", Total: "sum"}, {Name: "orders"}}}},
			{Name: "months", Data: "revenue", Title: text("Net revenue by month"), Chart: &manifest.ReportChart{Type: "column", Category: "period", Split: "unit_code", Series: []manifest.ReportSeries{{Column: "net"}}}},
			{Name: "bars", Data: "revenue", Chart: &manifest.ReportChart{Type: "bar", Category: "unit_code", Limit: 2, Series: []manifest.ReportSeries{{Column: "net", As: "actual"}, {Column: "target", As: "target"}}}},
			{Name: "tree", Data: "revenue", Chart: &manifest.ReportChart{Type: "treemap", Path: []string{"unit_code", "period"}, Series: []manifest.ReportSeries{{Column: "net"}}}},
			{Name: "heat", Data: "revenue", Chart: &manifest.ReportChart{Type: "heatmap", Category: "period", To: "unit_code", Series: []manifest.ReportSeries{{Column: "orders"}}}},
			{Name: "flow", Data: "revenue", Chart: &manifest.ReportChart{Type: "sankey", From: "period", To: "unit_code", Series: []manifest.ReportSeries{{Column: "net"}}}},
			{Name: "dots", Data: "revenue", Chart: &manifest.ReportChart{Type: "scatter", Category: "orders", Name: "unit_code", Size: "target", Series: []manifest.ReportSeries{{Column: "net"}}}},
			{Name: "dial", Data: "revenue", Chart: &manifest.ReportChart{Type: "gauge", Series: []manifest.ReportSeries{{Column: "achieved"}}}},
			{Name: "done", Data: "revenue", Progress: &manifest.ReportProgress{Label: "unit_code", Value: "net", Target: "target", Sort: "-share", Limit: 2}},
			{Name: "none", Data: "nothing", Chart: &manifest.ReportChart{Type: "bar", Category: "code", Series: []manifest.ReportSeries{{Column: "net"}}}},
			{Name: "left_out", Data: "revenue", When: text("data.revenue | length > 99"), Text: &story},
			{Name: "note", Callout: &manifest.ReportCallout{Style: "warning", Title: text("Mind"), Text: text("{{ fmt(0.5, 'percent') }} of it")}},
			{Name: "pair", Columns: []manifest.ReportColumnOf{{Width: 2, Blocks: []string{"rows", "left_out"}}, {Blocks: []string{"months"}}}},
		},
	}
}

func options(t testing.TB, r *manifest.Report) report.Options {
	t.Helper()
	p, err := report.ParsePeriod("2026-02")
	if err != nil {
		t.Fatal(err)
	}
	return report.Options{
		Spec: r, Period: p,
		Scope: report.Scope{
			Entity: "ACME", Label: "Acme & Sons", Column: "entity_code",
			Units:  []report.Unit{{Code: "A", Label: "Alpha"}, {Code: "B"}},
			Groups: []report.Group{{Code: "AB", Units: []string{"A", "B"}}},
		},
		Translations: manifest.Translations{"Net revenue": "Pendapatan bersih", "target": "sasaran", "to target": "terhadap target"},
	}
}

func assemble(t testing.TB, o report.Options, s report.Source) *report.Report {
	t.Helper()
	r, l, err := report.Assemble(context.Background(), o, s)
	if err != nil {
		t.Fatal(err)
	}
	if l.Err() != nil {
		t.Fatal(l)
	}
	return r
}

func encode(t testing.TB, r *report.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReportIsReadBackAsWritten(t *testing.T) {
	r := assemble(t, options(t, spec()), sales())
	first := encode(t, r)
	if !json.Valid(first) {
		t.Fatalf("no JSON:\n%s", first)
	}
	again, err := report.Read(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r, again) {
		t.Errorf("what is read is not what was written:\n%s\n%s", dump(r), dump(again))
	}
	if second := encode(t, again); !bytes.Equal(first, second) {
		t.Error("the bytes differ after reading")
	}
	if third := encode(t, assemble(t, options(t, spec()), sales())); !bytes.Equal(first, third) {
		t.Error("the same data gives other bytes")
	}
	if testing.Verbose() {
		fmt.Println(string(first))
	}
}

func dump(r *report.Report) string {
	s := fmt.Sprintf("%+v\n", r.Meta)
	for _, b := range r.Total.Blocks {
		s += fmt.Sprintf("%+v\n", *b)
	}
	return s
}
