package source

import (
	"container/heap"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/manifest"
)

// qaTable gathers a table's findings for its QA files, one of each month. Every check gives them in
// the order of files, sheets and rows; they are spooled as they come, in runs that are each in that
// order, and merged when all checks are done: memory holds a line a run, however many findings
// there are. Months are spooled apart: rows whose months alternate would end a run with each.
type qaTable struct {
	t      *manifest.ExtractTable
	dir    string
	spools [13]*qaSpool // by month, the first of rows without one; nil without findings
}

// qaSpool is the spool of one month.
type qaSpool struct {
	file *os.File
	out  *csv.Writer
	size countingWriter
	runs []qaRun
	last rowKey
	open bool
}

// qaRun is a piece of a spool: findings in order.
type qaRun struct{ from, to int64 }

func newQATable(t *manifest.ExtractTable, dir string) (*qaTable, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return &qaTable{t: t, dir: dir}, nil
}

// spool gives the spool of a month.
func (q *qaTable) spool(month int) (*qaSpool, error) {
	if s := q.spools[month]; s != nil {
		return s, nil
	}
	f, err := os.CreateTemp(q.dir, ".findings.*.part")
	if err != nil {
		return nil, fmt.Errorf("spool the findings of %s: %w", q.t.Table, err)
	}
	_ = os.Remove(f.Name()) // where the system allows it, a killed process leaves nothing; close tries again
	s := &qaSpool{file: f, size: countingWriter{w: f}}
	s.out = csv.NewWriter(&s.size)
	q.spools[month] = s
	return s, nil
}

func (q *qaTable) close() {
	for i, s := range q.spools {
		if s != nil {
			s.file.Close()
			_ = os.Remove(s.file.Name()) // it is gone already where that was possible
		}
		q.spools[i] = nil
	}
}

// before orders places.
func (k rowKey) before(o rowKey) bool {
	if k.file != o.file {
		return k.file < o.file
	}
	if k.sheet != o.sheet {
		return k.sheet < o.sheet
	}
	return k.row < o.row
}

// qaFields are the fields of a spooled line before the values.
const qaFields = 8

// add spools a finding.
func (q *qaTable) add(f Finding) error {
	s, err := q.spool(f.Month)
	if err != nil {
		return err
	}
	key := rowKey{f.File, f.Sheet, f.Row}
	if !s.open || key.before(s.last) {
		if err := s.endRun(); err != nil {
			return err
		}
		s.runs = append(s.runs, qaRun{from: s.size.n})
		s.open = true
	}
	s.last = key
	raw := "checked"
	if f.Check == RejectedCheck || f.Check == BadCellCheck {
		raw = ""
	}
	line := []string{f.File, f.Sheet, strconv.FormatInt(f.Row, 10), f.Severity, f.Check, f.Message, strings.Join(f.Cells, " "), raw}
	for i := range q.t.Columns {
		text := ""
		if x, _ := f.Values.Get(q.t.Columns[i].Name); x != nil {
			text = fmt.Sprint(x)
		}
		line = append(line, text)
	}
	return s.out.Write(line)
}

func (s *qaSpool) endRun() error {
	s.out.Flush()
	if s.open {
		s.runs[len(s.runs)-1].to = s.size.n
	}
	s.open = false
	return s.out.Error()
}

// qaCursor reads one run.
type qaCursor struct {
	in   *csv.Reader
	line []string
	key  rowKey
	at   int // place of the run, so that checks keep their order
}

func (c *qaCursor) next() error {
	line, err := c.in.Read()
	if err != nil {
		return err
	}
	c.line = line
	c.key = rowKey{file: line[0], sheet: line[1]}
	c.key.row, err = strconv.ParseInt(line[2], 10, 64)
	return err
}

// qaHeap gives the cursor whose row comes first.
type qaHeap []*qaCursor

func (h qaHeap) Len() int { return len(h) }
func (h qaHeap) Less(i, j int) bool {
	if h[i].key != h[j].key {
		return h[i].key.before(h[j].key)
	}
	return h[i].at < h[j].at
}
func (h qaHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push adds a cursor, for container/heap.
func (h *qaHeap) Push(x any) { *h = append(*h, x.(*qaCursor)) }

// Pop takes the last cursor, for container/heap.
func (h *qaHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// export merges a month's findings into a QA file: a line a row, with everything that is wrong
// with it. It writes nothing, and says so, if there are none.
func (q *qaTable) export(month int, path string) (wrote bool, err error) {
	s := q.spools[month]
	if s == nil {
		return false, nil
	}
	if err := s.endRun(); err != nil {
		return false, err
	}
	var h qaHeap
	for i, r := range s.runs {
		c := &qaCursor{in: csv.NewReader(io.NewSectionReader(s.file, r.from, r.to-r.from)), at: i}
		if err := c.next(); err != nil {
			return false, err
		}
		h = append(h, c)
	}
	aside, err := createAside(path)
	if err != nil {
		return false, err
	}
	defer aside.discard()
	out := csv.NewWriter(aside)
	header := []string{"severity", "reason_codes", "reasons", fileColumn, sheetColumn, rowColumn, "cells"}
	for i := range q.t.Columns {
		header = append(header, q.t.Columns[i].Name)
	}
	if err := out.Write(header); err != nil {
		return false, err
	}
	if err := mergeRows(h, out); err != nil {
		return false, err
	}
	out.Flush()
	_, err = aside.finish()
	if err = errors.Join(out.Error(), err); err != nil {
		return false, err
	}
	return true, aside.swap()
}

// qaRow is one line of a QA file: a row of the table and everything that is wrong with it.
type qaRow struct {
	key                   rowKey
	severity              string
	codes, reasons, cells []string
	values                []string
	checked               bool // the values are those of the raw table, not of the file's cells
}

func mergeRows(h qaHeap, out *csv.Writer) error {
	heap.Init(&h)
	var row *qaRow
	for len(h) > 0 {
		c := h[0]
		if row == nil || row.key != c.key || c.key.row == 0 { // groups of rows have no number: each is a line
			if err := row.write(out); err != nil {
				return err
			}
			row = &qaRow{key: c.key, severity: "warn"}
		}
		row.take(c.line)
		switch err := c.next(); {
		case errors.Is(err, io.EOF):
			heap.Pop(&h)
		case err != nil:
			return err
		default:
			heap.Fix(&h, 0)
		}
	}
	return row.write(out)
}

// take adds a finding to the row.
func (r *qaRow) take(line []string) {
	if line[3] == "error" {
		r.severity = "error"
	}
	appendNew := func(list []string, s string) []string {
		if s == "" || slices.Contains(list, s) {
			return list
		}
		return append(list, s)
	}
	r.codes, r.reasons = appendNew(r.codes, line[4]), appendNew(r.reasons, line[5])
	for _, cell := range strings.Fields(line[6]) {
		r.cells = appendNew(r.cells, cell)
	}
	if r.values == nil || !r.checked {
		r.values, r.checked = slices.Clone(line[qaFields:]), line[7] != ""
	}
}

func (r *qaRow) write(out *csv.Writer) error {
	if r == nil {
		return nil
	}
	line := []string{
		r.severity, strings.Join(r.codes, ";"), strings.Join(r.reasons, " "), r.key.file, r.key.sheet, strconv.FormatInt(r.key.row, 10), strings.Join(r.cells, " "),
	}
	return out.Write(append(line, r.values...))
}
