package workbook_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/workbook"
)

// TestDifferential compares every cell of every workbook under the folder ATLAS_TEST_WORKBOOKS
// with what excelize reads there. Files of other programs are not checked in: point it at any
// collection, such as the test folders of other spreadsheet libraries. A difference fails the
// test unless deliberate names it.
func TestDifferential(t *testing.T) {
	root := os.Getenv("ATLAS_TEST_WORKBOOKS")
	if root == "" {
		t.Skip("ATLAS_TEST_WORKBOOKS names no folder of workbooks: nothing is compared")
	}
	d := &differential{t: t, root: root, reasons: map[string]int{}, refused: map[string][]string{}}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		switch strings.ToLower(filepath.Ext(path)) {
		case ".xlsx", ".xlsm":
			d.workbook(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.report()
}

// differential compares workbooks and counts.
type differential struct {
	t             *testing.T
	root          string
	books, sheets int
	cells, dates  int
	date1904      bool // the system of the workbook that is compared
	reasons       map[string]int
	refused       map[string][]string // why → files that either reader refuses
}

func (d *differential) workbook(path string) {
	rel, err := filepath.Rel(d.root, path)
	if err != nil {
		d.t.Fatal(err)
	}
	f, err := openExcelize(path)
	if err != nil {
		d.refusedByExcelize(path, rel, err)
		return
	}
	defer f.Close()
	d.books++
	props, err := f.GetWorkbookProps()
	d.date1904 = err == nil && props.Date1904 != nil && *props.Date1904
	for _, sheet := range f.GetSheetList() {
		ours, oursErr := readCells(d.t, path, sheet)
		theirs, err := excelizeCells(f, sheet)
		switch {
		case oursErr != nil && strings.Contains(oursErr.Error(), "has no sheet"):
			d.refused["no worksheet: a chart, dialog or macro sheet"] = append(d.refused["no worksheet: a chart, dialog or macro sheet"], rel)
			continue
		case oursErr != nil && err != nil:
			d.refused["both refuse a sheet"] = append(d.refused["both refuse a sheet"], rel+" "+sheet)
			continue
		case oursErr != nil:
			text := fmt.Sprintf("%s %s: %v", rel, sheet, oursErr)
			why := refuse(text)
			if why == "" {
				d.t.Error(text)
			}
			d.refused["only ours refuses a sheet: "+why] = append(d.refused["only ours refuses a sheet: "+why], text)
			continue
		case err != nil:
			d.refused["only excelize refuses a sheet"] = append(d.refused["only excelize refuses a sheet"], fmt.Sprintf("%s %s: %v", rel, sheet, err))
			continue
		}
		d.sheets++
		d.compare(rel, sheet, ours, theirs)
	}
}

func (d *differential) refusedByExcelize(path, rel string, err error) {
	why := "only excelize refuses the file"
	if _, oursErr := readCells(d.t, path, ""); oursErr != nil && !strings.Contains(oursErr.Error(), "does not say which") {
		why = "both refuse the file"
		rel += ": " + oursErr.Error()
	}
	d.refused[why] = append(d.refused[why], fmt.Sprintf("%s (excelize: %v)", rel, err))
}

func (d *differential) compare(file, sheet string, ours map[string]source.Cell, theirs map[string]string) {
	names := slices.Collect(maps.Keys(ours))
	for name := range theirs {
		if _, ok := ours[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	shown := 0
	for _, name := range names {
		d.cells++
		c, raw := ours[name], theirs[name]
		if c.Kind == source.Date {
			d.dates++
			d.sameDay(fmt.Sprintf("%s %s!%s", file, sheet, name), c, raw)
		}
		if same(c, raw) {
			continue
		}
		why := deliberate(file, c, raw)
		d.reasons[why]++
		if why == "" {
			if shown++; shown <= 2 { // the first few tell what it is
				d.t.Errorf("%s %s!%s: %s %q, excelize has %q", file, sheet, name, c.Kind, c.Text, raw)
			}
		}
	}
}

// sameDay compares a date with the one that excelize makes of the serial number. Before March 1900
// excelize counts from a day that never was, and it rounds to seconds.
func (d *differential) sameDay(where string, c source.Cell, raw string) {
	serial, err := strconv.ParseFloat(raw, 64)
	if err != nil || serial < 61 {
		return
	}
	want, err := excelize.ExcelDateToTime(serial, d.date1904)
	if diff := c.Time.Sub(want); err != nil || diff.Abs() > 501*time.Millisecond {
		d.t.Errorf("%s: %s, excelize has %s (%v)", where, c.Time, want, err)
	}
}

// same reports whether a cell has the value that excelize gives as raw text.
func same(c source.Cell, raw string) bool {
	switch c.Kind {
	case source.Bool:
		return raw == strings.ToUpper(c.Text) || raw == map[string]string{"true": "1", "false": "0"}[c.Text]
	case source.Clock:
		f, err := strconv.ParseFloat(raw, 64)
		return err == nil && c.Text == clock(f)
	default:
		return c.Text == raw
	}
}

func clock(f float64) string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	s := int64(f*86400 + 0.5)
	return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
}

// deliberate says why a cell may differ from excelize's; "" is a difference that nobody meant.
func deliberate(file string, c source.Cell, raw string) string {
	switch {
	case c.Kind == source.Broken && strings.HasPrefix(c.Text, "formula without") && raw == "":
		return "a formula whose result was never stored is an error here, lest it pass for an empty cell"
	case c.Kind == source.Clock && isoClock.MatchString(raw):
		return "an ISO time is rounded to the second, as times of day are"
	case c.Kind == source.Text && escape.MatchString(raw), strings.HasSuffix(file, "issue.4724.xlsx"):
		return "_xHHHH_ stands for a character, as Excel has it: excelize leaves _x000D_ and other controls, and loses surrogates"
	}
	for name, why := range excelizeBlind {
		if strings.HasSuffix(file, name) && raw == "" {
			return why
		}
	}
	return ""
}

//nolint:gochecknoglobals // constant tables
var (
	isoClock = regexp.MustCompile(`^\d\d:\d\d:\d\d(\.\d+)?$`)
	escape   = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)
	// excelizeBlind names workbooks in which excelize sees less than openpyxl, calamine and Excel do.
	excelizeBlind = map[string]string{
		"Test_git_issue_629.xlsx":    "excelize finds shared strings only under xl/",
		"resources__xlsx__rels.xlsx": "excelize finds shared strings only under their usual name",
		"wtf_path.xlsx":              "excelize finds shared strings only under xl/",
		"empty_s_attribute.xlsx":     "excelize stops at a cell with an empty style, s=\"\"",
		"Test_git_issue_324.xlsx":    "excelize keeps one cell of a row that is begun anew for every cell",
	}
	// oursRefuses names sheets that excelize reads and we refuse, with the reason.
	oursRefuses = map[string]string{
		"it has a document type":      "a part with a document type, with which attacks begin; no program writes one",
		"begins no reference":         "a part that is no XML, which openpyxl and calamine refuse too",
		"twice":                       "an archive with two parts of one name: which of them Excel shows cannot be told",
		"POIXSSFFuzzer-5265527465181": "a file that a fuzzer made, whose strings are damaged",
	}
)

// refuse says why ours may refuse a sheet that excelize reads.
func refuse(text string) string {
	for part, why := range oursRefuses {
		if strings.Contains(text, part) {
			return why
		}
	}
	return ""
}

func openExcelize(path string) (f *excelize.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return excelize.OpenFile(path, excelize.Options{RawCellValue: true})
}

func excelizeCells(f *excelize.File, sheet string) (cells map[string]string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cells = map[string]string{}
	for n := 1; rows.Next(); n++ {
		row, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, err
		}
		for i, v := range row {
			if v != "" {
				cells[source.CellName(n, i+1)] = v
			}
		}
	}
	return cells, rows.Error()
}

// readCells reads one sheet, or the only one, by the driver.
func readCells(t *testing.T, path, sheet string) (map[string]source.Cell, error) {
	t.Helper()
	table := &manifest.ExtractTable{Table: "t", Options: manifest.NewMap("workbook", filepath.Base(path))}
	if sheet != "" {
		table.Options.Set("sheets", []any{sheet})
	}
	cells := map[string]source.Cell{}
	for s, err := range (workbook.Source{}).Read(t.Context(), source.Request{Root: filepath.Dir(path), Table: table}) {
		if err != nil {
			var d *diag.Diagnostic
			if errors.As(err, &d) && d.Severity == diag.Warning {
				continue
			}
			return cells, err
		}
		for row, err := range s.Rows {
			if err != nil {
				return cells, err
			}
			for i, c := range row.Cells {
				if c.Kind != source.Empty {
					c.Text = strings.Clone(c.Text)
					cells[source.CellName(row.Number, i+1)] = c
				}
			}
		}
	}
	return cells, nil
}

func (d *differential) report() {
	d.t.Logf("%d workbooks, %d sheets, %d cells, of them %d dates", d.books, d.sheets, d.cells, d.dates)
	for _, why := range slices.Sorted(maps.Keys(d.reasons)) {
		d.t.Logf("%8d cells: %s", d.reasons[why], why)
	}
	for _, why := range slices.Sorted(maps.Keys(d.refused)) {
		d.t.Logf("%8d: %s", len(d.refused[why]), why)
		for _, f := range d.refused[why] {
			d.t.Logf("           %s", f)
		}
	}
}
