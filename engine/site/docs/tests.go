package docs

import (
	"fmt"
	"sort"
	"strings"

	"atlas/engine/manifest"
)

// collectTests gathers every test, attaches it to what it tests, and sorts what needs attention
// to the front.
func (s *site) collectTests() {
	for _, id := range sortedIDs(s.in.Manifest.Nodes) {
		m := s.in.Manifest.Nodes[id]
		if m.Kind != manifest.Test && m.Kind != manifest.UnitTest {
			continue
		}
		t := &test{Node: m, Label: testLabel(m)}
		if r, ok := s.in.Results[id]; ok {
			t.Result = &r
		}
		on := manifest.ID("")
		if m.Test != nil {
			on, t.Column = m.Test.Attached, m.Test.Column
		}
		if on == "" && len(m.DependsOn) > 0 {
			on = m.DependsOn[0]
		}
		t.On = s.byID[on]
		t.Anchor = "test-" + slug(m.Name)
		switch own := s.byID[id]; {
		case own != nil:
			t.Href = own.Href
		case t.On != nil:
			t.Href = t.On.Href + "#" + t.Anchor
		}
		s.tests = append(s.tests, t)
		if t.Column == "" && (m.Test == nil || !m.Test.Generic) {
			s.attachSingular(t)
		} else if t.On != nil {
			t.On.Tests = append(t.On.Tests, t)
		}
	}
	for _, n := range s.nodes {
		sortTests(n.Tests)
		for _, t := range n.Tests[min(testLimit, len(n.Tests)):] {
			if t.Generic() {
				t.Anchor, t.Href = "tests", n.Href+"#tests" // not listed itself
			}
		}
	}
	sortTests(s.tests)
}

// attachSingular shows a test with a page of its own at everything that it reads.
func (s *site) attachSingular(t *test) {
	seen := map[*node]bool{}
	for _, id := range t.DependsOn {
		if n := s.byID[id]; n != nil && !seen[n] {
			seen[n] = true
			n.Tests = append(n.Tests, t)
		}
	}
}

func sortTests(tests []*test) {
	sort.SliceStable(tests, func(i, j int) bool {
		a, b := tests[i], tests[j]
		if urgency(a.Result) != urgency(b.Result) {
			return urgency(a.Result) < urgency(b.Result)
		}
		return a.Name < b.Name
	})
}

func urgency(r *Result) int {
	if r == nil {
		return 4
	}
	switch r.Status {
	case Errored:
		return 0
	case Fail:
		return 1
	case Warn:
		return 2
	case Skipped:
		return 3
	default:
		return 5
	}
}

// testLabel names a test by what it asks, with its arguments.
func testLabel(m *manifest.Node) string {
	if m.Test == nil || !m.Test.Generic {
		return m.Name
	}
	label := m.Test.Type
	if m.Test.Namespace != "" {
		label = m.Test.Namespace + "." + label
	}
	if args := testArgs(m.Test); args != "" {
		label += " (" + clip(args, 120) + ")"
	}
	return label
}

// testArgs writes a test's arguments as shortly as they can be understood.
func testArgs(t *manifest.TestSpec) string {
	var keys []string
	for _, k := range t.Args.Keys() {
		if k != "quote" {
			keys = append(keys, k)
		}
	}
	if t.Type == "relationships" && len(keys) == 2 {
		to, _ := t.Args.Get("to")
		field, ok := t.Args.Get("field")
		if name := refName(plainValue(to)); ok && name != "" {
			return "to " + name + "." + plainValue(field)
		}
	}
	args := make([]string, 0, len(keys))
	for _, k := range keys {
		v, _ := t.Args.Get(k)
		if len(keys) == 1 {
			return plainValue(v)
		}
		args = append(args, k+": "+plainValue(v))
	}
	return strings.Join(args, ", ")
}

// refName gives what ref('x') or source('a', 'x') names; "" for anything else.
func refName(expression string) string {
	for _, call := range []string{"ref(", "source("} {
		if rest, ok := strings.CutPrefix(expression, call); ok {
			return strings.Join(literalArgs("("+rest), ".")
		}
	}
	return ""
}

// plainValue writes a configuration value for people.
func plainValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = plainValue(x)
		}
		return strings.Join(parts, ", ")
	case *manifest.Map:
		parts := make([]string, 0, v.Len())
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			parts = append(parts, k+": "+plainValue(x))
		}
		return strings.Join(parts, ", ")
	default:
		return fmt.Sprint(v)
	}
}

// note is what a result says beyond its status and its number of rows.
func (r *Result) note() string {
	if r == nil || r.Message == plural(int(r.Failures), "row") {
		return ""
	}
	return r.Message
}

// tally counts outcomes.
type tally struct{ Pass, Warn, Fail, Skipped, Unknown, Total int }

func tallyOf(tests []*test) tally {
	var t tally
	for _, x := range tests {
		t.Total++
		switch {
		case x.Result == nil:
			t.Unknown++
		case x.Result.Status == Pass || x.Result.Status == Success:
			t.Pass++
		case x.Result.Status == Warn:
			t.Warn++
		case x.Result.Status == Skipped:
			t.Skipped++
		default:
			t.Fail++
		}
	}
	return t
}

// Known reports whether any test has run.
func (t tally) Known() bool { return t.Total > t.Unknown }

// String says the state in words: "41 pass, 1 fail".
func (t tally) String() string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{t.Pass, "pass"}, {t.Warn, "warn"}, {t.Fail, "fail"}, {t.Skipped, "skipped"}, {t.Unknown, "not run"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", grouped(int64(p.n)), p.word))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// Generic reports whether the test is one of a kind, declared in YAML, without a page of its own.
func (t *test) Generic() bool { return t.Test != nil && t.Test.Generic }
