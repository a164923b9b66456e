package compile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// isMicrobatch reports a model that is built in slices of time.
func isMicrobatch(n *manifest.Node) bool {
	return n.Kind == manifest.Model && n.Config.Materialized() == "incremental" &&
		n.Config.String("incremental_strategy") == "microbatch"
}

// Batches gives the slices of time that a microbatch model has to build, oldest first, in dbt's
// arithmetic: from `begin` when the table is new, else the last `lookback` slices, up to the end
// of the one that now lies in. The run's EventStart and EventEnd come before these.
func (c *Compiler) Batches(n *manifest.Node, anew bool) ([]Batch, error) {
	size := n.Config.String("batch_size")
	if !validBatchSize(size) {
		return nil, diag.Errorf(diag.BadConfig, n.Pos, "microbatch model %s needs batch_size: hour, day, month or year", n.Name)
	}
	if n.Config.String("event_time") == "" {
		return nil, diag.Errorf(diag.BadConfig, n.Pos, "microbatch model %s needs event_time: the column that says when a row happened", n.Name)
	}
	run := c.run.Load()
	end := c.clock().UTC()
	if run.EventEnd != nil {
		end = run.EventEnd.UTC()
	}
	end = ceiling(end, size)
	start, err := batchStart(n, size, end, run.EventStart, anew)
	if err != nil {
		return nil, err
	}
	var batches []Batch
	for from := start; from.Before(end) || len(batches) == 0; {
		to := offset(from, size, 1)
		batches = append(batches, Batch{ID: batchID(from, size), Start: from, End: to})
		from = to
	}
	batches[len(batches)-1].End = end
	return batches, nil
}

func batchStart(n *manifest.Node, size string, end time.Time, wanted *time.Time, anew bool) (time.Time, error) {
	switch {
	case wanted != nil:
		return truncate(wanted.UTC(), size), nil
	case anew:
		begin, ok := parseBegin(n)
		if !ok {
			return begin, diag.Errorf(diag.BadConfig, n.Pos, "microbatch model %s needs begin: the time of its first rows", n.Name).
				WithHint("write it as a date: begin: '2024-01-01'")
		}
		return truncate(begin, size), nil
	}
	lookback := int64(1)
	if v, ok := n.Config.Get("lookback"); ok {
		if i, isInt := v.(int64); isInt {
			lookback = i
		}
	}
	if truncate(end, size).Equal(end) {
		lookback++ // the last slice ends here, and began one earlier
	}
	return offset(end, size, -int(lookback)), nil
}

func parseBegin(n *manifest.Node) (time.Time, bool) {
	v, _ := n.Config.Get("begin")
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), true
	case string:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
			if t, err := time.Parse(layout, strings.TrimSpace(v)); err == nil {
				return t.UTC(), true
			}
		}
	}
	return time.Time{}, false
}

func validBatchSize(size string) bool {
	return size == "hour" || size == "day" || size == "month" || size == "year"
}

func truncate(t time.Time, size string) time.Time {
	switch size {
	case "hour":
		return t.Truncate(time.Hour)
	case "day":
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	case "month":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	default:
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
}

// offset moves the start of the slice that t lies in by n slices.
func offset(t time.Time, size string, n int) time.Time {
	t = truncate(t, size)
	switch size {
	case "hour":
		return t.Add(time.Duration(n) * time.Hour)
	case "day":
		return t.AddDate(0, 0, n)
	case "month":
		return t.AddDate(0, n, 0)
	default:
		return t.AddDate(n, 0, 0)
	}
}

func ceiling(t time.Time, size string) time.Time {
	if down := truncate(t, size); !down.Equal(t) {
		return offset(t, size, 1)
	}
	return t
}

func batchID(t time.Time, size string) string {
	layout := map[string]string{"year": "2006", "month": "200601", "day": "20060102", "hour": "20060102T15"}[size]
	return t.Format(layout)
}

// runBatches builds a microbatch model slice by slice, each in a transaction of its own. Pre-hooks
// run with the first slice and post-hooks with the last. A slice that fails leaves the others
// alone, except the first of a new table, without which there is nothing to add to.
func (c *Compiler) runBatches(ctx context.Context, n *manifest.Node, s adapter.Session, name string) (*Outcome, error) {
	found, err := s.Relation(ctx, n.Relation)
	if err != nil {
		return nil, err
	}
	fresh := n.Config.Bool("full_refresh", c.run.Load().FullRefresh)
	anew := found == nil || found.Type != adapter.Table || fresh
	batches, err := c.Batches(n, anew)
	if err != nil {
		return nil, err
	}
	total := &Outcome{Rows: -1}
	var failures []error
	for i := range batches {
		o := CompileOptions{Batch: &batches[i]}
		if !anew || i > 0 {
			o.Overrides = &Overrides{Macros: manifest.NewMap("is_incremental", true, "should_full_refresh", false)}
		}
		slice := sliceNode(n, i == 0, i == len(batches)-1)
		out, err := c.runBatch(ctx, slice, s, name, o)
		switch {
		case err == nil:
			total.add(out)
		case anew && i == 0 || ctx.Err() != nil:
			return nil, err
		default:
			failures = append(failures, fmt.Errorf("batch %s: %w", batches[i].ID, err))
		}
	}
	total.Message = fmt.Sprintf("%d batches", len(batches))
	if len(failures) > 0 {
		total.Message = fmt.Sprintf("%d of %d batches failed", len(failures), len(batches))
	}
	return total, errors.Join(failures...)
}

func (o *Outcome) add(part *Outcome) {
	o.Relations, o.SQL = part.Relations, part.SQL
	if part.Rows >= 0 {
		o.Rows = max(o.Rows, 0) + part.Rows
	}
}

func (c *Compiler) runBatch(ctx context.Context, n *manifest.Node, s adapter.Session, name string, o CompileOptions) (*Outcome, error) {
	// The model's own text asks the warehouse whether it is incremental, as in dbt: after
	// --full-refresh it is not, even in the slices that add to the first.
	compiled, err := c.CompileWith(ctx, n, s, CompileOptions{Batch: o.Batch})
	if err != nil {
		return nil, err
	}
	return c.runBlock(ctx, n, s, compiled, name, o)
}

// sliceNode is the node without the hooks that do not run with its slice.
func sliceNode(n *manifest.Node, first, last bool) *manifest.Node {
	if first && last {
		return n
	}
	m := n.Config.Map().Clone()
	if !first {
		m.Set("pre-hook", []any{})
	}
	if !last {
		m.Set("post-hook", []any{})
	}
	out := *n
	out.Config = manifest.NewConfig(m)
	return &out
}
