package graph

import (
	"strings"
	"unicode/utf8"

	"atlas/engine/manifest"
)

// glob matches like a shell, and like dbt: * any text (dots and slashes too), ? one letter,
// [abc] and [!abc] classes. Case matters.
func glob(pattern, s string) bool {
	star, mark := -1, 0
	p, i := 0, 0
	for i < len(s) {
		if p < len(pattern) && pattern[p] == '*' {
			star, mark = p, i
			p++
			continue
		}
		if n, width, ok := globOne(pattern[p:], s[i:]); ok {
			p += n
			i += width
			continue
		}
		if star < 0 {
			return false
		}
		_, width := utf8.DecodeRuneInString(s[mark:])
		mark += width
		p, i = star+1, mark
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// globOne matches the pattern's first item with the text's first rune.
func globOne(pattern, s string) (n, width int, ok bool) {
	if pattern == "" {
		return 0, 0, false
	}
	r, width := utf8.DecodeRuneInString(s)
	switch pattern[0] {
	case '?':
		return 1, width, true
	case '[':
		if n, in, closed := globClass(pattern, r); closed {
			return n, width, in
		}
	}
	want, n := utf8.DecodeRuneInString(pattern)
	return n, width, want == r
}

// globClass reads a [class]; closed is false if it has no end, and "[" is then a letter.
func globClass(pattern string, r rune) (n int, in, closed bool) {
	body := pattern[1:]
	negate := strings.HasPrefix(body, "!")
	if negate {
		body = body[1:]
	}
	from := 0
	if strings.HasPrefix(body, "]") {
		from = 1
	}
	end := strings.IndexByte(body[from:], ']')
	if end < 0 {
		return 0, false, false
	}
	end += from
	class := []rune(body[:end])
	for k := 0; k < len(class); k++ {
		if k+2 < len(class) && class[k+1] == '-' {
			in = in || class[k] <= r && r <= class[k+2]
			k += 2
		} else {
			in = in || class[k] == r
		}
	}
	return len(pattern) - len(body) + end + 1, in != negate, true
}

func wild(s string) bool { return strings.ContainsAny(s, "*?[]") }

// nameMatcher matches dotted names against nodes as dbt's fqn method does.
type nameMatcher struct {
	selector string
	parts    []string
	wildAt   int // first part with a wildcard, -1 if none
	rest     string
}

func newNameMatcher(selector string) nameMatcher {
	n := nameMatcher{selector: selector, parts: strings.Split(selector, "."), wildAt: -1}
	for i, p := range n.parts {
		if wild(p) {
			n.wildAt, n.rest = i, strings.Join(n.parts[i:], ".")
			break
		}
	}
	return n
}

// match reports whether the selector names the node, with its package or without.
func (s nameMatcher) match(n *manifest.Node) bool {
	if len(n.FQN) == 0 {
		return false
	}
	if n.Kind.OfReports() && len(s.parts) == 1 && s.selector != "*" {
		return false // a bare word means what is built: reports are named by report.name, or by method
	}
	versioned := n.Kind == manifest.Model && n.Version != "" && len(n.FQN) >= 2
	return s.selector == "*" || s.matchFQN(n.FQN, versioned) || len(n.FQN) > 1 && s.matchFQN(n.FQN[1:], versioned)
}

func (s nameMatcher) matchFQN(fqn []string, versioned bool) bool {
	name := fqn[len(fqn)-1]
	if versioned && len(fqn) >= 2 {
		name = fqn[len(fqn)-2]
		last := s.parts[max(0, len(s.parts)-2):]
		if strings.Join(fqn[len(fqn)-2:], "_") == strings.Join(last, "_") {
			return true
		}
	}
	if name == s.selector {
		return true
	}
	flat := flatten(fqn)
	if len(flat) < len(s.parts) {
		return false
	}
	for i, part := range s.parts {
		if i == s.wildAt {
			return glob(s.rest, strings.Join(flat[i:], ".")) || len(s.parts) == 1 && glob(s.selector, name)
		}
		if flat[i] != part {
			return false
		}
	}
	return true
}

// flatten splits the parts of a name at their dots.
func flatten(fqn []string) []string {
	for _, p := range fqn {
		if strings.Contains(p, ".") {
			return strings.Split(strings.Join(fqn, "."), ".")
		}
	}
	return fqn
}
