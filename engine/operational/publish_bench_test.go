package operational_test

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/operational"
	"atlas/engine/operational/hranatest"
)

const benchRows, benchColumns = 100_000, 15

func benchSchema() string {
	var b strings.Builder
	b.WriteString("create table orders (entity_id text not null, id integer not null")
	for i := 2; i < benchColumns; i++ {
		fmt.Fprintf(&b, ", c%d text", i)
	}
	return b.String() + ", primary key (entity_id, id)) without rowid"
}

func benchRow(i int64) []any {
	row := []any{"A", i}
	for c := 2; c < benchColumns; c++ {
		row = append(row, fmt.Sprintf("value %d of %d", c, i))
	}
	return row
}

// benchRemote is a server that speaks Hrana with the table of the benchmark.
func benchRemote(b *testing.B) (*hranatest.Server, *operational.Store) {
	b.Helper()
	srv := hranatest.Start(b)
	if _, err := srv.DB().ExecContext(b.Context(), benchSchema()); err != nil {
		b.Fatal(err)
	}
	s, err := operational.Open(b.Context(), operational.Config{URL: srv.URL})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return srv, s
}

// BenchmarkRemote publishes over Hrana on the loopback, and counts the round trips that carry rows.
func BenchmarkRemote(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		srv, s := benchRemote(b)
		inserts, all := 0, 0
		srv.Before = func(_ int, statements []string) hranatest.Fault {
			if all++; len(statements) > 0 && strings.HasPrefix(statements[0], `insert into "orders"`) {
				inserts++
			}
			return hranatest.None
		}
		b.StartTimer()
		if _, err := operational.Publish(b.Context(), s, []*operational.Publication{benchPublication()}, operational.PublishOptions{}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(inserts), "inserts")
		b.ReportMetric(float64(all), "requests")
	}
}

func benchStore(b *testing.B) *operational.Store {
	b.Helper()
	s, err := operational.Open(b.Context(), operational.Config{URL: "file:" + filepath.ToSlash(filepath.Join(b.TempDir(), "ops.db"))})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.DB().ExecContext(b.Context(), benchSchema()); err != nil {
		b.Fatal(err)
	}
	return s
}

func benchPublication() *operational.Publication {
	p := &operational.Publication{Name: "orders", Table: "orders", Key: []string{"entity_id", "id"}, Mode: operational.Replace, Scope: []operational.Fixed{{Column: "entity_id", Value: "A"}}}
	p.Columns = []string{"entity_id", "id"}
	for c := 2; c < benchColumns; c++ {
		p.Columns = append(p.Columns, fmt.Sprintf("c%d", c))
	}
	p.Rows = func(context.Context) iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for i := range int64(benchRows) {
				if !yield(benchRow(i), nil) {
					return
				}
			}
		}
	}
	return p
}

func BenchmarkPublish(b *testing.B) {
	for _, again := range []bool{false, true} {
		b.Run(map[bool]string{false: "first", true: "again"}[again], func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := benchStore(b)
				if again {
					if _, err := operational.Publish(b.Context(), s, []*operational.Publication{benchPublication()}, operational.PublishOptions{}); err != nil {
						b.Fatal(err)
					}
				}
				b.StartTimer()
				if _, err := operational.Publish(b.Context(), s, []*operational.Publication{benchPublication()}, operational.PublishOptions{}); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				s.Close()
				b.StartTimer()
			}
		})
	}
}

// BenchmarkBare inserts the same rows by the same driver, many a statement, in one transaction.
func BenchmarkBare(b *testing.B) {
	for _, per := range []int{50, 200, 1000, 2000} {
		b.Run(fmt.Sprint(per), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s := benchStore(b)
				b.StartTimer()
				tx, err := s.DB().BeginTx(b.Context(), nil)
				if err != nil {
					b.Fatal(err)
				}
				one := "(" + strings.TrimSuffix(strings.Repeat("?,", benchColumns), ",") + ")"
				stmt, err := tx.PrepareContext(b.Context(), "insert into orders values "+strings.TrimSuffix(strings.Repeat(one+",", per), ","))
				if err != nil {
					b.Fatal(err)
				}
				for i := int64(0); i < benchRows; i += int64(per) {
					args := make([]any, 0, per*benchColumns)
					for k := range int64(per) {
						args = append(args, benchRow(i+k)...)
					}
					if _, err := stmt.ExecContext(b.Context(), args...); err != nil {
						b.Fatal(err)
					}
				}
				if err := tx.Commit(); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				s.Close()
				b.StartTimer()
			}
		})
	}
}
