package graph_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"atlas/engine/artifact"
	"atlas/engine/graph"
	"atlas/engine/manifest"
)

// listKinds are the kinds that `dbt ls` lists unless told otherwise.
func listKinds() []manifest.Kind {
	return []manifest.Kind{
		manifest.Model, manifest.Seed, manifest.Snapshot, manifest.Test, manifest.UnitTest, manifest.Source, manifest.Exposure,
	}
}

// recorded reads the manifest that dbt wrote for testdata/project, and links it.
func recorded(t testing.TB) *manifest.Manifest {
	t.Helper()
	m := recordedFile(t, "testdata/manifest.json")
	if l := graph.Resolve(m); l.Err() != nil {
		t.Fatal(l)
	}
	return m
}

func recordedFile(t testing.TB, name string) *manifest.Manifest {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := artifact.ReadManifest(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// recordedSelectors reads the selectors of testdata/project as dbt keeps them in its manifest.
func recordedSelectors(t testing.TB) []graph.Named {
	t.Helper()
	data, err := os.ReadFile("testdata/selectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all manifest.Map
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	var named []graph.Named
	for _, name := range all.Keys() {
		v, _ := all.Get(name)
		named = append(named, graph.Named{Name: name, Definition: v})
	}
	return named
}

// TestSelectAsDbtElsewhere holds what dbt gave for other projects, in the folders that
// ATLAS_DBT_RECORDED names, separated by colons; record.py makes one.
func TestSelectAsDbtElsewhere(t *testing.T) {
	for _, dir := range filepath.SplitList(os.Getenv("ATLAS_DBT_RECORDED")) {
		m := recordedFile(t, filepath.Join(dir, "manifest.json"))
		if l := graph.Resolve(m); l.Err() != nil {
			t.Fatal(l)
		}
		selectAsDbt(t, m, filepath.Join(dir, "selections.json"), nil)
	}
}

type recordedQuery struct {
	Select, Exclude []string
	Selector        string
	Indirect        graph.Indirect
	Types           []manifest.Kind
	State           bool
	IDs             []manifest.ID
}

// TestSelectAsDbt holds what dbt's `ls` gave for every query of testdata/queries.json.
func TestSelectAsDbt(t *testing.T) {
	previous, err := artifact.ReadState("testdata/previous", "")
	if err != nil {
		t.Fatal(err)
	}
	selectAsDbt(t, recorded(t), "testdata/selections.json", previous)
}

func selectAsDbt(t *testing.T, m *manifest.Manifest, file string, previous graph.Previous) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var queries []recordedQuery
	if err := json.Unmarshal(data, &queries); err != nil {
		t.Fatal(err)
	}
	for _, r := range queries {
		q := graph.Query{
			Select: r.Select, Exclude: r.Exclude, Selector: r.Selector, Indirect: r.Indirect,
			ResourceTypes: r.Types, Selectors: recordedSelectors(t),
		}
		if len(q.ResourceTypes) == 0 {
			q.ResourceTypes = listKinds()
		}
		if r.State {
			q.Previous = previous
		}
		t.Run(name(r), func(t *testing.T) {
			got, problems := graph.Select(m, q)
			if problems.Err() != nil {
				t.Fatal(problems)
			}
			if d := difference(r.IDs, got.Sorted()); d != "" {
				t.Error(d)
			}
		})
	}
}

func name(r recordedQuery) string {
	parts := append([]string{string(r.Indirect), r.Selector}, r.Select...)
	if len(r.Exclude) > 0 {
		parts = append(append(parts, "minus"), r.Exclude...)
	}
	for _, k := range r.Types {
		parts = append(parts, string(k))
	}
	return strings.Join(parts, " ")
}

func difference(want, got []manifest.ID) string {
	var b strings.Builder
	for _, id := range want {
		if !slices.Contains(got, id) {
			b.WriteString("\n  missing " + string(id))
		}
	}
	for _, id := range got {
		if !slices.Contains(want, id) {
			b.WriteString("\n  too many " + string(id))
		}
	}
	return b.String()
}
