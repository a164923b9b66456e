package project

import (
	"strings"
	"unicode/utf8"
)

// fastYAML reads the plain part of YAML that nearly every properties file is written in: block
// mappings and lists, one-line scalars, quoted or not, one-line flow lists and mappings, and block
// scalars. On anything else, and on any doubt, it gives false, and the library decides, which also
// words every complaint. A test holds its trees to the library's.
func fastYAML(src string) (*node, bool) {
	p := &fastParser{src: src}
	if strings.Contains(src, "<<") || !p.split() || p.wide && !utf8.ValidString(src) {
		return nil, false
	}
	if p.text(0) == "---" {
		p.at = 1
	}
	p.skip()
	if p.at >= len(p.lines) || p.lines[p.at].indent != 0 {
		return nil, false
	}
	root := p.block(0)
	if root == nil || p.failed || p.at < len(p.lines) {
		return nil, false
	}
	return root, true
}

// fastLine is one line: where it starts and ends, and how deep it is indented. A blank line has
// indent -1.
type fastLine struct{ start, end, indent int }

type fastParser struct {
	src    string
	lines  []fastLine
	at     int  // the current line
	wide   bool // the text is not ASCII: columns have to be counted
	failed bool
	slab   []node
}

// split finds the lines and refuses characters that this reader does not want to judge.
func (p *fastParser) split() bool {
	p.lines = make([]fastLine, 0, strings.Count(p.src, "\n")+1)
	start := 0
	for start <= len(p.src) {
		end := strings.IndexByte(p.src[start:], '\n')
		if end < 0 {
			end = len(p.src)
		} else {
			end += start
		}
		l := fastLine{start: start, end: end, indent: -1}
		for i := start; i < end; i++ {
			c := p.src[i]
			if c < ' ' || c == 0x7f {
				return false
			}
			if c >= utf8.RuneSelf {
				p.wide = true
			}
			if l.indent < 0 && c != ' ' {
				l.indent = i - start
			}
		}
		if l.indent == 0 && (strings.HasPrefix(p.src[start:end], "---") || strings.HasPrefix(p.src[start:end], "...")) {
			if len(p.lines) > 0 || p.src[start:end] != "---" {
				return false
			}
		}
		p.lines = append(p.lines, l)
		if end == len(p.src) {
			break
		}
		start = end + 1
	}
	return true
}

func (p *fastParser) fail() *node {
	p.failed = true
	return nil
}

// text is a line's content without its indentation.
func (p *fastParser) text(i int) string {
	l := p.lines[i]
	if l.indent < 0 {
		return ""
	}
	return p.src[l.start+l.indent : l.end]
}

// skip goes to the next line that is neither blank nor a comment.
func (p *fastParser) skip() {
	for p.at < len(p.lines) {
		l := p.lines[p.at]
		if l.indent >= 0 && p.src[l.start+l.indent] != '#' {
			return
		}
		p.at++
	}
}

// make gives a node that begins at an offset of a line.
func (p *fastParser) make(kind nodeKind, line, offset int) *node {
	if len(p.slab) == 0 {
		p.slab = make([]node, 48)
	}
	n := &p.slab[0]
	p.slab = p.slab[1:]
	n.kind = kind
	n.line = int32(line + 1)
	col := offset - p.lines[line].start
	if p.wide {
		col = utf8.RuneCountInString(p.src[p.lines[line].start:offset])
	}
	n.col = int32(col + 1)
	return n
}

// block reads what begins on the current line at an indentation.
func (p *fastParser) block(indent int) *node {
	l := p.lines[p.at]
	if isItem(p.src[l.start+l.indent : l.end]) {
		return p.list(indent)
	}
	return p.mapping(indent)
}

func isItem(s string) bool { return s == "-" || strings.HasPrefix(s, "- ") }

// mapping reads keys at one indentation.
func (p *fastParser) mapping(indent int) *node {
	n := p.make(mapNode, p.at, p.lines[p.at].start+indent)
	for !p.failed {
		p.skip()
		if p.at >= len(p.lines) || p.lines[p.at].indent < indent {
			return n
		}
		l := p.lines[p.at]
		if l.indent > indent || isItem(p.text(p.at)) {
			return p.fail()
		}
		key, after := p.key(l.start+indent, l.end)
		if key == nil || n.index(key.text) >= 0 {
			return p.fail()
		}
		value := p.value(after, l.end, indent, true)
		if value == nil {
			return p.fail()
		}
		if value.line == 0 {
			value.line, value.col = key.line, key.col
		}
		n.keys, n.items = append(n.keys, key), append(n.items, value)
	}
	return nil
}

// key reads a key and gives the offset behind its colon.
func (p *fastParser) key(from, end int) (*node, int) {
	c := p.src[from]
	if c == '\'' || c == '"' {
		n, after := p.quoted(from, end)
		if n == nil || after >= end || p.src[after] != ':' || after+1 < end && p.src[after+1] != ' ' {
			return nil, 0
		}
		return n, after + 1
	}
	if !isNameByte(c) && c != '+' && c != '.' && c != '/' && c < utf8.RuneSelf {
		return nil, 0
	}
	for i := from; i < end; i++ {
		switch p.src[i] {
		case ':':
			if i+1 == end || p.src[i+1] == ' ' {
				n := p.make(scalarNode, p.at, from)
				n.text = strings.TrimRight(p.src[from:i], " ")
				return n, i + 1
			}
		case '#', '{', '}', '[', ']', ',', '"', '\'', '&', '*', '!', '|', '>', '%', '@', '`', '?':
			return nil, 0
		}
	}
	return nil, 0
}

// value reads what stands behind a key's colon or a list's dash. The next line becomes current.
func (p *fastParser) value(from, end, indent int, ofKey bool) *node {
	for from < end && p.src[from] == ' ' {
		from++
	}
	if from < end && p.src[from] != '#' {
		return p.inline(from, end, indent)
	}
	p.at++
	p.skip()
	if p.at >= len(p.lines) {
		return p.null(ofKey)
	}
	l := p.lines[p.at]
	switch {
	case l.indent > indent:
		return p.block(l.indent)
	case l.indent == indent && ofKey && isItem(p.text(p.at)):
		return p.list(indent)
	default:
		return p.null(ofKey)
	}
}

// null is an absent value; one of a list is left to the library.
func (p *fastParser) null(ofKey bool) *node {
	if !ofKey {
		return nil
	}
	return &node{}
}

// list reads the items at one indentation.
func (p *fastParser) list(indent int) *node {
	n := p.make(listNode, p.at, p.lines[p.at].start+indent)
	for !p.failed {
		p.skip()
		if p.at >= len(p.lines) || p.lines[p.at].indent < indent {
			return n
		}
		l := &p.lines[p.at]
		if l.indent > indent {
			return p.fail()
		}
		if !isItem(p.text(p.at)) {
			return n // the next key of a mapping at the same indentation
		}
		from := l.start + indent + 1
		for from < l.end && p.src[from] == ' ' {
			from++
		}
		var item *node
		if from < l.end && isItem(p.src[from:l.end]) {
			return p.fail()
		}
		if key, _ := p.itemKey(from, l.end); key {
			l.indent = from - l.start
			item = p.mapping(l.indent)
		} else {
			item = p.value(from, l.end, indent, false)
		}
		if item == nil {
			return p.fail()
		}
		n.items = append(n.items, item)
	}
	return nil
}

// itemKey reports an item that is a mapping's first key.
func (p *fastParser) itemKey(from, end int) (bool, int) {
	if from >= end || p.src[from] == '#' {
		return false, 0
	}
	mark := p.slab
	n, after := p.key(from, end)
	p.slab = mark // the key is read again by mapping
	if n != nil {
		*n = node{}
	}
	return n != nil, after
}

// inline reads a value that begins on the line of its key or dash.
func (p *fastParser) inline(from, end, indent int) *node {
	var n *node
	var after int
	switch c := p.src[from]; c {
	case '\'', '"':
		n, after = p.quoted(from, end)
	case '[', '{':
		n, after = p.flow(from, end)
	case '|', '>':
		return p.scalarBlock(from, end, indent)
	default:
		n, after = p.plain(from, end)
	}
	if n == nil || !restEmpty(p.src[after:end]) {
		return nil
	}
	p.at++
	p.skip()
	if p.at < len(p.lines) && p.lines[p.at].indent > indent {
		return nil // the scalar goes on, or the indentation is wrong
	}
	return n
}
