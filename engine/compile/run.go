package compile

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"atlas/engine/manifest"
)

// Run is what templates may know of the invocation. Its fields are read by many goroutines and
// must not change while something is compiled.
type Run struct {
	Invocation  string    // invocation_id, a UUID
	Started     time.Time // run_started_at, UTC
	Which       string    // the command: "run", "build", "test" …
	FullRefresh bool      // --full-refresh
	Empty       bool      // --empty: refs and sources give no rows
	Flags       *manifest.Map
	// Args are the command's arguments as invocation_args_dict shows them.
	Args *manifest.Map
	// Selected are the selected nodes, for selected_resources.
	Selected []manifest.ID
	// StoreFailures is --store-failures.
	StoreFailures bool
	// EventStart and EventEnd are --event-time-start and --event-time-end, for microbatch models.
	EventStart, EventEnd *time.Time
	// Defer gives the relation that a ref takes from another state, or false.
	Defer func(n *manifest.Node) (manifest.Relation, bool)
	// Log receives what log, print and exceptions.warn say, and deprecations: level is "debug",
	// "info", "print" or "warn". Nil drops it. It is called by many goroutines.
	Log func(level, msg string)
	// Wrote receives the SQL that a materialization ran as its main statement. Nil drops it.
	Wrote func(n *manifest.Node, sql string)
	// Metadata are the DBT_ENV_CUSTOM_ENV_ variables without the prefix.
	Metadata map[string]string
	// Clock is what datetime.now reads; nil is time.Now.
	Clock func() time.Time
}

// NewRun makes a run that begins now, with an invocation id of its own.
func NewRun(which string) *Run {
	return &Run{Invocation: newUUID(), Started: time.Now().UTC(), Which: which}
}

func newUUID() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // crypto/rand never fails on the systems Go supports
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Batch is one slice of a microbatch model's time, [Start, End).
type Batch struct {
	ID         string
	Start, End time.Time
}

func (c *Compiler) clock() time.Time {
	if r := c.run.Load(); r != nil && r.Clock != nil {
		return r.Clock()
	}
	return time.Now()
}

func (r *Run) log(level, msg string) {
	if r.Log != nil {
		r.Log(level, msg)
	}
}
