// Package database reads tables of SQL databases, which the warehouse attaches for reading.
//
// Its keys in a table's declaration, beside those of source.Options; most projects put `database`
// under the declaration's defaults:
//
//	database:
//	  type: postgres                         # duckdb, sqlite, postgres, mysql
//	  path: data/shop.db                     # of duckdb and sqlite: the file
//	  host: db.example.com                   # of the others, as are port, database and user
//	  database: shop
//	  user: reader
//	  password: "{{ env_var('SHOP_PASSWORD') }}"
//	read: public.orders                      # the table, or
//	query: "select * from orders where …"    # a query in the database's own words
//	cursor: updated_at                       # with key: read what has changed only
//	overlap: 10m                             # how long a transaction of the database may last
//
// Columns may be left out: they are the table's, with its types. With a cursor and a key every
// extraction reads the rows whose cursor is at least the last one's, and merges them by key; rows
// that were deleted there stay. The warehouse may need an extension to read a kind of database.
package database

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Source reads SQL databases. The zero value is ready.
type Source struct{}

// Interfaces that the driver answers to.
var (
	_ source.Source      = Source{}
	_ source.Describer   = Source{}
	_ source.Incremental = Source{}
	_ source.Checker     = Source{}
)

// Options documents the driver's keys.
func (Source) Options() []source.Option {
	return []source.Option{
		{Name: "database", Kind: "mapping", Doc: "where it is: type (duckdb, sqlite, postgres, mysql), and path of a file, or host, port, database, user, password (by env_var)"},
		{Name: "read", Kind: "text", Doc: "the table to read: schema.table; or"},
		{Name: "query", Kind: "text", Doc: "a query in the database's own words"},
		{Name: "cursor", Kind: "text", Doc: "column that grows with every change: with key:, an extraction reads only what has changed since the last"},
		{Name: "overlap", Kind: "text", Doc: "how long a transaction of the database may last: so much is read again (default 10m)"},
	}
}

// Monthly is false: a table belongs to no month.
func (Source) Monthly(*manifest.ExtractTable) bool { return false }

// Key gives the declared key where there is a cursor; without one a table is read whole.
func (Source) Key(t *manifest.ExtractTable) []string {
	if v, ok := t.Options.Get("cursor"); !ok || v == nil {
		return nil
	}
	return t.Key
}

// Check reads the keys of the driver.
func (Source) Check(t *manifest.ExtractTable) error {
	_, err := read(t, func(key string) (any, error) {
		v, _ := t.Options.Get(key)
		return v, nil
	})
	return err
}

// settings are a table's options, read.
type settings struct {
	t       *manifest.ExtractTable
	foreign source.Foreign
	file    string // of the declaration
	overlap time.Duration
	cursor  string
}

// keysOf gives the keys that a type of database takes beside type.
func keysOf(kind string) []string {
	switch kind {
	case "duckdb", "sqlite":
		return []string{"path"}
	default:
		return []string{"host", "port", "database", "user", "password"}
	}
}

// read reads the options. A *manifest.Secret among them stands for a value that is not known yet.
func read(t *manifest.ExtractTable, get func(key string) (any, error)) (*settings, error) {
	var l diag.List
	at := t.OptionAt
	text := func(key string) string {
		v, err := get(key)
		l.Add(err)
		s, isText := v.(string)
		if _, secret := v.(*manifest.Secret); v != nil && !isText && !secret {
			l = append(l, diag.Errorf(diag.BadValue, at(key), "%s must be a text, not %v", key, v))
		}
		return strings.TrimSpace(s)
	}
	s := &settings{t: t, overlap: 10 * time.Minute, foreign: source.Foreign{Secrets: map[string]string{}, Options: map[string]string{}}}
	s.foreign.Table, s.foreign.Query, s.cursor = text("read"), text("query"), text("cursor")
	v, err := get("database")
	l.Add(err)
	m, ok := v.(*manifest.Map)
	if !ok {
		l = append(l, diag.Errorf(diag.MissingKey, at("database"), "table %s does not say which database it is read from", t.Table).
			WithHint("database: {type: sqlite, path: data/shop.db}"))
		return s, l
	}
	l = append(l, s.place(m)...)
	if (s.foreign.Table == "") == (s.foreign.Query == "") && !hidden(t, "query") {
		l = append(l, diag.Errorf(diag.MissingKey, at("read"), "table %s needs either a table to read or a query", t.Table).
			WithHint("read: main.orders, or query: \"select … \""))
	}
	if s.cursor != "" && len(t.Key) == 0 {
		l = append(l, diag.Errorf(diag.MissingKey, at("cursor"), "table %s has a cursor and no key: what is read again cannot be told from what is new", t.Table).
			WithHint("key: [id]"))
	}
	if v, err := get("overlap"); err == nil && v != nil {
		if s.overlap, err = source.ReadDuration(v); err != nil {
			l = append(l, diag.Errorf(diag.BadValue, at("overlap"), "overlap: %v", err))
		}
	}
	return s, l.Err()
}

func hidden(t *manifest.ExtractTable, key string) bool {
	v, _ := t.Options.Get(key)
	_, secret := v.(*manifest.Secret)
	return secret
}

// place reads the mapping database.
func (s *settings) place(m *manifest.Map) (l diag.List) {
	pos := s.t.OptionAt("database")
	kinds := []string{"duckdb", "sqlite", "postgres", "mysql"}
	value := func(key string) (string, any) {
		v, _ := m.Get(key)
		if _, secret := v.(*manifest.Secret); v == nil || secret {
			return "", v
		}
		return strings.TrimSpace(fmt.Sprint(v)), v
	}
	s.foreign.Format, _ = value("type")
	if s.foreign.Format == "postgresql" {
		s.foreign.Format = "postgres"
	}
	if !slices.Contains(kinds, s.foreign.Format) {
		d := diag.Errorf(diag.BadValue, pos, "database: there is no type %q", s.foreign.Format)
		return append(l, d.WithHint("%s", cmp.Or(diag.DidYouMean(s.foreign.Format, kinds), "type is one of "+strings.Join(kinds, ", "))))
	}
	known := keysOf(s.foreign.Format)
	for _, k := range m.Keys() {
		if k != "type" && !slices.Contains(known, k) {
			d := diag.Errorf(diag.UnknownKey, pos, "database: type %s has no key %q", s.foreign.Format, k)
			l = append(l, d.WithHint("%s", cmp.Or(diag.DidYouMean(k, known), "the keys are type, "+strings.Join(known, ", "))))
		}
	}
	for _, k := range known {
		text, raw := value(k)
		switch {
		case k == "path":
			if text == "" && raw == nil {
				l = append(l, diag.Errorf(diag.MissingKey, pos, "database: path is missing or empty").WithHint("path: data/shop.db"))
			}
			s.file = text
		case k == "password":
			if file, ok := option(s.t, "database", k); ok {
				l.Add(source.CheckSecret(s.t, "database", file))
			}
			s.foreign.Secrets[k] = text
		case text == "" && raw == nil && (k == "host" || k == "database"):
			l = append(l, diag.Errorf(diag.MissingKey, pos, "database: %s is missing or empty", k))
		default:
			s.foreign.Options[k] = text
		}
	}
	return l
}

// option gives a value of a mapping as it stands in the file, where secrets are templates.
func option(t *manifest.ExtractTable, name, key string) (any, bool) {
	v, _ := t.Options.Get(name)
	m, ok := v.(*manifest.Map)
	if !ok {
		return nil, false
	}
	return m.Get(key)
}

// open reads the options with the secrets in clear, and looks for the file.
func open(r source.Request) (*settings, error) {
	if err := (Source{}).Check(r.Table); err != nil { // before any secret is revealed
		return nil, err
	}
	s, err := read(r.Table, r.Option)
	if err != nil || s.file == "" {
		return s, err
	}
	s.foreign.Path = s.file
	if !filepath.IsAbs(s.file) {
		s.foreign.Path = filepath.Join(r.Root, filepath.FromSlash(s.file))
	}
	if info, err := os.Stat(s.foreign.Path); errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		return nil, diag.Errorf(diag.MissingWorkbook, r.Table.OptionAt("database"), "there is no database %s", s.file).
			WithHint("%s", near(s.foreign.Path, s.file))
	}
	return s, nil
}

func near(path, name string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "the folder " + filepath.ToSlash(filepath.Dir(name)) + " does not exist either"
	}
	var there []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			there = append(there, e.Name())
		}
	}
	return cmp.Or(diag.DidYouMean(filepath.Base(path), there), "path stands against the project's folder")
}

// address names the table for _file and for people; it has no secret.
func (s *settings) address() string {
	what := cmp.Or(s.foreign.Table, "query")
	if s.file != "" {
		return filepath.ToSlash(s.file) + "#" + what
	}
	host := s.foreign.Options["host"]
	if p := s.foreign.Options["port"]; p != "" {
		host += ":" + p
	}
	return s.foreign.Format + "://" + host + "/" + s.foreign.Options["database"] + "#" + what
}

// Inputs gives the table's address; of a file its hash too.
func (Source) Inputs(ctx context.Context, r source.Request) ([]source.Input, error) {
	s, err := open(r)
	if err != nil {
		return nil, err
	}
	in := source.Input{File: s.address()}
	if s.file != "" && s.cursor == "" { // that of a database that goes on growing tells nothing
		if in.SHA256, in.Size, err = source.HashFile(s.foreign.Path); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.file, err)
		}
	}
	return []source.Input{in}, ctx.Err()
}

// Describe gives the columns of the table or query.
func (Source) Describe(ctx context.Context, r source.Request) ([]manifest.ExtractColumn, error) {
	s, err := open(r)
	if err != nil {
		return nil, err
	}
	columns, err := source.DescribeForeign(ctx, r, s.foreign)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	return columns, nil
}

// keepEvery is how many rows stand between two states of an incremental reading.
const keepEvery = 10_000

// Read gives the table as one section.
func (Source) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		s, err := open(r)
		if err != nil {
			yield(nil, err)
			return
		}
		section := &source.Section{File: s.address(), Pos: r.Table.OptionAt("database")}
		reading := source.ForeignReading{Foreign: s.foreign, Section: section, Explain: func(err error) error { return s.explain(ctx, err) }}
		if s.cursor == "" {
			source.ReadForeign(ctx, r, reading, yield)
			return
		}
		w := &walk{s: s, r: r, section: section, column: -1}
		if r.Since != nil {
			if err := json.Unmarshal(r.Since, &w.state); err != nil {
				yield(nil, fmt.Errorf("read the state of %s: %w", s.address(), err))
				return
			}
		}
		reading.Foreign.Order, reading.Foreign.From = s.cursor, w.state.Back(s.overlap)
		reading.After = w.after
		reading.Number = func(n int, cells []source.Cell) int {
			if w.number == nil {
				w.number = source.KeyNumber(r.Table, section.Fields)
			}
			return w.number(n, cells)
		}
		if source.ReadForeign(ctx, r, reading, w.watch(yield)) && w.whole {
			if err := w.keep(source.Cursor{At: cmp.Or(w.last, w.state.At)}); err != nil {
				yield(nil, err)
			}
		}
	}
}

// walk is one incremental reading.
type walk struct {
	s       *settings
	r       source.Request
	section *source.Section
	state   source.Cursor
	column  int
	last    string
	rows    int
	whole   bool
	number  func(int, []source.Cell) int
}

// watch hands the section on and notes whether all of its rows were taken.
func (w *walk) watch(yield func(*source.Section, error) bool) func(*source.Section, error) bool {
	return func(s *source.Section, err error) bool {
		if err != nil {
			return yield(s, err)
		}
		all := s.Rows
		s.Rows = func(yieldRow func(source.Row, error) bool) {
			for row, err := range all {
				if !yieldRow(row, err) || err != nil {
					return
				}
			}
			w.whole = true
		}
		return yield(s, nil)
	}
}

// after notes a row that has been stored.
func (w *walk) after(cells []source.Cell) error {
	if w.column < 0 {
		w.column = slices.IndexFunc(w.section.Fields, func(f string) bool { return strings.EqualFold(f, w.s.cursor) })
	}
	if w.column >= 0 {
		if at := source.CursorOf(cells[w.column]); at != "" {
			w.last = at
		}
	}
	if w.rows++; w.rows%keepEvery != 0 || w.last == "" {
		return nil
	}
	return w.keep(source.Cursor{At: w.last})
}

func (w *walk) keep(s source.Cursor) error {
	if w.r.Keep == nil {
		return nil
	}
	return w.r.Keep(s)
}

// explain makes a diagnostic of the warehouse's words.
func (s *settings) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	at := s.t.OptionAt("database")
	if errors.Is(err, source.ErrNoScanner) {
		return diag.Errorf(diag.BadValue, at, "%s cannot be read: %v", s.address(), err).WithHint("export the table as CSV, and read that")
	}
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		return source.Place(err, diag.BadValue, at, "")
	}
	what := "read"
	if s.foreign.Query != "" {
		what = "query"
	}
	for _, key := range slices.Sorted(maps.Keys(s.foreign.Secrets)) {
		if v := s.foreign.Secrets[key]; len(v) > 2 && strings.Contains(err.Error(), v) { // the warehouse hides it already
			return diag.Errorf(diag.Unreachable, at, "%s cannot be read", s.address()).WithHint("look at the login and the address")
		}
	}
	return diag.Errorf(diag.Unreachable, s.t.OptionAt(what), "%s cannot be read: %v", s.address(), err).WithErr(err).
		WithHint("%s", s.advice(err.Error()))
}

func (s *settings) advice(words string) string {
	low := strings.ToLower(words)
	switch {
	case strings.Contains(low, "does not exist") && s.foreign.Query == "":
		return "read: names it as schema.table"
	case strings.Contains(low, "lock"), strings.Contains(low, "held by"):
		return "another program has it open for writing: close that, or copy the file"
	case strings.Contains(low, "password"), strings.Contains(low, "authentication"):
		return "look at user and password, and at what the database lets this machine do"
	case s.foreign.Query != "" && s.cursor != "":
		return "try the query in the database itself; its columns must have " + s.cursor
	case s.file != "":
		return "look at type: and path: of the database"
	default:
		return "look at host, port and database, and whether this machine may connect"
	}
}
