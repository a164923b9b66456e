package odoo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
	"atlas/engine/source/odoo"
	"atlas/engine/source/odoo/odootest"
)

// TestPassingFaults meets failures that end by themselves at every request in turn.
func TestPassingFaults(t *testing.T) {
	for what, c := range map[string]struct {
		fault odootest.Fault
		told  string
	}{
		"cut":           {odootest.Fault{Cut: true}, "the connection was cut"},
		"slow":          {odootest.Fault{Slow: 2 * time.Second}, "no whole answer within 300ms"},
		"429":           {odootest.Fault{Status: 429, Header: http.Header{"Retry-After": {"7"}}}, "the server answered 429 Too Many Requests; trying again in 7s (attempt 2 of 5)"},
		"502":           {odootest.Fault{Status: 502}, "the server answered 502 Bad Gateway"},
		"503":           {odootest.Fault{Status: 503}, "503"},
		"504":           {odootest.Fault{Status: 504}, "504"},
		"no json":       {odootest.Fault{Body: "<not json"}, ""},
		"half":          {odootest.Fault{Body: `{"jsonrpc": "2.0", "result": [{"id": 1`}, "no JSON, or was cut off"},
		"empty":         {odootest.Fault{Body: " "}, "no JSON, or was cut off"},
		"serialization": {odootest.Fault{Exception: "psycopg2.errors.SerializationFailure", Message: "could not serialize access due to concurrent update"}, "the server was busy"},
		"pool":          {odootest.Fault{Exception: "odoo.sql_db.PoolError", Message: "The Connection Pool Is Full"}, "the server was busy"},
	} {
		if c.told == "" { // no fault that passes
			continue
		}
		for _, version := range []int{14, 19} {
			t.Run(fmt.Sprint(what, "/", version), func(t *testing.T) {
				t.Parallel()
				for at := 1; at <= 5; at++ {
					s := odootest.New(t)
					s.Version = version
					things(s)
					for i := int64(1); i <= 5; i++ {
						s.Put("x.thing", i, name(i))
					}
					s.Fail = func(n int) *odootest.Fault {
						if n == at {
							return &c.fault
						}
						return nil
					}
					tb := table(s, "x.thing", "page", int64(3))
					o := options(s)
					o.Set("timeout", "300ms")
					if version == 19 {
						o.Set("api_key", secret(s.Key))
						o.Set("transport", "json2")
					}
					tb.Options.Set("odoo", o)
					r := &reader{table: tb}
					if err := r.read(t.Context()); err != nil {
						t.Fatalf("request %d: %v", at, err)
					}
					r.check(t, s, "x.thing")
					if len(r.told) > 1 || version == 14 && (len(r.told) != 1 || !strings.Contains(r.told[0], c.told)) {
						t.Errorf("request %d: told %q, want %q", at, r.told, c.told)
					}
				}
			})
		}
	}
}

// TestLastingFaults meets failures that do not end, and then goes on from where it was.
func TestLastingFaults(t *testing.T) {
	for what, c := range map[string]struct {
		fault odootest.Fault
		want  string
		tries int
	}{
		"cut":    {odootest.Fault{Cut: true}, "did not answer as it should in 5 attempts: the connection was cut", 5},
		"503":    {odootest.Fault{Status: 503}, "in 5 attempts: the server answered 503", 5},
		"html":   {odootest.Fault{HTML: true}, "answers with a page for a browser", 1},
		"301":    {odootest.Fault{Status: 301, Header: http.Header{"Location": {"http://127.0.0.1:1/elsewhere"}}}, "is to be found elsewhere", 1},
		"403":    {odootest.Fault{Status: 403}, "answers with a page for a browser: Forbidden", 1},
		"error":  {odootest.Fault{Exception: "builtins.ZeroDivisionError", Message: "division by zero\nmore\x1b[31m"}, "Odoo does not give x.thing: division by zero", 1},
		"access": {odootest.Fault{Exception: "odoo.exceptions.AccessError", Message: "Not you"}, "the user may not read x.thing: Not you", 1},
		"login":  {odootest.Fault{Exception: "odoo.exceptions.AccessDenied", Message: "Access Denied"}, "does not know this user and password", 1},
	} {
		t.Run(what, func(t *testing.T) {
			s := odootest.New(t)
			things(s)
			for i := int64(1); i <= 9; i++ {
				s.PutAt("x.thing", i, name(i), time.Now().Add(time.Duration(i-100)*time.Minute))
			}
			s.Fail = func(n int) *odootest.Fault {
				if n >= 5 { // login, fields, records without a date, a page, and no further
					return &c.fault
				}
				return nil
			}
			r := &reader{table: table(s, "x.thing", "page", int64(3))}
			err := r.read(t.Context())
			told := diag.From(err)
			if len(told) != 1 || !strings.Contains(told[0].Msg, c.want) || told[0].Hint == "" || told[0].Pos.Line == 0 {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if len(r.told) != c.tries-1 {
				t.Errorf("told: %q", r.told)
			}
			if text := fmt.Sprintf("%+v %q", *told[0], r.told); strings.Contains(text, "secret of the server") || strings.Contains(text, "\x1b") || strings.Contains(text, s.Password) {
				t.Errorf("shown: %s", text)
			}
			s.Fail = nil
			if err := r.read(t.Context()); err != nil || r.rows != 7 { // the second that the cut fell into comes again
				t.Errorf("going on gave %d rows, %v", r.rows, err)
			}
			r.check(t, s, "x.thing")
		})
	}
}

// TestMistakes is what a declaration can have wrong.
func TestMistakes(t *testing.T) {
	s := odootest.New(t)
	things(s)
	s.Define("ir.model", map[string]odootest.Field{"model": {Type: "char"}})
	s.Put("ir.model", 1, map[string]any{"model": "x.thing"})
	s.Define("x.closed", map[string]odootest.Field{"name": {Type: "char"}, "pic": {Type: "binary"}})
	s.Deny("x.closed")
	with := func(pairs ...any) *manifest.Map {
		o := options(s)
		for i := 0; i < len(pairs); i += 2 {
			o.Set(pairs[i].(string), pairs[i+1])
		}
		return o
	}
	for _, c := range []struct {
		key  string
		v    any
		want string
		line int
		hint string
	}{
		{"odoo", with("password", "open"), "the password stands in the file", 10, "env_var('ODOO_PASSWORD')"},
		{"odoo", with("password", nil), "password is empty", 10, ""},
		{"odoo", with("password", secret("wrong")), "does not know this user and password", 5, "two-factor"},
		{"odoo", with("user", "nobody"), "does not know this user and password", 5, ""},
		{"odoo", with("database", "demmo"), `has no database "demmo"`, 10, "/web/database/selector"},
		{"odoo", with("api_key", secret("old"), "transport", "jsonrpc", "password", nil), "does not know", 5, "three months"},
		{"odoo", with("transport", "xmlrpc"), "transport is auto, json2 or jsonrpc", 10, ""},
		{"odoo", with("transport", "json2"), "json2 needs an api_key", 10, "Account Security"},
		{"odoo", with("transport", "json2", "api_key", secret("k")), "knows no JSON-2", 10, "before Odoo 19"},
		{"odoo", with("user", nil), "needs a user", 10, ""},
		{"odoo", with("url", nil), "url is missing", 10, ""},
		{"odoo", with("url", "ftp://x"), "url is no address", 10, "https://erp.example.com"},
		{"odoo", with("url", "https://bot:hunter2@erp.example.com/"), "holds more than the server's address", 10, "https://erp.example.com"},
		{"odoo", with("url", "http://127.0.0.1:1"), "no connection: connection refused", 10, ""},
		{"odoo", with("usr", "x"), `unknown key "usr"`, 10, "user"},
		{"odoo", with("timeout", "soon"), "timeout must be a time", 10, ""},
		{"odoo", with("requests_per_second", int64(-1)), "must be a number from 0", 10, ""},
		{"odoo", nil, "does not say which Odoo", 10, "env_var('ODOO_URL')"},
		{"model", "x.thin", `has no model "x.thin"`, 11, "x.thing"},
		{"model", "X thing!", "is no technical name", 11, "account.move"},
		{"model", nil, "does not say which model", 11, ""},
		{"model", "x.closed", "the user may not read x.closed: You are not allowed to access 'Thing' (x.closed) records.", 11, "right to read"},
		{"fields", []any{"nam"}, `model x.thing has no field "nam"`, 12, "name"},
		{"fields", []any{"Title"}, `has no field "Title"`, 12, "did you mean name, which Odoo shows as Title?"},
		{"fields", []any{"company_id.name"}, "is a field of another model", 12, "join it by company_id"},
		{"domain", []any{[]any{"nme", "=", "x"}}, `model x.thing has no field "nme"`, 12, "name"},
		{"domain", []any{"name", "=", "x"}, "stands alone", 12, ""},
		{"domain", []any{[]any{"name", "=="}}, "has 2 parts", 12, ""},
		{"domain", []any{[]any{"name", "==", "x"}}, "for an operator", 12, ""},
		{"domain", []any{"|", []any{"name", "=", "x"}}, "an operator lacks 1 condition", 12, "before the two"},
		{"domain", "state", "must be a list", 12, ""},
		{"domain", []any{[]any{"name", "child_of", "x"}}, "Odoo does not give x.thing: Invalid leaf", 12, ""},
		{"page", int64(0), "page must be", 12, ""},
		{"page", int64(1e6), "page must be", 12, ""},
		{"overlap", "x", "overlap must be a time", 12, ""},
		{"sweep", "sometimes", "sweep must be a time", 12, ""},
		{"company", "Acme", "has no company Acme that the user may see", 12, "there are YourCompany"},
		{"company", "YourCompanny", "has no company", 12, "YourCompany"},
		{"company", int64(9), "has no company 9", 12, ""},
		{"shared", "yes", "shared must be true or false", 12, ""},
	} {
		tb := table(s, "x.thing", c.key, c.v)
		tb.Options.Set(c.key, c.v)
		r := &reader{table: tb}
		found := diag.From(r.read(t.Context()))
		if len(found) != 1 || !strings.Contains(found[0].Msg, c.want) || found[0].Pos.Line != c.line || !strings.Contains(found[0].Hint, c.hint) || found[0].Code == "" {
			t.Errorf("%s %v: %+v\nwant %q in line %d, hint %q", c.key, c.v, found, c.want, c.line, c.hint)
		}
		for _, d := range found {
			if text := fmt.Sprintf("%+v", *d); strings.Contains(text, s.Password) || strings.Contains(text, "hunter2") || strings.Contains(text, "Traceback") {
				t.Errorf("%s: shown: %s", c.key, text)
			}
		}
	}
	tb := table(s, "x.closed", "fields", []any{"pic"})
	if err := (&reader{table: tb}).read(t.Context()); err == nil || !strings.Contains(err.Error(), "is a file, which no column can hold") {
		t.Errorf("a binary field: %v", err)
	}
	tb = table(s, "x.thing")
	tb.Columns = []manifest.ExtractColumn{{Name: "id", Type: "integer"}, {Name: "title", Headers: []string{"nam"}, Pos: diag.Pos{File: "a.yml", Line: 30}}}
	if err := (&reader{table: tb}).read(t.Context()); err == nil || diag.From(err)[0].Pos.Line != 30 || !strings.Contains(diag.From(err)[0].Hint, "name") {
		t.Errorf("a column of no field: %v", err)
	}
}

// TestCompanies keeps one company's records from another's reader.
func TestCompanies(t *testing.T) {
	s := odootest.New(t)
	things(s)
	s.Put("res.company", 2, map[string]any{"name": "Acme Ltd"})
	for i, company := range []any{int64(1), int64(2), nil, int64(2)} {
		v := name(int64(i + 1))
		v["company_id"] = company
		s.Put("x.thing", int64(i+1), v)
	}
	s.Define("x.global", map[string]odootest.Field{"name": {Type: "char"}})
	s.Put("x.global", 1, name(1))
	for _, c := range []struct {
		model string
		more  []any
		want  string
	}{
		{"x.thing", nil, "[1 2 3 4]"},
		{"x.thing", []any{"company", "acme ltd"}, "[2 3 4]"},
		{"x.thing", []any{"company", int64(2)}, "[2 3 4]"},
		{"x.thing", []any{"company", "Acme Ltd", "shared", false}, "[2 4]"},
		{"x.thing", []any{"company", int64(2), "domain", []any{"|", []any{"name", "=", "N1"}, []any{"name", "=", "N2"}}}, "[2]"},
		{"res.company", []any{"company", int64(2)}, "[2]"},
		{"x.global", []any{"company", int64(2)}, "belong to no company"},
		{"x.global", []any{"company", int64(2), "shared", false}, "belong to no company"},
		{"x.global", []any{"company", int64(2), "shared", true}, "[1]"},
	} {
		r := &reader{table: table(s, c.model, append(c.more, "sweep", "always")...)}
		err := r.read(t.Context())
		if got := fmt.Sprint(r.living, err); !strings.Contains(got, c.want) {
			t.Errorf("%s %v: %s, want %s", c.model, c.more, got, c.want)
		}
		if err == nil && len(r.held) != len(r.living) {
			t.Errorf("%s %v: read %v, swept %v", c.model, c.more, r.held, r.living)
		}
	}
}

// TestRecordings holds the driver and the small Odoo to a real one.
func TestRecordings(t *testing.T) {
	for _, r := range odootest.Recordings(t, "testdata") {
		t.Run(r.Name, func(t *testing.T) {
			s := odootest.New(t)
			s.User, s.Password = "admin", "admin"
			s.Replay(t, "testdata")
			if got := post(t, s.URL+"/jsonrpc", r.Request); got != string(r.Response) {
				t.Errorf("replayed: %s\nwant: %s", got, r.Response)
			}
		})
	}
	s := odootest.New(t)
	s.Fill(t, filepath.Join("testdata", "search_read.json"), "account.move", filepath.Join("testdata", "fields_get_account_move.json"))
	r := &reader{table: table(s, "account.move")}
	columns, err := r.source.Describe(t.Context(), request(r.table))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range columns {
		got = append(got, c.Name+" "+c.Type)
	}
	if len(got) != 94 || !strings.Contains(strings.Join(got, ","), "amount_total decimal(18,2)") || !strings.Contains(strings.Join(got, ","), "partner_id integer,partner_id_name text") {
		t.Errorf("%d columns: %q", len(got), got)
	}
}

// TestSimulation asks the small Odoo what a real one was asked, over the same records.
func TestSimulation(t *testing.T) {
	s := odootest.New(t)
	s.User, s.Password = "admin", "admin"
	s.Fill(t, filepath.Join("testdata", "search_read.json"), "account.move", filepath.Join("testdata", "fields_get_account_move.json"))
	for _, r := range odootest.Recordings(t, "testdata") {
		switch r.Name {
		case "search_count", "search_read_lines", "search_read_so", "fields_get_account_move": // of records that were not recorded
			continue
		}
		if got := odootest.WithoutDebug(post(t, s.URL+"/jsonrpc", r.Request)); got != odootest.WithoutDebug(string(r.Response)) {
			t.Errorf("%s: %s\nwant: %s", r.Name, got, r.Response)
		}
	}
}

// TestCancel ends a reading that waits.
func TestCancel(t *testing.T) {
	s := odootest.New(t)
	things(s)
	s.Fail = func(n int) *odootest.Fault {
		if n > 2 {
			return &odootest.Fault{Slow: time.Minute}
		}
		return nil
	}
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	start := time.Now()
	err := (&reader{table: table(s, "x.thing")}).read(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}

// TestRate spaces the requests of all tables of a server.
func TestRate(t *testing.T) {
	now, pass := clockOf("2026-03-01T12:00:00Z")
	s := odootest.New(t)
	s.Now = now
	things(s)
	for i := int64(1); i <= 30; i++ {
		s.Put("x.thing", i, name(i))
	}
	tb := table(s, "x.thing", "page", int64(10))
	o := options(s)
	o.Set("requests_per_second", int64(4))
	tb.Options.Set("odoo", o)
	var slept time.Duration
	driver := &odoo.Source{}
	for range 2 {
		q := source.Request{Table: tb, Now: now, Sleep: func(_ context.Context, d time.Duration) error {
			slept += d
			pass(d)
			return nil
		}}
		for sec, err := range driver.Read(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range sec.Rows {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	requests := len(s.Asked()) + 2 // and two logins
	if want := time.Duration(requests-1) * 250 * time.Millisecond; slept != want {
		t.Errorf("%d requests took %s, want %s", requests, slept, want)
	}
}
