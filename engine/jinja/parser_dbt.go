package jinja

import (
	"atlas/engine/diag"
)

func (p *parser) macroStatement(off int32) stmt {
	p.advance()
	name := p.expect(tokName, "of the macro")
	return p.macroBody(off, "macro", "endmacro", name, &MacroDef{Kind: "macro", Name: name.text}, true)
}

func (p *parser) testStatement(off int32) stmt {
	tag := p.advance().text
	name := p.expect(tokName, "of the test")
	return p.macroBody(off, tag, "end"+tag, name, &MacroDef{Kind: "test", Name: "test_" + name.text}, true)
}

// macroBody reads parameters and body of a macro-like block behind its name.
func (p *parser) macroBody(off int32, tag, end string, name token, def *MacroDef, params bool) stmt {
	p.t.statements = true
	first := len(p.t.calls)
	n := &macroStmt{name: &nameExpr{name: def.Name, off: name.off}}
	p.store(n.name)
	fn := p.newFunction(def.Name)
	def.fn = fn
	s := p.push(fn)
	loops := p.loops
	p.loops = 0
	p.cond++
	if params {
		p.signature(fn, s)
		p.blockEnd("after the parameters")
	}
	p.implicit(fn, s)
	for i := range fn.params {
		fn.explicitCaller = fn.explicitCaller || fn.params[i].name == "caller"
	}
	top := len(p.open) == 0
	fn.body = p.bodyKeepingEnd(tag, off, end)
	def.Source = p.t.src[off:p.tok.end]
	p.blockEnd("after '" + end + "'")
	p.cond--
	p.loops = loops
	p.pop()
	def.Pos = p.t.pos(int(off))
	def.calls = append([]callRecord(nil), p.t.calls[first:]...)
	for _, pa := range fn.params {
		def.Params = append(def.Params, Param{pa.name, pa.def != nil, pa.text})
	}
	n.def = def
	if top {
		p.t.macros = append(p.t.macros, def)
	}
	return n
}

// bodyKeepingEnd is body, but leaves the closing "%}" as the current token.
func (p *parser) bodyKeepingEnd(name string, off int32, end string) []stmt {
	p.begin(name, off, "{% "+end+" %}")
	body := p.statements([]string{end})
	p.advance()
	p.end()
	return body
}

// materializationStatement reads {% materialization name, adapter='x', supported_languages=[…] %}.
func (p *parser) materializationStatement(off int32) stmt {
	p.advance()
	name := p.expect(tokName, "of the materialization")
	def := &MacroDef{Kind: "materialization", Adapter: "default", Languages: []string{"sql"}}
	for p.skip(tokComma) {
		p.materializationOption(def)
	}
	p.blockEnd("after the materialization's options")
	def.Name = "materialization_" + name.text + "_" + def.Adapter
	return p.macroBody(off, "materialization", "endmaterialization", name, def, false)
}

func (p *parser) materializationOption(def *MacroDef) {
	opt := p.expect(tokName, "of an option")
	switch opt.text {
	case "default":
		return
	case "adapter":
		p.expect(tokAssign, "after 'adapter'")
		from := p.tok.off
		s, ok := literal(p.expression())
		name, isText := s.(string)
		if !ok || !isText {
			p.fail(from, p.prevEnd, "", "'adapter' must be a string")
		}
		def.Adapter = name
	case "supported_languages":
		p.expect(tokAssign, "after 'supported_languages'")
		from := p.tok.off
		v, ok := literal(p.expression())
		items, err := iterate(v)
		if !ok || err != nil {
			p.fail(from, p.prevEnd, "", "'supported_languages' must be a list of strings")
		}
		def.Languages = nil
		for _, item := range items {
			def.Languages = append(def.Languages, Str(item))
		}
	default:
		p.fail(opt.off, opt.end, diag.DidYouMean(opt.text, []string{"default", "adapter", "supported_languages"}),
			"a materialization has no option '%s'", opt.text)
	}
}

// snapshotStatement reads {% snapshot name %}: its body is a template of its own.
func (p *parser) snapshotStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	name := p.expect(tokName, "of the snapshot")
	b := &Block{Kind: "snapshot", Name: name.text, Pos: p.t.pos(int(off))}
	if p.tok.kind != tokBlockEnd {
		p.unexpected("expected '%}'", "after the snapshot's name")
	}
	from := p.lex.pos
	outer, scope := p.t, p.scope
	sub := &Template{name: outer.name, src: outer.src, opts: outer.opts, start: outer.start}
	p.t, p.scope = sub, nil
	sub.fn = p.newFunction(name.text)
	sub.fn.root = true
	s := p.push(sub.fn)
	p.advance()
	sub.fn.body = p.bodyKeepingEnd("snapshot", off, "endsnapshot")
	p.branches = s.outer
	p.t, p.scope = outer, scope
	b.Body = outer.src[from:max(from, p.lex.opened)]
	b.BodyPos = outer.pos(from)
	b.Template = sub
	p.t.blocks = append(p.t.blocks, b)
	p.blockEnd("after 'endsnapshot'")
	return nil
}

// docsStatement reads {% docs name %}, whose body is not a template.
func (p *parser) docsStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	name := p.expect(tokName, "of the docs block")
	if p.tok.kind != tokBlockEnd {
		p.unexpected("expected '%}'", "after the name of the docs block")
	}
	start, end, ok := p.lex.verbatim("enddocs")
	if !ok {
		p.fail(off, p.tok.end, "close it with {% enddocs %}", "the 'docs' block is never closed")
	}
	p.t.blocks = append(p.t.blocks, &Block{
		Kind: "docs", Name: name.text, Pos: p.t.pos(int(off)), BodyPos: p.t.pos(start), Body: p.t.src[start:end],
	})
	p.advance()
	return nil
}
