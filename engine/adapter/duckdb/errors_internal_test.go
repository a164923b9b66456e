package duckdb

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"atlas/engine/adapter"
)

// TestProse reads the messages for people, which DuckDB gives where errors_as_json is off.
func TestProse(t *testing.T) {
	long := "select " + strings.Repeat("1,", 200) + " 'é', x, " + strings.Repeat("2,", 200) + "3 from orders"
	cases := []struct {
		sql, message string
		want         adapter.Error
	}{
		{
			"select\n  custmer_id\nfrom orders",
			"Binder Error: Referenced column \"custmer_id\" not found in FROM clause!\nCandidate bindings: \"customer_id\", \"amount\"\n\nLINE 2:   custmer_id\n          ^",
			adapter.Error{
				Kind: adapter.BinderError, Msg: `Referenced column "custmer_id" not found in FROM clause!`,
				Line: 2, Col: 3, Name: "custmer_id", Candidates: []string{"customer_id", "amount"},
			},
		},
		{
			"select * from ordes",
			"Catalog Error: Table with name ordes does not exist!\nDid you mean \"orders\"?\n\nLINE 1: select * from ordes\n                      ^",
			adapter.Error{
				Kind: adapter.CatalogError, Msg: "Table with name ordes does not exist!",
				Line: 1, Col: 15, Name: "ordes", Candidates: []string{"orders"},
			},
		},
		{
			"update t set q = 1",
			"Binder Error: Referenced update column q not found in table!\n\nDid you mean: \"b\", \"c\"",
			adapter.Error{Kind: adapter.BinderError, Msg: "Referenced update column q not found in table!", Name: "q", Candidates: []string{"b", "c"}},
		},
		{
			"select a, sum(b) from t", "Binder Error: column \"a\" must appear in the GROUP BY clause\nEither add it to the GROUP BY list, or use ANY_VALUE.\n\nLINE 1: select a, sum(b) from t\n               ^",
			adapter.Error{Kind: adapter.BinderError, Msg: `column "a" must appear in the GROUP BY clause`, Hint: "Either add it to the GROUP BY list, or use ANY_VALUE.", Line: 1, Col: 8},
		},
		{
			"select error('a: b')", "Invalid Input Error: a: b",
			adapter.Error{Kind: adapter.OtherError, Msg: "a: b"},
		},
		{
			"x", "TransactionContext Error: Failed to commit: Conflict on tuple update",
			adapter.Error{Kind: adapter.ConflictError, Msg: "Failed to commit: Conflict on tuple update"},
		},
		{"x", "out of the blue", adapter.Error{Kind: adapter.OtherError, Msg: "out of the blue"}},
		{
			long, "Binder Error: Referenced column \"x\" not found in FROM clause!\n\nLINE 1: ...1,1,1, 'é', x, 2,2,2,2...\n                       ^",
			adapter.Error{Kind: adapter.BinderError, Msg: `Referenced column "x" not found in FROM clause!`, Name: "x", Line: 1, Col: 414},
		},
	}
	for _, c := range cases {
		got := *parseError(c.sql, c.message)
		if len(got.Candidates) == 0 {
			got.Candidates = nil
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q:\n%+v, want\n%+v", c.message, got, c.want)
		}
	}
}

// TestProseLive compares both readings of the same errors.
func TestProseLive(t *testing.T) {
	w := &warehouse{config: &config{path: ":memory:"}, sessions: map[*session]bool{}}
	if err := w.open(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	s, err := w.connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if _, err := s.Exec(t.Context(), "create table orders (customer_id int, amount decimal(18,2))"); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"select custmer_id from orders",
		"select\n\n    'é🙂',  custmer_id\nfrom orders",
		"select 1;\nselect\n\tcustmer_id from orders",
		"select " + strings.Repeat("'é' || ", 100) + "custmer_id || " + strings.Repeat("'b' || ", 100) + "'' from orders",
		"select " + strings.Repeat("1,", 100) + "custmer_id from orders",
		"select * from ordes", "select lowr('a')", "select 1,\n,2", "selec 1", "select sum(amount) from orders where sum(amount) > 1",
		"select orders.zz from orders", "insert into orders (zz) values (1)", "alter table orders drop column zz",
	} {
		var got [2]*adapter.Error
		for i, mode := range []string{"true", "false"} {
			if m := s.quick("set errors_as_json = " + mode); m != "" {
				t.Fatal(m)
			}
			_, err := s.Exec(t.Context(), sql)
			e, ok := err.(*adapter.Error)
			if !ok {
				t.Fatalf("%q: %v", sql, err)
			}
			e.Err = nil
			got[i] = e
		}
		if !reflect.DeepEqual(got[0], got[1]) {
			t.Errorf("%q:\nJSON  %+v\nprose %+v", sql, *got[0], *got[1])
		}
	}
}

// TestViewError does not take a place inside a view's own text for one in the statement.
func TestViewError(t *testing.T) {
	sql := "select * from v where 1 = 1 and true"
	message := `Binder Error: {"exception_type":"Binder","exception_message":"Referenced column \"a\" not found in FROM clause!","position":"24","name":"a"}`
	if e := parseError(sql, message); e.Line != 0 || e.Name != "a" {
		t.Errorf("%+v", e)
	}
	e, ok := sqlError(context.Background(), sql, message).(*adapter.Error)
	if !ok || e.Err == nil || strings.Contains(e.Err.Error(), "{") {
		t.Errorf("%+v", e)
	}
}

func TestScan(t *testing.T) {
	for sql, want := range map[string]string{
		"select 1 ; -- x;\n;": "select 1", "select ';' -- '": "select ';'", "select $$ ; $$;": "select $$ ; $$",
		"select $1;": "select $1", "select e'\\';' ;": "select e'\\';'", "/* a /* b */ c */ select 1/* x": "/* a /* b */ c */ select 1",
		"": "", "  ;; ": "", `select "a"";";`: `select "a"";"`, "select $a$ $b$ ; $a$;": "select $a$ $b$ ; $a$",
		"select 'it''s;'; ": "select 'it''s;'", "select 'open": "select 'open",
	} {
		if got := trimStatement(sql); got != want {
			t.Errorf("trim %q: %q, want %q", sql, got, want)
		}
	}
	got := firstWords("begin; -- x\n insert into t values (';commit;'); /* y */ COMMIT;;select 1")
	if !reflect.DeepEqual(got, []string{"begin", "insert", "COMMIT", "select"}) {
		t.Errorf("first words %q", got)
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"select 1; -- x", "$a$b$a$", "e'\\", "/*/*", "'", `"a""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		if got := trimStatement(sql); !strings.HasPrefix(sql, got) {
			t.Errorf("%q is trimmed to %q", sql, got)
		}
		firstWords(sql)
	})
}

func FuzzParseError(f *testing.F) {
	f.Add("select 1", "Binder Error: x\n\nLINE 1: ...select\n   ^")
	f.Add("select 1", `Parser Error: {"exception_type":"Parser","exception_message":"x","position":"3"}`)
	f.Fuzz(func(t *testing.T, sql, message string) {
		e := parseError(sql, message)
		if e.Line < 0 || e.Col < 0 || strings.Contains(e.Msg, "\n") {
			t.Errorf("%+v", e)
		}
	})
}
