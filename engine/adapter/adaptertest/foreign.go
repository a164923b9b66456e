package adaptertest

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
)

// scan reads all of a foreign thing.
func scan(t *testing.T, s adapter.Scanner, f adapter.Foreign) ([]adapter.Column, [][]any, error) {
	t.Helper()
	r, err := s.Scan(t.Context(), f)
	if err != nil {
		return nil, nil, err
	}
	var out [][]any
	for r.Next() {
		out = append(out, append([]any(nil), r.Values()...))
	}
	return r.Columns(), out, errors.Join(r.Err(), r.Close(), r.Close())
}

// foreign opens the warehouse that only reads, if the adapter has one, and gives a session of it.
func (e *env) foreign(t *testing.T) (adapter.Session, adapter.Scanner) {
	t.Helper()
	o, ok := e.a.(adapter.ForeignOpener)
	if !ok {
		t.Skip("the adapter reads no foreign data")
	}
	w, err := o.OpenForeign(t.Context(), e.target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	s := e.session(t, w)
	f, ok := s.(adapter.Scanner)
	if !ok {
		t.Fatal("the session of a warehouse for foreign data reads none")
	}
	return s, f
}

func testForeign(t *testing.T, e *env) {
	s, f := e.foreign(t)
	x, ok := s.(adapter.Exporter)
	if !ok {
		t.Skip("the driver writes no files to read")
	}
	path := filepath.Join(t.TempDir(), "it's.parquet")
	query := "select 1 as id, cast(1250000.10 as decimal(18,2)) as paid, timestamp '2026-02-03 10:00:00.25' as at, date '2026-02-03' as day, true as ok, 'é' as name, null as nothing union all select 2, null, null, null, null, null, null order by 1"
	if _, err := x.Export(t.Context(), query, path, adapter.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 2, 3, 10, 0, 0, 250_000_000, time.UTC)
	columns, rows, err := scan(t, f, adapter.Foreign{Format: "parquet", Path: path})
	want := [][]any{
		{int64(1), adapter.Decimal("1250000.10"), at, at.Truncate(24 * time.Hour), true, "é", nil},
		{int64(2), nil, nil, nil, nil, nil, nil},
	}
	if err != nil || !reflect.DeepEqual(rows, want) || len(columns) != 7 || columns[1].Type != "DECIMAL(18,2)" {
		t.Errorf("%v, %v, %v", columns, rows, err)
	}
	_, rows, err = scan(t, f, adapter.Foreign{Format: "parquet", Path: path, Order: "id", From: "2"})
	if err != nil || len(rows) != 1 || rows[0][0] != int64(2) {
		t.Errorf("from 2 on: %v, %v", rows, err)
	}
	if _, _, err := scan(t, f, adapter.Foreign{Format: "parquet", Path: path + "x"}); err == nil {
		t.Error("a file that is not there is read")
	}
	secret := "pa'ss-word"
	_, _, err = scan(t, f, adapter.Foreign{Format: "clay tablet", Secrets: map[string]string{"password": secret}})
	if err == nil || strings.Contains(err.Error(), "ss-word") {
		t.Errorf("an unknown database: %v", err)
	}
}

func testFetch(t *testing.T, e *env) {
	_, f := e.foreign(t)
	from, to := filepath.Join(t.TempDir(), "a b's.bin"), filepath.Join(t.TempDir(), "copy")
	want := "a\x00b\xff\n"
	if err := os.WriteFile(from, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Fetch(t.Context(), "file://"+from, to, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	if err := f.Fetch(t.Context(), "file://"+from+"x", to, nil); err == nil {
		t.Error("a file that is not there is copied")
	}
}
