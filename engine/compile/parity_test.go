package compile_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"atlas/engine/manifest"
)

// TestParity compiles testdata/parity and compares with what dbt made of it, white space and
// comments aside. The outputs in testdata/parity-compiled are dbt's own; with ATLAS_DBT set to a
// dbt executable they are made anew first, into a temporary folder.
func TestParity(t *testing.T) {
	want := filepath.Join("testdata", "parity-compiled")
	if dbt := os.Getenv("ATLAS_DBT"); dbt != "" {
		want = compileByDbt(t, dbt)
	} else {
		t.Log("ATLAS_DBT is not set: comparing with the recorded outputs of dbt")
	}
	b := openProject(t, filepath.Join("testdata", "parity"))
	b.exec(`create table raw_orders (id integer, customer varchar, amount double, placed date, paid boolean)`)
	b.exec(`insert into raw_orders values (1, 'ada', 10.5, '2024-01-05', true), (2, 'ben', 20, '2024-01-17', false), (3, 'ada', 5.25, '2024-02-03', true)`)
	for _, id := range []string{"model.parity.orders", "model.parity.details", "model.parity.product.v1", "model.parity.product.v2"} {
		b.build(id)
	}
	byPath := map[string]*manifest.Node{}
	for _, n := range b.m.Nodes {
		byPath[outputPath(n)] = n
	}
	for _, file := range outputs(t, want) {
		t.Run(file, func(t *testing.T) {
			n := byPath[file]
			if n == nil {
				t.Fatalf("no node writes %s", file)
			}
			text, err := os.ReadFile(filepath.Join(want, filepath.FromSlash(file)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := b.c.Compile(context.Background(), n, b.s)
			if err != nil {
				t.Fatal(show(err))
			}
			if g, w := squeeze(got.SQL), squeeze(string(text)); g != w {
				t.Errorf("differs from dbt\n%s", firstDifference(g, w))
			}
		})
	}
}

// outputPath is where dbt writes a node's compiled SQL, below the project's folder.
func outputPath(n *manifest.Node) string {
	if n.Test != nil && n.Test.Generic {
		return n.Path + "/" + n.SubPath
	}
	if n.Kind == manifest.Operation {
		return n.Path + "/" + n.SubPath
	}
	return n.Path
}

func outputs(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".sql") {
			rel, _ := filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(files)
	return files
}

func compileByDbt(t *testing.T, dbt string) string {
	t.Helper()
	dir := t.TempDir()
	copyTree(t, filepath.Join("testdata", "parity"), dir)
	for _, args := range [][]string{
		{"build", "--select", "raw_orders", "orders", "details", "product"},
		{"compile"},
	} {
		cmd := exec.Command(dbt, append(args, "--profiles-dir", ".")...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "DBT_SEND_ANONYMOUS_USAGE_STATS=false")
		if out, err := cmd.CombinedOutput(); err != nil && !bytes.Contains(out, []byte("Done.")) {
			t.Fatalf("dbt %s: %v\n%s", args[0], err, out)
		}
	}
	return filepath.Join(dir, "target", "compiled", "parity")
}

var (
	comments = regexp.MustCompile(`(?m)--.*$|/\*(?s:.*?)\*/`)
	blanks   = regexp.MustCompile(`\s+`)
)

// squeeze takes comments and white space out.
func squeeze(sql string) string {
	sql = blanks.ReplaceAllString(comments.ReplaceAllString(sql, ""), "")
	return strings.ReplaceAll(sql, `\n`, "") // white space in a text that is printed quoted
}

func firstDifference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	from := max(0, i-60)
	return "got  …" + got[from:min(len(got), i+120)] + "\nwant …" + want[from:min(len(want), i+120)]
}
