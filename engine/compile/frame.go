package compile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// frame is one render: what a template sees, and what it leaves behind. It is the render's Scope
// and serves one goroutine.
type frame struct {
	c       *Compiler
	ctx     context.Context
	run     *Run
	node    *manifest.Node // never nil
	pkg     string         // whose macros and variables the template sees
	space   *space
	session adapter.Session // nil if the warehouse may not be asked
	execute bool
	opts    CompileOptions
	state   *jinja.State

	kind    frameKind
	vars    map[string]jinja.Value // names looked up so far
	results map[string]jinja.Value // by statement name; nil once loaded
	config  *manifest.Map          // what the template set while it ran
	header  string
	ctes    []manifest.ID // ephemeral parents, in order of first use
	sql     string        // compiled_code, for materializations
	main    string        // the main statement of a materialization
	rows    int64         // that the last statement changed
	capture *capture

	variables int // that are being rendered, one inside of the other

	owner *frame       // the frame that this one is rendered for; itself at the top
	holds *sharedGraph // the graph that the owner keeps to itself until it ends

	compiled      *Compiled // what a materialization builds
	transactional bool      // statements begin a transaction: a materialization runs
	inTransaction bool
}

// frameKind says what is rendered.
type frameKind uint8

const (
	nodeFrame      frameKind = iota // a node's template: refs must be known to the graph
	operationFrame                  // a macro called by name, a hook of a run: any ref goes
	inlineFrame                     // SQL of the command line: any ref goes, ephemeral ones too
)

func (c *Compiler) frame(ctx context.Context, n *manifest.Node, s adapter.Session, o CompileOptions) *frame {
	f := &frame{
		c: c, ctx: ctx, run: c.run.Load(), node: n, pkg: n.Package, session: s, execute: true, opts: o,
		vars: map[string]jinja.Value{}, results: map[string]jinja.Value{}, rows: -1,
	}
	f.owner = f
	f.space = c.space(f.pkg)
	if o.Overrides != nil && o.Overrides.Macros.Len() > 0 {
		f.space = newSpace(c.macros, f.pkg)
		f.space.overrides = o.Overrides.Macros
	}
	f.state = &jinja.State{Ctx: ctx, Macros: f.space, Vars: f}
	for name, v := range o.Vars {
		f.vars[name] = toValue(v)
	}
	return f
}

// Lookup gives a name of the context. What it makes it keeps, so that a template finds the same
// value each time.
func (f *frame) Lookup(name string) (jinja.Value, bool) {
	if v, ok := f.vars[name]; ok {
		return v, true
	}
	v, ok := f.make(name)
	if ok {
		f.vars[name] = v
	}
	return v, ok
}

// frameOf finds the frame of a call made by a template of this package.
func frameOf(c *jinja.Call) (*frame, bool) {
	if c.State == nil {
		return nil, false
	}
	f, ok := c.State.Vars.(*frame)
	return f, ok
}

// errorf makes a diagnostic at the nearest place in the user's own files that the call came from.
func (f *frame) errorf(c *jinja.Call, code diag.Code, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(code, c.Pos, format, args...)
	if c.State != nil {
		d.Notes = append(d.Notes, c.State.Stack()...)
	}
	return f.blame(d)
}

// blame moves a diagnostic out of the built-in macros: it stands where the user's files called
// them, and the notes inside the built-in ones go.
func (f *frame) blame(d *diag.Diagnostic) *diag.Diagnostic {
	for len(d.Notes) > 0 && isBuiltin(d.Pos) {
		d.Pos = d.Notes[0].Pos
		d.Notes = d.Notes[1:]
	}
	if isBuiltin(d.Pos) {
		d.Pos = f.node.Pos
	}
	kept := d.Notes[:0]
	for _, n := range d.Notes {
		loose := n.Pos.Line == 0 && n.Pos.File == f.node.Name // the command line, which is no place
		if !isBuiltin(n.Pos) && !loose {
			kept = append(kept, n)
		}
	}
	d.Notes = kept
	return d
}

func isBuiltin(p diag.Pos) bool { return strings.HasPrefix(p.File, builtinPrefix) }

func hint(d *diag.Diagnostic, format string, args ...any) *diag.Diagnostic {
	return d.WithHint(format, args...)
}

// fail makes an error of a render presentable: at a place of the user's, named after the node.
func (f *frame) fail(err error) error {
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		if ctx := f.ctx.Err(); ctx != nil {
			return err
		}
		return fmt.Errorf("render %s: %w", f.node.ID, err)
	}
	f.explain(d)
	return f.blame(d)
}

// macro finds a macro as a template of this frame would: "star", "dbt_utils.star".
func (f *frame) macro(name string) (*project.Macro, error) {
	if pkg, rest, dotted := cutDot(name); dotted {
		m, known := f.c.macros.inPackage(pkg, rest)
		if m != nil {
			return m, nil
		}
		if !known {
			return nil, diag.Errorf(diag.UnknownMacro, diag.Pos{}, "no package is named %q", pkg).
				WithHint("%s", orElse(diag.DidYouMean(pkg, f.c.packageNames()), "packages: "+strings.Join(f.c.packageNames(), ", ")))
		}
		return nil, diag.Errorf(diag.UnknownMacro, diag.Pos{}, "package %s has no macro named %q", pkg, rest).
			WithHint("%s", diag.DidYouMean(rest, f.c.macros.nearNames(pkg)))
	}
	if m := f.c.macros.resolve(f.pkg, name); m != nil {
		return m, nil
	}
	return nil, diag.Errorf(diag.UnknownMacro, diag.Pos{}, "no macro is named %q", name).
		WithHint("%s", diag.DidYouMean(name, f.c.macros.nearNames(f.pkg)))
}

func (c *Compiler) packageNames() []string {
	names := []string{internalPackage}
	for _, p := range c.project.Packages {
		names = append(names, p.Name)
	}
	return names
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func cutDot(s string) (before, after string, found bool) { return strings.Cut(s, ".") }

func joinQuoted(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "'" + n + "'"
	}
	return strings.Join(quoted, ", ")
}

// noteMacro takes down a macro that parse mode found.
func (f *frame) noteMacro(m *project.Macro) {
	if f.capture != nil {
		f.capture.macro(m.ID)
	}
}

// call invokes a macro of the set.
func (f *frame) call(m *project.Macro, args []jinja.Value, kwargs []jinja.Kwarg, pos diag.Pos) (jinja.Value, error) {
	f.noteMacro(m)
	return jinja.Invoke(f.state, f.space.bind(m), args, kwargs, pos)
}
