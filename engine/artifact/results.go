package artifact

import (
	"io"
	"strings"
	"time"

	"atlas/engine/manifest"
)

// Status is the outcome of a node, in dbt's words.
type Status string

// The outcomes.
const (
	Success        Status = "success"
	Error          Status = "error"
	Fail           Status = "fail"
	Warn           Status = "warn"
	Skipped        Status = "skipped"
	PartialSuccess Status = "partial success"
	Pass           Status = "pass"
	RuntimeError   Status = "runtime error"
	NoOp           Status = "no-op"
)

// Failed reports whether the outcome makes a command exit with 1. A skipped node does too.
func (s Status) Failed() bool {
	switch s {
	case Error, Fail, RuntimeError, PartialSuccess, Skipped:
		return true
	default:
		return false
	}
}

// Timing is one phase of a node's work.
type Timing struct {
	Name      string // "compile", "execute"
	Started   time.Time
	Completed time.Time
}

// RunResult is what became of one node.
type RunResult struct {
	NodeID          manifest.ID
	Status          Status
	Timing          []Timing
	Thread          string // "Thread-1"
	ExecutionTime   time.Duration
	Message         string
	Failures        *int64 // rows that a test found; nil if it does not apply
	AdapterResponse *manifest.Map
	Compiled        bool
	CompiledCode    string
	RelationName    string
}

// RunResults is one invocation's run_results.json.
type RunResults struct {
	Metadata Metadata
	Results  []RunResult
	Elapsed  time.Duration
	Args     *manifest.Map // the command's flags, with "which" for the command: what retry needs
}

// WriteRunResults writes run_results.json in dbt's version 6.
func WriteRunResults(w io.Writer, r RunResults) error {
	e := newEncoder(w)
	e.object()
	e.field("metadata").object()
	r.Metadata.encode(e, "run-results/v6")
	e.end()
	e.field("results").array()
	for i := range r.Results {
		r.Results[i].encode(e)
	}
	e.end()
	e.field("elapsed_time").float(r.Elapsed.Seconds())
	e.field("args").mapping(r.Args)
	e.end()
	return e.flush()
}

// WriteRunResults writes the folder's run_results.json.
func (t Target) WriteRunResults(r RunResults) error {
	return WriteFile(t.Path(RunResultsFile), func(w io.Writer) error { return WriteRunResults(w, r) })
}

func (r *RunResult) encode(e *encoder) {
	e.object()
	e.field("status").string(string(r.Status))
	timings(e, r.Timing)
	e.field("thread_id").string(r.Thread)
	e.field("execution_time").float(r.ExecutionTime.Seconds())
	e.field("adapter_response").mapping(r.AdapterResponse)
	e.field("message").stringOrNull(r.Message)
	e.field("failures")
	if r.Failures == nil {
		e.null()
	} else {
		e.int(*r.Failures)
	}
	e.field("unique_id").string(string(r.NodeID))
	if strings.HasPrefix(string(r.NodeID), "seed.") { // a seed has nothing to compile
		e.field("compiled").null()
		e.field("compiled_code").null()
		e.field("relation_name").null()
	} else {
		e.field("compiled").bool(r.Compiled)
		e.field("compiled_code").stringOrNull(r.CompiledCode)
		e.field("relation_name").stringOrNull(r.RelationName)
	}
	e.field("batch_results").null()
	e.end()
}

func timings(e *encoder, list []Timing) {
	e.field("timing").array()
	for _, t := range list {
		e.object()
		e.field("name").string(t.Name)
		e.field("started_at").time(t.Started)
		e.field("completed_at").time(t.Completed)
		e.end()
	}
	e.end()
}
