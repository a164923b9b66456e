package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/adapter"
	adapters "atlas/engine/adapter/builtin"
	"atlas/engine/manifest"
)

// killedRows is how many rows the loads that are killed have.
const killedRows = 200_000

// TestLoadKilled kills a load at many moments. The tables have the rows of the load before or of
// this one, never some of both, and a load that is run again gives what it would have given.
func TestLoadKilled(t *testing.T) {
	root := t.TempDir()
	writeText(t, root, "atlas_project.yml", "name: shop\nmodel-paths: [models]\nsource-paths: [sources]\nscope:\n  year: {column: source_year, values: [2025, 2026], default: 2026}\n")
	writeText(t, root, "models/sources.yml", "version: 2\nsources:\n  - name: raw\n    tables: [{name: orders}]\n")
	for _, year := range []int{2025, 2026} {
		writeText(t, root, fmt.Sprintf("sources/shop_%d.yml", year), fmt.Sprintf(`extract:
  scope: {year: %d}
  tables:
    - source: raw
      table: orders
      csv: data/orders-%d.csv
      key: [order_no]
      columns:
        - {name: order_no, type: integer}
        - {name: ordered_on, type: date}
        - {name: customer, type: text}
        - {name: amount, type: "decimal(18,2)"}
`, year, year))
	}
	writeKilled(t, root, 2025, 100, 100)
	atlasIn(t, root, "load", "--year", "2025")
	others := state(t, root, "source_year = 2025")

	// Each state is what a load of that generation gives; whole loads are timed.
	writeKilled(t, root, 2026, 1, killedRows)
	atlasIn(t, root, "load")
	before := state(t, root, "source_year = 2026")
	started := time.Now()
	atlasIn(t, root, "load")
	took := time.Since(started)

	for i := range 7 {
		mode := []string{"replace", "merge", "append"}[i%3]
		generation := i + 2
		rows := killedRows
		if mode == "append" {
			rows += 1000 * generation // of the same rows, and more
			generation--
		}
		writeKilled(t, root, 2026, generation, rows)
		after := time.Duration(i+1) * took / 5 // the last are beyond a whole load
		killed := startAtlas(t, root, after, "load", "--mode", mode)
		now := state(t, root, "source_year = 2026")
		atlasIn(t, root, "load", "--mode", mode)
		done := state(t, root, "source_year = 2026")
		if want := fmt.Sprintf("%d rows of generation %d, rejects of %d", rows, generation, generation); done != want {
			t.Errorf("%s after one that was killed after %v gave %s, want %s", mode, after, done, want)
		}
		if now != before && now != done {
			t.Errorf("%s killed after %v left %s, neither %s nor %s", mode, after, now, before, done)
		}
		t.Logf("%s killed after %v (%v): %s", mode, after, killed, now)
		before = done
		if got := state(t, root, "source_year = 2025"); got != others {
			t.Fatalf("the other scope has %s, had %s", got, others)
		}
	}
}

func writeText(t *testing.T, root, path, text string) {
	t.Helper()
	full := filepath.Join(root, filepath.FromSlash(path))
	if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// writeKilled writes a snapshot whose every row, and whose one reject, say their generation.
func writeKilled(t *testing.T, root string, year, generation, rows int) {
	t.Helper()
	path := fmt.Sprintf("data/clean/%d-orders.csv", year)
	writeText(t, root, path, "")
	f, err := os.Create(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "order_no,ordered_on,customer,amount,_file,_sheet,_row")
	for i := range rows {
		fmt.Fprintf(w, "%d,%d-%02d-01,generation %d,%d.50,data/orders.csv,,%d\n", i, year, i%12+1, generation, i%1000, i+2)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	writeText(t, root, fmt.Sprintf("data/invalid/%d-orders-rejects.csv", year),
		fmt.Sprintf("action,column,value,reason,_file,_sheet,_row,cell,record\nrejected,amount,%d,is not a number,data/orders.csv,,1,,{}\n", generation))
}

// atlasIn runs a command to its end.
func atlasIn(t *testing.T, root string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "atlas", args...)
	c.Dir = root
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("atlas %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// startAtlas begins a command and kills it after a time; it gives how it ended.
func startAtlas(t *testing.T, root string, after time.Duration, args ...string) error {
	t.Helper()
	c := exec.CommandContext(t.Context(), "atlas", args...)
	c.Dir = root
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	return c.Wait()
}

// state says what the tables hold of a scope.
func state(t *testing.T, root, where string) (text string) {
	t.Helper()
	a, err := adapters.Adapters().Get("duckdb")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	w, err := a.Open(ctx, adapter.Target{Type: "duckdb", Root: root, Options: manifest.NewMap("path", "atlas.duckdb")}, adapter.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Session(ctx)
	if err != nil {
		t.Fatal(errors.Join(err, w.Close()))
	}
	defer func() {
		if err := errors.Join(s.Close(), w.Close()); err != nil {
			t.Error(err)
		}
	}()
	rows, err := s.Query(ctx, `select count(distinct order_no) || ' rows of ' || string_agg(distinct customer, ' and ' order by customer)
    || case when count(*) <> count(distinct order_no) then ', some twice' else '' end
    || ', rejects of ' || (select string_agg(value, ' and ') from raw._rejects where `+where+`)
from raw.orders where `+where)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		text = fmt.Sprint(rows.Values()[0])
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	return text
}
