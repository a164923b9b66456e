package graph_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"atlas/engine/artifact"
	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
)

// TestSelectorProblems prints every kind of complaint about selectors.
func TestSelectorProblems(t *testing.T) {
	m := recorded(t)
	named := []graph.Named{
		{Name: "loop", Definition: manifest.NewMap("method", "selector", "value", "loop"), Pos: diag.Pos{File: "selectors.yml", Line: 2, Col: 5}},
		{Name: "typo", Definition: "tga:nightly", Pos: diag.Pos{File: "selectors.yml", Line: 4, Col: 5}},
		{Name: "odd", Definition: manifest.NewMap("union", "x"), Pos: diag.Pos{File: "selectors.yml", Line: 6, Col: 5}},
		{Name: "number", Definition: int64(3), Pos: diag.Pos{File: "selectors.yml", Line: 8, Col: 5}},
		{Name: "keys", Definition: manifest.NewMap("method", "tag", "values", "x"), Pos: diag.Pos{File: "selectors.yml", Line: 10, Col: 5}},
		{Name: "mode", Definition: manifest.NewMap("method", "tag", "value", "x", "indirect_selection", "eagre"), Pos: diag.Pos{File: "selectors.yml", Line: 12, Col: 5}},
		{Name: "unknown", Definition: manifest.NewMap("method", "selector", "value", "nope"), Pos: diag.Pos{File: "selectors.yml", Line: 14, Col: 5}},
	}
	queries := []graph.Query{
		// malformed
		{Select: []string{"+sales tgas:nightly"}},
		{Select: []string{"banana:nightly"}},
		{Select: []string{"@sales+"}},
		{Select: []string{"stg_sales ++sales"}},
		{Select: []string{"+"}},
		{Select: []string{"tag:"}},
		{Select: []string{"tag:nightly,,sales"}},
		{Select: []string{"99999999999999999999+sales"}},
		{Select: []string{"source:a.b.c.d"}},
		{Select: []string{"exposure:a.b.c"}},
		{Select: []string{"config:x"}},
		{Select: []string{"test_type:singula"}},
		{Select: []string{"resource_type:modell"}},
		{Select: []string{"access:secret"}},
		{Select: []string{"version:newest"}},
		{Select: []string{"state:modifed"}},
		{Select: []string{"state:modified"}},
		{Select: []string{"result:broken"}},
		{Select: []string{"result:error"}},
		{Select: []string{"source_status:fresher"}},
		{Select: []string{"sales"}, Indirect: "lazy"},
		{Selector: "nightyl", Selectors: []graph.Named{{Name: "nightly", Definition: "tag:nightly"}}},
		{Selector: "nightly"},
		{Select: []string{"selector:nope"}},
		{Selector: "loop", Selectors: named},
		// nothing matches
		{Select: []string{"slaes"}},
		{Select: []string{"revenu"}},
		{Select: []string{"sales reven"}},
		{Select: []string{"zzz"}},
		{Select: []string{"nightly"}},
		{Select: []string{"raw"}},
		{Select: []string{"tag:nightyl"}},
		{Select: []string{"path:models/mart"}},
		{Select: []string{"models/stagin/stg_sales.sql"}},
		{Select: []string{"stg_slaes.sql"}},
		{Select: []string{"source:raw.sale"}},
		{Select: []string{"tag:static,tag:nightly"}},
		{Select: []string{"tag:static,tag:nope"}},
		{Select: []string{""}},
		{Select: []string{"sales"}, Exclude: []string{"salse"}},
		{Select: []string{"tax_rates"}, ResourceTypes: []manifest.Kind{manifest.Model}},
		{Select: []string{"sales"}, Exclude: []string{"sales"}},
		{ResourceTypes: []manifest.Kind{"report"}},
		{Selector: "none", Selectors: []graph.Named{{Name: "none", Definition: "tag:none", Pos: diag.Pos{File: "selectors.yml", Line: 2, Col: 5}}}},
	}
	var b strings.Builder
	for _, q := range queries {
		b.WriteString("# " + describe(q) + "\n")
		set, problems := graph.Select(m, q)
		if problems.Err() == nil && set == nil {
			t.Errorf("%s: no set and no error", describe(q))
		}
		b.WriteString(printed(problems))
	}
	golden(t, "selectors.golden", b.String())
}

func describe(q graph.Query) string {
	parts := []string{}
	if len(q.Select) > 0 {
		parts = append(parts, "--select '"+strings.Join(q.Select, "' '")+"'")
	}
	if len(q.Exclude) > 0 {
		parts = append(parts, "--exclude '"+strings.Join(q.Exclude, "' '")+"'")
	}
	if q.Selector != "" {
		parts = append(parts, "--selector "+q.Selector)
	}
	if q.Indirect != "" {
		parts = append(parts, "--indirect-selection "+string(q.Indirect))
	}
	return strings.Join(parts, " ")
}

// TestNamed holds what the YAML forms cannot show in dbt 1.11: `selector:` on the command line,
// a default selector, and that a broken file stops only those who use it.
func TestNamed(t *testing.T) {
	m := recorded(t)
	named := append(recordedSelectors(t), graph.Named{Name: "usual", Default: true, Definition: "tag:static"})
	sel := func(q graph.Query) []manifest.ID {
		t.Helper()
		q.Selectors = named
		set, problems := graph.Select(m, q)
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		return set.Sorted()
	}
	same := func(a, b []manifest.ID) {
		t.Helper()
		if d := difference(a, b); d != "" || len(a) == 0 {
			t.Errorf("%d nodes:%s", len(a), d)
		}
	}
	same(sel(graph.Query{Selector: "nightly"}), sel(graph.Query{Select: []string{"selector:nightly"}}))
	same(sel(graph.Query{}), sel(graph.Query{Select: []string{"tag:static"}}))
	same(sel(graph.Query{Select: []string{"selector:usual+"}, Indirect: graph.Empty}), sel(graph.Query{Select: []string{"tag:static+"}, Indirect: graph.Empty}))
	same(sel(graph.Query{Select: []string{"selector:nightly"}, Exclude: []string{"selector:usual"}}),
		sel(graph.Query{Select: []string{"tag:nightly+"}, Exclude: []string{"tag:static"}}))
	named = append(named, graph.Named{Name: "broken", Definition: "tga:x"})
	sel(graph.Query{Select: []string{"sales"}})
}

// TestStateSources holds source_status:fresher, whose two sides are written by artifact.
func TestStateSources(t *testing.T) {
	m := recorded(t)
	before, now := artifact.Target{Dir: t.TempDir()}, artifact.Target{Dir: t.TempDir()}
	write := func(target artifact.Target, hours map[manifest.ID]int) {
		t.Helper()
		var r artifact.FreshnessResults
		for id, h := range hours {
			r.Results = append(r.Results, artifact.Freshness{NodeID: id, Status: artifact.Pass, MaxLoadedAt: day.Add(hour * timeDuration(h)), SnapshottedAt: day})
		}
		if err := target.WriteSources(r); err != nil {
			t.Fatal(err)
		}
	}
	write(before, map[manifest.ID]int{"source.nursery.raw.plants": 1, "source.nursery.raw.sales": 1})
	write(now, map[manifest.ID]int{"source.nursery.raw.plants": 1, "source.nursery.raw.sales": 2, "source.nursery.crm.customers": 0})
	state, err := artifact.ReadState(before.Dir, now.Dir)
	if err != nil {
		t.Fatal(err)
	}
	set, problems := graph.Select(m, graph.Query{Select: []string{"source_status:fresher"}, Previous: state, Indirect: graph.Empty})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if d := difference([]manifest.ID{"source.nursery.crm.customers", "source.nursery.raw.sales"}, set.Sorted()); d != "" {
		t.Error(d)
	}
}

// TestSelectorMapAsDbt holds the selectors of the recorded manifest.
func TestSelectorMapAsDbt(t *testing.T) {
	named := recordedSelectors(t)
	for i := range named {
		if named[i].Name == "nightly" {
			named[i].Description = "what runs at night"
		}
	}
	got, err := json.Marshal(graph.SelectorMap(named))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Selectors any }
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	var have any
	if err := json.Unmarshal(got, &have); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(have, want.Selectors) {
		t.Errorf("got %s", got)
	}
}

func TestSelectorMapText(t *testing.T) {
	got, err := json.Marshal(graph.SelectorMap([]graph.Named{
		{Name: "a", Default: true, Definition: "2+tag:x,config.meta.owner:me @b c+1"},
		{Name: "loop", Definition: manifest.NewMap("method", "selector", "value", "loop")},
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a":{"name":"a","definition":{"union":[{"intersection":[{"parents":true,"parents_depth":2,"method":"tag","value":"x"},` +
		`{"method":"config.meta.owner","value":"me"}]},{"childrens_parents":true,"method":"fqn","value":"b"},` +
		`{"method":"fqn","value":"c","children":true,"children_depth":1}]},"default":true},` +
		`"loop":{"name":"loop","definition":{"method":"selector","value":"loop"}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
