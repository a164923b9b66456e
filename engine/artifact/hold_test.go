//go:build unix

package artifact_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"atlas/engine/artifact"
)

var shelf = artifact.FolderKind{Marker: ".atlas-shelf", Text: "a shelf", What: "shelf"}

// What killed processes left goes; what is under way, and what only looks alike, stays.
func TestLeftoversAreSwept(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) {
		path := filepath.Join(dir, name)
		check(t, os.MkdirAll(filepath.Dir(path), 0o755))
		check(t, os.WriteFile(path, []byte("x"), 0o600))
	}
	for _, name := range []string{".books.123.new/half", ".file.txt.77.new", ".books.12a.new/mine", ".books..new", ".books.1.old", "books.1.new", ".other.5.new"} {
		write(name)
	}
	check(t, os.Symlink(t.TempDir(), filepath.Join(dir, ".books.9.new")))
	under := ""
	check(t, artifact.ReplaceFolder(filepath.Join(dir, "books"), shelf, func(f *artifact.Folder) error {
		under = f.Root
		check(t, artifact.ReplaceFolder(filepath.Join(dir, "books"), shelf, func(*artifact.Folder) error { return nil }))
		if _, err := os.Stat(under); err != nil {
			t.Errorf("what is under way was swept: %v", err)
		}
		return f.File("one", []byte("1"))
	}))
	check(t, artifact.WriteFile(filepath.Join(dir, "file.txt"), func(w io.Writer) error {
		left, err := filepath.Glob(filepath.Join(dir, ".file.txt.*"))
		check(t, err)
		check(t, artifact.WriteFile(filepath.Join(dir, "file.txt"), func(io.Writer) error { return nil }))
		if again, err := filepath.Glob(filepath.Join(dir, ".file.txt.*")); err != nil || !slices.Equal(left, again) {
			t.Errorf("under way was %v, now is %v (%v)", left, again, err)
		}
		_, err = io.WriteString(w, "x")
		return err
	}))
	entries, err := os.ReadDir(dir)
	check(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got, want := strings.Join(names, " "), ".books..new .books.1.old .books.12a.new .books.9.new .other.5.new books books.1.new file.txt"; got != want {
		t.Errorf("there is\n%s, want\n%s", got, want)
	}
}

func TestTempFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	left := filepath.Join(os.TempDir(), "atlas-try-42.new")
	check(t, os.MkdirAll(filepath.Join(left, "deep"), 0o700))
	one, err := artifact.NewTempFolder("atlas-try")
	check(t, err)
	two, err := artifact.NewTempFolder("atlas-try")
	check(t, err)
	for path, there := range map[string]bool{left: false, one.Dir: true, two.Dir: true} {
		if _, err := os.Stat(path); (err == nil) != there {
			t.Errorf("%s: %v", path, err)
		}
	}
	check(t, one.Remove())
	check(t, two.Remove())
	if entries, err := os.ReadDir(os.TempDir()); err != nil || len(entries) > 0 {
		t.Errorf("%v is left (%v)", entries, err)
	}
}

// Many at once put a folder at one place: each time one of theirs stands there whole, and none fails.
func TestManyReplaceOneFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "books")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				err := artifact.ReplaceFolder(dir, shelf, func(f *artifact.Folder) error {
					return errors.Join(f.File("a", []byte{byte(i)}), f.File("b", []byte{byte(i)}))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	a, err := os.ReadFile(filepath.Join(dir, "a"))
	check(t, err)
	b, err := os.ReadFile(filepath.Join(dir, "b"))
	check(t, err)
	if string(a) != string(b) {
		t.Errorf("a of %v, b of %v", a, b)
	}
	if entries, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(entries) != 1 {
		t.Errorf("there is %v (%v)", entries, err)
	}
}

// Files that somebody puts where a folder is to stand, while it is filled, are kept.
func TestSomebodyUsesTheName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "books")
	err := artifact.ReplaceFolder(dir, shelf, func(*artifact.Folder) error {
		check(t, os.MkdirAll(dir, 0o755))
		return os.WriteFile(filepath.Join(dir, "mine"), []byte("x"), 0o600)
	})
	if !errors.As(err, new(*fs.PathError)) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "mine")); err != nil {
		t.Error(err)
	}
}
