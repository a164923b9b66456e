package compile

import (
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// parseRef reads the arguments of ref(name), ref(package, name), with v= or version=.
func (f *frame) parseRef(c *jinja.Call) (manifest.Ref, error) {
	r := manifest.Ref{Pos: c.Pos}
	var names []string
	for _, v := range c.Args {
		s, ok := stringOf(v)
		if !ok {
			return r, f.errorf(c, diag.BadCall, "ref() takes names as text, not %s", jinja.Repr(v))
		}
		names = append(names, s)
	}
	switch len(names) {
	case 1:
		r.Name = names[0]
	case 2:
		r.Package, r.Name = names[0], names[1]
	default:
		return r, hint(f.errorf(c, diag.BadCall, "ref() takes one or two names, %d given", len(names)),
			"write ref('model') or ref('package', 'model')")
	}
	for _, kw := range c.Kwargs {
		switch kw.Name {
		case "v", "version":
			if kw.Value != nil {
				r.Version = jinja.Str(kw.Value)
			}
		default:
			return r, f.errorf(c, diag.BadCall, "ref() has no argument %q", kw.Name)
		}
	}
	return r, nil
}

// ref is ref(): the relation of another node.
func (f *frame) ref(c *jinja.Call) (jinja.Value, error) {
	r, err := f.parseRef(c)
	if err != nil {
		return nil, err
	}
	if f.capture != nil {
		f.capture.ref(r)
		return f.placeholder(), nil
	}
	g := f.c.graph.Load()
	if g == nil {
		return f.placeholder(), nil
	}
	n := g.ref(f.pkg, r)
	if n == nil {
		return nil, f.unknownRef(c, g, r)
	}
	if f.kind == nodeFrame && !f.knows(n.ID) {
		return nil, f.unforeseen(c, refText(r))
	}
	return f.refRelation(c, n)
}

func refText(r manifest.Ref) string {
	args := "'" + r.Name + "'"
	if r.Package != "" {
		args = "'" + r.Package + "', " + args
	}
	if r.Version != "" {
		args += ", v=" + r.Version
	}
	return "ref(" + args + ")"
}

func (f *frame) unknownRef(c *jinja.Call, g *graphIndex, r manifest.Ref) error {
	if n := g.disabled[refName{r.Name, r.Version}]; n != nil {
		return hint(f.errorf(c, diag.DisabledRef, "%s names %s, which is disabled", refText(r), n.ID),
			"set enabled to true in its config, or do not refer to it")
	}
	return hint(f.errorf(c, diag.UnknownRef, "%s names no model, seed or snapshot", refText(r)),
		"%s", diag.DidYouMean(r.Name, g.refNames()))
}

// knows reports whether parsing foresaw that the node depends on id. A node of which nothing was
// foreseen (made by hand, in tests) may refer to anything.
func (f *frame) knows(id manifest.ID) bool {
	if f.node.ID == id {
		return true
	}
	for _, d := range f.node.DependsOn {
		if d == id {
			return true
		}
	}
	return len(f.node.DependsOn) == 0 && len(f.node.Refs) == 0 && len(f.node.Sources) == 0 && f.node.Pos.IsZero()
}

func (f *frame) unforeseen(c *jinja.Call, text string) error {
	d := f.errorf(c, diag.UnknownRef, "%s was not seen while the project was parsed, so nothing would make it come before %s", text, f.node.Name)
	return hint(d, "put a comment that names it at the top of the file:  -- depends_on: {{ %s }}", text)
}

// refRelation is the relation of a node that is referred to; an ephemeral one becomes a CTE.
func (f *frame) refRelation(c *jinja.Call, n *manifest.Node) (jinja.Value, error) {
	if f.replaced(n.ID) {
		return f.cte(n), nil
	}
	if n.Ephemeral() {
		if f.kind == operationFrame {
			return nil, f.errorf(c, diag.BadCall, "ref('%s') names an ephemeral model, which does not exist outside of models", n.Name)
		}
		rel := f.cte(n)
		f.restrict(rel, n)
		return rel, nil
	}
	where := n.Relation
	if f.run.Defer != nil {
		if r, ok := f.run.Defer(n); ok {
			where = r
		}
	}
	rel := f.relationOf(n, where, "")
	f.restrict(rel, n)
	return rel, nil
}

// cte notes the node as an ephemeral parent and gives the relation that names its CTE.
func (f *frame) cte(n *manifest.Node) *relation {
	known := false
	for _, id := range f.ctes {
		known = known || id == n.ID
	}
	if !known {
		f.ctes = append(f.ctes, n.ID)
	}
	rel := newRelation(f.c.dialect, manifest.Relation{Name: cteName(n)}, cteRelation)
	rel.quote.identifier = false
	return rel
}

func cteName(n *manifest.Node) string { return ctePrefix + orElse(n.Relation.Name, n.Name) }

// restrict puts --empty and a batch's time slice on a relation.
func (f *frame) restrict(rel *relation, n *manifest.Node) {
	if f.run.Empty {
		zero := int64(0)
		rel.limit = &zero
	}
	b := f.opts.Batch
	field := n.Config.String("event_time")
	if b == nil || field == "" || f.node.Kind != manifest.Model {
		return
	}
	for _, col := range n.Columns {
		if col.Name == field && col.Quote {
			field = f.c.dialect.Quote(field)
			break
		}
	}
	rel.filter = &timeFilter{field: field, start: b.Start, end: b.End}
}

// placeholder stands for every relation in parse mode: that of the node itself.
func (f *frame) placeholder() *relation {
	r := f.node.Relation
	if r.IsZero() {
		r = manifest.Relation{Schema: f.c.project.Target.Schema, Name: f.node.Name}
	}
	return newRelation(f.c.dialect, r, "")
}

// source is source(): the relation of a declared table.
func (f *frame) source(c *jinja.Call) (jinja.Value, error) {
	if len(c.Args) != 2 || len(c.Kwargs) > 0 {
		return nil, hint(f.errorf(c, diag.BadCall, "source() takes two names, %d given", len(c.Args)+len(c.Kwargs)),
			"write source('source', 'table')")
	}
	group, ok1 := stringOf(c.Args[0])
	name, ok2 := stringOf(c.Args[1])
	if !ok1 || !ok2 {
		return nil, f.errorf(c, diag.BadCall, "source() takes names as text, not %s", jinja.Repr(jinja.Tuple(c.Args)))
	}
	s := manifest.SourceRef{Source: group, Table: name, Pos: c.Pos}
	if f.capture != nil {
		f.capture.source(s)
		return f.placeholder(), nil
	}
	g := f.c.graph.Load()
	if g == nil {
		return f.placeholder(), nil
	}
	n := g.source(f.pkg, s)
	if n == nil {
		return nil, hint(f.errorf(c, diag.UnknownSource, "source('%s', '%s') is not declared", group, name),
			"%s", diag.DidYouMean(group+"."+name, g.sourceNames()))
	}
	if f.kind == nodeFrame && !f.knows(n.ID) {
		return nil, f.unforeseen(c, "source('"+group+"', '"+name+"')")
	}
	return f.sourceRelation(c, n)
}

func (f *frame) sourceRelation(c *jinja.Call, n *manifest.Node) (jinja.Value, error) {
	if f.replaced(n.ID) {
		return f.cte(n), nil
	}
	where := n.Relation
	if where.Database == "" {
		where.Database = f.c.database()
	}
	rel := f.relationOf(n, where, "")
	place, err := externalLocation(n)
	if err != nil {
		return nil, f.errorf(c, diag.BadConfig, "%v", err)
	}
	rel.external = place
	f.restrict(rel, n)
	return rel, nil
}

// externalLocation is the text that a source's meta.external_location stands for: a file in
// quotes, or a call of a table function. "" if the source has none.
func externalLocation(n *manifest.Node) (string, error) {
	values := sourceValues(n)
	v, ok := values["external_location"]
	template, isText := v.(string)
	if !ok || !isText || template == "" {
		return "", nil
	}
	formatter, _ := values["formatter"].(string)
	place, err := formatLocation(template, orElse(formatter, "newstyle"), values)
	if err != nil {
		return "", err
	}
	if !strings.Contains(place, "(") && !strings.HasPrefix(place, "'") {
		place = "'" + place + "'"
	}
	return place, nil
}

// sourceValues are the names that a location may use.
func sourceValues(n *manifest.Node) map[string]any {
	values := map[string]any{
		"name": n.Name, "identifier": n.Relation.Name,
		"schema": n.Relation.Schema, "database": n.Relation.Database, "tags": n.Tags,
	}
	add := func(m *manifest.Map) {
		for _, k := range m.Keys() {
			values[k], _ = m.Get(k)
		}
	}
	if n.Source != nil {
		add(n.Source.SourceMeta)
	}
	add(mapOf(n.Config, "meta"))
	add(n.Meta)
	defaults := manifest.Defaults(manifest.Source)
	for _, k := range n.Config.Map().Keys() {
		if _, known := defaults.Get(k); !known && k != "quoting" {
			values[k], _ = n.Config.Get(k)
		}
	}
	return values
}

// relationInfo makes a relation of one that the warehouse has.
func (f *frame) relationInfo(info *adapter.RelationInfo) *relation {
	rel := newRelation(f.c.dialect, info.Relation, info.Type)
	applyQuoting(&rel.quote, f.c.project.Quoting)
	return rel
}
