package compile

import (
	"context"
	"errors"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// Materialization finds the macro that builds nodes materialized so: "materialization_table_default"
// and its package. builtin is true if the engine's own materialization is to be used: the project
// defines none of that name, and overrides no macro that the built-in one goes through.
func (c *Compiler) Materialization(name string) (macro, pkg string, builtin bool) {
	m := c.materialization(name)
	if m == nil || c.macros.isInternal(m.Package) && !onlyTemplate(name) && !c.touched(m) {
		return "", "", true
	}
	return m.Name, m.Package, false
}

// MaterializationOf is Materialization for one node. Besides, a node whose config asks for what
// only the built-in blocks do goes by them: an enforced contract, microbatches, DuckLake's
// partitions and sort order.
func (c *Compiler) MaterializationOf(n *manifest.Node, name string) (macro, pkg string, builtin bool) {
	macro, pkg, builtin = c.Materialization(name)
	if !builtin || !wantsTemplate(n) {
		return macro, pkg, builtin
	}
	if m := c.materialization(name); m != nil && n.Kind == manifest.Model {
		return m.Name, m.Package, false
	}
	return "", "", true
}

func wantsTemplate(n *manifest.Node) bool {
	if isMicrobatch(n) {
		return true
	}
	if manifest.NewConfig(mapOf(n.Config, "contract")).Bool("enforced", false) {
		return true
	}
	for _, key := range []string{"partitioned_by", "partition_by", "sorted_by", "sort_by"} {
		if v, ok := n.Config.Get(key); ok && v != nil {
			return true
		}
	}
	return false
}

// onlyTemplate reports a built-in materialization that exists as a template alone.
func onlyTemplate(name string) bool {
	return name == "snapshot" || name == "external" || name == "table_function"
}

// touched reports whether the project stands in the way of a built-in materialization: whether it
// overrides one of the macros that it calls, directly or through others.
func (c *Compiler) touched(m *project.Macro) bool {
	if v, ok := c.overrides.Load(m.ID); ok {
		return v.(bool)
	}
	found := false
	seen := map[manifest.ID]bool{}
	queue := []*project.Macro{m}
	for len(queue) > 0 && !found {
		m := queue[0]
		queue = queue[1:]
		for _, id := range c.dependencies(m) {
			next := c.macros.all[id]
			if next == nil || seen[id] {
				continue
			}
			seen[id] = true
			if !c.macros.isInternal(next.Package) {
				found = true
				break
			}
			queue = append(queue, next)
		}
	}
	c.overrides.Store(m.ID, found)
	return found
}

// fetched gives the rows of a statement's result.
func fetched(d *jinja.Dict) [][]any {
	v, _ := d.GetStr("table")
	t, ok := v.(*table)
	if !ok {
		return nil
	}
	rows := make([][]any, len(t.rows))
	for i, r := range t.rows {
		for _, v := range r.values {
			rows[i] = append(rows[i], toData(v))
		}
	}
	return rows
}

// begin opens the transaction of a materialization, if none is open.
func (f *frame) begin() error {
	if !f.transactional || f.inTransaction {
		return nil
	}
	if err := f.session.Begin(f.ctx); err != nil {
		return err
	}
	f.inTransaction = true
	return nil
}

// commit ends the transaction of a materialization, if one is open.
func (f *frame) commit() error {
	if !f.inTransaction {
		return nil
	}
	f.inTransaction = false
	return f.session.Commit(f.ctx)
}

// endTransaction commits what a materialization left open, or rolls it back if it failed.
func (f *frame) endTransaction(err error) error {
	if !f.inTransaction {
		return err
	}
	if err == nil {
		return f.commit()
	}
	f.inTransaction = false
	if undo := f.session.Rollback(context.WithoutCancel(f.ctx)); undo != nil {
		return errors.Join(err, undo)
	}
	return err
}

// nativeMaterializations are those that the engine has itself. Packages may not replace them
// unless the root project passes them on, as in dbt.
func nativeMaterialization(name string) bool {
	switch name {
	case "table", "view", "incremental", "ephemeral", "seed", "snapshot", "test", "unit", "external", "clone":
		return true
	}
	return false
}

// materialization follows dbt's order: the root project's for the adapter, then its default,
// then those of packages.
func (c *Compiler) materialization(name string) *project.Macro {
	packages := []string{c.macros.root}
	explicit := manifest.NewConfig(c.project.Flags).Bool("require_explicit_package_overrides_for_builtin_materializations", true)
	if !nativeMaterialization(name) || !explicit {
		for _, p := range c.project.Packages[min(1, len(c.project.Packages)):] {
			packages = append(packages, p.Name)
		}
	}
	for _, adapterName := range []string{c.macros.adapter, "default"} {
		for _, pkg := range packages {
			if m := c.macros.packages[pkg]["materialization_"+name+"_"+adapterName]; m != nil {
				return m
			}
		}
	}
	for _, adapterName := range []string{c.macros.adapter, "default"} {
		if m := c.macros.internal["materialization_"+name+"_"+adapterName]; m != nil {
			return m
		}
	}
	return nil
}

// MaterializationNames lists the materializations that a config may name: the engine's own and
// the project's.
func (c *Compiler) MaterializationNames() []string {
	names := []string{"table", "view", "incremental", "ephemeral", "external", "table_function"}
	for _, macros := range c.macros.packages {
		for _, m := range macros {
			if rest, ok := cutPrefix(m.Name, "materialization_"); ok && m.Kind == "materialization" {
				names = append(names, rest[:len(rest)-len(m.Adapter)-1])
			}
		}
	}
	return names
}

// Outcome is what a materialization block left behind.
type Outcome struct {
	Relations []adapter.RelationInfo // what it returned under `relations`
	Message   string                 // of its main statement: "OK"
	Rows      int64                  // that its main statement changed; -1 if unknown
	SQL       string                 // the main statement
	Result    [][]any                // rows of the main statement, if it was fetched
}

// RunMaterialization runs a `materialization` block of the project for a node that was compiled.
// The block runs its statements on the session itself, in a transaction that its first statement
// begins and adapter.commit or its end commits; hooks are its affair. A microbatch model is
// compiled anew and run for each of its slices of time.
func (c *Compiler) RunMaterialization(ctx context.Context, n *manifest.Node, s adapter.Session, compiled *Compiled, name string) (*Outcome, error) {
	if m := c.materialization(name); m != nil && c.macros.isInternal(m.Package) && isMicrobatch(n) {
		return c.runBatches(ctx, n, s, name)
	}
	return c.runBlock(ctx, n, s, compiled, name, CompileOptions{})
}

func (c *Compiler) runBlock(ctx context.Context, n *manifest.Node, s adapter.Session, compiled *Compiled, name string, o CompileOptions) (out *Outcome, err error) {
	m := c.materialization(name)
	if m == nil {
		return nil, diag.Errorf(diag.BadConfig, n.Pos, "no materialization is named %q", name).
			WithHint("%s", diag.DidYouMean(name, c.MaterializationNames()))
	}
	f := c.frame(ctx, n, s, o)
	defer f.end()
	f.transactional = true
	defer func() { err = f.endTransaction(err) }()
	f.sql, f.compiled = compiled.SQL, compiled
	if compiled.Header != "" {
		f.config = manifest.NewMap("sql_header", compiled.Header)
	}
	v, err := f.call(m, nil, nil, n.Pos)
	if err != nil {
		return nil, f.fail(err)
	}
	out = &Outcome{Rows: -1, SQL: f.main, Message: "OK"}
	ran, ok := f.results["main"].(*jinja.Dict)
	if !ok {
		return nil, diag.Errorf(diag.BadConfig, m.Pos, "the materialization %q runs no statement named main", name).
			WithHint("put its SQL into {%% call statement('main') %%}")
	}
	if r, ok := ran.GetStr("response"); ok {
		out.Message = jinja.Str(r)
		if resp, ok := r.(response); ok {
			out.Rows = resp.rows
		}
	}
	out.Result = fetched(ran)
	d, ok := v.(*jinja.Dict)
	if !ok {
		return nil, diag.Errorf(diag.BadConfig, m.Pos, "the materialization %q returns no relations", name).
			WithHint("end it with {{ return({'relations': [target_relation]}) }}")
	}
	relations, _ := d.GetStr("relations")
	for _, v := range items(relations) {
		if r, ok := v.(*relation); ok {
			out.Relations = append(out.Relations, adapter.RelationInfo{Relation: r.manifest(), Type: r.kind})
		}
	}
	return out, nil
}
