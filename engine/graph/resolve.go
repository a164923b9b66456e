package graph

import (
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Resolve links a parsed manifest: it sets DependsOn (sources first, then refs, each in order of
// first use, as dbt does, then Uses), Test.Attached, inferred primary keys, Children and Order, and gives
// every mistake it finds: unknown, disabled, ambiguous and private references, and cycles.
//
// A data test or unit test that refers to something disabled is moved to Disabled in silence; one
// that refers to something unknown is moved there with a warning. In any other node both are errors.
//
// With errors in the list the manifest is not fit to run, but is consistent: unresolved
// references are left out, and nodes on a cycle come last in Order.
func Resolve(m *manifest.Manifest) diag.List {
	r := &resolver{m: m, nodes: sortedNodes(m)}
	r.lookup = newLookup(m, r.nodes)
	for _, n := range r.nodes {
		r.link(n)
	}
	r.disable()
	inferPrimaryKeys(r.nodes)
	r.order()
	r.problems.Sort()
	return r.problems
}

type resolver struct {
	m        *manifest.Manifest
	nodes    []*manifest.Node // sorted by ID
	lookup   *lookup
	problems diag.List
	drop     []*manifest.Node // tests without a target
}

func sortedNodes(m *manifest.Manifest) []*manifest.Node {
	nodes := make([]*manifest.Node, 0, len(m.Nodes))
	for _, n := range m.Nodes {
		nodes = append(nodes, n)
	}
	slices.SortFunc(nodes, func(a, b *manifest.Node) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return nodes
}

// link sets what one node depends on.
func (r *resolver) link(n *manifest.Node) {
	n.DependsOn = nil
	if !n.Config.Enabled() {
		r.drop = append(r.drop, n)
		return
	}
	if n.Kind == manifest.UnitTest && n.UnitTest != nil {
		r.linkUnitTest(n)
		return
	}
	r.attach(n)
	for _, s := range n.Sources {
		if f := r.lookup.source(n.Package, s); f.node != nil {
			n.DependsOn = appendNew(n.DependsOn, f.node.ID)
		} else {
			r.missing(n, r.badSource(n, s, f), f)
		}
	}
	for _, ref := range n.Refs {
		f := r.lookup.ref(n.Package, ref)
		switch {
		case f.node == nil:
			r.missing(n, r.badRef(n, ref, f), f)
		case private(n, f.node):
			r.problems = append(r.problems, badAccess(n, ref, f.node))
			n.DependsOn = appendNew(n.DependsOn, f.node.ID)
		default:
			n.DependsOn = appendNew(n.DependsOn, f.node.ID)
		}
	}
	for _, id := range n.Uses {
		if r.m.Nodes[id] != nil {
			n.DependsOn = appendNew(n.DependsOn, id)
		}
	}
}

// linkUnitTest makes a unit test depend on its model alone; its inputs must exist.
func (r *resolver) linkUnitTest(n *manifest.Node) {
	model := manifest.Ref{Package: n.Package, Name: n.UnitTest.Model, Version: n.Version, Pos: n.Pos}
	for _, ref := range n.Refs {
		if ref.Name == model.Name {
			model.Pos = ref.Pos
			continue
		}
		if f := r.lookup.ref(n.Package, ref); f.node == nil {
			r.missing(n, r.badRef(n, ref, f), f)
		}
	}
	for _, s := range n.Sources {
		if f := r.lookup.source(n.Package, s); f.node == nil {
			r.missing(n, r.badSource(n, s, f), f)
		}
	}
	f := r.lookup.ref(n.Package, model)
	if f.node == nil {
		r.missing(n, r.badRef(n, model, f), f)
		return
	}
	n.DependsOn = []manifest.ID{f.node.ID}
	if n.Relation.IsZero() {
		n.Relation = manifest.Relation{Database: f.node.Relation.Database, Schema: f.node.Relation.Schema}
	}
}

// missing records an unresolved reference: tests step aside, other nodes are wrong.
func (r *resolver) missing(n *manifest.Node, d *diag.Diagnostic, f found) {
	if n.Kind.OfReports() && slices.ContainsFunc(r.problems, func(o *diag.Diagnostic) bool { return o.Pos == d.Pos && o.Code == d.Code }) {
		return // a query is the query of each block that shows it
	}
	if n.Kind != manifest.Test && n.Kind != manifest.UnitTest || len(f.ambiguous) > 0 {
		r.problems = append(r.problems, d)
		return
	}
	r.drop = append(r.drop, n)
	if f.disabled == nil {
		d.Severity = diag.Warning
		d.Msg += "; the test is left out"
		r.problems = append(r.problems, d)
	}
}

// disable moves switched-off nodes out of the graph.
func (r *resolver) disable() {
	if len(r.drop) == 0 {
		return
	}
	for _, n := range r.drop {
		if _, here := r.m.Nodes[n.ID]; here {
			delete(r.m.Nodes, n.ID)
			r.m.Disabled[n.ID] = append(r.m.Disabled[n.ID], n)
		}
	}
	r.nodes = sortedNodes(r.m)
}

// private reports whether access rules forbid the reference.
func private(n, target *manifest.Node) bool {
	return target.Access == "private" && (n.GroupName() == "" || n.GroupName() != target.GroupName())
}

func appendNew(list []manifest.ID, id manifest.ID) []manifest.ID {
	if slices.Contains(list, id) {
		return list
	}
	return append(list, id)
}
