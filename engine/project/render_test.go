package project_test

import (
	"context"
	"strings"
	"time"

	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// fakeRenderer stands in for compile: dbt's naming rules, and a parse mode with ref, source,
// config, var and undefined everything else.
type fakeRenderer struct {
	p        *project.Project
	captured []string
}

func (f *fakeRenderer) Relation(n *manifest.Node) (manifest.Relation, error) {
	r := manifest.Relation{Schema: f.p.Target.Schema, Name: n.Name}
	if n.Version != "" {
		r.Name += "_v" + n.Version
	}
	if s := n.Config.String("schema"); s != "" {
		r.Schema += "_" + strings.TrimSpace(s)
	}
	if s := n.Config.String("alias"); s != "" {
		r.Name = strings.TrimSpace(s)
	}
	if s := n.Config.String("target_schema"); s != "" {
		r.Schema = s
	}
	return r, nil
}

func (f *fakeRenderer) Capture(ctx context.Context, n *manifest.Node, t *jinja.Template) (project.Captured, error) {
	f.captured = append(f.captured, n.Name)
	var c project.Captured
	relation := jinja.Value(n.Name)
	vars := jinja.Vars{}
	for k, v := range jinja.Builtins(time.Now) {
		vars[k] = v
	}
	vars["ref"] = jinja.Func(func(call *jinja.Call) (jinja.Value, error) {
		r := manifest.Ref{Pos: call.Pos}
		switch len(call.Args) {
		case 1:
			r.Name = jinja.Str(call.Args[0])
		case 2:
			r.Package, r.Name = jinja.Str(call.Args[0]), jinja.Str(call.Args[1])
		}
		for _, k := range []string{"v", "version"} {
			if v, ok := call.Kwarg(k); ok {
				r.Version = jinja.Str(v)
			}
		}
		c.Refs = append(c.Refs, r)
		return relation, nil
	})
	vars["source"] = jinja.Func(func(call *jinja.Call) (jinja.Value, error) {
		c.Sources = append(c.Sources, manifest.SourceRef{Source: jinja.Str(call.Args[0]), Table: jinja.Str(call.Args[1]), Pos: call.Pos})
		return relation, nil
	})
	vars["config"] = configObject{c: &c, n: n}
	vars["var"] = jinja.Func(func(call *jinja.Call) (jinja.Value, error) {
		if v, ok := f.p.Package(n.Package).Vars.Get(jinja.Str(call.Args[0])); ok {
			return jinja.FromGo(v), nil
		}
		if len(call.Args) > 1 {
			return call.Args[1], nil
		}
		return nil, nil
	})
	vars["execute"] = false
	vars["run_started_at"] = jinja.FromGo(time.Now().UTC())
	vars["target"] = jinja.FromGo(map[string]any{"name": f.p.Target.Name, "type": f.p.Target.Type, "schema": f.p.Target.Schema})
	nothing := jinja.Func(func(*jinja.Call) (jinja.Value, error) { return nil, nil })
	for _, name := range []string{"run_query", "is_incremental", "statement", "log", "load_result"} {
		vars[name] = nothing
	}
	if n.Test != nil && n.Test.Generic {
		kwargs := jinja.NewDict()
		for _, k := range n.Test.Args.Keys() {
			v, _ := n.Test.Args.Get(k)
			kwargs.Set(k, jinja.FromGo(v))
		}
		if n.Test.Column != "" {
			kwargs.Set("column_name", n.Test.Column)
		}
		kwargs.Set("model", relation)
		vars["_dbt_generic_test_kwargs"] = kwargs
	}
	macros := jinja.Vars{}
	for _, pkg := range f.p.Packages {
		own := jinja.NewDict()
		for _, m := range pkg.Macros {
			own.Set(m.Name, m.Bind(macros))
			if _, taken := macros[m.Name]; !taken {
				macros[m.Name] = m.Bind(macros)
			}
		}
		vars[pkg.Name] = own
	}
	vars["adapter"] = dispatcher{p: f.p, macros: vars}
	_, err := t.Render(&jinja.State{Ctx: ctx, Vars: vars, Macros: macros, Undefined: jinja.UndefinedLenient})
	return c, err
}

// dispatcher is adapter: dispatch finds default__name in the root project or the namespace.
type dispatcher struct {
	p      *project.Project
	macros jinja.Vars
}

func (d dispatcher) Attr(name string) (jinja.Value, bool) {
	return jinja.Func(func(call *jinja.Call) (jinja.Value, error) {
		args, err := call.Bind("macro_name", "macro_namespace?", "packages?")
		if err != nil {
			return nil, err
		}
		for _, pkg := range []string{d.p.Name, jinja.Str(args[1])} {
			own, ok := d.macros[pkg].(*jinja.Dict)
			if !ok {
				continue
			}
			for _, prefix := range []string{"duckdb__", "default__"} {
				if m, ok := own.Get(prefix + jinja.Str(args[0])); ok {
					return m, nil
				}
			}
		}
		return nil, nil
	}), name == "dispatch"
}

// configObject is config: callable, with get.
type configObject struct {
	c *project.Captured
	n *manifest.Node
}

func (o configObject) Call(call *jinja.Call) (jinja.Value, error) {
	m := &manifest.Map{}
	for _, kw := range call.Kwargs {
		m.Set(kw.Name, jinja.ToGo(kw.Value, func() jinja.MapBuilder { return &manifest.Map{} }))
	}
	o.c.Config = o.c.Config.Merge(manifest.NewConfig(m))
	return "", nil
}

func (o configObject) Attr(name string) (jinja.Value, bool) {
	return jinja.Func(func(call *jinja.Call) (jinja.Value, error) {
		if v, ok := o.n.Config.Get(jinja.Str(call.Args[0])); ok {
			return jinja.FromGo(v), nil
		}
		if len(call.Args) > 1 {
			return call.Args[1], nil
		}
		return nil, nil
	}), name == "get" || name == "require"
}
