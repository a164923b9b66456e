package rest

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// settings are a table's options, read.
type settings struct {
	t       *manifest.ExtractTable
	url     *url.URL // of the API, without the path
	header  http.Header
	auth    auth
	timeout time.Duration
	rate    float64
	path    string
	params  *manifest.Map
	records []string
	method  string
	body    any
	pages   pages
	cursor  cursor
	limit   int      // pages of one reading
	hosts   []string // where links may lead, beside the API's own
}

type auth struct {
	kind, name string // bearer, basic, header, query; name of the header or parameter
	user       string
	secret     string
}

type pages struct {
	by, param, sizeParam string
	next                 []string
	size, start          int
}

type cursor struct {
	field, param string
	overlap      time.Duration
}

// parser gathers what is wrong with the options.
type parser struct {
	t    *manifest.ExtractTable
	list diag.List
}

func (p *parser) fail(key, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(diag.BadValue, p.t.OptionAt(key), format, args...)
	p.list = append(p.list, d)
	return d
}

// parse reads the options. A *manifest.Secret among them stands for a value that is not known yet.
func parse(t *manifest.ExtractTable, get func(key string) (any, error)) (*settings, error) {
	p := &parser{t: t}
	s := &settings{t: t, header: http.Header{}, timeout: 30 * time.Second, limit: 100_000, rate: 10}
	values := map[string]any{}
	for _, o := range (&Source{}).Options() {
		v, err := get(o.Name)
		p.list.Add(err)
		values[o.Name] = v
	}
	if err := p.list.Err(); err != nil {
		return nil, err
	}
	m, ok := values["rest"].(*manifest.Map)
	if !ok {
		d := diag.Errorf(diag.MissingKey, t.OptionAt("rest"), "table %s does not say which API it is read from", t.Table)
		return nil, d.WithHint(`rest: {url: https://api.example.com, auth: {bearer: "{{ env_var('TOKEN') }}"}}`)
	}
	p.server(s, m)
	s.path = p.text("path", values["path"])
	s.params = p.mapping("params", values["params"])
	s.records = source.JSONPath(p.text("records", values["records"]))
	s.method = strings.ToUpper(cmp.Or(p.text("method", values["method"]), http.MethodGet))
	if s.method != http.MethodGet && s.method != http.MethodPost {
		p.fail("method", "method is GET or POST, not %s", s.method)
	}
	if s.body = values["body"]; s.body != nil && s.method == http.MethodGet {
		p.fail("body", "a body goes with method: POST only")
	}
	p.pages(s, values["pages"])
	p.cursor(s, values["cursor"])
	return s, p.list.Err()
}

// server reads the mapping rest.
func (p *parser) server(s *settings, m *manifest.Map) {
	p.keys("rest", m, "url", "headers", "auth", "timeout", "requests_per_second", "allow_http", "allow_hosts")
	get := func(key string) any { v, _ := m.Get(key); return v }
	p.address(s, get("url"))
	if h := p.mapping("rest", get("headers")); h != nil {
		for _, k := range h.Keys() {
			v, _ := h.Get(k)
			if textproto.TrimString(k) != k || k == "" || strings.ContainsAny(k, ": \r\n") {
				p.fail("rest", "rest: %q is no name of a header", k)
				continue
			}
			if secretName(k) {
				p.list.Add(source.CheckSecret(p.t, "rest", asInFile(p.t, "rest", "headers", k)))
			}
			s.header.Set(k, p.text("rest", v))
		}
	}
	p.auth(s, get("auth"))
	if v := get("timeout"); v != nil {
		d, err := source.ReadDuration(v)
		if err != nil || d == 0 {
			p.fail("rest", "rest: timeout must be a time like 30s, not %v", v)
		}
		s.timeout = d
	}
	switch v := get("requests_per_second").(type) {
	case nil:
	case int64:
		s.rate = float64(v)
	case float64:
		s.rate = v
	default:
		p.fail("rest", "rest: requests_per_second must be a number, not %v", v)
	}
	s.hosts = source.Texts(get("allow_hosts"))
	plain, _ := get("allow_http").(bool)
	if s.url != nil && s.url.Scheme == "http" && s.auth.kind != "" && !plain && !local(s.url.Hostname()) {
		p.fail("rest", "rest: the secret would go to %s in clear, by http", s.url.Host).WithHint("write https://, or allow_http: true if the way there is safe")
	}
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// secretName reports whether a header's or parameter's name speaks of a secret.
func secretName(name string) bool {
	low := strings.ToLower(name)
	return low == "authorization" || low == "cookie" || strings.Contains(low, "token") || strings.Contains(low, "secret") ||
		strings.Contains(low, "password") || strings.Contains(low, "api-key") || strings.Contains(low, "api_key") || strings.Contains(low, "apikey")
}

// asInFile gives a value as it stands in the file, where secrets are templates.
func asInFile(t *manifest.ExtractTable, path ...string) any {
	v, _ := t.Options.Get(path[0])
	for _, k := range path[1:] {
		m, ok := v.(*manifest.Map)
		if !ok {
			return nil
		}
		v, _ = m.Get(k)
	}
	return v
}

// address reads the url. Nothing of one that may hold a password is shown.
func (p *parser) address(s *settings, v any) {
	text := p.text("rest", v)
	if _, hidden := v.(*manifest.Secret); hidden {
		return
	}
	u, err := url.Parse(text)
	switch {
	case text == "" || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		p.fail("rest", "rest: url is no address of an API").WithHint("it looks like https://api.example.com/v2")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		p.fail("rest", "rest: url holds more than an address").WithHint("write https://%s%s, the login under auth, and what follows ? under params", u.Host, u.Path)
	default:
		u.Path = strings.TrimSuffix(u.Path, "/")
		s.url = u
	}
}

// auth reads how a request logs in.
func (p *parser) auth(s *settings, v any) {
	m := p.mapping("rest", v)
	if m == nil {
		return
	}
	kinds := []string{"bearer", "basic", "header", "query"}
	p.keys("rest", m, kinds...)
	if m.Len() != 1 {
		p.fail("rest", "rest: auth is one of bearer, basic, header and query")
		return
	}
	s.auth.kind = m.Keys()[0]
	v, _ = m.Get(s.auth.kind)
	secretKey := map[string]string{"basic": "password", "header": "value", "query": "value"}[s.auth.kind]
	if s.auth.kind == "bearer" {
		p.list.Add(source.CheckSecret(p.t, "rest", asInFile(p.t, "rest", "auth", "bearer")))
		s.auth.secret = p.text("rest", v)
		return
	}
	part, ok := v.(*manifest.Map)
	if !ok {
		p.fail("rest", "rest: auth: %s must be a mapping", s.auth.kind).WithHint("basic: {user, password}, header: {name, value}, query: {name, value}")
		return
	}
	p.list.Add(source.CheckSecret(p.t, "rest", asInFile(p.t, "rest", "auth", s.auth.kind, secretKey)))
	value := func(key string) string { v, _ := part.Get(key); return p.text("rest", v) }
	s.auth.user, s.auth.name, s.auth.secret = value("user"), value("name"), value(secretKey)
	if s.auth.kind != "basic" && s.auth.name == "" {
		p.fail("rest", "rest: auth: %s needs a name", s.auth.kind)
	}
}

// pages reads how a list is parted.
func (p *parser) pages(s *settings, v any) {
	m := p.mapping("pages", v)
	if m == nil {
		return
	}
	p.keys("pages", m, "by", "param", "size_param", "size", "start", "next", "limit")
	get := func(key string) string { v, _ := m.Get(key); return p.text("pages", v) }
	count := func(key string, def int) int {
		switch v, ok := m.Get(key); v := v.(type) {
		case int64:
			if v >= 0 && v < 1<<31 {
				return int(v)
			}
		case nil:
			if !ok {
				return def
			}
		}
		p.fail("pages", "pages: %s must be a number", key)
		return def
	}
	g := &s.pages
	g.by, g.param, g.sizeParam, g.next = get("by"), get("param"), get("size_param"), source.JSONPath(get("next"))
	g.size = count("size", 0)
	s.limit = count("limit", s.limit)
	switch g.by {
	case "page":
		g.param, g.start = cmp.Or(g.param, "page"), count("start", 1)
	case "offset":
		g.param, g.start = cmp.Or(g.param, "offset"), count("start", 0)
		if g.size == 0 {
			p.fail("pages", "pages: by offset needs a size").WithHint("size: 100, and size_param: limit if the API wants it said")
		}
	case "cursor":
		if g.param == "" || len(g.next) == 0 {
			p.fail("pages", "pages: by cursor needs param, which carries the mark of a page, and next, where it stands in an answer").
				WithHint("pages: {by: cursor, param: cursor, next: meta.next_cursor}")
		}
	case "link":
	default:
		p.fail("pages", "pages: by is page, offset, cursor or link, not %q", g.by)
	}
}

// cursor reads how a reading goes on from the last.
func (p *parser) cursor(s *settings, v any) {
	m := p.mapping("cursor", v)
	if m == nil {
		return
	}
	p.keys("cursor", m, "field", "param", "overlap")
	get := func(key string) any { v, _ := m.Get(key); return v }
	s.cursor = cursor{field: p.text("cursor", get("field")), param: p.text("cursor", get("param")), overlap: 10 * time.Minute}
	if s.cursor.field == "" || s.cursor.param == "" {
		p.fail("cursor", "cursor needs the field of a record that says when it was changed, and the parameter that asks for later ones").
			WithHint("cursor: {field: updated_at, param: updated_since}")
	}
	if v := get("overlap"); v != nil {
		d, err := source.ReadDuration(v)
		if err != nil {
			p.fail("cursor", "cursor: overlap: %v", err)
		}
		s.cursor.overlap = d
	}
	if len(p.t.Key) == 0 {
		p.list = append(p.list, diag.Errorf(diag.MissingKey, p.t.OptionAt("cursor"), "table %s has a cursor and no key: what is read again cannot be told from what is new", p.t.Table).
			WithHint("key: [id]"))
	}
}

func (p *parser) keys(option string, m *manifest.Map, known ...string) {
	for _, k := range m.Keys() {
		if !slices.Contains(known, k) {
			d := diag.Errorf(diag.UnknownKey, p.t.OptionAt(option), "%s has an unknown key %q", option, k)
			p.list = append(p.list, d.WithHint("%s", cmp.Or(diag.DidYouMean(k, known), "the keys are "+strings.Join(known, ", "))))
		}
	}
}

func (p *parser) mapping(option string, v any) *manifest.Map {
	m, ok := v.(*manifest.Map)
	if v != nil && !ok {
		p.fail(option, "%s must be a mapping", option)
	}
	return m
}

// text reads a text; "" for one that is not there or not revealed.
func (p *parser) text(option string, v any) string {
	switch v := v.(type) {
	case nil, *manifest.Secret:
		return ""
	case string:
		return strings.TrimSpace(v)
	case int64, float64, bool:
		return fmt.Sprint(v)
	default:
		p.fail(option, "%s: a text was expected, not %v", option, v)
		return ""
	}
}

// address names the list for _file and for people; it has no secret and no parameters.
func (s *settings) address() string {
	return s.url.Scheme + "://" + s.url.Host + s.target()
}

func (s *settings) target() string {
	if s.path == "" {
		return cmp.Or(s.url.Path, "/")
	}
	return s.url.Path + "/" + strings.TrimPrefix(s.path, "/")
}

// scrub takes the secret out of a server's words, which are cut to a line.
func (s *settings) scrub(text string) string {
	if len(s.auth.secret) > 2 {
		text = strings.ReplaceAll(text, s.auth.secret, "…")
		text = strings.ReplaceAll(text, url.QueryEscape(s.auth.secret), "…")
	}
	for k, v := range s.header {
		if secretName(k) && len(v[0]) > 2 {
			text = strings.ReplaceAll(text, v[0], "…")
		}
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
	if rs := []rune(text); len(rs) > 200 {
		text = string(rs[:200]) + "…"
	}
	return text
}
