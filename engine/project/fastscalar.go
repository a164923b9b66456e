package project

import (
	"strings"
	"unicode/utf8"
)

// restEmpty reports a rest of a line that holds at most a comment.
func restEmpty(s string) bool {
	t := strings.TrimLeft(s, " ")
	return t == "" || t[0] == '#' && len(t) < len(s)
}

// plain reads an unquoted scalar of one line.
func (p *fastParser) plain(from, end int) (*node, int) {
	switch c := p.src[from]; c {
	case '&', '*', '!', '%', '@', '`', '#', '|', '>', ',', ']', '}', '?', ':':
		return nil, 0
	case '-':
		if from+1 == end || p.src[from+1] == ' ' {
			return nil, 0
		}
	}
	stop := end
	for i := from; i < end; i++ {
		switch p.src[i] {
		case ':':
			if i+1 == end || p.src[i+1] == ' ' {
				return nil, 0
			}
		case '#':
			if p.src[i-1] == ' ' {
				stop = i - 1
			}
		}
		if stop < end {
			break
		}
	}
	n := p.make(scalarNode, p.at, from)
	n.text = strings.TrimRight(p.src[from:stop], " ")
	return n, stop
}

// quoted reads a quoted scalar of one line.
func (p *fastParser) quoted(from, end int) (*node, int) {
	quote := p.src[from]
	n := p.make(scalarNode, p.at, from)
	n.quoted = true
	for i := from + 1; i < end; i++ {
		switch c := p.src[i]; {
		case c == '\\' && quote == '"':
			return p.escaped(n, from, end)
		case c != quote:
		case quote == '\'' && i+1 < end && p.src[i+1] == '\'':
			i++
		default:
			n.text = p.src[from+1 : i]
			if quote == '\'' && strings.IndexByte(n.text, '\'') >= 0 {
				n.text = strings.ReplaceAll(n.text, "''", "'")
			}
			return n, i + 1
		}
	}
	return nil, 0
}

// escaped reads a double-quoted scalar with the common escapes.
func (p *fastParser) escaped(n *node, from, end int) (*node, int) {
	var b strings.Builder
	for i := from + 1; i < end; i++ {
		c := p.src[i]
		if c == '"' {
			n.text = b.String()
			return n, i + 1
		}
		if c != '\\' {
			b.WriteByte(c)
			continue
		}
		i++
		if i >= end {
			return nil, 0
		}
		switch p.src[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '"', '\\', '/':
			b.WriteByte(p.src[i])
		default:
			return nil, 0
		}
	}
	return nil, 0
}

// flow reads a flow list or mapping of one line.
func (p *fastParser) flow(from, end int) (*node, int) {
	kind, closer := listNode, byte(']')
	if p.src[from] == '{' {
		kind, closer = mapNode, '}'
	}
	n := p.make(kind, p.at, from)
	i := p.spaces(from+1, end)
	if i < end && p.src[i] == closer {
		return n, i + 1
	}
	for i < end {
		var x *node
		if kind == mapNode {
			if x, i = p.flowScalar(i, end); x == nil {
				return nil, 0
			}
			if i = p.spaces(i, end); i+1 >= end || p.src[i] != ':' || p.src[i+1] != ' ' || n.index(x.text) >= 0 {
				return nil, 0
			}
			n.keys = append(n.keys, x)
			i = p.spaces(i+1, end)
		}
		if i >= end {
			return nil, 0
		}
		if c := p.src[i]; c == '[' || c == '{' {
			x, i = p.flow(i, end)
		} else {
			x, i = p.flowScalar(i, end)
		}
		if x == nil {
			return nil, 0
		}
		n.items = append(n.items, x)
		if i = p.spaces(i, end); i >= end {
			return nil, 0
		}
		switch p.src[i] {
		case closer:
			if kind == mapNode && len(n.keys) > 0 {
				n.line, n.col = n.keys[0].line, n.keys[0].col
			}
			return n, i + 1
		case ',':
			i = p.spaces(i+1, end)
		default:
			return nil, 0
		}
	}
	return nil, 0
}

func (p *fastParser) spaces(i, end int) int {
	for i < end && p.src[i] == ' ' {
		i++
	}
	return i
}

// flowScalar reads a scalar inside a flow collection.
func (p *fastParser) flowScalar(from, end int) (*node, int) {
	c := p.src[from]
	if c == '\'' || c == '"' {
		return p.quoted(from, end)
	}
	if !isNameByte(c) && c != '.' && c != '/' && c != '+' && c != '-' && c < utf8.RuneSelf {
		return nil, 0
	}
	if c == '-' && (from+1 >= end || !isNameByte(p.src[from+1])) {
		return nil, 0
	}
	for i := from; i < end; i++ {
		switch p.src[i] {
		case ',', ']', '}':
			return p.cut(from, i)
		case ':':
			if i+1 < end && p.src[i+1] == ' ' {
				return p.cut(from, i)
			}
			return nil, 0
		case '[', '{', '#', '&', '*', '!', '|', '>', '%', '@', '`', '?':
			return nil, 0
		}
	}
	return nil, 0
}

func (p *fastParser) cut(from, to int) (*node, int) {
	n := p.make(scalarNode, p.at, from)
	n.text = strings.TrimRight(p.src[from:to], " ")
	return n, to
}

// scalarBlock reads a | or > scalar without an indentation of its own.
func (p *fastParser) scalarBlock(from, end, indent int) *node {
	n := p.make(scalarNode, p.at, from)
	n.quoted = true
	folded := p.src[from] == '>'
	strip := false
	switch p.src[from+1 : end] {
	case "":
	case "-":
		strip = true
	default:
		return nil
	}
	first := p.at + 1
	if first >= len(p.lines) || p.lines[first].indent <= indent {
		return nil
	}
	in := p.lines[first].indent
	last := first
	i := first
	for ; i < len(p.lines); i++ {
		l := p.lines[i]
		if l.indent < 0 {
			if l.end > l.start {
				return nil // spaces on a blank line
			}
			continue
		}
		if l.indent < in {
			if l.indent > indent {
				return nil
			}
			break
		}
		if p.src[l.end-1] == ' ' || folded && l.indent > in {
			return nil
		}
		last = i
	}
	n.text = p.blockText(first, last, in, folded)
	if !strip && p.lines[last].end < len(p.src) {
		n.text += "\n"
	}
	p.at = i
	return n
}

// blockText joins the lines of a block scalar.
func (p *fastParser) blockText(first, last, in int, folded bool) string {
	var b strings.Builder
	blank := 0
	for i := first; i <= last; i++ {
		l := p.lines[i]
		if l.indent < 0 {
			blank++
			continue
		}
		switch {
		case i == first:
		case !folded:
			for range blank + 1 {
				b.WriteByte('\n')
			}
		case blank > 0:
			for range blank {
				b.WriteByte('\n')
			}
		default:
			b.WriteByte(' ')
		}
		blank = 0
		b.WriteString(p.src[l.start+in : l.end])
	}
	return b.String()
}
