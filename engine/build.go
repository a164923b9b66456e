package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"atlas/engine/adapter"
	"atlas/engine/compile"
	"atlas/engine/datatest"
	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
	"atlas/engine/materialize"
	"atlas/engine/project"
	"atlas/engine/run"
)

// RunOptions say what a run does.
type RunOptions struct {
	Command       string // "run", "test", "build", "seed", "compile"
	Nodes         []*manifest.Node
	FullRefresh   bool
	FailFast      bool
	Empty         bool // refs give no rows, so that everything is built but nothing is read
	StoreFailures *bool
	// EventStart and EventEnd bound what microbatch models build, UTC; nil leaves it to them.
	EventStart, EventEnd *time.Time
	Args                 *manifest.Map // the command line, for artifacts and invocation_args_dict
	Open                 adapter.OpenOptions
	Observe              func(run.Event)
	Log                  func(level, msg string) // log(…, info=true) and warnings of templates
}

// Report is what a run did.
type Report struct {
	Results  []run.Result
	Started  time.Time
	Elapsed  time.Duration
	Critical []manifest.ID // the chain that took longest
	Path     time.Duration // and how long it took
}

// Failed reports whether any node failed or was skipped.
func (r *Report) Failed() bool {
	for _, res := range r.Results {
		if res.Status.Failed() {
			return true
		}
	}
	return false
}

// Count gives how many results have the status.
func (r *Report) Count(s run.Status) int {
	n := 0
	for _, res := range r.Results {
		if res.Status == s {
			n++
		}
	}
	return n
}

// Run executes nodes. The error is for what stopped the run as a whole; what befell a node
// stands in its result. Artifacts are written in either case.
func (w *Workspace) Run(ctx context.Context, o RunOptions) (*Report, error) {
	o.Nodes = Runnable(o.Command, o.Nodes)
	r := &running{Workspace: w, o: o, report: &Report{Started: w.engine.Clock()}}
	r.invocation = r.newInvocation()
	err := r.do(ctx)
	r.report.Elapsed = w.engine.Clock().Sub(r.report.Started)
	if werr := r.writeArtifacts(); err == nil {
		err = werr
	}
	return r.report, err
}

// Runnable leaves out what a command has nothing to do for: ephemeral models are built only
// inside others, though they can be compiled.
func Runnable(command string, nodes []*manifest.Node) []*manifest.Node {
	out := make([]*manifest.Node, 0, len(nodes))
	for _, n := range nodes {
		if n.Executable() && (command == "compile" || !n.Ephemeral()) {
			out = append(out, n)
		}
	}
	return out
}

// running is one run under way.
type running struct {
	*Workspace
	o         RunOptions
	report    *Report
	warehouse adapter.Warehouse

	invocation *compile.Run
	compiled   compiledSet
}

func (w *Workspace) targetDir() string {
	if filepath.IsAbs(w.Project.TargetPath) {
		return w.Project.TargetPath
	}
	return filepath.Join(w.Project.Root, filepath.FromSlash(w.Project.TargetPath))
}

func (r *running) do(ctx context.Context) error {
	if len(r.o.Nodes) == 0 {
		return nil
	}
	warehouse, err := r.Open(ctx, r.o.Open)
	if err != nil {
		return err
	}
	defer warehouse.Close()
	r.warehouse = warehouse
	session, err := warehouse.Session(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	r.Compiler.SetRun(r.invocation)
	if err := r.createSchemas(ctx, session); err != nil {
		return err
	}
	if err := r.hooks(ctx, session, "on-run-start", hooksOf(r.Project, true)); err != nil {
		r.skipAll(err)
		return nil
	}
	if err := r.execute(ctx); err != nil {
		return err
	}
	return r.hooks(ctx, session, "on-run-end", hooksOf(r.Project, false))
}

// newInvocation gives what templates may know of the run.
func (r *running) newInvocation() *compile.Run {
	run := compile.NewRun(r.o.Command)
	run.Started, run.Clock = r.report.Started.UTC(), r.engine.Clock
	run.FullRefresh, run.Empty = r.o.FullRefresh, r.o.Empty
	run.Args, run.Log, run.Selected = r.o.Args, r.o.Log, ids(r.o.Nodes)
	run.EventStart, run.EventEnd = r.o.EventStart, r.o.EventEnd
	run.StoreFailures = r.o.StoreFailures != nil && *r.o.StoreFailures
	return run
}

func ids(nodes []*manifest.Node) []manifest.ID {
	out := make([]manifest.ID, len(nodes))
	for i, n := range nodes {
		out[i] = n.ID
	}
	return out
}

// execute plans and runs the nodes.
func (r *running) execute(ctx context.Context) error {
	set := graph.NewSet(ids(r.o.Nodes)...)
	plan := run.Plan{
		Nodes: r.o.Nodes, Needs: graph.BuildNeeds(r.Manifest, set, r.o.Command == "build"),
		Stages: r.stages(), Threads: r.Threads(), FailFast: r.o.FailFast, Blocks: r.blocks,
	}
	e := run.Executor{
		Open:    r.warehouse.Session,
		Observe: r.o.Observe,
		Clock:   r.engine.Clock,
	}
	results, err := e.Execute(ctx, plan)
	r.report.Results = append(r.report.Results, results...)
	took := map[manifest.ID]time.Duration{}
	for _, res := range results {
		if res.Status != run.Skipped {
			took[res.Node.ID] = res.Duration()
		}
	}
	r.report.Critical, r.report.Path = graph.CriticalPath(r.Manifest, took)
	return err
}

// blocks is dbt's rule: what failed holds up what hangs below, a failed test only in a build,
// and on_error: continue lets the rest go on.
func (r *running) blocks(res run.Result) bool {
	if res.Node.Config.String("on_error") == "continue" {
		return false
	}
	return res.Status.Failed()
}

// stages gives what does the work for each kind of node.
func (r *running) stages() map[manifest.Kind]run.Stage {
	if r.o.Command == "compile" {
		compiling := run.StageFunc(r.compileOnly)
		return map[manifest.Kind]run.Stage{
			manifest.Model: compiling, manifest.Test: compiling, manifest.Analysis: compiling, manifest.Snapshot: compiling,
		}
	}
	building := materialize.Stage{
		Compiler: r.Compiler, Strategies: r.engine.Strategies, Adapter: r.Adapter, FullRefresh: r.o.FullRefresh, Wrote: r.wrote,
	}
	testing := datatest.Stage{Compiler: r.Compiler, Dialect: r.Adapter.Dialect(), StoreFailures: r.o.StoreFailures, Wrote: r.wrote}
	return map[manifest.Kind]run.Stage{
		manifest.Model: building, manifest.Seed: building, manifest.Snapshot: building, manifest.Test: testing,
		manifest.UnitTest: datatest.UnitStage{Compiler: r.Compiler, Wrote: r.wrote},
	}
}

func (r *running) compileOnly(ctx context.Context, env run.Env, n *manifest.Node) run.Outcome {
	c, err := r.Compiler.Compile(ctx, n, env.Session)
	if err != nil {
		return run.Outcome{Status: run.Error, Err: err, Rows: -1}
	}
	out := run.Outcome{Status: run.Success, SQL: c.SQL, Compiled: env.Clock(), Rows: -1, Message: "compiled", Relation: n.Relation}
	if err := r.wrote(n, c, ""); err != nil {
		return run.Outcome{Status: run.Error, Err: err, Rows: -1}
	}
	return out
}

// createSchemas makes the schemas that the selected nodes need, once and before any worker, so
// that no two workers create the same one.
func (r *running) createSchemas(ctx context.Context, s adapter.Session) error {
	if r.o.Command == "compile" {
		return nil
	}
	type place struct{ database, schema string }
	wanted := map[place]bool{}
	for _, n := range r.o.Nodes {
		if n.Kind == manifest.Test || n.Kind == manifest.UnitTest || n.Ephemeral() || n.Relation.Schema == "" {
			continue
		}
		wanted[place{n.Relation.Database, n.Relation.Schema}] = true
	}
	places := make([]place, 0, len(wanted))
	for p := range wanted {
		places = append(places, p)
	}
	sort.Slice(places, func(i, j int) bool {
		return places[i].database+"."+places[i].schema < places[j].database+"."+places[j].schema
	})
	for _, p := range places {
		if _, err := s.Exec(ctx, r.Adapter.Dialect().CreateSchema(p.database, p.schema)); err != nil {
			return fmt.Errorf("create schema %s: %w", p.schema, err)
		}
	}
	return nil
}

// runHook is one project hook with the package it came from.
type runHook struct {
	pkg string
	project.RunHook
}

func hooksOf(p *project.Project, start bool) []runHook {
	var out []runHook
	for _, pkg := range p.Packages {
		list := pkg.OnRunEnd
		if start {
			list = pkg.OnRunStart
		}
		for _, h := range list {
			out = append(out, runHook{pkg.Name, h})
		}
	}
	return out
}

// hooks runs the project's hooks in order, each in its own right.
func (r *running) hooks(ctx context.Context, s adapter.Session, kind string, hooks []runHook) error {
	if r.o.Command == "compile" {
		return nil
	}
	for _, h := range hooks {
		sql, err := r.Compiler.RenderRunHook(ctx, h.pkg, s, h.SQL, h.Pos, r.hookVars(kind))
		if err != nil {
			return err
		}
		if strings.TrimSpace(sql) == "" {
			continue
		}
		if _, err := s.Exec(ctx, sql); err != nil {
			_ = s.Rollback(context.WithoutCancel(ctx))
			return hookFailed(h, kind, sql, err)
		}
	}
	return nil
}

// hookVars gives the names that only on-run-end sees.
func (r *running) hookVars(kind string) map[string]any {
	if kind != "on-run-end" {
		return nil
	}
	schemas := map[string]bool{}
	var names, pairs []any
	for _, res := range r.report.Results {
		rel := res.Relation
		if res.Status != run.Success || rel.Schema == "" || schemas[rel.Database+"."+rel.Schema] {
			continue
		}
		schemas[rel.Database+"."+rel.Schema] = true
		names = append(names, rel.Schema)
		pairs = append(pairs, []any{rel.Database, rel.Schema})
	}
	return map[string]any{"schemas": names, "database_schemas": pairs, "results": compile.ResultsValue(r.resultInfos())}
}

// resultInfos gives the results in the shape that templates see.
func (r *running) resultInfos() []compile.ResultInfo {
	out := make([]compile.ResultInfo, 0, len(r.report.Results))
	for _, res := range r.report.Results {
		info := compile.ResultInfo{
			Node: res.Node, Status: string(res.Status), Message: res.Message, Rows: res.Rows,
			Seconds: res.Duration().Seconds(), Thread: res.Thread, SQL: res.SQL,
		}
		if isTest(res.Node) {
			failures := res.Failures
			info.Failures = &failures
		}
		out = append(out, info)
	}
	return out
}

// isTest reports a node whose result counts failures.
func isTest(n *manifest.Node) bool { return n.Kind == manifest.Test || n.Kind == manifest.UnitTest }

func hookFailed(h runHook, kind, sql string, err error) error {
	var refused *adapter.Error
	if !errors.As(err, &refused) {
		return err
	}
	return diag.Errorf(diag.WarehouseError, h.Pos, "%s failed: %s", kind, refused.Msg).
		WithHint("the statement is: %s", strings.TrimSpace(sql)).WithErr(err)
}

// skipAll records a run whose on-run-start failed: nothing was started.
func (r *running) skipAll(err error) {
	now := r.engine.Clock()
	for i, n := range r.o.Nodes {
		res := run.Result{Node: n, Started: now, Finished: now, Outcome: run.Outcome{Status: run.Skipped, Message: "on-run-start failed", Rows: -1}}
		if i == 0 {
			res.Err = err
		}
		r.report.Results = append(r.report.Results, res)
	}
}
