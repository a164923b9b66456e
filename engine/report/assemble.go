package report

import (
	"context"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Source answers what a report asks for: rows of queries, and texts.
type Source interface {
	// Rows runs a query of a node; names are what its template sees.
	Rows(ctx context.Context, node manifest.ID, q *manifest.Query, names map[string]any) (*Rows, error)
	// Text renders a text of a node; what it prints is made safe by block.Literal, so that values are no
	// syntax where the text is Markdown.
	Text(ctx context.Context, node manifest.ID, t manifest.Template, names map[string]any) (string, error)
}

// Rows is the answer to a query.
type Rows struct {
	SQL       string
	Columns   []Column
	Values    [][]block.Value // a row each, by the order of Columns
	More      bool            // there are more rows than a report can hold
	Relations []Relation      // that the query reads
}

// Column is a column of rows.
type Column struct {
	Name string
	Type block.Type
}

// Scope is what a report may be about: one entity with its units.
type Scope struct {
	Entity, Label string            // "" if the project has no units
	Column        string            // column of rows that carries the entity; "" if none does
	Values        map[string]string // further dimensions that were asked for
	Units         []Unit            // in the project's order
	Groups        []Group           // in the order of their first units
	Others        []string          // units and groups that other entities alone have
}

// Unit is one unit of an entity.
type Unit struct{ Code, Label string }

// Group is several units that have a name together.
type Group struct {
	Code, Label string
	Units       []string
}

// Options say what report is wanted.
type Options struct {
	Spec         *manifest.Report
	Period       Period
	Locale       string   // "" is the report's first
	Scope        Scope    // of the entity
	Only         []string // units and groups that were asked for; empty is all
	Translations manifest.Translations
}

// Assemble makes a report: it asks for the rows, then lets the blocks draw from them. The declaration
// has been checked when the project was parsed. The list has
// the mistakes of the project and its warnings; with errors in it the report is as far as it came.
// The error is a failure of the world.
func Assemble(ctx context.Context, o Options, s Source) (*Report, diag.List, error) {
	a := &assembly{ctx: ctx, o: o, source: s, spec: o.Spec, failed: map[string]bool{}, asked: map[string]bool{}}
	if err := a.begin(); err != nil {
		return nil, diag.From(err), nil
	}
	sections := a.sections()
	for _, sec := range sections {
		if err := a.fetch(sec); err != nil {
			return nil, nil, err
		}
	}
	for _, sec := range sections {
		if err := a.blocks(sec); err != nil {
			return nil, nil, err
		}
	}
	if err := a.finish(); err != nil {
		return nil, nil, err
	}
	a.diags.Sort()
	return a.out, a.diags, nil
}

// assembly is one report under way.
type assembly struct {
	ctx    context.Context //nolint:containedctx // an assembly is one call of Assemble
	o      Options
	source Source
	spec   *manifest.Report
	out    *Report
	format *block.Formatter
	diags  diag.List
	failed map[string]bool // queries that gave no rows because of a mistake
	asked  map[string]bool // units and groups that the report is about
}

// place is one section under way.
type place struct {
	*Section
	kind  string // "total", "unit", "group"
	names *Names
}

// key gives the key of a query, or the id of a block, in the section.
func (p *place) key(name string) string {
	if p.Code == "" {
		return name
	}
	return name + "@" + p.Code
}

// begin says what the report is about.
func (a *assembly) begin() error {
	locale, err := LocaleOf(a.spec, a.o.Locale)
	if err != nil {
		return err
	}
	if a.format, err = block.NewFormatter(locale, a.spec.Currency); err != nil {
		return err
	}
	p := a.o.Period
	if len(a.spec.Periods) > 0 && !slices.Contains(a.spec.Periods, string(p.Type)) {
		return diag.Errorf(diag.BadValue, diag.Pos{}, "the report %s is not made %s", a.spec.Name, typeWord(p.Type)).
			WithHint("it is made %s: its periods: say so (%s)", strings.Join(a.spec.Periods, ", "), a.spec.Pos)
	}
	if err := a.nested(); err != nil {
		return err
	}
	units, groups, err := a.o.Scope.choose(a.o.Only)
	if err != nil {
		return err
	}
	day := func(p Period, name string) NamedPeriod {
		return NamedPeriod{Name: name, Code: p.Code(), Label: p.Label(a.format), Start: p.Start.Format("2006-01-02"), End: p.End().Format("2006-01-02")}
	}
	a.out = &Report{
		Meta: Meta{
			Report: a.spec.Name, Node: string(a.spec.Node), Entity: a.o.Scope.Entity, EntityLabel: a.word(a.o.Scope.Label), ScopeValues: a.o.Scope.Values,
			Period: p.Code(), PeriodLabel: p.Label(a.format), Type: string(p.Type), Start: p.Start.Format("2006-01-02"), End: p.End().Format("2006-01-02"),
			Locale: a.format.Locale, Currency: a.spec.Currency, Scope: []string{},
			Periods: []NamedPeriod{day(p.Previous(), "previous"), day(p.PreviousYear(), "previous_year")},
		},
		Queries: map[string]Query{}, Units: map[string]*Section{},
		Total: Section{Label: a.format.Word(block.WordAll), Data: map[string]*block.Data{}, Blocks: map[string]*block.Block{}},
	}
	for _, u := range units {
		a.out.Meta.Scope = append(a.out.Meta.Scope, u.Code)
		a.out.Units[u.Code] = &Section{Code: u.Code, Label: a.word(or(u.Label, u.Code)), Data: map[string]*block.Data{}, Blocks: map[string]*block.Block{}}
	}
	if len(units) < len(a.o.Scope.Units) {
		a.out.Total.Label = a.some(units, groups)
	}
	for _, g := range groups {
		a.out.Units[g.Code] = &Section{
			Code: g.Code, Label: a.word(or(g.Label, g.Code)), Members: g.Units, Group: true, Data: map[string]*block.Data{}, Blocks: map[string]*block.Block{},
		}
	}
	return nil
}

// some names the units of a report that leaves others out: by a group that they are, else each.
func (a *assembly) some(units []Unit, groups []Group) string {
	for _, g := range groups {
		if len(g.Units) == len(units) {
			return a.word(or(g.Label, g.Code))
		}
	}
	labels := make([]string, len(units))
	for i, u := range units {
		labels[i] = a.word(or(u.Label, u.Code))
	}
	return strings.Join(labels, ", ")
}

// nested refuses columns in columns that hold more than can be meant.
func (a *assembly) nested() error {
	inner := map[string][]string{}
	for i := range a.spec.Blocks {
		b := &a.spec.Blocks[i]
		for _, col := range b.Columns {
			inner[b.Name] = append(inner[b.Name], col.Blocks...)
		}
	}
	if circle(inner) != "" {
		return nil // the project's graph has none
	}
	at := crowded(inner)
	for i := range a.spec.Blocks {
		if b := &a.spec.Blocks[i]; at != "" && b.Name == at {
			return diag.Errorf(diag.BadValue, b.Pos, "the columns of %s hold more than %d blocks, one in another", at, maxHeld).
				WithHint("columns in columns are rarely more than two deep")
		}
	}
	return nil
}

func typeWord(t PeriodType) string {
	if t == Range {
		return "for ranges of months"
	}
	return string(t)
}

func (a *assembly) word(s string) string { return translate(a.o.Translations, s) }

// LocaleOf gives the locale of a report: its first, or the one that was asked for, if the report is
// written in it.
func LocaleOf(spec *manifest.Report, asked string) (string, error) {
	known := spec.Locales
	if asked == "" {
		return or(first(known), "en-US"), nil
	}
	f, err := block.NewFormatter(asked, "")
	if err == nil && len(known) == 0 {
		return f.Locale, nil
	}
	for _, l := range known {
		if strings.EqualFold(l, asked) || f != nil && f.Locale == l || len(asked) == 2 && strings.EqualFold(l[:min(2, len(l))], asked) {
			return l, nil
		}
	}
	if len(known) == 0 {
		return "", err
	}
	d := diag.Errorf(diag.BadValue, diag.Pos{}, "the report %s is not written in %s", spec.Name, asked)
	if d.Hint = diag.DidYouMean(asked, known); d.Hint == "" {
		d.Hint = "its locales are " + strings.Join(known, ", ")
	}
	return "", d
}

// choose gives the units and groups that were asked for: all, or those named, groups as their units.
// A group is there if all its units are.
func (s Scope) choose(only []string) ([]Unit, []Group, error) {
	wanted := map[string]bool{}
	var l diag.List
	var known []string
	for _, u := range s.Units {
		known = append(known, u.Code)
		wanted[u.Code] = len(only) == 0
	}
	for _, g := range s.Groups {
		known = append(known, g.Code)
	}
	for _, code := range only {
		found := false
		for _, u := range s.Units {
			if strings.EqualFold(u.Code, code) {
				wanted[u.Code], found = true, true
			}
		}
		for _, g := range s.Groups {
			if strings.EqualFold(g.Code, code) {
				found = true
				for _, u := range g.Units {
					wanted[u] = true
				}
			}
		}
		if !found {
			l.Add(unknownUnit(code, s, known))
		}
	}
	var units []Unit
	for _, u := range s.Units {
		if wanted[u.Code] {
			units = append(units, u)
		}
	}
	var groups []Group
	for _, g := range s.Groups {
		if !slices.ContainsFunc(g.Units, func(u string) bool { return !wanted[u] }) && len(g.Units) > 0 {
			groups = append(groups, g)
		}
	}
	return units, groups, l.Err()
}

func unknownUnit(code string, s Scope, known []string) *diag.Diagnostic {
	d := diag.Errorf(diag.BadScope, diag.Pos{}, "%s has no unit %q", or(s.Entity, "the project's scope"), code)
	switch near := diag.DidYouMean(code, known); {
	case near != "":
		d.Hint = near
	case len(known) > 0:
		d.Hint = "there are " + strings.Join(known, ", ")
	default:
		d.Hint = "units are declared in the project file: scope: {entity: {values: {ACME: {units: [A, B]}}}}"
	}
	return d
}

// sections gives the parts of the report in the order in which they are made: the total first.
func (a *assembly) sections() []*place {
	out := []*place{{Section: &a.out.Total, kind: "total"}}
	for _, code := range a.out.Meta.Scope {
		out = append(out, &place{Section: a.out.Units[code], kind: "unit"})
	}
	var groups []string
	for code, s := range a.out.Units {
		if s.Group {
			groups = append(groups, code)
		}
	}
	sort.Strings(groups)
	for _, code := range groups {
		out = append(out, &place{Section: a.out.Units[code], kind: "group"})
	}
	for _, p := range out {
		p.names = NewNames(a.out, p.Section, a.format, a.o.Translations)
		p.names.OnWarning(func(d *diag.Diagnostic) { a.diags.Add(d) })
	}
	return out
}

// in reports whether something with these sections stands in a section; none is the total.
func in(sections []string, kind string) bool {
	if len(sections) == 0 {
		return kind == "total"
	}
	return slices.Contains(sections, kind)
}

// mistake keeps a mistake of the project; other errors are given back.
func (a *assembly) mistake(err error) error {
	l := diag.From(err)
	for _, d := range l {
		if d.Code == "" {
			return err
		}
	}
	a.diags = append(a.diags, l...)
	return nil
}

// text renders a text; "" for one with a mistake.
func (a *assembly) text(p *place, node manifest.ID, t manifest.Template) (string, error) {
	if !strings.Contains(t.Text, "{{") && !strings.Contains(t.Text, "{%") && !strings.Contains(t.Text, "{#") {
		return t.Text, nil
	}
	for name := range a.failed {
		if strings.Contains(t.Text, name) {
			return "", nil // why it has no rows is told already
		}
	}
	s, err := a.source.Text(a.ctx, node, t, p.names.Vars())
	if err != nil {
		return "", a.mistake(err)
	}
	return strings.TrimSpace(s), nil
}

// prose renders a text with its figures.
func (a *assembly) prose(p *place, node manifest.ID, t manifest.Template) (block.Prose, error) {
	s, err := a.text(p, node, t)
	return p.names.Prose(s), err
}

// label renders a short text without figures and looks it up in the translations.
func (a *assembly) label(p *place, node manifest.ID, t manifest.Template, fallback string) (string, error) {
	s, err := a.text(p, node, t)
	if s == "" {
		s = fallback
	}
	return a.word(p.names.Prose(s).Text), err
}

// finish fills in what is known only at the end.
func (a *assembly) finish() error {
	m := &a.out.Meta
	total := &place{Section: &a.out.Total, kind: "total", names: NewNames(a.out, nil, a.format, a.o.Translations)}
	title, err := a.prose(total, a.spec.Node, a.spec.Title)
	if err != nil {
		return err
	}
	m.Title = or(title.Text, a.word(labelOf(a.spec.Name)))
	brand, err := a.prose(total, a.spec.Node, a.spec.Brand)
	if err != nil {
		return err
	}
	m.Brand = strings.TrimSpace(brand.Text)
	for _, q := range a.out.Queries {
		for _, r := range q.Relations {
			m.GeneratedAt = max(m.GeneratedAt, r.LoadedAt)
		}
	}
	a.out.link()
	return nil
}

// link joins blocks to their data and columns to their blocks, and tells figures whose they are.
func (r *Report) link() {
	for _, s := range r.sections() {
		for name, d := range s.Data {
			d.Name = name
		}
		for _, b := range s.Blocks {
			if b.DataName != "" {
				b.Data = r.Data(s, b.DataName)
			}
			for i := range b.Columns {
				b.Columns[i].Of = nil
				for _, name := range b.Columns[i].Blocks {
					if inner := s.Blocks[name]; inner != nil {
						b.Columns[i].Of = append(b.Columns[i].Of, inner)
					}
				}
			}
			b.EachFigure(func(f *block.Figure) bool {
				f.Origin.Block = b.ID
				return true
			})
		}
	}
}

// sections lists the total and the units by code.
func (r *Report) sections() []*Section {
	out := []*Section{&r.Total}
	for _, code := range sortedKeys(r.Units) {
		out = append(out, r.Units[code])
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// labelOf makes a label of a name: net_revenue becomes Net revenue.
func labelOf(name string) string {
	s := strings.TrimSpace(strings.ReplaceAll(name, "_", " "))
	if s == "" {
		return name
	}
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
