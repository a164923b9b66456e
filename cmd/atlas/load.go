package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/source"
)

func (a *app) loadCommand() *cobra.Command {
	var f ingestFlags
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Load snapshots into raw tables",
		Long: `Load the canonical CSV snapshots into the raw schema, with explicit types. Each table is loaded in
one transaction, touches no rows of other scopes, and has the same rows however often it is loaded.

  --mode replace   the snapshot's rows take the place of the scope's rows, or of one month of them
  --mode append    rows that are not there are added, and nothing else changes
  --mode merge     rows take the place of those with the same key, others are added, none removed

Append and merge know a row by the table's key: (columns, in the extraction file); append by file,
sheet and row number where there is none. A key that stands twice, or is empty, is an error.

Every row has _file, _sheet, _row, _loaded_at and _batch, the same for all tables of one command.
The rows that extract kept out are in the raw table _rejects, with the cell and the reason. The
rows read, loaded, unchanged and of other months add up, or the load fails and changes nothing.

Columns that are declared are added to a raw table that lacks them, and a type that becomes wider
(integer to decimal, date to timestamp, anything to text) widens the column with all its rows.
What else may change is said by schema_drift: in the extraction file:

  discard   columns that are not declared are left out, and told (the default)
  evolve    they are added, and widen as declared ones do
  freeze    the raw table stays as it is: any difference is an error

A column that is not declared any more stays, empty in new rows. Types that neither widen nor fit
are an error, unless the table holds this scope only and is replaced whole: it is then made anew.`,
		Example: `  atlas load --entity ACME --year 2026
  atlas load --year 2026 --month 2             one month, the others stay
  atlas load --mode merge --table orders       by the key that the table declares
  atlas load --year 2026 --mode append --log-format json
  atlas show --inline 'select * from raw._rejects'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.byMonth = true
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			results, err := a.loadRaw(cmd.Context(), w, f)
			for _, r := range results {
				if r.Rejected > 0 {
					a.note("%s: %s rejected, kept in %s.%s", filepath.Base(r.Table.Snapshot), count(r.Rejected, "row", "rows"), r.Table.Source, source.RejectsTable)
				}
			}
			if err != nil {
				return err
			}
			args := a.scopeArgs(w, true)
			if a.flags.month != "" && w.Project.Scope.Dimension("month") == nil {
				args += " --month " + a.flags.month
			}
			a.term.say("%s atlas validate%s", a.term.paint("hint", "next:"), args)
			return nil
		},
	}
	f.addTables(cmd)
	f.addMode(cmd)
	return cmd
}

func (f *ingestFlags) addMode(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.mode, "mode", "", "how rows are loaded: replace (default), append or merge")
}

// loadRaw loads the snapshots and prints the stage. Tables may be loaded though others are not.
func (a *app) loadRaw(ctx context.Context, w *engine.Workspace, f ingestFlags) ([]*source.LoadResult, error) {
	o, err := a.ingestOptions(f)
	if err != nil {
		return nil, err
	}
	start := a.now()
	o.Progress = a.liveProgress("load", start)
	results, err := w.Load(ctx, o)
	a.term.redraw(nil)
	if err != nil && len(results) == 0 {
		return nil, err
	}
	var sum source.LoadResult
	for _, r := range results {
		sum.Rows += r.Rows
		sum.Updated += r.Updated
		sum.Unchanged += r.Unchanged
		a.term.event("loaded", map[string]any{
			"table": r.Relation.String(), "mode": string(r.Mode), "batch": r.Batch, "read": r.Read, "rows": r.Rows, "updated": r.Updated,
			"unchanged": r.Unchanged, "other_months": r.Elsewhere, "rejected": r.Rejected, "deleted": r.Deleted, "total": r.Total,
		})
	}
	a.stage("load", count(int64(len(results)), "table", "tables")+known(sum), sum.Rows, a.now().Sub(start))
	for _, r := range results {
		a.loadNotes(r)
	}
	return results, err
}

// known says what became of the rows that were there: " (2 updated, 97 unchanged)".
func known(sum source.LoadResult) string {
	var parts []string
	if sum.Updated > 0 {
		parts = append(parts, fmt.Sprintf("%d updated", sum.Updated))
	}
	if sum.Unchanged > 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", sum.Unchanged))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// loadNotes prints what a person should know of one table, a line each.
func (a *app) loadNotes(r *source.LoadResult) {
	if a.term.events {
		a.term.diagnostics(r.Warnings, a.source)
	}
	if len(r.Added) > 0 {
		a.note("%s: new columns %s", r.Relation.Name, strings.Join(r.Added, ", "))
	}
	for _, c := range r.Widened {
		a.note("%s: a column is wider now, %s", r.Relation.Name, c)
	}
	if r.Rebuilt {
		a.note("%s: made anew with other types", r.Relation.Name)
	}
	for _, d := range r.Warnings {
		a.note("%s", d.Msg)
	}
}
