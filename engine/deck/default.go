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
// unit. A title block is the title of the block that follows it, key figures stand above what follows
// them; blocks inside of columns are shown there alone.
func Default(r *report.Report, spec *manifest.Report) *manifest.Deck {
	m := &defaultMaker{d: &manifest.Deck{Name: r.Meta.Report, Node: manifest.ID(r.Meta.Node), Report: r.Meta.Report}}
	cover := "# {{ report.title }}\n"
	if plain := strings.NewReplacer("\u00a0", " "); !strings.Contains(plain.Replace(r.Meta.Title), plain.Replace(r.Meta.PeriodLabel)) {
		cover += "## {{ report.period_label }}"
	}
	m.add("cover", "cover", cover)
	m.section(&r.Total, blockOrder(&r.Total, spec))
	for _, groups := range []bool{false, true} {
		for _, code := range unitOrder(r) {
			if s := r.Units[code]; s.Group == groups {
				m.section(s, blockOrder(s, spec))
			}
		}
	}
	return m.d
}

// unitOrder lists the units of a report in its order, then the rest by code.
func unitOrder(r *report.Report) []string {
	var out []string
	seen := map[string]bool{}
	for _, code := range append(append([]string(nil), r.Meta.Scope...), sortedKeys(r.Units)...) {
		if r.Units[code] != nil && !seen[code] {
			out = append(out, code)
		}
		seen[code] = true
	}
	return out
}

type defaultMaker struct{ d *manifest.Deck }

func (m *defaultMaker) add(name, layout, body string, front ...any) {
	m.d.Slides = append(m.d.Slides, manifest.Slide{
		Name: name, Node: m.d.Node, Layout: layout, Front: manifest.NewMap(front...),
		Body: manifest.Template{Text: body, Pos: diag.Pos{File: "default deck", Line: 1, Col: 1}},
	})
}

// section adds the slides of one section.
func (m *defaultMaker) section(s *report.Section, names []string) {
	suffix := ""
	if s.Code != "" && len(names) > 0 {
		suffix = "-" + s.Code
		m.add("unit"+suffix, "section", "# {{ unit.label }}\n## {{ report.period_label }}", "section", s.Code)
	}
	kind := func(i int) block.Kind {
		if i < len(names) {
			return s.Blocks[names[i]].Kind
		}
		return ""
	}
	shown := func(i int) string { return "{{ block(" + quoted(names[i]) + ") }}\n" }
	for i := 0; i < len(names); i++ {
		name, head, titled := names[i], "", false
		if kind(i) == block.Title {
			if i+1 == len(names) || kind(i+1) == block.Title {
				m.add(name+suffix, "section", shown(i), "section", s.Code)
				continue
			}
			head, titled = shown(i), true
			i++
		}
		layout, body := manifest.DefaultLayout, head+shown(i)
		switch next := kind(i + 1); {
		case kind(i) == block.KPIs && (next == block.ChartOf || next == block.TableOf || next == block.ProgressKind):
			layout, body = "kpis", head+shown(i+1)+"::kpis::\n"+shown(i)
			m.slide(name+suffix, layout, body, s, s.Blocks[names[i]], titled)
			i++
			continue
		case kind(i) == block.TableOf:
			layout = "table"
		}
		m.slide(name+suffix, layout, body, s, s.Blocks[names[i]], titled)
	}
}

// slide adds a slide; without a title block, or a title of the block that it shows alone, its name says what it is.
func (m *defaultMaker) slide(name, layout, body string, s *report.Section, b *block.Block, titled bool) { //nolint:revive // whether body begins with a title block
	front := []any{"section", s.Code}
	if !titled && (b.Title.IsZero() || layout == "kpis") {
		if b.Title.IsZero() {
			body = "# {{ _(" + quoted(titleOf(b.Name)) + ") }}\n" + body
		} else {
			front = append(front, "title", b.Title.Text)
		}
	}
	m.add(name, layout, body, front...)
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
