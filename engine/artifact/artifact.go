// Package artifact is the target folder: the files that a run leaves behind for people, other
// tools and the next run. It writes and reads dbt's artifacts (manifest.json v12,
// run_results.json v6, catalog.json v1, sources.json v3) and the compiled SQL, each file atomically.
//
// It knows dbt's JSON shapes and the manifest's vocabulary. It does not decide what to run, and
// it does not know any warehouse: the caller gives quoted relation names through a function.
package artifact

import (
	"path"
	"path/filepath"
	"time"

	"atlas/engine/manifest"
)

// Names of the artifacts inside the target folder.
const (
	ManifestFile   = "manifest.json"
	RunResultsFile = "run_results.json"
	CatalogFile    = "catalog.json"
	SourcesFile    = "sources.json"
	CompiledFolder = "compiled"
	RunFolder      = "run"
)

// dbtVersion is the dbt release whose artifacts these are shaped like; tools choose their parser by it.
const dbtVersion = "1.11.0"

// Target is a target folder.
type Target struct{ Dir string }

// Path gives the path of a file in the folder.
func (t Target) Path(name ...string) string {
	return filepath.Join(append([]string{t.Dir}, name...)...)
}

// Metadata is what every artifact says about the invocation that wrote it.
type Metadata struct {
	InvocationID string
	Started      time.Time // of the invocation
	Generated    time.Time // when the artifact was written
	Version      string    // of Atlas; stands in env, where dbt leaves room for it
	Env          map[string]string
}

func (m Metadata) encode(e *encoder, schema string) {
	e.field("dbt_schema_version").string("https://schemas.getdbt.com/dbt/" + schema + ".json")
	e.field("dbt_version").string(dbtVersion)
	e.field("generated_at").time(m.Generated)
	e.field("invocation_id").stringOrNull(m.InvocationID)
	e.field("invocation_started_at").time(m.Started)
	e.field("env").object()
	if m.Version != "" {
		e.field("ATLAS_VERSION").string(m.Version)
	}
	for _, k := range sortedKeys(m.Env) {
		e.field(k).string(m.Env[k])
	}
	e.end()
}

// CompiledPath is where a node's compiled SQL stands in the target folder, slash-separated:
// compiled/<package>/<file>. A generic test's is a file of its own under the YAML file's path,
// as with dbt.
func CompiledPath(n *manifest.Node) string { return nodePath(CompiledFolder, n) }

// RunPath is where the SQL that a run executed for a node stands in the target folder.
func RunPath(n *manifest.Node) string { return nodePath(RunFolder, n) }

// nodePath is dbt's rule: a node that shares its file with others has a file of its own in a
// folder named after the shared one.
func nodePath(folder string, n *manifest.Node) string {
	file := n.Path
	switch n.Kind {
	case manifest.Test:
		if n.Test != nil && n.Test.Generic {
			file += "/" + shortFile(n)
		}
	case manifest.Snapshot, manifest.Operation, manifest.UnitTest:
		if path.Base(file) != n.Name+".sql" {
			file += "/" + n.Name + ".sql"
		}
	default: // a file of its own
	}
	return folder + "/" + n.Package + "/" + file
}

// WriteCompiled writes a node's compiled SQL and gives its path relative to the target folder.
func (t Target) WriteCompiled(n *manifest.Node, sql string) (string, error) {
	return t.writeSQL(CompiledPath(n), sql)
}

// WriteRun writes the SQL that a run executed for a node and gives its path relative to the
// target folder.
func (t Target) WriteRun(n *manifest.Node, sql string) (string, error) {
	return t.writeSQL(RunPath(n), sql)
}
