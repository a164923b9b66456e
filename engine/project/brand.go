package project

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// translation is one text of one locale, with the place where it stands.
type translation struct {
	locale, text, said string
	pos, localePos     diag.Pos
}

// brand reads one entry under brands:.
func (r *reportReader) brand(n *node) *manifest.Brand {
	b := &manifest.Brand{
		Pos: textPos(n.get("name"), r.file.Shown), Name: n.get("name").str(), Label: n.get("label").str(),
		Colors: r.palette(n.get("colors")), Dark: r.palette(n.get("dark")), Font: n.get("font").str(), Heading: n.get("heading").str(),
		Files: n.get("files").strings(), Logo: n.get("logo").str(), LogoDark: n.get("logo_dark").str(),
	}
	for _, f := range n.get("files").list() {
		r.fileBelow(f, "the font", ".ttf", ".otf")
	}
	r.fileBelow(n.get("logo"), "the logo", ".svg")
	r.fileBelow(n.get("logo_dark"), "the logo", ".svg")
	return b
}

func (*reportReader) palette(n *node) map[string]string {
	out := map[string]string{}
	if n == nil || n.kind != mapNode {
		return out
	}
	for i, k := range n.keys {
		out[k.text] = strings.ToUpper(strings.TrimPrefix(n.items[i].str(), "#"))
	}
	return out
}

// fileBelow reports a file below the project that is not there or of another kind. Paths with
// templates in them are looked for when they are rendered.
func (r *reportReader) fileBelow(n *node, what string, exts ...string) {
	path := n.str()
	if path == "" || jinja.HasTags(path) {
		return
	}
	bad := func(d *diag.Diagnostic) {
		d.Pos = textPos(n, r.file.Shown)
		r.diags.Add(d.WithLen(utf8.RuneCountInString(path)))
	}
	switch {
	case !filepath.IsLocal(filepath.FromSlash(path)):
		bad(diag.Errorf(diag.BadValue, diag.Pos{}, "%s %s does not lie below the project", what, path).WithHint("copy the file into the project"))
	case !slices.Contains(exts, strings.ToLower(filepath.Ext(path))):
		bad(diag.Errorf(diag.BadValue, diag.Pos{}, "%s %s is not one of: %s", what, path, strings.Join(exts, ", ")))
	default:
		if info, err := os.Stat(filepath.Join(r.p.Root, filepath.FromSlash(path))); err != nil || info.IsDir() {
			bad(diag.Errorf(diag.BadFile, diag.Pos{}, "there is no file %s", path).WithHint("paths are relative to the project's folder"))
		}
	}
}

// layout reads one entry under layouts:.
func (r *reportReader) layout(n *node) manifest.Layout {
	l := manifest.Layout{
		Pos: textPos(n.get("name"), r.file.Shown), Name: n.get("name").str(), Title: orText(n.get("title").str(), "top"), Surface: n.get("surface").str(),
	}
	seen := map[string]diag.Pos{}
	for _, x := range n.get("regions").elements() {
		name := x.get("name")
		g := manifest.Region{
			Name: name.str(), X: wholeOf(x.get("x")), Y: wholeOf(x.get("y")), W: wholeOf(x.get("w")), H: wholeOf(x.get("h")), Align: x.get("align").str(),
		}
		pos := textPos(name, r.file.Shown)
		r.twice(seen, "region", g.Name, pos)
		r.checkRegion(&l, g, pos)
		l.Regions = append(l.Regions, g)
	}
	return l
}

// slotNames are the slots of every slide that are no regions.
//
//nolint:gochecknoglobals // a constant table
var slotNames = []string{"footnote", "step"}

// checkRegion reports a region that leaves the grid or lies on another.
func (r *reportReader) checkRegion(l *manifest.Layout, g manifest.Region, pos diag.Pos) {
	length := utf8.RuneCountInString(g.Name)
	if slices.Contains(slotNames, g.Name) {
		r.diags.Add(diag.Errorf(diag.BadValue, pos, "a region cannot be named %q: every slide has a slot of that name", g.Name).WithLen(length))
	}
	if g.X < 0 || g.Y < 0 || g.W < 1 || g.H < 1 || g.X+g.W > manifest.GridCells || g.Y+g.H > manifest.GridCells {
		r.diags.Add(diag.Errorf(diag.BadValue, pos, "the region %q does not lie on the grid: columns %s, rows %s", g.Name, span(g.X, g.W), span(g.Y, g.H)).WithLen(length).
			WithHint("the grid has %d columns and %d rows, counted from 0: x + w and y + h are at most %d", manifest.GridCells, manifest.GridCells, manifest.GridCells))
		return
	}
	for _, o := range l.Regions {
		if g.X < o.X+o.W && o.X < g.X+g.W && g.Y < o.Y+o.H && o.Y < g.Y+g.H && o.Name != g.Name {
			r.diags.Add(diag.Errorf(diag.BadValue, pos, "the region %q lies on the region %q", g.Name, o.Name).WithLen(length).
				WithHint("%s covers columns %s and rows %s", o.Name, span(o.X, o.W), span(o.Y, o.H)))
		}
	}
}

// span names the cells from a start: "0 to 5".
func span(start, count int) string { return fmt.Sprintf("%d to %d", start, start+count-1) }

// translations reads translations:, text by locale.
func (r *reportReader) translations(n *node) {
	if n == nil || n.kind != mapNode {
		return
	}
	for i, k := range n.keys {
		tags := r.locales(k)
		if len(tags) == 0 || n.items[i].kind != mapNode {
			continue
		}
		for j, text := range n.items[i].keys {
			r.out.translations = append(r.out.translations, translation{
				locale: tags[0], text: text.text, said: n.items[i].items[j].str(), pos: r.pos(text), localePos: textPos(k, r.file.Shown),
			})
		}
	}
}

// attachLooks files brands, layouts and translations, and reports those that stand twice.
func (a *assembly) attachLooks() {
	brands, layouts := map[string]diag.Pos{}, map[string]diag.Pos{}
	type key struct{ locale, text string }
	said := map[key]translation{}
	for _, f := range a.reports {
		for _, b := range f.brands {
			if a.first(brands, "brands", b.Name, b.Pos) {
				a.m.Brands = append(a.m.Brands, b)
			}
		}
		for _, l := range f.layouts {
			if a.first(layouts, "layouts", l.Name, l.Pos) {
				a.m.Layouts = append(a.m.Layouts, l)
			}
		}
		for _, t := range f.translations {
			k := key{t.locale, t.text}
			if first, twice := said[k]; twice && first.said != t.said {
				a.diags.Add(diag.Errorf(diag.DuplicateName, t.pos, "%q has two translations to %s: %q and %q", t.text, t.locale, first.said, t.said).
					WithNote(first.pos, "the other one").WithLen(utf8.RuneCountInString(t.text)))
				continue
			}
			said[k] = t
			if a.m.Translations == nil {
				a.m.Translations = map[string]manifest.Translations{}
			}
			if a.m.Translations[t.locale] == nil {
				a.m.Translations[t.locale] = manifest.Translations{}
			}
			a.m.Translations[t.locale][t.text] = t.said
		}
	}
	slices.SortFunc(a.m.Brands, func(x, y *manifest.Brand) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(a.m.Layouts, func(x, y manifest.Layout) int { return strings.Compare(x.Name, y.Name) })
}

// first reports whether a name is new; a second one is a mistake.
func (a *assembly) first(seen map[string]diag.Pos, what, name string, pos diag.Pos) bool {
	if first, dup := seen[name]; dup {
		a.diags.Add(diag.Errorf(diag.DuplicateName, pos, "two %s are named %q", what, name).WithNote(first, "the other one").WithLen(utf8.RuneCountInString(name)))
		return false
	}
	seen[name] = pos
	return true
}

// unusedTranslations warns of languages that no report is made in.
func (a *assembly) unusedTranslations() {
	if len(a.m.Reports) == 0 {
		return
	}
	var spoken []string
	for _, r := range a.m.Reports {
		locales := r.Locales
		if len(locales) == 0 {
			locales = []string{DefaultLocale}
		}
		for _, l := range locales {
			if !slices.Contains(spoken, l) {
				spoken = append(spoken, l)
			}
		}
	}
	told := map[string]bool{}
	for _, f := range a.reports {
		for _, t := range f.translations {
			if told[t.locale] || slices.Contains(spoken, t.locale) {
				continue
			}
			told[t.locale] = true
			a.diags.Add(diag.Warnf(diag.BadValue, t.localePos, "no report is made in %s", t.locale).WithLen(utf8.RuneCountInString(t.locale)).
				WithHint("add it to locales: of a report; now there are %s", strings.Join(spoken, ", ")))
		}
	}
}

// DefaultLocale is the language of a report that names none.
const DefaultLocale = "en-US"
