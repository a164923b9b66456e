package compile_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"atlas/engine/adapter"
	"atlas/engine/compile"
	"atlas/engine/diag"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

func compileError(t *testing.T, b *bench, id string) *diag.Diagnostic {
	t.Helper()
	out, err := b.c.Compile(context.Background(), b.node(id), b.s)
	if err == nil {
		t.Fatalf("compiled to %s", out.SQL)
	}
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		t.Fatalf("no diagnostic: %v", err)
	}
	return d
}

func TestRaiseStandsAtTheCall(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "select 1\n{{ outer() }}\n",
		"macros/m.sql", "{% macro outer() %}\n  {{ inner(1) }}\n{% endmacro %}\n{% macro inner(x) %}\n{% if execute %}{{ exceptions.raise_compiler_error('no ' ~ x) }}{% endif %}\n{% endmacro %}\n",
	))
	d := compileError(t, b, "model.demo.a")
	if d.Code != diag.Raised || d.Msg != "no 1" || d.Pos.File != "macros/m.sql" || d.Pos.Line != 5 {
		t.Errorf("got %v", d)
	}
	if len(d.Notes) < 2 || d.Notes[len(d.Notes)-1].Pos.File != "models/a.sql" {
		t.Errorf("notes do not lead to the model: %+v", d.Notes)
	}
}

func TestRefusedQueryStandsInTheUsersFile(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "select 1 as x\n{% set r = run_query('select nope from (select 1 as note)') %}\n",
	))
	d := compileError(t, b, "model.demo.a")
	if d.Pos.File != "models/a.sql" || d.Pos.Line != 2 {
		t.Errorf("at %v: %v", d.Pos, d)
	}
	if d.Code != diag.UnknownColumn || !strings.Contains(d.Hint, "note") {
		t.Errorf("code %s, hint %q", d.Code, d.Hint)
	}
	for _, n := range d.Notes {
		if strings.Contains(n.Pos.File, "builtin") {
			t.Errorf("a note stands in a built-in macro: %+v", n)
		}
	}
}

func TestUnforeseenRef(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "select 1 as x",
		"models/b.sql", "{% if execute %}select * from {{ ref('a') }}{% endif %}",
	))
	n := *b.node("model.demo.b")
	n.DependsOn, n.Refs = nil, nil
	_, err := b.c.Compile(context.Background(), &n, b.s)
	if err == nil || !strings.Contains(show(err), "-- depends_on: {{ ref('a') }}") {
		t.Errorf("got %v", err)
	}
}

func TestMissingVarNamesTheNearest(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"dbt_project.yml", "name: demo\nversion: '1'\nprofile: demo\nvars: {start_date: '2024-01-01'}\n",
		"models/a.sql", "select '{{ var('start_dat') }}'",
	))
	d := compileError(t, b, "model.demo.a")
	if d.Code != diag.MissingVar || !strings.Contains(d.Hint, "start_date") || d.Pos.Line != 1 {
		t.Errorf("%v, hint %q", d, d.Hint)
	}
}

func TestAVariableMadeOfItselfIsTold(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"dbt_project.yml", "name: demo\nversion: '1'\nprofile: demo\nvars: {one: \"{{ var('two') }}\", two: \"{{ var('one') }}\"}\n",
		"models/a.sql", "select '{{ var('one') }}'",
	))
	d := compileError(t, b, "model.demo.a")
	if !strings.Contains(d.Msg, "is made of itself") || !strings.Contains(d.Hint, "vars:") {
		t.Errorf("%v, hint %q", d, d.Hint)
	}
}

func TestDispatchSaysWhereItSearched(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "{{ adapter.dispatch('nothing', 'dbt')() if execute }}",
	))
	d := compileError(t, b, "model.demo.a")
	if d.Code != diag.UnknownMacro || !strings.Contains(d.Hint, "'duckdb__nothing', 'default__nothing'") {
		t.Errorf("%v, hint %q", d, d.Hint)
	}
}

func TestNamesByTheProjectsMacros(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "{{ config(schema='mine', alias='other') }}select 1",
		"models/b.sql", "select 1",
		"macros/n.sql", `{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ custom_schema_name | trim if custom_schema_name else target.schema ~ '_' ~ node.resource_type }}
{%- endmacro %}
{% macro default__generate_alias_name(custom_alias_name=none, node=none) %}x_{{ custom_alias_name or node.name }}{% endmacro %}`,
	))
	for id, want := range map[string]string{
		"model.demo.a": "demo.mine.other",
		"model.demo.b": "demo.main_model.b",
	} {
		if got := b.node(id).Relation.String(); got != want && got != strings.Replace(want, ".other", ".x_other", 1) && got != strings.Replace(want, ".b", ".x_b", 1) {
			t.Errorf("%s is %s, not %s", id, got, want)
		}
	}
	b = loadProject(t, writeProject(t, "models/a.sql", "{{ config(schema='mine', alias='other') }}select 1"))
	if got := b.node("model.demo.a").Relation.String(); got != "demo.main_mine.other" {
		t.Errorf("by default: %s", got)
	}
}

func TestLocateInTheTemplate(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "select 1 as amount, 2 as id",
		"models/b.sql", "{{ config(materialized='table') }}\nselect\n  id,\n  amont\nfrom {{ ref('a') }}\n",
	))
	b.build("model.demo.a")
	n := b.node("model.demo.b")
	c := b.compile("model.demo.b")
	statement := "create table x as (\n" + c.SQL + "\n)"
	_, err := b.s.Exec(context.Background(), statement)
	var e *adapter.Error
	if !errors.As(err, &e) {
		t.Fatalf("no adapter.Error: %v", err)
	}
	d := b.c.Locate(n, c, e, statement)
	if d.Pos != (diag.Pos{File: "models/b.sql", Line: 4, Col: 3}) || d.Code != diag.UnknownColumn || !strings.Contains(d.Hint, "amount") {
		t.Errorf("%v, hint %q", d, d.Hint)
	}
}

func TestLocateInAnEphemeralParent(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/e.sql", "{{ config(materialized='ephemeral') }}\nselect 1 as id,\n  wrong",
		"models/b.sql", "select * from {{ ref('e') }}\n",
	))
	c := b.compile("model.demo.b")
	_, err := b.s.Describe(context.Background(), c.SQL)
	var e *adapter.Error
	if !errors.As(err, &e) {
		t.Fatalf("no adapter.Error: %v", err)
	}
	d := b.c.Locate(b.node("model.demo.b"), c, e, "")
	if d.Pos.File != "models/e.sql" || d.Pos.Line != 3 || d.Pos.Col != 3 {
		t.Errorf("at %v: %v", d.Pos, d)
	}
}

func TestIncremental(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/i.sql", "{{ config(materialized='incremental') }}select 1 as id{% if is_incremental() %} where false{% endif %}",
	))
	if got := b.compile("model.demo.i").SQL; strings.Contains(got, "where") {
		t.Errorf("before the table exists: %s", got)
	}
	b.build("model.demo.i")
	if got := b.compile("model.demo.i").SQL; !strings.Contains(got, "where false") {
		t.Errorf("when the table exists: %s", got)
	}
	b.c.SetRun(&compile.Run{FullRefresh: true})
	if got := b.compile("model.demo.i").SQL; strings.Contains(got, "where") {
		t.Errorf("under full refresh: %s", got)
	}
	b.c.SetRun(&compile.Run{})
	b.exec("drop table i; create view i as select 1 as id")
	if got := b.compile("model.demo.i").SQL; strings.Contains(got, "where") {
		t.Errorf("over a view: %s", got)
	}
}

func TestIncrementalSQL(t *testing.T) {
	args := compile.IncrementalArgs{
		Strategy: "mine", Target: manifest.Relation{Database: "demo", Schema: "main", Name: "t"},
		Source: manifest.Relation{Name: "s"}, SourceTemporary: true, UniqueKey: []string{"a", "b"},
		Columns: []adapter.Column{{Name: "a", Type: "INTEGER"}, {Name: "b", Type: "VARCHAR"}},
	}
	b := loadProject(t, writeProject(t,
		"models/i.sql", "select 1",
		"macros/s.sql", `{% macro get_incremental_mine_sql(arg_dict) %}{% do return('into ' ~ arg_dict.target_relation ~ ' from ' ~ arg_dict['temp_relation'] ~ ' by ' ~ arg_dict.unique_key | join('+') ~ ' of ' ~ get_quoted_csv(arg_dict.dest_columns | map(attribute='name'))) %}{% endmacro %}`,
	))
	sql, found, err := b.c.IncrementalSQL(context.Background(), b.node("model.demo.i"), b.s, args)
	if want := `into "demo"."main"."t" from "s" by a+b of "a", "b"`; err != nil || !found || sql != want {
		t.Errorf("%v %v %s", err, found, sql)
	}
	args.Strategy = "append"
	if _, found, err = b.c.IncrementalSQL(context.Background(), b.node("model.demo.i"), b.s, args); found || err != nil {
		t.Errorf("append is not overridden: %v %v", found, err)
	}
	b = loadProject(t, writeProject(t,
		"models/i.sql", "select 1",
		"macros/s.sql", `{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) %}mine{% endmacro %}`,
	))
	for _, s := range []string{"append", "default", "delete+insert"} {
		args.Strategy = s
		sql, found, err = b.c.IncrementalSQL(context.Background(), b.node("model.demo.i"), b.s, args)
		if err != nil || !found || !strings.Contains(sql, "mine") {
			t.Errorf("%s: %v %v %s", s, found, err, sql)
		}
	}
}

func TestHooksAndOperations(t *testing.T) {
	ctx := context.Background()
	b := loadProject(t, writeProject(t,
		"models/a.sql", "{{ config(post_hook=\"insert into log values ('{{ this.name }}')\") }}select 1",
		"macros/o.sql", `{% macro clean(name, times=1) %}{% do run_query('create table ' ~ name ~ ' as select ' ~ times ~ ' as n') %}{{ return(adapter.get_relation(target.database, target.schema, name) is not none) }}{% endmacro %}`,
	))
	n := b.node("model.demo.a")
	sql, err := b.c.RenderHook(ctx, n, b.s, n.Config.Hooks("post-hook")[0].SQL, n.Pos)
	if err != nil || sql != "insert into log values ('a')" {
		t.Errorf("%q %v", sql, err)
	}
	got, err := b.c.RunOperation(ctx, b.s, "clean", manifest.NewMap("name", "made", "times", int64(3)))
	if err != nil || got != true {
		t.Errorf("%v %v", got, err)
	}
	_, err = b.c.RunOperation(ctx, b.s, "clea", nil)
	if err == nil || !strings.Contains(show(err), `did you mean "clean"?`) {
		t.Errorf("%v", err)
	}
	results := compile.ResultsValue([]compile.ResultInfo{{Node: n, Status: "success", Seconds: 1.5, Rows: -1}})
	sql, err = b.c.RenderRunHook(ctx, "demo", b.s, "{% for r in results %}{{ r.node.name }}={{ r.status }}/{{ r.execution_time }}{% endfor %} {{ schemas | join(',') }}", n.Pos,
		map[string]any{"results": results, "schemas": []any{"main"}})
	if err != nil || sql != "a=success/1.5 main" {
		t.Errorf("%q %v", sql, err)
	}
}

func TestOwnMaterialization(t *testing.T) {
	ctx := context.Background()
	b := loadProject(t, writeProject(t,
		"models/a.sql", "{{ config(materialized='doubled') }}select 21 as n",
		"macros/m.sql", `{% materialization doubled, adapter='duckdb' %}
  {%- set target = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks) }}
  {% call statement('main') -%}
    create or replace table {{ target }} as select n * {{ config.get('factor', 2) }} as n from ({{ sql }}) as q
  {%- endcall %}
  {% do adapter.commit() %}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}`,
	))
	if _, pkg, builtin := b.c.Materialization("doubled"); builtin || pkg != "demo" {
		t.Errorf("%s %v", pkg, builtin)
	}
	if _, _, builtin := b.c.Materialization("table"); !builtin {
		t.Error("table is the engine's own")
	}
	n := b.node("model.demo.a")
	out, err := b.c.RunMaterialization(ctx, n, b.s, b.compile("model.demo.a"), "doubled")
	if err != nil {
		t.Fatal(show(err))
	}
	if len(out.Relations) != 1 || out.Relations[0].Type != adapter.Table || out.Relations[0].Name != "a" || !strings.Contains(out.SQL, "n * 2") {
		t.Errorf("%+v", out)
	}
	v, err := b.c.CallMacro(ctx, n, b.s, "run_query", []jinja.Value{"select n from a"}, nil)
	if err != nil || !strings.Contains(jinja.Repr(v), "") {
		t.Errorf("%v %v", v, err)
	}
}

func TestOverrides(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "select 1 as id",
		"models/b.sql", "{{ config(materialized='incremental') }}select * from {{ ref('a') }}{% if is_incremental() %} where id > {{ var('low', 0) }}{% endif %} {{ env_var('E', 'none') }} {{ this }}",
	))
	out, err := b.c.CompileWith(context.Background(), b.node("model.demo.b"), b.s, compile.CompileOptions{Overrides: &compile.Overrides{
		Inputs: map[manifest.ID]string{"model.demo.a": "select 7 as id"},
		Macros: manifest.NewMap("is_incremental", true),
		Vars:   manifest.NewMap("low", int64(5)),
		Env:    manifest.NewMap("E", "set"),
		This:   "(select 3)",
	}})
	if err != nil {
		t.Fatal(show(err))
	}
	want := "with __dbt__cte__a as (\nselect 7 as id\n) select * from __dbt__cte__a where id > 5 set (select 3)"
	if out.SQL != want {
		t.Errorf("got\n%s", out.SQL)
	}
}

func TestInline(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "select 1 as id",
		"models/e.sql", "{{ config(materialized='ephemeral') }}select * from {{ ref('a') }}",
	))
	out, err := b.c.Inline(context.Background(), "select * from {{ ref('e') }} limit {{ 2 + 3 }}", b.s)
	if err != nil {
		t.Fatal(show(err))
	}
	want := "with __dbt__cte__e as (\nselect * from \"demo\".\"main\".\"a\"\n) select * from __dbt__cte__e limit 5"
	if out.SQL != want {
		t.Errorf("got\n%s", out.SQL)
	}
}

func TestMacroDependencies(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "select {{ one() }}",
		"macros/m.sql", "{% macro one() %}{{ two() }}{{ dbt.hash('x') }}{{ adapter.dispatch('three')() }}{% endmacro %}{% macro two() %}2{% endmacro %}{% macro default__three() %}{% endmacro %}",
	))
	got := b.c.Macros()["macro.demo.one"].DependsOn
	want := []manifest.ID{"macro.demo.two", "macro.dbt.hash", "macro.demo.default__three"}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, not %v", got, want)
		}
	}
	if m := b.c.Macros()["macro.dbt_duckdb.duckdb__dateadd"]; m == nil {
		t.Error("the adapter's macros are missing")
	}
}

// buildByTemplate builds a node by the built-in materialization block.
func buildByTemplate(t *testing.T, b *bench, id, name string) *compile.Outcome {
	t.Helper()
	out, err := b.c.RunMaterialization(context.Background(), b.node(id), b.s, b.compile(id), name)
	if err != nil {
		t.Fatal(show(err))
	}
	return out
}

func (b *bench) rows(sql string) string {
	b.t.Helper()
	v, err := b.c.CallMacro(context.Background(), nil, b.s, "run_query", []jinja.Value{sql}, nil)
	if err != nil {
		b.t.Fatal(show(err))
	}
	items, _ := v.(jinja.Iterable)
	var lines []string
	for _, r := range items.Iter() {
		var cells []string
		for _, c := range r.(jinja.Iterable).Iter() {
			cells = append(cells, jinja.Str(c))
		}
		lines = append(lines, strings.Join(cells, ","))
	}
	return strings.Join(lines, " ")
}

func TestBuiltinMaterializationsInTemplates(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/t.sql", "{{ config(materialized='table', post_hook='create table hooked as select 1 as n', persist_docs={'relation': true, 'columns': true}) }}select 1 as id, 'x' as name",
		"models/s.yml", "models: [{name: t, description: \"it's t\", columns: [{name: id, description: the key}]}]",
		"models/v.sql", "{{ config(materialized='view') }}select * from {{ ref('t') }}",
		"models/i.sql", "{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}select 1 as id, {{ var('n', 1) }} as n {% if is_incremental() %}, 'new' as extra union all select 2, 2, 'b'{% endif %}",
		"macros/o.sql", "{% macro run_hooks(hooks, inside_transaction=True) %}{% for h in hooks if h.transaction == inside_transaction %}{% do run_query(render(h.sql)) %}{% endfor %}{% endmacro %}",
	))
	for _, name := range []string{"table", "view", "incremental"} {
		if _, pkg, builtin := b.c.Materialization(name); builtin || pkg != "dbt_duckdb" {
			t.Errorf("%s does not go by the template where run_hooks is overridden: %s %v", name, pkg, builtin)
		}
	}
	for range 2 {
		b.exec("drop table if exists hooked")
		buildByTemplate(t, b, "model.demo.t", "table")
		buildByTemplate(t, b, "model.demo.v", "view")
		if got := b.rows("select id, name, n from v, hooked"); got != "1,x,1" {
			t.Errorf("got %s", got)
		}
	}
	if got := b.rows("select comment from duckdb_tables() where table_name = 't' union all select comment from duckdb_columns() where table_name = 't' and column_name = 'id'"); got != "it's t the key" {
		t.Errorf("comments: %s", got)
	}
	buildByTemplate(t, b, "model.demo.i", "incremental")
	buildByTemplate(t, b, "model.demo.i", "incremental")
	if got := b.rows("select id, n, extra from i order by id"); got != "1,1,new 2,2,b" {
		t.Errorf("got %s", got)
	}
	b.c.SetRun(&compile.Run{FullRefresh: true})
	buildByTemplate(t, b, "model.demo.i", "incremental")
	if got := b.rows("select * from i"); got != "1,1" {
		t.Errorf("got %s", got)
	}
	if got := b.rows("select table_name from information_schema.tables where table_name like '%dbt%'"); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

func TestFailedMaterializationLeavesTheOld(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/t.sql", "{{ config(materialized='table', post_hook='select nope') }}select 2 as id",
	))
	b.exec("create table t as select 1 as id")
	_, err := b.c.RunMaterialization(context.Background(), b.node("model.demo.t"), b.s, b.compile("model.demo.t"), "table")
	if err == nil {
		t.Fatal("the hook cannot succeed")
	}
	if got := b.rows("select id from t"); got != "1" {
		t.Errorf("the old table has %s", got)
	}
}

func TestMaterializationErrorStandsInTheModel(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/t.sql", "{{ config(materialized='table', sql_header='set threads = 1;') }}\nselect\n  nope",
	))
	c := b.compile("model.demo.t")
	if c.Header != "set threads = 1;" {
		t.Errorf("header %q", c.Header)
	}
	_, err := b.c.RunMaterialization(context.Background(), b.node("model.demo.t"), b.s, c, "table")
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Pos != (diag.Pos{File: "models/t.sql", Line: 3, Col: 3}) {
		t.Errorf("got %v", err)
	}
}

func TestContract(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/parent.sql", "{{ config(materialized='table') }}select 1 as id",
		"models/good.sql", "{{ config(materialized='table') }}select 'x' as name, 1 as id from {{ ref('parent') }}",
		"models/bad.sql", "{{ config(materialized='table') }}select 1 as id, 2 as amount, 3 as extra",
		"models/v.sql", "{{ config(materialized='view') }}select 1 as id",
		"models/s.yml", `models:
  - name: good
    config: {contract: {enforced: true}}
    constraints: [{type: check, name: named, expression: "id > 0"}]
    columns:
      - {name: id, data_type: integer, constraints: [{type: not_null}, {type: primary_key}]}
      - {name: name, data_type: varchar}
  - name: bad
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: bigint}, {name: amount, data_type: integer}, {name: gone, data_type: text}]
  - name: v
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: integer}]
`))
	for name, want := range map[string]bool{"parent": true, "good": false} {
		if _, _, builtin := b.c.MaterializationOf(b.node("model.demo."+name), "table"); builtin != want {
			t.Errorf("%s: builtin is %v", name, builtin)
		}
	}
	buildByTemplate(t, b, "model.demo.parent", "table")
	for range 2 {
		buildByTemplate(t, b, "model.demo.good", "table")
		buildByTemplate(t, b, "model.demo.v", "view")
	}
	if got := b.rows("select id, name from good"); got != "1,x" {
		t.Errorf("got %s", got)
	}
	if got := b.rows("select string_agg(constraint_type, ',' order by constraint_type) from duckdb_constraints() where table_name = 'good'"); got != "CHECK,NOT NULL,PRIMARY KEY" {
		t.Errorf("constraints: %s", got)
	}
	_, err := b.c.RunMaterialization(context.Background(), b.node("model.demo.bad"), b.s, b.compile("model.demo.bad"), "table")
	want := "bad does not keep its contract: id is INTEGER and declared BIGINT; gone is declared and not selected; extra is selected and not declared"
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Msg != want {
		t.Errorf("got %v", err)
	}
}
