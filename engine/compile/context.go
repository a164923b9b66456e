package compile

import (
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// dbtVersion is the release of dbt whose behaviour templates find.
const dbtVersion = "1.11.16"

// make gives the value of a name of dbt's context.
func (f *frame) make(name string) (jinja.Value, bool) {
	if v, ok := f.makeInvocation(name); ok {
		return v, true
	}
	if v, ok := f.makeNode(name); ok {
		return v, true
	}
	if fn := f.function(name); fn != nil {
		return fn, true
	}
	return f.c.globals.Lookup(name)
}

// function gives the functions of dbt's context.
func (f *frame) function(name string) jinja.Callable {
	switch name {
	case "ref":
		return resolver{f.ref, f}
	case "source":
		return resolver{f.source, f}
	case "env_var":
		return jinja.Func(f.envVar)
	case "log":
		return jinja.Func(f.log)
	case "print":
		return jinja.Func(f.print)
	case "load_result":
		return jinja.Func(f.loadResult)
	case "store_result":
		return jinja.Func(f.storeResult)
	case "store_raw_result":
		return jinja.Func(f.storeRawResult)
	case "write":
		return jinja.Func(f.write)
	case "render":
		return jinja.Func(f.render)
	case "try_or_compiler_error":
		return jinja.Func(f.tryOr)
	case "fromyaml":
		return jinja.Func(project.FromYAML)
	case "toyaml":
		return jinja.Func(project.ToYAML)
	case "diff_of_two_dicts":
		return jinja.Func(diffOfTwoDicts)
	case "adapter_macro":
		return jinja.Func(f.adapterMacro)
	case "metric", "function":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			return nil, f.errorf(c, diag.BadCall, "%s() is not supported", name)
		})
	}
	return nil
}

// makeInvocation gives what the project and the invocation say.
func (f *frame) makeInvocation(name string) (jinja.Value, bool) {
	switch name {
	case "dbt_version":
		return dbtVersion, true
	case "project_name":
		return f.c.project.Name, true
	case "target", "env":
		return f.c.target.Copy(), true
	case "schema":
		if f.kind != nodeFrame || f.node.Relation.Schema == "" {
			return f.c.project.Target.Schema, true
		}
		return f.node.Relation.Schema, true
	case "database":
		if f.kind != nodeFrame || f.node.Relation.Database == "" {
			return f.c.database(), true
		}
		return f.node.Relation.Database, true
	case "invocation_id":
		return f.run.Invocation, true
	case "run_started_at":
		return timeValue(f.run.Started, true), true
	case "thread_id":
		return orElse(f.opts.Thread, "MainThread"), true
	case "flags":
		return flagsObject{f}, true
	case "invocation_args_dict":
		return toValue(orMap(f.run.Args)), true
	case "dbt_metadata_envs":
		d := jinja.NewDict()
		for k, v := range f.run.Metadata {
			d.Set(k, v)
		}
		return d, true
	case "selected_resources":
		return idList(f.run.Selected), true
	case "execute":
		return f.execute, true
	case "var":
		return varObject{f}, true
	case "exceptions":
		return exceptionsObject{f}, true
	case "adapter":
		return adapterObject{f}, true
	case "api":
		return newDict().set("Relation", relationClass{f.c.dialect}).set("Column", columnClass{}).Dict, true
	case "column":
		return columnClass{}, true
	case "sql_now":
		return "now()", true
	case "validation":
		return newDict().set("any", jinja.Func(validateAny)).Dict, true
	case "context", "builtins":
		return contextObject{f, name == "builtins"}, true
	case "context_macro_stack":
		return jinja.NewList(), true
	}
	return nil, false
}

// makeNode gives what belongs to the node being rendered.
func (f *frame) makeNode(name string) (jinja.Value, bool) {
	switch name {
	case "this":
		return f.this()
	case "model":
		return f.model(), true
	case "config":
		return configObject{f}, true
	case "graph":
		return f.graphValue(), true
	case "sql", "compiled_code", "compiled_sql":
		if f.sql == "" {
			return nil, name == "sql"
		}
		return f.sql, true
	case "pre_hooks":
		return hookList(f.node.Config.Hooks("pre-hook")), true
	case "post_hooks":
		return hookList(f.node.Config.Hooks("post-hook")), true
	case "defer_relation":
		if f.run.Defer != nil {
			if r, ok := f.run.Defer(f.node); ok {
				return f.relationOf(f.node, r, ""), true
			}
		}
		return nil, true
	case "load_agate_table":
		return jinja.Func(f.loadSeed), true
	}
	return nil, false
}

// this is the relation of the node, or what a unit test puts in its place.
func (f *frame) this() (jinja.Value, bool) {
	if f.opts.Overrides != nil && f.opts.Overrides.This != "" {
		r := newRelation(f.c.dialect, f.node.Relation, "")
		r.external = f.opts.Overrides.This
		return r, true
	}
	if f.kind != nodeFrame {
		return nil, true
	}
	if f.replaced(f.node.ID) {
		return f.cte(f.node), true
	}
	return f.relationOf(f.node, f.node.Relation, ""), true
}

// relationOf makes a node's relation object, with the quoting that its config asks for.
func (f *frame) relationOf(n *manifest.Node, r manifest.Relation, kind adapter.RelationType) *relation {
	rel := newRelation(f.c.dialect, r, kind)
	if n.Kind != manifest.Source {
		applyQuoting(&rel.quote, f.c.project.Quoting)
	}
	applyQuoting(&rel.quote, mapOf(n.Config, "quoting"))
	return rel
}

func applyQuoting(p *policy, m *manifest.Map) {
	for name, flag := range map[string]*bool{"database": &p.database, "schema": &p.schema, "identifier": &p.identifier} {
		v, _ := m.Get(name)
		if b, ok := v.(bool); ok {
			*flag = b
		}
	}
}

func (f *frame) model() jinja.Value {
	d := nodeDict(f.node)
	if f.sql != "" {
		d.Set("compiled", true)
		d.Set("compiled_code", f.sql)
		d.Set("compiled_sql", f.sql)
	}
	if b := f.opts.Batch; b != nil {
		d.Set("batch", newDict().set("id", b.ID).set("event_time_start", timeValue(b.Start, true)).
			set("event_time_end", timeValue(b.End, true)).Dict)
	}
	return d
}

// contextObject is `context`: every name that the template sees, by key. As `builtins` it passes
// the macros by, so that a macro named ref can reach the original.
type contextObject struct {
	f        *frame
	builtins bool
}

func (o contextObject) find(name string) (jinja.Value, bool) {
	if !o.builtins {
		if v, ok := o.f.space.Lookup(name); ok {
			return v, true
		}
	}
	return o.f.Lookup(name)
}

// Attr gives a name of the context.
func (o contextObject) Attr(name string) (jinja.Value, bool) {
	if v, ok := o.find(name); ok {
		return v, true
	}
	if name == "update" {
		return jinja.Func(o.update), true
	}
	if name == "get" {
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("key", "default?")
			if err != nil {
				return nil, err
			}
			if v, ok := o.find(jinja.Str(args[0])); ok || args[1] == jinja.Missing {
				return v, nil
			}
			return args[1], nil
		}), true
	}
	return nil, false
}

// update replaces names for the rest of the render: context.update({"sql": …}).
func (o contextObject) update(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("names")
	if err != nil {
		return nil, err
	}
	d, ok := args[0].(*jinja.Dict)
	if !ok {
		return nil, o.f.errorf(c, diag.BadCall, "context.update() takes a dict, not %s", jinja.Repr(args[0]))
	}
	for k, v := range d.All() {
		o.f.vars[jinja.Str(k)] = v
	}
	return nil, nil
}

// Item gives a name of the context.
func (o contextObject) Item(key jinja.Value) (jinja.Value, bool) { return o.find(jinja.Str(key)) }

// Contains reports whether the context has the name.
func (o contextObject) Contains(v jinja.Value) bool {
	_, ok := o.find(jinja.Str(v))
	return ok
}

// Iter lists the macros of the context, for `in`.
func (o contextObject) Iter() []jinja.Value {
	var out []jinja.Value
	for _, name := range o.f.c.macros.nearNames(o.f.pkg) {
		out = append(out, name)
	}
	for _, p := range o.f.c.packageNames() {
		out = append(out, p)
	}
	return out
}

// database is the target's own database.
func (c *Compiler) database() string {
	v, _ := c.target.GetStr("database")
	name, _ := stringOf(v)
	return name
}

// targetDict is `target`: the profile's output as dbt shows it.
func targetDict(p *project.Project, a adapter.Adapter) *jinja.Dict {
	t := p.Target
	d := jinja.NewDict()
	d.Set("database", a.Database(t))
	d.Set("schema", t.Schema)
	for _, k := range t.Options.Keys() {
		if strings.Contains(k, "password") || strings.Contains(k, "token") || k == "secrets" {
			continue
		}
		v, _ := t.Options.Get(k)
		if _, set := d.GetStr(k); !set {
			d.Set(k, toValue(v))
		}
	}
	d.Set("type", t.Type)
	d.Set("threads", int64(max(1, t.Threads)))
	d.Set("name", t.Name)
	d.Set("target_name", t.Name)
	d.Set("profile_name", t.Profile)
	return d
}
