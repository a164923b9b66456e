package chart_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/theme"
)

// TestMonthsBreakBeforeTheyAreLeftOut: a year stands below its month where both do not fit beside one
// another, and names are left out only where that is not enough.
func TestMonthsBreakBeforeTheyAreLeftOut(t *testing.T) {
	c := &block.Chart{Type: block.ColumnChart, Time: true, Labels: "none", Series: []block.Series{{Column: "net", Label: "Net", Type: block.ColumnChart, As: block.Actual}}}
	for i, m := range strings.Split("Mar 2025,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec,Jan 2026,Feb", ",") {
		c.Categories = append(c.Categories, block.Label{Value: m, Text: m})
		c.Series[0].Values = append(c.Series[0].Values, block.Figure{Value: int64(i + 1)})
	}
	b := &block.Block{ID: "months", Name: "months", Kind: block.ChartOf, Chart: c}
	for width, want := range map[float64]string{
		1200: `"texts":["Mar 2025","Apr"`,
		560:  `"texts":["Mar 2025","Apr"`,
		400:  `"texts":["Mar\n2025","Apr","May","Jun","Jul","Aug","Sep","Oct","Nov","Dec","Jan\n2026","Feb"]`,
		200:  `"texts":["","Apr\n2025","","Jun","","Aug","","Oct","","Dec","","Feb\n2026"]`,
	} {
		if got := string(chart.OptionFor(b, theme.Default(), false, formatter(t, "en-US"), width, 300)); !strings.Contains(got, want) {
			t.Errorf("%v pixels: want %s in %s", width, want, got)
		}
	}
}

// TestThousandsOfPointsHaveNames: a chart of a hundred thousand points is not to be read, and still has
// to be drawn; each try to place the names costs as much as there are points.
func TestThousandsOfPointsHaveNames(t *testing.T) {
	c := &block.Chart{Type: block.LineChart, Time: true, Labels: "none", Series: []block.Series{{Column: "net", Label: "Net", Type: block.LineChart, As: block.Actual}}}
	for i := range 100_000 {
		c.Categories = append(c.Categories, block.Label{Text: "day " + strconv.Itoa(i)})
		c.Series[0].Values = append(c.Series[0].Values, block.Figure{Value: int64(i)})
	}
	b := &block.Block{ID: "days", Name: "days", Kind: block.ChartOf, Chart: c}
	started := time.Now()
	got := string(chart.OptionFor(b, theme.Default(), false, formatter(t, "en-US"), 800, 300))
	if took := time.Since(started); took > 20*time.Second { // it took minutes
		t.Errorf("it took %v", took)
	}
	if !strings.Contains(got, `"day 99999"`) {
		t.Error("the last point has no name")
	}
}
