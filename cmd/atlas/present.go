package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"atlas/engine"
	"atlas/engine/diag"
	"atlas/engine/report"
)

// deckFlags say which deck shows a report, and how.
type deckFlags struct {
	deck, pdfBy string
	dark        bool
}

func (d *deckFlags) add(f *pflag.FlagSet) {
	f.StringVar(&d.deck, "deck", "", "`deck` to show the report with; the one of the report's name by default")
	f.BoolVar(&d.dark, "dark", false, "on a dark surface")
	f.StringVar(&d.pdfBy, "pdf-by", "", "who makes the PDF, `libreoffice` or chromium; LibreOffice by default where it is installed")
}

func (d *deckFlags) document() engine.DocumentOptions {
	return engine.DocumentOptions{Deck: d.deck, Dark: d.dark}
}

func (d *deckFlags) maker() (engine.Maker, error) {
	known := []string{string(engine.LibreOffice), string(engine.Chromium)}
	if d.pdfBy != "" && !slices.Contains(known, d.pdfBy) {
		return "", &usageError{msg: "--pdf-by " + d.pdfBy + " is neither libreoffice nor chromium", hint: diag.DidYouMean(d.pdfBy, known)}
	}
	return engine.Maker(d.pdfBy), nil
}

func (a *app) presentCommand() *cobra.Command {
	var p periodFlags
	var d deckFlags
	var file, output string
	formats := []string{"pptx", "pdf"}
	cmd := &cobra.Command{
		Use:   "present [report...]",
		Short: "Make a PPTX that people edit, and a PDF, of a report",
		Long: `Draw a report on the slides of its deck: as a PPTX with native text, tables and charts, and as a PDF.
The report is a report.json (--report), which needs no database, or is assembled for an entity and a
period. LibreOffice makes the PDF of the PPTX where it is installed, else Chromium prints the same
slides; the PDF says which. Without either the PPTX is kept and what to install is said.`,
		Example: `  atlas present --report output/monthly/ACME-2026-02.json
  atlas present --entity ACME --period 2026-02 --format pptx
  atlas present --entity ACME --year 2026 --type yearly --locale en-US --pdf-by chromium`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o := engine.PresentOptions{DocumentOptions: d.document()}
			var err error
			if o.Maker, err = d.maker(); err != nil {
				return err
			}
			for _, f := range formats {
				switch f {
				case "pptx":
					o.PPTX = true
				case "pdf":
					o.PDF = true
				default:
					return &usageError{msg: "--format " + f + " is neither pptx nor pdf", hint: "slides for browsers: atlas slides build"}
				}
			}
			if file != "" {
				return a.presentFile(cmd, args, p, file, output, o)
			}
			return a.presentPeriod(cmd, args, p, output, o)
		},
	}
	p.add(cmd.Flags())
	d.add(cmd.Flags())
	cmd.Flags().StringVar(&file, "report", "", "a report.json `file` in place of an entity and period")
	cmd.Flags().StringSliceVar(&formats, "format", formats, "what to make: `pptx`, pdf")
	cmd.Flags().StringVarP(&output, "output", "o", "", "`path` of the files without ending, or a folder; beside the report by default")
	return cmd
}

// presentFile presents a report.json; the project is asked for its deck and looks alone.
func (a *app) presentFile(cmd *cobra.Command, args []string, p periodFlags, file, output string, o engine.PresentOptions) error {
	if len(args) > 0 || p.period != "" || p.kind != "" || len(p.units) > 0 || p.locale != "" {
		return &usageError{msg: "--report says all about the report already", hint: "leave the names, the period, --unit and --locale out"}
	}
	rep, err := engine.ReadReport(file)
	if err != nil {
		return err
	}
	if a.flags.entity == "" {
		a.flags.entity = rep.Meta.Entity // what the project is read with
	}
	w, err := a.load(cmd.Context())
	if err != nil {
		return err
	}
	o.Stem = stem(output, strings.TrimSuffix(file, filepath.Ext(file))+w.DeckMark(rep, o.Deck))
	return a.present(cmd, w, rep, o)
}

// presentPeriod assembles reports, writes them, and presents each.
func (a *app) presentPeriod(cmd *cobra.Command, args []string, p periodFlags, output string, o engine.PresentOptions) error {
	period, err := p.read(a)
	if err != nil {
		return err
	}
	w, err := a.load(cmd.Context())
	if err != nil {
		return err
	}
	start := a.now()
	f := engine.FormatOptions{Reports: args, Period: period, Units: p.units, Locale: p.locale, Open: a.openOptions(false), Log: a.log}
	f.Wrote = func(r engine.FormatResult) { a.formatted(r, start) }
	results, err := w.Format(cmd.Context(), f)
	if err != nil {
		return err
	}
	if len(results) > 1 && output != "" {
		output = strings.TrimSuffix(output, "/") + "/" // one name is not enough for several
	}
	drawn := func(r engine.FormatResult) string {
		return stem(output, filepath.Join(w.Project.Root, strings.TrimSuffix(r.Path, ".json"))+w.DeckMark(r.Report, o.Deck))
	}
	stems := map[string]string{}
	for _, r := range results {
		at := drawn(r)
		if other, taken := stems[at]; taken {
			return &usageError{msg: "the reports " + other + " and " + r.Name + " would both be drawn as " + a.shown(at), hint: "draw one at a time, or leave --output out"}
		}
		stems[at] = r.Name
	}
	for _, r := range results {
		o.Stem = drawn(r)
		if err := a.present(cmd, w, r.Report, o); err != nil {
			return err
		}
	}
	return nil
}

// stem gives the path of files without an ending: as told, in a folder that was told, or beside.
func stem(output, beside string) string {
	switch {
	case output == "":
		return beside
	case strings.HasSuffix(output, "/") || isFolder(output):
		return filepath.Join(output, filepath.Base(beside))
	}
	for _, ending := range []string{".pptx", ".pdf"} {
		output = strings.TrimSuffix(output, ending)
	}
	return output
}

func (a *app) present(cmd *cobra.Command, w *engine.Workspace, rep *report.Report, o engine.PresentOptions) error {
	o.Wrote = func(f engine.ReportFile) {
		f.Path = a.shown(f.Path)
		a.reportFile("present", f)
	}
	r, err := w.Present(cmd.Context(), rep, o)
	if err != nil {
		return err
	}
	a.term.diagnostics(r.Warnings, a.source)
	if err := a.noPDF(r.NoPDF); err != nil {
		return err
	}
	if len(r.Files) > 0 {
		first := r.Files[0].Path
		relative := "" // to where people stand, as --report or --output said it
		if !filepath.IsAbs(first) {
			relative = first
		}
		a.term.say("%s open %s", a.term.paint("hint", "next:"), a.told(first, relative))
	}
	return nil
}

// noPDF tells why there is no PDF; that is a failure, for one was asked for.
func (a *app) noPDF(why *diag.Diagnostic) error {
	if why == nil {
		return nil
	}
	a.term.diagnostics(diag.List{why}, a.source)
	return failed{}
}

// reportFile says in a line what was written.
func (a *app) reportFile(stage string, f engine.ReportFile) {
	a.term.event("file", map[string]any{"kind": f.Kind, "path": f.Path, "bytes": f.Bytes, "sha256": f.SHA256, "files": f.Files, "made_by": f.Maker})
	what := f.Path + "   " + size(f.Bytes)
	if f.Files > 0 {
		what += " in " + count(int64(f.Files), "file", "files")
	}
	switch engine.Maker(f.Maker) {
	case engine.LibreOffice:
		what += ", by LibreOffice"
	case engine.Chromium:
		what += ", by Chromium"
	}
	a.stage(stage, what, -1, f.Elapsed)
}

// shown gives a path as people at the project's root write it.
func (a *app) shown(path string) string {
	if rel, err := filepath.Rel(a.root, path); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return path
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KB", (bytes+1023)>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}
