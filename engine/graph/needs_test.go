package graph_test

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"atlas/engine/graph"
	"atlas/engine/manifest"
)

type timeDuration = time.Duration

const hour = time.Hour

//nolint:gochecknoglobals // a constant
var day = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

// everyNode selects all of a manifest but what nothing runs.
func everyNode(m *manifest.Manifest) graph.Set {
	s := graph.Set{}
	for id, n := range m.Nodes {
		if n.Executable() {
			s[id] = true
		}
	}
	return s
}

func TestBuildNeeds(t *testing.T) {
	p := newProject()
	p.model("a")
	p.model("b", "a")
	p.model("c", "b")
	p.model("d", "a", "c")
	p.model("side")
	p.test("unique", "a")
	p.test("relationships", "a", "c")
	p.test("unique", "c")
	p.test("matches", "c", "side")
	u := p.add("shop", manifest.UnitTest, "b_works", "b")
	u.UnitTest = &manifest.UnitTestSpec{Model: "b"}
	if l := graph.Resolve(p.m); len(l) > 0 {
		t.Fatal(l)
	}
	got := graph.BuildNeeds(p.m, everyNode(p.m), true)
	want := map[manifest.ID][]manifest.ID{
		"model.shop.a":              {},
		"model.shop.side":           {},
		"test.shop.unique_a":        {"model.shop.a"},
		"unit_test.shop.b_works":    {"model.shop.a", "test.shop.unique_a"},
		"model.shop.b":              {"model.shop.a", "test.shop.unique_a", "unit_test.shop.b_works"},
		"model.shop.c":              {"model.shop.b"},
		"test.shop.unique_c":        {"model.shop.c"},
		"test.shop.relationships_a": {"model.shop.a", "model.shop.c"},
		"test.shop.matches_c":       {"model.shop.c", "model.shop.side"},
		"model.shop.d":              {"model.shop.a", "model.shop.c", "test.shop.unique_a", "test.shop.unique_c", "test.shop.relationships_a"},
	}
	sameNeeds(t, got, want)

	got = graph.BuildNeeds(p.m, graph.NewSet("model.shop.a", "model.shop.d", "test.shop.unique_a", "unit_test.shop.b_works"), true)
	sameNeeds(t, got, map[manifest.ID][]manifest.ID{ // b and c are left out, but d still comes after a and its test
		"model.shop.a":           {},
		"test.shop.unique_a":     {"model.shop.a"},
		"unit_test.shop.b_works": {"model.shop.a", "test.shop.unique_a"},
		"model.shop.d":           {"model.shop.a", "test.shop.unique_a", "unit_test.shop.b_works"},
	})

	got = graph.BuildNeeds(p.m, graph.NewSet("model.shop.a", "model.shop.b", "test.shop.unique_a", "unit_test.shop.b_works"), false)
	sameNeeds(t, got, map[manifest.ID][]manifest.ID{
		"model.shop.a":           {},
		"model.shop.b":           {"model.shop.a"},
		"test.shop.unique_a":     {"model.shop.a"},
		"unit_test.shop.b_works": {"model.shop.b"},
	})
}

func sameNeeds(t *testing.T, got, want map[manifest.ID][]manifest.ID) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d nodes, want %d", len(got), len(want))
	}
	for id, w := range want {
		g := slices.Sorted(slices.Values(got[id]))
		if w = slices.Sorted(slices.Values(w)); !slices.Equal(g, w) {
			t.Errorf("%s needs %v, want %v", id, g, w)
		}
	}
}

// TestBuildNeedsRule checks the rule on random projects the slow way: a node comes after a test,
// directly or not, exactly if it descends from all of the test's parents (or from a node that
// does); and nothing waits for itself.
func TestBuildNeedsRule(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 60 {
		p := newProject()
		n := 4 + r.Intn(12)
		for i := range n {
			var refs []string
			for k := range i {
				if r.Intn(4) == 0 {
					refs = append(refs, fmt.Sprintf("m%d", k))
				}
			}
			p.model(fmt.Sprintf("m%d", i), refs...)
		}
		for i := range n {
			p.test(fmt.Sprintf("t%d", i), fmt.Sprintf("m%d", r.Intn(n)), fmt.Sprintf("m%d", r.Intn(n)))
		}
		if l := graph.Resolve(p.m); len(l) > 0 {
			t.Fatal(l)
		}
		checkRule(t, p.m, graph.BuildNeeds(p.m, everyNode(p.m), true))
	}
}

func checkRule(t *testing.T, m *manifest.Manifest, needs map[manifest.ID][]manifest.ID) {
	t.Helper()
	plain := map[manifest.ID][]manifest.ID{}
	for id, n := range m.Nodes {
		plain[id] = n.DependsOn
	}
	for id, n := range m.Nodes {
		after := above(needs, id)
		if after[id] {
			t.Fatalf("%s waits for itself", id)
		}
		if n.Kind == manifest.Test {
			continue
		}
		ancestors := above(plain, id)
		for test, x := range m.Nodes {
			if x.Kind != manifest.Test {
				continue
			}
			all := !slices.ContainsFunc(x.DependsOn, func(p manifest.ID) bool { return !ancestors[p] })
			if after[test] != all {
				t.Errorf("%s after %s: %v, want %v (tests %v, ancestors %v)", id, test, after[test], all, x.DependsOn, ancestors)
			}
		}
	}
}

func above(edges map[manifest.ID][]manifest.ID, id manifest.ID) map[manifest.ID]bool {
	seen := map[manifest.ID]bool{}
	var walk func(manifest.ID)
	walk = func(i manifest.ID) {
		for _, p := range edges[i] {
			if !seen[p] {
				seen[p] = true
				walk(p)
			}
		}
	}
	walk(id)
	return seen
}

func TestCriticalPath(t *testing.T) {
	p := newProject()
	p.model("idle")
	p.model("a", "idle")
	p.model("b", "a")
	p.model("c", "a")
	p.model("d", "b", "c")
	p.model("e", "d")
	graph.Resolve(p.m)
	path, total := graph.CriticalPath(p.m, map[manifest.ID]time.Duration{
		"model.shop.a": 1, "model.shop.b": 5, "model.shop.c": 2, "model.shop.d": 3,
	})
	if want := []manifest.ID{"model.shop.a", "model.shop.b", "model.shop.d"}; !slices.Equal(path, want) || total != 9 {
		t.Errorf("path %v of %d, want %v of 9", path, total, want)
	}
	if path, total := graph.CriticalPath(p.m, nil); path != nil || total != 0 {
		t.Errorf("without durations: %v, %d", path, total)
	}
}
