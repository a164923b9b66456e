package compile

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// ephemeral is an ephemeral parent as compiled: without its own parents' CTEs.
type ephemeral struct {
	node   *manifest.Node
	body   string
	source *jinja.SourceMap
	ctes   []manifest.ID // its own ephemeral parents
}

// parents compiles the ephemeral parents and theirs, each after those that it reads, once each.
func (f *frame) parents(ids []manifest.ID, under map[manifest.ID]bool) ([]*ephemeral, error) {
	var out []*ephemeral
	done := map[manifest.ID]bool{}
	var visit func(id manifest.ID) error
	visit = func(id manifest.ID) error {
		if done[id] {
			return nil
		}
		if under[id] && !f.replaced(id) {
			return diag.Errorf(diag.Cycle, f.node.Pos, "%s is an ephemeral model that refers to itself", id)
		}
		under[id] = true
		e, err := f.parent(id)
		if err != nil {
			return err
		}
		for _, p := range e.ctes {
			if err := visit(p); err != nil {
				return err
			}
		}
		if id != f.node.ID {
			delete(under, id)
		}
		done[id] = true
		out = append(out, e)
		return nil
	}
	for _, id := range ids {
		if err := visit(id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// replaced reports a node that a unit test gives rows for.
func (f *frame) replaced(id manifest.ID) bool {
	if f.opts.Overrides == nil {
		return false
	}
	_, ok := f.opts.Overrides.Inputs[id]
	return ok
}

// parent compiles one ephemeral parent. Children share what the first of them compiled.
func (f *frame) parent(id manifest.ID) (*ephemeral, error) {
	g := f.c.graph.Load()
	n := g.manifest.Nodes[id]
	if o := f.opts.Overrides; o != nil {
		if sql, ok := o.Inputs[id]; ok {
			return &ephemeral{node: n, body: sql}, nil
		}
	}
	shared := f.opts.Overrides == nil && !f.run.Empty
	if shared {
		if e, ok := f.c.ephemerals.Load(id); ok {
			return e.(*ephemeral), nil
		}
	}
	e, err := f.compileEphemeral(n)
	if err != nil {
		return nil, err
	}
	if shared {
		f.c.ephemerals.Store(id, e)
	}
	return e, nil
}

func (f *frame) compileEphemeral(n *manifest.Node) (*ephemeral, error) {
	o := f.opts
	o.Batch = nil
	owner := f.owner
	f = f.c.frame(f.ctx, n, f.session, o)
	f.owner = owner
	body, source, err := f.renderBody()
	if err != nil {
		return nil, f.fail(err)
	}
	return &ephemeral{node: n, body: body, source: source, ctes: f.ctes}, nil
}

// assemble puts the CTEs of the parents into the body: behind its own `with`, or in front of it.
func (c *Compiled) assemble(n *manifest.Node, source *jinja.SourceMap, parents []*ephemeral) {
	if len(parents) == 0 {
		c.SQL = c.Body
		c.parts = []part{{end: len(c.Body), source: source, node: n}}
		return
	}
	at, hasWith := withEnd(c.Body)
	w := assembler{}
	w.write(c.Body[:at], 0, source, n)
	if !hasWith {
		w.plain("with")
	}
	for i, e := range parents {
		if i > 0 {
			w.plain(",")
		}
		from := w.b.Len()
		w.plain(" " + cteName(e.node) + " as (\n")
		w.write(e.body, 0, e.source, e.node)
		w.plain("\n)")
		c.CTEs = append(c.CTEs, CTE{ID: e.node.ID, SQL: w.b.String()[from:]})
	}
	if hasWith {
		w.plain(",")
	} else {
		w.plain(" ")
	}
	w.write(c.Body[at:], at, source, n)
	c.SQL, c.parts = w.b.String(), w.parts
}

// assembler joins texts and keeps where each came from.
type assembler struct {
	b     strings.Builder
	parts []part
}

func (w *assembler) plain(s string) { w.write(s, 0, nil, nil) }

func (w *assembler) write(s string, offset int, source *jinja.SourceMap, n *manifest.Node) {
	if s == "" {
		return
	}
	start := w.b.Len()
	w.b.WriteString(s)
	w.parts = append(w.parts, part{start: start, end: w.b.Len(), offset: offset, source: source, node: n})
}

// withEnd finds where CTEs go: the byte behind a leading `with` or `with recursive`, or else the
// first byte that is no white space.
func withEnd(sql string) (at int, hasWith bool) {
	start := len(sql) - len(strings.TrimLeft(sql, " \t\r\n\f\v"))
	first := skipBlank(sql, start)
	end, ok := keyword(sql, first, "with")
	if !ok {
		return start, false
	}
	if after, ok := keyword(sql, skipBlank(sql, end), "recursive"); ok {
		return after, true
	}
	return end, true
}

// keyword matches a word without regard to case, ended by something that is no letter, digit or _.
func keyword(sql string, at int, word string) (end int, ok bool) {
	end = at + len(word)
	if end > len(sql) || !strings.EqualFold(sql[at:end], word) {
		return at, false
	}
	if end < len(sql) {
		c := sql[end]
		if c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			return at, false
		}
	}
	return end, true
}

// skipBlank passes over white space and comments.
func skipBlank(sql string, at int) int {
	for at < len(sql) {
		rest := sql[at:]
		switch {
		case strings.ContainsRune(" \t\r\n\f\v", rune(rest[0])):
			at++
		case strings.HasPrefix(rest, "--"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				return len(sql)
			}
			at += end + 1
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				return len(sql)
			}
			at += end + 2
		default:
			return at
		}
	}
	return at
}

func cutPrefix(s, prefix string) (string, bool) { return strings.CutPrefix(s, prefix) }
