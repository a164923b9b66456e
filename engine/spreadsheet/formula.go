package spreadsheet

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"atlas/engine/diag"
)

// expr is a formula: what Atlas computes, and what it writes with the names replaced by cells.
type expr struct {
	op   string // "num", "str", "bool", "name", "call", "neg", "pos", "%", "()" or a binary operator
	num  float64
	text string // of str; a call's function
	ref  reference
	args []*expr
	at   int // offset in the formula, in runes, for messages
}

// reference is a name in brackets.
type reference struct {
	table  string // "" is the table that the formula stands in
	total  bool   // the cell in the row of totals
	column string
}

func (r reference) String() string {
	parts := make([]string, 0, 3)
	if r.table != "" {
		parts = append(parts, r.table)
	}
	if r.total {
		parts = append(parts, "total")
	}
	return "[" + strings.Join(append(parts, r.column), ".") + "]"
}

// formulaError is a mistake in a formula, with its place.
type formulaError struct {
	at   int // offset in runes
	len  int
	code diag.Code
	msg  string
	hint string
}

func (e *formulaError) Error() string { return e.msg }

// diagnostic places a mistake in the file: pos is where the formula begins.
func (e *formulaError) diagnostic(pos diag.Pos) *diag.Diagnostic {
	pos.Col += e.at
	code := e.code
	if code == "" {
		code = diag.BadValue
	}
	return diag.Errorf(code, pos, "%s", e.msg).WithHint("%s", e.hint).WithLen(e.len)
}

// parseFormula reads a formula, which begins with =.
func parseFormula(s string) (*expr, *formulaError) {
	p := &formulaParser{src: []rune(s), at: 1}
	e, err := p.comparison()
	if err != nil {
		return nil, err
	}
	if p.skip(); p.at < len(p.src) {
		return nil, p.wrong("%q is not expected here", string(p.src[p.at]))
	}
	return e, nil
}

type formulaParser struct {
	src   []rune
	at    int
	depth int
}

// maxDepth bounds brackets within brackets.
const maxDepth = 64

func (p *formulaParser) wrong(format string, args ...any) *formulaError {
	return &formulaError{at: p.at, len: 1, msg: fmt.Sprintf(format, args...), hint: "a formula is made of [columns], numbers, \"text\", + - * / ^ &, comparisons and functions; `atlas help workbooks` lists them"}
}

func (p *formulaParser) skip() {
	for p.at < len(p.src) && unicode.IsSpace(p.src[p.at]) {
		p.at++
	}
}

// take reads the first of the operators that stands here.
func (p *formulaParser) take(ops ...string) string {
	p.skip()
	rest := string(p.src[p.at:])
	for _, op := range ops {
		if strings.HasPrefix(rest, op) {
			p.at += utf8.RuneCountInString(op)
			return op
		}
	}
	return ""
}

// binary reads operands of the next level joined by operators of this one, from the left.
func (p *formulaParser) binary(next func() (*expr, *formulaError), ops ...string) (*expr, *formulaError) {
	left, err := next()
	if err != nil {
		return nil, err
	}
	for {
		at := p.at
		op := p.take(ops...)
		if op == "" {
			return left, nil
		}
		right, err := next()
		if err != nil {
			return nil, err
		}
		left = &expr{op: op, args: []*expr{left, right}, at: at}
	}
}

func (p *formulaParser) comparison() (*expr, *formulaError) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.wrong("the formula is nested too deep")
	}
	defer func() { p.depth-- }()
	return p.binary(p.joined, "<=", ">=", "<>", "=", "<", ">")
}

func (p *formulaParser) joined() (*expr, *formulaError)  { return p.binary(p.sum, "&") }
func (p *formulaParser) sum() (*expr, *formulaError)     { return p.binary(p.product, "+", "-") }
func (p *formulaParser) product() (*expr, *formulaError) { return p.binary(p.power, "*", "/") }
func (p *formulaParser) power() (*expr, *formulaError)   { return p.binary(p.signed, "^") }

// signed reads signs, which bind closer than ^ in spreadsheets, and percent signs behind.
func (p *formulaParser) signed() (*expr, *formulaError) {
	at := p.at
	if sign := p.take("-", "+"); sign != "" {
		if p.depth++; p.depth > maxDepth {
			return nil, p.wrong("the formula is nested too deep")
		}
		defer func() { p.depth-- }()
		x, err := p.signed()
		if err != nil {
			return nil, err
		}
		return &expr{op: map[string]string{"-": "neg", "+": "pos"}[sign], args: []*expr{x}, at: at}, nil
	}
	x, err := p.operand()
	for err == nil && p.take("%") != "" {
		x = &expr{op: "%", args: []*expr{x}, at: at}
	}
	return x, err
}

func (p *formulaParser) operand() (*expr, *formulaError) {
	p.skip()
	if p.at >= len(p.src) {
		return nil, p.wrong("the formula ends too early")
	}
	at := p.at
	switch c := p.src[p.at]; {
	case c == '(':
		p.at++
		x, err := p.comparison()
		if err != nil {
			return nil, err
		}
		if p.take(")") == "" {
			return nil, p.wrong("a bracket is not closed")
		}
		return &expr{op: "()", args: []*expr{x}, at: at}, nil
	case c == '[':
		return p.name()
	case c == '"':
		return p.quoted()
	case c >= '0' && c <= '9' || c == '.':
		return p.literal()
	case unicode.IsLetter(c):
		return p.call()
	default:
		return nil, p.wrong("%q is not expected here", string(c))
	}
}

// name reads [column], [table.column] or [table.total.column].
func (p *formulaParser) name() (*expr, *formulaError) {
	at := p.at
	end := at + 1
	for end < len(p.src) && p.src[end] != ']' {
		end++
	}
	if end == len(p.src) {
		return nil, p.wrong("a name in [brackets] is not closed")
	}
	parts := strings.Split(string(p.src[at+1:end]), ".")
	p.at = end + 1
	r := reference{column: strings.TrimSpace(parts[len(parts)-1])}
	switch {
	case len(parts) == 1:
	case len(parts) == 2 && parts[0] == "total":
		r.total = true
	case len(parts) == 2:
		r.table = strings.TrimSpace(parts[0])
	case len(parts) == 3 && parts[1] == "total":
		r.table, r.total = strings.TrimSpace(parts[0]), true
	default:
		return nil, &formulaError{at: at, len: end + 1 - at, msg: "[" + strings.Join(parts, ".") + "] is no name", hint: "[column], [total.column], [block.column] or [block.total.column]"}
	}
	return &expr{op: "name", ref: r, at: at}, nil
}

func (p *formulaParser) quoted() (*expr, *formulaError) {
	at := p.at
	var b strings.Builder
	for p.at++; p.at < len(p.src); p.at++ {
		if p.src[p.at] != '"' {
			b.WriteRune(p.src[p.at])
			continue
		}
		if p.at+1 < len(p.src) && p.src[p.at+1] == '"' {
			b.WriteRune('"')
			p.at++
			continue
		}
		p.at++
		return &expr{op: "str", text: b.String(), at: at}, nil
	}
	p.at = at
	return nil, p.wrong("a text is not closed")
}

func (p *formulaParser) literal() (*expr, *formulaError) {
	at := p.at
	for p.at < len(p.src) && (p.src[p.at] >= '0' && p.src[p.at] <= '9' || p.src[p.at] == '.') {
		p.at++
	}
	if p.at+1 < len(p.src) && (p.src[p.at] == 'e' || p.src[p.at] == 'E') {
		end := p.at + 1
		if p.src[end] == '-' || p.src[end] == '+' {
			end++
		}
		if end < len(p.src) && p.src[end] >= '0' && p.src[end] <= '9' {
			for p.at = end; p.at < len(p.src) && p.src[p.at] >= '0' && p.src[p.at] <= '9'; p.at++ {
			}
		}
	}
	f, err := strconv.ParseFloat(string(p.src[at:p.at]), 64)
	if err != nil {
		p.at = at
		return nil, p.wrong("this is no number")
	}
	return &expr{op: "num", num: f, at: at}, nil
}

// call reads a function with its arguments, or TRUE and FALSE.
func (p *formulaParser) call() (*expr, *formulaError) {
	at := p.at
	for p.at < len(p.src) && (unicode.IsLetter(p.src[p.at]) || unicode.IsDigit(p.src[p.at]) || p.src[p.at] == '_' || p.src[p.at] == '.') {
		p.at++
	}
	name := string(p.src[at:p.at])
	upper := strings.ToUpper(name)
	length := p.at - at
	if p.take("(") == "" {
		if upper == "TRUE" || upper == "FALSE" {
			return &expr{op: "bool", num: map[string]float64{"TRUE": 1}[upper], at: at}, nil
		}
		return nil, &formulaError{at: at, len: length, msg: name + " is no number, text or [name]", hint: "columns stand in brackets: [" + name + "]"}
	}
	f, known := functions()[upper]
	if !known {
		names := Functions()
		e := &formulaError{at: at, len: length, msg: "there is no function " + name + " here"}
		if e.hint = diag.DidYouMean(upper, names); e.hint == "" {
			e.hint = "there are " + strings.Join(names, ", ") + "; other things are better computed in the query"
		}
		return nil, e
	}
	x := &expr{op: "call", text: upper, at: at}
	for p.take(")") == "" {
		if len(x.args) > 0 && p.take(",") == "" {
			return nil, p.wrong("a comma or a closing bracket is missing")
		}
		a, err := p.comparison()
		if err != nil {
			return nil, err
		}
		x.args = append(x.args, a)
	}
	if len(x.args) < f.min || f.max >= 0 && len(x.args) > f.max {
		return nil, &formulaError{at: at, len: length, msg: fmt.Sprintf("%s takes %s, and there are %d", upper, f.arity(), len(x.args)), hint: f.Doc}
	}
	return x, nil
}

// walk calls visit for every part of a formula; inside tells the function whose argument it is.
func (e *expr) walk(inside string, visit func(e *expr, inside string)) {
	visit(e, inside)
	for _, a := range e.args {
		in := ""
		switch e.op {
		case "call":
			in = e.text
		case "()":
			in = inside
		}
		a.walk(in, visit)
	}
}

// mayFail reports a formula that can divide by zero or meet text where a number is needed.
func (e *expr) mayFail() bool {
	if e.op == "call" && e.text == "IFERROR" {
		return false
	}
	fails := false
	e.walk("", func(x *expr, _ string) {
		switch {
		case x.op == "/", x.op == "^", x.op == "call" && (x.text == "AVERAGE" || x.text == "MOD" || x.text == "SQRT"):
			fails = true
		}
	})
	return fails
}

// print writes a formula with its names replaced by cells.
func (e *expr) print(b *strings.Builder, cells func(reference) string) {
	switch e.op {
	case "num":
		b.WriteString(strconv.FormatFloat(e.num, 'G', -1, 64))
	case "str":
		b.WriteString(`"` + strings.ReplaceAll(e.text, `"`, `""`) + `"`)
	case "bool":
		b.WriteString(map[bool]string{true: "TRUE", false: "FALSE"}[e.num == 1])
	case "name":
		b.WriteString(cells(e.ref))
	case "neg", "pos":
		b.WriteString(map[string]string{"neg": "-", "pos": "+"}[e.op])
		e.args[0].print(b, cells)
	case "%":
		e.args[0].print(b, cells)
		b.WriteString("%")
	case "()":
		b.WriteString("(")
		e.args[0].print(b, cells)
		b.WriteString(")")
	case "call":
		b.WriteString(e.text + "(")
		for i, a := range e.args {
			if i > 0 {
				b.WriteString(",")
			}
			a.print(b, cells)
		}
		b.WriteString(")")
	default:
		e.args[0].print(b, cells)
		b.WriteString(e.op)
		e.args[1].print(b, cells)
	}
}
