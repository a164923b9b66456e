package source

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/diag"
)

// An incremental table is read in two steps. What the source gives is written to a spool beside
// the snapshot, with the state from which the reading can go on; the spool outlives a cut
// connection and a killed process. When the source has nothing more, the spool is merged into
// the snapshot by key, and the snapshot is swapped in whole.

// Merged counts what a reading changed in a snapshot.
type Merged struct {
	Added     int64 `json:"added"`
	Replaced  int64 `json:"replaced"`
	Unchanged int64 `json:"unchanged"`
	Deleted   int64 `json:"deleted"`
	Total     int64 `json:"total"`
	Whole     bool  `json:"whole"`   // everything was read, and the snapshot made anew
	Resumed   bool  `json:"resumed"` // an earlier reading that was cut off was gone on with
}

// nullKey is the key of a record that lacks a part of it.
const nullKey = "\x00"

// keyOf gives a record's key; "" where the table has none.
func (x *extraction) keyOf(rec *record) string {
	if len(x.key) == 0 {
		return ""
	}
	parts := make([]string, len(x.key))
	for i, name := range x.key {
		v := rec.values[x.table.indexOf(name)]
		if v.null || v.text == "" {
			return nullKey
		}
		parts[i] = v.text
	}
	return strings.Join(parts, "\x1f")
}

// noKey is the bad cell of a record that lacks a part of its key.
func (x *extraction) noKey(s *Section, rec *record) BadCell {
	b := BadCell{File: s.File, Sheet: s.Sheet, Row: rec.row.Number, Column: x.key[0], Reason: "is empty, but tells the table's rows apart"}
	for _, name := range x.key {
		if v := rec.values[x.table.indexOf(name)]; v.null || v.text == "" {
			b.Column = name
			break
		}
	}
	return b
}

// increment reads what has changed and merges it into the snapshot.
func (x *extraction) increment(ctx context.Context) error {
	if err := x.prepare(ctx); err != nil {
		return err
	}
	for _, name := range x.key {
		if x.table.indexOf(name) < 0 {
			return diag.Errorf(diag.BadValue, x.req.Table.OptionAt("key"), "table %s has no column %s, which is its key", x.req.Table.Table, name)
		}
	}
	inputs, err := x.driver.Inputs(ctx, x.req)
	if err != nil {
		return err
	}
	old, err := x.mergeable()
	if err != nil {
		return err
	}
	sp, err := x.openSpool(old)
	if err != nil {
		return fmt.Errorf("write %s: %w", x.spoolPath(), err)
	}
	defer sp.close()
	x.out = sp
	x.req.Since, x.req.Keep = sp.head.State, sp.keep
	if err := x.sections(ctx); err != nil {
		if saved := sp.saved(); saved != nil {
			x.req.Tell("%s: what was read up to now is kept; the next extraction goes on from there", x.req.Table.Table)
		}
		return err
	}
	if err := sp.flush(); err != nil {
		return fmt.Errorf("write %s: %w", x.spoolPath(), err)
	}
	if err := x.mergeSpool(ctx, sp, inputs); err != nil {
		return err
	}
	return sp.remove()
}

// mergeable gives the meta of the snapshot that a reading can be merged into; nil if everything
// has to be read.
func (x *extraction) mergeable() (*Meta, error) {
	if x.o.Overwrite || !exists(x.path) {
		return nil, nil
	}
	old, err := readMeta(x.path)
	if err != nil || old == nil {
		return nil, err
	}
	switch sum, _, err := HashFile(x.path); {
	case err != nil:
		return nil, err
	case sum != old.Snapshot:
		x.req.Tell("%s was edited, or cut off while it was written: everything is read again", x.req.Table.Snapshot)
	case old.Declaration != x.hash || !slices.Equal(old.Columns, x.found):
		x.req.Tell("%s: the declaration or the source's columns have changed: everything is read again", x.req.Table.Table)
	default:
		return old, nil
	}
	return nil, nil
}

// spoolHead says what a spool holds; it stands in a file of its own, written when everything
// before Size is on disk.
type spoolHead struct {
	Declaration string          `json:"declaration"`
	Columns     []FoundColumn   `json:"columns,omitempty"`
	Base        string          `json:"base,omitempty"` // hash of the snapshot that it is for; "" makes it anew
	State       json.RawMessage `json:"state,omitempty"`
	Size        int64           `json:"size"`
	Records     int64           `json:"records"`
	Living      bool            `json:"living,omitempty"`
}

// spool holds what was read and is not merged yet: lines of tag, key, number of the record, and
// what the tag is followed by.
type spool struct {
	path    string
	f       *os.File
	buf     *bufio.Writer
	out     *csv.Writer
	head    spoolHead
	resumed bool
	size    countingWriter
	line    []string
	last    string // key of the record that the last reject was of
}

// The tags of a spool's lines.
const (
	spoolRow    = "row"
	spoolReject = "reject"
	spoolAlive  = "alive"
)

type countingWriter struct {
	w io.Writer
	n int64
}

// Write counts what goes through.
func (c *countingWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

func (x *extraction) spoolPath() string {
	return filepath.Join(filepath.Dir(x.path), "."+filepath.Base(x.path)+".reading")
}

// openSpool goes on with a spool that an earlier reading left, or begins one.
func (x *extraction) openSpool(old *Meta) (*spool, error) {
	sp := &spool{path: x.spoolPath()}
	want := spoolHead{Declaration: x.hash, Columns: x.found}
	if old != nil {
		want.Base, want.State = old.Snapshot, old.State
	}
	if err := os.MkdirAll(filepath.Dir(sp.path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(sp.path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	sp.f, sp.head = f, want
	if h := sp.saved(); h != nil && !x.o.Overwrite && h.Declaration == want.Declaration && h.Base == want.Base && slices.Equal(h.Columns, want.Columns) {
		sp.head, sp.resumed = *h, true
	}
	err = errors.Join(f.Truncate(sp.head.Size), seek(f, sp.head.Size))
	if err != nil {
		f.Close()
		return nil, err
	}
	sp.size = countingWriter{w: f, n: sp.head.Size}
	sp.buf = bufio.NewWriterSize(&sp.size, 1<<16)
	sp.out = csv.NewWriter(sp.buf)
	return sp, nil
}

func seek(f *os.File, at int64) error {
	_, err := f.Seek(at, io.SeekStart)
	return err
}

// saved reads the head that stands on disk; nil if there is none that can be used.
func (sp *spool) saved() *spoolHead {
	b, err := os.ReadFile(sp.path + ".json")
	if err != nil {
		return nil
	}
	h := &spoolHead{}
	if json.Unmarshal(b, h) != nil {
		return nil
	}
	if info, err := sp.f.Stat(); err != nil || info.Size() < h.Size {
		return nil
	}
	return h
}

// keep is Request.Keep: the rows so far are brought to disk, then the state that follows them.
func (sp *spool) keep(state any) error {
	b, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("keep the state of a reading: %w", err)
	}
	if err := sp.flush(); err != nil {
		return fmt.Errorf("write %s: %w", sp.path, err)
	}
	sp.head.State, sp.head.Size = b, sp.size.n
	text, err := json.Marshal(sp.head)
	if err != nil {
		return fmt.Errorf("keep the state of a reading: %w", err)
	}
	if err := writeAside(sp.path+".json", text); err != nil {
		return fmt.Errorf("write %s: %w", sp.path+".json", err)
	}
	return nil
}

func (sp *spool) flush() error {
	sp.out.Flush()
	return errors.Join(sp.out.Error(), sp.buf.Flush(), sp.f.Sync())
}

func (sp *spool) close() { sp.f.Close() }

func (sp *spool) remove() error {
	sp.close()
	for _, p := range []string{sp.path + ".json", sp.path} {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (sp *spool) put(tag, key string, line []string) error {
	sp.line = append(sp.line[:0], tag, key, strconv.FormatInt(sp.head.Records, 10))
	return sp.out.Write(append(sp.line, line...))
}

func (sp *spool) row(line []string, key string) error {
	if key != sp.last { // the emptied cells of a record stand before it, under its number
		sp.head.Records++
	}
	sp.last = ""
	return sp.put(spoolRow, key, line)
}

func (sp *spool) reject(line []string, key string) error {
	if key != sp.last || key == nullKey {
		sp.head.Records++
		sp.last = key
	}
	return sp.put(spoolReject, key, line)
}

// living spools the keys of the records that there are.
func (x *extraction) living(ctx context.Context, s *Section) error {
	sp, ok := x.out.(*spool)
	if !ok {
		return fmt.Errorf("%s gives living records, but table %s is not incremental", s.Name(), x.req.Table.Table)
	}
	at := make([]int, len(x.key))
	for i, name := range x.key {
		c := x.req.Table.Columns[x.table.indexOf(name)]
		at[i] = slices.IndexFunc(s.Fields, func(f string) bool {
			return Fold(f) == Fold(c.Name) || slices.ContainsFunc(c.Headers, func(h string) bool { return Fold(f) == Fold(h) })
		})
		if at[i] < 0 {
			return fmt.Errorf("%s gives the keys of living records without %s", s.Name(), name)
		}
	}
	conv := &converter{locale: x.table.locale}
	sp.head.Living, sp.last = true, ""
	if err := sp.put(spoolAlive, nullKey, nil); err != nil { // so begins a sweep, even one that finds nothing
		return fmt.Errorf("write %s: %w", sp.path, err)
	}
	parts := make([]string, len(at))
	for row, err := range s.Rows {
		if err != nil {
			return err
		}
		if row.Number&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for i, j := range at {
			var cell Cell
			if j < len(row.Cells) {
				cell = row.Cells[j]
			}
			v, err := conv.convert(cell, x.table.types[x.table.indexOf(x.key[i])])
			if err != nil {
				return fmt.Errorf("%s: the key %q %w", s.Name(), cell.String(), err)
			}
			parts[i] = v.text
		}
		if err := sp.put(spoolAlive, strings.Join(parts, "\x1f"), nil); err != nil {
			return fmt.Errorf("write %s: %w", sp.path, err)
		}
	}
	return nil
}
