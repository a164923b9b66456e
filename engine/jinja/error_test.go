package jinja_test

import (
	"errors"
	"strings"
	"testing"

	"atlas/engine/diag"
	"atlas/engine/jinja"
)

// TestErrors holds place, width, text and hint of mistakes.
func TestErrors(t *testing.T) {
	tests := []struct {
		name, src, pos string
		width          int
		msg, hint      string
	}{
		{"name called", "select\n  {{ rf('x') }}", "m.sql:2:6", 2, "'rf' is undefined", `did you mean "ref"?`},
		{"attribute", "{{ d.nope.x }}", "m.sql:1:4", 6, "'dict object' has no attribute 'nope'", ""},
		{"runes", "żółć {{ nope.x }}", "m.sql:1:9", 4, "'nope' is undefined", ""},
		{"operands", "a\n\n{{ 1 +\n 'a' }}", "m.sql:3:4", 3, "unsupported operand type(s) for +: 'int' and 'str'", "~ joins anything as text"},
		{"filter name", "{{ x | upcase }}", "m.sql:1:8", 6, "no filter is named 'upcase'", ""},
		{"filter near", "{{ x | uper }}", "m.sql:1:8", 4, "no filter is named 'uper'", `did you mean "upper"?`},
		{"test near", "{{ x is definde }}", "m.sql:1:9", 7, "no test is named 'definde'", `did you mean "defined"?`},
		{"filter argument", "{{ 'a' | replace('a') }}", "m.sql:1:10", 12, "the filter replace needs an old and a new text", ""},
		{"unclosed print", "a\n {{ foo", "m.sql:2:2", 2, "this '{{' is never closed: expected '}}' before the end of the template", ""},
		{"unclosed if", "{% if x %}\n{% for y in z %}{% endfor %}", "m.sql:1:1", 2, "the 'if' block is never closed: expected 'elif', 'else' or 'endif' before the end of the template", ""},
		{"wrong end", "{% if x %}\n{% endfor %}", "m.sql:2:4", 6, "'endfor' does not close the 'if' block: expected 'elif', 'else' or 'endif'", ""},
		{"unknown statement", "{% fro x in y %}", "m.sql:1:4", 3, "unknown statement 'fro'", `did you mean "for"?`},
		{"two values", "{{ a b }}", "m.sql:1:6", 1, "expected '}}', got 'b'", "two values stand side by side: is an operator or a comma missing?"},
		{"assign", "{% if a = 1 %}{% endif %}", "m.sql:1:9", 1, "expected '%}' after the condition, got '='", "'==' compares; only {% set %} assigns"},
		{"string", "{{ 'abc }}", "m.sql:1:4", 1, "this string is never closed", "close it with '"},
		{"bracket", "{{ f(1] }}", "m.sql:1:7", 1, "unexpected ']', expected ')'", ""},
		{"and", "{{ a && b }}", "m.sql:1:6", 1, "unexpected character '&'", `Jinja writes "and"`},
		{"comment", "{# x", "m.sql:1:1", 2, "this comment is never closed", `close it with "#}"`},
		{"unpack", "{% for a, b in [1] %}{% endfor %}", "m.sql:1:8", 4, "cannot unpack non-iterable int object", ""},
		{"return outside", "{{ return(1) }}", "m.sql:1:1", 1, "return() is called outside a macro", ""},
		{"argument name", "{% macro m(first) %}{% endmacro %}{{ m(frist=1) }}", "m.sql:1:38", 10, "macro 'm' takes no keyword argument 'frist'", `did you mean "first"?`},
		{"Go function", "{{ ref() }}", "m.sql:1:4", 3, "ref() needs the argument 'name'", ""},
	}
	vars := jinja.Vars{
		"d": jinja.NewDict(),
		"ref": jinja.Func(func(c *jinja.Call) (jinja.Value, error) {
			_, err := c.Bind("name", "version?")
			return "x", err
		}),
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tmpl, err := jinja.Parse("m.sql", tt.src, jinja.Options{})
			if err == nil {
				_, err = tmpl.Render(&jinja.State{Vars: vars})
			}
			var d *diag.Diagnostic
			if !errors.As(err, &d) {
				t.Fatalf("have %v", err)
			}
			if d.Pos.String() != tt.pos || max(1, d.Len) != tt.width || d.Msg != tt.msg || d.Hint != tt.hint {
				t.Errorf("have %s (width %d) %q, hint %q\nwant %s (width %d) %q, hint %q", d.Pos, d.Len, d.Msg, d.Hint, tt.pos, tt.width, tt.msg, tt.hint)
			}
		})
	}
}

// TestMacroStack shows the calls that lead to a mistake.
func TestMacroStack(t *testing.T) {
	ns := jinja.Vars{}
	for _, m := range parse(t, "macros/a.sql", "{% macro outer(x) %}\n  {{ inner(x) }}\n{% endmacro %}").Macros() {
		ns[m.Name] = m.Bind(ns)
	}
	for _, m := range parse(t, "macros/b.sql", "{% macro inner(x) %}\n\n  {{ x.y.z }}\n{% endmacro %}").Macros() {
		ns[m.Name] = m.Bind(ns)
	}
	_, err := parse(t, "models/m.sql", "select\n{{ outer({}) }}").Render(&jinja.State{Macros: ns})
	var d *diag.Diagnostic
	if !errors.As(err, &d) {
		t.Fatal(err)
	}
	var b strings.Builder
	diag.Fprint(&b, d, diag.Style{})
	want := "macros/b.sql:3:6: 'dict object' has no attribute 'y'  [AT0203]\n" +
		"note: macros/a.sql:2:6: in macro inner, called from macro outer\n" +
		"note: models/m.sql:2:4: in macro outer, called from here\n"
	if b.String() != want {
		t.Errorf("have\n%s\nwant\n%s", b.String(), want)
	}
}

// TestOpenBlocks names the blocks around a syntax error.
func TestOpenBlocks(t *testing.T) {
	_, err := jinja.Parse("m.sql", "{% macro m() %}\n{% if x %}\n{{ 1 + }}\n{% endif %}{% endmacro %}", jinja.Options{})
	var d *diag.Diagnostic
	if !errors.As(err, &d) || len(d.Notes) != 2 || d.Notes[0].Pos.Line != 2 || d.Notes[1].Pos.Line != 1 {
		t.Errorf("have %v, notes %v", err, d.Notes)
	}
}

// TestStart places errors in a file that the template is a part of.
func TestStart(t *testing.T) {
	o := jinja.Options{Start: diag.Pos{File: "models/schema.yml", Line: 7, Col: 12}}
	for src, want := range map[string]string{"{{ a b }}": "models/schema.yml:7:17", "x\n{{ a b }}": "models/schema.yml:8:6"} {
		_, err := jinja.Parse("n", src, o)
		var d *diag.Diagnostic
		if !errors.As(err, &d) || d.Pos.String() != want {
			t.Errorf("have %v, want %s", err, want)
		}
	}
}

// TestUndefinedModes tells the modes apart.
func TestUndefinedModes(t *testing.T) {
	tests := []struct {
		src  string
		mode jinja.UndefinedMode
		want string // "error" for an error
	}{
		{"{{ x }}", jinja.UndefinedDefault, ""},
		{"{{ x.y }}", jinja.UndefinedDefault, "error"},
		{"{{ x.y.z() }}{{ x()[1] }}", jinja.UndefinedLenient, ""},
		{"{{ x + 1 }}", jinja.UndefinedLenient, "error"},
		{"{% for a in x.y %}{% endfor %}", jinja.UndefinedLenient, ""},
		{"{{ x }}", jinja.UndefinedStrict, "error"},
		{"{% if x %}{% endif %}", jinja.UndefinedStrict, "error"},
		{"{% for a in x %}{% endfor %}", jinja.UndefinedStrict, "error"},
		{"{{ x is defined }}{{ x | default('d') }}", jinja.UndefinedStrict, "Falsed"},
		{"{{ x ~ 'a' }}", jinja.UndefinedStrict, "error"},
		{"{{ d.nope }}", jinja.UndefinedStrict, "error"},
	}
	for _, tt := range tests {
		got, err := parse(t, "m", tt.src).Render(&jinja.State{Undefined: tt.mode, Vars: jinja.Vars{"d": jinja.NewDict()}})
		if err != nil {
			got = "error"
		}
		if got != tt.want {
			t.Errorf("%s in mode %d: have %q (%v), want %q", tt.src, tt.mode, got, err, tt.want)
		}
	}
}
