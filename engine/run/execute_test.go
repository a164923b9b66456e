package run_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/run"
)

// fake is a stage whose nodes end as the table says.
type fake struct {
	mu    sync.Mutex
	order []string
	ends  map[string]run.Status
	work  func(ctx context.Context, n *manifest.Node)
}

func (f *fake) Do(ctx context.Context, _ run.Env, n *manifest.Node) run.Outcome {
	f.mu.Lock()
	f.order = append(f.order, n.Name)
	f.mu.Unlock()
	if f.work != nil {
		f.work(ctx, n)
	}
	if ctx.Err() != nil {
		return run.Outcome{Status: run.Error, Err: ctx.Err()}
	}
	if s, ok := f.ends[n.Name]; ok {
		return run.Outcome{Status: s, Err: errors.New(n.Name + " failed")}
	}
	return run.Outcome{Status: run.Success}
}

// session is a connection that nobody uses.
type session struct{ adapter.Session }

func (session) Close() error { return nil }

func plan(threads int, stage run.Stage, edges map[string][]string, names ...string) run.Plan {
	p := run.Plan{Needs: map[manifest.ID][]manifest.ID{}, Stages: map[manifest.Kind]run.Stage{manifest.Model: stage}, Threads: threads}
	for _, name := range names {
		n := &manifest.Node{ID: manifest.ID(name), Kind: manifest.Model, Name: name}
		p.Nodes = append(p.Nodes, n)
		for _, need := range edges[name] {
			p.Needs[n.ID] = append(p.Needs[n.ID], manifest.ID(need))
		}
	}
	return p
}

func executor(observe func(run.Event)) run.Executor {
	return run.Executor{
		Open:    func(context.Context) (adapter.Session, error) { return session{}, nil },
		Observe: observe, Clock: time.Now,
	}
}

func statuses(results []run.Result) map[string]run.Status {
	out := map[string]run.Status{}
	for _, r := range results {
		out[r.Node.Name] = r.Status
	}
	return out
}

// diamond is a → b, c → d, with e on its own.
var diamond = map[string][]string{"b": {"a"}, "c": {"a"}, "d": {"b", "c"}}

func TestParentsFirst(t *testing.T) {
	for _, threads := range []int{1, 2, 8} {
		f := &fake{}
		results, err := executor(nil).Execute(t.Context(), plan(threads, f, diamond, "a", "b", "c", "d", "e"))
		if err != nil || len(results) != 5 {
			t.Fatalf("%d threads: %d results, %v", threads, len(results), err)
		}
		for child, parents := range diamond {
			for _, parent := range parents {
				if slices.Index(f.order, parent) > slices.Index(f.order, child) {
					t.Errorf("%d threads: %s ran before %s: %v", threads, child, parent, f.order)
				}
			}
		}
	}
}

func TestLongestChainFirst(t *testing.T) {
	f := &fake{}
	edges := map[string][]string{"y": {"x"}, "z": {"y"}}
	if _, err := executor(nil).Execute(t.Context(), plan(1, f, edges, "a", "x", "y", "z")); err != nil {
		t.Fatal(err)
	}
	if f.order[0] != "x" {
		t.Errorf("started with %s, not with the head of the longest chain: %v", f.order[0], f.order)
	}
}

func TestFailureSkipsWhatHangsBelow(t *testing.T) {
	f := &fake{ends: map[string]run.Status{"b": run.Error}}
	results, err := executor(nil).Execute(t.Context(), plan(2, f, diamond, "a", "b", "c", "d", "e"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]run.Status{"a": run.Success, "b": run.Error, "c": run.Success, "d": run.Skipped, "e": run.Success}
	got := statuses(results)
	for name, s := range want {
		if got[name] != s {
			t.Errorf("%s is %s, want %s", name, got[name], s)
		}
	}
	for _, r := range results {
		if r.Node.Name == "d" && r.Message != "needs b" {
			t.Errorf("d says %q, want the node that failed", r.Message)
		}
	}
}

func TestBlocksDecides(t *testing.T) {
	f := &fake{ends: map[string]run.Status{"b": run.Error}}
	p := plan(1, f, diamond, "a", "b", "c", "d")
	p.Blocks = func(run.Result) bool { return false }
	results, err := executor(nil).Execute(t.Context(), p)
	if err != nil || statuses(results)["d"] != run.Success {
		t.Errorf("d is %s, want success: %v", statuses(results)["d"], err)
	}
}

func TestFailFastSkipsTheRest(t *testing.T) {
	f := &fake{ends: map[string]run.Status{"a": run.Error}}
	p := plan(1, f, nil, "a", "b", "c")
	p.FailFast = true
	results, err := executor(nil).Execute(t.Context(), p)
	if err != nil || len(results) != 3 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	if got := statuses(results); got["b"] != run.Skipped || got["c"] != run.Skipped {
		t.Errorf("b is %s, c is %s, want both skipped", got["b"], got["c"])
	}
}

func TestCancelEndsCleanly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fake{work: func(ctx context.Context, n *manifest.Node) {
		if n.Name == "b" {
			cancel()
			<-ctx.Done()
		}
	}}
	results, err := executor(nil).Execute(ctx, plan(1, f, map[string][]string{"b": {"a"}, "c": {"b"}}, "a", "b", "c"))
	if err != nil || len(results) != 3 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	got := statuses(results)
	if got["a"] != run.Success || got["b"] != run.Error || got["c"] != run.Skipped {
		t.Errorf("got %v", got)
	}
	var d *diag.Diagnostic
	if !errors.As(results[1].Err, &d) || d.Code != diag.Interrupted {
		t.Errorf("b's error is %v, want %s", results[1].Err, diag.Interrupted)
	}
}

func TestNoConnection(t *testing.T) {
	refused := errors.New("refused")
	e := executor(nil)
	e.Open = func(context.Context) (adapter.Session, error) { return nil, refused }
	results, err := e.Execute(t.Context(), plan(2, &fake{}, nil, "a", "b", "c"))
	if !errors.Is(err, refused) || len(results) != 3 {
		t.Errorf("%d results, error %v", len(results), err)
	}
}

func TestEventsCountUp(t *testing.T) {
	var started, finished int
	observe := func(ev run.Event) {
		switch ev.Kind {
		case run.Started:
			started++
			if ev.Index != started {
				t.Errorf("start %d has index %d", started, ev.Index)
			}
		case run.Finished:
			finished++
			if ev.Index != finished || ev.Result == nil {
				t.Errorf("end %d has index %d and result %v", finished, ev.Index, ev.Result)
			}
		}
	}
	if _, err := executor(observe).Execute(t.Context(), plan(4, &fake{}, diamond, "a", "b", "c", "d", "e")); err != nil {
		t.Fatal(err)
	}
	if started != 5 || finished != 5 {
		t.Errorf("%d starts and %d ends, want 5 and 5", started, finished)
	}
}
