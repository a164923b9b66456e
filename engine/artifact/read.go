package artifact

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// ReadManifest reads a manifest.json of version 12 (dbt 1.8 and later) or of Atlas: enough of it
// to select, compare and defer. Order, Children and the like are set by graph.Resolve.
func ReadManifest(r io.Reader) (*manifest.Manifest, error) {
	var f manifestJSON
	if err := json.NewDecoder(r).Decode(&f); err != nil {
		return nil, fmt.Errorf("read manifest.json: %w", err)
	}
	if err := checkSchema(f.Metadata.Schema, "manifest", 12); err != nil {
		return nil, err
	}
	m := manifest.New(f.Metadata.Project)
	m.Parsed, _ = time.Parse(time.RFC3339Nano, f.Metadata.Generated)
	m.Metadata["adapter_type"] = f.Metadata.Adapter
	for _, section := range []map[manifest.ID]*nodeJSON{f.Nodes, f.Sources, f.Exposures, f.UnitTests} {
		for id, n := range section {
			m.Nodes[id] = n.node(id, m.Project)
		}
	}
	for id, list := range f.Disabled {
		for _, n := range list {
			m.Disabled[id] = append(m.Disabled[id], n.node(id, m.Project))
		}
	}
	for id, x := range f.Macros {
		m.Macros[id] = x.macro(id)
	}
	for id, d := range f.Docs {
		m.Docs[id] = &manifest.Doc{ID: id, Package: d.Package, Name: d.Name, Path: d.File, Contents: d.Contents}
	}
	for _, g := range f.Groups {
		name, _ := g.Get("name")
		m.Groups[fmt.Sprint(name)] = g
	}
	packages := map[string]bool{m.Project: true}
	for _, n := range m.Nodes {
		packages[n.Package] = true
	}
	delete(packages, m.Project)
	m.Packages = append([]string{m.Project}, slices.Sorted(maps.Keys(packages))...)
	return m, nil
}

// checkSchema refuses artifacts of another kind or version.
func checkSchema(schema, kind string, version int) error {
	want := fmt.Sprintf("/%s/v%d.json", kind, version)
	if strings.HasSuffix(schema, want) {
		return nil
	}
	return fmt.Errorf("this is not a %s of version %d but %q", kind, version, schema)
}

type metadataJSON struct {
	Schema     string `json:"dbt_schema_version"`
	Generated  string `json:"generated_at"`
	Invocation string `json:"invocation_id"`
	Started    string `json:"invocation_started_at"`
	Project    string `json:"project_name"`
	Adapter    string `json:"adapter_type"`
}

type manifestJSON struct {
	Metadata  metadataJSON                `json:"metadata"`
	Nodes     map[manifest.ID]*nodeJSON   `json:"nodes"`
	Sources   map[manifest.ID]*nodeJSON   `json:"sources"`
	Exposures map[manifest.ID]*nodeJSON   `json:"exposures"`
	UnitTests map[manifest.ID]*nodeJSON   `json:"unit_tests"`
	Disabled  map[manifest.ID][]*nodeJSON `json:"disabled"`
	Macros    map[manifest.ID]*macroJSON  `json:"macros"`
	Docs      map[manifest.ID]*docJSON    `json:"docs"`
	Groups    map[string]*manifest.Map    `json:"groups"`
}

type docJSON struct {
	Name     string `json:"name"`
	Package  string `json:"package_name"`
	File     string `json:"original_file_path"`
	Contents string `json:"block_contents"`
}

type macroJSON struct {
	Name        string                   `json:"name"`
	Package     string                   `json:"package_name"`
	File        string                   `json:"original_file_path"`
	SQL         string                   `json:"macro_sql"`
	Description string                   `json:"description"`
	DependsOn   dependsJSON              `json:"depends_on"`
	Arguments   []manifest.MacroArgument `json:"arguments"`
	Languages   []string                 `json:"supported_languages"`
}

func (x *macroJSON) macro(id manifest.ID) *manifest.Macro {
	kind := manifest.PlainMacro
	switch {
	case strings.HasPrefix(x.Name, "materialization_"):
		kind = manifest.Materialization
	case strings.HasPrefix(x.Name, "test_"):
		kind = manifest.TestMacro
	}
	return &manifest.Macro{
		ID: id, Kind: kind, Package: x.Package, Name: x.Name, Path: x.File, Pos: diag.Pos{File: x.File},
		Source: x.SQL, Description: x.Description, DependsOn: x.DependsOn.Macros, Arguments: x.Arguments, Languages: x.Languages,
	}
}

type dependsJSON struct {
	Macros []manifest.ID `json:"macros"`
	Nodes  []manifest.ID `json:"nodes"`
}

type refJSON struct {
	Name    string `json:"name"`
	Package string `json:"package"`
	Version any    `json:"version"`
}

type columnJSON struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	DataType    string          `json:"data_type"`
	Quote       bool            `json:"quote"`
	Tags        []string        `json:"tags"`
	Meta        *manifest.Map   `json:"meta"`
	Constraints []*manifest.Map `json:"constraints"`
	DocBlocks   []manifest.ID   `json:"doc_blocks"`
}

// nodeJSON is any resource of the file: each kind fills the fields that it has.
type nodeJSON struct {
	Database    string            `json:"database"`
	Schema      string            `json:"schema"`
	Name        string            `json:"name"`
	Kind        manifest.Kind     `json:"resource_type"`
	Package     string            `json:"package_name"`
	Path        string            `json:"path"`
	File        string            `json:"original_file_path"`
	FQN         []string          `json:"fqn"`
	Alias       string            `json:"alias"`
	Checksum    json.RawMessage   `json:"checksum"`
	Config      *manifest.Map     `json:"config"`
	Unrendered  *manifest.Map     `json:"unrendered_config"`
	Tags        []string          `json:"tags"`
	Description string            `json:"description"`
	Columns     orderedColumns    `json:"columns"`
	Meta        *manifest.Map     `json:"meta"`
	Group       string            `json:"group"`
	Patch       string            `json:"patch_path"`
	Raw         string            `json:"raw_code"`
	Refs        []refJSON         `json:"refs"`
	Sources     [][]string        `json:"sources"`
	DependsOn   dependsJSON       `json:"depends_on"`
	DocBlocks   []manifest.ID     `json:"doc_blocks"`
	Access      string            `json:"access"`
	Constraints []*manifest.Map   `json:"constraints"`
	Version     any               `json:"version"`
	Latest      any               `json:"latest_version"`
	Deprecation string            `json:"deprecation_date"`
	PrimaryKey  []string          `json:"primary_key"`
	Root        string            `json:"root_path"`
	Column      string            `json:"column_name"`
	Attached    manifest.ID       `json:"attached_node"`
	Test        *testMetadataJSON `json:"test_metadata"`

	SourceName        string        `json:"source_name"`
	SourceDescription string        `json:"source_description"`
	Loader            string        `json:"loader"`
	Identifier        string        `json:"identifier"`
	LoadedAtField     string        `json:"loaded_at_field"`
	LoadedAtQuery     string        `json:"loaded_at_query"`
	Freshness         *manifest.Map `json:"freshness"`
	External          *manifest.Map `json:"external"`
	SourceMeta        *manifest.Map `json:"source_meta"`

	Type     string        `json:"type"`
	Owner    *manifest.Map `json:"owner"`
	Label    string        `json:"label"`
	Maturity string        `json:"maturity"`
	URL      string        `json:"url"`

	Model     string          `json:"model"`
	Given     []*manifest.Map `json:"given"`
	Expect    *manifest.Map   `json:"expect"`
	Overrides *manifest.Map   `json:"overrides"`
	Versions  *manifest.Map   `json:"versions"`
}

type testMetadataJSON struct {
	Name      string        `json:"name"`
	Namespace string        `json:"namespace"`
	Args      *manifest.Map `json:"kwargs"`
}

// orderedColumns keeps the columns in the file's order.
type orderedColumns []manifest.Column

// UnmarshalJSON reads an object of columns.
func (c *orderedColumns) UnmarshalJSON(data []byte) error {
	if string(data) == "{}" || string(data) == "null" {
		return nil
	}
	var byName map[string]columnJSON
	if err := json.Unmarshal(data, &byName); err != nil {
		return err
	}
	var order manifest.Map
	if err := order.UnmarshalJSON(data); err != nil {
		return err
	}
	for _, k := range order.Keys() {
		x := byName[k]
		*c = append(*c, manifest.Column{
			Name: x.Name, Description: x.Description, DataType: x.DataType, Quote: x.Quote,
			Tags: x.Tags, Meta: x.Meta, Constraints: x.Constraints, DocBlocks: x.DocBlocks,
		})
	}
	return nil
}

// packageFolder is where dbt keeps installed packages, relative to the project.
const packageFolder = "dbt_packages"

func (x *nodeJSON) node(id manifest.ID, project string) *manifest.Node {
	folder := ""
	if x.Package != project {
		folder = packageFolder + "/" + x.Package + "/"
	}
	n := &manifest.Node{
		ID: id, Kind: x.Kind, Package: x.Package, Name: x.Name, FQN: x.FQN,
		Path: x.File, SubPath: x.Path, Root: x.Root, Pos: diag.Pos{File: folder + x.File},
		Raw: x.Raw, RawPos: diag.Pos{File: folder + x.File, Line: 1, Col: 1}, Checksum: checksum(x.Checksum),
		Config: manifest.NewConfig(x.Config), Unrendered: manifest.NewConfig(x.Unrendered),
		Description: x.Description, Columns: x.Columns, Tags: x.Tags, Meta: x.Meta, Alias: x.Alias,
		Relation: manifest.Relation{Database: x.Database, Schema: x.Schema, Name: x.Alias},
		Macros:   x.DependsOn.Macros, DependsOn: x.DependsOn.Nodes, DocBlocks: x.DocBlocks,
		Access: x.Access, Group: x.Group, Version: version(x.Version), LatestVersion: version(x.Latest),
		DeprecationDate: x.Deprecation, PrimaryKey: x.PrimaryKey, Constraints: x.Constraints,
	}
	if _, file, ok := strings.Cut(x.Patch, "://"); ok {
		n.PatchPos = diag.Pos{File: folder + file}
	}
	for _, r := range x.Refs {
		n.Refs = append(n.Refs, manifest.Ref{Package: r.Package, Name: r.Name, Version: version(r.Version), Pos: n.Pos})
	}
	for _, s := range x.Sources {
		if len(s) == 2 {
			n.Sources = append(n.Sources, manifest.SourceRef{Source: s[0], Table: s[1], Pos: n.Pos})
		}
	}
	if kind, _, _ := strings.Cut(string(id), "."); n.Kind == manifest.Exposure && manifest.Kind(kind).OfReports() {
		n.Kind, n.Checksum = manifest.Kind(kind), n.Config.String(checksumKey)
		config := x.Config.Clone()
		config.Delete(checksumKey)
		n.Config = manifest.NewConfig(config)
	}
	x.special(n)
	return n
}

// special fills in what only the node's kind has.
func (x *nodeJSON) special(n *manifest.Node) {
	switch kind := resourceType(n.Kind); kind {
	case manifest.Source:
		n.Relation.Name = x.Identifier
		n.Source = &manifest.SourceTable{
			SourceName: x.SourceName, SourceDescription: x.SourceDescription, Loader: x.Loader, Identifier: x.Identifier,
			LoadedAtField: x.LoadedAtField, LoadedAtQuery: x.LoadedAtQuery, Freshness: x.Freshness, External: x.External,
			SourceMeta: x.SourceMeta,
		}
	case manifest.Exposure:
		owner := manifest.NewConfig(x.Owner)
		n.Exposure = &manifest.ExposureSpec{
			Type: x.Type, Label: x.Label, Maturity: x.Maturity, URL: x.URL,
			OwnerName: owner.String("name"), OwnerEmail: owner.String("email"),
		}
	case manifest.UnitTest:
		n.Tags = n.Config.Strings("tags")
		n.UnitTest = &manifest.UnitTestSpec{
			Model: x.Model, Given: x.Given, Expect: x.Expect, Overrides: x.Overrides, Versions: x.Versions,
		}
	case manifest.Test:
		n.Test = &manifest.TestSpec{Column: x.Column, Attached: x.Attached}
		if x.Test != nil {
			n.Test.Generic, n.Test.Type, n.Test.Namespace = true, x.Test.Name, x.Test.Namespace
			n.Test.Args = x.Test.Args
			n.Test.Target = testTarget(x.Test.Args)
		}
	default: // nothing
	}
}

// testTarget is the call inside a generic test's model argument: "ref('orders')".
func testTarget(args *manifest.Map) string {
	model := manifest.NewConfig(args).String("model")
	model = strings.TrimSuffix(strings.TrimPrefix(model, "{{ get_where_subquery("), ") }}")
	return strings.Trim(model, "{} ")
}

// checksum reads a file's hash or, of a unit test, its text.
func checksum(raw json.RawMessage) string {
	var file struct {
		Name, Checksum string
	}
	if json.Unmarshal(raw, &file) == nil && file.Checksum != "" {
		return file.Checksum
	}
	var text string
	_ = json.Unmarshal(raw, &text) // anything else is no checksum
	return text
}

func version(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strings.TrimSuffix(fmt.Sprintf("%g", v), ".0")
	default:
		return fmt.Sprint(v)
	}
}
