package jinja

import "unsafe"

// function is a piece of template with its own frame: a whole template, a macro, the body of a
// call block, a block, or the body of a recursive loop. It is immutable once parsed.
type function struct {
	t       *Template
	name    string
	parent  *function // the function it is written in; nil for templates and blocks
	params  []param
	body    []stmt
	nslots  int
	initial []Value // what the slots hold when the function is entered
	globals []globalSlot
	aliases []alias  // slots that begin as copies of the enclosing scope's
	exports []export // of a template: what it sets at its top level
	locals  []export // every named variable, for included templates

	callerSlot, varargsSlot, kwargsSlot, superSlot int32 // -1 when not used
	explicitCaller                                 bool
	root                                           bool // it is a template: what it sets is exported
	closed                                         bool // nothing in it can outlive a call's frame
}

// param is a parameter of a macro or call body.
type param struct {
	name string
	slot int32
	def  expr // default, or nil
	text string
}

type globalSlot struct {
	name string
	slot int32
}

// alias says that on entry slot begins as the enclosing scope's variable.
type alias struct {
	slot int32
	from nameExpr
}

// export is a top-level variable that other templates and blocks can see.
type export struct {
	name string
	slot int32
}

// slotMark is what a slot without a value holds.
type slotMark struct{ unresolved bool }

// The marks: a slot not looked up yet, and a variable not set yet.
//
//nolint:gochecknoglobals // two addresses to compare with
var (
	unresolved = &slotMark{unresolved: true}
	unset      = &slotMark{}
)

// frame is a function under way.
type frame struct {
	st     *State
	fn     *function
	slots  []Value
	parent *frame // frame of the enclosing function, for closures
	env    *env
	out    *buffer
	auto   bool // autoescape is on
}

// env is where a function's free names are found before the render's own.
type env struct {
	ns     Scope  // namespace of a bound macro
	root   *frame // frame whose exports are visible: the template's, for blocks and includes
	blocks *blockTable
	outer  *env // an including template's names
}

// buffer collects output.
type buffer struct {
	b   []byte
	rec *recorder // set on the outermost buffer of RenderMapped
	nat *native   // set on the outermost buffer of RenderNative
}

// text gives what was written without copying it; the buffer must not be used again.
func (b *buffer) text() string { return unsafe.String(unsafe.SliceData(b.b), len(b.b)) }

func (b *buffer) write(s string) { b.b = append(b.b, s...) }
