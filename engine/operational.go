package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/operational"
)

// OpenStore opens the operational store: where DATABASE_URL says, else where the project file does.
func (w *Workspace) OpenStore(ctx context.Context) (*operational.Store, error) {
	return operational.Open(ctx, w.storeConfig())
}

func (w *Workspace) storeConfig() operational.Config {
	o := w.Project.Operational
	c := operational.Config{URL: o.URL, Root: w.Project.Root, Pos: o.Pos}
	if url, ok := w.engine.Env("DATABASE_URL"); ok && url != "" {
		c.URL = url
	}
	c.Token, _ = w.engine.Env("TURSO_AUTH_TOKEN")
	return c
}

// StoreSchema reads the schema files of the operational store: schema.sql, and everything in a
// folder schema, under operational-paths.
func (w *Workspace) StoreSchema() ([]operational.SQLFile, error) {
	var out []operational.SQLFile
	for _, folder := range w.Project.Packages[0].Paths.Operational {
		var names []string
		for _, pattern := range []string{"schema.sql", "schema/*.sql"} {
			found, err := filepath.Glob(filepath.Join(w.Project.Root, filepath.FromSlash(folder), pattern))
			if err != nil {
				return nil, fmt.Errorf("find the schema files: %w", err)
			}
			names = append(names, found...)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("read the schema: %w", err)
			}
			shown, err := filepath.Rel(w.Project.Root, name)
			if err != nil {
				return nil, err
			}
			out = append(out, operational.SQLFile{Path: filepath.ToSlash(shown), Text: string(b)})
		}
	}
	if len(out) == 0 {
		return nil, diag.Errorf(diag.BadSchema, diag.Pos{File: w.Project.File}, "the project has no schema of an operational store").
			WithHint("write create statements into %s/schema.sql", w.storeFolder())
	}
	return out, nil
}

// storeFolder gives the first of operational-paths.
func (w *Workspace) storeFolder() string {
	if paths := w.Project.Packages[0].Paths.Operational; len(paths) > 0 {
		return paths[0]
	}
	return "operational"
}

// Migrations gives the migrations folder.
func (w *Workspace) Migrations() operational.Folder {
	shown := filepath.ToSlash(filepath.Join(w.storeFolder(), "migrations"))
	return operational.Folder{Dir: filepath.Join(w.Project.Root, filepath.FromSlash(shown)), Shown: shown}
}

// StoreRules gives what the project asks of its schema.
func (w *Workspace) StoreRules() operational.Rules {
	o := w.Project.Operational
	r := operational.Rules{Shared: o.Shared}
	for _, name := range w.Project.Scope.Names() {
		if column := o.Scope[name]; column != "" {
			r.Scope = append(r.Scope, column)
		}
	}
	return r
}

// PublishOptions are the wishes of Publish.
type PublishOptions struct {
	Names    []string // only these publications; empty is all
	Month    int      // 0 is the whole year, where a publication has a period
	DryRun   bool
	Open     adapter.OpenOptions
	Progress func(publication string, rows int64)
	Notify   func(string)
}

// PublishReport is what a publishing did.
type PublishReport struct {
	Published []*operational.Published
	Stale     []Stale
	Undated   map[string]int64 // by publication: rows without a date, which belong to no period
	Elapsed   time.Duration
}

// Stale is a publication whose relation gives other rows now than were published.
type Stale struct{ Publication, Period, PublishedAt string }

// Publish brings the marts of the scope into the operational store.
func (w *Workspace) Publish(ctx context.Context, o PublishOptions) (*PublishReport, error) {
	chosen, err := w.publications(o.Names)
	if err != nil {
		return nil, err
	}
	store, err := w.OpenStore(ctx)
	if err != nil {
		return nil, err
	}
	start := w.engine.Clock()
	report := &PublishReport{Undated: map[string]int64{}}
	err = w.WithSession(ctx, o.Open, func(s adapter.Session) error {
		w.begin("publish", nil, nil)
		p := &publishing{Workspace: w, s: s, o: o, report: report}
		return p.run(ctx, store, chosen)
	})
	report.Elapsed = w.engine.Clock().Sub(start)
	return report, errors.Join(err, store.Close())
}

// publications gives the declared publications of those names.
func (w *Workspace) publications(chosen []string) ([]*manifest.Publication, error) {
	var out []*manifest.Publication
	var names []string
	for _, p := range w.Manifest.Publications {
		names = append(names, p.Name)
		if len(chosen) == 0 || slices.Contains(chosen, p.Name) {
			out = append(out, p)
		}
	}
	for _, name := range chosen {
		if !slices.Contains(names, name) {
			return nil, noneNamed("publication", name, names, "publications stand in "+w.storeFolder()+"/publications.yml")
		}
	}
	if len(out) == 0 {
		return nil, diag.Errorf(diag.NothingMatches, diag.Pos{File: w.Project.File}, "the project publishes nothing").
			WithHint("declare publications: in %s/publications.yml", w.storeFolder())
	}
	return out, nil
}

// publishing is one run of Publish.
type publishing struct {
	*Workspace
	s      adapter.Session
	o      PublishOptions
	report *PublishReport
}

func (p *publishing) run(ctx context.Context, store *operational.Store, chosen []*manifest.Publication) error {
	if err := p.needsYear(chosen); err != nil {
		return err
	}
	var list []*operational.Publication
	var l diag.List
	for _, m := range chosen {
		x, err := p.publication(ctx, m, p.period(m, p.o.Month))
		if err == nil {
			err = p.undated(ctx, m)
		}
		var d *diag.Diagnostic
		if err != nil && !errors.As(err, &d) {
			return err
		}
		l.Add(err)
		list = append(list, x)
	}
	if err := l.Err(); err != nil {
		return err
	}
	notify := p.o.Notify
	if notify == nil {
		notify = func(string) {}
	}
	done, err := operational.Publish(ctx, store, list, operational.PublishOptions{
		DryRun: p.o.DryRun, Now: p.engine.Clock, Progress: p.o.Progress,
		Notify: func(format string, args ...any) { notify(fmt.Sprintf(format, args...)) },
	})
	p.report.Published = done
	if err != nil {
		return err
	}
	return p.stale(ctx, store)
}

// needsYear reports publications that replace a month where no year is chosen.
func (p *publishing) needsYear(chosen []*manifest.Publication) error {
	var names []string
	var pos diag.Pos
	for _, m := range chosen {
		if m.Mode != string(operational.Replace) || p.period(m, 0) != nil {
			continue
		}
		if len(names) == 0 {
			pos = m.Pos
		}
		names = append(names, m.Name)
	}
	if len(names) == 0 {
		return nil
	}
	return diag.Errorf(diag.BadScope, pos, "no year is chosen, and a month is replaced by %s", strings.Join(names, ", ")).
		WithHint("say which: --year 2026 --month 2, or --year 2026 for all of it")
}

// period gives what part of its time a publication is about: a month or a year of the scope.
func (p *publishing) period(m *manifest.Publication, month int) *operational.Period {
	year, err := strconv.Atoi(p.scopeValue("year"))
	if m.Period == nil || err != nil {
		return nil
	}
	from, to, label := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC), strconv.Itoa(year)
	if month > 0 {
		from = time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		to, label = from.AddDate(0, 1, 0), from.Format("2006-01")
	}
	out := &operational.Period{Column: m.Period.Column, From: from.Format(time.DateOnly), To: to.Format(time.DateOnly), Label: label}
	if m.Period.Column == "" {
		out.Equal = []operational.Fixed{{Column: m.Period.Year, Value: int64(year)}}
		if month > 0 {
			out.Equal = append(out.Equal, operational.Fixed{Column: m.Period.Month, Value: int64(month)})
		}
	}
	return out
}

func (p *publishing) scopeValue(dimension string) string {
	if p.Project.Scope == nil {
		return ""
	}
	return p.Project.Scope.Values[dimension]
}

// publication makes a declared publication ready: its scope, its period, and where its rows come from.
func (p *publishing) publication(ctx context.Context, m *manifest.Publication, period *operational.Period) (*operational.Publication, error) {
	out := &operational.Publication{Name: m.Name, Table: m.Table, Key: m.Key, Mode: operational.Mode(m.Mode), Period: period, Pos: m.Pos}
	for _, c := range m.Columns {
		out.Columns = append(out.Columns, c.Name)
	}
	var err error
	if out.Scope, err = p.scope(ctx, m, out); err != nil {
		return out, err
	}
	sql, err := p.compiled(ctx, m, p.source(m, period))
	if err != nil {
		return out, err
	}
	out.Rows = func(ctx context.Context) iter.Seq2[[]any, error] { return p.rows(ctx, m, sql) }
	return out, nil
}

// scope gives the columns that say whose the rows are: those of the publication, else the project's.
func (p *publishing) scope(ctx context.Context, m *manifest.Publication, x *operational.Publication) ([]operational.Fixed, error) {
	if m.Scope != nil {
		var out []operational.Fixed
		for _, c := range m.Columns {
			t, ok := m.Scope[c.Name]
			if !ok {
				continue
			}
			text, err := p.Compiler.Inline(ctx, t.Text, p.s)
			if err != nil {
				return nil, err
			}
			out = append(out, operational.Fixed{Column: c.Name, Value: text.SQL})
		}
		return out, nil
	}
	return p.storeScope(x)
}

// expression gives the SQL of a published column over the relation.
func (p *publishing) expression(c manifest.PublishedColumn) string {
	from := or(c.From, c.Name)
	if plain(from) {
		return p.Adapter.Dialect().Quote(from)
	}
	return from
}

func plain(s string) bool {
	for i, r := range s {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}

// source spells the rows of a publication as a template. They come in the order of their key, so
// that their hash says whether they are the same.
func (p *publishing) source(m *manifest.Publication, period *operational.Period) string {
	d := p.Adapter.Dialect()
	var columns, order []string
	for _, c := range m.Columns {
		columns = append(columns, p.expression(c)+" as "+d.Quote(c.Name))
	}
	for _, k := range m.Key {
		for i, c := range m.Columns {
			if c.Name == k {
				order = append(order, strconv.Itoa(i+1))
			}
		}
	}
	return "select\n" + strings.Join(columns, ",\n") + "\n" + p.from(m) + "\nwhere " + p.where(m) + " and " + p.inPeriod(m, period) + "\norder by " + strings.Join(order, ", ")
}

func (p *publishing) from(m *manifest.Publication) string {
	if m.From != nil {
		return "from " + m.From.Text
	}
	return "from (\n" + m.Query.SQL + "\n) as published"
}

func (p *publishing) where(m *manifest.Publication) string {
	if m.Where.Text == "" {
		return "true"
	}
	return "(" + m.Where.Text + "\n)"
}

func (p *publishing) inPeriod(m *manifest.Publication, period *operational.Period) string {
	if period == nil {
		return "true"
	}
	d := p.Adapter.Dialect()
	if period.Column != "" {
		date := "cast(" + p.columnExpression(m, period.Column) + " as date)"
		return date + " >= cast(" + d.Literal(period.From) + " as date) and " + date + " < cast(" + d.Literal(period.To) + " as date)"
	}
	var parts []string
	for _, f := range period.Equal {
		parts = append(parts, p.columnExpression(m, f.Column)+" = "+d.Literal(f.Value))
	}
	return strings.Join(parts, " and ")
}

func (p *publishing) columnExpression(m *manifest.Publication, name string) string {
	for _, c := range m.Columns {
		if c.Name == name {
			return p.expression(c)
		}
	}
	return p.Adapter.Dialect().Quote(name)
}

func (p *publishing) compiled(ctx context.Context, m *manifest.Publication, template string) (string, error) {
	c, err := p.Compiler.Inline(ctx, template, p.s)
	if err != nil {
		return "", err
	}
	return c.SQL, nil
}

// refused says which publication the warehouse cannot give.
func (p *publishing) refused(m *manifest.Publication, err error) error {
	var e *adapter.Error
	if !errors.As(err, &e) || e.Kind == adapter.InterruptError {
		return err
	}
	d := diag.Errorf(diag.WarehouseError, m.Pos, "publication %s cannot be read: %s", m.Name, e.Msg).WithErr(err)
	switch {
	case e.Kind == adapter.CatalogError:
		d.Hint = "build it first: atlas build --select +exposure:" + m.Name
	case len(e.Candidates) > 0:
		d.Hint = diag.DidYouMean(e.Name, e.Candidates)
	}
	return d
}

// rows reads the rows, in the store's own kinds of value.
func (p *publishing) rows(ctx context.Context, m *manifest.Publication, sql string) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		rows, err := p.s.Query(ctx, sql)
		if err != nil {
			yield(nil, p.refused(m, err))
			return
		}
		columns := rows.Columns()
		row := make([]any, len(columns))
		for rows.Next() {
			for i, v := range rows.Values() {
				row[i] = operational.Value(v, columns[i].Type)
			}
			if !yield(row, nil) {
				rows.Close()
				return
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			yield(nil, p.refused(m, err))
		}
	}
}

// undated counts the rows that belong to no period: nothing publishes them.
func (p *publishing) undated(ctx context.Context, m *manifest.Publication) error {
	if m.Period == nil {
		return nil
	}
	var parts []string
	for _, column := range []string{m.Period.Column, m.Period.Year, m.Period.Month} {
		if column != "" {
			parts = append(parts, p.columnExpression(m, column)+" is null")
		}
	}
	sql, err := p.compiled(ctx, m, "select count(*)\n"+p.from(m)+"\nwhere "+p.where(m)+" and ("+strings.Join(parts, " or ")+")")
	if err != nil {
		return err
	}
	rows, err := p.s.Query(ctx, sql)
	if err != nil {
		return p.refused(m, err)
	}
	for rows.Next() {
		if n, _ := rows.Values()[0].(int64); n > 0 {
			p.report.Undated[m.Name] = n
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// exists reports whether a path is there.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
