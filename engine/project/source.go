package project

import (
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// sourceEntry is one entry under sources:.
type sourceEntry struct {
	file *File
	n    *node
	used bool // of an entry with overrides: some source took it
}

type sourceKey struct{ pkg, name string }

// source keeps an entry under sources:; an entry with overrides: changes a source of a package.
func (a *assembly) source(r *reader, n *node) {
	e := &sourceEntry{file: r.file, n: n}
	over := r.str(n.get("overrides"))
	if over == "" {
		a.tables = append(a.tables, e)
		return
	}
	key := sourceKey{pkg: over, name: r.str(n.get("name"))}
	if first, dup := a.over[key]; dup {
		a.diags.Add(diag.Errorf(diag.DuplicateName, r.pos(n.get("name")), "the source %q of package %s is overridden twice", key.name, key.pkg).
			WithNote(first.n.get("name").pos(first.file.Shown), "the other one"))
		return
	}
	a.over[key] = e
}

// overrideSources applies overrides and hands the sources on.
func (a *assembly) overrideSources() {
	for _, e := range a.tables {
		n := e.n
		if o := a.over[sourceKey{pkg: e.file.Package.Name, name: n.get("name").str()}]; o != nil {
			o.used = true
			n = overriddenSource(n, o.n)
		}
		for _, t := range n.get("tables").elements() {
			if t.kind == mapNode && !t.get("name").isNull() {
				a.later(e.file, func(r *reader) []*draft { return r.table(n, t) })
			}
		}
	}
	for key, o := range a.over {
		if !o.used {
			a.diags.Add(diag.Warnf(diag.OrphanPatch, o.n.get("name").pos(o.file.Shown), "the package %q has no source %q to override", key.pkg, key.name))
		}
	}
}

// overriddenSource lays an entry with overrides: over a source, and its tables over the tables.
func overriddenSource(n, over *node) *node {
	out := overlayNode(n, over, "name", "overrides", "tables")
	tables := out.get("tables")
	if tables == nil || tables.kind != listNode {
		return out
	}
	list := &node{kind: listNode, line: tables.line, col: tables.col}
	for _, t := range tables.items {
		for _, o := range over.get("tables").elements() {
			if o.get("name").str() == t.get("name").str() {
				t = overlayNode(t, o, "name")
			}
		}
		list.items = append(list.items, t)
	}
	out.items[out.index("tables")] = list
	return out
}

// overlayNode copies a mapping with the keys of over, those in except left out.
func overlayNode(n, over *node, except ...string) *node {
	out := *n
	out.keys = append([]*node(nil), n.keys...)
	out.items = append([]*node(nil), n.items...)
next:
	for i, k := range over.keys {
		for _, x := range except {
			if k.text == x {
				continue next
			}
		}
		if j := out.index(k.text); j >= 0 {
			out.items[j] = over.items[i]
		} else {
			out.keys, out.items = append(out.keys, k), append(out.items, over.items[i])
		}
	}
	return &out
}

// table makes the node of one source table, and those of its tests.
func (r *reader) table(src, t *node) []*draft {
	source, name := r.str(src.get("name")), r.str(t.get("name"))
	d := r.newDraft(r.file, manifest.Source, name)
	n := d.node
	d.static = true
	n.ID = nodeID(manifest.Source, n.Package, source+"."+name)
	n.FQN = append(fqn(n.Package, n.SubPath, source), name)
	n.SubPath = n.Path
	n.Pos = r.pos(t.get("name"))
	n.PatchPos = n.Pos
	n.Description, n.DocBlocks = r.description(t.get("description"))
	n.Columns = r.columns(t.get("columns"))
	n.Constraints = r.maps(t.get("constraints"))
	n.Relation = r.sourceRelation(src, t, source, name)
	n.Source = r.sourceTable(src, t)
	n.Source.SourceName, n.Source.Identifier = source, n.Relation.Name
	d.yaml = r.sourceConfig(src, t, n.Source)
	out := []*draft{d}
	if hasTests(t) {
		quote := t.get("quote_columns")
		if quote == nil {
			quote = src.get("quote_columns")
		}
		target := &testTarget{
			name: source + "_" + name, source: true, node: n, quote: quote,
			model:   "source('" + source + "', '" + name + "')",
			sources: []manifest.SourceRef{{Source: source, Table: name}},
			tags:    append(r.texts(src.get("tags")), r.texts(t.get("tags"))...),
		}
		cfg := r.trees.merged(r.file.Package, manifest.Source, n.FQN, d.yaml)
		tests := r.tests(target, testNode(t), t.get("columns").elements())
		if !cfg.Enabled() {
			for _, x := range tests {
				x.yaml = x.yaml.Merge(manifest.NewConfig(manifest.NewMap("enabled", false)))
			}
		}
		out = append(out, tests...)
	}
	return out
}

func (r *reader) sourceRelation(src, t *node, source, name string) manifest.Relation {
	rel := manifest.Relation{Database: r.p.database, Schema: source, Name: name}
	for _, key := range []string{"database", "project", "catalog"} {
		if s := r.str(src.get(key)); s != "" {
			rel.Database = s
			break
		}
	}
	for _, key := range []string{"schema", "dataset"} {
		if s := r.str(src.get(key)); s != "" {
			rel.Schema = s
			break
		}
	}
	if s := r.str(t.get("identifier")); s != "" {
		rel.Name = s
	}
	return rel
}

// sourceTable reads what only sources have. The table's word counts before the source's.
func (r *reader) sourceTable(src, t *node) *manifest.SourceTable {
	s := &manifest.SourceTable{Loader: r.str(src.get("loader")), External: r.mapOf(t.get("external"))}
	if own := r.str(t.get("loader")); own != "" {
		s.Loader = own
	}
	s.SourceDescription, _ = r.description(src.get("description"))
	s.SourceMeta = overlay(r.mapOf(src.get("meta")), r.mapOf(src.get("config").get("meta")))
	s.Quoting = overlay(r.mapOf(src.get("quoting")), r.mapOf(t.get("quoting")))
	field, query, own := r.loadedAt(t)
	if !own {
		field, query, _ = r.loadedAt(src)
	} else if field == "" && query == "" && t.get("loaded_at_field") == nil && t.get("config").get("loaded_at_field") == nil {
		field, _, _ = r.loadedAt(src)
	}
	s.LoadedAtField, s.LoadedAtQuery = field, query
	s.Freshness = r.freshness(src, t)
	return s
}

// loadedAt reads loaded_at_field and loaded_at_query, in the entry or in its config. Own is true
// where the entry has either, be it null.
func (r *reader) loadedAt(n *node) (field, query string, own bool) {
	for _, from := range []*node{n, n.get("config")} {
		if v := from.get("loaded_at_field"); v != nil {
			own = true
			if field == "" {
				field = r.str(v)
			}
		}
		if v := from.get("loaded_at_query"); v != nil {
			own = true
			if query == "" {
				query = v.str()
			}
		}
	}
	if field != "" && query != "" {
		r.diags.Add(diag.Errorf(diag.BadValue, r.pos(n.get("name")), "%q has both loaded_at_field and loaded_at_query", n.get("name").str()).
			WithHint("keep one of them"))
	}
	return field, query, own
}

// freshness merges the thresholds of the source and the table, each in the entry or its config.
// Null at a later place removes what an earlier one says.
func (r *reader) freshness(src, t *node) *manifest.Map {
	var got *manifest.Map
	for _, from := range []*node{src, src.get("config"), t, t.get("config")} {
		v := from.get("freshness")
		if v == nil {
			continue
		}
		if v.isNull() {
			got = nil
			continue
		}
		got = deepMaps(got, r.mapOf(v))
	}
	if got.Len() == 0 {
		return nil
	}
	return got
}

// sourceConfig is the config of a source's table: the source's, the table's, and what stands
// beside them.
func (r *reader) sourceConfig(src, t *node, s *manifest.SourceTable) manifest.Config {
	out := &manifest.Map{}
	for _, n := range []*node{src.get("config"), t.get("config")} {
		m := r.mapOf(n)
		for _, k := range m.Keys() {
			v, _ := m.Get(k)
			out.Set(k, v)
		}
	}
	meta := &manifest.Map{}
	var tags []string
	for _, n := range []*node{src, src.get("config"), t, t.get("config")} {
		meta = overlay(meta, r.mapOf(n.get("meta")))
		tags = appendNew(tags, r.texts(n.get("tags"))...)
	}
	out.Delete("tags")
	out.Delete("meta")
	if meta.Len() > 0 {
		out.Set("meta", meta)
	}
	if len(tags) > 0 {
		list := make([]any, len(tags))
		for i := range tags {
			list[i] = tags[i]
		}
		out.Set("tags", list)
	}
	out.Delete("freshness")
	if s.Freshness != nil {
		out.Set("freshness", s.Freshness)
	}
	if s.LoadedAtField != "" {
		out.Set("loaded_at_field", s.LoadedAtField)
	}
	if s.LoadedAtQuery != "" {
		out.Set("loaded_at_query", s.LoadedAtQuery)
	}
	return manifest.NewConfig(out)
}
