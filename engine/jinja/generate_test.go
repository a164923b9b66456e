package jinja_test

import (
	"math/rand/v2"
	"strings"
)

// generator makes random templates, the same ones every time.
type generator struct{ r *rand.Rand }

func generated(n int) []string {
	g := &generator{rand.New(rand.NewPCG(1, 2))}
	out := make([]string, n)
	for i := range out {
		out[i] = "{% set x = 3 %}{% set l = [1, 'b', 2.5] %}{% set d = {'k': 'v', 'n': 2} %}" + g.body(3)
	}
	return out
}

func layout(n int) []string {
	g := &generator{rand.New(rand.NewPCG(3, 4))}
	out := make([]string, n)
	for i := range out {
		var b strings.Builder
		for range 2 + g.r.IntN(5) {
			b.WriteString(g.pick("a", " ", "\n", "  \n", "\t", "b \n c", "\n\n", " x"))
			sign := func() string { return g.pick("", "", "-", "+") }
			switch g.r.IntN(4) {
			case 0:
				b.WriteString("{%" + sign() + " if true " + sign() + "%}" + g.pick(" y", "\ny\n", " \n ") + "{%" + sign() + " endif " + sign() + "%}")
			case 1:
				b.WriteString("{{" + g.pick("", "-") + " 'v' " + g.pick("", "-") + "}}")
			case 2:
				b.WriteString("{#" + sign() + " c " + sign() + "#}")
			default:
				b.WriteString("{%" + sign() + " raw " + g.pick("", "-") + "%}" + g.pick(" {{r}} ", "\n{%\n") + "{%" + sign() + " endraw " + sign() + "%}")
			}
		}
		b.WriteString(g.pick("", "\n", "z", " \n", "\n\n"))
		out[i] = b.String()
	}
	return out
}

func (g *generator) pick(s ...string) string { return s[g.r.IntN(len(s))] }

func (g *generator) body(depth int) string {
	var b strings.Builder
	for range 1 + g.r.IntN(3) {
		b.WriteString(g.statement(depth))
	}
	return b.String()
}

func (g *generator) statement(depth int) string {
	if depth == 0 {
		return "{{ " + g.expr(2) + " }}"
	}
	switch g.r.IntN(9) {
	case 0:
		return "{% if " + g.expr(2) + " %}" + g.body(depth-1) + "{% else %}" + g.body(depth-1) + "{% endif %}"
	case 1:
		return "{% for " + g.pick("i", "x", "y") + " in " + g.pick("l", "d", "range(3)", "'ab'", "[x, 1]", "[]") +
			g.pick("", "", " if loop is undefined") + " %}" + g.body(depth-1) + g.pick("", "{{ loop.index }}{{ loop.last }}") +
			g.pick("", "{% else %}E") + "{% endfor %}"
	case 2:
		return "{% set " + g.pick("x", "y", "z") + " = " + g.expr(2) + " %}"
	case 3:
		return "{% set " + g.pick("x", "y") + " %}" + g.body(depth-1) + "{% endset %}"
	case 4:
		return "{% macro m(" + g.pick("", "a", "a, b=x", "x=1") + ") %}" + g.body(depth-1) + "{{ a }}{% endmacro %}{{ m(" + g.pick("", "1", "x") + ") }}"
	case 5:
		return "{% with x = " + g.expr(1) + " %}" + g.body(depth-1) + "{% endwith %}"
	case 6:
		return "{% macro w(t) %}({{ caller() }}{{ x }}){% endmacro %}{% call w(1) %}" + g.body(depth-1) + "{% endcall %}"
	default:
		return "{{ " + g.expr(3) + " }}"
	}
}

func (g *generator) expr(depth int) string {
	if depth == 0 {
		return g.pick("x", "y", "z", "l", "d", "1", "2.5", "'s'", "none", "true", "d.k", "l[1]", "u", "''", "-3", "[1, 2]", "'a b'")
	}
	a, b := g.expr(depth-1), g.expr(depth-1)
	switch g.r.IntN(13) {
	case 0:
		return "(" + a + " " + g.pick("+", "-", "*", "/", "//", "%") + " " + b + ")"
	case 1:
		return "(" + a + " " + g.pick("==", "!=", "<", ">=", "in", "not in") + " " + b + ")"
	case 2:
		return "(" + a + " " + g.pick("and", "or") + " " + b + ")"
	case 3:
		return "(" + a + " if " + b + " else " + g.expr(depth-1) + ")"
	case 4:
		return "(" + a + " ~ " + b + ")"
	case 5:
		return "(" + a + ")|" + g.pick("string", "upper", "length", "default('D')", "list", "first", "last", "int", "trim",
			"replace('a', 'b')", "join('-')", "title", "tojson", "sort", "unique|list", "reverse|list", "float", "abs", "round", "string|length")
	case 6:
		return "((" + a + ") is " + g.pick("defined", "none", "string", "number", "iterable", "mapping", "sequence", "not none", "odd", "boolean") + ")"
	case 7:
		return "[" + a + ", " + b + "]"
	case 8:
		return "{'q': " + a + "}"
	case 9:
		return "(" + a + ")" + g.pick("[0]", "[-1]", ".k", "['k']")
	case 10:
		return "not " + a
	case 11:
		return "(" + a + " ~ u)[" + g.pick("1:", ":1", "::-1", "-2:", ":-1", "1:3") + "]"
	default:
		return a
	}
}
