package rest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

const (
	maxBody      = 64 << 20 // of an answer, unpacked
	maxRedirects = 5
)

// walk is one reading, page after page.
type walk struct {
	r       source.Request
	s       *settings
	web     *http.Client
	limiter *source.Limiter
	since   source.Cursor
	last    string   // greatest value of the cursor
	number  int      // of the next page, or its offset
	mark    string   // of the next page
	link    *url.URL // of the next page
	count   int
	seen    map[[32]byte]bool // answers and marks, so that a circle is noticed
	done    bool              // there is no further page
	whole   bool              // all rows were taken
}

// page is one answer.
type page struct {
	w       *walk
	body    []byte
	records *source.JSONReader
}

func (p *page) restart(names []string) error {
	p.records = source.NewJSONReader(bytes.NewReader(p.body), p.w.s.records, names)
	return nil
}

// next gives the next record, nil after the last.
func (p *page) next() ([]source.Cell, error) {
	cells, err := p.records.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, p.w.notRecords(err, p.body)
	}
	return cells, nil
}

// fields gives the fields of the page, and of the declaration those that it lacks.
func (p *page) fields(declared []string) ([]string, error) {
	if err := p.restart(nil); err != nil {
		return nil, err
	}
	for {
		cells, err := p.next()
		if err != nil {
			return nil, err
		}
		if cells == nil {
			break
		}
	}
	names := slices.Clone(p.records.Names)
	for _, d := range declared {
		if !slices.ContainsFunc(names, func(n string) bool { return source.Fold(n) == source.Fold(d) }) {
			names = append(names, d)
		}
	}
	if names == nil {
		names = []string{}
	}
	return names, nil
}

// page asks for the next page.
func (w *walk) page(ctx context.Context, names []string) (*page, error) {
	if w.count++; w.count > w.s.limit {
		return nil, diag.Errorf(diag.Unreachable, w.s.t.OptionAt("pages"), "%s has more than %d pages", w.s.address(), w.s.limit).
			WithHint("pages: limit: raises the bound, size: makes the pages larger")
	}
	var body []byte
	var header http.Header
	err := source.Retry(ctx, w.r, w.s.url.Host, func(ctx context.Context) (err error) {
		body, header, err = w.attempt(ctx)
		return err
	})
	var t *source.Transient
	if errors.As(err, &t) && ctx.Err() == nil {
		return nil, diag.Errorf(diag.Unreachable, w.s.t.OptionAt("rest"), "%s did not answer as it should in %d attempts: %s", w.s.url.Host, source.Attempts, t.Why).
			WithErr(t).WithHint("try later; a longer timeout or smaller pages help where answers take long")
	}
	if err != nil {
		return nil, err
	}
	p := &page{w: w, body: body}
	if err := p.restart(names); err != nil {
		return nil, err
	}
	n := 0
	for {
		cells, err := p.next()
		if err != nil {
			return nil, err
		}
		if cells == nil {
			break
		}
		n++
	}
	if err := w.advance(header, body, n); err != nil {
		return nil, err
	}
	return p, p.restart(names)
}

// advance finds out what the next page is.
func (w *walk) advance(header http.Header, body []byte, records int) error {
	g := w.s.pages
	next := ""
	if len(g.next) > 0 {
		c, ok, err := source.JSONValue(body, g.next)
		if err != nil {
			return w.notRecords(err, body)
		}
		if ok {
			next = c.String()
		}
	}
	circle := func(what []byte) error {
		sum := sha256.Sum256(what)
		if w.seen[sum] {
			return diag.Errorf(diag.Unreachable, w.s.t.OptionAt("pages"), "%s gives the same page again and again", w.s.address()).
				WithHint("look at pages: the server may not know the parameter %s", cmp.Or(g.param, "that asks for a page"))
		}
		w.seen[sum] = true
		return nil
	}
	switch g.by {
	case "page", "offset":
		if records == 0 || g.size > 0 && g.sizeParam != "" && records < g.size {
			w.done = true
			return nil
		}
		if g.by == "page" {
			w.number++
		} else {
			w.number += records
		}
		return circle(body)
	case "cursor":
		if w.done = next == "" || next == "false"; w.done {
			return nil
		}
		w.mark = next
		return circle([]byte(next))
	case "link":
		if len(g.next) == 0 {
			next = nextLink(header)
		}
		if w.done = next == ""; w.done {
			return nil
		}
		return errors.Join(w.follow(next), circle([]byte(next)))
	default:
		w.done = true
		return nil
	}
}

// follow takes an address of the server's as the next page's, if it may be gone to.
func (w *walk) follow(next string) error {
	base := w.link
	if base == nil {
		base = w.first()
	}
	u, err := base.Parse(next)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return diag.Errorf(diag.Unreachable, w.s.t.OptionAt("pages"), "the next page of %s has an address that is none", w.s.address()).WithHint("look at pages: next")
	}
	allowed := slices.ContainsFunc(w.s.hosts, func(h string) bool { return sameHost(h, u.Host) || sameHost(h, u.Hostname()) })
	if !sameHost(u.Host, w.s.url.Host) && !allowed || w.s.url.Scheme == "https" && u.Scheme != "https" {
		return diag.Errorf(diag.Refused, w.s.t.OptionAt("rest"), "the next page of %s stands at another place, %s://%s", w.s.address(), u.Scheme, u.Host).
			WithHint("allow_hosts: [%s] under rest lets links lead there", u.Host)
	}
	w.link = u
	return nil
}

// nextLink reads the header Link.
func nextLink(h http.Header) string {
	for _, line := range h.Values("Link") {
		for line != "" {
			_, rest, ok := strings.Cut(line, "<")
			if !ok {
				break
			}
			address, rest, _ := strings.Cut(rest, ">")
			params, after, _ := strings.Cut(rest, ",<")
			if i := strings.Index(rest, ", <"); i >= 0 {
				params, after = rest[:i], rest[i+2:]
			}
			for _, p := range strings.Split(params, ";") {
				k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
				if strings.EqualFold(k, "rel") && slices.Contains(strings.Fields(strings.Trim(strings.ToLower(v), `"`)), "next") {
					return address
				}
			}
			line = after
		}
	}
	return ""
}

// first gives the address of the list, with the declared parameters.
func (w *walk) first() *url.URL {
	u := *w.s.url
	u.Path = w.s.target()
	q := url.Values{}
	if w.s.params != nil {
		for _, k := range w.s.params.Keys() {
			v, _ := w.s.params.Get(k)
			for _, text := range source.Texts(v) {
				q.Add(k, text)
			}
		}
	}
	if w.s.method == http.MethodGet {
		for k, v := range w.moving() {
			q.Set(k, fmt.Sprint(v))
		}
	}
	u.RawQuery = q.Encode()
	return &u
}

// moving gives the parameters of the page and of the cursor.
func (w *walk) moving() map[string]any {
	out := map[string]any{}
	g := w.s.pages
	switch g.by {
	case "page", "offset":
		out[g.param] = w.number
	case "cursor":
		if w.mark != "" {
			out[g.param] = w.mark
		}
	}
	if g.sizeParam != "" && g.size > 0 {
		out[g.sizeParam] = g.size
	}
	if from := w.since.Back(w.s.cursor.overlap); from != "" && w.s.cursor.param != "" {
		out[w.s.cursor.param] = from
	}
	return out
}

// request makes the request for the next page.
func (w *walk) request(ctx context.Context, u *url.URL) (*http.Request, error) {
	var body io.Reader
	if w.s.method == http.MethodPost {
		whole := map[string]any{}
		if m, ok := w.s.body.(*manifest.Map); ok {
			for _, k := range m.Keys() {
				whole[k], _ = m.Get(k)
			}
		}
		for k, v := range w.moving() {
			whole[k] = v
		}
		b, err := json.Marshal(whole)
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", w.s.address(), err)
		}
		body = bytes.NewReader(b)
	}
	q, err := http.NewRequestWithContext(ctx, w.s.method, u.String(), body)
	if err != nil {
		return nil, fmt.Errorf("ask %s", w.s.address())
	}
	q.Header.Set("Accept", "application/json")
	q.Header.Set("User-Agent", "atlas")
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	for k, v := range w.s.header {
		if sameHost(u.Host, w.s.url.Host) || !secretName(k) {
			q.Header[k] = v
		}
	}
	if !sameHost(u.Host, w.s.url.Host) || w.s.url.Scheme == "https" && u.Scheme != "https" {
		return q, nil // the secret is for the API only
	}
	switch a := w.s.auth; a.kind {
	case "bearer":
		q.Header.Set("Authorization", "Bearer "+a.secret)
	case "basic":
		q.SetBasicAuth(a.user, a.secret)
	case "header":
		q.Header.Set(a.name, a.secret)
	case "query":
		v := q.URL.Query()
		v.Set(a.name, a.secret)
		q.URL.RawQuery = v.Encode()
	}
	return q, nil
}

// attempt asks once and reads the whole answer.
func (w *walk) attempt(ctx context.Context) ([]byte, http.Header, error) {
	if err := w.limiter.Take(ctx, w.r); err != nil {
		return nil, nil, err
	}
	timed, stop := context.WithTimeout(ctx, w.s.timeout)
	defer stop()
	u := w.link
	if u == nil {
		u = w.first()
	}
	var resp *http.Response
	for hop := 0; ; hop++ {
		q, err := w.request(timed, u)
		if err != nil {
			return nil, nil, err
		}
		if resp, err = w.web.Do(q); err != nil {
			return nil, nil, w.broken(ctx, err)
		}
		if resp.StatusCode < 300 || resp.StatusCode >= 400 || resp.Header.Get("Location") == "" {
			break
		}
		resp.Body.Close()
		to, err := u.Parse(resp.Header.Get("Location"))
		if err != nil || hop == maxRedirects || w.s.url.Scheme == "https" && to.Scheme != "https" {
			return nil, nil, diag.Errorf(diag.Unreachable, w.s.t.OptionAt("rest"), "%s sends from one address to the next", w.s.address()).WithHint("write the address that it ends at under url and path")
		}
		u = to
	}
	defer resp.Body.Close()
	if err := source.RetryStatus(resp, w.r.Clock()); err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, nil, w.broken(ctx, err)
	case len(body) > maxBody:
		return nil, nil, diag.Errorf(diag.Unreachable, w.s.t.OptionAt("pages"), "an answer of %s is larger than %d MB", w.s.address(), maxBody>>20).WithHint("ask for smaller pages: size, size_param")
	}
	return body, resp.Header, w.refused(resp, body)
}

// broken tells what a failure below HTTP means.
func (w *walk) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = source.RetryError(err, w.s.timeout)
	var t *source.Transient
	if errors.As(err, &t) {
		return err
	}
	return diag.Errorf(diag.Unreachable, w.s.t.OptionAt("rest"), "%s cannot be reached: %s", w.s.url.Host, w.s.scrub(err.Error())).
		WithHint("look at url: it looks like https://api.example.com/v2")
}

// refused tells what an answer means that has no records.
func (w *walk) refused(resp *http.Response, body []byte) error {
	words := ""
	if text := w.s.scrub(string(body[:min(len(body), 2000)])); text != "" && !html(resp, body) {
		words = ": " + text
	}
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized:
		return diag.Errorf(diag.Refused, w.s.t.OptionAt("rest"), "%s does not take the login (401)%s", w.s.url.Host, words).
			WithHint("look at auth under rest, and at the variable of the environment that it takes the secret from")
	case code == http.StatusForbidden:
		return diag.Errorf(diag.Refused, w.s.t.OptionAt("path"), "%s may not be read with this login (403)%s", w.s.address(), words).WithHint("give the login the right to read it")
	case code == http.StatusNotFound:
		return diag.Errorf(diag.Unreachable, w.s.t.OptionAt("path"), "there is nothing at %s (404)%s", w.s.address(), words).WithHint("look at url and path")
	case code < 200 || code >= 300:
		return diag.Errorf(diag.Unreachable, w.s.t.OptionAt("path"), "%s answers %s%s", w.s.address(), strconv.Itoa(code), words).WithHint("look at path, params and pages")
	case html(resp, body):
		return diag.Errorf(diag.Unreachable, w.s.t.OptionAt("rest"), "%s answers with a web page, not with JSON", w.s.address()).
			WithHint("url may be that of the site for people, or a page of login stands before the API")
	default:
		return nil
	}
}

func html(resp *http.Response, body []byte) bool {
	return strings.Contains(resp.Header.Get("Content-Type"), "text/html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// notRecords tells why an answer holds no records.
func (w *walk) notRecords(err error, body []byte) error {
	var j *source.JSONError
	if !errors.As(err, &j) {
		return err
	}
	d := diag.Errorf(diag.Unreachable, w.s.t.OptionAt("records"), "an answer of %s has no records as declared: %s", w.s.address(), w.s.scrub(j.Error()))
	if len(j.Absent) > 0 {
		last := w.s.records[len(w.s.records)-1]
		return d.WithHint("%s", w.s.scrub(cmp.Or(diag.DidYouMean(last, j.Absent), "there are "+strings.Join(j.Absent, ", "))))
	}
	return d.WithHint("it begins with %s; records: names where the list stands", w.s.scrub(string(body[:min(len(body), 60)])))
}
