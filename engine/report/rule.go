package report

import (
	"fmt"
	"math/big"
	"strings"

	"atlas/engine/block"
)

// condition is a comparison of a rule: "< 0", ">= 0.9", "= 'late'".
type condition struct {
	op     string
	number *big.Rat // nil compares texts
	text   string
}

// parseCondition reads a comparison; the error says what one looks like.
func parseCondition(s string) (condition, error) {
	rest := strings.TrimSpace(s)
	for _, op := range []string{"<=", ">=", "!=", "<>", "==", "<", ">", "="} {
		operand, ok := strings.CutPrefix(rest, op)
		if !ok {
			continue
		}
		c := condition{op: map[string]string{"<>": "!=", "==": "="}[op]}
		c.op = or(c.op, op)
		operand = strings.TrimSpace(operand)
		if n := len(operand); n >= 2 && (operand[0] == '\'' || operand[0] == '"') && operand[n-1] == operand[0] {
			c.text = operand[1 : n-1]
			return c, nil
		}
		share := strings.HasSuffix(operand, "%")
		number, ok := block.Exact(block.Number(strings.TrimSpace(strings.TrimSuffix(operand, "%"))))
		if !ok {
			return c, fmt.Errorf("%q compares to neither a number nor a text in quotes", s)
		}
		if c.number = number; share {
			c.number = number.Quo(number, big.NewRat(100, 1))
		}
		return c, nil
	}
	return condition{}, fmt.Errorf("%q is no condition", s)
}

// holds reports whether a value fits; a missing value fits nothing.
func (c condition) holds(v block.Value) bool {
	if v == nil {
		return false
	}
	var n int
	if c.number != nil {
		r, ok := block.Exact(v)
		if !ok {
			return false
		}
		n = r.Cmp(c.number)
	} else {
		n = strings.Compare(block.PlainText(v), c.text)
	}
	switch c.op {
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	case ">=":
		return n >= 0
	case "!=":
		return n != 0
	default:
		return n == 0
	}
}
