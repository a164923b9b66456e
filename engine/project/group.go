package project

import (
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
