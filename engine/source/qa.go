package source

import (
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

	"atlas/engine/manifest"
)

// rejected makes findings of what extract wrote down: the rows that it kept out, and the cells
// that it emptied.
func (c *checking) rejected() error {
	rows := &CheckReport{Name: RejectedCheck, Kind: "type", Severity: Warn, Message: "The row was kept out: a cell does not have its column's type.", Pos: c.t.Pos, Place: c.t.Pos.String()}
	cells := &CheckReport{Name: BadCellCheck, Kind: "type", Severity: Warn, Message: "A cell does not have its column's type and was emptied.", Pos: c.t.Pos, Place: c.t.Pos.String()}
	path := filepath.ToSlash(filepath.Join(invalidDir(c.v.o.Invalid, c.t.ExtractTable), stem(c.t.ExtractTable)+"-rejects.csv"))
	f, err := os.Open(filepath.Join(c.v.o.Root, filepath.FromSlash(path)))
	if err == nil {
		defer f.Close()
		err = c.readRejects(csv.NewReader(f), rows, cells)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", path, err)
	}
	c.v.report.Summary.Rejected += rows.Found
	for _, r := range []*CheckReport{rows, cells} {
		r.judge(limit{op: ">"}, limit{op: ">"}, c.report.Rows)
		if r.Found > 0 || c.t.reject == (r == rows) {
			c.report.Checks = append(c.report.Checks, r)
		}
	}
	return nil
}

// readRejects reads a rejects file; the lines of one rejected row are one finding.
func (c *checking) readRejects(in *csv.Reader, rows, cells *CheckReport) error {
	header, err := in.Read()
	if err != nil {
		return err
	}
	var row *Finding // the rejected row whose lines are read
	flush := func() error {
		if row == nil {
			return nil
		}
		f := *row
		row = nil
		return c.add(rows, f)
	}
	for {
		rec, err := in.Read()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return err
		}
		f, rejected := c.rejectFinding(header, rec)
		switch {
		case c.v.o.Month > 0 && f.Month != c.v.o.Month:
		case !rejected:
			err = c.add(cells, f)
		case row != nil && row.File == f.File && row.Sheet == f.Sheet && row.Row == f.Row:
			row.Message += " " + f.Message
			row.Cells = append(row.Cells, f.Cells...)
		default:
			err = flush()
			row = &f
		}
		if err != nil {
			return err
		}
	}
}

// rejectFinding makes a finding of a line of a rejects file.
func (c *checking) rejectFinding(header, rec []string) (f Finding, rejected bool) {
	field := func(name string) string {
		if i := slices.Index(header, name); i >= 0 && i < len(rec) {
			return rec[i]
		}
		return ""
	}
	f = Finding{Check: BadCellCheck, Severity: Warn, File: field(fileColumn), Sheet: field(sheetColumn), Cell: field("cell"), Values: manifest.NewMap()}
	f.Row, _ = strconv.ParseInt(field(rowColumn), 10, 64)
	f.Month, _ = strconv.Atoi(field(monthColumn))
	f.Column, f.Value = field("column"), field("value")
	if f.Cell != "" {
		f.Cells = []string{f.Cell}
	}
	f.Message = fmt.Sprintf("%s %q %s.", f.Column, f.Value, field("reason"))
	var record map[string]string
	if err := json.Unmarshal([]byte(field("record")), &record); err != nil {
		record = nil // a line that was edited by hand has its cell at least
	}
	for i := range c.t.Columns {
		name := c.t.Columns[i].Name
		if v, ok := record[name]; ok {
			f.Values.Set(name, v)
		} else {
			f.Values.Set(name, nil)
		}
	}
	if f.Month == 0 {
		f.Month = c.recordMonth(record)
	}
	if rejected = field("action") == "rejected"; rejected {
		f.Check = RejectedCheck
	}
	return f, rejected
}

// recordMonth finds the month in a row's date as the file has it.
func (c *checking) recordMonth(record map[string]string) int {
	text, ok := record[c.t.rules.dateColumn(c.t.ExtractTable)]
	if !ok {
		return 0
	}
	t, err := (&converter{locale: c.t.locale}).timeOf(Cell{Kind: Text, Text: text})
	if err != nil {
		return 0
	}
	return int(t.Month())
}

// spoolDir is where findings lie until they are merged into the QA files.
func (v *validation) spoolDir() string {
	dir := filepath.FromSlash(v.o.Report)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(v.o.Root, dir)
	}
	return dir
}

// write writes the report and the QA exports, each aside and renamed, and removes the exports of
// the scope that have no rows any more.
func (v *validation) write(tables []*manifest.ExtractTable) error {
	if len(tables) == 0 {
		return nil
	}
	for _, q := range v.qa {
		if err := v.writeExports(q); err != nil {
			return fmt.Errorf("write the QA exports of %s: %w", q.t.Table, err)
		}
	}
	path := filepath.Join(v.spoolDir(), reportName(tables[0])+".json")
	v.report.Path = filepath.ToSlash(path)
	if rel, err := filepath.Rel(v.o.Root, path); err == nil {
		v.report.Path = filepath.ToSlash(rel)
	}
	b, err := json.MarshalIndent(v.report, "", "  ")
	if err != nil {
		return err
	}
	if err := writeAside(path, append(b, '\n')); err != nil {
		return fmt.Errorf("write %s: %w", v.report.Path, err)
	}
	return nil
}

// reportName names the report of a table's scope.
func reportName(t *manifest.ExtractTable) string {
	if name := scopeStem(t); name != "" {
		return name
	}
	return "report" // of a project without a scope
}

// exportPath names a table's QA file of a month; month 0 holds rows without one.
func (v *validation) exportPath(t *manifest.ExtractTable, month string) string {
	name := month + "-" + strings.ToLower(t.Table) + ".csv"
	if s := scopeStem(t); s != "" {
		name = s + "-" + name
	}
	return filepath.ToSlash(filepath.Join(invalidDir(v.o.Invalid, t), name))
}

func (v *validation) writeExports(q *qaTable) error {
	defer q.close()
	for month := 0; month <= 12; month++ {
		path := v.exportPath(q.t, fmt.Sprintf("%02d", month))
		full := filepath.Join(v.o.Root, filepath.FromSlash(path))
		wrote, err := q.export(month, full)
		switch {
		case err != nil:
			return err
		case wrote:
			v.report.Exports = append(v.report.Exports, path)
		case v.o.Month == 0 || v.o.Month == month:
			if err := os.Remove(full); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
