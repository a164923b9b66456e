package artifact

import (
	"crypto/sha256"
	"encoding/hex"

	"atlas/engine/manifest"
)

func (x *manifestWriter) source(n *manifest.Node) {
	s := n.Source
	if s == nil {
		s = &manifest.SourceTable{}
	}
	relation := n.Relation
	if relation.Database == "" {
		relation.Database = x.o.Database
	}
	x.field("database").stringOrNull(relation.Database)
	x.field("schema").string(relation.Schema)
	x.identity(n)
	x.field("source_name").string(s.SourceName)
	x.field("source_description").string(s.SourceDescription)
	x.field("loader").string(s.Loader)
	identifier := s.Identifier
	if identifier == "" {
		identifier = n.Name
	}
	x.field("identifier").string(identifier)
	x.quoting(n)
	x.field("loaded_at_field").stringOrNull(s.LoadedAtField)
	x.field("loaded_at_query").stringOrNull(s.LoadedAtQuery)
	x.field("freshness")
	x.freshness(s.Freshness)
	x.field("external").mappingOrNull(s.External)
	x.field("description").string(n.Description)
	x.columns(n.Columns)
	x.field("meta").mapping(n.Meta)
	x.field("source_meta").mapping(s.SourceMeta)
	x.field("tags").strings(n.Tags)
	x.sourceConfig(n, s)
	x.field("patch_path").stringOrNull("")
	x.field("unrendered_config").merged(manifest.NewMap( // dbt has these whether they are set or not
		"loaded_at_field", orNull(s.LoadedAtField), "loaded_at_query", orNull(s.LoadedAtQuery),
		"meta", manifest.NewMap(), "tags", []any{},
	), n.Unrendered.Map())
	x.field("relation_name").stringOrNull(x.o.Quote(relation))
	x.field("created_at").float(x.created)
	x.field("unrendered_database").null()
	x.field("unrendered_schema").null()
	x.field("doc_blocks").ids(n.DocBlocks)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (x *manifestWriter) quoting(n *manifest.Node) {
	v, _ := n.Config.Get("quoting")
	q, _ := v.(*manifest.Map)
	x.field("quoting").object()
	for _, k := range []string{"database", "schema", "identifier", "column"} {
		v, _ := q.Get(k)
		x.field(k).value(v)
	}
	x.end()
}

// freshness writes a freshness rule with all its keys; nil is dbt's empty rule.
func (x *manifestWriter) freshness(m *manifest.Map) {
	x.object()
	for _, k := range []string{"warn_after", "error_after"} {
		v, _ := m.Get(k)
		rule, _ := v.(*manifest.Map)
		x.field(k).object()
		count, _ := rule.Get("count")
		period, _ := rule.Get("period")
		x.field("count").value(count)
		x.field("period").value(period)
		x.end()
	}
	filter, _ := m.Get("filter")
	x.field("filter").value(filter)
	x.end()
}

func (x *manifestWriter) sourceConfig(n *manifest.Node, s *manifest.SourceTable) {
	x.field("config").object()
	x.field("enabled").bool(n.Config.Enabled())
	event, _ := n.Config.Get("event_time")
	x.field("event_time").value(event)
	x.field("freshness")
	x.freshness(s.Freshness)
	x.field("loaded_at_field").stringOrNull(s.LoadedAtField)
	x.field("loaded_at_query").stringOrNull(s.LoadedAtQuery)
	x.field("meta").mapping(n.Meta)
	x.field("tags").strings(n.Tags)
	x.field("static_analysis").null()
	for _, k := range n.Config.Map().Keys() {
		switch k {
		case "enabled", "event_time", "freshness", "loaded_at_field", "loaded_at_query", "meta", "tags", "static_analysis", "quoting":
		default:
			v, _ := n.Config.Get(k)
			x.field(k).value(v)
		}
	}
	x.end()
}

// checksumKey is the key of an exposure's config that holds the checksum of a report, a deck or a part
// of one: dbt's exposures have no other place for it.
const checksumKey = "atlas_checksum"

func (x *manifestWriter) exposure(n *manifest.Node) {
	if n.Kind.OfReports() {
		with := *n
		config := n.Config.Map().Clone()
		config.Set(checksumKey, n.Checksum)
		with.Config = manifest.NewConfig(config)
		n = &with
	}
	s := n.Exposure
	if s == nil {
		s = &manifest.ExposureSpec{}
	}
	x.identity(n)
	x.field("type").string(s.Type)
	x.field("owner").object()
	x.field("email").stringOrNull(s.OwnerEmail)
	x.field("name").stringOrNull(s.OwnerName)
	x.end()
	x.field("description").string(n.Description)
	x.field("label").stringOrNull(s.Label)
	x.field("maturity").stringOrNull(s.Maturity)
	x.field("meta").mapping(n.Meta)
	x.field("tags").strings(n.Tags)
	x.config(n)
	x.field("unrendered_config").mapping(n.Unrendered.Map())
	x.field("url").stringOrNull(s.URL)
	x.dependsOn(n)
	x.refs(n)
	x.field("created_at").float(x.created)
}

func (x *manifestWriter) unitTest(n *manifest.Node) {
	s := n.UnitTest
	if s == nil {
		s = &manifest.UnitTestSpec{}
	}
	x.field("model").string(s.Model)
	x.field("given").array()
	for _, g := range s.Given {
		x.fixture(g, true)
	}
	x.end()
	x.field("expect")
	x.fixture(s.Expect, false)
	x.identity(n)
	x.field("description").string(n.Description)
	x.field("overrides")
	if s.Overrides == nil {
		x.null()
	} else {
		x.object()
		for _, k := range []string{"macros", "vars", "env_vars"} {
			v, _ := s.Overrides.Get(k)
			m, _ := v.(*manifest.Map)
			x.field(k).mapping(m)
		}
		x.end()
	}
	x.dependsOn(n)
	x.config(n)
	x.field("checksum").string(unitTestChecksum(n, s))
	x.field("schema").stringOrNull(n.Relation.Schema)
	x.field("created_at").float(x.created)
	x.field("versions").mappingOrNull(s.Versions)
	x.field("version")
	x.version(n.Version)
}

// fixture writes a unit test's input or expected rows.
func (x *manifestWriter) fixture(m *manifest.Map, input bool) {
	c := manifest.NewConfig(m)
	x.object()
	if input {
		x.field("input").string(c.String("input"))
	}
	rows, _ := m.Get("rows")
	x.field("rows").value(rows)
	format := c.String("format")
	if format == "" {
		format = "dict"
	}
	x.field("format").string(format)
	x.field("fixture").stringOrNull(c.String("fixture"))
	x.end()
}

// unitTestChecksum changes whenever the test does, its description apart.
func unitTestChecksum(n *manifest.Node, s *manifest.UnitTestSpec) string {
	if n.Checksum != "" {
		return n.Checksum
	}
	h := sha256.New()
	e := &manifestWriter{encoder: newEncoder(h)}
	e.string(s.Model)
	e.mapping(s.Versions)
	for _, g := range s.Given {
		e.mapping(g)
	}
	e.mapping(s.Expect)
	e.mapping(s.Overrides)
	_ = e.flush() // a hash takes every write
	return hex.EncodeToString(h.Sum(nil))
}
