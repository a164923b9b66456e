package jinja

import "unicode"

// reCont goes on matching from position i.
type reCont func(m *reMatcher, i int) bool

// reProgram is a compiled pattern. It is immutable.
type reProgram struct {
	run     reCont
	groups  int
	repeats int
	names   map[string]int
	order   []string
}

// reMatcher is one attempt.
type reMatcher struct {
	s     []rune
	caps  []int // start and end of each group, -1 if unset
	open  []int
	count []int // rounds of each repeat under way
	last  []int
	end   int
	full  bool // the match must reach the end
	steps int
	over  bool
}

// maxSteps stops patterns that try too many ways.
const maxSteps = 20_000_000

// reCompiler turns a tree into continuations.
type reCompiler struct{ prog *reProgram }

// reCompile compiles a pattern.
func reCompile(pattern string, flags reFlags) (*reProgram, error) {
	n, p, err := reParse(pattern, flags)
	if err != nil {
		return nil, err
	}
	c := &reCompiler{&reProgram{groups: p.groups, names: p.names, order: p.order}}
	run, err := c.compile(n, func(m *reMatcher, i int) bool {
		if m.full && i != len(m.s) {
			return false
		}
		m.end = i
		return true
	})
	c.prog.run = run
	return c.prog, err
}

// at tries to match at exactly one position; it gives the groups' bounds, the match's first.
func (p *reProgram) at(s []rune, i int, full bool) ([]int, error) {
	m := &reMatcher{
		s: s, full: full,
		caps: make([]int, 2*p.groups+2), open: make([]int, p.groups+1),
		count: make([]int, p.repeats), last: make([]int, p.repeats),
	}
	for k := range m.caps {
		m.caps[k] = -1
	}
	if !p.run(m, i) {
		if m.over {
			return nil, opErrorf("the regular expression tries too many ways to match")
		}
		return nil, nil
	}
	m.caps[0], m.caps[1] = i, m.end
	return m.caps, nil
}

// search finds the first match from position i on.
func (p *reProgram) search(s []rune, i int) ([]int, error) {
	for ; i <= len(s); i++ {
		if caps, err := p.at(s, i, false); caps != nil || err != nil {
			return caps, err
		}
	}
	return nil, nil
}

// all gives every match, as Python's finditer does: an empty one may stand right behind another
// that was not empty.
func (p *reProgram) all(s []rune, most int) ([][]int, error) {
	var out [][]int
	pos, lastEnd := 0, -1
	for pos <= len(s) && (most <= 0 || len(out) < most) {
		caps, err := p.search(s, pos)
		if err != nil || caps == nil {
			return out, err
		}
		if caps[0] == caps[1] && caps[0] == lastEnd && len(out) > 0 && out[len(out)-1][0] == lastEnd {
			pos = caps[1] + 1
			continue
		}
		out = append(out, caps)
		lastEnd = caps[1]
		pos = caps[1]
		if caps[0] == caps[1] {
			pos++
		}
	}
	return out, nil
}

func (m *reMatcher) step() bool {
	m.steps++
	if m.steps > maxSteps {
		m.over = true
	}
	return !m.over
}

func (c *reCompiler) compile(n *reNode, next reCont) (reCont, error) {
	switch n.op {
	case reEmpty:
		return next, nil
	case reChar, reAny, reClass:
		one := single(n)
		return func(m *reMatcher, i int) bool { return i < len(m.s) && one(m.s[i]) && next(m, i+1) }, nil
	case reSeq:
		var err error
		for i := len(n.subs) - 1; i >= 0 && err == nil; i-- {
			next, err = c.compile(n.subs[i], next)
		}
		return next, err
	case reAlt:
		return c.alternatives(n, next)
	case reRepeat:
		return c.repeat(n, next)
	case reGroup:
		return c.group(n, next)
	case reAtomic, reLookahead, reLookbehind:
		return c.around(n, next)
	case reBackref:
		return backref(n, next), nil
	case reChoice:
		return c.choice(n, next)
	}
	return edge(n, next), nil
}

// single gives the test of a node that matches one character.
func single(n *reNode) func(r rune) bool {
	switch n.op {
	case reAny:
		if n.flags&reDotAll != 0 {
			return func(rune) bool { return true }
		}
		return func(r rune) bool { return r != '\n' }
	case reClass:
		return n.set.has
	}
	if n.flags&reIgnoreCase != 0 {
		want := unicode.ToLower(n.r)
		up := unicode.ToUpper(n.r)
		return func(r rune) bool { return r == n.r || unicode.ToLower(r) == want || unicode.ToUpper(r) == up }
	}
	return func(r rune) bool { return r == n.r }
}

func (s *reSet) has(r rune) bool {
	ok := s.holds(r)
	if !ok && s.flags&reIgnoreCase != 0 {
		ok = s.holds(unicode.ToLower(r)) || s.holds(unicode.ToUpper(r))
	}
	return ok != s.neg
}

func (s *reSet) holds(r rune) bool {
	for i := 0; i < len(s.ranges); i += 2 {
		if s.ranges[i] <= r && r <= s.ranges[i+1] {
			return true
		}
	}
	for _, k := range s.kinds {
		if k.has(r, s.flags) != k.neg {
			return true
		}
	}
	return false
}

func (k reKind) has(r rune, flags reFlags) bool {
	if flags&reASCII != 0 && r > 0x7f {
		return false
	}
	switch k.c {
	case 'd':
		return unicode.IsDigit(r)
	case 's':
		return isSpace(r)
	}
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r)
}

func (c *reCompiler) alternatives(n *reNode, next reCont) (reCont, error) {
	alts := make([]reCont, len(n.subs))
	for i, sub := range n.subs {
		var err error
		if alts[i], err = c.compile(sub, next); err != nil {
			return nil, err
		}
	}
	return func(m *reMatcher, i int) bool {
		for _, alt := range alts {
			if !m.step() {
				return false
			}
			if alt(m, i) {
				return true
			}
		}
		return false
	}, nil
}

func (c *reCompiler) group(n *reNode, next reCont) (reCont, error) {
	g := n.group
	inner, err := c.compile(n.subs[0], func(m *reMatcher, i int) bool {
		start, end := m.caps[2*g], m.caps[2*g+1]
		m.caps[2*g], m.caps[2*g+1] = m.open[g], i
		if next(m, i) {
			return true
		}
		m.caps[2*g], m.caps[2*g+1] = start, end
		return false
	})
	return func(m *reMatcher, i int) bool {
		open := m.open[g]
		m.open[g] = i
		if inner(m, i) {
			return true
		}
		m.open[g] = open
		return false
	}, err
}

func (c *reCompiler) repeat(n *reNode, next reCont) (reCont, error) {
	sub := n.subs[0]
	if sub.op == reSeq && len(sub.subs) == 1 {
		sub = sub.subs[0]
	}
	if n.atomic {
		plain := *n
		plain.atomic = false
		return c.around(&reNode{op: reAtomic, subs: []*reNode{&plain}}, next)
	}
	if sub.op == reChar || sub.op == reAny || sub.op == reClass {
		return repeatSingle(single(sub), n, next), nil
	}
	return c.repeatAny(sub, n, next)
}

// repeatSingle repeats what matches one character.
func repeatSingle(one func(rune) bool, n *reNode, next reCont) reCont {
	most := n.max
	if n.lazy {
		return func(m *reMatcher, i int) bool {
			for k := 0; ; k++ {
				if !m.step() {
					return false
				}
				if k >= n.min && next(m, i) {
					return true
				}
				if k == most || i >= len(m.s) || !one(m.s[i]) {
					return false
				}
				i++
			}
		}
	}
	return func(m *reMatcher, i int) bool {
		k := 0
		for k != most && i+k < len(m.s) && one(m.s[i+k]) {
			k++
		}
		for ; k >= n.min; k-- {
			if !m.step() {
				return false
			}
			if next(m, i+k) {
				return true
			}
		}
		return false
	}
}

// repeatAny repeats anything, counting rounds in the matcher.
func (c *reCompiler) repeatAny(sub, n *reNode, next reCont) (reCont, error) {
	r := c.prog.repeats
	c.prog.repeats++
	var body reCont
	again := func(m *reMatcher, i int) bool {
		count, last := m.count[r], m.last[r]
		m.count[r], m.last[r] = count+1, i
		if m.step() && body(m, i) {
			return true
		}
		m.count[r], m.last[r] = count, last
		return false
	}
	loop := func(m *reMatcher, i int) bool {
		count := m.count[r]
		switch {
		case count < n.min:
			return again(m, i)
		case n.lazy:
			return next(m, i) || (count < n.max || n.max < 0) && i != m.last[r] && again(m, i)
		}
		last := m.last[r]
		if (count < n.max || n.max < 0) && i != last && again(m, i) {
			return true
		}
		m.count[r], m.last[r] = count, last
		return next(m, i)
	}
	var err error
	body, err = c.compile(sub, loop)
	return func(m *reMatcher, i int) bool {
		count, last := m.count[r], m.last[r]
		m.count[r], m.last[r] = 0, -1
		if loop(m, i) {
			return true
		}
		m.count[r], m.last[r] = count, last
		return false
	}, err
}

// around compiles what is matched by itself: atomic groups and looks ahead and behind.
func (c *reCompiler) around(n *reNode, next reCont) (reCont, error) {
	inner, err := c.compile(n.subs[0], func(m *reMatcher, i int) bool {
		m.end = i
		return true
	})
	if err != nil {
		return nil, err
	}
	width := 0
	if n.op == reLookbehind {
		var fixed bool
		if width, fixed = n.subs[0].width(); !fixed {
			return nil, opErrorf("in the regular expression: look-behind requires fixed-width pattern")
		}
	}
	return func(m *reMatcher, i int) bool {
		caps := append([]int(nil), m.caps...)
		ok := i >= width && inner(m, i-width)
		after := m.end
		if ok == n.neg {
			copy(m.caps, caps)
			return false
		}
		if n.neg {
			copy(m.caps, caps)
		}
		if n.op != reAtomic {
			after = i
		}
		if next(m, after) {
			return true
		}
		copy(m.caps, caps)
		return false
	}, nil
}

// width gives how many characters the node matches, if that is fixed.
func (n *reNode) width() (int, bool) {
	switch n.op {
	case reChar, reAny, reClass:
		return 1, true
	case reSeq, reGroup, reAtomic:
		total := 0
		for _, s := range n.subs {
			w, ok := s.width()
			if !ok {
				return 0, false
			}
			total += w
		}
		return total, true
	case reAlt:
		first, ok := n.subs[0].width()
		for _, s := range n.subs[1:] {
			w, fixed := s.width()
			ok = ok && fixed && w == first
		}
		return first, ok
	case reRepeat:
		w, ok := n.subs[0].width()
		return w * n.min, ok && n.min == n.max
	case reBackref, reChoice:
		return 0, false
	}
	return 0, true
}

func backref(n *reNode, next reCont) reCont {
	return func(m *reMatcher, i int) bool {
		start, end := m.caps[2*n.group], m.caps[2*n.group+1]
		if start < 0 || i+end-start > len(m.s) {
			return false
		}
		for k := start; k < end; k++ {
			a, b := m.s[k], m.s[i+k-start]
			if a != b && (n.flags&reIgnoreCase == 0 || unicode.ToLower(a) != unicode.ToLower(b)) {
				return false
			}
		}
		return next(m, i+end-start)
	}
}

func (c *reCompiler) choice(n *reNode, next reCont) (reCont, error) {
	yes, err := c.compile(n.subs[0], next)
	no := next
	if err == nil && len(n.subs) > 1 {
		no, err = c.compile(n.subs[1], next)
	}
	return func(m *reMatcher, i int) bool {
		if 2*n.group+1 < len(m.caps) && m.caps[2*n.group+1] >= 0 {
			return yes(m, i)
		}
		return no(m, i)
	}, err
}

// edge compiles what matches between characters.
func edge(n *reNode, next reCont) reCont {
	var ok func(m *reMatcher, i int) bool
	switch n.op {
	case reBegin:
		ok = func(_ *reMatcher, i int) bool { return i == 0 }
	case reEnd:
		ok = func(m *reMatcher, i int) bool { return i == len(m.s) }
	case reLineBegin:
		ok = func(m *reMatcher, i int) bool { return i == 0 || m.s[i-1] == '\n' }
	case reLineEnd:
		multi := n.flags&reMultiline != 0
		ok = func(m *reMatcher, i int) bool {
			return i == len(m.s) || m.s[i] == '\n' && (multi || i == len(m.s)-1)
		}
	default:
		word := reKind{c: 'w'}
		ok = func(m *reMatcher, i int) bool {
			before := i > 0 && word.has(m.s[i-1], n.flags)
			after := i < len(m.s) && word.has(m.s[i], n.flags)
			return (before != after) != n.neg
		}
	}
	return func(m *reMatcher, i int) bool { return ok(m, i) && next(m, i) }
}
