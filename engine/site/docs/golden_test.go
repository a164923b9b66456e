package docs_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"atlas/engine/manifest"
	"atlas/engine/site/docs"
)

// goldenFiles are kept in testdata/golden; ATLAS_UPDATE=1 rewrites them.
func goldenFiles() []string {
	return []string{
		"index.html", "lineage.html", "404.html", "list/model-marts.html", "list/tests.html", "node/model.shop.int_orders.html",
		"node/source.shop.raw.orders.html", "node/exposure.shop.owners_deck.html", "node/test.shop.revenue_adds_up.html",
		"macro/macro.shop.cents.html", "data/search.js", "data/lineage.js",
	}
}

// assetMark is the part of an address that changes with a stylesheet's or script's content.
var assetMark = regexp.MustCompile(`\?[0-9a-f]{8}"`)

func TestGolden(t *testing.T) {
	dir := build(t, sample())
	for _, name := range goldenFiles() {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got = assetMark.ReplaceAll(got, []byte(`"`))
		golden := filepath.Join("testdata", "golden", name)
		if os.Getenv("ATLAS_UPDATE") == "1" {
			if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from %s at %s; ATLAS_UPDATE=1 rewrites it", name, golden, firstDifference(got, want))
		}
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			old := ""
			if i < len(w) {
				old = w[i]
			}
			return "line " + strings.Join([]string{"", g[i], old}, "\n\t")
		}
	}
	return "the end"
}

func TestSameInputSameBytes(t *testing.T) {
	a, b := build(t, generated(120)), build(t, generated(120))
	for _, name := range append(htmlFiles(t, a), "data/search.js", "data/lineage.js") {
		x, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(b, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs between two builds", name)
		}
	}
}

var (
	linkPattern = regexp.MustCompile(`(href|src)="([^"]*)"`)
	idPattern   = regexp.MustCompile(` id="([^"]*)"`)
)

// TestPagesHoldTogether checks every page: its links lead somewhere, its ids are its own, it is
// light, and it holds nothing that the content policy forbids.
func TestPagesHoldTogether(t *testing.T) {
	for name, in := range map[string]docs.Input{"small": sample(), "large": generated(600), "monster": monster()} {
		t.Run(name, func(t *testing.T) {
			dir := build(t, in)
			pages := map[string]string{}
			for _, f := range htmlFiles(t, dir) {
				data, err := os.ReadFile(filepath.Join(dir, f))
				if err != nil {
					t.Fatal(err)
				}
				pages[f] = string(data)
			}
			for f, page := range pages {
				checkPage(t, dir, f, page, pages)
			}
		})
	}
}

func checkPage(t *testing.T, dir, name, page string, pages map[string]string) {
	t.Helper()
	if len(page) > 300_000 {
		t.Errorf("%s has %d bytes", name, len(page))
	}
	for _, bad := range []string{` style="`, "<script>", "<style", "onclick", "javascript:", "ZgotmplZ", "<no value>"} {
		if strings.Contains(page, bad) {
			t.Errorf("%s holds %q", name, bad)
		}
	}
	ids := map[string]bool{}
	for _, m := range idPattern.FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("%s has two elements %q", name, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range linkPattern.FindAllStringSubmatch(page, -1) {
		address := m[2]
		if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "mailto:") {
			if m[1] == "src" {
				t.Errorf("%s loads %s", name, address)
			}
			continue
		}
		file, anchor, _ := strings.Cut(address, "#")
		file, _, _ = strings.Cut(file, "?")
		target := name
		if file != "" {
			target = filepath.ToSlash(filepath.Join(filepath.Dir(name), file))
		}
		if _, err := os.Stat(filepath.Join(dir, target)); err != nil {
			t.Errorf("%s leads to %s, which is not there", name, address)
			continue
		}
		if anchor == "" || strings.HasPrefix(anchor, "focus=") || strings.HasPrefix(anchor, "folder=") {
			continue
		}
		if !strings.Contains(pages[target], ` id="`+anchor+`"`) {
			t.Errorf("%s leads to %s, where there is no %s", name, address, anchor)
		}
	}
}

// monster is a model with too much of everything.
func monster() docs.Input {
	b := newBuilder("monster")
	var parents []*manifest.Node
	for i := range 700 {
		parents = append(parents, b.source("system", fmt.Sprintf("table_with_a_long_name_%04d", i), strings.Repeat("A long description. ", 20)))
	}
	m := b.model("marts", "wide", "table", strings.Repeat("Very *wide*. ", 2000), strings.Repeat("select {{ ref('x') }}, 'text', 12.5 from y -- comment\n", 8000), parents...)
	var cols [][3]string
	for i := range 3000 {
		cols = append(cols, [3]string{fmt.Sprintf("column_with_a_long_name_%04d", i), "DECIMAL(18,2)", strings.Repeat("Says something. ", 20)})
	}
	b.columns(m, 1, cols...)
	for i := range 2000 {
		b.test(m, "accepted_values", fmt.Sprintf("column_with_a_long_name_%04d", i), pass(), "values", []any{strings.Repeat("v", 200)})
	}
	for i := range 600 {
		b.model("marts", fmt.Sprintf("reader_with_a_long_name_%04d", i), "view", strings.Repeat("Reads. ", 50), "select 1", m)
	}
	return b.in
}
