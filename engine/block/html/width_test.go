package html_test

import (
	"strings"
	"testing"

	"atlas/engine/block"
)

// TestWidthsAreShares: of one, or of their sum where it is more, as presentations take them.
func TestWidthsAreShares(t *testing.T) {
	for want, widths := range map[string][]float64{
		`<col style="width:60%"><col style="width:40%">`: {3, 2},
		`<col style="width:25%"><col>`:                   {0.25, 0},
		`<thead>`:                                        {0, 0},
	} {
		b := &block.Block{ID: "t", Name: "t", Kind: block.TableOf, Table: &block.Table{
			Columns: []block.TableColumn{{Name: "a", Label: "A", Left: true, Width: widths[0]}, {Name: "b", Label: "B", Width: widths[1]}},
			Lines:   []block.Line{{Kind: block.RowLine, Cells: []block.Cell{{Figure: block.Figure{Value: "x"}}, {Figure: block.Figure{Value: int64(1)}}}}},
		}}
		out := draw(t, b, options(t, "en-US", false, 400, 200))
		if !strings.Contains(out, want) || widths[0] == 0 && strings.Contains(out, "<col") {
			t.Errorf("%v: %s", widths, out)
		}
	}
}
