package compile

import (
	"strconv"
	"strings"

	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// dict builds a *jinja.Dict in order.
type dict struct {
	*jinja.Dict
	whole bool // null values are kept, as `graph` has them; `model` has none
}

func newDict() dict { return dict{Dict: jinja.NewDict()} }

func (d dict) set(key string, v jinja.Value) dict {
	d.Set(key, v)
	return d
}

// maybe sets a key that may be null.
func (d dict) maybe(key string, v jinja.Value) dict {
	if v != nil || d.whole {
		d.Set(key, v)
	}
	return d
}

// given is maybe for texts, of which "" is null.
func (d dict) given(key, v string) dict { return d.maybe(key, optional(namePart(v))) }

// nodeDict is a node as dbt shows it in `model`: keys whose value would be null are left out.
func nodeDict(n *manifest.Node) *jinja.Dict { return describeNode(n, false) }

// describeNode is a node in dbt's words; whole keeps null values, as `graph` does.
func describeNode(n *manifest.Node, whole bool) *jinja.Dict {
	d := dict{jinja.NewDict(), whole}
	d.given("database", n.Relation.Database)
	d.set("schema", n.Relation.Schema).
		set("name", n.Name).
		set("resource_type", string(n.Kind)).
		set("package_name", n.Package).
		set("path", orElse(n.SubPath, n.Path)).
		set("original_file_path", n.Path).
		set("unique_id", string(n.ID)).
		set("fqn", stringList(n.FQN))
	if n.Kind == manifest.Source {
		sourceDict(d, n)
	} else {
		d.set("alias", orElse(n.Alias, orElse(n.Relation.Name, n.Name)))
		checksum := newDict().set("name", "sha256").set("checksum", n.Checksum)
		d.set("checksum", checksum.Dict).
			given("group", n.Group).
			set("docs", docsDict(n.Config, whole)).
			maybe("build_path", nil).
			set("config_call_dict", jinja.NewDict()).
			set("unrendered_config_call_dict", jinja.NewDict())
	}
	d.set("config", configDict(n.Kind, n.Config, whole)).
		set("tags", stringList(n.Tags)).
		set("description", n.Description).
		set("columns", columnsDict(n.Columns)).
		set("meta", toValue(orMap(n.Meta))).
		given("patch_path", manifest.PatchPath(n.Package, n.PatchPos.File, n.Pos.File, n.Path)).
		set("unrendered_config", toValue(orMap(n.Unrendered.Map()))).
		set("created_at", 0.0).
		set("doc_blocks", idList(n.DocBlocks))
	kindDict(d, n)
	return d.Dict
}

func docsDict(c manifest.Config, whole bool) *jinja.Dict {
	m := manifest.NewConfig(mapOf(c, "docs"))
	d := dict{jinja.NewDict(), whole}
	return d.set("show", m.Bool("show", true)).given("node_color", m.String("node_color")).Dict
}

func orMap(m *manifest.Map) *manifest.Map {
	if m == nil {
		return &manifest.Map{}
	}
	return m
}

func mapOf(c manifest.Config, key string) *manifest.Map {
	v, _ := c.Get(key)
	m, _ := v.(*manifest.Map)
	return m
}

func quotedName(r manifest.Relation) string {
	return `"` + r.Database + `"."` + r.Schema + `"."` + r.Name + `"`
}

func sourceDict(d dict, n *manifest.Node) {
	s := n.Source
	if s == nil {
		s = &manifest.SourceTable{}
	}
	d.set("source_name", s.SourceName).
		set("source_description", s.SourceDescription).
		set("loader", s.Loader).
		set("identifier", orElse(s.Identifier, n.Name)).
		set("quoting", toValue(orMap(mapOf(n.Config, "quoting")))).
		given("loaded_at_field", s.LoadedAtField).
		given("loaded_at_query", s.LoadedAtQuery).
		set("source_meta", toValue(orMap(s.SourceMeta))).
		set("relation_name", quotedName(n.Relation)).
		maybe("unrendered_database", nil).
		maybe("unrendered_schema", nil).
		set("_event_status", jinja.NewDict())
	if s.External != nil || d.whole {
		d.set("external", mapOrNone(s.External))
	}
	freshness := s.Freshness
	if freshness == nil {
		def, _ := manifest.Defaults(manifest.Source).Get("freshness")
		freshness, _ = def.(*manifest.Map)
	}
	d.set("freshness", mapOrNone(freshness))
}

func mapOrNone(m *manifest.Map) jinja.Value {
	if m == nil {
		return nil
	}
	return toValue(m)
}

// codeDict adds what nodes with a template have.
func codeDict(d dict, n *manifest.Node) {
	d.set("raw_code", n.Raw)
	if n.Kind == manifest.Model || n.Kind == manifest.Seed || n.Kind == manifest.Snapshot {
		d.maybe("defer_relation", nil)
	}
	if r := n.Relation; !r.IsZero() && !n.Ephemeral() && hasRelation(n) {
		d.set("relation_name", quotedName(r))
	} else {
		d.maybe("relation_name", nil)
	}
	if n.Kind == manifest.Seed {
		d.set("root_path", n.Root)
		d.set("depends_on", newDict().set("macros", idList(n.Macros)).Dict)
		return
	}
	refs, sources := &jinja.List{}, &jinja.List{}
	for _, r := range n.Refs {
		refs.Items = append(refs.Items, newDict().set("name", r.Name).set("package", optional(namePart(r.Package))).
			set("version", versionValue(r.Version)).Dict)
	}
	for _, s := range n.Sources {
		sources.Items = append(sources.Items, jinja.NewList(s.Source, s.Table))
	}
	contract := newDict().set("enforced", false).set("alias_types", true)
	if m := mapOf(n.Config, "contract"); m != nil {
		for _, k := range m.Keys() {
			v, _ := m.Get(k)
			contract.set(k, toValue(v))
		}
	}
	d.set("language", "sql").set("refs", refs).set("sources", sources).
		set("metrics", jinja.NewList()).set("functions", jinja.NewList()).
		set("depends_on", newDict().set("macros", idList(n.Macros)).set("nodes", idList(n.DependsOn)).Dict).
		set("contract", contract.Dict).
		maybe("compiled_path", nil)
}

// hasRelation reports a kind of node that leaves something in the warehouse.
func hasRelation(n *manifest.Node) bool {
	switch n.Kind {
	case manifest.Operation, manifest.Analysis:
		return false
	case manifest.Test:
		return n.Config.Bool("store_failures", false) || n.Config.String("store_failures_as") != ""
	default:
		return true
	}
}

func kindDict(d dict, n *manifest.Node) {
	switch {
	case n.Kind == manifest.Source:
		return
	case n.Kind.Shows():
		if n.Exposure != nil {
			e := n.Exposure
			d.set("type", e.Type).given("label", e.Label).given("maturity", e.Maturity).given("url", e.URL)
			d.set("owner", newDict().set("name", e.OwnerName).set("email", e.OwnerEmail).Dict)
		}
		d.set("depends_on", newDict().set("macros", idList(n.Macros)).set("nodes", idList(n.DependsOn)).Dict)
		return
	}
	codeDict(d, n)
	switch {
	case n.Kind == manifest.Model:
		d.set("access", orElse(n.Access, "protected")).
			set("constraints", constraintList(n.Constraints)).
			maybe("version", versionValue(n.Version)).
			maybe("latest_version", versionValue(n.LatestVersion)).
			given("deprecation_date", n.DeprecationDate).
			set("primary_key", stringList(n.PrimaryKey)).
			maybe("time_spine", nil).
			maybe("batch", nil)
	case n.Kind == manifest.Test && n.Test != nil && n.Test.Generic:
		testDict(d, n)
	}
}

func testDict(d dict, n *manifest.Node) {
	d.given("column_name", n.Test.Column).given("attached_node", string(n.Test.Attached)).given("file_key_name", "")
	kwargs := newDict()
	if n.Test.Column != "" {
		kwargs.set("column_name", n.Test.Column)
	}
	for _, k := range n.Test.Args.Keys() {
		v, _ := n.Test.Args.Get(k)
		kwargs.set(k, toValue(v))
	}
	kwargs.set("model", "{{ get_where_subquery("+n.Test.Target+") }}")
	d.set("test_metadata", newDict().set("name", n.Test.Type).set("kwargs", kwargs.Dict).
		set("namespace", optional(namePart(n.Test.Namespace))).Dict)
}

func versionValue(v string) jinja.Value {
	if v == "" {
		return nil
	}
	if i, err := strconv.ParseInt(v, 10, 64); err == nil {
		return i
	}
	if f, err := strconv.ParseFloat(v, 64); err == nil {
		return f
	}
	return v
}

func stringList(items []string) *jinja.List {
	out := &jinja.List{Items: make([]jinja.Value, len(items))}
	for i, s := range items {
		out.Items[i] = s
	}
	return out
}

func idList(ids []manifest.ID) *jinja.List {
	out := &jinja.List{Items: make([]jinja.Value, len(ids))}
	for i, id := range ids {
		out.Items[i] = string(id)
	}
	return out
}

func columnsDict(columns []manifest.Column) *jinja.Dict {
	all := newDict()
	for i := range columns {
		c := &columns[i]
		d := newDict().set("name", c.Name).set("description", c.Description).
			set("meta", toValue(orMap(c.Meta))).given("data_type", c.DataType).
			set("constraints", constraintList(c.Constraints))
		if c.Quote {
			d.set("quote", true)
		} else {
			d.set("quote", nil)
		}
		config := newDict().set("meta", toValue(orMap(c.Meta))).set("tags", stringList(c.Tags))
		d.set("config", config.Dict).set("tags", stringList(c.Tags))
		all.set(c.Name, d.Dict)
	}
	return all.Dict
}

func constraintList(list []*manifest.Map) *jinja.List {
	out := &jinja.List{}
	for _, m := range list {
		d := newDict()
		for _, k := range []string{"type", "name", "expression"} {
			v, _ := m.Get(k)
			d.set(k, toValue(v))
		}
		d.set("warn_unenforced", true).set("warn_unsupported", true)
		for _, k := range m.Keys() {
			v, _ := m.Get(k)
			d.set(k, toValue(v))
		}
		out.Items = append(out.Items, d.Dict)
	}
	return out
}

// configDict is a node's config with dbt's defaults.
func configDict(kind manifest.Kind, c manifest.Config, whole bool) *jinja.Dict {
	d := dict{jinja.NewDict(), whole}
	defaults := manifest.Defaults(kind)
	for _, k := range defaults.Keys() {
		if k == "docs" {
			d.set(k, docsDict(c, whole))
			continue
		}
		v, _ := configValue(kind, c, k)
		d.maybe(k, v)
	}
	for _, k := range c.Map().Keys() {
		name := manifest.CanonicalKey(k)
		if _, known := defaults.Get(name); known {
			continue
		}
		v, _ := c.Get(k)
		d.set(name, toValue(v))
	}
	return d.Dict
}

// configValue gives a config as templates see it: hooks as a list of dicts, lists as lists, and
// mappings that dbt has defaults for filled up. False means that neither the config nor dbt
// knows the key.
func configValue(kind manifest.Kind, c manifest.Config, key string) (jinja.Value, bool) {
	key = manifest.CanonicalKey(key)
	def, known := manifest.Defaults(kind).Get(key)
	switch key {
	case "pre-hook", "post-hook":
		return hookList(c.Hooks(key)), true
	case "tags", "packages":
		if v, ok := c.Get(key); ok || known {
			if _, isList := v.([]any); !isList {
				return stringList(c.Strings(key)), true
			}
		}
	}
	v, set := c.Get(key)
	if !set && key != "pre-hook" {
		v, set = c.Get(strings.ReplaceAll(key, "-", "_"))
	}
	if !set {
		return toValue(def), known
	}
	filled, ok := def.(*manifest.Map)
	given, isMap := v.(*manifest.Map)
	if ok && isMap && filled.Len() > 0 {
		filled = filled.Clone()
		for _, k := range given.Keys() {
			x, _ := given.Get(k)
			filled.Set(k, x)
		}
		return toValue(filled), true
	}
	if ok && v == nil {
		return toValue(def), true
	}
	return toValue(v), true
}

// hookList is hooks as a materialization reads them.
func hookList(hooks []manifest.Hook) *jinja.List {
	out := &jinja.List{}
	for i, h := range hooks {
		out.Items = append(out.Items, newDict().set("sql", h.SQL).set("transaction", h.Transaction).set("index", int64(i)).Dict)
	}
	return out
}

// graphDict is `graph`: every node by id, in dbt's sections. Sources that name no database are in
// the target's.
func graphDict(m *manifest.Manifest, database string) *jinja.Dict {
	nodes, sources, exposures := newDict(), newDict(), newDict()
	add := func(id manifest.ID) {
		n := m.Nodes[id]
		if n == nil {
			return
		}
		section := nodes
		switch {
		case n.Kind == manifest.Source:
			section = sources
			if n.Relation.Database == "" {
				placed := *n
				placed.Relation.Database = database
				n = &placed
			}
		case n.Kind.Shows():
			section = exposures
		case n.Kind == manifest.UnitTest:
			return
		}
		section.set(string(id), describeNode(n, true))
	}
	for _, id := range m.Order {
		add(id)
	}
	if len(m.Order) == 0 {
		for id := range m.Nodes {
			add(id)
		}
	}
	groups := newDict()
	for name, g := range m.Groups {
		groups.set("group."+m.Project+"."+name, newDict().set("name", name).set("owner", toValue(orMap(g))).Dict)
	}
	return newDict().set("nodes", nodes.Dict).set("sources", sources.Dict).set("exposures", exposures.Dict).
		set("groups", groups.Dict).set("metrics", jinja.NewDict()).set("semantic_models", jinja.NewDict()).
		set("saved_queries", jinja.NewDict()).set("functions", jinja.NewDict()).Dict
}
