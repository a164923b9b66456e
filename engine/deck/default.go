package deck

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/report"
)

// Default gives the deck of a report that has none: a cover, then a slide for each block, in the
// order of the report's declaration (by name without one), first of all units together, then unit by
// unit. Blocks inside of columns are shown there alone.
func Default(r *report.Report, spec *manifest.Report) *manifest.Deck {
	d := &manifest.Deck{Name: r.Meta.Report, Node: manifest.ID(r.Meta.Node), Report: r.Meta.Report}
	add := func(name, layout, body string, front ...any) {
		d.Slides = append(d.Slides, manifest.Slide{
			Name: name, Node: d.Node, Layout: layout, Front: manifest.NewMap(front...),
			Body: manifest.Template{Text: body, Pos: diag.Pos{File: "default deck", Line: 1, Col: 1}},
		})
	}
	cover := "# {{ report.title }}\n"
	if plain := strings.NewReplacer("\u00a0", " "); !strings.Contains(plain.Replace(r.Meta.Title), plain.Replace(r.Meta.PeriodLabel)) {
		cover += "## {{ report.period_label }}"
	}
	add("cover", "cover", cover)
	sections := []*report.Section{&r.Total}
	for _, code := range r.Meta.Scope {
		if s := r.Units[code]; s != nil {
			sections = append(sections, s)
		}
	}
	for _, code := range sortedKeys(r.Units) {
		if s := r.Units[code]; s.Group {
			sections = append(sections, s)
		}
	}
	for _, s := range sections {
		names := blockOrder(s, spec)
		suffix := ""
		if s.Code != "" && len(names) > 0 {
			suffix = "-" + s.Code
			add("unit"+suffix, "section", "# {{ unit.label }}\n## {{ report.period_label }}", "section", s.Code)
		}
		for _, name := range names {
			b := s.Blocks[name]
			if b.Kind == block.Title {
				if b.Heading != nil {
					add(name+suffix, "section", "", "section", s.Code, "title", b.Heading.Text)
				}
				continue
			}
			front := []any{"section", s.Code}
			if b.Title.IsZero() {
				front = append(front, "title", titleOf(name))
			}
			layout := manifest.DefaultLayout
			if b.Kind == block.TableOf {
				layout = "table"
			}
			add(name+suffix, layout, "{{ block("+quoted(name)+") }}", front...)
		}
	}
	return d
}

// blockOrder lists the blocks of a section that stand by themselves.
func blockOrder(s *report.Section, spec *manifest.Report) []string {
	inside := map[string]bool{}
	for _, b := range s.Blocks {
		for _, c := range b.Columns {
			for _, name := range c.Blocks {
				inside[name] = true
			}
		}
	}
	var names []string
	if spec != nil {
		for i := range spec.Blocks {
			names = append(names, spec.Blocks[i].Name)
		}
	} else {
		names = sortedKeys(s.Blocks)
	}
	out := names[:0:0]
	for _, name := range names {
		if s.Blocks[name] != nil && !inside[name] {
			out = append(out, name)
		}
	}
	return out
}

// titleOf makes a title of a name: revenue_by_month becomes Revenue by month.
func titleOf(name string) string {
	s := strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return name
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// quoted gives a text of a template.
func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}
