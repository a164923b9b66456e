package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/manifest"
)

func begin(t *testing.T, s adapter.Session) {
	t.Helper()
	if err := s.Begin(t.Context()); err != nil {
		t.Fatalf("Begin: %v", err)
	}
}

func commit(t *testing.T, s adapter.Session) {
	t.Helper()
	if err := s.Commit(t.Context()); err != nil {
		t.Fatalf("Commit: %v", err)
	}
}

func rollback(t *testing.T, s adapter.Session) {
	t.Helper()
	if err := s.Rollback(t.Context()); err != nil {
		t.Fatalf("Rollback: %v", err)
	}
}

func testTransactions(t *testing.T, e *env) {
	w, s := e.start(t)
	other := e.session(t, w)
	e.table(t, s, "t", "id", "integer")
	begin(t, s)
	exec(t, s, "insert into "+e.sql("t")+" values (1)")
	if n := e.count(t, other, "t"); n != 0 {
		t.Errorf("another session sees %d rows before the commit", n)
	}
	commit(t, s)
	if n := e.count(t, other, "t"); n != 1 {
		t.Errorf("another session sees %d rows after the commit", n)
	}
	begin(t, s)
	exec(t, s, "delete from "+e.sql("t"))
	refused(t, s, "select nothing_like_it from "+e.sql("t"))
	rollback(t, s)
	if n := e.count(t, s, "t"); n != 1 {
		t.Errorf("after a rollback the table has %d rows", n)
	}
	// A commit must never claim rows that an earlier error took away.
	for _, commit := range []func() error{
		func() error { return s.Commit(t.Context()) },
		func() error { _, err := s.Exec(t.Context(), "-- over\n commit;"); return err },
	} {
		exec(t, s, "begin; insert into "+e.sql("t")+" values (2)")
		refused(t, s, "select cast('x' as integer)")
		if err := commit(); err == nil && e.count(t, s, "t") != 2 {
			t.Error("a commit after an error succeeds and keeps nothing")
		}
		rollback(t, s)
		exec(t, s, "delete from "+e.sql("t")+" where id = 2")
	}
	exec(t, s, "begin")
	begin(t, s)
	exec(t, s, "insert into "+e.sql("t")+" values (3)")
	exec(t, s, "commit")
	rollback(t, s)
	if n := e.count(t, s, "t"); n != 2 {
		t.Errorf("begin and commit as statements: %d rows", n)
	}
}

func testDDL(t *testing.T, e *env) {
	if !e.a.Caps().TxDDL {
		t.Skip("the warehouse has no transactional DDL")
	}
	_, s := e.start(t)
	e.table(t, s, "old", "id", "integer")
	begin(t, s)
	exec(t, s, e.d.CreateTableAs(e.rel("new"), "select 1 as id", adapter.TableOptions{}))
	exec(t, s, e.d.Drop(adapter.RelationInfo{Relation: e.rel("old"), Type: adapter.Table}))
	exec(t, s, e.d.CreateView(e.rel("seen"), "select 1 as id"))
	rollback(t, s)
	list, err := s.Relations(t.Context(), e.database(), e.target.Schema)
	if err != nil || len(list) != 1 || list[0].Name != "old" {
		t.Errorf("after the rollback there are %v, %v", list, err)
	}
}

// testSwap builds aside and swaps by two renames while readers look.
func testSwap(t *testing.T, e *env) {
	if !e.a.Caps().TxDDL {
		t.Skip("the warehouse has no transactional DDL")
	}
	w, s := e.start(t)
	exec(t, s, e.d.CreateTableAs(e.rel("t"), "select 0 as version", adapter.TableOptions{}))
	reader := e.session(t, w)
	stop := make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		defer close(failed)
		for {
			select {
			case <-stop:
				return
			default:
			}
			r, err := reader.Query(context.Background(), "select version from "+e.sql("t"))
			n := 0
			if err == nil {
				for r.Next() {
					n++
				}
				err = errors.Join(r.Err(), r.Close())
			}
			if err != nil || n != 1 {
				failed <- fmt.Errorf("a reader sees %d rows, %w", n, err)
				return
			}
		}
	}()
	for i := 1; i <= 30; i++ {
		begin(t, s)
		exec(t, s, e.d.CreateTableAs(e.rel("t__new"), fmt.Sprintf("select %d as version", i), adapter.TableOptions{}))
		exec(t, s, e.d.Rename(adapter.RelationInfo{Relation: e.rel("t"), Type: adapter.Table}, "t__old"))
		exec(t, s, e.d.Rename(adapter.RelationInfo{Relation: e.rel("t__new"), Type: adapter.Table}, "t"))
		exec(t, s, e.d.Drop(adapter.RelationInfo{Relation: e.rel("t__old"), Type: adapter.Table}))
		commit(t, s)
	}
	close(stop)
	if err := <-failed; err != nil {
		t.Error(err)
	}
	if got := one(t, s, "select version from "+e.sql("t")); got != int64(30) {
		t.Errorf("the last version is %v", got)
	}
}

func testIdle(t *testing.T, e *env) {
	_, s := e.start(t)
	commit(t, s)
	rollback(t, s)
	begin(t, s)
	begin(t, s)
	e.table(t, s, "t", "id", "integer")
	commit(t, s)
	commit(t, s)
	rollback(t, s)
	if n := e.count(t, s, "t"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func testConflict(t *testing.T, e *env) {
	w, s := e.start(t)
	other := e.session(t, w)
	exec(t, s, e.d.CreateTableAs(e.rel("t"), "select 1 as id", adapter.TableOptions{}))
	begin(t, s)
	begin(t, other)
	exec(t, s, "update "+e.sql("t")+" set id = 2")
	_, err := other.Exec(t.Context(), "update "+e.sql("t")+" set id = 3")
	commit(t, s)
	if err == nil {
		err = other.Commit(t.Context())
	}
	rollback(t, other)
	var refusal *adapter.Error
	if !errors.As(err, &refusal) || refusal.Kind != adapter.ConflictError {
		t.Errorf("two updates of one row: %#v", err)
	}
	if got := one(t, other, "select id from "+e.sql("t")); got != int64(2) {
		t.Errorf("the row is %v", got)
	}
}

func testTemporary(t *testing.T, e *env) {
	w, s := e.start(t)
	other := e.session(t, w)
	exec(t, s, e.d.CreateTableAs(e.rel("scratch"), "select 1 as id", adapter.TableOptions{Temporary: true}))
	bare := manifest.Relation{Name: "scratch"}
	if got := one(t, s, "select id from "+e.d.Relation(bare)); got != int64(1) {
		t.Errorf("a temporary table gives %v", got)
	}
	found, err := s.Relation(t.Context(), bare)
	if err != nil || found == nil {
		t.Errorf("a temporary table is not found: %v", err)
	}
	if columns, err := s.Columns(t.Context(), bare); err != nil || len(columns) != 1 {
		t.Errorf("columns of a temporary table: %v, %v", columns, err)
	}
	if found, err := other.Relation(t.Context(), bare); err != nil || found != nil {
		t.Errorf("another session finds it: %v, %v", found, err)
	}
	if found, err := s.Relation(t.Context(), e.rel("scratch")); err != nil || found != nil {
		t.Errorf("it is found in the schema: %v, %v", found, err)
	}
	columns := []adapter.Column{{Name: "id"}}
	if n, err := s.Load(t.Context(), bare, columns, each([]any{int64(2)})); err != nil || n != 1 {
		t.Errorf("load into it: %d, %v", n, err)
	}
	exec(t, s, e.d.CreateTableAs(e.rel("scratch"), "select 5 as id", adapter.TableOptions{Temporary: true, Replace: true}))
	exec(t, s, e.d.Drop(*found2(t, s, bare)))
}

func found2(t *testing.T, s adapter.Session, rel manifest.Relation) *adapter.RelationInfo {
	t.Helper()
	found, err := s.Relation(t.Context(), rel)
	if err != nil || found == nil {
		t.Fatalf("%s: %v, %v", rel, found, err)
	}
	return found
}

// endless is a query that ends only by being interrupted.
const endless = `
with recursive r(n) as (
    select cast(1 as bigint)
    union all
    select n + 1 from r where n < 1000000000000
)
select count(*) from r`

func testCancel(t *testing.T, e *env) {
	_, s := e.start(t)
	e.table(t, s, "t", "id", "integer")
	for _, inside := range []bool{false, true} {
		if inside {
			begin(t, s)
			exec(t, s, "insert into "+e.sql("t")+" values (1)")
		}
		ctx, cancel := context.WithCancel(t.Context())
		started := make(chan time.Time, 1)
		timer := time.AfterFunc(50*time.Millisecond, func() { started <- time.Now(); cancel() })
		_, err := s.Exec(ctx, endless)
		took := time.Since(<-started)
		timer.Stop()
		var refusal *adapter.Error
		if !errors.As(err, &refusal) || refusal.Kind != adapter.InterruptError || !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled statement gives %#v", err)
		}
		// The bound is wide because the machine may be busy; drivers measure the usual time.
		if took > 2*time.Second {
			t.Errorf("the statement ended %v after the cancellation", took)
		}
		if _, err := s.Exec(ctx, "select 1"); !errors.Is(err, context.Canceled) {
			t.Errorf("a statement under a cancelled context gives %v", err)
		}
		if err := s.Rollback(ctx); err != nil {
			t.Errorf("rollback under a cancelled context: %v", err)
		}
		if n := e.count(t, s, "t"); n != 0 {
			t.Errorf("after the rollback the table has %d rows", n)
		}
	}
}

func testParallel(t *testing.T, e *env) {
	w, s := e.start(t)
	const sessions, tables = 8, 6
	var wg sync.WaitGroup
	errs := make(chan error, sessions)
	for i := range sessions {
		own := e.session(t, w)
		wg.Go(func() {
			for j := range tables {
				rel := e.rel(fmt.Sprintf("t_%d_%d", i, j))
				sql := e.d.CreateTableAs(rel, "with recursive r(n) as (select 1 union all select n + 1 from r where n < 500) select n from r", adapter.TableOptions{})
				if _, err := own.Exec(context.Background(), sql); err != nil {
					errs <- err
					return
				}
				if _, err := own.Relation(context.Background(), rel); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	list, err := s.Relations(t.Context(), e.database(), e.target.Schema)
	if err != nil || len(list) != sessions*tables {
		t.Errorf("%d tables, %v", len(list), err)
	}
}

func testClose(t *testing.T, e *env) {
	w, s := e.start(t)
	e.table(t, s, "t", "id", "integer")
	r, err := s.Query(t.Context(), "select 1")
	if err != nil {
		t.Fatal(err)
	}
	begin(t, s)
	exec(t, s, "insert into "+e.sql("t")+" values (1)")
	if err := errors.Join(s.Close(), s.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if _, err := s.Exec(t.Context(), "select 1"); err == nil {
		t.Error("a closed session runs statements")
	}
	next := e.session(t, w)
	if n := e.count(t, next, "t"); n != 0 {
		t.Errorf("closing a session commits its transaction: %d rows", n)
	}
	running := e.session(t, w)
	done := make(chan error, 1)
	go func() {
		_, err := running.Exec(context.Background(), endless)
		done <- err
	}()
	deadline := time.AfterFunc(30*time.Second, func() { panic("adaptertest: Close does not interrupt") })
	defer deadline.Stop()
	time.AfterFunc(50*time.Millisecond, func() { _ = w.Close() }) // closed again, and checked, at the end
	if err := <-done; err == nil {
		t.Error("Close of the warehouse does not interrupt a statement")
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := w.Session(t.Context()); err == nil {
		t.Error("a closed warehouse gives sessions")
	}
}
