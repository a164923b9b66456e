package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/diag"
	"atlas/engine/source"
)

// ingestFlags are the flags of the commands between a source system and the raw tables.
type ingestFlags struct {
	tables    []string
	overwrite bool
	mode      string
	strict    bool
	annotate  bool
	look      lookFlags
}

func (f *ingestFlags) addTables(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.tables, "table", nil, "only these raw `tables`")
}

func (a *app) extractCommand() *cobra.Command {
	var f ingestFlags
	cmd := &cobra.Command{
		Use:   "extract",
		Short: "Read workbooks into canonical CSV snapshots",
		Long: `Read the workbooks that the project's extraction files declare and write one canonical CSV
snapshot a table, with file, sheet and row of every record. A snapshot that exists is kept as it
is unless --overwrite is given; a workbook that has changed since is reported.

--dry-run writes nothing: it shows the first rows as they would come out, each value with the cell
it comes from, the header that was used, and what is wrong with cells.

--sketch looks at files that nobody has declared and writes a first declaration: sheets and their
months, header rows, rows to skip, locale, a name and a type for each column. Where the project
declares a table with such headers (last year's), its names, types, maps and checks are taken.`,
		Example: `  atlas extract --entity ACME --year 2026
  atlas extract --overwrite --table orders
  atlas extract --dry-run --table orders --rows 3
  atlas extract --sketch data/orders.xlsx --output sources/orders.yml
  atlas extract --sketch data/orders-2027.xlsx --like raw.orders`,
		Args: f.look.args,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.look.check(cmd); err != nil {
				return err
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			switch {
			case len(f.look.sketch) > 0:
				return a.sketch(cmd.Context(), w, f, args)
			case f.look.dry:
				return a.preview(cmd.Context(), w, f)
			}
			if err := a.extract(cmd.Context(), w, f); err != nil {
				return err
			}
			a.term.say("%s atlas load%s", a.term.paint("hint", "next:"), a.scopeArgs(w, true))
			return nil
		},
	}
	f.addTables(cmd)
	cmd.Flags().BoolVar(&f.overwrite, "overwrite", false, "write snapshots anew that exist")
	f.look.add(cmd)
	return cmd
}

// scopeArgs repeats the scope flags that a proposed command needs to mean the same: with all,
// every one that was given, else those that the project has no such default for.
func (a *app) scopeArgs(w *engine.Workspace, all bool) string {
	out := ""
	for _, p := range [][2]string{{"entity", a.flags.entity}, {"year", a.flags.year}, {"month", a.flags.month}} {
		d := w.Project.Scope.Dimension(p[0])
		if p[1] == "" || d == nil || !all && (p[0] != "entity" || strings.EqualFold(p[1], d.Default)) {
			continue
		}
		out += " --" + p[0] + " " + shellWord(p[1])
	}
	return out
}

// shellWord gives a value as a shell takes it in one piece, for commands that are pasted.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-./:,+@%", r)
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func (a *app) ingestOptions(f ingestFlags) (engine.IngestOptions, error) {
	o := engine.IngestOptions{
		Tables: f.tables, Overwrite: f.overwrite, Mode: source.Mode(f.mode), Open: a.openOptions(false), Annotate: f.annotate,
		Notify: func(text string) { a.note("%s", text) },
	}
	var err error
	o.Month, err = a.month()
	return o, err
}

// extract runs the extraction with a live line and prints the stage.
func (a *app) extract(ctx context.Context, w *engine.Workspace, f ingestFlags) error {
	o, err := a.ingestOptions(f)
	if err != nil {
		return err
	}
	start := a.now()
	o.Progress = a.liveProgress("extract", start)
	results, err := w.Extract(ctx, o)
	a.term.redraw(nil)
	if err != nil && len(results) == 0 {
		return err
	}
	files, rejected, frozen := map[string]bool{}, int64(0), 0
	var rows int64
	for _, r := range results {
		rows += r.Written
		rejected += r.Rejected
		if r.Frozen {
			frozen++
		}
		for _, s := range r.Sections {
			files[s.File] = true
		}
	}
	what := count(int64(len(results)), "table", "tables")
	if len(files) > 0 {
		what = count(int64(len(files)), "file", "files") + " → " + what
	}
	if frozen > 0 {
		what += fmt.Sprintf(" (%d frozen)", frozen)
	}
	a.stage("extract", what, rows, a.now().Sub(start))
	for _, r := range results {
		a.extractNotes(r)
	}
	return err
}

// extractNotes prints what a person should know of one table, a line each.
func (a *app) extractNotes(r *source.ExtractResult) {
	a.term.event("extracted", map[string]any{
		"table": r.Table.Table, "snapshot": r.Snapshot, "rows": r.Written, "rejected": r.Rejected, "frozen": r.Frozen, "changed": r.Changed, "rejects": r.Rejects,
	})
	a.mergeNotes(r)
	if a.term.events {
		a.term.diagnostics(r.Warnings, a.source)
	}
	if r.Rejected > 0 {
		a.note("%s: %s rejected, kept in %s", filepath.Base(r.Snapshot), count(r.Rejected, "row", "rows"), r.Rejects)
	}
	for _, d := range r.Warnings {
		switch {
		case d.Code == diag.BadCell: // counted above, listed in the file of rejects
		case d.Code == diag.FrozenSnapshot:
			a.note("%s; --overwrite extracts it anew", d.Msg)
		case d.Hint != "":
			a.note("%s (%s)", d.Msg, d.Hint)
		default:
			a.note("%s", d.Msg)
		}
	}
}

// mergeNotes says what a reading of an incremental table changed in its snapshot.
func (a *app) mergeNotes(r *source.ExtractResult) {
	m := r.Merged
	if m == nil {
		return
	}
	a.term.event("merged", map[string]any{"table": r.Table.Table, "records": m})
	var parts []string
	for _, p := range []struct {
		n    int64
		what string
	}{{m.Added, "new"}, {m.Replaced, "changed"}, {m.Deleted, "deleted"}} {
		if p.n > 0 {
			parts = append(parts, thousands(p.n)+" "+p.what)
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing has changed"}
	}
	how := ""
	switch {
	case m.Resumed:
		how = ", going on from where the last reading was cut off"
	case m.Whole:
		how = ", read whole"
	}
	a.term.say("  %s %s: %s of %s%s", a.term.paint("good", "+"), r.Table.Table, strings.Join(parts, ", "), count(m.Total, "record", "records"), how)
}

// note prints a line under a stage.
func (a *app) note(format string, args ...any) {
	a.term.say("  %s %s", a.term.paint("warning", "!"), fmt.Sprintf(format, args...))
}

// stage prints "extract   4 workbooks → 6 tables      2,431 rows   0.31s".
func (a *app) stage(name, what string, rows int64, took time.Duration) {
	r := ""
	if rows >= 0 {
		r = count(rows, "row", "rows")
	}
	if w := a.term.room(52, 24, 34); visible(what) < w {
		what = pad(what, w)
	}
	a.term.say("%s %s %s %s", a.term.paint("bold", pad(name, 9)), what, padLeft(r, 13), padLeft(seconds(took), 8))
}

// liveProgress shows which table a stage works on.
func (a *app) liveProgress(stage string, start time.Time) func(source.Progress) {
	return func(p source.Progress) {
		a.term.redraw([]string{fmt.Sprintf("%s %s %s %s", pad(stage, 9), pad(p.Table+"  "+p.Section, a.term.room(52, 24, 35)), padLeft(count(p.Rows, "row", "rows"), 13), padLeft(seconds(a.now().Sub(start)), 8))})
	}
}
