package pptx_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"atlas/engine/block"
	"atlas/engine/deck/pptx"
)

// long40 is a chart of forty categories with long names.
func (s sample) long40(kind block.ChartType) *block.Block {
	b := s.single(kind, "", "none")
	var list []any
	b.Chart.Categories = nil
	for i := range 40 {
		name := fmt.Sprintf("Category number %d with a very long name that needs so many more characters than there is room for in any chart that stands on a slide", i+1)
		b.Chart.Categories = append(b.Chart.Categories, block.Label{Value: name, Text: name})
		list = append(list, 1000-20*i)
	}
	b.Chart.Series[0].Values = values("integer", "net", list...)
	return b
}

// drawnAndValid gives a document's only chart and its workbook.
func drawnAndValid(t *testing.T, s sample, b *block.Block) (string, *excelize.File) {
	t.Helper()
	p := opened(t, render(t, s.one(b)))
	for _, x := range pptx.Validate(p) {
		t.Error(x)
	}
	book, err := excelize.OpenReader(bytes.NewReader(p.Part("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	return string(p.Part("ppt/charts/chart1.xml")), book
}

var labelText = regexp.MustCompile(`<a:t>([^<]*)</a:t>`)

// TestNamesOfManyBars cuts names at a third of the width, in smaller type; the workbook has them whole.
func TestNamesOfManyBars(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.long40(block.BarChart)
	text, book := drawnAndValid(t, s, b)
	_, names, _ := strings.Cut(text, "<c:cat>")
	names, _, _ = strings.Cut(names, "</c:cat>")
	if n := strings.Count(names, "…</c:v>"); n != 40 {
		t.Errorf("%d names are cut:\n%s", n, names)
	}
	_, axis, _ := strings.Cut(text, "<c:catAx>")
	if !strings.Contains(axis, `<a:defRPr sz="700"`) || strings.Contains(axis, "<c:tickLblSkip") || !strings.Contains(axis, `rot="0"`) {
		t.Errorf("the axis is %s", axis)
	}
	if got, err := book.GetCellValue("data", "A41"); err != nil || got != b.Chart.Categories[39].Text {
		t.Errorf("the workbook has %q: %v", got, err)
	}
	few := s.single(block.BarChart, "", "all")
	if text, _ := drawnAndValid(t, s, few); !strings.Contains(text, "<c:f>data!$A$2:$A$6</c:f>") || !strings.Contains(text, `<a:defRPr sz="1100"`) {
		t.Error("names of few bars are not the categories' own")
	}
}

// TestNamesOfManyColumns cuts and thins out names that stand below columns, and turns none.
func TestNamesOfManyColumns(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.long40(block.ColumnChart)
	b.Chart.Series[0].Values[3].Value = int64(-300)
	text, book := drawnAndValid(t, s, b)
	var shown []string
	for _, m := range labelText.FindAllStringSubmatch(text, -1) {
		shown = append(shown, m[1])
	}
	if len(shown) < 4 || len(shown) > 12 || !strings.HasPrefix(shown[len(shown)-1], "Category number 40 ") || !strings.HasSuffix(shown[0], "…") {
		t.Errorf("the names are %q", shown)
	}
	if !strings.Contains(text, `<c:tickLblPos val="none"/>`) || !strings.Contains(text, `<c:min val="-500"/>`) {
		t.Error("the axis has names of its own, or they stand elsewhere than at its end")
	}
	if got, err := book.GetCellValue("data", "C5"); err != nil || got != "-500" {
		t.Errorf("the line of the names is at %q: %v", got, err)
	}
}

// TestNamesOfWeeks breaks no date but before its year.
func TestNamesOfWeeks(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.long40(block.LineChart)
	b.Chart.Time = true
	day := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for i := range b.Chart.Categories {
		b.Chart.Categories[i].Text = day.AddDate(0, 0, 7*i).Format("2 Jan 2006")
	}
	text, _ := drawnAndValid(t, s, b)
	shown := labelText.FindAllStringSubmatch(text, -1)
	if len(shown) < 20 || len(shown)%2 != 0 {
		t.Fatalf("the names are %q", shown)
	}
	for i, m := range shown {
		if want := regexp.MustCompile([]string{`^\d+ \w+$`, `^2026$`}[i%2]); !want.MatchString(m[1]) {
			t.Errorf("a line is %q", m[1])
		}
	}
}

// TestManyParts names the larger parts of a pie alone, and writes no share where a ring has no room.
func TestManyParts(t *testing.T) {
	s := newSample(t, "en-US")
	pie, _ := drawnAndValid(t, s, s.long40(block.PieChart))
	if kept := 40 - strings.Count(pie, `<c:delete val="1"/>`); kept < 8 || kept > 25 {
		t.Errorf("%d of 40 parts are named", kept)
	}
	few, _ := drawnAndValid(t, s, s.single(block.PieChart, "", "all"))
	if strings.Contains(few, "<c:delete") || !strings.Contains(few, `<c:showPercent val="1"/>`) {
		t.Error("a part of few is not named")
	}
	ring := s.single(block.DoughnutChart, "", "all")
	ring.Chart.Series[0].Values = values("integer", "net", 90, 6, 3, 1, 0)
	text, _ := drawnAndValid(t, s, ring)
	for i, gone := range []bool{false, false, true, true, true} {
		if got := strings.Contains(text, fmt.Sprintf(`<c:idx val="%d"/><c:delete val="1"/>`, i)); got != gone {
			t.Errorf("the share of part %d is left out: %v", i, got)
		}
	}
}

// TestNamesOfCombos leaves the unseen line of the names out of the legend, and nothing else.
func TestNamesOfCombos(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.long40(block.ComboChart)
	b.Chart.Series[0].Type = block.ColumnChart
	rate := b.Chart.Series[0]
	rate.Label, rate.Type, rate.Right = "Rate", block.LineChart, true
	b.Chart.Series = append(b.Chart.Series, rate)
	text, _ := drawnAndValid(t, s, b)
	entries := regexp.MustCompile(`<c:legendEntry><c:idx val="(\d+)"/>`).FindAllStringSubmatch(text, -1)
	if len(entries) != 1 || entries[0][1] != "1" { // columns, names, and the line at the right
		t.Errorf("the legend leaves out %q", entries)
	}
}

// TestSharesOfLines draws lines of a percent chart as shares, which the workbook computes.
func TestSharesOfLines(t *testing.T) {
	s := newSample(t, "en-US")
	b := s.stacked(true)
	b.Chart.Type = block.LineChart
	for i := range b.Chart.Series {
		b.Chart.Series[i].Type = block.LineChart
	}
	text, book := drawnAndValid(t, s, b)
	if !strings.Contains(text, "<c:f>data!$E$2:$E$7</c:f>") || !strings.Contains(text, "<c:v>0.23076923076923078</c:v>") {
		t.Errorf("the lines are no shares:\n%s", text)
	}
	if got, err := book.CalcCellValue("data", "E2", excelize.Options{RawCellValue: true}); err != nil || !strings.HasPrefix(got, "0.23") {
		t.Errorf("a share is %q: %v", got, err)
	}
}
