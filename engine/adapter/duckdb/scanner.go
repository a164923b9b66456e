package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	binding "github.com/duckdb/duckdb-go-bindings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
)

var (
	_ adapter.Scanner       = (*session)(nil)
	_ adapter.ForeignOpener = (*Adapter)(nil)
)

// OpenForeign opens an instance in memory with what the target says of extensions, secrets and
// settings. Its own files and attachments are left alone.
func (a *Adapter) OpenForeign(ctx context.Context, t adapter.Target) (adapter.Warehouse, error) {
	c, problems := readTarget(t)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	c.path, c.database, c.attach = ":memory:", "memory", nil
	c.options = slices.DeleteFunc(c.options, func(s setting) bool { return s.name == "motherduck_token" || s.name == "access_mode" })
	w := &warehouse{config: c, sessions: map[*session]bool{}}
	if err := w.open(ctx, false); err != nil {
		return nil, err
	}
	if err := w.prepare(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// foreignKinds are the databases that DuckDB attaches, each with the extension that reads it and
// the function that takes a query in its own words; "" needs none.
//
//nolint:gochecknoglobals // a constant table
var foreignKinds = map[string]struct{ extension, query string }{
	"duckdb":   {},
	"sqlite":   {"sqlite", "sqlite_query"},
	"postgres": {"postgres", "postgres_query"},
	"mysql":    {"mysql", "mysql_query"},
}

// foreignRows lets go of a database when its rows are read.
type foreignRows struct {
	adapter.Rows
	scrub   func(error) error
	release func() error
}

// Err gives the error that ended the rows early, without secrets.
func (r *foreignRows) Err() error { return r.scrub(r.Rows.Err()) }

// Close ends the query and detaches the database. It may be called more than once.
func (r *foreignRows) Close() error {
	err := r.Rows.Close()
	if r.release != nil {
		err = errors.Join(err, r.scrub(r.release()))
		r.release = nil
	}
	return err
}

// Scan reads a file by DuckDB's reader, or attaches a database for as long as its rows are open.
func (s *session) Scan(ctx context.Context, f adapter.Foreign) (adapter.Rows, error) {
	scrub := scrubber(f)
	if f.Format == "parquet" {
		from := "read_parquet(" + quoteText(f.Path) + ")"
		r, err := s.Query(ctx, selectFrom(from, f))
		if err != nil {
			return nil, scrub(err)
		}
		return &foreignRows{Rows: r, scrub: scrub}, nil
	}
	k, known := foreignKinds[f.Format]
	if !known {
		return nil, fmt.Errorf("DuckDB reads no %s", f.Format)
	}
	if k.extension != "" {
		if err := s.needExtension(ctx, k.extension); err != nil {
			return nil, scrub(err)
		}
	}
	alias := fmt.Sprintf("__atlas_foreign_%d", s.w.copies.Add(1))
	release, err := s.attachForeign(ctx, alias, f)
	if err != nil {
		return nil, scrub(err)
	}
	if f.From != "" && s.w.config.path == ":memory:" {
		_, _ = s.Exec(ctx, "set TimeZone = 'UTC'") // without ICU it is UTC already
	}
	from, err := s.foreignFrom(ctx, alias, k.query, f)
	var r adapter.Rows
	if err == nil {
		r, err = s.Query(ctx, selectFrom(from, f))
	}
	if err != nil {
		return nil, scrub(errors.Join(err, release()))
	}
	return &foreignRows{Rows: r, scrub: scrub, release: release}, nil
}

// needExtension loads an extension that is here. It is not fetched: where there is no network that
// takes minutes to fail, and the profile is where a project says what it may use.
func (s *session) needExtension(ctx context.Context, name string) error {
	_, err := s.Exec(ctx, "load "+name)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	version := binding.LibraryVersion()
	return diag.Errorf(diag.BadValue, diag.Pos{}, "DuckDB's extension %s is needed, and is not here", name).WithErr(err).
		WithHint("add extensions: [%s] to the profile's target, which fetches it if there is a network; without one, name its file there, made for DuckDB %s: extensions: [path/to/%s.duckdb_extension]", name, version, name)
}

// attachForeign attaches a database for reading. What it gives detaches it again.
func (s *session) attachForeign(ctx context.Context, alias string, f adapter.Foreign) (release func() error, err error) {
	away := context.WithoutCancel(ctx)
	options := []string{"read_only"}
	if f.Format != "duckdb" {
		options = append(options, "type "+f.Format)
	}
	secret := ""
	if parts := secretParts(f); len(parts) > 0 {
		secret = alias + "_secret"
		if _, err := s.Exec(ctx, "create temporary secret "+quoteName(secret)+" (type "+f.Format+", "+strings.Join(parts, ", ")+")"); err != nil {
			return nil, err
		}
		options = append(options, "secret "+quoteName(secret))
	}
	forget := func() error {
		if secret == "" {
			return nil
		}
		_, err := s.Exec(away, "drop temporary secret "+quoteName(secret))
		return err
	}
	if _, err := s.Exec(ctx, "attach "+quoteText(f.Path)+" as "+quoteName(alias)+" ("+strings.Join(options, ", ")+")"); err != nil {
		if lock := asLock(err.Error()); lock != nil {
			lock.Path = f.Path
			err = lock
		}
		return nil, errors.Join(err, forget())
	}
	return func() error {
		_, used := s.Exec(away, "use "+quoteName(s.w.config.database)) // a query in DuckDB's own words left it
		_, detached := s.Exec(away, "detach "+quoteName(alias))
		return errors.Join(used, detached, forget())
	}, nil
}

// secretParts gives the address and login of a server as the parts of a secret, so that they are
// in no name and in no path.
func secretParts(f adapter.Foreign) []string {
	var names []string
	for _, m := range []map[string]string{f.Options, f.Secrets} {
		for k := range m {
			if settingName.MatchString(k) && m[k] != "" {
				names = append(names, k)
			}
		}
	}
	slices.Sort(names)
	var parts []string
	for _, k := range slices.Compact(names) {
		v := f.Options[k]
		if v == "" {
			v = f.Secrets[k]
		}
		parts = append(parts, k+" "+quoteText(v))
	}
	return parts
}

// foreignFrom gives what stands behind from: a table, or the query.
func (s *session) foreignFrom(ctx context.Context, alias, query string, f adapter.Foreign) (string, error) {
	switch {
	case f.Query == "":
		parts := []string{quoteName(alias)}
		for _, p := range strings.Split(f.Table, ".") {
			parts = append(parts, quoteName(strings.Trim(p, `"`)))
		}
		return strings.Join(parts, "."), nil
	case query != "":
		return query + "(" + quoteText(alias) + ", " + quoteText(trimStatement(f.Query)) + ")", nil
	default: // DuckDB's own: the query's names are the database's
		if _, err := s.Exec(ctx, "use "+quoteName(alias)); err != nil {
			return "", err
		}
		return "(\n" + trimStatement(f.Query) + "\n)", nil
	}
}

func selectFrom(from string, f adapter.Foreign) string {
	sql := "select * from " + from
	if f.Order == "" {
		return sql
	}
	column := quoteName(f.Order)
	if f.From != "" {
		sql += " where " + column + " >= " + quoteText(f.From) + " or " + column + " is null"
	}
	return sql + " order by " + column + " nulls first"
}

// scrubber takes the secrets out of errors. An error that has none is given as it is.
func scrubber(f adapter.Foreign) func(error) error {
	var pairs []string
	for _, v := range f.Secrets {
		if v != "" {
			pairs = append(pairs, v, "…", strings.ReplaceAll(v, "'", "''"), "…")
		}
	}
	hide := strings.NewReplacer(pairs...)
	return func(err error) error {
		if err == nil || len(pairs) == 0 || hide.Replace(fmt.Sprintf("%v %+v", err, err)) == fmt.Sprintf("%v %+v", err, err) {
			return err
		}
		out := &adapter.Error{Kind: adapter.OtherError, Msg: hide.Replace(err.Error()), Err: errors.New("the warehouse's own words hold a secret")}
		var e *adapter.Error
		if errors.As(err, &e) {
			out.Kind, out.Msg = e.Kind, hide.Replace(e.Msg)
		}
		return out
	}
}

// Fetch copies a remote file by DuckDB's reader of whole files, which knows the addresses that the
// extension httpfs does. Options are settings for the time of the copy.
func (s *session) Fetch(ctx context.Context, address, path string, options map[string]string) error {
	scheme, _, _ := strings.Cut(address, "://")
	if scheme != "file" {
		if err := s.needExtension(ctx, "httpfs"); err != nil {
			return err
		}
	}
	for k, v := range options {
		if !settingName.MatchString(k) {
			return fmt.Errorf("%q is no name of a setting", k)
		}
		if _, err := s.Exec(ctx, "set "+quoteName(k)+" = "+quoteText(v)); err != nil {
			return fmt.Errorf("set %s: %w", k, err)
		}
	}
	n, err := s.Exec(ctx, "copy (select content from read_blob("+quoteText(strings.TrimPrefix(address, "file://"))+")) to "+quoteText(path)+" (format blob)")
	if err == nil && n == 0 {
		err = errors.New("there is no such file")
	}
	if err != nil {
		_ = os.Remove(path)
	}
	return err
}
