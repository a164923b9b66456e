package parquet_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
	"atlas/engine/source/parquet"
	"atlas/engine/source/sourcetest"
)

// scanner is a session with the warehouse that was opened for it.
type scanner struct {
	adapter.Session
	adapter.Scanner
	w adapter.Warehouse
}

func (s *scanner) Close() error { return errors.Join(s.Session.Close(), s.w.Close()) }

func open(ctx context.Context) (source.Scanner, error) {
	w, err := duckdb.New().OpenForeign(ctx, adapter.Target{Options: &manifest.Map{}})
	if err != nil {
		return nil, err
	}
	s, err := w.Session(ctx)
	if err != nil {
		return nil, err
	}
	return &scanner{Session: s, Scanner: s.(adapter.Scanner), w: w}, nil
}

// scanned is the driver with a warehouse.
type scanned struct{ parquet.Source }

func (d scanned) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	r.Scan = open
	return d.Source.Read(ctx, r)
}

func (d scanned) Describe(ctx context.Context, r source.Request) ([]manifest.ExtractColumn, error) {
	r.Scan = open
	return d.Source.Describe(ctx, r)
}

// export writes a query's rows to a Parquet file.
func export(t *testing.T, query, path string) {
	t.Helper()
	s, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.(*scanner).Session.(adapter.Exporter).Export(t.Context(), query, path, adapter.ExportOptions{Format: "parquet"}); err != nil {
		t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	var file string
	sourcetest.Run(t, sourcetest.Driver{
		Source: scanned{},
		Write: func(t *testing.T, root string, rows [][]string) *manifest.ExtractTable {
			file = filepath.Join(root, "people.parquet")
			quote := func(row []string) string {
				var parts []string
				for _, text := range row {
					parts = append(parts, "'"+strings.ReplaceAll(text, "'", "''")+"'")
				}
				return "(" + strings.Join(parts, ", ") + ")"
			}
			var values []string
			for _, row := range rows[1:] {
				values = append(values, quote(row))
			}
			export(t, "select * from (values "+strings.Join(values, ", ")+") t("+strings.Join(rows[0], ", ")+")", file)
			return &manifest.ExtractTable{Driver: "parquet", Options: manifest.NewMap("parquet", "people.parquet")}
		},
		Break: func(t *testing.T) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		},
	})
}

func extract(t *testing.T, root string, options ...any) (*source.ExtractResult, string, error) {
	t.Helper()
	table := &manifest.ExtractTable{
		Source: "raw", Table: "t", Driver: "parquet", Snapshot: "clean/t.csv", Options: manifest.NewMap(options...),
		Pos: diag.Pos{File: "sources/t.yml", Line: 3}, Locale: "id-ID",
	}
	drivers := registry.New[source.Source]("source driver")
	drivers.Add("parquet", parquet.Source{})
	r, err := source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: drivers, Scan: open})
	if err != nil {
		return nil, "", err
	}
	b, err := os.ReadFile(filepath.Join(root, "clean/t.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, row := range rows {
		out += strings.Join(row, "|") + "\n"
	}
	return r, out, nil
}

func TestTypes(t *testing.T) {
	root := t.TempDir()
	export(t, `select 1::tinyint as small, 9007199254740993::bigint as big, 18446744073709551615::ubigint as ubig,
		170141183460469231731687303715::decimal(38,0) as huge, 12345678901234567890.123456789::decimal(38,9) as dec, 0.1::float as f, 0.30000000000000004::double as d,
		true as ok, date '2026-02-03' as day, timestamp '2026-02-03 10:00:00.123456' as at, timestamp_s '2026-02-03 10:00:00' as secs,
		timestamptz '2026-02-03 10:00:00+07' as zoned, time '08:30:00' as tod, 'é"x' as s, [1, null, 2] as list,
		{'a': 1.50::decimal(9,2), 'b': 'q"<', 'c': date '2026-01-01'} as struct, map {'k': [true]} as m, '\xAA\x00'::blob as bin,
		'b3b5a0a4-0000-0000-0000-000000000001'::uuid as id, 'x'::enum('x', 'y') as e, null::integer as nothing`, filepath.Join(root, "a.parquet"))
	_, got, err := extract(t, root, "parquet", "a.parquet")
	want := "small|big|ubig|huge|dec|f|d|ok|day|at|secs|zoned|tod|s|list|struct|m|bin|id|e|nothing|_file|_sheet|_row\n" +
		`1|9007199254740993|18446744073709551615|170141183460469231731687303715|12345678901234567890.123456789|0.1|0.30000000000000004|true|2026-02-03|2026-02-03 10:00:00.123456|2026-02-03 10:00:00|2026-02-03 03:00:00|08:30:00|é"x|[1,null,2]|{"a":1.50,"b":"q\"<","c":"2026-01-01"}|{"k":[true]}|\xaa00|b3b5a0a4-0000-0000-0000-000000000001|x||a.parquet||1` + "\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s\n%s", diag.From(err), got, want)
	}
}

func TestFolderOfDifferentFiles(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	export(t, "select 1 as id, 'x' as name", filepath.Join(root, "in/b.parquet"))
	export(t, "select 'a' as id, 2.5::decimal(5,1) as paid", filepath.Join(root, "in/a.parquet"))
	_, got, err := extract(t, root, "parquet", "in")
	want := "id|paid|name|_file|_sheet|_row\na|2.5||in/a.parquet||1\n1||x|in/b.parquet||1\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s\n%s", diag.From(err), got, want)
	}
}

func TestDamaged(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "a.parquet")
	export(t, "select i, 'some text ' || i as t from range(100000) t(i)", path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"cut": b[:len(b)/2], "empty": {}, "text": []byte("id,name\n"), "middle": append(append(append([]byte{}, b[:1000]...), make([]byte, 4000)...), b[5000:]...)} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := extract(t, root, "parquet", "a.parquet")
		if l := diag.From(err); err == nil || l[0].Code != diag.BadFile || l[0].Hint == "" || l[0].Pos.Line == 0 {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

func TestWithoutScanner(t *testing.T) {
	root := t.TempDir()
	export(t, "select 1 as id", filepath.Join(root, "a.parquet"))
	r := source.Request{Root: root, Table: &manifest.ExtractTable{Table: "t", Options: manifest.NewMap("parquet", "a.parquet")}}
	if _, err := (parquet.Source{}).Describe(t.Context(), r); err == nil || diag.From(err)[0].Hint == "" {
		t.Errorf("%v", err)
	}
}
