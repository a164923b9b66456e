// Package hranatest is a server that speaks Hrana over HTTP, as Turso does, over a SQLite file:
// for tests of whatever talks to a remote operational store. Faults can be put in its way.
//
// It implements the pipeline of versions 2 and 3 in JSON: execute, batch with conditions,
// sequence, describe, stored SQL, close and get_autocommit; streams that last over several
// requests by baton and expire when they rest. It has no WebSocket, no cursor and no replicas.
package hranatest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the database behind the server
)

// Fault is what goes wrong with a request.
type Fault uint8

// The faults.
const (
	None        Fault = iota
	CutBefore         // the connection is cut before anything is done
	CutAfter          // it is cut when all is done, before the answer is sent
	CutMiddle         // half of the answer is sent
	Unauthorize       // 401
	TooMany           // 429
	Unavailable       // 503
	Expire            // the stream of the request's baton is gone
	Slow              // the answer takes Server.Delay
)

// Server is a running server.
type Server struct {
	*httptest.Server
	Path  string        // of the SQLite file
	Token string        // that clients must send; "" asks for none
	Idle  time.Duration // how long a stream may rest; 0 is ten seconds
	Delay time.Duration // of Slow
	// Before decides what goes wrong with the n-th pipeline request, from 1, whose statements are
	// given; nil is nothing.
	Before func(n int, statements []string) Fault

	db *sql.DB

	mu      sync.Mutex
	streams map[string]*stream
	n       int
}

// Start runs a server over a new file until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{Path: filepath.Join(t.TempDir(), "remote.db"), streams: map[string]*stream{}}
	u := url.URL{Scheme: "file", Opaque: filepath.ToSlash(s.Path), RawQuery: "_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=busy_timeout(2000)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		t.Fatal(err)
	}
	s.db = db
	mux := http.NewServeMux()
	for _, v := range []string{"v2", "v3"} {
		mux.HandleFunc("GET /"+v, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
		mux.HandleFunc("POST /"+v+"/pipeline", s.pipeline)
	}
	s.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		s.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, st := range s.streams {
			st.end()
		}
		db.Close()
	})
	return s
}

// DB gives the database behind the server, for tests to look into.
func (s *Server) DB() *sql.DB { return s.db }

// Expire ends every stream that rests, as if its time were over.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for baton, st := range s.streams {
		delete(s.streams, baton)
		st.end()
	}
}

// Requests gives how many pipeline requests have come.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// stream is a connection that lasts over several requests.
type stream struct {
	conn  *sql.Conn
	sqls  map[int]string
	open  bool // a transaction is open
	timer *time.Timer
}

func (st *stream) end() {
	if st.timer != nil {
		st.timer.Stop()
	}
	if st.open {
		_, _ = st.conn.ExecContext(context.Background(), "rollback") // the connection goes anyway
	}
	st.conn.Close()
}

type pipelineRequest struct {
	Baton    *string   `json:"baton"`
	Requests []request `json:"requests"`
}

type request struct {
	Type  string  `json:"type"`
	Stmt  *stmt   `json:"stmt"`
	Batch *batch  `json:"batch"`
	SQL   *string `json:"sql"`
	SQLID *int    `json:"sql_id"`
}

type answer struct {
	Type     string `json:"type"` // ok, error
	Response any    `json:"response,omitempty"`
	Error    *fail  `json:"error,omitempty"`
}

type fail struct {
	Message string `json:"message"`
	Code    string `json:"code,omitempty"`
}

func (f *fail) Error() string { return f.Message }

func (s *Server) pipeline(w http.ResponseWriter, r *http.Request) {
	var in pipelineRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "the request is no JSON: "+err.Error(), "BAD_REQUEST")
		return
	}
	fault := s.fault(in.statements())
	switch {
	case s.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.Token, fault == Unauthorize:
		refuse(w, http.StatusUnauthorized, "Unauthorized: the token is not valid", "AUTH_JWT_INVALID")
		return
	case fault == TooMany:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "too many requests", "RATE_LIMITED")
		return
	case fault == Unavailable:
		refuse(w, http.StatusServiceUnavailable, "the server is restarting", "")
		return
	case fault == CutBefore:
		panic(http.ErrAbortHandler)
	}
	st, err := s.take(r.Context(), in.Baton, fault == Expire)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Message, err.Code)
		return
	}
	out := struct {
		Baton   *string  `json:"baton"`
		BaseURL *string  `json:"base_url"`
		Results []answer `json:"results"`
	}{}
	closed := false
	for _, q := range in.Requests {
		a := answer{Type: "ok"}
		if q.Type == "close" {
			closed = true
			a.Response = map[string]any{"type": "close"}
		} else if resp, err := st.do(context.WithoutCancel(r.Context()), q); err != nil {
			a = answer{Type: "error", Error: err}
		} else {
			a.Response = resp
		}
		out.Results = append(out.Results, a)
	}
	if closed {
		st.end()
	} else {
		b := s.put(st)
		out.Baton = &b
	}
	s.send(w, fault, out)
}

func (s *Server) send(w http.ResponseWriter, fault Fault, out any) {
	b, err := json.Marshal(out)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error(), "")
		return
	}
	switch fault {
	case CutAfter:
		panic(http.ErrAbortHandler)
	case CutMiddle:
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		_, _ = w.Write(b[:len(b)/2])
		panic(http.ErrAbortHandler)
	case Slow:
		time.Sleep(s.Delay)
	default:
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b) // a client that went away is no matter
}

func refuse(w http.ResponseWriter, status int, message, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": message, "message": message, "code": code})
}

func (s *Server) fault(statements []string) Fault {
	s.mu.Lock()
	s.n++
	n, before := s.n, s.Before
	s.mu.Unlock()
	if before == nil {
		return None
	}
	return before(n, statements)
}

// statements gives the SQL of a request, for faults to choose by.
func (p *pipelineRequest) statements() []string {
	var out []string
	for _, q := range p.Requests {
		switch {
		case q.Stmt != nil && q.Stmt.SQL != nil:
			out = append(out, *q.Stmt.SQL)
		case q.SQL != nil:
			out = append(out, *q.SQL)
		case q.Batch != nil:
			for _, st := range q.Batch.Steps {
				if st.Stmt.SQL != nil {
					out = append(out, *st.Stmt.SQL)
				}
			}
		}
	}
	return out
}

// take gives the stream of a baton, or a new one.
func (s *Server) take(ctx context.Context, baton *string, expire bool) (*stream, *fail) {
	if baton == nil || *baton == "" {
		c, err := s.db.Conn(context.WithoutCancel(ctx))
		if err != nil {
			return nil, &fail{Message: err.Error()}
		}
		return &stream{conn: c, sqls: map[int]string{}}, nil
	}
	s.mu.Lock()
	st := s.streams[*baton]
	delete(s.streams, *baton)
	s.mu.Unlock()
	if st == nil || expire || !st.timer.Stop() {
		if st != nil {
			st.end()
		}
		return nil, &fail{Message: "The stream has expired due to inactivity", Code: "STREAM_EXPIRED"}
	}
	return st, nil
}

// put keeps a stream until its next request, or until it has rested too long.
func (s *Server) put(st *stream) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it does not fail
	baton := hex.EncodeToString(b[:])
	idle := s.Idle
	if idle == 0 {
		idle = 10 * time.Second
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[baton] = st
	st.timer = time.AfterFunc(idle, func() {
		s.mu.Lock()
		_, there := s.streams[baton]
		delete(s.streams, baton)
		s.mu.Unlock()
		if there {
			st.end()
		}
	})
	return baton
}

// transactional notes whether a statement that worked opened or ended a transaction.
func (st *stream) transactional(text string) {
	words := strings.Fields(strings.ToLower(strings.TrimLeft(text, " \t\r\n;")))
	if len(words) == 0 {
		return
	}
	switch strings.TrimRight(words[0], ";") {
	case "begin":
		st.open = true
	case "commit", "end":
		st.open = false
	case "rollback":
		if len(words) < 2 || words[1] != "to" {
			st.open = false
		}
	}
}
