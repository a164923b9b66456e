package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atlas/engine/artifact"
	"atlas/engine/block"
	"atlas/engine/chart"
	"atlas/engine/deck"
	"atlas/engine/deck/pdf"
	"atlas/engine/deck/pptx"
	"atlas/engine/deck/slides"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
	"atlas/engine/theme"
)

// Maker is what makes the PDF of a deck.
type Maker string

// The makers of PDFs; "" is LibreOffice where it is installed, else Chromium.
const (
	LibreOffice Maker = "libreoffice" // converts the PPTX
	Chromium    Maker = "chromium"    // prints the web deck of the same document
)

// PresentOptions say how a report becomes files to show.
type PresentOptions struct {
	DocumentOptions
	PPTX, PDF bool   // which files to make
	Maker     Maker  // of the PDF
	Stem      string // path of the files without an ending
	Wrote     func(ReportFile)
}

// ReportFile is one file of a report, or a folder of slides.
type ReportFile struct {
	Kind    string        `json:"kind"` // "json", "pptx", "pdf", "slides"
	Path    string        `json:"path"` // as Stem said, or relative to the folder of a report
	SHA256  string        `json:"sha256,omitempty"`
	Bytes   int64         `json:"bytes"`
	Files   int           `json:"files,omitempty"`   // of slides
	Maker   string        `json:"made_by,omitempty"` // of a PDF
	Elapsed time.Duration `json:"-"`
}

// Presented is what Present made.
type Presented struct {
	Document *deck.Document
	Files    []ReportFile
	Warnings diag.List
	NoPDF    *diag.Diagnostic // why there is no PDF although one was wanted: nothing is installed that makes it
}

// Present renders a report as PPTX and PDF. It asks no database. A file is replaced only when the
// new one is complete.
func (w *Workspace) Present(ctx context.Context, rep *report.Report, o PresentOptions) (*Presented, error) {
	doc, problems := w.Document(ctx, rep, o.DocumentOptions)
	if problems.Err() != nil {
		return nil, problems
	}
	out := &Presented{Document: doc, Warnings: problems}
	p := &presenting{Workspace: w, doc: doc, o: o, out: out}
	return out, p.do(ctx)
}

// presenting is one Present under way.
type presenting struct {
	*Workspace
	doc *deck.Document
	o   PresentOptions
	out *Presented
}

func (p *presenting) do(ctx context.Context) error {
	maker, missing := p.maker()
	if p.o.PDF && missing != nil && !p.o.PPTX {
		return missing
	}
	if p.o.PPTX {
		if err := p.pptx(ctx, p.o.Stem+".pptx"); err != nil {
			return err
		}
	}
	switch {
	case !p.o.PDF:
		return nil
	case missing != nil:
		p.out.NoPDF = missing
		return nil
	case maker == LibreOffice:
		return p.convert(ctx)
	default:
		return p.print(ctx)
	}
}

// maker says who makes the PDF, or what to install.
func (p *presenting) maker() (Maker, *diag.Diagnostic) {
	var none []error
	for _, m := range []Maker{LibreOffice, Chromium} {
		if p.o.Maker != "" && p.o.Maker != m {
			continue
		}
		find := pdf.FindBrowser
		if m == LibreOffice {
			find = pdf.FindOffice
		}
		_, err := find(p.engine.Env)
		if err == nil {
			return m, nil
		}
		none = append(none, err)
	}
	if len(none) == 1 {
		return "", diag.From(none[0])[0]
	}
	var hints []string
	for _, err := range none {
		hints = append(hints, diag.From(err)[0].Hint)
	}
	return "", diag.Errorf(diag.MissingProgram, diag.Pos{}, "nothing is installed that makes a PDF: neither LibreOffice nor a browser of the Chromium family").
		WithHint("%s", strings.Join(hints, "; or "))
}

func (p *presenting) pptx(ctx context.Context, path string) error {
	start := p.engine.Clock()
	return p.file("pptx", path, start, "", func(to io.Writer) error {
		o, err := p.pptxOptions(p.doc)
		if err != nil {
			return err
		}
		problems, err := pptx.Render(ctx, to, p.doc, o)
		if err != nil {
			return err
		}
		if problems.Err() != nil {
			return problems
		}
		p.out.Warnings = append(p.out.Warnings, problems...)
		return nil
	})
}

// pptxOptions gives what the writer of presentations needs beside a document.
func (w *Workspace) pptxOptions(d *deck.Document) (pptx.Options, error) {
	o := pptx.Options{
		Translations: w.Manifest.Translations[d.Locale], Spec: w.reportSpec(d.Report.Meta.Report),
		SVG: func(ctx context.Context, b *block.Block, width, height float64) ([]byte, error) {
			return chart.SVG(ctx, b, d.Theme, d.Dark, d.Format, width, height)
		},
		PNG: func(svg []byte, scale float64) ([]byte, error) { return chart.PNGOf(d.Theme, svg, scale) },
	}
	for _, x := range w.Manifest.Decks {
		if string(x.Node) != d.Node || x.Template == "" {
			continue
		}
		body, err := w.readFile(x.Template)
		if err != nil {
			return o, diag.Errorf(diag.BadTemplate, x.Pos, "the template %s of the deck %s cannot be read: %v", x.Template, x.Name, err)
		}
		o.Template, o.TemplateFile, o.Front = body, x.Template, x.Front
	}
	return o, nil
}

// convert lets LibreOffice make the PDF of the PPTX: of the one beside it, or of one for itself.
func (p *presenting) convert(ctx context.Context) error {
	start := p.engine.Clock()
	source := p.o.Stem + ".pptx"
	if !p.o.PPTX {
		temp, err := artifact.NewTempFolder("atlas-present")
		if err != nil {
			return err
		}
		defer func() { _ = temp.Remove() }()
		source = filepath.Join(temp.Dir, "deck.pptx")
		wrote, kept := p.o.Wrote, p.out.Files
		p.o.Wrote = nil
		err = p.pptx(ctx, source)
		p.o.Wrote, p.out.Files = wrote, kept
		if err != nil {
			return err
		}
	}
	body, err := pdf.Convert(ctx, source, pdf.ConvertOptions{Env: p.engine.Env, Info: infoOf(p.doc), Fonts: fontsOf(p.doc)})
	if err != nil {
		return err
	}
	return p.file("pdf", p.o.Stem+".pdf", start, string(LibreOffice), func(to io.Writer) error { _, err := to.Write(body); return err })
}

// print lets Chromium print the web deck of the document.
func (p *presenting) print(ctx context.Context) error {
	start := p.engine.Clock()
	browser, err := pdf.Start(ctx, pdf.Env(p.engine.Env)) // starts while the pages are written
	if err != nil {
		return err
	}
	defer browser.Close()
	temp, err := artifact.NewTempFolder("atlas-slides")
	if err != nil {
		return err
	}
	defer func() { _ = temp.Remove() }()
	dir := filepath.Join(temp.Dir, "deck")
	doc, found, err := p.buildSlides(ctx, dir, p.doc)
	if err != nil {
		return err
	}
	p.out.Warnings = append(p.out.Warnings, found...)
	body, err := printed(ctx, pdf.PrintOptions{Browser: browser, Page: filepath.Join(dir, "print.html"), Info: infoOf(doc)}, doc, &p.out.Warnings)
	if err != nil {
		return err
	}
	return p.file("pdf", p.o.Stem+".pdf", start, string(Chromium), func(to io.Writer) error { _, err := to.Write(body); return err })
}

// printed prints the pages of a document as buildSlides drew it, and adds what does not fit on them to the
// warnings, unless they have one of the same slide.
func printed(ctx context.Context, o pdf.PrintOptions, d *deck.Document, warnings *diag.List) ([]byte, error) {
	o.Tells = func(text string) {
		for _, x := range slides.Crowded(d, text) {
			if !slices.ContainsFunc(*warnings, func(y *diag.Diagnostic) bool { return y.Code == x.Code && y.Pos == x.Pos }) {
				warnings.Add(x)
			}
		}
	}
	return pdf.Print(ctx, o)
}

// fontsOf gives the font files of a document's theme.
func fontsOf(d *deck.Document) [][]byte {
	var out [][]byte
	for _, f := range []theme.Font{d.Theme.Text, d.Theme.Heading} {
		for _, body := range [][]byte{f.Regular, f.Bold} {
			if len(body) > 0 {
				out = append(out, body)
			}
		}
	}
	return out
}

// infoOf is what a PDF of a document says about itself.
func infoOf(d *deck.Document) pdf.Info {
	m := d.Report.Meta
	i := pdf.Info{Title: d.Title, Author: or(d.Theme.Label, m.EntityLabel), Subject: m.PeriodLabel, Language: d.Locale}
	if at, err := time.Parse(time.RFC3339, m.GeneratedAt); err == nil {
		i.Date = at
	}
	return i
}

// file writes one file whole and notes it.
func (p *presenting) file(kind, path string, start time.Time, maker string, write func(io.Writer) error) error {
	digest := &digest{hash: sha256.New()}
	err := artifact.WriteFile(path, func(to io.Writer) error { return write(io.MultiWriter(to, digest)) })
	if err != nil {
		return unwrapDiagnostics(err)
	}
	f := ReportFile{Kind: kind, Path: path, SHA256: digest.sum(), Bytes: digest.bytes, Maker: maker, Elapsed: p.engine.Clock().Sub(start)}
	p.out.Files = append(p.out.Files, f)
	if p.o.Wrote != nil {
		p.o.Wrote(f)
	}
	return nil
}

// slidesOptions gives the project's own layouts, components and style sheets of web slides: files
// below layouts, components and styles of report-paths.
func (w *Workspace) slidesOptions() (slides.Options, diag.List) {
	o := slides.Options{Layouts: map[string]slides.Source{}, Components: map[string]slides.Source{}, Generator: "atlas " + w.engine.Version}
	var l diag.List
	read := func(path string) []byte {
		body, err := w.readFile(path)
		if err != nil {
			l.Add(diag.Errorf(diag.BadFile, diag.Pos{File: path}, "it cannot be read: %v", err))
		}
		return body
	}
	seen := map[string]string{}
	twice := func(path, as string) { // sub-folders do not count: one would take the other's place
		if other := seen[as]; other != "" {
			l.Add(diag.Errorf(diag.DuplicateName, diag.Pos{File: path}, "two files are named %s", filepath.Base(path)).
				WithNote(diag.Pos{File: other}, "the other one").WithHint("rename one of them"))
		}
		seen[as] = path
	}
	name := func(path string) string { return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) }
	for _, path := range w.reportFiles("layouts", ".html") {
		twice(path, "layouts/"+name(path))
		o.Layouts[name(path)] = slides.Source{Path: path, Text: string(read(path))}
		if d := w.noLayout(name(path), path); d != nil {
			l.Add(d)
		}
	}
	for _, path := range w.reportFiles("components", ".html") {
		twice(path, "components/"+name(path))
		o.Components[name(path)] = slides.Source{Path: path, Text: string(read(path))}
	}
	for _, path := range w.reportFiles("styles", ".css", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".woff2") {
		twice(path, "styles/"+filepath.Base(path))
		o.Styles = append(o.Styles, slides.File{Name: filepath.Base(path), Data: read(path)})
	}
	return o, l
}

// noLayout warns of a template of a layout that there is not: it draws nothing.
func (w *Workspace) noLayout(name, path string) *diag.Diagnostic {
	if _, ok := w.Manifest.Layout(name); ok {
		return nil
	}
	var names []string
	for _, l := range append(slices.Clone(w.Manifest.Layouts), manifest.BuiltinLayouts()...) {
		names = append(names, l.Name)
	}
	return diag.Warnf(diag.UnknownRef, diag.Pos{File: path}, "no layout is named %q", name).
		WithHint("%s", or(diag.DidYouMean(name, names), "say its regions under layouts: in a file of report-paths; they are its places in PPTX"))
}

// ReadReport reads a report.json; what is wrong with it is told with its path.
func ReadReport(file string) (*report.Report, error) {
	shown := diag.Pos{File: filepath.ToSlash(file)}
	f, err := os.Open(file)
	if err != nil {
		d := diag.Errorf(diag.BadReport, shown, "cannot be read: %v", reason(err))
		if errors.Is(err, fs.ErrNotExist) {
			d.Msg = "there is no such file"
			d.Hint = "atlas format writes reports below output/"
		}
		return nil, d
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, diag.Errorf(diag.BadReport, shown, "is a folder").WithHint("name the .json file of the report in it")
	}
	r, err := report.Read(f)
	if err != nil {
		l := diag.From(err)
		for _, d := range l {
			d.Pos.File = shown.File
		}
		return nil, l
	}
	return r, nil
}

// reason gives the system's words without the path, which is told already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// digest counts and hashes what is written.
type digest struct {
	hash  hash.Hash
	bytes int64
}

func (d *digest) Write(b []byte) (int, error) {
	d.bytes += int64(len(b))
	return d.hash.Write(b)
}

func (d *digest) sum() string { return hex.EncodeToString(d.hash.Sum(nil)) }
