package artifact_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"atlas/engine/artifact"
	"atlas/engine/manifest"
)

// large makes n copies of a recorded model, each with two tests.
func large(tb testing.TB, n int) *manifest.Manifest {
	from := readManifest(tb, dbtManifest)
	ownConfig(from)
	model, test := from.Nodes["model.nursery.sales"], from.Nodes["test.nursery.unique_sales_sale_id.4620412eb8"]
	m := manifest.New("nursery")
	for i := range n {
		x := *model
		x.ID = manifest.ID(fmt.Sprintf("%s_%d", model.ID, i))
		m.Nodes[x.ID] = &x
		for k := range 2 {
			y := *test
			y.ID = manifest.ID(fmt.Sprintf("%s_%d_%d", test.ID, i, k))
			y.DependsOn = []manifest.ID{x.ID}
			m.Nodes[y.ID] = &y
		}
	}
	link(m)
	return m
}

func BenchmarkWriteManifest10000Models(b *testing.B) {
	m := large(b, 10_000)
	for b.Loop() {
		var count counter
		if err := artifact.WriteManifest(&count, m, artifact.ManifestOptions{Metadata: metadata()}); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(count))
	}
}

func BenchmarkReadManifest10000Models(b *testing.B) {
	var buf bytes.Buffer
	if err := artifact.WriteManifest(&buf, large(b, 10_000), artifact.ManifestOptions{Metadata: metadata()}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(buf.Len()))
	for b.Loop() {
		if _, err := artifact.ReadManifest(bytes.NewReader(buf.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteRunResults30000(b *testing.B) {
	r := runResults()
	for len(r.Results) < 30_000 {
		r.Results = append(r.Results, r.Results...)
	}
	for b.Loop() {
		if err := artifact.WriteRunResults(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
