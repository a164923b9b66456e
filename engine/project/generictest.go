package project

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// testTarget is what a YAML entry's tests test.
type testTarget struct {
	name    string // "orders"; "raw_orders" for a source's table
	source  bool
	model   string // the template expression for `model`: "ref('orders')"
	refs    []manifest.Ref
	sources []manifest.SourceRef
	node    *manifest.Node // nil if there is none
	quote   *node          // quote_columns:
	tags    []string       // that every test gets
}

// testConfigKeys are the config keys that may stand among a test's arguments.
//
//nolint:gochecknoglobals // a constant table
var testConfigKeys = []string{
	"severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc",
	"store_failures", "store_failures_as", "meta", "database", "schema", "alias",
}

//nolint:gochecknoglobals // a constant
var testNamePattern = regexp.MustCompile(`^(?:([a-zA-Z_][0-9a-zA-Z_]*)\.)?([a-zA-Z_][0-9a-zA-Z_]*)`)

// tests makes the tests that stand on an entry and on its columns.
func (r *reader) tests(t *testTarget, tests *node, columns []*node) []*draft {
	var out []*draft
	for _, c := range columns {
		if c.kind != mapNode || c.get("include") != nil {
			continue
		}
		for _, n := range testList(c) {
			if d := r.genericTest(t, n, c); d != nil {
				out = append(out, d)
			}
		}
	}
	for _, n := range tests.elements() {
		if d := r.genericTest(t, n, nil); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// testList gives tests:, or data_tests: by its new name.
func testList(n *node) []*node { return testNode(n).elements() }

func testNode(n *node) *node {
	if t := n.get("data_tests"); t != nil {
		return t
	}
	return n.get("tests")
}

// testCall is one test as YAML spells it.
type testCall struct {
	nameAt    *node
	name      string // as written: "dbt_utils.at_least_one"
	namespace string
	kind      string // "at_least_one"
	args      *manifest.Map
	argNodes  map[string]*node
	config    *manifest.Map
	custom    string // name: of its own
	about     *node  // description:
	column    *node  // column_name: of its own, for a test that stands on a whole model
}

// readTestCall takes the spelling apart: a name alone, a name with its arguments flat or under
// arguments:, or test_name: beside them. Nil after a diagnostic.
func (r *reader) readTestCall(n *node) *testCall {
	c := &testCall{args: &manifest.Map{}, argNodes: map[string]*node{}, config: &manifest.Map{}}
	var body *node
	switch {
	case n.kind == scalarNode:
		c.nameAt = n
	case n.kind != mapNode:
		r.diags.Add(diag.Errorf(diag.BadValue, r.pos(n), "a test must be a name or a mapping, not %s", n.describe()))
		return nil
	case n.get("test_name") != nil:
		c.nameAt, body = n.get("test_name"), n
	case len(n.keys) != 1:
		r.diags.Add(diag.Errorf(diag.BadValue, r.pos(n), "a test must have one key, its name; this one has %d", len(n.keys)).
			WithHint("indent the arguments below the test's name, or name it with test_name:"))
		return nil
	default:
		c.nameAt, body = n.keys[0], n.items[0]
		if body.kind != mapNode {
			if !body.isNull() {
				r.diags.Add(diag.Errorf(diag.BadValue, r.pos(body), "the arguments of a test must be a mapping, not %s", body.describe()))
				return nil
			}
			body = nil
		}
	}
	c.name = c.nameAt.str()
	m := testNamePattern.FindStringSubmatch(c.name)
	if m == nil {
		r.diags.Add(diag.Errorf(diag.BadValue, r.pos(c.nameAt), "%q is not the name of a test", c.name))
		return nil
	}
	c.namespace, c.kind = m[1], m[2]
	r.readTestBody(c, body)
	return c
}

// readTestBody sorts a test's keys into arguments and config.
func (r *reader) readTestBody(c *testCall, body *node) {
	if body == nil {
		return
	}
	isConfig := map[string]bool{}
	for _, k := range testConfigKeys {
		isConfig[k] = true
	}
	cfg := body.get("config")
	for _, k := range testConfigKeys {
		v := body.get(k)
		if v.isNull() {
			if v = cfg.get(k); v.isNull() {
				continue
			}
		} else if twice := cfg.key(k); twice != nil {
			r.diags.Add(diag.Errorf(diag.BadValue, r.pos(body.key(k)), "%q stands here and under config:", k).WithNote(r.pos(twice), "the other one"))
		}
		c.config.Set(k, r.value(v))
	}
	if cfg != nil && cfg.kind == mapNode {
		for i, k := range cfg.keys {
			if !isConfig[k.text] {
				c.config.Set(manifest.CanonicalKey(k.text), r.value(cfg.items[i]))
			}
		}
	}
	for i, k := range body.keys {
		v := body.items[i]
		switch {
		case k.text == "config" || k.text == "test_name" || isConfig[k.text]:
		case k.text == "column_name":
			c.column = v
		case k.text == "name":
			c.custom = r.str(v)
		case k.text == "description":
			c.about = v
		case k.text == "arguments" && v.kind == mapNode:
			for j, a := range v.keys {
				if a.text == "column_name" {
					c.column = v.items[j]
					continue
				}
				c.args.Set(a.text, v.items[j].value())
				c.argNodes[a.text] = v.items[j]
			}
		case k.text == "model":
			r.diags.Add(diag.Errorf(diag.BadValue, r.pos(k), "a test must not have the argument model: it is what the test stands on"))
		default:
			c.args.Set(k.text, v.value())
			c.argNodes[k.text] = v
		}
	}
}

// genericTest makes the node of one test on a model, source, seed or snapshot or on a column of it.
func (r *reader) genericTest(t *testTarget, n, column *node) *draft {
	c := r.readTestCall(n)
	if c == nil {
		return nil
	}
	colName := r.columnName(t, column)
	if column == nil && c.column != nil {
		colName = c.column.str()
	}
	kwargs := &manifest.Map{}
	if colName != "" {
		kwargs.Set("column_name", colName)
	}
	for _, k := range c.args.Keys() {
		v, _ := c.args.Get(k)
		kwargs.Set(k, v)
	}
	prefix := c.kind
	if t.source {
		prefix = "source_" + prefix
	}
	if c.namespace != "" {
		prefix = c.namespace + "_" + prefix
	}
	short, full := c.custom, c.custom
	if c.custom == "" {
		short, full = testNames(prefix, t.name, kwargs)
		if short != full {
			if _, named := c.config.Get("alias"); !named {
				c.config.Set("alias", short)
			}
		}
	}
	kwargs.Set("model", "{{ get_where_subquery("+t.model+") }}")
	d := r.newDraft(r.file, manifest.Test, full)
	test := d.node
	test.ID = manifest.ID("test." + r.file.Package.Name + "." + full + "." + testHash(full, c.namespace, c.kind, kwargs))
	test.FQN = fqn(test.Package, afterFirst(r.file.Path), full)
	test.SubPath = short + ".sql"
	test.Pos = r.pos(c.nameAt)
	test.RawPos = test.Pos
	test.Test = &manifest.TestSpec{
		Generic: true, Type: c.kind, Namespace: c.namespace, Column: colName, Args: c.args, Target: t.model,
	}
	if t.node != nil {
		test.Test.Attached = t.node.ID
		test.Group = t.node.Group
	}
	if c.about != nil {
		test.Description, test.DocBlocks = r.description(c.about)
	}
	r.testTags(t, c, column, test)
	d.yaml = manifest.NewConfig(c.config)
	test.Raw = testCode(c)
	r.testRefs(d, t, c)
	r.testMacro(d, c)
	return d
}

// columnName is what a test gets as column_name: quoted where YAML wants the column quoted.
func (r *reader) columnName(t *testTarget, column *node) string {
	if column == nil {
		return ""
	}
	name := r.str(column.get("name"))
	q := column.get("quote")
	if q == nil {
		q = t.quote
	}
	if q != nil && r.truth(q) {
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return name
}

// afterFirst drops a path's first folder.
func afterFirst(p string) string {
	if _, rest, ok := strings.Cut(p, "/"); ok {
		return rest
	}
	return p
}

// testTags gives a test the tags of its target and column, and its own.
func (r *reader) testTags(t *testTarget, c *testCall, column *node, test *manifest.Node) {
	var tags []string
	tags = append(tags, t.tags...)
	if column != nil {
		tags = append(tags, r.texts(column.get("tags"))...)
		tags = append(tags, r.texts(column.get("config").get("tags"))...)
	}
	tags = append(tags, manifest.NewConfig(c.config).Strings("tags")...)
	if len(tags) > 0 {
		tags = appendNew(nil, tags...)
		sort.Strings(tags)
		test.Tags = tags
	}
}

// testCode is the template that dbt keeps for a generic test.
func testCode(c *testCall) string {
	name := "test_" + c.kind
	if c.namespace != "" {
		name = c.namespace + "." + name
	}
	code := "{{ " + name + "(**_dbt_generic_test_kwargs) }}"
	if c.config.Len() == 0 {
		return code
	}
	var parts []string
	for _, k := range c.config.Keys() {
		v, _ := c.config.Get(k)
		if s, ok := v.(string); ok {
			parts = append(parts, k+`="`+strings.ReplaceAll(s, `"`, `\"`)+`"`)
		} else {
			parts = append(parts, k+"="+pyStr(v))
		}
	}
	return code + "{{ config(" + strings.Join(parts, ",") + ") }}"
}

//nolint:gochecknoglobals // a constant
var looksLikeCall = regexp.MustCompile(`^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$`)

// testRefs finds what a test depends on: the refs in its arguments, then what it stands on.
func (r *reader) testRefs(d *draft, t *testTarget, c *testCall) {
	var walk func(n *node)
	walk = func(n *node) {
		if n == nil {
			return
		}
		for _, x := range n.items {
			walk(x)
		}
		if n.kind != scalarNode || n.text == "" {
			return
		}
		var found Captured
		var err error
		switch {
		case looksLikeCall.MatchString(n.text):
			found, err = parseCalls(n.text, textPos(n, r.file.Shown))
		case jinja.HasTags(n.text):
			found, err = templateCalls(n.text, r.pos(n))
		default:
			return
		}
		if err != nil {
			r.diags.Add(err)
		}
		d.found.Refs = append(d.found.Refs, found.Refs...)
		d.found.Sources = append(d.found.Sources, found.Sources...)
	}
	for _, k := range c.args.Keys() {
		walk(c.argNodes[k])
	}
	for _, ref := range t.refs {
		ref.Pos = d.node.Pos
		d.found.Refs = append(d.found.Refs, ref)
	}
	for _, s := range t.sources {
		s.Pos = d.node.Pos
		d.found.Sources = append(d.found.Sources, s)
	}
}

// templateCalls reads the literal ref and source calls of a template.
func templateCalls(src string, pos diag.Pos) (Captured, error) {
	var c Captured
	t, err := jinja.Parse(pos.File, src, jinja.Options{Start: pos})
	if err != nil {
		return c, err
	}
	for _, call := range t.Calls() {
		if (call.Name == "ref" || call.Name == "source") && call.Literal {
			c.record(call)
		}
	}
	return c, nil
}

// testMacro finds the macro behind a generic test. A macro that itself calls ref, source or config
// has to be rendered to know what the test depends on.
func (r *reader) testMacro(d *draft, c *testCall) {
	d.static = true
	name := "test_" + c.kind
	m := r.macros.testMacro(r.file.Package.Name, c.namespace, name)
	if m == nil {
		if c.namespace == "" && r.builtin[c.kind] || c.namespace == "dbt" {
			d.found.addMacro(manifest.ID("macro.dbt." + name))
			return
		}
		if c.namespace == "" || r.p.Package(c.namespace) != nil || !r.p.missing {
			r.diags.Add(r.unknownTest(c))
		}
		return
	}
	d.found.addMacro(m.ID)
	if r.macros.hot[m.Name] {
		t, err := jinja.Parse(d.node.Pos.File, d.node.Raw, jinja.Options{Start: d.node.Pos})
		if err != nil {
			r.diags.Add(err)
			return
		}
		d.tmpl, d.static = t, false
	}
}

// testMacro resolves a test's macro: in the package it names, else in its own and the root's.
func (x *macroIndex) testMacro(pkg, namespace, name string) *Macro {
	if namespace != "" {
		return x.byID[manifest.ID("macro."+namespace+"."+name)]
	}
	for _, p := range []string{pkg, x.root} {
		if m := x.byID[manifest.ID("macro."+p+"."+name)]; m != nil {
			return m
		}
	}
	return nil
}

func (r *reader) unknownTest(c *testCall) *diag.Diagnostic {
	d := diag.Errorf(diag.UnknownMacro, r.pos(c.nameAt), "there is no generic test named %q", c.name).WithLen(len(c.name))
	var known, same []string
	for name := range r.builtin {
		known = append(known, name)
	}
	for _, m := range r.macros.byID {
		kind, ok := strings.CutPrefix(m.Name, "test_")
		if !ok {
			continue
		}
		full := kind
		if m.Package != r.file.Package.Name && m.Package != r.macros.root {
			full = m.Package + "." + kind
		}
		known = append(known, full)
		if kind == c.kind {
			same = append(same, full)
		}
	}
	sort.Strings(same)
	switch {
	case len(same) > 0:
		d.Hint = fmt.Sprintf("did you mean %q?", same[0])
	default:
		d.Hint = diag.DidYouMean(c.name, known)
	}
	if d.Hint == "" {
		if c.namespace != "" && r.p.Package(c.namespace) == nil {
			d.Hint = fmt.Sprintf("the package %q is not installed", c.namespace)
		} else {
			d.Hint = fmt.Sprintf("write it as a macro: {%% test %s(model, column_name) %%}", c.kind)
		}
	}
	return d
}
