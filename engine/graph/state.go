package graph

import (
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Previous is the state of an earlier run, as artifact.ReadState gives it.
type Previous interface {
	// Manifest is the earlier manifest, nil if the state has none.
	Manifest() *manifest.Manifest
	// Status is a node's status in the earlier run; false if the run did not have it.
	Status(manifest.ID) (string, bool)
	// HasResults reports whether the state has run results at all.
	HasResults() bool
	// Fresher reports whether a source had newer rows at the last freshness check than in the
	// earlier state; ok is false if either has no freshness results.
	Fresher(manifest.ID) (fresher, ok bool)
}

// Change says how a node differs from the earlier manifest.
type Change struct {
	New          bool // not in the earlier manifest
	Body         bool // template, seed file, unit test, report or deck
	Configs      bool // configuration, without tags, group and the relation's names
	Relation     bool // database, schema or alias as configured
	Descriptions bool // descriptions that are persisted to the warehouse
	Macros       bool // a macro that it calls, directly or not
	Contract     bool // columns or constraints of an enforced contract
	Other        bool // place in the project, access, freshness and so on
}

// Modified reports whether the node is new or differs in anything that state:modified means.
func (c Change) Modified() bool {
	return c.New || c.Body || c.Configs || c.Relation || c.Descriptions || c.Macros || c.Contract || c.Other
}

// Compare gives every node's difference from an earlier manifest, dbt's state comparison. Only
// nodes of m are in the result: a removed node is nobody's change.
func Compare(m, earlier *manifest.Manifest) map[manifest.ID]Change {
	c := newComparison(m, earlier)
	out := make(map[manifest.ID]Change, len(m.Nodes))
	for id, n := range m.Nodes {
		out[id] = c.change(n)
	}
	return out
}

type comparison struct {
	m, earlier *manifest.Manifest
	macros     map[manifest.ID]bool // changed macros, with those that call them
}

func newComparison(m, earlier *manifest.Manifest) *comparison {
	c := &comparison{m: m, earlier: earlier, macros: map[manifest.ID]bool{}}
	for id, macro := range m.Macros {
		old, had := earlier.Macros[id]
		if c.own(macro) && (!had || strings.TrimSpace(old.Source) != strings.TrimSpace(macro.Source)) {
			c.macros[id] = true
		}
	}
	for id, macro := range earlier.Macros {
		if _, has := m.Macros[id]; !has && c.own(macro) {
			c.macros[id] = true
		}
	}
	for grown := len(c.macros) > 0; grown; {
		grown = false
		for id, macro := range m.Macros {
			if !c.macros[id] && slices.ContainsFunc(macro.DependsOn, func(d manifest.ID) bool { return c.macros[d] }) {
				c.macros[id], grown = true, true
			}
		}
	}
	return c
}

// own reports whether a macro belongs to the project or its packages: built-in ones come with
// the program, and a new program is no change of the project.
func (c *comparison) own(m *manifest.Macro) bool {
	return len(c.m.Packages) == 0 || slices.Contains(c.m.Packages, m.Package)
}

func (c *comparison) change(n *manifest.Node) Change {
	old, had := c.earlier.Nodes[n.ID]
	if !had {
		return Change{New: true}
	}
	d := Change{
		Body:    changedBody(n, old),
		Configs: changedConfig(n, old),
		Macros:  slices.ContainsFunc(n.Macros, func(id manifest.ID) bool { return c.macros[id] }),
		Other:   !slices.Equal(n.FQN, old.FQN),
	}
	switch n.Kind {
	case manifest.Source:
		d.Relation = movedSource(n.Relation, old.Relation)
		d.Other = d.Other || changedSource(n.Source, old.Source)
	case manifest.Exposure, manifest.ReportKind, manifest.BlockKind, manifest.DeckKind, manifest.SlideKind:
		d.Other = d.Other || changedExposure(n, old)
	case manifest.UnitTest:
	case manifest.Test:
		generic := n.Test != nil && n.Test.Generic
		d.Relation = !generic && changedRelation(n, old)
	default:
		d.Relation = changedRelation(n, old)
		d.Descriptions = changedDescriptions(n, old)
		d.Contract = n.Kind == manifest.Model && changedContract(n, old)
		d.Other = d.Other || n.Kind == manifest.Model && changedReference(n, old)
	}
	return d
}

func changedBody(n, old *manifest.Node) bool {
	switch n.Kind {
	case manifest.Seed, manifest.ReportKind, manifest.BlockKind, manifest.DeckKind, manifest.SlideKind:
		return n.Checksum != old.Checksum
	case manifest.UnitTest:
		return n.UnitTest != nil && old.UnitTest != nil && !sameUnitTest(n.UnitTest, old.UnitTest)
	case manifest.Test:
		return (n.Test == nil || !n.Test.Generic) && strings.TrimSpace(n.Raw) != strings.TrimSpace(old.Raw)
	case manifest.Source, manifest.Exposure:
		return false
	default:
		return strings.TrimSpace(n.Raw) != strings.TrimSpace(old.Raw)
	}
}

func sameUnitTest(a, b *manifest.UnitTestSpec) bool {
	return a.Model == b.Model && sameValue(a.Expect, b.Expect) && sameValue(a.Overrides, b.Overrides) &&
		sameValue(a.Versions, b.Versions) && slices.EqualFunc(a.Given, b.Given, func(x, y *manifest.Map) bool { return sameValue(x, y) })
}

// notCompared are config keys whose change is no change of the configuration: the first three
// are the relation's.
//
//nolint:gochecknoglobals // a constant table
var notCompared = []string{"alias", "schema", "database", "tags", "group"}

// testConfig are the keys that make a data test's configuration.
//
//nolint:gochecknoglobals // a constant table
var testConfig = []string{"severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as"}

func changedConfig(n, old *manifest.Node) bool {
	if n.Kind == manifest.Test {
		return slices.ContainsFunc(testConfig, func(k string) bool { return changedKey(n, old, k) })
	}
	keys := append(slices.Clone(n.Unrendered.Map().Keys()), old.Unrendered.Map().Keys()...)
	for _, k := range keys {
		if k = manifest.CanonicalKey(k); !slices.Contains(notCompared, k) && changedKey(n, old, k) {
			return true
		}
	}
	return false
}

func changedKey(n, old *manifest.Node, key string) bool {
	a, b := unrendered(n, key), unrendered(old, key)
	return !sameValue(a, b)
}

func unrendered(n *manifest.Node, key string) any {
	if v, ok := n.Unrendered.Get(key); ok {
		return v
	}
	v, _ := n.Unrendered.Get(strings.ReplaceAll(key, "-", "_"))
	return v
}

func changedRelation(n, old *manifest.Node) bool {
	return changedKey(n, old, "database") || changedKey(n, old, "schema") || changedKey(n, old, "alias")
}

func changedDescriptions(n, old *manifest.Node) bool {
	v, _ := n.Config.Get("persist_docs")
	m, _ := v.(*manifest.Map)
	persist := manifest.NewConfig(m)
	if persist.Bool("relation", false) && n.Description != old.Description {
		return true
	}
	return persist.Bool("columns", false) && !slices.EqualFunc(n.Columns, old.Columns,
		func(a, b manifest.Column) bool { return a.Name == b.Name && a.Description == b.Description })
}

// changedReference is about what breaks a model's children: its latest version, its access.
func changedReference(n, old *manifest.Node) bool {
	protected := func(s string) string {
		if s == "" {
			return "protected"
		}
		return s
	}
	return n.LatestVersion != old.LatestVersion || protected(n.Access) != protected(old.Access) ||
		n.DeprecationDate != old.DeprecationDate
}

// movedSource compares where a source's rows are; a database that one side leaves to the target
// is no difference.
func movedSource(a, b manifest.Relation) bool {
	if a.Database == "" || b.Database == "" {
		a.Database, b.Database = "", ""
	}
	return a.Key() != b.Key()
}

func changedSource(n, old *manifest.SourceTable) bool {
	if n == nil || old == nil {
		return n != old
	}
	return n.Identifier != old.Identifier || n.LoadedAtField != old.LoadedAtField ||
		!sameValue(n.Freshness, old.Freshness) || !sameValue(n.External, old.External)
}

func changedExposure(n, old *manifest.Node) bool {
	if n.Exposure == nil || old.Exposure == nil {
		return n.Exposure != old.Exposure
	}
	a, b := slices.Clone(n.DependsOn), slices.Clone(old.DependsOn)
	slices.Sort(a)
	slices.Sort(b)
	return *n.Exposure != *old.Exposure || n.Description != old.Description || !slices.Equal(a, b)
}

// changedContract compares what an enforced contract promises; sizes of types do not count.
func changedContract(n, old *manifest.Node) bool {
	now, before := contracted(n), contracted(old)
	if !now && !before {
		return false
	}
	if now != before {
		return true
	}
	base := func(t string) string {
		t, _, _ = strings.Cut(t, "(")
		return strings.ToLower(strings.TrimSpace(t))
	}
	byName := func(a, b manifest.Column) int { return strings.Compare(a.Name, b.Name) }
	a, b := slices.SortedFunc(slices.Values(n.Columns), byName), slices.SortedFunc(slices.Values(old.Columns), byName)
	return !slices.EqualFunc(a, b, func(x, y manifest.Column) bool {
		return x.Name == y.Name && base(x.DataType) == base(y.DataType) && slices.EqualFunc(x.Constraints, y.Constraints,
			func(p, q *manifest.Map) bool { return sameValue(p, q) })
	}) || !slices.EqualFunc(n.Constraints, old.Constraints, func(p, q *manifest.Map) bool { return sameValue(p, q) })
}

func contracted(n *manifest.Node) bool {
	v, _ := configValue(n, []string{"contract", "enforced"})
	on, _ := v.(bool)
	return on
}

// sameValue compares configuration values: mappings without regard to order, null like absent,
// numbers by value, and dates with the text that JSON makes of them.
func sameValue(a, b any) bool {
	if x, y, ok := numbersOf(a, b); ok {
		return x == y
	}
	switch a := a.(type) {
	case nil:
		return isNull(b)
	case *manifest.Map:
		b, ok := b.(*manifest.Map)
		if !ok {
			return a.Len() == 0 && isNull(b)
		}
		for _, k := range append(slices.Clone(a.Keys()), b.Keys()...) {
			x, _ := a.Get(k)
			y, _ := b.Get(k)
			if !sameValue(x, y) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameValue)
	case time.Time:
		return sameTime(a, b)
	case string:
		if t, ok := b.(time.Time); ok {
			return sameTime(t, a)
		}
	}
	if _, isMap := b.(*manifest.Map); isMap {
		return false
	}
	if _, isList := b.([]any); isList {
		return false
	}
	return a == b
}

func numbersOf(a, b any) (x, y float64, ok bool) {
	x, okX := number(a)
	y, okY := number(b)
	return x, y, okX && okY
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case float64:
		return v, true
	default:
		return 0, false
	}
}

func sameTime(t time.Time, v any) bool {
	switch v := v.(type) {
	case time.Time:
		return t.Equal(v)
	case string:
		if day, err := time.Parse(time.DateOnly, v); err == nil {
			return t.Equal(day)
		}
		at, err := time.Parse(time.RFC3339Nano, v)
		return err == nil && t.Equal(at)
	default:
		return false
	}
}

func isNull(v any) bool {
	m, isMap := v.(*manifest.Map)
	return v == nil || isMap && m.Len() == 0
}

// byState selects by difference from the earlier manifest.
func byState(s *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	test := map[string]func(Change) bool{
		"new":                             func(d Change) bool { return d.New },
		"old":                             func(d Change) bool { return !d.New },
		"modified":                        Change.Modified,
		"unmodified":                      func(d Change) bool { return !d.Modified() },
		"modified.body":                   func(d Change) bool { return d.New || d.Body },
		"modified.configs":                func(d Change) bool { return d.New || d.Configs },
		"modified.relation":               func(d Change) bool { return d.New || d.Relation },
		"modified.persisted_descriptions": func(d Change) bool { return d.New || d.Descriptions },
		"modified.macros":                 func(d Change) bool { return d.Macros },
		"modified.contract":               func(d Change) bool { return d.New || d.Contract },
	}[c.value]
	if test == nil {
		return nil, c.oneOf("state", "new", "old", "modified", "unmodified", "modified.body", "modified.configs",
			"modified.relation", "modified.persisted_descriptions", "modified.macros", "modified.contract")
	}
	if s.query.Previous == nil || s.query.Previous.Manifest() == nil {
		return nil, c.noState("manifest.json")
	}
	if s.state == nil {
		s.state = newComparison(s.index.m, s.query.Previous.Manifest())
	}
	return func(n *manifest.Node) bool { return test(s.state.change(n)) }, nil
}

func byResult(s *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	known := []string{"success", "error", "fail", "warn", "skipped", "partial success", "pass", "runtime error", "no-op"}
	if !slices.Contains(known, c.value) {
		return nil, c.oneOf("result", known...)
	}
	if s.query.Previous == nil || !s.query.Previous.HasResults() {
		return nil, c.noState("run_results.json")
	}
	return func(n *manifest.Node) bool {
		status, ok := s.query.Previous.Status(n.ID)
		return ok && status == c.value
	}, nil
}

func bySourceStatus(s *selection, c *criterion) (func(*manifest.Node) bool, *diag.Diagnostic) {
	if c.value != "fresher" {
		return nil, c.oneOf("source_status", "fresher")
	}
	if s.query.Previous == nil {
		return nil, c.noState("sources.json")
	}
	missing := false
	match := func(n *manifest.Node) bool {
		if n.Kind != manifest.Source {
			return false
		}
		fresher, ok := s.query.Previous.Fresher(n.ID)
		missing = missing || !ok
		return fresher
	}
	for _, n := range s.index.nodes {
		if match(n); missing {
			return nil, c.noState("sources.json")
		}
	}
	return match, nil
}

func (c *criterion) noState(file string) *diag.Diagnostic {
	return c.problem("there is no earlier state to compare with").
		WithHint("name the folder of an earlier run's artifacts, with its %s: --state path/to/target", file)
}
