package materialize

import (
	"context"
	"errors"
	"slices"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/manifest"
	"atlas/engine/registry"
	"atlas/engine/run"
)

// Stage builds models and seeds.
type Stage struct {
	Compiler    *compile.Compiler
	Strategies  *registry.Registry[Strategy]
	Adapter     adapter.Adapter
	FullRefresh bool                                                          // --full-refresh; a node's own full_refresh config wins
	Wrote       func(n *manifest.Node, c *compile.Compiled, ran string) error // keeps compiled SQL; nil for none
}

// Do builds one node. Whatever fails, the relation that was there before is still in place.
func (s Stage) Do(ctx context.Context, env run.Env, n *manifest.Node) run.Outcome {
	b := &build{Stage: s, env: env, node: n, out: run.Outcome{Rows: -1, Relation: n.Relation}}
	if err := b.do(ctx); err != nil {
		_ = env.Session.Rollback(context.WithoutCancel(ctx))
		b.out.Status, b.out.Err, b.out.Message = run.Error, err, ""
		b.out.Kept = b.existing != nil && !b.committed
		return b.out
	}
	b.out.Status = run.Success
	return b.out
}

// build is the work on one node.
type build struct {
	Stage
	env      run.Env
	node     *manifest.Node
	compiled *compile.Compiled
	existing *adapter.RelationInfo
	out      run.Outcome
	ran      []string

	committed bool // the new relation is in place
}

func (b *build) do(ctx context.Context) error {
	if err := b.compile(ctx); err != nil {
		return err
	}
	name := b.node.Config.Materialized()
	switch b.node.Kind {
	case manifest.Seed, manifest.Snapshot:
		name = string(b.node.Kind)
	default:
	}
	if _, _, builtin := b.Compiler.MaterializationOf(b.node, name); !builtin {
		return b.custom(ctx, name)
	}
	strategy, ok := b.Strategies.Lookup(name)
	if !ok {
		return b.unknown(name)
	}
	facts, err := b.facts(ctx, strategy)
	if err != nil {
		return err
	}
	plan, err := strategy.Plan(facts)
	if err != nil {
		return err
	}
	b.out.Message = plan.Label
	if err := b.apply(ctx, plan); err != nil {
		return err
	}
	b.out.Ran = strings.Join(b.ran, ";\n\n") + ";\n"
	return b.keep()
}

func (b *build) compile(ctx context.Context) error {
	if b.node.Kind == manifest.Seed {
		b.compiled = &compile.Compiled{}
		return nil
	}
	c, err := b.Compiler.Compile(ctx, b.node, b.env.Session)
	if err != nil {
		return err
	}
	b.compiled = c
	b.out.SQL, b.out.Compiled = c.SQL, b.env.Clock()
	return nil
}

func (b *build) keep() error {
	if b.Wrote == nil {
		return nil
	}
	return b.Wrote(b.node, b.compiled, b.out.Ran)
}

func (b *build) unknown(name string) error {
	names := append(b.Strategies.Names(), "ephemeral")
	return diag.Errorf(diag.BadConfig, b.node.Pos, "%s: no materialization is named %q", b.node.Name, name).
		WithHint("%s", strings.TrimSpace(diag.DidYouMean(name, names)+" there are "+strings.Join(names, ", ")+
			"; a project can define its own with {% materialization "+name+", default %}"))
}

// custom runs a materialization that the project or a package defines.
func (b *build) custom(ctx context.Context, name string) error {
	var err error
	if b.existing, err = b.env.Session.Relation(ctx, b.node.Relation); err != nil {
		return err
	}
	result, err := b.Compiler.RunMaterialization(ctx, b.node, b.env.Session, b.compiled, name)
	if err != nil {
		return err
	}
	b.out.Message, b.out.Rows, b.out.Ran = name, result.Rows, result.SQL
	return b.keep()
}

func (b *build) facts(ctx context.Context, strategy Strategy) (Facts, error) {
	f := Facts{
		Node: b.node, Target: b.node.Relation, Query: b.compiled.SQL,
		Dialect: b.Adapter.Dialect(), Caps: b.Adapter.Caps(),
		FullRefresh: b.node.Config.Bool("full_refresh", b.FullRefresh),
		Custom:      b.customStrategy(ctx),
	}
	var err error
	if f.Existing, err = b.env.Session.Relation(ctx, f.Target); err != nil {
		return f, err
	}
	b.existing = f.Existing
	if reader, ok := strategy.(ColumnReader); !ok || !reader.NeedsColumns(f) {
		return f, nil
	}
	if f.Held, err = b.env.Session.Columns(ctx, f.Target); err != nil {
		return f, err
	}
	f.Offered, err = b.env.Session.Describe(ctx, f.Query)
	return f, b.locate(f.Query, err)
}

// customStrategy lets a project's get_incremental_<name>_sql macro plan the statement.
func (b *build) customStrategy(ctx context.Context) func(string, StrategyArgs) (string, bool, error) {
	return func(strategy string, a StrategyArgs) (string, bool, error) {
		return b.Compiler.IncrementalSQL(ctx, b.node, b.env.Session, compile.IncrementalArgs{
			Strategy: strategy, Target: a.Target, Source: a.Source, SourceTemporary: a.SourceTemp,
			UniqueKey: a.UniqueKey, Columns: a.Columns, Predicates: a.Predicates,
		})
	}
}

// apply carries a plan out: hooks, then all steps in one transaction.
func (b *build) apply(ctx context.Context, p Plan) error {
	pre, post := b.node.Config.Hooks("pre-hook"), b.node.Config.Hooks("post-hook")
	if err := b.hooks(ctx, pre, false); err != nil {
		return err
	}
	if err := b.env.Session.Begin(ctx); err != nil {
		return err
	}
	if err := b.hooks(ctx, pre, true); err != nil {
		return err
	}
	if b.compiled.Header != "" {
		if err := b.exec(ctx, Step{SQL: b.compiled.Header}); err != nil {
			return err
		}
	}
	for _, step := range p.Steps {
		if err := b.exec(ctx, step); err != nil {
			return err
		}
	}
	if err := b.persistDocs(ctx, p.Type); err != nil {
		return err
	}
	if err := b.count(ctx, p); err != nil {
		return err
	}
	if err := b.hooks(ctx, post, true); err != nil {
		return err
	}
	if err := b.env.Session.Commit(ctx); err != nil {
		return err
	}
	b.committed = true
	return b.hooks(ctx, post, false)
}

// count asks for the rows of a table that was built whole, where the warehouse did not say.
func (b *build) count(ctx context.Context, p Plan) error {
	if p.Type != adapter.Table || b.out.Rows >= 0 {
		return nil
	}
	rows, err := b.env.Session.Query(ctx, "select count(*) from "+b.Adapter.Dialect().Relation(b.node.Relation))
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		if n, ok := rows.Values()[0].(int64); ok {
			b.out.Rows = n
		}
	}
	return rows.Err()
}

func (b *build) hooks(ctx context.Context, hooks []manifest.Hook, inside bool) error {
	for _, h := range hooks {
		if h.Transaction != inside {
			continue
		}
		sql, err := b.Compiler.RenderHook(ctx, b.node, b.env.Session, h.SQL, b.node.Pos)
		if err != nil {
			return err
		}
		if strings.TrimSpace(sql) == "" {
			continue
		}
		if _, err := b.env.Session.Exec(ctx, sql); err != nil {
			return hookFailed(b.node, sql, err)
		}
	}
	return nil
}

func hookFailed(n *manifest.Node, sql string, err error) error {
	var refused *adapter.Error
	if !errors.As(err, &refused) {
		return err
	}
	return diag.Errorf(diag.WarehouseError, n.Pos, "a hook of %s failed: %s", n.Name, refused.Msg).
		WithHint("the hook is: %s", strings.TrimSpace(sql)).WithErr(err)
}

func (b *build) exec(ctx context.Context, step Step) error {
	if step.Load != nil {
		rows, err := step.Load.into(ctx, b.env.Session, step.Into)
		b.out.Rows = rows
		return err
	}
	b.ran = append(b.ran, step.SQL)
	rows, err := b.env.Session.Exec(ctx, step.SQL)
	if err != nil {
		return b.locate(step.SQL, err)
	}
	if step.Main {
		b.out.Rows = rows
	}
	return nil
}

func (b *build) locate(statement string, err error) error {
	var refused *adapter.Error
	if !errors.As(err, &refused) {
		return err
	}
	return b.Compiler.Locate(b.node, b.compiled, refused, statement)
}

// into loads the file's rows.
func (t *SeedTable) into(ctx context.Context, s adapter.Session, rel manifest.Relation) (int64, error) {
	var rows int64
	var err error
	l, fast := s.(adapter.CSVLoader)
	fast = fast && t.node.Config.Bool("fast", true)
	if fast {
		// dbt-duckdb's load guesses too: a file may quote with ' and mean it.
		rows, err = l.LoadCSV(ctx, rel, t.Columns, t.File, adapter.CSVOptions{Delimiter: string(t.Delimiter), Guess: true})
	} else {
		rows, err = s.Load(ctx, rel, t.Columns, t.values())
	}
	var bad *adapter.RowError
	if errors.As(err, &bad) {
		line := int(bad.Row)
		if !fast {
			line = t.line
		}
		return 0, diag.Errorf(diag.BadCell, diag.Pos{File: t.node.Pos.File, Line: line}, "seed %s: %s", t.node.Name, rowProblem(bad)).
			WithHint("mend the value, or give the column another type under config: column_types").WithErr(err)
	}
	return rows, err
}

func rowProblem(e *adapter.RowError) string {
	if e.Column == "" {
		return e.Err.Error()
	}
	return "column " + e.Column + ": " + e.Err.Error()
}

// persistDocs writes descriptions into the warehouse where the config asks for it. A column that
// the relation does not have is left out, as dbt does.
func (b *build) persistDocs(ctx context.Context, t adapter.RelationType) error {
	raw, _ := b.node.Config.Get("persist_docs")
	m, _ := raw.(*manifest.Map)
	wanted := manifest.NewConfig(m)
	d, info := b.Adapter.Dialect(), adapter.RelationInfo{Relation: b.node.Relation, Type: t}
	if wanted.Bool("relation", false) && b.node.Description != "" {
		if err := b.exec(ctx, Step{SQL: d.Comment(info, b.node.Description), Why: "write the description"}); err != nil {
			return err
		}
	}
	if !wanted.Bool("columns", false) {
		return nil
	}
	held, err := b.env.Session.Columns(ctx, b.node.Relation)
	if err != nil {
		return err
	}
	for _, c := range b.node.Columns {
		at := slices.IndexFunc(held, func(h adapter.Column) bool { return strings.EqualFold(h.Name, c.Name) })
		if c.Description == "" || at < 0 {
			continue
		}
		name := held[at].Name // as the warehouse spells it: of a view it may take no other
		if err := b.exec(ctx, Step{SQL: d.CommentColumn(info, name, c.Description), Why: "describe " + name}); err != nil {
			return err
		}
	}
	return nil
}
