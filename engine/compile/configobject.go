package compile

import (
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// configObject is `config`: a call sets configs while the project is parsed, get and require read
// them.
type configObject struct{ f *frame }

// Call is config(…). Once the graph is known it has no more to say.
func (o configObject) Call(c *jinja.Call) (jinja.Value, error) {
	f := o.f
	m := &manifest.Map{}
	switch {
	case len(c.Args) == 1 && len(c.Kwargs) == 0:
		d, ok := c.Args[0].(*jinja.Dict)
		if !ok {
			return nil, f.errorf(c, diag.BadCall, "config() takes keyword arguments or one dict, not %s", jinja.Repr(c.Args[0]))
		}
		for k, v := range d.All() {
			m.Set(jinja.Str(k), toData(v))
		}
	case len(c.Args) == 0:
		for _, kw := range c.Kwargs {
			m.Set(kw.Name, toData(kw.Value))
		}
	default:
		return nil, hint(f.errorf(c, diag.BadCall, "config() takes keyword arguments or one dict"),
			"write config(materialized='table')")
	}
	if f.capture != nil {
		return "", f.capture.configure(f, c, m)
	}
	return "", nil
}

// set keeps a config for the rest of the render: call set_sql_header does.
func (o configObject) set(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("name", "value")
	if err != nil {
		return nil, err
	}
	f, name := o.f, jinja.Str(args[0])
	if f.config == nil {
		f.config = &manifest.Map{}
	}
	if f.capture != nil {
		m := &manifest.Map{}
		m.Set(name, toData(args[1]))
		return "", f.capture.configure(f, c, m)
	}
	f.config.Set(name, toData(args[1]))
	if name == "sql_header" {
		f.header = jinja.Str(args[1])
	}
	return "", nil
}

func (o configObject) lookup(name string) (jinja.Value, bool) {
	f := o.f
	if v, ok := f.config.Get(name); ok {
		return toValue(v), true
	}
	if name == "snapshot_table_column_names" {
		return f.snapshotColumns(), true
	}
	if name == "pre-hook" || name == "post-hook" {
		return nil, false // dbt's config object knows hooks as pre_hook and post_hook
	}
	return configValue(f.node.Kind, f.node.Config, name)
}

// Attr gives the methods.
func (o configObject) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "get":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return o.get(c, o.lookup) }), true
	case "require":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return o.require(c, o.lookup, "config") }), true
	case "meta_get":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return o.get(c, o.lookupMeta) }), true
	case "meta_require":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return o.require(c, o.lookupMeta, "meta config") }), true
	case "set":
		return jinja.Func(o.set), true
	case "persist_relation_docs":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return o.persist("relation"), nil }), true
	case "persist_column_docs":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return o.persist("columns"), nil }), true
	case "model":
		return o.f.model(), true
	}
	return nil, false
}

func (o configObject) lookupMeta(name string) (jinja.Value, bool) {
	for _, m := range []*manifest.Map{mapOf(o.f.node.Config, "meta"), o.f.node.Meta} {
		if v, ok := m.Get(name); ok {
			return toValue(v), true
		}
	}
	return nil, false
}

func (o configObject) get(c *jinja.Call, find func(string) (jinja.Value, bool)) (jinja.Value, error) {
	args, err := c.Bind("name", "default?", "validator?")
	if err != nil {
		return nil, err
	}
	if o.f.capture != nil {
		return "", nil
	}
	v, ok := find(jinja.Str(args[0]))
	if !ok {
		if args[1] == jinja.Missing {
			return nil, nil
		}
		v = args[1]
	}
	if given(args[2]) && given(args[1]) {
		if _, err := jinja.Invoke(c.State, args[2], []jinja.Value{v}, nil, c.Pos); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (o configObject) require(c *jinja.Call, find func(string) (jinja.Value, bool), what string) (jinja.Value, error) {
	args, err := c.Bind("name", "validator?")
	if err != nil {
		return nil, err
	}
	if o.f.capture != nil {
		return "", nil
	}
	name := jinja.Str(args[0])
	v, ok := find(name)
	if !ok {
		return nil, hint(o.f.errorf(c, diag.BadConfig, "%s needs the %s %q", o.f.node.Name, what, name),
			"set it in the file, config(%s=…), or in YAML", name)
	}
	if given(args[1]) {
		if _, err := jinja.Invoke(c.State, args[1], []jinja.Value{v}, nil, c.Pos); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func given(v jinja.Value) bool { return v != jinja.Missing && v != nil }

func (o configObject) persist(what string) bool {
	if o.f.capture != nil {
		return false
	}
	return manifest.NewConfig(mapOf(o.f.node.Config, "persist_docs")).Bool(what, false)
}

// snapshotColumns are the names of a snapshot's own columns, with those that the config renames.
func (f *frame) snapshotColumns() *jinja.Dict {
	names := mapOf(f.node.Config, "snapshot_meta_column_names")
	d := jinja.NewDict()
	for _, k := range []string{"dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"} {
		v, _ := names.Get(k)
		name, _ := v.(string)
		d.Set(k, orElse(name, k))
	}
	return d
}
