package engine

import (
	"errors"

	"atlas/engine/adapter"
	"atlas/engine/compile"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// begin tells templates of an invocation that runs no graph.
func (w *Workspace) begin(which string, log func(level, msg string), args *manifest.Map) {
	r := compile.NewRun(which)
	r.Started = w.engine.Clock().UTC()
	r.Clock = w.engine.Clock
	r.Log, r.Args = log, args
	w.Compiler.SetRun(r)
}

// locate makes a refused statement a diagnostic at its template.
func locate(c *compile.Compiler, n *manifest.Node, compiled *compile.Compiled, err error, statement string) error {
	var refused *adapter.Error
	if !errors.As(err, &refused) {
		return err
	}
	if compiled == nil {
		compiled = &compile.Compiled{}
	}
	return c.Locate(n, compiled, refused, statement)
}

// textOf gives what a macro returned, "" for none.
func textOf(v any) string {
	if v == nil {
		return ""
	}
	return jinja.Str(jinja.FromGo(v))
}
