package operational

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
)

// GenerateOptions are the wishes of Generate.
type GenerateOptions struct {
	Name             string // of the migration; "" takes it from the first change
	Renames          []Rename
	AllowDestructive bool
	DryRun           bool // write nothing
	Now              func() time.Time
}

// Generated is a migration that was worked out.
type Generated struct {
	Migration *Migration // nil if nothing has changed
	Steps     []string   // what it does, a line each
	Losses    []Loss
}

// Generate compares the schema files with what the migrations make, and writes the migration that
// brings the one to the other. The migration is tried before it is written: it must give exactly
// what the schema files say. A change that loses data is refused, unless it is allowed.
func Generate(ctx context.Context, f Folder, files []SQLFile, rules Rules, o GenerateOptions) (*Generated, error) {
	list, err := f.Migrations()
	if err != nil {
		return nil, err
	}
	to, err := desired(ctx, files, rules)
	if err != nil {
		return nil, err
	}
	db, err := scratch()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := replay(ctx, db, list); err != nil {
		return nil, err
	}
	from, err := inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	p, err := planChanges(ctx, db, from, to, o.Renames)
	if err != nil {
		return nil, err
	}
	g := &Generated{Losses: p.losses}
	if len(p.steps) == 0 {
		return g, nil
	}
	if err := refuseLosses(p.losses, o.AllowDestructive, schemaPos(files)); err != nil {
		return g, err
	}
	for _, s := range p.steps {
		g.Steps = append(g.Steps, s.comment)
	}
	g.Migration = f.migration(list, p, o)
	if err := prove(ctx, db, g.Migration, to); err != nil {
		return nil, err
	}
	if o.DryRun {
		return g, nil
	}
	return g, f.add(list, g.Migration)
}

func schemaPos(files []SQLFile) diag.Pos {
	if len(files) == 0 {
		return diag.Pos{}
	}
	return diag.Pos{File: files[0].Path}
}

// migration makes the file of a plan.
func (f Folder) migration(list []*Migration, p *plan, o GenerateOptions) *Migration {
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	version := newVersion(now())
	if n := len(list); n > 0 && compareVersions(version, list[n-1].Version) <= 0 {
		version = newVersion(after(list[n-1].Version, now()))
	}
	name := slug(o.Name)
	if name == "" {
		name = slug(p.steps[0].comment)
	}
	var b strings.Builder
	for i, s := range p.steps {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "-- %s\n%s;\n", s.comment, strings.TrimSuffix(strings.TrimSpace(s.sql), ";"))
	}
	text := b.String()
	return &Migration{Version: version, Name: name, Path: f.shown(version + "_" + name + ".sql"), SQL: text, Checksum: checksum([]byte(text))}
}

// after gives a time whose version comes after another's, for clocks that stand still.
func after(version string, now time.Time) time.Time {
	if t, err := time.Parse("20060102150405", version); err == nil {
		return t.Add(time.Second)
	}
	return now
}

func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}

// refuseLosses reports the changes that lose data.
func refuseLosses(losses []Loss, allowed bool, pos diag.Pos) error {
	if allowed {
		return nil
	}
	var l diag.List
	for _, x := range losses {
		d := diag.Errorf(diag.Destructive, pos, "%s: %s", x.What, x.Why)
		d.Hint = "allow it with --allow-destructive"
		if len(x.Like) > 0 {
			d.Hint = fmt.Sprintf("if it only has another name now, say so: --rename %s=%s; else allow it with --allow-destructive", x.Name, x.Like[0])
		}
		l = append(l, d)
	}
	return l.Err()
}

// prove runs a migration on the scratch database and compares what it makes with what is wanted.
func prove(ctx context.Context, db *sql.DB, m *Migration, want *schemaState) error {
	if err := replay(ctx, db, []*Migration{m}); err != nil {
		return fmt.Errorf("the migration that was worked out cannot run: %w", err)
	}
	got, err := inspect(ctx, db)
	if err != nil {
		return err
	}
	if left := differences(ctx, db, got, want); len(left) > 0 {
		return diag.Errorf(diag.BadSchema, diag.Pos{File: m.Path}, "no migration gives what the schema files say: it leaves %s", strings.Join(left, "; ")).
			WithHint("write the migration by hand and run atlas migrate hash")
	}
	return nil
}

// differences names what would have to be done to bring one state to another.
func differences(ctx context.Context, q querier, from, to *schemaState) []string {
	p, err := planChanges(ctx, q, from, to, nil)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, s := range p.steps {
		out = append(out, s.comment)
	}
	return out
}

// replay runs migrations on a scratch database.
func replay(ctx context.Context, db *sql.DB, list []*Migration) error {
	for _, m := range list {
		stmts, err := m.statements()
		if err != nil {
			return err
		}
		for _, s := range stmts {
			if _, err := db.ExecContext(ctx, s.text); err != nil {
				return diag.Errorf(diag.BadMigration, s.pos, "the migration %s cannot run: %s", m.Label(), plainError(err)).WithErr(err)
			}
		}
	}
	return nil
}

// statements gives what a migration runs. Transactions and the keeping of foreign keys are the
// engine's own, so statements about them are refused or left out.
func (m *Migration) statements() ([]statement, error) {
	list, err := statements(SQLFile{Path: m.Path, Text: m.SQL})
	if err != nil {
		return nil, err
	}
	var l diag.List
	var out []statement
	for _, s := range list {
		words := tokens(s.text)
		switch {
		case len(words) == 0:
		case slices.Contains([]string{"begin", "commit", "rollback", "end", "savepoint", "release", "vacuum", "attach", "detach"}, words[0]):
			l = append(l, diag.Errorf(diag.BadMigration, s.pos, "a migration cannot %s: it runs in a transaction of its own", words[0]))
		case words[0] == "pragma" && len(words) > 1 && words[1] == "foreign_keys":
		default:
			out = append(out, s)
		}
	}
	return out, l.Err()
}

// The table of migrations that have run.
const historyTable = own + "migrations"

const createHistory = `create table if not exists ` + historyTable + ` (
	version text not null primary key,
	name text not null,
	checksum text not null,
	applied_at text not null,
	milliseconds integer not null
)`

// Applied is a migration that has run in a store.
type Applied struct {
	Version, Name, Checksum string
	At                      time.Time
	Took                    time.Duration
}

// history reads which migrations have run; a store that knows none has run none.
func history(ctx context.Context, q querier) ([]Applied, error) {
	there, err := hasTable(ctx, q, historyTable)
	if err != nil || !there {
		return nil, err
	}
	var out []Applied
	err = each(ctx, q, "select version, name, checksum, applied_at, milliseconds\nfrom "+historyTable, nil, func(rows *sql.Rows) error {
		var a Applied
		var at string
		var ms int64
		if err := rows.Scan(&a.Version, &a.Name, &a.Checksum, &at, &ms); err != nil {
			return err
		}
		a.At, _ = time.Parse(time.RFC3339, at)
		a.Took = time.Duration(ms) * time.Millisecond
		out = append(out, a)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the history of migrations: %w", err)
	}
	slices.SortFunc(out, func(a, b Applied) int { return compareVersions(a.Version, b.Version) })
	return out, nil
}

// hasTable reports whether a store has a table.
func hasTable(ctx context.Context, q querier, name string) (bool, error) {
	n := 0
	err := each(ctx, q, "select count(*) from sqlite_master where type = 'table' and name = ?", []any{name}, func(rows *sql.Rows) error { return rows.Scan(&n) })
	if err != nil {
		return false, fmt.Errorf("look for the table %s: %w", name, err)
	}
	return n > 0, nil
}

// Status says how a store stands to the migrations folder.
type Status struct {
	Applied []Applied
	Pending []*Migration
	Drift   []string // what would have to be done to bring the store back to its migrations
}

// ReadStatus compares a store with the folder. A migration that ran and was edited or removed
// since, and one that would have to run before others that have run, are mistakes.
func ReadStatus(ctx context.Context, s *Store, f Folder) (*Status, error) {
	list, err := f.Migrations()
	if err != nil {
		return nil, err
	}
	return status(ctx, s.db, list)
}

func status(ctx context.Context, q querier, list []*Migration) (*Status, error) {
	applied, err := history(ctx, q)
	if err != nil {
		return nil, err
	}
	st := &Status{Applied: applied}
	var l diag.List
	ran := map[string]Applied{}
	last := ""
	for _, a := range applied {
		ran[a.Version], last = a, a.Version
	}
	var done []*Migration
	for _, m := range list {
		a, ok := ran[m.Version]
		delete(ran, m.Version)
		switch {
		case ok && a.Checksum != m.Checksum:
			l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{File: m.Path}, "%s was edited after it ran here on %s", m.Label(), a.At.Format(time.DateOnly)).
				WithHint("bring back its old text, and make a new migration of the change"))
		case ok:
			done = append(done, m)
		case last != "" && compareVersions(m.Version, last) < 0:
			l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{File: m.Path}, "%s would have to run before %s, which has run here", m.Label(), last).
				WithHint("rename it to a later version, then run atlas migrate hash"))
		default:
			st.Pending = append(st.Pending, m)
		}
	}
	for _, a := range applied {
		if _, gone := ran[a.Version]; gone {
			l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{}, "%s %s ran here on %s and is not in the folder", a.Version, a.Name, a.At.Format(time.DateOnly)).
				WithHint("bring the file back"))
		}
	}
	if err := l.Err(); err != nil {
		return st, err
	}
	st.Drift, err = drift(ctx, q, done)
	return st, err
}

// drift compares a store with what its migrations make.
func drift(ctx context.Context, q querier, done []*Migration) ([]string, error) {
	db, err := scratch()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := replay(ctx, db, done); err != nil {
		return nil, err
	}
	want, err := inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	have, err := look(ctx, q)
	if err != nil {
		return nil, err
	}
	return differences(ctx, db, have, want), nil
}
