package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/artifact"
	"atlas/engine/compile"
	"atlas/engine/manifest"
	"atlas/engine/site/docs"
)

// DocsOptions say how to document a project.
type DocsOptions struct {
	Dir   string // where the site goes; "" is docs/ in the target folder
	Empty bool   // do not open the database: no column types, no row counts, no compiled SQL
	Open  adapter.OpenOptions
	Log   func(level, msg string)
}

// Docs writes the documentation site and catalog.json, and gives the site's folder.
func (w *Workspace) Docs(ctx context.Context, o DocsOptions) (string, error) {
	dir := o.Dir
	if dir == "" {
		dir = w.DocsDir()
	}
	in := docs.Input{
		Manifest: w.Manifest, Version: w.Project.Version, Scope: w.Scope(), Target: w.Project.Target.Name,
		Results: w.lastResults(), Compiled: map[manifest.ID]string{},
		Generated: w.engine.Clock(), Generator: "atlas " + w.engine.Version,
	}
	readme, err := os.ReadFile(filepath.Join(w.Project.Root, "README.md"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	in.README = string(readme)
	if !o.Empty {
		err := w.WithSession(ctx, o.Open, func(s adapter.Session) error {
			w.begin("generate", o.Log, nil)
			var err error
			if in.Catalog, err = w.catalog(ctx, s); err != nil {
				return err
			}
			w.compileAll(ctx, s, in.Compiled)
			return nil
		})
		if err != nil {
			return "", err
		}
		if err := w.writeCatalog(in.Catalog); err != nil {
			return "", err
		}
	}
	if _, err := w.WriteManifest(); err != nil {
		return "", err
	}
	return dir, docs.Build(ctx, in, dir)
}

// DocsDir is where the site goes unless told otherwise.
func (w *Workspace) DocsDir() string { return w.target().Path("docs") }

// Scope names the chosen values of the project's scope, for people.
func (w *Workspace) Scope() string {
	if w.Project.Scope == nil {
		return ""
	}
	var parts []string
	for _, d := range w.Project.Scope.Dimensions {
		if v := w.Project.Scope.Values[d.Name]; v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, " ")
}

// compileAll renders every model for the site. What cannot be rendered now (its database state
// is not there) is left out: the page then shows the template alone.
func (w *Workspace) compileAll(ctx context.Context, s adapter.Session, into map[manifest.ID]string) {
	for id, n := range w.Manifest.Nodes {
		if n.Kind != manifest.Model && n.Kind != manifest.Test {
			continue
		}
		if c, err := w.Compiler.Compile(ctx, n, s); err == nil {
			into[id] = c.SQL
		}
	}
}

// lastResults reads what the last run left, if anything.
func (w *Workspace) lastResults() map[manifest.ID]docs.Result {
	r, err := w.LastRun()
	if err != nil {
		return nil
	}
	out := map[manifest.ID]docs.Result{}
	for _, res := range r.Results {
		d := docs.Result{Status: docs.Status(res.Status), Rows: -1, Elapsed: res.ExecutionTime, At: r.Metadata.Generated}
		if res.Failures != nil {
			d.Failures = *res.Failures
		}
		if n, ok := res.AdapterResponse.Get("rows_affected"); ok {
			d.Rows, _ = n.(int64)
		}
		if res.Status.Failed() {
			d.Message = res.Message
		}
		out[res.NodeID] = d
	}
	return out
}

// catalog asks the warehouse for the relations of all nodes.
func (w *Workspace) catalog(ctx context.Context, s adapter.Session) (*docs.Catalog, error) {
	c := &docs.Catalog{Nodes: map[manifest.ID]docs.CatalogNode{}}
	for id, n := range w.Manifest.Nodes {
		if n.Relation.IsZero() || n.Ephemeral() || n.Kind == manifest.Test {
			continue
		}
		info, err := s.Relation(ctx, n.Relation)
		if err != nil {
			return nil, err
		}
		if info == nil {
			continue
		}
		columns, err := s.Columns(ctx, n.Relation)
		if err != nil {
			return nil, err
		}
		entry := docs.CatalogNode{Type: string(info.Type), Rows: -1}
		for _, col := range columns {
			entry.Columns = append(entry.Columns, docs.CatalogColumn{Name: col.Name, Type: col.Type})
		}
		if info.Type == adapter.Table {
			entry.Rows = w.rowCount(ctx, s, n.Relation)
		}
		c.Nodes[id] = entry
	}
	return c, nil
}

func (w *Workspace) rowCount(ctx context.Context, s adapter.Session, rel manifest.Relation) int64 {
	var rows Rows
	if err := rows.read(ctx, s, "select count(*) from "+w.Adapter.Dialect().Relation(rel), 1); err != nil || len(rows.Rows) == 0 {
		return -1
	}
	n, ok := rows.Rows[0][0].(int64)
	if !ok {
		return -1
	}
	return n
}

// writeCatalog writes target/catalog.json for other tools.
func (w *Workspace) writeCatalog(c *docs.Catalog) error {
	out := artifact.Catalog{Metadata: w.metadata(compile.NewRun("generate"))}
	ids := make([]manifest.ID, 0, len(c.Nodes))
	for id := range c.Nodes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		entry, n := c.Nodes[id], w.Manifest.Nodes[id]
		t := artifact.CatalogTable{NodeID: id, Relation: n.Relation, Type: catalogType(entry.Type)}
		for _, col := range entry.Columns {
			t.Columns = append(t.Columns, artifact.CatalogColumn{Name: col.Name, Type: col.Type})
		}
		if entry.Rows >= 0 {
			t.Stats = append(t.Stats, artifact.CatalogStat{ID: "num_rows", Label: "Row count", Description: "rows in the table", Value: entry.Rows})
		}
		if n.Kind == manifest.Source {
			out.Sources = append(out.Sources, t)
		} else {
			out.Nodes = append(out.Nodes, t)
		}
	}
	return w.target().WriteCatalog(out)
}

// catalogType gives the information schema's word for a type of relation.
func catalogType(t string) string {
	if t == "view" {
		return "VIEW"
	}
	return "BASE TABLE"
}
