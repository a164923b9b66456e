package report_test

import (
	"context"
	"testing"

	"atlas/engine/report"
)

// TestChartsWithoutSeriesOfValues draws those whose figures are links, branches or points.
func TestChartsWithoutSeriesOfValues(t *testing.T) {
	r, _, err := report.Assemble(context.Background(), options(t, spec()), sales())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tree", "flow", "dots"} {
		if b := find(t, r, "", name); b.Empty != "" {
			t.Errorf("%s says %q", name, b.Empty)
		}
	}
}
