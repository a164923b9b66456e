package duckdb_test

import (
	"reflect"
	"testing"

	"atlas/engine/adapter"
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
