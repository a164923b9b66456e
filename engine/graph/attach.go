package graph

import (
	"regexp"
	"slices"
	"strings"

	"atlas/engine/manifest"
)

// targetCall is the ref() or source() in a generic test's `model` argument.
//
//nolint:gochecknoglobals // a compiled constant
var targetCall = regexp.MustCompile(`\b(ref|source)\(\s*['"]([^'"]+)['"](?:\s*,\s*['"]([^'"]+)['"])?(?:\s*,\s*(?:v|version)\s*=\s*['"]?([\w.]+)['"]?)?`)

// attach finds the node that a generic test is about, from the `model` it was declared on, and
// lets the test share that node's group.
func (r *resolver) attach(n *manifest.Node) {
	if n.Kind != manifest.Test || n.Test == nil || !n.Test.Generic {
		return
	}
	n.Test.Attached = ""
	target := r.testTarget(n)
	if target == nil {
		return
	}
	n.Test.Attached = target.ID
	if n.GroupName() == "" {
		n.Group = target.GroupName()
	}
}

func (r *resolver) testTarget(n *manifest.Node) *manifest.Node {
	call := targetCall.FindStringSubmatch(n.Test.Target)
	switch {
	case call == nil:
		return nil
	case call[1] == "source":
		return r.lookup.source(n.Package, manifest.SourceRef{Source: call[2], Table: call[3]}).node
	case call[3] != "":
		return r.lookup.ref(n.Package, manifest.Ref{Package: call[2], Name: call[3], Version: call[4]}).node
	default:
		return r.lookup.ref(n.Package, manifest.Ref{Name: call[2], Version: call[4]}).node
	}
}

// keyTests are the columns that tests of one model call unique or not null.
type keyTests struct{ unique, notNull []string }

// inferPrimaryKeys fills PrimaryKey as dbt does: from a primary key constraint, else from columns
// tested both unique and not null, else from columns tested unique.
func inferPrimaryKeys(nodes []*manifest.Node) {
	tests := map[manifest.ID]*keyTests{}
	for _, n := range nodes {
		if n.Kind == manifest.Test && n.Test != nil && n.Test.Attached != "" {
			noteKeyTest(tests, n.Test)
		}
	}
	for _, n := range nodes {
		if n.Kind == manifest.Model && len(n.PrimaryKey) == 0 {
			n.PrimaryKey = primaryKey(n, tests[n.ID])
		}
	}
}

func noteKeyTest(tests map[manifest.ID]*keyTests, t *manifest.TestSpec) {
	if t.Type != "unique" && t.Type != "not_null" && t.Type != "unique_combination_of_columns" {
		return
	}
	k := tests[t.Attached]
	if k == nil {
		k = &keyTests{}
		tests[t.Attached] = k
	}
	columns := []string{t.Column}
	if t.Column == "" {
		v, _ := t.Args.Get("combination_of_columns")
		columns = manifest.NewConfig(manifest.NewMap("c", v)).Strings("c")
	}
	if t.Type == "not_null" {
		k.notNull = append(k.notNull, columns...)
	} else {
		k.unique = append(k.unique, columns...)
	}
}

func primaryKey(n *manifest.Node, k *keyTests) []string {
	for _, c := range n.Constraints {
		if t := manifest.NewConfig(c); t.String("type") == "primary_key" {
			return t.Strings("columns")
		}
	}
	for _, col := range n.Columns {
		for _, c := range col.Constraints {
			if manifest.NewConfig(c).String("type") == "primary_key" {
				return []string{col.Name}
			}
		}
	}
	if k == nil {
		return nil
	}
	key := k.unique
	both := slices.DeleteFunc(slices.Clone(k.unique), func(c string) bool { return !slices.Contains(k.notNull, c) })
	if len(both) > 0 {
		key = both
	}
	key = slices.DeleteFunc(slices.Clone(key), func(c string) bool { return strings.TrimSpace(c) == "" })
	slices.Sort(key)
	return slices.Compact(key)
}
