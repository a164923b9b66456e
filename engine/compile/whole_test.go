package compile_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"atlas/engine/compile"
	"atlas/engine/jinja"
	"atlas/engine/manifest"
)

// TestUndefinedNamesAreExplained holds the hints of common slips.
func TestUndefinedNamesAreExplained(t *testing.T) {
	for template, want := range map[string]string{
		"{{ shoutt('x') }}":                          "'shoutt' is undefined|did you mean \"shout\"?",
		"{{ adapter.get_relatoin(1, 2, 3) }}":        "'adapter object' has no attribute 'get_relatoin'|did you mean \"get_relation\"?",
		"{{ dbt.type_strin() }}":                     "package dbt has no macro 'type_strin'|did you mean \"type_string\"?",
		"{{ exceptions.raise_compiler_err('x') }}":   "'exceptions object' has no attribute 'raise_compiler_err'|did you mean \"raise_compiler_error\"?",
		"{{ adapter.get_columns_in_relation('x') }}": "a relation is needed, not 'x'|pass ref('…'), source('…', '…'), this or api.Relation.create(…)",
	} {
		b := loadProject(t, writeProject(t,
			"models/a.sql", "{% if execute %}"+template+"{% endif %}",
			"macros/m.sql", "{% macro shout(word) %}{{ word }}{% endmacro %}",
		))
		d := compileError(t, b, "model.demo.a")
		if got := d.Msg + "|" + d.Hint; got != want {
			t.Errorf("%s: %s", template, got)
		}
		if d.Pos.File != "models/a.sql" {
			t.Errorf("%s: at %v", template, d.Pos)
		}
	}
}

// TestManyGoroutines compiles everything at once, each goroutine with a session of its own.
func TestManyGoroutines(t *testing.T) {
	b := openProject(t, filepath.Join("testdata", "parity"))
	b.exec(`create table raw_orders (id integer, customer varchar, amount double, placed date, paid boolean)`)
	for _, id := range []string{"model.parity.orders", "model.parity.details"} {
		b.build(id)
	}
	var all []*manifest.Node
	for _, n := range b.m.Nodes {
		if n.Executable() && n.Kind != manifest.Seed && n.Name != "results" && n.Name != "adapter_calls" {
			all = append(all, n)
		}
	}
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			s, err := b.w.Session(context.Background())
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = s.Close() }()
			for j := range all {
				n := all[(j+i*len(all)/4)%len(all)]
				if _, err := b.c.Compile(context.Background(), n, s); err != nil {
					t.Errorf("%s: %s", n.ID, show(err))
				}
			}
		})
	}
	group.Wait()
}

func TestExternalFiles(t *testing.T) {
	dir := writeProject(t,
		"models/p.sql", "{{ config(materialized='external', location=var('out') ~ '/p.parquet') }}select 1 as id, 'x' as name",
		"models/c.sql", "{{ config(materialized='external', location=var('out') ~ '/c.csv', format='csv', delimiter='|') }}select * from {{ ref('p') }}",
		"models/e.sql", "{{ config(materialized='external', location=var('out') ~ '/e.parquet') }}select 1::smallint as id, date '2024-01-01' as d where false",
		"models/j.sql", "{{ config(materialized='external', location=var('out') ~ '/j.json', format='json') }}select 1 as id where false",
		"models/f.sql", "{{ config(materialized='table_function', parameters=['low']) }}select * from {{ ref('p') }} where id >= low",
	)
	t.Setenv("ATLAS_TEST_VARS", "{out: "+t.TempDir()+"}")
	b := loadProject(t, dir)
	for range 2 {
		for _, name := range []string{"p", "c", "e", "j"} {
			buildByTemplate(t, b, "model.demo."+name, "external")
		}
		buildByTemplate(t, b, "model.demo.f", "table_function")
	}
	for query, want := range map[string]string{
		"select * from c":                                       "1,x",
		"select count(*) from e":                                "0",
		"select count(*) from j":                                "0",
		"select * from f(1)":                                    "1,x",
		"select count(*) from f(2)":                             "0",
		"select string_agg(column_type, ',') from (describe e)": "SMALLINT,DATE",
		"select count(*) from duckdb_tables() where table_name like '%dbt%'":                  "0",
		"select string_agg(view_name, ',' order by 1) from duckdb_views() where not internal": "c,e,j,p",
	} {
		if got := b.rows(query); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
}

func TestMacrosInFrontOfBuiltins(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "select 1 as id",
		"models/b.sql", "select * from {{ ref('a') }} -- {{ builtins.ref('a') }} {{ builtins.ref.config.project_name }}",
		"macros/r.sql", "{% macro ref(name) %}{% do return(builtins.ref(name).include(database=false)) %}{% endmacro %}",
	))
	if got := b.compile("model.demo.b").SQL; got != `select * from "main"."a" -- "demo"."main"."a" demo` {
		t.Errorf("got %s", got)
	}
}

func TestCatalog(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", `{% if execute %}{% set t = get_catalog_relations(this.information_schema(), [this.incorporate(path={'identifier': 'orders'})]) %}
{%- for r in t %}{{ r['table_name'] }}/{{ r['table_type'] }}/{{ r['column_name'] }}/{{ r['column_index'] }}/{{ r['column_type'] }} {% endfor %}{{ get_catalog(this.information_schema(), ['main']) | length }}{% endif %}`,
	))
	b.exec("create table orders (id integer, name varchar); create view v as select 1 as x")
	if got := b.compile("model.demo.a").SQL; got != "orders/BASE TABLE/id/1/INTEGER orders/BASE TABLE/name/2/VARCHAR 3" {
		t.Errorf("got %s", got)
	}
}

func TestWithoutSession(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "{{ config(materialized='incremental') }}select 1 {{ is_incremental() }}",
		"models/b.sql", "select {{ run_query('select 1').rows[0][0] if execute }}",
	))
	out, err := b.c.Compile(context.Background(), b.node("model.demo.a"), nil)
	if err != nil || out.SQL != "select 1 False" {
		t.Errorf("%v %v", out, err)
	}
	if _, err = b.c.Compile(context.Background(), b.node("model.demo.b"), nil); err == nil || !strings.Contains(show(err), "not connected") {
		t.Errorf("%v", err)
	}
}

func TestEmptyAndBatch(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/a.sql", "{{ config(event_time='seen') }}select 1 as id, now() as seen",
		"models/b.sql", "select * from {{ ref('a') }} {{ model.batch.id if model.batch }}",
	))
	start := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)
	out, err := b.c.CompileWith(context.Background(), b.node("model.demo.b"), b.s, compile.CompileOptions{
		Batch: &compile.Batch{ID: "20240102", Start: start, End: start.AddDate(0, 0, 1)},
	})
	want := `select * from (select * from "demo"."main"."a" where seen >= '2024-01-02 00:00:00+00:00' and seen < '2024-01-03 00:00:00+00:00') 20240102`
	if err != nil || out.SQL != want {
		t.Errorf("%v\n got %s\nwant %s", err, out.SQL, want)
	}
	b.c.SetRun(&compile.Run{Empty: true})
	if got := b.compile("model.demo.b").SQL; got != `select * from (select * from "demo"."main"."a" where false limit 0) ` {
		t.Errorf("got %s", got)
	}
}

func TestMacroNamedLikeTheContext(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"dbt_packages/other/dbt_project.yml", "name: other\nversion: '1'\n",
		"dbt_packages/other/macros/m.sql", "{% macro model() %}{{ return(model) }}{% endmacro %}{% macro named() %}{{ model.name }}{{ helper() }}{% endmacro %}{% macro helper() %}!{% endmacro %}",
		"models/a.sql", "select '{{ other.model().name }}' {{ other.named() }}",
	))
	if got := b.compile("model.demo.a").SQL; got != "select 'a' a!" {
		t.Errorf("got %s", got)
	}
}

func TestIndexesAndGrants(t *testing.T) {
	b := loadProject(t, writeProject(t,
		"models/t.sql", "{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['id', 'name']}], grants={'select': ['x']}) }}select 1 as id, 'n' as name",
	))
	var said []string
	b.c.SetRun(&compile.Run{Log: func(level, msg string) {
		if level == "warn" {
			said = append(said, msg)
		}
	}})
	for range 2 {
		buildByTemplate(t, b, "model.demo.t", "table")
	}
	if got := b.rows("select is_unique, expressions from duckdb_indexes() where table_name = 't' order by 1"); got != `False,[id, '"name"'] True,[id]` {
		t.Errorf("indexes: %s", got)
	}
	if len(said) != 1 || said[0] != "Grants for relations are not supported by DuckDB" {
		t.Errorf("warnings: %v", said)
	}
}

func TestTablesPrint(t *testing.T) {
	var printed []string
	b := loadProject(t, writeProject(t,
		"macros/p.sql", `{% macro p() %}{% set t = run_query("select 1 as id, 'x' as name, 2.50 as amt union all select 20, 'a longer text than fits', null order by 1") %}
{% do t.print_table() %}{% do t.print_csv() %}{% do t.print_json() %}{% do t.print_structure() %}
{{ return([t.select(['id']).column_names, t.exclude(['id']).column_names, t.limit(1) | length, t.where(big) | length, t.order_by('id', reverse=true).rows[0].id, t.distinct() | length, t.rename({'id': 'key'}).column_names[0]]) }}{% endmacro %}
{% macro big(row) %}{{ return(row['id'] > 5) }}{% endmacro %}`,
	))
	b.c.SetRun(&compile.Run{Log: func(level, msg string) { printed = append(printed, msg) }})
	v, err := b.c.CallMacro(context.Background(), nil, b.s, "p", nil, nil)
	if err != nil {
		t.Fatal(show(err))
	}
	if got := jinja.Repr(v); got != "[('id',), ('name', 'amt'), 1, 1, 20, 2, 'key']" {
		t.Errorf("got %s", got)
	}
	want := []string{
		"| id | name                 | amt |\n| -- | -------------------- | --- |\n|  1 | x                    | 2.5 |\n| 20 | a longer text tha... |     |",
		"id,name,amt\n1,x,2.50\n20,a longer text than fits,",
		`[{"id": 1, "name": "x", "amt": 2.5}, {"id": 20, "name": "a longer text than fits", "amt": null}]`,
		"| column | data_type |\n| ------ | --------- |\n| id     | Integer   |\n| name   | Text      |\n| amt    | Number    |",
	}
	for i := range want {
		if i >= len(printed) || printed[i] != want[i] {
			t.Errorf("printed\n%s\nwant\n%s", printed[min(i, len(printed)-1)], want[i])
		}
	}
}
