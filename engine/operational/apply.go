package operational

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
)

// ApplyOptions are the wishes of Apply, Push and Down.
type ApplyOptions struct {
	DryRun           bool
	AllowDrift       bool // go on although the store is not what its migrations say
	AllowDestructive bool
	To               string // Apply: the last version to run; Down: the version to go back to, "" is one back
	Now              func() time.Time
	Progress         func(m *Migration, took time.Duration) // after each; may be nil
}

func (o *ApplyOptions) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// Apply runs the migrations that have not run, each with its entry in the history in one
// transaction: an interrupted one leaves nothing, and the next run goes on with it. It gives what
// ran, or what would.
func Apply(ctx context.Context, s *Store, f Folder, o ApplyOptions) ([]*Migration, error) {
	list, err := f.Migrations()
	if err != nil {
		return nil, err
	}
	st, err := status(ctx, s.db, list)
	if err != nil {
		return nil, err
	}
	if len(st.Drift) > 0 && !o.AllowDrift {
		return nil, drifted(s, st)
	}
	var todo []*Migration
	for _, m := range st.Pending {
		if o.To == "" || compareVersions(m.Version, o.To) <= 0 {
			todo = append(todo, m)
		}
	}
	if o.DryRun {
		return todo, nil
	}
	for i, m := range todo {
		stmts, err := m.statements()
		if err != nil {
			return todo[:i], err
		}
		start := o.now()
		err = s.change(ctx, m.Label(), stmts, func(ctx context.Context, q querier) error {
			if _, err := q.ExecContext(ctx, createHistory); err != nil {
				return err
			}
			_, err := q.ExecContext(ctx, "insert into "+historyTable+" (version, name, checksum, applied_at, milliseconds) values (?, ?, ?, ?, ?)",
				m.Version, m.Name, m.Checksum, o.now().UTC().Format(time.RFC3339), o.now().Sub(start).Milliseconds())
			return err
		})
		if err != nil {
			return todo[:i], err
		}
		if o.Progress != nil {
			o.Progress(m, o.now().Sub(start))
		}
	}
	return todo, nil
}

func drifted(s *Store, st *Status) error {
	return diag.Errorf(diag.SchemaDrift, diag.Pos{}, "%s is not what its migrations say; to bring it back: %s", s.name, strings.Join(st.Drift, "; ")).
		WithHint("somebody changed it by hand: undo that, or make a migration of it; --allow-drift goes on nevertheless")
}

// change runs statements in one transaction with foreign keys unchecked until its end, as SQLite
// wants it for tables that are made anew; then all keys must hold.
func (s *Store) change(ctx context.Context, label string, stmts []statement, last func(context.Context, querier) error) (err error) {
	c, err := s.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("change %s: %w", s.name, err)
	}
	defer c.Close()
	if err := s.keysOff(ctx, c, stmts); err != nil {
		return err
	}
	defer func() {
		_, e := c.ExecContext(context.WithoutCancel(ctx), "pragma foreign_keys = on")
		if !s.remote || err == nil { // a stream that was lost took its settings with it
			err = errors.Join(err, e)
		}
	}()
	if _, err := c.ExecContext(ctx, "begin immediate"); err != nil {
		return fmt.Errorf("change %s: %w", s.name, err)
	}
	if err = s.inside(ctx, c, label, stmts, last); err == nil {
		if _, err = c.ExecContext(ctx, "commit"); err != nil {
			err = fmt.Errorf("change %s: %w", s.name, err)
		}
	}
	if err != nil {
		_, back := c.ExecContext(context.WithoutCancel(ctx), "rollback")
		if s.remote || back != nil && strings.Contains(back.Error(), "no transaction") {
			back = nil // a stream that was lost is rolled back by the server
		}
		return errors.Join(err, back)
	}
	return nil
}

// keysOff stops the checking of foreign keys. A server that does not is no place to drop a table
// that others refer to: their rows would go with it.
func (s *Store) keysOff(ctx context.Context, c *sql.Conn, stmts []statement) error {
	if _, err := c.ExecContext(ctx, "pragma foreign_keys = off"); err != nil && !s.remote {
		return fmt.Errorf("change %s: %w", s.name, err)
	}
	var on int
	if err := c.QueryRowContext(ctx, "pragma foreign_keys").Scan(&on); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("change %s: %w", s.name, err)
	}
	for _, st := range stmts {
		if words := tokens(st.text); on != 0 && len(words) > 1 && words[0] == "drop" && words[1] == "table" {
			return diag.Errorf(diag.BadMigration, st.pos, "%s checks foreign keys and cannot be told not to, so dropping a table might take rows of others with it", s.name)
		}
	}
	return nil
}

func (s *Store) inside(ctx context.Context, c *sql.Conn, label string, stmts []statement, last func(context.Context, querier) error) error {
	for _, st := range stmts {
		if _, err := c.ExecContext(ctx, st.text); err != nil {
			if ctx.Err() != nil || lost(err) {
				return fmt.Errorf("%s: %w", label, err)
			}
			return diag.Errorf(diag.BadMigration, st.pos, "%s stopped here and was rolled back: %s", label, plainError(err)).WithErr(err)
		}
	}
	if err := brokenKeys(ctx, c, label); err != nil {
		return err
	}
	return last(ctx, c)
}

// brokenKeys reports rows that refer to rows which do not exist.
func brokenKeys(ctx context.Context, q querier, label string) error {
	var l diag.List
	err := each(ctx, q, "select \"table\", \"parent\", count(*) from pragma_foreign_key_check group by 1, 2 order by 1, 2", nil, func(rows *sql.Rows) error {
		var table, parent string
		var n int64
		if err := rows.Scan(&table, &parent, &n); err != nil {
			return err
		}
		l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{}, "%s would leave %d rows of %s that refer to nothing in %s, and was rolled back", label, n, table, parent))
		return nil
	})
	if err != nil {
		return fmt.Errorf("check the foreign keys: %w", err)
	}
	return l.Err()
}

// Push brings a store to the schema files without a migration, for development: a store with a
// history of migrations is refused.
func Push(ctx context.Context, s *Store, files []SQLFile, rules Rules, renames []Rename, o ApplyOptions) ([]string, error) {
	if past, err := history(ctx, s.db); err != nil || len(past) > 0 {
		if err == nil {
			err = diag.Errorf(diag.BadMigration, diag.Pos{}, "%s is kept by migrations, and a push would leave them behind", s.name).
				WithHint("atlas migrate generate makes a migration of the change, atlas migrate apply runs it")
		}
		return nil, err
	}
	to, err := desired(ctx, files, rules)
	if err != nil {
		return nil, err
	}
	from, err := look(ctx, s.db)
	if err != nil {
		return nil, err
	}
	return s.bring(ctx, "the push", from, to, renames, o, func(context.Context, querier) error { return nil })
}

// bring changes the store from one state to another and names the steps.
func (s *Store) bring(ctx context.Context, label string, from, to *schemaState, renames []Rename, o ApplyOptions, last func(context.Context, querier) error) ([]string, error) {
	db, err := scratch()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	p, err := planChanges(ctx, db, from, to, renames)
	if err != nil {
		return nil, err
	}
	var steps []string
	var stmts []statement
	for _, st := range p.steps {
		steps = append(steps, st.comment)
		stmts = append(stmts, statement{text: st.sql})
	}
	if err := refuseLosses(p.losses, o.AllowDestructive, diag.Pos{}); err != nil {
		return steps, err
	}
	if o.DryRun {
		return steps, nil
	}
	return steps, s.change(ctx, label, stmts, last)
}

// Down takes migrations back: the store is brought to the state of an earlier version, and the
// later ones leave the history, in one transaction. What it cannot bring back is rows that were
// dropped; what it would lose is refused unless it is allowed.
func Down(ctx context.Context, s *Store, f Folder, o ApplyOptions) (steps []string, back []Applied, err error) {
	list, err := f.Migrations()
	if err != nil {
		return nil, nil, err
	}
	st, err := status(ctx, s.db, list)
	if err != nil {
		return nil, nil, err
	}
	if len(st.Drift) > 0 && !o.AllowDrift {
		return nil, nil, drifted(s, st)
	}
	if len(st.Applied) == 0 {
		return nil, nil, diag.Errorf(diag.BadMigration, diag.Pos{}, "no migration has run in %s", s.name)
	}
	to := o.To
	if to == "" && len(st.Applied) > 1 {
		to = st.Applied[len(st.Applied)-2].Version
	}
	var kept []*Migration
	for _, m := range list {
		if to != "" && compareVersions(m.Version, to) <= 0 {
			kept = append(kept, m)
		}
	}
	for _, a := range st.Applied {
		if to == "" || compareVersions(a.Version, to) > 0 {
			back = append(back, a)
		}
	}
	if o.To != "" && (len(kept) == 0 || kept[len(kept)-1].Version != o.To) && strings.Trim(o.To, "0") != "" {
		return nil, nil, diag.Errorf(diag.BadValue, diag.Pos{}, "there is no migration %s to go back to", o.To).WithHint("atlas migrate status lists them; 0 takes all of them back")
	}
	wanted, err := stateOf(ctx, kept)
	if err != nil {
		return nil, nil, err
	}
	have, err := look(ctx, s.db)
	if err != nil {
		return nil, nil, err
	}
	var renames []Rename // the other way round: what a migration gave another name gets its old one back
	for _, m := range slices.Backward(list) {
		if len(kept) > 0 && compareVersions(m.Version, kept[len(kept)-1].Version) <= 0 {
			break
		}
		for _, r := range slices.Backward(renamesOf(m)) {
			if strings.HasPrefix(r.Table, "new_") {
				continue // a table that was made anew
			}
			if r.Column == "" {
				renames = append(renames, Rename{Table: r.To, To: r.Table, implied: true})
			} else {
				renames = append(renames, Rename{Table: r.Table, Column: r.To, To: r.Column, implied: true})
			}
		}
	}
	steps, err = s.bring(ctx, "going back", have, wanted, renames, o, func(ctx context.Context, q querier) error {
		for _, a := range back {
			if _, err := q.ExecContext(ctx, "delete from "+historyTable+" where version = ?", a.Version); err != nil {
				return err
			}
		}
		return nil
	})
	return steps, back, err
}

// stateOf gives what migrations make.
func stateOf(ctx context.Context, list []*Migration) (*schemaState, error) {
	db, err := scratch()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := replay(ctx, db, list); err != nil {
		return nil, err
	}
	return inspect(ctx, db)
}
