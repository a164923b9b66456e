package compile

import (
	"context"
	"regexp"
	"slices"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
	"atlas/engine/project"
)

// CompileWith is Compile with options.
func (c *Compiler) CompileWith(ctx context.Context, n *manifest.Node, s adapter.Session, o CompileOptions) (*Compiled, error) {
	f := c.frame(ctx, n, s, o)
	return f.compile()
}

// Inline compiles a piece of SQL that no file holds, as a node of the root package
// (`atlas show --inline`). Its refs need not have been seen before; positions count within it.
func (c *Compiler) Inline(ctx context.Context, sql string, s adapter.Session) (*Compiled, error) {
	f := c.frame(ctx, c.looseNode("inline_query", sql), s, CompileOptions{})
	f.kind = inlineFrame
	return f.compile()
}

// looseNode stands for what is rendered outside of the graph.
func (c *Compiler) looseNode(name, raw string) *manifest.Node {
	return &manifest.Node{
		ID: manifest.ID("operation." + c.project.Name + "." + name), Kind: manifest.Operation,
		Package: c.project.Name, Name: name, Raw: raw, Root: c.project.Root,
		Pos: diag.Pos{File: name}, RawPos: diag.Pos{File: name, Line: 1, Col: 1},
	}
}

func (f *frame) compile() (*Compiled, error) {
	defer f.end()
	body, source, err := f.renderBody()
	if err != nil {
		return nil, f.fail(err)
	}
	out := &Compiled{Body: body, Header: orElse(f.header, f.node.Config.String("sql_header")), Relation: f.node.Relation, Config: f.node.Config}
	if f.config.Len() > 0 {
		out.Config = f.node.Config.Merge(manifest.NewConfig(f.config))
	}
	parents, err := f.parents(f.ctes, map[manifest.ID]bool{f.node.ID: true})
	if err != nil {
		return nil, err
	}
	out.assemble(f.node, source, parents)
	return out, nil
}

func (f *frame) renderBody() (string, *jinja.SourceMap, error) {
	if t := f.node.Test; f.node.Kind == manifest.Test && t != nil && t.Generic {
		body, err := f.renderTest()
		return body, nil, err
	}
	start := f.node.RawPos
	if start.IsZero() {
		start = diag.Pos{File: f.node.Pos.File, Line: 1, Col: 1}
	}
	t, err := jinja.Parse(start.File, f.node.Raw, jinja.Options{Start: start, Autoescape: f.opts.Escape != nil, Escape: f.opts.Escape})
	if err != nil {
		return "", nil, err
	}
	return t.RenderMapped(f.state)
}

// renderTest calls a generic test's macro with its arguments.
func (f *frame) renderTest() (string, error) {
	t := f.node.Test
	m, err := f.testMacro(t)
	if err != nil {
		return "", err
	}
	model, err := f.testedRelation(t)
	if err != nil {
		return "", err
	}
	kwargs := []jinja.Kwarg{{Name: "model", Value: model}}
	if t.Column != "" {
		kwargs = append(kwargs, jinja.Kwarg{Name: "column_name", Value: t.Column})
	}
	for _, k := range t.Args.Keys() {
		if k == "model" || k == "column_name" && t.Column != "" {
			continue
		}
		raw, _ := t.Args.Get(k)
		v, err := f.testArgument(k, raw)
		if err != nil {
			return "", err
		}
		kwargs = append(kwargs, jinja.Kwarg{Name: k, Value: v})
	}
	v, err := f.call(m, nil, kwargs, f.node.Pos)
	if err != nil {
		return "", err
	}
	return jinja.Str(v), nil
}

// testMacro finds the macro of a generic test: in the package that the YAML names, else as a
// template of the test's package would, other packages before the built-in ones.
func (f *frame) testMacro(t *manifest.TestSpec) (*project.Macro, error) {
	name := "test_" + t.Type
	if t.Namespace != "" {
		m, err := f.macro(t.Namespace + "." + name)
		return m, placed(err, f.node.Pos)
	}
	set := f.c.macros
	for _, pkg := range []string{f.pkg, set.root} {
		if m := set.packages[pkg][name]; m != nil {
			return m, nil
		}
	}
	for _, pkg := range f.c.project.Packages {
		if m := set.packages[pkg.Name][name]; m != nil {
			return m, nil
		}
	}
	if m := set.internal[name]; m != nil {
		return m, nil
	}
	return nil, diag.Errorf(diag.UnknownMacro, f.node.Pos, "no generic test is named %q", t.Type).
		WithHint("%s", diag.DidYouMean(t.Type, f.c.TestNames(f.pkg)))
}

// placed puts a diagnostic without a place at pos.
func placed(err error, pos diag.Pos) error {
	if d, ok := err.(*diag.Diagnostic); ok && d.Pos.IsZero() { //nolint:errorlint // made by us, unwrapped
		d.Pos = pos
	}
	return err
}

// testedRelation is the value of `model`: the tested relation, or a subquery where the config
// `where` restricts it.
func (f *frame) testedRelation(t *manifest.TestSpec) (jinja.Value, error) {
	e, err := jinja.ParseExpr(f.node.Pos.File, t.Target, jinja.Options{Start: f.node.Pos})
	if err != nil {
		return nil, err
	}
	rel, err := e.Eval(f.state)
	if err != nil {
		return nil, err
	}
	m, err := f.macro("get_where_subquery")
	if err != nil {
		return nil, err
	}
	return f.call(m, []jinja.Value{rel}, nil, f.node.Pos)
}

// looksCalled is an argument that is a call without braces, which dbt evaluates.
//
//nolint:gochecknoglobals // a compiled constant
var looksCalled = regexp.MustCompile(`^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$`)

// testArgument renders an argument of a generic test; templates keep the type they give.
func (f *frame) testArgument(key string, v any) (jinja.Value, error) {
	switch v := v.(type) {
	case string:
		if key == "column_name" {
			return v, nil
		}
		if looksCalled.MatchString(v) {
			v = "{{ " + v + " }}"
		}
		t, err := jinja.Parse(f.node.Pos.File, v, jinja.Options{Start: f.node.Pos})
		if err != nil {
			return nil, err
		}
		return t.RenderNative(f.state)
	case []any:
		out := &jinja.List{}
		for _, x := range v {
			item, err := f.testArgument("", x)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
		}
		return out, nil
	case *manifest.Map:
		out := jinja.NewDict()
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			item, err := f.testArgument("", x)
			if err != nil {
				return nil, err
			}
			out.Set(k, item)
		}
		return out, nil
	default:
		return toValue(v), nil
	}
}

// TestNames lists the generic tests that YAML of a package may name without a namespace.
func (c *Compiler) TestNames(pkg string) []string {
	var names []string
	seen := map[string]bool{}
	for _, name := range c.macros.nearNames(pkg) {
		if rest, ok := cutPrefix(name, "test_"); ok && !seen[rest] {
			seen[rest] = true
			names = append(names, rest)
		}
	}
	return names
}

// GenericTests names the built-in generic tests, as YAML calls them: "not_null".
func (c *Compiler) GenericTests() []string {
	var names []string
	for name := range c.macros.internal {
		if rest, ok := cutPrefix(name, "test_"); ok {
			names = append(names, rest)
		}
	}
	slices.Sort(names)
	return names
}

// HasTest reports whether a generic test exists: in the namespace if that is not "", else as YAML
// of package pkg would find it.
func (c *Compiler) HasTest(pkg, namespace, test string) bool {
	n := &manifest.Node{Package: pkg, Kind: manifest.Test}
	f := &frame{c: c, node: n, pkg: pkg}
	_, err := f.testMacro(&manifest.TestSpec{Type: test, Namespace: namespace})
	return err == nil
}
