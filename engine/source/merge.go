package source

import (
	"bufio"
	"context"
	"crypto/sha256"
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
	"time"
)

// digest stands for a key or a line in memory: half of a SHA-256, so that two never meet.
type digest [16]byte

func digestOf(parts ...string) digest {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p)) // a hash takes everything
		h.Write([]byte{0x1f})
	}
	var d digest
	copy(d[:], h.Sum(nil))
	return d
}

// merging is one merge of a spool into a snapshot.
type merging struct {
	x       *extraction
	sp      *spool
	files   *snapshotFiles
	news    map[digest]*newest // the records that were read, by key
	alive   map[digest]bool    // the keys that the last sweep found, and those read after it
	swept   bool               // a sweep has begun
	deleted string             // what _deleted_at gets
	mark    int                // column _deleted_at in a line of the snapshot
	at      []int              // columns of the key in a line of the snapshot
	rejects map[string]bool    // rows in the rejects file, by place
	result  Merged
}

// newest is the last version of a record in the spool.
type newest struct {
	record int64  // its number in the spool
	line   digest // of the row; zero if it was rejected
	same   bool   // the snapshot has the row as it is
}

// mergeSpool writes the snapshot anew: rows whose record was not read stay where they are, and so
// do those that are as they were; changed and new ones follow.
func (x *extraction) mergeSpool(ctx context.Context, sp *spool, inputs []Input) error {
	m := &merging{
		x: x, sp: sp, news: map[digest]*newest{}, alive: map[digest]bool{}, rejects: map[string]bool{},
		deleted: x.o.Now().UTC().Truncate(time.Second).Format(timestampLayout),
	}
	m.result.Whole, m.result.Resumed = sp.head.Base == "", sp.resumed
	m.mark = slices.Index(x.header(), deletedColumn)
	for _, name := range x.key {
		m.at = append(m.at, x.table.indexOf(name))
	}
	if err := m.each(ctx, m.note); err != nil {
		return err
	}
	var err error
	if m.files, err = x.createFiles(); err != nil {
		return err
	}
	defer m.files.discard()
	if sp.head.Base != "" {
		if err := errors.Join(m.keepRows(ctx), m.keepRejects()); err != nil {
			return err
		}
	}
	if err := m.each(ctx, m.add); err != nil {
		return err
	}
	m.result.Added -= m.result.Replaced
	counts := Counts{Written: m.result.Total, Rejected: int64(len(m.rejects))}
	counts.Scanned = counts.Written + counts.Rejected
	x.result.Merged = &m.result
	return x.publish(m.files, Meta{Inputs: inputs, Counts: counts, State: sp.head.State})
}

// each gives every line of the spool.
func (m *merging) each(ctx context.Context, f func(tag, key string, record int64, line []string) error) error {
	in, err := os.Open(m.sp.path)
	if err != nil {
		return err
	}
	defer in.Close()
	r := csv.NewReader(bufio.NewReaderSize(in, 1<<16))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	for n := 0; ; n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && len(rec) < 3 {
			err = errors.New("a line is cut off")
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", m.sp.path, err)
		}
		number, err := strconv.ParseInt(rec[2], 10, 64)
		if err != nil {
			return fmt.Errorf("read %s: %w", m.sp.path, err)
		}
		if err := f(rec[0], rec[1], number, rec[3:]); err != nil {
			return err
		}
	}
}

// note remembers the last version of each record.
func (m *merging) note(tag, key string, record int64, line []string) error {
	d := digestOf(key)
	switch {
	case tag == spoolAlive && key == nullKey: // a sweep begins, and takes the place of one before it
		m.swept = true
		clear(m.alive)
		return nil
	case tag == spoolAlive:
		m.alive[d] = true
		return nil
	case key == nullKey:
		return nil
	case tag == spoolRow:
		m.news[d] = &newest{record: record, line: digestOf(line...)}
	default:
		m.news[d] = &newest{record: record}
	}
	if m.swept { // a reading that went on after its sweep: what it reads is there
		m.alive[d] = true
	}
	return nil
}

// keepRows copies the rows that stay, and marks those whose record is gone.
func (m *merging) keepRows(ctx context.Context) error {
	snap, err := openSnapshot(m.x.path)
	if err != nil {
		return err
	}
	defer snap.close()
	if want := m.x.header(); !slices.Equal(snap.header, want) {
		return fmt.Errorf("read %s: its columns are not %s", m.x.req.Table.Snapshot, strings.Join(want, ", "))
	}
	for n := 0; ; n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := snap.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", m.x.req.Table.Snapshot, err)
		}
		v := m.news[digestOf(m.key(line))]
		switch {
		case v != nil && v.line == digestOf(line...):
			v.same = true
			m.result.Unchanged++
		case v != nil:
			if v.line != (digest{}) {
				m.result.Replaced++
			}
			continue
		}
		if err := m.write(line); err != nil {
			return err
		}
	}
}

// write writes a row, with the mark of a deleted record if the sweep missed it: a reading that
// was cut off may have read records that are gone by now.
func (m *merging) write(line []string) error {
	if m.sp.head.Living && line[m.mark] == "" && !m.alive[digestOf(m.key(line))] {
		line[m.mark] = m.deleted
		m.result.Deleted++
	}
	m.result.Total++
	if err := m.files.row(line, ""); err != nil {
		return fmt.Errorf("write %s: %w", m.x.req.Table.Snapshot, err)
	}
	return nil
}

func (m *merging) key(line []string) string {
	parts := make([]string, len(m.at))
	for i, j := range m.at {
		parts[i] = line[j]
	}
	return strings.Join(parts, "\x1f")
}

// add writes the last version of each record that the snapshot does not have.
func (m *merging) add(tag, key string, record int64, line []string) error {
	v := m.news[digestOf(key)]
	if tag == spoolAlive || v != nil && v.record != record {
		return nil
	}
	if tag == spoolReject {
		return m.reject(line)
	}
	if v.same {
		return nil
	}
	m.result.Added++ // less those that took another's place, in the end
	return m.write(line)
}

func (m *merging) reject(line []string) error {
	if line[0] == "rejected" {
		header := rejectHeader(m.x.monthly)
		at := slices.Index(header, fileColumn)
		m.rejects[strings.Join(line[at:at+3], "\x1f")] = true
	}
	if err := m.files.reject(line, ""); err != nil {
		return fmt.Errorf("write %s: %w", m.x.rejectsPath(), err)
	}
	return nil
}

// keepRejects copies the bad cells of records that were not read again.
func (m *merging) keepRejects() error {
	f, err := os.Open(filepath.Join(m.x.o.Root, filepath.FromSlash(m.x.rejectsPath())))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReader(f))
	header, err := r.Read()
	for err == nil {
		var line []string
		if line, err = r.Read(); err != nil {
			break
		}
		at := slices.Index(header, "record")
		if at < 0 || m.news[digestOf(m.recordKey(line[at]))] == nil {
			err = m.reject(line)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("read %s: %w", m.x.rejectsPath(), err)
}

// recordKey gives the key of a rejected record, in canonical text; a key that cannot be told is
// nobody's.
func (m *merging) recordKey(record string) string {
	var fields map[string]string
	if json.Unmarshal([]byte(record), &fields) != nil {
		return nullKey
	}
	conv := &converter{locale: m.x.table.locale}
	parts := make([]string, len(m.x.key))
	for i, name := range m.x.key {
		v, err := conv.convert(Cell{Kind: Text, Text: fields[name]}, m.x.table.types[m.at[i]])
		if err != nil || v.null {
			return nullKey
		}
		parts[i] = v.text
	}
	return strings.Join(parts, "\x1f")
}
