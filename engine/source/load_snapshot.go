package source

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// weigh finds how many rows the snapshot has: what its making says, while the file is what was
// made then; else what stands in it, for snapshots may be mended by hand.
func (l *loading) weigh(meta *Meta) error {
	var err error
	if meta == nil {
		l.result.Read, err = countRows(l.path)
		return l.unreadable(err)
	}
	sum, _, err := HashFile(l.path)
	if err != nil {
		return err
	}
	c := meta.Counts
	if sum == meta.Snapshot {
		if c.Scanned != c.Skipped+c.Written+c.Rejected {
			return l.wrongCounts("of %d rows that were read %d are skipped, %d written and %d rejected", c.Scanned, c.Skipped, c.Written, c.Rejected)
		}
		l.counts, l.result.Read = &c, c.Written
		return nil
	}
	if l.result.Read, err = countRows(l.path); err != nil {
		return l.unreadable(err)
	}
	l.warn(diag.FrozenSnapshot, l.t.Pos, "%s was edited since it was extracted on %s: it has %s, where %d were written",
		l.t.Snapshot, meta.ExtractedAt.Format(dateLayout), plural(l.result.Read, "row"), c.Written)
	return nil
}

// unreadable turns a line that is no CSV into a mistake in the snapshot.
func (l *loading) unreadable(err error) error {
	var bad *csv.ParseError
	if errors.Is(err, io.EOF) {
		return diag.Errorf(diag.BadFile, diag.Pos{File: l.t.Snapshot}, "the snapshot of %s is empty: it has not even a header", l.t.Table).WithErr(err).
			WithHint("atlas extract --overwrite writes it anew")
	}
	if !errors.As(err, &bad) {
		return err
	}
	return diag.Errorf(diag.BadCell, diag.Pos{File: l.t.Snapshot, Line: bad.Line}, "the line cannot be read: %v", bad.Err).WithErr(err).
		WithHint("atlas extract --overwrite writes the snapshot anew")
}

func (l *loading) wrongCounts(format string, args ...any) *diag.Diagnostic {
	return diag.Errorf(diag.WrongCounts, l.t.Pos, "the counts of %s do not add up: %s", l.t.Snapshot, fmt.Sprintf(format, args...)).
		WithHint("atlas extract --overwrite writes it, its description and its rejects anew")
}

// fill appends the snapshot's rows to a table that has the columns, through the session's own CSV
// reader where it has one, and gives their number, which must be the snapshot's.
func (l *loading) fill(ctx context.Context, rel manifest.Relation, columns []rawColumn) (int64, error) {
	var n int64
	var err error
	loader, ok := l.raw.s.(adapter.CSVLoader)
	if l.viaCSV = ok; ok {
		n, err = l.fillCSV(ctx, loader, rel, columns)
	} else {
		n, err = l.fillRows(ctx, rel, columns)
	}
	l.o.Progress(Progress{Table: l.t.Table, Rows: n})
	if err == nil && n != l.result.Read {
		return n, l.wrongCounts("%s were written, but %d are there", plural(l.result.Read, "row"), n)
	}
	return n, err
}

func (l *loading) fillCSV(ctx context.Context, loader adapter.CSVLoader, rel manifest.Relation, columns []rawColumn) (int64, error) {
	var read []adapter.Column
	var o adapter.CSVOptions
	for _, c := range columns {
		if c.file < 0 {
			o.Constants = append(o.Constants, adapter.Constant{Column: c.name, Value: c.value})
			continue
		}
		read = append(read, adapter.Column{Name: c.name, Type: l.raw.d.Type(c.typ.String())})
	}
	return loader.LoadCSV(ctx, rel, read, l.path, o)
}

func (l *loading) fillRows(ctx context.Context, rel manifest.Relation, columns []rawColumn) (int64, error) {
	snap, err := openSnapshot(l.path)
	if err != nil {
		return 0, err
	}
	defer snap.close()
	physical := make([]adapter.Column, len(columns))
	for i, c := range columns {
		physical[i] = adapter.Column{Name: c.name, Type: l.raw.d.Type(c.typ.String())}
	}
	n := int64(0)
	return l.raw.s.Load(ctx, rel, physical, func(yield func([]any, error) bool) {
		row := make([]any, len(columns))
		for {
			rec, err := snap.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil {
				err = rowValues(rec, columns, row)
			}
			if err != nil {
				yield(nil, &adapter.RowError{Row: int64(snap.line), Err: err})
				return
			}
			if n++; n&1023 == 0 {
				l.o.Progress(Progress{Table: l.t.Table, Rows: n})
			}
			if !yield(row, nil) {
				return
			}
		}
	})
}

// rowValues fills a row from a line of the snapshot.
func rowValues(rec []string, columns []rawColumn, row []any) (err error) {
	for i, c := range columns {
		row[i] = c.value
		if c.file < 0 {
			continue
		}
		if c.file >= len(rec) {
			return fmt.Errorf("the line has %d fields only", len(rec))
		}
		if row[i], err = canonicalValue(rec[c.file], c.typ); err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
	}
	return nil
}

// explain turns a row that the table cannot take into a mistake in the snapshot.
func (l *loading) explain(err error) error {
	var row *adapter.RowError
	if !errors.As(err, &row) {
		return err
	}
	line := row.Row
	if l.viaCSV { // it counts records, where editors count lines
		line = lineOf(l.path, row.Row)
	}
	msg := row.Err.Error()
	if row.Column != "" {
		msg = "column " + row.Column + ": " + msg
	}
	return diag.Errorf(diag.BadCell, diag.Pos{File: l.t.Snapshot, Line: int(line)}, "%s", msg).WithErr(err).
		WithHint("atlas extract --overwrite writes the snapshot anew")
}

// lineOf gives the line on which a snapshot's record begins; the header is record 1.
func lineOf(path string, record int64) int64 {
	snap, err := openSnapshot(path)
	if err != nil {
		return record
	}
	defer snap.close()
	for n := int64(1); n < record; n++ {
		if _, err := snap.next(); err != nil {
			return record
		}
	}
	return int64(snap.line)
}
