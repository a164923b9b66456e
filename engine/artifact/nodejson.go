package artifact

import (
	"slices"
	"strconv"
	"strings"

	"atlas/engine/manifest"
)

// node writes a node in the shape of its kind.
func (x *manifestWriter) node(n *manifest.Node) {
	x.object()
	switch {
	case n.Kind == manifest.Source:
		x.source(n)
	case n.Kind.Shows():
		x.exposure(n)
	case n.Kind == manifest.UnitTest:
		x.unitTest(n)
	default:
		x.parsed(n)
		if n.Kind != manifest.Seed {
			x.compiled(n)
		}
		x.own(n)
	}
	x.end()
}

// identity writes what every resource begins with.
func (x *manifestWriter) identity(n *manifest.Node) {
	x.field("name").string(n.Name)
	x.field("resource_type").string(string(resourceType(n.Kind)))
	x.field("package_name").string(n.Package)
	x.field("path").string(resourcePath(n))
	x.field("original_file_path").string(n.Path)
	x.field("unique_id").string(string(n.ID))
	x.field("fqn").strings(n.FQN)
}

// resourceType is dbt's word for a kind: reports, decks and their parts are exposures to it.
func resourceType(k manifest.Kind) manifest.Kind {
	if k.OfReports() {
		return manifest.Exposure
	}
	return k
}

// parsed writes what models, seeds, snapshots, tests, analyses and operations share.
func (x *manifestWriter) parsed(n *manifest.Node) {
	x.field("database").stringOrNull(n.Relation.Database)
	x.field("schema").string(n.Relation.Schema)
	x.identity(n)
	x.field("alias").string(alias(n))
	x.checksum(n)
	x.config(n)
	x.field("tags").strings(n.Tags)
	x.field("description").string(n.Description)
	x.columns(n.Columns)
	x.field("meta").mapping(n.Meta)
	x.field("group").stringOrNull(n.GroupName())
	docs, _ := n.Config.Get("docs")
	docsMap, _ := docs.(*manifest.Map)
	x.docsField(docsMap)
	x.field("patch_path").stringOrNull(manifest.PatchPath(n.Package, n.PatchPos.File, n.Pos.File, n.Path))
	x.field("build_path").stringOrNull(x.compilation(n).BuildPath)
	x.field("unrendered_config").mapping(n.Unrendered.Map())
	x.field("created_at").float(x.created)
	x.field("relation_name").stringOrNull(x.relationName(n))
	x.field("raw_code").string(n.Raw)
	x.field("doc_blocks").ids(n.DocBlocks)
}

// compiled writes what nodes with a template have.
func (x *manifestWriter) compiled(n *manifest.Node) {
	x.field("language").string("sql")
	x.refs(n)
	x.field("functions").emptyArray()
	x.dependsOn(n)
	c := x.compilation(n)
	x.field("compiled_path").stringOrNull(c.Path)
	if c.Path != "" || c.Code != "" {
		x.field("compiled").bool(true)
		x.field("compiled_code").string(c.Code)
		x.field("extra_ctes_injected").bool(true)
		x.field("extra_ctes").array()
		for _, cte := range c.Ephemeral {
			x.object()
			x.field("id").string(string(cte.ID))
			x.field("sql").string(cte.SQL)
			x.end()
		}
		x.end()
	}
	x.field("contract").object()
	contract, _ := n.Config.Get("contract")
	m, _ := contract.(*manifest.Map)
	x.field("enforced").bool(manifest.NewConfig(m).Bool("enforced", false))
	x.field("alias_types").bool(manifest.NewConfig(m).Bool("alias_types", true))
	x.field("checksum").null()
	x.end()
}

// compilation is what compiling the node gave, the zero value if it was not compiled.
func (x *manifestWriter) compilation(n *manifest.Node) Compiled {
	if x.o.Compiled == nil {
		return Compiled{}
	}
	c, _ := x.o.Compiled(n.ID)
	return c
}

// own writes what only one kind has.
func (x *manifestWriter) own(n *manifest.Node) {
	switch n.Kind {
	case manifest.Model:
		access := n.Access
		if access == "" {
			access = "protected"
		}
		x.field("access").string(access)
		x.field("constraints").array()
		for _, c := range n.Constraints {
			x.constraint(c, true)
		}
		x.end()
		x.field("version")
		x.version(n.Version)
		x.field("latest_version")
		x.version(n.LatestVersion)
		x.field("deprecation_date").stringOrNull(n.DeprecationDate)
		x.field("primary_key").strings(n.PrimaryKey)
		x.field("time_spine").null()
	case manifest.Seed:
		x.field("root_path").stringOrNull(n.Root)
		x.field("depends_on").object()
		x.field("macros").ids(n.Macros)
		x.end()
	case manifest.Test:
		if n.Test != nil && n.Test.Generic {
			x.genericTest(n)
		}
	case manifest.Operation:
		x.field("index")
		if i, err := strconv.ParseInt(n.Name[strings.LastIndex(n.Name, "-")+1:], 10, 64); err == nil {
			x.int(i) // the hook's place in its list ends its name
		} else {
			x.null()
		}
	default: // nothing
	}
}

func (x *manifestWriter) genericTest(n *manifest.Node) {
	t := n.Test
	x.field("column_name").stringOrNull(t.Column)
	x.field("file_key_name").stringOrNull(fileKey(t))
	x.field("attached_node")
	if strings.HasPrefix(string(t.Attached), "source.") { // dbt attaches to nodes only
		x.null()
	} else {
		x.stringOrNull(string(t.Attached))
	}
	x.field("test_metadata").object()
	x.field("name").string(t.Type)
	x.field("kwargs").object()
	for _, k := range t.Args.Keys() {
		v, _ := t.Args.Get(k)
		x.field(k).value(v)
	}
	if _, given := t.Args.Get("column_name"); t.Column != "" && !given {
		x.field("column_name").string(t.Column)
	}
	if _, given := t.Args.Get("model"); !given {
		x.field("model").string("{{ get_where_subquery(" + t.Target + ") }}")
	}
	x.end()
	x.field("namespace").stringOrNull(t.Namespace)
	x.end()
}

// fileKey names the YAML list and entry that a test was declared under: "models.orders".
func fileKey(t *manifest.TestSpec) string {
	list, name := "models", ""
	if kind, rest, ok := strings.Cut(string(t.Attached), "."); ok {
		list, name = kind+"s", strings.Split(rest, ".")[min(1, strings.Count(rest, "."))]
	}
	call, args, _ := strings.Cut(t.Target, "(")
	parts := strings.Split(strings.TrimRight(args, ") "), ",")
	switch {
	case call == "source":
		list, name = "sources", strings.Trim(parts[0], ` '"`)
	case name == "" && call == "ref":
		for _, p := range parts { // the last that is no version
			if !strings.Contains(p, "=") {
				name = strings.Trim(p, ` '"`)
			}
		}
	}
	if name == "" {
		return ""
	}
	return list + "." + name
}

func (x *manifestWriter) refs(n *manifest.Node) {
	x.field("refs").array()
	for _, r := range n.Refs {
		x.object()
		x.field("name").string(r.Name)
		x.field("package").stringOrNull(r.Package)
		x.field("version")
		x.version(r.Version)
		x.end()
	}
	x.end()
	x.field("sources").array()
	for _, s := range n.Sources {
		x.strings([]string{s.Source, s.Table})
	}
	x.end()
	x.field("metrics").emptyArray()
}

func (x *manifestWriter) dependsOn(n *manifest.Node) {
	x.field("depends_on").object()
	x.field("macros").ids(n.Macros)
	x.field("nodes").ids(n.DependsOn)
	x.end()
}

func (x *manifestWriter) checksum(n *manifest.Node) {
	x.field("checksum").object()
	if n.Checksum == "" {
		x.field("name").string("none")
	} else {
		x.field("name").string("sha256")
	}
	x.field("checksum").string(n.Checksum)
	x.end()
}

// version writes a model's version: a number where it is one, as YAML would have it.
func (x *manifestWriter) version(v string) {
	if i, err := strconv.ParseInt(v, 10, 64); err == nil {
		x.int(i)
	} else if f, err := strconv.ParseFloat(v, 64); err == nil {
		x.float(f)
	} else {
		x.stringOrNull(v)
	}
}

func (x *manifestWriter) columns(columns []manifest.Column) {
	x.field("columns").object()
	for i := range columns {
		c := &columns[i]
		x.field(c.Name).object()
		x.field("name").string(c.Name)
		x.field("description").string(c.Description)
		x.field("meta").mapping(c.Meta)
		x.field("data_type").stringOrNull(c.DataType)
		x.field("constraints").array()
		for _, k := range c.Constraints {
			x.constraint(k, false)
		}
		x.end()
		x.field("quote")
		if c.Quote {
			x.bool(true)
		} else {
			x.null()
		}
		x.field("config").object()
		x.field("meta").mapping(c.Meta)
		x.field("tags").strings(c.Tags)
		x.end()
		x.field("tags").strings(c.Tags)
		x.field("granularity").null()
		x.field("doc_blocks").ids(c.DocBlocks)
		x.end()
	}
	x.end()
}

// constraint writes a constraint with every key that dbt's has.
func (x *manifestWriter) constraint(m *manifest.Map, ofModel bool) {
	c := manifest.NewConfig(m)
	x.object()
	x.field("type").string(c.String("type"))
	x.field("name").stringOrNull(c.String("name"))
	x.field("expression").stringOrNull(c.String("expression"))
	x.field("warn_unenforced").bool(c.Bool("warn_unenforced", true))
	x.field("warn_unsupported").bool(c.Bool("warn_unsupported", true))
	x.field("to").stringOrNull(c.String("to"))
	x.field("to_columns").strings(c.Strings("to_columns"))
	if ofModel {
		x.field("columns").strings(c.Strings("columns"))
	}
	x.end()
}

func (x *manifestWriter) docsField(m *manifest.Map) {
	c := manifest.NewConfig(m)
	x.field("docs").object()
	x.field("show").bool(c.Bool("show", true))
	x.field("node_color").stringOrNull(c.String("node_color"))
	x.end()
}

// relationName is the quoted name of what the node leaves in the warehouse, "" if nothing.
func (x *manifestWriter) relationName(n *manifest.Node) string {
	switch {
	case n.Relation.IsZero() || n.Ephemeral():
		return ""
	case n.Kind == manifest.Test:
		if !n.Config.Bool("store_failures", false) && n.Config.String("store_failures_as") == "" {
			return ""
		}
	case n.Kind == manifest.Analysis || n.Kind == manifest.Operation:
		return ""
	}
	return x.o.Quote(n.Relation)
}

func alias(n *manifest.Node) string {
	switch {
	case n.Alias != "":
		return n.Alias
	case n.Relation.Name != "":
		return n.Relation.Name
	default:
		return n.Name
	}
}

// resourcePath is the file below its resource folder; a generic test has a file of its own.
func resourcePath(n *manifest.Node) string {
	switch {
	case n.Kind == manifest.Test && n.Test != nil && n.Test.Generic:
		return shortFile(n)
	case n.Kind == manifest.Source:
		return n.Path
	case n.SubPath != "":
		return n.SubPath
	default:
		return belowFirstFolder(n.Path)
	}
}

func shortFile(n *manifest.Node) string { return alias(n) + ".sql" }

func belowFirstFolder(file string) string {
	if _, rest, ok := strings.Cut(file, "/"); ok {
		return rest
	}
	return file
}

// config writes the node's config, filled up with dbt's defaults in dbt's order; keys that dbt
// does not know follow.
func (x *manifestWriter) config(n *manifest.Node) {
	defaults := x.defaultsOf(n.Kind)
	x.field("config").object()
	for _, k := range defaults.Keys() {
		def, _ := defaults.Get(k)
		v, set := n.Config.Get(k)
		if !set {
			v = def
		}
		x.field(k)
		x.configValue(n, k, v, def)
	}
	keys := n.Config.Map().Keys()
	for _, k := range keys {
		name := manifest.CanonicalKey(k)
		if _, known := defaults.Get(name); known && (name == k || slices.Contains(keys, name)) {
			continue
		}
		v, _ := n.Config.Get(k)
		x.field(name)
		x.configValue(n, name, v, nil)
	}
	x.end()
}

func (x *manifestWriter) defaultsOf(k manifest.Kind) *manifest.Map {
	m := x.defaults[k]
	if m == nil {
		m = manifest.Defaults(k)
		x.defaults[k] = m
	}
	return m
}

func (x *manifestWriter) configValue(n *manifest.Node, key string, v, def any) {
	switch key {
	case "pre-hook", "post-hook":
		x.hooks(n.Config.Hooks(key))
	case "tags", "packages":
		x.list(v)
	default:
		d, isMap := def.(*manifest.Map)
		given, ok := v.(*manifest.Map)
		switch {
		case !isMap:
			x.value(v)
		case ok:
			x.merged(d, given)
		default:
			x.mapping(d)
		}
	}
}

// list writes a list, or a lone value as a list of one.
func (x *manifestWriter) list(v any) {
	switch v.(type) {
	case nil:
		x.emptyArray()
	case []any, []string:
		x.value(v)
	default:
		x.array()
		x.value(v)
		x.end()
	}
}

func (x *manifestWriter) hooks(hooks []manifest.Hook) {
	x.array()
	for _, h := range hooks {
		x.object()
		x.field("sql").string(h.SQL)
		x.field("transaction").bool(h.Transaction)
		x.field("index").null()
		x.end()
	}
	x.end()
}
