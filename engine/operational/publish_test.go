package operational_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/operational"
)

const sales = `
create table customer (entity_id text not null, id text not null, name text not null, primary key (entity_id, id));
create table orders (
	entity_id text not null, id integer not null, customer_id text, placed_on text not null, amount numeric not null check (amount >= 0),
	primary key (entity_id, id), foreign key (entity_id, customer_id) references customer (entity_id, id)
);
create table tag (entity_id text not null, id integer primary key, name text);
`

func rowsOf(rows ...[]any) func(context.Context) iter.Seq2[[]any, error] {
	return func(context.Context) iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

func customers(entity string, rows ...[]any) *operational.Publication {
	return &operational.Publication{
		Name: "customers", Table: "customer", Key: []string{"entity_id", "id"}, Mode: operational.Replace,
		Columns: []string{"entity_id", "id", "name"}, Scope: []operational.Fixed{{Column: "entity_id", Value: entity}}, Rows: rowsOf(rows...),
	}
}

// orders publishes a month: "2026-02".
func orders(entity, month string, rows ...[]any) *operational.Publication {
	return &operational.Publication{
		Name: "orders", Table: "orders", Key: []string{"entity_id", "id"}, Mode: operational.Replace,
		Columns: []string{"entity_id", "id", "customer_id", "placed_on", "amount"}, Scope: []operational.Fixed{{Column: "entity_id", Value: entity}},
		Period: &operational.Period{Column: "placed_on", From: month + "-01", To: month + "-32", Label: month}, Rows: rowsOf(rows...),
	}
}

func publish(t *testing.T, s *operational.Store, list ...*operational.Publication) ([]*operational.Published, error) {
	t.Helper()
	return operational.Publish(t.Context(), s, list, operational.PublishOptions{})
}

// did shows what a publication did.
func did(p *operational.Published) string {
	return fmt.Sprintf("%d rows: %d in, %d up, %d same, %d out, %d moved", p.Rows, p.Inserted, p.Updated, p.Unchanged, p.Deleted, p.Moved)
}

func salesStore(t *testing.T) *operational.Store {
	t.Helper()
	p := newProject(t)
	s := p.open()
	p.bring(s, sales, operational.GenerateOptions{})
	return s
}

func TestPublish(t *testing.T) {
	s := salesStore(t)
	ada, bo := []any{"A", "c1", "Ada"}, []any{"A", "c2", "Bo"}
	feb := [][]any{{"A", int64(1), "c1", "2026-02-03", "10.50"}, {"A", int64(2), "c2", "2026-02-04", int64(7)}}
	for _, step := range []struct {
		name string
		list []*operational.Publication
		want []string
	}{
		{"first", []*operational.Publication{orders("A", "2026-02", feb...), customers("A", ada, bo)}, []string{"2 rows: 2 in, 0 up, 0 same, 0 out, 0 moved", "2 rows: 2 in, 0 up, 0 same, 0 out, 0 moved"}},
		{"again", []*operational.Publication{orders("A", "2026-02", feb...), customers("A", ada, bo)}, []string{"2 rows: 0 in, 0 up, 2 same, 0 out, 0 moved", "2 rows: 0 in, 0 up, 2 same, 0 out, 0 moved"}},
		{"other entity", []*operational.Publication{orders("B", "2026-02", []any{"B", int64(1), "c1", "2026-02-09", 1.5}), customers("B", []any{"B", "c1", "Cy"})}, []string{"1 rows: 1 in, 0 up, 0 same, 0 out, 0 moved", "1 rows: 1 in, 0 up, 0 same, 0 out, 0 moved"}},
		{"gone with its parent", []*operational.Publication{orders("A", "2026-02", []any{"A", int64(1), "c1", "2026-02-03", "11"}), customers("A", ada)}, []string{"1 rows: 0 in, 1 up, 0 same, 1 out, 0 moved", "1 rows: 0 in, 0 up, 1 same, 1 out, 0 moved"}},
		{"another month", []*operational.Publication{orders("A", "2026-03", []any{"A", int64(1), "c1", "2026-03-01", "11"})}, []string{"1 rows: 0 in, 1 up, 0 same, 0 out, 1 moved"}},
	} {
		done, err := publish(t, s, step.list...)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		for i, p := range done {
			if did(p) != step.want[i] {
				t.Errorf("%s, %s: %s, want %s", step.name, p.Publication, did(p), step.want[i])
			}
		}
	}
	if got := one(t, s, "select group_concat(entity_id || id || ' ' || placed_on || ' ' || amount, ', ') from orders"); got != "A1 2026-03-01 11, B1 2026-02-09 1.5" {
		t.Errorf("orders: %s", got)
	}
	if list, err := s.Records(t.Context()); err != nil || len(list) != 9 || list[0].Hash == "" || list[0].Hash != list[2].Hash {
		t.Errorf("history: %+v, %v", list, err)
	}
}

func TestPublishRefuses(t *testing.T) {
	order := func(entity string, id int64, customer any, date string, amount any) []any {
		return []any{entity, id, customer, date, amount}
	}
	good := order("A", 5, "c1", "2026-02-05", int64(1))
	for name, c := range map[string]struct {
		change func(p *operational.Publication)
		rows   [][]any
		want   string
	}{
		"another entity":    {nil, [][]any{good, order("B", 6, "c1", "2026-02-05", int64(1))}, "entity_id B, id 6 has entity_id B, where A is published"},
		"another month":     {nil, [][]any{good, order("A", 6, "c1", "2026-03-01", int64(1))}, "id 6 has placed_on 2026-03-01, where 2026-02 is published"},
		"no date":           {nil, [][]any{{"A", int64(6), "c1", nil, int64(1)}}, "has placed_on nothing"},
		"key twice":         {nil, [][]any{good, good}, "1 keys stand twice; the first is entity_id A, id 5"},
		"no customer":       {nil, [][]any{good, order("A", 6, "c9", "2026-02-05", int64(1))}, "1 rows of orders would refer to rows that customer does not have"},
		"check":             {nil, [][]any{good, order("A", 6, "c1", "2026-02-05", int64(-1))}, "CHECK constraint failed"},
		"no key":            {func(p *operational.Publication) { p.Key = []string{"placed_on"} }, [][]any{good}, "placed_on does not tell the rows of orders apart"},
		"no table":          {func(p *operational.Publication) { p.Table = "order" }, nil, "the store has no table order"},
		"no column":         {func(p *operational.Publication) { p.Columns[4] = "amuont" }, nil, "has no column amuont"},
		"missing value":     {func(p *operational.Publication) { p.Columns = p.Columns[:4] }, nil, "column amount of orders must have a value"},
		"append of changes": {func(p *operational.Publication) { p.Mode = operational.Append }, [][]any{order("A", 1, "c1", "2026-02-03", int64(99))}, "1 rows are there already with other values"},
	} {
		t.Run(name, func(t *testing.T) {
			s := salesStore(t)
			if _, err := publish(t, s, customers("A", []any{"A", "c1", "Ada"}), orders("A", "2026-02", order("A", 1, "c1", "2026-02-03", int64(1)))); err != nil {
				t.Fatal(err)
			}
			p := orders("A", "2026-02", c.rows...)
			if c.change != nil {
				c.change(p)
			}
			_, err := publish(t, s, p)
			if !has(err, diag.BadPublication) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if got := one(t, s, "select group_concat(id || ' ' || amount) from orders"); got != "1 1" {
				t.Errorf("something was published: %s", got)
			}
		})
	}
	t.Run("a parent that is gone", func(t *testing.T) {
		s := salesStore(t)
		if _, err := publish(t, s, customers("A", []any{"A", "c1", "Ada"}), orders("A", "2026-02", order("A", 1, "c1", "2026-02-03", int64(1)))); err != nil {
			t.Fatal(err)
		}
		if _, err := publish(t, s, customers("A")); !has(err, diag.BadPublication) || !strings.Contains(err.Error(), "1 rows of orders would refer to rows that customer does not have") {
			t.Errorf("%v", err)
		}
	})
	t.Run("a parent without any row", func(t *testing.T) {
		s := salesStore(t)
		_, err := publish(t, s, orders("A", "2026-02", good))
		var d *diag.Diagnostic
		if !errors.As(err, &d) || !strings.Contains(d.Hint, "customer is empty: atlas seed") {
			t.Errorf("%v", err)
		}
	})
	t.Run("a key of another entity", func(t *testing.T) {
		s := salesStore(t)
		tags := func(entity string) *operational.Publication {
			return &operational.Publication{
				Name: "tags", Table: "tag", Key: []string{"id"}, Mode: operational.Upsert, Columns: []string{"entity_id", "id", "name"},
				Scope: []operational.Fixed{{Column: "entity_id", Value: entity}}, Rows: rowsOf([]any{entity, int64(1), entity}),
			}
		}
		if _, err := publish(t, s, tags("A")); err != nil {
			t.Fatal(err)
		}
		if _, err := publish(t, s, tags("B")); !has(err, diag.BadPublication) || !strings.Contains(err.Error(), "1 keys belong to rows of another scope") {
			t.Errorf("%v", err)
		}
		if got := one(t, s, "select name from tag"); got != "A" {
			t.Errorf("the tag is %s's", got)
		}
	})
}

func TestDryRun(t *testing.T) {
	s := salesStore(t)
	done, err := operational.Publish(t.Context(), s, []*operational.Publication{customers("A", []any{"A", "c1", "Ada"})}, operational.PublishOptions{DryRun: true})
	if err != nil || did(done[0]) != "1 rows: 1 in, 0 up, 0 same, 0 out, 0 moved" {
		t.Errorf("%+v, %v", done, err)
	}
	if got := one(t, s, "select count(*) from customer"); got != "0" {
		t.Error("a dry run wrote rows")
	}
	if list, err := s.Records(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("a dry run stands in the history: %v, %v", list, err)
	}
}

// TestPublishAtRandom publishes months of two entities at random, and compares with a map.
func TestPublishAtRandom(t *testing.T) {
	s := salesStore(t)
	rnd := rand.New(rand.NewPCG(3, 5))
	want := map[string]string{}
	for range 60 {
		entity, month := string(rune('A'+rnd.IntN(2))), fmt.Sprintf("2026-%02d", 1+rnd.IntN(3))
		var rows [][]any
		for id := range int64(12) {
			if rnd.IntN(3) > 0 {
				continue
			}
			key := fmt.Sprint(entity, int64(rnd.IntN(3))*100+id)
			if prev, ok := want[key]; ok && !strings.HasPrefix(prev, month) {
				continue // a key that another month has
			}
			var n int64
			fmt.Sscan(key[1:], &n)
			rows = append(rows, []any{entity, n, nil, fmt.Sprintf("%s-%02d", month, 1+rnd.IntN(28)), int64(rnd.IntN(4))})
		}
		p := orders(entity, month, rows...)
		p.Mode = []operational.Mode{operational.Upsert, operational.Replace}[rnd.IntN(2)]
		if p.Mode == operational.Replace {
			maps.DeleteFunc(want, func(k, v string) bool { return strings.HasPrefix(k, entity) && strings.HasPrefix(v, month) })
		}
		for _, r := range rows {
			want[fmt.Sprint(r[0], r[1])] = fmt.Sprint(r[3], " ", r[4])
		}
		if _, err := publish(t, s, p); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		list, err := s.DB().QueryContext(t.Context(), "select entity_id || id, placed_on || ' ' || amount from orders")
		if err != nil {
			t.Fatal(err)
		}
		for list.Next() {
			var k, v string
			if err := list.Scan(&k, &v); err != nil {
				t.Fatal(err)
			}
			got[k] = v
		}
		if err := list.Err(); err != nil || !maps.Equal(got, want) {
			t.Fatalf("%v\n%v\n%v", err, got, want)
		}
	}
}

// A row without a key is refused in an empty table as well, where SQLite would number it.
func TestRowsNeedKeys(t *testing.T) {
	s := salesStore(t)
	_, err := publish(t, s, &operational.Publication{
		Name: "tags", Table: "tag", Key: []string{"id"}, Mode: operational.Upsert, Columns: []string{"entity_id", "id", "name"},
		Scope: []operational.Fixed{{Column: "entity_id", Value: "A"}}, Rows: rowsOf([]any{"A", int64(1), "x"}, []any{"A", nil, "y"}),
	})
	if !has(err, diag.BadPublication) || !strings.Contains(err.Error(), "1 rows have no key") {
		t.Errorf("a row without a key: %v", err)
	}
	if got := one(t, s, "select count(*) from tag"); got != "0" {
		t.Errorf("%s rows", got)
	}
}

// TestDigitsAreKept holds that no number loses digits on its way into the store.
func TestDigitsAreKept(t *testing.T) {
	for amount, kept := range map[string]bool{
		"1250000.00": true, "-0.50": true, "9007199254740993": true, "123456789012345.00": true, "0.000000000000123": true, "Ada 1234567890123456789": true,
		"1234567890123456.78": false, "99999999999999999999": false, "0.12345678901234567": false,
	} {
		s := salesStore(t)
		_, err := publish(t, s, orders("A", "2026-02", []any{"A", int64(1), nil, "2026-02-03", amount}))
		if strings.HasPrefix(amount, "-") { // the check of the table
			continue
		}
		if kept != (err == nil) || err != nil && !strings.Contains(err.Error(), "keeps fifteen digits") {
			t.Errorf("%s: %v", amount, err)
		}
	}
}

// TestDownAfterRename brings a column's old name back with its values.
func TestDownAfterRename(t *testing.T) {
	p := newProject(t)
	s := p.open()
	p.bring(s, shop, operational.GenerateOptions{})
	run(t, s, "insert into customer values ('A', 1, 'Ada', 'ada@example.org')")
	p.bring(s, strings.ReplaceAll(shop, "email", "mail"), operational.GenerateOptions{Renames: []operational.Rename{{Table: "customer", Column: "email", To: "mail"}}})
	if _, _, err := operational.Down(t.Context(), s, p.folder(), operational.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := one(t, s, "select email from customer"); got != "ada@example.org" {
		t.Errorf("email is %q", got)
	}
}
