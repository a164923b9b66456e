package project

import (
	"strings"
	"sync"

	"atlas/engine/manifest"
)

// configTrees finds what project files say of a node, by its fqn. Results for folders are kept:
// most nodes of a folder share theirs.
type configTrees struct {
	root  *Package
	cache sync.Map // treeKey → manifest.Config
}

type treePath struct {
	pkg     *Package
	section string
	raw     bool
	path    string
}

// section names the part of the project file that configures a kind.
func section(k manifest.Kind) string {
	switch k {
	case manifest.Seed:
		return "seeds"
	case manifest.Snapshot:
		return "snapshots"
	case manifest.Source:
		return "sources"
	case manifest.Test:
		return "data_tests"
	case manifest.Exposure, manifest.ReportKind, manifest.BlockKind, manifest.DeckKind, manifest.SlideKind:
		return "exposures"
	case manifest.UnitTest:
		return "unit_tests"
	default: // analyses and hooks take the models' config, as in dbt
		return "models"
	}
}

// base is what a kind's config always has.
func base(k manifest.Kind) manifest.Config {
	m := &manifest.Map{}
	switch k {
	case manifest.Seed:
		m.Set("materialized", "seed")
	case manifest.Snapshot:
		m.Set("materialized", "snapshot")
	case manifest.Test:
		m.Set("materialized", "test")
		m.Set("schema", "dbt_test__audit")
	case manifest.Model, manifest.Analysis, manifest.Operation:
		m.Set("materialized", "view")
	default: // what is never built has none
	}
	return manifest.NewConfig(m)
}

// find merges the levels of a package's tree that lead to a node.
func (t *configTrees) find(pkg *Package, kind manifest.Kind, fqn []string, raw bool) manifest.Config {
	from := pkg.Config
	if raw {
		from = pkg.Raw
	}
	name := section(kind)
	tree, ok := lookup[*manifest.Map](from, name)
	if !ok && name == "data_tests" && raw {
		tree, ok = lookup[*manifest.Map](from, "tests")
	}
	if !ok {
		return manifest.Config{}
	}
	folder := fqn[:len(fqn)-1]
	key := treePath{pkg: pkg, section: name, raw: raw, path: strings.Join(folder, "\x00")}
	type entry struct {
		cfg  manifest.Config
		last *manifest.Map // the folder's level; nil if the tree ends above it
	}
	got, ok := t.cache.Load(key)
	if !ok {
		e := entry{cfg: manifest.Config{}.Merge(levelConfig(tree)), last: tree}
		for _, part := range folder {
			next, ok := lookup[*manifest.Map](e.last, part)
			if !ok {
				e.last = nil
				break
			}
			e.last = next
			e.cfg = e.cfg.Merge(levelConfig(next))
		}
		got, _ = t.cache.LoadOrStore(key, e)
	}
	e := got.(entry)
	if own, ok := lookup[*manifest.Map](e.last, fqn[len(fqn)-1]); ok {
		return e.cfg.Merge(levelConfig(own))
	}
	return e.cfg
}

// levelConfig takes the config keys of one level: those with a plus, and those whose value is no
// mapping.
func levelConfig(level *manifest.Map) manifest.Config {
	m := &manifest.Map{}
	for _, k := range level.Keys() {
		v, _ := level.Get(k)
		if name, plus := strings.CutPrefix(k, "+"); plus {
			m.Set(manifest.CanonicalKey(strings.TrimSpace(name)), v)
		} else if _, isMap := v.(*manifest.Map); !isMap {
			m.Set(manifest.CanonicalKey(k), v)
		}
	}
	return manifest.NewConfig(m)
}

// merged gives a node's whole config in dbt's order: the package's own tree, YAML, config() calls,
// and, for a node of a dependency, the root project's tree on top.
func (t *configTrees) merged(pkg *Package, kind manifest.Kind, fqn []string, layers ...manifest.Config) manifest.Config {
	cfg := base(kind).Merge(t.find(pkg, kind, fqn, false))
	for _, l := range layers {
		if l.Map().Len() > 0 {
			cfg = cfg.Merge(l)
		}
	}
	if pkg != t.root {
		cfg = cfg.Merge(t.find(t.root, kind, fqn, false))
	}
	return cfg
}

// unrendered is merged with templates as they were written.
func (t *configTrees) unrendered(pkg *Package, kind manifest.Kind, fqn []string, layers ...manifest.Config) manifest.Config {
	cfg := t.find(pkg, kind, fqn, true)
	for _, l := range layers {
		if l.Map().Len() > 0 {
			cfg = cfg.Merge(l)
		}
	}
	if pkg != t.root {
		cfg = cfg.Merge(t.find(t.root, kind, fqn, true))
	}
	return cfg
}
