package workbook

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// document is a small XML part taken apart, so that something can be added to it: the children of
// its root, and theirs. Everything else stays as its bytes stand.
type document struct {
	head, tail []byte // around the blocks
	root       []byte // the root's start tag
	prefix     string // "x:" where the part's own elements have one
	blocks     []*block
	counted    bool // blocks with items say how many
}

// block is one child of the root: <fills> with its items, or a <Relationship/> without.
type block struct {
	name  string // without prefix
	raw   []byte
	open  []byte // the start tag
	items [][]byte
	dirty bool // raw is no longer true, open and items are
}

// readDocument takes a part apart.
func readDocument(part []byte) (*document, error) {
	d := &document{}
	c := cutBytes(part)
	var b *block
	depth, start, itemStart := 0, 0, 0
	for {
		at := c.pos
		p, err := c.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if p.kind == startTag {
			switch depth++; depth {
			case 1:
				d.begin(part, at, p)
			case 2:
				start, b = at, &block{name: string(p.name()), open: p.raw}
			case 3:
				itemStart = at
			}
		}
		if p.kind == endTag || p.kind == startTag && p.empty {
			switch depth {
			case 1:
				if !p.empty {
					d.tail = part[at:]
				}
			case 2:
				b.raw = part[start:c.pos]
				d.blocks = append(d.blocks, b)
			case 3:
				b.items = append(b.items, part[itemStart:c.pos])
			}
			depth--
		}
		if depth < 0 {
			return nil, errors.New("it closes more elements than it opens")
		}
	}
	if depth != 0 || d.head == nil {
		return nil, io.ErrUnexpectedEOF
	}
	return d, nil
}

// begin notes the root.
func (d *document) begin(part []byte, at int, p piece) {
	d.prefix, d.root = p.prefix(), p.raw
	head := append(utf8Declaration(part[:at]), p.raw...)
	if p.empty {
		head = append(utf8Declaration(part[:at]), opened(p.raw)...)
		d.tail = []byte("</" + string(p.fullName()) + ">")
	}
	d.head = head
}

// utf8Declaration gives what stands before the root of a part that is written in UTF-8 now.
func utf8Declaration(head []byte) []byte {
	if name := declaredEncoding(head); name == "" || name == "utf-8" || name == "utf8" {
		return bytes.Clone(head)
	}
	return []byte(xmlHead)
}

// block gives the first child of that name, nil if there is none.
func (d *document) block(name string) *block {
	i := slices.IndexFunc(d.blocks, func(b *block) bool { return b.name == name })
	if i < 0 {
		return nil
	}
	return d.blocks[i]
}

// need gives the first child of that name; where there is none, an empty one at the place that
// the order has for it: before the first child that comes later.
func (d *document) need(name string, order []string) *block {
	if b := d.block(name); b != nil {
		return b
	}
	b := &block{name: name, open: []byte("<" + d.prefix + name + ">"), dirty: true}
	rank := slices.Index(order, name)
	at := slices.IndexFunc(d.blocks, func(x *block) bool { return slices.Index(order, x.name) > rank })
	if at < 0 {
		at = len(d.blocks)
	}
	d.blocks = slices.Insert(d.blocks, at, b)
	return b
}

// append adds a child, written without a prefix, at the end.
func (d *document) append(text string) {
	raw := []byte(withPrefix(text, d.prefix))
	d.blocks = append(d.blocks, &block{raw: raw, open: raw})
}

// add appends an item and gives its index; one that is there already is used again.
func (b *block) add(item []byte) int {
	for i, x := range b.items {
		if bytes.Equal(x, item) {
			return i
		}
	}
	b.items, b.dirty = append(b.items, item), true
	return len(b.items) - 1
}

// bytes puts the part together again.
func (d *document) bytes() []byte {
	out := bytes.Clone(d.head)
	for _, b := range d.blocks {
		if !b.dirty {
			out = append(out, b.raw...)
			continue
		}
		open := b.open
		if bytes.HasSuffix(open, []byte("/>")) {
			open = opened(open)
		}
		if d.counted {
			out = setAttr(out, open, "count", strconv.Itoa(len(b.items)))
		} else {
			out = append(out, open...)
		}
		for _, x := range b.items {
			out = append(out, x...)
		}
		out = append(out, "</"+d.prefix+b.name+">"...)
	}
	return append(out, d.tail...)
}

// changed reports whether any block is no longer as it was read.
func (d *document) changed() bool {
	return slices.ContainsFunc(d.blocks, func(b *block) bool { return b.dirty })
}

// withPrefix gives every tag of an XML text that has no prefixes one.
func withPrefix(s, prefix string) string {
	if prefix == "" {
		return s
	}
	s = strings.ReplaceAll(s, "</", "\x00")
	s = strings.ReplaceAll(s, "<", "<"+prefix)
	return strings.ReplaceAll(s, "\x00", "</"+prefix)
}

// plainText gives the text of an item with its references resolved, in one piece.
func plainText(item []byte) string {
	var b strings.Builder
	s, err := newScanner(bytes.NewReader(item))
	for err == nil {
		var t token
		if t, err = s.next(); err == nil && t == charData {
			b.Write(s.text)
		}
	}
	return b.String()
}
