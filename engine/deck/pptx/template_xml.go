package pptx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// node is one element of a foreign part, or a text in one (name ""). What nobody changes is written
// as it was read: prefixes, order, extensions of later versions.
type node struct {
	raw   string // the element's name as written: "a:t"
	name  string // the same with the prefixes that this package uses
	attrs []attribute
	kids  []*node
	text  string
}

type attribute struct{ raw, name, value string }

// Bounds of one part: beyond them a file is made to harm.
const (
	maxNodes = 3_000_000
	maxDepth = 512
)

// prefixOf gives the prefix that this package uses for a namespace.
func prefixOf(space string) string {
	switch space {
	case "http://schemas.openxmlformats.org/drawingml/2006/main":
		return "a"
	case "http://schemas.openxmlformats.org/presentationml/2006/main":
		return "p"
	case "http://schemas.openxmlformats.org/officeDocument/2006/relationships":
		return "r"
	case "http://schemas.openxmlformats.org/drawingml/2006/chart":
		return "c"
	case "http://schemas.openxmlformats.org/markup-compatibility/2006":
		return "mc"
	case "http://schemas.microsoft.com/office/powerpoint/2010/main":
		return "p14"
	}
	return ""
}

// prefixScope is the prefixes in force at one place.
type prefixScope struct {
	up  *prefixScope
	own map[string]string
}

func (s *prefixScope) find(prefix string) string {
	for ; s != nil; s = s.up {
		if space, ok := s.own[prefix]; ok {
			return space
		}
	}
	return ""
}

// parseXML reads a part.
func parseXML(body []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return in, nil
		}
		return nil, errors.New("it is written in " + charset)
	}
	top := &node{}
	open, scope, count := []*node{top}, (*prefixScope)(nil), 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		at := open[len(open)-1]
		switch t := t.(type) {
		case xml.StartElement:
			if count++; count > maxNodes || len(open) > maxDepth {
				return nil, errors.New("it has more elements than a presentation has")
			}
			var n *node
			n, scope = element(t, scope)
			at.kids = append(at.kids, n)
			open = append(open, n)
		case xml.EndElement:
			if len(open) == 1 || at.raw != qualified(t.Name) {
				return nil, errors.New("elements do not nest")
			}
			open, scope = open[:len(open)-1], scope.up
		case xml.CharData:
			if len(open) > 1 {
				at.kids = append(at.kids, &node{text: string(t)})
			}
		}
	}
	if len(open) != 1 {
		return nil, io.ErrUnexpectedEOF
	}
	for _, n := range top.kids {
		if n.name != "" {
			return n, nil
		}
	}
	return nil, errors.New("it holds no element")
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func element(t xml.StartElement, up *prefixScope) (*node, *prefixScope) {
	s := &prefixScope{up: up}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns":
			s.set(a.Name.Local, a.Value)
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			s.set("", a.Value)
		}
	}
	n := &node{raw: qualified(t.Name), name: canonical(t.Name, s.find(t.Name.Space))}
	for _, a := range t.Attr {
		x := attribute{raw: qualified(a.Name), value: a.Value}
		x.name = x.raw
		if a.Name.Space != "" && a.Name.Space != "xmlns" {
			x.name = canonical(a.Name, s.find(a.Name.Space))
		}
		n.attrs = append(n.attrs, x)
	}
	return n, s
}

func (s *prefixScope) set(prefix, space string) {
	if s.own == nil {
		s.own = map[string]string{}
	}
	s.own[prefix] = space
}

func canonical(n xml.Name, space string) string {
	if p := prefixOf(space); p != "" {
		return p + ":" + n.Local
	}
	return qualified(n)
}

// part writes the tree as a part.
func (n *node) part() []byte {
	var b bytes.Buffer
	b.WriteString(xmlHead)
	n.write(&b)
	return b.Bytes()
}

func (n *node) write(b *bytes.Buffer) {
	if n.name == "" {
		b.WriteString(escape(n.text))
		return
	}
	b.WriteString("<" + n.raw)
	for _, a := range n.attrs {
		b.WriteString(" " + a.raw + `="` + escape(a.value) + `"`)
	}
	if len(n.kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	for _, k := range n.kids {
		k.write(b)
	}
	b.WriteString("</" + n.raw + ">")
}

// elements reads XML that this package wrote, with its prefixes, for use inside of a foreign part:
// each element declares the namespaces it needs.
func elements(xml string) ([]*node, error) {
	const declared = `<x xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"` +
		` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart">`
	top, err := parseXML([]byte(declared + xml + `</x>`))
	if err != nil {
		return nil, err
	}
	for _, k := range top.kids {
		if k.name != "" {
			k.attrs = append(append([]attribute(nil), top.attrs...), k.attrs...)
		}
	}
	return top.kids, nil
}

// make gives a new element beside this one, with its prefix: n.make("t") beside a:r is a:t.
func (n *node) make(local string, pairs ...string) *node {
	x := &node{raw: beside(n.raw, local), name: beside(n.name, local)}
	for i := 0; i+1 < len(pairs); i += 2 {
		x.attrs = append(x.attrs, attribute{pairs[i], pairs[i], pairs[i+1]})
	}
	return x
}

func beside(name, local string) string {
	if i := strings.IndexByte(name, ':'); i >= 0 {
		return name[:i+1] + local
	}
	return local
}

// clone gives a copy that shares nothing.
func (n *node) clone() *node {
	if n == nil {
		return nil
	}
	c := &node{raw: n.raw, name: n.name, text: n.text, attrs: append([]attribute(nil), n.attrs...)}
	for _, k := range n.kids {
		c.kids = append(c.kids, k.clone())
	}
	return c
}

// child gives the element that a path of names leads to, the first one at each step; nil if there
// is none, or if n is nil.
func (n *node) child(path ...string) *node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		n = n.first(name)
	}
	return n
}

func (n *node) first(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// children gives the elements of that name directly in n.
func (n *node) children(name string) []*node {
	if n == nil {
		return nil
	}
	var list []*node
	for _, k := range n.kids {
		if k.name == name {
			list = append(list, k)
		}
	}
	return list
}

// walk visits n and every element in it, outer ones first; visit says whether to go inside.
func (n *node) walk(visit func(*node) bool) {
	if n == nil || n.name == "" || !visit(n) {
		return
	}
	for _, k := range append([]*node(nil), n.kids...) {
		k.walk(visit)
	}
}

// find gives the first element of that name in n, at any depth.
func (n *node) find(name string) *node {
	var found *node
	n.walk(func(x *node) bool {
		if found == nil && x.name == name {
			found = x
		}
		return found == nil
	})
	return found
}

// attr gives the value of an attribute, "" if n is nil or has none.
func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// set gives an attribute a value.
func (n *node) set(name, value string) {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			n.attrs[i].value = value
			return
		}
	}
	n.attrs = append(n.attrs, attribute{name, name, value})
}

func (n *node) setInt(name string, v int64) { n.set(name, strconv.FormatInt(v, 10)) }

// int gives the whole number of an attribute, 0 if it is none.
func (n *node) int(name string) int64 {
	v, err := strconv.ParseInt(strings.TrimSpace(n.attr(name)), 10, 64)
	if err != nil {
		return 0
	}
	return v
}

// unset takes an attribute away.
func (n *node) unset(name string) {
	kept := n.attrs[:0]
	for _, a := range n.attrs {
		if a.name != name {
			kept = append(kept, a)
		}
	}
	n.attrs = kept
}

// replace puts other nodes in the place of one child.
func (n *node) replace(old *node, with ...*node) {
	for i, k := range n.kids {
		if k == old {
			n.kids = append(append(append([]*node(nil), n.kids[:i]...), with...), n.kids[i+1:]...)
			return
		}
	}
}

// drop takes the children away of which a function says so.
func (n *node) drop(is func(*node) bool) {
	if n == nil {
		return
	}
	kept := n.kids[:0]
	for _, k := range n.kids {
		if !is(k) {
			kept = append(kept, k)
		}
	}
	n.kids = kept
}

// dropNamed takes all children of these names away.
func (n *node) dropNamed(names ...string) {
	n.drop(func(k *node) bool {
		for _, name := range names {
			if k.name == name {
				return true
			}
		}
		return false
	})
}

// insert puts a child where the order of a schema has it: before the first child of one of the
// names that follow it, at the end if there is none.
func (n *node) insert(x *node, before ...string) {
	for i, k := range n.kids {
		for _, name := range before {
			if k.name == name {
				n.kids = append(n.kids[:i], append([]*node{x}, n.kids[i:]...)...)
				return
			}
		}
	}
	n.kids = append(n.kids, x)
}

// words gives the text of n and everything in it.
func (n *node) words() string {
	if n == nil {
		return ""
	}
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	for _, k := range n.kids {
		b.WriteString(k.words())
	}
	return b.String()
}

// setWords makes a text the only content of n.
func (n *node) setWords(text string) { n.kids = []*node{{text: text}} }
