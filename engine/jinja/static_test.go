package jinja_test

import (
	"fmt"
	"strings"
	"testing"

	"atlas/engine/jinja"
)

// show writes a static call in one line.
func show(c jinja.StaticCall) string {
	var args []string
	value := func(a jinja.StaticArg) string {
		if !a.Literal {
			return "?"
		}
		return jinja.Repr(a.Value)
	}
	for _, a := range c.Args {
		args = append(args, value(a))
	}
	for _, k := range c.Kwargs {
		args = append(args, k.Name+"="+value(k.StaticArg))
	}
	s := fmt.Sprintf("%d:%d %s(%s)", c.Pos.Line, c.Pos.Col, c.Name, strings.Join(args, ", "))
	if c.Conditional {
		s += " maybe"
	}
	if !c.Literal {
		s += " dynamic"
	}
	return s
}

func TestStaticCalls(t *testing.T) {
	tests := []struct {
		src   string
		plain bool
		want  []string
	}{
		{"select * from {{ ref('a') }}", true, []string{"1:18 ref('a')"}},
		{"{{ config(materialized='table', tags=['x', 'y'], meta={'a': 1}) }}\n{{ source('s', 't') }}", true, []string{"1:4 config(materialized='table', tags=['x', 'y'], meta={'a': 1})", "2:4 source('s', 't')"}},
		{"{{ ref(var('m')) }}", true, []string{"1:4 ref(?) dynamic", "1:8 var('m')"}},
		{"{{ adapter.dispatch('x', 'p')(1) }}", false, []string{"1:4 adapter.dispatch('x', 'p')"}},
		{"{% if is_incremental() %}{{ ref('a') }}{% endif %}", false, []string{"1:7 is_incremental()", "1:29 ref('a') maybe"}},
		{"{{ ref('a') if x() else ref('b') }}", false, []string{"1:4 ref('a') maybe", "1:16 x()", "1:25 ref('b') maybe"}},
		{"{{ x() or ref('b') }}", false, []string{"1:4 x()", "1:11 ref('b') maybe"}},
		{"{% set a = ref('x') %}{{ a }}", false, []string{"1:12 ref('x')"}},
		{"{% for i in f() %}{{ ref(i) }}{% endfor %}", false, []string{"1:13 f()", "1:22 ref(?) maybe dynamic"}},
		{"{% macro m() %}{{ ref('a') }}{% endmacro %}", false, []string{"1:19 ref('a') maybe"}},
		{"{% call st('x') %}{{ ref('a') }}{% endcall %}", false, []string{"1:9 st('x')", "1:22 ref('a') maybe"}},
		{"{{ ref(*a) }}", false, []string{"1:4 ref() dynamic"}},
		{"-- {{ ref('a') | upper }} {# ref('b') #}{% raw %}{{ ref('c') }}{% endraw %}", true, []string{"1:7 ref('a')"}},
		{"{% do config(a=-1, b='x' ~ 'y', c=(1, 2)) %}", true, []string{"1:7 config(a=-1, b='xy', c=(1, 2))"}},
		{"select 1", true, nil},
	}
	for _, tt := range tests {
		tmpl := parse(t, "m.sql", tt.src)
		var got []string
		for _, c := range tmpl.Calls() {
			got = append(got, show(c))
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s\nhave %q\nwant %q", tt.src, got, tt.want)
		}
		if tmpl.Plain() != tt.plain {
			t.Errorf("%s: Plain is %v", tt.src, tmpl.Plain())
		}
	}
}

func TestMacroDefs(t *testing.T) {
	tmpl := parse(t, "macros/x.sql", `{% macro star(from, except=[], prefix = 'a' ~ 'b') -%}
  {{ ref('x') }}
{%- endmacro %}
{% test positive(model, column_name) %}{% endtest %}
{% data_test other(model) %}{% enddata_test %}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}{{ f() }}{% endmaterialization %}
{% materialization view, default %}{% endmaterialization %}
{% if true %}{% macro hidden() %}{% endmacro %}{% endif %}
{% macro typed(a: string, b: list[int] = []) %}{% endmacro %}`)
	var got []string
	for _, m := range tmpl.Macros() {
		s := m.Kind + " " + m.Name
		for _, p := range m.Params {
			s += " " + p.Name
			if p.HasDefault {
				s += "=" + p.DefaultText
			}
		}
		if m.Kind == "materialization" {
			s += fmt.Sprint(" ", m.Adapter, m.Languages)
		}
		got = append(got, fmt.Sprint(m.Pos.Line)+" "+s)
	}
	want := []string{
		"1 macro star from except=[] prefix='a' ~ 'b'",
		"4 test test_positive model column_name",
		"5 test test_other model",
		"6 materialization materialization_table_duckdb duckdb[sql python]",
		"7 materialization materialization_view_default default[sql]",
		"9 macro typed a b=[]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("have\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	star := tmpl.Macros()[0]
	if !strings.HasPrefix(star.Source, "{% macro star") || !strings.HasSuffix(star.Source, "{%- endmacro %}") {
		t.Errorf("source is %q", star.Source)
	}
	if c := star.Calls(); len(c) != 1 || show(c[0]) != "2:6 ref('x') maybe" {
		t.Errorf("calls are %v", c)
	}
}

func TestBlocks(t *testing.T) {
	tmpl := parse(t, "snapshots/s.sql", `{% docs about %}
# Title {{ not a template }}
{% enddocs %}
{% snapshot orders_snapshot %}
  {{ config(strategy='check') }}
  select * from {{ ref('orders') }}
{% endsnapshot %}
`)
	blocks := tmpl.Blocks()
	if len(blocks) != 2 {
		t.Fatalf("have %d blocks", len(blocks))
	}
	docs, snap := blocks[0], blocks[1]
	if docs.Kind != "docs" || docs.Name != "about" || docs.Body != "\n# Title {{ not a template }}\n" || docs.Template != nil || docs.BodyPos.String() != "snapshots/s.sql:1:17" {
		t.Errorf("docs is %+v", docs)
	}
	if snap.Kind != "snapshot" || snap.Name != "orders_snapshot" || snap.Pos.Line != 4 || !strings.HasPrefix(snap.Body, "\n  {{ config") || !strings.HasSuffix(snap.Body, "}}\n") {
		t.Errorf("snapshot is %+v", snap)
	}
	var calls []string
	for _, c := range snap.Template.Calls() {
		calls = append(calls, show(c))
	}
	if strings.Join(calls, ";") != "5:6 config(strategy='check');6:20 ref('orders')" || len(tmpl.Calls()) != 0 {
		t.Errorf("calls are %q", calls)
	}
	echo := jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return jinja.Str(jinja.Tuple(c.Args)), nil })
	got, err := snap.Template.Render(&jinja.State{Vars: jinja.Vars{"config": echo, "ref": echo}})
	if err != nil || got != "\n  ()\n  select * from ('orders',)\n" {
		t.Errorf("have %q, %v", got, err)
	}
	if got, err := tmpl.Render(&jinja.State{}); err != nil || strings.TrimSpace(got) != "" {
		t.Errorf("the file itself gives %q, %v", got, err)
	}
}

func TestStaticReads(t *testing.T) {
	src := `{{ data.orders[0].x }} {{ data['it'].y }} {{ data[name] }} {% for r in data.rows if r.a %}{{ r }}{% endfor %} {{ f(data) }}`
	tmpl, err := jinja.Parse("x", src, jinja.Options{NoteReads: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range tmpl.StaticReads() {
		own := ""
		if !r.Global {
			own = " own"
		}
		got = append(got, fmt.Sprintf("%d:%d+%d %s.%s%s", r.Pos.Line, r.Pos.Col, r.Len, r.Name, r.Key, own))
	}
	want := []string{
		"1:4+11 data.orders", "1:27+10 data.it", "1:46+4 data.", "1:51+4 name.", "1:72+9 data.rows", "1:85+3 r.a own", "1:94+1 r. own",
		"1:114+1 f.", "1:116+4 data.",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("have\n%s", strings.Join(got, "\n"))
	}
	if plain, _ := jinja.Parse("x", src, jinja.Options{}); len(plain.StaticReads()) > 0 {
		t.Error("reads are noted without being asked for")
	}
}
