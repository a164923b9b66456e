package report

import (
	"math"
	"slices"
	"strings"

	"atlas/engine/block"
	"atlas/engine/manifest"
)

// tableMaker makes a table of the rows of a block.
type tableMaker struct {
	*maker
	decl    *manifest.ReportTable
	columns []tableColumn
	group   int // column that groups; -1 none
	total   string
}

// tableColumn is a column with what its values need.
type tableColumn struct {
	decl  manifest.ReportTableColumn
	from  int // column of the data
	shown block.TableColumn
	rules []rule
	of    [2]int  // of a share: the columns of sums
	most  float64 // widest bar
	low   float64 // of a scale
	high  float64
}

type rule struct {
	manifest.Rule
	when condition
}

func (m *maker) table() error {
	t := &tableMaker{maker: m, decl: m.decl.Table, group: -1}
	if t.decl.GroupBy != "" {
		if t.group = m.column(t.decl.GroupBy, "group_by", m.decl.Pos); t.group < 0 {
			return nil
		}
	}
	ok, err := t.describe()
	if err != nil || !ok {
		return err
	}
	if t.total, err = m.label(m.place, m.decl.Node, t.decl.TotalLabel, ""); err != nil {
		return err
	}
	t.total = or(t.total, m.format.Word(block.WordTotal))
	order, ok := t.order()
	if !ok {
		return nil
	}
	m.out.Table = &block.Table{Lines: []block.Line{}}
	for _, c := range t.columns {
		m.out.Table.Columns = append(m.out.Table.Columns, c.shown)
	}
	t.measure(order)
	t.lines(order)
	return nil
}

// describe finds the columns; false after a mistake.
func (t *tableMaker) describe() (bool, error) {
	columns := t.decl.Columns
	if len(columns) == 0 {
		for i, f := range t.data.Columns {
			if i != t.group {
				columns = append(columns, manifest.ReportTableColumn{Name: f.Name})
			}
		}
	}
	ok := true
	for _, d := range columns {
		c, fine, err := t.column(d)
		if err != nil {
			return false, err
		}
		ok = ok && fine
		t.columns = append(t.columns, c)
	}
	return ok, nil
}

func (t *tableMaker) column(d manifest.ReportTableColumn) (tableColumn, bool, error) {
	c := tableColumn{decl: d, from: t.maker.column(d.Name, "table", d.Pos), of: [2]int{-1, -1}}
	if c.from < 0 {
		return c, false, nil
	}
	f := t.data.Columns[c.from]
	label, err := t.label(t.place, t.maker.decl.Node, d.Label, "")
	if err != nil {
		return c, false, err
	}
	format := or(d.Format, f.Format)
	c.shown = block.TableColumn{
		Name: f.Name, Label: or(label, f.Label), Unit: f.Unit, Format: format, Bar: d.Bar, Width: d.Width,
		Left: f.Type == block.Text || f.Type == block.Date || f.Type == block.Timestamp || f.Type == block.Boolean || block.IsLeft(format) || block.IsTime(format),
	}
	for _, r := range d.Style {
		x := rule{Rule: r}
		if r.Type != "change" && r.Type != "scale" {
			if x.when, err = parseCondition(r.Type); err != nil {
				continue // Check has reported it
			}
		}
		c.rules = append(c.rules, x)
	}
	if d.Total == "share" && len(d.Of) == 2 {
		for i, name := range d.Of {
			if c.of[i] = t.maker.column(name, "of", d.Pos); c.of[i] < 0 {
				return c, false, nil
			}
		}
	}
	return c, true, nil
}

// order gives the rows in the order in which they are shown: groups stay together.
func (t *tableMaker) order() ([]int, bool) {
	order := seq(len(t.data.Rows))
	if by := t.decl.Sort; by != "" {
		by, desc := strings.CutPrefix(by, "-")
		column := t.maker.column(by, "sort", t.maker.decl.Pos)
		if column < 0 {
			return nil, false
		}
		sortRows(order, func(i int) block.Value { return t.data.Rows[i][column] }, desc)
		if t.group >= 0 {
			t.regroup(order)
		}
	}
	return order, true
}

// regroup puts the rows of a group together again, groups in the order of the query.
func (t *tableMaker) regroup(order []int) {
	place := map[string]int{}
	for i := range t.data.Rows {
		if k := t.groupOf(i); place[k] == 0 {
			place[k] = len(place) + 1
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return place[t.groupOf(i)] - place[t.groupOf(j)] })
}

func (t *tableMaker) groupOf(row int) string { return block.PlainText(t.data.Rows[row][t.group]) }

// measure finds the widest bar and the ends of scales.
func (t *tableMaker) measure(order []int) {
	for i := range t.columns {
		c := &t.columns[i]
		c.low, c.high = math.Inf(1), math.Inf(-1)
		for _, row := range order {
			if v, ok := block.ToFloat(t.data.Rows[row][c.from]); ok {
				c.most, c.low, c.high = max(c.most, math.Abs(v)), min(c.low, v), max(c.high, v)
			}
		}
	}
}

// lines writes the table: totals, rows in their groups, the rest.
func (t *tableMaker) lines(order []int) {
	shown, rest := order, []int(nil)
	if n := t.decl.Limit; n > 0 && n < len(order) {
		shown, rest = order[:n], order[n:]
	}
	totals := t.decl.Totals
	if totals == "" {
		totals = "below"
	}
	if !t.hasTotals() {
		totals = "none"
	}
	if totals == "above" && len(order) > 0 {
		t.add(t.sum(block.TotalLine, t.total, order, "total"))
	}
	for len(shown) > 0 {
		n := len(shown)
		if t.group >= 0 {
			n = t.groupLength(shown)
		}
		t.groupLines(shown[:n])
		shown = shown[n:]
	}
	if len(rest) > 0 {
		t.add(t.sum(block.OtherLine, t.format.Word(block.WordOther), rest, "other"))
	}
	if totals == "below" && len(order) > 0 {
		t.add(t.sum(block.TotalLine, t.total, order, "total"))
	}
}

func (t *tableMaker) add(l block.Line) { t.out.Table.Lines = append(t.out.Table.Lines, l) }

func (t *tableMaker) hasTotals() bool {
	return slices.ContainsFunc(t.columns, func(c tableColumn) bool { return c.decl.Total != "" })
}

// groupLength counts the rows at the front that are of one group.
func (t *tableMaker) groupLength(rows []int) int {
	n := 1
	for n < len(rows) && t.groupOf(rows[n]) == t.groupOf(rows[0]) {
		n++
	}
	return n
}

func (t *tableMaker) groupLines(rows []int) {
	if t.group < 0 {
		for _, row := range rows {
			t.add(t.row(row))
		}
		return
	}
	f := t.data.Columns[t.group]
	head := t.data.Figure(rows[0], t.group)
	line := block.Line{Kind: block.GroupLine, Cells: make([]block.Cell, len(t.columns))}
	line.Cells[0] = block.Cell{Figure: head}
	t.add(line)
	for _, row := range rows {
		t.add(t.row(row))
	}
	if t.hasTotals() && t.decl.Totals != "none" {
		name := t.format.Format(head.Value, f.Format)
		t.add(t.sum(block.SubtotalLine, t.total+" "+name, rows, "total:"+f.Name+"="+t.groupOf(rows[0])))
	}
}

func (t *tableMaker) row(row int) block.Line {
	l := block.Line{Kind: block.RowLine}
	for i := range t.columns {
		c := &t.columns[i]
		x := block.Cell{Figure: t.data.Figure(row, c.from)}
		x.Format = c.shown.Format
		if v, ok := block.ToFloat(x.Value); ok && c.decl.Bar && c.most > 0 {
			x.Bar = v / c.most
		}
		t.style(c, &x)
		l.Cells = append(l.Cells, x)
	}
	return l
}

// style colours a cell by the column's rules; the first that fits wins.
func (t *tableMaker) style(c *tableColumn, x *block.Cell) {
	for _, r := range c.rules {
		switch r.Type {
		case "scale":
			if v, ok := block.ToFloat(x.Value); ok && c.high > c.low {
				x.Heat = min(max((v-c.low)/(c.high-c.low), 0), 1)
			}
		case "change":
			if verdict := t.verdict(x.Figure, c.decl.Invert); verdict != "" && x.Style == "" {
				x.Style = string(verdict)
			}
		default:
			if x.Style == "" && r.when.holds(x.Value) {
				x.Style = r.Style
			}
		}
	}
}

// sum makes a line that sums rows up. Its label stands in the first column that has no total.
func (t *tableMaker) sum(kind block.LineKind, label string, rows []int, origin string) block.Line {
	l := block.Line{Kind: kind}
	labelled := false
	for i := range t.columns {
		c := &t.columns[i]
		how := c.decl.Total // without one it stays empty: the sum of a price or a ratio is a wrong figure
		x := block.Cell{Figure: block.Figure{Format: c.shown.Format, Origin: block.Origin{Query: t.data.Query, Row: origin, Column: c.shown.Name}}}
		switch {
		case how != "":
			x.Value = t.aggregate(c, how, rows)
			if how == "share" {
				x.Origin.Column = c.decl.Of[0] + "/" + c.decl.Of[1]
			}
			if how == "count" {
				x.Format = "integer"
			}
			t.style(c, &x)
			x.Heat = 0
		case !labelled:
			x.Value, x.Format, labelled = label, "text", true
		}
		l.Cells = append(l.Cells, x)
	}
	return l
}

// aggregate computes a total of a column over rows, exact.
func (t *tableMaker) aggregate(c *tableColumn, how string, rows []int) block.Value {
	if how == "share" {
		if c.of[0] < 0 || c.of[1] < 0 {
			return nil
		}
		return quotient(t.values(c.of[0], rows), t.values(c.of[1], rows))
	}
	return total(how, t.values(c.from, rows))
}

func (t *tableMaker) values(column int, rows []int) []block.Value {
	out := make([]block.Value, len(rows))
	for i, row := range rows {
		out[i] = t.data.Rows[row][column]
	}
	return out
}
