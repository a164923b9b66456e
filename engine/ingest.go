package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// IngestOptions are the wishes of extract, load and validate.
type IngestOptions struct {
	Tables    []string // only these raw tables; empty is all of the scope
	Overwrite bool     // extract: write frozen snapshots anew
	Mode      source.Mode
	Month     int    // load: one month; 0 is all
	Annotate  bool   // validate: copies of the files with findings, with marks in them
	Batch     string // load: value of _batch; "" makes one
	Open      adapter.OpenOptions
	Progress  func(source.Progress) // may be called by several goroutines, one call at a time
	Notify    func(string)          // extract: waits and retries of a source; one call at a time
}

// Declared gives the extractions that the chosen scope covers, in the order of their files. A
// dimension without a chosen value covers all of its values.
func (w *Workspace) Declared(o IngestOptions) ([]*manifest.ExtractTable, error) {
	var tables []*manifest.ExtractTable
	var names []string
	for _, x := range w.Manifest.Extracts {
		if !w.covers(x.Scope) {
			continue
		}
		for _, t := range x.Tables {
			names = append(names, t.Table)
			if len(o.Tables) == 0 || slices.Contains(o.Tables, t.Table) || slices.Contains(o.Tables, t.Source+"."+t.Table) {
				tables = append(tables, t)
			}
		}
	}
	for _, wanted := range o.Tables {
		_, bare, dotted := strings.Cut(wanted, ".")
		if !slices.Contains(names, wanted) && !(dotted && slices.Contains(names, bare)) {
			d := diag.Errorf(diag.NothingMatches, diag.Pos{}, "no extraction makes a table %s", wanted)
			if d.Hint = diag.DidYouMean(wanted, names); d.Hint == "" && len(names) > 0 {
				slices.Sort(names)
				d.Hint = "there are " + strings.Join(slices.Compact(names), ", ")
			}
			return nil, d
		}
	}
	if len(tables) == 0 {
		d := diag.Errorf(diag.NothingMatches, diag.Pos{File: w.Project.File}, "no extraction is declared for %s", or(w.Scope(), "this project"))
		return nil, d.WithHint("extractions are YAML files under source-paths; `atlas help extract` shows one")
	}
	return tables, w.checkDeclarations(tables)
}

// CheckExtracts reports every mistake of the project's extractions that shows without their files
// and without the warehouse.
func (w *Workspace) CheckExtracts() error {
	var all []*manifest.ExtractTable
	for _, x := range w.Manifest.Extracts {
		all = append(all, x.Tables...)
	}
	return w.checkDeclarations(all)
}

func (w *Workspace) checkDeclarations(tables []*manifest.ExtractTable) error {
	var l diag.List
	for _, t := range tables {
		l = append(l, source.CheckDeclaration(t, w.engine.Sources)...)
		l = append(l, w.checkLookups(t)...)
	}
	l.Sort()
	return l.Err()
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// covers reports whether the chosen scope takes in a declaration's.
func (w *Workspace) covers(scope map[string]string) bool {
	if w.Project.Scope == nil {
		return true
	}
	for name, value := range scope {
		chosen := w.Project.Scope.Values[name]
		if chosen != "" && !strings.EqualFold(chosen, value) {
			return false
		}
	}
	return true
}

// Extract writes the snapshots of the scope, several at a time. All mistakes of all tables are
// reported; results stand in the order of declaration.
func (w *Workspace) Extract(ctx context.Context, o IngestOptions) ([]*source.ExtractResult, error) {
	tables, err := w.Declared(o)
	if err != nil {
		return nil, err
	}
	results := make([]*source.ExtractResult, len(tables))
	errs := make([]error, len(tables))
	opts := source.ExtractOptions{
		Root: w.Project.Root, Drivers: w.engine.Sources, Overwrite: o.Overwrite, Now: w.engine.Clock, Progress: serial(o.Progress),
		Scan: w.scanner(), Downloads: w.downloads(),
	}
	if tell := serial(o.Notify); tell != nil {
		opts.Notify = func(format string, args ...any) { tell(fmt.Sprintf(format, args...)) }
	}
	var group sync.WaitGroup
	slots := make(chan struct{}, w.Threads())
	for i, t := range tables {
		group.Add(1)
		slots <- struct{}{}
		go func() {
			defer group.Done()
			defer func() { <-slots }()
			if ctx.Err() != nil {
				errs[i] = ctx.Err()
				return
			}
			results[i], errs[i] = source.Extract(ctx, t, opts)
		}()
	}
	group.Wait()
	return slices.DeleteFunc(results, func(r *source.ExtractResult) bool { return r == nil }), together(errs)
}

// serial lets one call through at a time.
func serial[T any](f func(T)) func(T) {
	if f == nil {
		return nil
	}
	var mu sync.Mutex
	return func(v T) {
		mu.Lock()
		defer mu.Unlock()
		f(v)
	}
}

// together joins errors: mistakes of the user into one list, unless the world failed as well.
func together(errs []error) error {
	var list diag.List
	for _, err := range errs {
		if err == nil {
			continue
		}
		var d *diag.Diagnostic
		if !errors.As(err, &d) {
			return err
		}
		list.Add(err)
	}
	return list.Err()
}

// Load brings the snapshots of the scope into raw tables, one after the other: they share one
// database. Each table is all or nothing; what forbids the load of one is reported with the
// others' mistakes, and the results are of the tables that were loaded.
func (w *Workspace) Load(ctx context.Context, o IngestOptions) ([]*source.LoadResult, error) {
	tables, err := w.Declared(o)
	if err != nil {
		return nil, err
	}
	opts := source.LoadOptions{
		Root: w.Project.Root, Dialect: w.Adapter.Dialect(), Drivers: w.engine.Sources,
		Month: o.Month, Mode: o.Mode, Batch: o.Batch, Now: w.engine.Clock, Progress: o.Progress,
	}
	if opts.Batch == "" {
		if opts.Batch, err = source.NewBatch(w.engine.Clock()); err != nil {
			return nil, err
		}
	}
	if err := w.loadable(tables, o, opts); err != nil {
		return nil, err
	}
	var results []*source.LoadResult
	err = w.WithSession(ctx, o.Open, func(s adapter.Session) error {
		errs := make([]error, len(tables))
		for i, t := range tables {
			opts.Database, opts.Scope, opts.Unscoped = w.rawDatabase(t), w.scopeColumns(t), w.unscoped(t)
			opts.Month = w.monthFor(t, o)
			r, err := source.Load(ctx, s, t, opts)
			if err == nil && opts.Month != o.Month {
				r.Warnings = append(r.Warnings, diag.Warnf(diag.BadValue, t.Pos, "%s has no months and was loaded whole", t.Table))
			}
			var d *diag.Diagnostic
			if err != nil && (ctx.Err() != nil || !errors.As(err, &d)) {
				return err
			}
			if errs[i] = err; err == nil {
				results = append(results, r)
			}
		}
		return together(errs)
	})
	return results, err
}

// monthFor gives the month to load of a table: a table whose rows belong to no month is loaded
// whole beside the others, unless it is asked for by name.
func (w *Workspace) monthFor(t *manifest.ExtractTable, o IngestOptions) int {
	if len(o.Tables) == 0 && !source.HasMonths(t, w.engine.Sources) {
		return 0
	}
	return o.Month
}

// loadable reports the tables that have no snapshot yet, and those that the mode does not suit.
func (w *Workspace) loadable(tables []*manifest.ExtractTable, wanted IngestOptions, o source.LoadOptions) error {
	if err := o.Mode.Check(); err != nil {
		return err
	}
	var l diag.List
	for _, t := range tables {
		o.Month = w.monthFor(t, wanted)
		l = append(l, source.CheckLoad(t, o)...)
		if _, err := os.Stat(filepath.Join(w.Project.Root, filepath.FromSlash(t.Snapshot))); errors.Is(err, fs.ErrNotExist) {
			l = append(l, source.NoSnapshot(t))
		}
	}
	return l.Err()
}

// rawDatabase gives the database of a declared table's source.
func (w *Workspace) rawDatabase(t *manifest.ExtractTable) string {
	for _, n := range w.Manifest.Nodes {
		if n.Kind == manifest.Source && slices.Contains(n.Source.Extract, t) {
			return n.Relation.Database
		}
	}
	return ""
}

// scopeColumns gives the columns that carry a declaration's scope, in the project's order.
func (w *Workspace) scopeColumns(t *manifest.ExtractTable) []source.ScopeColumn {
	var out []source.ScopeColumn
	if w.Project.Scope == nil {
		return nil
	}
	for _, d := range w.Project.Scope.Dimensions {
		value, ok := t.Scope[d.Name]
		if !ok || d.Column == "" {
			continue
		}
		c := source.ScopeColumn{Name: d.Column, Type: "text", Value: value}
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			c.Type, c.Value = "integer", n
		}
		out = append(out, c)
	}
	return out
}

// unscoped gives the scope columns of the dimensions that a declaration leaves open.
func (w *Workspace) unscoped(t *manifest.ExtractTable) []string {
	if w.Project.Scope == nil {
		return nil
	}
	var out []string
	for _, d := range w.Project.Scope.Dimensions {
		if _, ok := t.Scope[d.Name]; !ok && d.Column != "" {
			out = append(out, d.Column)
		}
	}
	return out
}
