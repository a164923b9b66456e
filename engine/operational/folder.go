package operational

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
)

// Migration is one file of the migrations folder: "20260203101500_add_orders.sql".
type Migration struct {
	Version  string // digits in front, by which files are ordered
	Name     string // what follows them
	Path     string // as diagnostics name it
	SQL      string
	Checksum string // SHA-256, hex
}

// Label names a migration for people: "20260203101500 add_orders".
func (m *Migration) Label() string { return strings.TrimSpace(m.Version + " " + m.Name) }

// Folder is the migrations folder of a project.
type Folder struct {
	Dir   string // on disk
	Shown string // as diagnostics name it
}

// sumFile lists the checksums of a folder's migrations, one a line and in order. Two branches that
// both add a migration change the same line of it, so that merging them is noticed.
const sumFile = "migrations.sum"

var migrationName = regexp.MustCompile(`^(\d+)(?:[_-](.*))?\.sql$`) //nolint:gochecknoglobals // a constant pattern

// Migrations reads the folder in order; a folder that does not exist is empty. Files that the
// checksum file does not have as they are, and names that are no versions, are reported together.
func (f Folder) Migrations() ([]*Migration, error) {
	list, err := f.read()
	if err != nil {
		return nil, err
	}
	return list, f.verify(list).Err()
}

func (f Folder) read() ([]*Migration, error) {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	var l diag.List
	var out []*Migration
	for _, e := range entries {
		shown := f.shown(e.Name())
		m := migrationName.FindStringSubmatch(e.Name())
		switch {
		case e.IsDir() || filepath.Ext(e.Name()) != ".sql" || strings.HasPrefix(e.Name(), "."):
			continue
		case m == nil:
			l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{File: shown}, "%s is no migration: its name must begin with a version", e.Name()).
				WithHint("rename it to something like %s_%s", newVersion(time.Now()), e.Name()))
			continue
		}
		b, err := os.ReadFile(filepath.Join(f.Dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the migrations: %w", err)
		}
		if i := slices.IndexFunc(out, func(o *Migration) bool { return o.Version == m[1] }); i >= 0 {
			l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{File: shown}, "version %s is there twice", m[1]).
				WithNote(diag.Pos{File: out[i].Path}, "the other one").WithHint("give the newer one a later version"))
		}
		out = append(out, &Migration{Version: m[1], Name: m[2], Path: shown, SQL: string(b), Checksum: checksum(b)})
	}
	slices.SortFunc(out, func(a, b *Migration) int { return compareVersions(a.Version, b.Version) })
	return out, l.Err()
}

func (f Folder) shown(name string) string { return filepath.ToSlash(filepath.Join(f.Shown, name)) }

// compareVersions compares as numbers: 9 comes before 10.
func compareVersions(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func checksum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func newVersion(t time.Time) string { return t.UTC().Format("20060102150405") }

// verify compares the folder with its checksum file.
func (f Folder) verify(list []*Migration) diag.List {
	sums, err := f.sums()
	if err != nil {
		return diag.From(err)
	}
	var l diag.List
	seen := map[string]bool{}
	for _, m := range list {
		name := filepath.Base(m.Path)
		seen[name] = true
		switch want, ok := sums[name]; {
		case !ok:
			l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{File: m.Path}, "%s is not in %s: it was added by hand or by a merge", name, sumFile).
				WithHint("read it, then run atlas migrate hash"))
		case want != m.Checksum:
			l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{File: m.Path}, "%s was edited after it was made", name).
				WithHint("a migration that ran anywhere is not edited: make a new one; if it ran nowhere, run atlas migrate hash"))
		}
	}
	for name := range sums {
		if !seen[name] {
			l = append(l, diag.Errorf(diag.BadMigration, diag.Pos{File: f.shown(sumFile)}, "the migration %s is gone", name).
				WithHint("bring it back; if it ran nowhere, run atlas migrate hash"))
		}
	}
	l.Sort()
	return l
}

// sums reads the checksum file; a missing one is empty.
func (f Folder) sums() (map[string]string, error) {
	out := map[string]string{}
	b, err := os.ReadFile(filepath.Join(f.Dir, sumFile))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		name, sum, ok := strings.Cut(strings.TrimSpace(line), " ")
		if line == "" {
			continue
		}
		if !ok {
			return nil, diag.Errorf(diag.BadMigration, diag.Pos{File: f.shown(sumFile), Line: i + 1}, "this is no checksum of a migration").
				WithHint("a merge may have left marks here; settle them, then run atlas migrate hash")
		}
		out[name] = strings.TrimSpace(sum)
	}
	return out, nil
}

// Hash writes the checksum file anew, for a folder that was edited on purpose.
func (f Folder) Hash() ([]*Migration, error) {
	list, err := f.read()
	if err != nil {
		return nil, err
	}
	return list, f.writeSums(list)
}

func (f Folder) writeSums(list []*Migration) error {
	var b strings.Builder
	for _, m := range list {
		fmt.Fprintf(&b, "%s %s\n", filepath.Base(m.Path), m.Checksum)
	}
	return writeFile(filepath.Join(f.Dir, sumFile), []byte(b.String()))
}

// add writes a new migration and the checksums. The checksum file goes last: a crash between the
// two leaves a migration that the next command reports.
func (f Folder) add(list []*Migration, m *Migration) error {
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return fmt.Errorf("write the migration: %w", err)
	}
	if err := writeFile(filepath.Join(f.Dir, filepath.Base(m.Path)), []byte(m.SQL)); err != nil {
		return fmt.Errorf("write the migration: %w", err)
	}
	return f.writeSums(append(slices.Clone(list), m))
}

// writeFile writes a whole file in one atomic step.
func writeFile(path string, content []byte) (err error) {
	t, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(t.Name()))
		}
	}()
	_, err = t.Write(content)
	if err = errors.Join(err, t.Chmod(0o644), t.Sync(), t.Close()); err != nil {
		return err
	}
	return os.Rename(t.Name(), path)
}
