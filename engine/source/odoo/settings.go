package odoo

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/source"
)

// settings are a table's options, read.
type settings struct {
	t         *manifest.ExtractTable
	url       *url.URL
	database  string
	user      string
	password  string
	key       string // of the API
	transport string // auto, json2, jsonrpc
	timeout   time.Duration
	rate      float64 // requests a second; 0 is without end
	lang      string

	model   string
	fields  []string
	domain  []any
	page    int
	overlap time.Duration
	sweep   time.Duration // 0 is at every reading, never is < 0
	company any           // nil, int64 or string
	shared  *bool         // nil where nobody said
}

const (
	auto    = "auto"
	json2   = "json2"
	jsonrpc = "jsonrpc"

	never   = time.Duration(-1)
	maxPage = 10_000
)

// serverKeys are the keys under odoo:.
//
//nolint:gochecknoglobals // a constant list
var serverKeys = []string{"url", "database", "user", "password", "api_key", "transport", "timeout", "requests_per_second", "lang"}

// readSettings reads what can be read without the environment; every mistake is reported.
func readSettings(t *manifest.ExtractTable) (*settings, error) {
	get := func(key string) (any, error) {
		v, _ := t.Options.Get(key)
		return v, nil
	}
	return parse(t, get)
}

// revealSettings reads everything, with the secrets in clear.
func revealSettings(r source.Request) (*settings, error) {
	if _, err := readSettings(r.Table); err != nil { // secrets are looked for before they are revealed
		return nil, err
	}
	return parse(r.Table, r.Option)
}

// parser gathers what is wrong with the options.
type parser struct {
	t    *manifest.ExtractTable
	list diag.List
}

func (p *parser) fail(key, format string, args ...any) { _ = p.bad(key, format, args...) }

// bad is fail for a mistake that has a next step of its own.
func (p *parser) bad(key, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(diag.BadValue, p.t.OptionAt(key), format, args...)
	p.list = append(p.list, d)
	return d
}

// parse reads the options. A *manifest.Secret among them stands for a value that is not known yet.
func parse(t *manifest.ExtractTable, get func(key string) (any, error)) (*settings, error) {
	p := &parser{t: t}
	s := &settings{t: t}
	values := map[string]any{}
	for _, o := range (*Source)(nil).Options() {
		v, err := get(o.Name)
		p.list.Add(err)
		values[o.Name] = v
	}
	if err := p.list.Err(); err != nil {
		return nil, err
	}
	p.server(s, values["odoo"])
	p.records(s, values)
	return s, p.list.Err()
}

// server reads the mapping odoo.
func (p *parser) server(s *settings, v any) {
	m, ok := v.(*manifest.Map)
	if !ok {
		p.list = append(p.list, diag.Errorf(diag.MissingKey, p.t.OptionAt("odoo"), "table %s does not say which Odoo it is read from", p.t.Table).
			WithHint(`odoo: {url: "{{ env_var('ODOO_URL') }}", database: …, user: …, password: "{{ env_var('ODOO_PASSWORD') }}"}`))
		return
	}
	for _, k := range m.Keys() {
		if !slices.Contains(serverKeys, k) {
			d := diag.Errorf(diag.UnknownKey, p.t.OptionAt("odoo"), "odoo has an unknown key %q", k)
			if d.Hint = diag.DidYouMean(k, serverKeys); d.Hint == "" {
				d.Hint = "the keys are " + strings.Join(serverKeys, ", ")
			}
			p.list = append(p.list, d)
		}
	}
	need := func(key string) string {
		v, _ := m.Get(key)
		text := p.text("odoo", key, v)
		if _, hidden := v.(*manifest.Secret); text == "" && !hidden {
			p.list = append(p.list, diag.Errorf(diag.MissingKey, p.t.OptionAt("odoo"), "odoo: %s is missing or empty", key))
		}
		return text
	}
	p.address(s, need("url"))
	s.database = need("database")
	v, _ = m.Get("user")
	s.user = p.text("odoo", "user", v)
	v, _ = m.Get("lang")
	s.lang = p.text("odoo", "lang", v)
	p.secrets(s, m)
	v, _ = m.Get("transport")
	if s.transport = cmp.Or(p.text("odoo", "transport", v), auto); !slices.Contains([]string{auto, json2, jsonrpc}, s.transport) {
		p.fail("odoo", "odoo: transport is auto, json2 or jsonrpc, not %q", s.transport)
	}
	v, _ = m.Get("timeout")
	s.timeout = p.duration("odoo", "timeout", v, time.Minute)
	if s.timeout <= 0 {
		p.fail("odoo", "odoo: timeout must be longer than nothing")
	}
	s.rate = 5
	if v, ok := m.Get("requests_per_second"); ok && v != nil {
		s.rate = p.number("odoo", "requests_per_second", v)
	}
}

// secrets reads password and api_key, of which one must be there and neither may stand in the file.
func (p *parser) secrets(s *settings, m *manifest.Map) {
	password, hasPassword := m.Get("password")
	key, hasKey := m.Get("api_key")
	raw, _ := p.t.Options.Get("odoo") // as it stands in the file, where secrets are templates
	if file, ok := raw.(*manifest.Map); ok {
		for _, name := range []string{"password", "api_key"} {
			v, _ := file.Get(name)
			if _, isSecret := v.(*manifest.Secret); v == nil || isSecret {
				continue
			}
			p.list = append(p.list, diag.Errorf(diag.LiteralSecret, p.t.OptionAt("odoo"), "odoo: the %s stands in the file, where everybody who has the project can read it", name).
				WithHint(`take it from the environment: %s: "{{ env_var('ODOO_%s') }}"`, name, strings.ToUpper(name)))
		}
	}
	s.password, s.key = secretText(password), secretText(key)
	if !hasPassword && !hasKey {
		p.list = append(p.list, diag.Errorf(diag.MissingKey, p.t.OptionAt("odoo"), "odoo has neither a password nor an api_key").
			WithHint(`api_key: "{{ env_var('ODOO_API_KEY') }}" for Odoo 19 and later, password: "{{ env_var('ODOO_PASSWORD') }}" for those before`))
	}
}

// secretText gives a revealed secret; "" for one that is not.
func secretText(v any) string {
	switch v := v.(type) {
	case nil, *manifest.Secret:
		return ""
	case string:
		return strings.TrimSpace(v)
	default:
		return fmt.Sprint(v)
	}
}

// address reads the url. Nothing of one that may hold a password is shown.
func (p *parser) address(s *settings, text string) {
	if text == "" {
		return
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		p.bad("odoo", "odoo: url is no address of a web server").WithHint("it looks like https://erp.example.com")
		return
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		p.bad("odoo", "odoo: url holds more than the server's address").WithHint("write https://%s%s, and the login under user and password", u.Host, u.Path)
		return
	}
	u.Path = strings.TrimSuffix(strings.TrimSuffix(path.Clean("/"+u.Path), "/jsonrpc"), "/") // a copied endpoint is a usual slip
	s.url = u
}

// records reads the options that say what is read.
func (p *parser) records(s *settings, values map[string]any) {
	s.model = p.text("", "model", values["model"])
	if _, hidden := values["model"].(*manifest.Secret); s.model == "" && !hidden {
		p.list = append(p.list, diag.Errorf(diag.MissingKey, p.t.OptionAt("model"), "table %s does not say which model it is read from", p.t.Table).
			WithHint("model: account.move"))
	} else if s.model != "" && !modelName.MatchString(s.model) {
		p.bad("model", "model: %q is no technical name of a model", s.model).WithHint("Odoo shows it in developer mode: account.move, res.partner")
	}
	for _, f := range source.Texts(values["fields"]) {
		if strings.ContainsAny(f, "./") {
			field, _, _ := strings.Cut(strings.ReplaceAll(f, "/", "."), ".")
			p.bad("fields", "fields: %s is a field of another model", f).
				WithHint("read that model as a table of its own, and join it by %s", field)
			continue
		}
		if !slices.Contains(s.fields, f) {
			s.fields = append(s.fields, f)
		}
	}
	s.domain = p.domain(values["domain"])
	s.page = 500
	if v := values["page"]; v != nil {
		n, err := source.Count(v)
		if err != nil || n > maxPage {
			p.fail("page", "page must be a number of records from 1 to %d, not %v", maxPage, v)
		} else {
			s.page = n
		}
	}
	s.overlap = p.duration("", "overlap", values["overlap"], 10*time.Minute)
	s.sweep = 24 * time.Hour
	switch v := values["sweep"]; v {
	case nil:
	case "always":
		s.sweep = 0
	case "never":
		s.sweep = never
	default:
		s.sweep = p.duration("", "sweep", v, s.sweep)
	}
	p.owner(s, values)
}

// owner reads company and shared.
func (p *parser) owner(s *settings, values map[string]any) {
	switch v := values["company"].(type) {
	case nil, *manifest.Secret:
	case int64:
		s.company = v
	case int:
		s.company = int64(v)
	case string:
		if s.company = strings.TrimSpace(v); s.company == "" {
			p.bad("company", "company is empty").WithHint("leave it out to read what the user may see of every company")
		}
	default:
		p.fail("company", "company must be a name or an id, not %v", v)
	}
	switch v := values["shared"].(type) {
	case nil:
	case bool:
		s.shared = &v
	default:
		p.fail("shared", "shared must be true or false, not %v", v)
	}
}

//nolint:gochecknoglobals // a constant pattern
var modelName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// text reads a text; "" for one that is not there or not revealed.
func (p *parser) text(under, key string, v any) string {
	switch v := v.(type) {
	case nil, *manifest.Secret:
		return ""
	case string:
		return strings.TrimSpace(v)
	case int64, int, float64:
		return fmt.Sprint(v)
	default:
		p.fail(cmp.Or(under, key), "%s must be a text, not %v", key, v)
		return ""
	}
}

func (p *parser) duration(under, key string, v any, def time.Duration) time.Duration {
	if _, hidden := v.(*manifest.Secret); hidden || v == nil {
		return def
	}
	d, err := time.ParseDuration(fmt.Sprint(v))
	if n, days := strings.CutSuffix(fmt.Sprint(v), "d"); days && err != nil {
		d, err = time.ParseDuration(n + "h")
		d *= 24
	}
	if err != nil || d < 0 {
		p.fail(cmp.Or(under, key), "%s must be a time like 30s, 10m, 24h or 7d, not %v", key, v)
		return def
	}
	return d
}

func (p *parser) number(under, key string, v any) float64 {
	var f float64
	switch v := v.(type) {
	case int64:
		f = float64(v)
	case int:
		f = float64(v)
	case float64:
		f = v
	default:
		f = -1
	}
	if f < 0 || math.IsNaN(f) || f > 1e6 {
		p.fail(under, "%s: %s must be a number from 0, not %v", under, key, v)
		return 0
	}
	return f
}

// address names the model for _file and for people; it has no secret.
func (s *settings) address() string {
	return "odoo://" + s.url.Host + s.url.Path + "/" + s.database + "/" + s.model
}

// loginAt says where the password or key stands.
func (s *settings) loginAt() diag.Pos {
	if v, ok := s.t.Options.Get("odoo"); ok {
		if m, ok := v.(*manifest.Map); ok {
			for _, name := range []string{"api_key", "password"} {
				v, _ := m.Get(name)
				if secret, ok := v.(*manifest.Secret); ok && !secret.Pos.IsZero() {
					return secret.Pos
				}
			}
		}
	}
	return s.t.OptionAt("odoo")
}

// scrub takes the secrets, control characters and all but the first line out of a server's words.
func (s *settings) scrub(text string) string {
	for _, secret := range []string{s.password, s.key} {
		if len(secret) > 2 {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	if rs := []rune(text); len(rs) > 300 {
		text = string(rs[:300]) + "…"
	}
	return strings.TrimSpace(text)
}
