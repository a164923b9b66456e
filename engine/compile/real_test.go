package compile_test

import (
	"context"
	"os"
	"path/filepath"
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
