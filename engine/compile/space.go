package compile

import (
	"sync"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// space is the macros as templates of one package see them. In dbt a macro's body sees the
// namespace of the template being rendered, not that of the macro's own package; so every space
// binds its own copies. A body finds the macros of its own package last, which dbt would not find
// at all, and never in the place of a name of the context.
type space struct {
	set   *macroSet
	pkg   string
	mu    sync.RWMutex
	bound map[*project.Macro]*jinja.Macro

	overrides *manifest.Map // values that a unit test puts in the place of macros: "is_incremental", "dbt_utils.star"
}

func newSpace(set *macroSet, pkg string) *space {
	return &space{set: set, pkg: pkg, bound: map[*project.Macro]*jinja.Macro{}}
}

// override gives what a unit test puts in the place of a macro.
func (s *space) override(name string) (jinja.Value, bool) {
	v, ok := s.overrides.Get(name)
	if !ok {
		return nil, false
	}
	return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return toValue(v), nil }), true
}

func (c *Compiler) space(pkg string) *space {
	if s, ok := c.spaces.Load(pkg); ok {
		return s.(*space)
	}
	s, _ := c.spaces.LoadOrStore(pkg, newSpace(c.macros, pkg))
	return s.(*space)
}

// bind makes a macro callable in the space, once.
func (s *space) bind(m *project.Macro) *jinja.Macro {
	s.mu.RLock()
	bound := s.bound[m]
	s.mu.RUnlock()
	if bound != nil {
		return bound
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if bound = s.bound[m]; bound == nil {
		bound = m.Bind(ownScope{s, m.Package})
		s.bound[m] = bound
	}
	return bound
}

// Lookup finds a macro, or a package as an object.
func (s *space) Lookup(name string) (jinja.Value, bool) {
	if v, ok := s.override(name); ok {
		return v, true
	}
	for _, pkg := range []string{s.pkg, s.set.root} {
		if m := s.set.packages[pkg][name]; m != nil {
			return s.bind(m), true
		}
	}
	if s.set.packages[name] != nil || name == internalPackage {
		return packageObject{s, name}, true
	}
	if m := s.set.internal[name]; m != nil {
		return s.bind(m), true
	}
	return nil, false
}

// ownScope is what a macro's body sees: the space, then the macro's own package.
type ownScope struct {
	*space
	own string
}

// Lookup finds a macro, or a package as an object.
func (o ownScope) Lookup(name string) (jinja.Value, bool) {
	if v, ok := o.space.Lookup(name); ok {
		return v, true
	}
	if m := o.set.packages[o.own][name]; m != nil && !isContextName(name) {
		return o.bind(m), true
	}
	return nil, false
}

// packageObject is a package as templates call into it: dbt_utils.star.
type packageObject struct {
	space *space
	name  string
}

func (p packageObject) find(name string) (jinja.Value, bool) {
	if v, ok := p.space.override(p.name + "." + name); ok {
		return v, true
	}
	m, _ := p.space.set.inPackage(p.name, name)
	if m == nil {
		return nil, false
	}
	return p.space.bind(m), true
}

// Attr gives a macro of the package.
func (p packageObject) Attr(name string) (jinja.Value, bool) {
	if v, ok := p.find(name); ok {
		return v, true
	}
	if name == "get" {
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("key", "default?")
			if err != nil {
				return nil, err
			}
			if v, ok := p.find(jinja.Str(args[0])); ok || args[1] == jinja.Missing {
				return v, nil
			}
			return args[1], nil
		}), true
	}
	return nil, false
}

// Item gives a macro of the package.
func (p packageObject) Item(key jinja.Value) (jinja.Value, bool) { return p.find(jinja.Str(key)) }

// Contains reports whether the package has the macro.
func (p packageObject) Contains(v jinja.Value) bool {
	_, ok := p.find(jinja.Str(v))
	return ok
}

// Iter lists the package's macros.
func (p packageObject) Iter() []jinja.Value {
	var out []jinja.Value
	set := p.space.set.packages[p.name]
	if p.name == internalPackage {
		set = p.space.set.internal
	}
	for name := range set {
		out = append(out, name)
	}
	sortValues(out, func(v jinja.Value) jinja.Value { return v })
	return out
}

// String names the package.
func (p packageObject) String() string { return "<package " + p.name + ">" }

// dispatch finds the implementation of a macro: adapter.dispatch(macro_name, macro_namespace).
func (f *frame) dispatch(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("macro_name", "macro_namespace?", "packages?")
	if err != nil {
		return nil, err
	}
	name, ok := stringOf(args[0])
	if !ok {
		return nil, f.errorf(c, diag.BadCall, "adapter.dispatch() takes a macro's name as text, not %s", jinja.Repr(args[0]))
	}
	if pkg, rest, dotted := cutDot(name); dotted {
		return nil, hint(f.errorf(c, diag.BadCall, "adapter.dispatch() got %q: a macro's name has no dot", name),
			"write adapter.dispatch('%s', macro_namespace='%s')", rest, pkg)
	}
	if args[2] != jinja.Missing && args[2] != nil {
		return nil, hint(f.errorf(c, diag.BadCall, "adapter.dispatch() no longer takes packages"),
			"write adapter.dispatch('%s', macro_namespace='…') and set search_order under dispatch: in the project file", name)
	}
	namespace := ""
	if args[1] != jinja.Missing && args[1] != nil {
		if namespace, ok = stringOf(args[1]); !ok {
			return nil, f.errorf(c, diag.BadCall, "adapter.dispatch() takes macro_namespace as text or None, not %s", jinja.Repr(args[1]))
		}
	}
	found, attempts := f.c.findDispatched(f.pkg, name, namespace)
	if found == nil {
		err := f.errorf(c, diag.UnknownMacro, "no macro %q is found by adapter.dispatch in namespace %q", name, namespace)
		return nil, hint(err, "searched for %s", joinQuoted(attempts))
	}
	if f.capture != nil && len(c.State.Stack()) == 0 {
		f.noteMacro(found) // dbt counts what the template itself calls
	}
	return f.space.bind(found), nil
}

// findDispatched follows dbt's search: packages by the project's dispatch: order, in each the
// adapter's prefix and then default.
func (c *Compiler) findDispatched(pkg, name, namespace string) (found *project.Macro, attempts []string) {
	for _, where := range c.searchOrder(namespace) {
		for _, prefix := range []string{c.macros.adapter, "default"} {
			candidate := prefix + "__" + name
			var m *project.Macro
			if where == "" {
				m = c.macros.resolve(pkg, candidate)
				attempts = append(attempts, candidate)
			} else {
				m, _ = c.macros.inPackage(where, candidate)
				attempts = append(attempts, where+"."+candidate)
			}
			if m != nil {
				return m, attempts
			}
		}
	}
	return nil, attempts
}

// searchOrder gives the packages that a namespace is searched in; "" is the ordinary search.
func (c *Compiler) searchOrder(namespace string) []string {
	if namespace == "" {
		return []string{""}
	}
	for _, d := range c.project.Dispatch {
		if d.Namespace == namespace && len(d.SearchOrder) > 0 {
			return d.SearchOrder
		}
	}
	if namespace != internalPackage && c.macros.packages[namespace] != nil {
		return []string{c.project.Name, namespace}
	}
	return []string{""}
}
