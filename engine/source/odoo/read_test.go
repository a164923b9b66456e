package odoo_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"atlas/engine/registry"
	"atlas/engine/source"
	"atlas/engine/source/odoo"
	"atlas/engine/source/odoo/odootest"
)

// TestCrowdedSeconds reads records of which more than a page were written in one second, as
// every import does.
func TestCrowdedSeconds(t *testing.T) {
	for _, c := range []struct {
		what  string
		page  int64
		times []time.Duration // of the records, in order of id, from the start
	}{
		{"one transaction", 4, make([]time.Duration, 30)},
		{"exactly pages", 5, make([]time.Duration, 10)},
		{"one second", 4, spread(30, 25*time.Millisecond)},
		{"ids against the time", 4, reversed(spread(30, 25*time.Millisecond))},
		{"seconds of a page", 4, spread(32, 250*time.Millisecond)},
		{"seconds of nearly a page", 4, reversed(spread(32, 350*time.Millisecond))},
		{"one a page", 1, spread(9, 400*time.Millisecond)},
		{"a crowd in the middle", 3, slices.Concat(spread(4, time.Second), repeat(10*time.Second, 9), spread(4, 20*time.Second))},
	} {
		for _, transport := range []string{"jsonrpc", "json2"} {
			t.Run(c.what+"/"+transport, func(t *testing.T) {
				now, _ := clockOf("2026-03-01T12:00:00Z")
				s := odootest.New(t)
				s.Now, s.Version = now, 19
				things(s)
				for i, d := range c.times {
					s.PutAt("x.thing", int64(i+1), name(int64(i+1)), now().Add(-24*time.Hour+d))
				}
				tb := table(s, "x.thing", "page", c.page)
				if transport == "json2" {
					o := options(s)
					o.Set("api_key", secret(s.Key))
					tb.Options.Set("odoo", o)
				}
				r := &reader{table: tb, now: now}
				if err := r.read(t.Context()); err != nil {
					t.Fatal(err)
				}
				r.check(t, s, "x.thing")
				if r.rows != len(c.times) {
					t.Errorf("%d rows, want %d", r.rows, len(c.times))
				}
				if n := len(s.Asked()); n > 2*len(c.times)/int(c.page)+8+2*len(c.times)/5 {
					t.Errorf("%d requests for %d records", n, len(c.times))
				}
				if err := r.read(t.Context()); err != nil || r.rows != 0 {
					t.Errorf("a second reading gave %d rows, %v", r.rows, err)
				}
			})
		}
	}
}

func spread(n int, gap time.Duration) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = time.Duration(i) * gap
	}
	return out
}

func repeat(d time.Duration, n int) []time.Duration { return slices.Repeat([]time.Duration{d}, n) }

func reversed(d []time.Duration) []time.Duration {
	slices.Reverse(d)
	return d
}

// TestLongTransaction commits a record that is older than others which have been read.
func TestLongTransaction(t *testing.T) {
	now, pass := clockOf("2026-03-01T12:00:00Z")
	s := odootest.New(t)
	s.Now = now
	things(s)
	s.Put("x.thing", 1, name(1))
	began := now()
	pass(8 * time.Minute)
	s.Put("x.thing", 2, name(2))
	r := &reader{table: table(s, "x.thing"), now: now}
	if err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.PutAt("x.thing", 3, name(3), began.Add(time.Second))
	pass(24 * time.Hour)
	if err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.check(t, s, "x.thing")
	pass(time.Hour)
	if err := r.read(t.Context()); err != nil || r.rows != 0 {
		t.Errorf("nothing happened, and %d rows are read: %v", r.rows, err)
	}
}

// TestSlowClock reads a server whose clock is far behind or ahead of the reader's.
func TestSlowClock(t *testing.T) {
	for _, off := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		now, pass := clockOf("2026-03-01T12:00:00Z")
		s := odootest.New(t)
		s.Now = func() time.Time { return now().Add(off) }
		things(s)
		s.Put("x.thing", 1, name(1))
		r := &reader{table: table(s, "x.thing"), now: now}
		for i := int64(2); i < 6; i++ {
			if err := r.read(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.PutAt("x.thing", i, name(i), s.Now().Add(-5*time.Minute)) // it was open while we read
			pass(time.Minute)
		}
		if err := r.read(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.check(t, s, "x.thing")
	}
}

func TestArchivedDeletedUndated(t *testing.T) {
	now, pass := clockOf("2026-03-01T12:00:00Z")
	s := odootest.New(t)
	s.Now = now
	things(s)
	for i := int64(1); i <= 9; i++ {
		s.Put("x.thing", i, name(i))
	}
	s.Put("x.thing", 4, map[string]any{"active": false})
	s.PutAt("x.thing", 5, name(5), time.Time{}) // written past Odoo
	pass(time.Hour)
	r := &reader{table: table(s, "x.thing", "page", int64(2)), now: now}
	if err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.check(t, s, "x.thing")
	if r.held[4]["active"] != "false" || r.living != nil {
		t.Errorf("held: %v, alive: %v", r.held, r.living)
	}
	pass(23 * time.Hour)
	s.Delete("x.thing", 2)
	if err := r.read(t.Context()); err != nil || r.living != nil || r.rows != 1 {
		t.Errorf("before its time there was a sweep of %v; %d rows; %v", r.living, r.rows, err)
	}
	pass(2 * time.Hour)
	if err := r.read(t.Context()); err != nil || !slices.Equal(r.living, []int{1, 3, 4, 5, 6, 7, 8, 9}) {
		t.Errorf("alive: %v, %v", r.living, err)
	}
	pass(time.Hour)
	if err := r.read(t.Context()); err != nil || r.living != nil {
		t.Errorf("a second sweep of %v, %v", r.living, err)
	}
}

// TestWhole reads a model without write_date.
func TestWhole(t *testing.T) {
	s := odootest.New(t)
	things(s)
	s.Undate("x.thing")
	for i := int64(1); i <= 9; i++ {
		s.Put("x.thing", i, name(i))
	}
	r := &reader{table: table(s, "x.thing", "page", int64(3)), stop: 6}
	if err := r.read(t.Context()); !errors.Is(err, errGivenUp) {
		t.Fatal(err)
	}
	r.stop = 0
	if err := r.read(t.Context()); err != nil || r.rows != 6 {
		t.Errorf("%d rows, %v", r.rows, err)
	}
	for range 2 {
		r.check(t, s, "x.thing")
		if len(r.living) != 9 {
			t.Errorf("alive: %v", r.living)
		}
		if err := r.read(t.Context()); err != nil || r.rows != 9 {
			t.Errorf("%d rows, %v", r.rows, err)
		}
	}
}

// TestAtRandom writes, imports, archives and deletes while pages are read, cuts readings off, and
// compares with the server in the end.
func TestAtRandom(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a test
		now, pass := clockOf("2026-03-01T12:00:00Z")
		s := odootest.New(t)
		s.Now, s.Version = now, 14+int(seed%2)*5
		things(s)
		version := 0
		put := func(id int64, ago time.Duration) {
			version++
			v := name(id)
			v["name"], v["active"] = fmt.Sprintf("N%d v%d", id, version), rnd.IntN(5) > 0
			s.PutAt("x.thing", id, v, now().Add(-ago))
		}
		writes := func() {
			switch rnd.IntN(6) {
			case 0: // an import
				for range rnd.IntN(20) {
					put(1+rnd.Int64N(60), 0)
				}
			case 1:
				s.Delete("x.thing", 1+rnd.Int64N(60))
			case 2: // a transaction that was open for a while
				put(61+rnd.Int64N(20), time.Duration(rnd.IntN(9*60))*time.Second)
			default:
				put(1+rnd.Int64N(60), time.Duration(rnd.IntN(1000))*time.Millisecond)
			}
			pass(time.Duration(rnd.IntN(3000)) * time.Millisecond)
		}
		r := &reader{table: table(s, "x.thing", "page", 1+rnd.Int64N(9), "sweep", "always"), now: now}
		for range 20 {
			for range rnd.IntN(5) {
				writes()
			}
			s.Before = func(int, string, string) {
				if rnd.IntN(2) == 0 {
					writes()
				}
			}
			r.stop = rnd.IntN(30)
			if err := r.read(t.Context()); err != nil && !errors.Is(err, errGivenUp) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			pass(time.Duration(rnd.IntN(20)) * time.Minute)
		}
		s.Before, r.stop = nil, 0
		for range 2 { // a reading that goes on leaves what changed meanwhile to the next
			if err := r.read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		r.check(t, s, "x.thing")
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestOtherServer refuses to go on with the records of another system.
func TestOtherServer(t *testing.T) {
	s := odootest.New(t)
	things(s)
	r := &reader{table: table(s, "x.thing")}
	if err := r.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	for from, state := range map[string]string{
		"was read from odoo://elsewhere/": `{"of": "odoo://elsewhere/demo/x.thing"}`,
		"cannot be read":                  `[`,
	} {
		r.state = []byte(state)
		if err := r.read(t.Context()); err == nil || !strings.Contains(err.Error(), from) {
			t.Errorf("%s: %v", state, err)
		}
	}
}

// stumbling fails when everything has been read, as a full disk would.
type stumbling struct {
	*odoo.Source
	fail bool
}

func (s *stumbling) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		for sec, err := range s.Source.Read(ctx, r) {
			if !yield(sec, err) {
				return
			}
		}
		if s.fail {
			yield(nil, errGivenUp)
		}
	}
}

// TestSweptAndNotMerged goes on behind a sweep: a record that is younger than it is not gone.
func TestSweptAndNotMerged(t *testing.T) {
	now, pass := clockOf("2026-03-01T12:00:00Z")
	s := odootest.New(t)
	s.Now = now
	things(s)
	s.Put("x.thing", 1, name(1))
	s.Put("x.thing", 2, name(2))
	tb, root := table(s, "x.thing", "sweep", "24h"), t.TempDir()
	driver := &stumbling{Source: &odoo.Source{}}
	drivers := registry.New[source.Source]("source driver")
	drivers.Add("odoo", driver)
	extract := func() (*source.ExtractResult, error) {
		return source.Extract(t.Context(), tb, source.ExtractOptions{Root: root, Drivers: drivers, Now: now})
	}
	if _, err := extract(); err != nil {
		t.Fatal(err)
	}
	pass(25 * time.Hour)
	s.Delete("x.thing", 1)
	driver.fail = true
	if _, err := extract(); !errors.Is(err, errGivenUp) {
		t.Fatal(err)
	}
	pass(time.Hour)
	driver.fail = false
	s.Put("x.thing", 3, name(3))
	r, err := extract()
	if err != nil || r.Merged.Deleted != 1 || r.Merged.Added != 1 || !r.Merged.Resumed {
		t.Fatalf("%+v, %v", r.Merged, err)
	}
	b, err := os.ReadFile(filepath.Join(root, tb.Snapshot))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(b), "\n") {
		if gone := strings.Contains(line, "2026-03-02 14:00:00,odoo:"); gone != strings.HasPrefix(line, "1,") {
			t.Errorf("line %s", line)
		}
	}
}
