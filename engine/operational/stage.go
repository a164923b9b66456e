package operational

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"

	"atlas/engine/diag"
)

// A publication is written beside the table first, in a table that only its transaction sees, then
// compared with what is there: only rows that differ are written, and what it did can be counted.
// Where the table has no rows of the scope and period yet there is nothing to compare, and the rows
// go straight in.

const (
	maxParameters = 32766 // of one statement, in SQLite
	remoteRows    = 2000  // rows a round trip
	localRows     = 200   // rows a statement; longer ones are no faster
)

// work is one publication within a transaction.
type work struct {
	*transaction
	p       *Publication
	started time.Time
	result  *Published
	stage   string
}

func (w *work) exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := w.c.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (w *work) count(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = w.c.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}

// write brings the rows in; rows that are to go are removed later.
func (w *work) write(ctx context.Context) error {
	where, args := w.p.where("")
	there, err := w.count(ctx, "select exists (select 1 from "+quote(w.p.Table)+" where "+where+")", args...)
	if err != nil {
		return err
	}
	if there == 0 {
		done, err := w.straight(ctx)
		if done || err != nil {
			return err
		}
	}
	w.stage = own + "stage_" + w.id + "_" + strconv.Itoa(len(w.done))
	columns := quoteAll(w.p.Columns)
	if _, err := w.exec(ctx, "create table "+quote(w.stage)+" as\nselect "+columns+"\nfrom "+quote(w.p.Table)+"\nwhere 0"); err != nil {
		return err
	}
	if w.result.Rows, w.result.Hash, err = w.fill(ctx, w.stage); err != nil {
		return err
	}
	if _, err := w.exec(ctx, "create index "+quote(w.stage+"_key")+" on "+quote(w.stage)+" ("+quoteAll(w.p.Key)+")"); err != nil {
		return err
	}
	if err := w.checkKeys(ctx); err != nil {
		return err
	}
	return w.merge(ctx)
}

// straight inserts into an empty place. Rows whose key is there for another scope or period make
// it give up, without a trace.
func (w *work) straight(ctx context.Context) (bool, error) {
	if _, err := w.exec(ctx, "savepoint straight"); err != nil {
		return false, err
	}
	rows, sum, err := w.fill(ctx, w.p.Table)
	if err == nil {
		w.result.Rows, w.result.Inserted, w.result.Hash = rows, rows, sum
		_, err = w.exec(ctx, "release straight")
		return true, err
	}
	if !errors.Is(err, errKeyless) && !strings.Contains(err.Error(), "UNIQUE constraint") {
		return false, err
	}
	if _, err := w.exec(ctx, "rollback to straight"); err != nil {
		return false, err
	}
	_, err = w.exec(ctx, "release straight")
	return false, err
}

// errKeyless is a row without a key on its straight way: SQLite would take it, under a number of
// its own. The stage counts such rows.
var errKeyless = errors.New("a row has no key")

func (w *work) keyless(row []any) bool {
	for i, c := range w.p.Columns {
		if row[i] == nil && contains(w.p.Key, c) {
			return true
		}
	}
	return false
}

// fill inserts the rows into a table, many a statement, and gives their number and hash.
func (w *work) fill(ctx context.Context, table string) (rows int64, sum string, err error) {
	width := len(w.p.Columns)
	per := localRows
	if w.s.remote {
		per = remoteRows
	}
	per = max(1, min(per, maxParameters/width))
	in := &inserter{w: w, head: "insert into " + quote(table) + " (" + quoteAll(w.p.Columns) + ") values ", width: width, per: per}
	defer in.close()
	d := newDigester()
	guard, numeric := w.guard(), w.numericColumns()
	for row, err := range w.p.Rows(ctx) {
		if err != nil {
			return rows, "", err
		}
		if len(row) != width {
			return rows, "", fmt.Errorf("a row of %d values for %d columns", len(row), width)
		}
		if err := guard(row); err != nil {
			return rows, "", err
		}
		if err := w.exact(row, numeric); err != nil {
			return rows, "", err
		}
		if w.stage == "" && w.keyless(row) {
			return rows, "", errKeyless
		}
		d.add(row)
		if err := in.add(ctx, row); err != nil {
			return rows, "", err
		}
		if rows++; rows%1000 == 0 {
			w.o.Progress(w.p.Name, rows)
		}
	}
	return rows, d.sum(), in.flush(ctx)
}

// Hash reads a publication's rows and gives their number and hash, as a publishing would record them.
func Hash(ctx context.Context, p *Publication) (rows int64, sum string, err error) {
	d := newDigester()
	for row, err := range p.Rows(ctx) {
		if err != nil {
			return rows, "", err
		}
		d.add(row)
		rows++
	}
	return rows, d.sum(), nil
}

// digester hashes rows so that no two look alike.
type digester struct {
	h   hash.Hash
	buf []byte
}

func newDigester() *digester { return &digester{h: sha256.New()} }

func (d *digester) add(row []any) {
	b := d.buf[:0]
	for _, v := range row {
		switch v := v.(type) {
		case nil:
			b = append(b, 'n')
		case string:
			b = append(strconv.AppendInt(append(b, 's'), int64(len(v)), 10), ':')
			b = append(b, v...)
		case []byte:
			b = append(strconv.AppendInt(append(b, 'b'), int64(len(v)), 10), ':')
			b = append(b, v...)
		case int64:
			b = append(strconv.AppendInt(append(b, 'i'), v, 10), ';')
		default:
			b = append(fmt.Appendf(append(b, 'v'), "%v", v), ';')
		}
	}
	d.buf = append(b, '\n')
	d.h.Write(d.buf)
}

func (d *digester) sum() string { return hex.EncodeToString(d.h.Sum(nil)) }

// guard gives a function that refuses rows of another scope or period.
func (w *work) guard() func(row []any) error {
	type rule struct {
		at    int
		fixed Fixed
	}
	var rules []rule
	for _, f := range w.p.fixed() {
		rules = append(rules, rule{slices.Index(w.p.Columns, f.Column), f})
	}
	date := -1
	if w.p.Period != nil && w.p.Period.Column != "" {
		date = slices.Index(w.p.Columns, w.p.Period.Column)
	}
	return func(row []any) error {
		for _, r := range rules {
			if row[r.at] != r.fixed.Value && (row[r.at] == nil || fmt.Sprint(row[r.at]) != fmt.Sprint(r.fixed.Value)) {
				return w.foreign(row, r.fixed.Column, row[r.at], fmt.Sprint(r.fixed.Value))
			}
		}
		if date >= 0 {
			text, ok := row[date].(string)
			if !ok || text < w.p.Period.From || text >= w.p.Period.To {
				return w.foreign(row, w.p.Period.Column, row[date], w.p.Period.Label)
			}
		}
		return nil
	}
}

func (w *work) foreign(row []any, column string, have any, want string) error {
	if have == nil {
		have = "nothing"
	}
	return diag.Errorf(diag.BadPublication, w.p.Pos, "publication %s: the row with %s has %s %v, where %s is published", w.p.Name, w.keyOf(row), column, have, want).
		WithErr(errForeign).WithHint("filter the relation by scope and period; nothing was published")
}

// keyOf names a row by its key: "id 7".
func (w *work) keyOf(row []any) string {
	var parts []string
	for _, k := range w.p.Key {
		if i := slices.Index(w.p.Columns, k); i >= 0 {
			parts = append(parts, fmt.Sprintf("%s %v", k, row[i]))
		}
	}
	return strings.Join(parts, ", ")
}

// inserter gathers rows into statements of many.
type inserter struct {
	w     *work
	head  string
	width int
	per   int
	args  []any
	full  *sql.Stmt
}

func (in *inserter) add(ctx context.Context, row []any) error {
	in.args = append(in.args, row...)
	if len(in.args) < in.per*in.width {
		return nil
	}
	if in.w.s.remote { // a prepared statement would be one more round trip
		return in.flush(ctx)
	}
	if in.full == nil {
		var err error
		if in.full, err = in.w.c.PrepareContext(ctx, in.head+in.values(in.per)); err != nil {
			return err
		}
	}
	_, err := in.full.ExecContext(ctx, in.args...)
	in.args = in.args[:0]
	return err
}

func (in *inserter) values(rows int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", in.width), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}

func (in *inserter) flush(ctx context.Context) error {
	if len(in.args) == 0 {
		return nil
	}
	_, err := in.w.exec(ctx, in.head+in.values(len(in.args)/in.width), in.args...)
	in.args = in.args[:0]
	return err
}

func (in *inserter) close() {
	if in.full != nil {
		in.full.Close()
	}
}

// checkKeys reports keys that are empty, stand twice, or belong to another scope in the table.
func (w *work) checkKeys(ctx context.Context) error {
	key := quoteAll(w.p.Key)
	var null []string
	for _, k := range w.p.Key {
		null = append(null, quote(k)+" is null")
	}
	var l diag.List
	for _, c := range []struct{ query, says, hint string }{
		{"select " + key + "\nfrom " + quote(w.stage) + "\nwhere " + strings.Join(null, " or "), "rows have no key", "give every row of the relation its key"},
		{"select " + key + "\nfrom " + quote(w.stage) + "\ngroup by " + key + "\nhaving count(*) > 1", "keys stand twice", "the relation must have one row a key: test it with unique"},
		{w.takenSQL(), "keys belong to rows of another scope", "make the scope a part of the key"},
	} {
		if c.query == "" {
			continue
		}
		n, first, err := w.sample(ctx, c.query)
		if err != nil {
			return err
		}
		if n > 0 {
			l = append(l, diag.Errorf(diag.BadPublication, w.p.Pos, "publication %s: %d %s; the first is %s", w.p.Name, n, c.says, first).WithHint("%s; nothing was published", c.hint))
		}
	}
	return l.Err()
}

func (w *work) takenSQL() string {
	if len(w.p.Scope) == 0 {
		return ""
	}
	var other []string
	for _, f := range w.p.Scope {
		other = append(other, "t."+quote(f.Column)+" is not s."+quote(f.Column))
	}
	return "select " + prefixed("s", w.p.Key) + "\nfrom " + quote(w.stage) + " as s\njoin " + quote(w.p.Table) + " as t on " + w.sameKey() + "\nwhere " + strings.Join(other, " or ")
}

func (w *work) sameKey() string {
	var parts []string
	for _, k := range w.p.Key {
		parts = append(parts, "t."+quote(k)+" = s."+quote(k))
	}
	return strings.Join(parts, " and ")
}

func (w *work) sample(ctx context.Context, query string) (n int64, first string, err error) {
	if n, err = w.count(ctx, "select count(*) from ("+query+")"); err != nil || n == 0 {
		return n, "", err
	}
	values, into := make([]any, len(w.p.Key)), make([]any, len(w.p.Key))
	for i := range values {
		into[i] = &values[i]
	}
	if err := w.c.QueryRowContext(ctx, query+"\nlimit 1").Scan(into...); err != nil {
		return n, "", err
	}
	var parts []string
	for i, k := range w.p.Key {
		parts = append(parts, fmt.Sprintf("%s %v", k, values[i]))
	}
	return n, strings.Join(parts, ", "), nil
}

// merge compares the stage with the table, and writes what differs.
func (w *work) merge(ctx context.Context) error {
	var rest, differ []string
	for _, c := range w.p.Columns {
		if !contains(w.p.Key, c) {
			rest = append(rest, c)
			differ = append(differ, "t."+quote(c)+" is not s."+quote(c))
		}
	}
	changed := strings.Join(differ, " or ")
	if changed == "" {
		changed = "0"
	}
	join := "from " + quote(w.stage) + " as s\njoin " + quote(w.p.Table) + " as t on " + w.sameKey()
	same, err := w.count(ctx, "select count(*)\n"+join+"\nwhere not ("+changed+")")
	if err != nil {
		return err
	}
	updated, err := w.count(ctx, "select count(*)\n"+join+"\nwhere "+changed)
	if err != nil {
		return err
	}
	r := w.result
	r.Unchanged, r.Updated, r.Inserted = same, updated, r.Rows-same-updated
	if w.p.Mode == Append && updated > 0 {
		_, first, err := w.sample(ctx, "select "+prefixed("s", w.p.Key)+"\n"+join+"\nwhere "+changed)
		return errors.Join(err, diag.Errorf(diag.BadPublication, w.p.Pos, "publication %s: %d rows are there already with other values; the first is %s", w.p.Name, updated, first).
			WithHint("append never changes a row: use mode upsert, or replace_month"))
	}
	if err := w.moved(ctx, join); err != nil {
		return err
	}
	update := "do nothing"
	if len(rest) > 0 {
		var sets, differs []string
		for _, c := range rest {
			sets = append(sets, quote(c)+" = excluded."+quote(c))
			differs = append(differs, quote(w.p.Table)+"."+quote(c)+" is not excluded."+quote(c))
		}
		update = "do update set " + strings.Join(sets, ", ") + "\nwhere " + strings.Join(differs, " or ")
	}
	_, err = w.exec(ctx, "insert into "+quote(w.p.Table)+" ("+quoteAll(w.p.Columns)+")\nselect "+quoteAll(w.p.Columns)+"\nfrom "+quote(w.stage)+
		"\nwhere true\non conflict ("+quoteAll(w.p.Key)+") "+update)
	return err
}

// moved counts the rows that stood in another period of the scope.
func (w *work) moved(ctx context.Context, join string) error {
	if w.p.Period == nil {
		return nil
	}
	inside, args := w.p.where("t.")
	var err error
	w.result.Moved, err = w.count(ctx, "select count(*)\n"+join+"\nwhere not coalesce("+inside+", false)", args...)
	return err
}

// remove deletes what the publication replaces, and its stage.
func (w *work) remove(ctx context.Context) error {
	if w.stage == "" {
		return nil
	}
	if w.p.Mode == Replace {
		where, args := w.p.where("t.")
		n, err := w.exec(ctx, "delete from "+quote(w.p.Table)+" as t\nwhere "+where+"\nand not exists (select 1 from "+quote(w.stage)+" as s where "+w.sameKey()+")", args...)
		if err != nil {
			return err
		}
		w.result.Deleted = n
	}
	_, err := w.exec(ctx, "drop table "+quote(w.stage))
	return err
}

func quoteAll(list []string) string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = quote(list[i])
	}
	return strings.Join(out, ", ")
}

func prefixed(table string, list []string) string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = table + "." + quote(list[i])
	}
	return strings.Join(out, ", ")
}
