package source

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
)

// Mode says what a load does with the rows that are there.
type Mode string

// The modes of load. Each gives the same rows when it runs twice. A row is known by the table's
// key, and where it has none by file, sheet and row number.
const (
	// Replace puts the snapshot's rows in the place of the scope's rows, or of one month of them.
	Replace Mode = "replace"
	// Append adds the snapshot's rows that are not there, and leaves those that are.
	Append Mode = "append"
	// Merge puts rows in the place of those with the same key, adds the others, and removes none.
	// A row that is there as it is stays, with the time and batch of its load.
	Merge Mode = "merge"
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
	Drivers  *registry.Registry[Source] // a source may know the key of its tables; may be nil
	Database string                     // of the raw tables; "" is the target's
	Scope    []ScopeColumn              // rows of other scopes are never touched
	Unscoped []string                   // columns of the scopes of other tables: rows that have a value there are another scope's
	Month    int                        // 1 to 12 loads that month only, 0 all
	Mode     Mode                       // "" is Replace
	Batch    string                     // value of _batch, the same for all tables of one invocation; "" makes one
	Invalid  string                     // folder of the rejects, as in ExtractOptions
	Now      func() time.Time
	Progress func(Progress)
}

// LoadResult is what became of one raw table. Read = Rows + Unchanged + Elsewhere.
type LoadResult struct {
	Table     *manifest.ExtractTable
	Relation  manifest.Relation
	Mode      Mode
	Batch     string
	Read      int64    // rows of the snapshot
	Rows      int64    // loaded: new ones, and those that took another's place
	Updated   int64    // of Rows, in a merge: those that took the place of a row of the same key
	Unchanged int64    // rows that were there, and stay
	Elsewhere int64    // rows of other months, or of none, when one month is loaded
	Rejected  int64    // rows that extract kept out, which the raw table _rejects has
	Deleted   int64    // rows of the scope that were there and are not any more
	Total     int64    // rows of the scope now
	Created   bool     // the table was not there
	Rebuilt   bool     // the table held this scope only and was made anew with other types
	Added     []string // columns that the table got
	Widened   []string // columns that got a wider type, "total: BIGINT → DECIMAL(18,2)"
	Warnings  diag.List
	Duration  time.Duration
}

// RawRelation names the raw table of a declaration.
func RawRelation(t *manifest.ExtractTable, database string) manifest.Relation {
	return manifest.Relation{Database: database, Schema: t.Source, Name: t.Table}
}

// NewBatch makes an identifier of a load that sorts by time: "20260203T101500Z-3f9a".
func NewBatch(now time.Time) (string, error) {
	var b [2]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("make the name of a batch: %w", err)
	}
	return now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(b[:]), nil
}

// Check complains of a mode that there is not.
func (m Mode) Check() error {
	switch m {
	case "", Replace, Append, Merge:
		return nil
	default:
		return diag.Errorf(diag.BadValue, diag.Pos{}, "the mode of a load is replace, append or merge, not %q", string(m))
	}
}

// TableKeys documents the keys of a declared table that every driver and load go by.
func TableKeys() []Option {
	return []Option{
		{"key", "list", "columns that no two rows of the scope share, sheet_month among them: load --mode merge and append go by it"},
		{"schema_drift", "text", "what is done with columns that are not declared: discard (the default: left out, and told), evolve (taken in), freeze (refused, as every change of the raw table)"},
	}
}

// CheckLoad reports what forbids a load and shows without the snapshot and the warehouse.
func CheckLoad(t *manifest.ExtractTable, o LoadOptions) diag.List {
	var l diag.List
	if o.Mode == Merge && len(keyOf(t, o.Drivers)) == 0 {
		l = append(l, diag.Errorf(diag.MissingKey, t.Pos, "table %s has no key, by which a merge tells its rows apart", t.Table).
			WithHint("name the columns that no two of its rows share: `key: [order_no]`; or load it with --mode replace or append"))
	}
	if o.Month > 0 && !HasMonths(t, o.Drivers) {
		l = append(l, noMonth(t))
	}
	return l
}

// HasMonths reports whether a table's rows belong to months, by their sheets or by a date, as far
// as the declaration says: a source that knows its columns itself may have dates.
func HasMonths(t *manifest.ExtractTable, drivers *registry.Registry[Source]) bool {
	rules, err := readRules(t)
	if err != nil || drivers == nil || len(t.Columns) == 0 {
		return true
	}
	driver, ok := drivers.Lookup(t.Driver)
	return !ok || driver.Monthly(t) || rules.dateColumn(t) != ""
}

func noMonth(t *manifest.ExtractTable) *diag.Diagnostic {
	return diag.Errorf(diag.BadValue, t.Pos, "table %s cannot be loaded by month: its sheets have no month and it has no date column", t.Table).
		WithHint("load it without --month; --table names the tables to load")
}

// keyOf gives the columns that tell a table's rows apart: the declared ones, else those that its
// source knows.
func keyOf(t *manifest.ExtractTable, drivers *registry.Registry[Source]) []string {
	if len(t.Key) > 0 || drivers == nil {
		return t.Key
	}
	driver, ok := drivers.Lookup(t.Driver)
	if inc, knows := driver.(Incremental); ok && knows {
		return inc.Key(t)
	}
	return nil
}

// Load brings one table's snapshot into its raw table, and its rejects into the raw table
// _rejects, in one transaction: the tables as they were, or the tables with all of the snapshot's
// rows. The session must not be in a transaction.
//
// What becomes of a difference between the raw table and the columns of the snapshot, by the
// table's schema_drift. A column is declared, or was found by the source or by drift itself:
//
//	                              freeze    discard (default)      evolve
//	declared, not in the table    refused   added                  added
//	found, not in the table       refused   left out, and told     added
//	declared type is wider        refused   the column is widened  the column is widened
//	found type is wider           refused   refused                the column is widened
//	type is narrower              refused   kept wide              kept wide
//	types otherwise differ        refused   refused *              refused *
//	in the table only, with       refused   kept, empty in the     kept, empty in the
//	values in this scope's rows             new rows, and told     new rows, and told
//
// Wider keeps every value as it is: integer to decimal or float, decimal to more digits, date to
// timestamp, everything to text. A column that one scope widened takes the narrower values of
// another. (*) A table that holds no other scope's rows, and is replaced whole, is made anew.
// The columns of load itself are no drift.
func Load(ctx context.Context, s adapter.Session, t *manifest.ExtractTable, o LoadOptions) (*LoadResult, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	start := o.Now()
	l, err := newLoading(s, t, o, start)
	if err != nil {
		return nil, err
	}
	if err := s.Begin(ctx); err != nil {
		return nil, err
	}
	err = l.run(ctx)
	if err == nil {
		err = s.Commit(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Rollback(context.WithoutCancel(ctx)))
	}
	l.result.Duration = o.Now().Sub(start)
	return l.result, nil
}

// loading is one run of Load.
type loading struct {
	o        LoadOptions
	t        *manifest.ExtractTable
	raw      rawTable
	key      []string // columns that a row is known by; none leaves it to its place
	date     string   // column that says the month where the sheet does not; "" if there is none
	path     string   // of the snapshot
	loadedAt time.Time
	counts   *Counts // of the snapshot's making; nil if it was edited or nothing says
	viaCSV   bool    // the session reads the snapshot itself
	result   *LoadResult
}

// NoSnapshot is the mistake of loading a table before it was extracted.
func NoSnapshot(t *manifest.ExtractTable) *diag.Diagnostic {
	return diag.Errorf(diag.MissingSnapshot, t.Pos, "table %s has no snapshot %s yet", t.Table, t.Snapshot).
		WithHint("run atlas extract first")
}

// newLoading works out what is to be loaded, from the declaration, the snapshot and its meta file.
func newLoading(s adapter.Session, t *manifest.ExtractTable, o LoadOptions, start time.Time) (*loading, error) {
	if err := errors.Join(o.Mode.Check(), CheckLoad(t, o).Err()); err != nil {
		return nil, err
	}
	if o.Mode == "" {
		o.Mode = Replace
	}
	if o.Batch == "" {
		var err error
		if o.Batch, err = NewBatch(start); err != nil {
			return nil, err
		}
	}
	l := &loading{
		o: o, t: t, key: keyOf(t, o.Drivers), path: filepath.Join(o.Root, filepath.FromSlash(t.Snapshot)),
		raw:      rawTable{s: s, d: o.Dialect, rel: RawRelation(t, o.Database), scope: slices.Clone(o.Scope)},
		loadedAt: start.UTC().Truncate(time.Microsecond),
		result:   &LoadResult{Table: t, Relation: RawRelation(t, o.Database), Mode: o.Mode, Batch: o.Batch},
	}
	return l, l.prepare()
}

// prepare works out the raw table's columns and the number of the snapshot's rows.
func (l *loading) prepare() error {
	table, err := prepare(l.t)
	if err != nil {
		return err
	}
	snap, err := openSnapshot(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return NoSnapshot(l.t)
	}
	if err != nil {
		return l.unreadable(err)
	}
	defer snap.close()
	meta, err := readMeta(l.path)
	if err != nil {
		return diag.Errorf(diag.BadFile, diag.Pos{File: metaPath(l.t.Snapshot)}, "the description of %s cannot be read", l.t.Snapshot).
			WithErr(err).WithHint("atlas extract --overwrite writes both anew")
	}
	list := l.bind(table, snap, meta)
	if err := list.Err(); err != nil {
		return err
	}
	l.surplus(snap)
	return l.weigh(meta)
}

// bind lists the columns of the raw table and where their values come from.
func (l *loading) bind(t *table, snap *snapshotReader, meta *Meta) diag.List {
	var list diag.List
	for i := range l.t.Columns {
		c := &l.t.Columns[i]
		at := snap.index(c.Name)
		if at < 0 {
			list = append(list, diag.Errorf(diag.BadHeader, c.Pos, "column %s is not in %s, which was extracted before it was declared", c.Name, l.t.Snapshot).
				WithHint("atlas extract --overwrite writes the snapshot anew"))
		}
		l.raw.add(rawColumn{name: c.Name, typ: t.types[i], file: at, origin: declared, pos: c.Pos})
	}
	list = append(list, l.bindFound(snap, meta)...)
	for _, c := range l.o.Scope {
		if old := l.raw.column(c.Name); old != nil {
			list = append(list, diag.Errorf(diag.BadValue, old.pos, "column %s has the name of a scope column", c.Name).
				WithHint("declare it under another name, or leave it out with ignore_columns"))
		}
		ty, err := parseType(c.Type)
		if err != nil {
			list = append(list, diag.Errorf(diag.BadScope, l.t.Pos, "scope column %s: %v", c.Name, err))
		}
		l.raw.add(rawColumn{name: c.Name, typ: ty, file: -1, value: c.Value, pos: l.t.Pos})
	}
	text, integer, timestamp := colType{base: "text"}, colType{base: "integer"}, colType{base: "timestamp"}
	own := []rawColumn{
		{name: monthColumn, typ: integer, file: snap.index(monthColumn)},
		{name: fileColumn, typ: text, file: snap.index(fileColumn)},
		{name: sheetColumn, typ: text, file: snap.index(sheetColumn)},
		{name: rowColumn, typ: integer, file: snap.index(rowColumn)},
		{name: deletedColumn, typ: timestamp, file: snap.index(deletedColumn)},
		{name: loadedAtColumn, typ: timestamp, file: -1, value: l.loadedAt},
		{name: batchColumn, typ: text, file: -1, value: l.o.Batch},
	}
	for _, c := range own {
		if c.name != deletedColumn || c.file >= 0 { // only incremental tables know of deletions
			c.pos = l.t.Pos
			l.raw.add(c)
		}
	}
	list = append(list, l.bindKey()...)
	return append(list, l.findMonth(t)...)
}

// bindFound adds the columns that the source or schema_drift found.
func (l *loading) bindFound(snap *snapshotReader, meta *Meta) diag.List {
	if meta == nil {
		return nil
	}
	var list diag.List
	for _, c := range meta.Columns {
		at := snap.index(c.Name)
		if at < 0 || l.raw.column(c.Name) != nil || reserved(strings.ToLower(c.Name)) {
			continue // it was declared since, or the snapshot was edited
		}
		ty, err := parseType(c.Type)
		if err != nil {
			list = append(list, diag.Errorf(diag.BadFile, diag.Pos{File: metaPath(l.t.Snapshot)}, "column %s: %v", c.Name, err).
				WithHint("atlas extract --overwrite writes it anew"))
		}
		l.raw.add(rawColumn{name: c.Name, typ: ty, file: at, origin: found, pos: l.t.OptionAt("schema_drift")})
	}
	return list
}

// bindKey finds the columns of the key, and leaves replacing without one: it needs none.
func (l *loading) bindKey() diag.List {
	if l.o.Mode == Replace {
		l.key = nil
		return nil
	}
	var list diag.List
	for _, name := range l.key {
		if c := l.raw.column(name); c == nil || c.file < 0 {
			list = append(list, diag.Errorf(diag.BadValue, l.t.OptionAt("key"), "%s has no column %s, which is in the key of table %s", l.t.Snapshot, name, l.t.Table))
		}
	}
	return list
}

// findMonth finds the date that places rows in months where their sheet does not, and complains
// if one is wanted and there is none.
func (l *loading) findMonth(t *table) diag.List {
	name := t.rules.dateColumn(l.t)
	if c := l.raw.column(name); name != "" && c != nil && (c.typ.base == "date" || c.typ.base == "timestamp") {
		l.date = name
	}
	if l.o.Month > 0 && l.date == "" && l.raw.column(monthColumn).file < 0 {
		return diag.List{noMonth(l.t)}
	}
	return nil
}

func (l *loading) surplus(snap *snapshotReader) {
	for _, h := range snap.header {
		if l.raw.column(h) == nil {
			l.warn(diag.BadHeader, l.t.Pos, "column %s of %s is not declared any more and is not loaded", h, l.t.Snapshot)
		}
	}
}

func (l *loading) warn(code diag.Code, pos diag.Pos, format string, args ...any) {
	l.result.Warnings = append(l.result.Warnings, diag.Warnf(code, pos, format, args...))
}

// run loads within the open transaction and checks that the counts add up.
func (l *loading) run(ctx context.Context) error {
	r := l.result
	if err := l.ensureTable(ctx); err != nil {
		return err
	}
	before, err := l.raw.count(ctx, l.raw.scopeSQL(), l.raw.scopeValues()...)
	if err != nil {
		return err
	}
	if l.whole() {
		err = l.replaceAll(ctx, before)
	} else {
		err = l.settle(ctx)
	}
	if err != nil {
		return l.explain(err)
	}
	if r.Rows+r.Unchanged == 0 && r.Deleted > 0 {
		l.warn(diag.NothingMatches, l.t.Pos, "%s has no rows%s: %s of %s %s removed",
			l.t.Snapshot, l.ofMonth(), plural(r.Deleted, "row"), l.named(), verb(r.Deleted, "is", "are"))
	}
	if r.Total, err = l.raw.count(ctx, l.raw.scopeSQL(), l.raw.scopeValues()...); err != nil {
		return err
	}
	if r.Read != r.Rows+r.Unchanged+r.Elsewhere || r.Total != before-r.Deleted+r.Rows {
		return fmt.Errorf("load %s: the counts do not add up: of %d rows in %s %d were loaded, %d were there and %d are of other months; the table has %d rows of the scope where %d - %d + %d are expected",
			r.Relation, r.Read, l.t.Snapshot, r.Rows, r.Unchanged, r.Elsewhere, r.Total, before, r.Deleted, r.Rows)
	}
	return l.loadRejects(ctx)
}

func (l *loading) ofMonth() string {
	if l.o.Month == 0 {
		return ""
	}
	return " of month " + strconv.Itoa(l.o.Month)
}

// whole reports whether the snapshot's rows simply take the place of the scope's, as they are.
func (l *loading) whole() bool {
	return l.o.Mode == Replace && l.o.Month == 0 && !slices.ContainsFunc(l.raw.columns, func(c rawColumn) bool { return c.stored != "" })
}

// replaceAll loads a whole snapshot straight into the raw table.
func (l *loading) replaceAll(ctx context.Context, before int64) error {
	if before > 0 {
		if _, err := l.raw.s.Exec(ctx, "delete from "+l.raw.name()+"\nwhere "+l.raw.scopeSQL(), l.raw.scopeValues()...); err != nil {
			return err
		}
	}
	var err error
	l.result.Deleted = before
	l.result.Rows, err = l.fill(ctx, l.raw.rel, l.raw.columns)
	return err
}
