package spreadsheet

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf16"

	"atlas/engine/adapter"
	"atlas/engine/block"
	"atlas/engine/diag"
	"atlas/engine/manifest"
)

// table is a block of rows: a query read, its formulas computed, its cells known.
type table struct {
	book    *book
	sheet   *sheet
	decl    *manifest.TableBlock
	block   *manifest.Block
	name    string
	source  []adapter.Column
	columns []*column
	rows    *spool
	groups  int

	top, left int // of the header, from 1
	label     string
	empty     string
	group     int // index of the group's column; -1 none

	reader  *spoolReader // while its rows are written
	pending bool         // a row is read and not yet written
	current string       // the group that rows are written of
	start   int          // its first row
	sums    []stats      // of the group, by column
}

// column is one column of a table.
type column struct {
	decl    manifest.SheetColumn
	label   string
	from    int // in the query; -1 for a formula
	formula *expr
	sums    stats
	summed  bool
	widest  int
	code    string // number format
	left    bool
	cut     int // cells that were too long
	inexact int // numbers that stand as text
}

// describe finds the table's columns in those of its query.
func (t *table) describe(names []adapter.Column) error {
	decl := t.decl.Columns
	if len(decl) == 0 {
		for _, n := range names {
			decl = append(decl, manifest.SheetColumn{Name: n.Name, Pos: t.block.Pos})
		}
	}
	if len(decl) > maxColumns-2 {
		return diag.Errorf(diag.BadValue, t.block.Pos, "the table has %d columns, and a sheet takes %d", len(decl), maxColumns)
	}
	var l diag.List
	t.group = -1
	labels := map[string]bool{}
	for i := range decl {
		c := &column{decl: decl[i], from: -1}
		if c.decl.Name == t.decl.GroupBy && t.decl.GroupBy != "" {
			t.group = i
		}
		format := c.decl.Format
		if c.decl.Formula != "" {
			e, bad := parseFormula(c.decl.Formula)
			if bad != nil {
				l.Add(bad.diagnostic(c.decl.FormulaPos))
				continue
			}
			c.formula = e
			format = or(format, "decimal")
		} else {
			var all []string
			for j, n := range names {
				all = append(all, n.Name)
				if strings.EqualFold(n.Name, c.decl.Name) && c.from < 0 {
					c.from = j
					format = or(format, formatOf(n.Type))
				}
			}
			if c.from < 0 {
				l.Add(diag.Errorf(diag.UnknownColumn, c.decl.Pos, "the query has no column %q", c.decl.Name).WithLen(len(c.decl.Name)).
					WithHint("%s", or(diag.DidYouMean(c.decl.Name, all), "it has "+strings.Join(all, ", "))))
				continue
			}
		}
		c.code, c.left = formatCode(format, t.book.decl.Currency), block.IsLeft(format)
		label, err := t.book.text(c.decl.Label, t.sheet.facts)
		if err := mistake(&l, err); err != nil {
			return err
		}
		c.label = or(label, labelOf(c.decl.Name))
		if t.decl.AutoFilter {
			c.label = unique(c.label, labels)
		}
		t.columns = append(t.columns, c)
	}
	var err error
	if t.label, err = t.book.text(t.decl.TotalLabel, t.sheet.facts); err == nil {
		t.empty, err = t.book.text(t.decl.Empty, t.sheet.facts)
	}
	if err := mistake(&l, err); err != nil {
		return err
	}
	t.label, t.empty = or(t.label, "Total"), or(t.empty, "No rows")
	return l.Err()
}

// unique gives a header that no other column has, as tables of the program need.
func unique(label string, seen map[string]bool) string {
	out := label
	for n := 2; seen[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s (%d)", label, n)
	}
	seen[strings.ToLower(out)] = true
	return out
}

// read keeps the query's rows, and sums up what is taken from it.
func (t *table) read() error {
	rows, err := t.book.data.Rows(t.book.ctx, t.decl.Query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // a failure to close says nothing that Err does not
	values := make([]value, len(t.source))
	last := ""
	for rows.Next() {
		if t.rows.rows >= maxRows-16 {
			return diag.Errorf(diag.BadValue, t.block.Pos, "the table has more rows than the %d that a sheet takes", maxRows).
				WithHint("sum up in the query, or restrict it")
		}
		for i, v := range rows.Values() {
			x, exact := valueOf(v, t.source[i])
			if !exact {
				for _, c := range t.columns {
					if c.from == i {
						c.inexact++
					}
				}
			}
			if x.kind == text {
				var short bool
				if x.text, short = clip(x.text); short {
					for _, c := range t.columns {
						if c.from == i {
							c.cut++
						}
					}
				}
			}
			values[i] = x
		}
		for i, c := range t.columns {
			if c.from < 0 {
				continue
			}
			v := values[c.from]
			c.sums.add(v)
			c.widest = max(c.widest, widthOf(v, c.code))
			if i == t.group && (t.rows.rows == 0 || v.shown() != last) {
				t.groups++
				last = v.shown()
			}
		}
		if err := t.rows.add(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	t.book.result.Rows += int64(t.rows.rows)
	for _, c := range t.columns {
		if c.cut > 0 {
			t.warn(c, "%d texts of %q are longer than the %d characters that a cell takes, and were cut", c.cut, c.decl.Name, maxCellText)
		}
		if c.inexact > 0 {
			t.warn(c, "%d numbers of %q have more than %d digits, which a cell would round: they stand as text", c.inexact, c.decl.Name, maxDigits)
		}
	}
	return nil
}

func (t *table) warn(c *column, format string, args ...any) {
	t.book.result.Warnings.Add(diag.Warnf(diag.BadCell, c.decl.Pos, format, args...))
}

// clip cuts a text to what a cell takes.
func clip(s string) (string, bool) {
	if len(s) <= maxCellText {
		return s, false
	}
	units := utf16.Encode([]rune(s))
	if len(units) <= maxCellText {
		return s, false
	}
	return string(utf16.Decode(units[:maxCellText-1])) + "…", true
}

// widthOf estimates the characters that a value takes.
func widthOf(v value, code string) int {
	switch v.kind {
	case number:
		n := len(fmt.Sprintf("%.0f", math.Abs(v.num)))
		switch {
		case strings.Contains(code, "yy"):
			return 12
		case strings.Contains(code, "%"):
			return 8
		case strings.Contains(code, ",,"):
			n = max(n-6, 1) + 2
		case strings.Contains(code, "0.00"):
			n += 3
		}
		n += (n - 1) / 3
		if first, rest, ok := strings.Cut(code, `" `); ok && strings.HasPrefix(first, `"`) && rest != "" {
			n += len([]rune(first)) + 1
		}
		return n + strings.Count(code[:strings.IndexByte(code+";", ';')], `"`)*2
	case text:
		first, _, _ := strings.Cut(v.text, "\n")
		return len([]rune(first))
	default:
		return 5
	}
}

// hasTotals reports whether a row of totals stands below.
func (t *table) hasTotals() bool {
	for _, c := range t.columns {
		if c.decl.Total != "" {
			return t.rows.rows > 0
		}
	}
	return false
}

// size gives header, rows, subtotals and totals.
func (t *table) size() (int, int) {
	n := 1 + max(t.rows.rows, 1)
	if t.group >= 0 {
		n += t.groups
	}
	if t.hasTotals() {
		n++
	}
	return n, len(t.columns)
}

func (t *table) lastRow() int {
	n, _ := t.size()
	if t.hasTotals() {
		n--
	}
	return t.top + n - 1
}

func (t *table) totalRow() int { return t.lastRow() + 1 }

func (t *table) find(name string) (*column, int) {
	for i, c := range t.columns {
		if c.decl.Name == name {
			return c, i
		}
	}
	return nil, -1
}

// cells is the place of a column's rows, as formulas and charts write it.
func (t *table) cells(i int) string {
	return quoteSheet(t.sheet.name) + "!" + fixedName(t.left+i, t.top+1) + ":" + fixedName(t.left+i, t.lastRow())
}

// inRow gives the values of names in a row.
type inRow struct {
	t       *table
	row     []value // of the query
	done    []bool  // formulas computed so far
	results []value
}

func (s *inRow) of(i int) value {
	c := s.t.columns[i]
	if c.formula == nil {
		return s.row[c.from]
	}
	if !s.done[i] {
		s.done[i] = true
		s.results[i] = result(c.formula, s)
	}
	return s.results[i]
}

// result computes a formula as its cell shows it: nothing instead of an error of division, and
// zero instead of nothing.
func result(e *expr, s scope) value {
	v := e.compute(s)
	switch {
	case v.kind == failure && e.mayFail():
		return textual("")
	case v.kind == blank:
		return numeric(0)
	default:
		return v
	}
}

func (s *inRow) cell(r reference) value {
	if r.table == "" && !r.total {
		if _, i := s.t.find(r.column); i >= 0 {
			return s.of(i)
		}
	}
	return s.t.book.lookup(s.t, r)
}

func (s *inRow) column(r reference) stats { return s.t.book.sumsOf(s.t, r) }

// lookup gives the value of a cell in a row of totals.
func (b *book) lookup(own *table, r reference) value {
	t := own
	if r.table != "" {
		t = b.tables[r.table]
	}
	if t == nil {
		return failed("#REF!")
	}
	c, _ := t.find(r.column)
	if c == nil {
		return failed("#REF!")
	}
	return t.total(c)
}

func (b *book) sumsOf(own *table, r reference) stats {
	t := own
	if r.table != "" {
		t = b.tables[r.table]
	}
	if t == nil {
		return stats{failed: "#REF!"}
	}
	c, i := t.find(r.column)
	if c == nil {
		return stats{failed: "#REF!"}
	}
	return t.columnSums(c, i)
}

// columnSums sums a column up; of a formula's every row is computed.
func (t *table) columnSums(c *column, i int) stats {
	if c.formula == nil || c.summed {
		return c.sums
	}
	c.summed = true
	in := t.rows.read()
	var s stats
	for in.next() {
		s.add(t.scope(in.row).of(i))
	}
	c.sums = s
	return s
}

func (t *table) scope(row []value) *inRow {
	return &inRow{t: t, row: row, done: make([]bool, len(t.columns)), results: make([]value, len(t.columns))}
}

// total is a column's value in the row of totals.
func (t *table) total(c *column) value {
	if c.decl.Total == "formula" {
		return result(c.formula, overTotals{t, func(x *column) value { return t.total(x) }})
	}
	_, i := t.find(c.decl.Name)
	return t.columnSums(c, i).total(c.decl.Total)
}

// overTotals gives the values of names in a row of totals.
type overTotals struct {
	t  *table
	of func(c *column) value
}

func (s overTotals) cell(r reference) value {
	if r.table == "" && !r.total {
		if c, _ := s.t.find(r.column); c != nil {
			return s.of(c)
		}
	}
	return s.t.book.lookup(s.t, r)
}

func (s overTotals) column(r reference) stats { return s.t.book.sumsOf(s.t, r) }

// formula writes a formula with its names as cells; row is where [column] is taken from.
func (b *book) formula(e *expr, own *table, sheet *sheet, row int) string {
	var out strings.Builder
	e.print(&out, func(r reference) string {
		t := own
		if r.table != "" {
			t = b.tables[r.table]
		}
		if t == nil {
			return "#REF!"
		}
		_, i := t.find(r.column)
		prefix := ""
		if t.sheet != sheet {
			prefix = quoteSheet(t.sheet.name) + "!"
		}
		switch {
		case r.total:
			return prefix + fixedName(t.left+i, t.totalRow())
		case r.table == "":
			return cellName(t.left+i, row)
		default:
			return prefix + fixedName(t.left+i, t.top+1) + ":" + fixedName(t.left+i, t.lastRow())
		}
	})
	if e.mayFail() {
		return "IFERROR(" + out.String() + `,"")`
	}
	return out.String()
}

// subtotals are the codes of SUBTOTAL, which leaves out rows that are filtered away and other subtotals.
func subtotal(how string) int {
	return map[string]int{"average": 1, "count": 3, "max": 4, "min": 5}[how]
}

func subtotalFormula(how string, column, from, to int) string {
	code := subtotal(how)
	if code == 0 {
		code = 9
	}
	return fmt.Sprintf("SUBTOTAL(%d,%s:%s)", code, cellName(column, from), cellName(column, to))
}
