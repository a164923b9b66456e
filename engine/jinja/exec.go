package jinja

import "atlas/engine/diag"

// stmt is a node that does something.
type stmt interface {
	exec(f *frame) error
}

func execAll(f *frame, body []stmt) error {
	for _, s := range body {
		if err := s.exec(f); err != nil {
			return err
		}
	}
	return nil
}

// textStmt is literal text.
type textStmt struct {
	s   string
	off int32
}

func (n *textStmt) exec(f *frame) error {
	out := f.out
	if out.rec != nil {
		out.rec.text(f, len(out.b), n.off)
	} else if out.nat != nil {
		out.nat.add(n.s)
		return nil
	}
	out.b = append(out.b, n.s...)
	return nil
}

// outputStmt is {{ x }}.
type outputStmt struct {
	x        expr
	call     *callExpr // x, if it is a call
	off, end int32
}

func (n *outputStmt) exec(f *frame) error {
	out := f.out
	if out.rec != nil {
		return n.execMapped(f)
	}
	if out.nat != nil {
		return n.execNative(f)
	}
	if n.call != nil {
		v, direct, err := n.call.call(f, nil, out)
		if err != nil || direct {
			return err
		}
		return n.print(f, v)
	}
	v, err := n.x.eval(f)
	if err != nil {
		return err
	}
	return n.print(f, v)
}

// print writes a value.
func (n *outputStmt) print(f *frame, v Value) error {
	out := f.out
	switch v := v.(type) {
	case string:
		if f.auto {
			out.b = f.appendEscaped(out.b, v)
		} else {
			out.b = append(out.b, v...)
		}
		return nil
	case Markup:
		out.b = append(out.b, v...)
		return nil
	case *Undefined:
		if v.mode == UndefinedStrict {
			return f.atNode(n.x, v.misuse())
		}
		return nil
	}
	if !f.auto {
		out.b = appendStr(out.b, v)
		return nil
	}
	if h, ok := v.(HTMLer); ok && f.ownEscape() == nil {
		out.b = append(out.b, h.HTML()...)
		return nil
	}
	out.b = f.appendEscaped(out.b, Str(v))
	return nil
}

func (n *outputStmt) execMapped(f *frame) error {
	rec := f.out.rec
	start := len(f.out.b)
	if n.call != nil {
		rec.value(f, start, n.off)
		v, direct, err := n.call.call(f, nil, f.out)
		if err != nil || direct {
			return err
		}
		rec.cut(start)
		rec.value(f, start, n.off)
		return n.print(f, v)
	}
	v, err := n.x.eval(f)
	if err != nil {
		return err
	}
	rec.value(f, start, n.off)
	return n.print(f, v)
}

// groupStmt is several statements.
type groupStmt struct{ body []stmt }

func (n *groupStmt) exec(f *frame) error { return execAll(f, n.body) }

// ifStmt is if, elif and else.
type ifStmt struct {
	branches  []ifBranch
	otherwise []stmt
}

type ifBranch struct {
	test expr
	body []stmt
}

func (n *ifStmt) exec(f *frame) error {
	for i := range n.branches {
		b := &n.branches[i]
		v, err := b.test.eval(f)
		if err != nil {
			return err
		}
		ok, err := f.truth(v, b.test)
		if err != nil {
			return err
		}
		if ok {
			return execAll(f, b.body)
		}
	}
	return execAll(f, n.otherwise)
}

// doStmt is {% do x %}.
type doStmt struct{ x expr }

func (n *doStmt) exec(f *frame) error {
	_, err := n.x.eval(f)
	return err
}

// returnStmt is {{ return(x) }} or {% do return(x) %}.
type returnStmt struct{ x *returnExpr }

func (n *returnStmt) exec(f *frame) error {
	_, err := n.x.eval(f)
	return err
}

type breakStmt struct{}

func (breakStmt) exec(*frame) error { return breakSignal }

type continueStmt struct{}

func (continueStmt) exec(*frame) error { return continueSignal }

// setStmt is {% set a = x %}.
type setStmt struct {
	target target
	x      expr
	off    int32
}

func (n *setStmt) exec(f *frame) error {
	v, err := n.x.eval(f)
	if err != nil {
		return err
	}
	return n.target.assign(f, v)
}

// slotExpr reads a slot that has no name: the text that a set or filter block collected.
type slotExpr struct{ slot, off int32 }

func (n *slotExpr) eval(f *frame) (Value, error) { return f.slots[n.slot], nil }
func (n *slotExpr) span() (int32, int32)         { return n.off, n.off + 1 }

// setBlockStmt is {% set a %}…{% endset %}, with filters or without.
type setBlockStmt struct {
	target   target
	captured *slotExpr
	x        expr // the filters over captured
	body     []stmt
	resets   []reset
}

func (n *setBlockStmt) exec(f *frame) error {
	v, err := f.capture(n.body, n.resets)
	if err != nil {
		return err
	}
	f.slots[n.captured.slot] = v
	if n.x != expr(n.captured) {
		if v, err = n.x.eval(f); err != nil {
			return err
		}
		if s, ok := v.(string); ok && f.auto {
			v = Markup(s)
		}
	}
	return n.target.assign(f, v)
}

// capture runs statements and gives the text they write.
func (f *frame) capture(body []stmt, resets []reset) (Value, error) {
	f.reset(resets)
	outer := f.out
	buf := f.st.borrowBuffer()
	f.out = buf
	err := execAll(f, body)
	f.out = outer
	var v Value
	if err == nil {
		if f.auto {
			v = Markup(buf.b)
		} else {
			v = string(buf.b)
		}
	}
	f.st.giveBackBuffer(buf)
	return v, err
}

// reset prepares the slots of a scope on entry.
func (f *frame) reset(resets []reset) {
	for i := range resets {
		r := &resets[i]
		if r.mark != nil {
			f.slots[r.slot] = r.mark
		} else {
			f.slots[r.slot] = r.from.raw(f)
		}
	}
}

// filterStmt is {% filter a|b %}…{% endfilter %}.
type filterStmt struct {
	captured *slotExpr
	x        expr
	body     []stmt
	resets   []reset
	off      int32
}

func (n *filterStmt) exec(f *frame) error {
	v, err := f.capture(n.body, n.resets)
	if err != nil {
		return err
	}
	f.slots[n.captured.slot] = v
	out := outputStmt{x: n.x, off: n.off, end: n.off + 2}
	return out.exec(f)
}

// withStmt is {% with a=x %}…{% endwith %}.
type withStmt struct {
	targets []target
	values  []expr
	body    []stmt
	resets  []reset
}

func (n *withStmt) exec(f *frame) error {
	values, err := evalAll(f, n.values)
	if err != nil {
		return err
	}
	f.reset(n.resets)
	for i, t := range n.targets {
		if err := t.assign(f, values[i]); err != nil {
			return err
		}
	}
	return execAll(f, n.body)
}

// autoescapeStmt is {% autoescape x %}…{% endautoescape %}.
type autoescapeStmt struct {
	x      expr
	body   []stmt
	resets []reset
}

func (n *autoescapeStmt) exec(f *frame) error {
	v, err := n.x.eval(f)
	if err != nil {
		return err
	}
	f.reset(n.resets)
	outer := f.auto
	f.auto = Truth(v)
	err = execAll(f, n.body)
	f.auto = outer
	return err
}

// macroStmt defines a macro.
type macroStmt struct {
	name *nameExpr
	def  *MacroDef
}

func (n *macroStmt) exec(f *frame) error {
	return n.name.assign(f, &Macro{
		def: n.def, fn: n.def.fn, name: n.def.Name, auto: f.auto, parent: f, env: f.env,
	})
}

// callStmt is {% call m() %}…{% endcall %}.
type callStmt struct {
	call *callExpr
	fn   *function
	off  int32
}

func (n *callStmt) exec(f *frame) error {
	caller := &Macro{fn: n.fn, name: "caller", auto: f.auto, parent: f, env: f.env}
	start := len(f.out.b)
	if f.out.rec != nil {
		f.out.rec.value(f, start, n.off)
	}
	out := f.out
	if out.nat != nil {
		out = nil
	}
	v, direct, err := n.call.call(f, caller, out)
	if err != nil || direct {
		return err
	}
	if f.out.rec != nil {
		f.out.rec.cut(start)
		f.out.rec.value(f, start, n.off)
	}
	if f.out.nat != nil {
		f.out.nat.add(v)
		return nil
	}
	print := outputStmt{x: n.call, off: n.off}
	if s, ok := v.(string); ok {
		v = Markup(s) // the text of a call block is never escaped
	}
	return print.print(f, v)
}

// breaksLoop sorts out what a signal from a loop's body means.
func breaksLoop(err error) (stop bool, rest error) {
	switch {
	case err == nil || err == error(continueSignal): //nolint:errorlint // signals cross no wrapping inside a loop's body
		return false, nil
	case err == error(breakSignal): //nolint:errorlint // as above
		return true, nil
	}
	return true, err
}

// blockCode is the code of mistakes in how templates are joined.
const blockCode = diag.TemplateRuntime
