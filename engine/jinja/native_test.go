package jinja_test

import (
	"testing"

	"atlas/engine/jinja"
)

// TestRenderNative holds what dbt's native environment gives, recorded from dbt-core 1.11.
func TestRenderNative(t *testing.T) {
	tests := map[string]string{
		"{{ 1 }}": "'1'", "1": "'1'", "{{ true }}": "'True'", "{{ '1' }}": "'1'", "{{ x }}": "[True]",
		"{{ x }}a": "'[True]a'", "{{ '1'|as_number }}": "1", "{{ x|as_bool }}": "error", "{{ nope }}": "Undefined",
		"{{ 1+1 }}": "'2'", "{{ [1,2] }}": "'[1, 2]'", "{{ 'a' }}": "'a'", "{% if true %}{{ x }}{% endif %}": "[True]",
		"": "''", "{{ none }}": "'None'", "{{ x|as_native }}": "[True]", "{{ '[1,2]'|as_native }}": "[1, 2]",
		"{{ -1 }}": "'-1'", "{{ y|as_text }}": "'1'", "{{ 1.5|as_number }}": "1.5", "{{ ''|as_number }}": "error",
		"{{ x|as_number }}": "error", "{% set a = 1 %}{{ a }}": "1", " {{ x }}": "' [True]'",
		"{{ 'true'|as_bool }}": "error", "{{ 'True'|as_bool }}": "True", "{{ y ~ 'b' }}": "'1b'",
	}
	vars := jinja.Vars{"x": jinja.NewList(true), "y": "1"}
	for src, want := range tests {
		v, err := parse(t, "n", src).RenderNative(&jinja.State{Vars: vars})
		got := jinja.Repr(v)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s: have %s (%v), want %s", src, got, err, want)
		}
	}
}

func TestParseExpr(t *testing.T) {
	vars := jinja.Vars{"x": int64(2), "f": jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return c.Args[0], nil })}
	for src, want := range map[string]string{
		"x + 1": "3", " f('a') ": "'a'", "{'a': {'b': x}}": "{'a': {'b': 2}}", "1, 2": "(1, 2)", "x if x > 1": "2", "nope": "Undefined",
	} {
		e, err := jinja.ParseExpr("e", src, jinja.Options{})
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		v, err := e.Eval(&jinja.State{Vars: vars})
		if err != nil || jinja.Repr(v) != want {
			t.Errorf("%s: have %s, %v", src, jinja.Repr(v), err)
		}
	}
	for _, src := range []string{"", "1 2", "x }}", "f(", "{% if %}"} {
		if _, err := jinja.ParseExpr("e", src, jinja.Options{}); err == nil {
			t.Errorf("%q: no error", src)
		}
	}
}

// TestSourceMap maps every piece of a rendered text back.
func TestSourceMap(t *testing.T) {
	ns := jinja.Vars{}
	for _, m := range parse(t, "macros/cols.sql", "{% macro cols(a) %}\n  {{ a }}, {{ one() }}{% endmacro %}{% macro one() %}1 as b{% endmacro %}{% macro r() %}junk{{ return('ret') }}{% endmacro %}").Macros() {
		ns[m.Name] = m.Bind(ns)
	}
	src := "select\n  {{ cols('x') }},\n  {{ r() }}\nfrom {{ 'żó' ~ 't' }} whére z"
	out, m, err := parse(t, "models/m.sql", src).RenderMapped(&jinja.State{Macros: ns})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ at, pos, inner string }{
		{"select", "models/m.sql:1:1", ""},
		{"x,", "models/m.sql:2:6", "macros/cols.sql:2:3"},
		{"1 as b", "models/m.sql:2:6", "macros/cols.sql:2:54"},
		{"ret", "models/m.sql:3:3", ""},
		{"from", "models/m.sql:4:1", ""},
		{"żót", "models/m.sql:4:6", ""},
		{"z", "models/m.sql:4:29", ""},
	}
	for _, tt := range tests {
		i := lastIndex(out, tt.at)
		if got := m.Pos(i).String(); got != tt.pos {
			t.Errorf("%q in %q: have %s, want %s", tt.at, out, got, tt.pos)
		}
		inner := ""
		if stack := m.Stack(i); len(stack) > 0 {
			inner = stack[0].Pos.String()
		}
		if inner != tt.inner {
			t.Errorf("%q: have inner %q, want %q", tt.at, inner, tt.inner)
		}
	}
}

func lastIndex(s, sub string) int {
	for i := len(s) - len(sub); i >= 0; i-- {
		if s[i:i+len(sub)] == sub {
			return i
		}
	}
	return -1
}
