package source_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// fill makes a raw table of n rows in no order of months. A row in every bad is wrong in all ways.
func fill(tb testing.TB, s adapter.Session, n, bad int) *manifest.ExtractTable {
	tb.Helper()
	sql := fmt.Sprintf(`create schema if not exists raw;
create table raw.lines as select
  cast(i as bigint) as id, case when i %% %[2]d = 0 then 'X' else 'C' || (i %% 900) end as code, date '2026-01-01' + cast(i * 37 %% 365 as integer) as day,
  case when i %% %[2]d = 0 then 'soon' else '3 Februari 2026' end as since,
  cast(case when i %% %[2]d = 0 then -1 else i %% 1000 end as decimal(18,2)) as fee, cast(case when i %% %[2]d = 0 then 7 else i %% 1000 end as decimal(18,2)) as total,
  'ACME' as entity, cast(2026 as bigint) as year,
  cast(null as bigint) as sheet_month, 'raw/lines.csv' as _file, '' as _sheet, cast(i + 2 as bigint) as _row
from range(%[1]d) as r(i)`, n, bad)
	if _, err := s.Exec(tb.Context(), sql); err != nil {
		tb.Fatal(err)
	}
	at := diag.Pos{File: "sources/a.yml", Line: 9, Col: 5}
	m := func(kv ...any) *manifest.Map { return manifest.NewMap(kv...) }
	t := &manifest.ExtractTable{
		Source: "raw", Table: "lines", Driver: "csv", Snapshot: "clean/acme-2026-lines.csv", Locale: "id-ID", Options: manifest.NewMap("csv", "raw/lines.csv"), Pos: at,
		Checks: []manifest.Check{
			{Pos: at, Name: "known", Kind: "lookup", Columns: []string{"code"}, Rule: m("to", "raw.codes")},
			{Pos: at, Name: "positive", Kind: "range", Columns: []string{"fee"}, Rule: m("min", int64(0))},
			{Pos: at, Name: "adds_up", Kind: "equals", Columns: []string{"total"}, Rule: "fee"},
			{Pos: at, Name: "written", Kind: "pattern", Columns: []string{"code"}, Rule: "C[0-9]+"},
			{Pos: at, Name: "one_id", Kind: "unique", Rule: []any{"id"}},
			{Pos: at, Name: "in_year", Kind: "period", Columns: []string{"day"}, Rule: true},
			{Pos: at, Name: "long", Kind: "length", Columns: []string{"code"}, Rule: m("min", int64(2))},
			{Pos: at, Name: "days", Kind: "type", Columns: []string{"since"}, Rule: "date"},
		},
	}
	for _, c := range []string{"id integer", "code text", "day date", "since text", "fee decimal(18,2)", "total decimal(18,2)"} {
		name, ty, _ := strings.Cut(c, " ")
		t.Columns = append(t.Columns, manifest.ExtractColumn{Name: name, Type: ty})
	}
	if _, err := s.Exec(tb.Context(), "create table raw.codes as select 'C' || i as code from range(900) as r(i)"); err != nil {
		tb.Fatal(err)
	}
	return t
}

// benchSession opens an empty database.
func benchSession(b *testing.B) adapter.Session {
	b.Helper()
	w, err := duckdb.New().Open(b.Context(), adapter.Target{Type: "duckdb", Root: b.TempDir(), Options: manifest.NewMap("path", "test.duckdb")}, adapter.OpenOptions{})
	if err != nil {
		b.Fatal(err)
	}
	s, err := w.Session(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := errors.Join(s.Close(), w.Close()); err != nil {
			b.Error(err)
		}
	})
	return s
}

func scaleOptions(root string) source.ValidateOptions {
	return source.ValidateOptions{
		Root: root, Dialect: duckdb.New().Dialect(), Now: clock,
		Scope: []source.ScopeColumn{{Name: "entity", Type: "text", Value: "ACME"}, {Name: "year", Type: "integer", Value: int64(2026)}},
		Lookup: func(string, string) (manifest.Relation, []string, error) {
			return manifest.Relation{Schema: "raw", Name: "codes"}, nil, nil
		},
	}
}

// BenchmarkValidate checks a million rows in eight ways, a row in a thousand wrong in six;
// ATLAS_FINDINGS=5000000 makes so many findings instead.
func BenchmarkValidate(b *testing.B) {
	rows, bad := 1_000_000, 1000
	if n, err := strconv.Atoi(os.Getenv("ATLAS_FINDINGS")); err == nil {
		rows, bad = n/6, 1
	}
	s := benchSession(b)
	t := fill(b, s, rows, bad)
	var peak runtime.MemStats
	for b.Loop() {
		r, err := source.Validate(b.Context(), s, []*manifest.ExtractTable{t}, scaleOptions(b.TempDir()))
		if err != nil {
			b.Fatal(err)
		}
		runtime.ReadMemStats(&peak)
		b.ReportMetric(float64(r.Summary.Findings), "findings")
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(peak.Sys)/(1<<20), "MB-of-Go")
}
