package graph

import (
	"fmt"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Named is one selector of selectors.yml.
type Named struct {
	Name        string
	Description string
	Default     bool // used by commands without --select
	Definition  any  // as in the YAML: text, or a *manifest.Map with method/value, union, intersection
	Pos         diag.Pos
}

// namedSpec is a named selector, parsed.
type namedSpec struct {
	named Named
	spec  *spec
	busy  bool
}

// parseNamed parses the project's selectors; each may refer to any other.
func (s *selection) parseNamed() diag.List {
	for _, n := range s.query.Selectors {
		s.named[n.Name] = &namedSpec{named: n}
	}
	if s.query.Selector == "" && s.query.Selects() && !usesSelectorMethod(s.query) {
		return nil // a broken selectors.yml must not stop a run that does not use it
	}
	var problems diag.List
	for _, n := range s.query.Selectors {
		if _, d := s.namedSpec(n.Name, nil); d != nil {
			problems = append(problems, d)
		}
	}
	return problems
}

func usesSelectorMethod(q Query) bool {
	return strings.Contains(strings.Join(append(slices.Clone(q.Select), q.Exclude...), " "), "selector:")
}

func (s *selection) defaultSelector() string {
	for _, n := range s.query.Selectors {
		if n.Default {
			return n.Name
		}
	}
	return ""
}

// namedSpec gives a named selector; c is the term that asks for it, nil for --selector.
func (s *selection) namedSpec(name string, c *criterion) (*namedSpec, *diag.Diagnostic) {
	n, ok := s.named[name]
	if !ok {
		return nil, s.unknownSelector(name, c)
	}
	if n.busy {
		return nil, diag.Errorf(diag.BadSelector, n.named.Pos, "selector %q refers to itself", name)
	}
	if n.spec != nil {
		return n, nil
	}
	n.busy = true
	defer func() { n.busy = false }()
	p := definition{selection: s, named: n.named}
	sp, d := p.parse(n.named.Definition)
	if d != nil {
		return nil, d
	}
	n.spec = sp
	return n, nil
}

func (s *selection) unknownSelector(name string, c *criterion) *diag.Diagnostic {
	d := diag.Errorf(diag.BadSelector, diag.Pos{}, "selector %q is not defined", name)
	if c != nil {
		d = c.problem("selector %q is not defined", name)
	}
	names := make([]string, 0, len(s.query.Selectors))
	for _, n := range s.query.Selectors {
		names = append(names, n.Name)
	}
	if near, ok := diag.Nearest(name, names); ok {
		return d.WithHint("did you mean %q?", near)
	}
	if len(names) == 0 {
		return d.WithHint("define it in selectors.yml")
	}
	return d.WithHint("selectors.yml defines: %s", strings.Join(names, ", "))
}

// evalSelectorMethod selects with `selector:name`; its tests were chosen by the selector itself.
func (s *selection) evalSelectorMethod(c *criterion) chosen {
	n, d := s.namedSpec(c.value, c)
	if d != nil {
		s.problems = append(s.problems, d)
		return chosen{direct: newBits(len(s.index.nodes)), indirect: newBits(len(s.index.nodes))}
	}
	out := s.eval(n.spec)
	picked := out.direct.clone()
	s.expand(picked, c)
	return chosen{direct: picked, indirect: picked.clone()}
}

// definition parses the YAML form of a selector.
type definition struct {
	selection *selection
	named     Named
}

func (p definition) problem(format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(diag.BadSelector, p.named.Pos, "selector %q: %s", p.named.Name, fmt.Sprintf(format, args...))
}

func (p definition) parse(v any) (*spec, *diag.Diagnostic) {
	switch v := v.(type) {
	case string:
		return p.text(v)
	case *manifest.Map:
		if parts, ok := v.Get("union"); ok {
			return p.combine(union, v, parts)
		}
		if parts, ok := v.Get("intersection"); ok {
			return p.combine(intersection, v, parts)
		}
		return p.criterion(v)
	default:
		return nil, p.problem("a definition is text, or a mapping with `method` and `value`, `union` or `intersection`")
	}
}

// text parses a definition written as on the command line.
func (p definition) text(v string) (*spec, *diag.Diagnostic) {
	sp, bad := parseArgs("selectors.yml", []string{v}, p.selection.query.Indirect, false)
	if len(bad) > 0 {
		d := bad[0]
		d.Pos, d.Text = p.named.Pos, ""
		d.Msg = fmt.Sprintf("selector %q: %s", p.named.Name, d.Msg)
		return nil, d
	}
	return sp, nil
}

// combine parses a union or intersection with its exclusions.
func (p definition) combine(op operation, m *manifest.Map, list any) (*spec, *diag.Diagnostic) {
	if m.Len() > 1 {
		return nil, p.problem("`union` and `intersection` stand alone in a mapping; found %s", strings.Join(m.Keys(), ", "))
	}
	items, ok := list.([]any)
	if !ok {
		return nil, p.problem("`%s` takes a list", m.Keys()[0])
	}
	sp := &spec{op: op, indirect: Eager, raw: p.named.Name}
	var exclude *spec
	for _, item := range items {
		if x, isMap := item.(*manifest.Map); isMap && x.Len() == 1 && x.Keys()[0] == "exclude" {
			if exclude != nil {
				return nil, p.problem("a set has one `exclude` list at most")
			}
			var d *diag.Diagnostic
			if exclude, d = p.exclusions(x); d != nil {
				return nil, d
			}
			continue
		}
		part, d := p.parse(item)
		if d != nil {
			return nil, d
		}
		sp.parts = append(sp.parts, part)
	}
	return minus(sp, exclude), nil
}

func minus(from, exclude *spec) *spec {
	if exclude == nil {
		return from
	}
	return &spec{op: difference, parts: []*spec{from, exclude}, indirect: Eager, raw: from.raw}
}

func (p definition) exclusions(m *manifest.Map) (*spec, *diag.Diagnostic) {
	v, ok := m.Get("exclude")
	if !ok {
		return nil, nil
	}
	items, ok := v.([]any)
	if !ok {
		return nil, p.problem("`exclude` takes a list")
	}
	sp := &spec{op: union, indirect: Eager, raw: p.named.Name}
	for _, item := range items {
		part, d := p.parse(item)
		if d != nil {
			return nil, d
		}
		sp.parts = append(sp.parts, part)
	}
	return sp, nil
}

// criterion parses {method, value, …} or its short form {method: value}.
func (p definition) criterion(m *manifest.Map) (*spec, *diag.Diagnostic) {
	cfg := manifest.NewConfig(m)
	method, value := cfg.String("method"), cfg.String("value")
	if m.Len() == 1 {
		method = m.Keys()[0]
		value = cfg.String(method)
	}
	if method == "" || value == "" {
		return nil, p.problem("want `method` and `value`, found %s", strings.Join(m.Keys(), ", "))
	}
	if method == selectorMethod {
		if _, defined := p.selection.named[value]; !defined {
			d := p.selection.unknownSelector(value, nil)
			return nil, p.problem("%s", d.Msg).WithHint("%s", d.Hint)
		}
		n, d := p.selection.namedSpec(value, nil)
		if d != nil {
			return nil, d
		}
		return &spec{ref: n.spec, raw: value}, nil
	}
	c := &criterion{raw: method + ":" + value, text: method + ":" + value, flag: "selectors.yml", value: value, indirect: p.selection.query.Indirect}
	if d := p.options(c, method, m); d != nil {
		return nil, d
	}
	exclude, d := p.exclusions(m)
	if d != nil {
		return nil, d
	}
	return minus(&spec{op: leaf, leaf: c, indirect: c.indirect, raw: c.raw}, exclude), nil
}

func (p definition) options(c *criterion, method string, m *manifest.Map) *diag.Diagnostic {
	if d := c.setMethod(method); d != nil {
		return p.problem("%s", d.Msg).WithHint("%s", d.Hint)
	}
	cfg := manifest.NewConfig(m)
	c.closure = cfg.Bool("childrens_parents", false)
	c.parents = p.depth(cfg, "parents")
	c.children = p.depth(cfg, "children")
	if v := cfg.String("indirect_selection"); v != "" {
		c.indirect = Indirect(v)
		if d := c.indirect.check(); d != nil {
			return p.problem("%s", d.Msg).WithHint("%s", d.Hint)
		}
	}
	if c.closure && c.children != 0 {
		return p.problem("`childrens_parents` and `children` cannot stand together")
	}
	return nil
}

func (p definition) depth(cfg manifest.Config, key string) int {
	if !cfg.Bool(key, false) {
		return 0
	}
	if v, ok := cfg.Get(key + "_depth"); ok {
		if n, isInt := v.(int64); isInt {
			return int(n)
		}
	}
	return unlimited
}
