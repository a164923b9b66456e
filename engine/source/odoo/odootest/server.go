// Package odootest is a small Odoo for tests: a server on the loopback that keeps records in
// memory, speaks JSON-RPC and JSON-2, answers recorded requests with the recorded answers, and
// fails when it is told to. What a real server was seen to do, errors as HTTP 200 and dates cut to
// seconds among it, it does as well.
package odootest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Stamp is how Odoo writes a datetime.
const Stamp = "2006-01-02 15:04:05"

// Server is one Odoo with one database.
type Server struct {
	URL      string
	Version  int // 14 unless a test says otherwise; from 19 on it speaks JSON-2
	Database string
	User     string
	Password string
	Key      string           // of the API
	Now      func() time.Time // its clock; time.Now by default
	// Before is called before a method of a model is carried out, for n from 1, with the server
	// unlocked: a test writes records there, as other users would. It may be nil.
	Before func(n int, model, method string)
	// Fail gives what goes wrong with request n, from 1, of all kinds; nil is nothing. It may be nil.
	Fail func(n int) *Fault

	mu       sync.Mutex
	models   map[string]*Model
	requests int
	calls    int
	asked    []string // "model method" of every call
	replay   map[string][]byte
	http     *httptest.Server
}

// Fault is one thing that goes wrong.
type Fault struct {
	Cut       bool          // the connection ends in the middle of the answer
	Slow      time.Duration // before the answer
	Status    int           // answered instead, with Header and a page for browsers
	Header    http.Header
	HTML      bool   // a page for browsers, as HTTP 200
	Body      string // answered as JSON
	Exception string // name of an exception that the server tells
	Message   string
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		Version: 14, Database: "demo", User: "admin", Password: "pass-of-admin", Key: "key-of-admin", Now: time.Now,
		models: map[string]*Model{}, replay: map[string][]byte{},
	}
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	t.Cleanup(s.Close)
	s.Define("res.company", map[string]Field{"name": {Type: "char"}, "currency_id": {Type: "many2one", Relation: "res.currency"}})
	s.Define("res.currency", map[string]Field{"name": {Type: "char"}, "decimal_places": {Type: "integer"}, "active": {Type: "boolean"}})
	s.Put("res.currency", 2, map[string]any{"name": "USD", "decimal_places": int64(2), "active": true})
	s.Put("res.company", 1, map[string]any{"name": "YourCompany", "currency_id": int64(2)})
	return s
}

// Close ends the server; connections to it are refused from then on.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Asked gives "model method" of every call so far.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Replay makes the server answer the requests that were recorded in a folder with what was
// recorded.
func (s *Server) Replay(t testing.TB, dir string) {
	t.Helper()
	for _, r := range Recordings(t, dir) {
		s.replay[r.Params] = r.Response
	}
}

// Recording is one request to a real server, and its answer as the server wrote it.
type Recording struct {
	Name     string
	Request  json.RawMessage
	Params   string // of the request, in one spelling
	Response []byte
}

// Recordings reads a folder of them.
func Recordings(t testing.TB, dir string) []Recording {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("recordings in %s: %v", dir, err)
	}
	var out []Recording
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var r struct{ Request, Response json.RawMessage }
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out = append(out, Recording{
			Name: strings.TrimSuffix(filepath.Base(f), ".json"), Request: r.Request, Params: paramsOf(r.Request), Response: pythonSpaces(r.Response),
		})
	}
	return out
}

// paramsOf gives a request's params with sorted keys.
func paramsOf(b []byte) string {
	var q struct{ Params any }
	if json.Unmarshal(b, &q) != nil {
		return ""
	}
	out, _ := json.Marshal(q.Params) //nolint:errchkjson // it came from JSON
	return string(out)
}

// pythonSpaces writes JSON with the spaces that Python's json.dumps has.
func pythonSpaces(b []byte) []byte {
	var out []byte
	quoted := false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case quoted:
			out = append(out, c)
			if c == '\\' {
				i++
				out = append(out, b[i])
			}
			quoted = c != '"'
		case c == '"':
			quoted = true
			out = append(out, c)
		case c == ',' || c == ':':
			out = append(out, c, ' ')
		case c != ' ' && c != '\n' && c != '\t' && c != '\r':
			out = append(out, c)
		}
	}
	return out
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	s.mu.Lock()
	s.requests++
	n, fail := s.requests, s.Fail
	s.mu.Unlock()
	var f *Fault
	if fail != nil {
		f = fail(n)
	}
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	w.Header().Set("Date", s.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("Server", "Werkzeug/1.0.1 Python/3.9.2")
	if f != nil && f.Slow > 0 {
		select {
		case <-q.Context().Done():
			return
		case <-time.After(f.Slow):
		}
	}
	var status int
	var answer []byte
	switch {
	case f != nil && (f.Status > 0 || f.HTML):
		maps.Copy(w.Header(), f.Header)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(max(f.Status, 200)) //nolint:mnd // HTTP's OK
		fmt.Fprint(w, "<!DOCTYPE html>\n<title>Not now</title>\n<h1>Not now</h1>\n")
		return
	case f != nil && f.Body != "":
		status, answer = http.StatusOK, []byte(f.Body)
	case f != nil && f.Exception != "":
		status, answer = s.failure(q.URL.Path, &exception{f.Exception, f.Message, http.StatusInternalServerError})
	default:
		status, answer = s.answer(q, body)
	}
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusNotFound && answer == nil {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		answer = []byte("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<title>404 Not Found</title>\n")
	}
	if f != nil && f.Cut {
		w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
		w.WriteHeader(status)
		w.Write(answer[:len(answer)/2]) //nolint:errcheck // the client is cut off anyway
		panic(http.ErrAbortHandler)
	}
	if strings.Contains(q.Header.Get("Accept-Encoding"), "gzip") && len(answer) > 1024 { // as a web server before Odoo does
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(status)
		z := gzip.NewWriter(w)
		z.Write(answer) //nolint:errcheck // the client sees it
		z.Close()       //nolint:errcheck // as well
		return
	}
	w.WriteHeader(status)
	w.Write(answer) //nolint:errcheck // the client sees it
}

// exception is an error of Odoo's.
type exception struct {
	name, message string
	status        int // JSON-2's
}

func (s *Server) failure(path string, e *exception) (int, []byte) {
	const debug = "Traceback (most recent call last):\n  File \"/usr/lib/python3/dist-packages/odoo/http.py\", line 639, in _handle_exception\nsecret of the server\n"
	data := fmt.Sprintf(`{"name": %s, "debug": %s, "message": %s, "arguments": [%s], "context": {}}`,
		quote(e.name), quote(debug), quote(e.message), quote(e.message))
	if strings.HasPrefix(path, "/json/2/") {
		return e.status, []byte(data)
	}
	return http.StatusOK, fmt.Appendf(nil, `{"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": %s}}`, data)
}

// answer carries a request out.
func (s *Server) answer(q *http.Request, body []byte) (int, []byte) {
	var result []byte
	var failed *exception
	rest, isJSON2 := strings.CutPrefix(q.URL.Path, "/json/2/")
	switch {
	case isJSON2 && s.Version >= 19:
		result, failed = s.named(q, rest, body)
	case q.URL.Path == "/jsonrpc" && s.Version < 22:
		if b, ok := s.replay[paramsOf(body)]; ok {
			return http.StatusOK, b
		}
		result, failed = s.rpc(body)
	case isJSON2: // an Odoo that does not know the path wraps its page in JSON-RPC
		return http.StatusNotFound, []byte(noPath)
	default:
		return http.StatusNotFound, nil
	}
	if failed != nil {
		return s.failure(q.URL.Path, failed)
	}
	if isJSON2 {
		return http.StatusOK, result
	}
	return http.StatusOK, slices.Concat([]byte(`{"jsonrpc": "2.0", "id": 1, "result": `), result, []byte("}"))
}

// noPath is what Odoo 14 answers where it has nothing, if it is asked in JSON.
const noPath = `{"jsonrpc": "2.0", "id": null, "error": {"code": 404, "message": "404: Not Found", "data": {"name": "werkzeug.exceptions.NotFound", ` +
	`"debug": "Traceback (most recent call last):\n  secret of the server\n", "message": "404 Not Found: The requested URL was not found on the server. ` +
	`If you entered the URL manually please check your spelling and try again.", "arguments": [], "context": {}}, "http_status": 404}}`

// named carries out a call of JSON-2.
func (s *Server) named(q *http.Request, path string, body []byte) ([]byte, *exception) {
	if q.Header.Get("Authorization") != "bearer "+s.Key {
		return nil, &exception{"werkzeug.exceptions.Unauthorized", "Invalid apikey", http.StatusUnauthorized}
	}
	if db := q.Header.Get("X-Odoo-Database"); db != s.Database {
		return nil, &exception{"werkzeug.exceptions.NotFound", "database " + db + " does not exist", http.StatusNotFound}
	}
	model, method, _ := strings.Cut(path, "/")
	var args arguments
	if err := decode(body, &args); err != nil {
		return nil, &exception{"werkzeug.exceptions.UnprocessableEntity", err.Error(), http.StatusUnprocessableEntity}
	}
	return s.execute(model, method, args)
}

// rpc carries out a call of JSON-RPC.
func (s *Server) rpc(body []byte) ([]byte, *exception) {
	var q struct {
		Params struct {
			Service, Method string
			Args            []json.RawMessage
		}
	}
	if err := decode(body, &q); err != nil {
		return nil, &exception{"builtins.TypeError", err.Error(), 0}
	}
	text := func(i int) (out string) {
		if i < len(q.Params.Args) {
			json.Unmarshal(q.Params.Args[i], &out) //nolint:errcheck // what is no text is none
		}
		return out
	}
	noDB := &exception{"psycopg2.OperationalError", fmt.Sprintf("FATAL:  database \"%s\" does not exist\n", text(0)), 0}
	switch p := q.Params; p.Service + "." + p.Method {
	case "common.version":
		return fmt.Appendf(nil, `{"server_version": "%d.0", "server_version_info": [%d, 0, 0, "final", 0, ""], "server_serie": "%d.0", "protocol_version": 1}`,
			s.Version, s.Version, s.Version), nil
	case "common.authenticate":
		switch {
		case text(0) != s.Database:
			return nil, noDB
		case text(1) != s.User || !s.knows(text(2)):
			return []byte("false"), nil
		}
		return []byte("2"), nil
	case "object.execute_kw":
		switch {
		case text(0) != s.Database:
			return nil, noDB
		case !s.knows(text(2)):
			return nil, &exception{"odoo.exceptions.AccessDenied", "Access Denied", 0}
		}
		var args arguments
		var places []json.RawMessage
		if len(p.Args) > 5 {
			if err := decode(p.Args[5], &places); err != nil {
				return nil, &exception{"builtins.TypeError", err.Error(), 0}
			}
		}
		if len(p.Args) > 6 {
			if err := decode(p.Args[6], &args); err != nil {
				return nil, &exception{"builtins.TypeError", err.Error(), 0}
			}
		}
		if len(places) > 0 {
			args.Domain = places[0]
		}
		return s.execute(text(3), text(4), args)
	default:
		return nil, &exception{"builtins.KeyError", p.Method, 0}
	}
}

func (s *Server) knows(password string) bool { return password == s.Password || password == s.Key }

func decode(b []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(to)
}

func quote(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) //nolint:errcheck,errchkjson // a text can be written
	return bytes.TrimSpace(b.Bytes())
}
