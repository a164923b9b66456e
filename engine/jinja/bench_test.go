package jinja_test

import (
	"os"
	"testing"

	"atlas/engine/jinja"
)

// model is an incremental model with two refs and two loops, as projects have them.
func model(tb testing.TB) string {
	tb.Helper()
	src, err := os.ReadFile("testdata/model.sql")
	if err != nil {
		tb.Fatal(err)
	}
	return string(src)
}

// modelVars are the names that the model asks for.
func modelVars() jinja.Vars {
	return jinja.Vars{
		"config":         jinja.Func(func(*jinja.Call) (jinja.Value, error) { return "", nil }),
		"ref":            jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return `"db"."main"."` + c.Args[0].(string) + `"`, nil }),
		"is_incremental": jinja.Func(func(*jinja.Call) (jinja.Value, error) { return true, nil }),
		"var":            jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return c.Args[1], nil }),
		"this":           `"db"."main"."orders"`,
	}
}

func BenchmarkParse(b *testing.B) {
	src := model(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := jinja.Parse("model.sql", src, jinja.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseRender(b *testing.B) {
	src, vars := model(b), modelVars()
	b.ReportAllocs()
	for b.Loop() {
		t, err := jinja.Parse("model.sql", src, jinja.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.Render(&jinja.State{Vars: vars}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	t, err := jinja.Parse("model.sql", model(b), jinja.Options{})
	if err != nil {
		b.Fatal(err)
	}
	vars := modelVars()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(&jinja.State{Vars: vars}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRenderMapped(b *testing.B) {
	t, err := jinja.Parse("model.sql", model(b), jinja.Options{})
	if err != nil {
		b.Fatal(err)
	}
	vars := modelVars()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := t.RenderMapped(&jinja.State{Vars: vars}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMacro calls a bound macro with a loop and a nested macro, as packages do.
func BenchmarkMacro(b *testing.B) {
	t, err := jinja.Parse("macros.sql", `
{% macro quote(name) %}"{{ name }}"{% endmacro %}
{% macro columns(names, prefix='') %}
{%- for n in names -%}
{{ prefix }}{{ quote(n) }}{% if not loop.last %}, {% endif %}
{%- endfor -%}
{% endmacro %}`, jinja.Options{})
	if err != nil {
		b.Fatal(err)
	}
	ns := jinja.Vars{}
	for _, m := range t.Macros() {
		ns[m.Name] = m.Bind(ns)
	}
	t, err = jinja.Parse("model.sql", `select {{ columns(['a', 'b', 'c', 'd'], prefix='t.') }} from t`, jinja.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(&jinja.State{Macros: ns}); err != nil {
			b.Fatal(err)
		}
	}
}
