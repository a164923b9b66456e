package report_test

import (
	"strings"
	"testing"
	"time"

	"atlas/engine/block"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// TestMonthsOfACategoryNameTheirYearOnce: it stands where it begins; other texts stay whole.
func TestMonthsOfACategoryNameTheirYearOnce(t *testing.T) {
	day := func(year, m int) block.Value { return time.Date(year, time.Month(m), 1, 0, 0, 0, 0, time.UTC) }
	for want, values := range map[string][]block.Value{
		"Nov 2025|Des|Jan 2026|Feb": {day(2025, 11), day(2025, 12), day(2026, 1), day(2026, 2)},
		"Nov 2025":                  {day(2025, 11)},
		"Feb 2026|Jan 2026":         {day(2026, 2), day(2026, 1)},
	} {
		source := rows{"revenue": {Columns: []report.Column{{Name: "period", Type: block.Date}, {Name: "net", Type: block.Integer}}}}
		for _, v := range values {
			source["revenue"].Values = append(source["revenue"].Values, []block.Value{v, int64(1)})
		}
		r := spec()
		r.Data = []manifest.ReportData{{Name: "revenue", Query: r.Data[0].Query, Columns: []manifest.ReportColumn{column("period", "", "month")}}}
		r.Blocks = []manifest.ReportBlock{{Name: "months", Data: "revenue", Chart: &manifest.ReportChart{Type: "column", Category: "period", Series: []manifest.ReportSeries{{Column: "net"}}}}}
		var texts []string
		for _, c := range assemble(t, options(t, r), source).Total.Blocks["months"].Chart.Categories {
			texts = append(texts, strings.ReplaceAll(c.Text, "\u00a0", " "))
		}
		if got := strings.Join(texts, "|"); got != want {
			t.Errorf("have %q; want %q", got, want)
		}
	}
}
