package compile_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/compile"
	"atlas/engine/manifest"
)

// TestRealProjects compares with dbt on whole projects. ATLAS_DBT_PROJECTS names folders, parted
// by colons, in which `dbt build` and `dbt compile` have run: their databases answer the
// templates' queries, target/compiled holds what to compare with.
func TestRealProjects(t *testing.T) {
	list := os.Getenv("ATLAS_DBT_PROJECTS")
	if list == "" {
		t.Skip("ATLAS_DBT_PROJECTS is not set: no projects to compare")
	}
	for _, dir := range filepath.SplitList(list) {
		t.Run(filepath.Base(filepath.Dir(dir))+"/"+filepath.Base(dir), func(t *testing.T) { compareProject(t, dir) })
	}
}

func compareProject(t *testing.T, dir string) {
	b := loadProject(t, dir)
	b.c.SetRun(compile.NewRun("build"))
	byPath := map[string]*manifest.Node{}
	for _, n := range b.m.Nodes {
		byPath[n.Package+"/"+outputPath(n)] = n
	}
	want := filepath.Join(dir, "target", "compiled")
	same := 0
	files := outputs(t, want)
	for _, file := range files {
		n := byPath[file]
		if n == nil {
			t.Errorf("%s: no node writes it", file)
			continue
		}
		text, err := os.ReadFile(filepath.Join(want, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.c.Compile(context.Background(), n, b.s)
		if err != nil {
			t.Errorf("%s: %s", file, show(err))
			continue
		}
		if g, w := squeeze(got.SQL), squeeze(string(text)); g != w {
			t.Errorf("%s differs from dbt\n%s", file, firstDifference(g, w))
			continue
		}
		same++
	}
	t.Logf("%d of %d files are the same", same, len(files))
}

// TestRealUnitTests runs the unit tests of the projects in ATLAS_DBT_PROJECTS and holds the
// outcome to the one in target/run_results.json.
func TestRealUnitTests(t *testing.T) {
	list := os.Getenv("ATLAS_DBT_PROJECTS")
	if list == "" {
		t.Skip("ATLAS_DBT_PROJECTS is not set: no projects to compare")
	}
	for _, dir := range filepath.SplitList(list) {
		b := loadProject(t, dir)
		b.c.SetRun(compile.NewRun("build"))
		text, err := os.ReadFile(filepath.Join(dir, "target", "run_results.json"))
		if err != nil {
			t.Fatal(err)
		}
		var recorded struct {
			Results []struct {
				ID     string `json:"unique_id"`
				Status string
			}
		}
		if err := json.Unmarshal(text, &recorded); err != nil {
			t.Fatal(err)
		}
		same := 0
		for _, r := range recorded.Results {
			n := b.m.Nodes[manifest.ID(r.ID)]
			if n == nil || n.Kind != manifest.UnitTest || r.Status == "skipped" {
				continue
			}
			status := "pass"
			u, err := b.c.UnitTest(context.Background(), n, b.s)
			switch {
			case err != nil:
				status = "error: " + show(err)
			case b.rows(differences(u)) != "0":
				status = "fail"
			}
			if status[:4] != r.Status[:4] {
				t.Errorf("%s: %s, and %s for dbt", r.ID, status, r.Status)
				continue
			}
			same++
		}
		t.Logf("%s: %d unit tests end alike", dir, same)
	}
}

func differences(u *compile.Unit) string {
	columns := `"` + strings.Join(u.Columns, `", "`) + `"`
	side := func(name string) string {
		return "select " + columns + " from u where actual_or_expected = '" + name + "'"
	}
	return "with u as (" + u.SQL + ") select count(*) from ((" + side("actual") + " except all " + side("expected") + ") union all (" +
		side("expected") + " except all " + side("actual") + "))"
}
