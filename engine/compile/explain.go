package compile

import (
	"regexp"
	"slices"
	"strings"

	"atlas/engine/diag"
)

// The language says what does not exist; only the context knows what there is instead.
//
//nolint:gochecknoglobals // compiled constants
var (
	undefinedName = regexp.MustCompile(`^'(\w+)' is undefined$`)
	undefinedAttr = regexp.MustCompile(`^'(.+) object' has no attribute '(\w+)'$`)
)

// explain adds to an undefined name the name that was probably meant.
func (f *frame) explain(d *diag.Diagnostic) {
	if d.Code != diag.UndefinedName || d.Hint != "" {
		return
	}
	if m := undefinedName.FindStringSubmatch(d.Msg); m != nil {
		names := append(f.c.macros.nearNames(f.pkg), f.c.packageNames()...)
		for name := range f.opts.Vars {
			names = append(names, name)
		}
		d.Hint = orElse(f.c.elsewhere(m[1]), diag.DidYouMean(m[1], append(names, contextNames()...)))
		return
	}
	m := undefinedAttr.FindStringSubmatch(d.Msg)
	if m == nil {
		return
	}
	var names []string
	switch kind := m[1]; {
	case kind == "adapter":
		names = adapterNames()
	case kind == "exceptions":
		names = exceptionNames()
	case kind == "relation":
		names = relationNames()
	case kind == "result", kind == "column", kind == "row":
		names = []string{"columns", "rows", "column_names", "values", "name", "print_table", "keys", "items", "dict", "data_type"}
	case strings.HasPrefix(kind, "package "):
		pkg := strings.TrimPrefix(kind, "package ")
		names = f.c.macros.packageMacros(pkg)
		d.Msg = "package " + pkg + " has no macro '" + m[2] + "'"
	}
	d.Hint = diag.DidYouMean(m[2], names)
}

// elsewhere tells of a package that has a macro of the name, which has to be called through it.
func (c *Compiler) elsewhere(name string) string {
	for _, p := range c.project.Packages {
		if c.macros.packages[p.Name][name] != nil {
			return "package " + p.Name + " has a macro of that name: call it as " + p.Name + "." + name
		}
	}
	return ""
}

// contextNames are the names that every template sees besides macros.
func contextNames() []string {
	return strings.Fields(`ref source metric function var env_var config this target env model graph execute adapter api
		column exceptions log print load_result store_result store_raw_result flags modules fromjson tojson fromyaml toyaml
		set set_strict zip zip_strict local_md5 invocation_id run_started_at dbt_version project_name schema database builtins
		context selected_resources return thread_id pre_hooks post_hooks sql compiled_code compiled_sql sql_now render write
		try_or_compiler_error diff_of_two_dicts adapter_macro validation invocation_args_dict dbt_metadata_envs
		defer_relation load_agate_table context_macro_stack results schemas database_schemas
		range dict namespace caller varargs kwargs loop`)
}

func isContextName(name string) bool { return slices.Contains(contextNames(), name) }

func adapterNames() []string {
	return strings.Fields(`dispatch get_relation load_relation get_columns_in_relation get_missing_columns create_schema
		drop_schema drop_relation rename_relation truncate_relation expand_target_column_types quote quote_as_configured
		quote_seed_column already_exists execute check_schema_exists list_schemas type commit valid_incremental_strategies
		get_column_schema_from_query external_root get_binding_char is_motherduck is_ducklake location_exists
		external_write_options external_read_location warn_once parse_index get_incremental_strategy_macro`)
}

func exceptionNames() []string {
	return strings.Fields(`raise_compiler_error warn raise_database_error raise_not_implemented raise_contract_error
		raise_fail_fast_error missing_config missing_relation relation_wrong_type column_type_missing raise_dependency_error`)
}

func relationNames() []string {
	return strings.Fields(`database schema identifier name table type is_table is_view is_cte include quote incorporate
		render without_identifier information_schema matches replace_path path`)
}

// packageMacros lists the macros of a package.
func (m *macroSet) packageMacros(pkg string) []string {
	set := m.packages[pkg]
	if pkg == internalPackage {
		set = m.internal
	}
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	return names
}

// TypeName is what error texts call it.
func (o adapterObject) TypeName() string { return "adapter" }

// TypeName is what error texts call it.
func (o exceptionsObject) TypeName() string { return "exceptions" }

// TypeName is what error texts call it.
func (o configObject) TypeName() string { return "config" }

// TypeName is what error texts call it.
func (p packageObject) TypeName() string { return "package " + p.name }

// TypeName is what error texts call it.
func (r *relation) TypeName() string { return "relation" }

// TypeName is what error texts call it.
func (c *column) TypeName() string { return "column" }

// TypeName is what error texts call it.
func (t *table) TypeName() string { return "result" }

// TypeName is what error texts call it.
func (r *tableRow) TypeName() string { return "row" }

// TypeName is what error texts call it.
func (c *tableColumn) TypeName() string { return "column" }
