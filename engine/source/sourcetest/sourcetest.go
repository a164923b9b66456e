// Package sourcetest holds every source driver to the contract of package source.
package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/source"
)

// Driver is a driver under test.
type Driver struct {
	Source source.Source
	// Write makes a system under root that holds the rows, all of them texts and the first the
	// header, and declares the table that reads them: driver, options, and nothing else. A remote
	// system is declared with pages of few records, so that a reading takes several.
	Write func(t *testing.T, root string, rows [][]string) *manifest.ExtractTable

	// Break makes the remote system that was written last unreachable for good. It is nil where
	// the system is files, which the suite removes itself.
	Break func(t *testing.T)
	// Secret is a password of the system, which nothing may show.
	Secret string
	// Change does to the remote system that was written last what its users would: a row whose
	// first text is there takes the record's place, another is added, and the records whose first
	// text is in gone are deleted. It is nil where tables can only be read whole.
	Change func(t *testing.T, rows [][]string, gone ...string)
	// Sweeps says that every reading tells which records there are (Section.Living).
	Sweeps bool
}

// remote reports whether the system is no files.
func (d Driver) remote() bool { return d.Break != nil }

// rows are the data of most tests; the empty cells stand at the ends and in the middle.
func rows() [][]string {
	return [][]string{
		{"Name", "Town", "Amount"},
		{"Ada", "Paris", "1,250.50"},
		{" Bo, \"the\" one ", "", "-3"},
		{"", "Zürich\nSouth", ""},
		{"Dé", "東京", "12%"},
	}
}

// Run holds the driver to the contract.
func Run(t *testing.T, d Driver) {
	t.Run("options", func(t *testing.T) { options(t, d) })
	t.Run("sections", func(t *testing.T) { sections(t, d) })
	t.Run("inputs", func(t *testing.T) { inputs(t, d) })
	t.Run("stops", func(t *testing.T) { stops(t, d) })
	t.Run("cancel", func(t *testing.T) { cancel(t, d) })
	t.Run("missing", func(t *testing.T) { missing(t, d) })
	t.Run("extract", func(t *testing.T) { extract(t, d) })
	if d.remote() {
		t.Run("secret", func(t *testing.T) { secret(t, d) })
	}
	if d.Change != nil {
		t.Run("resume", func(t *testing.T) { resume(t, d) })
		t.Run("interrupt", func(t *testing.T) { interrupt(t, d) })
		t.Run("increment", func(t *testing.T) { increment(t, d) })
	}
}

func (d Driver) write(t *testing.T, rows [][]string) (string, *manifest.ExtractTable) {
	root := t.TempDir()
	table := d.Write(t, root, rows)
	table.Source, table.Table, table.Snapshot = "raw", "people", "clean/people.csv"
	table.Locale = "en-US"
	table.Pos = diag.Pos{File: "sources/test.yml", Line: 7}
	if inc, ok := d.Source.(source.Incremental); ok {
		for _, k := range inc.Key(table) {
			table.Columns = append(table.Columns, manifest.ExtractColumn{Name: k, Type: "text", Pos: table.Pos})
		}
	}
	for i, name := range []string{"name", "town", "amount"} {
		c := manifest.ExtractColumn{Name: name, Type: "text", Required: true, Pos: diag.Pos{File: "sources/test.yml", Line: 10 + i}}
		if name == "amount" {
			c.Type = "decimal(18,3)"
		}
		table.Columns = append(table.Columns, c)
	}
	return root, table
}

// request asks for the table, without ever waiting.
func request(root string, table *manifest.ExtractTable) source.Request {
	return source.Request{
		Root: root, Table: table,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

func options(t *testing.T, d Driver) {
	var names []string
	for _, o := range slices.Concat(source.Options(), d.Source.Options()) {
		if o.Name == "" || o.Kind == "" || o.Doc == "" {
			t.Errorf("option %q is not documented: %+v", o.Name, o)
		}
		if slices.Contains(names, o.Name) {
			t.Errorf("option %s is there twice", o.Name)
		}
		names = append(names, o.Name)
	}
	_, table := d.write(t, rows())
	if l := source.CheckOptions(table, d.Source); len(l) > 0 {
		t.Errorf("the table's own options are unknown: %v", l)
	}
	if d.Source.Monthly(table) {
		t.Error("the table has no months, and Monthly says it has")
	}
}

// collect reads everything, copying what is valid for a moment only.
func collect(ctx context.Context, d Driver, root string, table *manifest.ExtractTable) (out []string, err error) {
	for s, err := range d.Source.Read(ctx, request(root, table)) {
		if err != nil {
			return out, err
		}
		if s.Living {
			continue
		}
		last := 0
		for row, err := range s.Rows {
			if err != nil {
				return out, err
			}
			if s.Fields == nil && row.Number <= last {
				return out, fmt.Errorf("row %d follows row %d", row.Number, last)
			}
			last = row.Number
			for i, c := range row.Cells {
				if c.Kind != source.Empty {
					out = append(out, fmt.Sprintf("%s %s %d %q", s.File, source.CellName(row.Number, i+1), c.Kind, c.Text))
				}
			}
		}
	}
	return out, nil
}

func sections(t *testing.T, d Driver) {
	root, table := d.write(t, rows())
	first, err := collect(t.Context(), d, root, table)
	if err != nil {
		t.Fatal(err)
	}
	again, err := collect(t.Context(), d, root, table)
	if err != nil || !slices.Equal(first, again) {
		t.Errorf("a second reading differs: %v\n%q\n%q", err, first, again)
	}
	if d.remote() {
		got, err := records(t, d, request(root, table))
		if err != nil || !slices.EqualFunc(got, rows()[1:], slices.Equal[[]string]) {
			t.Errorf("rows: %q, %v\nwant: %q", got, err, rows()[1:])
		}
		return
	}
	var want []string
	for s, err := range d.Source.Read(t.Context(), request(root, table)) {
		if err != nil {
			t.Fatal(err)
		}
		if path.IsAbs(s.File) || strings.Contains(s.File, `\`) || s.File == "" {
			t.Errorf("file %q is not relative and slash-separated", s.File)
		}
		for i, row := range rows() {
			for j, text := range row {
				if text != "" {
					want = append(want, fmt.Sprintf("%s %s %d %q", s.File, source.CellName(i+1, j+1), source.Text, text))
				}
			}
		}
	}
	if !slices.Equal(first, want) {
		t.Errorf("cells:\n%s\nwant:\n%s", strings.Join(first, "\n"), strings.Join(want, "\n"))
	}
}

func inputs(t *testing.T, d Driver) {
	root, table := d.write(t, rows())
	r := request(root, table)
	one, err := d.Source.Inputs(t.Context(), r)
	if err != nil || len(one) == 0 {
		t.Fatalf("inputs: %v, %v", one, err)
	}
	if d.remote() {
		return
	}
	for _, in := range one {
		sum, size, err := source.HashFile(filepath.Join(root, filepath.FromSlash(in.File)))
		if err != nil || sum != in.SHA256 || size != in.Size {
			t.Errorf("input %+v: its file has %s, %d, %v", in, sum, size, err)
		}
	}
	changed := append(rows(), []string{"Eve", "Oslo", "1"})
	d.Write(t, root, changed)
	two, err := d.Source.Inputs(t.Context(), r)
	if err != nil || slices.Equal(one, two) {
		t.Errorf("changed inputs have the same fingerprint: %v, %v", two, err)
	}
}

func stops(t *testing.T, d Driver) {
	root, table := d.write(t, rows())
	for s, err := range d.Source.Read(t.Context(), request(root, table)) {
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range s.Rows {
			if err != nil {
				t.Fatal(err)
			}
			break // the rest of the rows is nobody's
		}
		break
	}
}

func cancel(t *testing.T, d Driver) {
	root, table := d.write(t, rows())
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := collect(ctx, d, root, table); !errors.Is(err, context.Canceled) {
		t.Errorf("reading under a cancelled context gives %v", err)
	}
}

func missing(t *testing.T, d Driver) {
	root, table := d.write(t, rows())
	r := request(root, table)
	in, err := d.Source.Inputs(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if d.remote() {
		d.Break(t)
		in = nil
	}
	for _, f := range in {
		if err := os.Remove(filepath.Join(root, filepath.FromSlash(f.File))); err != nil {
			t.Fatal(err)
		}
	}
	_, err = d.Source.Inputs(t.Context(), r)
	_, readErr := collect(t.Context(), d, root, table)
	for _, err := range []error{readErr, err} {
		if err == nil && d.remote() && readErr != nil {
			continue // the inputs of a remote system are addresses, which need nobody's answer
		}
		var found *diag.Diagnostic
		if !errors.As(err, &found) || found.Pos.Line == 0 || found.Hint == "" {
			t.Errorf("a missing file is to be told with its place and a next step: %v", err)
		}
	}
}

func extract(t *testing.T, d Driver) {
	root, table := d.write(t, rows())
	drivers := registry.New[source.Source]("source driver")
	drivers.Add(table.Driver, d.Source)
	r, err := source.Extract(t.Context(), table, source.ExtractOptions{Root: root, Drivers: drivers, Sleep: request(root, table).Sleep})
	if err != nil {
		t.Fatal(err)
	}
	if r.Written != 4 || r.Rejected != 0 || len(r.Warnings) != 0 || len(r.Unmapped) != 0 {
		t.Errorf("result: %+v", r)
	}
	if d.remote() {
		want := [][]string{
			{"Ada", "Paris", "1250.500"}, {" Bo, \"the\" one ", "", "-3.000"}, {"", "Zürich\nSouth", ""}, {"Dé", "東京", "0.120"},
		}
		if got := snapshot(t, root, "name", "town", "amount"); !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Errorf("snapshot: %q\nwant: %q", got, want)
		}
		return
	}
	b, err := os.ReadFile(filepath.Join(root, "clean/people.csv"))
	if err != nil {
		t.Fatal(err)
	}
	s := r.Sections[0]
	tail := "," + s.File + "," + s.Sheet + ","
	want := "name,town,amount,_file,_sheet,_row\n" +
		"Ada,Paris,1250.500" + tail + "2\n" +
		"\" Bo, \"\"the\"\" one \",,-3.000" + tail + "3\n" +
		",\"Zürich\nSouth\"," + tail + "4\n" +
		"Dé,東京,0.120" + tail + "5\n"
	if string(b) != want {
		t.Errorf("snapshot:\n%s\nwant:\n%s", b, want)
	}
}
