package docs

import (
	"context"
	"fmt"
	"path"
	"sort"
	"strings"

	"atlas/engine/manifest"
)

// site is the whole documentation, ready to be written.
type site struct {
	in     Input
	title  string
	nodes  []*node // everything with a page, by group and name
	byID   map[manifest.ID]*node
	tests  []*test // all tests, those that need attention first
	macros []*macro
	byName map[string]*macro // the root project's and its packages' macros as called
	groups []*group          // sources, seeds, model layers …, in the order of the data's flow
	md     *markdown
	assets assetVersions
}

// node is a node with a page.
type node struct {
	*manifest.Node
	Href     string // from the site's root
	Label    string // what to call it: "raw.orders" for sources
	Group    *group
	Folder   string // inside its resource folder; the source's name for sources
	Parents  []*node
	Children []*node
	Tests    []*test
	Catalog  *CatalogNode
	Result   *Result
	Summary  string // description as one line of plain text
	depth    int    // longest way from a root
	cols     []column
}

// group is a kind of node, or for models a layer: the first folder below the models folder.
type group struct {
	Key   string // for addresses: "source", "model-marts"
	Name  string // for people: "Sources", "marts"
	Kind  manifest.Kind
	Class string // CSS class of its colour: "k-source", "k-m2"
	Unit  string // what one of it is: "source", "model"
	Nodes []*node
	depth float64
}

// Href is the address of the group's list, from the site's root.
func (g *group) Href() string { return "list/" + g.Key + ".html" }

// test is a test with where it is attached.
type test struct {
	*manifest.Node
	On     *node  // nil for tests of nothing documented
	Column string // on which column
	Label  string // "not_null", "accepted_values (paid, open)"
	Result *Result
	Href   string // own page, for singular tests, else its row on the node's page
	Anchor string
}

// macro is a macro with a page.
type macro struct {
	*manifest.Macro
	Href    string
	UsedBy  []*node
	Calls   []*macro
	Callers []*macro
	Summary string
}

func newSite(_ context.Context, in Input) (*site, error) {
	s := &site{in: in, title: in.Title, byID: map[manifest.ID]*node{}, byName: map[string]*macro{}}
	if s.title == "" {
		s.title = in.Manifest.Project
	}
	if o := in.Manifest.Docs[manifest.ID("doc."+in.Manifest.Project+".__overview__")]; o != nil {
		s.in.README = o.Contents // dbt's way to write the first page
	}
	s.md = newMarkdown()
	if err := s.collectNodes(); err != nil {
		return nil, err
	}
	if err := s.link(); err != nil {
		return nil, err
	}
	s.group()
	s.collectTests()
	s.collectMacros()
	return s, nil
}

// documented reports whether a node has a page of its own.
func documented(n *manifest.Node) bool {
	switch n.Kind {
	case manifest.Operation:
		return false
	case manifest.Test:
		return n.Test == nil || !n.Test.Generic
	default:
		return true
	}
}

// inGraph reports whether a node is drawn in the lineage: tests are shown at what they test.
func (n *node) inGraph() bool {
	switch n.Kind {
	case manifest.Test, manifest.UnitTest:
		return false
	default:
		return true
	}
}

func (s *site) collectNodes() error {
	names := fileNames{}
	for _, id := range sortedIDs(s.in.Manifest.Nodes) {
		m := s.in.Manifest.Nodes[id]
		if m == nil {
			return fmt.Errorf("node %s is empty", id)
		}
		if !documented(m) {
			continue
		}
		n := &node{Node: m, Href: "node/" + names.of(string(id)) + ".html", Label: m.Name, Folder: folderOf(m)}
		if m.Source != nil {
			n.Label = m.Source.SourceName + "." + m.Name
		}
		if m.Exposure != nil && m.Exposure.Label != "" {
			n.Label = m.Exposure.Label
		}
		if m.Version != "" {
			n.Label += " v" + m.Version
		}
		if s.in.Catalog != nil {
			if c, ok := s.in.Catalog.Nodes[id]; ok {
				n.Catalog = &c
			}
		}
		if r, ok := s.in.Results[id]; ok {
			n.Result = &r
		}
		n.Summary = s.md.plain(m.Description)
		s.byID[id] = n
		s.nodes = append(s.nodes, n)
	}
	return nil
}

// Use says what an exposure is: its type, or that it is a report or a deck.
func (n *node) Use() string {
	if n.Kind == manifest.Exposure && n.Exposure != nil {
		return n.Exposure.Type
	}
	return n.Group.Unit
}

func folderOf(n *manifest.Node) string {
	if n.Source != nil {
		return n.Source.SourceName
	}
	if n.Kind.IsPart() && len(n.FQN) > 1 {
		return n.FQN[len(n.FQN)-2] // the report or deck that it is a part of
	}
	sub := n.SubPath
	if sub == "" {
		return ""
	}
	if dir := path.Dir(sub); dir != "." {
		return dir
	}
	return ""
}

// link joins nodes by their dependencies and computes how deep each stands.
func (s *site) link() error {
	for _, n := range s.nodes {
		seen := map[manifest.ID]bool{}
		for _, id := range n.DependsOn {
			p := s.byID[id]
			if p == nil || p == n || seen[id] {
				continue
			}
			seen[id] = true
			n.Parents = append(n.Parents, p)
			if n.inGraph() {
				p.Children = append(p.Children, n)
			}
		}
	}
	state := map[*node]int{}
	var visit func(n *node) error
	visit = func(n *node) error {
		switch state[n] {
		case 1:
			return fmt.Errorf("%s depends on itself", n.ID)
		case 2:
			return nil
		}
		state[n] = 1
		for _, p := range n.Parents {
			if err := visit(p); err != nil {
				return err
			}
			n.depth = max(n.depth, p.depth+1)
		}
		state[n] = 2
		return nil
	}
	for _, n := range s.nodes {
		if err := visit(n); err != nil {
			return err
		}
	}
	return nil
}

// group sorts nodes into kinds and model layers and orders those as the data flows.
func (s *site) group() {
	byKey := map[string]*group{}
	for _, n := range s.nodes {
		g := s.groupOf(n)
		if have, ok := byKey[g.Key]; ok {
			g = have
		} else {
			byKey[g.Key] = g
			s.groups = append(s.groups, g)
		}
		n.Group = g
		g.Nodes = append(g.Nodes, n)
	}
	for _, g := range s.groups {
		sum := 0
		for _, n := range g.Nodes {
			sum += n.depth
		}
		g.depth = float64(sum) / float64(len(g.Nodes))
		sort.SliceStable(g.Nodes, func(i, j int) bool {
			a, b := g.Nodes[i], g.Nodes[j]
			if a.Folder != b.Folder {
				return a.Folder < b.Folder
			}
			return a.Label < b.Label
		})
	}
	sort.SliceStable(s.groups, func(i, j int) bool {
		a, b := s.groups[i], s.groups[j]
		if kindOrder(a.Kind) != kindOrder(b.Kind) {
			return kindOrder(a.Kind) < kindOrder(b.Kind)
		}
		if a.depth != b.depth {
			return a.depth < b.depth
		}
		return a.Key < b.Key
	})
	s.shade()
	s.nodes = s.nodes[:0]
	for _, g := range s.groups {
		s.nodes = append(s.nodes, g.Nodes...)
	}
}

// modelShades is how many shades of the models' colour tell layers apart.
const modelShades = 4

// shade gives model layers their colours, from light near the sources to dark near the results.
func (s *site) shade() {
	var layers []*group
	for _, g := range s.groups {
		if g.Kind == manifest.Model {
			layers = append(layers, g)
		}
	}
	for i, g := range layers {
		step := modelShades - 1
		if len(layers) > 1 {
			step = i * (modelShades - 1) / (len(layers) - 1)
		}
		g.Class = fmt.Sprintf("k-m%d", step)
	}
}

func (s *site) groupOf(n *node) *group {
	fixed := func(name, unit string) *group {
		return &group{Key: string(n.Kind), Name: name, Kind: n.Kind, Class: "k-" + string(n.Kind), Unit: unit}
	}
	switch n.Kind {
	case manifest.Source:
		return fixed("Sources", "source")
	case manifest.Seed:
		return fixed("Seeds", "seed")
	case manifest.Snapshot:
		return fixed("Snapshots", "snapshot")
	case manifest.Exposure:
		return fixed("Exposures", "exposure")
	case manifest.Analysis:
		return fixed("Analyses", "analysis")
	case manifest.Test:
		return fixed("SQL tests", "test")
	case manifest.UnitTest:
		return fixed("Unit tests", "unit test")
	case manifest.Model:
		layer, _, _ := strings.Cut(n.Folder, "/")
		switch {
		case n.Package != s.in.Manifest.Project && n.Package != "":
			layer = n.Package
		case layer == "":
			layer = "models"
		}
		return &group{Key: "model-" + slug(layer), Name: layer, Kind: n.Kind, Unit: "model"}
	case manifest.ReportKind, manifest.DeckKind, manifest.BlockKind, manifest.SlideKind:
		g := fixed(strings.ToUpper(string(n.Kind[:1]))+string(n.Kind[1:])+"s", string(n.Kind))
		g.Class = "k-" + string(manifest.Exposure)
		return g
	default: // kinds to come
		return fixed(strings.ToUpper(string(n.Kind[:1]))+string(n.Kind[1:])+"s", string(n.Kind))
	}
}

func kindOrder(k manifest.Kind) int {
	order := []manifest.Kind{manifest.Source, manifest.Seed, manifest.Model, manifest.Snapshot}
	for i, o := range order {
		if k == o {
			return i
		}
	}
	switch k {
	case manifest.Exposure:
		return 20
	case manifest.ReportKind:
		return 21
	case manifest.DeckKind:
		return 22
	case manifest.BlockKind:
		return 23
	case manifest.SlideKind:
		return 24
	case manifest.Analysis:
		return 30
	case manifest.Test:
		return 40
	case manifest.UnitTest:
		return 41
	default:
		return 10
	}
}

func sortedIDs[V any](m map[manifest.ID]V) []manifest.ID {
	ids := make([]manifest.ID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}
