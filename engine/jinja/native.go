package jinja

import (
	"strings"

	"atlas/engine/diag"
)

// native collects the pieces that a native render writes.
type native struct {
	parts []Value
	fixed bool // the last part is constant text, to which further constant text is joined
}

// add appends constant text or a value.
func (n *native) add(v Value) {
	s, ok := v.(string)
	if ok && n.fixed && len(n.parts) > 0 {
		n.parts[len(n.parts)-1] = n.parts[len(n.parts)-1].(string) + s
		return
	}
	n.parts = append(n.parts, v)
	n.fixed = ok
}

// value appends what an expression gave.
func (n *native) value(v Value) {
	n.parts = append(n.parts, v)
	n.fixed = false
}

func (n *outputStmt) execNative(f *frame) error {
	v, err := n.x.eval(f)
	if err != nil {
		return err
	}
	if constant(n.x) {
		f.out.nat.add(Str(v))
		return nil
	}
	f.out.nat.value(v)
	return nil
}

// constant reports whether the expression is one that Jinja folds into text while compiling.
func constant(x expr) bool {
	switch n := x.(type) {
	case *filterExpr:
		if strings.HasPrefix(n.name, "as_") {
			return false
		}
		return constant(n.x) && allConstant(n.args)
	case *binExpr:
		return constant(n.l) && constant(n.r)
	case *unaryExpr:
		return constant(n.x)
	case *listExpr:
		return allConstant(n.items)
	case *tupleExpr:
		return allConstant(n.items)
	case *dictExpr:
		return allConstant(n.keys) && allConstant(n.values)
	case *concatExpr:
		return allConstant(n.parts)
	}
	_, ok := x.(*constExpr)
	return ok
}

func allConstant(nodes []expr) bool {
	for _, n := range nodes {
		if !constant(n) {
			return false
		}
	}
	return true
}

// marked is text that a filter as_bool, as_number or as_native marked in a native render.
type marked struct {
	text string
	kind string // "text", "native", "bool" or "number"
}

// String is the text.
func (m marked) String() string { return m.text }

// TypeName is the Python type.
func (m marked) TypeName() string { return "str" }

// RenderNative gives a value: a template that is one lone expression keeps its type; the filters
// as_bool, as_number, as_native and as_text say how text is to be read.
func (t *Template) RenderNative(st *State) (Value, error) {
	nat := &native{}
	stack, depth := len(st.stack), st.depth
	_, err := t.run(st, nil, &buffer{nat: nat})
	st.stack, st.depth = st.stack[:stack], depth
	if err != nil {
		if isReturn(err) {
			v := st.returned
			st.returned = nil
			return v, nil
		}
		return nil, err
	}
	switch len(nat.parts) {
	case 0:
		return "", nil
	case 1:
		return t.nativeValue(nat.parts[0])
	}
	var b []byte
	for _, v := range nat.parts {
		b = appendStr(b, v)
	}
	return string(b), nil
}

// nativeValue reads marked text.
func (t *Template) nativeValue(v Value) (Value, error) {
	m, ok := v.(marked)
	if !ok {
		return v, nil
	}
	if m.kind == "text" {
		return m.text, nil
	}
	var got Value = m.text
	if lit, ok := pythonLiteral(m.text); ok {
		got = lit
	}
	switch m.kind {
	case "bool":
		if _, ok := got.(bool); !ok {
			return nil, diag.Errorf(diag.TemplateRuntime, t.pos(0), "could not convert value '%s' into type 'bool'", m.text)
		}
	case "number":
		if _, isBool := got.(bool); isBool || toNumber(got).kind == numNone {
			return nil, diag.Errorf(diag.TemplateRuntime, t.pos(0), "could not convert value '%s' into type 'number'", m.text)
		}
	}
	return got, nil
}

// pythonLiteral reads a literal as Python writes it: True and None, not true and none.
func pythonLiteral(s string) (Value, bool) {
	s = strings.TrimSpace(s)
	switch s {
	case "true", "false", "none":
		return nil, false
	}
	e, err := ParseExpr("literal", s, Options{})
	if err != nil {
		return nil, false
	}
	return literal(e.x)
}
