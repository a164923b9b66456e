package duckdb

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// DefaultPath is where the database lies when the profile does not say.
const DefaultPath = "atlas.duckdb"

// config is a target, read.
type config struct {
	root       string
	path       string // as DuckDB is to be given it: absolute, a URL, or ":memory:"
	database   string
	options    []setting // before opening
	settings   []setting // in every session
	extensions []extension
	secrets    []*manifest.Map
	attach     []attachment
}

type setting struct {
	name  string
	value any
}

type extension struct{ name, repo, path string }

type attachment struct {
	path, alias, kind, secret string
	readOnly                  bool
	options                   *manifest.Map
}

// keyUse says what becomes of each key of a dbt-duckdb profile.
type keyUse int

const (
	used     keyUse = iota
	harmless        // nothing is lost by leaving it aside
	refused         // it asks for something that Atlas does not do
)

func knownKeys() map[string]keyUse {
	return map[string]keyUse{
		"type": used, "schema": used, "threads": used, "path": used, "database": used,
		"config_options": used, "settings": used, "extensions": used, "secrets": used, "attach": used,
		"use_credential_provider": used, "motherduck_token": used,
		"is_ducklake": harmless, "external_root": harmless, "keep_open": harmless,
		"plugins": refused, "filesystems": refused, "module_paths": refused, "remote": refused,
		"retries": refused, "flights": refused, "disable_transactions": refused,
	}
}

// Check gives the target's mistakes and, as warnings, the keys that Atlas does not honour.
func (a *Adapter) Check(t adapter.Target) error {
	_, problems := readTarget(t)
	if len(problems) == 0 {
		return nil
	}
	return problems
}

// readTarget reads every key of a target.
func readTarget(t adapter.Target) (*config, diag.List) {
	r := &reader{root: t.Root}
	c := &config{root: t.Root, path: location(t.Root, pathOf(t)), database: databaseOf(t)}
	r.keys(t)
	c.options = r.settings(t.Options, "config_options")
	c.settings = r.settings(t.Options, "settings")
	c.extensions = r.extensions(t.Options)
	c.secrets = r.maps(t.Options, "secrets")
	c.attach = r.attachments(t.Options)
	r.token(t.Options, c)
	if p := optionText(t.Options, "use_credential_provider"); p == "aws" {
		c.secrets = append(c.secrets, manifest.NewMap("type", "s3", "provider", "credential_chain"))
	} else if p != "" {
		r.bad("use_credential_provider is %q; only aws is known", p)
	}
	r.database(t, c)
	return c, r.problems
}

// reader collects the mistakes of a target.
type reader struct {
	root     string
	problems diag.List
}

func (r *reader) bad(format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(diag.BadValue, diag.Pos{}, format, args...)
	r.problems = append(r.problems, d)
	return d
}

func (r *reader) warn(format string, args ...any) *diag.Diagnostic {
	d := diag.Warnf(diag.BadValue, diag.Pos{}, format, args...)
	r.problems = append(r.problems, d)
	return d
}

func (r *reader) keys(t adapter.Target) {
	known := knownKeys()
	var names, ignored []string
	for k := range known {
		names = append(names, k)
	}
	for _, k := range t.Options.Keys() {
		v, _ := t.Options.Get(k)
		use, ok := known[k]
		switch {
		case !ok:
			d := r.warn("target %q has the key %q, which DuckDB's adapter does not know", t.Name, k).WithHint("%s", diag.DidYouMean(k, names))
			d.Code = diag.UnknownKey
		case k == "remote" && v != nil:
			r.bad("target %q names a remote server, which Atlas cannot reach", t.Name).
				WithHint("remove remote: and give path: a file or an md: address")
		case use == refused && !empty(v):
			ignored = append(ignored, k)
		}
	}
	if len(ignored) > 0 {
		r.warn("target %q sets %s, which Atlas leaves aside", t.Name, strings.Join(ignored, ", ")).
			WithHint("plugins, filesystems and modules are Python; use extensions, secrets and attach instead")
	}
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case *manifest.Map:
		return v.Len() == 0
	}
	return false
}

// settingName is what DuckDB allows as the name of a setting, a secret's or an attachment's option.
var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

func (r *reader) settings(o *manifest.Map, key string) []setting {
	m, ok := r.mapping(o, key)
	if !ok {
		return nil
	}
	var out []setting
	for _, k := range m.Keys() {
		v, _ := m.Get(k)
		if !settingName.MatchString(k) {
			r.bad("%s has the name %q, which is no name of a setting", key, k)
			continue
		}
		if v != nil {
			out = append(out, setting{name: k, value: v})
		}
	}
	return out
}

func (r *reader) mapping(o *manifest.Map, key string) (*manifest.Map, bool) {
	v, _ := o.Get(key)
	if v == nil {
		return nil, false
	}
	m, ok := v.(*manifest.Map)
	if !ok {
		r.bad("%s must be a mapping of names to values", key)
	}
	return m, ok
}

func (r *reader) list(o *manifest.Map, key string) []any {
	v, _ := o.Get(key)
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		r.bad("%s must be a list", key)
	}
	return list
}

func (r *reader) maps(o *manifest.Map, key string) []*manifest.Map {
	var out []*manifest.Map
	for i, v := range r.list(o, key) {
		m, ok := v.(*manifest.Map)
		if !ok {
			r.bad("item %d of %s must be a mapping", i+1, key)
			continue
		}
		if key == "secrets" && optionText(m, "type") == "" {
			r.bad("item %d of secrets has no type", i+1).WithHint("for example: type: s3")
			continue
		}
		for _, k := range m.Keys() {
			if !settingName.MatchString(k) {
				r.bad("item %d of %s has the key %q, which is no name of an option", i+1, key, k)
			}
		}
		out = append(out, m)
	}
	return out
}

func (r *reader) extensions(o *manifest.Map) []extension {
	var out []extension
	for i, v := range r.list(o, "extensions") {
		switch v := v.(type) {
		case string:
			if strings.ContainsAny(v, `/\`) || strings.HasSuffix(v, ".duckdb_extension") {
				out = append(out, extension{name: v, path: location(r.root, v)})
				continue
			}
			out = append(out, extension{name: v})
		case *manifest.Map:
			e := extension{name: optionText(v, "name"), repo: optionText(v, "repo")}
			if e.name == "" {
				r.bad("item %d of extensions has no name", i+1)
				continue
			}
			out = append(out, e)
		default:
			r.bad("item %d of extensions must be a name, a file, or {name, repo}", i+1)
		}
	}
	for _, e := range out {
		if e.path == "" && !settingName.MatchString(e.name) {
			r.bad("%q is no name of an extension", e.name)
		}
	}
	return out
}

func (r *reader) attachments(o *manifest.Map) []attachment {
	var out []attachment
	for i, m := range r.maps(o, "attach") {
		at := attachment{
			path: optionText(m, "path"), alias: optionText(m, "alias"), kind: optionText(m, "type"),
			secret: optionText(m, "secret"), readOnly: truth(m, "read_only"),
		}
		if at.path == "" {
			r.bad("item %d of attach has no path", i+1)
			continue
		}
		more, _ := r.mapping(m, "options")
		at.options = &manifest.Map{}
		for _, k := range more.Keys() {
			v, _ := more.Get(k)
			switch strings.ToLower(k) {
			case "type":
				at.kind = r.once(i, "type", at.kind, fmt.Sprint(v))
			case "secret":
				at.secret = r.once(i, "secret", at.secret, fmt.Sprint(v))
			case "read_only":
				at.readOnly = at.readOnly || truth(more, k)
			default:
				if !settingName.MatchString(k) {
					r.bad("item %d of attach has the option %q, which is no name of an option", i+1, k)
					continue
				}
				at.options.Set(k, v)
			}
		}
		for _, name := range []string{at.kind, at.secret} {
			if name != "" && !settingName.MatchString(name) {
				r.bad("item %d of attach: %q is no name", i+1, name)
			}
		}
		at.path = attachPath(r.root, at)
		out = append(out, at)
	}
	return out
}

// once takes an option that may stand directly or under options:, but not in both.
func (r *reader) once(i int, what, direct, option string) string {
	if direct != "" {
		r.bad("item %d of attach gives %s twice", i+1, what).WithHint("say it once, directly or under options:")
	}
	return option
}

// token moves MotherDuck's token to where it must stand: before opening.
func (r *reader) token(o *manifest.Map, c *config) {
	token := optionText(o, "motherduck_token")
	kept := c.settings[:0]
	for _, s := range c.settings {
		if s.name != "motherduck_token" {
			kept = append(kept, s)
			continue
		}
		if token != "" && token != fmt.Sprint(s.value) {
			r.bad("motherduck_token is given twice, with different values")
		}
		token = fmt.Sprint(s.value)
	}
	c.settings = kept
	if token != "" {
		c.options = append(c.options, setting{name: "motherduck_token", value: token})
	}
}

// database checks that the name given is one that the session will have.
func (r *reader) database(t adapter.Target, c *config) {
	given := optionText(t.Options, "database")
	derived := nameFromPath(c.path)
	if given == "" || strings.EqualFold(given, derived) {
		return
	}
	for _, at := range c.attach {
		if strings.EqualFold(given, at.alias) || (at.alias == "" && strings.EqualFold(given, nameFromPath(at.path))) {
			return
		}
	}
	r.bad("database is %q, but the file %s makes a database called %q", given, c.path, derived).
		WithHint("leave database: out, or name the file %s.duckdb, or attach a database under that alias", given)
}

func optionText(o *manifest.Map, key string) string {
	v, _ := o.Get(key)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func truth(o *manifest.Map, key string) bool { return manifest.NewConfig(o).Bool(key, false) }

func pathOf(t adapter.Target) string {
	if p := optionText(t.Options, "path"); p != "" {
		return p
	}
	return DefaultPath
}

func databaseOf(t adapter.Target) string {
	if d := optionText(t.Options, "database"); d != "" {
		return d
	}
	return nameFromPath(pathOf(t))
}

// Database gives the name of the database that the target's models go to.
func (*Adapter) Database(t adapter.Target) string { return databaseOf(t) }

// scheme finds "md:", "ducklake:", "s3://" at the front of a path. One letter is a Windows drive.
var scheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+]+):`)

// location makes a path absolute that is one; addresses and :memory: stay as they are.
func location(root, path string) string {
	if path == ":memory:" || strings.HasPrefix(path, ":memory:") || filepath.IsAbs(path) {
		return path
	}
	m := scheme.FindStringSubmatch(path)
	if m == nil {
		return filepath.Join(root, path)
	}
	inner := path[len(m[0]):]
	if strings.EqualFold(m[1], "ducklake") && inner != "" && !strings.ContainsAny(inner, ":=") {
		return m[0] + location(root, inner)
	}
	return path
}

// attachPath makes a file's path absolute; what other systems take for a path is theirs.
func attachPath(root string, at attachment) string {
	switch strings.ToLower(at.kind) {
	case "", "duckdb", "sqlite", "ducklake":
		return location(root, at.path)
	}
	return at.path
}

// nameFromPath gives the name under which DuckDB opens a path: the first part of the file's
// name, up to a dot.
func nameFromPath(path string) string {
	if path == ":memory:" || path == "" {
		return "memory"
	}
	if m := scheme.FindStringSubmatch(path); m != nil {
		rest := strings.TrimPrefix(path[len(m[0]):], "//")
		rest, _, _ = strings.Cut(rest, "?")
		if isMotherDuck(path) && rest == "" {
			return "my_db"
		}
		if inner := scheme.FindString(rest); inner != "" {
			rest = rest[len(inner):]
		}
		path = rest
	}
	base := strings.TrimLeft(filepath.Base(path), ".")
	name, _, _ := strings.Cut(base, ".")
	switch name {
	case "temp", "system", "main":
		return name + "_db"
	}
	return name
}

func isMotherDuck(path string) bool {
	p := strings.ToLower(path)
	return strings.HasPrefix(p, "md:") || strings.HasPrefix(p, "motherduck:")
}
