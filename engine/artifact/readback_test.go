package artifact_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"atlas/engine/artifact"
	"atlas/engine/manifest"
)

// TestReadBack lets dbt-artifacts-parser, from PyPI, read every artifact. It needs a Python that
// has it; CI names one.
func TestReadBack(t *testing.T) {
	python := os.Getenv("ATLAS_PYTHON_DBT")
	if python == "" && os.Getenv("ATLAS_CI") != "" {
		t.Fatal("CI must name a Python with dbt-artifacts-parser in ATLAS_PYTHON_DBT")
	}
	if python == "" {
		t.Skip("NOT CHECKED: set ATLAS_PYTHON_DBT to a Python with dbt-artifacts-parser to have the artifacts read back")
	}
	target := artifact.Target{Dir: t.TempDir()}
	m := writeAll(t, target)
	out, err := exec.CommandContext(t.Context(), python, "testdata/readback.py", target.Dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var found struct {
		Nodes, Sources, Exposures int
		UnitTests                 int `json:"unit_tests"`
		Catalog                   int
		Results, Freshness        []string
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	count := map[manifest.Kind]int{}
	for _, n := range m.Nodes {
		if n.Kind.OfReports() { // exposures to dbt
			count[manifest.Exposure]++
		} else {
			count[n.Kind]++
		}
	}
	nodes := len(m.Nodes) - count[manifest.Source] - count[manifest.Exposure] - count[manifest.UnitTest]
	if found.Nodes != nodes || found.Sources != count[manifest.Source] || found.Exposures != count[manifest.Exposure] ||
		found.UnitTests != count[manifest.UnitTest] {
		t.Errorf("found other numbers than written: %s", out)
	}
	if want := []string{"success", "fail", "error", "skipped"}; !slices.Equal(found.Results, want) {
		t.Errorf("statuses %v, want %v", found.Results, want)
	}
	if want := []string{"warn", "runtime error"}; !slices.Equal(found.Freshness, want) {
		t.Errorf("freshness %v, want %v", found.Freshness, want)
	}
	if found.Catalog != 1 {
		t.Errorf("catalog has %d nodes, want 1", found.Catalog)
	}
}

// writeAll writes every artifact of a made-up run of the recorded project.
func writeAll(t *testing.T, target artifact.Target) *manifest.Manifest {
	t.Helper()
	m := readManifest(t, dbtManifest)
	ownConfig(m)
	addReport(m)
	m.Docs["doc.nursery.plants"] = &manifest.Doc{ID: "doc.nursery.plants", Package: "nursery", Name: "plants", Path: "models/docs.md", Contents: "a “plant”\n"}
	compiled := func(id manifest.ID) (artifact.Compiled, bool) {
		return artifact.Compiled{
			Path: "target/compiled/x.sql", Code: "select 1",
			Ephemeral: []artifact.EphemeralCTE{{ID: "model.nursery.int_sales_priced", SQL: " __dbt__cte__x as (select 1)"}},
		}, id == "model.nursery.sales"
	}
	check(t, target.WriteManifest(m, artifact.ManifestOptions{Metadata: metadata(), Compiled: compiled}))
	check(t, target.WriteRunResults(runResults()))
	check(t, target.WriteCatalog(artifact.Catalog{Metadata: metadata(), Nodes: []artifact.CatalogTable{{
		NodeID: "model.nursery.sales", Relation: manifest.Relation{Database: "nursery", Schema: "main", Name: "sales"},
		Type: "BASE TABLE", Columns: []artifact.CatalogColumn{{Name: "sale_id", Type: "BIGINT"}, {Name: "amount", Type: "DECIMAL(18,2)", Comment: "net"}},
		Stats: []artifact.CatalogStat{{ID: "rows", Label: "Rows", Value: int64(12), Description: "number of rows"}},
	}}}))
	check(t, target.WriteSources(artifact.FreshnessResults{Metadata: metadata(), Elapsed: time.Second, Results: []artifact.Freshness{
		{
			NodeID: "source.nursery.raw.sales", Status: artifact.Warn, MaxLoadedAt: metadata().Started, SnapshottedAt: metadata().Generated,
			Age: time.Second, Criteria: manifest.NewMap("warn_after", manifest.NewMap("count", int64(1), "period", "day")), Thread: "Thread-1",
			Timing: []artifact.Timing{{Name: "execute", Started: metadata().Started, Completed: metadata().Generated}},
		},
		{NodeID: "source.nursery.raw.plants", Error: "no such table"},
	}}))
	return m
}

// addReport adds a report with a block, and a deck with a slide.
func addReport(m *manifest.Manifest) {
	add := func(kind manifest.Kind, names string, above ...manifest.ID) manifest.ID {
		parts := strings.Split(names, ".")
		n := &manifest.Node{
			ID: manifest.ID(string(kind) + ".nursery." + names), Kind: kind, Package: "nursery", Name: parts[len(parts)-1], Path: "reports/review.yml",
			FQN: append([]string{"nursery", string(kind)}, parts...), DependsOn: above, Checksum: "c0ffee" + names,
			Config: manifest.NewConfig(manifest.NewMap("tags", []any{"monthly"})), Tags: []string{"monthly"},
			Exposure: &manifest.ExposureSpec{Type: "analysis", Label: names, OwnerName: "Ann"},
		}
		m.Nodes[n.ID] = n
		m.Order = append(m.Order, n.ID)
		for _, id := range above {
			m.Children[id] = append(m.Children[id], n.ID)
		}
		return n.ID
	}
	block := add(manifest.BlockKind, "review.sales", "model.nursery.sales")
	report := add(manifest.ReportKind, "review", block)
	slide := add(manifest.SlideKind, "monthly.cover", block)
	add(manifest.DeckKind, "monthly", slide, report)
}

// TestReportsAreReadBack: what is an exposure to dbt comes back as what it is.
func TestReportsAreReadBack(t *testing.T) {
	m := readManifest(t, dbtManifest)
	addReport(m)
	target := artifact.Target{Dir: t.TempDir()}
	check(t, target.WriteManifest(m, artifact.ManifestOptions{Metadata: metadata()}))
	back := readManifest(t, target.Path(artifact.ManifestFile))
	for id, n := range m.Nodes {
		if !n.Kind.OfReports() {
			continue
		}
		got := back.Nodes[id]
		if got == nil {
			t.Errorf("%s is not in the file", id)
			continue
		}
		if got.Kind != n.Kind || got.Checksum != n.Checksum || !slices.Equal(got.DependsOn, n.DependsOn) || *got.Exposure != *n.Exposure {
			t.Errorf("%s came back as %+v", id, got)
		}
		if _, extra := got.Config.Get("atlas_checksum"); extra {
			t.Errorf("%s came back with a config that it did not have: %v", id, got.Config.Map().Keys())
		}
	}
}

func runResults() artifact.RunResults {
	three := int64(3)
	at := metadata().Started
	return artifact.RunResults{
		Metadata: metadata(), Elapsed: 1500 * time.Millisecond,
		Args: manifest.NewMap("which", "build", "select", []any{"+sales"}, "vars", manifest.NewMap("entity", "A")),
		Results: []artifact.RunResult{
			{
				NodeID: "model.nursery.sales", Status: artifact.Success, Thread: "Thread-1", ExecutionTime: 20 * time.Millisecond,
				Timing:  []artifact.Timing{{Name: "compile", Started: at, Completed: at.Add(time.Millisecond)}, {Name: "execute", Started: at.Add(time.Millisecond), Completed: at.Add(20 * time.Millisecond)}},
				Message: "OK", AdapterResponse: manifest.NewMap("_message", "OK", "rows_affected", int64(7)), Compiled: true, CompiledCode: "select 1",
				RelationName: `"nursery"."main"."sales"`,
			},
			{NodeID: "test.nursery.assert_amounts", Status: artifact.Fail, Thread: "Thread-2", Failures: &three, Message: "Got 3 results, configured to fail if != 0", Compiled: true, CompiledCode: "select * from sales"},
			{NodeID: "seed.nursery.tax_rates", Status: artifact.Error, Thread: "Thread-2", Message: "no such column\n\tat line 1"},
			{NodeID: "model.nursery.revenue", Status: artifact.Skipped, Thread: "Thread-1"},
		},
	}
}

// ownConfig takes dbt's defaults out of every config, as Atlas's own parser leaves it.
func ownConfig(m *manifest.Manifest) {
	for _, n := range m.Nodes {
		own := n.Config.Map().Clone()
		defaults := manifest.Defaults(n.Kind)
		for _, k := range defaults.Keys() {
			have, _ := own.Get(k)
			def, _ := defaults.Get(k)
			a, _ := json.Marshal(have)
			b, _ := json.Marshal(def)
			if string(a) == string(b) {
				own.Delete(k)
			}
		}
		n.Config = manifest.NewConfig(own)
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
