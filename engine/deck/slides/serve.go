package slides

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"atlas/engine/deck"
	"atlas/engine/diag"
)

// Server shows a deck while it is written: pages from memory, which learn of every new state at once.
type Server struct {
	host string // the name that it is reached by; "" is any

	mu      sync.Mutex
	files   map[string]File
	state   state
	started time.Time
	changed chan struct{} // closed at the next change
}

// state is what the pages are told.
type state struct {
	Version  int       `json:"version"`
	Problems []problem `json:"problems"`
}

// problem is a mistake as the page shows it.
type problem struct {
	Severity string `json:"severity"`
	Place    string `json:"place,omitempty"`
	Code     string `json:"code,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Snippet  string `json:"snippet,omitempty"`
}

// NewServer gives a server that has nothing to show yet. A host other than the machine's own names
// ("localhost", "127.0.0.1") is an address that it answers to as well.
func NewServer(host string) *Server {
	return &Server{host: host, changed: make(chan struct{}), started: time.Now()}
}

// Show draws a deck and has the pages show it; false says that they show it already. source gives the
// text of files, for the lines around mistakes; it may be nil. The list has what was found besides.
func (s *Server) Show(ctx context.Context, d *deck.Document, o Options, problems diag.List, source func(file string) (string, bool)) (diag.List, bool) {
	o.dev = true
	made, found := Pages(ctx, d, o)
	problems = append(problems, found...)
	return problems, s.set(made, problems, source)
}

// Fail has the pages show mistakes above what they showed before; false says that they do already.
func (s *Server) Fail(problems diag.List, source func(file string) (string, bool)) bool {
	return s.set(nil, problems, source)
}

func (s *Server) set(made []File, problems diag.List, source func(file string) (string, bool)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []problem{}
	for _, d := range problems {
		p := problem{Severity: d.Severity.String(), Code: string(d.Code), Message: d.Msg, Hint: d.Hint}
		if !d.Pos.IsZero() {
			p.Place = d.Pos.String()
		}
		if source != nil && d.Pos.Line > 0 {
			if text, ok := source(d.Pos.File); ok {
				p.Snippet = snippet(text, d.Pos.Line)
			}
		}
		list = append(list, p)
	}
	if s.state.Version > 0 && slices.Equal(list, s.state.Problems) && s.shows(made) {
		return false
	}
	if made != nil {
		s.files = map[string]File{}
		for _, f := range made {
			s.files[f.Name] = f
		}
	}
	s.state.Version++
	s.state.Problems = list
	close(s.changed)
	s.changed = make(chan struct{})
	return true
}

// shows reports files that are shown already.
func (s *Server) shows(made []File) bool {
	if made == nil {
		return true
	}
	for _, f := range made {
		if old, ok := s.files[f.Name]; !ok || !bytes.Equal(old.Data, f.Data) {
			return false
		}
	}
	return len(made) == len(s.files)
}

// snippet gives the line of a mistake with its number.
func snippet(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line > len(lines) {
		return ""
	}
	return fmt.Sprintf("%d | %s", line, strings.TrimRight(lines[line-1], "\r"))
}

// ServeHTTP answers with the deck's files, and under events with a stream of its states. It answers
// only to its own names: a page of another site that leads its name here reads nothing.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", Policy+"; connect-src 'self'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	switch {
	case !s.own(r.Host):
		http.Error(w, "this server answers to localhost only", http.StatusForbidden)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
	case r.URL.Path == "/events":
		s.events(w, r)
	default:
		s.file(w, r)
	}
}

// own reports an address that belongs to this server.
func (s *Server) own(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" || host == s.host {
		return true
	}
	ip := net.ParseIP(host)
	if bound := net.ParseIP(s.host); bound != nil && bound.IsUnspecified() {
		return ip != nil
	}
	return ip != nil && ip.IsLoopback()
}

func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	s.mu.Lock()
	f, ok := s.files[name]
	version := s.state.Version
	s.mu.Unlock()
	if !ok {
		data, err := files.ReadFile(name)
		switch {
		case name == "index.html":
			data, err = files.ReadFile("templates/waiting.html")
		case name != "assets/dev.js" && name != "assets/dev.css":
			http.NotFound(w, r)
			return
		}
		if err != nil {
			http.NotFound(w, r)
			return
		}
		f = File{Name: name, Data: data}
	}
	if path.Ext(name) == ".html" {
		f.Data = bytes.Replace(f.Data, []byte("<html "), []byte(fmt.Sprintf("<html data-built=\"%d\" ", version)), 1)
	}
	if t := contentType(name); t != "" {
		w.Header().Set("Content-Type", t)
	}
	http.ServeContent(w, r, name, s.started, bytes.NewReader(f.Data))
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".ttf":
		return "font/ttf"
	case ".otf":
		return "font/otf"
	}
	return "" // by its name or contents
}

// events streams the states: now, and at every change.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	ping := time.NewTicker(15 * time.Second)
	defer ping.Stop()
	for {
		s.mu.Lock()
		now, next := s.state, s.changed
		s.mu.Unlock()
		data, err := json.Marshal(now)
		if err != nil {
			return
		}
		if now.Version > 0 {
			fmt.Fprintf(w, "retry: 500\ndata: %s\n\n", data)
		}
		if control.Flush() != nil {
			return
		}
	wait:
		for {
			select {
			case <-r.Context().Done():
				return
			case <-next:
				break wait
			case <-ping.C: // a browser that has gone is noticed
				fmt.Fprint(w, ": \n\n")
				if control.Flush() != nil {
					return
				}
			}
		}
	}
}
