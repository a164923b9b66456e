package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	binding "github.com/duckdb/duckdb-go-bindings"
	driver "github.com/duckdb/duckdb-go/v2"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// warehouse is an open database.
type warehouse struct {
	db     binding.Database
	config *config
	copies atomic.Int64 // numbers the names of attached copies

	mu       sync.Mutex
	sessions map[*session]bool
	closed   bool
}

// Open opens or makes the target's database, then loads its extensions, secrets and attachments.
func (a *Adapter) Open(ctx context.Context, t adapter.Target, o adapter.OpenOptions) (adapter.Warehouse, error) {
	c, problems := readTarget(t)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	var w *warehouse
	err := awaitLock(ctx, a.poll, o.WaitLock, func() error {
		w = &warehouse{config: c, sessions: map[*session]bool{}}
		if err := w.open(ctx, o.ReadOnly); err != nil {
			return err
		}
		if err := w.prepare(ctx); err != nil {
			_ = w.Close() // cannot fail
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// open makes the instance. Files go through the process's one cache, so that a second Open of
// the same file shares it: two instances of one file would not see each other's lock.
func (w *warehouse) open(ctx context.Context, readOnly bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var cfg binding.Config
	if binding.CreateConfig(&cfg) == binding.StateError {
		return errors.New("open DuckDB: no memory for its configuration")
	}
	defer binding.DestroyConfig(&cfg)
	options := slices.Clone(w.config.options)
	options = append(options, setting{"duckdb_api", "atlas"})
	memory := strings.HasPrefix(w.config.path, ":memory:")
	if readOnly && !memory {
		options = append(options, setting{"access_mode", "READ_ONLY"})
	}
	for _, s := range options {
		if binding.SetConfig(cfg, s.name, fmt.Sprint(s.value)) == binding.StateError {
			return diag.Errorf(diag.BadValue, diag.Pos{}, "DuckDB refuses %s in config_options", s.name)
		}
	}
	if err := w.folder(); err != nil && !readOnly {
		return err
	}
	var msg string
	var state binding.State
	if memory {
		state = binding.OpenExt(w.config.path, &w.db, cfg, &msg)
	} else {
		state = binding.GetOrCreateFromCache(driver.GetInstanceCache(), w.config.path, &w.db, cfg, &msg)
	}
	if state != binding.StateError {
		return nil
	}
	binding.Close(&w.db)
	if lock := asLock(msg); lock != nil {
		lock.Path = w.config.path
		return lock
	}
	if !readOnly && !memory && forbidden(msg) {
		return fmt.Errorf("open %s: %w", w.config.path, fs.ErrPermission)
	}
	return driverError(ctx, "open "+w.config.path, msg)
}

// forbidden reports the driver's words for a file that may not be written. To try it here would lose the
// locks that this process has on the file.
func forbidden(msg string) bool {
	return strings.Contains(msg, "Permission denied") || strings.Contains(msg, "Read-only file system")
}

// folder makes the folder that the file is to lie in.
func (w *warehouse) folder() error {
	if strings.HasPrefix(w.config.path, ":memory:") || scheme.MatchString(w.config.path) {
		return nil
	}
	dir := filepath.Dir(w.config.path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("open %s: %w", w.config.path, err)
	}
	return nil
}

// prepare does what is done once an instance.
func (w *warehouse) prepare(ctx context.Context) (err error) {
	c := w.config
	if len(c.extensions)+len(c.secrets)+len(c.attach) == 0 {
		return nil
	}
	s, err := w.connect()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, e := range c.extensions {
		if err := s.loadExtension(ctx, e); err != nil {
			return err
		}
	}
	for i, m := range c.secrets {
		if _, err := s.Exec(ctx, secretSQL(i, m)); err != nil {
			return fmt.Errorf("secret %d of the profile: %w", i+1, err)
		}
	}
	for _, at := range c.attach {
		if _, err := s.Exec(ctx, attachSQL(at)); err != nil {
			if lock := asLock(err.Error()); lock != nil {
				return lock
			}
			return fmt.Errorf("attach %s: %w", at.path, err)
		}
	}
	return nil
}

// loadExtension loads an extension, installing it where it is not there.
func (s *session) loadExtension(ctx context.Context, e extension) error {
	if e.path != "" {
		_, err := s.Exec(ctx, "load "+quoteText(e.path))
		if err == nil {
			return nil
		}
		d := diag.Errorf(diag.BadValue, diag.Pos{}, "the extension %s cannot be loaded: %v", e.name, err).WithErr(err)
		switch {
		case says(err, "signature"):
			d.Hint = "an extension that DuckDB has not signed needs config_options: {allow_unsigned_extensions: true}"
		case says(err, "built"), says(err, "version"):
			d.Hint = "the file must be made for DuckDB " + binding.LibraryVersion() + " on this system"
		default:
			d.Hint = "relative paths stand against the project's folder"
		}
		return d
	}
	if _, err := s.Exec(ctx, "load "+e.name); err == nil {
		return nil
	}
	install := "install " + e.name
	if e.repo != "" {
		install += " from " + repository(e.repo)
	}
	_, err := s.Exec(ctx, install)
	if err == nil {
		_, err = s.Exec(ctx, "load "+e.name)
	}
	if err != nil {
		return diag.Errorf(diag.BadValue, diag.Pos{}, "the extension %s is not installed and cannot be fetched: %v", e.name, err).
			WithErr(err).
			WithHint("without a network, give extensions: a file: /path/%s.duckdb_extension for DuckDB %s", e.name, binding.LibraryVersion())
	}
	return nil
}

// repository spells where an extension comes from: one of DuckDB's names, or an address.
func repository(repo string) string {
	if settingName.MatchString(repo) && !strings.Contains(repo, ".") {
		return repo
	}
	return quoteText(repo)
}

func secretSQL(i int, m *manifest.Map) string {
	name := optionText(m, "name")
	if name == "" {
		name = fmt.Sprintf("__atlas_secret_%d", i+1)
	}
	kind := "secret"
	if truth(m, "persistent") {
		kind = "persistent secret"
	}
	var parts []string
	for _, k := range m.Keys() {
		v, _ := m.Get(k)
		switch {
		case k == "name" || k == "persistent" || v == nil:
		case k == "secret_kwargs":
			if more, ok := v.(*manifest.Map); ok {
				for _, k := range more.Keys() {
					v, _ := more.Get(k)
					parts = append(parts, k+" "+secretValue(v))
				}
			}
		default:
			parts = append(parts, k+" "+secretValue(v))
		}
	}
	return "create or replace " + kind + " " + quoteName(name) + " (" + strings.Join(parts, ", ") + ")"
}

func secretValue(v any) string {
	switch v := v.(type) {
	case *manifest.Map:
		parts := make([]string, 0, v.Len())
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			parts = append(parts, quoteText(k)+": "+quoteText(fmt.Sprint(x)))
		}
		return "map {" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = quoteText(fmt.Sprint(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case bool:
		return fmt.Sprint(v)
	default:
		return quoteText(fmt.Sprint(v))
	}
}

func attachSQL(at attachment) string {
	path := at.path
	if isMotherDuck(path) {
		path, _, _ = strings.Cut(path, "?")
	}
	sql := "attach if not exists " + quoteText(path)
	if at.alias != "" {
		sql += " as " + quoteName(at.alias)
	}
	var options []string
	if at.kind != "" {
		options = append(options, "type "+at.kind)
	}
	if at.secret != "" {
		options = append(options, "secret "+quoteName(at.secret))
	}
	if at.readOnly {
		options = append(options, "read_only")
	}
	for _, k := range at.options.Keys() {
		v, _ := at.options.Get(k)
		switch v := v.(type) {
		case nil:
		case bool:
			options = append(options, fmt.Sprintf("%s %t", k, v))
		case int64, float64:
			options = append(options, fmt.Sprintf("%s %v", k, v))
		default:
			options = append(options, k+" "+quoteText(unquote(fmt.Sprint(v))))
		}
	}
	if len(options) > 0 {
		sql += " (" + strings.Join(options, ", ") + ")"
	}
	return sql
}

// unquote takes off the quotes that some profiles put around an option's value.
func unquote(s string) string {
	t := strings.TrimSpace(s)
	if len(t) >= 2 && (t[0] == '\'' || t[0] == '"') && t[len(t)-1] == t[0] {
		return t[1 : len(t)-1]
	}
	return s
}

// Session opens a connection and applies the profile's settings to it.
func (w *warehouse) Session(ctx context.Context) (adapter.Session, error) {
	s, err := w.connect()
	if err != nil {
		return nil, err
	}
	for _, o := range w.config.settings {
		_, err := s.Exec(ctx, "set "+quoteName(o.name)+" = "+dialect{}.Literal(o.value))
		if err == nil {
			continue
		}
		d := diag.Errorf(diag.BadValue, diag.Pos{}, "the setting %s: %v", o.name, err).WithErr(err)
		if says(err, "running") {
			d.Hint = "put it under config_options instead of settings"
		}
		return nil, errors.Join(d, s.Close())
	}
	return s, nil
}

// connect opens a bare connection whose errors carry their place.
func (w *warehouse) connect() (*session, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, errors.New("the database is closed")
	}
	s := &session{w: w, open: map[*rows]bool{}}
	if binding.Connect(w.db, &s.conn) == binding.StateError {
		return nil, fmt.Errorf("connect to %s: DuckDB gives no reason", w.config.path)
	}
	w.sessions[s] = true
	var res binding.Result
	binding.Query(s.conn, "set errors_as_json = true; set enable_progress_bar_print = false; set enable_progress_bar = true", &res)
	binding.DestroyResult(&res)
	return s, nil
}

func (w *warehouse) forget(s *session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sessions, s)
}

// Close interrupts what runs, closes the sessions that are left and lets go of the file.
func (w *warehouse) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	var left []*session
	for s := range w.sessions {
		left = append(left, s)
	}
	w.mu.Unlock()
	for _, s := range left {
		s.interrupt()
		_ = s.Close() // cannot fail
	}
	binding.Close(&w.db)
	return nil
}
