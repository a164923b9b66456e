// Package slides writes a deck for browsers: one folder of files that works from a disk as from a
// server, offline, with click steps, a presenter's window, drawing, and a panel that tells where each
// figure is from; and a page of the same slides to print. Its dev server shows a deck while it is
// written.
//
// Pages keep to a content policy that allows the folder's own files and nothing else.
package slides

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"sort"
	"strings"

	"atlas/engine/artifact"
	"atlas/engine/block/html"
	"atlas/engine/chart"
	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/theme"
)

//go:embed assets templates
var files embed.FS

// Policy is what the pages may load: files beside them.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'"

// Options say how a deck is written for browsers.
type Options struct {
	Layouts    map[string]Source // the project's own layouts by name, in place of those built in
	Components map[string]Source // templates that layouts include or import
	Styles     []File            // the project's style sheets, and what they name; .css files are linked in order
	Generator  string            // "atlas 1.0"
	Author     string            // of the printed document

	dev bool // pages reload themselves
}

// Source is a template of the project.
type Source struct {
	Path string // shown
	Text string
}

// File is a file that is copied beside the pages; its name has no folders.
type File struct {
	Name string
	Data []byte
}

// kind tells a folder written by Build from any other.
func kind() artifact.FolderKind {
	return artifact.FolderKind{Marker: ".atlas-slides", Text: "written by atlas slides build; replaced as a whole", What: "folder of slides"}
}

// Build writes the deck into a folder, in place of what an earlier build left there. Mistakes in the
// project's templates are told all at once, and then nothing is written; warnings come with a folder.
func Build(ctx context.Context, dir string, d *deck.Document, o Options) (diag.List, error) {
	made, problems := Pages(ctx, d, o)
	if problems.Err() != nil {
		return problems, problems.Err()
	}
	return problems, artifact.ReplaceFolder(dir, kind(), func(f *artifact.Folder) error {
		for _, file := range made {
			if err := f.File(file.Name, file.Data); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

// Pages gives the files that Build writes, by their names below the folder. A slide with a mistake
// shows it in its place.
func Pages(ctx context.Context, d *deck.Document, o Options) ([]File, diag.List) {
	d, told := GoOn(d, o.Layouts)
	b := &builder{doc: d, o: o, problems: told, styles: newStyles(), words: words(d.Locale), charts: map[string]chartPaint{}, parsed: map[string]*jinja.Template{}, read: map[string]bool{}}
	var shown []slide
	for i := range d.Slides {
		if ctx.Err() != nil {
			return nil, diag.From(ctx.Err())
		}
		shown = append(shown, b.slide(i))
	}
	out := b.assets()
	data, err := b.data(shown)
	if err != nil {
		b.problems.Add(err)
	}
	out = append(out, File{"assets/deck-data.js", data}, File{"assets/deck-styles.css", b.styles.sheet()})
	for _, p := range []page{deckPage(), presenterPage(), printPage()} {
		text, err := b.page(p, shown, out)
		if err != nil {
			b.problems.Add(err)
			continue
		}
		out = append(out, File{p.name, text})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	b.problems.Sort()
	return out, b.problems
}

// builder writes one deck.
type builder struct {
	doc      *deck.Document
	o        Options
	styles   *styles
	words    map[string]string
	charts   map[string]chartPaint
	parsed   map[string]*jinja.Template
	read     map[string]bool // layouts whose names were looked at
	problems diag.List
}

// page is one of the pages of a folder.
type page struct {
	name, template  string
	styles, scripts []string
	wrap            func(s slide) string
}

func deckPage() page {
	return page{
		name: "index.html", template: "index.html",
		styles:  []string{"reveal.css", "theme.css", "block.css", "slide.css", "deck-styles.css", "deck.css"},
		scripts: []string{"reveal.js", "chart.js", "deck-data.js", "stage.js", "ink.js", "link.js", "where.js", "overview.js", "deck.js"},
		wrap: func(s slide) string {
			return fmt.Sprintf("<section id=\"%s\" data-node=\"%s\">\n%s</section>\n", esc(s.ID), esc(s.Node), s.HTML)
		},
	}
}

func presenterPage() page {
	return page{
		name: "presenter.html", template: "presenter.html",
		styles:  []string{"theme.css", "block.css", "slide.css", "deck-styles.css", "presenter.css"},
		scripts: []string{"chart.js", "deck-data.js", "stage.js", "ink.js", "link.js", "presenter.js"},
		wrap: func(s slide) string {
			return fmt.Sprintf("<div class=\"page\" data-slide=\"%s\">\n%s</div>\n", esc(s.ID), s.HTML)
		},
	}
}

func printPage() page {
	return page{
		name: "print.html", template: "print.html",
		styles:  []string{"print-theme.css", "block.css", "slide.css", "deck-styles.css", "print.css"},
		scripts: []string{"chart.js", "deck-data.js", "stage.js", "print.js"},
		wrap: func(s slide) string {
			return fmt.Sprintf("<div class=\"page\" data-slide=\"%s\">\n%s</div>\n", esc(s.ID), s.HTML)
		},
	}
}

// page writes one page; files are those beside it, for marks of their versions.
func (b *builder) page(p page, shown []slide, made []File) ([]byte, error) {
	version := map[string]string{}
	for _, f := range made {
		sum := sha256.Sum256(f.Data)
		version[f.Name] = hex.EncodeToString(sum[:4])
	}
	address := func(names []string) []string {
		var out []string
		for _, n := range names {
			n = "assets/" + n
			out = append(out, n+"?v="+version[n])
		}
		return out
	}
	styles, scripts := p.styles, p.scripts
	for _, f := range b.o.Styles {
		if strings.HasSuffix(f.Name, ".css") {
			styles = append(styles, "project/"+f.Name)
		}
	}
	if b.o.dev && p.name != "print.html" {
		scripts = append(scripts, "dev.js")
		styles = append(styles, "dev.css")
	}
	var slides strings.Builder
	for _, s := range shown {
		slides.WriteString(p.wrap(s))
	}
	t, err := template.ParseFS(files, "templates/"+p.template)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	theme := "light"
	if b.doc.Dark {
		theme = "dark"
	}
	policy := Policy
	if b.o.dev {
		policy += "; connect-src 'self'"
	}
	err = t.Execute(&out, map[string]any{
		"Lang": b.doc.Locale, "Default": theme, "Policy": policy, "Generator": b.o.Generator, "Author": b.o.Author, "Title": b.title(),
		"Styles": address(styles), "First": address([]string{"first.js"})[0], "Scripts": address(scripts),
		"Slides": template.HTML(slides.String()), "UI": b.words, //nolint:gosec // slides are escaped where they are made
	})
	return out.Bytes(), err
}

func (b *builder) title() string {
	if b.doc.Title != "" {
		return b.doc.Title
	}
	return b.doc.Name
}

// assets gives the files that are the same whatever the slides say.
func (b *builder) assets() []File {
	var out []File
	entries, err := files.ReadDir("assets")
	if err != nil {
		b.problems.Add(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "dev.") && !b.o.dev {
			continue
		}
		data, err := files.ReadFile("assets/" + e.Name())
		if err != nil {
			b.problems.Add(err)
		}
		if e.Name() == "reveal.css" {
			// Its line of progress has the class of a block.
			data = bytes.ReplaceAll(data, []byte(".reveal .progress"), []byte(".reveal>.progress"))
		}
		out = append(out, File{"assets/" + e.Name(), data})
	}
	out = append(out, File{"assets/chart.js", chart.Script()}, File{"assets/block.css", stageCSS(html.CSS())})
	// Printed variable fonts become pictures of letters (Type 3): paper gets a font a weight.
	paper := *b.doc.Theme
	if paper.Text.Regular != nil {
		paper.Text.Web = nil
	}
	if paper.Heading.Regular != nil {
		paper.Heading.Web = nil
	}
	named := map[string]bool{}
	for name, t := range map[string]*theme.Theme{"theme.css": b.doc.Theme, "print-theme.css": &paper} {
		out = append(out, File{"assets/" + name, []byte(t.CSS("./") + b.geometry())})
		for _, f := range t.Files() {
			if !named[f.Name] {
				named[f.Name] = true
				out = append(out, File{"assets/" + f.Name, f.Data})
			}
		}
	}
	for _, f := range b.o.Styles {
		out = append(out, File{"assets/project/" + f.Name, f.Data})
	}
	for name, data := range map[string][]byte{"logo.svg": b.doc.Theme.Logo, "logo-dark.svg": b.doc.Theme.LogoDark} {
		if data != nil {
			out = append(out, File{"assets/" + name, data})
		}
	}
	for path, data := range b.doc.Media {
		out = append(out, File{mediaName(path, data), data})
	}
	return out
}
