package artifact

import (
	"io"
	"time"

	"atlas/engine/manifest"
)

// Freshness is the freshness of one source table. With Error set the check itself failed, and
// only the ID counts besides.
type Freshness struct {
	NodeID          manifest.ID
	Status          Status // Pass, Warn, Error
	Error           string
	MaxLoadedAt     time.Time
	SnapshottedAt   time.Time     // when it was asked
	Age             time.Duration // between the two
	Criteria        *manifest.Map // the source's freshness rule
	AdapterResponse *manifest.Map
	Timing          []Timing
	Thread          string
	ExecutionTime   time.Duration
}

// FreshnessResults is one invocation's sources.json.
type FreshnessResults struct {
	Metadata Metadata
	Results  []Freshness
	Elapsed  time.Duration
}

// WriteSources writes sources.json in dbt's version 3.
func WriteSources(w io.Writer, r FreshnessResults) error {
	x := &manifestWriter{encoder: newEncoder(w)}
	x.object()
	x.field("metadata").object()
	r.Metadata.encode(x.encoder, "sources/v3")
	x.end()
	x.field("results").array()
	for i := range r.Results {
		x.freshnessResult(&r.Results[i])
	}
	x.end()
	x.field("elapsed_time").float(r.Elapsed.Seconds())
	x.end()
	return x.flush()
}

// WriteSources writes the folder's sources.json.
func (t Target) WriteSources(r FreshnessResults) error {
	return WriteFile(t.Path(SourcesFile), func(w io.Writer) error { return WriteSources(w, r) })
}

func (x *manifestWriter) freshnessResult(r *Freshness) {
	x.object()
	x.field("unique_id").string(string(r.NodeID))
	if r.Error != "" {
		x.field("error").string(r.Error)
		x.field("status").string(string(RuntimeError))
		x.end()
		return
	}
	x.field("max_loaded_at").time(r.MaxLoadedAt)
	x.field("snapshotted_at").time(r.SnapshottedAt)
	x.field("max_loaded_at_time_ago_in_s").float(r.Age.Seconds())
	x.field("status").string(string(r.Status))
	x.field("criteria")
	x.freshness(r.Criteria)
	x.field("adapter_response").mapping(r.AdapterResponse)
	timings(x.encoder, r.Timing)
	x.field("thread_id").string(r.Thread)
	x.field("execution_time").float(r.ExecutionTime.Seconds())
	x.end()
}
