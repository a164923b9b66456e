package duckdb_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/manifest"
)

// memory opens a database that lives as long as the test, and a session.
func memory(t testing.TB, options ...any) adapter.Session {
	t.Helper()
	o := manifest.NewMap("path", ":memory:")
	for i := 0; i < len(options); i += 2 {
		o.Set(options[i].(string), options[i+1])
	}
	w, err := duckdb.New().Open(t.Context(), adapter.Target{Name: "dev", Root: t.TempDir(), Options: o}, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), w.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func all(t testing.TB, s adapter.Session, sql string, args ...any) [][]any {
	t.Helper()
	r, err := s.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	var out [][]any
	for r.Next() {
		out = append(out, append([]any(nil), r.Values()...))
	}
	if err := errors.Join(r.Err(), r.Close()); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return out
}

func cell(t testing.TB, s adapter.Session, sql string, args ...any) any {
	t.Helper()
	rows := all(t, s, sql, args...)
	if len(rows) != 1 {
		t.Fatalf("%d rows\n%s", len(rows), sql)
	}
	return rows[0][0]
}

func mustExec(t testing.TB, s adapter.Session, sql string) {
	t.Helper()
	if _, err := s.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
}

func TestValues(t *testing.T) {
	s := memory(t)
	huge, _ := new(big.Int).SetString("170141183460469231731687303715884105727", 10)
	uhuge, _ := new(big.Int).SetString("340282366920938463463374607431768211455", 10)
	bignum, _ := new(big.Int).SetString("-"+strings.Repeat("9", 60), 10)
	cases := []struct {
		sql, typ string
		want     any
	}{
		{"1::tinyint", "TINYINT", int64(1)},
		{"(-32768)::smallint", "SMALLINT", int64(-32768)},
		{"255::utinyint", "UTINYINT", int64(255)},
		{"65535::usmallint", "USMALLINT", int64(65535)},
		{"4294967295::uinteger", "UINTEGER", int64(4294967295)},
		{"18446744073709551615::ubigint", "UBIGINT", new(big.Int).SetUint64(18446744073709551615)},
		{"7::ubigint", "UBIGINT", int64(7)},
		{"(-7)::hugeint", "HUGEINT", int64(-7)},
		{"170141183460469231731687303715884105727::hugeint", "HUGEINT", huge},
		{"(-170141183460469231731687303715884105727)::hugeint", "HUGEINT", new(big.Int).Neg(huge)},
		{"340282366920938463463374607431768211455::uhugeint", "UHUGEINT", uhuge},
		{"'-" + strings.Repeat("9", 60) + "'::bignum", "BIGNUM", bignum},
		{"'12'::bignum", "BIGNUM", int64(12)},
		{"sum(i) from range(3) t(i)", "HUGEINT", int64(3)},
		{"0.1::float", "FLOAT", 0.1},
		{"1e300::double", "DOUBLE", 1e300},
		{"1.5::decimal(4,1)", "DECIMAL(4,1)", adapter.Decimal("1.5")},
		{"(-0.05)::decimal(9,2)", "DECIMAL(9,2)", adapter.Decimal("-0.05")},
		{"1250000::decimal(18,2)", "DECIMAL(18,2)", adapter.Decimal("1250000.00")},
		{"(-12345678901234567890.5)::decimal(38,5)", "DECIMAL(38,5)", adapter.Decimal("-12345678901234567890.50000")},
		{"5::decimal(5,0)", "DECIMAL(5,0)", adapter.Decimal("5")},
		{"0::decimal(3,3)", "DECIMAL(3,3)", adapter.Decimal("0.000")},
		{"'0044-03-15 (BC)'::date", "DATE", time.Date(-43, 3, 15, 0, 0, 0, 0, time.UTC)},
		{"'infinity'::date", "DATE", "infinity"},
		{"'-infinity'::timestamp", "TIMESTAMP", "-infinity"},
		{"'1969-12-31 23:59:59.999999'::timestamp", "TIMESTAMP", time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)},
		{"'2026-01-02 03:04:05'::timestamp_s", "TIMESTAMP_S", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		{"'2026-01-02 03:04:05.678'::timestamp_ms", "TIMESTAMP_MS", time.Date(2026, 1, 2, 3, 4, 5, 678000000, time.UTC)},
		{"'2026-01-02 03:04:05.123456789'::timestamp_ns", "TIMESTAMP_NS", time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC)},
		{"'2026-01-02 03:04:05+07'::timestamptz", "TIMESTAMP WITH TIME ZONE", time.Date(2026, 1, 1, 20, 4, 5, 0, time.UTC)},
		{"'23:59:59.5'::time", "TIME", "23:59:59.5"},
		{"'24:00:00'::time", "TIME", "24:00:00"},
		{"'01:02:03+05:30'::timetz", "TIME WITH TIME ZONE", "01:02:03+05:30"},
		{"'01:02:03-08'::timetz", "TIME WITH TIME ZONE", "01:02:03-08"},
		{"uuid '00000000-0000-0000-0000-000000000001'", "UUID", "00000000-0000-0000-0000-000000000001"},
		{"uuid 'ffeebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "UUID", "ffeebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
		{"'0101010101'::bit", "BIT", "0101010101"},
		{"'\\xAA\\x00b'::blob", "BLOB", []byte{0xAA, 0, 'b'}},
		{"'b'::enum('a', 'b')", "ENUM('a', 'b')", "b"},
		{`'{"big": 12345678901234567890}'::json`, "JSON", `{"big": 12345678901234567890}`},
		{"[1, null, 3]", "INTEGER[]", []any{int64(1), nil, int64(3)}},
		{"[['a'], []]", "VARCHAR[][]", []any{[]any{"a"}, []any{}}},
		{"[1.5, 2]::decimal(3,1)[2]", "DECIMAL(3,1)[2]", []any{adapter.Decimal("1.5"), adapter.Decimal("2.0")}},
		{
			"{'z': 1, 'a': [date '2026-01-01'], 'select': null}", `STRUCT(z INTEGER, a DATE[], "select" INTEGER)`,
			manifest.NewMap("z", int64(1), "a", []any{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, "select", nil),
		},
		{"map {'k2': 1, 'k1': 2}", "MAP(VARCHAR, INTEGER)", manifest.NewMap("k2", int64(1), "k1", int64(2))},
		{"map {date '2026-01-01': 1.5}", "MAP(DATE, DECIMAL(2,1))", manifest.NewMap("2026-01-01", adapter.Decimal("1.5"))},
		{"union_value(num := 7)", "UNION(num INTEGER)", int64(7)},
		{"'x'::union(num integer, str varchar)", "UNION(num INTEGER, str VARCHAR)", "x"},
		{"null", "INTEGER", nil},
		{"null::struct(a integer)", "STRUCT(a INTEGER)", nil},
		{"'" + strings.Repeat("long ", 50) + "'", "VARCHAR", strings.Repeat("long ", 50)},
		{"'twelve bytes'", "VARCHAR", "twelve bytes"},
		{"'thirteen byte'", "VARCHAR", "thirteen byte"},
	}
	for _, c := range cases {
		r, err := s.Query(t.Context(), "select "+c.sql)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if typ := r.Columns()[0].Type; typ != c.typ {
			t.Errorf("%s: type %s, want %s", c.sql, typ, c.typ)
		}
		if !r.Next() {
			t.Errorf("%s: %v", c.sql, r.Err())
			continue
		}
		if got := r.Values()[0]; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v, want %#v", c.sql, got, c.want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		// Describe, DESCRIBE and a table made of it agree on the type.
		columns, err := s.Describe(t.Context(), "select "+c.sql)
		if err != nil || columns[0].Type != c.typ {
			t.Errorf("%s: described as %v, %v", c.sql, columns, err)
		}
		if typ := all(t, s, "describe select "+c.sql)[0][1]; typ != c.typ {
			t.Errorf("%s: DuckDB's DESCRIBE says %v, we say %s", c.sql, typ, c.typ)
		}
	}
}

func TestIntervals(t *testing.T) {
	s := memory(t)
	for _, i := range []string{
		"interval 1 day", "interval 2 days", "interval 14 months", "interval '1 year 2 days 03:04:05.06'",
		"interval (-1) month", "interval (-90) second", "interval 0 day", "interval 100 hours", "interval '1.5 seconds'",
	} {
		want := cell(t, s, "select ("+i+")::varchar")
		if got := cell(t, s, "select "+i); got != want {
			t.Errorf("%s: %v, DuckDB prints %v", i, got, want)
		}
	}
}

// TestNestedChunks reads nested values over many chunks, filtered, so that their vectors are
// not as they were stored.
func TestNestedChunks(t *testing.T) {
	s := memory(t)
	mustExec(t, s, `create table t as
		select i, 'name ' || (i % 7) as name, {'i': i, 'n': 'name ' || (i % 7), 'l': [i, i + 1]} as st, [i % 3, null] as li
		from range(20000) r(i)`)
	rows := all(t, s, "select i, st, li, {'a': name, 'b': li} as made, [name, 'x'] as list, map {name: i} as m from t where i % 3 = 1 order by i")
	if len(rows) != 6667 {
		t.Fatalf("%d rows", len(rows))
	}
	for j, r := range rows {
		i := int64(3*j + 1)
		name := fmt.Sprintf("name %d", i%7)
		want := []any{
			i, manifest.NewMap("i", i, "n", name, "l", []any{i, i + 1}),
			[]any{int64(1), nil},
			manifest.NewMap("a", name, "b", []any{int64(1), nil}),
			[]any{name, "x"},
			manifest.NewMap(name, i),
		}
		if !reflect.DeepEqual(r, want) {
			got, _ := json.Marshal(r)
			t.Fatalf("row %d: %s", j, got)
		}
	}
}

func TestLoadTypes(t *testing.T) {
	s := memory(t)
	mustExec(t, s, `create table t (
		ti tinyint, ui ubigint, h hugeint, uh uhugeint, f float, d4 decimal(4,2), d9 decimal(9,0), d38 decimal(38,10),
		u uuid, b blob, e enum('a', 'b'), j json, tm time, tz timestamptz, ts timestamp_s, tms timestamp_ms, tns timestamp_ns, bo boolean)`)
	columns, err := s.Columns(t.Context(), manifest.Relation{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	row := []any{
		int64(-128), "18446744073709551615", "-170141183460469231731687303715884105727", "340282366920938463463374607431768211455",
		"0.1", "-99.995e0", 1e8, adapter.Decimal("1234567890123456789012345678.0123456789"),
		"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
		[]byte{0, 255},
		"b", `{"a": [1]}`, "10:11", "2026-01-02T03:04:05+07:00",
		"2026-01-02 03:04:05", "2026-01-02", time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), "1",
	}
	load := func(row []any) error {
		_, err := s.Load(t.Context(), manifest.Relation{Name: "t"}, columns, func(yield func([]any, error) bool) { yield(row, nil) })
		return err
	}
	if err := load(row); err == nil || !strings.Contains(err.Error(), `"d4"`) {
		t.Errorf("a decimal that rounds beyond its width: %v", err)
	}
	row[5] = "-9.995"
	if err := load(row); err != nil {
		t.Fatal(err)
	}
	want := [][]any{{
		"-128", "18446744073709551615", "-170141183460469231731687303715884105727", "340282366920938463463374607431768211455",
		"0.1", "-10.00", "100000000", "1234567890123456789012345678.0123456789", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
		`\x00\xFF`, "b", `{"a": [1]}`, "10:11:00", "2026-01-01 20:04:05+00", "2026-01-02 03:04:05", "2026-01-02 00:00:00",
		"2026-01-02 03:04:05.000000006", "true",
	}}
	mustExec(t, s, "set timezone = 'UTC'")
	if got := all(t, s, "select columns(*)::varchar from t"); !reflect.DeepEqual(got, want) {
		t.Errorf("loaded\n%v, want\n%v", got, want)
	}
	for column, bad := range map[int]any{
		0: int64(128), 1: "-1", 2: "1e40", 3: int64(-1), 4: "x", 6: "1234567890", 8: "a0eebc99", 10: "c", 11: "{", 12: "25:00",
		13: "2026-01-02 03:04:05", 16: "1500-01-01", 17: "maybe",
	} {
		r := append([]any(nil), row...)
		r[column] = bad
		var refusal *adapter.RowError
		if err := load(r); !errors.As(err, &refusal) || refusal.Column != columns[column].Name {
			t.Errorf("%v in %s: %v", bad, columns[column].Name, err)
		}
	}
	r := append([]any(nil), row...)
	r[11] = "\"\xff\""
	if err := load(r); err == nil {
		t.Error("text that is not UTF-8 is loaded")
	}
}

// TestLoadText spells values for a text column.
func TestLoadText(t *testing.T) {
	s := memory(t)
	mustExec(t, s, "create table t (x varchar, j json)")
	rel := manifest.Relation{Name: "t"}
	for _, c := range []struct {
		value any
		x, j  string
	}{
		{float64(12345678), "12345678", "12345678"},
		{0.1, "0.1", "0.1"},
		{int64(7), "7", "7"},
		{true, "true", "true"},
		{adapter.Decimal("1.50"), "1.50", `"1.50"`},
		{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "2026-01-02 03:04:05", `"2026-01-02T03:04:05Z"`},
		{manifest.NewMap("k", []any{int64(1)}), `{"k":[1]}`, `{"k":[1]}`},
		{strings.Repeat("é", 6), strings.Repeat("é", 6), ""},
		{"", "", ""},
	} {
		j := c.value
		if c.j == "" {
			j = nil
		}
		mustExec(t, s, "delete from t")
		columns := []adapter.Column{{Name: "x"}, {Name: "j"}}
		if _, err := s.Load(t.Context(), rel, columns, func(yield func([]any, error) bool) { yield([]any{c.value, j}, nil) }); err != nil {
			t.Errorf("%v: %v", c.value, err)
			continue
		}
		got := all(t, s, "select x, coalesce(j::varchar, '') from t")
		if !reflect.DeepEqual(got, [][]any{{c.x, c.j}}) {
			t.Errorf("%#v is loaded as %q", c.value, got)
		}
	}
}

func TestLoadNested(t *testing.T) {
	s := memory(t)
	mustExec(t, s, "create table t (i integer, l integer[], st struct(a decimal(9,2), b varchar), m map(varchar, integer), iv interval, bi bit, tz timetz)")
	columns, err := s.Columns(t.Context(), manifest.Relation{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.Load(t.Context(), manifest.Relation{Name: "t"}, columns, func(yield func([]any, error) bool) {
		_ = yield([]any{int64(1), []any{int64(1), nil}, manifest.NewMap("a", adapter.Decimal("1.50"), "b", "it's"), `{"k": 1}`, "1 day", "101", "10:00:00+07"}, nil) &&
			yield([]any{int64(2), nil, nil, nil, nil, nil, nil}, nil)
	})
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	want := [][]any{
		{int64(1), []any{int64(1), nil}, manifest.NewMap("a", adapter.Decimal("1.50"), "b", "it's"), manifest.NewMap("k", int64(1)), "1 day", "101", "10:00:00+07"},
		{int64(2), nil, nil, nil, nil, nil, nil},
	}
	if got := all(t, s, "from t order by i"); !reflect.DeepEqual(got, want) {
		t.Errorf("loaded %v", got)
	}
}

func TestListParameters(t *testing.T) {
	s := memory(t)
	for _, list := range [][]any{{"a", "b", nil}, {int64(1), int64(2)}, {}, {[]any{"x"}}} {
		if got := cell(t, s, "select $1", list); !reflect.DeepEqual(got, list) {
			t.Errorf("%v comes back as %v", list, got)
		}
	}
	if got := cell(t, s, "select count(*) from range(5) t(i) where i in (select unnest($1))", []any{int64(1), int64(3), int64(9)}); got != int64(2) {
		t.Errorf("in a list: %v", got)
	}
	if _, err := s.Query(t.Context(), "select $1", []any{int64(1), "a"}); err == nil {
		t.Error("a mixed list is bound")
	}
}

func TestLiteral(t *testing.T) {
	s := memory(t)
	d := duckdb.New().Dialect()
	nan, ok := cell(t, s, "select "+d.Literal(math.NaN())).(float64)
	if !ok || !math.IsNaN(nan) {
		t.Errorf("NaN: %v", nan)
	}
	for _, v := range []any{
		math.Inf(1), math.Inf(-1), 1e20, 1e-300,
		[]byte{},
		[]any{"a", nil, "it's"},
		[]any{},
		manifest.NewMap("it's", int64(1), "b", []any{"x"}),
		time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
	} {
		if got := cell(t, s, "select "+d.Literal(v)); !reflect.DeepEqual(got, v) {
			t.Errorf("%#v is spelled %s and comes back as %#v", v, d.Literal(v), got)
		}
	}
	zoned := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", -8*3600))
	if got := cell(t, s, "select "+d.Literal(zoned)); !reflect.DeepEqual(got, zoned.UTC()) {
		t.Errorf("an instant comes back as %v", got)
	}
	for _, v := range []any{[]string{"a", "b"}, int32(7), uint8(7)} {
		cell(t, s, "select "+d.Literal(v))
	}
	if d.Name() != duckdb.Name {
		t.Error(d.Name())
	}
	for in, want := range map[string]string{"numeric(5, 2)": "DECIMAL(5,2)", "decimal": "DECIMAL(18,3)", "STRUCT(a INTEGER)": "STRUCT(a INTEGER)", "string": "VARCHAR"} {
		if got := d.Type(in); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}
