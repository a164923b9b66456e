package compile

import (
	"strings"

	"atlas/engine/manifest"
	"atlas/engine/project"
)

// Macros describes every macro, the built-in ones included, with what each depends on. The
// result is fresh: descriptions from YAML may be added to it.
func (c *Compiler) Macros() map[manifest.ID]*manifest.Macro {
	out := make(map[manifest.ID]*manifest.Macro, len(c.macros.all))
	for id, m := range c.macros.all {
		out[id] = c.describe(m)
	}
	return out
}

func (c *Compiler) describe(m *project.Macro) *manifest.Macro {
	d := &manifest.Macro{
		ID: m.ID, Kind: manifest.MacroKind(m.Kind), Package: m.Package, Name: m.Name,
		Pos: m.Pos, Source: m.Source, DependsOn: c.dependencies(m),
	}
	switch {
	case m.File != nil:
		d.Path, d.Root = m.File.Path, m.File.Package.Root
	default:
		d.Path = "macros/" + strings.TrimPrefix(m.Pos.File, builtinPrefix)
	}
	for _, p := range m.Params {
		d.Arguments = append(d.Arguments, manifest.MacroArgument{Name: p.Name})
	}
	return d
}

// dependencies are the macros that a macro's body calls, found without running it.
func (c *Compiler) dependencies(m *project.Macro) []manifest.ID {
	pkg := m.Package
	if c.macros.isInternal(pkg) {
		pkg = c.macros.root
	}
	var out []manifest.ID
	for _, id := range c.MacroIDs(pkg, m.Calls()) {
		if id != m.ID {
			out = append(out, id)
		}
	}
	return out
}
