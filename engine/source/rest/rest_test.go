package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/rest"
	"atlas/engine/source/sourcetest"
)

const token = "s3cret-t0ken"

func hidden() *manifest.Secret {
	return &manifest.Secret{Text: "{{ env_var('TOKEN') }}", Value: func() (string, error) { return token, nil }}
}

// list is an API of one list.
type list struct {
	records []map[string]any
	clock   int
}

func (l *list) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token {
		http.Error(w, "no login with "+r.Header.Get("Authorization"), http.StatusUnauthorized)
		return
	}
	var found []map[string]any
	since := r.URL.Query().Get("since")
	for _, rec := range l.records {
		if rec["updated_at"].(string) >= since {
			found = append(found, rec)
		}
	}
	at, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	size, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	found = found[min(at, len(found)):]
	_ = json.NewEncoder(w).Encode(map[string]any{"data": found[:min(size, len(found))]})
}

func (l *list) stamp() string {
	l.clock++
	return time.Date(2026, 1, 1, 0, 0, l.clock, 0, time.UTC).Format(time.RFC3339)
}

func TestContract(t *testing.T) {
	for _, incremental := range []bool{false, true} {
		t.Run(fmt.Sprint("incremental ", incremental), func(t *testing.T) {
			var l *list
			var server *httptest.Server
			record := func(id string, row []string) map[string]any {
				return map[string]any{"id": id, "Name": row[0], "Town": row[1], "Amount": row[2], "updated_at": l.stamp()}
			}
			d := sourcetest.Driver{
				Source: &rest.Source{}, Secret: token,
				Write: func(t *testing.T, _ string, rows [][]string) *manifest.ExtractTable {
					l = &list{}
					for i, row := range rows[1:] {
						l.records = append(l.records, record(fmt.Sprint(i), row))
					}
					server = httptest.NewServer(l)
					t.Cleanup(server.Close)
					o := manifest.NewMap(
						"rest", manifest.NewMap("url", server.URL, "auth", manifest.NewMap("bearer", hidden()), "requests_per_second", int64(0)),
						"path", "/people", "records", "data", "ignore_columns", []any{"id", "updated_at"},
						"pages", manifest.NewMap("by", "offset", "size_param", "limit", "size", int64(3)))
					table := &manifest.ExtractTable{Driver: "rest", Options: o}
					if incremental {
						o.Set("cursor", manifest.NewMap("field", "updated_at", "param", "since", "overlap", "0s"))
						o.Set("ignore_columns", []any{"updated_at"})
						table.Key = []string{"id"}
					}
					return table
				},
				Break: func(*testing.T) { server.Close() },
			}
			if incremental {
				d.Change = func(_ *testing.T, rows [][]string, gone ...string) {
					for i, row := range rows {
						id := fmt.Sprint(1000 + i)
						for j, rec := range l.records {
							if rec["Name"] == row[0] {
								id = rec["id"].(string)
								l.records = append(l.records[:j:j], l.records[j+1:]...)
								break
							}
						}
						l.records = append(l.records, record(id, row))
					}
					for _, name := range gone {
						for j, rec := range l.records {
							if rec["Name"] == name {
								l.records = append(l.records[:j:j], l.records[j+1:]...)
								break
							}
						}
					}
				}
			}
			sourcetest.Run(t, d)
		})
	}
}

// read reads everything from a server and gives the rows as texts.
func read(t *testing.T, h http.HandlerFunc, options ...any) (string, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	o := manifest.NewMap("rest", manifest.NewMap("url", server.URL, "auth", manifest.NewMap("bearer", hidden()), "requests_per_second", int64(0), "timeout", "300ms"), "path", "/orders")
	for i := 0; i < len(options); i += 2 {
		o.Set(options[i].(string), options[i+1])
	}
	r := source.Request{
		Table: &manifest.ExtractTable{Table: "orders", Options: o, Pos: diag.Pos{File: "a.yml", Line: 2}},
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	out := ""
	for s, err := range (&rest.Source{}).Read(t.Context(), r) {
		if err != nil {
			return out, err
		}
		for row, err := range s.Rows {
			if err != nil {
				return out, err
			}
			for _, c := range row.Cells {
				out += c.String() + ","
			}
			out += ";"
		}
	}
	return out, nil
}

func TestPages(t *testing.T) {
	link := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("p") == "" {
			w.Header().Set("Link", `</orders?p=0>; rel="prev", </orders?p=2>; rel="next"`)
		}
		fmt.Fprint(w, `[{"id":1}]`)
	}
	mark := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("c") {
		case "":
			fmt.Fprint(w, `{"data":[{"id":1}],"meta":{"next":"b=&"}}`)
		case "b=&":
			fmt.Fprint(w, `{"data":[{"id":2}],"meta":{"next":null}}`)
		}
	}
	number := func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("page"))
		if n > 3 {
			fmt.Fprint(w, `[]`)
			return
		}
		fmt.Fprintf(w, `[{"id":%d}]`, n)
	}
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		o    []any
		want string
	}{
		"link":   {link, []any{"pages", manifest.NewMap("by", "link")}, "1,;1,;"},
		"cursor": {mark, []any{"records", "data", "pages", manifest.NewMap("by", "cursor", "param", "c", "next", "meta.next")}, "1,;2,;"},
		"page":   {number, []any{"pages", manifest.NewMap("by", "page")}, "1,;2,;3,;"},
		"one":    {number, nil, "0,;"},
	} {
		if got, err := read(t, c.h, c.o...); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestFaults(t *testing.T) {
	n := 0
	good := func(bad http.HandlerFunc) http.HandlerFunc {
		n = 0
		return func(w http.ResponseWriter, r *http.Request) {
			if n++; n < 3 {
				bad(w, r)
				return
			}
			fmt.Fprint(w, `[{"id":1}]`)
		}
	}
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, `[{"id":1},`)
	}
	for name, bad := range map[string]http.HandlerFunc{
		"429":  func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "3"); w.WriteHeader(429) },
		"503":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
		"cut":  cut,
		"slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"reset": func(w http.ResponseWriter, _ *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			_ = c.Close()
		},
	} {
		if got, err := read(t, good(bad)); err != nil || got != "1,;" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		o    []any
		want string
	}{
		"500": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, nil, "in 5 attempts"},
		"401": {func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, r.Header.Get("Authorization"), http.StatusUnauthorized)
		}, nil, "does not take the login"},
		"403":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, nil, "may not be read"},
		"404":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, nil, "there is nothing at"},
		"html":   {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html>") }, nil, "a web page"},
		"bad":    {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[{"id":1},`) }, nil, "no records as declared"},
		"absent": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"date":[]}`) }, []any{"records", "data"}, `has no "data"`},
		"loop":   {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[{"id":1}]`) }, []any{"pages", manifest.NewMap("by", "page")}, "same page again"},
		"links": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", `<https://evil.example.com/x>; rel=next`)
			fmt.Fprint(w, `[{"id":1}]`)
		}, []any{"pages", manifest.NewMap("by", "link")}, "stands at another place"},
		"circles": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/orders", http.StatusFound) }, nil, "from one address to the next"},
	} {
		_, err := read(t, c.h, c.o...)
		l := diag.From(err)
		if err == nil || !strings.Contains(l[0].Msg, c.want) || l[0].Hint == "" || l[0].Pos.Line == 0 || strings.Contains(fmt.Sprintf("%+v", *l[0]), token) {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

func TestRedirectDropsTheSecret(t *testing.T) {
	got := "unasked"
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		fmt.Fprint(w, `[{"id":1}]`)
	}))
	defer other.Close()
	if rows, err := read(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }); err != nil || rows != "1,;" || got != "" {
		t.Errorf("%q %v %q", rows, err, got)
	}
}
