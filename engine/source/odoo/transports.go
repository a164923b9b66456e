package odoo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/source"
)

// rpc is the transport of Odoo 8 to 21: everything goes to one address, and errors come as HTTP 200.
type rpc struct {
	c   *client
	uid int64
}

// service is a call of one of the server's services.
func service(name, method string, args ...any) any {
	return map[string]any{
		"jsonrpc": "2.0", "method": "call", "id": 1,
		"params": map[string]any{"service": name, "method": method, "args": args},
	}
}

func (t *rpc) secret() string {
	if t.c.s.password != "" {
		return t.c.s.password
	}
	return t.c.s.key
}

func (t *rpc) request(q call) (string, http.Header, any) {
	args := []any{}
	if q.domain != nil {
		args = append(args, q.domain) // by place, for its name differs among versions
	}
	return "/jsonrpc", nil, service("object", "execute_kw", t.c.s.database, t.uid, t.secret(), q.model, q.method, args, q.args)
}

func (t *rpc) result(a answer) ([]byte, error) {
	switch {
	case a.status == http.StatusNotFound:
		return nil, t.c.unfit("knows no JSON-RPC").WithHint("look at url; Odoo 22 and later speak json2 only, which needs an api_key")
	case a.html():
		return nil, t.c.foreign(a)
	case a.status >= 500:
		return nil, &source.Transient{Why: "the server answered " + http.StatusText(a.status)}
	case a.status >= 400:
		return nil, t.c.unfit("refuses the request: " + http.StatusText(a.status)).WithHint("look at url, and at what stands before the server")
	}
	var result, failure []byte
	s := &scanner{b: a.body}
	err := s.object(func(key string, value []byte) error {
		switch key {
		case "result":
			result = value
		case "error":
			failure = value
		}
		return nil
	})
	if err = errors.Join(err, s.whole()); err != nil {
		return nil, &source.Transient{Why: errJSON.Error(), Err: err}
	}
	if failure != nil && !bytes.Equal(failure, []byte("null")) {
		var e struct {
			Message string
			Data    struct{ Name, Message string }
		}
		if json.Unmarshal(failure, &e) != nil {
			return nil, &source.Transient{Why: errJSON.Error()}
		}
		if e.Data.Message == "" {
			e.Data.Message = e.Message
		}
		return nil, &fault{status: a.status, name: e.Data.Name, message: e.Data.Message}
	}
	if result == nil {
		result = []byte("null")
	}
	return result, nil
}

// common calls the service that needs no login.
type common struct {
	rpc
	method string
	args   []any
}

func (t *common) request(call) (string, http.Header, any) {
	return "/jsonrpc", nil, service("common", t.method, t.args...)
}

// named is the transport of Odoo 19 and later: a path for each method, arguments by name, and true
// codes of HTTP.
type named struct{ c *client }

func (t *named) request(q call) (string, http.Header, any) {
	args := map[string]any{}
	for k, v := range q.args {
		args[k] = v
	}
	if q.domain != nil {
		args["domain"] = q.domain
	}
	h := http.Header{}
	h.Set("Authorization", "bearer "+t.c.s.key)
	h.Set("X-Odoo-Database", t.c.s.database)
	return "/json/2/" + q.model + "/" + q.method, h, args
}

func (t *named) result(a answer) ([]byte, error) {
	unknown := a.html() && a.status == http.StatusNotFound
	if a.html() && !unknown {
		return nil, t.c.foreign(a)
	}
	s := &scanner{b: a.body}
	var result []byte
	var err error
	if !unknown {
		result, err = s.value()
	}
	if unknown || a.status == http.StatusNotFound && bytes.Contains(result, []byte(`"jsonrpc"`)) { // an older Odoo answers 404 in JSON-RPC
		return nil, t.c.unfit("knows no JSON-2").
			WithHint("look at url and database; before Odoo 19 only transport: jsonrpc goes, with a user beside the key")
	}
	if err = errors.Join(err, s.whole()); err != nil {
		return nil, &source.Transient{Why: errJSON.Error(), Err: err}
	}
	if a.status >= 200 && a.status < 300 {
		return result, nil
	}
	var e struct{ Name, Message string }
	if json.Unmarshal(result, &e) != nil || e.Message == "" {
		e.Message = http.StatusText(a.status)
	}
	return nil, &fault{status: a.status, name: e.Name, message: e.Message}
}

// foreign is the error of a page where an answer was awaited.
func (c *client) foreign(a answer) error {
	d := c.unfit("answers with a page for a browser, not as Odoo's API does")
	if a.status >= 400 {
		d = c.unfit("answers with a page for a browser: " + http.StatusText(a.status))
	}
	return d.WithHint("look at url; or the server is being looked after, or another thing answers in its place")
}

// login finds the transport and, where it needs one, the user's id.
func (c *client) login(ctx context.Context) (transport, error) {
	s := c.s
	kind := s.transport
	if kind == auto && s.key == "" {
		kind = jsonrpc // a password is good for nothing else
	}
	if kind == auto {
		var err error
		if kind, err = c.probe(ctx); err != nil {
			return nil, err
		}
	}
	if c.s.url.Scheme == "http" && !loopback(c.s.url.Hostname()) {
		c.r.Tell("%s is read over http: the password can be read on the way", s.url.Host)
	}
	if kind == json2 {
		if s.key == "" {
			return nil, diag.Errorf(diag.MissingKey, s.t.OptionAt("odoo"), "odoo: json2 needs an api_key").
				WithHint(`make one in Odoo under Preferences, Account Security, and write api_key: "{{ env_var('ODOO_API_KEY') }}"`)
		}
		return &named{c}, nil
	}
	if s.user == "" {
		return nil, diag.Errorf(diag.MissingKey, s.t.OptionAt("odoo"), "odoo: jsonrpc needs a user beside the password or key")
	}
	t := &rpc{c: c}
	if t.secret() == "" {
		return nil, diag.Errorf(diag.MissingKey, s.loginAt(), "odoo: the password is empty")
	}
	b, err := c.over(ctx, &common{rpc: rpc{c: c}, method: "authenticate", args: []any{s.database, s.user, t.secret(), map[string]any{}}}, call{})
	if err != nil {
		return nil, c.explain(err, "")
	}
	if t.uid, err = number(b); err != nil || t.uid <= 0 { // false is all that Odoo says of a bad password
		return nil, c.denied("Odoo does not know this user and password")
	}
	return t, nil
}

// probe asks for the server's version.
func (c *client) probe(ctx context.Context) (string, error) {
	b, err := c.over(ctx, &common{rpc: rpc{c: c}, method: "version", args: []any{}}, call{})
	if d := (*diag.Diagnostic)(nil); errors.As(err, &d) && strings.Contains(d.Msg, "knows no JSON-RPC") {
		return json2, nil
	}
	if err != nil {
		return "", c.explain(err, "")
	}
	var v struct {
		Info  []any  `json:"server_version_info"`
		Serie string `json:"server_serie"`
	}
	if json.Unmarshal(b, &v) != nil {
		return "", c.unfit("does not say which version of Odoo it is").WithHint("look at url, or write transport: jsonrpc or json2")
	}
	if major(v.Info, v.Serie) >= 19 {
		return json2, nil
	}
	return jsonrpc, nil
}

// major gives the version's first number: 17 of [17, 0, …] and of ["saas~17", 4, …].
func major(info []any, serie string) int {
	text := serie
	if len(info) > 0 {
		switch v := info[0].(type) {
		case float64:
			return int(v)
		case string:
			text = v
		}
	}
	n, digits := 0, false
	for _, r := range text {
		if r >= '0' && r <= '9' && n < 1000 {
			n, digits = n*10+int(r-'0'), true
		} else if digits {
			break
		}
	}
	return n
}

func loopback(host string) bool {
	return host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1" || strings.HasSuffix(host, ".localhost")
}
