package compile

import (
	"context"

	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// capture is what a template called while it was rendered in parse mode.
type capture struct {
	out  project.Captured
	seen map[manifest.ID]bool
}

func (k *capture) ref(r manifest.Ref)          { k.out.Refs = append(k.out.Refs, r) }
func (k *capture) source(s manifest.SourceRef) { k.out.Sources = append(k.out.Sources, s) }

func (k *capture) macro(id manifest.ID) {
	if !k.seen[id] {
		k.seen[id] = true
		k.out.Macros = append(k.out.Macros, id)
	}
}

func (k *capture) configure(f *frame, c *jinja.Call, m *manifest.Map) error {
	k.out.Config = k.out.Config.Merge(manifest.NewConfig(m))
	return nil
}

// Capture renders a template in parse mode: execute is false, ref, source and config are taken
// down, and undefined names do no harm. Nothing asks the warehouse. For a generic test its macro
// is called with the test's arguments, whatever the template.
func (c *Compiler) Capture(ctx context.Context, n *manifest.Node, t *jinja.Template) (project.Captured, error) {
	f := c.frame(ctx, n, nil, CompileOptions{})
	f.execute = false
	f.capture = &capture{seen: map[manifest.ID]bool{}}
	f.state.Undefined = jinja.UndefinedLenient
	for _, id := range c.MacroIDs(n.Package, t.Calls()) {
		f.capture.macro(id)
	}
	if spec := n.Test; n.Kind == manifest.Test && spec != nil && spec.Generic {
		if _, err := f.renderTest(); err != nil {
			return f.capture.out, f.fail(err)
		}
		return f.capture.out, nil
	}
	if _, err := t.Render(f.state); err != nil {
		return f.capture.out, f.fail(err)
	}
	return f.capture.out, nil
}

// MacroIDs gives the macros that static calls of a template of package pkg reach, in order of
// first call. Names that are no macros are passed over.
func (c *Compiler) MacroIDs(pkg string, calls []jinja.StaticCall) []manifest.ID {
	var ids []manifest.ID
	seen := map[manifest.ID]bool{}
	for i := range calls {
		m := c.staticMacro(pkg, &calls[i])
		if m != nil && !seen[m.ID] {
			seen[m.ID] = true
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// staticMacro finds the macro that one static call reaches; nil if none.
func (c *Compiler) staticMacro(pkg string, call *jinja.StaticCall) *project.Macro {
	if call.Name == "adapter.dispatch" {
		name, namespace := staticText(call, 0, "macro_name"), staticText(call, 1, "macro_namespace")
		if name == "" {
			return nil
		}
		m, _ := c.findDispatched(pkg, name, namespace)
		return m
	}
	first, rest, dotted := cutDot(call.Name)
	if !dotted {
		return c.macros.resolve(pkg, call.Name)
	}
	m, _ := c.macros.inPackage(first, rest)
	return m
}

// staticText gives a literal text argument of a static call; "" if there is none.
func staticText(call *jinja.StaticCall, i int, name string) string {
	if i < len(call.Args) && call.Args[i].Literal {
		s, _ := stringOf(call.Args[i].Value)
		return s
	}
	for _, kw := range call.Kwargs {
		if kw.Name == name && kw.Literal {
			s, _ := stringOf(kw.Value)
			return s
		}
	}
	return ""
}
