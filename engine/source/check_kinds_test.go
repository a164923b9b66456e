package source_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/builtin"
)

const checkedRows = `id,code,phone,fee,discount,total,day,since
1,A,0812-33,100,10,90,2026-01-05,3 Februari 2026
2,B,abc,100,0,99,2026-02-30,kemarin
3,Z,,250,,250,2025-12-31,
3,a'b,0813,-5,0,-5,2026-01-01,2026-01-01
,,08144444444,1000000,0,999999.99,,1/2/2026
`

// checkedTable loads the rows and gives their table and options to validate it.
func checkedTable(t *testing.T, checks ...manifest.Check) (*manifest.ExtractTable, func() (*source.Validation, error), string) {
	t.Helper()
	root, s := t.TempDir(), session(t)
	if err := os.WriteFile(filepath.Join(root, "rows.csv"), []byte(checkedRows), 0o644); err != nil {
		t.Fatal(err)
	}
	table := &manifest.ExtractTable{
		Source: "raw", Table: "payments", Driver: "csv", Snapshot: "clean/acme-2026-payments.csv", Locale: "id-ID", OnBadCell: "null",
		Options: manifest.NewMap("csv", "rows.csv"), Checks: checks, Pos: diag.Pos{File: "sources/a.yml", Line: 3},
	}
	for _, c := range []string{"id integer", "code text", "phone text", "fee decimal(18,2)", "discount decimal(18,2)", "total decimal(18,2)", "day date", "since text"} {
		name, ty, _ := strings.Cut(c, " ")
		table.Columns = append(table.Columns, manifest.ExtractColumn{Name: name, Type: ty})
	}
	table.Locale = "en-US"
	extract(t, table, options(root))
	table.Locale = "id-ID" // the texts are read by it
	o := source.ValidateOptions{Root: root, Dialect: duckdb.New().Dialect(), Now: clock, Scope: []source.ScopeColumn{{Name: "entity", Type: "text", Value: "ACME"}, {Name: "year", Type: "integer", Value: int64(2026)}}}
	load(t, s, table, source.LoadOptions{Root: root, Dialect: o.Dialect, Scope: o.Scope, Now: clock})
	if _, err := s.Exec(t.Context(), "create table main.units (code text, label text); insert into main.units values ('A', 'x'), ('B', null); create table raw.totals (entity text, year integer, code text, expected decimal(18,2)); insert into raw.totals values ('ACME', 2026, 'A', 90), ('ACME', 2026, 'B', 100), ('OTHER', 2026, 'Z', 1), ('ACME', 2026, 'Q', 5)"); err != nil {
		t.Fatal(err)
	}
	o.Lookup = func(words, column string) (manifest.Relation, []string, error) {
		switch words {
		case "ref('units')":
			return manifest.Relation{Schema: "main", Name: "units"}, nil, nil
		case "ref('seed')":
			return manifest.Relation{}, []string{"A", "a'b"}, nil
		case "raw.totals":
			return manifest.Relation{Schema: "raw", Name: "totals"}, nil, nil
		}
		return manifest.Relation{}, nil, diag.Errorf(diag.UnknownRef, diag.Pos{}, "there is no %s", words)
	}
	return table, func() (*source.Validation, error) {
		return source.Validate(t.Context(), s, []*manifest.ExtractTable{table}, o)
	}, root
}

func TestCheckKinds(t *testing.T) {
	m := func(kv ...any) *manifest.Map { return manifest.NewMap(kv...) }
	for _, c := range []struct {
		check manifest.Check
		want  string // cells of the findings, and their message
	}{
		{manifest.Check{Kind: "not_null", Columns: []string{"id", "code"}, Rule: true}, "A6 B6: The column id, code is empty."},
		{manifest.Check{Kind: "unique", Rule: []any{"id"}}, "A5: The same id stands in another row. The same stands in row 4 of rows.csv."},
		{manifest.Check{Kind: "range", Columns: []string{"fee"}, Rule: m("min", int64(0), "below", "1000000")}, "D5: The fee is out of its range.|D6: The fee is out of its range."},
		{manifest.Check{Kind: "range", Columns: []string{"day"}, Rule: m("min", "2026-01-01")}, "G4: The day is out of its range."},
		{manifest.Check{Kind: "pattern", Columns: []string{"phone"}, Rule: `0[0-9-]+`}, "C3: The phone is not written as it should be."},
		{manifest.Check{Kind: "length", Columns: []string{"phone"}, Rule: m("min", int64(4), "max", int64(10))}, "C3: The phone is too short or too long.|C6: The phone is too short or too long."},
		{manifest.Check{Kind: "type", Columns: []string{"since"}, Rule: "date"}, `H3: The since is no date. since "kemarin" is not a date.`},
		{manifest.Check{Kind: "lookup", Columns: []string{"code"}, Rule: []any{"A", "B", "a'b"}}, "B4: The code is not known."},
		{manifest.Check{Kind: "lookup", Columns: []string{"code"}, Rule: m("to", "ref('units')")}, "B4: The code is not known.|B5: The code is not known."},
		{manifest.Check{Kind: "lookup", Columns: []string{"code"}, Rule: m("to", "ref('seed')")}, "B3: The code is not known.|B4: The code is not known."},
		{manifest.Check{Kind: "equals", Columns: []string{"total"}, Rule: "fee - coalesce(discount, 0)"}, "F3 D3 E3: The total does not add up. Expected 100.00, found 99.00.|F6 D6 E6: The total does not add up. Expected 1000000.00, found 999999.99."},
		{manifest.Check{Kind: "equals", Columns: []string{"total"}, Rule: "fee - coalesce(discount, 0)", Options: m("tolerance", 0.05)}, "F3 D3 E3: The total does not add up. Expected 100.00, found 99.00."},
		{manifest.Check{Kind: "period", Columns: []string{"day"}, Rule: true}, "G4: The day lies outside the year or the sheet's month."},
		{manifest.Check{Kind: "sql", SQL: "phone <> 'abc' or code = '\"discount\"' -- fee"}, "C3 B3: "},
		{
			manifest.Check{Kind: "reconcile", Rule: m("sum", "total", "by", []any{"code"}, "where", "code not in ('Z', 'a''b')", "with", m("table", "raw.totals", "sum", "expected", "by", []any{"code"}))},
			": The sums differ. code B: the sum here is 99.00, there 100.00, a difference of -1.00.|: The sums differ. code Q: the sum here is nothing, there 5.00, a difference of -5.00.",
		},
	} {
		c.check.Name, c.check.Pos = "c", diag.Pos{File: "sources/a.yml", Line: 9, Col: 5}
		t.Run(fmt.Sprintf("%s %v", c.check.Kind, c.check.Rule), func(t *testing.T) {
			table, validate, root := checkedTable(t, c.check)
			if l := source.CheckDeclaration(table, builtin.Sources()); len(l) > 0 {
				t.Errorf("the declaration is good: %v", l)
			}
			r, err := validate()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			checks := r.Tables[0].Checks
			last := checks[len(checks)-1]
			for _, f := range last.Findings {
				text := f.Message
				if text == "" {
					text = last.Message
				} else if last.Message != "" {
					text = last.Message + " " + text
				}
				got = append(got, strings.Join(f.Cells, " ")+": "+text)
			}
			if strings.Join(got, "|") != c.want {
				t.Errorf("findings:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.ReplaceAll(c.want, "|", "\n"))
			}
			if files, err := filepath.Glob(filepath.Join(root, "target/validation/.*")); err != nil || len(files) > 0 {
				t.Errorf("left behind: %q, %v", files, err)
			}
		})
	}
}

func TestCheckMistakes(t *testing.T) {
	m := func(kv ...any) *manifest.Map { return manifest.NewMap(kv...) }
	var checks []manifest.Check
	var want []string
	for _, c := range []struct {
		check manifest.Check
		want  string
	}{
		{manifest.Check{Kind: "rnage", Columns: []string{"fee"}}, `there is no check of the kind "rnage"`},
		{manifest.Check{Kind: "range", Rule: m("min", int64(0))}, "names no column"},
		{manifest.Check{Kind: "range", Columns: []string{"fees"}, Rule: m("min", int64(0))}, `has no column "fees"`},
		{manifest.Check{Kind: "range", Columns: []string{"fee"}, Rule: m("min", "much")}, "min: much is not a number"},
		{manifest.Check{Kind: "range", Columns: []string{"fee"}, Rule: m("min", int64(5), "max", int64(3))}, "min is more than max"},
		{manifest.Check{Kind: "length", Columns: []string{"phone"}, Rule: m("min", int64(5), "max", int64(3))}, "min is more than max"},
		{manifest.Check{Kind: "pattern", Columns: []string{"phone"}, Rule: "("}, "is no regular expression"},
		{manifest.Check{Kind: "type", Columns: []string{"since"}, Rule: "dat"}, `"dat" is no column type`},
		{manifest.Check{Kind: "period", Columns: []string{"phone"}, Rule: true}, "column phone is text, not a date"},
		{manifest.Check{Kind: "equals", Columns: []string{"total"}, Rule: "fee", Options: m("tolerance", "x")}, "tolerance must be a number"},
		{manifest.Check{Kind: "lookup", Columns: []string{"code"}, Rule: "x"}, "neither a list nor a mapping"},
		{manifest.Check{Kind: "reconcile", Rule: m("sum", "total")}, "says nothing to compare with"},
	} {
		c.check.Name, c.check.Pos = "c", diag.Pos{File: "a.yml", Line: len(checks) + 1, Col: 1}
		checks, want = append(checks, c.check), append(want, c.want)
	}
	table, _, _ := checkedTable(t, checks...)
	found := source.CheckDeclaration(table, builtin.Sources())
	for _, w := range want {
		if !slices.ContainsFunc(found, func(d *diag.Diagnostic) bool { return strings.Contains(d.Msg, w) }) {
			t.Errorf("nobody says %s", w)
		}
	}
	if len(found) != len(want) {
		t.Errorf("%d mistakes, want %d: %v", len(found), len(want), found)
	}
}

// TestReportSchema holds a real report to the schema that the binary prints.
func TestReportSchema(t *testing.T) {
	check := func(kind string, rule any, columns ...string) manifest.Check {
		return manifest.Check{Name: kind, Kind: kind, Rule: rule, Columns: columns, Pos: diag.Pos{File: "a.yml", Line: 1}}
	}
	_, validate, root := checkedTable(t, check("pattern", "0.*", "phone"), check("unique", []any{"id"}), check("type", "date", "since"),
		check("reconcile", manifest.NewMap("sum", "total", "by", []any{"code"}, "with", manifest.NewMap("table", "raw.totals", "sum", "expected"))))
	if _, err := validate(); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(source.ReportSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(read(t, root, "target/validation/acme-2026.json")))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(doc); err != nil {
		t.Error(err)
	}
}
