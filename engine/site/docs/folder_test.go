package docs_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"atlas/engine/manifest"
	"atlas/engine/site/docs"
)

func TestBuildReplacesASiteWhole(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "site")
	if err := docs.Build(t.Context(), sample(), dir); err != nil {
		t.Fatal(err)
	}
	if err := docs.Build(t.Context(), generated(60), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node", "model.shop.int_orders.html")); !os.IsNotExist(err) {
		t.Errorf("a page of the old site is still there: %v", err)
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("something is left beside the site: %v", entries)
	}
}

func TestBuildRefusesOtherFolders(t *testing.T) {
	dir := t.TempDir()
	precious := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(precious, []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := docs.Build(t.Context(), sample(), dir); err == nil {
		t.Error("a folder with other files was replaced")
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func TestBuildThatFailsLeavesTheOldSite(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "site")
	if err := docs.Build(t.Context(), sample(), dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := docs.Build(ctx, sample(), dir); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(parent); len(entries) != 1 {
		t.Errorf("something is left beside the site: %v", entries)
	}
}

func TestBuildOfNothing(t *testing.T) {
	if err := docs.Build(t.Context(), docs.Input{}, t.TempDir()); err == nil {
		t.Error("no manifest, yet no error")
	}
	dir := build(t, docs.Input{Manifest: manifest.New("empty")})
	for _, name := range htmlFiles(t, dir) {
		page, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, dir, name, string(page), map[string]string{name: string(page)})
	}
}

func TestHandler(t *testing.T) {
	dir := build(t, sample())
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret.html"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("..", "secret.html"), filepath.Join(dir, "out.html")); err != nil {
		t.Fatal(err)
	}
	h := docs.Handler(dir)
	get := func(method, path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost/", nil)
		r.URL.Path = path
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, c := range []struct {
		method, path string
		status       int
		kind         string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8"},
		{"HEAD", "/lineage.html", 200, "text/html; charset=utf-8"},
		{"GET", "/assets/atlas.css", 200, "text/css; charset=utf-8"},
		{"GET", "/data/search.js", 200, "text/javascript; charset=utf-8"},
		{"GET", "/assets/inter.woff2", 200, "font/woff2"},
		{"GET", "/node/", 404, "text/html; charset=utf-8"},
		{"GET", "/node", 404, "text/html; charset=utf-8"},
		{"GET", "/nowhere.html", 404, "text/html; charset=utf-8"},
		{"GET", "/.atlas-docs", 404, "text/html; charset=utf-8"},
		{"GET", "/../secret.html", 404, "text/html; charset=utf-8"},
		{"GET", "/assets/../../secret.html", 404, "text/html; charset=utf-8"},
		{"GET", "/out.html", 404, "text/html; charset=utf-8"},
		{"POST", "/", 405, "text/plain; charset=utf-8"},
	} {
		res := get(c.method, c.path)
		if res.Code != c.status || res.Header().Get("Content-Type") != c.kind {
			t.Errorf("%s %s: %d %s, want %d %s", c.method, c.path, res.Code, res.Header().Get("Content-Type"), c.status, c.kind)
		}
		if res.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(res.Header().Get("Content-Security-Policy"), "script-src 'self'") {
			t.Errorf("%s %s: headers %v", c.method, c.path, res.Header())
		}
	}
	first := get("GET", "/")
	if again := get("GET", "/", "If-None-Match", first.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("an unchanged page is sent again: %d", again.Code)
	}
	body := get("GET", "/a/b/nowhere.html").Body.String()
	if !strings.Contains(body, `href="./../../assets/atlas.css`) {
		t.Error("the page for missing addresses does not find its stylesheet")
	}
	if res := docs.Handler(filepath.Join(dir, "not")); res != nil {
		w := httptest.NewRecorder()
		res.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("no site: %d", w.Code)
		}
	}
}

func TestCycleIsAnError(t *testing.T) {
	b := newBuilder("p")
	x := b.model("a", "x", "view", "", "select 1")
	y := b.model("a", "y", "view", "", "select 1", x)
	x.DependsOn = append(x.DependsOn, y.ID)
	if err := docs.Build(t.Context(), b.in, filepath.Join(t.TempDir(), "site")); err == nil {
		t.Error("a cycle passed")
	}
}
