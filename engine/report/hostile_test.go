package report_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// odd is rows of everything that a warehouse may hold and nobody expects.
func odd() rows {
	return rows{"odd": {
		Columns: []report.Column{
			{Name: "name", Type: block.Text}, {Name: "net", Type: block.Decimal}, {Name: "n", Type: block.Integer}, {Name: "f", Type: block.Float}, {Name: "at", Type: block.Timestamp}, {Name: "ok", Type: block.Boolean},
		},
		Values: [][]block.Value{
			{block.MarkFigure(0, "fake") + "<script>alert(1)</script>", block.Number("1e30"), block.Number("123456789012345678901234567890"), math.NaN(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), true},
			{"\xff\x00{{ 1 }}", block.Number("-0.00"), int64(math.MinInt64), math.Inf(1), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), false},
			{"a=b,c\\d", nil, nil, math.Copysign(0, -1), nil, nil},
			{nil, block.Number("99999999999999999999999999999999999999.99"), int64(0), 5e-324, time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), nil},
		},
	}}
}

func oddSpec(kind string) *manifest.Report {
	s := spec()
	s.Data = []manifest.ReportData{{Name: "d", Key: []string{"name"}, Query: &manifest.Query{SQL: "odd"}, Columns: []manifest.ReportColumn{column("net", "", "money_compact"), column("n", "", "money")}}}
	story := text("{{ data.d.first.name }} {{ figure('d.net') }} {{ figure('d.net', row=-1) }} {{ figure('d.f', row=99) }} {{ data.d | map(attribute='n') | list }}")
	s.Blocks = []manifest.ReportBlock{
		{Name: "story", Text: &story},
		{Name: "rows", Data: "d", Table: &manifest.ReportTable{Sort: "-net", Limit: 2, GroupBy: "ok"}},
		{Name: "kpi", Data: "d", KPI: []manifest.ReportKPI{{Value: manifest.Cell{Column: "net"}, Target: cell("f"), Compare: []manifest.ReportCompare{{To: cell("f")}, {To: cell("name"), As: "difference"}}, Spark: &manifest.ReportSpark{Column: "at"}}}},
		{Name: "done", Data: "d", Progress: &manifest.ReportProgress{Label: "name", Value: "f", Target: "net", Sort: "share"}},
		{Name: "chart", Data: "d", Chart: &manifest.ReportChart{Type: kind, Category: "name", From: "name", To: "ok", Path: []string{"ok", "name"}, Total: "ok", Limit: 2, Sort: "value", Series: []manifest.ReportSeries{{Column: "net"}}}},
	}
	return s
}

// Odd rows make a report, which is read back as written, whatever the chart.
func TestOddRows(t *testing.T) {
	for _, kind := range block.ChartTypes() {
		s := oddSpec(kind[0])
		if kind[0] == "sankey" {
			s.Blocks[4].Chart.To = "n" // two that are missing would flow into one another
		}
		r := assemble(t, options(t, s), odd())
		story := r.Total.Blocks["story"].Text
		if len(story.Figures) != 3 || !strings.Contains(story.Text, "fake") || strings.ContainsAny(story.Text, "\ue000\ue001\ue002") {
			t.Errorf("%+v", story)
		}
		file := encode(t, r)
		again, err := report.Read(bytes.NewReader(file))
		if err != nil {
			t.Fatal(kind[0], err)
		}
		if !bytes.Equal(encode(t, again), file) {
			t.Errorf("%s: the bytes differ after reading", kind[0])
		}
		b, err := report.Schema(s, r)
		if err != nil {
			t.Fatal(err)
		}
		checkSchema(t, b, file)
		var page bytes.Buffer
		if d := report.Diff(r, again); !d.Same() {
			t.Errorf("%s differs from itself: %s", kind[0], d.Summary())
		} else if err := d.HTML(&page); err != nil {
			t.Error(err)
		}
	}
}

func TestNoRowsAtAll(t *testing.T) {
	for _, kind := range block.ChartTypes() {
		empty := odd()
		empty["odd"].Values = nil
		r := assemble(t, options(t, oddSpec(kind[0])), empty)
		for _, name := range []string{"rows", "kpi", "done", "chart"} {
			if b := r.Total.Blocks[name]; b.Empty == "" || b.Alt == "" {
				t.Errorf("%s, %s: nothing says that there is nothing: %+v", kind[0], name, b)
			}
		}
		if _, err := report.Read(bytes.NewReader(encode(t, r))); err != nil {
			t.Errorf("%s: %v", kind[0], err)
		}
	}
}

func TestCancelledReportEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o := options(t, spec())
	if _, _, err := report.Assemble(ctx, o, stopped{sales()}); err == nil {
		t.Error("a stopped report is one")
	}
}

// stopped asks nothing once its context has ended.
type stopped struct{ rows }

func (s stopped) Rows(ctx context.Context, node manifest.ID, q *manifest.Query, names map[string]any) (*report.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.rows.Rows(ctx, node, q, names)
}

// Columns in columns double with each depth: forty of them would never be drawn.
func TestColumnsThatDoubleAreRefused(t *testing.T) {
	const want = "hold more than 500 blocks"
	blocks := `"n40": {"id": "n40", "kind": "title", "heading": {"text": "x"}}`
	o := options(t, spec())
	for i := range 40 {
		next := fmt.Sprint("n", i+1)
		blocks += fmt.Sprintf(`, "n%d": {"id": "n%d", "kind": "columns", "columns": [{"blocks": [%q]}, {"blocks": [%q]}]}`, i, i, next, next)
		o.Spec.Blocks = append(o.Spec.Blocks, manifest.ReportBlock{Name: fmt.Sprint("n", i), Columns: []manifest.ReportColumnOf{{Blocks: []string{next}}, {Blocks: []string{next}}}})
	}
	heading := text("x")
	o.Spec.Blocks = append(o.Spec.Blocks, manifest.ReportBlock{Name: "n40", Heading: &heading})
	if _, err := report.Unmarshal([]byte(`{"meta": {"report": "x"}, "total": {"blocks": {` + blocks + `}}}`)); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v", err)
	}
	if _, l, err := report.Assemble(context.Background(), o, sales()); err != nil || l.Err() == nil || !strings.Contains(l.Error(), want) {
		t.Errorf("%v %v", l, err)
	}
}

// FuzzRead reads anything: what can be read can be written, compared and told, and is the same again.
func FuzzRead(f *testing.F) {
	r := assemble(f, options(f, spec()), sales())
	f.Add(encode(f, r))
	f.Add([]byte(`{"meta": {"report": "x"}, "total": {"data": {"d": {"columns": [{"name": "a", "type": "date"}], "rows": [["2026-01-01"], [null], ["2026-01-01T10:00:00Z"]]}}, "blocks": {"a": {"columns": [{"blocks": ["a"]}]}}}}`))
	f.Add([]byte(`{"meta": {"report": "x"}, "total": {"blocks": {"a": {"text": {"text": "x", "figures": [{"at": 9, "length": 9}]}}}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		one, err := report.Unmarshal(b)
		if err != nil {
			return
		}
		first, err := report.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		two, err := report.Unmarshal(first)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first)
		}
		second, err := report.Marshal(two)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("written twice, it differs: %v\n%s\n%s", err, first, second)
		}
		if d := report.Diff(one, two); !d.Same() {
			t.Fatalf("it differs from itself: %+v", d)
		}
	})
}
