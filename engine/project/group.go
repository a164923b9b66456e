package project

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// group files one entry under groups:.
func (a *assembly) group(r *reader, n *node) {
	name := r.str(n.get("name"))
	pos := r.pos(n.get("name"))
	if first, dup := a.groups[name]; dup {
		a.diags.Add(diag.Errorf(diag.DuplicateName, pos, "the group %q is declared twice", name).WithNote(first, "the other one"))
		return
	}
	a.groups[name] = pos
	m := manifest.NewMap("name", name, "package_name", r.file.Package.Name, "path", subPath(r.file.Folder, r.file.Path),
		"original_file_path", r.file.Path, "owner", r.value(n.get("owner")))
	for _, key := range []string{"description", "config", "meta"} {
		if v := n.get(key); !v.isNull() {
			m.Set(key, r.value(v))
		}
	}
	a.m.Groups[name] = m
}

// checkGroups reports nodes in a group that nobody declares.
func (a *assembly) checkGroups() {
	for _, d := range a.drafts {
		n := d.node
		if n.Group == "" || a.m.Groups[n.Group] != nil || a.m.Nodes[n.ID] != n || n.Kind == manifest.Test {
			continue
		}
		pos := n.Pos
		if !n.PatchPos.IsZero() {
			pos = n.PatchPos
		}
		bad := diag.Errorf(diag.BadValue, pos, "%s %q is in the group %q, which is not declared", n.Kind, n.Name, n.Group)
		names := sortedKeys(a.m.Groups)
		if bad.Hint = diag.DidYouMean(n.Group, names); bad.Hint == "" {
			bad.Hint = "declare it under groups: in a properties file"
			if len(names) > 0 {
				bad.Hint = "the groups are: " + strings.Join(names, ", ")
			}
		}
		a.diags.Add(bad)
	}
}
