package compile

import (
	"context"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// RenderHook renders a pre- or post-hook of a node. Pos is where the hook's text begins.
func (c *Compiler) RenderHook(ctx context.Context, n *manifest.Node, s adapter.Session, sql string, pos diag.Pos) (string, error) {
	return c.frame(ctx, n, s, CompileOptions{}).renderText(sql, pos)
}

// RenderRunHook renders an on-run-start or on-run-end hook of a package. Vars are the names that
// only such hooks see: results (see ResultsValue), schemas, database_schemas.
func (c *Compiler) RenderRunHook(ctx context.Context, pkg string, s adapter.Session, sql string, pos diag.Pos, vars map[string]any) (string, error) {
	n := c.looseNode("hook", sql)
	n.Package, n.Pos = pkg, pos
	f := c.frame(ctx, n, s, CompileOptions{Vars: vars})
	f.kind = operationFrame
	return f.renderText(sql, pos)
}

func (f *frame) renderText(text string, pos diag.Pos) (string, error) {
	defer f.end()
	if !strings.Contains(text, "{") {
		return text, nil
	}
	t, err := jinja.Parse(pos.File, text, jinja.Options{Start: pos})
	if err != nil {
		return "", err
	}
	out, err := t.Render(f.state)
	if err != nil {
		return "", f.fail(err)
	}
	return out, nil
}

// CallMacro calls a macro in the context of a node: "get_merge_sql", "dbt_utils.star". A nil
// node stands for the root package, as in run-operation. The value is the macro's text, or what
// it returned. An unknown name gives a diagnostic with code UnknownMacro.
func (c *Compiler) CallMacro(ctx context.Context, n *manifest.Node, s adapter.Session, name string, args []jinja.Value, kwargs []jinja.Kwarg) (jinja.Value, error) {
	kind := nodeFrame
	if n == nil {
		n, kind = c.looseNode(name, ""), operationFrame
	}
	f := c.frame(ctx, n, s, CompileOptions{})
	f.kind = kind
	defer f.end()
	m, err := f.macro(name)
	if err != nil {
		return nil, err
	}
	v, err := f.call(m, args, kwargs, n.Pos)
	if err != nil {
		return nil, f.fail(err)
	}
	return v, nil
}

// RunOperation is run-operation: it calls a macro of the root project with named arguments and
// gives what it returned or wrote. Args are as --args gives them; nil is none.
func (c *Compiler) RunOperation(ctx context.Context, s adapter.Session, name string, args *manifest.Map) (any, error) {
	var kwargs []jinja.Kwarg
	for _, k := range args.Keys() {
		v, _ := args.Get(k)
		kwargs = append(kwargs, jinja.Kwarg{Name: k, Value: toValue(v)})
	}
	v, err := c.CallMacro(ctx, nil, s, name, nil, kwargs)
	if err != nil {
		return nil, err
	}
	return toData(v), nil
}

// Overridden reports whether the project or a package defines a macro that stands before the
// built-in one of that name, itself or an implementation that adapter.dispatch finds first
// ("create_table_as": also duckdb__create_table_as, default__create_table_as).
func (c *Compiler) Overridden(name string) bool {
	if m := c.macros.packages[c.macros.root][name]; m != nil {
		return true
	}
	m, _ := c.findDispatched(c.macros.root, name, internalPackage)
	return m != nil && !c.macros.isInternal(m.Package)
}

// overriddenFor is Overridden for nodes of a package, whose own macros count as well.
func (c *Compiler) overriddenFor(pkg, name string) bool {
	if c.macros.packages[pkg][name] != nil || c.Overridden(name) {
		return true
	}
	m, _ := c.findDispatched(pkg, name, internalPackage)
	return m != nil && !c.macros.isInternal(m.Package)
}

// IncrementalArgs is what an incremental strategy gets.
type IncrementalArgs struct {
	Strategy        string // "append", "delete+insert", "merge", "default", or the project's own
	Target, Source  manifest.Relation
	SourceTemporary bool // Source is a temporary table of the session: it has neither database nor schema
	UniqueKey       any  // nil, string or []string
	Columns         []adapter.Column
	Predicates      []string
}

// strategyParts are the macros that the built-in implementation of a strategy goes through.
func strategyParts(strategy string) []string {
	switch strategy {
	case "append":
		return []string{"get_insert_into_sql"}
	case "default", "delete+insert":
		return []string{"get_incremental_delete_insert_sql", "get_delete_insert_merge_sql", "get_insert_into_sql"}
	case "merge":
		return []string{"get_merge_sql", "get_merge_unique_key_match", "get_merge_update_columns"}
	case "insert_overwrite":
		return []string{"get_insert_overwrite_merge_sql"}
	default:
		return nil
	}
}

// IncrementalSQL gives the SQL of an incremental strategy by the project's own macros. Found is
// false, and nothing is done, unless the project or a package defines get_incremental_<strategy>_sql
// or overrides a macro that the built-in one goes through.
func (c *Compiler) IncrementalSQL(ctx context.Context, n *manifest.Node, s adapter.Session, a IncrementalArgs) (sql string, found bool, err error) {
	name := strategyMacroName(a.Strategy)
	found = c.overriddenFor(n.Package, name)
	for _, p := range strategyParts(a.Strategy) {
		found = found || c.overriddenFor(n.Package, p)
	}
	if !found {
		return "", false, nil
	}
	target := newRelation(c.dialect, a.Target, adapter.Table)
	source := newRelation(c.dialect, a.Source, adapter.Table)
	if a.SourceTemporary {
		source.path.database, source.path.schema = nil, nil
	}
	dict := newDict().set("target_relation", target).set("temp_relation", source).
		set("unique_key", toValue(a.UniqueKey)).set("dest_columns", columnList(a.Columns))
	if len(a.Predicates) > 0 {
		dict.set("incremental_predicates", stringList(a.Predicates))
	} else {
		dict.set("incremental_predicates", nil)
	}
	v, err := c.CallMacro(ctx, n, s, name, []jinja.Value{dict.Dict}, nil)
	if err != nil {
		return "", true, err
	}
	return jinja.Str(v), true, nil
}
