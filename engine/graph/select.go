package graph

import (
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Query is what a command was asked to work on, in dbt's selector language.
type Query struct {
	Select   []string // as given: a space or a repetition unites, a comma intersects; empty selects everything
	Exclude  []string // taken away last
	Selector string   // a named selector, in place of Select and Exclude

	Indirect             Indirect        // how tests come along; "" is Eager
	ResourceTypes        []manifest.Kind // keep only these; empty keeps all
	ExcludeResourceTypes []manifest.Kind
	SkipEmpty            bool // leave out nodes whose template is blank, as a run does

	Selectors []Named  // the project's selectors.yml
	Previous  Previous // for state:, result: and source_status:; may be nil
}

// Selects reports whether the query narrows anything down.
func (q Query) Selects() bool {
	return len(q.Select) > 0 || len(q.Exclude) > 0 || q.Selector != ""
}

// Kinds are the resource types, for flags and selectors: those of dbt, then those of reports.
func Kinds() []manifest.Kind {
	return []manifest.Kind{
		manifest.Model, manifest.Seed, manifest.Snapshot, manifest.Test, manifest.UnitTest,
		manifest.Source, manifest.Exposure, manifest.Analysis, manifest.Operation,
		manifest.ReportKind, manifest.BlockKind, manifest.DeckKind, manifest.SlideKind,
	}
}

// Select gives the nodes that a query means. A malformed query is an error in the list, and the
// set is then nil; a term that matches nothing is a warning that says what comes close.
func Select(m *manifest.Manifest, q Query) (Set, diag.List) {
	if q.Indirect == "" {
		q.Indirect = Eager
	}
	s := &selection{index: newIndex(m), query: q, named: map[string]*namedSpec{}}
	include, exclude, problems := s.parse()
	if problems.Err() != nil {
		return nil, dedupe(problems)
	}
	if exclude != nil {
		include = &spec{op: difference, parts: []*spec{include, exclude}, indirect: q.Indirect}
	}
	chosen := s.eval(include)
	if s.problems.Err() != nil {
		return nil, dedupe(s.problems)
	}
	set := s.filter(chosen.direct)
	if len(set) == 0 && len(s.problems) == 0 {
		s.problems = append(s.problems, s.wrongKinds(chosen.direct))
	}
	return set, dedupe(s.problems)
}

func dedupe(l diag.List) diag.List {
	var out diag.List
	for _, d := range l {
		if !slices.ContainsFunc(out, func(o *diag.Diagnostic) bool { return o.Msg == d.Msg && o.Pos == d.Pos }) {
			out = append(out, d)
		}
	}
	return out
}

// selection is one evaluation of a query.
type selection struct {
	index    *index
	query    Query
	named    map[string]*namedSpec
	problems diag.List
	state    *comparison
}

// chosen is what a spec selects: nodes in their own right, and tests that wait for the rest of
// their parents (a superset of direct).
type chosen struct{ direct, indirect bits }

// parse gives the specs to select and to take away; exclude is nil if there is none.
func (s *selection) parse() (include, exclude *spec, problems diag.List) {
	q := s.query
	problems = s.parseNamed()
	if d := q.Indirect.check(); d != nil {
		problems = append(problems, d)
	}
	name := q.Selector
	if name == "" && !q.Selects() {
		name = s.defaultSelector()
	}
	if name != "" {
		n, d := s.namedSpec(name, nil)
		if d != nil {
			return nil, nil, append(problems, d)
		}
		if problems.Err() != nil {
			return nil, nil, problems
		}
		return &spec{op: union, parts: []*spec{n.spec}, indirect: Eager, raw: name, expect: true, named: &n.named}, nil, problems
	}
	include = everything(q.Indirect)
	if len(q.Select) > 0 {
		var bad diag.List
		include, bad = parseArgs("--select", q.Select, q.Indirect, true)
		problems = append(problems, bad...)
	}
	if len(q.Exclude) > 0 {
		var bad diag.List
		exclude, bad = parseArgs("--exclude", q.Exclude, q.Indirect, true)
		problems = append(problems, bad...)
	}
	return include, exclude, problems
}

func (i Indirect) check() *diag.Diagnostic {
	modes := []string{string(Eager), string(Cautious), string(Buildable), string(Empty)}
	if slices.Contains(modes, string(i)) {
		return nil
	}
	d := diag.Errorf(diag.BadSelector, diag.Pos{}, "indirect selection %q does not exist", i)
	return d.WithHint("it is one of %s", strings.Join(modes, ", "))
}

// eval selects with a spec.
func (s *selection) eval(sp *spec) chosen {
	if sp.ref != nil {
		return s.eval(sp.ref)
	}
	if sp.op == leaf {
		return s.evalCriterion(sp.leaf)
	}
	n := len(s.index.nodes)
	out := chosen{direct: newBits(n), indirect: newBits(n)}
	for i, p := range sp.parts {
		c := s.eval(p)
		switch {
		case i == 0:
			out = chosen{direct: c.direct.clone(), indirect: c.indirect.clone()}
		case sp.op == union:
			out.direct.or(c.direct)
			out.indirect.or(c.indirect)
		case sp.op == intersection:
			out.direct.and(c.direct)
			out.indirect.and(c.indirect)
		case sp.op == difference:
			out.direct.andNot(c.direct)
			out.indirect.andNot(c.indirect)
		}
	}
	s.adopt(&out, sp.indirect)
	if sp.expect && out.direct.empty() && s.problems.Err() == nil {
		s.problems = append(s.problems, s.nothingMatches(sp))
	}
	return out
}

// adopt takes in tests whose parents, after the set operation, are all there.
func (s *selection) adopt(c *chosen, mode Indirect) {
	if mode != Cautious && mode != Buildable || c.direct.equal(c.indirect) {
		return
	}
	within := c.direct.clone()
	if mode == Buildable {
		within.or(s.walk(c.direct, s.index.parents, unlimited))
	}
	direct := c.direct.clone()
	c.indirect.all(func(i int32) {
		if s.index.nodes[i].Kind != manifest.UnitTest && s.within(i, within) {
			direct.set(i)
		}
	})
	c.direct = direct
}

func (s *selection) within(i int32, set bits) bool {
	for _, p := range s.index.parents[i] {
		if !set.has(p) {
			return false
		}
	}
	return true
}

// evalCriterion selects with one term: its method, then its graph operators, then its tests.
func (s *selection) evalCriterion(c *criterion) chosen {
	if c.method == selectorMethod {
		return s.evalSelectorMethod(c)
	}
	match, d := methods()[c.method].match(s, c)
	if d != nil {
		s.problems = append(s.problems, d)
		return chosen{direct: newBits(len(s.index.nodes)), indirect: newBits(len(s.index.nodes))}
	}
	picked := newBits(len(s.index.nodes))
	for i, n := range s.index.nodes {
		if match(n) {
			picked.set(int32(i))
		}
	}
	s.expand(picked, c)
	return s.withTests(picked, c.indirect)
}

// expand adds the relatives that a term's graph operators ask for.
func (s *selection) expand(picked bits, c *criterion) {
	x := s.index
	own := picked.clone()
	if c.closure {
		below := s.walk(own, x.children, unlimited)
		below.or(own)
		picked.or(below)
		picked.or(s.walk(below, x.parents, unlimited))
	}
	if c.parents != 0 {
		picked.or(s.walk(own, x.parents, c.parents))
	}
	if c.children != 0 {
		picked.or(s.walk(own, x.children, c.children))
	}
}

// walk gives what can be reached along edges in at most depth steps.
func (s *selection) walk(from bits, edges [][]int32, depth int) bits {
	reached := newBits(len(s.index.nodes))
	var layer []int32
	from.all(func(i int32) { layer = append(layer, i) })
	for step := 0; len(layer) > 0 && (depth == unlimited || step < depth); step++ {
		var next []int32
		for _, i := range layer {
			for _, j := range edges[i] {
				if !reached.has(j) {
					reached.set(j)
					next = append(next, j)
				}
			}
		}
		layer = next
	}
	return reached
}

// withTests adds the tests that come with the picked nodes; those whose parents are not all
// there are kept aside as indirect.
func (s *selection) withTests(picked bits, mode Indirect) chosen {
	c := chosen{direct: picked.clone(), indirect: picked.clone()}
	if mode == Empty {
		return c
	}
	within := picked
	if mode == Buildable {
		within = picked.clone()
		within.or(s.walk(picked, s.index.parents, unlimited))
		for i, n := range s.index.nodes {
			if n.Kind == manifest.Source {
				within.set(int32(i))
			}
		}
	}
	picked.all(func(i int32) {
		for _, t := range s.index.children[i] {
			if k := s.index.nodes[t].Kind; k != manifest.Test && k != manifest.UnitTest {
				continue
			}
			c.indirect.set(t)
			if mode == Eager || s.within(t, within) {
				c.direct.set(t)
			}
		}
	})
	return c
}

// filter applies the kinds that the command works on.
func (s *selection) filter(b bits) Set {
	q := s.query
	set := Set{}
	b.all(func(i int32) {
		n := s.index.nodes[i]
		switch {
		case len(q.ResourceTypes) > 0 && !slices.Contains(q.ResourceTypes, n.Kind):
		case slices.Contains(q.ExcludeResourceTypes, n.Kind):
		case q.SkipEmpty && blank(n):
		default:
			set[n.ID] = true
		}
	})
	return set
}

func blank(n *manifest.Node) bool {
	switch n.Kind {
	case manifest.Model, manifest.Snapshot, manifest.Analysis, manifest.Operation:
		return strings.TrimSpace(n.Raw) == ""
	case manifest.Test:
		return n.Test != nil && !n.Test.Generic && strings.TrimSpace(n.Raw) == ""
	default:
		return false
	}
}
