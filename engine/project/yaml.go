package project

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// nodeKind tells the three shapes of YAML apart.
type nodeKind uint8

const (
	scalarNode nodeKind = iota
	mapNode
	listNode
)

// node is one value of a YAML file with its place. Aliases and merge keys are resolved.
type node struct {
	kind      nodeKind
	quoted    bool   // a quoted or block scalar: always text
	line, col int32  // of the value; of its key where the value is absent
	text      string // of a scalar
	keys      []*node
	items     []*node // values of the keys, or the elements of a list
}

// parseYAML reads one document. Shown is the file's name in diagnostics. An empty document gives
// nil. Repeated keys are warned of; the last wins, as in dbt.
func parseYAML(shown string, src []byte) (root *node, found diag.List) {
	if root, ok := fastYAML(string(src)); ok {
		return root, nil
	}
	return parseFullYAML(shown, src)
}

// parseFullYAML reads a document with the library.
func parseFullYAML(shown string, src []byte) (root *node, found diag.List) {
	defer func() {
		if r := recover(); r != nil {
			root, found = nil, diag.List{diag.Errorf(diag.BadYAML, diag.Pos{File: shown, Line: 1, Col: 1}, "YAML does not parse")}
		}
	}()
	file, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, diag.List{yamlError(shown, src, err)}
	}
	b := &treeBuilder{file: shown}
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.DirectiveType {
			continue
		}
		if body != nil {
			b.diags.Add(diag.Errorf(diag.BadYAML, b.pos(d.Body.GetToken()), "the file holds more than one YAML document").
				WithHint("keep one document a file: drop the line ---"))
			break
		}
		body = d.Body
	}
	if body == nil || body.Type() == ast.CommentType {
		return nil, b.diags
	}
	return b.build(body), b.diags
}

// yamlError places the library's complaint.
func yamlError(shown string, src []byte, err error) *diag.Diagnostic {
	pos := diag.Pos{File: shown}
	msg := err.Error()
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		msg = syntax.Message
		if syntax.Token != nil && syntax.Token.Position != nil {
			pos.Line, pos.Col = syntax.Token.Position.Line, syntax.Token.Position.Column
		}
	} else if first, _, ok := strings.Cut(msg, "\n"); ok {
		msg = first
	}
	d := diag.Errorf(diag.BadYAML, pos, "YAML does not parse: %s", msg).WithErr(err)
	switch {
	case strings.Contains(around(src, pos), "{{"):
		d.Hint = `put a value that begins with {{ in quotes: "{{ … }}"`
	case strings.Contains(msg, "end token"):
		d.Hint = "what is opened here is not closed before the next entry"
	case strings.Contains(msg, "in this context") || strings.Contains(msg, "key name"):
		d.Hint = "is this line indented like those it belongs with, and a text with a colon in quotes?"
	}
	return d
}

// around gives the letter at a place with its neighbours.
func around(src []byte, pos diag.Pos) string {
	lines := strings.Split(string(src), "\n")
	if pos.Line < 1 || pos.Line > len(lines) {
		return ""
	}
	line := []rune(lines[pos.Line-1])
	at := min(max(pos.Col-1, 0), len(line))
	return string(line[max(at-1, 0):min(at+2, len(line))])
}

// treeBuilder turns the library's AST into nodes.
type treeBuilder struct {
	file    string
	anchors map[string]*node
	diags   diag.List
	slab    []node
}

func (b *treeBuilder) pos(t *token.Token) diag.Pos {
	if t == nil || t.Position == nil {
		return diag.Pos{File: b.file}
	}
	return diag.Pos{File: b.file, Line: t.Position.Line, Col: t.Position.Column}
}

// make gives a new node at a token. Nodes are cut from slabs: a project has many of them.
func (b *treeBuilder) make(kind nodeKind, t *token.Token) *node {
	if len(b.slab) == 0 {
		b.slab = make([]node, 64)
	}
	n := &b.slab[0]
	b.slab = b.slab[1:]
	n.kind = kind
	if t != nil && t.Position != nil {
		n.line, n.col = int32(t.Position.Line), int32(t.Position.Column)
	}
	return n
}

func (b *treeBuilder) build(a ast.Node) *node {
	switch a := a.(type) {
	case *ast.StringNode:
		n := b.make(scalarNode, a.Token)
		n.text = a.Value
		n.quoted = a.Token.Type == token.SingleQuoteType || a.Token.Type == token.DoubleQuoteType
		return n
	case *ast.LiteralNode:
		n := b.make(scalarNode, a.Start)
		n.text, n.quoted = a.Value.Value, true
		return n
	case *ast.MappingNode:
		return b.mapping(a.Values, a.GetToken())
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{a}, a.Key.GetToken())
	case *ast.SequenceNode:
		n := b.make(listNode, a.Start)
		n.items = make([]*node, 0, len(a.Values))
		for _, v := range a.Values {
			n.items = append(n.items, b.build(v))
		}
		return n
	case *ast.AnchorNode:
		n := b.build(a.Value)
		if b.anchors == nil {
			b.anchors = map[string]*node{}
		}
		b.anchors[a.Name.GetToken().Value] = n
		return n
	case *ast.AliasNode:
		return b.alias(a)
	case *ast.TagNode:
		return b.tagged(a)
	case nil:
		return b.make(scalarNode, nil)
	default:
		t := a.GetToken()
		n := b.make(scalarNode, t)
		if t != nil && t.Type != token.ImplicitNullType {
			n.text = t.Value
		}
		return n
	}
}

// mapping reads keys and values; own keys win over merged ones.
func (b *treeBuilder) mapping(values []*ast.MappingValueNode, start *token.Token) *node {
	if len(values) > 0 {
		start = values[0].Key.GetToken()
	}
	n := b.make(mapNode, start)
	n.keys = make([]*node, 0, len(values))
	n.items = make([]*node, 0, len(values))
	var merged []*node
	for _, v := range values {
		value := b.build(v.Value)
		if v.Key.Type() == ast.MergeKeyType {
			merged = append(merged, value)
			continue
		}
		key := b.build(unwrapKey(v.Key))
		if value.line == 0 || implicitNull(v.Value) {
			value.line, value.col = key.line, key.col
		}
		if i := n.index(key.text); i >= 0 {
			b.diags.Add(diag.Warnf(diag.BadYAML, key.pos(b.file), "the key %q stands here twice; the last one counts", key.text).
				WithNote(n.keys[i].pos(b.file), "the first one").WithLen(len(key.text)))
			n.keys[i], n.items[i] = key, value
			continue
		}
		n.keys, n.items = append(n.keys, key), append(n.items, value)
	}
	for _, m := range merged {
		n.merge(m)
	}
	return n
}

func implicitNull(a ast.Node) bool {
	n, ok := a.(*ast.NullNode)
	return ok && n.Token != nil && n.Token.Type == token.ImplicitNullType
}

func unwrapKey(k ast.MapKeyNode) ast.Node {
	if m, ok := k.(*ast.MappingKeyNode); ok {
		return m.Value
	}
	return k
}

// merge adds the keys of a `<<` value that n does not have.
func (n *node) merge(m *node) {
	switch m.kind {
	case listNode:
		for _, x := range m.items {
			n.merge(x)
		}
	case mapNode:
		for i, k := range m.keys {
			if n.index(k.text) < 0 {
				n.keys, n.items = append(n.keys, k), append(n.items, m.items[i])
			}
		}
	default: // a scalar adds nothing
	}
}

func (b *treeBuilder) alias(a *ast.AliasNode) *node {
	name := a.Value.GetToken().Value
	if n, ok := b.anchors[name]; ok {
		return n
	}
	names := make([]string, 0, len(b.anchors))
	for k := range b.anchors {
		names = append(names, k)
	}
	b.diags.Add(diag.Errorf(diag.BadYAML, b.pos(a.Start), "no anchor named %q before this place", name).
		WithHint("%s", diag.DidYouMean(name, names)))
	return b.make(scalarNode, a.Start)
}

// tagged honours !!str; other tags leave the value to the ordinary rules.
func (b *treeBuilder) tagged(a *ast.TagNode) *node {
	n := b.build(a.Value)
	if n.kind == scalarNode && a.Start != nil && strings.HasPrefix(a.Start.Value, "!!str") {
		n.quoted = true
	}
	return n
}

// index finds a key's place; -1 if the mapping lacks it.
func (n *node) index(key string) int {
	for i, k := range n.keys {
		if k.text == key {
			return i
		}
	}
	return -1
}

// get gives the value of a key; nil if n is no mapping or lacks it.
func (n *node) get(key string) *node {
	if n == nil || n.kind != mapNode {
		return nil
	}
	if i := n.index(key); i >= 0 {
		return n.items[i]
	}
	return nil
}

// key gives the node of the key itself; nil if absent.
func (n *node) key(key string) *node {
	if n == nil || n.kind != mapNode {
		return nil
	}
	if i := n.index(key); i >= 0 {
		return n.keys[i]
	}
	return nil
}

func (n *node) pos(file string) diag.Pos {
	if n == nil {
		return diag.Pos{File: file}
	}
	return diag.Pos{File: file, Line: int(n.line), Col: int(n.col)}
}

// isNull reports an absent, empty or null value.
func (n *node) isNull() bool {
	return n == nil || (n.kind == scalarNode && !n.quoted && isNullText(n.text))
}

// list gives the elements of a list; a single value that is no list is a list of one.
func (n *node) list() []*node {
	switch {
	case n.isNull():
		return nil
	case n.kind == listNode:
		return n.items
	default:
		return []*node{n}
	}
}

// elements gives the elements of a list and nothing for other values.
func (n *node) elements() []*node {
	if n == nil || n.kind != listNode {
		return nil
	}
	return n.items
}

// str gives a scalar as text, as written; "" for null and for other kinds.
func (n *node) str() string {
	if n == nil || n.kind != scalarNode || n.isNull() {
		return ""
	}
	if n.quoted {
		return n.text
	}
	switch v := resolveScalar(n.text).(type) {
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	default:
		return n.text
	}
}

// strings gives a list of texts, or a single text as a list of one.
func (n *node) strings() []string {
	items := n.list()
	if len(items) == 0 {
		return nil
	}
	out := make([]string, 0, len(items))
	for _, x := range items {
		out = append(out, x.str())
	}
	return out
}

// value gives the value in the manifest's terms: nil, bool, int64, float64, string, []any, *manifest.Map.
func (n *node) value() any {
	if n == nil {
		return nil
	}
	switch n.kind {
	case mapNode:
		return n.mapping()
	case listNode:
		out := make([]any, len(n.items))
		for i, x := range n.items {
			out[i] = x.value()
		}
		return out
	default:
		if n.quoted {
			return n.text
		}
		return resolveScalar(n.text)
	}
}

// mapping gives a mapping's values; nil for other kinds.
func (n *node) mapping() *manifest.Map {
	if n == nil || n.kind != mapNode {
		return nil
	}
	m := &manifest.Map{}
	for i, k := range n.keys {
		m.Set(k.text, n.items[i].value())
	}
	return m
}

// describe names a value's kind for messages.
func (n *node) describe() string {
	if n == nil {
		return "nothing"
	}
	switch n.kind {
	case mapNode:
		return "a mapping"
	case listNode:
		return "a list"
	default:
	}
	switch v := n.value().(type) {
	case nil:
		return "nothing"
	case bool:
		return fmt.Sprintf("the truth value %s", n.text)
	case int64, float64:
		return fmt.Sprintf("the number %s", n.text)
	default:
		return fmt.Sprintf("the text %q", v)
	}
}
