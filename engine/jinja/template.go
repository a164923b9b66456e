package jinja

import (
	"errors"

	"atlas/engine/diag"
)

// Template is a parsed template: immutable, shared between goroutines.
type Template struct {
	name string
}

// Expr is one parsed expression: immutable, shared between goroutines.
type Expr struct {
	t *Template
}

// Parse reads a template. The error is a *diag.Diagnostic.
func Parse(name, src string, o Options) (*Template, error) { return &Template{name: name}, nil }

// ParseExpr reads one expression, as it would stand between {{ and }}.
func ParseExpr(name, src string, o Options) (*Expr, error) { return &Expr{t: &Template{name: name}}, nil }

// Eval evaluates the expression.
func (e *Expr) Eval(st *State) (Value, error) { return nil, errors.New("not built yet") }

// Render gives the template's text.
func (t *Template) Render(st *State) (string, error) { return "", errors.New("not built yet") }

// RenderNative gives a value: a template that is one lone expression keeps its type; the filters
// as_bool, as_number, as_native and as_text say how text is to be read.
func (t *Template) RenderNative(st *State) (Value, error) { return nil, errors.New("not built yet") }

// RenderMapped gives the text and a map from its bytes to the places they came from.
func (t *Template) RenderMapped(st *State) (string, *SourceMap, error) {
	return "", nil, errors.New("not built yet")
}

// SourceMap tells where the bytes of a rendered text came from.
type SourceMap struct{}

// Pos is the place in the outermost template that the byte at that offset came from. Text that a
// macro wrote maps to the outermost call.
func (m *SourceMap) Pos(offset int) diag.Pos { return diag.Pos{} }

// Stack gives the places inside macros that lead to the byte, innermost first; empty when the
// byte was written by the template itself.
func (m *SourceMap) Stack(offset int) []diag.Note { return nil }

// Name is the name the template was parsed under.
func (t *Template) Name() string { return t.name }

// Macros gives the top-level macro, test and materialization blocks in order.
func (t *Template) Macros() []*MacroDef { return nil }

// Blocks gives the top-level snapshot and docs blocks in order.
func (t *Template) Blocks() []*Block { return nil }

// Calls lists, in source order, every call whose callee is a name or a dotted name.
func (t *Template) Calls() []StaticCall { return nil }

// Plain reports whether the template is nothing but text and {{ calls }}: no statements, no
// conditional expressions, nothing called but dotted names; then Calls tells everything.
func (t *Template) Plain() bool { return false }

// Block is a top-level {% snapshot x %} or {% docs x %}.
type Block struct {
	// Kind is "snapshot" or "docs".
	Kind string
	Name string
	// Pos is where the block's tag stands, BodyPos where its body begins.
	Pos, BodyPos diag.Pos
	// Body is the raw text between the tags.
	Body string
	// Template is the parsed body; nil for docs, whose body is not parsed.
	Template *Template
}

// StaticCall is a call found without rendering.
type StaticCall struct {
	// Name is the dotted callee: "ref", "adapter.dispatch".
	Name   string
	Pos    diag.Pos
	Args   []StaticArg
	Kwargs []StaticKwarg
	// Conditional calls stand under if, for, and, or, an inline if, a macro or a call body, and may not run.
	Conditional bool
	// Literal means that all arguments are constants.
	Literal bool
}

// StaticArg is an argument of a StaticCall; Value is meaningful only if Literal.
type StaticArg struct {
	Value   Value
	Literal bool
	Pos     diag.Pos
}

// StaticKwarg is a keyword argument of a StaticCall.
type StaticKwarg struct {
	Name string
	StaticArg
}

// MacroDef is a top-level macro-like block.
type MacroDef struct {
	// Kind is "macro", "test" or "materialization".
	Kind string
	// Name is as dbt registers it: "star", "test_not_null", "materialization_table_default".
	Name   string
	Params []Param
	Pos    diag.Pos
	// Source is the block's text, tags included.
	Source string
	// Adapter is a materialization's adapter ("default" if none was named), Languages its supported languages.
	Adapter   string
	Languages []string
}

// Param is one parameter of a macro.
type Param struct {
	Name       string
	HasDefault bool
	// DefaultText is the default's source text.
	DefaultText string
}

// Bind makes the macro callable; its body sees ns before the names of the render that calls it.
// Bind once per package and share the result.
func (d *MacroDef) Bind(ns Scope) *Macro { return &Macro{def: d} }

// Macro is a bound macro: Callable, and an Object with the attributes name and arguments.
type Macro struct {
	def *MacroDef
}

// Def gives the macro's definition.
func (m *Macro) Def() *MacroDef { return m.def }

// Call runs the macro.
func (m *Macro) Call(c *Call) (Value, error) { return nil, errors.New("not built yet") }

// Attr gives name and arguments.
func (m *Macro) Attr(name string) (Value, bool) { return nil, false }
