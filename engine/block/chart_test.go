package block_test

import (
	"testing"

	"atlas/engine/block"
)

// TestSeriesLooks says what series stand for and which of them are categories, for every medium alike.
func TestSeriesLooks(t *testing.T) {
	lone := block.Chart{Series: []block.Series{{Label: "Orders"}}}
	if got := lone.Scenario(0); got != block.Actual || lone.Category(0) != 0 {
		t.Errorf("a series alone is %q, category %d", got, lone.Category(0))
	}
	token := block.Chart{Series: []block.Series{{As: "category-3"}}}
	if got := token.Scenario(0); got != "category-3" {
		t.Errorf("a series with a colour of its own is %q", got)
	}
	mixed := block.Chart{Series: []block.Series{{As: block.Previous}, {}, {As: block.Target}, {}}}
	for i, want := range []int{0, 1, 0, 2} {
		if got := mixed.Category(i); got != want || mixed.Scenario(i) != mixed.Series[i].As {
			t.Errorf("series %d is category %d, not %d", i, got, want)
		}
	}
	for n, want := range map[int]string{1: "category-1", 7: "category-7", 8: "scenario-previous", 40: "scenario-previous"} {
		if got := block.CategoryToken(n); got != want {
			t.Errorf("category %d has the colour %s, not %s", n, got, want)
		}
	}
}
