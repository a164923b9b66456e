package jinja

// statement reads the statement whose name is the current token.
func (p *parser) statement() stmt {
	off := p.tagStart()
	name := p.tok
	switch name.text {
	case "if":
		return p.ifStatement(off)
	case "for":
		return p.forStatement(off)
	case "set":
		return p.setStatement(off)
	case "macro":
		return p.macroStatement(off)
	case "call":
		return p.callStatement(off)
	case "do":
		return p.doStatement()
	case "filter":
		return p.filterStatement(off)
	case "with":
		return p.withStatement(off)
	case "break", "continue":
		return p.loopControl()
	case "print":
		return p.printStatement()
	case "autoescape":
		return p.autoescapeStatement(off)
	case "test", "data_test":
		return p.testStatement(off)
	case "materialization":
		return p.materializationStatement(off)
	case "snapshot":
		return p.snapshotStatement(off)
	case "docs":
		return p.docsStatement(off)
	}
	return p.pageStatement(off)
}

// tagStart is the offset of the "{%" of the current statement.
func (p *parser) tagStart() int32 { return int32(p.lex.opened) }

func (p *parser) ifStatement(off int32) stmt {
	p.begin("if", off, "'elif', 'else' or 'endif'")
	p.t.branching = true
	n := &ifStmt{}
	for {
		p.advance() // if or elif
		test := p.tuple(tupleRule{})
		p.blockEnd("after the condition")
		body := p.branch([]string{"elif", "else", "endif"})
		n.branches = append(n.branches, ifBranch{test, body})
		if !p.tok.is("elif") {
			break
		}
	}
	if p.tok.is("else") {
		p.advance()
		p.blockEnd("after 'else'")
		p.open[len(p.open)-1].ends = "'endif'"
		n.otherwise = p.branch([]string{"endif"})
	}
	p.advance()
	p.blockEnd("after 'endif'")
	p.end()
	return n
}

// branch reads statements that may not run.
func (p *parser) branch(ends []string) []stmt {
	p.branches++
	p.cond++
	body := p.statements(ends)
	p.branches--
	p.cond--
	return body
}

func (p *parser) forStatement(off int32) stmt {
	p.advance()
	p.t.branching = true
	n := &forStmt{off: off, loopSlot: -1}
	names, target := p.target([]string{"in"}, false)
	if !p.skipName("in") {
		p.unexpected("expected 'in'", "after the names of the for loop")
	}
	n.iter = p.tuple(tupleRule{stop: []string{"recursive"}})
	p.begin("for", off, "'else' or 'endfor'")
	n.target = target
	p.loops++
	p.cond++
	if p.skipName("if") {
		p.forTest(n)
	}
	if p.skipName("recursive") {
		p.recursiveBody(n, names)
	} else {
		s := p.push(nil)
		s.resets = &n.resets
		p.loopScope(s, n, names)
		n.body = p.statements([]string{"else", "endfor"})
		p.pop()
	}
	p.loops--
	if p.tok.is("else") {
		p.advance()
		p.blockEnd("after 'else'")
		p.open[len(p.open)-1].ends = "'endfor'"
		s := p.push(nil)
		s.resets = &n.elseResets
		n.otherwise = p.statements([]string{"endfor"})
		p.pop()
	}
	p.cond--
	p.advance()
	p.blockEnd("after 'endfor'")
	p.end()
	return n
}

// forTest reads the condition of a filtered loop. It sees the loop's names, but not loop.
func (p *parser) forTest(n *forStmt) {
	s := p.push(nil)
	s.resets = &n.testResets
	n.testTarget = p.retarget(s, n.target)
	n.test = p.expression()
	p.pop()
}

// retarget copies a target whose names are variables of another scope.
func (p *parser) retarget(s *scope, t target) target {
	switch t := t.(type) {
	case *nameExpr:
		c := &nameExpr{name: t.name, off: t.off}
		if s.find(c.name) == nil {
			s.declare(c.name)
		}
		p.uses = append(p.uses, use{n: c, s: s, stored: true})
		return c
	case *tupleTarget:
		c := &tupleTarget{off: t.off, end: t.end}
		for _, item := range t.items {
			c.items = append(c.items, p.retarget(s, item))
		}
		return c
	}
	return t
}

// loopScope declares what a loop sets in its body, and reads the end of its tag.
func (p *parser) loopScope(s *scope, n *forStmt, names []*nameExpr) {
	s.loop = n
	for _, name := range names {
		if s.find(name.name) == nil {
			s.declare(name.name)
		}
		p.uses = append(p.uses, use{n: name, s: s, stored: true})
	}
	if s.find("loop") == nil {
		s.declare("loop")
	}
	p.blockEnd("after the for loop's head")
}

// recursiveBody reads the body of a recursive loop, which is a function of its own.
func (p *parser) recursiveBody(n *forStmt, names []*nameExpr) {
	fn := p.newFunction("loop")
	s := p.push(fn)
	p.loopScope(s, n, names)
	n.recursive = fn
	fn.body = p.statements([]string{"else", "endfor"})
	p.pop()
}

// newFunction makes a function inside the current one.
func (p *parser) newFunction(name string) *function {
	fn := &function{
		t: p.t, name: name, closed: true,
		callerSlot: never, varargsSlot: never, kwargsSlot: never, superSlot: never,
	}
	if p.scope != nil {
		fn.parent = p.scope.fn
		p.scope.fn.closed = false
	}
	p.functions = append(p.functions, fn)
	return fn
}

// target reads what is assigned to. The names in it are not recorded as stores yet; their slice
// holds until the next target is read.
func (p *parser) target(stop []string, namespaces bool) ([]*nameExpr, target) {
	p.names = p.names[:0]
	t := p.targetList(stop, namespaces)
	return p.names, t
}

// targetList reads one thing to assign to, or several with commas between them.
func (p *parser) targetList(stop []string, namespaces bool) target {
	off := p.tok.off
	if p.targetEnds(stop) {
		p.unexpected("expected a name to assign to", "")
	}
	first := p.targetItem(namespaces)
	if p.tok.kind != tokComma {
		return first
	}
	items := []target{first}
	for p.skip(tokComma) {
		if p.targetEnds(stop) {
			break
		}
		items = append(items, p.targetItem(namespaces))
	}
	return &tupleTarget{off, p.prevEnd, items}
}

func (p *parser) targetEnds(stop []string) bool {
	switch p.tok.kind {
	case tokAssign, tokBlockEnd, tokRParen, tokRBracket:
		return true
	case tokName:
		for _, s := range stop {
			if p.tok.text == s {
				return true
			}
		}
	}
	return false
}

func (p *parser) targetItem(namespaces bool) target {
	switch p.tok.kind {
	case tokLParen, tokLBracket:
		open := p.advance()
		t := p.targetList(nil, namespaces)
		if open.kind == tokLParen {
			p.expect(tokRParen, "to close '('")
		} else {
			p.expect(tokRBracket, "to close '['")
		}
		return t
	case tokName:
		tok := p.advance()
		switch tok.text {
		case "true", "false", "none", "True", "False", "None":
			p.fail(tok.off, tok.end, "", "cannot assign to '%s'", tok.text)
		}
		n := p.newName(tok)
		if namespaces && p.tok.kind == tokDot {
			p.advance()
			attr := p.expect(tokName, "after '.'")
			p.load(n)
			return &attrTarget{n, attr.text}
		}
		p.names = append(p.names, n)
		return n
	}
	p.unexpected("expected a name to assign to", "")
	return nil
}

func (p *parser) setStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	names, target := p.target(nil, true)
	if p.skip(tokAssign) {
		x := p.tuple(tupleRule{cond: true})
		p.storeAll(names)
		p.blockEnd("after the value")
		return &setStmt{target, x, off}
	}
	if p.tok.kind != tokPipe && p.tok.kind != tokBlockEnd {
		p.unexpected("expected '=' or '%}'", "in {% set %}")
	}
	p.storeAll(names)
	n := &setBlockStmt{target: target}
	s := p.push(nil)
	s.resets = &n.resets
	n.captured = &slotExpr{slot: s.fn.newSlot(), off: off}
	n.x = p.filterChain(n.captured)
	p.blockEnd("in {% set %}")
	n.body = p.body("set", off, "endset")
	p.pop()
	return n
}

// filterChain reads |a|b over x, and gives x if there is none.
func (p *parser) filterChain(x expr) expr {
	for p.skip(tokPipe) {
		x = p.filter(x)
	}
	return x
}

func (p *parser) storeAll(names []*nameExpr) {
	for _, n := range names {
		p.store(n)
	}
}

func (p *parser) doStatement() stmt {
	p.advance()
	x := p.tuple(tupleRule{cond: true})
	p.blockEnd("after the expression")
	if r, ok := x.(*returnExpr); ok {
		return &returnStmt{r}
	}
	return &doStmt{x}
}

func (p *parser) printStatement() stmt {
	off := p.tagStart()
	p.advance()
	body := []stmt{}
	for p.tok.kind != tokBlockEnd {
		if len(body) > 0 {
			p.expect(tokComma, "between the expressions")
		}
		x := p.expression()
		n := p.nodes.output()
		n.x, n.off, n.end = x, off, p.prevEnd
		n.call, _ = x.(*callExpr)
		body = append(body, n)
	}
	p.advance()
	return &groupStmt{body}
}

func (p *parser) loopControl() stmt {
	t := p.advance()
	if p.loops == 0 {
		p.fail(t.off, t.end, "", "'%s' outside a for loop", t.text)
	}
	p.blockEnd("after '" + t.text + "'")
	if t.text == "break" {
		return breakStmt{}
	}
	return continueStmt{}
}

func (p *parser) filterStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	n := &filterStmt{off: off}
	s := p.push(nil)
	s.resets = &n.resets
	n.captured = &slotExpr{slot: s.fn.newSlot(), off: off}
	n.x = p.filterChain(p.filter(n.captured))
	p.blockEnd("after the filter")
	n.body = p.body("filter", off, "endfilter")
	p.pop()
	return n
}

func (p *parser) withStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	n := &withStmt{}
	var names []*nameExpr
	for p.tok.kind != tokBlockEnd {
		if len(n.targets) > 0 {
			p.expect(tokComma, "or '%}' in {% with %}")
		}
		more, t := p.target(nil, false)
		p.expect(tokAssign, "after the name in {% with %}")
		names = append(names, more...)
		n.targets = append(n.targets, t)
		n.values = append(n.values, p.expression())
	}
	p.advance()
	s := p.push(nil)
	s.resets = &n.resets
	for _, name := range names {
		if s.find(name.name) == nil {
			s.declare(name.name)
		}
		p.uses = append(p.uses, use{n: name, s: s, stored: true})
	}
	n.body = p.body("with", off, "endwith")
	p.pop()
	return n
}

func (p *parser) autoescapeStatement(off int32) stmt {
	p.advance()
	n := &autoescapeStmt{x: p.expression()}
	p.blockEnd("after the value")
	s := p.push(nil)
	s.resets = &n.resets
	n.body = p.body("autoescape", off, "endautoescape")
	p.pop()
	return n
}

func (p *parser) callStatement(off int32) stmt {
	p.advance()
	p.t.statements = true
	fn := p.newFunction("caller")
	s := p.push(fn)
	if p.tok.kind == tokLParen {
		p.signature(fn, s)
	}
	p.implicit(fn, s)
	p.pop()
	x := p.expression()
	call, ok := x.(*callExpr)
	if !ok {
		a, b := x.span()
		p.fail(a, b, "write {% call macro(…) %}", "{%% call %%} needs a call of a macro")
	}
	p.blockEnd("after the call")
	p.enterScope(s)
	loops := p.loops
	p.loops = 0
	p.cond++
	fn.body = p.body("call", off, "endcall")
	p.cond--
	p.loops = loops
	p.pop()
	return &callStmt{call, fn, off}
}

// implicit declares the variables that every macro has without naming them.
func (p *parser) implicit(fn *function, s *scope) {
	if s.find("caller") == nil {
		s.declare("caller")
		fn.callerSlot = wanted
	}
	if s.find("varargs") == nil {
		s.declare("varargs")
		fn.varargsSlot = wanted
	}
	if s.find("kwargs") == nil {
		s.declare("kwargs")
		fn.kwargsSlot = wanted
	}
}

// signature reads (a, b=1). Types, as in (a: string), are read and ignored.
func (p *parser) signature(fn *function, s *scope) {
	p.expect(tokLParen, "before the parameters")
	for p.tok.kind != tokRParen {
		if len(fn.params) > 0 {
			p.expect(tokComma, "or ')' after a parameter")
		}
		t := p.expect(tokName, "of a parameter")
		if s.find(t.text) != nil {
			p.fail(t.off, t.end, "", "the parameter '%s' is named twice", t.text)
		}
		pa := param{name: t.text, slot: s.declare(t.text)}
		if p.skip(tokColon) {
			p.typeName()
		}
		if p.skip(tokAssign) {
			from := p.tok.off
			pa.def = p.expression()
			pa.text = p.t.src[from:p.prevEnd]
		} else if n := len(fn.params); n > 0 && fn.params[n-1].def != nil {
			p.fail(t.off, t.end, "give it a default, or move it to the front", "the parameter '%s' without a default follows one with a default", t.text)
		}
		if t.text == "caller" && pa.def == nil {
			p.fail(t.off, t.end, "give it a default, or leave it out: every macro has it", "the parameter 'caller' needs a default")
		}
		fn.params = append(fn.params, pa)
	}
	p.advance()
}

func (p *parser) typeName() {
	p.expect(tokName, "of a type")
	if !p.skip(tokLBracket) {
		return
	}
	for n := 0; p.tok.kind != tokRBracket; n++ {
		if n > 0 {
			p.expect(tokComma, "between types")
		}
		p.typeName()
	}
	p.advance()
}
