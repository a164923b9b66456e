// Package odoo reads the models of an Odoo server over its external API.
//
// Its keys in a table's declaration, beside those of source.Options; most projects put `odoo` and
// `company` under the declaration's defaults:
//
//	odoo:
//	  url: "{{ env_var('ODOO_URL') }}"           # https://erp.example.com
//	  database: prod
//	  user: reader                               # of jsonrpc; json2 needs none
//	  password: "{{ env_var('ODOO_PASSWORD') }}" # or api_key, which goes with either transport
//	  transport: auto                            # auto (default), json2 (Odoo 19 and later), jsonrpc (8 to 21)
//	  timeout: 60s                               # of one request
//	  requests_per_second: 5                     # to this server, over all tables; 0 is as many as it answers
//	  lang: id_ID                                # language of translated texts
//	company: "Acme Ltd"                          # name or id of the company whose records are read
//	model: account.move
//	fields: [name, partner_id, amount_total]     # default: all that are stored, and no binary
//	domain: [[move_type, "=", out_invoice]]      # records to read, as Odoo writes it
//	page: 500                                    # records of one request
//	overlap: 10m                                 # how long a transaction of the server may last
//	sweep: 24h                                   # how often deleted records are looked for: a time, always, never
//	shared: true                                 # whether records that belong to no company are read
//
// A reading goes by write_date and continues where the last one ended; records are told apart by
// their id. Archived records are read, with active false. A many2one gives two columns,
// partner_id with the id and partner_id_name with the name that it is shown by; Odoo does not
// touch a record when that name changes, so it is the name as of the record's own last change.
// Lists of records and JSON are stored as JSON text.
package odoo

import (
	"context"
	"iter"
	"net/http"
	"sync"

	"atlas/engine/manifest"
	"atlas/engine/source"
)

// Source reads Odoo servers. The zero value is ready; its copies must not be used.
type Source struct {
	mu       sync.Mutex
	web      *http.Client
	limiters map[string]*source.Limiter // by host
}

// Options documents the driver's keys.
func (*Source) Options() []source.Option {
	return []source.Option{
		{Name: "odoo", Kind: "mapping", Doc: "the server: url, database, user, password or api_key (by env_var), transport (auto, json2, jsonrpc), timeout, requests_per_second, lang"},
		{Name: "company", Kind: "text or number", Doc: "name or id of the company whose records are read; without it all that the user may see"},
		{Name: "model", Kind: "text", Doc: "technical name of the model: account.move"},
		{Name: "fields", Kind: "list", Doc: "fields to read (default: all stored ones that are not binary)"},
		{Name: "domain", Kind: "list", Doc: `which records, as Odoo writes it: [[state, "=", posted]]`},
		{Name: "page", Kind: "number", Doc: "records of one request (default 500)"},
		{Name: "overlap", Kind: "text", Doc: "how long a transaction of the server may last: so much is read again (default 10m)"},
		{Name: "sweep", Kind: "text", Doc: "how often deleted records are looked for: a time (default 24h), always or never"},
		{Name: "shared", Kind: "true or false", Doc: "whether records of no company are read (default true); a model that knows no company needs shared: true"},
	}
}

// Monthly is false: records belong to no month.
func (*Source) Monthly(*manifest.ExtractTable) bool { return false }

// Key names the column that holds the record's id.
func (*Source) Key(t *manifest.ExtractTable) []string {
	if c := columnOf(t, "id"); c != nil {
		return []string{c.Name}
	}
	return []string{"id"}
}

// Check reports the mistakes of a declaration that show without the server.
func (*Source) Check(t *manifest.ExtractTable) error {
	_, err := readSettings(t)
	return err
}

// Inputs gives the model's address.
func (*Source) Inputs(_ context.Context, r source.Request) ([]source.Input, error) {
	s, err := revealSettings(r)
	if err != nil {
		return nil, err
	}
	return []source.Input{{File: s.address()}}, nil
}

// Describe gives the model's columns.
func (o *Source) Describe(ctx context.Context, r source.Request) ([]manifest.ExtractColumn, error) {
	m, err := o.open(ctx, r, r.Table.Columns)
	if err != nil {
		return nil, err
	}
	if n := len(m.binary); n > 0 && len(m.s.fields) == 0 {
		r.Tell("%s: %s left out, since files are no rows: %s", m.s.model, counted(n, "binary field is", "binary fields are"), list(m.binary))
	}
	return m.columns(), nil
}

// Read gives the records as one section, and after it, if it is time, the ids of all that there are.
func (o *Source) Read(ctx context.Context, r source.Request) iter.Seq2[*source.Section, error] {
	return func(yield func(*source.Section, error) bool) {
		m, err := o.open(ctx, r, r.Table.Columns)
		if err != nil {
			yield(nil, err)
			return
		}
		w, err := m.begin(r)
		if err != nil {
			yield(nil, err)
			return
		}
		s := &source.Section{File: m.s.address(), Pos: r.Table.OptionAt("model"), Fields: m.names(), Rows: w.rows(ctx)}
		if !yield(s, nil) || !w.done || !w.sweeps() {
			return
		}
		s = &source.Section{File: m.s.address(), Pos: s.Pos, Fields: []string{"id"}, Living: true, Rows: w.living(ctx)}
		if yield(s, nil) && w.swept {
			if err := w.keep(w.finished()); err != nil {
				yield(nil, err)
			}
		}
	}
}

// open logs in and learns the model's fields.
func (o *Source) open(ctx context.Context, r source.Request, columns []manifest.ExtractColumn) (*model, error) {
	s, err := revealSettings(r)
	if err != nil {
		return nil, err
	}
	c, err := o.dial(ctx, r, s)
	if err != nil {
		return nil, err
	}
	return c.model(ctx, columns)
}

// shared gives what all tables of a server use together.
func (o *Source) shared(host string, perSecond float64) (*http.Client, *source.Limiter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.web == nil {
		o.web = newWeb()
		o.limiters = map[string]*source.Limiter{}
	}
	b := o.limiters[host]
	if b == nil {
		b = &source.Limiter{}
		o.limiters[host] = b
	}
	b.Limit(perSecond)
	return o.web, b
}

// newWeb makes the client of HTTP. Redirects are not followed: the password would go along.
func newWeb() *http.Client {
	web := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if base, ok := http.DefaultTransport.(*http.Transport); ok {
		t := base.Clone()
		t.MaxIdleConnsPerHost = 8
		web.Transport = t
	}
	return web
}

// columnOf gives the declared column that takes a field; nil if none does.
func columnOf(t *manifest.ExtractTable, field string) *manifest.ExtractColumn {
	for i := range t.Columns {
		if takes(&t.Columns[i], field) {
			return &t.Columns[i]
		}
	}
	return nil
}

// takes reports whether a column stores a field.
func takes(c *manifest.ExtractColumn, field string) bool {
	if c.From != "" {
		return false
	}
	f := source.Fold(field)
	for _, h := range c.Headers {
		if source.Fold(h) == f {
			return true
		}
	}
	return source.Fold(c.Name) == f
}

// Interfaces that the driver answers to.
var (
	_ source.Source      = (*Source)(nil)
	_ source.Describer   = (*Source)(nil)
	_ source.Incremental = (*Source)(nil)
	_ source.Checker     = (*Source)(nil)
)
