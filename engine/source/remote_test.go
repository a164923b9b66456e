package source_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/source"
)

// TestRemoteFile extracts a file from an address: copied once, asked after by its ETag, tried again
// when the server is busy, told where it is not there.
func TestRemoteFile(t *testing.T) {
	var asked []string
	busy := 1
	content := "id,Total\n1,5\n"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("If-None-Match"))
		switch {
		case r.URL.Path != "/files/orders.csv":
			http.NotFound(w, r)
		case busy > 0:
			busy--
			http.Error(w, "busy", http.StatusServiceUnavailable)
		case r.Header.Get("If-None-Match") == `"one"` && strings.HasSuffix(content, "1,5\n"):
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"one"`)
			_, _ = w.Write([]byte(content))
		}
	}))
	defer srv.Close()
	root, table := ordersCSV(t, "")
	table.Options.Set("csv", srv.URL+"/files/orders.csv?key=s3cret")
	o := options(root)
	o.Downloads, o.Overwrite = filepath.Join(root, "downloads"), true
	o.Sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	for range 2 {
		if _, err := source.Extract(t.Context(), table, o); err != nil {
			t.Fatal(err)
		}
		if got := snapshotOf(t, root); !strings.Contains(got, "1,5.00,"+srv.URL+"/files/orders.csv") || strings.Contains(got, "s3cret") {
			t.Errorf("snapshot:\n%s", got)
		}
	}
	content += "2,6\n"
	if r, err := source.Extract(t.Context(), table, o); err != nil || r.Written != 2 {
		t.Errorf("a changed file: %+v, %v", r, err)
	}
	if len(asked) < 4 || asked[0] != "" || asked[1] != "" || asked[2] != `"one"` {
		t.Errorf("the server was asked with %q", asked)
	}
	srv.Close()
	o.Overwrite = false
	if r, err := source.Extract(t.Context(), table, o); err != nil || !r.Frozen {
		t.Errorf("a frozen snapshot needs the network: %v", err)
	}
	if meta, err := os.ReadFile(filepath.Join(root, "clean/orders.csv.meta.json")); err != nil || strings.Contains(string(meta), "s3cret") {
		t.Errorf("the meta file: %s, %v", meta, err)
	}
	o.Overwrite = true
	if _, err := source.Extract(t.Context(), table, o); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("a server that is gone: %v", err)
	}
}
