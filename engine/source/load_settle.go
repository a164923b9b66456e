package source

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// asideName is the temporary table that a snapshot is read into before its rows are settled.
const asideName = "_atlas_load"

// settle reads the snapshot into a table aside, removes there what stays as it is, removes from
// the raw table what is replaced, and inserts the rest. Every step is one statement about sets.
func (l *loading) settle(ctx context.Context) error {
	if err := l.stage(ctx); err != nil {
		return err
	}
	steps := []func(context.Context) error{l.leaveMonths, l.checkKeys}
	switch l.o.Mode {
	case Append:
		steps = append(steps, l.leaveKnown)
	case Merge:
		steps = append(steps, l.checkMonths, l.leaveUnchanged, l.deleteKnown)
	default:
		steps = append(steps, l.deleteScope)
	}
	for _, step := range append(steps, l.insert) {
		if err := step(ctx); err != nil {
			return err
		}
	}
	_, err := l.raw.s.Exec(ctx, l.raw.d.Drop(adapter.RelationInfo{Relation: l.aside(), Type: adapter.Table}))
	return err
}

func (l *loading) aside() manifest.Relation { return manifest.Relation{Name: asideName} }

// fileColumns are the columns that the snapshot has.
func (l *loading) fileColumns() []rawColumn {
	var out []rawColumn
	for _, c := range l.raw.columns {
		if c.file >= 0 {
			out = append(out, c)
		}
	}
	return out
}

// stage fills the table aside with all of the snapshot's rows, in the types that they are declared with.
func (l *loading) stage(ctx context.Context) error {
	d, columns := l.raw.d, l.fileColumns()
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "cast(null as " + d.Type(c.typ.String()) + ") as " + d.Quote(c.name)
	}
	query := "select " + strings.Join(parts, ", ") + "\nwhere 1 = 0"
	if _, err := l.raw.s.Exec(ctx, d.CreateTableAs(l.aside(), query, adapter.TableOptions{Temporary: true, Replace: true})); err != nil {
		return err
	}
	_, err := l.fill(ctx, l.aside(), columns)
	return err
}

// sql fills in a statement that is written with {raw} and {aside} for the two tables, called t and a;
// {scope} and {month} are conditions of t; {same key} and {same row} of t and a; {key} are
// the columns of a that a row is known by.
func (l *loading) sql(text string) string {
	return strings.NewReplacer(
		"{raw}", l.raw.name(), "{aside}", l.raw.d.Relation(l.aside()), "{scope}", l.raw.scopeSQL(),
		"{same key}", l.sameKey(), "{same row}", l.sameRow(), "{key}", l.keyList(), "{month}", l.rawMonth(),
	).Replace(text)
}

func (l *loading) exec(ctx context.Context, text string, args ...any) error {
	_, err := l.raw.s.Exec(ctx, l.sql(text), args...)
	return err
}

func (l *loading) query(ctx context.Context, text string, args ...any) (int64, error) {
	return queryCount(ctx, l.raw.s, l.sql(text), args...)
}

// asideCount gives the rows that are still aside.
func (l *loading) asideCount(ctx context.Context) (int64, error) {
	return l.query(ctx, "select count(*)\nfrom {aside}")
}

// leave removes rows from aside and gives their number.
func (l *loading) leave(ctx context.Context, where string, args ...any) (int64, error) {
	before, err := l.asideCount(ctx)
	if err != nil {
		return 0, err
	}
	if err := l.exec(ctx, "delete from {aside} as a\nwhere "+where, args...); err != nil {
		return 0, err
	}
	after, err := l.asideCount(ctx)
	return before - after, err
}

// remove removes rows of the scope from the raw table, called t there.
func (l *loading) remove(ctx context.Context, where string) error {
	args := l.raw.scopeValues()
	n, err := l.query(ctx, "select count(*)\nfrom {raw} as t\nwhere {scope}"+where, args...)
	if err != nil || n == 0 {
		return err
	}
	l.result.Deleted = n
	return l.exec(ctx, "delete from {raw} as t\nwhere {scope}"+where, args...)
}

// expr gives a column's value in a row of aside, called a, in the raw table's type.
func (l *loading) expr(c rawColumn) string {
	name := "a." + l.raw.d.Quote(c.name)
	if c.stored == "" {
		return name
	}
	return "cast(" + name + " as " + c.stored + ")"
}

// identity are the columns by which a row is known: the key, else its place.
func (l *loading) identity() []rawColumn {
	names := l.key
	if len(names) == 0 {
		names = []string{fileColumn, sheetColumn, rowColumn}
	}
	var out []rawColumn
	for _, n := range names {
		if c := l.raw.column(n); c != nil && c.file >= 0 {
			out = append(out, *c)
		}
	}
	return out
}

func (l *loading) keyList() string {
	return strings.Join(mapped(l.identity(), func(c rawColumn) string { return "a." + l.raw.d.Quote(c.name) }), ", ")
}

func (l *loading) sameKey() string { return l.same(l.identity()) }

func (l *loading) sameRow() string { return l.same(l.fileColumns()) }

func (l *loading) same(columns []rawColumn) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "t." + l.raw.d.Quote(c.name) + " is not distinct from " + l.expr(c)
	}
	if len(parts) == 0 {
		return "1 = 0" // rows that nothing tells apart are nobody's
	}
	return strings.Join(parts, " and ")
}

// rawMonth is the condition that a row of the raw table, called t, is of the month: by its sheet,
// else by its date.
func (l *loading) rawMonth() string {
	parts := []string{"t." + l.raw.d.Quote(monthColumn)}
	if c := l.raw.column(l.date); l.date != "" && c != nil {
		name := "t." + l.raw.d.Quote(l.date)
		if c.stored != "" { // a date that another scope has as text
			name = "cast(" + name + " as " + l.raw.d.Type(c.typ.String()) + ")"
		}
		parts = append(parts, "extract(month from "+name+")")
	}
	return l.monthIs(parts)
}

// asideMonth is the same condition of a row of aside, called a.
func (l *loading) asideMonth() string {
	var parts []string
	if l.raw.column(monthColumn).file >= 0 {
		parts = append(parts, "a."+l.raw.d.Quote(monthColumn))
	}
	if l.date != "" && l.raw.column(l.date) != nil {
		parts = append(parts, "extract(month from a."+l.raw.d.Quote(l.date)+")")
	}
	return l.monthIs(parts)
}

func (l *loading) monthIs(parts []string) string {
	return fmt.Sprintf("coalesce(%s, null) = %d", strings.Join(parts, ", "), l.o.Month)
}

// leaveMonths leaves out the rows of other months.
func (l *loading) leaveMonths(ctx context.Context) (err error) {
	if l.o.Month == 0 {
		return nil
	}
	l.result.Elsewhere, err = l.leave(ctx, "("+l.asideMonth()+") is not true")
	return err
}

// leaveKnown leaves out the rows that are there, and tells of those that are there with other values.
func (l *loading) leaveKnown(ctx context.Context) error {
	scope := l.raw.scopeValues()
	differ, err := l.query(ctx, `select count(*)
from (
    select 1
    from {raw} as t join {aside} as a on {same key}
    where {scope}
    group by {key}
    having max(case when {same row} then 1 else 0 end) = 0
) as differing`, scope...)
	if err != nil {
		return err
	}
	if differ > 0 {
		l.warn(diag.SchemaChanged, l.t.Pos, "%s of %s %s in %s with other values, which append leaves as they are: --mode %s takes the new ones",
			plural(differ, "row"), l.t.Snapshot, verb(differ, "is", "are"), l.t.Source+"."+l.t.Table, l.modeThatReplaces())
	}
	l.result.Unchanged, err = l.leave(ctx, "exists (select 1 from {raw} as t where {scope} and {same key})", scope...)
	return err
}

func (l *loading) modeThatReplaces() Mode {
	if len(l.key) > 0 {
		return Merge
	}
	return Replace
}

// leaveUnchanged leaves out the rows that are there once, with the same values from the same place.
func (l *loading) leaveUnchanged(ctx context.Context) (err error) {
	l.result.Unchanged, err = l.leave(ctx, `({key}) in (
    select {key}
    from {raw} as t join {aside} as a on {same key}
    where {scope}
    group by {key}
    having count(*) = 1 and max(case when {same row} then 0 else 1 end) = 0
)`, l.raw.scopeValues()...)
	return err
}

// deleteKnown removes the rows of the scope that rows of aside take the place of.
func (l *loading) deleteKnown(ctx context.Context) (err error) {
	l.result.Updated, err = l.query(ctx, "select count(*)\nfrom {aside} as a\nwhere exists (select 1 from {raw} as t where {scope} and {same key})", l.raw.scopeValues()...)
	if err != nil || l.result.Updated == 0 {
		return err
	}
	return l.remove(ctx, " and exists (select 1 from {aside} as a where {same key})")
}

// deleteScope removes the rows of the scope, or those of its month.
func (l *loading) deleteScope(ctx context.Context) error {
	if l.o.Month == 0 {
		return l.remove(ctx, "")
	}
	return l.remove(ctx, " and {month}")
}

// insert adds what is left aside to the raw table.
func (l *loading) insert(ctx context.Context) (err error) {
	if l.result.Rows, err = l.asideCount(ctx); err != nil || l.result.Rows == 0 {
		return err
	}
	d := l.raw.d
	var names, exprs []string
	for _, c := range l.raw.columns {
		names = append(names, d.Quote(c.name))
		if c.file >= 0 {
			exprs = append(exprs, l.expr(c))
		} else {
			exprs = append(exprs, d.Literal(c.value))
		}
	}
	err = l.exec(ctx, "insert into {raw} ("+strings.Join(names, ", ")+")\nselect "+strings.Join(exprs, ", ")+"\nfrom {aside} as a")
	var refused *adapter.Error
	if errors.As(err, &refused) && refused.Kind == adapter.ConversionError { // the table's type is wider but for the digits of a decimal
		return diag.Errorf(diag.BadCell, l.t.Pos, "a value of %s does not fit the type that %s has: %s", l.t.Snapshot, l.named(), refused.Msg).WithErr(err).
			WithHint("declare the column with more digits before the point")
	}
	return err
}

// shownKeys is how many rows a message about keys shows.
const shownKeys = 4

// checkKeys refuses rows without a key, and keys that stand twice: which of their rows counts is
// not for a load to say.
func (l *loading) checkKeys(ctx context.Context) error {
	if len(l.key) == 0 {
		return nil
	}
	var list diag.List
	null := strings.Join(mapped(l.identity(), func(c rawColumn) string { return "a." + l.raw.d.Quote(c.name) + " is null" }), " or ")
	empty, err := l.query(ctx, "select count(*)\nfrom {aside} as a\nwhere "+null)
	if err != nil {
		return err
	}
	if empty > 0 {
		rows, err := l.keyRows(ctx, "from {aside} as a\nwhere "+null)
		if err != nil {
			return err
		}
		list = append(list, diag.Errorf(diag.BadKey, l.t.OptionAt("key"), "%s of %s %s no key (%s): %s",
			plural(empty, "row"), l.t.Snapshot, verb(empty, "has", "have"), strings.Join(l.key, ", "), rows).
			WithHint("fill the cells, or load with --mode replace"))
	}
	grouped := "select {key}\n    from {aside} as a\n    where not (" + null + ")\n    group by {key}\n    having count(*) > 1"
	twice, err := l.query(ctx, "select count(*)\nfrom (\n    "+grouped+"\n) as twice")
	if err != nil {
		return err
	}
	if twice > 0 {
		rows, err := l.keyRows(ctx, "from {aside} as a\nwhere ({key}) in (\n    "+grouped+"\n)")
		if err != nil {
			return err
		}
		list = append(list, diag.Errorf(diag.BadKey, l.t.OptionAt("key"), "%s of table %s (%s) %s in more than one row of %s: %s",
			plural(twice, "key"), l.t.Table, strings.Join(l.key, ", "), verb(twice, "stands", "stand"), l.t.Snapshot, rows).
			WithHint("which row counts cannot be told: name further columns under key:, mend the rows, or load with --mode replace"))
	}
	return list.Err()
}

// checkMonths refuses to merge one month where a key stands in another month too: the row would
// be there twice, or the other month's would be lost.
func (l *loading) checkMonths(ctx context.Context) error {
	if l.o.Month == 0 {
		return nil
	}
	where := "exists (select 1 from {raw} as t where {scope} and ({month}) is not true and {same key})"
	n, err := l.query(ctx, "select count(*)\nfrom {aside} as a\nwhere "+where, l.raw.scopeValues()...)
	if err != nil || n == 0 {
		return err
	}
	rows, err := l.keyRows(ctx, "from {aside} as a\nwhere "+where, l.raw.scopeValues()...)
	if err != nil {
		return err
	}
	return diag.Errorf(diag.BadKey, l.t.OptionAt("key"), "%s of month %d (%s) %s in another month of %s too: %s",
		plural(n, "key"), l.o.Month, strings.Join(l.key, ", "), verb(n, "stands", "stand"), l.t.Source+"."+l.t.Table, rows).
		WithHint("load without --month if the rows moved; if every month has its own, add %s to key:", monthColumn)
}

// keyRows shows the first rows of a query over aside: "A-7 (Januari, row 5)".
func (l *loading) keyRows(ctx context.Context, from string, args ...any) (shown string, err error) {
	d := l.raw.d
	place := func(name, typ string) string {
		if c := l.raw.column(name); c.file >= 0 {
			return "a." + d.Quote(name)
		}
		return "cast(null as " + d.Type(typ) + ")"
	}
	key := mapped(l.identity(), func(c rawColumn) string { return "cast(a." + d.Quote(c.name) + " as " + d.Type("text") + ")" })
	sql := "select " + strings.Join(key, ", ") + ", " + place(fileColumn, "text") + ", " + place(sheetColumn, "text") + ", " + place(rowColumn, "integer") +
		"\n" + from + fmt.Sprintf("\norder by {key}, %s, %s, %s\nlimit %d", place(fileColumn, "text"), place(sheetColumn, "text"), place(rowColumn, "integer"), shownKeys+1)
	rows, err := l.raw.s.Query(ctx, l.sql(sql), args...)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out []string
	for rows.Next() {
		if len(out) == shownKeys {
			out = append(out, "…")
			break
		}
		v := rows.Values()
		n := len(key)
		values := mapped(v[:n], func(x any) string {
			if x == nil {
				return "(empty)"
			}
			return fmt.Sprint(x)
		})
		file, _ := v[n].(string)
		sheet, _ := v[n+1].(string)
		s := &Section{File: file, Sheet: sheet}
		out = append(out, fmt.Sprintf("%s in %s, row %v", strings.Join(values, " / "), s.Label(), v[n+2]))
	}
	return strings.Join(out, "; "), rows.Err()
}

func mapped[T any](list []T, f func(T) string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

func verb(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
