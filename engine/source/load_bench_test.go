package source_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/adapter/duckdb"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// wide declares a table of twelve columns.
func wide() *manifest.ExtractTable {
	t := orders()
	t.Table, t.Snapshot, t.Key = "wide", "data/clean/acme-2026-wide.csv", []string{"id"}
	t.Columns = nil
	for _, c := range []string{
		"id integer", "ordered_on date", "customer text", "city text", "status text", "quantity integer", "price decimal(18,2)",
		"total decimal(18,2)", "rate float", "paid boolean", "changed_at timestamp", "note text",
	} {
		name, ty, _ := strings.Cut(c, " ")
		t.Columns = append(t.Columns, manifest.ExtractColumn{Name: name, Type: ty})
	}
	return t
}

// writeWide writes a snapshot of n rows and what extract says of it; every row whose number ends
// in edited has another note.
func writeWide(tb testing.TB, root string, n int, edited string) {
	tb.Helper()
	path := filepath.Join(root, "data/clean/acme-2026-wide.csv")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "id,ordered_on,customer,city,status,quantity,price,total,rate,paid,changed_at,note,sheet_month,_file,_sheet,_row")
	for i := range n {
		m, note := i%12+1, "note "+strconv.Itoa(i%977)
		if edited != "" && strings.HasSuffix(strconv.Itoa(i), edited) {
			note = "edited"
		}
		fmt.Fprintf(w, "%d,2026-%02d-%02d,Customer %d,City %d,open,%d,%d.50,%d.25,0.%d,%t,2026-%02d-01 10:%02d:00,%s,%d,raw/wide.xlsx,S%d,%d\n",
			i, m, i%28+1, i%50000, i%400, i%90, i%100000, i%9000000, i%997, i%2 == 0, m, i%60, note, m, m, i)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		tb.Fatal(err)
	}
	sum, _, err := source.HashFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	meta := fmt.Sprintf(`{"format":1,"snapshot_sha256":%q,"counts":{"scanned":%d,"written":%d},"extracted_at":"2026-11-01T00:00:00Z"}`, sum, n, n)
	if err := os.WriteFile(path+".meta.json", []byte(meta), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkLoad loads a million rows of twelve columns into a table that has them already, of
// which a tenth has changed; append has a tenth more of them. Run it with -benchtime 1x: the same
// load again finds nothing to do.
func BenchmarkLoad(b *testing.B) {
	const rows = 1_000_000
	for _, way := range []struct {
		name, edited string
		rows         int
		mode         source.Mode
		month        int
	}{
		{"first", "", 0, source.Replace, 0},
		{"replace", "7", rows, source.Replace, 0},
		{"month", "7", rows, source.Replace, 2},
		{"append", "", rows + rows/10, source.Append, 0},
		{"merge", "7", rows, source.Merge, 0},
	} {
		b.Run(way.name, func(b *testing.B) {
			root := b.TempDir()
			w, err := duckdb.New().Open(b.Context(), adapter.Target{Type: "duckdb", Root: b.TempDir(), Options: manifest.NewMap("path", "bench.duckdb")}, adapter.OpenOptions{})
			if err != nil {
				b.Fatal(err)
			}
			s, err := w.Session(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer func() {
				if err := errors.Join(s.Close(), w.Close()); err != nil {
					b.Error(err)
				}
			}()
			o := loadOptions(root, "ACME")
			writeWide(b, root, rows, "")
			if way.rows > 0 {
				if _, err := source.Load(b.Context(), s, wide(), o); err != nil {
					b.Fatal(err)
				}
				writeWide(b, root, way.rows, way.edited)
			}
			o.Mode, o.Month = way.mode, way.month
			for b.Loop() {
				r, err := source.Load(b.Context(), s, wide(), o)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Rows), "loaded")
			}
			b.ReportMetric(peak(b), "MB-peak")
		})
	}
}

// peak gives the process's largest size in memory so far, in MB.
func peak(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(after, &kb); err != nil {
		b.Log(err)
	}
	return kb / 1024
}
