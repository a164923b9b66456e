package duckdb_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// foreign gives a session that reads foreign data only.
func foreign(t *testing.T, target adapter.Target) (adapter.Session, adapter.Scanner) {
	t.Helper()
	w, err := duckdb.New().OpenForeign(t.Context(), target)
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
	return s, s.(adapter.Scanner)
}

func TestScanDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.duckdb")
	target := fileTarget(t)
	s, f := foreign(t, target)
	mustExec(t, s, "attach '"+file+"' as w; create schema w.\"a b\"; create table w.\"a b\".orders as select i, i * 10 as j, 'x' as \"k\"\"k\" from range(5000) t(i); insert into w.\"a b\".orders values (null, 0, 'n'); detach w")
	read := func(q adapter.Foreign) (rows [][]any, err error) {
		q.Format, q.Path = "duckdb", file
		r, err := f.Scan(t.Context(), q)
		if err != nil {
			return nil, err
		}
		for r.Next() {
			rows = append(rows, append([]any(nil), r.Values()...))
		}
		return rows, errors.Join(r.Err(), r.Close())
	}
	for _, q := range []adapter.Foreign{
		{Table: "a b.orders"}, {Query: `select * from "a b".orders -- all
;`}, {Query: `with x as (from "a b".orders) select * from x`},
	} {
		if rows, err := read(q); err != nil || len(rows) != 5001 {
			t.Errorf("%+v: %d rows, %v", q, len(rows), err)
		}
		q.Order, q.From = "i", "4998"
		if rows, err := read(q); err != nil || fmt.Sprint(rows) != "[[<nil> 0 n] [4998 49980 x] [4999 49990 x]]" {
			t.Errorf("%+v: %v, %v", q, rows, err)
		}
	}
	for _, q := range []adapter.Foreign{{Table: "orders"}, {Query: "selec 1"}, {Query: "drop table \"a b\".orders"}, {Query: "select 1) union (select 2"}, {Table: `x" ; drop`}} {
		rows, err := read(q)
		if err == nil && !strings.Contains(q.Query, "union") {
			t.Errorf("%+v: %v", q, rows)
		}
	}
	if got := cell(t, s, "select count(*) from duckdb_databases() where not internal"); got != int64(1) {
		t.Errorf("%v databases stay attached", got)
	}
}

func TestScanWithoutExtension(t *testing.T) {
	const secret = "pa'ss-word"
	_, f := foreign(t, fileTarget(t, "config_options", manifest.NewMap("autoinstall_known_extensions", false), "settings", manifest.NewMap("custom_extension_repository", "http://127.0.0.1:1")))
	_, err := f.Scan(t.Context(), adapter.Foreign{
		Format: "postgres", Table: "t", Secrets: map[string]string{"password": secret}, Options: map[string]string{"host": "127.0.0.1"},
	})
	if l := diag.From(err); err == nil || !strings.Contains(l[0].Hint, "extensions: [postgres]") || strings.Contains(fmt.Sprintf("%+v", l[0]), "ss-word") {
		t.Errorf("%+v", l)
	}
}
