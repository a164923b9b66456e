package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"atlas/engine"
	"atlas/engine/deck/slides"
	"atlas/engine/diag"
)

// slidesFlags say which deck is shown, and of what.
type slidesFlags struct {
	periodFlags
	report string
	dark   bool
}

func (s *slidesFlags) add(f *pflag.FlagSet) {
	s.periodFlags.add(f)
	f.StringVar(&s.report, "report", "", "a report.json `file` in place of an entity and period")
	f.BoolVar(&s.dark, "dark", false, "on a dark surface")
}

// read gives what the flags and the name of a deck mean.
func (s *slidesFlags) read(a *app, args []string) (engine.SlidesOptions, error) {
	o := engine.SlidesOptions{Report: s.report, Units: s.units, Locale: s.locale, Dark: s.dark, Open: a.openOptions(false), Log: a.log}
	if len(args) > 1 {
		return o, &usageError{msg: fmt.Sprintf("%d decks at a time are too many", len(args)), hint: "name one"}
	}
	if len(args) == 1 {
		o.Deck = args[0]
	}
	if s.report == "" {
		var err error
		o.Period, err = s.periodFlags.read(a)
		return o, err
	}
	if s.period != "" || s.kind != "" || len(s.units) > 0 || s.locale != "" {
		return o, &usageError{msg: "--report says all about the report already", hint: "leave the period, --unit and --locale out"}
	}
	rep, err := engine.ReadReport(s.report)
	if err != nil {
		return o, err
	}
	if a.flags.entity == "" {
		a.flags.entity = rep.Meta.Entity // what the project is read with
	}
	return o, nil
}

func (a *app) slidesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "slides",
		Short: "Show a deck in a browser, and export it",
		Example: `  atlas slides dev --entity ACME --period 2026-02
  atlas slides build --entity ACME --period 2026-02
  atlas slides export --entity ACME --period 2026-02 --format pdf`,
	}
	cmd.AddCommand(a.slidesDevCommand(), a.slidesBuildCommand(), a.slidesExportCommand())
	return cmd
}

func (a *app) slidesBuildCommand() *cobra.Command {
	var f slidesFlags
	var output string
	cmd := &cobra.Command{
		Use:   "build [deck]",
		Short: "Write a deck as a folder of pages that works offline",
		Long: `Write a deck of Markdown as pages for browsers: click steps, a presenter's window, drawing, light and
dark, and a panel that tells where each figure is from. The folder needs no server and no network:
open index.html in it. print.html holds all slides for paper.

Keys in the browser: ? lists them, s opens the presenter's window, w tells where figures are from.`,
		Example: `  atlas slides build --entity ACME --period 2026-02
  atlas slides build review --report output/monthly/ACME-2026-02.json --output site/review`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.read(a, args)
			if err != nil {
				return err
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			start := a.now()
			o.Output = output
			r, err := w.Slides(cmd.Context(), o)
			if err != nil {
				return err
			}
			a.term.event("slides", map[string]any{"deck": r.Deck, "path": r.Path, "slides": r.Slides, "files": r.Files, "bytes": r.Bytes})
			a.stage("slides", fmt.Sprintf("%s   %s", r.Path, count(int64(r.Slides), "slide", "slides")), -1, a.now().Sub(start))
			a.term.diagnostics(r.Warnings, a.source)
			a.term.say("%s open %s", a.term.paint("hint", "next:"), a.told(filepath.Join(r.Path, "index.html"), output))
			return nil
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVarP(&output, "output", "o", "", "`folder` to write, replaced as a whole; output/<type>/…-slides by default")
	return cmd
}

func (a *app) slidesExportCommand() *cobra.Command {
	var f slidesFlags
	var e engine.ExportOptions
	var output string
	cmd := &cobra.Command{
		Use:   "export [deck]",
		Short: "Export a deck as PDF, as a PPTX that people edit, or as pictures",
		Long: `Export a deck: as a PDF that Chromium prints of the same slides that the browser shows, tagged and
with an outline; as a PPTX with native text, tables and charts; or as a PNG a slide.`,
		Example: `  atlas slides export --entity ACME --period 2026-02 --format pdf
  atlas slides export --entity ACME --period 2026-02 --format pdf --with-clicks
  atlas slides export --entity ACME --period 2026-02 --format pdf --handout 3
  atlas slides export review --report output/monthly/ACME-2026-02.json --format pptx --output review.pptx
  atlas slides export --entity ACME --period 2026-02 --format png --dark`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkExport(e); err != nil {
				return err
			}
			o, err := f.read(a, args)
			if err != nil {
				return err
			}
			w, err := a.load(cmd.Context())
			if err != nil {
				return err
			}
			start := a.now()
			o.Output = output
			r, err := w.ExportSlides(cmd.Context(), o, e)
			if err != nil {
				return err
			}
			a.term.event("export", map[string]any{"deck": r.Deck, "path": r.Path, "format": e.Format, "slides": r.Slides, "bytes": r.Bytes})
			a.stage("export", fmt.Sprintf("%s   %s", r.Path, count(int64(r.Slides), "slide", "slides")), -1, a.now().Sub(start))
			a.term.diagnostics(r.Warnings, a.source)
			return nil
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().StringVar(&e.Format, "format", "pdf", "`pdf`, pptx or png")
	cmd.Flags().BoolVar(&e.Clicks, "with-clicks", false, "a page, or picture, for each click")
	cmd.Flags().IntVar(&e.Handout, "handout", 0, "this many `slides` on a page of A4 with lines for notes, 1 to 4")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `path`, or into this folder; output/<type>/ by default")
	return cmd
}

func checkExport(e engine.ExportOptions) error {
	formats := []string{"pdf", "pptx", "png"}
	switch {
	case !slices.Contains(formats, e.Format):
		hint := diag.DidYouMean(e.Format, formats)
		if hint == "" {
			hint = "pages for browsers: atlas slides build"
		}
		return &usageError{msg: "--format " + e.Format + " is none of pdf, pptx, png", hint: hint}
	case e.Handout < 0 || e.Handout > 4:
		return &usageError{msg: fmt.Sprintf("--handout %d: a page holds 1 to 4 slides", e.Handout)}
	case e.Handout > 0 && e.Format != "pdf":
		return &usageError{msg: "--handout makes pages of paper: it needs --format pdf"}
	case e.Clicks && e.Format == "pptx":
		return &usageError{msg: "--with-clicks makes a page for each click: it needs --format pdf or png", hint: "in a PPTX, what appears at a click stands on the slide"}
	}
	return nil
}

func (a *app) slidesDevCommand() *cobra.Command {
	var f slidesFlags
	var port int
	var host, open string
	cmd := &cobra.Command{
		Use:   "dev [deck]",
		Short: "Show a deck in the browser while it is written",
		Long: `Serve a deck at a local address. What is saved below report-paths shows at once, on the slide that is
looked at; mistakes show on the slide, with file, line and what to do, until they are mended. The
report's queries are asked once, and again when its declaration or the database changes.`,
		Example: `  atlas slides dev --entity ACME --period 2026-02
  atlas slides dev review --report output/monthly/ACME-2026-02.json --port 0 --open no`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if open != "yes" && open != "no" {
				return &usageError{msg: "--open " + open + " is neither yes nor no"}
			}
			o, err := f.read(a, args)
			if err != nil {
				return err
			}
			return a.slidesDev(cmd.Context(), o, host, port, open == "yes")
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().IntVar(&port, "port", 3030, "port; 0 takes a free one")
	cmd.Flags().StringVar(&host, "host", "127.0.0.1", "address to listen on")
	cmd.Flags().StringVar(&open, "open", "yes", "open the browser: `yes` or no")
	return cmd
}

// slidesDev serves a deck until the context ends.
func (a *app) slidesDev(ctx context.Context, o engine.SlidesOptions, host string, port int, browse bool) error {
	options, err := a.projectOptions()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := slides.NewServer(host)
	dev := engine.DevOptions{
		SlidesOptions: o, Server: server,
		Load: func(ctx context.Context) (*engine.Workspace, diag.List) {
			w, l := a.engine.Load(ctx, options)
			if w != nil && w.Project != nil {
				a.root = w.Project.Root
			}
			l.Sort()
			return w, l
		},
		Changed: a.slidesShown(),
	}
	var l diag.List
	if dev.First, l = dev.Load(ctx); dev.First == nil || dev.First.Project == nil { // nothing to watch
		return l
	}
	done := make(chan error, 1)
	go func() { done <- engine.DevSlides(ctx, dev) }()
	err = a.serveWith(ctx, net.JoinHostPort(host, strconv.Itoa(port)), server, func(address string) {
		if browse {
			a.browse(ctx, address)
		}
	})
	cancel()
	return errors.Join(err, <-done)
}

// slidesShown says what each change led to. Mistakes are told until they are mended, warnings when they
// are others than before.
func (a *app) slidesShown() func(engine.DevState) {
	told := ""
	return func(s engine.DevState) {
		a.slidesShownOnce(s, s.Problems.Error() != told)
		told = s.Problems.Error()
	}
}

func (a *app) slidesShownOnce(s engine.DevState, news bool) { //nolint:revive // news is about what is told
	mistakes, warnings := s.Problems.Count()
	a.term.event("shown", map[string]any{"slides": s.Slides, "errors": mistakes, "warnings": warnings, "assembled": s.Assembled, "seconds": s.Elapsed.Seconds()})
	what := count(int64(s.Slides), "slide", "slides")
	if s.Slides == 0 {
		what = "kept as it was"
	}
	if s.Assembled {
		what += ", report assembled"
	}
	a.stage("shown", what, -1, s.Elapsed)
	if mistakes > 0 || news && warnings > 0 {
		a.term.diagnostics(s.Problems, a.source)
	}
}

// browse opens an address in the user's browser, if there is one.
func (a *app) browse(ctx context.Context, address string) {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.CommandContext(ctx, "open", address)
	case "windows":
		cmd = exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", address)
	default:
		cmd = exec.CommandContext(ctx, "xdg-open", address)
	}
	if err := cmd.Start(); err == nil {
		go func() { _ = cmd.Wait() }()
	}
}
