// Package rest reads lists of records from JSON APIs.
//
// Its keys in a table's declaration, beside those of source.Options; most projects put `rest`
// under the declaration's defaults:
//
//	rest:
//	  url: https://api.example.com/v2
//	  headers: {X-Client: atlas}
//	  auth: {bearer: "{{ env_var('TOKEN') }}"}   # or basic: {user, password}, header: {name, value}, query: {name, value}
//	  timeout: 30s                               # of one request
//	  requests_per_second: 10                    # to this host, over all tables
//	  allow_http: true                           # let the secret travel in clear
//	  allow_hosts: [cdn.example.com]             # other hosts that links may lead to
//	path: /orders
//	params: {status: paid}
//	method: POST                                 # default GET, with
//	body: {query: …}                             # pages and cursor go into it, beside its own keys
//	records: data                                # where the list stands in an answer
//	pages: {by: page, param: page, start: 1, size_param: per_page, size: 100}
//	pages: {by: offset, param: offset, size_param: limit, size: 100}
//	pages: {by: cursor, param: cursor, next: meta.next_cursor}
//	pages: {by: link}                            # header Link, rel=next; or next: links.next, an address in the answer
//	cursor: {field: updated_at, param: updated_since, overlap: 10m}
//
// Objects in a record are taken apart: customer.name. Columns may be left out: they are the fields
// of the first records, with types that fit these; whoever wants to be sure declares them. With a
// cursor and a key an extraction reads what has changed since the last, and merges it by key.
package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"

	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Source reads JSON APIs. The zero value is ready; its copies must not be used.
type Source struct {
	mu       sync.Mutex
	limiters map[string]*source.Limiter // by host
	web      *http.Client
}

// Interfaces that the driver answers to.
var (
	_ source.Source      = (*Source)(nil)
	_ source.Describer   = (*Source)(nil)
	_ source.Incremental = (*Source)(nil)
	_ source.Checker     = (*Source)(nil)
)

// Options documents the driver's keys.
func (*Source) Options() []source.Option {
	return []source.Option{
		{Name: "rest", Kind: "mapping", Doc: "the API: url, headers, auth (bearer, basic, header or query, by env_var), timeout, requests_per_second, allow_http, allow_hosts"},
		{Name: "path", Kind: "text", Doc: "of the list, below the url: /orders"},
		{Name: "params", Kind: "mapping", Doc: "what follows ? in the address"},
		{Name: "method", Kind: "text", Doc: "GET (default) or POST"},
		{Name: "body", Kind: "mapping", Doc: "of a POST; pages and cursor go into it"},
		{Name: "records", Kind: "text", Doc: "where the list stands in an answer: data.items (default: the answer is the list)"},
		{Name: "pages", Kind: "mapping", Doc: "how the list is parted: by (page, offset, cursor, link), param, size_param, size, start, next, limit"},
		{Name: "cursor", Kind: "mapping", Doc: "with key:, read what has changed only: field of a record, param that asks for later ones, overlap (default 10m)"},
	}
}

// Monthly is false: records belong to no month.
func (*Source) Monthly(*manifest.ExtractTable) bool { return false }

// Key gives the declared key where there is a cursor; without one a list is read whole.
func (*Source) Key(t *manifest.ExtractTable) []string {
	if v, ok := t.Options.Get("cursor"); !ok || v == nil {
		return nil
	}
	return t.Key
}

// Check reports the mistakes of a declaration that show without the server.
func (*Source) Check(t *manifest.ExtractTable) error {
	_, err := parse(t, func(key string) (any, error) {
		v, _ := t.Options.Get(key)
		return v, nil
	})
	return err
}

// Inputs gives the list's address.
func (o *Source) Inputs(_ context.Context, r source.Request) ([]source.Input, error) {
	s, err := o.settings(r)
	if err != nil {
		return nil, err
	}
	return []source.Input{{File: s.address()}}, nil
}

func (o *Source) settings(r source.Request) (*settings, error) {
	if err := o.Check(r.Table); err != nil { // before any secret is revealed
		return nil, err
	}
	return parse(r.Table, r.Option)
}

// sample is how many records columns are guessed from.
const sample = 2000

// Describe gives the fields of the first records.
func (o *Source) Describe(ctx context.Context, r source.Request) ([]manifest.ExtractColumn, error) {
	s, err := o.settings(r)
	if err != nil {
		return nil, err
	}
	w := o.walk(r, s)
	guess := &source.Guess{}
	var names []string
	for n := 0; n < sample && !w.done; {
		p, err := w.page(ctx, names)
		if err != nil {
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
			guess.Note(cells)
			n++
		}
		names = p.records.Names
	}
	return guess.Columns(names), nil
}

// Read gives the list as one section.
func (o *Source) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		s, err := o.settings(r)
		if err != nil {
			yield(nil, err)
			return
		}
		w := o.walk(r, s)
		if r.Since != nil && s.cursor.field != "" {
			if err := json.Unmarshal(r.Since, &w.since); err != nil {
				yield(nil, fmt.Errorf("read the state of %s: %w", s.address(), err))
				return
			}
			w.last = w.since.At
		}
		// The fields must be known before the rows: those of the declaration, and of the first page.
		first, err := w.page(ctx, nil)
		if err != nil {
			yield(nil, err)
			return
		}
		names, err := first.fields(declared(r.Table))
		if err != nil {
			yield(nil, err)
			return
		}
		section := &source.Section{File: s.address(), Pos: r.Table.OptionAt("path"), Fields: names}
		section.Rows = w.rows(ctx, first, names)
		if !yield(section, nil) || !w.whole || s.cursor.field == "" || r.Keep == nil {
			return
		}
		if err := r.Keep(source.Cursor{At: w.last}); err != nil {
			yield(nil, err)
		}
	}
}

// declared gives the fields that columns name; those of the first page that are spelt otherwise
// but mean the same take their place.
func declared(t *manifest.ExtractTable) []string {
	var out []string
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.From != "" {
			continue
		}
		out = append(out, append(slices.Clone(c.Headers), c.Name)...)
	}
	return out
}

// rows gives the records of all pages.
func (w *walk) rows(ctx context.Context, p *page, names []string) iter.Seq2[source.Row, error] {
	return func(yield func(source.Row, error) bool) {
		number := source.KeyNumber(w.r.Table, names)
		at := slices.IndexFunc(names, func(f string) bool { return f == w.s.cursor.field })
		for n := 1; ; {
			if err := p.restart(names); err != nil {
				yield(source.Row{}, err)
				return
			}
			for ; ; n++ {
				cells, err := p.next()
				if err != nil {
					yield(source.Row{}, err)
					return
				}
				if cells == nil {
					break
				}
				row := source.Row{Number: n, Cells: cells}
				if w.s.cursor.field != "" {
					row.Number = number(n, cells)
				}
				if at >= 0 && at < len(cells) {
					w.last = later(w.last, source.CursorOf(cells[at]))
				}
				if !yield(row, nil) {
					return
				}
			}
			if w.done {
				w.whole = true
				return
			}
			var err error
			if p, err = w.page(ctx, names); err != nil {
				yield(source.Row{}, err)
				return
			}
		}
	}
}

// later gives the greater of two values of a cursor.
func later(a, b string) string {
	if source.CursorLess(a, b) {
		return b
	}
	return a
}

func (o *Source) walk(r source.Request, s *settings) *walk {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.web == nil {
		o.web = newWeb()
		o.limiters = map[string]*source.Limiter{}
	}
	l := o.limiters[s.url.Host]
	if l == nil {
		l = &source.Limiter{}
		o.limiters[s.url.Host] = l
	}
	l.Limit(s.rate)
	w := &walk{r: r, s: s, web: o.web, limiter: l, number: s.pages.start, seen: map[[32]byte]bool{}}
	return w
}

// newWeb makes the client of HTTP. Redirects are followed by hand, so that no secret goes along.
func newWeb() *http.Client {
	web := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if base, ok := http.DefaultTransport.(*http.Transport); ok {
		t := base.Clone()
		t.MaxIdleConnsPerHost = 4
		web.Transport = t
	}
	return web
}

// sameHost compares hosts without case.
func sameHost(a, b string) bool { return strings.EqualFold(a, b) }
