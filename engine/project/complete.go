package project

import (
	"context"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// complete gives a draft its config, the properties that YAML has for it, and its relation.
func (ps *parsing) complete(ctx context.Context, d *draft, diags *diag.List) {
	n := d.node
	yaml, raw := d.yaml, d.yaml
	if d.patch != nil {
		yaml, raw = ps.applyPatch(d, diags)
	}
	inFile := d.found.Config
	if n.Kind == manifest.Test && n.Test.Generic {
		// A generic test's own config() calls come before what YAML says of this test.
		yaml, inFile = inFile, d.yaml
	}
	if !d.static && d.tmpl != nil {
		n.Config = ps.trees.merged(d.file.Package, n.Kind, n.FQN, yaml, inFile)
		inFile = ps.capture(ctx, d, inFile, diags)
		if n.Kind == manifest.Test && n.Test.Generic {
			yaml, inFile = d.found.Config, d.yaml
		}
	}
	n.Config = ps.trees.merged(d.file.Package, n.Kind, n.FQN, yaml, inFile)
	n.Unrendered = ps.trees.unrendered(d.file.Package, n.Kind, n.FQN, raw, inFile)
	n.Refs = append(n.Refs, d.found.Refs...)
	n.Sources = append(n.Sources, d.found.Sources...)
	n.Macros = append(n.Macros, d.found.Macros...)
	ps.takeConfig(n)
	ps.hookRefs(d, diags)
	if n.Kind == manifest.Source || n.Kind.Shows() || n.Kind == manifest.UnitTest || d.broken {
		return
	}
	rel, err := ps.r.Relation(n)
	if err != nil {
		diags.Add(err)
		return
	}
	n.Relation, n.Alias = rel, rel.Name
}

// capture renders a template in parse mode and gives the config it called for. What a disabled
// node cannot render does not matter.
func (ps *parsing) capture(ctx context.Context, d *draft, before manifest.Config, diags *diag.List) manifest.Config {
	n := d.node
	got, err := ps.r.Capture(ctx, n, d.tmpl)
	if err != nil {
		if n.Config.Enabled() {
			diags.Add(err)
		}
		return before
	}
	if n.Kind == manifest.Test && n.Test.Generic {
		got.Refs = mergeRefs(d.found.Refs, got.Refs)
		got.Sources = mergeSources(d.found.Sources, got.Sources)
	}
	for _, m := range d.found.Macros {
		got.addMacro(m)
	}
	d.found = got
	return got.Config
}

func mergeRefs(a, b []manifest.Ref) []manifest.Ref {
	for _, r := range b {
		known := false
		for _, x := range a {
			known = known || x.Package == r.Package && x.Name == r.Name && x.Version == r.Version
		}
		if !known {
			a = append(a, r)
		}
	}
	return a
}

func mergeSources(a, b []manifest.SourceRef) []manifest.SourceRef {
	for _, s := range b {
		known := false
		for _, x := range a {
			known = known || x.Source == s.Source && x.Table == s.Table
		}
		if !known {
			a = append(a, s)
		}
	}
	return a
}

// takeConfig copies to the node what config says and other stages read there.
func (*parsing) takeConfig(n *manifest.Node) {
	n.Tags = appendNew(n.Tags, n.Config.Strings("tags")...)
	if meta, ok := lookup[*manifest.Map](n.Config.Map(), "meta"); ok {
		n.Meta = meta
	}
	if g := n.Config.String("group"); g != "" {
		n.Group = g
	}
	if n.Kind == manifest.Model {
		if n.Access = n.Config.String("access"); n.Access == "" {
			n.Access = "protected"
		}
	}
}

// hookRefs finds the refs in a node's hooks.
func (ps *parsing) hookRefs(d *draft, diags *diag.List) {
	n := d.node
	switch n.Kind {
	case manifest.Model, manifest.Seed, manifest.Snapshot:
	default:
		return
	}
	for _, key := range []string{"pre-hook", "post-hook"} {
		for _, h := range n.Config.Hooks(key) {
			if !jinja.HasTags(h.SQL) {
				continue
			}
			t, err := jinja.Parse(n.Pos.File, h.SQL, jinja.Options{Start: n.Pos})
			if err != nil {
				diags.Add(err)
				continue
			}
			for _, call := range t.Calls() {
				if call.Literal && !call.Conditional && (call.Name == "ref" || call.Name == "source") {
					var c Captured
					c.record(call)
					n.Refs = mergeRefs(n.Refs, c.Refs)
					n.Sources = mergeSources(n.Sources, c.Sources)
				} else if id, ok := ps.macros.resolve(n.Package, call.Name); ok {
					c := Captured{Macros: n.Macros}
					c.addMacro(id)
					n.Macros = c.Macros
				}
			}
		}
	}
}

// applyPatch gives a node the properties of its YAML entry, and the config of the entry.
func (ps *parsing) applyPatch(d *draft, diags *diag.List) (yaml, raw manifest.Config) {
	n, p := d.node, d.patch
	r := ps.reader(p.file, diags)
	yaml, raw = r.entryConfig(p.n)
	if v := p.version; v != nil {
		own, ownRaw := r.entryConfig(v)
		yaml, raw = deepMerge(yaml, own), deepMerge(raw, ownRaw)
	}
	about := p.n.get("description")
	if v := p.version.get("description"); !v.isNull() {
		about = v
	}
	n.Description, n.DocBlocks = r.description(about)
	if p.version != nil {
		n.Columns = r.versionColumns(p.n.get("columns"), p.version.get("columns"))
	} else {
		n.Columns = r.columns(p.n.get("columns"))
	}
	constraints := p.n.get("constraints")
	if v := p.version.get("constraints"); v != nil {
		constraints = v
	}
	n.Constraints = r.maps(constraints)
	dep := p.n.get("deprecation_date")
	if p.version != nil {
		dep = p.version.get("deprecation_date")
	}
	n.DeprecationDate = r.str(dep)
	r.foreignKeys(n)
	return yaml, raw
}

// foreignKeys adds what foreign key constraints refer to.
func (r *reader) foreignKeys(n *manifest.Node) {
	all := append([]*manifest.Map(nil), n.Constraints...)
	for _, c := range n.Columns {
		all = append(all, c.Constraints...)
	}
	for _, c := range all {
		to := optionText(c, "to")
		if optionText(c, "type") != "foreign_key" || to == "" {
			continue
		}
		found, err := parseCalls(to, n.PatchPos)
		if err != nil || len(found.Refs)+len(found.Sources) != 1 {
			r.diags.Add(diag.Errorf(diag.BadValue, n.PatchPos, "the foreign key of %s must point to ref('…') or source('…', '…'), not %q", n.Name, to))
			continue
		}
		n.Refs = mergeRefs(n.Refs, found.Refs)
		n.Sources = mergeSources(n.Sources, found.Sources)
	}
}

// deepMerge lays a version's config over its model's, mappings key by key.
func deepMerge(a, b manifest.Config) manifest.Config {
	return manifest.NewConfig(deepMaps(a.Map(), b.Map()))
}

func deepMaps(a, b *manifest.Map) *manifest.Map {
	out := a.Clone()
	for _, k := range b.Keys() {
		v, _ := b.Get(k)
		old, _ := out.Get(k)
		oldMap, ok1 := old.(*manifest.Map)
		newMap, ok2 := v.(*manifest.Map)
		if ok1 && ok2 {
			v = deepMaps(oldMap, newMap)
		}
		out.Set(k, v)
	}
	return out
}
