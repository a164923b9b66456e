package odoo_test

import (
	"bytes"
	"io"
	"net/http"
	"runtime"
	"testing"

	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/odoo"
	"atlas/engine/source/odoo/odootest"
)

func post(t *testing.T, url string, body []byte) string {
	t.Helper()
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	return string(b)
}

func request(t *manifest.ExtractTable) source.Request { return source.Request{Table: t} }

// BenchmarkRead reads 100,000 records of ten fields in pages of 1000.
func BenchmarkRead(b *testing.B) {
	const n = 100_000
	s := odootest.New(b)
	s.Many("x.order", n)
	tb := table(s, "x.order", "page", int64(1000), "sweep", "always")
	b.ReportAllocs()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	base, peak := m.HeapAlloc, m.HeapAlloc // the server's records are in it
	for b.Loop() {
		rows := 0
		r := source.Request{Table: tb}
		for sec, err := range (&odoo.Source{}).Read(b.Context(), r) {
			if err != nil {
				b.Fatal(err)
			}
			for _, err := range sec.Rows {
				if err != nil {
					b.Fatal(err)
				}
				if sec.Living {
					continue
				}
				if rows++; rows%5000 == 0 {
					runtime.ReadMemStats(&m)
					peak = max(peak, m.HeapAlloc)
				}
			}
		}
		if rows != n {
			b.Fatalf("%d rows", rows)
		}
	}
	b.ReportMetric(float64(peak-base)/1e6, "peak-MB")
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
