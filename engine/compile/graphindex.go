package compile

import (
	"sort"
	"sync"

	"atlas/engine/graph"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// graphIndex finds what ref and source name in a linked manifest. It is immutable.
type graphIndex struct {
	manifest     *manifest.Manifest
	packageFirst bool
	refs         map[refName][]*manifest.Node
	sources      map[[2]string][]*manifest.Node
	disabled     map[refName]*manifest.Node
}

// refName is what a ref asks for; version "" is the latest.
type refName struct{ name, version string }

func newGraphIndex(m *manifest.Manifest) *graphIndex {
	g := &graphIndex{
		manifest:     m,
		packageFirst: m.Metadata[graph.PackageFirstKey] == "true",
		refs:         make(map[refName][]*manifest.Node, len(m.Nodes)),
		sources:      map[[2]string][]*manifest.Node{},
		disabled:     map[refName]*manifest.Node{},
	}
	ids := make([]manifest.ID, 0, len(m.Nodes))
	for id := range m.Nodes {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	for _, id := range ids {
		g.add(m.Nodes[id])
	}
	for _, list := range m.Disabled {
		for _, n := range list {
			g.disabled[refName{n.Name, n.Version}] = n
		}
	}
	return g
}

func (g *graphIndex) add(n *manifest.Node) {
	switch n.Kind {
	case manifest.Source:
		if n.Source != nil {
			key := [2]string{n.Source.SourceName, n.Name}
			g.sources[key] = append(g.sources[key], n)
		}
	case manifest.Model, manifest.Seed, manifest.Snapshot:
		key := refName{n.Name, n.Version}
		g.refs[key] = append(g.refs[key], n)
		if n.Version != "" && n.Version == n.LatestVersion {
			key.version = ""
			g.refs[key] = append(g.refs[key], n)
		}
	}
}

// ref finds the node that a template of package from means, in dbt's order of packages.
func (g *graphIndex) ref(from string, r manifest.Ref) *manifest.Node {
	return first(g.refs[refName{r.Name, r.Version}], g.packages(from, r.Package))
}

func (g *graphIndex) source(from string, s manifest.SourceRef) *manifest.Node {
	return first(g.sources[[2]string{s.Source, s.Table}], g.packages(from, ""))
}

func first(nodes []*manifest.Node, packages []string) *manifest.Node {
	for _, pkg := range packages {
		for _, n := range nodes {
			if pkg == "" || n.Package == pkg {
				return n
			}
		}
	}
	return nil
}

// packages gives where to look, in order; "" stands for everywhere.
func (g *graphIndex) packages(from, wanted string) []string {
	switch {
	case wanted != "":
		return []string{wanted}
	case from == g.manifest.Project:
		return []string{from, ""}
	case g.packageFirst:
		return []string{from, g.manifest.Project, ""}
	default:
		return []string{g.manifest.Project, from, ""}
	}
}

// refNames lists what a ref could have meant.
func (g *graphIndex) refNames() []string {
	names := make([]string, 0, len(g.refs))
	for k := range g.refs {
		if k.version == "" {
			names = append(names, k.name)
		}
	}
	return names
}

func (g *graphIndex) sourceNames() []string {
	names := make([]string, 0, len(g.sources))
	for k := range g.sources {
		names = append(names, k[0]+"."+k[1])
	}
	return names
}

// sharedGraph is `graph`, one dict for all templates of a run: packages keep things in it from one
// node to the next. A render that touches it keeps it to itself until it ends, so that no two
// goroutines use it at a time.
type sharedGraph struct {
	mu   sync.Mutex
	dict *jinja.Dict
}

// graphValue gives `graph`.
func (f *frame) graphValue() jinja.Value {
	g, shared := f.c.graph.Load(), f.c.shared.Load()
	if g == nil || f.capture != nil {
		return graphDict(manifest.New(f.c.project.Name), "")
	}
	top := f.owner
	if top.holds == nil {
		shared.mu.Lock()
		top.holds = shared
	}
	if top.holds.dict == nil {
		top.holds.dict = graphDict(g.manifest, f.c.database())
	}
	return top.holds.dict
}

// end lets others at the graph. Every function that makes a top frame defers it.
func (f *frame) end() {
	if f.owner == f && f.holds != nil {
		f.holds.mu.Unlock()
		f.holds = nil
	}
}
