package duckdb_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
)

// TestDescribe types queries of every form that DuckDB has.
func TestDescribe(t *testing.T) {
	s := memory(t)
	mustExec(t, s, "create table t as select * from (values (1, 'a', 1.5), (2, 'b', 2.5)) v(id, k, amount)")
	id := adapter.Column{Name: "id", Type: "INTEGER"}
	cases := []struct {
		sql  string
		want []adapter.Column
	}{
		{"from t", []adapter.Column{id, {Name: "k", Type: "VARCHAR"}, {Name: "amount", Type: "DECIMAL(2,1)"}}},
		{"from t select id", []adapter.Column{id}},
		{"(select id from t) union all (select 3);", []adapter.Column{id}},
		{"values (1, 'x')", []adapter.Column{{Name: "col0", Type: "INTEGER"}, {Name: "col1", Type: "VARCHAR"}}},
		{"select * exclude (k, amount) from t", []adapter.Column{id}},
		{"select columns('i.*') from t", []adapter.Column{id}},
		{"with recursive r(id) as (select 1 union all select id + 1 from r) select id from r", []adapter.Column{id}},
		{"select id from t qualify row_number() over (partition by k) = 1", []adapter.Column{id}},
		{"select id, null as n, [amount] as l, {'a': k} as st from t", []adapter.Column{
			id, {Name: "n", Type: "INTEGER"}, {Name: "l", Type: "DECIMAL(2,1)[]"}, {Name: "st", Type: "STRUCT(a VARCHAR)"},
		}},
		{"pivot t on k in ('a', 'b') using sum(amount) group by id", []adapter.Column{
			id, {Name: "a", Type: "DECIMAL(38,1)"}, {Name: "b", Type: "DECIMAL(38,1)"},
		}},
		{"pivot t on k using sum(amount) group by id;", []adapter.Column{
			id, {Name: "a", Type: "DECIMAL(38,1)"}, {Name: "b", Type: "DECIMAL(38,1)"},
		}},
		{"unpivot t on id, amount", []adapter.Column{{Name: "k", Type: "VARCHAR"}, {Name: "name", Type: "VARCHAR"}, {Name: "value", Type: "DECIMAL(11,1)"}}},
		{"select count(*) as n from read_csv('/no/such/file.csv', columns = {'a': 'int'}, auto_detect = false)", nil},
	}
	for _, c := range cases {
		got, err := s.Describe(t.Context(), c.sql)
		if c.want == nil {
			if err == nil {
				t.Errorf("%s: %v", c.sql, got)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.sql, got, err, c.want)
		}
		if rows := all(t, s, "select count(*) from duckdb_tables()"); rows[0][0] != int64(1) {
			t.Errorf("%s leaves %v tables", c.sql, rows)
		}
	}
}

// TestVariant refuses the one type that no reader knows, and says what to do.
func TestVariant(t *testing.T) {
	s := memory(t)
	r, err := s.Query(t.Context(), "select 1 as i, {'a': 1}::variant as v")
	if err != nil {
		t.Fatal(err)
	}
	if r.Columns()[1].Type != "VARIANT" || r.Next() || r.Err() == nil || !strings.Contains(r.Err().Error(), "cast") {
		t.Errorf("%v, %v", r.Columns(), r.Err())
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if got := cell(t, s, "select {'a': 1}::variant::json"); got != `{"a":1}` {
		t.Errorf("cast to JSON: %v", got)
	}
}

// TestSameName lets two sessions build one table at once: one wins, the other's error is a conflict.
func TestSameName(t *testing.T) {
	target := fileTarget(t)
	w, err := duckdb.New().Open(t.Context(), target, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	var sessions [2]adapter.Session
	for i := range sessions {
		if sessions[i], err = w.Session(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := sessions[i].Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	mustExec(t, sessions[0], "create table t as select 1 as i")
	_, err = sessions[1].Exec(t.Context(), "create table t as select 2 as i")
	var refusal *adapter.Error
	if !errors.As(err, &refusal) || refusal.Kind != adapter.ConflictError {
		t.Errorf("the second builder: %#v", err)
	}
	if err := errors.Join(sessions[1].Rollback(t.Context()), sessions[0].Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := cell(t, sessions[1], "from t"); got != int64(1) {
		t.Errorf("the table has %v", got)
	}
}
