package graph_test

import (
	"os"
	"path/filepath"
	"testing"

	"atlas/engine/artifact"
	"atlas/engine/graph"
	"atlas/engine/manifest"
)

// TestWrittenStateIsUnmodified: a project compared with the manifest.json that was written of it
// has not changed.
func TestWrittenStateIsUnmodified(t *testing.T) {
	m := recorded(t)
	target := artifact.Target{Dir: t.TempDir()}
	if err := target.WriteManifest(m, artifact.ManifestOptions{}); err != nil {
		t.Fatal(err)
	}
	unmodified(t, m, recordedFile(t, filepath.Join(target.Dir, artifact.ManifestFile)))
}

// TestOtherStateIsUnmodified does the same with manifests that two programs wrote of one
// project: ATLAS_SAME_MANIFESTS names them, separated by a colon.
func TestOtherStateIsUnmodified(t *testing.T) {
	files := filepath.SplitList(os.Getenv("ATLAS_SAME_MANIFESTS"))
	if len(files) != 2 {
		t.Skip("ATLAS_SAME_MANIFESTS names no two manifests")
	}
	m := recordedFile(t, files[0])
	if l := graph.Resolve(m); l.Err() != nil {
		t.Fatal(l)
	}
	unmodified(t, m, recordedFile(t, files[1]))
}

func unmodified(t *testing.T, m, earlier *manifest.Manifest) {
	t.Helper()
	for id, c := range graph.Compare(m, earlier) {
		if c.Modified() {
			t.Errorf("%s counts as changed: %+v", id, c)
		}
	}
}

// TestCompare changes one thing at a time.
func TestCompare(t *testing.T) {
	const model = "model.nursery.sales"
	table := func(n *manifest.Node, keys ...any) {
		u := n.Unrendered.Map().Clone()
		for i := 0; i < len(keys); i += 2 {
			u.Set(keys[i].(string), keys[i+1])
		}
		n.Unrendered = manifest.NewConfig(u)
	}
	contract := func(n *manifest.Node) {
		n.Config = n.Config.Merge(manifest.NewConfig(manifest.NewMap("contract", manifest.NewMap("enforced", true))))
		n.Columns = []manifest.Column{{Name: "sale_id", DataType: "decimal(10,2)"}}
	}
	for name, x := range map[string]struct {
		id     manifest.ID
		before func(*manifest.Node) // to both
		change func(*manifest.Node)
		want   graph.Change
	}{
		"body":             {model, nil, func(n *manifest.Node) { n.Raw += " limit 1" }, graph.Change{Body: true}},
		"blank at the end": {model, nil, func(n *manifest.Node) { n.Raw += "\n" }, graph.Change{}},
		"config":           {model, nil, func(n *manifest.Node) { table(n, "unique_key", []any{"a", "b"}) }, graph.Change{Configs: true}},
		"config number":    {model, func(n *manifest.Node) { table(n, "lookback", int64(3)) }, func(n *manifest.Node) { table(n, "lookback", 3.0) }, graph.Change{}},
		"hook spelling":    {model, func(n *manifest.Node) { table(n, "pre-hook", []any{"x"}) }, func(n *manifest.Node) {}, graph.Change{}},
		"tags":             {model, nil, func(n *manifest.Node) { table(n, "tags", []any{"new"}); n.Tags = []string{"new"} }, graph.Change{}},
		"alias":            {model, nil, func(n *manifest.Node) { table(n, "alias", "x") }, graph.Change{Relation: true}},
		"schema":           {model, nil, func(n *manifest.Node) { table(n, "schema", "x") }, graph.Change{Relation: true}},
		"access":           {model, nil, func(n *manifest.Node) { n.Access = "public" }, graph.Change{Other: true}},
		"protected":        {model, nil, func(n *manifest.Node) { n.Access = "" }, graph.Change{}},
		"moved":            {model, nil, func(n *manifest.Node) { n.FQN = []string{"nursery", "sales"} }, graph.Change{Other: true}},
		"description":      {model, nil, func(n *manifest.Node) { n.Description = "new" }, graph.Change{}},
		"persisted description": {model, func(n *manifest.Node) {
			n.Config = n.Config.Merge(manifest.NewConfig(manifest.NewMap("persist_docs", manifest.NewMap("relation", true))))
		}, func(n *manifest.Node) { n.Description = "new" }, graph.Change{Descriptions: true}},
		"type in contract": {model, contract, func(n *manifest.Node) { n.Columns = []manifest.Column{{Name: "sale_id", DataType: "text"}} }, graph.Change{Contract: true}},
		"size in contract": {model, contract, func(n *manifest.Node) {
			n.Columns = []manifest.Column{{Name: "sale_id", DataType: "DECIMAL(18,2)"}}
		}, graph.Change{}},
		"severity":   {"test.nursery.unique_sales_sale_id.4620412eb8", nil, func(n *manifest.Node) { table(n, "severity", "warn") }, graph.Change{Configs: true}},
		"test text":  {"test.nursery.unique_sales_sale_id.4620412eb8", nil, func(n *manifest.Node) { n.Raw = "x" }, graph.Change{}},
		"singular":   {"test.nursery.assert_amounts", nil, func(n *manifest.Node) { n.Raw = "x" }, graph.Change{Body: true}},
		"seed":       {"seed.nursery.tax_rates", nil, func(n *manifest.Node) { n.Checksum = "x" }, graph.Change{Body: true}},
		"identifier": {"source.nursery.crm.customers", nil, func(n *manifest.Node) { n.Relation.Name = "x" }, graph.Change{Relation: true}},
		"freshness":  {"source.nursery.crm.customers", nil, func(n *manifest.Node) { n.Source.LoadedAtField = "x" }, graph.Change{Other: true}},
		"exposure":   {"exposure.nursery.weekly_board", nil, func(n *manifest.Node) { n.Exposure.URL = "x" }, graph.Change{Other: true}},
		"unit test":  {"unit_test.nursery.int_sales_priced.sales_are_priced", nil, func(n *manifest.Node) { n.UnitTest.Expect = nil }, graph.Change{Body: true}},
	} {
		before, now := recorded(t), recorded(t)
		if x.before != nil {
			x.before(before.Nodes[x.id])
			x.before(now.Nodes[x.id])
		}
		x.change(now.Nodes[x.id])
		for id, got := range graph.Compare(now, before) {
			want := graph.Change{}
			if id == x.id {
				want = x.want
			}
			if got != want {
				t.Errorf("%s: %s is %+v, want %+v", name, id, got, want)
			}
		}
	}
}
