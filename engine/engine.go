// Package engine is the pipeline: Load → Parse → Resolve → Select → Plan → Execute → Artifacts.
//
// Every stage is one call into the room that knows it; this package only joins them, and holds
// the registries of what can be plugged in. It prints nothing and reads no flag: a command
// (cmd/atlas) hands it options and an observer.
package engine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"time"

	"atlas/engine/adapter"
	adapters "atlas/engine/adapter/builtin"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/graph"
	"atlas/engine/manifest"
	"atlas/engine/materialize"
	"atlas/engine/project"
	"atlas/engine/registry"
	"atlas/engine/source"
	sources "atlas/engine/source/builtin"
)

// Engine holds what Atlas can do and how it sees the outside.
type Engine struct {
	Adapters   *registry.Registry[adapter.Adapter]
	Sources    *registry.Registry[source.Source]
	Strategies *registry.Registry[materialize.Strategy]
	Clock      func() time.Time
	Env        func(name string) (string, bool)
	Version    string // of Atlas, for artifacts
}

// New gives an engine with everything that Atlas ships.
func New() *Engine {
	return &Engine{
		Adapters: adapters.Adapters(), Sources: sources.Sources(), Strategies: materialize.Builtin(),
		Clock: time.Now, Env: os.LookupEnv,
	}
}

// Workspace is a project read, parsed and linked: where every command starts.
type Workspace struct {
	engine   *Engine
	Project  *project.Project
	Manifest *manifest.Manifest
	Compiler *compile.Compiler
	Adapter  adapter.Adapter
}

// Load reads a project. The list holds all its mistakes, warnings among them; with errors the
// workspace is as far as reading came, possibly nil.
func (e *Engine) Load(ctx context.Context, o project.Options) (*Workspace, diag.List) {
	o.Database = e.database
	p, problems := project.Load(ctx, o)
	if p == nil {
		return nil, problems
	}
	w := &Workspace{engine: e, Project: p}
	a, err := e.Adapters.Get(p.Target.Type)
	if err != nil {
		problems.Add(diag.Errorf(diag.NoProfile, diag.Pos{File: "profiles.yml"}, "target %s: %v", p.Target.Name, err))
		return w, problems
	}
	w.Adapter = a
	if checker, ok := a.(adapter.Checker); ok {
		problems.Add(checker.Check(p.Target))
	}
	w.Compiler, err = compile.New(p, a, compile.Options{Env: e.Env})
	if err != nil {
		problems.Add(err)
		return w, problems
	}
	m, found := project.Parse(ctx, p, w.Compiler)
	problems = append(problems, found...)
	w.Manifest = m
	if m == nil {
		return w, problems
	}
	for _, x := range m.Extracts {
		for _, t := range x.Tables {
			source.ResolveDriver(t, e.Sources)
		}
	}
	for id, macro := range w.Compiler.Macros() {
		if _, described := m.Macros[id]; !described {
			m.Macros[id] = macro
		}
	}
	problems = append(problems, graph.Resolve(m)...)
	w.Compiler.SetManifest(m)
	problems = append(problems, w.CheckReports()...)
	return w, problems
}

// database gives the name of the database that a target means; "" for an unknown warehouse.
func (e *Engine) database(t adapter.Target) string {
	a, ok := e.Adapters.Lookup(t.Type)
	if !ok {
		return ""
	}
	return a.Database(t)
}

// Threads gives how many nodes may run at a time.
func (w *Workspace) Threads() int {
	if w.Project.Target.Threads > 0 {
		return w.Project.Target.Threads
	}
	return runtime.NumCPU()
}

// Select gives the nodes that a query means, in build order.
func (w *Workspace) Select(q graph.Query) ([]*manifest.Node, diag.List) {
	q.Selectors = w.selectors()
	set, problems := graph.Select(w.Manifest, q)
	nodes := make([]*manifest.Node, 0, len(set))
	for _, id := range set.Ordered(w.Manifest) {
		nodes = append(nodes, w.Manifest.Nodes[id])
	}
	return nodes, problems
}

// selectors gives selectors.yml as graph reads it.
func (w *Workspace) selectors() []graph.Named {
	var out []graph.Named
	for _, s := range w.Project.Selectors {
		isDefault, _ := s.Default.(bool)
		out = append(out, graph.Named{Name: s.Name, Description: s.Description, Default: isDefault, Definition: s.Definition, Pos: s.Pos})
	}
	return out
}

// Open connects to the target's warehouse.
func (w *Workspace) Open(ctx context.Context, o adapter.OpenOptions) (adapter.Warehouse, error) {
	warehouse, err := w.Adapter.Open(ctx, w.Project.Target, o)
	if err != nil {
		return nil, lockHint(err)
	}
	return warehouse, nil
}

// WithSession opens the warehouse, hands one session to do, and closes both.
func (w *Workspace) WithSession(ctx context.Context, o adapter.OpenOptions, do func(adapter.Session) error) error {
	warehouse, err := w.Open(ctx, o)
	if err != nil {
		return err
	}
	return inSession(ctx, warehouse, do)
}

// WithReader is WithSession for what reads alone: a database that may not be written is opened all the
// same.
func (w *Workspace) WithReader(ctx context.Context, o adapter.OpenOptions, do func(adapter.Session) error) error {
	warehouse, err := w.Open(ctx, o)
	if errors.Is(err, fs.ErrPermission) {
		o.ReadOnly = true
		warehouse, err = w.Open(ctx, o)
	}
	if err != nil {
		return err
	}
	return inSession(ctx, warehouse, do)
}

// inSession hands a session of a warehouse to do, and closes both.
func inSession(ctx context.Context, warehouse adapter.Warehouse, do func(adapter.Session) error) error {
	defer warehouse.Close()
	s, err := warehouse.Session(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	return do(s)
}
