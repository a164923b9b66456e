package engine

import (
	"context"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// InputVersion is one snapshot below a report, with the files that it was made from.
type InputVersion struct {
	Table       string         `json:"table"`
	Snapshot    string         `json:"snapshot"`
	SHA256      string         `json:"snapshot_sha256"`
	ExtractedAt time.Time      `json:"extracted_at"`
	Files       []source.Input `json:"files"`
}

// Standing says what nodes are made from and whether all of it is up to date.
type Standing struct {
	Inputs   []InputVersion
	LoadedAt time.Time // when the newest rows below the nodes were loaded; zero if nothing says
	Warnings diag.List // workbooks newer than their snapshots, snapshots newer than their tables, tables newer than their models
}

// Standing compares workbooks with snapshots, snapshots with raw tables and those with models, all
// the way below some nodes.
func (w *Workspace) Standing(ctx context.Context, s adapter.Session, nodes []*manifest.Node) (*Standing, error) {
	out := &Standing{}
	above := map[manifest.ID]bool{}
	seen := map[string]bool{}
	for _, n := range nodes {
		loaded, stale, err := w.freshness(ctx, s, n)
		if err != nil {
			return nil, err
		}
		if loaded.After(out.LoadedAt) {
			out.LoadedAt = loaded
		}
		for _, d := range stale {
			if !seen[d.Msg] {
				seen[d.Msg] = true
				out.Warnings.Add(d)
			}
		}
		for id := range w.ancestors(n.ID) {
			above[id] = true
		}
	}
	for _, x := range w.Manifest.Extracts {
		if !w.concerns(x.Scope) {
			continue
		}
		for _, t := range x.Tables {
			if err := w.tableStanding(ctx, s, t, above, out); err != nil {
				return nil, err
			}
		}
	}
	out.Warnings.Sort()
	return out, nil
}

// concerns reports whether an extraction is of the chosen values of those dimensions that have
// units: a report of one year compares it with others.
func (w *Workspace) concerns(scope map[string]string) bool {
	for name, value := range scope {
		chosen := w.Project.Scope.Current(name)
		if chosen != nil && len(chosen.Units) > 0 && !strings.EqualFold(chosen.Name, value) {
			return false
		}
	}
	return true
}

func (w *Workspace) tableStanding(ctx context.Context, s adapter.Session, t *manifest.ExtractTable, above map[manifest.ID]bool, out *Standing) error {
	n := w.sourceNode(t)
	if n == nil || !above[n.ID] {
		return nil
	}
	standing, err := source.LookAt(w.Project.Root, t)
	if err != nil || standing.Meta == nil {
		return err
	}
	m := standing.Meta
	out.Inputs = append(out.Inputs, InputVersion{Table: m.Table, Snapshot: t.Snapshot, SHA256: m.Snapshot, ExtractedAt: m.ExtractedAt, Files: m.Inputs})
	for _, file := range standing.Changed {
		out.Warnings.Add(diag.Warnf(diag.StaleData, t.Pos, "%s has changed since %s was extracted (%s)", file, t.Snapshot, stamp(m.ExtractedAt)).
			WithHint("run atlas sync --overwrite, then make the report again"))
	}
	for _, file := range standing.Gone {
		out.Warnings.Add(diag.Warnf(diag.StaleData, t.Pos, "%s, from which %s was extracted, is not there any more", file, t.Snapshot).
			WithHint("put it back, or the report cannot be made anew"))
	}
	field := or(n.Source.LoadedAtField, n.Config.String("loaded_at_field"))
	if field == "" {
		return nil
	}
	loaded, err := w.newest(ctx, s, n, field)
	if err != nil {
		return err
	}
	if !loaded.IsZero() && m.ExtractedAt.After(loaded) {
		out.Warnings.Add(diag.Warnf(diag.StaleData, t.Pos, "%s was extracted (%s) after %s was loaded last (%s)", t.Snapshot, stamp(m.ExtractedAt), n.Name, stamp(loaded)).
			WithHint("run atlas load and atlas build, then make the report again"))
	}
	return nil
}

// sourceNode gives the source that an extraction fills; nil if the project names none.
func (w *Workspace) sourceNode(t *manifest.ExtractTable) *manifest.Node {
	for _, n := range w.Manifest.Nodes {
		if n.Kind != manifest.Source || n.Source == nil {
			continue
		}
		for _, x := range n.Source.Extract {
			if x == t {
				return n
			}
		}
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }
