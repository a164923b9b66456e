package source_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/source"
)

// modelRow is a row of the raw table as the model has it.
type modelRow struct {
	no, date, customer, total, month string // as the snapshot has them
	row                              int
	batch                            string
}

// of gives the month that the row belongs to: its sheet's, else its date's.
func (r modelRow) of() string {
	if r.month == "" && r.date != "" {
		return strings.TrimPrefix(r.date[5:7], "0")
	}
	return r.month
}

func (r modelRow) same(o modelRow) bool {
	o.batch = r.batch
	return r == o
}

func (r modelRow) knownAs(key bool) string {
	if key {
		return r.no
	}
	return fmt.Sprint(r.row)
}

// modelLoad does to rows what a load does; ok is false where it is to be refused.
func modelLoad(have, snap []modelRow, mode source.Mode, month int, key bool, batch string) (rows []modelRow, ok bool) {
	ours := func(r modelRow) bool { return month == 0 || r.of() == fmt.Sprint(month) }
	known := map[string][]modelRow{}
	for _, r := range have {
		known[r.knownAs(key)] = append(known[r.knownAs(key)], r)
	}
	var wanted []modelRow
	for _, r := range snap {
		if r.batch = batch; ours(r) {
			wanted = append(wanted, r)
		}
	}
	switch mode {
	case source.Replace:
		have = slices.DeleteFunc(slices.Clone(have), ours)
		return append(have, wanted...), true
	case source.Append:
		have = slices.Clone(have)
		for _, r := range wanted {
			if len(known[r.knownAs(key)]) == 0 {
				have = append(have, r)
			}
		}
		return have, true
	default:
		gone := map[string]bool{}
		var added []modelRow
		for _, r := range wanted {
			old := known[r.no]
			if slices.ContainsFunc(old, func(o modelRow) bool { return !ours(o) }) {
				return have, false
			}
			if len(old) != 1 || !old[0].same(r) {
				gone[r.no] = true
				added = append(added, r)
			}
		}
		have = slices.DeleteFunc(slices.Clone(have), func(r modelRow) bool { return gone[r.no] })
		return append(have, added...), true
	}
}

func randomSnapshot(r *rand.Rand) []modelRow {
	var rows []modelRow
	for _, i := range r.Perm(8)[:r.IntN(8)] {
		m := modelRow{no: string(rune('A' + i)), total: fmt.Sprintf("%d.00", r.IntN(3)), row: len(rows) + 2}
		if r.IntN(4) > 0 {
			m.customer = string(rune('x' + r.IntN(2)))
		}
		if r.IntN(4) > 0 {
			m.month = fmt.Sprint(1 + r.IntN(3))
		}
		if r.IntN(3) > 0 {
			m.date = fmt.Sprintf("2026-%02d-01", 1+r.IntN(3))
		}
		rows = append(rows, m)
	}
	return rows
}

func shown(all map[string][]modelRow) string {
	var lines []string
	for scope, rows := range all {
		for _, r := range rows {
			lines = append(lines, strings.Join([]string{scope, r.no, r.date, r.customer, r.total, r.month, fmt.Sprint(r.row), r.batch}, "|"))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func stored(t *testing.T, s adapter.Session) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(query(t, s, `select concat_ws('|', entity_code || source_year, no, coalesce(ordered_on::text, ''), coalesce(customer, ''), total, coalesce(sheet_month::text, ''), _row, _batch)
from raw.orders`)), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestLoadsAtRandom loads random snapshots into four scopes of one table, in random modes and
// months, and compares every row of every scope with a model after each.
func TestLoadsAtRandom(t *testing.T) {
	root, s := t.TempDir(), session(t)
	if _, err := s.Exec(t.Context(), "set threads = 1"); err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 7))
		if _, err := s.Exec(t.Context(), "drop schema if exists raw cascade"); err != nil {
			t.Fatal(err)
		}
		model := map[string][]modelRow{}
		for step := range 16 {
			entity, year := []string{"A", "B"}[r.IntN(2)], 2025+r.IntN(2)
			scope := fmt.Sprint(entity, year)
			o := mode(root, []source.Mode{source.Replace, source.Append, source.Merge}[r.IntN(3)], max(0, r.IntN(6)-2), fmt.Sprintf("b%02d", step))
			o.Scope = []source.ScopeColumn{{"entity_code", "text", entity}, {"source_year", "integer", int64(year)}}
			table := keyed("no")
			if o.Mode != source.Merge && r.IntN(2) == 0 {
				table = keyed()
			}
			snap := randomSnapshot(r)
			var lines []string
			for _, x := range snap {
				lines = append(lines, strings.Join([]string{x.no, x.date, x.customer, x.total, x.month, fmt.Sprint(x.row)}, ","))
			}
			writeSnapshot(t, root, rowsOf(lines...))
			rows, ok := modelLoad(model[scope], snap, o.Mode, o.Month, len(table.Key) > 0, o.Batch)
			model[scope] = rows
			via := s
			if r.IntN(2) == 0 {
				via = plainSession{s}
			}
			what := fmt.Sprintf("seed %d, step %d: %s of month %d into %s, key %v, of\n%s", seed, step, o.Mode, o.Month, scope, table.Key, strings.Join(lines, "\n"))
			for range 2 {
				_, err := source.Load(t.Context(), via, table, o)
				if (err == nil) != ok {
					t.Fatalf("%s\nerror: %v", what, err)
				}
				if step == 0 && err != nil {
					break // there is no table
				}
				if got, want := stored(t, s), shown(model); got != want {
					t.Fatalf("%s\ngave\n%s\nwant\n%s", what, got, want)
				}
			}
		}
	}
}
