package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/artifact"
	"atlas/engine/deck"
	"atlas/engine/deck/pdf"
	"atlas/engine/deck/pptx"
	"atlas/engine/deck/slides"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// SlidesOptions say which deck is wanted, and of what.
type SlidesOptions struct {
	Deck   string // name; "" is the report's
	Report string // path of a report.json; "" assembles the report of the period
	Period report.Period
	Units  []string
	Locale string
	Dark   bool
	Output string // a folder for Slides, a file or folder for exports; "" is output/<type>/
	Open   adapter.OpenOptions
	Log    func(level, msg string)
}

// SlidesResult is what was written.
type SlidesResult struct {
	Deck     string
	Path     string // relative to the project's root, or as Output said
	Slides   int
	Bytes    int64
	Files    int // of a folder
	Warnings diag.List
}

// deckMade is a deck put together.
type deckMade struct {
	doc      *deck.Document
	deck     *manifest.Deck
	base     string // where its files go, without an ending
	problems diag.List
}

// Slides writes a deck for browsers into a folder of its own.
func (w *Workspace) Slides(ctx context.Context, o SlidesOptions) (SlidesResult, error) {
	made, err := w.makeDeck(ctx, o)
	if err != nil {
		return SlidesResult{}, err
	}
	res := made.result()
	if res.Path, err = w.outputPath(made.base+"-slides", diag.Pos{}, o.Output, false); err != nil {
		return res, err
	}
	if o.Output != "" {
		res.Path = o.Output
	}
	doc, found, err := w.buildSlides(ctx, w.absolute(res.Path, o.Output), made.doc)
	res.Warnings = append(res.Warnings, found...)
	if err != nil {
		return res, err
	}
	res.Slides = len(doc.Slides)
	res.Files, res.Bytes = folderSize(w.absolute(res.Path, o.Output))
	return res, nil
}

// buildSlides writes the pages of a document with what the project adds to them. It gives the document
// with the slides that the pages have, where long tables go on; the list has warnings.
func (w *Workspace) buildSlides(ctx context.Context, dir string, d *deck.Document) (*deck.Document, diag.List, error) {
	o, problems := w.slidesOptions()
	if problems.Err() != nil {
		return d, nil, problems
	}
	d, told := slides.GoOn(d, o.Layouts)
	found, err := slides.Build(ctx, dir, d, o)
	return d, append(append(problems, told...), found...), err
}

func (m *deckMade) result() SlidesResult {
	return SlidesResult{Deck: m.doc.Name, Slides: len(m.doc.Slides), Warnings: m.problems}
}

// absolute gives where a path of the project or of --output is.
func (w *Workspace) absolute(name, output string) string {
	if output != "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(w.Project.Root, filepath.FromSlash(name))
}

func folderSize(dir string) (files int, bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil {
			files++
			bytes += info.Size()
		}
		return nil
	})
	return files, bytes
}

// makeDeck puts a deck together, from report.json or from the warehouse. Mistakes in slides are errors.
func (w *Workspace) makeDeck(ctx context.Context, o SlidesOptions) (*deckMade, error) {
	rep, base, warnings, err := w.slidesReport(ctx, o)
	if err != nil {
		return nil, err
	}
	doc, found := w.Document(ctx, rep, DocumentOptions{Deck: o.Deck, Dark: o.Dark})
	if found.Err() != nil || doc == nil {
		return nil, found
	}
	d, err := w.deckFor(rep, o.Deck)
	if err != nil {
		return nil, err
	}
	return &deckMade{doc: doc, deck: d, base: base + w.DeckMark(rep, d.Name), problems: append(warnings, found...)}, nil
}

// DeckMark ends the names of files of a deck, so that they stand beside those of its report's own deck:
// "-board". The only deck of a report, and the one that has its name, have none.
func (w *Workspace) DeckMark(rep *report.Report, name string) string {
	decks := 0
	for _, d := range w.Manifest.Decks {
		if d.Report == rep.Meta.Report {
			decks++
		}
	}
	if decks < 2 || name == "" || sameName(name, rep.Meta.Report) {
		return ""
	}
	return "-" + name
}

// slidesReport gives the report that a deck shows.
func (w *Workspace) slidesReport(ctx context.Context, o SlidesOptions) (rep *report.Report, base string, warnings diag.List, err error) {
	if o.Report != "" {
		if rep, err = ReadReport(o.Report); err == nil {
			base = w.besideReport(o.Report, rep)
		}
		return rep, base, nil, err
	}
	spec, err := w.slidesSpec(o)
	if err != nil {
		return nil, "", nil, err
	}
	err = w.WithReader(ctx, o.Open, func(s adapter.Session) error {
		w.begin("slides", o.Log, nil)
		a, err := w.AssembleReport(ctx, s, AssembleOptions{Spec: spec, Period: o.Period, Units: o.Units, Locale: o.Locale})
		if err != nil {
			return err
		}
		rep, base, warnings = a.Report, a.File, a.Warnings
		return nil
	})
	return rep, base, warnings, err
}

// besideReport gives where the files of a report.json go, below the project's root: beside it, or where
// reports of its type are if it lies elsewhere.
func (w *Workspace) besideReport(file string, rep *report.Report) string {
	base := strings.TrimSuffix(file, filepath.Ext(file))
	if full, err := filepath.Abs(base); err == nil {
		if rel, err := filepath.Rel(w.Project.Root, full); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return path.Join("output", rep.Meta.Type, filepath.Base(base))
}

// slidesSpec gives the report that the wanted deck shows.
func (w *Workspace) slidesSpec(o SlidesOptions) (*manifest.Report, error) {
	var names []string
	for _, d := range w.Manifest.Decks {
		names = append(names, d.Name)
		if o.Deck != "" && sameName(d.Name, o.Deck) {
			specs, err := w.FindReports([]string{d.Report}, o.Period)
			if err != nil {
				return nil, err
			}
			return specs[0], nil
		}
	}
	if o.Deck != "" {
		return nil, noneNamed("deck", o.Deck, names, whereDecks)
	}
	specs, err := w.FindReports(nil, o.Period)
	if err != nil {
		return nil, err
	}
	shown := slices.DeleteFunc(slices.Clone(specs), func(r *manifest.Report) bool {
		return !slices.ContainsFunc(w.Manifest.Decks, func(d *manifest.Deck) bool { return d.Report == r.Name })
	})
	if len(shown) == 0 {
		shown, names = specs, nil // a report without a deck is shown by one made of its blocks
		for _, r := range specs {
			names = append(names, r.Name)
		}
	}
	if len(shown) == 1 {
		return shown[0], nil
	}
	return nil, diag.Errorf(diag.NothingMatches, diag.Pos{}, "which deck?").
		WithHint("name one of %s; a report without a deck is shown of its report.json: --report FILE", strings.Join(names, ", "))
}

// ExportOptions say as what slides are exported.
type ExportOptions struct {
	Format  string // "pdf", "pptx", "png"
	Clicks  bool   // a page, or picture, for each click
	Handout int    // slides on a page with lines for notes; 0 is a slide a page
}

// ExportSlides writes a deck as one file, or as a folder of pictures.
func (w *Workspace) ExportSlides(ctx context.Context, o SlidesOptions, e ExportOptions) (SlidesResult, error) {
	var browser *pdf.Browser
	if e.Format != "pptx" {
		// It starts while the deck is put together.
		var err error
		if browser, err = pdf.Start(ctx, w.engine.Env); err != nil {
			return SlidesResult{}, err
		}
		defer browser.Close()
	}
	made, err := w.makeDeck(ctx, o)
	if err != nil {
		return SlidesResult{}, err
	}
	res := made.result()
	if res.Path, err = w.outputPath(made.base+exportEnding(e), diag.Pos{}, o.Output, false); err != nil {
		return res, err
	}
	if e.Format == "png" && o.Output != "" {
		res.Path = o.Output // a folder, written as a whole each time
	}
	target := w.absolute(res.Path, o.Output)
	if e.Format == "pptx" {
		err = w.exportPPTX(ctx, made, target, &res)
	} else {
		err = w.exportPages(ctx, browser, made, target, e, &res)
	}
	if err != nil {
		return res, err
	}
	if info, err := os.Stat(target); err == nil && !info.IsDir() {
		res.Bytes = info.Size()
	} else {
		res.Files, res.Bytes = folderSize(target)
	}
	return res, nil
}

func exportEnding(e ExportOptions) string {
	switch {
	case e.Format == "pptx":
		return ".pptx"
	case e.Format == "png":
		return "-slides-png"
	case e.Handout > 0:
		return "-handout.pdf"
	case e.Clicks:
		return "-slides-clicks.pdf"
	}
	return "-slides.pdf"
}

func (w *Workspace) exportPPTX(ctx context.Context, made *deckMade, target string, res *SlidesResult) error {
	o, err := w.pptxOptions(made.doc)
	if err != nil {
		return err
	}
	return artifact.WriteFile(target, func(to io.Writer) error {
		found, err := pptx.Render(ctx, to, made.doc, o)
		res.Warnings = append(res.Warnings, found...)
		return errors.Join(err, found.Err())
	})
}

// exportPages writes what a browser draws of the deck's pages.
func (w *Workspace) exportPages(ctx context.Context, browser *pdf.Browser, made *deckMade, target string, e ExportOptions, res *SlidesResult) error {
	temp, err := artifact.NewTempFolder("atlas-slides")
	if err != nil {
		return err
	}
	defer func() { _ = temp.Remove() }()
	dir := temp.Dir
	doc, found, err := w.buildSlides(ctx, filepath.Join(dir, "deck"), made.doc)
	if err != nil {
		return err
	}
	res.Slides, res.Warnings = len(doc.Slides), append(res.Warnings, found...)
	if e.Format == "png" {
		return exportPictures(ctx, browser, doc, filepath.Join(dir, "deck"), target, e)
	}
	var query []string
	if e.Clicks {
		query = append(query, "clicks=1")
	}
	if e.Handout > 0 {
		query = append(query, fmt.Sprintf("handout=%d", e.Handout))
	}
	data, err := printed(ctx, pdf.PrintOptions{
		Browser: browser, Page: filepath.Join(dir, "deck", "print.html"), Query: strings.Join(query, "&"), Info: infoOf(doc),
	}, doc, &res.Warnings)
	if err != nil {
		return err
	}
	return artifact.WriteFile(target, func(to io.Writer) error {
		_, err := to.Write(data)
		return err
	})
}

// exportPictures writes a PNG a slide, or a click, into a folder that is replaced as a whole.
func exportPictures(ctx context.Context, browser *pdf.Browser, doc *deck.Document, dir, target string, e ExportOptions) error {
	var shots []pdf.Shot
	var names []string
	for i := range doc.Slides {
		s := &doc.Slides[i]
		from := s.Steps
		if e.Clicks {
			from = 0
		}
		for step := from; step <= s.Steps; step++ {
			name := fmt.Sprintf("%02d-%s", i+1, s.ID)
			if e.Clicks && s.Steps > 0 {
				name += fmt.Sprintf("-%d", step)
			}
			shots = append(shots, pdf.Shot{Fragment: fmt.Sprintf("/%s/%d", s.ID, step)})
			names = append(names, name+".png")
		}
	}
	theme := "light" // said, as a browser may remember another
	if doc.Dark {
		theme = "dark"
	}
	kind := artifact.FolderKind{Marker: ".atlas-pictures", Text: "written by atlas slides export; replaced as a whole", What: "folder of pictures"}
	return artifact.ReplaceFolder(target, kind, func(f *artifact.Folder) error {
		return pdf.Screenshots(ctx, pdf.ScreenshotOptions{
			Browser: browser, Page: filepath.Join(dir, "index.html"), Query: "shot&theme=" + theme, Width: 1280, Height: 720, Scale: 1.5, Shots: shots,
		}, func(i int, png []byte) error { return f.File(names[i], png) })
	})
}
