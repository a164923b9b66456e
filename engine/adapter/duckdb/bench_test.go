package duckdb_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/manifest"
)

func BenchmarkOpen(b *testing.B) {
	for _, fresh := range []bool{true, false} {
		b.Run(map[bool]string{true: "new", false: "existing"}[fresh], func(b *testing.B) {
			dir := b.TempDir()
			i := 0
			for b.Loop() {
				if fresh {
					i++
				}
				o := manifest.NewMap("path", fmt.Sprintf("%d.duckdb", i))
				w, err := duckdb.New().Open(b.Context(), adapter.Target{Root: dir, Options: o}, adapter.OpenOptions{})
				if err != nil {
					b.Fatal(err)
				}
				s, err := w.Session(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				if err := errors.Join(s.Close(), w.Close()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSession(b *testing.B) {
	w, err := duckdb.New().Open(b.Context(), adapter.Target{Options: manifest.NewMap("path", ":memory:")}, adapter.OpenOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := w.Session(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkStatement(b *testing.B) {
	s := memory(b)
	mustExec(b, s, "create table t as select range as i from range(100)")
	b.Run("select", func(b *testing.B) {
		for b.Loop() {
			r, err := s.Query(b.Context(), "select i from t where i = $1", int64(7))
			if err != nil {
				b.Fatal(err)
			}
			for r.Next() {
			}
			if err := errors.Join(r.Err(), r.Close()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("create table as", func(b *testing.B) {
		for b.Loop() {
			mustExec(b, s, "create or replace table u as select * from t")
		}
	})
	b.Run("describe", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Describe(b.Context(), "select i, i + 1 as j from t"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("relation", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Relation(b.Context(), manifest.Relation{Database: "memory", Schema: "main", Name: "t"}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

const loadRows = 100_000

// sample gives rows of ten columns as a seed or a canonical snapshot has them.
func sample(text bool) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := range loadRows {
			n := strconv.Itoa(i)
			row := []any{
				int64(i), "student name " + n, "TM", adapter.Decimal(n + ".50"), fmt.Sprintf("2026-%02d-%02d", i%12+1, i%28+1),
				"2026-01-02 03:04:05", i%2 == 0, float64(i) / 4, "transactions-2026.xlsx", int64(i + 8),
			}
			if text {
				for j := range row {
					row[j] = fmt.Sprint(row[j])
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

const sampleTable = `create or replace table t (id bigint, name varchar, unit varchar, paid decimal(18,2), day date,
	created timestamp, ok boolean, rate double, _file varchar, _row integer)`

func BenchmarkLoad(b *testing.B) {
	s := memory(b)
	mustExec(b, s, sampleTable)
	rel := manifest.Relation{Name: "t"}
	columns, err := s.Columns(b.Context(), rel)
	if err != nil {
		b.Fatal(err)
	}
	for _, text := range []bool{false, true} {
		b.Run(map[bool]string{false: "values", true: "texts"}[text], func(b *testing.B) {
			for b.Loop() {
				mustExec(b, s, sampleTable)
				if n, err := s.Load(b.Context(), rel, columns, sample(text)); err != nil || n != loadRows {
					b.Fatal(n, err)
				}
			}
		})
	}
	b.Run("csv", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "t.csv")
		writeSample(b, path, columns)
		for b.Loop() {
			mustExec(b, s, sampleTable)
			n, err := s.(adapter.CSVLoader).LoadCSV(b.Context(), rel, columns, path, adapter.CSVOptions{})
			if err != nil || n != loadRows {
				b.Fatal(n, err)
			}
		}
	})
}

func writeSample(b *testing.B, path string, columns []adapter.Column) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := csv.NewWriter(f)
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.Name
	}
	err = w.Write(header)
	for row := range sample(true) {
		cells := make([]string, len(row))
		for i := range row {
			cells[i] = row[i].(string)
		}
		err = errors.Join(err, w.Write(cells))
	}
	w.Flush()
	if err := errors.Join(err, w.Error(), f.Close()); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkRows(b *testing.B) {
	s := memory(b)
	mustExec(b, s, sampleTable)
	rel := manifest.Relation{Name: "t"}
	columns, err := s.Columns(b.Context(), rel)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Load(b.Context(), rel, columns, sample(false)); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := s.Query(b.Context(), "from t")
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for r.Next() {
			n++
		}
		if err := errors.Join(r.Err(), r.Close()); err != nil || n != loadRows {
			b.Fatal(n, err)
		}
	}
}
