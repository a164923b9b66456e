package jinja

import (
	"math/big"
	"strings"
	"unicode"
)

// testNames lists the tests, for "did you mean".
func testNames() []string {
	return strings.Fields("boolean callable defined divisibleby eq equalto escaped even false filter float ge greaterthan gt " +
		"in integer iterable le lessthan lower lt mapping ne none number odd sameas sequence string test true undefined upper")
}

// testNamed finds a test; nil if there is none of that name.
func testNamed(name string) testFunc {
	switch name {
	case "defined":
		return func(c *Call) (bool, error) { return !isUndefined(c.Args[0]), nil }
	case "undefined":
		return func(c *Call) (bool, error) { return isUndefined(c.Args[0]), nil }
	case "none":
		return func(c *Call) (bool, error) { return c.Args[0] == nil, nil }
	case "in":
		return func(c *Call) (bool, error) {
			return testPair(c, func(a, b Value) (bool, error) { return contains(b, a) })
		}
	case "eq", "equalto", "==":
		return comparing(tokEq)
	case "ne", "!=":
		return comparing(tokNe)
	case "lt", "lessthan", "<":
		return comparing(tokLt)
	case "le", "<=":
		return comparing(tokLe)
	case "gt", "greaterthan", ">":
		return comparing(tokGt)
	case "ge", ">=":
		return comparing(tokGe)
	case "sameas":
		return func(c *Call) (bool, error) {
			return testPair(c, func(a, b Value) (bool, error) { return identical(a, b), nil })
		}
	case "divisibleby":
		return func(c *Call) (bool, error) { return testPair(c, divisible) }
	case "odd":
		return func(c *Call) (bool, error) { return remainder(c.Args[0], 1) }
	case "even":
		return func(c *Call) (bool, error) { return remainder(c.Args[0], 0) }
	case "filter":
		return func(c *Call) (bool, error) { s, ok := text(c.Args[0]); return ok && filterNamed(s) != nil, nil }
	case "test":
		return func(c *Call) (bool, error) { s, ok := text(c.Args[0]); return ok && testNamed(s) != nil, nil }
	}
	if is := typeTest(name); is != nil {
		return func(c *Call) (bool, error) { return is(c.Args[0]), nil }
	}
	return nil
}

// typeTest finds a test that looks at the value alone.
func typeTest(name string) func(v Value) bool {
	switch name {
	case "string":
		return isText
	case "number":
		return func(v Value) bool { return looseNumber(v).kind != numNone }
	case "integer":
		return isInteger
	case "float":
		return func(v Value) bool { _, ok := v.(float64); return ok }
	case "boolean":
		return func(v Value) bool { _, ok := v.(bool); return ok }
	case "true":
		return func(v Value) bool { b, ok := v.(bool); return ok && b }
	case "false":
		return func(v Value) bool { b, ok := v.(bool); return ok && !b }
	case "mapping":
		return isMapping
	case "sequence":
		return isSequence
	case "iterable":
		return func(v Value) bool {
			_, ok := v.(Iterable)
			return ok || isSequence(v)
		}
	case "callable":
		return func(v Value) bool {
			_, ok := v.(Callable)
			return ok || isUndefined(v)
		}
	case "escaped":
		return func(v Value) bool { _, ok := v.(Markup); return ok }
	case "lower":
		return func(v Value) bool { return hasCase(Str(v), unicode.IsLower) }
	case "upper":
		return func(v Value) bool { return hasCase(Str(v), unicode.IsUpper) }
	}
	return nil
}

func isMapping(v Value) bool {
	if m, ok := v.(Mapping); ok {
		return m.IsMapping()
	}
	_, ok := asDict(v)
	return ok
}

func isUndefined(v Value) bool {
	_, ok := v.(*Undefined)
	return ok
}

func isInteger(v Value) bool {
	switch v.(type) {
	case int64, *big.Int:
		return true
	}
	return false
}

// isSequence reports whether the value has a length and items by position or key.
func isSequence(v Value) bool {
	switch v.(type) {
	case string, Markup, *List, Tuple, *Dict, *rangeValue, *Undefined, *group:
		return true
	case *Set, *dictView, *Iterator:
		return false
	}
	_, sized := v.(Sized)
	_, indexed := v.(Indexer)
	_, walked := v.(Iterable)
	return sized && (indexed || walked) || isMapping(v)
}

func testPair(c *Call, ok func(a, b Value) (bool, error)) (bool, error) {
	if len(c.Args) != 2 {
		return false, callErrorf("the test takes one argument (%d given)", len(c.Args)-1)
	}
	return ok(c.Args[0], c.Args[1])
}

func comparing(op tokenKind) testFunc {
	return func(c *Call) (bool, error) {
		return testPair(c, func(a, b Value) (bool, error) { return compareValues(op, a, b) })
	}
}

func divisible(a, b Value) (bool, error) {
	m, err := arith(tokMod, a, b)
	return err == nil && Equal(m, int64(0)), err
}

func remainder(v Value, want int64) (bool, error) {
	m, err := arith(tokMod, v, int64(2))
	return err == nil && Equal(m, want), err
}
