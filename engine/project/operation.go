package project

import (
	"strconv"

	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// operations makes the nodes of on-run-start and on-run-end, of every package. Their tag says
// which of the two they are.
func (a *assembly) operations() {
	for _, pkg := range a.p.Packages {
		a.hooks(pkg, "on-run-start", pkg.OnRunStart)
		a.hooks(pkg, "on-run-end", pkg.OnRunEnd)
	}
}

func (a *assembly) hooks(pkg *Package, kind string, hooks []RunHook) {
	for i, h := range hooks {
		name := pkg.Name + "-" + kind + "-" + strconv.Itoa(i)
		f := &File{Package: pkg, Path: "hooks/" + name + ".sql", Shown: pkg.File}
		d := a.newDraft(f, manifest.Operation, name)
		n := d.node
		n.Path = a.p.File
		n.SubPath = f.Path
		n.FQN = []string{pkg.Name, "hooks", name}
		n.Raw, n.Pos, n.RawPos = h.SQL, h.Pos, h.Pos
		n.Tags = []string{kind}
		n.Checksum = checksum(h.SQL)
		t, err := jinja.Parse(h.Pos.File, h.SQL, jinja.Options{Start: h.Pos})
		d.tmpl = t
		a.analyse(d, err, &a.diags)
		a.add(d)
	}
}
