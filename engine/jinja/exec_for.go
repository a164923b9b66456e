package jinja

import "atlas/engine/diag"

// forStmt is a for loop.
type forStmt struct {
	target     target
	iter       expr
	test       expr   // condition of a filtered loop
	testTarget target // the loop's names, as the condition sees them
	body       []stmt
	otherwise  []stmt
	resets     []reset
	testResets []reset
	elseResets []reset
	recursive  *function // the body of a recursive loop
	off        int32
	loopSlot   int32 // where the body reads loop, or -1
}

func (n *forStmt) exec(f *frame) error {
	v, err := n.iter.eval(f)
	if err != nil {
		return err
	}
	ran := false
	if n.recursive != nil {
		ran, err = n.recurse(f, f, v, 1, f.out)
	} else {
		ran, err = n.loop(f, v)
	}
	if err != nil || ran || n.otherwise == nil {
		return err
	}
	f.reset(n.elseResets)
	return execAll(f, n.otherwise)
}

// items gives what the loop runs over, filtered.
func (n *forStmt) items(f *frame, v Value) ([]Value, error) {
	items, err := iterate(v)
	if err != nil {
		return nil, f.atNode(n.iter, err)
	}
	if n.test == nil {
		return items, nil
	}
	var kept []Value
	for _, item := range items {
		f.reset(n.testResets)
		if err := n.testTarget.assign(f, item); err != nil {
			return nil, err
		}
		v, err := n.test.eval(f)
		if err != nil {
			return nil, err
		}
		ok, err := f.truth(v, n.test)
		if err != nil {
			return nil, err
		}
		if ok {
			kept = append(kept, item)
		}
	}
	return kept, nil
}

func (n *forStmt) loop(f *frame, v Value) (ran bool, err error) {
	items, err := n.items(f, v)
	if err != nil || len(items) == 0 {
		return false, err
	}
	var l *loop
	if n.loopSlot >= 0 {
		l = &loop{items: items, depth: f.loopDepth(1)}
	}
	for i, item := range items {
		if err := f.st.tick(); err != nil {
			return true, f.at(n.off, n.off+2, err)
		}
		if len(n.resets) > 0 {
			f.reset(n.resets)
		}
		if l != nil {
			l.at = i
			f.slots[n.loopSlot] = l
		}
		if err := n.target.assign(f, item); err != nil {
			return true, err
		}
		if stop, err := breaksLoop(execAll(f, n.body)); stop {
			return true, err
		}
	}
	return true, nil
}

// loopDepth is always the depth of a loop that is not recursive.
func (f *frame) loopDepth(d int) int { return d }

// recurse runs the body of a recursive loop in a frame of its own, seen from the frame the loop
// is written in.
func (n *forStmt) recurse(at, home *frame, v Value, depth int, out *buffer) (ran bool, err error) {
	items, err := n.items(home, v)
	if err != nil || len(items) == 0 {
		return false, err
	}
	if depth > defaultDepth {
		return false, at.at(n.off, n.off+2, opErrorf("the recursive loop is nested too deeply"))
	}
	g := home.st.newFrame(n.recursive, home, home.env)
	g.auto, g.out = home.auto, out
	l := &loop{items: items, depth: depth, stmt: n, home: home}
	for i, item := range items {
		if err := home.st.tick(); err != nil {
			return true, home.at(n.off, n.off+2, err)
		}
		copy(g.slots, n.recursive.initial)
		for k := range n.recursive.aliases {
			a := &n.recursive.aliases[k]
			g.slots[a.slot] = a.from.raw(g)
		}
		l.at = i
		if n.loopSlot >= 0 {
			g.slots[n.loopSlot] = l
		}
		if err := n.target.assign(g, item); err != nil {
			return true, err
		}
		if stop, err := breaksLoop(execAll(g, n.recursive.body)); stop {
			return true, err
		}
	}
	return true, nil
}

// loop is the variable loop.
type loop struct {
	items []Value
	at    int
	depth int
	stmt  *forStmt // set if the loop is recursive
	home  *frame
	last  []Value // arguments of the last changed()
	asked bool
}

// TypeName is the Python type.
func (l *loop) TypeName() string { return "LoopContext" }

// String prints the loop as Jinja does.
func (l *loop) String() string {
	return "<LoopContext " + Str(int64(l.at+1)) + "/" + Str(int64(len(l.items))) + ">"
}

// Attr gives the loop's counters and neighbours.
func (l *loop) Attr(name string) (Value, bool) {
	switch name {
	case "index":
		return int64(l.at + 1), true
	case "index0":
		return int64(l.at), true
	case "first":
		return l.at == 0, true
	case "last":
		return l.at == len(l.items)-1, true
	case "length":
		return int64(len(l.items)), true
	case "revindex":
		return int64(len(l.items) - l.at), true
	case "revindex0":
		return int64(len(l.items) - l.at - 1), true
	case "depth":
		return int64(l.depth), true
	case "depth0":
		return int64(l.depth - 1), true
	case "previtem":
		if l.at == 0 {
			return &Undefined{Name: "previtem", Hint: "there is no previous item"}, true
		}
		return l.items[l.at-1], true
	case "nextitem":
		if l.at == len(l.items)-1 {
			return &Undefined{Name: "nextitem", Hint: "there is no next item"}, true
		}
		return l.items[l.at+1], true
	case "cycle":
		return Func(l.cycle), true
	case "changed":
		return Func(l.changed), true
	}
	return nil, false
}

func (l *loop) cycle(c *Call) (Value, error) {
	if len(c.Args) == 0 {
		return nil, callErrorf("no items for cycling given")
	}
	return c.Args[l.at%len(c.Args)], nil
}

func (l *loop) changed(c *Call) (Value, error) {
	if l.asked && equalItems(l.last, c.Args) {
		return false, nil
	}
	l.asked = true
	l.last = append([]Value(nil), c.Args...)
	return true, nil
}

// Call runs a recursive loop over further items and gives the text.
func (l *loop) Call(c *Call) (Value, error) {
	if l.stmt == nil {
		return nil, &opError{
			code: diag.TemplateRuntime, msg: "the loop is not recursive",
			hint: "write {% for … recursive %}",
		}
	}
	v, err := one(c, "loop")
	if err != nil {
		return nil, err
	}
	buf := l.home.st.borrowBuffer()
	ran, err := l.stmt.recurse(l.home, l.home, v, l.depth+1, buf)
	if err == nil && !ran && l.stmt.otherwise != nil {
		outer := l.home.out
		l.home.out = buf
		l.home.reset(l.stmt.elseResets)
		err = execAll(l.home, l.stmt.otherwise)
		l.home.out = outer
	}
	var text Value = string(buf.b)
	if l.home.auto {
		text = Markup(buf.b)
	}
	l.home.st.giveBackBuffer(buf)
	return text, err
}
