package project_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"atlas/engine/manifest"
	"atlas/engine/project"
)

// TestAgainstDBT compares the nodes of the projects in testdata/dbt with dbt's own manifest. The
// manifest is recorded beside the project; with ATLAS_DBT, the path of a dbt command with dbt-duckdb,
// dbt parses the project anew, and with ATLAS_UPDATE=1 that is recorded.
// ATLAS_DBT_PROJECTS adds projects that dbt has parsed already, separated by colons, whose
// target/manifest.json is compared; ATLAS_DBT_PROFILES is the folder of their profiles.yml.
func TestAgainstDBT(t *testing.T) {
	recorded, err := filepath.Glob("testdata/dbt/*.json")
	if err != nil || len(recorded) == 0 {
		t.Fatal("no recorded manifests in testdata/dbt")
	}
	dbt := os.Getenv("ATLAS_DBT")
	if dbt == "" {
		t.Log("comparing with recorded manifests; set ATLAS_DBT=/path/to/dbt to ask dbt itself")
	}
	for _, file := range recorded {
		dir := strings.TrimSuffix(file, ".json")
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if dbt != "" {
				work := t.TempDir()
				if err := os.CopyFS(work, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				askDBT(t, dbt, work, file)
			}
			compareWithDBT(t, dir, dir, readManifest(t, file))
		})
	}
	for _, dir := range filepath.SplitList(os.Getenv("ATLAS_DBT_PROJECTS")) {
		t.Run("asked/"+filepath.Base(dir), func(t *testing.T) {
			compareWithDBT(t, dir, os.Getenv("ATLAS_DBT_PROFILES"), readManifest(t, filepath.Join(dir, "target", "manifest.json")))
		})
	}
}

// askDBT parses a copy of a project with dbt, and holds or replaces what is recorded.
func askDBT(t *testing.T, dbt, work, record string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), dbt, "--quiet", "parse", "--no-partial-parse", "--profiles-dir", work, "--project-dir", work)
	cmd.Env = append(os.Environ(), "DBT_SEND_ANONYMOUS_USAGE_STATS=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := json.MarshalIndent(readManifest(t, filepath.Join(work, "target", "manifest.json")), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("ATLAS_UPDATE") != "" {
		if err := os.WriteFile(record, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got)+"\n" {
		t.Errorf("dbt says something else than %s; ATLAS_UPDATE=1 records it", record)
	}
}

// dbtManifest is the part of dbt's manifest that is compared.
type dbtManifest struct {
	Nodes     map[string]*dbtNode   `json:"nodes"`
	Sources   map[string]*dbtNode   `json:"sources"`
	Exposures map[string]*dbtNode   `json:"exposures"`
	UnitTests map[string]*dbtNode   `json:"unit_tests"`
	Disabled  map[string][]*dbtNode `json:"disabled"`
	Macros    map[string]dbtMacro   `json:"macros"`
	Docs      map[string]dbtMacro   `json:"docs"`
}

type dbtMacro struct {
	Package string `json:"package_name"`
}

// readManifest reads a manifest, drops what comes with dbt itself and sorts what dbt keeps in sets.
func readManifest(t *testing.T, file string) *dbtManifest {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := &dbtManifest{}
	if err := json.Unmarshal(data, m); err != nil {
		t.Fatal(err)
	}
	for _, set := range []map[string]dbtMacro{m.Macros, m.Docs} {
		for id, x := range set {
			if x.Package == "dbt" || x.Package == "dbt_duckdb" {
				delete(set, id)
			}
		}
	}
	for _, set := range []map[string]*dbtNode{m.Nodes, m.Sources, m.Exposures, m.UnitTests} {
		for _, n := range set {
			n.settle()
		}
	}
	for _, list := range m.Disabled {
		for _, n := range list {
			n.settle()
		}
	}
	return m
}

// settle sorts tags.
func (n *dbtNode) settle() {
	sort.Strings(n.Tags)
	if list, ok := n.Config["tags"].([]any); ok {
		sort.Slice(list, func(i, j int) bool { return fmt.Sprint(list[i]) < fmt.Sprint(list[j]) })
	}
	for _, c := range n.Columns {
		sort.Strings(c.Tags)
	}
}

// dbtNode is the part of a node that is compared.
type dbtNode struct {
	UniqueID      string               `json:"unique_id"`
	ResourceType  string               `json:"resource_type"`
	Package       string               `json:"package_name"`
	Name          string               `json:"name"`
	Alias         string               `json:"alias"`
	Schema        string               `json:"schema"`
	Identifier    string               `json:"identifier"`
	Path          string               `json:"path"`
	File          string               `json:"original_file_path"`
	FQN           []string             `json:"fqn"`
	Tags          []string             `json:"tags"`
	Description   string               `json:"description"`
	RawCode       string               `json:"raw_code"`
	Access        string               `json:"access"`
	Group         string               `json:"group"`
	Checksum      any                  `json:"checksum"`
	Config        map[string]any       `json:"config"`
	Meta          json.RawMessage      `json:"meta"`
	Columns       map[string]dbtColumn `json:"columns"`
	Refs          []dbtRef             `json:"refs"`
	Sources       [][]string           `json:"sources"`
	ColumnName    *string              `json:"column_name"`
	LatestVersion any                  `json:"latest_version"`
	LoadedAt      *string              `json:"loaded_at_field"`
	Attached      string               `json:"attached_node"`
}

type dbtColumn struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	DataType    *string         `json:"data_type"`
	Quote       *bool           `json:"quote"`
	Tags        []string        `json:"tags"`
	Meta        json.RawMessage `json:"meta"`
}

type dbtRef struct {
	Name    string `json:"name"`
	Package string `json:"package"`
	Version any    `json:"version"`
}

func compareWithDBT(t *testing.T, dir, profiles string, theirs *dbtManifest) {
	t.Helper()
	p, diags := project.Load(context.Background(), project.Options{Dir: dir, ProfilesDir: profiles})
	if diags.Err() != nil {
		t.Fatal(diags)
	}
	for _, d := range diags {
		t.Log(d)
	}
	r := &fakeRenderer{p: p}
	m, diags := project.Parse(context.Background(), p, r)
	for _, d := range diags {
		t.Log(d.Severity, d)
	}
	if diags.Err() != nil {
		t.Fatal("errors")
	}
	t.Logf("%d nodes, %d rendered in parse mode: %v", len(m.Nodes), len(r.captured), r.captured)
	ownNames := false // the project has its own generate_schema_name, which only compile can call
	for _, x := range m.Macros {
		ownNames = ownNames || x.Name == "generate_schema_name"
	}
	want := map[string]*dbtNode{}
	for _, set := range []map[string]*dbtNode{theirs.Nodes, theirs.Sources, theirs.Exposures, theirs.UnitTests} {
		for id, n := range set {
			if !strings.HasPrefix(id, "operation.dbt") {
				want[id] = n
			}
		}
	}
	for id, n := range want {
		if n.Config["enabled"] == false {
			continue // dbt keeps the tests of a disabled node, switched off
		}
		if m.Nodes[manifest.ID(id)] == nil {
			t.Errorf("missing %s", id)
		}
	}
	for id, n := range m.Nodes {
		if want[string(id)] == nil {
			t.Errorf("surplus %s", id)
			continue
		}
		compareNode(t, n, want[string(id)], ownNames)
	}
	for id := range theirs.Disabled {
		if m.Disabled[manifest.ID(id)] == nil {
			t.Errorf("not disabled: %s", id)
		}
	}
	for id := range m.Disabled {
		if theirs.Disabled[string(id)] == nil && !strings.HasPrefix(string(id), "test.") && !strings.HasPrefix(string(id), "unit_test.") {
			t.Errorf("disabled: %s", id)
		}
	}
	for id, x := range theirs.Macros {
		if p.Package(x.Package) != nil && m.Macros[manifest.ID(id)] == nil {
			t.Errorf("missing %s", id)
		}
	}
	for id := range m.Macros {
		if _, ok := theirs.Macros[string(id)]; !ok {
			t.Errorf("surplus %s", id)
		}
	}
	for id := range m.Docs {
		if _, ok := theirs.Docs[string(id)]; !ok {
			t.Errorf("surplus %s", id)
		}
	}
}

func compareNode(t *testing.T, n *manifest.Node, want *dbtNode, ownNames bool) {
	t.Helper()
	check := func(what string, got, want any) {
		t.Helper()
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			t.Errorf("%s: %s is %s, dbt has %s", n.ID, what, g, w)
		}
	}
	check("name", n.Name, want.Name)
	check("fqn", n.FQN, want.FQN)
	check("path", n.SubPath, want.Path)
	check("file", n.Path, strings.TrimPrefix(want.File, "./"))
	if n.Kind != manifest.UnitTest {
		check("tags", sorted(n.Tags), sorted(want.Tags))
	}
	check("description", n.Description, want.Description)
	if n.Kind != manifest.UnitTest {
		check("refs", refText(n.Refs), dbtRefText(want.Refs))
		check("sources", sourceText(n.Sources), want.Sources)
	}
	switch n.Kind {
	case manifest.Source:
		check("identifier", n.Source.Identifier, want.Identifier)
		check("schema", n.Relation.Schema, want.Schema)
		check("loaded_at_field", n.Source.LoadedAtField, text(want.LoadedAt))
	case manifest.Exposure, manifest.UnitTest:
	default:
		check("alias", n.Alias, want.Alias)
		if !ownNames {
			check("schema", n.Relation.Schema, want.Schema)
		}
		if n.Kind != manifest.Seed {
			check("raw code", strings.TrimSpace(n.Raw), strings.TrimSpace(want.RawCode))
		}
		if sum := checksumText(want.Checksum); sum != "" && (n.Test == nil || !n.Test.Generic) && n.Kind != manifest.Operation && n.PatchPos.IsZero() {
			check("checksum", n.Checksum, sum)
		}
	}
	if n.Kind == manifest.Test {
		if want.ColumnName != nil { // dbt has none where column_name is an argument
			check("column", n.Test.Column, *want.ColumnName)
		}
		if !strings.HasPrefix(string(n.Test.Attached), "source.") { // dbt names no source there
			check("attached", n.Test.Attached, want.Attached)
		}
	}
	if n.Kind == manifest.Model {
		check("access", n.Access, want.Access)
	}
	check("group", n.Group, want.Group)
	compareConfig(t, n, want)
	compareColumns(t, n, want)
}

func compareConfig(t *testing.T, n *manifest.Node, want *dbtNode) {
	t.Helper()
	full := manifest.NewConfig(manifest.Defaults(n.Kind)).Merge(n.Config)
	data, err := json.Marshal(full.Map())
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for k, w := range want.Config {
		switch k {
		case "tags", "packages":
			continue
		case "pre-hook", "post-hook":
			if w, g := hookText(w), hookText(got[k]); w != g {
				t.Errorf("%s: config %s is %v, dbt has %v", n.ID, k, g, w)
			}
			continue
		case "store_failures", "store_failures_as", "freshness", "snapshot_meta_column_names":
			continue
		}
		g, _ := json.Marshal(got[k])
		x, _ := json.Marshal(w)
		if string(g) != string(x) {
			t.Errorf("%s: config %s is %s, dbt has %s", n.ID, k, g, x)
		}
	}
	for k, v := range got {
		if _, ok := want.Config[k]; !ok && v != nil {
			t.Errorf("%s: config %s is %v, dbt has none", n.ID, k, v)
		}
	}
}

func hookText(v any) string {
	var out []string
	list, _ := v.([]any)
	if v != nil && list == nil {
		list = []any{v}
	}
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			out = append(out, fmt.Sprint(m["sql"]))
		} else {
			out = append(out, fmt.Sprint(x))
		}
	}
	return strings.Join(out, "\n")
}

func compareColumns(t *testing.T, n *manifest.Node, want *dbtNode) {
	t.Helper()
	if len(n.Columns) != len(want.Columns) {
		t.Errorf("%s: %d columns, dbt has %d", n.ID, len(n.Columns), len(want.Columns))
	}
	for _, c := range n.Columns {
		w, ok := want.Columns[c.Name]
		if !ok {
			t.Errorf("%s: surplus column %s", n.ID, c.Name)
			continue
		}
		got := fmt.Sprint(c.Description, "|", c.DataType, "|", c.Quote, "|", sorted(c.Tags))
		exp := fmt.Sprint(w.Description, "|", text(w.DataType), "|", w.Quote != nil && *w.Quote, "|", sorted(w.Tags))
		if got != exp {
			t.Errorf("%s.%s: %s, dbt has %s", n.ID, c.Name, got, exp)
		}
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func sorted(list []string) []string {
	seen := map[string]bool{}
	out := []string{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}

func refText(refs []manifest.Ref) []string {
	out := []string{}
	for _, r := range refs {
		if ref := r.Package + "/" + r.Name + "/" + r.Version; !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}

func dbtRefText(refs []dbtRef) []string {
	out := []string{}
	for _, r := range refs {
		v := ""
		if r.Version != nil {
			v = fmt.Sprint(r.Version)
		}
		if ref := r.Package + "/" + r.Name + "/" + v; !slices.Contains(out, ref) { // dbt repeats refs of hooks
			out = append(out, ref)
		}
	}
	return out
}

func sourceText(refs []manifest.SourceRef) [][]string {
	out := [][]string{}
	for _, r := range refs {
		out = append(out, []string{r.Source, r.Table})
	}
	return out
}

// checksumText gives the sum of a node's checksum; unit tests keep theirs as text.
func checksumText(v any) string {
	m, _ := v.(map[string]any)
	s, _ := m["checksum"].(string)
	return s
}
