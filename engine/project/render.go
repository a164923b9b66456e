package project

import (
	"strings"
	"time"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// secretPrefix marks environment variables that only profiles and packages may read.
const secretPrefix = "DBT_ENV_SECRET"

// renderer renders templates that stand inside YAML values.
type renderer struct {
	vars  jinja.Vars
	diags *diag.List
}

// value gives a node's value with every template in it rendered to its own type.
func (r *renderer) value(file string, n *node) any {
	if n == nil {
		return nil
	}
	switch n.kind {
	case mapNode:
		m := &manifest.Map{}
		for i, k := range n.keys {
			m.Set(k.text, r.value(file, n.items[i]))
		}
		return m
	case listNode:
		out := make([]any, len(n.items))
		for i, x := range n.items {
			out[i] = r.value(file, x)
		}
		return out
	default:
	}
	if !jinja.HasTags(n.text) {
		return n.value()
	}
	return r.text(n.text, n.pos(file))
}

// str gives a node's rendered value as text.
func (r *renderer) str(file string, n *node) string {
	if n == nil || n.kind != scalarNode || !jinja.HasTags(n.text) {
		return n.str()
	}
	v := r.text(n.text, n.pos(file))
	if v == nil {
		return ""
	}
	if s, ok := v.(string); ok {
		return s
	}
	return jinja.Str(jinja.FromGo(v))
}

// strings gives a list of rendered texts; a single text is a list of one.
func (r *renderer) strings(file string, n *node) []string {
	if n != nil && n.kind == scalarNode && jinja.HasTags(n.text) {
		switch v := r.text(n.text, n.pos(file)).(type) {
		case nil:
			return nil
		case []any:
			return toStrings(v)
		default:
			return []string{jinja.Str(jinja.FromGo(v))}
		}
	}
	items := n.list()
	if len(items) == 0 {
		return nil
	}
	out := make([]string, 0, len(items))
	for _, x := range items {
		out = append(out, r.str(file, x))
	}
	return out
}

// text renders one template natively. A mistake becomes a diagnostic and the text stays as it is.
func (r *renderer) text(src string, pos diag.Pos) any {
	v, err := renderNative(src, pos, r.vars)
	if err != nil {
		r.diags.Add(err)
		return src
	}
	return v
}

func renderNative(src string, pos diag.Pos, vars jinja.Vars) (any, error) {
	t, err := jinja.Parse(pos.File, src, jinja.Options{Start: pos})
	if err != nil {
		return nil, err
	}
	v, err := t.RenderNative(&jinja.State{Vars: vars})
	if err != nil {
		return nil, err
	}
	return goValue(v), nil
}

// goValue turns a template's value into the manifest's terms.
func goValue(v jinja.Value) any {
	switch x := jinja.ToGo(v, func() jinja.MapBuilder { return &manifest.Map{} }).(type) {
	case time.Time:
		return isoTime(x)
	default:
		return x
	}
}

func isoTime(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02T15:04:05")
}

// settings are the names that templates in YAML may see.
type settings struct {
	env     func(string) (string, bool)
	secrets bool          // env_var may read secrets
	vars    *manifest.Map // var(); nil knows none
	target  *manifest.Map // target; nil leaves it out
	more    map[string]any
	scope   *Scope // for hints; nil if none is declared
}

// context makes the names for a render.
func (s settings) context() jinja.Vars {
	vars := jinja.Vars{}
	for k, v := range jinja.Builtins(time.Now) {
		vars[k] = v
	}
	vars["env_var"] = jinja.Func(s.envVar)
	vars["var"] = jinja.Func(s.varCall)
	vars["fromyaml"] = jinja.Func(FromYAML)
	vars["toyaml"] = jinja.Func(ToYAML)
	silent := jinja.Func(func(*jinja.Call) (jinja.Value, error) { return "", nil })
	vars["log"], vars["print"] = silent, silent
	if s.target != nil {
		vars["target"] = jinja.FromGo(s.target)
	}
	for k, v := range s.more {
		vars[k] = jinja.FromGo(v)
	}
	return vars
}

func (s settings) envVar(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("var", "default?")
	if err != nil {
		return nil, err
	}
	name := jinja.Str(args[0])
	if strings.HasPrefix(name, secretPrefix) && !s.secrets {
		return nil, c.Errorf(diag.BadCall, "env_var('%s'): secrets may be read in profiles.yml and packages.yml only", name)
	}
	if v, ok := s.env(name); ok {
		return v, nil
	}
	if args[1] != jinja.Missing && args[1] != nil {
		return args[1], nil
	}
	err = c.Errorf(diag.MissingVar, "the environment variable %s is not set", name)
	return nil, withHint(err, "set it, or give a default: env_var('"+name+"', '…')")
}

func (s settings) varCall(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name", "default?")
	if err != nil {
		return nil, err
	}
	name := jinja.Str(args[0])
	if v, ok := s.vars.Get(name); ok {
		return jinja.FromGo(v), nil
	}
	if args[1] != jinja.Missing {
		return args[1], nil
	}
	hint := s.scope.Ask(name)
	if hint == "" {
		hint = diag.DidYouMean(name, s.vars.Keys())
	}
	if hint == "" {
		hint = "give it with --vars, or a default: var('" + name + "', '…')"
	}
	return nil, withHint(c.Errorf(diag.MissingVar, "the variable %q has no value", name), hint)
}

// withHint sets the hint of a diagnostic that stands behind an error.
func withHint(err error, hint string) error {
	if found := diag.From(err); len(found) > 0 {
		found[0].Hint = hint
		return found[0]
	}
	return err
}

func toStrings(list []any) []string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		if s, ok := x.(string); ok {
			out = append(out, s)
			continue
		}
		out = append(out, jinja.Str(jinja.FromGo(x)))
	}
	return out
}
