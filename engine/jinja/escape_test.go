package jinja_test

import (
	"strings"
	"testing"

	"atlas/engine/jinja"
)

// TestEscapeOfOneSyntax: values are made safe once, wherever they join safe text.
func TestEscapeOfOneSyntax(t *testing.T) {
	shout := func(s string) string { return strings.ReplaceAll(s, "*", "\\*") }
	vars := jinja.Vars{"x": "a*b<", "safe": jinja.Markup("<*>")}
	for src, want := range map[string]string{
		"*{{ x }}*":                                           "*a\\*b<*",
		"{{ safe }}{{ x ~ safe }}":                            "<*>a\\*b<<*>",
		"{{ x + safe }}{{ safe + x }}":                        "a\\*b<<*><*>a\\*b<",
		"{{ [x, safe] | join('*') }}":                         "a\\*b<\\*<*>",
		"{{ x | e }}{{ x | escape | e }}":                     "a\\*b<a\\*b<",
		"{{ x | safe }}":                                      "a*b<",
		"{% set y %}*{{ x }}{% endset %}{{ y }}":              "*a\\*b<",
		"{% macro m(v) %}*{{ v }}{% endmacro %}{{ m(x) }}":    "*a\\*b<",
		"{{ '%s*' | safe | format(x) }}":                      "a*b&lt;*",
		"{{ ('%s*' | safe) % x }}":                            "a\\*b<*",
		"{{ ('{}*' | safe).format(x) }}{{ '*{}'.format(x) }}": "a\\*b<*\\*a\\*b<",
		"{{ '*{a} {}'.format(x, a=safe) }}":                   "\\*<*> a\\*b<",
		"{{ x | replace('a', safe) }}":                        "<*>\\*b<",
		"{% for c in x %}{{ c }}{% endfor %}{{ [x] }}{{ 1 }}": "a\\*b<['a\\*b<']1",
		"{% if x == 'a*b<' %}yes{% endif %}":                  "yes",
	} {
		tmpl, err := jinja.Parse("t", src, jinja.Options{Autoescape: true, Escape: shout})
		if err != nil {
			t.Fatal(err)
		}
		got, err := tmpl.Render(&jinja.State{Vars: vars})
		if err != nil || got != want {
			t.Errorf("%s: have %q, %v; want %q", src, got, err, want)
		}
	}
}
