package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"atlas/engine/adapter"
	adapters "atlas/engine/adapter/builtin"
	"atlas/engine/block"
	"atlas/engine/manifest"
)

// reported writes a project with a report of every kind of figure, built, and gives its root.
func reported(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	writeText(t, root, "atlas_project.yml", "name: shop\nmodel-paths: [models]\nreport-paths: [reports]\nmodels: {+materialized: table}\n"+
		"scope:\n  entity:\n    values: {ACME: {units: [N, S], groups: {NS: [N, S]}}}\n    default: ACME\n")
	writeText(t, root, "models/sales.sql", `select
    'item ' || (i % 9) as item, if(i % 2 = 0, 'N', 'S') as unit, make_date(2026, 1 + i % 3, 1) as month,
    sum(i * 1.25)::decimal(18, 2) as net, sum(i)::decimal(18, 2) as target, count(*) as orders
from range(200) r(i)
group by all
`)
	writeText(t, root, "reports/sales.yml", `version: 1
reports:
  - name: sales
    title: Sales
    locales: [en-US]
    currency: $
    data:
      - name: items
        sections: [total, unit, group]
        key: [item, unit]
        query: |
          select item, unit, sum(net) as net, sum(target) as target, sum(orders)::bigint as orders
          from {{ ref('sales') }} where unit in ({{ unit.sql }}) group by item, unit order by item, unit
        columns: [{name: net, format: money}, {name: target, format: money}]
      - name: months
        key: [month]
        query: select month, sum(net) as net from {{ ref('sales') }} group by month order by month
    blocks:
      - {name: figures, sections: [total, unit, group], data: items, kpi: [{label: Net, value: {data: items, column: net, row: {item: item 3}}, target: {data: items, column: target, row: {item: item 3}}, compare: [{label: to target, to: {data: items, column: target, row: {item: item 3}}}], spark: {data: months, column: net}}]}
      - {name: by_month, data: months, chart: {type: column, category: month, series: [{column: net}]}}
      - {name: by_item, data: items, chart: {type: stacked, category: item, split: unit, series: [{column: net}]}}
      - {name: best, data: items, chart: {type: funnel, category: item, series: [{column: orders}]}}
      - {name: rows, data: items, table: {columns: [{name: item}, {name: unit}, {name: net, total: sum}, {name: orders, total: sum}], totals: below, limit: 7, sort: -net}}
      - {name: done, data: items, progress: {label: item, value: net, target: target, limit: 5}}
      - {name: story, text: "It was **{{ figure('items.net', row={'item': 'item 2', 'unit': 'S'}) }}**, and {{ figure('months.net', row=-1) }} at last."}
`)
	atlasIn(t, root, "build")
	return root
}

// traced is where a figure says that it is from.
type traced struct{ value, query, row, column string }

// TestFiguresAreFoundInTheWarehouse asks the queries of a report again, and looks up every figure that
// is drawn on the slides and in the presentation's workbooks by its row and column: all that are no
// sums or shares of several cells are there, and the same.
func TestFiguresAreFoundInTheWarehouse(t *testing.T) {
	root := reported(t)
	atlasIn(t, root, "report", "--period", "2026-03", "--no-pdf", "-o", "out")
	folder := filepath.Join(root, "out", "ACME-2026-03")
	var rep struct {
		Queries map[string]struct{ SQL string }
		Total   section
		Units   map[string]section
	}
	text, err := os.ReadFile(filepath.Join(folder, "ACME-2026-03.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &rep); err != nil {
		t.Fatal(err)
	}
	keys := map[string][]string{}
	for _, s := range append(sections(rep.Units), rep.Total) {
		for _, d := range s.Data {
			keys[d.Query] = d.Key
		}
	}
	cells := map[traced]bool{}
	asked(t, root, func(s adapter.Session) {
		for name, q := range rep.Queries {
			eachCell(t, s, name, q.SQL, keys[name], func(x traced) { cells[x] = true })
		}
	})
	for where, figures := range map[string][]traced{"slides": onSlides(t, filepath.Join(folder, "slides")), "workbooks": inWorkbooks(t, filepath.Join(folder, "ACME-2026-03.pptx"))} {
		found := 0
		for _, f := range figures {
			switch {
			case rep.Queries[f.query].SQL == "":
				t.Errorf("%s: %+v is of no query of the report", where, f)
			case f.row == "total" || f.row == "other" || strings.Contains(f.column, "/"): // of several cells
			case !cells[f]:
				t.Errorf("%s: %+v is not what the query gives", where, f)
			default:
				found++
			}
		}
		if found < 30 {
			t.Errorf("%s: only %d figures are traced", where, found)
		}
		t.Logf("%s: %d of %d figures are cells of queries, and the same", where, found, len(figures))
	}
}

type section struct {
	Data map[string]struct {
		Query string
		Key   []string
	}
}

func sections(m map[string]section) (out []section) {
	for _, s := range m {
		out = append(out, s)
	}
	return out
}

// asked opens the project's database.
func asked(t *testing.T, root string, with func(adapter.Session)) {
	t.Helper()
	a, err := adapters.Adapters().Get("duckdb")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	w, err := a.Open(ctx, adapter.Target{Type: "duckdb", Root: root, Options: manifest.NewMap("path", "atlas.duckdb")}, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Session(ctx)
	if err != nil {
		t.Fatal(errors.Join(err, w.Close()))
	}
	with(s)
	if err := errors.Join(s.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
}

// eachCell gives every cell of a query with the key of its row.
func eachCell(t *testing.T, s adapter.Session, name, sql string, key []string, each func(traced)) {
	t.Helper()
	rows, err := s.Query(context.Background(), sql)
	if err != nil {
		t.Fatal(name, err)
	}
	data := &block.Data{Key: key}
	for _, c := range rows.Columns() {
		data.Columns = append(data.Columns, block.Field{Name: c.Name})
	}
	for rows.Next() {
		row := make([]block.Value, len(data.Columns))
		for i, v := range rows.Values() {
			if d, ok := v.(adapter.Decimal); ok {
				v = block.Number(d)
			}
			row[i] = v
		}
		data.Rows = append(data.Rows, row)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(name, err)
	}
	for i, row := range data.Rows {
		for j, c := range data.Columns {
			each(traced{plainNumber(block.PlainText(row[j])), name, data.RowKey(i), c.Name})
		}
	}
}

// plainNumber writes a number without what says nothing: 12.50 is 12.5.
func plainNumber(s string) string {
	if strings.Contains(s, ".") && strings.Trim(s, "-.0123456789") == "" {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

var (
	figureTag = regexp.MustCompile(`<data class="figure[^>]*>`)
	attribute = regexp.MustCompile(`([\w-]+)="([^"]*)"`)
)

// onSlides gives the figures that are drawn as HTML.
func onSlides(t *testing.T, folder string) (out []traced) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(folder, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range figureTag.FindAllString(string(page), -1) {
		is := map[string]string{}
		for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
			is[m[1]] = html.UnescapeString(m[2])
		}
		out = append(out, traced{plainNumber(is["value"]), is["data-query"], is["data-row"], is["data-column"]})
	}
	return out
}

// inWorkbooks gives what the workbooks of a presentation's charts say of their cells.
func inWorkbooks(t *testing.T, path string) (out []traced) {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, part := range z.File {
		if !strings.HasSuffix(part.Name, ".xlsx") {
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(part.Name, err)
		}
		origins, err := book.GetRows("origin")
		if err != nil {
			t.Fatal(part.Name, err)
		}
		for _, row := range origins[1:] { // cell, series, category, value, block, query, row, column
			shown, err := book.GetCellValue("data", row[0], excelize.Options{RawCellValue: true})
			if err != nil || plainNumber(shown) != plainNumber(row[3]) {
				t.Errorf("%s: %s is %s, and its origin %s (%v)", part.Name, row[0], shown, row[3], err)
			}
			out = append(out, traced{plainNumber(row[3]), row[5], row[6], row[7]})
		}
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	}
	return out
}
