package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.byMonth = true
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			failing, err := a.validate(cmd.Context(), w, f, -1)
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
// severity error is beyond its limit. At most shown checks are listed, failures first; negative
// lists all.
func (a *app) validate(ctx context.Context, w *engine.Workspace, f ingestFlags, shown int) (failing bool, err error) {
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
		a.findings(w, v, shown)
	}
	return sum.Fail > 0, nil
}

// found is a check that found something.
type found struct {
	name string
	*source.CheckReport
}

// findings prints the checks that found something, a line each, and where to read on.
func (a *app) findings(w *engine.Workspace, v *source.Validation, shown int) {
	var list []found
	for _, t := range v.Tables {
		for _, c := range t.Checks {
			a.term.event("check", map[string]any{"table": t.Table, "check": c.Name, "status": c.Status, "found": c.Found, "severity": c.Severity})
			if c.Found > 0 {
				list = append(list, found{t.Table + "." + c.Name, c})
			}
		}
	}
	more := 0
	if shown >= 0 && len(list) > shown {
		slices.SortStableFunc(list, func(x, y found) int {
			return cmp.Or(cmp.Compare(x.Status, y.Status), cmp.Compare(y.Found, x.Found))
		})
		more = len(list) - shown
		list = list[:shown]
	}
	width := 0
	for _, c := range list {
		width = max(width, len([]rune(c.name)))
	}
	for _, c := range list {
		mark, colour := "!", "warning"
		if c.Status == source.Fail {
			mark, colour = "✗", "error"
		}
		tell := a.term.say
		if c.Status == source.Fail {
			tell = a.term.tell
		}
		tell("  %s %s %s   %s", a.term.paint(colour, mark), pad(c.name, width), padLeft(count(c.Found, "row", "rows"), 9), a.term.paint("dim", c.Message))
	}
	if more > 0 {
		a.term.say("  … %s found something; atlas validate%s lists them", count(int64(more), "more check", "more checks"), a.scopeArgs(w, true))
	}
	if len(v.Exports) > 0 {
		a.term.say("  %s", a.term.paint("dim", fmt.Sprintf("%s, from %s; report %s", count(int64(len(v.Exports)), "QA file", "QA files"), v.Exports[0], v.Path)))
	}
}
