package source

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/manifest"
)

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
	f.Message = fmt.Sprintf("%s %q %s.", field("column"), field("value"), field("reason"))
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

// exports gathers findings by table, month and row for the QA files.
type exports struct {
	rows  map[exportKey]*exportRow
	order []exportKey
	left  int64 // findings beyond maxExports rows, which the files leave out
}

// maxExports bounds the rows that are held for the QA files. Who has more has one mistake, not
// many, and finds it in the first of them.
const maxExports = 200_000

type exportKey struct {
	table *manifest.ExtractTable
	rowKey
}

// exportRow is one line of a QA file: a row of the table and everything that is wrong with it.
type exportRow struct {
	month    int
	severity string
	codes    []string
	reasons  []string
	values   *manifest.Map
	checked  bool // the values are those of the raw table, not of the file's cells
}

func newExports() *exports { return &exports{rows: map[exportKey]*exportRow{}} }

func (e *exports) add(t *manifest.ExtractTable, f Finding, message string) {
	key := exportKey{t, rowKey{f.File, f.Sheet, f.Row}}
	r := e.rows[key]
	if r == nil {
		if len(e.rows) >= maxExports {
			e.left++
			return
		}
		r = &exportRow{month: f.Month, severity: "warn"}
		e.rows[key] = r
		e.order = append(e.order, key)
	}
	if r.values == nil || !r.checked {
		r.values, r.checked = f.Values, f.Check != BadCellCheck && f.Check != RejectedCheck
	}
	if r.month == 0 {
		r.month = f.Month
	}
	if f.Severity == "error" {
		r.severity = "error"
	}
	if !slices.Contains(r.codes, f.Check) {
		r.codes = append(r.codes, f.Check)
	}
	if !slices.Contains(r.reasons, message) {
		r.reasons = append(r.reasons, message)
	}
}

// write writes the report and the QA exports, each aside and renamed, and removes the exports of
// the scope that have no rows any more.
func (v *validation) write(tables []*manifest.ExtractTable) error {
	if len(tables) == 0 {
		return nil
	}
	for _, t := range tables {
		if err := v.writeExports(t); err != nil {
			return fmt.Errorf("write the QA exports of %s: %w", t.Table, err)
		}
	}
	name := scopeStem(tables[0])
	if name == "" {
		name = "report" // of a project without a scope
	}
	path := filepath.Join(filepath.FromSlash(v.o.Report), name+".json")
	if !filepath.IsAbs(path) {
		path = filepath.Join(v.o.Root, path)
	}
	v.report.Unexported = v.exports.left
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

// exportPath names a table's QA file of a month; month 0 holds rows without one.
func (v *validation) exportPath(t *manifest.ExtractTable, month string) string {
	name := month + "-" + strings.ToLower(t.Table) + ".csv"
	if s := scopeStem(t); s != "" {
		name = s + "-" + name
	}
	return filepath.ToSlash(filepath.Join(invalidDir(v.o.Invalid, t), name))
}

func (v *validation) writeExports(t *manifest.ExtractTable) error {
	var keep []string
	for month := 0; month <= 12; month++ {
		path := v.exportPath(t, fmt.Sprintf("%02d", month))
		b, err := v.exportFile(t, month)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		if err := writeAside(filepath.Join(v.o.Root, filepath.FromSlash(path)), b); err != nil {
			return err
		}
		keep = append(keep, path)
	}
	v.report.Exports = append(v.report.Exports, keep...)
	for month := 0; month <= 12; month++ {
		path := v.exportPath(t, fmt.Sprintf("%02d", month))
		if slices.Contains(keep, path) || (v.o.Month > 0 && v.o.Month != month) {
			continue
		}
		err := os.Remove(filepath.Join(v.o.Root, filepath.FromSlash(path)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// exportFile gives a QA file's content, nil without rows.
func (v *validation) exportFile(t *manifest.ExtractTable, month int) ([]byte, error) {
	var keys []exportKey
	for _, k := range v.exports.order {
		if k.table == t && v.exports.rows[k].month == month {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(keys, func(a, b exportKey) int {
		if c := strings.Compare(a.file+"\x00"+a.sheet, b.file+"\x00"+b.sheet); c != 0 {
			return c
		}
		return int(a.row - b.row)
	})
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	header := []string{"severity", "reason_codes", "reasons", fileColumn, sheetColumn, rowColumn}
	for i := range t.Columns {
		header = append(header, t.Columns[i].Name)
	}
	if err := w.Write(header); err != nil {
		return nil, err
	}
	for _, k := range keys {
		r := v.exports.rows[k]
		line := []string{r.severity, strings.Join(r.codes, ";"), strings.Join(r.reasons, " "), k.file, k.sheet, strconv.FormatInt(k.row, 10)}
		for i := range t.Columns {
			text := ""
			if x, _ := r.values.Get(t.Columns[i].Name); x != nil {
				text = fmt.Sprint(x)
			}
			line = append(line, text)
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
