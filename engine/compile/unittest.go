package compile

import (
	"context"
	"encoding/csv"
	"strings"

	"atlas/engine/adapter"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// Unit is a unit test as a query.
type Unit struct {
	// SQL selects the tested model's rows over the given ones, and the expected rows, told apart
	// by the column actual_or_expected.
	SQL string
	// Columns are the compared columns, as the warehouse spells them.
	Columns []string
	// Model is the tested model, Compiled what it became over the given rows.
	Model    *manifest.Node
	Compiled *Compiled
}

// UnitTest makes the query of a unit test: every given input becomes a CTE of its rows, columns
// that a row leaves out are null of the column's type, and only the expected columns are compared.
// Types come from the relations that exist; those of an input that was never built come from its
// own query.
func (c *Compiler) UnitTest(ctx context.Context, n *manifest.Node, s adapter.Session) (*Unit, error) {
	u := unitTest{c: c, ctx: ctx, node: n, spec: n.UnitTest, session: s, graph: c.graph.Load()}
	u.model = u.graph.ref(n.Package, n.Refs[0])
	if u.model == nil {
		return nil, diag.Errorf(diag.UnknownRef, n.Pos, "unit test %s: there is no model named %q", n.Name, u.spec.Model).
			WithHint("%s", diag.DidYouMean(u.spec.Model, u.graph.refNames()))
	}
	overrides := &Overrides{Inputs: map[manifest.ID]string{}}
	for _, given := range u.spec.Given {
		id, sql, err := u.given(given)
		if err != nil {
			return nil, err
		}
		overrides.Inputs[id] = sql
	}
	o := manifest.NewConfig(u.spec.Overrides)
	overrides.Macros, overrides.Vars, overrides.Env = mapOf(o, "macros"), mapOf(o, "vars"), mapOf(o, "env_vars")
	compiled, err := c.CompileWith(ctx, u.model, s, CompileOptions{Overrides: overrides})
	if err != nil {
		return nil, err
	}
	return u.expect(compiled)
}

type unitTest struct {
	c       *Compiler
	ctx     context.Context
	node    *manifest.Node
	spec    *manifest.UnitTestSpec
	session adapter.Session
	graph   *graphIndex
	model   *manifest.Node
}

// given makes one input's SQL, and tells which node it stands for.
func (u *unitTest) given(m *manifest.Map) (manifest.ID, string, error) {
	spec := manifest.NewConfig(m)
	input, err := u.input(spec.String("input"))
	if err != nil {
		return "", "", err
	}
	if spec.String("format") == "sql" {
		return input.ID, strings.TrimSpace(spec.String("rows")), nil
	}
	rows, err := u.rows(m)
	if err != nil {
		return "", "", err
	}
	columns, err := u.session.Columns(u.ctx, input.Relation)
	if err == nil && len(columns) == 0 && input.Kind == manifest.Model {
		columns, err = u.describe(input)
	}
	if err != nil {
		return "", "", err
	}
	types := jinja.NewDict()
	for _, col := range columns {
		types.Set(col.Name, col.Type)
	}
	args := []jinja.Value{rows}
	if types.Len() > 0 {
		args = append(args, types)
	} else {
		args = append(args, nil)
	}
	v, err := u.c.CallMacro(u.ctx, input, u.session, "get_fixture_sql", args, nil)
	return input.ID, jinja.Str(v), placedAt(err, u.node.Pos)
}

// placedAt moves a diagnostic about a fixture to the unit test.
func placedAt(err error, pos diag.Pos) error {
	if d, ok := err.(*diag.Diagnostic); ok { //nolint:errorlint // CallMacro gives it unwrapped
		d.Pos = pos
	}
	return err
}

// describe gives the columns of an input that does not exist, from its own query.
func (u *unitTest) describe(n *manifest.Node) ([]adapter.Column, error) {
	sql, err := u.query(n)
	if err != nil {
		return nil, err
	}
	return u.session.Describe(u.ctx, sql)
}

// query is a model's SQL in which parents that were never built stand as CTEs.
func (u *unitTest) query(n *manifest.Node) (string, error) {
	inputs := map[manifest.ID]string{}
	for _, id := range n.DependsOn {
		parent := u.graph.manifest.Nodes[id]
		if parent == nil || parent.Kind != manifest.Model || parent.Ephemeral() {
			continue
		}
		found, err := u.session.Relation(u.ctx, parent.Relation)
		if err != nil {
			return "", err
		}
		if found == nil {
			if inputs[id], err = u.query(parent); err != nil {
				return "", err
			}
		}
	}
	compiled, err := u.c.CompileWith(u.ctx, n, u.session, CompileOptions{Overrides: &Overrides{Inputs: inputs}})
	if err != nil {
		return "", err
	}
	return compiled.SQL, nil
}

// input finds the node that "ref('x')", "source('a', 'b')" or "this" names.
func (u *unitTest) input(text string) (*manifest.Node, error) {
	if text == "this" {
		return u.model, nil
	}
	t, err := jinja.Parse(u.node.Pos.File, "{{ "+text+" }}", jinja.Options{Start: u.node.Pos})
	if err != nil {
		return nil, err
	}
	var found *manifest.Node
	for _, call := range t.Calls() {
		var names []string
		for _, a := range call.Args {
			names = append(names, jinja.Str(a.Value))
		}
		r := manifest.Ref{}
		for _, kw := range call.Kwargs {
			r.Version = jinja.Str(kw.Value)
		}
		switch {
		case call.Name == "ref" && len(names) == 1:
			r.Name = names[0]
			found = u.graph.ref(u.node.Package, r)
		case call.Name == "ref" && len(names) == 2:
			r.Package, r.Name = names[0], names[1]
			found = u.graph.ref(u.node.Package, r)
		case call.Name == "source" && len(names) == 2:
			found = u.graph.source(u.node.Package, manifest.SourceRef{Source: names[0], Table: names[1]})
		}
	}
	if found == nil {
		return nil, diag.Errorf(diag.UnknownRef, u.node.Pos, "unit test %s: the input %q names nothing", u.node.Name, text).
			WithHint("write ref('model'), source('source', 'table') or this")
	}
	return found, nil
}

// rows gives a fixture's rows: a list of mappings, or CSV text, where empty cells are null.
func (u *unitTest) rows(m *manifest.Map) (*jinja.List, error) {
	v, _ := m.Get("rows")
	text, isText := v.(string)
	if !isText {
		list, _ := toValue(v).(*jinja.List)
		if list == nil {
			list = &jinja.List{}
		}
		return list, nil
	}
	records, err := csv.NewReader(strings.NewReader(strings.TrimSpace(text))).ReadAll()
	if err != nil {
		return nil, diag.Errorf(diag.BadValue, u.node.Pos, "unit test %s: the rows do not read as CSV: %v", u.node.Name, err)
	}
	out := &jinja.List{}
	for i, record := range records {
		if i == 0 {
			continue
		}
		row := jinja.NewDict()
		for j, cell := range record {
			if isNull(cell) {
				row.Set(strings.TrimSpace(records[0][j]), nil)
			} else {
				row.Set(strings.TrimSpace(records[0][j]), cell)
			}
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}

// expect sets the expected rows beside the compiled model.
func (u *unitTest) expect(compiled *Compiled) (*Unit, error) {
	columns, err := u.session.Describe(u.ctx, compiled.SQL)
	if err != nil {
		return nil, err
	}
	types, quoted := jinja.NewDict(), jinja.NewDict()
	spelled := map[string]string{}
	var wanted []string
	for _, col := range columns {
		key := strings.ToLower(col.Name)
		types.Set(key, col.Type)
		quoted.Set(key, u.c.dialect.Quote(col.Name))
		spelled[key] = col.Name
	}
	expect := manifest.NewConfig(u.spec.Expect)
	sql := strings.TrimSpace(expect.String("rows"))
	if expect.String("format") == "sql" {
		described, err := u.session.Describe(u.ctx, sql)
		if err != nil {
			return nil, err
		}
		for _, col := range described {
			wanted = append(wanted, col.Name)
		}
	} else {
		rows, err := u.rows(u.spec.Expect)
		if err != nil {
			return nil, err
		}
		if wanted = firstKeys(rows); wanted == nil {
			for _, col := range columns {
				wanted = append(wanted, col.Name)
			}
		}
		v, err := u.c.CallMacro(u.ctx, u.node, u.session, "get_expected_sql", []jinja.Value{rows, types, quoted}, nil)
		if err != nil {
			return nil, placedAt(err, u.node.Pos)
		}
		sql = jinja.Str(v)
	}
	out := &Unit{Model: u.model, Compiled: compiled}
	names := &jinja.List{}
	for _, name := range wanted {
		actual, ok := spelled[strings.ToLower(name)]
		if !ok {
			return nil, diag.Errorf(diag.UnknownColumn, u.node.Pos, "unit test %s expects a column %q, which %s does not have", u.node.Name, name, u.model.Name).
				WithHint("%s", diag.DidYouMean(name, mapValues(spelled)))
		}
		out.Columns = append(out.Columns, actual)
		names.Items = append(names.Items, u.c.dialect.Quote(actual))
	}
	v, err := u.c.CallMacro(u.ctx, u.node, u.session, "get_unit_test_sql", []jinja.Value{compiled.SQL, sql, names}, nil)
	if err != nil {
		return nil, err
	}
	out.SQL = jinja.Str(v)
	return out, nil
}

// firstKeys are the columns of the first row; nil if there is none.
func firstKeys(rows *jinja.List) []string {
	if len(rows.Items) == 0 {
		return nil
	}
	d, ok := rows.Items[0].(*jinja.Dict)
	if !ok {
		return nil
	}
	var names []string
	for _, k := range d.Keys() {
		names = append(names, jinja.Str(k))
	}
	return names
}

func mapValues(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
