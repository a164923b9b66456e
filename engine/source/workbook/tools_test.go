package workbook_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// table is what every tool writes; see testdata/tools.
//
//nolint:gochecknoglobals // a constant list
var table = []string{
	`A1 text "text"`, `B1 text "number"`, `C1 text "amount"`, `D1 text "day"`, `E1 text "moment"`, `F1 text "flag"`,
	`A2 text "plain"`, `B2 a number "1"`, `C2 a number "1234.56"`, `D2 a date "2026-02-03"`, `E2 a date "2026-02-03 08:30:00"`, `F2 a boolean "true"`,
	`A3 text " spaces <&> \"q\" 'a' "`, `B3 a number "-5"`, `C3 a number "0.1"`, `D3 a date "1999-12-31"`, `E3 a date "1999-12-31 23:59:59"`, `F3 a boolean "false"`,
	`A4 text "two\nlines"`, `B4 a number "12345678901"`, `C4 a number "0.0000001"`, `D4 a date "1900-03-01"`, `E4 a date "2100-01-01 00:00:01"`, `F4 a boolean "true"`,
	`A5 text "東京 🙂"`, `B5 a number "0"`, `C5 a number "1000000000000000"`, `D5 a date "2024-02-29"`, `E5 a date "2026-07-01 12:00:00"`, `F5 a boolean "false"`,
	`A7 text "` + strings.Repeat("x", 32767) + `"`, `B7 a number "99"`, `C7 a number "-0.5"`, `D7 a date "2026-12-31"`, `E7 a date "2026-12-31 00:30:00"`, `F7 a boolean "true"`,
}

// differing says what a tool writes otherwise, cell by cell.
func differing(file, line string) string {
	switch {
	case strings.HasSuffix(file, "xlsxwriter-1904.xlsx") && strings.HasPrefix(line, "D4 "): // no such day in that system
		return ""
	case file == "libreoffice/exceljs-stream.xlsx" && strings.HasPrefix(line, "A3 "):
		// exceljs does not say that spaces count, and LibreOffice drops them then. We keep them.
		return ""
	}
	return line
}

// TestTools reads one table as several programs write it. ATLAS_PYTHON_WORKBOOKS is a Python with
// openpyxl and XlsxWriter, ATLAS_NODE_WORKBOOKS a folder whose node_modules has xlsx and exceljs,
// ATLAS_SOFFICE LibreOffice, which writes again what the others wrote.
func TestTools(t *testing.T) {
	dir := t.TempDir()
	run := func(env, name string, command func(tool string) *exec.Cmd) {
		tool := os.Getenv(env)
		if tool == "" {
			if t.Logf("%s is not set: %s is not tried", env, name); os.Getenv("ATLAS_CI") == "1" {
				t.Errorf("%s is not set", env)
			}
			return
		}
		if out, err := command(tool).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	run("ATLAS_PYTHON_WORKBOOKS", "Python", func(python string) *exec.Cmd {
		return exec.CommandContext(t.Context(), python, "testdata/tools/generate.py", dir)
	})
	run("ATLAS_NODE_WORKBOOKS", "JavaScript", func(folder string) *exec.Cmd {
		script, err := filepath.Abs("testdata/tools/generate.js")
		if err != nil {
			t.Fatal(err)
		}
		c := exec.CommandContext(t.Context(), "node", script, dir)
		c.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(folder, "node_modules"))
		return c
	})
	run("ATLAS_SOFFICE", "LibreOffice", func(soffice string) *exec.Cmd {
		found, err := filepath.Glob(filepath.Join(dir, "*.xls?"))
		if err != nil {
			t.Fatal(err)
		}
		again := filepath.Join(dir, "libreoffice")
		return exec.CommandContext(t.Context(), soffice, append([]string{"-env:UserInstallation=file://" + filepath.ToSlash(dir) + "/profile", "--headless", "--convert-to", "xlsx", "--outdir", again}, found...)...)
	})
	for _, pattern := range []string{"*.xls?", "libreoffice/*.xlsx"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			got, err := dump(t, path)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			name := filepath.ToSlash(strings.TrimPrefix(path, dir+string(filepath.Separator)))
			lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
			var want []string
			for _, l := range table {
				if differing(name, l) != "" {
					want = append(want, l)
				}
			}
			for i, l := range lines {
				lines[i] = strings.TrimPrefix(l, "Data ")
			}
			lines = slices.DeleteFunc(lines, func(l string) bool { return differing(name, l) == "" })
			if !slices.Equal(lines, want) {
				t.Errorf("%s:\n%.3000s\nwant\n%.3000s", name, strings.Join(lines, "\n"), strings.Join(want, "\n"))
			}
		}
		t.Logf("%s: %d files", pattern, len(files))
	}
}
