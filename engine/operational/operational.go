// Package operational keeps the operational store: the second database, of normalised records for
// look-up and drill-down, in a LibSQL file or on a server that speaks Hrana (Turso).
//
// It knows schemas as code and their migrations, connections, seeds that are loaded by key,
// publications and backups. It knows no node's SQL and no word of anybody's business: what is
// published comes to it as rows.
package operational

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tursodatabase/libsql-client-go/libsql"
	_ "modernc.org/sqlite" // the driver of local files

	"atlas/engine/diag"
)

// Config says where the store is.
type Config struct {
	URL   string // "file:atlas-ops.db", "libsql://name.turso.io", "https://…", "http://localhost:8080"
	Token string // of a remote store
	Root  string // folder against which the path of a local file stands
	Pos   diag.Pos
}

// Store is an open operational store.
type Store struct {
	db     *sql.DB
	path   string // of a local file
	name   string
	remote bool
}

// DB gives the connections to the store.
func (s *Store) DB() *sql.DB { return s.db }

// Remote reports whether the store is on a server.
func (s *Store) Remote() bool { return s.remote }

// Name says where the store is, without anything secret.
func (s *Store) Name() string { return s.name }

// Path gives the local file, "" of a remote store.
func (s *Store) Path() string { return s.path }

// Close closes all connections.
func (s *Store) Close() error { return s.db.Close() }

// busyTimeout is how long a statement waits for another process to finish writing.
const busyTimeout = 10 * time.Second

// Open connects to the store; a local file is made if it is not there. An address that cannot be
// one, and a server that refuses, give a *diag.Diagnostic, in which no token stands.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.URL == "" {
		return nil, unnamed(c)
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme == "" {
		return nil, diag.Errorf(diag.BadValue, c.Pos, "the address of the operational store is no URL").
			WithHint("write file:atlas-ops.db for a local file, libsql://name.turso.io for a server")
	}
	var s *Store
	switch u.Scheme {
	case "file":
		s, err = openFile(c)
	case "libsql", "https", "http":
		s, err = openRemote(c, u)
	default:
		return nil, diag.Errorf(diag.BadValue, c.Pos, "no store is reached by %s://", u.Scheme).
			WithHint("there are file:, libsql:// and https://; a server that is reached by wss:// answers https:// too")
	}
	if err != nil {
		return nil, err
	}
	var one int // a ping of a remote store sends nothing
	if err := s.db.QueryRowContext(ctx, "select 1").Scan(&one); err != nil {
		s.db.Close()
		return nil, s.refused(c, err)
	}
	return s, nil
}

func unnamed(c Config) error {
	return diag.Errorf(diag.MissingKey, c.Pos, "the project names no operational store").
		WithHint("set DATABASE_URL, or operational: {url: file:atlas-ops.db} in the project file")
}

func openFile(c Config) (*Store, error) {
	name, path, err := localPath(c)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("open the operational store: %w", err)
	}
	db, err := sql.Open("sqlite", fileDSN(path))
	if err != nil {
		return nil, fmt.Errorf("open the operational store %s: %w", name, err)
	}
	return &Store{db: db, path: path, name: name}, nil
}

// localPath gives the path of a local store as it is named, and where it stands. What follows the
// path may be a secret, and is not repeated.
func localPath(c Config) (name, path string, err error) {
	name, query, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(c.URL, "file:"), "//"), "?")
	if query != "" || name == "" {
		return "", "", diag.Errorf(diag.BadValue, c.Pos, "the address of a local store is file: and a path, with nothing after it")
	}
	path = filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.Root, path)
	}
	return name, path, nil
}

// Replaceable gives the file of a local store that is to be written over, which may be damaged or
// not there; "" of a remote store. A file that another process has open is refused, because what
// that process writes afterwards would be lost. The file's log is brought into it.
func Replaceable(ctx context.Context, c Config) (string, error) {
	if c.URL == "" {
		return "", unnamed(c)
	}
	if !strings.HasPrefix(c.URL, "file:") {
		return "", nil
	}
	name, path, err := localPath(c)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return path, nil //nolint:nilerr // it is not there, so nobody has it open
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()}).String())
	if err != nil {
		return "", fmt.Errorf("open the operational store %s: %w", name, err)
	}
	defer db.Close()
	var mode string
	err = db.QueryRowContext(ctx, "pragma journal_mode = delete").Scan(&mode) // only who is alone may
	if err != nil && strings.Contains(strings.ToLower(err.Error()), "locked") {
		return "", diag.Errorf(diag.StoreUnreachable, c.Pos, "another process has the operational store %s open", name).
			WithErr(err).WithHint("end it first: what it writes afterwards would be lost")
	}
	return path, ctx.Err()
}

// fileDSN spells a local file for the driver: write-ahead log, so that readers see the last
// commit while somebody writes; foreign keys are kept; a transaction takes the write lock at its
// beginning, where waiting for it is safe.
func fileDSN(path string) string {
	q := url.Values{}
	q.Set("_txlock", "immediate")
	for _, p := range []string{
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "journal_mode(WAL)", "foreign_keys(1)", "synchronous(NORMAL)",
	} {
		q.Add("_pragma", p)
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}

func openRemote(c Config, u *url.URL) (*Store, error) {
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, diag.Errorf(diag.BadValue, c.Pos, "the address of the operational store has a secret or a parameter in it").
			WithHint("give the token by TURSO_AUTH_TOKEN")
	}
	var options []libsql.Option
	if c.Token != "" {
		options = append(options, libsql.WithAuthToken(c.Token))
	}
	connector, err := libsql.NewConnector(c.URL, options...)
	if err != nil {
		return nil, diag.Errorf(diag.BadValue, c.Pos, "the operational store %s cannot be reached: %v", u.Host, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxIdleConns(0) // a stream that rests for ten seconds is gone on the server
	return &Store{db: db, name: u.Scheme + "://" + u.Host + u.Path, remote: true}, nil
}

// refused explains why the first statement failed.
func (s *Store) refused(c Config, err error) error {
	text := err.Error()
	d := diag.Errorf(diag.StoreUnreachable, c.Pos, "the operational store %s cannot be opened: %s", s.name, lastLine(text)).WithErr(err)
	switch {
	case strings.Contains(text, "401") || strings.Contains(text, "403"):
		d.Msg = fmt.Sprintf("the operational store %s refuses the token", s.name)
		d.Hint = "set TURSO_AUTH_TOKEN to a valid token of this database; tokens expire"
		if c.Token == "" {
			d.Msg = fmt.Sprintf("the operational store %s wants a token", s.name)
		}
	case strings.Contains(text, "not a database"):
		d.Hint = "the file is something else, or encrypted; DATABASE_URL names it"
	case strings.Contains(text, "no such host"), strings.Contains(text, "connection refused"):
		d.Hint = "see whether DATABASE_URL is right and the server is up"
	}
	return d
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		return s[i+1:]
	}
	return s
}

// lost reports whether a statement failed for its connection, not for what it says: it may be
// tried again in a new transaction. A store is locked while the server still keeps the transaction
// of a connection that was cut, or while another process writes.
func lost(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return true
	}
	text := strings.ToLower(err.Error())
	for _, sign := range []string{
		"stream_expired", "stream has expired", "stream not found", "stream is closed", "baton", "database is locked", "sqlite_busy", "error code 429", "error code 502", "error code 503", "error code 504",
		"eof", "connection reset", "broken pipe", "timeout", "connection refused", "unexpected end of json", "invalid character",
	} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}
