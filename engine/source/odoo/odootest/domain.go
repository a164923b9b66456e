package odootest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// compile makes a test of a domain, in Odoo's prefix notation with "&" left out between its
// parts. active says that the domain itself speaks of archived records.
func (m *Model) compile(model string, b json.RawMessage) (match func(*Record) bool, active bool, failed *exception) {
	var parts []any
	if len(b) > 0 {
		if err := decode(b, &parts); err != nil {
			return nil, false, &exception{"builtins.TypeError", err.Error(), http.StatusUnprocessableEntity}
		}
	}
	if !balanced(parts) {
		return nil, false, &exception{"builtins.AssertionError", "This domain is syntactically not correct: " + python(parts), http.StatusInternalServerError}
	}
	i := 0
	var one func() func(*Record) bool
	one = func() func(*Record) bool {
		part := parts[i]
		i++
		switch part {
		case "!":
			a := one()
			return func(r *Record) bool { return !a(r) }
		case "&", "|":
			a, c := one(), one()
			if part == "&" {
				return func(r *Record) bool { return a(r) && c(r) }
			}
			return func(r *Record) bool { return a(r) || c(r) }
		}
		leaf, ok := part.([]any)
		if !ok || len(leaf) != 3 {
			failed = &exception{"builtins.ValueError", fmt.Sprintf("Invalid leaf %v", part), http.StatusInternalServerError}
			return nil
		}
		name, _ := leaf[0].(string)
		op, _ := leaf[1].(string)
		active = active || name == "active"
		if !m.has(name) {
			failed = &exception{"builtins.ValueError", fmt.Sprintf("Invalid field %s.%s in leaf ('%s', '%s', %s)", model, name, name, op, python(leaf[2])), http.StatusInternalServerError}
			return nil
		}
		f := m.condition(name, op, leaf[2])
		if f == nil {
			failed = &exception{"builtins.ValueError", fmt.Sprintf("Invalid leaf ('%s', '%s', %s)", name, op, python(leaf[2])), http.StatusInternalServerError}
		}
		return f
	}
	var all []func(*Record) bool
	for i < len(parts) && failed == nil {
		all = append(all, one())
	}
	return func(r *Record) bool {
		for _, f := range all {
			if !f(r) {
				return false
			}
		}
		return true
	}, active, failed
}

// balanced reports whether every operator has its conditions.
func balanced(parts []any) bool {
	wanted := 1
	for _, p := range parts {
		if wanted == 0 {
			wanted = 1
		}
		switch p {
		case "!":
		case "&", "|":
			wanted++
		default:
			wanted--
		}
	}
	return wanted == 0 || len(parts) == 0
}

// python writes a value as Python shows it.
func python(v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = python(x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return "'" + v + "'"
	case bool:
		if v {
			return "True"
		}
		return "False"
	default:
		return fmt.Sprint(v)
	}
}

// condition makes a test of one condition; nil if its operator is not known.
func (m *Model) condition(name, op string, value any) func(*Record) bool {
	want := operand(name, value)
	holds := func(r *Record) any { return m.held(name, r) }
	switch op {
	case "=":
		return func(r *Record) bool { return holds(r) == want }
	case "!=": // NULL is unlike every value
		return func(r *Record) bool { return holds(r) != want }
	case "in", "not in":
		values, ok := value.([]any)
		if !ok {
			return nil
		}
		set := map[any]bool{}
		for _, v := range values {
			set[operand(name, v)] = true
		}
		in := op == "in"
		return func(r *Record) bool { return set[holds(r)] == in }
	case ">", ">=", "<", "<=":
		return func(r *Record) bool {
			c, ok := compare(holds(r), want)
			return ok && (c > 0 && op[0] == '>' || c < 0 && op[0] == '<' || c == 0 && len(op) == 2)
		}
	default:
		return nil
	}
}

// held gives a value as conditions see it; false is NULL. The database has microseconds.
func (m *Model) held(name string, r *Record) any {
	var v any
	switch name {
	case "id":
		v = r.ID
	case "write_date":
		if !r.Written.IsZero() {
			v = r.Written
		}
	default:
		v = r.Values[name]
	}
	if v == nil {
		return false
	}
	return v
}

func operand(name string, v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() //nolint:errcheck // it is a number
		return f
	case string:
		if strings.HasSuffix(name, "_date") {
			if at, err := time.Parse(Stamp, v); err == nil {
				return at
			}
		}
		return v
	case nil:
		return false
	default:
		return v
	}
}

func compare(a, b any) (int, bool) {
	switch a := a.(type) {
	case int64:
		if b, ok := b.(int64); ok {
			return int(min(max(a-b, -1), 1)), true
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b), true
		}
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b), true
		}
	case float64:
		if b, ok := b.(float64); ok {
			switch {
			case a < b:
				return -1, true
			case a > b:
				return 1, true
			default:
				return 0, true
			}
		}
	}
	return 0, false
}
