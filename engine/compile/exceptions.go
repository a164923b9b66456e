package compile

import (
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// exceptionsObject is `exceptions`: what a template may raise.
type exceptionsObject struct{ f *frame }

// Attr gives dbt's functions.
func (o exceptionsObject) Attr(name string) (jinja.Value, bool) {
	switch name {
	case "warn":
		return jinja.Func(o.warn), true
	case "warn_snapshot_timestamp_data_types":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("snapshot_time_data_type", "updated_at_data_type")
			if err != nil {
				return nil, err
			}
			o.f.run.log("warn", "the snapshot's time is a "+jinja.Str(args[0])+" and its updated_at a "+jinja.Str(args[1])+"; cast updated_at to the former")
			return "", nil
		}), true
	case "raise_contract_error":
		return jinja.Func(o.contract), true
	case "column_type_missing":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			args, err := c.Bind("column_names")
			if err != nil {
				return nil, err
			}
			return nil, hint(o.f.errorf(c, diag.BadConfig, "an enforced contract needs a data_type for every column; missing for %s", joinValues(args[0])),
				"add data_type: to the columns in YAML")
		}), true
	case "missing_config", "missing_relation", "relation_wrong_type", "missing_materialization",
		"raise_compiler_error", "raise_database_error", "raise_dependency_error", "raise_dep_not_found",
		"raise_not_implemented", "raise_fail_fast_error", "raise_parsing_error", "raise_cache_inconsistent",
		"raise_ambiguous_alias", "raise_ambiguous_catalog_match", "raise_dataclass_not_dict",
		"raise_duplicate_resource_name", "raise_duplicate_patch_name", "raise_invalid_property_yml_version",
		"raise_duplicate_macro_patch_name", "raise_duplicate_source_patch_name", "raise_patch_targets_not_found",
		"raise_duplicate_macro_name", "raise_git_cloning_error", "raise_unrecognized_credentials_type",
		"invalid_materialization_argument", "raise_invalid_test_args":
		return jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return o.raise(c, name) }), true
	}
	return nil, false
}

func (o exceptionsObject) raise(c *jinja.Call, name string) (jinja.Value, error) {
	msg := ""
	if v, ok := c.Arg(0, "msg"); ok {
		msg = jinja.Str(v)
	}
	code := diag.Raised
	switch name {
	case "raise_database_error":
		code = diag.WarehouseError
	case "missing_config":
		if v, ok := c.Arg(1, "name"); ok {
			msg = "the config " + jinja.Str(v) + " is missing"
		}
		code = diag.BadConfig
	case "missing_relation":
		msg = "the relation " + msg + " does not exist"
		code = diag.UnknownRelation
	case "relation_wrong_type":
		if v, ok := c.Arg(1, "expected_type"); ok {
			msg = "there is already a relation " + msg + ", which is no " + jinja.Str(v)
		}
		code = diag.BadConfig
	}
	return nil, o.f.errorf(c, code, "%s", strings.TrimSpace(msg))
}

func (o exceptionsObject) warn(c *jinja.Call) (jinja.Value, error) {
	v, ok := c.Arg(0, "msg")
	if !ok {
		return nil, o.f.errorf(c, diag.BadCall, "exceptions.warn() takes a message")
	}
	o.f.run.log("warn", jinja.Str(v))
	return "", nil
}

// contract says how a query's columns differ from those that the YAML declares.
func (o exceptionsObject) contract(c *jinja.Call) (jinja.Value, error) {
	args, err := c.Bind("yaml_columns", "sql_columns")
	if err != nil {
		return nil, err
	}
	want, got := items(args[0]), items(args[1])
	if len(want) == 0 && len(got) == 0 {
		return nil, hint(o.f.errorf(c, diag.BadConfig, "%s has an enforced contract and no columns in YAML", o.f.node.Name),
			"list its columns with name and data_type")
	}
	types := func(list []jinja.Value) (map[string]string, []string) {
		m, order := map[string]string{}, []string{}
		for _, v := range list {
			d, ok := v.(*jinja.Dict)
			if !ok {
				continue
			}
			name, _ := d.GetStr("name")
			dtype, _ := d.GetStr("data_type")
			m[jinja.Str(name)] = jinja.Str(dtype)
			order = append(order, jinja.Str(name))
		}
		return m, order
	}
	wantTypes, wantOrder := types(want)
	gotTypes, gotOrder := types(got)
	d := o.f.errorf(c, diag.BadConfig, "%s does not keep its contract", o.f.node.Name)
	var lines []string
	for _, name := range wantOrder {
		switch have, ok := gotTypes[name]; {
		case !ok:
			lines = append(lines, name+" is declared and not selected")
		case have != wantTypes[name]:
			lines = append(lines, name+" is "+have+" and declared "+wantTypes[name])
		}
	}
	for _, name := range gotOrder {
		if _, ok := wantTypes[name]; !ok {
			lines = append(lines, name+" is selected and not declared")
		}
	}
	d.Msg += ": " + strings.Join(lines, "; ")
	return nil, hint(d, "make the YAML's columns and the query agree")
}

func joinValues(v jinja.Value) string {
	var out []string
	for _, x := range items(v) {
		out = append(out, jinja.Str(x))
	}
	return strings.Join(out, ", ")
}

// flagsObject is `flags`: the command's flags in capitals.
type flagsObject struct{ f *frame }

// Attr gives a flag; one that nobody set is None.
func (o flagsObject) Attr(name string) (jinja.Value, bool) {
	r := o.f.run
	switch name {
	case "FULL_REFRESH":
		return r.FullRefresh, true
	case "STORE_FAILURES":
		return r.StoreFailures, true
	case "EMPTY":
		return r.Empty, true
	case "WHICH":
		return r.Which, true
	case "INVOCATION_COMMAND":
		return "atlas " + r.Which, true
	}
	key := strings.ToLower(name)
	for _, k := range []string{name, key} {
		if v, ok := r.Flags.Get(k); ok {
			return toValue(v), true
		}
	}
	if v, ok := o.f.c.project.Flags.Get(key); ok {
		return toValue(v), true
	}
	if name == "get" || name != strings.ToUpper(name) {
		return nil, false
	}
	return flagDefault(name), true
}

func flagDefault(name string) jinja.Value {
	switch name {
	case "PRINT", "PARTIAL_PARSE", "INTROSPECT", "POPULATE_CACHE", "USE_COLORS", "WRITE_JSON", "STATIC_PARSER", "VERSION_CHECK":
		return true
	case "FAIL_FAST", "WARN_ERROR", "DEBUG", "QUIET", "DEFER", "FAVOR_STATE", "NO_PRINT":
		return false
	}
	return nil
}
