package jinja_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// parse parses or fails.
func parse(tb testing.TB, name, src string) *jinja.Template {
	tb.Helper()
	t, err := jinja.Parse(name, src, jinja.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// bind puts all macros of the sources into one namespace.
func bind(tb testing.TB, sources ...string) jinja.Vars {
	tb.Helper()
	ns := jinja.Vars{}
	for _, src := range sources {
		for _, m := range parse(tb, "macros.sql", src).Macros() {
			ns[m.Name] = m.Bind(ns)
		}
	}
	return ns
}

func TestBoundMacros(t *testing.T) {
	tests := map[string]struct{ macros, src, want string }{
		"calls across files":        {`{% macro a(x) %}<{{ b(x) }}>{% endmacro %}§{% macro b(x) %}{{ x }}!{% endmacro %}`, `{{ a(1) }}`, `<1!>`},
		"render's names":            {`{% macro a() %}{{ target }}{% endmacro %}`, `{{ a() }}`, `prod`},
		"namespace before the rest": {`{% macro a() %}{{ target() }}{% endmacro %}{% macro target() %}mine{% endmacro %}`, `{{ a() }}`, `mine`},
		"macro shadows builtin":     {`{% macro ref(x) %}over {{ x }}{% endmacro %}`, `{{ ref('m') }}`, `over m`},
		"no sight of template":      {`{% macro a() %}[{{ x }}]{% endmacro %}`, `{% set x = 1 %}{{ a() }}`, `[]`},
		"file's set is not seen":    {`{% set y = 1 %}{% macro a() %}[{{ y }}]{% endmacro %}`, `{{ a() }}`, `[]`},
		"return keeps type":         {`{% macro a() %}text{{ return([1, 2]) }}more{% endmacro %}`, `{{ a()[1] }}{{ a() | length }}`, `22`},
		"do return":                 {`{% macro a() %}{% do return({'k': 'v'}) %}{% endmacro %}`, `{{ a().k }}`, `v`},
		"printed return":            {`{% macro a() %}gone{{ return('kept') }}{% endmacro %}`, `x{{ a() }}y`, `xkepty`},
		"return of nothing":         {`{% macro a() %}{{ return() }}{% endmacro %}`, `{{ a() }}`, `None`},
		"return out of loops":       {`{% macro a(l) %}{% for x in l %}{% if x > 1 %}{{ return(x) }}{% endif %}{% endfor %}{% endmacro %}`, `{{ a([1, 2, 3]) }}`, `2`},
		"return inside expression":  {`{% macro a(x) %}{{ 'no' if x else return('yes') }}{% endmacro %}`, `{{ a(0) }}{{ a(1) }}`, `yesno`},
		"return inside set block":   {`{% macro a() %}{% set b %}q{{ return(7) }}{% endset %}{% endmacro %}`, `{{ a() + 1 }}`, `8`},
		"return crosses call body":  {`{% macro w() %}({{ caller() }}){% endmacro %}{% macro a() %}{% call w() %}{{ return('r') }}{% endcall %}-after{% endmacro %}`, `{{ a() }}`, `r-after`},
		"dispatch":                  {`{% macro default__f() %}d{% endmacro %}{% macro f() %}{{ return(adapter.dispatch('f')()) }}{% endmacro %}`, `{{ f() }}`, `d`},
		"inner return is its own":   {`{% macro i() %}{{ return(1) }}{% endmacro %}{% macro o() %}{% set a = i() %}{{ return(a + 1) }}{% endmacro %}`, `{{ o() }}`, `2`},
		"call body sees locals":     {`{% macro w() %}{{ caller() }}{% endmacro %}{% macro a(x) %}{% set y = x + 1 %}{% call w() %}{{ x }}{{ y }}{% endcall %}{% endmacro %}`, `{{ a(1) }}`, `12`},
		"varargs and kwargs":        {`{% macro a() %}{{ varargs | length }}{{ kwargs.k }}{% endmacro %}`, `{{ a(1, 2, k='v') }}`, `2v`},
		"keyword order":             {`{% macro a(x, y=2, z=3) %}{{ x }}{{ y }}{{ z }}{% endmacro %}`, `{{ a(z=9, x=1) }}`, `129`},
		"test block":                {`{% test not_null(model, column_name) %}{{ column_name }}{% endtest %}`, `{{ test_not_null('m', 'c') }}`, `c`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ns := bind(t, strings.Split(tt.macros, "§")...)
			vars := jinja.Vars{
				"target": "prod",
				"ref":    jinja.Func(func(*jinja.Call) (jinja.Value, error) { return "builtin", nil }),
			}
			adapter := jinja.NewDict()
			adapter.Set("dispatch", jinja.Func(func(c *jinja.Call) (jinja.Value, error) { return ns["default__"+c.Args[0].(string)], nil }))
			vars["adapter"] = adapter
			got, err := parse(t, "model.sql", tt.src).Render(&jinja.State{Macros: ns, Vars: vars})
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("have %q, want %q", got, tt.want)
			}
		})
	}
}

// TestGoCaller calls the body of a call block from a Go function, as statement() does.
func TestGoCaller(t *testing.T) {
	vars := jinja.Vars{"statement": jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
		caller, _ := c.Kwarg("caller")
		v, err := c.Call(caller, []jinja.Value{int64(5)}, nil)
		if err != nil {
			return nil, err
		}
		return "[" + jinja.Str(v) + "]", nil
	})}
	got, err := parse(t, "m.sql", `{% set y = 2 %}{% call(x) statement('run') %}{{ x }}{{ y }}{% endcall %}`).Render(&jinja.State{Vars: vars})
	if err != nil || got != "[52]" {
		t.Errorf("have %q, %v", got, err)
	}
	ns := bind(t, `{% macro a() %}{% call(x) statement('run') %}{{ return(x) }}{% endcall %}after{% endmacro %}`)
	got, err = parse(t, "m.sql", `{{ a() }}`).Render(&jinja.State{Macros: ns, Vars: vars})
	if err != nil || got != "5" {
		t.Errorf("return() through a Go function: have %q, %v", got, err)
	}
}

func TestInvoke(t *testing.T) {
	ns := bind(t, `{% macro a(x, y='d') %}{{ x }}{{ y }}{% endmacro %}{% macro r() %}{{ return(3) }}{% endmacro %}`)
	v, err := jinja.Invoke(&jinja.State{}, ns["a"], []jinja.Value{int64(1)}, []jinja.Kwarg{{Name: "y", Value: "z"}}, diag.Pos{})
	if err != nil || v != "1z" {
		t.Errorf("have %v, %v", v, err)
	}
	if v, err = jinja.Invoke(&jinja.State{}, ns["r"], nil, nil, diag.Pos{}); err != nil || v != int64(3) {
		t.Errorf("have %v, %v", v, err)
	}
	if _, err = jinja.Invoke(&jinja.State{}, ns["a"], nil, []jinja.Kwarg{{Name: "nope"}}, diag.Pos{File: "f", Line: 1}); err == nil {
		t.Error("an unknown argument is no error")
	}
	if _, err = jinja.Invoke(&jinja.State{}, int64(3), nil, nil, diag.Pos{}); err == nil {
		t.Error("calling an int is no error")
	}
}

func TestRecursionEnds(t *testing.T) {
	ns := bind(t, `{% macro a() %}{{ a() }}{% endmacro %}`)
	_, err := parse(t, "m.sql", `{{ a() }}`).Render(&jinja.State{Macros: ns})
	var d *diag.Diagnostic
	if !errors.As(err, &d) || !strings.Contains(d.Msg, "too deeply") || len(d.Notes) > 20 {
		t.Errorf("have %v with %d notes", err, len(d.Notes))
	}
	for _, src := range []string{
		`{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}`,
		`{% macro c(f) %}{{ f(f) }}{% endmacro %}{{ c(c) }}`,
		`{{ ` + strings.Repeat("(", 5000) + strings.Repeat(")", 5000) + ` }}`,
		`{{ ` + strings.Repeat("not ", 5000) + `1 }}`,
		`{{ ` + strings.Repeat("-", 5000) + `1 }}`,
		strings.Repeat("{% if 1 %}", 20000),
	} {
		tmpl, err := jinja.Parse("deep", src, jinja.Options{})
		if err == nil {
			_, err = tmpl.Render(&jinja.State{})
		}
		if err == nil {
			t.Errorf("%.40s: no error", src)
		}
	}
}

func TestCancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := parse(t, "m.sql", `{% for x in range(100000) %}{{ x }}{% endfor %}`).Render(&jinja.State{Ctx: ctx})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("have %v", err)
	}
}

// TestSharedTemplates renders templates and macros from many goroutines, for the race detector.
func TestSharedTemplates(t *testing.T) {
	ns := bind(t, `{% macro a(x) %}{% for i in range(x) %}{{ b(i) }}{% endfor %}{% endmacro %}`, `{% macro b(x) %}{{ x }}{{ kw }},{% endmacro %}`)
	tmpl := parse(t, "m.sql", `{% set l = [1, 2] %}{% do l.append(3) %}{{ a(l | length) }}{{ modules.re.sub('a', 'b', 'aa') }}{{ nope.x }}`)
	globals := jinja.Builtins(nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if _, err := tmpl.Render(&jinja.State{Macros: ns, Vars: globals}); err == nil || !strings.Contains(err.Error(), "m.sql:1:99") {
					t.Errorf("have %v", err)
					return
				}
				tmpl.Calls()
			}
		})
	}
	wg.Wait()
}
