package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/deck"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
	"atlas/engine/theme"
)

// DocumentOptions say which deck shows a report, and how.
type DocumentOptions struct {
	Deck string // name; "" is the one of the report's name, else the only one, else one made of the blocks
	Dark bool   // on a dark surface, whatever the deck says
}

// Document puts a report on the slides of a deck. It asks no database: everything comes from the
// report and from files of the project. A mistake in a slide is in the list and in its slide.
func (w *Workspace) Document(ctx context.Context, rep *report.Report, o DocumentOptions) (*deck.Document, diag.List) {
	if err := w.sameEntity(rep); err != nil {
		return nil, diag.From(err)
	}
	d, err := w.deckFor(rep, o.Deck)
	if err != nil {
		return nil, diag.From(err)
	}
	format, err := block.NewFormatter(rep.Meta.Locale, rep.Meta.Currency)
	if err != nil {
		return nil, diag.From(err)
	}
	look, problems := w.theme(rep, d)
	if look == nil {
		return nil, problems
	}
	doc, found := deck.Assemble(ctx, d, rep, deck.Options{
		Theme: look, Format: format, Layouts: w.Manifest.Layouts, Translations: w.Manifest.Translations[rep.Meta.Locale],
		Spec: w.reportSpec(rep.Meta.Report), ReadFile: w.readFile, Files: w.pictures,
	})
	if doc != nil && o.Dark {
		doc.Dark = true
	}
	return doc, append(problems, found...)
}

// sameEntity refuses a report about another entity than the project was read for: its deck and looks
// would be those of that one.
func (w *Workspace) sameEntity(rep *report.Report) error {
	s := w.Project.Scope
	if s == nil || rep.Meta.Entity == "" {
		return nil
	}
	for _, name := range s.Names() {
		v := s.Current(name)
		if v == nil || len(v.Units) == 0 {
			continue
		}
		if !strings.EqualFold(v.Name, rep.Meta.Entity) {
			return diag.Errorf(diag.BadScope, diag.Pos{}, "the report is about %s, and not about %s", rep.Meta.Entity, v.Name).
				WithHint("leave --%s out, as the report says it", name)
		}
		break // the first dimension with units is the entity
	}
	return nil
}

// reportSpec gives the declaration of a report; nil if the project has none.
func (w *Workspace) reportSpec(name string) *manifest.Report {
	for _, r := range w.Manifest.Reports {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// deckFor finds the deck that shows a report.
func (w *Workspace) deckFor(rep *report.Report, name string) (*manifest.Deck, error) {
	var own []*manifest.Deck
	var names []string
	for _, d := range w.Manifest.Decks {
		names = append(names, d.Name)
		if name != "" && sameName(d.Name, name) {
			if d.Report != rep.Meta.Report {
				return nil, diag.Errorf(diag.BadValue, d.Pos, "the deck %s shows the report %s, and this is %s", d.Name, d.Report, rep.Meta.Report)
			}
			return d, nil
		}
		if d.Report == rep.Meta.Report {
			own = append(own, d)
		}
	}
	switch {
	case name != "":
		return nil, noneNamed("deck", name, names, whereDecks)
	case len(own) == 0:
		return deck.Default(rep, w.reportSpec(rep.Meta.Report)), nil
	case len(own) == 1:
		return own[0], nil
	}
	names = nil
	for _, d := range own {
		if sameName(d.Name, rep.Meta.Report) {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return nil, diag.Errorf(diag.NothingMatches, diag.Pos{}, "several decks show the report %s", rep.Meta.Report).
		WithHint("name one, %s: atlas present --deck %[2]s, atlas slides build %[2]s", strings.Join(names, ", "), names[0])
}

// whereDecks says what a deck is.
const whereDecks = "a deck is a Markdown file below report-paths that begins with `report: NAME`"

// sameName compares names as files and YAML write them: business-review is business_review.
func sameName(a, b string) bool {
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }
	return plain(a) == plain(b)
}

// theme gives the look of a deck: of the brand that the report names, the only one of the project,
// or Atlas's own.
func (w *Workspace) theme(rep *report.Report, d *manifest.Deck) (*theme.Theme, diag.List) {
	name := rep.Meta.Brand
	if d.Brand.Text != "" && !strings.Contains(d.Brand.Text, "{") {
		name = d.Brand.Text
	}
	if name == "" {
		if len(w.Manifest.Brands) != 1 {
			return theme.Default(), nil
		}
		name = w.Manifest.Brands[0].Name
	}
	var names []string
	for _, b := range w.Manifest.Brands {
		names = append(names, b.Name)
		if b.Name == name {
			return theme.New(b, w.readFile)
		}
	}
	bad := noneNamed("brand", name, names, "brands stand under brands: in a file of report-paths")
	bad.Pos = d.Pos
	return nil, diag.List{bad}
}

// readFile reads a file of the project by its path below the root; what a link leads out of the
// project to is not there.
func (w *Workspace) readFile(path string) ([]byte, error) {
	root, err := os.OpenRoot(w.Project.Root)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	return root.ReadFile(filepath.FromSlash(strings.TrimPrefix(path, "./")))
}

// pictures lists the pictures below report-paths, for "did you mean".
func (w *Workspace) pictures() []string {
	return w.reportFiles("", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp")
}

// reportFiles lists files below a folder of each of report-paths by their endings, sorted; the paths
// are relative to the project's root.
func (w *Workspace) reportFiles(folder string, endings ...string) []string {
	var out []string
	for _, top := range w.Project.RootPackage().Paths.Reports {
		start := filepath.Join(w.Project.Root, filepath.FromSlash(top), folder)
		_ = filepath.WalkDir(start, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				return err
			}
			if !d.IsDir() && slices.Contains(endings, strings.ToLower(filepath.Ext(path))) {
				if rel, err := filepath.Rel(w.Project.Root, path); err == nil {
					out = append(out, filepath.ToSlash(rel))
				}
			}
			return nil
		})
	}
	slices.Sort(out)
	return out
}
