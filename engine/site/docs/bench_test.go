package docs_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"atlas/engine/site/docs"
)

// BenchmarkBuild writes whole sites; the unit is a site.
func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{100, 1000, 5000} {
		in := generated(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "site")
			for b.Loop() {
				if err := docs.Build(b.Context(), in, dir); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
