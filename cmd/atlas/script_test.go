package main

import (
	"context"
	"database/sql"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"atlas/engine/adapter"
	adapters "atlas/engine/adapter/builtin"
	"atlas/engine/manifest"
)

// TestMain makes this test binary be atlas when a script calls it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"atlas": atlasUnderTest})
}

// atlasUnderTest is atlas with a clock that stands still, so that scripts can compare every line.
func atlasUnderTest() {
	ctx, stop := interruptible(context.Background())
	still := time.Date(2026, time.March, 1, 9, 30, 0, 0, time.UTC)
	code := Main(ctx, os.Args[1:], streams{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv,
		clock: func() time.Time { return still },
	})
	stop()
	os.Exit(code)
}

// TestScripts runs every script under testdata/script. ATLAS_UPDATE=1 rewrites what they expect.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: os.Getenv("ATLAS_UPDATE") == "1",
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"workbook": writeWorkbook,
			"hold":     holdDatabase,
			"store":    runOnStore,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// writeWorkbook is `workbook book.xlsx sheet rows.csv …`: it writes a workbook whose sheets hold
// the rows of CSV files. Cells that look like numbers are numbers.
func writeWorkbook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || len(args)%2 == 0 {
		ts.Fatalf("usage: workbook book.xlsx sheet rows.csv [sheet rows.csv …]")
	}
	f := excelize.NewFile()
	for i := 1; i < len(args); i += 2 {
		sheet := args[i]
		if i == 1 {
			ts.Check(f.SetSheetName("Sheet1", sheet))
		} else {
			_, err := f.NewSheet(sheet)
			ts.Check(err)
		}
		in := csv.NewReader(strings.NewReader(ts.ReadFile(args[i+1])))
		in.FieldsPerRecord = -1
		rows, err := in.ReadAll()
		ts.Check(err)
		for r, row := range rows {
			for c, text := range row {
				if text == "" {
					continue
				}
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				ts.Check(err)
				if n, err := strconv.ParseFloat(text, 64); err == nil {
					ts.Check(f.SetCellFloat(sheet, cell, n, -1, 64))
					continue
				}
				ts.Check(f.SetCellStr(sheet, cell, text))
			}
		}
	}
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(f.SaveAs(path))
}

// runOnStore is `store file.db 'sql'`: it runs SQL in a SQLite file and prints the rows of a query.
func runOnStore(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: store file.db sql")
	}
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(ts.MkAbs(args[0])))
	ts.Check(err)
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), args[1])
	ts.Check(err)
	defer rows.Close()
	columns, err := rows.Columns()
	ts.Check(err)
	values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		ts.Check(rows.Scan(into...))
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = v.String
		}
		_, _ = ts.Stdout().Write([]byte(strings.Join(cells, " | ") + "\n"))
	}
	ts.Check(rows.Err())
}

// holdDatabase is `hold file`: this process keeps a DuckDB file open until the script ends.
func holdDatabase(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold file")
	}
	a, err := adapters.Adapters().Get("duckdb")
	ts.Check(err)
	target := adapter.Target{Type: "duckdb", Root: filepath.Dir(ts.MkAbs(args[0])), Options: manifest.NewMap("path", args[0])}
	w, err := a.Open(context.Background(), target, adapter.OpenOptions{})
	ts.Check(err)
	ts.Defer(func() { _ = w.Close() })
}
