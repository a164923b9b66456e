package odoo

import (
	"fmt"
	"slices"
	"strings"

	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// operators of a domain's conditions.
//
//nolint:gochecknoglobals // a constant list
var operators = []string{
	"=", "!=", "<>", ">", ">=", "<", "<=", "=?", "in", "not in", "like", "not like", "ilike", "not ilike",
	"=like", "=ilike", "not =like", "not =ilike", "child_of", "parent_of", "any", "not any",
}

// domain reads the option: a list of conditions [field, operator, value], with "&", "|" and "!"
// before those that they join. A domain that is not whole would swallow the conditions that the
// reading adds to it, so it is held to its grammar.
func (p *parser) domain(v any) []any {
	if v == nil {
		return nil
	}
	all, ok := v.([]any)
	if !ok {
		p.bad("domain", "domain must be a list of conditions").WithHint(`domain: [[state, "=", posted]]`)
		return nil
	}
	wanted := 0 // conditions that operators still wait for
	var out []any
	for i, x := range all {
		switch x := x.(type) {
		case string:
			switch x {
			case "&", "|":
				wanted = max(wanted, 1) + 1
			case "!":
				wanted = max(wanted, 1)
			default:
				p.fail("domain", `domain: %q stands alone, where only "&", "|" and "!" may`, x)
				return nil
			}
			out = append(out, x)
		case []any:
			c, err := condition(x)
			if err != nil {
				p.bad("domain", "domain: condition %d %v", i+1, err).WithHint(`write [field, operator, value]: [state, "=", posted]`)
				return nil
			}
			wanted = max(wanted, 1) - 1
			out = append(out, c)
		default:
			p.bad("domain", "domain: condition %d is no list", i+1).WithHint(`write domain: [[state, "=", posted]], with two pairs of brackets`)
			return nil
		}
	}
	if wanted > 0 {
		p.bad("domain", "domain: an operator lacks %s", counted(wanted, "condition", "conditions")).
			WithHint(`"|" and "&" stand before the two conditions that they join, "!" before one`)
		return nil
	}
	return out
}

func condition(x []any) ([]any, error) {
	if len(x) != 3 {
		return nil, fmt.Errorf("has %d parts", len(x))
	}
	field, ok := x[0].(string)
	if !ok || field == "" {
		if n, isNumber := x[0].(int64); isNumber && (n == 0 || n == 1) && x[1] == "=" { // Odoo's own words for true and false
			return []any{n, "=", x[2]}, nil
		}
		return nil, fmt.Errorf("begins with %v, not with a field", x[0])
	}
	op, ok := x[1].(string)
	if !ok || !slices.Contains(operators, strings.ToLower(op)) {
		return nil, fmt.Errorf("has %v for an operator; there are %s", x[1], strings.Join(operators, " "))
	}
	return []any{field, op, plain(x[2])}, nil
}

// plain makes a value of YAML one of JSON: nothing is false, as Odoo has it.
func plain(v any) any {
	switch v := v.(type) {
	case nil:
		return false
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plain(x)
		}
		return out
	case *manifest.Secret:
		return v.Text // the domain is only looked at
	case string, bool, int64, int, float64:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// unknownIn reports the fields of the domain that the model does not have.
func (m *model) unknownIn(domain []any) error {
	var l diag.List
	for _, x := range domain {
		c, ok := x.([]any)
		if !ok {
			continue
		}
		name, ok := c[0].(string)
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, ".")
		if _, known := m.byName[name]; !known {
			l = append(l, m.unknown("domain", name))
		}
	}
	return l.Err()
}

// counted writes a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// list writes some names.
func list(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + fmt.Sprintf(" and %d more", len(names)-12)
	}
	return strings.Join(names, ", ")
}
