package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"atlas/engine/project"
)

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init name",
		Short: "Write a small project that builds at once",
		Long:  "Write a new project into a folder of its name: two seeds, two staging models, a mart, and tests. It needs no profile: it builds into atlas.duckdb beside its project file.",
		Example: `  atlas init shop
  cd shop && atlas build`,
		Args: oneArg("a name for the project, as in atlas init shop"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			if a.flags.projectDir != "" {
				dir = filepath.Join(a.flags.projectDir, dir)
			}
			files, err := project.WriteStarter(dir, filepath.Base(args[0]))
			if err != nil {
				return err
			}
			for _, f := range files {
				a.term.say("  %s", filepath.Join(dir, f))
			}
			a.term.event("created", map[string]any{"folder": dir, "files": files})
			a.term.say("%s in %s", count(int64(len(files)), "file", "files"), dir)
			a.term.say("%s cd %s && atlas build", a.term.paint("hint", "next:"), dir)
			return nil
		},
	}
}
