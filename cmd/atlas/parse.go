package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine/manifest"
)

func (a *app) parseCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "parse",
		Short: "Read the project, report every mistake, write target/manifest.json",
		Long: `Read the project without touching the database: every YAML file is checked against its schema,
every template is parsed, every reference is resolved, every extraction's patterns, types and
locales are read, and every block, column and layout that reports and decks name is looked up.
All mistakes are reported at once.`,
		Example: `  atlas parse
  atlas parse --log-format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			start := a.now()
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			if err := w.CheckExtracts(); err != nil {
				return err
			}
			path, err := w.WriteManifest()
			if err != nil {
				return err
			}
			counts := map[manifest.Kind]int64{}
			for _, n := range w.Manifest.Nodes {
				counts[n.Kind]++
			}
			parts := []string{
				count(counts[manifest.Model], "model", "models"), count(counts[manifest.Test], "test", "tests"),
				count(counts[manifest.Seed], "seed", "seeds"), count(counts[manifest.Source], "source", "sources"),
			}
			if counts[manifest.ReportKind] > 0 {
				parts = append(parts, count(counts[manifest.ReportKind], "report", "reports"), count(counts[manifest.DeckKind], "deck", "decks"))
			}
			a.term.say("%s: %s in %s", w.Project.Name, strings.Join(parts, " · "), seconds(a.now().Sub(start)))
			if rel, err := filepath.Rel(w.Project.Root, path); err == nil {
				path = rel
			}
			a.term.say("wrote %s", path)
			a.term.event("parsed", map[string]any{"nodes": len(w.Manifest.Nodes), "seconds": a.now().Sub(start).Seconds(), "manifest": path})
			return nil
		},
	}
}
