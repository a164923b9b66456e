package engine

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/operational"
)

// SeedStore brings the seeds that are configured for it into the operational store as well:
//
//	+operational: {table: unit, key: [entity_id, code], columns: {entity_id: entity_code}}
//
// Rows are found by key; those of the scope that the file has no more are deleted, unless a row
// elsewhere refers to them. It gives nothing if none of the nodes is such a seed.
func (w *Workspace) SeedStore(ctx context.Context, nodes []*manifest.Node, notify func(string)) ([]*operational.Published, error) {
	var list []*operational.Publication
	var l diag.List
	for _, n := range nodes {
		v, ok := n.Config.Get("operational")
		if n.Kind != manifest.Seed || !ok || v == nil {
			continue
		}
		p, err := w.storeSeed(n, v)
		l.Add(err)
		list = append(list, p)
	}
	if err := l.Err(); err != nil || len(list) == 0 {
		return nil, err
	}
	store, err := w.OpenStore(ctx)
	if err != nil {
		return nil, err
	}
	done, err := operational.Publish(ctx, store, list, operational.PublishOptions{
		Now: w.engine.Clock, Notify: func(format string, args ...any) { notify(fmt.Sprintf(format, args...)) },
	})
	return done, errors.Join(err, store.Close())
}

// storeSeed reads a seed's configuration.
func (w *Workspace) storeSeed(n *manifest.Node, v any) (*operational.Publication, error) {
	pos := n.Pos
	if !n.PatchPos.IsZero() {
		pos = n.PatchPos
	}
	m, ok := v.(*manifest.Map)
	if !ok {
		return nil, diag.Errorf(diag.BadValue, pos, "operational of the seed %s must be a mapping", n.Name).WithHint("operational: {table: unit, key: [id]}")
	}
	c := manifest.NewConfig(m)
	p := &operational.Publication{Name: n.Name, Table: c.String("table"), Key: c.Strings("key"), Mode: operational.Replace, Pos: pos}
	if p.Table == "" || len(p.Key) == 0 {
		return nil, diag.Errorf(diag.MissingKey, pos, "the seed %s goes into the operational store, and its table or key is not given", n.Name).
			WithHint("operational: {table: unit, key: [id]}")
	}
	header, err := seedHeader(n)
	if err != nil {
		return nil, err
	}
	sources, _ := m.Get("columns")
	at, err := seedColumns(p, header, sources)
	if err != nil {
		return nil, diag.Errorf(diag.BadValue, pos, "seed %s: %v", n.Name, err)
	}
	if p.Scope, err = w.storeScope(p); err != nil {
		return nil, err
	}
	p.Rows = func(context.Context) iter.Seq2[[]any, error] { return seedRows(n, p, at) }
	return p, nil
}

// storeScope gives the columns of a table that say whose its rows are.
func (w *Workspace) storeScope(p *operational.Publication) ([]operational.Fixed, error) {
	var out []operational.Fixed
	for _, name := range w.Project.Scope.Names() {
		column := w.Project.Operational.Scope[name]
		carries := slices.Contains(p.Columns, column)
		if column == "" || slices.Contains(w.Project.Operational.Shared, p.Table) && !carries {
			continue
		}
		value := w.Project.Scope.Values[name]
		if value == "" {
			return nil, diag.Errorf(diag.BadScope, p.Pos, "%s is of one %s, and none is chosen", p.Name, name).WithHint("say which: --%s …", name)
		}
		out = append(out, operational.Fixed{Column: column, Value: value})
	}
	return out, nil
}

// seedColumns works out the table's columns and where each stands in the file.
func seedColumns(p *operational.Publication, header []string, sources any) ([]int, error) {
	var at []int
	add := func(column, from string) error {
		i := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(h, from) })
		if i < 0 {
			return fmt.Errorf("its file has no column %s: there are %s", from, strings.Join(header, ", "))
		}
		p.Columns, at = append(p.Columns, column), append(at, i)
		return nil
	}
	m, ok := sources.(*manifest.Map)
	if !ok {
		for _, h := range header {
			if err := add(h, h); err != nil {
				return nil, err
			}
		}
		return at, nil
	}
	for _, k := range m.Keys() {
		from := manifest.NewConfig(m).String(k)
		if err := add(k, or(from, k)); err != nil {
			return nil, err
		}
	}
	return at, nil
}

func seedReader(n *manifest.Node) (*os.File, *csv.Reader, error) {
	f, err := os.Open(n.Seed.File)
	if err != nil {
		return nil, nil, fmt.Errorf("read the seed %s: %w", n.Name, err)
	}
	r := csv.NewReader(f)
	if d := n.Config.String("delimiter"); d != "" {
		r.Comma = []rune(d)[0]
	}
	return f, r, nil
}

func seedHeader(n *manifest.Node) ([]string, error) {
	f, r, err := seedReader(n)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	header, err := r.Read()
	if err != nil {
		return nil, diag.Errorf(diag.BadFile, n.Pos, "the seed %s has no header: %v", n.Name, err)
	}
	for i := range header {
		header[i] = strings.TrimSpace(strings.TrimPrefix(header[i], "\ufeff"))
	}
	return header, nil
}

// seedRecords gives the records below the header.
func seedRecords(n *manifest.Node) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		f, r, err := seedReader(n)
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		for first := true; ; first = false {
			rec, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, diag.Errorf(diag.BadFile, n.Pos, "the seed %s cannot be read: %v", n.Name, err))
				return
			}
			if !first && !yield(rec, nil) {
				return
			}
		}
	}
}

// seedRows gives the rows of the scope; empty cells are null.
func seedRows(n *manifest.Node, p *operational.Publication, at []int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for rec, err := range seedRecords(n) {
			if err != nil {
				yield(nil, err)
				return
			}
			row := make([]any, len(at))
			for i, j := range at {
				if rec[j] != "" {
					row[i] = rec[j]
				}
			}
			if ofScope(p, row) && !yield(row, nil) {
				return
			}
		}
	}
}

// ofScope reports whether a row belongs to the chosen scope; a seed holds the rows of all.
func ofScope(p *operational.Publication, row []any) bool {
	for _, f := range p.Scope {
		i := slices.Index(p.Columns, f.Column)
		if i < 0 {
			continue // the store says so
		}
		if text, _ := row[i].(string); text != fmt.Sprint(f.Value) {
			return false
		}
	}
	return true
}
