package adaptertest

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

func testOpen(t *testing.T, e *env) {
	if e.database() == "" && e.a.Caps().Catalogs {
		t.Error("Database gives no name")
	}
	_, s := e.start(t)
	e.table(t, s, "t", "id", "integer")
	found, err := s.Relation(t.Context(), e.rel("t"))
	if err != nil || found == nil {
		t.Fatalf("a relation of the database that Database names: %v, %v", found, err)
	}
	again := e.session(t, e.open(t))
	if n := e.count(t, again, "t"); n != 0 {
		t.Errorf("a second Open sees %d rows", n)
	}
}

func testExec(t *testing.T, e *env) {
	_, s := e.start(t)
	e.table(t, s, "t", "id", "integer", "name", "text")
	if n := exec(t, s, "insert into "+e.sql("t")+" values (1, 'a'), (2, 'b'), (3, 'c')"); n != 3 {
		t.Errorf("insert of 3 rows gives %d", n)
	}
	if n := exec(t, s, "update "+e.sql("t")+" set name = 'x' where id > $1", int64(1)); n != 2 {
		t.Errorf("update of 2 rows gives %d", n)
	}
	many := "insert into " + e.sql("t") + " values (4, ';');\n-- a comment; with a semicolon\ndelete from " + e.sql("t") + " where id <= 2;\n"
	if n := exec(t, s, many); n != 2 {
		t.Errorf("several statements give %d, want the last one's 2", n)
	}
	if got := query(t, s, "select name from "+e.sql("t")+" order by id"); !reflect.DeepEqual(got, [][]any{{"x"}, {";"}}) {
		t.Errorf("after several statements: %v", got)
	}
	exec(t, s, "-- nothing\n")
}

func testQuery(t *testing.T, e *env) {
	_, s := e.start(t)
	cols := e.table(t, s, "t", "id", "integer", "name", "text")
	const n = 10000
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = []any{int64(i), strings.Repeat("é", i%40)}
	}
	if _, err := s.Load(t.Context(), e.rel("t"), cols, each(rows...)); err != nil {
		t.Fatal(err)
	}
	r, err := s.Query(t.Context(), "select id, name from "+e.sql("t")+" order by id")
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Columns(); len(c) != 2 || c[0].Name != "id" || c[1].Name != "name" || c[0].Type == "" {
		t.Errorf("Columns: %v", c)
	}
	var kept [][]any
	for i := 0; r.Next(); i++ {
		v := r.Values()
		if v[0] != int64(i) || v[1] != strings.Repeat("é", i%40) {
			t.Fatalf("row %d: %v", i, v)
		}
		if i < 3 {
			kept = append(kept, append([]any(nil), v...))
		}
		if i == 100 {
			// Another statement on the session must not disturb the rows that are open.
			exec(t, s, "delete from "+e.sql("t"))
		}
		if i == n-1 {
			kept = append(kept, append([]any(nil), v...))
		}
	}
	if err := errors.Join(r.Err(), r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if len(kept) != 4 || kept[1][1] != "é" || kept[3][0] != int64(n-1) {
		t.Errorf("values kept beyond Next: %v", kept)
	}
	early, err := s.Query(t.Context(), "select 1 union all select 2")
	if err != nil {
		t.Fatal(err)
	}
	if !early.Next() {
		t.Error("no first row")
	}
	if err := early.Close(); err != nil {
		t.Error(err)
	}
	if early.Next() {
		t.Error("rows go on after Close")
	}
	if got := query(t, s, "select 1 where false"); got != nil {
		t.Errorf("an empty result: %v", got)
	}
}

func testValues(t *testing.T, e *env) {
	_, s := e.start(t)
	huge, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	values := []any{
		nil, true, false, int64(0), int64(-1), int64(math.MaxInt64), int64(math.MinInt64), huge,
		0.5, -1e300, 1e-7, "", "text", "it's \"quoted\" \\ $1 ? -- ; /*", "日本語 é 🙂", "line\nbreak\ttab",
		adapter.Decimal("1250000.00"), adapter.Decimal("-0.05"), adapter.Decimal("12345678901234567890.123456"),
		time.Date(2026, 3, 1, 23, 59, 59, 123456000, time.UTC), time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC),
		[]byte{0, 1, 255, '\''},
	}
	for _, v := range values {
		if got := one(t, s, "select "+e.d.Literal(v)); !same(got, v) {
			t.Errorf("literal %s of %#v comes back as %#v", e.d.Literal(v), v, got)
		}
		if got := one(t, s, "select $1", v); !same(got, v) {
			t.Errorf("parameter %#v comes back as %#v", v, got)
		}
	}
	if got := one(t, s, "select cast('2026-02-03' as date)"); !same(got, time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("a date comes back as %#v", got)
	}
	zoned := time.Date(2026, 2, 3, 4, 5, 6, 0, time.FixedZone("", 7*3600))
	if got := one(t, s, "select $1", zoned); !same(got, zoned.UTC()) {
		t.Errorf("an instant comes back as %#v", got)
	}
}

func same(a, b any) bool {
	switch b := b.(type) {
	case time.Time:
		x, ok := a.(time.Time)
		return ok && x.Equal(b)
	case *big.Int:
		x, ok := a.(*big.Int)
		return ok && x.Cmp(b) == 0
	}
	return reflect.DeepEqual(a, b)
}

func testLiterals(t *testing.T, e *env) {
	_, s := e.start(t)
	e.table(t, s, "victim", "id", "integer")
	attacks := []string{
		"'; drop table " + e.sql("victim") + "; --", `\'; drop table ` + e.sql("victim") + `; --`,
		"''", "'''", `"`, "$$; drop table victim; $$", "\\", "x' or '1'='1", "a\x00'; drop table victim; --", "*/", "{{ x }}",
	}
	for _, a := range attacks {
		if got := one(t, s, "select "+e.d.Literal(a)); got != a {
			t.Errorf("%q comes back as %q", a, got)
		}
		hostile := adapter.Decimal(a)
		if r, err := s.Query(t.Context(), "select "+e.d.Literal(hostile)); err == nil {
			_ = r.Close() // it may well be refused
		}
		exec(t, s, e.d.Comment(adapter.RelationInfo{Relation: e.rel("victim"), Type: adapter.Table}, strings.ReplaceAll(a, "\x00", "")))
	}
	if n := e.count(t, s, "victim"); n != 0 {
		t.Errorf("the victim has %d rows", n)
	}
}

func testParameters(t *testing.T, e *env) {
	_, s := e.start(t)
	if err := refused(t, s, "select $1", int64(1), int64(2)); err.Msg == "" {
		t.Error("too many values: no message")
	}
	refused(t, s, "select $1")
	if got := query(t, s, "select $2, $1, $2", "a", "b"); !reflect.DeepEqual(got, [][]any{{"b", "a", "b"}}) {
		t.Errorf("numbered parameters: %v", got)
	}
	if _, err := s.Exec(t.Context(), "select $1", struct{}{}); err == nil {
		t.Error("a struct is taken for a parameter")
	}
}

// oddNames are identifiers that only quoting saves.
func oddNames() []string {
	return []string{
		"select", "Mixed Case", `with"quote`, "it's", "umlaut ü", "日本", "dot.ted", "semi;colon", "1st", "dash-ed",
		"percent%", "back\\slash", "a--comment", strings.Repeat("long", 30), "table", " leading", "{{brace}}",
	}
}

func testIdentifiers(t *testing.T, e *env) {
	_, s := e.start(t)
	for _, name := range oddNames() {
		schema := "s " + name
		rel := manifest.Relation{Database: e.database(), Schema: schema, Name: name}
		info := adapter.RelationInfo{Relation: rel, Type: adapter.Table}
		columns := []adapter.Column{{Name: name, Type: e.d.Type("text")}, {Name: "n " + name, Type: e.d.Type("integer")}}
		exec(t, s, e.d.CreateSchema(e.database(), schema))
		exec(t, s, e.d.CreateSchema(e.database(), schema))
		exec(t, s, e.d.CreateTable(rel, columns))
		if n, err := s.Load(t.Context(), rel, columns, each([]any{name, int64(1)})); err != nil || n != 1 {
			t.Fatalf("load into %q: %d, %v", name, n, err)
		}
		exec(t, s, e.d.Comment(info, name))
		exec(t, s, e.d.CommentColumn(info, name, name))
		exec(t, s, e.d.AddColumn(rel, adapter.Column{Name: "added " + name, Type: e.d.Type("date")}))
		got, err := s.Columns(t.Context(), rel)
		if err != nil || len(got) != 3 || got[0].Name != name || got[2].Name != "added "+name {
			t.Errorf("columns of %q: %v, %v", name, got, err)
		}
		list, err := s.Relations(t.Context(), e.database(), schema)
		if err != nil || len(list) != 1 || list[0].Name != name || list[0].Schema != schema {
			t.Errorf("relations of schema %q: %v, %v", schema, list, err)
		}
		exec(t, s, e.d.Rename(info, name+" renamed"))
		info.Name += " renamed"
		view := adapter.RelationInfo{Relation: rel, Type: adapter.View}
		exec(t, s, e.d.CreateView(rel, "select * from "+e.d.Relation(info.Relation)))
		if got := one(t, s, "select "+e.d.Quote(name)+" from "+e.d.Relation(rel)); got != name {
			t.Errorf("through the view %q: %v", name, got)
		}
		exec(t, s, e.d.Drop(view))
		exec(t, s, e.d.Drop(info))
		exec(t, s, e.d.Drop(info))
	}
}

func testTypes(t *testing.T, e *env) {
	_, s := e.start(t)
	for canonical, literal := range map[string]string{
		"text": "'x'", "integer": "9007199254740993", "decimal(18,2)": "12.34", "float": "1.5", "boolean": "true",
		"date": "'2026-01-31'", "timestamp": "'2026-01-31 10:00:00'", "decimal(38,10)": "1.0000000001",
	} {
		sql := fmt.Sprintf("select cast(%s as %s) as x", literal, e.d.Type(canonical))
		columns, err := s.Describe(t.Context(), sql)
		if err != nil || len(columns) != 1 {
			t.Fatalf("%s: %v, %v", canonical, columns, err)
		}
		if columns[0].Type != e.d.Type(canonical) {
			t.Errorf("%s is spelled %s and described as %s", canonical, e.d.Type(canonical), columns[0].Type)
		}
		query(t, s, sql)
	}
}

func testConstraints(t *testing.T, e *env) {
	_, s := e.start(t)
	exec(t, s, "create table "+e.sql("t")+" (id integer not null primary key)")
	exec(t, s, "insert into "+e.sql("t")+" values (1)")
	for _, v := range []string{"1", "null"} {
		if err := refused(t, s, "insert into "+e.sql("t")+" values ("+v+")"); err.Kind != adapter.ConstraintError {
			t.Errorf("insert of %s: kind %s, %s", v, err.Kind, err.Msg)
		}
	}
	columns := []adapter.Column{{Name: "id", Type: e.d.Type("integer")}}
	_, err := s.Load(t.Context(), e.rel("t"), columns, each([]any{int64(7)}, []any{int64(1)}))
	var refusal *adapter.Error
	if !errors.As(err, &refusal) || refusal.Kind != adapter.ConstraintError {
		t.Errorf("load of a duplicate: %v", err)
	}
	if n := e.count(t, s, "t"); n != 1 {
		t.Errorf("after a refused load the table has %d rows", n)
	}
}

func testErrors(t *testing.T, e *env) {
	_, s := e.start(t)
	e.table(t, s, "orders", "order_id", "integer", "amount", "decimal(18,2)")
	from := " from " + e.sql("orders")
	long := strings.Repeat("1 + ", 300)
	cases := []struct {
		sql       string
		kind      adapter.ErrorKind
		line, col int
		name      string
		candidate string
	}{
		{"select amout" + from, adapter.BinderError, 1, 8, "amout", "amount"},
		{"select\n\n  order_id,\n    amout\n" + from, adapter.BinderError, 4, 5, "amout", "amount"},
		{"select 'é🙂', amout" + from, adapter.BinderError, 1, 14, "amout", "amount"},
		{"select " + long + "amout, " + long + "1" + from, adapter.BinderError, 1, 8 + len(long), "amout", "amount"},
		{"select 1;\nselect amout" + from, adapter.BinderError, 2, 8, "amout", "amount"},
		{"with a as (\n  select order_id as x" + from + "\n)\nselect\n  y from a", adapter.BinderError, 5, 3, "y", "x"},
		{"selec 1", adapter.SyntaxError, 1, 1, "", ""},
		{"select 1,\n  , 2", adapter.SyntaxError, 2, 3, "", ""},
		{"select * from " + e.sql("no_such"), adapter.CatalogError, 1, 15, "no_such", ""},
		{"select no_such_function(1)", adapter.CatalogError, 1, 8, "no_such_function", ""},
		{"select cast('abc' as integer)", adapter.ConversionError, 0, 0, "", ""},
		{e.d.CreateTableAs(e.rel("x"), "select\n  amout"+from, adapter.TableOptions{}), adapter.BinderError, 3, 3, "amout", "amount"},
		{e.d.CreateView(e.rel("x"), "select\n  amout"+from), adapter.BinderError, 3, 3, "amout", "amount"},
	}
	for _, c := range cases {
		err := refused(t, s, c.sql)
		if err.Kind != c.kind || err.Name != c.name {
			t.Errorf("%.60q: kind %s of %q, want %s of %q (%s)", c.sql, err.Kind, err.Name, c.kind, c.name, err.Msg)
		}
		if c.line != 0 && (err.Line != c.line || err.Col != c.col) {
			t.Errorf("%.60q: at %d:%d, want %d:%d (%s)", c.sql, err.Line, err.Col, c.line, c.col, err.Msg)
		}
		if c.candidate != "" && (len(err.Candidates) == 0 || err.Candidates[0] != c.candidate) {
			t.Errorf("%.60q: candidates %q, want %q", c.sql, err.Candidates, c.candidate)
		}
		if err.Msg == "" || strings.Contains(err.Msg, "\n") || strings.Contains(err.Msg, "LINE ") {
			t.Errorf("%.60q: message %q", c.sql, err.Msg)
		}
		if err.Unwrap() == nil {
			t.Errorf("%.60q: no cause", c.sql)
		}
	}
	if got := one(t, s, "select 1"); got != int64(1) {
		t.Errorf("the session is unusable after errors: %v", got)
	}
}
