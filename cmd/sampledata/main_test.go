package main

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"
)

const project = "../../project"

// generateOnce makes everything once for all tests.
var generateOnce = sync.OnceValues(func() (map[string][]byte, error) {
	return generate(filepath.Join(project, "seeds"))
})

func generated(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := generateOnce()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestCommittedFiles proves that the committed workbooks and truth are what the generator makes, to
// the byte, and that nothing else lies beside them.
func TestCommittedFiles(t *testing.T) {
	files := generated(t)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(project, "data", filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%v (run go run ./cmd/sampledata)", err)
			continue
		}
		if !bytes.Equal(got, want) {
			compareFiles(t, name, got, want)
		}
	}
	for _, dir := range []string{"raw", "expected"} {
		root := filepath.Join(project, "data")
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err == nil && files[filepath.ToSlash(name)] == nil {
				t.Errorf("%s is not made by the generator", name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// compareFiles says how two files differ. Workbooks with equal parts are equal: another version of
// Go may compress them otherwise.
func compareFiles(t *testing.T, name string, got, want []byte) {
	t.Helper()
	if !strings.HasSuffix(name, ".xlsx") {
		t.Errorf("%s differs from what the generator makes; run go run ./cmd/sampledata", name)
		return
	}
	have, need := parts(t, got), parts(t, want)
	same := len(have) == len(need)
	for part, data := range need {
		if !bytes.Equal(have[part], data) {
			same = false
			t.Errorf("%s: %s differs from what the generator makes; run go run ./cmd/sampledata", name, part)
		}
	}
	if !same {
		t.Errorf("%s: %d parts committed, %d made", name, len(have), len(need))
	}
}

func parts(t *testing.T, workbook []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name], err = io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestSize keeps the repository light.
func TestSize(t *testing.T) {
	total := 0
	for _, data := range generated(t) {
		total += len(data)
	}
	if total > 6<<20 {
		t.Errorf("the sample data are %d bytes, more than 6 MiB", total)
	}
}

// TestFormulasHaveValues proves that every formula has its value in the file, with the type that
// Excel gives it.
func TestFormulasHaveValues(t *testing.T) {
	for name, data := range generated(t) {
		if !strings.HasSuffix(name, ".xlsx") {
			continue
		}
		for part, xml := range parts(t, data) {
			if !strings.HasPrefix(part, "xl/worksheets/sheet") {
				continue
			}
			formulas := bytes.Count(xml, []byte("<f>"))
			valued := bytes.Count(xml, []byte("</f><v>"))
			if formulas != valued {
				t.Errorf("%s: %s has %d formulas, %d with a value", name, part, formulas, valued)
			}
			if n := bytes.Count(xml, []byte(`t="str"`)); n > 0 {
				t.Errorf("%s: %s has %d formulas whose value is text", name, part, n)
			}
		}
	}
}

// TestTotalsOpen opens a workbook with the library and reads a formula's value.
func TestTotalsOpen(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(generated(t)["raw/ions/transactions-2026.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got, want := f.SheetCount, 13; got != want {
		t.Errorf("%d sheets, want %d", got, want)
	}
	found := 0
	for row := 8; row < 60; row++ {
		cell := at(14, row)
		formula, err := f.GetCellFormula("Januari", cell)
		if err != nil {
			t.Fatal(err)
		}
		value, err := f.GetCellValue("Januari", cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if formula != "" && value != "" {
			found++
		}
	}
	if found == 0 {
		t.Error("no formula with a value in column N of Januari")
	}
}

// TestSourcesKnowTheLabels proves that every label of the workbooks stands in the source files of
// its entity, so that a new label cannot be forgotten there.
func TestSourcesKnowTheLabels(t *testing.T) {
	look, err := readLookups(filepath.Join(project, "seeds"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plans() {
		want := map[string][]string{}
		for _, x := range look.programsOf(p.entity) {
			want[x.code], want[x.unit] = programLabels[x.code], unitLabels[x.unit]
		}
		for _, c := range look.channels[p.entity] {
			want[c] = channelLabels[c]
		}
		for _, y := range p.years {
			path := filepath.Join(project, "sources", strings.ToLower(p.entity)+"-"+itoa(y.year)+".yml")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for code, labels := range want {
				if len(labels) == 0 {
					t.Errorf("%s has no labels", code)
				}
				for _, l := range labels {
					plain, quoted := l+": "+code, `"`+l+`": `+code
					if !bytes.Contains(data, []byte(plain)) && !bytes.Contains(data, []byte(quoted)) {
						t.Errorf("%s does not say that %q is %s", path, l, code)
					}
				}
			}
		}
	}
}

// TestFormulasAgree calculates the formulas of two small workbooks: their values in the file are what
// a spreadsheet program would find.
func TestFormulasAgree(t *testing.T) {
	for _, name := range []string{"raw/ions/target-2026.xlsx", "raw/epn/invoice-2025-q1.xlsx"} {
		f, err := excelize.OpenReader(bytes.NewReader(generated(t)[name]))
		if err != nil {
			t.Fatal(err)
		}
		agree := 0
		for _, sheet := range f.GetSheetList() {
			for row := 1; row < 120; row++ {
				for col := 4; col <= 16; col++ {
					cell := at(col, row)
					formula, err := f.GetCellFormula(sheet, cell)
					if err != nil {
						t.Fatal(err)
					}
					if !strings.Contains(formula, "SUM") {
						continue
					}
					have, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
					if err != nil {
						t.Fatal(err)
					}
					want, err := f.CalcCellValue(sheet, cell, excelize.Options{RawCellValue: true})
					if err != nil || have != want {
						t.Errorf("%s %s!%s =%s: the file says %q, it is %q (%v)", name, sheet, cell, formula, have, want, err)
					}
					agree++
				}
			}
		}
		if agree < 10 {
			t.Errorf("%s: only %d formulas", name, agree)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
