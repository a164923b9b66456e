package source_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
)

// ledger is a system of records that change: an incremental source in memory.
type ledger struct {
	records map[int]entry
	clock   int // grows with every change
	cut     int // rows until the connection is cut; 0 never
	sweep   bool
	asked   []string // the states that readings began from
}

type entry struct {
	at     int
	amount string
}

type ledgerState struct{ At, ID int }

func (l *ledger) put(id int, amount string) {
	l.clock++
	l.records[id] = entry{l.clock, amount}
}

func (*ledger) Options() []source.Option            { return nil }
func (*ledger) Monthly(*manifest.ExtractTable) bool { return false }
func (*ledger) Key(*manifest.ExtractTable) []string { return []string{"id"} }
func (*ledger) Inputs(context.Context, source.Request) ([]source.Input, error) {
	return []source.Input{{File: "ledger://here"}}, nil
}

func (*ledger) Describe(context.Context, source.Request) ([]manifest.ExtractColumn, error) {
	return []manifest.ExtractColumn{
		{Name: "id", Type: "integer"}, {Name: "amount", Type: "decimal(18,2)"},
	}, nil
}

func (l *ledger) Read(_ context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	l.asked = append(l.asked, string(r.Since))
	var since ledgerState
	if r.Since != nil && json.Unmarshal(r.Since, &since) != nil {
		panic("bad state " + string(r.Since))
	}
	ids := slices.SortedFunc(maps.Keys(l.records), func(a, b int) int { return l.records[a].at - l.records[b].at })
	rows := func(yield func(source.Row, error) bool) {
		n := 0
		for _, id := range ids {
			e := l.records[id]
			if e.at < since.At { // the last one is read again: an overlap
				continue
			}
			if n++; l.cut > 0 && n > l.cut {
				yield(source.Row{}, errors.New("connection cut"))
				return
			}
			row := source.Row{Number: id, Cells: []source.Cell{
				{Kind: source.Number, Text: strconv.Itoa(id)}, {Kind: source.Text, Text: e.amount},
			}}
			if !yield(row, nil) {
				return
			}
			if err := r.Keep(ledgerState{e.at, id}); err != nil {
				yield(source.Row{}, err)
				return
			}
		}
	}
	return func(yield func(*source.Section, error) bool) {
		fields := []string{"id", "amount"}
		if !yield(&source.Section{File: "ledger://here", Fields: fields, Rows: rows}, nil) || !l.sweep {
			return
		}
		yield(&source.Section{File: "ledger://here", Fields: fields[:1], Living: true, Rows: func(yield func(source.Row, error) bool) {
			for i, id := range ids {
				if !yield(source.Row{Number: i + 1, Cells: []source.Cell{{Kind: source.Number, Text: strconv.Itoa(id)}}}, nil) {
					return
				}
			}
		}}, nil)
	}
}

// reading extracts the ledger into root.
func (l *ledger) reading(t *testing.T, root string, table *manifest.ExtractTable) (*source.ExtractResult, error) {
	t.Helper()
	drivers := registry.New[source.Source]("source driver")
	drivers.Add("ledger", l)
	return source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: drivers, Now: clock})
}

func ledgerTable() *manifest.ExtractTable {
	return &manifest.ExtractTable{Source: "raw", Table: "entries", Driver: "ledger", Options: manifest.NewMap(), Snapshot: "clean/entries.csv"}
}

// held gives the snapshot by id: amount, and whether it is marked as deleted.
func held(t *testing.T, root string) map[int]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, "clean/entries.csv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(line, ",")
		id, err := strconv.Atoi(f[0])
		if _, twice := out[id]; err != nil || twice {
			t.Fatalf("line %q: %v, %v", line, err, twice)
		}
		out[id] = f[1]
		if f[2] != "" {
			out[id] += " deleted"
		}
	}
	return out
}

func TestIncrement(t *testing.T) {
	root := t.TempDir()
	l := &ledger{records: map[int]entry{}}
	for i := 1; i <= 5; i++ {
		l.put(i, fmt.Sprintf("%d.50", i))
	}
	r, err := l.reading(t, root, ledgerTable())
	if err != nil || *r.Merged != (source.Merged{Added: 5, Total: 5, Whole: true}) {
		t.Fatalf("the first reading: %+v, %v", r, err)
	}
	l.put(2, "20")
	l.put(9, "9")
	l.put(3, "about three")
	if r, err = l.reading(t, root, ledgerTable()); err != nil {
		t.Fatal(err)
	}
	if want := (source.Merged{Added: 1, Replaced: 1, Unchanged: 1, Total: 5}); *r.Merged != want {
		t.Errorf("the second reading merged %+v, want %+v", *r.Merged, want)
	}
	if want := map[int]string{1: "1.50", 2: "20.00", 4: "4.50", 5: "5.50", 9: "9.00"}; !maps.Equal(held(t, root), want) {
		t.Errorf("snapshot: %v, want %v", held(t, root), want)
	}
	rejects := filepath.Join(root, filepath.FromSlash(r.Rejects))
	if b, err := os.ReadFile(rejects); err != nil || !strings.Contains(string(b), "about three") {
		t.Errorf("the rejected record is not kept: %v", err)
	}
	l.put(3, "3")
	delete(l.records, 1)
	l.sweep = true
	if r, err = l.reading(t, root, ledgerTable()); err != nil || r.Merged.Deleted != 1 {
		t.Fatalf("the third reading: %+v, %v", r.Merged, err)
	}
	if want := map[int]string{1: "1.50 deleted", 2: "20.00", 3: "3.00", 4: "4.50", 5: "5.50", 9: "9.00"}; !maps.Equal(held(t, root), want) {
		t.Errorf("snapshot: %v, want %v", held(t, root), want)
	}
	if _, err := os.Stat(rejects); err == nil {
		t.Error("the record was mended, and its reject is still there")
	}
	before, err := os.ReadFile(filepath.Join(root, "clean/entries.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if r, err = l.reading(t, root, ledgerTable()); err != nil || r.Merged.Unchanged != 1 || r.Merged.Added+r.Merged.Replaced+r.Merged.Deleted != 0 {
		t.Errorf("a reading without changes: %+v, %v", r.Merged, err)
	}
	if after, err := os.ReadFile(filepath.Join(root, "clean/entries.csv")); err != nil || string(after) != string(before) {
		t.Errorf("a reading without changes changed the snapshot: %v", err)
	}
}

func TestIncrementGoesOn(t *testing.T) {
	root := t.TempDir()
	l := &ledger{records: map[int]entry{}, cut: 3}
	for i := 1; i <= 5; i++ {
		l.put(i, "1")
	}
	if _, err := l.reading(t, root, ledgerTable()); err == nil {
		t.Fatal("the connection was cut, and nobody said so")
	}
	if _, err := os.Stat(filepath.Join(root, "clean/entries.csv")); err == nil {
		t.Fatal("half a snapshot can be seen")
	}
	r, err := l.reading(t, root, ledgerTable())
	if err != nil || !r.Merged.Resumed || r.Merged.Total != 5 {
		t.Fatalf("the second reading: %+v, %v", r, err)
	}
	if l.asked[1] != `{"At":3,"ID":3}` {
		t.Errorf("the second reading began from %q", l.asked[1])
	}
	if names, err := os.ReadDir(filepath.Join(root, "clean")); err != nil || len(names) != 2 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// TestIncrementAtRandom changes, cuts and reads at random, and compares with the ledger itself.
func TestIncrementAtRandom(t *testing.T) {
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		root := t.TempDir()
		l := &ledger{records: map[int]entry{}}
		for range 30 {
			for range rnd.IntN(6) {
				id := 1 + rnd.IntN(12)
				if rnd.IntN(4) == 0 {
					delete(l.records, id)
				} else {
					l.put(id, strconv.Itoa(rnd.IntN(3)))
				}
			}
			l.cut, l.sweep = rnd.IntN(4), rnd.IntN(2) == 0
			if _, err := l.reading(t, root, ledgerTable()); err != nil && l.cut == 0 {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		l.cut, l.sweep = 0, true
		if _, err := l.reading(t, root, ledgerTable()); err != nil {
			t.Fatal(err)
		}
		got := held(t, root)
		maps.DeleteFunc(got, func(_ int, v string) bool { return strings.HasSuffix(v, "deleted") })
		want := map[int]string{}
		for id, e := range l.records {
			want[id] = e.amount + ".00"
		}
		if !maps.Equal(got, want) {
			t.Errorf("seed %d: %v, want %v", seed, got, want)
		}
	}
}
