package main

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/source"
)

func (a *app) validateCommand() *cobra.Command {
	var f ingestFlags
	var schema bool
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check the raw rows, and write what is wrong with them to QA files",
		Long: `Run the checks that the extraction files declare over the loaded rows of the scope. Findings go to a
JSON report and an HTML page under target/validation and to monthly QA files for people, each with
the workbook, sheet, row and cell that it is about. With --annotate every workbook with findings is
copied to the folder invalid, beside the snapshots', with the cells coloured and commented: mend
them there and put the copy back.

A check fails when it is of severity error and found more than its error_if allows.`,
		Example: `  atlas validate --entity ACME --year 2026
  atlas validate --year 2026 --month 2
  atlas validate --entity ACME --annotate
  atlas validate --schema                    print the JSON Schema of the report`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				_, err := a.term.out.Write(source.ReportSchema())
				return err
			}
			a.byMonth = true
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			found, err := a.validate(cmd.Context(), w, f, -1)
			if err != nil {
				return err
			}
			if err := a.compare(cmd, w); err != nil {
				return err
			}
			if found.failed > 0 {
				return failed{}
			}
			a.term.say("%s atlas build%s", a.term.paint("hint", "next:"), a.scopeArgs(w, true))
			return nil
		},
	}
	f.addTables(cmd)
	cmd.Flags().BoolVar(&f.annotate, "annotate", false, "copy every workbook with findings, with the cells coloured and commented")
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of the report and do nothing else")
	return cmd
}

// outcome is what a validation means to the stages after it.
type outcome struct {
	failed int      // checks of severity error beyond their limit
	stops  []string // of them, those of tables with on_fail: stop
}

// validate runs the checks, and prints the stage and what was found. At most shown checks are
// listed, failures first; negative lists all.
func (a *app) validate(ctx context.Context, w *engine.Workspace, f ingestFlags, shown int) (outcome, error) {
	var out outcome
	o, err := a.ingestOptions(f)
	if err != nil {
		return out, err
	}
	start := a.now()
	report, err := w.Validate(ctx, o)
	if err != nil {
		return out, err
	}
	results := report.Validations
	var sum source.Summary
	for _, v := range results {
		sum.Checks += v.Summary.Checks
		sum.Pass += v.Summary.Pass
		sum.Warn += v.Summary.Warn
		sum.Fail += v.Summary.Fail
		sum.Findings += v.Summary.Findings
		out.stops = append(out.stops, v.Stops()...)
	}
	parts := []string{fmt.Sprintf("%d pass", sum.Pass)}
	if sum.Warn > 0 {
		parts = append(parts, a.term.paint("warning", fmt.Sprintf("%d warn", sum.Warn)))
	}
	if sum.Fail > 0 {
		parts = append(parts, a.term.paint("error", fmt.Sprintf("%d fail", sum.Fail)))
	}
	a.stage("validate", count(int64(sum.Checks), "check", "checks")+"   "+strings.Join(parts, " · "), -1, a.now().Sub(start))
	for i, v := range results {
		a.findings(w, v, report.Pages[i], shown)
	}
	a.copies(report.Copies)
	out.failed = sum.Fail
	return out, nil
}

// found is a check that found something.
type found struct {
	name string
	*source.CheckReport
	rows int64
}

// findings prints the checks that found something, a line each, and where to read on.
func (a *app) findings(w *engine.Workspace, v *source.Validation, page string, shown int) {
	var list []found
	for _, t := range v.Tables {
		for _, c := range t.Checks {
			a.term.event("check", map[string]any{
				"table": t.Table, "check": c.Name, "kind": c.Kind, "status": c.Status, "found": c.Found, "rows": t.Rows, "severity": c.Severity, "first": firstPlace(c),
			})
			if c.Found > 0 {
				of := t.Rows
				if c.Name == source.RejectedCheck {
					of += c.Found // rows that were kept out are not among those of the table
				}
				list = append(list, found{t.Table + "." + c.Name, c, of})
			}
		}
	}
	if shown >= 0 || len(list) > 0 {
		slices.SortStableFunc(list, func(x, y found) int {
			return cmp.Or(cmp.Compare(x.Status, y.Status), cmp.Compare(y.Found, x.Found))
		})
	}
	more := 0
	if shown >= 0 && len(list) > shown {
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
		tell("  %s %s %s %s  %s", a.term.paint(colour, mark), pad(c.name, width), padLeft(thousands(c.Found), 7), padLeft(percent(c.Found, c.rows), 7),
			a.term.paint("dim", fitPlace(firstPlace(c.CheckReport), a.term.width()-width-23)))
	}
	if more > 0 {
		a.term.say("  … %s found something; atlas validate%s lists them", count(int64(more), "more check", "more checks"), a.scopeArgs(w, true))
	}
	a.term.event("validated", map[string]any{"report": v.Path, "page": page, "exports": v.Exports, "findings": v.Summary.Findings})
	if len(v.Exports) > 0 {
		a.term.say("  %s", a.term.paint("dim", fmt.Sprintf("%s, from %s; page %s", count(int64(len(v.Exports)), "QA file", "QA files"), v.Exports[0], page)))
	}
}

// fitPlace leaves out the file, then the sheet, of a place that there is no room for.
func fitPlace(place string, room int) string {
	for len([]rune(place)) > room {
		_, rest, found := strings.Cut(place, " › ")
		if !found {
			break
		}
		place = rest
	}
	return place
}

// firstPlace says where the first finding of a check is: "orders.xlsx › May › C12".
func firstPlace(c *source.CheckReport) string {
	if len(c.Findings) == 0 {
		return ""
	}
	f := c.Findings[0]
	parts := []string{path.Base(f.File)}
	if f.Sheet != "" {
		parts = append(parts, strings.TrimSpace(f.Sheet))
	}
	switch {
	case f.Cell != "":
		parts = append(parts, f.Cell)
	case f.Row > 0:
		parts = append(parts, fmt.Sprintf("row %d", f.Row))
	}
	return strings.Join(parts, " › ")
}

// percent gives a share of rows: "2.4 %".
func percent(n, of int64) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

// copies says which copies of workbooks there are to mend.
func (a *app) copies(list []engine.AnnotatedCopy) {
	for _, c := range list {
		a.term.event("annotated", map[string]any{"source": c.Source, "path": c.Path, "cells": c.Cells, "comments": c.Comments})
		if c.Path != "" {
			a.term.say("  %s %s: %s marked", a.term.paint("hint", "→"), c.Path, count(int64(c.Cells), "cell", "cells"))
		}
		for _, n := range c.Notes {
			a.note("%s", n)
		}
	}
}
