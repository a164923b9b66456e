package main

import (
	"github.com/spf13/cobra"
)

func (a *app) cleanCommand() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "clean",
		Short: "Remove what can be made again: target/ and the other clean-targets",
		Long:  "Remove the folders that the project lists under clean-targets. Nothing outside the project's folder is touched, nor any of its sources, nor the database.",
		Example: `  atlas clean
  atlas clean --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := a.projectOptions()
			if err != nil {
				return err
			}
			removed, err := a.engine.Clean(cmd.Context(), o, dry)
			verb := "removed"
			if dry {
				verb = "would remove"
			}
			for _, path := range removed {
				a.term.event("removed", map[string]any{"path": path, "dry_run": dry})
				a.term.say("%s %s", verb, path)
			}
			if err == nil && len(removed) == 0 {
				a.term.say("nothing to remove")
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be removed")
	return cmd
}
