package compile

import (
	"path"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// pure gives the methods of `adapter` that ask nobody, and so work in parse mode too.
func (o adapterObject) pure(name string) jinja.Callable {
	f := o.f
	constant := func(v jinja.Value) jinja.Callable {
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return v, nil })
	}
	switch name {
	case "dispatch":
		return jinja.Func(f.dispatch)
	case "type":
		return constant(f.c.macros.adapter)
	case "quote":
		return jinja.Func(o.quote)
	case "quote_as_configured":
		return jinja.Func(o.quoteAsConfigured)
	case "quote_seed_column":
		return jinja.Func(o.quoteSeedColumn)
	case "date_function":
		return constant("now()")
	case "valid_incremental_strategies":
		return constant(jinja.NewList("append", "delete+insert", "merge", "microbatch"))
	case "get_binding_char":
		return constant("?")
	case "is_motherduck":
		return constant(strings.HasPrefix(f.targetPath(), "md:") || strings.HasPrefix(f.targetPath(), "motherduck:"))
	case "is_ducklake", "use_ducklake_table_workarounds":
		return jinja.Func(o.isDucklake)
	case "disable_transactions":
		return constant(manifest.NewConfig(f.c.project.Target.Options).Bool("disable_transactions", false))
	case "external_root":
		return constant(orElse(manifest.NewConfig(f.c.project.Target.Options).String("external_root"), "."))
	}
	return o.further(name)
}

// further gives the rest of them.
func (o adapterObject) further(name string) jinja.Callable {
	f := o.f
	constant := func(v jinja.Value) jinja.Callable {
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return v, nil })
	}
	switch name {
	case "cache_added", "cache_dropped", "cache_renamed", "clear_transaction",
		"expand_target_column_types",
		"verify_database", "nice_connection_name", "release_connection", "set_relations_cache":
		return constant("")
	case "build_catalog_relation", "get_catalog_integration":
		return constant(nil)
	case "warn_once":
		return jinja.Func(o.warnOnce)
	case "escape_sql_string":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("value")
			if err != nil {
				return nil, err
			}
			return strings.ReplaceAll(jinja.Str(args[0]), "'", "''"), nil
		})
	case "batch_id_for_model":
		id := ""
		if f.opts.Batch != nil {
			id = f.opts.Batch.ID
		}
		return constant(id)
	case "parse_index":
		return jinja.Func(o.parseIndex)
	case "get_incremental_strategy_macro":
		return jinja.Func(o.strategyMacro)
	case "get_hard_deletes_behavior":
		return jinja.Func(o.hardDeletes)
	case "external_write_options":
		return jinja.Func(o.writeOptions)
	case "external_read_location":
		return jinja.Func(o.readLocation)
	case "render_raw_columns_constraints":
		return jinja.Func(o.columnConstraints)
	case "render_raw_model_constraints":
		return jinja.Func(o.modelConstraints)
	case "convert_type":
		return jinja.Func(o.convertType)
	case "standardize_grants_dict":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) { return jinja.NewDict(), nil })
	case "get_seed_file_path":
		return jinja.Func(func(*jinja.Call) (jinja.Value, error) {
			if f.node.Seed == nil {
				return nil, nil
			}
			return f.node.Seed.File, nil
		})
	case "catalog_supports_foreign_keys":
		return constant(true)
	case "convert_datetimes_to_strs":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return firstOf(c.Args), nil })
	}
	return nil
}

func (f *frame) targetPath() string {
	return manifest.NewConfig(f.c.project.Target.Options).String("path")
}

func (o adapterObject) quote(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("identifier")
	if err != nil {
		return nil, err
	}
	return `"` + jinja.Str(args[0]) + `"`, nil
}

func (o adapterObject) quoteAsConfigured(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("identifier", "quote_key")
	if err != nil {
		return nil, err
	}
	quoted := everyPart()
	applyQuoting(&quoted, o.f.c.project.Quoting)
	on := map[string]bool{"database": quoted.database, "schema": quoted.schema, "identifier": quoted.identifier}
	name := jinja.Str(args[0])
	if on[jinja.Str(args[1])] {
		return `"` + name + `"`, nil
	}
	return name, nil
}

func (o adapterObject) quoteSeedColumn(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("column", "quote_config?")
	if err != nil {
		return nil, err
	}
	name := jinja.Str(args[0])
	if args[1] == jinja.Missing || args[1] == nil || jinja.Truth(args[1]) {
		return `"` + name + `"`, nil
	}
	return name, nil
}

func (o adapterObject) isDucklake(c *jinja.Call) (jinja.Value, error) {
	if c.Name == "adapter.use_ducklake_table_workarounds" {
		return false, nil
	}
	options := manifest.NewConfig(o.f.c.project.Target.Options)
	rel, ok := firstOf(c.Args).(*relation)
	if !ok {
		return false, nil
	}
	database := text(rel.path.database)
	if strings.EqualFold(database, o.f.c.database()) {
		return strings.HasPrefix(o.f.targetPath(), "ducklake:") || options.Bool("is_ducklake", false), nil
	}
	attached, _ := options.Get("attach")
	list, _ := attached.([]any)
	for _, a := range list {
		m, _ := a.(*manifest.Map)
		entry := manifest.NewConfig(m)
		if strings.EqualFold(entry.String("alias"), database) {
			return strings.HasPrefix(entry.String("path"), "ducklake:") || entry.Bool("is_ducklake", false), nil
		}
	}
	return false, nil
}

func (o adapterObject) warnOnce(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("msg")
	if err != nil {
		return nil, err
	}
	msg := jinja.Str(args[0])
	if _, said := o.f.c.warnings.LoadOrStore(msg, true); !said && o.f.execute {
		o.f.run.log("warn", msg)
	}
	return "", nil
}

func (o adapterObject) parseIndex(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("raw_index")
	if err != nil {
		return nil, err
	}
	if args[0] == nil {
		return nil, nil
	}
	d, ok := args[0].(*jinja.Dict)
	if !ok {
		return nil, o.f.errorf(c, diag.BadConfig, "an entry of indexes must be a mapping with columns, not %s", jinja.Repr(args[0]))
	}
	x := indexConfig{stamp: o.f.c.clock().UTC().Format("2006-01-02T15:04:05.000000")}
	for k, v := range d.All() {
		switch jinja.Str(k) {
		case "columns":
			for _, name := range items(v) {
				x.columns = append(x.columns, jinja.Str(name))
			}
		case "unique":
			x.unique = jinja.Truth(v)
		default:
			return nil, o.f.errorf(c, diag.BadConfig, "an entry of indexes has no key %q", jinja.Str(k))
		}
	}
	if len(x.columns) == 0 {
		return nil, o.f.errorf(c, diag.BadConfig, "an entry of indexes needs columns")
	}
	return x, nil
}

// strategyMacro finds get_incremental_<strategy>_sql.
func (o adapterObject) strategyMacro(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("model_context", "strategy")
	if err != nil {
		return nil, err
	}
	strategy := jinja.Str(args[1])
	name := strategyMacroName(strategy)
	if v, ok := o.f.space.Lookup(name); ok {
		return v, nil
	}
	d := o.f.errorf(c, diag.BadConfig, "the incremental strategy '%s' is not known: no macro is named %s", strategy, name)
	return nil, hint(d, "strategies: append, delete+insert, merge, microbatch, or define the macro")
}

func strategyMacroName(strategy string) string {
	return "get_incremental_" + strings.ReplaceAll(strategy, "+", "_") + "_sql"
}

func (o adapterObject) hardDeletes(c *jinja.Call) (jinja.Value, error) {
	config := configObject(o)
	hard, _ := config.lookup("hard_deletes")
	invalidate, _ := config.lookup("invalidate_hard_deletes")
	switch {
	case hard != nil && invalidate != nil:
		return nil, o.f.errorf(c, diag.BadConfig, "set hard_deletes or invalidate_hard_deletes, not both")
	case invalidate != nil && jinja.Truth(invalidate):
		return "invalidate", nil
	case hard == nil:
		return "ignore", nil
	}
	switch s := jinja.Str(hard); s {
	case "ignore", "invalidate", "new_record":
		return s, nil
	default:
		return nil, hint(o.f.errorf(c, diag.BadConfig, "hard_deletes cannot be '%s'", s), "use ignore, invalidate or new_record")
	}
}

// writeOptions spells the options of `copy … to`: the format from the file's name where none is
// given, quotes around texts that need them.
func (o adapterObject) writeOptions(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("write_location", "rendered_options")
	if err != nil {
		return nil, err
	}
	options, ok := args[1].(*jinja.Dict)
	if !ok {
		return nil, o.f.errorf(c, diag.BadCall, "external_write_options() takes a dict of options")
	}
	fillFormat(options, jinja.Str(args[0]))
	if v, ok := options.GetStr("partition_by"); ok {
		if s := jinja.Str(v); strings.Contains(s, ",") && !strings.HasPrefix(s, "(") {
			options.Set("partition_by", "("+s+")")
		}
	}
	var out []string
	for k, v := range options.All() {
		name, value := jinja.Str(k), jinja.Str(v)
		switch strings.ToLower(name) {
		case "delimiter", "quote", "escape", "null":
			if !strings.HasPrefix(value, "'") {
				value = "'" + value + "'"
			}
		}
		out = append(out, name+" "+value)
	}
	return strings.Join(out, ", "), nil
}

func fillFormat(options *jinja.Dict, location string) {
	if _, ok := options.GetStr("format"); !ok {
		ext := strings.ToLower(path.Ext(location))
		compression := map[string]string{".gz": "gzip", ".zst": "zstd"}[ext]
		if compression != "" {
			ext = strings.ToLower(path.Ext(strings.TrimSuffix(location, path.Ext(location))))
		}
		switch _, delimited := options.GetStr("delimiter"); {
		case ext != "":
			options.Set("format", ext[1:])
			if _, set := options.GetStr("compression"); compression != "" && !set {
				options.Set("compression", compression)
			}
		case delimited:
			options.Set("format", "csv")
		default:
			options.Set("format", "parquet")
		}
	}
	if format, _ := options.GetStr("format"); jinja.Str(format) == "csv" {
		if _, ok := options.GetStr("header"); !ok {
			options.Set("header", int64(1))
		}
	}
}

func (o adapterObject) readLocation(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("write_location", "rendered_options")
	if err != nil {
		return nil, err
	}
	place := jinja.Str(args[0])
	options, _ := args[1].(*jinja.Dict)
	if options == nil {
		return place, nil
	}
	partition, _ := options.GetStr("partition_by")
	perThread, _ := options.GetStr("per_thread_output")
	if !truthy(partition) && !truthy(perThread) {
		return place, nil
	}
	globs := []string{place, "*"}
	if truthy(partition) {
		for range strings.Split(jinja.Str(partition), ",") {
			globs = append(globs, "*")
		}
	}
	format := "parquet"
	if v, ok := options.GetStr("format"); ok {
		format = jinja.Str(v)
	}
	return strings.Join(globs, "/") + "." + format, nil
}

func truthy(v jinja.Value) bool { return v != nil && jinja.Truth(v) }

// convertType gives the type of a seed's column from agate's.
func (o adapterObject) convertType(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("agate_table", "col_idx")
	if err != nil {
		return nil, err
	}
	t, _ := args[0].(*table)
	i, _ := args[1].(int64)
	if t == nil || i < 0 || int(i) >= len(t.types) {
		return "text", nil
	}
	switch t.types[i] {
	case "Integer":
		return "integer", nil
	case "Number":
		return "float8", nil
	case "Boolean":
		return "boolean", nil
	case "Date":
		return "date", nil
	case "DateTime":
		return "timestamp without time zone", nil
	default:
		return "text", nil
	}
}
