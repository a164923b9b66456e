package jinja

// Arither is an Object with arithmetic. Op is + - * / // % ** or "neg" (then other is nil);
// reflected tells that the object stands on the right. False means it cannot with that operand.
type Arither interface {
	Arith(op string, other Value, reflected bool) (Value, bool, error)
}

// Comparer is an Object that has an order with others; false means it has none with that one.
type Comparer interface {
	Compare(other Value) (int, bool)
}

// Number is an Object that can be read as a number: by |int, |float, |round, |abs, range() and %d.
type Number interface {
	Int() (Value, bool)
	Float() (float64, bool)
}

// Mapping is an Object that the test mapping accepts without being a dict.
type Mapping interface {
	IsMapping() bool
}

// Mapper is an Object that can stand for a dict: **x, dict(x), x|items, x|tojson, update(x).
type Mapper interface {
	Dict() *Dict
}

// Container is an Object that answers "v in x".
type Container interface {
	Contains(v Value) bool
}

// JSONer is an Object that tojson writes as another Value.
type JSONer interface {
	JSON() (Value, bool)
}

// Typed is an Object that names its Python type in error texts.
type Typed interface {
	TypeName() string
}

// Formatter is an Object with its own format(), as "{:%Y}".format(x) asks for.
type Formatter interface {
	Format(spec string) (string, error)
}

// HTMLer is an Object with its own safe HTML, printed under autoescape.
type HTMLer interface {
	HTML() string
}

// Iter gives what a for loop would walk; false if the value cannot be iterated.
func Iter(v Value) ([]Value, bool) {
	items, err := iterate(v)
	return items, err == nil
}

// Length is len(v); false if the value has none.
func Length(v Value) (int, bool) {
	n, err := length(v)
	return n, err == nil
}

// IsUndefined reports whether the value is undefined.
func IsUndefined(v Value) bool { return isUndefined(v) }

// TypeName is the Python name of the value's type, as error texts give it.
func TypeName(v Value) string { return typeName(v) }

// looseNumber gives a value as a number; objects that can be read as numbers count.
func looseNumber(v Value) number {
	if n := toNumber(v); n.kind != numNone {
		return n
	}
	o, ok := v.(Number)
	if !ok {
		return number{}
	}
	if f, ok := o.Float(); ok {
		return number{kind: numFloat, f: f}
	}
	if i, ok := o.Int(); ok {
		return toNumber(i)
	}
	return number{}
}
