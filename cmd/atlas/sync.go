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
raw tables, validate the rows, and build seeds and models with their tests.

What fails in validation is reported, and models are built all the same, for their own tests skip
what lies below them. With on_fail: stop, in an extraction file or a table of it, a failed check
ends the chain before any model is touched; how much makes a check fail is its error_if: "> 5%".`,
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
			found, err := a.validate(ctx, w, f, 4)
			if err != nil {
				return err
			}
			if why := stopReason(found, f.strict, cmd.Flags().Changed("strict")); why != "" {
				a.term.say("\nstopped before the models: %s", why)
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
			if err := a.runNodes(ctx, w, v, r, nodes, invocation(cmd)); err != nil {
				return err
			}
			return a.compare(cmd, w)
		},
	}
	f.addTables(cmd)
	r.selectFlags.add(cmd)
	r.addBuilding(cmd)
	cmd.Flags().BoolVar(&f.overwrite, "overwrite", false, "write snapshots anew that exist")
	f.addMode(cmd)
	cmd.Flags().BoolVar(&f.strict, "strict", false, "do not build when any check fails; --strict=false builds even where on_fail: stop")
	return cmd
}

// stopReason says why models are not built after a validation; "" lets them be built. What was
// asked for on the command line goes before what the extraction files declare.
func stopReason(found outcome, strict, asked bool) string {
	switch {
	case strict && found.failed > 0:
		return "validation found errors and --strict is set"
	case !asked && len(found.stops) > 0:
		return count(int64(len(found.stops)), "failed check", "failed checks") + " of tables with on_fail: stop, from " + found.stops[0]
	default:
		return ""
	}
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}
