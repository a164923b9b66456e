// Package compile is the template context: it turns a node's template into SQL.
//
// It binds every macro once (the project's, its packages' and the built-in ones embedded under
// macros/), and gives templates what dbt gives them: ref, source, var, config, adapter, run_query
// and the rest. It knows nodes and a session of the warehouse; it does not decide what runs when,
// and it writes nothing but what a template asks the session to write.
//
// A Compiler is shared by many goroutines. What belongs to one render lives in a frame.
package compile

import (
	"context"
	"sync"
	"sync/atomic"

	"atlas/engine/adapter"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// Options modify a compiler.
type Options struct {
	// Env is the environment that env_var reads; nil takes the project's.
	Env func(name string) (string, bool)
	// Run is what the invocation says; it may be set later with SetRun. Nil stands for a
	// run that began now and has no flags.
	Run *Run
}

// Compiler renders templates of one project. It implements project.Renderer.
type Compiler struct {
	project *project.Project
	adapter adapter.Adapter
	dialect adapter.Dialect
	env     func(string) (string, bool)
	target  *jinja.Dict
	globals jinja.Vars
	macros  *macroSet
	names   nameRules

	spaces    sync.Map // package → *space
	run       atomic.Pointer[Run]
	graph     atomic.Pointer[graphIndex]
	shared    atomic.Pointer[sharedGraph]
	warnings  sync.Map // messages of adapter.warn_once
	overrides sync.Map // built-in materialization → whether the project overrides a macro of its
	variables sync.Map // value of a variable → its template

	ephemerals sync.Map // manifest.ID → *ephemeral
}

var _ project.Renderer = (*Compiler)(nil)

// New reads the built-in macros and binds all macros of the project. The error is a diag.List.
func New(p *project.Project, a adapter.Adapter, o Options) (*Compiler, error) {
	c := &Compiler{project: p, adapter: a, dialect: a.Dialect(), env: o.Env}
	if c.env == nil {
		c.env = p.Env
	}
	var err error
	if c.macros, err = newMacroSet(p, a.Dialect().Name()); err != nil {
		return nil, err
	}
	run := o.Run
	if run == nil {
		run = NewRun("")
	}
	c.run.Store(run)
	c.globals = jinja.Builtins(c.clock)
	c.target = targetDict(p, a)
	c.names = newNameRules(c)
	return c, nil
}

// SetManifest gives the linked graph, which ref, source and graph read. Call it after
// graph.Resolve and before Compile.
func (c *Compiler) SetManifest(m *manifest.Manifest) {
	c.graph.Store(newGraphIndex(m))
	c.shared.Store(&sharedGraph{})
	c.ephemerals.Clear()
}

// SetRun replaces what templates see of the invocation.
func (c *Compiler) SetRun(r *Run) {
	c.run.Store(r)
	c.shared.Store(&sharedGraph{})
	c.ephemerals.Clear()
}

// Compile renders a node with execute set and gives its SQL, with the CTEs of its ephemeral
// parents in front. The session answers the template's queries; nil lets the template render as
// long as it asks none. A mistake in the template is a *diag.Diagnostic.
func (c *Compiler) Compile(ctx context.Context, n *manifest.Node, s adapter.Session) (*Compiled, error) {
	return c.CompileWith(ctx, n, s, CompileOptions{})
}

// CompileOptions modify one compilation.
type CompileOptions struct {
	// Batch is the time slice of a microbatch model.
	Batch *Batch
	// Overrides are a unit test's replacements.
	Overrides *Overrides
	// Thread is what thread_id gives.
	Thread string
	// Vars are further names that the template sees ("results", "schemas").
	Vars map[string]any
	// Escape makes safe what a template prints whose text is no SQL; nil prints values as they are.
	Escape func(string) string
}

// Overrides replace what a unit test's model sees of the world.
type Overrides struct {
	// Inputs gives the SQL that stands in for a referenced node; the node becomes a CTE. That of
	// the node itself stands in for `this`.
	Inputs map[manifest.ID]string
	// This stands in for `this`, if not "".
	This string
	// Macros gives the value that a call of the macro returns: "is_incremental", "dbt_utils.star".
	Macros *manifest.Map
	// Vars and Env come before the project's variables and the environment.
	Vars, Env *manifest.Map
}
