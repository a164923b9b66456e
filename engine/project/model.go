package project

import (
	"sort"
	"strconv"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// model takes one entry under models:.
func (a *assembly) model(r *reader, n *node) {
	if len(n.get("versions").elements()) > 0 {
		a.versions(r, n)
		return
	}
	a.testable(r, n, manifest.Model)
}

// testable takes an entry of a model, seed or snapshot: it describes its node, and its tests
// become nodes of their own.
func (a *assembly) testable(r *reader, n *node, kind manifest.Kind) {
	name := r.str(n.get("name"))
	p := &patch{file: r.file, section: plural(kind), name: name, n: n}
	got := a.describe(p, kind, a.byName[name])
	if len(got) == 0 || !hasTests(n) {
		return
	}
	a.later(r.file, func(r *reader) []*draft {
		t := &testTarget{name: name, model: "ref('" + name + "')", refs: []manifest.Ref{{Name: name}}, node: got[0].node, quote: n.get("quote_columns")}
		return disabledWith(r.tests(t, testNode(n), n.get("columns").elements()), got)
	})
}

// hasTests reports an entry with a test on it or on a column.
func hasTests(n *node) bool {
	if len(testList(n)) > 0 {
		return true
	}
	for _, c := range n.get("columns").elements() {
		if len(testList(c)) > 0 {
			return true
		}
	}
	return false
}

// disabledWith switches tests off whose target is off.
func disabledWith(tests, targets []*draft) []*draft {
	for _, t := range targets {
		if t.node.Config.Enabled() {
			return tests
		}
	}
	for _, d := range tests {
		d.yaml = d.yaml.Merge(manifest.NewConfig(manifest.NewMap("enabled", false)))
	}
	return tests
}

// versions takes a model with versions:. Each version is a node of its own, found under the
// version's defined_in, under name_vN, or, for the latest one, under the plain name.
func (a *assembly) versions(r *reader, n *node) {
	name := r.str(n.get("name"))
	list := n.get("versions").elements()
	latest := r.latestVersion(n, list)
	for _, v := range list {
		ver := r.str(v.get("v"))
		if ver == "" {
			continue
		}
		file := r.str(v.get("defined_in"))
		if file == "" {
			file = name + "_v" + ver
		}
		p := &patch{file: r.file, section: "models", name: file, n: n, version: v, latest: latest}
		found := a.byName[file]
		if len(found) == 0 && ver == latest {
			found = a.byName[name]
		}
		got := a.describe(p, manifest.Model, found)
		for _, d := range got {
			if d.patch == p {
				versioned(d, name, ver, latest)
			}
		}
		a.versionTests(r, n, v, name, ver, got)
	}
}

// versioned makes a node one version of a model.
func versioned(d *draft, name, ver, latest string) {
	n := d.node
	n.Name, n.Version, n.LatestVersion = name, ver, latest
	n.FQN = append(append([]string(nil), n.FQN[:len(n.FQN)-1]...), name, "v"+ver)
	n.ID = nodeID(manifest.Model, n.Package, name) + manifest.ID(".v"+ver)
}

func (a *assembly) versionTests(r *reader, n, v *node, name, ver string, got []*draft) {
	if len(got) == 0 || got[0].node.Version != ver {
		return
	}
	a.later(r.file, func(r *reader) []*draft {
		t := &testTarget{
			name: name + "_v" + ver, model: "ref('" + name + "', version='" + ver + "')",
			refs: []manifest.Ref{{Name: name, Version: ver}}, node: got[0].node, quote: n.get("quote_columns"),
		}
		tests := testNode(n)
		if own := testNode(v); own != nil {
			tests = own
		}
		return disabledWith(r.tests(t, tests, r.columnNodes(n.get("columns"), v.get("columns"))), got)
	})
}

// latestVersion is latest_version:, or the greatest version.
func (r *reader) latestVersion(n *node, list []*node) string {
	var all []string
	for _, v := range list {
		ver := r.str(v.get("v"))
		for _, x := range all {
			if x == ver {
				r.diags.Add(diag.Errorf(diag.BadVersion, r.pos(v.get("v")), "the version %s stands here twice", ver))
			}
		}
		all = append(all, ver)
	}
	if want := n.get("latest_version"); !want.isNull() {
		latest := r.str(want)
		for _, x := range all {
			if x == latest {
				return latest
			}
		}
		r.diags.Add(diag.Errorf(diag.BadVersion, r.pos(want), "latest_version %s is not among the versions", latest))
	}
	sort.SliceStable(all, func(i, j int) bool { return versionLess(all[i], all[j]) })
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

func versionLess(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	if err1 == nil && err2 == nil {
		return x < y
	}
	return a < b
}

// columnNodes gives the columns of a version: the model's that include: and exclude: let through,
// then the version's own.
func (r *reader) columnNodes(baseList, own *node) []*node {
	include, exclude, all := map[string]bool{}, map[string]bool{}, true
	var mine []*node
	for _, n := range own.elements() {
		inc := n.get("include")
		if inc == nil && n.get("exclude") == nil {
			mine = append(mine, n)
			continue
		}
		if s := inc.str(); inc != nil && s != "*" && s != "all" {
			all = false
			for _, c := range r.texts(inc) {
				include[c] = true
			}
		}
		for _, c := range r.texts(n.get("exclude")) {
			exclude[c] = true
		}
	}
	var out []*node
	for _, n := range baseList.elements() {
		name := r.str(n.get("name"))
		if (all || include[name]) && !exclude[name] {
			out = append(out, n)
		}
	}
	return append(out, mine...)
}

func (r *reader) versionColumns(baseList, own *node) []manifest.Column {
	list := &node{kind: listNode, items: r.columnNodes(baseList, own)}
	return r.columns(list)
}

// snapshotEntry takes one entry under snapshots:; with relation: it is the snapshot itself.
func (a *assembly) snapshotEntry(r *reader, n *node) {
	if d := r.yamlSnapshot(n); d != nil {
		a.add(d)
	}
	a.testable(r, n, manifest.Snapshot)
}

// plain takes an entry of an analysis or a singular test, which carries no tests.
func (a *assembly) plain(r *reader, n *node, kind manifest.Kind) {
	name := r.str(n.get("name"))
	section := plural(kind)
	if kind == manifest.Test {
		section = "data_tests"
	}
	a.describe(&patch{file: r.file, section: section, name: name, n: n}, kind, a.others[string(kind)+" "+name])
}
