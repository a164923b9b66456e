// Package run executes one run of the graph: it starts a node when everything it needs has
// succeeded, hands it to its stage, and skips what hangs below a failure.
//
// It knows nodes only as vertices: what a model, a seed or a test does is their stage's
// business (see materialize and datatest).
package run

import (
	"context"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/artifact"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// Status is how a node ended, in dbt's words.
type Status = artifact.Status

// The statuses. Success, Error, Partial and NoOp are for nodes that build; Pass, Fail and Warn
// for tests; Skipped for both.
const (
	Success = artifact.Success
	Error   = artifact.Error
	Partial = artifact.PartialSuccess
	NoOp    = artifact.NoOp
	Pass    = artifact.Pass
	Fail    = artifact.Fail
	Warn    = artifact.Warn
	Skipped = artifact.Skipped
)

// Outcome is what a stage says about one node.
type Outcome struct {
	Status   Status
	Message  string  // one line for people: "view", "fail 2 rows"
	Rows     int64   // rows written; -1 if the warehouse does not say
	Failures int64   // rows that a test found
	Sample   *Sample // some of them, for a test that failed
	Err      error   // why it failed: *diag.Diagnostic where the user can mend it
	Notices  diag.List
	Relation manifest.Relation // what was built or, for a test, where its failures are kept
	SQL      string            // the compiled SQL
	Ran      string            // the statements sent to the warehouse
	Compiled time.Time         // when compiling was done; zero if it was not reached
	Response *manifest.Map     // the warehouse's answer, for artifacts
	Kept     bool              // an earlier version of the relation is still in place
}

// Sample is a few rows of a query.
type Sample struct {
	Columns []adapter.Column
	Rows    [][]any
}

// Result is one node's part in a run.
type Result struct {
	Outcome
	Node     *manifest.Node
	Started  time.Time
	Finished time.Time
	Thread   string
}

// Duration is the node's wall time; zero for what never started.
func (r Result) Duration() time.Duration { return r.Finished.Sub(r.Started) }

// Env is what a stage gets of the run.
type Env struct {
	Session adapter.Session // the worker's own connection
	Thread  string          // "Thread-1"
	Clock   func() time.Time
}

// Stage does the work of one kind of node. Do never panics for a user's mistake and always
// leaves the session outside a transaction. When ctx is cancelled it ends soon, with what it
// built undone.
type Stage interface {
	Do(ctx context.Context, env Env, n *manifest.Node) Outcome
}

// StageFunc makes a function a stage.
type StageFunc func(ctx context.Context, env Env, n *manifest.Node) Outcome

// Do calls f.
func (f StageFunc) Do(ctx context.Context, env Env, n *manifest.Node) Outcome { return f(ctx, env, n) }

// Plan says what to run, in what order and how. It is plain data.
type Plan struct {
	Nodes    []*manifest.Node              // in topological order
	Needs    map[manifest.ID][]manifest.ID // what each node waits for; ids outside Nodes are ignored
	Stages   map[manifest.Kind]Stage
	Threads  int
	FailFast bool
	// Blocks reports whether a result keeps what hangs below it from running.
	// Nil means: every failed status blocks.
	Blocks func(Result) bool
}

// Event tells an observer what happens. Events of one run arrive one after the other.
type Event struct {
	Kind   EventKind
	Node   *manifest.Node
	Index  int // of the node among those started or finished, from 1
	Total  int
	Result *Result // for Finished
	At     time.Time
}

// EventKind tells the events apart.
type EventKind int

// The events.
const (
	Started EventKind = iota
	Finished
)
