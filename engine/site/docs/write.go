package docs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"atlas/engine/artifact"
	"atlas/engine/manifest"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets/*
var assetFiles embed.FS

// assetVersions gives each file that pages load a mark that changes with its content, so that
// no browser shows a new page with an old script.
type assetVersions map[string]string

func (v assetVersions) add(name string, data []byte) {
	sum := sha256.Sum256(data)
	v[name] = hex.EncodeToString(sum[:4])
}

// page is what every template gets.
type page struct {
	*site
	Root    string // leads from the page to the site's root: "", "../"
	Title   string
	Active  string // group key or name of the part of the site, for the menu
	Crumbs  []crumb
	Scripts []string
	Menu    []menuGroup
	Body    any
}

type crumb struct{ Text, Href string }

// SiteTitle is the project's name for people.
func (p *page) SiteTitle() string { return p.title }

// In is the input of the build.
func (p *page) In() Input { return p.in }

// Asset gives the address of a file that the page loads.
func (p *page) Asset(name string) string { return p.Root + name + "?" + p.assets[name] }

// Tests gives all tests.
func (p *page) Tests() []*test { return p.tests }

// MacroList gives all macros.
func (p *page) MacroList() []*macro { return p.macros }

// ColumnCount is how many columns are known of a node.
func (p *page) ColumnCount(n *node) int { return len(p.columns(n)) }

// TestState sums up a node's tests for a list; nil without any.
func (p *page) TestState(n *node) *fact {
	t := tallyOf(n.Tests)
	switch {
	case t.Total == 0:
		return nil
	case t.Fail > 0:
		return &fact{Value: fmt.Sprintf("✗ %d of %d", t.Fail, t.Total), Class: "s-bad"}
	case t.Warn > 0:
		return &fact{Value: fmt.Sprintf("! %d of %d", t.Warn, t.Total), Class: "s-warn"}
	case !t.Known():
		return &fact{Value: fmt.Sprintf("· %d", t.Total), Class: "s-none"}
	default:
		return &fact{Value: fmt.Sprintf("✓ %d", t.Total), Class: "s-good"}
	}
}

// write makes every file of the site.
func (s *site) write(ctx context.Context, w *artifact.Folder) error {
	t, err := template.New("").Funcs(template.FuncMap{
		"plural": plural, "grouped": grouped, "grouped64": func(n int) string { return grouped(int64(n)) }, "seconds": seconds, "stamp": stamp, "clip": clip,
		"statusClass": statusClass, "statusText": statusText, "resultNote": func(r *Result) string { return r.note() }, "pageref": pageref, "md": s.md.html,
	}).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return fmt.Errorf("read the docs templates: %w", err)
	}
	g, nodes, err := s.lineage(ctx)
	if err != nil {
		return err
	}
	if err := s.writeAssets(w, g, nodes); err != nil {
		return err
	}
	r := renderer{site: s, t: t, w: w}
	for _, step := range []func() error{
		func() error { return r.overview(ctx) },
		func() error { return r.lineagePage(ctx, g) },
		func() error { return r.lists() },
		func() error { return r.nodePages(ctx) },
		func() error { return r.macroPages() },
		func() error {
			return r.page("404.html", "missing", &page{Root: "./", Title: "No such page"})
		},
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) writeAssets(w *artifact.Folder, g *graph, nodes []*node) error {
	s.assets = assetVersions{}
	err := fs.WalkDir(assetFiles, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		s.assets.add(name, data)
		return w.File(name, data)
	})
	if err != nil {
		return err
	}
	search, err := s.searchData()
	if err != nil {
		return err
	}
	lineage, err := s.lineageData(g, nodes)
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{"data/search.js": search, "data/lineage.js": lineage} {
		s.assets.add(name, data)
		if err := w.File(name, data); err != nil {
			return err
		}
	}
	return nil
}

// renderer writes pages.
type renderer struct {
	*site
	t *template.Template
	w *artifact.Folder
}

// page renders a template to a file.
func (r *renderer) page(name, tmpl string, p *page) error {
	html, err := r.render(name, tmpl, p)
	if err != nil {
		return err
	}
	return r.w.File(name, html)
}

// render gives the page that is to stand at name.
func (r *renderer) render(name, tmpl string, p *page) ([]byte, error) {
	p.site = r.site
	if p.Root == "" {
		p.Root = strings.Repeat("../", strings.Count(name, "/"))
	}
	if p.Menu == nil {
		p.Menu = r.menu(p)
	}
	var b bytes.Buffer
	if err := r.t.ExecuteTemplate(&b, tmpl, p); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return squeeze(b.Bytes()), nil
}

// squeeze drops blank lines, which templates leave behind, outside of <pre>.
func squeeze(page []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(page))
	inPre := false
	for _, line := range bytes.SplitAfter(page, []byte("\n")) {
		if !inPre {
			trimmed := bytes.TrimLeft(line, " \t")
			if len(bytes.TrimSpace(trimmed)) == 0 {
				continue
			}
			line = trimmed
		}
		out.Write(line)
		if i, j := bytes.LastIndex(line, []byte("<pre")), bytes.LastIndex(line, []byte("</pre>")); i != j {
			inPre = i > j
		}
	}
	return out.Bytes()
}

// menuGroup is an entry of the menu; the active one shows its neighbours.
type menuGroup struct {
	Name, Href, Class string
	Count             int
	Active            bool
	Aside             bool // about the data's checks, not the data
	Folders           []menuFolder
}

type menuFolder struct {
	Name  string
	Items []menuItem
	More  int
}

type menuItem struct {
	Label, Href string
	Current     bool
}

// menuLimit is how many entries of a folder the menu lists.
const menuLimit = 60

func (r *renderer) menu(p *page) []menuGroup {
	var out []menuGroup
	current, _ := p.Body.(*nodeBody)
	for _, g := range r.groups {
		m := menuGroup{Name: g.Name, Href: g.Href(), Class: g.Class, Count: len(g.Nodes), Active: p.Active == g.Key}
		m.Aside = g.Kind == manifest.Test || g.Kind == manifest.UnitTest
		if m.Active {
			m.Folders = menuFolders(g, current)
		}
		out = append(out, m)
	}
	return out
}

// menuFolders lists the nodes of a group; of a large one only the current node's neighbours.
func menuFolders(g *group, current *nodeBody) []menuFolder {
	var out []menuFolder
	whole := len(g.Nodes) <= menuLimit
	for i := 0; i < len(g.Nodes); {
		j := i
		for j < len(g.Nodes) && g.Nodes[j].Folder == g.Nodes[i].Folder {
			j++
		}
		folder := g.Nodes[i:j]
		i = j
		if !whole && (current == nil || current.N.Folder != folder[0].Folder) {
			continue
		}
		out = append(out, menuFolderOf(folder, current))
	}
	if len(out) == 1 && (whole || len(g.Nodes) == len(out[0].Items)) {
		out[0].Name = ""
	}
	return out
}

func menuFolderOf(nodes []*node, current *nodeBody) menuFolder {
	at := 0
	for i, n := range nodes {
		if current != nil && n == current.N {
			at = i
		}
	}
	from := max(0, min(at-menuLimit/2, len(nodes)-menuLimit))
	to := min(len(nodes), from+menuLimit)
	f := menuFolder{Name: path.Clean(nodes[0].Folder), More: len(nodes) - (to - from)}
	if nodes[0].Folder == "" {
		f.Name = ""
	}
	for _, n := range nodes[from:to] {
		label := n.Label
		if n.Source != nil {
			label = n.Name
		}
		f.Items = append(f.Items, menuItem{label, n.Href, current != nil && n == current.N})
	}
	return f
}

func statusClass(r *Result) string {
	if r == nil {
		return "s-none"
	}
	switch r.Status {
	case Success, Pass:
		return "s-good"
	case Warn:
		return "s-warn"
	case Skipped:
		return "s-none"
	default:
		return "s-bad"
	}
}

// statusText gives the sign and the word of an outcome.
func statusText(r *Result) string {
	if r == nil {
		return "· not run"
	}
	switch r.Status {
	case Success, Pass:
		return "✓ " + string(r.Status)
	case Warn:
		return "! warn"
	case Skipped:
		return "→ skipped"
	default:
		return "✗ " + string(r.Status)
	}
}

// ref is a link with the page it stands on, for templates that are given only one value.
type ref struct {
	Root string
	V    any
}

func pageref(root string, v any) ref { return ref{root, v} }
