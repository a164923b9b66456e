package operational_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"atlas/engine/operational"
)

// TestAnySchemaChange brings stores with rows from one random schema to another and back. What
// comes of it must be what the schema makes of an empty database, with the rows of the columns
// that both have.
func TestAnySchemaChange(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 20
	}
	for seed := range uint64(rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 4))
			a, b := randomSchema(r), randomSchema(r)
			p := newProject(t)
			s := p.open()
			s.DB().SetMaxOpenConns(1)
			p.bring(s, a, operational.GenerateOptions{Name: "first"})
			fillRows(t, s)
			before := contents(t, s.DB())
			g, err := p.generate(b, operational.GenerateOptions{AllowDestructive: true})
			if err != nil {
				t.Fatalf("from\n%s\nto\n%s\n%v", a, b, err)
			}
			if _, err := operational.Apply(t.Context(), s, p.folder(), operational.ApplyOptions{Now: p.now}); err != nil {
				if refusesRows(err) && shape(t, s.DB()) == shapeOf(t, a) && missing(before, contents(t, s.DB())) == "" {
					return
				}
				t.Fatalf("from\n%s\nto\n%s\n%v", a, b, err)
			}
			said := func() string {
				if g.Migration == nil {
					return "no migration"
				}
				return g.Migration.SQL
			}
			if got, want := shape(t, s.DB()), shapeOf(t, b); got != want {
				t.Fatalf("from\n%s\nto\n%s\nby\n%s\n%s", a, b, said(), unlike(got, want))
			}
			if lost := missing(before, contents(t, s.DB())); lost != "" {
				t.Fatalf("from\n%s\nto\n%s\nby\n%s\n%s", a, b, said(), lost)
			}
			if g.Migration == nil {
				return
			}
			if _, _, err := operational.Down(t.Context(), s, p.folder(), operational.ApplyOptions{AllowDestructive: true}); err != nil && refusesRows(err) {
				return
			} else if err != nil {
				t.Fatalf("back to\n%s\nfrom\n%s\n%v", a, b, err)
			}
			if got, want := shape(t, s.DB()), shapeOf(t, a); got != want {
				t.Fatalf("back to\n%s\nfrom\n%s\n%s", a, b, unlike(got, want))
			}
		})
	}
}

// refusesRows reports whether a migration stopped at rows that the new schema does not allow.
func refusesRows(err error) bool {
	text := err.Error()
	return strings.Contains(text, "UNIQUE constraint failed") || strings.Contains(text, "cannot store TEXT")
}

// unlike gives the lines in which two shapes differ.
func unlike(got, want string) string {
	var out []string
	for _, l := range strings.Split(got, "\n") {
		if !strings.Contains(want+"\n", l+"\n") {
			out = append(out, "got:  "+l)
		}
	}
	for _, l := range strings.Split(want, "\n") {
		if !strings.Contains(got+"\n", l+"\n") {
			out = append(out, "want: "+l)
		}
	}
	return strings.Join(out, "\n")
}

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// randomSchema makes a schema of tables whose values are all small numbers as text, so that any
// change of a column can take them.
func randomSchema(r *rand.Rand) string {
	var b strings.Builder
	var tables, views []string
	for _, name := range []string{`item`, `"order"`, `"it""s odd"`, `[two words]`, "`Mixed`", `new_item`} {
		if r.IntN(5) == 0 {
			continue
		}
		tables = append(tables, name)
	}
	kinds, single := map[string]string{}, []string(nil)
	for _, name := range tables {
		kinds[name] = pick(r, "composite", "integer", "auto", "text", "rowidless")
		if kinds[name] != "composite" && kinds[name] != "rowidless" {
			single = append(single, name)
		}
	}
	for _, name := range tables {
		if r.IntN(4) == 0 {
			b.WriteString("-- About " + strings.Trim(name, "\"`[]") + ", and more.\n")
		}
		b.WriteString(randomTable(r, name, kinds[name], single))
	}
	for i, name := range tables {
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, "create %s index idx_%d on %s (%s)%s;\n", pick(r, "", "unique"), i, name,
				pick(r, "id", "id desc", "id, part", "part collate nocase, id", "lower(id), part || id", "id, part desc"), pick(r, "", " where part is not null", " where id > 3"))
		}
		if r.IntN(2) == 0 {
			view := fmt.Sprintf("view_%d", i)
			from := name
			if len(views) > 0 && r.IntN(2) == 0 {
				from = pick(r, views...)
			}
			fmt.Fprintf(&b, "create view %s as select id, part%s from %s;\n", view, pick(r, "", " || '!' as part2", " || ';' as part3"), from)
			views = append(views, view)
			if r.IntN(2) == 0 {
				fmt.Fprintf(&b, "create trigger %s_in instead of insert on %s begin insert into %s (id, part) values (new.id, new.part); end;\n", view, view, name)
			}
		}
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "create trigger t_%d after update of part on %s when new.part = 'x' begin\n\tupdate %s set part = %s where id = new.id; select 1; end;\n", i, name, name, pick(r, "'y'", "case when 1 then 'z' end"))
		}
	}
	if b.Len() == 0 {
		return "create table item (id text primary key, part text);"
	}
	return b.String()
}

func randomTable(r *rand.Rand, name, key string, parents []string) string {
	id := "id text not null"
	var constraints []string
	tail := ""
	switch key {
	case "composite":
		constraints = append(constraints, "primary key (id, part)")
	case "integer":
		id = "id integer primary key"
	case "auto":
		id = "id integer primary key autoincrement"
	case "text":
		id = "id text not null primary key" + pick(r, "", " on conflict replace")
	case "rowidless":
		constraints, tail = append(constraints, "primary key (part, id)"), " without rowid"
	}
	columns := []string{id, "part text not null" + pick(r, "", " collate nocase", " default '0'", " default (1 + 1)", " check (part <> 'no')", " -- the part, of it\n")}
	if r.IntN(4) == 0 {
		tail += pick(r, "", " strict")
		if strings.HasPrefix(tail, " without rowid strict") {
			tail = " without rowid, strict"
		}
	}
	for _, c := range []string{"a", `"group"`, `"b c"`, `"D"`, `"e""e"`} {
		if r.IntN(3) == 0 {
			continue
		}
		c += pick(r, " text", " text null", " text default 'it''s, 5'", " text default (upper('x'))", " text collate rtrim", " text check ("+c+" is null or length("+c+") < 9)", " integer", " real not null default 0", " text unique on conflict ignore", " text not null default '7'")
		columns = append(columns, c)
	}
	if r.IntN(4) == 0 {
		columns = append(columns, "g text generated always as (part || id) "+pick(r, "stored", "virtual"))
	}
	if len(parents) > 0 && r.IntN(2) == 0 { // to any table, itself as well: in circles
		columns = append(columns, "up text "+pick(r, "", "collate nocase ")+"references "+pick(r, parents...)+pick(r, "", " (id)")+pick(r, "", " on delete cascade", " on delete set null", " on update cascade on delete restrict", " on delete set default")+pick(r, "", " deferrable initially deferred"))
	}
	if r.IntN(3) == 0 {
		constraints = append(constraints, pick(r, "unique (part, id)", "constraint \"a name\" check (id <> 'nothing')", "constraint both unique (id, part) on conflict fail"))
	}
	return "create table " + name + " (\n\t" + strings.Join(append(columns, constraints...), ",\n\t") + "\n)" + tail + ";\n"
}

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func tablesOf(t *testing.T, db *sql.DB) []string {
	return texts(t, db, "select name from sqlite_master where type = 'table' and name not like '\\_atlas%' escape '\\' and name not like 'sqlite%' order by 1")
}

func texts(t *testing.T, db *sql.DB, query string, args ...any) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, v := range values {
			line = append(line, fmt.Sprint(*v.(*any)))
		}
		out = append(out, strings.Join(line, "|"))
	}
	return out
}

// fillRows puts rows into every table.
func fillRows(t *testing.T, s *operational.Store) {
	t.Helper()
	run(t, s, "pragma foreign_keys = off")
	for _, table := range tablesOf(t, s.DB()) {
		for i := 1; i <= 3; i++ {
			run(t, s, fmt.Sprintf("insert or ignore into %s (id, part) values (%d, '%d')", ident(table), i, i))
		}
	}
	run(t, s, "pragma foreign_keys = on")
}

// contents gives the rows of all tables: by table, id and column.
func contents(t *testing.T, db *sql.DB) map[string]string {
	out := map[string]string{}
	for _, table := range tablesOf(t, db) {
		for _, column := range texts(t, db, "select name from pragma_table_xinfo(?) where hidden = 0 and name in ('id', 'part')", table) {
			for _, row := range texts(t, db, "select id || '=' || "+ident(column)+" from "+ident(table)) {
				out[table+"."+column+"."+row] = row
			}
		}
	}
	return out
}

func missing(before, after map[string]string) string {
	tables := map[string]bool{}
	for k := range after {
		tables[k[:strings.IndexByte(k, '.')]] = true
	}
	for k := range before {
		if _, ok := after[k]; !ok && tables[k[:strings.IndexByte(k, '.')]] {
			return "lost: " + k
		}
	}
	return ""
}

func shapeOf(t *testing.T, schema string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(context.Background(), schema); err != nil {
		t.Fatal(err)
	}
	return shape(t, db)
}

// shape says all that a database's catalogue does, without the order of columns.
func shape(t *testing.T, db *sql.DB) string {
	t.Helper()
	var out []string
	for _, table := range tablesOf(t, db) {
		add := func(what, query string) {
			list := texts(t, db, query, table)
			slices.Sort(list)
			out = append(out, table+" "+what, "  "+strings.Join(list, "\n  "))
		}
		add("columns", "select name, type, \"notnull\", dflt_value, pk, hidden from pragma_table_xinfo(?)")
		add("is", "select wr, strict from pragma_table_list(?)")
		add("keys", "select \"from\", \"table\", \"to\", on_update, on_delete from pragma_foreign_key_list(?)")
		add("indexes", "select \"unique\", origin, partial, (select group_concat(coalesce(x.name, '?') || x.desc || x.coll) from pragma_index_xinfo(l.name) as x where x.key) from pragma_index_list(?) as l")
	}
	rest := texts(t, db, "select type, name, tbl_name, sql from sqlite_master where type <> 'table' and sql is not null order by 1, 2")
	checks := texts(t, db, "select name, (length(sql) - length(replace(lower(sql), 'check', ''))) / 5, sql like '%autoincrement%', sql like '%conflict replace%', sql like '%conflict ignore%', sql like '%deferred%' from sqlite_master where type = 'table' and name not like '\\_atlas%' escape '\\' and name not like 'sqlite%' order by 1")
	out = append(append(out, rest...), checks...)
	return strings.Join(out, "\n")
}
