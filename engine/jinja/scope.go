package jinja

// scope is a region of a template in which a variable that is set stays; it exists while parsing.
// Jinja decides statically which names a scope sets: such a name is the scope's own variable from
// its start to its end, even where it is read first.
type scope struct {
	parent *scope
	fn     *function
	vars   []scopeVar
	first  int // index of the scope's first use
	outer  int // depth of if bodies around the scope
	loop   *forStmt
	resets *[]reset // where to put what to do on entry, when the scope is not a function's
	room   [4]scopeVar
}

type scopeVar struct {
	name string
	slot int32
	kind varKind
}

type varKind uint8

const (
	varParam  varKind = iota // set by whoever enters the scope
	varStored                // set before it is read
	varMaybe                 // read before it is set, or set under a condition
)

// use is one appearance of a name, in the order in which Jinja sees them.
type use struct {
	n      *nameExpr
	s      *scope
	stored bool
}

// reset prepares a slot when a scope inside a function is entered.
type reset struct {
	slot int32
	mark *slotMark // or, if nil, a copy of from
	from nameExpr
}

func (s *scope) find(name string) *scopeVar {
	for i := range s.vars {
		if s.vars[i].name == name {
			return &s.vars[i]
		}
	}
	return nil
}

// declare adds a variable that is set on entry.
func (s *scope) declare(name string) int32 {
	slot := s.fn.newSlot()
	s.vars = append(s.vars, scopeVar{name, slot, varParam})
	return slot
}

func (fn *function) newSlot() int32 {
	fn.nslots++
	return int32(fn.nslots - 1)
}

// global gives the slot in which the function keeps a name it looked up outside.
func (fn *function) global(name string) int32 {
	for i := range fn.globals {
		if fn.globals[i].name == name {
			return fn.globals[i].slot
		}
	}
	slot := fn.newSlot()
	if fn.globals == nil {
		fn.globals = make([]globalSlot, 0, 6)
	}
	fn.globals = append(fn.globals, globalSlot{name, slot})
	return slot
}

// load records that a name is read.
func (p *parser) load(n *nameExpr) {
	p.uses = append(p.uses, use{n: n, s: p.scope})
	if p.t.opts.NoteReads {
		p.t.reads = append(p.t.reads, readRecord{n: n})
	}
}

// store records that a name is set.
func (p *parser) store(n *nameExpr) {
	s := p.scope
	if s.find(n.name) == nil {
		kind := varStored
		if p.branches > 0 || p.wasRead(n.name) {
			kind = varMaybe
		}
		s.vars = append(s.vars, scopeVar{n.name, s.fn.newSlot(), kind})
	}
	p.uses = append(p.uses, use{n: n, s: s, stored: true})
}

func (p *parser) wasRead(name string) bool {
	for _, u := range p.uses[p.scope.first:] {
		if u.s == p.scope && u.n.name == name {
			return true
		}
	}
	return false
}

// push enters a scope. A scope of its own function passes that function, else nil.
func (p *parser) push(fn *function) *scope {
	s := &scope{parent: p.scope, fn: fn, first: len(p.uses)}
	s.vars = s.room[:0]
	if fn == nil {
		s.fn = p.scope.fn
	}
	p.scopes = append(p.scopes, s)
	p.enterScope(s)
	return s
}

// enterScope makes s the current scope; what is set in it is conditional only by its own ifs.
func (p *parser) enterScope(s *scope) {
	s.outer = p.branches
	p.scope, p.branches = s, 0
}

func (p *parser) pop() {
	p.branches = p.scope.outer
	p.scope = p.scope.parent
}

// resolve gives every name its slot. It runs once, when the whole template has been read and all
// scopes know what they set.
func (p *parser) resolve() {
	for _, s := range p.scopes {
		p.enter(s)
	}
	for _, u := range p.uses {
		u.n.bind(u.s, u.stored)
	}
	for _, b := range p.t.pageBlocks {
		b.see()
	}
	for _, fn := range p.functions {
		fn.initial = make([]Value, fn.nslots)
		for i := range fn.initial {
			fn.initial[i] = unset
		}
		for _, g := range fn.globals {
			fn.initial[g.slot] = unresolved
		}
	}
	for _, s := range p.scopes {
		if p.t.includes {
			for _, v := range s.vars {
				s.fn.locals = append(s.fn.locals, export{v.name, v.slot})
			}
		}
		if s.resets != nil || s.parent != nil && s.parent.fn == s.fn {
			continue
		}
		for _, v := range s.vars {
			if v.kind == varMaybe {
				s.fn.initial[v.slot] = unresolved
			}
			if s.fn.root {
				s.fn.exports = append(s.fn.exports, export{v.name, v.slot})
			}
		}
	}
}

// enter works out what a scope does when it is entered.
func (p *parser) enter(s *scope) {
	for _, v := range s.vars {
		if v.kind == varParam {
			continue
		}
		var from nameExpr
		from.name = v.name
		outer := s.parent != nil && from.lookup(s.parent, s.parent.fn != s.fn, false)
		switch {
		case s.resets == nil && outer:
			s.fn.aliases = append(s.fn.aliases, alias{v.slot, from})
		case s.resets == nil:
		case outer:
			*s.resets = append(*s.resets, reset{slot: v.slot, from: from})
		case v.kind == varMaybe:
			*s.resets = append(*s.resets, reset{slot: v.slot, mark: unresolved})
		default:
			*s.resets = append(*s.resets, reset{slot: v.slot, mark: unset})
		}
	}
}

// bind finds the variable a name means, seen from scope s.
func (n *nameExpr) bind(s *scope, stored bool) {
	if n.lookup(s, false, stored) {
		return
	}
	n.slot, n.up = s.fn.global(n.name), 0
	n.global = true
}

// lookup finds the nearest variable of the name. crossed tells that s is already in an outer function.
func (n *nameExpr) lookup(s *scope, crossed, stored bool) bool {
	up := uint8(0)
	if crossed {
		up = 1
	}
	for ; s != nil; s = s.parent {
		if v := s.find(n.name); v != nil {
			n.slot, n.up = v.slot, up
			if !stored {
				s.note(v, n)
			}
			return true
		}
		if s.parent != nil && s.parent.fn != s.fn {
			up++
		}
	}
	return false
}

// note remembers that one of the variables which the engine itself provides is wanted.
func (s *scope) note(v *scopeVar, n *nameExpr) {
	if v.kind != varParam {
		return
	}
	switch n.name {
	case "loop":
		if s.loop != nil && s.loop.loopSlot < 0 {
			s.loop.loopSlot = v.slot
		}
	case "caller":
		if s.fn.callerSlot == wanted {
			s.fn.callerSlot = v.slot
		}
	case "varargs":
		if s.fn.varargsSlot == wanted {
			s.fn.varargsSlot = v.slot
		}
	case "kwargs":
		if s.fn.kwargsSlot == wanted {
			s.fn.kwargsSlot = v.slot
		}
	case "super":
		if s.fn.superSlot == wanted {
			s.fn.superSlot = v.slot
		}
	}
}

// Marks for the slots of caller, varargs, kwargs and super.
const (
	never  int32 = -1 // the function does not have the variable
	wanted int32 = -2 // it has it, but nothing reads it so far
)

// see works out by name what a scoped block sees of the scopes around it.
func (n *blockStmt) see() {
	if !n.scoped {
		n.names = nil
		return
	}
	for s := n.names; s != nil; s = s.parent {
		for _, v := range s.vars {
			name := nameExpr{name: v.name}
			if name.lookup(n.names, false, false) {
				n.visible = append(n.visible, name)
			}
		}
	}
	n.names = nil
}
