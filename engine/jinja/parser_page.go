package jinja

// pageStatement reads what joins templates into pages: include, import, from, extends, block.
func (p *parser) pageStatement(off int32) stmt {
	name := p.tok
	switch name.text {
	case "include":
		return p.includeStatement(off)
	case "import":
		return p.importStatement(off)
	case "from":
		return p.fromStatement(off)
	case "extends":
		return p.extendsStatement(off)
	case "block":
		return p.blockStatement(off)
	}
	p.unknownTag()
	return nil
}

// contextRule reads "with context" or "without context".
func (p *parser) contextRule(def bool) bool {
	if p.tok.is("with") || p.tok.is("without") {
		if next := p.peek(); next.is("context") {
			with := p.advance().text == "with"
			p.advance()
			return with
		}
	}
	return def
}

func (p *parser) includeStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	p.t.includes = true
	n := &includeStmt{name: p.expression(), off: off}
	if p.tok.is("ignore") {
		if next := p.peek(); next.is("missing") {
			p.advance()
			p.advance()
			n.optional = true
		}
	}
	n.context = p.contextRule(true)
	n.end = p.prevEnd
	p.blockEnd("after the include")
	return n
}

func (p *parser) importStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	p.t.includes = true
	n := &importStmt{name: p.expression(), off: off}
	if !p.skipName("as") {
		p.unexpected("expected 'as'", "after the template's name")
	}
	tok := p.expect(tokName, "for the imported template")
	n.as = p.newName(tok)
	p.store(n.as)
	n.context = p.contextRule(false)
	n.end = p.prevEnd
	p.blockEnd("after the import")
	return n
}

func (p *parser) fromStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	p.t.includes = true
	n := &importStmt{name: p.expression(), off: off}
	if !p.skipName("import") {
		p.unexpected("expected 'import'", "after the template's name")
	}
	for p.tok.kind == tokName && !p.atContextRule() {
		if len(n.names) > 0 {
			p.unexpected("expected ','", "between the imported names")
		}
		p.importedNames(n)
	}
	if len(n.names) == 0 {
		p.unexpected("expected a name to import", "")
	}
	n.context = p.contextRule(false)
	n.end = p.prevEnd
	p.blockEnd("after the import")
	return n
}

func (p *parser) atContextRule() bool {
	if !p.tok.is("with") && !p.tok.is("without") {
		return false
	}
	next := p.peek()
	return next.is("context")
}

func (p *parser) importedNames(n *importStmt) {
	for {
		tok := p.expect(tokName, "to import")
		as := tok
		if p.skipName("as") {
			as = p.expect(tokName, "after 'as'")
		}
		local := p.newName(as)
		p.store(local)
		n.names = append(n.names, importedName{tok.text, local})
		if !p.skip(tokComma) || p.tok.kind == tokBlockEnd || p.atContextRule() {
			return
		}
	}
}

func (p *parser) extendsStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	n := &extendsStmt{name: p.expression(), off: off}
	n.end = p.prevEnd
	p.blockEnd("after the template's name")
	return n
}

func (p *parser) blockStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	name := p.expect(tokName, "of the block")
	n := &blockStmt{name: name.text, off: off}
	for {
		if p.skipName("scoped") {
			n.scoped = true
		} else if p.skipName("required") {
			n.required = true
		} else {
			break
		}
	}
	p.blockEnd("after the block's name")
	for _, b := range p.t.pageBlocks {
		if b.name == n.name {
			p.fail(name.off, name.end, "", "the block '%s' is defined twice", n.name)
		}
	}
	p.blockFunction(n)
	p.t.pageBlocks = append(p.t.pageBlocks, n)
	return n
}

// blockFunction reads the block's body as a function that sees the template's names by name only.
func (p *parser) blockFunction(n *blockStmt) {
	outer := p.scope
	n.names = outer // what a scoped block sees is worked out by name when it runs
	p.scope = nil
	fn := p.newFunction(n.name)
	s := p.push(fn)
	s.declare("super")
	fn.superSlot = wanted
	n.fn = fn
	loops := p.loops
	p.loops = 0
	p.begin("block", n.off, "{% endblock %}")
	fn.body = p.statements([]string{"endblock"})
	p.advance()
	if p.tok.kind == tokName {
		if p.tok.text != n.name {
			p.fail(p.tok.off, p.tok.end, "", "'endblock %s' closes the block '%s'", p.tok.text, n.name)
		}
		p.advance()
	}
	p.branches = s.outer
	p.scope = outer
	p.loops = loops
	p.blockEnd("after 'endblock'")
	p.end()
}
