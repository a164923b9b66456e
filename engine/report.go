package engine

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/artifact"
	"atlas/engine/block"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/project"
	"atlas/engine/report"
)

// FormatOptions are the wishes of one format.
type FormatOptions struct {
	Reports []string // names; empty is all that are made for the period's type
	Period  report.Period
	Units   []string // units and groups; empty is all of the entity's
	Locale  string   // "" is each report's first
	Output  string   // a file, or a folder for several; "" is output/<type>/
	Schema  bool     // a JSON Schema of each report is written beside it
	Open    adapter.OpenOptions
	Log     func(level, msg string)
	Wrote   func(FormatResult) // after each report
}

// FormatResult is one report.json that was written.
type FormatResult struct {
	Name     string
	Path     string // relative to the project's root, or as --output said
	Schema   string // path of its schema; "" if none was asked for
	Report   *report.Report
	Bytes    int64
	Warnings diag.List
}

// Format writes report.json of the project's reports for one period. Nothing is written unless all
// that they need is there.
func (w *Workspace) Format(ctx context.Context, o FormatOptions) ([]FormatResult, error) {
	specs, err := w.FindReports(o.Reports, o.Period)
	if err != nil {
		return nil, err
	}
	var out []FormatResult
	err = w.WithReader(ctx, o.Open, func(s adapter.Session) error {
		w.begin("format", o.Log, nil)
		made := make([]*Assembled, 0, len(specs))
		for _, spec := range specs {
			a, err := w.AssembleReport(ctx, s, AssembleOptions{Spec: spec, Period: o.Period, Units: o.Units, Locale: o.Locale})
			if err != nil {
				return err
			}
			made = append(made, a)
		}
		place := func(a *Assembled) (string, error) {
			return w.outputPath(a.File+".json", diag.Pos{}, o.Output, len(specs) > 1)
		}
		if err := onePlace(made, false, place); err != nil {
			return err
		}
		for _, a := range made {
			at, err := place(a)
			if err != nil {
				return err
			}
			r, err := w.writeReport(a, o, at)
			if err != nil {
				return err
			}
			out = append(out, r)
			if o.Wrote != nil {
				o.Wrote(r)
			}
		}
		return nil
	})
	return out, err
}

// FindReports gives the reports of these names, or all that are made for periods of the type.
func (w *Workspace) FindReports(names []string, p report.Period) ([]*manifest.Report, error) {
	var known []string
	var out []*manifest.Report
	for _, r := range w.Manifest.Reports {
		known = append(known, r.Name)
		made := len(r.Periods) == 0 || slices.Contains(r.Periods, string(p.Type))
		if len(names) == 0 && made || slices.Contains(names, r.Name) {
			out = append(out, r)
		}
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, noneNamed("report", n, known, "reports are YAML files under report-paths; `atlas help reports` shows one")
		}
	}
	switch {
	case len(known) == 0:
		none := diag.Errorf(diag.NothingMatches, diag.Pos{File: w.Project.File}, "the project declares no report").
			WithHint("reports are YAML files under report-paths (%s); `atlas help reports` shows one", or(strings.Join(w.Project.RootPackage().Paths.Reports, ", "), "none here"))
		if files := w.reportFiles("", ".yml", ".yaml"); len(files) > 0 {
			none.Pos.File, none.Hint = files[0], "a file of reports begins with `reports:`; `atlas help reports` shows one"
		}
		return nil, none
	case len(out) == 0:
		return nil, diag.Errorf(diag.NothingMatches, diag.Pos{}, "no report is made for %s periods", p.Type).
			WithHint("their periods: say what they are made for")
	}
	return out, nil
}

// AssembleOptions say which report is wanted.
type AssembleOptions struct {
	Spec   *manifest.Report
	Period report.Period
	Units  []string // units and groups; empty is all of the entity's
	Locale string   // "" is the report's first
}

// Assembled is a report in memory.
type Assembled struct {
	Spec     *manifest.Report
	Report   *report.Report
	File     string // where its files go, without an ending: "output/monthly/ACME-2026-02"
	Warnings diag.List
}

// AssembleReport makes a report in memory, on a session. Its relations must have been built.
func (w *Workspace) AssembleReport(ctx context.Context, s adapter.Session, o AssembleOptions) (*Assembled, error) {
	nodes := w.reportNodes(o.Spec)
	if err := w.built(ctx, s, nodes); err != nil {
		return nil, err
	}
	scope, err := w.reportScope(o.Units)
	if err != nil {
		return nil, err
	}
	src, err := w.newReportSource(ctx, s, nodes)
	if err != nil {
		return nil, err
	}
	locale, err := report.LocaleOf(o.Spec, o.Locale)
	if err != nil {
		return nil, err
	}
	words := w.Manifest.Translations[locale]
	r, l, err := report.Assemble(ctx, report.Options{
		Spec: o.Spec, Period: o.Period, Locale: locale, Scope: scope, Only: o.Units, Translations: words,
	}, src)
	if err != nil {
		return nil, err
	}
	if l.Err() != nil {
		return nil, l
	}
	out := &Assembled{Spec: o.Spec, Report: r, Warnings: l}
	for _, d := range src.fresh.stale {
		out.Warnings.Add(d)
	}
	out.Warnings.Sort()
	out.File, err = w.reportFile(ctx, src, o, r, words)
	return out, err
}

// reportNodes gives the nodes of a report: its own and its blocks'.
func (w *Workspace) reportNodes(r *manifest.Report) []*manifest.Node {
	var out []*manifest.Node
	if n := w.Manifest.Nodes[r.Node]; n != nil {
		out = append(out, n)
	}
	for i := range r.Blocks {
		if n := w.Manifest.Nodes[r.Blocks[i].Node]; n != nil {
			out = append(out, n)
		}
	}
	return out
}

// reportScope gives the entity that the project's scope chose, with its units.
func (w *Workspace) reportScope(only []string) (report.Scope, error) {
	out := report.Scope{}
	s := w.Project.Scope
	if s == nil {
		return out, nil
	}
	for _, name := range s.Names() {
		d := s.Dimension(name)
		has := slices.ContainsFunc(d.Values, func(v project.ScopeValue) bool { return len(v.Units) > 0 })
		if !has || out.Entity != "" {
			if v, ok := s.Values[name]; ok && name != "year" && name != "month" {
				if out.Values == nil {
					out.Values = map[string]string{}
				}
				out.Values[name] = v
			}
			continue
		}
		v := s.Current(name)
		if v == nil {
			return out, diag.Errorf(diag.BadScope, d.Pos, "which %s is the report about?", or(strings.ToLower(d.Label), name)).WithHint("%s", s.Ask(name))
		}
		out.Entity, out.Label, out.Column = v.Name, or(v.Label, v.Name), d.Column
		out.Units, out.Groups = unitsOf(v)
		out.Others = unitsOfOthers(v, d)
		if err := foreignUnits(only, v, d); err != nil {
			return out, err
		}
	}
	return out, nil
}

// unitsOf gives the units and groups of an entity; labels: under its value name them.
func unitsOf(v *project.ScopeValue) (units []report.Unit, groups []report.Group) {
	label := func(code string) string {
		labels, _ := v.Meta.Get("labels")
		if m, ok := labels.(*manifest.Map); ok {
			if s, ok := m.Get(code); ok {
				return textOf(s)
			}
		}
		return ""
	}
	for _, u := range v.Units {
		units = append(units, report.Unit{Code: u, Label: label(u)})
	}
	place := func(g report.Group) int {
		best := len(v.Units)
		for _, u := range g.Units {
			if i := slices.Index(v.Units, u); i >= 0 {
				best = min(best, i)
			}
		}
		return best
	}
	for code, members := range v.Groups {
		groups = append(groups, report.Group{Code: code, Label: label(code), Units: members})
	}
	slices.SortFunc(groups, func(a, b report.Group) int {
		if x, y := place(a), place(b); x != y {
			return x - y
		}
		return strings.Compare(a.Code, b.Code)
	})
	return units, groups
}

// unitsOfOthers gives the units and groups that only other entities have, sorted.
func unitsOfOthers(chosen *project.ScopeValue, d *project.Dimension) []string {
	var out []string
	for i := range d.Values {
		if v := &d.Values[i]; v != chosen {
			out = append(append(out, v.Units...), slices.Collect(maps.Keys(v.Groups))...)
		}
	}
	slices.Sort(out)
	own := func(code string) bool {
		_, group := chosen.Groups[code]
		return group || slices.Contains(chosen.Units, code)
	}
	return slices.DeleteFunc(slices.Compact(out), own)
}

// foreignUnits refuses units of another entity than the report is about.
func foreignUnits(only []string, chosen *project.ScopeValue, d *project.Dimension) error {
	has := func(v *project.ScopeValue, code string) bool {
		if slices.ContainsFunc(v.Units, func(u string) bool { return strings.EqualFold(u, code) }) {
			return true
		}
		for g := range v.Groups {
			if strings.EqualFold(g, code) {
				return true
			}
		}
		return false
	}
	var l diag.List
	for _, code := range only {
		if has(chosen, code) {
			continue
		}
		for i := range d.Values {
			if v := &d.Values[i]; has(v, code) {
				l.Add(diag.Errorf(diag.BadScope, diag.Pos{}, "the unit %s is of %s, and the report is about %s", code, v.Name, chosen.Name).
					WithHint("leave it out, or make a report of its own: --%s %s", d.Name, v.Name))
				break
			}
		}
	}
	return l.Err()
}

// reportFile gives the path of a report's files, without an ending.
func (w *Workspace) reportFile(ctx context.Context, src *reportSource, o AssembleOptions, r *report.Report, words manifest.Translations) (string, error) {
	f, err := block.NewFormatter(r.Meta.Locale, r.Meta.Currency)
	if err != nil {
		return "", err
	}
	name := strings.TrimPrefix(r.Meta.Entity+"-", "-") + r.Meta.Period
	if o.Spec.File.Text != "" {
		if name, err = src.Text(ctx, o.Spec.Node, o.Spec.File, report.NewNames(r, nil, f, words).Vars()); err != nil {
			return "", err
		}
		name = strings.TrimSuffix(strings.TrimSpace(block.Unmarked(block.Unliteral(name))), ".json")
		if slash := filepath.ToSlash(name); path.Clean(slash) == "." || !filepath.IsLocal(filepath.FromSlash(slash)) { // it might be a file of somebody else's
			return "", diag.Errorf(diag.BadValue, o.Spec.File.Pos, "the file %q does not lie below output/%s/", name, r.Meta.Type).
				WithHint(`file: "%s-{{ period.code }}"; --output writes elsewhere`, o.Spec.Name)
		}
	} else if len(w.Manifest.Reports) > 1 {
		name = o.Spec.Name + "-" + name
	}
	var units []string
	for _, u := range o.Units {
		if u = strings.ToUpper(u); !slices.Contains(units, u) {
			units = append(units, u)
			name += "-" + u
		}
	}
	if len(o.Spec.Locales) > 1 && r.Meta.Locale != o.Spec.Locales[0] {
		name += "-" + r.Meta.Locale
	}
	return w.outputPath(path.Join("output", r.Meta.Type, name), o.Spec.File.Pos, "", false)
}

func (w *Workspace) writeReport(a *Assembled, o FormatOptions, at string) (FormatResult, error) {
	res := FormatResult{Name: a.Report.Meta.Report, Path: at, Report: a.Report, Warnings: a.Warnings}
	target := res.Path
	if !filepath.IsAbs(target) && o.Output == "" {
		target = filepath.Join(w.Project.Root, filepath.FromSlash(target))
	}
	if err := artifact.WriteFile(target, func(to io.Writer) error { return report.Write(to, a.Report) }); err != nil {
		return res, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return res, fmt.Errorf("look at the report: %w", err)
	}
	res.Bytes = info.Size()
	if !o.Schema {
		return res, nil
	}
	if !info.Mode().IsRegular() {
		return res, diag.Errorf(diag.BadValue, diag.Pos{}, "there is no place for a schema beside %s", res.Path).WithHint("write the report to a file")
	}
	schema, err := report.Schema(a.Spec, a.Report)
	if err != nil {
		return res, err
	}
	ending := func(p string) string { return strings.TrimSuffix(p, ".json") + ".schema.json" }
	res.Schema = ending(res.Path)
	return res, artifact.WriteFile(ending(target), func(to io.Writer) error {
		_, err := to.Write(schema)
		return err
	})
}

// maxReportRows is how many rows one query of a report may give: people read it.
const maxReportRows = 100_000

// reportSource answers a report's queries and texts from a session.
type reportSource struct {
	w     *Workspace
	s     adapter.Session
	fresh *freshness
	needs []manifest.ID // what the report and its blocks depend on: a text may quote what another block shows
}

func (w *Workspace) newReportSource(ctx context.Context, s adapter.Session, nodes []*manifest.Node) (*reportSource, error) {
	above := map[manifest.ID]bool{}
	src := &reportSource{w: w, s: s}
	for _, n := range nodes {
		for id := range w.ancestors(n.ID) {
			above[id] = true
		}
		for _, id := range n.DependsOn {
			if !slices.Contains(src.needs, id) {
				src.needs = append(src.needs, id)
			}
		}
	}
	var err error
	src.fresh, err = w.freshnessOf(ctx, s, above)
	return src, err
}

// Text renders a text as a template of a node.
func (r *reportSource) Text(ctx context.Context, node manifest.ID, t manifest.Template, names map[string]any) (string, error) {
	probe := r.node(node)
	probe.Raw, probe.RawPos, probe.Pos = t.Text, t.Pos, t.Pos
	c, err := r.w.Compiler.CompileWith(ctx, probe, r.s, compile.CompileOptions{Vars: names, Escape: block.Literal})
	if err != nil {
		return "", err
	}
	return strings.TrimRight(c.Body, "\n"), nil
}

// node gives the node of an ID, which may refer to all that the report does.
func (r *reportSource) node(id manifest.ID) *manifest.Node {
	n := manifest.Node{ID: id, Kind: manifest.Operation, Package: r.w.Project.Name, Root: r.w.Project.Root, Name: string(id)}
	if known := r.w.Manifest.Nodes[id]; known != nil {
		n = *known
	}
	n.DependsOn = r.needs
	return &n
}

// Rows runs a query.
func (r *reportSource) Rows(ctx context.Context, node manifest.ID, q *manifest.Query, names map[string]any) (*report.Rows, error) {
	n := r.node(node)
	query, err := r.w.compileQuery(ctx, r.s, n, q, names)
	if err != nil {
		return nil, err
	}
	var got Rows
	if err := got.read(ctx, r.s, query.sql, maxReportRows); err != nil {
		return nil, r.w.locatedQuery(n, q, query, err)
	}
	out := &report.Rows{SQL: query.sql, More: got.More, Values: got.Rows, Relations: r.relations(n, query.sql)}
	for i, c := range got.Columns {
		out.Columns = append(out.Columns, report.Column{Name: c.Name, Type: reportType(c.Type)})
		for _, row := range got.Rows {
			row[i] = reportValue(row[i])
		}
	}
	return out, nil
}

// relations gives what a query reads, of all that the report depends on, and how new it is.
func (r *reportSource) relations(n *manifest.Node, sql string) []report.Relation {
	var all, read []report.Relation
	dialect := r.w.Adapter.Dialect()
	for _, id := range n.DependsOn {
		m := r.w.Manifest.Nodes[id]
		if m == nil || m.Relation.IsZero() && !m.Ephemeral() {
			continue
		}
		rel := report.Relation{Node: string(id), Name: m.Relation.String()}
		if m.Ephemeral() {
			rel.Name = m.Name
		}
		r.age(&rel, id)
		all = append(all, rel)
		if m.Ephemeral() && strings.Contains(sql, m.Name) || !m.Ephemeral() && strings.Contains(sql, dialect.Relation(m.Relation)) {
			read = append(read, rel)
		}
	}
	if len(read) == 0 {
		return all // a relation that a macro spells in its own way
	}
	return read
}

// age says when the rows below a relation were loaded last, and whether it was built since.
func (r *reportSource) age(rel *report.Relation, id manifest.ID) {
	above := r.w.ancestors(id)
	above[id] = true
	var last time.Time
	for up := range above {
		if at := r.fresh.loaded[up]; at.After(last) {
			last = at
		}
		rel.Stale = rel.Stale || r.fresh.stale[up] != nil
	}
	if !last.IsZero() {
		rel.LoadedAt = last.UTC().Format(time.RFC3339)
	}
}
