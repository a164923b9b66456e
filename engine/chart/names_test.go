package chart_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/theme"
)

// named40 is a chart of many categories with long names.
func named40(kind block.ChartType) *block.Block {
	var names []string
	var values []any
	for i := range 40 {
		names = append(names, fmt.Sprintf("Category number %d with a very long name that needs sixty characters", i+1))
		values = append(values, 40-i)
	}
	return chartBlock("many", block.Chart{Type: kind, Labels: "none", Categories: labels(names...), Series: []block.Series{ser("x", "", kind, "integer", values...)}})
}

type namedAxis struct {
	AxisLabel struct {
		Texts    []string
		FontSize float64
	}
}

// TestManyNames draws the names of forty bars in smaller type, and those of columns inside of the chart.
func TestManyNames(t *testing.T) {
	f := formatter(t, "en-US")
	const w, h = 874.0, 330.0
	read := func(kind block.ChartType) (x, y namedAxis, left, right float64) {
		var o struct {
			XAxis, YAxis json.RawMessage
			Grid         struct{ Left, Right float64 }
		}
		if err := json.Unmarshal(chart.OptionFor(named40(kind), theme.Default(), false, f, w, h), &o); err != nil {
			t.Fatal(err)
		}
		_ = json.Unmarshal(o.XAxis, &x)
		_ = json.Unmarshal(o.YAxis, &y)
		return x, y, o.Grid.Left, o.Grid.Right
	}
	_, bars, left, _ := read(block.BarChart)
	for i, name := range bars.AxisLabel.Texts {
		if name == "" {
			t.Errorf("bar %d has no name", i)
		}
	}
	if bars.AxisLabel.FontSize != 7 || left > w*0.36 {
		t.Errorf("names of bars have %g points and take %g of %g", bars.AxisLabel.FontSize, left, w)
	}
	columns, _, left, right := read(block.ColumnChart)
	texts := columns.AxisLabel.Texts
	band := (w - left - right) / 40
	shown := 0
	for i, name := range texts {
		if name == "" {
			continue
		}
		shown++
		half := theme.Default().Measure(name, columns.AxisLabel.FontSize, false) / 2
		if at := left + band*(float64(i)+0.5); at-half < 0 || at+half > w {
			t.Errorf("%q stands from %g to %g of %g", name, at-half, at+half, w)
		}
	}
	if shown < 4 || !strings.HasPrefix(texts[39], "Category number 40") {
		t.Errorf("the names of columns are %q", texts)
	}
}

// TestNamedParts names all parts of a few, and of many the larger ones.
func TestNamedParts(t *testing.T) {
	few := chart.NamedParts([]float64{90, 9, 1, math.NaN()})
	if fmt.Sprint(few) != "[true true true false]" {
		t.Errorf("of few: %v", few)
	}
	many := chart.NamedParts([]float64{40, 20, 10, 10, 10, 5, 3, 1.5, 0.5})
	if fmt.Sprint(many) != "[true true true true true true true false false]" {
		t.Errorf("of many: %v", many)
	}
	option := string(chart.Option(named40(block.PieChart), theme.Default(), false, formatter(t, "en-US")))
	if got := strings.Count(option, `"labelLine":{"show":false}`); got < 15 {
		t.Errorf("%d of 40 parts have no name", got)
	}
}

// TestNamesBelow rather thins names out than to cut words in their midst.
func TestNamesBelow(t *testing.T) {
	n := chart.Names{Chart: 400, Band: 40, Width: func(s string) float64 { return 6 * float64(len([]rune(s))) }}
	for i := range 8 {
		n.Names = append(n.Names, fmt.Sprintf("Category number %d of many", i+1))
	}
	if got := strings.Join(n.Below(), "|"); got != "|||Category number 4 o…||||Category number 8 o…" {
		t.Errorf("got %q", got)
	}
	n.Band = 60
	if got := n.Below()[0]; got != "Category\nnumber 1\nof many" {
		t.Errorf("with room for words: %q", got)
	}
}

// TestNamesOfPercentLines names lines where they end, not where parts of a stack would.
func TestNamesOfPercentLines(t *testing.T) {
	c := block.Chart{Type: block.LineChart, Percent: true, Labels: "none", Categories: labels("a", "b"), Series: []block.Series{
		ser("x", "", block.LineChart, "integer", 75, 75), ser("y", "", block.LineChart, "integer", 25, 25),
	}}
	var option struct {
		Series []struct {
			Type string
			Data []struct{ Value any }
		}
	}
	if err := json.Unmarshal(chart.Option(chartBlock("lines", c), theme.Default(), false, formatter(t, "en-US")), &option); err != nil {
		t.Fatal(err)
	}
	for _, s := range option.Series {
		if s.Type == "scatter" && len(s.Data) == 2 && fmt.Sprint(s.Data[0].Value, s.Data[1].Value) != "[1 0.75] [1 0.25]" {
			t.Errorf("names stand at %v", s.Data)
		}
	}
}
