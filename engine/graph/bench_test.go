package graph_test

import (
	"fmt"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
)

// generated makes a project of n models in layers, each on up to four of the layer above, with
// two generic tests each and a relationship test for every tenth: 3.1 n nodes.
func generated(n int) *manifest.Manifest {
	p := newProject()
	layer := max(10, n/10)
	name := func(i int) string { return fmt.Sprintf("model_%06d", i) }
	for i := range n {
		var refs []string
		if i >= layer {
			for k := range 1 + i%4 {
				refs = append(refs, name(i-layer+(k*7)%layer-min(i-layer, (k*7)%layer)))
			}
		}
		m := p.model(name(i), refs...)
		m.FQN = []string{"shop", fmt.Sprintf("layer_%d", i/layer), m.Name}
		m.Path = fmt.Sprintf("models/layer_%d/%s.sql", i/layer, m.Name)
		m.Pos = diag.Pos{File: m.Path, Line: 1, Col: 1}
		m.Tags = []string{fmt.Sprintf("tag_%d", i%7)}
		p.test("unique", m.Name)
		p.test("not_null", m.Name)
		if i%10 == 0 && i >= layer {
			p.test("relationships", m.Name, name(i-layer))
		}
	}
	return p.m
}

func sizes(b *testing.B, run func(b *testing.B, m *manifest.Manifest)) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("%d_models", n), func(b *testing.B) {
			m := generated(n)
			if l := graph.Resolve(m); l.Err() != nil {
				b.Fatal(l)
			}
			b.ResetTimer()
			run(b, m)
		})
	}
}

func BenchmarkResolve(b *testing.B) {
	sizes(b, func(b *testing.B, m *manifest.Manifest) {
		for b.Loop() {
			if l := graph.Resolve(m); l.Err() != nil {
				b.Fatal(l)
			}
		}
	})
}

func BenchmarkSelect(b *testing.B) {
	for _, q := range []graph.Query{
		{},
		{Select: []string{"model_000500+"}},
		{Select: []string{"+tag:tag_3,path:models/layer_5"}, Exclude: []string{"test_name:unique"}},
		{Select: []string{"*_0005*"}, Indirect: graph.Buildable},
	} {
		b.Run(fmt.Sprint(q.Select), func(b *testing.B) {
			sizes(b, func(b *testing.B, m *manifest.Manifest) {
				for b.Loop() {
					if _, l := graph.Select(m, q); l.Err() != nil {
						b.Fatal(l)
					}
				}
			})
		})
	}
}

func BenchmarkBuildNeeds(b *testing.B) {
	sizes(b, func(b *testing.B, m *manifest.Manifest) {
		all := everyNode(m)
		for b.Loop() {
			graph.BuildNeeds(m, all, true)
		}
	})
}

func BenchmarkUnknownRefs(b *testing.B) {
	m := generated(10_000)
	for _, n := range m.Nodes {
		if n.Kind == manifest.Model {
			n.Refs = append(n.Refs, manifest.Ref{Name: n.Name + "_typo"})
		}
	}
	for b.Loop() {
		graph.Resolve(m)
	}
}
