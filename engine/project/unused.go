package project

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// unusedConfig warns of folders in the project file's config that no node answers to: most often
// a spelling mistake, which would otherwise do nothing without a word.
func (a *assembly) unusedConfig() {
	root := a.p.RootPackage()
	used := map[string]map[string]bool{}
	children := map[string]map[string][]string{}
	note := func(n *manifest.Node) {
		s := section(n.Kind)
		if used[s] == nil {
			used[s], children[s] = map[string]bool{}, map[string][]string{}
		}
		for i := range n.FQN {
			key := strings.Join(n.FQN[:i+1], ".")
			if !used[s][key] {
				used[s][key] = true
				parent := strings.Join(n.FQN[:i], ".")
				children[s][parent] = append(children[s][parent], n.FQN[i])
			}
		}
	}
	for _, d := range a.drafts {
		note(d.node)
	}
	for _, s := range []string{"models", "seeds", "snapshots", "sources", "data_tests", "exposures", "unit_tests"} {
		key := s
		n := a.p.tree.get(s)
		if n == nil && s == "data_tests" {
			key, n = "tests", a.p.tree.get("tests")
		}
		a.unusedTree(root.File, key, n, nil, used[s], children[s])
	}
}

func (a *assembly) unusedTree(file, section string, n *node, path []string, used map[string]bool, children map[string][]string) {
	if n == nil || n.kind != mapNode {
		return
	}
	for i, k := range n.keys {
		v := n.items[i]
		if strings.HasPrefix(k.text, "+") || v.kind != mapNode || k.text == "vars" && len(path) == 0 {
			continue
		}
		here := append(append([]string(nil), path...), k.text)
		if used[strings.Join(here, ".")] {
			a.unusedTree(file, section, v, here, used, children)
			continue
		}
		d := diag.Warnf(diag.UnknownKey, k.pos(file), "nothing is configured by %s: %s", section, strings.Join(here, ".")).WithLen(len(k.text))
		switch {
		case isConfigKey(k.text):
			d.Hint = "a config key that holds a mapping needs a plus: +" + k.text
		default:
			d.Hint = diag.DidYouMean(k.text, children[strings.Join(path, ".")])
		}
		a.diags.Add(d)
	}
}
