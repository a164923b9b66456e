package compile

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"atlas/engine/jinja"
)

// print writes the table to the run's log, as agate prints it to the terminal.
func (t *table) print(c *jinja.Call, form string) error {
	f, ok := frameOf(c)
	if !ok {
		return nil
	}
	var text string
	switch form {
	case "print_structure":
		text = t.String()
	case "print_json":
		text = t.json()
	case "print_csv":
		text = t.csv()
	default:
		text = t.text(c)
	}
	f.run.log("print", strings.TrimRight(text, "\n"))
	return nil
}

// text lays the rows out under their names: at most 20 rows, 6 columns and 20 runes a cell,
// unless the call says otherwise.
func (t *table) text(c *jinja.Call) string {
	limit := func(i int, name string, def int) int {
		v, ok := c.Arg(i, name)
		if n, isInt := v.(int64); ok && isInt {
			return int(n)
		}
		if ok && v == nil {
			return -1
		}
		return def
	}
	maxRows, maxColumns, width := limit(0, "max_rows", 20), limit(1, "max_columns", 6), limit(4, "max_column_width", 20)
	var columns [][]string
	for i, name := range t.names {
		if maxColumns >= 0 && i >= maxColumns {
			columns = append(columns, []string{"..."})
			break
		}
		columns = append(columns, []string{cut(name, width)})
	}
	places := make([]int, len(t.names))
	for i := range t.names {
		places[i] = t.places(i)
	}
	for n, r := range t.rows {
		for i := range columns {
			cell := "..."
			if (maxRows < 0 || n < maxRows) && i < len(t.names) && columns[i][0] != "..." {
				cell = cut(printedCell(r.values[i], places[i]), width)
			}
			columns[i] = append(columns[i], cell)
		}
		if maxRows >= 0 && n >= maxRows {
			break
		}
	}
	return textTable(columns, false)
}

func printed(v jinja.Value) string {
	if v == nil {
		return ""
	}
	return jinja.Str(v)
}

// maxPlaces is how many decimals a printed table shows.
const maxPlaces = 3

// places is how many decimals the numbers of a column need.
func (t *table) places(i int) int {
	most := 0
	for _, r := range t.rows {
		if d, ok := r.values[i].(decimal); ok && d.special == "" {
			most = max(most, -d.normal().exp)
		}
	}
	return most
}

// printedCell writes a number with the decimals of its column and grouped thousands.
func printedCell(v jinja.Value, places int) string {
	d, ok := v.(decimal)
	if !ok || d.special != "" {
		return printed(v)
	}
	more := ""
	if places > maxPlaces {
		places, more = maxPlaces, "…"
	}
	text := d.rat().FloatString(places)
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if strings.HasPrefix(text, "-") {
		whole = "-" + whole
	}
	return whole + more
}

func cut(s string, width int) string {
	if width < 0 || utf8.RuneCountInString(s) <= width {
		return s
	}
	return string([]rune(s)[:max(0, width-3)]) + "..."
}

// textTable draws columns, each with its heading first. Numbers stand to the right unless left is set.
func textTable(columns [][]string, left bool) string {
	var b strings.Builder
	if len(columns) == 0 {
		return ""
	}
	widths := make([]int, len(columns))
	numeric := make([]bool, len(columns))
	for i, cells := range columns {
		numeric[i] = !left
		for j, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			if j > 0 && cell != "" {
				if _, err := strconv.ParseFloat(strings.TrimRight(strings.ReplaceAll(cell, ",", ""), "…"), 64); err != nil {
					numeric[i] = false
				}
			}
		}
	}
	for row := range columns[0] {
		for i := range columns {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(columns[i][row]))
			if numeric[i] {
				fmt.Fprintf(&b, "| %s%s ", pad, columns[i][row])
			} else {
				fmt.Fprintf(&b, "| %s%s ", columns[i][row], pad)
			}
		}
		b.WriteString("|\n")
		if row == 0 {
			for i := range columns {
				b.WriteString("| " + strings.Repeat("-", widths[i]) + " ")
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

func (t *table) json() string {
	var rows []string
	for _, r := range t.rows {
		var cells []string
		for i, name := range t.names {
			cells = append(cells, pythonJSON(name)+": "+jsonCell(r.values[i]))
		}
		rows = append(rows, "{"+strings.Join(cells, ", ")+"}")
	}
	return "[" + strings.Join(rows, ", ") + "]"
}

func jsonCell(v jinja.Value) string {
	switch v := v.(type) {
	case decimal:
		if f, ok := v.Float(); ok && v.special == "" {
			return jinja.Repr(f)
		}
		return pythonJSON(v.String())
	case nil, bool, int64, float64, string:
		return pythonJSON(v)
	default:
		return pythonJSON(jinja.Str(v))
	}
}

func (t *table) csv() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(t.names) // a strings.Builder takes everything
	for _, r := range t.rows {
		record := make([]string, len(r.values))
		for i, v := range r.values {
			record[i] = printed(v)
		}
		_ = w.Write(record)
	}
	w.Flush()
	return b.String()
}

// sortValues orders values by a key: numbers, texts and dates, None last as agate has it.
func sortValues(values []jinja.Value, key func(jinja.Value) jinja.Value) {
	sort.SliceStable(values, func(i, j int) bool { return compareValues(key(values[i]), key(values[j])) < 0 })
}

func compareValues(a, b jinja.Value) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	if x, ok := a.(jinja.Tuple); ok {
		y, _ := b.(jinja.Tuple)
		for i := range x {
			if i >= len(y) {
				return 1
			}
			if c := compareValues(x[i], y[i]); c != 0 {
				return c
			}
		}
		return 0
	}
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return x.Cmp(y)
		}
	}
	return strings.Compare(jinja.Str(a), jinja.Str(b))
}

func number(v jinja.Value) (*big.Float, bool) {
	switch v := v.(type) {
	case float64:
		return big.NewFloat(v), true
	default:
		d, ok := toDecimal(v)
		if !ok || d.special != "" {
			return nil, false
		}
		return new(big.Float).SetRat(d.rat()), true
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
