package pptx_test

import (
	"bytes"
	"context"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"atlas/engine/block"
	"atlas/engine/deck/pptx"
	"atlas/engine/theme"
)

// TestWaterfallFormulas computes the workbook of a waterfall again: what people see after they have
// changed a value follows the same rules as what was drawn.
func TestWaterfallFormulas(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.waterfall()
	b.Chart.Totals = []bool{true, false, false, false, false, false, true}
	b.Chart.Series[0].Values = values("integer", "v", 100, -250, 60, -40, 300, nil, 170)
	b.Chart.Categories = months(s.f, 7)
	p := opened(t, render(t, s.one(b)))
	book, err := excelize.OpenReader(bytes.NewReader(p.Part("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	formulas := 0
	for column := 'D'; column <= 'K'; column++ {
		for row := 2; row <= 8; row++ {
			cell := string(column) + strconv.Itoa(row)
			formula, err := book.GetCellFormula("data", cell)
			if err != nil || formula == "" {
				t.Errorf("%s has no formula: %v", cell, err)
				continue
			}
			formulas++
			want, err := book.GetCellValue("data", cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := book.CalcCellValue("data", cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatalf("%s =%s: %v", cell, formula, err)
			}
			x, errX := strconv.ParseFloat(got, 64)
			y, errY := strconv.ParseFloat(want, 64)
			if errX != nil || errY != nil || math.Abs(x-y) > 1e-9 {
				t.Errorf("%s =%s is %q and was written as %q", cell, formula, got, want)
			}
		}
	}
	if formulas != 8*7 {
		t.Errorf("there are %d formulas", formulas)
	}
}

// TestOrigins says where each value of a chart's workbook is from, exactly.
func TestOrigins(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.single(block.BarChart, block.Actual, "all")
	b.Chart.Series[0].Values[1].Value = block.Number("401000000.1000000000000001")
	p := opened(t, render(t, s.one(b)))
	book, err := excelize.OpenReader(bytes.NewReader(p.Part("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("origin")
	if err != nil {
		t.Fatal(err)
	}
	want := "B3|Net revenue|Overseas and the islands|401000000.1000000000000001|single_bar|revenue|period=2026-02-01|net"
	if len(rows) != 6 || strings.Join(rows[2], "|") != want {
		t.Errorf("the origins are %q", rows)
	}
}

// chartPart gives the part of a document's only chart.
func chartPart(t *testing.T, s sample, b *block.Block) string {
	t.Helper()
	return string(opened(t, render(t, s.one(b))).Part("ppt/charts/chart1.xml"))
}

// TestSeriesColors paints series as every other medium does: a lone one is actual, categories are
// counted without scenarios, and those beyond the seven are grey.
func TestSeriesColors(t *testing.T) {
	s := newSample(t, "en-US")
	colors := theme.Default().Light
	look := func(b *block.Block) (fills []string) {
		for _, part := range strings.Split(chartPart(t, s, b), "<c:ser>")[1:] {
			fills = append(fills, regexp.MustCompile(`<a:solidFill><a:\w+Clr val="(\w+)"`).FindStringSubmatch(part)[1])
		}
		return fills
	}
	lone := s.single(block.ColumnChart, "", "all")
	if got := look(lone); got[0] != colors["scenario-actual"] {
		t.Errorf("a lone series is %s", got)
	}
	many := s.single(block.GroupedChart, "", "none")
	many.Chart.Series[0].As = block.Previous
	for range 8 {
		many.Chart.Series = append(many.Chart.Series, block.Series{Label: "x", Type: block.ColumnChart, Values: many.Chart.Series[0].Values})
	}
	got := look(many)
	if got[0] != colors["scenario-previous"] || got[1] != colors["category-1"] || got[7] != colors["category-7"] || got[8] != colors["scenario-previous"] {
		t.Errorf("series are %s", got)
	}
}

// TestTextLikeAnEscape names series and categories by what workbooks take for a character.
func TestTextLikeAnEscape(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.single(block.BarChart, "", "all")
	odd := "_x0041_x0042_ _X0041_ _x005F_"
	b.Chart.Series[0].Label, b.Chart.Categories[1].Text = odd, odd
	p := opened(t, render(t, s.one(b)))
	for _, x := range pptx.Validate(p) {
		t.Error(x)
	}
	const want = "<c:v>_x005F_x0041_x005F_x0042_ _X0041_ _x005F_x005F_</c:v>"
	if n := strings.Count(string(p.Part("ppt/charts/chart1.xml")), want); n != 2 {
		t.Errorf("the chart has %d of %s", n, want)
	}
	book, err := excelize.OpenReader(bytes.NewReader(p.Part("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{"A3", "B1"} {
		if got, err := book.GetCellValue("data", cell); err != nil || got != odd {
			t.Errorf("%s is %q, not %q: %v", cell, got, odd, err)
		}
	}
}

// TestDrawingsAreInPoints asks for drawings as large as they are placed, so that eleven points of type
// are eleven points beside native charts.
func TestDrawingsAreInPoints(t *testing.T) {
	s := newSample(t, "en-US")
	o := options()
	draw, width := o.SVG, 0.0
	o.SVG = func(ctx context.Context, b *block.Block, w, h float64) ([]byte, error) {
		width = w
		return draw(ctx, b, w, h)
	}
	var b bytes.Buffer
	if _, err := pptx.Render(t.Context(), &b, s.one(s.drawn(block.SankeyChart)), o); err != nil {
		t.Fatal(err)
	}
	placed := regexp.MustCompile(`<p:pic>.*?<a:ext cx="(\d+)"`).FindStringSubmatch(string(opened(t, b.Bytes()).Part("ppt/slides/slide1.xml")))
	if placed == nil {
		t.Fatal("there is no picture")
	}
	if emu, err := strconv.ParseFloat(placed[1], 64); err != nil || math.Abs(emu/12700-width) > 1.5 {
		t.Errorf("a drawing %g wide is placed as %s EMU", width, placed[1])
	}
}

// TestBarsHaveNoGrid leaves vertical lines out, where an axis tells the values of bars.
func TestBarsHaveNoGrid(t *testing.T) {
	s := newSample(t, "en-US")
	for kind, want := range map[block.ChartType]bool{block.BarChart: false, block.ColumnChart: true} {
		if got := strings.Contains(chartPart(t, s, s.single(kind, "", "none")), "<c:majorGridlines>"); got != want {
			t.Errorf("%s has a grid: %v", kind, got)
		}
	}
}

// TestPercentLabels writes shares at the parts of a percent chart, from cells that compute them of the
// amounts, and leaves those out that are smaller than their label.
func TestPercentLabels(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.stacked(true)
	b.Chart.Series[2].Values = values("integer", "c", 80, 85, 90, 88, nil, 2)
	p := opened(t, render(t, s.one(b)))
	for _, x := range pptx.Validate(p) {
		t.Error(x)
	}
	text := string(p.Part("ppt/charts/chart1.xml"))
	parts := strings.Split(text, "<c:ser>")[1:]
	for i, want := range []string{"<a:t>23%</a:t>", "<a:t>62%</a:t>", "<a:t>15%</a:t>"} {
		if !strings.Contains(parts[i], want) {
			t.Errorf("series %d lacks %s", i, want)
		}
	}
	if !strings.Contains(parts[0], "<c15:f>data!$E$2:$E$7</c15:f>") || strings.Contains(text, `<c:showVal val="1"/>`) {
		t.Error("labels are not the cells' shares")
	}
	if !strings.Contains(parts[2], `<c:idx val="5"/><c:delete val="1"/>`) || strings.Contains(parts[1], "<c:delete") {
		t.Error("a small part has a label, or a large one has none")
	}
	book, err := excelize.OpenReader(bytes.NewReader(p.Part("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	for cell, want := range map[string]string{"E2": "0.23", "F2": "0.61", "G2": "0.15", "G6": ""} {
		if got, err := book.CalcCellValue("data", cell, excelize.Options{RawCellValue: true}); err != nil || !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s is %q, not %s: %v", cell, got, want, err)
		}
	}
}

// TestLabelsOfFarSizes writes labels that no code of numbers can as the texts that they are elsewhere.
func TestLabelsOfFarSizes(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.single(block.BarChart, "", "all")
	b.Chart.Series[0].Values = values("money_compact", "net", 1e15, 0.5, -5e14, 0, 120e6)
	text, book := drawnAndValid(t, s, b)
	for i, v := range b.Chart.Series[0].Values {
		want := s.f.Format(v.Value, "money_compact")
		if !strings.Contains(text, "<a:t>"+want+"</a:t>") {
			t.Errorf("no label says %q", want)
		}
		if got, err := book.GetCellValue("data", "C"+strconv.Itoa(i+2)); err != nil || got != want {
			t.Errorf("the cell of a label says %q, not %q: %v", got, want, err)
		}
	}
}
