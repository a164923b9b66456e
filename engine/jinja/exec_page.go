package jinja

import (
	"errors"
	"io/fs"

	"atlas/engine/diag"
)

// blockTable holds the blocks of a page: per name, the most derived one first.
type blockTable struct {
	impls map[string][]*blockStmt
	page  *Template // the template that extends sets, while a child is run
}

func (b *blockTable) add(t *Template) {
	if b.impls == nil && len(t.pageBlocks) > 0 {
		b.impls = map[string][]*blockStmt{}
	}
	for _, n := range t.pageBlocks {
		b.impls[n.name] = append(b.impls[n.name], n)
	}
}

// blockStmt is {% block name %}.
type blockStmt struct {
	name             string
	fn               *function
	scoped, required bool
	names            *scope
	visible          []nameExpr // what a scoped block sees of its surroundings
	off              int32
}

func (n *blockStmt) exec(f *frame) error {
	if f.env.blocks != nil && f.env.blocks.page != nil && f.fn.root {
		return nil // the template that this one extends decides where the block stands
	}
	impl := n
	if f.env.blocks != nil {
		if all := f.env.blocks.impls[n.name]; len(all) > 0 {
			impl = all[0]
		}
	}
	if impl.required {
		return f.errorAt(n.off, n.off+2, blockCode, "required block '%s' not found", n.name)
	}
	e := f.env
	if n.scoped && len(n.visible) > 0 {
		vars := Vars{}
		for i := range n.visible {
			if v := n.visible[i].raw(f); v != Value(unset) && v != Value(unresolved) {
				vars[n.visible[i].name] = v
			}
		}
		e = &env{ns: vars, blocks: f.env.blocks, outer: f.env}
	}
	return runBlock(f.st, e, n.name, 0, impl, f.out, f.auto)
}

// runBlock writes a block; depth counts the supers.
func runBlock(st *State, e *env, name string, depth int, impl *blockStmt, out *buffer, auto bool) error {
	g := st.newFrame(impl.fn, nil, e)
	g.out, g.auto = out, auto
	if impl.fn.superSlot >= 0 {
		g.slots[impl.fn.superSlot] = superOf(g, name, depth)
	}
	err := execAll(g, impl.fn.body)
	st.dropFrame(g)
	return err
}

// superOf gives what super is in the block at that depth.
func superOf(g *frame, name string, depth int) Value {
	var all []*blockStmt
	if g.env.blocks != nil {
		all = g.env.blocks.impls[name]
	}
	if depth+1 >= len(all) {
		return &Undefined{Name: "super", Hint: "there is no parent block called '" + name + "'.", mode: g.st.Undefined}
	}
	return &blockRef{f: &frame{st: g.st, fn: g.fn, env: g.env, auto: g.auto}, name: name, depth: depth + 1}
}

// blockRef is a block that can be called: super, or an attribute of self.
type blockRef struct {
	f     *frame
	name  string
	depth int
}

// Call gives the block's text.
func (b *blockRef) Call(*Call) (Value, error) {
	all := b.f.env.blocks.impls[b.name]
	buf := &buffer{}
	if err := runBlock(b.f.st, b.f.env, b.name, b.depth, all[b.depth], buf, b.f.auto); err != nil {
		return nil, err
	}
	if b.f.auto {
		return Markup(buf.b), nil
	}
	return string(buf.b), nil
}

// Attr gives super of a super.
func (b *blockRef) Attr(name string) (Value, bool) {
	if name != "super" {
		return nil, false
	}
	return superOf(b.f, b.name, b.depth), true
}

// selfObject is the variable self: the page's blocks by name.
type selfObject struct{ f *frame }

// Attr gives a block.
func (s *selfObject) Attr(name string) (Value, bool) {
	if len(s.f.env.blocks.impls[name]) == 0 {
		return nil, false
	}
	return &blockRef{f: s.f, name: name}, true
}

// TypeName is the Python type.
func (s *selfObject) TypeName() string { return "TemplateReference" }

// loadTemplate finds the first of the templates a value names.
func (f *frame) loadTemplate(v Value, off, end int32) (*Template, error) {
	if t, ok := v.(*Template); ok {
		return t, nil
	}
	names := []Value{v}
	if _, ok := text(v); !ok {
		items, err := iterate(v)
		if err != nil || len(items) == 0 {
			return nil, f.at(off, end, opErrorf("a template's name must be a string, not %s", typeName(v)))
		}
		names = items
	}
	load := f.fn.t.opts.Load
	if load == nil {
		return nil, f.errorAt(off, end, blockCode, "templates cannot be loaded here")
	}
	var last error
	for _, name := range names {
		t, err := load(Str(name))
		if err == nil {
			return t, nil
		}
		last = err
	}
	return nil, f.at(off, end, last)
}

// includeStmt is {% include x %}.
type includeStmt struct {
	name              expr
	optional, context bool
	off, end          int32
}

func (n *includeStmt) exec(f *frame) error {
	v, err := n.name.eval(f)
	if err != nil {
		return err
	}
	t, err := f.loadTemplate(v, n.off, n.end)
	if err != nil {
		var d *diag.Diagnostic
		if n.optional && (errors.Is(err, fs.ErrNotExist) || errors.As(err, &d) && d.Code != diag.TemplateSyntax) {
			return nil
		}
		return err
	}
	f.st.stack = append(f.st.stack, site{macro: t.name, t: f.fn.t, off: n.off, end: n.end})
	_, err = t.run(f.st, f.contextEnv(n.context), f.out)
	f.st.stack = f.st.stack[:len(f.st.stack)-1]
	return err
}

// contextEnv gives what an included or imported template sees of the frame.
func (f *frame) contextEnv(with bool) *env {
	if !with {
		return nil
	}
	return &env{ns: frameScope{f}, outer: f.env}
}

// frameScope shows the variables of a frame and of those around it by name.
type frameScope struct{ f *frame }

// Lookup finds a variable.
func (s frameScope) Lookup(name string) (Value, bool) {
	for g := s.f; g != nil; g = g.parent {
		if g.slots == nil {
			break
		}
		for i := range g.fn.locals {
			l := &g.fn.locals[len(g.fn.locals)-1-i]
			if l.name != name {
				continue
			}
			if v := g.slots[l.slot]; v != Value(unset) && v != Value(unresolved) {
				return v, true
			}
		}
	}
	return nil, false
}

// snapshot gives the variables that a frame sees now, by name.
func (f *frame) snapshot() Vars {
	vars := Vars{}
	for g := f; g != nil && g.slots != nil; g = g.parent {
		for _, l := range g.fn.locals {
			if v, ok := (frameScope{f}).Lookup(l.name); ok {
				vars[l.name] = v
			}
		}
	}
	return vars
}

// importStmt is {% import x as y %} or {% from x import a, b as c %}.
type importStmt struct {
	name     expr
	as       *nameExpr
	names    []importedName
	context  bool
	off, end int32
}

type importedName struct {
	name  string
	local *nameExpr
}

func (n *importStmt) exec(f *frame) error {
	v, err := n.name.eval(f)
	if err != nil {
		return err
	}
	t, err := f.loadTemplate(v, n.off, n.end)
	if err != nil {
		return err
	}
	buf := &buffer{}
	e := f.contextEnv(n.context)
	if e != nil {
		o := *f.env
		o.root = nil // what the template sets later is not seen
		e.ns, e.outer = f.snapshot(), &o
	}
	g, err := t.run(f.st, e, buf)
	if err != nil {
		return err
	}
	m := &module{t: t, f: g, text: string(buf.b)}
	if n.as != nil {
		return n.as.assign(f, m)
	}
	for _, name := range n.names {
		v, ok := m.Attr(name.name)
		if !ok {
			v = &Undefined{
				Name: name.name, mode: f.st.Undefined,
				Hint: "the template '" + t.name + "' does not export the requested name '" + name.name + "'",
			}
		}
		if err := name.local.assign(f, v); err != nil {
			return err
		}
	}
	return nil
}

// module is an imported template: its top-level names.
type module struct {
	t    *Template
	f    *frame
	text string
}

// Attr gives a top-level name that does not begin with an underscore.
func (m *module) Attr(name string) (Value, bool) {
	if name == "" || name[0] == '_' {
		return nil, false
	}
	return m.f.exported(name)
}

// String is the text the template writes.
func (m *module) String() string { return m.text }

// TypeName is the Python type.
func (m *module) TypeName() string { return "TemplateModule" }

// extendsStmt is {% extends x %}.
type extendsStmt struct {
	name     expr
	off, end int32
}

func (n *extendsStmt) exec(f *frame) error {
	v, err := n.name.eval(f)
	if err != nil {
		return err
	}
	t, err := f.loadTemplate(v, n.off, n.end)
	if err != nil {
		return err
	}
	if f.env.blocks.page != nil {
		return f.errorAt(n.off, n.end, blockCode, "extended multiple times")
	}
	f.env.blocks.page = t
	f.out = &buffer{} // what a child writes outside blocks is dropped
	return nil
}

// run executes the template as a page, included or imported template, and gives its frame.
func (t *Template) run(st *State, outer *env, out *buffer) (*frame, error) {
	blocks := &blockTable{}
	return t.runWith(st, outer, blocks, out, 0)
}

// maxExtends stops templates that extend one another in a circle.
const maxExtends = 64

func (t *Template) runWith(st *State, outer *env, blocks *blockTable, out *buffer, depth int) (*frame, error) {
	if st.depth++; st.depth > defaultDepth || depth > maxExtends {
		return nil, diag.Errorf(blockCode, t.pos(0), "templates include or extend one another without an end")
	}
	defer func() { st.depth-- }()
	blocks.add(t)
	e := &env{blocks: blocks, outer: outer}
	f := &frame{st: st, fn: t.fn, env: e, out: out, auto: t.opts.Autoescape}
	e.root = f
	f.slots = append([]Value(nil), t.fn.initial...)
	if err := execAll(f, t.fn.body); err != nil {
		return nil, err
	}
	if parent := blocks.page; parent != nil {
		blocks.page = nil
		if _, err := parent.runWith(st, e, blocks, out, depth+1); err != nil {
			return nil, err
		}
	}
	return f, nil
}
