package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/source"
)

func (a *app) validateCommand() *cobra.Command {
	var f ingestFlags
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check the raw rows, and write what is wrong with them to QA files",
		Long: `Run the checks that the extraction files declare over the loaded rows of the scope. Findings go to a
JSON report under target/validation and to monthly QA files for people, each with the workbook,
sheet and row that it is about.`,
		Example: `  atlas validate --entity ACME --year 2026
  atlas validate --year 2026 --month 2`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			failing, err := a.validate(cmd.Context(), w, f)
			if err != nil {
				return err
			}
			if failing {
				return failed{}
			}
			a.term.say("%s atlas build%s", a.term.paint("hint", "next:"), a.scopeArgs(w, true))
			return nil
		},
	}
	f.addTables(cmd)
	return cmd
}

// validate runs the checks, prints the stage and what was found, and reports whether a check of
// severity error is beyond its limit.
func (a *app) validate(ctx context.Context, w *engine.Workspace, f ingestFlags) (failing bool, err error) {
	o, err := a.ingestOptions(f)
	if err != nil {
		return false, err
	}
	start := a.now()
	results, err := w.Validate(ctx, o)
	if err != nil {
		return false, err
	}
	var sum source.Summary
	for _, v := range results {
		sum.Checks += v.Summary.Checks
		sum.Pass += v.Summary.Pass
		sum.Warn += v.Summary.Warn
		sum.Fail += v.Summary.Fail
		sum.Findings += v.Summary.Findings
	}
	parts := []string{fmt.Sprintf("%d pass", sum.Pass)}
	if sum.Warn > 0 {
		parts = append(parts, a.term.paint("warning", fmt.Sprintf("%d warn", sum.Warn)))
	}
	if sum.Fail > 0 {
		parts = append(parts, a.term.paint("error", fmt.Sprintf("%d fail", sum.Fail)))
	}
	a.stage("validate", count(int64(sum.Checks), "check", "checks")+"   "+strings.Join(parts, " · "), -1, a.now().Sub(start))
	for _, v := range results {
		a.findings(v)
	}
	return sum.Fail > 0, nil
}

// findings prints the checks that found something, a line each, and where to read on.
func (a *app) findings(v *source.Validation) {
	width := 0
	for _, t := range v.Tables {
		for _, c := range t.Checks {
			if c.Found > 0 {
				width = max(width, len(t.Table)+1+len(c.Name))
			}
		}
	}
	for _, t := range v.Tables {
		for _, c := range t.Checks {
			a.term.event("check", map[string]any{"table": t.Table, "check": c.Name, "status": c.Status, "found": c.Found, "severity": c.Severity})
			if c.Found == 0 || a.term.quiet {
				continue
			}
			mark, colour := "!", "warning"
			if c.Status == source.Fail {
				mark, colour = "✗", "error"
			}
			a.term.say("  %s %s %s   %s", a.term.paint(colour, mark), pad(t.Table+"."+c.Name, width), padLeft(count(c.Found, "row", "rows"), 9), a.term.paint("dim", c.Message))
		}
	}
	if len(v.Exports) > 0 {
		a.term.say("  %s", a.term.paint("dim", fmt.Sprintf("%s, from %s; report %s", count(int64(len(v.Exports)), "QA file", "QA files"), v.Exports[0], v.Path)))
	}
}
