package main

import (
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"atlas/engine/adapter"
)

func (a *app) debugCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "debug",
		Short: "Check project, profile and connection",
		Example: `  atlas debug
  atlas debug --target prod`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := a.projectOptions()
			if err != nil {
				return err
			}
			line := func(name, format string, args ...any) {
				if a.term.events {
					a.term.event("checked", map[string]any{"what": name, "result": fmt.Sprintf(format, args...)})
					return
				}
				fmt.Fprintf(a.term.out, "%s %s\n", pad(name, 11), fmt.Sprintf(format, args...))
			}
			line("atlas", "%s (%s, %s/%s)", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			w, problems := a.engine.Load(cmd.Context(), o)
			if w == nil || w.Project == nil {
				return problems
			}
			a.root = w.Project.Root
			line("project", "%s in %s", w.Project.Name, filepath.Join(w.Project.Root, w.Project.File))
			t := w.Project.Target
			line("profile", "%s · target %s · type %s", t.Profile, t.Name, t.Type)
			if err := problems.Err(); err != nil {
				line("parse", "%s", a.term.paint("error", "✗ "+countOf(problems.Count())))
				problems.Sort()
				return problems
			}
			line("parse", "%s · %s", a.term.paint("good", "✓ ok"), count(int64(len(w.Manifest.Nodes)), "node", "nodes"))
			line("database", "%s · schema %s · %s", a.database(w), t.Schema, count(int64(w.Threads()), "thread", "threads"))
			if v, ok := w.Adapter.(adapter.Versioner); ok {
				line("engine", "%s %s", t.Type, v.Version())
			}
			err = w.WithSession(cmd.Context(), a.openOptions(false), func(s adapter.Session) error {
				_, err := s.Exec(cmd.Context(), "select 1")
				return err
			})
			if err != nil {
				line("connection", "%s", a.term.paint("error", "✗ failed"))
				return err
			}
			line("connection", "%s", a.term.paint("good", "✓ ok"))
			if len(problems) > 0 {
				a.term.diagnostics(problems, a.source)
			}
			return nil
		},
	}
}
