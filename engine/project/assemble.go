package project

import (
	"context"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// assembly puts the parts of all files together: YAML entries find their nodes, nodes get their
// config and relation, tests are made. Its own methods run on one goroutine; what they hand to
// forEach touches one draft or one entry each.
type assembly struct {
	*parsing
	diags   diag.List
	drafts  []*draft
	props   []*propsFile
	m       *manifest.Manifest
	byName  map[string][]*draft    // models, seeds and snapshots by name
	others  map[string][]*draft    // analyses and singular tests, by kind and name
	entries []*entry               // YAML entries that carry tests or make nodes
	patched map[manifest.ID]*patch // macros that YAML describes
	tables  []*sourceEntry
	over    map[sourceKey]*sourceEntry // entries with overrides:
	groups  map[string]diag.Pos
	reports []*reportsFile
}

// entry is a YAML entry to be read once its node is known, on any goroutine.
type entry struct {
	file  *File
	do    func(r *reader) []*draft
	made  []*draft
	diags diag.List
}

func newAssembly(ps *parsing) *assembly {
	a := &assembly{
		parsing: ps, m: manifest.New(ps.p.Name), byName: map[string][]*draft{}, others: map[string][]*draft{},
		patched: map[manifest.ID]*patch{}, over: map[sourceKey]*sourceEntry{}, groups: map[string]diag.Pos{},
	}
	for _, pkg := range ps.p.Packages {
		a.m.Packages = append(a.m.Packages, pkg.Name)
	}
	return a
}

// collect takes the results of the files in order.
func (a *assembly) collect(results []fileResult) {
	for i := range results {
		res := &results[i]
		a.diags = append(a.diags, res.diags...)
		for _, d := range res.drafts {
			a.add(d)
		}
		if res.props != nil {
			a.props = append(a.props, res.props)
		}
		if res.extract != nil {
			a.m.Extracts = append(a.m.Extracts, res.extract)
		}
		if res.reports != nil {
			a.reports = append(a.reports, res.reports)
		}
		a.m.Publications = append(a.m.Publications, res.publications...)
	}
}

func (a *assembly) add(d *draft) {
	a.drafts = append(a.drafts, d)
	switch d.node.Kind {
	case manifest.Model, manifest.Seed, manifest.Snapshot:
		a.byName[d.node.Name] = append(a.byName[d.node.Name], d)
	case manifest.Analysis, manifest.Test:
		key := string(d.node.Kind) + " " + d.node.Name
		a.others[key] = append(a.others[key], d)
	default: // no YAML entry describes hooks, and others are YAML entries themselves
	}
}

// match hands every YAML entry to its section.
func (a *assembly) match() {
	for _, p := range a.props {
		r := a.reader(p.file, &a.diags)
		for i, k := range p.root.keys {
			list := p.root.items[i]
			switch k.text {
			case "models":
				a.each(list, func(n *node) { a.model(r, n) })
			case "seeds":
				a.each(list, func(n *node) { a.testable(r, n, manifest.Seed) })
			case "snapshots":
				a.each(list, func(n *node) { a.snapshotEntry(r, n) })
			case "analyses":
				a.each(list, func(n *node) { a.plain(r, n, manifest.Analysis) })
			case "data_tests", "tests":
				a.each(list, func(n *node) { a.plain(r, n, manifest.Test) })
			case "sources":
				a.each(list, func(n *node) { a.source(r, n) })
			case "macros":
				a.each(list, func(n *node) { a.macroEntry(r, n) })
			case "exposures":
				a.each(list, func(n *node) { a.exposure(r, n) })
			case "groups":
				a.each(list, func(n *node) { a.group(r, n) })
			case "unit_tests":
				a.each(list, func(n *node) { a.unitTest(r, n) })
			case "metrics", "semantic_models", "saved_queries", "functions":
				a.each(list, func(n *node) { a.keep(k.text, r, n) })
			}
		}
	}
	a.overrideSources()
}

// keep files an entry of a section that this program does not run, as it is written.
func (a *assembly) keep(section string, r *reader, n *node) {
	m := n.mapping()
	m.Set("package_name", r.file.Package.Name)
	m.Set("original_file_path", r.file.Path)
	if a.m.Entries == nil {
		a.m.Entries = map[string][]*manifest.Map{}
	}
	a.m.Entries[section] = append(a.m.Entries[section], m)
}

// each calls do for every mapping of a list that has a name.
func (*assembly) each(list *node, do func(n *node)) {
	for _, n := range list.elements() {
		if name := n.get("name"); name != nil && name.kind == scalarNode && !name.isNull() {
			do(n)
		}
	}
}

// find gives the drafts of a name: those of the package, else those of any other.
func find(list []*draft, pkg string) []*draft {
	var own, other []*draft
	for _, d := range list {
		if d.node.Package == pkg {
			own = append(own, d)
		} else {
			other = append(other, d)
		}
	}
	if len(own) > 0 {
		return own
	}
	return other
}

// describe gives a YAML entry to the nodes of its name. It reports the drafts found, and a second
// entry for the same node.
func (a *assembly) describe(p *patch, kind manifest.Kind, list []*draft) []*draft {
	var got []*draft
	for _, d := range find(list, p.file.Package.Name) {
		switch {
		case d.node.Kind != kind:
			a.diags.Add(diag.Warnf(diag.OrphanPatch, p.pos(), "%q is a %s, but stands under %s:", p.name, d.node.Kind, p.section).
				WithHint("move it under %s:", plural(d.node.Kind)).WithLen(len(p.name)))
		case d.patch != nil && d.patch.n != p.n:
			a.diags.Add(diag.Errorf(diag.DuplicateName, p.pos(), "%s %q is described twice", kind, p.name).
				WithNote(d.patch.pos(), "the other one").WithHint("keep one entry, and merge what they say"))
		default:
			d.patch = p
			d.node.PatchPos = p.pos()
		}
		got = append(got, d)
	}
	if len(got) == 0 {
		a.orphan(p, kind)
	}
	return got
}

// plural is the name of a kind's section.
func plural(k manifest.Kind) string {
	if k == manifest.Analysis {
		return "analyses"
	}
	return string(k) + "s"
}

// orphan warns of an entry whose node does not exist.
func (a *assembly) orphan(p *patch, kind manifest.Kind) {
	if p.file.Package != a.p.RootPackage() {
		return
	}
	var names []string
	switch kind {
	case manifest.Analysis, manifest.Test:
		for _, list := range a.others {
			for _, d := range list {
				if d.node.Kind == kind {
					names = append(names, d.node.Name)
				}
			}
		}
	default:
		for name, list := range a.byName {
			if list[0].node.Kind == kind {
				names = append(names, name)
			}
		}
	}
	a.diags.Add(diag.Warnf(diag.OrphanPatch, p.pos(), "there is no %s named %q", kind, p.name).
		WithHint("%s", diag.DidYouMean(p.name, names)).WithLen(len(p.name)))
}

// later keeps work on a YAML entry until nodes are matched.
func (a *assembly) later(f *File, do func(r *reader) []*draft) {
	a.entries = append(a.entries, &entry{file: f, do: do})
}

// finish gives every draft its config, and makes what YAML entries make.
func (a *assembly) finish(ctx context.Context) {
	done := make([]diag.List, len(a.drafts))
	const chunk = 16 // drafts a step: one is little work
	forEach(ctx, a.p.workers, (len(a.drafts)+chunk-1)/chunk, func(i int) {
		for j := i * chunk; j < min((i+1)*chunk, len(a.drafts)); j++ {
			a.complete(ctx, a.drafts[j], &done[j])
		}
	})
	forEach(ctx, a.p.workers, len(a.entries), func(i int) {
		e := a.entries[i]
		e.made = e.do(a.reader(e.file, &e.diags))
		for _, d := range e.made {
			a.complete(ctx, d, &e.diags)
		}
	})
	for _, l := range done {
		a.diags = append(a.diags, l...)
	}
	for _, e := range a.entries {
		a.diags = append(a.diags, e.diags...)
		a.drafts = append(a.drafts, e.made...)
	}
}

// manifest files the nodes under their IDs and reports those that clash.
func (a *assembly) manifest() *manifest.Manifest {
	m := a.m
	m.Docs = a.p.Docs
	m.Macros = a.allMacros()
	sort.SliceStable(a.drafts, func(i, j int) bool { return a.drafts[i].node.ID < a.drafts[j].node.ID })
	for _, d := range a.drafts {
		n := d.node
		if !n.Config.Enabled() {
			m.Disabled[n.ID] = append(m.Disabled[n.ID], n)
			continue
		}
		if first, dup := m.Nodes[n.ID]; dup {
			a.duplicate(first, n)
			continue
		}
		m.Nodes[n.ID] = n
	}
	a.checkRelations()
	a.checkGroups()
	a.attachExtracts()
	a.attachReports()
	a.unusedConfig()
	return m
}

func (a *assembly) duplicate(first, second *manifest.Node) {
	if second.Pos.File < first.Pos.File || second.Pos.File == first.Pos.File && second.Pos.Line < first.Pos.Line {
		first, second = second, first
	}
	if second.Kind.IsPart() {
		return // the report or deck that it is a part of is there twice, and that is told
	}
	msg := "two " + strings.ReplaceAll(string(second.Kind), "_", " ") + "s are named " + `"` + second.Name + `"`
	hint := "rename one of them, or switch one off with config(enabled=false)"
	switch {
	case second.Kind == manifest.Test && second.Test.Generic:
		msg = "the test " + `"` + second.Name + `" stands here twice`
		hint = "remove one of them, or give one a name: of its own"
	case second.Kind == manifest.Source:
		msg = "the source table " + `"` + second.Source.SourceName + "." + second.Name + `" is declared twice`
		hint = "keep one of them"
	}
	a.diags.Add(diag.Errorf(diag.DuplicateName, second.Pos, "%s", msg).WithNote(first.Pos, "the other one").WithHint("%s", hint))
}

// checkRelations reports nodes that would write the same relation.
func (a *assembly) checkRelations() {
	seen := map[string]*manifest.Node{}
	for _, d := range a.drafts {
		n := d.node
		switch n.Kind {
		case manifest.Model, manifest.Seed, manifest.Snapshot:
		default:
			continue
		}
		if a.m.Nodes[n.ID] != n || n.Ephemeral() || n.Relation.IsZero() {
			continue
		}
		first, clash := seen[n.Relation.Key()]
		if !clash {
			seen[n.Relation.Key()] = n
			continue
		}
		a.diags.Add(diag.Errorf(diag.DuplicateName, n.Pos, "%s and %s would both write %s", n.ID, first.ID, n.Relation).
			WithNote(first.Pos, "the other one").WithHint("give one of them another alias or schema"))
	}
}
