package docs

import (
	"sort"

	"atlas/engine/manifest"
)

// collectMacros gathers the macros of the project and its packages; Atlas's own stay out.
func (s *site) collectMacros() {
	byID := map[manifest.ID]*macro{}
	names := fileNames{}
	for _, id := range sortedIDs(s.in.Manifest.Macros) {
		m := s.in.Manifest.Macros[id]
		if builtIn(m) {
			continue
		}
		x := &macro{Macro: m, Href: "macro/" + names.of(string(id)) + ".html", Summary: s.md.plain(m.Description)}
		byID[id] = x
		s.macros = append(s.macros, x)
	}
	root := s.in.Manifest.Project
	sort.SliceStable(s.macros, func(i, j int) bool {
		a, b := s.macros[i], s.macros[j]
		if (a.Package == root) != (b.Package == root) {
			return a.Package == root
		}
		if a.Package != b.Package {
			return a.Package < b.Package
		}
		return a.Name < b.Name
	})
	for _, x := range s.macros {
		if _, taken := s.byName[x.Name]; !taken {
			s.byName[x.Name] = x
		}
		s.byName[x.Package+"."+x.Name] = x
		for _, id := range x.DependsOn {
			if c := byID[id]; c != nil && c != x {
				x.Calls = append(x.Calls, c)
				c.Callers = append(c.Callers, x)
			}
		}
	}
	for _, n := range s.nodes {
		seen := map[*macro]bool{}
		for _, id := range n.Macros {
			if x := byID[id]; x != nil && !seen[x] {
				seen[x] = true
				x.UsedBy = append(x.UsedBy, n)
			}
		}
	}
}

// builtIn reports whether a macro belongs to the tool and not to the project or its packages.
func builtIn(m *manifest.Macro) bool {
	return m.Package == "dbt" || m.Package == "atlas_builtin" || m.Root == ""
}
