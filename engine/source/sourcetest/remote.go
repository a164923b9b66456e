package sourcetest

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
)

// texts gives the row's texts under the names, whatever else it has.
func texts(t *testing.T, s *source.Section, row source.Row, names ...string) []string {
	t.Helper()
	out := make([]string, len(names))
	for i, name := range names {
		at := slices.IndexFunc(s.Fields, func(f string) bool { return source.Fold(f) == source.Fold(name) })
		if at < 0 {
			t.Fatalf("%s has no field %s: %q", s.Name(), name, s.Fields)
		}
		if at < len(row.Cells) {
			out[i] = row.Cells[at].String()
		}
	}
	return out
}

// records reads everything that is no sweep, as texts under the header of rows.
func records(t *testing.T, d Driver, r source.Request) (out [][]string, err error) {
	t.Helper()
	for s, err := range d.Source.Read(t.Context(), r) {
		if err != nil {
			return out, err
		}
		if s.Living {
			continue
		}
		for row, err := range s.Rows {
			if err != nil {
				return out, err
			}
			out = append(out, texts(t, s, row, rows()[0]...))
		}
	}
	return out, nil
}

// many gives the header and n rows.
func many(n int) [][]string {
	out := rows()[:1]
	for i := range n {
		out = append(out, []string{fmt.Sprintf("P%02d", i), "Paris", fmt.Sprint(i)})
	}
	return out
}

// kept is what a reading kept: its rows, and the state that goes on after the first of them.
type kept struct {
	rows  [][]string
	state json.RawMessage
	sure  int // rows that the state covers
}

func (k *kept) keep(state any) error {
	b, err := json.Marshal(state)
	k.state, k.sure = b, len(k.rows)
	return err
}

// part reads until a row has come whose number, from 0, is cut.
func (k *kept) part(t *testing.T, d Driver, r source.Request, cut int) error {
	r.Keep = k.keep
	if k.state != nil {
		r.Since = slices.Clone(k.state)
	}
	n := 0
	for s, err := range d.Source.Read(t.Context(), r) {
		if err != nil {
			return err
		}
		for row, err := range s.Rows {
			if err != nil {
				return err
			}
			if s.Living {
				continue
			}
			k.rows = append(k.rows, texts(t, s, row, rows()[0]...))
			if n == cut {
				k.rows = k.rows[:k.sure] // what follows the last state is lost
				return nil
			}
			n++
		}
	}
	return nil
}

// resume cuts a reading at every row, goes on, and compares with a reading at once.
func resume(t *testing.T, d Driver) {
	const n = 25
	root, table := d.write(t, many(n))
	for cut := range n {
		k := &kept{}
		err := errors.Join(k.part(t, d, request(root, table), cut), k.part(t, d, request(root, table), -1))
		if err != nil {
			t.Fatalf("cut at row %d: %v", cut, err)
		}
		slices.SortFunc(k.rows, slices.Compare[[]string])
		got := slices.CompactFunc(k.rows, slices.Equal[[]string])
		if !slices.EqualFunc(got, many(n)[1:], slices.Equal[[]string]) {
			t.Errorf("cut at row %d: %q", cut, got)
		}
	}
}

// interrupt cancels a reading in its middle.
func interrupt(t *testing.T, d Driver) {
	const n = 25
	root, table := d.write(t, many(n))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	read := 0
	var got error
	for s, err := range d.Source.Read(ctx, request(root, table)) {
		if got = err; err != nil {
			break
		}
		for _, err := range s.Rows {
			if got = err; err != nil {
				break
			}
			read++
			stop()
		}
	}
	if !errors.Is(got, context.Canceled) || read == n {
		t.Errorf("a reading cancelled in its middle gave %d rows and %v", read, got)
	}
}

// severed is a driver whose connection ends after so many rows; 0 never.
type severed struct {
	source.Source
	rows int
}

var errSevered = errors.New("the connection was cut")

// Key is the driver's.
func (c *severed) Key(t *manifest.ExtractTable) []string {
	return c.Source.(source.Incremental).Key(t) //nolint:forcetypeassert // Change is set for incremental drivers only
}

// Read gives the driver's sections until the cut.
func (c *severed) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		for s, err := range c.Source.Read(ctx, r) {
			if err == nil && c.rows > 0 {
				all := s.Rows
				s.Rows = func(yield func(source.Row, error) bool) {
					for row, err := range all {
						if c.rows--; c.rows == 0 {
							yield(source.Row{}, errSevered)
							return
						}
						if !yield(row, err) {
							return
						}
					}
				}
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// increment extracts a system that changes, with connections that are cut, and compares the
// snapshot with the system.
func increment(t *testing.T, d Driver) {
	const n = 25
	root, table := d.write(t, many(n))
	wire := &severed{Source: d.Source}
	drivers := registry.New[source.Source]("source driver")
	drivers.Add(table.Driver, wire)
	reading := func(cut int) (*source.ExtractResult, error) {
		wire.rows = cut
		return source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: drivers, Sleep: request(root, table).Sleep})
	}
	check := func(what string, want [][]string) {
		t.Helper()
		got := snapshot(t, root, "name", "town", "amount", "_deleted_at")
		for _, row := range got {
			if row[3] != "" {
				row[3] = "gone"
			}
		}
		slices.SortFunc(got, slices.Compare[[]string])
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Errorf("%s: %q\nwant: %q", what, got, want)
		}
	}
	want := make([][]string, n)
	for i, row := range many(n)[1:] {
		want[i] = []string{row[0], row[1], row[2] + ".000", ""}
	}
	if _, err := reading(12); !errors.Is(err, errSevered) {
		t.Fatalf("a reading that is cut: %v", err)
	}
	if r, err := reading(0); err != nil || r.Merged.Total != n {
		t.Fatalf("a reading that goes on: %+v, %v", r, err)
	}
	check("a reading in two parts", want)
	if r, err := reading(0); err != nil || r.Merged.Added+r.Merged.Replaced+r.Merged.Deleted != 0 {
		t.Fatalf("a reading without changes: %+v, %v", r, err)
	}
	check("a reading without changes", want)
	d.Change(t, [][]string{{"P03", "Oslo", "3"}, {"P90", "Rome", "90"}}, "P05")
	if r, err := reading(0); err != nil || r.Merged.Added != 1 || r.Merged.Replaced != 1 || r.Merged.Whole {
		t.Fatalf("a reading after changes: %+v, %v", r, err)
	}
	want[3][1] = "Oslo"
	want = append(want, []string{"P90", "Rome", "90.000", ""})
	if d.Sweeps {
		want[5][3] = "gone"
	}
	check("a reading after changes", want)
}

// snapshot reads columns of the snapshot that a test wrote.
func snapshot(t *testing.T, root string, columns ...string) (out [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join(root, "clean/people.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatalf("snapshot: %v", err)
	}
	for _, line := range all[1:] {
		row := make([]string, len(columns))
		for i, c := range columns {
			at := slices.Index(all[0], c)
			if at < 0 {
				t.Fatalf("the snapshot has no column %s: %q", c, all[0])
			}
			row[i] = line[at]
		}
		out = append(out, row)
	}
	return out
}

// secret looks for the password in everything that a driver shows.
func secret(t *testing.T, d Driver) {
	var shown []string
	root, table := d.write(t, many(25))
	r := request(root, table)
	r.Notify = func(format string, args ...any) { shown = append(shown, fmt.Sprintf(format, args...)) }
	r.Keep = func(state any) error {
		b, err := json.Marshal(state)
		shown = append(shown, string(b))
		return err
	}
	reading := func() {
		in, err := d.Source.Inputs(t.Context(), r)
		shown = append(shown, fmt.Sprintf("%+v %v", in, err))
		for s, err := range d.Source.Read(t.Context(), r) {
			if shown = append(shown, explain(err)); err != nil {
				break
			}
			shown = append(shown, s.Name(), s.Label())
			for row, err := range s.Rows {
				if shown = append(shown, fmt.Sprint(row.Cells), explain(err)); err != nil {
					break
				}
			}
		}
	}
	reading()
	d.Break(t)
	reading()
	if at := slices.IndexFunc(shown, func(s string) bool { return strings.Contains(s, cmp.Or(d.Secret, "no secret is told")) }); at >= 0 {
		t.Errorf("the password is shown: %s", shown[at])
	}
}

// explain writes everything that an error says.
func explain(err error) string {
	if err == nil {
		return ""
	}
	out := err.Error()
	for _, x := range diag.From(err) {
		out += fmt.Sprintf(" %+v", *x)
	}
	return out
}
