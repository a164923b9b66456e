package adaptertest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

func testRelations(t *testing.T, e *env) {
	_, s := e.start(t)
	ctx := t.Context()
	if list, err := s.Relations(ctx, e.database(), "no_such_schema"); err != nil || len(list) != 0 {
		t.Errorf("relations of a missing schema: %v, %v", list, err)
	}
	e.table(t, s, "Orders", "id", "integer")
	exec(t, s, e.d.CreateView(e.rel("a_view"), "select id from "+e.sql("Orders")))
	list, err := s.Relations(ctx, strings.ToUpper(e.database()), strings.ToUpper(e.target.Schema))
	want := []adapter.RelationInfo{{Relation: e.rel("Orders"), Type: adapter.Table}, {Relation: e.rel("a_view"), Type: adapter.View}}
	if err != nil || !reflect.DeepEqual(sorted(list), want) {
		t.Errorf("relations: %v, %v, want %v", list, err, want)
	}
	for _, name := range []string{"Orders", "orders", "ORDERS"} {
		found, err := s.Relation(ctx, e.rel(name))
		if err != nil || found == nil || !strings.EqualFold(found.Name, "Orders") || found.Type != adapter.Table {
			t.Errorf("relation %s: %v, %v", name, found, err)
		}
	}
	if found, err := s.Relation(ctx, e.rel("no_such")); err != nil || found != nil {
		t.Errorf("a missing relation: %v, %v", found, err)
	}
	if found, err := s.Relation(ctx, manifest.Relation{Database: e.database(), Schema: "no_such_schema", Name: "Orders"}); err != nil || found != nil {
		t.Errorf("a relation of a missing schema: %v, %v", found, err)
	}
	if columns, err := s.Columns(ctx, e.rel("no_such")); err != nil || len(columns) != 0 {
		t.Errorf("columns of a missing relation: %v, %v", columns, err)
	}
	for _, name := range []string{"orders", "a_view"} {
		if columns, err := s.Columns(ctx, e.rel(name)); err != nil || !reflect.DeepEqual(columns, []adapter.Column{{Name: "id", Type: e.d.Type("integer")}}) {
			t.Errorf("columns of %s: %v, %v", name, columns, err)
		}
	}
	found, err := s.Relation(ctx, e.rel("a_view"))
	if err != nil || found == nil || found.Type != adapter.View {
		t.Errorf("a view: %v, %v", found, err)
	}
	// Looking must not disturb a transaction, whatever is found.
	begin(t, s)
	e.table(t, s, "in_tx", "id", "integer")
	for _, name := range []string{"in_tx", "a_view", "no_such"} {
		if found, err := s.Relation(ctx, e.rel(name)); err != nil || (found == nil) != (name == "no_such") {
			t.Errorf("%s in a transaction: %v, %v", name, found, err)
		}
	}
	commit(t, s)
	if n := e.count(t, s, "in_tx"); n != 0 {
		t.Errorf("%d rows", n)
	}
	exec(t, s, e.d.Drop(adapter.RelationInfo{Relation: e.rel("Orders"), Type: adapter.Table}))
	if found, err := s.Relation(ctx, e.rel("a_view")); err != nil || found == nil || found.Type != adapter.View {
		t.Errorf("a view whose table is gone: %v, %v", found, err)
	}
	if _, err := s.Columns(ctx, e.rel("a_view")); err == nil {
		t.Error("columns of a view whose table is gone: no error")
	}
}

func sorted(list []adapter.RelationInfo) []adapter.RelationInfo {
	if len(list) == 2 && list[0].Type == adapter.View {
		list[0], list[1] = list[1], list[0]
	}
	return list
}

func testAlter(t *testing.T, e *env) {
	_, s := e.start(t)
	e.table(t, s, "t", "id", "integer", "old", "text")
	exec(t, s, "insert into "+e.sql("t")+" values (1, '42')")
	rel := e.rel("t")
	exec(t, s, e.d.AddColumn(rel, adapter.Column{Name: "new", Type: e.d.Type("decimal(18,2)")}))
	exec(t, s, e.d.AlterColumn(rel, adapter.Column{Name: "old", Type: e.d.Type("integer")}))
	if got := query(t, s, "select * from "+e.sql("t")); !reflect.DeepEqual(got, [][]any{{int64(1), int64(42), nil}}) {
		t.Errorf("after add and alter: %v", got)
	}
	exec(t, s, e.d.DropColumn(rel, "old"))
	columns, err := s.Columns(t.Context(), rel)
	if err != nil || len(columns) != 2 || columns[1].Name != "new" {
		t.Errorf("after drop: %v, %v", columns, err)
	}
	exec(t, s, e.d.CreateTableAs(rel, "select 7 as seven", adapter.TableOptions{Replace: true}))
	if got := one(t, s, "select seven from "+e.sql("t")); got != int64(7) {
		t.Errorf("after replace: %v", got)
	}
}

func testDescribe(t *testing.T, e *env) {
	_, s := e.start(t)
	e.table(t, s, "t", "id", "integer", "name", "text")
	want := []adapter.Column{{Name: "id", Type: e.d.Type("integer")}, {Name: "loud", Type: e.d.Type("text")}}
	for _, sql := range []string{
		"select id, upper(name) as loud from " + e.sql("t"),
		"select id, upper(name) as loud from " + e.sql("t") + ";\n\n",
		"select id, upper(name) as loud from " + e.sql("t") + " -- a comment",
		"/* first; */ with a as (select * from " + e.sql("t") + ") select id, upper(name) as loud from a ; -- done",
	} {
		got, err := s.Describe(t.Context(), sql)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("describe %q: %v, %v", sql, got, err)
		}
	}
	_, err := s.Describe(t.Context(), "select\n  nam from "+e.sql("t"))
	var refusal *adapter.Error
	if !errors.As(err, &refusal) || refusal.Line != 2 || refusal.Col != 3 || refusal.Name != "nam" {
		t.Errorf("describe of a wrong query: %#v", err)
	}
	exec(t, s, "insert into "+e.sql("t")+" values (1, 'a')")
	for _, sql := range []string{"delete from " + e.sql("t"), "delete from " + e.sql("t") + "; select 1", "select 1; delete from " + e.sql("t")} {
		if _, err := s.Describe(t.Context(), sql); e.count(t, s, "t") != 1 {
			t.Errorf("describe runs %q: %v", sql, err)
		}
	}
}

func testLoad(t *testing.T, e *env) {
	_, s := e.start(t)
	columns := e.table(t, s, "t", "id", "integer", "name", "text", "paid", "decimal(18,2)", "day", "date",
		"at", "timestamp", "ok", "boolean", "rate", "float")
	day := time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)
	at := time.Date(2026, 2, 28, 13, 14, 15, 250000000, time.UTC)
	n, err := s.Load(t.Context(), e.rel("t"), columns, each(
		[]any{int64(1), "a", adapter.Decimal("1250000.00"), day, at, true, 0.1},
		[]any{"2", "it's", "-0.05", "2026-02-28", "2026-02-28 13:14:15.25", "true", "0.1"},
		[]any{int64(3), nil, nil, nil, nil, nil, nil},
		[]any{float64(4), "", int64(7), day, "2026-02-28T13:14:15.25", false, int64(2)},
	))
	if err != nil || n != 4 {
		t.Fatalf("load: %d, %v", n, err)
	}
	want := [][]any{
		{int64(1), "a", adapter.Decimal("1250000.00"), day, at, true, 0.1},
		{int64(2), "it's", adapter.Decimal("-0.05"), day, at, true, 0.1},
		{int64(3), nil, nil, nil, nil, nil, nil},
		{int64(4), "", adapter.Decimal("7.00"), day, at, false, 2.0},
	}
	if got := query(t, s, "select * from "+e.sql("t")+" order by id"); !reflect.DeepEqual(got, want) {
		t.Errorf("loaded %v, want %v", got, want)
	}
	some := []adapter.Column{{Name: "name"}, {Name: "id"}}
	if n, err := s.Load(t.Context(), e.rel("T"), some, each([]any{"only", int64(9)})); err != nil || n != 1 {
		t.Errorf("load of some columns: %d, %v", n, err)
	}
	if got := query(t, s, "select id, name, paid from "+e.sql("t")+" where id = 9"); !reflect.DeepEqual(got, [][]any{{int64(9), "only", nil}}) {
		t.Errorf("load of some columns gives %v", got)
	}
	if n, err := s.Load(t.Context(), e.rel("t"), columns, each()); err != nil || n != 0 {
		t.Errorf("load of nothing: %d, %v", n, err)
	}
	testLoadFromSession(t, e, s)
}

// testLoadFromSession loads what a query on the same session gives.
func testLoadFromSession(t *testing.T, e *env, s adapter.Session) {
	const n = 9000
	numbers := "with recursive r(n) as (select 1 union all select n + 1 from r where n < 9000) select n from r"
	exec(t, s, e.d.CreateTableAs(e.rel("numbers"), numbers, adapter.TableOptions{}))
	columns := e.table(t, s, "copied", "n", "integer")
	got, err := s.Load(t.Context(), e.rel("copied"), columns, func(yield func([]any, error) bool) {
		r, err := s.Query(t.Context(), "select n from "+e.sql("numbers"))
		if err != nil {
			yield(nil, err)
			return
		}
		for r.Next() && yield(r.Values(), nil) {
		}
		if err := errors.Join(r.Err(), r.Close()); err != nil {
			yield(nil, err)
		}
	})
	if err != nil || got != n {
		t.Errorf("load from a query on the same session: %d, %v", got, err)
	}
	if sum := one(t, s, "select count(distinct n) from "+e.sql("copied")); sum != int64(n) {
		t.Errorf("%v different rows", sum)
	}
}

func testLoadErrors(t *testing.T, e *env) {
	_, s := e.start(t)
	columns := e.table(t, s, "t", "id", "integer", "paid", "decimal(5,2)", "day", "date")
	cases := []struct {
		column string
		row    []any
	}{
		{"id", []any{"x", nil, nil}},
		{"id", []any{"1.5", nil, nil}},
		{"paid", []any{int64(1), "1.2.3", nil}},
		{"paid", []any{int64(1), "1000", nil}},
		{"day", []any{int64(1), nil, "2026-02-30"}},
		{"day", []any{int64(1), nil, "28/02/2026"}},
		{"", []any{int64(1)}},
	}
	for _, c := range cases {
		good := []any{int64(1), "1.50", "2026-01-01"}
		rows := make([][]any, 0, 5002)
		for range 5000 {
			rows = append(rows, good)
		}
		rows = append(rows, c.row, good)
		n, err := s.Load(t.Context(), e.rel("t"), columns, each(rows...))
		var bad *adapter.RowError
		if !errors.As(err, &bad) || bad.Row != 5001 || bad.Column != c.column || n != 0 {
			t.Errorf("row %v: %d, %v", c.row, n, err)
		}
		if got := e.count(t, s, "t"); got != 0 {
			t.Errorf("row %v: %d rows stay after the refusal", c.row, got)
		}
	}
	if _, err := s.Load(t.Context(), e.rel("no_such"), columns, each()); err == nil {
		t.Error("load into a missing table: no error")
	}
	if _, err := s.Load(t.Context(), e.rel("t"), []adapter.Column{{Name: "nope"}}, each()); err == nil {
		t.Error("load into a missing column: no error")
	}
	boom := errors.New("boom")
	_, err := s.Load(t.Context(), e.rel("t"), columns, func(yield func([]any, error) bool) {
		_ = yield([]any{int64(1), nil, nil}, nil) && yield(nil, boom)
	})
	if !errors.Is(err, boom) || e.count(t, s, "t") != 0 {
		t.Errorf("the source's own error: %v", err)
	}
	if err := s.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), e.rel("t"), columns, each([]any{int64(1), nil, nil})); err != nil {
		t.Fatal(err)
	}
	if err := s.Rollback(t.Context()); err != nil || e.count(t, s, "t") != 0 {
		t.Errorf("a load does not take part in the transaction: %v", err)
	}
}
