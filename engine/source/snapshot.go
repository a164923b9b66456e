package source

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"atlas/engine/manifest"
)

// The columns that a snapshot has after the declared ones, and load adds to them.
const (
	monthColumn    = "sheet_month"
	fileColumn     = "_file"
	sheetColumn    = "_sheet"
	rowColumn      = "_row"
	loadedAtColumn = "_loaded_at"
	batchColumn    = "_batch"
	deletedColumn  = "_deleted_at" // of incremental tables: when a reading noticed that the record is gone
)

// What schema_drift does with columns that are not declared.
const (
	Evolve  = "evolve"  // they are taken in, as text where the source knows no type
	Freeze  = "freeze"  // they are a mistake
	Discard = "discard" // they are left out, and told
)

// Where a column's value comes from that has no header.
const (
	fromSheet = "sheet" // the name of the row's sheet
	fromNotes = "notes" // the cells of the row that no column takes
)

// Meta stands beside a snapshot and says what it was made from.
type Meta struct {
	Format      int       `json:"format"` // of this file: 1
	Table       string    `json:"table"`
	Declaration string    `json:"declaration"` // SHA-256 of how the table was declared
	Inputs      []Input   `json:"inputs"`
	Snapshot    string    `json:"snapshot_sha256"`
	Counts      Counts    `json:"counts"`
	ExtractedAt time.Time `json:"extracted_at"`
	// Columns are the columns of the snapshot that the declaration does not name: found by the
	// source itself, or taken in by schema_drift: evolve.
	Columns []FoundColumn `json:"columns,omitempty"`
	// Sections say where each column's cells stand.
	Sections []MetaSection `json:"sections,omitempty"`
	// State is where the next reading of an incremental source begins.
	State json.RawMessage `json:"state,omitempty"`
}

// FoundColumn is a column that nobody declared.
type FoundColumn struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Header string `json:"header,omitempty"` // as the source writes it
}

// MetaSection is where a section's columns stand.
type MetaSection struct {
	File    string         `json:"file"`
	Sheet   string         `json:"sheet,omitempty"`
	Columns map[string]int `json:"columns"` // column → number of its cells' column, from 1
}

// metaPath gives the file that describes a snapshot.
func metaPath(snapshot string) string { return snapshot + ".meta.json" }

// readMeta reads what a snapshot was made from; nil if nothing says.
func readMeta(snapshot string) (*Meta, error) {
	b, err := os.ReadFile(metaPath(snapshot))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := &Meta{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("read %s: %w", metaPath(snapshot), err)
	}
	return m, nil
}

// stem names a table's files in its scope: the snapshot's name without its ending.
func stem(t *manifest.ExtractTable) string {
	base := filepath.Base(filepath.FromSlash(t.Snapshot))
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// scopeStem is the part of the stem that names the scope: "acme-2026" of "acme-2026-orders",
// nothing of "orders".
func scopeStem(t *manifest.ExtractTable) string {
	if strings.EqualFold(stem(t), t.Table) {
		return ""
	}
	return strings.TrimSuffix(stem(t), "-"+strings.ToLower(t.Table))
}

// invalidDir is where rejects and QA exports go: as told, or the folder "invalid" beside the
// snapshots' own.
func invalidDir(told string, t *manifest.ExtractTable) string {
	if told != "" {
		return told
	}
	return filepath.ToSlash(filepath.Join(filepath.Dir(filepath.Dir(filepath.FromSlash(t.Snapshot))), "invalid"))
}

// declarationHash fingerprints everything of a declaration that decides what a snapshot holds.
func declarationHash(t *manifest.ExtractTable) (string, error) {
	type column struct {
		Name, Type, From string
		Headers          []string
		Default          any
		Map              map[string]string
		Required         bool
		Units            map[string]string `json:",omitempty"`
		Scale            string            `json:",omitempty"`
	}
	var cols []column
	for _, c := range t.Columns {
		ty, err := CanonicalType(c.Type)
		if err != nil {
			ty = c.Type // a mistake that is reported when the declaration is read
		}
		cols = append(cols, column{c.Name, ty, c.From, c.Headers, c.Default, c.Map, c.Required, c.Units, c.Scale})
	}
	all := map[string]any{
		"driver": t.Driver, "options": unordered(t.Options), "locale": t.Locale, "bad": t.OnBadCell, "columns": cols,
	}
	if t.Drift != "" && t.Drift != Discard {
		all["drift"] = t.Drift
	}
	if len(t.Key) > 0 {
		all["key"] = t.Key
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("fingerprint the declaration of %s: %w", t.Table, err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// unordered forgets the order of keys, which JSON then sorts: moving a key changes nothing.
func unordered(v any) any {
	switch v := v.(type) {
	case *manifest.Map:
		out := map[string]any{}
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			out[k] = unordered(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = unordered(v[i])
		}
		return out
	default:
		return v
	}
}

// HashFile gives a file's SHA-256 and size; drivers use it for their inputs.
func HashFile(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// asideFile is a file that is written under another name and takes its own when it is whole.
type asideFile struct {
	path string
	f    *os.File
	buf  *bufio.Writer
	sum  hash.Hash
}

func createAside(path string) (*asideFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	Sweep(path)
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return nil, err
	}
	a := &asideFile{path: path, f: f, sum: sha256.New()}
	a.buf = bufio.NewWriterSize(io.MultiWriter(f, a.sum), 1<<16)
	return a, nil
}

// abandoned is how long nobody has written to a file beside a snapshot before it counts as left
// behind by a process that was killed.
const abandoned = 10 * time.Minute

// Sweep removes what killed processes left beside a file, named ".name.*.part". It is tidying: what
// cannot be removed stays.
func Sweep(path string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, "."+filepath.Base(path)+".") || !strings.HasSuffix(name, ".part") {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(filepath.Dir(path), name))
		}
	}
}

// Write appends to the file.
func (a *asideFile) Write(b []byte) (int, error) { return a.buf.Write(b) }

// finish brings the file's bytes to disk; it does not have its name yet.
func (a *asideFile) finish() (sum string, err error) {
	err = errors.Join(a.buf.Flush(), a.f.Chmod(0o644), a.f.Sync(), a.f.Close())
	return hex.EncodeToString(a.sum.Sum(nil)), err
}

// swap gives the finished file its name.
func (a *asideFile) swap() error { return os.Rename(a.f.Name(), a.path) }

// discard removes what was written, if it has not got its name.
func (a *asideFile) discard() {
	a.f.Close()
	_ = os.Remove(a.f.Name()) // it has its own name by now, if all went well
}

// WriteFile writes a whole file in one atomic step, with the folders that it needs.
func WriteFile(path string, content []byte) error { return writeAside(path, content) }

// writeAside writes a whole file in one atomic step.
func writeAside(path string, content []byte) error {
	a, err := createAside(path)
	if err != nil {
		return err
	}
	defer a.discard()
	if _, err := a.Write(content); err != nil {
		return err
	}
	if _, err := a.finish(); err != nil {
		return err
	}
	return a.swap()
}

// snapshotHeader gives the columns of a table's snapshot.
func snapshotHeader(t *manifest.ExtractTable, monthly, incremental bool) []string {
	var h []string
	for i := range t.Columns {
		h = append(h, t.Columns[i].Name)
	}
	if monthly {
		h = append(h, monthColumn)
	}
	if incremental {
		h = append(h, deletedColumn)
	}
	return append(h, fileColumn, sheetColumn, rowColumn)
}

// snapshotReader reads a snapshot row by row.
type snapshotReader struct {
	f      *os.File
	r      *csv.Reader
	header []string
	line   int
}

func openSnapshot(path string) (*snapshotReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(f, 1<<16)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" { // a spreadsheet program saved it again
		_, _ = in.Discard(3) // it was there a moment ago
	}
	r := csv.NewReader(in)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("read the header of %s: %w", path, err)
	}
	return &snapshotReader{f: f, r: r, header: append([]string(nil), header...), line: 1}, nil
}

func (s *snapshotReader) index(name string) int {
	for i, h := range s.header {
		if strings.EqualFold(h, name) {
			return i
		}
	}
	return -1
}

// next gives the next row, io.EOF after the last. The row is valid until the next call.
func (s *snapshotReader) next() ([]string, error) {
	rec, err := s.r.Read()
	if err == nil {
		s.line, _ = s.r.FieldPos(0)
	}
	return rec, err
}

func (s *snapshotReader) close() { s.f.Close() }

// countRows counts a snapshot's rows.
func countRows(path string) (int64, error) {
	s, err := openSnapshot(path)
	if err != nil {
		return 0, err
	}
	defer s.close()
	for n := int64(0); ; n++ {
		switch _, err := s.next(); {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return n, fmt.Errorf("read %s: %w", path, err)
		}
	}
}
