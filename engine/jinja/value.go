package jinja

// Value is anything a template can hold: nil (None), bool, int64, *big.Int, float64, string,
// Markup, *List, Tuple, *Dict, *Undefined, an Object or a Callable. Other Go values must be
// wrapped in an Object or converted by FromGo before a template sees them.
type Value = any

// Markup is text that is already safe HTML: autoescape prints it as it is.
type Markup string

// List is Python's list. It is used by pointer, so that every alias sees a change.
type List struct{ Items []Value }

// Tuple is Python's tuple.
type Tuple []Value

// NewList makes a list of the items.
func NewList(items ...Value) *List { return &List{Items: items} }

// Undefined stands for a name or attribute that does not exist. It prints as nothing; any other
// use of it is an error that names it.
type Undefined struct {
	// Name is the missing name or attribute.
	Name string
	// Hint is the whole error text, where it is not "'Name' is undefined".
	Hint  string
	owner string // what lacked the attribute or element
	elem  Value  // the element, if it was no string
	mode  UndefinedMode
	// noName tells that elem is meant, and not Name.
	noName bool
}

// UndefinedMode says what may be done with an undefined value.
type UndefinedMode uint8

// The modes.
const (
	// UndefinedDefault prints nothing, is false and empty; attribute, item, call and arithmetic are errors.
	UndefinedDefault UndefinedMode = iota
	// UndefinedLenient is the default, but attribute, item and call give undefined again (parsing a dbt project).
	UndefinedLenient
	// UndefinedStrict makes every use an error except the tests defined and undefined and the filter default.
	UndefinedStrict
)

// Object is a value with attributes; x.name and x['name'] both ask it.
type Object interface {
	Attr(name string) (Value, bool)
}

// Callable is a value that can be called.
type Callable interface {
	Call(c *Call) (Value, error)
}

// Func is a Go function as a Callable.
type Func func(c *Call) (Value, error)

// Call runs the function.
func (f Func) Call(c *Call) (Value, error) { return f(c) }

// Indexer is an Object that answers x[key] for any key, before Attr is asked.
type Indexer interface {
	Item(key Value) (Value, bool)
}

// Iterable is an Object that a for loop can walk.
type Iterable interface {
	Iter() []Value
}

// Sized is an Object with a length.
type Sized interface {
	Len() int
}

// Stringer is an Object with its own printed form.
type Stringer interface {
	String() string
}

// Reprer is an Object with its own form inside lists and dicts.
type Reprer interface {
	Repr() string
}

// Truther is an Object with its own truth; without it, an empty Sized is false and the rest true.
type Truther interface {
	Truth() bool
}

// Equaler is an Object that can equal others than itself.
type Equaler interface {
	Equal(other Value) bool
}

// Hasher is an Object that is a dict key by value: equal objects give equal, comparable Go values.
type Hasher interface {
	HashKey() any
}

// missing is the type of Missing.
type missing struct{}

// Missing is what Call.Bind gives for an optional parameter that the call left out.
// Compare with ==.
var Missing Value = missing{} //nolint:gochecknoglobals // a constant; Go has none of interface type
