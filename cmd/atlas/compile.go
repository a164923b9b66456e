package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/manifest"
)

func (a *app) compileCommand() *cobra.Command {
	var f runFlags
	var inline string
	cmd := &cobra.Command{
		Use:   "compile [selector]",
		Short: "Render SQL without running it, into target/compiled",
		Long: `Render the selected nodes' SQL into target/compiled. A single node's SQL is printed as well.
Templates that ask the database something (run_query) do ask it.`,
		Example: `  atlas compile
  atlas compile -s orders              print one model's SQL
  atlas compile --inline "select * from {{ ref('orders') }}"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			w, err := a.load(ctx)
			if err != nil {
				return err
			}
			if inline != "" {
				sql, err := w.CompileInline(ctx, inline, a.openOptions(false))
				if err != nil {
					return err
				}
				a.printSQL("", sql)
				return nil
			}
			q, err := f.query(args, manifest.Model, manifest.Test, manifest.Analysis, manifest.Snapshot)
			if err != nil {
				return err
			}
			nodes, err := a.choose(w, q)
			if err != nil {
				return err
			}
			if len(nodes) == 1 {
				return a.printCompiled(cmd, w, f, nodes)
			}
			return a.runNodes(ctx, w, verb{name: "compile", each: true}, f, nodes, invocation(cmd))
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&inline, "inline", "", "render this `SQL` instead of a node")
	return cmd
}

// printCompiled renders one node and prints its SQL alone, so that it can be piped on.
func (a *app) printCompiled(cmd *cobra.Command, w *engine.Workspace, f runFlags, nodes []*manifest.Node) error {
	report, err := w.Run(cmd.Context(), engine.RunOptions{
		Command: "compile", Nodes: nodes, Args: invocation(cmd), Open: a.openOptions(false), Log: a.log, FailFast: f.failFast,
	})
	if err != nil {
		return err
	}
	for _, r := range report.Results {
		if r.Err != nil {
			return r.Err
		}
		a.printSQL(r.Node.ID, r.SQL)
	}
	return nil
}

func (a *app) printSQL(node manifest.ID, sql string) {
	sql = strings.TrimSpace(sql)
	if a.term.events {
		a.term.event("compiled", map[string]any{"node": node, "sql": sql})
		return
	}
	fmt.Fprintln(a.term.out, sql)
}
