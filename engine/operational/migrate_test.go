package operational_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/diag"
	"atlas/engine/operational"
)

// project is a folder with a schema, migrations and a store.
type project struct {
	t     *testing.T
	dir   string
	clock time.Time
	rules operational.Rules
}

func newProject(t *testing.T) *project {
	t.Helper()
	return &project{t: t, dir: t.TempDir(), clock: time.Date(2026, 2, 3, 10, 0, 0, 0, time.UTC)}
}

func (p *project) now() time.Time {
	p.clock = p.clock.Add(time.Minute)
	return p.clock
}

func (p *project) folder() operational.Folder {
	return operational.Folder{Dir: filepath.Join(p.dir, "migrations"), Shown: "migrations"}
}

func (p *project) open() *operational.Store {
	p.t.Helper()
	s, err := operational.Open(p.t.Context(), operational.Config{URL: "file:ops.db", Root: p.dir})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { s.Close() })
	return s
}

func (p *project) generate(schema string, o operational.GenerateOptions) (*operational.Generated, error) {
	o.Now = p.now
	return operational.Generate(p.t.Context(), p.folder(), []operational.SQLFile{{Path: "schema.sql", Text: schema}}, p.rules, o)
}

// bring generates and applies.
func (p *project) bring(s *operational.Store, schema string, o operational.GenerateOptions) {
	p.t.Helper()
	if _, err := p.generate(schema, o); err != nil {
		p.t.Fatal(err)
	}
	if _, err := operational.Apply(p.t.Context(), s, p.folder(), operational.ApplyOptions{Now: p.now}); err != nil {
		p.t.Fatal(err)
	}
	st, err := operational.ReadStatus(p.t.Context(), s, p.folder())
	if err != nil || len(st.Pending)+len(st.Drift) > 0 {
		p.t.Fatalf("status after applying: %+v, %v", st, err)
	}
}

func run(t *testing.T, s *operational.Store, statements ...string) {
	t.Helper()
	for _, q := range statements {
		if _, err := s.DB().ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func one(t *testing.T, s *operational.Store, query string) string {
	t.Helper()
	var v string
	if err := s.DB().QueryRowContext(t.Context(), query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

const shop = `
-- Who buys.
create table customer (
	entity_id text not null,
	id integer primary key,
	name text not null collate nocase,
	email text unique
);
create table orders (
	entity_id text not null,
	id integer primary key,
	customer_id integer not null references customer (id) on delete cascade,
	amount numeric not null default 0 check (amount >= 0),
	placed_on text
);
create index orders_placed on orders (placed_on);
create view big_orders as select * from orders where amount > 100;
create trigger orders_guard before update on orders begin select raise(abort, 'no') where new.amount > 1000000; end;
`

func TestSchemaChanges(t *testing.T) {
	for name, c := range map[string]struct {
		replace []string // in shop, old and new
		options operational.GenerateOptions
		rows    string // orders and customers afterwards
	}{
		"nothing":          {nil, operational.GenerateOptions{}, "2 1"},
		"comment":          {[]string{"-- Who buys.", "-- Buyers."}, operational.GenerateOptions{}, "2 1"},
		"column":           {[]string{"placed_on text", "placed_on text,\n\tnote text"}, operational.GenerateOptions{}, "2 1"},
		"column default":   {[]string{"placed_on text", "placed_on text,\n\tstate text not null default 'new'"}, operational.GenerateOptions{}, "2 1"},
		"index":            {[]string{"create index orders_placed on orders (placed_on)", "create unique index orders_key on orders (entity_id, id)"}, operational.GenerateOptions{}, "2 1"},
		"type":             {[]string{"amount numeric", "amount real"}, operational.GenerateOptions{AllowDestructive: true}, "2 1"},
		"check":            {[]string{"amount >= 0", "amount >= -5"}, operational.GenerateOptions{}, "2 1"},
		"collation":        {[]string{"collate nocase", "collate rtrim"}, operational.GenerateOptions{}, "2 1"},
		"parent rebuilt":   {[]string{"email text unique", "email text not null default '' unique"}, operational.GenerateOptions{}, "2 1"},
		"foreign key":      {[]string{"on delete cascade", "on delete restrict deferrable initially deferred"}, operational.GenerateOptions{}, "2 1"},
		"view":             {[]string{"amount > 100", "amount > 200"}, operational.GenerateOptions{}, "2 1"},
		"trigger":          {[]string{"1000000", "2000000"}, operational.GenerateOptions{}, "2 1"},
		"strict":           {[]string{"email text unique\n)", "email text unique\n) strict"}, operational.GenerateOptions{}, "2 1"},
		"drop column":      {[]string{",\n\tplaced_on text", "", "create index orders_placed on orders (placed_on);", ""}, operational.GenerateOptions{AllowDestructive: true}, "2 1"},
		"rename column":    {[]string{"placed_on", "ordered_on"}, operational.GenerateOptions{Renames: []operational.Rename{{Table: "orders", Column: "placed_on", To: "ordered_on"}}}, "2 1"},
		"rename and more":  {[]string{"placed_on text", "ordered_on text not null default ''", "(placed_on)", "(ordered_on)"}, operational.GenerateOptions{Renames: []operational.Rename{{Table: "orders", Column: "placed_on", To: "ordered_on"}}}, "2 1"},
		"rename unique":    {[]string{"email text unique", "mail text unique"}, operational.GenerateOptions{Renames: []operational.Rename{{Table: "customer", Column: "email", To: "mail"}}}, "2 1"},
		"rename, rebuild":  {[]string{"email text unique", "mail text collate nocase unique"}, operational.GenerateOptions{Renames: []operational.Rename{{Table: "customer", Column: "email", To: "mail"}}}, "2 1"},
		"second unique":    {[]string{"email text unique", "email text unique, unique (entity_id, name)"}, operational.GenerateOptions{}, "2 1"},
		"case of names":    {[]string{"placed_on text", "Placed_On text", "create table orders", "create table Orders"}, operational.GenerateOptions{}, "2 1"},
		"partial index":    {[]string{"on orders (placed_on)", "on orders (placed_on desc)\nwhere amount > 3"}, operational.GenerateOptions{}, "2 1"},
		"index collation":  {[]string{"on orders (placed_on)", "on orders (placed_on collate nocase)"}, operational.GenerateOptions{}, "2 1"},
		"conflict clause":  {[]string{"entity_id text not null,\n\tid integer primary key,\n\tcustomer_id", "entity_id text not null,\n\tid integer primary key on conflict ignore,\n\tcustomer_id"}, operational.GenerateOptions{}, "2 1"},
		"key by itself":    {[]string{"references customer (id)", "references customer"}, operational.GenerateOptions{}, "2 1"},
		"generated column": {[]string{"placed_on text", "placed_on text,\n\tyear text generated always as (substr(placed_on, 1, 4)) stored"}, operational.GenerateOptions{}, "2 1"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			s := p.open()
			p.bring(s, shop, operational.GenerateOptions{Name: "first"})
			run(t, s, "insert into customer values ('A', 1, 'Ada', 'ada@example.org')", "insert into orders values ('A', 1, 1, 150, '2026-01-02'), ('A', 2, 1, 5, '2026-01-03')")
			wanted := strings.NewReplacer(c.replace...).Replace(shop)
			p.bring(s, wanted, c.options)
			if got := one(t, s, "select (select count(*) from orders) || ' ' || (select count(*) from customer)"); got != c.rows {
				t.Errorf("orders and customers: %s, want %s", got, c.rows)
			}
			if got := one(t, s, "select count(*) from big_orders"); name != "view" && got != "1" {
				t.Errorf("the view gives %s rows", got)
			}
			if _, err := s.DB().ExecContext(t.Context(), "update orders set amount = 3000000"); err == nil {
				t.Error("the trigger is gone")
			}
			if _, err := s.DB().ExecContext(t.Context(), "insert into orders (entity_id, id, customer_id, amount) values ('A', 9, 77, 1)"); err == nil && name != "foreign key" {
				t.Error("foreign keys are not kept any more")
			}
			again, err := p.generate(wanted, operational.GenerateOptions{})
			if err != nil || again.Migration != nil {
				t.Errorf("nothing has changed, and a migration was made: %+v, %v", again, err)
			}
			if c.replace == nil || name == "comment" || name == "case of names" {
				return
			}
			if _, _, err := operational.Down(t.Context(), s, p.folder(), operational.ApplyOptions{AllowDestructive: true}); err != nil {
				t.Fatal(err)
			}
			st, err := operational.ReadStatus(t.Context(), s, p.folder())
			if err != nil || len(st.Drift) > 0 || len(st.Pending) != 1 {
				t.Errorf("status after going back: %+v, %v", st, err)
			}
			if got := one(t, s, "select (select count(*) from orders) || ' ' || (select count(*) from customer)"); got != c.rows {
				t.Errorf("going back lost rows: %s", got)
			}
		})
	}
}

func TestRenameTable(t *testing.T) {
	p := newProject(t)
	s := p.open()
	p.bring(s, shop, operational.GenerateOptions{})
	run(t, s, "insert into customer values ('A', 1, 'Ada', null)", "insert into orders values ('A', 1, 1, 150, null)")
	wanted := strings.NewReplacer("create table customer", "create table person", "references customer", "references person").Replace(shop)
	if _, err := p.generate(wanted, operational.GenerateOptions{}); !has(err, diag.Destructive) || !strings.Contains(err.Error()+hint(err), "--rename customer=person") {
		t.Errorf("a dropped table with a new one beside it: %v, %s", err, hint(err))
	}
	r, err := operational.ParseRename("customer=person")
	if err != nil {
		t.Fatal(err)
	}
	p.bring(s, wanted, operational.GenerateOptions{Renames: []operational.Rename{r}})
	if got := one(t, s, "select count(*) from orders join person on person.id = customer_id"); got != "1" {
		t.Errorf("%s rows", got)
	}
}

func has(err error, code diag.Code) bool {
	var d *diag.Diagnostic
	return errors.As(err, &d) && d.Code == code
}

func hint(err error) string {
	var d *diag.Diagnostic
	errors.As(err, &d)
	if d == nil {
		return ""
	}
	return d.Hint
}

func TestMigrationMistakes(t *testing.T) {
	p := newProject(t)
	p.rules = operational.Rules{Scope: []string{"entity_id"}, Shared: []string{"currency"}}
	for schema, want := range map[string]string{
		"create table a (id integer);\ncreate table currency (id integer);":                     "table a has no column entity_id",
		"create table currency (id integer);\ninsert into currency values (1);":                 "create statements only",
		"create table currency (id integer);\n\ncreate tabel b (entity_id text);":               "schema.sql:3:1",
		"create table a (entity_id text);":                                                      `"currency" is declared as shared`,
		"create table currency (id integer);\ncreate temp table t (id integer);":                "schema.sql:2:1",
		"create table currency (id integer);\ncreate virtual table t using fts5 (x);":           "virtual tables are not kept",
		"create table currency (id integer);\ncreate table if not exists currency (a integer);": "currency is there already",
		"create table currency as select 1 as id;":                                              "no columns of its own",
		"create table currency (id integer, up integer references currency (id));":              "cannot keep a key of currency",
		"create table currency (id integer, up integer references curency (id));":               "refers to curency, which the schema has not",
		"create table currency (id integer);\ncreate view v as select * from nowhere.thing;":    "schema.sql:2:1",
	} {
		if _, err := p.generate(schema, operational.GenerateOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %q, got %v", schema, want, err)
		}
	}
	p.rules = operational.Rules{}
	s := p.open()
	p.bring(s, shop, operational.GenerateOptions{})
	ctx := t.Context()
	apply := func() error {
		_, err := operational.Apply(ctx, s, p.folder(), operational.ApplyOptions{})
		return err
	}
	t.Run("half", func(t *testing.T) {
		p.write("20270101000000_half.sql", "create table x (id integer);\ninsert into x values (1);\ninsert into nowhere values (1);\n")
		if _, err := p.folder().Hash(); err != nil {
			t.Fatal(err)
		}
		if err := apply(); err == nil || !strings.Contains(err.Error(), "migrations/20270101000000_half.sql:3:1") {
			t.Errorf("a migration that fails: %v", err)
		}
		if got := one(t, s, "select count(*) from sqlite_master where name = 'x'"); got != "0" {
			t.Error("half of a migration is there")
		}
		p.write("20270101000000_half.sql", "create table x (id integer);\n")
		if err := apply(); !has(err, diag.BadMigration) {
			t.Errorf("an edited migration: %v", err)
		}
		if _, err := p.folder().Hash(); err != nil {
			t.Fatal(err)
		}
		if err := apply(); err != nil {
			t.Error(err)
		}
	})
	t.Run("keys", func(t *testing.T) {
		p.write("20270102000000_orphan.sql", "insert into orders (entity_id, id, customer_id) values ('A', 1, 5);\n")
		if _, err := p.folder().Hash(); err != nil {
			t.Fatal(err)
		}
		if err := apply(); err == nil || !strings.Contains(err.Error(), "1 rows of orders that refer to nothing in customer") {
			t.Errorf("rows that refer to nothing: %v", err)
		}
		if err := os.Remove(filepath.Join(p.dir, "migrations", "20270102000000_orphan.sql")); err != nil {
			t.Fatal(err)
		}
		if _, err := p.folder().Hash(); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("drift", func(t *testing.T) {
		run(t, s, "alter table x add column y text")
		p.write("20270103000000_z.sql", "create table z (id integer);\n")
		if _, err := p.folder().Hash(); err != nil {
			t.Fatal(err)
		}
		if err := apply(); !has(err, diag.SchemaDrift) {
			t.Errorf("a store that was changed by hand: %v", err)
		}
		run(t, s, "alter table x drop column y")
		if err := apply(); err != nil {
			t.Error(err)
		}
	})
	t.Run("order", func(t *testing.T) {
		p.write("20200101000000_early.sql", "create table early (id integer);\n")
		if _, err := p.folder().Hash(); err != nil {
			t.Fatal(err)
		}
		if err := apply(); err == nil || !strings.Contains(err.Error(), "would have to run before") {
			t.Errorf("a migration that comes too early: %v", err)
		}
	})
}

func (p *project) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "migrations", name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func TestApplyCanBeStopped(t *testing.T) {
	p := newProject(t)
	s := p.open()
	if _, err := p.generate(shop, operational.GenerateOptions{}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := operational.Apply(ctx, s, p.folder(), operational.ApplyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped migration: %v", err)
	}
	if _, err := operational.Apply(t.Context(), s, p.folder(), operational.ApplyOptions{}); err != nil {
		t.Errorf("going on: %v", err)
	}
}

func TestPush(t *testing.T) {
	p := newProject(t)
	s := p.open()
	files := []operational.SQLFile{{Path: "schema.sql", Text: shop}}
	if steps, err := operational.Push(t.Context(), s, files, operational.Rules{}, nil, operational.ApplyOptions{}); err != nil || len(steps) != 5 {
		t.Errorf("push: %q, %v", steps, err)
	}
	if steps, err := operational.Push(t.Context(), s, files, operational.Rules{}, nil, operational.ApplyOptions{}); err != nil || len(steps) != 0 {
		t.Errorf("push again: %q, %v", steps, err)
	}
}

func TestNumbersAreNotGivenAgain(t *testing.T) {
	p := newProject(t)
	s := p.open()
	p.bring(s, "create table a (id integer primary key autoincrement, x text);", operational.GenerateOptions{})
	run(t, s, "insert into a (x) values (1), (2), (3)", "delete from a where id > 1")
	p.bring(s, "create table a (id integer primary key autoincrement, x text not null default '');", operational.GenerateOptions{})
	run(t, s, "insert into a (x) values (4)")
	if got := one(t, s, "select max(id) from a"); got != "4" {
		t.Errorf("after a table was made anew the next number is %s", got)
	}
}

// A constraint that says to leave rows out must not do so while they are copied.
func TestRowsAreNotLeftOut(t *testing.T) {
	p := newProject(t)
	s := p.open()
	p.bring(s, "create table a (id integer primary key, x text);", operational.GenerateOptions{})
	run(t, s, "insert into a values (1, 'x'), (2, 'x')")
	if _, err := p.generate("create table a (id integer primary key, x text unique on conflict replace);", operational.GenerateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := operational.Apply(t.Context(), s, p.folder(), operational.ApplyOptions{}); !has(err, diag.BadMigration) {
		t.Errorf("rows that break a constraint: %v", err)
	}
	if got := one(t, s, "select count(*) from a"); got != "2" {
		t.Errorf("%s rows", got)
	}
}
