package artifact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"atlas/engine/artifact"
	"atlas/engine/manifest"
)

// dbtManifest is a manifest.json that dbt wrote, dbt's own macros taken out.
const dbtManifest = "../graph/testdata/manifest.json"

func readManifest(t testing.TB, name string) *manifest.Manifest {
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
	link(m)
	return m
}

// link sets Children and Order as graph.Resolve would, which this package is below.
func link(m *manifest.Manifest) {
	for id, n := range m.Nodes {
		m.Order = append(m.Order, id)
		for _, p := range n.DependsOn {
			m.Children[p] = append(m.Children[p], id)
		}
	}
	slices.Sort(m.Order)
}

func metadata() artifact.Metadata {
	at := time.Date(2026, 3, 4, 5, 6, 7, 891000, time.UTC)
	return artifact.Metadata{
		InvocationID: "0b4e6ae0-9a3f-4c93-8f2e-3a1b5f6c7d8e", Started: at, Generated: at.Add(time.Second), Version: "0.1.0",
	}
}

// TestManifestAsDbt reads a manifest that dbt wrote and writes it again: every key of every
// resource must come back with the same value, a few apart that only dbt can know.
// ATLAS_DBT_MANIFESTS may name more files to hold to this, separated by colons.
func TestManifestAsDbt(t *testing.T) {
	files := append([]string{dbtManifest}, filepath.SplitList(os.Getenv("ATLAS_DBT_MANIFESTS"))...)
	for _, file := range files {
		t.Run(file, func(t *testing.T) { sameManifest(t, file) })
	}
}

func sameManifest(t *testing.T, file string) {
	m := readManifest(t, file)
	ownConfig(m)
	database := ""
	for _, n := range m.Nodes { // sources that leave the database to the target
		if n.Kind == manifest.Source {
			database, n.Relation.Database = n.Relation.Database, ""
		}
	}
	var out bytes.Buffer
	selectors := rawObject(t, file)["selectors"]
	var named manifest.Map
	if err := json.Unmarshal(selectors, &named); err != nil {
		t.Fatal(err)
	}
	if err := artifact.WriteManifest(&out, m, artifact.ManifestOptions{Metadata: metadata(), Selectors: &named, Database: database}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, got := decode(t, data), decode(t, out.Bytes())
	delete(want, "metadata")
	delete(got, "metadata")
	var diffs []string
	compare("", want, got, &diffs)
	diffs = slices.DeleteFunc(diffs, onlyDbtKnows)
	for _, d := range diffs[:min(len(diffs), 60)] {
		t.Error(d)
	}
}

// onlyDbtKnows are the differences that are meant.
func onlyDbtKnows(diff string) bool {
	for _, s := range []string{
		".created_at:", ".root_path:",
		".group_map.",                                              // dbt's order is that of parsing
		".config.group:", ".config.materialized:", ".config.tags:", // dbt gives groups their folder's model config
	} {
		if strings.Contains(diff, s) && (strings.HasPrefix(s, ".config") == strings.HasPrefix(diff, ".groups.")) {
			return true
		}
	}
	return false
}

func rawObject(t *testing.T, name string) map[string]json.RawMessage {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func decode(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// compare collects the paths at which two JSON values differ.
func compare(path string, want, got any, diffs *[]string) {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			*diffs = append(*diffs, fmt.Sprintf("%s: want an object, got %v", path, got))
			return
		}
		keys := map[string]bool{}
		for k := range w {
			keys[k] = true
		}
		for k := range g {
			keys[k] = true
		}
		sorted := make([]string, 0, len(keys))
		for k := range keys {
			sorted = append(sorted, k)
		}
		sort.Strings(sorted)
		for _, k := range sorted {
			x, inW := w[k]
			y, inG := g[k]
			switch {
			case !inW:
				*diffs = append(*diffs, fmt.Sprintf("%s.%s: dbt has no such key, got %v", path, k, y))
			case !inG:
				*diffs = append(*diffs, fmt.Sprintf("%s.%s: missing, dbt has %v", path, k, x))
			default:
				compare(path+"."+k, x, y, diffs)
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			*diffs = append(*diffs, fmt.Sprintf("%s: want %v, got %v", path, want, got))
			return
		}
		for i := range w {
			compare(fmt.Sprintf("%s[%d]", path, i), w[i], g[i], diffs)
		}
	default:
		if want != got {
			*diffs = append(*diffs, fmt.Sprintf("%s: want %v, got %v", path, want, got))
		}
	}
}
