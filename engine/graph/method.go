package graph

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// method makes the test of one criterion. Everything that does not depend on the node is done
// once, outside the function it returns.
type method func(s *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic)

// Method describes a selection method, for help.
type Method struct{ Name, Short string }

// Methods lists the selection methods by name.
func Methods() []Method {
	table := methods()
	list := make([]Method, 0, len(table)+1)
	for _, name := range append(slices.Sorted(maps.Keys(table)), selectorMethod) {
		short := "a selector of selectors.yml"
		if name != selectorMethod {
			short = table[name].short
		}
		list = append(list, Method{Name: name, Short: short})
	}
	return list
}

// selectorMethod selects what a named selector selects; it is no test of a node.
const selectorMethod = "selector"

type methodEntry struct {
	match method
	short string
}

// methods are dbt's selection methods that Atlas has nodes for, and those of reports, by name.
func methods() map[string]methodEntry {
	return map[string]methodEntry{
		"fqn":           {byName, "a name, or folders and a name with dots between: the method of a bare word"},
		"tag":           {byTag, "a tag"},
		"path":          {byPath, "a file or folder below the project, as in path:models/**/stg_*"},
		"file":          {byFile, "a file name, with or without its ending"},
		"source":        {bySource, "a source, as in source:raw or source:raw.events"},
		"package":       {byPackage, "a package; package:this is the project itself"},
		"config":        {byConfig, "a configured value, as in config.materialized:table or config.meta.owner:me"},
		"test_name":     {byTestName, "a generic test by its name, as in test_name:unique"},
		"test_type":     {byTestType, "generic, singular, unit, or data for both of the first"},
		"resource_type": {byResourceType, "a kind of node, as in resource_type:seed"},
		"exposure":      {byPackageAndName(manifest.Exposure), "an exposure"},
		"unit_test":     {byPackageAndName(manifest.UnitTest), "a unit test"},
		"report":        {byPackageAndName(manifest.ReportKind), "a report"},
		"block":         {byPart(manifest.BlockKind, "report"), "blocks of reports, as in block:chart or block:report.chart"},
		"deck":          {byPackageAndName(manifest.DeckKind), "a deck"},
		"slide":         {byPart(manifest.SlideKind, "deck"), "slides of decks, as in slide:cover or slide:deck.cover"},
		"group":         {byGroup, "the nodes of a group"},
		"access":        {byAccess, "public, protected or private models"},
		"version":       {byVersion, "latest, prerelease, old or none"},
		"state":         {byState, "against --state: new, old, modified, unmodified, modified.body and so on"},
		"result":        {byResult, "outcome in --state's run: error, fail, skipped, success and so on"},
		"source_status": {bySourceStatus, "source_status:fresher: new rows since --state's freshness check"},
	}
}

func methodNames() []string {
	var names []string
	for _, m := range Methods() {
		names = append(names, m.Name)
	}
	return names
}

func byName(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	name := newNameMatcher(c.value)
	return func(n *manifest.Node) bool { return n.Kind != manifest.Source && name.match(n) }, nil
}

func byTag(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	return func(n *manifest.Node) bool {
		return slices.ContainsFunc(n.Tags, func(t string) bool { return glob(c.value, t) })
	}, nil
}

func byPath(s *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	return newPathMatcher(s.index, c.value).match, nil
}

func byFile(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	return func(n *manifest.Node) bool {
		file := path.Base(n.Path)
		return glob(c.value, file) || glob(c.value, strings.TrimSuffix(file, path.Ext(file)))
	}, nil
}

func bySource(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	parts := strings.Split(c.value, ".")
	pkg, table := "*", "*"
	switch len(parts) {
	case 1:
	case 2:
		table = parts[1]
	case 3:
		pkg, parts, table = parts[0], parts[1:2], parts[2]
	default:
		return nil, c.problem("a source is named source, source.table or package.source.table")
	}
	return func(n *manifest.Node) bool {
		return n.Kind == manifest.Source && n.Source != nil &&
			glob(pkg, n.Package) && glob(parts[0], n.Source.SourceName) && glob(table, n.Name)
	}, nil
}

// byPackageAndName matches name or package.name among the nodes of one kind.
func byPackageAndName(kind manifest.Kind) method {
	return func(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
		pkg, name := "*", c.value
		if before, after, dotted := strings.Cut(c.value, "."); dotted {
			pkg, name = before, after
		}
		if strings.Contains(name, ".") {
			return nil, c.problem("%s is named name or package.name", strings.ReplaceAll(string(kind), "_", " "))
		}
		return func(n *manifest.Node) bool { return n.Kind == kind && glob(pkg, n.Package) && glob(name, n.Name) }, nil
	}
}

// byPart matches name, whole.name or package.whole.name among the parts of reports or decks.
func byPart(kind manifest.Kind, whole string) method {
	return func(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
		parts := strings.Split(c.value, ".")
		if len(parts) > 3 {
			return nil, c.problem("a %s is named name, %s.name or package.%s.name", kind, whole, whole)
		}
		for len(parts) < 3 {
			parts = append([]string{"*"}, parts...)
		}
		return func(n *manifest.Node) bool {
			return n.Kind == kind && len(n.FQN) > 1 && glob(parts[0], n.Package) && glob(parts[1], n.FQN[len(n.FQN)-2]) && glob(parts[2], n.Name)
		}, nil
	}
}

func byPackage(s *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	name := c.value
	if name == "this" {
		name = s.index.m.Project
	}
	return func(n *manifest.Node) bool { return glob(name, n.Package) }, nil
}

func byConfig(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	if len(c.args) == 0 {
		return nil, c.problem("config needs a key").WithHint("write config.materialized:table, or config.meta.owner:finance")
	}
	same := func(v any) bool { return configEqual(v, c.value) }
	if slices.Equal(c.args, []string{"severity"}) {
		same = func(v any) bool { return strings.EqualFold(fmt.Sprint(v), c.value) }
	}
	return func(n *manifest.Node) bool {
		if n.Kind == manifest.Exposure || n.Kind == manifest.UnitTest {
			return false
		}
		v, ok := configValue(n, c.args)
		if list, isList := v.([]any); isList {
			return slices.ContainsFunc(list, same)
		}
		return ok && same(v)
	}, nil
}

// configEqual compares as dbt does: text exactly, booleans by name in any case.
func configEqual(v any, want string) bool {
	switch v := v.(type) {
	case string:
		return v == want
	case bool:
		return strings.EqualFold(want, fmt.Sprint(v))
	default:
		return false
	}
}

// configValue descends into the node's config, filled up with dbt's defaults.
func configValue(n *manifest.Node, keys []string) (any, bool) {
	v, ok := n.Config.Get(manifest.CanonicalKey(keys[0]))
	if !ok {
		v, ok = manifest.Defaults(n.Kind).Get(manifest.CanonicalKey(keys[0]))
	}
	for _, k := range keys[1:] {
		m, isMap := v.(*manifest.Map)
		if !ok || !isMap {
			return nil, false
		}
		v, ok = m.Get(k)
	}
	return v, ok
}

func byTestName(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	return func(n *manifest.Node) bool {
		switch {
		case n.Kind == manifest.UnitTest:
			return glob(c.value, n.Name)
		case n.Kind == manifest.Test && n.Test != nil && n.Test.Generic:
			return glob(c.value, n.Test.Type)
		default:
			return false
		}
	}, nil
}

func byTestType(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	generic := func(n *manifest.Node) bool { return n.Kind == manifest.Test && n.Test != nil && n.Test.Generic }
	switch c.value {
	case "generic", "schema":
		return generic, nil
	case "singular":
		return func(n *manifest.Node) bool { return n.Kind == manifest.Test && !generic(n) }, nil
	case "data":
		return func(n *manifest.Node) bool { return n.Kind == manifest.Test }, nil
	case "unit":
		return func(n *manifest.Node) bool { return n.Kind == manifest.UnitTest }, nil
	default:
		return nil, c.oneOf("test_type", "generic", "singular", "data", "unit")
	}
}

func byResourceType(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	known := make([]string, 0, 16)
	for _, k := range Kinds() {
		known = append(known, string(k))
	}
	if !slices.Contains(known, c.value) {
		return nil, c.oneOf("resource_type", known...)
	}
	return func(n *manifest.Node) bool { return string(n.Kind) == c.value }, nil
}

func byGroup(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	return func(n *manifest.Node) bool {
		g := n.GroupName()
		return g != "" && n.Kind != manifest.Exposure && glob(c.value, g)
	}, nil
}

func byAccess(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	if !slices.Contains([]string{"public", "protected", "private"}, c.value) {
		return nil, c.oneOf("access", "public", "protected", "private")
	}
	return func(n *manifest.Node) bool {
		access := n.Access
		if access == "" {
			access = "protected"
		}
		return n.Kind == manifest.Model && access == c.value
	}, nil
}

func byVersion(_ *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	test := map[string]func(*manifest.Node) bool{
		"latest":     func(n *manifest.Node) bool { return n.Version != "" && n.Version == n.LatestVersion },
		"prerelease": func(n *manifest.Node) bool { return n.Version != "" && compareVersions(n.Version, n.LatestVersion) > 0 },
		"old":        func(n *manifest.Node) bool { return n.Version != "" && compareVersions(n.Version, n.LatestVersion) < 0 },
		"none":       func(n *manifest.Node) bool { return n.Version == "" },
	}[c.value]
	if test == nil {
		return nil, c.oneOf("version", "latest", "prerelease", "old", "none")
	}
	return func(n *manifest.Node) bool { return n.Kind == manifest.Model && test(n) }, nil
}

// problem points at the criterion's value.
func (c *criterion) problem(format string, args ...any) *diag.Diagnostic {
	return c.origin().bad(c.at, len([]rune(c.raw)), "%s: %s", c.raw, fmt.Sprintf(format, args...))
}

func (c *criterion) oneOf(method string, values ...string) *diag.Diagnostic {
	d := c.problem("%s does not know %q", method, c.value)
	if near, ok := diag.Nearest(c.value, values); ok {
		return d.WithHint("did you mean %q?", near)
	}
	return d.WithHint("it is one of %s", strings.Join(values, ", "))
}
