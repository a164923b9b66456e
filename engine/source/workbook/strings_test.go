package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tableOf makes a table of strings that keeps limit bytes in memory; 0 is the usual limit.
func tableOf(t *testing.T, limit int64, list []string) *stringTable {
	t.Helper()
	table := &stringTable{limit: limit}
	for _, s := range list {
		if err := table.add([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.finish(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(table.close)
	return table
}

func lookup(t *testing.T, table *stringTable, i int) string {
	t.Helper()
	text, view, err := table.get(i)
	if err != nil {
		t.Fatal(err)
	}
	return text + string(view)
}

// TestStrings reads strings back in and out of order, from memory and from the file.
func TestStrings(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 15, 16, 17, 1000, 60000} {
		list := make([]string, n)
		for i := range list {
			list[i] = strings.Repeat("é", rnd.IntN(40)) + fmt.Sprint(i)
			switch {
			case i%7 == 0:
				list[i] = ""
			case i%5000 == 1:
				list[i] = strings.Repeat("long", 50000)
			case i%100 == 1:
				list[i] = strings.Repeat("x", 127+i%3)
			}
		}
		for _, limit := range []int64{0, 1} {
			table := tableOf(t, limit, list)
			if spilled := table.file != nil; spilled != (limit == 1 && n > 1) {
				t.Errorf("%d strings, limit %d: spilled %v", n, limit, spilled)
			}
			for i, want := range list {
				if got := lookup(t, table, i); got != want {
					t.Fatalf("string %d of %d is %.40q, want %.40q", i, n, got, want)
				}
			}
			for range n {
				if i := rnd.IntN(n); lookup(t, table, i) != list[i] {
					t.Fatalf("string %d of %d at random", i, n)
				}
			}
			for _, i := range []int{-1, n, n + 1000} {
				if _, _, err := table.get(i); !errors.Is(err, errNoString) {
					t.Errorf("string %d of %d: %v", i, n, err)
				}
			}
			if table.cache.bytes > cacheBytes {
				t.Errorf("%d bytes are cached", table.cache.bytes)
			}
		}
		if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) > 0 && os.Getenv("GOOS") != "windows" {
			t.Errorf("files with names while the tables are open: %v, %v", left, err)
		}
	}
}

// TestStringsWithoutRoom wants a clear error where the temporary file cannot be made.
func TestStringsWithoutRoom(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
	t.Setenv("TMP", filepath.Join(t.TempDir(), "nowhere"))
	table := &stringTable{limit: 1}
	err := errors.Join(table.add([]byte("some text")), table.finish())
	if err == nil || !strings.Contains(err.Error(), "make room for the shared strings") {
		t.Errorf("no room: %v", err)
	}
	table.close()
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain_x": "plain_x", "a_x000D_b": "a\rb", "_x005F_x000D_": "_x000D_", "_x20AC__x20ac_": "€€", "_x12": "_x12", "_xZZZZ_": "_xZZZZ_",
		"_xD801__xDC05_": "𐐅", "_xD801_": "_xD801_", "_xD801_8": "_xD801_8", "_xDC05__xD801_": "_xDC05__xD801_", "x_x0041__x0042_": "xAB", "_x_x0041_": "_xA",
	} {
		if got := string(unescape([]byte(in))); got != want {
			t.Errorf("unescape(%q) = %q, want %q", in, got, want)
		}
	}
	long := bytes.Repeat([]byte("_x0041_"), 100000)
	if got := unescape(long); len(got) != 100000 {
		t.Errorf("%d", len(got))
	}
}

func BenchmarkStrings(b *testing.B) {
	for _, limit := range []int64{0, 1} {
		table := &stringTable{limit: limit}
		for i := range 200000 {
			if err := table.add(fmt.Appendf(nil, "a string of some words, number %d", i)); err != nil {
				b.Fatal(err)
			}
		}
		if err := table.finish(); err != nil {
			b.Fatal(err)
		}
		name := "memory"
		if limit == 1 {
			name = "file"
		}
		for _, order := range []string{"in order", "at random"} {
			b.Run(name+" "+order, func(b *testing.B) {
				rnd := rand.New(rand.NewPCG(1, 1))
				for i := 0; b.Loop(); i++ {
					n := i % table.n
					if order == "at random" {
						n = rnd.IntN(table.n)
					}
					if _, _, err := table.get(n); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		table.close()
	}
}
