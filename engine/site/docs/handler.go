package docs

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
)

// contentPolicy allows the site's own files and nothing else: no inline script or style, no
// other origin, no framing.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves a site written by Build. It lists no folder, follows no way out of dir, and
// looks at dir anew for every request, so that a rebuilt site shows at once.
func Handler(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			http.Error(w, "there is no documentation yet: run atlas docs generate", http.StatusServiceUnavailable)
			return
		}
		defer func() { _ = root.Close() }()
		if !serveFile(w, r, root) {
			notFound(w, r, root)
		}
	})
}

// serveFile sends the file that the address names; false means that there is none.
func serveFile(w http.ResponseWriter, r *http.Request, root *os.Root) bool {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") {
			return false
		}
	}
	f, err := root.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	h := w.Header()
	if ct := contentType(name); ct != "" {
		h.Set("Content-Type", ct)
	}
	// The browser may keep everything but asks whether it is still current.
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", etag(info))
	http.ServeContent(w, r, name, info.ModTime(), f)
	return true
}

func etag(info fs.FileInfo) string {
	return fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size())
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	default:
		return "text/plain; charset=utf-8"
	}
}

// notFound sends the site's own page for addresses that lead nowhere, with its links made to
// work from wherever the address stands.
func notFound(w http.ResponseWriter, r *http.Request, root *os.Root) {
	w.Header().Set("Cache-Control", "no-store")
	f, err := root.Open("404.html")
	if err != nil {
		http.Error(w, "no such page", http.StatusNotFound)
		return
	}
	defer f.Close()
	page, err := io.ReadAll(f)
	if err != nil {
		http.Error(w, "no such page", http.StatusNotFound)
		return
	}
	up := "./" + strings.Repeat("../", max(0, strings.Count(r.URL.Path, "/")-1))
	page = bytes.ReplaceAll(page, []byte(`="./`), []byte(`="`+up))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	if r.Method != http.MethodHead {
		_, _ = w.Write(page)
	}
}
