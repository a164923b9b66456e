package operational

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Backup writes the whole store into a new local file, as it is at one moment: a local store by
// SQLite's own copy, a remote one table by table in one reading transaction.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("back up to %s: the file exists", path)
	}
	if !s.remote {
		if _, err := s.db.ExecContext(ctx, "vacuum into ?", path); err != nil {
			return fmt.Errorf("back up %s: %w", s.name, err)
		}
		return nil
	}
	to, err := sql.Open("sqlite", fileDSN(path))
	if err != nil {
		return fmt.Errorf("back up %s: %w", s.name, err)
	}
	to.SetMaxOpenConns(1)
	err = s.copyTo(ctx, to)
	if err == nil {
		_, err = to.ExecContext(ctx, "pragma journal_mode = delete") // one file, with nothing beside it
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return errors.Join(fmt.Errorf("back up %s: %w", s.name, err), remove(path))
	}
	return nil
}

func remove(path string) error {
	err := os.Remove(path)
	for _, more := range []string{"-wal", "-shm"} {
		_ = os.Remove(path + more) // they may not be there
	}
	return err
}

// backupRows is how many rows are read from a server at a time.
const backupRows = 5000

func (s *Store) copyTo(ctx context.Context, to *sql.DB) error {
	c, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "begin"); err != nil {
		return err
	}
	defer func() { _, _ = c.ExecContext(context.WithoutCancel(ctx), "rollback") }() // it only read
	var tables, later []object
	err = each(ctx, c, "select type, name, sql from sqlite_master\nwhere sql is not null and name not like 'sqlite\\_%' escape '\\' and name not like 'libsql\\_%' escape '\\'\norder by rowid", nil, func(rows *sql.Rows) error {
		var o object
		if err := rows.Scan(&o.Type, &o.Name, &o.SQL); err != nil {
			return err
		}
		if o.Type == "table" {
			tables = append(tables, o)
		} else {
			later = append(later, o)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := to.ExecContext(ctx, "pragma foreign_keys = off"); err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := to.ExecContext(ctx, t.SQL); err != nil {
			return err
		}
		if err := copyTable(ctx, c, to, t.Name); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	for _, o := range later { // indexes, then views and triggers, which must not run while rows come in
		if _, err := to.ExecContext(ctx, o.SQL); err != nil {
			return err
		}
	}
	return nil
}

// copyTable copies rows in the order of their key, some at a time.
func copyTable(ctx context.Context, from *sql.Conn, to *sql.DB, table string) error {
	columns, err := storedColumns(ctx, to, table)
	if err != nil || len(columns) == 0 {
		return err
	}
	tx, err := to.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, "insert into "+quote(table)+" ("+quoteAll(columns)+") values ("+strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",")+")")
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	for offset := 0; ; offset += backupRows {
		n, err := copyRows(ctx, from, insert, fmt.Sprintf("select %s\nfrom %s\nlimit %d offset %d", quoteAll(columns), quote(table), backupRows, offset), len(columns))
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if n < backupRows {
			return tx.Commit()
		}
	}
}

func copyRows(ctx context.Context, from *sql.Conn, insert *sql.Stmt, query string, width int) (n int, err error) {
	values, into := make([]any, width), make([]any, width)
	for i := range values {
		into[i] = &values[i]
	}
	err = each(ctx, from, query, nil, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		n++
		_, err := insert.ExecContext(ctx, values...)
		return err
	})
	return n, err
}

// storedColumns gives a table's columns without generated ones.
func storedColumns(ctx context.Context, db *sql.DB, table string) ([]string, error) {
	var out []string
	err := each(ctx, db, "select name from pragma_table_xinfo(?) where hidden = 0", []any{table}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		out = append(out, name)
		return err
	})
	return out, err
}

// CheckFile reports what is wrong with a store's file: damaged pages, broken keys.
func CheckFile(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, "pragma integrity_check").Scan(&verdict); err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("check %s: %s", path, verdict)
	}
	return brokenKeys(ctx, db, "the backup")
}
