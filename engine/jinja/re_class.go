package jinja

import (
	"strconv"
	"unicode"
)

// escape reads what stands behind a backslash outside a class.
func (p *reParser) escape() (*reNode, error) {
	if !p.more() {
		return nil, p.fail("bad escape (end of pattern)")
	}
	c := p.src[p.pos]
	switch c {
	case 'A':
		p.pos++
		return &reNode{op: reBegin}, nil
	case 'Z':
		p.pos++
		return &reNode{op: reEnd}, nil
	case 'b', 'B':
		p.pos++
		return &reNode{op: reWordEdge, neg: c == 'B', flags: p.flags}, nil
	case 'd', 'D', 'w', 'W', 's', 'S':
		p.pos++
		return &reNode{op: reClass, set: &reSet{kinds: []reKind{kindOf(c)}, flags: p.flags}}, nil
	}
	if '1' <= c && c <= '9' {
		n := 0
		for i := 0; i < 2 && p.more() && p.src[p.pos] >= '0' && p.src[p.pos] <= '9'; i++ {
			n = n*10 + int(p.src[p.pos]-'0')
			p.pos++
		}
		if n > p.groups {
			return nil, p.fail("invalid group reference %d", n)
		}
		return &reNode{op: reBackref, group: n, flags: p.flags}, nil
	}
	r, err := p.escapedRune()
	return &reNode{op: reChar, r: r, flags: p.flags}, err
}

func kindOf(c rune) reKind {
	return reKind{c: byte(c | 0x20), neg: c < 'a'}
}

// escapedRune reads an escape that stands for one character.
func (p *reParser) escapedRune() (rune, error) {
	c := p.src[p.pos]
	p.pos++
	switch c {
	case 'n':
		return '\n', nil
	case 't':
		return '\t', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'v':
		return '\v', nil
	case 'a':
		return '\a', nil
	case 'x':
		return p.hex(2)
	case 'u':
		return p.hex(4)
	case 'U':
		return p.hex(8)
	case '0':
		n := rune(0)
		for i := 0; i < 2 && p.more() && p.src[p.pos] >= '0' && p.src[p.pos] <= '7'; i++ {
			n = n*8 + p.src[p.pos] - '0'
			p.pos++
		}
		return n, nil
	}
	if c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
		p.pos--
		return 0, p.fail("bad escape \\%c", c)
	}
	return c, nil
}

func (p *reParser) hex(n int) (rune, error) {
	if p.pos+n > len(p.src) {
		return 0, p.fail("incomplete escape")
	}
	v, err := strconv.ParseInt(string(p.src[p.pos:p.pos+n]), 16, 32)
	if err != nil {
		return 0, p.fail("incomplete escape")
	}
	p.pos += n
	return rune(v), nil
}

// class reads […].
func (p *reParser) class() (*reNode, error) {
	set := &reSet{neg: p.eat("^"), flags: p.flags}
	for first := true; ; first = false {
		if !p.more() {
			return nil, p.fail("unterminated character set")
		}
		if p.src[p.pos] == ']' && !first {
			p.pos++
			return &reNode{op: reClass, set: set}, nil
		}
		low, isKind, err := p.classItem(set)
		if err != nil {
			return nil, err
		}
		if isKind {
			continue
		}
		high := low
		if p.pos+1 < len(p.src) && p.src[p.pos] == '-' && p.src[p.pos+1] != ']' {
			p.pos++
			if high, isKind, err = p.classItem(set); err != nil {
				return nil, err
			}
			if isKind || high < low {
				return nil, p.fail("bad character range")
			}
		}
		set.ranges = append(set.ranges, low, high)
	}
}

func (p *reParser) classItem(set *reSet) (r rune, isKind bool, err error) {
	c := p.src[p.pos]
	p.pos++
	if c != '\\' {
		return c, false, nil
	}
	if !p.more() {
		return 0, false, p.fail("unterminated character set")
	}
	switch c = p.src[p.pos]; c {
	case 'd', 'D', 'w', 'W', 's', 'S':
		p.pos++
		set.kinds = append(set.kinds, kindOf(c))
		return 0, true, nil
	case 'b':
		p.pos++
		return '\b', false, nil
	}
	r, err = p.escapedRune()
	return r, false, err
}
