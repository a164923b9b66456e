package spreadsheet

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// scope gives the values of names while a formula is computed.
type scope interface {
	// cell is a single value: [column] of the row, [table.total.column].
	cell(r reference) value
	// column is all values of [table.column].
	column(r reference) stats
}

// stats are the sums of a column's values. They follow the program's functions: text is no number
// and does not count.
type stats struct {
	sum, rest float64 // rest is what rounding lost
	count     int     // numbers
	filled    int     // cells that are not empty
	min, max  float64
	failed    string // the first error value
}

func (s *stats) add(v value) {
	switch v.kind {
	case number:
		if s.count == 0 {
			s.min, s.max = v.num, v.num
		}
		s.min, s.max = min(s.min, v.num), max(s.max, v.num)
		s.count++
		s.filled++
		t := s.sum + v.num
		if math.Abs(s.sum) >= math.Abs(v.num) {
			s.rest += (s.sum - t) + v.num
		} else {
			s.rest += (v.num - t) + s.sum
		}
		s.sum = t
	case failure:
		if s.failed == "" {
			s.failed = v.text
		}
		s.filled++
	case text, boolean:
		s.filled++
	case blank:
	}
}

func (s *stats) merge(o stats) {
	if o.count > 0 {
		if s.count == 0 {
			s.min, s.max = o.min, o.max
		}
		s.min, s.max = min(s.min, o.min), max(s.max, o.max)
	}
	t := s.sum + o.sum
	if math.Abs(s.sum) >= math.Abs(o.sum) {
		s.rest += (s.sum - t) + o.sum
	} else {
		s.rest += (o.sum - t) + s.sum
	}
	s.sum, s.rest = t, s.rest+o.rest
	s.count += o.count
	s.filled += o.filled
	if s.failed == "" {
		s.failed = o.failed
	}
}

// total computes one of the functions that a row of totals may have.
func (s stats) total(how string) value {
	if s.failed != "" && how != "count" {
		return failed(s.failed)
	}
	switch how {
	case "average":
		if s.count == 0 {
			return failed("#DIV/0!")
		}
		return numeric((s.sum + s.rest) / float64(s.count))
	case "count":
		return numeric(float64(s.filled))
	case "min":
		return numeric(s.min)
	case "max":
		return numeric(s.max)
	default:
		return numeric(s.sum + s.rest)
	}
}

// function is one function that formulas may use.
type function struct {
	min, max int // arguments; a negative max has no bound
	Doc      string
	over     bool // takes whole columns
	compute  func(args []value) value
}

func (f function) arity() string {
	switch {
	case f.max < 0:
		return "at least " + strconv.Itoa(f.min) + " values"
	case f.min == f.max && f.min == 1:
		return "one value"
	case f.min == f.max:
		return strconv.Itoa(f.min) + " values"
	default:
		return strconv.Itoa(f.min) + " to " + strconv.Itoa(f.max) + " values"
	}
}

// functions are all of them by name. Those that are lazy have no compute.
func functions() map[string]function {
	return map[string]function{
		"SUM":     {1, -1, "the sum of values and whole columns", true, nil},
		"AVERAGE": {1, -1, "their mean", true, nil},
		"MIN":     {1, -1, "the least", true, nil},
		"MAX":     {1, -1, "the greatest", true, nil},
		"COUNT":   {1, -1, "how many numbers", true, nil},
		"IF":      {2, 3, "IF(condition, then, else)", false, nil},
		"IFERROR": {2, 2, "IFERROR(value, what stands for an error)", false, nil},
		"AND":     {1, -1, "whether all are true", false, nil},
		"OR":      {1, -1, "whether any is true", false, nil},
		"NOT":     {1, 1, "the opposite", false, func(a []value) value { return withNumber(a[0], func(f float64) value { return truth(f == 0) }) }},
		"ABS":     {1, 1, "without its sign", false, func(a []value) value { return withNumber(a[0], func(f float64) value { return numeric(math.Abs(f)) }) }},
		"INT": {1, 1, "the next whole number down", false, func(a []value) value {
			return withNumber(a[0], func(f float64) value { return numeric(math.Floor(f)) })
		}},
		"ROUND": {2, 2, "ROUND(value, decimals)", false, func(a []value) value { return withNumbers(a, func(f []float64) value { return round(f[0], f[1]) }) }},
		"MOD":   {2, 2, "the rest of a division", false, func(a []value) value { return withNumbers(a, func(f []float64) value { return modulo(f[0], f[1]) }) }},
		"SQRT": {1, 1, "the square root", false, func(a []value) value {
			return withNumber(a[0], func(f float64) value { return numeric(math.Sqrt(f)) })
		}},
	}
}

// Functions names the functions of formulas.
func Functions() []string {
	var names []string
	for n := range functions() {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Doc explains a function in a few words; "" if there is none of that name.
func Doc(name string) string { return functions()[name].Doc }

func withNumber(v value, do func(float64) value) value {
	f, bad := v.float()
	if bad.kind == failure {
		return bad
	}
	return do(f)
}

func withNumbers(args []value, do func([]float64) value) value {
	list := make([]float64, len(args))
	for i, a := range args {
		f, bad := a.float()
		if bad.kind == failure {
			return bad
		}
		list[i] = f
	}
	return do(list)
}

// round rounds half away from zero, as a person does with the digits that a number shows.
func round(f, places float64) value {
	p := math.Pow(10, math.Trunc(places))
	if math.IsInf(p, 0) || p == 0 {
		return numeric(f)
	}
	scaled, err := strconv.ParseFloat(strconv.FormatFloat(f*p, 'e', maxDigits-1, 64), 64)
	if err != nil {
		return numeric(f)
	}
	return numeric(math.Round(scaled) / p)
}

func modulo(a, b float64) value {
	if b == 0 {
		return failed("#DIV/0!")
	}
	return numeric(a - b*math.Floor(a/b))
}

// float takes a value as a number, as the program does: empty is zero, text must look like one.
func (v value) float() (float64, value) {
	switch v.kind {
	case number, boolean:
		return v.num, value{}
	case blank:
		return 0, value{}
	case text:
		f, err := strconv.ParseFloat(strings.TrimSpace(v.text), 64)
		if err != nil {
			return 0, failed("#VALUE!")
		}
		return f, value{}
	default:
		return 0, v
	}
}

// shown is a value as text, for &.
func (v value) shown() string {
	switch v.kind {
	case text:
		return v.text
	case boolean:
		if v.num == 1 {
			return "TRUE"
		}
		return "FALSE"
	case number:
		return strconv.FormatFloat(v.num, 'G', maxDigits, 64)
	default:
		return ""
	}
}

// compute evaluates a formula.
func (e *expr) compute(s scope) value {
	switch e.op {
	case "num":
		return numeric(e.num)
	case "str":
		return textual(e.text)
	case "bool":
		return value{kind: boolean, num: e.num}
	case "name":
		return s.cell(e.ref)
	case "()":
		return e.args[0].compute(s)
	case "neg":
		return withNumber(e.args[0].compute(s), func(f float64) value { return numeric(-f) })
	case "pos":
		return e.args[0].compute(s)
	case "%":
		return withNumber(e.args[0].compute(s), func(f float64) value { return numeric(f / 100) })
	case "call":
		return e.call(s)
	default:
		return operate(e.op, e.args[0].compute(s), e.args[1].compute(s))
	}
}

func operate(op string, a, b value) value {
	if a.kind == failure {
		return a
	}
	if b.kind == failure {
		return b
	}
	switch op {
	case "&":
		return textual(a.shown() + b.shown())
	case "=", "<>", "<", ">", "<=", ">=":
		return relate(op, a, b)
	}
	return withNumbers([]value{a, b}, func(f []float64) value {
		switch op {
		case "+":
			return numeric(nearZero(f[0], f[1], f[0]+f[1]))
		case "-":
			return numeric(nearZero(f[0], f[1], f[0]-f[1]))
		case "*":
			return numeric(f[0] * f[1])
		case "^":
			return numeric(math.Pow(f[0], f[1]))
		default:
			if f[1] == 0 {
				return failed("#DIV/0!")
			}
			return numeric(f[0] / f[1])
		}
	})
}

// nearZero makes a difference zero that is only what rounding left, as the programs do.
func nearZero(a, b, result float64) float64 {
	if result != 0 && math.Abs(result) < max(math.Abs(a), math.Abs(b))*3e-16 {
		return 0
	}
	return result
}

// relate compares as the programs do: numbers before text before truth, text without case.
func relate(op string, a, b value) value {
	c := 0
	switch {
	case a.kind == blank && b.kind == blank:
	case a.kind == blank && b.kind == text:
		c = strings.Compare("", b.text)
	case b.kind == blank && a.kind == text:
		c = strings.Compare(a.text, "")
	case rank(a) != rank(b):
		c = rank(a) - rank(b)
	case a.kind == text:
		c = strings.Compare(strings.ToLower(a.text), strings.ToLower(b.text))
	case a.num < b.num:
		c = -1
	case a.num > b.num:
		c = 1
	}
	switch op {
	case "=":
		return truth(c == 0)
	case "<>":
		return truth(c != 0)
	case "<":
		return truth(c < 0)
	case ">":
		return truth(c > 0)
	case "<=":
		return truth(c <= 0)
	default:
		return truth(c >= 0)
	}
}

func rank(v value) int {
	switch v.kind {
	case text:
		return 1
	case boolean:
		return 2
	default:
		return 0
	}
}

// call computes a function.
func (e *expr) call(s scope) value {
	f := functions()[e.text]
	switch {
	case f.over:
		return e.aggregate(s)
	case e.text == "IF":
		return e.choose(s)
	case e.text == "IFERROR":
		if v := e.args[0].compute(s); v.kind != failure {
			return v
		}
		return e.args[1].compute(s)
	case e.text == "AND", e.text == "OR":
		return e.junction(s)
	}
	args := make([]value, len(e.args))
	for i, a := range e.args {
		args[i] = a.compute(s)
	}
	return f.compute(args)
}

func (e *expr) choose(s scope) value {
	c := e.args[0].compute(s)
	return withNumber(c, func(f float64) value {
		switch {
		case f != 0:
			return e.args[1].compute(s)
		case len(e.args) == 3:
			return e.args[2].compute(s)
		default:
			return truth(false)
		}
	})
}

func (e *expr) junction(s scope) value {
	all, any := true, false
	for _, a := range e.args {
		f, bad := a.compute(s).float()
		if bad.kind == failure {
			return bad
		}
		all, any = all && f != 0, any || f != 0
	}
	return truth(e.text == "AND" && all || e.text == "OR" && any)
}

// aggregate computes a function over values and whole columns.
func (e *expr) aggregate(s scope) value {
	var sum stats
	for _, a := range e.args {
		for a.op == "()" {
			a = a.args[0]
		}
		switch {
		case a.op == "name" && a.ref.table != "" && !a.ref.total:
			sum.merge(s.column(a.ref))
		case a.op == "name":
			sum.add(s.cell(a.ref))
		default:
			v := a.compute(s)
			if v.kind != failure {
				f, bad := v.float()
				if v = numeric(f); bad.kind == failure {
					v = bad
				}
			}
			sum.add(v)
		}
	}
	if e.text == "COUNT" {
		return numeric(float64(sum.count))
	}
	return sum.total(strings.ToLower(e.text))
}
