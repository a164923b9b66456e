package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/artifact"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/spreadsheet"
)

// CleanReportOptions are the wishes of one clean-report.
type CleanReportOptions struct {
	Workbooks []string // names; empty is all
	Output    string   // a file, or a folder for several; "" takes what the workbooks say
	Open      adapter.OpenOptions
	Log       func(level, msg string)
	Wrote     func(WorkbookResult) // after each workbook
}

// WorkbookResult is one workbook that was written.
type WorkbookResult struct {
	Name     string
	Path     string // relative to the project's root, or as --output said
	Sheets   []string
	Rows     int64
	Bytes    int64
	Warnings diag.List
}

// CheckReports reports the mistakes of workbooks that show without the warehouse.
func (w *Workspace) CheckReports() diag.List {
	var l diag.List
	if w.Manifest != nil {
		for _, b := range w.Manifest.Workbooks {
			l = append(l, spreadsheet.Check(b)...)
		}
	}
	l.Sort()
	return l
}

// CleanReport writes the project's workbooks. Nothing is written unless all that they need is there.
func (w *Workspace) CleanReport(ctx context.Context, o CleanReportOptions) ([]WorkbookResult, error) {
	books, err := w.workbooks(o.Workbooks)
	if err != nil {
		return nil, err
	}
	if l := w.CheckReports(); l.Err() != nil {
		return nil, l
	}
	var out []WorkbookResult
	err = w.WithSession(ctx, o.Open, func(s adapter.Session) error {
		w.begin("clean-report", o.Log, nil)
		var needs []*manifest.Node
		for _, b := range books {
			needs = append(needs, w.Manifest.Nodes[b.Node])
		}
		if err := w.built(ctx, s, needs); err != nil {
			return err
		}
		for _, b := range books {
			r, err := w.writeWorkbook(ctx, s, b, o.Output, len(books) > 1)
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

func (w *Workspace) workbooks(names []string) ([]*manifest.Workbook, error) {
	var known []string
	var out []*manifest.Workbook
	for _, b := range w.Manifest.Workbooks {
		known = append(known, b.Name)
		if len(names) == 0 || slices.Contains(names, b.Name) {
			out = append(out, b)
		}
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, noneNamed("workbook", n, known, "workbooks are YAML files under report-paths; `atlas help workbooks` shows one")
		}
	}
	if len(out) == 0 {
		return nil, diag.Errorf(diag.NothingMatches, diag.Pos{File: w.Project.File}, "the project declares no workbook").
			WithHint("workbooks are YAML files under report-paths; `atlas help workbooks` shows one")
	}
	return out, nil
}

// built reports what nodes refer to and the warehouse does not have yet.
func (w *Workspace) built(ctx context.Context, s adapter.Session, nodes []*manifest.Node) error {
	var l diag.List
	seen := map[manifest.ID]bool{}
	var visit func(from *manifest.Node, id manifest.ID) error
	visit = func(from *manifest.Node, id manifest.ID) error {
		n := w.Manifest.Nodes[id]
		if n == nil || seen[id] {
			return nil
		}
		seen[id] = true
		if n.Ephemeral() {
			for _, p := range n.DependsOn {
				if err := visit(from, p); err != nil {
					return err
				}
			}
			return nil
		}
		if n.Relation.IsZero() {
			return nil
		}
		info, err := s.Relation(ctx, n.Relation)
		if err != nil || info != nil {
			return err
		}
		d := diag.Errorf(diag.UnknownRelation, placeOf(from, n), "%s is not there yet: %s", n.Name, n.Relation)
		if d.Hint = "run atlas build first"; n.Kind == manifest.Source {
			d.Hint = "run atlas load first, then atlas build"
		}
		l.Add(d)
		return nil
	}
	for _, n := range nodes {
		for _, id := range n.DependsOn {
			if err := visit(n, id); err != nil {
				return err
			}
		}
	}
	return l.Err()
}

// placeOf gives where a node refers to another.
func placeOf(from, to *manifest.Node) diag.Pos {
	for _, r := range from.Refs {
		if r.Name == to.Name {
			return r.Pos
		}
	}
	for _, s := range from.Sources {
		if to.Source != nil && s.Source == to.Source.SourceName && s.Table == to.Name {
			return s.Pos
		}
	}
	return from.Pos
}

func (w *Workspace) writeWorkbook(ctx context.Context, s adapter.Session, b *manifest.Workbook, output string, several bool) (WorkbookResult, error) {
	d := &reportData{w: w, s: s, node: w.Manifest.Nodes[b.Node], compiled: map[*manifest.Query]*reportQuery{}}
	r := WorkbookResult{Name: b.Name}
	file, err := d.Text(ctx, b.File, nil)
	if err != nil {
		return r, err
	}
	if r.Path, err = w.outputPath(file, b.File.Pos, output, several); err != nil {
		return r, err
	}
	loaded, stale, err := w.freshness(ctx, s, d.node)
	if err != nil {
		return r, err
	}
	target := r.Path
	if !filepath.IsAbs(target) && output == "" {
		target = filepath.Join(w.Project.Root, filepath.FromSlash(target))
	}
	err = artifact.WriteFile(target, func(to io.Writer) error {
		done, err := spreadsheet.Render(ctx, to, b, d, spreadsheet.Options{AsOf: loaded})
		if err != nil {
			return err
		}
		r.Sheets, r.Rows, r.Warnings = done.Sheets, done.Rows, done.Warnings
		return nil
	})
	if err != nil {
		return r, unwrapDiagnostics(err)
	}
	if info, err := os.Stat(target); err == nil {
		r.Bytes = info.Size()
	}
	r.Warnings = append(stale, r.Warnings...)
	return r, nil
}

// unwrapDiagnostics gives the user's mistakes without the words of the file that was being written.
func unwrapDiagnostics(err error) error {
	if l := diag.From(err); len(l) > 0 && l[0].Code != "" {
		return l
	}
	return err
}

// outputPath says where a file goes: to --output, or inside the project.
func (w *Workspace) outputPath(file string, pos diag.Pos, output string, several bool) (string, error) {
	clean := filepath.ToSlash(filepath.Clean(filepath.FromSlash(strings.TrimSpace(file))))
	if output == "" {
		if clean == "." || strings.HasPrefix(clean, "../") || clean == ".." || filepath.IsAbs(file) {
			return "", diag.Errorf(diag.BadValue, pos, "the file %q is not inside of the project", file).WithHint("--output writes elsewhere")
		}
		return clean, nil
	}
	info, err := os.Stat(output)
	if several || strings.HasSuffix(output, "/") || err == nil && info.IsDir() {
		return filepath.Join(output, filepath.Base(clean)), nil
	}
	return output, nil
}

// freshness gives when the newest rows below a node were loaded, and warns of tables that were built
// before.
func (w *Workspace) freshness(ctx context.Context, s adapter.Session, n *manifest.Node) (time.Time, diag.List, error) {
	f, err := w.freshnessOf(ctx, s, w.ancestors(n.ID))
	if err != nil {
		return time.Time{}, nil, err
	}
	var last time.Time
	for _, at := range f.loaded {
		if at.After(last) {
			last = at
		}
	}
	var l diag.List
	for _, d := range f.stale {
		l.Add(d)
	}
	l.Sort()
	return last, l, nil
}

// freshness is how new nodes are.
type freshness struct {
	loaded map[manifest.ID]time.Time        // sources: when their newest rows were loaded
	stale  map[manifest.ID]*diag.Diagnostic // models that were built before what they are made from was loaded
}

func (w *Workspace) freshnessOf(ctx context.Context, s adapter.Session, nodes map[manifest.ID]bool) (*freshness, error) {
	f := &freshness{loaded: map[manifest.ID]time.Time{}, stale: map[manifest.ID]*diag.Diagnostic{}}
	fields := map[manifest.ID]string{}
	for id := range nodes {
		src := w.Manifest.Nodes[id]
		if src.Kind != manifest.Source {
			continue
		}
		field := or(src.Source.LoadedAtField, src.Config.String("loaded_at_field"))
		if field == "" {
			continue
		}
		at, err := w.newest(ctx, s, src, field)
		if err != nil {
			return nil, err
		}
		if !at.IsZero() {
			f.loaded[id], fields[id] = at, field
		}
	}
	for id := range nodes {
		m := w.Manifest.Nodes[id]
		if m.Kind != manifest.Model || m.Ephemeral() {
			continue
		}
		var due time.Time
		var field, source string
		for up := range w.ancestors(id) {
			if at, ok := f.loaded[up]; ok && (due.IsZero() || at.Before(due)) {
				due, field, source = at, fields[up], w.Manifest.Nodes[up].Name
			}
		}
		if field == "" {
			continue
		}
		at, err := w.newest(ctx, s, m, field)
		if err != nil {
			return nil, err
		}
		if !at.IsZero() && at.Before(due) {
			f.stale[id] = diag.Warnf(diag.StaleData, diag.Pos{}, "%s was built before %s was loaded last (%s)", m.Name, source, due.Format("2006-01-02 15:04:05")).
				WithHint("run atlas build, then write the report again")
		}
	}
	return f, nil
}

// newest gives the greatest value of a timestamp column; zero if there is no such column or row.
func (w *Workspace) newest(ctx context.Context, s adapter.Session, n *manifest.Node, field string) (time.Time, error) {
	columns, err := s.Columns(ctx, n.Relation)
	if err != nil {
		return time.Time{}, err
	}
	has := slices.ContainsFunc(columns, func(c adapter.Column) bool { return strings.EqualFold(c.Name, field) })
	if !has {
		return time.Time{}, nil
	}
	d := w.Adapter.Dialect()
	var r Rows
	if err := r.read(ctx, s, "select max("+d.Quote(field)+") from "+d.Relation(n.Relation), 1); err != nil || len(r.Rows) == 0 {
		return time.Time{}, err
	}
	at, _ := r.Rows[0][0].(time.Time)
	return at, nil
}

// ancestors gives everything that a node is made from.
func (w *Workspace) ancestors(id manifest.ID) map[manifest.ID]bool {
	out := map[manifest.ID]bool{}
	var visit func(id manifest.ID)
	visit = func(id manifest.ID) {
		n := w.Manifest.Nodes[id]
		if n == nil {
			return
		}
		for _, up := range n.DependsOn {
			if !out[up] && w.Manifest.Nodes[up] != nil {
				out[up] = true
				visit(up)
			}
		}
	}
	visit(id)
	return out
}

// reportData gives a workbook its rows and texts: templates are compiled as its node's.
type reportData struct {
	w        *Workspace
	s        adapter.Session
	node     *manifest.Node
	compiled map[*manifest.Query]*reportQuery
}

type reportQuery struct {
	sql      string
	compiled *compile.Compiled
}

func (d *reportData) query(ctx context.Context, q *manifest.Query) (*reportQuery, error) {
	if r := d.compiled[q]; r != nil {
		return r, nil
	}
	r, err := d.w.compileQuery(ctx, d.s, d.node, q, nil)
	if err != nil {
		return nil, err
	}
	d.compiled[q] = r
	return r, nil
}

// compileQuery renders a query of a YAML file as a template of a node; vars are further names that
// it sees.
func (w *Workspace) compileQuery(ctx context.Context, s adapter.Session, n *manifest.Node, q *manifest.Query, vars map[string]any) (*reportQuery, error) {
	if q.Comparison != nil {
		sql, err := w.comparisonSQL(ctx, s, q.Comparison)
		return &reportQuery{sql: sql}, err
	}
	c, err := w.compileText(ctx, s, n, manifest.Template{Text: q.SQL, Pos: q.Pos}, vars)
	if err != nil {
		return nil, err
	}
	return &reportQuery{sql: strings.TrimRight(c.SQL, "; \n\t"), compiled: c}, nil
}

// compileText renders a text of a YAML file as a template of a node.
func (w *Workspace) compileText(ctx context.Context, s adapter.Session, n *manifest.Node, t manifest.Template, vars map[string]any) (*compile.Compiled, error) {
	probe := *n
	probe.Raw, probe.RawPos, probe.Pos = t.Text, t.Pos, t.Pos
	return w.Compiler.CompileWith(ctx, &probe, s, compile.CompileOptions{Vars: vars})
}

// Columns describes a query.
func (d *reportData) Columns(ctx context.Context, q *manifest.Query) ([]adapter.Column, error) {
	r, err := d.query(ctx, q)
	if err != nil {
		return nil, err
	}
	columns, err := d.s.Describe(ctx, r.sql)
	return columns, d.located(q, r, err)
}

// Rows runs a query.
func (d *reportData) Rows(ctx context.Context, q *manifest.Query) (adapter.Rows, error) {
	r, err := d.query(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := d.s.Query(ctx, r.sql)
	return rows, d.located(q, r, err)
}

func (d *reportData) located(q *manifest.Query, r *reportQuery, err error) error {
	return d.w.locatedQuery(d.node, q, r, err)
}

// locatedQuery puts what the warehouse says of a query at its place in the file.
func (w *Workspace) locatedQuery(n *manifest.Node, q *manifest.Query, r *reportQuery, err error) error {
	if err == nil {
		return nil
	}
	probe := *n
	probe.Pos = q.Pos
	return locate(w.Compiler, &probe, r.compiled, err, r.sql)
}

// Text renders a text; facts are what the workbook's queries said.
func (d *reportData) Text(ctx context.Context, t manifest.Template, facts *manifest.Map) (string, error) {
	plain := &manifest.Map{}
	for _, k := range facts.Keys() {
		v, _ := facts.Get(k)
		plain.Set(k, plainFact(v))
	}
	c, err := d.w.compileText(ctx, d.s, d.node, t, map[string]any{"facts": plain})
	if err != nil {
		return "", err
	}
	return strings.TrimRight(c.Body, "\n"), nil
}

// plainFact makes a value fit for arithmetic in a text.
func plainFact(v any) any {
	switch v := v.(type) {
	case adapter.Decimal:
		var f float64
		if _, err := fmt.Sscan(string(v), &f); err != nil {
			return string(v)
		}
		return f
	case time.Time:
		return v.Format(time.DateOnly)
	default:
		return v
	}
}
