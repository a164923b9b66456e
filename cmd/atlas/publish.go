package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/manifest"
)

func (a *app) publishCommand() *cobra.Command {
	var o engine.PublishOptions
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "Bring the marts of a month into the operational store",
		Long: `Bring what the publications of the project say from the warehouse into the operational store. A
month is replaced whole or not at all, publishing again gives the same rows, and a row of another
entity or month is a refused run. The store is where DATABASE_URL points, else atlas-ops.db.`,
		Example: `  atlas publish --entity ACME --year 2026 --month 2
  atlas publish --entity ACME --year 2026 --dry-run
  atlas publish --year 2026 --month 2 --table orders`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.byMonth = true
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			return a.publish(cmd.Context(), w, o)
		},
	}
	cmd.Flags().StringSliceVar(&o.Names, "table", nil, "only these `publications`")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "count what would change, and change nothing")
	return cmd
}

func (a *app) publish(ctx context.Context, w *engine.Workspace, o engine.PublishOptions) error {
	var err error
	if o.Month, err = a.month(); err != nil {
		return err
	}
	o.Open = a.openOptions(false)
	start := a.now()
	o.Progress = func(name string, rows int64) {
		a.term.redraw([]string{fmt.Sprintf("%s %s %s %s", pad("publish", 9), pad(name, a.term.room(52, 24, 35)), padLeft(count(rows, "row", "rows"), 13), padLeft(seconds(a.now().Sub(start)), 8))})
	}
	o.Notify = func(text string) { a.note("%s", text) }
	report, err := w.Publish(ctx, o)
	a.term.redraw(nil)
	if err != nil {
		return err
	}
	a.published(report, o.DryRun)
	return nil
}

func (a *app) published(r *engine.PublishReport, dry bool) {
	t := table{columns: []string{"publication", "rows", "new", "changed", "same", "deleted"}, numeric: []bool{false, true, true, true, true, true}}
	var rows int64
	for _, p := range r.Published {
		a.term.event("published", map[string]any{
			"publication": p.Publication, "table": p.Table, "rows": p.Rows, "inserted": p.Inserted, "updated": p.Updated,
			"unchanged": p.Unchanged, "deleted": p.Deleted, "moved": p.Moved, "hash": p.Hash, "dry_run": dry,
		})
		rows += p.Rows
		line := []string{p.Publication}
		for _, n := range []int64{p.Rows, p.Inserted, p.Updated, p.Unchanged, p.Deleted} {
			line = append(line, thousands(n))
		}
		t.rows = append(t.rows, line)
	}
	if !a.term.quiet && !a.term.events {
		t.text(a.term.out, a.term.paint)
	}
	what := count(int64(len(r.Published)), "table", "tables")
	if dry {
		what += ", nothing written"
	}
	a.stage("publish", what, rows, r.Elapsed)
	for _, p := range r.Published {
		if p.Rows == 0 && p.Deleted > 0 {
			a.note("%s: the relation has no rows of this period, so %s went", p.Publication, count(p.Deleted, "row", "rows"))
		}
		if p.Moved > 0 {
			a.note("%s: %s stood in another period before", p.Publication, count(p.Moved, "row", "rows"))
		}
		if n := r.Undated[p.Publication]; n > 0 {
			a.note("%s: %s without a date belong to no month and are not published", p.Publication, count(n, "row", "rows"))
		}
	}
	a.stale(r.Stale)
}

// stale names the publications that are behind their relations, a line each with all its months.
func (a *app) stale(list []engine.Stale) {
	type line struct{ publication, at string }
	var lines []line
	when := map[line][]string{}
	for _, s := range list {
		a.term.event("stale", map[string]any{"publication": s.Publication, "period": s.Period, "published_at": s.PublishedAt})
		l := line{s.Publication, s.PublishedAt}
		if _, ok := when[l]; !ok {
			lines = append(lines, l)
		}
		when[l] = append(when[l], s.Period)
	}
	for _, l := range lines {
		what := l.publication
		if p := when[l]; p[0] != "" {
			slices.Sort(p)
			what += " of " + strings.Join(p, ", ")
		}
		a.note("%s is stale: its relation has changed since it was published on %s", what, l.at)
	}
}

// seedStore brings the seeds that are configured for it into the operational store, and says so.
func (a *app) seedStore(ctx context.Context, w *engine.Workspace, nodes []*manifest.Node) error {
	start := a.now()
	done, err := w.SeedStore(ctx, nodes, func(text string) { a.note("%s", text) })
	if err != nil || len(done) == 0 {
		return err
	}
	a.published(&engine.PublishReport{Published: done, Elapsed: a.now().Sub(start)}, false)
	return nil
}
