package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"atlas/engine"
	"atlas/engine/diag"
)

func (a *app) reportCommand() *cobra.Command {
	var p periodFlags
	var d deckFlags
	var o engine.ReportOptions
	var noPDF bool
	cmd := &cobra.Command{
		Use:   "report [report...]",
		Short: "Make everything of a period: report.json, PPTX, PDF and slides",
		Long: `Assemble the reports of a period and make all their artifacts, in one folder a report:
output/monthly/ACME-2026-02/ with the report.json, the PPTX, the PDF, the slides and a manifest.json
that holds their hashes and what they were made from. The folder is swapped in when all of it is
complete. Workbooks that have changed since they were extracted, tables that are older than what they
are loaded from and models that are older than their tables are warned of; --force does not look.`,
		Example: `  atlas report --entity ACME --year 2026 --month 2 --type monthly
  atlas report --entity ACME --year 2026 --month 1-3 --type quarterly
  atlas report --entity ACME --period 2026 --locale all --pdf-by chromium
  atlas report diff output/monthly/ACME-2026-02/ACME-2026-02.json new.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Maker, err = d.maker(); err != nil {
				return err
			}
			if o.Period, err = p.read(a); err != nil {
				return err
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			o.Reports, o.Units, o.PDF, o.DocumentOptions = args, p.units, !noPDF, d.document()
			if p.locale != "" {
				o.Locales = strings.Split(p.locale, ",")
			}
			return a.makeReports(cmd, w, o)
		},
	}
	p.add(cmd.Flags())
	d.add(cmd.Flags())
	cmd.Flags().Lookup("locale").Usage = "`languages`, such as id-ID,en-US, or all; the report's first by default"
	cmd.Flags().BoolVar(&o.Force, "force", false, "do not look whether anything is stale")
	cmd.Flags().BoolVar(&noPDF, "no-pdf", false, "make no PDF")
	cmd.Flags().StringVarP(&o.Output, "output", "o", "", "`folder` for the reports' folders instead of output/<type>/")
	cmd.AddCommand(a.reportDiffCommand())
	return cmd
}

func (a *app) makeReports(cmd *cobra.Command, w *engine.Workspace, o engine.ReportOptions) error {
	o.Open, o.Log, o.Args = a.openOptions(false), a.log, invocation(cmd)
	start := a.now()
	o.Standing = func(stale diag.List) { a.term.diagnostics(stale, a.source) }
	o.Made = func(f engine.ReportFile) { a.reportFile("  "+f.Kind, f) }
	var missing *diag.Diagnostic
	o.Placed = func(f engine.ReportFolder) {
		m := f.Meta
		a.term.event("report", map[string]any{
			"report": f.Report, "path": f.Path, "entity": m.Entity, "period": m.Period, "type": m.Type, "locale": m.Locale, "scope": m.Scope,
			"slides": f.Slides, "files": f.Files,
		})
		var bytes int64
		for _, x := range f.Files {
			bytes += x.Bytes
		}
		a.stage("report", f.Path+"   "+m.PeriodLabel+", "+m.Locale+", "+count(int64(f.Slides), "slide", "slides")+", "+size(bytes), -1, a.now().Sub(start))
		start = a.now()
		a.term.diagnostics(f.Warnings, a.source)
		if f.NoPDF != nil {
			missing = f.NoPDF
		}
	}
	folders, err := w.Report(cmd.Context(), o)
	if err != nil {
		return err
	}
	if err := a.noPDF(missing); err != nil {
		return err
	}
	if len(folders) > 0 {
		a.term.say("%s open %s", a.term.paint("hint", "next:"), a.told(folders[0].Path+"/slides/index.html", o.Output))
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
