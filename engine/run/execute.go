package run

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Executor carries a plan out.
type Executor struct {
	Open    func(context.Context) (adapter.Session, error) // one connection a worker
	Observe func(Event)                                    // nil for none
	Clock   func() time.Time
}

// Execute runs the plan and gives one result a node, in the order in which they ended. The
// error is for what is not a node's fault: no connection could be had. When ctx is cancelled
// nothing new starts, running stages are cancelled, the rest is skipped.
func (e Executor) Execute(ctx context.Context, p Plan) ([]Result, error) {
	if len(p.Nodes) == 0 {
		return nil, nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := newScheduler(p, e)
	threads := min(max(1, p.Threads), len(p.Nodes))
	var workers sync.WaitGroup
	for i := range threads {
		workers.Add(1)
		go func() {
			defer workers.Done()
			e.work(ctx, s, fmt.Sprintf("Thread-%d", i+1), stop)
		}()
	}
	unwatch := context.AfterFunc(ctx, s.stop)
	workers.Wait()
	unwatch()
	s.skipRest(ctx)
	return s.results, s.broken
}

// errFailFast is the cause of a cancellation that --fail-fast asked for.
var errFailFast = errors.New("stopped by --fail-fast")

// work is one worker: it opens its connection when there is a first node for it.
func (e Executor) work(ctx context.Context, s *scheduler, name string, stop context.CancelCauseFunc) {
	var session adapter.Session
	defer func() {
		if session != nil {
			_ = session.Close()
		}
	}()
	for {
		n := s.next(ctx)
		if n == nil {
			return
		}
		if session == nil {
			var err error
			if session, err = e.Open(ctx); err != nil {
				s.abandon(n, err)
				return
			}
		}
		r := e.do(ctx, s, session, name, n)
		if s.finish(r) && s.plan.FailFast {
			stop(errFailFast)
		}
	}
}

func (e Executor) do(ctx context.Context, s *scheduler, session adapter.Session, name string, n *manifest.Node) Result {
	r := Result{Node: n, Thread: name, Started: e.Clock()}
	stage, ok := s.plan.Stages[n.Kind]
	if !ok {
		r.Outcome = Outcome{Status: NoOp, Rows: -1}
	} else {
		r.Outcome = stage.Do(ctx, Env{Session: session, Thread: name, Clock: e.Clock}, n)
	}
	if r.Status == Error && ctx.Err() != nil {
		r.Err = interrupted(ctx, r.Err)
	}
	r.Finished = e.Clock()
	return r
}

// interrupted says why a stage was cut short, instead of how the warehouse put it.
func interrupted(ctx context.Context, err error) error {
	reason := "interrupted"
	if errors.Is(context.Cause(ctx), errFailFast) {
		reason = errFailFast.Error()
	}
	return (&diag.Diagnostic{Code: diag.Interrupted, Msg: reason}).WithErr(err)
}

// scheduler holds what is ready, running and done. Its lock also orders the events.
type scheduler struct {
	mu       sync.Mutex
	wake     *sync.Cond
	plan     Plan
	clock    func() time.Time
	observe  func(Event)
	waiting  map[manifest.ID]int           // unfinished needs
	below    map[manifest.ID][]manifest.ID // who waits for it
	nodes    map[manifest.ID]*manifest.Node
	blocked  map[manifest.ID]manifest.ID // skipped because of
	ready    queue
	left     int
	started  int
	finished int
	stopped  bool
	results  []Result
	done     map[manifest.ID]bool
	broken   error
}

func newScheduler(p Plan, e Executor) *scheduler {
	s := &scheduler{
		plan: p, clock: e.Clock, observe: e.Observe,
		waiting: map[manifest.ID]int{}, below: map[manifest.ID][]manifest.ID{},
		nodes: map[manifest.ID]*manifest.Node{}, blocked: map[manifest.ID]manifest.ID{},
		done: map[manifest.ID]bool{}, left: len(p.Nodes),
	}
	s.wake = sync.NewCond(&s.mu)
	for _, n := range p.Nodes {
		s.nodes[n.ID] = n
	}
	for _, n := range p.Nodes {
		for _, need := range p.Needs[n.ID] {
			if _, ok := s.nodes[need]; ok {
				s.waiting[n.ID]++
				s.below[need] = append(s.below[need], n.ID)
			}
		}
	}
	height := heights(p, s.below)
	for i, n := range p.Nodes {
		if s.waiting[n.ID] == 0 {
			heap.Push(&s.ready, item{node: n, height: height[n.ID], index: i})
		}
	}
	s.ready.height = height
	return s
}

// heights gives the length of the longest chain below each node: what the whole run waits for
// is started first.
func heights(p Plan, below map[manifest.ID][]manifest.ID) map[manifest.ID]int {
	h := make(map[manifest.ID]int, len(p.Nodes))
	for i := len(p.Nodes) - 1; i >= 0; i-- {
		id := p.Nodes[i].ID
		for _, child := range below[id] {
			h[id] = max(h[id], h[child]+1)
		}
	}
	return h
}

// next gives a node to run, or nil when there will be none.
func (s *scheduler) next(ctx context.Context) *manifest.Node {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if s.stopped || ctx.Err() != nil || s.left == 0 || s.broken != nil {
			return nil
		}
		if s.ready.Len() > 0 {
			n := heap.Pop(&s.ready).(item).node
			s.started++
			s.emit(Event{Kind: Started, Node: n, Index: s.started, Total: len(s.plan.Nodes), At: s.clock()})
			return n
		}
		s.wake.Wait()
	}
}

// finish records a result and readies or skips what waited for it. It reports whether the
// result is a failure that ends a fail-fast run.
func (s *scheduler) finish(r Result) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record(r)
	s.wake.Broadcast()
	return r.Status == Error || r.Status == Fail || r.Status == Partial
}

func (s *scheduler) record(r Result) {
	id := r.Node.ID
	s.done[id] = true
	s.left--
	s.finished++
	s.results = append(s.results, r)
	s.emit(Event{Kind: Finished, Node: r.Node, Index: s.finished, Total: len(s.plan.Nodes), Result: &s.results[len(s.results)-1], At: s.clock()})
	blocks := r.Status.Failed()
	if s.plan.Blocks != nil {
		blocks = s.plan.Blocks(r)
	}
	for _, child := range s.below[id] {
		if _, already := s.blocked[child]; blocks && !already {
			s.blocked[child] = s.cause(id)
		}
		s.waiting[child]--
		if s.waiting[child] > 0 || s.done[child] {
			continue
		}
		if cause, skip := s.blocked[child]; skip {
			s.record(s.skipped(s.nodes[child], fmt.Sprintf("needs %s", s.nodes[cause].Name)))
			continue
		}
		heap.Push(&s.ready, item{node: s.nodes[child], height: s.ready.height[child], index: len(s.results)})
	}
}

// cause follows a chain of skips to the node that failed.
func (s *scheduler) cause(id manifest.ID) manifest.ID {
	for {
		up, ok := s.blocked[id]
		if !ok {
			return id
		}
		id = up
	}
}

func (s *scheduler) skipped(n *manifest.Node, why string) Result {
	now := s.clock()
	return Result{Node: n, Started: now, Finished: now, Outcome: Outcome{Status: Skipped, Message: why, Rows: -1}}
}

// abandon ends the run because a worker has no connection.
func (s *scheduler) abandon(n *manifest.Node, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.broken = err
	}
	s.record(Result{Node: n, Started: s.clock(), Finished: s.clock(), Outcome: Outcome{Status: Error, Err: err, Rows: -1}})
	s.wake.Broadcast()
}

func (s *scheduler) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	s.wake.Broadcast()
}

// skipRest records as skipped what a stopped run never started.
func (s *scheduler) skipRest(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	why := "the run was interrupted"
	switch {
	case errors.Is(context.Cause(ctx), errFailFast):
		why = errFailFast.Error()
	case s.broken != nil:
		why = "no connection"
	}
	for _, n := range s.plan.Nodes {
		if !s.done[n.ID] {
			s.record(s.skipped(n, why))
		}
	}
}

func (s *scheduler) emit(ev Event) {
	if s.observe != nil {
		s.observe(ev)
	}
}

// item is a node that could start now.
type item struct {
	node   *manifest.Node
	height int
	index  int
}

// queue is a heap: the longest chain below first, then the plan's order.
type queue struct {
	items  []item
	height map[manifest.ID]int
}

func (q queue) Len() int { return len(q.items) }

func (q queue) Less(i, j int) bool {
	a, b := q.items[i], q.items[j]
	if a.height != b.height {
		return a.height > b.height
	}
	return a.index < b.index
}

func (q queue) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }

// Push is for container/heap.
func (q *queue) Push(x any) { q.items = append(q.items, x.(item)) }

// Pop is for container/heap.
func (q *queue) Pop() any {
	last := len(q.items) - 1
	x := q.items[last]
	q.items = q.items[:last]
	return x
}
