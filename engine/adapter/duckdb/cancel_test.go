package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

// TestCancelKinds cancels every kind of long work and measures how long it goes on.
func TestCancelKinds(t *testing.T) {
	s := memory(t)
	mustExec(t, s, "create table t as select range as i, md5(range::varchar) as h from range(400000)")
	mustExec(t, s, "create table sink (i bigint, h varchar)")
	csv := filepath.Join(t.TempDir(), "big.csv")
	if err := os.WriteFile(csv, []byte("i,h\n"+strings.Repeat("1,abcdefghijklmnopqrstuvwxyz\n", 300_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	columns := []adapter.Column{{Name: "i", Type: "BIGINT"}, {Name: "h", Type: "VARCHAR"}}
	rel := manifest.Relation{Database: "memory", Schema: "main", Name: "sink"}
	heavy := "select sum(length(md5(a.h || b.h))) from t a join t b on a.i % 1000 = b.i % 1000"
	kinds := map[string]func(ctx context.Context) error{
		"join": func(ctx context.Context) error { _, err := s.Exec(ctx, heavy); return err },
		"table": func(ctx context.Context) error {
			_, err := s.Exec(ctx, "create or replace table u as select a.h, b.i from t a join t b on a.i % 1000 = b.i % 1000")
			return err
		},
		"sort": func(ctx context.Context) error {
			_, err := s.Exec(ctx, "create or replace table u as select * from t a, range(50) order by md5(h)")
			return err
		},
		"second statement": func(ctx context.Context) error { _, err := s.Exec(ctx, "select 1; "+heavy); return err },
		"query": func(ctx context.Context) error {
			r, err := s.Query(ctx, "select a.i, b.h from t a join t b on a.i % 1000 = b.i % 1000")
			if err != nil {
				return err
			}
			for r.Next() {
			}
			return errors.Join(r.Err(), r.Close())
		},
		"load": func(ctx context.Context) error {
			_, err := s.Load(ctx, rel, columns, func(yield func([]any, error) bool) {
				for i := int64(0); yield([]any{i, "text"}, nil); i++ {
				}
			})
			return err
		},
		"csv": func(ctx context.Context) error {
			for {
				if _, err := s.(adapter.CSVLoader).LoadCSV(ctx, rel, columns, csv, adapter.CSVOptions{}); err != nil {
					return err
				}
			}
		},
		"export": func(ctx context.Context) error {
			_, err := s.(adapter.Exporter).Export(ctx, "from t, range(1000)", filepath.Join(t.TempDir(), "x.parquet"), adapter.ExportOptions{})
			return err
		},
	}
	for name, work := range kinds {
		ctx, cancel := context.WithCancel(t.Context())
		at := make(chan time.Time, 1)
		time.AfterFunc(60*time.Millisecond, func() { at <- time.Now(); cancel() })
		err := work(ctx)
		took := time.Since(<-at)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%-17s ended %v after the cancellation", name, took.Round(time.Millisecond/10))
		if took > 3*time.Second {
			t.Errorf("%s: ended %v after the cancellation", name, took)
		}
		if err := s.Rollback(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := cell(t, s, "select count(*) from sink"); name == "load" && got != int64(0) {
			t.Errorf("%s leaves %v rows", name, got)
		}
		mustExec(t, s, "delete from sink")
	}
	if got := fmt.Sprint(cell(t, s, "select 1")); got != "1" {
		t.Error(got)
	}
}
