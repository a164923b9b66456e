package duckdb_test

import (
	"context"
	"testing"
	"time"

	"atlas/engine/adapter"
)

// TestProgress watches a statement from another goroutine and cancels it on the way.
func TestProgress(t *testing.T) {
	s := memory(t)
	p, ok := s.(adapter.Progresser)
	if !ok {
		t.Fatal("the session tells no progress")
	}
	mustExec(t, s, "create table t as select range as i from range(3000000)")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make(chan time.Time, 1)
	go func() {
		for ctx.Err() == nil {
			time.Sleep(time.Millisecond)
			share := p.Progress()
			if share > 1 {
				t.Errorf("progress is %v", share)
			}
			if share > 0 {
				seen <- time.Now()
				cancel()
			}
		}
	}()
	_, err := s.Exec(ctx, "select sum(length(md5(md5(md5(md5(md5(i::varchar))))))) from t")
	cancel()
	select {
	case at := <-seen:
		t.Logf("ended %v after the cancellation: %v", time.Since(at), err)
	default:
		t.Errorf("no progress was seen: %v", err)
	}
}
