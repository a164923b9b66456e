package compile

import (
	"context"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

type nameRules struct{}

func newNameRules(*macroSet) nameRules { return nameRules{} }

type graphIndex struct{}

func newGraphIndex(*manifest.Manifest) *graphIndex { return &graphIndex{} }

type ephemeral struct{}

func targetDict(*project.Project, adapter.Adapter) *jinja.Dict { return jinja.NewDict() }

// Capture renders a template in parse mode: execute is false, ref, source and config are taken
// down, undefined names do no harm.
func (c *Compiler) Capture(ctx context.Context, n *manifest.Node, t *jinja.Template) (project.Captured, error) {
	return project.Captured{}, nil
}

// Relation gives database, schema and name of a node from its merged config.
func (c *Compiler) Relation(n *manifest.Node) (manifest.Relation, error) {
	return manifest.Relation{}, nil
}

// Macros describes every macro, the built-in ones included, with what each depends on. The
// result is fresh: descriptions from YAML may be added to it.
func (c *Compiler) Macros() map[manifest.ID]*manifest.Macro { return nil }

// CompileWith is Compile with options.
func (c *Compiler) CompileWith(ctx context.Context, n *manifest.Node, s adapter.Session, o CompileOptions) (*Compiled, error) {
	return &Compiled{}, nil
}

// Inline compiles a piece of SQL that no file holds, as a node of the root package
// (`atlas show --inline`). Its refs need not be known beforehand.
func (c *Compiler) Inline(ctx context.Context, sql string, s adapter.Session) (*Compiled, error) {
	return &Compiled{}, nil
}

// RenderHook renders a pre- or post-hook of a node. Pos is where the hook's text begins.
func (c *Compiler) RenderHook(ctx context.Context, n *manifest.Node, s adapter.Session, sql string, pos diag.Pos) (string, error) {
	return "", nil
}

// RenderRunHook renders an on-run-start or on-run-end hook of a package. Vars are the names that
// only such hooks see: results, schemas, database_schemas.
func (c *Compiler) RenderRunHook(ctx context.Context, pkg string, s adapter.Session, sql string, pos diag.Pos, vars map[string]any) (string, error) {
	return "", nil
}

// CallMacro calls a macro in the context of a node: "get_merge_sql", "dbt_utils.star". A nil
// node stands for the root package, as in run-operation. The value is the macro's text, or what
// it returned. An unknown name gives a diagnostic with code UnknownMacro.
func (c *Compiler) CallMacro(ctx context.Context, n *manifest.Node, s adapter.Session, name string, args []jinja.Value, kwargs []jinja.Kwarg) (jinja.Value, error) {
	return nil, nil
}

// Overridden reports whether the project or a package defines a macro that stands before the
// built-in one of that name, itself or an implementation that adapter.dispatch finds first
// ("create_table_as": also duckdb__create_table_as, default__create_table_as).
func (c *Compiler) Overridden(name string) bool { return false }

// Materialization finds the macro that builds nodes materialized so: "materialization_table_default"
// and its package. builtin is true if the project defines none of that name, so that the engine's
// own is to be used.
func (c *Compiler) Materialization(name string) (macro, pkg string, builtin bool) {
	return "", "", true
}

// Outcome is what a materialization block left behind.
type Outcome struct {
	Relations []adapter.RelationInfo // what it returned under `relations`
	Message   string                 // of its main statement: "OK"
	Rows      int64                  // that its main statement changed; -1 if unknown
	SQL       string                 // the main statement
}

// RunMaterialization runs a `materialization` block of the project for a node that was compiled.
func (c *Compiler) RunMaterialization(ctx context.Context, n *manifest.Node, s adapter.Session, compiled *Compiled, name string) (*Outcome, error) {
	return &Outcome{Rows: -1}, nil
}

// Locate turns a refused statement into a diagnostic at the template's line and column, with a
// hint from the names that the warehouse proposes. Statement is the text that was sent, which
// holds compiled.SQL somewhere inside; "" means compiled.SQL itself. What lies outside the
// compiled SQL is shown in the statement.
func (c *Compiler) Locate(n *manifest.Node, compiled *Compiled, e *adapter.Error, statement string) *diag.Diagnostic {
	return diag.Errorf(diag.WarehouseError, n.Pos, "%s", e.Msg)
}
