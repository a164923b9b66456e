package deck_test

import (
	"fmt"
	"strings"
	"testing"

	"atlas/engine/manifest"
)

// BenchmarkAssemble makes a deck of a hundred slides.
func BenchmarkAssemble(b *testing.B) {
	var slides []manifest.Slide
	body := "# Revenue is {{ figure('revenue.net', to='target', as='change') }} above target\n## Net · {{ unit.label }}\n\n{{ block('revenue_by_month') }}\n\n::notes::\n" +
		strings.Repeat("* {{ figure('revenue.net') }} and **{{ data.revenue.first.shop }}**\n", 6) + "\n::footnote::\nSource\n<!-- {{ figure('revenue.net') }} -->\n"
	for i := range 100 {
		slides = append(slides, slideOf(fmt.Sprint("s", i), "chart-and-notes", body))
	}
	for b.Loop() {
		if doc, found := assemble(b, slides...); len(doc.Slides) != 100 || len(found) > 0 {
			b.Fatal(found)
		}
	}
}
