package project

import (
	"path"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// unitTest makes the node of one entry under unit_tests:.
func (a *assembly) unitTest(r *reader, n *node) {
	model, name := r.str(n.get("model")), r.str(n.get("name"))
	targets := find(a.byName[model], r.file.Package.Name)
	a.later(r.file, func(r *reader) []*draft {
		d := r.newDraft(r.file, manifest.UnitTest, name)
		d.static = true
		u := d.node
		u.ID = nodeID(manifest.UnitTest, u.Package, model+"."+name)
		u.FQN = append(fqn(u.Package, afterFirst(r.file.Path), model), name)
		u.Pos = r.pos(n.get("name"))
		u.PatchPos = u.Pos
		u.Description, u.DocBlocks = r.description(n.get("description"))
		u.UnitTest = &manifest.UnitTestSpec{
			Model: model, Expect: r.fixture(n.get("expect")), Overrides: r.mapOf(n.get("overrides")), Versions: r.mapOf(n.get("versions")),
		}
		for _, g := range n.get("given").elements() {
			if m := r.fixture(g); m != nil {
				u.UnitTest.Given = append(u.UnitTest.Given, m)
			}
		}
		d.found.Refs = []manifest.Ref{{Name: model, Pos: r.pos(n.get("model"))}}
		cfg, _ := r.entryConfig(n)
		if tags := r.texts(n.get("tags")); len(tags) > 0 {
			cfg = manifest.NewConfig(manifest.NewMap("tags", tags)).Merge(cfg)
		}
		d.yaml = cfg
		return disabledWith([]*draft{d}, orEnabled(targets))
	})
}

// orEnabled leaves it to graph to report a model that does not exist.
func orEnabled(targets []*draft) []*draft {
	if len(targets) == 0 {
		return []*draft{{node: &manifest.Node{}}}
	}
	return targets
}

// fixture reads given rows or the expected ones; those of a fixture file are read from it.
func (r *reader) fixture(n *node) *manifest.Map {
	m := r.mapOf(n)
	name := optionText(m, "fixture")
	if m == nil || name == "" {
		return m
	}
	for _, f := range r.file.Package.Files {
		if f.kind != fixtureFile || strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path)) != strings.TrimSuffix(name, path.Ext(f.Path)) {
			continue
		}
		text, err := r.p.files.read(f)
		if err != nil {
			r.diags.Add(err)
			return m
		}
		m.Set("rows", strings.TrimSpace(text))
		if optionText(m, "format") == "" {
			m.Set("format", strings.TrimPrefix(path.Ext(f.Path), "."))
		}
		return m
	}
	r.diags.Add(diag.Errorf(diag.BadFile, r.pos(n.get("fixture")), "there is no fixture %q in the fixtures folder of the test paths", name))
	return m
}
