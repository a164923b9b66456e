package project

import (
	"os"
	"path/filepath"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// selectors reads selectors.yml as data; graph gives it its meaning.
func (l *loader) selectors(target *manifest.Map) []Selector {
	const name = "selectors.yml"
	src, err := os.ReadFile(filepath.Join(l.root, name))
	if err != nil {
		return nil
	}
	root, found := parseYAML(name, src)
	l.diags.Add(found)
	if found.Err() != nil || root == nil {
		return nil
	}
	l.diags.Add(validate(name, root, ruleOf("selectors"), strict))
	r := &renderer{vars: settings{env: l.env, vars: l.cliVars, target: target}.context(), diags: &l.diags}
	var out []Selector
	seen := map[string]diag.Pos{}
	for _, n := range root.get("selectors").elements() {
		s := Selector{
			Name: n.get("name").str(), Description: n.get("description").str(), Pos: n.get("name").pos(name),
			Definition: r.value(name, n.get("definition")), Default: r.value(name, n.get("default")),
		}
		if first, dup := seen[s.Name]; dup {
			l.diags.Add(diag.Errorf(diag.DuplicateName, s.Pos, "the selector %q is defined twice", s.Name).WithNote(first, "the other one"))
			continue
		}
		seen[s.Name] = s.Pos
		out = append(out, s)
	}
	return out
}
