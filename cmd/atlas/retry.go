package main

import (
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"atlas/engine/artifact"
	"atlas/engine/manifest"
)

func (a *app) retryCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "retry",
		Short: "Run again what failed or was skipped in the last run",
		Long: `Read target/run_results.json and run the nodes again that failed or were skipped, with the command and
the flags of that run. What was built stays as it is.`,
		Example: `  atlas build; atlas retry
  atlas retry --threads 1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			last, err := w.LastRun()
			if errors.Is(err, fs.ErrNotExist) {
				return &usageError{msg: "there is no run to repeat", hint: "target/run_results.json is written by run, build, test and seed"}
			}
			if err != nil {
				return err
			}
			nodes, gone := retried(w.Manifest, last)
			for _, id := range gone {
				a.note("%s is no longer part of the project", id)
			}
			args := manifest.NewConfig(last.Args)
			if args.String("which") == "report" {
				return &usageError{msg: "the last command was report, which is not retried in parts", hint: "run atlas report again: what it made stays until the new is complete"}
			}
			v := verb{name: or(args.String("which"), "build")}
			f := runFlags{
				fullRefresh: args.Bool("full_refresh", false), failFast: args.Bool("fail_fast", false),
				empty: args.Bool("empty", false), storeFailures: args.Bool("store_failures", false),
				eventStart: args.String("event_time_start"), eventEnd: args.String("event_time_end"),
			}
			return a.runNodes(cmd.Context(), w, v, f, nodes, last.Args)
		},
	}
}

// retried gives the nodes that a retry runs, in build order, and those that are gone.
func retried(m *manifest.Manifest, last *artifact.RunResults) (nodes []*manifest.Node, gone []manifest.ID) {
	wanted := map[manifest.ID]bool{}
	for _, id := range last.Retry(false) {
		if _, ok := m.Nodes[id]; ok {
			wanted[id] = true
		} else {
			gone = append(gone, id)
		}
	}
	for _, id := range m.Order {
		if wanted[id] {
			nodes = append(nodes, m.Nodes[id])
		}
	}
	return nodes, gone
}
