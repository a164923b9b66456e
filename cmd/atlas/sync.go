package main

import (
	"github.com/spf13/cobra"
)

func (a *app) syncCommand() *cobra.Command {
	var f ingestFlags
	var r runFlags
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Extract, load, validate and build: the recurring chain",
		Long: `Take the workbooks of a scope the whole way: extract them to snapshots, load the snapshots into
raw tables, validate the rows, and build seeds and models with their tests.`,
		Example: `  atlas sync --entity ACME --year 2026
  atlas sync --entity ACME --overwrite       workbooks have changed
  atlas sync --year 2026 --strict            stop when validation fails`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			a.byMonth = true
			w, err := a.load(ctx)
			if err != nil {
				return err
			}
			t := w.Project.Target
			a.term.say("%s · target %s · %s\n", a.term.paint("bold", or(w.Scope(), w.Project.Name)), t.Name, a.database(w))
			if err := a.extract(ctx, w, f); err != nil {
				return err
			}
			if _, err := a.loadRaw(ctx, w, f); err != nil {
				return err
			}
			failing, err := a.validate(ctx, w, f, 4)
			if err != nil {
				return err
			}
			if failing && f.strict {
				a.term.say("\nstopped before the models: validation found errors and --strict is set")
				return failed{}
			}
			v := verb{name: "build", stage: true, kinds: buildKinds()}
			q, err := r.query(nil, v.kinds...)
			if err != nil {
				return err
			}
			nodes, err := a.choose(w, q)
			if err != nil {
				return err
			}
			return a.runNodes(ctx, w, v, r, nodes, invocation(cmd))
		},
	}
	f.addTables(cmd)
	r.selectFlags.add(cmd)
	r.addBuilding(cmd)
	cmd.Flags().BoolVar(&f.overwrite, "overwrite", false, "write snapshots anew that exist")
	f.addMode(cmd)
	cmd.Flags().BoolVar(&f.strict, "strict", false, "do not build when validation finds errors")
	return cmd
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}
