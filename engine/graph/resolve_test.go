package graph_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
)

// project builds manifests by hand, as a parser would: each ref stands on a line of its own.
type project struct{ m *manifest.Manifest }

func newProject() project {
	m := manifest.New("shop")
	m.Packages = []string{"shop", "tools"}
	return project{m}
}

// model adds a model of the root project that refers to others: "orders", "tools.orders" for
// two arguments, "orders@2" for a version.
func (p project) model(name string, refs ...string) *manifest.Node {
	return p.add("shop", manifest.Model, name, refs...)
}

func (p project) add(pkg string, kind manifest.Kind, name string, refs ...string) *manifest.Node {
	id := manifest.ID(string(kind) + "." + pkg + "." + name)
	file := "models/" + name + ".sql"
	n := &manifest.Node{
		ID: id, Kind: kind, Package: pkg, Name: name, FQN: []string{pkg, name}, Path: file, SubPath: name + ".sql",
		Pos: diag.Pos{File: file, Line: 1, Col: 1}, Raw: "select 1",
	}
	for i, r := range refs {
		ref := manifest.Ref{Name: r, Pos: diag.Pos{File: file, Line: i + 2, Col: 15}}
		if before, after, ok := strings.Cut(ref.Name, "."); ok {
			ref.Package, ref.Name = before, after
		}
		ref.Name, ref.Version, _ = strings.Cut(ref.Name, "@")
		n.Refs = append(n.Refs, ref)
	}
	p.m.Nodes[id] = n
	return n
}

func (p project) source(source, table string) *manifest.Node {
	id := manifest.ID("source.shop." + source + "." + table)
	n := &manifest.Node{
		ID: id, Kind: manifest.Source, Package: "shop", Name: table, FQN: []string{"shop", source, table}, Path: "models/sources.yml",
		Source: &manifest.SourceTable{SourceName: source}, Pos: diag.Pos{File: "models/sources.yml", Line: 4, Col: 9},
	}
	p.m.Nodes[id] = n
	return n
}

// test adds a generic test on a model.
func (p project) test(typ, on string, refs ...string) *manifest.Node {
	n := p.add("shop", manifest.Test, typ+"_"+on, append([]string{on}, refs...)...)
	n.Test = &manifest.TestSpec{Generic: true, Type: typ, Target: "ref('" + on + "')"}
	return n
}

func disabled() manifest.Config { return manifest.NewConfig(manifest.NewMap("enabled", false)) }

func (p project) disable(n *manifest.Node) {
	delete(p.m.Nodes, n.ID)
	p.m.Disabled[n.ID] = []*manifest.Node{n}
}

func printed(l diag.List) string {
	var b bytes.Buffer
	for _, d := range l {
		diag.Fprint(&b, d, diag.Style{})
		b.WriteString("\n")
	}
	return b.String()
}

//nolint:gochecknoglobals // a test flag
var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// TestResolveAsDbt links the recorded project and holds every edge, attachment and key to dbt's.
func TestResolveAsDbt(t *testing.T) {
	want, got := recordedFile(t, "testdata/manifest.json"), recorded(t)
	delete(want.Nodes, "test.nursery.unique_stg_unused_id.0d96138b01") // of a disabled model: dbt keeps it, switched off
	if g, w := slices.Sorted(maps.Keys(got.Nodes)), slices.Sorted(maps.Keys(want.Nodes)); !slices.Equal(g, w) {
		t.Fatalf("nodes %v, want %v", g, w)
	}
	for id, w := range want.Nodes {
		g := got.Nodes[id]
		if !slices.Equal(g.DependsOn, w.DependsOn) {
			t.Errorf("%s depends on %v, want %v", id, g.DependsOn, w.DependsOn)
		}
		if !slices.Equal(g.PrimaryKey, w.PrimaryKey) {
			t.Errorf("%s has key %v, want %v", id, g.PrimaryKey, w.PrimaryKey)
		}
		if g.Group != w.Group {
			t.Errorf("%s is of group %q, want %q", id, g.Group, w.Group)
		}
		if w.Test != nil && w.Test.Attached != "" && g.Test.Attached != w.Test.Attached {
			t.Errorf("%s tests %s, want %s", id, g.Test.Attached, w.Test.Attached)
		}
	}
	orders := map[manifest.ID]int{}
	for i, id := range got.Order {
		orders[id] = i
	}
	for id, n := range got.Nodes {
		for _, p := range n.DependsOn {
			if orders[p] >= orders[id] {
				t.Errorf("%s comes before its parent %s", id, p)
			}
			if !slices.Contains(got.Children[p], id) {
				t.Errorf("%s is no child of %s", id, p)
			}
		}
	}
}

func TestResolveProblems(t *testing.T) {
	p := newProject()
	p.model("orders")
	p.model("order_items", "orders", "custmers", "nowhere_at_all", "price_list@9", "tools.orders", "switched_off")
	p.model("customers")
	p.add("tools", manifest.Model, "calendar")
	p.add("tools", manifest.Model, "days")
	p.add("more_tools", manifest.Model, "days")
	p.model("month", "days", "tools.days")
	for _, v := range []string{"1", "2"} {
		n := p.model("price_list")
		delete(p.m.Nodes, n.ID)
		n.ID, n.Version, n.LatestVersion = n.ID+manifest.ID(".v"+v), v, "2"
		p.m.Nodes[n.ID] = n
	}
	p.disable(p.model("switched_off"))
	secret := p.model("secret")
	secret.Access, secret.Group = "private", "ledger"
	p.model("leak", "secret")
	other := p.model("leak_of_group", "secret")
	other.Config = manifest.NewConfig(manifest.NewMap("group", "growers"))
	fine := p.model("ledger_book", "secret")
	fine.Group = "ledger"
	p.source("raw", "orders")
	s := p.model("stg")
	s.Sources = []manifest.SourceRef{
		{Source: "raw", Table: "orders", Pos: diag.Pos{File: "models/stg.sql", Line: 2, Col: 24}},
		{Source: "raw", Table: "ordres", Pos: diag.Pos{File: "models/stg.sql", Line: 3, Col: 24}},
		{Source: "crm", Table: "people"},
	}
	p.test("unique", "secret")
	p.test("relationships", "orders", "custmers")
	off := p.test("not_null", "switched_off")
	l := graph.Resolve(p.m)
	golden(t, "problems.golden", printed(l))
	if _, here := p.m.Nodes[off.ID]; here || len(p.m.Disabled[off.ID]) != 1 {
		t.Error("a test of a disabled model must be disabled")
	}
	if got := p.m.Nodes["model.shop.stg"].DependsOn; !slices.Equal(got, []manifest.ID{"source.shop.raw.orders"}) {
		t.Errorf("stg depends on %v", got)
	}
}

func TestCycles(t *testing.T) {
	p := newProject()
	p.model("a", "d", "c")
	p.model("b", "a")
	p.model("c", "start", "b")
	p.model("d", "c")
	p.model("self", "start", "self")
	p.model("x", "y")
	p.model("y", "x")
	p.model("start")
	p.model("below", "a")
	l := graph.Resolve(p.m)
	golden(t, "cycles.golden", printed(l))
	if len(p.m.Order) != len(p.m.Nodes) {
		t.Errorf("order has %d of %d nodes", len(p.m.Order), len(p.m.Nodes))
	}
}

func TestResolveSearch(t *testing.T) {
	p := newProject()
	p.model("common")
	p.add("tools", manifest.Model, "common")
	p.add("tools", manifest.Model, "own", "common")
	p.model("top", "common", "own", "tools.common", "common")
	p.add("tools", manifest.Seed, "rates")
	p.model("with_seed", "rates")
	if l := graph.Resolve(p.m); len(l) > 0 {
		t.Fatal(l)
	}
	for id, want := range map[manifest.ID][]manifest.ID{
		"model.tools.own":      {"model.shop.common"}, // dbt looks into the root project first
		"model.shop.top":       {"model.shop.common", "model.tools.own", "model.tools.common"},
		"model.shop.with_seed": {"seed.tools.rates"},
	} {
		if got := p.m.Nodes[id].DependsOn; !slices.Equal(got, want) {
			t.Errorf("%s depends on %v, want %v", id, got, want)
		}
	}
	p.m.Metadata[graph.PackageFirstKey] = "true"
	graph.Resolve(p.m)
	if got := p.m.Nodes["model.tools.own"].DependsOn; !slices.Equal(got, []manifest.ID{"model.tools.common"}) {
		t.Errorf("with the package first, own depends on %v", got)
	}
}

func TestOrderIsDeterministic(t *testing.T) {
	var orders []string
	for range 5 {
		p := newProject()
		for i := range 50 {
			var refs []string
			for k := 1; k < i; k *= 3 {
				refs = append(refs, fmt.Sprintf("m%02d", i-k))
			}
			p.model(fmt.Sprintf("m%02d", i), refs...)
		}
		graph.Resolve(p.m)
		orders = append(orders, fmt.Sprint(p.m.Order))
	}
	if slices.Sort(orders); len(slices.Compact(orders)) != 1 {
		t.Error("the order differs from run to run")
	}
}

func TestDisabledByConfig(t *testing.T) {
	p := newProject()
	p.model("off").Config = disabled()
	p.model("on", "off")
	l := graph.Resolve(p.m)
	if len(l) != 1 || l[0].Code != diag.DisabledRef {
		t.Errorf("problems: %v", l)
	}
	if len(p.m.Disabled) != 1 || len(p.m.Nodes) != 1 {
		t.Errorf("%d nodes, %d disabled", len(p.m.Nodes), len(p.m.Disabled))
	}
}
