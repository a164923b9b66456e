package artifact

import (
	"crypto/md5" //nolint:gosec // dbt's project_id is an MD5 of the name; nothing is protected by it
	"encoding/hex"
	"io"
	"slices"

	"atlas/engine/manifest"
)

// Compiled is what compiling a node gave.
type Compiled struct {
	Path      string         // relative to the project's root, slash-separated: "target/compiled/…"
	BuildPath string         // the same of what was run, "target/run/…"; "" if the node was only compiled
	Code      string         //
	Ephemeral []EphemeralCTE // ephemeral parents, as they were put in
}

// EphemeralCTE is an ephemeral model that was put into another's SQL.
type EphemeralCTE struct {
	ID  manifest.ID
	SQL string
}

// ManifestOptions is what manifest.json needs besides the manifest.
type ManifestOptions struct {
	Metadata  Metadata
	Quote     func(manifest.Relation) string     // quoted name for relation_name; nil puts double quotes
	Compiled  func(manifest.ID) (Compiled, bool) // nil if nothing was compiled
	Database  string                             // where sources that name no database are: the target's
	Selectors *manifest.Map                      // selectors.yml: name → definition
}

// WriteManifest writes manifest.json in dbt's version 12, in the order of IDs.
func WriteManifest(w io.Writer, m *manifest.Manifest, o ManifestOptions) error {
	if o.Quote == nil {
		o.Quote = doubleQuoted
	}
	x := &manifestWriter{encoder: newEncoder(w), m: m, o: o, defaults: map[manifest.Kind]*manifest.Map{}}
	x.created = float64(m.Parsed.UnixMicro()) / 1e6
	if m.Parsed.IsZero() {
		x.created = 0
	}
	x.sort()
	x.write()
	return x.flush()
}

// WriteManifest writes the folder's manifest.json: replaced atomically, but not synced, for it
// can be tens of megabytes and made again at any time.
func (t Target) WriteManifest(m *manifest.Manifest, o ManifestOptions) error {
	return replaceFile(t.Path(ManifestFile), false, func(w io.Writer) error { return WriteManifest(w, m, o) })
}

func doubleQuoted(r manifest.Relation) string {
	out := ""
	for _, p := range []string{r.Database, r.Schema, r.Name} {
		if p == "" {
			continue
		}
		if out != "" {
			out += "."
		}
		out += `"` + p + `"`
	}
	return out
}

type manifestWriter struct {
	*encoder
	m       *manifest.Manifest
	o       ManifestOptions
	created float64
	nodes   []*manifest.Node // models, seeds, snapshots, tests, analyses, operations
	sources []*manifest.Node
	exposed []*manifest.Node
	units   []*manifest.Node

	defaults map[manifest.Kind]*manifest.Map
}

// sort puts the nodes into the sections of the file.
func (x *manifestWriter) sort() {
	for _, id := range sortedKeys(x.m.Nodes) {
		n := x.m.Nodes[id]
		switch {
		case n.Kind == manifest.Source:
			x.sources = append(x.sources, n)
		case n.Kind.Shows():
			x.exposed = append(x.exposed, n)
		case n.Kind == manifest.UnitTest:
			x.units = append(x.units, n)
		default:
			x.nodes = append(x.nodes, n)
		}
	}
}

func (x *manifestWriter) write() {
	x.object()
	x.field("metadata")
	x.metadata()
	x.section("nodes", x.nodes)
	x.section("sources", x.sources)
	x.field("macros").object()
	for _, id := range sortedKeys(x.m.Macros) {
		x.field(string(id))
		x.macro(x.m.Macros[id])
	}
	x.end()
	x.field("docs").object()
	for _, id := range sortedKeys(x.m.Docs) {
		x.field(string(id))
		x.doc(x.m.Docs[id])
	}
	x.end()
	x.section("exposures", x.exposed)
	x.field("metrics").emptyObject()
	x.groups()
	x.field("selectors").mapping(x.o.Selectors)
	x.disabled()
	x.maps()
	x.field("saved_queries").emptyObject()
	x.field("semantic_models").emptyObject()
	x.section("unit_tests", x.units)
	x.field("functions").emptyObject()
	x.end()
}

func (x *manifestWriter) metadata() {
	x.object()
	x.o.Metadata.encode(x.encoder, "manifest/v12")
	id := md5.Sum([]byte(x.m.Project)) //nolint:gosec // see the import
	x.field("project_name").string(x.m.Project)
	x.field("project_id").string(hex.EncodeToString(id[:]))
	x.field("user_id").null()
	x.field("send_anonymous_usage_stats").bool(false)
	x.field("adapter_type").stringOrNull(x.m.Metadata["adapter_type"])
	x.field("quoting").object()
	x.field("database").bool(true)
	x.field("schema").bool(true)
	x.field("identifier").bool(true)
	x.field("column").null()
	x.end()
	x.field("run_started_at").time(x.o.Metadata.Started)
	x.end()
}

func (x *manifestWriter) section(name string, nodes []*manifest.Node) {
	x.field(name).object()
	for _, n := range nodes {
		x.field(string(n.ID))
		x.node(n)
	}
	x.end()
}

func (x *manifestWriter) groups() {
	x.field("groups").object()
	for _, name := range sortedKeys(x.m.Groups) {
		g := manifest.NewConfig(x.m.Groups[name])
		x.field("group." + x.groupPackage(g) + "." + name).object()
		x.field("name").string(name)
		x.field("resource_type").string("group")
		x.field("package_name").string(x.groupPackage(g))
		x.field("path").string(g.String("path"))
		x.field("original_file_path").string(g.String("original_file_path"))
		x.field("unique_id").string("group." + x.groupPackage(g) + "." + name)
		owner, _ := g.Get("owner")
		o, _ := owner.(*manifest.Map)
		x.field("owner").merged(manifest.NewMap("email", nil, "name", nil), o)
		x.field("description").stringOrNull(g.String("description"))
		cfg, _ := g.Get("config")
		c, _ := cfg.(*manifest.Map)
		x.field("config").merged(manifest.NewMap("meta", manifest.NewMap()), c)
		x.end()
	}
	x.end()
}

func (x *manifestWriter) groupPackage(g manifest.Config) string {
	if p := g.String("package_name"); p != "" {
		return p
	}
	return x.m.Project
}

func (x *manifestWriter) disabled() {
	x.field("disabled").object()
	for _, id := range sortedKeys(x.m.Disabled) {
		x.field(string(id)).array()
		for _, n := range x.m.Disabled[id] {
			x.node(n)
		}
		x.end()
	}
	x.end()
}

// maps writes the edges in both directions, and the members of groups.
func (x *manifestWriter) maps() {
	members := map[string][]manifest.ID{}
	var ids []manifest.ID
	for _, list := range [][]*manifest.Node{x.nodes, x.sources, x.exposed, x.units} {
		for _, n := range list {
			ids = append(ids, n.ID)
			if g := n.GroupName(); g != "" && n.Kind != manifest.Source {
				members[g] = append(members[g], n.ID)
			}
		}
	}
	x.field("parent_map").object()
	for _, id := range ids {
		x.field(string(id)).ids(slices.Sorted(slices.Values(x.m.Nodes[id].DependsOn)))
	}
	x.end()
	x.field("child_map").object()
	for _, id := range ids {
		x.field(string(id)).ids(slices.Sorted(slices.Values(x.m.Children[id])))
	}
	x.end()
	x.field("group_map").object()
	for _, g := range sortedKeys(x.m.Groups) {
		x.field(g).ids(members[g])
	}
	x.end()
}

func (x *manifestWriter) macro(m *manifest.Macro) {
	x.object()
	x.field("name").string(m.Name)
	x.field("resource_type").string("macro")
	x.field("package_name").string(m.Package)
	x.field("path").string(m.Path)
	x.field("original_file_path").string(m.Path)
	x.field("unique_id").string(string(m.ID))
	x.field("macro_sql").string(m.Source)
	x.field("depends_on").object()
	x.field("macros").ids(m.DependsOn)
	x.end()
	x.field("description").string(m.Description)
	x.field("meta").mapping(m.Meta)
	x.docsField(nil)
	x.field("config").object()
	x.field("meta").mapping(m.Meta)
	x.docsField(nil)
	x.end()
	x.field("patch_path").stringOrNull(manifest.PatchPath(m.Package, m.PatchPos.File, m.Pos.File, m.Path))
	x.field("arguments").array()
	for _, a := range m.Arguments {
		x.object()
		x.field("name").string(a.Name)
		x.field("type").stringOrNull(a.Type)
		x.field("description").string(a.Description)
		x.end()
	}
	x.end()
	x.field("created_at").float(x.created)
	x.field("supported_languages")
	switch {
	case m.Kind != manifest.Materialization:
		x.null()
	case len(m.Languages) == 0:
		x.strings([]string{"sql"})
	default:
		x.strings(m.Languages)
	}
	x.end()
}

func (x *manifestWriter) doc(d *manifest.Doc) {
	x.object()
	x.field("name").string(d.Name)
	x.field("resource_type").string("doc")
	x.field("package_name").string(d.Package)
	x.field("path").string(belowFirstFolder(d.Path))
	x.field("original_file_path").string(d.Path)
	x.field("unique_id").string(string(d.ID))
	x.field("block_contents").string(d.Contents)
	x.end()
}
