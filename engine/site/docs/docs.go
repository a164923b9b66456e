// Package docs writes a project's documentation as a folder of static files: an overview, a page
// for every node and macro, lists, and the lineage of everything. The files need no server, no
// network and no build step; scripts add search, filters and movement, and everything else reads
// without them.
//
// It knows the manifest's vocabulary and what a run can tell about nodes; it reads no project
// file and opens no database.
package docs

import (
	"context"
	"errors"
	"time"

	"atlas/engine/artifact"
	"atlas/engine/manifest"
)

// Input is what the site is made of. Only Manifest is required.
type Input struct {
	Manifest *manifest.Manifest
	Title    string // shown for the project; its name when empty
	Version  string // the project's version
	Scope    string // what the build covers, for people: "NORTH 2026"
	Target   string // the profile's target: "dev"
	README   string // Markdown, shown on the overview
	Catalog  *Catalog
	Compiled map[manifest.ID]string // SQL as the warehouse saw it
	Results  map[manifest.ID]Result // the latest outcome of nodes and tests

	Generated time.Time // shown on every page; zero leaves it out, which makes output repeatable
	Generator string    // "atlas 0.4.0"
}

// Catalog is what the warehouse says about relations, by node.
type Catalog struct {
	Nodes map[manifest.ID]CatalogNode
}

// CatalogNode describes the relation of one node as it stands in the warehouse.
type CatalogNode struct {
	Type    string // "table", "view"
	Rows    int64  // -1 when unknown
	Bytes   int64  // 0 when unknown
	Comment string
	Columns []CatalogColumn // in the warehouse's order
}

// CatalogColumn is a column as the warehouse has it.
type CatalogColumn struct{ Name, Type, Comment string }

// Status is the outcome of a node or test, in dbt's words.
type Status string

// The statuses.
const (
	Success Status = "success"
	Pass    Status = "pass"
	Warn    Status = "warn"
	Fail    Status = "fail"
	Errored Status = "error"
	Skipped Status = "skipped"
)

// Result is the latest outcome of a node or test.
type Result struct {
	Status   Status
	Failures int64         // rows that a test found
	Rows     int64         // rows written; -1 when unknown
	Message  string        // what went wrong, if anything
	Elapsed  time.Duration // 0 when unknown
	At       time.Time     // when it finished; zero when unknown
}

// Build writes the site to dir, which is replaced as a whole: a reader sees the old site or the
// new one. A folder that holds anything but a site written by Build is refused.
func Build(ctx context.Context, in Input, dir string) error {
	if in.Manifest == nil {
		return errors.New("docs need a manifest")
	}
	s, err := newSite(ctx, in)
	if err != nil {
		return err
	}
	return artifact.ReplaceFolder(dir, folderKind(), func(w *artifact.Folder) error { return s.write(ctx, w) })
}
