package project

import (
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// macroEntry takes one entry under macros:, which describes a macro of the same package.
func (a *assembly) macroEntry(r *reader, n *node) {
	name := r.str(n.get("name"))
	p := &patch{file: r.file, section: "macros", name: name, n: n}
	id := manifest.ID("macro." + r.file.Package.Name + "." + name)
	if a.macros.byID[id] == nil {
		id = manifest.ID("macro." + r.file.Package.Name + ".test_" + name)
	}
	if a.macros.byID[id] == nil {
		if r.file.Package == a.p.RootPackage() {
			var names []string
			for _, m := range r.file.Package.Macros {
				names = append(names, m.Name)
			}
			a.diags.Add(diag.Warnf(diag.OrphanPatch, p.pos(), "there is no macro named %q", name).
				WithHint("%s", diag.DidYouMean(name, names)).WithLen(len(name)))
		}
		return
	}
	if first, dup := a.patched[id]; dup {
		a.diags.Add(diag.Errorf(diag.DuplicateName, p.pos(), "the macro %q is described twice", name).WithNote(first.pos(), "the other one"))
		return
	}
	a.patched[id] = p
}

// allMacros describes every macro of the project's packages.
func (a *assembly) allMacros() map[manifest.ID]*manifest.Macro {
	out := make(map[manifest.ID]*manifest.Macro, len(a.macros.byID))
	for _, pkg := range a.p.Packages {
		for _, m := range pkg.Macros {
			out[m.ID] = a.describeMacro(pkg, m)
		}
	}
	return out
}

func (a *assembly) describeMacro(pkg *Package, m *Macro) *manifest.Macro {
	d := &manifest.Macro{
		ID: m.ID, Kind: manifest.MacroKind(m.Kind), Package: m.Package, Name: m.Name, Path: m.File.Path,
		Root: pkg.Root, Pos: m.Pos, Source: m.Source, DependsOn: a.macros.calls(m),
	}
	for _, p := range m.Params {
		d.Arguments = append(d.Arguments, manifest.MacroArgument{Name: p.Name})
	}
	p := a.patched[m.ID]
	if p == nil {
		return d
	}
	r := a.reader(p.file, &a.diags)
	d.PatchPos = p.pos()
	d.Description, _ = r.description(p.n.get("description"))
	d.Meta = overlay(r.mapOf(p.n.get("meta")), r.mapOf(p.n.get("config").get("meta")))
	if args := p.n.get("arguments").elements(); len(args) > 0 {
		d.Arguments = nil
		for _, n := range args {
			arg := manifest.MacroArgument{Name: r.str(n.get("name")), Type: r.str(n.get("type"))}
			arg.Description, _ = r.description(n.get("description"))
			d.Arguments = append(d.Arguments, arg)
		}
	}
	return d
}

// calls gives the macros that a macro's text calls, in order.
func (x *macroIndex) calls(m *Macro) []manifest.ID {
	var c Captured
	own := true // the name in the macro's own tag
	scanNames(m.Source, func(name string, called bool) {
		if own && called {
			own = false
			return
		}
		if called && x.names[name] {
			for _, p := range []string{m.Package, x.root} {
				id := manifest.ID("macro." + p + "." + name)
				if x.byID[id] != nil && id != m.ID {
					c.addMacro(id)
					return
				}
			}
			for _, p := range x.owners[name] {
				c.addMacro(manifest.ID("macro." + p + "." + name))
				return
			}
		}
	})
	return c.Macros
}
