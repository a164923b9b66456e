package graph

import (
	"slices"
	"strings"

	"atlas/engine/manifest"
)

// lookup finds what a ref or a source means.
type lookup struct {
	root            string
	packageFirst    bool
	refs            map[string][]*manifest.Node // by name, and by name.vN; the bare name of a versioned model is its latest
	versions        map[string][]string         // declared versions by bare name
	sources         map[string][]*manifest.Node // by source.table
	disabledRefs    map[string][]*manifest.Node
	disabledSources map[string][]*manifest.Node
	names           names
}

// PackageFirstKey is the Metadata key that, set to "true", makes an unqualified ref inside a
// package look there before the root project (dbt's require_ref_searches_node_package_before_root).
const PackageFirstKey = "require_ref_searches_node_package_before_root"

func newLookup(m *manifest.Manifest, nodes []*manifest.Node) *lookup {
	l := &lookup{
		root:            m.Project,
		packageFirst:    m.Metadata[PackageFirstKey] == "true",
		refs:            make(map[string][]*manifest.Node, len(m.Nodes)),
		versions:        map[string][]string{},
		sources:         map[string][]*manifest.Node{},
		disabledRefs:    map[string][]*manifest.Node{},
		disabledSources: map[string][]*manifest.Node{},
	}
	for _, n := range nodes {
		if n.Config.Enabled() {
			l.add(n, l.refs, l.sources)
			l.noteVersion(n)
		} else {
			l.add(n, l.disabledRefs, l.disabledSources)
		}
	}
	for _, list := range m.Disabled {
		for _, n := range list {
			l.add(n, l.disabledRefs, l.disabledSources)
		}
	}
	for _, byName := range []map[string][]*manifest.Node{l.disabledRefs, l.disabledSources} {
		for _, list := range byName {
			slices.SortFunc(list, func(a, b *manifest.Node) int { return strings.Compare(string(a.ID), string(b.ID)) })
		}
	}
	return l
}

func (l *lookup) add(n *manifest.Node, refs, sources map[string][]*manifest.Node) {
	switch {
	case n.Kind == manifest.Source && n.Source != nil:
		key := sourceKey(n.Source.SourceName, n.Name)
		sources[key] = append(sources[key], n)
	case !refable(n.Kind):
	case n.Version == "":
		refs[n.Name] = append(refs[n.Name], n)
	default:
		key := versionKey(n.Name, n.Version)
		refs[key] = append(refs[key], n)
		if n.Version == n.LatestVersion {
			refs[n.Name] = append(refs[n.Name], n)
		}
	}
}

func (l *lookup) noteVersion(n *manifest.Node) {
	if n.Version != "" {
		l.versions[n.Name] = append(l.versions[n.Name], n.Version)
	}
}

func refable(k manifest.Kind) bool {
	return k == manifest.Model || k == manifest.Seed || k == manifest.Snapshot
}

func sourceKey(source, table string) string  { return source + "\x00" + table }
func versionKey(name, version string) string { return name + ".v" + version }

func refKey(r manifest.Ref) string {
	if r.Version == "" {
		return r.Name
	}
	return versionKey(r.Name, r.Version)
}

// found is the outcome of a search: one node, several that answer alike, or only disabled ones.
type found struct {
	node      *manifest.Node
	ambiguous []*manifest.Node
	disabled  *manifest.Node
}

func (l *lookup) ref(from string, r manifest.Ref) found {
	return l.search(l.refs[refKey(r)], l.disabledRefs[refKey(r)], l.packages(from, r.Package))
}

func (l *lookup) source(from string, s manifest.SourceRef) found {
	key := sourceKey(s.Source, s.Table)
	f := l.search(l.sources[key], l.disabledSources[key], l.packages(from, ""))
	if len(f.ambiguous) > 0 { // dbt takes the first
		return found{node: f.ambiguous[0]}
	}
	return f
}

// packages gives where to look, in order; "" stands for everywhere.
func (l *lookup) packages(from, wanted string) []string {
	switch {
	case wanted != "":
		return []string{wanted}
	case from == l.root:
		return []string{l.root, ""}
	case l.packageFirst:
		return []string{from, l.root, ""}
	default:
		return []string{l.root, from, ""}
	}
}

func (l *lookup) search(enabled, disabled []*manifest.Node, packages []string) found {
	for _, pkg := range packages {
		in := inPackage(enabled, pkg)
		if len(in) == 1 {
			return found{node: in[0]}
		}
		if len(in) > 1 {
			return found{ambiguous: in}
		}
	}
	for _, pkg := range packages {
		if in := inPackage(disabled, pkg); len(in) > 0 {
			return found{disabled: in[0]}
		}
	}
	return found{}
}

func inPackage(list []*manifest.Node, pkg string) []*manifest.Node {
	if pkg == "" || len(list) == 0 {
		return list
	}
	var in []*manifest.Node
	for _, n := range list {
		if n.Package == pkg {
			in = append(in, n)
		}
	}
	return in
}
