package pptx_test

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"atlas/engine/block"
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
