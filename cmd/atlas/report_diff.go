package main

import (
	"io"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/artifact"
	"atlas/engine/diag"
	"atlas/engine/report"
)

// reportDiffCommand is `atlas report diff`: what changed between two report.json files.
func (a *app) reportDiffCommand() *cobra.Command {
	var html string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "What changed between two report.json files",
		Long: `Compare two files that atlas format or atlas report wrote: what the report is about, units that came
or went, rows that were added, removed or changed (by their key, with the change), and texts. So a
report that is issued again can be explained.`,
		Example: `  atlas report diff output/monthly/ACME-2026-02.json new.json
  atlas report diff old.json new.json --html changes.html`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &usageError{msg: "atlas report diff compares two files", hint: "give the old report.json and the new one"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var both [2]*report.Report
			var l diag.List
			for i, file := range args {
				r, err := engine.ReadReport(file)
				if err != nil {
					l.Add(err)
				}
				both[i] = r
			}
			if l.Err() != nil {
				return l.Err()
			}
			d := report.Diff(both[0], both[1])
			return a.reportDifference(d, args, html)
		},
	}
	cmd.Flags().StringVar(&html, "html", "", "write a page to this `file` too")
	return cmd
}

// reportDifference prints what changed, and writes the page.
func (a *app) reportDifference(d *report.Difference, files []string, html string) error {
	c := d.Count()
	a.term.event("difference", map[string]any{
		"old": files[0], "new": files[1], "same": d.Same(), "meta": c.Meta, "units": c.Units, "rows_added": c.Added, "rows_removed": c.Removed,
		"rows_changed": c.Changed, "texts": c.Texts, "blocks": c.Blocks, "html": html,
	})
	if !a.term.events && !a.term.quiet {
		if err := d.Text(a.term.out, a.term.paint); err != nil {
			return err
		}
	}
	if html == "" {
		return nil
	}
	if err := artifact.WriteFile(html, func(w io.Writer) error { return d.HTML(w) }); err != nil {
		return err
	}
	a.term.say("%s open %s", a.term.paint("hint", "next:"), quoted(html))
	return nil
}
