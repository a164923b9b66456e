package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"atlas/engine/manifest"
	"atlas/engine/project"
)

func (a *app) runOperationCommand() *cobra.Command {
	var raw string
	cmd := &cobra.Command{
		Use:   "run-operation macro",
		Short: "Call a macro",
		Example: `  atlas run-operation grant_select
  atlas run-operation drop_old --args '{days: 30}'`,
		Args: oneArg("the name of a macro, as in atlas run-operation grant_select"),
		RunE: func(cmd *cobra.Command, args []string) error {
			named := &manifest.Map{}
			if raw != "" {
				var err error
				if named, err = project.ParseVars(raw); err != nil {
					return &usageError{msg: "--args is not a YAML mapping: " + err.Error(), hint: `for example --args '{days: 30}'`}
				}
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			out, err := w.Operation(cmd.Context(), args[0], named, a.openOptions(false), a.log)
			if err == nil && out != "" && !a.term.quiet {
				fmt.Fprintln(a.term.out, out)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&raw, "args", "", "the macro's arguments as `YAML`")
	return cmd
}
