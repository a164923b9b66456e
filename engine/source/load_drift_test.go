package source_test

import (
	"fmt"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// typed declares a table raw.orders of one column x of a type.
func typed(ty, drift string) *manifest.ExtractTable {
	t := orders()
	t.Columns = []manifest.ExtractColumn{{Name: "x", Type: ty, Pos: diag.Pos{File: "sources/acme.yml", Line: 9, Col: 5}}}
	t.Drift = drift
	t.OptionPos["schema_drift"] = diag.Pos{File: "sources/acme.yml", Line: 7, Col: 3}
	return t
}

// one makes a snapshot of one column and row.
func one(columns, values string) string {
	return columns + ",_file,_sheet,_row\n" + values + ",f,s,1\n"
}

func columnType(t *testing.T, s adapter.Session, name string) string {
	t.Helper()
	return strings.TrimSpace(query(t, s, "select data_type from information_schema.columns where table_schema = 'raw' and table_name = 'orders' and column_name = '"+name+"'"))
}

// TestDriftOfTypes loads a second scope with another type than the first.
func TestDriftOfTypes(t *testing.T) {
	for _, c := range []struct {
		old, was, now, is string
		becomes           string // type of the column; "" is a refusal
		values            string // of both scopes
	}{
		{"integer", "5", "decimal(18,2)", "2.50", "DECIMAL(18,2)", "5.00 2.50"},
		{"integer", "5", "float", "0.1", "DOUBLE", "5.0 0.1"},
		{"integer", "9007199254740993", "float", "0.1", "", ""},
		{"integer", "5", "text", "a", "VARCHAR", "5 a"},
		{"integer", "99999999999999999", "decimal(18,2)", "1.00", "", ""},
		{"integer", "5", "date", "2026-01-01", "", ""},
		{"decimal(18,2)", "5.25", "decimal(20,4)", "1.0001", "DECIMAL(20,4)", "5.2500 1.0001"},
		{"decimal(18,2)", "5.25", "decimal(18,4)", "1.0001", "", ""},
		{"decimal(18,2)", "5.25", "float", "1", "", ""},
		{"decimal(18,2)", "5.25", "text", "a", "VARCHAR", "5.25 a"},
		{"date", "2026-01-02", "timestamp", "2026-01-02 03:04:05", "TIMESTAMP", "2026-01-02 00:00:00 2026-01-02 03:04:05"},
		{"date", "2026-01-02", "text", "a", "VARCHAR", "2026-01-02 a"},
		{"boolean", "true", "text", "a", "VARCHAR", "true a"},
		{"boolean", "true", "integer", "1", "", ""},
		{"text", "a", "integer", "1", "VARCHAR", "a 1"}, // narrower: the table stays wide
		{"decimal(18,2)", "5.25", "integer", "7", "DECIMAL(18,2)", "5.25 7.00"},
		{"timestamp", "2026-01-02 03:04:05", "date", "2026-01-05", "TIMESTAMP", "2026-01-02 03:04:05 2026-01-05 00:00:00"},
		{"float", "0.5", "integer", "7", "DOUBLE", "0.5 7.0"},
	} {
		t.Run(c.old+" to "+c.now, func(t *testing.T) {
			bothWays(t, func(t *testing.T, root string, s adapter.Session) {
				writeSnapshot(t, root, one("x", c.was))
				load(t, s, typed(c.old, ""), loadOptions(root, "A"))
				writeSnapshot(t, root, one("x", c.is))
				if _, err := source.Load(t.Context(), s, typed(c.now, source.Freeze), loadOptions(root, "B")); err == nil {
					t.Error("a frozen table took another type")
				} else {
					wantDiag(t, err, diag.SchemaChanged, "sources/acme.yml:9:5: column x is "+c.now+" here, but raw.orders has it as", "set evolve for one load")
				}
				for _, drift := range []string{"", source.Discard, source.Evolve} {
					_, err := source.Load(t.Context(), s, typed(c.now, drift), loadOptions(root, "B"))
					if c.becomes == "" {
						wantDiag(t, err, diag.SchemaChanged, "sources/acme.yml:9:5: column x is "+c.now+" here, but raw.orders has it as")
						if got := query(t, s, "select x::text from raw.orders"); got != c.was+"\n" {
							t.Errorf("rows: %s", got)
						}
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					got := strings.TrimSpace(strings.ReplaceAll(query(t, s, "select x::text from raw.orders order by entity_code"), "\n", " "))
					if got != c.values || columnType(t, s, "x") != c.becomes {
						t.Errorf("%s: %s %s, want %s %s", drift, columnType(t, s, "x"), got, c.becomes, c.values)
					}
				}
				if c.becomes == "" {
					return
				}
				// The first scope is loaded again, as it is declared.
				writeSnapshot(t, root, one("x", c.was))
				if _, err := source.Load(t.Context(), s, typed(c.old, ""), loadOptions(root, "A")); err != nil {
					t.Error(err)
				}
				if got := columnType(t, s, "x"); got != c.becomes {
					t.Errorf("type %s after the first scope was loaded again", got)
				}
			})
		})
	}
}

func TestDriftOfColumns(t *testing.T) {
	found := source.FoundColumn{Name: "extra", Type: "integer"}
	with := func(t *testing.T, root, columns, values string, f ...source.FoundColumn) {
		t.Helper()
		writeSnapshot(t, root, one(columns, values))
		describe(t, root, source.Counts{Scanned: 1, Written: 1}, f...)
	}
	names := func(t *testing.T, s adapter.Session) string {
		t.Helper()
		return strings.Join(strings.Fields(query(t, s, "select column_name from information_schema.columns where table_schema = 'raw' and table_name = 'orders' and column_name[1] <> '_'")), " ")
	}
	for _, c := range []struct{ drift, then, warns string }{
		{"", "x entity_code source_year sheet_month", "column extra of data/clean/acme-2026-orders.csv is new and not declared: it is left out of raw.orders"},
		{source.Discard, "x entity_code source_year sheet_month", "declare it, or set schema_drift: evolve"},
		{source.Evolve, "x entity_code source_year sheet_month extra", ""},
		{source.Freeze, "", "sources/acme.yml:7:3: column extra is not in raw.orders"},
	} {
		t.Run("found under "+c.drift, func(t *testing.T) {
			root, s := t.TempDir(), session(t)
			with(t, root, "x", "1")
			load(t, s, typed("integer", c.drift), loadOptions(root, "A"))
			with(t, root, "x,extra", "1,7", found)
			for _, m := range []source.Mode{source.Replace, source.Append} {
				o := loadOptions(root, "B")
				o.Mode = m
				r, err := source.Load(t.Context(), s, typed("integer", c.drift), o)
				if c.then == "" {
					wantDiag(t, err, diag.SchemaChanged, c.warns)
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := names(t, s); got != c.then {
					t.Errorf("columns %s, want %s", got, c.then)
				}
				if got := r.Warnings.Error(); c.warns == "" && len(r.Warnings) > 0 || !strings.Contains(got, c.warns) {
					t.Errorf("warnings: %s", got)
				}
			}
		})
	}
	t.Run("found in a new table", func(t *testing.T) {
		for _, drift := range []string{"", source.Freeze, source.Evolve} {
			root, s := t.TempDir(), session(t)
			with(t, root, "x,extra", "1,7", found)
			load(t, s, typed("integer", drift), loadOptions(root, "A"))
			if got := query(t, s, "select extra + 1 from raw.orders"); got != "8\n" {
				t.Errorf("%s: %s", drift, got)
			}
		}
	})
	t.Run("a found type widens where drift evolves", func(t *testing.T) {
		root, s := t.TempDir(), session(t)
		with(t, root, "x,extra", "1,7", found)
		load(t, s, typed("integer", source.Evolve), loadOptions(root, "A"))
		with(t, root, "x,extra", "1,a", source.FoundColumn{Name: "extra", Type: "text"})
		_, err := source.Load(t.Context(), s, typed("integer", ""), loadOptions(root, "B"))
		wantDiag(t, err, diag.SchemaChanged, "column extra is text here, but raw.orders has it as BIGINT")
		r := load(t, s, typed("integer", source.Evolve), loadOptions(root, "B"))
		if fmt.Sprint(r.Widened) != "[extra: BIGINT → VARCHAR]" {
			t.Errorf("widened: %v", r.Widened)
		}
	})
	t.Run("no longer declared", func(t *testing.T) {
		root, s := t.TempDir(), session(t)
		both := typed("integer", "")
		both.Columns = append(both.Columns, manifest.ExtractColumn{Name: "y", Type: "text"})
		with(t, root, "x,y", "1,old")
		load(t, s, both, loadOptions(root, "A"))
		with(t, root, "x", "2")
		if r := load(t, s, typed("integer", source.Freeze), loadOptions(root, "B")); len(r.Warnings) > 0 {
			t.Errorf("another scope has other columns: %v", r.Warnings)
		}
		_, err := source.Load(t.Context(), s, typed("integer", source.Freeze), loadOptions(root, "A"))
		wantDiag(t, err, diag.SchemaChanged, "column y of raw.orders, which has values in this scope, is not declared")
		for i, want := range []int{1, 0} {
			r := load(t, s, typed("integer", ""), loadOptions(root, "A"))
			if len(r.Warnings) != want || want == 1 && !strings.Contains(r.Warnings[0].Msg, "column y of raw.orders is not among those of this load: it stays, and is empty in these rows") {
				t.Errorf("load %d: %v", i, r.Warnings)
			}
		}
	})
	t.Run("one scope, another type, a column that stays", func(t *testing.T) {
		root, s := t.TempDir(), session(t)
		both := typed("text", "")
		both.Columns = append(both.Columns, manifest.ExtractColumn{Name: "y", Type: "text"})
		with(t, root, "x,y", "a,old")
		load(t, s, both, loadOptions(root, "A"))
		with(t, root, "x", "2")
		o := loadOptions(root, "A")
		o.Mode = source.Append // a row is there whose x is text
		if r := load(t, s, typed("integer", ""), o); !strings.Contains(r.Warnings.Error(), "column x is integer here, but stays VARCHAR in raw.orders") {
			t.Errorf("append: %v", r.Warnings)
		}
		r := load(t, s, typed("integer", ""), loadOptions(root, "A"))
		if !r.Rebuilt || columnType(t, s, "x") != "BIGINT" || columnType(t, s, "y") != "VARCHAR" {
			t.Errorf("replace: %+v, x is %s, y is %q", r, columnType(t, s, "x"), columnType(t, s, "y"))
		}
	})
	t.Run("scope values of two types", func(t *testing.T) {
		root, s := t.TempDir(), session(t)
		with(t, root, "x", "1")
		o := loadOptions(root, "")
		for _, v := range []source.ScopeColumn{{"entity_code", "integer", int64(7)}, {"entity_code", "text", "A"}, {"entity_code", "integer", int64(7)}, {"entity_code", "integer", int64(8)}} {
			o.Scope = []source.ScopeColumn{v}
			load(t, s, typed("integer", ""), o)
		}
		if got := query(t, s, "select entity_code from raw.orders order by 1"); got != "7\n8\nA\n" {
			t.Errorf("scopes: %s", got)
		}
	})
	t.Run("a table with a scope and without", func(t *testing.T) {
		root, s := t.TempDir(), session(t)
		with(t, root, "x", "1")
		o := loadOptions(root, "A")
		scoped, all := o, o
		all.Scope, all.Unscoped = nil, []string{"entity_code", "source_year"}
		for range 2 {
			for _, o := range []source.LoadOptions{scoped, all} {
				load(t, s, typed("integer", ""), o)
			}
		}
		if got := query(t, s, "select entity_code, count(*) from raw.orders group by 1 order by 1"); got != "A 1\n<nil> 1\n" {
			t.Errorf("rows: %s", got)
		}
	})
	t.Run("a value that a wider type has no digits for", func(t *testing.T) {
		root, s := t.TempDir(), session(t)
		with(t, root, "x", "1.50")
		load(t, s, typed("decimal(18,2)", ""), loadOptions(root, "A"))
		with(t, root, "x", "99999999999999999")
		_, err := source.Load(t.Context(), s, typed("integer", ""), loadOptions(root, "B"))
		wantDiag(t, err, diag.BadCell, "a value of data/clean/acme-2026-orders.csv does not fit the type that raw.orders has")
	})
	t.Run("nothing left", func(t *testing.T) {
		root, s := t.TempDir(), session(t)
		with(t, root, "x", "1")
		load(t, s, typed("integer", ""), loadOptions(root, "A"))
		writeSnapshot(t, root, "x,_file,_sheet,_row\n")
		describe(t, root, source.Counts{})
		if r := load(t, s, typed("integer", ""), loadOptions(root, "A")); r.Total != 0 || !strings.Contains(r.Warnings.Error(), "has no rows: 1 row of raw.orders is removed") {
			t.Errorf("an empty snapshot: %+v %v", r, r.Warnings)
		}
	})
	t.Run("a view in the way", func(t *testing.T) {
		root, s := t.TempDir(), session(t)
		if _, err := s.Exec(t.Context(), "create schema raw; create view raw._rejects as select 1 as x"); err != nil {
			t.Fatal(err)
		}
		with(t, root, "x", "1")
		_, err := source.Load(t.Context(), s, typed("integer", ""), loadOptions(root, "A"))
		wantDiag(t, err, diag.BadConfig, "raw._rejects is a view")
	})
}
