package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Mode says what a load does with the rows that are there.
type Mode string

// The modes of load. Both give the same rows when they run twice.
const (
	// Replace puts the snapshot's rows in the place of the scope's rows, or of one month of them.
	Replace Mode = "replace"
	// Append adds the snapshot's rows that are not there; a row is known by file, sheet and row number.
	Append Mode = "append"
)

// ScopeColumn is a column that every raw table has, with its value for the rows of this scope.
type ScopeColumn struct {
	Name  string
	Type  string // canonical: "text", "integer"
	Value any    // string or int64
}

// LoadOptions are the wishes of one load.
type LoadOptions struct {
	Root     string
	Dialect  adapter.Dialect
	Database string        // of the raw tables; "" is the target's
	Scope    []ScopeColumn // rows of other scopes are never touched
	Month    int           // 1 to 12 loads that month only, 0 all
	Mode     Mode          // "" is Replace
	Now      func() time.Time
	Progress func(Progress)
}

// LoadResult is what became of one raw table.
type LoadResult struct {
	Table    *manifest.ExtractTable
	Relation manifest.Relation
	Rows     int64    // loaded
	Deleted  int64    // rows of the scope that they replaced
	Total    int64    // rows of the scope now
	Created  bool     // the table was not there
	Rebuilt  bool     // the table held this scope only and was made anew with other types
	Added    []string // columns that the table got
	Warnings diag.List
	Duration time.Duration
}

// RawRelation names the raw table of a declaration.
func RawRelation(t *manifest.ExtractTable, database string) manifest.Relation {
	return manifest.Relation{Database: database, Schema: t.Source, Name: t.Table}
}

// Load brings one table's snapshot into its raw table, in one transaction: the table as it was,
// or the table with all of the snapshot's rows. The session must not be in a transaction.
func Load(ctx context.Context, s adapter.Session, t *manifest.ExtractTable, o LoadOptions) (*LoadResult, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	start := o.Now()
	l := &loading{s: s, t: t, o: o, path: filepath.Join(o.Root, filepath.FromSlash(t.Snapshot)), loadedAt: start.UTC().Truncate(time.Microsecond)}
	l.result = &LoadResult{Table: t, Relation: RawRelation(t, o.Database)}
	if err := l.prepare(); err != nil {
		return nil, err
	}
	if err := s.Begin(ctx); err != nil {
		return nil, err
	}
	err := l.run(ctx)
	if err == nil {
		err = s.Commit(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Rollback(context.WithoutCancel(ctx)))
	}
	l.result.Duration = o.Now().Sub(start)
	return l.result, nil
}

// rawColumn is a column of a raw table and where its value comes from.
type rawColumn struct {
	name  string
	typ   colType
	file  int // column of the snapshot, -1 if it has none
	value any // otherwise
}

// loading is one run of Load.
type loading struct {
	s        adapter.Session
	t        *manifest.ExtractTable
	o        LoadOptions
	path     string
	loadedAt time.Time
	columns  []rawColumn
	viaCSV   bool // the session reads the snapshot itself
	month    int  // index in columns of the column that says the month; -1 if there is none
	result   *LoadResult
}

// NoSnapshot is the mistake of loading a table before it was extracted.
func NoSnapshot(t *manifest.ExtractTable) *diag.Diagnostic {
	return diag.Errorf(diag.MissingSnapshot, t.Pos, "table %s has no snapshot %s yet", t.Table, t.Snapshot).
		WithHint("run atlas extract first")
}

// prepare works out the raw table's columns from the declaration and the snapshot's header.
func (l *loading) prepare() error {
	switch l.o.Mode {
	case "":
		l.o.Mode = Replace
	case Replace, Append:
	default:
		return diag.Errorf(diag.BadValue, diag.Pos{}, "the mode of a load is replace or append, not %q", l.o.Mode)
	}
	table, err := prepare(l.t)
	if err != nil {
		return err
	}
	snap, err := openSnapshot(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return NoSnapshot(l.t)
	}
	if err != nil {
		return err
	}
	defer snap.close()
	var list diag.List
	for i := range l.t.Columns {
		c := &l.t.Columns[i]
		at := snap.index(c.Name)
		if at < 0 {
			list = append(list, diag.Errorf(diag.BadHeader, c.Pos, "column %s is not in %s, which was extracted before it was declared", c.Name, l.t.Snapshot).
				WithHint("atlas extract --overwrite writes the snapshot anew"))
		}
		l.columns = append(l.columns, rawColumn{name: c.Name, typ: table.types[i], file: at})
	}
	for _, c := range l.o.Scope {
		if findColumn(l.t, c.Name) != nil {
			list = append(list, diag.Errorf(diag.BadValue, findColumn(l.t, c.Name).Pos, "column %s has the name of a scope column", c.Name))
		}
		ty, err := parseType(c.Type)
		if err != nil {
			return fmt.Errorf("scope column %s: %w", c.Name, err)
		}
		l.columns = append(l.columns, rawColumn{name: c.Name, typ: ty, file: -1, value: c.Value})
	}
	text, integer := colType{base: "text"}, colType{base: "integer"}
	l.columns = append(l.columns,
		rawColumn{name: monthColumn, typ: integer, file: snap.index(monthColumn)},
		rawColumn{name: fileColumn, typ: text, file: snap.index(fileColumn)},
		rawColumn{name: sheetColumn, typ: text, file: snap.index(sheetColumn)},
		rawColumn{name: rowColumn, typ: integer, file: snap.index(rowColumn)},
		rawColumn{name: loadedAtColumn, typ: colType{base: "timestamp"}, file: -1, value: l.loadedAt},
	)
	list = append(list, l.findMonth(table)...)
	l.surplus(snap)
	return list.Err()
}

// findMonth finds the column that places rows in months, and complains if one is wanted and
// there is none.
func (l *loading) findMonth(t *table) diag.List {
	l.month = -1
	name := t.rules.dateColumn(l.t)
	for i, c := range l.columns {
		if c.name == monthColumn && c.file >= 0 {
			l.month = i
			return nil
		}
		if c.name == name && name != "" {
			l.month = i
		}
	}
	if l.o.Month > 0 && l.month < 0 {
		return diag.List{diag.Errorf(diag.BadValue, l.t.Pos, "table %s cannot be loaded by month: its sheets have no month and it has no date column", l.t.Table)}
	}
	return nil
}

func (l *loading) surplus(snap *snapshotReader) {
	for _, h := range snap.header {
		known := slices.ContainsFunc(l.columns, func(c rawColumn) bool { return strings.EqualFold(c.name, h) })
		if !known {
			l.result.Warnings = append(l.result.Warnings, diag.Warnf(diag.BadHeader, l.t.Pos,
				"column %s of %s is not declared any more and is not loaded", h, l.t.Snapshot))
		}
	}
}

// run loads within the open transaction and checks that the counts add up.
func (l *loading) run(ctx context.Context) error {
	r := l.result
	if err := l.ensureTable(ctx); err != nil {
		return err
	}
	before, err := l.count(ctx, l.scopeSQL())
	if err != nil {
		return err
	}
	known := map[rowKey]bool{}
	if l.o.Mode == Append {
		known, err = l.knownRows(ctx)
	} else if before > 0 {
		r.Deleted, err = l.delete(ctx)
	}
	if err != nil {
		return err
	}
	var wanted int64
	if r.Rows, wanted, err = l.fill(ctx, known); err != nil {
		return l.explain(err)
	}
	if r.Total, err = l.count(ctx, l.scopeSQL()); err != nil {
		return err
	}
	if r.Rows != wanted || r.Total != before-r.Deleted+r.Rows {
		return fmt.Errorf("load %s: %d rows of %s were to be loaded; %d were, and the table has %d rows of the scope where %d - %d + %d are expected",
			r.Relation, wanted, l.t.Snapshot, r.Rows, r.Total, before, r.Deleted, r.Rows)
	}
	return nil
}

// delete removes the rows that the snapshot's take the place of.
func (l *loading) delete(ctx context.Context) (int64, error) {
	where := l.scopeSQL()
	if l.o.Month > 0 {
		where += " and " + l.monthSQL()
	}
	n, err := l.count(ctx, where)
	if err != nil || n == 0 {
		return 0, err
	}
	_, err = l.s.Exec(ctx, "delete from "+l.o.Dialect.Relation(l.result.Relation)+"\nwhere "+where, l.scopeValues()...)
	return n, err
}

// scopeSQL is the condition of this scope's rows; scopeValues are its parameters.
func (l *loading) scopeSQL() string { return scopeSQL(l.o.Dialect, l.o.Scope) }

func scopeSQL(d adapter.Dialect, scope []ScopeColumn) string {
	if len(scope) == 0 {
		return "1 = 1"
	}
	parts := make([]string, len(scope))
	for i, c := range scope {
		parts[i] = d.Quote(c.Name) + " = ?"
	}
	return strings.Join(parts, " and ")
}

func (l *loading) scopeValues() []any { return scopeValues(l.o.Scope) }

func scopeValues(scope []ScopeColumn) []any {
	out := make([]any, len(scope))
	for i, c := range scope {
		out[i] = c.Value
	}
	return out
}

func (l *loading) monthSQL() string {
	c := l.columns[l.month]
	name := l.o.Dialect.Quote(c.name)
	if c.name == monthColumn {
		return fmt.Sprintf("%s = %d", name, l.o.Month)
	}
	return fmt.Sprintf("extract(month from %s) = %d", name, l.o.Month)
}

func (l *loading) count(ctx context.Context, where string) (int64, error) {
	return queryCount(ctx, l.s, "select count(*)\nfrom "+l.o.Dialect.Relation(l.result.Relation)+"\nwhere "+where, l.scopeValues()...)
}

func queryCount(ctx context.Context, s adapter.Session, sql string, args ...any) (n int64, err error) {
	rows, err := s.Query(ctx, sql, args...)
	if err != nil {
		return 0, err
	}
	if rows.Next() {
		n, _ = rows.Values()[0].(int64)
	}
	return n, errors.Join(rows.Err(), rows.Close())
}

// fill appends the snapshot's rows, through the session's own CSV reader where it has one and
// every row is wanted. It gives the rows loaded and the rows that the snapshot has for it.
func (l *loading) fill(ctx context.Context, known map[rowKey]bool) (loaded, wanted int64, err error) {
	loader, ok := l.s.(adapter.CSVLoader)
	if l.viaCSV = ok && l.o.Month == 0 && len(known) == 0; l.viaCSV {
		if wanted, err = countRows(l.path); err != nil {
			return 0, 0, err
		}
		loaded, err = l.fillCSV(ctx, loader)
		l.o.Progress(Progress{Table: l.t.Table, Rows: loaded})
		return loaded, wanted, err
	}
	snap, err := openSnapshot(l.path)
	if err != nil {
		return 0, 0, err
	}
	defer snap.close()
	columns := make([]adapter.Column, len(l.columns))
	for i, c := range l.columns {
		columns[i] = adapter.Column{Name: c.name, Type: l.o.Dialect.Type(c.typ.String())}
	}
	loaded, err = l.s.Load(ctx, l.result.Relation, columns, func(yield func([]any, error) bool) {
		row := make([]any, len(l.columns))
		for {
			rec, err := snap.next()
			if errors.Is(err, io.EOF) {
				return
			}
			keep := false
			if err == nil {
				keep, err = l.values(rec, row, known)
			}
			if err != nil {
				yield(nil, &adapter.RowError{Row: int64(snap.line), Err: err})
				return
			}
			if !keep {
				continue
			}
			if wanted++; wanted&1023 == 0 {
				l.o.Progress(Progress{Table: l.t.Table, Rows: wanted})
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	return loaded, wanted, err
}

func (l *loading) fillCSV(ctx context.Context, loader adapter.CSVLoader) (int64, error) {
	var columns []adapter.Column
	var o adapter.CSVOptions
	for _, c := range l.columns {
		if c.file < 0 {
			o.Constants = append(o.Constants, adapter.Constant{Column: c.name, Value: c.value})
			continue
		}
		columns = append(columns, adapter.Column{Name: c.name, Type: l.o.Dialect.Type(c.typ.String())})
	}
	return loader.LoadCSV(ctx, l.result.Relation, columns, l.path, o)
}

// explain turns a row that the table cannot take into a mistake in the snapshot.
func (l *loading) explain(err error) error {
	var row *adapter.RowError
	if !errors.As(err, &row) {
		return err
	}
	line := row.Row
	if l.viaCSV { // it counts records, where editors count lines
		line = lineOf(l.path, row.Row)
	}
	msg := row.Err.Error()
	if row.Column != "" {
		msg = "column " + row.Column + ": " + msg
	}
	return diag.Errorf(diag.BadCell, diag.Pos{File: l.t.Snapshot, Line: int(line)}, "%s", msg).WithErr(err).
		WithHint("atlas extract --overwrite writes the snapshot anew")
}

// lineOf gives the line on which a snapshot's record begins; the header is record 1.
func lineOf(path string, record int64) int64 {
	snap, err := openSnapshot(path)
	if err != nil {
		return record
	}
	defer snap.close()
	for n := int64(1); n < record; n++ {
		if _, err := snap.next(); err != nil {
			return record
		}
	}
	return int64(snap.line)
}
