package compile

import (
	"errors"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// secretPrefix begins the names of environment variables that only profiles may read.
const secretPrefix = "DBT_ENV_SECRET"

// varObject is var(name, default), with var.has_var(name).
type varObject struct{ f *frame }

// Call gives the variable: --vars first, then the root project's, then the package's.
func (o varObject) Call(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name", "default?")
	if err != nil {
		return nil, err
	}
	name := jinja.Str(args[0])
	if v, ok := o.f.variable(name); ok {
		if s, isText := v.(string); isText && jinja.HasTags(s) {
			return o.f.renderVariable(c, name, s)
		}
		return toValue(v), nil
	}
	if args[1] != jinja.Missing {
		return args[1], nil
	}
	if o.f.capture != nil {
		return nil, nil
	}
	d := o.f.errorf(c, diag.MissingVar, "the variable '%s' has no value", name)
	if ask := o.f.c.project.Scope.Ask(name); ask != "" {
		return nil, hint(d, "%s", ask)
	}
	return nil, hint(d, "%s", orElse(diag.DidYouMean(name, o.f.variableNames()),
		"set it under vars: in the project file, pass --vars '{"+name+": …}', or give var() a default"))
}

// Attr gives has_var.
func (o varObject) Attr(name string) (jinja.Value, bool) {
	if name != "has_var" {
		return nil, false
	}
	return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
		args, err := c.Bind("name")
		if err != nil {
			return nil, err
		}
		_, ok := o.f.variable(jinja.Str(args[0]))
		return ok, nil
	}), true
}

// maxVariables is how deep variables may be made of one another.
const maxVariables = 50

// renderVariable renders a variable whose value is a template, with the names of whoever asks: values
// are templates when they are asked for, as in dbt, and those inside of lists and dicts are not.
func (f *frame) renderVariable(c *jinja.Call, name, text string) (jinja.Value, error) {
	if f.variables >= maxVariables {
		return nil, hint(f.errorf(c, diag.BadCall, "the variable '%s' is made of itself", name), "look at the var() calls in its value under vars:")
	}
	f.variables++
	defer func() { f.variables-- }()
	t, err := f.c.variableTemplate(name, text)
	if err != nil {
		return nil, err
	}
	if f.capture != nil {
		for _, id := range f.c.MacroIDs(f.pkg, t.Calls()) {
			f.capture.macro(id)
		}
	}
	out, err := t.Render(&jinja.State{Ctx: f.ctx, Macros: f.state.Macros, Vars: f, Undefined: f.state.Undefined})
	var d *diag.Diagnostic
	if errors.As(err, &d) && f.variables == 1 {
		return nil, d.WithNote(c.Pos, "the variable %q is asked for here", name)
	}
	return out, err
}

// variableTemplate parses a variable's value, once.
func (c *Compiler) variableTemplate(name, text string) (*jinja.Template, error) {
	if t, ok := c.variables.Load(text); ok {
		return t.(*jinja.Template), nil //nolint:forcetypeassert // nothing else is stored
	}
	t, err := jinja.Parse("var('"+name+"')", text, jinja.Options{})
	if err != nil {
		return nil, err
	}
	c.variables.Store(text, t)
	return t, nil
}

func (f *frame) variable(name string) (any, bool) {
	if o := f.opts.Overrides; o != nil {
		if v, ok := o.Vars.Get(name); ok {
			return v, true
		}
	}
	if v, ok := f.c.project.CLIVars.Get(name); ok {
		return v, true
	}
	for _, vars := range f.variableMaps() {
		if v, ok := vars.Get(name); ok {
			return v, true
		}
	}
	return nil, false
}

func (f *frame) variableMaps() []*manifest.Map {
	maps := []*manifest.Map{f.c.project.Vars}
	if pkg := f.c.project.Package(f.pkg); pkg != nil {
		maps = append(maps, pkg.Vars)
	}
	return maps
}

func (f *frame) variableNames() []string {
	var names []string
	for _, m := range append(f.variableMaps(), f.c.project.CLIVars) {
		names = append(names, m.Keys()...)
	}
	return names
}

// envVar is env_var(name, default).
func (f *frame) envVar(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("var", "default?")
	if err != nil {
		return nil, err
	}
	name := jinja.Str(args[0])
	if strings.HasPrefix(name, secretPrefix) {
		return nil, hint(f.errorf(c, diag.MissingVar, "the secret %s may not be read here", name),
			"secrets are for profiles.yml and packages.yml only")
	}
	if o := f.opts.Overrides; o != nil {
		if v, ok := o.Env.Get(name); ok {
			return jinja.Str(toValue(v)), nil
		}
	}
	if f.c.env != nil {
		if v, ok := f.c.env(name); ok {
			return v, nil
		}
	}
	if args[1] != jinja.Missing && args[1] != nil {
		return args[1], nil
	}
	return nil, hint(f.errorf(c, diag.MissingVar, "the environment variable %s is not set", name),
		"set it, or give env_var() a default: env_var('%s', '…')", name)
}

// log is log(msg, info=False).
func (f *frame) log(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("msg", "info?")
	if err != nil {
		return nil, err
	}
	level := "debug"
	if args[1] != jinja.Missing && jinja.Truth(args[1]) {
		level = "info"
	}
	if f.capture == nil || level == "info" {
		f.run.log(level, jinja.Str(args[0]))
	}
	return "", nil
}

// print is print(msg): a line on the terminal, whatever the log level.
func (f *frame) print(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("msg")
	if err != nil {
		return nil, err
	}
	f.run.log("print", jinja.Str(args[0]))
	return "", nil
}

// loadResult gives a statement's result once; "main" may be loaded again.
func (f *frame) loadResult(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name")
	if err != nil {
		return nil, err
	}
	name := jinja.Str(args[0])
	v, ok := f.results[name]
	if !ok || name == "main" {
		return v, nil
	}
	if v == nil {
		return nil, hint(f.errorf(c, diag.BadCall, "the result of the statement '%s' was already loaded", name),
			"keep it with {%% set … = load_result('%s') %%}", name)
	}
	f.results[name] = nil
	return v, nil
}

// storeResult keeps a statement's result under a name.
func (f *frame) storeResult(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name", "response", "agate_table?")
	if err != nil {
		return nil, err
	}
	f.store(jinja.Str(args[0]), args[1], args[2])
	return "", nil
}

func (f *frame) store(name string, response, data jinja.Value) {
	t, ok := data.(*table)
	if !ok {
		t = newTable(nil)
	}
	rows := &jinja.List{}
	for _, r := range t.rows {
		rows.Items = append(rows.Items, r.values)
	}
	f.results[name] = newDict().set("response", response).set("data", rows).set("table", t).Dict
}

func (f *frame) storeRawResult(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name", "message?", "code?", "rows_affected?", "agate_table?")
	if err != nil {
		return nil, err
	}
	r := response{message: "", rows: -1}
	if args[1] != jinja.Missing && args[1] != nil {
		r.message = jinja.Str(args[1])
	}
	if args[2] != jinja.Missing && args[2] != nil {
		r.code = jinja.Str(args[2])
	}
	if n, ok := args[3].(int64); ok {
		r.rows = n
	}
	f.store(jinja.Str(args[0]), r, args[4])
	return "", nil
}

// response is what the warehouse said of a statement.
type response struct {
	message, code string
	rows          int64 // -1 if unknown
}

// Attr gives dbt's attributes.
func (r response) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "message", "_message":
		return r.message, true
	case "code":
		return optional(namePart(r.code)), true
	case "rows_affected":
		if r.rows < 0 {
			return nil, true
		}
		return r.rows, true
	case "query_id":
		return nil, true
	}
	return nil, false
}

// String is the message.
func (r response) String() string { return r.message }

// write takes the main statement down.
func (f *frame) write(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("payload")
	if err != nil {
		return nil, err
	}
	f.main = jinja.Str(args[0])
	if f.run.Wrote != nil && f.capture == nil {
		f.run.Wrote(f.node, f.main)
	}
	return "", nil
}

// render renders text as a template of this frame: hooks, locations.
func (f *frame) render(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("string")
	if err != nil {
		return nil, err
	}
	s, ok := stringOf(args[0])
	if !ok {
		return args[0], nil
	}
	if !strings.Contains(s, "{") {
		return s, nil
	}
	t, err := jinja.Parse("hook", s, jinja.Options{Start: diag.Pos{File: c.Pos.File, Line: c.Pos.Line, Col: c.Pos.Col}})
	if err != nil {
		return nil, err
	}
	out, err := t.Render(&jinja.State{Ctx: f.ctx, Macros: f.state.Macros, Vars: f, Undefined: f.state.Undefined})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// tryOr is try_or_compiler_error(message, func, …).
func (f *frame) tryOr(c *jinja.Call) (jinja.Value, error) {
	if len(c.Args) < 2 {
		return nil, f.errorf(c, diag.BadCall, "try_or_compiler_error() takes a message and a function")
	}
	v, err := jinja.Invoke(c.State, c.Args[1], c.Args[2:], c.Kwargs, c.Pos)
	var d *diag.Diagnostic
	if err != nil && (errors.As(err, &d) || f.ctx.Err() == nil) {
		return nil, f.errorf(c, diag.Raised, "%s", strings.TrimSpace(jinja.Str(c.Args[0]))).WithErr(err)
	}
	return v, err
}

func (f *frame) adapterMacro(c *jinja.Call) (jinja.Value, error) {
	name := "…"
	if len(c.Args) > 0 {
		name = jinja.Str(c.Args[0])
	}
	return nil, hint(f.errorf(c, diag.BadCall, "adapter_macro() is gone since dbt 0.18"),
		"write adapter.dispatch('%s')(…)", name)
}

// diffOfTwoDicts gives what the lists of the first dict have and those of the second lack,
// compared without case.
func diffOfTwoDicts(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("dict_a", "dict_b")
	if err != nil {
		return nil, err
	}
	a, ok1 := args[0].(*jinja.Dict)
	b, ok2 := args[1].(*jinja.Dict)
	if !ok1 || !ok2 {
		return nil, c.Errorf(diag.BadCall, "diff_of_two_dicts() takes two dicts")
	}
	in := map[string]map[string]bool{}
	for k, v := range b.All() {
		set := map[string]bool{}
		for _, x := range items(v) {
			set[strings.ToLower(jinja.Str(x))] = true
		}
		in[strings.ToLower(jinja.Str(k))] = set
	}
	out := jinja.NewDict()
	for k, v := range a.All() {
		set, known := in[strings.ToLower(jinja.Str(k))]
		if !known {
			out.Set(k, v)
			continue
		}
		left := &jinja.List{}
		for _, x := range items(v) {
			if !set[strings.ToLower(jinja.Str(x))] {
				left.Items = append(left.Items, x)
			}
		}
		if len(left.Items) > 0 {
			out.Set(k, left)
		}
	}
	return out, nil
}

func validateAny(c *jinja.Call) (jinja.Value, error) {
	allowed := c.Args
	return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
		args, err := c.Bind("value")
		if err != nil {
			return nil, err
		}
		var texts []string
		for _, a := range allowed {
			if jinja.Equal(a, args[0]) {
				return nil, nil
			}
			if _, isType := a.(jinja.Callable); isType { // a type, such as `string`, allows its values
				return nil, nil
			}
			texts = append(texts, jinja.Str(a))
		}
		return nil, c.Errorf(diag.BadConfig, "the value %q is none of %s", jinja.Str(args[0]), strings.Join(texts, ","))
	}), nil
}
