package project_test

import (
	"context"
	"os"
	"testing"

	"atlas/engine/project"
)

// BenchmarkParse loads and parses the project that ATLAS_BENCH_PROJECT names.
func BenchmarkParse(b *testing.B) {
	dir := os.Getenv("ATLAS_BENCH_PROJECT")
	if dir == "" {
		b.Skip("set ATLAS_BENCH_PROJECT to a project's folder")
	}
	b.ReportAllocs()
	for b.Loop() {
		p, diags := project.Load(context.Background(), project.Options{Dir: dir})
		if diags.Err() != nil {
			b.Fatal(diags)
		}
		m, diags := project.Parse(context.Background(), p, &fakeRenderer{p: p})
		if diags.Err() != nil {
			b.Fatal(diags[0])
		}
		b.ReportMetric(float64(len(m.Nodes)), "nodes")
	}
}
