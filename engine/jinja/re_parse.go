package jinja

import (
	"strconv"
	"strings"
)

// reNode is a piece of a parsed regular expression.
type reNode struct {
	op       reOp
	r        rune
	set      *reSet
	subs     []*reNode
	min, max int // of a repeat; max -1 means no end
	lazy     bool
	atomic   bool // a possessive repeat or an atomic group
	group    int  // number of a capturing group or of the one referred to
	neg      bool // negated lookaround or word boundary
	flags    reFlags
}

type reOp uint8

const (
	reEmpty reOp = iota
	reChar
	reAny
	reClass
	reSeq
	reAlt
	reRepeat
	reGroup
	reAtomic
	reBackref
	reLookahead
	reLookbehind
	reBegin // \A
	reEnd   // \Z
	reLineBegin
	reLineEnd
	reWordEdge
	reChoice // (?(1)a|b)
)

// reFlags are Python's flags by their numbers.
type reFlags int64

const (
	reIgnoreCase reFlags = 2
	reMultiline  reFlags = 8
	reDotAll     reFlags = 16
	reVerbose    reFlags = 64
	reASCII      reFlags = 256
)

// reSet is a set of characters.
type reSet struct {
	neg    bool
	ranges []rune // pairs
	kinds  []reKind
	flags  reFlags
}

// reKind is \d, \w, \s or its opposite.
type reKind struct {
	c   byte // d, w or s
	neg bool
}

// reParser reads Python's syntax.
type reParser struct {
	src    []rune
	pos    int
	flags  reFlags
	groups int
	names  map[string]int
	order  []string
}

// reParse reads a pattern and gives its tree and its number of groups.
func reParse(pattern string, flags reFlags) (*reNode, *reParser, error) {
	p := &reParser{src: []rune(pattern), flags: flags, names: map[string]int{}}
	n, err := p.alternatives()
	if err != nil {
		return nil, nil, err
	}
	if p.pos < len(p.src) {
		return nil, nil, p.fail("unbalanced parenthesis")
	}
	return n, p, nil
}

func (p *reParser) fail(format string, args ...any) error {
	return opErrorf("in the regular expression: "+format+" at position "+strconv.Itoa(p.pos), args...)
}

func (p *reParser) more() bool { return p.pos < len(p.src) }

func (p *reParser) looking(s string) bool {
	return strings.HasPrefix(string(p.src[p.pos:min(len(p.src), p.pos+len(s))]), s)
}

func (p *reParser) eat(s string) bool {
	if p.looking(s) {
		p.pos += len(s)
		return true
	}
	return false
}

func (p *reParser) alternatives() (*reNode, error) {
	flags := p.flags
	defer func() { p.flags = flags }()
	var alts []*reNode
	for {
		n, err := p.sequence()
		if err != nil {
			return nil, err
		}
		alts = append(alts, n)
		if !p.eat("|") {
			break
		}
	}
	if len(alts) == 1 {
		return alts[0], nil
	}
	return &reNode{op: reAlt, subs: alts}, nil
}

func (p *reParser) sequence() (*reNode, error) {
	seq := &reNode{op: reSeq}
	for p.more() && p.src[p.pos] != '|' && p.src[p.pos] != ')' {
		if p.flags&reVerbose != 0 && p.skipVerbose() {
			continue
		}
		n, err := p.atom()
		if err != nil {
			return nil, err
		}
		if n == nil {
			continue
		}
		if n, err = p.repeats(n); err != nil {
			return nil, err
		}
		seq.subs = append(seq.subs, n)
	}
	return seq, nil
}

// skipVerbose skips white space and comments of a verbose pattern.
func (p *reParser) skipVerbose() bool {
	switch c := p.src[p.pos]; {
	case isSpace(c):
		p.pos++
		return true
	case c == '#':
		for p.more() && p.src[p.pos] != '\n' {
			p.pos++
		}
		return true
	}
	return false
}

// repeats reads the quantifiers behind an atom.
func (p *reParser) repeats(n *reNode) (*reNode, error) {
	for p.more() {
		for p.flags&reVerbose != 0 && p.more() && p.skipVerbose() {
		}
		least, most, ok := p.quantifier()
		if !ok {
			return n, nil
		}
		if most >= 0 && least > most {
			return nil, p.fail("min repeat greater than max repeat")
		}
		if n.op == reRepeat && !n.lazy && !n.atomic && len(n.subs) == 1 && n.group == 1 {
			return nil, p.fail("multiple repeat")
		}
		n = &reNode{op: reRepeat, subs: []*reNode{n}, min: least, max: most, group: 1}
		switch {
		case p.eat("?"):
			n.lazy = true
		case p.eat("+"):
			n.atomic = true
		}
	}
	return n, nil
}

func (p *reParser) quantifier() (least, most int, ok bool) {
	if !p.more() {
		return 0, 0, false
	}
	switch p.src[p.pos] {
	case '*':
		p.pos++
		return 0, -1, true
	case '+':
		p.pos++
		return 1, -1, true
	case '?':
		p.pos++
		return 0, 1, true
	case '{':
		return p.counted()
	}
	return 0, 0, false
}

// counted reads {m}, {m,}, {,n} or {m,n}; anything else is literal.
func (p *reParser) counted() (least, most int, ok bool) {
	end := p.pos
	for end < len(p.src) && p.src[end] != '}' {
		end++
	}
	if end == len(p.src) {
		return 0, 0, false
	}
	body := string(p.src[p.pos+1 : end])
	low, high, ranged := strings.Cut(body, ",")
	least, errLow := strconv.Atoi(low)
	most, errHigh := strconv.Atoi(high)
	switch {
	case !ranged && errLow == nil:
		most = least
	case !ranged, low != "" && errLow != nil, high != "" && errHigh != nil, low == "" && high == "":
		return 0, 0, false
	case high == "":
		most = -1
	}
	if least > 100000 || most > 100000 {
		return 0, 0, false
	}
	p.pos = end + 1
	return least, most, true
}

func (p *reParser) atom() (*reNode, error) {
	c := p.src[p.pos]
	p.pos++
	switch c {
	case '.':
		return &reNode{op: reAny, flags: p.flags}, nil
	case '^':
		if p.flags&reMultiline != 0 {
			return &reNode{op: reLineBegin}, nil
		}
		return &reNode{op: reBegin}, nil
	case '$':
		return &reNode{op: reLineEnd, flags: p.flags}, nil
	case '(':
		return p.parens()
	case '[':
		return p.class()
	case '\\':
		return p.escape()
	case '*', '+', '?':
		p.pos--
		return nil, p.fail("nothing to repeat")
	}
	return &reNode{op: reChar, r: c, flags: p.flags}, nil
}

func (p *reParser) parens() (*reNode, error) {
	if !p.eat("?") {
		return p.capture("")
	}
	switch {
	case p.eat("P<"):
		return p.named('>')
	case p.eat("P="):
		name, err := p.until(')')
		if err != nil {
			return nil, err
		}
		g, ok := p.names[name]
		if !ok {
			return nil, p.fail("unknown group name %s", Repr(name))
		}
		return &reNode{op: reBackref, group: g, flags: p.flags}, nil
	case p.eat("#"):
		_, err := p.until(')')
		return nil, err
	case p.eat(":"):
		return p.closed(&reNode{op: reSeq})
	case p.eat(">"):
		return p.closed(&reNode{op: reAtomic})
	case p.eat("="):
		return p.closed(&reNode{op: reLookahead})
	case p.eat("!"):
		return p.closed(&reNode{op: reLookahead, neg: true})
	case p.eat("<="):
		return p.closed(&reNode{op: reLookbehind})
	case p.eat("<!"):
		return p.closed(&reNode{op: reLookbehind, neg: true})
	case p.eat("("):
		return p.choice()
	}
	return p.inlineFlags()
}

func (p *reParser) named(end rune) (*reNode, error) {
	name, err := p.until(end)
	if err != nil {
		return nil, err
	}
	if !isIdentifier(name) {
		return nil, p.fail("bad character in group name %s", Repr(name))
	}
	if _, ok := p.names[name]; ok {
		return nil, p.fail("redefinition of group name %s", Repr(name))
	}
	return p.capture(name)
}

func (p *reParser) capture(name string) (*reNode, error) {
	p.groups++
	g := p.groups
	if name != "" {
		p.names[name] = g
		p.order = append(p.order, name)
	}
	return p.closed(&reNode{op: reGroup, group: g})
}

// closed reads the alternatives inside a group and its end.
func (p *reParser) closed(n *reNode) (*reNode, error) {
	sub, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.eat(")") {
		return nil, p.fail("missing ), unterminated subpattern")
	}
	n.subs = []*reNode{sub}
	return n, nil
}

func (p *reParser) until(end rune) (string, error) {
	from := p.pos
	for p.more() {
		if p.src[p.pos] == end {
			p.pos++
			return string(p.src[from : p.pos-1]), nil
		}
		p.pos++
	}
	return "", p.fail("missing %c", end)
}

// choice reads (?(1)yes|no) behind its second parenthesis.
func (p *reParser) choice() (*reNode, error) {
	name, err := p.until(')')
	if err != nil {
		return nil, err
	}
	g, ok := p.names[name]
	if !ok {
		if g, err = strconv.Atoi(name); err != nil {
			return nil, p.fail("unknown group name %s", Repr(name))
		}
	}
	n, err := p.closed(&reNode{op: reChoice, group: g})
	if err != nil {
		return nil, err
	}
	if alt := n.subs[0]; alt.op == reAlt {
		n.subs = alt.subs
	}
	if len(n.subs) > 2 {
		return nil, p.fail("conditional backref with more than two branches")
	}
	return n, nil
}

// inlineFlags reads (?i) and (?i:…).
func (p *reParser) inlineFlags() (*reNode, error) {
	flags, off := p.flags, false
	for p.more() {
		c := p.src[p.pos]
		p.pos++
		bit := reFlags(0)
		switch c {
		case 'i':
			bit = reIgnoreCase
		case 'm':
			bit = reMultiline
		case 's':
			bit = reDotAll
		case 'x':
			bit = reVerbose
		case 'a':
			bit = reASCII
		case 'u', 'L':
		case '-':
			off = true
		case ')':
			p.flags = flags
			return nil, nil
		case ':':
			outer := p.flags
			p.flags = flags
			n, err := p.closed(&reNode{op: reSeq})
			p.flags = outer
			return n, err
		default:
			return nil, p.fail("unknown extension ?%c", c)
		}
		if off {
			flags &^= bit
		} else {
			flags |= bit
		}
	}
	return nil, p.fail("missing )")
}
