package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// TestHostileChecks declares checks over columns and values that nobody would choose.
func TestHostileChecks(t *testing.T) {
	m := func(kv ...any) *manifest.Map { return manifest.NewMap(kv...) }
	odd := `se"lect 'x'; -- ü`
	for _, c := range []struct {
		name  string
		check manifest.Check
		want  string // cells, or the mistake
	}{
		{"numbers in a list for a text", manifest.Check{Kind: "lookup", Columns: []string{"code"}, Rule: []any{int64(1), "O'Neil"}}, "A4 A5 A6"},
		{"texts in a list for a number", manifest.Check{Kind: "lookup", Columns: []string{"n"}, Rule: []any{"1", "2"}}, "C4 C5"},
		{"no number in a list for a number", manifest.Check{Kind: "lookup", Columns: []string{"n"}, Rule: []any{"one"}}, "one is not a number"},
		{"nothing in a list", manifest.Check{Kind: "lookup", Columns: []string{"code"}, Rule: []any{"1", nil}}, "A3 A4 A5 A6"},
		{"a lookup in another type", manifest.Check{Kind: "lookup", Columns: []string{"code"}, Rule: m("to", "raw.numbers", "column", "n")}, "A3 A4 A5 A6"},
		{"a comment", manifest.Check{Kind: "equals", Columns: []string{"n"}, Rule: "1 -- always"}, "C3 C4 C5"},
		{"a comment in a group", manifest.Check{Kind: "reconcile", Rule: m("sum", "n -- all", "where", "true -- x", "with", m("table", "raw.numbers", "sum", "n"))}, ""},
		{"an odd column", manifest.Check{Kind: "length", Columns: []string{odd}, Rule: m("max", int64(3))}, "B3 B5"},
		{"an odd column twice", manifest.Check{Kind: "unique", Rule: []any{odd}}, "B6"},
		{"an odd value", manifest.Check{Kind: "lookup", Columns: []string{odd}, Rule: []any{"a\nb\"'", "ok"}}, "B5"},
		{"an odd pattern", manifest.Check{Kind: "pattern", Columns: []string{odd}, Rule: `(?s).*['"]?`}, ""},
		{"a pattern of many lines", manifest.Check{Kind: "pattern", Columns: []string{odd}, Rule: `[a-z]+`}, "B3 B5"},
		{"a range of texts", manifest.Check{Kind: "range", Columns: []string{"code"}, Rule: m("min", "A", "max", "P")}, "A2 A4 A6"},
		{"a range of both ways", manifest.Check{Kind: "range", Columns: []string{"n"}, Rule: m("above", int64(1), "max", "3")}, "C2 C5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, s := t.TempDir(), session(t)
			rows := "code,odd,n\n1,ok,1\nO'Neil,\"a\nb\"\"'\",2\nö,,3\nNull,</script>,-4\nzzz,ok,\n"
			if err := os.WriteFile(filepath.Join(root, "rows.csv"), []byte(rows), 0o644); err != nil {
				t.Fatal(err)
			}
			table := &manifest.ExtractTable{
				Source: "raw", Table: `odd"table`, Driver: "csv", Snapshot: "clean/acme-2026-odd.csv", Pos: diag.Pos{File: "a.yml", Line: 1, Col: 1},
				Options: manifest.NewMap("csv", "rows.csv"),
				Columns: []manifest.ExtractColumn{{Name: "code", Type: "text"}, {Name: odd, Headers: []string{"odd"}, Type: "text"}, {Name: "n", Type: "integer"}},
			}
			c.check.Name, c.check.Pos = "c", diag.Pos{File: "a.yml", Line: 9, Col: 5}
			table.Checks = []manifest.Check{c.check}
			extract(t, table, options(root))
			o := source.ValidateOptions{Root: root, Dialect: duckdb.New().Dialect(), Now: clock, Lookup: func(string, string) (manifest.Relation, []string, error) {
				return manifest.Relation{Schema: "raw", Name: "numbers"}, nil, nil
			}}
			load(t, s, table, source.LoadOptions{Root: root, Dialect: o.Dialect, Now: clock})
			if _, err := s.Exec(t.Context(), "create table raw.numbers as select 1 as n union all select 1"); err != nil {
				t.Fatal(err)
			}
			v, err := source.Validate(t.Context(), s, []*manifest.ExtractTable{table}, o)
			if err != nil {
				if c.want == "" || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("%v\n%v", err, diag.From(err))
				}
				return
			}
			var got []string
			checks := v.Tables[0].Checks
			for _, f := range checks[len(checks)-1].Findings {
				if f.Cell != "" {
					got = append(got, f.Cell)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("cells %q, want %q; %s", got, c.want, checks[len(checks)-1].SQL)
			}
		})
	}
}
