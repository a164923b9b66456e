package operational

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"

	"atlas/engine/diag"
)

// own begins the names of the tables that this package keeps in a store.
const own = "_atlas_"

// SQLFile is a file of SQL as read.
type SQLFile struct {
	Path string // as diagnostics name it
	Text string
}

// Rules are what a project asks of its schema.
type Rules struct {
	Scope  []string // columns that every table must have: entity_id
	Shared []string // tables that need none, because their rows belong to everybody
}

// schemaState is what a database holds: tables as the differ sees them, and every object's own text.
type schemaState struct {
	tables  *schema.Schema
	objects []object            // in order of creation
	uniques map[string][]string // by table: the columns of its unique constraints
}

// object is one entry of a database's catalogue.
type object struct {
	Type  string // table, index, view, trigger
	Name  string
	Table string // that an index or trigger belongs to
	SQL   string // as it was created; empty for the indexes of constraints
}

func (s *schemaState) object(kind, name string) *object {
	for i := range s.objects {
		if s.objects[i].Type == kind && strings.EqualFold(s.objects[i].Name, name) {
			return &s.objects[i]
		}
	}
	return nil
}

// of gives the objects of a kind, in order.
func (s *schemaState) of(kind string) []object {
	var out []object
	for _, o := range s.objects {
		if o.Type == kind {
			out = append(out, o)
		}
	}
	return out
}

// querier is a database, a connection or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// inspect reads what a database holds, without this package's own tables.
func inspect(ctx context.Context, q querier) (*schemaState, error) {
	st := &schemaState{tables: schema.New("main"), uniques: map[string][]string{}}
	err := each(ctx, q, "select type, name, tbl_name, coalesce(sql, '')\nfrom sqlite_master\norder by rowid", nil, func(rows *sql.Rows) error {
		var o object
		if err := rows.Scan(&o.Type, &o.Name, &o.Table, &o.SQL); err != nil {
			return err
		}
		if !internal(o.Name) && !internal(o.Table) {
			st.objects = append(st.objects, o)
		}
		return nil
	})
	if err == nil {
		err = st.readTables(ctx, q)
	}
	if err != nil {
		return nil, fmt.Errorf("inspect the store: %w", err)
	}
	return st, nil
}

// each calls f for every row of a query.
func each(ctx context.Context, q querier, query string, args []any, f func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func internal(name string) bool {
	return strings.HasPrefix(name, own) || strings.HasPrefix(name, "sqlite_") && !strings.HasPrefix(name, "sqlite_autoindex_") || strings.HasPrefix(name, "libsql_")
}

// scratch opens an empty database in memory.
func scratch() (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file::memory:?_pragma=foreign_keys(0)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // every connection would be a database of its own
	return db, nil
}

// desired gives the state that schema files describe. Every mistake of SQL is reported at its
// line, and every table that breaks the project's rules.
func desired(ctx context.Context, files []SQLFile, rules Rules) (*schemaState, error) {
	db, err := scratch()
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var l diag.List
	places := map[string]diag.Pos{} // of tables
	for _, f := range files {
		stmts, err := statements(f)
		if err != nil {
			l.Add(err)
			continue
		}
		for _, s := range stmts {
			if d := describes(s); d != nil {
				l = append(l, d)
				continue
			}
			if d := already(ctx, db, s); d != nil {
				l = append(l, d)
				continue
			}
			if _, err := db.ExecContext(ctx, s.text); err != nil {
				l = append(l, diag.Errorf(diag.BadSchema, s.pos, "the store cannot take this: %s", plainError(err)).WithErr(err))
				continue
			}
			if kind, name := created(s.text); kind == "table" {
				places[strings.ToLower(name)] = s.pos
			}
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	st, err := inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	return st, append(rules.check(st, places), unkept(ctx, db, st, places)...).Err()
}

// unkept reports foreign keys that SQLite takes but cannot keep: every change of their rows would fail.
func unkept(ctx context.Context, db *sql.DB, st *schemaState, places map[string]diag.Pos) diag.List {
	var l diag.List
	for _, t := range st.tables.Tables {
		pos := places[strings.ToLower(t.Name)]
		for _, k := range t.ForeignKeys {
			if st.object("table", k.RefTable.Name) == nil {
				l = append(l, diag.Errorf(diag.BadSchema, pos, "table %s refers to %s, which the schema has not", t.Name, k.RefTable.Name).
					WithHint("%s", diag.DidYouMean(k.RefTable.Name, names(st.of("table")))))
			}
		}
		if _, err := db.ExecContext(ctx, "pragma foreign_key_check("+quote(t.Name)+")"); err != nil {
			l = append(l, diag.Errorf(diag.BadSchema, pos, "the store cannot keep a key of %s: %s", t.Name, plainError(err)).WithErr(err).
				WithHint("what it refers to must be the whole primary key, or have a unique constraint"))
		}
	}
	return l
}

// describes refuses what does not describe a schema, and what a store cannot keep.
func describes(s statement) *diag.Diagnostic {
	words := tokens(s.text)
	switch {
	case len(words) > 0 && words[0] == "pragma":
		return diag.Errorf(diag.BadSchema, s.pos, "a schema file holds create statements only; settings of the connection are the engine's")
	case len(words) < 2 || words[0] != "create":
		return diag.Errorf(diag.BadSchema, s.pos, "a schema file holds create statements only").
			WithHint("it says what the store is to be; `atlas migrate generate` works out what to change. Rows come from seeds and publications")
	case words[1] == "temp" || words[1] == "temporary":
		return diag.Errorf(diag.BadSchema, s.pos, "what is temporary is gone with its connection, and is no part of a schema")
	case words[1] == "virtual":
		return diag.Errorf(diag.BadSchema, s.pos, "virtual tables are not kept by migrations").
			WithHint("make it by hand in a migration of its own, beside a table of the schema")
	}
	if kind, name := created(s.text); kind == "table" {
		if list, _ := definitions(s.text); list == nil || slices.Contains(words[:min(len(words), 8)], "select") {
			return diag.Errorf(diag.BadSchema, s.pos, "table %s has no columns of its own: a schema names them, and rows come from seeds and publications", name)
		}
	}
	return nil
}

// already refuses a statement that does nothing because its name is there.
func already(ctx context.Context, db *sql.DB, s statement) *diag.Diagnostic {
	words := tokens(s.text)
	at := slices.Index(words[:min(len(words), 5)], "if")
	if at < 0 || at+2 >= len(words) || words[at+1] != "not" {
		return nil
	}
	_, name := created(s.text)
	n := 0
	err := each(ctx, db, "select count(*) from sqlite_master where name = ? collate nocase", []any{name}, func(rows *sql.Rows) error { return rows.Scan(&n) })
	if err != nil || n == 0 {
		return nil
	}
	return diag.Errorf(diag.BadSchema, s.pos, "%s is there already, so this would be left out", name)
}

// check reports tables without a scope column.
func (r Rules) check(st *schemaState, places map[string]diag.Pos) diag.List {
	var l diag.List
	shared := map[string]bool{}
	for _, name := range r.Shared {
		if st.object("table", name) == nil {
			d := diag.Errorf(diag.BadSchema, diag.Pos{}, "the table %q is declared as shared, but the schema has none of that name", name)
			d.Hint = diag.DidYouMean(name, names(st.of("table")))
			l = append(l, d)
		}
		shared[strings.ToLower(name)] = true
	}
	for _, t := range st.tables.Tables {
		for _, column := range r.Scope {
			if _, ok := t.Column(column); ok || shared[strings.ToLower(t.Name)] {
				continue
			}
			l = append(l, diag.Errorf(diag.BadSchema, places[strings.ToLower(t.Name)], "table %s has no column %s, so its rows could not be told apart by scope", t.Name, column).
				WithHint("add %s, or name the table under operational: shared: if its rows belong to everybody", column))
		}
	}
	return l
}

func names(list []object) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Name
	}
	return out
}

// statement is one statement of a file.
type statement struct {
	text string
	pos  diag.Pos
}

// statements takes a file apart; triggers stay whole.
func statements(f SQLFile) ([]statement, error) {
	sc := &migrate.Scanner{ScannerOptions: migrate.ScannerOptions{MatchBegin: true}}
	list, err := sc.Scan(f.Text)
	if err != nil {
		return nil, diag.Errorf(diag.BadSchema, diag.Pos{File: f.Path, Line: 1, Col: 1}, "the file is no SQL: %v", err).WithErr(err)
	}
	out := make([]statement, len(list))
	for i, s := range list {
		out[i] = statement{text: strings.TrimSuffix(strings.TrimSpace(s.Text), ";"), pos: position(f, s.Pos)}
	}
	return out, nil
}

// position gives the line and column of an offset.
func position(f SQLFile, offset int) diag.Pos {
	before := f.Text[:min(offset, len(f.Text))]
	line := strings.Count(before, "\n") + 1
	return diag.Pos{File: f.Path, Line: line, Col: len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1}
}

// created tells what a create statement makes: "table", "orders".
func created(text string) (kind, name string) {
	ts := tokens(text)
	for i, t := range ts {
		switch t {
		case "table", "view", "index", "trigger":
			rest := ts[i+1:]
			if len(rest) > 2 && rest[0] == "if" {
				rest = rest[3:]
			}
			if len(rest) > 0 {
				return t, strings.Trim(rest[0], "\"`[]")
			}
		}
	}
	return "", ""
}

// tokens takes SQL apart into words, strings and signs; words that are not quoted are in lower
// case, and comments are left out. Two statements that mean the same have the same tokens.
func tokens(text string) []string {
	list := scan(text)
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].text
	}
	return out
}

// token is a word, a string or a sign of SQL, and where it stands.
type token struct {
	text       string
	start, end int
}

func scan(text string) []token {
	var out []token
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			i++
		case strings.HasPrefix(text[i:], "--"):
			i += lengthTo(text[i:], "\n")
		case strings.HasPrefix(text[i:], "/*"):
			i += lengthTo(text[i:], "*/")
		case c == '\'' || c == '"' || c == '`' || c == '[':
			n := quotedLength(text[i:])
			word := text[i : i+n]
			if inner := strings.Trim(word, "\"`[]"); c != '\'' && plainName(inner) {
				word = strings.ToLower(inner)
			}
			out = append(out, token{word, i, i + n})
			i += n
		case letter(c):
			n := 1
			for i+n < len(text) && (letter(text[i+n]) || text[i+n] >= '0' && text[i+n] <= '9') {
				n++
			}
			out = append(out, token{strings.ToLower(text[i : i+n]), i, i + n})
			i += n
		default:
			out = append(out, token{string(c), i, i + 1})
			i++
		}
	}
	return out
}

func lengthTo(text, end string) int {
	if i := strings.Index(text, end); i >= 0 {
		return i + len(end)
	}
	return len(text)
}

func quotedLength(text string) int {
	end := text[0]
	if end == '[' {
		end = ']'
	}
	for i := 1; i < len(text); i++ {
		if text[i] != end {
			continue
		}
		if i+1 < len(text) && text[i+1] == end && end != ']' {
			i++
			continue
		}
		return i + 1
	}
	return len(text)
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func plainName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !letter(s[i]) && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

// sameSQL reports whether two statements mean the same.
func sameSQL(a, b string) bool { return slices.Equal(tokens(a), tokens(b)) }

// plainError gives what SQLite says, without the driver's words around it.
func plainError(err error) string {
	text := err.Error()
	text = strings.TrimPrefix(text, "SQL logic error: ")
	if i := strings.LastIndex(text, " ("); i > 0 && strings.HasSuffix(text, ")") {
		text = text[:i]
	}
	return lastLine(text)
}
