package jinja

import "atlas/engine/diag"

// callRecord is a call of a dotted name, noted while parsing.
type callRecord struct {
	n    *callExpr
	cond bool // it may not run
}

// StaticCall is a call found without rendering.
type StaticCall struct {
	// Name is the dotted callee: "ref", "adapter.dispatch".
	Name   string
	Pos    diag.Pos
	Len    int // width of the whole call in runes, as far as it stands on one line
	Args   []StaticArg
	Kwargs []StaticKwarg
	// Conditional calls stand under if, for, and, or, an inline if, a macro or a call body, and may not run.
	Conditional bool
	// Literal means that all arguments are constants.
	Literal bool
}

// StaticArg is an argument of a StaticCall; Value is meaningful only if Literal.
type StaticArg struct {
	Value   Value
	Literal bool
	Pos     diag.Pos
}

// StaticKwarg is a keyword argument of a StaticCall.
type StaticKwarg struct {
	Name string
	StaticArg
}

// Calls lists, in source order, every call whose callee is a name or a dotted name.
func (t *Template) Calls() []StaticCall { return staticCalls(t, t.calls) }

// Plain reports whether the template is nothing but text, {{ calls }} and {% do calls %}: no other
// statements, no conditional expressions, nothing called but dotted names; then Calls tells everything.
func (t *Template) Plain() bool { return !t.branching && !t.statements && !t.dynamic }

func staticCalls(t *Template, records []callRecord) []StaticCall {
	if len(records) == 0 {
		return nil
	}
	out := make([]StaticCall, len(records))
	for i := range records {
		out[i] = records[i].static(t)
	}
	return out
}

func (r *callRecord) static(t *Template) StaticCall {
	n := r.n
	c := StaticCall{
		Name: n.name, Pos: t.pos(int(n.off)), Len: t.width(int(n.off), int(n.end)),
		Conditional: r.cond, Literal: n.star == nil && n.dstar == nil,
	}
	if len(n.args) > 0 {
		c.Args = make([]StaticArg, len(n.args))
	}
	for i, a := range n.args {
		c.Args[i] = staticArg(t, a)
		c.Literal = c.Literal && c.Args[i].Literal
	}
	if len(n.kwargs) > 0 {
		c.Kwargs = make([]StaticKwarg, len(n.kwargs))
	}
	for i := range n.kwargs {
		k := &n.kwargs[i]
		arg := staticArg(t, k.x)
		arg.Pos = t.pos(int(k.off))
		c.Kwargs[i] = StaticKwarg{k.name, arg}
		c.Literal = c.Literal && arg.Literal
	}
	return c
}

func staticArg(t *Template, x expr) StaticArg {
	off, _ := x.span()
	v, ok := literal(x)
	return StaticArg{Value: v, Literal: ok, Pos: t.pos(int(off))}
}

// literal gives the value of an expression of constants, lists, tuples and dicts alone.
func literal(x expr) (Value, bool) {
	switch n := x.(type) {
	case *constExpr:
		return n.v, true
	case *listExpr:
		items, ok := literals(n.items)
		return &List{items}, ok
	case *tupleExpr:
		items, ok := literals(n.items)
		return Tuple(items), ok
	case *dictExpr:
		keys, ok := literals(n.keys)
		if !ok {
			return nil, false
		}
		values, ok := literals(n.values)
		if !ok {
			return nil, false
		}
		d := NewDict()
		for i := range keys {
			if d.put(keys[i], values[i]) != nil {
				return nil, false
			}
		}
		return d, true
	case *concatExpr:
		parts, ok := literals(n.parts)
		if !ok {
			return nil, false
		}
		s := ""
		for _, p := range parts {
			s += Str(p)
		}
		return s, true
	}
	return nil, false
}

func literals(nodes []expr) ([]Value, bool) {
	out := make([]Value, len(nodes))
	for i, n := range nodes {
		v, ok := literal(n)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// readRecord is a name that is read, noted while parsing.
type readRecord struct {
	n   *nameExpr
	key string // the attribute or literal item taken of it
	end int32  // of the key; 0 if there is none
}

// noteKey takes down the attribute or item that is taken of a name.
func (p *parser) noteKey(x expr, key string, end int32) {
	n, ok := x.(*nameExpr)
	if !ok {
		return
	}
	for i := len(p.t.reads) - 1; i >= 0; i-- {
		if r := &p.t.reads[i]; r.n == n {
			r.key, r.end = key, end
			return
		}
	}
}

// StaticRead is a name that a template reads, found without rendering: of data.orders[0].x it is
// data, with the key orders.
type StaticRead struct {
	Name string
	Key  string // the attribute or literal item that is taken of it; "" if none is, or it is computed
	Pos  diag.Pos
	Len  int // width in runes, key included
	// Global is a name that no part of the template sets.
	Global bool
}

// StaticReads lists, in source order, the names that the template reads. It needs Options.NoteReads.
func (t *Template) StaticReads() []StaticRead {
	out := make([]StaticRead, 0, len(t.reads))
	for _, r := range t.reads {
		from, end := r.n.span()
		out = append(out, StaticRead{
			Name: r.n.name, Key: r.key, Pos: t.pos(int(from)), Len: t.width(int(from), int(max(end, r.end))), Global: r.n.global,
		})
	}
	return out
}

// StaticReads lists the names that the expression reads, as Template.StaticReads does.
func (e *Expr) StaticReads() []StaticRead { return e.t.StaticReads() }

// Block is a top-level {% snapshot x %} or {% docs x %}.
type Block struct {
	// Kind is "snapshot" or "docs".
	Kind string
	Name string
	// Pos is where the block's tag stands, BodyPos where its body begins.
	Pos, BodyPos diag.Pos
	// Body is the raw text between the tags.
	Body string
	// Template is the parsed body; nil for docs, whose body is not parsed.
	Template *Template
}
