package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestMartsReconcile takes both entities' four years the whole way, from the committed workbooks to
// the marts, with the program as a user runs it, and compares every figure with what the generator
// meant; so are the figures of the business review. Then it goes on to the operational store, which
// is compared with the marts. There is no tolerance.
func TestMartsReconcile(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and runs it for eight entity-years")
	}
	w := newWorkshop(t)
	for _, p := range plans() {
		for _, y := range p.years {
			w.atlas("sync", "--entity", p.entity, "--year", strconv.Itoa(y.year))
			w.compareChecks(p.entity, y.year)
		}
		w.comparison(p.entity, "revenue.csv", 4, "mart_revenue", "")
		w.comparison(p.entity, "programs.csv", 5, "mart_program_progress", "")
		w.comparison(p.entity, "channels.csv", 4, "mart_channel_marketing", "")
		w.comparison(p.entity, "schools.csv", 4, "mart_school_progress", "")
		w.comparison(p.entity, "targets.csv", 6, "stg_targets",
			"where unit_code in (select unit_code from {{ ref('units') }} where entity_code = '"+p.entity+"')")
		w.checkReviews(p.entity)
	}
	w.checkStore()
}

// workshop is a copy of the project with the program to run on it.
type workshop struct {
	t            *testing.T
	dir, program string
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	w := &workshop{t: t, dir: t.TempDir()}
	w.program = filepath.Join(w.dir, "bin", "atlas")
	build := exec.Command("go", "build", "-o", w.program, "atlas/cmd/atlas")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	root := filepath.Dir(project)
	for _, name := range []string{"atlas_project.yml", "profiles.yml"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range []string{"data/raw", "macros", "models", "operational", "reports", "seeds", "sources", "tests"} {
		if err := os.CopyFS(filepath.Join(w.dir, "project", part), os.DirFS(filepath.Join(project, part))); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// atlas runs the program and gives what it printed.
func (w *workshop) atlas(args ...string) []byte {
	w.t.Helper()
	cmd := exec.Command(w.program, append(args, "--project-dir", w.dir, "--profiles-dir", w.dir, "--no-color")...)
	cmd.Dir = w.dir
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		w.t.Fatalf("atlas %s: %v\n%s%s", strings.Join(args, " "), err, out.Bytes(), complaint.Bytes())
	}
	return out.Bytes()
}

// comparison holds a file of the truth against a relation: equal figures for every key of the file,
// and nothing but zero for any other.
func (w *workshop) comparison(entity, file string, keys int, relation, where string) {
	w.t.Helper()
	header, want := truthOf(w.t, entity, file, keys)
	columns := strings.Join(header, ", ")
	if relation == "stg_targets" {
		columns = strings.Replace(columns, "year_number", "source_year as year_number", 1)
	}
	query := fmt.Sprintf("select %s from {{ ref('%s') }} %s", columns, relation, where)
	printed := w.atlas("show", "--entity", entity, "--output", "csv", "--limit", "-1", "--quiet", "--inline", query)
	rows, err := csv.NewReader(bytes.NewReader(printed)).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], header) {
		w.t.Fatalf("%s: the program printed no such table (%v):\n%.300s", relation, err, printed)
	}
	seen := 0
	for _, row := range rows[1:] {
		key := strings.Join(row[:keys], " ")
		expected, ok := want[key]
		if ok {
			seen++
		}
		for i, got := range row[keys:] {
			if !ok && strings.Trim(got, "0.") != "" {
				w.t.Errorf("%s %s: %s is %s, and the truth has no such row", relation, key, header[keys+i], got)
			}
			if ok && got != expected[i] {
				w.t.Errorf("%s %s: %s is %s, meant was %s", relation, key, header[keys+i], got, expected[i])
			}
		}
	}
	if seen != len(want) {
		w.t.Errorf("%s: %d rows of %s, the truth has %d", relation, seen, entity, len(want))
	}
}

// truthOf reads the rows of an entity from a file of the truth, by key.
func truthOf(t *testing.T, entity, file string, keys int) (header []string, rows map[string][]string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(project, "data", "expected", file))
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows = map[string][]string{}
	for _, rec := range records[1:] {
		if rec[0] == entity {
			rows[strings.Join(rec[:keys], " ")] = rec[keys:]
		}
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no rows of %s", file, entity)
	}
	return records[0], rows
}

// compareChecks holds the report of the validation against the truth: every check finds exactly the
// rows that were broken for it, and the tables have the rows that they should.
func (w *workshop) compareChecks(entity string, year int) {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, "target", "validation", fmt.Sprintf("%s-%d.json", strings.ToLower(entity), year)))
	if err != nil {
		w.t.Fatal(err)
	}
	var report struct {
		Tables []struct {
			Table  string
			Rows   int
			Checks []struct {
				Name  string
				Found int
			}
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		w.t.Fatal(err)
	}
	_, rows := truthOf(w.t, entity, "rows.csv", 3)
	_, defects := truthOf(w.t, entity, "defects.csv", 4)
	found := 0
	for _, table := range report.Tables {
		key := fmt.Sprintf("%s %d %s", entity, year, table.Table)
		if got, want := strconv.Itoa(table.Rows), rows[key][0]; got != want {
			w.t.Errorf("%s has %s rows, meant were %s", key, got, want)
		}
		for _, check := range table.Checks {
			if check.Name == "bad_cell" { // the engine's own; its rows are those of the other reasons
				continue
			}
			want := "0"
			if d := defects[key+" "+check.Name]; d != nil {
				want = d[0]
				found++
			}
			if got := strconv.Itoa(check.Found); got != want {
				w.t.Errorf("%s: %s finds %s rows, meant were %s", key, check.Name, got, want)
			}
		}
	}
	for key := range defects {
		if strings.HasPrefix(key, fmt.Sprintf("%s %d ", entity, year)) {
			found--
		}
	}
	if found != 0 {
		w.t.Errorf("%s %d: %d reasons of the truth are no checks", entity, year, -found)
	}
}
