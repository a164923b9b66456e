package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
)

func (a *app) loadCommand() *cobra.Command {
	var f ingestFlags
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Load snapshots into raw tables",
		Long: `Load the canonical CSV snapshots into the raw schema, with explicit types. A load replaces the
rows of its scope and touches no others; loading twice gives the same rows.`,
		Example: `  atlas load --entity ACME --year 2026
  atlas load --year 2026 --month 2 --mode append`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.byMonth = true
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.loadRaw(cmd.Context(), w, f); err != nil {
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
	cmd.Flags().StringVar(&f.mode, "mode", "", "replace (default) or append")
	return cmd
}

// loadRaw loads the snapshots and prints the stage.
func (a *app) loadRaw(ctx context.Context, w *engine.Workspace, f ingestFlags) error {
	o, err := a.ingestOptions(f)
	if err != nil {
		return err
	}
	start := a.now()
	o.Progress = a.liveProgress("load", start)
	results, err := w.Load(ctx, o)
	a.term.redraw(nil)
	if err != nil {
		return err
	}
	var rows int64
	for _, r := range results {
		rows += r.Rows
		a.term.event("loaded", map[string]any{"table": r.Relation.String(), "rows": r.Rows, "deleted": r.Deleted, "total": r.Total})
	}
	a.stage("load", count(int64(len(results)), "table", "tables"), rows, a.now().Sub(start))
	for _, r := range results {
		if len(r.Added) > 0 {
			a.note("%s: new columns %s", r.Relation.Name, strings.Join(r.Added, ", "))
		}
		if r.Rebuilt {
			a.note("%s: made anew with other types", r.Relation.Name)
		}
		for _, d := range r.Warnings {
			a.note("%s", d.Msg)
		}
	}
	return nil
}
