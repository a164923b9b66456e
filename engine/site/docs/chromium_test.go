package docs_test

import (
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/browsertest"
	"atlas/engine/site/docs"
)

func build(t *testing.T, in docs.Input) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "site")
	if err := docs.Build(t.Context(), in, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// htmlFiles gives the pages of a site, relative to it.
func htmlFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".html") {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const overflow = `(() => { const w = document.documentElement.clientWidth;
	return [...document.querySelectorAll("body *")].filter(e => { const r = e.getBoundingClientRect();
		if (!(r.width && r.right > w + 1) || e.closest("dialog, .menu, .vh, .canvas")) return false;
		for (let p = e.parentElement; p; p = p.parentElement) { const o = getComputedStyle(p).overflowX; if (o !== "visible") return false; }
		return true; }).slice(0, 4).map(e => e.outerHTML.slice(0, 120)) })()`

func TestEveryPageInABrowser(t *testing.T) {
	b := browsertest.Start(t).Tab(1280, 800)
	dir := build(t, sample())
	for _, name := range htmlFiles(t, dir) {
		for _, width := range []int{1280, 390} {
			b.Size(width, 844)
			b.Open(browsertest.FileURL(dir, name))
			b.Quiet(name)
			var wide []string
			b.Eval(overflow, &wide)
			var scroll int
			b.Eval("document.documentElement.scrollWidth", &scroll)
			if len(wide) > 0 || scroll > width {
				t.Errorf("%s at %d px is %d wide: %s", name, width, scroll, wide)
			}
		}
	}
}

func TestSearchInABrowser(t *testing.T) {
	b := browsertest.Start(t).Tab(1280, 800)
	dir := build(t, sample())
	b.Size(1280, 800)
	b.Open(browsertest.FileURL(dir, "node/model.shop.stg_orders.html"))
	b.Press("/", 0)
	b.Eventually(`document.querySelector("dialog.search").open`)
	for _, k := range "reven" {
		b.Press(string(k), 0)
	}
	b.Eventually(`document.querySelectorAll("#search-results li").length > 1`)
	var names []string
	b.Eval(`[...document.querySelectorAll("#search-results .r-name")].map(e => e.textContent)`, &names)
	if names[0] != "mart_revenue" {
		t.Errorf("searching reven finds %v first", names)
	}
	b.Picture("search", false)
	b.Press("ArrowDown", 0)
	b.Eventually(`document.querySelectorAll("#search-results li")[1].getAttribute("aria-selected") === "true"`)
	b.Press("ArrowUp", 0)
	b.Press("Enter", 0)
	b.Eventually(`location.href.endsWith("node/model.shop.mart_revenue.html")`)
	b.Quiet("search")

	for query, want := range map[string]string{
		"nth_order": "nth_order", "first day of the month": "month", "finance revenue": "mart_revenue", "cents": "cents", "mart_revnue": "mart_revenue",
	} {
		b.Open(browsertest.FileURL(dir, "index.html#search="+strings.ReplaceAll(query, " ", "%20")))
		b.Eventually(`document.querySelectorAll("#search-results li").length > 0`)
		b.Eval(`[...document.querySelectorAll("#search-results .r-name")].map(e => e.textContent)`, &names)
		if names[0] != want {
			t.Errorf("searching %q finds %v, want %s first", query, names, want)
		}
	}
}

func TestLineageInABrowser(t *testing.T) {
	b := browsertest.Start(t).Tab(1280, 800)
	dir := build(t, sample())
	b.Size(1440, 900)
	count := func() int {
		var n int
		b.Eval(`document.querySelectorAll(".graph-view .gn").length`, &n)
		return n
	}
	b.Open(browsertest.FileURL(dir, "lineage.html"))
	if n := count(); n != 15 {
		t.Errorf("the lineage shows %d nodes, want 15", n)
	}
	b.Picture("lineage-light", false)
	b.Eval(`document.querySelector('[data-key="model-intermediate"]').click()`, nil)
	if n := count(); n != 13 {
		t.Errorf("%d nodes without the intermediate layer, want 13", n)
	}
	var bridges int
	b.Eval(`document.querySelectorAll(".graph-view path.via").length`, &bridges)
	if bridges == 0 {
		t.Error("hidden nodes leave no bridges")
	}
	b.Picture("lineage-bridged", false)
	b.Open(browsertest.FileURL(dir, "lineage.html#focus=model.shop.int_orders&up=1&down=1"))
	if n := count(); n != 6 {
		t.Errorf("%d nodes around int_orders, want 6", n)
	}
	b.Eval(`document.querySelector('.graph-view [data-id="model.shop.int_orders"]').dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}))`, nil)
	var panel string
	b.Eval(`document.querySelector("aside.picked").innerText`, &panel)
	if !strings.Contains(panel, "Open page") || !strings.Contains(panel, "2,104 rows") {
		t.Errorf("the panel says %q", panel)
	}
	b.Picture("lineage-focus", false)
	b.Quiet("lineage")
}

func TestLineageIsMovedAndFilteredByHand(t *testing.T) {
	b := browsertest.Start(t).Tab(1280, 800)
	dir := build(t, sample())
	b.Size(1440, 900)
	b.Open(browsertest.FileURL(dir, "lineage.html"))
	matrix := func() string {
		var m string
		b.Eval(`document.querySelector(".graph-view > g").getAttribute("transform")`, &m)
		return m
	}
	b.Eval(`document.querySelector(".canvas").focus()`, nil)
	start := matrix()
	for _, key := range []string{"ArrowRight", "+", "-", "ArrowUp"} {
		before := matrix()
		b.Press(key, 0)
		if matrix() == before {
			t.Errorf("%s does not move the picture", key)
		}
	}
	b.Press("0", 0)
	if got := matrix(); got != start {
		t.Errorf("0 does not fit the picture again: %s, at first %s", got, start)
	}
	b.Call("Input.dispatchMouseEvent", map[string]any{"type": "mouseWheel", "x": 700, "y": 500, "deltaX": 0, "deltaY": -200}, nil)
	b.Eventually(`document.querySelector(".graph-view > g").getAttribute("transform") !== "` + start + `"`)
	zoomed := matrix()
	for i, kind := range []string{"mousePressed", "mouseMoved", "mouseMoved", "mouseReleased"} {
		b.Call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": 700 + 40*i, "y": 300, "button": "left", "clickCount": 1}, nil)
	}
	b.Eventually(`document.querySelector(".graph-view > g").getAttribute("transform") !== "` + zoomed + `"`)
	for _, step := range []struct{ action, want string }{
		{`const s = document.querySelector(".tag-select"); s.value = "marts"; s.dispatchEvent(new Event("change"))`, "3 of 15 nodes"},
		{`document.querySelector(".reset").click()`, "15 nodes"},
		{`const s = document.querySelector(".folder-select"); s.value = "marts/sales"; s.dispatchEvent(new Event("change"))`, "2 of 15 nodes"},
		{`document.querySelector(".reset").click()`, "15 nodes"},
		{`const s = document.querySelector(".focus-input"); s.value = "stg_orders"; s.dispatchEvent(new Event("input"))`, "7 of 15 nodes"},
		{`const s = document.querySelector(".focus-down"); s.value = "1"; s.dispatchEvent(new Event("change"))`, "3 of 15 nodes"},
		{`document.querySelectorAll(".legend button").forEach(x => x.getAttribute("aria-pressed") === "true" && x.click())`, "1 of 15 nodes"},
	} {
		b.Eval("(() => {"+step.action+"})()", nil)
		var got string
		b.Eval(`document.querySelector(".lineage-count").textContent`, &got)
		if got != step.want {
			t.Errorf("after %s: %s, want %s", step.action, got, step.want)
		}
	}
	var hash string
	b.Eval("location.hash", &hash)
	if !strings.Contains(hash, "focus=model.shop.stg_orders") || !strings.Contains(hash, "down=1") {
		t.Errorf("the address does not keep the view: %s", hash)
	}
	b.Quiet("lineage")
}

func TestListsAndThemeInABrowser(t *testing.T) {
	b := browsertest.Start(t).Tab(1280, 800)
	dir := build(t, sample())
	b.Size(1280, 800)
	b.Open(browsertest.FileURL(dir, "list/tests.html"))
	shown := `[...document.querySelectorAll("tbody tr")].filter(r => !r.hidden).length`
	var n int
	b.Eval(`(() => { const i = document.querySelector("[data-filter]"); i.value = "unique order"; i.dispatchEvent(new Event("input")) })()`, nil)
	if b.Eval(shown, &n); n != 2 {
		t.Errorf("the filter leaves %d tests, want 2", n)
	}
	b.Eval(`document.querySelectorAll("th")[1].click()`, nil)
	var first string
	if b.Eval(`document.querySelector("tbody tr td:nth-child(2)").textContent.trim()`, &first); !strings.HasPrefix(first, "accepted_values") {
		t.Errorf("sorted by test, the first is %s", first)
	}
	b.Dark(false)
	b.Eval(`document.querySelector("[data-theme-button]").click()`, nil)
	var ground string
	if b.Eval(`getComputedStyle(document.body).backgroundColor`, &ground); ground != "rgb(18, 22, 29)" {
		t.Errorf("the dark page is %s", ground)
	}
	b.Open(browsertest.FileURL(dir, "index.html"))
	if b.Eval(`getComputedStyle(document.body).backgroundColor`, &ground); ground != "rgb(18, 22, 29)" {
		t.Errorf("the next page forgets the theme: %s", ground)
	}
	b.Quiet("lists")
}

func TestLargeLineageInABrowser(t *testing.T) {
	b := browsertest.Start(t).Tab(1280, 800)
	dir := build(t, generated(1000))
	b.Size(1440, 900)
	b.Open(browsertest.FileURL(dir, "lineage.html"))
	b.Picture("large-start", false)
	b.Eval(`document.querySelector(".show-all").click()`, nil)
	var n int
	b.Eval(`document.querySelectorAll(".graph-view .gn").length`, &n)
	if n != 1171 {
		t.Errorf("%d nodes are drawn, want 1171", n)
	}
	b.Picture("large-all", false)
	b.Open(browsertest.FileURL(dir, "lineage.html#focus=model.big.mart_finance_0805"))
	b.Picture("large-focus", false)
	b.Quiet("large lineage")
}

func TestServedPagesObeyThePolicy(t *testing.T) {
	b := browsertest.Start(t).Tab(1280, 800)
	server := httptest.NewServer(docs.Handler(build(t, sample())))
	defer server.Close()
	for _, path := range []string{"/", "/lineage.html", "/node/model.shop.int_orders.html"} {
		b.Open(server.URL + path)
		b.Quiet(path)
	}
	b.Open(server.URL + "/")
	b.Press("/", 0)
	b.Eventually(`window.atlasSearch`)
}

// TestPictures takes the pictures that people look at.
func TestPictures(t *testing.T) {
	if os.Getenv("ATLAS_PICTURES") == "" {
		t.Skip("ATLAS_PICTURES names no folder")
	}
	b := browsertest.Start(t).Tab(1280, 800)
	dir := build(t, sample())
	for _, p := range []struct {
		name, page    string
		width, height int
		dark, whole   bool
	}{
		{"overview-light", "index.html", 1440, 900, false, true},
		{"overview-dark", "index.html", 1440, 900, true, true},
		{"overview-phone", "index.html", 390, 844, false, true},
		{"node-light", "node/model.shop.int_orders.html", 1440, 900, false, true},
		{"node-dark", "node/model.shop.int_orders.html", 1440, 900, true, true},
		{"node-phone", "node/model.shop.int_orders.html", 390, 844, false, true},
		{"source-light", "node/source.shop.raw.orders.html", 1280, 900, false, true},
		{"exposure-light", "node/exposure.shop.owners_deck.html", 1280, 900, false, true},
		{"tests-light", "list/tests.html", 1280, 900, false, false},
		{"list-light", "list/model-marts.html", 1280, 900, false, false},
		{"macro-light", "macro/macro.shop.cents.html", 1280, 900, false, false},
		{"missing-light", "404.html", 1280, 600, false, false},
		{"lineage-dark", "lineage.html", 1440, 900, true, false},
		{"lineage-phone", "lineage.html", 390, 844, true, false},
	} {
		b.Size(p.width, p.height)
		b.Dark(p.dark)
		b.Open(browsertest.FileURL(dir, p.page))
		b.Picture(p.name, p.whole)
	}
}

// TestASite looks at every page of a site built elsewhere, named by ATLAS_SITE, or takes
// pictures of those in ATLAS_SITE_PAGES.
func TestASite(t *testing.T) {
	dir := os.Getenv("ATLAS_SITE")
	if dir == "" {
		t.Skip("ATLAS_SITE names no folder")
	}
	b := browsertest.Start(t).Tab(1280, 800)
	pages := htmlFiles(t, dir)
	if some := os.Getenv("ATLAS_SITE_PAGES"); some != "" {
		for i, name := range strings.Fields(some) {
			b.Size(1440, 900)
			b.Open(browsertest.FileURL(dir, name))
			b.Picture(fmt.Sprintf("page-%d", i), false)
		}
		return
	}
	for _, name := range pages {
		b.Size(390, 844)
		b.Open(browsertest.FileURL(dir, name))
		b.Quiet(name)
		var wide []string
		b.Eval(overflow, &wide)
		if len(wide) > 0 {
			t.Errorf("%s is wider than a phone: %s", name, wide)
		}
		b.Size(1440, 900)
		b.Picture("site-"+strings.NewReplacer("/", "-", ".html", "").Replace(name), name != "lineage.html")
	}
}
